"""When a source changed its form or went quiet: what it gives is held against what it usually gave, or should.

Nothing here reads a clock or a file. Days and counts come from visits before that were as they should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from kg.printing import number
from kg.watch.sources import Expect
from kg.watch.state import Record, Visit

_DAY = 86_400.0
#: Below so many, a share says nothing.
_FEW = 3
#: Gaps between days with something new, after which an interval is usual.
_GAPS = 4
#: How often the usual interval, and the longest gap there was, may pass; and days that mean nothing anywhere.
_INTERVALS, _LONGEST, _WEEK = 5.0, 1.5, 7.0
#: Visits in a row without an answer.
_DOWN = 3


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to judge a source by."""

    record: Record
    visits: Sequence[Visit]  # the newest first
    days: Sequence[float]  # when what it gave appeared, in seconds, since the last acknowledgement
    news: Sequence[float]  # when anything came that the first visit hadn't
    facts: Sequence[int | None]  # relations of its documents, the newest first
    now: float


def alarms(expect: Expect, known: Known) -> list[str]:
    """Each as “sort: sentence”; none where all is as usual."""
    if not known.visits:
        return []
    visit, before = known.visits[0], [one for one in known.visits[1:] if one.good and not one.fault]
    found: list[str] = []
    if visit.fault:
        if known.record.fails >= _DOWN:
            days = _days(known.now - known.record.failing)
            found.append(f"down: {number(known.record.fails, 'visit')} in a row failed, for {days}: {visit.fault}")
    elif visit.odd:
        found.append(f"changed: {visit.odd}")
    else:
        found += _entries(expect, visit, before)
    found += _texts(expect, known.visits)
    found += _facts(expect, known.facts)
    if not any(one.startswith("changed: ") for one in found):
        found += _quiet(expect, known)
    return found


def _entries(expect: Expect, visit: Visit, before: Sequence[Visit]) -> list[str]:
    if visit.unchanged:
        return []
    listed = [one for one in before if not one.unchanged]
    usual = median(one.entries for one in listed) if listed else 0
    if not visit.entries:
        return (
            [f"changed: nothing is listed any more, usually {usual:.0f}"]
            if usual
            else ["changed: nothing is listed; look at the address and at include"]
        )
    if expect.entries is not None:
        if visit.entries < expect.entries:
            return [f"changed: {number(visit.entries, 'entry', 'entries')}, at least {expect.entries} expected"]
    elif usual >= 8 and visit.entries * 4 < usual:
        return [f"changed: {number(visit.entries, 'entry', 'entries')}, usually {usual:.0f}"]
    dated = [one for one in listed if one.entries >= _FEW]
    if visit.entries >= _FEW and not visit.dated and dated and all(one.dated * 5 >= one.entries * 4 for one in dated):
        return [f"changed: none of {visit.entries} entries has a date, usually all have"]
    return []


def _texts(expect: Expect, visits: Sequence[Visit]) -> list[str]:
    """Of the last pages, over as many visits as it takes to have a few."""
    lengths: list[int] = []
    same = taken = 0
    for one in visits:
        if len(lengths) >= _FEW:
            break
        lengths += one.lengths
        same += one.same
        taken += 1
    usual_lengths = [length for one in visits[taken:] if one.good for length in one.lengths if length]
    if len(lengths) < _FEW:
        return []
    if not any(lengths):
        return [f"changed: 0 of {len(lengths)} pages gave a text"]
    empty = sum(not length for length in lengths)
    if empty * 2 > len(lengths):
        return [f"changed: {empty} of {len(lengths)} pages gave no text"]
    if same * 2 > len(lengths):
        return [f"changed: {same} of {len(lengths)} pages gave the same text as another"]
    middle = median(length for length in lengths if length)
    if expect.text is not None:
        if middle < expect.text:
            return [f"changed: texts have {middle:,.0f} characters, at least {expect.text:,} expected"]
    elif len(usual_lengths) >= _FEW and middle * 5 < median(usual_lengths):
        return [f"changed: texts have {middle:,.0f} characters, usually {median(usual_lengths):,.0f}"]
    return []


def _facts(expect: Expect, relations: Sequence[int | None]) -> list[str]:
    known = [count for count in relations if count is not None]
    last, before = known[:10], known[10:]
    if len(last) < 10:
        return []
    share = sum(count > 0 for count in last) / len(last)
    if expect.facts is not None:
        if share < expect.facts:
            return [f"changed: {share:.0%} of the last {len(last)} pages gave a fact, {expect.facts:.0%} expected"]
        return []
    if len(before) < 10 or share:
        return []
    usual = sum(count > 0 for count in before) / len(before)
    return [f"changed: 0 of the last {len(last)} pages gave a fact, usually {usual:.0%}"] if usual >= 0.3 else []


def _quiet(expect: Expect, known: Known) -> list[str]:
    days = sorted({int(min(one, known.now) // _DAY) for one in known.days})
    newest = max([known.record.since, *known.news, *(min(one, known.now) for one in known.days)])
    if not newest:
        return []
    silent = (known.now - newest) / _DAY
    if expect.quiet is not None:
        if silent > expect.quiet:
            return [f"quiet: nothing new for {_days(silent * _DAY)}, at most {expect.quiet:g} expected"]
        return []
    gaps = [later - sooner for sooner, later in pairwise(days)]
    if len(gaps) < _GAPS:
        return []
    usual = median(gaps)
    if silent > max(_INTERVALS * usual, _LONGEST * max(gaps), _WEEK):
        every = "every day" if usual <= 1 else f"every {usual:g}"
        return [f"quiet: nothing new for {_days(silent * _DAY)}, usually {every}"]
    return []


def _days(seconds: float) -> str:
    return number(int(seconds // _DAY), "day") if seconds >= _DAY else number(max(1, int(seconds // 3600)), "hour")
