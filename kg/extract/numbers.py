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
    if text.isdecimal():
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


def _sum(parts: str) -> Decimal | None:
    """1亿2000万 and 一亿两千万: several scales, each smaller than the one before; None where it is no such number."""
    total, last = Decimal(0), None
    for match in _PART.finditer(parts):
        scale = _SCALE[match["scale"]]
        digits = match["digits"].replace(",", "")
        value = Decimal(digits) if re.fullmatch(r"\d+(?:\.\d+)?", digits) else chinese_number(digits)
        if value is None or (last is not None and scale >= last):
            return None
        total, last = total + value * scale, scale
    return total


_SCALES = "|".join(sorted(map(re.escape, _SCALE), key=len, reverse=True))
_PART = re.compile(
    r"(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?|[一二三四五六七八九十百千两]+)(?P<scale>万亿|萬億|亿|億|万|萬)"
)
_PARTS = rf"(?:{_PART.pattern}){{2,3}}".replace("?P<digits>", "?:").replace("?P<scale>", "?:")
# English words for currencies stand behind the number; before it, they are other words: Samsung won 5 awards
_SIGNS = _either([row for row in _CURRENCIES if not (row[0].isascii() and row[0].islower())], ".")
_MONEY = re.compile(
    rf"(?P<before>(?:{_either(_QUALIFIERS, '.')})\s?)?"
    rf"(?:(?P<sign>{_SIGNS})\s?)?"
    rf"(?:(?P<parts>{_PARTS})|(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?|[数上近]?[一二三四五六七八九十百千两几多]{{1,6}}|[数上]"
    rf"|(?<=[近超逾约过])(?=[十百千]?[万亿]))"
    rf"(?P<more>多|余)?\s?(?P<scale>{_SCALES})?)(?P<more2>多|余)?(?P<order>级)?\s?(?:（|\()?"
    rf"(?P<unit>{_either(_CURRENCIES, '[^$¥€£₩]')})?"
    rf"(?P<after>左右|上下|以上|以下)?",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?<!\d)(?P<number>\d{1,12}(?:\.\d{1,12})?)\s?[%％]|百分之(?P<zh>[一二三四五六七八九十百]+)(?:点(?P<point>[零〇一二三四五六七八九]+))?"
)
_UNSCALED = re.compile(r"[一二三四五六七八九两几多]元|\d{1,3}(?:won|pounds)", re.IGNORECASE)


def currency_words() -> str:
    """Any word that stands for a currency behind a number, as a regular expression."""
    return _either(_CURRENCIES, "[^$¥€£₩]")


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
        if not match["parts"] and not match["scale"] and _UNSCALED.fullmatch(match["number"] + (unit or "")):
            continue  # 三元电池 is no price, "only 2 won" no amount
        number, vague = match["number"], False
        scale = _SCALE.get((match["scale"] or "").lower(), 1) if match["scale"] else 1
        value: Decimal | None
        if match["parts"]:
            number = ""
        try:
            value = (
                _sum(match["parts"]) if match["parts"] else Decimal(number.replace(",", "")) if number else Decimal(1)
            )  # 近亿元
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
        if match["order"]:
            vague, value = True, None  # 千万级美元: its order only
        if vague and qualifier == "exact":
            qualifier = "about"
        start, text_ = match.start(), match.group()
        text_ = text_.rstrip("（( ")
        found.append(
            Money(
                start, start + len(text_), text_, None if value is None else value * scale, currency or None, qualifier
            )
        )
    return found


def bare_amounts(text: str) -> list[Money]:
    """3400万 in the headline X获得3400万投资: an amount whose currency nobody says."""
    found = re.search(
        r"(?:(?<![\d.])(\d+(?:\.\d+)?)|数[十百千]?|(?<=[获得成])[近超]?[十百千])([万亿])级?"
        r"(?=(?:[A-Za-z+\-]{1,6}轮|天使轮|种子轮)?(?:战略|股权)?(?:投资|融资))",
        text,
    )
    if found is None:
        return []
    value = Decimal(found[1]) * _SCALE[found[2]] if found[1] else None
    return [Money(*found.span(), found.group(), value, None, "exact" if found[1] else "about")]


def find_shares(text: str) -> list[Share]:
    found = []
    for match in _SHARE.finditer(text):
        value = Decimal(match["number"]) if match["number"] else Decimal(chinese_number(match["zh"]) or 0)
        if match["point"]:
            value += Decimal("0." + "".join(str(_DIGITS[c]) for c in match["point"]))
        if 0 < value <= 100:
            found.append(Share(*match.span(), match.group(), value / 100))
    return found
