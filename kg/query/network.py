"""A Result as a networkx graph: things are nodes, rows are edges that carry what else the row says, and its words.

Attributes are plain strings and numbers, so that networkx writes the graph in any of its formats.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal

import networkx as nx

from kg.errors import UsageError
from kg.query.entity import Evidence
from kg.query.result import Concept, Result, Row, Thing, Value, words

Plain = str | int | float | bool


def network(result: Result, source: str | None = None, target: str | None = None) -> nx.MultiDiGraph[str]:
    names = [column.name for column in result.columns]
    for name in (source, target):
        if name is not None and name not in names:
            raise UsageError(f"the answer has no column {name}: it has {', '.join(names)}")
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=result.name)
    for row in result:
        ends = _ends(names, row, source, target)
        for _, thing in ends:
            graph.add_node(thing.iri, label=thing.label, type=thing.type)
        if len(ends) == 2:
            used = {at for at, _ in ends}
            said = {
                name: plain(value)
                for at, (name, value) in enumerate(zip(names, row.values, strict=True))
                if at not in used and value is not None
            }
            if row.group:
                said["group"] = row.group
            graph.add_edge(ends[0][1].iri, ends[1][1].iri, **evidence(row.evidence), **said)
    return graph


def _ends(names: list[str], row: Row, source: str | None, target: str | None) -> list[tuple[int, Thing]]:
    things = [(at, value) for at, value in enumerate(row.values) if isinstance(value, Thing)]
    first = [one for one in things if source is None or names[one[0]] == source][:1]
    rest = [one for one in things if one not in first and (target is None or names[one[0]] == target)]
    return first + rest[:1] if first else rest[:1]


def plain(value: Value) -> Plain:
    """A value as any format of graphs holds it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Concept):
        return value.name
    if isinstance(value, bool | int):
        return value
    return value.isoformat() if isinstance(value, date) else words(value)


def evidence(found: tuple[Evidence, ...]) -> dict[str, Plain]:
    """The newest quote, how many there are, and all of them as JSON; keys begin with ``evidence``."""
    if not found:
        return {}
    newest = {f"evidence_{key}": value for key, value in asdict(found[0]).items() if value is not None}
    newest["evidence_confidence"] = float(found[0].confidence)
    everything = [asdict(one) | {"confidence": float(one.confidence)} for one in found]
    return {**newest, "quotes": len(found), "evidence": json.dumps(everything, ensure_ascii=False)}
