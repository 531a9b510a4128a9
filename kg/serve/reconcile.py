"""The Reconciliation Service API 0.2 (W3C community group) at /reconcile: for OpenRefine and its like.

OpenRefine asks for the manifest and for suggestions from its page in the browser, which needs leave of ours (CORS).
It is given to pages of this machine alone, and only where no token guards the site; no other page can read a name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import NamedNode
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kg import __version__, ids
from kg.errors import UsageError
from kg.items import ENTITY_TYPES
from kg.serve.calling import called
from kg.serve.describing import Unknown
from kg.serve.reconciling import PROPERTIES, Found, Wanted
from kg.serve.safety import POLICY, is_loopback
from kg.serve.site import lang_of, pick, site_of
from kg.serve.sparql import UnknownType
from kg.serve.vocabulary import terms
from kg.vocab import KG, ONTOLOGY

_MOST_QUERIES = 200  # in one request; OpenRefine sends ten
_MOST_CANDIDATES = 50
_WIDTH, _HEIGHT = 400, 160


def _type(name: str, lang: str) -> dict[str, str]:
    term = terms().get(KG[name].value)
    return {"id": name, "name": pick(term, lang) if term else name}


def manifest(request: Request) -> dict[str, Any]:
    base, lang = str(request.base_url), lang_of(request)
    suggest = f"{base}reconcile/suggest"
    return {
        "versions": ["0.2"],
        "name": "regkg",
        "serviceVersion": __version__,
        "identifierSpace": ids.BASE,
        "schemaSpace": ONTOLOGY,
        "defaultTypes": [_type(name, lang) for name in ENTITY_TYPES],
        "view": {"url": f"{base}id/{{{{id}}}}"},
        "preview": {"url": f"{base}reconcile/preview?id={{{{id}}}}", "width": _WIDTH, "height": _HEIGHT},
        "suggest": {
            name: {"service_url": base.removesuffix("/"), "service_path": f"/reconcile/suggest/{name}"}
            for name in ("entity", "type", "property")
        },
        "documentation": f"{suggest.removesuffix('reconcile/suggest')}ontology",
    }


async def reconcile(request: Request) -> Response:
    if request.method == "OPTIONS":
        return _allowed(request, Response(status_code=204, headers={"allow": "GET, HEAD, POST, OPTIONS"}))
    given = request.query_params.get("queries")
    if request.method == "POST":
        type_ = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if type_ not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            raise UnknownType("queries come as the field queries of a form")
        async with request.form(max_files=0, max_fields=20) as form:
            field = form.get("queries")
            given = field if isinstance(field, str) else given
    else:
        await request.body()
    if given is None:
        return _allowed(request, JSONResponse(manifest(request)))
    asked = _queries(given)
    found: list[list[Found]] = await called(request, "reconciled", {"wanted": list(asked.values())})
    lang = lang_of(request)
    answer = {key: {"result": [_candidate(one, lang) for one in each]} for key, each in zip(asked, found, strict=True)}
    return _allowed(request, JSONResponse(answer))


def _candidate(one: Found, lang: str) -> dict[str, Any]:
    return {
        "id": one.iri.removeprefix(ids.BASE),
        "name": one.name,
        "description": one.matched if one.matched != one.name else "",
        "type": [_type(one.type, lang)],
        "score": one.score,
        "match": one.match,
        "features": [{"id": name, "value": agrees} for name, agrees in one.agrees],
    }


def _queries(given: str) -> dict[str, Wanted]:
    try:
        asked = json.loads(given)
    except (ValueError, RecursionError):
        raise UsageError("queries is no JSON") from None
    if not isinstance(asked, dict) or not asked:
        raise UsageError('queries has to be an object of queries: {"q0": {"query": "…"}}')
    if len(asked) > _MOST_QUERIES:
        raise UsageError(f"one request takes {_MOST_QUERIES} queries, and this has {len(asked)}: send them in parts")
    return {key: _wanted(key, query) for key, query in asked.items()}


def _wanted(key: str, query: Any) -> Wanted:
    if not isinstance(query, Mapping) or not isinstance(query.get("query", ""), str):
        raise UsageError(f'the query {key[:20]} has to be an object with a name: {{"query": "…"}}')
    limit = query.get("limit", 5)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise UsageError(f"limit of {key[:20]} has to be a number above 0")
    types = query.get("type") or ()
    types = (types,) if isinstance(types, str) else types
    if not isinstance(types, list | tuple) or not all(isinstance(one, str) for one in types):
        raise UsageError(f"type of {key[:20]} has to be the id of a type")
    local = tuple(one.removeprefix(ONTOLOGY).removeprefix("kg:") for one in types)
    return Wanted(query.get("query", ""), local, min(limit, _MOST_CANDIDATES), _properties(query.get("properties")))


def _properties(given: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Those that we know; a table has many columns, and what we don't know says nothing of a candidate."""
    found = []
    for one in given if isinstance(given, list) else []:
        if isinstance(one, Mapping) and isinstance(one.get("pid"), str):
            name = one["pid"].removeprefix(ONTOLOGY).removeprefix("kg:")
            values = one.get("v")
            texts = tuple(_text(value) for value in (values if isinstance(values, list) else [values]))
            if name in PROPERTIES and any(texts):
                found.append((name, tuple(text for text in texts if text)))
    return tuple(found)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):  # an entity or a concept, by its id
        value = value.get("id") or value.get("name")
    return "" if value is None else str(value)


async def suggest(request: Request) -> Response:
    """What somebody who types may mean."""
    await request.body()
    lang, typed = lang_of(request), request.query_params.get("prefix", "").strip()
    what = request.path_params["what"]
    if what == "entity":
        wanted = Wanted(typed, limit=10)
        (found,) = await called(request, "reconciled", {"wanted": [wanted]}) if typed else ([],)
        said = [
            {
                "id": one.iri.removeprefix(ids.BASE),
                "name": one.name,
                "description": one.matched if one.matched != one.name else "",
                "notable": [_type(one.type, lang)],
            }
            for one in found
        ]
    elif what in ("type", "property"):
        names = ENTITY_TYPES if what == "type" else PROPERTIES
        known = [terms()[KG[name].value] for name in names]
        form = typed.casefold()
        said = [
            {"id": name, "name": pick(term, lang), "description": term.about_zh if lang == "zh" else term.about_en}
            for name, term in zip(names, known, strict=True)
            if form in f"{name} {term.zh} {term.en}".casefold()
        ]
    else:
        raise Unknown("suggestions are there of entity, type and property")
    return _allowed(request, JSONResponse({"result": said}))


async def preview(request: Request) -> Response:
    """A small page in a frame of OpenRefine's: it shows, and nothing in it can be clicked."""
    await request.body()
    iri = ids.BASE + request.query_params.get("id", "")
    try:
        NamedNode(iri)
    except ValueError:
        raise UsageError("this is no id") from None
    told = await called(request, "previewed", {"iri": iri})
    if told is None:
        raise Unknown(f"the store doesn't know {iri}")
    policy = POLICY.replace("frame-ancestors 'self'", "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*")
    lang = lang_of(request)
    values = {"told": told, "type": _type(told["type"], lang)["name"], "facts": _facts(told["facts"], lang)}
    return site_of(request).render(request, "preview.html", values, headers={"content-security-policy": policy})


def _facts(facts: list[tuple[str, str]], lang: str) -> list[tuple[str, str]]:
    shown = []
    for name, value in facts:
        term = terms().get(KG[name].value)
        concept = terms().get(f"https://w3id.org/regkg/{name}/{value}")
        shown.append((pick(term, lang) if term else name, pick(concept, lang) if concept else value))
    return shown


def _allowed(request: Request, response: Response) -> Response:
    origin = request.headers.get("origin", "")
    response.headers["vary"] = "Origin, Accept-Language"
    if origin and not site_of(request).settings.token and is_loopback(urlsplit(origin).hostname or ""):
        response.headers["access-control-allow-origin"] = origin
        response.headers["access-control-allow-methods"] = "GET, POST"
    return response


ROUTES: list[BaseRoute] = [
    Route("/reconcile", reconcile, methods=["GET", "HEAD", "POST", "OPTIONS"]),
    Route("/reconcile/suggest/{what}", suggest),
    Route("/reconcile/preview", preview),
]
