"""The lines of a text, with the place of each in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# characters two cells wide; quotes, dashes and dots are so too in Chinese typesetting
_NARROW = re.compile(
    r"[^\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6“”‘’—…]+"
)


@dataclass(slots=True)
class Line:
    """A line that isn't blank; ``start`` and ``end`` leave the white space around it out."""

    start: int
    end: int
    text: str
    lead: str = ""  # the white space before it
    blank: bool = False  # a blank line stands before it
    cut: bool = False  # something other than white space was taken out before it

    def rest(self, start: int) -> Line | None:
        """What of the line stands from ``start`` (an offset in its text) on; None where that is nothing."""
        text = self.text[start:].lstrip()
        return Line(self.end - len(text), self.end, text, "", self.blank, True) if text else None


def ends(text: str) -> int:
    """How many ends of lines a text has, of all sorts that ``lines`` knows."""
    return sum(map(text.count, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")) - text.count("\r\n")


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    position, blank = start, False
    for raw in text[start:end].splitlines(keepends=True):
        stripped = raw.strip()
        if stripped:
            lead = len(raw) - len(raw.lstrip())
            yield Line(position + lead, position + lead + len(stripped), stripped, raw[:lead], blank)
        blank = not stripped
        position += len(raw)


def width(text: str) -> int:
    """How many cells a text takes, a Chinese character two."""
    return len(text) if text.isascii() else len(text) + len(_NARROW.sub("", text))
