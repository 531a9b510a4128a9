"""When there is an alarm, and, as important, when there is none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kg.watch.alarm import Known, alarms
from kg.watch.sources import Expect
from kg.watch.state import Record, Visit

DAY = 86_400.0
NOW = 1000 * DAY


def known(
    *visits: Visit,
    days: Sequence[float] = (),
    facts: Sequence[int | None] = (),
    record: Record | None = None,
) -> Known:
    return Known(record or Record(), visits, [NOW - one * DAY for one in days], [], facts, NOW)


def told(given: Known, **expect: float) -> list[str]:
    return alarms(Expect(**expect), given)  # type: ignore[arg-type]


def test_no_visit() -> None:
    assert told(known()) == []


@pytest.mark.parametrize(
    ("usual", "now", "alarm"),
    [(20, 20, False), (20, 6, False), (20, 4, True), (20, 0, True), (3, 1, False), (3, 0, True), (0, 0, True)],
)
def test_entries(usual: int, now: int, alarm: bool) -> None:
    assert bool(told(known(Visit(entries=now), *[Visit(entries=usual)] * 5))) is alarm


def test_declared_entries() -> None:
    assert told(known(Visit(entries=4)), entries=5) == ["changed: 4 entries, at least 5 expected"]
    assert told(known(Visit(entries=5), *[Visit(entries=50)] * 5), entries=5) == []


def test_a_broken_source_does_not_become_usual() -> None:
    bad = [Visit(entries=2, good=False)] * 50
    assert told(known(Visit(entries=2), *bad, Visit(entries=20))) == ["changed: 2 entries, usually 20"]


def test_an_unchanged_answer_is_no_empty_one() -> None:
    assert told(known(Visit(unchanged=True), Visit(entries=20))) == []


@pytest.mark.parametrize(
    ("lengths", "alarm"),
    [
        ([900, 1000, 1100], ""),
        ([0, 1000, 1100], ""),
        ([0, 0, 1100], "2 of 3 pages gave no text"),
        ([0, 0, 0], "0 of 3 pages gave a text"),
        ([0, 0], ""),  # too few to tell
        ([150, 160, 170], "texts have 160 characters, usually 1,000"),
        ([300, 300, 300], ""),
    ],
)
def test_texts(lengths: list[int], alarm: str) -> None:
    usual = Visit(entries=20, lengths=[1000] * 5)
    found = told(known(Visit(entries=20, lengths=lengths), *[usual] * 3))
    assert found == ([f"changed: {alarm}"] if alarm else [])


def test_pages_one_by_one_are_taken_together() -> None:
    empty = Visit(entries=20, lengths=[0])
    assert told(known(*[empty] * 3, Visit(entries=20, lengths=[1000]))) == ["changed: 0 of 3 pages gave a text"]


def test_dates_that_are_gone() -> None:
    assert told(known(Visit(entries=9), *[Visit(entries=9, dated=9)] * 2)) == [
        "changed: none of 9 entries has a date, usually all have"
    ]
    assert told(known(Visit(entries=9), *[Visit(entries=9)] * 2)) == []


def test_quiet() -> None:
    visit = Visit(entries=9)
    every_three = [21 + 3 * n for n in range(8)]
    assert told(known(visit, days=every_three)) == ["quiet: nothing new for 21 days, usually every 3"]
    assert told(known(visit, days=[one - 7 for one in every_three])) == []  # 14 days
    assert told(known(visit, days=[*every_three, 100])) == []  # it was silent for longer before
    assert told(known(visit, days=every_three[:3])) == []  # too few to know what is usual
    assert told(known(visit, days=[5 + n for n in range(9)])) == []  # a week is nothing
    assert told(known(visit, days=[-300, *every_three])) == []  # a day that lies ahead counts as today
    assert told(known(visit, days=[10]), quiet=9) == ["quiet: nothing new for 10 days, at most 9 expected"]


def test_acknowledged_silence_begins_anew() -> None:
    assert told(known(Visit(entries=9), days=[30], record=Record(since=NOW - 2 * DAY)), quiet=9) == []


def test_facts() -> None:
    visit = Visit(entries=9)
    assert told(known(visit, facts=[0] * 10 + [1, 2] * 6)) == [
        "changed: 0 of the last 10 pages gave a fact, usually 100%"
    ]
    assert told(known(visit, facts=[0] * 9 + [1] + [1, 2] * 6)) == []
    assert told(known(visit, facts=[0] * 30)) == []  # it never gave any
    assert told(known(visit, facts=[0] * 10), facts=0.2) == [
        "changed: 0% of the last 10 pages gave a fact, 20% expected"
    ]


def test_down() -> None:
    failed = Visit(fault="it answers 500")
    assert told(known(failed, record=Record(fails=2, failing=NOW - DAY))) == []
    assert told(known(failed, record=Record(fails=3, failing=NOW - 5 * 3600))) == [
        "down: 3 visits in a row failed, for 5 hours: it answers 500"
    ]
