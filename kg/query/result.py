"""What a question gives: a table whose every row knows where it says so.

``kg ask``, ``kg chain``, ``kg path`` and ``kg diff`` make a Result, ``kg.forms`` writes it: so every answer comes in
every form, and no form knows which question it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from kg.query.entity import Evidence

ColumnType = Literal["thing", "text", "concept", "date", "number", "link"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A node of the graph as a cell: shown by its name, told apart by its address."""

    iri: str
    label: str
    type: str = ""  # the local name of its class


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a closed list (a status, a kind) as a cell: ``announced``, with its names for people."""

    name: str
    zh: str
    en: str


# a date that is only a month or a year stays the text that it is: "2024-08"
Value: TypeAlias = Thing | Concept | str | int | Decimal | bool | date | None


@dataclass(frozen=True, slots=True)
class Column:
    name: str  # as in the query: SELECT ?name
    zh: str
    en: str
    type: ColumnType = "text"

    def title(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Row:
    """``values`` in the order of the columns; ``group`` is the heading it stands under, where there are several."""

    values: tuple[Value, ...]
    evidence: tuple[Evidence, ...] = ()
    group: str = ""


@dataclass(slots=True)
class Result:
    """An answer. ``rows`` may be a stream that can be gone through once: ``whole()`` makes it a list."""

    name: str  # the question: acquisitions, chain, diff
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    asked: tuple[tuple[str, str], ...] = ()  # what was asked, for the reader: parameter, value in words
    notes: list[str] = field(default_factory=list)  # sentences for people: what was left out, the weakest link
    cited: bool = True  # of a stream: whether its rows can have evidence, since a sheet's head is written first

    def title(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    @property
    def has_evidence(self) -> bool:
        return any(row.evidence for row in self.rows) if isinstance(self.rows, list) else self.cited

    @property
    def has_groups(self) -> bool:
        """A stream has none: where rows stand under headings, make it ``whole``."""
        return isinstance(self.rows, list) and any(row.group for row in self.rows)

    def whole(self) -> Result:
        if not isinstance(self.rows, list):
            self.rows = list(self.rows)
        return self

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def words(value: Value, lang: str = "zh") -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, Thing):
        return value.label
    if isinstance(value, Concept):
        return value.zh if lang == "zh" else value.en
    if isinstance(value, bool):
        return {("zh", True): "是", ("zh", False): "否"}.get((lang, value), "yes" if value else "no")
    if isinstance(value, int | Decimal):
        return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return value.isoformat() if isinstance(value, date) else value
