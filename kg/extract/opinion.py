"""A second opinion on what the rules passed over, from the classifier of pairs.

It changes no fact and no confidence: on pairs that no rule names it is wrong more often than right, and what it rules
out was right as often as not (docs/decisions.md). A sentence in which it is sure of a deal is kept for people to look
at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import permutations

from kg.extract import pairs, sentences
from kg.extract.lac import Tagged
from kg.extract.pairs import Opinion
from kg.extract.relations import Found
from kg.ids import normalise
from kg.items import Mention, Unused

SURE = 0.5  # above it a deal is likely between two firms of which no rule says anything
_CUE = re.compile("收购|并购|入股|入主|注资|增资|投资|认购|受让|参股|买下")
_MOST = 6  # a sentence with more firms is a list

Asking = Callable[[int, int, Mention, Mention], Opinion]


def look(plain: str, tagged: Tagged, mentions: Sequence[Mention], found: Found) -> Found:
    """What was found, with further sentences among the unused ones."""
    if not _CUE.search(plain):
        return found
    judge = pairs.load()

    def ask(start: int, end: int, subject: Mention, other: Mention) -> Opinion:
        spans = [(m.start - start, m.end - start, m.type) for m in mentions if start <= m.start and m.end <= end]
        ends = [(m.start - start, m.end - start) for m in (subject, other)]
        return judge(plain[start:end], tagged[start:end], spans, *ends)

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
