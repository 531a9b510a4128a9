"""The labelled passages are well formed: a wrong label would be measured as a wrong extraction."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg.items import DEAL_STATUS, ENTITY_TYPES, RELATIONS

CASES = Path(__file__).parent / "cases" / "relations"
FILES = sorted(CASES.glob("*.jsonl"))
DEALS = ("acquires", "investsIn")
ATTRIBUTES = {
    "status": DEALS,
    "amount": DEALS,
    "currency": DEALS,
    "stake": DEALS,
    "round": ("investsIn",),
    "lead": ("investsIn",),
    "role": ("officerOf",),
}


def load(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_how_many() -> None:
    assert {path.stem: len(load(path)) for path in FILES} == {
        "policy": 100,
        "acquisitions": 80,
        "funding": 80,
        "others": 40,
    }


def test_ids_are_unique() -> None:
    ids = Counter(case["id"] for path in FILES for case in load(path))
    assert [id_ for id_, count in ids.items() if count > 1] == []


def faults(case: dict[str, Any]) -> list[str]:
    found = []
    text = f"{case['title']}\n{case['text']}"
    date.fromisoformat(case["date"])
    names: dict[str, str] = {}
    for name, type_, *canonical in case["entities"]:
        if name in names:
            found.append(f"{name} twice")
        names[name] = canonical[0] if canonical else name
        if name not in text:
            found.append(f"{name} isn't in the passage")
        if type_ not in ENTITY_TYPES:
            found.append(f"{name} is a {type_}")
    found.extend(f"{to} is an alias's name only" for to in names.values() if names.get(to) != to)
    triples = []
    for type_, subject, object_, *rest in case["relations"]:
        triples.append((type_, subject, object_))
        if type_ not in RELATIONS:
            found.append(f"no relation {type_}")
        found.extend(f"{end} is no entity's first name" for end in (subject, object_) if names.get(end) != end)
        terms = rest[0] if rest else {}
        found.extend(f"{key} of {type_}" for key in terms if type_ not in ATTRIBUTES.get(key, ()))
        if terms.get("status", DEAL_STATUS[0]) not in DEAL_STATUS:
            found.append(f"status {terms['status']}")
        if ("amount" in terms) != ("currency" in terms):
            found.append("an amount without a currency, or the other way round")
        if terms.get("role", "") not in text:
            found.append(f"role {terms['role']}")
    if len(set(triples)) < len(triples):
        found.append("a relation twice")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_well_formed(path: Path) -> None:
    assert {case["id"]: found for case in load(path) if (found := faults(case))} == {}


def test_faults_are_found() -> None:
    case = {
        "id": "x-1",
        "date": "2024-05-17",
        "title": "甲收购乙",
        "text": "甲宣布收购乙。",
        "entities": [["甲", "Company"], ["乙", "Firm"], ["丙", "Company"]],
        "relations": [["acquires", "甲", "丁", {"status": "done", "round": "A轮", "amount": 1}], ["buys", "甲", "乙"]],
    }
    assert len(faults(case)) == 7
