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
        ("交通运输部将研究制定《港口办法》，会同海关总署出台《港口意见》。", "港口办法", "measures", "draft"),
        ("交通运输部将研究制定《港口办法》，会同海关总署出台《港口意见》。", "港口意见", "opinions", "draft"),
        ("国家网信办公布《港口数据规定》（征求意见稿）。", "港口数据规定", "provisions", "consultation"),
        ("《港口条例》同时废止。", "港口条例", "regulation", "repealed"),
        ("原《港口条例》（2012年版）相应废止。", "港口条例", "regulation", "repealed"),
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


def test_the_day_stands_where_one_of_several_sentences_has_it(nlp: Language) -> None:
    text = "国家网信办公布《港口规定》\n8月12日，国家网信办公布了《港口规定》。\n国家网信办公布的《港口规定》意义重大。"
    assert documents(nlp, text)["港口规定"].issued == "2024-08-12"


@pytest.mark.parametrize(
    ("text", "issued"),
    [
        ("8月12日，欧盟《港口数据法》在欧盟官方公报刊登，将于10月1日生效。", "2024-08-12"),
        ("《港口数据规定》于2024年3月22日正式公布，自公布之日起施行。", "2024-03-22"),
        ("《港口数据规定》（修订版）已于2024年3月22日经市政府同意后印发。", "2024-03-22"),
        ("8月1日，修订后的《港口数据规定》公布。", "2024-08-01"),
        ("8月12日，《港口数据法》在官方公报刊登。欧洲议会于3月13日、欧盟理事会于5月21日先后通过了该法。", "2024-08-12"),
        # what looks alike and tells another day, or none
        ("8月1日，专家表示，《港口数据规定》已经发布。", None),
        ("8月1日，《港口数据规定》解读文章发布。", None),
        ("《港口数据规定》将于10月1日发布。", None),
        ("《港口数据规定》自2024年3月22日公布之日起施行。", None),
        ("2024年8月1日，企业就《港口数据规定》公布典型案例。", None),
        ("8月1日，《港口数据规定》发布会召开。", None),
    ],
)
def test_the_day_without_an_issuer(nlp: Language, text: str, issued: str | None) -> None:
    assert next(iter(documents(nlp, text).values())).issued == issued


def test_a_number_in_brackets_is_no_document_of_its_own(nlp: Language) -> None:
    found = documents(nlp, "7月12日，欧盟《港口数据法》（第2024/1689号条例）在欧盟官方公报刊登。")
    assert {title: document.number for title, document in found.items()} == {"港口数据法": "第2024/1689号条例"}


def test_a_document_named_twice_is_one_record(nlp: Language) -> None:
    assert len(documents(nlp, "国务院印发《港口发展规划》。《港口发展规划》共五章。")) == 1
