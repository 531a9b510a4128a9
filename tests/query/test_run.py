from __future__ import annotations

import csv
import io
import json

import pytest
from graph import samples
from pyoxigraph import Literal

from kg.errors import QueryError
from kg.graph.store import Store
from kg.query.run import Answer, cell, rendered, run, select, table


def test_rows_with_our_prefixes(store: Store) -> None:
    answer = select(store, "SELECT ?who ?name { ?who a kg:Person ; skos:prefLabel ?name }")
    assert answer.columns == ("who", "name")
    assert [row[1].value for row in answer.rows if row[1]] == ["林一帆"]


def test_rumours_are_no_deals_in_a_plain_query(store: Store) -> None:
    assert not run(store, f"ASK {{ <{samples.WAVE.iri}> kg:hasInvestedIn ?x }}").boolean
    assert run(store, f"ASK {{ <{samples.WAVE.iri}> kg:investsIn ?x }}").boolean


def test_graphs(store: Store) -> None:
    answer = run(store, "CONSTRUCT { ?a kg:acquires ?b } WHERE { ?a kg:acquires ?b }")
    assert answer.form == "graph"
    assert rendered(answer, "turtle").rstrip().endswith(".")


def test_values_are_bound(store: Store) -> None:
    answer = select(store, "SELECT ?e ?name { ?e skos:altLabel ?name }", {"name": Literal("IDB")})
    assert [row[0].value for row in answer.rows if row[0]] == [samples.BUREAU.iri]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT * { ?a kg:aquires ?b }", "line 1, column 15: there is no kg:aquires; did you mean kg:acquires?"),
        ("SELECT *\n{ ?a\n  kg:AcquireS ?b }", "line 3, column 3: there is no kg:AcquireS; did you mean kg:acquires?"),
        ("SELECT * { ?d kg:status status:rumored }", "did you mean status:rumoured"),
        ("SELECT * { ?d kg:kind kind:negative_list }", "did you mean kind:negative-list"),
        ("SELECT * { ?d <https://w3id.org/regkg/ontology#buyr> ?b }", "did you mean kg:buyer"),
        ("PREFIX x: <https://w3id.org/regkg/ontology#> SELECT * { ?d x:targt ?b }", "did you mean kg:target"),
        ("SELECT * { ?d kg:qqqqqqqq ?b }", "see ontology/"),
        ("SELECT * { ?d skso:prefLabel ?b }", "the prefix skso: isn't known; did you mean skos:?"),
        ("SELECT * { ?d zzz:prefLabel ?b }", "known are kg, status"),
        ("SELECT * { ?s ?p }", "line 1, column 19: the query can't be read: something is missing before"),
        ("SELECT *\n{ ?s ?p ?o ;; }\n}", "line 3, column 2"),
        ("", "line 1, column 1: the query can't be read"),
        ("INSERT DATA { <x:a> <x:b> 1 }", "INSERT would change the graph"),
        ("# note\nPREFIX a: <x:>\nDROP ALL", "line 3, column 1: DROP would change the graph"),
        (
            "SELECT * { SERVICE <http://example.org> { ?s ?p ?o } }",
            "line 1, column 12: SERVICE would ask another server",
        ),
        ("SELECT * { service silent ?g { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * { ?s ?p 1SERVICE<http://example.org>{} }", "SERVICE"),
        ("SELECT * { \\u0053ERVICE <http://example.org> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * { ?s <http://a\\u0041#> ?o . SERVICE <http://example.org> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * { FILTER(?a<5#>\n) SERVICE # note\n <http://example.org> { ?s ?p ?o } }", "SERVICE"),
    ],
)
def test_faults_name_the_place_and_the_way_out(store: Store, query: str, says: str) -> None:
    with pytest.raises(QueryError) as fault:
        run(store, query)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s skos:prefLabel "kg:aquires" }',
        "SELECT * { ?s skos:prefLabel '''it's\n nix:x <https://w3id.org/regkg/ontology#nix>''' }",
        "SELECT * { ?s ?p ?o } # kg:aquires, INSERT",
        "SELECT ?service ?insert { ?service ?insert 'the SERVICE of the state' }",
        "PREFIX nix: <https://example.org/> SELECT * { ?s nix:anything.at-all ?o . ?s a kg:Item. }",
        "BASE <https://example.org/> SELECT * { ?s <b> _:blank }",
        "SELECT * { ?s ?p ?o FILTER(?o < 5 && ?o > 3) FILTER(lang(?o) = 'en' || ?o = 'x'@zh-Hant) }",
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?claim a kg:Claim ; kg:said said:hearsay ; kg:quote ?q } }",
        "PREFIX : <https://example.org/> SELECT * { :a :b :c }",
        "DESCRIBE <https://example.org/x>",
    ],
)
def test_what_looks_like_a_fault_and_is_none(store: Store, query: str) -> None:
    answer = run(store, query)
    list(answer.rows)


def test_a_form_that_does_not_fit_is_refused(store: Store) -> None:
    with pytest.raises(QueryError, match="needs a SELECT"):
        select(store, "ASK { ?s ?p ?o }")
    with pytest.raises(QueryError, match="no format is called xml"):
        rendered(run(store, "ASK { ?s ?p ?o }"), "xml")
    with pytest.raises(QueryError, match="only CONSTRUCT"):
        rendered(run(store, "ASK { ?s ?p ?o }"), "turtle")


def test_json_is_that_of_the_standard(store: Store) -> None:
    query = """SELECT ?d ?amount ?name ?none { ?d kg:amount ?amount ; kg:investee ?who . ?who skos:prefLabel ?name }"""
    found = json.loads(rendered(run(store, query), "json"))
    assert found["head"] == {"vars": ["d", "amount", "name", "none"]}
    (row,) = found["results"]["bindings"]
    assert row["d"]["type"] == "uri"
    decimal = "http://www.w3.org/2001/XMLSchema#decimal"
    assert row["amount"] == {"type": "literal", "value": "43000000.5", "datatype": decimal}
    assert row["name"] == {"type": "literal", "value": "珊瑚智能", "xml:lang": "zh"}
    assert "none" not in row
    assert json.loads(rendered(run(store, "ASK { ?s ?p ?o }"), "json")) == {"head": {}, "boolean": True}
    assert json.loads(rendered(run(store, "SELECT * { ?s a kg:Nothing }".replace("Nothing", "Event")), "json"))


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_is_inert_for_people_and_exact_for_machines(store: Store) -> None:
    query = "SELECT ?x { VALUES ?x { '=1+1' '+1' '-1' '@a' -5 2.5 '甲,\"乙\"' '＝A1' 'a=b' kg:acquires } }"
    inert = [row[0] for row in rows_of(rendered(run(store, query), "csv"))]
    assert inert == ["x", "'=1+1", "'+1", "'-1", "'@a", "-5", "2.5", '甲,"乙"', "'＝A1", "a=b", "kg:acquires"]
    from kg.query.run import write_csv

    file = io.StringIO(newline="")
    write_csv(run(store, query), file, inert=False)
    exact = [row[0] for row in rows_of(file.getvalue())]
    assert exact[1:5] == ["=1+1", "+1", "-1", "@a"]
    assert exact[-1] == "https://w3id.org/regkg/ontology#acquires"


def test_a_table_shows_brackets_as_they_are(store: Store) -> None:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=100)
    console.print(table(run(store, "SELECT ?t { VALUES ?t { '[red]标题[/red]' } }")))
    console.print(table(run(store, "ASK { ?s ?p ?o }")))
    assert "[red]标题[/red]" in console.file.getvalue()  # type: ignore[attr-defined]
    assert "true" in console.file.getvalue()  # type: ignore[attr-defined]


def test_an_empty_cell_and_an_empty_answer() -> None:
    assert cell(None) == ""
    assert list(Answer("rows").rows) == []
