"""What a sentence says of a deal: status, price, valuation, stake, round, lead, days. The names are given."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kg.extract import abbreviations
from kg.extract.plain import simplify
from kg.extract.recogniser import TAGS
from kg.extract.relations import Found, Reader
from kg.extract.terms import rounds
from kg.extract.train import unmark
from kg.items import DEAL_STATUS, Mention, Said, Terms


def read(marked: str) -> Found:
    text, spans = unmark(marked)
    mentions = [Mention(a, b, text[a:b], TAGS[tag]) for a, b, tag in spans]
    mentions = abbreviations.settle(text, mentions)
    return Reader(text, simplify(text), mentions, date(2024, 8, 19)).read()


def only(marked: str, relation: str) -> Terms:
    (terms,) = [r.terms for r in read(marked).relations if r.type == relation]
    assert terms is not None
    return terms


A, B, F, P, Q = "[甲科技](COM)", "[乙软件](COM)", "[丙智能](COM)", "[丁资本](COM)", "[戊创投](COM)"
FOO, BAR = "[Foo Corp](COM)", "[Bar Labs](COM)"

ACQUISITIONS: list[tuple[str, str | None]] = [
    (f"据知情人士透露，{A}考虑收购{B}。", "rumoured"),
    (f"消息称{A}有意收购{B}。", "rumoured"),
    (f"{FOO} is considering a bid to acquire {BAR}.", "rumoured"),
    (f"据甲报报道，{A}以数十亿美元收购{B}。", "rumoured"),
    (f"据甲报报道，{A}宣布以10亿美元收购{B}。", "announced"),
    (f"{A}已就收购{B}一事与其接触。", "in-talks"),
    (f"{A}董事长不排除收购{B}。", "rumoured"),
    (f"{A}可能以10亿美元收购{B}。", "rumoured"),
    (f"{A}正就收购{B}进行谈判。", "in-talks"),
    (f"{A}正与多方洽谈收购{B}。", "in-talks"),
    (f"{FOO} is in talks to acquire {BAR}.", "in-talks"),
    (f"{A}拟收购{B}。", "proposed"),
    (f"{A}计划收购{B}。", "proposed"),
    (f"{A}提议以10亿美元收购{B}。", "proposed"),
    (f"{A}寻求收购{B}。", "proposed"),
    (f"{A}宣布以12亿美元收购{B}。", "announced"),
    (f"{A}同意收购{B}。", "announced"),
    (f"{A}与{B}达成协议，将以9亿美元收购后者。", "announced"),
    (f"{FOO} agreed to acquire {BAR} for $2.5 billion.", "announced"),
    (f"{FOO} will be acquired by {BAR} for $2.5 billion, subject to approval.", "announced"),
    (f"{FOO} was acquired by {BAR} for $2.5 billion.", "completed"),
    (f"{A}已完成对{B}的收购。", "completed"),
    (f"{A}近日正式完成收购{B}全部股份。", "completed"),
    (f"{A}2019年以7亿美元收购{B}。", "completed"),
    (f"{FOO} has completed its acquisition of {BAR}.", "completed"),
    (f"{A}终止收购{B}。", "terminated"),
    (f"因未能取得批准，{A}不再继续收购{B}。", "terminated"),
    (f"在债权人与{B}谈判失败的情况下，{A}或将收购{B}。", "rumoured"),
    (f"{A}放弃收购{B}的计划。", "terminated"),
    (f"{A}收购{B}的交易告吹。", "terminated"),
    (f"{A}收购{B}遭监管机构叫停。", "terminated"),
    (f"{A}曾考虑收购{B}。", "terminated"),
    (f"{A}未能完成对{B}的收购。", "terminated"),
    (f"{A}斥资数千万美元收购{B}。", None),
]
FUNDING: list[tuple[str, str | None]] = [
    (f"据知情人士透露，{P}考虑投资{F}。", "rumoured"),
    (f"{P}正就领投{F}新一轮融资进行洽谈。", "in-talks"),
    (f"据甲报报道，{P}独家投资{F}。", "rumoured"),
    (f"{P}提出向{F}投资至多50亿美元。", "proposed"),
    (f"{P}计划投资{F}。", "proposed"),
    (f"{P}拟领投{F}的C轮融资。", "proposed"),
    (f"{P}签署协议，投资{F}。", "announced"),
    (f"{F}获得{P}数千万元天使轮投资。", "completed"),
    (f"{F}完成种子轮融资，融资金额为800万元，{P}领投。", "completed"),
    (f"{F}完成Pre-A轮融资，投资方为{P}。", "completed"),
    ("[Baz AI](COM) raised $40 million in a Series B led by [Qux Capital](COM).", "completed"),
    (f"{P}终止投资{F}。", "terminated"),
    (f"{P}独家投资{F}。", None),
    (f"{P}入股{F}，持股5%。", None),
]


@pytest.mark.parametrize(("marked", "status"), ACQUISITIONS)
def test_the_status_of_an_acquisition(marked: str, status: str | None) -> None:
    assert only(marked, "acquires").status == status


@pytest.mark.parametrize(("marked", "status"), FUNDING)
def test_the_status_of_an_investment(marked: str, status: str | None) -> None:
    assert only(marked, "investsIn").status == status


@pytest.mark.parametrize("table", [ACQUISITIONS, FUNDING])
def test_every_status_is_among_the_examples(table: list[tuple[str, str | None]]) -> None:
    assert {status for _, status in table} == {*DEAL_STATUS, None}


@pytest.mark.parametrize("marked", [f"{A}否认收购{B}。", f"{P}否认投资{F}。", f"{A}收购{B}的办公楼。"])
def test_a_denial_is_no_deal(marked: str) -> None:
    assert not read(marked).relations


@pytest.mark.parametrize(
    ("marked", "amount", "currency", "qualifier"),
    [
        (f"{A}宣布以12亿美元收购{B}。", "1200000000", "USD", "exact"),
        (f"{A}宣布以约12亿美元收购{B}。", "1200000000", "USD", "about"),
        (f"{A}收购{B}51%股权，作价2.4亿元。", "240000000", "CNY", "exact"),
        (f"{A}同意以每股45美元的价格收购{B}，交易总额约20亿美元。", "2000000000", "USD", "about"),
        (f"{A}市值达300亿美元，宣布以12亿美元收购{B}。", "1200000000", "USD", "exact"),
        (f"{A}宣布以1.32万亿日元（约合85.4亿美元）收购{B}。", "1320000000000", "JPY", "exact"),
        (f"{FOO} agreed to acquire {BAR} for $2.5 billion.", "2500000000", "USD", "exact"),
        (f"{A}宣布收购{B}。", None, None, None),
        (f"{A}宣布以每股45美元收购{B}。", None, None, None),
        (f"{A}营收100亿元，宣布收购{B}。", None, None, None),
    ],
)
def test_the_price(marked: str, amount: str | None, currency: str | None, qualifier: str | None) -> None:
    terms = only(marked, "acquires")
    assert terms.amount == (None if amount is None else Decimal(amount))
    assert (terms.currency, terms.qualifier) == (currency, qualifier)


def test_the_price_may_stand_in_the_next_sentence() -> None:
    assert only(f"{A}宣布收购{B}。交易价格为3亿元。", "acquires").amount == Decimal("3e8")
    assert only(f"{A}宣布收购{B}。公司去年营收为3亿元。", "acquires").amount is None


def test_an_order_of_magnitude_keeps_its_words() -> None:
    terms = only(f"{A}斥资数千万美元收购{B}。", "acquires")
    assert (terms.amount, terms.amount_text, terms.currency) == (None, "数千万美元", None)


def test_a_valuation_is_no_price() -> None:
    terms = only(f"{P}以40亿美元估值领投{F}的6亿美元D轮融资。", "investsIn")
    assert (terms.amount, terms.valuation) == (Decimal("6e8"), Decimal("4e9"))
    (raised,) = read(f"{F}正寻求以100亿美元估值融资5亿美元。").raises
    assert (raised.terms.amount, raised.terms.valuation) == (Decimal("5e8"), Decimal("1e10"))


@pytest.mark.parametrize(
    ("marked", "stake"),
    [
        (f"{A}拟以3亿欧元收购{B}60%的股权。", "0.6"),
        (f"{A}收购{B}51%股权，作价2.4亿元。", "0.51"),
        (f"{A}宣布收购{B}，溢价30%。", None),
        (f"{A}宣布收购{B}。", None),
    ],
)
def test_the_stake(marked: str, stake: str | None) -> None:
    assert only(marked, "acquires").stake == (None if stake is None else Decimal(stake))


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (f"{F}完成2亿元A轮融资，{P}领投，{Q}跟投。", {("A轮", True), ("A轮", False)}),
        (f"{F}宣布完成B+轮融资，由{P}和{Q}联合领投。", {("B+轮", True)}),
        (f"{F}完成Pre-A轮融资，投资方为{P}。", {("Pre-A轮", False)}),
        (f"{P}参与{F}的C轮融资。", {("C轮", False)}),
        (f"{P}宣布向{F}投资3000万美元。", {(None, False)}),
        (
            "[Baz AI](COM) raised $40 million in a Series B led by [Qux Capital](COM), "
            "with participation from [Quux Ventures](COM).",
            {("Series B", True), ("Series B", False)},
        ),
    ],
)
def test_round_and_lead(marked: str, expected: set[tuple[str | None, bool]]) -> None:
    assert {(r.terms.round, r.terms.lead) for r in read(marked).relations if r.terms} == expected


def test_the_one_who_leads_is_the_one_who_is_said_to() -> None:
    found = read(f"{F}完成2亿元A轮融资，{P}领投，{Q}跟投。")
    assert [r.terms.lead for r in sorted(found.relations, key=lambda r: r.subject) if r.terms] == [True, False]


@pytest.mark.parametrize(
    ("marked", "announced", "completed"),
    [
        (f"8月12日，{A}宣布收购{B}。", "2024-08-12", None),
        (f"{A}于2024年3月5日完成了对{B}的收购。", None, "2024-03-05"),
        (f"{A}2019年以7亿美元收购{B}。", None, "2019"),
        (f"据知情人士透露，{A}8月考虑收购{B}。", None, None),
        (f"{A}宣布收购{B}。", None, None),
    ],
)
def test_days(marked: str, announced: str | None, completed: str | None) -> None:
    terms = only(marked, "acquires")
    assert (terms.announced, terms.completed) == (announced, completed)


def test_a_round_keeps_its_amount_wherever_its_investors_stand() -> None:
    (raised,) = read(f"{F}完成6亿美元D轮融资，由{P}领投，投后估值达40亿美元。").raises
    assert (raised.terms.amount, raised.terms.valuation, raised.terms.round) == (Decimal("6e8"), Decimal("4e9"), "D轮")


def test_what_is_raised_stands_behind_the_verb() -> None:
    (raised,) = read(f"{F}以28亿美元估值完成6.4亿美元D轮融资，由{P}领投。").raises
    assert (raised.terms.amount, raised.terms.valuation) == (Decimal("6.4e8"), Decimal("2.8e9"))


def test_hearsay_is_marked() -> None:
    (relation,) = read(f"据知情人士透露，{A}考虑收购{B}。").relations
    assert relation.said is Said.HEARSAY


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("完成A轮、Pre-B轮和B+轮融资", ["A轮", "Pre-B轮", "B+轮"]),
        ("天使轮与种子轮", ["天使轮", "种子轮"]),
        ("a Series C extension", ["Series C extension"]),
        ("a seed round", ["seed round"]),
        ("战略融资", ["战略融资"]),
        ("战略融资者", []),
        ("第一轮谈判", []),
        ("a series of talks", []),
        ("多轮会议", []),
    ],
)
def test_names_of_rounds(text: str, names: list[str]) -> None:
    assert [name for _, _, name in rounds(text)] == names
