"""What a text says of a document beside its relations: kind, status, days, number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kg.extract import sentences, words
from kg.extract.dates import find_dates
from kg.extract.kinds import is_draft, is_draft_behind, kind_of
from kg.extract.relations import Found
from kg.ids import normalise
from kg.items import Document, Mention, Relation

_CONSULT = words.pattern("consultation")
_PLANNED = words.pattern("planned")
_ISSUED = words.pattern("issued")
_REPEALED = words.pattern("repealed")
_NUMBER = words.pattern("number-behind")
_STANDARD = words.pattern("standard-before")
_EFFECTIVE = words.pattern("effective")
_CAME_OUT = words.pattern("came-out")
_TO_COME = re.compile("[将拟待]|计划|预计|有望|尚未")
# 《X》（第12号）于8月1日正式发布; 8月1日，修订后的《X》…公布
_BEHIND_TITLE = re.compile("》?(?:[（(][^（）()]{1,40}[）)])*(?P<between>[^，。；、：《》]{0,60})")
# 工信部联通信〔2024〕227号, on a line of its own
_OWN_NUMBER = re.compile(
    r"(?:^|\n)\s*(?P<number>[一-鿿]{2,12}(?:〔|\[)(?:19|20)\d{2}(?:〕|\])\s?(?:第\s?)?\d+\s?号)\s*(?:\n|$)"
)
_BESIDE = re.compile(
    "(?:已经?|正式|[于在自]|对外|向社会|面向社会|全文|同步|首次)*+(?:[^，。；]{0,4}(?:公报|网站)上?)?(?:正式)?(?:[由经][^，。；]{2,24})?"
)
_DAY_BEFORE = re.compile("[，,]?(?:[^，。；：《》称说示就对据按在为由与和]{0,4}|经?重?新?[修制]订后?的|新版的?)《?")


def find(text: str, plain: str, mentions: Sequence[Mention], found: Found, told: date | None) -> list[Document]:
    """One record a document that the text names, in the order of first mention."""
    spans = sentences.spans(plain)
    by_name: dict[str, list[int]] = {}
    for i, m in enumerate(mentions):
        if m.type in ("Instrument", "Publication"):
            by_name.setdefault(normalise(m.full or m.text), []).append(i)
    issued_by: dict[str, Relation] = {}
    for r in found.relations:
        if r.type == "issuedBy":
            name = normalise(mentions[r.subject].full or mentions[r.subject].text)
            # a headline or a comment repeats who issued it, and not when
            if name not in issued_by or (r.date and not issued_by[name].date):
                issued_by[name] = r
    drafted = {
        normalise(mentions[r.subject].full or mentions[r.subject].text)
        for r in found.relations
        if r.type == "draftedBy"
    }
    basis = {
        normalise(mentions[r.object].full or mentions[r.object].text)
        for r in found.relations
        if r.type in ("basedOn", "amends")
    }
    own = _OWN_NUMBER.search(plain) if found.noticed is not None else None
    records = []
    for name, places in by_name.items():
        title = max((mentions[p].full or mentions[p].text for p in places), key=len)
        kind = kind_of(title)
        status = issued = effective = number = None
        evidence = (0, 0)
        for place in places:
            m = mentions[place]
            start, end = next((s for s in spans if s[0] <= m.start < s[1]), (m.start, m.end))
            after = plain[m.end : end]
            numbered = _NUMBER.match(plain, m.end)
            if numbered:
                number = number or numbered[1]
            standard = _STANDARD.search(plain[max(0, m.start - 30) : m.start])
            if standard:
                number = number or standard[1]
            if _REPEALED.search(after[:24]):
                status = "repealed"
            effect = _EFFECTIVE.search(after[:40])
            if effect and effective is None:
                days = find_dates(effect["day"], told, comes=True)
                if days and days[0].iso:
                    effective, evidence = days[0].iso, (start, end)
        if name in issued_by:
            status = status or "issued"
            relation = issued_by[name]
            if relation.date:
                issued, evidence = relation.date, (relation.start, relation.end)
        elif name in drafted or any(
            is_draft(mentions[p].full or mentions[p].text) or is_draft_behind(plain, mentions[p].end) for p in places
        ):
            consulted = any(
                _CONSULT.search(plain[max(0, mentions[p].start - 80) : mentions[p].end + 100]) for p in places
            )
            # 将制定《X》，会同乙局出台《Y》: what stands behind the comma is another's
            published = any(
                _ISSUED.search(re.split("[，。；]", plain[mentions[p].end : mentions[p].end + 14])[0]) for p in places
            )
            status = status or ("consultation" if consulted else "issued" if published else "draft")
        elif any(_PLANNED.search(plain[max(0, mentions[p].start - 6) : mentions[p].end + 24]) for p in places):
            status = status or "planned"
        elif name in basis or any(_ISSUED.search(plain[mentions[p].end : mentions[p].end + 14]) for p in places):
            status = status or "issued"
        # before the day of who issued it, which may be that of a first reading
        if status in (None, "issued") and name not in drafted:
            for place in places:
                m = mentions[place]
                start, end = next((s for s in spans if s[0] <= m.start < s[1]), (m.start, m.end))
                if day := _came_out(plain[start:end], m.start - start, m.end - start, told):
                    issued, evidence, status = day, (start, end), "issued"
                    break
        if own and number is None and found.noticed in places:
            number = own["number"]
        records.append(Document(places[0], kind.id if kind else None, status, issued, effective, number, *evidence))
    return records


def _came_out(sentence: str, start: int, end: int, told: date | None) -> str | None:
    """The day on which a document came out, where the sentence says so and not who issued it."""
    behind = _BEHIND_TITLE.match(sentence, end)
    if behind is None or not (verb := _CAME_OUT.search(behind["between"])):
        return None
    at = behind.start("between")
    before_verb = behind["between"][: verb.start()]
    if _TO_COME.search(before_verb):
        return None
    if not _BESIDE.fullmatch(re.sub(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日", "", before_verb)):
        return None  # 《X》的解读文章发布
    for when in find_dates(sentence, told):
        if when.iso is None:
            continue
        if at <= when.start and when.end <= at + verb.start():
            return when.iso
        if when.end <= start and _DAY_BEFORE.fullmatch(sentence, when.end, start):
            return when.iso
    return None
