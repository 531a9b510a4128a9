"""Bulk loading: what ``kg extract``, ``kg spark`` or ``kg export`` wrote, into a new store, all at once.

The quads go through once: on their way into Oxigraph's bulk loader, which keeps no order and makes no transaction,
the default graph is worked out (``kg.graph.settle``) and follows them. The store is made in a folder beside its place
and moved there when it is whole, so that a load that was broken off leaves nothing.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import RdfFormat

from kg.errors import KgError, ReadError, StoreError, UsageError
from kg.graph.files import sync_folder, write_whole
from kg.graph.lock import Lock
from kg.graph.settle import Settling
from kg.graph.store import DATABASE, FOUND, MARKER, TEXTS, Store, marker

#: What texts and findings are called beside ``part-00000.nq.gz``.
KEPT = ".texts.jsonl.gz"
_CHUNK = 1 << 20
_LINE = re.compile(rb'<[^<>"\s]+> <[^<>"\s]+> (?:<[^<>"\s]+>|".*"\S*)(?: <[^<>"\s]+>)? \.\n?')
Watch = Callable[[int, int], None]  # bytes of the files: read, of all


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did."""

    files: int
    quads: int  # of the named graphs
    facts: int  # of the default graph; where not ``exact``, some of them were counted more than once
    texts: int
    twice: tuple[str, ...]  # reports that are in more than once, as they differ
    exact: bool = True


def collect(paths: Iterable[Path]) -> list[Path]:
    """The files with quads: those named, and the .nq and .nq.gz of named folders."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.name.endswith((".nq", ".nq.gz")))
            if not inside:
                raise UsageError(f"there is no graph in {path}: name a folder with .nq or .nq.gz files")
            found.update(dict.fromkeys(inside))
        elif not path.exists():
            raise ReadError(f"{path} doesn't exist: check the path")
        else:
            _format(path)
            found[path] = None
    if not found:
        raise UsageError("there is nothing to load: name files or folders with N-Quads")
    return list(found)


def load(paths: Iterable[Path | str], store: Path | str, watch: Watch | None = None) -> Loaded:
    """Make a store of files that hold named graphs; StoreError where there is one already."""
    files = collect([Path(path) for path in paths])
    target = Path(os.path.abspath(store))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StoreError(
            f"{target} is there already, and kg load makes a new store: name another folder"
            " (kg export -o old.nq gives what can be loaded with the rest)"
        )
    settling = Settling()
    try:
        with _making(target) as made:
            base = pyoxigraph.Store(str(made / DATABASE))
            _fill(base, _Quads(files, settling, watch), made)
            base.flush()
            # open while the texts are written: what came in many batches RocksDB puts together meanwhile, which it
            # else begins anew, and breaks off, in each short addition that follows
            texts = sum(_texts(file, made) for file in files)
            del base
            write_whole(made / MARKER, marker())
            Store.open(made, "write").close()  # which publishes it for readers
            if target.exists():
                target.rmdir()
            os.replace(made, target)
            sync_folder(target.parent)
    except OSError as fault:
        raise StoreError(f"{target} can't be made: {fault}") from fault
    return Loaded(len(files), settling.quads, settling.facts, texts, tuple(sorted(settling.twice)), settling.exact)


@contextmanager
def _making(target: Path) -> Iterator[Path]:
    """An empty folder to make a store in, beside its place; another load of the same store is refused meanwhile."""
    beside = target.with_name(f".{target.name}.loading")
    beside.mkdir(parents=True, exist_ok=True)
    lock = Lock.acquire(beside, what=str(target))
    try:
        made = beside / "store"
        shutil.rmtree(made, ignore_errors=True)  # of a load that was killed
        made.mkdir()
        yield made
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        lock.release()


def write_facts(paths: Iterable[Path | str], target: Path, watch: Watch | None = None) -> Loaded:
    """Write the default graph of files as N-Triples, for a store that loads the files itself."""
    files = collect([Path(path) for path in paths])
    settling = Settling()
    part = target.with_name(target.name + ".part")
    try:
        with _output(part, target.name) as out:
            quads = _Quads(files, settling, watch, facts_only=True)
            while data := quads.read(_CHUNK):
                out.write(data)
        os.replace(part, target)
    except OSError as fault:
        raise KgError(f"{target} can't be written: {fault.strerror or fault}") from fault
    finally:
        part.unlink(missing_ok=True)
    return Loaded(len(files), settling.quads, settling.facts, 0, tuple(sorted(settling.twice)), settling.exact)


def _output(path: Path, name: str) -> IO[bytes]:
    return gzip.open(path, "wb", 6) if name.endswith(".gz") else path.open("wb")  # type: ignore[return-value]


def _fill(base: pyoxigraph.Store, quads: _Quads, folder: Path) -> None:
    """Through a pipe where there are any: what the loader reads by itself it needn't wait for Python to hand over."""
    pipe = folder / "quads"
    try:
        if _piped(pipe):
            thread = threading.Thread(target=quads.into, args=(pipe,), daemon=True)
            thread.start()
            try:
                base.bulk_load(path=str(pipe), format=RdfFormat.N_QUADS)
            finally:
                quads.stopped = True
                # one that waits for a reader, or for room, goes on
                os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
                thread.join()
                pipe.unlink()
        else:
            base.bulk_load(input=quads, format=RdfFormat.N_QUADS)  # type: ignore[arg-type]
    except SyntaxError as fault:
        raise quads.fault or ReadError(f"the quads of {quads.reading} are damaged: {fault}") from fault
    if quads.fault is not None:
        raise quads.fault


def _piped(path: Path) -> bool:
    """Make a pipe; Windows has none, nor have many disks that several machines share."""
    if not hasattr(os, "mkfifo"):
        return False
    with suppress(OSError):
        os.mkfifo(path)
        return True
    return False


class _Quads(io.RawIOBase):
    """The lines of the files, then the default graph, as one file."""

    def __init__(self, files: list[Path], settling: Settling, watch: Watch | None, facts_only: bool = False) -> None:
        self._files, self._settling, self._watch, self._facts_only = files, settling, watch, facts_only
        self._made = self._chunks()
        self._rest = b""
        self.stopped = False
        self.fault: Exception | None = None
        self.reading = files[0].name

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            chunk = next(self._made, None)
            if chunk is None:
                return b""
            self._rest = chunk
        if size < 0 or size >= len(self._rest):
            found, self._rest = self._rest, b""
        else:
            found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def into(self, pipe: Path) -> None:
        """Write all into a pipe that somebody reads; ``fault`` is what hindered it."""
        try:
            with pipe.open("wb", buffering=0) as out:
                _widen(out.fileno())
                for chunk in self._made:
                    rest = memoryview(chunk)
                    while rest:
                        rest = rest[out.write(rest) :]
                    if self.stopped:
                        return
        except BrokenPipeError:
            pass  # the loader has met a fault, and tells it
        except Exception as fault:
            self.fault = fault

    def _chunks(self) -> Iterator[bytes]:
        of_all = sum(file.stat().st_size for file in self._files)
        done = 0
        for file in self._files:
            self.reading = file.name
            for lines in _lines(file):
                named, facts = self._settling.take(lines)
                yield b"".join(facts if self._facts_only else (*named, *facts))
            done += file.stat().st_size
            if self._watch:
                self._watch(done, of_all)
        held: list[bytes] = []
        for line in self._settling.end():
            held.append(line)
            if len(held) >= 10_000:
                yield b"".join(held)
                held = []
        yield b"".join(held)


def _widen(pipe: int) -> None:
    """Fewer turns between the two: Linux gives a pipe 64 KB."""
    import fcntl

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _CHUNK)


def _lines(file: Path) -> Iterator[list[bytes]]:
    """The lines of a file, a list at a time; of what isn't written a quad a line, as Oxigraph parses it."""
    format_ = _format(file)
    with _opened(file) as plain:
        try:
            if format_ == RdfFormat.N_QUADS:
                first = plain.readline()
                if not first or _LINE.fullmatch(first):
                    yield [_ended(first)] if first else []
                    while lines := plain.readlines(_CHUNK):
                        if not lines[-1].endswith(b"\n"):
                            lines[-1] += b"\n"
                        yield lines
                    return
                plain.seek(0)
            held: list[bytes] = []
            for quad in pyoxigraph.parse(cast("IO[bytes]", plain), format_):
                held.append(f"{quad} .\n".encode())
                if len(held) >= 10_000:
                    yield held
                    held = []
            yield held
        except SyntaxError as fault:
            raise ReadError(f"{file} is damaged: {fault}") from fault
        except (EOFError, gzip.BadGzipFile, OSError) as fault:
            raise ReadError(f"{file} is cut short or damaged ({fault}): make it again") from fault


def _opened(file: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(file, "rb") if file.name.endswith(".gz") else file.open("rb")


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


def _format(file: Path) -> RdfFormat:
    suffix = Path(file.name.removesuffix(".gz")).suffix.removeprefix(".")
    format_ = RdfFormat.from_extension(suffix)
    if format_ is None or not format_.supports_datasets:
        raise UsageError(f"{file.name} holds no named graphs by its name: .nq, .nq.gz, .trig or .jsonld do")
    return format_


def _texts(file: Path, store: Path) -> int:
    """Put the texts and findings beside a file into the store; how many texts. What is damaged is told of."""
    kept = file.with_name(file.name.removesuffix(".gz").removesuffix(".nq") + KEPT)
    if not kept.exists():
        return 0
    folders = {"text": store / TEXTS, "found": store / FOUND}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    count = 0
    try:
        with gzip.open(kept, "rt", encoding="utf-8") as lines:
            for line in lines:
                record: dict[str, Any] = json.loads(line)
                for sort, folder in folders.items():
                    digest, data = record[sort]
                    # as sources.FolderSources would, but for the sync, which comes once for all
                    path = folder / f"{digest}.json.gz"
                    if re.fullmatch("[0-9a-f]{64}", digest) and not path.exists():
                        path.write_bytes(gzip.compress(data.encode(), 6, mtime=0))
                count += 1
    except (EOFError, gzip.BadGzipFile, ValueError, KeyError, TypeError) as fault:
        raise ReadError(f"{kept} is cut short or damaged ({fault}): make the part again") from fault
    if hasattr(os, "sync"):
        os.sync()
    return count
