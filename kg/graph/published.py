"""What readers open: the graph as the last finished change left it, in a folder that nobody writes to any more.

RocksDB doesn't define what a reader sees in a database that is being written. So the writer, after each change, makes
a copy of hard links (`published/GENERATION`, a few milliseconds) and then names it in the file `generation`. A
reader holds a shared lock on the copy that it has open. The writer removes a copy, and the texts that only it cites,
when nobody holds it; a reader that dies lets go of it.

Where a system has no such locks (Windows), a file that is open can't be removed there, which does the same.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import StoreError
from kg.graph.files import PART, sync_folder, write_whole

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FOLDER = "published"
POINTER = "generation"
_HELD = "held"  # readers lock it; there once the copy is whole
_RETIRED = "retired"  # what of sources/ and resolved/ this copy cites and the next one doesn't
_FILES = "files.json"  # the size and checksum of each file, taken when it was published
OWN = frozenset((_HELD, _RETIRED, _FILES))
_TRIES = 200


def generation(store: Path) -> str | None:
    """What `kg serve` and others compare to know whether the store has changed: a line that each change renews."""
    try:
        return (store / POINTER).read_text(encoding="ascii").strip() or None
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def is_whole(store: Path) -> bool:
    """Whether the copy is there that the file names."""
    named = generation(store)
    return named is not None and (store / FOLDER / named / _HELD).is_file()


@dataclass(slots=True)
class Copy:
    """A published copy that can't go while this object holds it."""

    path: Path
    generation: str
    _handle: int

    def release(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def hold(store: Path) -> Copy | None:
    """The latest copy, held; None where none was ever published."""
    for attempt in range(_TRIES):
        named = generation(store)
        if named is None or not is_whole(store):
            # the file is damaged, or somebody copied the folder while it was written: what is whole is good
            whole = [path.name for path in _copies(store) if (path / _HELD).exists()]
            if not whole:
                if not (store / POINTER).exists():
                    return None
                time.sleep(0.01)
                continue
            if attempt < _TRIES // 10:  # it may just have been followed by another
                time.sleep(0.005)
                continue
            named = whole[-1]
        folder = store / FOLDER / named
        try:
            handle = os.open(folder / _HELD, os.O_RDONLY)
        except FileNotFoundError:
            continue
        if _shared(handle) and _same(folder / _HELD, handle):
            return Copy(folder, named, handle)
        os.close(handle)
        time.sleep(0.002)
    raise StoreError(f"the store at {store} has nothing that is whole to read: kg check --mend, or kg restore a backup")


def _shared(handle: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: as if it were alone
        return True
    return True


def _same(path: Path, handle: int) -> bool:
    """Whether the file that was opened is still there under its name."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False


def publish(store: Path, backup: Callable[[str], None], retired: Iterable[str] = ()) -> str:
    """Make what the database holds now what readers open. The caller is the one writer."""
    before = generation(store)
    number = max([_number(before), *(_number(path.name) for path in _copies(store))], default=0) + 1
    # the random part: a store that was restored or made anew at the same place is another
    named = f"{number:012d}-{secrets.token_hex(4)}"
    folder = store / FOLDER / named
    folder.parent.mkdir(exist_ok=True)
    backup(str(folder))
    write_whole(folder / _FILES, json.dumps(_digested(folder, store / FOLDER / (before or named))).encode())
    (folder / _HELD).touch()
    sync_folder(folder)
    sync_folder(folder.parent)
    retired = set(retired)
    if retired and before and (store / FOLDER / before).is_dir():
        _retire(store / FOLDER / before, retired)
    write_whole(store / POINTER, f"{named}\n".encode())
    return named


def _digested(folder: Path, before: Path) -> dict[str, list[int]]:
    """The digest of each file; those that the copy before had, which is nearly all, aren't read again."""
    known = digests(before)
    found = {}
    for path in sorted(folder.iterdir()):
        with suppress(OSError):
            if path.name in known and path.suffix == ".sst" and os.path.samefile(path, before / path.name):
                found[path.name] = known[path.name]
                continue
        found[path.name] = digest(path) or []
    return found


def digests(copy: Path) -> dict[str, list[int]]:
    """The digests that were taken when a copy was published; none where they are damaged."""
    with suppress(OSError, ValueError, AttributeError):
        return dict(json.loads((copy / _FILES).read_bytes()).items())
    return {}


def digest(path: Path) -> list[int] | None:
    """A file's size and CRC-32, which finds what disks do to files; None where it isn't there."""
    checksum = size = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                checksum = zlib.crc32(chunk, checksum)
                size += len(chunk)
    except FileNotFoundError:
        return None
    return [size, checksum]


def files(copy: Path) -> list[Path]:
    """The database's own files in a copy. The writer may be writing what the copy retires into it meanwhile."""
    return sorted(path for path in copy.iterdir() if path.name not in OWN and not path.name.startswith(PART))


def damaged(copy: Path) -> list[str]:
    """The names of a copy's files that aren't what was published."""
    known = digests(copy)
    names = known.keys() | {path.name for path in files(copy)}
    return sorted(name for name in names if digest(copy / name) != known.get(name))


def clear(store: Path, unused: Callable[[str], bool], drop: Callable[[str], None]) -> None:
    """Remove the copies before the latest that nobody holds, and what only they cite."""
    current = generation(store)
    kept: list[Path] = []
    gone: set[str] = set()
    for folder in _copies(store, parts=True):
        if folder.name == current:
            continue
        retired = _retired(folder)
        if not _removed(folder):
            kept.append(folder)
        elif retired and kept:
            _retire(kept[-1], retired)  # an older copy cites it too
        else:
            gone |= retired
    for folder in kept:
        gone -= _retired(folder)
    for name in sorted(gone):
        if unused(name):
            drop(name)


def whole(store: Path) -> list[Path]:
    """The copies that a reader may have open."""
    return [folder for folder in _copies(store) if (folder / _HELD).exists()]


def cited_before(store: Path) -> set[str]:
    """What older copies, which readers still hold, cite."""
    return {name for folder in _copies(store) for name in _retired(folder)}


def _copies(store: Path, parts: bool = False) -> Iterator[Path]:
    """The copies, oldest first."""
    try:
        found = sorted((store / FOLDER).iterdir())
    except FileNotFoundError:
        return
    yield from (path for path in found if path.is_dir() and (parts or not path.name.endswith(".tmp")))


def _number(name: str | None) -> int:
    head = (name or "").partition("-")[0]
    return int(head) if head.isdecimal() else 0


def _retired(folder: Path) -> set[str]:
    with suppress(OSError, ValueError):
        return set(json.loads((folder / _RETIRED).read_bytes()))
    return set()


def _retire(folder: Path, names: set[str]) -> None:
    write_whole(folder / _RETIRED, json.dumps(sorted(names | _retired(folder))).encode())


def _removed(folder: Path) -> bool:
    """Remove a copy unless somebody holds it."""
    held = folder / _HELD
    try:
        handle = os.open(held, os.O_RDWR)
    except FileNotFoundError:
        handle = -1  # it was never whole, or half of it is gone: nobody can hold it
    try:
        if handle >= 0:
            if fcntl is not None:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    return False
            else:
                os.close(handle)
                handle = -1
            try:
                held.unlink()  # first: without it no reader takes the rest for whole
            except PermissionError:
                return False
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        if handle >= 0:
            os.close(handle)
