"""JSONL: items that are ready, an object a line.

A feed of more than a few hundred lines is read in parts, a report each, so that memory doesn't grow with the feed and
an addition that was broken off goes on where it was. Lines that are added below leave the parts above as they are.
"""

from __future__ import annotations

import hashlib
import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from kg import ids
from kg.errors import ReadError
from kg.items import Item, Part, Report, Said, Source
from kg.read.clean import Scribe, Wrap
from kg.read.dates import day
from kg.read.lines import lines
from kg.read.single import document_id
from kg.read.source import digest
from kg.read.text import decode

#: Lines of a part, and the bytes after which it ends sooner.
PART_LINES, PART_BYTES = 250, 16_000_000


@dataclass(frozen=True, slots=True)
class FeedPart:
    """Lines of a feed that become one report."""

    line: int  # its first, counted from 1
    lines: int  # those that aren't empty
    data: bytes


def parts(name: str, file: IO[bytes]) -> Iterator[FeedPart]:
    """The parts of a feed. One in UTF-16 or 32, whose lines can't be told apart by their bytes, is a single part."""
    held: list[bytes] = []
    size = filled = number = 0
    first = 1
    while line := file.readline(PART_BYTES + 1):
        number += 1
        if len(line) > PART_BYTES:
            raise ReadError(f"{name}, line {number}: it has more than {PART_BYTES // 1_000_000} MB: part it.")
        if number == 1 and (line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in line):
            rest = file.read(PART_BYTES)
            if len(rest) == PART_BYTES:
                raise ReadError(f"{name} is too large to be read in this encoding: save it as UTF-8.")
            yield FeedPart(1, 1, line + rest)
            return
        if filled >= PART_LINES or size + len(line) > PART_BYTES:
            yield FeedPart(first, filled, b"".join(held))
            held, size, filled, first = [], 0, 0, number
        held.append(line)
        size += len(line)
        filled += bool(line.strip())
    if filled:
        yield FeedPart(first, filled, b"".join(held))


@dataclass(frozen=True, slots=True)
class Record:
    """One line; the spans are of the feed's text."""

    id: str
    title: tuple[int, int]
    text: tuple[int, int]
    commentary: tuple[int, int] | None
    issued: date | None
    publisher: str | None
    link: str | None
    section: str | None
    page: int | None


@dataclass(frozen=True, slots=True)
class Feed(Source):
    """A source whose items are told apart already. Its text is theirs, one after the other."""

    records: tuple[Record, ...] = ()
    line: int = 1  # that of the file with which it begins


def read(name: str, data: bytes, first: int = 1) -> Feed:
    """The keys are title, text and, where known, date, source, link, section, page, id, commentary; others are left.

    An ``id`` is the item's id in the store, as it stands; without one it is made from the file's name and the link
    or the title. ``first`` is the number that the first line has in the file.
    """
    pieces: list[str] = []
    length = 0

    def put(text: str, end: str = "\n") -> tuple[int, int]:
        nonlocal length
        start = length
        pieces.extend((text, end))
        length += len(text) + len(end)
        return start, start + len(text)

    records: list[Record] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(decode(name, data).split("\n"), first):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        fields = _fields(where, line)
        title, commentary, link = fields["title"], fields.get("commentary"), fields.get("link")
        # the date is in it, since a feed may head two items alike
        given = fields.get("id")
        id_ = ids.key(given) if given else document_id(name, link or f"{title} {fields.get('date') or ''}".strip())
        if id_ in seen:
            raise ReadError(
                f"{where} and line {seen[id_]} are both the item {id_}: give each line an id or a link of its own."
            )
        seen[id_] = number
        records.append(
            Record(
                id=id_,
                title=put(title),
                text=put(fields["text"]),
                commentary=put(commentary) if commentary else None,
                issued=_date(where, fields.get("date")),
                publisher=fields.get("source"),
                link=link,
                section=fields.get("section"),
                page=fields.get("page"),
            )
        )
        put("")
    if not records:
        raise ReadError(f"{name} is empty: there is no item in it.")
    return Feed(name, digest(data), "jsonl", "".join(pieces), records=tuple(records), line=first)


def faulty(error: ValueError | RecursionError) -> str:
    """What is wrong with a line that json doesn't read."""
    if isinstance(error, json.JSONDecodeError):
        return error.msg
    # Python takes no whole number of more than 4,300 digits
    return "it is nested too deep" if isinstance(error, RecursionError) else "it has a number without end"


def _fields(where: str, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        problem = faulty(error)
        raise ReadError(f"{where}: this is no JSON object ({problem}); put one on each line.") from error
    if not isinstance(value, dict):
        raise ReadError(f"{where}: this is no JSON object; put one on each line.")
    found: dict[str, Any] = {}
    for key in ("title", "text", "date", "source", "link", "section", "id", "commentary"):
        entry = value.get(key)
        if key == "id" and isinstance(entry, int) and not isinstance(entry, bool):
            entry = str(entry)
        if entry is not None and not isinstance(entry, str):
            raise ReadError(f"{where}: {key} must be a text in quotes.")
        if entry and entry.strip():
            found[key] = _encodable(where, key, entry.strip() if key not in ("text", "commentary") else entry)
        elif key in ("title", "text"):
            raise ReadError(f"{where}: {key} is missing; every line needs title and text.")
    page = value.get("page")
    if page is not None and (not isinstance(page, int) or isinstance(page, bool)):
        raise ReadError(f"{where}: page must be a whole number.")
    found["page"] = page
    return found


def _encodable(where: str, key: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ReadError(f"{where}: {key} holds half a character ({error.reason}); write it whole.") from error
    return text


def _date(where: str, text: str | None) -> date | None:
    if text is None:
        return None
    found = day(text)
    if found is None:
        raise ReadError(f"{where}: the date {text[:30]!r} is no day; write it as 2024-08-19.")
    return found


def split_feed(feed: Feed) -> Report:
    items = tuple(_item(feed, record) for record in feed.records)
    # the first item stays the same when others are added below
    mark = hashlib.sha256(items[0].id.encode()).hexdigest()[:8]
    name = document_id(feed.name, "").rsplit("-", 1)[0]
    title = name if feed.line == 1 else f"{name}, from line {feed.line}"
    return Report(f"{name}-{mark}", title, feed, items)


def _item(feed: Feed, record: Record) -> Item:
    scribe = Scribe(feed.text, Wrap())
    parts = []
    for span, said in (
        (record.title, Said.HEADLINE),
        (record.text, Said.SUMMARY),
        (record.commentary, Said.COMMENTARY),
    ):
        if span is not None:
            parts.append(Part(*scribe.paragraphs(lines(feed.text, *span), one=said is Said.HEADLINE), said))
    passage = scribe.passage()
    return Item(
        id=record.id,
        title=passage.text[: parts[0].end],
        passage=passage,
        parts=tuple(parts),
        section=record.section,
        issued=record.issued,
        publisher=record.publisher,
        link=record.link,
        page=record.page,
    )
