"""What the views share: another end with where it says so, an item in short, names and single values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kg.graph.facts import DEFAULT, Node
from kg.graph.store import Store
from kg.query import entity
from kg.query.entity import Deal, Evidence, day_of, item_id, label_of, words_of
from kg.query.result import Thing
from kg.vocab import DCTERMS, RDF

SHOWN = 30  # of a group of relations, of mentions, of steps
ALL = 1000  # where all are asked for


@dataclass(slots=True)
class Tie:
    """Another end of a relation, and where it says so."""

    thing: Thing
    evidence: tuple[Evidence, ...] = ()
    deals: list[Deal] = field(default_factory=list)
    lead: bool = False
    status: str = ""  # of a document
    day: str = ""

    @property
    def hearsay(self) -> bool:
        return bool(self.evidence) and all(one.said == "hearsay" for one in self.evidence)


@dataclass(slots=True)
class News:
    """An item in short."""

    id: str
    iri: str
    title: str
    day: str
    publisher: str = ""


def is_a(store: Store, node: Node, class_: Node) -> bool:
    return next(store.quads(node, RDF.type, class_), None) is not None


def named(store: Store, node: Node, lang: str) -> Thing:
    return Thing(node.value, label_of(store, node, lang), entity.type_of(store, node) or "")


def value_of(store: Store, node: Node, predicate: Node) -> str:
    return next((words_of(quad.object) for quad in store.quads(node, predicate, None, DEFAULT)), "")


def news_of(store: Store, item: Any) -> News:
    about = entity.particulars(store, item)
    title, publisher = about.get(DCTERMS.title), about.get(DCTERMS.publisher)
    id_ = item_id(item)
    return News(
        id_, item.value, title.value if title else id_, day_of(store, item), publisher.value if publisher else ""
    )
