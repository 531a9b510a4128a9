"""Local bodies by place and function."""

from __future__ import annotations

import pytest

from kg.reference import Place, Reference
from kg.resolve.local import expand, function_of, parse, places_in

REFERENCE = Reference.load()


def place(name: str) -> Place:
    return next(p for p in REFERENCE.find_place(name) if p.name == name)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("北京市网信办", "北京市互联网信息"),
        ("北京市互联网信息办公室", "北京市互联网信息"),
        ("北京市委网信办", "北京市互联网信息"),
        ("中共北京市委网信办", "北京市互联网信息"),
        ("上海市徐汇区数据局", "徐汇区数据"),
        ("徐汇区数据局", "徐汇区数据"),
        ("浙江省杭州市数据局", "杭州市数据"),
        ("浦东新区数据局", "浦东新区数据"),
        ("杭州市余杭区市场监管局", "余杭区市场监督管理"),
        ("杭州市余杭区市场监督管理局", "余杭区市场监督管理"),
        ("广东省人社厅", "广东省人力资源和社会保障"),
        ("广东省人力资源和社会保障厅", "广东省人力资源和社会保障"),
        ("广东省通信管理局", "广东省通信管理"),
        ("江苏证监局", "江苏省证券监督管理"),
        ("江苏省药监局", "江苏省药品监督管理"),
        ("重庆市经信委", "重庆市经济和信息化"),
        ("西藏自治区网信办", "西藏自治区互联网信息"),
        ("新疆维吾尔自治区党委网信办", "新疆维吾尔自治区互联网信息"),
        ("吉林市公安局", "吉林市公安"),
        ("吉林省公安厅", "吉林省公安"),
        ("北京市朝阳区商务局", "北京市朝阳区商务"),
        ("吉林省长春市朝阳区商务局", "长春市朝阳区商务"),
    ],
)
def test_a_full_name(name: str, key: str) -> None:
    body = parse(name, REFERENCE)
    assert body is not None
    assert body.key == key


@pytest.mark.parametrize(
    "name",
    [
        "深圳市前海管理局",  # a place that no table holds, and no function
        "省人社厅",
        "朝阳区商务局",  # of Beijing, of Changchun
        "北京大学",
        "上海证券交易所",
        "北京市第一中级人民法院",
        "北京互联网法院",
        "广东省人民政府",
        "深圳市",
        "北京市局",
        "数据局",
        "局",
        "",
    ],
)
def test_no_local_body_with_a_function(name: str) -> None:
    assert parse(name, REFERENCE) is None


@pytest.mark.parametrize(
    ("name", "around", "key"),
    [
        ("市商务局", ["北京市"], "北京市商务"),
        ("市商务局", ["上海市"], "上海市商务"),
        ("市商务局", ["徐汇区"], "上海市商务"),
        ("市商务局", ["杭州市", "浙江省"], "杭州市商务"),
        ("市商务局", ["昆山市"], "昆山市商务"),
        ("市委网信办", ["北京市"], "北京市互联网信息"),
        ("市互联网信息办公室", ["北京市"], "北京市互联网信息"),
        ("省人社厅", ["广东省"], "广东省人力资源和社会保障"),
        ("省人社厅", ["广州市"], "广东省人力资源和社会保障"),
        ("省委网信办", ["广州市", "广东省"], "广东省互联网信息"),
        ("自治区网信办", ["新疆维吾尔自治区"], "新疆维吾尔自治区互联网信息"),
        ("自治区党委网信办", ["南宁市"], "广西壮族自治区互联网信息"),
        ("区数据局", ["徐汇区"], "徐汇区数据"),
    ],
)
def test_a_short_form_takes_its_place_from_the_document(name: str, around: list[str], key: str) -> None:
    body = expand(name, [place(p) for p in around], REFERENCE)
    assert body is not None
    assert body.key == key


@pytest.mark.parametrize(
    ("name", "around"),
    [
        ("市商务局", []),
        ("市商务局", ["北京市", "上海市"]),
        ("市网信办", ["广东省"]),
        ("省人社厅", ["广东省", "浙江省"]),
        ("省人社厅", ["北京市"]),
        ("自治区网信办", ["广东省"]),
        ("区数据局", ["上海市"]),
        ("县公安局", ["北京市"]),
        ("市看守所", ["北京市"]),
        ("商务局", ["北京市"]),
    ],
)
def test_a_short_form_that_no_place_or_two_would_fit(name: str, around: list[str]) -> None:
    assert expand(name, [place(p) for p in around], REFERENCE) is None


@pytest.mark.parametrize(
    ("rest", "function"),
    [
        ("网信办", "互联网信息"),
        ("互联网信息办公室", "互联网信息"),
        ("数据局", "数据"),
        ("市场监管局", "市场监督管理"),
        ("市场监督管理局", "市场监督管理"),
        ("人社局", "人力资源和社会保障"),
        ("前海管理局", None),
        ("网信", None),
        ("局", None),
        ("", None),
    ],
)
def test_a_function(rest: str, function: str | None) -> None:
    assert function_of(rest) == function


def test_places_of_a_text() -> None:
    found = places_in("在上海市徐汇区、长春市朝阳区和合肥的企业", REFERENCE)
    assert [p.name for _, p in found] == ["上海市", "徐汇区", "长春市", "朝阳区", "合肥市"]
    assert REFERENCE.within(found[3][1])[0].name == "长春市"


@pytest.mark.parametrize("text", ["", "没有地方的句子", "鼓楼区的企业"])
def test_no_place_of_a_text(text: str) -> None:
    assert places_in(text, REFERENCE) == []
