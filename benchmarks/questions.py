"""Each named question on a big store, beside bare pyoxigraph and rdflib: ``python -m benchmarks.questions``.

The same text, the same values. *bare* is pyoxigraph alone, every term of every row read; *kg* makes rows with names,
without their evidence; *evidence* adds the quotes of the first hundred rows. Medians of five, taken in turn, the
store opened from disk and warm. rdflib has the same quads in memory and a minute a question, in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph

from benchmarks import generate
from benchmarks.timing import machine, table
from kg.graph.store import Store
from kg.query import catalogue
from kg.query.ask import ask, bind
from kg.query.catalogue import Question
from kg.vocab import PREFIXES

ROUNDS = 5
CITED = 100  # rows whose quotes are fetched: a page of an answer
#: Whom to ask about: the class, and the relation of which the tenth busiest has most, as subject (s) or object (o).
SUBJECTS = {
    "document": ("Instrument", "basedOn", "s"),
    "firm": ("Company", "investsIn", "o"),
    "investor": ("Company", "investsIn", "s"),
    "person": ("Person", "officerOf", "s"),
    "body": ("Regulator", "officerOf", "o"),
    "name": ("Company", "investsIn", "o"),
    "place": ("Jurisdiction", "locatedIn", "o"),
}
SPECIAL = {
    "acquisition-chain": ("Company", "acquires", "s"),
    "acquisitions": ("Company", "acquires", "s"),
    "history": ("Company", "acquires", "s"),
    "basis-of": ("Instrument", "basedOn", "o"),
    "amendments": ("Instrument", "amends", "o"),
    "ownership": ("Company", "subsidiaryOf", "s"),
    "exposure": ("Company", "sues", "s"),
    "structure": ("Regulator", "partOf", "s"),
}
#: Joins over the whole graph, and paths of any length: where an engine shows what it is worth.
JOINS = {"joint-issuers", "co-investors", "also-held", "exits", "acquisition-chain", "rests-on", "basis-of"}
JOINS |= {"amendments", "structure", "ownership", "single-source", "top-investors"}


def busy(store: Store, class_: str, relation: str, end: str) -> str:
    pattern = f"?x kg:{relation} ?y" if end == "s" else f"?y kg:{relation} ?x"
    query = f"SELECT ?x (COUNT(*) AS ?n) {{ ?x a kg:{class_} . {pattern} }} GROUP BY ?x ORDER BY DESC(?n) ?x LIMIT 10"
    found: Any = list(store.query(query))
    if not found:  # a small store: anybody
        found = list(store.query(f"SELECT ?x {{ ?x a kg:{class_} }} LIMIT 1"))
    return str(found[-1][0].value)


def timed(run: Callable[[], int]) -> tuple[float, int]:
    begun = time.perf_counter()
    rows = run()
    return time.perf_counter() - begun, rows


def measure(store: Store, question: Question) -> dict[str, Any]:
    given = {
        p.name: pyoxigraph.NamedNode(busy(store, *SPECIAL.get(question.name, SUBJECTS[p.name])))
        for p in question.parameters
        if p.required
    }
    terms = bind(store, question, given)
    base = store._base  # what is measured against, without what our store adds
    values = {pyoxigraph.Variable(name): term for name, term in terms.items()}

    def bare() -> int:
        found: Any = base.query(question.sparql, prefixes=PREFIXES, substitutions=values)
        return sum(1 for row in found if tuple(row) is not None)

    def ours() -> int:
        return sum(1 for _ in ask(store, question, given, with_evidence=False))

    def cited() -> int:
        return sum(1 for _ in itertools.islice(ask(store, question, given), CITED))

    runs = {"bare": bare, "kg": ours, "evidence": cited}
    taken: dict[str, list[float]] = {name: [] for name in runs}
    rows: dict[str, int] = {}
    for number in range(ROUNDS + 1):
        for name, run in runs.items():
            seconds, rows[name] = timed(run)
            if number:
                taken[name].append(seconds)
    about = {name: statistics.median(found) for name, found in taken.items()}
    return {"name": question.name, "rows": rows["bare"], "terms": {n: str(t) for n, t in terms.items()}, **about}


# ------------------------------------------------------------------------------------------------------ rdflib


def rdflib_times(nquads: Path, questions: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """In a process of its own: the quads in memory, each question in a fork that is stopped at the limit."""
    job = {"nquads": str(nquads), "questions": questions, "limit": limit}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.questions", "--rdflib-job"],
        input=json.dumps(job), text=True, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rdflib_job() -> None:
    import rdflib
    from rdflib.util import from_n3

    job = json.load(sys.stdin)
    begun = time.perf_counter()
    dataset = rdflib.Dataset()
    dataset.parse(job["nquads"], format="nquads")
    found: dict[str, Any] = {"load": time.perf_counter() - begun}
    for each in job["questions"]:
        question = catalogue.question(each["name"])
        values = {name: from_n3(term) for name, term in each["terms"].items()}
        receive, send = multiprocessing.Pipe(duplex=False)

        def run(sparql: str = question.sparql, values: Any = values, send: Any = send) -> None:
            def once() -> int:
                # names in capitals are variables to it too
                return sum(1 for _ in dataset.query(sparql, initNs=PREFIXES, initBindings=values))

            with contextlib.suppress(BrokenPipeError):
                first, rows = timed(once)
                times = [first, *(timed(once)[0] for _ in range(ROUNDS - 1 if first < 2 else 0))]
                send.send((statistics.median(times), rows))

        child = os.fork()
        if not child:
            try:
                run()
            except Exception as fault:
                send.send((None, f"{type(fault).__name__}: {fault}"[:200]))
            finally:
                os._exit(0)
        if receive.poll(job["limit"]):
            found[each["name"]] = receive.recv()
        else:
            os.kill(child, signal.SIGKILL)
            found[each["name"]] = (None, "stopped")
        os.waitpid(child, 0)
        print(each["name"], found[each["name"]], file=sys.stderr, flush=True)
    json.dump(found, sys.stdout)


# ------------------------------------------------------------------------------------------------------- report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=60, help="seconds that rdflib has for a question; 0: without it")
    parser.add_argument("--only", nargs="*", help="these questions alone")
    parser.add_argument("--json", type=Path, help="write the figures to a file too")
    parser.add_argument("--rdflib-job", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rdflib_job:
        rdflib_job()
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        begun = time.perf_counter()
        count = generate.store(path, options.quads, options.seed)
        print(f"{count:,} quads made and loaded in {time.perf_counter() - begun:.0f} s; {machine()}", flush=True)
        with Store.open(path) as store:
            found = []
            for question in catalogue.questions():
                if not options.only or question.name in options.only:
                    found.append(measure(store, question))
                    print(f"  {question.name}", file=sys.stderr, flush=True)
            slow: dict[str, Any] = {}
            if options.limit:
                nquads = Path(folder) / "store.nq"
                with nquads.open("wb") as file:
                    pyoxigraph.serialize(store.quads(), file, pyoxigraph.RdfFormat.N_QUADS)
                slow = rdflib_times(nquads, found, options.limit)
    report(found, slow, options.limit)
    if options.json:
        options.json.write_text(json.dumps({"quads": count, "found": found, "rdflib": slow}, indent=1), "utf-8")


def report(found: list[dict[str, Any]], slow: dict[str, Any], limit: int) -> None:
    rows = []
    for each in found:
        seconds, said = slow.get(each["name"], (None, ""))
        if seconds is not None:
            shown, times = f"{seconds * 1000:.0f}", f"{seconds / each['kg']:.0f}"
            times += "" if said == each["rows"] else f" ({said} rows)"
        else:
            shown = f"> {limit * 1000}" if said == "stopped" else said
            times = f"> {limit / each['kg']:.0f}" if said == "stopped" else ""
        name = each["name"] + (" *" if each["name"] in JOINS else "")
        ratio = f"{each['kg'] / each['bare']:.2f}"
        milliseconds = [f"{each[of] * 1000:.1f}" for of in ("bare", "kg")]
        rows.append((name, f"{each['rows']:,}", *milliseconds, ratio, f"{each['evidence'] * 1000:.0f}", shown, times))
    table(("question", "rows", "bare ms", "kg ms", "kg/bare", "evidence ms", "rdflib ms", "rdflib/kg"), rows)
    ratios = sorted(each["kg"] / each["bare"] for each in found)
    if ratios:
        print(f"kg/bare: median {statistics.median(ratios):.2f}, most {ratios[-1]:.2f}; * joins and chains")
    if slow:
        print(f"rdflib: {slow['load']:.0f} s to load; {machine()}")


if __name__ == "__main__":
    main()
