"""CSV, JSON, Markdown and the terminal's table."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from forms.answers import GULL, MADE, TERN, acquisitions, evidence, grouped
from kg import forms
from kg.forms.markdown import escape
from kg.query.result import Column, Result, Row, Value

TEXT = (Column("text", "文字", "Text"),)


def written(result: Result, name: str, tmp_path: Path, lang: str = "zh") -> str:
    forms.write(result, tmp_path / name, lang, store="store", made=MADE)
    return (tmp_path / name).read_text(encoding="utf-8")


# ---------------------------------------------------------------------------------------------------------- csv


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv(tmp_path: Path) -> None:
    text = written(acquisitions(), "a.csv", tmp_path)
    assert text.startswith("\ufeff买方,")  # without it Excel shows Chinese as noise
    first, second, third = rows(text)
    assert (first["买方"], first["金额"], first["宣布日期"], first["领投"]) == (
        "海鸥科技",
        "4900000000",
        "2031-05-19",
        "是",
    )
    assert (first["依据数"], first["页码"], first["性质"]) == ("2", "49", "摘要")
    assert (first["买方 IRI"], first["标的 IRI"]) == (GULL.iri, TERN.iri)
    assert second["买方"] == '\'=HYPERLINK("http://example.org","click")'
    assert second["金额"] == "43000000.5"
    assert (third["状态"], third["原文"], third["依据数"]) == ("", "", "0")


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=1))
def test_csv_gives_any_text_back_and_no_formula(texts: list[str]) -> None:
    texts += [f"{begin}{text}" for text in texts for begin in ("=", "+", "-", "@", "＝", "\t=")]
    file = io.StringIO(newline="")
    from kg.forms import csv as form
    from kg.forms.about import About

    form.write(Result("x", "问", "Asked", TEXT, [Row((text,)) for text in texts]), file, "zh", About("", MADE))
    found = [row["文字"] for row in rows(file.getvalue())]
    kept = [text for text in texts if text]  # a row that is empty is no row to a reader
    assert [cell.removeprefix("'") for cell in found if cell] == [text.removeprefix("'") for text in kept]
    assert not any(cell.startswith(("=", "+", "-", "@", "＝", "\t", "\r")) for cell in found)


# --------------------------------------------------------------------------------------------------------- json


def test_json_has_the_shape_that_is_promised(tmp_path: Path) -> None:
    found: dict[str, Any] = json.loads(written(acquisitions(), "a.json", tmp_path), parse_float=Decimal)
    assert list(found) == ["question", "title", "asked", "store", "made", "regkg", "columns", "rows", "notes"]
    assert found["title"] == {"zh": "谁收购了谁？", "en": "Who acquires whom?"}
    assert found["asked"] == [{"name": "买方", "value": "海鸥科技"}]
    assert (found["store"], found["made"]) == ("store", "2031-09-01")
    assert found["columns"][0] == {"name": "buyer", "type": "thing", "zh": "买方", "en": "Buyer"}
    first, second, third = found["rows"]
    assert list(first) == ["group", "values", "evidence"]
    assert first["values"] == {
        "buyer": {"iri": GULL.iri, "label": "海鸥科技", "type": "Company"},
        "target": {"iri": TERN.iri, "label": "Tern Systems", "type": "Company"},
        "status": {"name": "announced", "zh": "已宣布", "en": "announced"},
        "amount": 4_900_000_000,
        "currency": "USD",
        "announced": "2031-05-19",
        "lead": True,
        "site": "https://example.org/tern",
    }
    assert second["values"]["amount"] == Decimal("43000000.5")
    assert second["evidence"][1]["said"] == "commentary"
    assert third["evidence"] == []
    assert third["values"]["status"] is None
    assert found["notes"] == ["另有2笔传闻未列入。"]


def test_json_keeps_every_digit_and_the_groups(tmp_path: Path) -> None:
    long = Result("x", "问", "Asked", TEXT, [Row((Decimal("1234567890123456789.10"),))])
    found = json.loads(written(long, "a.json", tmp_path), parse_float=Decimal)
    assert str(found["rows"][0]["values"]["text"]) == "1234567890123456789.10"
    groups = json.loads(written(grouped(), "b.json", tmp_path))["rows"]
    assert [row["group"] for row in groups] == ["新增", "新增", "终止"]


# ----------------------------------------------------------------------------------------------------- markdown


def test_markdown(tmp_path: Path) -> None:
    lines = written(acquisitions(), "a.md", tmp_path).splitlines()
    assert lines[0] == "# 谁收购了谁？"
    assert lines[2:4] == ["- 买方：海鸥科技", "- 数据库：store"]
    assert "| 买方 | 标的 | 状态 | 金额 | 币种 | 宣布日期 | 领投 | 网站 | 依据 |" in lines
    row = "| 海鸥科技 | Tern Systems | 已宣布 | 4,900,000,000 | USD | 2031-05-19 | 是 | <https://example.org/tern> |"
    assert f"{row} [^1][^2] |" in lines
    assert lines[-1] == (
        "[^3]: “海鸥科技宣布 以约7亿美元收购Tern Systems” "
        "《海鸥科技拟收购Tern Systems》，2031年5月19日，载2031-05第7页，律所短评。"
    )
    assert "javascript:alert(1)" in "\n".join(lines)
    html = MarkdownIt("commonmark").enable("table").render("\n".join(lines))
    assert 'href="javascript' not in html
    assert html.count("<td") == 3 * 9


def test_markdown_of_many_columns_is_a_list(tmp_path: Path) -> None:
    columns = tuple(Column(f"c{n}", f"列{n}", f"Column {n}", "thing" if n == 3 else "text") for n in range(9))
    values: tuple[Value, ...] = ("甲", "乙", "丙", GULL, "丁", None, "戊", "己", "庚")
    nine = Result("x", "问", "Asked", columns, [Row(values, (evidence(1),)), Row(("子",) * 9)])
    lines = written(nine, "a.md", tmp_path, "en").splitlines()
    rest = "Column 0: 甲; Column 1: 乙; Column 2: 丙; Column 4: 丁; Column 6: 戊; Column 7: 己; Column 8: 庚"
    assert f"- **海鸥科技** {rest}[^1]" in lines


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    """In a paragraph and in a cell of a table: no markup, no HTML, no link of a stranger's making."""
    shown = " ".join(text.split())
    shown = "".join("\N{REPLACEMENT CHARACTER}" if c in _ORDERS else c for c in shown)
    parser = MarkdownIt("commonmark").enable("table")
    for source in (escape(text), f"| head |\n| --- |\n| {escape(text)} |"):
        tokens = [token for token in parser.parse(source) if token.type == "inline"]
        if not shown:
            continue
        children = tokens[-1].children or []
        assert {token.type for token in children} <= {"text", "text_special"}
        assert "".join(token.content for token in children) == shown


_ORDERS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


# -------------------------------------------------------------------------------------------------------- table


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert forms.show(acquisitions()) == 3
    out = capsys.readouterr().out
    assert "│ 海鸥科技 " in out
    assert "4,900,000,000 │" in out
    assert "依据" not in out
    assert out.endswith("另有2笔传闻未列入。\n")
    forms.show(acquisitions(), "en", evidence=True)
    out = capsys.readouterr().out
    assert "[1][2]" in out
    assert (
        "[2] “海鸥科技宣布 以约18亿美元收购Tern Systems”\n    “海鸥科技拟收购Tern Systems”, 海岛报, 19 May 2031," in out
    )


def test_table_of_groups_and_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    forms.show(grouped())
    out = capsys.readouterr().out
    assert out.index("新增\n") < out.index("│ 甲 ") < out.index("终止\n") < out.index("│ 丙 ")
    assert forms.show(Result("x", "问", "Asked", TEXT, [])) == 0
    assert capsys.readouterr().out == "没有结果。\n"


def test_table_is_no_orders_and_says_where_it_ends(capsys: pytest.CaptureFixture[str]) -> None:
    from kg.forms import table

    odd = [Row((f"[red]{number}[/] \x1b]0;owned\x07\u202e",), (evidence(1, quote="\x1b[2J"),)) for number in range(5)]
    assert table.show(Result("x", "问", "Asked", TEXT, iter(odd)), "zh", True, limit=3) == 3
    said = capsys.readouterr()
    assert not set(said.out) & {"\x1b", "\x07", "\u202e"}
    assert "[red]2[/]" in said.out
    assert "[red]3" not in said.out
    assert said.err == "These are the first 3: -o FILE.csv or FILE.xlsx gives all.\n"
