"""The workbench under load: ``python -m benchmarks.serve [STORE] [--clients 50] [--requests 2000]``.

A real server in a process of its own, on this machine's loopback; so many clients ask pages and queries in turn, a
bounded number of times. Then once more beside queries that take long, which must not stop the others. Without a store,
one is made of invented names. What a request costs is also told as a multiple of the smallest answer that the server
gives, a file of the style sheet's size, in the same run.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx2

from benchmarks.generate import store as generate
from benchmarks.timing import machine, table
from kg.graph.store import Store
from kg.items import ENTITY_TYPES
from kg.query import items
from kg.serve.site import href

BASE = "/static/site.css"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(?c != ?f) }"
QUERIES = {
    "sparql, a few rows": "SELECT ?who ?whom { ?who kg:acquires ?whom } LIMIT 20",
    "sparql, a thousand rows": "SELECT ?who ?name { ?who skos:prefLabel ?name } LIMIT 1000",
}


@dataclass
class Taken:
    """What the requests of one sort took, in seconds; and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    faults: dict[str, int] = field(default_factory=dict)


def paths(store: Path) -> dict[str, list[str]]:
    """Addresses by sort, several of each, so that no cache of one answers them all."""
    chosen = random.Random(1)
    with Store.open(store) as opened:
        things = {
            type_: [
                row[0].value  # type: ignore[union-attr]
                for row in opened.query(f"SELECT ?x {{ ?x a kg:{type_} }} LIMIT 400")  # type: ignore[union-attr]
            ]
            for type_ in (*ENTITY_TYPES, "Acquisition")
        }
        names = [
            row[0].value  # type: ignore[union-attr]
            for row in opened.query("SELECT ?n { ?x a kg:Company ; skos:prefLabel ?n } LIMIT 200")  # type: ignore[union-attr]
        ]
        found = [item.id for report in items.listing(opened)[:4] for item in report.items]

    def some(of: Sequence[str]) -> list[str]:
        return chosen.sample(list(of), min(40, len(of)))

    sorts = {"a file": [BASE], "start page": ["/"]}
    sorts |= {
        f"page of a {type_}": [href(iri) for iri in some(things[type_])]
        for type_ in ("Company", "Regulator", "Instrument", "Acquisition")
        if things[type_]
    }
    sorts["page of an item"] = [href(f"https://w3id.org/regkg/id/item/{id_}") for id_ in some(found)]
    sorts["search"] = [f"/search?q={quote(name)}" for name in some(names)]
    sorts["question: deals of a firm"] = [f"/ask/deals?firm={quote(iri)}" for iri in some(things["Company"])]
    sorts["question: chain"] = [f"/chain?name={quote(iri)}" for iri in some(things["Company"])]
    sorts |= {name: [f"/sparql?query={quote(text)}"] for name, text in QUERIES.items()}
    return sorts


def load(address: str, mix: Sequence[tuple[str, str]], clients: int) -> tuple[dict[str, Taken], float]:
    """Ask all of a mix of (sort, path), so many at a time; what each took, and the whole."""
    taken: dict[str, Taken] = {sort: Taken() for sort, _ in mix}
    waiting = iter(mix)
    lock = threading.Lock()

    def client() -> None:
        with httpx2.Client(base_url=address, timeout=120, headers={"accept": "text/html, */*;q=0.5"}) as asking:
            while True:
                with lock:
                    one = next(waiting, None)
                if one is None:
                    return
                sort, path = one
                begun = time.perf_counter()
                try:
                    accept = "application/sparql-results+json" if path.startswith("/sparql") else "text/html"
                    answer = asking.get(path, headers={"accept": accept}, follow_redirects=True)
                    fault = "" if answer.status_code == 200 else str(answer.status_code)
                    size = len(answer.content)
                except httpx2.HTTPError as broken:
                    fault, size = type(broken).__name__, 0
                took = time.perf_counter() - begun
                with lock:
                    taken[sort].seconds.append(took)
                    taken[sort].bytes += size
                    if fault:
                        taken[sort].faults[fault] = taken[sort].faults.get(fault, 0) + 1

    threads = [threading.Thread(target=client) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, time.perf_counter() - begun


def p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * 0.95))]


def memory(process: int) -> float:
    """MiB of a process and of those that it started, without the files that they have mapped."""
    total = 0
    for one in (process, *_children(process)):
        with suppress(OSError):
            _, resident, shared, *_ = Path(f"/proc/{one}/statm").read_text().split()
            total += int(resident) - int(shared)
    return total * 4096 / 2**20


def _children(process: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            after = path.read_text().rpartition(")")[2].split()
            if int(after[1]) == process:
                found.append(int(path.parent.name))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", nargs="?", type=Path)
    parser.add_argument("--quads", type=int, default=100_000, help="of the store that is made where none is given")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--requests", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = given.store or Path(folder) / "store"
        if given.store is None:
            generate(store, given.quads)
        sorts = paths(store)
        command = [sys.executable, "-m", "kg", "serve", "--store", str(store), "--port", "0", "--timeout", "20"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split()[-1].rstrip("/")
                run(address, server.pid, sorts, given.clients, given.requests)
            finally:
                server.terminate()


def run(address: str, server: int, sorts: Mapping[str, list[str]], clients: int, requests: int) -> None:
    chosen = random.Random(2)
    names = list(sorts)
    mix = [(sort, chosen.choice(sorts[sort])) for sort in (chosen.choice(names) for _ in range(requests))]
    load(address, mix[: requests // 5], clients)  # caches, workers
    rounds = []
    for part in (mix, mix):
        taken, whole = load(address, part, clients)
        rounds.append((taken, whole, memory(server)))
    slow = [threading.Thread(target=_slow, args=(address,), daemon=True) for _ in range(2)]
    for thread in slow:
        thread.start()
    time.sleep(0.5)
    beside, beside_whole = load(address, mix[: requests // 2], clients)
    for thread in slow:
        thread.join()
    print(f"{machine()}; {clients} clients, {requests} requests a round")
    taken = rounds[-1][0]
    base = statistics.median(taken["a file"].seconds)
    rows = [
        [
            sort,
            str(len(one.seconds)),
            f"{statistics.median(one.seconds) * 1000:.0f}",
            f"{p95(one.seconds) * 1000:.0f}",
            f"{statistics.median(one.seconds) / base:.1f}",
            f"{p95(beside[sort].seconds) * 1000:.0f}" if beside[sort].seconds else "–",
            str(sum(one.faults.values()) + sum(beside[sort].faults.values())),
        ]
        for sort, one in taken.items()
        if one.seconds
    ]
    table(("", "requests", "median ms", "95 % ms", "times a file", "95 % beside slow", "errors"), rows)
    for number, (_, whole, held) in enumerate(rounds, 1):
        print(f"round {number}: {requests / whole:.0f} requests a second, {held:.0f} MiB after it")
    print(f"beside two queries without end: {(requests // 2) / beside_whole:.0f} requests a second,"
          f" {memory(server):.0f} MiB after it")  # fmt: skip
    faults = {
        sort: one.faults for part in (*(r[0] for r in rounds), beside) for sort, one in part.items() if one.faults
    }
    print(f"errors: {faults or 'none'}")


def _slow(address: str) -> None:
    answer = httpx2.get(f"{address}/sparql", params={"query": SLOW}, headers={"accept": "text/csv"}, timeout=120)
    print(f"a query without end got {answer.status_code}: {answer.text.strip()[:120]}")


if __name__ == "__main__":
    main()
