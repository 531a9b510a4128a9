"""The start page: what is in the store, and what is new."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from kg import ids
from kg.graph.store import Store
from kg.items import ENTITY_TYPES, RELATIONS
from kg.query.entity import local_name
from kg.query.items import ReportRow, listing
from kg.serve.views.seen import News
from kg.vocab import KG, RDF


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
