"""A report: its items."""

from __future__ import annotations

from dataclasses import dataclass

from kg import ids
from kg.graph.facts import Node
from kg.graph.store import Store
from kg.query.items import ReportRow, listing
from kg.serve.views.seen import value_of
from kg.vocab import DCTERMS


@dataclass(slots=True)
class ReportPage:
    iri: str
    row: ReportRow
    link: str


def report_page(store: Store, node: Node) -> ReportPage | None:
    wanted = node.value.removeprefix(ids.report(""))
    row = next((row for row in listing(store, wanted) if row.id == wanted), None)
    if row is None:
        return None
    return ReportPage(node.value, row, value_of(store, node, DCTERMS.source))
