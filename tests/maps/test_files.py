"""GraphML and GEXF, read again by networkx."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest

from kg.errors import KgError, UsageError
from kg.maps import files, network
from kg.maps.network import Rows

from .conftest import HOSTILE_NAME


@pytest.mark.parametrize("format_", list(files.WRITERS))
def test_a_file_holds_what_the_graph_holds(
    format_: str, rows: Rows, entity: Callable[[str], str], tmp_path: Path
) -> None:
    graph = network.build(rows)
    path = tmp_path / f"graph.{format_}"
    files.write(graph, path, format_)
    read = nx.read_graphml(path, force_multigraph=True) if format_ == "graphml" else nx.read_gexf(path)
    assert set(read) == set(graph)
    assert read.number_of_edges() == graph.number_of_edges()
    node = read.nodes[entity("harbour")]
    assert (node["label"], node["type"], node["label_en"]) == ("海港资本", "Company", "Harbour Capital")
    assert read.nodes[entity("hostile")]["label"] == " ".join(HOSTILE_NAME.split())
    deals = [edge for *_, edge in read.edges(data=True) if edge["relation"] == "acquires" and "amount" in edge]
    assert deals
    for edge in deals:
        assert isinstance(edge["amount"], float)
        assert edge["status"]
    for *_, edge in read.edges(data=True):
        assert edge["quote"]
        assert int(edge["quotes"]) >= 1
    assert any("link" in edge and "page" in edge for *_, edge in read.edges(data=True))


@pytest.mark.parametrize("format_", list(files.WRITERS))
def test_the_same_graph_is_the_same_bytes(format_: str, rows: Rows, tmp_path: Path) -> None:
    for name in ("one", "two"):
        files.write(network.build(rows), tmp_path / name, format_)
    data = (tmp_path / "one").read_bytes()
    assert data == (tmp_path / "two").read_bytes()
    assert b"lastmodified" not in data


def test_what_xml_cannot_hold(tmp_path: Path) -> None:
    graph: network.Graph = nx.MultiDiGraph()
    graph.add_node("x:1", type="Company", labels={"zh": "灯\x00塔\ufffe\x1b[1m<&>"}, aliases=("a\nb", "c"), start=False)
    for format_ in files.WRITERS:
        files.write(graph, tmp_path / format_, format_)
        assert "&lt;&amp;&gt;" in (tmp_path / format_).read_text(encoding="utf-8")
    node = files.flat(graph).nodes["x:1"]
    assert node == {
        "label": "灯�塔��[1m<&>",
        "type": "Company",
        "label_zh": "灯�塔��[1m<&>",
        "aliases": "a b; c",
    }


def test_faults(rows: Rows, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^no format is called dot: there are graphml, gexf$"):
        files.write(network.build(rows), tmp_path / "a.dot", "dot")
    with pytest.raises(KgError, match="can't be written: No such file or directory"):
        files.write(network.build(rows), tmp_path / "none" / "a.gexf", "gexf")
