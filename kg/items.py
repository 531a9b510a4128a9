"""The records that the stages hand on, left to right. This module imports no stage.

Three coordinate systems meet here, and are kept apart by name:

* *source offsets* count the characters of ``Source.text``, which is what was read and is stored unchanged;
  every claim is cited in them;
* *text offsets* count the characters of a ``Passage.text``, the repaired text that extraction sees;
  ``Passage.offsets`` maps each of them back to a source offset;
* *pages* are the numbers printed in the report where it prints them, else counted from 1.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

EntityType = Literal["Regulator", "Instrument", "Publication", "Company", "Organization", "Person"]
ENTITY_TYPES: tuple[EntityType, ...] = (
    "Regulator",
    "Instrument",
    "Publication",
    "Company",
    "Organization",
    "Person",
)
RELATIONS = (
    "issuedBy",
    "draftedBy",
    "basedOn",
    "amends",
    "acquires",
    "investsIn",
    "subsidiaryOf",
    "partOf",
    "agreementWith",
    "sues",
    "customerOf",
    "officerOf",
)
#: what a claim may state of a deal that has no other party
PARTIES = ("investee", "target")
DOCUMENT_STATUS = ("planned", "draft", "consultation", "issued", "in-force", "repealed")
DEAL_STATUS = ("rumoured", "in-talks", "proposed", "announced", "completed", "terminated")
#: What people's decisions make of a claim.
Reviewed = Literal["accepted", "fixed", "added"]
QUALIFIERS = ("exact", "about", "at-least", "up-to")


class Said(StrEnum):
    """Who speaks where a claim stands: the local names of the concepts of ``said:``."""

    HEADLINE = "headline"
    SUMMARY = "summary"
    COMMENTARY = "commentary"  # the law firm's own words (短评)
    HEARSAY = "hearsay"  # the item passes on what others are said to say (据知情人士)


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page starts in ``Source.text`` and the number that it bears."""

    start: int
    number: int


@dataclass(frozen=True, slots=True)
class Source:
    """What was read from one file, unrepaired."""

    name: str  # the file's name, for people
    digest: str  # SHA-256 of the file's bytes, hex
    format: str  # txt, pdf, docx, html, md, jsonl
    text: str
    pages: tuple[Page, ...] = ()  # ascending; empty where the format has no pages
    title: str | None = None  # from the file's metadata
    issued: date | None = None  # from the file's metadata
    link: str | None = None  # from the file's metadata (an HTML page's canonical address)

    def page_at(self, offset: int) -> int | None:
        """The page that a source offset lies on; None where no pages are known."""
        number = None
        for page in self.pages:
            if page.start > offset:
                break
            number = page.number
        return number


@dataclass(frozen=True, slots=True)
class Passage:
    """Repaired text in which every character knows where it came from.

    ``offsets[i]`` is the source offset of ``text[i]``; a character put in by the repair (a space between two
    Latin words of joined lines) has the offset of what it replaced. Offsets never decrease.
    ``breaks`` are the text offsets before which something other than white space was taken out (a running
    header, a page number, a link in the footer): no quotation runs across them.
    """

    text: str
    offsets: Sequence[int]
    breaks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.text) != len(self.offsets):
            raise ValueError(f"{len(self.text)} characters but {len(self.offsets)} offsets")

    @classmethod
    def verbatim(cls, text: str, start: int = 0) -> Passage:
        """Text that needed no repair and stands at ``start`` of the source."""
        return cls(text, array("L", range(start, start + len(text))))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of ``text[start:end]``; the span must not be empty."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such span: {start}-{end} of {len(self.text)}")
        return self.offsets[start], self.offsets[end - 1] + 1

    def unbroken(self, start: int, end: int, around: int) -> tuple[int, int]:
        """The part of ``text[start:end]`` around one offset in it that has no break inside."""
        for cut in self.breaks:
            if start < cut <= around:
                start = cut
            elif around < cut < end:
                end = cut
                break
        return start, end


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an item's text and who speaks in it; text offsets, end exclusive."""

    start: int
    end: int
    said: Said


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news of a report. ``passage`` holds headline and body, paragraphs apart by a newline."""

    id: str  # 2024-08-deals-1; unique in a store, stable from build to build
    title: str
    passage: Passage
    parts: tuple[Part, ...]
    section: str | None = None
    issued: date | None = None
    publisher: str | None = None  # the source line (来源)
    link: str | None = None
    page: int | None = None  # the page on which its headline stands
    stands: tuple[int, int] | None = None  # of an item without its text: from which source offset to which it goes

    @property
    def extent(self) -> tuple[int, int] | None:
        """The source offsets between which its text stands; None where nobody knows any more (an older store)."""
        offsets = self.passage.offsets
        return (offsets[0], offsets[-1] + 1) if len(offsets) else self.stands

    def said_at(self, offset: int) -> Said:
        for part in self.parts:
            if part.start <= offset < part.end:
                return part.said
        return Said.SUMMARY


@dataclass(frozen=True, slots=True)
class Report:
    """One edition of a newsletter, or a document of its own, with its items."""

    id: str  # 2024-08
    title: str
    source: Source
    items: tuple[Item, ...]
    issued: date | None = None  # a month is its first day
    layout: str | None = None  # the name of the layout that it fits
    warnings: tuple[str, ...] = ()  # one sentence each, for people


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in an item's text (text offsets), and what the document says that it stands for."""

    start: int
    end: int
    text: str
    type: EntityType
    full: str | None = None  # the form that this one abbreviates in this document
    reason: str = ""  # which rule or model found it


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sentence says of a deal. Amounts are in units of the currency, a stake is a share of 1."""

    status: str | None = None  # one of DEAL_STATUS
    amount: Decimal | None = None
    amount_text: str | None = None
    currency: str | None = None  # ISO 4217
    qualifier: str | None = None  # one of QUALIFIERS
    stake: Decimal | None = None
    valuation: Decimal | None = None
    round: str | None = None  # as the text has it: A轮, Pre-A轮, Series B
    lead: bool = False
    announced: str | None = None  # ISO 8601: a day, a month or a year
    completed: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation that a sentence states between two mentions of an item (their places in the list)."""

    type: str  # one of RELATIONS
    subject: int
    object: int
    start: int  # the evidence, in text offsets
    end: int
    cue: int  # a text offset within the evidence: where the word stands that says so
    said: Said
    rule: str
    confidence: float
    terms: Terms | None = None
    role: str | None = None  # of officerOf, as the text has it
    date: str | None = None  # ISO 8601, of the fact
    headline: bool = False  # a headline's words yield to those of the text


@dataclass(frozen=True, slots=True)
class Document:
    """What an item says of one instrument or publication beside its relations."""

    mention: int
    kind: str | None = None  # a local name of kinds.ttl: negative-list
    status: str | None = None  # one of DOCUMENT_STATUS
    issued: str | None = None  # ISO 8601
    effective: str | None = None
    number: str | None = None  # 文号, or a standard's number
    start: int = 0  # the evidence, in text offsets; end 0: none of its own
    end: int = 0


@dataclass(frozen=True, slots=True)
class Raise:
    """A financing round of a firm as one sentence tells it, whoever invests; ``mention`` None: the item's only one.

    With ``told`` the words tell the deal by themselves: it is one even where nobody says who invests. ``bought`` is
    a firm whose purchase is told without a buyer.
    """

    mention: int | None
    terms: Terms
    headline: bool = False
    told: bool = False
    bought: bool = False
    start: int = 0  # the evidence, in text offsets
    end: int = 0
    cue: int = 0
    said: Said = Said.SUMMARY
    rule: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Unused:
    """A sentence with a word for a deal or an issue (text offsets; ``cue``: where it stands) that gave no relation."""

    start: int
    end: int
    cue: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that extraction found in one item."""

    item: Item
    mentions: tuple[Mention, ...]
    relations: tuple[Relation, ...]
    documents: tuple[Document, ...] = ()
    raises: tuple[Raise, ...] = ()
    warnings: tuple[str, ...] = ()
    unused: tuple[Unused, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    lang: str | None = None  # zh, zh-Hant, en; None where unknown


@dataclass(frozen=True, slots=True)
class Met:
    """A form by which an item names an entity, and why it was taken for that entity."""

    form: str
    reason: str
    instead_of: str | None = None  # the IRI that resolution gave, where people judged otherwise


@dataclass(slots=True)
class Entity:
    """What a mention was resolved to, with what the item says of it."""

    iri: str
    type: EntityType
    label: Label
    labels: tuple[Label, ...] = ()  # preferred labels in other languages
    aliases: tuple[Label, ...] = ()  # every other form met or known
    reason: str = ""  # why these mentions are this entity
    kind: str | None = None
    status: str | None = None
    issued: str | None = None
    effective: str | None = None
    number: str | None = None
    place: str | None = None  # where an instrument applies, an organisation sits: its name
    met: tuple[Met, ...] = ()


@dataclass(slots=True)
class Deal:
    """A transaction as one item tells it. All parties are entity IRIs."""

    iri: str
    type: Literal["Deal", "Acquisition", "FundingRound"]
    terms: Terms
    buyer: str | None = None
    target: str | None = None
    investors: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    investee: str | None = None
    part_of: str | None = None  # an investor's own deal within a round whose status differs from his


@dataclass(frozen=True, slots=True)
class Claim:
    """One relation with the words that state it; source offsets.

    A deal with one known party (a round whose investors nobody names) is stated by a claim of its own: the deal,
    ``investee`` or ``target``, the party.
    """

    subject: str
    relation: str  # one of RELATIONS, or of PARTIES
    object: str
    quote: str  # equal to source.text[start:end] but for white space
    start: int
    end: int
    said: Said
    rule: str
    confidence: float
    page: int | None = None
    deal: str | None = None
    role: str | None = None
    date: str | None = None
    subject_form: str | None = None  # the names that the sentence has for the two: what a judgement on a name goes by
    object_form: str | None = None
    reviewed: Reviewed | None = None  # what people decided on it
    reviewed_by: str | None = None  # who, and when
    key: str = ""  # by which decisions know it; given only while somebody decides


@dataclass(frozen=True, slots=True)
class OpenSentence:
    """A sentence with a word for a deal or an issue of which no relation was read; source offsets."""

    quote: str  # equal to source.text[start:end] but for white space
    start: int
    end: int
    page: int | None = None


@dataclass(slots=True)
class ItemFacts:
    """What goes into the named graph of one item."""

    item: Item
    entities: list[Entity] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    open_sentences: list[OpenSentence] = field(default_factory=list)


def squeeze(text: str) -> str:
    """Text without its white space: quotes are compared so, since line ends are the layout's and not the author's."""
    return re.sub(r"\s+", "", text)
