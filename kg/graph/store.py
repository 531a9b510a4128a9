"""The one module that opens Oxigraph: named graphs, the facts of the default graph, and the texts they were read from.

On disk a store is a folder: ``regkg-store.json`` (which says so, and in which version), ``oxigraph/``, ``sources/``
and ``resolved/``. One process writes at a time, under ``lock``. Readers open what the last finished change published
(``kg.graph.published``) and see that for as long as they are open; ``Store.generation`` tells when there is more.

The order of a change: texts and findings, each whole and on the disk; the graph, in one transaction; the copy that
readers open; then what nothing cites any more goes. Killed between any two of these, a store has the change or
hasn't, and the next writer, who finds ``writer.json`` of the one that died, sweeps and publishes.
"""

from __future__ import annotations

import errno
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol
from typing import Literal as OneOf

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad

from kg import __version__, ids
from kg.address import Address
from kg.errors import DamagedError, StoreError, UsageError
from kg.graph import build, published, resolved, sources
from kg.graph.conflict import repeated
from kg.graph.facts import ASPECT, DEFAULT, LABELS, PARTIES, Node, Object, all_facts, facts
from kg.graph.files import PART, write_whole
from kg.graph.lock import HOLDER, NAME, Lock, Told
from kg.graph.settling import Settling
from kg.items import ENTITY_TYPES, RELATIONS, ItemFacts, Report, Source
from kg.settings import OBEYED, Place, store_at
from kg.vocab import DCTERMS, KG, PREFIXES, PROV, RDF

if TYPE_CHECKING:
    from kg.graph.remote import Pattern, Remote

VERSION = 2
MARKER = "regkg-store.json"
_ROLES = frozenset(role for roles in PARTIES.values() for role in roles)
_WITNESSES = 400  # items whose day may decide which word is the last: more are asked for one by one
TEXTS, FOUND, DATABASE = "sources", "resolved", "oxigraph"
#: The addresses of graphs: those of a query's default graph, and its named ones.
Dataset = tuple[Sequence[str], Sequence[str]]
#: What people's judgements make of what resolution found in a report with this text.
Judged = Callable[[Sequence[ItemFacts], Source | None], list[ItemFacts]]

_ENTITY_CLASSES = frozenset(KG[name] for name in ENTITY_TYPES)
_EDGES = frozenset(KG[name] for name in RELATIONS)
_DEALS = frozenset((KG.Deal, KG.Acquisition, KG.FundingRound))


@dataclass(frozen=True, slots=True)
class Count:
    """How many distinct things an addition named, and how many of them the store didn't know before."""

    total: int
    new: int

    @property
    def known(self) -> int:
        return self.total - self.new


@dataclass(frozen=True, slots=True)
class Added:
    """What an addition did."""

    report: str
    outcome: OneOf["added", "replaced", "unchanged"]
    items: int
    claims: int
    entities: Count
    relations: Count
    deals: Count


@dataclass(frozen=True, slots=True)
class Stored:
    """A report that the store holds, as far as it takes to decide whether to read a file again."""

    id: str
    title: str
    digest: str
    run: str


class Base(Protocol):
    """The database under a store: what of pyoxigraph.Store is used here, so that another can stand in its place."""

    def query(
        self, query: str, *, prefixes: dict[str, str] | None, substitutions: dict[pyoxigraph.Variable, Any] | None
    ) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryTriples | pyoxigraph.QueryBoolean: ...

    def quads_for_pattern(self, subject: Any, predicate: Any, object: Any, graph_name: Any) -> Iterator[Quad]: ...

    def named_graphs(self) -> Iterator[Any]: ...

    def update(self, update: str) -> None: ...

    def __len__(self) -> int: ...


class Store:
    """A store in memory, on disk or on a server; a context manager. Use ``Store.open`` or ``Store.memory``."""

    def __init__(
        self,
        base: Base,
        texts: sources.Sources,
        found: sources.Sources,
        path: Path | None,
        writable: bool,
        disk: _Disk | None = None,
        remote: Remote | None = None,
    ) -> None:
        self._base = base
        self._texts = texts
        self._found = found
        self._disk = disk
        self._remote = remote
        self.path = path
        #: Where it is: None in memory.
        self.place: Place | None = path if remote is None else remote.server.address
        self.writable = writable
        self.changes = 0  # by this process: what was worked out from the store holds as long as it stays the same
        self.notes: tuple[str, ...] = ()  # what opening it did that its user should know: a sentence each

    # ------------------------------------------------------------------------------------------ opening

    @classmethod
    def memory(cls) -> Store:
        return cls(pyoxigraph.Store(), sources.MemorySources(), sources.MemorySources(), None, True)

    @classmethod
    def open(
        cls, place: Place | str, mode: OneOf["read", "write"] = "read", wait: float = 0, told: Told | None = None
    ) -> Store:
        """The store at a path, or on a server. Writing makes one where there is nothing; what is no store is refused.

        Where another process writes in a folder, a writer waits so many seconds, and ``told`` gets a sentence
        meanwhile. On a server changes take turns one by one.
        """
        path = store_at(place)
        if isinstance(path, Address):
            return cls._served(path, mode)
        with _told(path):
            version = _version(path)
            folders = sources.FolderSources(path / TEXTS), sources.FolderSources(path / FOUND)
            if mode == "read":
                if not version or not (path / DATABASE / "CURRENT").exists():
                    raise StoreError(f"no store at {path}: kg add makes one")
                copy = published.hold(path)
                if copy is None and version == VERSION:  # its first writer was killed before there was anything
                    raise StoreError(f"no store at {path}: kg add makes one")
                try:
                    base = pyoxigraph.Store.read_only(str(path / DATABASE if copy is None else copy.path))
                except BaseException:
                    if copy is not None:
                        copy.release()
                    raise
                return cls(base, *folders, path, False, _Disk(path, None, copy))
            path.mkdir(parents=True, exist_ok=True)
            lock = Lock.acquire(path, wait, told)
            try:
                return cls._written(path, lock, *folders)
            except BaseException:
                lock.release(clean=False)
                raise

    @classmethod
    def _written(cls, path: Path, lock: Lock, texts: sources.FolderSources, found: sources.FolderSources) -> Store:
        """The store at a path whose lock is held."""
        from kg.graph import migrate

        version = _version(path)  # once more: another may have made or migrated it meanwhile
        if not version:
            write_whole(path / MARKER, marker())
        notes = migrate.migrated(path, version) if 0 < version < VERSION else ()
        try:
            base = pyoxigraph.Store(str(path / DATABASE))
        except (OSError, RuntimeError) as fault:
            if not broken(fault):
                raise
            notes = (*notes, migrate.remade(path, fault))
            base = pyoxigraph.Store(str(path / DATABASE))
        store = cls(base, texts, found, path, True, _Disk(path, lock, None))
        store.notes = notes
        if lock.unclean or not published.is_whole(path):
            store.sweep()
            # who was killed may have come no further than to the graph: what only readers' copies cite goes with them
            store.publish([name for name in store._cited_by_copies() if store._unused(name)])
        return store

    @classmethod
    def _served(cls, address: Address, mode: OneOf["read", "write"]) -> Store:
        from kg.graph import remote

        base = remote.Remote.opened(address, mode == "write")
        return cls(base, *remote.texts(base), None, mode == "write", remote=base)

    @staticmethod
    def made(path: Path) -> bool:
        """Whether a store was ever made at a path, be it damaged now."""
        with _told(path):
            return bool(_version(path)) and (path / DATABASE).is_dir()

    @staticmethod
    def generation(place: Place | str) -> str | None:
        """A line that each change of the store at a place renews: what was opened before it is no longer the latest.

        Costs the reading of one small file, or a request. None where nothing was published yet.
        """
        found = store_at(place)
        if isinstance(found, Path):
            return published.generation(found)
        from kg.graph import remote

        return remote.generation(found)

    @property
    def read_at(self) -> str | None:
        """The generation that a reader in a folder has open; None of all other stores."""
        copy = None if self._disk is None else self._disk.copy
        return None if copy is None else copy.generation

    @property
    def stale(self) -> bool:
        """Whether others have changed the store since this reader opened it."""
        copy = None if self._disk is None else self._disk.copy
        return copy is not None and copy.generation != published.generation(copy.path.parents[1])

    @classmethod
    def exported(cls, path: Path | str) -> Store:
        """An export with the named graphs (.nq, .trig, .jsonld) as a store in memory: the graph, and not the texts."""
        path = Path(path)
        format_ = pyoxigraph.RdfFormat.from_extension(path.suffix.removeprefix("."))
        if format_ is None or not format_.supports_datasets:
            raise StoreError(f"{path} is neither a store nor an export with the evidence: those end in .nq or .trig")
        base = pyoxigraph.Store()
        with _told(path):
            try:
                base.bulk_load(path=str(path), format=format_)
            except SyntaxError as fault:
                raise StoreError(f"{path} is damaged: {fault}") from fault
        return cls(base, sources.MemorySources(), sources.MemorySources(), path, False)

    def close(self) -> None:
        """Let go of the database, so that others can write. A closed store can't be used again."""
        del self._base  # pyoxigraph closes, and unlocks, when the last reference goes
        if self._disk is not None:
            self._disk.release()
        if self._remote is not None:
            self._remote.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------ reading

    def query(
        self, sparql: str, bindings: dict[str, Object] | None = None, dataset: Dataset | None = None
    ) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryTriples | pyoxigraph.QueryBoolean:
        """A SPARQL query over the default graph and, with GRAPH, the named ones. Our prefixes need no typing.

        ``bindings`` put values into variables, which a SELECT has to project. Raises SyntaxError as Oxigraph words
        it; ``kg.query.run`` is what speaks to people.

        ``dataset`` takes the place of what the query's FROM and FROM NAMED say: the addresses of the graphs that are
        its default graph together, and of its named ones.
        """
        values: dict[pyoxigraph.Variable, Object] = {
            pyoxigraph.Variable(name): value for name, value in (bindings or {}).items()
        }
        with _told(self.path):
            if dataset is None:
                return self._base.query(sparql, prefixes=PREFIXES, substitutions=values or None)
            base: Any = self._base
            default, named = ([NamedNode(iri) for iri in graphs] for graphs in dataset)
            return base.query(  # type: ignore[no-any-return]
                sparql, prefixes=PREFIXES, substitutions=values or None, default_graph=default, named_graphs=named
            )

    def quads(
        self,
        subject: Node | None = None,
        predicate: Node | None = None,
        object_: Object | None = None,
        graph: Node | None = None,
    ) -> Iterator[Quad]:
        """Quads by pattern, of all graphs where none is given."""
        with _told(self.path):
            yield from self._base.quads_for_pattern(subject, predicate, object_, graph)

    @property
    def served(self) -> bool:
        """Whether each reading is a request to a server."""
        return self._remote is not None

    def prefetch(self, patterns: Iterable[Pattern], graphs: bool = False) -> None:
        """Say which quads will be asked for: from a server they come some hundreds a request, and not one by one.

        ``graphs``: and all of the named graphs that they stand in.
        """
        if self._remote is None:
            return
        patterns = list(patterns)
        self._remote.prefetch(patterns)
        if graphs:
            stated = {quad.graph_name for pattern in patterns for quad in self._remote.quads_for_pattern(*pattern)}
            self._remote.prefetch((None, None, None, graph) for graph in stated if graph != DEFAULT)

    def graphs(self) -> list[Node]:
        """The named graphs, by name."""
        with _told(self.path):
            return sorted(self._base.named_graphs(), key=str)

    def __len__(self) -> int:
        return len(self._base)

    def reports(self) -> list[Stored]:
        """The reports, by id."""
        found = []
        nodes: list[Node] = [quad.subject for quad in self.quads(None, RDF.type, KG.Report, DEFAULT)]
        self.prefetch((None, None, None, node) for node in nodes)
        for node in nodes:
            found.append(
                Stored(
                    node.value.removeprefix(ids.report("")),
                    self._value(node, DCTERMS.title, node) or "",
                    self._value(node, KG.digest, node) or "",
                    self._value(node, PROV.wasGeneratedBy, node) or "",
                )
            )
        return sorted(found, key=lambda report: report.id)

    def report(self, id_: str) -> Stored | None:
        """One report, which tells by file digest and run whether reading a file again could change anything."""
        node = NamedNode(ids.report(id_))
        digest = self._value(node, KG.digest, node)
        if digest is None:
            return None
        title, run = self._value(node, DCTERMS.title, node), self._value(node, PROV.wasGeneratedBy, node)
        return Stored(id_, title or "", digest, run or "")

    def holds(self, digest: str, run_iri: str) -> bool:
        """Whether a report from a file of this digest is there, read by this run's rules."""
        run = NamedNode(run_iri)
        return any(
            next(self.quads(quad.subject, PROV.wasGeneratedBy, run, DEFAULT), None) is not None
            for quad in self.quads(None, KG.digest, Literal(digest), DEFAULT)
        )

    def items_of(self, report_id: str) -> list[Node]:
        """The graphs of a report's items, by IRI."""
        node = NamedNode(ids.report(report_id))
        return sorted(
            (
                quad.subject
                for quad in self.quads(None, DCTERMS.isPartOf, node, None)
                if quad.graph_name == quad.subject
            ),
            key=str,
        )

    def source(self, report_id: str) -> Source | None:
        """The text and pages that a report's claims cite; None where the store doesn't hold them."""
        node = NamedNode(ids.report(report_id))
        digest = self._value(node, KG.textDigest, node)
        if digest is None:
            return None
        with _told(self.path):
            data = self._texts.get(digest)
        try:
            found = None if data is None else sources.unpack(data)
        except (ValueError, KeyError, TypeError) as fault:
            raise DamagedError(f"the text of {report_id} is damaged: add it again (kg add --again FILE)") from fault
        if found is not None and sources.digest(found) != digest:
            raise DamagedError(f"the text of {report_id} is another than it was: add it again (kg add --again FILE)")
        return found

    def resolved(self, report_id: str) -> list[ItemFacts] | None:
        """What resolution found in a report's items, before judgements; None where it isn't kept (an older store)."""
        node = NamedNode(ids.report(report_id))
        digest = self._value(node, KG.factsDigest, node)
        if digest is None:
            return None
        with _told(self.path):
            data = self._found.get(digest)
        try:
            if data is None or resolved.digest(data) == digest:
                return None if data is None else resolved.unpack(data)
        except ValueError as fault:
            raise DamagedError(
                f"what was found in {report_id} is damaged: add it again (kg add --again FILE)"
            ) from fault
        raise DamagedError(f"what was found in {report_id} is damaged: add it again (kg add --again FILE)")

    def keeps_facts(self, report_id: str) -> bool:
        """Whether what resolution found in a report is kept, so that judgements can be laid over it."""
        node = NamedNode(ids.report(report_id))
        return self._value(node, KG.factsDigest, node) is not None

    def _value(self, subject: Node, predicate: Node, graph: Node) -> str | None:
        value: Object = next((quad.object for quad in self.quads(subject, predicate, None, graph)), None)
        return None if value is None else str(value.value)

    # ------------------------------------------------------------------------------------------ writing

    def add(self, report: Report, facts_: Iterable[ItemFacts], run_iri: str, judged: Judged | None = None) -> Added:
        """Put a report in, in place of all that it said before, in one transaction.

        The graph has what ``judged`` makes of the facts; the facts themselves are kept beside it.
        """
        return self._add(report, list(facts_), run_iri, judged)

    @repeated
    def _add(self, report: Report, facts_: list[ItemFacts], run_iri: str, judged: Judged | None) -> Added:
        digest, data = sources.pack(report.source)
        facts_digest, facts_data = resolved.pack(facts_)
        new = set(
            build.quads(report, judged(facts_, report.source) if judged else facts_, run_iri, digest, facts_digest)
        )
        node = NamedNode(ids.report(report.id))
        replaced = {node, *self.items_of(report.id)}
        self.prefetch((None, None, None, NamedNode(ids.item(said.item.id))) for said in facts_)
        self.prefetch((None, None, None, graph) for graph in replaced)
        if self._remote is not None:
            self.prefetch((fact.subject, None, None, DEFAULT) for fact in facts(new))
        for said in facts_:
            graph = NamedNode(ids.item(said.item.id))
            owner = graph not in replaced and self._value(graph, DCTERMS.isPartOf, graph)
            if owner:
                other = owner.removeprefix(ids.report(""))
                raise StoreError(f"item {said.item.id} already belongs to the report {other}: remove that one first")
        old = {quad for graph in replaced for quad in self.quads(None, None, None, graph)}
        counts = self._count(new)
        with _told(self.path), self._changing():
            self._texts.put(digest, data)
            self._found.put(facts_digest, facts_data)
            if old != new:
                self._replace(old, new, replaced - {quad.graph_name for quad in new})
            elif self._remote is not None:
                self._remote.mend()
        outcome: OneOf["added", "replaced", "unchanged"]
        outcome = "unchanged" if old == new else "replaced" if old else "added"
        claims = sum(quad.predicate == RDF.predicate for quad in new)
        return Added(report.id, outcome, len(facts_), claims, *counts)

    @repeated
    def rejudge(self, report_ids: Iterable[str], judged: Judged, only: Collection[Node] | None = None) -> list[str]:
        """Make reports' items anew from what resolution found in them, in one transaction; the ids of those changed.

        Of these reports, ``only`` the items that are given, or all. Items that were removed stay so. Raises StoreError
        where a report was added by a version that kept nothing.
        """
        old: set[Quad] = set()
        new: set[Quad] = set()
        changed = []
        for report_id in report_ids:
            found = self.resolved(report_id)
            stored = self.report(report_id)
            if found is None or stored is None:
                raise StoreError(f"the report {report_id} was added by an older regkg: add its file again, then judge")
            there = set(self.items_of(report_id))
            self.prefetch((None, None, None, graph) for graph in there)
            wanted = there if only is None else there.intersection(only)
            concerned = [one for one in found if NamedNode(ids.item(one.item.id)) in wanted]
            for said in judged(concerned, self.source(report_id)):
                graph = NamedNode(ids.item(said.item.id))
                before = set(self.quads(None, None, None, graph))
                after = set(build.item_quads(report_id, said, stored.run))
                if before != after:
                    old |= before
                    new |= after
                    changed.append(said.item.id)
        if changed:
            self._replace(old, new, set())
        return changed

    @repeated
    def remove(self, id_: str) -> int:
        """Take out a report with its items, or one item, and every trace of it; how many items went."""
        report = NamedNode(ids.report(id_))
        item = NamedNode(ids.item(id_))
        if self._value(report, RDF.type, report):
            graphs = {report, *self.items_of(id_)}
        elif next(self.quads(None, None, None, item), None) is not None:
            graphs = {item}
        else:
            raise UsageError(f"the store has no report and no item {id_}: kg items lists them")
        self.prefetch((None, None, None, graph) for graph in graphs)
        old = {quad for graph in graphs for quad in self.quads(None, None, None, graph)}
        self._replace(old, set(), graphs)
        return len(graphs - {report})

    def backup(self, path: Path | str) -> None:
        """A copy of a store on disk, in a new folder: as ``kg backup`` makes it."""
        from kg.graph import backup

        if isinstance(self.place, Address):
            raise UsageError(
                f"the store at {self.place} is its server's to back up: use the server's own means, or kg export"
            )
        if self.path is None:
            raise UsageError("a store in memory can't be copied to disk: export it")
        backup.backup(self.path, Path(path))

    def _count(self, new: set[Quad]) -> tuple[Count, Count, Count]:
        entities = {q.subject for q in new if q.predicate == RDF.type and q.object in _ENTITY_CLASSES}
        deals = {q.subject for q in new if q.predicate == RDF.type and q.object in _DEALS}
        edges = {(q.subject, q.predicate, q.object) for q in new if q.predicate in _EDGES}

        def known(subject: Node, predicate: Node | None = None, object_: Object | None = None) -> bool:
            return next(self.quads(subject, predicate, object_, DEFAULT), None) is not None

        return (
            Count(len(entities), sum(not known(e, RDF.type) for e in entities)),
            Count(len(edges), sum(not known(*edge) for edge in edges)),
            Count(len(deals), sum(not known(d, RDF.type) for d in deals)),
        )

    def _replace(self, old: set[Quad], new: set[Quad], emptied: set[Node]) -> None:
        """Take the quads of some named graphs for others, and settle the default graph, in one transaction.

        A single SPARQL update is the only way in which pyoxigraph takes deletions and insertions together.
        """
        if self._remote is not None:
            self._ahead(facts(old - new), facts(new - old))
        gone, come = Settling(self._base, old, new).changes()
        self.changes += 1
        before, after = _cited(old), _cited(new)
        if self._remote is not None:
            self._remote.exchange([*(old - new), *gone], [*(new - old), *come])
            self.publish({name for name in before - after if self._unused(name)})
            return
        delete = [*(q for q in old - new if q.graph_name not in emptied), *gone]
        parts = [f"DROP SILENT GRAPH {graph}" for graph in sorted(emptied, key=str)]
        if delete:
            parts.append(_data("DELETE", delete))
        if insert := [*(new - old), *come]:
            parts.append(_data("INSERT", insert))
        self._update(parts, before - after)

    def obeyed(self) -> bytes | None:
        """The judgements that the store has obeyed last, as a file; None where it never has."""
        if self._remote is not None:
            return self._remote.obeyed()
        file = None if self.path is None else self.path / OBEYED
        return file.read_bytes() if file is not None and file.exists() else None

    def obey(self, judgements: bytes) -> None:
        """Keep the judgements that were obeyed."""
        if self._remote is not None:
            self._remote.obey(judgements)
        elif self.path is not None:
            write_whole(self.path / OBEYED, judgements)

    def _ahead(self, gone: Sequence[Quad], come: Sequence[Quad]) -> None:
        """Bring what settling will read. Of names only those of who is new: a ministry's are in ten thousand items."""
        self.prefetch((fact.subject, None, None, DEFAULT) for fact in (*gone, *come))
        self.prefetch((fact.subject, fact.predicate, fact.object, None) for fact in gone)
        aspects = {(fact.subject, aspect) for fact in (*gone, *come) if (aspect := ASPECT.get(fact.predicate))}
        said: list[Pattern] = [
            (subject, predicate, None, None)
            for subject, aspect in aspects
            for predicate in aspect
            if aspect is not LABELS or next(self.quads(subject, None, None, DEFAULT), None) is None
        ]
        self.prefetch(said)
        graphs = {quad.graph_name for pattern in said for quad in self.quads(*pattern)} - {DEFAULT}
        self.prefetch((graph, None, None, graph) for graph in islice(graphs, _WITNESSES))
        parts = {(fact.predicate, fact.object) for fact in come if fact.predicate in _ROLES}
        self.prefetch((None, role, party, DEFAULT) for role, party in parts)

    def publish(self, retired: Collection[str] = ()) -> None:
        """Make what was written safe from a power cut, and what readers open; ``retired`` files are cited no more."""
        if self._disk is None or self.path is None:
            for name in retired:
                self._drop(name)
            return
        with _told(self.path), self._changing():
            published.publish(self.path, self._base.backup, retired)  # type: ignore[attr-defined]
            published.clear(self.path, self._unused, self._drop)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """What is broken off in here is for the next writer to look after."""
        try:
            yield
        except BaseException:
            if self._disk is not None:
                self._disk.broken_off = True
            raise

    def sweep(self) -> list[str]:
        """Remove the texts and findings that no report cites, and what a killed writer left; the names of what went.

        Reads the names of all: only needed after a writer was killed.
        """
        cited = {
            f"{folder}/{quad.object.value}"  # type: ignore[union-attr]
            for folder, predicate in _CITING.items()
            for quad in self.quads(None, predicate, None, DEFAULT)
        }
        with _told(self.path):
            if self.path is not None:
                cited |= self._cited_by_copies()
                for folder in (self.path, self.path / TEXTS, self.path / FOUND):
                    for part in folder.glob(f"{PART}*"):
                        part.unlink(missing_ok=True)
            gone = [name for name in self.kept() if name not in cited]
            for name in gone:
                self._drop(name)
        return gone

    def _cited_by_copies(self) -> set[str]:
        """The texts and findings that the copies cite which readers may hold."""
        found: set[str] = set()
        for copy in [] if self.path is None else published.whole(self.path):
            with suppress(OSError, RuntimeError):  # one that is damaged nobody can read
                base = pyoxigraph.Store.read_only(str(copy))
                for folder, predicate in _CITING.items():
                    for quad in base.quads_for_pattern(None, predicate, None, DEFAULT):
                        found.add(f"{folder}/{quad.object.value}")  # type: ignore[union-attr]
        return found

    def settle(self) -> int:
        """Make the default graph anew from all item graphs; how many statements were wrong.

        Changes keep it settled: this mends a store that something else has written to.
        """
        quads = set(self.quads())
        has = {quad for quad in quads if quad.graph_name == DEFAULT}
        wanted = all_facts(quads)
        gone, come = list(has - wanted), list(wanted - has)
        if self._remote is not None:
            self.changes += 1
            self._remote.exchange(gone, come)
        elif gone or come:
            self.changes += 1
            self._update([_data(verb, part) for verb, part in (("DELETE", gone), ("INSERT", come)) if part])
        return len(gone) + len(come)

    def _update(self, parts: Sequence[str], retired: Collection[str] = ()) -> None:
        """Change the graph, in one transaction, and publish it."""
        with _told(self.path), self._changing():
            self._base.update(" ;\n".join(parts))
            self.publish({name for name in retired if self._unused(name)})

    def kept(self) -> list[str]:
        """The texts and findings that are kept, cited or not: ``sources/DIGEST``."""
        return [f"{folder}/{digest}" for folder in _CITING for digest in self._folder(folder)]

    def _folder(self, name: str) -> sources.Sources:
        return self._texts if name == TEXTS else self._found

    def _unused(self, name: str) -> bool:
        folder, _, digest = name.partition("/")
        return next(self.quads(None, _CITING[folder], pyoxigraph.Literal(digest), DEFAULT), None) is None

    def _drop(self, name: str) -> None:
        folder, _, digest = name.partition("/")
        self._folder(folder).remove(digest)


class _Disk:
    """What a store on disk holds beside its database: the lock of a writer, the copy of a reader."""

    def __init__(self, path: Path, lock: Lock | None, copy: published.Copy | None) -> None:
        self.path = path
        self.lock = lock
        self.copy = copy
        self.broken_off = False  # a change left something that isn't published, or that nothing cites

    def release(self) -> None:
        if self.copy is not None:
            self.copy.release()
        if self.lock is not None:
            self.lock.release(clean=not self.broken_off)


_CITING = {TEXTS: KG.textDigest, FOUND: KG.factsDigest}


def _cited(quads: Iterable[Quad]) -> set[str]:
    """The texts and findings that reports cite."""
    folders = {predicate: folder for folder, predicate in _CITING.items()}
    found = set()
    for quad in quads:
        if quad.predicate in folders and quad.subject == quad.graph_name:
            value: Object = quad.object
            found.add(f"{folders[quad.predicate]}/{value.value}")
    return found


def _data(verb: str, quads: list[Quad]) -> str:
    by_graph: dict[object, list[str]] = defaultdict(list)
    for quad in quads:
        by_graph[quad.graph_name].append(f"{quad.subject} {quad.predicate} {quad.object} .")
    blocks = [
        "\n".join(lines) if graph == DEFAULT else f"GRAPH {graph} {{\n" + "\n".join(lines) + "\n}"
        for graph, lines in by_graph.items()
    ]
    return f"{verb} DATA {{\n" + "\n".join(blocks) + "\n}"


def marker() -> bytes:
    """What a store says of itself."""
    return (json.dumps({"store": VERSION, "made by": f"regkg {__version__}"}) + "\n").encode()


def _version(path: Path) -> int:
    """The version of the store that is there, 0 where none is; StoreError for something else, or a newer one."""
    if not path.exists():
        return 0
    if not path.is_dir():
        raise StoreError(f"{path} is a file and not a store: name a folder")
    try:
        about = json.loads((path / MARKER).read_bytes())
        version = about["store"]
    except FileNotFoundError:
        # what a writer makes before it says that this is a store: it may have been killed then
        ours = (PART, NAME, HOLDER)
        others = [entry.name for entry in path.iterdir() if not entry.name.startswith(ours)]
        if others:
            raise StoreError(
                f"{path} isn't a store and isn't empty (it holds {sorted(others)[0]}): name another folder"
            ) from None
        return 0
    except (ValueError, TypeError, KeyError):
        raise StoreError(f"{path / MARKER} is damaged: restore the folder, or name another") from None
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version <= VERSION:
        raise StoreError(f"the store at {path} was made by a newer regkg (version {version}): update regkg")
    return version


def broken(fault: BaseException) -> bool:
    """Whether RocksDB says that a file isn't what it wrote, or that one isn't there which another names."""
    words = str(fault)
    return "Corruption" in words or ("IO error" in words and "No such file" in words)


def damage(fault: BaseException, path: Path | None = None) -> DamagedError:
    """What to tell of a fault by which the database is broken."""
    where = f"the store at {path}" if path else "the store"
    which = re.search(r"\S+\.(?:sst|log)|\S*(?:MANIFEST|CURRENT|OPTIONS)\S*", str(fault))
    file = which[0] if which else "a file of the database"
    return DamagedError(f"{where} is damaged in {file}: kg check --mend may help, else kg restore a backup")


@contextmanager
def _told(path: Path | None) -> Iterator[None]:
    """Turn the operating system's faults into sentences."""
    try:
        yield
    except OSError as fault:
        where = f"the store at {path}" if path else "the store in memory"
        words = str(fault)
        if broken(fault):
            raise damage(fault, path) from fault
        if "lock" in words.casefold() and fault.errno in (None, errno.EAGAIN, errno.ENOLCK):
            raise StoreError(f"{where} is being written by another process: wait until it ends") from fault
        if fault.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in words or "quota" in words:
            raise StoreError(f"{where} can't grow, the disk is full: make room and add again") from fault
        if isinstance(fault, PermissionError) or "Permission denied" in words or "Read-only file" in words:
            raise StoreError(f"{where} may not be used by you: check the folder's permissions") from fault
        raise StoreError(f"{where} can't be used: {words}") from fault
    except RuntimeError as fault:
        if broken(fault):
            raise damage(fault, path) from fault
        if "read-write" not in str(fault):
            raise
        raise StoreError(f"the store at {path} is open for reading only") from fault
