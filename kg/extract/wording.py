"""What the words about a pair of firms come down to: the sentence without its by-the-way, and the kinds of its cues.

The classifier of pairs learns from few deals. Two of them seldom share their wording to the letter; here they do more
often: brackets and the other names of a list are left out, and each cue word stands for its kind (``pair-…`` of
data/patterns/words.yml).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from functools import cache

from kg.extract.words import pattern

KINDS = ("buy", "take", "hold", "sell", "own", "other")
_HEDGES = ("plan", "deny", "done")
_BRACKETS = re.compile(r"（[^（）ＡＢ]*）|[“”\"《》\[\]【】']")
_LISTED = re.compile(r"[ＣＯＰＲＩ][^，。；ＡＢ]{0,2}?[、和与及]")
_CLAUSE = re.compile("[，。；]")
_LONG = 20
# what belongs to the second of the pair is what is bought of it
_OBJECT = re.compile(
    "的?(?:#[^，。；]{0,3}%|全部|部分|#股|所有|多数|少数|控股|剩余)?的?"
    "(?P<what>股权|股份|股票|业务|资产|部门|旗下|子公司|全资|公司|品牌|工厂|项目|集团|控制权)?"
)


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, pattern("pair-" + kind)) for kind in KINDS)


def abridged(text: str) -> str:
    """Without brackets, quotation marks, and the names of a list but the last."""
    text, before = _BRACKETS.sub("", text), ""
    while text != before:
        text, before = _LISTED.sub("", text), text
    return text


def features(before: str, between: str, behind: str) -> Iterator[str]:
    """The arguments as ``pairs`` writes them: the pair Ａ and Ｂ, other names a letter each."""
    ahead, inner, rest = abridged(before), abridged(between), abridged(behind)
    if len(inner) < _LONG:
        yield "km=" + inner
    for n in (2, 3):
        for i in range(len(inner) - n + 1):
            yield "kk" + inner[i : i + n]
    for n in (1, 2, 3, 4, 5):
        yield from ("k|" + inner[-n:], "|k" + inner[:n], "kb|" + ahead[-n:], "|ka" + rest[:n])
    yield f"abridged {min(8, len(inner) // 3)}"
    yield f"parts {min(3, len(_CLAUSE.findall(inner)))}"

    ahead, own = _CLAUSE.split(ahead)[-1], _CLAUSE.split(rest)[0]
    m = yield from _cues("m", inner)
    b = yield from _cues("b", ahead)
    a = yield from _cues("a", own)
    yield from (f"sss:{m}/{b}/{a}", f"ssm:{b}/{m}", f"ssn:{m}/{a}")
    yield from (f"ss|{m}|{rest[:2]}", f"ss|{inner[-1:]}|{rest[:1]}|{m}")
    target = _OBJECT.match(rest)
    assert target  # it matches nothing, too
    yield "ob:" + target[0][:8] + ("" if rest else "$")
    if target["what"]:
        yield f"ob:{m}:{target['what']}"


def _cues(place: str, words: str) -> Generator[str, None, str]:
    """The kinds of the cues in a clause; what is handed back is the kind of the one next to the second of the pair."""
    hits = sorted((hit.start(), kind) for kind, cue in _kinds() for hit in cue.finditer(words))
    nearest = "-"
    if hits:
        yield from (f"s{place}:{kind}" for kind in KINDS if any(kind == one for _, one in hits))
        at, last = hits[-1]
        yield f"s{place}1:{hits[0][1]}"
        yield f"s{place}9:{last}:{min(3, (len(words) - at) // 3)}"
        nearest = hits[0][1] if place == "a" else last
    else:
        yield f"s{place}0"
    if pattern("pair-passive").search(words):
        yield f"s{place}passive:{nearest}"
    yield from (f"s{place}{hedge}:{nearest}" for hedge in _HEDGES if pattern("pair-" + hedge).search(words))
    if any(stake in words for stake in ("#%", "#股", "股权", "股份")):
        yield f"s{place}stake:{nearest}"
    return nearest
