"""Faults that users are told of: one sentence that says what to do, and an exit code.

Exit codes: 0 done; 1 done, but something was wrong with some input or a check failed; 2 wrong use;
3 unreadable input; 4 the store can't be used; 5 a query is wrong; 130 interrupted. ``status`` is what a web page
answers with.
"""

from __future__ import annotations


class KgError(Exception):
    """An expected fault. ``str(error)`` is the sentence that the user reads."""

    exit_code = 1
    status = 400


class UsageError(KgError):
    exit_code = 2


class ReadError(KgError):
    """A file that can't be read; the others go on."""

    exit_code = 3


class StoreError(KgError):
    exit_code = 4
    status = 503


class DamagedError(StoreError):
    """A file of the store holds something else than was written to it; the rest can be used."""


class QueryError(KgError):
    exit_code = 5
