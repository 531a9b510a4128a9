"""Short forms that a document defines, and brackets that define none."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

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
        ("阿尔法（NYSE: ALPH）宣布", ["C:阿尔法", "C:NYSE"], {}),
        ("Alpha原名Omega，去年融资", ["C:Alpha", "C:Omega"], {"Omega": "Alpha"}),
        ("Alpha和Omega", ["C:Alpha", "C:Omega"], {}),
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


def forms(text: str, given: list[Mention], known: frozenset[str] = frozenset()) -> list[tuple[str, str | None]]:
    found = settle(text, given, known)
    assert all(text[m.start : m.end] == m.text for m in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    return [(m.text, m.full) for m in found]


def test_a_defined_form_wins_over_a_piece_of_it() -> None:
    text = "四川松岭服务集团股份有限公司（“松岭服务”）公告。资料显示，松岭服务于去年挂牌。"
    given = mentions(text, "C:四川松岭服务集团股份有限公司", "C:松岭", "C:松岭")
    full = "四川松岭服务集团股份有限公司"
    assert forms(text, given) == [(full, None), ("松岭服务", full), ("松岭服务", full)]


def test_a_defined_form_wins_over_a_name_that_goes_on_with_other_words() -> None:
    text = "松岭国际有限公司（下称“松岭国际”）公告。松岭国际系海松集团的子公司，收购松岭国际合共六成股份。"
    given = mentions(text, "C:松岭国际有限公司", "C:松岭国际", "C:松岭国际系海松集团", "C:松岭国际合共")
    given = [replace(m, reason="model") for m in given]
    full = "松岭国际有限公司"
    assert forms(text, given) == [
        (full, None),
        ("松岭国际", full),
        ("松岭国际", full),
        ("海松集团", None),
        ("松岭国际", full),
    ]


def test_a_longer_name_is_another() -> None:
    text = "松岭控股集团有限公司（“松岭”）公告。松岭科技与松岭同日公告。"
    given = mentions(text, "C:松岭控股集团有限公司", "C:松岭", "C:松岭科技", "C:松岭")
    full = "松岭控股集团有限公司"
    assert forms(text, given)[0] == (full, None)
    assert ("松岭科技", None) in forms(text, given)


def test_a_firm_in_distress_is_the_same_firm() -> None:
    text = "*ST松岭公告称，松岭股份虚增收入。"
    assert forms(text, mentions(text, "C:*ST松岭", "C:松岭股份")) == [("*ST松岭", "松岭股份"), ("松岭股份", None)]


@pytest.mark.parametrize(
    ("short", "long", "same"),
    [
        ("港口数据保护规则", "2025年港口数据保护规则", True),
        ("港口治理蓝皮书", "港口治理蓝皮书（2025年）", True),
        ("修改港口法的决定", "全国港口会议关于修改〈中华港口法〉的决定", True),
        ("港口风险管理框架", "港口风险管理框架：生成式附录", False),
        ("修改港口法的决定", "关于修改〈海关法〉的决定", False),
    ],
)
def test_titles_of_one_document(short: str, long: str, same: bool) -> None:
    text = f"《{long}》发布。{short}施行。"
    assert dict(forms(text, mentions(text, f"I:{long}", f"I:{short}")))[short] == (long if same else None)


def tags(text: str, **words: str) -> list[tuple[str, bool]]:
    """LAC's tags: each character a noun of its own, but for these words."""
    found = [("n", True)] * len(text)
    for word, tag in words.items():
        at = text.find(word)
        while at >= 0:
            found[at : at + len(word)] = [(tag, i == 0) for i in range(len(word))]
            at = text.find(word, at + 1)
    return found


def test_a_firm_is_called_by_the_beginning_of_its_name() -> None:
    text = "松屿科技完成融资。松屿成立于广州，松屿的产品很多。"
    given = mentions(text, "C:松屿科技")
    found = settle(text, given, frozenset(), tags(text, 松屿="PER"))
    assert [(m.text, m.full, m.reason) for m in found[1:]] == [("松屿", "松屿科技", "brief")] * 2
    # a plain word, a place, a name of another firm, and what stands there once
    assert len(settle(text, given, frozenset(), tags(text, 松屿="a"))) == 1
    assert len(settle(text, given, frozenset(("松屿",)), tags(text, 松屿="PER"))) == 1
    once = text.replace("，松屿的产品很多", "")
    assert len(settle(once, mentions(once, "C:松屿科技"), frozenset(), tags(once, 松屿="PER"))) == 1
    both = text + "松屿资本领投。"
    given = mentions(both, "C:松屿科技", "C:松屿资本")
    assert [m.text for m in settle(both, given, frozenset(), tags(both, 松屿="PER"))] == ["松屿科技", "松屿资本"]
