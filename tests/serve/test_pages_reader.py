"""The pages in a real browser without a network: opened, clicked, read; wide and narrow, light and dark."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser
PATHS = ["/", "/search?q=数据&all=1", "/id/entity/nda", "/id/item/2024-07-deals-3", "/id/report/2024-07",
         "/id/round/xai--b", "/ask", "/ask/deals?firm=OpenAI&status=all", "/chain?name=OpenAI",
         "/diff?since=2024-06&until=2024-07", "/nowhere"]  # fmt: skip
LOOKS = [
    {},
    {"viewport": {"width": 390, "height": 800}},
    {"color_scheme": "dark", "locale": "en-GB"},
]


@pytest.mark.parametrize("page", LOOKS, indirect=True, ids=["wide", "narrow", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_pages_are_for_everybody(path: str, page: Any) -> None:
    page.open(path)
    page.assert_accessible()
    page.faults = [fault for fault in page.faults if "404" not in fault]  # the page that isn't there says so
    page.assert_clean()


def test_who_types_is_offered_names(page: Any) -> None:
    shown = page.open("/")
    shown.locator("header.site input[type=search]").press_sequentially("gjsjj", delay=20)
    shown.get_by_role("option").first.wait_for()
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("Enter")
    shown.wait_for_url("**/id/entity/nda")
    assert "国家数据局" in shown.locator("h1").inner_text()
    page.assert_clean()


def test_an_item_s_facts_and_text_point_at_each_other(page: Any) -> None:
    shown = page.open("/id/item/2024-07-deals-3")
    first = shown.locator("[data-fact]").first
    first.hover()
    assert shown.locator("mark.fact.lit").count() >= 1
    first.locator("a.ref").first.click()
    assert shown.evaluate("location.hash") == "#t1"
    shown.locator("mark a.ref").first.click()
    assert shown.evaluate("location.hash") == "#f1"
    page.assert_clean()


def test_evidence_opens_and_is_copied(page: Any) -> None:
    shown = page.open("/id/entity/nda")
    shown.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown.locator("details summary").first.click()
    assert shown.locator("details[open] blockquote").first.is_visible()
    shown.locator("details[open] button.copy").first.click()
    copied = shown.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“")
    assert "载2024-0" in copied
    page.assert_clean()


def test_a_question_is_asked_by_its_form(page: Any) -> None:
    shown = page.open("/ask/deals")
    shown.get_by_role("combobox", name="公司").fill("OpenAI")
    shown.get_by_label("全部").check()
    shown.get_by_role("button", name="查询").click()
    assert shown.locator("table.answer tbody tr").count() >= 1
    with shown.expect_download() as download:
        shown.get_by_role("link", name=".xlsx").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    shown.locator("td.notes a").first.click()
    assert shown.evaluate("location.hash") == "#q1"


def test_the_language_is_switched_and_kept(page: Any) -> None:
    shown = page.open("/")
    shown.get_by_role("link", name="English").click()
    assert "What is in the store" in shown.locator("h1").inner_text()
    page.open("/ask")
    assert "What can be asked" in shown.locator("h1").inner_text()
