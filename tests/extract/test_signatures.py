"""What a notice says below its text, above it, and in the words by which it hands on."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from kg.extract import pipeline
from kg.items import Document

NOTICE = """工业和信息化部等十二部门关于印发《港口数据行动方案》的通知
工信部联通信〔2024〕227号
各省、自治区、直辖市通信管理局：
现将《港口数据行动方案》印发给你们，请认真抓好落实。
{signed}"""


def facts(nlp: Language, text: str) -> set[tuple[str, str, str]]:
    doc = pipeline.run(nlp, text, date(2024, 12, 1))
    m = doc._.mentions
    return {(r.type, m[r.subject].text, m[r.object].text) for r in doc._.found.relations if r.type != "partOf"}


def documents(nlp: Language, text: str) -> dict[str, Document]:
    doc = pipeline.run(nlp, text, date(2024, 12, 1))
    return {doc._.mentions[d.mention].text: d for d in doc._.documents}


@pytest.mark.parametrize(
    ("signed", "issuers"),
    [
        ("工业和信息化部\n国家发展改革委\n教育部\n2024年11月22日", {"国家发展改革委", "教育部"}),
        ("工业和信息化部 国家发展改革委\n2024年11月22日\n附件：行动方案", {"国家发展改革委"}),
        ("国家发展改革委（盖章）\n2024 年 11 月 22 日", {"国家发展改革委"}),
        # what looks alike and is no signature
        ("抄送：国家发展改革委\n2024年11月22日", set()),
        ("国家发展改革委负责解释。\n2024年11月22日", set()),
        ("国家发展改革委", set()),
        ("国家发展改革委\n自2024年11月22日起施行。", set()),
    ],
)
def test_who_signs_below_a_notice_issues_what_it_carries(nlp: Language, signed: str, issuers: set[str]) -> None:
    found = facts(nlp, NOTICE.format(signed=signed))
    assert {b for kind, a, b in found if kind == "issuedBy" and a == "港口数据行动方案"} == {"工业和信息化部", *issuers}


def test_the_day_and_the_number_are_the_documents(nlp: Language) -> None:
    (found,) = documents(nlp, NOTICE.format(signed="工业和信息化部\n2024年11月22日")).values()
    assert (found.issued, found.number) == ("2024-11-22", "工信部联通信〔2024〕227号")
    (found,) = documents(nlp, NOTICE.format(signed="请遵照执行。")).values()
    assert found.issued is None


def test_who_signs_a_draft_drafts_it(nlp: Language) -> None:
    text = (
        "关于《港口数据办法（征求意见稿）》公开征求意见的通知\n"
        "现将《港口数据办法（征求意见稿）》公布，意见反馈见附件。\n教育部\n2024年11月22日"
    )
    assert ("draftedBy", "港口数据办法（征求意见稿）", "教育部") in facts(nlp, text)


@pytest.mark.parametrize(
    ("text", "bases"),
    [
        (
            "松江省人民政府关于深化港口改革的实施意见\n松政发〔2014〕20号\n根据《港口法》和《国务院关于深化港口改革的决定》"
            "有关要求，现就深化我省港口改革提出以下实施意见：",
            {"港口法", "国务院关于深化港口改革的决定"},
        ),
        (
            "海关总署关于优化港口服务的公告\n为落实《港口条例》，现将有关事项公告如下：\n海关总署\n2024年11月12日",
            {"港口条例"},
        ),
        # what looks alike: nothing is handed on
        (
            "海关总署关于优化港口服务的公告\n企业应当根据《港口条例》申报，现场人员予以协助。\n海关总署\n2024年11月12日",
            set(),
        ),
    ],
)
def test_what_a_notice_says_that_it_rests_on(nlp: Language, text: str, bases: set[str]) -> None:
    heading = text.split("\n")[0]
    assert {b for kind, a, b in facts(nlp, text) if kind == "basedOn" and a == heading} == bases


def test_a_number_of_a_file_names_nobody(nlp: Language) -> None:
    doc = pipeline.run(nlp, NOTICE.format(signed="工业和信息化部\n2024年11月22日"), None)
    assert not [m.text for m in doc._.mentions if "工信部联" in m.text]
