"""Repair: lines of a source to a passage that reads on, in which every character keeps its place.

Only white space is put in or left out: a quotation of a passage is the source's own but for white space. So the
hyphen at a line's end stays too.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.items import Passage
from kg.read.lines import Line, width

_SPACES = re.compile(r"[ \xa0\u2000-\u200a\u202f\u205f\u3000]+")
_IDEOGRAPH = r"\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_OPENING = "《〈（【「『〔［｛"
_CLOSING = "》〉）】」』〕］｝"
_POINTS = "，。、；：！？"
_CJK = re.compile(f"[{_IDEOGRAPH}\U00020000-\U0003ffff]")
_CHINESE = re.compile(f"[{_IDEOGRAPH}{_OPENING}{_CLOSING}，。、；：！？\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[^\W_]|[()\[\]%$€£¥#]")
_SHARED = "“”‘’…—·"  # both scripts write them
_FINAL = re.compile(r"[。！？!?…][”’」』）)》\]]*$|[.][\"”’)]*$")
_COLON = re.compile(r"[；;：:]$")
_FIRST_WORD = re.compile(r"[\x21-\x7e]+|.[，。、；：！？》）」』”’]*", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+$")


@dataclass(frozen=True, slots=True)
class Wrap:
    """How the lines of a text were broken. ``width`` is that of a full line, None where a line is a paragraph."""

    width: int | None = None
    blank_ends: bool = True  # a blank line ends a paragraph; not where one follows every line
    chinese: bool = True


def measure(lines: Sequence[Line]) -> Wrap:
    """How a text is wrapped: the width at which most lines have no room for the next line's first word.

    A heading is short and ends without a stop too, but headings don't pile up at one width with nothing longer.
    """
    sample = [line for line in lines[:20_000] if not _ADDRESS.match(line.text)]
    chinese = _mostly_chinese(sample)
    if len(sample) < 3 or any(len(line.text) > 2000 for line in sample):
        return Wrap(chinese=chinese)
    widths = [width(line.text) for line in sample]
    votes: Counter[int] = Counter()
    for this, following, cells in zip(sample, sample[1:], widths, strict=False):
        if not _FINAL.search(this.text):
            votes.update(range(cells, cells + min(40, _first_word(following))))
    if not votes:
        return Wrap(chinese=chinese)
    most = max(votes.values())
    full = max(cells for cells, count in votes.items() if count == most)
    # the lowest width of the best run is where a line is just full
    while votes.get(full - 1) == most:
        full -= 1
    running = [
        (this, following)
        for this, following, cells in zip(sample, sample[1:], widths, strict=False)
        if 0.85 * full <= cells <= 1.12 * full and not _FINAL.search(this.text)
    ]
    longer = sum(1 for cells in widths if cells > 1.15 * full + 2)
    if full < 24 or len(running) < max(2, 0.3 * len(sample)) or longer > 0.05 * len(sample):
        return Wrap(chinese=chinese)
    spaced = sum(following.blank for _, following in running)
    return Wrap(full, blank_ends=spaced * 2 < len(running), chinese=chinese)


def _mostly_chinese(lines: Iterable[Line]) -> bool:
    text = "".join(line.text for line in lines)[:20_000]
    chinese = len(_CJK.findall(text))
    return chinese * 5 > len(text) - chinese


def _first_word(line: Line) -> int:
    match = _FIRST_WORD.match(line.text)
    return width(match[0]) if match else 1


def ends_paragraph(line: Line, following: Line, wrap: Wrap) -> bool:
    """Whether a new paragraph starts after a line.

    After a stop the line ends one if the next line's first word had had room. Lines that end in mid-sentence must be
    clearly short: Latin letters are of many widths. After a full line that ends in a stop nobody can tell; it goes on.
    """
    if wrap.width is None or (wrap.blank_ends and following.blank):
        return True
    if len(following.lead) >= 2 + len(line.lead) or ("\u3000" in following.lead and "\u3000" not in line.lead):
        return True
    needed = width(line.text) + _first_word(following)
    if _FINAL.search(line.text):
        return needed <= wrap.width
    if _COLON.search(line.text):
        return needed <= 0.93 * wrap.width
    return needed <= 0.8 * wrap.width


class Scribe:
    """Writes a passage, piece by piece."""

    def __init__(self, source: str, wrap: Wrap) -> None:
        self.source, self.wrap = source, wrap
        self.length = 0
        self._pieces: list[str] = []
        self._offsets = array("I")
        self._breaks: list[int] = []
        self._last = 0  # the source offset after the last character written

    def paragraphs(self, lines: Iterable[Line], *, one: bool = False) -> tuple[int, int]:
        """Writes lines, joined to paragraphs (to one, if so said); returns where they stand in the text."""
        start, before = self.length, None
        for line in lines:
            if before is None or (not one and ends_paragraph(before, line, self.wrap)):
                mark = "\n" if self.length else ""
            else:
                mark = self._joint(before.text, line.text)
            if mark:
                if before is None:
                    start += 1
                self._put(mark, array("I", [self._last]))
            if line.cut and self.length:
                self._breaks.append(self.length)
            self._write(line.start, line.end)
            before = line
        return start, self.length

    def passage(self) -> Passage:
        return Passage("".join(self._pieces), self._offsets, tuple(self._breaks))

    def _joint(self, before: str, after: str) -> str:
        last, first = before[-1], after[0]
        if self._chinese(last) or self._chinese(first):
            return ""
        if last in "-‐\u00ad" and before[-2:-1].isalnum() and first.isalnum():
            return ""
        return " "

    def _chinese(self, character: str) -> bool:
        return bool(_CHINESE.match(character)) or (self.wrap.chinese and character in _SHARED)

    def _write(self, start: int, end: int) -> None:
        text = self.source[start:end]
        if text.isascii():
            self._put(text, range(start, end))
            return
        written = 0
        for gap in _SPACES.finditer(text):
            if _between_scripts(text[gap.start() - 1], text[gap.end()]):
                self._put(text[written : gap.start()], range(start + written, start + gap.start()))
                written = gap.end()
        self._put(text[written:], range(start + written, end))

    def _put(self, text: str, offsets: Sequence[int]) -> None:
        self._pieces.append(text)
        self._offsets.extend(offsets)
        self.length += len(text)
        if text.strip() and offsets:
            self._last = offsets[-1] + 1


def _between_scripts(before: str, after: str) -> bool:
    """Whether the space between two characters is typesetting: between scripts, or beside a bracket or a stop."""
    if before in _OPENING or after in _CLOSING or before in _POINTS or after in _POINTS:
        return True
    left, right = bool(_CHINESE.match(before)), bool(_CHINESE.match(after))
    if left and right:  # between two ideographs it parts clauses of a headline, or names
        return before in _CLOSING or after in _OPENING
    if left:
        return bool(_LATIN.match(after))
    return right and bool(_LATIN.match(before))


def clean(source: str, lines: Sequence[Line], wrap: Wrap | None = None) -> Passage:
    """Lines of a source as one passage."""
    scribe = Scribe(source, measure(lines) if wrap is None else wrap)
    scribe.paragraphs(lines)
    return scribe.passage()
