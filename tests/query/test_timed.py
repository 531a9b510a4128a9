"""A query in a process of its own gives what it gives here, and can be stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from graph import samples

from kg.errors import QueryError, StoreError
from kg.graph.store import Store
from kg.query import timed
from kg.query.run import run
from kg.vocab import STATUS

ENDLESS = "SELECT (COUNT(*) AS ?count) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
ENDLESS_ROWS = "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("timed") / "store"
    with Store.open(path, "write") as store:
        for report in (samples.may, samples.june, samples.july):
            store.add(*report(), samples.RUN)
    with Store.open(path) as store:
        yield store


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT ?s ?p ?o ?nothing { ?s ?p ?o }",
        'SELECT ?a ?b { VALUES (?a ?b) { ("a\\tb\\n\\"" "行\\r\\\\"@zh) (UNDEF 1.50) (true "") } }',
        "SELECT ?x { ?x a kg:Person . ?x a kg:Company }",
    ],
)
def test_the_same_rows(sparql: str, stored: Store) -> None:
    here, there = run(stored, sparql), timed.run(stored, sparql, 60)
    assert there.columns == here.columns
    assert sorted(map(str, there.rows)) == sorted(map(str, here.rows))


def test_the_same_graph_and_truth(stored: Store) -> None:
    sparql = "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }"
    assert set(timed.run(stored, sparql, 60).triples) == set(run(stored, sparql).triples)
    assert timed.run(stored, "ASK { ?s kg:acquires ?o }", 60).boolean
    assert not timed.run(stored, "ASK { ?s kg:sues ?o }", 60).boolean


def test_values_are_passed(stored: Store) -> None:
    sparql = "SELECT ?deal ?status { ?deal kg:status ?status }"
    for term in (STATUS["terminated"], pyoxigraph.Literal('行\n"', language="zh"), pyoxigraph.Literal(5)):
        rows = timed.run(stored, sparql, 60, {"status": term}).rows
        assert list(rows) == list(run(stored, sparql, {"status": term}).rows)


@pytest.mark.parametrize(
    "sparql",
    [
        ENDLESS,
        ENDLESS_ROWS,
        'ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o FILTER(CONCAT(STR(?a), STR(?o)) = "x") }',
    ],
)
def test_what_takes_too_long_is_stopped(sparql: str, stored: Store) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryError, match=r"^the query took longer than 1 s and was stopped: ask for less,"):
        for _ in timed.run(stored, sparql, 1).rows:
            pass
    assert time.monotonic() - begun < 10


def test_who_has_enough_need_not_wait(stored: Store) -> None:
    rows = timed.run(stored, ENDLESS_ROWS, 60).rows
    begun = time.monotonic()
    assert next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 10


def test_faults(stored: Store) -> None:
    with pytest.raises(QueryError, match="the query can't be read"):
        timed.run(stored, "SELECT ?a { ?a kg:acquires", 60)
    with pytest.raises(QueryError, match="did you mean kg:acquires"):
        timed.run(stored, "SELECT ?a { ?a kg:aquires ?b }", 60)
    with pytest.raises(QueryError, match=r"^\?zz is given a value and doesn't stand in the query's SELECT"):
        timed.run(stored, "SELECT ?a { ?a kg:acquires ?b }", 60, {"zz": STATUS["announced"]})
    with pytest.raises(QueryError, match="leaves no time"):
        timed.run(stored, "ASK {}", 0)
    with Store.memory() as memory, pytest.raises(StoreError, match="needs one on disk"):
        timed.run(memory, "ASK {}", 1)


def test_a_store_that_went_away(stored: Store, tmp_path: Path) -> None:
    gone = Store(pyoxigraph.Store(), None, None, tmp_path / "gone", False)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="no store at"):
        timed.run(gone, "ASK {}", 60)
