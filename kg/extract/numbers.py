"""Money, shares and counts as texts write them: 数千万美元, 近6.65亿美元, $4.9 billion, 55%股权, 十部门."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kg.settings import asset

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_SCALE = {
    "千": 10**3,
    "百万": 10**6,
    "千万": 10**7,
    "万": 10**4,
    "萬": 10**4,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "亿": 10**8,
    "億": 10**8,
    "万亿": 10**12,
    "萬億": 10**12,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "mn": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "trillion": 10**12,
}


def chinese_number(text: str) -> int | None:
    """十二 → 12, 两百 → 200; None where it is no number."""
    if text.isdigit():
        return int(text)
    total = section = digit = 0
    if not text:
        return None
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            unit = _UNITS[c]
            if unit >= 10**4:
                total += (section + digit) * unit
                section = digit = 0
            else:
                section += (digit or 1) * unit
                digit = 0
        else:
            return None
    return total + section + digit


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money in a text. ``amount`` is None where the text gives only its order (数千万美元)."""

    start: int
    end: int
    text: str
    amount: Decimal | None
    currency: str | None
    qualifier: str  # exact, about, at-least, up-to


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage in a text, as a share of 1."""

    start: int
    end: int
    text: str
    value: Decimal


def _words(name: str) -> list[tuple[str, str]]:
    """A two-column file of data/patterns: word, tab, value; longest words first."""
    rows = []
    for line in asset("data", "patterns", name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, value = line.partition("\t")
            rows.append((word, value.strip()))
    return sorted(rows, key=lambda r: (-len(r[0]), r[0]))


_CURRENCIES = _words("currencies.tsv")
_QUALIFIERS = _words("qualifiers.tsv")
_CURRENCY = dict(_CURRENCIES)
_QUALIFIER = dict(_QUALIFIERS)


def _either(rows: list[tuple[str, str]], keep: str) -> str:
    return "|".join(re.escape(word) for word, value in rows if re.search(keep, word))


_SCALES = "|".join(sorted(map(re.escape, _SCALE), key=len, reverse=True))
_MONEY = re.compile(
    rf"(?P<before>(?:{_either(_QUALIFIERS, '.')})\s?)?"
    rf"(?:(?P<sign>{_either(_CURRENCIES, '.')})\s?)?"
    rf"(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?|[数上近]?[一二三四五六七八九十百千两几多]{{1,6}}|数"
    rf"|(?<=[近超逾约过])(?=[十百千]?[万亿]))"
    rf"(?P<more>多|余)?\s?(?P<scale>{_SCALES})?(?P<more2>多|余)?\s?(?:（|\()?"
    rf"(?P<unit>{_either(_CURRENCIES, '[^$¥€£₩]')})?"
    rf"(?P<after>左右|上下|以上|以下)?",
    re.IGNORECASE,
)
_SHARE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s?[%％]|百分之(?P<zh>[一二三四五六七八九十百]+)")


def find_money(text: str) -> list[Money]:
    """Every amount of money that names its currency; 16家 and 2024年 are none."""
    found = []
    for match in _MONEY.finditer(text):
        sign, unit = match["sign"], match["unit"]
        word = unit or sign
        if not word:
            continue
        currency = _CURRENCY.get(word) or _CURRENCY.get(word.lower()) or _CURRENCY.get(word.upper())
        if sign and not unit and not match["scale"] and sign in {"元", "圆"}:
            continue  # 元2024: the unit of what came before
        if sign and unit:
            currency = _CURRENCY.get(sign) if _CURRENCY.get(unit) == "CNY" and unit in {"元", "圆", "块"} else currency
        number, vague = match["number"], False
        scale = _SCALE.get((match["scale"] or "").lower(), 1) if match["scale"] else 1
        value: Decimal | None
        try:
            value = Decimal(number.replace(",", "")) if number else Decimal(1)  # 近亿元
        except InvalidOperation:
            vague = bool(re.search("[数几上近多]", number))
            whole = None if vague else chinese_number(number)
            value = None if whole is None else Decimal(whole)
            if value is None and not match["scale"] and not re.search("[百千万亿]", number):
                continue
        if match["scale"] and re.fullmatch("[kmb]|mn|bn", match["scale"], re.IGNORECASE) and not sign:
            continue  # 5 m is a length
        before = (match["before"] or "").strip()
        qualifier = _QUALIFIER.get(before, "exact")
        if match["more"] or match["more2"] or match["after"] == "以上":
            qualifier = "at-least"
        elif match["after"] in {"左右", "上下"}:
            qualifier = "about"
        elif match["after"] == "以下":
            qualifier = "up-to"
        if vague and qualifier == "exact":
            qualifier = "about"
        start, end = match.span()
        text_ = match.group()
        if text_.endswith(("（", "(")):
            text_, end = text_[:-1], end - 1
        found.append(
            Money(start, end, text_.strip(), None if value is None else value * scale, currency or None, qualifier)
        )
    return found


def find_shares(text: str) -> list[Share]:
    found = []
    for match in _SHARE.finditer(text):
        value = Decimal(match["number"]) if match["number"] else Decimal(chinese_number(match["zh"]) or 0)
        if 0 < value <= 100:
            found.append(Share(*match.span(), match.group(), value / 100))
    return found
