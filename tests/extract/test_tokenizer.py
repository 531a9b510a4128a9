"""Tokens: Latin names whole, Chinese character by character, the text unchanged."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.tokenizer import Tokenizer

tokenize = Tokenizer(spacy.blank("xx").vocab)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("收购ZT Systems", ["收", "购", "ZT", "Systems"]),
        ("投资Run.ai。", ["投", "资", "Run.ai", "。"]),
        ("Pre-A轮", ["Pre-A", "轮"]),
        ("AT&T与Moody's", ["AT&T", "与", "Moody's"]),
        ("4.9亿", ["4.9", "亿"]),
        ("1,200万", ["1,200", "万"]),
        ("iPhone16", ["iPhone16"]),
        ("Société Générale", ["Société", "Générale"]),
        ("end. Then", ["end", ".", "Then"]),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert [token.text for token in tokenize(text)] == tokens


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_the_text_stays(text: str) -> None:
    assert tokenize(text).text == text


def test_it_goes_through_spacys_serialisation() -> None:
    assert tokenize.from_bytes(tokenize.to_bytes())("甲 a").text == "甲 a"
