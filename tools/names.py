"""How names are told apart: ``python tools/names.py [--show]`` goes through tests/cases/names.csv.

A row has two names, of which a text (``context``) may hold one or both; a name that stands in no text is a document of
its own. The outcome is what a reader who knows both would say: the same, different, or open, where the document
doesn't decide and nobody should. The rows were written before the linker was tried on them.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from kg.extract import abbreviations
from kg.extract.gazetteer import Gazetteer, known_names
from kg.extract.plain import simplify
from kg.items import EntityType, Extraction, Item, Mention, Passage
from kg.reference import Reference
from kg.resolve.linker import Linker, identify

CASES = Path(__file__).parents[1] / "tests" / "cases" / "names.csv"
OUTCOMES = ("same", "different", "open")


@dataclass(frozen=True, slots=True)
class Case:
    left: str
    right: str
    type: EntityType
    context: str
    outcome: str
    why: str


def cases(path: Path = CASES) -> list[Case]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Case(**{**row, "type": cast(EntityType, row["type"])}) for row in csv.DictReader(file)]


@cache
def _known() -> Gazetteer:
    return Gazetteer(known for known in known_names(Reference.load()) if not known.weak)


def mentions(text: str, names: tuple[str, ...], type_: EntityType) -> list[Mention]:
    """The names in a text, and the other bodies in it that the reference data knows; longer ones first."""
    spans = [(m.start(), m.end(), type_, "model") for name in names for m in re.finditer(re.escape(name), text)]
    spans += [(f.start, f.end, f.known.type, "known") for f in _known().find(simplify(text))]
    taken: list[tuple[int, int, EntityType, str]] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s[3] == "known", s[0])):
        if not any(a < span[1] and span[0] < b for a, b, _, _ in taken):
            taken.append(span)
    return [Mention(a, b, text[a:b], t, None, reason) for a, b, t, reason in sorted(taken)]


def decided(text: str, names: tuple[str, ...], type_: EntityType) -> dict[str, set[str]]:
    """Each name → the IRIs that it has in the text; nothing in it where one of them is open."""
    reference = Reference.load()
    found = abbreviations.settle(text, mentions(text, names, type_), frozenset(reference.strong))
    item = Item("n-1", "", Passage.verbatim(text), ())
    known = identify(Extraction(item, tuple(found), ()), Linker(reference))
    result: dict[str, set[str]] = {}
    for name in names:
        those = [one for mention, one in zip(found, known, strict=True) if mention.text == name]
        result[name] = set() if any(one.open for one in those) else {one.iri for one in those}
    return result


def outcome(case: Case) -> str:
    within = tuple(name for name in (case.left, case.right) if name in case.context)
    iris = decided(case.context, within, case.type) if within else {}
    for name in (case.left, case.right):
        if name not in iris:
            iris |= decided(name, (name,), case.type)
    left, right = iris[case.left], iris[case.right]
    if not left or not right:
        return "open"
    return "same" if left == right and len(left) == 1 else "different"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="the rows that come out wrong")
    show = parser.parse_args().show
    rows = cases()
    counts = Counter[tuple[str, str]]()
    for case in rows:
        got = outcome(case)
        counts[case.outcome, got] += 1
        if show and got != case.outcome:
            print(f"{case.left} | {case.right} | {case.context} | {case.outcome}, got {got} | {case.why}")
    for wanted in OUTCOMES:
        print(f"{wanted:10}", *(f"{got} {counts[wanted, got]:4}" for got in OUTCOMES))
    right = sum(counts[o, o] for o in OUTCOMES)
    merged = counts["different", "same"] + counts["open", "same"]
    print(f"{right} of {len(rows)} right ({right / len(rows):.3f}); {merged} merged wrongly")


if __name__ == "__main__":
    main()
