"""What the pages show, as jobs of ``kg.serve.pool``: plain values in, plain records out; a module a sort of page."""

from __future__ import annotations

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.query import entity
from kg.serve.views.deal import DealPage, deal_page
from kg.serve.views.find import Hits, Listed, find, listed, suggest
from kg.serve.views.home import Home, home
from kg.serve.views.portrait import Portrait, portrait
from kg.serve.views.report import ReportPage, report_page
from kg.serve.views.seen import ALL, SHOWN, is_a
from kg.serve.views.statements import Statements, statements
from kg.serve.views.text import ItemPage, item_page
from kg.vocab import KG, RDF

_DEALS = ("Acquisition", "FundingRound", "Deal")
Page = Portrait | DealPage | ItemPage | ReportPage | Statements


def thing(store: Store, iri: str, lang: str, everything: bool = False) -> Page | None:
    """The page of an address; None where the store says nothing of it."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return None
    limit = ALL if everything else SHOWN
    if iri.startswith(ids.item("")) and is_a(store, node, KG.Item):
        return item_page(store, node, lang)
    if iri.startswith(ids.report("")) and is_a(store, node, KG.Report):
        return report_page(store, node)
    if entity.type_of(store, node) is not None:
        return portrait(store, node, lang, limit)
    if any(next(store.quads(node, RDF.type, KG[name], DEFAULT), None) for name in _DEALS):
        return deal_page(store, node, lang)
    return statements(store, node, lang, limit)


__all__ = [
    "ALL",
    "SHOWN",
    "DealPage",
    "Hits",
    "Home",
    "ItemPage",
    "Listed",
    "Page",
    "Portrait",
    "ReportPage",
    "Statements",
    "find",
    "home",
    "listed",
    "suggest",
    "thing",
]
