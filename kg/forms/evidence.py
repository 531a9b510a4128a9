"""Where it says so, as columns of a sheet and as a citation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kg.query.entity import Evidence
from kg.query.result import Column, Value

SAID = {
    "headline": ("标题", "headline"),
    "summary": ("摘要", "summary"),
    "commentary": ("律所短评", "law firm's commentary"),
    "hearsay": ("转述传闻", "hearsay"),
}
#: What a sheet has of a quote. The page is the report's, whose id stands beside it.
COLUMNS = (
    Column("quote", "原文", "Quote"),
    Column("title", "来源标题", "Source title"),
    Column("publisher", "来源", "Publisher"),
    Column("issued", "来源日期", "Source date", "date"),
    Column("report", "报告", "Report"),
    Column("page", "页码", "Page", "number"),
    Column("link", "链接", "Link", "link"),
    Column("said", "性质", "Said in"),
    Column("confidence", "置信度", "Confidence", "number"),
)
COUNT = Column("quotes", "依据数", "Quotes", "number")
# a title within a title, as Chinese writes it
_WITHIN = str.maketrans("《》", "〈〉")
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def own(evidence: Evidence) -> bool:
    """Whether the words are the law firm's: they stand in its report, and not in what it comments on."""
    return evidence.said == "commentary"


def said(evidence: Evidence, lang: str) -> str:
    return SAID.get(evidence.said, (evidence.said, evidence.said))[lang != "zh"]


def cells(evidence: Evidence, lang: str) -> tuple[Value, ...]:
    """The values of COLUMNS."""
    issued: Value = evidence.issued
    if evidence.issued:
        try:
            issued = date.fromisoformat(evidence.issued)
        except ValueError:
            issued = evidence.issued
    return (
        evidence.quote,
        evidence.title,
        None if own(evidence) else evidence.publisher,
        issued,
        evidence.report,
        evidence.page,
        None if own(evidence) else evidence.link,
        said(evidence, lang),
        Decimal(evidence.confidence),
    )


def day(text: str, lang: str) -> str:
    """“2024年8月19日”, “19 August 2024”; a month or a year as far as it goes."""
    found = _DAY.fullmatch(text)
    if not found or not 1 <= int(found[2] or 1) <= 12:
        return text
    year, month, of_month = found[1], int(found[2] or 0), int(found[3] or 0)
    if lang == "zh":
        return f"{year}年" + (f"{month}月" if month else "") + (f"{of_month}日" if of_month else "")
    return " ".join(part for part in (str(of_month or ""), _MONTHS[month - 1] if month else "", year) if part)


def citation(evidence: Evidence, lang: str) -> tuple[str, str]:
    """How a memo cites: title, publisher, day, where in the report, what sort of words; and the link apart."""
    zh = lang == "zh"
    title = evidence.title.translate(_WITHIN) if zh else evidence.title
    parts = [f"《{title}》" if zh else f"“{title}”"]
    if evidence.publisher and not own(evidence):
        parts.append(evidence.publisher)
    if evidence.issued:
        parts.append(day(evidence.issued, lang))
    page = evidence.page
    if zh:
        parts.append(f"载{evidence.report}" + (f"第{page}页" if page is not None else ""))
    else:
        parts.append(f"in {evidence.report}" + (f" p. {page}" if page is not None else ""))
    parts.append(said(evidence, lang))
    return ("，" if zh else ", ").join(parts), "" if own(evidence) else evidence.link or ""


def quoted(evidence: Evidence) -> str:
    """The words as a line: in the source, a page's or a line's end can stand within them."""
    return f"“{' '.join(evidence.quote.split())}”"


class Notes:
    """Numbers for what is cited, in the order in which it is; the same words at the same place have one number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int, str], int] = {}
        self.cited: list[Evidence] = []

    def numbers(self, evidence: Iterable[Evidence]) -> list[int]:
        found = []
        for one in evidence:
            key = (one.item, one.start, one.end, one.quote)
            if key not in self._numbers:
                self._numbers[key] = len(self._numbers) + 1
                self.cited.append(one)
            if self._numbers[key] not in found:
                found.append(self._numbers[key])
        return found
