"""Normal forms of names, and how they are compared: for those who search and for pairs that may be one.

``ids.normalise`` is the form that makes an IRI. The forms here lie further from what was written and decide nothing by
themselves: they say where two names are worth a look.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from kg.extract.plain import simplify
from kg.ids import normalise

# what firms are called beside their name proper
_FORMS_ZH = ("股份有限公司", "有限责任公司", "有限公司", "分公司", "总公司", "公司", "集团", "控股", "总部")
_FORMS_EN = frozenset(
    """inc incorporated corp corporation co company ltd limited llc llp lp plc pbc gmbh ag sa bv nv ab pte pty kk
    group holding holdings the""".split()  # noqa: SIM905
)
_TAIL = re.compile(r"[（(][^（）()]*[）)]$")
_HAN = re.compile("[㐀-鿿]")
_LATIN = re.compile(r"[a-z0-9]+")
_ZH = re.compile(f"(?:{'|'.join(_FORMS_ZH)})$")
_NUMERALS = re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十百]+(?=[号批期届次版代年月日])|第[一二三四五六七八九十]+")
# no initial of its own: zh, ch and sh are typed as one letter or as two
_DOUBLE = ("zh", "ch", "sh")


def language(text: str) -> str | None:
    """zh, zh-Hant or en; None where the letters don't say."""
    if any("一" <= c <= "鿿" for c in text):
        return "zh" if simplify(text) == text else "zh-Hant"
    return "en" if re.search("[A-Za-z]", text) else None


def words(name: str) -> tuple[str, ...]:
    """The Latin words of a name, without legal forms (unless it has nothing else)."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    found = _LATIN.findall(plain.replace("'", "").replace(".", "" if re.search(r"\b\w\.\w\.", plain) else " "))
    proper = tuple(word for word in found if word not in _FORMS_EN)
    return proper or tuple(found)


def core(name: str) -> str:
    """A name without what firms share: legal form, brackets, spaces; simplified. Never empty for a name that isn't.

    >>> core("Tern Systems, Inc."), core("海鸥科技（上海）有限公司")
    ('ternsystems', '海鸥科技')
    """
    if not _HAN.search(name):
        return "".join(words(name)) or normalise(name)
    plain = simplify(unicodedata.normalize("NFKC", name).strip())
    while (cut := _ZH.sub("", _TAIL.sub("", plain)).strip()) != plain and len(normalise(cut)) > 1:
        plain = cut
    return normalise(plain)


def numerals(name: str) -> tuple[str, ...]:
    """The numbers in a name: what differs in them isn't the same (第一批 and 第二批, 2023 and 2024)."""
    return tuple(_NUMERALS.findall(simplify(unicodedata.normalize("NFKC", name))))


# ------------------------------------------------------------------------------------------------------ pinyin


@cache
def _readings() -> Mapping[int, str]:
    """pypinyin's table of single characters. Its phrases take ten times as long to load and would choose among
    readings, where whoever types is given all of them."""
    before = os.environ.get("PYPINYIN_NO_PHRASES")
    os.environ["PYPINYIN_NO_PHRASES"] = "1"
    try:
        from pypinyin.constants import PINYIN_DICT
    finally:
        if before is None:
            del os.environ["PYPINYIN_NO_PHRASES"]
        else:
            os.environ["PYPINYIN_NO_PHRASES"] = before
    return PINYIN_DICT


@cache
def readings(c: str) -> tuple[str, ...]:
    """The syllables of a character without their tones, the usual one first; ü as v."""
    found = []
    for syllable in _readings().get(ord(c), "").split(","):
        letters = unicodedata.normalize("NFD", syllable)
        plain = "".join(each for each in letters if each == "\u0308" or not unicodedata.combining(each))
        found.append(plain.replace("u\u0308", "v"))
    return tuple(dict.fromkeys(each for each in found if each.isascii() and each))


@cache
def spellings(c: str) -> tuple[str, ...]:
    """What may be typed for a character: its syllables, whole or by their initials; itself where it has none."""
    found: list[str] = []
    for syllable in readings(c):
        found += [syllable, syllable[0]]
        found += [syllable[:2]] if syllable.startswith(_DOUBLE) else []
        found += [syllable.replace("v", "u")] if "v" in syllable else []
    return tuple(dict.fromkeys(found)) or (c,)


def spelled(form: str, name: str, whole: bool = True) -> bool:
    """Whether what was typed spells a name, or (not ``whole``) its beginning.

    >>> spelled("gjsjj", "国家数据局"), spelled("guojiasjj", "国家数据局"), spelled("gjsj", "国家数据局")
    (True, True, False)
    """
    ends = {0}  # how much of what was typed the characters so far can account for
    for c in name:
        if not whole and len(form) in ends:
            return True
        ends = {end + len(s) for end in ends for s in spellings(c) if form.startswith(s, end)}
        if not ends:
            return False
    return len(form) in ends


def pinyin(name: str) -> str:
    """A Chinese name in its usual syllables, Latin letters as they are: how its bearer may be written in English."""
    return "".join((readings(c) or (c,))[0].replace("v", "u") for c in core(name))
