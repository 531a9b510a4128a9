"""Every form of one answer: which there are, what a file's name asks for, and faults."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from forms.answers import COLUMNS, MADE, acquisitions, grouped, rows
from kg import forms
from kg.errors import KgError, QueryError, UsageError
from kg.forms.about import About
from kg.forms.evidence import day
from kg.query.result import Column, Result, Row

FILES = [f"answer{writer.suffix}" for writer in forms.WRITERS.values()]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_form_is_written_the_same_twice(name: str, lang: str, tmp_path: Path) -> None:
    made = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / name
        assert forms.write(acquisitions(), path, lang, store="store", made=MADE) == 3
        made.append(path.read_bytes())
        assert [one.name for one in path.parent.iterdir()] == [name]
    assert made[0] == made[1]
    assert made[0]


@pytest.mark.parametrize("name", FILES)
def test_an_answer_of_no_rows_and_one_of_groups(name: str, tmp_path: Path) -> None:
    nothing = Result("none", "无", "None", COLUMNS, [])
    assert forms.write(nothing, tmp_path / name, made=MADE) == 0
    assert forms.write(grouped(), tmp_path / name, made=MADE) == 3


def test_a_name_decides_in_any_case(tmp_path: Path) -> None:
    assert forms.format_of("Deals.XLSX") == "xlsx"
    assert forms.format_of("a.b.md") == "markdown"
    forms.write(acquisitions(), tmp_path / "odd.name", format_="csv")
    assert (tmp_path / "odd.name").read_text(encoding="utf-8-sig").startswith("买方,标的,")


@pytest.mark.parametrize("name", ["deals.pdf", "deals", ".csv", "deals.csv.gz"])
def test_unknown_suffix(name: str, tmp_path: Path) -> None:
    sentence = f"no form belongs to {name}: end the file's name in one of .csv, .xlsx, .json, .md, .docx, .html, .txt"
    with pytest.raises(UsageError) as fault:
        forms.write(acquisitions(), tmp_path / name)
    assert str(fault.value) == sentence
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FILES)
def test_what_cannot_be_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"can't be written: No such file or directory$"):
        forms.write(acquisitions(), tmp_path / "none" / name)
    (tmp_path / name).mkdir()
    with pytest.raises(KgError, match=r"can't be written: Is a directory$"):
        forms.write(acquisitions(), tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", FILES)
def test_what_breaks_off_leaves_what_was_there(name: str, tmp_path: Path) -> None:
    def broken() -> Iterator[Row]:
        yield rows()[0]
        raise QueryError("the query stopped")

    path = tmp_path / name
    path.write_text("yesterday's")
    with pytest.raises(QueryError, match="the query stopped"):
        forms.write(Result("x", "问", "Asked", COLUMNS, broken()), path)
    assert path.read_text() == "yesterday's"
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_standard_output_is_for_text(capsys: pytest.CaptureFixture[str]) -> None:
    forms.deliver(acquisitions(), format_="csv")
    assert capsys.readouterr().out.startswith("买方,标的,")
    forms.deliver(acquisitions(), Path("-"), format_="markdown", lang="en")
    assert capsys.readouterr().out.startswith("# Who acquires whom?\n")
    with pytest.raises(UsageError, match=r"^xlsx is no text that could be printed: name a file, -o answer\.xlsx$"):
        forms.deliver(acquisitions(), Path("-"), format_="xlsx")
    with pytest.raises(
        UsageError, match=r"^no form is called xml: there are csv, xlsx, json, markdown, docx, html, text$"
    ):
        forms.deliver(acquisitions(), format_="xml")


def test_deliver_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deals.csv"
    assert forms.deliver(acquisitions(), path) == 3
    assert capsys.readouterr().out == f"{path}: 3 rows, {path.stat().st_size:,} bytes\n"


def test_the_users_home_is_not_sent_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/li")
    assert About.of("/home/li/cases/store", MADE).store == "~/cases/store"
    assert About.of("/home/lin/store", MADE).store == "/home/lin/store"
    assert About.of(None, MADE).store == ""


def test_the_day_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1945987200")
    assert About.of("store").made.isoformat() == "2031-09-01"


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("2031-08-09", "2031年8月9日", "9 August 2031"),
        ("2031-08", "2031年8月", "August 2031"),
        ("2031", "2031年", "2031"),
        ("2031-13", "2031-13", "2031-13"),
        ("8月9日", "8月9日", "8月9日"),
    ],
)
def test_days_of_citations(written: str, zh: str, en: str) -> None:
    assert (day(written, "zh"), day(written, "en")) == (zh, en)


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.xlsx", "a.md"])
def test_rows_are_written_as_they_come(name: str, tmp_path: Path) -> None:
    """A stream of 30,000 rows, which in memory would be ten megabytes."""

    def stream() -> Iterator[Row]:
        for number in range(30_000):
            yield Row((f"海岛第{number}科技有限公司", number, None))

    columns = (Column("name", "名", "Name"), Column("n", "数", "Number", "number"), Column("at", "处", "At", "link"))
    streamed = Result("x", "问", "Asked", columns, stream(), cited=False)
    limit = 5_000_000
    tracemalloc.start()
    try:
        assert forms.write(streamed, tmp_path / name, made=MADE) == 30_000
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()
