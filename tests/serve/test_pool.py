"""Workers: what takes too long, too much or too many, and that the others go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import KgError, QueryError, StoreError, UsageError
from kg.graph.store import Store
from kg.serve import pool as pools
from kg.serve.pool import Busy, Call, Gone, Pool, TooHungry, TooSlow


def count(store: Store) -> int:
    return len(store)


FAULTS = {"query": QueryError("line 1, column 2: no"), "usage": UsageError("use it so"), "bug": ZeroDivisionError()}


def fails(_: Store, how: str) -> None:
    raise FAULTS[how]


def eats(_: Store, megabytes: int) -> int:
    held = []
    for _ in range(megabytes):
        held.append(b"x" * (1 << 20))
        time.sleep(0.001)
    return len(held)


def sleep(_: Store, seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def dies(_: Store) -> None:
    os._exit(7)


def prints(_: Store) -> str:
    print("this is no answer")
    return "answer"


@pytest.fixture(autouse=True)
def jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {job.__name__: f"tests.serve.test_pool:{job.__name__}" for job in (count, fails, eats, sleep, dies, prints)}
    for name, where in mine.items():
        monkeypatch.setitem(pools.JOBS, name, where)


@pytest.fixture
def pool(samples: Path) -> Iterator[Pool]:
    with_ = Pool(samples, 2, waiting=2, memory=300 << 20)
    yield with_
    with_.close()


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_job_sees_the_store_and_its_worker_stays(pool: Pool, samples: Path) -> None:
    assert pool.processes == []
    with Store.open(samples) as store:
        assert pool.run("count", {}, 60) == len(store)
    first = pool.processes
    assert pool.run("prints", {}, 60) == "answer"
    assert pool.processes == first
    assert len(first) == 1


def test_faults_come_as_they_are(pool: Pool) -> None:
    with pytest.raises(QueryError, match="line 1, column 2: no"):
        pool.run("fails", {"how": "query"}, 60)
    with pytest.raises(UsageError, match="use it so"):
        pool.run("fails", {"how": "usage"}, 60)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        pool.run("fails", {"how": "bug"}, 60)
    with pytest.raises(RuntimeError, match="ended with code 7"):
        pool.run("dies", {}, 60)
    with pytest.raises(KeyError):
        pool.run("os.system", {}, 60)
    assert pool.run("count", {}, 60)


def test_what_takes_too_long_is_stopped_and_another_takes_its_place(pool: Pool) -> None:
    pool.run("count", {}, 60)
    (slow,) = pool.processes
    with pytest.raises(TooSlow, match=r"longer than 0\.3 s"):
        pool.run("sleep", {"seconds": 600}, 0.3)
    assert gone(slow)
    assert pool.run("count", {}, 60)
    assert pool.processes != [slow]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_what_needs_too_much_memory_is_stopped(pool: Pool) -> None:
    assert pool.run("eats", {"megabytes": 20}, 60)
    with pytest.raises(TooHungry, match="300 MB"):
        pool.run("eats", {"megabytes": 2000}, 60)
    assert pool.run("count", {}, 60)


def test_others_go_on_beside_a_slow_one(pool: Pool) -> None:
    call = Call()
    slow = threading.Thread(target=lambda: _caught(pool, 600, call))
    slow.start()
    for _ in range(5):
        assert pool.run("count", {}, 60)
    assert slow.is_alive()
    call.cancel()
    slow.join(30)
    assert not slow.is_alive()


def _caught(pool: Pool, seconds: float, call: Call | None = None, faults: list[Any] | None = None) -> None:
    try:
        pool.run("sleep", {"seconds": seconds}, 60, call)
    except KgError as fault:
        if faults is not None:
            faults.append(fault)


def test_more_than_may_wait_are_told_to_come_again(pool: Pool) -> None:
    calls = [Call() for _ in range(4)]
    faults: list[Any] = []
    threads = [threading.Thread(target=_caught, args=(pool, 600, call, faults)) for call in calls]
    for thread in threads:
        thread.start()
    for _ in range(200):
        if len(pool.processes) == 2 and len(pool._queue) == 2:
            break
        time.sleep(0.05)
    with pytest.raises(Busy) as told:
        pool.run("count", {}, 60)
    assert told.value.status == 503
    assert told.value.headers["retry-after"]
    for call in calls:
        call.cancel()
    for thread in threads:
        thread.join(30)
    assert [type(fault) for fault in faults] == [Gone] * 4
    assert pool.run("count", {}, 60)


def test_who_waits_too_long_is_told(samples: Path) -> None:
    one = Pool(samples, 1)
    call = Call()
    thread = threading.Thread(target=_caught, args=(one, 600, call))
    thread.start()
    while not one.processes:
        time.sleep(0.02)
    with pytest.raises(Busy):
        one.run("count", {}, 0.2)
    call.cancel()
    thread.join(30)
    one.close()


def test_closing_ends_workers_and_what_they_do(samples: Path) -> None:
    closing = Pool(samples, 2)
    faults: list[Any] = []
    thread = threading.Thread(target=_caught, args=(closing, 600, None, faults))
    thread.start()
    closing.run("count", {}, 60)
    there = closing.processes
    closing.close()
    thread.join(30)
    assert all(gone(pid) for pid in there)
    assert [type(fault) for fault in faults] == [Gone]
    with pytest.raises(Gone):
        closing.run("count", {}, 60)


def test_what_was_written_meanwhile_is_seen(own_store: Path) -> None:
    reopening = Pool(own_store, 1)
    try:
        before = reopening.run("count", {}, 60)
        with Store.open(own_store, "write") as store:
            store.remove("2024-06")
        assert reopening.run("count", {}, 60) < before
    finally:
        reopening.close()


def test_no_store_is_told(tmp_path: Path) -> None:
    nowhere = Pool(tmp_path / "none", 1)
    with pytest.raises(StoreError, match="no store at"):
        nowhere.run("count", {}, 60)
    nowhere.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_workers_end_with_a_server_that_is_killed(samples: Path) -> None:
    code = (
        "import threading, time; from kg.serve.pool import JOBS, Pool;"
        "JOBS['sleep'] = 'tests.serve.test_pool:sleep';"
        f"pool = Pool({str(samples)!r}, 1);"
        "threading.Thread(target=pool.run, args=('sleep', {'seconds': 600}, 600), daemon=True).start();\n"
        "while not pool.processes: time.sleep(0.02)\n"
        "print(pool.processes[0], flush=True); time.sleep(600)"
    )
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    worker = int(server.stdout.readline())
    server.kill()
    server.wait()
    server.stdout.close()
    assert gone(worker)


def test_many_at_once_all_get_theirs(samples: Path) -> None:
    busy = Pool(samples, 3, waiting=64)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(busy.run("count", {}, 60))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 40
    assert len(set(found)) == 1
    assert len(busy.processes) <= 3
    busy.close()


@pytest.mark.browser
def test_pages_that_wait_leave_threads_for_others(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty slow questions are more than a server's usual threads: files and other pages are answered beside them."""
    import httpx2

    from kg.serve.site import Settings
    from kg.serve.views import Hits
    from tests.serve.conftest import serving

    run = Pool.run
    begun, over = threading.Semaphore(0), threading.Event()

    def slowly(self: Pool, job: str, *arguments: Any) -> Any:
        if job == "find":
            begun.release()
            assert over.wait(120)
            return Hits([], "", [])
        return run(self, job, *arguments)

    monkeypatch.setattr(Pool, "run", slowly)
    with serving(Settings(samples)) as address:
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(httpx2.get(f"{address}/search?q=x", timeout=180).status_code)

        threads = [threading.Thread(target=ask) for _ in range(50)]
        for thread in threads:
            thread.start()
        try:
            # all fifty have a thread each, and none is done
            assert all(begun.acquire(timeout=60) for _ in threads)
            assert httpx2.get(f"{address}/static/site.css", timeout=60).status_code == 200
            assert statuses == []
        finally:
            over.set()
        for thread in threads:
            thread.join(60)
        assert statuses == [200] * 50
