"""A SPARQL server over HTTP: rdflib's store, on a transport with time limits that says in one sentence what failed.

rdflib's own waits for ever, reads an answer whole before the first row, and makes ValueErrors and tuples of what the
server refuses. Whatever rdflib itself sends (``rdflib.Dataset(store=Server(address))``) goes through this one too.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore
from rdflib.query import Result
from rdflib.term import BNode
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError, ReadTimeoutError

from kg import __version__
from kg.address import Address
from kg.errors import StoreError

ROWS = "application/sparql-results+json"
TRIPLES = "application/n-triples, text/turtle;q=0.5"
_CONNECT = 10.0
_PATIENCE = 300.0
#: How a server says that updates go elsewhere.
_ELSEWHERE = frozenset({400, 404, 405, 415, 501})
_HTML = re.compile(rb"\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>|\s+")


def patience() -> float:
    """For how many seconds a server may be silent: KG_STORE_TIMEOUT, else five minutes."""
    given = os.environ.get("KG_STORE_TIMEOUT", "").strip()
    if not given:
        return _PATIENCE
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0
    if not 0 < seconds < 10**6:
        raise StoreError(f"KG_STORE_TIMEOUT is “{given}”, and should be a number of seconds")
    return seconds


class Server(SPARQLUpdateStore):
    """The server at an address; ``requests`` counts what was asked of it."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.query, address.updates[0], returnFormat="xml")
        self.address = address
        self.requests = 0
        self._patience = patience()
        self._updates_go: str | None = None
        self._headers = {"User-Agent": f"regkg/{__version__}"}
        if address.user:
            # not by rdflib, whose passwords are ASCII
            self._headers["Authorization"] = _basic(address.user, address.password)
        timeout = urllib3.Timeout(connect=_CONNECT, read=self._patience)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False, maxsize=8)

    def close(self, commit_pending_transaction: bool = False) -> None:
        self._pool.clear()

    # -------------------------------------------------------------------------------------------- what we ask

    def answer(self, sparql: str, accept: str = ROWS, default_graph: str | None = None) -> Answer:
        """The answer to a query, of which the beginning has come; StoreError in one sentence where there is none."""
        url = self.address.query
        if default_graph is not None:
            url += f"{'&' if '?' in url else '?'}default-graph-uri={quote(default_graph, safe='')}"
        response = self._send(url, sparql, "application/sparql-query", {"Accept": accept})
        if response.status != 200:
            raise self._refused(response, "query")
        found = Answer(response, self)
        kind = found.kind
        if kind in ("text/html", "application/xhtml+xml") or _HTML.match(found.peek()):
            found.close()
            raise StoreError(
                f"{self.address} answers with a web page and not with SPARQL results: it takes the address"
                " of the server's query endpoint (docs/stores.md)"
            )
        return found

    # ---------------------------------------------------------------------------------------- what rdflib asks

    def _query(self, query: str, default_graph: str | None = None, named_graph: str | None = None) -> Result:
        self._queries += 1
        types = "application/sparql-results+xml, application/n-triples;q=0.9"
        graph = None if default_graph is None or isinstance(default_graph, BNode) else str(default_graph)
        with self.answer(query, types, graph) as found:
            return Result.parse(io.BytesIO(found.read()), content_type=found.kind)

    def _update(self, update: str) -> None:
        """Where the address doesn't tell where updates go, the likely places are tried, and the first stays."""
        self._updates += 1
        places = (self._updates_go,) if self._updates_go else self.address.updates
        for n, place in enumerate(places, 1):
            # 400 is also what a server says to a query's endpoint's address; where there is no other, it means the text
            response = self._send(place, update, "application/sparql-update", {"Accept": "*/*"})
            if response.status in (200, 201, 202, 204):
                with _Broken(self):
                    page = _HTML.match(response.read()[:200])
                response.release_conn()
                if page:
                    raise StoreError(f"{place} answers a change with a web page: it takes no updates (docs/stores.md)")
                self._updates_go = place
                return
            if response.status in _ELSEWHERE and n < len(places):
                response.drain_conn()
                response.release_conn()
                continue
            raise self._refused(response, "update", len(update))

    # ------------------------------------------------------------------------------------------------ the wire

    def _send(self, url: str, text: str, kind: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        self.requests += 1
        sent = {**self._headers, "Content-Type": f"{kind}; charset=utf-8", **headers}
        with _Broken(self):
            return self._pool.request(
                "POST", url, body=text.encode(), headers=sent, preload_content=False, redirect=False
            )

    def _refused(self, response: urllib3.BaseHTTPResponse, what: str, size: int = 0) -> StoreError:
        status = response.status
        with _Broken(self):
            page = response.read()[:4000]
        response.release_conn()
        words = "" if _HTML.match(page) else _TAG.sub(" ", page.decode(errors="replace")).strip()[:200]
        said = f"{status}: {words}" if words else f"{status}"
        where = str(self.address)
        if status == 401:
            asked = "refuses this user and password" if self.address.user else "wants a user and a password"
            return StoreError(f"{where} {asked} ({status}): set KG_STORE_USER and KG_STORE_PASSWORD")
        if status in (301, 302, 303, 307, 308):
            moved = urlsplit(response.headers.get("Location", ""))
            there = f"{moved.hostname or ''}{moved.path}" or "elsewhere"
            return StoreError(f"{where} has moved to {there} ({status}): give the address that it has now")
        if status == 413:
            return StoreError(
                f"{where} takes no request of {size / 1e6:.1f} MB ({status}): raise the limit of the server, or of the"
                " proxy before it (nginx: client_max_body_size)"
            )
        if what == "update" and status in (403, 404, 405, 415, 501):
            return StoreError(
                f"{where} takes no changes ({said}): the server or the user may only read, or updates have another"
                " address (--store 'QUERY-URL UPDATE-URL')"
            )
        if status == 403:
            return StoreError(f"{where} may not be read by this user ({said}): ask who runs the server")
        if status in (404, 405, 415):
            return StoreError(f"there is no SPARQL query endpoint at {where} ({status}): docs/stores.md lists where")
        if status in (502, 503, 504):
            return StoreError(f"{where} is not to be had just now ({said}): try again, or ask who runs the server")
        return StoreError(f"{where} can't run the {what} ({said})")


class Answer(io.RawIOBase):
    """An answer that is read while it comes."""

    def __init__(self, response: urllib3.BaseHTTPResponse, server: Server) -> None:
        super().__init__()
        self._response = response
        self._server = server
        self._begun = b""
        self.kind = (response.headers.get("Content-Type") or "").partition(";")[0].strip().casefold()

    def peek(self) -> bytes:
        with _Broken(self._server):
            self._begun = self._begun or self._response.read(256)
        return self._begun

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        begun, self._begun = self._begun, b""
        with _Broken(self._server):
            if size is None or size < 0:
                return begun + self._response.read()
            if begun:
                self._begun = begun[size:]
                return begun[:size]
            return self._response.read(size)

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            # a connection whose answer was not read to its end can't be used again
            self._response.close() if not self._ended() else self._response.release_conn()
        super().close()

    def _ended(self) -> bool:
        fp: Any = getattr(self._response, "_fp", None)
        return fp is None or bool(fp.isclosed())


class _Broken:
    """Turns what the network does into sentences."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: object) -> None:
        if not isinstance(fault, HTTPError | OSError) or isinstance(fault, StoreError):
            return
        reason = fault.reason if isinstance(fault, MaxRetryError) and fault.reason is not None else fault
        where, seconds = self._server.address, self._server._patience
        if isinstance(reason, NewConnectionError):
            raise StoreError(f"no server answers at {where}: is it running, and is the address right?") from fault
        if isinstance(reason, ConnectTimeoutError):
            raise StoreError(f"{where} doesn't answer within {_CONNECT:g} s: is the address right?") from fault
        if isinstance(reason, ReadTimeoutError | TimeoutError):
            raise StoreError(
                f"{where} was silent for {seconds:g} s: ask for less, or set KG_STORE_TIMEOUT to more seconds"
            ) from fault
        if isinstance(reason, urllib3.exceptions.SSLError):
            raise StoreError(f"the connection to {where} isn't safe: {reason}") from fault
        raise StoreError(f"{where} broke off in the middle of its answer: try again") from fault


def _basic(user: str, password: str) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
