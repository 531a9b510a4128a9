"""The page where queries are written: without JavaScript, and in a browser."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg.graph.store import Store
from kg.query import ask, run
from kg.serve import examples
from kg.serve.site import Limits, Settings
from kg.settings import asset
from tests.serve.conftest import Visit

DEALS = "SELECT ?buyer ?target { ?buyer kg:acquires ?target } ORDER BY ?buyer LIMIT 7"
HOSTILE = (
    "SELECT ('<script>alert(1)</script>' AS ?x) (<javascript:alert(2)> AS ?y) ('\"onmouseover=\"alert(3)' AS ?z) {}"
)


# ------------------------------------------------------------------------------------------- without JavaScript


def test_the_page_is_there_for_browsers(client: TestClient) -> None:
    page = client.get("/sparql")
    assert page.status_code == 200
    assert page.headers["vary"] == "Accept"
    assert "kg:Acquisition" in page.text
    assert "/sparql?example=acquisitions" in page.text


def test_programs_get_the_service_described(client: TestClient) -> None:
    for accept, type_ in (("*/*", "text/turtle"), ("application/ld+json", "application/ld+json")):
        answer = client.get("/sparql", headers={"accept": accept})
        assert answer.headers["content-type"].split(";")[0] == type_
        assert "service-description#" in answer.text
        assert "SPARQL11Query" in answer.text


def test_an_answer_is_a_table_with_links(client: TestClient) -> None:
    page = client.get("/sparql", params={"query": DEALS}).text
    assert 'href="/id/entity/' in page
    assert "7 行" in page
    assert "/sparql?query=SELECT" in page
    assert client.post("/sparql", data={"query": DEALS}).status_code == 200


def test_every_kind_of_answer_is_shown(client: TestClient) -> None:
    assert "是" in client.get("/sparql", params={"query": "ASK { ?s a kg:Company }"}).text
    graph = client.get("/sparql", params={"query": "DESCRIBE <https://w3id.org/regkg/id/entity/openai>", "lang": "en"})
    assert "triples in" in graph.text
    assert client.get("/sparql", params={"query": "ASK {}", "lang": "zh"}).status_code == 200
    assert "没有符合的结果" in client.get("/sparql", params={"query": "SELECT ?x { ?x a kg:Deal, kg:Person }"}).text


def test_terms_lead_to_their_pages(client: TestClient) -> None:
    page = client.get("/sparql", params={"query": "SELECT DISTINCT ?s ?t { ?d kg:status ?s ; a ?t }"}).text
    assert 'href="/status/announced"' in page
    assert 'href="/ontology#Acquisition"' in page


def test_deals_and_items_go_by_their_names(client: TestClient) -> None:
    page = client.get("/sparql", params={"query": "SELECT ?deal { ?deal a kg:Acquisition }"}).text
    assert re.search(r'title="[^"]*id/deal/[^"]*"><a href="/id/deal/[^"]*">[^<]+ → [^<]+</a>', page)
    page = client.get("/sparql", params={"query": "SELECT ?item { ?item a kg:Item }"}).text
    assert re.search(r'<a href="/id/item/2024-06-deals-1">[^<]*[\u4e00-\u9fff]', page)


def test_big_numbers_can_be_read_and_files_have_them_bare(client: TestClient) -> None:
    given = {"query": "SELECT (23000000000 AS ?a) (2024 AS ?b) (-12345.60 AS ?c) {}"}
    page = client.get("/sparql", params=given).text
    assert re.findall(r'<td class="number"[^>]*>([^<]*)<', page) == ["23,000,000,000", "2024", "-12,345.6"]
    assert b"23000000000" in client.get("/sparql", params=given | {"download": "csv"}).content


def test_the_dataset_of_an_address_is_kept(client: TestClient) -> None:
    graph = "https://w3id.org/regkg/id/item/2024-06-deals-1"
    given = {"query": "SELECT ?g { GRAPH ?g { ?g a kg:Item } }", "named-graph-uri": graph}
    page = client.get("/sparql", params=given).text
    assert "1 行" in page
    assert f'<input type="hidden" name="named-graph-uri" value="{graph}">' in page
    link = unescape(re.findall(r'href="([^"]*)" id="link"', page)[0])
    assert "1 行" in client.get(link).text
    assert "只查询以下图" in page


def test_a_fault_stands_beside_the_query(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "SELECT ?a {\n  ?a kg:aquires ?b }"})
    assert answer.status_code == 400
    assert "没有 kg:aquires，是否指 kg:acquires？" in answer.text
    assert 'data-line="2" data-column="6"' in answer.text
    assert "?a kg:aquires ?b" in answer.text


def test_what_rows_say_is_no_page(client: TestClient) -> None:
    page = client.get("/sparql", params={"query": HOSTILE}).text
    assert "<script>alert" not in page
    assert "javascript:" not in page.replace("javascript%3A", "").replace("javascript:alert(2)", "")
    assert 'href="javascript' not in page
    assert 'title="javascript:alert(2)"' in page


def test_long_answers_are_shown_in_part_and_say_so(samples: Path, client_of: Callable[[Settings], Any]) -> None:
    with client_of(Settings(samples, limits=Limits(shown_rows=3, rows=20, query_seconds=1))) as client:
        page = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).text
        assert "只显示前 3 行" in page
        answer = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }", "download": "csv"})
        assert answer.status_code == 422
        assert "超过上限 20 行" in answer.text
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STRLEN(STR(?a)) = STRLEN(STR(?i))) }"
        answer = client.get("/sparql", params={"query": slow})
        assert answer.status_code == 422
        assert "超过 1 秒" in answer.text


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "markdown", "docx"])
def test_rows_as_files(client: TestClient, form: str) -> None:
    answer = client.post("/sparql", data={"query": DEALS, "download": form})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    if form == "csv":
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert len(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))) == 8
    elif form in ("xlsx", "docx"):
        assert zipfile.is_zipfile(io.BytesIO(answer.content))
    else:
        assert answer.text


def test_a_graph_as_files(client: TestClient) -> None:
    query = "CONSTRUCT { ?s kg:acquires ?o } { ?s kg:acquires ?o }"
    assert b"kg:acquires" in client.post("/sparql", data={"query": query, "download": "turtle"}).content
    assert client.post("/sparql", data={"query": query, "download": "docx"}).status_code == 400
    assert client.post("/sparql", data={"query": DEALS, "download": "exe"}).status_code == 400


def test_a_map_brings_its_own_policy(client: TestClient) -> None:
    answer = client.post("/sparql/map", data={"query": DEALS})
    assert answer.status_code == 200
    assert "sha256-" in answer.headers["content-security-policy"]
    assert "connect-src" not in answer.headers["content-security-policy"]
    nothing = client.post("/sparql/map", data={"query": "SELECT (1 AS ?x) {}"})
    assert nothing.status_code == 400
    assert "没有可绘的内容" in nothing.text


def test_examples_answer_as_their_questions_do(samples: Path) -> None:
    with Store.open(samples) as store:
        names = [one.name for one in examples.examples()]
        assert len(names) >= 15
        for name in names:
            found = run.run(store, examples.text(store, name))
            question = next(one for one in examples.examples() if one.name == name)
            wanted: Any = store.query(question.sparql, ask.bind(store, question, {}))
            rows = sorted(str([row[column] for column in found.columns]) for row in wanted)
            assert sorted(str(list(row)) for row in found.rows) == rows, name


def test_an_example_can_be_opened(client: TestClient) -> None:
    page = client.get("/sparql", params={"example": "acquisitions"})
    assert "$FIRM" not in page.text
    assert "kg:Acquisition" in page.text
    assert client.get("/sparql", params={"example": "history"}).status_code == 400
    assert client.get("/sparql", params={"example": "../../etc/passwd"}).status_code == 400


def test_the_vocabulary_has_names_in_both_languages(client: TestClient) -> None:
    terms = {term["name"]: term for term in client.get("/sparql/vocabulary").json()}
    assert terms["kg:acquires"]["zh"] == "收购"
    assert terms["status:announced"]["sort"] == "concept"


# ------------------------------------------------------------------------------------------------ in a browser


def editor(page: Visit, path: str = "/sparql") -> Any:
    window = page.open(path)
    window.wait_for_selector("#editor .cm-content")
    return window


def write(window: Any, text: str) -> None:
    window.click("#editor .cm-content")
    window.keyboard.press("Control+A")
    window.keyboard.press("Delete")
    window.keyboard.insert_text(text)


@pytest.mark.browser
def test_a_query_is_written_and_run_by_key(page: Visit) -> None:
    window = editor(page)
    write(window, DEALS)
    window.keyboard.press("Control+Enter")
    window.wait_for_selector("#result table")
    assert window.locator("#result tbody tr").count() == 7
    assert "query=SELECT" in window.url
    window.reload()
    window.wait_for_selector("#result table")
    page.assert_clean()


@pytest.mark.browser
def test_terms_complete_by_chinese_names(page: Visit) -> None:
    window = editor(page)
    write(window, "SELECT * { ?a ")
    window.keyboard.type("收购")
    window.wait_for_selector(".cm-tooltip-autocomplete")
    assert "kg:acquires" in window.inner_text(".cm-tooltip-autocomplete")
    window.wait_for_timeout(120)  # CodeMirror takes no choice that comes as the list opens
    window.keyboard.press("Escape")
    write(window, "SELECT * { ?a kg:acqui")
    window.keyboard.press("Control+Space")
    window.wait_for_selector(".cm-tooltip-autocomplete")
    window.wait_for_timeout(120)
    window.keyboard.press("Enter")
    assert "kg:acquires" in window.inner_text("#editor .cm-content")
    page.assert_clean()


@pytest.mark.browser
def test_a_fault_is_marked_at_its_place(page: Visit) -> None:
    window = editor(page)
    write(window, "SELECT ?a {\n ?a kg:aquires ?b\n}")
    window.keyboard.press("Control+Enter")
    window.wait_for_selector("#result .fault")
    assert "是否指 kg:acquires？" in window.inner_text("#result .fault")
    window.wait_for_selector("#editor .cm-lintRange-error")
    assert window.inner_text("#editor .cm-lintRange-error") == "kg:aquires"
    write(window, "ASK {}")
    window.click("#run")
    window.wait_for_selector("#result .verdict")
    assert window.locator("#editor .cm-lintRange-error").count() == 0
    assert [fault for fault in page.faults if "400" not in fault] == []


@pytest.mark.browser
def test_a_file_is_downloaded_and_a_map_opens(page: Visit) -> None:
    window = editor(page)
    write(window, DEALS)
    window.click("#run")
    window.wait_for_selector("#result table")
    with window.expect_download() as started:
        window.click("button[value=xlsx]")
    assert started.value.suggested_filename == "query.xlsx"
    with window.context.expect_page() as opened:
        window.click("button[formaction='/sparql/map']")
    drawn = opened.value
    for _ in range(300):  # wait_for_function evaluates in the page, which the policy forbids
        if drawn.evaluate("Boolean(window.kgMap) && kgMap.readyAfter() > 0"):
            break
        drawn.wait_for_timeout(200)
    assert len(drawn.evaluate("kgMap.nodes()")) >= 7
    page.assert_clean()


@pytest.mark.browser
def test_what_was_typed_outlives_another_language_and_another_page(page: Visit) -> None:
    window = editor(page)
    write(window, "SELECT ?x { ?x a kg:Perso")
    window.click("a.lang")
    window.wait_for_selector("#editor .cm-content")
    assert window.locator("html").get_attribute("lang") == "en"
    assert "kg:Perso" in window.inner_text("#editor .cm-content")
    write(window, "SELECT ?x { ?x a kg:Person }")
    window.keyboard.press("Control+Enter")
    window.wait_for_selector("#result table")
    window.click("a.lang")
    window.wait_for_selector("#result table")
    assert "kg:Person }" in window.inner_text("#editor .cm-content")
    page.open("/ask")
    editor(page)
    assert "kg:Person }" in window.inner_text("#editor .cm-content")
    page.assert_clean()


@pytest.mark.browser
def test_a_query_can_be_stopped(page: Visit) -> None:
    window = editor(page)
    write(
        window, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STRLEN(STR(?a)) = STRLEN(STR(?i))) }"
    )
    window.click("#run")
    window.wait_for_selector("#stop:visible")
    window.click("#stop")
    window.wait_for_selector("#stop", state="hidden")
    assert window.inner_text("#state") == ""


def test_the_vendored_editor_is_the_one_that_its_readme_names() -> None:
    folder = asset("viz", "vendor", "codemirror")
    digest = hashlib.sha256((folder / "sparql-editor.min.js").read_bytes()).hexdigest()
    assert digest in (folder / "README.md").read_text(encoding="utf-8")
    assert b"sourceMappingURL" not in (folder / "sparql-editor.min.js").read_bytes()
