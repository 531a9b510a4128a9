"""HTML: what a reader of the page sees, without its navigation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from kg.items import Source, squeeze
from kg.read.dates import day
from kg.read.source import digest
from kg.read.text import decode

_HIDDEN_TEXT = "script style noscript template nav footer aside form button select svg iframe object head "
_HIDDEN = _HIDDEN_TEXT.split()
_BLOCKS_TEXT = (
    "address article blockquote body center dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul "
)
_BLOCKS = frozenset(_BLOCKS_TEXT.split())

_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|crumbs?|sidebar|footer|cookies?|toolbar|pagination)(?:$|[\s_-])",
    re.I,
)
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.I)
_DATES_TEXT = (
    "article:published_time pubdate publishdate publish_date publishtime date dc.date dc.date.issued "
    "dcterms.issued og:published_time og:release_date datepublished weibo:article:create_at "
)
_DATES = _DATES_TEXT.split()
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "ascii": "utf-8", "big5": "big5hkscs"}


def read(name: str, data: bytes) -> Source:
    soup = BeautifulSoup(decode_html(name, data), "lxml")
    title, issued, link = _title(soup), _issued(soup), _link(soup)
    text = _text(soup)
    if title and squeeze(title) not in squeeze(text[:2000]):
        text = f"{title}\n{text}"  # the headline stands only in the head of the page; it is cited too
    return Source(name, digest(data), "html", text, title=title, issued=issued, link=link)


def decode_html(name: str, data: bytes) -> str:
    """A page's characters, by what it says of itself where that is so."""
    declared = EncodingDetector.find_declared_encoding(data, is_html=True)
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(_SUPERSETS.get(declared.lower(), declared))
        except (UnicodeDecodeError, LookupError):
            pass  # it says what it isn't
    return decode(name, data)


def _text(soup: BeautifulSoup) -> str:
    root = soup.body or soup
    for tag in root.find_all(_HIDDEN):
        tag.decompose()
    whole = len(root.get_text())
    for tag in root.find_all(True):
        if not tag.decomposed and _furniture(tag) and len(tag.get_text()) * 2 < whole:
            tag.decompose()
    articles = root.find_all(["article", "main"]) or root.select('[role="main"], #js_content, #UCAP-CONTENT')
    if len(articles) == 1 and len(articles[0].get_text()) * 2 > whole:
        heading = root.find("h1")
        outside = heading is not None and articles[0] not in heading.parents
        pieces = [*(_pieces(heading) if outside and heading else ()), "\n", *_pieces(articles[0])]
    else:
        pieces = list(_pieces(root))
    rows = (re.sub(r"[ \r\f\v]+", " ", row).strip(" ") for row in "".join(pieces).split("\n"))
    return "\n".join(row for row in rows if row.strip())


def _furniture(tag: Tag) -> bool:
    attributes: dict[str, Any] = tag.attrs or {}
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if _DISPLAY_NONE.search(str(attributes.get("style", ""))):
        return True
    classes = attributes.get("class") or []
    named = " ".join([*([classes] if isinstance(classes, str) else classes), str(attributes.get("id", ""))])
    return attributes.get("role") in ("navigation", "banner", "contentinfo") or bool(_FURNITURE.search(named))


def _pieces(element: PageElement) -> Iterator[str]:
    """Text in order; a walk of its own stack, since pages nest deeper than Python recurses."""
    stack: list[PageElement | str] = [element]
    small: dict[int, bool] = {}  # whether a cell is one of data
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            if node.name == "br":
                yield "\n"
                continue
            cell = node.name in ("td", "th")
            if cell and node.find_previous_sibling(["td", "th"]):
                yield "\t"
            block = node.name in _BLOCKS and not cell and not _in_cell(node, small)
            around = "\n" if block else " " if node.name in _BLOCKS and not cell else ""
            yield around
            stack.append(around)
            stack.extend(reversed(node.contents))
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString):
                yield re.sub(r"\s+", " ", node)
        elif isinstance(node, str):
            yield node


def _in_cell(node: Tag, small: dict[int, bool]) -> bool:
    """Within a row of data; tables that lay a whole page out hold blocks of their own.

    Each cell is measured once: one that holds a whole page has thousands of paragraphs that ask.
    """
    cell = node.find_parent(["td", "th"])
    if cell is None:
        return False
    if id(cell) not in small:
        small[id(cell)] = len(cell.get_text()) < 200
    return small[id(cell)]


def _meta(soup: BeautifulSoup, *names: str) -> str | None:
    for tag in soup.find_all("meta"):
        key = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        if key in names and (content := str(tag.get("content") or "").strip()):
            return content
    return None


def _title(soup: BeautifulSoup) -> str | None:
    headings = soup.find_all("h1")
    found = (
        _meta(soup, "og:title", "articletitle")
        or (headings[0].get_text() if len(headings) == 1 else "")
        or (soup.title.get_text() if soup.title else "")
    )
    return " ".join(found.split()) or None


def _issued(soup: BeautifulSoup) -> date | None:
    if (content := _meta(soup, *_DATES)) and (found := day(content)):
        return found
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            data = json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue
        for entry in data if isinstance(data, list) else [data]:
            if isinstance(entry, dict) and (found := day(str(entry.get("datePublished", "")))):
                return found
    stamp = soup.find("time", attrs={"itemprop": "datePublished"}) or soup.find("time", attrs={"pubdate": True})
    return day(str(stamp.get("datetime") or stamp.get_text())) if isinstance(stamp, Tag) else None


def _link(soup: BeautifulSoup) -> str | None:
    tag = soup.find("link", rel="canonical")
    link = str(tag.get("href") or "") if isinstance(tag, Tag) else ""
    link = link or _meta(soup, "og:url") or ""
    return link if link.startswith(("http://", "https://")) else None
