"""A SPARQL server for tests: `oxigraph serve`, one for a whole run, emptied between tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Why tests skip where it isn't installed.
MISSING = "the SPARQL server of the tests isn't installed: pip install regkg[test] brings oxigraph"


def program() -> str | None:
    beside = Path(sys.executable).with_name("oxigraph")
    return str(beside) if beside.exists() else shutil.which("oxigraph")


@contextmanager
def serving(*options: str, command: str = "serve") -> Iterator[str]:
    """The address of a fresh server, in memory unless the options say where."""
    found = program()
    assert found is not None, MISSING
    for _ in range(5):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [found, command, "--bind", f"127.0.0.1:{port}", *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            if _answers(port, process):
                yield f"http://127.0.0.1:{port}/query"
                return
        finally:
            process.terminate()
            process.wait()
    raise AssertionError("oxigraph serve doesn't start")


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


def emptied(address: str) -> str:
    """The server, with nothing in it."""
    request = urllib.request.Request(
        address.removesuffix("/query") + "/update",
        b"DROP ALL",
        {"Content-Type": "application/sparql-update"},
    )
    urllib.request.urlopen(request, timeout=60).close()
    return address
