"""A server on this machine that does what servers do when they fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kg.watch.fetch import Client, Limits

#: What a test needs no longer for.
SHORT = Limits(bytes=200_000, seconds=1.5, silence=0.7, redirects=3)

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        site = self.server.site
        site.asked.append(self.path)
        site.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = site.paths.get(self.path)
        if answer is None:
            self.send_error(404)
            return
        try:
            if callable(answer):
                answer(self)
            else:
                self.give(answer)
        except (BrokenPipeError, ConnectionResetError):
            pass  # who asked has gone, which is what the test is about

    def give(self, body: bytes | str, status: int = 200, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.setdefault("Content-Type", "text/html; charset=utf-8")
        headers.setdefault("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@dataclass
class Site:
    url: str
    paths: dict[str, bytes | str | Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)  # ends answers that would take for ever

    def at(self, path: str) -> str:
        return self.url + path

    def count(self, path: str) -> int:
        return self.asked.count(path)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


def _serve() -> Iterator[Site]:
    server = Server(("127.0.0.1", 0), Handler)
    server.site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.site
    finally:
        server.site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from _serve()


@pytest.fixture
def other() -> Iterator[Site]:
    yield from _serve()


@pytest.fixture
def client() -> Client:
    return Client("regkg/test", SHORT)


def page(title: str, *paragraphs: str, day: str = "") -> str:
    """A page as sites have them: menu, article, foot."""
    meta = f'<meta name="pubdate" content="{day}">' if day else ""
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>{meta}</head><body>'
        '<nav><a href="/">首页</a> <a href="/about">关于我们</a></nav>'
        f"<article><h1>{title}</h1>{text}</article>"
        "<footer>版权所有 示例周报社</footer></body></html>"
    )


def rss(base: str, *entries: tuple[str, str, str], text: str = "") -> str:
    items = "".join(
        f"<item><title>{title}</title><link>{base}{path}</link><guid>{base}{path}</guid>"
        f"<pubDate>{day}</pubDate><description>{text}</description></item>"
        for path, title, day in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>示例</title>{items}</channel></rss>'
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"
