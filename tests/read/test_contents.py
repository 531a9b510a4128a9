"""A line of the contents: title, leader, page."""

from __future__ import annotations

import pytest

from kg.read.contents import _unled


@pytest.mark.parametrize(
    ("line", "plain", "page"),
    [
        ("某部发布办法 ........ 12", "某部发布办法", 12),
        ("某部发布办法……3", "某部发布办法", 3),
        ("某部发布办法 7", "某部发布办法", 7),
        ("某部发布办法. 7", "某部发布办法.", 7),  # one dot is a stop
        ("某部发布办法 . . 7", "某部发布办法 . .", 7),  # no two together
        ("2024年计划2024", "2024年计划2024", None),
        ("投资 2024", "投资 2024", None),  # a year: pages have three digits at most
        ("办法7", "办法7", None),
        ("........", "........", None),
        ("", "", None),
    ],
)
def test_leaders(line: str, plain: str, page: int | None) -> None:
    assert _unled(line) == (plain, page)


def test_long_lines_take_no_time() -> None:
    assert _unled("1." * 200_000) == ("1." * 200_000, None)
    assert _unled("题" + "." * 200_000 + "5") == ("题", 5)
    assert _unled("9" * 200_000)[1] is None
    assert _unled("题" + " ." * 200_000 + ". 5") == ("题", 5)
    assert _unled("题" + " ." * 200_000 + " 5") == ("题" + " ." * 200_000, 5)
