"""Which names stay: one vote of the model isn't enough for a name that nothing else in the text supports.

What else counts: the reference data, a relation, a legal form, words beside it (芯片制造商X, X公司, X的创始人), a
definition (以下简称), or standing in a list with names that stay. Without any of these a guess needs the probability
of ``_ENOUGH``. The figures: of the companies that nothing supports in the development texts, two of 16 below 0.95
were firms; the others were products (OneDrive), fields (金融科技) and words at the beginning of an English sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg.extract import words
from kg.extract.recogniser import FIRM_WORDS, Guess
from kg.items import Mention

_ENOUGH = {"Company": 0.95, "Person": 0.9, "Regulator": 0.55, "Organization": 0.55}
_GUESSED = frozenset(("model", "repeat"))
_FIRM = words.pattern("firm-ending")
_BEFORE = words.pattern("firm-before")
_AFTER = words.pattern("firm-after")
_OFFICE = words.pattern("office-before-person")
_BETWEEN = re.compile(r"\s*(?:、|和|与|及|以及|,|and|&)\s*")


def unsupported(text: str, mentions: Sequence[Mention], guesses: Iterable[Guess], parties: set[int]) -> set[int]:
    """The places of the mentions that should go; ``parties`` are those that a relation or a round holds."""
    probability: dict[str, float] = {}
    for guess in guesses:
        name = text[guess.start : guess.end]
        probability[name] = max(guess.probability, probability.get(name, 0.0))
    groups: dict[str, list[int]] = {}
    for place, mention in enumerate(mentions):
        groups.setdefault(mention.text, []).append(place)
    weak = {
        name
        for name, places in groups.items()
        if not parties.intersection(places) and not any(_stands(text, mentions[p], probability) for p in places)
    }
    # a name in a list with names that stay is one of their kind
    kept = [(m.start, m.end, m.type) for m in mentions if m.text not in weak]
    starts, ends = {start: type_ for start, _, type_ in kept}, {end: type_ for _, end, type_ in kept}
    for name in sorted(weak):
        for place in groups[name]:
            mention = mentions[place]
            after = _BETWEEN.match(text, mention.end)
            before = next((m for m in _BETWEEN.finditer(text, max(0, mention.start - 4), mention.start)), None)
            if (after and starts.get(after.end()) == mention.type) or (
                before and before.end() == mention.start and ends.get(before.start()) == mention.type
            ):
                weak.discard(name)
    return {place for name in weak for place in groups[name]}


def listed(text: str, mentions: Sequence[Mention]) -> set[str]:
    """The names that are in doubt and stand in a list of names that aren't: 海富通、前海开源、红土创新基金."""
    sure_start = {m.start for m in mentions if m.reason != "doubt" and m.type == "Company"}
    sure_end = {m.end for m in mentions if m.reason != "doubt" and m.type == "Company"}
    return {
        m.text
        for m in mentions
        if m.reason == "doubt"
        and m.type == "Company"
        and text[m.end : m.end + 1] == "、"
        and text[m.start - 1 : m.start] == "、"
        and m.end + 1 in sure_start
        and m.start - 1 in sure_end
    }


def _stands(text: str, mention: Mention, probability: dict[str, float]) -> bool:
    enough = _ENOUGH.get(mention.type)
    if enough is None or mention.reason not in _GUESSED or mention.full:
        return True
    # what was trimmed or repeated has no guess of its own: the longest guess that holds it speaks for it
    sure = probability.get(mention.text)
    if sure is None:
        sure = max((p for name, p in probability.items() if mention.text in name), default=0.0)
    if sure >= enough:
        return True
    if mention.type == "Person":
        return bool(_OFFICE.search(text[max(0, mention.start - 12) : mention.start].rstrip()))
    if mention.type != "Company":
        return False
    if _FIRM.search(mention.text) or mention.text.split()[-1].rstrip(".").lower() in FIRM_WORDS:
        return True
    before = text[max(0, mention.start - 8) : mention.start].rstrip(" “\"'（(")
    return bool(_BEFORE.search(before) or _AFTER.match(text, mention.end))
