"""What confidence means, fitted and measured: ``python tools/calibrate.py [--write]``.

Takes every claim that regkg makes of the labelled texts (tests/cases, and ../shared/gold/dev.json where it is there),
fits the weights of kg/extract/confidence.py to whether it is right, and prints, by tenths of confidence, how many
were. The table is of texts left out: each fifth of them is judged by what the other four gave. ``--write`` keeps the
weights in data/model/confidence.json and the table in docs/quality.md.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.extract import confidence, pipeline
from kg.ids import normalise
from kg.items import RELATIONS, Claim, Extraction, Relation
from kg.resolve.linker import resolve
from tools import labelled

FOLDS = 5
RIDGE = 1.0
MODEL = labelled.ROOT / "data" / "model" / "confidence.json"
PAGE = labelled.ROOT / "docs" / "quality.md"


@dataclass(frozen=True, slots=True)
class Told:
    """One claim of one case: the rule, the features without the rule's, and whether it is right."""

    case: str
    rule: str
    raw: float
    row: tuple[float, ...]
    right: bool


def told() -> list[Told]:
    nlp = pipeline.load()
    nlp.remove_pipe("kg_confidence")
    found = []
    for case in labelled.everything():
        report = labelled.report_of(case)
        item = report.items[0]
        doc = pipeline.run(nlp, item.passage.text, item.issued)
        sure = confidence.certainty(doc.text, doc._.mentions, doc._.guesses)
        relations: list[Relation] = doc._.found.relations
        # the place of a relation travels in place of its confidence, so that each claim is known again
        marked = tuple(replace(r, confidence=float(i)) for i, r in enumerate(relations))
        extraction = Extraction(item, tuple(doc._.mentions), marked, tuple(doc._.documents))
        (facts,) = resolve(report, [extraction])
        called = {e.iri: {normalise(x.text) for x in (e.label, *e.labels, *e.aliases)} for e in facts.entities}
        for claim in facts.claims:
            if claim.relation not in RELATIONS:
                continue
            relation = relations[int(claim.confidence)]
            row = confidence.features(relation, 0.0, doc.text, doc._.mentions, sure)
            found.append(Told(case.id, relation.rule, relation.confidence, tuple(row), right(case, claim, called)))
    return found


def right(case: labelled.Case, claim: Claim, called: dict[str, set[str]]) -> bool:
    """Whether the labels of a case have a claim."""

    def which(iri: str) -> list[str]:
        return [name for name, forms in case.names.items() if forms & called.get(iri, set())]

    ends = [(a, b) for a in which(claim.subject) for b in which(claim.object)]
    if claim.relation == "agreementWith":
        ends += [(b, a) for a, b in ends]
    return any((claim.relation, a, b) in case.relations for a, b in ends)


def counts(sample: Sequence[Told]) -> dict[str, tuple[int, int]]:
    said, good = Counter(t.rule for t in sample), Counter(t.rule for t in sample if t.right)
    return {rule: (good[rule], said[rule]) for rule in sorted(said)}


def matrix(sample: Sequence[Told], rules: dict[str, tuple[int, int]], own: bool) -> np.ndarray:
    """The features; with ``own``, a claim doesn't count in its own rule's figure."""
    rows = []
    for t in sample:
        good, said = rules.get(t.rule, (0, 0))
        if own:
            good, said = good - t.right, said - 1
        rows.append([*t.row[:1], confidence.rule_odds(good, said, t.raw), *t.row[2:]])
    return np.array(rows)


def fit(sample: Sequence[Told]) -> tuple[list[float], dict[str, tuple[int, int]]]:
    """Logistic regression by Newton's steps with a ridge: the same numbers on any machine."""
    rules = counts(sample)
    x, y = matrix(sample, rules, own=True), np.array([float(t.right) for t in sample])
    w = np.zeros(x.shape[1])
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 1e-6
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + penalty, x.T @ (p - y) + penalty @ w)
        w = w - step
        if np.abs(step).max() < 1e-9:
            break
    return [round(float(v), 4) for v in w], rules


def predict(sample: Sequence[Told], weights: list[float], rules: dict[str, tuple[int, int]]) -> list[float]:
    scores = matrix(sample, rules, own=False) @ np.array(weights)
    return [round(float(min(0.99, max(0.05, p))), 2) for p in 1 / (1 + np.exp(-scores))]


def table(sample: Sequence[Told]) -> list[tuple[str, int, int, float]]:
    """By tenths: how many claims, how many right, and the mean confidence; each fold judged by the others."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for fold in range(FOLDS):
        inside = [t for t in sample if zlib.crc32(t.case.encode()) % FOLDS == fold]
        weights, rules = fit([t for t in sample if zlib.crc32(t.case.encode()) % FOLDS != fold])
        for t, p in zip(inside, predict(inside, weights, rules), strict=True):
            bins.setdefault(min(9, int(p * 10)), []).append((p, t.right))
    rows = []
    for tenth in sorted(bins, reverse=True):
        there = bins[tenth]
        mean = sum(p for p, _ in there) / len(there)
        rows.append((f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}", len(there), sum(good for _, good in there), mean))
    return rows


def lines(rows: list[tuple[str, int, int, float]]) -> list[str]:
    head = ["| confidence | claims | right | share right | mean confidence |", "| --- | ---: | ---: | ---: | ---: |"]
    body = [f"| {name} | {n:,} | {good:,} | {good / n:.2f} | {mean:.2f} |" for name, n, good, mean in rows]
    n, good = sum(r[1] for r in rows), sum(r[2] for r in rows)
    mean = sum(r[3] * r[1] for r in rows) / n
    return [*head, *body, f"| all | {n:,} | {good:,} | {good / n:.2f} | {mean:.2f} |"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="keep the weights and write the table into docs/quality.md"
    )
    args = parser.parse_args()
    sample = told()
    printed = lines(table(sample))
    print("\n".join(printed))
    if args.write:
        weights, rules = fit(sample)
        data = {"weights": dict(zip(confidence.FEATURES, weights, strict=True)), "rules": rules}
        text = json.dumps(data, ensure_ascii=False, indent=1)
        text = re.sub(r"\[\n\s+(\d+),\n\s+(\d+)\n\s+\]", r"[\1, \2]", text)
        MODEL.write_text(text + "\n", encoding="utf-8")
        page = PAGE.read_text(encoding="utf-8")
        block = (
            "<!-- confidence: tools/calibrate.py --write -->\n" + "\n".join(printed) + "\n<!-- end of confidence -->"
        )
        pattern = r"<!-- confidence: .*?<!-- end of confidence -->"
        PAGE.write_text(re.sub(pattern, lambda _: block, page, flags=re.DOTALL), encoding="utf-8")
        print(f"{MODEL}, {PAGE}")


if __name__ == "__main__":
    main()
