"""Several processes: the same results in the same order, and one that dies costs one task."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import _facts

from kg import run
from kg.errors import ReadError
from kg.graph.store import Store
from kg.graph.write import write
from kg.items import ItemFacts, Report
from kg.workers import AHEAD, NotReady, WorkerDied, Workers


def double(number: int) -> int:
    """What the processes of these tests do; it stands here so that they find it by name."""
    if number == -1:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == -2:
        raise ReadError("this is no number")
    if number == -3:
        raise Unpicklable(1, 2)
    if number == -4:
        os._exit(7)
    time.sleep(0.3 if number == 0 else 0)
    return 2 * number


class Unpicklable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def unready() -> None:
    raise ReadError("there is no such model")


def test_results_come_in_the_order_of_the_tasks() -> None:
    with Workers(2, double) as workers:
        found = [(task, future.result()) for task, future in workers.each(range(20))]
    assert found == [(n, 2 * n) for n in range(20)]  # though the first takes longest


def test_a_worker_that_dies_costs_its_task_alone() -> None:
    with Workers(2, double) as workers:
        futures = [future for _, future in workers.each([1, -1, 2, -2, -3, -4, 3])]
    assert [future.result() for future in futures if not future.exception()] == [2, 4, 6]
    dead, told, odd, left = (future.exception() for future in futures if future.exception())
    assert isinstance(dead, WorkerDied)
    assert "killed, perhaps for want of memory" in str(dead)
    assert isinstance(told, ReadError)
    assert str(told) == "this is no number"
    assert any("In a worker" in note for note in told.__notes__)
    assert "Unpicklable: 1 and 2" in str(odd)
    assert "exit code 7" in str(left)


def test_a_worker_that_cannot_begin() -> None:
    with Workers(2, double, unready) as workers:
        fault = workers.submit(1).exception()
    assert isinstance(fault, NotReady)
    assert isinstance(fault.__cause__, ReadError)


def test_few_tasks_are_taken_ahead() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for number in range(1, 100):
            taken += 1
            yield number

    with Workers(2, double) as workers:
        each = workers.each(tasks())
        next(each)
        assert taken <= 2 * AHEAD + 1
        next(each)
        assert taken <= 2 * AHEAD + 2


# ---------------------------------------------------------------------------------------------------------- kg add


def fake(job: run.Job) -> tuple[Report, list[ItemFacts]]:
    """The road of ``fast`` in a process."""
    report = run.read_job(job)
    if "崩溃" in report.source.text:
        os.kill(os.getpid(), signal.SIGSEGV)
    return report, [_facts(report, number, None) for number in range(len(report.items))]


@pytest.fixture
def pool(fast: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_workers", lambda count, model: Workers(count, fake))


def exported(store: Path) -> bytes:
    with Store.open(store) as opened:
        write(opened, store.with_suffix(".nq"))
    return store.with_suffix(".nq").read_bytes()


def filled(folder: Path) -> Path:
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(f"海鸥科技收购{number}号软件\n正文在此。\n")
    lines = [{"id": f"f-{n}", "title": f"海鸥科技收购第{n}家公司", "text": "正文。"} for n in range(600)]
    (folder / "feed.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return folder


@pytest.mark.usefixtures("pool")
def test_two_workers_make_the_same_store(tmp_path: Path) -> None:
    folder = filled(tmp_path / "reports")
    one = run.add([folder], tmp_path / "one")
    two = run.add([folder], tmp_path / "two", workers=2)
    assert [done.report for done in one.done] == [done.report for done in two.done]
    assert len(two.done) == 12 + 3
    assert [done.part for done in two.done[-3:]] == [1, 251, 501]
    assert exported(tmp_path / "one") == exported(tmp_path / "two")
    again = run.add([folder], tmp_path / "two", workers=2)
    assert [done.added for done in again.done] == [None] * 15


@pytest.mark.usefixtures("pool")
def test_a_file_whose_worker_dies_is_told_of(tmp_path: Path) -> None:
    folder = filled(tmp_path / "reports")
    (folder / "03.txt").write_text("崩溃收购燕鸥软件\n正文。\n")
    (folder / "05.txt").write_bytes(b"")
    found = run.add([folder], tmp_path / "store", workers=2)
    assert len(found.done) == 10 + 3
    died, empty = found.failures
    assert (died.name, empty.name) == ("03.txt", "05.txt")
    assert died.sentence == (
        "03.txt could not be read through, its worker ended (by SIGSEGV): add it alone, or part it"
    )
    assert found.exit_code == 1


@pytest.mark.usefixtures("pool")
def test_an_item_removed_by_hand_comes_back(tmp_path: Path) -> None:
    folder = filled(tmp_path / "reports")
    first = run.add([folder], tmp_path / "store", workers=2)
    with Store.open(tmp_path / "store", "write") as store:
        store.remove("f-300")
    second = run.add([folder], tmp_path / "store", workers=2)
    assert [done.part for done in second.done if done.added is not None] == [251]
    assert len(first.done) == len(second.done)


@pytest.mark.usefixtures("pool")
def test_a_feed_that_grew(tmp_path: Path) -> None:
    """What was there isn't read again, but for the part that grew."""
    feed = filled(tmp_path / "reports") / "feed.jsonl"
    run.add([feed], tmp_path / "store")
    with feed.open("a") as file:
        file.write('{"id": "new", "title": "燕鸥软件收购礁石网络", "text": "正文。"}\n')
    grown = run.add([feed], tmp_path / "store", workers=2)
    assert [done.part for done in grown.done if done.added is not None] == [501]


@pytest.mark.usefixtures("fast")
def test_a_bad_line_costs_its_part(tmp_path: Path) -> None:
    feed = filled(tmp_path / "reports") / "feed.jsonl"
    lines = feed.read_text().splitlines()
    lines[299] = "{"
    feed.write_text("\n".join(lines))
    found = run.add([feed], tmp_path / "store")
    assert [done.part for done in found.done] == [1, 501]
    assert [failure.sentence[:41] for failure in found.failures] == ["feed.jsonl, line 300: this is no JSON obj"]


def test_the_real_road(tmp_path: Path) -> None:
    samples = sorted((Path(__file__).parents[1] / "data" / "samples").glob("*.pdf"))
    run.add(samples, tmp_path / "one")
    run.add(samples, tmp_path / "two", workers=2)
    assert exported(tmp_path / "one") == exported(tmp_path / "two")


def children(process: int) -> list[int]:
    """The processes that a process has started (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process:
            found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_is_left(tmp_path: Path, sent: signal.Signals) -> None:
    line = json.dumps({"title": "海鸥科技收购燕鸥软件", "text": "海鸥科技宣布收购燕鸥软件。" * 2}, ensure_ascii=False)
    feed = tmp_path / "feed.jsonl"
    feed.write_text("".join(line.replace('{"', f'{{"id": "{n}", "', 1) + "\n" for n in range(2000)))
    store = tmp_path / "store"
    command = [sys.executable, "-m", "kg", "add", "--workers", "2", "--store", str(store), str(feed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[1])
    until = time.monotonic() + 300  # on a machine with much else to do, models take a minute to load
    while not (store / "oxigraph" / "CURRENT").exists():  # so that the workers are at work
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    workers = children(process.pid)
    assert len(workers) >= 2
    process.send_signal(sent)
    until = time.monotonic() + 60
    _, told = process.communicate(timeout=60)
    if sent is signal.SIGINT:
        assert process.returncode == 130
        assert told.decode().startswith("kg: stopped; reports that were finished are in the store")
        assert b"Traceback" not in told
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.05)
    with Store.open(store, "write") as opened:
        assert all(len(opened.items_of(report.id)) == 250 for report in opened.reports())
