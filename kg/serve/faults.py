"""From a fault to an answer: one table, in HTML for people and in JSON for programs."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ExceptionHandler

from kg.errors import KgError
from kg.serve.safety import TooLong
from kg.serve.site import lang_of, site_of
from kg.serve.told import told

_LOG = logging.getLogger("kg.serve")


class NotFound(KgError):
    """Something that isn't in the store, or a page that isn't there."""

    status = 404


def _answer(request: Request, status: int, sentence: str, details: Mapping[str, str] | None = None) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"status": status, "error": sentence, **(details or {})}, status)
    values = {"status": status, "sentence": told(sentence, lang_of(request))}
    return site_of(request).render(request, "fault.html", values, status)


def _expected(request: Request, fault: Exception) -> Response:
    answer = _answer(request, getattr(fault, "status", 400), str(fault), getattr(fault, "details", None))
    answer.headers.update(getattr(fault, "headers", {}))
    return answer


def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    key = f"fault.{fault.status_code}"
    site = site_of(request)
    sentence = site.say(key, lang_of(request)) if key in site.words else fault.detail
    return _answer(request, fault.status_code, sentence)


def _too_long(request: Request, fault: Exception) -> Response:
    return _answer(request, 413, str(fault))


def _ours(request: Request, fault: Exception) -> Response:
    """What should not have happened: the log has it whole, the page only its kind."""
    _LOG.error("%s %s", request.method, request.url.path, exc_info=fault)
    said = site_of(request).say("fault.500", lang_of(request), kind=type(fault).__name__)
    return _answer(request, 500, said)


HANDLERS: dict[type[Exception] | int, ExceptionHandler] = {
    KgError: _expected,
    HTTPException: _http,
    TooLong: _too_long,
    Exception: _ours,
}
