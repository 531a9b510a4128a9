"""Documents to quads, each on its own: what a worker of any kind calls, here or on a cluster.

A document is a report of one item. Its IRIs come from its own id, and nothing that another document says touches it,
so that a million of them can be read in any order, on any machine, and give the same quads. What needs all of them,
the default graph, is worked out when they are loaded (``kg.graph.load``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from kg import ids
from kg.errors import KgError, ReadError
from kg.items import squeeze

if TYPE_CHECKING:
    from spacy.language import Language

#: What a document may say of itself; other keys are left.
FIELDS = ("id", "title", "text", "commentary", "date", "publisher", "source", "link", "section", "page")
_ADDRESS = re.compile(r"https?://\S+")
# what surrogateescape makes of bytes that are no UTF-8
_UNDECODED = re.compile("[\udc80-\udcff]")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d")

#: A digest, and what it is of.
Kept = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a document gave."""

    id: str
    quads: bytes  # N-Quads of its own graphs
    count: int
    characters: int
    text: Kept  # as kg.graph.sources keeps it
    found: Kept  # as kg.graph.resolved keeps it


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that gave nothing, and why."""

    place: str
    reason: str
    document: str  # as it came


def extract(
    documents: Iterable[tuple[str, str | Mapping[str, Any]]], name: str, model: str | None = None
) -> Iterator[Extracted | Failed]:
    """What documents say, one by one: pairs of a place (for people) and a JSON object or mapping.

    ``name`` is that of their collection: it heads the ids of those that have none, and stands as their file's name.
    """
    from kg import run

    iri = ids.run(run.run_digest(model))
    for place, document in documents:
        try:
            yield _extracted(place, document, name, model, iri)
        except KgError as fault:
            yield Failed(place, str(fault), _shown(document))
        except Exception as fault:  # one document is no reason to lose the others
            yield Failed(place, f"{type(fault).__name__}: {fault}", _shown(document))


@cache
def pipeline(model: str | None = None) -> Language:
    """The pipeline of this process."""
    from kg import run

    return run.load(model)


def _shown(document: str | Mapping[str, Any]) -> str:
    if isinstance(document, str):
        return document.rstrip("\n")
    return json.dumps(document, ensure_ascii=False, default=str)


def canonical(place: str, document: str | Mapping[str, Any], name: str) -> dict[str, Any]:
    """The document's fields in one form, whatever they came from: the same document gives the same quads."""
    if isinstance(document, str):
        if _UNDECODED.search(document):
            raise ReadError(f"{place}: this isn't UTF-8; save the file as UTF-8.")
        try:
            document = json.loads(document)
        except (ValueError, RecursionError) as fault:
            from kg.read.jsonl import faulty

            raise ReadError(f"{place}: this is no JSON object ({faulty(fault)}); put one on each line.") from fault
        if not isinstance(document, dict):
            raise ReadError(f"{place}: this is no JSON object; put one on each line.")
    found = {key: document[key] for key in FIELDS if document.get(key) not in (None, "")}
    day = found.get("date")
    if isinstance(day, datetime | date):
        found["date"] = day.isoformat()[:10]
    elif isinstance(day, str) and (match := _MOMENT.match(day)):
        found["date"] = match[1]
    source = found.pop("source", None)
    # an address is where it stood, anything else is whose it is
    if isinstance(source, str) and _ADDRESS.fullmatch(source.strip()):
        found.setdefault("link", source)
    elif source is not None:
        found.setdefault("publisher", source)
    if "id" not in found:
        mark = squeeze(str(found.get("link") or f"{found.get('title')} {found.get('date') or ''}"))
        found["id"] = f"{ids.key(name)}-{hashlib.sha256(mark.encode(errors='replace')).hexdigest()[:16]}"
    if "publisher" in found:
        found["source"] = found.pop("publisher")  # as a feed calls it
    return found


def _extracted(place: str, document: str | Mapping[str, Any], name: str, model: str | None, iri: str) -> Extracted:
    import pyoxigraph

    from kg import run
    from kg.graph import build, resolved, sources
    from kg.read import jsonl

    line = json.dumps(canonical(place, document, name), ensure_ascii=False, sort_keys=True)
    feed = replace(_placed(place, line), name=f"{name}.jsonl")
    report = jsonl.split_feed(feed)
    item = report.items[0]
    if len(item.passage.text) > run.LONGEST_ITEM:
        raise ReadError(
            f"{place}: it has {len(item.passage.text):,} characters, and a piece of news has"
            f" {run.LONGEST_ITEM:,} at most."
        )
    report = replace(report, id=item.id, title=item.title)
    facts = run.facts(report, pipeline(model))
    text, packed = sources.pack(feed)
    digest, found = resolved.pack(facts)
    quads = list(dict.fromkeys(build.quads(report, facts, iri, text, digest)))
    written = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS) or b""
    return Extracted(
        item.id, written, len(quads), len(item.passage.text), (text, packed.decode()), (digest, found.decode())
    )


def _placed(place: str, line: str) -> Any:
    from kg.read import jsonl

    try:
        data = line.encode()
    except UnicodeEncodeError as fault:
        raise ReadError(f"{place}: it holds half a character ({fault.reason}); write it whole.") from fault
    try:
        return jsonl.read(place, data)
    except ReadError as fault:
        raise ReadError(str(fault).replace(f"{place}, line 1", place)) from fault
