"""The same reports in two stores: which facts differ because the text does, and which because regkg's rules do.

A store keeps of each report the digest of its file, that of the text that was read from it, and the run that read it;
a run's name is a digest of regkg's version, rules, model and reference data. So what is known of a report's
differences is known from these three: where the text is the same, the rules are the cause; where the run is the same,
the text is. Where both differ, each fact is looked at by itself: its words are searched in both texts. If all of them
stand in both, the text gave no reason, and the rules are the cause; else the text is.

What people judged and decided on one of the stores, and not on the other, is known too: a fact whose words somebody
decided on, or whose ends somebody judged, differs by that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pyoxigraph import NamedNode

from kg import ids
from kg.errors import QueryError
from kg.graph.facts import COMPLETED_EDGES, LABELS, Node, Object, evidence, of_class
from kg.graph.store import Store
from kg.items import ENTITY_TYPES, RELATIONS, squeeze
from kg.printing import number
from kg.query.concepts import concept
from kg.query.entity import Evidence, evidence_of, item_id, label_of, local_name, words_of
from kg.query.result import Column, Concept, Result, Row, Thing, words
from kg.settings import Place
from kg.vocab import DCTERMS, KG, PROV, RDF, SCHEMA

Cause = Literal["people", "rules", "text", "either", "neither"]
#: The headings, in this order.
CAUSES: dict[Cause, tuple[str, str]] = {
    "people": ("因人工判断或复核而变", "Changed by people's judgements and decisions"),
    "rules": ("因规则而变：原文未变", "Changed by regkg's rules: the words are the same"),
    "text": ("因原文而变", "Changed by the text"),
    "either": ("原文与规则均已变，无从分辨", "By the text or the rules: there are no texts to tell by"),
    "neither": (
        "原文与规则均未变：条目被移除或人工更改",
        "By neither: items were removed, or people decided otherwise",
    ),
}
_KINDS = ("relation", "property", "entity", "name", "item")
_EDGES = frozenset(KG[name] for name in RELATIONS)
_TYPES = frozenset(KG[name] for name in ENTITY_TYPES)
# what stands in the relations already, or only follows from them
_IMPLIED = frozenset(
    {KG.buyer, KG.target, KG.investor, KG.investee, KG.mentions, DCTERMS.isPartOf, RDF.type, *COMPLETED_EDGES, *LABELS}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact of one report that only one store has, or of which they have different values."""

    cause: Cause
    report: str
    kind: str  # one of relation, property, entity, name, item
    what: Thing
    property: Concept
    was: str = ""
    now: str = ""
    evidence: tuple[Evidence, ...] = ()  # where the newer store has the fact, its words; else those of the older


@dataclass(slots=True)
class Rereading:
    old: str
    new: str
    differences: list[Difference]
    notes: list[str]

    def result(self, lang: str = "zh") -> Result:
        columns = (
            Column("report", "报告", "Report"),
            Column("what", "事项", "What", "thing"),
            Column("property", "属性", "Property", "concept"),
            Column("was", "旧", "Was"),
            Column("now", "新", "Now"),
        )
        rows = [
            Row((one.report, one.what, one.property, one.was, one.now), one.evidence, CAUSES[one.cause][lang != "zh"])
            for one in self.differences
        ]
        asked = (("旧", self.old), ("新", self.new)) if lang == "zh" else (("older", self.old), ("newer", self.new))
        return Result("diff", "同一报告的两次读取", "The same reports, read twice", columns, rows, asked, self.notes)


def opened(path: Place) -> Store:
    """A store for reading, or an export of one (.nq, .trig, .jsonld), which has the graph and not the texts."""
    if isinstance(path, Path) and path.exists() and not path.is_dir():
        return Store.exported(path)
    return Store.open(path)


def compare(old: Store, new: Store, lang: str = "zh") -> Rereading:
    """What the newer store says otherwise of the reports that both have; QueryError where they have none together."""
    before = {one.id for one in old.reports()}
    after = {one.id for one in new.reports()}
    both = sorted(before & after)
    if not both:
        raise QueryError("the two stores have no report in common: there is nothing to compare")
    people = _People.between(old, new)
    found: list[Difference] = []
    states: Counter[str] = Counter()
    versions: set[tuple[str, str]] = set()
    quotes = 0
    for id_ in both:
        pair = _Pair(id_, _Read(old, id_, lang), _Read(new, id_, lang), lang, people)
        found += pair.differences()
        quotes += pair.requoted
        states[pair.state] += 1
        if pair.old.run != pair.new.run:
            versions.add((pair.old.version, pair.new.version))
    order = list(CAUSES)
    found.sort(
        key=lambda one: (
            order.index(one.cause),
            one.report,
            _KINDS.index(one.kind),
            one.what.label,
            one.what.iri,
            one.property.name,
            one.was,
            one.now,
        )
    )
    name = (str(old.place or "–"), str(new.place or "–"))
    return Rereading(*name, found, _notes(found, states, versions, quotes, before - after, after - before, lang))


@dataclass(slots=True)
class _Read:
    """A report as one store has it."""

    store: Store
    id: str
    lang: str
    digest: str = ""
    text_digest: str = ""
    run: str = ""
    version: str = ""
    edges: dict[tuple[Node, str, Node], list[Evidence]] = field(default_factory=dict)
    statuses: dict[tuple[Node, str, Node], set[str]] = field(default_factory=dict)  # of the deals of edges
    properties: dict[tuple[Node, Node], set[str]] = field(default_factory=dict)
    types: dict[Node, str] = field(default_factory=dict)
    names: dict[Node, set[str]] = field(default_factory=lambda: defaultdict(set))
    items: dict[Node, str] = field(default_factory=dict)  # and their titles
    about: dict[Node, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    deals: set[Node] = field(default_factory=set)
    text: str | None = None

    def __post_init__(self) -> None:
        node = NamedNode(ids.report(self.id))
        said = {quad.predicate: quad.object for quad in self.store.quads(node, None, None, node)}
        self.digest, self.text_digest = (words_of(said[p]) if p in said else "" for p in (KG.digest, KG.textDigest))
        self.run = words_of(said[PROV.wasGeneratedBy]) if PROV.wasGeneratedBy in said else ""
        for quad in self.store.quads(None, SCHEMA.softwareVersion, None, node):
            self.version = words_of(quad.object)
        source = self.store.source(self.id)
        self.text = squeeze(source.text) if source is not None else None
        for item in self.store.items_of(self.id):
            self._item(item)

    def _item(self, item: Node) -> None:
        said: dict[Node, dict[Node, Object]] = defaultdict(dict)
        quads = list(self.store.quads(None, None, None, item))
        claims = of_class(quads, KG.Claim)
        apart = of_class(quads, KG.Jurisdiction) | evidence(quads) - claims
        for quad in quads:
            subject, predicate = quad.subject, quad.predicate
            value: Object = quad.object
            if subject in claims:
                said[subject][predicate] = value
            elif subject == item:
                if predicate == DCTERMS.title:
                    self.items[item] = words_of(value)
            elif subject in apart or predicate in _EDGES:
                continue  # an edge is read from its claims
            elif predicate == RDF.type:
                if value in _TYPES:
                    self.types[subject] = local_name(value)
                else:
                    self.deals.add(subject)
            elif predicate in LABELS:
                self.names[subject].add(words_of(value))
            elif predicate not in _IMPLIED:
                self.properties.setdefault((subject, predicate), set()).add(self._shown(value))
        for claim in sorted(said, key=str):
            of = said[claim]
            edge = (of[RDF.subject], local_name(of[RDF.predicate]), of[RDF.object])
            found = evidence_of(self.store, item, of)
            self.edges.setdefault(edge, []).append(found)
            ends = {edge[0], edge[2]}
            if KG.about in of:
                ends.add(of[KG.about])
                for quad in self.store.quads(of[KG.about], KG.status, None, item):
                    self.statuses.setdefault(edge, set()).add(self._shown(quad.object))
            for end in ends:
                self.about[end].append(found)

    def _shown(self, value: Object) -> str:
        """A value in words: a name, a concept's label, a literal's text."""
        if not isinstance(value, NamedNode):
            return words_of(value)
        if value.value.startswith(ids.BASE):
            return label_of(self.store, value, self.lang)
        return words(concept(value.value), self.lang)

    def thing(self, node: Node) -> Thing:
        """An entity by its name, a deal by its parties."""
        if node not in self.deals:
            return Thing(node.value, label_of(self.store, node, self.lang), self.types.get(node, ""))
        names = []
        for role in (KG.buyer, KG.target, KG.investee):  # of a round, the firm: who invests may be many
            parties = {quad.object for quad in self.store.quads(node, role)}
            if parties:
                names.append(", ".join(sorted(label_of(self.store, party, self.lang) for party in parties)))
        return Thing(node.value, " → ".join(names) or item_id(node), "Deal")

    def target(self, edge: tuple[Node, str, Node]) -> str:
        """Whom a relation is with, and how far their deal has come."""
        status = ", ".join(sorted(self.statuses.get(edge, ())))
        return self.thing(edge[2]).label + (f" ({status})" if status else "")


@dataclass(frozen=True, slots=True)
class _People:
    """What people judged and decided on one store and not on the other."""

    words: frozenset[str] = frozenset()  # the quotes of facts that they decided on
    names: frozenset[str] = frozenset()  # the addresses that they judged

    @classmethod
    def between(cls, old: Store, new: Store) -> _People:
        from kg.identity import obeyed

        for store in (old, new):
            if store.place is None or (isinstance(store.place, Path) and not store.place.is_dir()):
                return cls()  # an export doesn't say
        before, after = obeyed(old), obeyed(new)
        if before is None or after is None:
            return cls()
        changed = {row.effect: row for row in (*before.rows, *after.rows)}
        both = {row.effect for row in before.rows} & {row.effect for row in after.rows}
        words = frozenset(
            ids.normalise(row.quote) for effect, row in changed.items() if row.decides and effect not in both
        )
        return cls(words, frozenset(after.touched(before)))

    def told(self, quotes: Iterable[str]) -> bool:
        return any(ids.normalise(quote) in self.words for quote in quotes)


class _Pair:
    def __init__(self, id_: str, old: _Read, new: _Read, lang: str, people: _People) -> None:
        self._people = people
        self.id, self.old, self.new = id_, old, new
        self._lang = lang
        self._same_text = old.text_digest == new.text_digest
        self._same_file = old.digest == new.digest
        self._same_rules = old.run == new.run
        self.requoted = sum(
            {squeeze(one.quote) for one in old.edges[edge]} != {squeeze(one.quote) for one in new.edges[edge]}
            for edge in old.edges.keys() & new.edges.keys()
        )

    @property
    def state(self) -> str:
        if self._same_text:
            return "neither" if self._same_rules else "rules"
        if self._same_file:
            return "reader"
        return "text" if self._same_rules else "both"

    def _cause(self, told: Iterable[str], ends: Iterable[str] = ()) -> Cause:
        """Of one difference, by the words that tell the fact in either store, and by its ends."""
        told = list(told)
        if self._people.told(told) or not self._people.names.isdisjoint(ends):
            return "people"
        if self.state in ("neither", "rules", "text"):
            return self.state  # type: ignore[return-value]
        if self.state == "reader":
            return "rules"
        if self.old.text is None or self.new.text is None:
            return "either"
        said = {squeeze(text) for text in told}
        return "rules" if said and all(text in self.old.text and text in self.new.text for text in said) else "text"

    def differences(self) -> Iterator[Difference]:
        yield from self._edges()
        yield from self._properties()
        yield from self._entities()
        yield from self._names()
        yield from self._items()

    def _made(
        self,
        kind: str,
        what: Thing,
        property_: Concept,
        was: str,
        now: str,
        told: Iterable[str],
        evidence: Iterable[Evidence] = (),
        ends: Iterable[str] = (),
    ) -> Difference:
        return Difference(
            self._cause(told, (what.iri, *ends)), self.id, kind, what, property_, was, now, tuple(evidence)[:1]
        )

    def _edges(self) -> Iterator[Difference]:
        for edge in self.old.edges.keys() ^ self.new.edges.keys():
            gone = edge in self.old.edges
            side = self.old if gone else self.new
            evidence = side.edges[edge]
            told = [one.quote for one in evidence]
            was, now = (side.target(edge), "") if gone else ("", side.target(edge))
            relation = concept(KG[edge[1]].value)
            yield self._made("relation", side.thing(edge[0]), relation, was, now, told, evidence, (edge[2].value,))

    def _properties(self) -> Iterator[Difference]:
        """Of what both have: that a new thing has properties too needs no saying."""
        both = (self.old.types.keys() & self.new.types.keys()) | (self.old.deals & self.new.deals)
        for subject, predicate in self.old.properties.keys() | self.new.properties.keys():
            was = self.old.properties.get((subject, predicate), set())
            now = self.new.properties.get((subject, predicate), set())
            if subject in both and was != now:
                before, after = self.old.about.get(subject, []), self.new.about.get(subject, [])
                yield self._made(
                    "property",
                    (self.new if subject in self.new.types or subject in self.new.deals else self.old).thing(subject),
                    concept(predicate.value),
                    ", ".join(sorted(was)),
                    ", ".join(sorted(now)),
                    [one.quote for one in (*before, *after)],
                    after or before,
                )

    def _entities(self) -> Iterator[Difference]:
        kind = Concept("type", "类别", "type")
        for node in self.old.types.keys() | self.new.types.keys():
            types = [side.types.get(node, "") for side in (self.old, self.new)]
            if types[0] != types[1]:
                side = self.new if types[1] else self.old
                was, now = (words(concept(KG[type_].value), self._lang) if type_ else "" for type_ in types)
                names = side.names.get(node, set())
                # the names that the reference data adds stand in no text
                told = [name for name in sorted(names) if side.text is not None and squeeze(name) in side.text]
                yield self._made("entity", side.thing(node), kind, was, now, told, side.about.get(node, []))

    def _names(self) -> Iterator[Difference]:
        kind = Concept("name", "名称", "name")
        for node in self.old.types.keys() & self.new.types.keys():
            was, now = self.old.names.get(node, set()), self.new.names.get(node, set())
            for name in was ^ now:
                gone = name in was
                side = self.old if gone else self.new
                # a name that neither text has comes of the reference data
                nowhere = all(one.text is not None and squeeze(name) not in one.text for one in (self.old, self.new))
                was_now = (name, "") if gone else ("", name)
                one = self._made("name", self.new.thing(node), kind, was_now[0], was_now[1], [name])
                if nowhere and not self._same_rules:
                    one = replace(one, cause="rules")
                quoted = [each for each in side.about.get(node, []) if squeeze(name) in squeeze(each.quote)]
                yield replace(one, evidence=tuple(quoted[:1]))

    def _items(self) -> Iterator[Difference]:
        kind = Concept("item", "条目", "item")
        for item in self.old.items.keys() ^ self.new.items.keys():
            gone = item in self.old.items
            title = (self.old if gone else self.new).items[item]
            what = Thing(item.value, item_id(item), "Item")
            was, now = (title, "") if gone else ("", title)
            yield self._made("item", what, kind, was, now, [title])


def _notes(
    found: list[Difference],
    states: Counter[str],
    versions: set[tuple[str, str]],
    quotes: int,
    gone: set[str],
    come: set[str],
    lang: str,
) -> list[str]:
    zh = lang == "zh"
    said = {
        "neither": ("原文与规则均未变", "the same text, read by the same rules"),
        "rules": ("原文未变，规则已变", "the same text, read by other rules"),
        "reader": ("文件未变，读取程序已变", "the same file, of which another text was read: regkg's reader changed"),
        "text": ("原文已变，规则未变", "another text, read by the same rules"),
        "both": ("原文与规则均已变", "another text, read by other rules"),
    }
    notes = []
    if not found:
        notes.append("没有变化" if zh else "Nothing changed")
    for state, words_ in said.items():
        if states[state]:
            notes.append(
                f"{words_[0]}：{states[state]}份报告" if zh else f"{words_[1]}: {number(states[state], 'report')}"
            )
    other = sorted(f"{a or '?'} → {b or '?'}" for a, b in versions if a != b)
    if other:
        notes.append(("regkg 版本：" if zh else "regkg: ") + ", ".join(other))
    if quotes:
        notes.append(
            f"另有{quotes}项关系未变而引文不同"
            if zh
            else f"{number(quotes, 'relation')} stayed, with other words as evidence"
        )
    for ids_, words_ in ((gone, ("仅旧库有", "only in the older")), (come, ("仅新库有", "only in the newer"))):
        if ids_:
            shown = ", ".join(sorted(ids_)[:5]) + (", …" if len(ids_) > 5 else "")
            notes.append(f"{words_[0]}：{shown}" if zh else f"{words_[1]}: {shown}")
    return notes
