"""Plain text, for the body of a mail: each row in a line or two, and below it the words that say so."""

from __future__ import annotations

from typing import IO

from kg.forms import evidence, memo
from kg.forms.about import About
from kg.printing import clean
from kg.query.result import Result, Row

QUOTES = 2  # of a row, the newest: a digest is to be read


def write(result: Result, file: IO[str], lang: str, about: About) -> int:
    """The number of rows."""
    zh = lang == "zh"
    if result.cited:
        result.whole()
    title = _line(result.title(lang))
    file.write(f"{title}\n{'=' * memo.width(title)}\n")
    for name, value in about.lines(result, lang)[1:]:
        file.write(f"{_line(name)}{'：' if zh else ': '}{_line(value)}\n")
    rows = 0
    for part in memo.parts(result):
        if part.group:
            group = _line(part.group)
            file.write(f"\n{group}\n{'-' * memo.width(group)}\n")
        for row in part.rows:
            rows += 1
            head, rest = memo.entry(part, row, result.columns, lang)
            file.write(f"\n* {_line(head) or '–'}\n" + (f"  {_line(rest)}\n" if rest else ""))
            _quotes(row, file, lang)
    if not rows:
        file.write("\n没有结果。\n" if zh else "\nNothing was found.\n")
    for note in result.notes:
        file.write(f"\n{_line(note)}\n")
    return rows


def _quotes(row: Row, file: IO[str], lang: str) -> None:
    for one in row.evidence[:QUOTES]:
        cited, link = evidence.citation(one, lang)
        file.write(f"  {_line(evidence.quoted(one))}\n    {_line(cited)}\n")
        if link:
            file.write(f"    {_line(link)}\n")


def _line(text: str) -> str:
    return " ".join(clean(text).split())
