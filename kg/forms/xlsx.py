"""A workbook: typed cells, an answer a row with the newest of its quotes, a sheet of all quotes, one on what was asked.

Rows are written as they come, each let go of when the next begins. Words stand in cells as words: whatever they
begin with, no spreadsheet takes them for a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from kg.errors import UsageError
from kg.forms import csv, evidence, memo
from kg.forms.about import About
from kg.ids import BASE
from kg.printing import clean
from kg.query.result import Column, Concept, Result, Thing, Value, words

ROWS = 1_048_575  # below the head, as many as a sheet has
LINKS = 65_000  # Excel takes no more that click, in a sheet
TEXT = 32_767  # characters, in UTF-16
URL = 2_000
NARROWEST, WIDEST = 8, 48
LINES = 8  # that a row of wrapped words is high, at the most
PAGE = 200  # characters across that still can be read on one page
_FIRST_DAY = date(1900, 3, 1)  # before it, Excel counts a day that there wasn't
_SHEETS = {"zh": ("结果", "依据", "所问"), "en": ("Answer", "Evidence", "Question")}
NUMBER = Column("row", "行", "Row", "number")


def write(result: Result, file: IO[bytes], lang: str, about: About) -> int:
    """The number of rows."""
    names = _SHEETS["zh" if lang == "zh" else "en"]
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False}) as book:
        book.set_properties({"title": result.title(lang), "created": datetime(*about.made.timetuple()[:3])})
        formats = _Formats(book)
        answer = _Sheet(book, names[0], csv.columns(result), formats, lang)
        quotes: _Sheet | None = None
        for count, row in enumerate(result, 1):
            answer.add(csv.values(result, row, lang))
            for one in row.evidence:
                quotes = quotes or _Sheet(book, names[1], (NUMBER, *evidence.COLUMNS), formats, lang)
                # as the row's number is read at the sheet's edge, below the head
                quotes.add((count + 1, *evidence.cells(one, lang)))
        for sheet in (answer, quotes):
            if sheet is not None:
                sheet.finish()
        _question(book.add_worksheet(names[2]), result, about, formats, lang)
    return answer.rows


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        def made(**more: Any) -> Any:
            return book.add_format({"valign": "top", **more})

        self.head = made(bold=True, bg_color="#E7ECF2", bottom=1)
        self.text = made()
        self.wrapped = made(text_wrap=True)
        self.whole = made(num_format="#,##0")
        self.broken = made(num_format="#,##0.00####")
        self.plain = made(num_format="0")
        self.day = made(num_format="yyyy-mm-dd", align="left")
        self.link = made(font_color="#0563C1", underline=1)
        self.title = made(bold=True, font_size=14)


class _Sheet:
    def __init__(
        self, book: xlsxwriter.Workbook, name: str, columns: Sequence[Column], formats: _Formats, lang: str
    ) -> None:
        self._sheet: Worksheet = book.add_worksheet(name)
        self._columns, self._formats, self._lang = columns, formats, lang
        self._widths: list[int] = [min(WIDEST, max(NARROWEST, _cells(column.title(lang)) + 3)) for column in columns]
        self._links = 0
        self.rows = 0
        self._sheet.set_row(0, 20)
        for at, column in enumerate(columns):
            _text(self._sheet, 0, at, column.title(lang), formats.head)

    def add(self, values: Sequence[Value]) -> None:
        if self.rows == ROWS:
            raise UsageError(f"a sheet holds no more than {ROWS:,} rows, and there are more: write them to a .csv")
        self.rows += 1
        # Excel would find the height of wrapped words itself, other programs don't
        longest = max((_cells(value, LINES * WIDEST) for value in values if isinstance(value, str)), default=0)
        if longest > WIDEST:
            self._sheet.set_row(self.rows, 18.0 * min(LINES, -(-longest // (WIDEST - 2))))
        for at, (column, value) in enumerate(zip(self._columns, values, strict=True)):
            if value is not None and value != "":
                self._write(at, column, value)

    def _write(self, at: int, column: Column, value: Value) -> None:
        formats, sheet, row = self._formats, self._sheet, self.rows
        shown = words(value, self._lang)
        if isinstance(value, bool):
            sheet.write_boolean(row, at, value, formats.text)
        elif isinstance(value, int | Decimal) and _exact(value):
            whole = value == int(value)
            plain = column.name in ("page", "row", "quotes", "confidence")
            format_ = (formats.plain if plain else formats.whole) if whole else formats.broken
            sheet.write_number(row, at, int(value) if whole else float(value), format_)
        elif isinstance(value, date) and value >= _FIRST_DAY:
            sheet.write_datetime(row, at, datetime(value.year, value.month, value.day), formats.day)
        else:
            self._words(at, shown if isinstance(value, str | Thing | Concept) else str(value))
        if self.rows <= 1000:
            self._widths[at] = min(WIDEST, max(self._widths[at], _cells(shown) + 2))

    def _words(self, at: int, text: str) -> None:
        own = text.startswith(BASE)  # an address that tells things apart, and leads nowhere
        if not own and text.startswith(("http://", "https://")) and len(text) <= URL and self._links < LINKS:
            done = self._sheet.write_url(self.rows, at, clean(text), self._formats.link, _fit(text))
            if done == 0:
                self._links += 1
                return
        _text(self._sheet, self.rows, at, text, self._formats.wrapped if _cells(text) > WIDEST else self._formats.text)

    def finish(self) -> None:
        sheet = self._sheet
        shown = 0
        for at, (column, width) in enumerate(zip(self._columns, self._widths, strict=True)):
            hidden = column.name.endswith("_iri")
            sheet.set_column(at, at, width, None, {"level": 1, "hidden": True} if hidden else {})
            shown += 0 if hidden else width
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, self.rows), max(0, len(self._columns) - 1))
        sheet.set_landscape()
        sheet.set_paper(9)
        if shown <= PAGE:
            sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)


def _question(sheet: Worksheet, result: Result, about: About, formats: _Formats, lang: str) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    _text(sheet, 0, 0, result.title(lang), formats.title)
    row = 1
    for row, (name, value) in enumerate(about.lines(result, lang), 2):
        _text(sheet, row, 0, name, formats.head)
        sheet.set_row(row, 16.0 * max(1, value.count(chr(10)) + 1))
        _text(sheet, row, 1, value, formats.wrapped)
    for at, note in enumerate(result.notes, row + 2):
        _text(sheet, at, 1, note, formats.wrapped)


def _text(sheet: Worksheet, row: int, at: int, text: str, format_: Any) -> None:
    sheet.write_string(row, at, _fit(text), format_)


def _fit(text: str) -> str:
    """What Excel can hold of a text: no control characters, and not more than it would read."""
    # noncharacters XML can't hold
    text = clean(text).translate({0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD})
    if len(text) > TEXT // 2:
        data = text.encode("utf-16-le")
        if len(data) // 2 > TEXT:
            text = data[: 2 * (TEXT - 1)].decode("utf-16-le", errors="ignore") + "…"
    return text


def _exact(value: int | Decimal) -> bool:
    """Excel keeps fifteen digits; a longer number stays text, whole."""
    digits = f"{Decimal(value):f}".lstrip("-").replace(".", "").strip("0")
    return len(digits) <= 15 and abs(Decimal(value)) < 10**300


def _cells(text: str, most: int = WIDEST) -> int:
    """How wide it is, as far as that matters."""
    return memo.width(text[:most])
