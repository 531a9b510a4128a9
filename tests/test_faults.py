"""Bad input, and the one sentence that its user reads."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from conftest import Ran
from graph import samples
from read import newsletters
from reportlab.pdfgen.canvas import Canvas

from kg import run
from kg.graph import sources
from kg.graph.store import MARKER, Store
from kg.items import ItemFacts, Report

Command = Callable[..., Ran]
NEWS = "海鸥科技收购燕鸥软件\n海鸥科技今天宣布，以三亿元收购燕鸥软件，交易已经完成。\n"
pytestmark = pytest.mark.usefixtures("fast")


def pdf() -> bytes:
    return newsletters.as_pdf(newsletters.pages(newsletters.issue()))


def encrypted() -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(pdf()))
    writer.encrypt("secret", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def scanned() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.rect(10, 10, 100, 100)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", "x")
    return file.getvalue()


UNREADABLE = {
    "empty.txt": (b"", "empty.txt is empty: get it again from where it came."),
    "blank.txt": (b" \n\t\n", "blank.txt is empty: get it again from where it came."),
    "binary.txt": (
        bytes(range(256)) * 40,
        "binary.txt isn't text in any encoding known here: save it as UTF-8 text and read it again.",
    ),
    "picture.txt": (
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        "picture.txt isn't text in any encoding known here: save it as UTF-8 text and read it again.",
    ),
    "encrypted.pdf": (encrypted, "encrypted.pdf is encrypted: save a copy without a password and read that."),
    "scanned.pdf": (scanned, "scanned.pdf holds no text, only pictures of 1 page(s): run OCR over it first."),
    "cut.pdf": (
        lambda: pdf()[: len(pdf()) // 2],
        "cut.pdf is damaged or cut short and can't be read as PDF: get it again from where it came.",
    ),
    "nozip.docx": (
        b"not a zip",
        "nozip.docx is damaged or no Word document: open it in Word, save it as .docx and read that.",
    ),
    "other.docx": (
        zipped,
        "other.docx is damaged or no Word document: open it in Word, save it as .docx and read that.",
    ),
    "renamed.txt": (
        pdf,
        "renamed.txt isn't text but a PDF: rename it to end in .pdf and read it again.",
    ),
    "sheet.xlsx": (
        zipped,
        "sheet.xlsx is of a kind that isn't read here: save it as .txt, .md, .html, .docx, .pdf or .jsonl.",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable(name: str, command: Command, tmp_path: Path) -> None:
    data, sentence = UNREADABLE[name]
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data())  # type: ignore[operator]
    ran = command("add", tmp_path / name)
    assert (ran.code, ran.out, ran.err) == (3, "", f"kg: {sentence}\n")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_encodings_work(encoding: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(NEWS.encode(encoding))
    assert command("add", tmp_path / "a.txt").code == 0
    assert "海鸥科技收购燕鸥软件" in command("items").out
    assert "Acquisitions, as buyer" in command("show", "海鸥科技").out
    assert command("check").code == 0


def test_fifty_megabytes(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "dump.txt"
    path.write_text(NEWS * 500_000, encoding="utf-8")
    assert path.stat().st_size > 50_000_000
    begun = time.monotonic()
    ran = command("add", path)
    assert time.monotonic() - begun < 20
    assert ran.code == 3
    assert ran.err == (
        f"kg: dump.txt is no single report: it has {len(NEWS) * 500_000:,} characters, and a piece of news has"
        " 1,000,000 at most; part it into a file for each report.\n"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no such names")
def test_a_file_name_in_another_encoding(command: Command, tmp_path: Path) -> None:
    """As a zip from a Chinese Windows leaves it."""
    for data in ("八月.txt".encode("gb18030"), b"half\xff.txt"):
        (tmp_path / os.fsdecode(data)).write_text(NEWS, encoding="utf-8")
    ran = command("add", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "(八月.txt)" in command("items").out
    assert "(half_.txt)" in command("items").out
    assert command("add", tmp_path).out.count("unchanged") == 3


HOSTILE = '</script><script>alert("x")</script><img src=x onerror=alert(1)>收购<!--燕鸥&lt;'


def test_a_title_with_html_is_inert_in_the_map(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": HOSTILE, "text": "正文。", "link": "javascript:alert(1)"}))
    assert command("add", tmp_path / "a.jsonl").code == 0
    assert command("map", "-o", tmp_path / "map.html").out.endswith("map.html: 2 nodes, 1 edge\n")
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "onerror=alert" in page  # it is there, as data
    for live in ("<script>alert", "<img src=x", "<!--燕鸥"):
        assert live not in page


def test_a_folder_without_reports(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"x")
    ran = command("add", folder)
    sentence = f"there is no report in {folder}: name a folder with PDF, Word, HTML, Markdown or text files."
    assert (ran.code, ran.out, ran.err) == (2, "", f"kg: {sentence}\n")


# ------------------------------------------------------------------------------------------------------- stores


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(NEWS, encoding="utf-8")
    return path


def test_a_folder_of_something_else(command: Command, report: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "thesis.docx").write_bytes(b"precious")
    ran = command("add", report)
    sentence = f"{tmp_path / 'store'} isn't a store and isn't empty (it holds thesis.docx): name another folder"
    assert (ran.code, ran.out, ran.err) == (4, "", f"kg: {sentence}\n")
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["thesis.docx"]


def test_a_file_for_a_store(command: Command, report: Path) -> None:
    ran = command("add", report, "--store", report)
    assert (ran.code, ran.err) == (4, f"kg: {report} is a file and not a store: name a folder\n")
    assert report.read_text(encoding="utf-8") == NEWS


@pytest.mark.parametrize("args", [["add"], ["items"], ["remove", "x"]])
def test_a_newer_store(args: list[str], command: Command, report: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / MARKER).write_text('{"store": 99}')
    ran = command(*args, *([report] if args == ["add"] else []))
    sentence = f"the store at {tmp_path / 'store'} was made by a newer regkg (version 99): update regkg"
    assert (ran.code, ran.out, ran.err) == (4, "", f"kg: {sentence}\n")


def test_a_store_in_use(command: Command, report: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "store", "write"):
        script = "import sys; from kg.cli import main; main(sys.argv[1:])"
        store = str(tmp_path / "store")
        done = subprocess.run(
            [sys.executable, "-c", script, "remove", "x", "--store", store, "--wait", "0.1"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 4
    waiting, refused = done.stderr.splitlines()
    assert waiting.startswith(f"kg: waiting for the store at {store}, written by ")
    assert f"(process {os.getpid()} on {socket.gethostname()}, since " in waiting
    assert refused.startswith(f"kg: the store at {store} is being written by ")
    assert refused.endswith("): wait until it ends (--wait SECONDS does)")


def test_a_full_disk(command: Command, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command("add", report)
    other = tmp_path / "b.txt"
    other.write_text(NEWS.replace("燕鸥", "礁石"), encoding="utf-8")

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    before = contents(tmp_path / "store")
    with monkeypatch.context() as patched:
        patched.setattr(sources, "write_whole", full)
        ran = command("add", report, other)
    assert ran.code == 4
    assert "unchanged" in ran.out
    sentence = f"the store at {tmp_path / 'store'} can't grow, the disk is full: make room and add again"
    assert ran.err == f"kg: {sentence}\n"
    assert contents(tmp_path / "store") == before
    assert command("add", other).code == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize("args", [["items"], ["export", "--format", "nquads"], ["query", "SELECT * { ?s ?p ?o }"]])
def test_a_full_disk_under_the_output(args: list[str], tmp_path: Path) -> None:
    with Store.open(tmp_path / "store", "write") as store:
        store.add(*samples.may(), samples.RUN)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kg", *args, "--store", str(tmp_path / "store")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "kg: the output can't be used: No space left on device\n")


# ---------------------------------------------------------------------------------------------- many, and half


def test_one_bad_file_among_good_ones(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(NEWS.replace("燕鸥", f"燕鸥{n}"), encoding="utf-8")
    for name in ("cut.pdf", "empty.txt", "nozip.docx"):
        data = UNREADABLE[name][0]
        (folder / name).write_bytes(data if isinstance(data, bytes) else data())  # type: ignore[operator]
    ran = command("add", folder)
    assert ran.code == 1
    assert ran.err.splitlines() == [f"kg: {UNREADABLE[name][1]}" for name in ("cut.pdf", "nozip.docx", "empty.txt")]
    assert "3 reports added, 3 files not read\n" in ran.out
    assert "3 reports, 3 items; no relation was found in 0\n" in command("items").out


def contents(path: Path) -> list[str]:
    with Store.open(path) as store:
        return sorted(str(quad) for quad in store.quads())


def test_an_interrupted_add(command: Command, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a signal, as Ctrl-C sends it, while the second report is read."""
    command("add", report)
    before = contents(tmp_path / "store")
    facts = run.facts

    def slow(read: Report, nlp: object = None, on_item: Callable[[int], None] | None = None) -> list[ItemFacts]:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
        return facts(read, nlp, on_item)  # type: ignore[arg-type]

    other = tmp_path / "b.txt"
    other.write_text(NEWS.replace("燕鸥", "礁石"), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(run, "facts", slow)
        ran = command("add", report, other)
    assert ran.code == 130
    assert ran.err == "kg: stopped; reports that were finished are in the store, the one in hand isn't\n"
    assert contents(tmp_path / "store") == before
    assert command("check").code == 0
    assert command("add", other).code == 0  # nothing is locked
