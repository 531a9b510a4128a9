"""Processes that work while the one that started them writes.

Each worker is a process of its own with a thread here that waits for it, so that one that dies (no memory, a fault of
a library in C) costs the task that it had in hand and no other. Results come in the order of the tasks; a few tasks a
worker are in hand at a time, so that memory doesn't grow with their number.

Processes are spawned: the store's threads don't survive a fork.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kg.errors import KgError

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

Task = TypeVar("Task")
Result = TypeVar("Result")
#: Tasks that are in hand or done and not yet taken, a worker.
AHEAD = 4
# libraries that would take a thread a core in each worker
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerDied(KgError):
    """The process that had a task ended before it was done."""


class NotReady(Exception):
    """A worker couldn't get ready: no other will."""


class Workers(Generic[Task, Result]):
    """``count`` processes that call ``work`` on tasks, each after one call of ``ready``. A context manager.

    Both functions are found by name in the new process, so they stand at the top of a module.
    """

    def __init__(self, count: int, work: Callable[[Task], Result], ready: Callable[[], object] | None = None) -> None:
        self.count = count
        self._work, self._ready = work, ready
        self._mine = threading.local()
        self._all: list[_Worker] = []
        self._starting = threading.Lock()
        self._ended = False
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")

    def submit(self, task: Task) -> Future[Result]:
        """The result of a task, which raises what the task raised, WorkerDied or NotReady."""
        return self._threads.submit(self._do, task)

    def each(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Future[Result]]]:
        """Tasks with their results, in the given order; tasks are taken as they are needed."""
        waiting: deque[tuple[Task, Future[Result]]] = deque()
        for task in tasks:
            waiting.append((task, self.submit(task)))
            if len(waiting) >= AHEAD * self.count:
                yield _settled(waiting.popleft())
        while waiting:
            yield _settled(waiting.popleft())

    def _do(self, task: Task) -> Result:
        worker: _Worker | None = getattr(self._mine, "worker", None)
        if worker is None:
            with self._starting:
                if self._ended:
                    raise NotReady("the workers were stopped")
                worker = _Worker(self._work, self._ready)
                self._all.append(worker)
            self._mine.worker = worker
        try:
            result: Result = worker.do(task)
        except (WorkerDied, NotReady):
            self._mine.worker = None
            with self._starting:
                if worker in self._all:
                    self._all.remove(worker)
            raise
        return result

    def __enter__(self) -> Workers[Task, Result]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        self.close(at_once=kind is not None)

    def close(self, at_once: bool = False) -> None:
        """End the processes; ``at_once`` breaks off what they have in hand."""
        with self._starting:
            self._ended = True
            workers = list(self._all)
        if at_once:
            for worker in workers:
                worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in workers:
            worker.end()


def _settled(pair: tuple[Task, Future[Result]]) -> tuple[Task, Future[Result]]:
    pair[1].exception()  # waits; whoever takes it sees what was raised
    return pair


class _Worker:
    """This side of a process."""

    def __init__(self, work: Callable[[Any], Any], ready: Callable[[], object] | None) -> None:
        context = get_context("spawn")
        here, there = context.Pipe()
        self._pipe: Connection = here
        self._process: SpawnProcess = context.Process(target=_serve, args=(there, work, ready), daemon=True)
        self._process.start()
        there.close()  # ours: else its end would not be seen
        self._up = False

    def do(self, task: Any) -> Any:
        try:
            if not self._up:
                # before it says so nothing of the task is at fault
                state, value = pickle.loads(self._pipe.recv_bytes())
                if state == "failed":
                    raise NotReady from value
                self._up = True
            self._pipe.send_bytes(pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
            state, value = pickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            self.end()
            if not self._up:
                raise NotReady(f"a worker ended before it began ({self.how})") from None
            raise WorkerDied(f"its worker ended ({self.how})") from None
        if state == "failed":
            raise value
        return value

    @property
    def how(self) -> str:
        """How the process ended, in words."""
        code = self._process.exitcode
        if code == -signal.SIGKILL:
            return "killed, perhaps for want of memory"
        if code is not None and code < 0:
            with suppress(ValueError):
                return f"by {signal.Signals(-code).name}"
        return f"with exit code {code}"

    def kill(self) -> None:
        with suppress(OSError, ValueError):
            self._process.kill()

    def end(self) -> None:
        """Let it go: it ends when its pipe is closed."""
        self._pipe.close()
        self._process.join(10)
        if self._process.is_alive():
            self.kill()
            self._process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any], ready: Callable[[], object] | None) -> None:
    """What the process does until its pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the one that writes decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for name in _ONE_THREAD:
        os.environ[name] = "1"
    try:
        if ready is not None:
            ready()
    except Exception as fault:
        _send(pipe, "failed", fault)
        return
    _send(pipe, "done", None)
    while True:
        try:
            task = pickle.loads(pipe.recv_bytes())
        except EOFError:
            return
        try:
            state, value = "done", work(task)
        except Exception as fault:
            fault.add_note(f"In a worker:\n{traceback.format_exc()}")
            state, value = "failed", fault
        _send(pipe, state, value)


def _end_with_parent() -> None:
    """Who is killed can't end its workers; a long task would go on for nobody."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _send(pipe: Connection, state: str, value: object) -> None:
    try:
        data = pickle.dumps((state, value), pickle.HIGHEST_PROTOCOL)
        pickle.loads(data) if state == "failed" else None  # an exception may go in and not come out
    except Exception as fault:
        told = f"{type(value).__name__}: {value}" if state == "failed" else f"{type(fault).__name__}: {fault}"
        data = pickle.dumps(("failed", RuntimeError(told)), pickle.HIGHEST_PROTOCOL)
    with suppress(BrokenPipeError):  # whoever started it is gone
        pipe.send_bytes(data)
