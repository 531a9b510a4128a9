"""A change that another one came before: made again, on what stands now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from kg.errors import StoreError

P = ParamSpec("P")
S = TypeVar("S")
T = TypeVar("T")
_ATTEMPTS = 6


class Conflict(StoreError):
    """Somebody else changed the store while a change of ours was made ready."""


def repeated(change: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Make a change again where another one came between: what it rests on is read anew."""

    @wraps(change)
    def again(self: S, *args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(_ATTEMPTS - 1):
            try:
                return change(self, *args, **kwargs)
            except Conflict:
                continue
        return change(self, *args, **kwargs)

    return again  # type: ignore[return-value]  # mypy names its first argument
