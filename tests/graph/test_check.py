"""A sound store has no faults; each sort of damage is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph import samples
from kg import ids
from kg.graph.check import Fault, check
from kg.graph.facts import Node
from kg.graph.store import Store
from kg.items import Claim, OpenSentence, Said
from kg.settings import asset
from kg.vocab import KG, RDF, STATUS


@pytest.fixture
def full() -> Store:
    store = Store.memory()
    for report in (samples.may, samples.june, samples.july):
        store.add(*report(), samples.RUN)
    return store


def sorts(faults: list[Fault]) -> set[str]:
    return {fault.sort for fault in faults}


def test_a_sound_store_has_no_faults(full: Store) -> None:
    assert check(full) == []
    assert check(Store.memory()) == []


def damaged(full: Store, subject: str, predicate: Node, value: Node, graph: str) -> list[Fault]:
    """The faults after one value in one graph was changed behind the store's back."""
    where = NamedNode(graph)
    for quad in list(full.quads(NamedNode(subject), predicate, None, where)):
        full._base.remove(quad)
    full._base.add(Quad(NamedNode(subject), predicate, value, where))
    return check(full)


def a_claim(full: Store) -> tuple[str, str]:
    graph = NamedNode(ids.item("2031-05-deals-1"))
    node: Node = next(full.quads(None, RDF.type, KG.Claim, graph)).subject
    return node.value, graph.value


def test_a_quote_that_the_source_does_not_say_is_found(full: Store) -> None:
    claim, item = a_claim(full)
    (fault,) = damaged(full, claim, KG.quote, Literal("海鸥科技已收购Tern Systems"), item)
    assert (fault.sort, fault.item, fault.about) == ("quote", "2031-05-deals-1", claim)
    assert "已收购" in str(fault)
    assert "并无此文" in fault.zh


def with_an_open_sentence() -> tuple[Store, str, str]:
    """A store, the open sentence in it, and the graph where that stands."""
    report, facts = samples.may()
    words = "海岛工信部联合印发"
    start = report.source.text.index(words)
    number = report.source.page_at(start)
    facts[0].open_sentences.append(OpenSentence(words, start, start + len(words), number))
    store = Store.memory()
    store.add(report, facts, samples.RUN)
    item = facts[0].item.id
    return store, ids.sentence(item, start, start + len(words)), ids.item(item)


def test_an_open_sentence_is_read_again_like_a_claim() -> None:
    store, node, item = with_an_open_sentence()
    assert check(store) == []
    (fault,) = damaged(store, node, KG.quote, Literal("海岛工信部独自印发"), item)
    assert (fault.sort, fault.about) == ("quote", node)
    store, node, item = with_an_open_sentence()
    assert sorts(damaged(store, node, KG.page, Literal(9), item)) == {"page"}
    store, node, item = with_an_open_sentence()
    assert "shape" in sorts(damaged(store, node, KG.end, Literal(0), item))


def test_white_space_makes_no_difference(full: Store) -> None:
    claim, item = a_claim(full)
    assert damaged(full, claim, KG.quote, Literal("海鸥科技宣布以约49亿美元 \n 收购Tern　Systems"), item) == []


def test_a_wrong_page_is_found(full: Store) -> None:
    claim, item = a_claim(full)
    assert [f.sort for f in damaged(full, claim, KG.page, Literal(9), item)] == ["page"]


def test_a_lost_text_is_found(full: Store) -> None:
    for digest in full._texts:
        full._texts.remove(digest)
    faults = check(full)
    assert sorts(faults) == {"quote"}
    assert len(faults) == 3


def test_an_edge_without_a_claim_is_found(full: Store) -> None:
    graph = NamedNode(ids.item("2031-05-deals-1"))
    quad = Quad(NamedNode(samples.TERN.iri), KG.acquires, NamedNode(samples.WAVE.iri), graph)
    full._base.add(quad)
    full._base.add(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
    assert [f.en for f in check(full)] == ["No quote, no fact: no claim states this."]


def test_a_claim_without_an_edge_is_found(full: Store) -> None:
    edge = full.quads(NamedNode(samples.GULL.iri), KG.acquires, None, NamedNode(ids.item("2031-05-deals-1")))
    full._base.remove(next(edge))
    assert sorts(check(full)) == {"edge"}


def test_a_rumour_that_looks_like_a_deal_is_found(full: Store) -> None:
    graph = NamedNode(ids.item("2031-05-deals-1"))
    full._base.add(Quad(NamedNode(samples.GULL.iri), KG.hasAcquired, NamedNode(samples.TERN.iri), graph))
    assert any("A rumour isn't a deal" in fault.en for fault in check(full))


def test_a_default_graph_that_says_more_or_less_is_found(full: Store) -> None:
    deal = NamedNode(ids.acquisition(samples.GULL.iri, samples.TERN.iri))
    status = next(full.quads(deal, KG.status, None, DefaultGraph()))
    full._base.remove(status)
    full._base.add(Quad(deal, KG.status, STATUS.completed, DefaultGraph()))
    found = [fault for fault in check(full) if fault.sort == "default"]
    assert {fault.detail for fault in found} == {"kg:status status:terminated", "kg:status status:completed"}


def test_a_broken_shape_is_found_with_its_item(full: Store) -> None:
    claim, item = a_claim(full)
    (fault,) = damaged(full, claim, KG.confidence, Literal("7", datatype=Literal(1).datatype), item)
    assert (fault.sort, fault.item) == ("shape", "2031-05-deals-1")
    assert fault.en.startswith("A claim's confidence")
    assert fault.zh.startswith("陈述的置信度")


def test_every_hygiene_query_says_what_is_wrong_in_both_languages() -> None:
    paths = sorted(asset("ontology", "checks").glob("*.rq"))
    assert len(paths) >= 9
    for path in paths:
        head = path.read_text(encoding="utf-8").splitlines()[0]
        en, _, zh = head.removeprefix("# ").partition(" | ")
        assert en.endswith("."), path
        assert zh.endswith("。"), path


def both_ways(draft: samples.Draft) -> None:
    draft.item("x", "题")
    draft.claim(samples.RULES, "basedOn", samples.LAW, "办法依据法律")
    draft.claim(samples.LAW, "basedOn", samples.RULES, "法律依据办法")


def part_of_itself(draft: samples.Draft) -> None:
    a, b, c = (samples.entity("Organization", name) for name in ("一会", "二会", "三会"))
    draft.item("x", "题")
    for low, high in ((a, b), (b, c), (c, a)):
        draft.claim(low, "partOf", high, f"{low.label.text}属于{high.label.text}")


def issued_after_the_news(draft: samples.Draft) -> None:
    draft.item("x", "题", date(2031, 5, 5))
    draft.claim(samples.RULES, "issuedBy", samples.BUREAU, "印发办法")


def completed_after_the_news(draft: samples.Draft) -> None:
    draft.item("x", "题", date(2031, 5, 5))
    deal = samples.acquisition(samples.GULL, samples.TERN, "completed", completed="2031-05-06")
    draft.facts[-1].deals.append(deal)
    draft.claim(samples.GULL, "acquires", samples.TERN, "甲收购乙", deal.iri)


def lower_amends_law(draft: samples.Draft) -> None:
    draft.item("x", "题")
    draft.claim(samples.entity("Instrument", "某通知", kind="notice"), "amends", samples.LAW, "通知修改法律")


def deal_without_evidence(draft: samples.Draft) -> None:
    draft.item("x", "题").deals.append(samples.acquisition(samples.GULL, samples.TERN, "announced"))
    draft.facts[-1].entities += [samples.GULL, samples.TERN]


def claim_of_another_deal(draft: samples.Draft) -> None:
    draft.item("x", "题").deals.append(samples.acquisition(samples.GULL, samples.TERN, "announced"))
    draft.claim(samples.GULL, "acquires", samples.CORAL, "甲收购丙", draft.facts[-1].deals[0].iri)
    draft.facts[-1].entities.append(samples.TERN)


def amount_without_words(draft: samples.Draft) -> None:
    from decimal import Decimal

    deal = samples.acquisition(samples.GULL, samples.TERN, "announced", amount=Decimal(5), currency="USD")
    draft.item("x", "题").deals.append(deal)
    draft.claim(samples.GULL, "acquires", samples.TERN, "甲收购乙", deal.iri)


def party_not_mentioned(draft: samples.Draft) -> None:
    draft.item("x", "题")
    draft.claim(samples.GULL, "sues", samples.TERN, "甲起诉乙")
    facts = draft.facts[-1]
    facts.claims.append(Claim(samples.GULL.iri, "sues", samples.CORAL.iri, "甲", 2, 3, Said.SUMMARY, "r", 0.5, page=1))
    draft.text = "题\n" + draft.text[2:]


@pytest.mark.parametrize(
    "write",
    [
        both_ways,
        part_of_itself,
        issued_after_the_news,
        completed_after_the_news,
        lower_amends_law,
        deal_without_evidence,
        claim_of_another_deal,
        amount_without_words,
        party_not_mentioned,
    ],
)
def test_each_hygiene_query_finds_its_fault(write: Callable[[samples.Draft], None]) -> None:
    draft = samples.Draft("r", "题")
    write(draft)
    store = Store.memory()
    store.add(draft.report(), draft.facts, samples.RUN)
    found = [fault.detail for fault in check(store) if fault.sort == "hygiene"]
    assert found
    assert set(found) == {write.__name__.replace("_", "-")}


def test_many_claims_are_checked_in_parts(monkeypatch: pytest.MonkeyPatch, full: Store) -> None:
    monkeypatch.setattr("kg.graph.check._AT_A_TIME", 3)
    assert check(full) == []
    claim, item = a_claim(full)
    assert [fault.sort for fault in damaged(full, claim, KG.rule, KG.acquires, item)] == []
    full._base.remove(next(full.quads(NamedNode(claim), KG.rule)))
    assert [fault.sort for fault in check(full)] == ["shape"]


def test_a_report_of_another_text_fails_in_every_quote(full: Store) -> None:
    report, said = samples.may()
    full.add(replace(report, source=replace(report.source, text="另一份文本" * 80)), said, samples.RUN)
    assert len([fault for fault in check(full) if fault.sort == "quote"]) == 8
