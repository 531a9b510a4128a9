"""A document that is no newsletter: a report of one item."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from kg import ids
from kg.items import Item, Part, Report, Said, Source, squeeze
from kg.read.clean import Scribe, Wrap, ends_paragraph, measure
from kg.read.dates import DAY, ENGLISH_DAY, day
from kg.read.lines import Line, lines
from kg.read.pages import take_furniture

_ADDRESS = re.compile(r"https?://\S+$")
_LINK = re.compile(r"(?:(?:原文)?链\s*接|网\s*址|Link|URL)\s*[：:]\s*(?P<link>https?://\S+)$", re.IGNORECASE)
_ANY_DAY = rf"(?:{re.sub('[?]P<[a-z]+>', '', DAY)}|{ENGLISH_DAY})"
_TIME = r"(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_DATE_LABEL = r"(?:发布日期|发布时间|发文日期|日期|时间|成文日期|Published|Date|Publication date)\s*[：:]\s*"
_PUBLISHER = r"(?:(?:信息|文章)?来\s*源|Source)\s*[：:]\s*(?P<{0}>[^\s：:。；]{{1,30}}|[A-Za-z][\w .&-]{{1,40}})"
_DATELINE = re.compile(
    rf"(?:{_DATE_LABEL})?(?P<day>{_ANY_DAY}){_TIME}(?:[\s|]*{_PUBLISHER.format('after')})?$"
    rf"|{_PUBLISHER.format('before')}(?:[\s|]*(?:{_DATE_LABEL})?(?P<other>{_ANY_DAY}){_TIME})?$",
    re.IGNORECASE,
)
_HEAD, _FOOT = 6, 4  # lines in which a dateline may stand
_LONGEST_TITLE = 160
_WRAPPED = {"txt", "pdf"}


def read_single(source: Source, warnings: tuple[str, ...] = ()) -> Report:
    """The document as a report of one item. A date is taken only from metadata or from a line that holds no more."""
    kept, pages = take_furniture(list(lines(source.text)), source.pages)
    source = replace(source, pages=pages)
    above, title, kept = _title(source, kept)
    link, issued, publisher = source.link, source.issued, None
    body: list[Line] = []
    cut = False
    for n, line in enumerate([*above, *kept]):
        if n < _HEAD or n >= len(above) + len(kept) - _FOOT:
            found_link, found_day, found_publisher = _front(line.text)
            foot = n >= _HEAD
            link, issued, publisher = link or found_link, issued or found_day, publisher or found_publisher
            # the day below a notice is part of it
            if (found_link or found_day or found_publisher) and not (foot and found_day and not found_publisher):
                cut = True
                continue
        body.append(replace(line, cut=line.cut or cut))
        cut = False
    wrap = measure(body)
    scribe = Scribe(source.text, wrap if source.format in _WRAPPED else Wrap(chinese=wrap.chinese))
    parts = []
    # what stands above the headline, a letterhead or a site's menu, stays above it: a passage follows its source
    for lines_, said in (
        ([line for line in body if title and line.start < title[0].start], Said.SUMMARY),
        (title, Said.HEADLINE),
        ([line for line in body if not title or line.start > title[0].start], Said.SUMMARY),
    ):
        if lines_:
            parts.append(Part(*scribe.paragraphs(lines_, one=said is Said.HEADLINE), said))
    passage = scribe.passage()
    named = [passage.text[part.start : part.end] for part in parts if part.said is Said.HEADLINE]
    heading = named[0] if named else source.title or _clause(passage.text)
    id_ = document_id(source.name, link or heading)
    item = Item(
        id=f"{id_}-1",
        title=heading,
        passage=passage,
        parts=tuple(parts),
        issued=issued,
        publisher=publisher,
        link=link,
        page=source.page_at((title or body)[0].start) if title or body else None,
    )
    return Report(id_, heading, source, (item,), issued, None, warnings)


def document_id(name: str, mark: str) -> str:
    """A file's name and what tells it from others so named: its link, else its title."""
    stem = "stdin" if name == "-" else PurePath(name).stem
    return f"{ids.key(stem)}-{hashlib.sha256(squeeze(mark).encode()).hexdigest()[:8]}"


def _title(source: Source, kept: list[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines above the headline, its own, the rest. The file's own title counts where the text starts with it."""
    if not kept:
        return [], [], []
    if source.title:
        wanted = squeeze(source.title)
        for start in range(min(4, len(kept))):
            text = ""
            for end in range(start, min(start + 4, len(kept))):
                text += squeeze(kept[end].text)
                if text == wanted:
                    return kept[:start], kept[start : end + 1], kept[end + 1 :]
    wrap = measure(kept) if source.format in _WRAPPED else Wrap()
    end = 1
    while end < min(3, len(kept)) and not ends_paragraph(kept[end - 1], kept[end], wrap) and not _meta(kept[end].text):
        end += 1
    if sum(len(line.text) for line in kept[:end]) > _LONGEST_TITLE or (end == len(kept) and end > 1):
        end = 1
    if len(kept[0].text) > _LONGEST_TITLE or (end < len(kept) and kept[0].text.endswith("。") and end > 1):
        return [], [], kept  # it starts with a paragraph
    return [], kept[:end], kept[end:]


def _meta(text: str) -> bool:
    return any(_front(text))


def _front(text: str) -> tuple[str | None, date | None, str | None]:
    """Link, day and publisher, where a line holds nothing else."""
    if match := _LINK.match(text):
        return match["link"], None, None
    if _ADDRESS.match(text):
        return text, None, None
    if match := _DATELINE.match(text):
        stated = match["day"] or match["other"]
        return None, day(stated) if stated else None, match["after"] or match["before"]
    return None, None, None


def _clause(text: str) -> str:
    first = re.split(r"(?<=[。！？!?])|\n", text, maxsplit=1)[0]
    return first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 1] + "…"
