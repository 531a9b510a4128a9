"""Who signs a notice: the names below its text, down to the day.

    工业和信息化部
    中央网信办
    2024年11月22日

A headline says 工业和信息化部等十二部门; who the other eleven are stands here alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kg.extract.dates import find_dates
from kg.items import Mention

_DAY = re.compile(r"\s*(?:19|20)\d{2}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日\s*")
_BETWEEN = re.compile(r"[\s、，,]|（(?:盖章|章|公章|印章|代章)）")
_LINES_ABOVE = 60  # no notice has more signatures
_LINES_BELOW = 12  # 附件, 抄送, （此件公开发布）: what may stand below the day
_BODIES = ("Regulator", "Organization")


@dataclass(frozen=True, slots=True)
class Signed:
    """The lines from the first name to the day (text offsets), and who stands there: places of mentions."""

    start: int
    end: int
    places: tuple[int, ...]
    day: str | None  # ISO 8601


def find(text: str, mentions: Sequence[Mention], told: date | None) -> Signed | None:
    """The signatures of a text that is one notice; None where no line names only bodies above a day."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)]
    for i in range(len(lines) - 1, max(-1, len(lines) - 1 - _LINES_BELOW), -1):
        if not _DAY.fullmatch(text[slice(*lines[i])]):
            continue
        places: list[int] = []
        first = i
        for start, end in reversed(lines[max(0, i - _LINES_ABOVE) : i]):
            here = [p for p, m in enumerate(mentions) if m.type in _BODIES and start <= m.start and m.end <= end]
            if not _only(text, start, end, [mentions[p] for p in here]):
                break
            outer = [p for p in here if not any(_holds(mentions[q], mentions[p]) for q in here if q != p)]
            places = [*outer, *places]
            first -= 1
        if not places:
            return None
        days = find_dates(text[slice(*lines[i])], told)
        return Signed(lines[first][0], lines[i][1], tuple(places), days[0].iso if days else None)
    return None


def _only(text: str, start: int, end: int, mentions: Sequence[Mention]) -> bool:
    """Whether a line names bodies and says nothing else."""
    if not mentions:
        return False
    left = list(text[start:end])
    for m in mentions:
        left[m.start - start : m.end - start] = " " * (m.end - m.start)
    return not _BETWEEN.sub("", "".join(left))


def _holds(one: Mention, other: Mention) -> bool:
    return one.start <= other.start and other.end <= one.end and one.end - one.start > other.end - other.start
