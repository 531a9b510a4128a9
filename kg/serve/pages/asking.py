"""The named questions as forms, and chains, paths and changes beside them; each answer to look at and to download.

A page's address holds all that was asked: it repeats the question wherever it is opened.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg import forms, ids
from kg.errors import QueryError, UsageError
from kg.forms import evidence
from kg.items import DEAL_STATUS
from kg.query import catalogue
from kg.query.ask import choices
from kg.query.chain import RELATIONS, heading, named
from kg.query.concepts import concept
from kg.query.links import relation_word, standing, status_word
from kg.query.result import Concept, Result, Row, Thing, words
from kg.serve import answers
from kg.serve.answers import Answer
from kg.serve.faults import NotFound
from kg.serve.site import Site, address, lang_of, site_of
from kg.serve.told import told

DOWNLOADS = ("xlsx", "csv", "docx", "markdown", "json")
_CLOSED = ("deal-status", "document-status", "relation", "kind")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    zh: str
    en: str
    sort: str = "text"  # entity, date, number, currency, text; or one of many: choices, of which several
    required: bool = False
    choices: tuple[Concept, ...] = ()
    several: bool = False
    default: str = ""
    default_en: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A thing that can be asked: what the list names and its form shows."""

    name: str
    path: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    fields: tuple[Field, ...]


def _field(parameter: catalogue.Parameter) -> Field:
    closed = parameter.type in _CLOSED
    return Field(
        parameter.name,
        parameter.zh,
        parameter.en,
        "choices" if closed else parameter.type,
        parameter.required,
        tuple(concept(iri) for iri in choices(parameter.type)) if closed else (),
        closed and parameter.type != "kind",
        *_defaults(parameter),
    )


def _defaults(parameter: catalogue.Parameter) -> tuple[str, str]:
    """What counts where nothing is said, in Chinese and in English: of a closed list in words."""
    if not parameter.default or parameter.type not in _CLOSED:
        return parameter.default or "", parameter.default or ""
    names = [part.strip() for part in parameter.default.split(",")]
    known = {one.name: one for one in map(concept, choices(parameter.type))}
    found = [known.get(name, Concept(name, name, name)) for name in names]
    return "、".join(one.zh for one in found), ", ".join(one.en for one in found)


def _statuses(zh: str, en: str) -> Field:
    return Field("status", zh, en, "choices", choices=tuple(status_word(name) for name in DEAL_STATUS), several=True)


@cache
def _questions() -> dict[str, tuple[str, Asked]]:
    """By name, with their groups; in the order of the catalogue."""
    return {
        one.name: (
            one.group,
            Asked(one.name, f"/ask/{one.name}", one.zh, one.en, one.about_zh, one.about_en,
                  tuple(_field(p) for p in sorted(one.parameters, key=lambda p: not p.required))),
        )
        for one in catalogue.questions()
    }  # fmt: skip


@cache
def _others() -> dict[str, Asked]:
    along = tuple(concept(iri) for iri in choices("relation") if _tail(iri) in RELATIONS)
    return {
        "chain": Asked(
            "chain", "/chain", "收购与投资链", "Chains of deals",
            "某一主体收购、投资或控股谁，谁又收购、投资或控股它，逐层展开；每层标明状态，每条链标明最弱一环。",
            "Whom a firm buys, invests in or owns, and who does so with it, step by step, each with its status.",
            (Field("name", "主体", "Entity", "entity", True), Field("to", "至", "To", "entity"),
             Field("depth", "层数", "Steps", "number", default="5", default_en="5"), _statuses("状态", "Status"),
             Field("relation", "关系", "Relation", "choices", choices=along, several=True)),
        ),
        "path": Asked(
            "path", "/path", "两者之间的路径", "Paths between two names",
            "两个名称之间最短的几条路径。", "The shortest ways from one name to another.",
            (Field("from", "从", "From", "entity", True), Field("to", "至", "To", "entity", True),
             Field("hops", "最多步数", "Steps at most", "number", default="6", default_en="6"),
             Field("limit", "路径数", "Paths at most", "number", default="3", default_en="3")),
        ),
        "diff": Asked(
            "diff", "/diff", "变化", "What changed",
            "从一份报告到另一份报告，或从一天到另一天，有哪些变化。",
            "What changed from one report to another, or from one day to another.",
            (Field("since", "自", "Since", "report", True), Field("until", "至", "Until", "report", True)),
        ),
    }  # fmt: skip


@cache
def _statuses_there_are() -> frozenset[str]:
    return frozenset(concept(iri).name for sort in ("deal-status", "document-status") for iri in choices(sort))


def _tail(iri: str) -> str:
    return iri.rpartition("#")[2]


def listing(request: Request) -> Response:
    """All that can be asked."""
    groups = [
        (catalogue.GROUPS[group], [asked for _, asked in members])
        for group, members in groupby(_questions().values(), key=lambda pair: pair[0])
    ]
    return site_of(request).render(request, "asking.html", {"groups": groups, "others": list(_others().values())})


def question(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _questions():
        try:
            found = catalogue.question(name if not name.endswith(".rq") else "")
        except QueryError as fault:
            raise NotFound(str(fault)) from None
        return RedirectResponse(f"/ask/{found.name}", 307)
    return _page(request, "ask", _questions()[name][1])


def chain(request: Request) -> Response:
    return _page(request, "chain", _others()["chain"])


def path(request: Request) -> Response:
    return _page(request, "path", _others()["path"])


def diff(request: Request) -> Response:
    return _page(request, "diff", _others()["diff"])


# ------------------------------------------------------------------------------------------------------ pages


def _page(request: Request, kind: str, asked: Asked) -> Response:
    """The form, and the answer where all that is needed was given; with ``form=xlsx`` the answer as a file."""
    site = site_of(request)
    given = _given(request, asked)
    values: dict[str, Any] = {"asked": asked, "given": given, "known": _known(site, asked), "fault": ""}
    needed = [field.name for field in asked.fields if field.required]
    complete = all(given.get(name) for name in needed) and ("go" in request.query_params or bool(given) or not needed)
    form = request.query_params.get("form")
    if form is not None:
        return _download(request, kind, asked, given, form)
    if not complete:
        return site.render(request, "question.html", values)
    try:
        answer = _answer(request, kind, asked, given, site.limits.shown_rows)
    except (QueryError, UsageError) as fault:
        values["fault"] = told(str(fault), lang_of(request))
        return site.render(request, "question.html", values, fault.status)
    if answer.result is None:
        return site.render(request, "question.html", {**values, **_unclear(request, asked, answer)}, 300)
    values |= _shown(answer, lang_of(request))
    values["notes"] = [_note(request, note, given) for note in answer.result.notes]
    values["downloads"] = [(forms.WRITERS[one].suffix, address(request, form=one)) for one in DOWNLOADS]
    values["link"] = _link(asked, given)
    values["command"] = _command(kind, asked, given)
    values["map"] = _map(kind, asked, given)
    return site.render(request, "question.html", values)


def _given(request: Request, asked: Asked) -> dict[str, str]:
    """What was typed; of a field with several choices, those that were ticked, as one text."""
    given = {}
    for field in asked.fields:
        typed = [value.strip() for value in request.query_params.getlist(field.name) if value.strip()]
        if typed:
            given[field.name] = ",".join(typed) if field.several else typed[0]
    return given


def _known(site: Site, asked: Asked) -> list[str]:
    """The reports, for a form that asks for one."""
    if not any(field.sort == "report" for field in asked.fields):
        return []
    with site.shelf.reading() as store:
        return [report.id for report in store.reports()]


def _answer(request: Request, kind: str, asked: Asked, given: Mapping[str, str], rows: int) -> Answer:
    site = site_of(request)
    arguments: dict[str, Any] = {"given": dict(given), "lang": lang_of(request), "rows": rows}
    if kind == "ask":
        arguments["name"] = asked.name
    answer: Answer = site.pool.run(kind, arguments, site.limits.query_seconds)
    return answer


def _unclear(request: Request, asked: Asked, answer: Answer) -> dict[str, Any]:
    """The candidates, each with the address that asks the same of it."""
    return {
        "unclear": next((field for field in asked.fields if field.name == answer.unclear), None),
        "sure": answer.sure,
        "candidates": [(one, address(request, **{answer.unclear: one.iri})) for one in answer.candidates],
    }


# what a note says to who types commands: “: status=all shows them”, “：--hops 8”
_TYPED = re.compile(r"[:：]\s*(?:(?P<status>status)=all|--(?P<name>limit|hops|depth)(?: (?P<number>\d+))?)[^:：]*$")
_STEPS = {"limit": ("3", 2, 0, 50), "depth": ("5", 1, 5, 50), "hops": ("6", 2, 0, 20)}  # now, times, and, at most


def _note(request: Request, note: str, given: Mapping[str, str]) -> tuple[str, str]:
    """A note on an answer, and the address that asks for what it says is left out."""
    typed = _TYPED.search(note)
    if typed is None:
        return note, ""
    bare = note[: typed.start()]
    if typed["status"]:
        return bare, address(request, status="all", go=1)
    name = typed["name"]
    default, times, further, most = _STEPS[name]
    now = given.get(name, default)
    more = typed["number"] or str(min(most, int(now) * times + further if now.isdecimal() else most))
    return bare, address(request, **{name: more})


def _shown(answer: Answer, lang: str) -> dict[str, Any]:
    assert answer.result is not None
    notes = evidence.Notes()
    found = list(answer.result)
    columns = answer.result.columns
    # a column in which nothing stands tells nothing; the download has it
    filled = [at for at in range(len(columns)) if any(row.values[at] is not None for row in found)]
    rows = [_drawn(row, filled, notes, lang) for row in found]
    return {
        "result": answer.result,
        "columns": [columns[at] for at in filled],
        "groups": [(group, [row for _, row in members]) for group, members in groupby(rows, key=lambda pair: pair[0])],
        "count": len(rows),
        "more": answer.more,
        "cited": [(one, *evidence.citation(one, lang)) for one in notes.cited],
        "chain": answer.chain,
        "heading": heading,
        "named": named,
        "standing": standing,
        "relation_word": relation_word,
    }


def _drawn(
    row: Row, filled: list[int], notes: evidence.Notes, lang: str
) -> tuple[str, tuple[list[dict[str, Any]], list[int]]]:
    cells = [
        {
            "text": words(value, lang),
            "iri": value.iri if isinstance(value, Thing) else "",
            "type": value.type if isinstance(value, Thing) else "",
            "status": value.name if isinstance(value, Concept) and value.name in _statuses_there_are() else "",
        }
        for value in (row.values[at] for at in filled)
    ]
    return row.group, (cells, notes.numbers(row.evidence))


def _link(asked: Asked, given: Mapping[str, str]) -> str:
    pairs: list[tuple[str, str]] = []
    for field in asked.fields:
        if field.name in given:
            several = given[field.name].split(",") if field.several else [given[field.name]]
            pairs += [(field.name, value) for value in several]
    return asked.path + "?" + urlencode(pairs or [("go", "1")], quote_via=quote)


def _map(kind: str, asked: Asked, given: Mapping[str, str]) -> str:
    """Where the answer is a picture."""
    if kind == "ask":
        return "/map?" + urlencode({"ask": asked.name, **given}, quote_via=quote)
    if kind == "chain":
        ends = {"chain": given["name"], **({"to": given["to"]} if "to" in given else {})}
    elif kind == "path":
        ends = {"path": given["from"], "to": given["to"]}
    else:
        ends = {"since": given["since"]}
    return "/map?" + urlencode(ends, quote_via=quote)


def _command(kind: str, asked: Asked, given: Mapping[str, str]) -> str:
    """The same as typed in a terminal."""
    if kind == "ask":
        return " ".join(["kg ask", asked.name, *(f"{name}={_quoted(value)}" for name, value in given.items())])
    bare = [_quoted(given[field.name]) for field in asked.fields if field.required and field.name in given]
    named = [
        f"--{field.name} {_quoted(given[field.name])}"
        for field in asked.fields
        if not field.required and field.name in given
    ]
    return " ".join([f"kg {kind}", *bare, *named])


def _quoted(value: str) -> str:
    import shlex

    return shlex.quote(value)


# -------------------------------------------------------------------------------------------------- downloads


def _download(request: Request, kind: str, asked: Asked, given: Mapping[str, str], form: str) -> Response:
    if form not in forms.WRITERS:
        raise UsageError(f"no form is called {form[:20]}: there are {', '.join(forms.WRITERS)}")
    site = site_of(request)
    answer = _answer(request, kind, asked, given, site.limits.rows)
    if answer.result is None:
        raise QueryError(f"{given.get(answer.unclear, '')} could be several: choose one first")
    if answer.more:
        answer.result.notes.append(
            f"仅前{site.limits.rows:,}行" if lang_of(request) == "zh" else f"The first {site.limits.rows:,} rows only"
        )
    return send(answer.result, form, lang_of(request), "-".join(filter(None, (asked.name, _called(answer.result)))),
                str(site.settings.store))  # fmt: skip


def _called(result: Result) -> str:
    """The file is named after the names that were asked for."""
    return answers.named({key: value for key, value in result.asked if ids.normalise(value)})


def send(result: Result, form: str, lang: str, name: str, store: Path | str | None = None) -> Response:
    """An answer as a file to keep, in one of ``kg.forms.WRITERS``."""
    folder = tempfile.TemporaryDirectory(prefix="kg-")
    target = Path(folder.name) / f"answer{forms.WRITERS[form].suffix}"
    try:
        forms.write(result, target, lang, format_=form, store=store)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(
        target,
        filename=name + target.suffix,
        media_type=_MEDIA[form],
        background=BackgroundTask(folder.cleanup),
    )


_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "markdown": "text/markdown; charset=utf-8",
    "json": "application/json",
}


ROUTES: list[BaseRoute] = [
    Route("/ask", listing),
    Route("/ask/{name}", question),
    Route("/chain", chain),
    Route("/path", path),
    Route("/diff", diff),
]
