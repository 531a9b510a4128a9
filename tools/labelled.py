"""What was labelled by hand, in one shape: the passages and items of tests/cases, and the texts of ../shared if there.

A case is a text with its names and relations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kg.ids import normalise
from kg.items import Item, Page, Part, Passage, Report, Said, Source

ROOT = Path(__file__).parents[1]
PASSAGES = ROOT / "tests" / "cases" / "relations"
ITEMS = ROOT / "tests" / "cases" / "items"
DEV = ROOT / ".." / "shared" / "gold" / "dev.json"


@dataclass(slots=True)
class Case:
    id: str
    title: str
    text: str
    told: date | None
    names: dict[str, set[str]]  # a name of each entity → all its names, normalised
    relations: set[tuple[str, str, str]] = field(default_factory=set)  # by those names


def passages(folder: Path = PASSAGES) -> Iterator[Case]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            names: dict[str, set[str]] = {}
            key: dict[str, str] = {}
            for name, _, *canonical in row["entities"]:
                key[name] = canonical[0] if canonical else name
                names.setdefault(key[name], set()).add(normalise(name))
            told = date.fromisoformat(row["date"]) if row.get("date") else None
            case = Case(row["id"], row["title"], row["text"], told, names)
            case.relations = {(r[0], key.get(r[1], r[1]), key.get(r[2], r[2])) for r in row["relations"]}
            yield case


def items(path: Path) -> Iterator[Case]:
    """The items of a file in the form of gold/README.md that carry their own text."""
    gold: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    names = {e["id"]: {normalise(n) for n in e["names"]} for e in gold["entities"]}
    for row in gold["items"]:
        told = date.fromisoformat(row["published"]) if len(row.get("published") or "") == 10 else None
        case = Case(row["id"], row["title"], row["text"], told, {e: names[e] for e in row["entities"]})
        case.relations = {(r["type"], r["from"], r["to"]) for r in row["relations"]}
        yield case


def everything() -> list[Case]:
    """What confidence is fitted on.

    Not the other files of ``ITEMS``: rules were mended by them until nearly all was right, so that with them a claim
    looks surer than one of a new text is.
    """
    found = list(passages())
    for path in [*sorted(ITEMS.glob("digests-[ab].json")), *([DEV] if DEV.exists() else [])]:
        found += items(path)
    return found


def report_of(case: Case) -> Report:
    text = case.title + "\n" + case.text
    source = Source(case.id, case.id, "txt", text, (Page(0, 1),))
    parts = (Part(0, len(case.title), Said.HEADLINE), Part(len(case.title), len(text), Said.SUMMARY))
    item = Item(case.id, case.title, Passage.verbatim(text), parts, issued=case.told)
    return Report(case.id, case.title, source, (item,))
