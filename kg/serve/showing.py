"""A query's answer as a person looks at it: a table with names and links, or a map (jobs of ``kg.serve.pool``)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyoxigraph

from kg import ids
from kg.errors import QueryError
from kg.graph.store import Dataset, Store
from kg.query import entity, run
from kg.query.run import Answer
from kg.serve.views.deal import thing_of
from kg.serve.vocabulary import terms


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    iri: str = ""
    title: str = ""  # what stands behind the text
    number: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    form: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: bool  # whether there are rows beyond
    boolean: bool
    seconds: float
    things: int  # different entities among the rows, which a map could show


def shown(store: Store, sparql: str, rows: int, lang: str, dataset: Dataset | None = None) -> Shown:
    began = time.perf_counter()
    answer = run.run(store, sparql, dataset=dataset)
    found = list(islice(_rows(answer), rows + 1))
    seconds = time.perf_counter() - began
    names: dict[str, tuple[str, bool]] = {}
    drawn = tuple(tuple(_cell(store, term, lang, names) for term in row) for row in found[:rows])
    columns = ("subject", "predicate", "object") if answer.form == "graph" else answer.columns
    things = sum(is_thing for _, is_thing in names.values())
    return Shown(answer.form, columns, drawn, len(found) > rows, answer.boolean, seconds, things)


def _rows(answer: Answer) -> Iterator[Sequence[Any]]:
    if answer.form == "graph":
        return ((triple.subject, triple.predicate, triple.object) for triple in answer.triples)
    return iter(answer.rows)


def _cell(store: Store, term: Any, lang: str, names: dict[str, tuple[str, bool]]) -> Cell:
    if isinstance(term, pyoxigraph.NamedNode):
        if term.value not in names:
            names[term.value] = _named(store, term, lang)
        return Cell(names[term.value][0], term.value, run.text(term))
    if isinstance(term, pyoxigraph.Literal):
        kind = term.language or run.text(term.datatype)
        number = term.datatype in run.NUMBERS
        text = _grouped(term.value) if number else term.value
        return Cell(text, title="" if kind == "xsd:string" else kind, number=number)
    return Cell("" if term is None else str(term))


def _grouped(written: str) -> str:
    """23,000,000,000: nobody counts zeros. Files for download have it as it is."""
    whole, dot, rest = written.partition(".")
    digits = whole.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) < 5 or not (rest.isdigit() or not dot):
        return written
    return f"{int(whole):,}{dot}{rest}" if len(digits) < 40 else written


def _named(store: Store, node: pyoxigraph.NamedNode, lang: str) -> tuple[str, bool]:
    """What an address is called, and whether it is an entity."""
    if node.value.startswith(ids.BASE):
        type_ = entity.type_of(store, node)
        label = thing_of(store, node, lang).label
        return (label if label != node.value else node.value.removeprefix(ids.BASE)), type_ is not None
    term = terms().get(node.value)
    return (term.name if term else run.text(node)), False


def drawn(store: Store, sparql: str, most: int, lang: str, title: str, dataset: Dataset | None = None) -> str:
    """The entities among the rows and the relations between them, as a page."""
    from kg.maps import network, page

    answer = run.run(store, sparql, dataset=dataset)
    found: dict[str, None] = {}
    for row in islice(_rows(answer), most):
        for term in row:
            if isinstance(term, pyoxigraph.NamedNode) and entity.type_of(store, term) not in (None, "Jurisdiction"):
                found[term.value] = None
    if not found:
        raise QueryError("there is nothing to draw: no row of the answer has a company, a body, a person or a document")

    def rows(asked: str) -> Iterator[dict[str, str | None]]:
        solutions: Any = store.query(asked)
        columns = [variable.value for variable in solutions.variables]
        for row in solutions:
            yield {name: None if term is None else term.value for name, term in zip(columns, row, strict=True)}

    graph = network.build(rows, list(found), 0)
    for iri in graph:
        graph.nodes[iri]["start"] = False  # all were asked for: none stands out
    return page.render(graph, title, "zh" if lang == "zh" else "en", page.View(pages="/resource?iri="))
