"""What is watched: a YAML of sources, or folders and addresses as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from kg import ids
from kg.errors import UsageError
from kg.read import yml
from kg.watch.fetch import FetchError, literal, origin, tidy

Kind = Literal["folder", "feed", "list", "pages", "address"]
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)?", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LARGEST = 1_000_000  # bytes of a YAML


@dataclass(frozen=True, slots=True)
class Expect:
    """What a source usually gives, where somebody says so; else it is learnt."""

    entries: int | None = None  # in the feed or list, at least
    text: int | None = None  # characters of a page, at least
    quiet: float | None = None  # days without anything new, at most
    facts: float | None = None  # share of documents with a relation, at least


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    kind: Kind
    urls: tuple[str, ...] = ()
    folder: Path | None = None
    every: float = 3600.0  # seconds
    include: re.Pattern[str] | None = None
    publisher: str = ""
    language: str = ""
    text: Literal["page", "entry"] = "page"  # where a feed's texts are taken from
    most: int = 50  # pages fetched in one visit
    recheck: float = 7 * 86_400.0  # seconds after which a page that is still listed is looked at again
    intranet: bool = False
    expect: Expect = field(default_factory=Expect)

    @property
    def private(self) -> frozenset[str]:
        """The origins that may lie in a private network: those that the user wrote as such."""
        return frozenset(origin(url) for url in self.urls if self.intranet or literal(urlsplit(url).hostname or ""))


@dataclass(frozen=True, slots=True)
class Watched:
    """Sources, and how to behave towards their hosts."""

    sources: tuple[Source, ...]
    contact: str = ""  # an address of the user's, told to the hosts
    delay: float = 1.0  # seconds between two requests to a host


def watched(given: Iterable[str]) -> Watched:
    """Sources from YAML files, folders and addresses; UsageError says what is wrong with which."""
    found: list[Source] = []
    contact, delay = "", 1.0
    for one in given:
        if one.lower().startswith(("http:", "https:")):
            found.append(_address(one))
        elif Path(one).is_dir():
            path = Path(one).resolve()
            found.append(Source(ids.key(path.name or "root"), "folder", folder=path))
        elif Path(one).suffix.lower() in (".yml", ".yaml"):
            read = _file(Path(one))
            found += read.sources
            contact, delay = read.contact or contact, read.delay
        else:
            raise UsageError(f"{one} is nothing to watch: name a YAML of sources, a folder or an address (https://…)")
    names: dict[str, Source] = {}
    for source in found:
        if source.name in names:
            raise UsageError(f"two sources are called {source.name}: give each a name of its own")
        names[source.name] = source
    if not found:
        raise UsageError("there is nothing to watch: name a YAML of sources, a folder or an address")
    return Watched(tuple(found), contact, delay)


def _address(url: str) -> Source:
    url = _tidy(url, url)
    parts = urlsplit(url)
    return Source(ids.key(f"{parts.netloc} {parts.path} {parts.query}"), "address", (url,))


def _tidy(where: str, url: str) -> str:
    try:
        return tidy(url)
    except FetchError as fault:
        raise UsageError(f"{where}: {fault}" if where != url else str(fault)) from None


_KEYS = {one.name for one in fields(Source)} - {"urls"} | {"url"}


def _file(path: Path) -> Watched:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path} is too large to be a list of sources")
        data = yml.load(path.read_text("utf-8-sig"))
    except OSError as fault:
        raise UsageError(f"{path} can't be read: {fault.strerror or fault}") from fault
    except ValueError as fault:
        raise UsageError(f"{path} can't be read: {' '.join(str(fault).split())[:300]}") from fault
    top = data if isinstance(data, dict) else {"sources": data}
    _known(str(path), top, {"sources", "contact", "delay"})
    entries = top.get("sources")
    if not isinstance(entries, list) or not entries:
        raise UsageError(f"{path} holds no sources: it needs a list under sources, each with name, kind and url")
    made = [_source(path, number, entry) for number, entry in enumerate(entries, 1)]
    contact = _text(str(path), "contact", top.get("contact"))
    delay = _span(str(path), "delay", top.get("delay", 1), "s")
    return Watched(tuple(made), contact, delay)


def _source(path: Path, number: int, entry: Any) -> Source:
    where = f"{path}, source {number}"
    if not isinstance(entry, dict):
        raise UsageError(f"{where} is no mapping: it needs name, kind and url")
    named = _text(where, "name", entry.get("name"))
    if not named:
        raise UsageError(f"{where} has no name")
    where = f"{path}, {named}"
    _known(where, entry, _KEYS)
    kind = entry.get("kind", "folder" if "folder" in entry else "address")
    if kind not in get_args(Kind):
        raise UsageError(f"{where}: kind is one of {', '.join(get_args(Kind))}")
    urls = entry.get("url", [])
    urls = [urls] if isinstance(urls, str) else urls
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise UsageError(f"{where}: url is an address, or a list of them")
    if (kind == "folder") == bool(urls) or (kind == "folder") != ("folder" in entry):
        raise UsageError(f"{where}: a {kind} needs {'folder' if kind == 'folder' else 'url'}, and nothing else")
    if kind == "list" and "include" not in entry:
        raise UsageError(f"{where}: a list needs include, a pattern that the addresses of its articles fit")
    if entry.get("text", "page") not in ("page", "entry"):
        raise UsageError(f"{where}: text is page or entry")
    most = entry.get("most", 50)
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= 10_000:
        raise UsageError(f"{where}: most is a number of pages, 1 to 10,000")
    if not isinstance(entry.get("intranet", False), bool):
        raise UsageError(f"{where}: intranet is yes or no")
    folder = _text(where, "folder", entry.get("folder"))
    return Source(
        name=ids.key(named),
        kind=kind,
        urls=tuple(_tidy(where, url) for url in urls),
        folder=(path.parent / folder).resolve() if folder else None,
        every=_span(where, "every", entry.get("every", 1), "h"),
        include=_pattern(where, entry.get("include")),
        publisher=_text(where, "publisher", entry.get("publisher")),
        language=_text(where, "language", entry.get("language")),
        text=entry.get("text", "page"),
        most=most,
        recheck=_span(where, "recheck", entry.get("recheck", 7), "d"),
        intranet=entry.get("intranet", False),
        expect=_expect(where, entry.get("expect", {})),
    )


def _expect(where: str, given: Any) -> Expect:
    if not isinstance(given, dict):
        raise UsageError(f"{where}: expect holds entries, text, quiet or facts")
    _known(f"{where}, expect", given, {one.name for one in fields(Expect)})
    numbers: dict[str, Any] = {}
    for key, value in given.items():
        if key == "quiet":
            numbers[key] = _span(where, "quiet", value, "d") / 86_400
        elif not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
            raise UsageError(f"{where}: {key} is a number")
        else:
            numbers[key] = value
    if numbers.get("facts", 0) > 1:
        raise UsageError(f"{where}: facts is a share, such as 0.2")
    return Expect(**numbers)


def _known(where: str, given: dict[Any, Any], keys: set[str]) -> None:
    if unknown := [str(key) for key in given if key not in keys]:
        raise UsageError(f"{where}: {unknown[0]} is no key of it; there are {', '.join(sorted(keys))}")


def _text(where: str, key: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or "\n" in value.strip() or len(value) > 500:
        raise UsageError(f"{where}: {key} is a line of text")
    return value.strip()


def _pattern(where: str, given: Any) -> re.Pattern[str] | None:
    if given is None:
        return None
    try:
        return re.compile(_text(where, "include", given))
    except re.error as fault:
        raise UsageError(f"{where}: include is no regular expression ({fault})") from fault


def span(given: str) -> float:
    """Seconds of “30min”, “6h”, “2d”; a bare number is minutes."""
    return _span("--every", "it", given, "min")


def _span(where: str, key: str, given: Any, unit: str) -> float:
    match = _SPAN.fullmatch(str(given).strip()) if not isinstance(given, bool) else None
    if match is None:
        raise UsageError(f"{where}: {key} is a span of time, such as 30min, 6h or 2d")
    return float(match[1]) * _SECONDS[(match[2] or unit).lower()]
