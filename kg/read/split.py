"""A source into its items: by the layout that fits, else as one."""

from __future__ import annotations

from collections.abc import Sequence

from kg.items import Report, Source
from kg.read.jsonl import Feed, split_feed
from kg.read.layout import Layout, load_all
from kg.read.newsletter import read_newsletter
from kg.read.single import read_single


def split(source: Source, layouts: Sequence[Layout] | None = None) -> Report:
    """The report that a source is: its items in order, and in ``warnings`` what the reader should look at."""
    if isinstance(source, Feed):
        return split_feed(source)
    for layout in load_all() if layouts is None else layouts:
        if layout.fits(source.text):
            report = read_newsletter(source, layout)
            if report is not None:
                return report
            reason = f"{source.name} looks like {layout.name}, but no items are marked so: it is read as one item."
            return read_single(source, (reason,))
    return read_single(source)
