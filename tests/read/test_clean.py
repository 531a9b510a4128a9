from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.items import Passage, squeeze
from kg.read.clean import Wrap, clean, ends_paragraph, measure
from kg.read.lines import Line, lines, width

WRAPPED = Wrap(24)


def faithful(source: str, passage: Passage) -> None:
    """Every character but white space is the source's at its offset; offsets never decrease."""
    last = 0
    for character, offset in zip(passage.text, passage.offsets, strict=True):
        assert offset >= last
        last = offset
        if not character.isspace():
            assert source[offset] == character
        else:
            assert offset == len(source) or source[offset].isspace() or character == " " or character == "\n"
    assert list(passage.breaks) == sorted(passage.breaks)


@pytest.mark.parametrize(
    ("source", "repaired"),
    [
        ("2024年 8月", "2024年8月"),
        ("云杉拟 49亿美元收购 Perimeter Nine公司", "云杉拟49亿美元收购Perimeter Nine公司"),
        ("Perimeter Nine 已宣布计划收购 Lantern，一家公司", "Perimeter Nine已宣布计划收购Lantern，一家公司"),
        ("《公共数据政策 》", "《公共数据政策》"),
        ("《 公共数据政策》", "《公共数据政策》"),
        ("委员会（CC601）、 IEEE SA项目", "委员会（CC601）、IEEE SA项目"),
        ("应急预案 (试行)", "应急预案(试行)"),
        ("占比 30% 的企业", "占比30%的企业"),
        ("价格\u3000100 元", "价格100元"),
        ("此前， 云杉 公布", "此前，云杉 公布"),
        # what stays
        ("大会开幕 全面助力建设", "大会开幕 全面助力建设"),
        ("Blue Lantern Labs", "Blue Lantern Labs"),
        ("法讯 | 第三期", "法讯 | 第三期"),
        ("said “yes” to it", "said “yes” to it"),
        ("１２３ ＡＢＣ", "１２３ ＡＢＣ"),
        ("甲\t100", "甲\t100"),
    ],
)
def test_spaces(source: str, repaired: str) -> None:
    passage = clean(source, list(lines(source)))
    assert passage.text == repaired
    faithful(source, passage)


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("数据局发布了一份关于公共数", "据的办法", "数据局发布了一份关于公共数据的办法"),
        ("the commission has issued", "new guidance", "the commission has issued new guidance"),
        ("a cross-", "border transfer of such data", "a cross-border transfer of such data"),
        ("收购了 Perimeter", "Nine 公司", "收购了Perimeter Nine公司"),
        ("公司在 2024", "年成立", "公司在2024年成立"),
        ("他说：“这是", "AI时代”", "他说：“这是AI时代”"),
        ("dash –", "and on", "dash – and on"),
    ],
)
def test_joined_lines(first: str, second: str, joined: str) -> None:
    source = f"{first} \r\n\r\n {second}"
    passage = clean(source, list(lines(source)), Wrap(10, blank_ends=False, chinese=not first.isascii()))
    assert passage.text.replace("\n", "¶") == joined
    faithful(source, passage)


def line(text: str, lead: str = "", blank: bool = False) -> Line:
    return Line(0, len(text), text, lead, blank)


@pytest.mark.parametrize(
    ("first", "second", "ends"),
    [
        ("一二三四五六七八九十。", "下一段", True),  # 22 of 24 cells: 下 had had room
        ("一二三四五六七八九十一。", "下一段", False),  # full: nobody can tell
        ("一二三四五六七八九十一", "接着说", False),
        ("一二三四五六七八九十", "接着说", False),  # one short, in mid-sentence
        ("一二三四", "接着说", True),  # a heading
        ("一二三四五六七八九：", "Perimeter", False),  # no room for the word
        ("一二三四五六：", "第一", True),
    ],
)
def test_paragraph_ends(first: str, second: str, ends: bool) -> None:
    assert ends_paragraph(line(first), line(second), WRAPPED) is ends


def test_blank_line_and_indent_end_a_paragraph() -> None:
    assert ends_paragraph(line("一二三四五六七八九十一二"), line("接着", blank=True), WRAPPED)
    assert not ends_paragraph(line("一二三四五六七八九十一二"), line("接着", blank=True), Wrap(24, blank_ends=False))
    assert ends_paragraph(line("一二三四五六七八九十一二"), line("接着", lead="\u3000\u3000"), WRAPPED)


def test_measures_lines_followed_by_blank_ones() -> None:
    text = "\n\n".join(["这一行有二十四个格子宽呀"] * 9 + ["完了。"])
    assert measure(list(lines(text))) == Wrap(24, blank_ends=False, chinese=True)


def test_measures_ragged_english() -> None:
    sentence = "the commission issued guidance on artificial intelligence to all regulated firms in its reach"
    words = sentence.split() * 12
    rows, row = [], ""
    for word in words:
        if len(row) + len(word) + 1 > 60:
            rows.append(row)
            row = ""
        row = f"{row} {word}".strip()
    wrap = measure(list(lines("\n".join([*rows, f"{row}."]))))
    assert wrap.width is not None
    assert 55 <= wrap.width <= 61
    assert clean("\n".join([*rows, row]), list(lines("\n".join([*rows, row])))).text == " ".join(words)


@pytest.mark.parametrize(
    "text",
    [
        "标题在此\n这一段话很长，" + "它没有被断开，" * 9 + "完了。\n小标题\n" + "又是一段很长的话，" * 12 + "完了。",
        "甲公司\n乙公司\n丙公司",
        "一行",
        "",
    ],
)
def test_takes_lines_for_paragraphs_where_nothing_was_wrapped(text: str) -> None:
    assert measure(list(lines(text))).width is None


def test_width() -> None:
    assert width("AB 12") == 5
    assert width("《数据》A") == 9


TEXT = st.text(alphabet=st.sampled_from("数据局发布《办法》，。：“”（） \u3000\n\r\tABz9%-.|—"), max_size=300)


@given(TEXT, st.sampled_from([None, 10, 24, 72]), st.booleans(), st.booleans())
def test_repair_only_touches_white_space(source: str, full: int | None, blank: bool, chinese: bool) -> None:
    passage = clean(source, list(lines(source)), Wrap(full, blank, chinese))
    faithful(source, passage)
    assert squeeze(passage.text) == squeeze(source)


@given(st.text(max_size=200))
def test_repair_of_any_text(source: str) -> None:
    passage = clean(source, list(lines(source)))
    faithful(source, passage)
    assert squeeze(passage.text) == squeeze(source)


def test_cuts_are_breaks() -> None:
    source = "甲乙\n页眉\n丙丁"
    first, _, last = lines(source)
    last.cut = True
    passage = clean(source, [first, last], Wrap(4))
    assert (passage.text, passage.breaks) == ("甲乙丙丁", (2,))
