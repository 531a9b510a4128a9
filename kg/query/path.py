"""The shortest ways from one entity to another over whatever relations there are: what ``kg path`` shows.

A way goes along relations in either direction; each step tells which. Only relations that a claim states are steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import networkx as nx

from kg.errors import QueryError, UsageError
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.store import Store
from kg.items import RELATIONS
from kg.query.links import COLUMNS, Link, Links, cells
from kg.query.result import Column, Result, Row, Thing
from kg.vocab import KG

LIMIT = 3
HOPS = 6
# of the ways of one length, so many are weighed against each other
_WEIGHED = 50


@dataclass(frozen=True, slots=True)
class Step:
    """From one entity of a way to the next: all links between the two, the strongest first."""

    start: Thing
    end: Thing
    links: tuple[Link, ...]


@dataclass(slots=True)
class Paths:
    start: Thing
    end: Thing
    ways: list[tuple[Step, ...]]  # the shortest first, of those of one length the surest
    notes: list[str]
    asked: tuple[tuple[str, str], ...]

    def result(self, lang: str = "zh") -> Result:
        columns = (Column("way", "路径", "way", "number"), Column("step", "步", "step", "number"), *COLUMNS)
        rows = [
            Row((way, place, *cells(link)), link.evidence, described(steps))
            for way, steps in enumerate(self.ways, 1)
            for place, step in enumerate(steps, 1)
            for link in step.links
        ]
        ends = self.start.label, self.end.label
        return Result(
            "path",
            "{}与{}之间的路径".format(*ends),
            "From {} to {}".format(*ends),
            columns,
            rows,
            self.asked,
            self.notes,
        )


def described(steps: tuple[Step, ...]) -> str:
    """“AMD → ZT Systems ← Elm Fund”: the arrows as the strongest relation of each step has them."""
    said = steps[0].start.label
    for step in steps:
        forward = step.links[0].subject.iri == step.start.iri
        said += f" {'→' if forward else '←'} {step.end.label}"
    return said


def paths(store: Store, a: str, b: str, *, limit: int = LIMIT, hops: int = HOPS, lang: str = "zh") -> Paths:
    """The shortest ways between two entities (addresses), ``limit`` at most, of ``hops`` steps at most.

    QueryError where the two are one. Where there is no way, the notes tell how far was searched.
    """
    if limit < 1 or hops < 1:
        raise UsageError("a search needs at least one way and one step")
    links = Links(store, lang)
    start, end = links.thing(a), links.thing(b)
    if a == b:
        raise QueryError(f"both names mean {start.label}: a path needs two")
    graph = _graph(store)
    found: list[tuple[Step, ...]] = []
    between: dict[tuple[str, str], tuple[Link, ...]] = {}
    reached = {name: _reached(graph, name, hops) for name in (a, b)}
    near = [iri for iri in reached[a] if reached[a][iri] + reached[b].get(iri, hops + 1) <= hops]
    ways = list(_shortest(_part(graph, near), a, b, limit))
    links.ahead_between({pair for way in ways for pair in pairwise(way)}, RELATIONS)
    for way in ways:
        steps = []
        for pair in pairwise(way):
            if pair not in between:
                between[pair] = tuple(links.between(*pair, RELATIONS))
            steps.append(Step(links.thing(pair[0]), links.thing(pair[1]), between[pair]))
        if all(step.links for step in steps):
            found.append(tuple(steps))
    found.sort(key=lambda steps: [thing.iri for step in steps for thing in (step.start, step.end)])
    found.sort(key=lambda steps: min(step.links[0].strength for step in steps), reverse=True)
    found.sort(key=len)
    notes = [] if found else [_none(graph, start, end, hops, len(reached[a]) - 1, lang)]
    if len(found) > limit:
        found = found[:limit]
        notes = ["还有其他路径：--limit 可多列" if lang == "zh" else "There are more ways: --limit shows them"]
    asked = (("起点", start.label), ("终点", end.label), ("最多步数", str(hops)))
    if lang != "zh":
        asked = (("from", start.label), ("to", end.label), ("steps at most", str(hops)))
    return Paths(start, end, found, notes, asked)


def _graph(store: Store) -> nx.Graph[str]:
    """Who is related to whom, in an order that the store's own doesn't change."""
    pairs: set[tuple[str, str]] = set()
    for name in RELATIONS:
        for quad in store.quads(None, KG[name], None, DEFAULT):
            subject: Node = quad.subject
            object_: Object = quad.object
            if subject != object_:
                pairs.add((subject.value, object_.value))
    return nx.Graph(sorted(pairs))


def _reached(graph: nx.Graph[str], iri: str, hops: int) -> dict[str, int]:
    if iri not in graph:
        return {iri: 0}
    return dict(nx.single_source_shortest_path_length(graph, iri, cutoff=hops))


def _part(graph: nx.Graph[str], near: list[str]) -> nx.Graph[str]:
    """The part in which every way of the length asked for lies: what the search has to go through."""
    wanted = set(near)
    part: nx.Graph[str] = nx.Graph()
    for iri in sorted(wanted):
        part.add_edges_from((iri, other) for other in graph.adj.get(iri, ()) if other in wanted)
    return part


def _shortest(graph: nx.Graph[str], a: str, b: str, limit: int) -> Iterator[list[str]]:
    """As many as are asked for, and the others of the last one's length, up to a bound."""
    if a not in graph or b not in graph or not nx.has_path(graph, a, b):
        return
    length = 0
    for number, way in enumerate(islice(nx.shortest_simple_paths(graph, a, b), max(_WEIGHED, limit + 1))):
        if number >= limit and len(way) > length:
            yield way  # one more, which tells that there are more
            return
        length = len(way)
        yield way


def _none(graph: nx.Graph[str], start: Thing, end: Thing, hops: int, reached: int, lang: str) -> str:
    if start.iri in graph and end.iri in graph and nx.has_path(graph, start.iri, end.iri):
        steps = nx.shortest_path_length(graph, start.iri, end.iri)
        if lang == "zh":
            return f"{start.label}与{end.label}之间{hops}步以内没有路径，最短的有{steps}步：--hops {steps}"
        return (
            f"No way leads from {start.label} to {end.label} within {hops} steps;"
            f" the shortest has {steps}: --hops {steps} shows it"
        )
    if lang == "zh":
        return f"{start.label}与{end.label}之间没有路径：已查{start.label}{hops}步以内的{reached}个主体与文件"
    return (
        f"No way leads from {start.label} to {end.label}, however long;"
        f" {reached:,} others are within {hops} steps of {start.label}"
    )
