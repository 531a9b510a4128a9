"""An item: its text, with each fact marked where its words stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kg import ids
from kg.graph.facts import Node, Object
from kg.graph.store import Store
from kg.query import entity
from kg.query.entity import Deal, Evidence, local_name, words_of
from kg.query.links import relation_word
from kg.query.result import Concept, Thing
from kg.serve.views.deal import stated, thing_of
from kg.serve.views.seen import News, named, news_of, value_of
from kg.vocab import DCTERMS, KG, RDF


@dataclass(slots=True)
class Fact:
    """A claim of an item: where its words stand in the text that is shown, and what they say."""

    number: int
    iri: str
    subject: Thing
    relation: Concept
    object: Thing
    evidence: Evidence
    start: int
    end: int
    deal: Deal | None = None
    reviewed: str = ""


@dataclass(slots=True)
class Stretch:
    """A part of the text that the same facts cover."""

    text: str
    facts: tuple[int, ...] = ()
    first: tuple[int, ...] = ()  # those that begin here
    at: int = 0  # where it begins in the report's text
    open: bool = False  # a sentence with a cue word and no fact
    opens: int = 0  # the number of the one that begins here, from 1


@dataclass(slots=True)
class ItemPage:
    iri: str
    news: News
    link: str
    section: str
    page: int | None
    report: Thing
    stretches: list[Stretch]  # none where the store hasn't the text
    offset: int  # of the first character in the report's text
    facts: list[Fact]
    mentioned: list[Thing]
    opened: int  # sentences with a cue word and no fact


def item_page(store: Store, node: Node, lang: str) -> ItemPage:
    about = entity.particulars(store, node)
    report: Any = about.get(DCTERMS.isPartOf)
    report_id = report.value.removeprefix(ids.report("")) if report is not None else ""
    source = store.source(report_id) if report_id else None
    facts = _facts(store, node, about, lang)
    opened = [
        (int(words_of(said[KG.start])), int(words_of(said[KG.end])))
        for quad in store.quads(None, RDF.type, KG.OpenSentence, node)
        for said in [{one.predicate: one.object for one in store.quads(quad.subject, None, None, node)}]
        if KG.start in said and KG.end in said
    ]
    start, end = _extent(about, facts)
    stretches = stretches_of(source.text, start, end, facts, opened) if source is not None and end else []
    mentioned: list[Any] = sorted({quad.object for quad in store.quads(node, KG.mentions, None, node)}, key=str)

    def text(predicate: Node) -> str:
        return words_of(about[predicate]) if predicate in about else ""

    return ItemPage(
        node.value, news_of(store, node), text(DCTERMS.source), text(KG.section),
        int(text(KG.page)) if text(KG.page) else None,
        Thing(report.value if report is not None else "", _report_title(store, report) or report_id),
        stretches, start, facts, [named(store, other, lang) for other in mentioned], len(opened),
    )  # fmt: skip


def _report_title(store: Store, report: Any) -> str:
    return value_of(store, report, DCTERMS.title) if report is not None else ""


def _facts(store: Store, item: Node, about: dict[Node, Object], lang: str) -> list[Fact]:
    things: dict[Node, Thing] = {}

    def name(node: Any) -> Thing:
        if node not in things:
            things[node] = thing_of(store, node, lang)
        return things[node]

    found = []
    for quad in store.quads(None, RDF.type, KG.Claim, item):
        said: dict[Node, Any] = {one.predicate: one.object for one in store.quads(quad.subject, None, None, item)}
        one = entity.evidence_of(store, item, said, about)
        found.append(
            Fact(
                0, quad.subject.value, name(said[RDF.subject]), relation_word(local_name(said[RDF.predicate])),  # type: ignore[union-attr]
                name(said[RDF.object]), one, one.start, one.end,
                stated(store, said[KG.about], item) if KG.about in said else None,
                words_of(said[KG.reviewed]) if KG.reviewed in said else "",
            )
        )  # fmt: skip
    found.sort(key=lambda fact: (fact.start, fact.end, fact.relation.name, fact.subject.label, fact.object.label))
    for number, fact in enumerate(found, 1):
        fact.number = number
    return found


def _extent(about: dict[Node, Object], facts: Sequence[Fact]) -> tuple[int, int]:
    if KG.start in about and KG.end in about:
        return int(words_of(about[KG.start])), int(words_of(about[KG.end]))
    # a store of before: what its facts cover
    return min((fact.start for fact in facts), default=0), max((fact.end for fact in facts), default=0)


def stretches_of(
    text: str, start: int, end: int, facts: Sequence[Fact], opened: Sequence[tuple[int, int]]
) -> list[Stretch]:
    """The text cut wherever a fact or an open sentence begins or ends."""
    spans = [(fact.start, fact.end) for fact in facts] + list(opened)
    start, end = min([start, *(a for a, _ in spans)]), max([end, *(b for _, b in spans)])
    cuts = sorted({start, end, *(at for span in spans for at in span)})
    begins: dict[int, list[Fact]] = defaultdict(list)
    opens = {begin: number for number, (begin, _) in enumerate(sorted(opened), 1)}
    for fact in facts:
        begins[fact.start].append(fact)
    found = []
    running: list[Fact] = []
    for a, b in pairwise(cuts):
        running = [fact for fact in running if fact.end > a] + begins[a]
        found.append(
            Stretch(
                text[a:b],
                tuple(fact.number for fact in running),
                tuple(fact.number for fact in begins[a]),
                a,
                any(x <= a < y for x, y in opened),
                opens.get(a, 0),
            )
        )
    return found
