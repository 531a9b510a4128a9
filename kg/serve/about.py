"""What kind of service this is and what is in its store: SPARQL 1.1 Service Description and VoID."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg import ids
from kg.serve.describing import Counted
from kg.vocab import DCTERMS, PREFIXES, RDF, XSD

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_ENTAILMENT = "http://www.w3.org/ns/entailment/Simple"  # what isn't stated isn't answered
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle",
            "N-Triples", "N-Quads", "RDF_XML", "JSON-LD", "TriG", "N3")  # fmt: skip
_FOAF = "http://xmlns.com/foaf/0.1/"


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _void(name: str) -> NamedNode:
    return NamedNode(_VOID + name)


def service(base: str, found: Counted) -> list[Triple]:
    """Of the endpoint at ``base``sparql."""
    endpoint = NamedNode(f"{base}sparql")
    dataset = NamedNode(f"{base}void#dataset")
    default = NamedNode(f"{base}void#facts")
    said = [
        Triple(endpoint, RDF.type, _sd("Service")),
        Triple(endpoint, _sd("endpoint"), endpoint),
        Triple(endpoint, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        *(Triple(endpoint, _sd("resultFormat"), NamedNode(_FORMATS + name)) for name in _RESULTS),
        Triple(endpoint, _sd("defaultEntailmentRegime"), NamedNode(_ENTAILMENT)),
        Triple(endpoint, _sd("defaultDataset"), dataset),
        Triple(dataset, RDF.type, _sd("Dataset")),
        Triple(dataset, _sd("defaultGraph"), default),
        Triple(default, RDF.type, _sd("Graph")),
    ]
    return [*said, *_counts(default, found)]


def dataset(base: str, found: Counted) -> list[Triple]:
    """VoID: the facts are the default graph; every item has a graph of its own beside them."""
    node, default, document = (NamedNode(f"{base}void{end}") for end in ("#dataset", "#facts", ""))
    said = [
        Triple(document, RDF.type, _void("DatasetDescription")),
        Triple(document, NamedNode(_FOAF + "primaryTopic"), node),
        Triple(node, RDF.type, _void("Dataset")),
        Triple(node, DCTERMS.title, Literal("regkg")),
        Triple(node, _void("sparqlEndpoint"), NamedNode(f"{base}sparql")),
        Triple(node, _void("uriSpace"), Literal(ids.BASE)),
        Triple(node, _void("triples"), _whole(found.quads)),
        Triple(node, _void("subset"), default),
        Triple(default, RDF.type, _void("Dataset")),
        *(Triple(node, _void("vocabulary"), NamedNode(PREFIXES[name])) for name in ("kg", "skos", "dcterms", "prov")),
    ]
    return [*said, *_counts(default, found)]


def _counts(node: NamedNode, found: Counted) -> Iterator[Triple]:
    numbers = {
        "triples": found.triples,
        "entities": found.entities,
        "classes": len(found.classes),
        "properties": len(found.properties),
        "distinctSubjects": found.subjects,
        "distinctObjects": found.objects,
    }
    for name, number in numbers.items():
        yield Triple(node, _void(name), _whole(number))
    parts: tuple[tuple[str, str, str, Any], ...] = (
        ("classPartition", "class", "entities", found.classes),
        ("propertyPartition", "property", "triples", found.properties),
    )
    for partition, what, how_many, counts in parts:
        for at, (iri, number) in enumerate(counts):
            part = BlankNode(f"{what}{at}")
            yield Triple(node, _void(partition), part)
            yield Triple(part, _void(what), NamedNode(iri))
            yield Triple(part, _void(how_many), _whole(number))


def _whole(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)
