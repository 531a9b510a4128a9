"""Names within names."""

from __future__ import annotations

import pytest

from kg.extract import nesting
from kg.extract.pipeline import gazetteer
from kg.extract.plain import simplify
from kg.items import EntityType, Mention
from kg.reference import Reference


def found(text: str, name: str, type_: EntityType) -> list[tuple[str, str, str]]:
    at = text.index(name)
    given = [Mention(at, at + len(name), name, type_)]
    added, relations = nesting.find(text, simplify(text), given, Reference.load(), gazetteer())
    everything = [*given, *added]
    assert all(text[m.start : m.end] == m.text for m in added)
    assert all(r.start <= at < r.end for r in relations)
    return [(r.type, everything[r.subject].text, everything[r.object].text) for r in relations]


@pytest.mark.parametrize(
    ("text", "name", "type_", "expected"),
    [
        (
            "中国互联网协会港口工作委员会发布倡议。",
            "中国互联网协会港口工作委员会",
            "Organization",
            [("partOf", "中国互联网协会港口工作委员会", "中国互联网协会")],
        ),
        (
            "中国人民银行上海市分行开出罚单。",
            "中国人民银行上海市分行",
            "Regulator",
            [("partOf", "中国人民银行上海市分行", "中国人民银行")],
        ),
        (
            "松岭市人民政府办公厅发文。",
            "松岭市人民政府办公厅",
            "Regulator",
            [("partOf", "松岭市人民政府办公厅", "松岭市人民政府")],
        ),
        ("国务院办公厅发文。", "国务院办公厅", "Regulator", [("partOf", "国务院办公厅", "国务院")]),
        (
            "《财政部 税务总局关于港口税收的通知》发布。",
            "财政部 税务总局关于港口税收的通知",
            "Instrument",
            [
                ("issuedBy", "财政部 税务总局关于港口税收的通知", "财政部"),
                ("issuedBy", "财政部 税务总局关于港口税收的通知", "税务总局"),
            ],
        ),
        (
            "《关于修改〈港口管理条例〉的决定》公布。",
            "关于修改〈港口管理条例〉的决定",
            "Instrument",
            [("amends", "关于修改〈港口管理条例〉的决定", "港口管理条例")],
        ),
        ("国务院国资委开会。", "国务院国资委", "Regulator", []),
        ("国家数据局开会。", "国家数据局", "Regulator", []),
        ("微软亚洲研究院成立。", "微软亚洲研究院", "Organization", []),  # a firm's institute is no part of a body
        ("《关于促进港口发展的意见》印发。", "关于促进港口发展的意见", "Instrument", []),
        ("《网络安全法》关于港口的规定。", "网络安全法", "Instrument", []),
    ],
)
def test_names_within_names(text: str, name: str, type_: EntityType, expected: list[tuple[str, str, str]]) -> None:
    assert found(text, name, type_) == expected


def test_a_name_said_twice_is_part_of_the_whole_once() -> None:
    text, name = "国务院办公厅发文。国务院办公厅指出。", "国务院办公厅"
    given: list[Mention] = [Mention(at, at + 6, name, "Regulator") for at in (0, 9)]
    _, relations = nesting.find(text, text, given, Reference.load(), gazetteer())
    assert len(relations) == 1


def test_a_short_form_has_no_parts() -> None:
    given = [Mention(0, 6, "国务院办公厅", "Regulator", full="某机构")]
    assert nesting.find("国务院办公厅", "国务院办公厅", given, Reference.load(), gazetteer()) == ([], [])
