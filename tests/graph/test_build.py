from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pyoxigraph import Literal, NamedNode, Store

from graph import samples
from kg import ids
from kg.graph.build import moment, quads
from kg.graph.facts import all_facts
from kg.items import Claim, Entity, Item, ItemFacts, Label, Met, OpenSentence, Passage, Report, Said, Source
from kg.vocab import DCTERMS, KG, PROV, RDF, SKOS, STATUS, XSD


@pytest.fixture
def graph() -> Store:
    store = Store()
    store.extend(quads(*samples.may(), samples.RUN, "t" * 64))
    return store


def item(slug: str) -> NamedNode:
    return NamedNode(ids.item(f"2031-05-{slug}"))


def has(graph: Store, subject: str, predicate: NamedNode, obj: object, where: NamedNode) -> bool:
    return next(graph.quads_for_pattern(NamedNode(subject), predicate, obj, where), None) is not None  # type: ignore[arg-type]


def test_nothing_stands_outside_the_graphs_of_items_and_report(graph: Store) -> None:
    named = {g.value for g in graph.named_graphs()}
    assert named == {ids.report("2031-05"), *(item(s).value for s in ("rules-1", "deals-1", "deals-2"))}
    assert all(q.graph_name.value in named for q in graph)


def test_the_same_input_gives_the_same_quads_in_the_same_order() -> None:
    assert list(quads(*samples.may(), samples.RUN)) == list(quads(*samples.may(), samples.RUN))


def test_every_graph_holds_a_quad_once() -> None:
    made = list(quads(*samples.may(), samples.RUN))
    assert len(made) == len(set(made))


def test_an_item_tells_its_particulars(graph: Store) -> None:
    node = item("rules-1")
    said = {
        q.predicate: q.object for q in graph.quads_for_pattern(node, None, None, node) if q.predicate != KG.mentions
    }
    assert said == {
        RDF.type: KG.Item,
        DCTERMS.title: Literal("海岛数据局发布办法"),
        DCTERMS.issued: Literal("2031-05-07", datatype=XSD.date),
        DCTERMS.source: Literal("https://example.org/1"),
        DCTERMS.publisher: Literal("海岛报"),
        DCTERMS.isPartOf: NamedNode(ids.report("2031-05")),
        KG.section: Literal("法规"),
        KG.page: Literal(1),
        KG.start: Literal(0),
        KG.end: Literal(73),
    }


def test_names_are_tagged_and_places_are_nodes(graph: Store) -> None:
    node, where = samples.BUREAU.iri, item("rules-1")
    assert has(graph, node, SKOS.prefLabel, Literal("海岛数据局", language="zh"), where)
    assert has(graph, node, SKOS.prefLabel, Literal("Island Data Bureau", language="en"), where)
    assert has(graph, node, SKOS.altLabel, Literal("IDB"), where)
    place = NamedNode(ids.BASE + "place/海岛市")
    assert has(graph, node, KG.locatedIn, place, where)
    assert has(graph, samples.RULES.iri, KG.appliesIn, place, where)
    assert has(graph, place.value, RDF.type, KG.Jurisdiction, where)


def test_a_second_preferred_name_of_a_language_becomes_another_name() -> None:
    it = Item("r-1", "t", Passage.verbatim("t"), ())
    names = Entity(
        "https://e/1", "Company", Label("甲", "zh"), labels=(Label("乙", "zh"),), aliases=(Label("甲", None),)
    )
    report = Report("r", "t", Source("f", "d", "txt", ""), (it,))
    made = {(q.predicate, q.object) for q in quads(report, [ItemFacts(it, [names])], samples.RUN)}
    assert (SKOS.prefLabel, Literal("甲", language="zh")) in made
    assert (SKOS.altLabel, Literal("乙", language="zh")) in made
    assert (SKOS.altLabel, Literal("甲")) not in made


def test_a_claim_carries_its_words_and_who_says_them(graph: Store) -> None:
    node = item("rules-1")
    found = graph.quads_for_pattern(None, RDF.subject, NamedNode(samples.LIN.iri), node)
    (claim,) = [q.subject for q in found]
    said = {q.predicate: q.object for q in graph.quads_for_pattern(claim, None, None, node)}
    assert said[KG.quote] == Literal("副局长林一帆介绍")
    assert said[KG.role] == Literal("副局长")
    assert said[KG.date] == Literal("2031-05", datatype=XSD.gYearMonth)
    assert said[KG.said].value.endswith("/said/summary")  # type: ignore[union-attr]
    assert said[KG.confidence] == Literal("0.95", datatype=XSD.decimal)
    assert said[PROV.wasGeneratedBy] == NamedNode(samples.RUN)
    assert has(graph, samples.LIN.iri, KG.officerOf, NamedNode(samples.BUREAU.iri), node)


def test_the_surer_of_two_readings_of_one_place_is_kept() -> None:
    it = Item("r-1", "t", Passage.verbatim("t"), ())
    sure = Claim("https://e/1", "sues", "https://e/2", "甲起诉乙", 0, 4, Said.SUMMARY, "good", 0.9)
    unsure = Claim("https://e/1", "sues", "https://e/2", "甲起诉", 0, 3, Said.SUMMARY, "bad", 0.4)
    report = Report("r", "t", Source("f", "d", "txt", ""), (it,))
    made = list(quads(report, [ItemFacts(it, claims=[unsure, sure])], samples.RUN))
    assert [q.object for q in made if q.predicate == KG.quote] == [Literal("甲起诉乙")]


BOTH = (Met("海岛数据局", "its name"), Met("数据局", "a name of it"))


@pytest.mark.parametrize(
    ("met", "said"),
    [
        ((), set()),
        (BOTH[:1], set()),  # its name alone needs no reason
        (BOTH, {("海岛数据局", "its name", None), ("数据局", "a name of it", None)}),
        ((Met("海岛数据局", "judged", samples.CLUB.iri),), {("海岛数据局", "judged", samples.CLUB.iri)}),
    ],
)
def test_why_a_name_was_taken_for_whom_stands_in_the_items_graph_alone(
    met: tuple[Met, ...], said: set[tuple[str, str, str | None]]
) -> None:
    report, facts = samples.may()
    place = next(n for n, one in enumerate(facts[0].entities) if one.iri == samples.BUREAU.iri)
    facts[0].entities[place] = replace(facts[0].entities[place], met=met)
    made = list(quads(report, facts, samples.RUN))
    nodes = {q.subject for q in made if q.predicate == RDF.type and q.object == KG.Mention}
    found = set()
    for node in nodes:
        about = {q.predicate: q.object.value for q in made if q.subject == node}
        assert about[KG.refersTo] == samples.BUREAU.iri
        found.add((about[KG.form], about[KG.reason], about.get(KG.insteadOf)))
    assert found == said
    assert not {q.subject for q in all_facts(made)} & nodes


def test_open_sentences_stand_in_the_items_graph_alone() -> None:
    report, facts = samples.may()
    facts[0].open_sentences = [OpenSentence("据称将收购", 3, 8, 1), OpenSentence("印发了文件", 9, 14)]
    made = list(quads(report, facts, samples.RUN))
    nodes = [q.subject for q in made if q.predicate == RDF.type and q.object == KG.OpenSentence]
    told = [{q.predicate: q.object.value for q in made if q.subject == node} for node in nodes]
    assert [(one[KG.quote], one[KG.start], one[KG.end], one.get(KG.page)) for one in told] == [
        ("据称将收购", "3", "8", "1"),
        ("印发了文件", "9", "14", None),
    ]
    assert {q.graph_name for q in made if q.subject in nodes} == {NamedNode(ids.item(facts[0].item.id))}
    assert not {q.subject for q in all_facts(made)} & set(nodes)


def test_only_what_is_completed_looks_completed(graph: Store) -> None:
    edges = {(q.subject.value, q.object.value) for q in graph.quads_for_pattern(None, KG.hasInvestedIn, None, None)}  # type: ignore[union-attr]
    assert edges == {(samples.REEF.iri, samples.CORAL.iri)}
    assert not list(graph.quads_for_pattern(None, KG.hasAcquired, None, None))
    # whoever is only in talks isn't an investor of the completed round, but of his own part in it
    (part,) = [q.subject for q in graph.quads_for_pattern(None, KG.investor, NamedNode(samples.WAVE.iri), None)]
    assert has(graph, part.value, KG.status, STATUS["in-talks"], item("deals-2"))  # type: ignore[union-attr]


def test_amounts_are_decimals_in_their_shortest_form(graph: Store) -> None:
    amounts = {q.object.value for q in graph.quads_for_pattern(None, KG.amount, None, None)}  # type: ignore[union-attr]
    assert amounts == {"4900000000", "43000000.5"}
    assert {q.object.value for q in graph.quads_for_pattern(None, KG.stake, None, None)} == {"0.1"}  # type: ignore[union-attr]


@pytest.mark.parametrize(("text", "type_"), [("2031-05-06", "date"), ("2031-05", "gYearMonth"), ("2031", "gYear")])
def test_a_moment_has_the_type_of_its_precision(text: str, type_: str) -> None:
    assert moment(text) == Literal(text, datatype=XSD[type_])


@pytest.mark.parametrize("text", ["May 2031", "2031-5", "31-05-06", "2031-05-06T00:00", ""])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a day"):
        moment(text)


def test_an_unknown_status_is_refused() -> None:
    report, facts = samples.may()
    facts[0].entities[0].status = "isued"
    try:
        with pytest.raises(KeyError, match="issued"):
            list(quads(report, facts, samples.RUN))
    finally:
        facts[0].entities[0].status = "issued"


def test_the_report_says_what_was_read_by_whom(graph: Store) -> None:
    node = NamedNode(ids.report("2031-05"))
    said = {q.predicate: q.object for q in graph.quads_for_pattern(node, None, None, node)}
    assert said[KG.fileName] == Literal("may.txt")
    assert said[DCTERMS.issued] == Literal(date(2031, 5, 1).isoformat(), datatype=XSD.date)
    assert has(graph, samples.RUN, RDF.type, PROV.Activity, node)
