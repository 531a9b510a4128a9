"""What a question gives: a table whose every row knows where it says so.

``kg ask``, ``kg chain``, ``kg path`` and ``kg diff`` make a Result, ``kg.forms`` writes it: so every answer comes in
every form, and no form knows which question it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kg.query.entity import Evidence
from kg.query.run import Answer, Term
from kg.query.run import text as shown
from kg.vocab import XSD

if TYPE_CHECKING:
    import networkx
    import pandas

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

    def to_pandas(self, evidence: bool = True) -> pandas.DataFrame:
        """A table with the columns' names; things as names with their addresses beside them, concepts as in the graph.

        With ``evidence``, the newest quote of each row. Needs pandas: ``pip install regkg[pandas]``.
        """
        from kg.query import frame

        return frame.frame(self, evidence)

    def to_networkx(self, source: str | None = None, target: str | None = None) -> networkx.MultiDiGraph[str]:
        """The rows as edges with all else that they say, from the things of one column to those of another.

        Without names, each row's first thing and its next.
        """
        from kg.query import network

        return network.network(self, source, target)


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


# ------------------------------------------------------------------------------------------------ from a query


def of_answer(answer: Answer, asked: Sequence[tuple[str, str]] = ()) -> Result:
    """The answer to a SPARQL query as a Result: a stream of rows without evidence, columns named as in the query."""
    names: Sequence[str] = answer.columns
    rows: Iterator[Sequence[Term | None]] = answer.rows
    if answer.form == "graph":
        names = ("subject", "predicate", "object")
        rows = ((triple.subject, triple.predicate, triple.object) for triple in answer.triples)
    if answer.form == "boolean":
        return Result("query", "SPARQL 查询", "SPARQL query", (Column("answer", "答案", "Answer"),),
                      [Row((answer.boolean,))], tuple(asked), cited=False)  # fmt: skip
    columns = tuple(Column(name, name, name) for name in names)
    made = (Row(tuple(_value(term) for term in row)) for row in rows)
    return Result("query", "SPARQL 查询", "SPARQL query", columns, made, tuple(asked), cited=False)


_WHOLE = frozenset(XSD.iri + name for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger"))
_BROKEN = frozenset(XSD.iri + name for name in ("decimal", "double", "float"))


def _value(term: Any) -> Value:
    """A term as a cell: numbers, days and truths as such, addresses of ours with their prefix, else text."""
    datatype = getattr(term, "datatype", None)
    if datatype is None:
        return None if term is None else shown(term)
    written = str(term.value)
    try:
        if datatype.value in _WHOLE:
            return int(written)
        if datatype.value in _BROKEN and math.isfinite(float(written)):
            return Decimal(written)
        if datatype == XSD.date:
            return date.fromisoformat(written)
    except (ValueError, InvalidOperation):  # an impossible day is still the source's: it stays as it was written
        return written
    return written in ("true", "1") if datatype == XSD.boolean else written
