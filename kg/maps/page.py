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
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from string import Template
from typing import Any, Literal, cast

import networkx as nx

from kg.maps import layout
from kg.maps.network import DealFacts, Evidence, Graph
from kg.settings import asset

Lang = Literal["zh", "en"]
Point = tuple[float, float]
Known = str | tuple[str, str, str]  # a node's IRI; an edge's subject, object and key
_PREFERRED: dict[Lang, tuple[str, ...]] = {
    "zh": ("zh", "zh-hans", "zh-cn", "zh-hant", "", "en"),
    "en": ("en", "", "zh", "zh-hans", "zh-cn", "zh-hant"),
}
_DEALS = ("acquires", "investsIn")  # whose status is shown even where it isn't stated


@dataclass(frozen=True, slots=True)
class View:
    """How a map opens. All that a view leaves out is in the page too, behind a switch.

    Beside what ``network.build`` gives, a graph's nodes and edges may have ``new`` (True: marked as new), and an
    instrument ``jointly`` (True: its issuers issued it in one act and are drawn and told as one).
    """

    preset: Literal["", "lawyer", "deals"] = ""
    known: frozenset[Known] | None = None  # what was there before: all else is new, beside what ``new`` marks
    since: str = ""  # a report's name or a day: "new since 2024-07"
    direction: Literal["", "time"] = ""  # "time": from left to right, with the dates of ``axis``
    axis: tuple[tuple[float, str], ...] = ()  # x of a day or a month, and what is written there
    off: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of "kind", "relation", "status": those off
    opens: frozenset[str] | None = None  # the IRIs shown at first, of a graph too big to be looked at; None: all
    positions: Mapping[str, Point] | None = None  # of every node, in pixels at scale 1; None: laid out here
    pages: str = ""  # a prefix: where served, a name links to this and its quoted IRI


def render(graph: Graph, title: str, lang: Lang = "zh", view: View | None = None) -> str:
    """The page; write it as UTF-8. The language is the one that it opens in: both are in it.

    ``graph`` is what ``kg.maps.network.build`` returns. The same graph and view give the same page, byte for byte.
    """
    view = view or View()
    words = json.loads(_read("map.json"))
    nodes, edges = _pyvis(graph, words, view)
    data = {"lang": lang, "title": title, "words": words, "nodes": nodes, "edges": edges}
    library = _read("vendor", "vis-network", "vis-network.min.js")
    # the source map isn't packed in; its address would only make developer tools look for it
    library = re.sub(r"\n//# sourceMappingURL=\S*\s*$", "\n", library)
    script = _read("map.js")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(library)}' '{_digest(script)}'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return Template(_read("map.html")).substitute(
        lang="zh-CN" if lang == "zh" else "en",
        policy=html.escape(policy, quote=True).replace("&#x27;", "'"),
        title=html.escape(title),
        style=_read("map.css"),
        data=_embed(data),
        library=library,
        script=script,
        noscript=html.escape(" ".join(words["page"]["script"].values())),
    )


def _pyvis(graph: Graph, words: Mapping[str, Any], view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Nodes and edges as vis-network takes them, with what the panel shows of them."""
    # pyvis draws in IPython, which takes a second: not when a map isn't asked for
    from pyvis.edge import Edge
    from pyvis.network import Network

    drawn = Network(directed=True)
    where = view.positions if view.positions is not None else layout.positions(graph)
    numbers = {iri: at for at, iri in enumerate(graph)}
    neighbours = {iri: len((set(graph.successors(iri)) | set(graph.predecessors(iri))) - {iri}) for iri in graph}
    part_of = {
        iri: at
        for at, part in enumerate(sorted(nx.weakly_connected_components(graph), key=lambda p: (-len(p), min(p))))
        for iri in part
    }
    for iri, node in graph.nodes(data=True):
        labels: Mapping[str, str] = node["labels"]
        names = {lang: _name(labels, lang) or _last(iri) for lang in _PREFERRED}
        others = sorted({*labels.values(), *node["aliases"]})
        drawn.add_node(
            f"n{numbers[iri]}",
            label=" ",
            shape=words["kinds"][node["type"]]["shape"],
            x=where[iri][0],
            y=where[iri][1],
            size=round(layout.radius(neighbours[iri]), 1),
            iri=iri,
            kind=node["type"],
            names=names,
            lines={lang: layout.wrap(name) for lang, name in names.items()},
            others=others,
            part=part_of[iri],
            start=bool(node.get("start")),
        )
    curves = _curves(graph)
    edges = []
    for at, (subject, object_, key, edge) in enumerate(graph.edges(keys=True, data=True)):
        deal = cast(DealFacts | None, edge["deal"])
        status = (deal.status if deal else "") or ("unstated" if deal or edge["relation"] in _DEALS else "")
        options = {
            "id": f"e{at}",
            "relation": edge["relation"],
            "status": status,
            "deal": {name: value for name, value in asdict(deal).items() if value} if deal else None,
            "evidence": [_told(one) for one in edge["evidence"]],
            "smooth": curves.get((subject, object_, key), False),
        }
        # not by add_edge, which compares each edge with all others
        edges.append(Edge(f"n{numbers[subject]}", f"n{numbers[object_]}", True, **options).options)
    drawn.edges = edges
    return drawn.nodes, drawn.edges


def _told(evidence: Evidence) -> dict[str, Any]:
    return {name: value for name, value in asdict(evidence).items() if value not in ("", None)}


def _curves(graph: Graph) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Several relations of one pair fan out; a relation that is alone is a straight line, which is drawn faster."""
    pairs: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for subject, object_, key in graph.edges(keys=True):
        pairs[min(subject, object_), max(subject, object_)].append((subject, object_, key))
    curves = {}
    for edges in pairs.values():
        for at, (subject, object_, key) in enumerate(sorted(edges)):
            off = at - (len(edges) - 1) / 2
            if off and subject != object_:
                side = "curvedCW" if (off > 0) == (subject < object_) else "curvedCCW"
                roundness = round(min(0.28 * abs(off), 0.9), 2)
                curves[subject, object_, key] = {"enabled": True, "type": side, "roundness": roundness}
    return curves


def _name(labels: Mapping[str, str], lang: Lang) -> str:
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
