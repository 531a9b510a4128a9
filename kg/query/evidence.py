"""Where it says so, for the rows of any question: an edge or a deal of the default graph → the claims that state it.

A question reads the default graph alone, which is what keeps it fast; its evidence is fetched row by row, and only
when it is wanted. An edge is looked up in the item graphs as it stands, which gives the few items that state it, and
only these are searched for the claim.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.store import Store
from kg.query.entity import Evidence, day_of, evidence_of
from kg.vocab import KG, RDF


def of_edge(store: Store, subject: Node, predicate: Node, object_: Node) -> list[Evidence]:
    """The claims that state an edge."""
    found = []
    for stated in store.quads(subject, predicate, object_):
        item: Node = stated.graph_name
        if item == DEFAULT:
            continue
        for quad in store.quads(None, RDF.subject, subject, item):
            said = _said(store, quad.subject, item)
            if said.get(RDF.predicate) == predicate and said.get(RDF.object) == object_:
                found.append(evidence_of(store, item, said))
    return found


def ahead(store: Store, edges: Iterable[tuple[Node, Node, Object]], deals: Iterable[Node]) -> None:
    """Bring what ``of_edge`` and ``of_deal`` will read, where each reading would be a request."""
    patterns: list[Any] = [(*edge, None) for edge in edges]
    store.prefetch([*patterns, *((None, KG.about, deal, None) for deal in deals)], graphs=True)


def of_deal(store: Store, deal: Node) -> list[Evidence]:
    """The claims about a deal."""
    return [
        evidence_of(store, quad.graph_name, _said(store, quad.subject, quad.graph_name))
        for quad in store.quads(None, KG.about, deal)
    ]


def sort(store: Store, found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each once, the latest first, in the order of the text within an item."""
    once = dict.fromkeys(found)
    days = {e.item: e.issued or day_of(store, NamedNode(ids.item(e.item))) for e in once}
    return tuple(sorted(once, key=lambda e: (days[e.item], e.item, -e.start), reverse=True))


def _said(store: Store, claim: Node, item: Node) -> dict[Node, Object]:
    return {quad.predicate: quad.object for quad in store.quads(claim, None, None, item)}
