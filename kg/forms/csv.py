"""CSV for people: a row an answer, formulas made inert, with the newest of its quotes and how many there are."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import IO

from kg.forms import evidence
from kg.forms.about import About
from kg.query.result import Column, Result, Row, Thing, Value, words
from kg.query.run import inert

GROUP = Column("group", "组别", "Group")


def write(result: Result, file: IO[str], lang: str, about: About) -> int:
    """The number of rows."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(inert(column.title(lang)) for column in columns(result))
    count = 0
    for count, values in enumerate(rows(result, lang), 1):  # noqa: B007
        writer.writerow(cell(value, lang) for value in values)
    return count


def columns(result: Result) -> list[Column]:
    """The columns of a sheet: the group, the answer's, the evidence's, and at last the addresses of things."""
    found = [GROUP] if result.has_groups else []
    found += result.columns
    if result.has_evidence:
        found += [evidence.COUNT, *evidence.COLUMNS]
    return found + [Column(f"{column.name}_iri", f"{column.zh} IRI", f"{column.en} IRI") for column in _things(result)]


def rows(result: Result, lang: str) -> Iterator[list[Value]]:
    for row in result:
        yield values(result, row, lang)


def values(result: Result, row: Row, lang: str) -> list[Value]:
    """The values of ``columns``."""
    found: list[Value] = [row.group] if result.has_groups else []
    found += row.values
    if result.has_evidence:
        found.append(len(row.evidence))
        found += evidence.cells(row.evidence[0], lang) if row.evidence else [None] * len(evidence.COLUMNS)
    for column, value in zip(result.columns, row.values, strict=True):
        if column.type == "thing":
            found.append(value.iri if isinstance(value, Thing) else None)
    return found


def _things(result: Result) -> list[Column]:
    return [column for column in result.columns if column.type == "thing"]


def cell(value: Value, lang: str) -> str:
    """Numbers and days as a machine reads them too; words made inert."""
    if isinstance(value, bool):
        return words(value, lang)
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return value.isoformat() if isinstance(value, date) else inert(words(value, lang))
