"""Pairs of entities that may be one, with a score and a reason: for people to judge, never to merge by.

Names are put into blocks by what two names of one thing are likely to share: the name without its legal form, its
pinyin, all but one of its letters, its first word, its initials. Only names of one block are compared, and a block of
more than ``MOST`` is no clue: so the work grows with the number of names and not with its square.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from kg.extract.plain import simplify
from kg.ids import normalise
from kg.reference import Reference
from kg.resolve import names as forms
from kg.resolve.judgements import Judgements

#: A block of more entities than these says nothing: 人工智能 begins the names of fifty firms.
MOST = 40
#: What isn't as likely as that isn't worth a look.
LEAST = 0.55
#: What one tie that both have adds: the same buyer, the same investor, the same parent.
_SHARED = 0.1
_GROUPS: Mapping[str, str] = {
    "Regulator": "who", "Company": "who", "Organization": "who", "Instrument": "what", "Publication": "what",
}  # fmt: skip
# of names so short, one letter is a quarter of them
_SHORTEST_SLIP = 5
_SHORTEST_SLIP_ZH = 4

_INSIDE = re.compile(r"[（(][^（）()]+[）)]")

Tie = tuple[str, str, str]  # a relation, its direction, the other end


@dataclass(frozen=True, slots=True)
class Named:
    """An entity as far as it takes to compare it."""

    iri: str
    type: str
    label: str
    names: tuple[str, ...]
    ties: frozenset[Tie] = frozenset()
    places: frozenset[str] = frozenset()
    items: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entities that may be one."""

    left: Named
    right: Named
    score: float  # from 0 to 1: it ranks, it is no probability
    reason: str


@dataclass(slots=True)
class _Best:
    score: float = 0.0
    reason: str = ""
    ties: set[Tie] = field(default_factory=set)

    def offer(self, score: float, reason: str) -> None:
        if (score, reason) > (self.score, self.reason):
            self.score, self.reason = score, reason


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    core: str
    of: int  # the number of the entity


def candidates(entities: Iterable[Named], judged: Judgements) -> list[Pair]:
    """The pairs worth judging, the likeliest first; none that is judged already or that can't be one."""
    known = sorted(entities, key=lambda one: one.iri)
    reference = judged.reference
    named = [_Name(name, core, of) for of, one in enumerate(known) for name in one.names if (core := forms.core(name))]
    found: dict[tuple[int, int], _Best] = defaultdict(_Best)
    for a, b, how in _pairs(named):
        if a.of == b.of:
            continue
        score, reason = _compare(a, b, how, known)
        if score:
            found[min(a.of, b.of), max(a.of, b.of)].offer(score, reason)
    for (i, j), ties in _sharing(known).items():
        found[i, j].ties |= ties
    pairs = []
    for (i, j), best in found.items():
        # who is likelier to stay comes first
        left, right = sorted((known[i], known[j]), key=lambda one: (judged.row(one.iri) is None, -one.items, one.iri))
        if not _possible(left, right, judged, reference):
            continue
        shared = left.ties & right.ties
        score, reason = best.score, best.reason
        if not score and best.ties:
            score, reason = _loosely(left, right)
        if shared and score:
            score += _SHARED
            relation, _, _ = min(shared)
            reason += f"; they share {len(shared)} tie{'' if len(shared) == 1 else 's'} ({relation})"
        if score >= LEAST:
            pairs.append(Pair(left, right, round(min(score, 0.99), 2), reason))
    pairs.sort(key=lambda pair: (-pair.score, -pair.left.items - pair.right.items, pair.left.iri, pair.right.iri))
    return pairs


def _pairs(named: list[_Name]) -> Iterator[tuple[_Name, _Name, str]]:
    """Names that share a block, with the block's sort."""
    for how, keys in _KEYS.items():
        blocks: dict[str, list[_Name]] = defaultdict(list)
        for name in named:
            for key in keys(name):
                blocks[key].append(name)
        for members in blocks.values():
            if len(members) > 1 and len({name.of for name in members}) <= MOST:
                for a, b in combinations(members, 2):
                    yield a, b, how


def _by_core(name: _Name) -> Iterator[str]:
    if len(name.core) > 1:
        yield name.core


def _by_pinyin(name: _Name) -> Iterator[str]:
    """A Latin name and a Chinese one that is spelled so."""
    if name.core.isascii():
        if len(name.core) >= 4:
            yield name.core
    elif len(name.core) >= 2:
        yield forms.pinyin(name.core)


def _by_slip(name: _Name) -> Iterator[str]:
    """The name, and the name without each of its letters: two that are one slip apart share one of these."""
    least = _SHORTEST_SLIP if name.core.isascii() else _SHORTEST_SLIP_ZH
    if least <= len(name.core) <= 60:
        yield name.core
        for at in range(len(name.core)):
            yield name.core[:at] + name.core[at + 1 :]


def _by_beginning(name: _Name) -> Iterator[str]:
    """The first word, or the first two characters."""
    if name.core.isascii():
        words = forms.words(name.text)
        if words and len(words[0]) >= 3:
            yield words[0]
    elif len(name.core) >= 2:
        yield name.core[:2]


def _by_initials(name: _Name) -> Iterator[str]:
    """National Institute of Standards and Technology and NIST."""
    words = forms.words(name.text)
    if not name.text.isascii() or not words:
        return
    if len(words) == 1 and 3 <= len(words[0]) <= 8 and name.text.isupper():
        yield words[0]
    elif len(words) >= 3:
        yield "".join(word[0] for word in words if word not in ("of", "and", "for", "in", "on", "to"))


_KEYS = {
    "core": _by_core, "pinyin": _by_pinyin, "slip": _by_slip, "beginning": _by_beginning, "initials": _by_initials,
}  # fmt: skip


def _compare(a: _Name, b: _Name, how: str, known: list[Named]) -> tuple[float, str]:
    """How likely two names of a block are one's, and why; 0 where they aren't."""
    if forms.numerals(a.text) != forms.numerals(b.text):
        return 0, ""
    names = f"“{a.text}” and “{b.text}”"
    if how == "core":
        if normalise(a.text) == normalise(b.text):
            return 0.97, f"both are called “{a.text}”"
        inside = {found.group() for name in (a, b) if (found := _INSIDE.search(name.text))}
        if len(inside) == 2:
            return 0, ""  # 海鸥科技（上海） and 海鸥科技（北京） are two firms of one brand
        if inside:
            return 0.8, f"{names} are the same but for {min(inside)}"
        return 0.95, f"{names} are the same but for the legal form"
    if how == "pinyin":
        if a.core.isascii() == b.core.isascii():
            return 0, ""
        latin, chinese = (a, b) if a.core.isascii() else (b, a)
        return 0.85, f"“{latin.text}” is the pinyin of “{chinese.text}”"
    if how == "slip":
        return _slip(a, b, names)
    if how == "initials":
        one, other = sorted((a, b), key=lambda name: len(name.core))
        if len(forms.words(other.text)) < 3 or len(forms.words(one.text)) != 1:
            return 0, ""
        return 0.7, f"“{one.text}” are the initials of “{other.text}”"
    return _beginning(a, b, known)


def _slip(a: _Name, b: _Name, names: str) -> tuple[float, str]:
    from rapidfuzz.distance import OSA

    if a.core == b.core or a.core.isascii() != b.core.isascii() or OSA.distance(a.core, b.core) != 1:
        return 0, ""
    length = min(len(a.core), len(b.core))
    if not a.core.isascii():
        # one character tells 部 from 局 and 南 from 北; in a long title it is a slip
        return min(0.9, 0.45 + length * 0.03), f"{names} differ in one character"
    return min(0.92, 0.6 + length * 0.03), f"{names} differ in one letter"


def _beginning(a: _Name, b: _Name, known: list[Named]) -> tuple[float, str]:
    """One that is the other cut short: ZT and ZT Systems, 智谱 and 智谱华章."""
    short, long = sorted((a, b), key=lambda name: len(name.core))
    kinds = known[a.of].type, known[b.of].type
    if short.core == long.core or not all(_GROUPS.get(kind) == "who" for kind in kinds) or "Regulator" in kinds:
        return 0, ""  # 北京市 begins the names of its bureaux, a law's name that of what rests on it
    if short.core.isascii():
        words = forms.words(short.text)
        whole = forms.words(long.text)[: len(words)] == words
    else:
        whole = long.core.startswith(short.core)
    if not whole:
        return 0, ""
    share = len(short.core) / len(long.core)
    return 0.5 + 0.2 * share, f"“{short.text}” is the beginning of “{long.text}”"


def _sharing(known: list[Named]) -> dict[tuple[int, int], set[Tie]]:
    """Pairs with a tie in common that few have: two buyers of one target, two firms of one founder."""
    by_tie: dict[Tie, list[int]] = defaultdict(list)
    for number, one in enumerate(known):
        for tie in one.ties:
            by_tie[tie].append(number)
    found: dict[tuple[int, int], set[Tie]] = defaultdict(set)
    for tie, members in by_tie.items():
        if len(members) <= MOST // 4:
            for i, j in combinations(sorted(members), 2):
                found[i, j].add(tie)
    return found


def _loosely(left: Named, right: Named) -> tuple[float, str]:
    """Two with a tie in common whose names are nearly alike."""
    from rapidfuzz import fuzz

    best = max(
        ((fuzz.ratio(forms.core(a), forms.core(b)) / 100, a, b) for a in left.names for b in right.names),
        default=(0.0, "", ""),
    )
    alike, a, b = best
    if alike < 0.7 or forms.numerals(a) != forms.numerals(b) or _GROUPS.get(left.type) == "what":
        return 0, ""
    return 0.3 + 0.4 * alike, f"“{a}” and “{b}” are alike"


def _possible(left: Named, right: Named, judged: Judgements, reference: Reference) -> bool:
    group = _GROUPS.get(left.type, left.type)
    if group != _GROUPS.get(right.type, right.type):
        return False
    if any(other == right.iri for _, _, other in left.ties):
        return False  # nobody is part of himself, or buys himself
    if right.iri in judged.cluster(left.iri) or judged.different(left.iri, right.iri):
        return False
    if judged.row(left.iri) and judged.row(right.iri):
        return False  # whoever wrote the rows knew both
    if left.places and right.places and not left.places & right.places:
        return False
    if group == "who":
        # 北京银行 and 南京银行 differ in one character, and in their place
        where = [{p for name in one.names if (p := _place(name, reference))} for one in (left, right)]
        return not (where[0] and where[1] and not where[0] & where[1])
    return True


def _place(name: str, reference: Reference) -> str | None:
    """The code of the place, or country, that a name begins with."""
    plain = simplify(normalise(name))
    for length in range(min(8, len(plain) - 1), 1, -1):
        places = reference.find_place(plain[:length])
        if places:
            return places[0].code
        if country := reference.find_country(plain[:length]):
            return country.alpha2
    return None
