"""Which reports and items a store holds, and how much was found in each: what ``kg items`` prints."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import Node, Object
from kg.graph.store import Store
from kg.items import RELATIONS
from kg.vocab import DCTERMS, KG

_EDGES = " ".join(f"kg:{name}" for name in RELATIONS)
_COUNTED = {
    "claims": "SELECT ?item (COUNT(?claim) AS ?n) { GRAPH ?item { ?claim a kg:Claim } } GROUP BY ?item",
    "reviewed": "SELECT ?item (COUNT(?claim) AS ?n) { GRAPH ?item { ?claim kg:reviewed ?how } } GROUP BY ?item",
    "mentions": "SELECT ?item (COUNT(?who) AS ?n) { ?item kg:mentions ?who } GROUP BY ?item",
    "relations": f"""SELECT ?item (COUNT(*) AS ?n) {{
        VALUES ?relation {{ {_EDGES} }} GRAPH ?item {{ ?a ?relation ?b }} }} GROUP BY ?item""",
    "deals": """SELECT ?item (COUNT(*) AS ?n) {
        VALUES ?type { kg:Deal kg:Acquisition kg:FundingRound } GRAPH ?item { ?deal a ?type } } GROUP BY ?item""",
}
_ABOUT = """SELECT ?item ?p ?o {
    VALUES ?p { dcterms:isPartOf dcterms:title kg:section dcterms:issued dcterms:publisher dcterms:source kg:page }
    GRAPH ?item { ?item ?p ?o } }"""


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
    claims: int = 0
    reviewed: int = 0  # of the claims


@dataclass(slots=True)
class ReportRow:
    id: str
    title: str
    issued: str | None
    file: str
    items: list[ItemRow] = field(default_factory=list)  # as they stand in the report: by page, then by id

    @property
    def claims(self) -> int:
        return sum(item.claims for item in self.items)

    @property
    def reviewed(self) -> int:
        """How many of its claims people have reviewed."""
        return sum(item.reviewed for item in self.items)


def listing(store: Store, only: str | None = None) -> list[ReportRow]:
    """The reports, by id, with their items; of one report alone where its id is given."""
    counts = {name: _counts(store, query) for name, query in _COUNTED.items()}
    about_items, of_report = _abouts(store)
    rows = []
    for report in store.reports():
        if only is not None and report.id != only:
            continue
        node = NamedNode(ids.report(report.id))
        about = {quad.predicate: quad.object for quad in store.quads(node, graph=node)}
        row = ReportRow(report.id, report.title, _text(about, DCTERMS.issued), _text(about, KG.fileName) or "")
        row.items = sorted((_item(item, about_items[item], counts) for item in of_report[node]), key=_place)
        rows.append(row)
    return rows


def _counts(store: Store, query: str) -> dict[str, int]:
    solutions: Object = store.query(query)
    return {row["item"].value: int(row["n"].value) for row in solutions if row["item"] is not None}


def _abouts(store: Store) -> tuple[dict[Node, dict[Node, Object]], dict[Node, list[Node]]]:
    """What the items say of themselves, and the items of each report: one question for all of them."""
    about: dict[Node, dict[Node, Object]] = defaultdict(dict)
    of_report: dict[Node, list[Node]] = defaultdict(list)
    solutions: Object = store.query(_ABOUT)
    for row in solutions:
        item, predicate, value = row["item"], row["p"], row["o"]
        if predicate == DCTERMS.isPartOf:
            of_report[value].append(item)
        about[item][predicate] = value
    return about, of_report


def _item(item: Node, about: dict[Node, Object], counts: dict[str, dict[str, int]]) -> ItemRow:
    page = _text(about, KG.page)
    return ItemRow(
        id=item.value.removeprefix(ids.item("")),
        title=_text(about, DCTERMS.title) or "",
        section=_text(about, KG.section),
        issued=_text(about, DCTERMS.issued),
        publisher=_text(about, DCTERMS.publisher),
        link=_text(about, DCTERMS.source),
        page=int(page) if page else None,
        mentions=counts["mentions"].get(item.value, 0),
        relations=counts["relations"].get(item.value, 0),
        deals=counts["deals"].get(item.value, 0),
        claims=counts["claims"].get(item.value, 0),
        reviewed=counts["reviewed"].get(item.value, 0),
    )


def _place(row: ItemRow) -> tuple[int, list[tuple[int, str]]]:
    """By page, then by id with its numbers as numbers: deals-2 before deals-10."""
    parts = [(int(part), "") if part.isdigit() else (-1, part) for part in row.id.split("-")]
    return (row.page if row.page is not None else -1, parts)


def _text(about: dict[Node, Object], predicate: Node) -> str | None:
    return str(about[predicate].value) if predicate in about else None
