"""Sentences with a word for a deal or an issue of which no relation was read: for people, to see what is missed.

Listed is what seems to tell something anew. 此次收购预计… speaks of what was told before (``words.yml`` leaves such
words out), and a headline repeats its text: where the text below it gave a relation, that is the headline's too.
"""

from __future__ import annotations

from kg.extract import sentences, words
from kg.extract.relations import Found
from kg.items import Unused

_CUE = words.pattern("cue-of-a-fact")


def find(plain: str, found: Found) -> list[Unused]:
    """Those of a text, and those that a second opinion put among them, in the order of the text."""
    read = [(r.start, r.end) for r in found.relations] + [(r.start, r.end) for r in found.raises if r.told]
    likely = {one.start: one for one in found.unused}
    listed: list[Unused] = []
    headline: Unused | None = None  # waits for what its text gives
    for start, end in sentences.spans(plain):
        top = sentences.is_headline(plain, start, end)
        if top and headline is not None:
            listed.append(headline)
        if top:
            headline = None
        if any(a < end and start < b for a, b in read):
            headline = None
            continue
        one = likely.get(start)
        if one is None and (cue := _CUE.search(plain, start, end)):
            one = Unused(start, end, cue.start())
        if one is None:
            continue
        if top:
            headline = one
        else:
            listed.append(one)
    if headline is not None:
        listed.append(headline)
    return sorted(listed, key=lambda one: one.start)
