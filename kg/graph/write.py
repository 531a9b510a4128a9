"""The graph as a file, in an order that only the graph decides: two exports of one graph are the same bytes.

One graph is sorted at a time, so that memory is bound by the largest one, the default graph.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from kg.errors import KgError, UsageError
from kg.graph.facts import DEFAULT, Node
from kg.graph.store import Store
from kg.vocab import PREFIXES, RDF


@dataclass(frozen=True, slots=True)
class Writer:
    """A format, and whether it can hold named graphs; one that can't gets the facts of the default graph."""

    format: RdfFormat
    suffixes: tuple[str, ...]
    dataset: bool


WRITERS: dict[str, Writer] = {
    "trig": Writer(RdfFormat.TRIG, (".trig",), True),
    "nquads": Writer(RdfFormat.N_QUADS, (".nq",), True),
    "turtle": Writer(RdfFormat.TURTLE, (".ttl",), False),
    "ntriples": Writer(RdfFormat.N_TRIPLES, (".nt",), False),
    "jsonld": Writer(RdfFormat.JSON_LD, (".jsonld",), True),
}


def writer_for(name: str, others: Iterable[str] = ()) -> Writer:
    """The writer of a format's name, a suffix or a file name; UsageError where there is none.

    ``others`` are suffixes that somebody else writes, for the sentence that names all.
    """
    for format_, writer in WRITERS.items():
        if name == format_ or name.casefold().endswith(writer.suffixes) or f".{name}" in writer.suffixes:
            return writer
    known = ", ".join((*(suffix for writer in WRITERS.values() for suffix in writer.suffixes), *others))
    raise UsageError(f"no graph format belongs to {name}: end the file's name in one of {known}")


def write(store: Store, target: Path | IO[bytes], format_: str | None = None) -> None:
    """Write the store's graph to a path, or to an open file where the format is named.

    A path is written whole or not at all.
    """
    if isinstance(target, Path):
        writer = writer_for(format_ or target.name)
        part = target.with_name(target.name + ".part")
        try:
            with part.open("wb") as file:
                _write(store, file, writer)
            os.replace(part, target)
        except OSError as fault:
            part.unlink(missing_ok=True)
            raise KgError(f"{target} can't be written: {fault.strerror or fault}") from fault
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    else:
        if format_ is None:
            raise UsageError("an open file needs the name of a format")
        _write(store, target, writer_for(format_))


def _write(store: Store, file: IO[bytes], writer: Writer) -> None:
    content: Iterator[Quad] | Iterator[Triple]
    content = ordered(store) if writer.dataset else (quad.triple for quad in _sorted(store, DEFAULT))
    serialise(content, file, writer.format)


def serialise(content: Iterable[Quad] | Iterable[Triple], file: IO[bytes], format_: RdfFormat) -> None:
    """What is given, in the order in which it is given, with our prefixes where the format has prefixes."""
    if format_ in (RdfFormat.TRIG, RdfFormat.TURTLE):
        headed = _SortedHead(file)
        pyoxigraph.serialize(content, cast("IO[bytes]", headed), format_, prefixes=PREFIXES)
        headed.finish()
    else:
        pyoxigraph.serialize(content, file, format_)


class _SortedHead(io.RawIOBase):
    """Passes on what is written, the prefixes at its head in order: pyoxigraph shuffles them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._head: list[bytes] | None = []
        self._line = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        data = bytes(data)
        if self._head is None:
            self._file.write(data)
            return len(data)
        self._line += data
        while self._head is not None and b"\n" in self._line:
            line, _, self._line = self._line.partition(b"\n")
            if line.startswith(b"@prefix"):
                self._head.append(line + b"\n")
            else:
                self._line = line + b"\n" + self._line
                self._open()
        return len(data)

    def _open(self) -> None:
        self._file.write(b"".join(sorted(self._head or ())) + self._line)
        self._head, self._line = None, b""

    def flush(self) -> None:
        if not self.closed:
            self._file.flush()

    def finish(self) -> None:
        if self._head is not None:
            self._open()


def ordered(store: Store) -> Iterator[Quad]:
    """All quads: the default graph, then the named ones by name, each by subject with its types first."""
    yield from _sorted(store, DEFAULT)
    for graph in store.graphs():
        yield from _sorted(store, graph)


def _sorted(store: Store, graph: Node) -> list[Quad]:
    return sorted(
        store.quads(graph=graph),
        key=lambda q: (str(q.subject), q.predicate != RDF.type, str(q.predicate), str(q.object)),
    )
