"""A memo in Markdown: what was asked, tables, and a footnote for every quote.

What comes from documents is escaped: it is no markup, no HTML and no formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import IO

from kg.forms import evidence, memo
from kg.forms.about import About
from kg.printing import clean
from kg.query.result import Result, Row, words

# $ would begin a formula on GitHub, @ a mention there
_MARKS = re.compile(r"([\\`*_\[\]<>|~$&@])")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
LINK = re.compile(r"https?://[^\s<>\"`|\\^{}]+", re.IGNORECASE)


def write(result: Result, file: IO[str], lang: str, about: About) -> int:
    """The number of rows."""
    zh = lang == "zh"
    if result.cited:
        result.whole()  # what has evidence fits in memory, and then empty columns can be left out
    notes = evidence.Notes()
    with_evidence = result.has_evidence
    file.write(f"# {escape(result.title(lang))}\n\n")
    for name, value in about.lines(result, lang)[1:]:
        file.write(f"- {escape(name)}{'：' if zh else ': '}{escape(value)}\n")
    rows = 0
    for part in memo.parts(result):
        file.write(f"\n## {escape(part.group)}\n\n" if part.group else "\n")
        rows += (_list if part.listed else _table)(result, part, file, lang, notes if with_evidence else None)
    if not rows:
        file.write("\n没有结果。\n" if zh else "\nNothing was found.\n")
    for note in result.notes:
        file.write(f"\n{escape(note)}\n")
    for number, one in enumerate(notes.cited, 1):
        if number == 1:
            file.write(f"\n## {'依据' if zh else 'Sources'}\n\n")
        cited, link = evidence.citation(one, lang)
        address = f" <{link}>" if LINK.fullmatch(link) else f" {escape(link)}" if link else ""
        file.write(f"[^{number}]: {escape(evidence.quoted(one))} {escape(cited)}{'。' if zh else '.'}{address}\n")
    return rows


def _table(result: Result, part: memo.Part, file: IO[str], lang: str, notes: evidence.Notes | None) -> int:
    heads = [escape(column.title(lang)) for column in part.columns]
    ruler = ["---:" if column.type == "number" else "---" for column in part.columns]
    if notes:
        heads.append("依据" if lang == "zh" else "Sources")
        ruler.append("---")
    count = 0
    for row in part.rows:
        if not count:
            file.write(_line(heads) + _line(ruler))
        count += 1
        cells = []
        for _, value in part.values(row, result.columns):
            text = words(value, lang)
            cells.append(f"<{text}>" if LINK.fullmatch(text) else escape(text))
        if notes:
            cells.append(_marks(row, notes))
        file.write(_line(cells))
    return count


def _list(result: Result, part: memo.Part, file: IO[str], lang: str, notes: evidence.Notes | None) -> int:
    count = 0
    for row in part.rows:
        count += 1
        head, rest = memo.entry(part, row, result.columns, lang)
        marks = _marks(row, notes) if notes else ""
        file.write(f"- **{escape(head) or '–'}** {escape(rest)}{marks}\n")
    return count


def _marks(row: Row, notes: evidence.Notes) -> str:
    return "".join(f"[^{number}]" for number in notes.numbers(row.evidence))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def escape(text: str) -> str:
    """Any text as Markdown that shows it, in one line."""
    line = " ".join(clean(text).split())
    line = _MARKS.sub(r"\\\1", line)
    return f"\\{line}" if line.startswith(("-", "+", "=", "#", ":")) else _NUMBERED.sub(r"\1\\\2", line)
