"""A memo for Word: what was asked, tables under their headings, and numbered sources at the end.

python-docx has no footnotes of Word's own; a number leads to its source by a bookmark.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import IO, Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt, RGBColor

from kg.errors import UsageError
from kg.forms import evidence, memo
from kg.forms.about import About
from kg.forms.markdown import LINK
from kg.printing import clean
from kg.query.result import Column, Result, Row, words

ROWS = 5_000  # a memo of more is read by nobody, and takes Word minutes to open
WIDE = 5  # columns, from which the page lies on its side
_LATIN, _CHINESE, _HEADING = "Times New Roman", "宋体", "黑体"
_BLUE = RGBColor(0x05, 0x63, 0xC1)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(result: Result, file: IO[bytes], lang: str, about: About) -> int:
    """The number of rows."""
    zh = lang == "zh"
    rows_ = list(islice(result, ROWS + 1))
    if len(rows_) > ROWS:
        raise UsageError(f"a memo of more than {ROWS:,} rows can't be read: write them to an .xlsx or a .csv")
    result = replace(result, rows=rows_)
    parts = list(memo.parts(result))
    document = docx.Document()
    _styles(document)
    _page(document, max((len(part.columns) for part in parts if not part.listed), default=0))
    day = datetime(*about.made.timetuple()[:3])
    document.core_properties.title = _clean(result.title(lang))
    document.core_properties.author = "regkg"
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = day
    document.add_heading(_clean(result.title(lang)), 1)
    for name, value in about.lines(result, lang)[1:]:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(_clean(f"{name}{'：' if zh else ': '}")).bold = True
        line.add_run(_clean(value))
    notes = evidence.Notes()
    with_evidence = result.has_evidence
    rows = 0
    for part in parts:
        if part.group:
            document.add_heading(_clean(part.group), 2)
        else:
            document.add_paragraph()
        add = _list if part.listed else _table
        rows += add(document, result.columns, part, lang, notes if with_evidence else None)
    if not rows:
        document.add_paragraph("没有结果。" if zh else "Nothing was found.")
    for note in result.notes:
        document.add_paragraph(_clean(note))
    _sources(document, notes, lang)
    packed = io.BytesIO()
    document.save(packed)
    _repack(packed, file)
    return rows


def _table(document: Any, columns: Sequence[Column], part: memo.Part, lang: str, notes: evidence.Notes | None) -> int:
    heads = [column.title(lang) for column in part.columns]
    if notes:
        heads.append("依据" if lang == "zh" else "Sources")
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = _widths(document, heads, part, columns, lang)
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(_clean(head)).bold = True
        _shade(cell)
    _marked(table.rows[0], "w:tblHeader")
    count = 0
    for row in part.rows:
        count += 1
        added = table.add_row()
        _marked(added, "w:cantSplit")
        cells = added.cells
        for cell, (column, value) in zip(cells, part.values(row, columns), strict=False):
            line = cell.paragraphs[0]
            text = words(value, lang)
            if LINK.fullmatch(text):
                _link(line, text)
            else:
                line.add_run(_clean(text))
            if column.type == "number":
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if notes:
            _marks(cells[-1].paragraphs[0], row, notes)
    for at, width in enumerate(widths):
        table.columns[at].width = width
        for cell in table.columns[at].cells:  # Word goes by the cells, LibreOffice by the columns
            cell.width = width
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    return count


def _widths(document: Any, heads: Sequence[str], part: memo.Part, columns: Sequence[Column], lang: str) -> list[Any]:
    """The page's width, shared out by the longest text of each column, of which none is wide or narrow altogether."""
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    longest = [memo.width(head) for head in heads]
    for row in part.rows:
        for at, (_, value) in enumerate(part.values(row, columns)):
            longest[at] = max(longest[at], memo.width(words(value, lang)))
    shares = [min(max(one, 8), 36) for one in longest]
    return [Emu(room * share // sum(shares)) for share in shares]


def _list(document: Any, columns: Sequence[Column], part: memo.Part, lang: str, notes: evidence.Notes | None) -> int:
    count = 0
    for row in part.rows:
        count += 1
        head, rest = memo.entry(part, row, columns, lang)
        line = document.add_paragraph()
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Pt(24), Pt(-24)
        line.add_run(f"{count}.\t")
        line.add_run(_clean(head)).bold = True
        line.add_run(f"  {_clean(rest)} ")
        if notes:
            _marks(line, row, notes)
    return count


def _marks(line: Any, row: Row, notes: evidence.Notes) -> None:
    for number in notes.numbers(row.evidence):
        _link(line, f"[{number}]", anchor=f"source{number}")


def _sources(document: Any, notes: evidence.Notes, lang: str) -> None:
    zh = lang == "zh"
    if notes.cited:
        document.add_heading("依据" if zh else "Sources", 2)
    for number, one in enumerate(notes.cited, 1):
        line = document.add_paragraph()
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Pt(24), Pt(-24)
        _bookmark(line, number)
        cited, link = evidence.citation(one, lang)
        line.add_run(_clean(f"{evidence.quoted(one)} {cited}{'。' if zh else '.'}"))
        if link:
            line.add_run(" ")
            if LINK.fullmatch(link):
                _link(line, link)
            else:
                line.add_run(_clean(link))


def _styles(document: Any) -> None:
    """Word takes the font of Chinese from ``eastAsia``, and the template's headings take theirs from its theme."""
    sizes = {"Normal": 10.5, "Heading 1": 16, "Heading 2": 12}
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.name = _LATIN
        style.font.size = Pt(size)
        if name != "Normal":
            style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{attribute}"), None)
        fonts.set(qn("w:eastAsia"), _CHINESE if name == "Normal" else _HEADING)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)


def _page(document: Any, columns: int) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Pt(595.3), Pt(841.9)  # A4
    if columns >= WIDE:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Pt(56.7)


def _link(line: Any, text: str, anchor: str | None = None) -> None:
    link = OxmlElement("w:hyperlink")
    if anchor:
        link.set(qn("w:anchor"), anchor)
    else:
        link.set(qn("r:id"), line.part.relate_to(text, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = line.add_run(_clean(text))
    run.font.color.rgb = _BLUE
    run.font.underline = anchor is None
    link.append(run._r)
    line._p.append(link)


def _bookmark(line: Any, number: int) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), f"source{number}")
    line._p.append(start)
    line.add_run(f"[{number}]\t" if number < 1000 else f"[{number}] ")
    line._p.append(end)


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), "E7ECF2")
    cell._tc.get_or_add_tcPr().append(shade)


def _marked(row: Any, mark: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(mark))


def _clean(text: str) -> str:
    # noncharacters, which XML can't hold
    return clean(text).translate({0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD})


def _repack(packed: IO[bytes], file: IO[bytes]) -> None:
    """The same parts with one date: python-docx gives each the second in which it is written."""
    with zipfile.ZipFile(packed) as made, zipfile.ZipFile(file, "w") as out:
        for name in made.namelist():
            about = zipfile.ZipInfo(name, _EPOCH)
            about.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(about, made.read(name))
