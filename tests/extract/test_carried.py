"""What one sentence leaves to another, or one clause to the next: 其, 双方, 本轮, and prices told afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kg.extract import abbreviations
from kg.extract.plain import simplify
from kg.extract.recogniser import TAGS
from kg.extract.relations import Reader
from kg.extract.train import unmark
from kg.items import Mention, Relation
from tests.extract.test_grammar import facts


def relations(marked: str) -> tuple[list[Mention], list[Relation]]:
    text, spans = unmark(marked)
    mentions = abbreviations.settle(text, [Mention(a, b, text[a:b], TAGS[tag]) for a, b, tag in spans])
    return mentions, Reader(text, simplify(text), mentions, date(2025, 9, 20)).read().relations


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            "这是[乙特](COM)迎来的第三笔注资：8月18日，[甲银](COM)宣布向其投资20亿美元。",
            ("investsIn", "甲银", "乙特"),
        ),
        ("[乙材](COM)公告，[甲机](COM)拟以21亿元取得其至少63.62%的股份。", ("acquires", "甲机", "乙材")),
        (
            "[甲网](COM)宣布收购[乙库](COM)，后者由他人创办，[甲网](COM)已持有其23%的股权。",
            ("investsIn", "甲网", "乙库"),
        ),
        ("[甲果](COM)、[乙元](COM)及其旗下的[丙图](COM)收到调查令。", ("subsidiaryOf", "丙图", "乙元")),
        (
            "[甲惠](COM)完成对[乙博](COM)的收购。此前[丙司法部](REG)将两家公司一并告上法院。",
            ("sues", "丙司法部", "甲惠"),
        ),
        (
            "[甲惠](COM)完成对[乙博](COM)的收购。此前[丙司法部](REG)将两家公司一并告上法院。",
            ("sues", "丙司法部", "乙博"),
        ),
        ("[甲资管](COM)（[乙瓴](COM)旗下）获配10亿元。", ("subsidiaryOf", "甲资管", "乙瓴")),
    ],
)
def test_whom_a_word_means(text: str, fact: tuple[str, str, str]) -> None:
    assert fact in facts(text)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("[甲果](COM)、[乙元](COM)及其旗下的[丙图](COM)收到调查令。", ("subsidiaryOf", "丙图", "甲果")),
        ("[甲车](COM)由[丙果](COM)前高管创办，[丁网](COM)向其供货。", ("investsIn", "丁网", "甲车")),
        (
            "[甲集团](COM)公布，附属公司向控股股东[乙实业](COM)收购[丙电子](COM)全部股权。",
            ("acquires", "乙实业", "丙电子"),
        ),
        ("[甲银](COM)（[乙瓴](COM)的竞争者）获配10亿元。", ("subsidiaryOf", "甲银", "乙瓴")),
        (
            "[甲惠](COM)、[乙博](COM)、[丁星](COM)参展。[丙司法部](REG)将两家公司一并告上法院。",
            ("sues", "丙司法部", "甲惠"),
        ),
    ],
)
def test_whom_it_does_not_mean(text: str, fact: tuple[str, str, str]) -> None:
    assert fact not in facts(text)


def test_the_sellers_of_a_firm_are_not_bought() -> None:
    found = facts("[甲化](COM)拟发行股份购买[乙集团](COM)、丙国贸、[丁科](COM)合计持有的[戊石化](COM)100%股权。")
    assert {f for f in found if f[0] == "acquires"} == {("acquires", "甲化", "戊石化")}


def test_this_round_is_the_one_told_before() -> None:
    mentions, found = relations(
        "上个月，[乙机](COM)完成C轮融资的交割。本轮由[甲讯](COM)和[丙吉](COM)共同领投。融资额近7亿元，投后估值120亿元。"
    )
    rounds = {mentions[r.subject].text: (r.terms.round, r.terms.amount) for r in found if r.terms}
    assert rounds == {"甲讯": ("C轮", Decimal(700_000_000)), "丙吉": ("C轮", Decimal(700_000_000))}


def test_a_goal_is_no_price() -> None:
    _, found = relations("[乙模](COM)宣布完成200亿美元E轮融资，超出最初150亿美元的目标，投资者有[甲资本](COM)。")
    assert [r.terms.amount for r in found if r.terms] == [Decimal(20_000_000_000)]


def test_who_leads_stands_in_brackets() -> None:
    mentions, found = relations("[乙团](COM)完成A轮融资，投资方为[甲投](COM)（领投）、[丙创](COM)。")
    assert {mentions[r.subject].text: r.terms.lead for r in found if r.terms} == {"甲投": True, "丙创": False}


def test_a_purchase_is_no_investment_too() -> None:
    found = facts("[甲药](COM)一次性出资2亿元取得[乙药](COM)95%股权。[甲药](COM)投资[乙药](COM)是为了拓展产品。")
    assert ("acquires", "甲药", "乙药") in found
    assert ("investsIn", "甲药", "乙药") not in found
