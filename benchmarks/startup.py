"""How long a command takes that does next to nothing, against what it is built on: ``python -m benchmarks.startup``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import interleaved, machine, table
from kg.graph.store import Store

BASE = "import typer"
# what typer itself takes to run a command with an option
TYPER = "import typer\ndef run(store: str = ''): pass\ntyper.run(run)"
QUERY = "SELECT ?who ?whom { ?who kg:acquires ?whom }"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--store", help="a store to query; else an empty one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or str(Path(folder) / "store")
        if not options.store:
            Store.open(store, "write").close()
        kg = [sys.executable, "-m", "kg"]
        commands = {
            BASE: [sys.executable, "-c", "import typer"],
            "typer, a command of one option": [sys.executable, "-c", TYPER, "--store", store],
            "import typer, pyoxigraph": [sys.executable, "-c", "import typer, pyoxigraph"],
            "kg --help": [*kg, "--help"],
            "kg query --format csv": [*kg, "query", QUERY, "--format", "csv", "--store", store],
            "kg query": [*kg, "query", QUERY, "--store", store],
            "kg items": [*kg, "items", "--store", store],
        }
        medians = interleaved(commands, options.rounds)
    rows = [(name, f"{taken * 1000:.0f}", f"{taken / medians[BASE]:.2f}") for name, taken in medians.items()]
    table(("command", "ms", "of import typer"), rows)
    print(f"medians of {options.rounds}, in turn; {machine()}")


if __name__ == "__main__":
    main()
