"""The faults of ``benchmarks.faults`` in a short form, clocks that go back, and what must hold in any order."""

from __future__ import annotations

import random
import shutil
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
from kg.graph import load
from kg.graph.facts import DEFAULT, all_facts
from kg.graph.store import Store
from kg.graph.write import write
from kg.items import ItemFacts, Report
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

_QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_COUNT = 6
Added = tuple[Report, list[ItemFacts]]


@st.composite
def _all(draw: st.DrawFn) -> list[Added]:
    """Reports that contradict each other: of names, of days, of how a deal stands; and three told by hand."""
    seed = draw(st.integers(0, 2**32))
    drawn = [samples.random_report(f"r{number}", random.Random(f"{seed} {number}")) for number in range(3)]
    return [samples.may(), samples.june(), samples.july(), *drawn]


@given(_all(), st.permutations(range(_COUNT)), st.permutations(range(_COUNT)))
@_QUIET
def test_adding_in_any_order_gives_the_same_graph(reports: list[Added], one: list[int], other: list[int]) -> None:
    graphs = []
    for order in (one, other):
        with Store.memory() as store:
            for number in order:
                store.add(*reports[number], samples.RUN)
            graphs.append(set(store.quads()))
    assert graphs[0] == graphs[1]
    assert {quad for quad in graphs[0] if quad.graph_name == DEFAULT} == all_facts(graphs[0])


@given(_all(), st.sets(st.integers(0, _COUNT - 1)), st.integers(0, _COUNT - 1), st.integers(0, 2**32))
@_QUIET
def test_adding_and_removing_gives_the_graph_before(
    reports: list[Added], there: set[int], added: int, seed: int
) -> None:
    with Store.memory() as store:
        for number in there - {added}:
            store.add(*reports[number], samples.RUN)
        before, kept = set(store.quads()), sorted(store.kept())
        report, found = reports[added]
        store.add(report, found, samples.RUN)
        store.add(report, found, samples.RUN + "b")
        if report.id.startswith("r"):  # and once more, corrected
            store.add(*samples.random_report(report.id, random.Random(seed)), samples.RUN)
        store.remove(report.id)
        assert set(store.quads()) == before
        assert sorted(store.kept()) == kept


@given(_all(), st.sets(st.integers(0, _COUNT - 1), min_size=1), st.integers(0, 2**32))
@_QUIET
def test_a_report_that_replaces_leaves_nothing_of_the_old(reports: list[Added], there: set[int], seed: int) -> None:
    """However often a report was corrected, the graph is that of its last form alone."""
    with Store.memory() as once, Store.memory() as often:
        for number in there:
            report, found = reports[number]
            once.add(report, found, samples.RUN)
            if report.id.startswith("r"):
                often.add(*samples.random_report(report.id, random.Random(seed + number)), samples.RUN)
        for number in there:
            often.add(*reports[number], samples.RUN)
        assert set(often.quads()) == set(once.quads())
        assert sorted(often.kept()) == sorted(once.kept())


@given(
    reports=_all(),
    which=st.sets(st.integers(0, _COUNT - 1), min_size=1),
    suffix=st.sampled_from([".nq", ".trig", ".jsonld"]),
    dice=st.randoms(),
)
@_QUIET
def test_export_and_import_give_the_same_graph(
    reports: list[Added], which: set[int], suffix: str, dice: random.Random, tmp_path: Path
) -> None:
    order = sorted(which, key=lambda _: dice.random())
    with Store.memory() as store:
        for number in order:
            store.add(*reports[number], samples.RUN)
        first = exported(store, tmp_path / f"a{suffix}")
        with Store.exported(tmp_path / f"a{suffix}") as again:
            assert set(again.quads()) == set(store.quads())
            assert exported(again, tmp_path / f"b{suffix}") == first


@given(reports=_all(), which=st.sets(st.integers(0, _COUNT - 1), min_size=1))
@settings(_QUIET, max_examples=10)
def test_loading_gives_the_graph_that_adding_gives(reports: list[Added], which: set[int], tmp_path: Path) -> None:
    """An export without its default graph, loaded at once, has the default graph that was kept report by report."""
    shutil.rmtree(tmp_path / "loaded", ignore_errors=True)
    with Store.memory() as store:
        for number in which:
            store.add(*reports[number], samples.RUN)
        whole = exported(store, tmp_path / "all.nq")
    load.load([tmp_path / "all.nq"], tmp_path / "loaded")
    with Store.open(tmp_path / "loaded") as loaded:
        assert exported(loaded, tmp_path / "again.nq") == whole


def test_judgements_that_change_nothing_change_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store", "write") as store:
        store.add(*samples.may(), samples.RUN)
        before = Store.generation(tmp_path / "store")
        assert store.rejudge(["2031-05"], Judgements(()).apply) == []
        assert Store.generation(tmp_path / "store") == before
