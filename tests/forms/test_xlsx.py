"""Workbooks, opened again by another library."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from forms.answers import MADE, TERN, acquisitions, grouped
from kg import forms
from kg.errors import UsageError
from kg.forms import xlsx
from kg.forms.about import About
from kg.query.result import Column, Result, Row, Value

TEXT = (Column("text", "文字", "Text"),)


def opened(result: Result, lang: str = "zh") -> Any:
    file = io.BytesIO()
    xlsx.write(result, file, lang, About("store", MADE))
    return openpyxl.load_workbook(io.BytesIO(file.getvalue()))


def one(value: Value) -> Any:
    """The cell that a value becomes."""
    return opened(Result("x", "问", "Asked", TEXT, [Row((value,))])).worksheets[0]["A2"]


def test_values_keep_their_types() -> None:
    sheet = opened(acquisitions())["结果"]
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, sheet[2], strict=True))
    assert (row["买方"].value, row["买方"].data_type) == ("海鸥科技", "s")
    assert (row["金额"].value, row["金额"].data_type, row["金额"].number_format) == (4_900_000_000, "n", "#,##0")
    assert sheet[3][heads.index("金额")].value == 43_000_000.5
    assert row["宣布日期"].value == datetime(2031, 5, 19)
    assert row["宣布日期"].is_date
    assert sheet[3][heads.index("宣布日期")].value == "2031-05"
    assert (row["领投"].value, row["领投"].data_type) == (True, "b")
    assert row["网站"].hyperlink.target == "https://example.org/tern"
    assert sheet[4][heads.index("网站")].hyperlink is None  # javascript: isn't followed
    assert (row["原文"].value, row["页码"].value) == ("海鸥科技宣布\n以约49亿美元收购Tern Systems", 49)
    assert row["链接"].hyperlink.target == "https://example.org/49?a=b&c=%5bd%5d"
    assert (row["性质"].value, row["依据数"].value, row["置信度"].value) == ("摘要", 2, 0.97)
    assert row["标的 IRI"].value == TERN.iri
    assert row["标的 IRI"].hyperlink is None
    assert sheet[4][heads.index("原文")].value is None


def test_what_would_be_a_formula_is_text() -> None:
    cell = opened(acquisitions())["结果"]["A3"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://example.org","click")', "s")


def test_the_head_stays_and_can_be_filtered() -> None:
    sheet = opened(acquisitions())["结果"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(sheet.max_column)}4"
    assert sheet.column_dimensions["A"].width > 20
    assert sheet.print_title_rows == "$1:$1"


def test_every_quote_stands_on_a_sheet_of_its_own() -> None:
    book = opened(acquisitions(), "en")
    assert book.sheetnames == ["Answer", "Evidence", "Question"]
    rows = list(book["Evidence"].values)
    assert rows[0][:3] == ("Row", "Quote", "Source title")
    assert [(row[0], row[6], row[8]) for row in rows[1:]] == [
        (2, 49, "summary"),
        (2, 18, "hearsay"),
        (3, 49, "summary"),
        (3, 7, "law firm's commentary"),
    ]
    # the law firm's own words aren't the publisher's
    assert rows[4][3] is None
    assert rows[4][7] is None


def test_what_was_asked_stands_on_a_sheet() -> None:
    rows = [row for row in opened(acquisitions())["所问"].values if any(row)]
    assert rows[0][0] == "谁收购了谁？"
    assert dict(rows[1:-1]) == {
        "问题": "谁收购了谁？",
        "买方": "海鸥科技",
        "数据库": "store",
        "生成日期": "2031-09-01",
        "生成工具": rows[-2][1],
    }
    assert rows[-2][1].startswith("regkg ")
    assert rows[-1] == (None, "另有2笔传闻未列入。")


def test_groups_are_a_column_and_no_evidence_no_columns() -> None:
    rows = list(opened(grouped())["结果"].values)
    assert rows[0][:2] == ("组别", "事项")
    assert [row[:2] for row in rows[1:]] == [("新增", "甲"), ("新增", "乙"), ("终止", "丙")]
    bare = opened(Result("x", "问", "Asked", TEXT, [Row(("甲",))]))
    assert bare.sheetnames == ["结果", "所问"]
    assert list(bare["结果"].values) == [("文字",), ("甲",)]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0, 0),
        (-5, -5),
        (Decimal("0.10"), 0.1),
        (Decimal("1E+3"), 1000),
        (999_999_999_999_999, 999_999_999_999_999),
        (1_234_567_890_123_456, "1234567890123456"),  # Excel would round it
        (Decimal("0.12345678901234567"), "0.12345678901234567"),
        (Decimal("1E+400"), "1E+400"),
        (date(1899, 12, 31), "1899-12-31"),
        (date(2031, 5, 19), datetime(2031, 5, 19)),
        (False, False),
        ("", None),
        (None, None),
        ("5", "5"),
        ("2031-05-19", "2031-05-19"),
        ("TRUE", "TRUE"),
        ("{=SUM(1)}", "{=SUM(1)}"),
        ("_x0041_", "_x005F_x0041_"),  # as Excel writes it itself; openpyxl shows it as it stands
    ],
)
def test_values(value: Value, wanted: object) -> None:
    assert one(value).value == wanted
    assert one(value).data_type != "f"


def test_long_text_is_cut_where_excel_cuts() -> None:
    assert len(one("海" * 32_767).value) == 32_767
    cut = one("😀" * 20_000).value
    assert cut.endswith("😀…")
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60), min_size=1, max_size=20))
def test_any_text_comes_back_and_is_no_formula(texts: list[str]) -> None:
    """Control characters apart, of which Excel has none."""
    texts += [f"{begin}{text}" for text in texts for begin in ("=", "+", "-", "@", "http://", "mailto:", "{=")]
    sheet = opened(Result("x", "问", "Asked", TEXT, [Row((text,)) for text in texts], cited=False)).worksheets[0]
    for text, cell in zip(texts, sheet["A"][1:], strict=True):
        assert cell.data_type in ("s", "inlineStr") or not text, (text, cell.data_type)
        wanted = "".join(c if c not in _ORDERS else "\N{REPLACEMENT CHARACTER}" for c in text)
        assert unescape(cell.value or "") == wanted


_ORDERS = frozenset("\ufffe\uffff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_more_rows_than_a_sheet_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 2)
    with pytest.raises(
        UsageError, match=r"^a sheet holds no more than 2 rows, and there are more: write them to a \.csv"
    ):
        forms.write(acquisitions(), tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_more_links_than_a_sheet_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "LINKS", 2)
    column = (Column("link", "链接", "Link", "link"),)
    rows = [Row((f"https://example.org/{number}",)) for number in range(4)]
    sheet = opened(Result("x", "问", "Asked", column, rows)).worksheets[0]
    assert [bool(cell.hyperlink) for cell in sheet["A"][1:]] == [True, True, False, False]
    assert sheet["A5"].value == "https://example.org/3"
