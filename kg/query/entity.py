"""Everything that the store says of one thing, with the words that say so: what ``kg show`` prints."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pyoxigraph import NamedNode

from kg import ids
from kg.errors import QueryError
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.store import Store
from kg.items import ENTITY_TYPES, PARTIES
from kg.query import search
from kg.vocab import DCTERMS, KG, PREFIXES, RDF, SKOS

_CLASSES = tuple(KG[name] for name in ENTITY_TYPES)
_DOCUMENT = (KG.kind, KG.status, KG.number, KG.issuedOn, KG.effectiveFrom, KG.appliesIn, KG.locatedIn)
_DEAL = (
    KG.status, KG.amount, KG.amountText, KG.currency, KG.qualifier, KG.stake, KG.valuation, KG.round,
    KG.announcedOn, KG.completedOn,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that somebody who types a name may mean."""

    iri: str
    type: str
    label: str
    matched: str  # the name that fits what was typed
    how: search.How
    mentions: int  # the number of items that mention it


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    lang: str | None
    preferred: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where it says so."""

    quote: str
    said: str
    confidence: Decimal
    start: int
    end: int
    page: int | None
    item: str  # the item's id
    title: str
    issued: str | None
    publisher: str | None
    link: str | None
    report: str  # the report's id
    role: str | None = None
    date: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal as the default graph settles it; what nobody states is None."""

    iri: str
    type: str
    status: str | None = None
    amount: Decimal | None = None
    amount_text: str | None = None
    currency: str | None = None
    qualifier: str | None = None
    stake: Decimal | None = None
    valuation: Decimal | None = None
    round: str | None = None
    announced: str | None = None
    completed: str | None = None


@dataclass(slots=True)
class Relation:
    """One relation of the entity, in either direction, with all the evidence there is, the latest first."""

    relation: str
    direction: Literal["out", "in"]
    iri: str
    type: str
    label: str
    lead: bool = False
    deals: list[Deal] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


@dataclass(slots=True)
class Description:
    iri: str
    type: str
    label: str
    names: list[Name]
    facts: dict[str, str]  # kind, status, number, issuedOn, effectiveFrom, appliesIn: local names, names or days
    relations: list[Relation]
    items: list[str]  # the ids of the items that mention it, the latest first


def find(store: Store, name: str, limit: int = 10) -> list[Candidate]:
    """Who or what a name may mean, by the surest way of ``kg.query.search`` that finds anybody; the nearest first.

    An IRI is found as it is.
    """
    if name.startswith(("http://", "https://")):
        return [
            _candidate(store, node, type_, label_of(store, node), "exact")
            for node in _nodes(store, name)
            if (type_ := type_of(store, node))
        ]
    hits = search.search(store, name)
    if hits is None:
        return []
    how, named = hits
    wanted = ids.normalise(name)
    near = {iri: round(search.nearness(wanted, text), 2) for iri, text in named}
    found = []
    for iri, text in named:
        node = NamedNode(iri)
        if type_ := type_of(store, node):
            found.append(_candidate(store, node, type_, text, how))
    found.sort(key=lambda c: (-near[c.iri], -c.mentions, c.label, c.iri))
    return found[:limit]


def _nodes(store: Store, iri: str) -> list[Node]:
    """An address's node; where people judged that it is another's, that one's."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return []
    if type_of(store, node) is not None:
        return [node]
    judged = (
        quad.object
        for record in store.quads(None, KG.insteadOf, node)
        for quad in store.quads(record.subject, KG.refersTo, None, record.graph_name)
    )
    return sorted(set(judged), key=str)


def meant(found: list[Candidate]) -> Candidate | None:
    """The one that is meant, of what ``find`` found; None where that isn't plain."""
    plain = len(found) == 1 and (found[0].how in search.SURE or found[0].how == "part")
    return found[0] if plain else None


def _candidate(store: Store, node: Node, type_: str, matched: str, how: search.How) -> Candidate:
    mentions = sum(1 for _ in store.quads(None, KG.mentions, node, DEFAULT))
    return Candidate(node.value, type_, label_of(store, node), matched, how, mentions)


def one(store: Store, name: str) -> Candidate:
    """The one entity that a name means; QueryError names the others where it could be several, or what comes near."""
    found = find(store, name)
    if not found:
        raise QueryError(f"nothing in the store is called {name}")
    if (only := meant(found)) is not None:
        return only
    words = ", ".join(f"{c.label} ({c.type}, {c.iri})" for c in found[:5])
    if found[0].how in search.SURE:
        raise QueryError(f"{name} could be any of these, name one by its address: {words}")
    raise QueryError(f"nothing in the store is called {name}; near it are {words}")


def describe(store: Store, iri: str) -> Description:
    """All that the store says of an entity; QueryError where it says nothing."""
    node = NamedNode(iri)
    type_ = type_of(store, node)
    if type_ is None:
        raise QueryError(f"the store doesn't know {iri}: kg show takes a name too")
    names = [
        Name(words_of(quad.object), quad.object.language, predicate == SKOS.prefLabel)  # type: ignore[union-attr]
        for predicate in (SKOS.prefLabel, SKOS.altLabel)
        for quad in store.quads(node, predicate, None, DEFAULT)
    ]
    names.sort(key=lambda n: (not n.preferred, n.lang or "", n.text))
    facts: dict[str, str] = {}
    for predicate in _DOCUMENT:
        for quad in store.quads(node, predicate, None, DEFAULT):
            shown = label_of(store, quad.object) if predicate in (KG.appliesIn, KG.locatedIn) else words_of(quad.object)
            facts[local_name(predicate)] = shown
    mentioning: list[Node] = [quad.subject for quad in store.quads(None, KG.mentions, node, DEFAULT)]
    store.prefetch((item, None, None, item) for item in mentioning)
    items = {item: day_of(store, item) for item in mentioning}
    latest = sorted(items, key=lambda item: (items[item], item.value), reverse=True)
    return Description(
        iri, type_, label_of(store, node), names, facts, _relations(store, node), [item_id(item) for item in latest]
    )


_OTHERS = (KG.investor, KG.buyer)
_UNNAMED = {"FundingRound": "融资", "Deal": "收购"}


def _relations(store: Store, node: Node) -> list[Relation]:
    found: dict[tuple[str, str, Node], Relation] = {}
    deals: dict[tuple[str, str, Node], set[Node]] = defaultdict(set)
    ends: tuple[tuple[Node, Node, Literal["out", "in"]], ...] = (
        (RDF.subject, RDF.object, "out"),
        (RDF.object, RDF.subject, "in"),
    )
    store.prefetch(((None, near, node, None) for near, _, _ in ends), graphs=True)
    for near, far, direction in ends:
        for quad in store.quads(None, near, node):
            claim: Node = quad.subject
            said: dict[Node, Object] = {q.predicate: q.object for q in store.quads(claim, None, None, quad.graph_name)}
            other = said[far]
            relation = local_name(said[RDF.predicate])
            if relation in PARTIES and any(True for role in _OTHERS for _ in store.quads(other, role, None, DEFAULT)):
                continue  # another item names who invests: the round is told with him
            key = (relation, direction, other)
            if key not in found:
                if relation in PARTIES:
                    told = deal(store, other.value)
                    label = told.round or _UNNAMED.get(told.type, told.type)
                    found[key] = Relation(relation, direction, other.value, told.type, label)
                else:
                    found[key] = Relation(
                        relation, direction, other.value, type_of(store, other) or "", label_of(store, other)
                    )
            found[key].evidence.append(evidence_of(store, quad.graph_name, said))
            if KG.about in said:
                deals[key].add(said[KG.about])
                lead = other if direction == "in" else node
                found[key].lead |= any(True for _ in store.quads(said[KG.about], KG.leadInvestor, lead, DEFAULT))
    for which, edge in found.items():
        edge.deals = [deal(store, iri.value) for iri in sorted(deals[which], key=str)]
        edge.evidence.sort(key=lambda e: (day_of(store, NamedNode(ids.item(e.item))), e.item, -e.start), reverse=True)
    return sorted(found.values(), key=lambda r: (r.relation, r.direction, r.label, r.iri))


def deal(store: Store, iri: str) -> Deal:
    """A deal as the default graph settles it."""
    node = NamedNode(iri)
    says: dict[Node, str] = {}
    type_ = "Deal"
    for quad in store.quads(node, None, None, DEFAULT):
        if quad.predicate in _DEAL:
            says[quad.predicate] = words_of(quad.object)
        elif quad.predicate == RDF.type:
            type_ = local_name(quad.object)

    def number(predicate: Node) -> Decimal | None:
        return Decimal(says[predicate]) if predicate in says else None

    return Deal(
        iri,
        type_,
        status=says.get(KG.status),
        amount=number(KG.amount),
        amount_text=says.get(KG.amountText),
        currency=says.get(KG.currency),
        qualifier=says.get(KG.qualifier),
        stake=number(KG.stake),
        valuation=number(KG.valuation),
        round=says.get(KG.round),
        announced=says.get(KG.announcedOn),
        completed=says.get(KG.completedOn),
    )


def particulars(store: Store, item: Node) -> dict[Node, Object]:
    """An item's own properties: title, day, publisher, link, report."""
    return {quad.predicate: quad.object for quad in store.quads(item, None, None, item)}


def evidence_of(
    store: Store, item: Node, said: dict[Node, Object], about: dict[Node, Object] | None = None
) -> Evidence:
    """What a claim of an item says (its properties), with the item's own particulars, where they are known already."""
    about = particulars(store, item) if about is None else about

    def words(of: dict[Node, Object], predicate: Node) -> str | None:
        return of[predicate].value if predicate in of else None

    page = words(said, KG.page)
    return Evidence(
        quote=words(said, KG.quote) or "",
        said=local_name(said[KG.said]) if KG.said in said else "summary",
        confidence=Decimal(words(said, KG.confidence) or "0"),
        start=int(words(said, KG.start) or 0),
        end=int(words(said, KG.end) or 0),
        page=int(page) if page else None,
        item=item_id(item),
        title=words(about, DCTERMS.title) or "",
        issued=words(about, DCTERMS.issued),
        publisher=words(about, DCTERMS.publisher),
        link=words(about, DCTERMS.source),
        report=(words(about, DCTERMS.isPartOf) or "").removeprefix(ids.report("")),
        role=words(said, KG.role),
        date=words(said, KG.date),
        rule=words(said, KG.rule),
    )


def type_of(store: Store, node: Node) -> str | None:
    """The local name of an entity's class; None for what is no entity."""
    types = {quad.object for quad in store.quads(node, RDF.type, None, DEFAULT)}
    return next((local_name(class_) for class_ in (*_CLASSES, KG.Jurisdiction) if class_ in types), None)


def label_of(store: Store, node: Node, lang: str = "zh") -> str:
    """A preferred name in a language, else in any, Chinese first; the end of the IRI where there is none."""
    labels: list[Object] = [quad.object for quad in store.quads(node, SKOS.prefLabel, None, DEFAULT)]
    order = {"zh": 1, None: 2, "en": 3, lang: 0}
    labels.sort(key=lambda label: (order.get(label.language, 4), label.value))
    return str(labels[0].value) if labels else item_id(node)


def day_of(store: Store, item: Node) -> str:
    """An item's day, its report's where it has none."""
    for part_of in (item, *(quad.object for quad in store.quads(item, DCTERMS.isPartOf, None, item))):
        for quad in store.quads(part_of, DCTERMS.issued, None, part_of):
            return words_of(quad.object)
    return ""


def words_of(term: Object) -> str:
    """A literal's words, a concept's local name."""
    return local_name(term) if isinstance(term, NamedNode) else str(term.value)


def local_name(term: Node) -> str:
    value = str(term.value)
    for address in PREFIXES.values():
        if value.startswith(address):
            return value.removeprefix(address)
    return value


def item_id(item: Node) -> str:
    return str(item.value).removeprefix(ids.item(""))
