"""The names that the ontology gives its terms: statuses, kinds, qualifiers, and classes and relations too."""

from __future__ import annotations

from functools import cache

import pyoxigraph

from kg.query.result import Concept
from kg.settings import asset
from kg.vocab import KG, KIND, QUALIFIER, SAID, SKOS, STATUS

_RDFS_LABEL = pyoxigraph.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_SPACES = (STATUS, KIND, QUALIFIER, SAID, KG)


def concept(iri: str) -> Concept:
    """A term with its names; one that the ontology doesn't know goes by the end of its address."""
    return _concepts().get(iri) or Concept(_local(iri), _local(iri), _local(iri))


def members(prefix: str) -> dict[str, Concept]:
    """The concepts whose addresses start so, by address, as the ontology lists them."""
    return {iri: one for iri, one in _concepts().items() if iri.startswith(prefix) and iri != prefix}


def narrower(iri: str) -> list[str]:
    """The concept itself and all below it."""
    found = [iri]
    for each in found:
        found += [below for below, above in _broader() if above == each and below not in found]
    return found


def collection(iri: str) -> list[str]:
    """The members of a SKOS collection, in the file's order."""
    return [member for of, member in _collections() if of == iri]


@cache
def _concepts() -> dict[str, Concept]:
    names: dict[str, dict[str, str]] = {}
    for file, predicate in (("schemes.ttl", SKOS.prefLabel), ("kinds.ttl", SKOS.prefLabel), ("kg.ttl", _RDFS_LABEL)):
        for quad in pyoxigraph.parse(path=str(asset("ontology", file))):
            if quad.predicate == predicate and isinstance(quad.object, pyoxigraph.Literal):
                names.setdefault(quad.subject.value, {})[quad.object.language or "en"] = quad.object.value
    return {
        iri: Concept(_local(iri), by.get("zh", _local(iri)), by.get("en", _local(iri))) for iri, by in names.items()
    }


@cache
def _broader() -> tuple[tuple[str, str], ...]:
    return _pairs("kinds.ttl", "broader")


@cache
def _collections() -> tuple[tuple[str, str], ...]:
    return _pairs("schemes.ttl", "member")


def _pairs(file: str, name: str) -> tuple[tuple[str, str], ...]:
    predicate = pyoxigraph.NamedNode("http://www.w3.org/2004/02/skos/core#" + name)
    return tuple(
        (quad.subject.value, quad.object.value)
        for quad in pyoxigraph.parse(path=str(asset("ontology", file)))
        if quad.predicate == predicate
    )


def _local(iri: str) -> str:
    for space in _SPACES:
        if iri.startswith(space.iri):
            return iri.removeprefix(space.iri)
    return iri
