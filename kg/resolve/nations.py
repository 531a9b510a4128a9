"""Whose 司法部 it is: a name that bodies of several countries bear, decided by what stands around it.

A Chinese text says 财政部 of its own ministry and, once it has told of 美国财政部, of that one. Decided by, in this
order: the country right before the name; the words by which China's own speaks (中方, 坚决反对); the one of them that
was named last; the country last named in the sentence. Where none of it stands there, it is China's in Chinese, and
else open.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.items import Mention
from kg.reference import Reference, Row

_END = re.compile(r"[。！？!?；;\n]")
# China's bodies answering what others do
_AT_HOME = re.compile(r"中方|我方|坚决反对|强烈不满|反制|敦促|新闻发言人|对此[，,]")
_SIDES = {"美方": "US", "欧方": "EU", "英方": "GB", "日方": "JP", "韩方": "KR", "中方": "CN", "我方": "CN"}


@dataclass(frozen=True, slots=True)
class Signal:
    """Where a text speaks of a country, or of a body of one."""

    start: int
    end: int
    country: str  # ISO 3166-1 alpha-2
    row: Row | None = None


@lru_cache(maxsize=2)
def _countries(reference: Reference) -> re.Pattern[str]:
    names = {n for c in reference.countries.values() for n in c.names if len(n) > 1 and (not n.isascii() or n[1:2])}
    latin = sorted((n for n in names if n.isascii() and len(n) > 2), key=lambda n: (-len(n), n))
    han = sorted((n for n in names if not n.isascii()), key=lambda n: (-len(n), n))
    words = "|".join(map(re.escape, [*han, *_SIDES]))
    return re.compile(rf"{words}|\b(?:{'|'.join(map(re.escape, latin))})\b")


def signals(plain: str, mentions: Sequence[Mention], reference: Reference) -> list[Signal]:
    """Countries and their bodies in the order of the text; ``plain`` is simplified."""
    found = []
    for match in _countries(reference).finditer(plain):
        country = _SIDES.get(match.group())
        if country is None and (named := reference.find_country(match.group())) is not None:
            country = named.alpha2
        if country is not None:
            found.append(Signal(*match.span(), country))
    for mention in mentions:
        row = next(iter(reference.find(mention.full or mention.text)), None)
        if row is not None and row.type == mention.type and reference.is_strong(mention.full or mention.text, row):
            found.append(Signal(mention.start, mention.end, row.jurisdiction, row))
    return sorted(found, key=lambda s: (s.start, s.end))


def _sentence(plain: str, start: int) -> tuple[int, int]:
    begin = max((m.end() for m in _END.finditer(plain, 0, start)), default=0)
    end = _END.search(plain, start)
    return begin, end.start() if end else len(plain)


def choose(
    rows: Sequence[Row], around: Sequence[Signal], plain: str, start: int, *, strong: bool = False
) -> Row | None:
    """Which of the rows that bear a name; None where the text doesn't say. ``strong``: the first is China's own, and
    only a namesake that the text has told of takes its place."""
    by_country: dict[str, Row] = {}
    for row in rows:
        by_country.setdefault(row.jurisdiction, row)
    home = by_country.get("CN")
    begin, end = _sentence(plain, start)
    before = list(around[: bisect_left(around, start, key=lambda s: s.start)])
    # 国防部 itself is a name of China's ministry: what it is to be decided by is another
    others = [s for s in before if s.end <= start]
    touching = [s for s in others if s.end == start and s.row is None]
    if touching:
        return by_country.get(touching[-1].country)
    in_sentence = [s for s in others if s.start >= begin]
    if home is not None and _AT_HOME.search(plain, begin, end):
        return home
    if home is not None and in_sentence and in_sentence[-1].country == "CN":
        return home
    ids = {row.id for row in rows}
    told = [s for s in others if s.row is not None and s.row.id in ids]
    beside = any(
        s.row is not None and s.country == "CN" and begin <= s.start < end and s.start != start for s in around
    )
    if home is not None and beside and not (told and told[-1].start >= begin):
        return home  # 财政部、税务总局: a list of China's
    if told:
        last = _sentence(plain, told[-1].start)[0]
        together = {s.row.id for s in told if s.row is not None and s.start >= last}
        # both in one sentence: a meeting of two, and what is told of one of them
        return told[-1].row if len(together) == 1 else home
    headline = "\n" in plain and "\n" not in plain[:start]
    if home is not None and headline and not any(s.country == "CN" and s.start != start for s in around):
        # 与司法部和解 in a headline, and 美国司法部 below it, where China isn't named at all
        below = {s.row.id: s.row for s in around if s.row is not None and s.row.id in ids and s.start > start}
        if len(below) == 1:
            return next(iter(below.values()))
    if strong:
        return home
    if in_sentence:
        near = {s.country for s in in_sentence if s.country in by_country}
        return by_country.get(in_sentence[-1].country) if len(near) == 1 else None
    countries = {s.country for s in others}
    if home is not None:
        # a text that has told of one other country alone, and not of China
        abroad = countries - {"CN", "INT", ""}
        only = by_country.get(next(iter(abroad))) if len(abroad) == 1 and "CN" not in countries else None
        return only or home
    named = [row for country, row in by_country.items() if country in {s.country for s in around if s.start != start}]
    return named[0] if len(named) == 1 else None
