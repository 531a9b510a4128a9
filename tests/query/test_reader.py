from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from graph import samples
from pyoxigraph import NamedNode

from kg.errors import QueryError, StoreError
from kg.graph.store import Store
from kg.query.reader import Reader, open_store


@pytest.fixture
def reader(store: Store) -> Reader:
    return Reader(store)


def test_rows_are_python_values(reader: Reader) -> None:
    query = "SELECT ?d ?amount ?on ?status ?none { ?d kg:amount ?amount ; kg:announcedOn ?on ; kg:status ?status }"
    (row,) = reader.query(query)
    assert row["amount"] == Decimal(5000000000)
    assert row["on"] == date(2031, 5, 19)
    assert row["status"] == "https://w3id.org/regkg/status/terminated"
    assert row["none"] is None
    (row,) = reader.query("SELECT (COUNT(*) AS ?n) { ?i a kg:Item }")
    assert row == {"n": 6}


def test_bindings_are_literals_or_addresses(reader: Reader) -> None:
    assert list(reader.query("SELECT ?e ?n { ?e skos:altLabel ?n }", n="IDB")) == [
        {"e": samples.BUREAU.iri, "n": "IDB"}
    ]
    rows = list(reader.query("SELECT ?e ?t { ?e a ?t }", e=NamedNode(samples.LIN.iri)))
    assert [row["t"] for row in rows] == ["https://w3id.org/regkg/ontology#Person"]


def test_each_form_has_its_method(reader: Reader) -> None:
    assert reader.boolean("ASK { ?s a kg:Claim }") is False
    assert len(reader.construct("CONSTRUCT WHERE { ?a kg:acquires ?b }")) == 1
    for wrong in (
        lambda: list(reader.query("ASK {}")),
        lambda: reader.boolean("SELECT * {}"),
        lambda: reader.construct("ASK {}"),
    ):
        with pytest.raises(QueryError):
            wrong()


# rdflib warns of itself
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_the_dataset_is_all_of_it(reader: Reader) -> None:
    dataset = reader.dataset()
    assert len(list(dataset.quads())) == len(reader.store)
    rows = dataset.query(
        "SELECT ?q { GRAPH ?g { ?c a kg:Claim ; kg:said <https://w3id.org/regkg/said/hearsay> ; kg:quote ?q } }"
    )
    assert [str(row[0]) for row in rows] == ["浪花基金据称正在洽谈"]  # type: ignore[index]


def test_entities_and_items(reader: Reader) -> None:
    assert reader.describe(reader.find("IDB")[0].iri).label == "海岛数据局"
    assert [report.id for report in reader.reports()] == ["2031-05", "2031-06", "2031-07"]


def test_chains_and_paths_are_results(reader: Reader) -> None:
    rows = reader.chain("礁石资本", to="珊瑚智能", depth=2).whole().rows
    assert [(row.values[2].label, row.values[4].label) for row in rows] == [("礁石资本", "珊瑚智能")]  # type: ignore[union-attr]
    assert reader.path("林一帆", "海岛数据法", "en", limit=1).title("en") == "From 林一帆 to 海岛数据法"


def test_opening_by_path_and_by_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path / "store", "write") as store:
        store.add(*samples.may(), samples.RUN)
    with open_store(tmp_path / "store") as reader:
        assert reader.boolean("ASK { ?s a kg:Item }")
    monkeypatch.setenv("KG_STORE", str(tmp_path / "store"))
    with open_store() as reader:
        assert len(reader.reports()) == 1
    with pytest.raises(StoreError, match="kg add makes one"):
        open_store(tmp_path / "none")
