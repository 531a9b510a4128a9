"""Rows out of a large store, form by form: ``python -m benchmarks.query [--rows 200000]``.

Each command runs in a process of its own, whose peak memory is the figure: most of it is the store's files, which the
system maps. The same command of ten rows stands beside it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timing import machine, table
from kg.vocab import SKOS

SPARQL = "SELECT ?who ?name { ?who skos:prefLabel ?name } LIMIT %d"
FORMS = {
    "rows alone (Python)": None,
    "--format csv": ["--format", "csv"],
    "--format csv --timeout 600": ["--format", "csv", "--timeout", "600"],
    "--format json": ["--format", "json"],
    "-o names.csv": ["-o", "names.csv"],
    "-o names.xlsx": ["-o", "names.xlsx"],
    "-o names.md": ["-o", "names.md"],
}
ALONE = """
import sys
from kg.graph.store import Store
with Store.open(sys.argv[1]) as store:
    for _ in store.query(sys.argv[2]): pass
"""
# without the checks that a report goes through
FILL = """
import sys
import pyoxigraph
from kg.graph.store import Store
from kg.ids import BASE
from kg.vocab import SKOS
with Store.open(sys.argv[1], "write") as store:
    store._base.bulk_extend(
        pyoxigraph.Quad(
            pyoxigraph.NamedNode(f"{BASE}entity/company/{number}"),
            SKOS.prefLabel,
            pyoxigraph.Literal(f"海岛第{number}科技有限公司", language="zh"),
        )
        for number in range(int(sys.argv[2]))
    )
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        # in a process of its own, since a child's peak begins with what its parent held
        subprocess.run([sys.executable, "-c", FILL, str(store), str(rows)], check=True)
        found = []
        for name, options in FORMS.items():
            few, _, least = measured(store, 10, options, folder)
            wall, cpu, peak = measured(store, rows, options, folder)
            found.append((name, f"{few:.2f}", f"{least:.0f}", f"{wall:.1f}", f"{cpu:.1f}", f"{peak:.0f}"))
    table(("form", "10 rows: s", "MiB", f"{rows:,} rows: s", "CPU s", "MiB"), found)
    print(machine())


def measured(store: Path, rows: int, options: list[str] | None, folder: str) -> tuple[float, float, float]:
    """Seconds, seconds of the processor, and the most memory in MiB."""
    command = [sys.executable, "-c", ALONE, str(store), f"PREFIX skos: <{SKOS.iri}> {SPARQL % rows}"]
    if options is not None:
        command = [sys.executable, "-m", "kg", "query", SPARQL % rows, "--store", str(store), *options]
    begun = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
