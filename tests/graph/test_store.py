"""One contract for a store in memory and on disk; then what only a folder has: locks, versions, interruptions."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph import samples
from kg import ids
from kg.errors import StoreError, UsageError
from kg.graph import sources
from kg.graph.facts import DEFAULT, all_facts
from kg.graph.lock import HOLDER
from kg.graph.remote import Remote
from kg.graph.store import MARKER, VERSION, Count, Store
from kg.items import Entity, Item, ItemFacts, Label, Passage, Report, Source
from kg.vocab import KG, RDF, SKOS, STATUS

DEAL = NamedNode(ids.acquisition(samples.GULL.iri, samples.TERN.iri))


def facts(store: Store) -> set[Quad]:
    return set(store.quads(graph=DEFAULT))


def settled(store: Store, subject: NamedNode, predicate: NamedNode) -> set[str]:
    return {q.object.value for q in store.quads(subject, predicate, None, DEFAULT)}  # type: ignore[union-attr]


def assert_sound(store: Store) -> None:
    assert facts(store) == all_facts(store.quads())


# ------------------------------------------------------------------------------------------------ the contract


def test_adding_tells_what_is_new(store: Store) -> None:
    added = store.add(*samples.may(), samples.RUN)
    assert (added.outcome, added.items, added.claims) == ("added", 3, 8)
    assert (added.entities, added.relations, added.deals) == (Count(12, 12), Count(8, 8), Count(3, 3))
    added = store.add(*samples.june(), samples.RUN)
    assert (added.entities, added.relations, added.deals) == (Count(4, 0), Count(3, 1), Count(1, 0))
    assert added.relations.known == 2


def test_adding_again_changes_nothing(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    before = set(store.quads())
    added = store.add(*samples.may(), samples.RUN)
    assert added.outcome == "unchanged"
    assert set(store.quads()) == before


def test_another_run_replaces(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    added = store.add(*samples.may(), ids.run("run-2"))
    assert added.outcome == "replaced"
    stored = store.report("2031-05")
    assert stored is not None
    assert stored.run == ids.run("run-2")
    assert not list(store.quads(None, None, NamedNode(samples.RUN)))


def test_the_default_graph_has_each_fact_once_and_no_claims(store: Store) -> None:
    for report in (samples.may, samples.june, samples.july):
        store.add(*report(), samples.RUN)
    assert_sound(store)
    assert not list(store.quads(None, RDF.type, KG.Claim, DEFAULT))
    edge = store.quads(NamedNode(samples.GULL.iri), KG.acquires, NamedNode(samples.TERN.iri))
    assert len([q for q in edge if q.graph_name == DEFAULT]) == 1


def test_the_latest_item_decides_and_the_history_stays(store: Store) -> None:
    store.add(*samples.june(), samples.RUN)
    store.add(*samples.may(), samples.RUN)  # what came first is added last
    assert settled(store, DEAL, KG.status) == {STATUS.completed.value}
    assert settled(store, DEAL, KG.announcedOn) == {"2031-05-19"}
    assert settled(store, DEAL, KG.completedOn) == {"2031-06-18"}
    assert {q.object for q in store.quads(DEAL, KG.status)} == {STATUS.announced, STATUS.completed}


def test_an_amount_keeps_its_own_currency_and_qualifier(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    store.add(*samples.june(), samples.RUN)
    assert settled(store, DEAL, KG.amount) == {"5000000000"}
    assert settled(store, DEAL, KG.currency) == {"EUR"}
    assert settled(store, DEAL, KG.qualifier) == set()  # "about" was said of the other figure


def test_what_was_completed_and_then_called_off_no_longer_looks_completed(store: Store) -> None:
    edge = (NamedNode(samples.GULL.iri), KG.hasAcquired, NamedNode(samples.TERN.iri))
    store.add(*samples.june(), samples.RUN)
    assert list(store.quads(*edge, DEFAULT))
    store.add(*samples.july(), samples.RUN)
    assert not list(store.quads(*edge, DEFAULT))
    assert not settled(store, DEAL, KG.completedOn)
    assert list(store.quads(*edge)), "the item that said so still says so"
    store.remove("2031-07")
    assert list(store.quads(*edge, DEFAULT))


def test_a_name_that_was_superseded_can_still_be_found(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    store.add(*samples.june(), samples.RUN)
    node = NamedNode(samples.GULL.iri)
    assert settled(store, node, SKOS.prefLabel) == {"海鸥集团", "Gull Tech"}
    assert settled(store, node, SKOS.altLabel) == {"海鸥科技", "海鸥"}


def test_a_fact_leaves_with_the_last_item_that_states_it(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    store.add(*samples.june(), samples.RUN)
    edge = (NamedNode(samples.RULES.iri), KG.issuedBy, NamedNode(samples.BUREAU.iri), DEFAULT)
    store.remove("2031-05")
    assert list(store.quads(*edge))
    assert store.remove("2031-06-rules-1") == 1
    assert not list(store.quads(*edge))
    assert_sound(store)


def test_removing_leaves_no_trace(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    before = set(store.quads())
    store.add(*samples.june(), samples.RUN)
    assert store.remove("2031-06") == 2
    assert set(store.quads()) == before
    assert store.source("2031-06") is None
    store.remove("2031-05")
    assert len(store) == 0
    assert store.graphs() == []
    assert store.reports() == []


def test_a_text_goes_with_the_last_report_that_uses_it(store: Store) -> None:
    report, said = samples.july()
    store.add(report, said, samples.RUN)
    other = replace(report, id="copy", items=(), source=report.source)
    store.add(other, [], samples.RUN)
    store.remove("2031-07")
    kept = store.source("copy")
    assert kept is not None
    assert kept.text == report.source.text


def test_a_correction_replaces_what_was_said(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    report, said = samples.may()
    shorter = replace(report, items=report.items[1:], source=replace(report.source, text=report.source.text + "更正"))
    added = store.add(shorter, said[1:], samples.RUN)
    assert added.outcome == "replaced"
    assert [node.value for node in store.items_of("2031-05")] == [
        ids.item("2031-05-deals-1"),
        ids.item("2031-05-deals-2"),
    ]
    assert not list(store.quads(NamedNode(samples.RULES.iri)))
    source = store.source("2031-05")
    assert source is not None
    assert source.text.endswith("更正")
    assert_sound(store)


def test_an_item_of_another_report_is_refused(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    report, said = samples.may()
    before = set(store.quads())
    with pytest.raises(StoreError, match="already belongs to the report 2031-05"):
        store.add(replace(report, id="other"), said, samples.RUN)
    assert set(store.quads()) == before


def test_removing_what_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(UsageError, match="no report and no item 1999-01"):
        store.remove("1999-01")


def test_a_source_is_kept_unchanged(store: Store) -> None:
    text = "第一行\r\n\ttab\x0c\u2028\ufeff \ud800 末行"
    source = Source("odd.txt", "d" * 64, "txt", text, pages=samples.may()[0].source.pages)
    store.add(Report("odd", "怪", source, ()), [], samples.RUN)
    kept = store.source("odd")
    assert kept is not None
    assert (kept.text, kept.pages, kept.name, kept.digest) == (text, source.pages, "odd.txt", "d" * 64)


def test_reports_are_listed(store: Store) -> None:
    store.add(*samples.june(), samples.RUN)
    store.add(*samples.may(), samples.RUN)
    assert [report.id for report in store.reports()] == ["2031-05", "2031-06"]
    stored = store.report("2031-05")
    assert stored is not None
    assert (stored.title, stored.digest, stored.run) == (
        "海岛月报 2031年5月",
        samples.may()[0].source.digest,
        samples.RUN,
    )
    assert store.report("1999-01") is None


def test_hostile_words_are_only_words(store: Store) -> None:
    evil = "\"} } ; DROP ALL ; INSERT DATA { <x:> <x:> \"\\\n\t\x00\u2028\U0001f600'''"
    item = Item("evil-1", evil, Passage.verbatim("x"), (), section=evil)
    report = Report("evil", evil, Source(evil, "d", "txt", evil), (item,))
    entity = Entity("https://example.org/e", "Company", Label(evil, "zh-Hant"))
    store.add(*samples.may(), samples.RUN)
    store.add(report, [ItemFacts(item, [entity])], samples.RUN)
    assert settled(store, NamedNode(entity.iri), SKOS.prefLabel) == {evil}
    assert store.add(report, [ItemFacts(item, [entity])], samples.RUN).outcome == "unchanged"
    assert len(store.reports()) == 2


@pytest.mark.parametrize("seed", range(6))
def test_upkeep_agrees_with_settling_everything_anew(seed: int) -> None:
    """Random additions, corrections and removals: the default graph is always what the item graphs give."""
    dice = random.Random(seed)
    store, there = Store.memory(), set()
    for _ in range(60):
        id_ = f"r{dice.randint(0, 4)}"
        if dice.random() < 0.6:
            outcome = store.add(*samples.random_report(id_, dice), ids.run(str(dice.randint(0, 1)))).outcome
            assert outcome == ("replaced" if id_ in there else "added")
            there.add(id_)
        elif id_ in there and dice.random() < 0.6:
            store.remove(id_)
            there.discard(id_)
        elif id_ in there and (items := store.items_of(id_)):
            store.remove(dice.choice(items).value.removeprefix(ids.item("")))
        assert_sound(store)
    for id_ in there:
        store.remove(id_)
    assert len(store) == 0


# --------------------------------------------------------------------------------------- an addition that fails


def test_a_fault_midway_leaves_the_store_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(*samples.may(), samples.RUN)
    before = set(store.quads())

    def broken(verb: str, quads: object, _data: Callable[..., str] = sys.modules["kg.graph.store"]._data) -> str:  # type: ignore[attr-defined]
        text = _data(verb, quads)
        # an update that begins as it should and then can't go on
        return text + " ; LOAD <file:///no/such/file>" if verb == "INSERT" else text

    monkeypatch.setattr("kg.graph.store._data", broken)
    whole = Remote.update
    monkeypatch.setattr(Remote, "update", lambda remote, text: whole(remote, text + " ; LOAD <file:///no/such/file>"))
    with pytest.raises((StoreError, SyntaxError, OSError)):
        store.add(*samples.june(), samples.RUN)
    monkeypatch.undo()
    assert set(store.quads()) == before
    assert store.add(*samples.june(), samples.RUN).outcome == "added"
    assert_sound(store)


def test_a_full_disk_is_told_and_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path / "store", "write") as store:
        store.add(*samples.may(), samples.RUN)
        before = set(store.quads())

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(StoreError, match="the disk is full"):
                store.add(*samples.june(), samples.RUN)
        assert set(store.quads()) == before
        assert [path.suffix for path in (tmp_path / "store" / "sources").iterdir()] == [".gz"]


_ADDS = """
import sys
sys.path.insert(0, sys.argv[2])
from graph import samples
from kg.graph.store import Store
with Store.open(sys.argv[1], "write") as store:
    print("ready", flush=True)
    while True:
        store.add(*samples.may(), samples.RUN)
        store.add(*samples.may(), samples.RUN + "b")
        store.remove("2031-05")
"""


def _process(store: Path, code: str = _ADDS) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parents[1])
    return subprocess.Popen([sys.executable, "-c", code, str(store), tests], stdout=subprocess.PIPE, text=True)


def test_killing_a_writer_leaves_all_of_an_addition_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        store.add(*samples.june(), samples.RUN)
    dice, seen = random.Random(7), set()
    for _ in range(8):
        writer = _process(path)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0.0, 0.08))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        with Store.open(path, "write") as store:
            assert_sound(store)
            items = len(store.items_of("2031-05"))
            assert items in (0, 3)
            assert (store.report("2031-05") is None) == (items == 0)
            assert items == 0 or store.source("2031-05") is not None
            seen.add(items)
    assert seen


# ----------------------------------------------------------------------------------------------------- folders


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a" / "store", "write") as store:
        store.add(*samples.may(), samples.RUN)
        before = set(store.quads())
    with Store.open(tmp_path / "a" / "store") as store:
        assert set(store.quads()) == before
        assert store.source("2031-05") == replace(samples.may()[0].source)
        with pytest.raises(StoreError, match="open for reading only"):
            store.remove("2031-05")


def test_a_missing_store_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no store at .*nix: kg add makes one"):
        Store.open(tmp_path / "nix")
    assert not (tmp_path / "nix").exists()


@pytest.mark.parametrize("mode", ["read", "write"])
def test_a_folder_of_something_else_is_refused(tmp_path: Path, mode: str) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(StoreError, match=r"isn't a store and isn't empty \(it holds thesis.docx\)"):
        Store.open(tmp_path, mode)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="is a file"):
        Store.open(tmp_path / "file", "write")


def test_an_empty_folder_becomes_a_store(tmp_path: Path) -> None:
    with Store.open(tmp_path, "write") as store:
        assert len(store) == 0
    assert json.loads((tmp_path / MARKER).read_text())["store"] == VERSION


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path, "write").close()
    (tmp_path / MARKER).write_text(f'{{"store": {VERSION + 1}}}')
    with pytest.raises(StoreError, match=rf"newer regkg \(version {VERSION + 1}\): update regkg"):
        Store.open(tmp_path)
    (tmp_path / MARKER).write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        Store.open(tmp_path)


def test_a_store_that_is_being_written_says_so(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store.open(path, "write"):
        code = "import sys\nfrom kg.graph.store import Store\nfrom kg.errors import StoreError\n"
        code += "try: Store.open(sys.argv[1], 'write')\nexcept StoreError as fault: print(fault)"
        done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
        assert done.stdout.startswith(f"the store at {path} is being written by ")
        assert f"(process {os.getpid()} on " in done.stdout
        assert done.stdout.endswith("wait until it ends (--wait SECONDS does)\n")


def test_texts_that_nobody_uses_are_swept(tmp_path: Path) -> None:
    with Store.open(tmp_path, "write") as store:
        store.add(*samples.may(), samples.RUN)
    folder = tmp_path / "sources"
    sources.FolderSources(folder).put("f" * 64, b"orphan")
    (folder / ".writing-x").write_bytes(b"half")
    (tmp_path / HOLDER).write_text("{}")  # its writer was killed
    Store.open(tmp_path, "write").close()
    assert len(list(folder.iterdir())) == 1


def test_a_backup_is_a_store(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a", "write") as store:
        store.add(*samples.may(), samples.RUN)
        store.backup(tmp_path / "b")
        before = set(store.quads())
    with Store.open(tmp_path / "b") as copy:
        assert set(copy.quads()) == before
        assert copy.source("2031-05") is not None


def test_values_are_bound_and_not_pasted(store: Store) -> None:
    store.add(*samples.may(), samples.RUN)
    rows = store.query("SELECT ?e ?name { ?e skos:altLabel ?name }", {"name": Literal("IDB")})
    assert [row["e"].value for row in rows] == [samples.BUREAU.iri]  # type: ignore[union-attr,index]
