"""Answers as pandas tables and networkx graphs."""

from __future__ import annotations

import builtins
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import networkx as nx
import pytest
from forms.answers import COLUMNS, GULL, TERN, TRAP, acquisitions, evidence, grouped

from kg.errors import QueryError, UsageError
from kg.graph.store import Store
from kg.query.reader import Reader
from kg.query.result import Column, Result, Row, Value, of_answer
from kg.query.run import run

# ------------------------------------------------------------------------------------------------------- pandas


def test_a_frame_has_typed_columns() -> None:
    pytest.importorskip("pandas")
    frame = acquisitions().to_pandas()
    assert list(frame.columns[:5]) == ["buyer", "buyer_iri", "target", "target_iri", "status"]
    assert list(frame["buyer"]) == [GULL.label, TRAP.label, TERN.label]
    assert frame["target_iri"][0] == TERN.iri
    assert frame["status"][1] == "rumoured"
    assert frame["status"].isna()[2]
    assert frame["amount"].sum() == 4_943_000_012.5
    assert str(frame["lead"].dtype) == "boolean"
    assert list(frame["announced"][:2]) == ["2031-05-19", "2031-05"]  # a month is no day
    assert list(frame["quotes"]) == [2, 2, 0]
    assert frame["evidence_page"][0] == 49
    assert str(frame["evidence_page"].dtype) == "Int64"
    assert frame["evidence_confidence"].isna()[2]
    assert "quotes" not in acquisitions().to_pandas(evidence=False)


def test_frames_of_days_of_numbers_of_groups_and_of_nothing() -> None:
    pandas = pytest.importorskip("pandas")
    columns = (Column("day", "日", "Day", "date"), Column("n", "数", "Number", "number"))
    rows = [Row((date(2031, 5, 19), 5)), Row((None, None)), Row((date(1031, 5, 19), 2**70))]
    frame = Result("x", "问", "Asked", columns, iter(rows)).to_pandas()
    assert frame["day"][0] == pandas.Timestamp("2031-05-19")
    assert frame["day"].isna().tolist() == [False, True, False]
    assert frame["n"][2] == float(2**70)
    assert list(grouped().to_pandas()["group"]) == ["新增", "新增", "终止"]
    assert next(iter(Result("x", "问", "Asked", COLUMNS, []).to_pandas())) == "buyer"


def test_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any, **more: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UsageError, match=r"^to_pandas needs pandas: pip install 'regkg\[pandas\]'$"):
        acquisitions().to_pandas()


# ----------------------------------------------------------------------------------------------------- networkx


def test_things_are_nodes_and_rows_edges() -> None:
    graph = acquisitions().to_networkx()
    assert sorted(graph.edges()) == sorted([(GULL.iri, TERN.iri), (TRAP.iri, GULL.iri), (TERN.iri, TRAP.iri)])
    assert graph.nodes[GULL.iri] == {"label": "海鸥科技", "type": "Company"}
    edge = graph.edges[GULL.iri, TERN.iri, 0]
    assert (edge["status"], edge["amount"], edge["announced"]) == ("announced", 4_900_000_000, "2031-05-19")
    assert (edge["quotes"], edge["evidence_page"], edge["evidence_said"]) == (2, 49, "summary")
    assert [one["said"] for one in json.loads(edge["evidence"])] == ["summary", "hearsay"]
    assert "evidence" not in graph.edges[TERN.iri, TRAP.iri, 0]


def test_the_ends_can_be_named() -> None:
    graph = acquisitions().to_networkx(source="target", target="buyer")
    assert (TERN.iri, GULL.iri) in graph.edges()
    with pytest.raises(UsageError, match=r"^the answer has no column seller: it has buyer, target, status"):
        acquisitions().to_networkx(source="seller")


def test_a_row_of_one_thing_is_a_node_and_two_rows_two_edges() -> None:
    columns = (Column("a", "甲", "A", "thing"), Column("b", "乙", "B", "thing"))
    rows = [Row((GULL, None)), Row((TERN, TRAP), (evidence(1),), "新增"), Row((TERN, TRAP)), Row((None, None))]
    graph = Result("x", "问", "Asked", columns, rows).to_networkx()
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (3, 2)
    assert graph.edges[TERN.iri, TRAP.iri, 0]["group"] == "新增"


def test_networkx_writes_it_in_its_formats() -> None:
    for write in (nx.write_graphml, nx.write_gexf):
        file = io.BytesIO()
        write(acquisitions().to_networkx(), file)
        assert "海鸥科技".encode() in file.getvalue()


# --------------------------------------------------------------------------------------------------- of a query


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("5", 5),
        ("5.10", Decimal("5.10")),
        ("5e3", Decimal("5e3")),
        ('"INF"^^xsd:double', "INF"),
        ('"x"^^xsd:integer', "x"),
        ("true", True),
        ('"0"^^xsd:boolean', False),
        ('"2031-05-19"^^xsd:date', date(2031, 5, 19)),
        ('"2031-05-19Z"^^xsd:date', "2031-05-19Z"),
        ('"2031-02-30"^^xsd:date', "2031-02-30"),
        ('"2031-05"^^xsd:gYearMonth', "2031-05"),
        ('"海鸥"@zh', "海鸥"),
        ("status:announced", "status:announced"),
        ("<https://example.org/1>", "https://example.org/1"),
        ("UNDEF", None),
    ],
)
def test_terms_become_values(term: str, value: Value) -> None:
    with Store.memory() as store:
        (row,) = of_answer(run(store, f"SELECT ?x {{ VALUES ?x {{ {term} }} }}"))
    assert row.values == (value,)
    assert type(row.values[0]) is type(value)


def test_the_answers_of_a_reader(store: Store) -> None:
    reader = Reader(store)
    result = reader.select("SELECT ?buyer ?amount { ?d kg:buyer ?buyer ; kg:amount ?amount }")
    assert [column.name for column in result.columns] == ["buyer", "amount"]
    assert result.to_pandas()["amount"].sum() == 5_000_000_000
    with pytest.raises(QueryError, match="this needs a SELECT query"):
        reader.select("ASK {}")
