"""A networkx graph → one HTML page that opens from a mail, with no network.

What reports say is hostile input: it travels as JSON in a script element of a type that no browser runs, and the
page's own script puts it on screen as text only. The page forbids itself the network, and any script but its two.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Literal, cast

from kg.extract.plain import simplify
from kg.maps import layout
from kg.maps.network import DealFacts, Evidence, Graph
from kg.resolve.names import readings
from kg.settings import asset

Lang = Literal["zh", "en"]
Point = tuple[float, float]
Known = str | tuple[str, str, str]  # a node's IRI; an edge's subject, object and key
_PREFERRED: dict[Lang, tuple[str, ...]] = {
    "zh": ("zh", "zh-hans", "zh-cn", "zh-hant", "", "en"),
    "en": ("en", "", "zh", "zh-hans", "zh-cn", "zh-hant"),
}
#: The page's script, in the order in which its parts build on one another; they share one scope.
SCRIPTS = [
    "model",
    "shown",
    "looks",
    "pens",
    "drawing",
    "details",
    "list",
    "search",
    "filters",
    "address",
    "files",
    "page",
]
_HAN = [chr(code) for code in range(0x4E00, 0xA000)]
_DEALS = ("acquires", "investsIn")  # whose status is shown even where it isn't stated
#: Stages of a document that isn't issued: a plan must not look like a rule, nor who plans it like who issued it.
PENDING = ("planned", "draft", "consultation")
_OF_DOCUMENTS = ("issuedBy", "draftedBy", "basedOn", "amends")


@dataclass(frozen=True, slots=True)
class View:
    """How a map opens. All that a view leaves out is in the page too, behind a switch.

    Beside what ``network.build`` gives, a graph's nodes and edges may have ``new`` (True: marked as new), and an
    instrument ``jointly`` ({relation: IRIs}: these issued, or drafted, it in one act and are drawn and told as one).
    """

    preset: Literal["", "lawyer", "deals"] = ""
    known: frozenset[Known] | None = None  # what was there before: all else is new, beside what ``new`` marks
    since: str = ""  # a report's name or a day: "new since 2024-07"
    direction: Literal["", "time"] = ""  # "time": from left to right, with the dates of ``axis``
    axis: tuple[tuple[float, str], ...] = ()  # x of a day or a month, and what is written there
    off: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of "kind", "relation", "status": those off
    opens: frozenset[str] | None = None  # the IRIs shown at first, of a graph too big to be looked at; None: all
    positions: Mapping[str, Point] | None = None  # of every node, in pixels at scale 1; None: laid out here
    titles: Mapping[Lang, str] = field(default_factory=dict)  # by language, where they differ
    pages: str = ""  # a prefix: where served, a name links to this and its quoted IRI


def render(graph: Graph, title: str, lang: Lang = "zh", view: View | None = None) -> str:
    """The page; write it as UTF-8. The language is the one that it opens in: both are in it.

    ``graph`` is what ``kg.maps.network.build`` returns. The same graph and view give the same page, byte for byte.
    """
    view = view or View()
    words = json.loads(_read("map.json"))
    data, quotes = _columns(graph, view)
    titles = {"zh": title, "en": title, **view.titles}
    data = {"lang": lang, "titles": titles, "words": words, "view": _opening(view), **data}
    library, script = _scripts()
    return Template(_read("map.html")).substitute(
        lang="zh-CN" if lang == "zh" else "en",
        policy=html.escape(policy(), quote=True).replace("&#x27;", "'"),
        title=html.escape(title),
        style=_read("map.css"),
        data=_embed(data),
        quotes=_embed(quotes),
        library=library,
        script=script,
        noscript=html.escape(" ".join(words["page"]["script"].values())),
    )


@cache
def policy() -> str:
    """The content security policy of every map, which its head has: a server's header has to allow no less."""
    library, script = _scripts()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(library)}' '{_digest(script)}'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


@cache
def _scripts() -> tuple[str, str]:
    """The library and the page's own script, as they stand in every map."""
    library = _read("vendor", "vis-network", "vis-network.min.js")
    # the source map isn't packed in; its address would only make developer tools look for it
    library = re.sub(r"\n//# sourceMappingURL=\S*\s*$", "\n", library)
    script = "(() => {\n" + '"use strict";\n' + "\n".join(_read("map", f"{name}.js") for name in SCRIPTS) + "})();\n"
    return library, script


def _opening(view: View) -> dict[str, Any]:
    return {
        "preset": view.preset,
        "since": view.since,
        "direction": view.direction,
        "axis": [[round(x), text] for x, text in view.axis],
        "off": {group: sorted(view.off.get(group, ())) for group in ("kind", "relation", "status")},
        "pages": view.pages,
    }


def _columns(graph: Graph, view: View) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the map is drawn from, and the quotes, which the page reads when somebody asks for one.

    Columns in place of objects, and numbers in place of what is said often: half the size, read in a third of the time.
    """
    where = view.positions if view.positions is not None else layout.positions(graph)
    iris = list(graph)
    numbers = {iri: at for at, iri in enumerate(iris)}
    base = _base(iris)
    kinds, relations, statuses, publishers, reports = _Table(), _Table(), _Table([""]), _Table([""]), _Table([""])
    names: dict[Lang, list[str]] = {"zh": [], "en": []}
    others: dict[int, list[str]] = {}
    for at, iri in enumerate(iris):
        labels: Mapping[str, str] = graph.nodes[iri]["labels"]
        for lang, column in names.items():
            column.append(name(labels, lang) or _last(iri))
        told = {names["zh"][at], names["en"][at]}
        if more := sorted({*labels.values(), *graph.nodes[iri]["aliases"]} - told):
            others[at] = more
    nodes: dict[str, Any] = {
        "iri": [iri[len(base) :] for iri in iris],
        "kind": [kinds.number(graph.nodes[iri]["type"]) for iri in iris],
        "x": [round(where[iri][0]) for iri in iris],
        "y": [round(where[iri][1]) for iri in iris],
        "zh": names["zh"],
        "en": [0 if en == zh else en for zh, en in zip(names["zh"], names["en"], strict=True)],
        "others": others,
        "about": {
            at: list(astuple(about)) for at, iri in enumerate(iris) if (about := graph.nodes[iri].get("document"))
        },
        "start": _those(graph.nodes[iri].get("start") for iri in iris),
        "new": _those(graph.nodes[iri].get("new") or _unknown(view, iri) for iri in iris),
        "later": _those(view.opens is not None and iri not in view.opens for iri in iris),
    }
    curves = _curves(graph)
    items: dict[str, int] = {}
    issued: list[list[str | int]] = []
    texts: list[list[str]] = []
    edges: dict[str, Any] = {name: [] for name in ("from", "to", "relation", "status", "items")}
    edges |= {"bend": {}, "deal": {}, "then": {}, "new": [], "act": []}
    quotes: list[list[list[Any]]] = []
    for at, (subject, object_, key, edge) in enumerate(graph.edges(keys=True, data=True)):
        deal = cast(DealFacts | None, edge["deal"])
        status = (deal.status if deal else "") or ("unstated" if deal or edge["relation"] in _DEALS else "")
        if edge["relation"] in _OF_DOCUMENTS and (about := graph.nodes[subject].get("document")):
            status = _pending(about.status)
        edges["from"].append(numbers[subject])
        edges["to"].append(numbers[object_])
        edges["relation"].append(relations.number(edge["relation"]))
        edges["status"].append(statuses.number(status))
        if bend := curves.get((subject, object_, key)):
            edges["bend"][at] = bend
        if deal:
            edges["deal"][at] = {name: value for name, value in asdict(deal).items() if value}
        if edge.get("new") or _unknown(view, (subject, object_, key)):
            edges["new"].append(at)
        if object_ in (graph.nodes[subject].get("jointly") or {}).get(edge["relation"], ()):
            edges["act"].append(at)
        evidence: tuple[Evidence, ...] = edge["evidence"]
        for one in evidence:
            if one.item not in items:
                items[one.item] = len(items)
                issued.append([one.issued, publishers.number(one.publisher), reports.number(one.report)])
                texts.append([one.title, one.link, one.item])
        edges["items"].append(_short([items[one.item] for one in evidence]))
        if steps := _steps(evidence, status, edge["relation"] in _OF_DOCUMENTS):
            edges["then"][at] = steps
        quotes.append([_told(one, items[one.item]) for one in evidence])
    data = {
        "base": base,
        "kinds": kinds.names,
        "relations": relations.names,
        "statuses": statuses.names,
        "publishers": publishers.names,
        "reports": reports.names,
        "nodes": nodes,
        "edges": edges,
        "items": issued,
        "typed": _typed({*names["zh"], *(other for found in others.values() for other in found)}),
    }
    return data, {"items": texts, "quotes": quotes}


class _Table:
    """Texts in the order in which they came, each once."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._numbers = {name: at for at, name in enumerate(names)}

    def number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    @property
    def names(self) -> list[str]:
        return list(self._numbers)


def _base(iris: list[str]) -> str:
    """What all addresses begin with, to its last slash."""
    if len(iris) < 2:
        return ""
    first, last = min(iris), max(iris)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[: first.rfind("/", 0, same) + 1]


def _those(marks: Iterable[object]) -> list[int]:
    return [at for at, mark in enumerate(marks) if mark]


def _unknown(view: View, what: Known) -> bool:
    return view.known is not None and what not in view.known


def _short(numbers: list[int]) -> int | list[int]:
    found = list(dict.fromkeys(numbers))
    return found[0] if len(found) == 1 else found


def _pending(status: str) -> str:
    """The status of what is said of a document: of one that is issued it is no news."""
    return status if status in PENDING else ""


def _steps(evidence: tuple[Evidence, ...], status: str, document: bool) -> list[list[str]]:
    """Which status a deal, or a document, had when, if it wasn't always today's."""
    met = [(one.issued, one.status) for one in evidence if one.issued and one.status]
    told = sorted({(issued, _pending(status)) for issued, status in met} if document else set(met))
    return [list(step) for step in told] if {step[1] for step in told} - {status} else []


def _told(evidence: Evidence, item: int) -> list[Any]:
    found: list[Any] = [
        item,
        evidence.quote,
        evidence.page or 0,
        evidence.said,
        evidence.role,
        evidence.status,
        evidence.amount_text,
        evidence.confidence or 0,
    ]
    while not found[-1] and len(found) > 2:
        found.pop()
    return found


def _typed(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """How the characters of these names are typed: their syllables, and for traditional ones the simplified.

    The page spells with them as ``kg.resolve.names.spelled`` does, so that its search finds what ``kg show`` does.
    """
    written = {char for name in names for char in name if "\u3400" <= char <= "\u9fff"}
    plain = simplify("".join(_HAN))
    # whoever types traditional characters finds simplified names, and the other way round
    variants = {char: to for char, to in zip(_HAN, plain, strict=True) if char != to}
    met = written | {variants.get(char, char) for char in written}
    sounds = {char: " ".join(readings(char)) for char in sorted(met)}
    return {
        "sounds": {char: syllables for char, syllables in sounds.items() if syllables},
        "variants": {char: to for char, to in variants.items() if to in met},
    }


def _curves(graph: Graph) -> dict[tuple[str, str, str], float]:
    """Several relations of one pair fan out; a relation that is alone is a straight line, which is drawn faster."""
    pairs: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for subject, object_, key in graph.edges(keys=True):
        pairs[min(subject, object_), max(subject, object_)].append((subject, object_, key))
    curves = {}
    for edges in pairs.values():
        for at, (subject, object_, key) in enumerate(sorted(edges)):
            off = at - (len(edges) - 1) / 2
            if off and subject != object_:
                # how far to the left of its way, as a part of its length
                curves[subject, object_, key] = round(0.28 * off * (1 if subject < object_ else -1), 2)
    return curves


def name(labels: Mapping[str, str], lang: Lang) -> str:
    named = [labels[tag] for tag in _PREFERRED[lang] if labels.get(tag)]
    return named[0] if named else next(iter(labels.values()), "")


def _last(iri: str) -> str:
    return re.split(r"[/#]", iri.rstrip("/#"))[-1] or iri


def _embed(data: object) -> str:
    """JSON that ends no script element and opens no comment in one."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _digest(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _read(*parts: str) -> str:
    path: Path = asset("viz", *parts)
    return path.read_text(encoding="utf-8")
