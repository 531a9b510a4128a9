"""What a sentence says of two firms that it names: a linear classifier, a second opinion beside the rules.

It learnt from FinRE (``python -m kg.extract.train_pairs``), where people said what holds between two names of a
sentence. A rule knows its wordings and no others; the classifier weighs all of them and is never sure. It is a
maximum-entropy model, which to CRFsuite is a sequence of one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from kg.extract import wording
from kg.extract.lac import Tagged
from kg.extract.words import table
from kg.settings import asset

Features = dict[str, float]
Span = tuple[int, int]  # text offsets

# the classes that are asked for, each from the first of the pair to the second or back
ACQUIRES, INVESTS, HOLDS = "A", "I", "H"
FORWARD, BACKWARD = ">", "<"

# how the others in the sentence are written; the pair is Ａ and Ｂ
_OTHERS = {"Company": "Ｃ", "Organization": "Ｏ", "Person": "Ｐ", "Regulator": "Ｒ"}
_NUMBER = re.compile(r"[0-9０-９]+(?:[.,][0-9]+)*")
_WIDE = str.maketrans(",;:()?!", "，；：（）？！")
_WINDOW = 30
_NEAR = 12


def _plain(text: str) -> str:
    return _NUMBER.sub("#", text.lower()).translate(_WIDE).replace(" ", "")


def _sketch(plain: str, spans: Iterable[tuple[int, int, str]], first: Span, second: Span) -> tuple[str, str, str]:
    """What stands before, between and behind the pair, the other names a letter each."""
    taken = [(*first, "Ａ"), (*second, "Ｂ")]
    for start, end, type_ in spans:
        if not any(a < end and start < b for a, b, _ in taken):
            taken.append((start, end, _OTHERS.get(type_, "Ｉ")))
    out, at = "", 0
    for start, end, letter in sorted(taken):
        out += _plain(plain[at:start]) + letter
        at = end
    out += _plain(plain[at:])
    i, j = out.find("Ａ"), out.find("Ｂ")
    return out[max(0, i - _WINDOW) : i], out[i + 1 : j], out[j + 1 : j + 1 + _WINDOW]


# measured on held-out parts of FinRE: what stands between the two tells more than what stands around them
_AROUND = ("b:", "a:")
_TELLING = ("m=", "cm", "cc", "wm", "v1", "v9", "|m", "m|")


def _weight(feature: str) -> float:
    return 0.5 if feature.startswith(_AROUND) else 1.5 if feature.startswith(_TELLING) else 1.0


def _words(plain: str, tagged: Tagged, start: int, end: int) -> list[tuple[str, str]]:
    """LAC's words of a stretch and their tags."""
    found, begin = [], start
    for i in range(start + 1, end + 1):
        if i == end or tagged[i][1]:
            found.append((_plain(plain[begin:i]), tagged[begin][0]))
            begin = i
    return found


def _grams(mark: str, text: str) -> Iterable[str]:
    for n in (1, 2, 3):
        for i in range(len(text) - n + 1):
            yield mark + text[i : i + n]


def features(plain: str, tagged: Tagged, spans: Iterable[tuple[int, int, str]], first: Span, second: Span) -> Features:
    """In a fixed order, as long as 1 together. ``plain`` is one sentence, ``spans`` the names in it."""
    before, between, behind = _sketch(plain, spans, first, second)
    found = [*_grams("b:", before), *_grams("m:", between), *_grams("a:", behind)]
    for n in (1, 2, 3, 4):
        found += ("b|" + before[-n:], "|m" + between[:n], "m|" + between[-n:], "|a" + behind[:n])
    if len(between) < _NEAR:
        found.append("m=" + between)
    long = len(between)
    found += (
        f"long {long if long < 4 else 4 + (long - 4) // 5 if long < 30 else 12}",
        f"at {min(5, len(before) // 5)}",
        f"clauses {min(4, sum(between.count(c) for c in '，。；'))}",
        f"others {min(3, sum(between.count(c) for c in 'ＣＯＰＲＩ'))}",
        f"short {len(plain) < _WINDOW}",
    )
    cues = sorted(table("pair-cue"))
    inside = [c for c in cues if c in between]
    after = [c for c in cues if c in behind]
    found += ["cm:" + c for c in inside]
    found += ["cb:" + c for c in cues if c in before]
    found += ["ca:" + c for c in after]
    found += [f"cc:{c}+{d}" for n, c in enumerate(inside) for d in inside[n + 1 :]]
    near = [c for c in after if c in behind[:_NEAR]]
    found += [f"cn:{c}+{d}" for c in inside for d in near]

    words = _words(plain, tagged, first[1], second[0])
    ahead, rest = _words(plain, tagged, 0, first[0]), _words(plain, tagged, second[1], len(plain))
    found += ["wm:" + w for w, _ in words]
    found += ["wb:" + w for w, _ in ahead[-8:]]
    found += ["wa:" + w for w, _ in rest[:8]]
    found += [f"ww:{a}_{b}" for (a, _), (b, _) in pairwise(words)]
    verbs = [w for w, tag in words if tag.startswith("v")]
    found += [f"vv:{a}_{b}" for a, b in pairwise(verbs)]
    found += [f"v1:{verbs[0]}", f"v9:{verbs[-1]}"] if verbs else ["v0"]
    found.append("va:" + next((w for w, tag in rest if tag.startswith("v")), ""))
    found.append("vb:" + next((w for w, tag in reversed(ahead) if tag.startswith("v")), ""))
    if len(words) < 6:
        found.append("tags:" + "_".join(tag for _, tag in words))
    one, other = _plain(plain[slice(*first)]), _plain(plain[slice(*second)])
    found += [f"alike {min(4, len(set(one) & set(other)))}", f"kin {one[:2] == other[:2]}", "any"]
    found += wording.features(before, between, behind)
    found += [f"again {n} {min(2, plain.count(plain[slice(*name)]) - 1)}" for n, name in enumerate((first, second))]
    weights = {f: _weight(f) for f in found}
    # a long sentence must not speak louder than a short one
    length = math.sqrt(sum(w * w for w in weights.values()))
    return {f: w / length for f, w in weights.items()}


@dataclass(frozen=True, slots=True)
class Opinion:
    """How likely the first of two firms is the one that buys the other, invests in it, or is said to hold shares."""

    acquires: float
    invests: float
    holds: float


class Pairs:
    """A sentence and two of its names → an opinion."""

    def __init__(self, model: Path) -> None:
        import pycrfsuite

        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(model))

    def __call__(
        self, plain: str, tagged: Tagged, spans: Iterable[tuple[int, int, str]], subject: Span, other: Span
    ) -> Opinion:
        """The spans are offsets of ``plain``; those of the pair must not overlap."""
        forward = subject < other
        likely = self.classes(plain, tagged, spans, *((subject, other) if forward else (other, subject)))
        way = FORWARD if forward else BACKWARD
        return Opinion(*(likely[kind + way] for kind in (ACQUIRES, INVESTS, HOLDS)))

    def classes(
        self, plain: str, tagged: Tagged, spans: Iterable[tuple[int, int, str]], first: Span, second: Span
    ) -> dict[str, float]:
        """How likely each class is, those that aren't asked for too; ``first`` stands before ``second``."""
        self._tagger.set([features(plain, tagged, spans, first, second)])
        return {kind: self._tagger.marginal(kind, 0) for kind in sorted(self._tagger.labels())}


def model_path() -> Path:
    return asset("data", "model", "pairs.crfsuite")


@cache
def load() -> Pairs:
    return Pairs(model_path())
