"""Whatever else has an address: what is stated of it, and where it is named."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from kg import ids
from kg.graph.facts import Node
from kg.graph.store import Store
from kg.query.concepts import concept
from kg.query.entity import words_of
from kg.query.result import Thing
from kg.serve.site import href
from kg.serve.views.deal import thing_of
from kg.serve.vocabulary import short
from kg.vocab import KG, RDF


@dataclass(frozen=True, slots=True)
class Row:
    property: str  # with its prefix
    name: Thing | None  # of a property of ours: its words
    other: Thing | str
    graph: str


@dataclass(slots=True)
class Statements:
    """What the store says of anything else: a claim, a run, somebody else's address."""

    iri: str
    label: str
    rows: list[Row]  # in which it is the subject
    inbound: list[Row]  # in which others name it
    total: int
    counted: bool  # whether the total is all of them
    place: str  # of a claim: where its words stand in the text


_COUNTED = 20_000


def statements(store: Store, node: Node, lang: str, limit: int) -> Statements | None:
    quads, naming = list(islice(store.quads(node), limit)), list(islice(store.quads(None, None, node), limit))
    if not quads and not naming:
        return None
    counts = [sum(1 for _ in islice(some, _COUNTED)) for some in (store.quads(node), store.quads(None, None, node))]
    rows = [_row(store, quad, quad.object, lang) for quad in quads]
    inbound = [_row(store, quad, quad.subject, lang) for quad in naming]
    for some in (rows, inbound):
        some.sort(key=lambda row: (row.graph != "", row.property, str(row.other), row.graph))
    says = {quad.predicate: quad.object for quad in quads}
    label, place = thing_of(store, node, lang).label, ""
    if {RDF.subject, RDF.predicate, RDF.object} <= says.keys():
        label = " ".join(_label(store, says[part], lang) for part in (RDF.subject, RDF.predicate, RDF.object))
        graph: Any = quads[0].graph_name
        if KG.start in says and isinstance(graph, NamedNode):
            place = f"{href(graph.value)}#at{words_of(says[KG.start])}"
    elif label == node.value:
        label = node.value.removeprefix(ids.BASE)
    return Statements(node.value, label, rows, inbound, sum(counts), max(counts) < _COUNTED, place)


def _row(store: Store, quad: Any, other: Any, lang: str) -> Row:
    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
    named = _term(quad.predicate, lang)
    return Row(short(quad.predicate.value), named, _shown(store, other, lang), graph)


def _term(node: Node, lang: str) -> Thing | None:
    one = concept(node.value)
    label = one.zh if lang == "zh" else one.en
    return None if label == node.value else Thing(node.value, label)


def _label(store: Store, node: Any, lang: str) -> str:
    shown = _shown(store, node, lang)
    return shown.label if isinstance(shown, Thing) else shown


def _shown(store: Store, term: Any, lang: str) -> Thing | str:
    if isinstance(term, Literal):
        return term.value
    if isinstance(term, BlankNode):
        return str(term)
    if (known := _term(term, lang)) is not None:
        return known
    found = thing_of(store, term, lang)
    return Thing(term.value, short(term.value.removeprefix(ids.BASE))) if found.label == term.value else found
