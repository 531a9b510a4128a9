"""``kg ask`` as its users meet it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran
from graph import samples

from kg.graph.store import Store
from kg.query import catalogue

Command = Callable[..., Ran]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        for report in (samples.may, samples.june, samples.july):
            store.add(*report(), samples.RUN)
    return path


def test_the_questions_are_listed_without_a_store(command: Command) -> None:
    ran = command("ask")
    assert (ran.code, ran.err) == (0, "")
    for name in catalogue.names():
        assert f"  {name}  " in ran.out
    assert "法规与文件 Documents\n" in ran.out
    assert "  deals  交易清单 Deals\n      firm=…  公司 (可选)\n" in ran.out
    assert "      firm=…  the firm (optional)\n" in command("ask", "--lang", "en").out


def test_a_question_is_answered(command: Command, stored: Path) -> None:
    ran = command("ask", "deals", "firm=珊瑚", "--lang", "en")
    assert (ran.code, ran.err) == (0, "")
    assert "礁石资本" in ran.out
    assert "completed" in ran.out
    assert "浪花基金" not in ran.out
    assert ran.out.endswith("Deals that are rumoured, in talks or terminated are left out: status=all shows them.\n")
    ran = command("ask", "deals", "firm=珊瑚", "status=all")
    assert "洽谈中" in ran.out
    assert "status=all" not in ran.out
    assert "没有结果。" in command("ask", "lawsuits").out


def test_the_words_that_say_so(command: Command, stored: Path, tmp_path: Path) -> None:
    assert "由礁石资本领投" not in command("ask", "deals", "珊瑚智能").out
    assert "“由礁石资本领投”" in command("ask", "deals", "珊瑚智能", "--evidence").out
    path = tmp_path / "deals.csv"
    ran = command("ask", "deals", "珊瑚智能", "-o", path)
    assert ran.code == 0
    (head, row) = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert row[head.index("原文")] == "由礁石资本领投"
    assert "由礁石资本领投" in command("ask", "deals", "珊瑚智能", "--format", "json").out


def test_words_without_a_key(command: Command, stored: Path) -> None:
    assert "Tern Systems" in command("ask", "acquisition-chain", "Gull", "Tech").out
    ran = command("ask", "deals", "firm=海鸥", "what")
    assert (ran.code, ran.err.startswith("kg: what: what is it? Write KEY=VALUE, as in kg ask deals [firm=…]")) == (
        2,
        True,
    )
    ran = command("ask", "same-name", "what")
    assert (ran.code, ran.err) == (2, "kg: same-name takes no values, and what is one\n")


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["dealz"], 5, "kg: no question is called dealz: near it are deals"),
        (["rounds"], 2, "kg: rounds needs firm=… (公司)"),
        (["rounds", "--lang", "en"], 2, "kg: rounds needs firm=… (the firm)"),
        (["deals", "frim=x"], 2, "kg: deals has no parameter frim: did you mean firm?"),
        (["deals", "since=May"], 2, "kg: since=May is no day: write 2024, 2024-06 or 2024-06-14"),
        (["deals", "status=done"], 2, "kg: status can't be done; it is one of rumoured, in-talks, proposed"),
        (["rounds", "firm=完全无关"], 5, "kg: nothing in the store is called 完全无关: kg items lists what was read"),
        (["rests-on", "海鸥"], 5, "kg: 海鸥科技 is of the class Company, and document takes Instrument or Publication"),
        (["none.rq"], 5, "kg: there is no file none.rq: kg ask lists the questions that there are"),
        (["deals", "-o", "deals.foo"], 2, "kg: no form belongs to deals.foo"),
    ],
)
def test_what_is_wrong_is_one_sentence(command: Command, stored: Path, args: list[str], code: int, says: str) -> None:
    ran = command("ask", *args)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(says)
    assert ran.err.count("\n") == 1


def test_a_name_that_could_be_several(command: Command, stored: Path) -> None:
    ran = command("ask", "rests-on", "海岛数据")
    assert ran.code == 5
    assert "  海岛数据法  (Instrument, in 1 item)  https" in ran.err
    assert ran.err.endswith("kg: nothing in the store is called just 海岛数据: the nearest are listed above\n")


def test_a_store_that_is_empty_or_not_there(command: Command, tmp_path: Path) -> None:
    ran = command("ask", "deals")
    assert (ran.code, ran.err) == (4, f"kg: no store at {tmp_path / 'store'}: kg add makes one\n")
    Store.open(tmp_path / "store", "write").close()
    ran = command("ask", "rounds", "firm=AMD")
    assert (ran.code, ran.out) == (0, "The store holds no reports: kg add FILE adds one.\n")


def test_a_question_of_ones_own(command: Command, stored: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    path.write_text(catalogue.question("deals").sparql.replace("gather: party", "gather: partner"), encoding="utf-8")
    ran = command("ask", path)
    assert ran.code == 5
    assert ran.err.startswith("kg: mine.rq, line ")
    path.write_text(catalogue.question("deals").sparql, encoding="utf-8")
    assert "礁石资本" in command("ask", path, "min=4000万").out
