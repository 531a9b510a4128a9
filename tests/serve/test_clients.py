"""Programs that others wrote, against a running workbench."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pyoxigraph
import pytest

from kg.serve import negotiate
from kg.serve.site import Limits, Settings
from tests.serve.conftest import serving

pytestmark = pytest.mark.browser  # as slow: a server and processes

COMPANIES = "PREFIX kg: <https://w3id.org/regkg/ontology#> SELECT ?s WHERE { ?s a kg:Company } ORDER BY ?s LIMIT 5"
GRAPH = "PREFIX kg: <https://w3id.org/regkg/ontology#> CONSTRUCT { ?s a kg:Item } WHERE { ?s a kg:Item }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STRLEN(STR(?a)) = STRLEN(STR(?i))) }"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_asks_for_rows(site: str, method: str, form: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper isn't installed")
    asking = wrapper.SPARQLWrapper(f"{site}/sparql")
    asking.setMethod(method)
    asking.setQuery(COMPANIES)
    asking.setReturnFormat(form)
    found: Any = asking.query().convert()
    if form == "json":
        assert len(found["results"]["bindings"]) == 5
    elif form == "xml":
        assert len(found.getElementsByTagName("result")) == 5
    else:
        assert len(found.decode().splitlines()) == 6


@pytest.mark.parametrize("form", ["xml", "turtle", "rdf+xml", "json-ld", "n3"])
def test_sparqlwrapper_asks_for_a_graph(site: str, form: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper isn't installed")
    asking = wrapper.SPARQLWrapper(f"{site}/sparql")
    asking.setQuery(GRAPH)
    asking.setReturnFormat(form)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wrapper's own
        found: Any = asking.query().convert()
    if isinstance(found, bytes):
        assert found.count(b"/item/") >= 10
    else:
        assert len(found) >= 10


def test_sparqlwrapper_posts_directly_and_tells_faults(site: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper isn't installed")
    asking = wrapper.SPARQLWrapper(f"{site}/sparql", returnFormat="json")
    asking.setMethod("POST")
    asking.setRequestMethod(wrapper.POSTDIRECTLY)
    asking.setQuery("ASK {}")
    assert asking.query().convert()["boolean"] is True
    asking.setQuery("SELECT ?a { ?a kg:aquires ?b }")
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed, match="did you mean kg:acquires"):
        asking.query()


def test_rdflib_takes_it_for_a_store(site: str) -> None:
    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    for method in ("GET", "POST", "POST_FORM"):
        store = SPARQLStore(f"{site}/sparql", method=method)
        graph = rdflib.Graph(store)
        kg = rdflib.Namespace("https://w3id.org/regkg/ontology#")
        companies = set(graph.subjects(rdflib.RDF.type, kg.Company))
        assert len(companies) > 10
        rows = list(graph.query("SELECT ?s WHERE { ?s a kg:Company } LIMIT 5", initNs={"kg": kg}))
        assert len(rows) == 5
        assert graph.query("ASK { ?s a kg:Company }", initNs={"kg": kg}).askAnswer
        built = graph.query(GRAPH)
        assert len(list(built)) >= 10
        item = rdflib.URIRef("https://w3id.org/regkg/id/item/2024-06-deals-1")
        one = rdflib.Graph(store, identifier=item)
        assert (item, rdflib.RDF.type, kg.Item) in one


COUNTS: dict[str, Callable[[bytes], int]] = {
    "json": lambda out: len(json.loads(out)["results"]["bindings"]),
    "xml": lambda out: out.count(b"<result>"),
    "csv": lambda out: len(list(csv.reader(io.StringIO(out.decode())))) - 1,
    "tsv": lambda out: out.count(b"\n") - 1,
}
READERS = {
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "ntriples": pyoxigraph.RdfFormat.N_TRIPLES,
    "rdfxml": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "nquads": pyoxigraph.RdfFormat.N_QUADS,
    "n3": pyoxigraph.RdfFormat.N3,
}
# every type that the endpoint knows, of which some stand for rows and for graphs
ROWS = {type_: COUNTS[form.name] for form in negotiate.RESULTS for type_ in form.types}
GRAPHS = {type_: READERS[form.name] for form in reversed(negotiate.GRAPHS) for type_ in form.types}


def curl(site: str, *arguments: str) -> tuple[str, str, bytes]:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl isn't installed")
    out = subprocess.run(
        [program, "-sS", "--noproxy", "*", "-w", "\n%{http_code} %{content_type}", *arguments],
        capture_output=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    body, _, tail = out.rpartition(b"\n")
    status, _, type_ = tail.decode().partition(" ")
    return status, type_.split(";")[0], body


@pytest.mark.parametrize("accept", ROWS)
def test_curl_gets_rows_as_it_asks(site: str, accept: str) -> None:
    status, type_, body = curl(
        site, "-H", f"Accept: {accept}", "--data-urlencode", f"query={COMPANIES}", f"{site}/sparql"
    )
    assert (status, type_) == ("200", accept)
    assert ROWS[accept](body) == 5


@pytest.mark.parametrize("accept", GRAPHS)
def test_curl_gets_a_graph_as_it_asks(site: str, accept: str) -> None:
    status, type_, body = curl(
        site, "-G", "-H", f"Accept: {accept}", "--data-urlencode", f"query={GRAPH}", f"{site}/sparql"
    )
    assert (status, type_) == ("200", accept)
    assert len(list(pyoxigraph.parse(body, GRAPHS[accept]))) >= 10


def test_curl_changes_nothing(site: str) -> None:
    for type_ in ("application/sparql-update", "application/x-www-form-urlencoded"):
        status, _, body = curl(
            site, "-H", f"Content-Type: {type_}", "--data-binary", "update=CLEAR ALL", f"{site}/sparql"
        )
        assert status == "403"
        assert "nothing can be changed here" in json.loads(body)["error"]


def test_rdflib_s_updates_are_refused(site: str) -> None:
    from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore

    store = SPARQLUpdateStore(f"{site}/sparql", f"{site}/sparql")
    with pytest.raises(Exception, match=r"403|Forbidden"):
        store.update("DELETE WHERE { ?a ?b ?c }")


def test_curl_without_an_accept_header(site: str) -> None:
    status, type_, _ = curl(site, "-G", "--data-urlencode", "query=ASK {}", f"{site}/sparql")
    assert (status, type_) == ("200", "application/sparql-results+json")


def test_a_slow_query_stops_no_other_and_ends_with_its_client(samples: Path) -> None:
    limits = Limits(query_seconds=600, running=2)
    with serving(Settings(samples, limits=limits)) as site:
        url = f"{site}/sparql"

        def give_up() -> None:
            with pytest.raises(httpx2.TimeoutException):
                httpx2.get(url, params={"query": SLOW}, timeout=3)

        slow = [threading.Thread(target=give_up) for _ in range(1)]
        for thread in slow:
            thread.start()
        time.sleep(0.5)
        for _ in range(10):
            assert httpx2.get(url, params={"query": "ASK {}"}, timeout=60).json()["boolean"]
        for thread in slow:
            thread.join(60)
        # the worker of who has gone is free again: two slow ones would now fill both
        threads = [threading.Thread(target=give_up) for _ in range(1)]
        for thread in threads:
            thread.start()
        assert httpx2.get(url, params={"query": "ASK {}"}, timeout=60).json()["boolean"]
        for thread in threads:
            thread.join(60)
        assert httpx2.get(url, params={"query": "ASK {}"}, timeout=60).json()["boolean"]
