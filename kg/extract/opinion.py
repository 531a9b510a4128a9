"""A second opinion on what the rules found and on what they passed over, from the classifier of pairs.

It changes no fact. A purchase that the classifier all but rules out ranks lower: with earlier rules such were right
in 6 of 10 cases, any other in 79 of 88; of what today's rules find on the passages, one in 78 is left, and right. On
rounds of financing, of which its training sentences know nothing, it tells nothing, and on pairs that no rule names
it is wrong more often than right (docs/decisions.md): a sentence in which it is sure of a deal is kept for people to
look at, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations

from kg.extract import pairs, sentences
from kg.extract.lac import Tagged
from kg.extract.pairs import Opinion
from kg.extract.relations import Found
from kg.ids import normalise
from kg.items import Mention, Relation, Unused

RULED_OUT = 0.01  # below it a purchase is doubted
DOUBT = 0.1  # what it costs in confidence
SURE = 0.5  # above it a deal is likely between two firms of which no rule says anything
_CUE = re.compile("收购|并购|入股|入主|注资|增资|投资|认购|受让|参股|买下")
_MOST = 6  # a sentence with more firms is a list

Asking = Callable[[int, int, Mention, Mention], Opinion]


def weigh(plain: str, tagged: Tagged, mentions: Sequence[Mention], found: Found) -> Found:
    """What was found with the doubts taken off, and further sentences among the unused ones."""
    if not _CUE.search(plain):
        return found
    judge = pairs.load()

    def ask(start: int, end: int, subject: Mention, other: Mention) -> Opinion:
        spans = [(m.start - start, m.end - start, m.type) for m in mentions if start <= m.start and m.end <= end]
        ends = [(m.start - start, m.end - start) for m in (subject, other)]
        return judge(plain[start:end], tagged[start:end], spans, *ends)

    def weighed(relation: Relation) -> Relation:
        subject, target = mentions[relation.subject], mentions[relation.object]
        inside = all(relation.start <= m.start and m.end <= relation.end for m in (subject, target))
        if relation.type != "acquires" or not inside or _overlap(subject, target):
            return relation
        if ask(relation.start, relation.end, subject, target).acquires >= RULED_OUT:
            return relation
        return replace(relation, confidence=round(relation.confidence - DOUBT, 4))

    found.relations = [weighed(r) for r in found.relations]
    told = {r.start for r in found.relations}
    for start, end in sentences.spans(plain):
        if start not in told and (cue := _CUE.search(plain, start, end)):
            firms = [m for m in mentions if start <= m.start and m.end <= end and m.type == "Company"]
            if 2 <= len(firms) <= _MOST and _sure(ask, start, end, firms):
                found.unused.append(Unused(start, end, cue.start()))
    return found


def _sure(ask: Asking, start: int, end: int, firms: list[Mention]) -> bool:
    said = (
        ask(start, end, a, b)
        for a, b in permutations(firms, 2)
        if normalise(a.full or a.text) != normalise(b.full or b.text) and not _overlap(a, b)
    )
    return any(max(one.acquires, one.invests) >= SURE for one in said)


def _overlap(a: Mention, b: Mention) -> bool:
    return a.start < b.end and b.start < a.end
