"""Listening: uvicorn on a port, for ``kg serve``."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from dataclasses import replace

import uvicorn

from kg.errors import UsageError
from kg.serve.app import create_app
from kg.serve.safety import is_loopback
from kg.serve.site import Settings


def serve(settings: Settings, on_ready: Callable[[str], None]) -> None:
    """Answer until interrupted. ``on_ready`` gets the address to open, with its token where one is needed.

    Port 0 takes a free one. Beyond the own machine a token is needed: one is made where none is given.
    """
    if not settings.token and not is_loopback(settings.host):
        settings = replace(settings, token=secrets.token_urlsafe(24))
    listening = _listen(settings)
    port = listening.getsockname()[1]
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    with listening:
        on_ready(f"http://{shown}:{port}/" + (f"?token={settings.token}" if settings.token else ""))
        config = uvicorn.Config(
            create_app(replace(settings, port=port)),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=15,
            limit_concurrency=1000,
        )
        uvicorn.Server(config).run(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(where)
            listening.listen(128)
        except OSError:
            listening.close()
            raise
        return listening
    except OSError as fault:
        raise UsageError(
            f"nothing can listen on {settings.host}:{settings.port} ({fault.strerror or fault}):"
            " give another --port, or 0 for any that is free"
        ) from fault
