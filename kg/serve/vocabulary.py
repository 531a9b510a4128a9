"""Our terms as the ontology's files define them: for pages about them, and for who writes queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import pyoxigraph
from pyoxigraph import NamedNode, Triple

from kg.settings import asset
from kg.vocab import KG, KIND, ONTOLOGY, PREFIXES, QUALIFIER, RDF, SAID, STATUS

Sort = Literal["class", "property", "concept"]
FILES = ("kg.ttl", "schemes.ttl", "kinds.ttl", "mappings.ttl")
#: Where the workbench answers for an address of ours that is no thing of the store's: /status/announced.
SPACES = {namespace.iri: path for namespace, path in (
    (KG, "/ontology#"), (STATUS, "/status/"), (KIND, "/kind/"), (QUALIFIER, "/qualifier/"), (SAID, "/said/"),
)}  # fmt: skip
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SORTS: dict[str, Sort] = {
    f"{_OWL}Class": "class",
    f"{_OWL}ObjectProperty": "property",
    f"{_OWL}DatatypeProperty": "property",
    f"{_SKOS}Concept": "concept",
}


@dataclass(frozen=True, slots=True)
class Term:
    iri: str
    name: str  # with its prefix: kg:acquires
    sort: Sort
    zh: str
    en: str
    about_zh: str
    about_en: str
    path: str  # in the workbench
    broader: tuple[str, ...] = ()  # the addresses of wider terms
    domain: tuple[str, ...] = ()  # of a property, with prefixes: what has it
    range: tuple[str, ...] = ()  # and what it leads to


@cache
def triples() -> tuple[Triple, ...]:
    found = set()
    for name in FILES:
        found |= {quad.triple for quad in pyoxigraph.parse(path=str(asset("ontology", name)))}
    return tuple(sorted(found, key=str))


@cache
def terms() -> dict[str, Term]:
    """By address, in the order classes, properties, concepts."""
    about: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples():
        if isinstance(triple.subject, NamedNode):
            about[triple.subject.value][triple.predicate.value].append(triple.object)
    found = []
    for iri, says in about.items():
        sort = next((_SORTS[type_.value] for type_ in says[RDF.type.value] if type_.value in _SORTS), None)
        space = next((space for space in SPACES if iri.startswith(space) and iri != space), None)
        if sort is None or space is None:
            continue
        name = iri.removeprefix(space)
        prefix = next(prefix for prefix, address in PREFIXES.items() if address == space)
        labels = _by_language(says[f"{_RDFS}label"] or says[f"{_SKOS}prefLabel"])
        told = _by_language(says[f"{_SKOS}definition"])
        wider = (*says[f"{_RDFS}subClassOf"], *says[f"{_RDFS}subPropertyOf"], *says[f"{_SKOS}broader"])
        broader = tuple(sorted(one.value for one in wider if isinstance(one, NamedNode) and _path(one.value)))
        found.append(
            Term(iri, f"{prefix}:{name}", sort, labels.get("zh", name), labels.get("en", name), told.get("zh", ""),
                 told.get("en", ""), SPACES[space] + name, broader, prefixed(says[f"{_RDFS}domain"]),
                 prefixed(says[f"{_RDFS}range"]))
        )  # fmt: skip
    order = list(dict.fromkeys(_SORTS.values()))
    found.sort(key=lambda term: (order.index(term.sort), term.name.casefold()))
    return {term.iri: term for term in found}


def path_of(iri: str) -> str | None:
    """Where in the workbench a term of ours is looked at; None for what is no term."""
    if iri in (ONTOLOGY, ONTOLOGY.removesuffix("#")):
        return "/ontology"
    return terms()[iri].path if iri in terms() else None


def described(iri: str) -> list[Triple]:
    """What the ontology says of a term, and in which terms it stands."""
    node = NamedNode(iri)
    return [triple for triple in triples() if node in (triple.subject, triple.object)]


def prefixed(nodes: list[Any]) -> tuple[str, ...]:
    """Addresses as queries write them: kg:Deal."""
    return tuple(sorted(short(node.value) for node in nodes if isinstance(node, NamedNode)))


def short(iri: str) -> str:
    for prefix, address in PREFIXES.items():
        if iri.startswith(address) and iri != address:
            return f"{prefix}:{iri.removeprefix(address)}"
    return iri


def _path(iri: str) -> bool:
    return any(iri.startswith(space) for space in SPACES)


def _by_language(literals: list[Any]) -> dict[str, str]:
    return {literal.language or "": str(literal.value) for literal in reversed(literals)}
