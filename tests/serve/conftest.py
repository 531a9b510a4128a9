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
