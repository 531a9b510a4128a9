"""One request, within limits: bytes, seconds, redirects, addresses.

What a source sends is a stranger's word. A page may drip for hours, unpack to terabytes or redirect to a machine of the
user's own network; each ends in a FetchError that says so.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError
from urllib3.util.connection import create_connection

from kg.errors import KgError

_SCHEMES = {"http": 80, "https": 443}
_MOVED = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
#: Statuses after which the same request may well succeed.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_CHUNK = 65_536
#: Seconds for which a host is left alone at most, whatever it says.
LONGEST_WAIT = 86_400.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take."""

    bytes: int = 20_000_000  # as sent, and unpacked
    seconds: float = 60.0  # a server that drips is cut off
    silence: float = 20.0  # seconds without a byte
    redirects: int = 5


class FetchError(KgError):
    """``passing``: another try may succeed. ``until``: seconds for which the server wants to be left alone."""

    def __init__(self, sentence: str, *, passing: bool = False, wait: float | None = None, status: int = 0) -> None:
        super().__init__(sentence)
        self.passing = passing
        self.wait = wait
        self.code = status


@dataclass(frozen=True, slots=True)
class Response:
    url: str  # after redirects
    status: int
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    moved: str = ""  # where the address has gone for good

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def origin(url: str) -> str:
    """Host and port, by which a private address counts as named by the user."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').lower()}:{parts.port or _SCHEMES.get(parts.scheme, 0)}"


def tidy(url: str) -> str:
    """An address as it is sent: no fragment, no other scheme, no password, and Chinese escaped."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise FetchError(f"{url[:200]} is no address") from None
    if parts.scheme.lower() not in _SCHEMES or not parts.hostname:
        raise FetchError(f"{url[:200]} is no address that is fetched: it has to begin with http:// or https://")
    if parts.username or parts.password:
        raise FetchError(f"the address of {parts.hostname} has a password in it: those aren't sent")
    try:
        host = parts.hostname if ":" in parts.hostname else parts.hostname.encode("idna").decode()
    except UnicodeError:
        raise FetchError(f"{url[:200]} is no address: {parts.hostname[:80]} can't be a host") from None
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, _SCHEMES[parts.scheme.lower()]) else f"{host}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    return urlunsplit((parts.scheme.lower(), netloc, path, query, ""))


def public(address: str) -> bool:
    """Whether an IP address is one of the open internet's, seen through the ways to write IPv4 in IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
    return ip.is_global and not ip.is_multicast


def literal(host: str) -> bool:
    """Whether a host is written as what it is: an IP address, or this machine."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.lower() == "localhost"
    return True


class _Deadline:
    """Shuts a connection down when time is over: no socket's timeout ends a server that sends a byte a second."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def hold(self, sock: socket.socket) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
            self._socket = sock.dup()  # TLS takes the socket itself over
        if self.over:
            self._end()

    def _end(self) -> None:
        with self._lock:
            self.over = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._timer.cancel()
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None


class _Refused(Exception):
    """An address that isn't connected to; no OSError, which urllib3 would wrap."""


class _Checked:
    """A connection to addresses that were looked at first, so that a name can't lead elsewhere meanwhile."""

    host: str
    port: int
    timeout: Any
    socket_options: Any
    deadline: _Deadline
    private: bool

    def _new_conn(self) -> socket.socket:
        found = [
            str(entry[4][0]) for entry in socket.getaddrinfo(self.host.strip("[]"), self.port, 0, socket.SOCK_STREAM)
        ]
        if not self.private and (inside := [one for one in found if not public(one)]):
            raise _Refused(inside[0])
        fault: OSError | None = None
        for address in dict.fromkeys(found):
            try:
                sock = create_connection((address, self.port), self.timeout, socket_options=self.socket_options)
            except OSError as error:
                fault = error
                continue
            self.deadline.hold(sock)
            return sock
        raise fault or OSError("no address")


class _Plain(_Checked, HTTPConnection):
    pass


class _Secure(_Checked, HTTPSConnection):
    pass


@dataclass(frozen=True, slots=True)
class Client:
    """Sends requests one at a time, each over a connection of its own."""

    agent: str
    limits: Limits = Limits()

    def get(
        self,
        url: str,
        *,
        private: frozenset[str] = frozenset(),
        headers: dict[str, str] | None = None,
        allowed: Callable[[str], None] | None = None,
    ) -> Response:
        """The answer at an address, or where it redirects to; FetchError where there is none that can be used.

        ``private``: origins that may lie in a private network. ``allowed`` is asked about every address on the way
        and raises where one isn't to be fetched.
        """
        url = start = tidy(url)
        seen = {url}
        for_good, moved = True, ""
        for _ in range(self.limits.redirects + 1):
            if allowed is not None:
                allowed(url)
            deadline = _Deadline(self.limits.seconds)
            try:
                got = self._once(url, deadline, origin(url) in private, headers or {})
            finally:
                deadline.close()
            if got.status not in _MOVED or not got.headers.get("location"):
                return Response(got.url, got.status, got.headers, got.body, moved)
            url = tidy(urljoin(url, got.headers["location"]))
            for_good = for_good and got.status in _FOR_GOOD
            moved = url if for_good else moved
            if url in seen:
                raise FetchError(f"{start} redirects in a circle")
            seen.add(url)
        raise FetchError(f"{start} redirects more than {self.limits.redirects} times")

    def _once(self, url: str, deadline: _Deadline, private: bool, headers: dict[str, str]) -> Response:
        parts = urlsplit(url)
        made = _Secure if parts.scheme == "https" else _Plain
        timeout = urllib3.Timeout(connect=self.limits.silence, read=self.limits.silence).connect_timeout
        kept: dict[str, Any] = {"ca_certs": _certificates()} if parts.scheme == "https" else {}
        if kept:
            kept["cert_reqs"] = "CERT_REQUIRED"
        connection = made(parts.hostname or "", parts.port, timeout=timeout, **kept)
        connection.deadline, connection.private = deadline, private
        send = {
            "User-Agent": self.agent,
            "Accept-Encoding": "gzip, deflate",
            "Accept": "*/*",
            "Connection": "close",
            **headers,
        }
        target = urlunsplit(("", "", parts.path, parts.query, ""))
        with _told(url, deadline, self.limits):
            answer = None
            try:
                connection.request("GET", target, headers=send, preload_content=False, decode_content=False)
                answer = connection.getresponse()
                names = {name.lower(): value for name, value in answer.headers.items()}
                if answer.status in _MOVED and "location" in names:
                    return Response(url, answer.status, names)
                if answer.status == 304:
                    return Response(url, 304, names)
                _refuse(url, answer.status, names)
                body = _unpacked(url, answer, names.get("content-encoding", ""), self.limits.bytes)
            finally:
                connection.close()
                if answer is not None:
                    answer.close()  # what is unread of it holds the socket
        if deadline.over:
            raise FetchError(f"{url} took more than {self.limits.seconds:g} s", passing=True)
        return Response(url, answer.status, names, body)


def _refuse(url: str, status: int, headers: dict[str, str]) -> None:
    if 200 <= status < 300 and status != 204:
        return
    if status in (429, 503):
        wait = _seconds(headers.get("retry-after", ""))
        later = f", to be asked again in {wait:,.0f} s" if wait is not None else ""
        raise FetchError(f"{url} answers {status}{later}", passing=True, wait=wait, status=status)
    raise FetchError(f"{url} answers {status}", passing=status in _PASSING, status=status)


def _seconds(stated: str) -> float | None:
    """Retry-After: seconds, or a date; at most a day."""
    stated = stated.strip()
    if stated.isascii() and stated.isdigit():
        return min(float(stated[:9]), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(stated)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(0.0, (when - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)


def _unpacked(url: str, answer: Any, encoding: str, most: int) -> bytes:
    """The body, read and unpacked bit by bit, so that what is too large is never held whole."""
    packed = encoding.strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchError(f"{url} is packed in a way that nobody asked for ({packed[:40]})")
    unpack = None
    body = bytearray()
    read = 0
    while data := answer.read(_CHUNK, decode_content=False):
        read += len(data)
        if packed not in ("", "identity"):
            if unpack is None:
                raw = packed == "deflate" and data[:1] != b"\x78"
                unpack = zlib.decompressobj(-15 if raw else 47)
            while data and len(body) <= most:
                body += unpack.decompress(data, _CHUNK)
                data = unpack.unconsumed_tail
        else:
            body += data
        if read > most or len(body) > most:
            raise FetchError(
                f"{url} has more than {most // 1_000_000 or most:,} {'MB' if most >= 1_000_000 else 'bytes'}"
            )
    if unpack is not None and not unpack.eof:
        raise FetchError(f"{url} broke off halfway", passing=True)
    return bytes(body)


@contextmanager
def _told(url: str, deadline: _Deadline, limits: Limits) -> Iterator[None]:
    """Any fault of the wire as a sentence."""
    host = urlsplit(url).hostname
    begun = time.monotonic()
    try:
        yield
    except FetchError:
        raise
    except _Refused as fault:
        raise FetchError(
            f"{url} lies in a private network ({fault}), which no source of yours names: not fetched"
            " (“intranet: yes” allows a source's own host)"
        ) from fault
    except socket.gaierror as fault:
        raise FetchError(f"{host} isn't found by that name", passing=True) from fault
    except SSLError as fault:
        if deadline.over:
            raise FetchError(f"{url} took more than {limits.seconds:g} s", passing=True) from fault
        raise FetchError(f"{host} doesn't prove who it is ({_first(fault)})") from fault
    except zlib.error as fault:
        raise FetchError(f"{url} can't be unpacked", passing=True) from fault
    except (HTTPError, OSError, ValueError) as fault:
        raise FetchError(f"{url} {_why(fault, deadline, limits, begun)}", passing=True) from fault
    except Exception as fault:
        if type(fault).__module__ != "http.client":
            raise
        raise FetchError(f"{url} {_why(fault, deadline, limits, begun)}", passing=True) from fault


def _why(fault: Exception, deadline: _Deadline, limits: Limits, begun: float) -> str:
    if deadline.over:
        return f"took more than {limits.seconds:g} s"
    name = f"{type(fault).__name__} {fault}"
    if isinstance(fault, TimeoutError) or "imeout" in name or "timed out" in name:
        return f"was silent for {min(limits.silence, time.monotonic() - begun):.3g} s"
    if "IncompleteRead" in name or "Response ended" in name:
        return "broke off halfway"
    if isinstance(fault, ConnectionRefusedError):
        return "takes no connection"
    return f"can't be fetched ({_first(fault)})"


def _first(fault: Exception) -> str:
    return str(fault).split("\n")[0][:160] or type(fault).__name__


def _certificates() -> str:
    """The authorities that the system trusts are many a firm's own; certifi's where the system names none."""
    import ssl

    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return paths.cafile
    import certifi

    return certifi.where()
