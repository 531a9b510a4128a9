"""A sentence with one character for each thing in it: what the grammar is written over.

``8月19日，AMD拟以49亿美元收购服务器商ZT Systems`` becomes ``Ⓓ，Ⓒ拟以Ⓜ收购服务器商Ⓒ``, where each circled letter is
a character of a private range that stands for one mention, date, amount, share or round. Quotation marks and what
stands in brackets are left out, and the article of a document, so that a rule needn't think of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.items import EntityType

_RANGE = 0x100
BASES: dict[str, int] = {
    "Regulator": 0xE000,
    "Instrument": 0xE100,
    "Publication": 0xE200,
    "Company": 0xE300,
    "Organization": 0xE400,
    "Person": 0xE500,
    "Money": 0xE600,
    "Date": 0xE700,
    "Share": 0xE800,
    "Round": 0xE900,
}
MENTIONS = f"{chr(BASES['Regulator'])}-{chr(BASES['Person'] + _RANGE - 1)}"
_NUMBER = "第?[一二三四五六七八九十百零\\d]+"
# 《甲法》第二十八条和《乙规定》第三十五条: which article of a document, so that the two stand in one list
_ARTICLE = re.compile(
    f"》?第[一二三四五六七八九十百零\\d]+条(?:之[一二三四五六七八九])?(?:{_NUMBER}款)?(?:{_NUMBER}项)?(?:、{_NUMBER}条)*(?:的规定)?"
)
# 《甲条例》提案、《乙条例》提案和《丙战略》: one list, too
_PROPOSED = re.compile("》?(?:的)?(?:提案|草案)(?=[、和与及])")
_QUOTES = frozenset('“”"「」『』《》〈〉【】‘’')


def letters(type_: str) -> str:
    """The range of characters that stand for a type, for a character class."""
    return f"{chr(BASES[type_])}-{chr(BASES[type_] + _RANGE - 1)}"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something in a sentence that is to be one character; text offsets. ``ref`` is a place in a list of its type."""

    start: int
    end: int
    type: EntityType | str
    ref: int


@dataclass(slots=True)
class Outline:
    text: str
    at: list[int]  # the text offset of each character
    things: dict[str, Thing] = field(default_factory=dict)

    def offset(self, i: int) -> int:
        return self.at[min(i, len(self.at) - 1)] if self.at else 0

    def refs(self, piece: str) -> list[Thing]:
        """The things in a piece of the outline, in order."""
        return [self.things[c] for c in piece if c in self.things]


def outline(text: str, start: int, end: int, things: Iterable[Thing]) -> Outline:
    """The outline of ``text[start:end]``; the things must not overlap."""
    inside = sorted((t for t in things if start <= t.start and t.end <= end), key=lambda t: t.start)
    brackets = [
        (m.start() + start, m.end() + start)
        for m in re.finditer(r"（[^（）\n]{0,160}）|\([^()\n]{0,160}\)|\[[^\[\]\n]{0,80}\]", text[start:end])
    ]
    # brackets within a thing are its own; 中国（北京）… must not lose its middle
    brackets = [b for b in brackets if not any(t.start <= b[0] and b[1] <= t.end for t in inside)]
    counts = dict.fromkeys(BASES, 0)
    result = Outline("", [])
    out: list[str] = []
    i, t, b = start, 0, 0
    while i < end:
        while b < len(brackets) and brackets[b][1] <= i:
            b += 1
        if b < len(brackets) and brackets[b][0] == i:
            while t < len(inside) and inside[t].start < brackets[b][1]:
                t += 1
            i = brackets[b][1]
            if out and out[-1] == " " and text[i : i + 1] == " ":
                i += 1  # the Ministry (MIIT) and …: one space is left, not two
            continue
        if t < len(inside) and inside[t].start == i:
            thing = inside[t]
            base = BASES[thing.type]
            if counts[thing.type] < _RANGE:
                c = chr(base + counts[thing.type])
                counts[thing.type] += 1
                result.things[c] = thing
                out.append(c)
                result.at.append(i)
            i = thing.end
            t += 1
            behind = (
                (_ARTICLE.match(text, i, end) or _PROPOSED.match(text, i, end)) if thing.type == "Instrument" else None
            )
            if behind is not None:
                i = behind.end()
            continue
        while t < len(inside) and inside[t].start < i:
            t += 1
        if text[i] not in _QUOTES:
            out.append(text[i])
            result.at.append(i)
        i += 1
    result.text = "".join(out)
    return result
