"""JSON for programs: one object, its shape told in docs/forms.md and kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import IO, Any

from kg import __version__
from kg.forms.about import About
from kg.query.entity import Evidence
from kg.query.result import Concept, Result, Row, Thing, Value


def write(result: Result, file: IO[str], lang: str, about: About) -> int:
    """The number of rows. All names are there in both languages, so that ``lang`` makes no difference."""
    head = {
        "question": result.name,
        "title": {"zh": result.zh, "en": result.en},
        "asked": [{"name": name, "value": value} for name, value in result.asked],
        "store": about.store,
        "made": about.made.isoformat(),
        "regkg": __version__,
        "columns": [{"name": c.name, "type": c.type, "zh": c.zh, "en": c.en} for c in result.columns],
    }
    lines = ",\n".join(f"{_text(key)}: {_text(value)}" for key, value in head.items())
    file.write(f'{{\n{lines},\n"rows": [')
    count = 0
    for count, row in enumerate(result, 1):
        file.write((",\n" if count > 1 else "\n") + _row(result, row))
    # notes last: some are known when the last row is
    file.write(f'\n],\n"notes": {_text(result.notes)}\n}}\n')
    return count


def _row(result: Result, row: Row) -> str:
    values = (
        f"{_text(column.name)}: {_value(value)}" for column, value in zip(result.columns, row.values, strict=True)
    )
    group = f'"group": {_text(row.group)}, '
    evidence = _text([_evidence(one) for one in row.evidence])
    return f'{{{group}"values": {{{", ".join(values)}}}, "evidence": {evidence}}}'


def _value(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"  # exact, which no float of Python's encoder is
    if isinstance(value, Thing | Concept):
        return _text(asdict(value))
    return _text(value.isoformat() if isinstance(value, date) else value)


def _evidence(evidence: Evidence) -> dict[str, Any]:
    # ranks claims and is no amount: a float is exact enough
    return asdict(evidence) | {"confidence": float(evidence.confidence)}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
