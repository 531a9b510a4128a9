"""How well the labelled passages of tests/cases/relations are read: ``python tools/cases.py [--show] [FILE…]``.

The passages were written by someone who didn't write the rules. Names are compared as the graph compares them, a
relation by its type and ends (agreementWith either way), a deal's terms where the relation was found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.extract import extract, pipeline
from kg.ids import normalise
from kg.items import RELATIONS, ItemFacts, Report
from kg.resolve.deals import round_key
from kg.resolve.linker import resolve
from tools import labelled

CASES = Path(__file__).parents[1] / "tests" / "cases" / "relations"
CORE = ("issuedBy", "acquires", "investsIn")


def report_of(case: dict[str, Any]) -> Report:
    told = date.fromisoformat(case["date"]) if case.get("date") else None
    return labelled.report_of(labelled.Case(case["id"], case["title"], case["text"], told, {}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--show", action="store_true", help="what is missing and what is wrong")
    args = parser.parse_args()
    nlp = pipeline.load()
    right, said, there = Counter[str](), Counter[str](), Counter[str]()
    terms = Counter[str]()
    names = Counter[str]()
    for path in args.files or sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            report = report_of(case)
            (facts,) = resolve(report, [extract(report.items[0], nlp)])
            got = _relations(facts)
            forms: dict[str, set[str]] = {}
            for name, _, *canonical in case["entities"]:
                forms.setdefault(canonical[0] if canonical else name, set()).add(normalise(name))
            by_name = {normalise(label): iri for iri, labels in _names(facts).items() for label in labels}

            def iri_of(name: str, forms: dict[str, set[str]] = forms, by_name: dict[str, str] = by_name) -> str:
                return next((by_name[f] for f in sorted(forms.get(name, {normalise(name)})) if f in by_name), name)

            names["there"] += len(forms)
            names["found"] += sum(iri_of(name) != name for name in forms)
            names["said"] += len(facts.entities)
            want = {}
            for type_, a, b, *more in case["relations"]:
                ends = (iri_of(a), iri_of(b))
                want[type_, *(sorted(ends) if type_ == "agreementWith" else ends)] = (more[0] if more else {}, a, b)
            for key in want:
                there[key[0]] += 1
            for key, deal in got.items():
                said[key[0]] += 1
                if key in want:
                    right[key[0]] += 1
                    _terms(want[key][0], deal, terms, case["id"], args.show)
                elif args.show:
                    print(case["id"], "wrong", key[0], key[1].rsplit("/", 1)[-1], "→", key[2].rsplit("/", 1)[-1])
            if args.show:
                for key, (_, a, b) in want.items():
                    if key not in got:
                        print(case["id"], "missing", key[0], a, "→", b)
    for type_ in sorted(there | said):
        _line(type_, right[type_], said[type_], there[type_])
    _line("relations", right.total(), said.total(), there.total())
    _line("core", *(sum(c[t] for t in CORE) for c in (right, said, there)))
    _line("entities", names["found"], names["said"], names["there"])
    print(f"terms of deals {terms['right'] / max(1, terms.total()):.3f} ({terms['right']} of {terms.total()})")


def _line(name: str, right: int, said: int, there: int) -> None:
    p, r = right / max(1, said), right / max(1, there)
    print(f"{name:<14}{p:7.3f}{r:7.3f}{2 * p * r / max(1e-9, p + r):7.3f}{there:6d}")


def _names(facts: ItemFacts) -> dict[str, list[str]]:
    return {e.iri: [label.text for label in (e.label, *e.labels, *e.aliases)] for e in facts.entities}


def _relations(facts: ItemFacts) -> dict[tuple[str, ...], Any]:
    deals = {d.iri: d for d in facts.deals}
    found: dict[tuple[str, ...], Any] = {}
    for claim in facts.claims:
        if claim.relation not in RELATIONS:
            continue  # a deal with one party
        ends = (claim.subject, claim.object)
        key = (claim.relation, *(sorted(ends) if claim.relation == "agreementWith" else ends))
        found[key] = (deals.get(claim.deal or ""), claim)
    return found


def _terms(wanted: dict[str, Any], got: Any, terms: Counter[str], id_: str, show: bool) -> None:
    deal, claim = got
    for name, value in wanted.items():
        if deal is None or name not in ("status", "amount", "currency", "round", "lead", "stake"):
            continue
        have = (claim.subject in deal.leads) if name == "lead" else getattr(deal.terms, name)
        if name in ("amount", "stake"):
            good = have is not None and abs(Decimal(str(value)) - have) <= Decimal("1e-6") * have
        elif name == "round":
            good = round_key(have) == round_key(value)
        else:
            good = have == value
        terms["right" if good else "wrong"] += 1
        if show and not good:
            print(id_, "terms", name, have, "not", value)


if __name__ == "__main__":
    main()
