"""The page of anything in the store, at the path of its address: /id/… for ours, /resource?iri=… for others'."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg import ids
from kg.serve import linked
from kg.serve.faults import NotFound
from kg.serve.pages.maps import MOST_NAMES
from kg.serve.site import address, lang_of, site_of
from kg.serve.views import ALL, SHOWN, DealPage, ItemPage, Page, Portrait, ReportPage, Statements
from kg.show import HEADINGS, TYPES

_TEMPLATES: dict[type[Any], str] = {
    Portrait: "entity.html",
    DealPage: "deal.html",
    ItemPage: "item.html",
    ReportPage: "report.html",
    Statements: "statements.html",
}
#: The named questions that tell more of an entity of a class, and the parameter that takes it.
QUESTIONS = {
    "Regulator": {"instruments": "regulator", "joint-issuers": "regulator", "mentions": "name", "relations": "name"},
    "Company": {"deals": "firm", "history": "firm", "rounds": "firm", "mentions": "name", "relations": "name"},
    "Instrument": {"rests-on": "document", "basis-of": "document", "amendments": "document", "mentions": "name"},
    "Jurisdiction": {},  # nothing mentions a place, and no map has one
    "Publication": {"rests-on": "document", "mentions": "name", "relations": "name"},
}
#: What a place has beside relations.
_PLACES = {
    ("locatedIn", "in"): ("Bodies there", "当地机构"),
    ("appliesIn", "in"): ("Documents that apply there", "适用于当地的文件"),
}
_OTHERS = {"mentions": "name", "relations": "name"}


def ours(request: Request) -> Response:
    return _page(request, ids.BASE + request.path_params["path"])


def others(request: Request) -> Response:
    iri = request.query_params.get("iri", "")
    if not iri:
        raise NotFound("which address? /resource?iri=https://…")
    return _page(request, iri)


def _page(request: Request, iri: str) -> Response:
    site = site_of(request)
    everything = "all" in request.query_params
    lang = lang_of(request)
    found: Page | None = site.pool.run(
        "thing", {"iri": iri, "lang": lang, "everything": everything}, site.limits.query_seconds
    )
    if found is None:
        raise NotFound(site.say("things.unknown", lang, iri=iri))
    values = {one.name: getattr(found, one.name) for one in fields(found)}
    if isinstance(found, Portrait):
        values |= {
            "headings": HEADINGS | _PLACES,
            "class": TYPES.get(found.type, (found.type, found.type)),
            "questions": QUESTIONS.get(found.type, _OTHERS).items(),
        }
    if isinstance(found, DealPage):
        ends = dict.fromkeys(tie.thing.iri for _, ties in found.parties for tie in ties)
        values["deal_map"] = "/map?" + urlencode([("name", end) for end in list(ends)[:MOST_NAMES]] + [("hops", "1")])
        values["shown"] = ALL if everything else SHOWN
    values["everything"] = everything
    values["searched"] = request.query_params.get("searched", "")[:200]
    values["all_link"] = address(request, all=1)
    values["map_link"] = "/map?" + urlencode({"name": iri})
    return site.render(
        request, _TEMPLATES[type(found)], values, headers={"vary": "Accept", "link": linked.alternates(request)}
    )


ROUTES: list[BaseRoute] = [Route("/id/{path:path}", ours), Route("/resource", others)]
