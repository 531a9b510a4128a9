"""Where the nodes of a picture lay last time: a small JSON file for each picture, in a folder beside the store.

Nothing else depends on these files. One that is damaged is as good as none, and one that can't be written is told of;
a picture is drawn in any case.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kg.maps.layout import Point
from kg.maps.timeline import Month

VERSION = 1
_FAR = 1e7  # no picture is so wide


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture as it was drawn last. Who has gone keeps his place, for he may come back."""

    nodes: Mapping[str, Point] = field(default_factory=dict)
    axis: tuple[Month, ...] = ()
    reports: frozenset[str] = frozenset()  # that the store had then
    before: frozenset[str] | None = None  # that it had before others came: what only later ones say is new

    def drawn(self, nodes: Mapping[str, Point], axis: tuple[Month, ...], reports: Iterable[str]) -> Kept:
        """What to keep after a drawing."""
        return replace(self.told(reports), nodes={**self.nodes, **nodes}, axis=axis)

    def told(self, reports: Iterable[str]) -> Kept:
        """The same where no report has come; else those that were there are what was known before."""
        now = frozenset(reports)
        came = bool(self.nodes) and bool(now - self.reports)
        return replace(self, reports=now, before=self.reports if came else self.before)


def load(path: Path) -> Kept | None:
    """None where there is no such file; ValueError where it isn't one of ours, or is damaged."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise ValueError(str(fault)) from fault
    try:
        if found["version"] != VERSION:
            raise ValueError("another version")
        return Kept(
            {str(node): _point(at) for node, at in found["nodes"].items()},
            tuple(Month(_number(x), str(name), max(2, int(lanes))) for x, name, lanes in found["axis"]),
            frozenset(map(str, found["reports"])),
            None if found["before"] is None else frozenset(map(str, found["before"])),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"{type(fault).__name__}: {fault}") from fault


def save(path: Path, kept: Kept) -> None:
    """Whole or not at all; the same picture, the same bytes. Raises OSError."""
    about = {
        "version": VERSION,
        "reports": sorted(kept.reports),
        "before": None if kept.before is None else sorted(kept.before),
        "axis": [[month.x, month.name, month.lanes] for month in kept.axis],
        "nodes": {node: list(kept.nodes[node]) for node in sorted(kept.nodes)},
    }
    data = (json.dumps(about, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n").encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _point(at: Any) -> Point:
    x, y = at
    return _number(x), _number(y)


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > _FAR:
        raise ValueError(f"no coordinate: {value}")
    return float(value)
