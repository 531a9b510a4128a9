"""Which facts a person should look at first: those in doubt, and those on which much hangs.

The queue is worked out from the graph as it is, so it is the same for all who open the store. A fact is in doubt for
what can be seen beside it: how sure its rule was, who speaks, words of a plan beside a deal that is read as done, a
number of issuers of which fewer were read. What hangs on it are the other facts of its ends, and its amount.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import yaml
from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import Node, Object
from kg.graph.store import Store
from kg.items import Said
from kg.query.entity import label_of, local_name, type_of, words_of
from kg.query.result import Thing
from kg.settings import asset
from kg.vocab import DCTERMS, KG, RDF

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
        return REASONS[self.code][lang != "zh"].format(**dict(self.fill))


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

    @property
    def share(self) -> Share:
        return Share(sum(one.reviewed for one in self.shares.values()), sum(one.total for one in self.shares.values()))

    def of(self, report: str | None = None, item: str | None = None) -> list[Fact]:
        return [one for one in self.waiting if (report in (None, one.report)) and (item in (None, one.item))]


_QUEUES: WeakKeyDictionary[Store, tuple[int, Queue]] = WeakKeyDictionary()


def queue(store: Store) -> Queue:
    """The queue of a store as it is now; worked out once for as long as it doesn't change."""
    known = _QUEUES.get(store)
    if known is None or known[0] != store.changes:
        known = (store.changes, _Reading(store).queue())
        _QUEUES[store] = known
    return known[1]


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


_QUADS = """SELECT ?item ?node ?p ?o {{ VALUES ?class {{ {classes} }} GRAPH ?item {{ ?node a ?class ; ?p ?o }} }}"""


class _Reading:
    """One pass over the evidence of a store. Few and large queries, since the store may be a server."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._items: dict[str, dict[Node, Object]] = defaultdict(dict)
        for item, _, predicate, value in self._rows("kg:Item"):
            self._items[item][predicate] = value
        self._deals: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for item, node, predicate, value in self._rows("kg:Deal kg:Acquisition kg:FundingRound"):
            if predicate in _TERMS:
                self._deals[item, node][local_name(predicate)] = words_of(value)
        for item, node, predicate, value in self._rows("kg:Instrument kg:Publication"):
            if predicate in _DOCUMENT:
                self._deals[item, node][local_name(predicate)] = words_of(value)

    def _rows(self, classes: str) -> Iterable[tuple[str, str, Node, Object]]:
        solutions: Any = self._store.query(_QUADS.format(classes=classes))
        for row in solutions:
            item = row["item"].value.removeprefix(ids.item(""))
            yield item, row["node"].value, row["p"], row["o"]

    def queue(self) -> Queue:
        made = Queue(titles={item: words_of(said[DCTERMS.title]) for item, said in self._items.items()})
        claims = self._said("kg:Claim")
        degree: Counter[str] = Counter()
        issuers: dict[tuple[str, str], set[str]] = defaultdict(set)
        told: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
        for (item, _), said in claims.items():
            edge = said[RDF.subject].value, local_name(said[RDF.predicate]), said[RDF.object].value
            degree[edge[0]] += 1
            degree[edge[2]] += 1
            told[(item, *edge)].add(local_name(said[KG.said]))
            if edge[1] == "issuedBy":
                issuers[item, edge[0]].add(edge[2])
        count: Counter[str] = Counter()
        reviewed: Counter[str] = Counter()
        for (item, node), said in claims.items():
            fact = self._fact(item, node, said)
            edge = fact.subject, fact.relation, fact.object
            only_headline = told[(item, *edge)] == {Said.HEADLINE}
            reasons, doubt = _doubts(fact, len(issuers[item, fact.subject]), only_headline)
            hung, impact = _impact(fact, degree[fact.subject] + degree[fact.object] - 2)
            fact = _with(fact, (*reasons, *hung), round(doubt + impact, 4))
            self._put(made, fact, count, reviewed)
        for (item, node), said in self._said("kg:OpenSentence").items():
            self._put(made, _with(self._fact(item, node, said), (Reason("open"),), 0.9), None, None)
        for said in self._items.values():
            count.setdefault(_report(said), 0)
        made.shares = {report: Share(reviewed[report], count[report]) for report in sorted(count)}
        made.waiting.sort(key=lambda one: (-one.score, one.item, one.start, one.iri))
        return made

    @staticmethod
    def _put(made: Queue, fact: Fact, count: Counter[str] | None, reviewed: Counter[str] | None) -> None:
        made.facts[fact.id] = fact
        if count is not None and reviewed is not None:
            count[fact.report] += 1
            reviewed[fact.report] += bool(fact.reviewed)
        if not fact.reviewed:
            made.waiting.append(fact)

    def _said(self, classes: str) -> dict[tuple[str, str], dict[Node, Object]]:
        found: dict[tuple[str, str], dict[Node, Object]] = defaultdict(dict)
        for item, node, predicate, value in self._rows(classes):
            found[item, node][predicate] = value
        return found

    def _fact(self, item: str, node: str, said: dict[Node, Object]) -> Fact:
        def words(predicate: Node) -> str:
            return words_of(said[predicate]) if predicate in said else ""

        page, deal, subject = words(KG.page), words(KG.about), words(RDF.subject)
        return Fact(
            node,
            item,
            _report(self._items[item]),
            words(KG.quote),
            int(words(KG.start) or 0),
            int(words(KG.end) or 0),
            int(page) if page else None,
            words(RDF.predicate),
            subject,
            words(RDF.object),
            words(KG.said),
            Decimal(words(KG.confidence) or "1"),
            words(KG.rule),
            words(KG.role),
            words(KG.date),
            words(KG.reviewed),
            words(KG.reviewedBy),
            deal,
            tuple(sorted(self._deals.get((item, deal or subject), {}).items())),
        )


_TERMS = frozenset(
    (
        KG.status, KG.amount, KG.amountText, KG.currency, KG.qualifier, KG.stake, KG.valuation, KG.round,
        KG.announcedOn, KG.completedOn,
    )
)  # fmt: skip
_DOCUMENT = frozenset((KG.status, KG.kind, KG.number, KG.issuedOn, KG.effectiveFrom))


def _with(fact: Fact, reasons: tuple[Reason, ...], score: float) -> Fact:
    return replace(fact, reasons=reasons, score=score)


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
