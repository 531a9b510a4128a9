"""The statistical recogniser of names: a CRF over tokens, with LAC's words and tags and known names as features.

Trained on data/training by ``kg.extract.train``; docs/quality.md says how well it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
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

_BEFORE, _BEHIND = 7, 3  # how far a token's features look

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


@dataclass(frozen=True)
class Clues:
    """What LAC and the reference data say of a text, by character."""

    tagged: list[tuple[str, bool]]
    found: list[Found]

    @cached_property
    def words(self) -> list[tuple[int, int, str]]:
        """LAC's words: start, end, tag."""
        starts = [i for i, (_, begins) in enumerate(self.tagged) if begins or i == 0]
        if not starts:
            return []
        return [(a, b, self.tagged[a][0]) for a, b in zip(starts, [*starts[1:], len(self.tagged)], strict=True)]

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

    places = _places(doc)
    # seven empty ones before and three behind, so that a neighbour needs no look at the ends
    before, behind = [""] * _BEFORE, [""] * _BEHIND
    ws = [*before, *(plain[a:b].lower() for a, b in places), *behind]
    tags = [*before, *(tagged[a][0] for a, _ in places), *behind]
    starts = [*before, *(tagged[a][0] + ("B" if tagged[a][1] else "I") for a, _ in places), *behind]
    lac = [*before, *(words[a] for a, _ in places), *behind]
    marks = [*before, *(known[a] for a, _ in places), *behind]
    two = [f"{a}|{b}" for a, b in pairwise(ws)]
    three = [f"{a}|{b}" for a, b in zip(two, ws[2:], strict=False)]
    rows: list[Features] = []
    for i, (at, _) in enumerate(places, _BEFORE):
        word, tag, lac_word = ws[i], starts[i], lac[i]
        last = following = ""  # LAC's words before and behind this one
        for k in range(i - 1, i - 1 - _BEFORE, -1):
            if lac[k] != lac_word:
                last = lac[k]
                break
        for k in range(i + 1, i + 1 + _BEHIND):
            if lac[k] != lac_word:
                following = lac[k]
                break
        row = [
            "w=" + word,
            "p1=" + ws[i - 1],
            "p2=" + ws[i - 2],
            "n1=" + ws[i + 1],
            "n2=" + ws[i + 2],
            "p1w=" + two[i - 1],
            "wn1=" + two[i],
            "p2p1=" + two[i - 2],
            "n1n2=" + two[i + 1],
            "p1wn1=" + three[i - 1],
            "wn1n2=" + three[i],
            "p2p1w=" + three[i - 2],
            "t=" + tag,
            "pt=" + starts[i - 1],
            "nt=" + starts[i + 1],
            f"ptt={tags[i - 1]}|{tag}",
            f"tnt={tag}|{starts[i + 1]}",
            f"nt2={tags[i + 1]}|{tags[i + 2]}",
            "L=" + lac_word,
            "Le=" + lac_word[-2:],
            "Ln=" + following,
            "Lp=" + last,
            "k=" + marks[i],
            "kp=" + marks[i - 1],
            "kn=" + marks[i + 1],
            "in=" + inside[at],
            "kind=" + kinds[at],
        ]
        if word[:1].isascii() and word[:1].isalpha():
            p1, n1 = ws[i - 1], ws[i + 1]
            at_ = i - _BEFORE
            row += [
                "s=" + _shape(doc[at_].text),
                "pre=" + word[:3],
                "suf=" + word[-3:],
                "lat",
                "latp" if p1[:1].isascii() and p1[:1].isalpha() else "latp0",
                "latn=" + (_shape(doc[at_ + 1].text) if at_ + 1 < len(places) else ""),
            ]
            if word.rstrip(".") in FIRM_WORDS:
                row.append("firm")
            if n1.rstrip(".") in FIRM_WORDS or ws[i + 2].rstrip(".") in FIRM_WORDS:
                row.append("firmn")
        elif word[:1].isdigit():
            row.append("num")
        rows.append(row)
    return rows


def _places(doc: Doc) -> list[tuple[int, int]]:
    """Where each token stands; a token object a token takes longer than all that is asked of it."""
    return [(at, at + length) for at, length in doc.to_array(["IDX", "LENGTH"]).tolist()]


def sequences(doc: Doc, plain: str) -> list[tuple[int, int]]:
    """Stretches of tokens that are tagged as one: sentences, cut where they are too long."""
    cuts, places = [0], _places(doc)
    for i, (start, end) in enumerate(places, 1):
        token = plain[start:end]
        long = i - cuts[-1] >= _LONGEST and token in "，、；,;"
        if token in "。！？!?" or "\n" in token or long or i - cuts[-1] >= 2 * _LONGEST:
            cuts.append(i)
    if cuts[-1] != len(places):
        cuts.append(len(places))
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
        for start, end in sequences(doc, plain):
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
