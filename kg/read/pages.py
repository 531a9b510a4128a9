"""Pages: where they start, which number is printed on them, and what they carry that is no text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import multimode

from kg.items import Page
from kg.read.layout import Layout
from kg.read.lines import Line

_EDGE = 3  # lines at the head and the foot of a page where a running header or a number may stand
_NUMBER = re.compile(
    r"(?:[-—–·\s]*(?P<bare>\d{1,4})[-—–·\s]*|第\s*(?P<di>\d{1,4})\s*页.{0,12}"
    r"|[Pp]age\s+(?P<page>\d{1,4})(?:\s+of\s+\d+)?|(?P<of>\d{1,4})\s*/\s*\d{1,4})$"
)


def take_pages(lines: Sequence[Line], pages: tuple[Page, ...], layout: Layout) -> tuple[list[Line], tuple[Page, ...]]:
    """The lines without running headers and page numbers, and the pages by their printed numbers."""
    return _known(lines, pages, layout) if pages else _cued(lines, layout)


def _keep(lines: Sequence[Line], gone: set[int]) -> list[Line]:
    kept: list[Line] = []
    cut = False
    for n, line in enumerate(lines):
        if n in gone:
            cut = True
            continue
        line.cut = line.cut or cut
        cut = False
        kept.append(line)
    return kept


def _by_page(lines: Sequence[Line], pages: tuple[Page, ...]) -> list[list[int]]:
    """For each page the places of its lines."""
    groups: list[list[int]] = [[] for _ in pages]
    page = 0
    for n, line in enumerate(lines):
        while page + 1 < len(pages) and pages[page + 1].start <= line.start:
            page += 1
        groups[page].append(n)
    return groups


def _edges(group: list[int]) -> list[int]:
    return sorted({*group[:_EDGE], *group[-_EDGE:]})


def _renumber(pages: tuple[Page, ...], printed: dict[int, int]) -> tuple[Page, ...]:
    """Pages by their printed numbers; one that prints none is counted from its neighbours, a cover has none."""
    if not printed:
        return pages
    shift = multimode(number - pages[place].number for place, number in printed.items())[0]
    numbers = [page.number + shift for page in pages]
    return tuple(Page(page.start, number) for page, number in zip(pages, numbers, strict=True) if number > 0)


def _known(lines: Sequence[Line], pages: tuple[Page, ...], layout: Layout) -> tuple[list[Line], tuple[Page, ...]]:
    gone = {n for n, line in enumerate(lines) if layout.header and layout.header.match(line.text)}
    printed: dict[int, int] = {}
    for place, group in enumerate(_by_page(lines, pages)):
        for n in _edges(group):
            if layout.page_number and n not in gone and (match := layout.page_number.match(lines[n].text)):
                gone.add(n)
                printed.setdefault(place, int(match["page"]))
    return _keep(lines, gone), _renumber(pages, printed)


def _cued(lines: Sequence[Line], layout: Layout) -> tuple[list[Line], tuple[Page, ...]]:
    """Text without pages: a page starts at a running header, with its number beside it, or at a page_start line."""
    gone: set[int] = set()
    pages: list[Page] = []
    number, fresh = 0, -10  # fresh: the place of the last line of a page's head
    for n, line in enumerate(lines):
        if layout.header and layout.header.match(line.text):
            gone.add(n)
            number += 1
            pages.append(Page(line.start, number))
            fresh = n
        elif n - fresh <= 1 and layout.page_number and n - 1 in gone and (match := layout.page_number.match(line.text)):
            gone.add(n)
            number = int(match["page"])
            pages[-1] = Page(pages[-1].start, number)
            fresh = n
        elif layout.page_start and pages and layout.page_start.match(line.lead + line.text[:1]):
            if n - fresh > 1:
                number += 1
                pages.append(Page(line.start, number))
            fresh = n
    return _keep(lines, gone), tuple(pages)


def take_furniture(lines: Sequence[Line], pages: tuple[Page, ...]) -> tuple[list[Line], tuple[Page, ...]]:
    """The same for a document that fits no layout: what recurs at the edge of most pages is no text."""
    if len(pages) < 2:
        return list(lines), pages
    groups = _by_page(lines, pages)
    seen = Counter(text for group in groups for text in {_shape(lines[n].text) for n in _edges(group)})
    often = max(3, 0.6 * len(pages))
    gone: set[int] = set()
    found: dict[int, tuple[int, int]] = {}
    for place, group in enumerate(groups):
        for n in _edges(group):
            if match := _NUMBER.match(lines[n].text):
                found.setdefault(place, (n, int(next(filter(None, match.groups())))))
            elif seen[_shape(lines[n].text)] >= often:
                gone.add(n)
    # numbers are page numbers where they go up with the pages
    shifts = Counter(number - pages[place].number for place, (_, number) in found.items())
    if shifts and shifts.most_common(1)[0][1] >= max(2, 0.6 * len(pages)):
        shift = shifts.most_common(1)[0][0]
        printed = {place: number for place, (_, number) in found.items() if number - pages[place].number == shift}
        gone |= {found[place][0] for place in printed}
        pages = _renumber(pages, printed)
    return _keep(lines, gone), pages


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", "".join(text.split()))
