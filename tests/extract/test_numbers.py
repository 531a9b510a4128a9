"""Amounts, shares and counts, and what only looks like them."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.numbers import chinese_number, find_money, find_shares

ONE_AMOUNT = [
    # text, amount's words, amount, currency, qualifier
    ("获得数千万美元融资", "数千万美元", None, "USD", "about"),
    ("筹得数百万美元", "数百万美元", None, "USD", "about"),
    ("融资数亿元", "数亿元", None, "CNY", "about"),
    ("几十亿美元的缺口", "几十亿美元", None, "USD", "about"),
    ("十几亿元", "十几亿元", None, "CNY", "about"),
    ("上亿元", "上亿元", None, "CNY", "about"),
    ("完成千万级美元融资", "千万级美元", None, "USD", "about"),
    ("近亿元", "近亿元", "100000000", "CNY", "about"),
    ("近千万元", "近千万元", "10000000", "CNY", "about"),
    ("逾百亿日元", "逾百亿日元", "10000000000", "JPY", "at-least"),
    ("百亿元规模", "百亿元", "10000000000", "CNY", "exact"),
    ("HK$3.5亿", "HK$3.5亿", "350000000", "HKD", "exact"),
    ("S$2000万", "S$2000万", "20000000", "SGD", "exact"),
    ("NT$30亿", "NT$30亿", "3000000000", "TWD", "exact"),
    ("RMB 300 million", "RMB 300 million", "300000000", "CNY", "exact"),
    ("300 million yuan", "300 million yuan", "300000000", "CNY", "exact"),
    ("每股4.5港元", "4.5港元", "4.5", "HKD", "exact"),
    ("$5m", "$5m", "5000000", "USD", "exact"),
    ("US$1.2bn", "US$1.2bn", "1200000000", "USD", "exact"),
    ("$300k in fees", "$300k", "300000", "USD", "exact"),
    ("$4.9 billion", "$4.9 billion", "4900000000", "USD", "exact"),
    ("4.9 billion dollars", "4.9 billion dollars", "4900000000", "USD", "exact"),
    ("£30 million", "£30 million", "30000000", "GBP", "exact"),
    ("€2 billion", "€2 billion", "2000000000", "EUR", "exact"),
    ("up to $75 million", "up to $75 million", "75000000", "USD", "up-to"),
    ("less than 3 million euros", "less than 3 million euros", "3000000", "EUR", "up-to"),
    ("1 trillion yen", "1 trillion yen", "1000000000000", "JPY", "exact"),
    ("超过10亿欧元", "超过10亿欧元", "1000000000", "EUR", "at-least"),
    ("不超过3000万元人民币", "不超过3000万元人民币", "30000000", "CNY", "up-to"),
    ("100多万元", "100多万元", "1000000", "CNY", "at-least"),
    ("10多亿美元", "10多亿美元", "1000000000", "USD", "at-least"),
    ("3亿元以上", "3亿元以上", "300000000", "CNY", "at-least"),
    ("12亿英镑以下", "12亿英镑以下", "1200000000", "GBP", "up-to"),
    ("5亿美元左右", "5亿美元左右", "500000000", "USD", "about"),
    ("五百万元", "五百万元", "5000000", "CNY", "exact"),
    ("两亿美元", "两亿美元", "200000000", "USD", "exact"),
    ("3千万元", "3千万元", "30000000", "CNY", "exact"),
    ("一亿两千万元", "一亿两千万元", "120000000", "CNY", "exact"),
    ("1亿2000万元", "1亿2000万元", "120000000", "CNY", "exact"),
    ("1,200万元", "1,200万元", "12000000", "CNY", "exact"),
    ("人民币1,234.56万元", "人民币1,234.56万元", "12345600", "CNY", "exact"),
    ("約合1.1萬億韓元", "1.1萬億韓元", "1100000000000", "KRW", None),
    ("港幣3億元", "港幣3億元", "300000000", "HKD", "exact"),
    ("人民幣2億元", "人民幣2億元", "200000000", "CNY", "exact"),
    ("2024年10亿美元", "10亿美元", "1000000000", "USD", "exact"),
    ("第三轮融资5000万美元", "5000万美元", "50000000", "USD", "exact"),
    ("15亿元（含税）", "15亿元", "1500000000", "CNY", "exact"),
    ("$5 and more", "$5", "5", "USD", "exact"),
]


@pytest.mark.parametrize(("text", "words", "amount", "currency", "qualifier"), ONE_AMOUNT)
def test_an_amount(text: str, words: str, amount: str | None, currency: str, qualifier: str | None) -> None:
    (one,) = find_money(text)
    assert one.text == words == text[one.start : one.end]
    assert one.amount == (None if amount is None else Decimal(amount))
    assert one.currency == currency
    assert qualifier is None or one.qualifier == qualifier


@pytest.mark.parametrize(
    "text",
    [
        "16家企业",
        "2024年",
        "长5 m",
        "5m",
        "3.5亿用户",
        "3 million users",
        "元宇宙2024",
        "元2024",
        "多元化经营",
        "二元结构",
        "三元锂电池",
        "第一单元",
        "Samsung won 5 awards",
        "they won 3 games",
        "a parcel of 5 pounds",
        "300家门店",
        "以上各方",
        "",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert find_money(text) == []


@pytest.mark.parametrize("text", ["1.32万亿日元（约合85.4亿美元）", "1.32万亿日元(约合85.4亿美元)"])
def test_a_conversion_in_brackets_is_an_amount_of_its_own(text: str) -> None:
    first, second = find_money(text)
    assert (first.text, first.amount, first.currency) == ("1.32万亿日元", Decimal("1.32e12"), "JPY")
    assert (second.amount, second.currency, second.qualifier) == (Decimal("8.54e9"), "USD", "about")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("55%股权", "0.55"),
        ("33.4％的股份", "0.334"),
        ("51 % stake", "0.51"),
        ("100%", "1"),
        ("0.5%", "0.005"),
        ("百分之三十", "0.3"),
        ("百分之百", "1"),
        ("百分之十二点五", "0.125"),
    ],
)
def test_a_share(text: str, value: str) -> None:
    (share,) = find_shares(text)
    assert share.value == Decimal(value)
    assert share.text == text[share.start : share.end]


@pytest.mark.parametrize("text", ["0%", "同比增长120%", "5‰", "百分点", "55股"])
def test_what_is_no_share(text: str) -> None:
    assert find_shares(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("两百", 200),
        ("二百零五", 205),
        ("一千零一", 1001),
        ("三万五千", 35_000),
        ("一亿两千万", 120_000_000),
        ("千万", 10_000_000),
        ("12", 12),
        ("〇", 0),
        ("", None),
        ("十部门", None),
        ("abc", None),
        ("²", None),
    ],
)
def test_a_chinese_number(text: str, number: int | None) -> None:
    assert chinese_number(text) == number


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789.,一二三百千万亿数近超约多余级元美港$¥RMBmk 年（）", max_size=24))
def test_an_amount_is_where_it_says(text: str) -> None:
    found = find_money(text)
    assert all(text[m.start : m.end] == m.text for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
