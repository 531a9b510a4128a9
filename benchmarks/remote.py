"""Each named question, and each command, over the SPARQL protocol beside the embedded store: ``-m benchmarks.remote``.

The same quads, in a folder and behind ``oxigraph serve`` on the same machine: what is measured is the protocol, and
not another engine. *evidence* adds the quotes of the first hundred rows; *requests* is what the server was asked for
it. Medians of five, in turn, warm, the store of a server opened anew each time, since what was read once is kept.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph

from benchmarks import generate
from benchmarks.questions import CITED, ROUNDS, SPECIAL, SUBJECTS, busy, timed
from benchmarks.timing import machine, table
from kg.graph.check import check
from kg.graph.store import Store
from kg.maps import network
from kg.query import catalogue, chain, changes, entity, items, path
from kg.query.ask import ask
from kg.query.catalogue import Question
from kg.show import page

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import servers

Asked = Callable[[Store], int]
_ADDED = 20_000  # quads of the large report


def asked(store: Store, question: Question) -> tuple[Asked, Asked]:
    """A question without and with its evidence, about somebody busy."""
    given = {
        p.name: pyoxigraph.NamedNode(busy(store, *SPECIAL.get(question.name, SUBJECTS[p.name])))
        for p in question.parameters
        if p.required
    }

    def plain(store: Store) -> int:
        return sum(1 for _ in ask(store, question, given, with_evidence=False))

    def cited(store: Store) -> int:
        return sum(1 for _ in itertools.islice(ask(store, question, given), CITED))

    return plain, cited


def commands(store: Store) -> dict[str, Asked]:
    """What the commands call, about somebody busy."""
    firm, other = (busy(store, "Company", relation, "s") for relation in ("acquires", "investsIn"))
    reports = [report.id for report in store.reports()]
    return {
        "kg items": lambda store: len(items.listing(store)),
        "kg show": lambda store: len(list(page(store, entity.describe(store, firm)))),
        "kg chain": lambda store: len(list(chain.chain(store, firm).result("zh"))),
        "kg path": lambda store: len(path.paths(store, firm, other).ways),
        "kg diff": lambda store: len(changes.diff(store, reports[-2], reports[-1], "zh").changes),
        "kg map": lambda store: network.build(network.rows_of(store)).number_of_nodes(),
        "kg map NAME": lambda store: network.build(network.rows_of(store), [firm], 2).number_of_nodes(),
        "kg export": lambda store: sum(1 for _ in store.quads()),
        "kg check": lambda store: len(list(check(store))),
    }


def texts(folder: Path, address: str) -> None:
    """The database that is served was copied as it is; its texts come by the protocol."""
    with Store.open(folder) as there, Store.open(address, "write") as here:
        for digest in there._texts:
            here._texts.put(digest, there._texts.get(digest) or b"")
        assert here._remote is not None
        here._remote.mend()


def measure(folder: Path, address: str, run: Asked, rounds: int) -> tuple[float, float, int, int]:
    """Seconds embedded and remote, requests, and the answer's size, which must be the same."""
    taken: dict[str, list[float]] = {"folder": [], "server": []}
    sizes, requests = set(), 0
    for number in range(rounds + 1):
        for name, where in (("folder", str(folder)), ("server", address)):
            with Store.open(where) as store:
                seconds, size = timed(partial(run, store))
                sizes.add(size)
                if store._remote is not None:
                    requests = store._remote.server.requests
            if number or not rounds:
                taken[name].append(seconds)
    if len(sizes) != 1:
        raise SystemExit(f"the two stores answer differently: {sizes}")
    return statistics.median(taken["folder"]), statistics.median(taken["server"]), requests, sizes.pop()


def adding(folder: Path, address: str) -> list[tuple[str, ...]]:
    """A report of usual size and one of 20,000 quads, added to what is there."""
    rows = []
    for name, count in (("kg add, 1,000 quads", 1000), (f"kg add, {_ADDED:,} quads", _ADDED)):
        report, said = _large(count)
        times, requests = [], 0
        for where in (str(folder), address):
            with Store.open(where, "write") as store:
                begun = time.perf_counter()
                store.add(report, said, generate._RUN)
                times.append(time.perf_counter() - begun)
                if store._remote is not None:
                    requests = store._remote.server.requests
                store.remove(report.id)
        rows.append(_row(name, *times, requests, len(said)))
    return rows


def _large(count: int) -> Any:
    """One report of so many quads."""
    from dataclasses import replace

    made = list(generate.reports(count, 99))
    report = made[0][0]
    named = [
        replace(one, item=replace(one.item, id=f"big-{count}-{n}"))
        for n, one in enumerate(one for _, facts in made for one in facts)
    ]
    return replace(report, id=f"big-{count}", issued=date(2030, 1, 1), items=tuple(one.item for one in named)), named


def _row(name: str, embedded: float, remote: float, requests: int, size: int) -> tuple[str, ...]:
    ratio = f"{remote / embedded:.1f}" if embedded else ""
    return name, f"{size:,}", f"{embedded * 1000:.1f}", f"{remote * 1000:.1f}", ratio, f"{requests - 1:,}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", nargs="*", help="these questions and commands alone: deals, 'kg show'")
    options = parser.parse_args()
    head = ("", "rows", "folder ms", "server ms", "server/folder", "requests")
    with tempfile.TemporaryDirectory() as made:
        folder, copy = Path(made) / "store", Path(made) / "served"
        count = generate.store(folder, options.quads, options.seed)
        shutil.copytree(folder / "oxigraph", copy)
        print(f"{count:,} quads; {machine()}", flush=True)
        with servers.serving("--location", str(copy)) as address:
            texts(folder, address)
            with Store.open(folder) as store:
                questions = {question.name: asked(store, question) for question in catalogue.questions()}
                others = commands(store)
            rows, ratios = [], []
            for name, (plain, cited) in questions.items():
                if options.only and name not in options.only:
                    continue
                for what, run in ((name, plain), (f"{name}, evidence", cited)):
                    found = measure(folder, address, run, options.rounds)
                    rows.append(_row(what, *found))
                    ratios.append((run is plain, found[1] / found[0], found[1] - found[0]))
                print(f"  {name}", file=sys.stderr, flush=True)
            for name, run in others.items():
                if not options.only or name in options.only:
                    rows.append(
                        _row(name, *measure(folder, address, run, 0 if name == "kg check" else min(options.rounds, 2)))
                    )
                    print(f"  {name}", file=sys.stderr, flush=True)
            if not options.only or "kg add" in options.only:
                rows += adding(folder, address)
            table(head, rows)
            for which, word in ((True, "without evidence"), (False, "with evidence")):
                times = sorted(ratio for plain, ratio, _ in ratios if plain is which)
                more = sorted(1000 * more for plain, _, more in ratios if plain is which)
                if times:
                    print(
                        f"server/folder {word}: median {statistics.median(times):.1f}, most {times[-1]:.1f};"
                        f" median {statistics.median(more):.0f} ms more, most {more[-1]:.0f}; {machine()}"
                    )


if __name__ == "__main__":
    main()
