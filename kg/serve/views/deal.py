"""A deal or a round: its parties, its terms, how it went from item to item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import DEFAULT, Node
from kg.graph.store import Store
from kg.query import entity, evidence
from kg.query.concepts import concept
from kg.query.entity import Deal, Evidence, day_of, local_name, words_of
from kg.query.history import History, Step
from kg.query.result import Concept, Thing
from kg.query.window import Window
from kg.serve.views.seen import ALL, Tie, named, news_of
from kg.vocab import DCTERMS, KG, RDF

_DEALS = (ids.BASE + "deal/", ids.BASE + "round/")
_PARTIES = (KG.buyer, KG.target, KG.leadInvestor, KG.investor, KG.investee)


@dataclass(slots=True)
class DealPage:
    """A deal or a round, told once."""

    iri: str
    deal: Deal
    title: str
    parties: list[tuple[Concept, list[Tie]]]
    history: list[tuple[Step, Deal]]  # what each item said of it, the first first
    evidence: list[Evidence]
    whole: Thing | None = None  # the round that it is a part of
    # of a round, the investors who stand otherwise than the round does: each has a deal of his own
    pieces: list[tuple[Thing, Deal, bool]] = field(default_factory=list)  # and whether he leads


def deal_page(store: Store, node: Node, lang: str) -> DealPage:
    told = entity.deal(store, node.value)
    parties: list[tuple[Concept, list[Tie]]] = []
    for role in _PARTIES:
        others: list[Any] = sorted({quad.object for quad in store.quads(node, role, None, DEFAULT)}, key=str)
        if role == KG.investor:  # followers: leads have a heading of their own
            leads = {quad.object for quad in store.quads(node, KG.leadInvestor, None, DEFAULT)}
            others = [other for other in others if other not in leads]
        if others:
            ties = [_party(store, node, role, other, lang) for other in others[:ALL]]
            parties.append((concept(role.value), ties))
    said = evidence.sort(store, evidence.of_deal(store, node))
    history = []
    reader = History(store, Window("", "", False, {}, frozenset(), ()))
    for graph in sorted({quad.graph_name for quad in store.quads(node)} - {DEFAULT}, key=str):
        step = Step("", day_of(store, graph), reader.evidence(node, graph))
        state = stated(store, node, graph)
        if step.evidence:
            history.append((Step(state.status or "", step.day, step.evidence), state))
    history.sort(key=lambda pair: (pair[0].day, pair[0].evidence[0].item))
    whole = next((quad.object for quad in store.quads(node, DCTERMS.isPartOf, None, DEFAULT)), None)
    parts: list[Any] = sorted({quad.subject for quad in store.quads(None, DCTERMS.isPartOf, node, DEFAULT)}, key=str)
    return DealPage(
        node.value, told, _title(parties, told, lang), parties, history, list(said[:ALL]),
        Thing(whole.value, deal_title(store, whole, lang), told.type) if isinstance(whole, NamedNode) else None,
        [_piece(store, part, lang) for part in parts],
    )  # fmt: skip


def _piece(store: Store, part: Any, lang: str) -> tuple[Thing, Deal, bool]:
    leads = next(store.quads(part, KG.leadInvestor, None, DEFAULT), None) is not None
    return Thing(part.value, deal_title(store, part, lang), "Deal"), entity.deal(store, part.value), leads


def _party(store: Store, deal: Node, role: Node, other: Node, lang: str) -> Tie:
    """The words that name a party of a deal: those of the claims about it in which the party stands."""
    found = []
    for quad in store.quads(None, KG.about, deal):
        ends = [next(store.quads(quad.subject, end, other, quad.graph_name), None) for end in (RDF.subject, RDF.object)]
        if any(ends):
            said = {one.predicate: one.object for one in store.quads(quad.subject, None, None, quad.graph_name)}
            found.append(entity.evidence_of(store, quad.graph_name, said))
    return Tie(named(store, other, lang), evidence.sort(store, found), lead=role == KG.leadInvestor)


def stated(store: Store, node: Node, graph: Node) -> Deal:
    """What one item says of a deal."""
    said = {local_name(quad.predicate): words_of(quad.object) for quad in store.quads(node, None, None, graph)}

    def number(name: str) -> Decimal | None:
        return Decimal(said[name]) if name in said else None

    return Deal(
        node.value, "Deal", said.get("status"), number("amount"), said.get("amountText"), said.get("currency"),
        said.get("qualifier"), number("stake"), number("valuation"), said.get("round"), said.get("announcedOn"),
        said.get("completedOn"),
    )  # fmt: skip


def thing_of(store: Store, node: Node, lang: str) -> Thing:
    """What has an address, as people call it: an entity, a deal by its parties, an item by its title."""
    if node.value.startswith(_DEALS):
        return Thing(node.value, deal_title(store, node, lang), "Deal")
    if node.value.startswith(ids.item("")):
        return Thing(node.value, news_of(store, node).title, "Item")
    return named(store, node, lang)


def deal_title(store: Store, node: Node, lang: str) -> str:
    """“Pantera, Polychain → Sahara AI A轮”: a deal has no name of its own."""
    parties = []
    for role in _PARTIES:
        others = sorted({quad.object for quad in store.quads(node, role, None, DEFAULT)}, key=str)
        if others:
            parties.append((concept(role.value), [Tie(named(store, other, lang)) for other in others[:5]]))
    return _title(parties, entity.deal(store, node.value), lang)


def _title(parties: Iterable[tuple[Concept, list[Tie]]], told: Deal, lang: str) -> str:
    of = {role.name: [tie.thing.label for tie in ties] for role, ties in parties}
    by = of.get("buyer") or of.get("leadInvestor") or of.get("investor") or []
    target = of.get("target") or of.get("investee") or []
    comma = "、" if lang == "zh" else ", "
    who = comma.join(by[:3]) + (" …" if len(by) > 3 else "")
    return " ".join(filter(None, (" → ".join(filter(None, (who, comma.join(target)))), told.round))) or told.iri
