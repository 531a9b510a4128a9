"""A character for each thing, and the way back to the text."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.outline import BASES, MENTIONS, Thing, letters, outline


def spelled(text: str) -> str:
    """Private characters as the first letter of what they stand for."""
    for name in BASES:
        text = re.sub(f"[{letters(name)}]", name[0], text)
    return text


def test_names_are_one_character_and_quotes_none() -> None:
    text = "“甲公司”拟收购《乙》"
    sketch = outline(text, 0, len(text), [Thing(1, 4, "Company", 7)])
    assert spelled(sketch.text) == "C拟收购乙"
    assert [thing.ref for thing in sketch.refs(sketch.text)] == [7]
    assert [text[sketch.offset(i)] for i in range(5)] == ["甲", "拟", "收", "购", "乙"]


def test_brackets_are_left_out_unless_they_are_a_names_own() -> None:
    text = "甲公司（注1）收购乙（北京）公司[2](x)。"
    at = text.index("乙")
    sketch = outline(text, 0, len(text), [Thing(0, 3, "Company", 0), Thing(at, at + 7, "Company", 1)])
    assert spelled(sketch.text) == "C收购C。"


def test_things_in_brackets_go_with_them() -> None:
    text = "甲公司（乙公司）称"
    sketch = outline(text, 0, len(text), [Thing(0, 3, "Company", 0), Thing(4, 7, "Company", 1)])
    assert spelled(sketch.text) == "C称"
    assert [t.ref for t in sketch.things.values()] == [0]


def test_things_outside_the_span_and_across_its_edge_are_left_out() -> None:
    text = "甲公司称乙公司"
    sketch = outline(text, 2, len(text), [Thing(0, 3, "Company", 0), Thing(4, 7, "Company", 1)])
    assert spelled(sketch.text) == "司称C"


def test_the_article_of_a_document_goes_with_it() -> None:
    text = "依据《甲法》第二十八条、第三十条和《乙规定》第三十五条第一款的规定，对《丙条例》提案、《丁法》作出修改"
    things = [
        Thing(text.index(n), text.index(n) + 2, "Instrument", i) for i, n in enumerate(("甲法", "乙规", "丙条", "丁法"))
    ]
    things[1:3] = [Thing(text.index(n), text.index(n) + 3, "Instrument", i) for i, n in ((1, "乙规定"), (2, "丙条例"))]
    made = outline(text, 0, len(text), things).text
    assert "条" not in made
    assert made.startswith("依据\ue100和\ue101，对\ue102、\ue103作出")


def test_an_empty_outline() -> None:
    sketch = outline("甲", 0, 0, [])
    assert (sketch.text, sketch.offset(3)) == ("", 0)


def test_mentions_are_no_amounts() -> None:
    assert re.match(f"[{MENTIONS}]", chr(BASES["Person"]))
    assert not re.match(f"[{MENTIONS}]", chr(BASES["Money"]))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="甲乙丙aB1。（）()[]“”《》\n", max_size=40), st.data())
def test_every_character_comes_from_where_it_says(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    things = [
        Thing(a, b, type_, ref)
        for ref, (a, b, type_) in enumerate(
            zip(cuts[::2], cuts[1::2], ["Company", "Money", "Regulator", "Date"], strict=False)
        )
    ]
    sketch = outline(text, 0, len(text), things)
    assert len(sketch.at) == len(sketch.text)
    assert sketch.at == sorted(set(sketch.at))
    for c, at in zip(sketch.text, sketch.at, strict=True):
        thing = sketch.things.get(c)
        assert at == thing.start if thing else text[at] == c
