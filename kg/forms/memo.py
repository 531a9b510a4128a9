"""What memos share: their parts, each a table that fits a page or, where it has too many columns, a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kg.query.result import Column, Result, Row, Thing, Value, words

COLUMNS = 8  # of more, each is too narrow for a word


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one heading, with those of the columns that any of them has a value for."""

    group: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    listed: bool

    def values(self, row: Row, columns: Sequence[Column]) -> Iterator[tuple[Column, Value]]:
        kept = set(self.columns)
        return ((column, value) for column, value in zip(columns, row.values, strict=True) if column in kept)


def parts(result: Result) -> Iterator[Part]:
    """A stream stays one: it is a table of all its columns."""
    if not isinstance(result.rows, list):
        yield Part("", result.columns, result.rows, False)
        return
    for group, members in groupby(result.rows, key=lambda row: row.group):
        rows = list(members)
        columns = tuple(
            column
            for at, column in enumerate(result.columns)
            if any(row.values[at] is not None and row.values[at] != "" for row in rows)
        )
        columns = columns or result.columns
        yield Part(group, columns, rows, len(columns) > COLUMNS)


def entry(part: Part, row: Row, columns: Sequence[Column], lang: str) -> tuple[str, str]:
    """A row as an entry of a list: the things that it is about, and all else with its name before it."""
    colon, semicolon = ("：", "；") if lang == "zh" else (": ", "; ")
    filled = [(column, value) for column, value in part.values(row, columns) if value is not None and value != ""]
    # where no column names a thing, the first says what the row is about
    about = [one for one in filled if isinstance(one[1], Thing)] or filled[:1]
    rest = [
        f"{column.title(lang)}{colon}{words(value, lang)}" for column, value in filled if (column, value) not in about
    ]
    return " — ".join(words(value, lang) for _, value in about), semicolon.join(rest)


def width(text: str) -> int:
    """In Latin characters, of which a Chinese one is two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
