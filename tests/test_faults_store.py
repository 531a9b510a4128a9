"""The faults of ``benchmarks.faults`` in a short form, clocks that go back, and what must hold in any order."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from graph import samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import faults
from kg import identity
from kg.graph.store import Store
from kg.graph.write import write
from kg.resolve.judgements import Judgements

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc, mount and signals")


@linux
def test_kills(tmp_path: Path) -> None:
    seen = faults.kills(tmp_path, 12)
    assert seen["killed at work"] > 3
    assert seen["finished as if nothing had happened"] >= 1


@linux
def test_power_cuts(tmp_path: Path) -> None:
    seen = faults.power_cuts(tmp_path, 3)
    assert seen["opened"] + seen["made anew"] >= 3


@linux
def test_full_disks(tmp_path: Path) -> None:
    try:
        seen = faults.full_disks(tmp_path, 2)
    except OSError as why:
        pytest.skip(str(why))
    assert seen["finished as if nothing had happened"] == 2
    assert not [what for what in seen if what.startswith("told")]


@linux
def test_no_memory(tmp_path: Path) -> None:
    assert faults.no_memory(tmp_path, 2)["finished as if nothing had happened"] == 2


@linux
def test_two_writers(tmp_path: Path) -> None:
    assert sum(faults.two_writers(tmp_path, 1).values()) == 1


def test_what_is_half_there_is_found(tmp_path: Path) -> None:
    """The look that the others rest on does find faults."""
    with Store.open(tmp_path / "store", "write") as store:
        store.add(*samples.may(), samples.RUN)
    assert faults.whole(tmp_path / "store") == 1
    with Store.open(tmp_path / "store", "write") as store:
        store.remove("2031-05-deals-1")
    with pytest.raises(faults.Lost, match="half there"):
        faults.whole(tmp_path / "store")


def exported(store: Store, path: Path) -> bytes:
    write(store, path)
    return path.read_bytes()


def test_a_clock_that_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the graph is of the day on which it was added; a judgement counts by its line, not by its hour."""
    made = []
    for number, years in enumerate(((0, 0, 0), (0, -10, -20), (10, 0, -30))):
        path = tmp_path / f"store-{number}"
        clock = iter(years)

        def moved(clock: object = clock) -> None:
            ahead = next(clock) * 365 * 86_400  # type: ignore[call-overload]
            monkeypatch.setattr(time, "time", lambda: 2e9 + ahead)

            class Then(datetime):
                @classmethod
                def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                    return datetime.fromtimestamp(2e9 + ahead, UTC)

            monkeypatch.setattr(identity, "datetime", Then)

        moved()
        with Store.open(path, "write") as store:
            store.add(*samples.may(), samples.RUN)
        before = Store.generation(path)
        moved()
        with Store.open(path, "write") as store:
            identity.same(store, samples.REEF.iri, samples.WAVE.iri, author="me", force=True)
        assert Store.generation(path) != before
        moved()
        with Store.open(path, "write") as store:
            store.add(*samples.june(), samples.RUN, identity.load(path).apply)
            identity.undo(store, [1])
            made.append(exported(store, tmp_path / "all.nq"))
        monkeypatch.undo()
    assert made[0] == made[1] == made[2]


# ------------------------------------------------------------------------------------------------- in any order

_REPORTS = (samples.may, samples.june, samples.july)
_QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.permutations(range(3)), st.permutations(range(3)))
@_QUIET
def test_adding_in_any_order_gives_the_same_graph(one: list[int], other: list[int]) -> None:
    graphs = []
    for order in (one, other):
        with Store.memory() as store:
            for number in order:
                store.add(*_REPORTS[number](), samples.RUN)
            graphs.append(set(store.quads()))
    assert graphs[0] == graphs[1]


@given(st.lists(st.integers(0, 2), max_size=5), st.integers(0, 2))
@_QUIET
def test_adding_and_removing_gives_the_graph_before(there: list[int], added: int) -> None:
    with Store.memory() as store:
        for number in there:
            if number != added:
                store.add(*_REPORTS[number](), samples.RUN)
        before, kept = set(store.quads()), store.kept()
        report, found = _REPORTS[added]()
        store.add(report, found, samples.RUN)
        store.add(report, found, samples.RUN + "b")
        store.remove(report.id)
        assert set(store.quads()) == before
        assert store.kept() == kept


@given(
    which=st.sets(st.integers(0, 2), min_size=1),
    suffix=st.sampled_from([".nq", ".trig", ".jsonld"]),
    dice=st.randoms(),
)
@_QUIET
def test_export_and_import_give_the_same_graph(
    which: set[int], suffix: str, dice: random.Random, tmp_path: Path
) -> None:
    order = sorted(which, key=lambda _: dice.random())
    with Store.memory() as store:
        for number in order:
            store.add(*_REPORTS[number](), samples.RUN)
        first = exported(store, tmp_path / f"a{suffix}")
        with Store.exported(tmp_path / f"a{suffix}") as again:
            assert set(again.quads()) == set(store.quads())
            assert exported(again, tmp_path / f"b{suffix}") == first


def test_judgements_that_change_nothing_change_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store", "write") as store:
        store.add(*samples.may(), samples.RUN)
        before = Store.generation(tmp_path / "store")
        assert store.rejudge(["2031-05"], Judgements(()).apply) == []
        assert Store.generation(tmp_path / "store") == before
