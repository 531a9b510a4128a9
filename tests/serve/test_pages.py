"""The pages where people look: start, search, entity, document, deal, item, report, anything else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg import ids
from kg.graph.store import Store
from kg.items import OpenSentence
from kg.serve import views
from kg.serve.site import Settings, href
from kg.serve.views import DealPage, ItemPage, Portrait
from kg.serve.views.text import stretches_of


@pytest.fixture(scope="module")
def opened(samples: Path) -> Any:
    with Store.open(samples) as store:
        yield store


def of_class(store: Store, class_: str) -> list[str]:
    rows: Any = store.query(f"SELECT ?x {{ ?x a kg:{class_} }} ORDER BY ?x")
    return [row[0].value for row in rows]


# -------------------------------------------------------------------------------------------------------- start


def test_the_start_page_says_what_is_there_and_what_is_new(client: TestClient) -> None:
    page = client.get("/").text
    assert 'href="/id/report/2024-07"' in page
    assert "2024-06 至 2024-07" in page
    assert "/diff?since=2024-06&amp;until=2024-07" in page
    assert re.search(r"<strong>\d+</strong> 监管机构", page)


def test_an_empty_store_says_what_to_do(tmp_path: Path, client_of: Callable[[Settings], Any]) -> None:
    with Store.open(tmp_path / "empty", "write"):
        pass
    with client_of(Settings(tmp_path / "empty")) as client:
        answer = client.get("/")
    assert answer.status_code == 200
    assert "kg add FILE" in answer.text


# ------------------------------------------------------------------------------------------------------- search


@pytest.mark.parametrize("typed", ["国家数据局", "gjsjj", "國家數據局", "National Data Administration"])
def test_search_finds_as_people_type(typed: str, client: TestClient) -> None:
    answer = client.get("/search", params={"q": typed}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/id/entity/nda")
    assert 'href="/id/entity/nda"' in client.get("/search", params={"q": typed, "all": 1}).text


def test_search_finds_titles_and_says_when_there_is_nothing(client: TestClient) -> None:
    assert "/id/item/" in client.get("/search", params={"q": "收购谈判", "all": 1}).text
    assert "没有与" in client.get("/search", params={"q": "嗯嗯啊啊呀呀"}).text
    assert client.get("/search").status_code == 200
    assert "<script>x" not in client.get("/search", params={"q": "<script>x"}).text


def test_suggestions(client: TestClient) -> None:
    found = client.get("/suggest", params={"q": "gjsj"}).json()
    assert {"iri", "href", "label", "type", "matched"} == set(found[0])
    assert found[0]["type"] == "监管机构"
    assert client.get("/suggest").json() == []


# ------------------------------------------------------------------------------------------------------- things


def test_a_page_for_everything(client: TestClient, opened: Store) -> None:
    for class_ in ("Regulator", "Instrument", "Publication", "Company", "Organization", "Person", "Acquisition",
                   "FundingRound", "Item", "Report"):  # fmt: skip
        iris = of_class(opened, class_)
        assert iris
        for iri in iris[:8]:
            answer = client.get(href(iri))
            assert answer.status_code == 200, iri
            assert iri in unescape(answer.text)


def test_a_regulator_lists_what_it_issued_with_evidence(opened: Store) -> None:
    page = views.thing(opened, "https://w3id.org/regkg/id/entity/nda", "zh")
    assert isinstance(page, Portrait)
    issued = next(group for group in page.groups if (group.relation, group.direction) == ("issuedBy", "in"))
    assert issued.total == len(issued.ties) >= 2
    assert all(tie.evidence and tie.status for tie in issued.ties)
    assert page.why


def test_joint_issuers_are_told_as_one_act(client: TestClient, opened: Store) -> None:
    rows: Any = opened.query(
        "SELECT ?d (COUNT(?r) AS ?n) { ?d a kg:Instrument ; kg:issuedBy ?r } GROUP BY ?d ORDER BY DESC(?n) LIMIT 1"
    )
    document, count = next(iter(rows))
    assert int(count.value) > 1
    page = client.get(href(document.value)).text
    assert f"{count.value} 个机构联合发布" in page
    assert "时间线" in page


def test_bases_go_up_and_down(opened: Store) -> None:
    rows: Any = opened.query("SELECT ?a ?b { ?a kg:basedOn ?b } LIMIT 1")
    lower, upper = next(iter(rows))
    from_below, from_above = (views.thing(opened, node.value, "zh") for node in (lower, upper))
    assert isinstance(from_below, Portrait)
    assert isinstance(from_above, Portrait)
    assert upper.value in [leaf.thing.iri for leaf in from_below.upward]
    assert lower.value in [leaf.thing.iri for leaf in from_above.downward]


def test_a_round_has_lead_and_followers_and_its_history(client: TestClient, opened: Store) -> None:
    rows: Any = opened.query(
        "SELECT ?d { ?d kg:leadInvestor ?a ; kg:investor ?b FILTER NOT EXISTS { ?d kg:leadInvestor ?b } } LIMIT 1"
    )
    iri = next(iter(rows))[0].value
    page = views.thing(opened, iri, "zh")
    assert isinstance(page, DealPage)
    roles = {role.name: {tie.thing.iri for tie in ties} for role, ties in page.parties}
    assert roles["leadInvestor"]
    assert not roles["leadInvestor"] & roles["investor"]
    assert page.history
    assert all(tie.evidence for _, ties in page.parties for tie in ties)
    assert "领投" in client.get(href(iri)).text


def test_what_is_not_done_says_so(client: TestClient, opened: Store) -> None:
    rows: Any = opened.query("SELECT ?d ?s { ?d a kg:Acquisition ; kg:status ?s }")
    for deal, status in rows:
        page = client.get(href(deal.value)).text
        assert ("未见此交易完成的报道" in page) == (not status.value.endswith("completed"))


def test_every_fact_is_marked_in_the_text_where_its_quote_stands(opened: Store) -> None:
    for iri in of_class(opened, "Item"):
        page = views.thing(opened, iri, "zh")
        assert isinstance(page, ItemPage)
        assert page.stretches
        text = "".join(one.text for one in page.stretches)
        for fact in page.facts:
            marked = "".join(one.text for one in page.stretches if fact.number in one.facts)
            assert "".join(marked.split()) == "".join(fact.evidence.quote.split())
            assert text[fact.start - page.offset : fact.end - page.offset] == marked
        begun = [number for one in page.stretches for number in one.first]
        assert sorted(begun) == [fact.number for fact in page.facts]


def test_overlapping_facts_are_cut_into_stretches() -> None:
    def fact(number: int, start: int, end: int) -> Any:
        return type("F", (), {"number": number, "start": start, "end": end})()

    found = stretches_of("abcdefghij", 0, 10, [fact(1, 1, 6), fact(2, 4, 8), fact(3, 4, 6)], [(8, 9)])
    assert [(one.text, one.facts, one.first, one.open) for one in found] == [
        ("a", (), (), False),
        ("bcd", (1,), (1,), False),
        ("ef", (1, 2, 3), (2, 3), False),
        ("gh", (2,), (), False),
        ("i", (), (), True),
        ("j", (), (), False),
    ]


def test_an_item_without_facts_says_so(client: TestClient, opened: Store) -> None:
    pages = {iri: views.thing(opened, iri, "zh") for iri in of_class(opened, "Item")}
    bare = [iri for iri, page in pages.items() if isinstance(page, ItemPage) and not page.facts]
    for iri in bare:
        assert "这一条目未见事实" in client.get(href(iri)).text


def test_claims_and_what_others_named_have_a_plain_page(client: TestClient, opened: Store) -> None:
    rows: Any = opened.query("SELECT ?c { GRAPH ?g { ?c a kg:Claim } } LIMIT 1")
    claim = next(iter(rows))[0].value
    assert "kg:quote" in client.get(href(claim)).text
    assert client.get("/resource", params={"iri": "https://example.org/nobody"}).status_code == 404
    assert client.get("/resource", params={"iri": "no address"}).status_code == 404
    assert client.get("/resource").status_code == 404
    assert client.get("/id/entity/nobody").status_code == 404


def test_long_groups_are_cut_and_say_so(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SHOWN", 1)
    page = views.thing(opened, "https://w3id.org/regkg/id/entity/nda", "zh")
    assert isinstance(page, Portrait)
    issued = next(group for group in page.groups if (group.relation, group.direction) == ("issuedBy", "in"))
    assert len(issued.ties) == 1 < issued.total
    whole = views.thing(opened, "https://w3id.org/regkg/id/entity/nda", "zh", everything=True)
    assert isinstance(whole, Portrait)
    assert max(len(group.ties) for group in whole.groups) > 1


def test_pages_in_english(client: TestClient) -> None:
    page = client.get("/id/entity/nda?lang=en").text
    assert "Items that mention it" in page
    client.get("/?lang=zh")


@pytest.mark.parametrize(
    "path",
    ["/id/entity/nda", "/resource?iri=https://w3id.org/regkg/id/entity/nda", "/status/announced", "/ontology", "/void",
     "/resource?iri=http://www.w3.org/ns/prov%23Activity"],
)  # fmt: skip
def test_the_other_forms_of_a_page_are_a_click_away(client: TestClient, path: str) -> None:
    links = [unescape(link) for link in re.findall(r'href="([^"]*[?&;]format=[^"]*)"', client.get(path).text)]
    assert links
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert answer.headers["content-type"].startswith(("text/turtle", "application/ld+json"))


def test_a_quote_leads_to_its_place_in_the_text(client: TestClient) -> None:
    links = re.findall(r'href="(/id/item/[^"#]+)#(at\d+)"', client.get("/id/entity/openai").text)
    links += re.findall(r'href="(/id/item/[^"#]+)#(at\d+)"', client.get("/ask/acquisitions").text)
    assert len(links) > 5
    pages = {item: client.get(item).text for item, _ in links}
    assert all(f'<mark id="{place}"' in pages[item] for item, place in links)


def test_the_course_of_a_document_keeps_its_days_apart(opened: Store) -> None:
    """The day on which it was issued isn't that of the report which tells it."""
    seen = set()
    for iri in of_class(opened, "Instrument"):
        page = views.thing(opened, iri, "zh")
        assert isinstance(page, Portrait)
        assert [one.day for one in page.history] == sorted(one.day for one in page.history)
        assert all(one.evidence for one in page.history)
        own = {one.what.name: one.day for one in page.history if not one.status}
        told = {concept.name: value for concept, value in page.facts if isinstance(value, str)}
        assert all(told[name] == day for name, day in own.items() if name in told)
        seen |= own.keys()
    assert seen >= {"issuedOn"}


def test_long_trees_say_what_they_leave_out(client: TestClient, opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: Any = opened.query("SELECT ?x (COUNT(?y) AS ?n) { ?y kg:basedOn ?x } GROUP BY ?x ORDER BY DESC(?n) LIMIT 1")
    above, count = next(iter(rows))
    monkeypatch.setattr(import_module("kg.serve.views.portrait"), "SHOWN", 0)
    page = views.thing(opened, above.value, "zh")
    assert isinstance(page, Portrait)
    assert (page.downward, page.downward_left) == ([], int(count.value))


def test_statements_are_counted_and_not_guessed(opened: Store) -> None:
    iri = "http://www.w3.org/ns/prov#Activity"
    page = views.thing(opened, iri, "zh")
    assert isinstance(page, views.Statements)
    rows: Any = opened.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p <{iri}> }} }}")
    inner = int(next(iter(rows))[0].value)
    rows = opened.query(f"SELECT (COUNT(*) AS ?n) {{ ?s ?p <{iri}> }}")
    assert page.total == inner + int(next(iter(rows))[0].value)
    assert page.counted


def test_search_says_what_it_leaves_out_and_leads_back(
    client: TestClient, opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.serve.views.find import find

    assert find(opened, "数据", limit=1).more
    assert not find(opened, "国家数据局").more
    answer = client.get("/search", params={"q": "OpenAI"}, follow_redirects=False)
    assert answer.headers["location"].startswith("/id/entity/openai?searched=OpenAI")
    page = client.get(answer.headers["location"]).text
    assert 'href="/search?q=OpenAI&amp;all=1"' in page
    assert "/id/item/" in client.get("/search?q=OpenAI&all=1").text


def test_a_deal_is_drawn_with_its_parties(client: TestClient, opened: Store) -> None:
    page = client.get(href(of_class(opened, "Acquisition")[0])).text
    (link,) = re.findall(r'href="(/map\?name=[^"]+)"', page)
    assert client.get(unescape(link)).status_code == 200


@pytest.fixture
def island(tmp_path: Path, client_of: Callable[[Settings], Any]) -> Iterator[TestClient]:
    """A workbench over a report of our own invention, with every sort of fact."""
    from graph.samples import RUN, may

    with Store.open(tmp_path / "island", "write") as store:
        store.add(*may(), RUN)
    with client_of(Settings(tmp_path / "island")) as client:
        yield client


def test_an_investor_who_is_only_in_talks_isn_t_lost_in_a_round(island: TestClient) -> None:
    from graph.samples import CORAL, WAVE

    whole = ids.funding_round(CORAL.iri, "A轮")
    part = ids.participation(whole, WAVE.iri)
    page = island.get(href(whole)).text
    told = page[page.index("状态与整轮不同的投资方") :]
    assert f'<a href="{href(part)}">浪花基金' in told
    assert told.index("status-in-talks") < told.index("</dl>")
    assert f'属于 <a href="{href(whole)}"' in island.get(href(part)).text


def test_a_place_has_its_bodies_and_documents(island: TestClient) -> None:
    from graph.samples import BUREAU, RULES

    page = island.get(href(ids.BASE + "place/海岛市")).text
    assert '当地机构 <span class="soft">(1)</span></h2>' in page
    assert f'<a href="{href(BUREAU.iri)}">海岛数据局</a>' in page
    assert f'<a href="{href(RULES.iri)}">海岛数据管理办法</a>' in page
    assert "未见与它有关的关系" not in page
    assert "/map?" not in page  # no map has a place


def test_a_claim_is_told_by_what_it_says(client: TestClient, opened: Store) -> None:
    rows: Any = opened.query("SELECT ?c { GRAPH ?g { ?c a kg:Claim ; rdf:predicate kg:acquires } } ORDER BY ?c LIMIT 1")
    page = client.get(href(next(iter(rows))[0].value)).text
    heading = re.findall(r"<h1>([^<]*)</h1>", page)[0]
    assert " 收购 " in heading
    (place,) = re.findall(r'class="button" href="([^"]*)"', page)
    item, _, at = place.partition("#")
    assert f'<mark id="{at}"' in client.get(item).text


def test_how_a_deal_went_is_told_in_parts(client: TestClient, opened: Store) -> None:
    """“已完成D轮5亿美元” can't be read."""
    rows: Any = opened.query("SELECT ?d { ?d a kg:FundingRound ; kg:amount ?a } LIMIT 1")
    page = client.get(href(next(iter(rows))[0].value)).text
    told = page[page.index('<ol class="timeline">') :]
    assert re.search(r'</span> <span class="terms">\s*<span class="status', told)


def test_deals_are_named_in_the_language_of_the_page(opened: Store) -> None:
    for iri in of_class(opened, "FundingRound"):
        page = views.thing(opened, iri, "en")
        assert isinstance(page, DealPage)
        assert "、" not in page.title


def test_what_is_counted_is_listed(client: TestClient, opened: Store) -> None:
    page = client.get("/").text
    links = re.findall(r'href="(/all/\w+)"><strong>([\d,]+)</strong>', page)
    assert len(links) == 8
    for link, count in links:
        listed = client.get(link)
        assert listed.status_code == 200
        assert f"({count})" in listed.text
        things = re.findall(r'<li><a href="(/id/[^"]*)">([^<]+)</a>', listed.text)
        assert len(things) == int(count.replace(",", ""))
        if link in ("/all/Acquisition", "/all/FundingRound"):  # a rumour in a list of deals would look done
            assert listed.text.count('<span class="status') == len(things)
        more = re.findall(r'href="(/ask/[^"]*)"', listed.text)
        assert all(client.get(unescape(one)).status_code == 200 for one in more)
    assert client.get("/all/Claim").status_code == 404
    assert client.get("/all/..%2f..").status_code == 404


def test_sentences_to_look_at_can_be_gone_to(tmp_path: Path, client_of: Callable[[Settings], Any]) -> None:
    from datetime import date

    from graph.samples import GULL, RUN, TERN, Draft

    draft = Draft("2031-08", "海岛月报 2031年8月", date(2031, 8, 1))
    facts = draft.item("deals-1", "海鸥入股燕鸥", date(2031, 8, 2))
    draft.claim(GULL, "customerOf", TERN, "海鸥科技采购Tern Systems的软件。")
    start = len(draft.text)
    draft.text += "另有传言称礁石拟入股浪花。\n"
    facts.open_sentences.append(OpenSentence(draft.text[start:-1], start, len(draft.text) - 1, 1))
    with Store.open(tmp_path / "store", "write") as store:
        store.add(draft.report(), draft.facts, RUN)
    with client_of(Settings(tmp_path / "store")) as client:
        page = client.get("/id/item/2031-08-deals-1").text
    assert '<mark id="open1" class="open"' in page
    assert '<a href="#open1">第 1 句</a>' in page
