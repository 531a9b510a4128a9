"""The start page, and what people type into its search box."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.items import ENTITY_TYPES
from kg.serve.faults import NotFound
from kg.serve.site import href, lang_of, site_of
from kg.serve.views import Hits, Home, Listed
from kg.show import TYPES

#: What the start page counts.
CLASSES = (*ENTITY_TYPES, "Acquisition", "FundingRound")
#: The question that tells more of all of a class.
MORE = {
    "Instrument": "/ask/instruments?go=1",
    "Publication": "/ask/publications?go=1",
    "Acquisition": "/ask/acquisitions?status=all&go=1",
    "FundingRound": "/ask/deals?status=all&go=1",
}


def home(request: Request) -> Response:
    site = site_of(request)
    found: Home = site.pool.run("home", {"lang": lang_of(request)}, site.limits.query_seconds)
    return site.render(request, "home.html", {"home": found, "everything": "all" in request.query_params})


def search(request: Request) -> Response:
    """What is called so; where that is plainly one thing, its page (unless ``all`` is asked for)."""
    site = site_of(request)
    query = request.query_params.get("q", "").strip()
    found: Hits = site.pool.run("find", {"text": query}, site.limits.query_seconds)
    if found.sure and "all" not in request.query_params:
        # where titles have the words too, the page leads back to them
        beside = f"?{urlencode({'searched': query})}" if found.items else ""
        return RedirectResponse(href(found.sure) + beside, 303)
    return site.render(request, "search.html", {"query": query, "hits": found})


def everything(request: Request) -> Response:
    """All of a class."""
    site, name = site_of(request), request.path_params["name"]
    if name not in CLASSES:
        raise NotFound(site.say("fault.404", lang_of(request)))
    arguments = {"class_": name, "lang": lang_of(request), "most": site.limits.shown_rows}
    found: Listed = site.pool.run("listed", arguments, site.limits.query_seconds)
    return site.render(request, "listed.html", {"name": name, "listed": found, "more": MORE.get(name, "")})


def suggest(request: Request) -> Response:
    """For the script of the search boxes."""
    site = site_of(request)
    found = site.pool.run("suggest", {"text": request.query_params.get("q", "")}, site.limits.query_seconds)
    english = lang_of(request) == "en"
    return JSONResponse(
        [
            {
                "iri": iri,
                "href": href(iri),
                "label": label,
                "type": TYPES.get(type_, (type_, type_))[0 if english else 1],
                "matched": matched,
            }
            for iri, label, type_, matched in found
        ]
    )


ROUTES: list[BaseRoute] = [
    Route("/", home),
    Route("/all/{name}", everything),
    Route("/search", search),
    Route("/suggest", suggest),
]
