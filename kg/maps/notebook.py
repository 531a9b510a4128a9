"""A map's graph as a pyvis network, for those who go on in Python: in a notebook, or with options of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kg.maps import layout
from kg.maps.network import Graph
from kg.maps.page import Lang, name
from kg.settings import asset

if TYPE_CHECKING:
    from pyvis.network import Network


def network(graph: Graph, lang: Lang = "zh") -> Network:
    """The network, its names where the map has them and at rest.

    ``write_html`` of it packs vis-network in, and writes addresses of a style sheet elsewhere beside it, as pyvis
    does; what must open from a mail, with quotes, is ``kg.maps.page.render``.
    """
    # pyvis draws in IPython, which takes a second to load
    from pyvis.edge import Edge
    from pyvis.network import Network

    words = json.loads(asset("viz", "map.json").read_text(encoding="utf-8"))
    drawn = Network(directed=True, cdn_resources="in_line")
    drawn.toggle_physics(False)
    places = layout.positions(graph)
    numbers = {iri: f"n{at}" for at, iri in enumerate(graph)}
    for iri, number in numbers.items():
        node = graph.nodes[iri]
        kind = words["kinds"][node["type"]]
        label = "\n".join(layout.wrap(name(node["labels"], lang) or iri))
        x, y = places[iri]
        drawn.add_node(number, label=label, shape=kind["shape"], color=kind["light"], x=x, y=y, size=10, iri=iri)
    found = []
    for subject, object_, edge in graph.edges(data=True):
        deal = edge["deal"]
        status = words["statuses"].get(deal.status) if deal else None
        told = [words["relations"][edge["relation"]][lang]] + ([status[lang]] if status else [])
        dashes = status["line"] if status and status["line"] else False
        # not by add_edge, which compares each edge with all others
        options = {"label": " · ".join(told), "dashes": dashes, "quotes": len(edge["evidence"])}
        found.append(Edge(numbers[subject], numbers[object_], True, **options).options)
    drawn.edges = found
    return drawn
