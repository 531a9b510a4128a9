"""What kind of document a title names, read from its last word; the table is data/patterns/kinds.tsv."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.items import EntityType
from kg.settings import asset

# what may stand behind the last word of a title: （试行）（2024—2027年）(征求意见稿) 2.0 第一版
_TAIL = re.compile(
    r"(?:[（(][^（）()]{1,40}[）)]|[（(][^（）()]*[（(][^（）()]*[）)][^（）()]*[）)]|\s?[Vv]?\d+(?:\.\d+)+版?|第[一二三四五六七八九十\d]+[版次期批]"
    r"|\s?(?:19|20)\d{2}\s?年?版?|——.*|\s+第\s?\d+\s?部分.*|[：:].*)+$"
)
_DRAFT = re.compile(
    r"征求意见稿|草案|意见稿|讨论稿|送审稿|征集意见|徵求意見稿|(?:咨询|諮詢|咨詢)(?:文件|稿)"
    r"|(?i:\bdraft\b|consultation paper|proposed rule)"
)

_HEAD = re.compile(r"\b(?:on|for|of|to|concerning|regarding|in)\b")


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    type: EntityType


@cache
def _tables() -> tuple[list[tuple[re.Pattern[str], Kind]], list[tuple[str, Kind]]]:
    zh: list[tuple[str, Kind]] = []
    en: list[tuple[str, Kind]] = []
    for line in asset("data", "patterns", "kinds.tsv").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        id_, type_, endings, words = line.split("\t")
        kind = Kind(id_, "Publication" if type_ == "Publication" else "Instrument")
        zh += [(ending, kind) for ending in endings.split("|")]
        en += [(word, kind) for word in words.split("|")]
    # a look-behind is no part of the ending: 办法 is longer than 法
    zh.sort(key=lambda row: -len(re.sub(r"\(\?<!.*?\)", "", row[0])))
    en.sort(key=lambda row: -len(row[0]))
    return [(re.compile(ending + "$"), kind) for ending, kind in zh], en


def is_draft(title: str) -> bool:
    return bool(_DRAFT.search(title))


_BRACKETED = re.compile(
    "》?[（(](?:公开)?(?:征求意见稿|草案|意见稿|讨论稿|送审稿|审议稿|征集意见稿)[^（）()]{0,6}[）)]"
)


def is_draft_behind(text: str, end: int) -> bool:
    """Whether a bracket behind a title says that it is a draft: 《X》（征求意见稿）."""
    return bool(_BRACKETED.match(text, end))


_BARE = re.compile(
    "(?:本|该|此|新|原|AI)?(?:条例|法案|法令|办法|规定|指南|指引|细则|意见|通知|公告|草案|法规|行政令|立法)|AI法|[本该此新原]法律?"
)


def is_bare(title: str) -> bool:
    """Whether a title is nothing but the word for its kind."""
    return bool(_BARE.fullmatch(title))


def without_tail(title: str) -> str:
    """A title without what stands behind its last word: 管理办法（试行） → 管理办法."""
    cut = _TAIL.sub("", title).strip()
    return cut or title


def kind_of(title: str) -> Kind | None:
    """The kind of a Chinese or English title; None where its last word says nothing."""
    zh, en = _tables()
    base = without_tail(title)
    for form in (base, title):
        for ending, kind in zh:
            if ending.search(form):
                return kind
    lowered = base.casefold()
    # in English the kind may stand anywhere: Act on …, Guidelines for …; the word that comes last wins
    best: tuple[int, Kind] | None = None
    head = _HEAD.split(lowered, maxsplit=1)[0]
    for word, kind in en:
        # memorandum of understanding, code of conduct: the preposition is the kind's own
        if _HEAD.search(word) and (own := re.search(rf"\b{re.escape(word)}\b", lowered)) and own.start() <= len(head):
            return kind
    for place in (head, lowered):
        for word, kind in en:
            for match in re.finditer(rf"\b{re.escape(word)}\b", place):
                if best is None or match.end() > best[0]:
                    best = (match.end(), kind)
        if best:
            return best[1]
    # 网络安全标准实践指南——工业企业数据安全能力成熟度模型: the kind stands before the dash
    before = re.split(r"——|[：:]", title)[0]
    if before != title:
        return kind_of(before)
    return None
