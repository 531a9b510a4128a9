"""What ``kg check --deep`` looks at beside what ``kg check`` does: the files, and whether the graph is what it was
made from.

Every file of the published copy against the digest that was taken when it was published; every text and finding
against its name; every item against what people's judgements make of what was found in it; every graph and claim
against the report that it comes from. ``mend`` puts right what can be put right without the reports' files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from kg import ids
from kg.errors import DamagedError
from kg.graph import build, published
from kg.graph.check import Fault, Watch
from kg.graph.facts import Node, Object
from kg.graph.lock import HOLDER
from kg.graph.store import FOUND, TEXTS, Judged, Store, Stored
from kg.items import ItemFacts, Source
from kg.vocab import DCTERMS, KG, RDF

MEND = "kg check --mend"
RESTORE = "kg restore a backup"


def deep(store: Store, judged: Judged, watch: Watch | None = None) -> list[Fault]:
    """Every fault that only a deep look finds, in a fixed order."""
    watch = watch or (lambda what, done, total: None)
    reports = store.reports()
    found: list[Fault] = [*_graphs(store, reports)]
    if store.path is not None:
        found += _database(store.path, watch)
    used: set[str] = set()
    for number, report in enumerate(reports, 1):
        watch("files and items, report by report", number, len(reports))
        found += _report(store, report, judged, used)
    found += _orphans(store, used)
    return sorted(set(found), key=lambda f: (f.sort, f.item or "", f.about or "", f.en, f.detail or ""))


# -------------------------------------------------------------------------------------------------------- files


def _database(path: Path, watch: Watch) -> Iterator[Fault]:
    copy = published.hold(path)
    if copy is None:
        return
    try:
        watch("the files of the database", 0, 1)
        for name in published.damaged(copy.path):
            yield Fault(
                "file",
                "The database's file isn't what was written to it.",
                "数据库文件与写入时不一致。",
                detail=f"{published.FOLDER}/{copy.generation}/{name}",
                mend=RESTORE if name.endswith(".sst") else MEND,
            )
        watch("the files of the database", 1, 1)
    finally:
        copy.release()


def _report(store: Store, report: Stored, judged: Judged, used: set[str]) -> Iterator[Fault]:
    """The text of a report, what was found in it, and its items by that."""
    node = NamedNode(ids.report(report.id))
    again = f"kg add --again {_said(store, node, KG.fileName) or report.id}"

    def fault(en: str, zh: str, detail: str | None = None) -> Fault:
        return Fault("file", en, zh, about=node.value, detail=detail, mend=again)

    for folder, predicate in ((TEXTS, KG.textDigest), (FOUND, KG.factsDigest)):
        if digest := _said(store, node, predicate):
            used.add(f"{folder}/{digest}")
    source: Source | None = None  # kg check tells where there is none
    try:
        source = store.source(report.id)
    except DamagedError as damaged:
        yield fault("The text isn't what was read.", "所存文本与读入时不一致。", str(damaged))
    if not store.keeps_facts(report.id):
        return
    try:
        found = store.resolved(report.id)
    except DamagedError as damaged:
        yield fault("What was found in the report is damaged.", "所存识别结果已损坏。", str(damaged))
        return
    if found is None:
        yield fault("What was found in the report is missing.", "缺少识别结果。")
        return
    yield from _items(store, report, found, source, judged)


def _items(
    store: Store, report: Stored, found: Sequence[ItemFacts], source: Source | None, judged: Judged
) -> Iterator[Fault]:
    there = set(store.items_of(report.id))
    concerned = [one for one in found if NamedNode(ids.item(one.item.id)) in there]
    for said in judged(concerned, source):
        graph = NamedNode(ids.item(said.item.id))
        has = set(store.quads(None, None, None, graph))
        wanted = set(build.item_quads(report.id, said, report.run))
        if has != wanted:
            yield Fault(
                "judgement",
                "The item isn't what the judgements make of what was found in it.",
                "条目与识别结果及判定不符。",
                said.item.id,
                detail=f"{len(wanted - has)} statements lack, {len(has - wanted)} are too many",
                mend=MEND,
            )
        there.discard(graph)
    for graph in sorted(there, key=str):
        yield Fault(
            "judgement",
            "Nothing that was found in the report gives this item.",
            "识别结果中没有该条目。",
            graph.value.removeprefix(ids.item("")),
            mend=f"kg remove {graph.value.removeprefix(ids.item(''))}",
        )


def _orphans(store: Store, used: set[str]) -> Iterator[Fault]:
    older: set[str] = set()
    if store.path is not None:
        if store.stale or (not store.writable and (store.path / HOLDER).exists()):
            return  # somebody is adding: what nothing cites yet is no orphan
        older = published.cited_before(store.path)
    for name in store.kept():
        if name not in used and name not in older:
            yield Fault("orphan", "No report uses this file.", "没有报告使用该文件。", detail=name, mend=MEND)


# ------------------------------------------------------------------------------------------------------- graphs


def _graphs(store: Store, reports: Sequence[Stored]) -> Iterator[Fault]:
    """Every graph is a report or an item of one, and every claim stands in an item."""
    known = {NamedNode(ids.report(report.id)) for report in reports}
    items: set[Node] = set()
    for quad in store.quads(None, DCTERMS.isPartOf):
        if quad.graph_name == quad.subject and quad.object in known:
            items.add(quad.subject)
    for graph in store.graphs():
        if graph not in known and graph not in items and next(store.quads(None, None, None, graph), None) is not None:
            name = graph.value.removeprefix(ids.item(""))
            en, zh = "No report of the store has this item.", "条目不属于任何报告。"
            yield Fault("source", en, zh, name, mend=f"kg remove {name}")
    for class_ in (KG.Claim, KG.OpenSentence):
        for quad in store.quads(None, RDF.type, class_):
            if quad.graph_name not in items:
                en, zh = "The claim stands in no item, so that it has no source.", "陈述不在任何条目中，没有来源。"
                yield Fault("source", en, zh, None, quad.subject.value)  # type: ignore[union-attr]


def _said(store: Store, node: Node, predicate: Node) -> str | None:
    value: Object = next((quad.object for quad in store.quads(node, predicate, None, node)), None)
    return None if value is None else str(value.value)


# ------------------------------------------------------------------------------------------------------ mending


@dataclass(frozen=True, slots=True)
class Mended:
    """What mending did."""

    items: tuple[str, ...]  # made anew from what was found in them
    facts: int  # put right in the default graph
    files: tuple[str, ...]  # that nobody used
    left: tuple[str, ...]  # reports whose findings aren't there: to be added again


def mend(store: Store, judged: Judged) -> Mended:
    """Make items anew from what was found in them, the default graph from the items; remove what nothing cites."""
    whole: list[str] = []
    left: list[str] = []
    for report in store.reports():
        try:
            (left if store.resolved(report.id) is None else whole).append(report.id)
        except DamagedError:
            left.append(report.id)
    items = store.rejudge(whole, judged)
    done = Mended(tuple(items), store.settle(), tuple(store.sweep()), tuple(left))
    store.publish()
    return done
