"""A Result as a pandas table, for those who have pandas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.query.result import Concept, Result, Thing, Value

if TYPE_CHECKING:
    import pandas

_EVIDENCE = ("quote", "title", "publisher", "issued", "report", "page", "link", "said", "confidence")


def frame(result: Result, evidence: bool = True) -> pandas.DataFrame:
    try:
        import pandas
    except ImportError:
        raise UsageError("to_pandas needs pandas: pip install 'regkg[pandas]'") from None
    result.whole()
    rows = list(result)
    columns: dict[str, Any] = {}
    if result.has_groups:
        columns["group"] = pandas.Series([row.group for row in rows], dtype="str")
    for at, column in enumerate(result.columns):
        values = [row.values[at] for row in rows]
        columns[column.name] = _series(values, pandas)
        if column.type == "thing" or any(isinstance(value, Thing) for value in values):
            addresses = [value.iri if isinstance(value, Thing) else None for value in values]
            columns[f"{column.name}_iri"] = pandas.Series(addresses, dtype="str")
    if evidence and result.has_evidence:
        columns["quotes"] = pandas.Series([len(row.evidence) for row in rows], dtype="int64")
        for name in _EVIDENCE:
            found = [getattr(row.evidence[0], name) if row.evidence else None for row in rows]
            columns[f"evidence_{name}"] = _series(found, pandas)
    return pandas.DataFrame(columns)


def _series(values: Sequence[Value], pandas: Any) -> Any:
    """Of the narrowest type that holds all of them; a day that is only a month keeps its column text."""
    there = [value for value in values if value is not None]
    if there and all(isinstance(value, bool) for value in there):
        return pandas.Series(values, dtype="boolean")
    if there and all(isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 for value in there):
        return pandas.Series(values, dtype="Int64")
    if there and all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in there):
        return pandas.Series([None if value is None else float(value) for value in values], dtype="float64")  # type: ignore[arg-type]
    if there and all(isinstance(value, date) for value in there):
        return pandas.Series(pandas.to_datetime(pandas.Series(values, dtype="object")))
    return pandas.Series([None if value is None else _text(value) for value in values], dtype="str")


def _text(value: Value) -> str:
    if isinstance(value, Thing):
        return value.label
    if isinstance(value, Concept):
        return value.name
    return value.isoformat() if isinstance(value, date) else str(value)
