"""What is kept for review: sentences that seem to tell a deal or an issue, and gave no relation."""

from __future__ import annotations

import pytest

from kg.extract import pipeline, sentences, unused
from kg.extract.relations import Found
from kg.items import Mention, Raise, Relation, Said, Terms, Unused


def listed(text: str, *read: str, raised: str | None = None) -> list[str]:
    """The sentences that are listed where those in ``read`` gave a relation."""
    found = Found()
    for one in read:
        at = text.index(one)
        found.relations.append(Relation("acquires", 0, 1, at, at + len(one), at, Said.SUMMARY, "r", 0.9))
    if raised is not None:
        at = text.index(raised)
        found.raises.append(Raise(0, Terms(), told=True, start=at, end=at + len(raised)))
    return [text[one.start : one.end] for one in unused.find(text, found)]


@pytest.mark.parametrize(
    "text",
    [
        "海鸥科技收购了那家做浮标的小厂。",
        "双方终止了收购谈判。",
        "礁石资本战略入股珊瑚智能。",
        "海岛数据局近日印发指导意见。",
        "协会在会上发布《海岛算力白皮书》。",
        "《海岛数据办法》向社会公开征求意见。",
        "珊瑚智能完成B轮融资。",
        "珊瑚智能宣布融资近3亿元。",
        "本轮由礁石资本领投。",
        "海鸥科技被燕鸥软件起诉。",
        "Gull Tech agreed to acquire a maker of buoys.",
        "Reef Capital led the Series B round.",
    ],
)
def test_a_word_for_a_fact_without_a_fact_is_listed(text: str) -> None:
    assert listed(text) == [text]
    assert listed(text, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "此次收购预计年内完成。",
        "该收购尚待批准。",
        "收购交易须经监管部门批准。",
        "并购市场今年趋冷。",
        "收购人应当履行《上市公司收购管理办法》规定的义务。",
        "办法自印发之日起施行。",
        "领投方没有露面。",
        "征求意见稿共十六条。",
        "根据《海岛数据法》，企业应当备案。",
        "海鸥科技再融资计划受阻。",
        "公司累计融资超过10亿元。",
        "融资余额减少1亿元。",
        "她购入股份后继续持有。",
        "原告递交了起诉状。",
        "案件已移送审查起诉。",
        "The acquirer declined to comment.",
        "海鸥科技的浮标卖到了三十个港口。",
        "",
    ],
)
def test_what_speaks_of_deals_in_general_is_not(text: str) -> None:
    assert listed(text) == []


def test_a_round_that_was_read_is_a_fact() -> None:
    text = "珊瑚智能完成B轮融资。"
    assert listed(text, raised=text) == []


def test_a_headline_is_told_by_its_text() -> None:
    headline, text = "海鸥科技收购燕鸥软件", "海鸥科技周一表示，已收购燕鸥软件。"
    assert listed(f"{headline}\n{text}", text) == []
    assert listed(f"{headline}\n这家公司没有回应。") == [headline]


def test_each_headline_of_a_digest_has_a_text_of_its_own() -> None:
    first, second = "海鸥科技收购燕鸥软件", "礁石资本入股珊瑚智能"
    text = "海鸥科技周一表示，已收购燕鸥软件。"
    assert listed(f"{first}\n双方没有回应。\n{second}\n{text}", text) == [first]


def test_what_the_second_opinion_adds_stays_in_the_order_of_the_text() -> None:
    text = "甲与乙谈妥了。丙收购丁。"
    first, second = sentences.spans(text)
    found = Found(unused=[Unused(*first, 2)])
    assert unused.find(text, found) == [Unused(*first, 2), Unused(*second, text.index("收购"))]


def test_a_relation_that_is_dropped_later_leaves_its_sentence_open() -> None:
    """The step stands behind those that take relations away."""
    steps = pipeline.load().pipe_names
    assert steps.index("kg_unused") > max(steps.index(name) for name in ("kg_opinion", "kg_support", "kg_nesting"))


def test_offsets_are_those_of_the_text_and_not_of_the_simplified_one() -> None:
    text = "海鷗科技宣布收購一間浮標小廠。別無他事。"
    doc = pipeline.run(pipeline.load(), text, None)
    (one,) = doc._.found.unused
    assert text[one.start : one.end] == "海鷗科技宣布收購一間浮標小廠。"
    assert text[one.cue : one.cue + 2] == "收購"
    assert all(isinstance(mention, Mention) for mention in doc._.mentions)
