"""``python -m kg.extract.train``: the model of data/model from the sentences of data/training.

Each line of data/training/*.txt is a sentence in which names are marked ``[国家数据局](REG)``; lines that begin with
# are comments. ``--hold-out N`` trains on the other lines and reports the F1 on every N-th line instead.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.tokens import Doc

from kg.extract.gazetteer import Gazetteer, known_names
from kg.extract.lac import load
from kg.extract.plain import simplify
from kg.extract.recogniser import TAGS, clues, featurise, model_path, sequences
from kg.extract.tokenizer import Tokenizer
from kg.reference import Reference
from kg.settings import asset

_MARK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])+?)\]\((REG|INS|PUB|COM|ORG|PER)\)")

Labelled = tuple[str, list[tuple[int, int, str]]]


def unmark(line: str) -> Labelled:
    """A marked line → its text and the names' spans."""
    text, spans, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        spans.append((len(text), len(text) + len(match[1]), match[2]))
        text += match[1]
        at = match.end()
    return text + line[at:], spans


def corpus(folder: Path) -> Iterator[Labelled]:
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield unmark(line.strip())


def labels(doc: Doc, spans: list[tuple[int, int, str]]) -> list[str]:
    """BIO tags by token; a name that starts or ends within a token takes the whole token."""
    tags = ["O"] * len(doc)
    for start, end, kind in spans:
        inside = [t.i for t in doc if t.idx < end and t.idx + len(t) > start]
        for n, i in enumerate(inside):
            tags[i] = ("I-" if n else "B-") + kind
    return tags


def _spans(tags: list[str]) -> set[tuple[int, int, str]]:
    found, i = set(), 0
    while i < len(tags):
        if tags[i] == "O":
            i += 1
            continue
        j = i + 1
        while j < len(tags) and tags[j] == "I-" + tags[i][2:]:
            j += 1
        found.add((i, j, tags[i][2:]))
        i = j
    return found


def main() -> None:
    import pycrfsuite

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hold-out", type=int, default=0, metavar="N")
    parser.add_argument("--data", type=Path, default=asset("data", "training"))
    parser.add_argument("--output", type=Path, default=model_path())
    args = parser.parse_args()

    tokenizer, lac = Tokenizer(spacy.blank("xx").vocab), load()
    gazetteer = Gazetteer(known_names(Reference.load()))
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.1, "c2": 0.05, "max_iterations": 150, "feature.possible_transitions": True})
    held: list[tuple[list[list[str]], list[str]]] = []
    names, lines = Counter[str](), 0
    for n, (text, spans) in enumerate(corpus(args.data)):
        plain = simplify(text)
        doc = tokenizer(text)
        rows, tags = featurise(doc, plain, clues(plain, lac, gazetteer)), labels(doc, spans)
        lines += 1
        names.update(kind for _, _, kind in spans)
        for start, end in sequences(doc, plain):
            if args.hold_out and n % args.hold_out == 0:
                held.append((rows[start:end], tags[start:end]))
            else:
                trainer.append(rows[start:end], tags[start:end])
    print(f"{lines} lines, {sum(names.values())} names: {dict(names.most_common())}", file=sys.stderr)
    output = args.output.with_suffix(".held") if args.hold_out else args.output
    output.parent.mkdir(parents=True, exist_ok=True)
    trainer.train(str(output))
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    if held:
        tagger = pycrfsuite.Tagger()
        tagger.open(str(output))
        right, said, there = Counter[str](), Counter[str](), Counter[str]()
        for held_rows, held_tags in held:
            want, got = _spans(held_tags), _spans(tagger.tag(held_rows))
            for kind in TAGS:
                right[kind] += len({s for s in want & got if s[2] == kind})
                said[kind] += len({s for s in got if s[2] == kind})
                there[kind] += len({s for s in want if s[2] == kind})
        for kind in TAGS:
            print(f"{kind}  F1 {2 * right[kind] / max(1, said[kind] + there[kind]):.3f}  of {there[kind]}")
        print(f"all  F1 {2 * right.total() / max(1, said.total() + there.total()):.3f}  of {there.total()}")
        output.unlink()


if __name__ == "__main__":
    main()
