"""The terms of a deal that a sentence states: status, price, stake, round, lead, days.

The words are data/patterns/deals.yml; what here has to be code is which of several amounts is the price.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import yaml

from kg.extract.dates import When
from kg.extract.grammar import Match
from kg.extract.numbers import Money, Share
from kg.extract.outline import BASES, Outline
from kg.items import Terms
from kg.settings import asset

_MONEY = f"{chr(BASES['Money'])}-{chr(BASES['Money'] + 0xFF)}"
# 较2015年167亿美元的收购价几近腰斩: another deal's price, or an earlier one
_COMPARED = re.compile("(?:较|相比|不及|低于|高于|相较于)[^，。；]{0,20}$")


# rules whose match ends with what this one pays
_OWN_SUM = frozenset(("invest-subscribed", "invest-allotted", "invest-contributed"))


class Words:
    """data/patterns/deals.yml, compiled."""

    def __init__(self, data: dict[str, dict[str, list[str]]]) -> None:
        def compiled(group: str) -> dict[str, re.Pattern[str]]:
            return {name: re.compile("|".join(words)) for name, words in data[group].items()}

        self.acquisition = compiled("acquisition-status")
        self.funding = compiled("funding-status")
        other = data["words"]
        near = "[^，。；投购资融]{0,6}$"
        self.not_price = re.compile("(?:" + "|".join(other["not-price"]) + ")" + near)
        # 以28亿美元估值|完成6.4亿美元D轮融资: behind the verb stands what is raised
        self.valuation = re.compile("(?:" + "|".join(other["valuation"]) + ")[^，。；投购资融完获筹募]{0,6}$")
        self.valuation_after = re.compile("^(?:左右|以上)?的?(?:" + "|".join(other["valuation"]) + ")")
        self.price = re.compile("(?:" + "|".join(other["price"]) + ")")
        self.per_share = re.compile(
            "(?:" + "|".join(other["per-share"]) + f")[^，。；{_MONEY}]{{0,8}}$|^[^，。；]{{0,2}}/股|^每股"
        )
        self.in_all = re.compile("(?:" + "|".join(other["in-all"]) + ")[^，。；]{0,8}$")


@cache
def words() -> Words:
    return Words(yaml.safe_load(asset("data", "patterns", "deals.yml").read_text(encoding="utf-8")))


ROUND = re.compile(
    r"(?:pre[-\s]?|Pre[-\s]?|PRE[-\s]?)?[A-N]\d?\+{0,2}\s?(?:\d\s?)?(?:轮|輪)"
    r"|(?:天使\+?|种子\+?|种子前|准天使|Pre-?IPO|pre-?IPO|天使|前?种子|種子|IPO前)(?:轮|輪)"
    r"|战略投资(?=融资)|(?:战略|戰略|股权|产业)(?:融资|融資)(?!者|方|人)"
    r"|(?:[Pp]re-)?[Ss]eries [A-H]\d?\+?\b(?: extension)?|\b(?:[Pp]re-)?[Ss]eed(?: round| funding)\b|\b[Aa]ngel round\b"
)

# what stands for a round in X新三板获得Y投资 alone; elsewhere these are a market, or another sort of deal
HEADLINE_ROUND = re.compile(
    r"(?:新三板|定向增发|定增|非公开发行|股权转让|债权融资|债券融资|可转债|私有化|众筹|[Pp]re-?IPO)"
    r"(?=\s?获得?[^，。；]{0,60}(?:投资|融资)$)"
)


def rounds(text: str, headline: bool = False) -> list[tuple[int, int, str]]:
    found = [(m.start(), m.end(), m.group()) for m in ROUND.finditer(text)]
    if headline and not found:
        found = [(m.start(), m.end(), m.group()) for m in HEADLINE_ROUND.finditer(text)]
    return found


def _status(sentence: str, table: dict[str, re.Pattern[str]]) -> str | None:
    for status, pattern in table.items():
        if pattern.search(sentence):
            return status
    return None


def _firms() -> str:
    base = BASES["Company"]
    return f"{chr(base)}-{chr(base + 0xFF)}"


_DATE = f"{chr(BASES['Date'])}-{chr(BASES['Date'] + 0xFF)}"
_YEAR_BEFORE = re.compile(f"(?P<date>[{_DATE}])(?:(?!将|拟|计划|预计|起诉)[^，。；]){{0,16}}$")
# 预计明年第一季度完成交割: what is expected hasn't happened
_EXPECTED = re.compile("(?:预计|有望|尚待|尚需|尚须|仍需|须待|需待)[^，。；]*")
# at the table, whoever says so
_AT_IT = re.compile(r"洽谈|商谈|谈判|磋商|\b(?:in (?:advanced |early |exclusive )?talks|negotiat)")
_HEARD = re.compile(
    r"知情人士|消息人士|消息称|据称|据传|传闻|传言|有报道称|市场消息|people familiar|sources said|rumou?r"
)


def status_of(
    relation: str, outline: Outline, match: Match, when: str | None, told: str | None, dates: list[When]
) -> str | None:
    """The status that a sentence gives a deal; None where it gives none."""
    if match.rule.status:
        return match.rule.status
    table = words().acquisition if relation == "acquires" else words().funding
    # from the clause's beginning, so that another deal's words in the same sentence don't count
    start = 0
    for cut in (
        ()
        if relation == "investsIn"
        else re.finditer(
            r"[，；。](?=[^，；。]{0,40}[" + _firms() + r"][^，；。]{0,40}(?:收购|并购|领投|投资))",
            outline.text[: match.start],
        )
    ):
        start = cut.end()
    near = outline.text[start:]
    if behind := re.search("；", outline.text[match.end :]):
        near = outline.text[start : match.end + behind.start()]  # what is told behind it is another deal's
    found = _status(_EXPECTED.sub("", near), table) or _status(near, table)
    clause = max((at for mark in "，；。" if (at := outline.text.rfind(mark, 0, match.start)) >= start), default=-1)
    if found == "terminated" and clause >= 0 and _status(near[clause + 1 - start :], table) != "terminated":
        # 在乙与债权人谈判失败的情况下，甲或将收购乙: what failed is another thing
        found = _status(near[clause + 1 - start :], table)
    if found == "in-talks" and not _AT_IT.search(near) and _HEARD.search(near):
        found = "rumoured"  # 知情人士称，X曾讨论收购Y: who has only been heard of isn't at the table yet
    if found == "proposed" and start and table["announced"].search(outline.text[:start]):
        found = "announced"  # X与Y宣布达成协议，X将以…收购Y
    if found in (None, "announced") and when and told and when[:4] < told[:4] and relation == "acquires":
        return "completed"
    year = _YEAR_BEFORE.search(outline.text[: match.cue])
    if year and relation == "acquires" and found in (None, "announced", "proposed"):
        # 将超过X2014年收购Y时的价格: a year right before the verb, and no plan between
        stated = outline.things.get(year["date"])
        day = dates[stated.ref].iso if stated else None
        if day and (not told or day[:4] < told[:4]) and (told or len(day) == 4):
            return "completed"
    if found is None and when and not told and len(when) < 10 and relation == "acquires":
        return "completed"  # 2012年以125亿美元买下X: a year and no more is of something past
    return found


def amounts(relation: str, outline: Outline, match: Match, money: list[Money]) -> tuple[Money | None, Decimal | None]:
    """The price, and the valuation, that stand nearest to the match in the sentence."""
    w = words()
    best: tuple[int, Money] | None = None
    valuation = None
    if match.rule.id in _OWN_SUM:
        paid = [t for t in outline.refs(outline.text[match.cue : match.end]) if t.type == "Money"]
        # 分别出资1亿元和4亿元: whose is which isn't asked here
        return (money[paid[0].ref] if len(paid) == 1 else None), None
    for i, c in enumerate(outline.text):
        thing = outline.things.get(c)
        if thing is None or thing.type != "Money":
            continue
        one = money[thing.ref]
        before, after = outline.text[:i], outline.text[i + 1 :]
        if w.valuation.search(before) or w.valuation_after.search(after):
            valuation = valuation or one.amount
            continue
        if w.not_price.search(before) or w.per_share.search(before) or w.per_share.search(after):
            continue
        if _COMPARED.search(before) or w.in_all.search(before) or re.match("的?(?:融资)?(?:目标|上限)", after):
            continue
        if one.text.startswith("约合") and best is not None:
            continue
        distance = 0 if match.start <= i <= match.end else min(abs(i - match.start), abs(i - match.end))
        # another deal's amount stands behind another deal's verb
        between = outline.text[match.end : i] if i > match.end else outline.text[i : match.start]
        if re.search(r"收购|并购|领投", between):
            distance += 60
        # an amount in a clause of its own that tells of other dealings is theirs: 两笔融资不低于10亿美元，X还拟收购…
        clause = re.split("[，；。：]", before)[-1] + " " + re.split("[，；。：]", after)[0]
        apart = re.search("[，；。]", between)
        if (
            apart
            and relation == "acquires"
            and i < match.start
            and re.search("融资|投资|收购|并购|出资|研发|营收", clause)
        ):
            distance += 200
        if (
            apart
            and i > match.end
            and re.search("(?:投资|出资|融资|募集|研发)(?!方|者)", clause)
            and relation == "acquires"
        ):
            distance += 200
        if w.price.search(before[-8:]):
            distance -= 10
        if best is None or distance < best[0]:
            best = (distance, one)
    return (best[1] if best and best[0] < 90 else None), valuation


def nearest_date(outline: Outline, match: Match, dates: list[When]) -> str | None:
    """The day, or less exactly the month or year, that stands nearest before or within the match."""
    best: tuple[int, str] | None = None
    for i, c in enumerate(outline.text):
        thing = outline.things.get(c)
        if thing is None or thing.type != "Date" or i > match.end:
            continue
        when = dates[thing.ref]
        if when.iso is None or re.match(r"(?:以来|起|之前|前|底前|成立|创立)", outline.text[i + 1 :]):
            continue
        if re.search(r"预计(?:将)?[^，。；]{0,6}$", outline.text[:i]):
            continue
        if best and len(when.iso) == 4 < len(best[1]) and not re.match("[，,]|[末底初]", outline.text[i + 1 :]):
            continue  # 9月9日，在2024年宣传周上: the year is the event's
        distance = 0 if match.start <= i else match.start - i
        if best is None or distance < best[0]:
            best = (distance, when.iso)
    return best[1] if best and best[0] <= 60 else None


def read(
    relation: str,
    outline: Outline,
    match: Match,
    money: list[Money],
    shares: list[Share],
    dates: list[When],
    round_names: list[str],
    told: str | None,
) -> Terms:
    """The terms that the sentence of a match states."""
    when = nearest_date(outline, match, dates)
    price, valuation = amounts(relation, outline, match, money)
    stake = None
    round_ = None
    nearest: int | None = None
    for i, c in enumerate(outline.text):
        thing = outline.things.get(c)
        if thing is None:
            continue
        if thing.type == "Share" and relation == "acquires" and match.start <= i <= match.end + 14:
            tail = outline.text[i + 1 : i + 8]
            if re.match(r"的?(?:股权|股份|控股|权益|已发行|股本|\s?stake|\s?of)", tail):
                stake = stake or shares[thing.ref].value
        if thing.type == "Round" and relation == "investsIn":
            # of several rounds the one that stands nearest; of two as near, the first
            apart = 0 if match.start <= i <= match.end else min(abs(i - match.start), abs(i - match.end))
            if nearest is None or apart < nearest:
                nearest, round_ = apart, round_names[thing.ref]
    if relation == "investsIn" and "round" in match.groups:
        round_ = match.groups["round"]  # the rule's own word: 上市
    status = status_of(relation, outline, match, when, told, dates)
    return Terms(
        status=status,
        amount=price.amount if price else None,
        amount_text=price.text if price else None,
        currency=price.currency if price and price.amount is not None else None,
        qualifier=price.qualifier if price and price.amount is not None else None,
        stake=stake,
        valuation=valuation,
        round=round_,
        lead=match.rule.lead or "领投" in match.groups.get("cue", ""),
        announced=when if status in ("announced", "proposed") else None,
        completed=when if status == "completed" else None,
    )
