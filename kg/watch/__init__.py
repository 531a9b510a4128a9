"""Watching: folders, feeds and pages, looked at politely, into the store; a source that changed or went quiet is told.

Nothing else in regkg asks a network, but for a store on a server.
"""

from __future__ import annotations

from kg.watch.run import Looked, Outcome, Standing, acknowledge, opened, standings, watch
from kg.watch.sources import Expect, Source, Watched, watched

__all__ = [
    "Expect",
    "Looked",
    "Outcome",
    "Source",
    "Standing",
    "Watched",
    "acknowledge",
    "opened",
    "standings",
    "watch",
    "watched",
]
