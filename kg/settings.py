"""Paths: what is packed with regkg, and where the store is."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

#: In a store: the judgements that it has obeyed last.
OBEYED = "judged.csv"
_PACKAGE = Path(__file__).resolve().parent


def asset(*parts: str) -> Path:
    """A file or folder of ontology/, data/ or viz/: packed into the wheel, beside the package in a checkout."""
    packed = _PACKAGE / "_assets"
    return (packed if packed.is_dir() else _PACKAGE.parent).joinpath(*parts)


def judgements_of(store: Path | str) -> Path:
    """The judgements on a store lie beside it, so that they outlive it."""
    path = Path(os.path.abspath(store))
    return path.with_name(f"{path.name}.judgements.csv")


def default_store() -> Path:
    """Where the store is when neither --store nor KG_STORE says so."""
    return Path(os.environ.get("KG_STORE") or Path(platformdirs.user_data_dir("regkg", appauthor=False)) / "store")
