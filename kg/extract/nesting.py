"""Names within names.

中国互联网协会区块链工作委员会 belongs to 中国互联网协会, and 《财政部 税务总局关于…的通知》 names its issuers.
Both give mentions that overlap the name they stand in, and a relation whose evidence is that name's sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from kg.extract import sentences
from kg.extract.gazetteer import Gazetteer
from kg.ids import normalise
from kg.items import EntityType, Mention, Relation, Said
from kg.reference import Reference
from kg.settings import asset

_WHOLE = re.compile(
    r".{2,}?(?:协会|学会|研究院|研究所|大学|学院|委员会|总局|联盟|中心|智库|基金会|管理局|监管局|部|署|法院|商会|联合会|科学院|工程院|标委|集团)"
)
_LATIN = re.compile(r"[A-Z][A-Za-z0-9&.\-]*(?: [A-Z][A-Za-z0-9&.\-]*){0,3}")
# a body of the state whose own name holds another's: 国务院国资委 isn't a unit of 国务院 in the way that its office is
_OFFICES = re.compile(r"(?:办公厅|秘书处|综合司|.{1,6}司|.{1,8}处|办公室|秘书局)$")
# a bureau within a ministry: 工信部网络安全管理局; behind a place such a name is a body of its own
_MINISTERIAL = ("管理局", "保卫局", "侦查局", "监督局")
_MINISTRY = re.compile(r"(?:部|委|署|院|办|银行|总局)$")
# 科技部|生物中心, 中科院|自动化所: behind a ministry or an academy only
_INSTITUTE = re.compile(r"(?![和与及、的]|国家|中国|全国|中央|发布|主管|直属)[一-鿿]{2,10}(?:中心|所|局)")
_CHANGED = re.compile(r"关于(?:修改|修订|废止|修正)[〈《]([^〈〉《》]+)[〉》]")
_RULES_OF = re.compile(r"《([^《》]+)》(?:施行|实施)")
_CHANGED_BARE = re.compile(
    r"关于(?:修改|修订|废止|修正)([一-鿿]{2,30}?(?:法|法典|条例|办法|规定|规则|细则))的(?:决定|决议)"
)
_BRANCH = re.compile(r"[一-鿿]{1,8}(?:分局|支局|支队)")
# 中国人民银行|上海市分行: what a central body is in a province
_REGIONAL = re.compile("[一-鿿]{2,8}?(?:监管局|分行|中心支行|营业管理部|专员办|特派办|办事处)")
_GOVERNMENT = re.compile("[一-鿿]{2,12}人民政府")
_ABOUT = re.compile(r"(?:印发|发布|公布|进一步|继续|加快|促进|规范)?(?:关于|關於)")


@cache
def _units() -> tuple[str, ...]:
    rows = asset("data", "patterns", "unitwords.tsv").read_text(encoding="utf-8").splitlines()
    found = [r.split("\t")[0] for r in rows if r and not r.startswith("#") and r.split("\t")[2:3] == ["yes"]]
    return (
        *found,
        "网络",
        "推进计划",
        "专委会",
        "专业委员会",
        "工作委员会",
        "学术委员会",
        "论坛",
        "研究所",
        "研究中心",
        "技术委员会",
        "研究院",
        *_MINISTERIAL,
    )


def _unit(text: str) -> bool:
    return (
        len(text) >= 2
        and text.endswith(_units())
        and not re.match(r"[的和与及、]|[市省区县](?:委|政府|人民|[^块域])", text)
    )


def whole_of(name: str, others: frozenset[str], reference: Reference) -> tuple[str, EntityType] | None:
    """The body that a unit belongs to, read from the unit's name, with its type where that is known."""
    rows = reference.find(name)
    known = bool(rows) and reference.is_strong(name, rows[0])
    for cut in range(len(name) - 2, 1, -1):
        head, rest = name[:cut], name[cut:].strip()
        if _BRANCH.fullmatch(rest) and head.endswith(("局", "总队")) and re.search("[省市区县州]", head):
            return head, "Regulator"
        if _REGIONAL.fullmatch(rest) and reference.find_place(rest[:2]):
            central = [row for row in reference.find(head) if reference.is_strong(head, row)]
            if central and central[0].type == "Regulator" and central[0].kind != "country":
                return head, "Regulator"
        if rest in ("办公厅", "办公室") and _GOVERNMENT.fullmatch(head):
            return head, "Regulator"
        if not (_unit(rest) or _INSTITUTE.fullmatch(rest)) or (name[cut - 1].isascii() and name[cut].isascii()):
            continue
        if known and rows[0].type == "Regulator" and not _OFFICES.search(rest):
            above = reference.find(head)
            # 美国商务部工业与安全局 is said to belong to whom its name begins with; 国务院国资委 isn't
            if not (above and rows[0].parent == above[0].id and _MINISTRY.search(head) and not head.endswith("国务院")):
                continue
        if rest.endswith(_MINISTERIAL) and not _MINISTRY.search(head):
            continue
        if rest.startswith(("国家", "中国", "全国", "中央")) and not rest.endswith(("司", "处")):
            continue  # 国家发展改革委国家数据局 is two
        if not _unit(rest) and not (_MINISTRY.search(head) or head.endswith("科院")):
            continue
        found = reference.find(head)
        if found and reference.is_strong(head, found[0]):
            row = found[0]
            if row.type == "Company" or row.kind == "country" or reference.find_country(head):
                continue
            return head, row.type
        if head in others and not reference.find_country(head):
            return head, "Organization"
        if re.fullmatch(_WHOLE, head) and not re.search(r"[省市区县州盟](?:委|部)$|[省市区县]", head):
            type_: EntityType = "Regulator" if re.search(r"(?:局|部|署|法院|委员会)$", head) else "Organization"
            return head, type_
        if (
            _LATIN.fullmatch(head.strip())
            and not rest[0].isascii()
            and head.strip() not in ("AI", "IT", "VR", "AR", "IoT")
        ):
            return head.strip(), "Organization"
    return None


def _sentence_of(spans: Sequence[tuple[int, int]], at: int) -> tuple[int, int]:
    return next((s for s in spans if s[0] <= at < s[1]), (at, at + 1))


def find(
    text: str, plain: str, mentions: Sequence[Mention], reference: Reference, gazetteer: Gazetteer
) -> tuple[list[Mention], list[Relation]]:
    """Further mentions, to be put behind the given ones, and the relations that the names state."""
    spans = sentences.spans(plain)
    others = frozenset(plain[m.start : m.end] for m in mentions if m.type in ("Regulator", "Organization"))
    types = {plain[m.start : m.end]: m.type for m in mentions}
    full = {m.text: m.full for m in mentions if m.full}
    added: list[Mention] = []
    relations: list[Relation] = []
    done: set[tuple[str, str]] = set()

    def put(start: int, end: int, type_: EntityType, reason: str) -> int:
        # a name that is a mention already needs no second one there
        for i, m in enumerate([*mentions, *added]):
            if m.start == start and m.end == end:
                return i
        added.append(Mention(start, end, text[start:end], type_, full.get(text[start:end]), reason))
        return len(mentions) + len(added) - 1

    def state(relation: str, subject: int, object_: int, at: int, rule: str, confidence: float) -> None:
        start, end = _sentence_of(spans, at)
        relations.append(Relation(relation, subject, object_, start, end, at, Said.SUMMARY, rule, confidence))

    for i, mention in enumerate(mentions):
        name = plain[mention.start : mention.end]
        if mention.type in ("Regulator", "Organization") and mention.full is None:
            whole = whole_of(name, others, reference)
            if whole is None:
                continue
            head, type_ = whole
            type_ = types.get(head, type_)
            if type_ == "Company":
                continue
            place = put(mention.start, mention.start + len(head), type_, "nested")
            if (name, head) not in done:
                done.add((name, head))
                state("partOf", i, place, mention.start, "name-part", 0.9)
        elif mention.type == "Instrument":
            changed = _CHANGED.search(name) or _CHANGED_BARE.search(name)
            if changed and len(changed[1]) > 2:
                start = mention.start + changed.start(1)
                place = put(start, start + len(changed[1]), "Instrument", "title-amends")
                state("amends", i, place, mention.start, "title-amends", 0.9)
            if law := _RULES_OF.match(name):
                start = mention.start + law.start(1)
                place = put(start, start + len(law[1]), "Instrument", "title-of")
                state("basedOn", i, place, mention.start, "title-of", 0.9)
                continue
            about = _ABOUT.search(name)
            if about is None or about.start() < 2:
                continue
            head = name[: about.start()]
            bodies = [f for f in gazetteer.find(head) if f.known.type == "Regulator" and not f.known.weak]
            rest = head
            for body in bodies:
                rest = rest.replace(head[body.start : body.end], "", 1)
            # nothing but names may stand there: 《网络安全法》关于… and 上海市政府办公厅关于… are not lists of these
            if not bodies or re.sub(r"[\s、，和与及办公厅室]|等.{1,4}部门", "", rest):
                continue
            for body in bodies:
                start = mention.start + body.start
                place = put(start, mention.start + body.end, "Regulator", "title-issuer")
                if (name, normalise(head[body.start : body.end])) not in done:
                    done.add((name, normalise(head[body.start : body.end])))
                    state("issuedBy", i, place, mention.start, "title-issuer", 0.95)
    return added, relations
