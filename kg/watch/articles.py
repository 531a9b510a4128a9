"""An article: its text out of a page, and the file that it becomes."""

from __future__ import annotations

import hashlib
import html as markup
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kg import ids
from kg.errors import ReadError
from kg.items import squeeze
from kg.read.dates import day
from kg.read.html import decode_html
from kg.read.text import decode
from kg.watch.entries import Entry, missing, text_of
from kg.watch.fetch import Response

#: What is kept as it came, for its own reader.
_FILES = {
    b"%PDF": ".pdf",
    b"PK\x03\x04": ".docx",
}
_HEAD = 10  # lines in which the headline is repeated
_LONGEST_PAGE = 5_000_000  # characters
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
#: What servers say without having looked.
_UNSURE = frozenset({"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252"})
_NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Article:
    url: str
    title: str
    text: str
    published: date | None
    suffix: str = ".html"
    data: bytes = b""  # of a file that is kept as it came

    @property
    def digest(self) -> str:
        if self.data:
            return hashlib.sha256(self.data).hexdigest()
        return hashlib.sha256(f"{squeeze(self.title)}\n{squeeze(self.text)}".encode("utf-8", "replace")).hexdigest()


def page_text(answer: Response) -> str:
    """A page's characters, by the header where it is right, else by what the page says or looks like."""
    stated = _CHARSET.search(answer.headers.get("content-type", ""))
    if stated and stated[1].lower() not in _UNSURE:
        encoding = "gb18030" if stated[1].lower() in ("gb2312", "gbk") else stated[1]
        try:
            return answer.body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            pass  # it says what it isn't
    return decode_html(answer.url, answer.body)


def article(entry: Entry, answer: Response) -> Article | None:
    """The article of a page that was fetched; None where there is no text in it."""
    for magic, suffix in _FILES.items():
        if answer.body[:1024].lstrip().startswith(magic):
            return Article(entry.url, entry.title, "", entry.published, suffix, answer.body)
    if answer.kind == "text/plain":
        text = decode(answer.url, answer.body)
        return _made(entry, entry.title or text.strip().split("\n")[0][:160], text, None)
    html = page_text(answer)
    document = _trafilatura(html, answer.url)
    if document is None or not str(document.text or "").strip():
        return None
    return _made(entry, str(document.title or ""), str(document.text), str(document.date or ""))


def from_entry(entry: Entry) -> Article | None:
    """The article as the feed itself has it."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(entry.html, "lxml")
    for tag in soup.find_all(["p", "div", "li", "br", "tr", "h1", "h2", "h3", "blockquote"]):
        tag.append("\n")
    lines = (" ".join(line.split()) for line in soup.get_text().split("\n"))
    return _made(entry, entry.title, "\n".join(line for line in lines if line), None)


def _made(entry: Entry, title: str, text: str, stated: str | None) -> Article | None:
    if not text.strip():
        return None
    # a list's link is often cut short with an ellipsis
    named = entry.title if entry.title and not entry.title.endswith(("…", "...")) else title or entry.title
    published = entry.published or (day(stated) if stated else None)
    return Article(entry.url, text_of(named) or _head(text), text, published)


def _head(text: str) -> str:
    return text.strip().split("\n")[0][:160]


def file_name(url: str, suffix: str) -> str:
    """The same for the same address, so that an article that changed takes the place of the old one."""
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    stem = ids.key(re.sub(r"\.\w{1,5}$", "", last) or "index")[:40].strip("-")
    return f"{stem}-{hashlib.sha256(url.encode()).hexdigest()[:10]}{suffix}"


def page(found: Article, publisher: str, language: str) -> bytes:
    """The article as a page: what kg.read.html takes link, day and headline from."""
    lines = [line.strip() for line in _NO_CHARACTERS.sub("", found.text).split("\n") if line.strip()]
    # what stands above a headline that the text has too is the site's
    heads = [at for at, line in enumerate(lines[:_HEAD]) if squeeze(line) == squeeze(found.title)]
    if heads:
        del lines[: heads[0] + 1]
    title = markup.escape(_NO_CHARACTERS.sub("", found.title))
    head = [
        '<meta charset="utf-8">',
        f"<title>{title}</title>",
        f'<link rel="canonical" href="{markup.escape(found.url)}">',
    ]
    if found.published:
        head.append(f'<meta name="date" content="{found.published.isoformat()}">')
    body = [f"<h1>{title}</h1>"]
    if publisher:
        body.append(f"<p>来源：{markup.escape(publisher)}</p>")
    body += [f"<p>{markup.escape(line)}</p>" for line in lines]
    lang = f' lang="{markup.escape(language)}"' if language else ""
    return "\n".join(
        ["<!doctype html>", f"<html{lang}>", "<head>", *head, "</head>", "<body>", *body, "</body>", "</html>", ""]
    ).encode("utf-8", "replace")


def save(inbox: Path, found: Article, publisher: str, language: str) -> Path:
    from kg.graph.files import write_whole

    path = inbox / file_name(found.url, found.suffix)
    write_whole(path, found.data or page(found, publisher, language))
    return path


def _trafilatura(html: str, url: str) -> Any:
    try:
        import trafilatura
    except ImportError:
        raise missing("trafilatura") from None
    if not html.strip():
        return None
    if len(html) > _LONGEST_PAGE:
        raise ReadError(f"{url} has {len(html):,} characters, more than the page of an article ever has")
    try:
        return trafilatura.bare_extraction(
            html,
            url=url,
            with_metadata=True,
            include_comments=False,
            include_images=False,
            # of a short notice it takes the whole page, its menu too
            prune_xpath=["//nav", "//footer", "//aside", "//form", "//*[@role='navigation']"],
            # a day that is guessed from the page's text or address would be cited as the article's
            date_extraction_params={"extensive_search": False, "original_date": True, "url": None},
        )
    except Exception as fault:  # a page that it stumbles over is no reason to lose the others
        raise ReadError(f"{url} can't be read through ({type(fault).__name__}: {fault})") from fault
