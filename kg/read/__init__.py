"""Reading: a file to a ``Source``, a source to a ``Report`` of items."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.errors import ReadError
from kg.items import Source
from kg.read import html, jsonl, markdown, pdf, text, word
from kg.read.layout import Layout, load, load_all
from kg.read.split import split

READERS: dict[str, Callable[[str, bytes], Source]] = {
    ".txt": text.read,
    ".text": text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": html.read,
    ".htm": html.read,
    ".docx": word.read,
    ".pdf": pdf.read,
    ".jsonl": jsonl.read,
}
LARGEST = 100_000_000  # bytes
STDIN = "-"


def read(path: Path) -> Source:
    """A file as the reader for its suffix reads it; ReadError where that can't be."""
    if path.is_dir():
        raise ReadError(f"{path.name or path} is a folder: name the files in it.")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        if path.exists():
            raise ReadError(f"{path.name} is of a kind that isn't read here: save it as {_kinds()}.")
        raise ReadError(f"{path.name} doesn't exist: check the path {path}.")
    try:
        if path.stat().st_size > LARGEST:
            raise _too_large(path.name, path.stat().st_size)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(f"{path.name} doesn't exist: check the path {path}.") from error
    except OSError as error:
        raise ReadError(f"{path.name} can't be opened ({error.strerror}): check its permissions.") from error
    return _checked(path.name, data, reader)


def read_bytes(name: str, data: bytes) -> Source:
    """What came without a file, such as standard input (named ``-``), by what it looks like."""
    return _checked(name, data, READERS[sniff(data)])


def sniff(data: bytes) -> str:
    """The suffix that a file of this content should have."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf" in head[:1024]:
        return ".pdf"
    if head.startswith(b"pk\x03\x04"):
        return ".docx"
    if head.startswith((b"<!doctype html", b"<html")) or (head.startswith(b"<") and b"<html" in head):
        return ".html"
    if head.startswith(b'{"') or head.replace(b" ", b"").startswith(b'{"'):
        return ".jsonl"
    return ".txt"


def _checked(name: str, data: bytes, reader: Callable[[str, bytes], Source]) -> Source:
    if len(data) > LARGEST:
        raise _too_large(name, len(data))
    if not data.strip():
        raise ReadError(f"{name} is empty: get it again from where it came.")
    source = reader(name, data)
    if not source.text.strip():
        raise ReadError(f"{name} holds no text: open it and see what is in it.")
    return source


def _too_large(name: str, size: int) -> ReadError:
    return ReadError(
        f"{name} has {size // 1_000_000} MB, more than the {LARGEST // 1_000_000} MB that are read at once: part it."
    )


def _kinds() -> str:
    suffixes = [suffix for suffix in READERS if suffix not in (".text", ".markdown", ".htm")]
    return f"{', '.join(suffixes[:-1])} or {suffixes[-1]}"


__all__ = ["READERS", "Layout", "load", "load_all", "read", "read_bytes", "sniff", "split"]
