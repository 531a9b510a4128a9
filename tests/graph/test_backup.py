"""What is backed up comes back as it was, or not at all."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import threading
from pathlib import Path

import pytest

from graph import samples
from graph.test_published import report, seen
from kg import identity
from kg.errors import DamagedError, StoreError, UsageError
from kg.graph import backup, published
from kg.graph.check import check
from kg.graph.deep import deep
from kg.graph.files import PART
from kg.graph.lock import HOLDER
from kg.graph.store import Store
from kg.settings import judgements_of

FORMS = ["copy", "copy.tar", "copy.tar.gz", "copy.tgz", "copy.tar.xz"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    with Store.open(path, "write") as opened:
        opened.add(*samples.may(), samples.RUN)
        opened.add(*samples.june(), samples.RUN)
        identity.different(opened, samples.GULL.iri, samples.TERN.iri, author="me", note="two")
    maps = tmp_path / "store.maps"
    maps.mkdir()
    (maps / "whole.json").write_text('{"seed": 1}')
    (path / "positions.json").write_text("{}")
    (tmp_path / "store.notes.txt").write_text("not ours")
    (tmp_path / "store.old.judgements.csv").write_text("of another store")
    return path


def told(path: Path) -> dict[str, object]:
    """All that a store is for those who use it."""
    with Store.open(path) as opened:
        reports = [one.id for one in opened.reports()]
        return {
            "quads": set(opened.quads()),
            "texts": [opened.source(one) for one in reports],
            "found": [opened.resolved(one) for one in reports],
            "judgements": judgements_of(path).read_bytes(),
            "obeyed": (path / "judged.csv").read_bytes(),
            "maps": path.with_name(f"{path.name}.maps").joinpath("whole.json").read_bytes(),
            "other": (path / "positions.json").read_bytes(),
            "faults": [*check(opened), *deep(opened, identity.load(path).apply)],
        }


@pytest.mark.parametrize("form", FORMS)
def test_what_is_restored_is_what_was_backed_up(form: str, store: Path, tmp_path: Path) -> None:
    before = told(store)
    assert before["faults"] == []
    made = backup.backup(store, tmp_path / "safe" / form)
    assert (made.missing, made.files > 8, made.size > 1000) == ((), True, True)
    shutil.rmtree(store)
    done = backup.restore(made.path, tmp_path / "new" / "home")
    assert (done.files, done.size) == (made.files, made.size)
    assert told(tmp_path / "new" / "home") == before
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["home", "home.judgements.csv", "home.maps"]
    with Store.open(tmp_path / "new" / "home", "write") as opened:
        opened.add(*report(1), samples.RUN)


def test_a_folder_is_a_store_at_once(store: Path, tmp_path: Path) -> None:
    backup.backup(store, tmp_path / "copy")
    assert told(tmp_path / "copy") == told(store)


def test_a_copy_shares_nothing_with_the_store(store: Path, tmp_path: Path) -> None:
    """A disk that damages the one must not damage the other."""
    backup.backup(store, tmp_path / "copy")
    own = {path.stat().st_ino for path in store.rglob("*") if path.is_file()}
    assert not own & {path.stat().st_ino for path in (tmp_path / "copy").rglob("*") if path.is_file()}


def test_while_somebody_writes(store: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    faults: list[BaseException] = []

    def write() -> None:
        number = 0
        try:
            with Store.open(store, "write") as opened:
                while not stop.is_set():
                    number += 1
                    opened.add(*report(number % 5, str(number)), samples.RUN)
        except BaseException as fault:
            faults.append(fault)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(6):
            made = backup.backup(store, tmp_path / f"copy-{number}.tar")
            assert made.missing == ()
            backup.restore(made.path, tmp_path / f"home-{number}")
            with Store.open(tmp_path / f"home-{number}") as opened:
                assert check(opened) == []
                assert opened.source("2031-05") is not None
    finally:
        stop.set()
        writer.join()
    assert faults == []


def test_what_the_writer_is_writing_into_a_copy_is_none_of_it(store: Path, tmp_path: Path) -> None:
    """What a copy retires is written into it while others may hold it."""
    (copy,) = (store / published.FOLDER).iterdir()
    (copy / f"{PART}abc").write_bytes(b"half")
    made = backup.backup(store, tmp_path / "copy.tar")
    assert published.damaged(copy) == []
    backup.restore(made.path, tmp_path / "home")
    assert not list((tmp_path / "home").rglob(f"{PART}*"))
    (copy / "000999.sst").write_bytes(b"what nobody published")
    assert published.damaged(copy) == ["000999.sst"]


def test_nothing_is_overwritten(store: Path, tmp_path: Path) -> None:
    made = backup.backup(store, tmp_path / "copy.tar")
    for target in (tmp_path / "copy.tar", store, tmp_path / "store.notes.txt"):
        with pytest.raises(StoreError, match="is there already: name a new"):
            backup.backup(store, target)
    with pytest.raises(UsageError, match="lies in the store itself"):
        backup.backup(store, store / "inside")
    before = told(store)
    with pytest.raises(StoreError, match="--force replaces it, and keeps what was there"):
        backup.restore(made.path, store)
    assert told(store) == before
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.docx").write_text("mine")
    with pytest.raises(StoreError, match="isn't a store and isn't empty"):
        backup.restore(made.path, tmp_path / "thesis", force=True)
    with pytest.raises(StoreError, match=r"no store at .*: kg add makes one"):
        backup.backup(tmp_path / "nix", tmp_path / "copy")
    with pytest.raises(StoreError, match="there is no backup at"):
        backup.restore(tmp_path / "nix", tmp_path / "home")


def test_what_lies_beside_no_store_is_kept_each_time(store: Path, tmp_path: Path) -> None:
    made = backup.backup(store, tmp_path / "copy.tar")
    home = tmp_path / "home" / "store"
    home.parent.mkdir()
    for number in range(3):
        home.with_name("store.judgements.csv").write_text(f"mine {number}")
        backup.restore(made.path, home)
        shutil.rmtree(home)
    kept = sorted(path.read_text() for path in home.parent.glob("store.judgements.csv.replaced*"))
    assert kept == ["mine 0", "mine 1", "mine 2"]


def test_force_keeps_what_was_there(store: Path, tmp_path: Path) -> None:
    made = backup.backup(store, tmp_path / "copy.tar")
    before = told(store)
    with Store.open(store, "write") as opened:
        opened.remove("2031-05")
    after = told(store)
    done = backup.restore(made.path, store, force=True)
    assert told(store) == before
    assert done.kept == tmp_path / "store.replaced-1"
    assert told(done.kept) == after
    assert not (done.kept / HOLDER).exists()
    assert (tmp_path / "store.old.judgements.csv").read_text() == "of another store"
    with (
        Store.open(store, "write"),
        pytest.raises(StoreError, match="is being written by"),
    ):
        backup.restore(made.path, store, force=True)
    assert told(store) == before
    assert not (tmp_path / "store.restoring").exists()


@pytest.mark.parametrize("form", ["copy", "copy.tar", "copy.tar.gz"])
def test_a_damaged_backup_is_refused(form: str, store: Path, tmp_path: Path) -> None:
    whole = backup.backup(store, tmp_path / form).path
    if whole.is_dir():
        victim = next((whole / "sources").iterdir())
        listed = whole / backup.LIST
        for broken in (victim, listed):
            data = broken.read_bytes()
            broken.write_bytes(data[:-30] + bytes([data[-30] ^ 4]) + data[-29:])
            with pytest.raises(StoreError, match=r"damaged|isn't whole"):
                backup.restore(whole, tmp_path / "home")
            broken.unlink()
            with pytest.raises(StoreError, match="is missing"):
                backup.restore(whole, tmp_path / "home")
            broken.write_bytes(data)
    else:
        data = whole.read_bytes()
        for at in range(600, len(data) - 20_000, len(data) // 23):
            whole.write_bytes(data[:at] + bytes([data[at] ^ 16]) + data[at + 1 :])
            try:
                backup.restore(whole, tmp_path / "home")
            except StoreError:
                assert not (tmp_path / "home").exists()
            else:  # a bit in what fills up a block of the tar, which says nothing
                assert told(tmp_path / "home") == told(store)
                shutil.rmtree(tmp_path / "home")
                shutil.rmtree(tmp_path / "home.maps")
        for length in (0, 10, len(data) // 2):
            whole.write_bytes(data[:length])
            with pytest.raises(StoreError, match=r"damaged|isn't whole"):
                backup.restore(whole, tmp_path / "home")
    assert not (tmp_path / "home").exists()
    assert not (tmp_path / "home.restoring").exists()


@pytest.mark.parametrize("name", ["../evil", "/evil", "store/../../evil", "other/evil", "store"])
def test_a_hostile_archive_writes_nothing_elsewhere(name: str, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))
    with pytest.raises(StoreError, match="no backup of a store: it has a file"):
        backup.restore(tmp_path / "evil.tar", tmp_path / "deep" / "home")
    link = tarfile.TarInfo("store/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(tmp_path / "link.tar", "w") as tar:
        tar.addfile(link)
    with pytest.raises(StoreError, match="is no file"):
        backup.restore(tmp_path / "link.tar", tmp_path / "deep" / "home")
    assert [path.name for path in tmp_path.rglob("*") if "evil" in path.name] == ["evil.tar"]


def test_a_hostile_folder_reads_nothing_elsewhere(store: Path, tmp_path: Path) -> None:
    backup.backup(store, tmp_path / "copy")
    listed = json.loads((tmp_path / "copy" / backup.LIST).read_bytes())
    listed["files"]["store/../../secret"] = [1, "x"]
    (tmp_path / "copy" / backup.LIST).write_text(json.dumps(listed))
    with pytest.raises(StoreError, match="it has a file"):
        backup.restore(tmp_path / "copy", tmp_path / "home")


def test_what_is_rotten_is_not_backed_up(store: Path, tmp_path: Path) -> None:
    (copy,) = (store / published.FOLDER).iterdir()
    table = next(copy.glob("*.sst"))
    data = table.read_bytes()
    table.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    with pytest.raises(DamagedError, match=rf"{table.name} is damaged: kg restore"):
        backup.backup(store, tmp_path / "copy")


def test_a_missing_text_is_told(store: Path, tmp_path: Path) -> None:
    gone = next((store / "sources").iterdir())
    gone.unlink()
    assert backup.backup(store, tmp_path / "copy").missing == (f"sources/{gone.name}",)
    backup.restore(tmp_path / "copy", tmp_path / "home")
    with Store.open(tmp_path / "home") as opened:
        assert [fault.sort for fault in check(opened)] == ["quote"]


def test_seen_is_sound(store: Path) -> None:
    """What the readers' test counts by finds nothing where nothing is."""
    shutil.rmtree(store)
    Store.open(store, "write").close()
    with Store.open(store) as opened:
        assert seen(opened) == {}
