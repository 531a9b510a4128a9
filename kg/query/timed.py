"""A query with a time limit: it runs in a process of its own, which can be stopped. Oxigraph can't be.

The child opens the store read-only, and sends the kind of answer in a line, then the answer as SPARQL TSV or
N-Triples, which lose nothing and are read while they come. Its start takes a tenth of a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pyoxigraph
from pyoxigraph import QueryResultsFormat, RdfFormat

from kg.errors import QueryError, StoreError
from kg.graph.store import Store
from kg.query.run import Answer, Term, examine, opened
from kg.settings import Place, handed_on

_MAIN = "from kg.query.timed import main; main()"


def run(store: Store, sparql: str, seconds: float, bindings: Mapping[str, Term] | None = None) -> Answer:
    """As ``kg.query.run.run``; QueryError where the answer isn't complete after so many seconds.

    The time counts until the last row is taken. Needs a store on disk.
    """
    if store.place is None:
        raise StoreError("a store in memory can't be queried with a time limit: it needs one on disk")
    if seconds <= 0:
        raise QueryError(f"a time limit of {seconds:g} seconds leaves no time: give more than 0")
    examine(sparql)
    return _Child(store.place, sparql, dict(bindings or {}), seconds).answer()


class _Child:
    def __init__(self, place: Place, sparql: str, bindings: dict[str, Term], seconds: float) -> None:
        # -P and the package's own folder: what lies in the folder where somebody stands is not run
        code = f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r}); {_MAIN}"
        self._seconds = seconds
        self._late = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True
        self._timer.start()
        values = {name: str(term) for name, term in bindings.items()}
        request = json.dumps({"store": handed_on(place), "sparql": sparql, "bindings": values})
        try:
            self._pipe("stdin").write(request.encode())
            self._pipe("stdin").close()
        except OSError:
            pass  # it ended before it had read: what it says is told below

    def _pipe(self, name: str) -> IO[bytes]:
        pipe: IO[bytes] = getattr(self._process, name)
        return pipe

    def _stop(self) -> None:
        self._late = True
        self._process.kill()

    def answer(self) -> Answer:
        out = self._pipe("stdout")
        kind = out.readline().decode().strip()
        if kind in ("true", "false"):
            self._end()
            return Answer("boolean", boolean=kind == "true")
        if kind == "graph":
            return Answer(
                "graph",
                triples=self._guarded(lambda: (quad.triple for quad in pyoxigraph.parse(out, RdfFormat.N_TRIPLES))),
            )
        if kind != "rows":
            self._end()
            raise QueryError("the query ended without an answer: please report it")
        try:
            solutions: Any = pyoxigraph.parse_query_results(out, QueryResultsFormat.TSV)
        except SyntaxError:
            self._end()
            raise
        columns = tuple(variable.value for variable in solutions.variables)
        return Answer("rows", columns, rows=(tuple(row) for row in self._guarded(lambda: solutions)))

    def _guarded(self, made: Any) -> Iterator[Any]:
        try:
            try:
                yield from made()
            except (SyntaxError, ValueError):
                self._end()  # tells of the time or of the child's fault, of which a line cut short is the trace
                raise
            self._end()
        finally:
            self._timer.cancel()
            self._process.kill()  # who takes no more rows needs no more
            self._process.wait()
            self._pipe("stdout").close()
            self._pipe("stderr").close()

    def _end(self) -> None:
        """Wait for the child; raise what went wrong in it."""
        said = self._pipe("stderr").read().decode(errors="replace")
        code = self._process.wait()
        self._timer.cancel()
        for name in ("stdout", "stderr"):
            self._pipe(name).close()
        if self._late:
            raise QueryError(
                f"the query took longer than {self._seconds:g} s and was stopped: ask for less, or give it more time"
            )
        if code:
            try:
                fault = json.loads(said.splitlines()[-1])
            except (IndexError, ValueError):
                raise QueryError(f"the query broke off: {said.strip()[-200:] or f'exit code {code}'}") from None
            raise {"QueryError": QueryError, "StoreError": StoreError}.get(fault["kind"], QueryError)(fault["sentence"])


def main() -> None:
    """The child."""
    request = json.load(sys.stdin)
    bindings = {name: _term(written) for name, written in request["bindings"].items()}
    out = sys.stdout.buffer
    try:
        with Store.open(request["store"]) as store:
            result = opened(store, request["sparql"], bindings)
            if isinstance(result, pyoxigraph.QueryBoolean):
                out.write(b"true\n" if result else b"false\n")
            elif isinstance(result, pyoxigraph.QueryTriples):
                out.write(b"graph\n")
                result.serialize(out, RdfFormat.N_TRIPLES)
            else:
                out.write(b"rows\n")
                result.serialize(out, QueryResultsFormat.TSV)
            out.flush()
            del result
    except (QueryError, StoreError) as fault:
        print(json.dumps({"kind": type(fault).__name__, "sentence": str(fault)}), file=sys.stderr)
        sys.exit(fault.exit_code)
    except OSError as fault:
        print(json.dumps({"kind": "QueryError", "sentence": f"the query stopped: {fault}"}), file=sys.stderr)
        sys.exit(1)


def _term(written: str) -> Term:
    (triple,) = pyoxigraph.parse(f"<x:s> <x:p> {written} .", RdfFormat.N_TRIPLES)
    return triple.object
