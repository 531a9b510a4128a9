"""People's judgements on who is who, and their decisions on facts: a plain file, laid over what resolution found.

*same* makes one of two entities, *different* keeps two apart for good, *split* gives some of an entity's mentions (an
item's, or those by one name) a node of their own. Resolution itself knows nothing of them: they are applied to its
outcome, so that taking one back brings back what was. The order of the lines has no effect. *accept*, *reject*,
*fix* and *add* are decisions on one fact, which ``decisions.py`` lays over it first.

The file is a CSV that a spreadsheet opens. ``left_names`` and ``right_names`` are the ground of a judgement: the names
that the two went by when it was made.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from kg import ids
from kg.errors import ReadError, UsageError
from kg.items import (
    ENTITY_TYPES,
    PARTIES,
    RELATIONS,
    Claim,
    Deal,
    Entity,
    EntityType,
    ItemFacts,
    Label,
    Met,
    Source,
    Terms,
)
from kg.reference import Reference, Row
from kg.resolve import deals, decisions
from kg.resolve.names import language

Kind = Literal["same", "different", "split", "accept", "reject", "fix", "add"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DECISIONS: tuple[Kind, ...] = ("accept", "reject", "fix", "add")
_MADE = {"accept": "accepted", "reject": "rejected", "fix": "fixed", "add": "added"}
_QUOTED = 40  # characters of a quote that stand for it in a sentence
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
# a spreadsheet takes what begins so for a formula, and names come from texts that strangers write
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One line of the file. ``right`` of a split is the new node; ``item`` and ``name`` say which mentions go there.

    Of a decision, ``left`` and ``right`` are the ends of the claim as resolution found it, or as it was added. Where
    a sentence was found to tell nothing, there is no relation, and no ends.
    """

    judgement: Kind
    left: str
    right: str
    left_names: tuple[str, ...] = ()
    right_names: tuple[str, ...] = ()
    item: str = ""  # an item's id; of a split, empty for all items
    name: str = ""  # of a split: a form; empty for all forms
    note: str = ""
    author: str = ""
    time: str = ""  # ISO 8601
    relation: str = ""  # of a decision
    quote: str = ""
    changes: tuple[str, ...] = ()  # of fix and add: status=announced

    @property
    def effect(self) -> tuple[str, ...]:
        """What it does, without who said so and why."""
        return (
            self.judgement,
            self.left,
            self.right,
            self.item,
            self.name,
            self.relation,
            ids.normalise(self.quote),
            *self.changes,
        )

    @property
    def decides(self) -> bool:
        """Whether it is on a fact, and not on who is who."""
        return self.judgement in DECISIONS

    @property
    def claim_key(self) -> str:
        """By which it knows its claim, or its sentence."""
        return decisions.key(self.item, self.relation, self.left, self.right, self.quote)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The changes as (what, to what)."""
        return tuple((name, value) for name, _, value in (change.partition("=") for change in self.changes))

    @property
    def by(self) -> str:
        return ", ".join(part for part in (self.author, self.time[:10]) if part) or "nobody named"

    def __str__(self) -> str:
        left, right = (called(names, iri) for names, iri in self.sides)
        if self.decides:
            words = self.quote if len(self.quote) <= _QUOTED else f"{self.quote[: _QUOTED - 1]}…"
            if not self.relation:
                return f"“{words}” in {self.item} tells no fact ({self.by})"
            to = f": {', '.join(self._told)}" if self.changes else ""
            fact = f"{left} {self.relation} {right}"
            return f"{fact} is {_MADE[self.judgement]}{to}, by “{words}” in {self.item} ({self.by})"
        if self.judgement == "split":
            which = " ".join((f"by the name {self.name}" if self.name else "", f"in {self.item}" if self.item else ""))
            return f"{right} is apart from {left}, {which.strip()} ({self.by})"
        words = "are the same" if self.judgement == "same" else "are different"
        return f"{left} and {right} {words} ({self.by})"

    @property
    def _told(self) -> list[str]:
        """The changes for people: somebody by name, and not by address too."""
        pairs = dict(self.pairs)
        names = {side: pairs[f"{side}Name"] for side in ("subject", "object") if pairs.get(f"{side}Name")}
        shown = {
            name: names.get(name, value) for name, value in pairs.items() if name not in ("subjectName", "objectName")
        }
        return [f"{name}={value}" for name, value in shown.items()]

    @property
    def sides(self) -> tuple[tuple[tuple[str, ...], str], tuple[tuple[str, ...], str]]:
        return (self.left_names, self.left), (self.right_names, self.right)


COLUMNS = tuple(field.name for field in fields(Judgement))
_OLDER = COLUMNS[: COLUMNS.index("relation")]  # of files that are from before there were decisions


def _when(row: Judgement) -> tuple[str, tuple[str, ...]]:
    return row.time, row.effect


def called(names: Sequence[str], iri: str) -> str:
    return names[0] if names else iri.removeprefix(ids.BASE + "entity/")


# ------------------------------------------------------------------------------------------------------ the file


def read(path: Path) -> tuple[Judgement, ...]:
    """The judgements of a file, none where there is no file. ReadError names the line that can't be one."""
    try:
        return parsed(path, path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as fault:
        raise ReadError(f"{path} can't be read: {fault.strerror}") from fault


def parsed(path: object, data: bytes) -> tuple[Judgement, ...]:
    """The judgements of a file's content; ``path`` is what it is called where a line can't be one."""
    try:
        return tuple(_parse(path, data.decode("utf-8-sig")))
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise ReadError(f"{path}, line {line}, isn't UTF-8 text: save the table as CSV UTF-8") from fault


def _parse(path: object, text: str) -> Iterator[Judgement]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    seen: dict[tuple[str, ...], int] = {}
    try:
        head = next(lines, None)
        if head is not None and tuple(head) not in (COLUMNS, _OLDER):
            raise ReadError(f"{path}, line 1, must have the columns {','.join(COLUMNS)}")
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            one = _judgement(f"{path}, line {lines.line_num}", cells)
            if one.effect in seen:
                raise ReadError(f"{path}, line {lines.line_num}, says what line {seen[one.effect]} says: delete one")
            seen[one.effect] = lines.line_num
            yield one
    except csv.Error as fault:
        raise ReadError(f"{path}, line {lines.line_num}, is no line of a table: {fault}") from fault


def _judgement(where: str, cells: list[str]) -> Judgement:
    if len(cells) not in (len(COLUMNS), len(_OLDER)):
        raise ReadError(f"{where}, has {len(cells)} cells where {len(COLUMNS)} are wanted: mend it or delete it")
    cells = [*cells, *[""] * (len(COLUMNS) - len(cells))]
    cells = [cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell for cell in cells]
    kind, left, right, *rest = (cell.strip() for cell in cells)
    left_names, right_names, item, name, note, author, time, relation, quote, changes = rest
    which = next((known for known in KINDS if known == kind), None)
    if which is None:
        raise ReadError(f"{where}, has the judgement {kind or '(none)'}: it must be one of {', '.join(KINDS)}")
    if which in DECISIONS:
        one = Judgement(
            which, left, right, _split(left_names), _split(right_names), item, name, note, author, time,
            relation, quote, _split(changes),
        )  # fmt: skip
        if (fault := fault_of(one)) is not None:
            raise ReadError(f"{where}, {fault}: mend it or delete it")
        return one
    for iri in (left, right):
        if not iri.startswith(ids.BASE + "entity/"):
            raise ReadError(f"{where}, names {iri or 'nobody'}: an entity's address begins with {ids.BASE}entity/")
        if _NO_IRI.search(iri):
            raise ReadError(f"{where}, has the address {iri}, which has a space or a sign that no address has")
    if left == right:
        raise ReadError(f"{where}, has the same address twice: mend it or delete it")
    if relation or quote or changes:
        raise ReadError(f"{where}, has a fact, on which only a decision is: mend it or delete it")
    one = Judgement(which, left, right, _split(left_names), _split(right_names), item, name, note, author, time)
    if which == "split" and not (one.item or one.name):
        raise ReadError(f"{where}, splits without saying what: give it an item or a name")
    if which != "split" and (one.item or one.name):
        raise ReadError(f"{where}, has an item or a name, which only a split has: mend it or delete it")
    return one


def fault_of(one: Judgement) -> str | None:
    """What is wrong with a decision, in words; it may have been edited by hand."""
    if not one.item or not ids.normalise(one.quote):
        return "decides on a fact without its item and its words"
    if one.judgement == "reject" and not (one.relation or one.left or one.right):
        return None if not one.changes else "has changes, which a rejection hasn't"
    if one.relation not in (RELATIONS if one.judgement == "add" else (*RELATIONS, *PARTIES)):
        return f"has the relation {one.relation or '(none)'}"
    for iri in (one.left, one.right):
        if not iri.startswith(ids.BASE) or _NO_IRI.search(iri):
            return f"names {iri or 'nobody'}, which is no address of ours"
    if one.left == one.right:
        return "has the same address twice"
    if one.changes and one.judgement not in ("fix", "add"):
        return "has changes, which only fix and add have"
    if one.judgement == "fix" and not one.changes:
        return "fixes nothing"
    changes = dict(one.pairs)
    if changes.get("subject", one.left) == changes.get("object", one.right):
        return "relates something to itself"
    return decisions.amiss(one.pairs)


def written(rows: Iterable[Judgement]) -> bytes:
    """A file's content. It begins with a mark by which spreadsheets know UTF-8."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in rows:
        cells = (getattr(one, name) for name in COLUMNS)
        texts = ("|".join(name.replace("|", "/") for name in c) if isinstance(c, tuple) else str(c) for c in cells)
        table.writerow("'" + text if text.startswith(_FORMULA) else text for text in texts)
    return out.getvalue().encode("utf-8-sig")


def together(mine: Sequence[Judgement], before: Sequence[Judgement], theirs: Sequence[Judgement]) -> list[Judgement]:
    """My judgements and other people's: theirs, without what I took back and with what I made since ``before``."""
    known, kept = {row.effect for row in before}, {row.effect for row in mine}
    rows = [row for row in theirs if row.effect in kept or row.effect not in known]
    there = {row.effect for row in theirs}
    return rows + [row for row in mine if row.effect not in known and row.effect not in there]


def _split(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split("|") if name)


# ---------------------------------------------------------------------------------------------------- the layer


class Judgements:
    """A set of judgements that agree with each other, and what they make of facts.

    UsageError names the judgements that contradict each other.
    """

    def __init__(self, rows: Iterable[Judgement], reference: Reference | None = None) -> None:
        self.rows = tuple(rows)
        self._reference = reference
        self._parent: dict[str, str] = {}
        for one in self.rows:
            if one.judgement == "same":
                self._join(one.left, one.right)
        clusters: dict[str, set[str]] = defaultdict(set)
        for iri in self._parent:
            clusters[self._root(iri)].add(iri)
        self._clusters = {iri: frozenset(clusters[self._root(iri)]) for iri in self._parent}
        self._canonical: dict[frozenset[str], str] = {}
        self._splits: dict[str, list[Judgement]] = defaultdict(list)
        # what is said of an item outranks what is said of a name, so that the order of the lines has no effect
        for one in sorted((row for row in self.rows if row.judgement == "split"), key=lambda r: (not r.item, r.effect)):
            self._splits[one.left].append(one)
        self._same: dict[str, list[Judgement]] = defaultdict(list)
        self._apart: dict[tuple[str, str], Judgement] = {}
        self._decisions: dict[str, dict[str, Judgement]] = defaultdict(dict)  # by item and key
        for one in self.rows:
            if one.judgement == "same":
                self._same[one.left].append(one)
                self._same[one.right].append(one)
                continue
            if one.decides:
                self._decide(one)
                continue
            left, right = sorted((self._root(one.left), self._root(one.right)))
            self._apart.setdefault((left, right), one)
            if one.right in self.cluster(one.left):
                raise UsageError(f"{one}, but {self._chain(one.left, one.right)}: take one of them back (kg undo)")
        self._concerned = {
            iri for row in self.rows if row.judgement in ("same", "split") for iri in (row.left, row.right)
        }

    def _decide(self, one: Judgement) -> None:
        there = self._decisions[one.item].setdefault(one.claim_key, one)
        if there is not one:
            raise UsageError(f"{one}, but {there}: take one of them back (kg undo)")

    def decisions(self, item: str) -> list[Judgement]:
        """Those on the facts of an item."""
        return list(self._decisions[item].values()) if item in self._decisions else []

    def decided(self, item: str, key: str) -> Judgement | None:
        """The decision on a claim, or a sentence, by its key."""
        return self._decisions[item].get(key) if item in self._decisions else None

    @cached_property
    def reference(self) -> Reference:
        return self._reference or Reference.load()

    def __len__(self) -> int:
        return len(self.rows)

    def _root(self, iri: str) -> str:
        while (parent := self._parent.get(iri, iri)) != iri:
            iri = parent
        return iri

    def _join(self, left: str, right: str) -> None:
        self._parent.setdefault(left, left)
        self._parent.setdefault(right, right)
        first, second = sorted((self._root(left), self._root(right)))
        self._parent[second] = first

    def cluster(self, iri: str) -> frozenset[str]:
        """All that are the same as an entity, itself among them."""
        return self._clusters.get(iri, frozenset((iri,)))

    def canonical(self, iri: str) -> str:
        """The address that stands for all that are the same: a row's of the reference data, else the one that was
        named first when two of them were first judged to be the same."""
        together = self._clusters.get(iri)
        if together is None:
            return iri
        if together not in self._canonical:
            rows = sorted(each for each in together if self.row(each) is not None)
            first = min((row for each in together for row in self._same[each]), key=_when)
            self._canonical[together] = rows[0] if rows else first.left
        return self._canonical[together]

    def name(self, iri: str) -> str | None:
        """What an entity was called when it was first judged to be the same as another."""
        named = (names for row in sorted(self._same[iri], key=_when) for names, each in row.sides if each == iri)
        return next((names[0] for names in named if names), None)

    def row(self, iri: str) -> Row | None:
        return self.reference.by_id.get(iri.removeprefix(ids.reference("")))

    def different(self, left: str, right: str) -> Judgement | None:
        """The judgement that keeps two apart, be it made on them or on others that are the same as they."""
        one, other = sorted((self._root(left), self._root(right)))
        return self._apart.get((one, other))

    def _chain(self, left: str, right: str) -> str:
        """The judgements by which two are the same, from the one to the other."""
        before: dict[str, Judgement] = {}
        edge = [left]
        while edge and right not in before:
            at = edge.pop(0)
            for row in self._same[at]:
                to = row.right if row.left == at else row.left
                if to not in before and to != left:
                    before[to] = row
                    edge.append(to)
        found: list[Judgement] = []
        at = right
        while at != left and at in before:
            found.append(before[at])
            at = before[at].left if before[at].right == at else before[at].right
        return " and ".join(str(row) for row in reversed(found))

    def touched(self, since: Judgements) -> set[str]:
        """The entities of which these may make something else than others did."""
        touched: set[str] = set()
        for row in self._changed(since):
            if not row.decides:
                for iri in (row.left, row.right):
                    touched |= self.cluster(iri) | since.cluster(iri)
        return touched

    def touched_items(self, since: Judgements) -> set[str]:
        """The items on whose facts these decide otherwise than others did."""
        return {row.item for row in self._changed(since) if row.decides}

    def _changed(self, since: Judgements) -> list[Judgement]:
        mine, theirs = {row.effect: row for row in self.rows}, {row.effect: row for row in since.rows}
        # who judged, and when, stands in the reasons
        return [
            row for one, other in ((mine, theirs), (theirs, mine)) for key, row in one.items() if row != other.get(key)
        ]

    def apply(self, facts: Sequence[ItemFacts], source: Source | None = None) -> list[ItemFacts]:
        """What the judgements make of what resolution found; what they don't concern is handed on as it is.

        Facts that people added are searched in the report's text.
        """
        return [self._applied(said, source) for said in facts]

    def _applied(self, said: ItemFacts, source: Source | None) -> ItemFacts:
        rows = self.decisions(said.item.id)
        if rows:
            said = decisions.apply(said, rows, source, self)
        return _Item(said, self).made() if self._concerns(said) else said

    def _concerns(self, said: ItemFacts) -> bool:
        return any(entity.iri in self._concerned for entity in said.entities)

    def splits(self, iri: str, item: str) -> list[Judgement]:
        return [row for row in self._splits.get(iri, ()) if not row.item or row.item == item]

    def why(self, met: Met, raw: str, target: str) -> Met:
        """A form with the judgements for which it is taken for another entity than resolution took it for."""
        said = []
        if target != raw:
            row = next(row for row in self._splits[raw] if row.right == target)
            said.append(f"judged apart from {called(row.left_names, row.left)} by {row.by}")
        if self.canonical(target) != target:
            row = min(self._same[target], key=_when)
            names, iri = row.sides[1 if row.left == target else 0]
            said.append(f"judged the same as {called(names, iri)} by {row.by}")
        return Met(met.form, "; ".join((*said, met.reason)), raw) if said else met

    def type_of(self, iri: str, default: EntityType) -> EntityType:
        """The class of an entity, which its address tells, so that it is one in all items."""
        row = self.row(iri)
        if row is not None:
            return row.type
        part = iri.removeprefix(ids.BASE + "entity/").partition("/")[0]
        return next((type_ for type_ in ENTITY_TYPES if type_.lower() == part), default)


@dataclass(slots=True)
class _Item:
    """One item under judgement."""

    said: ItemFacts
    judgements: Judgements
    # where the mentions of an entity go: by its form, and where a sentence's form isn't known
    _by_form: dict[tuple[str, str], str] = field(default_factory=dict)
    _default: dict[str, str] = field(default_factory=dict)

    def made(self) -> ItemFacts:
        entities = self._entities()
        claims, deals_ = self._claims_and_deals()
        return ItemFacts(
            self.said.item, entities, deals_, claims, list(self.said.warnings), list(self.said.open_sentences)
        )

    def _to(self, raw: str, form: str | None) -> str:
        return self._by_form.get((raw, ids.normalise(form or "")), self._default.get(raw, raw))

    # ---------------------------------------------------------------------------------------------- entities

    def _entities(self) -> list[Entity]:
        groups: dict[str, list[Entity]] = defaultdict(list)
        for entity in self.said.entities:
            for target, part in self._parts(entity):
                groups[self.judgements.canonical(target)].append(part)
        return [self._one(iri, parts) for iri, parts in groups.items()]

    def _parts(self, entity: Entity) -> Iterator[tuple[str, Entity]]:
        """An entity, or what splits make of it, each under its new address."""
        j, raw = self.judgements, entity.iri
        rows = j.splits(raw, self.said.item.id)
        met = entity.met or (Met(entity.label.text, entity.reason or "its name"),)
        forms: dict[str, list[Met]] = defaultdict(list)
        for one in met:
            form = ids.normalise(one.form)
            target = next((r.right for r in rows if not r.name or ids.normalise(r.name) == form), raw)
            forms[target].append(one)
            self._by_form[raw, form] = j.canonical(target)
        # a sentence whose form isn't known stays with the entity that was there, as long as anything of it stays
        rest = raw if raw in forms else next(iter(forms))
        self._default[raw] = j.canonical(rest)
        taken = {ids.normalise(row.name) for row in rows if row.name}
        for target, mets in forms.items():
            why = tuple(j.why(one, raw, target) for one in mets)
            if target == raw:
                yield (
                    target,
                    replace(
                        _without(entity, taken, mets),
                        met=why if entity.met or any(one.instead_of for one in why) else (),
                    ),
                )
                continue
            row = next(r for r in rows if r.right == target)
            names = list(dict.fromkeys([*([row.name] if row.name else []), *(one.form for one in mets)]))
            label, *others = (Label(name, language(name)) for name in names)
            whole = entity if target == rest else Entity(raw, entity.type, label)
            yield target, replace(whole, iri=target, label=label, labels=(), aliases=tuple(others), met=why)

    def _one(self, iri: str, parts: list[Entity]) -> Entity:
        """What an item says of entities that are one; the words of the one whose address stands come first."""
        j = self.judgements
        parts = sorted(parts, key=lambda part: part.iri != iri)
        first = parts[0]
        if len(parts) == 1 and first.iri == iri:
            return first
        labels = [first.label, *first.labels]
        names = [label for part in parts for label in (part.label, *part.labels, *part.aliases)]
        row, called = j.row(iri), j.name(iri)
        if first.iri == iri:
            pass
        elif row is not None:
            labels = _labels(row)
            names += [Label(name, language(name)) for name in row.strong_names]
        elif called:
            labels = [Label(called, language(called))]
        one = replace(first, iri=iri, type=j.type_of(iri, first.type), label=labels[0])
        spoken = dict.fromkeys(label.lang for label in labels)
        for label in names:
            # a language that the first has no name in
            if label.lang not in spoken and any(label in (p.label, *p.labels) for p in parts):
                spoken[label.lang] = None
                labels.append(label)
        one.labels = tuple(labels[1:])
        preferred = {label.text for label in labels}
        others: dict[str, Label] = {}
        for label in names:
            if label.text not in preferred:
                others.setdefault(label.text, label)
        one.aliases = tuple(others.values())
        one.met = tuple(dict.fromkeys(met for part in parts for met in part.met))
        for name in ("kind", "status", "issued", "effective", "number", "place"):
            setattr(one, name, next((getattr(part, name) for part in parts if getattr(part, name)), None))
        return one

    # ------------------------------------------------------------------------------------- claims and deals

    def _claims_and_deals(self) -> tuple[list[Claim], list[Deal]]:
        old = {deal.iri: deal for deal in self.said.deals}
        claims: list[Claim] = []
        about: dict[str, list[tuple[Claim, Claim]]] = defaultdict(list)
        for claim in self.said.claims:
            if claim.relation in PARTIES and claim.subject in old:
                # of a deal whose other party nobody names, the deal itself is the subject
                deal, party = old[claim.subject], self._to(claim.object, claim.object_form)
                iri = self._alone(deal, party)
                claims.append(replace(claim, subject=iri, object=party, deal=iri))
                about[deal.iri].append((claim, claims[-1]))
                continue
            subject, object_ = self._to(claim.subject, claim.subject_form), self._to(claim.object, claim.object_form)
            if subject == object_:
                continue  # nobody acquires himself, and no body is part of itself
            new = replace(claim, subject=subject, object=object_)
            if claim.deal in old:
                deal = old[claim.deal]
                new = replace(new, deal=self._deal_iri(deal, subject, object_))
                about[deal.iri].append((claim, new))
            claims.append(new)
        merged: dict[str, list[Deal]] = defaultdict(list)
        for deal in self.said.deals:
            for new_deal in self._deals(deal, about[deal.iri]):
                merged[new_deal.iri].append(new_deal)
        return claims, [_merged(same) for same in merged.values()]

    def _deal_iri(self, deal: Deal, subject: str, object_: str) -> str:
        if deal.type == "Acquisition":
            return ids.acquisition(subject, object_)
        if deal.part_of is not None:
            return ids.participation(self._round(deal.part_of, deal.investee, object_), subject)
        return self._round(deal.iri, deal.investee, object_)

    def _alone(self, deal: Deal, party: str) -> str:
        """The address of a deal with one known party."""
        return ids.purchase(party) if deal.investee is None else self._round(deal.iri, deal.investee, party)

    @staticmethod
    def _round(iri: str, before: str | None, after: str) -> str:
        """A round's address with another investee."""
        head = ids.funding_round(before or "", None).removesuffix("round")
        return ids.funding_round(after, None).removesuffix("round") + iri.removeprefix(head)

    def _deals(self, deal: Deal, about: list[tuple[Claim, Claim]]) -> Iterator[Deal]:
        """A deal under its new parties: more than one where its sentences now tell of different ones."""
        if deal.type == "Acquisition":
            pairs = dict.fromkeys((new.subject, new.object) for _, new in about)
            if not pairs:
                pairs[self._to(deal.buyer or "", None), self._to(deal.target or "", None)] = None
            for buyer, target in pairs:
                if buyer != target:
                    yield replace(deal, iri=ids.acquisition(buyer, target), buyer=buyer, target=target)
            return
        if deal.investee is None:
            targets = dict.fromkeys(new.object for _, new in about) or {self._to(deal.target or "", None): None}
            for target in targets:
                yield replace(deal, iri=ids.purchase(target), target=target)
            return
        investees = dict.fromkeys(new.object for _, new in about) or {self._to(deal.investee or "", None): None}
        for investee in investees:
            told: dict[str, dict[str, None]] = defaultdict(dict)
            for claim, new in about:
                if new.object == investee:
                    told[claim.subject][new.subject] = None
            moved = {
                raw: [to for to in (told.get(raw) or {self._to(raw, None): None}) if to != investee]
                for raw in dict.fromkeys((*deal.investors, *deal.leads))
            }
            investors = tuple(dict.fromkeys(to for raw in deal.investors for to in moved[raw]))
            leads = tuple(dict.fromkeys(to for raw in deal.leads for to in moved[raw]))
            new_deal = replace(deal, investee=investee, investors=investors, leads=leads)
            if deal.part_of is None:
                yield replace(new_deal, iri=self._round(deal.iri, deal.investee, investee))
                continue
            part_of = self._round(deal.part_of, deal.investee, investee)
            for investor in investors:
                yield replace(
                    new_deal,
                    iri=ids.participation(part_of, investor),
                    investors=(investor,),
                    leads=tuple(lead for lead in leads if lead == investor),
                    part_of=part_of,
                )


def _merged(same: list[Deal]) -> Deal:
    first = same[0]
    if len(same) == 1:
        return first
    terms: list[tuple[Terms, bool]] = [(deal.terms, False) for deal in same]
    return replace(
        first,
        terms=deals.merge(terms, first.terms.status or "announced"),
        investors=tuple(dict.fromkeys(i for deal in same for i in deal.investors)),
        leads=tuple(dict.fromkeys(i for deal in same for i in deal.leads)),
    )


def _without(entity: Entity, names: set[str], met: list[Met]) -> Entity:
    """An entity without names that another goes by now."""
    if not names:
        return entity
    aliases = tuple(label for label in entity.aliases if ids.normalise(label.text) not in names)
    labels = tuple(label for label in entity.labels if ids.normalise(label.text) not in names)
    label = entity.label
    if ids.normalise(label.text) in names:
        # what it is called elsewhere in the item
        label = max((Label(m.form, language(m.form)) for m in met), key=lambda one: (one.lang == "zh", len(one.text)))
        aliases = tuple(one for one in aliases if one.text != label.text)
    return replace(entity, label=label, labels=labels, aliases=aliases)


def _labels(row: Row) -> list[Label]:
    found = [Label(row.name_zh, "zh")] if row.name_zh else []
    found += [Label(row.name_en, "en")] if row.name_en else []
    if row.name_hant and row.name_hant != row.name_zh:
        found.append(Label(row.name_hant, "zh-Hant"))
    return found
