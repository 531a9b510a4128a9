"""Names that the model passes over and LAC and the words around them give: full legal names, officers, announcers.

The model was trained on some thousand sentences, LAC on millions: what is an organisation for LAC and has a legal
form, or is a person for LAC and stands beside an office, needs no third vote.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from kg.extract import edges, words
from kg.extract.recogniser import Clues
from kg.items import EntityType

_LEGAL = re.compile(r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|合伙企业(?:（有限合伙）|\(有限合伙\))?)")
_NAME_TAGS = frozenset({"ORG", "LOC", "nz", "n", "nw", "vn", "an", "j", "PER", "nr", "ns", "nt", "s", "f", "a"})
_STOP = words.pattern("legal-name-stop")
_LEAD = words.pattern("before-name")
_ANNOUNCES = words.pattern("firm-announces")
_OFFICE = words.pattern("office-before-person")
_ACTS = words.pattern("person-acts")
_CHILDREN = ("子公司", "附属公司", "孙公司")
_CHILD = re.compile("|".join(_CHILDREN))
_OWNED = re.compile("(?:子公司|附属公司|孙公司|旗下|主体|股东|投资方|交易对方|交易对手方?)(?=.{2})")
_DEALS = words.pattern("firm-deals")
_ROLE = words.pattern("role-word")
_CALLED_FIRM = re.compile("[一-鿿]{2,8}(?:公司|集团|银行|证券|控股|资本)")
_RAISING = words.pattern("raising-firm")
_LINE_START = words.pattern("announcer-start")
_ORGANISATION = words.pattern("organisation-ending")
_BODY = words.pattern("body-ending")
_JOINTLY = re.compile(r"(?<=[局厅委部办院署])(?:会同|协同)(?=[一-鿿]{3,})")
# 董事长是李银会，男，54岁: LAC may see 李银 and a verb
_INTRODUCED = re.compile(r"(?:是|为|：)(?P<name>[一-鿿]{2,4})(?:先生|女士)?[，,](?:男|女)[，,]\s?\d")
_SAYS = re.compile("(?:表示|称|回应称?|透露)[，,：:]")
_CODED = re.compile(
    r"(?:(?<=[，。；：、\n日晚间与和及])|^)(?P<name>[一-鿿]{2,8})(?=[（(](?:[A-Z]{2,4}\s?[:：]\s?)?\d{4,6}(?:\.[A-Z]{2})?[）)])"
)
_NO_FIRM = re.compile("(?:[部委会院署局府厅办处所]|大学|学院|医院|中学|中心|法院|协会|联盟|公司|党|网)$")
_HAN = re.compile(r"[一-鿿·]{2,}$")


def legal_names(text: str, seen: Clues) -> Iterator[tuple[int, int]]:
    """Firms with their legal form: back from it over LAC's words, as long as they can be part of a name."""
    cut = seen.words
    within = [i for i, (a, b, _) in enumerate(cut) for _ in range(a, b)]
    for match in _LEGAL.finditer(text):
        i = within[match.start()]
        start = cut[i][0]
        while i > 0 and start > match.end() - 40:
            a, b, tag = cut[i - 1]
            word = text[a:b]
            bracketed = word in "（）()" and _bracket_belongs(text, a, start)
            if not bracketed and (tag not in _NAME_TAGS or _STOP.search(word)):
                break
            start, i = a, i - 1
        if owners := list(_OWNED.finditer(text, start, match.start())):
            start = owners[-1].end()  # LAC may see no word's end behind 附属公司
        # 已按约定|向|华为技术有限公司
        known = [f.start for f in seen.found if start < f.start < match.end() and f.known.type == "Company"]
        start = next((at for at in known if text[at - 1] in "向与对由从给"), start)
        while start < match.start() and text[start] in "（）()，、 “":
            start += 1
        if match.start() - start >= 2 and "\n" not in text[start : match.end()]:
            yield start, match.end()


def _bracket_belongs(text: str, at: int, start: int) -> bool:
    """Whether a bracket is within a name: 三星（中国）投资有限公司."""
    return bool(re.match(r"[（(][一-鿿]{2,6}[）)][一-鿿]", text[at : at + 10])) or bool(
        re.search(r"[（(][一-鿿]{2,6}$", text[max(0, at - 8) : at]) and text[at] in "）)"
    )


def organisations(text: str, seen: Clues) -> Iterator[tuple[int, int, EntityType]]:
    """What is an organisation for LAC and ends as one: 天津排放权交易所, 上海市税务局."""
    cut = seen.words
    for i, (start, end, tag) in enumerate(cut):
        if tag != "ORG" or end - start < 4 or re.search(r"\s", text[start:end]):
            continue
        if _ORGANISATION.search(text[start:end]):
            while end - start < 6 and i > 0 and cut[i - 1][2] in ("vn", "LOC", "nz", "ORG"):
                i, start = i - 1, cut[i - 1][0]
            yield start, end, "Organization"
        elif _BODY.search(text[start:end]) and _JOINTLY.search(text[start:end]):
            # 甲局会同市公安局 is two
            parts = [m.span() for m in _JOINTLY.finditer(text, start, end)]
            yield start, parts[0][0], "Regulator"
            yield parts[-1][1], end, "Regulator"
        elif _BODY.search(text[start:end]) and not any(
            f.end == end and f.start > start and f.known.type == "Regulator" for f in seen.found
        ):
            yield start, end, "Regulator"


def owned(text: str, seen: Clues) -> Iterator[tuple[int, int]]:
    """The firm that is named right behind 子公司: 所属子公司安徽卓良."""
    cut = seen.words if _CHILD.search(text) else []
    for i, (_, end, _) in enumerate(cut):
        if not text.endswith(_CHILDREN, max(0, end - 4), end):
            continue
        behind = text[end : end + 3]
        start = end + len(behind) - len(behind.lstrip('“—"'))
        stop, tags = start, list[str]()
        for _, b, tag in cut[i + 1 :]:
            if b <= start:
                continue
            # 子公司业务 is nobody; 子公司安徽卓岭 is, whatever LAC takes 卓岭 for
            if tag not in ("ORG", "LOC", "nz", "nw", "PER", *(("n", "a", "an") if "LOC" in tags else ())):
                break
            if b - start > 16:
                break
            stop = b
            tags.append(tag)
        if stop - start >= 2 and tags != ["LOC"]:
            yield start, stop


def announcers(text: str, seen: Clues) -> Iterator[tuple[int, int]]:
    """Firms, by LAC, that announce something or whose share code follows: 光韵达(300227)在互动平台表示."""
    for match in _LINE_START.finditer(text):
        start = match.start("name")
        if lead := _LEAD.match(text, start):
            start = lead.end()
        for end in range(start + 3, match.end("name") + 1):
            if _ANNOUNCES.match(text, end) and seen.tagged[end - 1][0] not in ("v", "p", "c", "d", "u", "r"):
                if text.endswith(("联交所", "港交所"), start + 2, end):
                    end -= 3
                # 投资金额：公司…: a label, and no name
                label = text[end] in "：:" and {seen.tagged[at][0] for at in range(start, end)} <= {"n", "v", "vn", "a"}
                label = label and all(seen.tagged[at][1] for at in range(start, end, 2))
                own = text.startswith(("公司", "子公司", "我司"), start) or text.endswith(("公司", "我们"), start, end)
                if not label and not own and not _STOP.search(text[start:end]):
                    yield edges.without_description(text, start, end), end
                break
    for start, end, tag in seen.words:
        if tag not in ("ORG", "nz", "nw") or end - start < 2:
            continue
        before = text[start - 1 : start]
        if before in ("T", "Ｔ", "*") or (_is_han(before) and seen.tagged[start - 1][0] == "n"):
            continue  # 光|韵达, ST|中基: the word isn't whole
        # 富煌钢构称，与…: an organisation, by LAC, that ends like none but a firm
        says = tag == "ORG" and end - start > 3 and _SAYS.match(text, end) and not _NO_FIRM.search(text[start:end])
        if (says or _ANNOUNCES.match(text, end)) and _HAN.search(text[start:end]):
            if text.endswith(("联交所", "港交所"), start + 2, end):
                end -= 3
            yield edges.without_description(text, start, end), end


def listed(text: str, ends: Container[int]) -> Iterator[tuple[int, int]]:
    """What stands between a mark and a share code, unless a name that is seen ends there: 奈雪的茶（02150.HK）."""
    for match in _CODED.finditer(text):
        start, end = match.span("name")
        if end in ends:
            continue
        if lead := _LEAD.match(text, start, end):
            start = lead.end()
        start = edges.without_description(text, start, end)
        if end - start >= 2 and not _STOP.search(text[start:end]):
            yield start, end


def dealers(text: str, seen: Clues) -> Iterator[tuple[int, int]]:
    """Organisations, by LAC, that are called firms and deal with others: 松岭公司同意以3亿元收购…."""
    for start, end, tag in seen.words:
        name = text[start:end]
        if tag != "ORG" or not _CALLED_FIRM.fullmatch(name) or _ROLE.fullmatch(name) or _STOP.search(name[:-2]):
            continue
        if _DEALS.match(text, end) and not (start and _is_han(text[start - 1]) and seen.tagged[start - 1][0] == "n"):
            yield edges.without_description(text, start, end), end


def raisers(text: str, seen: Clues) -> Iterator[tuple[int, int]]:
    """Who closes a round, where LAC sees words of a name and no verb: 英雄体育VSPN完成B轮融资."""
    for match in _RAISING.finditer(text):
        start, end = match.span("name")
        start = max(start, text.rfind("的", start, end - 2) + 1)  # 成立不到一年的|能量奇点
        name = text[start:end].strip()
        tags = {seen.tagged[i][0] for i in range(start, end)}
        if tags & {"v", "p", "c", "d", "u", "r", "w", "m", "q", "vd", "TIME"} - (
            {"w", "m"} if name.isascii() else set()
        ):
            continue
        if not _STOP.search(name) and not re.search(
            "公司$|企业$|平台$|团队$|集团$|项目$|轮$|机构$|^[该本其]|品牌|服务商", name
        ):
            yield start, end


def _is_han(c: str) -> bool:
    return len(c) == 1 and "一" <= c <= "鿿"


def persons(text: str, seen: Clues) -> Iterator[tuple[int, int]]:
    """Persons, by LAC, beside an office or as who says something."""
    introduced = [match.span("name") for match in _INTRODUCED.finditer(text)]
    yield from introduced
    for start, end, tag in seen.words:
        if any(a <= start < b for a, b in introduced):
            continue
        if tag != "PER" or end - start < 2 or not _HAN.search(text[start:end]):
            continue
        # 许宏|才在: what LAC takes for an adverb after two letters may be the third
        if end - start == 2 and text[end : end + 1] in ("才",) and re.match("在|表示|指出|说", text[end + 1 :]):
            end += 1
        if _OFFICE.search(text[max(0, start - 12) : start]) or _ACTS.match(text, end):
            yield start, end
