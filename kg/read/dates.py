"""Days as reports write them."""

from __future__ import annotations

import re
from datetime import date

# \d and int() take full-width digits too
DAY = r"(?P<year>\d{4})\s*[年./／．\-－—]\s*(?P<month>\d{1,2})\s*[月./／．\-－—]\s*(?P<day>\d{1,2})(?!\d)\s*日?"
_DAY = re.compile(DAY)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# six letters more at most (September): without an end “janjanjan…” takes a time that grows with its square
_NAMES = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]{0,6}\.?"
ENGLISH_DAY = rf"(?:\d{{1,2}}\s+{_NAMES},?\s+\d{{4}}|{_NAMES}\s+\d{{1,2}},?\s+\d{{4}})"
_ENGLISH_DAY = re.compile(ENGLISH_DAY, re.IGNORECASE)


def day(text: str) -> date | None:
    """The first day that a text names in full; None where there is none, or the calendar has no such day."""
    if match := _DAY.search(text):
        return calendar(match["year"], match["month"], match["day"])
    if match := _ENGLISH_DAY.search(text):
        parts = re.findall(r"[a-z]+|\d+", match[0].casefold())
        name = next(part for part in parts if not part.isdigit())
        number, year = [part for part in parts if part.isdigit()]
        month = _MONTHS.index(name[:3]) + 1
        return calendar(year, str(month), number)
    return None


def calendar(year: str, month: str, number: str) -> date | None:
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None
