"""The documents say what is so: their commands run, their links lead somewhere, every command is named."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from kg.cli import app
from tools import examples

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("data/*/README.md")])
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in DOCUMENTS}


def names() -> list[str]:
    return [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]


def test_which_documents_there_are() -> None:
    assert {"README.md", "CHANGELOG.md", "docs/decisions.md", "docs/quality.md", "docs/tutorial.md"} <= set(TEXTS)
    assert len(examples.commands(TEXTS["README.md"])) >= 3
    assert len(examples.commands(TEXTS["docs/tutorial.md"])) >= 10


def test_every_command_has_a_line_in_the_readme() -> None:
    assert len(names()) >= 8
    assert [name for name in names() if f"| `kg {name}" not in TEXTS["README.md"]] == []


def test_every_command_has_help() -> None:
    assert [c.name for c in app.registered_commands if not (c.callback and c.callback.__doc__)] == []


def test_public_names_are_documented() -> None:
    public = [getattr(kg, name) for name in kg.__all__ if name != "__version__"]
    assert len(public) >= 6
    assert [one for one in public if not inspect.getdoc(one)] == []


def test_changelog_knows_the_version() -> None:
    assert f"## {kg.__version__}" in TEXTS["CHANGELOG.md"]


def links() -> Iterator[tuple[str, str]]:
    for name, text in TEXTS.items():
        outside_code = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        outside_code = re.sub(r"^ {4}.*$|`[^`\n]*`", "", outside_code, flags=re.MULTILINE)
        for target in re.findall(r"\]\(([^)\s]+)\)", outside_code):
            if not target.startswith(("http://", "https://")):
                yield name, target


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.casefold()).replace(" ", "-") for title in titles}


def test_links_lead_somewhere() -> None:
    found = [(name, target) for name, target in links() if name.startswith(("README", "CHANGELOG", "docs/"))]
    assert len(found) >= 10
    astray = []
    for name, target in found:
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            astray.append(f"{name}: {target}")
    assert astray == []


@pytest.mark.parametrize("path", examples.DOCUMENTS, ids=lambda path: path.stem)
def test_examples_run(path: Path, tmp_path: Path) -> None:
    folder = examples.Folder(tmp_path)
    text = path.read_text(encoding="utf-8")
    folder.save(text)
    for command in examples.commands(text):
        if command.startswith("make "):
            continue  # what it does, the others do
        ran = folder.run(command.partition(" | ")[0])  # a pipe would hide how the command ended
        assert ran.code == 0, f"$ {command}\n{ran.output}"
        assert ran.output.strip(), f"$ {command} says nothing"
    for program in examples.programs(text):
        done = folder.python(program)
        assert done.code == 0, done.output
        assert done.output.strip()


def test_queries_print_what_the_page_shows(tmp_path: Path) -> None:
    text = TEXTS["docs/queries.md"]
    folder = examples.Folder(tmp_path)
    assert len(folder.save(text)) == 12
    assert examples.refreshed(text, folder) == text, "python tools/examples.py puts the output of today into the page"
