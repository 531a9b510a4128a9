"""One writer at a time, and who it is.

The lock is the operating system's: it goes with the process that holds it, however that ends. What is written beside
it tells people who holds it, and tells the next writer that the last one didn't end in order.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.graph.files import sync_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

NAME = "lock"
HOLDER = "writer.json"
_LOOK_AGAIN = 0.2
_TELL_AGAIN = 10.0

Told = Callable[[str], None]


class Lock:
    """A held lock. ``unclean``: the writer before this one was killed, or the machine was."""

    def __init__(self, folder: Path, lock: BaseFileLock) -> None:
        self._holder = folder / HOLDER
        self._lock = lock
        self.unclean = self._holder.exists()
        # told to the disk: after a power cut it is this file that makes the next writer publish what was finished
        with self._holder.open("w", encoding="utf-8") as file:
            file.write(json.dumps(_self()) + "\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)

    @classmethod
    def acquire(cls, folder: Path, wait: float = 0, told: Told | None = None, what: str = "") -> Lock:
        """The lock of a folder that exists, within so many seconds.

        ``told`` is given a sentence as soon as there is somebody to wait for, and every ten seconds after. Raises
        StoreError, which names the holder, when the time is over. ``what`` is locked, where it isn't a store.
        """
        from filelock import FileLock, Timeout

        named = what or f"the store at {folder}"
        lock = FileLock(str(folder / NAME), timeout=0, thread_local=False)
        begun = time.monotonic()
        tell_at = begun
        while True:
            try:
                lock.acquire()
            except Timeout:
                now = time.monotonic()
                if now - begun >= wait:
                    how = "" if what else " (--wait SECONDS does)"
                    raise StoreError(f"{named} is being written by {holder(folder)}: wait until it ends{how}") from None
                if told is not None and now >= tell_at:
                    left = f"{wait - now + begun:.0f} s left"
                    told(f"waiting for {named}, written by {holder(folder)}: {left}")
                    tell_at = now + _TELL_AGAIN
                time.sleep(min(_LOOK_AGAIN, max(0.01, begun + wait - now)))
            else:
                break
        try:
            return cls(folder, lock)
        except BaseException:
            lock.release()
            raise

    def release(self, clean: bool = True) -> None:
        """Let go. Not ``clean``: the next writer is to look after what this one left."""
        if clean:
            with suppress(OSError):
                self._holder.unlink(missing_ok=True)
        self._lock.release()


def holder(folder: Path) -> str:
    """Who writes a store, in words; others can't tell when he has just begun."""
    try:
        about = json.loads((folder / HOLDER).read_bytes())
        since = datetime.fromisoformat(about["since"]).strftime("%Y-%m-%d %H:%M:%S")
        return f"{about['command']} (process {about['pid']} on {about['host']}, since {since})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _self() -> dict[str, object]:
    # of the command line only the command: what follows can hold names and passwords
    program = Path(sys.argv[0] if sys.argv and sys.argv[0] not in ("", "-c") else "python")
    command = program.name
    if program.stem == "kg" or program.parts[-2:] == ("kg", "__main__.py"):
        command = " ".join(("kg", *[word for word in sys.argv[1:] if not word.startswith("-")][:1]))
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": now, "command": command}
