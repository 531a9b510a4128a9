"""A store as a copy on which nothing that happens to the store can tell: a folder, or one file (.tar, .tar.gz).

A backup has the published copy of the graph, the texts and findings that it cites, and what people decided, which
lies in the store (``judged.csv``) and beside it (``STORE.judgements.csv``). Its list of files, with a digest of each,
is written last: a backup without it isn't whole, and one whose files are other than listed isn't restored.

A folder is a store at once: ``kg --store FOLDER`` reads it.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

import pyoxigraph

from kg.errors import DamagedError, StoreError, UsageError
from kg.graph import published
from kg.graph.facts import DEFAULT
from kg.graph.files import PART, sync_folder
from kg.graph.lock import HOLDER, NAME, Lock, Told
from kg.graph.migrate import linked
from kg.settings import OBEYED
from kg.vocab import KG

LIST = "backup.json"
SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
_CHUNK = 1 << 20
_OWN = frozenset((NAME, HOLDER, LIST, published.POINTER))
# what lies beside a store under its name: STORE.judgements.csv; the positions of maps in STORE.maps
_FOLDERS = ("maps",)
_BESIDE = re.compile(rf"\.(\w[\w-]*\.(?:csv|tsv|json|jsonl|ya?ml)|{'|'.join(_FOLDERS)})")

#: Told of each file: how many are done, and of how many.
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied. ``missing``: texts that the graph cites and the store hasn't."""

    path: Path
    files: int
    size: int
    missing: tuple[str, ...] = ()
    kept: Path | None = None  # of a store that was replaced


class _Sink(Protocol):
    def put(self, name: str, source: Path | bytes) -> list[object]: ...


def backup(store: Path, target: Path, watch: Watch | None = None) -> Copied:
    """Copy a store while it may be in use. StoreError where the target is there already."""
    from kg.graph.store import DATABASE, _told, _version

    with _told(store):
        if not _version(store) or not (store / DATABASE / "CURRENT").exists():
            raise StoreError(f"no store at {store}: kg add makes one")
    packed = target.name.endswith(SUFFIXES)
    if target.is_file() or (target.exists() and (packed or not target.is_dir() or any(target.iterdir()))):
        raise StoreError(f"{target} is there already: name a new {'file' if packed else 'folder'}")
    if target.resolve().is_relative_to(store.resolve()):
        raise UsageError(f"{target} lies in the store itself: name a place outside of it")
    with _told(target), ExitStack() as stack:
        # before the graph: the judgements that it has obeyed may then be older than it, which the next change mends
        small = [(name, (store / name).read_bytes()) for name in (OBEYED,) if (store / name).exists()]
        copy = published.hold(store)
        if copy is None:
            raise StoreError(
                f"the store at {store} is of an older version: kg judgements --replay makes it of this one"
            )
        stack.callback(copy.release)
        if wrong := published.damaged(copy.path):
            # nobody is to take it for a good one
            raise DamagedError(f"{copy.path / wrong[0]} is damaged: kg restore a backup that was made before")
        files: list[tuple[str, Path | bytes]] = [(f"store/{name}", data) for name, data in small]
        files += _graph(copy.path, DATABASE)
        texts, missing = _texts(store, copy.path)
        files += [*texts, *_others(store), *_beside(store)]
        if packed:
            part = target.with_name(f"{target.name}.part")
            stack.callback(part.unlink, missing_ok=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            mode = {"gz": "w:gz", "tgz": "w:gz", "xz": "w:xz", "bz2": "w:bz2"}.get(target.suffix[1:], "w:")
            with part.open("wb") as file:
                with tarfile.open(fileobj=file, mode=mode) as tar:  # type: ignore[call-overload]
                    size = _put(_Tar(tar), files, watch)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, target)
            sync_folder(target.parent)
        else:
            target.mkdir(parents=True, exist_ok=True)
            size = _put(_Folder(target), files, watch)
            _readable(target)
    return Copied(target, len(files), size, missing)


def restore(
    source: Path,
    store: Path,
    force: bool = False,
    watch: Watch | None = None,
    wait: float = 0,
    told: Told | None = None,
) -> Copied:
    """Make a store out of a backup, after every file was found to be as listed.

    With ``force``, what is at the place of the store is kept under another name; else StoreError.
    """
    from kg.graph.store import MARKER, Store, _told

    with _told(store), ExitStack() as stack:
        there = store.exists() and (not store.is_dir() or any(store.iterdir()))
        if there and not force:
            raise StoreError(
                f"{store} is there already: --force replaces it, and keeps what was there under another name"
            )
        if there and not (store / MARKER).is_file():
            raise StoreError(f"{store} isn't a store and isn't empty: name another folder")
        part = store.with_name(f"{store.name}.restoring")
        if part.exists():
            shutil.rmtree(part)  # of one that was interrupted
        stack.callback(shutil.rmtree, part, ignore_errors=True)
        size, count = _taken(source, part, watch)
        for folder in (part / "store", part / "beside"):
            folder.mkdir(exist_ok=True)
        Store.open(part / "store", "write").close()  # that it opens, and for readers
        kept = _aside(store, wait, told) if there else None
        if kept is None:
            for path in beside(store).values():  # of a store that went without them
                os.replace(path, _unused(f"{path}.replaced"))
        if store.exists():
            store.rmdir()
        os.replace(part / "store", store)
        for path in sorted((part / "beside").iterdir()):
            os.replace(path, store.with_name(f"{store.name}.{path.name}"))
        sync_folder(store.absolute().parent)
    return Copied(store, count, size, kept=kept)


def _unused(name: str) -> Path:
    """A name that nothing has: the second restoration isn't to overwrite what the first kept."""
    number, path = 1, Path(name)
    while path.exists():
        number += 1
        path = Path(f"{name}-{number}")
    return path


def beside(store: Path) -> dict[str, Path]:
    """What lies beside a store and belongs to it, by what follows its name: files, and folders of files."""
    store = Path(os.path.abspath(store))
    if not store.parent.is_dir():
        return {}
    found = {}
    for path in sorted(store.parent.glob(f"{_literally(store.name)}.*")):
        match = _BESIDE.fullmatch(path.name.removeprefix(store.name))
        if match and path.is_dir() == (match[1] in _FOLDERS):
            found[match[1]] = path
    return found


def _literally(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


# -------------------------------------------------------------------------------------------------- what there is


def _graph(copy: Path, database: str) -> list[tuple[str, Path | bytes]]:
    return [(f"store/{database}/{path.name}", path) for path in published.files(copy)]


def _texts(store: Path, copy: Path) -> tuple[list[tuple[str, Path | bytes]], tuple[str, ...]]:
    """The texts and findings that the graph cites, and the names of those that aren't there."""
    from kg.graph.store import FOUND, TEXTS

    base = pyoxigraph.Store.read_only(str(copy))
    files: list[tuple[str, Path | bytes]] = []
    missing = []
    for folder, predicate in ((TEXTS, KG.textDigest), (FOUND, KG.factsDigest)):
        cited = {quad.object.value for quad in base.quads_for_pattern(None, predicate, None, DEFAULT)}  # type: ignore[union-attr]
        for digest in sorted(cited):
            path = store / folder / f"{digest}.json.gz"
            if path.exists():
                files.append((f"store/{folder}/{path.name}", path))
            else:
                missing.append(f"{folder}/{path.name}")
    return files, tuple(missing)


def _others(store: Path) -> Iterator[tuple[str, Path | bytes]]:
    """All else in the folder: its marker, and what other parts of regkg keep there."""
    from kg.graph.store import DATABASE, FOUND, TEXTS

    skipped = {DATABASE, published.FOLDER, TEXTS, FOUND, OBEYED, *_OWN}
    for parent, folders, names in os.walk(store):
        here = Path(parent).relative_to(store)
        if here == Path():
            folders[:] = [name for name in folders if name not in skipped]
            names = [name for name in names if name not in skipped]
        folders.sort()
        for name in sorted(names):
            if not name.startswith(PART):
                yield str(PurePosixPath("store", *here.parts, name)), Path(parent, name)


def _beside(store: Path) -> Iterator[tuple[str, Path | bytes]]:
    for name, path in beside(store).items():
        if path.is_dir():
            yield from ((f"beside/{name}/{file.name}", file) for file in sorted(path.iterdir()) if file.is_file())
        else:
            yield f"beside/{name}", path


# ------------------------------------------------------------------------------------------------------- writing


def _put(sink: _Sink, files: list[tuple[str, Path | bytes]], watch: Watch | None) -> int:
    """Copy all, and the list of it last; how many bytes."""
    digests: dict[str, list[object]] = {}
    for number, (name, source) in enumerate(files, 1):
        digests[name] = sink.put(name, source)
        if watch is not None:
            watch(number, len(files))
    sink.put(LIST, (json.dumps({"backup": 1, "files": digests}, indent=0) + "\n").encode())
    return sum(size for size, _ in digests.values() if isinstance(size, int))


class _Digesting(io.RawIOBase):
    """A file that is read through, and its digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        self.size += len(data)
        return data

    @property
    def digest(self) -> list[object]:
        return [self.size, self._hash.hexdigest()]


def _opened(source: Path | bytes) -> tuple[IO[bytes], int]:
    if isinstance(source, bytes):
        return io.BytesIO(source), len(source)
    file = source.open("rb")
    return file, os.fstat(file.fileno()).st_size


class _Tar:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def put(self, name: str, source: Path | bytes) -> list[object]:
        file, size = _opened(source)
        with file:
            read = _Digesting(file)
            info = tarfile.TarInfo(name)
            info.size = size
            self._tar.addfile(info, read)
            return read.digest


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, source: Path | bytes) -> list[object]:
        path = self._place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        file, _ = _opened(source)
        with file, path.open("wb") as out:
            read = _Digesting(file)
            shutil.copyfileobj(read, out, _CHUNK)
            out.flush()
            os.fsync(out.fileno())
        return read.digest

    def _place(self, name: str) -> Path:
        return place(self._folder, name)


def place(folder: Path, name: str) -> Path:
    """Where a file of a backup lies that is a folder."""
    head, _, rest = name.partition("/")
    if head == "beside":
        return folder.parent.joinpath(f"{folder.name}.{rest}")
    return folder / (rest if head == "store" else name)


def _readable(store: Path) -> None:
    """Publish what a restored folder has, without opening it for writing, which would change its files."""
    from kg.graph.store import DATABASE

    def copied(target: str) -> None:
        os.mkdir(target)
        for path in (store / DATABASE).iterdir():
            # a database never changes an .sst; its journals it does
            (linked if path.suffix == ".sst" else shutil.copy2)(str(path), os.path.join(target, path.name))

    published.publish(store, copied)


# ------------------------------------------------------------------------------------------------------- reading


def _taken(source: Path, part: Path, watch: Watch | None) -> tuple[int, int]:
    """Put what a backup has under a folder; bytes and files. StoreError where it isn't what its list says."""
    if not source.exists():
        raise StoreError(f"there is no backup at {source}: kg backup makes one")
    part.mkdir(parents=True)
    digests: dict[str, list[object]] = {}
    try:
        with closing(_from_folder(source) if source.is_dir() else _from_tar(source)) as files:
            listed: dict[str, list[object]] | None = None
            for name, total, file in files:
                if name == LIST:
                    listed = json.loads(file.read())["files"]
                    continue
                path = part.joinpath(*_safe(name).parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as out:
                    read = _Digesting(file)
                    shutil.copyfileobj(read, out, _CHUNK)
                    out.flush()
                    os.fsync(out.fileno())
                digests[name] = read.digest
                if watch is not None:
                    watch(len(digests), total)
    except (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, ValueError, KeyError, TypeError) as fault:
        raise StoreError(f"{source} is damaged, or no backup of a store: {fault}") from fault
    except FileNotFoundError as fault:
        raise StoreError(f"{source} isn't whole: {fault.filename} is missing") from fault
    except OSError as fault:
        if fault.errno is not None:
            raise
        raise StoreError(f"{source} is damaged: {fault}") from fault  # so gzip and bz2 tell it
    if listed is None:
        raise StoreError(f"{source} isn't whole, or no backup of a store: its list of files is missing")
    for name in sorted(digests.keys() | listed.keys()):
        if digests.get(name) != listed.get(name):
            what = "is missing" if name not in digests else "isn't what was backed up"
            raise StoreError(f"{source} is damaged, {name} {what}: restore another backup")
    return sum(size for size, _ in digests.values() if isinstance(size, int)), len(digests)


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or len(path.parts) < 2 or path.parts[0] not in ("store", "beside"):
        raise ValueError(f"it has a file {name}")
    return path


def _from_folder(source: Path) -> Generator[tuple[str, int, IO[bytes]], None, None]:
    listing = (source / LIST).read_bytes()
    names = json.loads(listing)["files"]
    for name in names:
        _safe(name)
        with place(source, name).open("rb") as file:
            yield name, len(names), file
    yield LIST, 0, io.BytesIO(listing)


def _from_tar(source: Path) -> Generator[tuple[str, int, IO[bytes]], None, None]:
    with tarfile.open(source) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isreg() else None
            if file is None:
                raise ValueError(f"{member.name} is no file")
            yield member.name, 0, file


def _aside(store: Path, wait: float, told: Told | None) -> Path:
    """Give a store another name, with what lies beside it."""
    lock = Lock.acquire(store, wait, told)
    try:
        number = 1
        while (kept := store.with_name(f"{store.name}.replaced-{number}")).exists():
            number += 1
        others = beside(store)
        os.replace(store, kept)
        for name, path in others.items():
            os.replace(path, kept.with_name(f"{kept.name}.{name}"))
    finally:
        lock.release(clean=False)
    (kept / HOLDER).unlink(missing_ok=True)
    return kept
