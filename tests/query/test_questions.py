"""What each named question gives on real texts is what a reader finds in them: ``questions/<name>.yml``.

The rows were written down by reading the two samples (``data/samples/source``) and the report 2024-08, and never
copied from an answer. A row gives the columns that the reader is sure of; a thing goes by any of its names. What the
texts say and the graph hasn't stands under ``missing``, what the graph has and the texts don't say under ``extra``,
each with the reason: they are told and fail nothing, so that whoever mends a rule need not mend these too. Unless
``complete: false`` says so, there are no other rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg import ids, run
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.query import catalogue
from kg.query.ask import ask
from kg.query.result import Concept, Result, Row, Thing
from kg.vocab import SKOS

HERE = Path(__file__).parent / "questions"
ROOT = Path(__file__).parents[2]
REPORT = ROOT.parent / "shared" / "reports" / "2024-08.txt"
# all values as strings: to YAML a column called “on” would be True
EXPECTED = {path.stem: yaml.load(path.read_bytes(), yaml.BaseLoader) for path in sorted(HERE.glob("*.yml"))}


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    """The samples and, where it is at hand, the report: read once."""
    folder = tmp_path_factory.mktemp("questions")
    run.add([ROOT / "data" / "samples" / f"{month}.pdf" for month in ("2024-06", "2024-07")], folder / "samples")
    opened = {"samples": Store.open(folder / "samples")}
    if REPORT.exists():
        run.add([REPORT], folder / "report")
        opened["report"] = Store.open(folder / "report")
    yield opened
    for store in opened.values():
        store.close()


def names(store: Store) -> dict[str, set[str]]:
    """By each name, all the names of what is called so."""
    of: dict[str, set[str]] = {}
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        for quad in store.quads(None, predicate, None, DEFAULT):
            of.setdefault(quad.subject.value, set()).add(ids.normalise(quad.object.value))  # type: ignore[union-attr]
    found: dict[str, set[str]] = {}
    for called in of.values():
        for name in called:
            found.setdefault(name, set()).update(called)
    return found


def same(expected: Any, value: Any, known: dict[str, set[str]]) -> bool:
    if expected == "null" or value is None:
        return expected == "null" and value is None
    if isinstance(expected, list):  # what is gathered, in any order
        given = str(value).split("、")
        return len(given) == len(expected) and all(any(same(one, each, known) for each in given) for one in expected)
    if isinstance(value, Concept):
        return bool(expected == value.name)
    if isinstance(value, bool):
        return bool(expected == ("是" if value else "否"))
    if isinstance(value, int | Decimal):
        return Decimal(expected) == value
    if isinstance(value, date):
        return bool(expected == str(value))
    label = ids.normalise(value.label if isinstance(value, Thing) else str(value))
    wanted = ids.normalise(expected)
    return label == wanted or wanted in known.get(label, ())


def fits(row: dict[str, Any], found: Row, columns: list[str], known: dict[str, set[str]]) -> bool:
    return all(same(value, found.values[columns.index(name)], known) for name, value in row.items())


def differences(case: dict[str, Any], result: Result, known: dict[str, set[str]]) -> tuple[list[str], list[str]]:
    """What a reader finds and the answer hasn't, and what the answer has beyond."""
    columns = [column.name for column in result.columns]
    left = list(result.whole().rows)
    absent = []
    for row in case["rows"]:
        hit = next((found for found in left if fits(row, found, columns, known)), None)
        if hit is None:
            absent.append(str(row))
        else:
            left.remove(hit)
    allowed = [one["row"] for one in (*case.get("missing", ()), *case.get("extra", ()))]
    beyond = [str(found.values) for found in left if not any(fits(row, found, columns, known) for row in allowed)]
    return absent, beyond if case.get("complete") != "false" else []


CASES = [
    (name, which, number)
    for name, expected in EXPECTED.items()
    for which in ("samples", "report")
    for number in range(len(expected[which]))
]


def test_every_question_is_read_for() -> None:
    assert set(EXPECTED) == set(catalogue.names())
    assert len(CASES) >= 90
    for name, expected in EXPECTED.items():
        columns = {column.name for column in catalogue.question(name).columns}
        for case in (*expected["samples"], *expected["report"]):
            assert set(case) <= {"ask", "rows", "missing", "extra", "complete"}
            for row in (*case["rows"], *(one["row"] for one in (*case.get("missing", ()), *case.get("extra", ())))):
                assert set(row) <= columns, name
            assert all(one["why"].endswith(".") for one in (*case.get("missing", ()), *case.get("extra", ())))


@pytest.mark.parametrize(("name", "which", "number"), CASES)
def test_an_answer_is_what_a_reader_finds(stores: dict[str, Store], name: str, which: str, number: int) -> None:
    if which not in stores:
        pytest.skip("the report of 2024-08 isn't beside the checkout: ../shared/reports/2024-08.txt")
    case = EXPECTED[name][which][number]
    store = stores[which]
    absent, beyond = differences(case, ask(store, name, case["ask"]), names(store))
    assert (absent, beyond) == ([], [])


@pytest.mark.parametrize("name", [name for name in EXPECTED if catalogue.question(name).evidence])
def test_every_row_says_where_it_says_so(stores: dict[str, Store], name: str) -> None:
    without = {"mentions", "regulators", "instruments", "publications", "effective", "consultations"}  # named only
    for which, store in stores.items():
        for case in EXPECTED[name][which]:
            for row in ask(store, name, case["ask"]):
                assert row.evidence or name in without, (name, row.values)
                assert all(one.quote.strip() and one.item and one.report for one in row.evidence)
