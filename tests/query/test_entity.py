from __future__ import annotations

from decimal import Decimal

import pytest
from graph import samples

from kg import ids
from kg.errors import QueryError
from kg.graph.store import Store
from kg.query.entity import describe, find, one


@pytest.mark.parametrize(
    ("typed", "found", "how"),
    [
        ("海岛数据局", samples.BUREAU, "exact"),
        ("island data bureau", samples.BUREAU, "exact"),
        ("ＩＤＢ", samples.BUREAU, "exact"),
        ("《海岛数据管理办法》", samples.RULES, "exact"),
        ("海鸥集团", samples.GULL, "exact"),  # a name that one item alone gives it
        ("ternsystems", samples.TERN, "exact"),
        ("数据管理", samples.RULES, "part"),
        ("Tern Sistems", samples.TERN, "near"),
        ("海岛数据管理办发", samples.RULES, "near"),
    ],
)
def test_names_are_found_as_people_type_them(store: Store, typed: str, found: object, how: str) -> None:
    first = find(store, typed)[0]
    assert (first.iri, first.how) == (found.iri, how)  # type: ignore[attr-defined]


@pytest.mark.parametrize("typed", ["", "《》", "完全无关的名字", "https://example.org/nobody"])
def test_what_is_not_there_is_not_found(store: Store, typed: str) -> None:
    assert find(store, typed) == []


def test_a_part_finds_all_that_have_it_the_nearest_first(store: Store) -> None:
    labels = [candidate.label for candidate in find(store, "海岛")]
    assert set(labels) == {
        "海岛数据局",
        "海岛工信部",
        "海岛数据管理办法",
        "海岛数据法",
        "海岛算力白皮书",
        "海岛人工智能协会",
    }
    assert len(find(store, "海岛", limit=2)) == 2


def test_an_address_is_found_as_it_is(store: Store) -> None:
    (candidate,) = find(store, samples.GULL.iri)
    assert (candidate.type, candidate.label, candidate.mentions) == ("Company", "海鸥科技", 3)


def test_one_is_found_or_the_choice_is_named(store: Store) -> None:
    assert one(store, "IDB").iri == samples.BUREAU.iri
    assert one(store, "数据管理").iri == samples.RULES.iri
    with pytest.raises(QueryError, match="near it are"):
        one(store, "海岛")
    with pytest.raises(QueryError, match=r"near it are Tern Systems \(Company, https"):
        one(store, "Tern Sistems")
    with pytest.raises(QueryError, match="nothing in the store is called 完全无关的名字"):
        one(store, "完全无关的名字")


def test_a_company_is_described_with_deals_and_evidence(store: Store) -> None:
    said = describe(store, samples.GULL.iri)
    assert (said.type, said.label) == ("Company", "海鸥科技")
    assert [(n.text, n.preferred) for n in said.names] == [
        ("Gull Tech", True), ("海鸥科技", True), ("海鸥", False), ("海鸥集团", False),
    ]  # fmt: skip
    acquires, parent = said.relations
    assert (acquires.relation, acquires.direction, acquires.label) == ("acquires", "out", "Tern Systems")
    assert (parent.relation, parent.direction) == ("subsidiaryOf", "in")
    (deal,) = acquires.deals
    assert (deal.type, deal.status, deal.amount, deal.amount_text) == (
        "Acquisition",
        "terminated",
        Decimal(5000000000),
        "50亿欧元",
    )
    assert (deal.currency, deal.qualifier, deal.announced, deal.completed) == ("EUR", None, "2031-05-19", None)
    # the item without a day of its own is of its report's: the latest
    assert [e.item for e in acquires.evidence] == ["2031-07-deals-1", "2031-06-deals-1", "2031-05-deals-1"]
    assert said.items[0] == "2031-07-deals-1"


def test_evidence_can_be_cited(store: Store) -> None:
    said = describe(store, samples.BUREAU.iri)
    issued = next(r for r in said.relations if r.relation == "issuedBy")
    assert (issued.direction, issued.iri) == ("in", samples.RULES.iri)
    first = issued.evidence[-1]
    assert first.quote == "海岛数据局印发《海岛数据管理办法》"
    assert (first.said, first.page, first.publisher, first.link) == ("headline", 1, "海岛报", "https://example.org/1")
    assert (first.title, first.issued, first.report) == ("海岛数据局发布办法", "2031-05-07", "2031-05")
    officer = next(r for r in said.relations if r.relation == "officerOf")
    assert (officer.evidence[0].role, officer.evidence[0].date) == ("副局长", "2031-05")
    assert said.facts == {"locatedIn": "海岛市"}


def test_a_document_is_described_with_its_particulars(store: Store) -> None:
    facts = describe(store, samples.RULES.iri).facts
    assert facts == {
        "kind": "measures", "status": "issued", "number": "岛数〔2031〕7号", "issuedOn": "2031-05-06",
        "effectiveFrom": "2031-07", "appliesIn": "海岛市",
    }  # fmt: skip


def test_leads_and_rumours_are_told_apart(store: Store) -> None:
    relations = {r.iri: r for r in describe(store, samples.CORAL.iri).relations}
    lead, talks = relations[samples.REEF.iri], relations[samples.WAVE.iri]
    assert (lead.lead, [d.status for d in lead.deals]) == (True, ["completed"])
    assert (talks.lead, [d.status for d in talks.deals], talks.evidence[0].said) == (False, ["in-talks"], "hearsay")


def test_an_unknown_address_is_told(store: Store) -> None:
    with pytest.raises(QueryError, match="doesn't know"):
        describe(store, ids.entity("Company", "无名"))
