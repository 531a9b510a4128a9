"""Linked data: every address of the store, and of the ontology, as a page and as RDF.

/id/… stands for https://w3id.org/regkg/id/…, /resource?iri=… for any other address. Accept decides, or ``?format=``,
or a suffix. Only requests for RDF are answered here: for people there are pages at the same addresses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from pyoxigraph import NamedNode
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from kg import ids
from kg.errors import UsageError
from kg.serve import about, vocabulary
from kg.serve.calling import called
from kg.serve.describing import Unknown
from kg.serve.negotiate import GRAPHS, HTML, Chosen, choose, named
from kg.serve.results import graph
from kg.serve.site import site_of
from kg.serve.sparql import counted, reply
from kg.vocab import ONTOLOGY

#: What a Link header names beside the page.
ALTERNATES = tuple(form for form in GRAPHS if form.name in ("turtle", "ntriples", "jsonld", "rdfxml"))
_SUFFIXES = (".ttl", ".jsonld", ".nt", ".rdf", ".trig", ".nq")


def wanted(scope: Scope) -> Chosen | None:
    """The form of RDF that a request asks for; None where it asks for a page."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("format", [""])[0]
    path: str = scope["path"]
    for name in (asked, path[path.rfind(".") :] if path.endswith(_SUFFIXES) else ""):
        if name and (found := named(name, GRAPHS)) is not None:
            return found
    if asked == HTML.name:
        return None
    found = choose(Headers(scope=scope).get("accept"), (*GRAPHS, HTML))
    return None if found is None or found.form is HTML else found


class DataRoute(Route):
    """Fits requests for RDF alone: the others go on to the page of the same address."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or wanted(scope) is None:
            return Match.NONE, {}
        return super().matches(scope)


class TermRoute(Route):
    """/resource of a term of ours, which has a page of its own."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["path"] != "/resource" or vocabulary.path_of(_iri_asked(scope)) is None:
            return Match.NONE, {}
        return super().matches(scope)


def _iri_asked(scope: Scope) -> str:
    asked: str = parse_qs(scope["query_string"].decode("latin-1")).get("iri", [""])[0]
    return asked


async def thing(request: Request) -> Response:
    iri = ids.BASE + request.path_params["path"]
    for suffix in _SUFFIXES:
        iri = iri.removesuffix(suffix)
    return await _described(request, iri)


async def resource(request: Request) -> Response:
    return await _described(request, request.query_params.get("iri", ""))


async def _described(request: Request, iri: str) -> Response:
    chosen = wanted(request.scope)
    assert chosen is not None
    try:
        NamedNode(iri)
    except ValueError:
        raise UsageError(f"this is no address: {iri[:60]}") from None
    most = site_of(request).limits.answer_bytes
    data = await called(request, "described", {"iri": iri, "chosen": chosen, "most": most})
    return reply(data, chosen.content_type, {"link": alternates(request)})


def alternates(request: Request) -> str:
    """The Link header that names the other forms of an address."""
    path = quote(request.scope["path"], safe="/~-._")
    others = [pair for pair in request.query_params.multi_items() if pair[0] != "format"]
    links = (
        f'<{path}?{urlencode([*others, ("format", form.name)])}>; rel="alternate"; type="{form.types[0]}"'
        for form in ALTERNATES
    )
    return ", ".join(links)


def term(request: Request) -> Response:
    """/resource?iri=… → /status/announced."""
    path = vocabulary.path_of(_iri_asked(request.scope))
    assert path is not None
    form = request.query_params.get("format")
    if form:
        bare, _, fragment = path.partition("#")
        path = f"{bare}?format={form}" + (f"#{fragment}" if fragment else "")
    return RedirectResponse(path, 303)


def ontology(request: Request) -> Response:
    chosen = wanted(request.scope)
    if chosen is None:
        groups = [
            (sort, [one for one in vocabulary.terms().values() if one.sort == sort])
            for sort in ("class", "property", "concept")
        ]
        return site_of(request).render(
            request, "ontology.html", {"groups": groups, "iri": ONTOLOGY}, headers=_page(request)
        )
    return _graph(request, vocabulary.triples(), chosen)


def concept(request: Request) -> Response:
    """A concept of a closed list, or the list: /status/announced, /kind."""
    iri = f"https://w3id.org/regkg{unquote(request.url.path)}"
    for suffix in _SUFFIXES:
        iri = iri.removesuffix(suffix)
    said = vocabulary.described(iri)
    if not said:
        raise Unknown(f"the ontology has no {iri}")
    chosen = wanted(request.scope)
    if chosen is not None:
        return _graph(request, said, chosen)
    if iri not in vocabulary.terms():
        return RedirectResponse("/ontology#concept", 303)
    known = vocabulary.terms()
    values = {
        "term": known[iri],
        "wider": [known[one] for one in known[iri].broader if one in known],
        "narrower": [one for one in known.values() if iri in one.broader],
    }
    return site_of(request).render(request, "term.html", values, headers=_page(request))


def _page(request: Request) -> dict[str, str]:
    return {"vary": "Accept", "link": alternates(request)}


def _graph(request: Request, triples: Sequence[Any], chosen: Chosen) -> Response:
    data = graph(triples, chosen, site_of(request).limits.answer_bytes)
    return reply(data, chosen.content_type, {"link": alternates(request)})


# ------------------------------------------------------------------------------------------------ the dataset


async def void(request: Request) -> Response:
    chosen, found = wanted(request.scope), await counted(request)
    if chosen is not None:
        return _graph(request, about.dataset(str(request.base_url), found), chosen)
    values = {
        "found": found,
        "classes": _parts(found.classes, "SELECT ?thing {{ ?thing a {} }} LIMIT 100"),
        "properties": _parts(found.properties, "SELECT ?thing ?value {{ ?thing {} ?value }} LIMIT 100"),
    }
    return site_of(request).render(request, "void.html", values, headers=_page(request))


def _parts(counts: Sequence[tuple[str, int]], query: str) -> list[tuple[str, vocabulary.Term | None, int, str]]:
    """The most frequent first, each with a query that lists some."""
    known = vocabulary.terms()
    return [
        (vocabulary.short(iri), known.get(iri), number, query.format(_written(iri)))
        for iri, number in sorted(counts, key=lambda one: (-one[1], one[0]))
    ]


def _written(iri: str) -> str:
    """As a query has to write it: a short name may hold what SPARQL's can't."""
    name = vocabulary.short(iri)
    return name if re.fullmatch(r"\w+:\w+", name, re.ASCII) else f"<{iri}>"


async def well_known(request: Request) -> Response:
    return RedirectResponse("/void", 302)


_SCHEMES = ("status", "kind", "qualifier", "said")
ROUTES: list[BaseRoute] = [
    TermRoute("/resource", term),
    DataRoute("/id/{path:path}", thing),
    DataRoute("/resource", resource),
    Route("/ontology", ontology),
    *(Route(f"/{scheme}", concept) for scheme in _SCHEMES),
    *(Route(f"/{scheme}/{{name}}", concept) for scheme in _SCHEMES),
    Route("/void", void),
    Route("/.well-known/void", well_known),
]
