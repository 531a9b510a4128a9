"""The maps of our two samples and, where it lies beside the checkout, of the real report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import run
from kg.graph.store import Store
from kg.maps import network, page

from .conftest import Opened

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "data" / "samples").glob("*.pdf"))
REAL = ROOT / ".." / "shared" / "reports" / "2024-08.txt"


def mapped(files: list[Path], folder: Path) -> Path:
    run.add(files, folder / "store")
    with Store.open(folder / "store") as store:

        def rows(sparql: str) -> Iterator[dict[str, str | None]]:
            solutions = store.query(sparql)
            names = [variable.value for variable in solutions.variables]  # type: ignore[union-attr]
            for row in solutions:  # type: ignore[union-attr]
                yield {name: term and term.value for name, term in zip(names, row, strict=True)}  # type: ignore[arg-type, union-attr]

        graph = network.build(rows)
    path = folder / "map.html"
    path.write_text(page.render(graph, "months", "en"), encoding="utf-8")
    return path


def test_two_samples(opened: Opened, tmp_path: Path) -> None:
    opened.open(mapped(SAMPLES, tmp_path))
    shown = opened.page.evaluate("kgMap.edges().length")
    assert shown > 50
    opened.page.focus("#month")
    opened.page.keyboard.press("Home")
    assert 0 < opened.page.evaluate("kgMap.edges().length") < shown
    opened.page.keyboard.press("End")
    assert opened.page.evaluate("kgMap.csv()").count("\r\n") > shown
    opened.assert_clean()


@pytest.mark.skipif(not REAL.exists(), reason="the report that isn't ours to publish isn't beside the checkout")
def test_the_real_report(opened: Opened, tmp_path: Path) -> None:
    opened.open(mapped([REAL], tmp_path))
    opened.page.fill("#search", "zt systems")
    opened.page.press("#search", "Enter")
    opened.page.click("#panel button.go:has-text('acquires ZT Systems')")
    for words in ("announced, not completed", "49亿美元", "4,900,000,000 USD", "2024-08-19", "p. 18"):
        assert words in opened.panel
    # several regulators are in the report of August by their initials
    opened.page.fill("#search", "gjsjj")
    assert opened.page.inner_text("#results li >> nth=0 >> bdi")
    opened.page.click("#language")
    opened.page.fill("#search", "gjsjj")
    assert opened.page.inner_text("#results li >> nth=0 >> bdi") == "国家数据局"
    opened.assert_clean()
