"""How well names are found in CLUENER's sentences: ``python tools/cluener.py [FOLDER] [--every N]``.

CLUENER has no licence file: it is measured on and nothing that ships learnt from it. Its labels mean other things than
ours (a game or a film is a name there, 政府 alone is a government), so the figures compare regkg with itself.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from kg.extract import pipeline

FOLDER = Path(__file__).parents[1] / ".." / "shared" / "corpora" / "cluener"
OURS = {"company": "Company", "government": "Regulator", "organization": "Organization", "name": "Person"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--every", type=int, default=5, metavar="N", help="every N-th sentence")
    args = parser.parse_args()
    path = args.folder / "train.json"
    if not path.exists():
        raise SystemExit(f"{path} isn't there: give the folder that holds CLUENER's train.json.")
    nlp = pipeline.load()
    right, said, there = Counter[str](), Counter[str](), Counter[str]()
    lines = path.read_text(encoding="utf-8").splitlines()[:: args.every]
    for line in lines:
        row = json.loads(line)
        want = {
            (start, end + 1, OURS[label])
            for label, names in row.get("label", {}).items()
            if label in OURS
            for spans in names.values()
            for start, end in spans
        }
        doc = pipeline.run(nlp, row["text"], None)
        got = {(m.start, m.end, m.type) for m in doc._.mentions if m.type in OURS.values() and m.reason != "nested"}
        for counter, spans in ((right, want & got), (said, got), (there, want)):
            counter.update(type_ for _, _, type_ in spans)
    print(f"{len(lines):,} sentences")
    print("| | P | R | F1 | of |\n| --- | ---: | ---: | ---: | ---: |")
    for name in [*OURS.values(), "all"]:
        r, s, t = (c.total() if name == "all" else c[name] for c in (right, said, there))
        print(f"| {name} | {r / max(1, s):.3f} | {r / max(1, t):.3f} | {2 * r / max(1, s + t):.3f} | {t:,} |")


if __name__ == "__main__":
    main()
