"""``python -m kg.extract.train_pairs [FOLDER]``: the classifier of data/model from the training part of FinRE.

The thresholds and what joins it with the rules (``together``) are chosen on held-out fifths of the training part;
nothing is looked up in the validation part, which ``tools/finre.py`` measures on. Where FinRE isn't there, the model
stays as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.extract import finre, pairs, together
from kg.extract.finre import Example
from kg.extract.pairs import Features, Pairs

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "finre"
FOLDS = 5
_AROUND = 3  # thresholds to either side
# L1 keeps the file small and L2 alone is no better: measured on the same fifths
_SETTINGS = {"c1": 0.1, "c2": 0.02, "max_iterations": 60}

# what isn't asked for is told apart all the same, so that it doesn't have to look alike
_CLASSES = (
    (pairs.ACQUIRES, finre.ACQUIRES),
    (pairs.INVESTS, finre.INVESTS),
    (pairs.HOLDS, finre.HOLDS),
    ("B", ("买资", "借壳", "转让", "交易")),
    ("S", ("减持",)),
    ("W", ("拥有", "自己")),
    ("M", ("重组", "合并")),
)
# what is measured: its name, our relation, FinRE's labels
TASKS = (
    ("acquires", "acquires", finre.ACQUIRES),
    ("investsIn", "investsIn", finre.INVESTS + finre.HOLDS),
    ("investsIn without holding", "investsIn", finre.INVESTS),
)


def label(example: Example) -> str:
    """The class of a pair: the first that one of its labels belongs to."""
    for kind, labels in _CLASSES:
        for forward in (True, False):
            if example.states(labels, forward):
                return kind + (pairs.FORWARD if forward else pairs.BACKWARD)
    return "O"


def train(rows: list[tuple[Features, str]], path: Path) -> None:
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(_SETTINGS)
    for features, kind in rows:
        trainer.append([features], [kind])
    trainer.train(str(path))


def probabilities(likely: Mapping[str, float]) -> list[list[float]]:
    """By task, forward and backward."""
    said = [[likely[kind + way] for way in (pairs.FORWARD, pairs.BACKWARD)] for kind in (pairs.ACQUIRES, pairs.INVESTS)]
    holds = [likely[pairs.HOLDS + way] for way in (pairs.FORWARD, pairs.BACKWARD)]
    return [said[0], [i + h for i, h in zip(said[1], holds, strict=True)], said[1]]


def threshold(said: npt.NDArray[np.float64], there: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """The one with the best F1 on average with those beside it, so that no single pair decides; and its own F1."""

    def f1(limit: float) -> float:
        found = said >= limit
        return float(2 * (found & there).sum() / max(1, found.sum() + there.sum()))

    steps = [round(float(x), 2) for x in np.arange(0.02, 0.8, 0.01)]
    reached = [f1(step) for step in steps]
    around = [float(np.mean(reached[i - _AROUND : i + _AROUND + 1])) for i in range(_AROUND, len(steps) - _AROUND)]
    best = int(np.argmax(around)) + _AROUND
    return steps[best], reached[best]


def held_out(
    rows: list[tuple[Features, str]], folds: list[int], path: Path, ask: Callable[[Pairs, int], dict[str, float]]
) -> list[dict[str, float]]:
    """What a classifier that never saw the sentence says of each pair."""
    said: list[dict[str, float]] = [{} for _ in rows]
    for fold in range(FOLDS):
        train([row for row, n in zip(rows, folds, strict=True) if n != fold], path)
        model = Pairs(path)
        for i in (i for i, n in enumerate(folds) if n == fold):
            said[i] = ask(model, i)
    path.unlink()
    return said


def joined(
    rows: list[dict[str, float]], there: npt.NDArray[np.bool_], folds: npt.NDArray[np.int_]
) -> npt.NDArray[np.float64]:
    """What the regression says of each pair, fitted on the other folds."""
    said = np.zeros(len(rows))
    for fold in range(FOLDS):
        weights = together.fit([rows[i] for i in np.flatnonzero(folds != fold)], list(there[folds != fold]))
        for i in np.flatnonzero(folds == fold):
            said[i] = together.likelihood(weights, rows[i])
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="with FinRE's train.txt")
    parser.add_argument("--output", type=Path, default=pairs.model_path())
    args = parser.parse_args()
    if not (args.folder / "train.txt").is_file():
        print(f"{args.output.name} stays as it is: there is no FinRE in {args.folder}.", file=sys.stderr)
        return

    from kg.extract import pipeline

    nlp = pipeline.load()
    examples = finre.read(args.folder / "train.txt")
    texts = {text: finre.understand(nlp, text) for text in dict.fromkeys(e.text for e in examples)}
    readings = [texts[e.text] for e in examples]
    rows = [
        (pairs.features(r.plain, r.tagged, r.spans, e.first, e.second), label(e))
        for e, r in zip(examples, readings, strict=True)
    ]
    # all pairs of a sentence are held out together
    folds = [zlib.crc32(e.text.encode()) % FOLDS for e in examples]
    args.output.parent.mkdir(parents=True, exist_ok=True)

    def ask(model: Pairs, i: int) -> dict[str, float]:
        e, r = examples[i], readings[i]
        return model.classes(r.plain, r.tagged, r.spans, e.first, e.second)

    said = held_out(rows, folds, args.output.with_suffix(".held"), ask)
    rules = [finre.stated(e, r) for e, r in zip(examples, readings, strict=True)]
    twice = np.repeat(folds, 2)
    chosen: dict[str, dict[str, float | dict[str, float]]] = {}
    for task, (name, _, labels) in enumerate(TASKS):
        there = np.array([e.states(labels, forward) for e in examples for forward in (True, False)])
        likely = [probabilities(p)[task] for p in said]
        alone, reached = threshold(np.array(likely).ravel(), there)
        both = [
            together.features(p, one, forward)
            for ways, one in zip(likely, rules, strict=True)
            for p, forward in zip(ways, (True, False), strict=True)
        ]
        limit, best = threshold(joined(both, there, twice), there)
        chosen[name] = {"alone": alone, "together": limit, "weights": together.fit(both, list(there))}
        print(f"{name}, held out: F1 {reached:.3f} alone, {best:.3f} together (of {there.sum()})", file=sys.stderr)
    train(rows, args.output)
    args.output.with_suffix(".json").write_text(json.dumps(chosen, indent=2) + "\n", encoding="utf-8")
    print(
        f"{len(examples)} pairs in {len(texts)} sentences; {args.output}: {args.output.stat().st_size / 1e6:.1f} MB",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
