"""Who may ask, and what a browser may do with the answer.

The workbench holds confidential texts, and any web page that its user opens can send requests to localhost. So a
request has to name this machine (against DNS rebinding), a change has to come from our own pages (against cross-site
requests), and where the site listens beyond the own machine, a token has to be shown.
"""

from __future__ import annotations

import hmac
import ipaddress
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.serve.site import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-src 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
TOKEN_COOKIE = "kg_token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
# said before anybody's language is known
_NOT_SO_CALLED = (
    "本机不叫这个名称，请打开 kg serve 给出的地址。\n"
    "This machine isn't called that: open the address that kg serve printed.\n"
)
_NO_TOKEN = "请打开 kg serve 给出的带令牌的地址。\nOpen the address with the token that kg serve printed.\n"
_TOO_LONG = "请求超过 {most:,} 字节，请减少内容。\nThe request is longer than {most:,} bytes: send less.\n"
_NOT_OURS = (
    "只接受工作台自己的页面发来的请求；请直接打开其地址。\n"
    "Requests and changes are taken from the workbench's own pages alone: open its address by itself.\n"
)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Guard:
    """The outermost middleware: refuses who has no business here, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._names = _LOCAL | {settings.host.strip("[]").casefold()} | {name.casefold() for name in settings.names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        await self._app(scope, _bounded(receive, self._settings.limits.body_bytes), with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if _name(headers.get("host", "")) not in self._names:
            return PlainTextResponse(_NOT_SO_CALLED, 421)
        declared, most = headers.get("content-length", "0"), self._settings.limits.body_bytes
        if not (declared.isascii() and declared.isdigit()) or len(declared) > 18 or int(declared) > most:
            return PlainTextResponse(_TOO_LONG.format(most=most), 413)
        if (refused := self._stranger(scope, headers)) is not None:
            return refused
        if not _own(headers) and not _invited(scope, headers):
            return PlainTextResponse(_NOT_OURS, 403)
        return None

    def _stranger(self, scope: Scope, headers: Headers) -> Response | None:
        """Who shows no token where one is needed. One in the address becomes a cookie, so that it isn't sent on."""
        token = self._settings.token
        if not token:
            return None
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        if _same(asked.pop("token", [""])[0], token):
            query = urlencode(asked, doseq=True)
            # “//name” would be another machine's address
            answer = RedirectResponse("/" + scope["path"].lstrip("/") + (f"?{query}" if query else ""), 303)
            answer.set_cookie(TOKEN_COOKIE, token, httponly=True, samesite="strict")
            return answer if scope["method"] in SAFE else None
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if _same(_cookie(headers, TOKEN_COOKIE), token) or _same(bearer, token):
            return None
        return PlainTextResponse(_NO_TOKEN, 401, {"www-authenticate": "Bearer"})


class TooLong(Exception):
    """A body that goes on beyond the limit without having said so."""


def _bounded(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise TooLong(f"The request is longer than {limit:,} bytes: send less.")
        return message

    return bounded


def _own(headers: Headers) -> bool:
    """Whether a request comes from a page of ours: browsers say so, and can't be made to lie by a page."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin == "null" and site == "same-origin":
        return True  # a form of ours: under “no-referrer” browsers don't say where it stands
    if origin is not None:
        return urlsplit(origin).netloc.casefold() == headers.get("host", "").casefold()
    return site is None or site in ("same-origin", "none")


def _invited(scope: Scope, headers: Headers) -> bool:
    """Whether something that isn't from a page of ours may be answered all the same.

    Another site's page can't read an answer, but it could see how long it takes: of a query, that tells what is in
    the store. So only what opens as a page of its own is answered (a link in a mail), OpenRefine's page on this
    machine, and who only asks what would be allowed.
    """
    if scope["method"] == "OPTIONS":
        return True
    if (scope["path"] + "/").startswith("/reconcile/"):
        origin = headers.get("origin")
        framed = scope["path"] == "/reconcile/preview" and headers.get("sec-fetch-mode") == "navigate"
        return framed or (origin is not None and is_loopback(urlsplit(origin).hostname or ""))
    opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    return scope["method"] in SAFE and opened


def _name(host: str) -> str:
    """A Host header without its port."""
    host = host.casefold()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _cookie(headers: Headers, name: str) -> str:
    for part in headers.get("cookie", "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def _same(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode(), token.encode())
