"""Maps: /map is a map and nothing else, as ``kg map`` writes it; /maps is where one is chosen."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from kg.errors import UsageError
from kg.query import catalogue
from kg.serve.calling import called
from kg.serve.faults import NotFound
from kg.serve.site import lang_of, site_of

#: Where a name of a map leads.
PAGES = "/resource?iri="
PRESETS = ("lawyer", "deals")
MOST_HOPS = 4
MOST_NAMES = 20
_OWN = ("chain", "path", "to", "since")


async def picture(request: Request) -> Response:
    """``name`` (several) with ``hops``; ``chain`` or ``path`` with ``to``; ``ask`` with the question's parameters."""
    from kg.maps.page import policy

    asked = request.query_params
    question = asked.get("ask", "").strip()
    names = [name.strip() for name in asked.getlist("name") if name.strip()]
    preset = asked.get("preset", "")
    if preset not in ("", *PRESETS):
        raise UsageError(f"there is no preset {preset[:20]}: there are {' and '.join(PRESETS)}")
    if len(names) > MOST_NAMES:
        raise UsageError(f"a map starts from {MOST_NAMES} names at most")
    arguments = {
        **{name: asked.get(name, "").strip() for name in _OWN},
        # a question's own parameter may be called name too
        "names": [] if question else names,
        "hops": _hops(asked.get("hops", "")),
        "question": question,
        "given": _given(request, question) if question else {},
        "preset": preset,
        "lang": lang_of(request),
        "pages": PAGES,
        "most": site_of(request).limits.answer_bytes,
    }
    html = await called(request, "mapped", arguments)
    # a meta element can't say who may frame the page
    return HTMLResponse(html, headers={"content-security-policy": f"{policy()}; frame-ancestors 'self'"})


def _hops(written: str) -> int:
    if not written.strip():
        return 2
    if not written.strip().isascii() or not written.strip().isdigit() or not 1 <= int(written) <= MOST_HOPS:
        raise UsageError(f"a map reaches 1 to {MOST_HOPS} steps far: hops={written[:12]} isn't that")
    return int(written)


def _given(request: Request, question: str) -> dict[str, str]:
    """The question's own parameters. The name is one of the catalogue's: a file of this machine is nobody's to name."""
    if question not in _questions():
        raise NotFound(f"no question is called {question[:60]}: /ask has those that there are")
    known = _questions()[question]
    asked = request.query_params
    given = {one.name: [value.strip() for value in asked.getlist(one.name) if value.strip()] for one in known}
    return {name: ",".join(values) for name, values in given.items() if values}


@cache
def _questions() -> dict[str, tuple[catalogue.Parameter, ...]]:
    return {one.name: one.parameters for one in catalogue.questions()}


def choice(request: Request) -> Response:
    return site_of(request).render(request, "maps.html", {"most_hops": MOST_HOPS})


ROUTES: list[BaseRoute] = [Route("/map", picture), Route("/maps", choice)]
