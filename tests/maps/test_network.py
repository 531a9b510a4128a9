from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pyoxigraph as ox
import pytest

from kg.maps import network

from .conftest import ENTITIES, HOSTILE_NAME, ID, RELATIONS, Rows, rows_of

Name = Callable[[str], str]


def edge(graph: network.Graph, subject: str, object_: str) -> dict[str, object]:
    (found,) = graph.get_edge_data(subject, object_).values()
    return found


def test_whole_store(rows: Rows, entity: Name) -> None:
    graph = network.build(rows)
    assert set(graph) == {entity(name) for name in ENTITIES}
    assert graph.number_of_edges() == len(RELATIONS)
    assert list(graph) == sorted(graph)
    harbour = graph.nodes[entity("harbour")]
    assert harbour["type"] == "Company"
    assert harbour["labels"] == {"en": "Harbour Capital", "zh": "海港资本"}
    assert harbour["aliases"] == ("海港",)
    assert graph.nodes[entity("hostile")]["labels"]["zh"] == HOSTILE_NAME


def test_edge_carries_all_its_evidence_newest_first(rows: Rows, entity: Name) -> None:
    found = edge(network.build(rows), entity("harbour"), entity("delta"))
    deal, evidence = found["deal"], found["evidence"]
    assert isinstance(deal, network.DealFacts)
    assert (deal.status, deal.amount_text, deal.currency, deal.qualifier) == (
        "rumoured",
        "约四十九亿美元",
        "USD",
        "about",
    )
    assert isinstance(evidence, tuple)
    assert [one.issued for one in evidence] == ["2024-09-02", "2024-08-19"]
    assert [one.status for one in evidence] == ["in-talks", "rumoured"]
    assert [one.said for one in evidence] == ["hearsay", "summary"]
    assert evidence[0].page is None
    old = evidence[1]
    assert (old.quote, old.publisher, old.page) == ("第10段说明了海港资本的情况", "示例日报", 11)
    assert (old.start, old.end, old.confidence) == (1000, 1020, 0.9)
    assert old.report == "示例月报 2024年8月"
    assert old.link == "https://news.example.org/one?a=1&b=2"


def test_documents_have_their_stage_their_number_and_their_days(rows: Rows, entity: Name) -> None:
    graph = network.build(rows)
    assert graph.nodes[entity("rules")]["document"] == network.DocumentFacts(
        "issued", "示例〔2024〕7号", "2024-08-19", "2024-10"
    )
    assert graph.nodes[entity("draft")]["document"] == network.DocumentFacts("consultation")
    assert graph.nodes[entity("law")]["document"] is None
    # as the item tells it, which may be older
    (one,) = edge(graph, entity("draft"), entity("office"))["evidence"]  # type: ignore[misc]
    assert one.status == "draft"


def test_relation_without_a_deal(rows: Rows, entity: Name) -> None:
    found = edge(network.build(rows), entity("rules"), entity("office"))
    assert found["relation"] == "issuedBy"
    assert found["deal"] is None


@pytest.mark.parametrize(
    ("names", "hops", "expected"),
    [
        (["paper"], 1, {"paper", "institute"}),
        (["paper"], 2, {"paper", "institute", "ministry", "association"}),
        (["paper"], 0, {"paper"}),
        (["alone"], 2, {"alone"}),
        (["alone", "chen"], 1, {"alone", "chen", "harbour"}),
    ],
)
def test_neighbourhood(rows: Rows, entity: Name, names: list[str], hops: int, expected: set[str]) -> None:
    graph = network.build(rows, [entity(name) for name in names], hops)
    assert set(graph) == {entity(name) for name in expected}
    assert {node for node, start in graph.nodes(data="start") if start} == {entity(name) for name in names}
    # the relations among those chosen are all there, as they are on the whole map
    whole = network.build(rows).subgraph(graph)
    assert set(graph.edges(keys=True)) == set(whole.edges(keys=True))
    for subject, object_, key, found in graph.edges(keys=True, data=True):
        assert found == whole.edges[subject, object_, key]


@pytest.mark.parametrize("name", ["nobody", "x> } DELETE WHERE { ?s ?p ?o } #"])
def test_unknown_name(rows: Rows, entity: Name, name: str) -> None:
    with pytest.raises(KeyError):
        network.build(rows, [entity(name)])


def test_same_graph_whatever_the_order_of_rows(rows: Rows) -> None:
    def backwards(query: str) -> list[dict[str, str | None]]:
        return list(rows(query))[::-1]

    one, two = network.build(rows), network.build(backwards)
    assert list(one.nodes(data=True)) == list(two.nodes(data=True))
    assert list(one.edges(keys=True, data=True)) == list(two.edges(keys=True, data=True))


def test_relation_that_no_claim_states_is_left_out(rows: Rows, entity: Name, store: ox.Store) -> None:
    other = ox.Store()
    other.extend(store)
    fact = (entity("alone"), "https://w3id.org/regkg/ontology#partOf", entity("office"))
    other.add(ox.Quad(*(ox.NamedNode(term) for term in fact)))
    assert not network.build(rows_of(other)).has_edge(entity("alone"), entity("office"))


def test_two_rounds_of_one_pair_are_two_edges() -> None:
    kg, rdf = network.KG, "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    text = f"PREFIX kg: <{kg}> PREFIX rdf: <{rdf}> PREFIX : <{ID}>\n"
    text += "INSERT DATA { :a a kg:Company . :b a kg:Company . :a kg:investsIn :b . "
    text += ':d1 a kg:FundingRound ; kg:round "A轮" . :d2 a kg:FundingRound ; kg:round "B轮" . GRAPH :item { '
    for at in "12":
        text += f":c{at} a kg:Claim ; rdf:subject :a ; rdf:predicate kg:investsIn ; rdf:object :b ; "
        text += f'kg:quote "q{at}" ; kg:about :d{at} . '
    store = ox.Store()
    store.update(text + "} }")
    graph = network.build(rows_of(store))
    assert [deal.round for _, _, deal in graph.edges(data="deal")] == ["A轮", "B轮"]
    assert all(deal.type == "FundingRound" for _, _, deal in graph.edges(data="deal"))


def test_part_of_a_round_takes_the_money_of_the_round_and_its_own_status() -> None:
    kg, rdf, dcterms = network.KG, "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://purl.org/dc/terms/"
    store = ox.Store()
    store.update(f"""PREFIX kg: <{kg}> PREFIX rdf: <{rdf}> PREFIX dcterms: <{dcterms}> PREFIX : <{ID}> INSERT DATA {{
        :a a kg:Company . :b a kg:Company .
        :round a kg:FundingRound ; kg:round "C轮" ; kg:amountText "一亿元" ; kg:currency "CNY" ;
            kg:status <https://w3id.org/regkg/status/completed> .
        :own a kg:Deal ; dcterms:isPartOf :round ; kg:status <https://w3id.org/regkg/status/in-talks> .
        GRAPH :item {{ :c a kg:Claim ; rdf:subject :a ; rdf:predicate kg:investsIn ; rdf:object :b ; kg:quote "q" ;
            kg:about :own }} }}""")
    ((_, _, deal),) = network.build(rows_of(store)).edges(data="deal")
    assert (deal.status, deal.round, deal.amount_text) == ("in-talks", "C轮", "一亿元")


def test_empty_store() -> None:
    assert len(network.build(rows_of(ox.Store()))) == 0


def test_claims_looked_up_by_subjects_are_those_of_all(rows: Rows) -> None:
    """Two queries give one answer: the second is there because it is fast where few are asked for."""

    def told(found: Iterable[Mapping[str, str | None]]) -> list[list[tuple[str, str]]]:
        return sorted(sorted((name, value) for name, value in row.items() if value) for row in found)

    subjects = sorted(network._entities(rows, None))
    everything = told(network._claims(rows, None))
    assert everything
    assert told(network._claims(rows, subjects)) == everything


@pytest.mark.parametrize("hops", [0, 1, 2, 3])
def test_surroundings_step_by_step_are_those_of_all(rows: Rows, hops: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few are asked about by name, many by reading the whole: one answer."""
    for name in sorted(network._entities(rows, None))[:5]:
        stepped = network.build(rows, [name], hops)
        with monkeypatch.context() as patch:
            patch.setattr(network, "_FEW", 0)
            read = network.build(rows, [name], hops)
        assert dict(stepped.nodes(data=True)) == dict(read.nodes(data=True))
        assert sorted(stepped.edges(keys=True)) == sorted(read.edges(keys=True))
