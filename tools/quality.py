"""How well reports are read, in figures: ``python tools/quality.py [--check | --write | --update | --items [NAME…]]``.

The real report and the development texts that stand beside the checkout (../shared) go through ``kg add`` and
``kg export`` as a user's would, and the gold annotations' own scorer reads the graph; the labelled passages of
tests/cases/relations go through tools/cases.py. ``--check`` compares with the figures of the last release in
tests/quality.json, and exits 1 where one is lower; ``--write`` puts the table into docs/quality.md; ``--update``,
for a release, does that and makes today's figures those that are checked against. ``--items`` measures, instead of all
that, the items of tests/cases/items by the same scorer, each file or those named (``finance-a``).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg import __version__

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
BASELINE = ROOT / "tests" / "quality.json"
ITEMS = ROOT / "tests" / "cases" / "items"
DOC = ROOT / "docs" / "quality.md"
TOLERANCE = 0.002  # rounding, and a relation more or less in a thousand
BEGIN, END = "<!-- figures: make quality writes them -->", "<!-- end of the figures -->"
SUMS = ("items", "quotes", "core", "entities", "relations", "attributes")
TITLES = {
    "items": "items found",
    "quotes": "quotes that stand in the source",
    "core": "**core**: issuedBy, acquires, investsIn",
    "entities": "entities",
    "relations": "relations",
    "attributes": "terms of deals: status, amount, currency, round, lead",
}

_ROW = re.compile(r"^\s*(\w+)\s+([01]\.\d{3})\s+([01]\.\d{3})\s+([01]\.\d{3})\s+(\d+)$")
_SHARE = re.compile(r"^(quotes|attributes|terms of deals)\s+([01]\.\d{3}) \((\d+) of (\d+)\)$")
_ITEMS = re.compile(r"^items found\s+(\d+) of (\d+)$")


class Failed(Exception):
    """A step of the measuring that ended badly: what it printed."""


@dataclass
class Figures:
    """Of one set of texts: sums by name, and precision, recall, F1 and how many there are for each type."""

    sums: dict[str, float] = field(default_factory=dict)
    types: dict[str, tuple[float, float, float, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, printed: str) -> Figures:
        """What the scorer or tools/cases.py prints."""
        found = cls()
        for line in printed.splitlines():
            if row := _ROW.match(line):
                name, there = row[1], int(row[5])
                found.types[name] = (float(row[2]), float(row[3]), float(row[4]), there)
                if name in SUMS:
                    found.sums[name] = float(row[4])
            elif share := _SHARE.match(line):
                found.sums["quotes" if share[1] == "quotes" else "attributes"] = float(share[2])
            elif items := _ITEMS.match(line):
                found.sums["items"] = round(int(items[1]) / int(items[2]), 3)
        return found


def measure() -> dict[str, Figures]:
    """The figures of each set: the report, the development texts, the labelled passages."""
    gold = SHARED / "gold"
    with tempfile.TemporaryDirectory() as folder:
        report = SHARED / "reports" / "2024-08.txt"
        return {
            "report": _scored(Path(folder), gold / "2024-08.json", [report], ["--text", str(report)]),
            "dev": _scored(Path(folder), gold / "dev.json", sorted((gold / "dev").glob("*.txt")), []),
            "passages": Figures.read(_printed("tools/cases.py")),
        }


def _scored(folder: Path, gold: Path, files: list[Path], more: list[str]) -> Figures:
    store, graph = folder / gold.stem, folder / f"{gold.stem}.trig"
    _printed("-m", "kg", "add", "--store", str(store), *map(str, files))
    _printed("-m", "kg", "export", "--store", str(store), "-o", str(graph))
    return Figures.read(_printed(str(SHARED / "gold" / "score.py"), str(gold), str(graph), *more))


def _printed(*args: str) -> str:
    ran = subprocess.run([sys.executable, *args], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if ran.returncode:
        raise Failed(f"{' '.join(args[:3])} ended with {ran.returncode}:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return ran.stdout


def items(names: Sequence[str]) -> dict[str, tuple[int, Figures]]:
    """How many items a file of tests/cases/items has, and its figures; each item goes in as a text of its own."""
    every = {path.stem: path for path in sorted(ITEMS.glob("*.json"))}
    if missing := sorted(set(names) - set(every)):
        raise Failed(f"{ITEMS} has no {', '.join(missing)}: it has {', '.join(every)}")
    paths = [path for name, path in every.items() if not names or name in names]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            texts = Path(folder) / f"texts-{path.stem}"
            texts.mkdir()
            rows = json.loads(path.read_text(encoding="utf-8"))["items"]
            for row in rows:
                whole = "\n".join((row["title"], row.get("link", ""), row["text"]))
                (texts / f"{row['id']}.txt").write_text(whole, encoding="utf-8")
            found[path.stem] = (len(rows), _scored(Path(folder), path, sorted(texts.glob("*.txt")), []))
    return found


def short_of(measured: dict[str, Figures], minimum: dict[str, dict[str, float]]) -> list[str]:
    """The figures that are lower than the last release's."""
    return [
        f"{name}: {figure} {measured[name].sums.get(figure, 0.0):.3f}, and it was {value:.3f}"
        for name, figures in minimum.items()
        for figure, value in figures.items()
        if measured[name].sums.get(figure, 0.0) < value - TOLERANCE
    ]


def baseline() -> tuple[str, dict[str, dict[str, float]]]:
    """The last release and its figures."""
    said = json.loads(BASELINE.read_text(encoding="utf-8"))
    return said["release"], said["figures"]


def table(measured: dict[str, Figures]) -> str:
    """The figures as two tables in Markdown."""
    lines = ["| | report | 30 other texts | 300 passages |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {title} | " + " | ".join(_three(one.sums.get(name)) for one in measured.values()) + " |"
        for name, title in TITLES.items()
    ]
    types = dict.fromkeys(name for one in measured.values() for name in one.types if name not in SUMS)
    lines += ["", "F1, and in brackets how many there are:", "", lines[0], lines[1]]
    for name in types:
        cells = (one.types.get(name) for one in measured.values())
        lines.append(f"| {name} | " + " | ".join(f"{c[2]:.3f} ({c[3]})" if c else "–" for c in cells) + " |")
    return "\n".join(lines)


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def write(measured: dict[str, Figures]) -> None:
    """Put the tables between their marks in docs/quality.md."""
    text = DOC.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    DOC.write_text(f"{before}{BEGIN}\n{table(measured)}\n{END}{after}", encoding="utf-8")


def update(measured: dict[str, Figures]) -> None:
    """Make the figures those that the next ones are checked against."""
    figures = {name: {key: one.sums[key] for key in SUMS if key in one.sums} for name, one in measured.items()}
    said = {"release": __version__, "figures": figures}
    BASELINE.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 where a figure is below the last release's")
    parser.add_argument("--write", action="store_true", help="put the table into docs/quality.md")
    parser.add_argument("--update", action="store_true", help="--write, and make these the release's figures")
    parser.add_argument("--items", nargs="*", metavar="NAME", help="measure files of tests/cases/items instead")
    args = parser.parse_args()
    if not SHARED.is_dir():
        print(f"{SHARED} isn't there: the texts that are measured on stand beside the checkout", file=sys.stderr)
        return 2
    try:
        if args.items is not None:
            print("| | items | " + " | ".join(name for name in SUMS if name != "items") + " |\n| --- |" + " ---: |" * 6)
            for name, (count, figures) in items(args.items).items():
                cells = " | ".join(_three(figures.sums.get(key)) for key in SUMS if key != "items")
                print(f"| {name} | {count} | {cells} |")
            return 0
        measured = measure()
    except Failed as fault:
        print(fault, file=sys.stderr)
        return 2
    print(table(measured))
    if args.write or args.update:
        write(measured)
    if args.update:
        update(measured)
    if args.check:
        release, minimum = baseline()
        short = short_of(measured, minimum)
        print("\n".join(["", *short]) if short else f"\nNothing is below the figures of {release}.")
        return 1 if short else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
