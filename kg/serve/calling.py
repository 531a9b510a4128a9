"""A job of the pool from an async view: it holds no thread that pages are made in, and ends with its client."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

from kg.serve.pool import Call
from kg.serve.site import site_of


async def called(request: Request, job: str, arguments: Mapping[str, Any]) -> Any:
    """What the job returns. The request's body has to have been read: what comes after it is the client's leaving."""
    site = site_of(request)
    call = Call()
    outcome: list[Any] = []
    faults: list[Exception] = []

    async def leaving() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        call.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(leaving)
        work = partial(site.pool.run, job, arguments, site.limits.query_seconds, call)
        try:
            outcome.append(await to_thread.run_sync(work, abandon_on_cancel=True, limiter=_threads(request)))
        except Exception as fault:  # in a task group it would become a group of faults
            faults.append(fault)
        except BaseException:
            call.cancel()  # the server ends
            raise
        tasks.cancel_scope.cancel()
    if faults:
        raise faults[0]
    return outcome[0]


def _threads(request: Request) -> CapacityLimiter:
    state, limits = request.app.state, site_of(request).limits
    if not hasattr(state, "threads"):
        # one more than can run and wait, so that it is the pool that says no
        state.threads = CapacityLimiter(limits.running + limits.waiting + 1)
    threads: CapacityLimiter = state.threads
    return threads
