"""How sure a relation is: a probability that it is right, fitted on labelled texts by ``tools/calibrate.py``.

What goes in: how often the rule was right there (with the rule's own guess counted as four cases), how surely its two
names are names, how far apart they stand, and whether something was carried over from another sentence. What comes
out means what it says: of a hundred claims at 0.9 about ninety are right (docs/quality.md, by tenths).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from kg.extract.recogniser import Guess
from kg.items import Mention, Relation
from kg.settings import asset

#: In the order of the weights.
FEATURES = ("bias", "rule", "names", "between", "distance", "headline", "latin", "carried")
PRIOR = 4.0  # cases that the rule's own figure counts for
_GUESSED = frozenset(("model", "repeat", "doubt"))


@dataclass(frozen=True, slots=True)
class Calibration:
    weights: tuple[float, ...]
    rules: dict[str, tuple[int, int]]  # right, all


def logit(p: float) -> float:
    p = min(0.995, max(0.005, p))
    return math.log(p / (1 - p))


def rule_odds(right: int, said: int, raw: float) -> float:
    """The log-odds of a rule, with its own guess for as long as there are few cases."""
    return logit((right + PRIOR * raw) / (said + PRIOR))


def certainty(text: str, mentions: Sequence[Mention], guesses: Iterable[Guess]) -> list[float]:
    """By mention, how surely it is a name: what reference data, a title or a form supports is."""
    best: dict[str, float] = {}
    for guess in guesses:
        name = text[guess.start : guess.end]
        best[name] = max(guess.probability, best.get(name, 0.0))
    return [best.get(m.text, 0.75) if m.reason in _GUESSED else 1.0 for m in mentions]


def features(
    relation: Relation, odds: float, text: str, mentions: Sequence[Mention], sure: Sequence[float]
) -> list[float]:
    a, b = mentions[relation.subject], mentions[relation.object]
    left, right = (a, b) if a.start <= b.start else (b, a)
    between = sum(left.end <= m.start and m.end <= right.start for m in mentions)
    piece = text[relation.start : relation.end]
    latin = sum(c.isascii() for c in piece) > 0.7 * max(1, len(piece))
    inside = all(relation.start <= m.start and m.end <= relation.end for m in (a, b))
    return [
        1.0,
        odds,
        min(sure[relation.subject], sure[relation.object]),
        min(between, 5) / 5,
        min(max(0, right.start - left.end), 90) / 60,
        float(relation.headline),
        float(latin),
        float(not inside),
    ]


@cache
def load() -> Calibration | None:
    path = asset("data", "model", "confidence.json")
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(
        tuple(data["weights"][name] for name in FEATURES), {k: tuple(v) for k, v in data["rules"].items()}
    )


def of(relation: Relation, row: Sequence[float], weights: Sequence[float]) -> float:
    """The probability, to two places, between 0.05 and 0.99: nothing is certain."""
    score = max(-30.0, min(30.0, sum(w * x for w, x in zip(weights, row, strict=True))))
    return round(min(0.99, max(0.05, 1 / (1 + math.exp(-score)))), 2)


def settle(
    text: str, mentions: Sequence[Mention], guesses: Iterable[Guess], relations: Iterable[Relation]
) -> list[float]:
    """The confidence of each relation."""
    calibration = load()
    relations = list(relations)
    if calibration is None:
        return [r.confidence for r in relations]
    sure = certainty(text, mentions, guesses)
    found = []
    for relation in relations:
        odds = rule_odds(*calibration.rules.get(relation.rule, (0, 0)), relation.confidence)
        found.append(of(relation, features(relation, odds, text, mentions, sure), calibration.weights))
    return found
