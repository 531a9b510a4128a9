"""Where queries are written: /sparql for people. It works without JavaScript; with it, there is an editor."""

from __future__ import annotations

import html
import re
from functools import partial
from typing import Any
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kg.errors import KgError, UsageError
from kg.forms import sparql as deliveries
from kg.graph.store import Dataset
from kg.serve import examples, vocabulary
from kg.serve.calling import called
from kg.serve.safety import POLICY
from kg.serve.showing import Shown
from kg.serve.site import href, lang_of, site_of
from kg.serve.told import told
from kg.vocab import PREFIXES

#: For rows; a graph comes as Turtle, CSV or JSON.
DOWNLOADS = ("csv", "xlsx", "json", "markdown", "docx", "turtle")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "markdown": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "turtle": "text/turtle; charset=utf-8",
}
_PLACE = re.compile(r"line (\d+), column (\d+)")
_LONGEST_LINK = 6000  # characters: longer addresses are cut by mail programs and proxies
_POLICY_OF_MAP = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')


async def page(request: Request, query: str | None, dataset: Dataset | None = None) -> Response:
    """The editor, with the answer where there is a query. What is wrong with it stands on the page."""
    site, lang = site_of(request), lang_of(request)
    limits = site.limits
    values: dict[str, Any] = {
        "text": query or "",
        "shown": None,
        "fault": "",
        "place": None,
        "link": "",
        "downloads": (),
        "limits": limits,
        "prefixes": PREFIXES,
        "examples": examples.examples(),
        "dataset": _dataset(dataset),
    }
    status = 200
    if query is None:
        name = request.query_params.get("example")
        values["text"] = await to_thread.run_sync(_example, request, name) if name else examples.START
    else:
        arguments = {"sparql": query, "rows": limits.shown_rows, "lang": lang, "dataset": dataset}
        try:
            found: Shown = await called(request, "shown", arguments)
            values["shown"] = found
            values["downloads"] = _downloads(found)
        except KgError as fault:
            status, values["fault"] = fault.status, told(str(fault), lang)
            if place := _PLACE.search(str(fault)):
                values["place"] = (int(place[1]), int(place[2]))
        link = "/sparql?" + urlencode([("query", query), *values["dataset"]])
        values["link"] = link if len(link) <= _LONGEST_LINK else ""
    values["go"] = _go
    render = partial(site.render, request, "sparql.html", values, status, {"vary": "Accept"})
    return await to_thread.run_sync(render)


def _dataset(dataset: Dataset | None) -> list[tuple[str, str]]:
    """As the parameters of the protocol, which the form sends along."""
    default, named = dataset or ((), ())
    return [("default-graph-uri", iri) for iri in default] + [("named-graph-uri", iri) for iri in named]


def _example(request: Request, name: str) -> str:
    with site_of(request).shelf.reading() as store:
        return examples.text(store, name)


def _downloads(found: Shown) -> tuple[tuple[str, str], ...]:
    if found.form == "graph":
        names: tuple[str, ...] = ("turtle", "csv", "xlsx", "json")
    else:
        names = tuple(name for name in DOWNLOADS if name != "turtle")
    return tuple((name, deliveries.SUFFIXES[name]) for name in names)


def _go(iri: str) -> str:
    """Where a cell's address leads: our pages for what is ours and for what the store may describe."""
    return vocabulary.path_of(iri) or href(iri)


async def download(request: Request, query: str, form: str, dataset: Dataset | None = None) -> Response:
    """The answer as a file, as ``kg query -o`` writes it."""
    if form not in DOWNLOADS:
        raise UsageError(f"no form is called {form[:20]}: there are {', '.join(DOWNLOADS)}")
    site = site_of(request)
    arguments = {
        "sparql": query,
        "form": form,
        "rows": site.limits.rows,
        "most": site.limits.answer_bytes,
        "lang": lang_of(request),
        "where": str(site.settings.store),
        "dataset": dataset,
    }
    data: bytes = await called(request, "deliver", arguments)
    name = f"query{deliveries.SUFFIXES[form]}"
    headers = {"content-type": _TYPES[form], "content-disposition": f'attachment; filename="{name}"', "vary": "Accept"}
    return Response(data, headers=headers)


async def drawing(request: Request) -> Response:
    """The map of an answer, under the policy that it brings along."""
    from kg.serve.sparql import asked_of

    asked = await asked_of(request)
    if asked.query is None:
        raise UsageError("there is no query to draw the answer of")
    site, lang = site_of(request), lang_of(request)
    title = site.say("sparql.map-title", lang)
    arguments = {
        "sparql": asked.query,
        "most": site.limits.rows,
        "lang": lang,
        "title": title,
        "dataset": asked.dataset,
    }
    drawn: str = await called(request, "drawn", arguments)
    policy = _POLICY_OF_MAP.search(drawn)
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": f"{html.unescape(policy[1])}; frame-ancestors 'self'" if policy else POLICY,
    }
    return Response(drawn, headers=headers)


def completions(request: Request) -> Response:
    """The vocabulary, for the editor."""
    lang = lang_of(request)
    terms = [
        {
            "name": term.name,
            "zh": term.zh,
            "en": term.en,
            "sort": term.sort,
            "about": term.about_zh if lang == "zh" else term.about_en,
        }
        for term in vocabulary.terms().values()
    ]
    return JSONResponse(terms)


ROUTES: list[BaseRoute] = [
    Route("/sparql/map", drawing, methods=["GET", "POST"]),
    Route("/sparql/vocabulary", completions),
]
