"""The workbench over the two sample reports; a client that asks as a browser does, and a server for real ones."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg import run
from kg.serve.app import create_app
from kg.serve.site import Settings

ROOT = Path(__file__).parents[2]
HTML = {"accept": "text/html,application/xhtml+xml", "accept-language": "zh-CN,zh;q=0.9"}


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with both samples; copy it before writing."""
    store = tmp_path_factory.mktemp("serve") / "store"
    summary = run.add([ROOT / "data/samples/2024-06.pdf", ROOT / "data/samples/2024-07.pdf"], store)
    assert not summary.failures
    return store


@pytest.fixture
def own_store(samples: Path, tmp_path: Path) -> Path:
    shutil.copytree(samples, tmp_path / "store")
    return tmp_path / "store"


@contextmanager
def _client(settings: Settings) -> Iterator[TestClient]:
    app = create_app(settings)
    with TestClient(app, base_url="http://localhost", headers=HTML, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def client_of() -> Callable[[Settings], Any]:
    return _client


@pytest.fixture(scope="session")
def client(samples: Path) -> Iterator[TestClient]:
    """Asks a read-only workbench over the samples."""
    with _client(Settings(samples)) as client:
        yield client


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """A real server on a free port of this machine; its address without the last slash."""
    import socket

    import uvicorn

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # who comes before the server is ready waits
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@pytest.fixture(scope="session")
def site(samples: Path) -> Iterator[str]:
    """The address of a running read-only workbench over the samples."""
    with serving(Settings(samples)) as address:
        yield address


# ------------------------------------------------------------------------------------------------ a browser


class Visit:
    """A page of the workbench in a browser that reaches nothing else, and all that a test must not see in it."""

    def __init__(self, page: Any, site: str) -> None:
        self.page = page
        self.site = site
        self.faults: list[str] = []
        self.elsewhere: list[str] = []
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", lambda line: self.faults.append(line.text) if line.type in ("error", "warning") else None)

    def open(self, path: str) -> Any:
        self.page.goto(self.site + path)
        return self.page

    def assert_clean(self) -> None:
        """No script failed, nothing broke the policy, nothing was asked of elsewhere."""
        assert self.faults == []
        assert self.elsewhere == []

    def assert_accessible(self) -> None:
        """axe finds nothing serious; nothing runs out of a narrow window."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        grave = [
            (one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")
        ]
        assert grave == []
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.fixture
def page(browser: Any, site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visit at 1280 by 800 in Chinese; give other options as the fixture's parameter (indirect)."""
    options = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", "reduced_motion": "reduce"}
    context = browser.new_context(**(options | getattr(request, "param", {})))
    visit = Visit(context.new_page(), site)

    def only_ours(route: Any) -> None:
        if route.request.url.startswith((site, "data:", "blob:")):
            route.continue_()
        else:
            visit.elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", only_ours)
    yield visit
    context.close()
