"""Stable IRIs from natural keys: the same name gives the same IRI on any machine.

A key is the id of a row of the reference data, else type and normalised name. Chinese stays readable: these are
IRIs, not URIs.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

BASE = "https://w3id.org/regkg/id/"

# what RFC 3987 forbids in a path segment, what reads badly there, and what ends the segment
_NOT_IN_A_KEY = re.compile(r"[\s\x00-\x20\x7f-\xa0\"<>{}|\\^`/?#%&\[\]()（）《》〈〉“”‘’'【】·・,，、.。;；:：!！+=*]+")
_LONGEST = 80
_NO_CHARACTERS = {"Cc", "Cf", "Co", "Cs", "Cn"}


def normalise(name: str) -> str:
    """The form in which names are compared: width, case, brackets, spaces and punctuation don't tell them apart."""
    name = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s《》〈〉“”\"'‘’·・,.，。()\[\]\-—–_:：;；、]+", "", name)


def key(name: str) -> str:
    """A name as a path segment. Longer ones end in a digest of the whole, so that two never share one."""
    name = unicodedata.normalize("NFKC", name).casefold().strip()
    # controls and what stands for a letter that couldn't be read are no characters of an IRI
    name = "".join(" " if unicodedata.category(c) in _NO_CHARACTERS or c == "\ufffd" else c for c in name)
    slug = _NOT_IN_A_KEY.sub("-", name).strip("-")
    if not slug or len(slug) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()[:12]
        slug = f"{slug[: _LONGEST - 13]}-{digest}" if slug else digest
    return slug


def entity(type_: str, name: str) -> str:
    return f"{BASE}entity/{type_.lower()}/{key(normalise(name) or name)}"


def reference(id_: str) -> str:
    return f"{BASE}entity/{id_}"


def item(id_: str) -> str:
    return f"{BASE}item/{id_}"


def report(id_: str) -> str:
    return f"{BASE}report/{id_}"


def _tail(iri: str) -> str:
    return iri.removeprefix(BASE + "entity/").replace("/", "~")


def acquisition(buyer: str, target: str) -> str:
    """A deal's key is its buyer and target, so that it stays one node from rumour to close."""
    return f"{BASE}deal/{_tail(buyer)}--{_tail(target)}"


def funding_round(investee: str, round_: str | None) -> str:
    """A round's key is its company and round; A+ is another round than A."""
    return f"{BASE}round/{_tail(investee)}--{key(round_.replace('+', '-plus')) if round_ else 'round'}"


def purchase(target: str) -> str:
    """What is bought where nobody says by whom."""
    return f"{BASE}deal/--{_tail(target)}"


def participation(round_iri: str, investor: str) -> str:
    return f"{round_iri}--{_tail(investor)}"


def holding(investor: str, investee: str) -> str:
    """Shares held, of which nobody says in which round they were bought."""
    return f"{BASE}deal/{_tail(investor)}--{_tail(investee)}--shares"


def claim(item_id: str, subject: str, relation: str, object_: str, start: int) -> str:
    digest = hashlib.sha256("\x1f".join((subject, relation, object_, str(start))).encode()).hexdigest()[:16]
    return f"{BASE}claim/{item_id}/{digest}"


def mention(item_id: str, entity_iri: str, *what: str) -> str:
    digest = hashlib.sha256("\x1f".join((entity_iri, *what)).encode()).hexdigest()[:16]
    return f"{BASE}mention/{item_id}/{digest}"


def sentence(item_id: str, start: int, end: int) -> str:
    return f"{BASE}sentence/{item_id}/{start}-{end}"


def run(digest: str) -> str:
    return f"{BASE}run/{digest}"
