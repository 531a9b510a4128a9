"""Linked data: every address of the store and the ontology as RDF; the counts of the whole."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat
from starlette.testclient import TestClient

from kg import ids
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.serve import describing, vocabulary
from kg.serve.negotiate import GRAPHS, Chosen
from kg.serve.site import href
from kg.vocab import KG, RDF, SKOS

FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
XAI = f"{ids.BASE}entity/xai"


def graph(client: TestClient, path: str, accept: str = "text/turtle") -> set[Any]:
    answer = client.get(path, headers={"accept": accept})
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"].split(";")[0] == accept
    assert answer.headers["vary"] == "Accept"
    return {quad.triple for quad in pyoxigraph.parse(answer.content, FORMS[accept])}


def test_every_address_of_the_store_answers(client: TestClient, samples: Path) -> None:
    with Store.open(samples) as store:
        nodes: set[Any] = {term for quad in store.quads() for term in (quad.subject, quad.object)}
    ours = sorted(node.value for node in nodes if isinstance(node, NamedNode) and node.value.startswith(ids.BASE))
    assert len(ours) > 300
    for iri in ours:
        answer = client.get(href(iri), headers={"accept": "text/turtle"})
        assert answer.status_code == 200, iri
        assert list(pyoxigraph.parse(answer.content, RdfFormat.TURTLE))


@pytest.mark.parametrize("accept", FORMS)
def test_a_thing_has_its_facts_its_claims_and_the_names_beside_it(client: TestClient, accept: str) -> None:
    found = graph(client, href(XAI), accept)
    node = NamedNode(XAI)
    assert any(t.subject == node and t.predicate == SKOS.prefLabel for t in found)
    claims = {t.subject for t in found if t.predicate in (RDF.subject, RDF.object) and t.object == node}
    assert claims
    assert {t.subject for t in found if t.predicate == KG.quote} >= claims
    investors = {t.subject for t in found if t.predicate == KG.investsIn and t.object == node}
    assert investors
    assert {t.subject for t in found if t.predicate == SKOS.prefLabel} >= investors


def test_an_item_is_its_graph(client: TestClient, samples: Path) -> None:
    item = NamedNode(f"{ids.BASE}item/2024-06-deals-1")
    found = graph(client, href(item.value))
    with Store.open(samples) as store:
        assert {quad.triple for quad in store.quads(graph=item)} <= found
    answer = client.get(href(item.value), headers={"accept": "application/trig"})
    graphs = {quad.graph_name for quad in pyoxigraph.parse(answer.content, RdfFormat.TRIG)}
    assert graphs >= {item, DEFAULT}


@pytest.mark.parametrize("path", [f"{href(XAI)}.ttl", f"{href(XAI)}?format=ttl", f"{href(XAI)}?format=text/turtle"])
def test_a_suffix_or_a_parameter_asks_too(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert b"xAI" in answer.content


def test_the_other_forms_are_named(client: TestClient) -> None:
    chinese = f"{ids.BASE}entity/person/马斯克"
    link = client.get(href(chinese), headers={"accept": "text/turtle"}).headers["link"]
    assert f"<{quote('/id/entity/person/马斯克')}?format=jsonld>" in link
    assert 'rel="alternate"; type="application/ld+json"' in link


def test_an_address_of_others_answers_too(client: TestClient) -> None:
    assert graph(client, href("http://www.w3.org/ns/prov#Activity"))


@pytest.mark.parametrize(
    ("path", "status"),
    [("/id/entity/nobody", 404), ("/resource?iri=https://example.org/none", 404), ("/resource?iri=no address", 400),
     ("/resource", 400), ("/id/../../etc/passwd", 404), ("/id/%2e%2e/%2e%2e/etc/passwd", 404), ("/status/none", 404)],
)  # fmt: skip
def test_what_is_not_there_is_told(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path, headers={"accept": "text/turtle"})
    assert answer.status_code == status
    assert "error" in answer.json()


def test_what_is_named_everywhere_is_cut_and_says_so(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "_MOST", 1)
    chosen = Chosen(GRAPHS[0], "text/turtle")
    with Store.open(samples) as store:
        text = describing.described(store, XAI, chosen, 10**6).decode()
    assert "Not all" in text


# ------------------------------------------------------------------------------------------------ the ontology


def test_the_ontology_answers(client: TestClient) -> None:
    found = graph(client, "/ontology")
    assert len(found) == len(vocabulary.triples())
    page = client.get("/ontology").text
    assert "kg:acquires" in page
    assert "收购" in page
    for term in vocabulary.terms().values():
        assert f"<code>{term.name}</code>" in page


def test_every_concept_has_a_page_and_is_data(client: TestClient) -> None:
    concepts = [term for term in vocabulary.terms().values() if term.sort == "concept"]
    assert len(concepts) > 30
    for term in concepts:
        page = client.get(term.path)
        assert page.status_code == 200
        assert term.zh in page.text
        assert NamedNode(term.iri) in {triple.subject for triple in graph(client, term.path)}


@pytest.mark.parametrize("accept", ["text/turtle", "text/html"])
def test_an_address_of_the_ontology_leads_there(client: TestClient, accept: str) -> None:
    answer = client.get(
        href("https://w3id.org/regkg/status/announced"), headers={"accept": accept}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/status/announced")
    answer = client.get(href(KG.acquires.value), headers={"accept": accept}, follow_redirects=False)
    assert answer.headers["location"] == "/ontology#acquires"


# --------------------------------------------------------------------------------------------------- the whole


def test_void_counts_what_is_there(client: TestClient, samples: Path) -> None:
    found = graph(client, "/.well-known/void")
    with Store.open(samples) as store:
        facts = sum(1 for _ in store.quads(graph=DEFAULT))
        quads = len(store)
    literals = [triple for triple in found if isinstance(triple.object, pyoxigraph.Literal)]
    numbers = {(one.subject.value, one.predicate.value.split("#")[-1]): one.object.value for one in literals}
    assert numbers["http://localhost/void#facts", "triples"] == str(facts)
    assert numbers["http://localhost/void#dataset", "triples"] == str(quads)
    classes = {t.object for t in found if t.predicate.value.endswith("void#class")}
    assert KG.Company in classes


def test_people_see_what_is_in_the_store(client: TestClient) -> None:
    page = client.get("/void").text
    query = unescape(re.findall(r'href="(/sparql\?query=[^"]*kg%3ACompany[^"]*)"', page)[0])
    assert "公司" in page
    answer = client.get(query)
    assert answer.status_code == 200
    assert "/id/entity/" in answer.text
    for link in re.findall(r'href="(/sparql\?query=[^"]*)"', page):
        assert client.get(unescape(link)).status_code == 200, link


def test_the_vocabulary_says_what_properties_lead_to(client: TestClient) -> None:
    acquires = vocabulary.terms()[KG.acquires.value]
    assert (acquires.domain, acquires.range) == (("kg:Party",), ("kg:Party",))
    assert vocabulary.terms()[KG.amount.value].range == ("xsd:decimal",)
    assert "<code>xsd:decimal</code>" in client.get("/ontology").text


@pytest.mark.parametrize("path", ["/status/announced", "/status/issued", "/kind/law", "/qualifier/about"])
def test_a_concept_leads_to_what_has_it(client: TestClient, path: str) -> None:
    link = re.findall(r'href="(/sparql\?query=[^"]*)"', client.get(path).text)[0]
    answer = client.get(unescape(link))
    assert answer.status_code == 200
    assert "没有符合的结果" not in answer.text


def test_the_endpoint_is_described(client: TestClient) -> None:
    """W3C, SPARQL 1.1 Service Description: a GET of the endpoint without a query."""
    sd = "http://www.w3.org/ns/sparql-service-description#"
    found = graph(client, "/sparql")
    service = NamedNode("http://localhost/sparql")
    said = {t.predicate.value.removeprefix(sd): t.object for t in found if t.subject == service}
    assert said["endpoint"] == service
    assert said["supportedLanguage"].value == f"{sd}SPARQL11Query"
    assert {"defaultDataset", "resultFormat", "defaultEntailmentRegime"} <= said.keys()
    assert any(t.subject == said["defaultDataset"] and t.object.value == f"{sd}Dataset" for t in found
               if t.predicate == RDF.type)  # fmt: skip


def test_counts_are_kept_until_somebody_writes(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    graph(client, "/void")
    asked: list[str] = []
    pool = client.app.state.site.pool  # type: ignore[attr-defined]
    monkeypatch.setattr(pool, "run", lambda job, *_: asked.append(job))
    graph(client, "/void", "application/ld+json")
    assert asked == []
