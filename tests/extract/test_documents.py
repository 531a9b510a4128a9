"""What a text says of a document: kind, status, days, number. Names come from the whole pipeline."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from kg.extract import pipeline
from kg.items import Document


def documents(nlp: Language, text: str) -> dict[str, Document]:
    doc = pipeline.run(nlp, text, date(2024, 8, 19))
    return {doc._.mentions[d.mention].text: d for d in doc._.documents}


@pytest.mark.parametrize(
    ("text", "title", "kind", "status"),
    [
        (
            "国家网信办就《港口数据管理办法（征求意见稿）》公开征求意见。",
            "港口数据管理办法（征求意见稿）",
            "measures",
            "consultation",
        ),
        ("国家网信办起草了《港口数据管理办法（草案）》。", "港口数据管理办法（草案）", "measures", "draft"),
        ("8月12日，国家网信办公布《港口数据规定》。", "港口数据规定", "provisions", "issued"),
        ("国务院印发《港口发展规划》。", "港口发展规划", "planning", "issued"),
        ("《港口条例》同时废止。", "港口条例", "regulation", "repealed"),
        ("国家网信办正在研究《港口条例》。", "港口条例", "regulation", "planned"),
        ("中国信通院发布《港口白皮书》。", "港口白皮书", "white-paper", "issued"),
        ("根据《港口法》，国家网信办制定《港口数据规定》。", "港口法", "law", "issued"),
        ("企业讨论了《港口管理条例》。", "港口管理条例", "regulation", None),
    ],
)
def test_kind_and_status(nlp: Language, text: str, title: str, kind: str, status: str | None) -> None:
    document = documents(nlp, text)[title]
    assert (document.kind, document.status) == (kind, status)


def test_days_have_their_evidence(nlp: Language) -> None:
    text = "会议召开。8月12日，国家网信办公布《港口数据规定》，自2024年10月1日起施行。会议结束。"
    document = documents(nlp, text)["港口数据规定"]
    assert (document.issued, document.effective) == ("2024-08-12", "2024-10-01")
    assert text[document.start : document.end] == "8月12日，国家网信办公布《港口数据规定》，自2024年10月1日起施行。"


@pytest.mark.parametrize(
    ("text", "title", "number"),
    [
        ("国务院印发《港口发展规划》（国发〔2024〕12号）。", "港口发展规划", "国发〔2024〕12号"),
        ("国家标准GB/T 12345-2024《港口数据分类规则》发布。", "港口数据分类规则", "GB/T 12345-2024"),
        ("国务院印发《港口发展规划》（全文见附件）。", "港口发展规划", None),
    ],
)
def test_numbers(nlp: Language, text: str, title: str, number: str | None) -> None:
    assert documents(nlp, text)[title].number == number


def test_a_document_named_twice_is_one_record(nlp: Language) -> None:
    assert len(documents(nlp, "国务院印发《港口发展规划》。《港口发展规划》共五章。")) == 1
