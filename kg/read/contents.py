"""The list of contents: which items a report says it has, and where. It checks what was found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from kg.items import squeeze
from kg.read.layout import Layout
from kg.read.lines import Line

_DOTS = ".…·．"
_DOTTED = re.compile(f"[{_DOTS}]{{2}}")
_PAGE = re.compile(r"\d{1,3}$")


@dataclass(frozen=True, slots=True)
class Entry:
    section: str | None
    number: int
    title: str  # as printed, without the leader and the page
    page: int | None

    def name(self) -> str:
        where = f"{self.section or 'item'} {self.number}"
        return f"{where} “{self.title}”" + (f" (page {self.page})" if self.page is not None else "")


def same(title: str) -> str:
    """A title for comparison: white space, width and kinds of quotes and dashes don't tell two apart."""
    title = unicodedata.normalize("NFKC", squeeze(title)).casefold()
    return re.sub(r"[\"'“”‘’「」\-‐–—_]", "", title)


def read_contents(lines: Sequence[Line], layout: Layout) -> list[Entry]:
    """Entries of the contents, their titles often broken over lines and run into the page number."""
    names = {section.name for section in layout.sections}
    raw: list[tuple[str | None, int, list[str]]] = []
    section: str | None = None
    for line in lines:
        plain = _unled(line.text)[0]
        if (heading := layout.section.match(plain)) and heading["name"].strip() in names:
            section = heading["name"].strip()
        elif (entry := layout.item.match(line.text)) and _follows(raw, section, number := numeral(entry["number"])):
            raw.append((section, number, [entry["title"]]))
        elif raw and _unled(raw[-1][2][-1])[1] is None:
            raw[-1][2].append(line.text)
        elif raw and "..." not in raw[-1][2][-1] and "…" not in raw[-1][2][-1]:
            raw[-1][2].append(line.text)  # the number at the end of the line before was of the title
    entries: list[Entry] = []
    page = 0
    for section, number, pieces in raw:
        title, found = _page("".join(f" {p}" if p[0].isascii() and p[0].isalpha() else p for p in pieces).strip(), page)
        page = found or page
        entries.append(Entry(section, number, title, found))
    return entries


def _unled(text: str) -> tuple[str, int | None]:
    """A line without its leader (two dots or more, or white space) and the page of up to three digits behind it.

    Not by one pattern: one takes a second for a line of a thousand dots, and hours for one of a hundred thousand.
    """
    digits = _PAGE.search(text)
    bare = text[: digits.start()] if digits else ""
    if digits is None or bare[-1:].isdecimal():
        return text, None
    # nor dot by dot from the end, which copies the line as often as a leader of “. . . .” has dots
    end = len(bare)
    while end and (bare[end - 1] in _DOTS or bare[end - 1].isspace()):
        end -= 1
    led = bare[:end] if _DOTTED.search(bare, end) else bare.rstrip()
    return (led, int(digits[0])) if led != bare else (text, None)


def _follows(raw: list[tuple[str | None, int, list[str]]], section: str | None, number: int) -> bool:
    """Whether an entry with this number can stand here: a line within a title may start like an entry."""
    if not raw or raw[-1][0] != section:
        return True
    return number == 1 or raw[-1][1] < number <= raw[-1][1] + 3


def _page(text: str, before: int) -> tuple[str, int | None]:
    plain, page = _unled(text)
    if page is not None:
        return plain.rstrip(), page
    if not (match := _PAGE.search(text)):
        return text, None
    # no leader: the title may end in digits itself; pages don't go back and don't leap
    digits = match[0]
    guesses = [(int(digits[-n:]), n) for n in range(1, len(digits) + 1)]
    page, used = min(((p, n) for p, n in guesses if p >= max(1, before)), default=guesses[-1])
    return text[: len(text) - used].rstrip(), page


_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0}


def numeral(text: str) -> int:
    """The value of 3, ３, 三 or 二十三; 0 where it is none."""
    if text.isdecimal():
        return int(text)
    if text and set(text) <= {*_DIGITS, "十"} and text.count("十") <= 1:
        if "十" in text:
            tens, ones = text.split("十")
            return (_DIGITS.get(tens, 1)) * 10 + _DIGITS.get(ones, 0)
        return int("".join(str(_DIGITS[c]) for c in text))
    return 0
