"""The graph of a map as a file for Gephi, yEd, Cytoscape and the like: GraphML and GEXF, by networkx's writers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import networkx as nx

from kg.errors import UsageError
from kg.maps.network import DealFacts, Evidence, Graph
from kg.printing import clean, whole

Plain = str | int | float
# a vertical tab and the like, which XML can't hold at all; line ends it would change
_BLANK = re.compile(r"\s+")


def write(graph: Graph, path: Path, format_: str) -> None:
    """Write the graph that ``kg.maps.network.build`` gives, whole or not at all; the same graph, the same bytes."""
    if format_ not in WRITERS:
        raise UsageError(f"no format is called {format_}: there are {', '.join(WRITERS)}")
    made = flat(graph)
    with whole(path) as part, part.open("wb") as file:
        WRITERS[format_](made, file)


def flat(graph: Graph) -> nx.MultiDiGraph[str]:
    """The same graph with plain attributes, as the formats hold them; edges carry the newest of their quotes."""
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for iri, node in graph.nodes(data=True):
        labels = node["labels"]
        names = {f"label_{lang}" if lang else "label_other": text for lang, text in labels.items()}
        label = labels.get("zh") or labels.get("en") or next(iter(labels.values()), iri)
        made.add_node(
            iri, **_clean({"label": label, "type": node["type"], **names, "aliases": "; ".join(node["aliases"])})
        )
    for source, target, edge in graph.edges(data=True):
        found = _edge(edge["relation"], edge["deal"], edge["evidence"])
        made.add_edge(source, target, **_clean(found))
    return made


def _edge(relation: str, deal: DealFacts | None, evidence: tuple[Evidence, ...]) -> dict[str, Any]:
    newest = evidence[0]
    found: dict[str, Any] = {"label": relation, "relation": relation}
    if deal is not None:
        found |= {
            "deal": deal.iri,
            "deal_type": deal.type,
            "status": deal.status,
            "amount": _number(deal.amount),
            "amount_text": deal.amount_text,
            "currency": deal.currency,
            "qualifier": deal.qualifier,
            "stake": _number(deal.stake),
            "valuation": _number(deal.valuation),
            "round": deal.round,
            "announced": deal.announced,
            "completed": deal.completed,
        }
    return found | {
        "quote": newest.quote,
        "quotes": len(evidence),
        "said": newest.said,
        "confidence": newest.confidence,
        "title": newest.title,
        "publisher": newest.publisher,
        "issued": newest.issued,
        "report": newest.report,
        "page": newest.page,
        "link": newest.link,
    }


def _number(text: str) -> float | None:
    return float(text) if text else None


def _clean(attributes: dict[str, Any]) -> dict[str, Plain]:
    """Without those that nobody states, and of text what XML can hold."""
    return {
        key: _BLANK.sub(" ", clean(value).translate({0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}))
        if isinstance(value, str)
        else value
        for key, value in attributes.items()
        if value is not None and value != ""
    }


def _graphml(graph: nx.MultiDiGraph[str], file: IO[bytes]) -> None:
    nx.write_graphml(graph, file)


def _gexf(graph: nx.MultiDiGraph[str], file: IO[bytes]) -> None:
    """Without the day on which it was written, which networkx would put in."""
    writer = nx.readwrite.gexf.GEXFWriter(encoding="utf-8", prettyprint=True)
    writer.add_graph(graph)
    for meta in writer.xml.iter():
        meta.attrib.pop("lastmodifieddate", None)
    writer.write(file)


WRITERS: dict[str, Callable[[nx.MultiDiGraph[str], IO[bytes]], None]] = {"graphml": _graphml, "gexf": _gexf}
