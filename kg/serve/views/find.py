"""What people type into a search box, and what they may mean by it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from kg import ids
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.query import entity, search
from kg.query.entity import Candidate
from kg.query.result import Thing
from kg.serve.views.deal import thing_of
from kg.serve.views.seen import SHOWN, News, news_of, value_of
from kg.vocab import DCTERMS, KG, RDF


@dataclass(slots=True)
class Hits:
    found: list[Candidate]
    sure: str  # the address of the one that is meant, where that is plain
    items: list[News]
    more: bool = False  # names beyond these
    more_items: bool = False


def find(store: Store, text: str, limit: int = 50) -> Hits:
    """Entities by any form of their names, and items by words of their titles."""
    text = text.strip()[:200]
    if not text:
        return Hits([], "", [])
    found = entity.find(store, text, limit)
    only = entity.meant(found)
    items = _titled(store, text)
    sure = only.iri if only is not None and found[0].how in search.SURE else ""
    return Hits(found, sure, items[:SHOWN], len(found) >= limit, len(items) > SHOWN)


def _titled(store: Store, text: str) -> list[News]:
    wanted = ids.normalise(text)
    if not wanted:
        return []
    hits = (
        quad.subject
        for quad in store.quads(None, DCTERMS.title)
        if quad.subject == quad.graph_name and wanted in ids.normalise(quad.object.value)  # type: ignore[union-attr]
    )
    found = [news_of(store, item) for item in islice(hits, 200) if item.value.startswith(ids.item(""))]  # type: ignore[union-attr]
    return sorted(found, key=lambda one: (one.day, one.id), reverse=True)


@dataclass(slots=True)
class Listed:
    """All of a class, those that most items mention first."""

    found: list[tuple[Thing, str, int]]  # with its status, and how many items mention it
    total: int


def listed(store: Store, class_: str, lang: str, most: int) -> Listed:
    nodes: list[Any] = [quad.subject for quad in store.quads(None, RDF.type, KG[class_], DEFAULT)]
    # of very many, counting the items of each would take longer than anybody waits
    counted = [(node, sum(1 for _ in store.quads(None, KG.mentions, node, DEFAULT))) for node in nodes[:_COUNTED]]
    counted.sort(key=lambda pair: (-pair[1], pair[0].value))
    found = [(thing_of(store, node, lang), value_of(store, node, KG.status), items) for node, items in counted[:most]]
    found.sort(key=lambda one: (-one[2], one[0].label))
    return Listed(found, len(nodes))


_COUNTED = 20_000


def suggest(store: Store, text: str, limit: int = 8) -> list[tuple[str, str, str, str]]:
    """What somebody may be typing: (address, name, class, the form that fits)."""
    text = text.strip()[:100]
    return [(one.iri, one.label, one.type, one.matched) for one in entity.find(store, text, limit)] if text else []
