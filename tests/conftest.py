"""What tests share: a runner of commands that goes through ``main``, a road without a model, and one browser."""

from __future__ import annotations

import io
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import servers

from kg import cli, ids, run
from kg.items import Claim, Entity, ItemFacts, Label, OpenSentence, Report, Said

# What a shell starts in the background ignores Ctrl-C; the tests that send one don't mean to.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """``command("add", "a.txt", stdin=b"")`` as a user gives it; the store is ``tmp_path / "store"``."""
    monkeypatch.setenv("KG_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("KG_DEBUG", "")  # so that what --debug sets is undone

    def run_it(*args: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main([str(arg) for arg in args])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Ran(left.value.code if isinstance(left.value.code, int) else 1, said.out, said.err)

    return run_it


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A road that finds one relation in each item whose headline has a 收购; the models it loads."""
    loaded: list[str] = []

    def load(model: str | None = None) -> str:
        loaded.append(model or "ours")
        return "nlp"

    def facts(report: Report, nlp: object = None, on_item: Callable[[int], None] | None = None) -> list[ItemFacts]:
        assert nlp == "nlp"
        return [_facts(report, number, on_item) for number in range(len(report.items))]

    monkeypatch.setattr(run, "load", load)
    monkeypatch.setattr(run, "facts", facts)
    monkeypatch.setattr(run, "run_digest", lambda model=None: f"fast-{model}")
    return loaded


def _facts(report: Report, number: int, on_item: Callable[[int], None] | None) -> ItemFacts:
    item = report.items[number]
    if on_item:
        on_item(number + 1)
    found = ItemFacts(item)
    buyer, cue, target = item.title.partition("收购")
    if cue:
        who, whom = (
            Entity(ids.entity("Company", name), "Company", Label(name, "zh"))
            for name in (buyer.strip(), target.strip())
        )
        found.entities += [who, whom]
        start, end = item.passage.span(0, len(item.title))
        quote = report.source.text[start:end]
        said = Claim(
            who.iri, "acquires", whom.iri, quote, start, end, Said.HEADLINE, "test", 0.9, report.source.page_at(start)
        )
        found.claims.append(said)
    if "入股" in item.title:
        start, end = item.passage.span(0, len(item.title))
        found.open_sentences.append(OpenSentence(report.source.text[start:end], start, end, item.page))
    return found


@pytest.fixture(scope="session")
def running() -> Iterator[str]:
    """The address of a SPARQL server that runs as long as the tests do."""
    if servers.program() is None:
        pytest.skip(servers.MISSING)
    with servers.serving() as address:
        yield address


@pytest.fixture
def server(running: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a SPARQL server with nothing in it; the user's own files lie in ``tmp_path``."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("KG_STORE_USER", "KG_STORE_PASSWORD", "KG_STORE_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    return servers.emptied(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no chromium at {CHROMIUM}")
    api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
    with warnings.catch_warnings():
        # Playwright leaves its event loop and pipes to the garbage collector
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        with api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            yield browser
            browser.close()
