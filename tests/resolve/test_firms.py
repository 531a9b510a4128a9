"""Firms by legal form, region and core."""

from __future__ import annotations

import doctest

import pytest

from kg.reference import Reference
from kg.resolve import firms
from kg.resolve.firms import Firm, key, parse

REFERENCE = Reference.load()


@pytest.mark.parametrize(
    ("name", "firm"),
    [
        ("甲乙科技有限公司", Firm("甲乙科技", "", "有限公司")),
        ("上海甲乙科技股份有限公司", Firm("甲乙科技", "上海", "股份有限公司")),
        ("甲乙科技（深圳）有限责任公司", Firm("甲乙科技", "深圳", "有限责任公司")),
        ("甲乙科技", Firm("甲乙科技")),
        ("Harbour Robotics Co., Ltd.", Firm("Harbour Robotics", "", "Co., Ltd.")),
        ("Harbour Robotics", Firm("Harbour Robotics")),
        ("", Firm("")),
    ],
)
def test_parts_of_a_name(name: str, firm: Firm) -> None:
    assert parse(name, REFERENCE) == firm


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("甲乙科技有限公司", "甲乙科技"),
        ("甲乙科技有限公司", "甲乙科技股份有限公司"),
        ("甲乙科技（北京）有限公司", "甲乙科技(北京)有限公司"),
        ("Harbour Robotics, Inc.", "Harbour Robotics"),
        ("Harbour Robotics Inc", "Harbour Robotics Incorporated"),
        ("Harbour Robotics Co., Ltd.", "Harbour Robotics Co. Limited"),
        ("Harbour Robotics L.L.C.", "Harbour Robotics LLC"),
        ("Harbour & Sons & Co.", "Harbour & Sons"),
        ("Harbour Corp., Ltd.", "Harbour"),
    ],
)
def test_names_that_differ_in_a_form_that_tells_nothing(name: str, other: str) -> None:
    assert key(name) == key(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("甲乙科技有限公司", "甲乙智能有限公司"),
        ("甲乙集团有限公司", "甲乙有限公司"),
        ("北京甲乙科技有限公司", "上海甲乙科技有限公司"),
        ("甲乙科技（北京）有限公司", "甲乙科技有限公司"),
        ("Harbour Robotics GmbH", "Harbour Robotics Inc."),
        ("Harbour Robotics Pte. Ltd.", "Harbour Robotics Ltd."),
        ("Harbour Inc.", "Harbor Inc."),
        ("科技有限公司", "科技"),  # nothing but a trade would be left
        ("AB Inc.", "AB"),  # too short to be a name
        ("Zinc", "Z"),  # no form, but letters of the word
        ("Marco", "Mar"),
        ("甲乙公司", "甲乙"),
    ],
)
def test_names_that_stay_apart(name: str, other: str) -> None:
    assert key(name) != key(other)


def test_the_examples_of_the_module_run() -> None:
    result = doctest.testmod(firms)
    assert result.attempted > 0
    assert result.failed == 0
