"""What is clicked and read in a real browser without a network; test_screens has each sort of page."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_who_types_is_offered_names(page: Any) -> None:
    shown = page.open("/")
    shown.locator("header.site input[type=search]").press_sequentially("gjsjj", delay=20)
    shown.get_by_role("option").first.wait_for()
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("Enter")
    shown.wait_for_url("**/id/entity/nda*")
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
