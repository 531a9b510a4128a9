"""The road from text to records: the same each time, and for any text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from kg.errors import UsageError
from kg.extract import extract, pipeline
from kg.items import Item, Part, Passage, Said

TEXT = """国家网信办发布《港口数据管理办法》
8月12日，国家网信办发布《港口数据管理办法》（以下简称《管理办法》），自2024年10月1日起施行。
微软宣布以12亿美元收购Nuance Communications。据知情人士透露，谷歌考虑收购同一公司。"""


def item(text: str) -> Item:
    first = text.index("\n") if "\n" in text else len(text)
    parts = (Part(0, first, Said.HEADLINE), Part(first, len(text), Said.SUMMARY))
    return Item("t-1", text[:first], Passage.verbatim(text), parts, issued=date(2024, 8, 19))


def test_the_same_text_gives_the_same_records(nlp: Language) -> None:
    first = extract(item(TEXT), nlp)
    assert first.mentions
    assert first.relations
    extract(item("微软与谷歌（以下简称“甲”）。"), nlp)  # what came between leaves no trace
    assert extract(item(TEXT), nlp) == first


def test_who_speaks_is_the_items_part(nlp: Language) -> None:
    found = extract(item(TEXT), nlp)
    headline = TEXT.index("\n")
    assert {r.said for r in found.relations if r.start < headline} == {Said.HEADLINE}
    assert Said.SUMMARY in {r.said for r in found.relations if r.start > headline}


def test_evidence_holds_the_cue(nlp: Language) -> None:
    assert all(r.start <= r.cue < r.end <= len(TEXT) for r in extract(item(TEXT), nlp).relations)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。", "《》", "（）", "a", "《《《", "））"])
def test_a_text_with_nothing_in_it(nlp: Language, text: str) -> None:
    found = extract(item(text), nlp)
    assert (found.mentions, found.relations) == ((), ())


def test_a_pipeline_that_is_not_installed_is_named() -> None:
    with pytest.raises(UsageError, match="xx_nonesuch"):
        pipeline.load("xx_nonesuch")


PIECES = st.sampled_from(
    [
        *("国家网信办", "国务院办公厅", "市商务局", "华为", "微软", "Nvidia Corp.", "ZT Systems", "李明", "中国"),
        *(
            "《港口管理办法（征求意见稿）》",
            "《办法》",
            "（以下简称《办法》）",
            "（CMA）",
            "《",
            "》",
            "（",
            "）",
            "“",
            "”",
        ),
        *("收购", "领投", "发布", "印发", "就", "公开征求意见", "与", "、", "和", "等十部门", "旗下", "起诉", "被"),
        *("12亿美元", "近亿元", "A轮", "55%股权", "8月19日", "去年", "2月30日", "自1月1日起施行", "知情人士", "拟"),
        *("。", "，", "；", "\n", " ", ".", "-", "&", "國家數據局發布辦法", "é", "😀", "\u200b", "\u3000", "²", "〇"),
    ]
)
ANY = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=24).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY)
def test_any_text(nlp: Language, text: str) -> None:
    doc = pipeline.run(nlp, text, date(2024, 8, 19))
    mentions = doc._.mentions
    assert doc.text == text
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(m.text.strip() for m in mentions)
    for relation in doc._.found.relations:
        assert 0 <= relation.start <= relation.cue < relation.end <= len(text)
        assert relation.subject < len(mentions)
        assert relation.object < len(mentions)
    assert all(d.mention < len(mentions) for d in doc._.documents)
