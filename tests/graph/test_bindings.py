"""A value put in by VALUES gives what pyoxigraph's substitution gives."""

from __future__ import annotations

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Variable

from kg.errors import QueryError
from kg.graph.bindings import bound

X = "http://x/"
DATA = f"""
    PREFIX : <{X}> INSERT DATA {{
        :a :buys :b , :c . :b :buys :c . :c :buys :d .
        :a :name "one" . :b :name "two \\"quoted\\" {{ ?who }}" .
        GRAPH :g {{ :a :buys :b . :b :buys :d }}
    }}"""
QUERIES = [
    "SELECT ?who ?whom { ?who :buys ?whom }",
    "SELECT * { ?who :buys ?whom }",
    "SELECT ?who (COUNT(?whom) AS ?n) { ?who :buys ?whom } GROUP BY ?who",
    "SELECT ?whom $who { { ?whom :buys ?x FILTER($who = ?x || $who = :a) } UNION { ?whom :name ?n } }",
    "SELECT ?who ?n { ?x :name ?n OPTIONAL { ?x :buys ?y FILTER(?y != ?who) } }",
    "SELECT ?who ?x { ?x :buys ?y FILTER NOT EXISTS { ?x :buys ?who } }",
    "SELECT ?who ?x { ?x :buys ?y MINUS { ?x :buys ?y FILTER(?x = ?who) } }",
    "SELECT ?who ?n { { # who\n SELECT ?who (COUNT(?y) AS ?n) { ?who :buys ?y } GROUP BY ?who } }",
    "SELECT ?who ?n { ?who :name ?l { SELECT (COUNT(?who) AS ?n) { ?who :buys ?y } } }",
    "SELECT ?who ?y { GRAPH ?g { ?who :buys ?y } }",
    "SELECT ?who ?y { VALUES ?z { :b :c } ?who :buys ?y FILTER(?y = ?z) }",
    "SELECT ?who ?y { VALUES (?z ?q) { (:b 1) (:c 2) } ?who :buys+ ?y FILTER(?y = ?z) } ORDER BY ?y LIMIT 1",
    "SELECT ?who ?y { ?who :name ?y FILTER(?y != \"SELECT ?who {\" && ?y != '}') } # ?who }",
    "SELECT ?who (EXISTS { ?who :buys ?z } AS ?e) { ?y :name ?n }",
    "ASK { ?who :buys :d }",
    "CONSTRUCT { ?who :owns ?y } WHERE { ?who :buys ?y }",
    "DESCRIBE ?who { ?who :buys ?y }",
]


@pytest.fixture(scope="module")
def base() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.update(DATA)
    return store


def rows(found: object) -> list[str]:
    if isinstance(found, pyoxigraph.QueryBoolean):
        return [str(bool(found))]
    return sorted(str(row) for row in found)  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", [NamedNode(X + "a"), NamedNode(X + "b"), NamedNode(X + "nobody"), Literal("one")])
@pytest.mark.parametrize("query", QUERIES)
def test_values_do_what_substitution_does(base: pyoxigraph.Store, query: str, value: NamedNode) -> None:
    prefixes = {"": X}
    wanted = rows(base.query(query, prefixes=prefixes, substitutions={Variable("who"): value}))
    assert rows(base.query(bound(query, {"who": value}), prefixes=prefixes)) == wanted


@pytest.mark.parametrize(
    "words", ['"} INSERT', "\\", "\n", "} ?s ?p ?o {", "'", '"""', "\u0000", "\\u0022 }", "😀", "?who", "<x:y>"]
)
def test_nobodys_words_become_syntax(base: pyoxigraph.Store, words: str) -> None:
    query = bound("SELECT ?who { FILTER(BOUND(?who)) }", {"who": Literal(words)})
    (row,) = base.query(query)  # type: ignore[misc]
    assert row["who"] == Literal(words)


def test_a_query_without_values_is_as_it_was() -> None:
    assert bound(QUERIES[0], {}) is QUERIES[0]


def test_construct_where_has_no_room_for_values() -> None:
    with pytest.raises(QueryError, match="CONSTRUCT"):
        bound("CONSTRUCT WHERE { ?who ?p ?o }", {"who": NamedNode("x:y")})
