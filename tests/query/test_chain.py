from __future__ import annotations

from itertools import pairwise

import pytest

from kg.errors import UsageError
from kg.graph.store import Store
from kg.query.chain import Branch, Chain, chain
from query.deals import Stated, firm, store_of


def of(name: str, *stated: Stated, to: str | None = None, **options: object) -> Chain:
    with store_of(*stated) as store:
        end = firm(to).iri if to else None
        return chain(store, firm(name).iri, to=end, lang="en", **options)  # type: ignore[arg-type]


def drawn(branches: list[Branch], indent: int = 0) -> list[str]:
    """A tree as lines: names, with a mark where they were met before."""
    marks = {"first": "", "circle": " (circle)", "again": " (again)"}
    lines = []
    for branch in branches:
        lines.append("  " * indent + branch.entity.label + marks[branch.met])
        lines += drawn(branch.branches, indent + 1)
    return lines


def weakest(found: Chain) -> dict[str, str]:
    return {b.entity.label: f"{b.weakest.subject.label}-{b.weakest.object.label}" for b in found.walk("down")}


def test_both_directions() -> None:
    found = of(
        "B",
        ("A", "acquires", "B", "completed"),
        ("Z", "investsIn", "A", "announced"),
        ("B", "acquires", "C", "completed"),
        ("D", "subsidiaryOf", "C", ""),
        ("B", "agreementWith", "X", ""),
    )
    assert drawn(found.down) == ["C", "  D"]
    assert drawn(found.up) == ["A", "  Z"]
    rows = found.result("en").whole().rows
    assert [(row.values[0].name, row.values[1], row.values[-2]) for row in rows] == [  # type: ignore[union-attr]
        ("down", 1, "B → C"),
        ("down", 2, "B → C → D"),
        ("up", 1, "A → B"),
        ("up", 2, "Z → A → B"),
    ]
    assert all(row.evidence and row.evidence[0].quote for row in rows)


def test_the_surest_stand_first_and_the_status_decides_before_the_name() -> None:
    statuses = ("rumoured", "in-talks", "proposed", "announced", "completed")
    found = of("A", *(("A", "acquires", name, status) for name, status in zip("BCDEF", statuses, strict=True)))
    assert drawn(found.down) == ["F", "E", "D", "C", "B"]


def test_a_chain_is_as_strong_as_its_weakest_link() -> None:
    found = of(
        "A",
        ("A", "acquires", "B", "completed"),
        ("B", "acquires", "C", "rumoured"),
        ("C", "acquires", "D", "completed"),
        ("D", "acquires", "E", "announced"),
    )
    assert weakest(found) == {"B": "A-B", "C": "B-C", "D": "B-C", "E": "B-C"}
    assert found.result("en").whole().rows[-1].values[-1] == "B → C: rumoured"  # type: ignore[index]


def test_hearsay_is_weaker_than_the_same_status_on_record() -> None:
    found = of(
        "A",
        ("A", "acquires", "B", "?announced"),
        ("B", "acquires", "C", "announced"),
    )
    assert weakest(found)["C"] == "A-B"
    assert "announced, hearsay only" in str(found.result("en").whole().rows[-1].values[-1])  # type: ignore[index]


def test_several_links_between_two_hold_by_the_strongest() -> None:
    found = of("A", ("A", "investsIn", "B", "rumoured"), ("A", "acquires", "B", "completed"))
    (branch,) = found.down
    assert [link.status for link in branch.links] == ["completed", "rumoured"]
    assert weakest(found)["B"] == "A-B"
    assert branch.weakest.status == "completed"


def test_a_status_that_nobody_states_is_weaker_than_a_rumour() -> None:
    found = of("A", ("A", "acquires", "B", ""), ("A", "acquires", "C", "rumoured"))
    assert drawn(found.down) == ["C", "B"]
    assert str(found.result("en").whole().rows[1].values[-1]).endswith("status not stated")  # type: ignore[index]


def test_what_was_called_off_is_part_of_no_chain() -> None:
    stated: tuple[Stated, ...] = (
        ("A", "acquires", "B", "completed"),
        ("B", "acquires", "C", "terminated"),
        ("C", "acquires", "D", "completed"),
    )
    found = of("A", *stated)
    assert drawn(found.down) == ["B"]
    assert [(link.subject.label, link.object.label) for link in found.apart] == [("B", "C")]
    assert found.result("en").whole().rows[-1].group == "Called off: part of no chain"  # type: ignore[index]
    asked = of("A", *stated, statuses=["completed", "terminated"])
    assert drawn(asked.down) == ["B", "  C", "    D"]
    assert asked.apart == []
    assert weakest(asked)["D"] == "B-C"


def test_what_a_status_leaves_out_is_counted() -> None:
    found = of(
        "A",
        ("A", "acquires", "B", "completed"),
        ("A", "acquires", "C", "rumoured"),
        ("B", "acquires", "D", "in-talks"),
        ("B", "subsidiaryOf", "A", ""),
        statuses=["completed"],
    )
    assert drawn(found.down) == ["B"]
    assert found.notes == ["Left out for their status: in talks 1, rumoured 1"]


def test_relations_can_be_chosen() -> None:
    stated: tuple[Stated, ...] = (("A", "acquires", "B", "completed"), ("A", "investsIn", "C", "completed"))
    assert drawn(of("A", *stated, relations=["investsIn"]).down) == ["C"]


def test_a_circle_is_told_and_ends() -> None:
    found = of(
        "A",
        ("A", "acquires", "B", "completed"),
        ("B", "acquires", "C", "announced"),
        ("C", "investsIn", "A", "completed"),
    )
    assert drawn(found.down) == ["B", "  C", "    A (circle)"]
    assert drawn(found.up) == ["C", "  B", "    A (circle)"]
    assert found.notes == ["A circle: A → B → C → A"]


def test_two_that_hold_each_other() -> None:
    found = of("A", ("A", "acquires", "B", "completed"), ("B", "investsIn", "A", "completed"))
    assert drawn(found.down) == ["B", "  A (circle)"]
    assert found.notes == ["A circle: A → B → A"]


def test_a_diamond_is_opened_once() -> None:
    found = of(
        "A",
        ("A", "acquires", "B", "completed"),
        ("A", "acquires", "C", "completed"),
        ("B", "investsIn", "D", "completed"),
        ("C", "investsIn", "D", "rumoured"),
        ("D", "acquires", "E", "completed"),
    )
    assert drawn(found.down) == ["B", "  D", "    E", "C", "  D (again)"]
    assert not found.notes


def test_the_strongest_of_several_ways_is_named() -> None:
    found = of(
        "A",
        ("A", "acquires", "D", "rumoured"),
        ("A", "acquires", "B", "completed"),
        ("B", "acquires", "C", "announced"),
        ("C", "acquires", "D", "completed"),
        ("A", "acquires", "X", "completed"),
        ("D", "acquires", "Y", "completed"),
        to="D",
    )
    assert drawn(found.down) == ["B", "  C", "    D (again)", "D"]
    assert found.notes == ["The strongest chain: A → B → C → D; its weakest link: B → C, announced"]


def test_to_a_holder() -> None:
    stated: tuple[Stated, ...] = (("A", "acquires", "B", "completed"), ("B", "acquires", "C", "proposed"))
    found = of("C", *stated, to="A")
    assert (drawn(found.down), drawn(found.up)) == ([], ["B", "  A"])
    assert found.notes == ["The strongest chain: A → B → C; its weakest link: B → C, proposed"]


def test_to_somebody_who_is_not_reached() -> None:
    found = of("A", ("A", "acquires", "B", "terminated"), ("B", "acquires", "C", "completed"), to="C")
    assert drawn(found.down) == []
    assert found.notes == ["No chain leads from A to C, in either direction, within 5 steps"]


def test_a_deep_chain() -> None:
    names = "ABCDEFGHIJK"
    stated = [(a, "acquires", b, "completed") for a, b in pairwise(names)]
    found = of("A", *stated, depth=10)
    assert [branch.depth for branch in found.walk("down")] == list(range(1, 11))
    assert found.result("en").whole().rows[-1].values[-2] == "A → B → C → D → E → F → G → H → I → J → K"  # type: ignore[index]
    assert found.notes == []
    short = of("A", *stated)
    assert len(list(short.walk("down"))) == 5
    assert short.notes == ["Searched 5 steps deep; it goes on after F: --depth shows more"]


def test_a_depth_that_ends_at_what_is_known_already_says_nothing() -> None:
    assert of("A", ("A", "acquires", "B", "completed"), ("B", "acquires", "A", "completed"), depth=1).notes != [
        "Searched 1 steps deep; it goes on after B: --depth shows more"
    ]


def test_nobody_buys_anybody() -> None:
    assert of("A", ("A", "agreementWith", "B", "")).notes == [
        "A isn't known to buy, invest in or own anything, nor anybody to do so with it"
    ]


@pytest.mark.parametrize("options", [{"statuses": ["sold"]}, {"relations": ["issuedBy"]}])
def test_wrong_words_are_refused(options: dict[str, list[str]]) -> None:
    with pytest.raises(UsageError, match="none of them"):
        of("A", ("A", "acquires", "B", "completed"), **options)


def test_the_same_whatever_the_order_of_reading(store: Store) -> None:
    stated: list[Stated] = [(a, "acquires", b, "completed") for a, b in ("AB", "AC", "BD", "CD", "DA")]
    assert drawn(of("A", *stated).down) == drawn(of("A", *reversed(stated)).down)
