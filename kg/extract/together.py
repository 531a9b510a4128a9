"""The rules and the classifier of pairs on one question: a logistic regression over what both say.

How far the rules hold their word on sentences of this kind is learnt rather than set: that one fires, for this
relation or another, this way round or the other, is a feature among others and doesn't win by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Stated = tuple[str, str, bool]  # a relation, its rule, and whether from the first of the pair to the second
Weights = Mapping[str, float]

_LEAST = 1e-5
_RIDGE = 1.0
_STEPS = 25
# rules for other relations fire too seldom there to learn from, and a weight a rule learns by heart
_RELATIONS = ("acquires", "agreementWith", "investsIn", "subsidiaryOf")


def features(likely: float, rules: Iterable[Stated], forward: bool) -> dict[str, float]:
    """Of one direction; ``likely`` is what the classifier gives it."""
    p = min(max(likely, _LEAST), 1 - _LEAST)
    found = {"any": 1.0, "likely": math.log(p / (1 - p))}
    for relation, _, ahead in rules:
        if relation in _RELATIONS:
            found[relation + (" there" if ahead == forward else " back")] = 1.0
    return found


def likelihood(weights: Weights, found: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-sum(weights.get(name, 0.0) * value for name, value in found.items())))


def fit(rows: Sequence[Mapping[str, float]], there: Sequence[bool]) -> dict[str, float]:
    """By Newton's method, with a ridge on standardised features."""
    names = sorted({name for row in rows for name in row})
    at = {name: i for i, name in enumerate(names)}
    x: npt.NDArray[np.float64] = np.zeros((len(rows), len(names)))
    for i, row in enumerate(rows):
        for name, value in row.items():
            x[i, at[name]] = value
    y = np.array(there, dtype=float)
    spread = np.maximum(x.std(axis=0), 0.1)
    x /= spread
    weights = np.zeros(len(names))
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (p - y) + 2 * _RIDGE * weights
        bend = (x * (p * (1 - p))[:, None]).T @ x + 2 * _RIDGE * np.eye(len(names))
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return {name: round(float(w), 4) for name, w in zip(names, weights / spread, strict=True)}
