"""The address of a store on a SPARQL server, as ``--store`` and KG_STORE take it.

``http://host/query``, with ``user:password@`` where the server wants one; a second address after a space is where
updates go. What is shown of an address never has the user or the password in it.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from kg.errors import UsageError

_SCHEMES = ("http", "https")
#: What a query's address ends in, and an update's in its place: Oxigraph and Fuseki; Stardog too.
_SIBLINGS = (("/query", "/update"), ("/sparql", "/update"))
#: RDF4J and GraphDB have a repository's updates below it.
_REPOSITORY = re.compile(r"/repositories/[^/]+$")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server takes queries and updates; ``str`` gives it without the password."""

    query: str
    #: In the order in which they are tried, until one isn't refused as the wrong place.
    updates: tuple[str, ...]
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    judgements: Path | None = None

    def __str__(self) -> str:
        return self.query

    @property
    def secret(self) -> str:
        """Whole, with the password, for a process of ours that opens it too: never to be shown."""
        query = urlsplit(self.query)
        if not self.user:
            return f"{self.query} {self.updates[0]}" if len(self.updates) == 1 else self.query
        who = f"{_quoted(self.user)}:{_quoted(self.password)}@"
        whole = urlunsplit(query._replace(netloc=who + query.netloc))
        return f"{whole} {self.updates[0]}" if len(self.updates) == 1 else whole

    @property
    def slug(self) -> str:
        """A name for files about it, the same for whoever asks."""
        parts = urlsplit(self.query)
        words = re.sub(r"[^A-Za-z0-9]+", "-", f"{parts.netloc}{parts.path}").strip("-")[:80]
        return f"{words}-{hashlib.sha256(self.query.encode()).hexdigest()[:8]}"


def is_address(given: object) -> bool:
    return isinstance(given, str) and given.lstrip().casefold().startswith(tuple(f"{one}:" for one in _SCHEMES))


def address(given: str) -> Address:
    """An address as somebody wrote it; UsageError says what it lacks, and never shows a password."""
    written = given.split()
    if not 1 <= len(written) <= 2:
        raise UsageError("the address of a store is one URL, or that of queries, a space and that of updates")
    query, user, password = _parted(written[0])
    if not user:
        user, password = os.environ.get("KG_STORE_USER", ""), os.environ.get("KG_STORE_PASSWORD", "")
    if len(written) == 2:
        update, *_ = _parted(written[1])
        return Address(query, (update,), user, password)
    if _REPOSITORY.search(urlsplit(query).path):
        return Address(query, (f"{query}/statements",), user, password)
    near = [query.removesuffix(end) + instead for end, instead in _SIBLINGS if query.endswith(end)]
    return Address(query, (query, *near), user, password)


def _parted(url: str) -> tuple[str, str, str]:
    """A URL without user and password, and those."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        raise UsageError("the address of the store can't be read: it goes http://host:port/path") from None
    if parts.scheme.casefold() not in _SCHEMES or not parts.hostname:
        raise UsageError("the address of the store lacks its host: it goes http://host:port/path")
    if parts.fragment:
        raise UsageError("the address of the store has a # in it: in a password, write %23")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme.casefold(), host + port, parts.path.rstrip("/"), parts.query, "")), user, password


def _quoted(word: str) -> str:
    from urllib.parse import quote

    return quote(word, safe="")
