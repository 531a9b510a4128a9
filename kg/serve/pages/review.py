"""Reviewing in the browser, where ``--edit`` allows it: facts to accept, fix, reject or add, and pairs to judge.

Each form works without JavaScript: a POST decides and answers 303 with the next page to look at. The store is open
for writing no longer than one decision takes, and by one request at a time; whoever comes second to a fact is told
what the first decided. Facts and lines of the file are named in the forms by what doesn't move when others decide:
a claim's address, a digest of the line.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote, urlencode
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg import identity, ids
from kg.errors import KgError, QueryError, UsageError
from kg.graph.store import Store
from kg.items import DEAL_STATUS, DOCUMENT_STATUS, ENTITY_TYPES, PARTIES, QUALIFIERS, RELATIONS, Said
from kg.query.concepts import concept
from kg.query.entity import Description, describe
from kg.query.result import Concept, Thing
from kg.resolve import decisions
from kg.resolve.candidates import Pair
from kg.resolve.judgements import Judgement, called
from kg.review import decide
from kg.review.queue import Fact, Queue, hand_on, queue, things
from kg.serve.site import Site, lang_of, site_of, words
from kg.serve.told import told
from kg.vocab import KG, KIND, QUALIFIER, SAID, STATUS

WAIT = 5.0  # seconds for another writer, such as kg add
LISTED = 15  # facts of the queue beside the one that is looked at
AUTHOR_COOKIE = "kg_author"
_YEAR = 365 * 24 * 3600
_DEALS = (*decisions.DEALS, *PARTIES)
_DOCUMENTS = ("Instrument", "Publication")
#: What forms ask of a deal, a document and the claim itself, in this order.
_DEAL_FIELDS = tuple(name for name in decisions.TERMS if name not in ("status", "qualifier"))
_DOCUMENT_FIELDS = ("number", "issuedOn", "effectiveFrom")
_ASKED = ("relation", "subject", "subjectType", "object", "objectType", "said", "role", "date", "lead",
          *decisions.TERMS, *_DOCUMENT_FIELDS)  # fmt: skip

_CONCEPTS = {"status": STATUS, "kind": KIND, "qualifier": QUALIFIER}
_WRITING = threading.Lock()
_PAIRS: WeakKeyDictionary[Store, list[Pair]] = WeakKeyDictionary()


class ReadOnly(KgError):
    """A change where none is allowed."""

    status = 403


@contextmanager
def writing(site: Site) -> Iterator[Store]:
    """The store for one decision. Others wait for their turn."""
    with _WRITING, Store.open(site.settings.store, "write", WAIT) as store:
        yield store


def _decided(site: Site, change: Callable[[Store], identity.Outcome]) -> identity.Outcome:
    """Make a change, and the queue that follows from it, before anybody else can write."""
    with writing(site) as store:
        before = Store.generation(site.settings.store)
        judged, obeyed = identity.load(site.settings.store), identity.obeyed(store)
        outcome = change(store)
        if obeyed is not None and obeyed.rows == judged.rows:  # else more changed than this: the file was edited
            hand_on(store, before, outcome.items)
        return outcome


def _editable(request: Request) -> Site:
    site = site_of(request)
    if not site.settings.edit:
        raise ReadOnly(site.say("review.read-only", lang_of(request)))
    return site


# ---------------------------------------------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class Line:
    """A fact in the list."""

    fact: Fact
    subject: Thing | None
    relation: Concept | None
    object: Thing | None


def facts(request: Request) -> Response:
    """The fact to look at now: that of ``at``, else the first."""
    site = _editable(request)
    return _facts(request, site, request.query_params.get("at", ""), request.query_params.get("report"))


def _facts(
    request: Request,
    site: Site,
    at: str,
    report: str | None,
    fault: str = "",
    status: int = 200,
    given: Mapping[str, str] | None = None,
) -> Response:
    lang = lang_of(request)
    with site.shelf.reading() as store:
        found = queue(store)
        waiting = found.of(report or None)
        # who has just decided goes on where he was; what he came from may be gone
        chosen = found.facts.get(at) or (waiting[0] if waiting else None)
        place = waiting.index(chosen) if chosen in waiting else -1
        judged = identity.load(site.settings.store)
        values: dict[str, Any] = {
            "found": found,
            "rejected": sum(row.judgement == "reject" and row.item.startswith(report or "") for row in judged.rows),
            "report": report or "",
            "waiting": waiting,
            "place": place,
            "one": None,
            "fault": told(fault, lang),
            "before": waiting[place - 1] if place > 0 else None,
            "after": waiting[place + 1] if place + 1 < len(waiting) else None,
            "lines": [_line(store, each, lang) for each in _around(waiting, place)],
            "number": place + 1,
            **_who(request, judged),
        }
        if chosen is not None:
            values |= _looked_at(store, found, chosen, lang, given)
    return site.render(request, "review.html", values, status)


def _looked_at(store: Store, found: Queue, chosen: Fact, lang: str, given: Mapping[str, str] | None) -> dict[str, Any]:
    text, start = decide.text_of(store, chosen.item)
    first, last = chosen.start - start, chosen.end - start
    inside = 0 <= first < last <= len(text)
    line = _line(store, chosen, lang)
    edge = (chosen.subject, chosen.relation, chosen.object)
    others = [
        each
        for each in found.facts.values()
        if not chosen.open and each.iri != chosen.iri and (each.subject, each.relation, each.object) == edge
    ]
    return {
        "one": line,
        "reasons": [reason.words(lang) for reason in chosen.reasons],
        "title": found.titles.get(chosen.item, chosen.item),
        "item": Thing(ids.item(chosen.item), chosen.item),
        "offset": start,
        "text": (text[:first], text[first:last], text[last:]) if inside else (text, "", ""),
        "others": others,
        "terms": [
            (
                concept(KG[name].value),
                concept(_CONCEPTS[name][value].value) if name in _CONCEPTS else _shown(name, value),
            )
            for name, value in chosen.terms
        ],
        "said": concept(SAID[chosen.said].value) if chosen.said else None,
        **_fields(store, chosen, line, given),
    }


def _shown(name: str, value: str) -> str:
    """A number of many digits so that it can be read."""
    return f"{Decimal(value):,f}" if name in ("amount", "valuation") else value


def _around(waiting: list[Fact], place: int) -> list[Fact]:
    begin = max(0, min(place - 3, len(waiting) - LISTED))
    return waiting[begin : begin + LISTED]


def _line(store: Store, each: Fact, lang: str) -> Line:
    if each.open:
        return Line(each, None, None, None)
    subject, object_ = things(store, each, lang)
    return Line(each, subject, concept(KG[each.relation].value), object_)


def _fields(store: Store, chosen: Fact, line: Line, given: Mapping[str, str] | None) -> dict[str, Any]:
    """What the form to fix a fact is filled with."""
    known = dict.fromkeys(_ASKED, "") | dict(chosen.terms)
    known |= {"relation": chosen.relation, "said": chosen.said, "role": chosen.role, "date": chosen.date}
    if line.subject is not None and line.object is not None:
        known |= {"subject": line.subject.label, "object": line.object.label}
    known |= dict(given or {})
    document = line.subject is not None and line.subject.type in _DOCUMENTS
    return {
        "values": known,
        "opened": given is not None,
        "document": document,
        "deal": chosen.relation in _DEALS,
        "relations": [concept(KG[name].value) for name in _relations(chosen.relation)],
        "statuses": [concept(STATUS[name].value) for name in (DOCUMENT_STATUS if document else DEAL_STATUS)],
        **_choices(store, chosen.item),
    }


def _relations(now: str) -> tuple[str, ...]:
    return (now, *RELATIONS) if now in PARTIES else RELATIONS


def _choices(store: Store, item: str) -> dict[str, Any]:
    return {
        "names": decide.ends_of(store, item),
        "types": [concept(KG[name].value) for name in ENTITY_TYPES],
        "sayings": [concept(SAID[name].value) for name in Said],
        "qualifiers": [concept(QUALIFIER[name].value) for name in QUALIFIERS],
        "deal_fields": [concept(KG[name].value) for name in _DEAL_FIELDS],
        "document_fields": [concept(KG[name].value) for name in _DOCUMENT_FIELDS],
    }


def _who(request: Request, judged: Any) -> dict[str, Any]:
    """Who is at the screen, and what he decided last."""
    author = _author(request)
    row = decide.last(judged, author)
    undoing = _told(row, lang_of(request)) if row is not None else None
    return {"author": author, "undoing": undoing, "token": decide.token(row) if row is not None else ""}


def _told(row: Judgement, lang: str) -> str:
    """What was decided or judged, in words."""
    if lang != "zh":
        return str(row)
    left, right = (called(names, iri) for names, iri in row.sides)
    made = words()[f"review.{row.judgement}"]["zh"]
    where = f"（{row.item}）" if row.item else ""
    if not row.decides:
        return f"{left} 与 {right}：{made}" + (f"（“{row.name}”）" if row.name else "") + where
    if not row.relation:
        return f"“{row.quote}”{where}：{words()['review.no-fact']['zh']}"
    pairs = dict(row.pairs)
    changes = "，".join(
        f"{_name_of(name)}：{pairs.get(f'{name}Name', _value_of(name, value))}"
        for name, value in pairs.items()
        if name not in ("subjectName", "objectName")
    )
    fact = f"{left} {concept(KG.iri + row.relation).zh} {right}"
    return f"{fact}：{made}{f'（{changes}）' if changes else ''}，据“{row.quote}”{where}"


def _name_of(field: str) -> str:
    key = f"review.{field}"
    return words()[key]["zh"] if key in words() else concept(KG.iri + field).zh


def _value_of(field: str, value: str) -> str:
    space = _CONCEPTS.get(field)
    return concept((space.iri if space else KG.iri) + value).zh if space or field == "relation" else value


def _author(request: Request) -> str:
    return unquote(request.cookies.get(AUTHOR_COOKIE, "")) or identity.who()


# ------------------------------------------------------------------------------------------------- deciding

Change = Callable[[Request, Site, "Form"], Response]


class Form:
    """What was posted, as text; what isn't there is empty."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def __getitem__(self, name: str) -> str:
        value = self._data.get(name, "")
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def given(self) -> dict[str, str]:
        return {name: self[name].strip() for name in _ASKED if name in self._data}


def _posted(change: Change) -> Callable[[Request], Any]:
    """A view that reads a form and then works in a thread, as the other pages do."""

    async def view(request: Request) -> Response:
        site = _editable(request)
        async with request.form(max_files=0, max_fields=100) as data:
            form = Form(data)
            return await run_in_threadpool(change, request, site, form)

    return view


def decision(request: Request, site: Site, form: Form) -> Response:
    at, report = form["fact"], form["report"]
    author, note = _author(request), form["note"]
    try:
        _decided(site, lambda store: _decide(store, form, author, note))
    except UsageError as fault:
        given = form.given() if form["decision"] == "fix" and not isinstance(fault, decide.Decided) else None
        return _facts(request, site, at, report, str(fault), getattr(fault, "status", 400), given)
    return _on("/review", at=form["next"], report=report)


def _decide(store: Store, form: Form, author: str, note: str) -> identity.Outcome:
    which = _still(store, form["fact"])
    match form["decision"]:
        case "accept":
            return decide.accept(store, which, author=author, note=note)
        case "reject":
            return decide.reject(store, which, author=author, note=note)
        case "fix":
            return decide.fix(store, which, form.given(), author=author, note=note)
        case other:
            raise UsageError(f"{other or 'nothing'} is no decision: accept, reject or fix")


def _still(store: Store, at: str) -> Fact:
    try:
        return decide.fact(store, at)
    except QueryError:
        raise decide.Decided(
            f"{at} is no fact of the store any more: somebody has decided on it, or read the report again"
        ) from None


def undoing(request: Request, site: Site, form: Form) -> Response:
    outcome = _decided(site, lambda store: decide.undo(store, form["token"]))
    row = outcome.judgements[0]
    if form["back"] == "done":
        return _on("/review/done")
    if not row.decides:
        return _on("/review/pairs")
    with site.shelf.reading() as store:
        again = next(
            (one for one in queue(store).facts.values() if one.item == row.item and one.quote.strip() == row.quote),
            None,
        )
    return _on("/review", at=again.id if again else form["at"], report=form["report"])


def naming(request: Request, site: Site, form: Form) -> Response:
    """Who decides, kept in this browser."""
    author = " ".join(form["author"].split())
    if len(author) > decide.LONGEST_NAME:
        raise UsageError(f"a name of {len(author):,} characters is none: {decide.LONGEST_NAME} are the most")
    answer = _on("/review", at=form["at"], report=form["report"])
    answer.set_cookie(AUTHOR_COOKIE, quote(author), _YEAR, httponly=True, samesite="strict")
    return answer


def _on(path: str, **asked: str) -> RedirectResponse:
    query = urlencode({name: value for name, value in asked.items() if value})
    return RedirectResponse(path + (f"?{query}" if query else ""), 303)


# --------------------------------------------------------------------------------------------------- adding


def adding(request: Request) -> Response:
    """The form for a fact, with the words that were selected."""
    site = _editable(request)
    asked = request.query_params
    return _adding(request, site, {name: asked.get(name, "") for name in ("item", "quote", "start", "end")})


def _adding(request: Request, site: Site, given: Mapping[str, str], fault: str = "", status: int = 200) -> Response:
    values = dict.fromkeys(("item", "quote", "start", "end", "note", *_ASKED), "") | dict(given)
    with site.shelf.reading() as store:
        text, start = decide.text_of(store, values["item"])
        if not text:
            raise QueryError(f"the store has no text of an item {values['item']}")
        shown = {
            "values": values,
            "item": Thing(ids.item(values["item"]), values["item"]),
            "text": text,
            "offset": start,
            "fault": told(fault, lang_of(request)),
            "document": True,
            "deal": True,
            "relations": [concept(KG[name].value) for name in RELATIONS],
            "statuses": [concept(STATUS[name].value) for name in (*DEAL_STATUS, *DOCUMENT_STATUS)],
            "author": _author(request),
            **_choices(store, values["item"]),
        }
    return site.render(request, "review_add.html", shown, status)


def added(request: Request, site: Site, form: Form) -> Response:
    given = form.given()
    try:
        changes = {name: value for name, value in given.items() if value and name not in _ENDS}
        types = given.get("subjectType", ""), given.get("objectType", "")
        ends = given.get("subject", ""), given.get("object", "")
        author, note = _author(request), form["note"]
        _decided(
            site,
            lambda store: decide.add(
                store, form["item"], form["quote"], given.get("relation", ""), *ends, changes,
                at=_at(form), types=types, author=author, note=note,
            ),
        )  # fmt: skip
    except UsageError as fault:
        back = {name: form[name] for name in ("item", "quote", "start", "end", "note")} | given
        return _adding(request, site, back, str(fault), getattr(fault, "status", 400))
    return RedirectResponse("/id/item/" + quote(form["item"], safe="~-._"), 303)


_ENDS = ("relation", "subject", "object", "subjectType", "objectType")


def _at(form: Form) -> tuple[int, int] | None:
    start, end = form["start"], form["end"]
    if not (start.isdecimal() and end.isdecimal()) or len(start) > 12 or len(end) > 12:
        return None
    return int(start), int(end)


# ----------------------------------------------------------------------------------------------------- pairs


@dataclass(frozen=True, slots=True)
class Side:
    """One of a pair, with what tells who it is."""

    about: Description
    items: int


def _pairs(store: Store) -> list[Pair]:
    """The pairs to judge; worked out once for a store as it is."""
    found = _PAIRS.get(store)
    if found is None:
        found = _PAIRS[store] = identity.proposed(store)
    return found


def pairs(request: Request) -> Response:
    site = _editable(request)
    at = request.query_params.get("at", "0")
    return _two(request, site, int(at) if at.isdecimal() and len(at) < 9 else 0)


def _two(request: Request, site: Site, at: int, fault: str = "", status: int = 200) -> Response:
    lang = lang_of(request)
    with site.shelf.reading() as store:
        found = _pairs(store)
        at = min(at, max(0, len(found) - 1))
        one = found[at] if found else None
        shown = {
            "pair": one,
            "sides": [Side(describe(store, side.iri), side.items) for side in (one.left, one.right)] if one else [],
            "reason": told(one.reason, lang) if one else "",
            "at": at,
            "count": len(found),
            "fault": told(fault, lang),
            "kinds": {name: concept(KG[name].value) for name in (*ENTITY_TYPES, *RELATIONS, *PARTIES)},
            **_who(request, identity.load(site.settings.store)),
        }
    return site.render(request, "review_pairs.html", shown, status)


def judging(request: Request, site: Site, form: Form) -> Response:
    at = form["at"] if form["at"].isdecimal() and len(form["at"]) < 9 else "0"
    author, note = _author(request), form["note"]
    try:
        if len(note) > decide.LONGEST_NOTE:
            raise UsageError(f"the reason has {len(note):,} characters: {decide.LONGEST_NOTE:,} are the most")
        with writing(site) as store:
            left, right = (decide.end_by_address(store, form[side]) for side in ("left", "right"))
            match form["judgement"]:
                case "same":
                    identity.same(store, left, right, author=author, note=note, force=form["force"] == "yes")
                case "different":
                    identity.different(store, left, right, author=author, note=note)
                case other:
                    raise UsageError(f"{other or 'nothing'} is no judgement: same or different")
    except UsageError as fault:
        return _two(request, site, int(at), str(fault), getattr(fault, "status", 400))
    return _on("/review/pairs", at=at)


# ------------------------------------------------------------------------------------------------------ done


def done(request: Request) -> Response:
    """What was decided and judged, the latest first."""
    site = _editable(request)
    judged = identity.load(site.settings.store)
    rows = sorted(enumerate(judged.rows, 1), key=lambda one: (one[1].time, one[0]), reverse=True)
    lang = lang_of(request)
    shown = [(number, row, _told(row, lang), decide.token(row)) for number, row in rows[: site.limits.shown_rows]]
    return site.render(request, "review_done.html", {"rows": shown, "count": len(rows)})


ROUTES: list[BaseRoute] = [
    Route("/review", facts),
    Route("/review/decide", _posted(decision), methods=["POST"]),
    Route("/review/undo", _posted(undoing), methods=["POST"]),
    Route("/review/author", _posted(naming), methods=["POST"]),
    Route("/review/add", adding),
    Route("/review/added", _posted(added), methods=["POST"]),
    Route("/review/pairs", pairs),
    Route("/review/judge", _posted(judging), methods=["POST"]),
    Route("/review/done", done),
]
