"""Names with the right outcome, from a table: the same, different, or open where the document doesn't decide."""

from __future__ import annotations

from collections import Counter

import pytest

from tools import names

CASES = names.cases()
GOT = {case: names.outcome(case) for case in CASES}


def test_the_table_is_as_long_as_it_was_and_has_each_case_once() -> None:
    assert len(CASES) >= 590
    keys = Counter((case.left, case.right, case.context) for case in CASES)
    assert [key for key, count in keys.items() if count > 1] == []
    outcomes = Counter(case.outcome for case in CASES)
    assert set(outcomes) == set(names.OUTCOMES)
    assert outcomes["different"] >= 200
    assert all(case.why and case.left != case.right for case in CASES)


def test_nearly_all_names_come_out_right() -> None:
    wrong = [f"{c.left} | {c.right} | {c.context}: {GOT[c]}, not {c.outcome}" for c in CASES if GOT[c] != c.outcome]
    assert len(wrong) <= 0.03 * len(CASES), "\n".join(wrong)


def test_nothing_is_merged_wrongly() -> None:
    assert [(c.left, c.right, c.context) for c in CASES if GOT[c] == "same" and c.outcome != "same"] == []


@pytest.mark.parametrize("outcome", names.OUTCOMES)
def test_the_order_of_the_two_names_says_nothing(outcome: str) -> None:
    for case in [c for c in CASES if c.outcome == outcome][::7]:
        turned = names.Case(case.right, case.left, case.type, case.context, case.outcome, case.why)
        assert names.outcome(turned) == GOT[case], (case.left, case.right)
