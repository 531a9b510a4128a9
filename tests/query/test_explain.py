"""How a query is understood, as lines."""

from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.graph.store import Store
from kg.query.explain import explain
from kg.vocab import STATUS


def shown(store: Store, sparql: str, **bindings: object) -> list[str]:
    return ["  " * depth + line for depth, line in explain(store, sparql, bindings)]


def test_patterns_are_counted(store: Store) -> None:
    assert shown(store, 'SELECT ?a ?n { ?a kg:acquires ?b ; skos:prefLabel ?n FILTER(lang(?n) = "zh") }') == [
        "SelectQuery",
        "  Project ?a ?n",
        '    Filter LANG(?n) = "zh"',
        "      BGP",
        "        ?a skos:prefLabel ?n  · 15 statements",
        "        ?a kg:acquires ?b  · 1 statement",
    ]


def test_what_stands_in_graphs_and_paths(store: Store) -> None:
    lines = shown(
        store,
        "SELECT ?quote (COUNT(*) AS ?n) { GRAPH ?g { ?c kg:quote ?quote ; kg:about/kg:status ?s }"
        " OPTIONAL { ?x kg:sues ?y } FILTER(?quote IN (\"a\") || EXISTS { ?q a kg:Item }) }"
        " GROUP BY ?quote ORDER BY DESC(?n) LIMIT 5",
    )  # fmt: skip
    assert "Slice from 0, 5 at most" in lines[1]
    text = "\n".join(line.strip() for line in lines)
    for line in (
        "Graph ?g",
        "?c kg:quote ?quote  · 12 statements",
        "?c kg:about/kg:status ?s  · 5 pairs",
        "?x kg:sues ?y  · 0 statements",
        "LeftJoin",
        'Filter (?quote IN ("a")) || (EXISTS {…})',
        "OrderBy DESC(?n)",
        "Group ?quote",
    ):
        assert f"\n{line}\n" in f"{text}\n", line


def test_values_narrow_what_is_counted(store: Store) -> None:
    sparql = "SELECT ?d ?s { ?d kg:status ?s }"
    assert shown(store, sparql, s=STATUS["terminated"])[0] == "?s is status:terminated"
    assert "1 statement" in shown(store, sparql, s=STATUS["terminated"])[-1]


@pytest.mark.parametrize("sparql", ["ASK { ?a kg:acquires ?b }", "CONSTRUCT { ?a a ?b } { ?b kg:acquires ?a }"])
def test_other_forms(sparql: str, store: Store) -> None:
    assert "kg:acquires" in shown(store, sparql)[-1]
    assert shown(store, "DESCRIBE <https://example.org/>") == ["DescribeQuery"]


def test_faults_are_those_of_the_query(store: Store) -> None:
    with pytest.raises(QueryError, match="did you mean kg:acquires"):
        shown(store, "SELECT ?a { ?a kg:aquires ?b }")
    with pytest.raises(QueryError, match=r"^line 1, column"):
        shown(store, "SELECT ?a { ?a ")
