"""The shapes of deal headlines by their own examples, and invented headlines through the whole road to a deal."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from kg.errors import KgError
from kg.extract import headlines, pipeline
from kg.extract.headlines import Shape, Shapes
from kg.extract.lac import load as load_lac
from kg.extract.recogniser import Clues, clues
from kg.ids import normalise
from kg.resolve.deals import round_key
from tools import funding

SHAPES = headlines.load().shapes
CASES = Path(__file__).parents[1] / "cases" / "headlines.tsv"


def seen(line: str) -> Clues:
    return clues(line, load_lac(), pipeline.gazetteer())


def roles(line: str) -> list[tuple[str, str]] | None:
    found = headlines.load().read(line, seen(line))
    return None if found is None else sorted((name.role, line[name.start : name.end]) for name in found.names)


@pytest.mark.parametrize(("shape", "example"), [(s, e) for s in SHAPES for e in s.finds])
def test_a_shape_finds_its_examples(shape: Shape, example: str) -> None:
    line, _, names = example.partition(" => ")
    wanted = sorted(tuple(name.split(" ", 1)) for name in names.split(", "))
    assert roles(line) == wanted


@pytest.mark.parametrize("line", [e for s in SHAPES for e in s.misses])
def test_a_shape_leaves_what_only_looks_alike(line: str) -> None:
    assert roles(line) is None


def test_each_shape_has_examples_and_near_misses() -> None:
    assert all(shape.finds and shape.misses for shape in SHAPES)


def test_an_unknown_word_in_a_shape_is_named() -> None:
    data = {"words": {"not-a-name": ["x"], "nobody": ["x"]}, "shapes": [{"id": "odd", "pattern": "{colour}"}]}
    with pytest.raises(KgError, match=r"shape odd: \{colour\} is not defined"):
        Shapes(data)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("前文。\n首发｜木槿优选完成A轮融资\n后文。", ["木槿优选"]),
        ("  木槿优选A轮获得投资  ", ["木槿优选"]),
        ("木槿优选A轮获得投资。", []),  # running text
        ("木槿优选A轮获得投资" + "，并将扩建产线" * 20, []),
    ],
)
def test_only_lines_of_their_own_are_headlines(text: str, names: list[str]) -> None:
    found = headlines.find(text, seen(text))
    assert [text[name.start : name.end] for line in found for name in line.names] == names


def _cases() -> list[list[str]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [(line + "\t\t\t").split("\t")[:5] for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case[0])
def test_invented_headlines(case: list[str], nlp: Language) -> None:
    headline, investee, investors, round_, amount = case
    got = funding.read(funding.Row(0, headline, "", "", "", ""), nlp)
    if investee == "-":
        assert not got.investees
        return
    assert len(got.investees) == 1
    assert normalise(investee) in got.investees[0]
    wanted = {normalise(name) for name in investors.split("|") if name}
    assert len(got.investors) == len(wanted)
    assert all(any(name in forms for forms in got.investors) for name in wanted)
    assert got.round == round_key(round_ or None)
    if amount.isdecimal():
        assert got.amount.number == int(amount)
    else:
        assert got.amount.number is None
        assert got.amount.words == normalise(amount)


def test_how_many_invented_headlines() -> None:
    assert len(_cases()) >= 70
