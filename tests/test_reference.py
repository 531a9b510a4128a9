from __future__ import annotations

import doctest
import shutil
import time
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from kg import reference as module
from kg.errors import ReadError
from kg.ids import normalise
from kg.reference import Reference, simplify
from kg.settings import asset


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


def ids(reference: Reference, name: str) -> list[str]:
    return [row.id for row in reference.find(name)]


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("国家网信办", "cac"),
        ("中央网络安全和信息化委员会办公室", "cac"),
        ("国家互联网信息办公室", "cac"),
        ("国家数据局", "nda"),
        ("國家數據局", "nda"),
        ("工信部", "miit"),
        ("MIIT", "miit"),
        ("信安标委", "tc260"),
        ("全国网络安全标准化技术委员会", "tc260"),
        ("SAC/TC260", "tc260"),
        ("银保监会", "cbirc"),
        ("香港金融管理局", "hkma"),
        ("個人資料私隱專員公署", "pcpd"),
        ("拜登政府", "us-gov"),
        ("美国商务部工业与安全局", "us-bis"),
        ("CNIL", "cnil"),
        ("北京市委网信办", "bj-cac"),
        ("广东省高院", "gd-high-court"),
        ("深圳证监局", "sz-csrc"),
        ("谷歌", "google"),
        ("Alphabet Inc.", "alphabet"),
        ("台積電", "tsmc"),
        ("三星电子", "samsung-electronics"),
        ("三星", "samsung"),
        ("阿里云", "alibaba-cloud"),
        ("阿里巴巴", "alibaba"),
        ("蚂蚁集团", "ant-group"),
        ("字节跳动", "bytedance"),
        ("抖音", "douyin"),
        ("彭博社", "bloomberg"),
        ("Ｏpen AI", "openai"),
        ("信通院", "caict"),
        ("纳斯达克", "nasdaq"),
        ("IEEE SA", "ieee-sa"),
        ("IEEE", "ieee"),
    ],
)
def test_names_that_mean_one_body_in_any_text(reference: Reference, name: str, id_: str) -> None:
    rows = reference.find(name)
    assert rows[0].id == id_
    assert reference.is_strong(name, rows[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("金管局", {"hkma", "amcm", "mas"}),
        ("人工智能安全研究所", {"us-aisi", "uk-aisi", "jp-aisi", "kr-aisi", "sg-aisi", "ca-aisi", "au-aisi"}),
        ("个人信息保护委员会", {"pipc", "jp-ppc"}),
        ("司法部", {"moj", "us-doj"}),
        ("众议院", {"us-house", "au-house"}),
        ("BIS", {"us-bis", "bis-bank"}),
        ("Ministry of Finance", {"mof", "jp-mof"}),
    ],
)
def test_weak_names_leave_the_choice_to_the_document(reference: Reference, name: str, expected: set[str]) -> None:
    rows = reference.find(name)
    assert expected <= {row.id for row in rows}
    assert not any(reference.is_strong(name, row) for row in rows)
    assert normalise(name) not in reference.strong


def test_a_name_can_be_strong_for_one_and_weak_for_others(reference: Reference) -> None:
    rows = reference.find("财政部")
    assert rows[0].id == "mof"
    assert {"us-treasury", "uk-treasury"} <= {row.id for row in rows[1:]}
    assert [reference.is_strong("财政部", row) for row in rows] == [True] + [False] * (len(rows) - 1)


@pytest.mark.parametrize(
    "name", ["数据", "有关部门", "监管部门", "某公司", "国家", "委员会", "", "的", "2024", "十部门"]
)
def test_what_names_nobody_is_not_found(reference: Reference, name: str) -> None:
    assert ids(reference, name) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("google", "alphabet"),
        ("alibaba", "alibaba-cloud"),
        ("alibaba", "ant-group"),
        ("tencent", "tencent-cloud"),
        ("bytedance", "douyin"),
        ("samsung", "samsung-electronics"),
        ("sequoia", "hongshan"),
        ("ieee", "ieee-sa"),
        ("mas", "hkma"),
        ("nfra", "cbirc"),
        ("caict", "caict-cloud"),
    ],
)
def test_related_bodies_share_no_strong_name(reference: Reference, one: str, other: str) -> None:
    first, second = reference.by_id[one], reference.by_id[other]
    assert first is not second
    assert not set(map(normalise, first.strong_names)) & set(map(normalise, second.strong_names))


def test_a_row_knows_its_names(reference: Reference) -> None:
    row = reference.by_id["mof"]
    assert row.label == "财政部"
    assert "Ministry of Finance" in row.names
    assert "Ministry of Finance" not in row.strong_names
    assert reference.by_id["deepmind"].label == "谷歌DeepMind"
    assert reference.by_id["wiz"].label == "Wiz"


def test_every_name_leads_back_to_its_row(reference: Reference) -> None:
    for row in reference.by_id.values():
        for name in row.names:
            assert row in reference.names[normalise(name)], (row.id, name)
        for name in row.strong_names:
            assert reference.strong[normalise(name)] is row


def test_ancestors_run_from_near_to_far(reference: Reference) -> None:
    assert [row.id for row in reference.ancestors(reference.by_id["nda-office"])] == ["nda", "ndrc", "state-council"]
    assert reference.ancestors(reference.by_id["us-gov"]) == ()


def test_former_bodies_lead_to_their_successors(reference: Reference) -> None:
    chain, row = [], reference.by_id["circ"]
    while row.successor:
        row = reference.by_id[row.successor]
        chain.append(row.id)
    assert chain == ["cbirc", "nfra"]


@pytest.mark.parametrize(
    ("alpha2", "id_"), [("AU", "au-gov"), ("GB", "uk-gov"), ("CN", "cn-government"), ("EU", "eu"), ("US", "us-gov")]
)
def test_the_government_of_a_country(reference: Reference, alpha2: str, id_: str) -> None:
    row = reference.government(alpha2)
    assert row is not None
    assert (row.id, row.jurisdiction) == (id_, alpha2)


def test_a_country_without_a_row_has_no_government(reference: Reference) -> None:
    assert reference.government("AQ") is None


def test_places_by_full_and_short_name(reference: Reference) -> None:
    assert [place.code for place in reference.find_place("合肥市")] == ["340100"]
    assert reference.find_place("合肥") == reference.find_place("合肥市")
    assert [place.level for place in reference.find_place("海南")] == ["province", "prefecture", "county"]
    assert len(reference.find_place("朝阳区")) == 2
    assert [place.code for place in reference.find_place("臺灣省")] == ["710000"]
    assert reference.find_place("市辖区") == ()


def test_what_a_place_lies_in(reference: Reference) -> None:
    (xuhui,) = reference.find_place("徐汇区")
    assert [place.name for place in reference.within(xuhui)] == ["上海市"]
    (shushan,) = reference.find_place("蜀山区")
    assert [place.name for place in reference.within(shushan)] == ["合肥市", "安徽省"]


@pytest.mark.parametrize(
    ("name", "alpha2"),
    [("美国", "US"), ("美國", "US"), ("澳洲", "AU"), ("British", "GB"), ("印尼", "ID"), ("欧盟", "EU"), ("沙特", "SA")],
)
def test_countries_by_any_name(reference: Reference, name: str, alpha2: str) -> None:
    country = reference.find_country(name)
    assert country is not None
    assert country.alpha2 == alpha2


@pytest.mark.parametrize("name", ["亚特兰蒂斯", "us", "", "美"])
def test_what_is_no_country(reference: Reference, name: str) -> None:
    assert reference.find_country(name) is None


def test_traditional_forms_lead_to_the_simplified_name(reference: Reference) -> None:
    assert reference.traditional["國家發展改革委"] == "国家发展改革委"
    assert reference.traditional["臺灣證交所"] == reference.traditional["台灣證交所"] == "台湾证交所"
    # the name itself stands in the table in both forms
    assert "國家數據局" in reference.names
    assert set(reference.traditional.values()) <= set(reference.names)
    assert not set(reference.traditional) & set(reference.names)


def test_simplify_leaves_latin_and_simplified_text_alone() -> None:
    assert simplify("MIIT") == "MIIT"
    assert simplify("工信部") == "工信部"
    assert simplify("歐盟委員會") == "欧盟委员会"


def test_a_former_name_leads_to_the_body_that_bore_it(reference: Reference) -> None:
    (row,) = reference.find("全国信息安全标准化技术委员会")
    assert row.id == "tc260"
    assert [(former.until, former.name in row.names) for former in row.former] == [("2024", True)]
    assert all(former.name in row.strong_names for row in reference.by_id.values() for former in row.former)


def test_zones_by_any_name(reference: Reference) -> None:
    assert reference.zones["前海"].name == "前海深港现代服务业合作区"
    assert reference.places[reference.zones["兵团"].place].name == "新疆维吾尔自治区"


def test_autonomous_divisions_by_the_form_between_full_and_short(reference: Reference) -> None:
    assert [place.name for place in reference.find_place("延边州")] == ["延边朝鲜族自治州"]
    assert [place.name for place in reference.find_place("新疆自治区")] == []  # nobody says so
    assert reference.find_place("北京州") == ()


def test_all_is_read_only(reference: Reference) -> None:
    with pytest.raises(TypeError):
        reference.by_id["nda"] = reference.by_id["cac"]  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        reference.by_id["nda"].name_zh = "x"  # type: ignore[misc]


def test_loading_is_fast() -> None:
    spent = []
    for _ in range(3):
        module._load.cache_clear()
        start = time.process_time()
        Reference.load()
        spent.append(time.process_time() - start)
    # 0.07 s on two busy cores; the bound leaves room for slower machines and for coverage
    assert min(spent) < 0.5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "reference"
    shutil.copytree(asset("data", "reference"), copy)
    return copy


def test_a_name_given_twice_is_reported_with_both_rows(folder: Path) -> None:
    with (folder / "regulators.csv").open("a", encoding="utf-8") as file:
        file.write("zz-other,Regulator,某数据局,,,国家数据局,,CN,,bureau,,,,,\n")
    with pytest.raises(ReadError, match=r"国家数据局 to zz-other, and nda has it already"):
        Reference.load(folder)


def test_an_id_given_twice_is_reported(folder: Path) -> None:
    with (folder / "organizations.csv").open("a", encoding="utf-8") as file:
        file.write("nda,Organization,某协会,,,,,CN,,association,,,,,\n")
    with pytest.raises(ReadError, match="the id nda"):
        Reference.load(folder)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("zz,Ministry,某部,,,,,CN,,ministry,,,,,\n", "the type Ministry is none of"),
        ("zz,Regulator,某部\n", "must have 15 columns"),
    ],
)
def test_a_faulty_line_is_reported_with_its_number(folder: Path, line: str, message: str) -> None:
    with (folder / "regulators.csv").open("a", encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(ReadError, match=rf"regulators\.csv, line \d+.*{message}"):
        Reference.load(folder)


def test_a_missing_column_is_reported(folder: Path) -> None:
    (folder / "countries.csv").write_text("alpha2,zh\nCN,中国\n", encoding="utf-8")
    with pytest.raises(ReadError, match="must have the columns alpha2, zh, en, names"):
        Reference.load(folder)


def test_a_former_name_of_nobody_is_reported(folder: Path) -> None:
    with (folder / "former.csv").open("a", encoding="utf-8") as file:
        file.write("zz-nobody,某局,,2018\n")
    with pytest.raises(ReadError, match="names of zz-nobody, of which no table has a row"):
        Reference.load(folder)


def test_a_former_name_that_another_body_bears_is_reported(folder: Path) -> None:
    with (folder / "former.csv").open("a", encoding="utf-8") as file:
        file.write("tc260,国家数据局,,2018\n")
    with pytest.raises(ReadError, match="gives the name 国家数据局 to tc260, and nda has it already"):
        Reference.load(folder)


def test_a_zone_of_no_division_is_reported(folder: Path) -> None:
    with (folder / "zones.csv").open("a", encoding="utf-8") as file:
        file.write("某新区,999999,\n")
    with pytest.raises(ReadError, match=r"zones\.csv, line \d+: places\.csv has no division 999999"):
        Reference.load(folder)


def test_a_missing_table_is_reported(folder: Path) -> None:
    (folder / "places.csv").unlink()
    with pytest.raises(ReadError, match=r"places\.csv"):
        Reference.load(folder)


def test_the_examples_of_the_module_run() -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
