"""Paths: what is packed with regkg, and where the store is."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def asset(*parts: str) -> Path:
    """A file or folder of ontology/, data/ or viz/: packed into the wheel, beside the package in a checkout."""
    packed = _PACKAGE / "_assets"
    return (packed if packed.is_dir() else _PACKAGE.parent).joinpath(*parts)


def default_store() -> Path:
    """Where the store is when neither --store nor KG_STORE says so."""
    return Path(os.environ.get("KG_STORE") or Path(platformdirs.user_data_dir("regkg", appauthor=False)) / "store")
