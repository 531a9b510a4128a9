"""The application: the pages' routes in one table, what guards them, what answers for their faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from kg.serve import linked, reconcile, sparql
from kg.serve.faults import HANDLERS
from kg.serve.pages import asking, home, maps, review, things
from kg.serve.safety import Guard
from kg.serve.site import Settings, Site
from kg.settings import asset

#: Each module of pages has its routes; the order decides where two would fit.
ROUTES: tuple[list[BaseRoute], ...] = (
    linked.ROUTES,
    home.ROUTES,
    asking.ROUTES,
    maps.ROUTES,
    review.ROUTES,
    things.ROUTES,
    sparql.ROUTES,
    reconcile.ROUTES,
)


_BESIDE = 40  # threads


def create_app(settings: Settings) -> Starlette:
    """The workbench over a store, for any ASGI server. Opens nothing before the first request."""
    site = Site(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # pages that wait for their turn hold a thread each: files and other pages need some beside them
        to_thread.current_default_thread_limiter().total_tokens = site.limits.running + site.limits.waiting + _BESIDE
        yield
        site.close()

    app = Starlette(
        routes=[
            *(route for routes in ROUTES for route in routes),
            Mount("/vendor", StaticFiles(directory=asset("viz", "vendor")), name="vendor"),
            Mount("/static", StaticFiles(directory=asset("viz", "site", "static")), name="static"),
        ],
        middleware=[Middleware(Guard, settings=settings)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.site = site
    return app
