"""Days, months and years, and the year that a text leaves out."""

from __future__ import annotations

from datetime import date

import pytest

from kg.extract.dates import find_dates

TOLD = date(2024, 8, 19)


def days(text: str, told: date | None = TOLD) -> list[str | None]:
    return [when.iso for when in find_dates(text, told)]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024年8月19日", "2024-08-19"),
        ("2024年8月19号", "2024-08-19"),
        ("2024 年 8 月 19 日", "2024-08-19"),
        ("2024.8.19", "2024-08-19"),
        ("2024-08-19", "2024-08-19"),
        ("2024/8/19", "2024-08-19"),
        ("2024年8月", "2024-08"),
        ("2023年10月份", "2023-10"),
        ("2024年", "2024"),
        ("August 5, 2024", "2024-08-05"),
        ("5 August 2024", "2024-08-05"),
        ("Sept 5th, 2023", "2023-09-05"),
        ("June 2023", "2023-06"),
        ("MAY 5, 2024", "2024-05-05"),
    ],
)
def test_a_whole_date_needs_no_day_of_the_item(text: str, iso: str) -> None:
    assert days(text) == days(text, None) == [iso]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("8月19日", "2024-08-19"),
        ("8月20日", "2024-08-20"),  # within the week's grace
        ("12月28日", "2023-12-28"),
        ("12月", "2023-12"),
        ("今年3月", "2024-03"),
        ("今年", "2024"),
        ("去年", "2023"),
        ("去年12月31日", "2023-12-31"),
        ("前年5月", "2022-05"),
        ("明年", "2025"),
        ("今日", "2024-08-19"),
        ("昨日", "2024-08-18"),
        ("前日", "2024-08-17"),
        ("Aug. 5", "2024-08-05"),
        ("March 3rd", "2024-03-03"),
        ("3 March", "2024-03-03"),
        ("自1月1日起施行", "2025-01-01"),
        ("自9月1日起施行", "2024-09-01"),
        ("于9月1日起施行", "2024-09-01"),
        ("自10月1日正式施行", "2024-10-01"),
        ("自8月1日起施行", "2024-08-01"),  # in force since this month, not in a year
    ],
)
def test_the_year_comes_from_the_day_of_the_item(text: str, iso: str) -> None:
    assert days(text) == [iso]
    assert days(text, None) == [None]


@pytest.mark.parametrize(
    ("text", "told", "iso"),
    [
        ("12月28日", date(2025, 1, 6), "2024-12-28"),
        ("1月3日", date(2024, 12, 30), "2025-01-03"),
        ("1月20日", date(2024, 12, 30), "2024-01-20"),
        ("自1月1日起施行", date(2024, 12, 30), "2025-01-01"),
        ("自1月1日起施行", date(2025, 1, 6), "2025-01-01"),
        ("去年12月", date(2025, 1, 6), "2024-12"),
    ],
)
def test_across_new_year(text: str, told: date, iso: str) -> None:
    assert days(text, told) == [iso]


def test_that_day_is_the_last_one_named() -> None:
    assert days("8月16日上市，当日收涨") == ["2024-08-16", "2024-08-16"]
    assert days("当日收涨") == [None]


def test_an_earlier_year_serves_where_the_item_has_no_day() -> None:
    assert days("2023年5月4日启动，6月1日结束", None) == ["2023-05-04", "2023-06-01"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024年2月30日", [None]),
        ("2月30日", [None]),
        ("8月32日", []),
        ("13月5日", []),
        ("2023年2月29日", [None]),
    ],
)
def test_an_impossible_day_is_none(text: str, found: list[None]) -> None:
    assert days(text) == found


def test_a_leap_day_is_of_a_leap_year() -> None:
    assert days("2月29日", date(2024, 3, 1)) == ["2024-02-29"]
    assert days("2月29日", date(2025, 3, 1)) == ["2024-02-29"]
    assert days("2月29日", date(2027, 3, 1)) == [None]


@pytest.mark.parametrize("text", ["2024-2026年", "2024—2026年"])
def test_a_span_of_years_is_no_day(text: str) -> None:
    assert days(text) == ["2026"]


@pytest.mark.parametrize(
    "text",
    [
        "3.5亿",
        "4.9%",
        "2020-2023",
        "2024年度",
        "2024年以来",
        "1.5亿美元",
        "firms that may 5 times",
        "march 5 miles",
        "本月",
        "",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert days(text) == []


def test_a_date_is_where_it_says() -> None:
    text = "公司于2024年3月5日宣布，去年12月曾…… on May 5, 2023."
    assert [text[w.start : w.end] == w.text for w in find_dates(text, TOLD)] == [True] * 3


def test_what_takes_effect_comes() -> None:
    told = date(2024, 6, 14)
    assert [w.iso for w in find_dates("8月1日", told)] == ["2023-08-01"]
    assert [w.iso for w in find_dates("8月1日", told, comes=True)] == ["2024-08-01"]
    assert [w.iso for w in find_dates("6月1日", told, comes=True)] == ["2024-06-01"]
    assert [w.iso for w in find_dates("2023年8月1日", told, comes=True)] == ["2023-08-01"]
