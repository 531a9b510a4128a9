from __future__ import annotations

from kg.maps import layout, network, notebook

from .conftest import ENTITIES, RELATIONS, Rows


def test_pyvis_network(rows: Rows) -> None:
    graph = network.build(rows)
    drawn = notebook.network(graph, "en")
    assert len(drawn.nodes) == len(ENTITIES)
    assert len(drawn.edges) == len(RELATIONS)
    places = layout.positions(graph)
    assert all((node["x"], node["y"]) == places[node["iri"]] for node in drawn.nodes)
    labels = {edge["label"]: edge["dashes"] for edge in drawn.edges}
    assert labels["acquires · rumoured"]
    assert labels["acquires · completed"] is False
    assert drawn.options.physics.enabled is False


def test_pyvis_page_moves_nothing(rows: Rows) -> None:
    written = notebook.network(network.build(rows)).generate_html()
    assert '"enabled": false' in written
