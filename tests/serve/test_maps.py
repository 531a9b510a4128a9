"""Maps in the workbench: what can be asked for, under which policy, and that they work in a browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg.graph.store import Store
from kg.vocab import KG


@pytest.fixture(scope="session")
def firm(samples: Path) -> str:
    """The address of a firm that buys or invests."""
    with Store.open(samples) as store:
        return min(str(quad.subject.value) for quad in store.quads(None, KG.investsIn))  # type: ignore[union-attr]


def test_the_header_allows_what_the_map_allows_itself(client: TestClient) -> None:
    answer = client.get("/map")
    assert answer.status_code == 200
    said = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', answer.text)
    assert said is not None
    assert answer.headers["content-security-policy"] == f"{unescape(said[1])}; frame-ancestors 'self'"
    assert "'self'" not in unescape(said[1])
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("query", ["preset=lawyer", "preset=deals", "ask=deals", "since=2024-06"])
def test_parts_are_drawn(client: TestClient, query: str) -> None:
    answer = client.get(f"/map?{query}")
    assert answer.status_code == 200, answer.text[:300]
    assert 'id="map"' in answer.text


def test_surroundings_and_chains_of_a_name(client: TestClient, firm: str) -> None:
    whole = client.get("/map").text
    near = client.get("/map", params={"name": firm, "hops": 1})
    assert near.status_code == 200
    assert len(near.text) < len(whole)
    assert client.get("/map", params={"chain": firm}).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [("preset=all", 400), ("hops=9&name=x", 400), ("hops=²&name=x", 400), ("name=nobody-is-called-so", 400),
     ("ask=no-such-question", 404), ("ask=/tmp/anything.rq", 404), ("ask=../queries/deals.rq", 404),
     ("&".join(["name=x"] * 21), 400), ("since=never", 400)],
)  # fmt: skip
def test_what_cant_be_drawn_is_told(client: TestClient, query: str, status: int) -> None:
    answer = client.get(f"/map?{query}")
    assert answer.status_code == status, answer.text[:300]
    assert "script-src 'self'" in answer.headers["content-security-policy"]  # the site's own policy, not the map's


def test_what_is_asked_is_text_wherever_it_is_shown(client: TestClient) -> None:
    answer = client.get("/map", params={"name": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_a_map_is_used_in_a_browser(browser: Any, site: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(site) else route.abort())
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None)
    page.goto(f"{site}/maps")
    page.click('a[href="/map?preset=deals"]')
    for _ in range(600):  # Playwright's own waiting evaluates text, which the policy refuses
        if page.evaluate("Boolean(window.kgMap && kgMap.readyAfter() > 0)"):
            break
        page.wait_for_timeout(100)
    assert page.evaluate("kgMap.nodes().length") > 5
    assert faults == []
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_choice_of_maps_is_accessible(browser: Any, site: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{site}/maps")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = axe.Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    context.close()


@pytest.mark.browser
def test_names_are_offered_where_a_map_is_chosen(browser: Any, site: str) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(f"{site}/maps")
    page.locator("#map-name").press_sequentially("gjsjj", delay=20)
    page.get_by_role("option").first.wait_for()
    assert "监管机构" in page.get_by_role("option").first.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#map-name").input_value() == "国家数据局"
    page.close()
