"""Hostile input, and what each gets: docs/serve.md has the table. A real browser opens what reports may hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from graph.samples import RUN, Draft, acquisition, entity
from starlette.testclient import TestClient

from kg import ids
from kg.graph.store import Store
from kg.items import Said
from kg.serve.site import Limits, Settings, href
from serve.conftest import serving

SCRIPT = "<script>document.title='broken'</script>"
IMAGE = "\"'><img src=x onerror=\"document.title='broken'\">"
TEMPLATE = "{{ 7*7 }}{% raw %}"
BIDI = "公司\u202egpj.exe"
LINKS = ("javascript:document.title='broken'", "data:text/html,<script>1</script>", 'https://example.org/"onclick="x')
BARE = {"accept": "*/*"}
OTHERS = ("/", "/search?q=script&all=1", "/ask/deals?status=all&go=1", "/ask/hearsay?go=1")


def asking(sparql: str) -> str:
    return "/sparql?query=" + quote(sparql)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose names, titles, quotes, publishers and links all want to be something else."""
    store = tmp_path_factory.mktemp("hostile") / "store"
    draft = Draft("2031-05", SCRIPT, date(2031, 5, 1), name=f"{IMAGE[:40]}.txt")
    gull, tern = entity("Company", SCRIPT), entity("Company", IMAGE)
    for number, link in enumerate(LINKS):
        title = (IMAGE, TEMPLATE, BIDI)[number]
        facts = draft.item(f"deals-{number}", title, date(2031, 5, 2), publisher=SCRIPT, link=link, section=IMAGE)
        deal = acquisition(gull, tern, "rumoured", amount_text=IMAGE)
        draft.claim(gull, "acquires", tern, f"{SCRIPT}以{IMAGE}收购{TEMPLATE}", deal.iri, said=Said.HEARSAY)
        facts.deals.append(deal)
    with Store.open(store, "write") as opened:
        opened.add(draft.report(), draft.facts, RUN)
    return store


@pytest.fixture(scope="module")
def client(hostile: Path) -> Iterator[TestClient]:
    from serve.conftest import _client

    with _client(Settings(hostile, limits=Limits(query_seconds=2.0))) as client:
        yield client


def pages(store: Path) -> list[str]:
    with Store.open(store) as opened:
        rows: Any = opened.query(
            "SELECT DISTINCT ?x { { ?x a ?t } UNION { GRAPH ?g { ?x a kg:Claim } } FILTER(STRSTARTS(STR(?x), "
            f'"{ids.BASE}")) }}'
        )
        return [href(row[0].value) for row in rows]


def test_what_reports_hold_stays_text_on_every_page(hostile: Path, client: TestClient) -> None:
    paths = [*pages(hostile), *OTHERS, "/ask/mentions?name=%3Cscript", "/chain?name=" + quote(SCRIPT)]
    assert len(paths) > 10
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        for never in ("<script>document", "<img src=x", 'href="javascript:', 'href="data:text'):
            assert never not in answer.text, path
        assert "49{% raw" not in answer.text


@pytest.mark.browser
def test_a_browser_runs_none_of_it(hostile: Path, browser: Any) -> None:
    asked: list[str] = []
    with serving(Settings(hostile)) as address:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append("dialog"))
        for path in [*pages(hostile), *OTHERS]:
            page.goto(address + path)
            assert page.title() != "broken"
        page.close()
    assert all(url.startswith((address, "data:")) for url in asked)


# what is sent: method, path, headers, body → the status, and words of the answer
CASES: list[tuple[str, str, str, dict[str, str], bytes, int, str]] = [
    ("a Host that isn't ours", "GET", "/", {"host": "evil.example"}, b"", 421, "isn't called that"),
    ("a Host that only begins so", "GET", "/", {"host": "localhost.evil.example"}, b"", 421, "isn't called that"),
    ("a POST from another site", "POST", "/ask", {"origin": "https://evil.example"}, b"", 403, "own pages"),
    ("a POST from a page of a file", "POST", "/ask", {"origin": "null"}, b"", 403, "own pages"),
    ("../ in a path", "GET", "/static/../../pyproject.toml", BARE, b"", 404, ""),
    ("../ in a path, encoded", "GET", "/static/%2e%2e/%2e%2e/pyproject.toml", BARE, b"", 404, ""),
    ("../ in an address", "GET", "/id/../../etc/passwd", BARE, b"", 404, ""),
    ("../ in a question", "GET", "/ask/..%2F..%2Fkg%2Fcli.rq", BARE, b"", 404, ""),
    ("a body beyond the limit", "POST", "/sparql", {"content-type": "application/sparql-query"}, b"x" * 1_000_001,
     413, "send less"),
    ("an update", "POST", "/sparql", {"content-type": "application/sparql-update"}, b"CLEAR ALL", 0, ""),
    ("an update as a query", "GET", asking("DELETE WHERE { ?a ?b ?c }"), BARE, b"", 400, ""),
    ("SERVICE", "GET", asking("SELECT * { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }"), BARE, b"", 400,
     ""),
    ("SERVICE SILENT within", "GET",
     asking("ASK { { SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?a ?b ?c } } } }"), BARE, b"", 400,
     ""),
    ("FROM a file", "GET", asking("SELECT * FROM <file:///etc/passwd> { ?a ?b ?c }"), BARE, b"", 200, ""),
    ("a regex that backtracks", "GET",
     asking(f'ASK {{ FILTER(REGEX("{"a" * 4000}!", "^(a+)+$")) }}'), BARE, b"", 200, ""),
    ("a join without end", "GET",
     asking("SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"),
     BARE, b"", 422, "stopped"),
    ("nested as deep as a well", "GET", asking("ASK " + "{" * 3000 + "}" * 3000), BARE, b"", 0, ""),
    ("half a character", "GET", "/sparql?query=ASK%20%7B%7D%20%23%FF", BARE, b"", 0, ""),
    ("a zero byte in an address", "GET", "/id/entity/%00", BARE, b"", 0, ""),
    ("an address with spaces and brackets", "GET", "/resource?iri=" + quote("http://a b/<>"), BARE, b"", 0, ""),
    ("a form that is no form", "GET", "/ask/deals?form=../../x&status=all", BARE, b"", 400, "no form"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_what_each_gets(case: tuple[Any, ...], client: TestClient) -> None:
    _, method, path, headers, body, status, said = case
    answer = client.request(method, path, headers={**BARE, **headers}, content=body)
    assert answer.status_code == status if status else 400 <= answer.status_code < 500
    assert said in answer.text
    assert "Traceback" not in answer.text


def test_values_beyond_number_are_refused_or_answered_and_others_go_on(client: TestClient) -> None:
    values = " ".join(f'"{number}"' for number in range(60_000))
    for text in (
        f"SELECT * {{ VALUES ?a {{ {values} }} }}",
        f"SELECT * {{ VALUES ?a {{ {values} }} VALUES ?b {{ {values} }} }}",
    ):
        answer = client.post(
            "/sparql", content=text.encode(), headers={**BARE, "content-type": "application/sparql-query"}
        )
        assert answer.status_code in (200, 413, 422)
    assert client.get("/sparql?query=ASK%7B%7D", headers=BARE).status_code == 200


def test_no_update_changed_anything(hostile: Path, client: TestClient) -> None:
    with Store.open(hostile) as opened:
        before = len(opened)
    for text in ("CLEAR ALL", "DROP DEFAULT", "INSERT DATA { <a:a> <a:b> <a:c> }", "LOAD <file:///etc/passwd>"):
        for name in ("query", "update"):
            answer = client.post("/sparql", data={name: text}, headers=BARE)
            assert 400 <= answer.status_code < 500
    with Store.open(hostile) as opened:
        assert len(opened) == before


def test_a_slow_query_does_not_stop_the_others(client_of: Callable[[Settings], Any], samples: Path) -> None:
    import threading

    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with client_of(Settings(samples, limits=Limits(query_seconds=20.0, running=2))) as client:
        client.get("/sparql?query=ASK%7B%7D", headers=BARE)
        began = threading.Event()
        answers: list[int] = []

        def ask() -> None:
            began.set()
            answers.append(client.get(f"/sparql?query={quote(slow)}", headers=BARE).status_code)

        thread = threading.Thread(target=ask)
        thread.start()
        began.wait()
        time.sleep(0.2)
        assert client.get("/id/entity/nda").status_code == 200
        assert thread.is_alive()
        thread.join(60)
        assert answers == [422]
