from __future__ import annotations

from collections.abc import Iterator

import pytest
from graph import samples

from kg.graph.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.memory() as opened:
        for report in (samples.may, samples.june, samples.july):
            opened.add(*report(), samples.RUN)
        yield opened
