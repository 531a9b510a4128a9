"""What stands between two entities: a relation, the deal that it is about, and the words that say so.

A chain and a path are made of links, a link for each deal: two rounds of one investor in one firm are two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.store import Store
from kg.query.concepts import concept
from kg.query.entity import Deal, Evidence, day_of, deal, evidence_of, label_of, local_name, particulars, type_of
from kg.query.result import Column, Concept, Thing, Value, words
from kg.vocab import KG, QUALIFIER, RDF, STATUS

#: From the weakest. A status that nobody states proves less than any, save that it isn't called off.
STAGES = ("terminated", "", "rumoured", "in-talks", "proposed", "announced", "completed")
DEALS = frozenset({"acquires", "investsIn"})


@dataclass(frozen=True, slots=True)
class Link:
    """``subject`` and ``object`` as the graph has them, whichever way a chain goes through."""

    subject: Thing
    relation: str
    object: Thing
    deal: Deal | None
    evidence: tuple[Evidence, ...]  # the latest first

    @property
    def status(self) -> str:
        """A deal's; "" where none is stated, and for what is no deal."""
        return (self.deal.status or "") if self.deal else ""

    @property
    def hearsay(self) -> bool:
        """Whatever status was read from it: nobody but hearsay says so."""
        return bool(self.evidence) and all(one.said == "hearsay" for one in self.evidence)

    @property
    def strength(self) -> tuple[int, bool, Decimal]:
        """By status, then by who says it, then by the surest claim. What is no deal simply is so."""
        stage = STAGES.index(self.status) if self.relation in DEALS else len(STAGES) - 1
        return stage, not self.hearsay, max((one.confidence for one in self.evidence), default=Decimal(0))

    @property
    def day(self) -> str | None:
        """The day that is told of the deal: its completion, else its announcement; of what is no deal, the fact's."""
        if self.deal is not None:
            return self.deal.completed or self.deal.announced
        return next((one.date for one in self.evidence if one.date), None)

    @property
    def reported(self) -> str | None:
        """The day of the latest item that says so."""
        return self.evidence[0].issued if self.evidence else None


class Links:
    """Looks links up in a store, every entity and item once."""

    def __init__(self, store: Store, lang: str = "zh") -> None:
        self._store = store
        self._lang = lang
        self._things: dict[str, Thing] = {}
        self._deals: dict[str, Deal] = {}
        self._days: dict[str, str] = {}
        self._items: dict[Node, dict[Node, Object]] = {}

    def thing(self, iri: str) -> Thing:
        if iri not in self._things:
            node = NamedNode(iri)
            self._things[iri] = Thing(iri, label_of(self._store, node, self._lang), type_of(self._store, node) or "")
        return self._things[iri]

    def of(self, iri: str, outward: Iterable[str], inward: Iterable[str]) -> dict[str, list[Link]]:
        """The links of an entity by the address at the other end, the strongest first.

        ``outward`` are the relations that it is the subject of, ``inward`` those that it is the object of.
        """
        found: dict[str, list[Link]] = defaultdict(list)
        self.ahead((iri,), outward, inward)
        for end, relations in ((RDF.subject, tuple(outward)), (RDF.object, tuple(inward))):
            # a body that much is said of seldom buys anything: its many claims needn't be looked at
            if any(self._related(iri, end, relation) for relation in relations):
                claims = ((quad.subject, quad.graph_name) for quad in self._store.quads(None, end, NamedNode(iri)))
                for link in self._links(claims, relations):
                    if link.subject.iri != link.object.iri:
                        found[link.object.iri if end == RDF.subject else link.subject.iri].append(link)
        for links in found.values():
            _order(links)
        return found

    def ahead(self, iris: Iterable[str], outward: Iterable[str], inward: Iterable[str]) -> None:
        """Bring what ``of`` will read of some entities, where each reading would be a request."""
        if not self._store.served:
            return
        nodes, inward = [NamedNode(iri) for iri in iris], tuple(inward)
        self._store.prefetch((node, None, None, DEFAULT) for node in nodes)
        self._store.prefetch((None, KG[name], node, DEFAULT) for node in nodes for name in inward)
        patterns: list[tuple[None, Node, Node, None]] = []
        for end, relations in ((RDF.subject, tuple(outward)), (RDF.object, inward)):
            patterns += [
                (None, end, node, None)
                for node in nodes
                if any(self._related(node.value, end, relation) for relation in relations)
            ]
        self._store.prefetch(patterns, graphs=True)

    def ahead_between(self, pairs: Iterable[tuple[str, str]], relations: Iterable[str]) -> None:
        """Bring what ``between`` will read of some pairs."""
        if not self._store.served:
            return
        pairs, relations = list(pairs), tuple(relations)
        self._store.prefetch((NamedNode(iri), None, None, DEFAULT) for pair in pairs for iri in pair)
        related = [(s, o) for a, b in pairs for s, o in ((a, b), (b, a)) if self._joined(s, o, relations)]
        self._store.prefetch(
            (None, end, NamedNode(iri), None)
            for ends in related
            for end, iri in zip((RDF.subject, RDF.object), ends, strict=True)
        )
        claims = [quad for ends in related for quad in self._claims(*ends)]
        self._store.prefetch((None, None, None, item) for _, item in claims)

    def between(self, a: str, b: str, relations: Iterable[str]) -> list[Link]:
        """The links between two entities in either direction, the strongest first."""
        relations = tuple(relations)
        found: list[Link] = []
        for subject, object_ in ((a, b), (b, a)):
            if self._joined(subject, object_, relations):
                found += self._links(self._claims(subject, object_), relations)
        return _order(found)

    def _joined(self, subject: str, object_: str, relations: Iterable[str]) -> bool:
        ends = NamedNode(subject), NamedNode(object_)
        return any(next(self._store.quads(ends[0], KG[name], ends[1], DEFAULT), None) for name in relations)

    def _claims(self, subject: str, object_: str) -> set[tuple[Node, Node]]:
        """The claims of the one about the other, with their items."""
        of_one, of_other = (
            {(quad.subject, quad.graph_name) for quad in self._store.quads(None, end, NamedNode(iri))}
            for end, iri in ((RDF.subject, subject), (RDF.object, object_))
        )
        return of_one & of_other

    def _related(self, iri: str, end: Node, relation: str) -> bool:
        node = NamedNode(iri)
        ends = (node, None) if end == RDF.subject else (None, node)
        return next(self._store.quads(ends[0], KG[relation], ends[1], DEFAULT), None) is not None

    def _links(self, claims: Iterable[tuple[Node, Node]], relations: Iterable[str]) -> list[Link]:
        """The links that (claim, item) make, those of one relation and deal together."""
        wanted = {KG[name] for name in relations}
        stated: dict[tuple[str, str, str, str], list[tuple[Node, dict[Node, Object]]]] = defaultdict(list)
        for claim, item in claims:
            predicate: Object = next((q.object for q in self._store.quads(claim, RDF.predicate, None, item)), None)
            if predicate in wanted:
                said: dict[Node, Object] = {q.predicate: q.object for q in self._store.quads(claim, None, None, item)}
                about = said[KG.about].value if KG.about in said else ""
                ends = said[RDF.subject].value, said[RDF.object].value
                stated[ends[0], local_name(predicate), ends[1], about].append((item, said))
        read = {NamedNode(iri) for subject, _, object_, about in stated for iri in (subject, object_, about) if iri}
        self._store.prefetch((node, None, None, DEFAULT) for node in read)
        return [self._link(*which, of) for which, of in stated.items()]

    def _link(
        self, subject: str, relation: str, object_: str, about: str, claims: list[tuple[Node, dict[Node, Object]]]
    ) -> Link:
        evidence = []
        for item, said in claims:
            if item not in self._items:
                self._items[item] = particulars(self._store, item)
            evidence.append(evidence_of(self._store, item, said, self._items[item]))
        evidence.sort(key=lambda one: (self._day(one.item), one.item, -one.start), reverse=True)
        if about and about not in self._deals:
            self._deals[about] = deal(self._store, about)
        whole = self._deals.get(about)
        return Link(self.thing(subject), relation, self.thing(object_), whole, tuple(evidence))

    def _day(self, item: str) -> str:
        if item not in self._days:
            self._days[item] = day_of(self._store, NamedNode(ids.item(item)))
        return self._days[item]


def _order(links: list[Link]) -> list[Link]:
    """The strongest first; of equals, always the same one."""
    links.sort(key=lambda one: (one.relation, one.subject.iri, one.deal.iri if one.deal else ""))
    links.sort(key=lambda one: one.strength, reverse=True)
    return links


#: A link as cells of a Result.
COLUMNS = (
    Column("from", "主体", "from", "thing"),
    Column("relation", "关系", "relation", "concept"),
    Column("to", "对象", "to", "thing"),
    Column("status", "状态", "status", "concept"),
    Column("hearsay", "仅据传闻", "hearsay only"),
    Column("amount", "金额", "amount", "number"),
    Column("currency", "币种", "currency"),
    Column("qualifier", "限定", "qualifier", "concept"),
    Column("amountText", "金额原文", "amount as stated"),
    Column("round", "轮次", "round"),
    Column("stake", "比例", "stake", "number"),
    Column("date", "日期", "date", "date"),
    Column("reported", "报道日期", "reported on", "date"),
)


def cells(link: Link) -> tuple[Value, ...]:
    """The values of COLUMNS."""
    deal = link.deal or Deal("", "Deal")
    return (
        link.subject,
        relation_word(link.relation),
        link.object,
        _status(link),
        link.hearsay or None,
        deal.amount,
        deal.currency,
        concept(QUALIFIER[deal.qualifier].value) if deal.qualifier else None,
        deal.amount_text,
        deal.round,
        deal.stake,
        moment(link.day),
        moment(link.reported),
    )


def relation_word(name: str) -> Concept:
    return concept(KG[name].value)


def status_word(name: str) -> Concept:
    return concept(STATUS[name].value) if name else Concept("", "状态未载明", "status not stated")


def _status(link: Link) -> Concept | None:
    return status_word(link.status) if link.relation in DEALS else None


def moment(text: str | None) -> Value:
    """A day as a date; a month or a year stays the text that it is."""
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else text
    except ValueError:
        return text


def standing(link: Link, lang: str) -> str:
    """How far it has come, in words: “rumoured”, “已宣布，仅据传闻”."""
    shown = _status(link)
    said = words(relation_word(link.relation) if shown is None else shown, lang)
    if link.hearsay:
        said += "，仅据传闻" if lang == "zh" else ", hearsay only"
    return said
