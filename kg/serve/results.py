"""Queries' answers as bytes: what workers do (``kg.serve.pool``).

An answer is whole or isn't given: one that would have more rows, or more bytes, than the limits allow is refused with
a sentence, since rows that are missing without a word end in somebody's report.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pyoxigraph
from pyoxigraph import QueryResultsFormat, RdfFormat

from kg.errors import QueryError
from kg.graph.store import Dataset, Store
from kg.graph.write import serialise
from kg.query import run
from kg.serve.negotiate import GRAPHS, RESULTS, Chosen, refusal
from kg.serve.pool import TooLarge, TooMany

T = TypeVar("T")
_RESULTS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_GRAPHS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "n3": RdfFormat.N3,
}


@dataclass(frozen=True, slots=True)
class Written:
    data: bytes
    content_type: str
    suffix: str


def answer(
    store: Store,
    sparql: str,
    results: Chosen | None,
    graphs: Chosen | None,
    rows: int,
    most: int,
    dataset: Dataset | None = None,
) -> Written:
    """The answer in the form that fits its kind; NotAcceptable where that is None."""
    given = run.opened(store, sparql, dataset=dataset)
    if isinstance(given, pyoxigraph.QueryTriples):
        if graphs is None:
            raise refusal(GRAPHS)
        triples = sorted(set(limited(guarded(given), rows, "triples")), key=str)
        return Written(graph(triples, graphs, most), graphs.content_type, graphs.form.suffix)
    if results is None:
        raise refusal(RESULTS)
    sink = _Sink(most)
    guarded_call(lambda: given.serialize(sink, _RESULTS[results.form.name]))
    data = sink.getvalue()
    if not isinstance(given, pyoxigraph.QueryBoolean) and _has_more(data, results.form.name, rows):
        raise too_many(rows)
    return Written(data, results.content_type, results.form.suffix)


def graph(triples: Iterable[pyoxigraph.Triple], chosen: Chosen, most: int) -> bytes:
    sink: Any = _Sink(most)
    serialise(triples, sink, _GRAPHS[chosen.form.name])
    return bytes(sink.getvalue())


def deliver(
    store: Store, sparql: str, form: str, rows: int, most: int, lang: str, where: str,
    dataset: Dataset | None = None,
) -> bytes:  # fmt: skip
    """The answer as a file for people: what ``kg query -o`` writes."""
    from kg.forms import sparql as forms

    found = run.run(store, sparql, dataset=dataset)
    found.rows = limited(found.rows, rows, "rows")
    found.triples = limited(found.triples, rows, "triples")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"answer{forms.SUFFIXES[form]}"
        with redirect_stdout(io.StringIO()):  # the command tells where it wrote
            forms.deliver(found, path, form, lang=lang, asked=(("SPARQL", sparql),), store=where)
        if path.stat().st_size > most:
            raise too_large(most)
        return path.read_bytes()


def limited(found: Iterable[T], most: int, what: str = "rows") -> Iterator[T]:
    for at, one in enumerate(found):
        if at >= most:
            raise too_many(most, what)
        yield one


def too_many(most: int, what: str = "rows") -> TooMany:
    return TooMany(f"the answer has more than {most:,} {what}, the limit: ask for less, or with LIMIT and OFFSET")


def too_large(most: int) -> TooLarge:
    return TooLarge(f"the answer is longer than {most:,} bytes, which is the limit: ask for less")


def guarded(found: Iterable[T]) -> Iterator[T]:
    iterator = iter(found)
    while True:
        try:
            one = guarded_call(lambda: next(iterator))
        except StopIteration:
            return
        yield one


def guarded_call(step: Callable[[], T]) -> T:
    try:
        return step()
    except OSError as fault:
        raise QueryError(f"the query stopped: {fault}") from fault


class _Sink(io.BytesIO):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self._most:
            raise too_large(self._most)
        return super().write(data)


# ---------------------------------------------------------------------- how many rows, of what Oxigraph has written


def _has_more(data: bytes, form: str, most: int) -> bool:
    """Counted afterwards, since Oxigraph writes ten times as fast as Python would row by row."""
    return len(data) > most and _COUNTERS[form](data) > most


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


def _json_rows(data: bytes) -> int:
    bare = _STRING.sub(b"", data.partition(b'"bindings":')[2])  # [{:{:,:},:{:,:}},{}]}}
    return bare.count(b"{}") + bare.count(b"}}") - 1


def _csv_rows(data: bytes) -> int:
    return sum(part.count(b"\r\n") for part in data.split(b'"')[::2]) - 1


_COUNTERS: Mapping[str, Callable[[bytes], int]] = {
    "json": _json_rows,
    "xml": lambda data: data.count(b"<result>"),
    "csv": _csv_rows,
    "tsv": lambda data: data.count(b"\n") - 1,
}
