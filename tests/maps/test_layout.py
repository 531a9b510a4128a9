from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from kg.maps import layout


def made(nodes: int, edges: int, seed: int = 7) -> layout.Graph:
    """A few busy names, many small groups, some without a relation: as reports give it."""
    chance = random.Random(seed)
    graph: layout.Graph = nx.MultiDiGraph()
    for at in range(nodes):
        zh = "".join(chance.choice("示例海港数据科技管理办法研究院") for _ in range(chance.randint(2, 20)))
        graph.add_node(f"n{at:04}", type="Company", labels={"zh": zh, "en": "Sample Name " * chance.randint(1, 3)})
    names = list(graph)[: int(nodes * 0.9)]
    for _ in range(edges):
        if chance.random() < 0.3:
            graph.add_edge(chance.choice(names[: 2 * len(names) // 3]), chance.choice(names[:5]), relation="x")
        else:
            at = chance.randrange(len(names) - 3)
            graph.add_edge(names[at], names[at + chance.randint(1, 3)], relation="x")
    return graph


def overlapping(graph: layout.Graph, positions: dict[str, layout.Point]) -> list[tuple[str, str]]:
    """Pairs of nodes that cover each other, names included."""
    boxes = {}
    for node, (x, y) in positions.items():
        degree = len((set(graph.successors(node)) | set(graph.predecessors(node))) - {node})
        sizes = [layout.box(layout.wrap(label), degree) for label in graph.nodes[node]["labels"].values()]
        half_x, half_y, below = (max(size[at] for size in sizes) for at in range(3))
        boxes[node] = (x, y + below, half_x - layout.GAP / 2, half_y - layout.GAP / 2)
    return [
        (a, b)
        for a, b in combinations(boxes, 2)
        if abs(boxes[a][0] - boxes[b][0]) < boxes[a][2] + boxes[b][2]
        and abs(boxes[a][1] - boxes[b][1]) < boxes[a][3] + boxes[b][3]
    ]


SHAPES = {
    "one": nx.empty_graph(1),
    "pair": nx.path_graph(2),
    "path": nx.path_graph(9),
    "star": nx.star_graph(30),
    "ring": nx.cycle_graph(12),
    "clique": nx.complete_graph(9),
    "tree": nx.balanced_tree(3, 3),
    "loop": nx.Graph([(0, 0), (0, 1)]),
    "alone": nx.empty_graph(40),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_names_never_cover_each_other(shape: str) -> None:
    graph: layout.Graph = nx.MultiDiGraph(nx.relabel_nodes(SHAPES[shape], str))
    for node in graph:
        graph.nodes[node].update(type="Company", labels={"zh": "示例数据科技有限公司", "en": f"Sample {node}"})
    positions = layout.positions(graph)
    assert set(positions) == set(graph)
    assert overlapping(graph, positions) == []


@pytest.mark.parametrize(("nodes", "edges"), [(40, 30), (150, 120), (150, 260), (450, 600)])
def test_no_overlap_in_whole_maps(nodes: int, edges: int) -> None:
    graph = made(nodes, edges)
    positions = layout.positions(graph)
    assert overlapping(graph, positions) == []


def test_big_components_keep_to_pivots(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = made(120, 200)
    monkeypatch.setattr(layout, "_PIVOTS", 20)
    positions = layout.positions(graph)
    assert overlapping(graph, positions) == []
    assert all(np.isfinite(value) for point in positions.values() for value in point)


def test_neighbours_lie_nearer_than_strangers() -> None:
    graph = made(150, 120)
    positions = layout.positions(graph)
    part = max(nx.connected_components(graph.to_undirected()), key=len)

    def mean(pairs: list[tuple[str, str]]) -> float:
        return sum(np.hypot(*np.subtract(positions[a], positions[b])) for a, b in pairs) / len(pairs)

    linked = [(a, b) for a, b in graph.edges() if a in part and a != b]
    assert mean(linked) < 0.5 * mean(list(combinations(sorted(part), 2)))


def test_names_without_relation_stand_below() -> None:
    graph = made(60, 40)
    positions = layout.positions(graph)
    alone = set(nx.isolates(graph))
    assert alone
    assert min(positions[node][1] for node in alone) > max(positions[node][1] for node in set(graph) - alone)


def test_order_of_nodes_and_edges_does_not_matter() -> None:
    graph = made(80, 90)
    other: layout.Graph = nx.MultiDiGraph()
    other.add_nodes_from(reversed(list(graph.nodes(data=True))))
    other.add_edges_from(reversed(list(graph.edges(data=True))))
    assert layout.positions(other) == layout.positions(graph)


def test_kept_places_hold_and_the_others_find_room() -> None:
    graph = made(120, 140)
    whole = layout.positions(graph)
    kept = {node: at for at_, (node, at) in enumerate(sorted(whole.items())) if at_ % 3}
    positions = layout.positions(graph, kept)
    assert {node: positions[node] for node in kept} == kept
    assert overlapping(graph, positions) == []
    assert layout.positions(graph, whole) == whole


def test_kept_places_beyond_the_map_are_laid_out_anew() -> None:
    graph = made(20, 15)
    whole = layout.positions(graph)
    node = sorted(whole)[0]
    positions = layout.positions(graph, whole | {node: (9e6, -9e6)})
    assert max(map(abs, positions[node])) < layout.FARTHEST
    assert {n: at for n, at in positions.items() if n != node} == {n: at for n, at in whole.items() if n != node}


def test_big_components_are_settled_where_pushing_jams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_BIG", 30)
    graph = made(150, 200)
    positions = layout.positions(graph)
    assert overlapping(graph, positions) == []
    assert layout.positions(graph) == positions


_PROGRAM = """
import json, sys
import networkx as nx
from kg.maps import layout
graph = nx.MultiDiGraph()
given = json.load(sys.stdin)
for node, labels in given["nodes"]:
    graph.add_node(node, type="Company", labels=labels)
graph.add_edges_from(given["edges"])
layout._PIVOTS = given["pivots"]
print(json.dumps(layout.positions(graph)))
"""


@pytest.mark.parametrize("pivots", [300, 25])
def test_same_on_every_machine(pivots: int) -> None:
    """Other processes, other hash seeds, and numpy told to leave out what newer processors add."""
    graph = made(150, 180)
    given = {
        "nodes": list(graph.nodes(data="labels")),
        "edges": [list(pair) for pair in graph.edges()],
        "pivots": pivots,
    }
    digests = set()
    older = {"NPY_DISABLE_CPU_FEATURES": _newer_features()}
    for more in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"}, {"PYTHONHASHSEED": "3"} | older):
        found = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _PROGRAM],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | more,
        )
        digests.add(hashlib.sha256(found.stdout.encode()).hexdigest())
    assert len(digests) == 1


def _newer_features() -> str:
    config = np.show_config(mode="dicts")
    assert config is not None
    return " ".join(config["SIMD Extensions"].get("found", []))  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("云雀", ["云雀"]),
        ("国家示例数据办公室", ["国家示例数据办公室"]),
        ("国家示例互联网信息办公室", ["国家示例互联", "网信息办公室"]),
        ("Harbour Capital", ["Harbour Capital"]),
        ("示例数据出境管理办法", ["示例数据出境管理办法"]),  # no last character on a line of its own
        ("Sample City Commerce Bureau", ["Sample City", "Commerce Bureau"]),
        ("", [""]),
        ("  spaces   and\nlines ", ["spaces and lines"]),
    ],
)
def test_wrap(name: str, lines: list[str]) -> None:
    assert layout.wrap(name) == lines


def test_wrap_cuts_what_is_too_long() -> None:
    for name in ("示例" * 40, "Sample " * 40, "x" * 200):
        lines = layout.wrap(name)
        assert len(lines) <= layout.LINES
        assert lines[-1].endswith("…")
        assert all(layout.width(line) <= layout.WRAP + 1 for line in lines)
