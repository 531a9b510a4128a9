"""Documents and characters a second, and memory, at growing numbers of documents, by one process, by two, on Spark:
``python -m benchmarks.scale [--documents 100 1000 10000] [--ways 1 2 spark]``.

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
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from benchmarks.extraction import texts
from benchmarks.timing import machine, table

WAYS = {
    "1": ("1 process", "extract", "--workers", "1"),
    "2": ("2 processes", "extract", "--workers", "2"),
    "spark": ("Spark local[2]", "spark", "--master", "local[2]"),
}
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


def timed(*command: str) -> Run:
    """Run a command to its end. Its processes are looked at now and then, since Spark's aren't its children's."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "OMP_NUM_THREADS": "1"}
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=told, env=environment)
        used: dict[int, float] = {}
        peaks: dict[int, float] = {}
        while process.poll() is None:
            for number in tree(process.pid):
                with suppress(OSError, ValueError, KeyError):
                    seconds, python, peak = looked_at(number)
                    used[number] = seconds
                    if python:
                        peaks[number] = peak
            time.sleep(0.2)
        taken = time.perf_counter() - begun
        if process.returncode not in (0, 1):
            told.seek(0)
            raise SystemExit(told.read().decode(errors="replace")[-2000:])
    return Run(taken, sum(used.values()), max(peaks.values(), default=0))


def tree(process: int) -> list[int]:
    """A process and those that it and they have started (Linux)."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            parents.setdefault(int(path.read_text().rpartition(")")[2].split()[1]), []).append(int(path.parent.name))
    found = [process]
    for one in found:
        found += parents.get(one, [])
    return found


def looked_at(process: int) -> tuple[float, bool, float]:
    """The processor's seconds of a process, whether it is Python, and the most memory that it has held."""
    folder = Path("/proc", str(process))
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds, "python" in status["Name"], int(status["VmHWM"].split()[0]) / 1024


def quads(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.nq.gz")):
        yield from gzip.decompress(path.read_bytes()).splitlines()


def size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=["1", "2"])
    options = parser.parse_args()
    ways = [WAYS[way] for way in options.ways]
    rows = []
    with tempfile.TemporaryDirectory() as made:
        for count in options.documents:
            path = Path(made) / f"{count}.jsonl"
            length = feed(path, count)
            first: Run | None = None
            held: list[bytes] = []
            for way, verb, *rest in ways:
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
                if held is found:
                    packed, kept = size(out, "*.nq.gz") / count, size(out, "*.texts.jsonl.gz") / count
                    print(f"{count:,} documents, {length:,} characters; a document: {len(found) / count:.0f} quads,")
                    print(f"  {packed:,.0f} bytes of them, {kept:,.0f} of texts and findings")
                shutil.rmtree(out)
    head = (
        "way",
        "documents",
        "s",
        "processor s",
        "times",
        "documents/s",
        "characters/s",
        "a core",
        "MiB",
        "quads",
    )
    table(head, rows)
    print(machine())
    if any(row[-1] != "same" for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
