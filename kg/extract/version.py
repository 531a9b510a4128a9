"""Which rules and model an extraction was made by: what tells a changed text from changed rules."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from kg.settings import asset

_FOLDERS = ("data/patterns", "data/model")
_CODE = ("extract",)


@cache
def version(model: str | None = None) -> str:
    """A digest of the patterns, the model and the code that decide what is found in a text; 12 hex digits."""
    digest = hashlib.sha256((model or "").encode())
    package = Path(__file__).resolve().parents[1]
    files = [p for folder in _FOLDERS for p in sorted(asset(*folder.split("/")).glob("*")) if p.is_file()]
    files += [p for folder in _CODE for p in sorted((package / folder).glob("*.py"))]
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
