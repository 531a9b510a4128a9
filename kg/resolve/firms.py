"""Names of firms: legal form, region and what is left; what two spellings of one firm's name share.

A legal form that says no more than that it is a firm (有限公司, Inc., Limited) doesn't tell two firms apart. One that
says in which country it stands does (GmbH, Pte. Ltd.), and so do the region, the trade and 集团: 北京甲科技 and
上海甲科技, 甲电子 and 甲置业 are firms of one brand. Nothing is joined on the brand alone.

>>> reference = Reference.load()
>>> parse("北京甲乙科技有限公司", reference)
Firm(core='甲乙科技', region='北京', form='有限公司')
>>> key("Harbour Robotics, Inc."), key("Harbour Robotics GmbH"), key("甲乙科技（北京）有限公司")
('Harbour Robotics', 'Harbour Robotics GmbH', '甲乙科技北京')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from kg.reference import Reference
from kg.settings import asset

_REGION = re.compile(r"[（(]([^（）()]{2,8})[）)]")
# what would be left of a name that is no more than a trade
_TRADE = re.compile(
    r"(?:科技|技术|信息|网络|智能|软件|投资|管理|控股|集团|资本|基金|电子|实业|贸易|服务|咨询|发展|中国|国际)+"
)


@dataclass(frozen=True, slots=True)
class Firm:
    core: str  # with the words for its trade
    region: str = ""
    form: str = ""


@cache
def _forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Forms that tell no firms apart at a name's end, then those that do."""
    rows = asset("data", "patterns", "legalforms.tsv").read_text(encoding="utf-8").splitlines()
    plain: list[str] = []
    bound: list[str] = []
    for form, country in (r.split("\t") for r in rows if r and not r.startswith("#")):
        # Co., Ltd. is written in many ways: dots and spaces between its letters don't count
        written = r"[\s.,]*".join(re.escape(part) for part in form.split(" ")) if form.isascii() else re.escape(form)
        (plain if country == "-" else bound).append(rf"[\s,]+{written}\.?" if form.isascii() else written)
    return _ending(plain), _ending(bound)


def _ending(forms: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(forms)})$", re.IGNORECASE)


@lru_cache(maxsize=1 << 14)
def without_form(name: str) -> str:
    """The name without a legal form that tells no firms apart; unchanged where too little would be left."""
    plain, bound = _forms()
    if bound.search(name):
        return name
    match = plain.search(name)
    if match is None:
        return name
    bare = name[: match.start()].rstrip(" ,&")
    if len(bare) < 3 or _TRADE.fullmatch(bare):
        return name
    return without_form(bare) if bare.isascii() else bare


def bare(name: str) -> tuple[str, ...]:
    """The name without its legal form, then without one that tells a country: what a table may know it by."""
    _, bound = _forms()
    forms = (without_form(name), bound.sub("", name))
    return tuple(form for form in dict.fromkeys(forms) if form != name and len(form) > 2)


def key(name: str) -> str:
    """What the spellings of one firm's name share."""
    return _REGION.sub(r"\1", without_form(name))


def parse(name: str, reference: Reference) -> Firm:
    """A name's parts. The region is a division of China that stands before the core or in brackets."""
    bare = without_form(name)
    form = name[len(bare) :].strip(" ,")
    inside = _REGION.search(bare)
    if inside is not None and reference.find_place(inside[1]):
        return Firm(bare.replace(inside.group(), ""), inside[1], form)
    for length in range(min(8, len(bare) - 2), 1, -1):
        if reference.find_place(bare[:length]):
            return Firm(bare[length:], bare[:length], form)
    return Firm(bare, "", form)
