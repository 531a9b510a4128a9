"""Our terms as closed namespaces: a mistyped term raises, naming the nearest one.

``tests/test_vocab.py`` holds this module against ``ontology/kg.ttl``, both ways. The namespaces are a few lines of
our own and not rdflib's ``DefinedNamespace``: importing rdflib takes 0.2 s, more than a whole ``kg query``, and the
store speaks pyoxigraph's terms anyway.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pyoxigraph import NamedNode

ONTOLOGY = "https://w3id.org/regkg/ontology#"


class Namespace:
    """Names under one address. ``KG.acquires`` and ``STATUS["in-talks"]`` are terms; others raise."""

    def __init__(self, iri: str, names: str | None = None) -> None:
        self.iri = iri
        self._terms: dict[str, NamedNode] | None = (
            None if names is None else {name: NamedNode(iri + name) for name in names.split()}
        )

    def __getitem__(self, name: str) -> NamedNode:
        if self._terms is None:
            return NamedNode(self.iri + name)
        try:
            return self._terms[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._terms, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise KeyError(f"<{self.iri}> has no term {name!r}{hint}") from None

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as fault:
            raise AttributeError(fault.args[0]) from None

    def __contains__(self, term: object) -> bool:
        """Whether a term, or a local name, is one of ours."""
        name = term.value.removeprefix(self.iri) if isinstance(term, NamedNode) else term
        return self._terms is not None and name in self._terms

    def __iter__(self) -> Iterator[str]:
        """The local names."""
        return iter(self._terms or ())


CLASSES = """
    Party Regulator Company Organization Person
    Document Instrument Publication Jurisdiction
    Event Deal Acquisition FundingRound
    Item Report Claim Mention OpenSentence
"""
RELATIONS = """
    issuedBy draftedBy basedOn amends acquires investsIn subsidiaryOf partOf agreementWith sues customerOf officerOf
"""
PROPERTIES = """
    hasAcquired hasInvestedIn appliesIn locatedIn mentions
    kind status number issuedOn effectiveFrom
    buyer target investor leadInvestor investee round
    amount amountText currency qualifier stake valuation announcedOn completedOn
    refersTo form reason insteadOf
    section page layout fileName fileFormat digest textDigest factsDigest
    about quote start end said confidence rule role date reviewed reviewedBy
"""

KG = Namespace(ONTOLOGY, CLASSES + RELATIONS + PROPERTIES)
STATUS = Namespace(
    "https://w3id.org/regkg/status/",
    "planned draft consultation issued in-force repealed rumoured in-talks proposed announced completed terminated",
)
QUALIFIER = Namespace("https://w3id.org/regkg/qualifier/", "exact about at-least up-to")
SAID = Namespace("https://w3id.org/regkg/said/", "headline summary commentary hearsay")
# open: which kinds there are is data (ontology/kinds.ttl); `kg check` finds those that aren't there
KIND = Namespace("https://w3id.org/regkg/kind/")

RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "type subject predicate object Statement")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#", "prefLabel altLabel hiddenLabel")
DCTERMS = Namespace("http://purl.org/dc/terms/", "title issued source publisher isPartOf")
PROV = Namespace("http://www.w3.org/ns/prov#", "Activity SoftwareAgent wasGeneratedBy wasAssociatedWith wasDerivedFrom")
SCHEMA = Namespace("https://schema.org/", "softwareVersion")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#", "string integer decimal date gYearMonth gYear boolean")

# What can be only one thing: owl:FunctionalProperty in kg.ttl.
_FUNCTIONAL = """
    kind status number issuedOn effectiveFrom
    round amount amountText currency qualifier stake valuation announcedOn completedOn
"""
FUNCTIONAL = frozenset(KG[name] for name in _FUNCTIONAL.split())

#: Known in every query without being typed, and written at the head of what is exported.
PREFIXES = {
    "kg": KG.iri,
    "status": STATUS.iri,
    "kind": KIND.iri,
    "qualifier": QUALIFIER.iri,
    "said": SAID.iri,
    "rdf": RDF.iri,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": XSD.iri,
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": SKOS.iri,
    "dcterms": DCTERMS.iri,
    "prov": PROV.iri,
    "org": "http://www.w3.org/ns/org#",
    "schema": SCHEMA.iri,
    "foaf": "http://xmlns.com/foaf/0.1/",
}
