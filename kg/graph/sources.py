"""The texts that were read, kept unchanged so that every quote can be read again.

A text is kept under the digest of text and pages, not of the file: a better reader gives the same file another text,
and what was cited from the old one must stand until it is replaced. Files are written whole or not at all; one that
no report uses (an addition was interrupted) does no harm and is swept.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kg.errors import DamagedError
from kg.graph.files import write_whole
from kg.items import Page, Source


def pack(source: Source) -> tuple[str, bytes]:
    """A source's digest, and the source as bytes. Lone surrogates, which broken PDFs yield, survive."""
    record = {
        "name": source.name,
        "digest": source.digest,
        "format": source.format,
        "pages": [[page.start, page.number] for page in source.pages],
        "text": source.text,
    }
    return digest(source), json.dumps(record).encode()


def digest(source: Source) -> str:
    """Of what is cited: the text and its pages."""
    content = [[[page.start, page.number] for page in source.pages], source.text]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def unpack(data: bytes) -> Source:
    record = json.loads(data)
    return Source(
        name=record["name"],
        digest=record["digest"],
        format=record["format"],
        text=record["text"],
        pages=tuple(Page(start, number) for start, number in record["pages"]),
    )


class Sources(Protocol):
    def put(self, digest: str, data: bytes) -> None: ...

    def get(self, digest: str) -> bytes | None: ...

    def remove(self, digest: str) -> None: ...

    def __iter__(self) -> Iterator[str]: ...


class MemorySources:
    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}

    def put(self, digest: str, data: bytes) -> None:
        self._data[digest] = data

    def get(self, digest: str) -> bytes | None:
        return self._data.get(digest)

    def remove(self, digest: str) -> None:
        self._data.pop(digest, None)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._data))


class FolderSources:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.json.gz"

    def put(self, digest: str, data: bytes) -> None:
        path = self._path(digest)
        with suppress(DamagedError):
            if self.get(digest) == data:
                return
        write_whole(path, gzip.compress(data, 6, mtime=0))

    def get(self, digest: str) -> bytes | None:
        try:
            return gzip.decompress(self._path(digest).read_bytes())
        except FileNotFoundError:
            return None
        except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
            raise DamagedError(
                f"{self._path(digest)} is damaged ({fault}): kg check --deep names its report, to be added again"
            ) from fault

    def remove(self, digest: str) -> None:
        self._path(digest).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        if self._folder.is_dir():
            for path in sorted(self._folder.iterdir()):
                if path.name.endswith(".json.gz"):
                    yield path.name.removesuffix(".json.gz")
