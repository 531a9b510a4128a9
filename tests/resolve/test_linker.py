"""From extracted records to entities, deals and claims, on small reports made by hand."""

from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from spacy.language import Language

from kg import ids
from kg.extract import extract, pipeline
from kg.items import (
    Document,
    EntityType,
    Extraction,
    Item,
    ItemFacts,
    Mention,
    Part,
    Passage,
    Relation,
    Report,
    Said,
    Source,
    Terms,
    Unused,
    squeeze,
)
from kg.reference import Reference
from kg.resolve.linker import Linker, resolve


@pytest.fixture(scope="module")
def nlp() -> Language:
    return pipeline.load()


def report(*texts: str) -> Report:
    """One report, an item a text; the first line is its headline."""
    source, items = "", []
    for n, text in enumerate(texts, 1):
        passage = Passage.verbatim(text, len(source))
        first = text.index("\n") if "\n" in text else 0
        parts = (Part(0, first, Said.HEADLINE), Part(first, len(text), Said.SUMMARY))
        items.append(Item(f"t-{n}", text[:first], passage, parts, issued=date(2024, 8, 19), page=n))
        source += text + "\n"
    return Report("t", "t", Source("t.txt", "0" * 64, "txt", source), tuple(items))


def read(nlp: Language, *texts: str) -> list[ItemFacts]:
    made = report(*texts)
    return resolve(made, [extract(item, nlp) for item in made.items])


def names(text: str, *tagged: tuple[str, EntityType]) -> tuple[Mention, ...]:
    found, at = [], 0
    for name, type_ in tagged:
        at = text.index(name, at)
        found.append(Mention(at, at + len(name), name, type_, None, "model"))
        at += len(name)
    return tuple(found)


def says(type_: str, subject: int, object_: int, text: str, terms: Terms | None = None, **more: object) -> Relation:
    start = int(str(more.get("start", 0)))
    end = int(str(more.get("end", len(text))))
    said = Said.COMMENTARY if more.get("commentary") else Said.SUMMARY
    headline = bool(more.get("headline"))
    return Relation(type_, subject, object_, start, end, start, said, "r", 0.9, terms, headline=headline)


def by_hand(text: str, mentions: tuple[Mention, ...], *relations: Relation, **more: object) -> ItemFacts:
    made = report(text)
    documents = more.get("documents", ())
    assert isinstance(documents, tuple)
    (facts,) = resolve(made, [Extraction(made.items[0], mentions, relations, documents)])
    return facts


def test_open_sentences_are_cited_in_the_source() -> None:
    made = report("甲\n这里没有消息。", "乙\n  他们谈成了收购。 ")
    text = made.items[1].passage.text
    unused = Unused(text.index("他们") - 1, len(text), text.index("收购"))
    facts = resolve(made, [Extraction(made.items[0], (), ()), Extraction(made.items[1], (), (), unused=(unused,))])
    assert facts[0].open_sentences == []
    (one,) = facts[1].open_sentences
    assert (one.quote, one.page) == ("他们谈成了收购。", 2)
    assert made.source.text[one.start : one.end] == one.quote


def test_an_open_sentence_does_not_run_across_a_running_header() -> None:
    source = "他们谈成了\n海岛月报\n一桩收购。"
    text = "他们谈成了一桩收购。"
    offsets = array("L", [source.index(c) for c in text])
    item = Item("t-1", "题", Passage(text, offsets, (5,)), ())
    made = Report("t", "t", Source("t.txt", "0" * 64, "txt", source), (item,))
    (facts,) = resolve(made, [Extraction(item, (), (), unused=(Unused(0, len(text), text.index("收购")),))])
    assert [one.quote for one in facts.open_sentences] == ["一桩收购。"]


# -- who is who


def test_one_regulator_under_three_names(nlp: Language) -> None:
    facts = read(
        nlp,
        "新规\n工信部发布《甲类港口规范》。",
        "新规\n工业和信息化部印发《乙类港口规范》。",
        "News\nMIIT issued the Data Guidelines.",
    )
    issuers = {claim.object for item in facts for claim in item.claims if claim.relation == "issuedBy"}
    assert issuers == {ids.reference("miit")}
    assert sum(len(item.claims) for item in facts) == 3


def test_a_country_that_issues_is_its_government() -> None:
    text = "越南颁布《港口数据保护法》。"
    facts = by_hand(
        text, names(text, ("越南", "Regulator"), ("港口数据保护法", "Instrument")), says("issuedBy", 1, 0, text)
    )
    assert [claim.object for claim in facts.claims] == [ids.reference("vn-gov")]


def test_a_short_form_of_a_local_body_takes_the_documents_place() -> None:
    text = "北京市数据局、市商务局和市交警支队开会。"
    facts = by_hand(
        text, names(text, ("北京市数据局", "Regulator"), ("市商务局", "Regulator"), ("市交警支队", "Regulator"))
    )
    assert [entity.label.text for entity in facts.entities][:2] == ["北京市数据局", "北京市商务局"]


def test_namesakes_in_two_cities_are_two_bodies() -> None:
    text = "北京市朝阳区商务局与长春市朝阳区商务局结对。"
    facts = by_hand(text, names(text, ("北京市朝阳区商务局", "Regulator"), ("长春市朝阳区商务局", "Regulator")))
    assert len(facts.entities) == 2


def test_what_a_relation_says_of_its_ends_counts() -> None:
    text = "甲科技收购乙实验室。"
    facts = by_hand(
        text,
        names(text, ("甲科技", "Company"), ("乙实验室", "Organization")),
        says("acquires", 0, 1, text),
        says("acquires", 0, 1, text),
    )
    assert {entity.type for entity in facts.entities} == {"Company"}


# -- documents


def test_a_short_title_means_another_document_in_another_item(nlp: Language) -> None:
    one, two = read(
        nlp,
        "甲\n国家网信办发布《甲类港口管理办法》（以下简称《管理办法》）。《管理办法》自2024年10月1日起施行。",
        "乙\n商务部发布《乙类港口管理办法》（以下简称《管理办法》）。《管理办法》共五章。",
    )
    assert {e.iri for e in one.entities if e.type == "Instrument"}.isdisjoint(e.iri for e in two.entities)
    for item in (one, two):
        (instrument,) = [e for e in item.entities if e.type == "Instrument"]
        assert "管理办法" not in {instrument.label.text, *(label.text for label in instrument.aliases)}
    (instrument,) = [e for e in one.entities if e.type == "Instrument"]
    assert (instrument.kind, instrument.effective) == ("measures", "2024-10-01")


def test_a_draft_and_its_final_text_are_one_instrument(nlp: Language) -> None:
    draft, final = read(
        nlp,
        "征求意见\n国家网信办就《港口数据管理办法（征求意见稿）》公开征求意见。",
        "发布\n国家网信办正式发布《港口数据管理办法》。",
    )
    (before,) = [e for e in draft.entities if e.type == "Instrument"]
    (after,) = [e for e in final.entities if e.type == "Instrument"]
    assert before.iri == after.iri
    assert (before.status, after.status) == ("consultation", "issued")


def test_the_states_full_name_is_no_other_law() -> None:
    text = "《中华人民共和国港口数据法》即《港口数据法》，并非《港口数据条例》。"
    facts = by_hand(
        text,
        names(
            text,
            ("中华人民共和国港口数据法", "Instrument"),
            ("港口数据法", "Instrument"),
            ("港口数据条例", "Instrument"),
        ),
    )
    assert len(facts.entities) == 2


def test_a_document_is_described() -> None:
    text = "《港口数据条例》发布。"
    facts = by_hand(
        text,
        names(text, ("港口数据条例", "Instrument")),
        documents=(Document(0, "regulation", "issued", "2024-08-01", "2024-10-01", "令第1号"),),
    )
    (entity,) = facts.entities
    assert (entity.kind, entity.status, entity.issued, entity.effective, entity.number) == (
        "regulation",
        "issued",
        "2024-08-01",
        "2024-10-01",
        "令第1号",
    )


# -- deals

TEXT = "甲科技收购乙软件。丙智能融资，丁资本领投，戊创投跟投，己基金洽谈参与。"
FIRMS = names(
    TEXT,
    *((name, "Company") for name in ("甲科技", "乙软件", "丙智能", "丁资本", "戊创投", "己基金")),
)


def test_the_text_outranks_headline_and_commentary() -> None:
    facts = by_hand(
        TEXT,
        FIRMS,
        says("acquires", 0, 1, TEXT, Terms(status="completed", amount=Decimal(1)), headline=True, end=5),
        says("acquires", 0, 1, TEXT, Terms(status="in-talks", amount=Decimal(2)), end=9),
        says("acquires", 0, 1, TEXT, Terms(status="announced", amount=Decimal(3)), commentary=True),
    )
    (deal,) = facts.deals
    assert (deal.terms.status, deal.terms.amount) == ("in-talks", 2)
    assert {claim.deal for claim in facts.claims} == {deal.iri}
    assert len(facts.claims) == 3


def test_an_investor_whose_status_differs_has_a_deal_of_his_own() -> None:
    facts = by_hand(
        TEXT,
        FIRMS,
        says("investsIn", 3, 2, TEXT, Terms(status="completed", round="A轮", lead=True)),
        says("investsIn", 4, 2, TEXT, Terms(status="completed", round="A轮")),
        says("investsIn", 5, 2, TEXT, Terms(status="in-talks")),
    )
    whole, part = facts.deals
    d, e, f = (ids.entity("Company", name) for name in ("丁资本", "戊创投", "己基金"))
    assert (whole.type, whole.terms.status, whole.investors, whole.leads) == ("FundingRound", "completed", (d, e), (d,))
    assert (part.type, part.terms.status, part.investors, part.part_of) == ("Deal", "in-talks", (f,), whole.iri)
    assert {claim.subject: claim.deal for claim in facts.claims} == {d: whole.iri, e: whole.iri, f: part.iri}


def test_two_rounds_of_a_firm_are_two() -> None:
    facts = by_hand(
        TEXT,
        FIRMS,
        says("investsIn", 3, 2, TEXT, Terms(status="completed", round="A轮")),
        says("investsIn", 4, 2, TEXT, Terms(status="completed", round="Series B")),
    )
    assert len({deal.iri for deal in facts.deals}) == 2


APART = "甲行向丙智能投资2亿元。乙银向丙智能投资5亿元。丁社持有丙智能3%的股份。"
PAYERS = names(APART, *((name, "Company") for name in ("甲行", "乙银", "丙智能", "丁社")))


def test_investments_of_different_amounts_are_no_one_round() -> None:
    second, third = APART.index("乙银"), APART.index("丁社")
    facts = by_hand(
        APART,
        PAYERS,
        says("investsIn", 0, 2, APART, Terms(status="announced", amount=Decimal(2), currency="CNY"), end=second),
        says(
            "investsIn",
            1,
            2,
            APART,
            Terms(status="completed", amount=Decimal(5), currency="CNY"),
            start=second,
            end=third,
        ),
        replace(says("investsIn", 3, 2, APART, Terms(status="completed"), start=third), rule="hold-share"),
    )
    a, b, d = (ids.entity("Company", name) for name in ("甲行", "乙银", "丁社"))
    deals = {deal.investors: deal for deal in facts.deals}
    assert {who: (deal.terms.status, deal.terms.amount) for who, deal in deals.items()} == {
        (a,): ("announced", 2),
        (b,): ("completed", 5),
        (d,): ("completed", None),
    }
    assert len({deal.iri for deal in facts.deals}) == 3


def test_shares_of_one_round_are_one_round() -> None:
    text = "丙智能完成A轮融资，其中甲行投资2亿元，乙银投资5亿元。"
    parties = names(text, *((name, "Company") for name in ("丙智能", "甲行", "乙银")))
    facts = by_hand(
        text,
        parties,
        says("investsIn", 1, 0, text, Terms(status="completed", amount=Decimal(2), currency="CNY")),
        says("investsIn", 2, 0, text, Terms(status="completed", amount=Decimal(5), currency="CNY")),
    )
    assert len(facts.deals) == 1


def test_a_plus_is_a_round_of_its_own() -> None:
    assert ids.funding_round("x/y", "a+") != ids.funding_round("x/y", "a")


def test_one_round_under_two_names_is_one() -> None:
    facts = by_hand(
        TEXT,
        FIRMS,
        says("investsIn", 3, 2, TEXT, Terms(status="completed", round="A轮")),
        says("investsIn", 4, 2, TEXT, Terms(status="completed", round="Series A")),
    )
    assert len(facts.deals) == 1


def test_nobody_buys_himself() -> None:
    text = "工信部与工业和信息化部。"
    facts = by_hand(
        text, names(text, ("工信部", "Regulator"), ("工业和信息化部", "Regulator")), says("partOf", 0, 1, text)
    )
    assert facts.claims == []


def test_an_agreement_has_no_direction() -> None:
    facts = by_hand(TEXT, FIRMS, says("agreementWith", 0, 1, TEXT, end=9), says("agreementWith", 1, 0, TEXT, start=9))
    assert len({(claim.subject, claim.object) for claim in facts.claims}) == 1


# -- quotes


def test_quotes_stand_where_they_say(nlp: Language) -> None:
    made = report(
        "甲\n国家网信办发布《甲类港口管理办法》。 微软宣布以12亿美元收购Nuance Communications。",
        "乙\n商务部发布《乙类港口管理办法》。",
    )
    facts = resolve(made, [extract(item, nlp) for item in made.items])
    claims = [claim for item in facts for claim in item.claims]
    assert len(claims) >= 3
    assert all(made.source.text[claim.start : claim.end] == claim.quote for claim in claims)
    assert [claim.page for claim in facts[1].claims] == [2]


def test_no_quote_runs_across_what_was_taken_out() -> None:
    source = "甲科技今日宣布，\n第3页 月报\n将收购乙软件。"
    kept = source.replace("\n第3页 月报\n", "")
    cut = source.index("\n")
    offsets = array("L", [*range(cut), *range(source.index("将"), len(source))])
    item = Item("t-1", "", Passage(kept, offsets, breaks=(cut,)), (), issued=None)
    made = Report("t", "t", Source("t.txt", "0" * 64, "txt", source), (item,))
    mentions = names(kept, ("甲科技", "Company"), ("乙软件", "Company"))
    for cue, quote in ((kept.index("收购"), "将收购乙软件。"), (kept.index("宣布"), "甲科技今日宣布，")):
        relation = Relation("acquires", 0, 1, 0, len(kept), cue, Said.SUMMARY, "r", 0.9, Terms())
        (facts,) = resolve(made, [Extraction(item, mentions, (relation,))])
        (claim,) = facts.claims
        assert claim.quote == quote
        assert squeeze(source[claim.start : claim.end]) == squeeze(claim.quote)


def test_the_same_sentence_is_quoted_once() -> None:
    facts = by_hand(TEXT, FIRMS, *[says("acquires", 0, 1, TEXT, end=9)] * 2)
    assert len(facts.claims) == 1


def test_the_same_input_gives_the_same_output(nlp: Language) -> None:
    texts = (
        "甲\n国家网信办发布《甲类港口管理办法》（以下简称《办法》）。微软宣布收购Nuance Communications。",
        "乙\n红杉中国与高瓴创投投资微软。北京市数据局、市商务局列席。",
    )
    assert read(nlp, *texts) == read(nlp, *texts)


def test_an_item_with_nothing_in_it() -> None:
    facts = by_hand("甲", ())
    assert (facts.entities, facts.deals, facts.claims) == ([], [], [])


def test_a_firm_with_its_country_before_its_name_is_that_firm() -> None:
    linker = Linker(Reference.load())

    def iri(name: str) -> str:
        mention = Mention(0, len(name), name, "Company", None, "model")
        return linker.decide(mention, "Company", [], frozenset(), "x-1").iri

    assert iri("日本软银集团") == iri("软银集团")
    assert iri("美国银行") != iri("银行")
    assert iri("中国甲乙科技") != iri("甲乙科技")


def test_every_form_keeps_its_reason_and_a_claim_the_names_of_its_sentence() -> None:
    text = "海岛数据局\n海鸥科技与Tern\nSystems签署协议，Tern\nSystems亦与海鸥科技签署协议。国家数据局NDA China。"
    tagged: list[tuple[str, EntityType]] = [
        ("海鸥科技", "Company"), ("Tern\nSystems", "Company"), ("Tern\nSystems", "Company"), ("海鸥科技", "Company"),
        ("国家数据局", "Regulator"), ("NDA China", "Regulator"),
    ]  # fmt: skip
    mentions = names(text, *tagged)
    ends = text.index("，"), text.index("。")
    relations = (
        Relation("agreementWith", 0, 1, 6, ends[0], 20, Said.SUMMARY, "r", 0.9),
        Relation("agreementWith", 2, 3, ends[0] + 1, ends[1], ends[1] - 1, Said.SUMMARY, "r", 0.9),
    )
    made = report(text)
    (facts,) = resolve(made, [Extraction(made.items[0], mentions, relations)])
    met = {entity.label.text: [(one.form, one.reason) for one in entity.met] for entity in facts.entities}
    assert met == {
        "海鸥科技": [("海鸥科技", "its name")],
        "Tern Systems": [("Tern Systems", "its name")],
        "国家数据局": [("国家数据局", "a name of nda"), ("NDA China", "a name of nda")],
    }
    # told the other way round, it is the same agreement, and its names are still those of its ends
    assert [(c.subject_form, c.object_form) for c in facts.claims] == [("海鸥科技", "Tern Systems")] * 2


def test_a_short_form_is_whose_the_document_says(nlp: Language) -> None:
    (facts,) = read(
        nlp,
        "證監會發表通函\n證券及期貨事務監察委員會（證監會）11月3日發表通函。證監會行政總裁梁鳳儀表示，此舉可行。",
    )
    assert [e.iri.rsplit("/", 1)[-1] for e in facts.entities if e.type == "Regulator"] == ["hk-sfc"]
    (facts,) = read(nlp, "证监会发布通知\n证监会11月3日发布通知。")
    assert [e.iri.rsplit("/", 1)[-1] for e in facts.entities if e.type == "Regulator"] == ["csrc"]
