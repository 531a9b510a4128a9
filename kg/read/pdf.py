"""PDF: the text of each page, by pypdfium2."""

from __future__ import annotations

import re

import pypdfium2
import pypdfium2.raw

from kg.errors import ReadError
from kg.items import Page, Source
from kg.read.source import digest

# what pdfium puts for a hyphen at the end of a line
_HYPHEN = re.compile("[\x02\ufffe]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DAMAGED = "{} is damaged or cut short and can't be read as PDF: get it again from where it came."


def read(name: str, data: bytes) -> Source:
    if b"%PDF" not in data[:1024]:
        raise ReadError(f"{name} isn't a PDF, whatever its name says: rename it by what it is and read it again.")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise ReadError(f"{name} is encrypted: save a copy without a password and read that.") from error
        raise ReadError(_DAMAGED.format(name)) from error
    if b"%%EOF" not in data[-4096:]:  # pdfium would mend it silently and leave pages out
        document.close()
        raise ReadError(_DAMAGED.format(name))
    try:
        texts = [_text(document, n) for n in range(len(document))]
        title = _title(document)
    except pypdfium2.PdfiumError as error:
        raise ReadError(_DAMAGED.format(name)) from error
    finally:
        document.close()
    if not any(text.strip() for text in texts):
        raise ReadError(f"{name} holds no text, only pictures of {len(texts)} page(s): run OCR over it first.")
    pages, start = [], 0
    for number, text in enumerate(texts, 1):
        pages.append(Page(start, number))
        start += len(text) + 1
    return Source(name, digest(data), "pdf", "\n".join(texts), tuple(pages), title)


def _title(document: pypdfium2.PdfDocument) -> str | None:
    """The title in its metadata; none where that is half a character."""
    try:
        return str(document.get_metadata_value("Title")).strip() or None
    except UnicodeDecodeError:
        return None


def _text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    textpage = page.get_textpage()
    try:
        text = str(textpage.get_text_range())
    finally:
        textpage.close()
        page.close()
    return _CONTROL.sub(" ", _HYPHEN.sub("-", text.replace("\r\n", "\n").replace("\r", "\n")))
