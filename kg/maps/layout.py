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
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import count
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
_FEWEST = 40
_DISTANCES = 300_000
_ROUNDS = 120
_MARGIN = 30.0  # pairs nearer than twice this are watched while boxes are pushed
_FILLED = 0.3  # of a big picture's frame; with more in it, pushing helps less than room
_BIG = 1500
_CELL = 36.0
SQUARE = 12.0
FARTHEST = 150_000.0
_UNKNOWN: Box = (60.0, 30.0, 8.0)  # the room of a kept place whose name isn't known


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


def positions(
    graph: Graph, kept: Mapping[str, Point] | None = None, ties: Iterable[tuple[str, str]] = ()
) -> dict[str, Point]:
    """Centres, in pixels at scale 1. Nodes without a relation stand in rows below the rest.

    What ``kept`` has stays where it is, and the others find room near those whom they are related to; places of nodes
    that aren't in the graph stay free. ``ties`` are pairs that shall lie near each other without a relation.
    """
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    plain.add_edges_from(sorted({(min(u, v), max(u, v)) for u, v in (*graph.edges(), *ties) if u != v}))
    boxes = {node: box_of(graph, node, plain.degree(node)) for node in plain}
    # what lies further out than any picture reaches would ask for a plane of gigabytes
    kept = {node: at for node, at in (kept or {}).items() if max(map(abs, at)) <= FARTHEST}
    if not graph.nodes.keys().isdisjoint(kept):
        return _extended(graph, plain, boxes, kept)
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


def _extended(
    graph: Graph, plain: nx.Graph[str], boxes: Mapping[str, Box], kept: Mapping[str, Point]
) -> dict[str, Point]:
    room, taken = Room(), _Taken()
    placed = {node: (x, y + boxes.get(node, _UNKNOWN)[2]) for node, (x, y) in sorted(kept.items())}
    for node, at in placed.items():
        room.cover(at, boxes.get(node, _UNKNOWN)[:2])
    waiting = {node for node in plain if node not in placed}
    while near := {node: sorted(o for o in plain[node] if o in placed) for node in waiting}:
        touching = sorted((n for n in near if near[n]), key=lambda n: (-len(near[n]), -plain.degree(n), n))
        if not touching:
            break
        for node in touching:
            placed[node] = room.take(_beside(near[node], plain, placed), boxes[node][:2])
        waiting -= set(touching)
    parts = sorted(nx.connected_components(_part(plain, waiting)), key=lambda nodes: (-len(nodes), min(nodes)))
    shapes = [_component(_part(plain, nodes), boxes) for nodes in parts if len(nodes) > 1]
    if shapes:
        taken.add(_cells(placed, boxes, plain))
        placed |= _pack(shapes, boxes, plain, taken)
    alone = sorted((node for nodes in parts if len(nodes) == 1 for node in nodes), key=lambda n: _kind_first(graph, n))
    bottom = max(y + boxes.get(node, _UNKNOWN)[1] for node, (_, y) in placed.items())
    placed |= _rows(alone, boxes, bottom + GAP)
    return {
        node: kept[node] if node in kept else (round(x, 1), round(y - boxes[node][2], 1))
        for node, (x, y) in sorted(placed.items())
        if node in plain
    }


def _beside(near: list[str], plain: nx.Graph[str], placed: Mapping[str, Point]) -> Point:
    """In the middle of those that a node is related to; of one alone, on the side where that one has nobody."""
    x, y = (sum(placed[node][i] for node in near) / len(near) for i in (0, 1))
    if len(near) > 1:
        return x, y
    others = [placed[node] for node in sorted(plain[near[0]]) if node in placed]
    away_x, away_y = (sum(at[i] for at in others) / max(len(others), 1) for i in (0, 1))
    dx, dy = (x - away_x, y - away_y) if others else (1.0, 0.0)
    far = math.sqrt(dx * dx + dy * dy)
    return (x + dx / far * EDGE, y + dy / far * EDGE) if far > 1 else (x + EDGE, y)


def box_of(graph: Graph, node: str, degree: int) -> Box:
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
        total = total + _sums(ends[:, 0], pull, len(nodes))
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
            new += _sums(ends[:, 0], pull[:, None] * (xy[ends[:, 1]] + step * (near / far)[:, None]), len(nodes))
        xy = new / total[:, None]
    return xy


def _sums(places: Places, values: Reals, count_: int) -> Reals:
    """What belongs to each place, added up one after the other in the given order."""
    if values.ndim == 1:
        found: Reals = np.bincount(places, values, count_).astype(np.float64)
        return found
    return np.stack([np.bincount(places, column, count_) for column in values.T], axis=1)


def _pivots(part: nx.Graph[str], nodes: list[str]) -> list[str]:
    """All nodes, or in a big component some that lie far from each other: the fewer, the more nodes there are."""
    if len(nodes) <= _PIVOTS:
        return nodes
    wanted = max(_FEWEST, min(_PIVOTS, _DISTANCES // len(nodes)))
    pivots = [nodes[0]]
    nearest = dict(nx.single_source_shortest_path_length(part, nodes[0]))
    while len(pivots) < wanted:
        pivots.append(max(nodes, key=lambda node: (nearest[node], node)))
        for node, distance in nx.single_source_shortest_path_length(part, pivots[-1]).items():
            nearest[node] = min(nearest[node], distance)
    return pivots


def _apart(xy: Reals, sizes: Reals) -> Reals:
    """Push boxes apart along the way that is shorter; where that doesn't end, spread the whole picture."""
    order = np.arange(len(xy))
    # no two at one place: there would be no way to push
    xy = xy + np.stack([(order % 7) * 0.11, (order % 11) * 0.07], axis=1)
    if big := len(xy) > _BIG:
        # four standard deviations each way hold nearly all: those far out don't count
        frame = 16 * xy.std(axis=0).prod()
        xy = xy * math.sqrt(max(4 * sizes.prod(axis=1).sum() / (_FILLED * frame), 1.0))
    for _ in range(10 if big else 80):
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
            xy = xy - _sums(one, shift, len(xy)) + _sums(other, shift, len(xy))
        xy = xy * 1.015
    return _settled(xy, sizes) if big else xy


def _settled(xy: Reals, sizes: Reals) -> Reals:
    """Where pushing jams: each box at the nearest place that those before it leave free."""
    room = Room()
    return np.array(
        [room.take((float(x), float(y)), (float(w), float(h))) for (x, y), (w, h) in zip(xy, sizes, strict=True)]
    )


class Room:
    """A plane of small squares, some covered: finds the nearest place where a box covers none of these."""

    def __init__(self) -> None:
        self._reach = 256
        self._grid = np.zeros((2 * self._reach, 2 * self._reach), dtype=bool)

    def cover(self, at: Point, half: Point) -> None:
        """Whatever is there already."""
        self._put(*self._squares(at, half))

    def take(self, at: Point, half: Point) -> Point:
        """The nearest free place for a box that would like to be at a point; it is covered then."""
        low, size = self._squares(at, half)
        dx, dy = self._shift(low, size)
        self._put((low[0] + dx, low[1] + dy), size)
        return at[0] + dx * SQUARE, at[1] + dy * SQUARE

    def _squares(self, at: Point, half: Point) -> tuple[tuple[int, int], tuple[int, int]]:
        low = [math.floor((at[i] - half[i]) / SQUARE) for i in (0, 1)]
        high = [math.floor((at[i] + half[i]) / SQUARE) for i in (0, 1)]
        return (low[0], low[1]), (high[0] - low[0] + 1, high[1] - low[1] + 1)

    def _shift(self, low: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
        around = 0
        while True:
            self._grow(max(abs(low[0]), abs(low[1])) + max(size) + around)
            x, y = (low[i] + self._reach - around for i in (0, 1))
            part = self._grid[x : x + size[0] + 2 * around, y : y + size[1] + 2 * around]
            if not around and not part.any():
                return 0, 0
            sums = np.zeros((part.shape[0] + 1, part.shape[1] + 1), dtype=np.int32)
            np.cumsum(part, axis=0, dtype=np.int32, out=sums[1:, 1:])
            np.cumsum(sums, axis=1, out=sums)
            w, h = size
            free = np.argwhere((sums[w:, h:] - sums[:-w, h:] - sums[w:, :-h] + sums[:-w, :-h]) == 0) - around
            # within the circle: outside of it, a place that isn't looked at may be nearer
            far = (free * free).sum(axis=1)
            if len(free) and far.min() <= around * around:
                dx, dy = free[far.argmin()]
                return int(dx), int(dy)
            around = max(12, 2 * around)

    def _put(self, low: tuple[int, int], size: tuple[int, int]) -> None:
        self._grow(max(abs(low[0]), abs(low[1])) + max(size))
        x, y = low[0] + self._reach, low[1] + self._reach
        self._grid[x : x + size[0], y : y + size[1]] = True

    def _grow(self, reach: int) -> None:
        if reach >= self._reach:
            self._grid, self._reach = _grown(self._grid, self._reach, reach)


def _grown(grid: NDArray[np.bool_], reach: int, wanted: int) -> tuple[NDArray[np.bool_], int]:
    """A square with more room around the same middle."""
    more = max(wanted + 1, 2 * reach)
    found = np.zeros((2 * more, 2 * more), dtype=bool)
    found[more - reach : more + reach, more - reach : more + reach] = grid
    return found, more


def _close(xy: Reals, sizes: Reals) -> tuple[Places, Places]:
    """Pairs whose boxes may touch: a box is looked for in its own square of a grid and in four of the eight around."""
    cell = 2 * sizes.max(axis=0)
    at = np.floor(xy / cell).astype(np.int64)
    at -= at.min(axis=0) - 1
    rows = int(at[:, 1].max()) + 2
    key = at[:, 0] * rows + at[:, 1]
    order = np.argsort(key, kind="stable")
    sorted_ = key[order]
    found = []
    for dx, dy in ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1)):
        wanted = sorted_ + dx * rows + dy
        first = np.arange(len(xy)) + 1 if (dx, dy) == (0, 0) else np.searchsorted(sorted_, wanted, "left")
        many = np.maximum(np.searchsorted(sorted_, wanted, "right") - first, 0)
        one, at_ = _counted(many)
        i, j = order[one], order[first[one] + at_]
        near = (np.abs(xy[i] - xy[j]) < sizes[i] + sizes[j]).all(axis=1)
        found.append(np.stack([np.minimum(i, j)[near], np.maximum(i, j)[near]], axis=1))
    pairs = np.concatenate(found)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return pairs[:, 0], pairs[:, 1]


def _pack(
    shapes: list[dict[str, Point]], boxes: Mapping[str, Box], plain: nx.Graph[str], taken: _Taken | None = None
) -> dict[str, Point]:
    """The biggest component in the middle, each further one as near to it as it fits (Freivalds and others 2002)."""
    taken = taken or _Taken()
    placed: dict[str, Point] = {}
    # where one found no room nearer, none that is bigger in every way looks again
    found: list[tuple[int, int, int, int]] = []
    for shape in shapes:
        cells = _cells(shape, boxes, plain)
        low, high = cells.min(axis=0), cells.max(axis=0)
        middle = (low + high) // 2
        wide, tall = int(high[0] - low[0]), int(high[1] - low[1])
        start = max((r for w, t, many, r in found if w <= wide and t <= tall and many <= len(cells)), default=0)
        ring, shift = taken.room(cells - middle, start)
        found.append((wide, tall, len(cells), ring))
        taken.add(cells - middle + shift)
        dx, dy = (int(by) for by in shift - middle)
        placed |= {node: (x + dx * _CELL, y + dy * _CELL) for node, (x, y) in shape.items()}
    return placed


class _Taken:
    """The squares of the map that are covered."""

    def __init__(self) -> None:
        self._reach = 64
        self._grid = np.zeros((2 * self._reach, 2 * self._reach), dtype=bool)

    def add(self, cells: Places) -> None:
        self._grow(int(np.abs(cells).max()) + 1)
        self._grid[cells[:, 0] + self._reach, cells[:, 1] + self._reach] = True

    def room(self, cells: Places, start: int) -> tuple[int, Places]:
        """The first ring, from one on, with a place where none of the cells is covered; that place."""
        size = int(np.abs(cells).max()) + 1
        few = cells[:: max(1, len(cells) // 24)]
        for ring in count(start):
            self._grow(ring + 2 + size)
            places = _ring(ring)
            places = places[~self._covered(few, places)]
            for place in places:
                if not self._covered(cells, place[None])[0]:
                    return ring, place
        raise AssertionError("the plane has no end")

    def _covered(self, cells: Places, places: Places) -> NDArray[np.bool_]:
        x = cells[None, :, 0] + places[:, None, 0] + self._reach
        y = cells[None, :, 1] + places[:, None, 1] + self._reach
        covered: NDArray[np.bool_] = self._grid[x, y].any(axis=1)
        return covered

    def _grow(self, reach: int) -> None:
        if reach >= self._reach:
            self._grid, self._reach = _grown(self._grid, self._reach, reach)


def _cells(shape: Mapping[str, Point], boxes: Mapping[str, Box], plain: nx.Graph[str]) -> Places:
    """The squares of a grid that nodes, names and edges cover, with a margin of one on the right and below."""
    nodes = sorted(shape)
    place = {node: at for at, node in enumerate(nodes)}
    xy = np.array([shape[node] for node in nodes])
    halves = np.array([boxes.get(node, _UNKNOWN)[:2] for node in nodes])
    low = np.floor((xy - halves) / _CELL).astype(np.intp)
    size = np.floor((xy + halves) / _CELL).astype(np.intp) + 2 - low
    owner, at = _counted(size[:, 0] * size[:, 1])
    covered = low[owner] + np.stack([at // size[owner, 1], at % size[owner, 1]], axis=1)
    ends = np.array(
        [(place[u], place[v]) for u in nodes if u in plain for v in plain[u] if u < v and v in place], dtype=np.intp
    ).reshape(-1, 2)
    way = xy[ends[:, 1]] - xy[ends[:, 0]]
    steps = 1 + (np.abs(way).max(axis=1) / (_CELL / 2)).astype(np.intp)
    owner, at = _counted(steps)
    passed = np.floor((xy[ends[owner, 0]] + way[owner] * (at / steps[owner])[:, None]) / _CELL).astype(np.intp)
    both: Places = np.concatenate([covered, passed])
    base = both.min(axis=0)
    across = int(both[:, 1].max() - base[1]) + 1
    keys = np.unique((both[:, 0] - base[0]) * across + both[:, 1] - base[1])
    cells: Places = np.stack([keys // across, keys % across], axis=1) + base
    return cells


def _counted(many: Places) -> tuple[Places, Places]:
    """[2, 3] → [0, 0, 1, 1, 1] and [0, 1, 0, 1, 2]."""
    owner = np.repeat(np.arange(len(many)), many)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many)


@cache
def _ring(ring: int) -> Places:
    """The squares so far from the middle, the nearest first; the rings are wider than high."""
    side = np.arange(-ring - 1, ring + 2)
    squared = side[:, None] * side[:, None] + (side[None, :] * ASPECT) * (side[None, :] * ASPECT)
    inside = np.argwhere((ring * ring <= squared) & (squared < (ring + 1) * (ring + 1)))
    far = squared[inside[:, 0], inside[:, 1]]
    found: Places = (inside - ring - 1)[np.lexsort((inside[:, 1], inside[:, 0], far))]
    return found


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
