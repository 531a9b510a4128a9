"""The SPARQL protocol, case by case from tests/serve/protocol, and what the cases can't say."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import yaml
from starlette.testclient import TestClient

from kg.graph.store import Store
from kg.serve.site import Limits, Settings

CASES = Path(__file__).parent / "protocol"
SRX = "{http://www.w3.org/2005/sparql-results#}"
GRAPHS = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
    "application/trig": pyoxigraph.RdfFormat.TRIG,
    "application/n-quads": pyoxigraph.RdfFormat.N_QUADS,
}
SMALL = Limits(query_seconds=2, rows=50, answer_bytes=20_000, memory_bytes=300 << 20)


def cases(*names: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{name}: {case['name']}")
        for name in names
        for case in yaml.safe_load((CASES / f"{name}.yml").read_text(encoding="utf-8"))
    ]


def send(client: TestClient, send: dict[str, Any]) -> Any:
    headers = {"accept-language": "en", **send["headers"]}
    content: Any = bytes.fromhex(send["hex"]) if "hex" in send else send.get("body")
    form: dict[str, list[str]] = {}
    for name, value in send.get("form", []):
        form.setdefault(name, []).append(value)
    given: dict[str, Any] = {"params": [tuple(pair) for pair in send["query"]]} if "query" in send else {}
    given |= {"data": form} if form else {"content": content} if content is not None else {}
    return client.request(send.get("method", "GET"), send.get("path", "/sparql"), headers=headers, **given)


def rows_of(answer: Any) -> tuple[list[str], int]:
    type_ = answer.headers["content-type"].split(";")[0]
    if type_.endswith("json"):
        found = answer.json()
        return found["head"]["vars"], len(found["results"]["bindings"])
    if type_.endswith("xml"):
        tree = ET.fromstring(answer.text)
        names = [one.attrib["name"] for one in tree.iter(f"{SRX}variable")]
        return names, len(list(tree.iter(f"{SRX}result")))
    if type_ == "text/csv":
        head, *rows = csv.reader(io.StringIO(answer.content.decode(), newline=""))
        return head, len(rows)
    head_line, *lines = answer.text.removesuffix("\n").split("\n")
    return [name.removeprefix("?") for name in head_line.split("\t")], len(lines)


def truth_of(answer: Any) -> bool:
    if answer.headers["content-type"].startswith("application/sparql-results+xml"):
        return ET.fromstring(answer.text).findtext(f"{SRX}boolean") == "true"
    return bool(answer.json()["boolean"])


def judge(answer: Any, expect: dict[str, Any]) -> None:
    allowed = expect["status"] if isinstance(expect["status"], list) else [expect["status"]]
    assert answer.status_code in allowed, answer.text[:300]
    type_ = answer.headers.get("content-type", "").split(";")[0]
    if "type" in expect:
        assert type_ == expect["type"]
    if "boolean" in expect:
        assert truth_of(answer) is expect["boolean"]
    if "vars" in expect:
        assert rows_of(answer)[0] == expect["vars"]
    if "rows" in expect:
        assert rows_of(answer)[1] == expect["rows"]
    if "triples" in expect:
        assert len(list(pyoxigraph.parse(answer.content, GRAPHS[type_]))) >= expect["triples"]
    if "says" in expect:
        assert expect["says"] in answer.json()["error"]
    if "limit" in expect:
        assert answer.json()["limit"] == expect["limit"]
    if "without" in expect:
        assert expect["without"] not in answer.headers
    if answer.status_code < 300 and answer.status_code != 204:
        assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize("case", cases("query", "refusals", "forms"))
def test_protocol(client: TestClient, case: dict[str, Any]) -> None:
    judge(send(client, case["send"]), case["expect"])


@pytest.mark.parametrize("case", cases("updates"))
def test_updates_do_not_apply(client: TestClient, samples: Path, case: dict[str, Any]) -> None:
    with Store.open(samples) as store:
        before = len(store)
    judge(send(client, case["send"]), case["expect"])
    with Store.open(samples) as store:
        assert len(store) == before > 0


@pytest.fixture(scope="module")
def small(samples: Path, client_of: Callable[[Settings], Any]) -> Iterator[TestClient]:
    with client_of(Settings(samples, limits=SMALL)) as client:
        yield client


@pytest.mark.parametrize("case", cases("limits"))
def test_limits(small: TestClient, case: dict[str, Any]) -> None:
    judge(send(small, case["send"]), case["expect"])


def test_every_case_of_the_w3c_is_there() -> None:
    ours = {case["name"] for path in CASES.glob("*.yml") for case in yaml.safe_load(path.read_text(encoding="utf-8"))}
    theirs = """query_post_form query_get query_post_direct query_dataset_default_graph query_dataset_default_graphs_get
        query_dataset_default_graphs_post query_dataset_named_graphs_get query_dataset_named_graphs_post
        query_dataset_full query_multiple_dataset query_content_type_select query_content_type_ask
        query_content_type_describe query_content_type_construct update_post_form update_post_direct
        update_dataset_default_graph update_dataset_default_graphs update_dataset_named_graphs update_dataset_full
        update_base_uri bad_query_method bad_multiple_queries bad_query_wrong_media_type bad_query_missing_form_type
        bad_query_missing_direct_type bad_query_non_utf8 bad_query_syntax bad_update_get bad_multiple_updates
        bad_update_wrong_media_type bad_update_missing_form_type bad_update_non_utf8 bad_update_syntax
        bad_update_dataset_conflict"""
    assert set(theirs.split()) <= ours


def test_the_head_has_no_body(client: TestClient) -> None:
    answer = client.head("/sparql", params={"query": "ASK {}"}, headers={"accept": "application/json"})
    assert answer.content == b""


def test_faults_of_people_are_pages(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "ASK {", "format": "json"})
    assert answer.status_code == 400
    assert "text/html" in answer.headers["content-type"]


def test_rows_are_w3c_csv_and_not_a_spreadsheets(client: TestClient) -> None:
    answer = client.get(
        "/sparql", params={"query": "SELECT ('=1' AS ?x) (BNODE() AS ?b) {}"}, headers={"accept": "text/csv"}
    )
    assert answer.text.startswith("x,b\r\n=1,_:")


def test_json_keeps_languages_and_types(client: TestClient) -> None:
    query = 'SELECT ("名"@zh AS ?a) (1 AS ?b) (<https://example.org/> AS ?c) {}'
    found = json.loads(client.get("/sparql", params={"query": query}, headers={"accept": "*/*"}).content)
    (row,) = found["results"]["bindings"]
    assert row["a"] == {"type": "literal", "value": "名", "xml:lang": "zh"}
    assert row["b"]["datatype"].endswith("#integer")
    assert row["c"]["type"] == "uri"
