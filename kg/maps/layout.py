"""Where the nodes of a map lie: the same graph gives the same picture on any machine.

Every component is laid out by itself, by stress (Gansner, Koren and North 2004: distances on the page follow
distances in the graph), then names are pushed apart until none covers another, then the components are packed around
the biggest one. Beside networkx, which gives the components and their distances, this is code of ours:
fa2 is under the GPL; networkx's own spring and Kamada-Kawai layouts sum in an order, and round, as the processor's
vector unit likes it, so that two machines draw two pictures, and neither knows how wide a name is. Here numpy only
adds, multiplies, divides and takes roots number by number, which IEEE 754 defines to the last bit.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import count, product
from typing import TypeAlias

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Graph: TypeAlias = "nx.MultiDiGraph[str]"
Point = tuple[float, float]
Box = tuple[float, float, float]  # half its width, half its height, how far the node lies above its middle
Reals = NDArray[np.float64]
Places = NDArray[np.intp]

EDGE = 128.0  # how long an edge would like to be; a label of two words stands on it
EM = 12.0  # the size of a name at scale 1
LINE = 15.0
GAP = 10.0  # between names
WIDE = 1.25  # names lie, so pictures do
ASPECT = 1.5  # of the whole map
WRAP = 9.0  # em a line of a name
LINES = 2
_PIVOTS = 300  # above so many nodes, distances are kept to so many of them only
_ROUNDS = 120
_MARGIN = 30.0  # pairs nearer than twice this are watched while boxes are pushed
_CELL = 36.0


def width(text: str) -> float:
    """In em: Chinese characters are twice as wide as Latin ones."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)


def wrap(text: str) -> list[str]:
    """A name in at most LINES lines of about WRAP em, broken between Latin words and anywhere in Chinese."""
    text = " ".join(text.split())
    if width(text) <= WRAP + 1:
        return [text]
    even = _fill(text, width(text) / LINES + 0.6)
    lines = even if len(even) <= LINES and max(map(width, even)) <= WRAP + 1 else _fill(text, WRAP)
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], _cut(lines[LINES - 1], WRAP - 1) + "…"]
    return [_cut(line, WRAP - 1) + "…" if width(line) > WRAP + 1 else line for line in lines]


def _fill(text: str, em: float) -> list[str]:
    lines = [""]
    for word in _words(text):
        if lines[-1] and width((lines[-1] + word).rstrip()) > em:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.rstrip() for line in lines]


def _words(text: str) -> Iterator[str]:
    word = ""
    for char in text:
        if unicodedata.east_asian_width(char) in "WF" or char == " ":
            if word:
                yield word
            word = ""
            yield char
        else:
            word += char
    if word:
        yield word


def _cut(text: str, em: float) -> str:
    while width(text) > em:
        text = text[:-1]
    return text


def radius(degree: int) -> float:
    """Of a node: the busier, the bigger, to a limit."""
    return min(8.0 + 2.2 * math.sqrt(degree), 20.0)


def box(lines: list[str], degree: int) -> Box:
    """The room that a node takes with its name, which stands below it."""
    across = max([width(line) * EM for line in lines] + [2 * radius(degree)])
    below = LINE * len(lines) / 2
    return across / 2 + GAP / 2, radius(degree) + below + GAP / 2, below


def positions(graph: Graph) -> dict[str, Point]:
    """Centres, in pixels at scale 1. Nodes without a relation stand in rows below the rest."""
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    plain.add_edges_from(sorted({(min(u, v), max(u, v)) for u, v in graph.edges() if u != v}))
    boxes = {node: _box_of(graph, node, plain.degree(node)) for node in plain}
    components = sorted(nx.connected_components(plain), key=lambda nodes: (-len(nodes), min(nodes)))
    shapes = [_component(_part(plain, nodes), boxes) for nodes in components if len(nodes) > 1]
    placed = _pack(shapes, boxes, plain)
    alone = sorted(
        (node for nodes in components if len(nodes) == 1 for node in nodes), key=lambda n: _kind_first(graph, n)
    )
    placed |= _rows(
        alone, boxes, top=max((y + boxes[n][1] for n, (_, y) in placed.items()), default=0.0) + 2 * EDGE / 3
    )
    return {node: (round(x, 1), round(y - boxes[node][2], 1)) for node, (x, y) in sorted(placed.items())}


def _box_of(graph: Graph, node: str, degree: int) -> Box:
    """Room enough for the name in every language that the page can be switched to."""
    labels: Mapping[str, str] = graph.nodes[node].get("labels") or {"": node}
    half_x, half_y, below = zip(*(box(wrap(label), degree) for label in labels.values()), strict=True)
    return max(half_x), max(half_y), max(below)


def _kind_first(graph: Graph, node: str) -> tuple[str, str]:
    return str(graph.nodes[node].get("type", "")), node


def _part(plain: nx.Graph[str], nodes: set[str]) -> nx.Graph[str]:
    """A copy in an order of its own: networkx's views go through a set, in the order of the day's hashes."""
    part: nx.Graph[str] = nx.Graph()
    part.add_nodes_from(sorted(nodes))
    part.add_edges_from((node, other) for node in sorted(nodes) for other in sorted(plain[node]) if node < other)
    return part


def _component(part: nx.Graph[str], boxes: Mapping[str, Box]) -> dict[str, Point]:
    nodes = sorted(part, key=lambda node: (-part.degree(node), node))
    if len(nodes) == 2:
        # side by side, with room for what the relation is called
        apart = max(EDGE * WIDE, sum(boxes[node][0] for node in nodes))
        return {nodes[0]: (0.0, 0.0), nodes[1]: (apart, 0.0)}
    xy = _stress(part, nodes)
    span = xy.max(axis=0) - xy.min(axis=0)
    if span[1] > span[0]:
        xy = xy[:, ::-1].copy()
    xy[:, 0] *= WIDE
    sizes = np.array([boxes[node][:2] for node in nodes])
    xy = _apart(xy, sizes)
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, xy, strict=True)}


def _stress(part: nx.Graph[str], nodes: list[str]) -> Reals:
    """Majorise stress from a circle in depth-first order, on which the branches of a tree don't cross."""
    place = {node: at for at, node in enumerate(nodes)}
    order = list(nx.dfs_preorder_nodes(part, nodes[0]))
    # cosine and sine are the C library's: rounded, so that its last bit doesn't matter
    circle = {
        node: (round(math.cos(2 * math.pi * at / len(order)), 6), round(math.sin(2 * math.pi * at / len(order)), 6))
        for at, node in enumerate(order)
    }
    xy = np.array([circle[node] for node in nodes]) * (EDGE * math.sqrt(len(nodes)) / 2)
    pivots = _pivots(part, nodes)
    # an edge between two busy nodes is longer: both need room around them
    lengths = {
        (u, v): EDGE * (1 + 0.12 * min(math.isqrt(part.degree(u) * part.degree(v)) - 1, 10)) for u, v in part.edges()
    }
    for (u, v), length in lengths.items():
        part.edges[u, v]["length"] = length
    wanted = np.ones((len(pivots), len(nodes)))
    for at, pivot in enumerate(pivots):
        for node, distance in nx.single_source_dijkstra_path_length(part, pivot, weight="length").items():
            wanted[at, place[node]] = distance
    here = np.array([place[pivot] for pivot in pivots])
    wanted[np.arange(len(pivots)), here] = 1.0
    weights = 1.0 / (wanted * wanted)
    weights[np.arange(len(pivots)), here] = 0.0
    ends = np.array(
        [(place[u], place[v]) for u, v in sorted(lengths)] + [(place[v], place[u]) for u, v in sorted(lengths)]
    )
    near = np.array([lengths[pair] for pair in sorted(lengths)] * 2)
    total = weights.sum(axis=0)
    sparse = len(pivots) < len(nodes)
    if sparse:
        pull = 1.0 / (near * near)
        np.add.at(total, ends[:, 0], pull)
    for _ in range(_ROUNDS):
        # sums run down the first axis, row after row: an order that no processor changes
        dx, dy = xy[None, :, 0] - xy[here, None, 0], xy[None, :, 1] - xy[here, None, 1]
        ratio = wanted / np.maximum(np.sqrt(dx * dx + dy * dy), 1e-6)
        new = np.empty_like(xy)
        new[:, 0] = (weights * (xy[here, None, 0] + dx * ratio)).sum(axis=0)
        new[:, 1] = (weights * (xy[here, None, 1] + dy * ratio)).sum(axis=0)
        if sparse:
            step = xy[ends[:, 0]] - xy[ends[:, 1]]
            far = np.maximum(np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1]), 1e-6)
            np.add.at(new, ends[:, 0], (pull[:, None]) * (xy[ends[:, 1]] + step * (near / far)[:, None]))
        xy = new / total[:, None]
    return xy


def _pivots(part: nx.Graph[str], nodes: list[str]) -> list[str]:
    """All nodes, or in a big component some that lie far from each other."""
    if len(nodes) <= _PIVOTS:
        return nodes
    pivots = [nodes[0]]
    nearest = dict(nx.single_source_shortest_path_length(part, nodes[0]))
    while len(pivots) < _PIVOTS:
        pivots.append(max(nodes, key=lambda node: (nearest[node], node)))
        for node, distance in nx.single_source_shortest_path_length(part, pivots[-1]).items():
            nearest[node] = min(nearest[node], distance)
    return pivots


def _apart(xy: Reals, sizes: Reals) -> Reals:
    """Push boxes apart along the way that is shorter; where that doesn't end, spread the whole picture."""
    order = np.arange(len(xy))
    # no two at one place: there would be no way to push
    xy = xy + np.stack([(order % 7) * 0.11, (order % 11) * 0.07], axis=1)
    for _ in range(80):
        one, other = _close(xy, sizes + _MARGIN)
        reach = sizes[one] + sizes[other]
        for step in range(10):
            apart = xy[other] - xy[one]
            over = reach - np.abs(apart)
            touching = np.minimum(over[:, 0], over[:, 1]) > 0
            if not touching.any():
                if step == 0:
                    return xy
                break
            sideways = over[:, 0] < over[:, 1]
            shift = np.where(np.stack([sideways, ~sideways], axis=1) & touching[:, None], over / 2 + 0.5, 0.0)
            shift = np.where(apart >= 0, shift, -shift) * 0.6
            # one after the other, in the order of the pairs
            push = np.zeros_like(xy)
            np.add.at(push, one, -shift)
            np.add.at(push, other, shift)
            xy = xy + push
        xy = xy * 1.015
    return xy


def _close(xy: Reals, sizes: Reals) -> tuple[Places, Places]:
    """Pairs whose boxes may touch, by a sweep from left to right."""
    left, right = xy[:, 0] - sizes[:, 0], xy[:, 0] + sizes[:, 0]
    pairs: list[tuple[int, int]] = []
    active = np.empty(0, dtype=np.intp)
    for i in np.argsort(left, kind="stable"):
        active = active[right[active] > left[i]]
        near = active[np.abs(xy[active, 1] - xy[i, 1]) < sizes[active, 1] + sizes[i, 1]]
        pairs += [(min(int(i), int(j)), max(int(i), int(j))) for j in near]
        active = np.append(active, i)
    found = np.array(sorted(pairs), dtype=np.intp).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _pack(shapes: list[dict[str, Point]], boxes: Mapping[str, Box], plain: nx.Graph[str]) -> dict[str, Point]:
    """The biggest component in the middle, each further one as near to it as it fits (Freivalds and others 2002)."""
    taken: set[tuple[int, int]] = set()
    placed: dict[str, Point] = {}
    for shape in shapes:
        cells = _cells(shape, boxes, plain)
        middle_x = (min(c[0] for c in cells) + max(c[0] for c in cells)) // 2
        middle_y = (min(c[1] for c in cells) + max(c[1] for c in cells)) // 2
        free = _no_clash(cells, taken)
        dx, dy = next((x, y) for x, y in _spiral(middle_x, middle_y) if free(x, y))
        taken |= {(x + dx, y + dy) for x, y in cells}
        placed |= {node: (x + dx * _CELL, y + dy * _CELL) for node, (x, y) in shape.items()}
    return placed


def _no_clash(cells: set[tuple[int, int]], taken: set[tuple[int, int]]) -> Callable[[int, int], bool]:
    return lambda dx, dy: not any((x + dx, y + dy) in taken for x, y in cells)


def _cells(shape: Mapping[str, Point], boxes: Mapping[str, Box], plain: nx.Graph[str]) -> set[tuple[int, int]]:
    """The squares of a grid that nodes, names and edges cover, with a margin of one on the right and below."""
    cells: set[tuple[int, int]] = set()
    for node, (x, y) in shape.items():
        half_x, half_y, _ = boxes[node]
        columns = range(math.floor((x - half_x) / _CELL), math.floor((x + half_x) / _CELL) + 2)
        lines = range(math.floor((y - half_y) / _CELL), math.floor((y + half_y) / _CELL) + 2)
        cells.update(product(columns, lines))
        for other in plain[node]:
            if other > node:
                to_x, to_y = shape[other]
                steps = 1 + int(max(abs(to_x - x), abs(to_y - y)) / (_CELL / 2))
                for step in range(steps):
                    at = math.floor((x + (to_x - x) * step / steps) / _CELL)
                    cells.add((at, math.floor((y + (to_y - y) * step / steps) / _CELL)))
    return cells


def _spiral(middle_x: int, middle_y: int) -> Iterator[tuple[int, int]]:
    """Shifts that bring a shape's middle to the map's, then further and further from it, wider than high."""
    for ring in count():
        for x, y in _ring(ring):
            yield x - middle_x, y - middle_y


@cache
def _ring(ring: int) -> list[tuple[int, int]]:
    reach = ring + 1
    squared = {
        (x, y): x * x + (y * ASPECT) * (y * ASPECT) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1)
    }
    inside = [at for at, far in squared.items() if ring * ring <= far < (ring + 1) * (ring + 1)]
    return sorted(inside, key=lambda at: (squared[at], at))


def _rows(nodes: list[str], boxes: Mapping[str, Box], top: float) -> dict[str, Point]:
    if not nodes:
        return {}
    area = sum(4 * boxes[node][0] * boxes[node][1] for node in nodes)
    room = max(math.sqrt(area * 2 * ASPECT), 600.0)
    placed: dict[str, Point] = {}
    x, y, high = -room / 2, top, 0.0
    for node in nodes:
        half_x, half_y, _ = boxes[node]
        if x + 2 * half_x > room / 2 and high:
            x, y, high = -room / 2, y + high, 0.0
        placed[node] = (x + half_x, y + half_y)
        x, high = x + 2 * half_x + GAP, max(high, 2 * half_y + GAP)
    return placed
