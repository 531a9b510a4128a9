"""What adding a report costs, step by step: ``python -m benchmarks.add [FILE]``."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.timing import machine, peak_mib, table
from kg import ids, run

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "2024-07.pdf"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=SAMPLE)
    path = parser.parse_args().file
    rows: list[tuple[str, str, str, str]] = []
    begun = time.perf_counter()

    def mark(step: str, share: int = 0) -> None:
        nonlocal begun
        taken = time.perf_counter() - begun
        rows.append((step, f"{taken:.2f}", f"{peak_mib():.0f}", f"{share / taken:,.0f}" if share else ""))
        begun = time.perf_counter()

    report = run.read_report(path)
    length = sum(len(item.passage.text) for item in report.items)
    mark("read and split", length)
    digest = run.run_digest()
    mark("digest of rules and data")
    nlp = run.load()
    mark("load spaCy and the model")
    facts = run.facts(report, nlp)
    mark("extract and resolve", length)
    run.facts(report, nlp)
    mark("the same once more", length)
    from kg.graph.store import Store

    with tempfile.TemporaryDirectory() as folder:
        with Store.open(Path(folder) / "store", "write") as store:
            store.add(report, facts, ids.run(digest))
            mark("add to a new store")
        begun = time.perf_counter()
        run.add([path], Path(folder) / "store")
        mark("kg add, unchanged")
    table(("step", "seconds", "peak MiB", "characters/s"), rows)
    claims = sum(len(one.claims) for one in facts)
    print(f"{path.name}: {len(report.items)} items, {length:,} characters, {claims} claims; {machine()}")


if __name__ == "__main__":
    main()
