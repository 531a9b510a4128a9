"""Deciding on facts: each decision is a line in the file of judgements, which the store then obeys.

A fact is named by its claim in the graph. Its decision is written on what resolution found there, so that it stands
whatever people judge on names (``kg.resolve.decisions``). A second decision on the same fact is refused, with the first
one in words: whoever was slower sees what the other did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from pyoxigraph import NamedNode

from kg import identity, ids
from kg.errors import QueryError, UsageError
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.identity import Outcome
from kg.items import (
    DEAL_STATUS,
    DOCUMENT_STATUS,
    ENTITY_TYPES,
    PARTIES,
    RELATIONS,
    Claim,
    EntityType,
    ItemFacts,
    Source,
    squeeze,
)
from kg.query.entity import find, label_of, type_of
from kg.reference import Reference
from kg.resolve import decisions
from kg.resolve.judgements import Judgement, Judgements, Kind, fault_of
from kg.review.queue import Fact, read
from kg.vocab import DCTERMS, KG, RDF

#: Characters of a note, a name, a quote: what is longer is no note, name or quote.
LONGEST_NOTE, LONGEST_NAME, LONGEST_QUOTE = 2000, 200, 2000
_DOCUMENTS = ("Instrument", "Publication")
_WHO = ("Regulator", "Company", "Organization", "Person")
#: Of which classes the ends of a relation are; those that aren't listed are between parties.
_ENDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{(relation, "subject"): _DOCUMENTS for relation in ("issuedBy", "draftedBy", "basedOn", "amends")},
    **{(relation, "object"): _DOCUMENTS for relation in ("basedOn", "amends")},
    ("officerOf", "subject"): ("Person",),
}


class Decided(UsageError):
    """Somebody has decided on that fact already."""

    status = 409


@dataclass(frozen=True, slots=True)
class End:
    """A side of a fact: by name, address and class."""

    iri: str
    name: str
    type: EntityType


def fact(store: Store, given: str) -> Fact:
    """The fact that an id means, or its beginning, without its reasons; QueryError where it is none or several."""
    wanted = given.removeprefix(_CLAIM).removeprefix(_SENTENCE)
    for start in (_CLAIM, _SENTENCE):
        if (found := _there(store, start + wanted)) is not None:
            return found
    if len(wanted) >= 4:
        claims = {quad.subject.value for quad in store.quads(None, KG.quote) if quad.graph_name != DEFAULT}  # type: ignore[union-attr]
        ends = {iri: iri.removeprefix(_CLAIM).removeprefix(_SENTENCE) for iri in claims}
        short = sorted(iri for iri, id_ in ends.items() if wanted in (id_[: len(wanted)], _digest(id_)[: len(wanted)]))
        if len(short) == 1 and (found := _there(store, short[0])) is not None:
            return found
        if short:
            raise QueryError(f"{given} could be {' or '.join(ends[iri] for iri in short[:5])}: give more of it")
    raise QueryError(f"the store has no fact {given}: kg review lists those to review, with their ids")


_CLAIM, _SENTENCE = ids.BASE + "claim/", ids.BASE + "sentence/"


def _digest(id_: str) -> str:
    return id_.rpartition("/")[2]


def _there(store: Store, iri: str) -> Fact | None:
    item = iri.removeprefix(_CLAIM).removeprefix(_SENTENCE).rpartition("/")[0]
    try:
        return read(store, NamedNode(ids.item(item)), NamedNode(iri))
    except ValueError:  # what was given is no address
        return None


# ------------------------------------------------------------------------------------------------------ deciding


def accept(store: Store, which: Fact, *, author: str | None = None, note: str = "") -> Outcome:
    """Say that a fact is as it was read."""
    if which.open:
        raise UsageError("no fact was read from this sentence: add one by its words, or reject it")
    return _decide(store, "accept", which, (), author, note)


def reject(store: Store, which: Fact, *, author: str | None = None, note: str = "") -> Outcome:
    """Take a fact out: its words don't say so. Of a sentence without a fact: that it tells none."""
    return _decide(store, "reject", which, (), author, note)


def fix(store: Store, which: Fact, changes: Mapping[str, str], *, author: str | None = None, note: str = "") -> Outcome:
    """Read a fact otherwise: another relation, other ends, other terms. Ends are names or addresses."""
    if which.open:
        raise UsageError("no fact was read from this sentence: add one by its words, or reject it")
    return _decide(store, "fix", which, _changed(store, which, changes), author, note)


def _decide(store: Store, kind: Kind, which: Fact, changes: tuple[str, ...], author: str | None, note: str) -> Outcome:
    judged = identity.load(identity.place_of(store))
    said, _ = _found(store, which.item)
    if which.open:
        row = _row(kind, "", "", (), (), which, "", which.quote, changes, author, note)
    else:
        raw = _raw(store, judged, said, which)
        left = _side(said, raw.subject, raw.subject_form)
        right = _side(said, raw.object, raw.object_form)
        row = _row(kind, raw.subject, raw.object, left, right, which, raw.relation, raw.quote, changes, author, note)
    return _record(store, judged, row)


def add(
    store: Store,
    item: str,
    quote: str,
    relation: str,
    subject: str,
    object_: str,
    changes: Mapping[str, str] | None = None,
    *,
    at: tuple[int, int] | None = None,
    types: tuple[str, str] = ("", ""),
    author: str | None = None,
    note: str = "",
) -> Outcome:
    """Add a fact by words that stand in an item; UsageError where they don't. No quote, no fact.

    ``at`` are their offsets in the report's text, which decide where the words stand several times. ``types`` are the
    classes of ends that neither the item, the store nor the reference data knows.
    """
    judged = identity.load(identity.place_of(store))
    said, source = _found(store, item)
    words, nth = _words(said, source, quote, at)
    if relation not in RELATIONS:
        raise UsageError(f"{relation or 'nothing'} is no relation: it is one of {', '.join(RELATIONS)}")
    ends = [end(store, item, name, type_) for name, type_ in zip((subject, object_), types, strict=True)]
    given = {name: value for name, value in (changes or {}).items() if value}
    if nth > 1:
        given["nth"] = str(nth)
    told = tuple(f"{name}={_line(value)}" for name, value in given.items())
    _consistent(relation, (ends[0].type, ends[1].type), given, {})
    blank = Fact("", item, "", words, 0, 0, None)
    left, right = ends
    row = _row("add", left.iri, right.iri, (left.name,), (right.name,), blank, relation, words, told, author, note)
    there = {decisions.key_of(item, claim) for claim in said.claims}
    if row.claim_key in there:
        raise UsageError("that was read from these very words: accept it")
    return _record(store, judged, row)


def undo(store: Store, effect: str) -> Outcome:
    """Take back the decision that ``token`` names; Decided where somebody has taken it back already."""
    judged = identity.load(identity.place_of(store))
    for number, row in enumerate(judged.rows, 1):
        if token(row) == effect:
            return identity.undo(store, [number])
    raise Decided("that is taken back already")


def token(row: Judgement) -> str:
    """A name for a line of the file that others' changes of the file leave alone, as they don't its number."""
    import hashlib

    return hashlib.sha256("\x1f".join((*row.effect, row.author, row.time)).encode()).hexdigest()[:16]


def last(judged: Judgements, author: str | None = None) -> Judgement | None:
    """What was judged or decided last, by somebody or by anybody."""
    rows = [row for row in judged.rows if author is None or row.author == author]
    return max(enumerate(rows), key=lambda one: (one[1].time, one[0]))[1] if rows else None


def _record(store: Store, judged: Judgements, row: Judgement) -> Outcome:
    there = judged.decided(row.item, row.claim_key)
    if there is not None:
        raise Decided(f"that is decided already: {there}{_number(judged, there)}")
    if (fault := fault_of(row)) is not None:
        raise UsageError(f"the decision {fault}")
    return identity.record(store, judged, [row])


def _row(
    kind: Kind,
    left: str,
    right: str,
    left_names: tuple[str, ...],
    right_names: tuple[str, ...],
    which: Fact,
    relation: str,
    quote: str,
    changes: tuple[str, ...],
    author: str | None,
    note: str,
) -> Judgement:
    if len(note) > LONGEST_NOTE:
        raise UsageError(f"the reason has {len(note):,} characters: {LONGEST_NOTE:,} are the most")
    who = _line(author or identity.who())
    if len(who) > LONGEST_NAME:
        raise UsageError(f"a name of {len(who):,} characters is none: {LONGEST_NAME} are the most")
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    left_names, right_names = (tuple(_line(name) for name in names) for names in (left_names, right_names))
    return Judgement(
        kind, left, right, left_names, right_names, which.item, "", _line(note), who, now, relation,
        _line(quote, "|"), changes,
    )  # fmt: skip


def _line(text: str, keep: str = "") -> str:
    """One line of the file, without what parts values there and what no text holds."""
    plain = "".join(c if c.isprintable() or c.isspace() else " " for c in text)
    return " ".join((plain if keep else plain.replace("|", "/")).split())


# --------------------------------------------------------------------------------------------------- what is there


def _found(store: Store, item: str) -> tuple[ItemFacts, Source]:
    """What resolution found in an item, and its report's text."""
    graph = NamedNode(ids.item(item))
    reports = [quad.object.value for quad in store.quads(graph, DCTERMS.isPartOf, None, graph)]  # type: ignore[union-attr]
    if not reports:
        raise QueryError(f"the store has no item {item}: kg items lists them")
    report = reports[0].removeprefix(ids.report(""))
    found, source = store.resolved(report), store.source(report)
    said = next((one for one in found or () if one.item.id == item), None)
    if said is None or source is None:
        raise UsageError(f"{report} was added by an older regkg: add the file again (kg add), then review")
    return said, source


def _raw(store: Store, judged: Judgements, said: ItemFacts, which: Fact) -> Claim:
    """The claim as resolution found it, of which the one in the graph was made."""
    found = decisions.keyed(said)
    source = store.source(which.report)
    there = [
        made
        for made in judged.apply([found], source)[0].claims
        if made.key and which.iri == ids.claim(said.item.id, made.subject, made.relation, made.object, made.start)
    ]
    # where two stand at one place, the one that the graph has
    for made in sorted(there, key=lambda one: one.quote != which.quote)[:1]:
        if made.reviewed is not None:
            row = _deciding(judged, said, made.key)
            raise Decided(f"that is decided already: {row}{_number(judged, row)}")
        return next(claim for claim in found.claims if claim.key == made.key)
    for row in judged.decisions(said.item.id):
        if row.judgement == "reject" and squeeze(row.quote) == squeeze(which.quote):
            raise Decided(f"that is decided already: {row}{_number(judged, row)}")
    raise Decided("this fact is no more as you saw it: somebody has decided on it, or read the report again")


def _number(judged: Judgements, row: Judgement | None) -> str:
    return f"; kg undo {judged.rows.index(row) + 1} takes it back" if row in judged.rows else ""


def _deciding(judged: Judgements, said: ItemFacts, key: str) -> Judgement | None:
    rows = judged.decisions(said.item.id)
    for at, row in decisions.matches(said, rows).items():
        if decisions.key_of(said.item.id, said.claims[at]) == key:
            return row
    return judged.decided(said.item.id, key)


def _side(said: ItemFacts, iri: str, form: str | None) -> tuple[str, ...]:
    """What an end is called, for those who read the file."""
    names = [entity.label.text for entity in said.entities if entity.iri == iri]
    deals = [deal.terms.round or "deal" for deal in said.deals if deal.iri == iri]
    return tuple(dict.fromkeys(name for name in (*names, *deals, form or "") if name))[:3]


def _words(said: ItemFacts, source: Source, quote: str, at: tuple[int, int] | None) -> tuple[str, int]:
    """The words as a quote, and at which of the places they stand."""
    if len(quote) > LONGEST_QUOTE:
        raise UsageError(f"a quote of {len(quote):,} characters is none: select a sentence or two")
    begin, stop = said.item.extent or (0, len(source.text))
    text = source.text[begin:stop]
    if at is not None and begin <= at[0] < at[1] <= stop and squeeze(source.text[slice(*at)]) == squeeze(quote):
        quote = source.text[slice(*at)]
    if not ids.normalise(quote):
        raise UsageError("no quote, no fact: select the words that say so")
    found = decisions.places(text, quote)
    if not found:
        raise UsageError("no quote, no fact: these words don't stand in the item")
    nth = 0
    if at is not None:
        nth = min(range(len(found)), key=lambda n: abs(begin + found[n][0] - at[0]))
    first, last_ = found[nth]
    return decisions.quoted(text[first:last_]), nth + 1


def end(store: Store, item: str, given: str, type_: str = "") -> End:
    """Whom a name, or an address, means in an item: one that the item names, one of the store, one of the reference
    data, or somebody new of the class that is given."""
    name = _line(given)
    if not name:
        raise UsageError("a fact has two ends: name both")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"a name of {len(name):,} characters is none: {LONGEST_NAME} are the most")
    graph = NamedNode(ids.item(item))
    near = {quad.object.value for quad in store.quads(graph, KG.mentions, None, graph)}  # type: ignore[union-attr]
    candidates = [one for one in find(store, name) if one.how == "exact"]
    chosen = [one for one in candidates if one.iri in near] or candidates
    if type_ and len(chosen) != 1:
        chosen = [one for one in chosen if one.type == type_]
    if len(chosen) == 1 and chosen[0].type in ENTITY_TYPES:
        one = chosen[0]
        return End(one.iri, label_of(store, NamedNode(one.iri)), _class(one.type))
    if len(chosen) > 1:
        raise UsageError(f"{name} could be {' or '.join(one.iri for one in chosen[:4])}: give the address")
    if name.startswith(("http://", "https://")):
        raise UsageError(f"the store doesn't know {name}: give a name, and a class if it is new")
    rows = [row for row in Reference.load().find(name) if type_ in ("", row.type)]
    if len(rows) == 1:
        return End(ids.reference(rows[0].id), rows[0].label, rows[0].type)
    if not type_:
        raise UsageError(f"the store knows nobody called {name}: say what it is ({', '.join(ENTITY_TYPES)})")
    return End(ids.entity(_class(type_), name), name, _class(type_))


def _class(name: str) -> EntityType:
    for known in ENTITY_TYPES:
        if known == name:
            return known
    raise UsageError(f"{name} is no class of names: it is one of {', '.join(ENTITY_TYPES)}")


# ---------------------------------------------------------------------------------------------------- what changes


def _changed(store: Store, which: Fact, given: Mapping[str, str]) -> tuple[str, ...]:
    """The changes that a fix makes, of all that was given: what stays as it is is none."""
    known = {**dict(which.terms), "role": which.role, "date": which.date, "said": which.said,
             "relation": which.relation}  # fmt: skip
    changes: dict[str, str] = {}
    for name, value in given.items():
        if name in ("subject", "object", "subjectType", "objectType"):
            continue
        if name not in decisions.CHANGES:
            raise UsageError(f"{name} can't be fixed: {', '.join(('subject', 'object', *_FIXED))} can")
        if (value := _line(value)) != known.get(name, "") and not _equal(name, value, known.get(name, "")):
            changes[name] = value
    types = {}
    for side, iri in (("subject", which.subject), ("object", which.object)):
        types[side] = type_of(store, NamedNode(iri)) or ""
        name = _line(given.get(side, ""))
        if not name or name in (iri, label_of(store, NamedNode(iri))):
            continue
        meant = end(store, which.item, name, given.get(f"{side}Type", ""))
        if meant.iri != iri:
            changes[side], changes[f"{side}Name"] = meant.iri, meant.name
        types[side] = meant.type
    if not changes:
        raise UsageError("nothing was changed: accept the fact, or say what is otherwise")
    relation = changes.get("relation", which.relation)
    if relation in PARTIES and which.relation != relation:
        raise UsageError(f"a fact can't be made one of {relation}: it has no second party then")
    if which.relation in PARTIES and relation not in PARTIES and "subject" not in changes:
        raise UsageError("the other party isn't named yet: give the subject too")
    _consistent(relation, (types["subject"], types["object"]), changes, dict(which.terms))
    return tuple(f"{name}={value}" for name, value in changes.items())


_FIXED = tuple(
    name for name in decisions.CHANGES if name not in ("subject", "object", "subjectName", "objectName", "nth")
)


def _equal(name: str, one: str, other: str) -> bool:
    """4900000000 and 4900000000.0"""
    if name not in ("amount", "valuation", "stake") or not one or not other:
        return False
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        return False


def _consistent(relation: str, types: tuple[str, str], changes: Mapping[str, str], known: Mapping[str, str]) -> None:
    """Refuse what no graph of ours may hold, in words."""
    if (fault := decisions.amiss(list(changes.items()))) is not None:
        raise UsageError(f"the decision {fault}")
    for side, type_ in (("subject", types[0]), ("object", types[1])):
        fit = _ENDS.get((relation, side), _WHO)
        if type_ and type_ not in fit:
            raise UsageError(f"the {side} of {relation} is one of {', '.join(fit)}, and no {type_}")
    subject_type = types[0]
    after = {**known, **changes}
    deal = relation in (*decisions.DEALS, *PARTIES)
    document = subject_type in _DOCUMENTS
    if status := changes.get("status"):
        allowed = DEAL_STATUS if deal else DOCUMENT_STATUS if document else ()
        if status not in allowed:
            raise UsageError(
                f"{status} is no status of {'a deal' if deal else 'a document'}: {', '.join(allowed)}"
                if allowed
                else f"a fact of {relation} has no status"
            )
    elif deal and "status" in changes:
        raise UsageError(f"a deal has a status: {', '.join(DEAL_STATUS)}")
    for name in changes:
        if name in decisions.TERMS and name != "status" and not deal:
            raise UsageError(f"a fact of {relation} has no {name}: acquires and investsIn have")
        if name in ("kind", "number", "issuedOn", "effectiveFrom") and not document:
            raise UsageError(f"only a document has {name}")
        if name == "role" and relation != "officerOf" and changes[name]:
            raise UsageError("only officerOf has a role")
    money = any(name in changes for name in ("amount", "amountText", "currency", "valuation"))
    if money and (after.get("amount") or after.get("valuation")) and not after.get("currency"):
        raise UsageError("an amount needs its currency: USD, CNY, …")
    if money and after.get("amount") and not after.get("amountText"):
        raise UsageError("an amount needs the source's words for it (amountText)")
    announced, completed = after.get("announcedOn", ""), after.get("completedOn", "")
    if announced and completed and completed < announced[: len(completed)]:
        raise UsageError("a deal isn't completed before it is announced")


def ends_of(store: Store, item: str) -> Sequence[tuple[str, str, str]]:
    """What an item names: (address, name, class), by name; whom a form can offer."""
    graph = NamedNode(ids.item(item))
    found = []
    for quad in store.quads(graph, KG.mentions, None, graph):
        node = NamedNode(quad.object.value)  # type: ignore[union-attr]
        found.append((node.value, label_of(store, node), type_of(store, node) or ""))
    return sorted(found, key=lambda one: (one[1], one[0]))


def text_of(store: Store, item: str) -> tuple[str, int]:
    """An item's text as the report has it, and where it starts there."""
    graph = NamedNode(ids.item(item))
    reports = [quad.object.value for quad in store.quads(graph, DCTERMS.isPartOf, None, graph)]  # type: ignore[union-attr]
    source = store.source(reports[0].removeprefix(ids.report(""))) if reports else None
    if source is None:
        return "", 0
    found = {
        predicate: int(quad.object.value)  # type: ignore[union-attr]
        for predicate in (KG.start, KG.end)
        for quad in store.quads(graph, predicate, None, graph)
    }
    start, stop = found.get(KG.start, 0), found.get(KG.end, len(source.text))
    return source.text[start:stop], start


def end_by_address(store: Store, iri: str) -> str:
    """An address that a form brought back; UsageError where the store knows it no more."""
    if not iri.startswith(ids.BASE + "entity/") or next(store.quads(_node(iri), RDF.type), None) is None:
        raise UsageError("one of the two is no more as you saw it: somebody has judged on it")
    return iri


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError:
        raise UsageError(f"{iri} is no address") from None
