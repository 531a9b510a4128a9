from __future__ import annotations

import pytest
from graph import samples

from kg.errors import QueryError, UsageError
from kg.graph.store import Store
from kg.query.path import Paths, described, paths
from query.deals import Stated, firm, store_of


def of(a: str, b: str, *stated: Stated, **options: int) -> Paths:
    with store_of(*stated) as store:
        return paths(store, firm(a).iri, firm(b).iri, lang="en", **options)


SQUARE: tuple[Stated, ...] = (
    ("A", "acquires", "B", "rumoured"),
    ("C", "subsidiaryOf", "B", ""),
    ("A", "agreementWith", "D", ""),
    ("D", "agreementWith", "C", ""),
    ("C", "acquires", "E", "completed"),
    ("E", "sues", "F", ""),
)


def test_each_step_tells_its_direction_and_is_cited() -> None:
    found = of("A", "C", *SQUARE)
    assert [described(way) for way in found.ways] == ["A → D → C", "A → B ← C"]  # the surer one first
    rows = found.result("en").whole().rows
    assert [(row.values[0], row.values[1], row.values[2].label) for row in rows] == [  # type: ignore[union-attr]
        (1, 1, "A"),
        (1, 2, "D"),
        (2, 1, "A"),
        (2, 2, "C"),
    ]
    assert all(row.evidence[0].quote for row in rows)


def test_shortest_first_and_as_many_as_asked_for() -> None:
    stated: tuple[Stated, ...] = (*SQUARE, ("A", "agreementWith", "F", ""))
    found = of("A", "F", *stated)
    assert [len(way) for way in found.ways] == [1, 4, 4]
    assert found.notes == []
    one = of("A", "F", *stated, limit=1)
    assert [len(way) for way in one.ways] == [1]
    assert one.notes == ["There are more ways: --limit shows them"]


def test_a_way_has_no_more_steps_than_asked_for() -> None:
    found = of("A", "F", *SQUARE, hops=3)
    assert found.ways == []
    assert found.notes == ["No way leads from A to F within 3 steps; the shortest has 4: --hops 4 shows it"]


def test_no_way_at_all() -> None:
    found = of("A", "Y", *SQUARE, ("X", "acquires", "Y", "completed"))
    assert found.notes == ["No way leads from A to Y, however long; 5 others are within 6 steps of A"]
    assert found.result("en").whole().rows == []


def test_somebody_without_any_relation(store: Store) -> None:
    found = paths(store, samples.GULL.iri, firm("Nobody").iri)
    assert found.ways == []
    assert "没有路径" in found.notes[0]


def test_all_links_of_a_step_are_shown() -> None:
    found = of("A", "B", ("A", "acquires", "B", "completed"), ("B", "sues", "A", ""))
    ((step,),) = found.ways
    assert [(link.subject.label, link.relation) for link in step.links] == [("A", "acquires"), ("B", "sues")]


def test_documents_are_steps_too(store: Store) -> None:
    found = paths(store, samples.LIN.iri, samples.LAW.iri)
    assert [described(way) for way in found.ways] == ["林一帆 → 海岛数据局 ← 海岛数据管理办法 → 海岛数据法"]


def test_a_path_needs_two(store: Store) -> None:
    with pytest.raises(QueryError, match="both names mean 海鸥"):
        paths(store, samples.GULL.iri, samples.GULL.iri)
    with pytest.raises(UsageError):
        paths(store, samples.GULL.iri, samples.TERN.iri, hops=0)


def test_an_empty_store() -> None:
    with Store.memory() as store:
        assert paths(store, firm("A").iri, firm("B").iri, lang="en").ways == []
