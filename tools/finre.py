"""How well deals between two given names are told: ``python tools/finre.py [FOLDER] [--show]``.

Measures the rules alone, the classifier of pairs alone and both together on the validation part of FinRE, which
nothing was trained or tuned on. Direction counts. What it prints is the
table of docs/quality.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.extract import finre, pairs, pipeline, together
from kg.extract.train_pairs import FOLDER, TASKS, probabilities

WAYS = ("rules", "model", "together")


@dataclass(frozen=True, slots=True)
class Figure:
    right: int
    said: int
    there: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.said)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.there)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.said + self.there)


def measure(folder: Path = FOLDER, show: Callable[[str], None] | None = None) -> dict[str, dict[str, Figure]]:
    """The figures by relation and way."""
    nlp, model = pipeline.load(), pairs.load()
    limits = json.loads(pairs.model_path().with_suffix(".json").read_text(encoding="utf-8"))
    counts = {(name, way): [0, 0, 0] for name, _, _ in TASKS for way in WAYS}
    for example in finre.read(folder / "valid.txt"):
        reading = finre.understand(nlp, example.text)
        rules = finre.stated(example, reading)
        likely = model.classes(reading.plain, reading.tagged, reading.spans, example.first, example.second)
        alone = probabilities(likely)
        for task, (name, relation, labels) in enumerate(TASKS):
            for back, forward in enumerate((True, False)):
                limit, there = limits[name], example.states(labels, forward)
                p = together.likelihood(limit["weights"], together.features(alone[task][back], rules, forward))
                found = {
                    "rules": any((type_, ahead) == (relation, forward) for type_, _, ahead in rules),
                    "model": alone[task][back] >= limit["alone"],
                    "together": p >= limit["together"],
                }
                for way, one in found.items():
                    count = counts[name, way]
                    count[0] += one and there
                    count[1] += one
                    count[2] += there
                if show and found["together"] != there:
                    ends = [example.text[slice(*span)] for span in (example.first, example.second)]
                    a, b = ends if forward else reversed(ends)
                    said = ", ".join(sorted(example.labels))
                    show(f"{'missing' if there else 'wrong'} {name} {a} → {b} ({p:.2f}): {example.text} [{said}]")
    return {name: {way: Figure(*counts[name, way]) for way in WAYS} for name, _, _ in TASKS}


def table(figures: dict[str, dict[str, Figure]]) -> str:
    lines = ["| | | P | R | F1 | of |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    for name, ways in figures.items():
        for way, f in ways.items():
            lines.append(f"| {name} | {way} | {f.precision:.3f} | {f.recall:.3f} | {f.f1:.3f} | {f.there} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="with FinRE's valid.txt")
    parser.add_argument("--show", action="store_true", help="what is missing and what is wrong")
    args = parser.parse_args()
    if not (args.folder / "valid.txt").is_file():
        print(f"There is no valid.txt in {args.folder}: name the folder that FinRE lies in.", file=sys.stderr)
        return 2
    print(table(measure(args.folder, print if args.show else None)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
