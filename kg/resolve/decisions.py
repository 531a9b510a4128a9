"""People's decisions on facts: accepted, rejected, fixed, or added by selecting words.

They are laid over what resolution found, before the judgements on who is who: so a decision knows its claim by what
was read (item, relation, the two ends, the words) and stands whatever people judge on names. Offsets, page, rule and
confidence aren't part of that: a file that is read again by another version gives the same claim. Words are compared
without white space, width, case and punctuation. Where the same fact is read from a longer or shorter stretch of the
same words, the decision goes with it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kg import ids
from kg.items import (
    DEAL_STATUS,
    DOCUMENT_STATUS,
    PARTIES,
    QUALIFIERS,
    RELATIONS,
    Claim,
    Deal,
    Entity,
    ItemFacts,
    Label,
    Met,
    OpenSentence,
    Said,
    Source,
    Terms,
    squeeze,
)
from kg.resolve import deals
from kg.resolve.names import language

if TYPE_CHECKING:
    from kg.resolve.judgements import Judgement, Judgements

#: What a decision may say of a deal, and the field of Terms that it is.
TERMS: Mapping[str, str] = {
    "status": "status", "amount": "amount", "amountText": "amount_text", "currency": "currency",
    "qualifier": "qualifier", "stake": "stake", "valuation": "valuation", "round": "round",
    "announcedOn": "announced", "completedOn": "completed",
}  # fmt: skip
#: What it may say of the document that is a claim's subject, and the field of Entity.
DOCUMENT: Mapping[str, str] = {
    "status": "status", "kind": "kind", "number": "number", "issuedOn": "issued", "effectiveFrom": "effective",
}  # fmt: skip
#: What it may say of the claim itself. ``nth``: which of several places has the words that were added.
CLAIM = ("relation", "subject", "subjectName", "object", "objectName", "role", "date", "said", "lead", "nth")
CHANGES = tuple(dict.fromkeys((*CLAIM, *TERMS, *DOCUMENT)))
DEALS = ("acquires", "investsIn")
_NUMBERS = ("amount", "stake", "valuation")
_RULE = "review"


def key(item: str, relation: str, subject: str, object_: str, quote: str) -> str:
    """By which a decision knows its claim."""
    parts = (item, relation, subject, object_, ids.normalise(quote))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def key_of(item: str, claim: Claim) -> str:
    return key(item, claim.relation, claim.subject, claim.object, claim.quote)


def keyed(said: ItemFacts) -> ItemFacts:
    """An item's facts with the key on each claim, which decisions and judgements carry along."""
    claims = [replace(claim, key=key_of(said.item.id, claim)) for claim in said.claims]
    return replace_claims(said, claims)


def replace_claims(said: ItemFacts, claims: list[Claim]) -> ItemFacts:
    return ItemFacts(said.item, said.entities, said.deals, claims, said.warnings, said.open_sentences)


# --------------------------------------------------------------------------------------------------- the words


def places(text: str, quote: str) -> list[tuple[int, int]]:
    """Where words stand in a text: but for white space; where they don't, but for width, case and punctuation too."""
    for plain in (squeeze, ids.normalise):
        wanted = plain(quote)
        if not wanted:
            continue
        letters: list[str] = []
        at: list[int] = []
        for number, character in enumerate(text):
            for letter in plain(character):
                letters.append(letter)
                at.append(number)
        whole, found, begin = "".join(letters), [], 0
        while (begin := whole.find(wanted, begin)) >= 0:
            found.append((at[begin], at[begin + len(wanted) - 1] + 1))
            begin += len(wanted)
        if found:
            return found
    return []


def quoted(text: str) -> str:
    """Words of a source as a quote: a line end within Chinese is the layout's, between other words it is a space."""
    parts = re.split(r"\s*\n\s*", text.strip())
    whole = parts[0]
    for part in parts[1:]:
        apart = whole[-1:].isascii() and part[:1].isascii() and whole and part
        whole += (" " if apart else "") + part
    return whole


def standing(said: ItemFacts, row: Judgement, source: Source | None) -> tuple[int, int] | None:
    """Where the words of an added fact stand in the source."""
    if source is None:
        return None
    start, end = said.item.extent or (0, len(source.text))
    found = places(source.text[start:end], row.quote)
    nth = int(dict(row.pairs).get("nth", "1"))
    if len(found) < nth:
        return None
    first, last = found[nth - 1]
    return start + first, start + last


# --------------------------------------------------------------------------------------------------- the claims


def matches(said: ItemFacts, rows: Sequence[Judgement]) -> dict[int, Judgement]:
    """Which claim of an item (by its place) each decision is on. Several claims may have the same words."""
    found: dict[int, Judgement] = {}
    by_key = {row.claim_key: row for row in rows if row.relation}
    for at, claim in enumerate(said.claims):
        if (row := by_key.get(key_of(said.item.id, claim))) is not None:
            found[at] = row
    missing = [row for row in by_key.values() if row not in found.values() and row.judgement != "add"]
    for row in sorted(missing, key=lambda one: (one.time, one.effect)):
        for at, claim in enumerate(said.claims):
            same = (claim.relation, claim.subject, claim.object) == (row.relation, row.left, row.right)
            if same and at not in found and _nested(claim.quote, row.quote):
                found[at] = row
    return found


def _nested(one: str, other: str) -> bool:
    short, long = sorted((ids.normalise(one), ids.normalise(other)), key=len)
    return bool(short) and short in long


def apply(said: ItemFacts, rows: Sequence[Judgement], source: Source | None, judgements: Judgements) -> ItemFacts:
    """What decisions make of an item."""
    return _Decided(said, sorted(rows, key=lambda one: (one.time, one.effect)), source, judgements).made()


class _Decided:
    """One item under decision."""

    def __init__(
        self, said: ItemFacts, rows: Sequence[Judgement], source: Source | None, judgements: Judgements
    ) -> None:
        self.said = said
        self.rows = rows
        self.source = source
        self.judgements = judgements
        self._claims: list[Claim | None] = list(said.claims)
        self._deals = {deal.iri: deal for deal in said.deals}
        self._entities = {entity.iri: entity for entity in said.entities}
        self._loosened: set[str] = set()  # deals that a claim went from

    def made(self) -> ItemFacts:
        matched = matches(self.said, self.rows)
        for row in self.rows:
            here = [at for at, one in matched.items() if one is row]
            for at in here:
                self._decide(at, row)
            if row.judgement == "add" and not here:
                self._add(row)
        claims = [claim for claim in self._claims if claim is not None]
        self._prune(claims)
        return ItemFacts(
            self.said.item,
            list(self._entities.values()),
            list(self._deals.values()),
            claims,
            list(self.said.warnings),
            list(self._open(claims)),
        )

    def _decide(self, at: int, row: Judgement) -> None:
        claim = self._claims[at]
        if claim is None:
            return
        if row.judgement in ("accept", "add"):  # what was added once is read by itself now
            self._claims[at] = replace(claim, reviewed="accepted", reviewed_by=row.by)
        elif row.judgement == "reject":
            self._claims[at] = None
            self._loosen(claim.deal)
        else:
            self._claims[at] = self._fixed(at, claim, row)

    def _fixed(self, at: int, claim: Claim, row: Judgement) -> Claim:
        changes = dict(row.pairs)
        relation, subject, object_ = self._ends(claim, changes, row)
        new = replace(
            claim,
            relation=relation,
            subject=subject,
            object=object_,
            said=Said(changes.get("said", claim.said)),
            role=_or_none(changes, "role", claim.role),
            date=_or_none(changes, "date", claim.date),
            rule=_RULE,
            confidence=1.0,
            subject_form=claim.subject_form if subject == claim.subject else changes.get("subjectName"),
            object_form=claim.object_form if object_ == claim.object else changes.get("objectName"),
            reviewed="fixed",
            reviewed_by=row.by,
        )
        self._document(subject, changes)
        old = self._deals.get(claim.deal or "")
        if (relation, subject, object_) == (claim.relation, claim.subject, claim.object):
            if old is None:
                return new
            deal = self._retold(old, changes)
            return replace(new, deal=deal, subject=deal if claim.subject == old.iri else subject)
        self._claims[at] = None
        self._loosen(claim.deal)
        if relation in PARTIES and old is not None:
            deal = self._alone(relation, object_, old, changes)
            return replace(new, deal=deal, subject=deal)
        terms = old.terms if old is not None and relation in (*DEALS, *PARTIES) else Terms()
        return replace(new, deal=self._deal(relation, subject, object_, terms, changes))

    def _ends(self, claim: Claim, changes: Mapping[str, str], row: Judgement) -> tuple[str, str, str]:
        found = []
        for side, iri in (("subject", claim.subject), ("object", claim.object)):
            iri = changes.get(side, iri)
            if side in changes:
                self._name(iri, changes.get(f"{side}Name", ""), row)
            found.append(iri)
        return changes.get("relation", claim.relation), found[0], found[1]

    def _add(self, row: Judgement) -> None:
        where = standing(self.said, row, self.source)
        if where is None or self.source is None:
            return
        start, end = where
        changes = dict(row.pairs)
        for iri, names in ((row.left, row.left_names), (row.right, row.right_names)):
            self._name(iri, names[0] if names else "", row)
        self._document(row.left, changes)
        self._claims.append(
            Claim(
                row.left,
                row.relation,
                row.right,
                quoted(self.source.text[start:end]),
                start,
                end,
                Said(changes.get("said", Said.SUMMARY)),
                _RULE,
                1.0,
                self.source.page_at(start) or self.said.item.page,
                self._deal(row.relation, row.left, row.right, Terms(), changes),
                changes.get("role") or None,
                changes.get("date") or None,
                row.left_names[0] if row.left_names else None,
                row.right_names[0] if row.right_names else None,
                "added",
                row.by,
                row.claim_key,
            )
        )

    # ---------------------------------------------------------------------------------------- whom they name

    def _name(self, iri: str, name: str, row: Judgement) -> None:
        """See that the item mentions an entity."""
        if iri in self._entities or iri in self._deals:
            return
        known = self.judgements.row(iri)
        if known is not None:
            label, *labels = _labels(known.name_zh, known.name_en)
        else:
            label, labels = Label(name or iri.rsplit("/", 1)[-1], language(name)), []
        reason = f"named in review by {row.by}"
        self._entities[iri] = Entity(
            iri,
            self.judgements.type_of(iri, "Organization"),
            label,
            tuple(labels),
            reason=reason,
            met=(Met(name or label.text, reason),),
        )

    def _document(self, iri: str, changes: Mapping[str, str]) -> None:
        entity = self._entities.get(iri)
        if entity is not None and entity.type in ("Instrument", "Publication"):
            said = {field: changes[name] or None for name, field in DOCUMENT.items() if name in changes}
            self._entities[iri] = replace(entity, **said)  # type: ignore[arg-type]

    # ------------------------------------------------------------------------------------------------- deals

    def _loosen(self, deal: str | None) -> None:
        if deal is not None:
            self._loosened.add(deal)

    def _retold(self, deal: Deal, changes: Mapping[str, str]) -> str:
        """A deal with other terms; another round is another deal. Its address."""
        new = replace(deal, terms=_terms(deal.terms, changes))
        if _leads(changes) is not None and len(deal.investors) == 1:
            new = replace(new, leads=deal.investors if _leads(changes) else ())
        if "round" in changes and deal.type == "FundingRound" and deal.investee is not None:
            new = replace(new, iri=ids.funding_round(deal.investee, deals.round_key(new.terms.round)))
        if new.iri != deal.iri:
            self._rename(deal, new.iri)
        else:
            self._deals[deal.iri] = new
            return new.iri
        self._put(new)
        return new.iri

    def _rename(self, deal: Deal, iri: str) -> None:
        del self._deals[deal.iri]
        moved = {deal.iri: iri}
        for part in [one for one in self._deals.values() if one.part_of == deal.iri]:
            del self._deals[part.iri]
            new = replace(part, iri=ids.participation(iri, part.investors[0]), part_of=iri)
            moved[part.iri] = new.iri
            self._deals[new.iri] = new
        for at, claim in enumerate(self._claims):
            if claim is not None and claim.deal in moved:
                subject = moved[claim.deal] if claim.subject == claim.deal else claim.subject
                self._claims[at] = replace(claim, deal=moved[claim.deal], subject=subject)
        self._loosened = {moved.get(one, one) for one in self._loosened}

    def _put(self, deal: Deal) -> None:
        there = self._deals.get(deal.iri)
        if there is not None:
            deal = replace(
                deal,
                investors=tuple(dict.fromkeys((*there.investors, *deal.investors))),
                leads=tuple(dict.fromkeys((*there.leads, *deal.leads))),
            )
        self._deals[deal.iri] = deal

    def _alone(self, relation: str, party: str, old: Deal, changes: Mapping[str, str]) -> str:
        """A deal of whose parties one is known, and is another than was read."""
        terms = _terms(old.terms, changes)
        if relation == "target":
            self._put(replace(old, iri=ids.purchase(party), target=party, terms=terms))
            return ids.purchase(party)
        iri = ids.funding_round(party, deals.round_key(terms.round))
        self._put(replace(old, iri=iri, investee=party, terms=terms))
        return iri

    def _deal(self, relation: str, subject: str, object_: str, terms: Terms, changes: Mapping[str, str]) -> str | None:
        """The deal that a relation tells, made where the item has none such."""
        if relation == "acquires":
            return self._purchase(subject, object_, terms, changes)
        if relation == "investsIn":
            return self._investment(subject, object_, terms, changes)
        return None

    def _purchase(self, buyer: str, target: str, terms: Terms, changes: Mapping[str, str]) -> str:
        iri = ids.acquisition(buyer, target)
        there = self._deals.get(iri)
        base = there.terms if there is not None else replace(terms, lead=False, round=None)
        said = _terms(base, changes)
        said = replace(said, status=said.status or "announced", round=None)
        self._deals[iri] = Deal(iri, "Acquisition", said, buyer=buyer, target=target)
        return iri

    def _investment(self, investor: str, investee: str, terms: Terms, changes: Mapping[str, str]) -> str:
        said = _terms(terms, changes)
        rounds = [one for one in self._deals.values() if one.type == "FundingRound" and one.investee == investee]
        key_ = deals.round_key(said.round)
        wanted = ids.funding_round(investee, key_)
        there = next((one for one in rounds if deals.round_key(one.terms.round) == key_), None)
        if there is None and said.round is None and len(rounds) == 1:
            there = rounds[0]
        status = said.status or (there.terms.status if there else None) or "completed"
        said = replace(said, status=status, lead=False)
        lead = (investor,) if _leads(changes) else ()
        if there is None:
            self._deals[wanted] = Deal(
                wanted, "FundingRound", said, investors=(investor,), leads=lead, investee=investee
            )
            return wanted
        if there.terms.status == status or not there.investors:
            told = _terms(there.terms, changes)
            investors = tuple(dict.fromkeys((*there.investors, investor)))
            leads = tuple(dict.fromkeys((*there.leads, *lead)))
            self._deals[there.iri] = replace(there, terms=told, investors=investors, leads=leads)
            return there.iri
        part = Deal(
            ids.participation(there.iri, investor),
            "Deal",
            replace(said, round=said.round or there.terms.round),
            investors=(investor,),
            leads=lead,
            investee=investee,
            part_of=there.iri,
        )
        self._deals[part.iri] = part
        return part.iri

    def _prune(self, claims: Iterable[Claim]) -> None:
        """Of the deals that a claim went from, keep what others still tell."""
        told: dict[str, set[str]] = defaultdict(set)
        for claim in claims:
            if claim.deal is not None:
                told[claim.deal].add(claim.subject)
        whole = {deal.part_of for iri, deal in self._deals.items() if deal.part_of and told[iri]}
        for iri in sorted(self._loosened, key=lambda one: -len(one)):  # parts before what they are of
            deal = self._deals.get(iri)
            if deal is None:
                continue
            if not told[iri] and iri not in whole:
                del self._deals[iri]
                if deal.part_of and not told[deal.part_of]:
                    others = any(one.part_of == deal.part_of for one in self._deals.values())
                    if not others:
                        self._deals.pop(deal.part_of, None)
            elif deal.type == "FundingRound" and iri not in told[iri]:
                self._deals[iri] = replace(
                    deal,
                    investors=tuple(one for one in deal.investors if one in told[iri]),
                    leads=tuple(one for one in deal.leads if one in told[iri]),
                )

    # ------------------------------------------------------------------------------------- open sentences

    def _open(self, claims: Sequence[Claim]) -> Iterator[OpenSentence]:
        """Those that nobody has dealt with: by adding a fact from them, or by saying that there is none."""
        none = {row.claim_key for row in self.rows if row.judgement == "reject" and not row.relation}
        added = [claim for claim in claims if claim.reviewed == "added"]
        for sentence in self.said.open_sentences:
            closed = key(self.said.item.id, "", "", "", sentence.quote) in none
            if not closed and not any(c.start < sentence.end and sentence.start < c.end for c in added):
                yield sentence


def _terms(terms: Terms, changes: Mapping[str, str]) -> Terms:
    said: dict[str, Any] = {}
    for name, field in TERMS.items():
        if name in changes:
            value = changes[name]
            said[field] = (Decimal(value) if name in _NUMBERS else value) if value else None
    return replace(terms, **said)


def _leads(changes: Mapping[str, str]) -> bool | None:
    return changes["lead"] == "yes" if "lead" in changes else None


def _or_none(changes: Mapping[str, str], name: str, default: str | None) -> str | None:
    return (changes[name] or None) if name in changes else default


def _labels(zh: str | None, en: str | None) -> list[Label]:
    return [*([Label(zh, "zh")] if zh else []), *([Label(en, "en")] if en else [])]


# ------------------------------------------------------------------------------------------------ what may be said

_MOMENT = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,40}")
_LONGEST = 300


def amiss(pairs: Sequence[tuple[str, str]]) -> str | None:
    """What is wrong with changes, in words; a value may be empty, which takes away what was read."""
    seen: set[str] = set()
    for name, value in pairs:
        if name not in CHANGES:
            return f"changes {name or 'nothing'}, which is none of {', '.join(CHANGES)}"
        if name in seen:
            return f"changes {name} twice"
        seen.add(name)
        if len(value) > _LONGEST:
            return f"has a {name} of {len(value):,} characters"
        if (fault := _wrong(name, value)) is not None:
            return f"has the {name} “{value}”, which {fault}"
    return None


def _wrong(name: str, value: str) -> str | None:
    if name in ("relation", "subject", "object", "said", "lead", "nth"):
        if name in ("subject", "object"):
            return None if value.startswith(ids.BASE) and not re.search(r"[\s<>\"{}|\\^`]", value) else "is no address"
        if name == "nth":
            return None if re.fullmatch(r"[1-9]\d{0,3}", value) else "is no number"
        known: Sequence[str] = {
            "relation": (*RELATIONS, *PARTIES), "said": tuple(Said), "lead": ("yes", "no"),
        }[name]  # fmt: skip
        return None if value in known else f"is none of {', '.join(known)}"
    if not value:
        return None
    if name == "status":
        known = (*DEAL_STATUS, *DOCUMENT_STATUS)
        return None if value in known else f"is none of {', '.join(known)}"
    if name == "qualifier":
        return None if value in QUALIFIERS else f"is none of {', '.join(QUALIFIERS)}"
    if name in _NUMBERS:
        return _no_number(name, value)
    if name in ("date", "announcedOn", "completedOn", "issuedOn", "effectiveFrom"):
        return None if _is_moment(value) else "is no day, month or year such as 2024-08-19"
    if name == "currency":
        return None if _CURRENCY.fullmatch(value) else "is no currency such as USD"
    if name == "kind":
        return None if _KIND.fullmatch(value) else "is no kind such as negative-list"
    return None


def _no_number(name: str, value: str) -> str | None:
    if not re.fullmatch(r"\d{1,24}(?:\.\d{1,8})?", value) or not Decimal(value):
        return "is no number such as 4900000000" if name != "stake" else "is no share of 1 such as 0.51"
    return "is no share of 1 such as 0.51" if name == "stake" and Decimal(value) > 1 else None


def _is_moment(value: str) -> bool:
    if not _MOMENT.fullmatch(value):
        return False
    try:
        return len(value) < 10 or bool(date.fromisoformat(value))
    except ValueError:
        return False
