"""Normal forms of names: near-misses included."""

from __future__ import annotations

import os

import pytest

from kg.resolve import names


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Tern Systems, Inc.", "ternsystems"),
        ("TERN SYSTEMS", "ternsystems"),
        ("Société Générale S.A.", "societegenerale"),
        ("The Group", "thegroup"),  # nothing else is left of it
        ("海鸥科技（上海）有限公司", "海鸥科技"),
        ("海鷗科技股份有限公司", "海鸥科技"),
        ("海鸥集团股份有限公司", "海鸥"),
        ("公司", "公司"),
        ("海鸥公司法研究会", "海鸥公司法研究会"),
        ("《", ""),
    ],
)
def test_a_core_is_the_name_without_its_legal_form(name: str, core: str) -> None:
    assert names.core(name) == core


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("第一批清单", "第二批清单", False),
        ("行动计划（2023年）", "行动计划（2024年）", False),
        ("模型3.0", "模型3.5", False),
        ("海岛十四五规划", "海岛十四五规划纲要", True),
        ("一网通办", "网通办", True),
    ],
)
def test_numbers_tell_names_apart(one: str, other: str, alike: bool) -> None:
    assert (names.numerals(one) == names.numerals(other)) is alike


@pytest.mark.parametrize(("name", "lang"), [("海鸥", "zh"), ("海鷗", "zh-Hant"), ("Gull", "en"), ("360", None)])
def test_languages_are_told_by_their_letters(name: str, lang: str | None) -> None:
    assert names.language(name) == lang


def test_pinyin_is_how_a_firm_may_be_written_in_english() -> None:
    assert names.pinyin("智谱华章科技有限公司") == "zhipuhuazhangkeji"
    assert names.pinyin("绿AI") == "luai"


@pytest.mark.parametrize(
    ("form", "name", "whole"),
    [
        ("gjsjj", "国家数据局", True),
        ("guojshujj", "国家数据局", True),
        ("gjsj", "国家数据局", False),
        ("lvyou", "旅游", True),
        ("luyou", "旅游", True),
        ("cq", "重庆", True),
        ("zq", "重庆", True),
        ("360sz", "360数智", True),
    ],
)
def test_pinyin_spells(form: str, name: str, whole: bool) -> None:
    assert names.spelled(form, name, whole)


@pytest.mark.parametrize(
    ("form", "name", "whole"),
    [("gjsj", "国家数据局", True), ("gjsjjj", "国家数据局", True), ("hjsjj", "国家数据局", False), ("", "国家", True)],
)
def test_pinyin_does_not_spell(form: str, name: str, whole: bool) -> None:
    assert not names.spelled(form, name, whole)


def test_the_environment_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    names._readings.cache_clear()
    monkeypatch.setenv("PYPINYIN_NO_PHRASES", "yes")
    assert names.readings("行")[:2] == ("xing", "hang")
    assert os.environ["PYPINYIN_NO_PHRASES"] == "yes"
