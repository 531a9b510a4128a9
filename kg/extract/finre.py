"""FinRE, sentences of financial news in which a pair of names is labelled: what the classifier of pairs learns from.

Li et al., "Chinese Relation Extraction with Multi-Grained Information and External Linguistic Knowledge" (ACL 2019);
head, tail, relation and sentence, tab separated, each pair in both directions. Numbers are written ``<N>`` there
and the punctuation is narrow; neither is so in the texts that regkg reads, so both are changed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.extract import relations
from kg.extract.lac import Tagged
from kg.extract.together import Stated
from kg.items import Mention, Relation

if TYPE_CHECKING:
    from spacy.language import Language

Span = tuple[int, int]

# A label with 被 is the same relation seen from the tail. Which of FinRE's are ours, by the meaning that ours have:
# who buys a firm or bids for it acquires it, also where nothing came of it; who buys shares of it, puts money into
# it or is said to hold shares of it is its investor. 买资 buys what belongs to a firm and not the firm itself,
# 重组, 合并 and 交易 don't say who buys whom, 拥有 is what we call subsidiaryOf.
ACQUIRES = ("收购", "拟收购")
INVESTS = ("入股", "注资", "增持")
HOLDS = ("持股",)
TAIL = "被"


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and two of its names, the first of which stands first."""

    text: str
    first: Span
    second: Span
    labels: frozenset[str]  # of first → second

    def states(self, labels: tuple[str, ...], forward: bool) -> bool:
        return any((label if forward else TAIL + label) in self.labels for label in labels)


def _repaired(text: str) -> str:
    return re.sub(r"(?<![0-9A-Za-z> ]),|,(?![0-9A-Za-z< ])", "，", text).replace("<N>", "7")


def places(text: str, name: str) -> list[Span]:
    return [match.span() for match in re.finditer(re.escape(name), text)]


def nearest(text: str, head: str, tail: str) -> tuple[Span, Span] | None:
    """Where the two stand closest together, not one within the other; in the order of the names given."""
    apart = [
        (max(a[0], b[0]) - min(a[1], b[1]), min(a[0], b[0]), a, b)
        for a in places(text, head)
        for b in places(text, tail)
        if a[1] <= b[0] or b[1] <= a[0]
    ]
    return min(apart)[2:] if apart else None


def read(path: Path) -> list[Example]:
    """The pairs of one part, in the order of the file."""
    labels: dict[tuple[str, Span, Span], set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        head, tail, label, sentence = (_repaired(field) for field in line.split("\t"))
        found = nearest(sentence, head, tail)
        # each pair is there from both ends: the one whose head stands first is taken
        if found and found[0] < found[1]:
            labels.setdefault((sentence, *found), set()).add(label)
    return [Example(*key, frozenset(said)) for key, said in labels.items()]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pipeline makes of a sentence before it looks for relations."""

    plain: str
    tagged: Tagged
    mentions: list[Mention]

    @property
    def spans(self) -> list[tuple[int, int, str]]:
        return [(m.start, m.end, m.type) for m in self.mentions]


def understand(nlp: Language, text: str) -> Reading:
    doc = nlp.make_doc(text)
    for name, step in nlp.pipeline:
        if name == "kg_relations":
            break
        doc = step(doc)
    return Reading(doc._.plain, doc._.clues.tagged, doc._.mentions)


def stated(example: Example, reading: Reading) -> list[Stated]:
    """What the rules find between the pair.

    The pair is given, as in FinRE's task: its names are firms wherever they stand, whatever the pipeline took them for.
    """
    text = example.text
    names = [text[slice(*example.first)], text[slice(*example.second)]]
    given = [Mention(*example.first, names[0], "Company"), Mention(*example.second, names[1], "Company")]

    def free(start: int, end: int) -> bool:
        return not any(m.start < end and start < m.end for m in given)

    for name in names:
        given += [Mention(*span, name, "Company") for span in places(text, name) if free(*span)]
    mentions = sorted([*given, *(m for m in reading.mentions if free(m.start, m.end))], key=lambda m: m.start)
    ends = ((r, mentions[r.subject].text, mentions[r.object].text) for r in _found(text, reading, mentions))
    return sorted({(r.type, r.rule, a == names[0]) for r, a, b in ends if {a, b} == set(names)})


def _found(text: str, reading: Reading, mentions: list[Mention]) -> list[Relation]:
    return relations.find(text, reading.plain, mentions, None).relations
