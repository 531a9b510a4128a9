"""What lawyers and deal teams look at: the part of a graph that is theirs, and how it lies and opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Literal

from kg.errors import UsageError
from kg.maps.network import JOINT, Graph

Name = Literal["", "lawyer", "deals"]


@dataclass(frozen=True, slots=True)
class Preset:
    name: Name
    zh: str
    en: str
    relations: frozenset[str]
    alone: frozenset[str] = frozenset()  # the classes of nodes that are shown without a relation too
    direction: Literal["", "time"] = ""
    off: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def part(self, graph: Graph) -> Graph:
        """What the preset shows of a graph; what was asked for by name stays in any case."""
        edges = [
            (u, v, key) for u, v, key, edge in graph.edges(keys=True, data=True) if edge["relation"] in self.relations
        ]
        wanted = {node for u, v, _ in edges for node in (u, v)}
        wanted |= {node for node, about in graph.nodes(data=True) if about["type"] in self.alone or about["start"]}
        part: Graph = type(graph)()
        part.graph.update(graph.graph)
        part.add_nodes_from((node, about) for node, about in graph.nodes(data=True) if node in wanted)
        for u, v, key in edges:
            part.add_edge(u, v, key, **graph.edges[u, v, key])
        return part


PRESETS: dict[str, Preset] = {
    "lawyer": Preset(
        "lawyer",
        "法规与机构",
        "rules and regulators",
        frozenset({"issuedBy", "draftedBy", "basedOn", "amends"}),
        frozenset({"Regulator", "Instrument", "Publication"}),
    ),
    "deals": Preset(
        "deals",
        "交易",
        "deals",
        frozenset({"acquires", "investsIn", "subsidiaryOf"}),
        direction="time",
        off={"status": frozenset({"rumoured", "in-talks", "proposed"})},
    ),
}


def preset(name: str) -> Preset:
    if name not in PRESETS:
        raise UsageError(f"no preset is called {name}: there are {', '.join(PRESETS)}")
    return PRESETS[name]


def partners(graph: Graph) -> list[tuple[str, str]]:
    """Bodies that issue or draft one document: they shall lie side by side. Of more than twelve, each with the next."""
    bodies: dict[tuple[str, str], set[str]] = defaultdict(set)
    for document, body, edge in graph.edges(data=True):
        if edge["relation"] in JOINT:
            bodies[document, edge["relation"]].add(body)
    pairs: set[tuple[str, str]] = set()
    for who in bodies.values():
        ordered = sorted(who)
        pairs.update(combinations(ordered, 2) if len(ordered) <= 12 else pairwise(ordered))
    return sorted(pairs)
