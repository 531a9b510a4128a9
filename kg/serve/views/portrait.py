"""An entity: what it is called, whom it has to do with, where it is named; of a document its course and its bases.

A page of a ministry that issued a thousand documents has the first of them in each group, with their number: the named
questions have all, with downloads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pyoxigraph import NamedNode

from kg.graph.facts import DEFAULT, Node
from kg.graph.store import Store
from kg.identity import mentions
from kg.items import RELATIONS
from kg.query import entity, evidence
from kg.query.concepts import concept
from kg.query.entity import Evidence, day_of, label_of, local_name, words_of
from kg.query.history import History
from kg.query.result import Concept, Thing
from kg.query.window import Window
from kg.serve.views.seen import ALL, SHOWN, News, Tie, named, news_of, value_of
from kg.vocab import KG, SKOS, STATUS

_EXPLAINED = 300  # mentions whose reasons are looked up
_DEPTH, _TREE = 8, 150  # of what a document rests on


@dataclass(slots=True)
class Group:
    relation: str
    direction: str  # out: the page's thing is the subject
    total: int
    ties: list[Tie]


@dataclass(slots=True)
class Leaf:
    """A document of a tree of bases."""

    thing: Thing
    status: str
    evidence: tuple[Evidence, ...]
    again: bool = False
    leaves: list[Leaf] = field(default_factory=list)
    left: int = 0  # documents below it that aren't shown


@dataclass(slots=True)
class Moment:
    """A day in the course of a document: that of an item which tells its status, or its own (issued, in force)."""

    day: str
    what: Concept
    status: str  # empty where the day is its own
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class Portrait:
    """An entity's page."""

    iri: str
    type: str
    label: str
    names: list[str]
    others: list[str]
    facts: list[tuple[Concept, Concept | Thing | str]]
    groups: list[Group]
    items: list[News]
    mentions: int
    history: list[Moment] = field(default_factory=list)
    earlier: int = 0  # moments that aren't shown
    issuers: list[Tie] = field(default_factory=list)  # more than one: one act of them all
    upward: list[Leaf] = field(default_factory=list)
    upward_left: int = 0  # that aren't shown
    downward: list[Leaf] = field(default_factory=list)
    downward_left: int = 0
    why: list[tuple[str, str, int]] = field(
        default_factory=list
    )  # a form, the reason that it was taken for this, items


_FACTS = (KG.kind, KG.status, KG.number, KG.issuedOn, KG.effectiveFrom, KG.appliesIn, KG.locatedIn)


def portrait(store: Store, node: Node, lang: str, limit: int) -> Portrait:
    labels: dict[Node, list[str]] = {
        predicate: sorted({words_of(quad.object) for quad in store.quads(node, predicate, None, DEFAULT)})
        for predicate in (SKOS.prefLabel, SKOS.altLabel)
    }
    label = label_of(store, node, lang)
    facts: list[tuple[Concept, Concept | Thing | str]] = []
    for predicate in _FACTS:
        for quad in store.quads(node, predicate, None, DEFAULT):
            value: Any = quad.object
            shown: Concept | Thing | str = words_of(value)
            if predicate in (KG.appliesIn, KG.locatedIn):
                shown = named(store, value, lang)
            elif isinstance(value, NamedNode):
                shown = concept(value.value)
            facts.append((concept(predicate.value), shown))
    mentioned = [quad.subject for quad in store.quads(None, KG.mentions, node, DEFAULT)]
    days = {item: day_of(store, item) for item in mentioned[:ALL]}
    latest = sorted(days, key=lambda item: (days[item], item.value), reverse=True)  # type: ignore[union-attr]
    found = Portrait(
        node.value,
        entity.type_of(store, node) or "",
        label,
        sorted(labels[SKOS.prefLabel], key=lambda text: (text != label, text)),
        labels[SKOS.altLabel],
        facts,
        _groups(store, node, lang, limit),
        [news_of(store, item) for item in latest[:limit]],
        len(mentioned),
    )
    if len(mentioned) <= _EXPLAINED:
        why = Counter((one.form, one.reason) for one in mentions(store, node.value))
        found.why = [(form, reason, count) for (form, reason), count in sorted(why.items())]
    if found.type == "Jurisdiction":
        found.groups += [group for name in _PLACES if (group := _there(store, node, name, lang, limit)).total]
    if found.type in ("Instrument", "Publication"):
        moments = _moments(store, node)
        found.history, found.earlier = moments[-limit:], max(0, len(moments) - limit)
        found.issuers = [tie for group in found.groups if (group.relation, group.direction) == ("issuedBy", "out")
                         for tie in group.ties]  # fmt: skip
        found.upward, found.upward_left = _tree(store, node, lang, True)
        found.downward, found.downward_left = _tree(store, node, lang, False)
    return found


_PLACES = (KG.locatedIn, KG.appliesIn)


def _there(store: Store, place: Node, relation: Node, lang: str, limit: int) -> Group:
    """Whom and what a place has. No claim states it: it comes with a name or a document."""
    others = [quad.subject for quad in islice(store.quads(None, relation, place, DEFAULT), 20_000)]
    ties = [Tie(named(store, other, lang)) for other in _newest(store, others, limit)]
    for tie, other in zip(ties, _newest(store, others, limit), strict=True):
        if tie.thing.type in ("Instrument", "Publication"):
            tie.status, tie.day = value_of(store, other, KG.status), value_of(store, other, KG.issuedOn)
    ties.sort(key=lambda tie: (tie.day, tie.thing.label), reverse=True)
    return Group(local_name(relation), "in", len(others), ties)


def _groups(store: Store, node: Node, lang: str, limit: int) -> list[Group]:
    groups: list[Group] = []
    for relation in RELATIONS:
        for direction in ("out", "in"):
            out = direction == "out"
            quads = store.quads(node if out else None, KG[relation], None if out else node, DEFAULT)
            others: list[Any] = [quad.object if out else quad.subject for quad in islice(quads, 20_000)]
            if not others:
                continue
            if relation == "agreementWith" and not out and groups and groups[-1].relation == relation:
                continue  # it goes both ways, and was shown
            ties = [_tie(store, node, KG[relation], other, out, lang) for other in _newest(store, others, limit)]
            ties.sort(key=lambda tie: (tie.day, tie.thing.label), reverse=True)
            groups.append(Group(relation, direction, len(others), ties))
    return groups


def _newest(store: Store, others: list[Any], limit: int) -> list[Any]:
    """Of many, those of the latest days: documents by their issue. What has no day comes last."""
    if len(others) <= limit:
        return others
    days = {other: value_of(store, other, KG.issuedOn) for other in others[:5000]}
    return sorted(days, key=lambda other: (days[other], other.value), reverse=True)[:limit]


def _tie(store: Store, node: Node, relation: Node, other: Node, out: bool, lang: str) -> Tie:
    subject, object_ = (node, other) if out else (other, node)
    found = evidence.sort(store, evidence.of_edge(store, subject, relation, object_))
    tie = Tie(named(store, other, lang), found)
    if tie.thing.type in ("Instrument", "Publication"):
        tie.status, tie.day = value_of(store, other, KG.status), value_of(store, other, KG.issuedOn)
    if relation in (KG.acquires, KG.investsIn):
        buys = relation == KG.acquires
        by, of = (KG.buyer, KG.target) if buys else (KG.investor, KG.investee)
        shared = {quad.subject for quad in store.quads(None, by, subject, DEFAULT)}
        shared &= {quad.subject for quad in store.quads(None, of, object_, DEFAULT)}
        tie.deals = [entity.deal(store, deal.value) for deal in sorted(shared, key=str)]  # type: ignore[union-attr]
        tie.lead = any(next(store.quads(deal, KG.leadInvestor, subject, DEFAULT), None) for deal in shared)
    tie.day = tie.day or max((deal.completed or deal.announced or "" for deal in tie.deals), default="")
    tie.day = tie.day or (found[0].issued or "" if found else "")
    return tie


def _moments(store: Store, node: Node) -> list[Moment]:
    """How it went: what the items say of its status, on their days, and its own days; only what has words.

    The two sorts are kept apart: a document that was issued on the 15th is in a report of the 17th.
    """
    history = History(store, Window("", "", False, {}, frozenset(), ()))
    found = []
    for predicate in (KG.status, KG.issuedOn, KG.effectiveFrom):
        own = predicate != KG.status
        said: dict[str, list[Evidence]] = {}
        for quad in store.quads(node, predicate):
            item: Any = quad.graph_name
            if item != DEFAULT and (words := history.evidence(node, item)):
                value = words_of(quad.object)
                if own:  # one day, whoever tells it
                    said.setdefault(value, []).extend(words)
                else:
                    found.append(Moment(day_of(store, item), concept(STATUS[value].value), value, words))
        found += [Moment(day, concept(predicate.value), "", evidence.sort(store, words)) for day, words in said.items()]
    found.sort(key=lambda one: (one.day, one.status != "", one.evidence[0].item))
    return found


def _tree(store: Store, root: Node, lang: str, upward: bool) -> tuple[list[Leaf], int]:
    """What it rests on, or what rests on it, to any depth, each document opened once; and how many are left out."""
    met: set[Node] = {root}

    def below(node: Node, depth: int) -> tuple[list[Leaf], int]:
        quads = store.quads(node if upward else None, KG.basedOn, None if upward else node, DEFAULT)
        others: list[Any] = sorted((quad.object if upward else quad.subject for quad in quads), key=str)
        if len(met) >= _TREE or depth > _DEPTH:
            return [], len(others)
        leaves = []
        for other in others[:SHOWN]:
            ends = (node, other) if upward else (other, node)
            said = evidence.sort(store, evidence.of_edge(store, ends[0], KG.basedOn, ends[1]))
            leaf = Leaf(named(store, other, lang), value_of(store, other, KG.status), said, other in met)
            leaves.append(leaf)
            if not leaf.again:
                met.add(other)
                leaf.leaves, leaf.left = below(other, depth + 1)
        return leaves, len(others) - len(leaves)

    return below(root, 1)
