"""What the pages show, as jobs of ``kg.serve.pool``: plain values in, plain records out.

A page of a ministry that issued a thousand documents has the first of them in each group, with their number: the named
questions have all, with downloads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any
from weakref import WeakKeyDictionary

from pyoxigraph import BlankNode, Literal, NamedNode

from kg import ids
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.store import Store
from kg.identity import mentions
from kg.items import ENTITY_TYPES, RELATIONS
from kg.query import entity, evidence, search
from kg.query.concepts import concept
from kg.query.entity import Candidate, Deal, Evidence, day_of, item_id, label_of, local_name, words_of
from kg.query.history import History, Step
from kg.query.items import ReportRow, listing
from kg.query.links import relation_word
from kg.query.result import Concept, Thing
from kg.query.window import Window
from kg.vocab import DCTERMS, KG, PREFIXES, RDF, SKOS

SHOWN = 30  # of a group of relations, of mentions, of steps
ALL = 1000  # where all are asked for
_DEALS = ("Acquisition", "FundingRound", "Deal")
_EXPLAINED = 300  # mentions whose reasons are looked up
_DEPTH, _TREE = 8, 150  # of what a document rests on
_PARTIES = (KG.buyer, KG.target, KG.leadInvestor, KG.investor, KG.investee)


@dataclass(slots=True)
class Tie:
    """Another end of a relation, and where it says so."""

    thing: Thing
    evidence: tuple[Evidence, ...] = ()
    deals: list[Deal] = field(default_factory=list)
    lead: bool = False
    status: str = ""  # of a document
    day: str = ""

    @property
    def hearsay(self) -> bool:
        return bool(self.evidence) and all(one.said == "hearsay" for one in self.evidence)


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


@dataclass(slots=True)
class News:
    """An item in short."""

    id: str
    iri: str
    title: str
    day: str
    publisher: str = ""


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
    history: list[Step] = field(default_factory=list)
    issuers: list[Tie] = field(default_factory=list)  # more than one: one act of them all
    upward: list[Leaf] = field(default_factory=list)
    downward: list[Leaf] = field(default_factory=list)
    why: list[tuple[str, str, int]] = field(
        default_factory=list
    )  # a form, the reason that it was taken for this, items


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
    parts: list[Thing] = field(default_factory=list)


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
    open: bool = False  # a sentence with a cue word and no fact


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


@dataclass(slots=True)
class ReportPage:
    iri: str
    row: ReportRow
    link: str


@dataclass(slots=True)
class Statements:
    """What the store says of anything else: a claim, a run, somebody else's address."""

    iri: str
    label: str
    rows: list[tuple[str, Thing | str, Thing | str, str]]  # predicate's name, subject, object, graph
    total: int


Page = Portrait | DealPage | ItemPage | ReportPage | Statements


# --------------------------------------------------------------------------------------------------- start page


@dataclass(slots=True)
class Home:
    counts: list[tuple[str, int]]  # classes
    relations: int
    reports: list[tuple[str, str, str, int, int]]  # id, title, day, items, items without facts; the latest first
    latest: list[News]
    changed: list[tuple[str, int]]  # groups of changes between the last two reports
    between: tuple[str, str] | None
    open: int
    reviewed: int
    claims: int


_kept: WeakKeyDictionary[Store, dict[str, Any]] = WeakKeyDictionary()


def home(store: Store, lang: str) -> Home:
    """Counted once for each state of the store: it stays open as long as nobody writes."""
    kept = _kept.setdefault(store, {})
    if lang not in kept:
        kept[lang] = _home(store, lang)
    found: Home = kept[lang]
    return found


def _home(store: Store, lang: str) -> Home:
    from kg.query.changes import GROUPS, diff

    counts: Counter[str] = Counter()
    for row in _rows(store, "SELECT ?t (COUNT(*) AS ?n) { ?x a ?t } GROUP BY ?t"):
        counts[local_name(row[0])] = int(row[1].value)
    edges = " ".join(f"kg:{name}" for name in RELATIONS)
    stated = _rows(store, f"SELECT (COUNT(*) AS ?n) {{ VALUES ?p {{ {edges} }} ?a ?p ?b }}")
    rows = sorted(listing(store), key=lambda row: (_day(row), row.id), reverse=True)
    reports = [
        (row.id, row.title, _day(row), len(row.items), sum(not one.relations and not one.deals for one in row.items))
        for row in rows
    ]
    items = sorted(
        ((one.issued or row.issued or "", one) for row in rows[:6] for one in row.items),
        key=lambda pair: (pair[0], pair[1].id),
        reverse=True,
    )
    latest = [News(one.id, ids.item(one.id), one.title, day, one.publisher or "") for day, one in items[:12]]
    changed: list[tuple[str, int]] = []
    between = None
    if len(rows) > 1 and _day(rows[1]) and sum(len(row.items) for row in rows[:2]) < 500:
        between = rows[1].id, rows[0].id
        found = Counter(change.group for change in diff(store, *between, lang).changes)
        changed = [(GROUPS[group][lang != "zh"], found[group]) for group in GROUPS if found[group]]
    claims = int(_rows(store, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?c a kg:Claim } }")[0][0].value)
    opened = sum(1 for _ in store.quads(None, RDF.type, KG.OpenSentence))
    reviewed = sum(1 for _ in store.quads(None, KG.reviewed))
    return Home(
        [(name, counts[name]) for name in (*ENTITY_TYPES, "Acquisition", "FundingRound") if counts[name]],
        int(stated[0][0].value), reports, latest, changed, between, opened, reviewed, claims,
    )  # fmt: skip


def _day(row: ReportRow) -> str:
    return row.issued or max((one.issued or "" for one in row.items), default="")


def _rows(store: Store, sparql: str) -> list[Any]:
    solutions: Any = store.query(sparql)
    return list(solutions)


# ------------------------------------------------------------------------------------------------------- search


@dataclass(slots=True)
class Hits:
    found: list[Candidate]
    sure: str  # the address of the one that is meant, where that is plain
    items: list[News]


def find(store: Store, text: str, limit: int = 50) -> Hits:
    """Entities by any form of their names, and items by words of their titles."""
    text = text.strip()[:200]
    if not text:
        return Hits([], "", [])
    found = entity.find(store, text, limit)
    only = entity.meant(found)
    return Hits(found, only.iri if only is not None and found[0].how in search.SURE else "", _titled(store, text))


def _titled(store: Store, text: str) -> list[News]:
    wanted = ids.normalise(text)
    if not wanted:
        return []
    hits = (
        quad.subject
        for quad in store.quads(None, DCTERMS.title)
        if quad.subject == quad.graph_name and wanted in ids.normalise(quad.object.value)  # type: ignore[union-attr]
    )
    found = [_news(store, item) for item in islice(hits, 200) if item.value.startswith(ids.item(""))]  # type: ignore[union-attr]
    return sorted(found, key=lambda one: (one.day, one.id), reverse=True)[:SHOWN]


def suggest(store: Store, text: str, limit: int = 8) -> list[tuple[str, str, str, str]]:
    """What somebody may be typing: (address, name, class, the form that fits)."""
    text = text.strip()[:100]
    return [(one.iri, one.label, one.type, one.matched) for one in entity.find(store, text, limit)] if text else []


# ------------------------------------------------------------------------------------------------------- things


def thing(store: Store, iri: str, lang: str, everything: bool = False) -> Page | None:
    """The page of an address; None where the store says nothing of it."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return None
    limit = ALL if everything else SHOWN
    if iri.startswith(ids.item("")) and _has(store, node, KG.Item):
        return _item(store, node, lang)
    if iri.startswith(ids.report("")) and _has(store, node, KG.Report):
        return _report(store, node)
    if entity.type_of(store, node) is not None:
        return _portrait(store, node, lang, limit)
    if any(next(store.quads(node, RDF.type, KG[name], DEFAULT), None) for name in _DEALS):
        return _deal(store, node, lang)
    return _statements(store, node, lang, limit)


def _has(store: Store, node: Node, class_: Node) -> bool:
    return next(store.quads(node, RDF.type, class_), None) is not None


def named(store: Store, node: Node, lang: str) -> Thing:
    return Thing(node.value, label_of(store, node, lang), entity.type_of(store, node) or "")


def _value(store: Store, node: Node, predicate: Node) -> str:
    return next((words_of(quad.object) for quad in store.quads(node, predicate, None, DEFAULT)), "")


def _news(store: Store, item: Any) -> News:
    about = entity.particulars(store, item)
    title, publisher = about.get(DCTERMS.title), about.get(DCTERMS.publisher)
    id_ = item_id(item)
    return News(
        id_, item.value, title.value if title else id_, day_of(store, item), publisher.value if publisher else ""
    )


_FACTS = (KG.kind, KG.status, KG.number, KG.issuedOn, KG.effectiveFrom, KG.appliesIn, KG.locatedIn)


def _portrait(store: Store, node: Node, lang: str, limit: int) -> Portrait:
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
        [_news(store, item) for item in latest[:limit]],
        len(mentioned),
    )
    if len(mentioned) <= _EXPLAINED:
        why = Counter((one.form, one.reason) for one in mentions(store, node.value))
        found.why = [(form, reason, count) for (form, reason), count in sorted(why.items())]
    if found.type in ("Instrument", "Publication"):
        found.history = _steps(store, node, limit)
        found.issuers = [tie for group in found.groups if (group.relation, group.direction) == ("issuedBy", "out")
                         for tie in group.ties]  # fmt: skip
        found.upward = _tree(store, node, lang, True)
        found.downward = _tree(store, node, lang, False)
    return found


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
    days = {other: _value(store, other, KG.issuedOn) for other in others[:5000]}
    return sorted(days, key=lambda other: (days[other], other.value), reverse=True)[:limit]


def _tie(store: Store, node: Node, relation: Node, other: Node, out: bool, lang: str) -> Tie:
    subject, object_ = (node, other) if out else (other, node)
    found = evidence.sort(store, evidence.of_edge(store, subject, relation, object_))
    tie = Tie(named(store, other, lang), found)
    if tie.thing.type in ("Instrument", "Publication"):
        tie.status, tie.day = _value(store, other, KG.status), _value(store, other, KG.issuedOn)
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


def _steps(store: Store, node: Node, limit: int) -> list[Step]:
    """What the items say of its status, the first first; only what has words."""
    history = History(store, Window("", "", False, {}, frozenset(), ()))
    steps = []
    for quad in store.quads(node, KG.status):
        item: Any = quad.graph_name
        if item != DEFAULT and (said := history.evidence(node, item)):
            steps.append(Step(words_of(quad.object), day_of(store, item), said))
    steps.sort(key=lambda step: (step.day, step.evidence[0].item))
    return steps[-limit:]


def _tree(store: Store, root: Node, lang: str, upward: bool) -> list[Leaf]:
    """What it rests on, or what rests on it, to any depth; each document opened once."""
    met: set[Node] = {root}

    def below(node: Node, depth: int) -> list[Leaf]:
        quads = store.quads(node if upward else None, KG.basedOn, None if upward else node, DEFAULT)
        others: list[Any] = sorted((quad.object if upward else quad.subject for quad in quads), key=str)
        leaves = []
        for other in others[:SHOWN]:
            ends = (node, other) if upward else (other, node)
            said = evidence.sort(store, evidence.of_edge(store, ends[0], KG.basedOn, ends[1]))
            again = other in met
            leaf = Leaf(named(store, other, lang), _value(store, other, KG.status), said, again)
            leaves.append(leaf)
            if not again and len(met) < _TREE and depth < _DEPTH:
                met.add(other)
                leaf.leaves = below(other, depth + 1)
        return leaves

    return below(root, 1)


# --------------------------------------------------------------------------------------------------------- deals


def _deal(store: Store, node: Node, lang: str) -> DealPage:
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
        state = _stated(store, node, graph)
        if step.evidence:
            history.append((Step(state.status or "", step.day, step.evidence), state))
    history.sort(key=lambda pair: (pair[0].day, pair[0].evidence[0].item))
    whole = next((quad.object for quad in store.quads(node, DCTERMS.isPartOf, None, DEFAULT)), None)
    parts: list[Any] = sorted({quad.subject for quad in store.quads(None, DCTERMS.isPartOf, node, DEFAULT)}, key=str)
    return DealPage(
        node.value, told, _title(store, parties, told), parties, history, list(said[:ALL]),
        Thing(whole.value, deal_title(store, whole, lang), told.type) if isinstance(whole, NamedNode) else None,
        [Thing(part.value, deal_title(store, part, lang), "Deal") for part in parts[:SHOWN]],
    )  # fmt: skip


def _party(store: Store, deal: Node, role: Node, other: Node, lang: str) -> Tie:
    """The words that name a party of a deal: those of the claims about it in which the party stands."""
    found = []
    for quad in store.quads(None, KG.about, deal):
        ends = [next(store.quads(quad.subject, end, other, quad.graph_name), None) for end in (RDF.subject, RDF.object)]
        if any(ends):
            said = {one.predicate: one.object for one in store.quads(quad.subject, None, None, quad.graph_name)}
            found.append(entity.evidence_of(store, quad.graph_name, said))
    return Tie(named(store, other, lang), evidence.sort(store, found), lead=role == KG.leadInvestor)


def _stated(store: Store, node: Node, graph: Node) -> Deal:
    """What one item says of a deal."""
    said = {local_name(quad.predicate): words_of(quad.object) for quad in store.quads(node, None, None, graph)}
    from decimal import Decimal

    def number(name: str) -> Decimal | None:
        return Decimal(said[name]) if name in said else None

    return Deal(
        node.value, "Deal", said.get("status"), number("amount"), said.get("amountText"), said.get("currency"),
        said.get("qualifier"), number("stake"), number("valuation"), said.get("round"), said.get("announcedOn"),
        said.get("completedOn"),
    )  # fmt: skip


def deal_title(store: Store, node: Node, lang: str) -> str:
    """“Pantera, Polychain → Sahara AI A轮”: a deal has no name of its own."""
    parties = []
    for role in _PARTIES:
        others = sorted({quad.object for quad in store.quads(node, role, None, DEFAULT)}, key=str)
        if others:
            parties.append((concept(role.value), [Tie(named(store, other, lang)) for other in others[:5]]))
    return _title(store, parties, entity.deal(store, node.value))


def _title(store: Store, parties: Iterable[tuple[Concept, list[Tie]]], told: Deal) -> str:
    of = {role.name: [tie.thing.label for tie in ties] for role, ties in parties}
    by = of.get("buyer") or of.get("leadInvestor") or of.get("investor") or []
    target = of.get("target") or of.get("investee") or []
    who = "、".join(by[:3]) + (" …" if len(by) > 3 else "")
    return " ".join(filter(None, (" → ".join(filter(None, (who, "、".join(target)))), told.round))) or told.iri


# --------------------------------------------------------------------------------------------------------- items


def _item(store: Store, node: Node, lang: str) -> ItemPage:
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
    stretches = _stretches(source.text, start, end, facts, opened) if source is not None and end else []
    mentioned: list[Any] = sorted({quad.object for quad in store.quads(node, KG.mentions, None, node)}, key=str)

    def text(predicate: Node) -> str:
        return words_of(about[predicate]) if predicate in about else ""

    return ItemPage(
        node.value, _news(store, node), text(DCTERMS.source), text(KG.section),
        int(text(KG.page)) if text(KG.page) else None,
        Thing(report.value if report is not None else "", _report_title(store, report) or report_id),
        stretches, start, facts, [named(store, other, lang) for other in mentioned], len(opened),
    )  # fmt: skip


def _report_title(store: Store, report: Any) -> str:
    return _value(store, report, DCTERMS.title) if report is not None else ""


def _facts(store: Store, item: Node, about: dict[Node, Object], lang: str) -> list[Fact]:
    things: dict[Node, Thing] = {}

    def name(node: Any) -> Thing:
        if node not in things:
            is_deal = node.value.startswith((ids.BASE + "deal/", ids.BASE + "round/"))
            things[node] = (
                Thing(node.value, deal_title(store, node, lang), "Deal") if is_deal else named(store, node, lang)
            )
        return things[node]

    found = []
    for quad in store.quads(None, RDF.type, KG.Claim, item):
        said: dict[Node, Any] = {one.predicate: one.object for one in store.quads(quad.subject, None, None, item)}
        one = entity.evidence_of(store, item, said, about)
        found.append(
            Fact(
                0, quad.subject.value, name(said[RDF.subject]), relation_word(local_name(said[RDF.predicate])),  # type: ignore[union-attr]
                name(said[RDF.object]), one, one.start, one.end,
                _stated(store, said[KG.about], item) if KG.about in said else None,
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


def _stretches(
    text: str, start: int, end: int, facts: Sequence[Fact], opened: Sequence[tuple[int, int]]
) -> list[Stretch]:
    """The text cut wherever a fact or an open sentence begins or ends."""
    spans = [(fact.start, fact.end) for fact in facts] + list(opened)
    start, end = min([start, *(a for a, _ in spans)]), max([end, *(b for _, b in spans)])
    cuts = sorted({start, end, *(at for span in spans for at in span)})
    begins: dict[int, list[Fact]] = defaultdict(list)
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
                any(x <= a < y for x, y in opened),
            )
        )
    return found


def _report(store: Store, node: Node) -> ReportPage | None:
    wanted = node.value.removeprefix(ids.report(""))
    row = next((row for row in listing(store, wanted) if row.id == wanted), None)
    if row is None:
        return None
    return ReportPage(node.value, row, _value(store, node, DCTERMS.source))


# ----------------------------------------------------------------------------------------------- everything else


def _statements(store: Store, node: Node, lang: str, limit: int) -> Statements | None:
    quads = list(islice(store.quads(node), limit + 1)) + list(islice(store.quads(None, None, node), limit + 1))
    if not quads:
        return None
    rows = []
    for quad in quads[:limit]:
        graph: Any = quad.graph_name
        rows.append(
            (
                _prefixed(quad.predicate),
                _shown(store, quad.subject, lang),
                _shown(store, quad.object, lang),
                graph.value if isinstance(graph, NamedNode) else "",
            )
        )
    rows.sort(key=lambda row: (row[3] != "", row[0], str(row[1]), str(row[2])))
    return Statements(node.value, label_of(store, node, lang), rows, len(quads))


def _shown(store: Store, term: Any, lang: str) -> Thing | str:
    if isinstance(term, Literal):
        return term.value
    if isinstance(term, BlankNode):
        return str(term)
    one = concept(term.value)
    label = one.zh if lang == "zh" else one.en
    return Thing(term.value, label_of(store, term, lang) if label == term.value else label)


def _prefixed(predicate: Node) -> str:
    for prefix, address in PREFIXES.items():
        if predicate.value.startswith(address):
            return f"{prefix}:{predicate.value.removeprefix(address)}"
    return str(predicate.value)
