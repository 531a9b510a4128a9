"""Simplified characters, one for one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.plain import simplify


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
