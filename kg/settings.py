"""Paths: what is packed with regkg, and where the store is."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import platformdirs

from kg.address import Address, address, is_address
from kg.errors import UsageError

#: In a store: the judgements that it has obeyed last.
OBEYED = "judged.csv"
_PACKAGE = Path(__file__).resolve().parent

#: Where a store is: a folder, or a SPARQL server's address.
Place: TypeAlias = Path | Address


def asset(*parts: str) -> Path:
    """A file or folder of ontology/, data/ or viz/: packed into the wheel, beside the package in a checkout."""
    packed = _PACKAGE / "_assets"
    return (packed if packed.is_dir() else _PACKAGE.parent).joinpath(*parts)


def judgements_of(store: Place | str) -> Path:
    """The judgements on a store lie beside it, so that they outlive it; those on a server's, among the user's data."""
    place = store_at(store)
    if isinstance(place, Address):
        return place.judgements or _user_data() / "servers" / f"{place.slug}.judgements.csv"
    path = Path(os.path.abspath(place))
    return path.with_name(f"{path.name}.judgements.csv")


def store_at(given: Place | str | None = None, judgements: Path | None = None) -> Place:
    """The store that somebody names; else that of KG_STORE, else the user's own.

    ``judgements`` is the file of those on a server's store; a folder has its own beside it.
    """
    named: Place | str = given or os.environ.get("KG_STORE") or _user_data() / "store"
    place = named if isinstance(named, Address) else address(str(named)) if is_address(named) else Path(named)
    if judgements is None:
        return place
    if isinstance(place, Path):
        raise UsageError("--judgements goes with a store on a server: those on a folder lie beside it")
    return replace(place, judgements=judgements)


def handed_on(place: Place | str) -> str:
    """A place in words, for another process of ours: with the password, and so never to be shown."""
    found = store_at(place)
    return found.secret if isinstance(found, Address) else str(found.resolve())


def _user_data() -> Path:
    return Path(platformdirs.user_data_dir("regkg", appauthor=False))


def maps_of(store: Place | str) -> Path:
    """The folder of a store's kept pictures lies beside it too: what a reader has learnt outlives a rebuild."""
    path = judgements_of(store)
    return path.with_name(path.name.removesuffix(".judgements.csv") + ".maps")


def watch_of(store: Place | str) -> Path:
    """The folder of what kg watch fetched for a store lies beside it: made anew, the store is filled from it."""
    path = judgements_of(store)
    return path.with_name(path.name.removesuffix(".judgements.csv") + ".watch")
