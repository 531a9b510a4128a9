"""What a document itself says that a short name stands for: （以下简称“X”）, X（Y）, 《应急预案》 after its full title.

Such a form counts in that document only: 《管理办法》 is one instrument here and another next month.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from kg.extract import words
from kg.extract.kinds import kind_of, without_tail
from kg.extract.lac import Tagged
from kg.extract.names import repeat
from kg.ids import normalise
from kg.items import Mention
from kg.reference import Reference

_AFTER = re.compile(r"[》”」\"]?\s?[（(](?P<inside>[^（）()\n]{1,80}(?:[（(][^（）()]*[）)][^（）()\n]{0,40})?)[）)]")
_LISTED = re.compile(
    r"(?:证券|股票|公司|A股)简称[:：]\s*(?P<short>[*A-Z]{0,4}[一-鿿]{2,6}(?:[AB]|－?U|-U|-W)?)(?=[\s，,；;）)])"
)
_CALLED = re.compile(r"(?:以下|下文|下)?(?:统一?|合|并|均|分别)?(?:简称|统称|并称|称)(?:为|作)?\s?[:：]?\s?")
_FORM = re.compile(r"[《“\"「‘']?([^《》“”\"「」‘’、，,；;和及或]{1,40})[》”\"」’']?")
_TICKER = re.compile(r"[A-Za-z一-鿿]{2,8}\s?[:：]\s?[A-Z0-9]{1,6}(?:\.[A-Z]{1,2})?\b")
# Windsurf原名Codeium: one firm under two names
_FORMERLY = re.compile(r"[”」]?(?:[（(])?(?:公司)?(?:原名|曾用名|旧称|又名|又称)(?:为|是|叫)?\s?[“「]?")
_QUOTED = re.compile(r"[“\"「]([^”\"」]{2,30})[”\"」]")
# What a firm's full name has beyond its short one. Words that tell one firm of a group from another (工程, 人寿, 财务,
# 置业) aren't here: 华电能源工程有限公司 is not 华电能源.
_COMMON_TAIL = re.compile(
    r"(?:[（(].{1,8}[）)])?(?:科技|技术|信息|网络|智能|数字|数据|控股|投资|创业|管理|集团|股份|实业|企业|国际|发展|软件|电子|生物|医药|文化|传媒"
    r"|资产|机器人|半导体|微电子|汽车|中心|产业|商务|基金|新能源|能源|材料|医疗|教育|通信|装备|自动化){0,3}"
    r"(?:[（(].{1,8}[）)])?(?:股份有限公司|有限责任公司|有限公司|合伙企业[（(]有限合伙[）)]|公司|株式会社)?"
)
_DEPARTMENT = re.compile("(?:司|厅|处|办公室|管理局|中心)$")
_YEAR_BEHIND = re.compile(r"\s?[（(](?:19|20)\d{2}年?版?[）)]")
_YEAR = re.compile(r"^(?:19|20)\d{2}年")
_CHANGES = re.compile("(?:关于)?(?:修改|修订|修正)[〈《]?(?P<law>[^〈〉《》]{2,40}?)[〉》]?的?决定")
_SEAT = re.compile("(?:政府|特区)$")
_MINISTRY = re.compile("[部委院署局会办]$")
_BY_NUMBER = words.pattern("numbered-instrument")
# 第12号令 is many bodies': the title says more
_COMMON_NUMBER = re.compile(r".*第\s?\d{1,3}号.*")
_ROLE = words.pattern("role-word")
_DOCUMENTS = ("Instrument", "Publication")
_HAN_ONLY = re.compile("[一-鿿]+")
_NAMELIKE = frozenset(("ORG", "nz", "nw", "PER"))  # LAC's tags of words that are names
# beginnings of firms' names that are words of their own
_PLAIN_WORD = re.compile(
    "中国|国家|全国|东方|南方|北方|西部|东部|中部|华东|华南|华北|亚洲|环球|国际|世界|新华|人民|城市|数字|智能|云端"
)
_NAMED = frozenset(("Company", "Organization", "Regulator"))
# words that may stand behind a name and aren't a longer name's
_NO_TAIL = re.compile(
    "[系为是于与及和将拟已向对的在由均等就曾称涨跌报共]|合共|合计|微涨|微跌|宣布|公告|披露|表示|完成|签署|收购"
)
_IS = re.compile("[系为是与及和]")
_CONTROLS = re.compile("控股(?=[一-鿿]{3})")


def _subsequence(short: str, long: str) -> bool:
    letters = iter(long)
    return all(c in letters for c in short)


def _script(text: str) -> bool:
    return any("一" <= c <= "鿿" for c in text)


def definitions(text: str, mentions: list[Mention]) -> dict[str, str]:
    """Short form → full form, as the text defines them."""
    found: dict[str, str] = {}
    by_start = {m.start: m for m in mentions}
    for i, mention in enumerate(mentions):
        match = _AFTER.match(text, mention.end)
        if not match:
            continue
        inside = match["inside"]
        if _TICKER.match(inside):
            continue  # 58同城（NYSE: WUBA）: where it is listed
        called = _CALLED.search(inside)
        if called:
            rest = inside[called.end() :]
            forms = [f.strip() for f in _FORM.findall(rest)]
            # （以下简称“公司”）: a word for the firm in this text, and no name of it
            forms = [
                f
                for f in forms
                if 1 < len(f) <= 30
                and f != mention.text
                and not _ROLE.fullmatch(f)
                and not re.fullmatch(r"[\d.]+\w{0,3}", f)
            ]
            if not forms:
                continue
            # several names, several short forms: each to the name that its letters come from
            before = [m for m in mentions[max(0, i - 5) : i + 1] if m.type == mention.type]
            for form in forms:
                if len(forms) == 1:
                    found[form] = mention.text
                else:
                    fits = [m for m in before if _subsequence(without_tail(form), m.text)]
                    found[form] = (fits[-1] if fits else mention).text
            continue
        quoted = _QUOTED.match(inside)
        if quoted and mention.type in ("Company", "Organization", "Regulator"):
            found[quoted[1]] = mention.text
            continue
        inner = by_start.get(match.start("inside"))
        other = re.split(r"[，,；;]", inside)[0].strip()
        if inner is not None and inner.end <= match.end("inside"):
            other = inner.text
            person = mention.type == "Person" and inner.type in ("Company", "Organization") and " " in inner.text
            apart = {inner.type, mention.type} & {"Person", "Instrument", "Publication"}
            if inner.type != mention.type and apart and not person:
                continue
        elif not re.fullmatch(r"[A-Z][A-Za-z&/\-]{1,14}", other):
            continue
        # two scripts, or an acronym: one thing under two names; two names of one script may be two things
        if _script(other) != _script(mention.text) or re.fullmatch(
            r"[A-Z][A-Z0-9&/\-]{1,9}|[A-Z]{1,4}\.? \d{1,5}", other
        ):
            found[other] = mention.text
        elif (
            mention.type == "Regulator" and 2 < len(other) < len(mention.text) / 2 and _subsequence(other, mention.text)
        ):
            # 证券及期货事务监察委员会（证监会）: another 证监会 than the one that comes to mind
            found[other] = mention.text
    firms = {m.start: m for m in mentions if m.type == "Company"}
    for mention in firms.values():
        former = _FORMERLY.match(text, mention.end)
        other = firms.get(former.end()) if former else None
        if other is not None:
            found.setdefault(other.text, mention.text)
    if listed := _LISTED.search(text):
        # 证券简称：甲股份, and below it the legal name of the firm whose announcement it is
        below = (m for m in mentions if m.type == "Company" and listed.end() <= m.start < listed.end() + 200)
        legal = next((m.text for m in below if m.text.endswith("有限公司")), None)
        if legal is not None:
            found.setdefault(listed["short"], legal)
    return {short: full for short, full in found.items() if normalise(short) != normalise(full)}


def shorter(text: str, mentions: list[Mention]) -> dict[str, str]:
    """Short forms that the text uses without defining them: 陶布曼 after 陶布曼中心, 《应急预案》 after its title."""
    found: dict[str, str] = {}
    forms: dict[str, set[str]] = {}
    for mention in mentions:
        forms.setdefault(mention.type, set()).add(mention.text)
    for type_, names in forms.items():
        for short in names:
            longer = sorted(
                (n for n in names if n != short and _short_for(short, n, type_)),
                key=lambda n: (-len(n), n),
            )
            if type_ in _DOCUMENTS:
                longer = [n for n in longer if not _side_by_side(text, short, n)]
                longer = list({normalise(without_tail(n)): n for n in reversed(longer)}.values())
            if type_ == "Regulator" and len(longer) > 1:
                # 美国AI安全研究所 and 英国AI安全研究所: the one whose country the text names more often
                counts = {n: text.count(n.removesuffix(short)) for n in longer}
                longer = sorted(longer, key=lambda n: (-counts[n], n))[:1]
            # only where one name is meant; nested ones (X, X集团, X集团公司) are
            if longer and all(_short_for(n, longer[0], type_) or n == longer[0] for n in longer):
                found[short] = longer[0]
    return found


def _side_by_side(text: str, one: str, other: str) -> bool:
    """Whether two titles stand in one list: 《甲办法》《甲共享办法》 are two."""
    a, b = re.escape(one), re.escape(other)
    between = "(?:[（(][^（）()]{0,20}[）)])?(?:提案|草案)?(?:、|和|与|及|以及)?《"
    return bool(re.search(f"《{a}》{between}{b}》|《{b}》{between}{a}》", text))


@lru_cache(10_000)
def _without_place(name: str) -> list[str]:
    """宁波福尔达投资控股有限公司, and without 宁波: a firm's seat is no part of what it is called."""
    places = Reference.load()
    for length in range(2, 7):
        if places.find_place(name[:length]) and len(name) - length >= 4:
            return [name, name[length:]]
    return [name]


def _short_for(short: str, long: str, type_: str) -> bool:
    if len(short) >= len(long):
        return False
    if type_ in _DOCUMENTS:
        base, whole = without_tail(short), without_tail(long)
        if base == short and (
            (_YEAR.match(whole) and _YEAR.sub("", whole) == short)
            or (whole == short and _YEAR_BEHIND.fullmatch(long, len(short)))
        ):
            return True  # 数据保护规则 and 2025年数据保护规则, 治理蓝皮书 and 治理蓝皮书（2025年）
        one, other = _CHANGES.fullmatch(short), _CHANGES.search(long)
        if one and other and other["law"].endswith(one["law"]):
            return True  # 关于修改网络安全法的决定
        if "AI" in base and base.replace("AI", "人工智能") == whole:
            return True  # 《AI基本法》 beside 《人工智能基本法》
        if len(base) >= 6 and re.search("[：:]", long) and base in re.split("[：:]", long)[1:]:
            return kind_of(base) is not None  # 赢得竞赛：美国人工智能行动计划, and then without what stands before
        return 2 <= len(base) <= 8 and base[-2:] == whole[-2:] and _subsequence(base, whole) and base != whole
    if type_ == "Regulator":
        # 国家安全司 after 司法部国家安全司
        within = long.removesuffix(short)
        if len(short) >= 4 and within != long and _DEPARTMENT.search(short) and _MINISTRY.search(within):
            return True
        if len(short) >= 3 and within != long and _SEAT.search(within):
            return True  # 保安局 after 香港特区政府保安局
        # 大亚湾…局 after 广东省惠州大亚湾…局: what stands before is a place
        return len(short) >= 6 and long.endswith(short) and not re.search(r"[、，的]", long)
    if type_ == "Person":
        return len(short) > 1 and (long.endswith(("・" + short, "·" + short, " " + short, "-" + short)))
    if type_ == "Company":
        if short.isascii():
            return len(short) > 2 and long.startswith((short + " ", short + ".", short + ",")) and long.isascii()
        if len(short) >= 4 and long.endswith(short) and short.endswith(("集团", "公司", "资本", "基金")):
            return True
        return len(short) >= 2 and any(
            full.startswith(short) and _COMMON_TAIL.fullmatch(full[len(short) :]) for full in _without_place(long)
        )
    return False


def _owns(text: str, short: str, full: str) -> bool:
    """中国电建公告，全资子公司中国电建国际…: the short name is the parent's."""
    if full == short + "集团" and re.search(f"{re.escape(short)}(?!集团)[^。\n]{{0,60}}{re.escape(full)}", text):
        return True  # 三房巷拟购买三房巷集团持有的…: one sentence tells them apart
    return bool(
        re.search(f"{re.escape(short)}[^。\n]{{0,30}}(?:子公司|孙公司|附属公司|旗下)的?{re.escape(full)}", text)
    )


def _called_briefly(text: str, mentions: list[Mention], tagged: Tagged, known: frozenset[str]) -> list[Mention]:
    """极飞 after 极飞科技: what a text calls a firm by the beginning of its name.

    Only a beginning in which LAC sees a name or no word at all, that stands by itself (twice, if LAC sees no
    organisation), is the beginning of no other name in the text, and is no place and no firm of the reference data.
    """
    firms = {m.text: m for m in mentions if m.type == "Company" and m.reason not in ("doubt", "place")}
    taken = bytearray(len(text))
    for m in mentions:
        taken[m.start : m.end] = b"\1" * (m.end - m.start)
    added: list[Mention] = []
    done: set[str] = set()
    ordered = sorted(firms)
    for name, mention in firms.items():
        for length in (4, 3, 2):
            short, rest = name[:length], name[length:]
            if len(rest) < 2 or short in done or not _HAN_ONLY.fullmatch(short) or not _COMMON_TAIL.fullmatch(rest):
                continue
            full = mention.full or name
            if normalise(short) in known or Reference.load().find_place(short) or _PLAIN_WORD.fullmatch(short):
                continue
            if {firms[n].full or n for n in _beginning(ordered, short)} - {full}:
                continue
            places = [
                at.start()
                for at in re.finditer(re.escape(short), text)
                if not any(taken[at.start() : at.end()])
                and tagged[at.start()][1]
                and (at.end() == len(text) or tagged[at.end()][1])
                and (tagged[at.start()][0] in _NAMELIKE or all(begins for _, begins in tagged[at.start() : at.end()]))
            ]
            sure = any(tagged[at][0] == "ORG" for at in places)
            if len(places) < (1 if sure else 2):
                continue
            done.add(short)
            for at in places:
                added.append(Mention(at, at + length, short, "Company", full, "brief"))
                taken[at : at + length] = b"\1" * length
            break
    return sorted([*mentions, *added], key=lambda m: m.start)


def _beginning(ordered: list[str], short: str) -> Iterator[str]:
    """The names of an ordered list that begin so."""
    for at in range(bisect_left(ordered, short), len(ordered)):
        if not ordered[at].startswith(short):
            break
        yield ordered[at]


def _special_treatment(mentions: list[Mention]) -> dict[str, str]:
    """*ST欧泰 and 欧泰股份: the exchange's mark of a firm in distress is no part of its name."""
    firms = sorted({m.text for m in mentions if m.type == "Company"})
    found = {}
    for marked in firms:
        bare = re.fullmatch(r"\*?S?ST(.{2,6})", marked)
        if bare is None:
            continue
        longer = [n for n in _beginning(firms, bare[1]) if _COMMON_TAIL.fullmatch(n[len(bare[1]) :])]
        if longer:
            found[marked] = min(longer, key=lambda n: (len(n), n))
    return found


def _parted(mention: Mention, defined: dict[str, str]) -> list[Mention]:
    """甲公司和乙公司 as two, where the document has defined both as short forms."""
    for match in re.finditer("[和与及]", mention.text):
        left, right = mention.text[: match.start()], mention.text[match.end() :]
        if left in defined and right in defined:
            return [
                replace(mention, end=mention.start + match.start(), text=left, full=defined[left]),
                replace(mention, start=mention.start + match.end(), text=right, full=defined[right]),
            ]
    return [mention]


def _as_defined(text: str, mentions: list[Mention], defined: dict[str, str]) -> list[Mention]:
    """The defined form wherever it stands, if the model or the tables saw a part of it there, or more: 嘉宝|服务."""
    found: list[Mention | None] = list(mentions)
    whose = [-1] * len(text)  # which mention a character belongs to: a text may say a name a hundred thousand times
    types = {m.text: m.type for m in reversed(mentions)}

    def put(mention: Mention) -> None:
        whose[mention.start : mention.end] = [len(found)] * (mention.end - mention.start)
        found.append(mention)

    for i, m in enumerate(mentions):
        whose[m.start : m.end] = [i] * (m.end - m.start)
    renamed: dict[str, str] = {}
    for short in sorted(defined, key=len, reverse=True):
        full = defined[short]
        for match in re.finditer(re.escape(short), text):
            start, end = match.span()
            places = sorted({i for i in whose[start:end] if i >= 0})
            clash = [m for m in (found[i] for i in places) if m is not None]
            if not clash or any(m.text == short for m in clash):
                continue
            one = clash[0]
            inside = all(start <= m.start and m.end <= end and m.text not in defined for m in clash)
            if not inside and not (len(clash) == 1 and one.start == start and _goes_on(text, one, short, full)):
                continue
            for place, m in zip(places, clash, strict=True):
                found[place] = None
                whose[m.start : m.end] = [-1] * (m.end - m.start)
            put(Mention(start, end, short, types[full], full, "defined"))
            rest = None if inside else _joint(text, short, end, one.end)
            if rest is not None and one.end - rest > 1:
                renamed[one.text] = text[rest : one.end]
                put(replace(one, start=rest, text=renamed[one.text]))
    kept = [replace(m, full=renamed.get(m.full or "", m.full)) for m in found if m is not None]
    return sorted(kept, key=lambda m: m.start)


def _goes_on(text: str, mention: Mention, short: str, full: str) -> bool:
    """Whether a name is a defined form and words that are part of none: 嘉宝服务|合共, 华友国际|系华友钴业."""
    if mention.text == full or mention.reason not in ("model", "doubt", "repeat", "announcer", "legal-form"):
        return False
    end = mention.start + len(short)
    return bool(_NO_TAIL.match(text, end, mention.end)) or _joint(text, short, end, mention.end) is not None


def _joint(text: str, short: str, start: int, end: int) -> int | None:
    """Where a second name begins behind a word that joins it: 华友国际系|华友钴业, TLEA控股|文菲尔德."""
    joint = _IS.match(text, start, end) or (_CONTROLS.match(text, start, end) if short.isascii() else None)
    return joint.end() if joint else None


def _numbered(text: str, mentions: list[Mention]) -> list[Mention]:
    """第14179号行政令《某标题》: a number and a title side by side are one document."""
    found = list(mentions)
    for i, (one, other) in enumerate(pairwise(mentions)):
        joined = re.fullmatch(r"\s?[——]*《", text[one.end : other.start])
        both = one.type == other.type == "Instrument" and one.full is None and other.full is None
        if joined and both and _BY_NUMBER.fullmatch(one.text):
            if _COMMON_NUMBER.fullmatch(one.text):
                found[i] = replace(one, full=other.text)
            else:
                found[i + 1] = replace(other, full=one.text)
    return found


def settle(
    text: str, mentions: list[Mention], known: frozenset[str] = frozenset(), tagged: Tagged | None = None
) -> list[Mention]:
    """The mentions with what their short forms stand for, and the occurrences of forms that the text defines.

    ``known`` are normalised names that the reference data knows: these stand for themselves. ``tagged`` is what LAC
    says of each character; without it nobody is called by the beginning of a name.
    """
    defined = definitions(text, mentions)
    # the long name of a firm that the reference data knows by the short one: it stands for that
    firms = {m.text for m in mentions if m.type == "Company"}
    called = {
        full: short
        for short, full in defined.items()
        if full in firms and normalise(short) in known and normalise(full) not in known
    }
    defined = {short: full for short, full in defined.items() if full not in called}
    mentions = [replace(m, full=called[m.text]) if m.text in called else m for m in mentions]
    full_type = {m.text: m for m in mentions}
    extra = []
    for short, full in defined.items():
        source = full_type[full]
        if not any(m.text == short for m in mentions):
            at = text.find(short, source.end)
            if at >= 0:
                extra.append(replace(source, start=at, end=at + len(short), text=short, full=full, reason="defined"))
    # a defined form that the model typed otherwise, or doubted, takes the type of what it stands for
    mentions = [
        replace(
            m,
            type=full_type[defined[m.text]].type,
            full=defined[m.text],
            reason="defined" if m.reason == "doubt" else m.reason,
        )
        if m.text in defined
        else m
        for m in mentions
    ]
    mentions = [part for m in mentions for part in _parted(m, defined)]
    mentions = _as_defined(text, mentions, {s: f for s, f in defined.items() if full_type[f].type in _NAMED})
    taken = [(m.start, m.end) for m in mentions]
    extra = [e for e in extra if not any(a < e.end and e.start < b for a, b in taken)]
    mentions = repeat(text, sorted([*mentions, *extra], key=lambda m: m.start))
    if tagged is not None:
        mentions = _called_briefly(text, mentions, tagged, known)
    said = {
        short: full
        for short, full in shorter(text, mentions).items()
        if short not in defined and not _owns(text, short, full)
    }
    mentions = _numbered(text, mentions)
    implied = {short: full for short, full in said.items() if normalise(short) not in known}
    # 2025年数据保护规则 is what the tables know without its year
    implied |= {
        full: short
        for short, full in said.items()
        if normalise(short) in known
        and normalise(full) not in known
        and (_YEAR.sub("", full) == short or _SEAT.search(full.removesuffix(short)))
    }
    implied |= _special_treatment(mentions)
    # the same the other way round where the reference data knows the short form: 松禾资本管理有限公司 is 松禾资本
    firms = {m.text for m in mentions if m.type == "Company"}
    for short, full in said.items():
        known_short = normalise(short) in known and normalise(full) not in known
        if known_short and (short in firms or re.search(f"[：:]{re.escape(short)}$", full)):
            implied[full] = short
    return [replace(m, full=implied[m.text]) if m.full is None and m.text in implied else m for m in mentions]
