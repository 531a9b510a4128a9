"""The start page: what is in the store, and what is new."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.query import items
from kg.serve.site import site_of


def home(request: Request) -> Response:
    site = site_of(request)
    with site.shelf.reading() as store:
        reports = items.listing(store)
    return site.render(request, "home.html", {"reports": reports})


ROUTES: list[BaseRoute] = [Route("/", home)]
