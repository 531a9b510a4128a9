"""Known names in running text."""

from __future__ import annotations

import pytest

from kg.extract.gazetteer import Gazetteer, Known, known_names
from kg.extract.plain import simplify
from kg.reference import Reference

NAMES = Gazetteer(
    [
        Known("SEC", "Regulator", "sec"),
        Known("金管局", "Regulator", "weak", weak=True),
        Known("金管局", "Regulator", "strong"),
        Known("公会", "Organization", "first"),
        Known("公会", "Organization", "second"),
        Known("中国", "Regulator", "cn"),
        Known("中国移动", "Company", "mobile"),
        Known("蘋果", "Company", "apple"),
        Known("Acme Corp", "Company", "acme"),
        Known("甲局", "Regulator", "weak-only", weak=True),
        Known("青禾银行", "Company", "bank"),
        Known("国家能源集团", "Company", "energy"),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SEC", ["sec"]),
        ("the SEC.", ["sec"]),
        ("在SEC看来", ["sec"]),
        ("SECURE", []),
        ("A4SEC", []),
        ("SEC2024", []),
        ("sec", []),
        ("中国移动", ["mobile"]),
        ("中国的移动", ["cn"]),
        ("蘋果", ["apple"]),
        ("苹果", ["apple"]),
        ("金管局", ["strong"]),
        ("公会", ["first"]),
        ("Acme Corporation", []),
        ("青禾银行业务", ["bank"]),
        ("青禾银行业资产", []),
        ("青禾银行监管", []),
        ("青禾银行开业", ["bank"]),
        ("泰国国家能源集团", []),
        ("中国国家能源集团", ["cn", "energy"]),
        ("与国家能源集团", ["energy"]),
        ("Acme Corp、SEC", ["acme", "sec"]),
        ("", []),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert [f.known.id for f in NAMES.find(simplify(text))] == found


def test_a_weak_name_says_so() -> None:
    (found,) = NAMES.find("甲局称")
    assert (found.start, found.end, found.known.weak) == (0, 2, True)


def test_no_names() -> None:
    assert Gazetteer([]).find("SEC") == []


def test_the_reference_data_gives_names_of_both_strengths() -> None:
    names = list(known_names(Reference.load()))
    assert {known.weak for known in names} == {True, False}
    assert all(len(known.name) > 1 for known in names)
