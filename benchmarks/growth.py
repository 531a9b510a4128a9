"""What a store's size costs: ``python -m benchmarks.growth [--quads 10000 100000 1000000 10000000]``.

One report (a sample) is added to stores of these sizes, made by ``benchmarks.generate`` and ``kg load``, in turn; and
the load of each beside bare pyoxigraph's bulk load of the same quads, default graph and all, each in a process of its
own: seconds, memory and disk. A folder that is named by ``--keep`` is used again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from benchmarks import generate
from benchmarks.add import SAMPLE
from benchmarks.timing import machine, peak_mib, table
from kg import ids, run
from kg.graph import build, load, sources
from kg.graph.store import Store


def made(count: int) -> Iterator[Quad]:
    """The quads of the named graphs of a store of about so many, one by one."""
    for report, said in generate.reports(count, 1):
        yield from build.quads(report, said, ids.run("generated"), sources.pack(report.source)[0])


def disk(folder: Path) -> int:
    """Bytes, a file with several names once."""
    return sum({(s.st_dev, s.st_ino): s.st_size for s in (p.stat() for p in folder.rglob("*") if p.is_file())}.values())


def step(name: str, source: Path, target: Path) -> None:
    """What a process of its own does, and prints what it took."""
    begun, used = time.perf_counter(), time.process_time()
    if name == "kg load":
        load.load([source], target)
    else:
        base = pyoxigraph.Store(str(target))
        base.bulk_load(path=str(source), format=RdfFormat.N_QUADS)
        base.flush()
    taken = time.perf_counter() - begun, time.process_time() - used
    print(json.dumps([*taken, peak_mib(), disk(target) / 2**20]))


def apart(name: str, source: Path, target: Path) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.growth", "--step", name, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def loading(folder: Path, count: int) -> list[tuple[str, ...]]:
    """Load a size both ways; the store of ``kg load`` stays, as ``store-COUNT``."""
    named, whole = folder / f"{count}.nq", folder / f"{count}-whole.nq"
    with named.open("wb") as file:
        pyoxigraph.serialize(made(count), file, RdfFormat.N_QUADS)
    facts = folder / f"{count}.nt"
    found = load.write_facts([named], facts)
    with whole.open("wb") as out:
        for part in (named, facts):
            with part.open("rb") as file:
                shutil.copyfileobj(file, out)
    rows = []
    bare: list[float] = []
    for name in ("pyoxigraph", "kg load"):
        target = folder / (f"store-{count}" if name == "kg load" else "bare")
        took = apart(name, named if name == "kg load" else whole, target)
        bare = bare or took
        ratios = (f"{one / other:.2f}" for one, other in zip(took, bare, strict=True))
        rows.append((name, f"{found.quads + found.facts:,}", *(f"{one:,.1f}" for one in took), *ratios))
    shutil.rmtree(folder / "bare")
    for path in (named, whole, facts):
        path.unlink()
    return rows


def adding(stores: list[Path], rounds: int) -> list[tuple[str, ...]]:
    """Seconds, on the clock and of the processor, of the first addition after a store was opened, and of the next.

    The first has the database read its own indexes again, which a command that adds many reports does once.
    """
    report = run.read_report(SAMPLE)
    facts = run.facts(report, run.load())
    iri = ids.run("measured")
    taken: dict[Path, list[list[float]]] = {path: [] for path in stores}
    sizes: dict[Path, int] = {}
    for number in range(rounds + 1):
        for path in stores:
            took = []
            with Store.open(path, "write") as store:
                sizes[path] = len(store)
                for _ in ("first", "next"):
                    begun, used = time.perf_counter(), time.process_time()
                    store.add(report, facts, iri)
                    took += [time.perf_counter() - begun, time.process_time() - used]
                    store.remove(report.id)
            if number:  # the first fills caches
                taken[path].append(took)
    medians = {path: [statistics.median(column) for column in zip(*taken[path], strict=True)] for path in stores}
    first = medians[stores[0]]
    return [
        (
            f"{sizes[path]:,}",
            *(f"{one:.3f}" for one in medians[path]),
            *(f"{one / other:.2f}" for one, other in zip(medians[path], first, strict=True)),
        )
        for path in stores
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="a folder for the stores, used again where they are there")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step(options.step[0], Path(options.step[1]), Path(options.step[2]))
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.mkdir(exist_ok=True)
        rows = []
        for count in options.quads:
            if not (folder / f"store-{count}").exists():
                rows += loading(folder, count)
                print(f"{count:,} loaded, {machine()}", file=sys.stderr)
        if rows:
            head = ("load", "quads", "s", "processor s", "MiB", "disk MiB", "×", "× processor", "× memory", "× disk")
            table(head, rows)
        print()
        added = adding([folder / f"store-{count}" for count in options.quads], options.rounds)
        head = ("add a report to", "first s", "processor s", "next s", "processor s")
        table((*head, "× first", "× processor", "× next", "× processor"), added)
    print(machine())


if __name__ == "__main__":
    main()
