"""Word: paragraphs, lists and tables of a .docx in their order."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

import docx
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from kg.errors import ReadError
from kg.items import Source
from kg.read.source import digest

UNPACKED = 200_000_000  # bytes, with pictures
# of its XML a document of a thousand pages has ten million; an empty paragraph, of six, takes 126 of memory, so that
# a file of 50 KB could take gigabytes
UNPACKED_XML = 40_000_000
_PARAGRAPH, _ROW, _CELL = qn("w:p"), qn("w:tr"), qn("w:tc")
_TEXT, _TAB, _BREAK, _RETURN = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")
# deleted or moved away by a tracked change; drawn a second time for older Word; text boxes; tab stops of the style
_LEFT_OUT = {
    qn("w:del"),
    qn("w:moveFrom"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    qn("w:pPr"),
}

# what python-docx, lxml and zipfile raise over files that aren't as they should be, met by mutating sound ones
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, TypeError, ValueError, OSError, AttributeError,
    RuntimeError,
)  # fmt: skip


def read(name: str, data: bytes) -> Source:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadError(
            f"{name} is an old Word document or has a password: save it as .docx without one and read that."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            sizes = [(entry.filename.endswith((".xml", ".rels")), entry.file_size) for entry in packed.infolist()]
        for size, most in (
            (sum(size for _, size in sizes), UNPACKED),
            (sum(size for xml, size in sizes if xml), UNPACKED_XML),
        ):
            if size > most:
                raise ReadError(
                    f"{name} unpacks to {size // 1_000_000} MB, more than the {most // 1_000_000} MB that are read:"
                    " save its text alone and read that."
                )
        document = docx.Document(io.BytesIO(data))
        text = "\n".join(_blocks(document.element.body))
        title = document.core_properties.title.strip() or None
    except _DAMAGED as error:
        raise ReadError(
            f"{name} is damaged or no Word document: open it in Word, save it as .docx and read that."
        ) from error
    return Source(name, digest(data), "docx", text, title=title)


def _blocks(element: BaseOxmlElement) -> Iterator[str]:
    """A line for each paragraph and row of a table, whatever they are wrapped in (controls, tracked changes)."""
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == _PARAGRAPH:
            yield "".join(_runs(child))
        elif child.tag == _ROW:
            cells = (" ".join(filter(None, map(str.strip, _blocks(cell)))) for cell in _cells(child))
            yield "\t".join(cells)
        else:
            yield from _blocks(child)


def _cells(row: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """The cells of a row, and not those of tables within them, which the cell itself tells."""
    for child in row:
        if child.tag == _CELL:
            yield child
        elif child.tag not in _LEFT_OUT:
            yield from _cells(child)


def _runs(element: BaseOxmlElement) -> Iterator[str]:
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag == _TAB:
            yield "\t"
        elif child.tag in (_BREAK, _RETURN):
            yield "\n"
        elif child.tag not in _LEFT_OUT:
            yield from _runs(child)
