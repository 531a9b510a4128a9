"""Each kind of file with bits flipped, and a graph that isn't what it was made from: found, named, mended."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Quad

from graph import samples
from graph.test_published import report
from kg import identity, ids
from kg.errors import DamagedError, KgError
from kg.graph import deep as depths
from kg.graph import published, sources
from kg.graph.check import Fault, check
from kg.graph.facts import DEFAULT
from kg.graph.store import MARKER, VERSION, Store
from kg.items import ItemFacts, Source
from kg.vocab import KG


def plain(facts: Sequence[ItemFacts], source: Source | None = None) -> list[ItemFacts]:
    return list(facts)


def looked(path: Path) -> list[Fault]:
    with Store.open(path) as store:
        return [*check(store), *depths.deep(store, plain)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "store", "write") as store:
        store.add(*samples.may(), samples.RUN)
        store.add(*samples.june(), samples.RUN)
    assert looked(tmp_path / "store") == []
    return tmp_path / "store"


def flip(path: Path, dice: random.Random, at: int | None = None) -> None:
    data = bytearray(path.read_bytes())
    data[dice.randrange(len(data)) if at is None else at] ^= 1 << dice.randrange(8)
    path.write_bytes(data)


@pytest.mark.parametrize("folder", ["sources", "resolved"])
def test_a_flipped_bit_in_a_text_or_a_finding_is_found_and_never_read_as_true(folder: str, path: Path) -> None:
    dice = random.Random(3)
    with Store.open(path) as store:
        wanted = {one.id: (store.source(one.id), store.resolved(one.id)) for one in store.reports()}
    names = {"2031-05": "may.txt", "2031-06": "june.txt"}
    told = 0
    for file in sorted((path / folder).iterdir()):
        whole = file.read_bytes()
        for _ in range(40):
            flip(file, dice)
            with Store.open(path) as store:
                for one in store.reports():
                    try:
                        assert (store.source(one.id), store.resolved(one.id)) == wanted[one.id]
                    except DamagedError:
                        told += 1
                        faults = [fault for fault in depths.deep(store, plain) if fault.sort == "file"]
                        assert [fault.mend for fault in faults] == [f"kg add --again {names[one.id]}"]
            file.write_bytes(whole)
        # whole as a file, and another's
        file.write_bytes(gzip.compress(b'[["other"]]'))
        assert {fault.sort for fault in looked(path)} >= {"file"}
        file.unlink()
        assert {fault.sort for fault in looked(path)} & {"file", "quote"}
        file.write_bytes(whole)
    assert told >= 60  # the rest hit what gzip doesn't need: the time, the system
    assert looked(path) == []


def test_adding_again_mends_a_text(path: Path) -> None:
    for folder in ("sources", "resolved"):
        for file in (path / folder).iterdir():
            file.write_bytes(file.read_bytes()[:-9])
    assert {fault.sort for fault in looked(path)} == {"file", "quote"}
    with Store.open(path, "write") as store:
        store.add(*samples.may(), samples.RUN)
        store.add(*samples.june(), samples.RUN)
    assert looked(path) == []


def test_a_flipped_bit_in_the_database_is_found_in_each_file(path: Path) -> None:
    (copy,) = (path / published.FOLDER).iterdir()
    dice = random.Random(5)
    kinds, refused = set(), []
    for file in sorted(copy.iterdir()):
        if file.name in published.OWN or not file.stat().st_size:
            continue
        kinds.add(file.name.rstrip("0123456789-").partition(".")[2] or file.name.split("-")[0])
        whole = file.read_bytes()
        flip(file, dice)
        try:
            with Store.open(path) as store:
                found = [fault for fault in depths.deep(store, plain) if fault.sort == "file"]
            assert [fault.detail for fault in found] == [f"published/{copy.name}/{file.name}"]
            assert found[0].mend == ("kg restore a backup" if file.suffix == ".sst" else "kg check --mend")
        except DamagedError as fault:  # it doesn't even open, or can't be read
            refused.append(str(fault))
        file.write_bytes(whole)
    assert {"sst", "MANIFEST", "CURRENT"} <= kinds
    assert all("kg check --mend may help, else kg restore a backup" in sentence for sentence in refused)
    assert looked(path) == []
    flip(copy / "files.json", dice, 0)
    assert {fault.sort for fault in looked(path)} == {"file"}
    with Store.open(path, "write") as store:
        depths.mend(store, plain)
    assert looked(path) == []


@pytest.mark.parametrize("flipped", range(len("MANIFEST-000001\n")))
def test_a_pointer_with_any_letter_changed_is_damage(flipped: int, path: Path) -> None:
    """Also where it then names a file that there isn't."""
    (copy,) = (path / published.FOLDER).iterdir()
    pointer = copy / "CURRENT"
    data = bytearray(pointer.read_bytes())
    data[flipped] ^= 1
    pointer.write_bytes(data)
    with pytest.raises(DamagedError, match="kg check --mend may help"), Store.open(path) as store:
        len(store)


@pytest.mark.parametrize("name", ["MANIFEST", "CURRENT", "missing"])
def test_a_database_whose_journal_is_damaged_is_made_anew(name: str, path: Path) -> None:
    with Store.open(path) as store:
        before = set(store.quads())
    start = "CURRENT" if name == "missing" else name
    (file,) = (one for one in (path / "oxigraph").iterdir() if one.name.startswith(start))
    damaged = {"MANIFEST": b"\x00" * 10 + file.read_bytes()[10:], "CURRENT": b"", "missing": b"MANIFEST-999999\n"}
    file.write_bytes(damaged[name])
    with Store.open(path, "write") as store:
        assert len(store.notes) == 1
        assert "made anew from what was finished last" in store.notes[0]
        assert set(store.quads()) == before
        store.add(*report(1), samples.RUN)
    assert (path / "oxigraph.damaged-1").is_dir()
    assert looked(path) == []


def test_a_database_that_is_damaged_in_both_is_not_made_anew(path: Path) -> None:
    (copy,) = (path / published.FOLDER).iterdir()
    for file in (path / "oxigraph").iterdir():
        if file.name.startswith("MANIFEST"):
            file.write_bytes(b"\x00" * 10)
    flip(next(copy.glob("*.sst")), random.Random(1), 7)
    with pytest.raises(DamagedError, match=r"is damaged .* and so is .*\.sst: kg restore a backup"):
        Store.open(path, "write")
    assert not list(path.glob("oxigraph.damaged*"))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"store": "x"}', b'{"store": true}', b'{"store": 0}', b"\xff"])
def test_a_damaged_marker(data: bytes, path: Path) -> None:
    (path / MARKER).write_bytes(data)
    for mode in ("read", "write"):
        with pytest.raises(KgError, match=r"damaged|newer"):
            Store.open(path, mode)  # type: ignore[arg-type]


def written(path: Path, gone: Sequence[Quad] = (), come: Sequence[Quad] = ()) -> None:
    """Change the database as another program might."""
    base = pyoxigraph.Store(str(path / "oxigraph"))
    for quad in gone:
        base.remove(quad)
    base.extend(come)
    del base
    with Store.open(path, "write") as store:
        store.publish()


def test_what_another_program_wrote_is_found_and_mended(path: Path) -> None:
    with Store.open(path) as store:
        before = set(store.quads())
        item = store.items_of("2031-05")[0]
        said = next(store.quads(None, KG.quote, None, item))
        fact = next(store.quads(None, KG.acquires, None, DEFAULT))
    stray = NamedNode(ids.item("stray"))
    wrong = Quad(NamedNode(samples.GULL.iri), KG.acquires, NamedNode(samples.REEF.iri), DEFAULT)
    claim = Quad(stray, NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), KG.Claim, stray)
    written(path, [said, fact], [wrong, claim])
    sorts = {fault.sort: fault for fault in looked(path)}
    assert {"judgement", "default", "source"} <= sorts.keys()
    assert sorts["judgement"].item == item.value.removeprefix(ids.item(""))
    assert sorts["judgement"].mend == "kg check --mend"
    assert sorts["source"].item in ("stray", None)
    written(path, [claim])
    with Store.open(path, "write") as store:
        done = depths.mend(store, plain)
        assert (len(done.items), done.left) == (1, ())
        assert set(store.quads()) == before
    assert looked(path) == []


def test_judgements_that_the_graph_does_not_obey_are_found_and_mended(path: Path) -> None:
    with Store.open(path, "write") as store:
        identity.same(store, samples.REEF.iri, samples.WAVE.iri, author="me", force=True)
        judged = identity.load(path)
        assert depths.deep(store, judged.apply) == []
        assert {fault.sort for fault in depths.deep(store, plain)} == {"judgement"}
        depths.mend(store, plain)
        assert {fault.sort for fault in depths.deep(store, judged.apply)} == {"judgement"}
        depths.mend(store, judged.apply)
        assert depths.deep(store, judged.apply) == []


def test_orphans_are_found_and_mended(path: Path) -> None:
    sources.FolderSources(path / "sources").put("f" * 64, b"orphan")
    (fault,) = looked(path)
    assert (fault.sort, fault.detail, fault.mend) == ("orphan", "sources/" + "f" * 64, "kg check --mend")
    with Store.open(path, "write") as store:
        assert depths.mend(store, plain).files == (fault.detail,)
    assert looked(path) == []


# ---------------------------------------------------------------------------------------------------- migration


def older(path: Path) -> set[Quad]:
    """Make the store what version 1 left: one database, and no copies."""
    with Store.open(path) as store:
        quads = set(store.quads())
    shutil.rmtree(path / published.FOLDER)
    for name in (published.POINTER, "lock"):
        (path / name).unlink()
    (path / MARKER).write_text('{"store": 1, "made by": "regkg 0.1.0"}\n')
    return quads


def test_a_store_of_version_1_is_read_as_it_is_and_migrated_by_who_writes(path: Path) -> None:
    quads = older(path)
    with Store.open(path) as store:
        assert set(store.quads()) == quads
        assert depths.deep(store, plain) == []
    assert '"store": 1' in (path / MARKER).read_text()
    with Store.open(path, "write") as store:
        kept = path.with_name("store.version-1")
        assert store.notes == (f"the store was of version 1 and is now of {VERSION}; as it was it is kept at {kept}",)
        store.add(*report(1), samples.RUN)
    with Store.open(path, "write") as store:
        assert store.notes == ()
    assert looked(path) == []
    # an older regkg, and this one, can go on with the copy
    assert '"store": 1' in (kept / MARKER).read_text()
    with Store.open(kept) as store:
        assert set(store.quads()) == quads
        assert store.source("2031-05") is not None
        assert store.resolved("2031-05") is not None


@pytest.mark.parametrize("step", ["kg.graph.migrate.shutil.copytree", "kg.graph.published.publish"])
def test_a_migration_that_was_broken_off_is_done_by_the_next(
    step: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quads = older(path)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(step, killed)
        with pytest.raises(KeyboardInterrupt):
            Store.open(path, "write")
    assert '"store": 1' in (path / MARKER).read_text()
    with Store.open(path, "write") as store:
        assert set(store.quads()) == quads
    with Store.open(path.with_name("store.version-1")) as store:
        assert set(store.quads()) == quads
    assert looked(path) == []
