"""Who is who by people's judgement, on a store: what ``kg same``, ``different``, ``split``, ``undo`` and
``judgements`` call. Decisions on facts (``kg.review``) stand in the same file, and go the same way.

The judgements lie beside the store, in ``STORE.judgements.csv``, so that they outlive it: a store made anew from the
reports obeys them again. In the store lies a copy of those that it has obeyed last; where the two differ, as when
somebody has edited the file, ``replay`` makes the items concerned anew. A file that is missing is written again from
that copy: a judgement is taken back by deleting its line, and not by losing the file.
"""

from __future__ import annotations

import getpass
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pyoxigraph import NamedNode

from kg import ids
from kg.address import Address
from kg.errors import KgError, ReadError, UsageError
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.files import write_whole
from kg.graph.store import Store
from kg.items import RELATIONS, ItemFacts, Source
from kg.query.entity import find, label_of, type_of
from kg.resolve import decisions
from kg.resolve.candidates import Named, Pair, Tie, candidates
from kg.resolve.judgements import Judgement, Judgements, parsed, read, together, written
from kg.settings import OBEYED, Place, judgements_of, store_at
from kg.vocab import DCTERMS, KG, SKOS

_MOST_NAMES = 12
_GROUPS = (frozenset(("Regulator", "Company", "Organization")), frozenset(("Instrument", "Publication")))

State = Literal["in force", "waiting", "stale", "doubtful"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A judgement with its number in the file, and whether what it was made on is still there."""

    number: int
    judgement: Judgement
    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a judgement."""

    judgements: tuple[Judgement, ...]  # made, or taken back
    items: tuple[str, ...]  # those that were made anew
    file: Path


def load(store: Place | str) -> Judgements:
    """The judgements on a store; ReadError where the file is damaged, or they contradict each other.

    Where there is no file, the store was moved without it: those count that it has obeyed. On a server's store other
    people judge too: what they did since is taken into the file.
    """
    place = store_at(store)
    path = judgements_of(place)
    try:
        if isinstance(place, Address):
            return Judgements(_shared(place, path))
        return Judgements(read(path if path.exists() else place / OBEYED))
    except UsageError as fault:
        raise ReadError(f"{path} contradicts itself: {fault}") from fault


def _shared(address: Address, path: Path) -> Sequence[Judgement]:
    """My file, with what others judged since the server's judgements were last seen; written where that is news."""
    from kg.graph import remote

    seen = _seen(path)
    theirs = remote.obeyed(address)
    if theirs is None:
        return read(path)  # a new store, to obey what was judged on the one before
    rows = parsed(f"the judgements at {address}", theirs)
    if path.exists():
        mine = read(path)
        rows = tuple(together(mine, read(seen), rows))
        if rows == mine:
            return rows
    if rows or path.exists():
        write_whole(path, written(rows))
    write_whole(seen, theirs)
    return rows


def _seen(path: Path) -> Path:
    """The server's judgements as they were last seen."""
    return path.with_name(f"{path.name}.seen")


def place_of(store: Store) -> Place:
    """Where a store that can be judged is."""
    if store.place is None:
        raise UsageError("a store in memory has no judgements: open one on disk")
    return store.place


def obeyed(store: Store) -> Judgements | None:
    """The judgements that the store has obeyed last; None where that isn't known any more."""
    try:
        return Judgements(parsed(f"what {place_of(store)} has obeyed", store.obeyed() or b""))
    except KgError:
        return None


def replay(store: Store, wanted: Judgements) -> tuple[list[str], list[str]]:
    """Make the store obey these judgements and no others: the items made anew, and the reports that couldn't be.

    Those were added by an older version; they obey when they are added again.
    """
    before = obeyed(store)
    if (
        before is not None
        and before.rows == wanted.rows
        and (judgements_of(place_of(store)).exists() or not wanted.rows)
    ):
        return [], []
    items = None if before is None else _touched(store, before, wanted)
    reports = [report.id for report in store.reports()] if items is None else _reports(store, items)
    lacking = [report for report in reports if not store.keeps_facts(report)]
    path = judgements_of(place_of(store))
    if len(wanted) and not path.exists():
        write_whole(path, written(wanted.rows))
    changed = store.rejudge([report for report in reports if report not in lacking], wanted.apply, items)
    store.obey(written(wanted.rows))
    if isinstance(store.place, Address):
        write_whole(_seen(path), written(wanted.rows))
    return changed, lacking


def _touched(store: Store, before: Judgements, after: Judgements) -> set[Node]:
    """The items of which these may make something else than those did."""
    return _items(store, after.touched(before)) | {NamedNode(ids.item(id_)) for id_ in after.touched_items(before)}


def _items(store: Store, iris: Iterable[str]) -> set[Node]:
    """The items in which resolution found one of these."""
    items: set[Node] = set()
    for iri in iris:
        node = NamedNode(iri)
        for predicate in (KG.mentions, KG.insteadOf):
            items |= {quad.graph_name for quad in store.quads(None, predicate, node) if quad.graph_name != DEFAULT}
    return items


def _reports(store: Store, items: set[Node]) -> list[str]:
    """The reports of items."""
    reports: set[Node] = {quad.object for item in items for quad in store.quads(item, DCTERMS.isPartOf, None, item)}
    return sorted(report.value.removeprefix(ids.report("")) for report in reports)


def _change(store: Store, before: Judgements, after: Judgements) -> tuple[str, ...]:
    """Write the file and make the store obey it; where that fails, the file is as it was."""
    reports = _reports(store, _touched(store, before, after))
    lacking = [report for report in reports if not store.keeps_facts(report)]
    if lacking:
        raise UsageError(f"{', '.join(lacking)} was added by an older regkg: add the file again (kg add), then judge")
    path = judgements_of(place_of(store))
    replay(store, before)  # what somebody has edited by hand since
    old = path.read_bytes() if path.exists() else None
    write_whole(path, written(after.rows))
    try:
        changed, _ = replay(store, after)
    except BaseException:
        if old is None:
            path.unlink(missing_ok=True)
        else:
            write_whole(path, old)
        raise
    return tuple(changed)


# -------------------------------------------------------------------------------------------------- judging


def same(
    store: Store, left: str, right: str, *, author: str | None = None, note: str = "", force: bool = False
) -> Outcome:
    """Make two entities one. Everything that is one with either is held against everything judged so far."""
    judged = load(place_of(store))
    if left == right or right in judged.cluster(left):
        raise UsageError(f"{_name(store, left)} is one already: kg show --why says by what")
    against = judged.different(left, right)
    if against is not None:
        raise UsageError(
            f"{_name(store, left)} and {_name(store, right)} can't be the same, since {against}: kg undo takes it back"
        )
    if not force and (reason := _unlikely(store, judged, left, right)):
        raise UsageError(
            f"{_name(store, left)} and {_name(store, right)} look like two: {reason}; --force makes them one"
        )
    return record(store, judged, [_judgement("same", store, left, right, author, note)])


def different(store: Store, left: str, right: str, *, author: str | None = None, note: str = "") -> Outcome:
    """Keep two entities apart for good: they are no candidates any more, and nobody makes them one by mistake."""
    judged = load(place_of(store))
    if left == right:
        raise UsageError(f"both names mean {_name(store, left)}: kg split parts it, kg undo takes back a judgement")
    if (row := judged.different(left, right)) is not None:
        raise UsageError(f"that is judged already: {row}")
    return record(store, judged, [_judgement("different", store, left, right, author, note)])


def split(
    store: Store,
    iri: str,
    *,
    items: Sequence[str] = (),
    names: Sequence[str] = (),
    author: str | None = None,
    note: str = "",
) -> Outcome:
    """Give the mentions of an entity in these items, or by these names, a node of their own."""
    judged = load(place_of(store))
    met = mentions(store, iri)
    label, type_ = _name(store, iri), type_of(store, NamedNode(iri)) or "Organization"
    if not items and not names:
        known = "; ".join(sorted({f"“{one.form}” in {one.item}" for one in met}))
        raise UsageError(f"which mentions of {label} are another's? Give --item or --name, of: {known}")
    forms = {ids.normalise(name): name for name in names}
    chosen = [
        one for one in met if (not items or one.item in items) and (not forms or ids.normalise(one.form) in forms)
    ]
    for item in items:
        if not any(one.item == item for one in chosen):
            where = f" by {' or '.join(names)}" if names and any(one.item == item for one in met) else ""
            raise UsageError(
                f"the item {item} doesn't mention {label}{where}: it is in {_listed(one.item for one in met)}"
            )
    for form, name in forms.items():
        if not any(ids.normalise(one.form) == form for one in chosen):
            raise UsageError(f"{label} isn't called {name} there: it is called {_listed(one.form for one in met)}")
    judged_in = next((one for one in chosen if one.instead_of), None)
    if judged_in is not None:
        raise UsageError(
            f"“{judged_in.form}” is {label} by a judgement alone ({judged_in.reason}): kg undo takes it back"
        )
    name = names[0] if names else label
    right = ids.entity(type_, name)
    if right in judged.cluster(iri) or not names:
        right = ids.entity(type_, f"{name} {items[0] if items else 'apart'}")
    rows = [
        _judgement("split", store, iri, right, author, note, right_names=(name,), item=item, name=form)
        for item in (items or ("",))
        for form in (names or ("",))
    ]
    fresh = [row for row in rows if row.effect not in {known.effect for known in judged.rows}]
    if not fresh:
        raise UsageError(f"that is judged already: {rows[0]}")
    return record(store, judged, fresh)


def undo(store: Store, numbers: Sequence[int]) -> Outcome:
    """Take judgements back, by their numbers in the file; what they changed is again as resolution has it."""
    judged = load(place_of(store))
    for number in numbers:
        if not 1 <= number <= len(judged.rows):
            raise UsageError(f"there is no judgement {number}: kg judgements lists {len(judged.rows)}")
    gone = [judged.rows[number - 1] for number in dict.fromkeys(numbers)]
    after = Judgements([row for row in judged.rows if row not in gone])
    return Outcome(tuple(gone), _change(store, judged, after), judgements_of(place_of(store)))


def between(store: Store, left: str, right: str) -> list[int]:
    """The numbers of the judgements that two names, or addresses, are the sides of."""
    found = []
    for number, row in enumerate(load(place_of(store)).rows, 1):
        (one, first), (other, second) = row.sides
        for a, b in (((one, first), (other, second)), ((other, second), (one, first))):
            if _is(left, *a) and _is(right, *b):
                found.append(number)
                break
    return found


def _is(given: str, names: tuple[str, ...], iri: str) -> bool:
    return given == iri or ids.normalise(given) in {ids.normalise(name) for name in names}


def record(store: Store, judged: Judgements, rows: list[Judgement]) -> Outcome:
    """Put judgements to those that stand, and make the store obey."""
    try:
        after = Judgements((*judged.rows, *rows))
    except UsageError as fault:
        raise UsageError(f"that contradicts what was judged: {fault}") from fault
    return Outcome(tuple(rows), _change(store, judged, after), judgements_of(place_of(store)))


def _judgement(
    kind: Literal["same", "different", "split"],
    store: Store,
    left: str,
    right: str,
    author: str | None,
    note: str,
    right_names: tuple[str, ...] | None = None,
    item: str = "",
    name: str = "",
) -> Judgement:
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    names = _names(store, left), right_names if right_names is not None else _names(store, right)
    return Judgement(kind, left, right, *names, item, name, _line(note), _line(author or who()), now)


def _line(text: str) -> str:
    return " ".join(text.split())


def who() -> str:
    """Who judges where nobody says: KG_AUTHOR, else the user's name on this machine."""
    if named := os.environ.get("KG_AUTHOR"):
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return ""


def _names(store: Store, iri: str) -> tuple[str, ...]:
    """What an entity is called, the preferred names first."""
    node = NamedNode(iri)
    found: list[str] = [label_of(store, node)]
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        found += sorted(quad.object.value for quad in store.quads(node, predicate, None, DEFAULT))  # type: ignore[union-attr]
    return tuple(dict.fromkeys(found))[:_MOST_NAMES]


def _name(store: Store, iri: str) -> str:
    return label_of(store, NamedNode(iri))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words)))


def _unlikely(store: Store, judged: Judgements, left: str, right: str) -> str | None:
    """Why two can hardly be one, of themselves or of what is one with them."""
    one, other = judged.cluster(left), judged.cluster(right)
    for a in sorted(one):
        for b in sorted(other):
            row, second = judged.row(a), judged.row(b)
            if row and second:
                where = f" of {row.jurisdiction} and of {second.jurisdiction}"
                apart = where if row.jurisdiction != second.jurisdiction else ""
                return (
                    f"the reference data has them as two rows{apart} ({row.id} {row.label}, {second.id} {second.label})"
                )
    types = [type_of(store, NamedNode(iri)) for iri in (left, right)]
    if types[0] != types[1] and not any(types[0] in group and types[1] in group for group in _GROUPS):
        return f"one is of the class {types[0]}, the other of {types[1]}"
    places = [
        {quad.object.value for quad in store.quads(NamedNode(iri), KG.locatedIn, None, DEFAULT)}  # type: ignore[union-attr]
        for iri in (left, right)
    ]
    if all(places) and not places[0] & places[1]:
        where = " and ".join(_name(store, min(place)) for place in places)
        return f"they are bodies of two places, {where}"
    return None


# ------------------------------------------------------------------------------------------------- standing


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A form by which an item names an entity, and why it was taken for that entity."""

    item: str
    form: str
    reason: str
    instead_of: str | None = None


def mentions(store: Store, iri: str) -> list[Mentioned]:
    """How the items name an entity, and why it is the one that they mean."""
    node = NamedNode(iri)
    found: list[Mentioned] = []
    for quad in store.quads(None, KG.mentions, node):
        graph: Node = quad.graph_name
        if graph == DEFAULT:
            continue
        item = graph.value.removeprefix(ids.item(""))
        records = [q.subject for q in store.quads(None, KG.refersTo, node, graph)]
        for record in records:
            reason = _literal(store, record, KG.reason, graph)
            raw = _literal(store, record, KG.insteadOf, graph)
            for form in store.quads(record, KG.form, None, graph):
                found.append(Mentioned(item, form.object.value, reason or "", raw))  # type: ignore[union-attr]
        if not records:
            labels = {q.object.value for q in store.quads(node, SKOS.prefLabel, None, graph)}  # type: ignore[union-attr]
            name = label_of(store, node)
            found.append(Mentioned(item, name if name in labels else min(labels, default=name), "its name"))
    return sorted(found, key=lambda one: (one.item, one.form, one.reason))


def _literal(store: Store, subject: Node, predicate: Node, graph: Node) -> str | None:
    value: Object = next((quad.object for quad in store.quads(subject, predicate, None, graph)), None)
    return None if value is None else str(value.value)


def standings(store: Store, judged: Judgements) -> list[Standing]:
    """The judgements as they stand: in force, waiting for one of the two, or without their ground."""
    ground = _Ground(store, judged)
    return [
        Standing(number, row, *(ground.standing(row) if row.decides else _standing(store, row)))
        for number, row in enumerate(judged.rows, 1)
    ]


class _Ground:
    """The claims and words that decisions are on, a report read once."""

    def __init__(self, store: Store, judged: Judgements) -> None:
        self._store = store
        self._judged = judged
        self._reports = [report.id for report in store.reports()]
        self._read: dict[str, tuple[dict[str, ItemFacts], Source | None]] = {}

    def standing(self, row: Judgement) -> tuple[State, str]:
        report = next((one for one in self._reports if row.item == one or row.item.startswith(f"{one}-")), None)
        if report is None:
            return "waiting", f"{row.item} is not in the store"
        if report not in self._read:
            found = self._store.resolved(report) or []
            self._read = {report: ({said.item.id: said for said in found}, self._store.source(report))}
        items, source = self._read[report]
        said = items.get(row.item)
        if said is None:
            return "stale", self._elsewhere(items.values(), source, row) or f"{row.item} is an item of {report} no more"
        if row.judgement == "add":
            if decisions.standing(said, row, source) is not None:
                return "in force", ""
        elif any(decisions.key(row.item, "", "", "", one.quote) == row.claim_key for one in said.open_sentences):
            return "in force", ""
        for at, one in decisions.matches(said, self._judged.decisions(row.item)).items():
            if one is row:
                same = ids.normalise(said.claims[at].quote) == ids.normalise(row.quote)
                return "in force", "" if same else f"the quote is “{' '.join(said.claims[at].quote.split())}” now"
        start, end = said.item.extent or (0, len(source.text if source else ""))
        if source is not None and decisions.places(source.text[start:end], row.quote):
            return "stale", "its words stand there, and are read otherwise now"
        return "stale", self._elsewhere(items.values(), source, row) or "its words stand there no more"

    @staticmethod
    def _elsewhere(items: Iterable[ItemFacts], source: Source | None, row: Judgement) -> str:
        """Where in the report the words of a decision stand now."""
        for said in items:
            if source is not None and said.item.extent and said.item.id != row.item:
                start, end = said.item.extent
                if decisions.places(source.text[start:end], row.quote):
                    return f"its words stand in {said.item.id} now"
        return ""


def _standing(store: Store, row: Judgement) -> tuple[State, str]:
    if row.judgement == "split":
        node = NamedNode(row.right)
        count = sum(1 for _ in store.quads(None, KG.mentions, node, DEFAULT))
        if count:
            return "in force", f"{count} item" + ("" if count == 1 else "s")
        if not _bearers(store, row.left):
            return "stale", _gone(store, row.left_names, row.left)
        return "stale", f"{row.item or 'no item'} mentions it{' as ' + row.name if row.name else ''} no more".strip()
    there = [_bearers(store, iri) for _, iri in row.sides]
    if not any(there):
        return "stale", "; ".join(_gone(store, names, iri) for names, iri in row.sides)
    for nodes, (names, iri) in zip(there, row.sides, strict=True):
        if not nodes:
            return "waiting", _gone(store, names, iri)
    for nodes, (names, iri) in zip(there, row.sides, strict=True):
        called = {ids.normalise(name) for node in nodes for name in _all_names(store, node)}
        if names and not called & {ids.normalise(name) for name in names}:
            return "doubtful", f"{iri} is called {_name(store, sorted(nodes)[0])} now, and not {names[0]}"
    return "in force", ""


def _bearers(store: Store, iri: str) -> set[str]:
    """The nodes that have the mentions which resolution takes for an entity: itself, or what judgements made of it."""
    node = NamedNode(iri)
    found: set[str] = set()
    if next(store.quads(None, KG.mentions, node, DEFAULT), None) is not None:
        found.add(iri)
    for quad in store.quads(None, KG.insteadOf, node):
        found |= {q.object.value for q in store.quads(quad.subject, KG.refersTo, None, quad.graph_name)}  # type: ignore[union-attr]
    return found


def _all_names(store: Store, iri: str) -> Iterable[str]:
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        for quad in store.quads(NamedNode(iri), predicate, None, DEFAULT):
            yield quad.object.value  # type: ignore[union-attr]


def _gone(store: Store, names: tuple[str, ...], iri: str) -> str:
    """That an entity isn't in the store, and who goes by its names now."""
    for name in names:
        now = [one for one in find(store, name) if one.how == "exact" and one.iri != iri]
        if now:
            return f"{name} is {now[0].iri} now"
    return f"{names[0] if names else iri} is not in the store"


# ----------------------------------------------------------------------------------------------- candidates


def proposed(store: Store) -> list[Pair]:
    """The pairs of the store that may be one and that nobody has judged yet, the likeliest first."""
    judged = load(store.place) if store.place is not None else Judgements(())
    return candidates(_named(store), judged)


def _named(store: Store) -> Iterable[Named]:
    names: dict[str, list[str]] = defaultdict(list)
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        for quad in store.quads(None, predicate, None, DEFAULT):
            names[quad.subject.value].append(quad.object.value)  # type: ignore[union-attr]
    ties: dict[str, set[Tie]] = defaultdict(set)
    for relation in RELATIONS:
        for quad in store.quads(None, KG[relation], None, DEFAULT):
            one, other = quad.subject.value, quad.object.value  # type: ignore[union-attr]
            ties[one].add((relation, "out", other))
            ties[other].add((relation, "in", one))
    counts: dict[str, int] = defaultdict(int)
    for quad in store.quads(None, KG.mentions, None, DEFAULT):
        counts[quad.object.value] += 1  # type: ignore[union-attr]
    places: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads(None, KG.locatedIn, None, DEFAULT):
        places[quad.subject.value].add(quad.object.value)  # type: ignore[union-attr]
    for iri, count in counts.items():
        node = NamedNode(iri)
        yield Named(
            iri,
            type_of(store, node) or "",
            label_of(store, node),
            tuple(dict.fromkeys(names[iri])),
            frozenset(ties[iri]),
            frozenset(places[iri]),
            count,
        )
