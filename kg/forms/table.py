"""A table for a terminal: names are no markup and no orders; numbered quotes below it where they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, islice

from rich.table import Table
from rich.text import Text

from kg.forms import evidence
from kg.printing import lines, say, table, tell
from kg.query.result import Column, Result, Row, words

ROWS = 1000


def show(result: Result, lang: str = "zh", with_evidence: bool = False, limit: int = ROWS) -> int:
    """Print it; the number of rows that are shown."""
    stream = iter(result)
    rows = list(islice(stream, limit))
    notes = evidence.Notes()
    if not rows:
        say("没有结果。" if lang == "zh" else "Nothing was found.")
    for group, members in groupby(rows, key=lambda row: row.group):
        if group:
            say(group)
        table(_drawn(result.columns, members, lang, notes if with_evidence else None))
        if group:
            say()
    for number, one in enumerate(notes.cited, 1):
        cited, link = evidence.citation(one, lang)
        mark = f"[{number}] "
        lines(
            (0 if text.startswith(mark) else len(mark), Text(text))
            for text in (mark + evidence.quoted(one), cited, link)
            if text
        )
    for note in result.notes:
        say(note)
    if next(stream, None) is not None:
        tell(f"These are the first {limit:,}: -o FILE.csv or FILE.xlsx gives all.")
    return len(rows)


def _drawn(columns: Sequence[Column], rows: Iterable[Row], lang: str, notes: evidence.Notes | None) -> Table:
    drawn = Table(show_lines=False)
    for column in columns:
        drawn.add_column(Text(column.title(lang)), justify="right" if column.type == "number" else "left")
    if notes:
        drawn.add_column(Text("依据" if lang == "zh" else "Evidence"))
    for row in rows:
        cells = [words(value, lang) for value in row.values]
        if notes:
            cells.append("".join(f"[{number}]" for number in notes.numbers(row.evidence)))
        # as Text, since a title with [brackets] is no markup
        drawn.add_row(*(Text(" ".join(cell.split())) for cell in cells))
    return drawn
