"""What the store says of one address, and of itself, as quads: jobs of ``kg.serve.pool``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.errors import KgError
from kg.graph.facts import DEFAULT, Node
from kg.graph.store import Store
from kg.items import ENTITY_TYPES
from kg.serve.negotiate import Chosen
from kg.serve.results import graph
from kg.vocab import KG, RDF, SKOS

_MOST = 2000  # statements in which others name it, and claims: a ministry has tens of thousands
_FOAF = "http://xmlns.com/foaf/0.1/"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_WITH_GRAPHS = frozenset({"trig", "nquads"})


class Unknown(KgError):
    status = 404


def described(store: Store, iri: str, chosen: Chosen, most: int) -> bytes:
    """The facts in which it stands, the claims that say so with their quotes, the names of what it stands beside.

    An item or a report: all of its graph. A claim, or what else only an item says: what the item says of it.
    """
    node = NamedNode(iri)
    quads, cut = _quads(store, node)
    if not quads:
        raise Unknown(f"the store doesn't know {iri}")
    triples: Iterable[Any] = quads
    if chosen.form.name not in _WITH_GRAPHS:
        triples = sorted({quad.triple for quad in quads}, key=str)
    if cut:
        triples = [*triples, *_told_of_cut(node, chosen.form.name in _WITH_GRAPHS)]
    return graph(triples, chosen, most)


def _quads(store: Store, node: Node) -> tuple[list[Quad], bool]:
    found = dict.fromkeys(store.quads(None, None, None, node))
    facts = list(store.quads(node, None, None, DEFAULT))
    found |= dict.fromkeys(facts or store.quads(node, None, None, None))
    inbound = list(islice(store.quads(None, None, node, DEFAULT), _MOST + 1))
    found |= dict.fromkeys(inbound[:_MOST])
    claims = list(islice(_claims(store, node), _MOST + 1))
    for claim in claims[:_MOST]:
        found |= dict.fromkeys(store.quads(claim.subject, None, None, claim.graph_name))
    beside = {term for quad in found for term in (quad.subject, quad.object) if isinstance(term, NamedNode)}
    for other in sorted(beside - {node}, key=str):
        found |= dict.fromkeys(store.quads(other, SKOS.prefLabel, None, DEFAULT))
    ordered = sorted(found, key=lambda quad: (str(quad.graph_name), str(quad.triple)))
    return ordered, max(len(inbound), len(claims)) > _MOST


def _claims(store: Store, node: Node) -> Iterator[Quad]:
    for end in (RDF.subject, RDF.object, KG.about):
        yield from (quad for quad in store.quads(None, end, node) if quad.graph_name != DEFAULT)


def _told_of_cut(node: Node, quads: bool) -> Iterator[Any]:
    document = NamedNode(node.value + "#description")
    said = f"Not all: {_MOST:,} statements in which others name it, and {_MOST:,} claims. Query the rest."
    for triple in (
        Triple(document, NamedNode(_FOAF + "primaryTopic"), node),
        Triple(document, NamedNode(_RDFS + "comment"), Literal(said, language="en")),
    ):
        yield Quad(triple.subject, triple.predicate, triple.object, DEFAULT) if quads else triple


@dataclass(frozen=True, slots=True)
class Counted:
    """Of the default graph, but for the graphs."""

    triples: int
    subjects: int
    objects: int
    classes: tuple[tuple[str, int], ...]
    properties: tuple[tuple[str, int], ...]
    entities: int
    graphs: int
    quads: int


def counted(store: Store) -> Counted:
    def rows(sparql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in store.query(sparql)]  # type: ignore[union-attr]

    def number(sparql: str) -> int:
        return int(rows(sparql)[0][0].value)

    def parts(sparql: str) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((what.value, int(n.value)) for what, n in rows(sparql)))

    types = " ".join(f"kg:{type_}" for type_ in ENTITY_TYPES)
    properties = parts("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    return Counted(
        sum(n for _, n in properties),
        number("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        number("SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        parts("SELECT ?t (COUNT(*) AS ?n) { ?s a ?t } GROUP BY ?t"),
        properties,
        number(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ VALUES ?t {{ {types} }} ?s a ?t }}"),
        len(store.graphs()),
        len(store),
    )
