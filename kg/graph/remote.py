"""A store on a SPARQL 1.1 server: what ``kg.graph.store.Store`` needs of a database, over the protocol.

The server's dataset holds what a folder would: item graphs, the default graph's facts, and beside them, in graphs of
their own that exports, ``Store.graphs`` and counts leave out, the texts and findings (so that everybody who uses the
server can check and cite), the judgements that were obeyed last, and a *generation* that each change renews.

A change is one request, whatever its size, and each operation in it is on condition that the generation is still the
one that was read before: where somebody else changed the store meanwhile nothing happens, ``Conflict`` is raised, and
``kg.graph.conflict.repeated`` tries again on what stands now.

Each question costs a request. So what is read is read by the item graph, or with all the default graph has of a
subject, and kept until the next change; ``prefetch`` brings hundreds of them in one request. That is why a store that
stays open is opened again when its generation moves on.
"""

from __future__ import annotations

import base64
import gzip
import uuid
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from kg import ids
from kg.address import Address
from kg.errors import DamagedError, StoreError
from kg.graph.bindings import bound
from kg.graph.conflict import Conflict
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.wire import ROWS, TRIPLES, Server
from kg.vocab import KG, Namespace

#: Subject, predicate, object, graph; None for any.
Pattern = tuple[Node | None, Node | None, Object | None, Node | None]

#: How the store's own graphs are laid out on a server. A newer one is refused.
LAYOUT = 1
OWN = Namespace("https://w3id.org/regkg/store#", "generation layout obeyed content")
SELF = NamedNode(ids.BASE + "store")
_TEXTS, _FOUND = ids.BASE + "source/", ids.BASE + "resolved/"
_HIDDEN = (SELF.value, _TEXTS, _FOUND)
_IN_OPERATION = 1000  # quads: parsers of other servers recurse over a block's triples
_IN_REQUEST = 400  # patterns
_KEPT = 300_000  # quads


class Remote:
    """The dataset of a server, as a base of ``Store``."""

    def __init__(self, server: Server, writable: bool = False) -> None:
        self.server = server
        self._writable = writable
        self._empty = pyoxigraph.Store()  # where a query is tried before it is sent: its faults are worded as ever
        self._kept: dict[Pattern, list[Quad]] = {}
        self._kept_quads = 0
        self._generation: str | None = None
        self._pending: list[tuple[str, Sequence[Quad]]] = []

    # ------------------------------------------------------------------------------------------ opening

    @classmethod
    def opened(cls, address: Address, write: bool) -> Remote:
        """StoreError where there is no store there, or one that would give wrong answers."""
        remote = cls(Server(address), write)
        made, others = remote._look()
        if not made and write:
            if others:
                raise StoreError(
                    f"the dataset at {address} holds other data than regkg's: give a dataset (repository) of its own"
                )
            remote._make()
            remote._look()
        elif not made and others is not False:
            raise StoreError(f"no store at {address}: kg add makes one")
        return remote

    def _look(self) -> tuple[bool, bool | None]:
        """Whether a store of ours is there, and of one that isn't marked, whether what is there is something else.

        None: there is nothing. Data that was loaded from an export has no mark and is a store all the same.
        """
        found: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
        query = f"""SELECT ?what ?p ?o {{
            {{ GRAPH {SELF} {{ {SELF} ?p ?o }} FILTER(?p != {OWN.obeyed}) BIND("mark" AS ?what) }}
            UNION {{ {SELF} ?p ?o FILTER(?p != {OWN.obeyed}) BIND("mixed" AS ?what) }}
            UNION {{ {{ SELECT ?o {{ ?o a {KG.Claim} }} LIMIT 1 }} BIND("mixed" AS ?what) }}
            UNION {{ {{ SELECT ?o {{ ?o a {KG.Report} }} LIMIT 1 }} BIND("report" AS ?what) }}
            UNION {{ {{ SELECT ?o {{ ?o ?p ?x }} LIMIT 1 }} BIND("something" AS ?what) }}
            UNION {{ {{ SELECT ?o {{ GRAPH ?o {{ ?s ?p ?x }} }} LIMIT 1 }} BIND("something" AS ?what) }}
        }}"""
        for what, predicate, value in self.rows(query):
            found[what.value].append((predicate, value))
        where = self.server.address
        if found["mixed"]:
            raise StoreError(
                f"{where} mixes the named graphs into the default graph, where each fact would count once an item:"
                " give a dataset whose default graph is its own (docs/stores.md)"
            )
        mark = dict(found["mark"])
        layout = mark.get(OWN.layout)
        if layout is not None and not (layout.value.isdecimal() and int(layout.value) <= LAYOUT):
            raise StoreError(f"the store at {where} was made by a newer regkg (layout {layout.value}): update regkg")
        generation = mark.get(OWN.generation)
        self._generation = None if generation is None else generation.value
        if mark:
            return True, None
        return False, not found["report"] if found["something"] or found["report"] else None

    def _make(self) -> None:
        """Mark the dataset as a store, unless another process just did."""
        mark = f"{SELF} {OWN.layout} {LAYOUT} ; {OWN.generation} {_new_generation()}"
        self.update(
            f"INSERT {{ GRAPH {SELF} {{ {mark} }} }}"
            f" WHERE {{ FILTER NOT EXISTS {{ GRAPH {SELF} {{ {SELF} {OWN.generation} ?any }} }} }}"
        )

    def close(self) -> None:
        self.server.close()

    # ------------------------------------------------------------------------------------------ the base

    def query(
        self,
        query: str,
        *,
        prefixes: dict[str, str] | None = None,
        substitutions: dict[pyoxigraph.Variable, Any] | None = None,
    ) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryTriples | pyoxigraph.QueryBoolean:
        """As pyoxigraph's, with its faults: SyntaxError, and RuntimeError for a value of what SELECT doesn't have."""
        # pyoxigraph's results die in the thread that made them: none may stay in the frames of a fault
        form = type(self._empty.query(query, prefixes=prefixes, substitutions=substitutions))
        values = {variable.value: term for variable, term in (substitutions or {}).items()}
        head = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in (prefixes or {}).items())
        text = head + bound(query, values)
        if form is not pyoxigraph.QueryTriples:
            found: Any = self._results(text)
            return found  # type: ignore[no-any-return]
        with self.server.answer(text, TRIPLES) as answer:
            format_ = RdfFormat.from_media_type(answer.kind) or RdfFormat.N_TRIPLES
            graph = pyoxigraph.Store()
            with _understood(self.server):
                graph.extend(pyoxigraph.parse(answer.read(), format_))
        triples: Any = graph.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        return triples  # type: ignore[no-any-return]

    def quads_for_pattern(
        self, subject: Node | None, predicate: Node | None, object: Object | None, graph_name: Node | None
    ) -> Iterator[Quad]:
        wanted = (subject, predicate, object, graph_name)
        if wanted == _ALL or wanted == (None, None, None, DEFAULT):
            yield from self._asked(wanted)  # too much to keep
            return
        key = self._key(wanted)
        if key not in self._kept:
            self._keep(key, list(self._asked(key)))
        for quad in self._kept[key]:
            if _fits(quad, wanted):
                yield quad

    def _key(self, wanted: Pattern) -> Pattern:
        """Under what a pattern's quads are kept."""
        whole = (None, None, None, wanted[3])
        return whole if whole in self._kept else _widened(wanted)

    def named_graphs(self) -> Iterator[Node]:
        for (graph,) in self.rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"):
            if not graph.value.startswith(_HIDDEN):
                yield graph

    def update(self, update: str) -> None:
        if not self._writable:
            raise StoreError(f"the store at {self.server.address} is open for reading only")
        self._forget()
        try:
            self.server.update(update)
        except BaseException:
            self.server.rollback()
            raise

    def __len__(self) -> int:
        query = f"""SELECT ?all ?ours {{
            {{ SELECT (COUNT(*) AS ?all) {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }} }}
            {{ SELECT (COUNT(*) AS ?ours) {{
                {{ GRAPH ?g {{ ?s {OWN.content} ?o }} }} UNION {{ GRAPH {SELF} {{ ?s ?p ?o }} }} }} }}
        }}"""
        ((all_, ours),) = self.rows(query)
        return int(all_.value) - int(ours.value)

    # ------------------------------------------------------------------------------------------ fewer requests

    def prefetch(self, patterns: Iterable[Pattern]) -> None:
        """Read what will be asked for, some hundreds in a request."""
        groups: dict[tuple[bool, ...], dict[Pattern, None]] = defaultdict(dict)
        for pattern in patterns:
            key = self._key(pattern)
            if key not in self._kept and key != _ALL:
                groups[(*(one is None for one in key), key[3] == DEFAULT)][key] = None
        for keys in groups.values():
            rest = iter(keys)
            while part := list(islice(rest, _IN_REQUEST)):
                found: dict[Pattern, list[Quad]] = {key: [] for key in part}
                for quad in self._asked(part[0], part):
                    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
                    which: Any = tuple(None if one is None else term for one, term in zip(part[0], terms, strict=True))
                    found[which].append(quad)
                for key, quads in found.items():
                    self._keep(key, quads)

    def _keep(self, key: Pattern, quads: list[Quad]) -> None:
        if self._kept_quads > _KEPT:
            self._kept.clear()
            self._kept_quads = 0
        self._kept[key] = quads
        self._kept_quads += len(quads) + 1

    def _forget(self) -> None:
        self._kept.clear()
        self._kept_quads = 0

    def _asked(self, shape: Pattern, several: Sequence[Pattern] = ()) -> Iterator[Quad]:
        """The quads of a pattern, or of several of one shape."""
        names = ("s", "p", "o", "g")
        given = [n for n, term in enumerate(shape) if term is not None and term != DEFAULT]
        if several:
            terms = [f"?{name}" for name in names]
            heads = " ".join(terms[n] for n in given)
            values = " ".join("(" + " ".join(str(one[n]) for n in given) + ")" for one in several)
            values = f"VALUES ({heads}) {{ {values} }} "
        else:
            terms = [f"?{name}" if n not in given else str(shape[n]) for n, name in enumerate(names)]
            values = ""
        # of all patterns only the widest meets the store's own graphs
        ours = ", ".join(str(OWN[name]) for name in OWN)
        but = f" FILTER(?p NOT IN ({ours}))" if shape == _ALL else ""
        triple = f"{terms[0]} {terms[1]} {terms[2]}{but}"
        plain, named = f"{{ {values}{triple} }}", f"{{ {values}GRAPH {terms[3]} {{ {triple} }} }}"
        where = plain if shape[3] == DEFAULT else named if shape[3] is not None else f"{plain} UNION {named}"
        shown = [n for n in range(4) if terms[n].startswith("?") and not (n == 3 and shape[3] == DEFAULT)]
        columns = " ".join(terms[n] for n in shown) or "(1 AS ?one)"
        for row in self.rows(f"SELECT {columns} {{ {where} }}"):
            found: list[Any] = list(shape)
            for n, term in zip(shown, row, strict=False):
                found[n] = term
            yield Quad(found[0], found[1], found[2], DEFAULT if found[3] is None else found[3])

    def rows(self, query: str) -> Iterator[Any]:
        yield from self._results(query)

    def _results(self, query: str) -> Any:
        answer: Any = self.server.answer(query, ROWS)
        format_ = pyoxigraph.QueryResultsFormat.from_media_type(answer.kind)
        with _understood(self.server):
            if format_ is None:
                raise ValueError(answer.kind or "an answer of no type")
            return _Rows.of(pyoxigraph.parse_query_results(answer, format_), self.server)

    # ------------------------------------------------------------------------------------------ changing

    def exchange(self, gone: Iterable[Quad], come: Iterable[Quad]) -> None:
        """Take quads for others, wholly or not at all; Conflict where the store has been changed since it was read."""
        before, after = f'"{self._generation}"', _new_generation()
        unchanged = f"WHERE {{ GRAPH {SELF} {{ {SELF} {OWN.generation} {before} }} }}"
        work = [*self._pending, ("DELETE", list(gone)), ("INSERT", list(come))]
        operations = [
            f"{verb} {{\n{_blocks(quads[n : n + _IN_OPERATION])}\n}} {unchanged}"
            for verb, quads in work
            for n in range(0, len(quads), _IN_OPERATION)
        ]
        operations.append(
            f"DELETE {{ GRAPH {SELF} {{ {SELF} {OWN.generation} {before} }} }}"
            f" INSERT {{ GRAPH {SELF} {{ {SELF} {OWN.generation} {after} }} }} {unchanged}"
        )
        self._pending.clear()
        self.update(" ;\n".join(operations))
        self._generation = self.generation()
        if f'"{self._generation}"' != after:
            raise Conflict(f"the store at {self.server.address} is being changed by others: try again")

    def mend(self) -> None:
        """Write what should have been there."""
        if self._pending:
            self.exchange([], [])

    def generation(self) -> str | None:
        """A word that each change renews."""
        rows = self.rows(f"SELECT ?g {{ GRAPH {SELF} {{ {SELF} {OWN.generation} ?g }} }}")
        return next((str(generation.value) for (generation,) in rows), None)

    def later(self, verb: str, quads: Sequence[Quad]) -> None:
        """Let these go with the next change, in its request."""
        self._pending.append((verb, quads))

    def obeyed(self) -> bytes | None:
        rows = self.rows(f"SELECT ?o {{ GRAPH {SELF} {{ {SELF} {OWN.obeyed} ?o }} }}")
        return next((_unwrapped(value) for (value,) in rows), None)

    def obey(self, rows: bytes) -> None:
        value = _wrapped(rows)
        self.update(
            f"DELETE {{ GRAPH {SELF} {{ {SELF} {OWN.obeyed} ?old }} }}"
            f" INSERT {{ GRAPH {SELF} {{ {SELF} {OWN.obeyed} {value} }} }}"
            f" WHERE {{ OPTIONAL {{ GRAPH {SELF} {{ {SELF} {OWN.obeyed} ?old }} }} }}"
        )


def generation(address: Address) -> str | None:
    """The generation of the store at an address."""
    server = Server(address)
    try:
        return Remote(server).generation()
    finally:
        server.close()


def obeyed(address: Address) -> bytes | None:
    """The judgements that the store at an address has obeyed last."""
    server = Server(address)
    try:
        return Remote(server).obeyed()
    finally:
        server.close()


class RemoteTexts:
    """Texts or findings, each a literal in a graph of its own; they are written with the change that cites them."""

    def __init__(self, remote: Remote, prefix: str, cited_by: NamedNode) -> None:
        self._remote, self._prefix, self._cited_by = remote, prefix, cited_by

    def put(self, digest: str, data: bytes) -> None:
        graph = NamedNode(self._prefix + digest)
        there = self._content(graph)
        content = _wrapped(data)
        if there == [content]:
            return
        self._remote.later("DELETE", [Quad(graph, OWN.content, old, graph) for old in there])
        self._remote.later("INSERT", [Quad(graph, OWN.content, content, graph)])

    def get(self, digest: str) -> bytes | None:
        found = self._content(NamedNode(self._prefix + digest))
        return _unwrapped(found[0]) if found else None

    def _content(self, graph: NamedNode) -> list[Literal]:
        return [
            value for (value,) in self._remote.rows(f"SELECT ?c {{ GRAPH {graph} {{ {graph} {OWN.content} ?c }} }}")
        ]

    def remove(self, digest: str) -> None:
        """Unless somebody cites it again meanwhile."""
        graph = NamedNode(self._prefix + digest)
        cited = f'?report {self._cited_by} "{digest}"'
        self._remote.update(
            f"DELETE {{ GRAPH {graph} {{ {graph} {OWN.content} ?c }} }}"
            f" WHERE {{ GRAPH {graph} {{ {graph} {OWN.content} ?c }} FILTER NOT EXISTS {{ {cited} }} }}"
        )

    def __iter__(self) -> Iterator[str]:
        for (graph,) in self._remote.rows(f"SELECT ?g {{ GRAPH ?g {{ ?g {OWN.content} ?c }} }}"):
            if graph.value.startswith(self._prefix):
                yield graph.value.removeprefix(self._prefix)


def texts(remote: Remote) -> tuple[RemoteTexts, RemoteTexts]:
    """The texts that were read, and what was found in them."""
    return RemoteTexts(remote, _TEXTS, KG.textDigest), RemoteTexts(remote, _FOUND, KG.factsDigest)


class _Rows:
    """The rows of an answer, whose end may be missing."""

    def __init__(self, solutions: Any, server: Server) -> None:
        self._solutions, self._server = solutions, server
        self.variables = solutions.variables

    @classmethod
    def of(cls, results: Any, server: Server) -> Any:
        return results if isinstance(results, pyoxigraph.QueryBoolean) else cls(results, server)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            with _understood(self._server):
                return next(self._solutions)
        except BaseException:  # the end, too
            self._solutions = iter(())
            raise

    def serialize(self, output: Any, format: Any) -> Any:
        with _understood(self._server):
            return self._solutions.serialize(output, format)


_ALL: Pattern = (None, None, None, None)


def _widened(pattern: Pattern) -> Pattern:
    """What is read for a pattern: an item graph whole, what an item says of itself, or what the default graph has of
    a subject."""
    subject, _, _, graph = pattern
    if graph is None:
        return pattern
    if graph != DEFAULT:
        return (subject if subject == graph else None, None, None, graph)
    return pattern if subject is None else (subject, None, None, DEFAULT)


def _fits(quad: Quad, pattern: Pattern) -> bool:
    subject, predicate, object_, _ = pattern
    return (
        (subject is None or quad.subject == subject)
        and (predicate is None or quad.predicate == predicate)
        and (object_ is None or quad.object == object_)
    )


def _blocks(quads: Sequence[Quad]) -> str:
    by_graph: dict[object, list[str]] = defaultdict(list)
    for quad in quads:
        by_graph[quad.graph_name].append(f"{quad.subject} {quad.predicate} {quad.object} .")
    return "\n".join(
        "\n".join(lines) if graph == DEFAULT else f"GRAPH {graph} {{\n" + "\n".join(lines) + "\n}"
        for graph, lines in by_graph.items()
    )


def _new_generation() -> str:
    return f'"{uuid.uuid4()}"'


def _wrapped(data: bytes) -> Literal:
    """Bytes as a literal that any server keeps as it is."""
    return Literal(base64.b64encode(gzip.compress(data, 6, mtime=0)).decode())


def _unwrapped(value: Literal) -> bytes:
    try:
        return gzip.decompress(base64.b64decode(value.value, validate=True))
    except (ValueError, EOFError, OSError, zlib.error) as fault:
        raise DamagedError("a text on the server is damaged: kg check names its report, to be added again") from fault


class _understood:
    """Turns an answer that can't be read into a sentence."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: object) -> None:
        if isinstance(fault, SyntaxError | ValueError):
            raise StoreError(f"{self._server.address} gave an answer that can't be read: {fault}") from fault
