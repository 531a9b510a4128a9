"""Whatever else has an address: the statements that it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.graph.facts import Node
from kg.graph.store import Store
from kg.query.concepts import concept
from kg.query.entity import label_of
from kg.query.result import Thing
from kg.vocab import PREFIXES


@dataclass(slots=True)
class Statements:
    """What the store says of anything else: a claim, a run, somebody else's address."""

    iri: str
    label: str
    rows: list[tuple[str, Thing | str, Thing | str, str]]  # predicate's name, subject, object, graph
    total: int


def statements(store: Store, node: Node, lang: str, limit: int) -> Statements | None:
    quads = list(islice(store.quads(node), limit + 1)) + list(islice(store.quads(None, None, node), limit + 1))
    if not quads:
        return None
    rows = []
    for quad in quads[:limit]:
        graph: Any = quad.graph_name
        rows.append(
            (
                _prefixed(quad.predicate),
                _shown(store, quad.subject, lang),
                _shown(store, quad.object, lang),
                graph.value if isinstance(graph, NamedNode) else "",
            )
        )
    rows.sort(key=lambda row: (row[3] != "", row[0], str(row[1]), str(row[2])))
    return Statements(node.value, label_of(store, node, lang), rows, len(quads))


def _shown(store: Store, term: Any, lang: str) -> Thing | str:
    if isinstance(term, Literal):
        return term.value
    if isinstance(term, BlankNode):
        return str(term)
    one = concept(term.value)
    label = one.zh if lang == "zh" else one.en
    return Thing(term.value, label_of(store, term, lang) if label == term.value else label)


def _prefixed(predicate: Node) -> str:
    for prefix, address in PREFIXES.items():
        if predicate.value.startswith(address):
            return f"{prefix}:{predicate.value.removeprefix(address)}"
    return str(predicate.value)
