"""Names that the shape of a headline gives away: who stands before ``A轮获得Y等数千万人民币投资`` is a firm.

A firm that nobody has heard of stands in no list, and its name often looks like a word (最右, 是他) or runs into the
round behind it (YTGA轮). data/patterns/headlines.yml has the shapes; only whole lines that end without a full stop
are read by them, since in running text the same words say less. A shape's pattern is a regular expression with

``{investee}`` ``{investors}`` ``{person}`` ``{buyer}`` ``{target}``   names, as short as the rest allows
``{exchange}``   an exchange, which is a name as well
``{money}`` ``{round}`` ``{by}``   an amount; a round; who leads or follows, in what stands behind
``{word}``       any of that list in ``words``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from kg.errors import KgError
from kg.extract import numbers, terms
from kg.extract.recogniser import Clues
from kg.items import EntityType
from kg.settings import asset

LONGEST = 90
_NAMES: dict[str, EntityType] = {
    "investee": "Company",
    "investors": "Company",
    "led": "Company",
    "followed": "Company",
    "person": "Person",
    "buyer": "Company",
    "target": "Company",
    "exchange": "Organization",
}
_WORD = re.compile(r"\{([a-z-]+)\}")
# a name doesn't run over the words that tell of the deal
_LETTER = r"(?:(?!获得|完成|宣布|领投|跟投|参投|融资)[^，。；：、？?《》|｜\n\t])"
_NAME = _LETTER + r"{1,60}?"
_LIST = rf"{_NAME}(?:、{_NAME})*?"
_CURRENCY = numbers.currency_words()
_MONEY = (
    r"(?:(?:将近|超过|近|超|约|逾|数|[上过](?=[十百千万亿]))?"
    r"(?:\d[\d,.]*\d|\d|[一二三四五六七八九十百千两几数]+)?(?:多|余)?\s?[十百千]?[万亿]+(?:级|余|多)?"
    rf"(?:元)?(?:{_CURRENCY})?|\d[\d,.]*(?:{_CURRENCY}))"
)
_AND = re.compile(r"[、]|(?<=[资创投基金团份技])(?:和|与|及|以及)(?=.{2,}(?:资本|创投|投资|基金|集团|股份|科技)$)")
# 奇虎360（金融部）, 南方股份（600000）: what stands in brackets behind a name, unless it is its legal form
_NOTE = re.compile(r"\s*(?:（(?![^（）]*(?:合伙|公司|集团))[^（）]*）|\((?![^()]*(?:合伙|公司|集团))[^()]*\))$")
_COLUMN = re.compile(r"[^｜|：:，。]{1,16}?\s*[｜|：:]\s*")
_EDGE = " “”「」『』\"'·-—"
_ENDING = re.compile(
    r"(?:科技|股份|集团|控股|资本|创投|投资|基金|公司|证券|银行|网络|智能|生物|医疗|医药|药业|电子|半导体|机器人|能源|材料|传媒|文化|软件|信息|数据|汽车|餐饮|咖啡|教育|物业|地产|农业|农化|化工|化学|制药|器械|技术|环保|食品|旅游|物流|电器|机械|精密|装备|服饰|乳业|酒业|矿业|水务|电力|光电|通信|医院|影视|娱乐|传播|集成|工业)$"
)
_PLAIN = frozenset(["LOC", "n", "v", "vn", "a", "an", "ad", "d", "f", "m", "q", "s", "t", "r", "vd", "p", "u", "c"])


@dataclass(frozen=True, slots=True)
class Name:
    start: int
    end: int
    type: EntityType
    role: str
    aside: bool = False  # in what stands behind the deal itself


@dataclass(frozen=True, slots=True)
class Headline:
    """A line that fits a shape, with its names; text offsets."""

    start: int
    end: int
    shape: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    id: str
    pattern: re.Pattern[str]
    strong: bool  # each of its names must look like one by itself
    finds: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class Shapes:
    """The shapes of a file, compiled."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._words = {name: "(?:" + "|".join(rows) + ")" for name, rows in data["words"].items()}
        self.not_a_name = re.compile(self._words["not-a-name"])
        self.nobody = re.compile(self._words["nobody"])
        self.shapes = [
            Shape(
                row["id"],
                re.compile(self._expand(row["pattern"], row["id"])),
                bool(row.get("strong")),
                tuple(row.get("finds", ())),
                tuple(row.get("not", ())),
            )
            for row in data["shapes"]
        ]

    def _expand(self, pattern: str, id_: str) -> str:
        named: set[str] = set()

        def word(match: re.Match[str]) -> str:
            name = match[1]
            if name == "investors":
                return f"(?P<investors>{_LIST})"
            if name == "by":
                return (
                    rf"(?:由|本轮由)?(?P<led>{_LIST})(?:等)?(?:联合|共同|独家)?(?:领投|独投|投资)"
                    rf"(?:[，,、；\s]?(?P<followed>{_LIST})(?:等)?(?:跟投|参投|联合投资))?$|"
                )
            if name == "exchange":
                return f"(?P<exchange>{self._words[name]})"
            if name in _NAMES:
                return f"(?P<{name}>{_NAME})"
            if name in ("money", "round"):
                # an amount and a round may stand in one of two places
                inner = _MONEY if name == "money" else f"{terms.ROUND.pattern}|{self._words['rounds']}"
                group = f"(?P<{name}{2 if name in named else ''}>{inner})"
                named.add(name)
                return group
            if name in self._words:
                return self._words[name]
            raise KgError(f"headlines.yml: shape {id_}: {{{name}}} is not defined")

        return _WORD.sub(word, pattern)

    def read(self, line: str, seen: Clues | None = None, at: int = 0) -> Headline | None:
        """The first shape that the line fits; ``at`` is where it stands in the text that ``seen`` is about."""
        for shape in self.shapes:
            match = shape.pattern.fullmatch(line)
            if match is None:
                continue
            groups = match.groupdict()
            names = [
                n
                for n in self._names(match, at)
                # 由国有基金领投 names nobody, and what stands before it is none the worse
                if not n.aside or self.fits(line[n.start - at : n.end - at], n, seen)
            ]
            sure = any(groups.get(name) for name in ("round", "round2", "money", "exchange", "sure"))
            if names and all(self.fits(line[n.start - at : n.end - at], n, seen) for n in names):
                looks = [
                    _looks(line[n.start - at : n.end - at], n, seen)
                    for n in names
                    if n.role in ("investee", "target", "buyer")
                ]
                both = [_looks(line[n.start - at : n.end - at], n, seen) for n in names]
                if (sure and not shape.strong) or (all(both) if shape.strong else any(looks)):
                    return Headline(at, at + len(line), shape.id, tuple(names))
        return None

    def fits(self, name: str, span: Name, seen: Clues | None) -> bool:
        if not re.search(r"[^\W\d_]", name):
            # 360: a number is a name where it is known for one, or where an amount would have 万 or 亿
            known = seen is not None and any((f.start, f.end) == (span.start, span.end) for f in seen.found)
            return known or (span.role == "investor" and name.isdecimal() and len(name) == 3)
        # 3300万美元战略投资 behind 获投 is what was raised
        amount = bool(numbers.find_money(name)) and not name[0].isalpha()
        return len(name) > 1 and not amount and not self.not_a_name.match(name)

    def _names(self, match: re.Match[str], at: int) -> Iterator[Name]:
        for group, type_ in _NAMES.items():
            if group not in match.re.groupindex or match[group] is None:
                continue
            begin, role = match.start(group), {"led": "investor", "followed": "investor"}.get(group, group)
            role = "investor" if role in ("investors", "person") else role
            start = 0
            cuts = [*(_AND.finditer(match[group]) if role == "investor" else ()), None]
            for cut in cuts:
                end = cut.start() if cut else len(match[group])
                piece = _NOTE.sub("", match[group][start:end])
                name = re.split("[”」』](?!$)", piece.lstrip(_EDGE))[0].strip(_EDGE)
                # 对甲集团旗下乙国际: who is meant is the last of them
                name = re.sub("^.{2,}旗下(?:的)?(?=.{2})", "", name)
                name = re.sub("^[对向](?=.{2})|最新$", "", name)
                name = re.split("[！!？?]", name)[-1]  # 一个月三轮！甲谱获…
                if name and not (role in ("investor", "buyer") and self.nobody.fullmatch(name)):
                    first = at + begin + start + piece.index(name)
                    yield Name(first, first + len(name), type_, role, group in ("led", "followed"))
                start = cut.end() if cut else end


def _looks(name: str, span: Name, seen: Clues | None) -> bool:
    """Whether words look like a name by themselves: Latin, a firm's last word, or something LAC doesn't call a word."""
    if re.search(r"[A-Za-z0-9]", name) or _ENDING.search(name):
        return True
    if seen is None:
        return False
    tags = {tag for tag, _ in seen.tagged[span.start : span.end]}
    known = any(f.start < span.end and span.start < f.end and f.known.type == "Company" for f in seen.found)
    return known or not tags <= _PLAIN


@cache
def load() -> Shapes:
    return Shapes(yaml.safe_load(asset("data", "patterns", "headlines.yml").read_text(encoding="utf-8")))


def find(plain: str, seen: Clues) -> list[Headline]:
    """The headlines of a text, its own and those of the pieces in it."""
    found = []
    for match in re.finditer(r"[^\n]+", plain):
        line = match.group().strip()
        if 4 <= len(line) <= LONGEST and line[-1] not in "。！；;.”…":
            start = match.start() + match.group().index(line)
            # 首发｜X完成…: a column's name before the headline
            column = _COLUMN.match(line)
            headline = load().read(line, seen, start)
            if headline is None and column:
                headline = load().read(line[column.end() :], seen, start + column.end())
            if headline is not None:
                found.append(headline)
    return found
