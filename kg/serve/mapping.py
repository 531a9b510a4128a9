"""Maps for the workbench, as a job of ``kg.serve.pool``: what the address asks for → the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.graph.store import Store
from kg.maps import Request, draw
from kg.maps.drawing import Lang
from kg.maps.presets import Name
from kg.query.entity import one
from kg.serve.pool import TooLarge


def mapped(
    store: Store,
    names: Sequence[str],
    chain: str,
    path: str,
    to: str,
    hops: int,
    question: str,
    given: Mapping[str, str],
    preset: Name,
    since: str,
    lang: Lang,
    pages: str,
    most: int,
) -> str:
    """The page of a map; entities go by name or address. QueryError where a name isn't known or could be several.

    Nothing is kept: the workbench is there to look, and names lie where ``kg map`` left them last.
    """
    chain, path, to = (one(store, name).iri if name else "" for name in (chain, path, to))
    named = tuple(dict.fromkeys(one(store, name).iri for name in names))
    request = Request(named, hops, question, given, chain, to, path, preset=preset, since=since)
    html = draw(store, request, lang, pages=pages).html
    if len(html.encode()) > most:
        raise TooLarge("this map is too big for a page: ask for names, a question or a preset, or use kg map -o FILE")
    return html
