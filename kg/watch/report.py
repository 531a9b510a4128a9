"""What ``kg watch`` prints."""

from __future__ import annotations

import time
from collections.abc import Sequence

from kg.printing import clean, number, say, summary, table, tell
from kg.watch.run import Looked, Outcome, Standing

_MOST = 5  # failures that are told of a source


def looked(one: Looked) -> None:
    """A line on a source; failures and alarms to standard error."""
    visit = one.visit
    if visit is None:
        say(f"{one.name}: not due before {_moment(one.due)} (--now looks at once)")
    elif visit.fault:
        tell(f"kg: {one.name}: {visit.fault}; next try {_moment(one.due)}")
    else:
        words = [f"{visit.entries:,} listed"] if not visit.unchanged else []
        words.append(f"{visit.new:,} new" if visit.new else "nothing new")
        words += [f"{visit.changed:,} changed"] if visit.changed else []
        words += [f"{visit.same:,} with the same text as another"] if visit.same else []
        words += [f"{visit.left:,} left for the next time"] if visit.left else []
        say(f"{one.name}: {', '.join(words)}")
        if visit.moved:
            say(f"  moved for good to {visit.moved}: change its address")
        for failure in visit.failed[:_MOST]:
            tell(f"kg: {one.name}: {failure}")
        if len(visit.failed) > _MOST:
            tell(f"kg: {one.name}: and {len(visit.failed) - _MOST:,} more such")
    for alarm in one.alarms:
        tell(f"ALARM {one.name}: {alarm}")
    if one.alarms and not any(alarm.startswith("down: ") for alarm in one.alarms):
        tell(f"  mend the source's entry, or take it for right: kg watch --acknowledge {one.name}")


def added(outcome: Outcome, verbose: bool = False) -> None:
    for found in outcome.summaries:
        if verbose:
            summary(found, verbose)
            continue
        done = [one.added for one in found.done if one.added is not None]
        if done:
            known = ", ".join(
                f"{number(sum(getattr(one, what).total for one in done), word)}"
                f" ({sum(getattr(one, what).new for one in done):,} new)"
                for what, word in (("entities", "name"), ("relations", "relation"), ("deals", "deal"))
            )
            say(f"{number(len(done), 'document')} added: {known}")
        for note in found.notes:
            say(f"note: {note}")
        for failure in found.failures:
            tell(f"kg: {failure.sentence}")
        if found.stopped:
            tell(f"kg: {found.stopped}")
        say(f"Store: {found.store}")


def acknowledged(name: str, ended: Sequence[str]) -> None:
    say(f"{name}: what it gives from now on is right")
    for alarm in ended:
        say(f"  no alarm any more: {alarm}")


def status(standings: Sequence[Standing]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not standings:
        say("Nothing is watched yet: kg watch SOURCES.yml begins.")
        return
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for head in ("source", "looked at", "next", "newest"):
        drawn.add_column(head, no_wrap=head != "source", overflow="fold")
    for head in ("added", "waiting", "failed"):
        drawn.add_column(head, justify="right", no_wrap=True)
    drawn.add_column("alarm", overflow="fold")
    for one in standings:
        counts = (str(count) if count else "–" for count in (one.documents, one.waiting, one.failed))
        cells = (one.name, _moment(one.looked), _moment(one.due), one.newest, *counts, "; ".join(one.alarms) or "–")
        drawn.add_row(*(Text(clean(cell)) for cell in cells))
    table(drawn)


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at)) if at else "now"
