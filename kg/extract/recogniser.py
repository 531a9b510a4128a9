"""The statistical recogniser of names: a CRF over tokens, with LAC's words and tags and known names as features.

Trained on data/training by ``kg.extract.train``; docs/quality.md says how well it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from spacy.tokens import Doc

from kg.extract.gazetteer import Found, Gazetteer
from kg.extract.kinds import kind_of
from kg.extract.lac import Lac
from kg.items import EntityType
from kg.settings import asset

TAGS: dict[str, EntityType] = {
    "REG": "Regulator",
    "INS": "Instrument",
    "PUB": "Publication",
    "COM": "Company",
    "ORG": "Organization",
    "PER": "Person",
}
_TITLE = re.compile(r"《([^《》]{1,120})》|〈([^〈〉]{1,80})〉")
_QUOTED = re.compile(r"“[^“”]{1,40}”|「[^「」]{1,40}」|\"[^\"\n]{1,40}\"")
_PAREN = re.compile(r"（[^（）]{1,60}）|\([^()]{1,60}\)")
FIRM_WORDS = frozenset(
    [
        "inc",
        "ltd",
        "llc",
        "lp",
        "plc",
        "corp",
        "co",
        "gmbh",
        "ag",
        "sa",
        "ab",
        "nv",
        "bv",
        "capital",
        "ventures",
        "venture",
        "partners",
        "partner",
        "holdings",
        "holding",
        "group",
        "fund",
        "management",
        "equity",
        "labs",
        "lab",
        "technologies",
        "technology",
        "tech",
        "systems",
        "networks",
        "software",
        "security",
        "robotics",
        "therapeutics",
        "bio",
        "investments",
        "investment",
        "bank",
        "ai",
        "io",
        "global",
        "international",
        "media",
        "energy",
        "motors",
        "semiconductor",
    ]
)
_LONGEST = 512  # tokens a sequence; longer sentences are cut at a mark of punctuation

Features = list[str]


@dataclass(frozen=True, slots=True)
class Guess:
    """A name that the model sees; text offsets and the probability of its first token's tag."""

    start: int
    end: int
    type: EntityType
    probability: float


def _shape(word: str) -> str:
    shape = re.sub(r"[A-ZÀ-Þ]", "X", word)
    shape = re.sub(r"[a-zß-ÿ]", "x", shape)
    shape = re.sub(r"\d", "9", shape)
    return re.sub(r"(.)\1{2,}", r"\1\1", shape)


def _marks(plain: str) -> tuple[list[str], list[str]]:
    """By character: within which brackets it stands, and the type that a title's last word suggests."""
    inside, kinds = [""] * len(plain), [""] * len(plain)
    for match in _PAREN.finditer(plain):
        inside[match.start() : match.end()] = ["p"] * (match.end() - match.start())
    for match in _QUOTED.finditer(plain):
        inside[match.start() : match.end()] = ["q"] * (match.end() - match.start())
    for match in _TITLE.finditer(plain):
        kind = kind_of(match[1] or match[2])
        span = match.end() - match.start()
        inside[match.start() : match.end()] = ["t"] * span
        kinds[match.start() : match.end()] = [kind.type if kind else "none"] * span
    return inside, kinds


@dataclass(frozen=True, slots=True)
class Clues:
    """What LAC and the reference data say of a text, by character."""

    tagged: list[tuple[str, bool]]
    found: list[Found]

    def whole(self, start: int, end: int) -> bool:
        """Whether LAC has word boundaries at both ends: 教育部 isn't whole in 教育部门."""
        return self.tagged[start][1] and (end >= len(self.tagged) or self.tagged[end][1])


def clues(plain: str, lac: Lac, gazetteer: Gazetteer) -> Clues:
    tagged: list[tuple[str, bool]] = []
    for line in re.split(r"(?<=[。！？\n])", plain):
        tagged += lac.tag(line)
    return Clues(tagged, gazetteer.find(plain))


def featurise(doc: Doc, plain: str, seen: Clues) -> list[Features]:
    """A list of features a token of the document."""
    tagged = seen.tagged
    words = [""] * len(plain)  # the LAC word that a character belongs to
    begin = 0
    for i in range(1, len(plain) + 1):
        if i == len(plain) or tagged[i][1]:
            words[begin:i] = [plain[begin:i]] * (i - begin)
            begin = i
    known = [""] * len(plain)
    for found in seen.found:
        if found.known.type == "Instrument":
            continue  # measured: with these as features the model leans on the list and misses other documents
        mark = found.known.type[:3] + ("w" if found.known.weak else "")
        known[found.start : found.end] = [mark + "-I"] * (found.end - found.start)
        known[found.start] = mark + "-B"
        known[found.end - 1] = mark + ("-E" if found.end - found.start > 1 else "-S")
    inside, kinds = _marks(plain)

    base: list[tuple[str, str, str, str, str]] = []
    for token in doc:
        at = token.idx
        word = plain[at : at + len(token)].lower()
        tag, begins = tagged[at]
        base.append((word, tag, "B" if begins else "I", words[at], known[at]))
    edge = ("", "", "", "", "")
    rows: list[Features] = []
    for i, token in enumerate(doc):
        at = token.idx

        def near(k: int, i: int = i) -> tuple[str, str, str, str, str]:
            return base[i + k] if 0 <= i + k < len(base) else edge

        word, tag, starts, lac_word, mark = near(0)
        p1, p2, n1, n2, n3 = near(-1), near(-2), near(1), near(2), near(3)
        row = [
            "w=" + word,
            "p1=" + p1[0],
            "p2=" + p2[0],
            "n1=" + n1[0],
            "n2=" + n2[0],
            "p1w=" + p1[0] + "|" + word,
            "wn1=" + word + "|" + n1[0],
            "p2p1=" + p2[0] + "|" + p1[0],
            "n1n2=" + n1[0] + "|" + n2[0],
            "p1wn1=" + p1[0] + "|" + word + "|" + n1[0],
            "wn1n2=" + word + "|" + n1[0] + "|" + n2[0],
            "p2p1w=" + p2[0] + "|" + p1[0] + "|" + word,
            "t=" + tag + starts,
            "pt=" + p1[1] + p1[2],
            "nt=" + n1[1] + n1[2],
            "ptt=" + p1[1] + "|" + tag + starts,
            "tnt=" + tag + starts + "|" + n1[1] + n1[2],
            "nt2=" + n1[1] + "|" + n2[1],
            "L=" + lac_word,
            "Le=" + lac_word[-2:],
            "Ln=" + next((b[3] for b in (n1, n2, n3) if b[3] != lac_word), ""),
            "Lp="
            + (p1[3] if p1[3] != lac_word else next((near(-k)[3] for k in range(2, 8) if near(-k)[3] != lac_word), "")),
            "k=" + mark,
            "kp=" + p1[4],
            "kn=" + n1[4],
            "in=" + inside[at],
            "kind=" + kinds[at],
        ]
        if word[:1].isascii() and word[:1].isalpha():
            text = token.text
            row += [
                "s=" + _shape(text),
                "pre=" + word[:3],
                "suf=" + word[-3:],
                "lat",
                "latp" if p1[0][:1].isascii() and p1[0][:1].isalpha() else "latp0",
                "latn=" + (_shape(doc[i + 1].text) if i + 1 < len(doc) else ""),
            ]
            if word.rstrip(".") in FIRM_WORDS:
                row.append("firm")
            if n1[0].rstrip(".") in FIRM_WORDS or n2[0].rstrip(".") in FIRM_WORDS:
                row.append("firmn")
        elif word[:1].isdigit():
            row.append("num")
        rows.append(row)
    return rows


def sequences(doc: Doc) -> list[tuple[int, int]]:
    """Stretches of tokens that are tagged as one: sentences, cut where they are too long."""
    cuts = [0]
    for token in doc:
        long = token.i + 1 - cuts[-1] >= _LONGEST and token.text in "，、；,;"
        if token.text in "。！？!?" or "\n" in token.text or long or token.i + 1 - cuts[-1] >= 2 * _LONGEST:
            cuts.append(token.i + 1)
    if cuts[-1] != len(doc):
        cuts.append(len(doc))
    return [(a, b) for a, b in pairwise(cuts) if a < b]


class Recogniser:
    """Doc → guesses."""

    def __init__(self, model: Path) -> None:
        import pycrfsuite

        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(model))

    def __call__(self, doc: Doc, plain: str, seen: Clues) -> list[Guess]:
        rows = featurise(doc, plain, seen)
        guesses: list[Guess] = []
        for start, end in sequences(doc):
            self._tagger.set(rows[start:end])
            tags = self._tagger.tag()
            guesses += self._decode(doc, start, tags)
        return guesses

    def _decode(self, doc: Doc, start: int, tags: Sequence[str]) -> list[Guess]:
        found: list[Guess] = []
        i = 0
        while i < len(tags):
            if tags[i] == "O":
                i += 1
                continue
            kind = tags[i][2:]
            j = i + 1
            while j < len(tags) and tags[j] == "I-" + kind:
                j += 1
            first, last = doc[start + i], doc[start + j - 1]
            found.append(
                Guess(first.idx, last.idx + len(last), TAGS[kind], round(self._tagger.marginal(tags[i], i), 4))
            )
            i = j
        return found


def model_path() -> Path:
    return asset("data", "model", "names.crfsuite")
