"""Funding headlines: how well the table beside the checkout is read, and a round that no investor is named of."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kg.extract import pipeline
from tools import funding
from tools.funding import Answer, Money, Row

FLOOR = 0.98


@pytest.mark.skipif(not funding.TABLE.is_file(), reason="the table of events isn't beside the checkout")
def test_headlines_are_read() -> None:
    table = list(funding.rows(funding.TABLE))
    found = funding.measure(table, pipeline.load())
    assert {half: there for half, (_, _, there) in found.items()} == {"even": 500, "odd": 500}
    assert min(share for share, _, _ in found.values()) >= FLOOR


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (
            Row(2, "木槿优选A轮获得青岚创投等300万美元投资", "青岚创投 东垣", "木槿优选", "A轮", "300万美元"),
            {"青岚创投"},
        ),
        (Row(2, "木槿优选A轮获得东垣投资投资", "东垣投资", "木槿优选", "A轮", "未披露"), {"东垣投资"}),
        (Row(2, "木槿优选A轮获得等300万美元投资", "青岚创投", "木槿优选", "A轮", "300万美元"), set()),
        (Row(2, "木槿优选A轮获得无投资", "未披露机构", "木槿优选", "A轮", "未披露"), set()),
        (Row(2, "木槿优选获得天使投资人周启航投资", "周启航个人", "木槿优选", "未知", "未披露"), {"周启航"}),
        (Row(2, "木槿优选获得青岚 （基金部）投资", "青岚", "木槿优选", "未知", "未披露"), {"青岚"}),
        (Row(2, "岭川股份 2亿人民币并购木槿优选", "岭川股份", "木槿优选", "并购", "2亿人民币"), {"岭川股份"}),
        (Row(2, "木槿优选在港交所上市", "港交所", "木槿优选", "IPO上市", "2亿港币"), set()),
    ],
)
def test_whom_a_headline_names(row: Row, names: set[str]) -> None:
    assert funding.named(row) == names


@pytest.mark.parametrize(
    ("amount", "money"),
    [
        ("300万美元", Money(Decimal(3000000), "USD", "300万美元")),
        ("数千万人民币", Money(None, None, "数千万人民币")),
        ("3400万", Money(Decimal(34000000), None, "3400万")),
        ("未披露", Money()),
    ],
)
def test_what_a_headline_says_of_the_amount(amount: str, money: Money) -> None:
    assert funding.told(Row(2, f"木槿优选A轮获得{amount}投资", "", "木槿优选", "A轮", amount)) == money


def test_a_row_is_right_only_where_all_four_are() -> None:
    row = Row(2, "木槿优选A轮获得青岚创投等300万美元投资", "青岚创投", "木槿优选", "A轮", "300万美元")
    money = Money(Decimal(3000000), "USD", "300万美元")
    one, other = (frozenset({name}) for name in ("木槿优选", "青岚创投"))
    assert all(funding.judge(row, Answer((one,), (other,), "a", money)).values())
    wrong = Answer((one, other), (), "b", Money(Decimal(3000000), "CNY", "300万美元"))
    assert not any(funding.judge(row, wrong).values())


UNTOLD = "木槿优选完成数千万元A轮融资\n\n新茶饮公司木槿优选近日宣布完成数千万元A轮融资，资金将用于开店。\n"
NAMED = "青岚创投领投木槿优选A轮融资\n\n青岚创投领投了木槿优选的A轮融资。\n"


def test_a_round_without_investors_is_a_deal_with_its_words(tmp_path: Path, command: Callable[..., Any]) -> None:
    (tmp_path / "a.txt").write_text(UNTOLD, encoding="utf-8")
    assert command("add", tmp_path / "a.txt").code == 0
    assert command("check").code == 0
    shown = command("show", "木槿优选").out
    assert "Rounds of which no investor is named" in shown
    assert "round A轮 · 数千万元" in shown
    assert "新茶饮公司木槿优选近日宣布完成数千万元A轮融资" in shown


def test_once_an_investor_is_named_the_round_is_told_with_him(tmp_path: Path, command: Callable[..., Any]) -> None:
    (tmp_path / "a.txt").write_text(UNTOLD, encoding="utf-8")
    (tmp_path / "b.txt").write_text(NAMED, encoding="utf-8")
    assert command("add", tmp_path / "a.txt", tmp_path / "b.txt").code == 0
    assert command("check").code == 0
    shown = command("show", "木槿优选").out
    assert "Investors 投资方 (1)" in shown
    assert "no investor is named" not in shown


def test_a_purchase_without_a_buyer(tmp_path: Path, command: Callable[..., Any]) -> None:
    (tmp_path / "a.txt").write_text("58亿美元并购Corvanta\n\n市场消息。\n", encoding="utf-8")
    assert command("add", tmp_path / "a.txt").code == 0
    assert command("check").code == 0
    assert "not completed · 58亿美元" in command("show", "Corvanta").out


@pytest.mark.parametrize(
    "sentence",
    [
        "岭川证券完成发行30亿元短期融资券。",
        "岭川股份获得5000万元贷款融资。",
        "自成立以来，木槿优选累计完成3亿元融资。",
        "青岚创投完成对木槿优选的A轮投资。",
        "青岚创投完成20亿元新一期基金募集。",
        "木槿优选否认完成A轮融资，称消息不实。",
    ],
)
def test_what_is_no_round_of_the_firms_own(sentence: str, tmp_path: Path, command: Callable[..., Any]) -> None:
    (tmp_path / "a.txt").write_text(f"一则资讯\n\n{sentence}\n", encoding="utf-8")
    assert command("add", tmp_path / "a.txt").code == 0
    found = command("query", "SELECT ?deal { ?deal a kg:FundingRound FILTER NOT EXISTS { ?deal kg:investor ?who } }")
    assert "round/" not in found.out
