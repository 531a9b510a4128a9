"""Mentions → entities, and what is said of them → claims and deals.

The order in which a mention is decided, with the reason kept: what the document says it stands for; the foreign
namesake of a ministry that the text has told of; a name that the reference data holds for one body, with its country or
its legal form; a local body by place and function; a weak name of the reference data where the document supports it;
else type and normalised name. What the document leaves undecided stays open: an entity of its item alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from kg import ids
from kg.extract.plain import simplify
from kg.items import (
    Claim,
    Deal,
    Document,
    Entity,
    EntityType,
    Extraction,
    Item,
    ItemFacts,
    Label,
    Mention,
    Met,
    OpenSentence,
    Raise,
    Relation,
    Report,
    Said,
    Terms,
    Unused,
)
from kg.reference import Place, Reference, Row
from kg.resolve import deals, firms, local, nations
from kg.resolve.names import language as _language

_BODIES = ("Regulator", "Company", "Organization")
_DOCUMENTS = ("Instrument", "Publication")
_VERSION = re.compile(r"[（(][^（）()]*(?:试行|暂行|征求意见|草案|意见稿|讨论稿|送审稿|修订)[^（）()]*[）)]$")
_TAIL = re.compile(r"[（(][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)?[）)]$")
_OFFICE = re.compile(r"(?:秘书处|办公厅|综合司|秘书局|[一-鿿]{2,5}司)$")
_LOCAL = re.compile(r"[市省区县州](?:委|人民政府|政府|.{1,16}(?:局|厅|委员会|委|办公室|办|部门))$")
# long enough that a letter more or less isn't another name
_LATIN = re.compile("[A-Z][A-Za-z]{7,}")
_THAT = re.compile(r"该(局|厅|委|办|部|署|院|会|总局|公署)")
_TERM = re.compile(r"第?[一二三四五六七八九十]{1,4}届")
_STATE = re.compile(r"^中华人民共和国")
_ABOUT = re.compile(r"^.{2,40}?(?=关于)")


@dataclass(slots=True)
class _Known:
    iri: str
    type: EntityType
    reason: str
    row: Row | None = None
    place: Place | None = None
    open: bool = False  # whose body it is isn't decided


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the mentions of one item."""

    plain: str
    signals: Sequence[nations.Signal]


class Linker:
    """Decides mentions for one report at a time; read-only."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    def document_key(self, name: str) -> str:
        """What names of one document share: 数据安全法 and 中华人民共和国数据安全法, a draft and its final text."""
        plain = simplify(name).strip()
        plain = _STATE.sub("", plain)
        while (cut := _VERSION.sub("", plain)) != plain and cut:
            plain = cut
        plain = _ABOUT.sub("", plain)
        return plain.removeprefix("关于") or name

    def decide(
        self,
        mention: Mention,
        type_: EntityType,
        places: Sequence[Place],
        present: frozenset[str],
        scope: str,
        around: Around | None = None,
    ) -> _Known:
        """The entity of a mention. ``present`` are the normalised names that the item ``scope`` holds."""
        name = mention.full or mention.text
        why = f"“{mention.text}” stands for “{name}” in this document; " if mention.full else ""
        if type_ == "Regulator":
            # 第十四届全国人大常委会: an assembly is one body through its terms
            name = _TERM.sub("", name)
        plain = simplify(name)
        if type_ == "Regulator" and around is not None and (told := self._abroad(plain, mention, around)) is not None:
            return _Known(ids.reference(told.id), told.type, f"{why}{name} of the country that the text tells of", told)
        strong = self._row(name, type_)
        if strong is not None:
            return _Known(ids.reference(strong.id), strong.type, why + f"a name of {strong.id}", strong)
        if type_ in _BODIES and (with_country := self._with_country(plain, type_)) is not None:
            home, rest = with_country
            return _Known(ids.reference(home.id), home.type, f"{why}{rest} with its country, a name of {home.id}", home)
        for bare in firms.bare(name) if type_ == "Company" else ():
            row = self._row(bare, type_) or self._weak(bare, type_, present)
            if row is not None:
                return _Known(ids.reference(row.id), row.type, f"{why}{bare} with its legal form, of {row.id}", row)
        # 證監會 for 證券及期貨事務監察委員會 isn't the 证监会 that comes to mind, where somebody bears the long name
        borne = type_ == "Regulator" and self._bearers(name, type_)
        if mention.full and not borne and (short := self._row(mention.text, type_)) is not None:
            return _Known(ids.reference(short.id), short.type, why + f"a name of {short.id}", short)
        if type_ == "Regulator" and (office := _OFFICE.search(name)):
            # 工信部办公厅 and 工业和信息化部办公厅 are one office of one body
            body_row = self._row(name[: office.start()], type_)
            if body_row is not None:
                key = f"{body_row.name_zh}{office.group()}"
                return _Known(ids.entity("Regulator", key), "Regulator", f"{why}an office of {body_row.id}")
        country = self.reference.find_country(name) if type_ == "Regulator" else None
        government = self.reference.government(country.alpha2) if country else None
        if government is not None:
            return _Known(ids.reference(government.id), government.type, f"{name} acts: its government", government)
        if type_ == "Regulator":
            body = local.resolve(plain, places, self.reference)
            if isinstance(body, local.Body):
                row = self._local_row(body)
                if row is not None:
                    return _Known(ids.reference(row.id), row.type, f"{name}: {body}, a name of {row.id}", row)
                reason = f"place {body.place.name}, function {body.function}"
                return _Known(ids.entity("Regulator", body.key), "Regulator", why + reason, None, body.place)
            if body is not None or _LOCAL.match(plain):
                # 市商务局 where the document names no city, or two: a body of this item, until someone says whose
                return self.left_open(plain, "Regulator", why + "a local body whose place is open", scope)
        names = (name, self.document_key(name)) if type_ in _DOCUMENTS else (name,)
        bearers = next((rows for n in names if (rows := self._bearers(n, type_))), ())
        weak = None
        if len(bearers) > 1 and type_ in ("Regulator", "Instrument"):
            weak = self._national(bearers, mention, around)
        if weak is None:
            weak = next((row for n in names if (row := self._weak(n, type_, present)) is not None), None)
        if weak is None and len(bearers) > 1:
            several = ", ".join(sorted(row.id for row in bearers))
            return self.left_open(names[-1], type_, f"{why}the text doesn't say which of {several}", scope)
        if weak is not None:
            return _Known(
                ids.reference(weak.id), weak.type, why + f"a short name of {weak.id} that the text supports", weak
            )
        if type_ in _DOCUMENTS:
            row = self._row(names[-1], type_)
            if row is not None:
                return _Known(ids.reference(row.id), row.type, why + f"a name of {row.id}", row)
            return _Known(ids.entity(type_, names[-1]), type_, why + "its title")
        return _Known(ids.entity(type_, firms.key(plain) if type_ == "Company" else plain), type_, why + "its name")

    def left_open(self, name: str, type_: EntityType, reason: str, scope: str) -> _Known:
        """An entity of this item alone: the same word elsewhere may be another body."""
        return _Known(ids.entity(type_, f"{name} {scope}"), type_, reason, open=True)

    def _with_country(self, name: str, type_: EntityType) -> tuple[Row, str] | None:
        """日本软银集团 is 软银集团 with its country, 美国FTC the FTC that is American."""
        if name[:2] not in self.reference.country_starts:
            return None
        for cut in range(2, min(9, len(name) - 1)):
            country = self.reference.find_country(name[:cut])
            if country is None:
                continue
            rest = name[cut:].strip()
            if type_ != "Regulator":
                row = self._row(rest, type_)
                if row is not None:
                    return row, rest
                continue
            rows = [r for r in self._bearers(rest, type_) if r.jurisdiction == country.alpha2]
            if len(rows) == 1:
                return rows[0], rest
        return None

    def _bearers(self, name: str, type_: EntityType) -> tuple[Row, ...]:
        """The rows of a type that bear a name, strong or weak; short Latin ones in their own case.

        Of an acronym the type says little: BIS is a bank of central banks and a bureau.
        """
        acronym = name.isascii() and len(name) <= 5
        return tuple(
            row
            for row in self.reference.find(name)
            if row.type == type_ or (acronym and {row.type, type_} <= set(_BODIES))
            if not acronym or name in row.names
        )

    def _abroad(self, name: str, mention: Mention, around: Around) -> Row | None:
        """The foreign namesake of a ministry of China, where the text has told of it: 财政部 after 美国财政部."""
        rows = self._bearers(name, "Regulator")
        if not rows or rows[0].jurisdiction != "CN" or mention.full or name.isascii():
            return None
        if not self.reference.is_strong(name, rows[0]) and len(rows) > 1:
            return None  # a weak name of several is decided later, in the same way
        # 央行 is China's alone in the tables, and Japan's is 日本央行
        countries = {s.country for s in around.signals if s.country not in ("CN", "INT", "")}
        further = [
            row
            for code in sorted(countries)
            if (country := self.reference.countries.get(code)) is not None
            and (row := self._row(country.zh + name, "Regulator")) is not None
        ]
        rows = tuple(dict.fromkeys((*rows, *further)))
        if len(rows) < 2:
            return None
        chosen = nations.choose(rows, around.signals, around.plain, mention.start, strong=True)
        return chosen if chosen is not None and chosen.jurisdiction != "CN" else None

    def _national(self, rows: tuple[Row, ...], mention: Mention, around: Around | None) -> Row | None:
        if around is None:
            return None
        chosen = nations.choose(rows, around.signals, around.plain, mention.start)
        # China's is what a Chinese text means by default, and no other
        by_default = chosen is not None and chosen.jurisdiction == "CN" and mention.text.isascii()
        return None if by_default else chosen

    def _local_row(self, body: local.Body) -> Row | None:
        return self._row(body.name, "Regulator") or _local_rows(self.reference).get(body.key)

    def _row(self, name: str, type_: EntityType) -> Row | None:
        for row in self.reference.find(name):
            if not self.reference.is_strong(name, row):
                continue
            if (
                row.type == type_
                or (row.type in _BODIES and type_ in _BODIES)
                or (row.type in _DOCUMENTS and type_ in _DOCUMENTS)
            ):
                # normalising folds case, which tells short Latin names from words
                if name.isascii() and len(name) <= 5 and name not in row.names:
                    continue
                return row
        return None

    def _weak(self, name: str, type_: EntityType, present: frozenset[str]) -> Row | None:
        rows = self._bearers(name, type_)
        supported = [
            r for r in rows if present & {ids.normalise(n) for n in r.names if ids.normalise(n) != ids.normalise(name)}
        ]
        if len(supported) == 1:
            return supported[0]
        return rows[0] if len(rows) == 1 and type_ != "Instrument" else None


@lru_cache(4)  # thirty milliseconds, which every report would pay
def _local_rows(reference: Reference) -> Mapping[str, Row]:
    """Rows of local bodies by place and function, so that any form of the name leads there."""
    found: dict[str, Row] = {}
    twice: set[str] = set()
    for row in reference.by_id.values():
        if row.type != "Regulator" or row.jurisdiction != "CN":
            continue
        for name in row.strong_names:
            body = None if name.isascii() else local.parse(simplify(name), reference)
            if body is not None and found.setdefault(body.key, row) is not row:
                twice.add(body.key)
    return {key: row for key, row in found.items() if key not in twice}


def resolve(report: Report, extractions: Sequence[Extraction], reference: Reference | None = None) -> list[ItemFacts]:
    """What goes into the graph of each item, in the order of the report."""
    reference = reference or Reference.load()
    linker = Linker(reference)
    types = _types(extractions)
    return [_item(report, extraction, linker, types) for extraction in extractions]


def _types(extractions: Iterable[Extraction]) -> dict[str, EntityType]:
    """A type a name and report: the model may call a firm a company here and an organisation there."""
    votes: dict[str, Counter[EntityType]] = defaultdict(Counter)
    for extraction in extractions:
        for mention in extraction.mentions:
            votes[ids.normalise(mention.full or mention.text)][mention.type] += (
                3 if mention.reason in ("known", "title") else 1
            )
        for relation in extraction.relations:
            # a relation says what its ends are
            if relation.type in ("acquires", "investsIn", "subsidiaryOf") and relation.confidence >= 0.85:
                end = extraction.mentions[relation.object]
                votes[ids.normalise(end.full or end.text)]["Company"] += 1
    return {name: max(sorted(count), key=lambda t: count[t]) for name, count in votes.items()}


def identify(
    extraction: Extraction, linker: Linker, types: Mapping[str, EntityType] = MappingProxyType({})
) -> list[_Known]:
    """The entity of each mention of an item; ``types`` are what the whole report says of a name's type."""
    item, reference = extraction.item, linker.reference
    plain = simplify(item.passage.text)
    places = list(dict.fromkeys(place for _, place in local.places_in(plain, reference)))
    bodies = [
        (mention.start, body.place)
        for mention in extraction.mentions
        if mention.type == "Regulator" and (body := local.parse(simplify(mention.text), reference)) is not None
    ]
    present = frozenset(ids.normalise(m.text) for m in extraction.mentions)
    around = Around(plain, nations.signals(plain, extraction.mentions, reference))
    known: list[_Known] = []
    for i, mention in enumerate(extraction.mentions):
        type_ = types.get(ids.normalise(mention.full or mention.text), mention.type)
        if type_ == "Regulator" and (match := _THAT.fullmatch(simplify(mention.text))) is not None:
            known.append(_pointed(match[1], extraction.mentions[:i], known, linker, mention, item.id))
            continue
        # a body named in full says whose document it is: the one named last before, else the first
        named = [place for start, place in bodies if start < mention.start] or [place for _, place in bodies[:1]]
        known.append(linker.decide(mention, type_, named[-1:] or places, present, item.id, around))
    return [
        _slip(mention, one, extraction.mentions, known) for mention, one in zip(extraction.mentions, known, strict=True)
    ]


def _slip(mention: Mention, one: _Known, mentions: Sequence[Mention], known: Sequence[_Known]) -> _Known:
    """Antropic in an item that names Anthropic. Elsewhere it stays apart: one letter is no proof on its own."""
    if one.row is not None or one.type not in ("Company", "Organization") or not _LATIN.fullmatch(mention.text):
        return one
    meant = {
        other.iri: (earlier.text, other)
        for earlier, other in zip(mentions, known, strict=True)
        if other.row is not None and other.type == one.type and _one_letter_off(mention.text, earlier.text)
    }
    if len(meant) != 1:
        return one
    ((text, other),) = meant.values()
    return replace(other, reason=f"“{mention.text}” is a letter off “{text}”, which this item names; {other.reason}")


def _one_letter_off(slip: str, name: str) -> bool:
    """Whether a letter is missing, too many or another; not at the beginning or end, where names are told apart."""
    if not _LATIN.fullmatch(name) or abs(len(slip) - len(name)) > 1 or slip[0] != name[0] or slip[-1] != name[-1]:
        return False
    longer, shorter = (slip, name) if len(slip) > len(name) else (name, slip)
    at = next((i for i, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    return slip != name and shorter[at + (len(slip) == len(name)) :] == longer[at + 1 :]


def _pointed(
    rank: str, before: Sequence[Mention], known: Sequence[_Known], linker: Linker, mention: Mention, scope: str
) -> _Known:
    """该局: the body of that rank that was named last."""
    for one, earlier in zip(reversed(known), reversed(before), strict=True):
        if one.type == "Regulator" and re.search(rf"{rank}(?:公室|员会)?$", simplify(earlier.full or earlier.text)):
            return replace(one, reason=f"“{mention.text}” points back to “{earlier.text}”; {one.reason}")
    return linker.left_open(mention.text, "Regulator", "it points at no body that the text names", scope)


def _item(report: Report, extraction: Extraction, linker: Linker, types: dict[str, EntityType]) -> ItemFacts:
    item = extraction.item
    known = identify(extraction, linker, types)
    facts = ItemFacts(item, warnings=list(dict.fromkeys(extraction.warnings)))
    left_open = {(m.text, "place" in one.reason) for m, one in zip(extraction.mentions, known, strict=True) if one.open}
    facts.warnings += [
        f"the text doesn't say {'of which place' if local_ else 'which'} {name} is"
        for name, local_ in sorted(left_open)
    ]
    entities = _entities(extraction, known)
    facts.entities = list(entities.values())
    for document in extraction.documents:
        _describe(entities, known, document)
    _claims(report, extraction, known, facts)
    facts.open_sentences = list(_open(report, extraction))
    return facts


def _entities(extraction: Extraction, known: list[_Known]) -> dict[str, Entity]:
    forms: dict[str, list[str]] = defaultdict(list)
    decided: dict[str, _Known] = {}
    met: dict[str, dict[Met, None]] = defaultdict(dict)
    for mention, one in zip(extraction.mentions, known, strict=True):
        decided.setdefault(one.iri, one)
        met[one.iri][Met(_spaced(mention.text), one.reason)] = None
        short_title = one.type in _DOCUMENTS and mention.full is not None and len(mention.text) <= 8
        # 《管理办法》 names this document here and another one elsewhere: no name of its own
        if not short_title and mention.text not in forms[one.iri]:
            forms[one.iri].append(mention.text)
        if mention.full and mention.full not in forms[one.iri]:
            forms[one.iri].append(mention.full)
    entities = {}
    for iri, one in decided.items():
        names = [_spaced(n) for n in forms[iri]]
        entities[iri] = _entity(iri, one, names)
        entities[iri].met = tuple(met[iri])
    return entities


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _entity(iri: str, one: _Known, names: list[str]) -> Entity:
    row = one.row
    if row is not None:
        label = Label(row.name_zh, "zh") if row.name_zh else Label(row.name_en, "en")
        labels = [Label(row.name_en, "en")] if row.name_zh and row.name_en else []
        if row.name_hant and row.name_hant != row.name_zh:
            labels.append(Label(row.name_hant, "zh-Hant"))
        more = [*names, *row.strong_names]
        if one.type in _DOCUMENTS:
            more += [n for n in row.weak if n in names]
    else:
        best = max(names, key=lambda n: (_language(n) == "zh", len(n))) if names else iri.rsplit("/", 1)[-1]
        label, labels, more = Label(best, _language(best)), [], list(names)
        if one.type in _DOCUMENTS:
            for name in names:
                more += [_TAIL.sub("", name), _STATE.sub("", name), _ABOUT.sub("", name)]
                more.append(_ABOUT.sub("", name).removeprefix("关于"))
        if one.place is not None and one.reason.startswith("place"):
            more.append(best)
    taken = {label.text, *(x.text for x in labels)}
    aliases = []
    for name in more:
        if name and len(name) > 1 and name not in taken:
            taken.add(name)
            aliases.append(Label(name, _language(name)))
    place = one.place.name if one.place else None
    return Entity(iri, one.type, label, tuple(labels), tuple(aliases), one.reason, place=place)


def _describe(entities: dict[str, Entity], known: list[_Known], document: Document) -> None:
    entity = entities[known[document.mention].iri]
    entity.kind = entity.kind or document.kind
    entity.status = document.status or entity.status
    entity.issued = document.issued or entity.issued
    entity.effective = document.effective or entity.effective
    entity.number = document.number or entity.number
    if document.number and document.number not in {label.text for label in (entity.label, *entity.aliases)}:
        entity.aliases = (*entity.aliases, Label(document.number, _language(document.number)))


def _claims(report: Report, extraction: Extraction, known: list[_Known], facts: ItemFacts) -> None:
    item, source = extraction.item, report.source
    stated: dict[tuple[str, str, str], list[Relation]] = defaultdict(list)
    for relation in extraction.relations:
        a, b = known[relation.subject].iri, known[relation.object].iri
        if a == b:
            continue
        if relation.type == "agreementWith" and (relation.type, b, a) in stated:
            a, b = b, a
        stated[relation.type, a, b].append(relation)
    deal_of = _deals(extraction, known, stated, facts)
    _untold(report, extraction, known, facts)
    for (type_, a, b), relations in stated.items():
        seen: set[tuple[int, int]] = set()
        for relation in relations:
            start, end = _evidence(item, relation)
            if (start, end) in seen or start >= end:
                continue
            seen.add((start, end))
            first, last = item.passage.span(start, end)
            ends = (relation.subject, relation.object)
            if known[relation.subject].iri != a:  # an agreement, told once the other way round
                ends = (relation.object, relation.subject)
            facts.claims.append(
                Claim(
                    a,
                    type_,
                    b,
                    item.passage.text[start:end],
                    first,
                    last,
                    relation.said,
                    relation.rule,
                    relation.confidence,
                    source.page_at(first) or item.page,
                    deal_of.get((type_, a, b)),
                    relation.role,
                    relation.date,
                    _spaced(extraction.mentions[ends[0]].text),
                    _spaced(extraction.mentions[ends[1]].text),
                )
            )


def _open(report: Report, extraction: Extraction) -> Iterator[OpenSentence]:
    item = extraction.item
    for unused in extraction.unused:
        start, end = _evidence(item, unused)
        if start < end:
            first, last = item.passage.span(start, end)
            page = report.source.page_at(first) or item.page
            yield OpenSentence(item.passage.text[start:end], first, last, page)


def _evidence(item: Item, told: Relation | Raise | Unused) -> tuple[int, int]:
    start, end = item.passage.unbroken(told.start, told.end, told.cue)
    while start < end and item.passage.text[start].isspace():
        start += 1
    while start < end and item.passage.text[end - 1].isspace():
        end -= 1
    return start, end


def _untold(report: Report, extraction: Extraction, known: list[_Known], facts: ItemFacts) -> None:
    """Rounds of which nobody says who invests, purchases of which nobody says who buys: deals with one party."""
    item, source = extraction.item, report.source
    told = {deal.investee for deal in facts.deals} | {deal.target for deal in facts.deals}
    # a sentence that tells who invests in whom tells of that firm's round and not of one of the investor's
    busy = {(r.start, known[r.subject].iri) for r in extraction.relations if r.type in ("investsIn", "acquires")}
    busy |= {(r.start, "") for r in extraction.relations if r.type == "investsIn"}
    alone: dict[tuple[str, bool, str | None], list[Raise]] = defaultdict(list)
    for one in extraction.raises:
        if one.mention is None or not one.told:
            continue
        party = known[one.mention].iri
        if party not in told and (one.start, party) not in busy and (one.start, "") not in busy:
            alone[party, one.bought, deals.round_key(one.terms.round)].append(one)
    for (party, bought, key), raises in alone.items():
        if key is None and any(p == party and b == bought and k for p, b, k in alone):
            continue  # the headline names no round, the text does
        others = [
            (r.terms, r.headline)
            for p, b, k in alone
            for r in alone[p, b, k]
            if p == party and b == bought and k is None and key is not None
        ]
        stated = [(r.terms, r.headline or r.said in (Said.HEADLINE, Said.COMMENTARY)) for r in raises]
        terms = deals.merge([*stated, *others], "announced" if bought else "completed")
        if bought:
            deal = Deal(ids.purchase(party), "Deal", replace(terms, lead=False, round=None), target=party)
        else:
            deal = Deal(ids.funding_round(party, key), "FundingRound", replace(terms, lead=False), investee=party)
        claims: list[Claim] = []
        for one in raises:
            start, end = _evidence(item, one)
            if start < end and not any(c.start == item.passage.span(start, end)[0] for c in claims):
                first, last = item.passage.span(start, end)
                claims.append(
                    Claim(
                        deal.iri,
                        "target" if bought else "investee",
                        party,
                        item.passage.text[start:end],
                        first,
                        last,
                        one.said,
                        one.rule,
                        one.confidence,
                        source.page_at(first) or item.page,
                        deal.iri,
                        object_form=_spaced(extraction.mentions[one.mention].text) if one.mention is not None else None,
                    )
                )
        if claims:
            facts.deals.append(deal)
            facts.claims += claims


def _aside(relation: Relation) -> bool:
    """Whether what tells of the deal itself outranks this: headlines shorten, commentary looks ahead."""
    return relation.headline or relation.said in (Said.HEADLINE, Said.COMMENTARY)


def _deals(
    extraction: Extraction,
    known: list[_Known],
    stated: dict[tuple[str, str, str], list[Relation]],
    facts: ItemFacts,
) -> dict[tuple[str, str, str], str]:
    deal_of: dict[tuple[str, str, str], str] = {}
    investees: dict[str, list[tuple[str, list[Relation]]]] = defaultdict(list)
    for (type_, a, b), relations in stated.items():
        if type_ == "acquires":
            terms = deals.merge([(r.terms or Terms(), _aside(r)) for r in relations], "announced")
            deal = Deal(ids.acquisition(a, b), "Acquisition", replace(terms, lead=False, round=None), buyer=a, target=b)
            facts.deals.append(deal)
            deal_of[type_, a, b] = deal.iri
        elif type_ == "investsIn":
            investees[b].append((a, relations))
    for investee, investors in investees.items():
        _rounds(extraction, known, investee, investors, len(investees), facts, deal_of)
    return deal_of


# rules that tell of shares held, and not of how they were come by
_HOLDINGS = frozenset(
    (
        "hold-share",
        "hold-share-topic",
        "shareholder-of",
        "shareholder-is",
        "shareholder-its",
        "shareholder-as",
        "shareholders-besides",
        "shareholders-among",
        "shareholders-listed",
        "shareholders-behind",
        "investors-include-of",
    )
)


# 其中，云南白药拟认购109亿元: what one investor pays, and not the sum of the round
_OWN_SUM = frozenset(("invest-subscribed", "invest-contributed"))
_PART = re.compile("[本此该这]轮|本次|此次|其中|领投|跟投|参投|共同投资|联合投资|[A-N][+]*轮|战略融资|round|Series")


def _price(relations: list[Relation]) -> tuple[Decimal, str | None] | None:
    """What an investor's own sentences say that he pays."""
    told = [r.terms for r in relations if r.terms and r.terms.amount is not None]
    return (told[0].amount or Decimal(), told[0].currency) if told else None


def _of_the_round(extraction: Extraction, relations: list[Relation]) -> bool:
    """Whether a sentence counts an investor among those of a round."""
    text = extraction.item.passage.text
    return any((r.terms and r.terms.round) or r.headline or _PART.search(text[r.start : r.end]) for r in relations)


def _rounds(
    extraction: Extraction,
    known: list[_Known],
    investee: str,
    investors: list[tuple[str, list[Relation]]],
    count: int,
    facts: ItemFacts,
    deal_of: dict[tuple[str, str, str], str],
) -> None:
    raises = [
        (r.terms, r.headline)
        for r in extraction.raises
        if (r.mention is not None and known[r.mention].iri == investee) or (r.mention is None and count == 1)
    ]
    # who is only told to hold shares has a deal of his own: it is none of the rounds that are told
    holders = [(i, rs) for i, rs in investors if all(r.rule in _HOLDINGS for r in rs)]
    for investor, relations in holders:
        terms = deals.merge([(r.terms or Terms(), _aside(r)) for r in relations], "completed")
        iri = ids.holding(investor, investee)
        facts.deals.append(Deal(iri, "Deal", replace(terms, lead=False), investors=(investor,), investee=investee))
        deal_of["investsIn", investor, investee] = iri
    investors = [
        (i, [r for r in rs if r.rule not in _HOLDINGS])
        for i, rs in investors
        if any(r.rule not in _HOLDINGS for r in rs)
    ]
    # investors whose sentences name different rounds are of different rounds; the others belong to the only one
    named = {
        deals.round_key(t.round): t.round for _, rs in investors for t in [r.terms for r in rs if r.terms] if t.round
    }
    told = {deals.round_key(t.round): t.round for t, _ in raises if t.round}
    only = next(iter(named.values()), None) if len(named) == 1 else None
    if not named and len(told) == 1:
        only = next(iter(told.values()))
    groups: dict[str | None, list[tuple[str, list[Relation]]]] = defaultdict(list)
    prices = [(_price(rs), any(r.terms and r.terms.round for r in rs)) for _, rs in investors]
    main = next((price for price, named_one in sorted(prices, key=lambda p: not p[1]) if price), None)
    apart: dict[tuple[Decimal, str | None], list[tuple[str, list[Relation]]]] = defaultdict(list)
    for investor, relations in investors:
        price = _price(relations)
        own_sum = all(r.rule in _OWN_SUM for r in relations)
        if price and (own_sum or (main and price != main and not _of_the_round(extraction, relations))):
            apart[price].append((investor, relations))
            continue
        own = next((r.terms.round for r in relations if r.terms and r.terms.round), None) or only
        groups[
            own if own is None else next(n for k, n in {**told, **named}.items() if k == deals.round_key(own))
        ].append((investor, relations))
    for (each_pays, currency), members in apart.items():
        # 软银投资20亿美元 and, weeks later, 英伟达投资50亿美元 are no one round
        terms = deals.merge([(r.terms or Terms(), _aside(r)) for _, rs in members for r in rs], "announced")
        iri = ids.funding_round(investee, f"{each_pays.normalize():f}{currency or ''}")
        leads = tuple(i for i, rs in members if any(r.terms and r.terms.lead for r in rs))
        parties = tuple(i for i, _ in members)
        facts.deals.append(
            Deal(iri, "FundingRound", replace(terms, lead=False), investors=parties, leads=leads, investee=investee)
        )
        deal_of.update({("investsIn", investor, investee): iri for investor in parties})
    for name, members in groups.items():
        key = deals.round_key(name)
        own_raises = [
            (t, h)
            for t, h in raises
            if t.round is None or deals.round_key(t.round) == key or (len(groups) == 1 and key is None)
        ]
        if sums := {t.amount for t, _ in own_raises if t.round is not None and t.amount is not None and key}:
            # 获得15亿美元投资, and last year 6.4亿美元D轮融资: another sum without a round's name is none of the round
            own_raises = [(t, h) for t, h in own_raises if t.round is not None or t.amount is None or t.amount in sums]
        each = {
            investor: deals.status([(r.terms or Terms(), _aside(r)) for r in relations], "")
            for investor, relations in members
        }
        statements = [(r.terms or Terms(), _aside(r)) for _, relations in members for r in relations]
        terms = deals.merge([*statements, *own_raises], "completed")
        # the round is as far as most who take part in it are; a rumour of one more doesn't hold it back
        counted = Counter(s for s in each.values() if s)
        status = max(counted, key=lambda s: (counted[s], s)) if counted else terms.status or "completed"
        if status == "rumoured" and any(t.status in ("announced", "completed") for t, _ in own_raises):
            # the firm tells of its round, and others of who may be in it
            status = deals.status(own_raises, "announced")
        terms = replace(terms, status=status, round=name, lead=False)
        iri = ids.funding_round(investee, key)
        leads = tuple(i for i, relations in members if any(r.terms and r.terms.lead for r in relations))
        same = [i for i, _ in members if each[i] in ("", status)]
        round_ = Deal(
            iri,
            "FundingRound",
            terms,
            investors=tuple(same),
            leads=tuple(i for i in leads if i in same),
            investee=investee,
        )
        facts.deals.append(round_)
        for investor, _ in members:
            deal_of["investsIn", investor, investee] = iri
            if investor in same:
                continue
            part = Deal(
                ids.participation(iri, investor),
                "Deal",
                replace(terms, status=each[investor]),
                investors=(investor,),
                leads=(investor,) if investor in leads else (),
                investee=investee,
                part_of=iri,
            )
            facts.deals.append(part)
            deal_of["investsIn", investor, investee] = part.iri
