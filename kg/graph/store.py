"""The one module that opens Oxigraph: named graphs, the facts of the default graph, and the texts they were read from.

On disk a store is a folder: ``regkg-store.json`` (which says so, and in which version), ``oxigraph/``, ``sources/``
and ``resolved/``. One process writes at a time. Readers open the database read-only and see it as it was when they
opened it; one that meets files which a writer has since replaced gets a StoreError and opens again.
"""

from __future__ import annotations

import errno
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal as OneOf

import pyoxigraph
from pyoxigraph import NamedNode, Quad

from kg import __version__, ids
from kg.errors import StoreError, UsageError
from kg.graph import build, resolved, sources
from kg.graph.facts import ASPECT, COMPLETED_EDGES, DEFAULT, LABELS, PARTIES, Node, Object, Rank, facts, settle
from kg.items import ENTITY_TYPES, RELATIONS, ItemFacts, Report, Source
from kg.settings import OBEYED, judgements_of
from kg.vocab import DCTERMS, KG, PREFIXES, PROV, RDF, STATUS

VERSION = 1
MARKER = "regkg-store.json"
#: What people's judgements make of what resolution found in a report.
Judged = Callable[[Sequence[ItemFacts]], list[ItemFacts]]

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


class Store:
    """A store in memory or on disk; a context manager. Use ``Store.open`` or ``Store.memory``."""

    def __init__(
        self,
        base: pyoxigraph.Store,
        texts: sources.Sources,
        found: sources.Sources,
        path: Path | None,
        writable: bool,
    ) -> None:
        self._base = base
        self._texts = texts
        self._found = found
        self.path = path
        self.writable = writable
        self.changes = 0  # by this process: what was worked out from the store holds as long as it stays the same

    # ------------------------------------------------------------------------------------------ opening

    @classmethod
    def memory(cls) -> Store:
        return cls(pyoxigraph.Store(), sources.MemorySources(), sources.MemorySources(), None, True)

    @classmethod
    def open(cls, path: Path | str, mode: OneOf["read", "write"] = "read") -> Store:
        """The store at a path. Writing makes one where there is nothing; a folder of something else is refused."""
        path = Path(path)
        with _told(path):
            found = _marker(path)
            folders = sources.FolderSources(path / "sources"), sources.FolderSources(path / "resolved")
            if mode == "read":
                if not found or not (path / "oxigraph" / "CURRENT").exists():
                    raise StoreError(f"no store at {path}: kg add makes one")
                base = pyoxigraph.Store.read_only(str(path / "oxigraph"))
                return cls(base, *folders, path, False)
            if not found:
                about = {"store": VERSION, "made by": f"regkg {__version__}"}
                sources.write_whole(path / MARKER, (json.dumps(about) + "\n").encode())
            store = cls(pyoxigraph.Store(str(path / "oxigraph")), *folders, path, True)
            store._sweep()
            return store

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
        if self.writable and self.path is not None:
            with _told(self.path):
                self._base.flush()
        del self._base  # pyoxigraph closes, and unlocks, when the last reference goes

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------ reading

    def query(
        self, sparql: str, bindings: dict[str, Object] | None = None
    ) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryTriples | pyoxigraph.QueryBoolean:
        """A SPARQL query over the default graph and, with GRAPH, the named ones. Our prefixes need no typing.

        ``bindings`` put values into variables, which a SELECT has to project. Raises SyntaxError as Oxigraph words
        it; ``kg.query.run`` is what speaks to people.
        """
        values: dict[pyoxigraph.Variable, Object] = {
            pyoxigraph.Variable(name): value for name, value in (bindings or {}).items()
        }
        with _told(self.path):
            return self._base.query(sparql, prefixes=PREFIXES, substitutions=values or None)

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

    def graphs(self) -> list[Node]:
        """The named graphs, by name."""
        with _told(self.path):
            return sorted(self._base.named_graphs(), key=str)

    def __len__(self) -> int:
        return len(self._base)

    def reports(self) -> list[Stored]:
        """The reports, by id."""
        found = []
        for quad in self.quads(None, RDF.type, KG.Report, DEFAULT):
            node: Node = quad.subject
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
        return sources.unpack(data) if data is not None else None

    def resolved(self, report_id: str) -> list[ItemFacts] | None:
        """What resolution found in a report's items, before judgements; None where it isn't kept (an older store)."""
        node = NamedNode(ids.report(report_id))
        digest = self._value(node, KG.factsDigest, node)
        if digest is None:
            return None
        with _told(self.path):
            data = self._found.get(digest)
        try:
            return resolved.unpack(data) if data is not None else None
        except ValueError as fault:
            raise StoreError(f"what was found in {report_id} is damaged: add it again (kg add --again FILE)") from fault

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
        facts_ = list(facts_)
        digest, data = sources.pack(report.source)
        facts_digest, facts_data = resolved.pack(facts_)
        new = set(build.quads(report, judged(facts_) if judged else facts_, run_iri, digest, facts_digest))
        node = NamedNode(ids.report(report.id))
        replaced = {node, *self.items_of(report.id)}
        for said in facts_:
            graph = NamedNode(ids.item(said.item.id))
            owner = graph not in replaced and self._value(graph, DCTERMS.isPartOf, graph)
            if owner:
                other = owner.removeprefix(ids.report(""))
                raise StoreError(f"item {said.item.id} already belongs to the report {other}: remove that one first")
        old = {quad for graph in replaced for quad in self.quads(None, None, None, graph)}
        counts = self._count(new)
        with _told(self.path):
            self._texts.put(digest, data)
            self._found.put(facts_digest, facts_data)
        if old != new:
            self._replace(old, new, replaced - {quad.graph_name for quad in new})
            self._sweep()
        outcome: OneOf["added", "replaced", "unchanged"]
        outcome = "unchanged" if old == new else "replaced" if old else "added"
        claims = sum(quad.predicate == RDF.predicate for quad in new)
        return Added(report.id, outcome, len(facts_), claims, *counts)

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
            wanted = there if only is None else there.intersection(only)
            for said in judged([one for one in found if NamedNode(ids.item(one.item.id)) in wanted]):
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

    def remove(self, id_: str) -> int:
        """Take out a report with its items, or one item, and every trace of it; how many items went."""
        report = NamedNode(ids.report(id_))
        item = NamedNode(ids.item(id_))
        if self._value(report, RDF.type, report):
            graphs = {report, *self.items_of(id_)}
        elif self._value(item, RDF.type, item):
            graphs = {item}
        else:
            raise UsageError(f"the store has no report and no item {id_}: kg items lists them")
        old = {quad for graph in graphs for quad in self.quads(None, None, None, graph)}
        self._replace(old, set(), graphs)
        self._sweep()
        return len(graphs - {report})

    def backup(self, path: Path | str) -> None:
        """A copy of a store on disk, made of hard links where the file system allows."""
        path = Path(path)
        if self.path is None:
            raise UsageError("a store in memory can't be copied to disk: export it")
        with _told(path):
            if path.exists() and (not path.is_dir() or any(path.iterdir())):
                raise StoreError(f"{path} is there already: name a new folder")
            path.mkdir(parents=True, exist_ok=True)
            self._base.backup(str(path / "oxigraph"))
            for kept, name in ((self._texts, "sources"), (self._found, "resolved")):
                for digest in kept:
                    data = kept.get(digest)
                    if data is not None:
                        sources.FolderSources(path / name).put(digest, data)
            beside = ((judgements_of(self.path), judgements_of(path)), (self.path / OBEYED, path / OBEYED))
            for file, copy in beside:
                if file.exists():
                    sources.write_whole(copy, file.read_bytes())
            sources.write_whole(path / MARKER, (self.path / MARKER).read_bytes())

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
        gone, come = _Settling(self._base, old, new).changes()
        delete = [*(q for q in old - new if q.graph_name not in emptied), *gone]
        parts = [f"DROP SILENT GRAPH {graph}" for graph in sorted(emptied, key=str)]
        if delete:
            parts.append(_data("DELETE", delete))
        if insert := [*(new - old), *come]:
            parts.append(_data("INSERT", insert))
        self.changes += 1
        with _told(self.path):
            self._base.update(" ;\n".join(parts))
            self._base.flush() if self.path is not None else None

    def _sweep(self) -> None:
        """Remove the texts and findings that no report uses."""
        for kept, predicate in ((self._texts, KG.textDigest), (self._found, KG.factsDigest)):
            digests: list[Object] = [quad.object for quad in self.quads(None, predicate, None, DEFAULT)]
            used = {digest.value for digest in digests}
            with _told(self.path):
                for digest in kept:
                    if digest not in used:
                        kept.remove(digest)


class _Settling:
    """What a change of named graphs changes in the default graph, found from the touched subjects alone."""

    def __init__(self, base: pyoxigraph.Store, old: set[Quad], new: set[Quad]) -> None:
        self._match = partial(base.quads_for_pattern)
        self._replaced = {quad.graph_name for quad in old} | {quad.graph_name for quad in new}
        self._old = facts(old)
        self._new = facts(new)
        self._all_new = new
        self._ranks: dict[Node, Rank] = {}

    def changes(self) -> tuple[list[Quad], list[Quad]]:
        """The default graph's quads to delete and to insert."""
        gone: set[Quad] = set()
        come: set[Quad] = set()
        old, new = _by_aspect(self._old), _by_aspect(self._new)
        for subject, aspect in {**old, **new}:
            before, after = self._settled(subject, aspect, (subject, aspect) in old, new.get((subject, aspect), []))
            gone |= before - after
            come |= after - before
        plain_old = {_fact(q) for q in self._old if q.predicate not in ASPECT}
        plain_new = {_fact(q) for q in self._new if q.predicate not in ASPECT}
        gone |= {q for q in plain_old - plain_new if q.predicate not in COMPLETED_EDGES and not self._elsewhere(q)}
        come |= {q for q in plain_new - plain_old if q.predicate not in COMPLETED_EDGES and not self._stands(q)}
        for quad in self._completed_edges(plain_old | plain_new, gone, come):
            stated = quad in plain_new or self._elsewhere(quad)
            stands = self._stands(quad)
            wanted = stated and self._is_completed(quad, gone, come)
            if stands and not wanted:
                gone.add(quad)
            elif wanted and not stands:
                come.add(quad)
        return list(gone), list(come)

    def _settled(
        self, subject: Node, aspect: tuple[Node, ...], was_stated: bool, stated_new: list[Quad]
    ) -> tuple[set[Quad], set[Quad]]:
        """What the default graph has of one aspect of a subject, and what it is to have."""
        before = {q for p in aspect for q in self._match(subject, p, None, DEFAULT)}
        if not was_stated and before and self._adds_nothing(aspect, before, stated_new):
            return before, before
        stated: dict[Node, list[tuple[Rank, Object]]] = defaultdict(list)
        for quad in stated_new:
            stated[quad.predicate].append((self._rank(quad.graph_name), quad.object))
        for p in aspect:
            for quad in self._match(subject, p, None, None):
                if quad.graph_name != DEFAULT and quad.graph_name not in self._replaced:
                    stated[p].append((self._rank(quad.graph_name), quad.object))
        return before, {Quad(subject, p, o, DEFAULT) for p, o in settle(aspect, stated)}

    @staticmethod
    def _adds_nothing(aspect: tuple[Node, ...], before: set[Quad], stated: list[Quad]) -> bool:
        """Whether more items only repeat what stands: then it stands, whichever is the latest.

        This saves reading what ten thousand items call a ministry. Every new item must say all of what stands
        (of names: nothing that doesn't stand), since one that gives half of it could become the latest.
        """
        if aspect is LABELS:
            return {_fact(q) for q in stated} <= before
        by_graph: dict[Node, set[Quad]] = defaultdict(set)
        for quad in stated:
            by_graph[quad.graph_name].add(_fact(quad))
        return all(said == before for said in by_graph.values())

    def _rank(self, graph: Node) -> Rank:
        if graph not in self._ranks:
            issued = self._own(graph, graph, DCTERMS.issued)
            if issued is None:
                report = self._own(graph, graph, DCTERMS.isPartOf)
                issued = self._own(report, report, DCTERMS.issued) if report is not None else None
            self._ranks[graph] = (issued.value if issued is not None else "", graph.value)
        return self._ranks[graph]

    def _own(self, graph: Node, subject: Node, predicate: Node) -> Object | None:
        if graph in self._replaced:
            return self._new_index().get((graph, subject, predicate))
        return next((q.object for q in self._match(subject, predicate, None, graph)), None)

    def _new_index(self) -> dict[tuple[Node, Node, Node], Object]:
        if not hasattr(self, "_index"):
            self._index = {
                (q.graph_name, q.subject, q.predicate): q.object for q in self._all_new if q.graph_name == q.subject
            }
        return self._index

    def _stands(self, fact: Quad) -> bool:
        return next(self._match(fact.subject, fact.predicate, fact.object, DEFAULT), None) is not None

    def _elsewhere(self, fact: Quad) -> bool:
        """Whether a named graph that isn't being replaced states it."""
        return any(
            q.graph_name != DEFAULT and q.graph_name not in self._replaced
            for q in self._match(fact.subject, fact.predicate, fact.object, None)
        )

    def _completed_edges(self, touched: set[Quad], gone: set[Quad], come: set[Quad]) -> set[Quad]:
        """The edges of completed deals that this change could make or unmake."""
        edges = {q for q in touched if q.predicate in COMPLETED_EDGES}
        roles = {p for pair in PARTIES.values() for p in pair}
        deals = {q.subject for q in gone | come if q.predicate == KG.status or q.predicate in roles}
        for deal in deals:
            for edge, (by, of) in PARTIES.items():
                for who in self._parties(deal, by, come):
                    for whom in self._parties(deal, of, come):
                        edges.add(Quad(who, edge, whom, DEFAULT))
        return edges

    def _parties(self, deal: Node, role: Node, come: set[Quad]) -> set[Node]:
        """Who has a role in a deal, before or after."""
        found = {q.object for q in self._match(deal, role, None, DEFAULT)}
        return found | {q.object for q in come if q.subject == deal and q.predicate == role}

    def _is_completed(self, edge: Quad, gone: set[Quad], come: set[Quad]) -> bool:
        by, of = PARTIES[edge.predicate]
        deals = {q.subject for q in self._match(None, by, edge.subject, DEFAULT)}
        deals |= {q.subject for q in come if q.predicate == by and q.object == edge.subject}

        def holds(fact: Quad) -> bool:
            return fact in come or (fact not in gone and self._stands(fact))

        return any(
            holds(Quad(deal, by, edge.subject, DEFAULT))
            and holds(Quad(deal, of, edge.object, DEFAULT))
            and holds(Quad(deal, KG.status, STATUS.completed, DEFAULT))
            for deal in deals
        )


def _fact(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, DEFAULT)


def _by_aspect(stated: Iterable[Quad]) -> dict[tuple[Node, tuple[Node, ...]], list[Quad]]:
    found: dict[tuple[Node, tuple[Node, ...]], list[Quad]] = defaultdict(list)
    for quad in stated:
        aspect = ASPECT.get(quad.predicate)
        if aspect is not None:
            found[quad.subject, aspect].append(quad)
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


def _marker(path: Path) -> bool:
    """Whether a store of ours is there; StoreError where something else is, or a newer store."""
    if not path.exists():
        return False
    if not path.is_dir():
        raise StoreError(f"{path} is a file and not a store: name a folder")
    try:
        about = json.loads((path / MARKER).read_bytes())
        version = about["store"]
    except FileNotFoundError:
        others = [entry.name for entry in path.iterdir() if not entry.name.startswith(".writing-")]
        if others:
            raise StoreError(
                f"{path} isn't a store and isn't empty (it holds {sorted(others)[0]}): name another folder"
            ) from None
        return False
    except (ValueError, TypeError, KeyError):
        raise StoreError(f"{path / MARKER} is damaged: restore the folder, or name another") from None
    if not isinstance(version, int) or version > VERSION:
        raise StoreError(f"the store at {path} was made by a newer regkg (version {version}): update regkg")
    return True


@contextmanager
def _told(path: Path | None) -> Iterator[None]:
    """Turn the operating system's faults into sentences."""
    try:
        yield
    except OSError as fault:
        where = f"the store at {path}" if path else "the store in memory"
        words = str(fault)
        if "lock" in words.casefold() and fault.errno in (None, errno.EAGAIN, errno.ENOLCK):
            raise StoreError(f"{where} is being written by another process: wait until it ends") from fault
        if fault.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in words or "quota" in words:
            raise StoreError(f"{where} can't grow, the disk is full: make room and add again") from fault
        if isinstance(fault, PermissionError) or "Permission denied" in words or "Read-only file" in words:
            raise StoreError(f"{where} may not be used by you: check the folder's permissions") from fault
        raise StoreError(f"{where} can't be used: {words}") from fault
    except RuntimeError as fault:
        if "read-write" not in str(fault):
            raise
        raise StoreError(f"the store at {path} is open for reading only") from fault
