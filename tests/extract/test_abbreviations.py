"""Short forms that a document defines, and brackets that define none."""

from __future__ import annotations

import pytest

from kg.extract.abbreviations import definitions, settle
from kg.items import EntityType, Mention

KINDS: dict[str, EntityType] = {"C": "Company", "R": "Regulator", "I": "Instrument"}


def mentions(text: str, *names: str) -> list[Mention]:
    """``C:甲公司`` is where the name stands next."""
    found, at = [], 0
    for tagged in names:
        name = tagged[2:]
        at = text.index(name, at)
        found.append(Mention(at, at + len(name), name, KINDS[tagged[0]]))
        at += len(name)
    return found


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("《港口管理办法》（以下简称《办法》）", ["I:港口管理办法"], {"办法": "港口管理办法"}),
        (
            "《港口审计管理办法》和《港口审计参考要点》（以下分别简称《办法》和《要点》）",
            ["I:港口审计管理办法", "I:港口审计参考要点"],
            {"办法": "港口审计管理办法", "要点": "港口审计参考要点"},
        ),
        ("甲科技有限公司（以下简称“甲科技”）", ["C:甲科技有限公司"], {"甲科技": "甲科技有限公司"}),
        ("甲科技有限公司（下称甲科）", ["C:甲科技有限公司"], {"甲科": "甲科技有限公司"}),
        ("阿尔法公司（“阿尔法”）", ["C:阿尔法公司"], {"阿尔法": "阿尔法公司"}),
        ("港口数据局（简称“港数局”）", ["R:港口数据局"], {"港数局": "港口数据局"}),
        ("阿尔法公司（Alpha Inc）", ["C:阿尔法公司", "C:Alpha Inc"], {"Alpha Inc": "阿尔法公司"}),
        ("阿尔法公司（ALPH）", ["C:阿尔法公司"], {"ALPH": "阿尔法公司"}),
        ("港口竞争局（PCA）", ["R:港口竞争局"], {"PCA": "港口竞争局"}),
        # two names of one script may be two firms
        ("阿尔法公司（贝塔公司）", ["C:阿尔法公司", "C:贝塔公司"], {}),
        ("Alpha Inc (Beta Corp)", ["C:Alpha Inc", "C:Beta Corp"], {}),
        ("阿尔法公司（上海）", ["C:阿尔法公司"], {}),
        ("阿尔法公司（600519.SH）", ["C:阿尔法公司"], {}),
        ("《港口法》（征求意见稿）", ["I:港口法"], {}),
        ("阿尔法公司宣布（以下简称“公告”）", ["C:阿尔法公司"], {}),
    ],
)
def test_definitions(text: str, names: list[str], expected: dict[str, str]) -> None:
    assert definitions(text, mentions(text, *names)) == expected


def test_a_defined_form_is_found_wherever_it_stands() -> None:
    text = "《港口管理办法》（以下简称《办法》）今日发布。《办法》共十条。"
    found = settle(text, mentions(text, "I:港口管理办法"))
    assert [(m.text, m.full) for m in found] == [
        ("港口管理办法", None),
        ("办法", "港口管理办法"),
        ("办法", "港口管理办法"),
    ]
    assert all(text[m.start : m.end] == m.text for m in found)


def test_a_defined_form_takes_the_type_of_what_it_stands_for() -> None:
    text = "港口竞争局（PCA）表态。PCA称"
    found = settle(text, mentions(text, "R:港口竞争局", "C:PCA"))
    assert {m.type for m in found} == {"Regulator"}


def test_a_shorter_name_stands_for_the_only_longer_one() -> None:
    text = "阿尔法中心有限公司称，阿尔法中心盈利。"
    found = settle(text, mentions(text, "C:阿尔法中心有限公司", "C:阿尔法中心"))
    assert found[1].full == "阿尔法中心有限公司"


def test_of_two_longer_names_none_is_meant() -> None:
    text = "阿尔法科技、阿尔法控股与阿尔法。"
    found = settle(text, mentions(text, "C:阿尔法科技", "C:阿尔法控股", "C:阿尔法"))
    assert [m.full for m in found] == [None, None, None]


def test_a_legal_name_stands_for_the_known_short_one() -> None:
    text = "阿尔法资本管理有限公司出资，阿尔法资本领投。"
    found = settle(text, mentions(text, "C:阿尔法资本管理有限公司", "C:阿尔法资本"), frozenset({"阿尔法资本"}))
    assert [m.full for m in found] == ["阿尔法资本", None]
    # a subsidiary with a word of its own is another firm
    text = "阿尔法资本与阿尔法资本工程有限公司。"
    found = settle(text, mentions(text, "C:阿尔法资本", "C:阿尔法资本工程有限公司"), frozenset({"阿尔法资本"}))
    assert [m.full for m in found] == [None, None]


def test_a_known_name_stands_for_itself() -> None:
    text = "阿尔法中心有限公司称，阿尔法中心盈利。"
    found = settle(text, mentions(text, "C:阿尔法中心有限公司", "C:阿尔法中心"), frozenset({"阿尔法中心"}))
    assert found[1].full is None
