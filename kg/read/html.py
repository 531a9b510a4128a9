"""HTML: what a reader of the page sees, without its navigation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from bs4.element import CData, NavigableString, PageElement, PreformattedString, Tag

from kg.errors import ReadError
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
MOST_TAGS = 300_000  # each takes a kilobyte and 50 µs; the longest act of the EU has a hundred thousand
_DATA = 200  # characters that a cell of data has fewer of
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.I)
_DATES_TEXT = (
    "article:published_time pubdate publishdate publish_date publishtime date dc.date dc.date.issued "
    "dcterms.issued og:published_time og:release_date datepublished weibo:article:create_at "
)
_DATES = _DATES_TEXT.split()
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "ascii": "utf-8", "big5": "big5hkscs"}


def read(name: str, data: bytes) -> Source:
    page = decode_html(name, data)
    if page.count("<") > MOST_TAGS:
        raise ReadError(f"{name} has more than {MOST_TAGS:,} tags, too many to read at once: part it.")
    soup = BeautifulSoup(page, "lxml")
    head = _head(soup)
    title, issued, link = _title(head), _issued(head), _link(head)
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
    whole = _clear(root)
    articles = root.find_all(["article", "main"]) or root.select('[role="main"], #js_content, #UCAP-CONTENT')
    if len(articles) == 1 and len(articles[0].get_text()) * 2 > whole:
        heading = root.find("h1")
        outside = heading is not None and articles[0] not in heading.parents
        pieces = [*(_pieces(heading) if outside and heading else ()), "\n", *_pieces(articles[0])]
    else:
        pieces = list(_pieces(root))
    rows = (re.sub(r"[ \r\f\v]+", " ", row).strip(" ") for row in "".join(pieces).split("\n"))
    return "\n".join(row for row in rows if row.strip())


def _clear(root: Tag) -> int:
    """Take out menus and the like, unless they hold most of the page; how much text there was.

    Bs4 isn't asked which are gone: a tag's ``decomposed`` is looked for as if it were an element below it.
    """
    lengths = _lengths(root)
    left = [root]
    while left:
        for tag in [child for child in left.pop().contents if isinstance(child, Tag)]:
            if _furniture(tag) and lengths[id(tag)] * 2 < lengths[id(root)]:
                tag.decompose()
            else:
                left.append(tag)
    return lengths[id(root)]


def _lengths(root: Tag) -> dict[int, int]:
    """How much text each element has, by one walk: menus in menus would each be read through by all around them."""
    found: dict[int, int] = {}
    total = 0
    stack: list[tuple[PageElement, int]] = [(root, -1)]
    while stack:
        node, before = stack.pop()
        if isinstance(node, Tag):
            if before >= 0:  # all within it was read
                found[id(node)] = total - before
                continue
            stack.append((node, total))
            stack.extend((child, -1) for child in reversed(node.contents))
        elif isinstance(node, NavigableString) and type(node) in (NavigableString, CData):
            total += len(node)
    return found


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
    """Text in order; a walk of its own stack, since pages nest deeper than Python recurses.

    With each node goes whether it is within a cell of data, in whose row blocks are no lines of their own; tables
    that lay a whole page out hold such. To look for its cell from each node would take the square of the depth.
    """
    lengths = _lengths(element) if isinstance(element, Tag) else {}
    cell_of = element.find_parent(["td", "th"])
    stack: list[tuple[PageElement | str, bool]] = [(element, cell_of is not None and len(cell_of.get_text()) < _DATA)]
    while stack:
        node, data = stack.pop()
        if isinstance(node, Tag):
            if node.name == "br":
                yield "\n"
                continue
            cell = node.name in ("td", "th")
            if cell and node.find_previous_sibling(["td", "th"]):
                yield "\t"
            block = node.name in _BLOCKS and not cell and not data
            around = "\n" if block else " " if node.name in _BLOCKS and not cell else ""
            yield around
            stack.append((around, data))
            inside = lengths[id(node)] < _DATA if cell else data
            stack.extend((child, inside) for child in reversed(node.contents))
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString):
                yield re.sub(r"\s+", " ", node)
        elif isinstance(node, str):
            yield node


#: What a page says of itself, wherever it says it.
_Head = dict[str, list[Tag]]


def _head(soup: BeautifulSoup) -> _Head:
    found: _Head = {name: [] for name in ("meta", "link", "script", "time", "h1", "title")}
    for tag in soup.find_all(list(found)):
        found[tag.name].append(tag)
    return found


def _meta(head: _Head, *names: str) -> str | None:
    for tag in head["meta"]:
        key = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        if key in names and (content := str(tag.get("content") or "").strip()):
            return content
    return None


def _title(head: _Head) -> str | None:
    headings, titles = head["h1"], head["title"]
    found = (
        _meta(head, "og:title", "articletitle")
        or (headings[0].get_text() if len(headings) == 1 else "")
        or (titles[0].get_text() if titles else "")
    )
    return " ".join(found.split()) or None


def _issued(head: _Head) -> date | None:
    if (content := _meta(head, *_DATES)) and (found := day(content)):
        return found
    for script in head["script"]:
        if script.get("type") != "application/ld+json":
            continue
        try:
            data = json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue
        for entry in data if isinstance(data, list) else [data]:
            if isinstance(entry, dict) and (found := day(str(entry.get("datePublished", "")))):
                return found
    stamp = next((tag for tag in head["time"] if tag.get("itemprop") == "datePublished"), None)
    stamp = stamp or next((tag for tag in head["time"] if tag.has_attr("pubdate")), None)
    return day(str(stamp.get("datetime") or stamp.get_text())) if stamp is not None else None


def _link(head: _Head) -> str | None:
    tag = next((tag for tag in head["link"] if "canonical" in (tag.get("rel") or ())), None)
    link = str(tag.get("href") or "") if tag is not None else ""
    link = link or _meta(head, "og:url") or ""
    return link if link.startswith(("http://", "https://")) else None
