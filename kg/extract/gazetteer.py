"""Known names in a text: leftmost, longest, whole words where they are Latin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import daachorse

from kg.extract.plain import simplify
from kg.items import EntityType
from kg.reference import Reference


@dataclass(frozen=True, slots=True)
class Known:
    """A name that the reference data holds. A weak one is recognised only where something else supports it."""

    name: str
    type: EntityType
    id: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    start: int
    end: int
    known: Known


_TRADE = re.compile("(?:银行|证券|保险|信托|基金|电信|航空|石油|能源|铁路)$")
_OF_A_TRADE = re.compile("业(?!务)|业务监管|行业|运营商|巨头|监管|市场")
_NATIONAL = re.compile("国家|中央|全国")
_WORD = re.compile(r"[0-9A-Za-zÀ-ɏ]")


class Gazetteer:
    """Names → where they stand. Case tells names apart only for short Latin ones (SEC is not sec.)."""

    def __init__(self, names: Iterable[Known]) -> None:
        self._known: dict[str, Known] = {}
        for known in names:
            form = simplify(known.name)
            # a strong name wins over a weak one of the same form
            if form not in self._known or (self._known[form].weak and not known.weak):
                self._known[form] = known
        self._forms = sorted(self._known)
        self._automaton = (
            daachorse.CharwiseDoubleArrayAhoCorasick(self._forms, match_kind=daachorse.MATCH_KIND_LEFTMOST_LONGEST)
            if self._forms
            else None
        )

    def find(self, plain: str) -> list[Found]:
        """Names in a text that ``simplify`` has gone over; they don't overlap."""
        if self._automaton is None:
            return []
        found = []
        for start, end, _ in self._automaton.find(plain):
            known = self._known[plain[start:end]]
            if _WORD.match(plain[start]) and start and _WORD.match(plain[start - 1]):
                continue
            if _WORD.match(plain[end - 1]) and end < len(plain) and _WORD.match(plain[end]):
                continue
            if _TRADE.search(plain[start:end]) and _OF_A_TRADE.match(plain, end):
                continue  # 上海|银行业, 英国|电信运营商
            if _NATIONAL.match(known.name) and _abroad(plain[max(0, start - 4) : start]):
                continue  # 泰国|国家能源集团
            found.append(Found(start, end, known))
        return found


def _abroad(before: str) -> bool:
    """Whether another country is named right before: whose national firm or body it is."""
    countries = (Reference.load().find_country(before[-length:]) for length in range(2, len(before) + 1))
    return any(country is not None and country.alpha2 != "CN" for country in countries)


def known_names(reference: Reference) -> Iterator[Known]:
    """Every name of the reference data, in the forms that it is written in."""
    for row in reference.by_id.values():
        strong = set(row.strong_names)
        for name in row.names:
            if len(name) > 1:
                yield Known(name, row.type, row.id, name not in strong)
