"""What is new about a list of names: whom a change concerns, what was told before, what isn't sure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import forms, run, watchlist
from kg.errors import ReadError, UsageError
from kg.graph.store import Store
from kg.query import digest as digests
from kg.query.result import Result, words

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("digest") / "store"
    run.add([ROOT / "data/samples/2024-06.pdf", ROOT / "data/samples/2024-07.pdf"], store)
    return store


@pytest.fixture(scope="module")
def opened(path: Path) -> Iterator[Store]:
    with Store.open(path) as store:
        yield store


def told(store: Store, *names: str, lang: str = "zh") -> Result:
    return digests.digest(store, names, digests.window(store), lang).whole()


def test_every_line_has_its_sentence_in_the_source(opened: Store) -> None:
    result = told(opened, "国家数据局", "OpenAI", "Wiz", "AMD")
    assert {row.group for row in result} >= {"国家数据局", "Wiz", "超威半导体 (AMD)"}
    source = opened.source("2024-07")
    assert source is not None
    for row in result:
        assert row.evidence
        for one in row.evidence:
            if one.report == "2024-07":
                assert "".join(source.text[one.start : one.end].split()) == "".join(one.quote.split())


def test_an_issuer_is_concerned_by_its_documents(opened: Store) -> None:
    rows = [row for row in told(opened, "国家数据局") if row.values[1]]
    assert any("数据中心绿色低碳" in words(row.values[1]) for row in rows)


def test_only_what_came_is_told(opened: Store) -> None:
    items = {one.item for row in told(opened, "国家数据局", "OpenAI", "xAI") for one in row.evidence[-1:]}
    assert all(item.startswith("2024-07") for item in items)


def test_who_is_unknown_unclear_or_quiet_is_said(opened: Store) -> None:
    notes = told(opened, "没有这家公司", "xAI").notes
    assert "“没有这家公司”：尚未出现" in notes
    assert any(note.startswith("没有新消息") and "xAI" in note for note in notes)
    assert "“Nobody Inc”: not met so far" in told(opened, "Nobody Inc", lang="en").notes


def test_a_part_of_a_name_is_not_sure(opened: Store) -> None:
    assert not told(opened, "数据").rows


def test_a_rumour_is_said_to_be_one(opened: Store) -> None:
    for row in told(opened, "OpenAI", "谷歌", "Wiz"):
        if row.evidence and all(one.said == "hearsay" for one in row.evidence):
            assert "仅据传闻" in words(row.values[6]) or words(row.values[0]) == "仅被提及"


def test_a_mention_comes_with_its_sentence(opened: Store) -> None:
    everything = digests.window(opened, "0001", "9999")
    rows = digests.digest(opened, ["国家数据局", "OpenAI", "微软", "谷歌", "阿里云", "NVIDIA"], everything).whole()
    mentions = [row for row in rows if row.values[0] == "仅被提及"]
    for row in mentions:
        assert row.evidence[0].quote


def test_what_was_told_is_not_told_again(path: Path, tmp_path: Path) -> None:
    store, seen = tmp_path / "store", tmp_path / "seen.json"
    run.add([ROOT / "data/samples/2024-06.pdf"], store)
    with Store.open(store) as opened:
        assert digests.remembered(opened, seen) is None
        digests.remember(opened, seen)
        window = digests.remembered(opened, seen)
        assert window is not None
        assert not digests.digest(opened, ["国家数据局", "xAI"], window).whole().rows
    run.add([ROOT / "data/samples/2024-07.pdf"], store)
    with Store.open(store) as opened:
        window = digests.remembered(opened, seen)
        assert window is not None
        rows = digests.digest(opened, ["国家数据局"], window).whole().rows
        assert rows
        digests.remember(opened, seen)
        again = digests.remembered(opened, seen)
        assert again is not None
        assert not again.come


def test_a_file_of_something_else_is_refused(opened: Store, tmp_path: Path) -> None:
    file = tmp_path / "seen.json"
    for text in ("no json", "[]", '{"version": 9, "items": []}'):
        file.write_text(text)
        with pytest.raises(ReadError, match="move it away"):
            digests.remembered(opened, file)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", "# mine\n国家数据局\n\n AMD \nAMD\n".encode(), ["国家数据局", "AMD"]),
        ("a.csv", "编号,名称\n1,国家数据局\n2,AMD\n".encode("utf-8-sig"), ["国家数据局", "AMD"]),
        ("a.csv", b"AMD,x\nOpenAI,y\n", ["AMD", "OpenAI"]),
        (
            "a.csv",
            "公司\n海鸥科技\n燕鸥软件\n海豹能源有限公司\n".encode("gb18030"),
            ["海鸥科技", "燕鸥软件", "海豹能源有限公司"],
        ),
    ],
)
def test_lists_are_as_people_keep_them(name: str, data: bytes, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert watchlist.names(tmp_path / name) == expected


def test_a_list_of_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("# nobody\n")
    with pytest.raises(UsageError, match="names nobody"):
        watchlist.names(tmp_path / "a.txt")
    with pytest.raises(ReadError, match="check the path"):
        watchlist.names(tmp_path / "b.txt")


@pytest.mark.parametrize("suffix", [".html", ".txt", ".docx", ".md", ".xlsx"])
def test_it_goes_into_a_mail(suffix: str, opened: Store, tmp_path: Path) -> None:
    target = tmp_path / f"digest{suffix}"
    assert forms.write(told(opened, "国家数据局", "Wiz"), target) > 0
    assert target.stat().st_size > 500
    if suffix in (".html", ".txt"):
        text = target.read_text(encoding="utf-8")
        assert "收购谈判" in text
        for no in ("<script", "<link", "<style", " src="):
            assert no not in text
