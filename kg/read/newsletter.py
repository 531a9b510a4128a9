"""One edition of a newsletter into its items, by its layout."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kg.items import Item, Part, Report, Said, Source
from kg.read.clean import Scribe, Wrap, clean, measure
from kg.read.contents import Entry, numeral, read_contents, same
from kg.read.dates import calendar
from kg.read.layout import Layout
from kg.read.lines import Line, lines, width
from kg.read.pages import take_pages

_ADDRESS = re.compile(r"https?://[\x21-\x7e]+$")
_REST_OF_ADDRESS = re.compile(r"[\x21-\x7e]+$")
_STOP = re.compile(r"[。！？；]$")
_LONGEST_ADDRESS = 2000  # characters; what goes on longer is a picture written out, and no address
_TITLE_LINES = 6  # a headline with its number stands at most so many lines above the first label
_WRAPPED = {"txt", "pdf"}  # in other formats a line is a paragraph


@dataclass(slots=True)
class _Draft:
    """An item while it is put together."""

    number: int
    title: list[Line]
    start: int  # the places of its lines: headline
    body_start: int  # and first line after the labels
    section: str | None = None
    published: str | None = None
    publisher: str | None = None
    link: str | None = None
    summary: list[Line] = field(default_factory=list)
    commentary: list[Line] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # that stand alone in the body: footers, or its link
    page: int | None = None

    def headline(self, source: str) -> str:
        return clean(source, self.title, Wrap(10**6)).text.replace("\n", "") if self.title else ""


def read_newsletter(source: Source, layout: Layout) -> Report | None:
    """The report, None where the text has no items marked so or doesn't say which month it is of."""
    issue = layout.issue.search(source.text)
    if issue is None:
        return None
    values = {k: int(v) if v and v.isdecimal() else v or "" for k, v in issue.groupdict().items()}
    kept, pages = take_pages(list(lines(source.text)), source.pages, layout)
    source = replace(source, pages=pages)
    start = _contents_start(kept, layout)
    drafts = _Finder(kept, layout, source, 0 if start is None else start + 1).drafts()
    if not drafts:
        return None
    entries = read_contents(kept[start + 1 : drafts[0].start], layout) if start is not None else []
    warnings = _Check(layout, source).sections(drafts, entries)
    links = {draft.link for draft in drafts if draft.link}
    for draft in drafts:
        draft.link = draft.link or next((a for a in draft.addresses if a not in links), None)
    wraps = _wraps(source, drafts)
    report = layout.id.format(**values)
    items: list[Item] = []
    used: Counter[str] = Counter()
    for draft in drafts:
        item = _item(source, layout, report, draft, wraps, warnings)
        used[item.id] += 1
        if (count := used[item.id]) > 1:
            warnings.append(f"{source.name} numbers two items {item.id}; “{item.title}” is {item.id}-{count} here.")
            item = replace(item, id=f"{item.id}-{count}")
        items.append(item)
    year, month = int(issue["year"]), int(issue["month"])
    return Report(
        id=report,
        title=layout.title.format(**values),
        source=source,
        items=tuple(items),
        issued=calendar(str(year), str(month), "1"),
        layout=layout.name,
        warnings=tuple(warnings),
    )


def _contents_start(kept: Sequence[Line], layout: Layout) -> int | None:
    if layout.contents is None:
        return None
    return next((n for n, line in enumerate(kept[:400]) if layout.contents.match(line.text)), None)


class _Finder:
    """Finds items by their labels: a headline is what stands before 发布日期, whatever else starts with a number."""

    def __init__(self, kept: list[Line], layout: Layout, source: Source, first: int) -> None:
        self.kept, self.layout, self.source, self.first = kept, layout, source, first
        self.names = {section.name for section in layout.sections}
        # what stands before the first label: the contents, where there are any
        label = next((n for n in range(first, len(kept)) if self._label(n)), first)
        self.contents = same("".join(line.text for line in kept[first:label])) if first else None

    def drafts(self) -> list[_Draft]:
        drafts: list[_Draft] = []
        n, low = self.first, self.first  # low: what stands before is taken
        while n < len(self.kept):
            if self._label(n) and (draft := self._draft(n, low, drafts[-1].number if drafts else 0)):
                drafts.append(draft)
                n = low = max(draft.body_start, n + 1)
            else:
                n += 1
        self._bodies(drafts)
        return drafts

    def _label(self, n: int) -> str | None:
        text = self.kept[n].text
        for name in ("published", "publisher", "link", "summary"):
            pattern: re.Pattern[str] | None = getattr(self.layout, name)
            if pattern and pattern.match(text):
                return name
        return None

    def _draft(self, n: int, low: int, before: int) -> _Draft | None:
        """The item whose first label stands at n."""
        candidates: list[tuple[int, int]] = []
        for place in range(n - 1, max(low - 1, n - 1 - _TITLE_LINES), -1):
            text = self.kept[place].text
            if match := self.layout.item.match(text):
                candidates.append((place, numeral(match["number"])))
            if text.endswith("。") or self._section(place):
                break
        labels = self._labels_from(n)
        if candidates:
            start, number = next(
                (c for c in candidates if c[1] == before + 1), next((c for c in candidates if c[1] == 1), candidates[0])
            )
            if len(labels) < 2 and not self._listed(start, n, number in (1, before + 1)):
                return None  # a numbered paragraph with a line that looks like a label
        elif n > low and "published" in labels and len(labels) > 1 and not self._section(n - 1):
            start, number = n - 1, before + 1  # a headline whose number was lost, as Word's own numbering is
        else:
            return None
        title = [replace(line) for line in self.kept[start:n]]
        if candidates and (match := self.layout.item.match(title[0].text)):
            first = title[0].rest(match.start("title"))
            title = [*([first] if first else []), *title[1:]]
        if not title:
            return None
        for line in title:
            line.cut = False
        draft = _Draft(number, title, start, n)
        self._fields(draft)
        return draft

    def _listed(self, start: int, end: int, in_turn: bool) -> bool:
        """Whether the contents name a headline; where there are none, one line with the next number will do."""
        if self.contents is None:
            return in_turn and end - start == 1
        match = self.layout.item.match("".join(line.text for line in self.kept[start:end]))
        return bool(match) and same(match["title"] if match else "") in self.contents

    def _labels_from(self, n: int) -> set[str]:
        found: set[str] = set()
        for place in range(n, min(n + 8, len(self.kept))):
            if label := self._label(place):
                found.add(label)
            elif not _ADDRESS.match(self.kept[place].text):
                break
        return found

    def _fields(self, draft: _Draft) -> None:
        """Reads the labels below a headline; leaves body_start at the first line of the body."""
        n = draft.body_start
        seen: set[str] = set()
        while n < len(self.kept) and (label := self._label(n)) and label not in seen:
            seen.add(label)
            value, n = self._value(n, label)
            if label == "summary":
                if value is not None:
                    draft.summary.append(value)
                break
            if value is not None:
                setattr(draft, label, self._repaired(value) if label != "link" else value.text)
            if label == "link" and draft.link:
                draft.link, n = self._rest_of_link(draft.link, n)
        draft.body_start = n

    def _value(self, n: int, label: str) -> tuple[Line | None, int]:
        """What stands behind a label, or on the line after it, and the place after that."""
        pattern: re.Pattern[str] | None = getattr(self.layout, label)
        match = pattern.match(self.kept[n].text) if pattern else None
        value = self.kept[n].rest(match.end()) if match else None
        following = self.kept[n + 1] if n + 1 < len(self.kept) else None
        if value is None and following is not None and label != "summary" and not self._label(n + 1):
            if label == "link" and _ADDRESS.match(following.text):
                return following, n + 2
            if label == "published" and self.layout.date.match(following.text):
                return following, n + 2
            if (
                label == "publisher"
                and len(following.text) <= 30
                and self._label(n + 2 if n + 2 < len(self.kept) else n)
            ):
                return following, n + 2
        return value, n + 1

    def _rest_of_link(self, link: str, n: int) -> tuple[str, int]:
        """An address too long for its line goes on in the next."""
        while (
            60 <= width(link.splitlines()[-1]) <= _LONGEST_ADDRESS
            and n < len(self.kept)
            and _REST_OF_ADDRESS.match(self.kept[n].text)
            and not self.kept[n].text.startswith("http")
            and not self._label(n)
            and self.kept[n - 1].end - self.kept[n - 1].start >= 60
        ):
            link += self.kept[n].text
            n += 1
        return link, n

    def _repaired(self, line: Line) -> str:
        return clean(self.source.text, [line], Wrap()).text

    def _section(self, n: int) -> str | None:
        match = self.layout.section.match(self.kept[n].text)
        name = match["name"].strip() if match else None
        return name if name in self.names else None

    def _bodies(self, drafts: list[_Draft]) -> None:
        headings: dict[int, str] = {}  # by the draft that follows
        for k, draft in enumerate(drafts):
            n = draft.start - 1
            floor = drafts[k - 1].body_start if k else self.first
            if n >= floor and (name := self._section(n)):
                headings[k] = name
                draft.start = n
        current, last = self.layout.sections[0].name, 0
        names = [section.name for section in self.layout.sections]
        for k, draft in enumerate(drafts):
            if k in headings:
                current = headings[k]
            elif draft.number <= last and names.index(current) + 1 < len(names):
                current = names[names.index(current) + 1]  # the heading was lost: numbers start again
            draft.section, last = current, draft.number
            end = drafts[k + 1].start if k + 1 < len(drafts) else len(self.kept)
            self._body(draft, self.kept[draft.body_start : end])

    def _body(self, draft: _Draft, body: list[Line]) -> None:
        layout = self.layout
        target, cut = draft.summary, True
        skip = False
        for n, line in enumerate(body):
            if skip:
                skip = False
                continue
            if layout.end and layout.end.match(line.text):
                break
            if layout.commentary and (match := layout.commentary.match(line.text)):
                target, cut = draft.commentary, True
                if rest := line.rest(match.end()):
                    target.append(rest)
                continue
            if target is draft.summary and not target and layout.summary and (match := layout.summary.match(line.text)):
                if rest := line.rest(match.end()):
                    target.append(rest)
                continue
            if _ADDRESS.match(line.text):
                draft.addresses.append(line.text)
                cut = True
                continue
            if layout.link and (match := layout.link.match(line.text)):
                value = line.text[match.end() :]
                if not value and n + 1 < len(body) and _ADDRESS.match(body[n + 1].text):
                    value, skip = body[n + 1].text, True
                if _ADDRESS.match(value):
                    draft.link = draft.link or value
                    cut = True
                    continue
            late = self._late(draft, line)
            if late:
                cut = True
                continue
            target.append(replace(line, cut=line.cut or cut))
            cut = False

    def _late(self, draft: _Draft, line: Line) -> bool:
        """A label that stands after its paragraph, where the item hasn't it yet."""
        if (
            draft.published is None
            and (match := self.layout.published.match(line.text))
            and self.layout.date.fullmatch(value := line.text[match.end() :])
        ):
            draft.published = value
            return True
        pattern = self.layout.publisher
        if draft.publisher is None and pattern and (match := pattern.match(line.text)):
            value = line.text[match.end() :]
            if value and len(value) <= 30 and not _STOP.search(value):
                draft.publisher = value
                return True
        return False


def _wraps(source: Source, drafts: list[_Draft]) -> dict[Said, Wrap]:
    """How summaries and commentary are wrapped: commentary is often set in a narrower column."""
    summary = measure([line for draft in drafts for line in draft.summary])
    commentary = measure([line for draft in drafts for line in draft.commentary])
    if source.format not in _WRAPPED:
        return dict.fromkeys(Said, Wrap(chinese=summary.chinese))
    return {Said.SUMMARY: summary, Said.COMMENTARY: summary if commentary.width is None else commentary}


def _item(
    source: Source, layout: Layout, report: str, draft: _Draft, wraps: dict[Said, Wrap], warnings: list[str]
) -> Item:
    scribe = Scribe(source.text, wraps[Said.SUMMARY])
    parts = [Part(*scribe.paragraphs(draft.title, one=True), Said.HEADLINE)]
    for body, said in ((draft.summary, Said.SUMMARY), (draft.commentary, Said.COMMENTARY)):
        if body:
            body[0].cut = True
            scribe.wrap = wraps[said]
            parts.append(Part(*scribe.paragraphs(body), said))
    passage = scribe.passage()
    title = passage.text[parts[0].start : parts[0].end]
    id_ = f"{report}-{layout.slug(draft.section)}-{draft.number}"
    issued = _issued(layout, draft.published)
    if draft.published and issued is None:
        warnings.append(f"{source.name}: the date “{draft.published}” of “{title}” is no day of the calendar.")
    if not draft.summary and not draft.commentary:
        warnings.append(f"{source.name}: “{title}” has no text.")
    return Item(
        id=id_,
        title=title,
        passage=passage,
        parts=tuple(parts),
        section=draft.section,
        issued=issued,
        publisher=draft.publisher,
        link=draft.link,
        page=draft.page,
    )


def _issued(layout: Layout, text: str | None) -> date | None:
    match = layout.date.search(text) if text else None
    return calendar(match["year"], match["month"], match["day"]) if match else None


class _Check:
    """Holds the items against the contents."""

    def __init__(self, layout: Layout, source: Source) -> None:
        self.layout, self.source = layout, source

    def sections(self, drafts: list[_Draft], entries: list[Entry]) -> list[str]:
        """Gives each item the section and, where pages can't be told, the page of its entry; says what differs."""
        warnings: list[str] = []
        titles = [draft.headline(self.source.text) for draft in drafts]
        starts = [page.start for page in self.source.pages]
        for draft in drafts:
            place = bisect_right(starts, draft.title[0].start)
            draft.page = self.source.pages[place - 1].number if place else None
        if not entries:
            if self.layout.contents is not None:
                warnings.append(f"{self.source.name} has no list of contents to check its {len(drafts)} items against.")
            return warnings
        by_title: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_title[same(entry.title)].append(entry)
        paired: dict[int, Entry] = {}
        for k, title in enumerate(titles):
            if near := by_title[same(title)]:
                paired[k] = next((entry for entry in near if entry.number == drafts[k].number), near[0])
                near.remove(paired[k])
        left = {(entry.section, entry.number): entry for near in by_title.values() for entry in near}
        for k, title in enumerate(titles):
            if k in paired:
                continue
            draft = drafts[k]
            draft.section = self._section(k, drafts, paired)
            if other := left.pop((draft.section, draft.number), None):
                paired[k] = other
                warnings.append(
                    f"{self.source.name} heads {draft.section} {draft.number} “{title}”, its contents “{other.title}”."
                )
            else:
                warnings.append(f"{self.source.name}: the contents lack {draft.section} {draft.number} “{title}”.")
        for k, entry in paired.items():
            draft = drafts[k]
            draft.section = entry.section or draft.section
            if draft.page is None:
                draft.page = entry.page
            elif entry.page is not None and entry.page != draft.page:
                warnings.append(
                    f"{self.source.name}: “{titles[k]}” stands on page {draft.page}, its contents say {entry.page}."
                )
        warnings += [
            f"{self.source.name}: the contents name {entry.name()}, which the text lacks." for entry in left.values()
        ]
        return warnings

    @staticmethod
    def _section(k: int, drafts: list[_Draft], paired: dict[int, Entry]) -> str | None:
        """The section of an item that isn't in the contents: that of its neighbour whose numbers go up to it."""
        if k - 1 in paired and paired[k - 1].number < drafts[k].number:
            return paired[k - 1].section
        if k + 1 in paired and paired[k + 1].number > drafts[k].number:
            return paired[k + 1].section
        return drafts[k].section
