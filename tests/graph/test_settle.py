"""What is settled over lines is what ``facts.all_facts`` settles over quads."""

from __future__ import annotations

import random

import pyoxigraph
import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat

from benchmarks import generate
from graph import samples
from kg import ids
from kg.graph import build
from kg.graph.facts import all_facts
from kg.graph.settle import Settling
from kg.vocab import DCTERMS, KG, RDF, SKOS, STATUS


def lines(quads: list[Quad]) -> list[bytes]:
    return [f"{quad} .\n".encode() for quad in quads]


def settled(given: list[bytes]) -> set[Quad]:
    settling = Settling()
    named, facts = settling.take(given)
    facts += settling.end()
    assert settling.quads == len(named)
    found = list(pyoxigraph.parse(b"".join(facts), RdfFormat.N_QUADS))
    assert settling.facts == len(found)
    return set(found)


@pytest.mark.parametrize("order", ["as made", "sorted", "shuffled"])
def test_it_settles_as_facts_do(order: str) -> None:
    quads = generate.quads(12_000)
    default = [quad for quad in quads if quad.graph_name == DefaultGraph()]
    assert len(default) > 1000
    given = lines(quads)  # those of the default graph are left out
    if order == "sorted":
        given.sort()
    elif order == "shuffled":
        random.Random(3).shuffle(given)
    assert settled(given) == set(default)


def test_the_samples() -> None:
    reports = (samples.may(), samples.june(), samples.july())
    named = [quad for report, said in reports for quad in build.quads(report, said, samples.RUN)]
    assert settled(lines(named)) == all_facts(named)


def item(name: str) -> NamedNode:
    return NamedNode(ids.item(name))


DEAL, WHO, WHOM = (NamedNode(ids.BASE + name) for name in ("deal/d", "entity/a", "entity/b"))


def told(graph: NamedNode, day: str | None, status: NamedNode, *more: tuple[object, ...]) -> list[Quad]:
    quads = [
        Quad(graph, RDF.type, KG.Item, graph),
        Quad(DEAL, RDF.type, KG.Acquisition, graph),
        Quad(DEAL, KG.buyer, WHO, graph),
        Quad(DEAL, KG.target, WHOM, graph),
        Quad(DEAL, KG.status, status, graph),
    ]
    if day:
        quads.append(Quad(graph, DCTERMS.issued, Literal(day), graph))
    if status == STATUS.completed:
        quads += [
            Quad(DEAL, KG.completedOn, Literal("2024-01-02"), graph),
            Quad(WHO, KG.hasAcquired, WHOM, graph),
        ]
    return quads + [Quad(*triple, graph) for triple in more]  # type: ignore[arg-type]


def test_what_was_completed_and_then_called_off() -> None:
    one, two = item("one"), item("two")
    report = NamedNode(ids.report("r"))
    named = told(one, "2024-01-03", STATUS.completed)
    assert Quad(WHO, KG.hasAcquired, WHOM, DefaultGraph()) in settled(lines(named))
    # the later one's day is its report's
    named += told(two, None, STATUS.terminated, (two, DCTERMS.isPartOf, report))
    named.append(Quad(report, DCTERMS.issued, Literal("2024-02-01"), report))
    found = settled(lines(named))
    assert found == all_facts(named)
    assert Quad(WHO, KG.hasAcquired, WHOM, DefaultGraph()) not in found
    assert not [quad for quad in found if quad.predicate == KG.completedOn]


def test_names_amounts_and_odd_literals() -> None:
    one, two = item("one"), item("two")
    more = (
        (WHO, SKOS.prefLabel, Literal('甲 <b> "乙"\n> .', language="zh")),
        (WHO, SKOS.altLabel, Literal("Alpha <http://x.org> .")),
        (DEAL, KG.amountText, Literal("约 <5> 亿")),
        (DEAL, KG.currency, Literal("CNY")),
    )
    other = (
        (WHO, SKOS.prefLabel, Literal("Alpha <http://x.org> .")),
        (WHO, SKOS.prefLabel, Literal("丙", language="zh")),
        (DEAL, KG.valuation, Literal("7")),
    )
    named = told(one, "2024-01-03", STATUS.announced, *more) + told(two, "2024-01-04", STATUS.announced, *other)
    default = [Quad(WHO, SKOS.prefLabel, Literal("x <y>", datatype=NamedNode("http://t")), DefaultGraph())]
    assert settled(lines(named + default)) == all_facts(named)


def test_a_report_that_is_in_twice() -> None:
    report = NamedNode(ids.report("r"))
    settling = Settling()
    settling.take(lines([Quad(report, KG.digest, Literal("a" * 64), report)] * 2))
    assert settling.twice == set()
    settling.take(lines([Quad(report, KG.digest, Literal("b" * 64), report)]))
    assert settling.twice == {"r"}
