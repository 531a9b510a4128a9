"""The SPARQL 1.1 Protocol at /sparql, for queries alone: nothing can be changed, loaded or asked of others.

To a browser the same address is the page where queries are written (``kg.serve.pages.editor``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.errors import KgError, UsageError
from kg.graph.store import Dataset
from kg.serve import about
from kg.serve.calling import called
from kg.serve.describing import Counted
from kg.serve.negotiate import GRAPHS, HTML, RESULTS, Chosen, choose, named, refusal
from kg.serve.pages import editor
from kg.serve.results import Written, graph
from kg.serve.site import site_of

_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_FORM = "application/x-www-form-urlencoded"
METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class ReadOnly(KgError):
    status = 403


class UnknownType(KgError):
    """A body that is neither a form nor a query."""

    status = 415


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the protocol means it."""

    query: str | None
    dataset: Dataset | None
    form: str = ""  # ours: the name of a form, where somebody can't send an Accept header
    download: str = ""  # ours: a file for people


async def asked_of(request: Request) -> Asked:
    """What is asked; UsageError, ReadOnly or UnknownType where that can't be."""
    given = _parameters(bytes(request.scope["query_string"]), "address")
    if request.method == "POST":
        body = await request.body()
        type_, _, rest = request.headers.get("content-type", "").partition(";")
        type_ = type_.strip().casefold()
        if "charset" in rest.casefold() and "utf-8" not in rest.casefold() and "utf8" not in rest.casefold():
            raise UnknownType("the query has to be in UTF-8")
        if type_ == _UPDATE:
            raise ReadOnly(_NO_UPDATE)
        if type_ == _FORM:
            given += _parameters(body, "form")
        elif type_ == _QUERY:
            given.append(("query", _text(body, "query")))
        else:
            raise UnknownType(f"a query comes as {_FORM} or as {_QUERY}, and this is {type_ or 'neither'}")
    return _asked(given)


_NO_UPDATE = "nothing can be changed here: queries only read, and kg add and kg remove change the store"


def _asked(given: list[tuple[str, str]]) -> Asked:
    found: dict[str, list[str]] = {}
    for name, value in given:
        found.setdefault(name, []).append(value)
    if "update" in found:
        raise ReadOnly(_NO_UPDATE)
    queries = found.get("query", [])
    if len(queries) > 1:
        raise UsageError(f"one request asks one query, and this has {len(queries)}")
    dataset = None
    if "default-graph-uri" in found or "named-graph-uri" in found:
        dataset = (_graphs(found, "default-graph-uri"), _graphs(found, "named-graph-uri"))
    return Asked(queries[0] if queries else None, dataset, found.get("format", [""])[0], found.get("download", [""])[0])


def _graphs(found: Mapping[str, list[str]], name: str) -> list[str]:
    given = found.get(name, [])
    for iri in given:
        try:
            NamedNode(iri)
        except ValueError:
            raise UsageError(f"{name} is the whole address of a graph, and not “{iri[:60]}”") from None
    return given


def _parameters(data: bytes, what: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(_text(data, what), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except UnicodeDecodeError:
        raise UsageError(f"the {what} isn't in UTF-8") from None
    except ValueError as fault:
        raise UsageError(f"the {what} can't be read: {fault}") from None


def _text(data: bytes, what: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise UsageError(f"the {what} isn't in UTF-8") from None


def wants_page(request: Request, asked: Asked) -> bool:
    """Whether a person looks at the answer, and no program."""
    if asked.form:
        return asked.form == HTML.name
    chosen = choose(request.headers.get("accept"), (*RESULTS, *GRAPHS, HTML))
    return chosen is not None and chosen.form is HTML


async def sparql(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"allow": ", ".join(METHODS), "accept-post": f"{_FORM}, {_QUERY}"})
    asked = await asked_of(request)
    if asked.query is not None and asked.download:
        return await editor.download(request, asked.query, asked.download, asked.dataset)
    if wants_page(request, asked):
        return await editor.page(request, asked.query, asked.dataset)
    if asked.query is None:
        return await _told(request, asked)
    return await _answered(request, asked)


async def _told(request: Request, asked: Asked) -> Response:
    """Without a query: what kind of service this is."""
    form = named(asked.form, GRAPHS) or choose(request.headers.get("accept"), GRAPHS)
    if request.method == "POST" or form is None or form.type == "application/json":
        raise UsageError("there is no query: give one as the parameter query")
    found = await counted(request)
    said = graph(about.service(str(request.base_url), found), form, site_of(request).limits.answer_bytes)
    return reply(said, form.content_type)


async def _answered(request: Request, asked: Asked) -> Response:
    limits = site_of(request).limits
    results, graphs = chosen(request, asked)
    written: Written = await called(
        request,
        "answer",
        {
            "sparql": asked.query,
            "results": results,
            "graphs": graphs,
            "rows": limits.rows,
            "most": limits.answer_bytes,
            "dataset": asked.dataset,
        },
    )
    return reply(written.data, written.content_type)


def chosen(request: Request, asked: Asked) -> tuple[Chosen | None, Chosen | None]:
    """The form for rows and the form for a graph: only a worker, who reads the query, knows which it will be."""
    accept = request.headers.get("accept")
    # SPARQLWrapper always sends a format, which may not fit the query's kind: then the header decides
    results = named(asked.form, RESULTS) or choose(accept, RESULTS)
    graphs = named(asked.form, GRAPHS) or choose(accept, GRAPHS)
    if results is None and graphs is None:
        raise refusal((*RESULTS, *GRAPHS))
    return results, graphs


async def counted(request: Request) -> Counted:
    """The store's counts, worked out once for each state of the store."""
    state, stamp = request.app.state, site_of(request).shelf.stamp
    kept: tuple[object, Counted] | None = getattr(state, "counted", None)
    if kept is None or kept[0] != stamp:
        kept = (stamp, await called(request, "counted", {}))
        state.counted = kept
    return kept[1]


def reply(data: bytes, content_type: str, headers: Mapping[str, Any] | None = None) -> Response:
    return Response(data, headers={"content-type": content_type, "vary": "Accept", **(headers or {})})


ROUTES: list[BaseRoute] = [Route("/sparql", sparql, methods=METHODS), *editor.ROUTES]
