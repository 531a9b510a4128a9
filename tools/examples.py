"""The examples of the documents, run: ``python tools/examples.py [--picture]`` puts their real output into them.

In a ```` ```console ```` block every line that begins with ``$`` is a command, and what follows it is its output.
All commands of a document run in one folder with ``data/samples`` in it, in turn; those that
begin with ``make`` run in the checkout. A ```` ```sparql ```` block whose first line is
``# name.rq`` is such a file there. ``--picture`` draws docs/map.png anew (needs chromium).
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "docs" / "tutorial.md",
    ROOT / "docs" / "queries.md",
    ROOT / "docs" / "questions.md",
    ROOT / "docs" / "forms.md",
)
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_QUERY = re.compile(r"^```sparql\n(# (\S+\.rq)\n.*?)^```$", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Ran:
    command: str
    code: int
    output: str


class Folder:
    """Where a document's commands run: empty but for the samples, with a store of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "data").mkdir()
        (path / "data" / "samples").symlink_to(ROOT / "data" / "samples")
        bin_ = str(Path(sys.executable).parent)
        self._env = {
            **os.environ,
            "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
            "KG_STORE": "store",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "SOURCE_DATE_EPOCH": "1732320000",  # the day that files say they were made on
        }

    def save(self, text: str) -> list[str]:
        """The queries of a document as files; their names."""
        found = _QUERY.findall(text)
        for query, name in found:
            (self.path / name).write_text(query, encoding="utf-8")
        return [name for _, name in found]

    def run(self, command: str) -> Ran:
        where = self.path
        if command.startswith("make "):
            where = ROOT  # what it sets up is set up: this runs in it
            command = command.replace("make", f"make --no-print-directory -o .venv/.installed BIN={sys.prefix}/bin", 1)
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=where,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )
        output = ran.stdout.replace(f"{sys.prefix}/bin/", ".venv/bin/").replace(f"{where.resolve()}/", "")
        return Ran(command, ran.returncode, "".join(f"{line.rstrip()}\n" for line in output.splitlines()))

    def python(self, code: str) -> Ran:
        ran = subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.path,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return Ran(code, ran.returncode, ran.stdout)


def commands(text: str) -> list[str]:
    """The commands of a document's console blocks, in their order."""
    lines = (line for block in _BLOCK.findall(text) for line in block.splitlines())
    return [line[2:] for line in lines if line.startswith("$ ")]


def programs(text: str) -> Iterator[str]:
    """A document's Python examples."""
    yield from _PYTHON.findall(text)


def refreshed(text: str, folder: Folder) -> str:
    """A document with the output that its commands have today."""
    folder.save(text)

    def block(match: re.Match[str]) -> str:
        lines = [line for line in match[0].splitlines() if line.startswith("$ ")]
        return "\n".join(f"{line}\n{folder.run(line[2:]).output}" for line in lines)

    return _BLOCK.sub(block, text)


def picture(folder: Folder, path: Path) -> None:
    """The samples' map as it opens, in few enough colours to be small."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    folder.run("kg add data/samples/*.pdf && kg map -o map.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto((folder.path / "map.html").as_uri())
        page.wait_for_timeout(3000)  # until it is drawn
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    # by coverage and not by how often a colour is met: the rare ones are kinds of nodes
    shot.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    if "--picture" in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            picture(Folder(Path(folder)), ROOT / "docs" / "map.png")
    for path in DOCUMENTS:
        with tempfile.TemporaryDirectory() as folder:
            text = path.read_text(encoding="utf-8")
            path.write_text(refreshed(text, Folder(Path(folder))), encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
