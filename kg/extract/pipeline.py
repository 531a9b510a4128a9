"""The spaCy pipeline: a component a step, each leaving its result where the next finds it.

``doc.ents`` are the mentions, ``doc._.mentions`` the same with their reasons and full forms, ``doc._.found`` the
relations. Any installed spaCy pipeline whose entities bear our labels or the usual ones (ORG, GPE, PERSON, LAW) can
be put in place of our recogniser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.errors import UsageError
from kg.extract import abbreviations, confidence, documents, kinds, names, nesting, opinion, relations, support, unused
from kg.extract.gazetteer import Gazetteer, known_names
from kg.extract.lac import load as load_lac
from kg.extract.plain import simplify, widen
from kg.extract.recogniser import Guess, Recogniser, clues, model_path
from kg.extract.tokenizer import Tokenizer
from kg.items import EntityType, Mention
from kg.reference import Reference

# what other people's pipelines call what we look for
_FOREIGN: dict[str, EntityType] = {
    "ORG": "Organization",
    "PERSON": "Person",
    "PER": "Person",
    "LAW": "Instrument",
    "WORK_OF_ART": "Publication",
    "Regulator": "Regulator",
    "Instrument": "Instrument",
    "Publication": "Publication",
    "Company": "Company",
    "Organization": "Organization",
    "Person": "Person",
}

for _name, _default in (
    ("raw", ""),  # the text: doc.text puts it together from the tokens each time
    ("plain", ""),
    ("told", None),
    ("guesses", None),
    ("clues", None),
    ("mentions", None),
    ("found", None),
    ("documents", ()),
):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=_default)


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer(known_names(Reference.load()))


_UNIONS = frozenset(("欧盟", "歐盟", "EU"))  # where it does nothing it says where, as a country does


@cache
def _known() -> frozenset[str]:
    return frozenset(Reference.load().strong)


@Language.component("kg_plain")
def plain(doc: Doc) -> Doc:
    doc._.raw = widen(doc._.raw or doc.text)
    doc._.plain = simplify(doc._.raw)
    doc._.clues = clues(doc._.plain, load_lac(), gazetteer())
    return doc


@Language.factory("kg_recogniser")
def make_recogniser(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    recogniser = Recogniser(model_path())

    def recognise(doc: Doc) -> Doc:
        doc._.guesses = recogniser(doc, doc._.plain, doc._.clues)
        return doc

    return recognise


@Language.factory("kg_foreign", default_config={"model": ""})
def make_foreign(nlp: Language, name: str, model: str) -> Callable[[Doc], Doc]:
    try:
        other = spacy.load(model)
    except OSError:
        raise UsageError(
            f"There is no spaCy pipeline called {model}: install it with pip, or leave out --model."
        ) from None

    def recognise(doc: Doc) -> Doc:
        doc._.guesses = [
            Guess(ent.start_char, ent.end_char, _FOREIGN[ent.label_], 0.8)
            for ent in other(doc._.raw).ents
            if ent.label_ in _FOREIGN
        ]
        return doc

    return recognise


@Language.component("kg_names")
def find_names(doc: Doc) -> Doc:
    found = names.find(doc, doc._.guesses or [], doc._.clues)
    doc._.mentions = found
    return doc


@Language.component("kg_abbreviations")
def find_abbreviations(doc: Doc) -> Doc:
    # 《条例》 that no title in the text explains is nobody's in particular
    settled = abbreviations.settle(doc._.raw, doc._.mentions, _known(), doc._.clues.tagged)
    doc._.mentions = [m for m in settled if m.full or m.type != "Instrument" or not kinds.is_bare(m.text)]
    spans: list[Span] = []
    for mention in doc._.mentions:
        span = doc.char_span(mention.start, mention.end, label=mention.type, alignment_mode="expand")
        if span is not None and (not spans or span.start >= spans[-1].end):
            spans.append(span)
    doc.ents = spans
    return doc


@Language.component("kg_relations")
def find_relations(doc: Doc) -> Doc:
    told: date | None = doc._.told
    doc._.found = relations.find(doc._.raw, doc._.plain, doc._.mentions, told)
    return doc


@Language.component("kg_opinion")
def second_opinion(doc: Doc) -> Doc:
    doc._.found = opinion.look(doc._.plain, doc._.clues.tagged, doc._.mentions, doc._.found)
    return doc


@Language.component("kg_support")
def drop_unsupported(doc: Doc) -> Doc:
    """Leave out the names that the model alone saw, unless they are a party to a deal or an agreement."""
    found: relations.Found = doc._.found
    mentions: list[Mention] = doc._.mentions
    held = {"acquires", "investsIn", "subsidiaryOf", "agreementWith", "sues", "customerOf"}
    parties = {place for r in found.relations if r.type in held for place in (r.subject, r.object)}
    parties |= {r.mention for r in found.raises if r.mention is not None}
    names_ = {mentions[place].text for place in parties}
    # a country is a body where it acts, and a place elsewhere
    acts = held | {"issuedBy", "draftedBy"}
    actors = {mentions[place].text for r in found.relations if r.type in acts for place in (r.subject, r.object)}
    held_places = {p for r in found.relations for p in (r.subject, r.object)}
    held_places |= {r.mention for r in found.raises if r.mention is not None}
    weak = support.unsupported(doc._.raw, mentions, doc._.guesses or (), held_places)
    listed = support.listed(doc._.raw, mentions)
    kept = [
        i
        for i, m in enumerate(mentions)
        if i not in weak
        and (m.reason != "doubt" or m.text in names_ or m.text in listed)
        and (m.reason != "place" or (m.text in actors and not Reference.load().find_place(m.text)))
        and (m.text not in _UNIONS or m.text in actors)
    ]
    if len(kept) == len(mentions):
        return doc
    place_of = {old: new for new, old in enumerate(kept)}
    doc._.mentions = [mentions[i] for i in kept]
    found.relations = [
        replace(r, subject=place_of[r.subject], object=place_of[r.object])
        for r in found.relations
        if r.subject in place_of and r.object in place_of
    ]
    found.raises = [
        replace(r, mention=None if r.mention is None else place_of[r.mention])
        for r in found.raises
        if r.mention is None or r.mention in place_of
    ]
    there = set(doc.ents)  # made anew each time that they are asked for
    doc.ents = [
        span
        for m in doc._.mentions
        if (span := doc.char_span(m.start, m.end, label=m.type, alignment_mode="expand")) is not None and span in there
    ]
    return doc


@Language.component("kg_nesting")
def find_nested(doc: Doc) -> Doc:
    mentions, further = nesting.find(doc._.raw, doc._.plain, doc._.mentions, Reference.load(), gazetteer())
    doc._.mentions = [*doc._.mentions, *mentions]
    doc._.found.relations += further
    return doc


@Language.component("kg_confidence")
def settle_confidence(doc: Doc) -> Doc:
    found: relations.Found = doc._.found
    sure = confidence.settle(doc._.raw, doc._.mentions, doc._.guesses or (), found.relations)
    found.relations = [replace(r, confidence=p) for r, p in zip(found.relations, sure, strict=True)]
    return doc


@Language.component("kg_unused")
def find_unused(doc: Doc) -> Doc:
    doc._.found.unused = unused.find(doc._.plain, doc._.found)
    return doc


@Language.component("kg_documents")
def find_documents(doc: Doc) -> Doc:
    doc._.documents = documents.find(doc._.raw, doc._.plain, doc._.mentions, doc._.found, doc._.told)
    return doc


def load(model: str | None = None) -> Language:
    """The pipeline, with an installed spaCy pipeline in place of our recogniser where ``model`` names one."""
    nlp = spacy.blank("xx")
    nlp.max_length = 10_000_000
    nlp.tokenizer = Tokenizer(nlp.vocab)
    nlp.add_pipe("kg_plain")
    if model:
        nlp.add_pipe("kg_foreign", config={"model": model})
    else:
        nlp.add_pipe("kg_recogniser")
    nlp.add_pipe("kg_names")
    nlp.add_pipe("kg_abbreviations")
    for step in (
        "kg_relations",
        "kg_opinion",
        "kg_support",
        "kg_nesting",
        "kg_confidence",
        "kg_unused",
        "kg_documents",
    ):
        nlp.add_pipe(step)
    return nlp


def run(nlp: Language, text: str, told: date | None) -> Doc:
    """The document with its mentions and relations; ``told`` is the day of the item."""
    doc = nlp.make_doc(text)
    doc._.told = told
    doc._.raw = text
    return nlp(doc)
