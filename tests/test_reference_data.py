"""The tables of data/reference and the lists of data/patterns as they stand: what who adds a line can get wrong."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.namespace import SKOS

from kg.ids import normalise
from kg.reference import COLUMNS, COUNTRY_COLUMNS, FORMER_COLUMNS, PLACE_COLUMNS, TABLES, TYPES, ZONE_COLUMNS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "data" / "reference"
PATTERNS = ROOT / "data" / "patterns"
Record = dict[str, str]

# what reads as a word, a place or a thing in most texts, or names several bodies
AMBIGUOUS = """
Time Slack Visa Target Snap Apple Arm Box Block Square Stripe Circle Ford Shell Orange Runway Notion Figure
WHO SAFE MOST MAS BIS NDA SCA EU UN FIRST SIX 央行 金管局 司法部 国防部 财务省 数据局 网信办 证监局 大众 理想
平安 荣耀 联想 字节 蚂蚁 地平线 界面 澎湃 量子位 贝壳 转转 应用材料 金沙江 人大 中大 澳大利亚 越南 美国 北京
海南 监管部门 有关部门 政府 国会 议会 最高法院 人工智能办公室 AI安全研究所
公司法 证券法 反垄断法 刑法 宪法 破产法 专利法 商标法 著作权法 保险法 信托法 仲裁法 劳动法 隐私法 数据法
AI法案 人工智能法 芯片法案 个人数据保护法 在线安全法 网络安全法案 标准合同 标准合同条款 实体清单 十四五规划
条例 办法 规定 指南 细则 云法案 数据分类分级规则
DSA DMA CRA PIPA PDPA EAR FSR BSA CDR SCC AML CSL TPP IFRS
""".split()  # noqa: SIM905 (a list of seventy lines is harder to add to)


def read(table: str) -> list[Record]:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RECORDS = {table: read(table) for table in TABLES}
ALL = [record for records in RECORDS.values() for record in records]


def split(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def names(record: Record) -> list[str]:
    single = [record[column] for column in ("name_zh", "name_hant", "name_en") if record[column]]
    return [*single, *split(record["aliases"]), *split(record["weak"])]


def strong(record: Record) -> set[str]:
    return {normalise(name) for name in names(record)} - {normalise(name) for name in split(record["weak"])}


@pytest.mark.parametrize(
    ("table", "least"), [("regulators", 1000), ("companies", 1500), ("organizations", 550), ("instruments", 600)]
)
def test_tables_are_as_long_as_they_were(table: str, least: int) -> None:
    assert len(RECORDS[table]) >= least


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_sorted_by_id_and_have_the_columns(table: str) -> None:
    assert tuple(RECORDS[table][0]) == COLUMNS
    ids = [record["id"] for record in RECORDS[table]]
    assert ids == sorted(ids)


@pytest.mark.parametrize("table", [*TABLES, "places", "countries", "former", "zones"])
def test_files_end_lines_alike_and_need_no_trimming(table: str) -> None:
    raw = (FOLDER / f"{table}.csv").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\n")
    assert not [cell for record in read(table) for cell in record.values() if cell != cell.strip()]


def test_ids_are_unique_short_and_ascii() -> None:
    ids = [record["id"] for record in ALL]
    assert len(set(ids)) == len(ids)
    assert not [id_ for id_ in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_) or len(id_) > 40]


def test_types_are_known() -> None:
    assert {record["type"] for record in ALL} == set(TYPES)
    assert {record["type"] for record in RECORDS["companies"]} == {"Company"}
    assert {record["type"] for record in RECORDS["instruments"]} == {"Instrument"}
    assert not [
        record["id"] for record in ALL if (record["type"] == "Instrument") != (record in RECORDS["instruments"])
    ]


def test_every_row_has_a_name_and_a_kind() -> None:
    assert not [record["id"] for record in ALL if not (record["name_zh"] or record["name_en"])]
    assert not [record["id"] for record in ALL if not re.fullmatch(r"[a-z]+(-[a-z]+)*", record["kind"])]


def test_jurisdictions_are_codes() -> None:
    known = {record["alpha2"] for record in read("countries")} | {"INT", ""}
    assert not [(record["id"], record["jurisdiction"]) for record in ALL if record["jurisdiction"] not in known]


@pytest.mark.parametrize("column", ["parent", "successor"])
def test_parents_and_successors_exist(column: str) -> None:
    ids = {record["id"] for record in ALL}
    assert not [(record["id"], record[column]) for record in ALL if record[column] and record[column] not in ids]


@pytest.mark.parametrize("column", ["parent", "successor"])
def test_parents_and_successors_run_in_no_circle(column: str) -> None:
    above = {record["id"]: record[column] for record in ALL}
    for start in above:
        seen, id_ = {start}, above[start]
        while id_:
            assert id_ not in seen, f"{start} is above itself"
            seen.add(id_)
            id_ = above[id_]


def test_days_are_iso_8601() -> None:
    cells = [record[column] for record in ALL for column in ("valid_from", "valid_to") if record[column]]
    assert cells
    assert not [cell for cell in cells if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", cell)]


EXCHANGES = "SSE|SZSE|BSE|HKEX|NASDAQ|NYSE|TSE|KRX|TWSE|LSE|XETRA|EURONEXT|SIX|NSE|SGX|ASX|OMX|TSX|MIL|BME|TADAWUL"


def test_where_a_row_can_be_checked_is_an_address_or_a_listing() -> None:
    form = re.compile(rf"https?://[a-z0-9.-]+\.[a-z]{{2,}}(?:/[\w./-]*)?|(?:{EXCHANGES}):[0-9A-Z.]+")
    assert not [record["check"] for record in ALL if record["check"] and not form.fullmatch(record["check"])]


def test_no_two_bodies_are_checked_at_one_place() -> None:
    found: dict[str, str] = {}
    for record in ALL:
        if record["check"]:
            assert found.setdefault(record["check"], record["id"]) == record["id"], record["check"]


def lei(code: str) -> bool:
    """ISO 17442: the letters as two digits each, modulo 97."""
    return int("".join(str(int(c, 36)) for c in code)) % 97 == 1


def credit_code(code: str) -> bool:
    """GB 32100: the unified social credit code of China."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(letters.index(c) * 3**i for i, c in enumerate(code[:17]))
    return letters[(31 - total % 31) % 31] == code[17]


def test_no_identifier_is_written_from_memory() -> None:
    assert lei("213800KUD8LAJWSQ9D15")
    assert not lei("213800KUD8LXJWSQ9D15")
    assert credit_code("91110000600037341L")
    assert not credit_code("91110000600037342L")
    # none stands there; one that somebody adds must at least have its check digits
    cells = [cell for record in ALL for cell in re.findall(r"[0-9A-Z]{18,20}", "|".join(record.values()))]
    assert not [c for c in cells if not (lei(c) if len(c) == 20 else len(c) == 18 and credit_code(c))]
    assert not [r["id"] for r in ALL if re.search(r"\bQ\d{3,}\b", "|".join(r.values()))]


def test_former_names_have_days_and_belong_to_a_row() -> None:
    with (FOLDER / "former.csv").open(encoding="utf-8", newline="") as file:
        former = list(csv.DictReader(file))
    assert tuple(former[0]) == FORMER_COLUMNS
    assert former == sorted(former, key=lambda r: (r["id"], r["name"]))
    assert {r["id"] for r in former} <= {record["id"] for record in ALL}
    for row in former:
        days = [day for day in (row["from"], row["until"]) if day]
        assert days == sorted(days)
        assert not [day for day in days if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", day)]
        assert row["until"], "a name that is still borne is no former one"


def test_zones_lie_in_a_division_and_share_no_name() -> None:
    with (FOLDER / "zones.csv").open(encoding="utf-8", newline="") as file:
        zones = list(csv.DictReader(file))
    assert tuple(zones[0]) == ZONE_COLUMNS
    assert [z["name"] for z in zones] == sorted(z["name"] for z in zones)
    forms = [form for z in zones for form in (z["name"], *split(z["forms"]))]
    assert len(set(forms)) == len(forms)
    places = {place["code"]: place["name"] for place in read("places")}
    assert not [z["name"] for z in zones if z["place_code"] not in places]
    # 浦东新区 and 滨海新区 are divisions
    assert not set(forms) & set(places.values())


def test_names_are_neither_empty_nor_too_short_to_mean_anything() -> None:
    faulty = []
    for record in ALL:
        for name in names(record):
            key = normalise(name)
            if len(key) < 2 or key.isdigit() or re.search(r"[《》;\t]", name):
                faulty.append((record["id"], name))
    assert not faulty


def test_instruments_have_kinds_of_instruments_and_no_parents() -> None:
    graph = Graph().parse(ROOT / "ontology" / "kinds.ttl")
    broader = dict(graph.subject_objects(SKOS.broader))
    kinds = {str(kind).rsplit("/", 1)[1]: str(above).rsplit("/", 1)[1] for kind, above in broader.items()}
    records = RECORDS["instruments"]
    assert not [(r["id"], r["kind"]) for r in records if kinds.get(r["kind"], "publication") == "publication"]
    assert not [r["id"] for r in records if r["parent"] or not r["jurisdiction"]]


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("网络安全法", "cn-cybersecurity-law"),
        ("网安法", "cn-cybersecurity-law"),
        ("中华人民共和国公司法", "cn-company-law"),
        ("个保法", "cn-pipl"),
        ("PIPL", "cn-pipl"),
        ("数据二十条", "cn-data-20"),
        ("数据要素×三年行动计划（2024—2026年）", "cn-data-factor-x"),
        ("生成式人工智能服务管理暂行办法", "cn-generative-ai-measures"),
        ("GDPR", "eu-gdpr"),
        ("通用数据保护条例", "eu-gdpr"),
        ("欧盟《人工智能法案》", "eu-ai-act"),
        ("日本个人信息保护法", "jp-appi"),
        ("个人资料（私隐）条例", "hk-pdpo"),
        ("個人資料（私隱）條例", "hk-pdpo"),
        ("EO 14110", "us-eo-14110"),
        ("第14110号行政令", "us-eo-14110"),
        ("布达佩斯公约", "budapest-convention"),
        ("巴塞尔协议Ⅲ", "basel-iii"),
        ("GB/T22239", "gb-t-22239"),
        ("ISO 27001", "iso-iec-27001"),
    ],
)
def test_instruments_that_a_name_means_in_any_text(name: str, id_: str) -> None:
    assert [record["id"] for record in ALL if normalise(name) in strong(record)] == [id_]


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("隐私法", {"au-privacy-act", "nz-privacy-act", "us-privacy-act-1974"}),
        ("个人数据保护法", {"sg-pdpa", "th-pdpa", "my-pdpa", "vn-pdpl"}),
        ("数据法", {"eu-data-act", "vn-data-law"}),
        ("芯片法案", {"us-chips-act", "eu-chips-act"}),
        ("在线安全法", {"uk-online-safety-act", "au-online-safety", "lk-online-safety"}),
    ],
)
def test_instruments_that_a_name_leaves_open(name: str, ids: set[str]) -> None:
    assert {record["id"] for record in ALL if name in split(record["weak"])} >= ids
    assert not [record["id"] for record in ALL if normalise(name) in strong(record)]


def test_no_strong_name_belongs_to_two_rows() -> None:
    owners: dict[str, str] = {}
    clashes = []
    for record in ALL:
        for name in strong(record):
            if owners.setdefault(name, record["id"]) != record["id"]:
                clashes.append((name, owners[name], record["id"]))
    assert not clashes


def test_every_row_but_few_can_be_recognised_on_its_own() -> None:
    # those few are called by a word or by a name of several bodies only
    silent = [record["id"] for record in ALL if not strong(record)]
    assert len(silent) <= 25, silent


def test_aliases_add_to_the_names() -> None:
    faulty = []
    for record in ALL:
        for column in ("aliases", "weak"):
            # instruments are found by forms that differ in spaces and quotation marks only: ISO 27001, ISO27001
            same = str if record["type"] == "Instrument" else normalise
            keys = [same(name) for name in split(record[column])]
            if len(set(keys)) != len(keys):
                faulty.append((record["id"], column))
        if {normalise(n) for n in split(record["aliases"])} & {normalise(n) for n in split(record["weak"])}:
            faulty.append((record["id"], "both"))
    assert not faulty


@pytest.mark.parametrize("word", AMBIGUOUS)
def test_common_words_are_no_strong_names(word: str) -> None:
    owners = [record["id"] for record in ALL if normalise(word) in strong(record)]
    assert not owners


# short names that run across two words of everyday sentences
ACROSS_WORDS = (
    ("集中信息", "中信"),
    ("推广汽车消费", "广汽"),
    ("加强生态保护", "强生"),
    ("一致同意", "致同"),
    ("着力拓展", "力拓"),
    ("其中通过", "中通"),
    ("平台大数据", "台大"),
    ("湖北大力发展", "北大"),
    ("构建行业标准", "建行"),
    ("今日立案", "日立"),
    ("上海信息中心", "海信"),
    ("集中办理", "中办"),
    ("山东航空", "东航"),
    ("亚特兰大", "兰大"),
    ("中国美术家协会", "国美"),
    ("互联电视", "联电"),
    ("有限公司法定代表人", "公司法"),
    ("破产法庭", "破产法"),
    ("内外贸法律法规", "外贸法"),
)


@pytest.mark.parametrize(("sentence", "name"), ACROSS_WORDS)
def test_names_that_run_across_words_are_weak(sentence: str, name: str) -> None:
    assert name in sentence
    assert any(name in split(record["weak"]) for record in ALL)
    assert not [record["id"] for record in ALL if normalise(name) in strong(record)]


def test_places_have_codes_that_nest() -> None:
    places = read("places")
    assert tuple(places[0]) == PLACE_COLUMNS
    codes = {place["code"]: place["level"] for place in places}
    assert len(codes) == len(places) > 3000
    assert list(codes) == sorted(codes)
    for place in places:
        assert re.fullmatch(r"\d{6}", place["code"])
        assert place["name"].startswith(place["short"])
        assert len(place["short"]) > 1
        if place["level"] == "province":
            assert place["code"].endswith("0000")
            assert place["parent_code"] == ""
        else:
            # counties under a province directly have its code as parent
            assert codes[place["parent_code"]] in {"province", "prefecture"}
            assert place["code"][:2] == place["parent_code"][:2]
    assert sum(level == "province" for level in codes.values()) == 34


def test_countries_have_codes_and_names() -> None:
    countries = read("countries")
    assert tuple(countries[0]) == COUNTRY_COLUMNS
    codes = [country["alpha2"] for country in countries]
    assert codes == sorted(set(codes))
    assert {"CN", "US", "GB", "EU", "HK", "MO", "TW"} <= set(codes)
    assert all(country["zh"] and country["en"] for country in countries)


def test_no_country_name_belongs_to_two() -> None:
    owners: dict[str, str] = {}
    for country in read("countries"):
        for name in {normalise(n) for n in (country["zh"], country["en"], *split(country["names"]))}:
            assert owners.setdefault(name, country["alpha2"]) == country["alpha2"], name


def lines(name: str) -> list[list[str]]:
    text = (PATTERNS / name).read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert "\r" not in text
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


WORD_LISTS = (("titles.tsv", 2, 500), ("unitwords.tsv", 3, 500), ("functions.tsv", 3, 180), ("legalforms.tsv", 2, 40))


@pytest.mark.parametrize(("name", "columns", "least"), WORD_LISTS)
def test_lists_of_words_are_longest_first_and_have_each_once(name: str, columns: int, least: int) -> None:
    rows = lines(name)
    words = [row[0] for row in rows]
    assert len(rows) >= least
    assert not [row for row in rows if len(row) != columns or not all(row) or row != [cell.strip() for cell in row]]
    assert words == sorted(set(words), key=lambda word: (-len(word), word))


def test_titles_are_of_two_languages_and_name_a_role() -> None:
    rows = lines("titles.tsv")
    assert not [row for row in rows if row[1] != ("en" if row[0].isascii() else "zh")]
    words = {row[0] for row in rows}
    assert {
        "副局长",
        "党组成员",
        "院士",
        "首席技术官",
        "CEO",
        "联合创始人",
        "chief executive",
        "director-general",
    } <= words
    assert words.isdisjoint({"专家", "学者", "员工", "用户", "作者", "记者", "工程师", "高管"})


def test_titles_hold_no_name_of_a_body() -> None:
    # the longest title wins, and would take the body along: 区块链实验室主任 is 主任 of 区块链实验室
    bodies = "实验室 研究院 研究所 研究中心 学术委员会 办公厅 办公室 宣传部 组织部 市委 省委 分行 央行 国务院".split()  # noqa: SIM905
    assert not [row[0] for row in lines("titles.tsv") for body in bodies if row[0].startswith(body)]


def test_unitwords_give_a_type_and_whether_they_are_units() -> None:
    rows = {word: (type_, unit) for word, type_, unit in lines("unitwords.tsv")}
    assert {type_ for type_, _ in rows.values()} == {"Regulator", "Organization", "Company"}
    assert {unit for _, unit in rows.values()} == {"yes", "no"}
    assert rows["局"] == rows["委员会"] == rows["司"] == ("Regulator", "yes")
    assert rows["专业委员会"] == rows["工作组"] == ("Organization", "yes")
    assert rows["研究院"] == rows["推进计划"] == ("Organization", "no")
    assert rows["律师事务所"] == rows["创投"] == ("Company", "no")
    assert rows["法院"] == ("Regulator", "no")


# two names of one function, the shorter of which is the one that most bodies bear
SHORTER = {"数据管理"}


def test_functions_have_a_long_form_that_stands_for_itself() -> None:
    rows = {function: (long, ranks.split("|")) for function, long, ranks in lines("functions.tsv")}
    for function, (long, ranks) in rows.items():
        assert rows[long][0] == long, function
        # 住房城乡建设 lacks a 和; a name that holds its rank may be another's
        assert len(long) >= len(function) - 1 or ranks == ["-"] or function in SHORTER, function
        assert len(set(ranks)) == len(ranks)
    known = "- 厅 局 委员会 委 办公室 办 中心 部 馆 总队 支队 管理局 发展局 发展管理局".split()  # noqa: SIM905
    assert {rank for _, ranks in rows.values() for rank in ranks} <= set(known)
    assert rows["网信"] == ("互联网信息", ["办公室", "办"])
    assert rows["经信"][0] == "经济和信息化"
    assert "招商" not in rows  # 招商局 is a company
