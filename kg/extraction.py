"""Files of documents to files of quads, part by part: what ``kg extract`` and ``kg spark`` do.

The parts are planned from the files' sizes alone, so that the same input has the same parts on any machine, and a run
that was broken off goes on with those that aren't done. Whoever runs them, processes here or Spark, each part is read
and written by ``do``, and nothing is shared but the folders, which all machines must see.

A document that ends the process (no memory, a fault of a library in C) is met again by whoever tries its part again;
the second time it is put on the list of failed ones and left out.
"""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from kg import ids
from kg.batch import FIELDS, Failed, extract, pipeline
from kg.errors import KgError, ReadError, UsageError
from kg.graph.files import write_whole

SUFFIXES = (".jsonl", ".ndjson", ".parquet")
JOB, FAILED = "job.json", "failed.jsonl"
#: About so many parts, of at least and at most so many bytes.
_PARTS, _LEAST, _MOST = 400, 100_000, 32_000_000
_LONGEST_LINE = 20_000_000
_TIMES = 2  # that a document may end its process


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file: bytes of a JSONL file, row groups of a Parquet file."""

    number: int
    file: str
    start: int
    end: int

    @property
    def name(self) -> str:
        return f"part-{self.number:06d}"


@dataclass(frozen=True, slots=True)
class Job:
    """What the parts have in common."""

    name: str
    output: str
    model: str | None = None
    texts: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of a part, or of all."""

    documents: int = 0
    failed: int = 0
    quads: int = 0
    characters: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(asdict(self).values(), asdict(other).values(), strict=True)))


@dataclass(slots=True)
class Outcome:
    """What a run did."""

    counts: Counts
    parts: int
    before: int  # parts that an earlier run had done
    undone: list[tuple[str, str]]  # the files of parts that couldn't be read, and why


def collect(paths: Iterable[Path | str]) -> list[Path]:
    """The files of documents: those named, and those in named folders and below."""
    found: dict[Path, None] = {}
    for given in paths:
        path = Path(given)
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.suffix.lower() in SUFFIXES and p.is_file())
            found.update(dict.fromkeys(inside))
        elif not path.exists():
            raise ReadError(f"{path} doesn't exist: check the path.")
        elif path.suffix.lower() not in SUFFIXES:
            raise UsageError(f"{path.name} is neither JSONL nor Parquet by its name: kg add reads reports")
        else:
            found[path] = None
    if not found:
        raise UsageError("there are no documents there: name .jsonl or .parquet files, or a folder with some")
    return list(found)


def plan(files: list[Path]) -> list[Part]:
    """The parts of files, in order."""
    sizes = [file.stat().st_size for file in files]
    step = min(_MOST, max(_LEAST, sum(sizes) // _PARTS))
    parts: list[Part] = []
    for file, size in zip(files, sizes, strict=True):
        if file.suffix.lower() == ".parquet":
            steps: Iterable[tuple[int, int]] = _row_groups(file, step)
        else:
            steps = ((start, min(start + step, size)) for start in range(0, size, step))
        parts += [Part(len(parts) + n, os.path.abspath(file), start, end) for n, (start, end) in enumerate(steps)]
    return parts


def _row_groups(file: Path, step: int) -> Iterator[tuple[int, int]]:
    groups = [group.total_byte_size for group in _parquet(file).row_groups]
    start = size = 0
    for number, group in enumerate(groups):
        size += group
        if size >= step or number == len(groups) - 1:
            yield start, number + 1
            start, size = number + 1, 0


@dataclass(frozen=True, slots=True)
class _RowGroup:
    total_byte_size: int


@dataclass(frozen=True, slots=True)
class _Parquet:
    file: Any
    row_groups: list[_RowGroup]


def _parquet(file: Path | str) -> _Parquet:
    try:
        import pyarrow.parquet as parquet
    except ImportError as fault:
        raise UsageError("Parquet files need pyarrow: pip install 'regkg[spark]'") from fault
    try:
        opened = parquet.ParquetFile(file)
    except (OSError, ValueError) as fault:
        raise ReadError(f"{file} can't be read as Parquet: {fault}") from fault
    groups = [_RowGroup(opened.metadata.row_group(n).total_byte_size) for n in range(opened.metadata.num_row_groups)]
    return _Parquet(opened, groups)


def documents(part: Part) -> Iterator[tuple[str, str | dict[str, Any]]]:
    """The documents of a part, each with its place."""
    where = Path(part.file).name
    if part.file.lower().endswith(".parquet"):
        opened = _parquet(part.file).file
        columns = [name for name in opened.schema_arrow.names if name in FIELDS]
        for group in range(part.start, part.end):
            row = 0
            try:
                for batch in opened.iter_batches(256, row_groups=[group], columns=columns):
                    for record in batch.to_pylist():
                        row += 1
                        yield f"{where}, row {row} of group {group + 1}", record
            except Exception as fault:  # pyarrow has a tree of its own, and to_pylist raises of all sorts
                told = str(fault).partition("\n")[0]
                raise ReadError(f"{where} is damaged in group {group + 1}, after row {row}: {told}") from fault
        return
    with open(part.file, "rb") as file:
        if part.start:
            # the line that began before belongs to the part before
            file.seek(part.start - 1)
            _skip(file)
        while file.tell() < part.end:
            at = file.tell()
            line = file.readline(_LONGEST_LINE)
            place = f"{where}, byte {at}"
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                _skip(file)
                yield place, "a line of more than 20 MB"
            elif line.strip():
                yield place, line.decode("utf-8-sig" if at == 0 else "utf-8", "surrogateescape")


def _skip(file: IO[bytes]) -> None:
    while line := file.readline(_LONGEST_LINE):
        if line.endswith(b"\n"):
            return


def do(job: Job, part: Part) -> Counts:
    """Read a part and write its files, the ``.done`` last."""
    folder = Path(job.output)
    counts = Counts()
    with ExitStack() as stack:
        at = stack.enter_context(_Place(folder / f"{part.name}.at"))
        quads = stack.enter_context(_Packed(folder / f"{part.name}.nq.gz"))
        texts = stack.enter_context(_Packed(folder / f"{part.name}.texts.jsonl.gz")) if job.texts else None
        failed: list[Failed] = []
        for one in extract(at.follow(documents(part), failed), job.name, job.model):
            if isinstance(one, Failed):
                failed.append(one)
                continue
            quads.write(one.quads)
            if texts is not None:
                texts.write(json.dumps({"text": one.text, "found": one.found}).encode() + b"\n")
            counts += Counts(1, 0, one.count, one.characters)
        counts += Counts(0, len(failed))
    if failed:
        # what couldn't be decoded is shown as far as it could
        lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in failed)
        write_whole(folder / f"{part.name}.{FAILED}", "".join(lines).encode("utf-8", "replace"))
    write_whole(folder / f"{part.name}.done", json.dumps(asdict(counts)).encode())
    (folder / f"{part.name}.at").unlink(missing_ok=True)
    return counts


class _Place:
    """Which document of a part is in hand, in a file: who comes after a process that ended knows where it did.

    The file has its number, how often a process ended with it, and the numbers of those that are left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last, self._times = -1, 0
        self._out: list[int] = []
        self._before = b""
        with suppress(OSError, ValueError):
            self._before = path.read_bytes()
            self._last, self._times, *self._out = map(int, self._before.split())
            self._times += 1
            if self._times >= _TIMES:
                self._out.append(self._last)

    def __enter__(self) -> _Place:
        self._file = self._path.open("wb", buffering=0)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:  # Ctrl-C, or a full disk: that is no document's fault
            with suppress(OSError):
                self._file.seek(0)
                self._file.truncate()
                self._file.write(self._before)
        self._file.close()

    def follow(
        self, all_: Iterator[tuple[str, str | dict[str, Any]]], failed: list[Failed]
    ) -> Iterator[tuple[str, str | dict[str, Any]]]:
        out = "".join(f" {number}" for number in self._out)
        for number, (place, document) in enumerate(all_):
            if number in self._out:
                shown = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, default=str)
                failed.append(Failed(place, f"the process that read it ended, {_TIMES} times", shown.rstrip("\n")))
                continue
            self._file.seek(0)
            # of one length, so that the end of a longer one isn't left
            self._file.write(f"{number:12d} {self._times if number == self._last else 0}{out}\n".encode())
            yield place, document


class _Packed:
    """A gzip file that is there whole or not at all, and depends on its content alone."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + f".{os.getpid()}.part")

    def __enter__(self) -> IO[bytes]:
        self._raw = self._part.open("wb")
        self._file = gzip.GzipFile("", "wb", 5, self._raw, mtime=0)
        self._buffer = io.BufferedWriter(self._file, 1 << 16)
        return self._buffer

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._raw:
            self._buffer.close()
            self._file.close()
            self._raw.flush()
            os.fsync(self._raw.fileno())
        if kind is None:
            os.replace(self._part, self._path)
        else:
            self._part.unlink(missing_ok=True)


# ------------------------------------------------------------------------------------------------------- the run

#: Does parts, in any order and anywhere; gives each with what came of it, or with the fault.
Runner = Callable[[Job, list[Part]], Iterator[tuple[Part, Counts | Exception]]]
Watch = Callable[[int, int, Counts], None]  # parts done, of all, so far


def run(
    paths: Iterable[Path | str],
    output: Path | str,
    runner: Runner,
    *,
    name: str = "documents",
    model: str | None = None,
    texts: bool = True,
    watch: Watch | None = None,
) -> Outcome:
    """Do all parts that aren't done. UsageError where the folder holds what was made of other documents."""
    files = collect(paths)
    parts = plan(files)
    folder = Path(output)
    job = Job(ids.key(name), os.path.abspath(folder), model, texts)
    _begin(folder, job, files, len(parts))
    counts, before = Counts(), 0
    pending: list[Part] = []
    for part in parts:
        if (done := counted(folder, part)) is not None:
            counts, before = counts + done, before + 1
        else:
            pending.append(part)
    undone: list[tuple[str, str]] = []
    finished = before
    if watch:
        watch(finished, len(parts), counts)
    for part, came in runner(job, pending):
        if isinstance(came, Counts):
            counts, finished = counts + came, finished + 1
            if watch:
                watch(finished, len(parts), counts)
        else:
            undone.append((f"{Path(part.file).name} ({part.name})", str(came) or type(came).__name__))
    _list_failed(folder, parts)
    return Outcome(counts, len(parts), before, undone)


def _begin(folder: Path, job: Job, files: list[Path], parts: int) -> None:
    from kg.run import run_digest

    about = {
        "rules": run_digest(job.model),
        "name": job.name,
        "texts": job.texts,
        "parts": parts,
        "files": [[file.name, file.stat().st_size] for file in files],
    }
    try:
        there = json.loads((folder / JOB).read_bytes()) if folder.exists() else None
    except FileNotFoundError:
        there = None
        if any(folder.iterdir()):
            raise UsageError(f"{folder} isn't empty: name a new folder, or one that was begun before") from None
    except ValueError:
        raise UsageError(f"{folder / JOB} is damaged: remove the folder, or name another") from None
    if there is not None and there != about:
        changed = next(
            (key for key in about if not isinstance(there, dict) or there.get(key) != about[key]), "its content"
        )
        raise UsageError(f"{folder} was begun with other {changed}: name another folder, or remove it to begin again")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.part"):  # of processes that were killed
            left.unlink(missing_ok=True)
        write_whole(folder / JOB, (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as fault:
        raise KgError(f"{folder} can't be written: {fault.strerror or fault}") from fault


def counted(folder: Path, part: Part) -> Counts | None:
    try:
        return Counts(**json.loads((folder / f"{part.name}.done").read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _list_failed(folder: Path, parts: list[Part]) -> None:
    with (folder / FAILED).open("wb") as out:
        for part in parts:
            with suppress(FileNotFoundError):
                out.write((folder / f"{part.name}.{FAILED}").read_bytes())


def processes(count: int) -> Runner:
    """A runner with so many processes on this machine; with one, this process."""
    return _alone if count == 1 else lambda job, parts: _pool(count, job, parts)


def _alone(job: Job, parts: list[Part]) -> Iterator[tuple[Part, Counts | Exception]]:
    if parts:
        pipeline(job.model)  # where it can't be had, no document is at fault
    for part in parts:
        try:
            yield part, do(job, part)
        except Exception as fault:  # as of other processes: one part is no reason to leave the others
            yield part, fault


def _pool(count: int, job: Job, parts: list[Part]) -> Iterator[tuple[Part, Counts | Exception]]:
    from kg.workers import NotReady, WorkerDied, Workers

    with Workers(count, _task, partial(pipeline, job.model)) as workers:
        for (_, part), future in workers.each((job, part) for part in parts):
            fault = future.exception()
            # who gets no further gives up
            before = None
            while isinstance(fault, WorkerDied) and (there := in_hand(job, part)) != before:
                before, future = there, workers.submit((job, part))
                fault = future.exception()
            if isinstance(fault, NotReady):
                raise fault.__cause__ or fault
            if fault is not None and not isinstance(fault, Exception):
                raise fault
            yield part, fault if fault is not None else future.result()


def in_hand(job: Job, part: Part) -> str:
    """Where a part's process ended, and how often it did there."""
    try:
        return (Path(job.output) / f"{part.name}.at").read_text()
    except OSError:
        return ""


def _task(task: tuple[Job, Part]) -> Counts:
    return do(*task)


__all__ = ["Counts", "Job", "Outcome", "Part", "collect", "do", "documents", "plan", "processes", "run"]
