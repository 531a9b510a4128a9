"""Plain text: which encoding it is in."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from kg.errors import ReadError
from kg.items import Page, Source
from kg.read.lines import ends
from kg.read.source import digest

MOST_LINES = 1_000_000  # each takes 300 bytes while it is read, of Markdown 1,500
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# the most common characters of Chinese prose, in both scripts; a wrong decoding hits them only by chance
_COMMON = re.compile(
    "[的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動"
    "同工也能下过過子说說产產种種面而方后後多定行学學法所民得经經部度家电電月日公司与與及等将將其业業数數据據"
    "，。、：；（）《》“”「」]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")
_OTHERS = {
    b"%PDF": ("a PDF", ".pdf"),
    b"PK\x03\x04": ("a zip, perhaps a Word document", ".docx"),
    b"\xd0\xcf\x11\xe0": ("an old Word or Office document", ".docx, saved again from Word,"),
}


def read(name: str, data: bytes) -> Source:
    text = decode(name, data)
    bounded(name, text)
    return Source(name, digest(data), "txt", text, _form_feeds(text))


def bounded(name: str, text: str) -> None:
    """ReadError where a text has too many lines."""
    if ends(text) > MOST_LINES:
        raise ReadError(f"{name} has more than {MOST_LINES:,} lines, too many to read at once: part it.")


def _form_feeds(text: str) -> tuple[Page, ...]:
    """Text that was made from a PDF parts its pages by a form feed."""
    feeds = [match.end() for match in re.finditer("\f", text) if match.end() < len(text)]
    return tuple(Page(start, n) for n, start in enumerate([0, *feeds], 1)) if feeds else ()


def decode(name: str, data: bytes) -> str:
    """The text of a file, by its mark, else as the one encoding that it can be; ReadError where it isn't text."""
    for magic, (what, suffix) in _OTHERS.items():
        if data.startswith(magic):
            raise ReadError(f"{name} isn't text but {what}: rename it to end in {suffix} and read it again.")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(name, _strict(data, encoding))
    if b"\0" in data[:65536]:
        return _checked(name, _wide(data))
    text = _strict(data, "utf-8")
    return _checked(name, text if text is not None else _legacy(data))


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, in the byte order that gives characters of prose."""
    best, score = None, 0.0
    for encoding in ("utf-16-le", "utf-16-be"):
        if text := _strict(data, encoding):
            head = text[:20_000]
            share = (sum(1 for c in head if " " <= c <= "~" or c in "\r\n") + len(_COMMON.findall(head))) / len(head)
            if share > score:
                best, score = text, share
    return best if score >= 0.15 else None


def _legacy(data: bytes) -> str | None:
    """GB18030 or Big5, told apart by which gives more common characters; else what charset-normalizer makes of it.

    charset-normalizer alone takes short texts in GB18030 for Big5 or Korean.
    """
    best, score = None, 0.0
    for encoding in ("gb18030", "big5hkscs"):
        if (text := _strict(data, encoding)) is not None:
            foreign = sum(1 for c in text[:20000] if c > "\x7f")
            share = len(_COMMON.findall(text[:20000])) / max(1, foreign)
            if share > score:
                best, score = text, share
    if score >= 0.15:
        return best
    match = charset_normalizer.from_bytes(
        data[:200_000], cp_isolation=["cp1252", "gb18030", "big5", "shift_jis"]
    ).best()
    return _strict(data, match.encoding) if match else None


def _checked(name: str, text: str | None) -> str:
    if text is None or len(_CONTROL.findall(text[:100_000])) > len(text[:100_000]) // 500 or "\0" in text:
        raise ReadError(f"{name} isn't text in any encoding known here: save it as UTF-8 text and read it again.")
    return text
