"""Days, months and years as texts write them, as ISO 8601 with the precision that the text has.

A day without a year takes the year from the item's own day: the last such day that is not after it, since news
tells what has happened (a 12月28日 in an item of January is last year's). Without an item's day the year stays open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    m: i
    for i, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for m in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d{2})\s?[年./-]\s?(?P<m>1[0-2]|0?[1-9])(?:\s?[月./-]\s?(?P<d>3[01]|[12]\d|0?[1-9])(?:\s?[日号])?|月)"
    r"(?![\d.])"
    r"|(?P<rel>今年|本年|去年|前年|明年)?(?<!\d)(?P<m2>1[0-2]|0?[1-9])\s?月(?:\s?(?P<d2>3[01]|[12]\d|0?[1-9])\s?[日号])?(?!\d)"
    r"|(?P<y3>(?:19|20)\d{2})\s?年(?!期|度|代|以?来)"
    r"|(?P<rely>今年|去年|前年|明年)"
    rf"|(?P<m4>{_MONTH})\.?\s(?P<d4>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:,?\s(?P<y4>(?:19|20)\d{{2}}))?\b"
    rf"|(?P<d5>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\s(?P<m5>{_MONTH})\.?(?:,?\s(?P<y5>(?:19|20)\d{{2}}))?\b"
    rf"|(?P<m6>{_MONTH})\s(?P<y6>(?:19|20)\d{{2}})\b"
    r"|(?P<today>当日|今日|今天|昨日|昨天|前日)",
    re.IGNORECASE,
)
_RELATIVE = {"今年": 0, "本年": 0, "去年": -1, "前年": -2, "明年": 1}


@dataclass(frozen=True, slots=True)
class When:
    start: int
    end: int
    text: str
    iso: str | None  # None: the year can't be known


def _iso(year: int | None, month: int | None = None, day: int | None = None) -> str | None:
    if year is None:
        return None
    if month is None:
        return f"{year:04d}"
    if day is None:
        return f"{year:04d}-{month:02d}"
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _year_of(month: int, day: int | None, told: date | None, ahead: bool) -> int | None:
    if told is None:
        return None
    candidates = []
    for year in (told.year - 1, told.year, told.year + 1):
        try:
            candidates.append(date(year, month, day or 1))
        except ValueError:
            continue  # 2月29日
    if ahead:
        # a month's grace: what has just come into force is still news
        return min((c.year for c in candidates if c >= told - timedelta(days=31)), default=None)
    # a week's grace: items are dated by when they were passed on, time zones differ
    return max((c.year for c in candidates if c <= told + timedelta(days=7)), default=None)


def find_dates(text: str, told: date | None, comes: bool = False) -> list[When]:
    """Every day, month or year that the text names; ``told`` is the day of the item.

    A day without a year is the last one before ``told`` unless the words say that it lies ahead; ``comes`` says so
    of all (自8月1日起施行).
    """
    found: list[When] = []
    for match in _DATE.finditer(text):
        g = match.groupdict()
        month_word = g["m4"] or g["m5"] or g["m6"]
        if month_word and month_word.islower():
            continue  # firms that may 5 years on
        ahead = comes or (
            text[max(0, match.start() - 1) : match.start()] in {"自", "于", "从"}
            and bool(re.match(r"起?(?:正式)?(?:施行|实施|生效)|起", text[match.end() : match.end() + 8]))
        )
        iso: str | None
        if g["y"]:
            iso = _iso(int(g["y"]), int(g["m"]), int(g["d"]) if g["d"] else None)
        elif g["m2"]:
            month, day = int(g["m2"]), int(g["d2"]) if g["d2"] else None
            if g["rel"]:
                year = told.year + _RELATIVE[g["rel"]] if told else None
            else:
                last = re.search(r"(\d{4})年[^。]{0,40}$", text[: match.start()])
                near = found[-1].iso if found and match.start() - found[-1].end <= 2 else None
                year = int(near[:4]) if near else _year_of(month, day, told, ahead)
                if year is None and last:
                    year = int(last[1])
            iso = _iso(year, month, day)
        elif g["y3"]:
            iso = _iso(int(g["y3"]))
        elif g["rely"]:
            iso = _iso(told.year + _RELATIVE[g["rely"]]) if told else None
        elif g["m4"]:
            month, day = _MONTHS[g["m4"].lower()], int(g["d4"])
            iso = _iso(int(g["y4"]) if g["y4"] else _year_of(month, day, told, ahead), month, day)
        elif g["m5"]:
            month, day = _MONTHS[g["m5"].lower()], int(g["d5"])
            iso = _iso(int(g["y5"]) if g["y5"] else _year_of(month, day, told, ahead), month, day)
        elif g["m6"]:
            iso = _iso(int(g["y6"]), _MONTHS[g["m6"].lower()])
        elif g["today"] == "当日":
            iso = next((w.iso for w in reversed(found) if w.iso and len(w.iso) == 10), None)
        else:
            back = {"今日": 0, "今天": 0, "昨日": 1, "昨天": 1, "前日": 2}[g["today"]]
            iso = (told - timedelta(days=back)).isoformat() if told else None
        found.append(When(match.start(), match.end(), match.group(), iso))
    return found
