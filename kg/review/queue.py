"""Which facts a person should look at first: those in doubt, and those on which much hangs.

The queue is worked out from the graph as it is, so it is the same for all who open the store. A fact is in doubt for
what can be seen beside it: how sure its rule was, who speaks, words of a plan beside a deal that is read as done, a
number of issuers of which fewer were read. What hangs on it are the other facts of its ends, and its amount.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from weakref import WeakKeyDictionary

import yaml
from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.store import Store
from kg.items import Said
from kg.query.concepts import concept
from kg.query.entity import label_of, local_name, type_of, words_of
from kg.query.result import Thing
from kg.settings import asset
from kg.vocab import DCTERMS, KG, RDF, STATUS

#: Below this, a rule was seldom enough right to be believed unread; and a little doubt up to this.
UNSURE, NEARLY = 0.8, 0.9
_CLAIM = ids.BASE + "claim/"
_SENTENCE = ids.BASE + "sentence/"

#: Why a fact is in the queue, in words.
REASONS: Mapping[str, tuple[str, str]] = {
    "confidence": ("置信度仅 {value}", "confidence of {value} only"),
    "hearsay": ("仅据转述", "hearsay"),
    "commentary": ("出自评论", "from commentary"),
    "headline": ("仅见于标题", "told by the headline alone"),
    "not-done": ("记为已完成，而原文有“{value}”", "read as completed beside “{value}”"),
    "unsure": ("记为{status}，而原文有“{value}”", "read as {status} beside “{value}”"),
    "denied": ("原文有“{value}”", "stands beside “{value}”"),
    "joint": ("原文为“{value}”，仅识别 {count} 个发布机构", "“{value}” in the text, {count} issuers read"),
    "degree": ("关联事实 {count} 项", "{count} facts hang on its ends"),
    "amount": ("金额 {value}", "amount {value}"),
    "open": ("有“交易/发布”之词而未读出事实", "a word for a deal or an issue, and no fact read"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    fill: tuple[tuple[str, str], ...] = ()

    def words(self, lang: str = "en") -> str:
        fill = dict(self.fill)
        if "status" in fill:
            one = concept(STATUS[fill["status"]].value)
            fill["status"] = one.zh if lang == "zh" else one.en
        return REASONS[self.code][lang != "zh"].format(**fill)


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim, or a sentence of which none was read (it has no relation), as far as reviewing needs it."""

    iri: str
    item: str
    report: str
    quote: str
    start: int
    end: int
    page: int | None
    relation: str = ""
    subject: str = ""
    object: str = ""
    said: str = ""
    confidence: Decimal = Decimal(1)
    rule: str = ""
    role: str = ""
    date: str = ""
    reviewed: str = ""
    reviewed_by: str = ""
    deal: str = ""
    terms: tuple[tuple[str, str], ...] = ()  # what the item says of the deal, or of the document, by property
    reasons: tuple[Reason, ...] = ()
    score: float = 0.0

    @property
    def id(self) -> str:
        """By which people name it: the end of its address."""
        return self.iri.removeprefix(_CLAIM).removeprefix(_SENTENCE)

    @property
    def open(self) -> bool:
        return not self.relation


@dataclass(frozen=True, slots=True)
class Share:
    """How much of some facts people have reviewed."""

    reviewed: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.reviewed

    @property
    def percent(self) -> int:
        """Rounded down: all is all."""
        return 100 * self.reviewed // self.total if self.total else 0


@dataclass(slots=True)
class Queue:
    """All facts of a store. ``waiting`` are those that nobody has reviewed, the first to look at first."""

    facts: dict[str, Fact] = field(default_factory=dict)
    waiting: list[Fact] = field(default_factory=list)
    shares: dict[str, Share] = field(default_factory=dict)  # by report
    titles: dict[str, str] = field(default_factory=dict)  # of items
    degree: Counter[str] = field(default_factory=Counter)  # of how many claims something is an end
    reports: frozenset[str] = frozenset()

    def settle(self) -> None:
        """Put the facts in order, and count them."""
        self.waiting = [one for one in self.facts.values() if not one.reviewed]
        self.waiting.sort(key=lambda one: (-one.score, one.item, one.start, one.iri))
        count, reviewed = Counter(dict.fromkeys(self.reports, 0)), Counter[str]()
        for one in self.facts.values():
            if not one.open:
                count[one.report] += 1
                reviewed[one.report] += bool(one.reviewed)
        self.shares = {report: Share(reviewed[report], count[report]) for report in sorted(count)}

    def renewed(self, store: Store, items: Iterable[str]) -> Queue:
        """The queue after a change of these items. What hangs on the ends of other facts is left as it was."""
        changed = set(items)
        facts = {id_: one for id_, one in self.facts.items() if one.item not in changed}
        for item in changed:
            graph = NamedNode(ids.item(item))
            nodes = sorted({quad.subject for quad in store.quads(None, KG.quote, None, graph)}, key=str)
            of_item = [one for node in nodes if (one := read(store, graph, node)) is not None]
            facts |= {one.id: one for one in _weighed(of_item, self.degree)}
        made = Queue(facts, titles=self.titles, degree=self.degree, reports=self.reports)
        made.settle()
        return made

    @property
    def share(self) -> Share:
        return Share(sum(one.reviewed for one in self.shares.values()), sum(one.total for one in self.shares.values()))

    def of(self, report: str | None = None, item: str | None = None) -> list[Fact]:
        return [one for one in self.waiting if (report in (None, one.report)) and (item in (None, one.item))]


_QUEUES: WeakKeyDictionary[Store, tuple[int, Queue]] = WeakKeyDictionary()
#: The latest queue that was worked out for a place, and the generation of the store that it is of.
_LATEST: dict[str, tuple[str, Queue]] = {}


def queue(store: Store) -> Queue:
    """The queue of a store as it is now; worked out once for as long as it doesn't change."""
    known = _QUEUES.get(store)
    if known is None or known[0] != store.changes:
        latest = _LATEST.get(str(store.place))
        if latest is not None and latest[0] == store.read_at:
            found = latest[1]
        else:
            found = _Reading(store).queue()
            if store.read_at is not None:
                _LATEST[str(store.place)] = (store.read_at, found)
        known = _QUEUES[store] = (store.changes, found)
    return known[1]


def hand_on(store: Store, before: str | None, items: Iterable[str]) -> None:
    """Renew what is known of a store by what its writer has just changed, so that a decision costs its items alone.

    To be called while the writer holds the store; ``before`` is the generation when he took it.
    """
    place = str(store.place)
    latest = _LATEST.get(place)
    if latest is not None and latest[0] == before and store.place is not None:
        after = Store.generation(store.place)
        if after is not None:
            _LATEST[place] = (after, latest[1].renewed(store, items))


def things(store: Store, fact: Fact, lang: str = "zh") -> tuple[Thing, Thing]:
    """The two ends by name; a deal's is its round."""
    found = []
    for iri in (fact.subject, fact.object):
        node = NamedNode(iri)
        label = label_of(store, node, lang)
        if iri == fact.deal:
            label = dict(fact.terms).get("round") or {"zh": "交易"}.get(lang, "the deal")
        found.append(Thing(iri, label, type_of(store, node) or "Deal"))
    return found[0], found[1]


class _Reading:
    """One pass over the evidence of a store, property by property: the index for that is the fastest way through all
    item graphs (three times as fast as SPARQL by class), and few requests where the store is a server."""

    def __init__(self, store: Store) -> None:
        self._claims: dict[tuple[Node, Node], dict[Node, Object]] = defaultdict(dict)
        for predicate in _CLAIM_PARTS:
            for quad in store.quads(None, predicate):
                if quad.graph_name != DEFAULT and quad.subject != quad.graph_name:  # an item has a page and a place too
                    self._claims[quad.graph_name, quad.subject][predicate] = quad.object
        self._items: dict[Node, dict[Node, Object]] = defaultdict(dict)
        for predicate in (DCTERMS.isPartOf, DCTERMS.title):
            for quad in store.quads(None, predicate):
                if quad.subject == quad.graph_name and (predicate == DCTERMS.isPartOf or quad.subject in self._items):
                    self._items[quad.subject][predicate] = quad.object
        self._told: dict[tuple[Node, Node], dict[str, str]] = defaultdict(dict)
        for predicate in (*_TERMS, *_DOCUMENT):
            name = local_name(predicate)
            for quad in store.quads(None, predicate):
                if quad.graph_name != DEFAULT:
                    self._told[quad.graph_name, quad.subject][name] = words_of(quad.object)

    def queue(self) -> Queue:
        made = Queue(titles={_item_id(item): words_of(said[DCTERMS.title]) for item, said in self._items.items()})
        facts: dict[str, list[Fact]] = defaultdict(list)
        for (item, node), said in self._claims.items():
            fact = self._fact(item, node, said)
            facts[fact.item].append(fact)
            if not fact.open:
                made.degree[fact.subject] += 1
                made.degree[fact.object] += 1
        for of_item in facts.values():
            made.facts |= {fact.id: fact for fact in _weighed(of_item, made.degree)}
        made.reports = frozenset(_report(said) for said in self._items.values())
        made.settle()
        return made

    def _fact(self, item: Node, node: Node, said: dict[Node, Object]) -> Fact:
        return _fact(item, node, said, _report(self._items[item]), lambda about: self._told.get((item, about), {}))


def _weighed(facts: Sequence[Fact], degree: Counter[str]) -> Iterator[Fact]:
    """The facts of an item with their reasons."""
    issuers: dict[str, set[str]] = defaultdict(set)
    told: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for fact in facts:
        told[fact.subject, fact.relation, fact.object].add(fact.said)
        if fact.relation == "issuedBy":
            issuers[fact.subject].add(fact.object)
    for fact in facts:
        if fact.open:
            yield replace(fact, reasons=(Reason("open"),), score=_OPEN)
            continue
        alone = told[fact.subject, fact.relation, fact.object] == {Said.HEADLINE}
        reasons, doubt = _doubts(fact, len(issuers[fact.subject]), alone)
        hung, impact = _impact(fact, degree[fact.subject] + degree[fact.object] - 2)
        yield replace(fact, reasons=(*reasons, *hung), score=round(doubt + impact, 4))


def read(store: Store, item: Node, node: Node) -> Fact | None:
    """One fact by itself, without its reasons; None where the item has none such."""
    said: dict[Node, Object] = {quad.predicate: quad.object for quad in store.quads(node, None, None, item)}
    if KG.quote not in said:
        return None

    def told(about: Node) -> dict[str, str]:
        found = store.quads(about, None, None, item)
        return {local_name(q.predicate): words_of(q.object) for q in found if q.predicate in _TOLD}

    of = {quad.predicate: quad.object for quad in store.quads(item, DCTERMS.isPartOf, None, item)}
    return _fact(item, node, said, _report(of), told)


def _fact(
    item: Node, node: Node, said: dict[Node, Object], report: str, told: Callable[[Node], dict[str, str]]
) -> Fact:
    def words(predicate: Node) -> str:
        return words_of(said[predicate]) if predicate in said else ""

    page, about = words(KG.page), said.get(KG.about) or said.get(RDF.subject)
    return Fact(
        node.value,
        _item_id(item),
        report,
        words(KG.quote),
        int(words(KG.start) or 0),
        int(words(KG.end) or 0),
        int(page) if page else None,
        words(RDF.predicate),
        words(RDF.subject),
        words(RDF.object),
        words(KG.said),
        Decimal(words(KG.confidence) or "1"),
        words(KG.rule),
        words(KG.role),
        words(KG.date),
        words(KG.reviewed),
        words(KG.reviewedBy),
        words(KG.about),
        () if about is None else tuple(sorted(told(about).items())),
    )


def _item_id(item: Node) -> str:
    return str(item.value).removeprefix(ids.item(""))


_OPEN = 0.9  # the score of a sentence without a fact: after what speaks against itself, before a little doubt
_CLAIM_PARTS = (
    RDF.subject, RDF.predicate, RDF.object, KG.quote, KG.start, KG.end, KG.page, KG.said, KG.confidence, KG.rule,
    KG.role, KG.date, KG.about, KG.reviewed, KG.reviewedBy,
)  # fmt: skip
_TERMS = (
    KG.status, KG.amount, KG.amountText, KG.currency, KG.qualifier, KG.stake, KG.valuation, KG.round,
    KG.announcedOn, KG.completedOn,
)  # fmt: skip
_DOCUMENT = (KG.kind, KG.number, KG.issuedOn, KG.effectiveFrom)
_TOLD = frozenset((*_TERMS, *_DOCUMENT))


def _report(said: Mapping[Node, Object]) -> str:
    of = said.get(DCTERMS.isPartOf)
    return "" if of is None else str(of.value).removeprefix(ids.report(""))


def _doubts(fact: Fact, issuers: int, only_headline: bool) -> tuple[tuple[Reason, ...], float]:
    """What speaks against a fact, and how much."""
    found: list[tuple[Reason, float]] = []

    def add(code: str, weight: float, **fill: object) -> None:
        found.append((Reason(code, tuple((name, str(value)) for name, value in fill.items())), weight))

    sure = float(fact.confidence)
    if sure < NEARLY:
        add("confidence", 0.3 if sure >= UNSURE else 0.8 + 2 * (UNSURE - sure), value=f"{sure:.2f}")
    if fact.said == Said.HEARSAY:
        add("hearsay", 0.8)
    elif fact.said == Said.COMMENTARY:
        add("commentary", 0.6)
    elif only_headline:
        add("headline", 0.3)
    status = dict(fact.terms).get("status") if fact.deal else None
    if status == "completed" and (word := _word("not-done", fact.quote)) and not _word("done", fact.quote):
        add("not-done", 1.2, value=word)
    if status in ("announced", "completed") and (word := _word("unsure", fact.quote)):
        add("unsure", 1.2, value=word, status=status)
    if status and status != "terminated" and (word := _word("denied", fact.quote)):
        add("denied", 1.0, value=word)
    if fact.relation == "issuedBy" and (match := _lists()["joint"].search(fact.quote)):
        wanted = _count(match["n"])
        if wanted and wanted > issuers:
            add("joint", 1.0, value=match.group(), count=issuers)
    return tuple(reason for reason, _ in found), sum(weight for _, weight in found)


def _impact(fact: Fact, others: int) -> tuple[tuple[Reason, ...], float]:
    """What hangs on a fact: reasons only where it is much, and a weight that never outweighs a doubt."""
    reasons = []
    weight = 0.1 * math.log10(1 + max(0, others))
    if others >= 10:
        reasons.append(Reason("degree", (("count", str(others)),)))
    terms = dict(fact.terms)
    if fact.deal and (amount := terms.get("amount")):
        weight += 0.02 * math.log10(1 + float(amount))
        shown = terms.get("amountText") or f"{terms.get('currency', '')} {Decimal(amount):,f}".strip()
        reasons.append(Reason("amount", (("value", shown),)))
    return tuple(reasons), weight


def _word(list_: str, quote: str) -> str:
    match = _lists()[list_].search(quote)
    return match.group() if match else ""


@cache
def _lists() -> dict[str, re.Pattern[str]]:
    lists = yaml.safe_load(asset("data", "patterns", "review.yml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(words), re.IGNORECASE) for name, words in lists.items()}


def _count(words: str) -> int | None:
    from kg.extract.numbers import chinese_number

    return chinese_number(words)
