"""Local bodies by place and function."""

from __future__ import annotations

import doctest

import pytest

from kg import ids
from kg.reference import Place, Reference
from kg.resolve import local
from kg.resolve.local import Body, Open, expand, function_of, parse, places_in, resolve

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
        "深圳市管理局",  # of a zone only
        "省人社厅",
        "朝阳区商务局",  # of Beijing, of Changchun
        "北京大学",
        "上海证券交易所",
        "北京市第一中级人民法院",
        "北京互联网法院",
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


# function, its short forms, its rank in a province and below
FUNCTIONS = (
    ("互联网信息", ("网信办",), "办公室", "办公室"),
    ("发展和改革", ("发改委", "发展改革委"), "委员会", "委员会"),
    ("工业和信息化", ("工信局", "工信厅"), "厅", "局"),
    ("教育", (), "厅", "局"),
    ("科学技术", ("科技局", "科技厅"), "厅", "局"),
    ("公安", (), "厅", "局"),
    ("民政", (), "厅", "局"),
    ("司法", (), "厅", "局"),
    ("财政", (), "厅", "局"),
    ("人力资源和社会保障", ("人社局", "人社厅"), "厅", "局"),
    ("自然资源", (), "厅", "局"),
    ("生态环境", (), "厅", "局"),
    ("住房和城乡建设", ("住建局", "住房城乡建设厅"), "厅", "局"),
    ("交通运输", (), "厅", "局"),
    ("农业农村", (), "厅", "局"),
    ("商务", (), "厅", "局"),
    ("文化和旅游", ("文旅局", "文旅厅"), "厅", "局"),
    ("卫生健康", ("卫健委", "卫生健康委"), "委员会", "委员会"),
    ("市场监督管理", ("市场监管局",), "局", "局"),
    ("数据", ("数据管理局",), "局", "局"),
)
PROVINCES = [p for p in REFERENCE.places.values() if p.level == "province" and p.code[:2] not in ("71", "81", "82")]


def seats(province: Place) -> list[Place]:
    """The province, its first prefectures and the first counties of these; of a municipality, its first districts."""
    below = [p for p in REFERENCE.places.values() if p.parent == province.code]
    return [province, *below[:3], *(c for b in below[:3] for c in REFERENCE.places.values() if c.parent == b.code)][:8]


def test_there_are_31_provinces_and_20_functions_on_three_levels() -> None:
    assert (len(PROVINCES), len(FUNCTIONS)) == (31, 20)
    assert {place.level for province in PROVINCES for place in seats(province)} == {"province", "prefecture", "county"}


@pytest.mark.parametrize("province", PROVINCES, ids=lambda p: p.code)
def test_parsed_and_printed_again_without_loss(province: Place) -> None:
    keys: dict[str, str] = {}
    for seat in seats(province):
        whole = "".join(p.name for p in reversed((seat, *REFERENCE.within(seat))))
        for function, short_forms, high, low in FUNCTIONS:
            rank = high if seat.level == "province" else low
            body = parse(f"{whole}{function}{rank}", REFERENCE)
            assert body is not None, whole + function + rank
            assert (body.place, body.function, body.rank, body.level) == (seat, function, rank, seat.level)
            assert str(body) == f"{body.wider}{seat.name}{function}{rank}"
            again = parse(str(body), REFERENCE)
            assert again is not None
            assert (again.key, str(again)) == (body.key, str(body))
            for short in short_forms:
                other = parse(f"{whole}{short}", REFERENCE)
                assert other is not None
                assert other.key == body.key
            superior = body.superior(REFERENCE)
            if seat.level == "province":
                assert superior is None
            else:
                assert superior is not None
                assert (superior.place, superior.function) == (REFERENCE.within(seat)[0], function)
                assert parse(str(superior), REFERENCE) is not None
            assert str(body.government(REFERENCE)) == f"{body.wider}{seat.name}人民政府"
            assert keys.setdefault(ids.entity("Regulator", body.key), str(body)) == str(body)
    assert len(keys) == len(seats(province)) * len(FUNCTIONS)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("广东省人民政府", "广东省人民政府"),
        ("广东省政府", "广东省人民政府"),
        ("广州市政府办公厅", "广州市人民政府办公厅"),
        ("北京市委", "北京市党委"),
        ("中共北京市委办公厅", "北京市党委办公厅"),
        ("中共杭州市委网络安全和信息化委员会办公室", "杭州市互联网信息"),
        ("杭州市委网络安全和信息化委员会", "杭州市网络安全和信息化委员会"),
        ("杭州市委宣传部", "杭州市宣传部"),
        ("杭州市纪委", "杭州市纪律检查委员会"),
        ("杭州市中院", "杭州市中级人民法院"),
        ("江苏省疾控中心", "江苏省疾病预防控制中心"),
        ("江苏省疾控局", "江苏省疾病预防控制"),
        ("锡林郭勒盟商务局", "锡林郭勒盟商务"),
        ("准格尔旗商务局", "准格尔旗商务"),
        ("延边州商务局", "延边朝鲜族自治州商务"),
        ("双江拉祜族佤族布朗族傣族自治县商务局", "双江拉祜族佤族布朗族傣族自治县商务"),
        ("海南州商务局", "海南藏族自治州商务"),
        ("海南省商务厅", "海南省商务"),
        ("国家税务总局浙江省税务局", "浙江省税务"),
        ("深圳前海管理局", "深圳市前海深港现代服务业合作区管理局"),
        ("前海管理局", "深圳市前海深港现代服务业合作区管理局"),
        ("河北雄安新区管委会", "河北省雄安新区管理委员会"),
        ("兵团网信办", "新疆生产建设兵团互联网信息"),
        ("苏州工业园区市场监管局", "苏州工业园区市场监督管理"),
        ("合肥高新区管委会", "合肥市高新技术产业开发区管理委员会"),
        ("合肥高新技术产业开发区管理委员会", "合肥市高新技术产业开发区管理委员会"),
        ("中国（上海）自由贸易试验区管理委员会", "上海市自由贸易试验区管理委员会"),
        ("上海自贸区临港新片区管委会", "上海市临港新片区管理委员会"),
    ],
)
def test_governments_party_organs_zones_and_the_corps(name: str, key: str) -> None:
    body = parse(name, REFERENCE)
    assert body is not None
    assert body.key == key
    again = parse(str(body), REFERENCE)
    assert again is not None
    assert again.key == key


@pytest.mark.parametrize(
    ("name", "around", "expected"),
    [
        ("朝阳区商务局", ["北京市"], "北京市朝阳区商务局"),
        ("朝阳区商务局", ["长春市"], "长春市朝阳区商务局"),
        ("朝阳区商务局", ["吉林省"], "长春市朝阳区商务局"),
        ("朝阳区商务局", ["北京市", "长春市"], None),
        ("朝阳区商务局", ["上海市"], None),
        ("朝阳区商务局", [], None),
        ("市商务局", ["北京市"], "北京市商务局"),
        ("市商务局", ["北京市", "上海市"], None),
        ("区政府", ["徐汇区"], "徐汇区人民政府"),
        ("区政府", ["上海市"], None),
        ("旗商务局", ["准格尔旗"], "准格尔旗商务局"),
        ("盟商务局", ["兴安盟"], "兴安盟商务局"),
        ("市委", ["北京市"], "北京市党委"),
    ],
)
def test_what_the_document_decides_and_what_stays_open(name: str, around: list[str], expected: str | None) -> None:
    body = resolve(name, [place(p) for p in around], REFERENCE)
    if expected is None:
        assert body == Open(name)
    else:
        assert isinstance(body, Body)
        assert str(body) == expected


@pytest.mark.parametrize("name", ["北京大学", "微软", "市场", "省事", "区块链实验室", "县城", "", "MIIT"])
def test_no_local_body_at_all(name: str) -> None:
    assert resolve(name, [place("北京市")], REFERENCE) is None


def test_the_examples_of_the_module_run() -> None:
    result = doctest.testmod(local)
    assert result.attempted > 0
    assert result.failed == 0
