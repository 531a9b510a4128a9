from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import RdfFormat

from graph import samples
from kg.errors import KgError, UsageError
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.graph.write import WRITERS, write, writer_for


@pytest.fixture
def full() -> Store:
    store = Store.memory()
    for report in (samples.may, samples.june, samples.july):
        store.add(*report(), samples.RUN)
    return store


@pytest.mark.parametrize("name", list(WRITERS))
def test_what_is_written_reads_as_what_is_stored(full: Store, tmp_path: Path, name: str) -> None:
    writer = WRITERS[name]
    path = tmp_path / f"graph{writer.suffixes[0]}"
    write(full, path)
    back = pyoxigraph.Store()
    back.load(path=str(path), format=writer.format)
    assert set(back) == set(full.quads(graph=None if writer.dataset else DEFAULT))
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", list(WRITERS))
def test_two_exports_are_the_same_bytes(full: Store, name: str) -> None:
    # another process, since the order of prefixes and of hashes differs from process to process
    code = (
        "import sys, io; sys.path.insert(0, sys.argv[1])\n"
        "from graph import samples\nfrom kg.graph.store import Store\nfrom kg.graph.write import write\n"
        "store = Store.memory()\n"
        "for report in (samples.july, samples.may, samples.june): store.add(*report(), samples.RUN)\n"
        "write(store, sys.stdout.buffer, sys.argv[2])"
    )
    tests = str(Path(__file__).parents[1])
    other = subprocess.run([sys.executable, "-c", code, tests, name], capture_output=True, check=True).stdout
    mine = io.BytesIO()
    write(full, mine, name)
    assert mine.getvalue() == other


# rdflib warns of itself
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_trig_names_its_prefixes_and_rdflib_reads_it(full: Store) -> None:
    file = io.BytesIO()
    write(full, file, "trig")
    text = file.getvalue().decode()
    heads = [line for line in text.splitlines() if line.startswith("@prefix")]
    assert heads == sorted(heads)
    assert "@prefix kg: <https://w3id.org/regkg/ontology#> ." in heads
    dataset = rdflib.Dataset()
    dataset.parse(data=text, format="trig")
    assert len(list(dataset.quads())) == len(full)


def test_an_empty_store_gives_a_readable_file(tmp_path: Path) -> None:
    for name, writer in WRITERS.items():
        path = tmp_path / f"empty{writer.suffixes[0]}"
        write(Store.memory(), path)
        assert list(pyoxigraph.parse(path=str(path), format=writer.format)) == [], name


@pytest.mark.parametrize(
    ("name", "format_"), [("a.trig", RdfFormat.TRIG), ("nq", RdfFormat.N_QUADS), ("A.TTL", RdfFormat.TURTLE)]
)
def test_a_name_tells_the_format(name: str, format_: RdfFormat) -> None:
    assert writer_for(name).format == format_


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"graph.docx: end the file's name in one of .trig"):
        writer_for("graph.docx")


def test_a_file_that_cannot_be_written_leaves_nothing(full: Store, tmp_path: Path) -> None:
    with pytest.raises(KgError, match="can't be written"):
        write(full, tmp_path / "no" / "graph.trig")
    (tmp_path / "graph.trig").mkdir()
    with pytest.raises(KgError, match="can't be written"):
        write(full, tmp_path / "graph.trig")
    assert [entry.name for entry in tmp_path.iterdir()] == ["graph.trig"]
