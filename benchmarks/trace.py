"""Chains, paths and changes in a large store, beside what they are built on: ``python -m benchmarks.trace STORE``.

The firm whose chain is longest is traced, once by ``kg.query``, with status, amount and quotes of every step, once by
a bare property path and once by networkx, which give addresses alone. That all reach the same firms is asserted.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import networkx as nx

from benchmarks.timing import machine, peak_mib, table
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.items import DEAL_STATUS, RELATIONS
from kg.query.chain import chain
from kg.query.changes import diff
from kg.query.path import paths
from kg.vocab import KG

ALL = 10_000  # steps: as deep as it goes
SPARQL = "SELECT DISTINCT ?held { ?firm (kg:acquires|kg:investsIn|^kg:subsidiaryOf)+ ?held }"


def edges(store: Store, names: tuple[str, ...]) -> list[tuple[str, str]]:
    found: list[Any] = [quad for name in names for quad in store.quads(None, KG[name], None, DEFAULT)]
    return [(quad.subject.value, quad.object.value) for quad in found]


def holding(store: Store) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph(edges(store, ("acquires", "investsIn")))
    graph.add_edges_from((parent, child) for child, parent in edges(store, ("subsidiaryOf",)))
    return graph


def bare(store: Store, firm: str) -> set[str]:
    query = SPARQL.replace("?firm", f"<{firm}>")
    rows: Any = store.query(query)
    return {row["held"].value for row in rows} - {firm}


def whole(store: Store, firm: str) -> set[str]:
    # terminated deals are edges of the graph too
    found = chain(store, firm, depth=ALL, statuses=DEAL_STATUS)
    return {branch.entity.iri for branch in found.walk("down")} - {firm}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with Store.open(options.store) as store:
        held = holding(store)
        related: nx.Graph[str] = nx.Graph(edges(store, RELATIONS))
        firm = max(sorted(held), key=lambda iri: len(nx.descendants(held, iri)))
        reached = nx.descendants(held, firm)
        assert bare(store, firm) == reached == whole(store, firm)
        near = nx.single_source_shortest_path_length(related, firm, cutoff=6)
        far = max(sorted(near), key=lambda iri: near[iri])
        reports = sorted(store.reports(), key=lambda one: one.id)
        last, before = reports[-1].id, reports[-2].id
        works: dict[str, Callable[[], object]] = {
            "chain: kg, with evidence, both ways": lambda: chain(store, firm, depth=ALL),
            "chain: bare SPARQL, acquires|investsIn|^subsidiaryOf": lambda: bare(store, firm),
            "chain: networkx, reading the edges": lambda: nx.descendants(holding(store), firm),
            "chain: networkx, the graph at hand": lambda: nx.descendants(held, firm),
            "path: kg, three ways, with evidence": lambda: paths(store, firm, far),
            "path: networkx, one way, reading the edges": lambda: nx.shortest_path(
                nx.Graph(edges(store, RELATIONS)), firm, far
            ),
            "path: networkx, one way, the graph at hand": lambda: nx.shortest_path(related, firm, far),
            f"diff: {before} to {last}": lambda: diff(store, before, last),
        }
        taken: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(options.rounds):
            for name, work in works.items():
                begun = time.perf_counter()
                work()
                taken[name].append(time.perf_counter() - begun)
        table(
            ("", "median s", "fastest s"),
            [(name, f"{statistics.median(times):.3f}", f"{min(times):.3f}") for name, times in taken.items()],
        )
        found = chain(store, firm, depth=ALL)
        steps = sum(1 for direction in ("down", "up") for _ in found.walk(direction))
        ways = paths(store, firm, far).ways
        print(
            f"{len(store):,} quads, {related.number_of_nodes():,} entities, {related.number_of_edges():,} relations;"
            f" {len(reached)} firms reached, {steps} steps; ways of {', '.join(str(len(way)) for way in ways)} steps;"
            f" {len(diff(store, before, last).changes)} changes; peak {peak_mib():.0f} MiB; {machine()}"
        )


if __name__ == "__main__":
    main()
