"""Memos for Word, opened again."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from forms.answers import MADE, acquisitions, evidence, grouped
from kg import forms
from kg.errors import UsageError
from kg.forms import docx as memo
from kg.forms.about import About
from kg.query.result import Column, Result, Row


def opened(result: Result, lang: str = "zh") -> Any:
    file = io.BytesIO()
    memo.write(result, file, lang, About("store", MADE))
    return docx.Document(io.BytesIO(file.getvalue()))


def texts(document: Any) -> list[str]:
    return [line.text for line in document.paragraphs if line.text]


def test_what_was_asked_and_what_was_found() -> None:
    document = opened(acquisitions())
    found = texts(document)
    assert found[:3] == ["谁收购了谁？", "买方：海鸥科技", "数据库：store"]
    assert "另有2笔传闻未列入。" in found
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells][:4] == ["买方", "标的", "状态", "金额"]
    assert [cell.text for cell in table.rows[1].cells][:5] == [
        "海鸥科技", "Tern Systems", "已宣布", "4,900,000,000", "USD",
    ]  # fmt: skip
    assert table.rows[1].cells[-1].text == "[1][2]"
    assert table.rows[2].cells[-1].text == "[1][3]"
    assert table.rows[3].cells[-1].text == ""


def test_sources_are_cited_once_and_linked() -> None:
    document = opened(acquisitions())
    cited = [text for text in texts(document) if re.match(r"\[\d\]", text)]
    assert cited == [
        "[1]\t“海鸥科技宣布 以约49亿美元收购Tern Systems” 《海鸥科技拟收购Tern Systems》，海岛报，2031年5月19日，"
        "载2031-05第49页，摘要。 https://example.org/49?a=b&c=[d]",
        "[2]\t“海鸥科技宣布 以约18亿美元收购Tern Systems” 《海鸥科技拟收购Tern Systems》，海岛报，2031年5月19日，"
        "载2031-05第18页，转述传闻。 https://example.org/18?a=b&c=[d]",
        "[3]\t“海鸥科技宣布 以约7亿美元收购Tern Systems” 《海鸥科技拟收购Tern Systems》，2031年5月19日，"
        "载2031-05第7页，律所短评。",
    ]
    links = [link for line in document.paragraphs for link in line.hyperlinks]
    assert [link.address for link in links] == ["https://example.org/49?a=b&c=[d]", "https://example.org/18?a=b&c=[d]"]
    names = {mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))}
    anchors = {link.get(qn("w:anchor")) for link in document.element.iter(qn("w:hyperlink"))} - {None}
    assert anchors == names == {"source1", "source2", "source3"}


def test_in_english() -> None:
    found = texts(opened(acquisitions(), "en"))
    assert found[0] == "Who acquires whom?"
    assert any(
        text.endswith(
            "“海鸥科技拟收购Tern Systems”, 海岛报, 19 May 2031, in 2031-05 p. 18, hearsay. "
            "https://example.org/18?a=b&c=[d]"
        )
        for text in found
    )


def test_word_shows_chinese_in_a_chinese_font() -> None:
    document = opened(acquisitions())
    for name, font in (("Normal", "宋体"), ("Heading 1", "黑体"), ("Heading 2", "黑体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        # a theme's font would go before it
        assert [key for key in fonts.keys() if key.endswith("Theme")] == []  # noqa: SIM118


def test_groups_are_headings_and_empty_columns_are_left_out() -> None:
    document = opened(grouped())
    heads = [line.text for line in document.paragraphs if line.style.name == "Heading 2"]
    assert heads == ["新增", "终止", "依据"]
    assert [len(table.rows) for table in document.tables] == [3, 2]
    sparse = replace(acquisitions(), rows=[Row((None, None, None, 5, None, None, None, None))])
    assert [cell.text for cell in opened(sparse).tables[0].rows[0].cells] == ["金额"]


def test_many_columns_are_a_list() -> None:
    columns = tuple(Column(f"c{n}", f"列{n}", f"Column {n}") for n in range(9))
    result = Result("x", "问", "Asked", columns, [Row(tuple(f"值{n}" for n in range(9)), (evidence(3),))])
    document = opened(result)
    assert document.tables == []
    wanted = "1.\t值0  列1：值1；列2：值2；列3：值3；列4：值4；列5：值5；列6：值6；列7：值7；列8：值8 [1]"
    assert wanted in texts(document)


def test_names_are_no_markup() -> None:
    odd = Result("x", "问 <b>\x00\ufffe", "Asked", (Column("t", "文", "T"),), [Row(("<w:p/>&amp;\x1b[1m\u202e",))])
    document = opened(odd)
    assert texts(document)[0] == "问 <b>\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"
    shown = "<w:p/>&amp;\N{REPLACEMENT CHARACTER}[1m\N{REPLACEMENT CHARACTER}"
    assert document.tables[0].rows[1].cells[0].text == shown


def test_too_much_for_a_memo(tmp_path: Path) -> None:
    rows = (Row((str(number),)) for number in range(memo.ROWS + 1))
    result = Result("x", "问", "Asked", (Column("t", "文", "T"),), rows, cited=False)
    with pytest.raises(UsageError, match=r"^a memo of more than 5,000 rows can't be read: write them to an \.xlsx"):
        forms.write(result, tmp_path / "a.docx")
    assert not list(tmp_path.iterdir())
