"""One deal a pair, one round a firm: what an item's sentences say of it, put together.

The text's words outrank the headline's, a later stage an earlier one, an end everything. A price or a day is taken
from the first sentence that gives one; from a rumour only where nothing surer is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.ids import normalise
from kg.items import DEAL_STATUS, Terms

_STAGE = {
    status: i for i, status in enumerate(("rumoured", "in-talks", "proposed", "announced", "completed", "terminated"))
}
_SURE, _UNSURE = ("announced", "completed"), ("rumoured", "in-talks")
assert set(_STAGE) == set(DEAL_STATUS)


def status(stated: Sequence[tuple[Terms, bool]], default: str) -> str:
    """The status of several statements; each says whether it is a headline's."""
    body = [t.status for t, headline in stated if t.status and not headline]
    heads = [t.status for t, headline in stated if t.status and headline]
    found = body or heads
    # 甲终止收购乙, a headline, and below it what the plan was
    ended = [s for s in found if s in ("completed", "terminated")] or [s for s in heads if s == "terminated"]
    # an end counts wherever it is told; else what is told first, before what may come of it
    return max(ended, key=lambda s: _STAGE[s]) if ended else found[0] if found else default


def merge(stated: Sequence[tuple[Terms, bool]], default: str) -> Terms:
    """The terms of a deal; ``stated`` in the order of the text."""
    ordered = [t for t, headline in stated if not headline] + [t for t, headline in stated if headline]
    settled = status(stated, default)
    result = Terms(status=settled)
    for one in ordered:
        if settled in _SURE and one.status in _UNSURE:
            continue  # what was rumoured of it isn't what was agreed on
        if result.amount is None and one.amount is not None:
            result = replace(
                result,
                amount=one.amount,
                amount_text=one.amount_text,
                currency=one.currency,
                qualifier=one.qualifier,
            )
        elif result.amount_text is None and one.amount_text is not None:
            result = replace(result, amount_text=one.amount_text)
        for name in ("stake", "valuation", "round"):
            if getattr(result, name) is None and getattr(one, name) is not None:
                result = replace(result, **{name: getattr(one, name)})
        if result.announced is None and one.announced and settled != "rumoured":
            result = replace(result, announced=one.announced)
        if result.completed is None and one.completed and settled == "completed":
            result = replace(result, completed=one.completed)
    if result.announced and result.completed and result.completed < result.announced:
        result = replace(result, announced=None)
    return replace(result, lead=any(t.lead for t, _ in stated))


def round_key(name: str | None) -> str | None:
    """A轮, Series A and A are one round; a listing is the firm's IPO."""
    if name is None:
        return None
    plain = normalise(name)
    if plain in ("上市", "ipo上市"):
        return "ipo"
    for word in ("series", "轮融资", "轮投资", "轮", "輪", "融资", "round", "funding"):
        plain = plain.replace(word, "")
    return plain or None
