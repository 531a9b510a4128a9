"""Review in the browser: nothing without --edit; forms that work alone; keys; two people at once; hostile words."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from kg import identity
from kg.graph.check import check
from kg.graph.store import Store
from kg.review import decide
from kg.review.queue import Fact, queue
from kg.serve.site import Settings
from kg.settings import judgements_of

from .conftest import Visit, serving

PATHS = ("/review", "/review/pairs", "/review/done", "/review/add?item=2024-07-deals-2")
POSTS = ("/review/decide", "/review/undo", "/review/author", "/review/added", "/review/judge")


@pytest.fixture
def editing(own_store: Path, client_of: Callable[[Settings], Any]) -> Iterator[TestClient]:
    with client_of(Settings(own_store, edit=True)) as client:
        yield client


def first(store: Path, wanted: Callable[[Fact], bool] = lambda fact: not fact.open) -> Fact:
    with Store.open(store) as opened:
        return next(fact for fact in queue(opened).waiting if wanted(fact))


def rows(store: Path) -> list[Any]:
    return list(identity.load(store).rows)


def alert(page: str) -> str:
    found = re.search(r'role="alert">([^<]+)', page)
    return unescape(found[1]) if found else ""


def faultless(store: Path) -> None:
    with Store.open(store) as opened:
        assert check(opened) == []


# ------------------------------------------------------------------------------------------------ who may decide


@pytest.mark.parametrize("path", PATHS)
def test_read_only_says_how_to_review(path: str, client: TestClient) -> None:
    answer = client.get(path)
    assert answer.status_code == 403
    assert "kg serve --edit" in answer.text


@pytest.mark.parametrize("path", POSTS)
def test_read_only_changes_nothing(path: str, client: TestClient, samples: Path) -> None:
    fact = first(samples)
    answer = client.post(path, data={"fact": fact.id, "decision": "accept", "left": "a", "item": fact.item})
    assert answer.status_code == 403
    assert not judgements_of(samples).exists()
    assert "/review" not in client.get("/").text


@pytest.mark.parametrize("path", POSTS)
def test_other_sites_decide_nothing(path: str, editing: TestClient, own_store: Path) -> None:
    fact = first(own_store)
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = editing.post(path, data={"fact": fact.id, "decision": "accept"}, headers=headers)
        assert answer.status_code == 403
    assert rows(own_store) == []


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_decided_by_a_link(path: str, editing: TestClient) -> None:
    assert editing.get(path).status_code == 405


# -------------------------------------------------------------------------------------------------- by form


def test_the_first_fact_stands_beside_its_text(editing: TestClient, own_store: Path) -> None:
    fact = first(own_store)
    page = editing.get("/review?lang=en").text
    assert f'name="fact" value="{fact.id}"' in page
    assert re.search(r'<mark class="chosen" id="here">[^<]{4,}</mark>', page)
    listed = re.search(r'<ul class="reasons"[^>]*>(.*?)</ul>', page)
    assert listed
    assert re.findall("<li>(.*?)</li>", unescape(listed[1])) == [reason.words("en") for reason in fact.reasons]
    assert f"0 of {len(page) and _total(own_store)} facts reviewed (0 %)" in page
    assert "复核" in editing.get("/review?lang=zh").text


def _total(store: Path) -> int:
    with Store.open(store) as opened:
        return queue(opened).share.total


def test_accepting_goes_on_with_the_next_and_can_be_undone(editing: TestClient, own_store: Path) -> None:
    page = editing.get("/review?lang=en").text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = editing.post(
        "/review/decide", data=fields | {"decision": "accept", "note": "read it"}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["location"]).query)["at"] == [fields["next"]]
    (row,) = rows(own_store)
    assert (row.judgement, row.note) == ("accept", "read it")
    page = editing.get(answer.headers["location"]).text
    assert "1 of" in page
    assert f'name="token" value="{decide.token(row)}"' in page
    answer = editing.post("/review/undo", data={"token": decide.token(row)}, follow_redirects=False)
    assert (answer.status_code, rows(own_store)) == (303, [])
    assert fields["fact"] in unescape(editing.get(answer.headers["location"]).text)
    gone = editing.post("/review/undo", data={"token": decide.token(row)})
    assert (gone.status_code, "taken back already" in gone.text) == (409, True)


def test_what_is_fixed_wrongly_comes_back_with_the_form_filled(editing: TestClient, own_store: Path) -> None:
    fact = first(own_store, lambda one: one.relation == "acquires")
    given = {"fact": fact.id, "decision": "fix", "status": "rumoured", "amount": "much", "amountText": "很多"}
    answer = editing.post("/review/decide", data=given)
    assert answer.status_code == 400
    assert "is no number" in alert(answer.text)
    assert 'value="很多"' in answer.text
    assert re.search(r'id="fixing" class="fixing" open', answer.text)
    assert rows(own_store) == []
    done = editing.post("/review/decide", data=given | {"amount": "5", "currency": "USD"}, follow_redirects=False)
    assert done.status_code == 303
    assert "status=rumoured" in rows(own_store)[0].changes
    faultless(own_store)


def test_a_form_that_changes_nothing_says_so(editing: TestClient, own_store: Path) -> None:
    fact = first(own_store, lambda one: one.relation == "acquires" and "amount" in dict(one.terms))
    page = editing.get("/review", params={"at": fact.id}).text
    form = page[page.index('id="fixing"') :]
    given = {name: unescape(value) for name, value in re.findall(r'<input name="(\w+)" value="([^"]*)"', form)}
    for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        given[name] = chosen[1] if chosen else re.findall(r'<option value="([^"]*)"', options)[0]
    answer = editing.post("/review/decide", data=given | {"fact": fact.id, "decision": "fix"})
    assert "未作任何更改" in alert(answer.text)


def test_the_second_of_two_browsers_is_told(editing: TestClient, own_store: Path) -> None:
    fact = first(own_store)
    editing.post("/review/author", data={"author": "梅"})
    assert editing.post("/review/decide", data={"fact": fact.id, "decision": "accept"}).status_code == 200
    editing.post("/review/author", data={"author": "林"})
    answer = editing.post("/review/decide", data={"fact": fact.id, "decision": "reject"})
    assert answer.status_code == 409
    assert "该事实已有决定" in alert(answer.text)
    assert "梅" in alert(answer.text)
    assert [row.author for row in rows(own_store)] == ["梅"]


def test_many_at_once_lose_nothing(editing: TestClient, own_store: Path) -> None:
    with Store.open(own_store) as store:
        facts = [fact.id for fact in queue(store).waiting if not fact.open][:4]
    statuses: list[int] = []

    def decide_all(decision: str) -> None:
        for fact in facts:
            answer = editing.post("/review/decide", data={"fact": fact, "decision": decision}, follow_redirects=False)
            statuses.append(answer.status_code)

    people = [threading.Thread(target=decide_all, args=(decision,)) for decision in ("accept", "reject")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(statuses) == [303] * 4 + [409] * 4
    assert len(rows(own_store)) == 4
    faultless(own_store)


def test_a_writer_elsewhere_is_told_of(editing: TestClient, own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serve.pages.review.WAIT", 0.1)
    fact = first(own_store)
    with Store.open(own_store, "write"):
        answer = editing.post("/review/decide", data={"fact": fact.id, "decision": "accept"})
    assert answer.status_code == 503
    assert "being written by" in answer.text


# ------------------------------------------------------------------------------------------------------- adding


def test_a_fact_is_added_by_words_of_the_text_alone(editing: TestClient, own_store: Path) -> None:
    item = "2024-07-deals-2"
    with Store.open(own_store) as store:
        text, start = decide.text_of(store, item)
    words = text[20:40]
    given = {"item": item, "quote": words, "start": str(start + 20), "end": str(start + 40), "relation": "customerOf",
             "subject": "软银", "object": "海鸥软件", "objectType": "Company"}  # fmt: skip
    page = editing.get("/review/add", params=given).text
    assert "软银" in page
    for wrong in (
        {"quote": "软银否认收购"},
        {"objectType": ""},
        {"relation": ""},
        {"subject": "软银", "object": "软银"},
    ):
        answer = editing.post("/review/added", data=given | wrong)
        assert answer.status_code == 400
        assert alert(answer.text)
    assert rows(own_store) == []
    answer = editing.post("/review/added", data=given, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/id/item/{item}")
    assert "海鸥软件" in editing.get(answer.headers["location"]).text
    with Store.open(own_store) as store:
        (added,) = [fact for fact in queue(store).facts.values() if fact.reviewed == "added"]
        assert "".join(added.quote.split()) == "".join(words.split())
    faultless(own_store)
    assert editing.get("/review/add?item=nowhere").status_code == 400


# ------------------------------------------------------------------------------------------------------- pairs


@pytest.fixture
def doubled(own_store: Path) -> tuple[Path, str, str]:
    """A store with two that look like one."""
    fact = first(own_store, lambda one: one.relation == "acquires")
    with Store.open(own_store, "write") as store:
        decide.fix(store, fact, {"subject": "海鸥软件科技有限公司", "subjectType": "Company"})
        other = next(one for one in queue(store).waiting if one.relation == "acquires")
        decide.fix(store, other, {"subject": "海鸥软件科技", "subjectType": "Company"})
        (pair,) = [one for one in identity.proposed(store) if "海鸥" in one.left.label]
        return own_store, pair.left.iri, pair.right.iri


def test_a_pair_is_judged_with_its_evidence_side_by_side(
    doubled: tuple[Path, str, str], client_of: Callable[[Settings], Any]
) -> None:
    path, left, right = doubled
    with client_of(Settings(path, edit=True)) as editing:
        page = editing.get("/review/pairs").text
        assert page.count("海鸥软件科技") >= 4
        assert page.count("<blockquote>") >= 2
        given = {"left": left, "right": right, "judgement": "same", "at": "0"}
        assert editing.post("/review/judge", data=given | {"judgement": "perhaps"}).status_code == 400
        assert editing.post("/review/judge", data=given | {"left": "https://example.org/"}).status_code == 400
        assert editing.post("/review/judge", data=given, follow_redirects=False).status_code == 303
        assert rows(path)[-1].judgement == "same"
        again = editing.post("/review/judge", data=given)
        assert again.status_code == 400
        assert alert(again.text)
        done = editing.get("/review/done").text
        assert done.count('name="token"') == 3
    faultless(path)


def test_decisions_are_told_in_the_language_of_the_page(editing: TestClient, own_store: Path) -> None:
    fact = first(own_store, lambda one: one.relation == "acquires")
    given = {"fact": fact.id, "decision": "fix", "status": "rumoured"}
    assert editing.post("/review/decide", data=given, follow_redirects=False).status_code == 303
    page = editing.get("/review/done?lang=zh").text
    assert "更正（状态：传闻" in page
    assert " is fixed" not in page
    assert " is fixed" in editing.get("/review/done?lang=en").text
    again = editing.post("/review/decide?lang=zh", data=given)
    assert re.search(r"[\u4e00-\u9fff]{4}", alert(again.text))


def test_forms_offer_words_and_no_codes(editing: TestClient, own_store: Path) -> None:
    fact = first(own_store, lambda one: one.relation == "acquires")
    page = editing.get("/review", params={"at": fact.id, "lang": "zh"}).text
    offered = re.findall(r"<option[^>]*>([^<]*)</option>", page[page.index('id="fixing"') :])
    assert len(offered) > 30
    assert [one for one in offered if re.fullmatch(r"[A-Za-z-]+", unescape(one))] == []


# -------------------------------------------------------------------------------------------------------- hostile


HOSTILE = '"><script>alert(1)</script>=HYPERLINK("x")'


def test_hostile_words_are_words(editing: TestClient, own_store: Path) -> None:
    editing.post("/review/author", data={"author": HOSTILE})
    fact = first(own_store)
    assert (
        editing.post("/review/decide", data={"fact": fact.id, "decision": "reject", "note": HOSTILE}).status_code == 200
    )
    for path in ("/review", "/review/done"):
        page = editing.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
    other = first(own_store)
    for given in (
        {"fact": HOSTILE, "decision": "accept"},
        {"fact": "../../x", "decision": "accept"},
        {"fact": other.id, "decision": HOSTILE},
        {"fact": other.id, "decision": "accept", "note": "x" * 2001},
        {"fact": other.id, "decision": "fix", "subject": "x" * 500},
        {"fact": other.id, "decision": "fix", "relation": HOSTILE},
        {"fact": other.id},
        {},
    ):
        answer = editing.post("/review/decide", data=given)
        assert answer.status_code in (400, 409)
        assert "<script>alert" not in answer.text
    for path in (
        "/review?at=" + "x" * 3000,
        "/review?report=nowhere",
        "/review/pairs?at=-5",
        "/review/pairs?at=99999999",
    ):
        assert editing.get(path).status_code == 200
    assert editing.post("/review/author", data={"author": "x" * 201}).status_code == 400
    assert editing.post("/review/decide", data={"fact": other.id, "note": "x" * 1_100_000}).status_code == 413
    assert editing.post("/review/decide", files={"fact": b"x"}).status_code == 400
    assert len(rows(own_store)) == 1


# -------------------------------------------------------------------------------------------------- in a browser


@contextmanager
def visiting(browser: Any, store: Path, **options: Any) -> Iterator[Visit]:
    with serving(Settings(store, edit=True)) as site:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}, "locale": "en-GB",
                                          "reduced_motion": "reduce"} | options))  # fmt: skip
        visit = Visit(context.new_page(), site)
        yield visit
        context.close()


def decided(store: Path, count: int, page: Any) -> list[Any]:
    for _ in range(200):
        if len(rows(store)) == count:
            page.wait_for_load_state()
            return rows(store)
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(rows(store))} decisions and not {count}")


@pytest.mark.browser
def test_keys_decide(browser: Any, own_store: Path) -> None:
    with visiting(browser, own_store) as visit:
        page = visit.open("/review")

        def now() -> str:
            return str(page.locator("input[name=fact]").first.input_value())

        start = now()
        page.keyboard.press("j")
        page.wait_for_url("**at=**")
        second = now()
        assert second != start
        page.keyboard.press("k")
        page.wait_for_function("(id) => document.querySelector('input[name=fact]').value === id", arg=start)
        page.keyboard.press("a")
        page.wait_for_function("(id) => document.querySelector('input[name=fact]').value === id", arg=second)
        assert [row.judgement for row in decided(own_store, 1, page)] == ["accept"]
        page.keyboard.press("r")
        page.wait_for_function("(id) => document.querySelector('input[name=fact]').value !== id", arg=second)
        assert [row.judgement for row in decided(own_store, 2, page)] == ["accept", "reject"]
        page.keyboard.press("u")
        page.wait_for_function("(id) => document.querySelector('input[name=fact]').value === id", arg=second)
        decided(own_store, 1, page)
        # what is typed into a field is no key
        page.keyboard.press("f")
        assert page.locator("#fixing").get_attribute("open") is not None
        assert page.evaluate("document.activeElement.name") == "subject"
        page.keyboard.type("arju")
        assert len(rows(own_store)) == 1
        page.locator("#keys").uncheck()
        page.locator("h1").click()
        page.keyboard.press("a")
        page.wait_for_timeout(300)
        assert len(rows(own_store)) == 1
        visit.assert_clean()


@pytest.mark.browser
def test_words_are_selected_in_the_text(browser: Any, own_store: Path) -> None:
    item = "2024-07-deals-2"
    with Store.open(own_store) as store:
        text, start = decide.text_of(store, item)
    with visiting(browser, own_store) as visit:
        page = visit.open(f"/id/item/{item}")
        page.evaluate("""() => {
            const marks = document.querySelectorAll("#text mark.fact");
            const range = document.createRange();
            range.setStart(marks[0].firstChild, 0);
            range.setEnd(marks[1].lastChild, 3);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""")
        page.wait_for_function("document.querySelector('form.adding [name=start]').value !== ''")
        page.locator("form.adding button").click()
        page.wait_for_url("**/review/add?**")
        first_, last = (int(page.locator(f"form.adding [name={name}]").input_value()) for name in ("start", "end"))
        quote = page.locator("form.adding [name=quote]").input_value()
        assert text[first_ - start : last - start].split() == quote.split()
        page.locator("[name=subject]").fill("软银")
        page.locator("[name=relation]").select_option("customerOf")
        page.locator("[name=object]").fill("海鸥软件")
        page.locator("[name=objectType]").select_option("Company")
        visit.assert_accessible()
        page.locator("form.adding button.yes").click()
        page.wait_for_url("**/id/item/**")
        assert "海鸥软件" in page.locator(".factlist").inner_text()
        visit.assert_clean()
    faultless(own_store)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_within_reach(browser: Any, doubled: tuple[Path, str, str], width: int, scheme: str) -> None:
    viewport = {"width": width, "height": 800}
    with visiting(browser, doubled[0], viewport=viewport, color_scheme=scheme) as visit:
        for path in PATHS:
            page = visit.open(path)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            visit.assert_accessible()
        visit.assert_clean()
