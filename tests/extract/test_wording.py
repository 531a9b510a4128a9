"""What the words about a pair come down to: brackets and lists fall away, and cue words count by their kind."""

from __future__ import annotations

import pytest

from kg.extract import wording


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("（#.SH）宣布收购", "宣布收购"),
        ("与Ｃ、Ｃ和", "与"),
        ("收购Ｃ和Ｃ等Ｃ、", "收购"),
        ("收购Ｃ，与", "收购Ｃ，与"),  # no list
        ("“Ｃ”旗下", "Ｃ旗下"),
        ("（", "（"),
        ("", ""),
    ],
)
def test_what_is_said_by_the_way_is_left_out(text: str, short: str) -> None:
    assert wording.abridged(text) == short


def test_cues_count_by_their_kind_and_place() -> None:
    found = set(wording.features("昨日，", "宣布完成收购", "#%股权，后者否认"))
    assert {
        "sm:buy",
        "sm1:buy",
        "sm9:buy:0",
        "smdone:buy",
        "sb0",
        "sa0",
        "sss:buy/-/-",
        "ob:#%股权",
        "ob:buy:股权",
    } <= found
    assert not any("deny" in feature for feature in found)  # it stands in another clause


def test_other_words_for_the_same_look_alike() -> None:
    one, other = (set(wording.features("", f"宣布{word}", "股权")) for word in ("收购", "买下"))
    assert {"sss:buy/-/-", "ob:buy:股权"} <= one & other


def test_who_is_bought_is_told_by_the_passive() -> None:
    assert "smpassive:buy" in set(wording.features("", "被", "收购")) | set(wording.features("", "被收购，", ""))
    assert "sapassive:-" not in set(wording.features("", "被", "收购"))


def test_features_are_few_where_little_stands() -> None:
    assert all(isinstance(feature, str) for feature in wording.features("", "", ""))
    assert "ob:$" in set(wording.features("", "", ""))
