"""A run: the sources that are due are looked at, and what they gave is added to the store."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kg import __version__
from kg.errors import KgError, UsageError
from kg.settings import Place, store_at, watch_of
from kg.watch import alarm
from kg.watch.entries import missing
from kg.watch.fetch import Client, Limits
from kg.watch.polite import Polite
from kg.watch.sources import Source, Watched
from kg.watch.state import Document, Record, State, Visit, unusable
from kg.watch.visit import Visitor, appeared

if TYPE_CHECKING:
    from kg.run import Summary

_DAY = 86_400.0
_ADDRESS = "https://w3id.org/regkg"
#: A timer that fires every hour isn't to find a source due an hour and a second after.
_EARLY = 0.9


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a source in this run. Without a visit it wasn't due."""

    name: str
    visit: Visit | None
    alarms: tuple[str, ...]
    due: float


@dataclass(slots=True)
class Outcome:
    looked: list[Looked] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        worst = max((summary.exit_code for summary in self.summaries if summary.stopped), default=0)
        if worst:
            return worst
        odd = any(one.alarms or (one.visit and (one.visit.fault or one.visit.failed)) for one in self.looked)
        return int(odd or any(summary.exit_code for summary in self.summaries))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands, for ``--status``."""

    name: str
    looked: float
    due: float
    documents: int
    waiting: int  # fetched and not added
    newest: str
    failed: int
    alarms: tuple[str, ...]


@contextmanager
def opened(store: Place | str) -> Iterator[tuple[State, Path]]:
    """The state and the inbox of a store, for one process at a time."""
    from filelock import FileLock, Timeout

    folder = watch_of(store_at(store))
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(folder / "lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise KgError(f"another kg watch is at work on {folder}: wait until it ends") from None
    try:
        state = State(folder / "state.db")
        try:
            yield state, folder / "inbox"
        except sqlite3.Error as fault:  # what is damaged within shows only when it is read, a full disk when it is full
            raise unusable(folder / "state.db", fault) from fault
        finally:
            state.close()
    finally:
        lock.release()


def watch(
    watched: Watched,
    store: Place | str,
    *,
    at_once: bool = False,
    told: Callable[[Looked], None] | None = None,
    waiting: Callable[[str], None] | None = None,
    wait: float = 10,
    limits: Limits | None = None,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Look at the sources that are due (all, ``at_once``), and add what is new to the store.

    ``told`` hears of each source when it was looked at. Only addresses of the sources, and those that they list and
    redirect to, are asked. What was fetched and couldn't be added is added by the next run.
    """
    if any(source.kind != "folder" for source in watched.sources):
        for name in ("feedparser", "trafilatura"):
            if find_spec(name) is None:
                raise missing(name)
    outcome = Outcome()
    agent = f"regkg/{__version__} (+{watched.contact or _ADDRESS})"
    with opened(store) as (state, inbox):
        polite = Polite(Client(agent, limits or Limits()), state, watched.delay, now=now, sleep=sleep)
        visits: dict[str, Visit] = {}
        for source in watched.sources:
            record = state.record(source.name)
            if not at_once and now() < record.due <= now() + _longest(source):
                continue
            visitor = Visitor(source, state, polite, inbox, now(), sleep)
            visits[source.name] = visit = visitor.run()
            _visited(state, source, visit, visitor.record)
        names = [source.name for source in watched.sources]
        try:
            _add(state, names, store, wait, waiting, outcome)
        finally:
            # also where the store can't be used: nobody is to miss an alarm for that
            for source in watched.sources:
                looked = _judged(state, source, visits.get(source.name), now())
                outcome.looked.append(looked)
                if told is not None:
                    told(looked)
    return outcome


def _visited(state: State, source: Source, visit: Visit, record: Record) -> None:
    """Keep the visit, and when the next one is due: later after each failure."""
    if visit.fault:
        record.failing = record.failing if record.fails else visit.at
        record.fails += 1
    else:
        record.fails, record.failing = 0, 0.0
    later = min(source.every * 2.0 ** min(record.fails, 10), _longest(source))
    record.due = visit.at + (later if record.fails else source.every * _EARLY)
    state.visited(source.name, visit, record)


def _longest(source: Source) -> float:
    """What is due later than this was put off by a clock that was set back since: it would be silent for years."""
    return max(_DAY, source.every)


def _judged(state: State, source: Source, visit: Visit | None, now: float) -> Looked:
    """The alarms, now that it is known what was read in the pages. They stand until a visit is as it should be."""
    record = state.record(source.name)
    found = tuple(alarm.alarms(source.expect, _known(state, source.name, record, now)))
    if visit is not None:
        visit.good = not any(one.startswith("changed: ") for one in found)
        state.revisit(source.name, visit)
    record.alarms = list(found)
    state.keep(source.name, record)
    return Looked(source.name, visit, found, record.due)


def _known(state: State, name: str, record: Record, now: float) -> alarm.Known:
    since = record.since if record.since <= now else 0.0  # acknowledged before the clock was set back
    documents = state.documents("source=? AND state<>'gone' AND seen>=? ORDER BY seen DESC LIMIT 400", name, since)
    started = min((one.seen for one in documents), default=0.0)
    # what came after the first visit is new on the day it came, whatever day it bears
    news = [one.seen for one in documents if one.seen > started + _DAY]
    relations = [one.relations for one in documents if one.state == "added"]
    return alarm.Known(record, state.visits(name, since), [appeared(one) for one in documents], news, relations, now)


def _add(
    state: State,
    names: list[str],
    store: Place | str,
    wait: float,
    told: Callable[[str], None] | None,
    outcome: Outcome,
) -> None:
    from kg import run

    marks = ",".join("?" * len(names))
    saved = state.documents(f"state='saved' AND source IN ({marks}) ORDER BY seen, url", *names)
    for one in saved:
        if not Path(one.file).exists():
            one.state, one.note, one.digest = "gone", "its file is gone", ""
            state.put(one)
    for batch in _batches([one for one in saved if one.state == "saved"]):
        summary = run.add([one.file for one in batch.values()], store, wait=wait, told=told)
        outcome.summaries.append(summary)
        _settle(state, batch, summary)
        if summary.stopped:
            return


def _batches(saved: list[Document]) -> list[dict[str, Document]]:
    """By file name, under which a run tells of them: one of each name in a batch."""
    batches: list[dict[str, Document]] = []
    for one in saved:
        name = Path(one.file).name
        batch = next((batch for batch in batches if name not in batch), None)
        if batch is None:
            batches.append(batch := {})
        batch[name] = one
    return batches


def _settle(state: State, batch: dict[str, Document], summary: Summary) -> None:
    relations: dict[str, int | None] = {}
    for done in summary.done:
        found = None if done.added is None else sum(one.relations + one.deals for one in done.found)
        relations[done.name] = (
            (relations.get(done.name) or 0) + found if found is not None else relations.get(done.name)
        )
    failed = {failure.name: failure.sentence for failure in summary.failures}
    same = {left.name: f"the same report as {left.taken}" for left in summary.left_out}
    for name, document in batch.items():
        if name in failed:
            document.state, document.note = "failed", failed[name]
        elif name in same:
            document.state, document.note = "same", same[name]
        elif name in relations:
            document.state, document.note = "added", ""
            document.relations = relations[name] if relations[name] is not None else document.relations
        elif not summary.stopped:
            document.state = "added"  # a name that had to be written otherwise
        state.put(document)


def standings(state: State) -> list[Standing]:
    found = []
    for name in state.names():
        record = state.record(name)
        documents = state.documents("source=?", name)
        newest = max(
            (one.published or time.strftime("%Y-%m-%d", time.localtime(one.seen)) for one in documents), default=""
        )
        visits = state.visits(name)
        found.append(
            Standing(
                name,
                visits[0].at if visits else 0.0,
                record.due,
                sum(one.state == "added" for one in documents),
                sum(one.state == "saved" for one in documents),
                newest,
                sum(one.state in ("gone", "none", "failed") for one in documents),
                tuple(record.alarms),
            )
        )
    return found


def acknowledge(state: State, name: str, now: float) -> tuple[str, ...]:
    """Take what a source gives now for right: what it gave before is no measure any more. The alarms that end."""
    if name not in state.names():
        raise UsageError(f"no source is called {name}: kg watch --status lists them")
    record = state.record(name)
    ended = tuple(record.alarms)
    record.since, record.alarms, record.due = now, [], 0.0
    state.keep(name, record)
    return ended
