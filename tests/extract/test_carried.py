"""What one sentence leaves to another, or one clause to the next: 其, 双方, 本轮, and prices told afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kg.extract import abbreviations
from kg.extract.plain import simplify
from kg.extract.recogniser import TAGS
from kg.extract.relations import Reader
from kg.extract.train import unmark
from kg.items import Mention, Relation
from tests.extract.test_grammar import facts


def relations(marked: str) -> tuple[list[Mention], list[Relation]]:
    text, spans = unmark(marked)
    mentions = abbreviations.settle(text, [Mention(a, b, text[a:b], TAGS[tag]) for a, b, tag in spans])
    return mentions, Reader(text, simplify(text), mentions, date(2025, 9, 20)).read().relations


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            "这是[乙特](COM)迎来的第三笔注资：8月18日，[甲银](COM)宣布向其投资20亿美元。",
            ("investsIn", "甲银", "乙特"),
        ),
        ("[乙材](COM)公告，[甲机](COM)拟以21亿元取得其至少63.62%的股份。", ("acquires", "甲机", "乙材")),
        (
            "[甲网](COM)宣布收购[乙库](COM)，后者由他人创办，[甲网](COM)已持有其23%的股权。",
            ("investsIn", "甲网", "乙库"),
        ),
        (
            "[甲特](COM)CEO[某斯](PER)4月25日与[乙推](COM)达成协议，将以每股54美元收购[乙推](COM)。",
            ("acquires", "某斯", "乙推"),
        ),
        (
            "[甲塔](COM)将以143亿美元收购[乙标](COM)49%的股份，其创始人[某山](PER)将加入。",
            ("officerOf", "某山", "乙标"),
        ),
        ("[甲特](COM)CEO[某斯](PER)宣布，公司将收购[乙推](COM)。", ("acquires", "甲特", "乙推")),
        ("[甲果](COM)、[乙元](COM)及其旗下的[丙图](COM)收到调查令。", ("subsidiaryOf", "丙图", "乙元")),
        (
            "[甲惠](COM)完成对[乙博](COM)的收购。此前[丙司法部](REG)将两家公司一并告上法院。",
            ("sues", "丙司法部", "甲惠"),
        ),
        (
            "[甲惠](COM)完成对[乙博](COM)的收购。此前[丙司法部](REG)将两家公司一并告上法院。",
            ("sues", "丙司法部", "乙博"),
        ),
        ("[甲资管](COM)（[乙瓴](COM)旗下）获配10亿元。", ("subsidiaryOf", "甲资管", "乙瓴")),
    ],
)
def test_whom_a_word_means(text: str, fact: tuple[str, str, str]) -> None:
    assert fact in facts(text)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("[甲果](COM)、[乙元](COM)及其旗下的[丙图](COM)收到调查令。", ("subsidiaryOf", "丙图", "甲果")),
        ("[甲车](COM)由[丙果](COM)前高管创办，[丁网](COM)向其供货。", ("investsIn", "丁网", "甲车")),
        (
            "[甲集团](COM)公布，附属公司向控股股东[乙实业](COM)收购[丙电子](COM)全部股权。",
            ("acquires", "乙实业", "丙电子"),
        ),
        ("[甲银](COM)（[乙瓴](COM)的竞争者）获配10亿元。", ("subsidiaryOf", "甲银", "乙瓴")),
        (
            "[甲惠](COM)、[乙博](COM)、[丁星](COM)参展。[丙司法部](REG)将两家公司一并告上法院。",
            ("sues", "丙司法部", "甲惠"),
        ),
    ],
)
def test_whom_it_does_not_mean(text: str, fact: tuple[str, str, str]) -> None:
    assert fact not in facts(text)


def test_the_sellers_of_a_firm_are_not_bought() -> None:
    found = facts("[甲化](COM)拟发行股份购买[乙集团](COM)、丙国贸、[丁科](COM)合计持有的[戊石化](COM)100%股权。")
    assert {f for f in found if f[0] == "acquires"} == {("acquires", "甲化", "戊石化")}


def test_this_round_is_the_one_told_before() -> None:
    mentions, found = relations(
        "上个月，[乙机](COM)完成C轮融资的交割。本轮由[甲讯](COM)和[丙吉](COM)共同领投。融资额近7亿元，投后估值120亿元。"
    )
    rounds = {mentions[r.subject].text: (r.terms.round, r.terms.amount) for r in found if r.terms}
    assert rounds == {"甲讯": ("C轮", Decimal(700_000_000)), "丙吉": ("C轮", Decimal(700_000_000))}


def test_a_goal_is_no_price() -> None:
    _, found = relations("[乙模](COM)宣布完成200亿美元E轮融资，超出最初150亿美元的目标，投资者有[甲资本](COM)。")
    assert [r.terms.amount for r in found if r.terms] == [Decimal(20_000_000_000)]


def test_who_leads_stands_in_brackets() -> None:
    mentions, found = relations("[乙团](COM)完成A轮融资，投资方为[甲投](COM)（领投）、[丙创](COM)。")
    assert {mentions[r.subject].text: r.terms.lead for r in found if r.terms} == {"甲投": True, "丙创": False}


def test_a_purchase_is_no_investment_too() -> None:
    found = facts("[甲药](COM)一次性出资2亿元取得[乙药](COM)95%股权。[甲药](COM)投资[乙药](COM)是为了拓展产品。")
    assert ("acquires", "甲药", "乙药") in found
    assert ("investsIn", "甲药", "乙药") not in found


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("[甲视](COM)公告收购[乙讯](COM)100%股权。收购事项已于2025年8月31日完成。", "completed"),
        ("[甲思](COM)宣布收购[乙斯](COM)。三天后，交易交割完毕。", "completed"),
        ("[甲视](COM)公告收购[乙讯](COM)100%股权。交易预计将于明年完成。", "announced"),
        ("[甲视](COM)公告收购[乙讯](COM)100%股权。收购完成后，交易双方已展开整合。", "announced"),
        ("公司审议通过了终止本次交易的议案。[甲原](COM)原拟以现金收购[乙来](COM)97%股权。", "terminated"),
        ("[甲原](COM)原拟以现金收购[乙来](COM)97%股权，现改为发行股份。", "proposed"),
    ],
)
def test_how_it_ended_is_told_elsewhere(text: str, status: str) -> None:
    _, found = relations(text)
    assert [r.terms.status for r in found if r.type == "acquires" and r.terms] == [status]


def test_two_purchases_have_two_ends() -> None:
    _, found = relations("[甲视](COM)公告收购[乙讯](COM)。[丙网](COM)公告收购[丁库](COM)。收购事项已于8月31日完成。")
    assert {r.terms.status for r in found if r.terms} == {"announced"}


def test_an_earlier_price_is_no_price_of_this_deal() -> None:
    _, found = relations(
        "它完成了向[甲湖](COM)出售芯片公司[乙拉](COM)51%股权的交易，较2015年[丙尔](COM)167亿美元的收购价腰斩。"
    )
    assert [r.terms.amount for r in found if r.type == "acquires" and r.terms] == [None]


def test_a_price_a_share_is_not_the_sum() -> None:
    _, found = relations("[甲银](COM)宣布以每股23美元认购[乙尔](COM)20亿美元的普通股。")
    assert [r.terms.amount for r in found if r.terms] == [Decimal(2_000_000_000)]


def test_a_paper_that_two_sign_is_their_agreement() -> None:
    assert ("agreementWith", "甲云", "乙实") in facts(
        "下属公司[甲云](COM)与[乙实](COM)签署了《[战略合作协议备忘录](INS)》。"
    )
    assert not facts("[甲云](COM)与[乙实](COM)学习了《[示范合同](INS)》。")


def test_through_whom_an_agreement_is_signed() -> None:
    found = facts("[甲车](COM)通过旗下全资子公司[乙销](COM)与[丙配](COM)签署战略合作协议。")
    assert {f for f in found if f[0] == "agreementWith"} == {
        ("agreementWith", "乙销", "丙配"),
        ("agreementWith", "甲车", "丙配"),
    }


def test_data_firms_are_not_the_firm() -> None:
    assert ("acquires", "甲所", "甲所") not in facts("[甲所](COM)公告，收购数据公司[乙数](COM)。")
    assert ("acquires", "甲所", "乙数") in facts("[甲所](COM)公告，收购数据公司[乙数](COM)。")


def test_what_is_bought_is_not_what_goes_on_buying() -> None:
    found = facts("[甲威](COM)并购不断。9月宣布收购[乙派](COM)。同一天又宣布将把工具商[丙莫](COM)收归旗下。")
    assert {f for f in found if f[0] == "acquires"} == {("acquires", "甲威", "乙派"), ("acquires", "甲威", "丙莫")}


def test_whom_one_signs_with_does_not_invest() -> None:
    found = facts("[甲塔](COM)与[乙为](COM)签署《股权转让协议》，以115亿元入股[乙为](COM)旗下的[丙望](COM)。")
    assert not found & {("investsIn", "乙为", "丙望"), ("investsIn", "甲塔", "乙为")}


def test_investors_of_whom_the_sentence_is_about() -> None:
    found = facts("[甲安](COM)成立于2020年，投资方包括[乙资本](COM)，客户包括[丙行](COM)。")
    assert found >= {("investsIn", "乙资本", "甲安"), ("customerOf", "丙行", "甲安")}
    assert ("customerOf", "丙行", "乙资本") not in found
    assert ("investsIn", "乙资本", "甲安") not in facts("[甲安](COM)成立于2020年，间接控股股东是[乙资本](COM)。")


@pytest.mark.parametrize(
    "text",
    [
        "[甲信](COM)称，今年不会继续增持[乙消金](COM)的股份。",
        "[甲信](COM)并未收购[乙消金](COM)。",
        "[青岭航空](COM)停飞。想收购[青岭](COM)的人不少。",
        "据《[甲山报](COM)》本月3日稍早报道，一群家长对教育局长[某某](PER)提起诉讼。",
    ],
)
def test_what_is_not_done_and_who_only_reports_it(text: str) -> None:
    assert relations(text)[1] == []


def test_two_on_one_side_have_no_agreement_with_each_other() -> None:
    mentions, found = relations("[甲锂](COM)及[甲国际](COM)与[乙矿](COM)签署了合作协议。")
    pairs = {frozenset((mentions[r.subject].text, mentions[r.object].text)) for r in found}
    assert pairs == {frozenset(("甲锂", "乙矿")), frozenset(("甲国际", "乙矿"))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[甲冰](COM)完成A轮融资。机器人企业云梯纪元上周亦宣布，完成2亿元B轮融资，由[丙资本](COM)领投。", set()),
        (
            "[甲冰](COM)完成A轮融资。今年5月，公司还完成3亿元B轮融资，由[丙资本](COM)领投。",
            {("investsIn", "丙资本", "甲冰")},
        ),
        ("[甲冰](COM)完成A轮融资。此前已完成3亿元天使轮融资，由[丙资本](COM)领投。", {("investsIn", "丙资本", "甲冰")}),
    ],
)
def test_a_round_of_a_firm_that_nobody_recognised_is_not_the_last_ones(
    text: str, expected: set[tuple[str, str, str]]
) -> None:
    mentions, found = relations(text)
    assert {(r.type, mentions[r.subject].text, mentions[r.object].text) for r in found} == expected


def test_of_two_people_each_has_his_own_office() -> None:
    mentions, found = relations("[甲电](COM)董事长[某哲](PER)与总统[某普](PER)共同宣布这项消息。")
    assert [(r.type, mentions[r.subject].text) for r in found] == [("officerOf", "某哲")]


CONSORTIUM = "由[甲体育](COM)、[乙资本](COM)和[丁讯](COM)组成的财团完成对[丙动](COM)的收购。"


@pytest.mark.parametrize(
    ("text", "buyers"),
    [
        (CONSORTIUM, {"甲体育", "乙资本", "丁讯"}),
        (
            "[甲壳](COM)将以每股28美元收购[丙动](COM)。"
            "买方财团由[乙资本](COM)以及[丙动](COM)董事长兼首席执行官[某波](PER)组成。",
            {"甲壳", "乙资本", "某波"},
        ),
        (
            "[甲资本](COM)牵头，联合[乙力](COM)、[丁捷](COM)组成财团，以约180亿美元收购[丙侠](COM)。",
            {"甲资本", "乙力", "丁捷"},
        ),
        # a group of whom nobody is bought, and one that only its name makes one
        ("由[甲体育](COM)、[乙资本](COM)组成的财团参加会议。", set()),
        ("财团法人由[乙资本](COM)设立，[甲体育](COM)收购[丙动](COM)。", {"甲体育"}),
    ],
)
def test_who_a_group_of_buyers_is(text: str, buyers: set[str]) -> None:
    assert {a for relation, a, _ in facts(text) if relation == "acquires"} == buyers


def test_the_firm_of_a_paragraph_is_the_firm() -> None:
    first = "[甲迪](COM)公告，拟分拆[甲迪半导体](COM)。"
    described = "\n[甲迪半导体](COM)主营功率芯片。去年，公司宣布完成19亿元A轮融资，由[乙创投](COM)领投。"
    assert ("investsIn", "乙创投", "甲迪半导体") in facts(first + described)
    elsewhere = "\n[甲迪半导体](COM)主营功率芯片。\n去年，公司宣布完成19亿元A轮融资，由[乙创投](COM)领投。"
    assert ("investsIn", "乙创投", "甲迪") in facts(first + elsewhere)


def test_the_announcer_is_the_firm_with_a_share_code() -> None:
    text = "停牌后，[甲造](COM)（603987）的方案揭晓。公司昨晚公告，[乙控](COM)拟受让[丁投](COM)持有的公司29.9%股份。"
    assert ("acquires", "乙控", "甲造") in facts(text)
    assert not {fact for fact in facts(text.replace("（603987）", "")) if fact[2] == "甲造"}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("[甲众](COM)与[乙鹏](COM)签署协议。[甲众](COM)将以现金向[乙鹏](COM)增资7亿美元。", "announced"),
        ("[甲众](COM)将以现金向[乙鹏](COM)增资7亿美元。", "proposed"),
    ],
)
def test_what_is_signed_is_more_than_a_plan(text: str, status: str) -> None:
    _, found = relations(text)
    assert {r.terms.status for r in found if r.type == "investsIn" and r.terms} == {status}


def test_what_each_pays() -> None:
    text = "[乙药](COM)公告，拟定向增发。其中，[甲白](COM)拟以现金认购109亿元，[丙东](COM)拟认购34亿元。"
    mentions, found = relations(text)
    sums = {mentions[r.subject].text: r.terms.amount for r in found if r.type == "investsIn" and r.terms}
    assert sums == {"甲白": Decimal(10_900_000_000), "丙东": Decimal(3_400_000_000)}
    # whose is which isn't told by the place alone
    text = "[甲集](COM)入股[乙锂](COM)。[甲集](COM)、[丙源](COM)分别出资1亿元和4亿元，占30%。"
    mentions, found = relations(text)
    assert {r.terms.amount for r in found if r.rule == "invest-contributed" and r.terms} <= {None}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            "[甲源](COM)与[乙世](COM)达成协议，将子公司[丙厂](COM)出售给对方。",
            ("acquires", "乙世", "丙厂"),
        ),
        ("[丙厂](COM)坐落海边。2021年，[甲世](COM)以6300万英镑将其收入囊中。", ("acquires", "甲世", "丙厂")),
        (
            "[丙侠](COM)改名不久。[甲资本](COM)联合[丁力](COM)、[戊捷](COM)，从[己芝](COM)手中将其买下。",
            ("acquires", "甲资本", "丙侠"),
        ),
        (
            "国家标准《[安全要求](INS)》处于报批阶段。该标准由[甲院](ORG)牵头起草。",
            ("draftedBy", "安全要求", "甲院"),
        ),
        (
            "[甲委](REG)公布《[数据办法](INS)》。《[旧条例](INS)》和《[旧细则](INS)》同时废止。",
            ("amends", "数据办法", "旧条例"),
        ),
    ],
)
def test_whom_else_a_word_means(text: str, fact: tuple[str, str, str]) -> None:
    assert fact in facts(text)


def test_whose_officer_the_body_s_own_name_tells() -> None:
    text = "[松岭私隐专员公署](REG)发布《[模范框架](INS)》。[乙办](REG)表示支持。私隐专员[某玲](PER)发言。"
    assert ("officerOf", "某玲", "松岭私隐专员公署") in facts(text)


def test_an_order_of_several_bodies() -> None:
    text = "《[旧办法](INS)》（[甲银行](REG) [乙部](REG) [丙委](REG)令〔2007〕第2号）同时废止。"
    assert {b for relation, _, b in facts(text) if relation == "issuedBy"} == {"甲银行", "乙部", "丙委"}


def test_shareholders_beside_a_founder_are_no_officers() -> None:
    text = "[甲水](COM)创始人[某平](PER)及股东[某国](PER)、[某力](PER)签署文件。"
    assert {a for relation, a, _ in facts(text) if relation == "officerOf"} == {"某平"}


def test_where_a_firm_is_listed_buys_nothing() -> None:
    text = "[甲城](COM)2013年登陆[纽约证券交易所](ORG)，次年战略入股[乙集](COM)。"
    assert {f for f in facts(text) if f[0] == "investsIn"} == {("investsIn", "甲城", "乙集")}
