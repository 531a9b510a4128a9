"""The open store of a site, opened anew when somebody has written.

A store that is open for reading stays as it was when it was opened: pages that are being made go on with the old one,
and it closes when the last of them is done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kg.errors import StoreError
from kg.graph.store import Store
from kg.settings import Place


class Shelf:
    """Safe to use from many threads."""

    def __init__(self, path: Place | str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._stamp: object = None

    @property
    def stamp(self) -> object:
        """What changes with every change of the store: what was worked out from it holds as long as this is equal."""
        return Store.generation(self.path)

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """The store as it is now. Don't close it."""
        yield self._current()

    def _current(self) -> Store:
        with self._lock:
            stamp = self.stamp
            if self._store is None or stamp != self._stamp:
                try:
                    self._store = Store.open(self.path)
                except StoreError:
                    if self._store is None:
                        raise
                    return self._store  # somebody is in the middle of writing: what was there before is whole
                self._stamp = stamp
            return self._store
