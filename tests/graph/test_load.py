"""A store that was loaded at once is the one that was added to report by report."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from graph import samples
from kg.errors import KgError, ReadError, StoreError, UsageError
from kg.graph import load
from kg.graph.check import check
from kg.graph.store import Store
from kg.graph.write import write


@pytest.fixture
def added(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "added", "write") as store:
        for report, said in (samples.may(), samples.june(), samples.july()):
            store.add(report, said, samples.RUN)
    return tmp_path / "added"


def exported(store: Path, target: Path) -> bytes:
    with Store.open(store) as opened:
        write(opened, target)
    return target.read_bytes()


@pytest.mark.parametrize("form", ["all.nq", "all.nq.gz", "all.trig", "ends.nq"])
def test_an_export_comes_back(added: Path, tmp_path: Path, form: str) -> None:
    whole = exported(added, tmp_path / form.removesuffix(".gz"))
    if form == "ends.nq":
        (tmp_path / form).write_bytes(whole.replace(b"\n", b"\r\n"))
    if form.endswith(".gz"):
        (tmp_path / form).write_bytes(gzip.compress(whole))
    steps: list[tuple[int, int]] = []
    done = load.load([tmp_path / form], tmp_path / "loaded", lambda at, of: steps.append((at, of)))
    assert exported(tmp_path / "loaded", tmp_path / "again.nq") == exported(added, tmp_path / "first.nq")
    with Store.open(added) as opened:
        assert done.quads + done.facts == len(opened)
    assert steps[-1][0] == steps[-1][1]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_what_is_loaded_can_be_added_to(added: Path, tmp_path: Path) -> None:
    exported(added, tmp_path / "all.nq")
    load.load([tmp_path / "all.nq"], tmp_path / "loaded")
    with Store.open(tmp_path / "loaded", "write") as store:
        store.remove(samples.july()[0].id)
        report, said = samples.july()
        store.add(report, said, samples.RUN)
        assert [fault for fault in check(store) if fault.sort == "default"] == []
    assert exported(tmp_path / "loaded", tmp_path / "b.nq") == exported(added, tmp_path / "a.nq")


def test_parts_in_a_folder(added: Path, tmp_path: Path) -> None:
    lines = exported(added, tmp_path / "all.nq").splitlines(keepends=True)
    parts = tmp_path / "parts"
    parts.mkdir()
    for number in range(3):
        (parts / f"part-{number}.nq.gz").write_bytes(gzip.compress(b"".join(lines[number::3])))
    (parts / "failed.jsonl").write_text("")
    assert load.load([parts], tmp_path / "loaded").files == 3
    assert exported(tmp_path / "loaded", tmp_path / "b.nq") == b"".join(lines)


def test_the_facts_alone(added: Path, tmp_path: Path) -> None:
    lines = exported(added, tmp_path / "all.nq").splitlines()
    done = load.write_facts([tmp_path / "all.nq"], tmp_path / "facts.nt.gz")
    facts = gzip.decompress((tmp_path / "facts.nt.gz").read_bytes()).splitlines()
    assert len(facts) == done.facts
    assert set(facts) == set(lines[: done.facts])  # an export begins with them


def test_a_store_that_is_there_stays(added: Path, tmp_path: Path) -> None:
    whole = exported(added, tmp_path / "all.nq")
    with pytest.raises(StoreError, match="kg load makes a new store: name another folder"):
        load.load([tmp_path / "all.nq"], added)
    assert exported(added, tmp_path / "b.nq") == whole
    (tmp_path / "empty").mkdir()
    load.load([tmp_path / "all.nq"], tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "data", "error", "sentence"),
    [
        ("a.nq", b"<http://a> <http://b> <http://c> <http://d> .\n<http://a> <http://b .\n", ReadError, "a.nq"),
        ("a.nq.gz", gzip.compress(b"<http://a> <http://b> <http://c> <http://d> .\n" * 9)[:-9], ReadError, "cut short"),
        ("a.nq.gz", b"no gzip", ReadError, "cut short or damaged"),
        ("a.trig", b"<http://a> {", ReadError, "damaged"),
        ("a.ttl", b"", UsageError, "holds no named graphs by its name"),
    ],
)
def test_damaged_files(tmp_path: Path, name: str, data: bytes, error: type[KgError], sentence: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(error, match=sentence):
        load.load([tmp_path / name], tmp_path / "store")
    assert os.listdir(tmp_path) == [name]
    if name != "a.nq":  # whose lines only the store parses
        with pytest.raises(error, match=sentence):
            load.write_facts([tmp_path / name], tmp_path / "facts.nt")
        assert os.listdir(tmp_path) == [name]


def test_two_loads_of_one_store(added: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told who is at it, and leaves the first alone."""
    whole = exported(added, tmp_path / "all.nq")
    told: list[str] = []
    fill = load._fill

    def second() -> str:
        try:
            load.load([tmp_path / "all.nq"], tmp_path / "new")
        except StoreError as fault:
            return str(fault)
        return "nothing was said"

    def filling(*given: object) -> None:
        monkeypatch.setattr(load, "_fill", fill)
        told.append(second())
        fill(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(load, "_fill", filling)
    load.load([tmp_path / "all.nq"], tmp_path / "new")
    assert told[0].startswith(f"{tmp_path / 'new'} is being written by ")
    assert f"(process {os.getpid()} on " in told[0]
    assert exported(tmp_path / "new", tmp_path / "again.nq") == whole
    assert not list(tmp_path.glob(".*"))


def test_a_disk_without_pipes(added: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exported(added, tmp_path / "all.nq")

    def none(path: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "mkfifo", none)
    load.load([tmp_path / "all.nq"], tmp_path / "new")
    assert exported(tmp_path / "new", tmp_path / "again.nq") == whole


def test_nothing_to_load(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no graph in"):
        load.load([tmp_path], tmp_path / "store")
    with pytest.raises(ReadError, match="doesn't exist"):
        load.load([tmp_path / "none.nq"], tmp_path / "store")
