from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import servers

from kg.graph.store import Store

#: Every kind of store that one contract holds for.
KINDS = ("memory", "disk", "remote")


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, request, tmp_path) as found:
        yield found


def opened(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if kind == "memory":
        return Store.memory()
    if kind == "disk":
        return Store.open(tmp_path / "store", "write")
    return Store.open(servers.emptied(request.getfixturevalue("server")), "write")
