"""Deals from left to right in time: a firm stands in the month in which it was first bought or invested in.

Who only buys stands one lane before his first deal. Months have as many lanes as they need and stand side by side;
one in which nothing happened has no room, so that a deal of long ago doesn't stretch the picture.
"""

from __future__ import annotations

import bisect
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from kg.maps import layout
from kg.maps.layout import Box, Graph, Point

LANE = 170.0  # wider than the widest name
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ASPECT = 1.8


@dataclass(frozen=True, slots=True)
class Month:
    """Where a month begins, and how many lanes it has, the first of them for those who only buy."""

    x: float
    name: str  # 2024-07; "" for what has no day
    lanes: int


def positions(
    graph: Graph, kept: Mapping[str, Point] | None = None, axis: Iterable[Month] = ()
) -> tuple[dict[str, Point], tuple[Month, ...]]:
    """Centres of nodes in pixels, and the months, from left to right. What ``kept`` has stays where it is."""
    kept = {node: at for node, at in (kept or {}).items() if node in graph}
    days = _days(graph)
    months = _months(graph, days, tuple(axis) if kept else ())
    column = {month.name: month for month in months}
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    plain.add_edges_from(sorted({(min(u, v), max(u, v)) for u, v in graph.edges() if u != v}))
    boxes = {node: layout.box_of(graph, node, plain.degree(node)) for node in plain}
    lane = {node: _lane(column[days[node][0][:7]], *days[node]) for node in plain}
    if kept:
        placed = {node: (x, y + boxes[node][2]) for node, (x, y) in sorted(kept.items())}
        _fill(sorted(set(plain) - set(placed), key=lambda n: (lane[n], n)), plain, boxes, lane, placed)
    else:
        placed = _bands(plain, boxes, lane)
    made = {node: (round(x, 1), round(y - boxes[node][2], 1)) for node, (x, y) in sorted(placed.items())}
    return made | kept, months


def day_of(edge: Mapping[str, Any]) -> str:
    """When a deal was announced, else first told of, else completed; "" where nobody says."""
    deal = edge["deal"]
    if deal is not None and _DAY.fullmatch(deal.announced[:10]):
        return str(deal.announced[:10])
    told = [one.issued[:10] for one in edge["evidence"] if _DAY.fullmatch(one.issued[:10])]
    return min(told, default="") or (deal.completed[:10] if deal is not None else "")


def _days(graph: Graph) -> dict[str, tuple[str, bool]]:
    """Of each node its day, and whether it only buys."""
    bought: dict[str, list[str]] = defaultdict(list)
    bought_from: dict[str, list[str]] = defaultdict(list)
    for subject, object_, edge in graph.edges(data=True):
        day = day_of(edge)
        owner, owned = (object_, subject) if edge["relation"] == "subsidiaryOf" else (subject, object_)
        bought_from[owner].append(day)
        bought[owned].append(day)
    return {
        node: (min(filter(None, bought[node]), default=""), False)
        if node in bought
        else (min(filter(None, bought_from[node]), default=""), True)
        for node in sorted(graph)
    }


def _months(graph: Graph, days: Mapping[str, tuple[str, bool]], axis: tuple[Month, ...]) -> tuple[Month, ...]:
    many = Counter(day[:7] for day, only_buys in days.values() if not only_buys)
    rows = max(6, math.isqrt(int(len(graph) * LANE / (60 * _ASPECT))))
    known = {month.name for month in axis}
    months = list(axis)
    for name in sorted({day[:7] for day, _ in days.values()} - known):
        lanes = 1 + max(1, math.ceil(many[name] / rows))
        later = [month for month in months if month.name > name]
        if not later:
            x = months[-1].x + months[-1].lanes * LANE if months else 0.0
        elif later[0] is months[0]:
            x = months[0].x - lanes * LANE
        else:
            # between two months that are kept: it shares the last lanes of the one before
            before = months[len(months) - len(later) - 1]
            lanes, x = min(2, before.lanes), before.x + max(before.lanes - 2, 0) * LANE
        bisect.insort(months, Month(round(x, 1), name, lanes), key=lambda month: month.name)
    return tuple(months)


def _lane(month: Month, day: str, only_buys: bool) -> float:
    """The middle of a lane."""
    of_month = int(day[8:10] or 1) if day else 1
    at = 0 if only_buys else 1 + min((of_month - 1) * (month.lanes - 1) // 31, month.lanes - 2)
    return month.x + (at + 0.5) * LANE


def _bands(plain: nx.Graph[str], boxes: Mapping[str, Box], lane: Mapping[str, float]) -> dict[str, Point]:
    """Every component a band, the biggest on top; each as high as those above its months allow."""
    placed: dict[str, Point] = {}
    bottom: dict[float, float] = defaultdict(float)
    lanes = sorted(set(lane.values()))
    parts = [sorted(part) for part in nx.connected_components(plain)]
    for part in sorted(parts, key=lambda nodes: (-len(nodes), min(lane[n] for n in nodes), nodes[0])):
        here: dict[str, Point] = {}
        _fill(_from_the_left(part, plain, lane), plain, boxes, lane, here)
        top = min(y - boxes[node][1] for node, (_, y) in here.items())
        low, high = min(lane[node] for node in part), max(lane[node] for node in part)
        crossed = [x for x in lanes if low <= x <= high]
        shift = max(bottom[x] for x in crossed) - top
        placed |= {node: (x, y + shift) for node, (x, y) in here.items()}
        reach = max(y + boxes[node][1] for node, (_, y) in here.items()) + shift + layout.GAP
        bottom |= dict.fromkeys(crossed, reach)
    return placed


def _from_the_left(part: list[str], plain: nx.Graph[str], lane: Mapping[str, float]) -> list[str]:
    """By lane; within one the busier first, so that it gets the place that it wants."""
    return sorted(part, key=lambda node: (lane[node], -plain.degree(node), node))


def _fill(
    nodes: list[str],
    plain: nx.Graph[str],
    boxes: Mapping[str, Box],
    lane: Mapping[str, float],
    placed: dict[str, Point],
) -> None:
    """Each node in its lane, at the nearest free height to the middle of those that it is related to."""
    columns: dict[float, list[tuple[float, float]]] = defaultdict(list)
    lowest = max((y + boxes[node][1] for node, (_, y) in placed.items()), default=0.0)
    for node, (x, y) in placed.items():
        columns[x].append((y - boxes[node][1], y + boxes[node][1]))
    for node in nodes:
        near = [placed[other][1] for other in sorted(plain[node]) if other in placed]
        wanted = sum(near) / len(near) if near else lowest + boxes[node][1] if columns else 0.0
        half, x = boxes[node][1], lane[node]
        column = columns[x]
        tries = [wanted, *(low - half for low, _ in column), *(high + half for _, high in column)]
        free = [y for y in tries if all(y + half <= low + 0.01 or y - half >= high - 0.01 for low, high in column)]
        y = min(free, key=lambda at: (abs(at - wanted), at))
        bisect.insort(column, (y - half, y + half))
        placed[node] = (x, y)
