"""The words of data/patterns/words.yml, compiled."""

from __future__ import annotations

import re
from functools import cache

import yaml

from kg.settings import asset


@cache
def _lists() -> dict[str, list[str]]:
    data: dict[str, list[str]] = yaml.safe_load(asset("data", "patterns", "words.yml").read_text(encoding="utf-8"))
    return data


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The forms of one list, any of them."""
    return re.compile("|".join(_lists()[name]), re.IGNORECASE if name in ("court",) else 0)


@cache
def each(name: str) -> tuple[re.Pattern[str], ...]:
    """The forms of one list, one by one: where they name groups."""
    return tuple(re.compile(form) for form in _lists()[name])


@cache
def table(name: str) -> frozenset[str]:
    """The words of one list."""
    return frozenset(_lists()[name])
