"""Which reports and items a store holds, and how much was found in each: what ``kg items`` prints."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import Node, Object
from kg.graph.store import Store
from kg.items import RELATIONS
from kg.vocab import DCTERMS, KG, RDF

_EDGES = frozenset(KG[name] for name in RELATIONS)
_DEALS = frozenset((KG.Deal, KG.Acquisition, KG.FundingRound))


@dataclass(frozen=True, slots=True)
class ItemRow:
    id: str
    title: str
    section: str | None
    issued: str | None
    publisher: str | None
    link: str | None
    page: int | None
    mentions: int
    relations: int
    deals: int


@dataclass(slots=True)
class ReportRow:
    id: str
    title: str
    issued: str | None
    file: str
    items: list[ItemRow] = field(default_factory=list)  # as they stand in the report: by page, then by id


def listing(store: Store) -> list[ReportRow]:
    """The reports, by id, with their items."""
    rows = []
    for report in store.reports():
        node = NamedNode(ids.report(report.id))
        about = {quad.predicate: quad.object for quad in store.quads(node, graph=node)}
        row = ReportRow(report.id, report.title, _text(about, DCTERMS.issued), _text(about, KG.fileName) or "")
        row.items = sorted((_item(store, item) for item in store.items_of(report.id)), key=_place)
        rows.append(row)
    return rows


def _item(store: Store, item: Node) -> ItemRow:
    about: dict[Node, Object] = {}
    mentions = relations = deals = 0
    for quad in store.quads(graph=item):
        if quad.predicate == KG.mentions:
            mentions += 1
        elif quad.subject == item:
            about[quad.predicate] = quad.object
        elif quad.predicate in _EDGES:
            relations += 1
        elif quad.predicate == RDF.type and quad.object in _DEALS:
            deals += 1
    page = _text(about, KG.page)
    return ItemRow(
        id=item.value.removeprefix(ids.item("")),
        title=_text(about, DCTERMS.title) or "",
        section=_text(about, KG.section),
        issued=_text(about, DCTERMS.issued),
        publisher=_text(about, DCTERMS.publisher),
        link=_text(about, DCTERMS.source),
        page=int(page) if page else None,
        mentions=mentions,
        relations=relations,
        deals=deals,
    )


def _place(row: ItemRow) -> tuple[int, list[tuple[int, str]]]:
    """By page, then by id with its numbers as numbers: deals-2 before deals-10."""
    parts = [(int(part), "") if part.isdigit() else (-1, part) for part in row.id.split("-")]
    return (row.page if row.page is not None else -1, parts)


def _text(about: dict[Node, Object], predicate: Node) -> str | None:
    return str(about[predicate].value) if predicate in about else None
