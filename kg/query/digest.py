"""What is new about a list of names, each line with the words that say so: what ``kg digest`` sends.

New is what the items say that came since: after a report or a day, or since the last digest, of which a file keeps the
items that the store had. A name may be concerned as either end of a relation, as a party of a deal, as issuer of a
document, as the document that another rests on or changes; or be mentioned only, and then the sentence is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from kg import ids
from kg.errors import ReadError
from kg.graph.facts import DEFAULT, Node
from kg.graph.store import Store
from kg.query import entity, search
from kg.query.changes import GROUPS, Change, Changes, changes_in
from kg.query.evidence import sort
from kg.query.history import History
from kg.query.links import moment, relation_word, status_word
from kg.query.result import Column, Result, Row, Thing
from kg.query.window import Window
from kg.vocab import KG

_NEAR = (KG.buyer, KG.target, KG.investor, KG.investee, KG.issuedBy, KG.draftedBy, KG.basedOn, KG.amends)
_COLUMNS = (
    Column("news", "消息", "News"),
    Column("what", "事项", "What", "thing"),
    Column("relation", "关系", "Relation", "concept"),
    Column("other", "对方", "To whom", "thing"),
    Column("was", "此前", "Was", "concept"),
    Column("now", "现在", "Now", "concept"),
    Column("detail", "详情", "Detail"),
    Column("date", "日期", "Date", "date"),
)
_MENTION = ("仅被提及", "Mentioned only")
_REMEMBERED = 1  # the version of the file


@dataclass(frozen=True, slots=True)
class Watched:
    """A name of the list, and whom it means; several or nobody where that isn't plain."""

    name: str
    things: tuple[Thing, ...]
    sure: bool


def meant(store: Store, name: str) -> Watched:
    """Whom a name means: only a sure find counts, since nobody looks twice at a digest."""
    if name.startswith(("http://", "https://")):
        found = entity.find(store, name)
    else:
        found = [one for one in entity.find(store, name, 20) if one.how in search.SURE]
    return Watched(name, tuple(Thing(one.iri, one.label, one.type) for one in found), len(found) == 1)


# ------------------------------------------------------------------------------------------------------ windows


def window(store: Store, since: str = "", until: str = "") -> Window:
    """From a report or a day to another; by itself the last report against what was there before it."""
    from kg.query.window import reports_by_day

    reports, rank = reports_by_day(store)
    known = [one.id for one in reports]
    if not since and not until:
        last = reports[-1] if reports else None
        come = last.items if last else frozenset()
        first = reports[-2].id if len(reports) > 1 else ""
        before = frozenset(rank) - come
        ordered = sorted(come, key=lambda item: rank[item])
        return Window(first, last.id if last else "", False, rank, before, ordered, reports=reports[-1:])
    if since and not until:
        until = known[-1] if since in known else "9999"
    if since == until:
        return Window(since, until, False, rank, frozenset(rank), ())
    return Window.between(store, since or "0000", until)


def remembered(store: Store, file: Path) -> Window | None:
    """What came since the last digest; None where there was none."""
    from kg.query.window import reports_by_day

    if not file.exists():
        return None
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        told = {str(id_) for id_ in kept["items"]}
        if kept["version"] != _REMEMBERED:
            raise ValueError(kept["version"])
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise ReadError(f"{file} isn't what kg digest wrote ({fault}): move it away to begin anew") from fault
    reports, rank = reports_by_day(store)
    come = [item for item in rank if item.value.removeprefix(ids.item("")) not in told]
    ordered = sorted(come, key=lambda item: rank[item])
    last = reports[-1].id if reports else ""
    return Window(str(kept.get("until", "")), last, False, rank, frozenset(rank) - frozenset(come), ordered)


def remember(store: Store, file: Path) -> None:
    """Write down what the store has now, for the next digest; whole, or not at all."""
    from kg.printing import whole
    from kg.query.window import reports_by_day

    reports, rank = reports_by_day(store)
    items = sorted(item.value.removeprefix(ids.item("")) for item in rank)
    kept = {"version": _REMEMBERED, "until": reports[-1].id if reports else "", "items": items}
    with whole(file) as part:
        part.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


# ------------------------------------------------------------------------------------------------------- digest


def digest(store: Store, watched: Iterable[str], seen: Window, lang: str = "zh") -> Result:
    """A group of rows for each name that something is new about; the notes say of whom nothing is."""
    found = [meant(store, name) for name in watched]
    changes = changes_in(store, seen, lang)
    near = _Near(store, changes)
    history = History(store, seen)
    rows: list[Row] = []
    quiet: list[str] = []
    notes: list[str] = []
    zh = lang == "zh"
    for one in found:
        if not one.things:
            notes.append(f"“{one.name}”：尚未出现" if zh else f"“{one.name}”: not met so far")
            continue
        if not one.sure:
            which = ("、" if zh else ", ").join(f"{thing.label} ({thing.iri})" for thing in one.things[:5])
            notes.append(
                f"“{one.name}”可能指：{which}，请在名单中改写为其一"
                if zh
                else f"“{one.name}” could be {which}: write which"
            )
            continue
        (thing,) = one.things
        told = [change for change in changes.changes if change.group != "silent" and near.concerns(change, thing.iri)]
        new = [_row(change, _heading(one.name, thing), lang) for change in told]
        new += _mentions(store, thing, seen, history, told, _heading(one.name, thing), lang)
        rows += new
        if not new:
            quiet.append(one.name)
    if quiet:
        listed = ("、" if zh else ", ").join(quiet)
        notes.append(f"没有新消息：{listed}" if zh else f"Nothing new about {listed}")
    since = seen.since or ("最初" if zh else "the beginning")
    asked = (
        ("自" if zh else "since", since),
        ("至" if zh else "until", seen.until),
        ("名单" if zh else "names", str(len(found))),
        ("新条目" if zh else "new items", str(len(seen.come))),
    )
    return Result("digest", "关注名单动态", "What is new about the watched", _COLUMNS, rows, asked, notes)


def _heading(name: str, thing: Thing) -> str:
    return thing.label if ids.normalise(name) == ids.normalise(thing.label) else f"{thing.label} ({name})"


class _Near:
    """Whom each change concerns, beside its own two ends: parties, issuers, documents rested on or changed."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._of: dict[str, set[str]] = {}
        for change in changes.changes:
            iri = change.what.iri
            if iri not in self._of:
                node = NamedNode(iri)
                self._of[iri] = {
                    quad.object.value  # type: ignore[union-attr]
                    for predicate in _NEAR
                    for quad in store.quads(node, predicate, None, DEFAULT)
                }

    def concerns(self, change: Change, iri: str) -> bool:
        ends = {change.what.iri, change.other.iri if change.other else ""}
        return iri in ends or iri in self._of[change.what.iri]


def _row(change: Change, group: str, lang: str) -> Row:
    hearsay = change.steps[-1].hearsay
    said = ("仅据传闻" if lang == "zh" else "hearsay only") if hearsay else ""
    return Row(
        (
            GROUPS[change.group][lang != "zh"],
            change.what,
            relation_word(change.relation) if change.relation else None,
            change.other,
            status_word(change.was) if change.was else None,
            status_word(change.now) if change.now else None,
            "; ".join(part for part in (said, change.detail) if part) or None,
            moment(change.steps[-1].day or None),
        ),
        tuple(one for step in change.steps for one in step.evidence),
        group,
    )


def _mentions(
    store: Store, thing: Thing, seen: Window, history: History, told: Sequence[Change], group: str, lang: str
) -> Iterator[Row]:
    """The items that name it and have no word in the changes: the sentence in which they do."""
    node = NamedNode(thing.iri)
    cited = {one.item for change in told for step in change.steps for one in step.evidence}
    items: set[Node] = {quad.graph_name for quad in store.quads(None, KG.mentions, node) if quad.graph_name in seen}
    for item in sorted(items, key=lambda one: seen.rank[one]):
        if entity.item_id(item) in cited:
            continue
        said = list(history.evidence(node, item))
        if not said:
            for name in sorted(history.labels(node, frozenset((item,))), key=lambda text: (-len(text), text)):
                step = history.calling(name, item)
                if step is not None:
                    said = list(step.evidence)
                    break
        if said:
            what = Thing(item.value, said[0].title or entity.item_id(item), "Item")
            values = (_MENTION[lang != "zh"], what, None, None, None, None, None, moment(seen.rank[item][0] or None))
            yield Row(values, sort(store, said), group)


__all__ = ["Watched", "digest", "meant", "remember", "remembered", "window"]
