"""One contract for a store in memory, on disk and on a SPARQL server, in one table, with the reason for each skip.

What takes more words is in test_store.py, most of whose tests run on all three kinds as well.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat

from graph import samples
from graph.conftest import KINDS, opened
from kg import identity
from kg.errors import KgError, StoreError
from kg.graph.check import check
from kg.graph.facts import DEFAULT, all_facts
from kg.graph.store import Store
from kg.graph.write import write
from kg.query import catalogue, timed
from kg.query.ask import ask
from kg.query.run import run
from kg.vocab import KG, RDF


def filled(store: Store) -> Store:
    for report in (samples.may, samples.june, samples.july):
        store.add(*report(), samples.RUN)
    return store


def exported(store: Store) -> bytes:
    file = io.BytesIO()
    write(store, file, "nquads")
    return file.getvalue()


@pytest.fixture(scope="module")
def wanted() -> Store:
    return filled(Store.memory())


def reads(store: Store, wanted: Store, path: Path) -> None:
    assert exported(store) == exported(wanted)
    assert len(store) == len(wanted)
    assert store.graphs() == wanted.graphs()
    assert store.reports() == wanted.reports()


def settles(store: Store, wanted: Store, path: Path) -> None:
    store.remove("2031-06")
    quads = list(store.quads())
    assert {quad for quad in quads if not isinstance(quad.graph_name, NamedNode)} == all_facts(quads)
    store.add(*samples.june(), samples.RUN)
    assert exported(store) == exported(wanted)


def keeps_texts(store: Store, wanted: Store, path: Path) -> None:
    for report in wanted.reports():
        assert store.source(report.id) == wanted.source(report.id)
        assert store.resolved(report.id) == wanted.resolved(report.id)
    store.remove("2031-05")
    assert store.source("2031-05") is None
    kept = {name for name in store.kept() if not store._unused(name)}
    assert len(kept) == 2 * len(store.reports())


def every_question(store: Store, wanted: Store, path: Path) -> None:
    answered = 0
    for question in catalogue.questions():
        given = {p.name: somebody(wanted, p.classes or ("Company",)) for p in question.parameters if p.required}
        answers = [[(row.values, row.evidence) for row in ask(one, question, given, "en")] for one in (store, wanted)]
        assert answers[0] == answers[1], question.name
        answered += bool(answers[1])
    assert answered >= 15


def somebody(store: Store, classes: Iterable[str]) -> str:
    """Whom the samples tell most of, of these classes."""
    counts = Counter(
        quad.subject.value  # type: ignore[union-attr]
        for class_ in classes
        for node in store.quads(None, RDF.type, KG[class_], DEFAULT)
        for quad in store.quads(node.subject)
    )
    return max(sorted(counts), key=lambda iri: counts[iri], default="")


def every_form_of_query(store: Store, wanted: Store, path: Path) -> None:
    for query in (
        "SELECT ?who ?whom { ?who kg:acquires ?whom } ORDER BY ?who ?whom",
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s a kg:Claim } } GROUP BY ?g ORDER BY ?g",
        "ASK { ?deal kg:status status:completed }",
        "CONSTRUCT { ?who a kg:Buyer } WHERE { ?who kg:acquires ?whom }".replace("kg:Buyer", "kg:Company"),
        "DESCRIBE ?who { ?who kg:acquires ?whom }",
    ):
        answers = [run(one, query) for one in (store, wanted)]
        rows = [(a.form, a.columns, a.boolean, list(a.rows), sorted(map(str, a.triples))) for a in answers]
        assert rows[0] == rows[1]
    bound = run(store, "SELECT ?who ?whom { ?who kg:acquires ?whom }", {"who": NamedNode(samples.GULL.iri)})
    assert {row[0] for row in bound.rows} == {NamedNode(samples.GULL.iri)}


def words_for_wrong_queries(store: Store, wanted: Store, path: Path) -> None:
    for query, values in (("SELECT ?x {", None), ("SELECT ?x { ?x a kg:Company }", {"y": NamedNode("x:y")})):
        said = []
        for one in (store, wanted):
            with pytest.raises(KgError) as fault:
                run(one, query, values)
            said.append(str(fault.value))
        assert said[0] == said[1]


def passes_its_own_check(store: Store, wanted: Store, path: Path) -> None:
    assert [str(fault) for fault in check(store)] == [str(fault) for fault in check(wanted)]


def time_limit(store: Store, wanted: Store, path: Path) -> None:
    answer = timed.run(store, "SELECT ?who { ?who a kg:Company }", 60)
    assert len(list(answer.rows)) == sum(1 for _ in wanted.quads(None, RDF.type, KG.Company, DEFAULT))


def judgements(store: Store, wanted: Store, path: Path) -> None:
    before = exported(store)
    done = identity.same(store, samples.GULL.iri, samples.TERN.iri, author="anna", force=True)
    assert done.items
    assert exported(store) != before
    assert done.file.exists()
    assert [one.by for one in identity.load(store.place).rows] == [done.judgements[0].by]  # type: ignore[arg-type]
    identity.undo(store, [1])
    assert exported(store) == before


def generation(store: Store, wanted: Store, path: Path) -> None:
    assert store.place is not None
    before = Store.generation(store.place)
    store.remove("2031-07")
    assert Store.generation(store.place) not in (None, before)


def read_only(store: Store, wanted: Store, path: Path) -> None:
    place = store.place
    assert place is not None
    store.close()
    with Store.open(place) as reader, pytest.raises(StoreError, match="reading only"):
        reader.remove("2031-07")


def backup(store: Store, wanted: Store, path: Path) -> None:
    store.backup(path / "copy")
    with Store.open(path / "copy") as copy:
        assert exported(copy) == exported(wanted)


def bulk_loaded(store: Store, wanted: Store, path: Path) -> None:
    """An export that other tools loaded is a store to be read, without the texts."""
    assert store._remote is not None
    place = store.place
    store._remote.update("DROP ALL")
    store.close()
    data = exported(wanted).decode()
    with Store.open(f"{place}", "write") as again:  # a mark, and then what somebody loads beside
        assert again._remote is not None
        quads = list(pyoxigraph.parse(data, RdfFormat.N_QUADS))
        again._remote.exchange([], quads)
        assert exported(again) == exported(wanted)
        assert again.source("2031-05") is None


CONTRACT: tuple[Callable[[Store, Store, Path], None], ...] = (
    reads, settles, keeps_texts, every_question, every_form_of_query, words_for_wrong_queries, passes_its_own_check,
    time_limit, judgements, generation, read_only, backup, bulk_loaded,
)  # fmt: skip
SKIPPED = {
    ("time_limit", "memory"): "a limit stops a process of its own, which can't open another's memory",
    ("judgements", "memory"): "they lie in a file beside a store, and memory has no place",
    ("generation", "memory"): "nobody else can change what lies in memory",
    ("read_only", "memory"): "what lies in memory can't be opened again",
    ("backup", "memory"): "a store in memory is exported",
    ("backup", "remote"): "a server backs up itself: the sentence says so (test_remote.py)",
    ("bulk_loaded", "memory"): "Store.exported opens an export in memory (test_store.py)",
    ("bulk_loaded", "disk"): "a folder is filled by kg add and kg load",
}


@pytest.mark.parametrize("feature", CONTRACT, ids=lambda feature: feature.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_contract(
    feature: Callable[[Store, Store, Path], None],
    kind: str,
    wanted: Store,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if reason := SKIPPED.get((feature.__name__, kind)):
        pytest.skip(reason)
    store = opened(kind, request, tmp_path)
    try:
        feature(filled(store), wanted, tmp_path)
    finally:
        if hasattr(store, "_base"):
            store.close()


def test_each_skip_is_of_something(request: pytest.FixtureRequest) -> None:
    names = {feature.__name__ for feature in CONTRACT}
    assert len(names) == 13
    assert {name for name, _ in SKIPPED} <= names
    assert {kind for _, kind in SKIPPED} <= set(KINDS)
    assert sum(kind == "remote" for _, kind in SKIPPED) == 1
