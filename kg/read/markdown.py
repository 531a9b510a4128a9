"""Markdown: its text without its marks, with what its front matter says."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kg.items import Source, squeeze
from kg.read import yml
from kg.read.dates import day
from kg.read.source import digest
from kg.read.text import bounded, decode

_FRONT = re.compile(r"---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)", re.DOTALL)
_LONGEST_FRONT = 20_000  # characters; a page between two rules is no front matter, and YAML is read slowly
_PARSER = MarkdownIt("commonmark").enable("table")
# of text that only looks like marks: each bracket that opens is looked for to the end of its block
_PLAIN = (
    MarkdownIt("commonmark")
    .enable("table")
    .disable(["link", "image", "html_inline", "emphasis", "backticks", "autolink", "reference"])
)
_MARK = re.compile(r"[\[<*_`]")
_BLOCK = re.compile(r"\n[ \t]*\n")
_MOST = 1_000_000_000  # marks times characters of a block: seconds


def read(name: str, data: bytes) -> Source:
    text = decode(name, data)
    bounded(name, text)
    front: dict[Any, Any] = {}
    if (match := _FRONT.match(text)) and len(match[1]) <= _LONGEST_FRONT:
        try:
            loaded = yml.load(match[1])
        except ValueError:
            loaded = None  # a rule and a heading, perhaps
        if isinstance(loaded, dict):
            front, text = loaded, text[match.end() :]
    title = _said(front.get("title"))
    parser = _PLAIN if any(len(_MARK.findall(block)) * len(block) > _MOST for block in _BLOCK.split(text)) else _PARSER
    plain = _plain(parser.parse(text))
    if title and squeeze(title) not in squeeze(plain[:2000]):
        plain = f"{title}\n\n{plain}"
    link = next((said for key in ("link", "url", "canonical") if (said := _said(front.get(key)))), None)
    return Source(name, digest(data), "md", plain, title=title, issued=_issued(front), link=link)


def _said(value: Any) -> str | None:
    """A value as text. Not of lists: with YAML's references, one of a kilobyte can stand for more than there is."""
    return (str(value).strip() or None) if isinstance(value, str | int | float | date) else None


def _issued(front: dict[Any, Any]) -> date | None:
    for key in ("date", "published", "issued"):
        value = front.get(key)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if (said := _said(value)) and (found := day(said)):
            return found
    return None


def _plain(tokens: list[Token]) -> str:
    """A line for each block. The number of a list's item stays: a newsletter may count its items so."""
    blocks: list[str] = []
    cells: list[str] | None = None
    mark = ""
    for token in tokens:
        if token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            blocks.append("\t".join(cells or ()))
            cells = None
        elif token.type == "inline":
            text = _inline(token.children or [])
            if cells is not None:
                cells.append(text)
            else:
                blocks.append(mark + text)
                mark = ""
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip("\n"))
        elif token.type == "html_block" and (text := _untagged(token.content).strip()):
            blocks.append(text)
    return "\n\n".join(block for block in blocks if block.strip())


def _untagged(html: str) -> str:
    """Without its tags. No pattern: one looks for the end of each tag that is none through all that follows."""
    pieces: list[str] = []
    at = 0
    while (start := html.find("<", at)) >= 0 and (end := html.find(">", start)) >= 0:
        pieces.append(html[at:start])
        at = end + 1
    return "".join([*pieces, html[at:]])


def _inline(children: list[Token]) -> str:
    pieces: list[str] = []
    following = [""] * len(children)  # the text that comes next after each
    for n in range(len(children) - 2, -1, -1):
        following[n] = children[n + 1].content or following[n + 1]
    for n, token in enumerate(children):
        if token.type in ("text", "code_inline"):
            pieces.append(token.content)
        elif token.type == "hardbreak":
            pieces.append("\n")
        elif token.type == "softbreak":
            after = following[n]
            before = next((p for p in reversed(pieces) if p), "")
            pieces.append(" " if before[-1:].isascii() and after[:1].isascii() else "")
    return "".join(pieces)
