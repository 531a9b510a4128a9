"""What the reports after one, up to another, say that was not known before: what ``kg diff`` tells.

A deal is one node from rumour to close and an instrument one from draft to issue, and each item's graph keeps what
that item says. *Before* is what all items up to the first report (or day) say, *after* is that with the items that
came. Nothing moves without words: a status counts where its item has a claim about that deal or document, and a note
tells of those that have none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import AMOUNT, DEFAULT, LABELS, STATE, Node, Object
from kg.graph.store import Store
from kg.items import ENTITY_TYPES
from kg.query.concepts import concept
from kg.query.entity import item_id, local_name, type_of, words_of
from kg.query.history import History, Step
from kg.query.links import Links, moment, relation_word, status_word
from kg.query.result import Column, Result, Row, Thing, words
from kg.query.window import Window
from kg.vocab import KG, RDF, STATUS

Group = Literal[
    "issued", "documents", "drafts", "amended", "document-status", "document-terms", "cited",
    "announced", "completed", "terminated", "deal-status", "deals", "rumours", "deal-terms",
    "bodies", "relations", "names", "silent",
]  # fmt: skip
#: The headings, in this order.
GROUPS: dict[Group, tuple[str, str]] = {
    "issued": ("草案已发布", "Drafts that were issued"),
    "documents": ("新文件", "New instruments and publications"),
    "drafts": ("新草案与计划", "New drafts and plans"),
    "amended": ("修订、替代与废止", "Amended, replaced or repealed"),
    "document-status": ("文件状态的其他变化", "Other changes of a document's status"),
    "document-terms": ("文件的其他变化", "Further particulars of documents"),
    "cited": ("首次被引用的文件", "Documents cited for the first time"),
    "announced": ("交易：转为已宣布", "Deals that were announced"),
    "completed": ("交易：已完成", "Deals that were closed"),
    "terminated": ("交易：已终止", "Deals that were called off"),
    "deal-status": ("交易状态的其他变化", "Other changes of a deal's status"),
    "deals": ("新交易", "New deals"),
    "rumours": ("新传闻与洽谈（未经确认）", "New rumours and talks: not confirmed"),
    "deal-terms": ("交易条件的变化", "Changed terms of deals"),
    "bodies": ("新机构与组织", "New bodies and organisations"),
    "relations": ("其他新关系", "Other new relations"),
    "names": ("新名称", "New names"),
    "silent": ("尚无下文", "Open, and not heard of since"),
}
DRAFTS = frozenset({"planned", "draft", "consultation"})
ISSUED = frozenset({"issued", "in-force"})
RUMOURS = frozenset({"rumoured", "in-talks"})
OPEN = frozenset({"rumoured", "in-talks", "proposed", "announced"})
_ENDS: dict[str, Group] = {"announced": "announced", "completed": "completed", "terminated": "terminated"}
_DOCUMENTS = frozenset({"Instrument", "Publication"})
_DEALS = frozenset({"Deal", "Acquisition", "FundingRound"})
_ABOUT_DOCUMENTS = frozenset({"issuedBy", "draftedBy", "basedOn"})
_TERMS = (*AMOUNT, *STATE, KG.stake, KG.announcedOn)
_PARTICULARS = (KG.issuedOn, KG.effectiveFrom, KG.number)
_VERSION = re.compile(r"[(（][^()（）]*(?:征求意见|草案|送审|讨论稿|意见稿|draft)[^()（）]*[)）]", re.I)
_BARE = re.compile(
    r"(?:草案)?(?:公开)?(?:征求意见稿|修订草案|送审稿|讨论稿|草案|草稿)$|^(?:consultation |exposure )?draft\b|\bdraft$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One row. ``was`` and ``now`` are statuses; the steps are in the order of their days."""

    group: Group
    what: Thing
    was: str = ""
    now: str = ""
    relation: str = ""
    other: Thing | None = None
    detail: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(slots=True)
class Changes:
    since: str
    until: str
    changes: list[Change]
    notes: list[str]

    def result(self, lang: str = "zh") -> Result:
        columns = (
            Column("what", "事项", "What", "thing"),
            Column("type", "类别", "Type", "concept"),
            Column("was", "此前", "Was", "concept"),
            Column("now", "现在", "Now", "concept"),
            Column("relation", "关系", "Relation", "concept"),
            Column("other", "对方", "To whom", "thing"),
            Column("detail", "详情", "Detail"),
            Column("date", "日期", "Date", "date"),
        )
        rows = [
            Row(
                (
                    one.what,
                    concept(KG[one.what.type].value) if one.what.type else None,
                    status_word(one.was) if one.was else None,
                    status_word(one.now) if one.now else None,
                    relation_word(one.relation) if one.relation else None,
                    one.other,
                    _told(one, lang),
                    moment(one.steps[-1].day or None),
                ),
                tuple(evidence for step in one.steps for evidence in step.evidence),
                GROUPS[one.group][lang != "zh"],
            )
            for one in self.changes
        ]
        zh, en = f"变化：{self.since}至{self.until}", f"What changed: {self.since} to {self.until}"
        ends = ("自", "至") if lang == "zh" else ("since", "until")
        asked = ((ends[0], self.since), (ends[1], self.until))
        return Result("diff", zh, en, columns, rows, asked, self.notes)


def _told(change: Change, lang: str) -> str:
    hearsay = ("仅据传闻" if lang == "zh" else "hearsay only") if change.steps[-1].hearsay else ""
    return "; ".join(part for part in (hearsay, change.detail) if part)


def diff(store: Store, since: str, until: str, lang: str = "zh") -> Changes:
    """What changed from one report to another, or from one day, month or year to another.

    Where the first is the later, they change places, and a note says so. QueryError as of ``Window.between``.
    """
    return changes_in(store, Window.between(store, since, until), lang)


def changes_in(store: Store, window: Window, lang: str = "zh") -> Changes:
    """What the items of a window that came changed of what stood before them."""
    return _Diff(store, window, lang).changes()


def draft_key(title: str) -> str:
    """What a draft's title shares with that of the final text: 《X（征求意见稿）》, 《X草案》, Draft X."""
    plain = _VERSION.sub("", title).strip()
    while (cut := _BARE.sub("", plain).strip()) != plain:
        plain = cut
    return ids.normalise(plain)


@dataclass(slots=True)
class _Told:
    """What the items that came say; items the oldest first."""

    entities: dict[Node, list[Node]] = field(default_factory=dict)  # and the items that mention them
    types: dict[Node, str] = field(default_factory=dict)
    deals: dict[Node, str] = field(default_factory=dict)  # and their types
    edges: dict[tuple[Node, str, Node], list[tuple[Node, Node]]] = field(default_factory=dict)  # and (item, claim)
    near: dict[Node, list[tuple[Node, str, Node]]] = field(default_factory=dict)  # the edges of an entity


def _tell(store: Store, items: Iterable[Node]) -> _Told:
    told = _Told()
    items = list(items)
    store.prefetch((None, None, None, item) for item in items)
    for item in items:
        ends: dict[Node, dict[Node, Object]] = {}
        for quad in store.quads(graph=item):
            predicate: Node = quad.predicate
            if predicate == KG.mentions:
                told.entities.setdefault(quad.object, []).append(item)
            elif predicate == RDF.type and local_name(quad.object) in _DEALS:
                told.deals[quad.subject] = local_name(quad.object)
            elif predicate in (RDF.subject, RDF.predicate, RDF.object):
                ends.setdefault(quad.subject, {})[predicate] = quad.object
        for claim in sorted(ends, key=str):
            edge = (ends[claim][RDF.subject], local_name(ends[claim][RDF.predicate]), ends[claim][RDF.object])
            if edge not in told.edges:
                for node in (edge[0], edge[2]):
                    told.near.setdefault(node, []).append(edge)
            told.edges.setdefault(edge, []).append((item, claim))
    store.prefetch((node, None, None, DEFAULT) for node in {*told.entities, *told.deals, *told.near})
    store.prefetch((node, RDF.type, None, None) for node in told.entities)
    for node in sorted(told.entities, key=str):
        type_ = type_of(store, node)
        if type_ in ENTITY_TYPES:
            told.types[node] = type_
    return told


class _Diff:
    def __init__(self, store: Store, window: Window, lang: str) -> None:
        self._store = store
        self._window = window
        self._zh = lang == "zh"
        self._lang = lang
        self._links = Links(store, lang)
        self._history = History(store, window)
        self._told = _tell(store, window.come)
        self._found: list[Change] = []
        self._mentioned: Counter[str] = Counter()

    def _ahead(self) -> None:
        """Bring what will be read of the documents, deals and edges that the items tell of."""
        documents = [node for node, type_ in self._told.types.items() if type_ in _DOCUMENTS]
        properties: list[tuple[Node, tuple[Node, ...]]]
        properties = [(node, (KG.status, *LABELS, *_PARTICULARS)) for node in documents]
        properties += [(node, _TERMS) for node in self._told.deals]
        self._store.prefetch((node, predicate, None, None) for node, several in properties for predicate in several)
        self._store.prefetch((node, None, None, None) for node in self._told.deals)
        self._store.prefetch((subject, KG[name], object_, None) for subject, name, object_ in self._told.edges)

    def changes(self) -> Changes:
        if self._store.served:
            self._ahead()
        linked = self._documents()
        self._deals()
        self._edges()
        self._bodies()
        self._names()
        self._silent(linked)
        order = {group: place for place, group in enumerate(GROUPS)}
        self._found.sort(
            key=lambda one: (
                order[one.group],
                one.steps[-1].day,
                one.what.label,
                one.what.iri,
                one.relation,
                one.other.iri if one.other else "",
                one.detail,
            )
        )
        return Changes(self._window.since, self._window.until, self._found, self._notes())

    def _say(self, zh: str, en: str) -> str:
        return zh if self._zh else en

    def _status(self, name: str) -> str:
        return words(status_word(name), self._lang)

    def _join(self, parts: Iterable[str]) -> str:
        return ("、" if self._zh else ", ").join(parts)

    def _trail(self, steps: tuple[Step, ...]) -> str:
        """“rumoured 2024-05-02 → announced 2024-06-03”; nothing where it is one step."""
        said = [f"{self._status(step.status)} {step.day}".rstrip() for step in steps]
        return " → ".join(said) if len(said) > 1 else ""

    # ------------------------------------------------------------------------------------------ documents

    def _documents(self) -> set[Node]:
        """The changes of documents; the drafts whose final text is another node."""
        linked: set[Node] = set()
        for node, type_ in self._told.types.items():
            if type_ not in _DOCUMENTS:
                continue
            thing = self._links.thing(node.value)
            move = self._history.move(node)
            group = self._document_group(node, move.was, move.now)
            if group is None:
                self._particulars(node, thing)
                continue
            was, steps, detail = move.was, move.steps, self._trail(move.steps)
            if not was and move.now in ISSUED and (draft := self._draft_of(node)) is not None:
                linked.add(draft)
                earlier = self._history.move(draft)
                group, was, steps = "issued", earlier.was, (*earlier.steps[:1], *steps)
                title = self._links.thing(draft.value).label
                detail = self._say(
                    f"此前题为《{title}》：两者仅据标题关联",
                    f"earlier as 《{title}》: the two are linked by their title alone",
                )
            steps = steps or self._first(node)
            if steps:
                said = "; ".join(part for part in (detail, self._issuers(node)) if part)
                self._found.append(Change(group, thing, was, move.now, detail=said, steps=steps))
            else:
                self._mentioned[type_] += 1
        return linked

    def _document_group(self, node: Node, was: str, now: str) -> Group | None:
        """None where nothing about its status is new."""
        if was and was != now:
            return (
                "issued" if was in DRAFTS and now in ISSUED else "amended" if now == "repealed" else "document-status"
            )
        if self._history.known(node):
            return None if was or not now else "drafts" if now in DRAFTS else "document-status"
        if now in DRAFTS:
            return "drafts"
        if now or any(subject == node for subject, _, _ in self._told.near.get(node, ())):
            return "documents"
        return "cited"

    def _issuers(self, node: Node) -> str:
        for wanted in ("issuedBy", "draftedBy"):
            edges = [(s, o) for s, relation, o in self._told.near.get(node, ()) if relation == wanted]
            names = [self._links.thing(o.value).label for s, o in edges if s == node]
            if names:
                return f"{words(relation_word(wanted), self._lang)} {self._join(sorted(names))}"
        return ""

    def _particulars(self, node: Node, thing: Thing) -> None:
        for predicate in _PARTICULARS:
            before = self._history.settled(node, (predicate,), self._window.before).get(predicate, "")
            after = self._history.settled(node, (predicate,), self._window.after).get(predicate, "")
            steps = self._first(node, (predicate,)) if after != before else ()
            if steps:
                detail = f"{words(concept(predicate.value), self._lang)} {f'{before} → ' if before else ''}{after}"
                self._found.append(Change("document-terms", thing, detail=detail, steps=steps))

    def _draft_of(self, node: Node) -> Node | None:
        """An earlier draft of the same title, where the titles made two nodes of it."""
        for name in sorted(self._history.labels(node, self._window.after)):
            for other in self._drafts.get(draft_key(name), ()):
                if other != node and self._history.move(other).was in DRAFTS:
                    return other
        return None

    @cached_property
    def _drafts(self) -> dict[str, list[Node]]:
        """What some item from before calls a draft, by the keys of its names."""
        nodes = {
            quad.subject
            for status in DRAFTS
            for quad in self._store.quads(None, KG.status, STATUS[status])
            if quad.graph_name in self._window.before
        }
        self._store.prefetch((node, None, None, DEFAULT) for node in nodes)
        found: dict[str, list[Node]] = {}
        for node in sorted(nodes, key=str):
            names = {draft_key(words_of(q.object)) for p in LABELS for q in self._store.quads(node, p, None, DEFAULT)}
            for key in names - {""}:
                found.setdefault(key, []).append(node)
        return found

    def _first(self, node: Node, properties: tuple[Node, ...] = ()) -> tuple[Step, ...]:
        """The last of the items that state a property, the first of all where none is named, that has words for it."""
        if properties:
            stated = self._history.stated(node, properties, frozenset(self._window.come))
            ranks = sorted({rank for pairs in stated.values() for rank, _ in pairs}, reverse=True)
            items: list[Node] = [NamedNode(name) for _, name in ranks]
        else:
            items = self._told.entities.get(node, [])
        for item in items:
            evidence = self._history.evidence(node, item)
            if evidence:
                return (Step("", self._window.rank[item][0], evidence),)
        return ()

    # ------------------------------------------------------------------------------------------ deals

    def _deals(self) -> None:
        for node in sorted(self._told.deals, key=str):
            move = self._history.move(node)
            if not move.steps:
                continue
            thing = self._deal(node)
            terms = self._terms(node, self._window.after)
            if move.was == move.now:
                before = self._terms(node, self._window.before)
                steps = self._first(node, _TERMS) if terms != before else ()
                if steps:
                    detail = f"{before or '–'} → {terms or '–'}"
                    self._found.append(Change("deal-terms", thing, move.was, move.now, detail=detail, steps=steps))
                continue
            group: Group
            if move.was:
                group = _ENDS.get(move.now, "deal-status")
            else:
                group = "rumours" if move.now in RUMOURS else "terminated" if move.now == "terminated" else "deals"
            hint = "" if move.was else self._same_round(node)
            detail = "; ".join(part for part in (self._trail(move.steps), terms, hint) if part)
            self._found.append(Change(group, thing, move.was, move.now, detail=detail, steps=move.steps))

    def _terms(self, node: Node, items: frozenset[Node]) -> str:
        """“49亿美元 (USD 4,900,000,000), valuation USD 1, stake 10%, announced on 2024-08-19”."""
        said = self._history.settled(node, AMOUNT, items) | self._history.settled(node, STATE, items)
        for predicate in (KG.stake, KG.announcedOn):
            said |= self._history.settled(node, (predicate,), items)
        currency = said.get(KG.currency, "")
        parts = []
        money = f"{currency} {Decimal(said[KG.amount]):,f}".strip() if KG.amount in said else ""
        if KG.amountText in said:
            parts.append(f"{said[KG.amountText]} ({money})" if money else said[KG.amountText])
        elif money:
            parts.append(money)
        if KG.valuation in said:
            worth = f"{currency} {Decimal(said[KG.valuation]):,f}".strip()
            parts.append(f"{self._say('估值', 'valuation')} {worth}")
        if KG.stake in said:
            parts.append(f"{self._say('比例', 'stake')} {(Decimal(said[KG.stake]) * 100).normalize():f}%")
        if KG.announcedOn in said:
            parts.append(f"{self._say('宣布于', 'announced on')} {said[KG.announcedOn]}")
        if KG.completedOn in said:
            parts.append(f"{self._say('完成于', 'completed on')} {said[KG.completedOn]}")
        return self._say("，", ", ").join(parts)

    def _deal(self, node: Node) -> Thing:
        """A deal by the names of its parties, of whatever item."""
        ends: dict[Node, set[str]] = {}
        rounds: set[str] = set()
        type_ = "Deal"
        for quad in self._store.quads(node):
            predicate: Node = quad.predicate
            if predicate in (KG.buyer, KG.target, KG.investor, KG.investee):
                ends.setdefault(predicate, set()).add(self._links.thing(words_of(quad.object)).label)
            elif predicate == KG.round:
                rounds.add(words_of(quad.object))
            elif predicate == RDF.type and local_name(quad.object) != "Deal":
                type_ = local_name(quad.object)
        if type_ == "Acquisition":
            by, of = sorted(ends.get(KG.buyer, ())), sorted(ends.get(KG.target, ()))
        else:
            by, of = sorted(ends.get(KG.investor, ())), sorted(ends.get(KG.investee, ()))
        who = self._join(by[:4])
        if len(by) > 4:
            who += self._say(f"等{len(by)}家", f" and {len(by) - 4} more")
        label = " → ".join(part for part in (who, self._join(of)) if part)
        return Thing(node.value, " ".join((label or item_id(node), *sorted(rounds)[:1])), type_)

    def _same_round(self, node: Node) -> str:
        """A new round beside an open one of the same firm, where one of the two has no name, may be that one."""
        if self._told.deals[node] != "FundingRound":
            return ""
        named = next(self._store.quads(node, KG.round), None) is not None
        for firm in {quad.object for quad in self._store.quads(node, KG.investee)}:
            for other in sorted({quad.subject for quad in self._store.quads(None, KG.investee, firm)}, key=str):
                if other == node or next(self._store.quads(other, RDF.type, KG.FundingRound), None) is None:
                    continue
                if named and next(self._store.quads(other, KG.round), None) is not None:
                    continue
                move = self._history.move(other)
                if move.was in OPEN:
                    told = f"{self._status(move.was)} {move.steps[0].day}".rstrip()
                    return self._say(
                        f"或即此前另一轮（{told}），来源未说明", f"perhaps the round that was {told}: no source says so"
                    )
        return ""

    # ------------------------------------------------------------------------------------------ the rest

    def _edges(self) -> None:
        shown = {one.what.iri for one in self._found}
        for (subject, relation, object_), said in self._told.edges.items():
            if relation in ("acquires", "investsIn") or (relation in _ABOUT_DOCUMENTS and subject.value in shown):
                continue
            known = self._store.quads(subject, KG[relation], object_)
            if any(quad.graph_name in self._window.before for quad in known):
                continue
            evidence = min(
                (self._history.of_claim(claim, item) for item, claim in said if item == said[0][0]),
                key=lambda one: (one.said == "headline", -one.confidence, one.start),
            )
            self._found.append(
                Change(
                    "amended" if relation == "amends" else "relations",
                    self._links.thing(subject.value),
                    relation=relation,
                    other=self._links.thing(object_.value),
                    detail=evidence.role or "",
                    steps=(Step("", self._window.rank[said[0][0]][0], (evidence,)),),
                )
            )

    def _bodies(self) -> None:
        """New companies and people stand with their deals and relations; bodies are told for themselves."""
        for node, type_ in self._told.types.items():
            if type_ in _DOCUMENTS or self._history.known(node):
                continue
            steps = self._first(node)
            if not steps:
                self._mentioned[type_] += 1
            elif type_ in ("Regulator", "Organization"):
                self._found.append(
                    Change("bodies", self._links.thing(node.value), detail=self._does(node), steps=steps)
                )

    def _does(self, node: Node) -> str:
        """Its first relation in words."""
        for subject, relation, object_ in self._told.near.get(node, ()):
            ends = self._links.thing(subject.value).label, self._links.thing(object_.value).label
            return f"{ends[0]} – {words(relation_word(relation), self._lang)} – {ends[1]}"
        return ""

    def _names(self) -> None:
        named_before = [node for node in self._told.types if self._history.known(node)]
        self._store.prefetch((node, predicate, None, None) for node in named_before for predicate in LABELS)
        for node in named_before:
            known = {ids.normalise(name) for name in self._history.labels(node, self._window.before)}
            fresh: dict[str, Node] = {}
            for predicate in LABELS:
                for quad in self._store.quads(node, predicate):
                    item: Node = quad.graph_name
                    name = words_of(quad.object)
                    if item in self._window and ids.normalise(name) not in known:
                        fresh[name] = min(item, fresh.get(name, item), key=lambda one: self._window.rank[one])
            for name, item in sorted(fresh.items()):
                step = self._history.calling(name, item)
                if step is not None:
                    self._found.append(Change("names", self._links.thing(node.value), detail=name, steps=(step,)))

    def _silent(self, linked: set[Node]) -> None:
        """What the first report left open and nothing has mentioned since."""
        self._store.prefetch((None, None, None, item) for item in self._window.first)
        open_: set[Node] = {
            quad.subject for item in self._window.first for quad in self._store.quads(None, KG.status, None, item)
        }
        unmoved = sorted(open_ - linked - self._told.deals.keys() - self._told.entities.keys(), key=str)
        self._store.prefetch((node, None, None, DEFAULT) for node in unmoved)
        self._store.prefetch(((node, KG.status, None, None) for node in unmoved), graphs=True)
        for node in unmoved:
            move = self._history.move(node)
            if move.was in OPEN | DRAFTS:
                document = type_of(self._store, node)
                thing = self._links.thing(node.value) if document else self._deal(node)
                self._found.append(Change("silent", thing, move.was, steps=move.steps))

    # ------------------------------------------------------------------------------------------ notes

    def _notes(self) -> list[str]:
        window, notes = self._window, []
        if window.swapped:
            notes.append(
                self._say(f"{window.since}在先，故以其为起点", f"{window.since} is the earlier, so it is the beginning")
            )
        if not window.come:
            notes.append(self._say("其间没有条目", "No item lies between the two"))
        elif not self._found:
            notes.append(self._say("没有变化", "Nothing changed"))
        if self._mentioned:
            counted = sorted(self._mentioned.items())
            joined = self._join(f"{words(concept(KG[type_].value), self._lang)} {count}" for type_, count in counted)
            notes.append(
                self._say(
                    f"另有首次提及而未见关系者：{joined}", f"Named for the first time, without a relation: {joined}"
                )
            )
        if self._history.unquoted:
            each = sorted(
                {
                    f"{self._links.thing(node.value).label} ({self._status(status)}, {item_id(item)})"
                    for node, status, item in self._history.unquoted
                }
            )
            joined = self._say("；", "; ").join(each)
            notes.append(self._say(f"无原文可引，未计入：{joined}", f"Not counted, since no words tell it: {joined}"))
        if len({one.run for one in window.reports}) > 1:
            names = self._join(one.id for one in window.reports)
            notes.append(
                self._say(
                    f"{names}由不同的规则读取，部分变化可能出自规则：可用 kg add --again 重读",
                    f"{names} were read by different rules, of which some changes may come: kg add --again reads anew",
                )
            )
        return notes
