"""Documents and characters a second, and memory, at growing numbers of documents, by one process, by two, on Spark:
``python -m benchmarks.scale [--documents 100 1000 10000] [--spark]``.

Documents are texts of financial news where the corpus lies beside the checkout, else the items of the samples,
repeated with ids of their own. Each run is a command of its own; the quads of all are held against one another. On a
machine that does more, read the seconds of the processor and the ratios.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from benchmarks.extraction import texts
from benchmarks.timing import machine, table

_FIRST = re.compile(r"^.{4,40}?[，。；：！？,:]|^.{1,40}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took, with all the processes that it started."""

    wall: float
    processor: float
    peak_mib: float  # of the largest process


def feed(path: Path, count: int) -> int:
    """Write so many documents; how many characters they have."""
    _, given = texts(5_000)
    length = 0
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(islice(cycle(given), count)):
            first = _FIRST.match(text)
            record = {
                "id": f"d-{number}",
                "title": first[0].strip() if first else "消息",
                "text": text,
                "date": f"{2015 + number % 9}-{number % 12 + 1:02}-{number % 28 + 1:02}",
                "publisher": f"来源{number % 40}",
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            length += len(text)
    return length


# the parent of the command takes its children's times; it begins small, so that the peak is theirs
_TIMED = (
    "import resource, subprocess, sys, time, json; begun = time.perf_counter();"
    "code = subprocess.run(sys.argv[1:], stdout=2).returncode; used = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "print(json.dumps([time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code]))"
)


def timed(*command: str) -> Run:
    whole = [sys.executable, "-c", _TIMED, sys.executable, *command]
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(whole, capture_output=True, encoding="utf-8", check=False, env=environment)
    if done.returncode or not done.stdout:
        raise SystemExit(done.stderr[-2000:])
    wall, processor, peak, code = json.loads(done.stdout.splitlines()[-1])
    if code not in (0, 1):
        raise SystemExit(done.stderr[-2000:])
    return Run(wall, processor, peak)


def quads(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.nq.gz")):
        yield from gzip.decompress(path.read_bytes()).splitlines()


def size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--alone", action="store_true", help="one process only")
    parser.add_argument("--spark", action="store_true")
    options = parser.parse_args()
    ways = {"1 process": ("extract", "--workers", "1")}
    if not options.alone:
        ways["2 processes"] = ("extract", "--workers", "2")
    if options.spark:
        ways["Spark local[2]"] = ("spark", "--master", "local[2]")
    rows = []
    with tempfile.TemporaryDirectory() as made:
        for count in options.documents:
            path = Path(made) / f"{count}.jsonl"
            length = feed(path, count)
            first: Run | None = None
            held: list[bytes] = []
            for way, (verb, *rest) in ways.items():
                out = Path(made) / "out"
                begun = time.perf_counter()
                ran = timed("-m", "kg", verb, str(path), "-o", str(out), *rest)
                first = first or ran
                found = sorted(quads(out))
                held = held or found
                rows.append(
                    (
                        way,
                        f"{count:,}",
                        f"{ran.wall:.1f}",
                        f"{ran.processor:.1f}",
                        f"{first.wall / ran.wall:.2f}",
                        f"{count / ran.wall:,.1f}",
                        f"{length / ran.wall:,.0f}",
                        f"{length / ran.processor:,.0f}",
                        f"{ran.peak_mib:.0f}",
                        "same" if found == held else "OTHER QUADS",
                    )
                )
                print(f"{way}, {count:,}: {time.perf_counter() - begun:.0f} s, {machine()}", file=sys.stderr)
                if way == "1 process":
                    packed, kept = size(out, "*.nq.gz") / count, size(out, "*.texts.jsonl.gz") / count
                    print(f"{count:,} documents, {length:,} characters; a document: {len(found) / count:.0f} quads,")
                    print(f"  {packed:,.0f} bytes of them, {kept:,.0f} of texts and findings")
                shutil.rmtree(out)
    head = ("way", "documents", "s", "processor s", "times 1", "documents/s", "characters/s", "a core", "MiB", "quads")
    table(head, rows)
    print(machine())
    if any(row[-1] != "same" for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
