"""Simplified characters, one for one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.plain import simplify, widen


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("國家數據局發布辦法", "国家数据局发布办法"),
        ("香港金融管理局", "香港金融管理局"),
        ("臺積電 TSMC 3奈米", "台积电 TSMC 3奈米"),
        ("《AI》（2024）", "《AI》（2024）"),
        ("薴", "苎"),
        ("", ""),
    ],
)
def test_simplified(text: str, plain: str) -> None:
    assert simplify(text) == plain


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x2FFFF, exclude_categories=["Cs"])))
def test_the_length_stays_and_twice_is_once(text: str) -> None:
    plain = simplify(text)
    assert len(plain) == len(text)
    assert simplify(plain) == plain


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("本轮融资由青禾领投,云岫跟投;估值不变.", "本轮融资由青禾领投，云岫跟投；估值不变。"),
        ("增长3.5%,同比持平", "增长3.5%，同比持平"),
        ("与Pine Ridge Inc,《办法》", "与Pine Ridge Inc，《办法》"),
        ("消息:8月7日", "消息：8月7日"),
        ("“青禾”,云岫", "“青禾”，云岫"),
        # what keeps its marks
        ("共1,000万元", "共1,000万元"),
        ("Acme, Inc. said: yes, it will.", "Acme, Inc. said: yes, it will."),
        ("链接https://example.org/a?b=1", "链接https://example.org/a?b=1"),
        ("晚间19:30发布", "晚间19:30发布"),
        ("第3.5版", "第3.5版"),
    ],
)
def test_narrow_marks_in_chinese(text: str, wide: str) -> None:
    assert widen(text) == wide
    assert len(widen(text)) == len(text)
