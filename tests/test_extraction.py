"""Files of documents to files of quads: the same by one process, by two and on Spark; nothing is done twice."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran

from kg import batch, extraction
from kg.batch import Failed
from kg.errors import ReadError, UsageError
from kg.extraction import Counts, Job, Part
from kg.graph.check import check
from kg.graph.store import Store
from kg.workers import Workers

ROOT = Path(__file__).parents[1]
PARQUET = importlib.util.find_spec("pyarrow") is not None
SPARK = importlib.util.find_spec("pyspark") is not None and PARQUET


def document(number: int) -> dict[str, Any]:
    return {
        "id": f"n-{number}",
        "title": f"海鸥科技收购第{number}软件",
        "text": f"海鸥科技宣布，以{number}亿元收购第{number}软件。交易已经完成。",
        "date": f"2024-08-{number % 28 + 1:02}",
        "publisher": "海岛报",
    }


def feed(path: Path, count: int, *more: str) -> Path:
    lines = [json.dumps(document(number), ensure_ascii=False) for number in range(count)]
    path.write_text("".join(line + "\n" for line in (*lines, *more)), encoding="utf-8")
    return path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a few documents."""
    monkeypatch.setattr(extraction, "_LEAST", 1000)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def quads(folder: Path) -> list[bytes]:
    return sorted(line for path in folder.glob("*.nq.gz") for line in gzip.decompress(path.read_bytes()).splitlines())


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_document_is_in_one_part(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(feed(path, 40).read_text().replace("\n", end).rstrip().encode())
    parts = extraction.plan([path])
    assert len(parts) > 5
    assert [part.number for part in parts] == list(range(len(parts)))
    found = [json.loads(text)["id"] for part in parts for _, text in extraction.documents(part)]  # type: ignore[arg-type]
    assert found == [f"n-{number}" for number in range(40)]


def test_what_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    feed(tmp_path / "in" / "b.jsonl", 1)
    feed(tmp_path / "in" / "a.ndjson", 1)
    (tmp_path / "in" / "c.txt").write_text("x")
    assert [path.name for path in extraction.collect([tmp_path])] == ["a.ndjson", "b.jsonl"]
    with pytest.raises(UsageError, match=r"c\.txt is neither JSONL nor Parquet by its name: kg add reads reports"):
        extraction.collect([tmp_path / "in" / "c.txt"])
    with pytest.raises(ReadError, match="doesn't exist"):
        extraction.collect([tmp_path / "none.jsonl"])
    with pytest.raises(UsageError, match="there are no documents there"):
        extraction.collect([])


def test_extract_load_and_check(command: Callable[..., Ran], tmp_path: Path) -> None:
    path = feed(tmp_path / "news.jsonl", 6, '{"id": "bad"}', "{")
    ran = command("extract", path, "-o", tmp_path / "quads")
    assert ran.code == 1
    assert "6 documents, " in ran.out
    assert "2 documents failed: " in ran.out
    listed = [json.loads(line) for line in (tmp_path / "quads" / "failed.jsonl").read_text().splitlines()]
    assert [one["reason"].split(": ", 1)[1][:16] for one in listed] == ["title is missing", "this is no JSON "]
    assert listed[1]["document"] == "{"
    loaded = command("load", tmp_path / "quads", "--store", tmp_path / "loaded")
    assert loaded.code == 0, loaded.err
    with Store.open(tmp_path / "loaded") as store:
        assert len(store.reports()) == 6
        assert check(store) == []
        assert store.resolved("n-1")  # so that judgements can be laid over it
    assert "燕" not in command("show", "海鸥科技", "--store", tmp_path / "loaded").out
    again = command("extract", path, "-o", tmp_path / "quads")
    assert "done before: 1 part" in again.out
    settled = command("settle", tmp_path / "quads", "-o", tmp_path / "facts.nt")
    assert settled.code == 0
    assert (tmp_path / "facts.nt").stat().st_size > 1000


def test_a_document_that_is_in_twice_is_told_of(command: Callable[..., Ran], tmp_path: Path) -> None:
    path = feed(tmp_path / "news.jsonl", 2, json.dumps({**document(1), "text": "别的。"}))
    command("extract", path, "-o", tmp_path / "quads", "--graph-only")
    loaded = command("load", tmp_path / "quads", "--store", tmp_path / "loaded")
    assert loaded.code == 1
    assert "1 document came in more than once, and differ: n-1;" in loaded.err
    assert "There were no texts with them" in loaded.out


@pytest.mark.usefixtures("small")
def test_two_processes_write_the_same_files(tmp_path: Path) -> None:
    path = feed(tmp_path / "news.jsonl", 12, "{")
    for count in (1, 2):
        done = extraction.run([path], tmp_path / f"by-{count}", extraction.processes(count))
        assert (done.counts.documents, done.counts.failed, done.undone) == (12, 1, [])
    one, two = files(tmp_path / "by-1"), files(tmp_path / "by-2")
    assert len(one) > 8
    assert one == two


@pytest.mark.usefixtures("small")
def test_a_run_goes_on(tmp_path: Path) -> None:
    path = feed(tmp_path / "news.jsonl", 12)
    out = tmp_path / "out"
    asked: list[int] = []

    def runner(job: Job, parts: list[Part]) -> Iterator[tuple[Part, Counts | Exception]]:
        for part in parts:
            asked.append(part.number)
            if len(asked) == 2:
                raise KeyboardInterrupt
            yield part, extraction.do(job, part)

    with pytest.raises(KeyboardInterrupt):
        extraction.run([path], out, runner)
    (out / "part-000001.nq.gz.77.part").write_bytes(b"half")  # of one that was killed
    done = extraction.run([path], out, runner)
    assert asked[:3] == [0, 1, 1]
    assert (done.before, done.counts.documents) == (1, 12)
    assert not list(out.glob("*.part"))
    extraction.run([path], tmp_path / "at-once", extraction.processes(1))
    assert files(out) == files(tmp_path / "at-once")


def test_a_folder_of_another_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = feed(tmp_path / "news.jsonl", 1)
    extraction.run([path], tmp_path / "out", extraction.processes(1))
    with pytest.raises(UsageError, match="was begun with other name: name another folder"):
        extraction.run([path], tmp_path / "out", extraction.processes(1), name="other")
    feed(path, 2)
    with pytest.raises(UsageError, match="was begun with other files"):
        extraction.run([path], tmp_path / "out", extraction.processes(1))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x")
    with pytest.raises(UsageError, match="isn't empty"):
        extraction.run([path], tmp_path / "full", extraction.processes(1))


def test_a_model_that_is_not_there_is_no_fault_of_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(model: str | None = None) -> None:
        raise UsageError("the model is missing")

    path = feed(tmp_path / "news.jsonl", 3)
    batch.pipeline.cache_clear()
    monkeypatch.setattr("kg.run.load", missing)
    with pytest.raises(UsageError, match="the model is missing"):
        extraction.run([path], tmp_path / "out", extraction.processes(1))
    monkeypatch.undo()
    batch.pipeline.cache_clear()
    done = extraction.run([path], tmp_path / "out", extraction.processes(1))
    assert (done.counts.documents, done.counts.failed, done.before) == (3, 0, 0)


def deadly(task: tuple[Job, Part]) -> Counts:
    """The work of a process that one document ends."""
    extracted = batch._extracted

    def ended(place: str, document: Any, *rest: Any) -> Any:
        if "崩溃" in document:
            os.kill(os.getpid(), signal.SIGKILL)
        return extracted(place, document, *rest)

    batch._extracted = ended  # type: ignore[assignment]
    return extraction.do(*task)


@pytest.mark.skipif(not hasattr(os, "kill"), reason="kills processes")
def test_a_document_that_ends_its_process_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps({"id": f"x-{n}", "title": "崩溃", "text": "字"}, ensure_ascii=False) for n in range(2)]
    path = feed(tmp_path / "news.jsonl", 3, *lines, json.dumps(document(9)))
    monkeypatch.setattr(extraction, "_task", deadly)
    done = extraction.run([path], tmp_path / "out", extraction.processes(2))
    assert (done.counts.documents, done.counts.failed, done.undone) == (4, 2, [])
    listed = [json.loads(line) for line in (tmp_path / "out" / "failed.jsonl").read_text().splitlines()]
    assert [one["reason"] for one in listed] == ["the process that read it ended, 2 times"] * 2
    assert Workers  # the pool is that of kg add


def test_a_place_survives_its_file(tmp_path: Path) -> None:
    """Twice at the same document, and it is left out; once elsewhere, and it is not."""
    failed: list[Failed] = []

    def attempt(ends_at: int | None) -> list[str]:
        seen: list[str] = []
        with extraction._Place(tmp_path / "at") as place:
            for name, _ in place.follow(iter((str(n), {}) for n in range(5)), failed):
                if name == str(ends_at):
                    break
                seen.append(name)
        return seen

    def interrupted() -> None:
        with extraction._Place(tmp_path / "at") as place:
            for name, _ in place.follow(iter((str(n), {}) for n in range(5)), failed):
                if name == "2":
                    raise KeyboardInterrupt

    assert attempt(2) == ["0", "1"]
    for _ in range(3):  # Ctrl-C, which is no fault of the document
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    assert failed == []
    assert attempt(2) == ["0", "1"]
    assert attempt(None) == ["0", "1", "3", "4"]
    assert [one.place for one in failed] == ["2"]


@pytest.mark.skipif(not PARQUET, reason="pyarrow isn't installed: pip install 'regkg[spark]'")
def test_parquet_gives_the_same_quads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow
    from pyarrow import parquet

    path = feed(tmp_path / "news.jsonl", 12)
    table = pyarrow.Table.from_pylist([{**document(n), "score": n} for n in range(12)])
    parquet.write_table(table, tmp_path / "news.parquet", row_group_size=5)
    monkeypatch.setattr(extraction, "_LEAST", 10)
    parts = extraction.plan([tmp_path / "news.parquet"])
    assert [(part.start, part.end) for part in parts] == [(0, 1), (1, 2), (2, 3)]
    extraction.run([path], tmp_path / "a", extraction.processes(1))
    extraction.run([tmp_path / "news.parquet"], tmp_path / "b", extraction.processes(1))
    assert quads(tmp_path / "a") == quads(tmp_path / "b") != []
    # damaged within: that part is told of, and the others go on
    data = bytearray((tmp_path / "news.parquet").read_bytes())
    group = parquet.ParquetFile(tmp_path / "news.parquet").metadata.row_group(1)
    for column in range(group.num_columns):
        start = group.column(column).dictionary_page_offset or group.column(column).data_page_offset
        data[start : start + group.column(column).total_compressed_size] = b"\xff" * (
            group.column(column).total_compressed_size
        )
    (tmp_path / "half.parquet").write_bytes(data)
    for number in (1, 2):
        done = extraction.run([tmp_path / "half.parquet"], tmp_path / f"c{number}", extraction.processes(number))
        assert done.counts.documents == 7
        assert [(file, reason.partition(":")[0]) for file, reason in done.undone] == [
            ("half.parquet (part-000001)", "half.parquet is damaged in group 2, after row 0")
        ]
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    with pytest.raises(ReadError, match="can't be read as Parquet"):
        extraction.plan([tmp_path / "bad.parquet"])


@pytest.mark.skipif(not SPARK, reason="Spark isn't installed: pip install 'regkg[spark]'")
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java: apt install openjdk-17-jre-headless")
def test_spark_writes_the_same_files(tmp_path: Path) -> None:
    """In a process of its own: what Spark warns of is no fault of ours."""
    news = tmp_path / "news"
    news.mkdir()
    path = feed(news / "a.jsonl", 20, "{")
    feed(news / "b.jsonl", 30)  # the second of two parts
    extraction.run([news], tmp_path / "here", extraction.processes(1))
    assert len(list((tmp_path / "here").glob("*.nq.gz"))) == 2
    command = [sys.executable, "-m", "kg", "spark", str(news), "-o", str(tmp_path / "spark"), "--master", "local[2]"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=600)
    assert ran.returncode == 1, ran.stderr[-3000:]  # one document failed
    assert "50 documents, " in ran.stdout
    assert files(tmp_path / "here") == files(tmp_path / "spark")
    table = (
        "from kg import spark\n"
        "session = spark.session('local[1]')\n"
        f"table = session.read.json({str(path)!r}).where('id is not null').limit(3)\n"
        "found = spark.quads(table, 'documents').collect()\n"
        "print(sum(len(row.quads.splitlines()) for row in found), [row.failed for row in found])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", table], cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stdout.endswith("[None, None, None]\n")
    assert int(ran.stdout.split()[0]) > 30
