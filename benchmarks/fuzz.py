"""Mutated files into every reader: ``python -m benchmarks.fuzz [--inputs 10000] [--seed 1]``.

A file of each kind is made from the samples, changed at random (bits, cuts, copies, numbers, brackets, names of its
own format, a zip's members, encodings), and read in a process of its own, which is killed when it hangs. Told of: a
crash, anything but a report or a ReadError of one sentence, more than SECONDS, more than MIB of memory, a file written
outside the process's own folder, an offset that doesn't lead back to the source. The same seed makes the same inputs;
``--keep FOLDER`` keeps those that fared badly.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import pickle
import queue
import random
import re
import resource
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.timing import machine, table

ROOT = Path(__file__).parents[1]
SECONDS = 10.0  # of the processor, so that what else the machine does makes no fault
_PATIENCE = 60.0
MIB = 1024
EXTRACTED = 50  # one report in so many is read for names and relations too
_LENGTH = struct.Struct(">Q")
_WORDS: dict[str, tuple[bytes, ...]] = {
    ".txt": ("目录\n".encode(), "政策速递\n".encode(), b"1. ", "来源：".encode(), b"\x0c", "链接：http://".encode()),
    ".md": (b"# ", b"\n---\n", b"```\n", b"[](", b"| a | b |\n|--|--|\n", b"> " * 500, b"*" * 2000, b"[" * 2000),
    ".html": (b"<div>" * 500, b"<table><tr><td>", b"<!--", b"<![CDATA[", b"&#x110000;", b"<script>", b"</html>",
              b'<meta charset="utf-16">', b"<p>" * 3000, b"<svg><math>", b"&amp;" * 1000, b"<a href='javascript:1'>"),
    ".pdf": (b"/Length 999999999", b"[" * 3000, b"<<" * 1500, b"endobj", b"/Kids [1 0 R]", b"/Parent 3 0 R",
             b"/Count -1", b"/Filter [/FlateDecode/FlateDecode]", b"/MediaBox [0 0 1e30 1e30]", b"%%EOF"),
    ".docx": (b"<w:tbl>" * 300, b"<w:p>" * 500, b"<!DOCTYPE a [<!ENTITY b 'cc'>]>", b"&b;", b"<w:t>", b"</w:p>",
              b"<w:instrText>", b'xml:space="preserve"'),
    ".jsonl": (b"[" * 3000, b'{"a":' * 1500, b"\\ud800", b'"text": null', b'"date": 1e999', b"NaN", b"\n{}\n", b"\x00"),
}  # fmt: skip
_COMMON = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", "，".encode(), "\u202e".encode(), "\ud7ff".encode(),
    b"9" * 400, "《".encode() * 1000, "（".encode() * 1000, "有限公司".encode() * 500, b"1.1." * 2000, b" " * 20000,
)  # fmt: skip


@dataclass(frozen=True)
class Fate:
    """What became of one input."""

    kind: str
    number: int
    outcome: str  # read, refused, or a fault: crash, hang, memory, wrote, offsets, an exception's name
    told: str = ""
    seconds: float = 0.0
    mib: float = 0.0

    @property
    def bad(self) -> bool:
        return self.outcome not in ("read", "refused")


# ------------------------------------------------------------------------------------------------------ inputs


def seeds() -> dict[str, bytes]:
    """A sound file of each kind, from the samples."""
    import docx

    text = (ROOT / "data/samples/2024-06.txt").read_text(encoding="utf-8")
    paragraphs = text.splitlines()[:160]
    document = docx.Document()
    for line in paragraphs:
        document.add_paragraph(re.sub(r"[\x00-\x08\x0b-\x1f]", "", line))
    packed = io.BytesIO()
    document.save(packed)
    members = _members(packed.getvalue())
    body = "".join(f"<p>{line}</p>\n" for line in paragraphs)
    lines = [
        {
            "id": f"n{number}",
            "title": line[:40],
            "text": line * 3,
            "date": "2024-06-02",
            "source": "https://example.org/",
        }
        for number, line in enumerate(line for line in paragraphs if len(line) > 30)
    ]
    return {
        ".txt": "\n".join(paragraphs).encode(),
        ".md": ("# " + "\n\n".join(paragraphs)).encode(),
        ".html": f"<!doctype html><html><head><title>月报</title></head><body>{body}</body></html>".encode(),
        ".pdf": (ROOT / "data/samples/2024-06.pdf").read_bytes(),
        ".docx": _packed(members),
        ".jsonl": "\n".join(json.dumps(one, ensure_ascii=False) for one in lines).encode(),
    }


def mutated(kind: str, data: bytes, chosen: random.Random) -> bytes:
    """The file with one to eight changes; of a zip, mostly within a member."""
    if kind == ".docx" and chosen.random() < 0.8:
        return _member(data, chosen)
    if chosen.random() < 0.05 and kind != ".pdf":
        encoding = chosen.choice(("utf-16", "gb18030", "utf-32", "big5", "utf-7"))
        with contextlib.suppress(UnicodeError):
            data = data.decode("utf-8", "replace").encode(encoding, "replace")
    return _changed(kind, data, chosen)


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _packed(members: dict[str, bytes]) -> bytes:
    """A zip of the same bytes whenever it is made: zipfile else writes the time, to two seconds, into it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as new:
        for name, inner in members.items():
            new.writestr(zipfile.ZipInfo(name), inner, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _member(data: bytes, chosen: random.Random) -> bytes:
    members = _members(data)
    # the text more often than the rest
    hit = "word/document.xml" if chosen.random() < 0.6 else chosen.choice(list(members))
    changed = {}
    for name, inner in members.items():
        if name != hit:
            changed[name] = inner
        elif chosen.random() >= 0.1:
            inner = _changed(".docx", inner, chosen)
            changed["../" + name if chosen.random() < 0.05 else name] = inner
    return _packed(changed)


def _changed(kind: str, data: bytes, chosen: random.Random) -> bytes:
    words = (*_WORDS[kind], *_COMMON)
    # mostly whole characters: what is no text is refused at the door, and nothing behind it is tried
    whole = kind != ".pdf" and chosen.random() < 0.85
    if whole:
        words = tuple(word for word in words if _decodes(word))
    for _ in range(chosen.choice((1, 1, 2, 3, 8))):
        at = chosen.randrange(len(data) + 1)
        to = min(len(data), at + chosen.choice((1, 4, 40, 400, 4000)))
        if whole:
            at, to = _character(data, at), _character(data, to)
        match chosen.randrange(8):
            case 0:
                data = data[:at] + _noise(chosen, 1, whole) + data[to if whole else at + 1 :]
            case 1:
                data = data[:at] + data[to:]
            case 2:
                data = data[:at] + data[at:to] * chosen.choice((2, 3, 30)) + data[to:]
            case 3:
                data = data[:at] + chosen.choice(words) + data[at:]
            case 4:
                data = data[: at or to]
            case 5:
                here = chosen.randrange(len(data) + 1)
                here = _character(data, here) if whole else here
                data = data[:here] + data[at:to] + data[here:]
            case 6:
                numbers = list(re.finditer(rb"\d+", data))
                if numbers:
                    one = chosen.choice(numbers)
                    other = chosen.choice((b"0", b"-1", b"4294967296", b"99999999999999999999", b"1e308"))
                    data = data[: one.start()] + other + data[one.end() :]
            case _:
                data = data[:at] + _noise(chosen, to - at, whole) + data[to:]
    return data or b"x"


def _decodes(word: bytes) -> bool:
    try:
        return bool(word.decode())
    except UnicodeDecodeError:
        return False


def _character(data: bytes, at: int) -> int:
    """Where the character begins in whose middle this may be."""
    while 0 < at < len(data) and data[at] & 0xC0 == 0x80:
        at -= 1
    return at


_LETTERS = "".join(map(chr, (*range(32, 127), *range(0x3000, 0x3020), *range(0x4E00, 0x4E80), 0x200B, 0xFEFF, 0x1F600)))


def _noise(chosen: random.Random, length: int, whole: bool) -> bytes:
    return "".join(chosen.choices(_LETTERS, k=length)).encode() if whole else chosen.randbytes(length)


def inputs(count: int, seed: int) -> Iterator[tuple[str, int, bytes]]:
    """(kind, number, bytes), the kinds in turn."""
    files = seeds()
    kinds = sorted(files)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        yield kind, number, mutated(kind, files[kind], random.Random(f"{seed} {number}"))


# ---------------------------------------------------------------------------------------------- hostile inputs


def hostile(size: int = 300_000) -> Iterator[tuple[str, str, bytes]]:
    """(kind, name, bytes) of files of about so many characters, each written to make one thing take for ever.

    Each was, or was near, a time that grows with the square of the size or worse.
    """
    head = "数智月报 | 2023年5月\n目录\n政策速递\n"
    label = "1. 甲发布办法\n发布日期：2023年5月9日\n来源：某报\n"
    texts = {
        "a line without a stop": "甲" * size,
        "brackets that open": "《（“" * (size // 3),
        "brackets in brackets": "（" * (size // 2) + "）" * (size // 2),
        "numbers": "1." * (size // 2),
        "digits": "9" * size,
        "spaces": "甲" + " " * size + "乙",
        "a leader": head + "1. 甲发布办法" + " ." * (size // 2) + " 5\n" + label,
        "months": "Date: " + "jan" * (size // 3),
        "days": "2023年" * (size // 5),
        "line ends": "甲\r" * (size // 2),
        "pages": "甲\n\f" * (size // 3),
        "a link that does not end": head + label + "链接：http://example.org/" + ("a" * 76 + "\n") * (size // 77),
        "items": head + label * (size // len(label)),
        "titles": head + "1. 甲收购乙\n" * (size // 8) + label,
    }
    for name, text in texts.items():
        yield ".txt", name, text.encode()
    table = "|" * 1000 + "\n" + "|-" * 1000 + "|\n" + "|\n" * (size // 100)
    marks = {
        "links that open": "[" * size, "images that open": "![" * (size // 2), "links in links": "[a](" * (size // 4),
        "stars": "*a " * (size // 3), "stars and lines": "*a_ " * (size // 4), "ticks": "`" * size, "tables": table,
        "ticks of each length": "".join("`" * n + "a" for n in range(1, int((2 * size) ** 0.5))),
        "quotations": "> " * (size // 2), "lists": "- " * (size // 2), "angles": "<" * size,
        "tags": "<a " * (size // 3), "entities": "&a" * (size // 2), "definitions": "[a]: b\n" * (size // 7),
        "escapes": "\\" * size,
        "indents": "".join(" " * (n % 200) + "- a\n" for n in range(size // 100)), "comments": "<!--" * (size // 4),
        "rules": "---\n" * (size // 4), "declarations": "<!A " * (size // 4), "texts": "<![CDATA[" * (size // 9),
    }  # fmt: skip
    for name, text in marks.items():
        yield ".md", name, text.encode()
    rows = {
        "a table that holds a page": f"<table><tr><td>{'<p>段。</p>' * (size // 9)}",
        "a row of cells": f"<table><tr>{'<td>甲</td>' * (size // 10)}",
        "tables in tables": "<table><tr><td>" * (size // 15),
        "boxes in boxes": "<div>" * (size // 5),
        "menus in menus": "<div class=menu>甲" * (size // 17),
        "menus": "<div class=menu>甲</div>" * (size // 23),
        "line ends": "甲<br>" * (size // 5),
        "open tags": "<a <b " * (size // 6),
        "emphasis": "<b><i>" * (size // 6),
        "attributes": f"<p {' '.join(f'a{n}=1' for n in range(size // 9))}>甲",
    }
    for name, text in rows.items():
        yield ".html", name, f"<!doctype html><html><body><p>甲收购乙。</p>{text}".encode()
    yield ".html", "a title", f"<!doctype html><title>{'甲' * size}</title><p>甲</p>".encode()
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    words = {
        "tables in tables": "<w:tbl><w:tr><w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60,
        "paragraphs": "<w:p><w:r><w:t>甲</w:t></w:r></w:p>" * (size // 30),
        "cells": f"<w:tbl><w:tr>{'<w:tc><w:p/></w:tc>' * (size // 20)}</w:tr></w:tbl>",
        "a run": f"<w:p><w:r>{'<w:tab/>' * (size // 8)}</w:r></w:p>",
    }
    sound = _members(seeds()[".docx"])
    for name, text in words.items():
        body = f"{text}<w:p><w:r><w:t>甲</w:t></w:r></w:p>"
        body = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        yield ".docx", name, _packed(sound | {"word/document.xml": body.encode()})
    records = {
        "brackets": '{"title": "a", "text": ' + "[" * size,
        "digits": '{"title": "a", "text": "b", "page": ' + "9" * size + "}",
        "months": json.dumps({"title": "a", "text": "b", "date": "jan" * (size // 3)}),
        "lines": "\n".join(json.dumps({"title": str(n), "text": "b"}) for n in range(size // 30)),
    }
    for name, text in records.items():
        yield ".jsonl", name, text.encode()


# ----------------------------------------------------------------------------------------------------- reading


class Readers:
    """A process that reads one input after the other; it is killed and replaced when one hangs or breaks it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[Any] = queue.Queue()

    def read(self, kind: str, number: int, data: bytes, extract: bool = False) -> Fate:
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        begun = time.perf_counter()
        try:
            _send(process.stdin, (kind, data, extract))
            # by the clock, for what waits; the process itself counts the processor's seconds
            outcome, told, mib, seconds = self._answers.get(timeout=_PATIENCE * (2 if extract else 1))
        except queue.Empty:
            self.close()
            return Fate(kind, number, "hang", seconds=time.perf_counter() - begun)
        except OSError:
            outcome, told, mib, seconds = "ended", "", 0.0, 0.0
        if outcome == "ended":
            code = process.wait()
            self.close()
            return Fate(kind, number, "crash", f"exit code {code}", time.perf_counter() - begun)
        if outcome in ("read", "refused"):
            if seconds > SECONDS and not extract:
                outcome = "hang"
            elif mib > MIB:
                outcome = "memory"
        if outcome == "memory":
            self.close()  # the peak of a process never falls
        return Fate(kind, number, outcome, told, seconds, mib)

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.fuzz", "--read", str(self._folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._answers = queue.Queue()
        threading.Thread(target=_listen, args=(self._process.stdout, self._answers), daemon=True).start()
        if self._answers.get(timeout=120) != "ready":
            raise SystemExit("the process that reads can't be started")

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._process = None


def _listen(pipe: IO[bytes], answers: queue.Queue[Any]) -> None:
    try:
        while True:
            answers.put(_receive(pipe))
    except (EOFError, OSError, ValueError):
        answers.put(("ended", "", 0.0, 0.0))


def _send(pipe: IO[bytes], message: object) -> None:
    data = pickle.dumps(message)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    return pickle.loads(pipe.read(_LENGTH.unpack(head)[0]))


def reading(folder: Path) -> None:
    """The process: files from standard input, what became of them to standard output."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.environ["TMPDIR"] = str(folder)
    os.chdir(folder)
    from kg import run

    written: list[str] = []

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        """What is opened for writing, and where."""
        if event == "open" and isinstance(arguments[0], str) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            path = os.path.realpath(arguments[0])
            if not path.startswith((str(folder), "/dev/")):
                written.append(path)
        elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "subprocess.Popen", "socket.connect"):
            written.append(f"{event} {arguments[:1]}")

    nlp = None
    sys.addaudithook(audit)
    _send(out, "ready")
    while True:
        kind, data, extract = _receive(sys.stdin.buffer)
        path = folder / f"input{kind}"
        path.write_bytes(data)
        written.clear()
        if extract and nlp is None:
            nlp = run.load()
            written.clear()
        begun = time.process_time()
        outcome, told = _fate(path, (lambda report, nlp=nlp: run.facts(report, nlp)) if extract else None)
        seconds = time.process_time() - begun
        if written and outcome in ("read", "refused"):
            outcome, told = "wrote", ", ".join(written)
        _send(out, (outcome, told, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds))


def _fate(path: Path, extract: Callable[[Any], Any] | None) -> tuple[str, str]:
    from kg import run
    from kg.errors import ReadError

    try:
        report = run.read_report(path)
        text = report.source.text
        for item in report.items:
            if wrong := astray(text, item.passage.text, item.passage.offsets):
                return "offsets", f"{item.id}: {wrong}"
        if extract is not None:
            for said in extract(report):
                for claim in said.claims:
                    if "".join(text[claim.start : claim.end].split()) != "".join(claim.quote.split()):
                        return "offsets", f"{said.item.id}: a quote that isn't there: {claim.quote[:60]}"
    except ReadError as fault:
        sentence = str(fault)
        return ("refused", sentence) if "\n" not in sentence and len(sentence) < 400 else ("sentence", sentence[:500])
    except Exception as fault:
        return type(fault).__name__, str(fault)[:200]
    return "read", ""


def astray(source: str, text: str, offsets: Any) -> str:
    """Where a repaired text doesn't lead back: each character is that of its offset, but for white space put in."""
    before = -1
    for character, offset in zip(text, offsets, strict=True):
        if not 0 <= offset < len(source) or offset < before:
            return f"offset {offset} after {before} of {len(source)}"
        if not character.isspace() and source[offset] != character:
            return f"{character!r} at {offset}, where the source has {source[offset]!r}"
        before = offset
    return ""


def run_all(count: int, seed: int, keep: Path | None = None, watch: Callable[[int], None] | None = None) -> list[Fate]:
    with tempfile.TemporaryDirectory() as folder:
        readers = Readers(Path(os.path.realpath(folder)))
        fates = []
        try:
            for kind, number, data in inputs(count, seed):
                fate = readers.read(kind, number, data, extract=number % EXTRACTED == EXTRACTED - 1)
                fates.append(fate)
                if fate.bad and keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{seed}-{number}-{fate.outcome}{kind}").write_bytes(data)
                if watch is not None:
                    watch(number + 1)
        finally:
            readers.close()
        return fates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        with contextlib.suppress(EOFError):
            reading(given.read)
        return
    from rich.progress import track  # a bar where somebody watches

    bar = iter(track(range(given.inputs), "reading", disable=not sys.stderr.isatty()))
    fates = run_all(given.inputs, given.seed, given.keep, lambda _: next(bar, None))
    print(f"{machine()}; {given.inputs:,} inputs, seed {given.seed}")
    rows = []
    for kind in sorted({fate.kind for fate in fates}):
        of = [fate for fate in fates if fate.kind == kind]
        outcomes = Counter(fate.outcome for fate in of)
        rows.append(
            [kind, str(len(of)), str(outcomes["read"]), str(outcomes["refused"]), str(sum(fate.bad for fate in of)),
             f"{max(fate.seconds for fate in of):.1f}", f"{max(fate.mib for fate in of):.0f}"]
        )  # fmt: skip
    table(("", "inputs", "read", "refused", "faults", "longest s", "most MiB"), rows)
    for fate in fates:
        if fate.bad:
            print(f"{fate.number}{fate.kind}: {fate.outcome} {fate.told} ({fate.seconds:.1f} s, {fate.mib:.0f} MiB)")
    sys.exit(any(fate.bad for fate in fates))


if __name__ == "__main__":
    main()
