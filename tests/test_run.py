"""The road: which files are read, in which order, and what becomes of those that fail."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from read import newsletters

import kg
from kg import run
from kg.errors import ReadError, StoreError, UsageError
from kg.graph.check import check
from kg.graph.store import Store
from kg.graph.write import write
from kg.items import ItemFacts, Report
from kg.query.entity import describe, one


def news(title: str, body: str = "正文在此。") -> str:
    return f"{title}\n{body}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    return made


# ------------------------------------------------------------------------------------------------------- files


def test_collect(folder: Path) -> None:
    for name in (
        "b.txt",
        "a.txt",
        "c.pdf",
        "sub/d.md",
        "photo.jpg",
        ".hidden.txt",
        "~$e.docx",
        "README.md",
        ".git/f.txt",
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    skipped: list[str] = []
    found = run.collect([folder, folder / "a.txt"], skipped)
    assert [Path(path).name for path in found] == ["c.pdf", "d.md", "a.txt", "b.txt"]
    assert {Path(name).name for name in skipped} == {"photo.jpg", "README.md"}


def test_collect_keeps_the_order_in_which_files_are_named(folder: Path) -> None:
    names = [folder / "z.txt", folder / "a.txt", "-"]
    assert run.collect([*names, folder / "z.txt"]) == names


def test_a_named_file_is_read_whatever_its_name(folder: Path) -> None:
    (folder / "README.md").write_text("x")
    assert run.collect([folder / "README.md"]) == [folder / "README.md"]


def test_nothing_to_read(folder: Path) -> None:
    (folder / "photo.jpg").write_text("x")
    with pytest.raises(UsageError, match=r"^there is no report in .*reports: name a folder with PDF, Word"):
        run.collect([folder])
    with pytest.raises(UsageError, match="there is nothing to add"):
        run.collect([])


# --------------------------------------------------------------------------------------------------------- add


def test_add(fast: list[str], folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text(news("海鸥科技收购燕鸥软件"))
    (folder / "b.txt").write_text(news("海鸥科技收购礁石网络"))
    (folder / "c.txt").write_text(news("今天没有消息"))
    steps: list[run.Step] = []
    found = run.add([folder], tmp_path / "store", steps.append)
    assert found.exit_code == 0
    assert [done.name for done in found.done] == ["a.txt", "b.txt", "c.txt"]
    added = found.done[1].added
    assert added is not None
    assert (added.entities.total, added.entities.new) == (2, 1)
    assert [one.relations for done in found.done for one in done.found] == [1, 1, 0]
    assert fast == ["ours"]  # loaded once
    assert steps[0] == run.Step("a.txt", 1, 3)
    assert steps[-1] == run.Step("c.txt", 3, 3, 1, 1)


def test_what_is_unchanged_needs_no_model(fast: list[str], folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text(news("海鸥科技收购燕鸥软件"))
    run.add([folder], tmp_path / "store")
    again = run.add([folder], tmp_path / "store")
    assert again.done[0].added is None
    assert fast == ["ours"]
    forced = run.add([folder], tmp_path / "store", again=True)
    assert forced.done[0].added is not None
    assert forced.done[0].added.outcome == "unchanged"
    other = run.add([folder], tmp_path / "store", model="theirs")  # another model may find other things
    assert other.done[0].added is not None
    assert other.done[0].added.outcome == "replaced"
    assert fast == ["ours", "ours", "theirs"]


def test_a_changed_file_is_read_again(fast: list[str], folder: Path, tmp_path: Path) -> None:
    path = folder / "a.txt"
    path.write_text(news("海鸥科技收购燕鸥软件"))
    run.add([path], tmp_path / "store")
    path.write_text(news("海鸥科技收购燕鸥软件", "正文改了。"))
    changed = run.add([path], tmp_path / "store").done[0].added
    assert changed is not None
    assert changed.outcome == "replaced"


def test_an_item_removed_by_hand_comes_back(fast: list[str], folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text(news("海鸥科技收购燕鸥软件"))
    first = run.add([folder], tmp_path / "store").done[0]
    with Store.open(tmp_path / "store", "write") as store:
        store.remove(f"{first.report}-1")
    second = run.add([folder], tmp_path / "store").done[0]
    assert second.added is not None
    assert second.added.claims == 1


def test_one_report_in_two_formats(fast: list[str], folder: Path, tmp_path: Path) -> None:
    pages = newsletters.pages(newsletters.issue())
    (folder / "2023-05.txt").write_text(newsletters.as_text(pages), encoding="utf-8")
    (folder / "monthly.pdf").write_bytes(newsletters.as_pdf(pages))
    found = run.add([folder / "2023-05.txt", folder / "monthly.pdf"], tmp_path / "store")
    assert [done.name for done in found.done] == ["monthly.pdf"]
    assert found.left_out == [run.LeftOut("2023-05.txt", "2023-05", "monthly.pdf")]
    assert found.exit_code == 0


def test_a_report_whose_first_file_fails_is_read_from_the_second(fast: list[str], folder: Path, tmp_path: Path) -> None:
    pages = newsletters.pages(newsletters.issue())
    (folder / "2023-05.txt").write_text(newsletters.as_text(pages), encoding="utf-8")
    (folder / "2023-05.pdf").write_bytes(newsletters.as_pdf(pages)[:5000])
    found = run.add([folder], tmp_path / "store")
    assert [done.name for done in found.done] == ["2023-05.txt"]
    assert [failure.name for failure in found.failures] == ["2023-05.pdf"]


def test_standard_input(fast: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(news("海鸥科技收购燕鸥软件").encode())))
    found = run.add(["-"], tmp_path / "store")
    assert found.done[0].name == "-"
    assert found.done[0].report.startswith("stdin-")


def test_one_bad_file_among_good_ones(fast: list[str], folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text(news("海鸥科技收购燕鸥软件"))
    (folder / "b.txt").write_bytes(b"")
    (folder / "c.txt").write_text(news("海鸥科技收购礁石网络"))
    found = run.add([folder], tmp_path / "store")
    assert [done.name for done in found.done] == ["a.txt", "c.txt"]
    assert [failure.name for failure in found.failures] == ["b.txt"]
    assert found.exit_code == 1


def test_nothing_but_bad_files_makes_no_store(fast: list[str], folder: Path, tmp_path: Path) -> None:
    (folder / "b.txt").write_bytes(b"")
    found = run.add([folder], tmp_path / "store")
    assert found.exit_code == ReadError.exit_code
    assert not (tmp_path / "store").exists()


def test_a_fault_of_ours_stops_one_file_only(
    fast: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text(news("坏了收购燕鸥软件"))  # the first, while the store is still empty
    (folder / "b.txt").write_text(news("海鸥科技收购燕鸥软件"))
    facts = run.facts

    def failing(report: Report, nlp: object = None, on_item: Callable[[int], None] | None = None) -> list[ItemFacts]:
        if report.title.startswith("坏了"):
            raise ZeroDivisionError("by zero")
        return facts(report, nlp, on_item)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "facts", failing)
    found = run.add([folder], tmp_path / "store")
    assert [done.name for done in found.done] == ["b.txt"]
    expected = "a.txt could not be read through (ZeroDivisionError: by zero): please report this, with the file."
    assert found.failures[0].sentence == expected


def test_a_file_for_which_there_is_no_memory(
    fast: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text(news("大收购燕鸥软件"))
    (folder / "b.txt").write_text(news("海鸥科技收购燕鸥软件"))
    facts = run.facts

    def greedy(report: Report, nlp: object = None, on_item: Callable[[int], None] | None = None) -> list[ItemFacts]:
        if report.title.startswith("大"):
            raise MemoryError
        return facts(report, nlp, on_item)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "facts", greedy)
    found = run.add([folder], tmp_path / "store")
    assert [done.name for done in found.done] == ["b.txt"]
    assert [one.sentence for one in found.failures] == [
        "a.txt needs more memory than there is: end other programs, or part it; then add it again."
    ]


def test_items_of_another_report(fast: list[str], folder: Path, tmp_path: Path) -> None:
    """A fault of one report in the store isn't a fault of the store: the others go on."""
    line = '{"id": "x-1", "title": "海鸥科技收购燕鸥软件", "text": "正文。"}\n'
    (folder / "a.jsonl").write_text(line)
    (folder / "b.jsonl").write_text('{"id": "y-1", "title": "别的消息", "text": "正文。"}\n' + line)
    (folder / "c.jsonl").write_text('{"id": "z-1", "title": "别的消息", "text": "正文。"}\n')
    found = run.add([folder], tmp_path / "store")
    assert [done.name for done in found.done] == ["a.jsonl", "c.jsonl"]
    assert "item x-1 already belongs to the report" in found.failures[0].sentence


def test_a_store_that_fails_later_stops_the_run(
    fast: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (folder / f"{name}.txt").write_text(news(f"海鸥科技收购{name}软件"))
    put = Store.add

    def full(self: Store, report: Report, *rest: object) -> object:
        if report.title.endswith("b软件"):
            raise StoreError("the disk is full") from OSError(28, "No space left on device")
        return put(self, report, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "add", full)
    found = run.add([folder], tmp_path / "store")
    assert [done.name for done in found.done] == ["a.txt"]
    assert str(found.stopped) == "the disk is full"
    assert found.exit_code == 4


def test_a_model_that_cannot_be_loaded_is_told_of_once(
    fast: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (folder / f"{name}.txt").write_text(news(f"海鸥科技收购{name}软件"))

    def missing(model: str | None = None) -> object:
        raise UsageError(f"no spaCy pipeline called {model} is installed")

    monkeypatch.setattr(run, "load", missing)
    with pytest.raises(UsageError, match="no spaCy pipeline called theirs"):
        run.add([folder], tmp_path / "store", model="theirs")


def test_too_long_for_one_item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LONGEST_ITEM", 1000)
    path = tmp_path / "a.txt"
    path.write_text(news("标题", "字" * 990))
    assert len(run.read_report(path).items) == 1
    path.write_text(news("标题", "字" * 1001))
    with pytest.raises(ReadError, match=r"^a\.txt is no single report: it has 1,005 characters, and a piece of news"):
        run.read_report(path)
    # a newsletter is as long as it likes; its items aren't
    pages = newsletters.pages(newsletters.issue() * 3)
    (tmp_path / "n.txt").write_text(newsletters.as_text(pages), encoding="utf-8")
    assert len(run.read_report(tmp_path / "n.txt").items) == 15
    (tmp_path / "l.jsonl").write_text('{"title": "标题", "text": "' + "字" * 1001 + '"}')
    with pytest.raises(ReadError, match="its item “标题” has"):
        run.read_report(tmp_path / "l.jsonl")


def test_the_package_is_the_road() -> None:
    assert kg.add is run.add
    assert kg.read_report is run.read_report
    assert kg.Store is Store
    assert set(kg.__all__) <= set(dir(kg))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = kg.nothing
    for name in kg.__all__:
        assert getattr(kg, name) is not None


# ------------------------------------------------------------------------------------------------ for real

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
REPORT = Path(__file__).parents[2] / "shared" / "reports" / "2024-08.txt"


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, run.Summary]:
    store = tmp_path_factory.mktemp("samples") / "store"
    return store, run.add(sorted(SAMPLES.glob("*.pdf")), store)


def test_the_samples(sampled: tuple[Path, run.Summary]) -> None:
    store, summary = sampled
    assert summary.exit_code == 0, summary.failures
    assert [(done.report, done.items) for done in summary.done] == [("2024-06", 14), ("2024-07", 15)]
    for done in summary.done:
        assert done.added is not None
        assert done.added.relations.total > 30
        assert done.added.deals.total > 3
    with Store.open(store) as opened:
        assert [fault for fault in check(opened) if fault.sort in ("quote", "page", "edge", "default")] == []


def test_the_same_input_gives_the_same_graph(sampled: tuple[Path, run.Summary], tmp_path: Path) -> None:
    """Also when it is read again, and in another order."""
    store, _ = sampled
    other = tmp_path / "store"
    run.add(sorted(SAMPLES.glob("*.pdf"), reverse=True), other)
    run.add([SAMPLES / "2024-06.pdf"], other, again=True)
    first, second = io.BytesIO(), io.BytesIO()
    for path, file in ((store, first), (other, second)):
        with Store.open(path) as opened:
            write(opened, file, "nquads")
    assert first.getvalue() == second.getvalue()


def test_unchanged_samples_load_no_model(sampled: tuple[Path, run.Summary]) -> None:
    store, _ = sampled
    script = (
        "import sys\nfrom kg import run\n"
        "assert run.add(sys.argv[2:], sys.argv[1]).done[0].added is None\n"
        "assert not {'spacy', 'onnxruntime', 'rdflib', 'pyvis', 'rich'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(store), str(SAMPLES / "2024-06.pdf")], check=True)


@pytest.mark.skipif(not REPORT.exists(), reason="the real report isn't beside this checkout")
def test_the_real_report(tmp_path: Path) -> None:
    summary = run.add([REPORT], tmp_path / "store")
    (done,) = summary.done
    assert (done.report, done.items) == ("2024-08", 22)
    assert done.added is not None
    assert done.added.relations.total >= 70
    with Store.open(tmp_path / "store") as opened:
        assert [fault for fault in check(opened) if fault.sort in ("quote", "page", "edge", "default")] == []
        about = describe(opened, one(opened, "AMD").iri)
        status = {(edge.label, edge.deals[0].status) for edge in about.relations if edge.relation == "acquires"}
        assert {("ZT Systems", "announced"), ("Silo AI", "completed")} <= status
