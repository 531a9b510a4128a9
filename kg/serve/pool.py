"""Queries in processes of their own: each under limits of time and memory, and none in another's way.

Oxigraph can't be told to stop, so who takes too long is killed, and another takes the place. A worker is started when
one is first needed and stays, with the store open; it opens the store anew when somebody has written.

A job is a function that ``JOBS`` names. It is called in a worker with the open store and the arguments, and what it
returns travels back by pickle, as do the KgErrors that it raises.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, Any, ClassVar

from kg.errors import KgError, QueryError, StoreError
from kg.serve.shelf import Shelf
from kg.settings import Place, handed_on

#: By name: “module:function”, called as function(store, **arguments).
JOBS: dict[str, str] = {
    **{name: f"kg.serve.answers:{name}" for name in ("ask", "chain", "path", "diff")},
    **{name: f"kg.serve.results:{name}" for name in ("answer", "deliver")},
    **{name: f"kg.serve.views:{name}" for name in ("home", "find", "listed", "suggest", "thing")},
    **{name: f"kg.serve.describing:{name}" for name in ("described", "counted")},
    **{name: f"kg.serve.showing:{name}" for name in ("shown", "drawn")},
    "mapped": "kg.serve.mapping:mapped",
    **{name: f"kg.serve.reconciling:{name}" for name in ("reconciled", "previewed")},
}
_START_SECONDS = 60.0  # of a worker, on a machine that is busy
_WATCH_SECONDS = 0.05
_HUNGRY = 77  # the exit code of a worker that has taken too much memory
_LENGTH = struct.Struct(">Q")


# an allocation that fails and a stack that overflows end in SIGABRT or SIGSEGV; the kernel's own killer uses SIGKILL
_BROKEN = {_HUNGRY, *(-getattr(signal, name, -_HUNGRY) for name in ("SIGABRT", "SIGSEGV", "SIGBUS", "SIGKILL"))}


class Busy(KgError):
    """More is being asked than is answered."""

    status = 503
    headers: ClassVar = {"retry-after": "3"}


class Limited(QueryError):
    """A query that is in order and goes beyond a limit; ``limit`` names which."""

    status = 422
    limit = ""

    @property
    def details(self) -> dict[str, str]:
        return {"limit": self.limit}


class TooSlow(Limited):
    limit = "seconds"


class TooHungry(Limited):
    limit = "memory"


class TooMany(Limited):
    limit = "rows"


class TooLarge(Limited):
    limit = "bytes"


class Gone(KgError):
    """Nobody waits for the answer any more."""

    status = 499


class Call:
    """A job under way, for who may want to stop it from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self.cancelled = False

    def cancel(self) -> None:
        with self._lock:
            self.cancelled = True
            if self._worker is not None:
                self._worker.kill()

    def _hold(self, worker: _Worker | None) -> None:
        with self._lock:
            self._worker = worker
            if self.cancelled and worker is not None:
                worker.kill()


class Pool:
    """Workers over a store. Safe to use from many threads; ``close`` ends all that was started."""

    def __init__(self, store: Place | str, size: int, waiting: int = 64, memory: int = 1 << 30) -> None:
        self._store = store
        self._size = max(1, size)
        self._most_waiting = waiting
        self._memory = memory
        self._changed = threading.Condition()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._starting = 0
        self._queue: deque[object] = deque()
        self._closed = False

    def run(self, job: str, arguments: Mapping[str, Any], seconds: float, call: Call | None = None) -> Any:
        """What the job returns. TooSlow after so many seconds of work, Busy where too many wait or for too long."""
        function = JOBS[job]
        call = call or Call()
        worker = self._take(seconds, call)
        call._hold(worker)
        try:
            return worker.run(function, arguments, seconds)
        except _Ended as fault:
            if call.cancelled or self._closed:
                raise Gone("nobody waits for this any more") from None
            raise self._why(fault, seconds) from None
        finally:
            call._hold(None)
            with self._changed:
                self._busy.discard(worker)
                if worker.fit and not call.cancelled and not self._closed:
                    self._idle.append(worker)
                else:
                    worker.end()
                self._changed.notify_all()

    def _take(self, seconds: float, call: Call) -> _Worker:
        """An idle worker, a new one, or the wait for one: first come, first served."""
        place = object()
        with self._changed:
            if len(self._queue) >= self._most_waiting:
                raise Busy("the workbench is busy with other queries: ask again in a few seconds")
            self._queue.append(place)
            try:
                free = self._changed.wait_for(
                    lambda: self._closed or call.cancelled or (self._queue[0] is place and self._has_room()), seconds
                )
            finally:
                self._queue.remove(place)
                self._changed.notify_all()
            if self._closed or call.cancelled:
                raise Gone("nobody waits for this any more")
            if not free:
                raise Busy("other queries have taken all the time that there was: ask again in a few seconds")
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    self._busy.add(worker)
                    return worker
                worker.end()
            self._starting += 1
        started: _Worker | None = None
        try:
            started = _Worker(self._store, self._memory)
        finally:
            with self._changed:
                self._starting -= 1
                if started is not None:
                    self._busy.add(started)
                self._changed.notify_all()
        return started

    def _has_room(self) -> bool:
        return bool(self._idle) or len(self._busy) + self._starting < self._size

    def _why(self, fault: _Ended, seconds: float) -> Exception:
        if fault.late:
            return TooSlow(f"this took longer than {seconds:g} s and was stopped: ask for less, by a LIMIT or a FILTER")
        if fault.code in _BROKEN:
            return TooHungry(
                f"this needs more than the {self._memory / (1 << 20):,.0f} MB of memory that one query may have,"
                " or is nested too deeply, and was stopped: ask for less"
            )
        return RuntimeError(f"a worker ended with code {fault.code}")

    @property
    def processes(self) -> list[int]:
        """The ids of the workers' processes."""
        with self._changed:
            return sorted(worker.process.pid for worker in (*self._idle, *self._busy))

    def close(self) -> None:
        with self._changed:
            self._closed = True
            for worker in (*self._idle, *self._busy):
                worker.end()
            self._idle.clear()
            self._changed.notify_all()


class _Ended(Exception):
    """A worker that is no more."""

    def __init__(self, code: int | None, late: bool) -> None:
        self.code = code
        self.late = late


class _Worker:
    """A process, from this side: one job at a time."""

    def __init__(self, store: Place | str, memory: int) -> None:
        # -P and the package's own folder: what lies in the folder where somebody stands is not run
        package = str(Path(__file__).resolve().parents[2])
        code = f"import sys; sys.path.insert(0, {package!r}); from kg.serve.pool import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the server, which ends its workers itself
        )
        self._lock = threading.Lock()
        self._timed = False
        self._late = False
        self.fit = False
        try:
            self._exchange((handed_on(store), memory), _START_SECONDS)
        except _Ended as fault:
            self.end()
            words = f"no worker for queries could be started (code {fault.code}): see kg serve's terminal"
            raise StoreError(words) from None
        self.fit = True

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def run(self, function: str, arguments: Mapping[str, Any], seconds: float) -> Any:
        self.fit = False
        kind, value, self.fit = self._exchange((function, dict(arguments)), seconds)
        if kind == "done":
            return value
        if kind == "fault":
            raise value
        raise RuntimeError(f"in a worker: {value}")

    def _exchange(self, request: object, seconds: float) -> Any:
        timer = threading.Timer(seconds, self._stop)
        timer.daemon = True
        self._timed = True
        timer.start()
        try:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            _send(self.process.stdin, request)
            return _receive(self.process.stdout)
        except (OSError, EOFError, ValueError) as fault:
            self.kill()
            raise _Ended(self.process.wait(), self._late) from fault
        finally:
            timer.cancel()
            with self._lock:
                self._timed = False

    def _stop(self) -> None:
        with self._lock:
            if self._timed:  # else the answer came in the same moment
                self._late = True
                self.kill()

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self.process.kill()

    def end(self) -> None:
        self.fit = False
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()


def _send(pipe: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size))
    return pickle.loads(_read(pipe, length))


def _read(pipe: IO[bytes], length: int) -> bytes:
    parts = []
    while length:
        part = pipe.read(length)
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


# ------------------------------------------------------------------------------------------------ the worker


def main() -> None:
    """The process: jobs from standard input, one after the other, until it closes."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a job prints is no answer
    pipe = os.fdopen(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # a buffer's lock would be held at the end
    store, memory = _receive(pipe)
    shelf = Shelf(store)
    orders: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, orders), daemon=True).start()
    threading.Thread(target=_watch, args=(memory,), daemon=True).start()
    _send(out, "ready")
    while True:
        function, arguments = orders.get()
        _send(out, (*_done(shelf, function, arguments), _taken() < memory // 2))


def _listen(pipe: IO[bytes], orders: queue.SimpleQueue[Any]) -> None:
    """Beside the work: a server that is gone, however it went, ends even a query that would run for hours."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            orders.put(_receive(pipe))
    os._exit(0)


def _done(shelf: Shelf, function: str, arguments: dict[str, Any]) -> tuple[str, Any]:
    module, _, name = function.partition(":")
    try:
        call = getattr(import_module(module), name)
        stamp = shelf.stamp
        try:
            with shelf.reading() as store:
                return "done", call(store, **arguments)
        except KgError as fault:
            # files that a writer replaces under a reader: the store as it is now has an answer
            if not isinstance(fault, StoreError) and not isinstance(fault.__cause__, OSError):
                raise
            if shelf.stamp == stamp:
                raise
            with shelf.reading() as store:
                return "done", call(store, **arguments)
    except MemoryError:
        os._exit(_HUNGRY)
    except KgError as fault:
        return "fault", fault
    except Exception:
        return "broke", traceback.format_exc()


def _watch(memory: int) -> None:
    """End with what has taken more than its share. Not by RLIMIT_AS: RocksDB reserves far more than it uses."""
    while True:
        time.sleep(_WATCH_SECONDS)
        if _taken() > memory:
            os._exit(_HUNGRY)


def _taken() -> int:
    """Bytes of this process's own, without the files that it has mapped; 0 where the system doesn't say."""
    try:
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0
