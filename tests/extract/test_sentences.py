"""Where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.sentences import spans

CASES: list[tuple[str, list[str]]] = [
    ("一。二！三？四；五", ["一。", "二！", "三？", "四；", "五"]),
    ("什么？！真的", ["什么？！", "真的"]),
    ("第一行\n第二行", ["第一行", "第二行"]),
    ("他说“好。”然后走。", ["他说“好。”", "然后走。"]),
    ("《关于甲。乙的通知》发布。", ["《关于甲。乙的通知》发布。"]),
    ("（见第1条。第2条）完。", ["（见第1条。第2条）完。"]),
    ("完（注。）", ["完（注。）"]),
    ("未闭合（注。后", ["未闭合（注。", "后"]),
    ("《未闭合。书", ["《未闭合。", "书"]),
    ("增长3.5亿。", ["增长3.5亿。"]),
    ("Apple Inc. said it. Buy now.", ["Apple Inc. said it.", "Buy now."]),
    ("The U.S. Senate passed it. Next.", ["The U.S. Senate passed it.", "Next."]),
    ("Mr. Smith met Dr. Who. They left.", ["Mr. Smith met Dr. Who.", "They left."]),
    ("No. 5 is out. Ok", ["No. 5 is out.", "Ok"]),
    ("见e.g. Foo 5%. Bar", ["见e.g. Foo 5%.", "Bar"]),
    ("It costs 4.9 billion. Then", ["It costs 4.9 billion.", "Then"]),
    ('He said "yes." Then', ['He said "yes."', "Then"]),
    ("投资Run.ai公司。", ["投资Run.ai公司。"]),
    ("", []),
    ("  \n ", []),
]


@pytest.mark.parametrize(("text", "parts"), CASES)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in spans(text)] == parts


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='甲乙aB1。！；.《》（）()“”\n "%', max_size=40))
def test_sentences_hold_all_but_white_space_in_order(text: str) -> None:
    found = spans(text)
    assert all(a < b for a, b in found)
    assert "".join("".join(text[a:b].split()) for a, b in found) == "".join(text.split())
