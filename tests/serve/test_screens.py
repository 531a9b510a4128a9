"""Every sort of page in a real browser without a network: wide and narrow, Chinese and English, light and dark.

Set KG_SCREENSHOTS to a folder, and a picture of each is left there for people to look at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.routing import Match, Route

from kg.graph.store import Store
from kg.serve.app import create_app
from kg.serve.site import Settings, href
from tests.serve.conftest import Visit, serving

#: A page of each sort: a path, or a query for the address of a thing.
SORTS = {
    "start": "/",
    "companies": "/all/Company",
    "acquisitions": "/all/Acquisition",
    "search": "/search?q=数据&all=1",
    "search-nothing": "/search?q=嗯嗯啊啊呀呀",
    "search-bare": "/search",
    "regulator": "/id/entity/nda",
    "instrument": "SELECT ?x { ?x a kg:Instrument ; kg:issuedBy ?r ; kg:basedOn ?b } GROUP BY ?x"
    " ORDER BY DESC(COUNT(DISTINCT ?r)) ?x",
    "instrument-above": "SELECT ?x { ?x a kg:Instrument . ?y kg:basedOn ?x } GROUP BY ?x ORDER BY DESC(COUNT(?y)) ?x",
    "publication": "SELECT ?x { ?x a kg:Publication ; kg:issuedBy ?r } ORDER BY ?x",
    "company": "/id/entity/openai",
    "person": "SELECT ?x { ?x a kg:Person ; kg:officerOf ?y } ORDER BY ?x",
    "acquisition": "SELECT ?x { ?x a kg:Acquisition ; kg:amount ?a } ORDER BY ?x",
    "round": "SELECT ?x { ?x a kg:FundingRound ; kg:leadInvestor ?y ; kg:investor ?z } ORDER BY ?x",
    "item": "/id/item/2024-07-deals-3",
    "report": "/id/report/2024-07",
    "claim": "SELECT ?x { GRAPH ?g { ?x a kg:Claim } } ORDER BY ?x",
    "run": "SELECT ?x { GRAPH ?g { ?y prov:wasGeneratedBy ?x } } ORDER BY ?x",
    "other": "/resource?iri=http://www.w3.org/ns/prov%23Activity",
    "questions": "/ask",
    "question": "/ask/deals",
    "answer": "/ask/deals?firm=OpenAI&status=all",
    "answer-long": "/ask/relations?name=OpenAI",
    "answer-nothing": "/ask/acquisitions?since=2031",
    "answer-several": "/ask/mentions?name=数据",
    "answer-fault": "/ask/acquisitions?since=soon",
    "chain": "/chain?name=OpenAI",
    "path": "/path?from=xAI&to=Wiz",
    "changes": "/diff?since=2024-06&until=2024-07",
    "maps": "/maps",
    "sparql": "/sparql",
    "sparql-rows": "/sparql?query=" + quote("SELECT ?deal ?by ?amount { ?deal kg:buyer ?by ; kg:amount ?amount }"),
    "sparql-graph": "/sparql?query=" + quote("DESCRIBE <https://w3id.org/regkg/id/entity/openai>"),
    "sparql-long": "/sparql?query=" + quote("SELECT * { ?s ?p ?o }"),
    "sparql-truth": "/sparql?query=" + quote("ASK { ?s a kg:Company }"),
    "sparql-nothing": "/sparql?query=" + quote("SELECT ?x { ?x a kg:Deal, kg:Person }"),
    "sparql-fault": "/sparql?query=" + quote("SELECT ?a {\n  ?a kg:aquires ?b }"),
    "ontology": "/ontology",
    "status": "/status/announced",
    "kind": "/kind/law",
    "void": "/void",
    "preview": "/reconcile/preview?id=entity/openai",
    "not-there": "/nowhere",
    "nobody": "/id/entity/nobody",
    "review-not": "/review",
}
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": WIDE, "locale": "zh-CN"},
    "narrow": {"viewport": NARROW, "locale": "zh-CN"},
    "wide-dark-en": {"viewport": WIDE, "locale": "en-GB", "color_scheme": "dark"},
    "narrow-en": {"viewport": NARROW, "locale": "en-GB"},
}
#: Words of the page itself, which have to be in its language; what reports say stays as it is.
OWN = "thead th, dt, button, legend, label, nav a, h2, summary, .note"
_SAME = re.compile(
    r"[\s\d\W]*|SPARQL|English|中文|OK|(\.\w+)|(csv|xlsx|json|md|docx|ttl)|\[?\d+\]?|\w+:\w+|[a-z?]\w*", re.ASCII
)


@pytest.fixture(scope="session")
def paths(samples: Path) -> dict[str, str]:
    with Store.open(samples) as store:
        return {name: asked if asked.startswith("/") else _first(store, asked) for name, asked in SORTS.items()}


def _first(store: Store, asked: str) -> str:
    rows: Any = store.query(f"{asked} LIMIT 1")
    return href(next(iter(rows))[0].value)


def test_no_page_is_left_out(paths: dict[str, str], samples: Path) -> None:
    """Each route of the application that answers with a page has one here, or is none that is looked at."""
    elsewhere = {"/map", "/sparql/map"}  # tests/maps; and the review's, which test_review opens with --edit
    data = {"/suggest", "/sparql/vocabulary", "/reconcile", "/reconcile/suggest/{what}", "/.well-known/void"}
    left = []
    for route in create_app(Settings(samples)).routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()) or route.path.startswith("/review/"):
            continue
        if route.path in elsewhere | data:
            continue
        asked = [{"type": "http", "method": "GET", "path": path.partition("?")[0], "root_path": "", "headers": [],
                  "query_string": path.partition("?")[2].encode()} for path in paths.values()]  # fmt: skip
        if type(route) is Route and not any(route.matches(scope)[0] == Match.FULL for scope in asked):
            left.append(route.path)
    assert [path for path in left if path not in ("/status", "/kind", "/qualifier", "/said")] == [
        "/qualifier/{name}",
        "/said/{name}",  # as /status/{name} is
    ]


@pytest.fixture(scope="module", params=LOOKS)
def visit(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[tuple[str, Visit]]:
    context = browser.new_context(reduced_motion="reduce", **LOOKS[request.param])
    visit = Visit(context.new_page(), site)
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(site) else route.abort())
    yield request.param, visit
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("sort", SORTS)
def test_a_page_is_for_everybody(sort: str, visit: tuple[str, Visit], paths: dict[str, str]) -> None:
    look, page = visit
    page.faults.clear()
    shown = page.open(paths[sort])
    if paths[sort].startswith("/sparql"):
        shown.wait_for_selector("#editor .cm-content")
    _picture(shown, f"{sort}-{look}")
    page.assert_accessible()
    page.faults = [fault for fault in page.faults if "the server responded with a status" not in fault]
    page.assert_clean()
    assert [text for text in _own(shown) if _foreign(text, look.endswith("en"))] == []


def _picture(page: Any, name: str) -> None:
    if folder := os.environ.get("KG_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=False)


def _own(page: Any) -> list[str]:
    found: list[str] = page.eval_on_selector_all(OWN, "all => all.map((one) => one.innerText)")
    return found


def _foreign(text: str, english: bool) -> bool:
    if _SAME.fullmatch(text.strip()):
        return False
    chinese = re.search(r"[\u4e00-\u9fff]", text) is not None
    return chinese if english else not chinese


@pytest.mark.browser
def test_pages_behind_a_token_say_that_they_are_shared(browser: Any, samples: Path) -> None:
    with serving(Settings(samples, token="s3cret")) as address:
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{address}/?token=s3cret")
        assert "凭令牌" in page.locator("footer").inner_text()
        assert "s3cret" not in page.url
        page.close()
