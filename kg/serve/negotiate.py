"""Which form an answer has: by the Accept header, or by the name of a form in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.errors import KgError


class NotAcceptable(KgError):
    """None of the forms that there are is one that was asked for."""

    status = 406


@dataclass(frozen=True, slots=True)
class Form:
    """A form of an answer: a name for addresses, its media types (the first is its own), the suffix of a file."""

    name: str
    types: tuple[str, ...]
    suffix: str


#: What a SELECT and an ASK come in, the first where nothing is asked for.
RESULTS = (
    Form("json", ("application/sparql-results+json", "application/json", "text/json"), ".srj"),
    Form("xml", ("application/sparql-results+xml", "application/xml", "text/xml"), ".srx"),
    Form("csv", ("text/csv",), ".csv"),
    Form("tsv", ("text/tab-separated-values",), ".tsv"),
)
#: What a graph comes in.
GRAPHS = (
    Form("turtle", ("text/turtle", "application/x-turtle"), ".ttl"),
    Form("ntriples", ("application/n-triples", "text/plain"), ".nt"),
    Form("jsonld", ("application/ld+json", "application/json"), ".jsonld"),
    Form("rdfxml", ("application/rdf+xml", "application/xml", "text/xml"), ".rdf"),
    Form("trig", ("application/trig",), ".trig"),
    Form("nquads", ("application/n-quads",), ".nq"),
    Form("n3", ("text/n3", "text/rdf+n3"), ".n3"),
)
HTML = Form("html", ("text/html", "application/xhtml+xml"), ".html")
_OTHER_NAMES = {"ttl": "turtle", "nt": "ntriples", "json-ld": "jsonld", "rdf": "rdfxml", "rdf+xml": "rdfxml",
                "nq": "nquads", "srj": "json", "srx": "xml"}  # fmt: skip
_TEXT = ("text/", "application/n-triples", "application/n-quads", "application/trig")


@dataclass(frozen=True, slots=True)
class Chosen:
    form: Form
    type: str

    @property
    def content_type(self) -> str:
        return f"{self.type}; charset=utf-8" if self.type.startswith(_TEXT) else self.type


def choose(accept: str | None, forms: Sequence[Form]) -> Chosen | None:
    """The form that a client likes best, of equals the first of ours; None where it wants none of them."""
    ranges = _ranges(accept)
    best: tuple[float, Chosen] | None = None
    for form in forms:
        for type_ in form.types:
            liking = _liking(type_, ranges)
            if liking > 0 and (best is None or liking > best[0]):
                best = liking, Chosen(form, type_)
    return best[1] if best else None


def named(name: str, forms: Sequence[Form]) -> Chosen | None:
    """The form of a name, a suffix or a media type."""
    name = name.strip().casefold().removeprefix(".")
    name = _OTHER_NAMES.get(name, name)
    for form in forms:
        if name == form.name or name in form.types:
            return Chosen(form, form.types[0] if name == form.name else name)
    return None


def refusal(forms: Sequence[Form]) -> NotAcceptable:
    return NotAcceptable(f"this comes as {', '.join(form.types[0] for form in forms)}: ask for one of them")


def _ranges(accept: str | None) -> Mapping[str, float]:
    """Media ranges and how much they are wanted. What can't be read is left out, as if it hadn't been said."""
    found: dict[str, float] = {}
    for part in (accept or "").split(","):
        range_, *parameters = (piece.strip().casefold() for piece in part.split(";"))
        if range_.count("/") != 1:
            continue
        wanted = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    wanted = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    wanted = 0.0
        found[range_] = max(wanted, found.get(range_, 0.0))
    return found or {"*/*": 1.0}


def _liking(type_: str, ranges: Mapping[str, float]) -> float:
    """The most specific range decides."""
    for range_ in (type_, type_.split("/")[0] + "/*", "*/*"):
        if range_ in ranges:
            return ranges[range_]
    return 0.0
