"""What a text says of a document beside its relations: kind, status, days, number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kg.extract import sentences
from kg.extract.dates import find_dates
from kg.extract.kinds import is_draft, kind_of
from kg.extract.relations import Found
from kg.ids import normalise
from kg.items import Document, Mention

_CONSULT = re.compile(r"征求[^，。；]{0,12}意见|征集[^，。；]{0,6}意见|公开征询|公众咨询|public (?:comment|consultation)")
_PLANNED = re.compile(r"即将(?:出台|发布|印发)|很快就会(?:印发|出台|发布)|拟(?:出台|制定)|将(?:于[^，。；]{0,12})?(?:出台|发布)|正在(?:起草|制定|研究)")
_ISSUED = re.compile(r"发布|印发|公布|出台|颁布|通过|施行|实施|生效|\b(?:issued|published|released|adopted|entered into force)\b")
_REPEALED = re.compile(r"同时废止|予以废止|即行废止|失效")
_NUMBER = re.compile(r"[》]?\s?[（(]([^（）()\n]{0,20}(?:〔|\[)(?:19|20)\d{2}(?:〕|\])\s?\d+\s?号|[^（）()\n]{0,16}(?:令|公告)(?:19|20)?\d{0,4}年?第\s?\d+\s?号)")
_STANDARD = re.compile(r"((?:GB|GB/T|GB/Z|GM/T|YD/T|JR/T|GA/T|ISO(?:/IEC)?)[\s-]?\d[\d.]*(?:[—\-–]\d{4})?)\s?《?$")
_EFFECTIVE = re.compile(r"自?(?P<day>[^，。；自]{4,14}?日?)(?:起|正式)*(?:施行|实施|生效|执行)")


def find(text: str, plain: str, mentions: Sequence[Mention], found: Found, told: date | None) -> list[Document]:
    """One record a document that the text names, in the order of first mention."""
    spans = sentences.spans(plain)
    by_name: dict[str, list[int]] = {}
    for i, m in enumerate(mentions):
        if m.type in ("Instrument", "Publication"):
            by_name.setdefault(normalise(m.full or m.text), []).append(i)
    issued_by = {normalise(mentions[r.subject].full or mentions[r.subject].text): r for r in found.relations if r.type == "issuedBy"}
    drafted = {normalise(mentions[r.subject].full or mentions[r.subject].text) for r in found.relations if r.type == "draftedBy"}
    basis = {normalise(mentions[r.object].full or mentions[r.object].text) for r in found.relations if r.type in ("basedOn", "amends")}
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
                days = find_dates(effect["day"], told)
                if days and days[0].iso:
                    effective, evidence = days[0].iso, (start, end)
        if name in issued_by:
            status = status or "issued"
            relation = issued_by[name]
            if relation.date:
                issued, evidence = relation.date, (relation.start, relation.end)
        elif any(is_draft(mentions[p].full or mentions[p].text) for p in places) or name in drafted:
            consulted = any(
                _CONSULT.search(plain[max(0, mentions[p].start - 80) : mentions[p].end + 100]) for p in places
            )
            published = any(_ISSUED.search(plain[mentions[p].end : mentions[p].end + 14]) for p in places)
            status = status or ("consultation" if consulted else "issued" if published else "draft")
        elif any(_PLANNED.search(plain[max(0, mentions[p].start - 6) : mentions[p].end + 24]) for p in places):
            status = status or "planned"
        elif name in basis or any(_ISSUED.search(plain[mentions[p].end : mentions[p].end + 14]) for p in places):
            status = status or "issued"
        records.append(Document(places[0], kind.id if kind else None, status, issued, effective, number, *evidence))
    return records
