"""``python -m kg.extract.train_pairs [FOLDER]``: the classifier of data/model from the training part of FinRE.

The thresholds are those with the best F1 on held-out fifths of the training part; nothing is looked up in the
validation part, which ``tools/finre.py`` measures on. Where FinRE isn't there, the model stays as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.extract import finre, pairs
from kg.extract.finre import Example, Reading
from kg.extract.pairs import Features, Pairs

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "finre"
FOLDS = 5
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


def probabilities(model: Pairs, example: Example, reading: Reading) -> list[list[float]]:
    """By task, forward and backward."""
    ways = [(example.first, example.second), (example.second, example.first)]
    said = [model(reading.plain, reading.tagged, reading.spans, *way) for way in ways]
    return [[o.acquires for o in said], [o.invests + o.holds for o in said], [o.invests for o in said]]


def thresholds(
    said: npt.NDArray[np.float64], rules: npt.NDArray[np.bool_], there: npt.NDArray[np.bool_]
) -> tuple[dict[str, float], dict[str, float]]:
    """The best alone; and together, for pairs of which the rules say so (``said``) and of which they don't.

    Beside them the F1 that they reach.
    """

    def f1(found: npt.NDArray[np.bool_]) -> float:
        return float(2 * (found & there).sum() / max(1, found.sum() + there.sum()))

    steps = [round(float(x), 2) for x in np.arange(0.02, 0.7, 0.01)]
    alone = max(steps, key=lambda t: f1(said >= t))
    both = ((a, b) for a in steps if a <= 0.3 for b in steps)
    low, high = max(both, key=lambda t: f1(np.where(rules, said >= t[0], said >= t[1])))
    reached = {"alone": f1(said >= alone), "together": f1(np.where(rules, said >= low, said >= high))}
    return {"alone": alone, "said": low, "unsaid": high}, reached


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
    said = np.zeros((len(TASKS), len(examples), 2))
    args.output.parent.mkdir(parents=True, exist_ok=True)
    held = args.output.with_suffix(".held")
    for fold in range(FOLDS):
        train([row for row, n in zip(rows, folds, strict=True) if n != fold], held)
        model = Pairs(held)
        for i in (i for i, n in enumerate(folds) if n == fold):
            said[:, i] = probabilities(model, examples[i], readings[i])
    held.unlink()
    rules = [finre.stated(e, r) for e, r in zip(examples, readings, strict=True)]
    chosen = {}
    for task, (name, relation, labels) in enumerate(TASKS):
        found = np.array([[(relation, forward) in one for forward in (True, False)] for one in rules])
        there = np.array([[e.states(labels, forward) for forward in (True, False)] for e in examples])
        chosen[name], reached = thresholds(said[task], found, there)
        print(f"{name}, held out: F1 " + ", ".join(f"{f:.3f} {way}" for way, f in reached.items()), file=sys.stderr)
    train(rows, args.output)
    args.output.with_suffix(".json").write_text(json.dumps(chosen, indent=2) + "\n", encoding="utf-8")
    print(
        f"{len(examples)} pairs in {len(texts)} sentences; {args.output}: {args.output.stat().st_size / 1e6:.1f} MB",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
