"""Names, relations and documents in an item's text. ``pipeline.load()`` makes what ``extract`` needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.items import Extraction, Item

if TYPE_CHECKING:
    from spacy.language import Language


def extract(item: Item, nlp: Language) -> Extraction:
    """All that an item's text states, with text offsets."""
    from dataclasses import replace

    from kg.extract import pipeline
    from kg.items import Said

    doc = pipeline.run(nlp, item.passage.text, item.issued)
    found = doc._.found
    relations = []
    for relation in found.relations:
        said = item.said_at(relation.start)
        if relation.said is Said.HEARSAY and said is Said.SUMMARY:
            said = Said.HEARSAY
        relations.append(replace(relation, said=said))
    raises = [
        raised
        if raised.said is Said.HEARSAY and item.said_at(raised.start) is Said.SUMMARY
        else replace(raised, said=item.said_at(raised.start))
        for raised in found.raises
    ]
    return Extraction(
        item,
        tuple(doc._.mentions),
        tuple(relations),
        tuple(doc._.documents),
        tuple(raises),
        tuple(found.warnings),
        tuple(found.unused),
    )
