"""Where a guessed name begins and ends."""

from __future__ import annotations

import pytest

from kg.extract.edges import described, tidy
from kg.extract.gazetteer import Found, Known
from kg.extract.recogniser import Clues, Guess
from kg.items import EntityType


def tidied(text: str, *names: str, type_: EntityType = "Company", known: tuple[str, ...] = ()) -> list[str]:
    found = [Found(text.index(n), text.index(n) + len(n), Known(n, type_, False)) for n in known]
    clues = Clues([("n", True)] * len(text), found)
    guesses = [Guess(text.index(n), text.index(n) + len(n), type_, 0.9) for n in names]
    return [text[g.start : g.end] for g in tidy(text, guesses, clues)]


@pytest.mark.parametrize(
    ("text", "guess", "names"),
    [
        ("本轮由青禾资本领投", "由青禾资本", ["青禾资本"]),
        ("跟投方包括青禾资本", "跟投方包括青禾资本", ["青禾资本"]),
        ("岭上控股旗下松间投资参投", "岭上控股旗下松间投资", ["岭上控股", "松间投资"]),
        ("AR眼镜品牌光隐完成融资", "AR眼镜品牌光隐", ["光隐"]),
        ("松间资产所持股份", "松间资产所", ["松间资产"]),
        ("松间资产实际控制人", "松间资产实际", ["松间资产"]),
        ("风机研发商松岭科技完成", "风机研发商松岭科技", ["松岭科技"]),
        ("杭州房企松岭置业受让", "杭州房企松岭置业", ["松岭置业"]),
        ("科创板公司松岭新材公告", "科创板公司松岭新材", ["松岭新材"]),
        ("松岭控股股东增持", "松岭控股", ["松岭"]),
        ("由松岭汽车控股的青禾科技", "松岭汽车控股", ["松岭汽车"]),
        ("啤酒商松岭(Pine Ridge)表示", "松岭(Pine Ridge)", ["松岭", "Pine Ridge"]),
        (
            "买下Pine Ridge Limited(Pine Ridge)股份",
            "Pine Ridge Limited(Pine Ridge",
            ["Pine Ridge Limited", "Pine Ridge"],
        ),
        ("据The Ledger报道", "Ledger", ["The Ledger"]),
        ("风机研发商松岭科技完成", "商松岭科技", ["松岭科技"]),
        ("松岭集团联交所公告称", "松岭集团联交所", ["松岭集团"]),
        ("松岭微公告：拟收购", "松岭微公告", ["松岭微"]),
        ("弗里茨·冯塔纳的Pine完成融资", "弗里茨·冯塔纳的Pine", ["Pine"]),
        ("冯塔纳的Pine完成融资", "冯塔纳的Pine", ["Pine"]),
        ("同意松岭人寿投资青禾集团", "松岭人寿投资青禾集团", ["松岭人寿", "青禾集团"]),
        ("松岭资本市场改革", "松岭资本", []),
        ("松岭医美行业的龙头", "松岭医美", []),
        ("松岭医美产业园落成", "松岭医美", ["松岭医美"]),
        ("由青禾与松岭总投资10亿元", "松岭总投资", ["松岭"]),
        # what looks alike and is the name
        ("松岭资本投资了青禾", "松岭资本", ["松岭资本"]),
        ("商汤智能科技宣布", "商汤智能科技", ["商汤智能科技"]),
        ("香港联交所公告称", "香港联交所", ["香港联交所"]),
        ("松岭集团投资控股公司称", "松岭集团投资控股公司", ["松岭集团投资控股公司"]),
        ("松岭控股宣布增持", "松岭控股", ["松岭控股"]),
        ("向松岭控股的股东", "松岭控股", ["松岭控股"]),
        ("松岭房企联盟有限公司", "松岭房企联盟有限公司", ["松岭房企联盟有限公司"]),
        ("松岭（中国）投资有限公司表示", "松岭（中国）投资有限公司", ["松岭（中国）投资有限公司"]),
        ("Pine Ridge (UK) Ltd表示", "Pine Ridge (UK) Ltd", ["Pine Ridge (UK) Ltd"]),
        ("The Ledger said", "Ledger", ["Ledger"]),
        ("completed its acquisition of IBM's Pine Cloud assets", "IBM's Pine Cloud", ["Pine Cloud"]),
        ("Norfolk Hill-backed Pine sold", "Norfolk Hill-backed Pine", ["Pine"]),
        ("Macdonald's Pine said", "Macdonald's Pine", ["Macdonald's Pine"]),
        ("青禾事务所表示", "青禾事务所", ["青禾事务所"]),
        ("新品牌管理有限公司表示", "新品牌管理有限公司", ["新品牌管理有限公司"]),
        ("由你科技表示", "你科技", ["你科技"]),
    ],
)
def test_what_describes_a_firm_is_no_part_of_its_name(text: str, guess: str, names: list[str]) -> None:
    assert tidied(text, guess) == names


@pytest.mark.parametrize(
    ("text", "guess", "names"),
    [
        ("首席执行官Michael Intrator曾明言", "Michael Intrator曾明言", [("Michael Intrator", "Person")]),
        ("弗里茨·冯塔纳研究所称", "弗里茨·冯塔纳研究所", [("弗里茨·冯塔纳研究所", "Organization")]),
        ("董事长弗里茨·冯塔纳称", "弗里茨·冯塔纳", [("弗里茨·冯塔纳", "Person")]),
        ("Ng Wai Man说", "Ng Wai Man", [("Ng Wai Man", "Person")]),
    ],
)
def test_a_person_ends_where_the_script_does(text: str, guess: str, names: list[tuple[str, str]]) -> None:
    guesses = [Guess(text.index(guess), text.index(guess) + len(guess), "Person", 0.9)]
    found = tidy(text, guesses, Clues([("n", True)] * len(text), []))
    assert [(text[g.start : g.end], g.type) for g in found] == names


@pytest.mark.parametrize(
    ("text", "guess", "names"),
    [
        ("任职于松岭基金管理有限公司权益投资部", "松岭基金管理有限公司权益投资部", ["松岭基金管理有限公司"]),
        ("松岭省财政厅三部门印发", "松岭省财政厅三部门", ["松岭省财政厅"]),
        ("松岭省财政厅等12个部门联合", "松岭省财政厅等12个部门联合", ["松岭省财政厅"]),
        # what looks alike and is the name
        ("松岭市第三机构管理处印发", "松岭市第三机构管理处", ["松岭市第三机构管理处"]),
        ("松岭市直属第一单位印发", "松岭市直属第一单位", ["松岭市直属第一单位"]),
        ("六部门印发", "六部门", ["六部门"]),
    ],
)
def test_a_body_ends_where_a_list_is_counted(text: str, guess: str, names: list[str]) -> None:
    assert tidied(text, guess, type_="Regulator") == names


def test_a_known_body_behind_what_it_is() -> None:
    text = "松岭中央银行机构松岭金融局发布"
    assert tidied(text, text[:-2], type_="Regulator", known=("松岭金融局",)) == ["松岭金融局"]
    assert tidied(text, text[:-2], type_="Regulator") == ["松岭中央银行机构松岭金融局"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("松岭院云计算研究所大数据", "松岭院云计算研究所"),
        ("松岭院云计算研究所大数据部", "松岭院云计算研究所大数据部"),
        ("松岭研究院青禾分院", "松岭研究院青禾分院"),
    ],
)
def test_an_institute_ends_where_a_piece_of_a_department_begins(text: str, name: str) -> None:
    assert tidied(text + "主任", text, type_="Organization") == [name]


def test_a_firm_and_its_chief_in_one_guess() -> None:
    text = "Pine Ridge CEO Ada Falk称公司"
    found = tidy(text, [Guess(0, len(text), "Company", 0.9)], Clues([("n", True)] * len(text), []))
    assert [(text[g.start : g.end], g.type) for g in found] == [("Pine Ridge", "Company"), ("Ada Falk", "Person")]


def test_two_bodies_joined_by_a_verb() -> None:
    text = "发展改革委联合国家数据局印发"
    assert tidied(text, "发展改革委联合国家数据局", type_="Regulator") == ["发展改革委", "国家数据局"]
    assert tidied("联合国大会通过", "联合国大会", type_="Regulator") == ["联合国大会"]


def test_a_known_firm_and_what_it_does() -> None:
    assert tidied("松岭人工智能业务增长", "松岭人工智能", known=("松岭",)) == ["松岭"]
    assert tidied("松岭人工智能公司增长", "松岭人工智能公司", known=("松岭",)) == ["松岭人工智能公司"]
    assert tidied("松岭云计算上涨", "松岭云计算", known=("松岭",)) == ["松岭云计算"]


def test_two_bodies_that_someone_is_a_member_of() -> None:
    text = "现为松岭会计师公会资深会员以及青禾公会会员"
    names = ["松岭会计师公会", "青禾公会"]
    assert tidied(text, "松岭会计师公会资深会员以及青禾公会", type_="Organization") == names
    assert tidied("松岭会员及服务中心称", "松岭会员及服务中心", type_="Company") == ["松岭会员及服务中心"]


def test_a_known_firm_and_what_it_invests_in() -> None:
    text = "同意松间人寿投资新岭集团"
    assert tidied(text, "松间人寿投资新岭集团", known=("松间人寿",)) == ["松间人寿", "新岭集团"]
    assert tidied("同意松间投资集团", "松间投资集团") == ["松间投资集团"]
    assert tidied("松间投资顾问公司表示", "松间投资顾问公司", known=("松间",)) == ["松间投资顾问公司"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("收购算力编排公司Decima。", ["Decima"]),
        ("软件企业Blue Harbor Systems宣布", ["Blue Harbor Systems"]),
        ("该公司CEO表示", []),
        ("公司A轮融资", []),
        ("由Decima收购", []),
    ],
)
def test_latin_names_behind_a_word_for_a_firm(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in described(text)] == names


def test_what_a_firm_does_is_no_firm() -> None:
    assert tidied("收购云网络可视化公司Decima", "云网络") == []
    assert tidied("云网络收购可视化公司Decima", "云网络") == ["云网络"]


@pytest.mark.parametrize(
    ("text", "guess", "names"),
    [
        ("收购芬兰松岭体育（Pine Sports）", "芬兰松岭体育", ["松岭体育"]),
        ("收购芬兰松岭体育（PINE）", "芬兰松岭体育", ["芬兰松岭体育"]),
        ("收购芬兰松岭体育的股份", "芬兰松岭体育", ["芬兰松岭体育"]),
        ("出售松岭发母公司海松零售", "松岭发母公司海松零售", ["松岭发", "海松零售"]),
        ("backed by Pinewood. Acme CEO Jane Roe invested", "Pinewood. Acme", ["Pinewood", "Acme"]),
        ("向Acme CEO苏某丰汇报", "Acme CEO苏某丰汇报", ["Acme"]),
    ],
)
def test_where_else_a_name_ends(text: str, guess: str, names: list[str]) -> None:
    assert tidied(text, guess) == names
