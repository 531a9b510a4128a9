"""What several sentences say of one deal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.items import Terms
from kg.resolve.deals import merge, round_key, status

TEXT, HEAD = False, True


def of(*stated: tuple[str | None, bool]) -> list[tuple[Terms, bool]]:
    return [(Terms(status=s), headline) for s, headline in stated]


@pytest.mark.parametrize(
    ("stated", "settled"),
    [
        ([("announced", HEAD), ("in-talks", TEXT)], "in-talks"),
        ([("completed", HEAD), ("proposed", TEXT)], "proposed"),
        ([("announced", HEAD), (None, TEXT)], "announced"),
        ([("in-talks", TEXT), ("announced", TEXT)], "in-talks"),
        ([("announced", TEXT), ("completed", TEXT)], "completed"),
        ([("completed", TEXT), ("announced", TEXT)], "completed"),
        ([("announced", TEXT), ("terminated", TEXT)], "terminated"),
        ([("completed", TEXT), ("terminated", TEXT)], "terminated"),
        ([("rumoured", TEXT), (None, TEXT)], "rumoured"),
        # a headline tells the end, and the text what the plan was
        ([("terminated", HEAD), ("announced", TEXT)], "terminated"),
        ([("terminated", HEAD), ("completed", TEXT)], "completed"),
        ([(None, TEXT)], "announced"),
        ([], "announced"),
    ],
)
def test_status(stated: list[tuple[str | None, bool]], settled: str) -> None:
    assert status(of(*stated), "announced") == settled
    assert merge(of(*stated), "announced").status == settled


def test_the_price_is_the_first_that_the_text_gives() -> None:
    stated = [
        (Terms(amount=Decimal(5), amount_text="约5元", currency="CNY", qualifier="about"), HEAD),
        (Terms(status="announced"), TEXT),
        (Terms(amount=Decimal(6), amount_text="6元", currency="CNY", qualifier="exact"), TEXT),
        (Terms(amount=Decimal(7), amount_text="7美元", currency="USD", qualifier="exact"), TEXT),
    ]
    merged = merge(stated, "announced")
    assert (merged.amount, merged.amount_text, merged.currency, merged.qualifier) == (6, "6元", "CNY", "exact")


def test_a_rumours_price_is_none_of_what_was_agreed_on() -> None:
    rumour = (Terms(status="rumoured", amount=Decimal(5), amount_text="5元", currency="CNY"), TEXT)
    assert merge([rumour, (Terms(status="completed"), TEXT)], "announced").amount is None
    assert merge([(Terms(status="announced", amount=Decimal(6)), TEXT), rumour], "announced").amount == 6
    assert merge([rumour, (Terms(status="proposed"), TEXT)], "announced").amount == 5


def test_a_headline_gives_what_the_text_leaves_out() -> None:
    stated = [(Terms(amount=Decimal(5), currency="USD", stake=Decimal("0.5")), HEAD), (Terms(status="proposed"), TEXT)]
    merged = merge(stated, "announced")
    assert (merged.amount, merged.stake, merged.status) == (5, Decimal("0.5"), "proposed")


def test_an_order_of_magnitude_yields_to_an_amount() -> None:
    stated = [
        (Terms(amount_text="数千万美元"), TEXT),
        (Terms(amount=Decimal(30), amount_text="30美元", currency="USD", qualifier="exact"), TEXT),
    ]
    assert merge(stated, "completed").amount_text == "30美元"
    assert merge(stated[:1], "completed").amount_text == "数千万美元"
    assert merge(stated[:1], "completed").amount is None


def test_stake_valuation_round_and_lead_come_from_wherever_they_stand() -> None:
    stated = [
        (Terms(valuation=Decimal(9), round="A轮"), TEXT),
        (Terms(stake=Decimal("0.2"), round="B轮", lead=True), TEXT),
    ]
    merged = merge(stated, "completed")
    assert (merged.valuation, merged.stake, merged.round, merged.lead) == (9, Decimal("0.2"), "A轮", True)


def test_a_rumour_has_no_day_of_announcement_and_only_a_completed_deal_one_of_completion() -> None:
    rumour = merge([(Terms(status="rumoured", announced="2024-08-01"), TEXT)], "announced")
    assert (rumour.announced, rumour.completed) == (None, None)
    open_ = merge([(Terms(status="announced", announced="2024-08-01", completed="2024-09-01"), TEXT)], "announced")
    assert (open_.announced, open_.completed) == ("2024-08-01", None)


def test_completion_does_not_come_before_announcement() -> None:
    stated = [(Terms(status="completed", announced="2024-08-10", completed="2024-08-01"), TEXT)]
    merged = merge(stated, "announced")
    assert (merged.announced, merged.completed) == (None, "2024-08-01")


def test_order_matters_only_within_text_and_headline() -> None:
    a, b = (Terms(status="announced", amount=Decimal(1)), HEAD), (Terms(status="proposed", amount=Decimal(2)), TEXT)
    assert merge([a, b], "announced") == merge([b, a], "announced")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("A轮", "a"),
        ("A轮融资", "a"),
        ("Series A", "a"),
        ("A", "a"),
        ("A輪", "a"),
        ("Pre-A轮", "prea"),
        ("Pre-Series A", "prea"),
        ("B+轮", "b+"),
        ("B轮", "b"),
        ("天使轮", "天使"),
        ("Seed round", "seed"),
        ("融资", None),
        (None, None),
    ],
)
def test_one_round_under_several_names(name: str | None, key: str | None) -> None:
    assert round_key(name) == key
