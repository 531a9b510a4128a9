"""What resolution found in a report, kept as it was before people's judgements.

The graph has what the judgements made of it; from this it can be made again when a judgement is added, changed or
taken back, without reading the report once more. Texts aren't kept twice: of an item's passage nothing is here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from kg.items import Item, ItemFacts, Passage

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_NO_TEXT = Passage("", ())


@cache
def _codec() -> TypeAdapter[list[ItemFacts]]:
    from pydantic import TypeAdapter

    return TypeAdapter(list[ItemFacts])


def pack(facts: Sequence[ItemFacts]) -> tuple[str, bytes]:
    """The digest of what was found, and it as bytes."""
    kept = [replace(said, item=bare(said.item), warnings=[]) for said in facts]
    data = _codec().dump_json(kept, exclude_defaults=True)
    return digest(data), data


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def bare(item: Item) -> Item:
    """An item without its text: what the graph is built of."""
    return replace(item, passage=_NO_TEXT, parts=(), stands=item.extent)


def unpack(data: bytes) -> list[ItemFacts]:
    """What was packed; its items have no text."""
    return _codec().validate_json(data)
