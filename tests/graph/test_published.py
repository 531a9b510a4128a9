"""What readers see while somebody writes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from graph import samples
from kg import ids
from kg.errors import StoreError
from kg.graph import published
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.items import ItemFacts, Report
from kg.vocab import DCTERMS, KG


def report(number: int, run: str = "") -> tuple[Report, list[ItemFacts]]:
    """Four items of one report, of a firm that all reports share and of firms of its own."""
    draft = samples.Draft(f"r{number:03}", f"第{number}期", name=f"{number}.txt")
    for each in range(4):
        draft.item(f"{each}", f"第{each}条")
        firm = samples.entity("Company", f"礁石{number}-{each}{run}")
        draft.claim(samples.GULL, "investsIn", firm, f"海鸥科技投资{firm.label.text}")
    return draft.report(), draft.facts


def seen(store: Store) -> dict[str, int]:
    """The items of each report, by two ways that have to agree; each with the text that its quotes stand in."""
    counts: dict[str, int] = {}
    for one in store.reports():
        items = store.items_of(one.id)
        facts = list(store.quads(None, DCTERMS.isPartOf, ids_node(one.id), DEFAULT))
        assert len(items) == len(facts) == 4
        source = store.source(one.id)
        assert source is not None
        for item in items:
            (quote,) = (q.object.value for q in store.quads(None, KG.quote, None, item))  # type: ignore[union-attr]
            assert quote in source.text
        found = store.resolved(one.id)
        assert found is not None
        assert len(found) == 4
        counts[one.id] = len(items)
    return counts


def ids_node(report_id: str) -> object:
    from pyoxigraph import NamedNode

    return NamedNode(ids.report(report_id))


_WRITES = """
import sys
sys.path.insert(0, sys.argv[2])
from graph import samples
from graph.test_published import report
from kg.graph.store import Store
for number in range(50):
    with Store.open(sys.argv[1], "write") as store:
        store.add(*report(number), samples.RUN)
        store.add(*report(number // 2, "b"), samples.RUN)  # replaces, so that texts go
"""


def test_readers_see_whole_reports_while_fifty_are_added(tmp_path: Path) -> None:
    path = tmp_path / "store"
    Store.open(path, "write").close()
    tests = str(Path(__file__).parents[1])
    writer = subprocess.Popen([sys.executable, "-c", _WRITES, str(path), tests], stderr=subprocess.PIPE, text=True)
    faults: list[BaseException] = []
    heights: list[int] = []
    opened = 0

    def read(again: bool) -> None:
        nonlocal opened
        try:
            while writer.poll() is None:
                with Store.open(path) as store:
                    opened += 1
                    for _ in range(1 if again else 4):  # the same reader sees the same, however long it reads
                        heights.append(len(seen(store)))
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read, args=(again,)) for again in (True, False)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    said = writer.communicate()[1]
    assert (writer.returncode, said) == (0, "")
    if faults:
        raise faults[0]
    assert opened > 10
    assert max(heights) > 5
    with Store.open(path) as store:
        assert len(seen(store)) == 50
    with Store.open(path, "write") as store:
        store.add(*report(50), samples.RUN)
        assert store.sweep() == []
    assert len(list((path / published.FOLDER).iterdir())) == 1
    assert len(list((path / "sources").iterdir())) == 51


def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        store.add(*report(1), samples.RUN)
    with Store.open(path) as reader:
        with Store.open(path, "write") as store:
            store.add(*report(1, "b"), samples.RUN)
            store.remove("r001")
        assert seen(reader) == {"r001": 4}
        assert len(list((path / "sources").iterdir())) >= 1
        with Store.open(path) as later:
            assert seen(later) == {}
    with Store.open(path, "write") as store:
        store.add(*report(2), samples.RUN)
    assert len(list((path / "sources").iterdir())) == 1
    assert len(list((path / published.FOLDER).iterdir())) == 1


def test_a_text_that_comes_back_outlives_the_reader_of_an_older_copy(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        store.add(*report(1), samples.RUN)
    with Store.open(path) as oldest, Store.open(path, "write") as store:
        store.remove("r001")
        store.add(*report(1), samples.RUN)
        with Store.open(path) as between:
            store.remove("r001")
            assert seen(between) == {"r001": 4}
        store.add(*report(2), samples.RUN)
        assert seen(oldest) == {"r001": 4}
    with Store.open(path, "write") as store:
        store.add(*report(1), samples.RUN)
        assert seen(store) == {"r001": 4, "r002": 4}
        store.remove("r001")
    assert len(list((path / "sources").iterdir())) == 1


def test_a_generation_changes_with_each_change_and_with_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "store"
    assert Store.generation(path) is None
    with Store.open(path, "write") as store:
        before = Store.generation(path)
        store.add(*report(1), samples.RUN)
        after = Store.generation(path)
        assert None is not before != after is not None
        store.add(*report(1), samples.RUN)
        assert Store.generation(path) == after
    Store.open(path, "write").close()
    Store.open(path).close()
    assert Store.generation(path) == after
    with Store.open(path, "write") as store:
        store.remove("r001")
    assert Store.generation(path) != after


def test_a_damaged_generation_is_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        store.add(*report(1), samples.RUN)
    for bad in (b"", b"\xff\xfe", b"000000000009-ffffffff\n", b"../../elsewhere"):
        (path / published.POINTER).write_bytes(bad)
        with Store.open(path) as reader:
            assert seen(reader) == {"r001": 4}
        with Store.open(path, "write") as store:
            store.add(*report(2), samples.RUN)
            store.remove("r002")
        with Store.open(path) as reader:
            assert seen(reader) == {"r001": 4}
    (path / published.POINTER).unlink()
    with Store.open(path) as reader:
        assert seen(reader) == {"r001": 4}


def test_nothing_whole_to_read(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        store.add(*report(1), samples.RUN)
    for copy in (path / published.FOLDER).iterdir():
        (copy / "held").unlink()
    with pytest.raises(StoreError, match="nothing that is whole to read"):
        Store.open(path)
    with Store.open(path, "write") as store:
        assert seen(store) == {"r001": 4}
    with Store.open(path) as reader:
        assert seen(reader) == {"r001": 4}


def _killed_before_publishing(code: str, path: Path) -> None:
    code = code.replace(
        "from kg.graph.store import Store",
        "from kg.graph.store import Store\nfrom kg.graph import published\nimport os\n"
        "published.publish = lambda *_: os._exit(9)",
    )
    done = subprocess.run([sys.executable, "-c", code, str(path), str(Path(__file__).parents[1])], check=False)
    assert done.returncode == 9


def test_what_a_killed_writer_had_not_published_is_published_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "store"
    Store.open(path, "write").close()
    _killed_before_publishing(_WRITES.replace("range(50)", "range(1)"), path)
    with Store.open(path) as reader:
        assert seen(reader) == {}
    Store.open(path, "write").close()
    with Store.open(path) as reader:
        assert seen(reader) == {"r000": 4}
    assert not (path / "writer.json").exists()


def test_a_reader_keeps_its_texts_though_the_writer_after_it_was_killed(tmp_path: Path) -> None:
    """Killed between the graph and its copy, a replacement leaves no word of what the reader's copy alone cites."""
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        store.add(*report(0), samples.RUN)
    reader = Store.open(path)
    _killed_before_publishing(_WRITES.replace("store.add(*report(number), samples.RUN)", "pass"), path)
    with Store.open(path, "write") as store:  # who sweeps
        assert len(store.kept()) == 4
        assert seen(store) == seen(reader) == {"r000": 4}
    reader.close()
    with Store.open(path, "write") as store:
        store.add(*report(1), samples.RUN)
        assert len(store.kept()) == 4  # two reports, and nothing of the old


def test_who_holds_it_is_told_without_his_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/kg", "--debug", "add", "https://me:secret@example.org/feed"])
    with Store.open(tmp_path, "write"):
        about = json.loads((tmp_path / "writer.json").read_text())
        assert about["command"] == "kg add"
        said: list[str] = []
        with pytest.raises(StoreError, match=r"is being written by kg add \(process \d+ on "):
            Store.open(tmp_path, "write", 0.3, said.append)
        assert len(said) == 1
    Store.open(tmp_path, "write").close()


def test_a_waiting_writer_goes_on_when_the_other_is_done(tmp_path: Path) -> None:
    first = Store.open(tmp_path, "write")
    threading.Timer(0.3, first.close).start()
    said: list[str] = []
    with Store.open(tmp_path, "write", 30, said.append) as store:
        assert store.writable
    assert said
    assert said[0].startswith(f"waiting for the store at {tmp_path}, written by ")
