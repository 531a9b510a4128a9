"""The regression over rules and classifier: how far it trusts a rule is learnt."""

from __future__ import annotations

import pytest

from kg.extract import together

RULE = ("acquires", "buys", True)


def test_a_rule_is_a_feature_by_relation_and_way() -> None:
    assert together.features(0.5, [RULE], True) == {"any": 1.0, "likely": 0.0, "acquires there": 1.0}
    assert together.features(0.5, [RULE], False) == {"any": 1.0, "likely": 0.0, "acquires back": 1.0}
    assert together.features(0.5, [("sues", "files", True)], True) == {"any": 1.0, "likely": 0.0}


@pytest.mark.parametrize("likely", [0.0, 1.0])
def test_the_sure_stay_finite(likely: float) -> None:
    assert 0 <= together.likelihood({"likely": 5.0, "any": 1.0}, together.features(likely, [], True)) <= 1


def test_a_rule_counts_as_far_as_it_holds() -> None:
    rules = [[RULE]] * 40 + [[]] * 60

    def trust(right: int) -> float:
        there = [i < right or i == 50 for i in range(100)]
        weights = together.fit([together.features(0.2, one, True) for one in rules], there)
        return together.likelihood(weights, together.features(0.2, [RULE], True))

    assert trust(36) > 0.8 > 0.5 > trust(12) > 0.15


def test_fitting_gives_the_same_each_time_and_does_without_both_answers() -> None:
    rows = [together.features(p, [], True) for p in (0.1, 0.4, 0.9)]
    assert together.fit(rows, [False, True, True]) == together.fit(rows, [False, True, True])
    weights = together.fit(rows, [False] * 3)
    assert together.likelihood(weights, rows[0]) < 0.5
