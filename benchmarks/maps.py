"""Maps of 200 to 20,000 names, beside what pyvis alone writes for the same graph: ``python -m benchmarks.maps``.

Needs chromium and playwright (``pip install regkg[test]``); the browser has no network. Stores are made by
``benchmarks.generate``. What pyvis writes lays itself out in the browser, and gets ``--limit`` seconds for it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import generate
from benchmarks.timing import machine, table
from kg.graph.store import Store
from kg.maps import Request, draw, layout, page, positions
from kg.maps.network import Graph

T = TypeVar("T")
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SIZE = {"width": 1400, "height": 900}
QUADS_PER_NODE = 78
_DRAG = 2.0  # seconds

_WATCH = """() => {
    window.frames_ = [];
    const next = (at) => { window.frames_.push(at); if (window.frames_) requestAnimationFrame(next); };
    requestAnimationFrame(next);
}"""
_SEEN = "() => { const found = window.frames_; window.frames_ = null; return found; }"
# pyvis keeps its network in a global variable
_TELL = 'network.once("stabilizationIterationsDone", () => { window.stableAfter = performance.now(); });'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="*", default=[200, 1000, 5000, 20000])
    parser.add_argument("--limit", type=float, default=60, help="seconds that what pyvis writes gets to be usable")
    options = parser.parse_args()
    made, opened, beside = [], [], []
    with tempfile.TemporaryDirectory() as name, _browser() as browser:
        folder = Path(name)
        for wanted in options.nodes:
            print(f"{wanted:,} …", file=sys.stderr)
            generate.store(folder / f"{wanted}-store", wanted * QUADS_PER_NODE)
            store = Store.open(folder / f"{wanted}-store")
            drawn, whole = _timed(partial(draw, store, keep=True, folder=folder / str(wanted)))
            again, kept = _timed(partial(draw, store, keep=True, folder=folder / str(wanted)))
            assert again.html == drawn.html
            store.close()
            graph = drawn.graph
            _, laid = _timed(partial(layout.positions, graph))
            file = folder / f"{wanted}.html"
            file.write_text(drawn.html, encoding="utf-8")
            count = f"{len(graph):,}"
            made.append((count, f"{graph.number_of_edges():,}", f"{file.stat().st_size / 2**20:.1f}",
                         f"{whole:.1f}", f"{laid:.1f}", f"{kept:.1f}"))  # fmt: skip
            places = positions.load(folder / str(wanted) / f"{Request().key()}.json")
            assert places is not None
            everything = folder / f"{wanted}-all.html"
            view = page.View(positions=places.nodes)
            everything.write_text(page.render(graph, "all", view=view), encoding="utf-8")
            opened.append((count, *_usable(browser, file), *_usable(browser, everything)))
            print(made[-1], opened[-1], file=sys.stderr)
            theirs = folder / f"{wanted}-pyvis.html"
            _, took = _timed(partial(_pyvis, graph, theirs))
            size = theirs.stat().st_size / 2**20
            beside.append((count, f"{size:.1f}", f"{took:.1f}", *_stable(browser, theirs, options.limit)))
            print(beside[-1], file=sys.stderr)
    print(f"{machine()}, {SIZE['width']} × {SIZE['height']}, no network, no GPU\n")
    table(("nodes", "edges", "MiB", "CPU s to make", "of which layout", "CPU s with kept places"), made)
    print()
    head = ("nodes", "usable after s", "frames a s", "slowest ms", "all: usable", "frames a s", "slowest ms")
    table(head, opened)
    print(f"\nwhat pyvis alone writes, physics on, {options.limit:.0f} s at most")
    table(("nodes", "MiB", "CPU s to make", "usable after s", "frames a s", "slowest ms"), beside)


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    """Seconds of the processor: others use the machine too."""
    begun = time.process_time()
    return act(), time.process_time() - begun


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def _open(browser: Any, file: Path) -> Iterator[Any]:
    context = browser.new_context(viewport=SIZE)
    context.set_offline(True)
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    opened = context.new_page()
    opened.set_default_timeout(120_000)
    opened.goto(file.as_uri(), wait_until="commit")
    yield opened
    context.close()


def _usable(browser: Any, file: Path) -> tuple[str, str, str]:
    with _open(browser, file) as opened:
        ready = _awaited(opened, "window.kgMap ? kgMap.readyAfter() : 0", 120)
        assert ready is not None, f"{file.name} can't be used after two minutes"
        opened.wait_for_timeout(500)
        return f"{ready:.2f}", *_dragged(opened)


def _awaited(opened: Any, milliseconds: str, limit: float) -> float | None:
    """Asked again and again: playwright's own way evaluates text in the page, which our pages forbid."""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        if found := opened.evaluate(milliseconds):
            return float(found) / 1000
        time.sleep(0.1)
    return None


def _dragged(opened: Any) -> tuple[str, str]:
    """Frames a second while the picture is pulled about by the mouse, and the longest wait for one."""
    x, y = 700, 860
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.evaluate(_WATCH)
    end = time.perf_counter() + _DRAG
    step = 0
    while time.perf_counter() < end:
        step += 1
        opened.mouse.move(x + (step * 7) % 300 - 150, y - (step * 5) % 200)
    found: list[float] = opened.evaluate(_SEEN)
    opened.mouse.up()
    if len(found) < 2:
        return "0", f"> {_DRAG * 1000:.0f}"
    waits = [later - earlier for earlier, later in pairwise(found)]
    return f"{1000 * len(waits) / (found[-1] - found[0]):.0f}", f"{max(waits):.0f}"


def _pyvis(graph: Graph, file: Path) -> None:
    from pyvis.edge import Edge
    from pyvis.network import Network

    drawn = Network(directed=True, cdn_resources="in_line", height="900px")
    for iri, node in graph.nodes(data=True):
        drawn.add_node(iri, label=next(iter(node["labels"].values()), iri), group=node["type"])
    # not by add_edge, which compares each edge with all others
    drawn.edges = [
        Edge(u, v, True, title=f"{edge['relation']}\n{edge['evidence'][0].quote}").options
        for u, v, edge in graph.edges(data=True)
    ]
    text = drawn.generate_html()
    made = "network = new vis.Network(container, data, options);"
    assert made in text
    file.write_text(text.replace(made, made + _TELL), encoding="utf-8")


def _stable(browser: Any, file: Path, limit: float) -> tuple[str, str, str]:
    from playwright.sync_api import Error

    with _open(browser, file) as opened:
        try:
            # not by asking again and again: a page that is busy doesn't answer
            opened.wait_for_function("window.stableAfter", timeout=limit * 1000)
        except Error:
            return f"> {limit:.0f}", "–", "–"
        ready = opened.evaluate("window.stableAfter") / 1000
        return f"{ready:.1f}", *_dragged(opened)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
