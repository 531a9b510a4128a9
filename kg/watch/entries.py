"""What a source lists: a feed's entries, a page's links."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from kg.errors import KgError, UsageError
from kg.read.dates import day
from kg.watch.fetch import FetchError, Response, tidy

# what newsletters and networks hang on an address to see who follows it
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|spm|share_token", re.IGNORECASE)
_LONGEST_TITLE = 300


class FormError(KgError):
    """A source gives something else than it should: an alarm, since nothing will be found until somebody looks."""


@dataclass(frozen=True, slots=True)
class Entry:
    url: str
    title: str = ""
    published: date | None = None
    html: str = ""  # what the feed itself has of the text
    digest: str = ""  # of all of it: another one makes the page be looked at again


def plain(url: str) -> str:
    """An address by which an article is known: without what tells who followed it."""
    parts = urlsplit(tidy(url))
    if not parts.query:
        return urlunsplit(parts)
    kept = [
        (key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(key)
    ]
    if len(kept) == len(parse_qsl(parts.query, keep_blank_values=True)):
        return urlunsplit(parts)
    return urlunsplit(parts._replace(query=urlencode(kept)))


def feed(answer: Response) -> list[Entry]:
    """The entries of an RSS or Atom feed. FormError where it is none."""
    feedparser = _feedparser()
    headers = {"content-type": answer.headers.get("content-type", ""), "content-location": answer.url}
    # a file, for of bytes that look like an address or a path feedparser opens what they name
    try:
        parsed = feedparser.parse(io.BytesIO(answer.body), response_headers=headers)
    except Exception as fault:  # what it stumbles over is none either
        raise FormError(f"{answer.url} can't be read as a feed ({type(fault).__name__}: {fault})") from fault
    # it also complains of encodings and types that are stated wrongly, and reads on
    harmless = isinstance(
        parsed.get("bozo_exception"), feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType
    )
    broken = parsed.get("bozo") and not harmless
    if not parsed.entries and (broken or not parsed.get("version")):
        what = "a page (HTML)" if is_html(answer) else "no feed that can be read"
        raise FormError(f"{answer.url} is {what}, not RSS or Atom")
    return list(_entries(parsed.entries, answer.url))


def _entries(parsed: list[Any], base: str) -> Iterator[Entry]:
    seen = set()
    for one in parsed:
        link = str(one.get("link") or "")
        identity = str(one.get("id") or "")
        if not link and identity.startswith(("http://", "https://")):
            link = identity
        try:
            url = plain(urljoin(base, link)) if link else ""
        except (FetchError, ValueError):
            continue
        if not url or url in seen:
            continue
        seen.add(url)
        contents = [str(part.get("value") or "") for part in one.get("content") or ()]
        html = max([*contents, str(one.get("summary") or "")], key=len)
        title = text_of(str(one.get("title") or ""))[:_LONGEST_TITLE]
        stamp = one.get("published_parsed") or _updated(one, "updated_parsed")
        changed = "\n".join((title, html, _updated(one, "updated")))
        yield Entry(url, title, _day(stamp), html, hashlib.sha256(changed.encode("utf-8", "replace")).hexdigest()[:16])


def _updated(one: Any, key: str) -> Any:
    # without the look, feedparser gives the day of publication, with a warning that it won't for ever
    return one[key] if key in one else ""  # noqa: SIM401


def _day(stamp: Any) -> date | None:
    try:
        return datetime(*stamp[:6]).date() if stamp else None
    except (TypeError, ValueError):
        return None


def links(answer: Response, html: str, include: re.Pattern[str] | None) -> list[Entry]:
    """The links of a page that fit a pattern, each once, with their words and a day that stands beside them."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "lxml")
    based = soup.find("base", href=True)
    base = urljoin(answer.url, str(based["href"])) if based is not None else answer.url
    found: dict[str, Entry] = {}
    days: dict[int, date | None] = {}
    for tag in soup.find_all("a", href=True):
        href = str(tag["href"]).strip()
        if href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
            continue
        try:
            url = plain(urljoin(base, href))
        except (FetchError, ValueError):
            continue
        if include is not None and not include.search(url):
            continue
        words = " ".join((str(tag.get("title") or "") or tag.get_text(" ")).split())[:_LONGEST_TITLE]
        if url not in found or not found[url].title:
            found[url] = Entry(url, words, _beside(tag, days))
    return list(found.values())


def _beside(tag: Any, days: dict[int, date | None]) -> date | None:
    """The day in the row of a list; a row with more than one link is none. Each row is read once."""
    row = tag.find_parent(["li", "tr", "dd"])
    if row is None:
        return None
    if id(row) not in days:
        words = row.get_text(" ")
        days[id(row)] = day(words) if len(words) < 400 and len(row.find_all("a", href=True)) == 1 else None
    return days[id(row)]


def is_html(answer: Response) -> bool:
    head = answer.body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html")) or (b"<html" in head and b"<rss" not in head)


def is_feed(answer: Response) -> bool:
    head = answer.body[:2048].replace(b"\0", b"").lower()
    return any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf")) and not is_html(answer)


def advertised(html: str, base: str) -> str:
    """The feed that a page names as its own."""
    from bs4 import BeautifulSoup

    for tag in BeautifulSoup(html, "lxml").find_all("link", href=True):
        if str(tag.get("type", "")).lower() in ("application/rss+xml", "application/atom+xml"):
            return urljoin(base, str(tag["href"]))
    return ""


def text_of(html: str) -> str:
    from bs4 import BeautifulSoup

    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    return " ".join(BeautifulSoup(f"<p>{html}</p>", "lxml").get_text(" ").split())


def _feedparser() -> Any:
    try:
        import feedparser
    except ImportError:
        raise missing("feedparser") from None
    return feedparser


def missing(what: str) -> UsageError:
    return UsageError(f"{what} isn't installed, which kg watch reads feeds and pages with: pip install 'regkg[watch]'")
