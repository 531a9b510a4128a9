"""Every term has its words in both languages; the shapes are proved on valid and on invalid data."""

from __future__ import annotations

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS

from kg.graph.check import validate
from kg.settings import asset
from kg.vocab import KG, PREFIXES

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def parsed(name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(asset("ontology", name))


def languages(graph: rdflib.Graph, node: rdflib.term.Node, predicate: rdflib.URIRef) -> list[str]:
    return sorted(str(o.language) for o in graph.objects(node, predicate) if isinstance(o, rdflib.Literal))


@pytest.mark.parametrize("name", list(KG))
def test_term_has_a_label_and_a_definition_in_both_languages(name: str) -> None:
    graph = parsed("kg.ttl")
    node = rdflib.URIRef(KG[name].value)
    assert languages(graph, node, RDFS.label) == ["en", "zh"]
    assert languages(graph, node, SKOS.definition) == ["en", "zh"]
    assert set(graph.objects(node, RDF.type)) & {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}


@pytest.mark.parametrize("name", ["kinds.ttl", "schemes.ttl"])
def test_concept_has_labels_in_both_languages_and_a_scheme(name: str) -> None:
    graph = parsed(name)
    concepts = list(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) > 10
    for concept in concepts:
        assert languages(graph, concept, SKOS.prefLabel) == ["en", "zh"], concept
        assert graph.value(concept, SKOS.inScheme), concept
        for broader in graph.objects(concept, SKOS.broader):
            assert (broader, RDF.type, SKOS.Concept) in graph


def test_mappings_map_what_there_is_and_assert_nothing() -> None:
    known = {s for name in ("kg.ttl", "kinds.ttl", "schemes.ttl") for s in parsed(name).subjects()}
    graph = parsed("mappings.ttl")
    assert not {str(s) for s in graph.subjects() if s not in known}
    assert all(str(p).startswith(str(SKOS)) for p in graph.predicates())


def test_every_shape_speaks_both_languages() -> None:
    graph = parsed("shapes.ttl")
    spoken = set(graph.subjects(SH.message)) - set(graph.subjects(SH.select))
    for node in spoken:
        assert languages(graph, node, SH.message) == ["en", "zh"]
    for property_ in graph.objects(None, SH.property):
        inside = any(graph.subjects(RDF.first, shape) for shape in graph.subjects(SH.property, property_))
        assert property_ in spoken or inside


HEAD = "".join(f"@prefix {p}: <{i}> .\n" for p, i in PREFIXES.items()) + "@prefix : <https://example.org/> .\n"
CLAIM = """:c a kg:Claim ; rdf:subject :a ; rdf:predicate kg:acquires ; rdf:object :b ; kg:quote "甲收购乙" ;
    kg:start 3 ; kg:end 7 ; kg:page 1 ; kg:said said:summary ; kg:confidence 0.9 ;
    kg:rule "r" ; prov:wasGeneratedBy :run .
"""
MENTION = """:men a kg:Mention ; kg:refersTo :a ; kg:form "甲" , "甲公司" ; kg:reason "a name of a" ; kg:insteadOf :b .
"""
OPEN = """:o a kg:OpenSentence ; kg:quote "据称将收购" ; kg:start 3 ; kg:end 8 ; kg:page 1 ; prov:wasGeneratedBy :run .
"""
DEAL = """:d a kg:Acquisition ; kg:buyer :a ; kg:target :b ; kg:status status:completed ; kg:amount 5.0 ;
    kg:currency "USD" ;
    kg:qualifier qualifier:about ; kg:stake 0.5 ; kg:announcedOn "2031-05-02"^^xsd:date ;
    kg:completedOn "2031-05"^^xsd:gYearMonth .
:a kg:hasAcquired :b .
"""
ROUND = """:r a kg:FundingRound ; kg:investor :x ; kg:investee :y ; kg:status status:completed .
:x kg:hasInvestedIn :y .
"""
DOCUMENT = """:doc a kg:Instrument ; skos:prefLabel "办法"@zh , "Measures"@en ; skos:altLabel "暂行办法"@zh ;
    kg:kind kind:measures ;
    kg:status status:draft ; kg:issuedOn "2031"^^xsd:gYear ; kg:effectiveFrom "2031-05-02"^^xsd:date .
"""
ITEM = """:i a kg:Item ; dcterms:title "标题" ; dcterms:isPartOf :rep ; dcterms:issued "2031-05-02"^^xsd:date ;
    kg:page 1 ;
    kg:mentions :m . :m a kg:Company ; skos:prefLabel "甲" .
:rep a kg:Report ; dcterms:title "报告" ; kg:digest "FILE" ; kg:textDigest "TEXT" ; kg:fileName "a.txt" ;
    prov:wasGeneratedBy :run .
:run a prov:Activity .
""".replace("FILE", "0" * 64).replace("TEXT", "1" * 64)


@pytest.mark.parametrize(
    "data", [CLAIM, MENTION, OPEN, DEAL, ROUND, DOCUMENT, ITEM, CLAIM + DEAL + ROUND + DOCUMENT + ITEM]
)
def test_shapes_take_what_is_right(data: str) -> None:
    assert list(validate(rdflib.Graph().parse(data=HEAD + data))) == []


@pytest.mark.parametrize(
    ("data", "before", "after", "says"),
    [
        (CLAIM, "rdf:subject :a ;", "", "one subject"),
        (CLAIM, "rdf:predicate kg:acquires ;", "", "twelve relations"),
        (CLAIM, "kg:acquires", "kg:mentions", "twelve relations"),
        (CLAIM, "rdf:object :b ;", "", "one object"),
        (CLAIM, "rdf:object :b", "rdf:object :a", "two different things"),
        (CLAIM, '"甲收购乙"', '" "', "No quote, no fact"),
        (CLAIM, 'kg:quote "甲收购乙" ;', "", "No quote, no fact"),
        (CLAIM, "kg:start 3 ;", "", "where its quote starts"),
        (CLAIM, "kg:end 7 ;", "", "where its quote ends"),
        (CLAIM, "kg:end 7", "kg:end 3", "ends after it starts"),
        (CLAIM, "kg:page 1", "kg:page 1 , 2", "at most one page"),
        (CLAIM, "said:summary", "said:gossip", "who speaks"),
        (CLAIM, "0.9", "1.9", "from 0 to 1"),
        (CLAIM, 'kg:rule "r" ;', "", "names the rule"),
        (CLAIM, "; prov:wasGeneratedBy :run", "", "names the run"),
        (CLAIM, 'kg:rule "r"', 'kg:rule "r" ; kg:role "a" , "b"', "at most one role"),
        (MENTION, "kg:refersTo :a ;", "", "refers to one entity"),
        (MENTION, "kg:refersTo :a", "kg:refersTo :a , :b", "refers to one entity"),
        (MENTION, 'kg:form "甲" , "甲公司" ;', "", "the form that the item uses"),
        (MENTION, 'kg:reason "a name of a" ;', "", "the reason for which it was resolved"),
        (OPEN, 'kg:quote "据称将收购" ;', "", "one quote that isn't empty"),
        (OPEN, "kg:start 3 ;", "", "says where its quote starts"),
        (OPEN, "kg:end 8", "kg:end 3", "ends after it starts"),
        (OPEN, "kg:page 1", "kg:page 1 , 2", "at most one page"),
        (OPEN, " ; prov:wasGeneratedBy :run", "", "names the run"),
        (DEAL, "kg:status status:completed ;", "", "every deal has a status"),
        (DEAL, "status:completed", "status:done", "one of rumoured"),
        (DEAL, "status:completed", "status:announced", "kg:hasAcquired stands only"),
        (DEAL, 'kg:currency "USD" ;', "", "needs its currency"),
        (DEAL, '"USD"', '"dollars"', "ISO 4217"),
        (DEAL, "kg:amount 5.0", "kg:amount 0.0", "above 0"),
        (DEAL, "kg:amount 5.0", "kg:amount 5", "above 0"),
        (DEAL, "kg:stake 0.5", "kg:stake 50.0", "share of 1"),
        (DEAL, "kg:stake 0.5", "kg:valuation -1.0", "valuation"),
        (DEAL, "qualifier:about", "qualifier:circa", "qualifier"),
        (DEAL, '"2031-05"^^xsd:gYearMonth', '"2031-04"^^xsd:gYearMonth', "before it is announced"),
        (DEAL, '"2031-05"^^xsd:gYearMonth', '"2030"^^xsd:gYear', "before it is announced"),
        (DEAL, '"2031-05-02"^^xsd:date', '"in May"', "day of announcement"),
        (DEAL, '"2031-05"^^xsd:gYearMonth', '"2031-05"', "day of completion"),
        (DEAL, "kg:buyer :a ;", "kg:buyer :a , :z ;", "one buyer"),
        (DEAL, "kg:target :b ;", "", "one target"),
        (DEAL, "kg:target :b ;", "kg:target :a ;", "Nobody acquires itself"),
        (ROUND, "kg:investee :y ;", "", "funds one company"),
        (ROUND, "kg:investor :x", "kg:investor :x , :y", "Nobody invests in itself"),
        (ROUND, "status:completed", "status:rumoured", "kg:hasInvestedIn stands only"),
        (DOCUMENT, "kind:measures", "kind:poem", "one of kinds.ttl"),
        (DOCUMENT, "kind:measures", "kind:measures , kind:law", "at most one kind"),
        (DOCUMENT, "status:draft", "status:completed", "one of planned"),
        (DOCUMENT, '"2031"^^xsd:gYear', '"2031-02-31"^^xsd:date', "day of issue"),
        (DOCUMENT, '"2031-05-02"^^xsd:date', '"soon"', "in force"),
        (DOCUMENT, '"Measures"@en', '"规定"@zh', "one preferred name a language"),
        (DOCUMENT, '"暂行办法"@zh', '"办法"@zh', "isn't the preferred one again"),
        (DOCUMENT, 'skos:prefLabel "办法"@zh , "Measures"@en ;', "", "has a preferred name"),
        (ITEM, 'dcterms:title "标题" ;', "", "An item has one title"),
        (ITEM, "dcterms:isPartOf :rep ;", "", "part of one report"),
        (ITEM, ":m a kg:Company ;", ":m", "typed as a party or a document"),
        (ITEM, '"2031-05-02"^^xsd:date', '"2031-13-02"^^xsd:date', "one valid date"),
        (ITEM, "kg:page 1", 'kg:page "one"', "one whole number"),
        (ITEM, "0" * 64, "0" * 63, "one SHA-256"),
        (ITEM, "1" * 64, "x" * 64, "text that was read"),
        (ITEM, 'dcterms:title "报告" ;', "", "A report has one title"),
        (ITEM, 'kg:fileName "a.txt" ;', "", "names one file"),
        (ITEM, ":run a prov:Activity .", "", "run that read it"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_shapes_refuse_what_is_wrong(data: str, before: str, after: str, says: str) -> None:
    assert before in data
    found = list(validate(rdflib.Graph().parse(data=HEAD + data.replace(before, after))))
    assert any(says in fault.en for fault in found), found
    assert all(fault.zh for fault in found)
