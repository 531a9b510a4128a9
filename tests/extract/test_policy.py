"""What notices and digests say of documents, through the whole pipeline: whose they are, and what is none."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from kg.extract import pipeline

POLICY = ("issuedBy", "draftedBy", "basedOn", "amends", "partOf")


def facts(nlp: Language, text: str) -> set[tuple[str, str, str]]:
    doc = pipeline.run(nlp, text, date(2025, 10, 1))
    named = [m.full or m.text for m in doc._.mentions]
    return {(r.type, named[r.subject], named[r.object]) for r in doc._.found.relations if r.type in POLICY}


def names(nlp: Language, text: str) -> set[tuple[str, str]]:
    doc = pipeline.run(nlp, text, date(2025, 10, 1))
    return {(m.type, m.text) for m in doc._.mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # short names that are bodies only where they do what bodies do
        (
            "为落实中办、国办去年9月印发的《关于加快港口数据开放的意见》，各地已经行动。",
            {
                ("issuedBy", "关于加快港口数据开放的意见", "中办"),
                ("issuedBy", "关于加快港口数据开放的意见", "国办"),
            },
        ),
        (
            "中办国办印发《关于完善港口价格机制的意见》。",
            {("issuedBy", "关于完善港口价格机制的意见", "中办"), ("issuedBy", "关于完善港口价格机制的意见", "国办")},
        ),
        ("产业联盟发布了《港口安全倡议》。", set()),
        # joint bodies that a verb holds together
        (
            "青岛市交通运输局会同市公安局制定了《青岛市港口车辆管理办法》，现予印发。",
            {
                ("issuedBy", "青岛市港口车辆管理办法", "青岛市交通运输局"),
                ("issuedBy", "青岛市港口车辆管理办法", "市公安局"),
            },
        ),
        # whose order it is
        ("《港口信息安全保障办法》（证监会令第82号）继续有效。", {("issuedBy", "港口信息安全保障办法", "证监会")}),
        ("《港口信息安全保障办法》（证监会负责解释）继续有效。", set()),
        ("《港口信息安全保障办法（征求意见稿）》（证监会令第82号）继续有效。", set()),
        # two bodies under one roof, and one under two names
        (
            "市场监管总局（国家标准委）发布《港口起重机通用规范》。",
            {
                ("issuedBy", "港口起重机通用规范", "市场监管总局"),
                ("issuedBy", "港口起重机通用规范", "国家标准委"),
            },
        ),
        ("国家互联网信息办公室（网信办）发布《港口规定》。", {("issuedBy", "港口规定", "国家互联网信息办公室")}),
        # a proposal is a draft
        ("欧盟委员会公布了《港口公平法》提案。", {("draftedBy", "港口公平法", "欧盟委员会")}),
        # what is changed isn't issued
        ("美国联邦贸易委员会敲定了对《儿童港口安全规则》的修订。", set()),
        # what it rests on changes nothing
        (
            "国家网信办公布《港口流动规定》。该规定依据《港口安全法》制定，并对《港口评估办法》所设的门槛作了调整。",
            {
                ("issuedBy", "港口流动规定", "国家网信办"),
                ("basedOn", "港口流动规定", "港口安全法"),
                ("amends", "港口流动规定", "港口评估办法"),
            },
        ),
        # who signs
        ("总统特朗普5月19日在白宫签署《港口安全法案》。", {("issuedBy", "港口安全法案", "特朗普")}),
        ("总统特朗普签署《港口安全倡议》。", set()),
        ("总统特朗普拒绝签署《港口安全法案》。", set()),
        # two titles of one list are two documents
        (
            "《港口数据管理办法》《港口数据共享管理办法》均由民航局制定。",
            {("issuedBy", "港口数据管理办法", "民航局"), ("issuedBy", "港口数据共享管理办法", "民航局")},
        ),
        # where it applies, and who isn't named
        ("欧盟《港口数据法》9月起适用。", set()),
        ("数据法修改后与《港口条例》相衔接。", set()),
        # a title with what stands before it, and without
        (
            "白宫公布《赢得竞赛：港口与码头行动计划》。《港口与码头行动计划》由交通部起草。",
            {
                ("issuedBy", "赢得竞赛：港口与码头行动计划", "白宫"),
                ("draftedBy", "赢得竞赛：港口与码头行动计划", "交通部"),
            },
        ),
        # whose it will be drafts it
        ("国家数据局将发布《港口流通指南》。", {("draftedBy", "港口流通指南", "国家数据局")}),
        ("国家数据局把数据汇总后发布《港口流通指南》。", {("issuedBy", "港口流通指南", "国家数据局")}),
        # what a firm passes is no act of its own
        ("甲智能科技有限公司首批通过《港口服务办法》备案。", set()),
        # 本办法 is the one that is called so, and none of those that it rests on
        (
            "国家网信办公布《港口报告办法》。\n第一条 根据《港口安全法》、《港口保护条例》等法规，制定本办法。",
            {
                ("issuedBy", "港口报告办法", "国家网信办"),
                ("basedOn", "港口报告办法", "港口安全法"),
                ("basedOn", "港口报告办法", "港口保护条例"),
            },
        ),
        # a number and a title side by side
        ("白宫发布第14999号行政令《消除港口障碍》。", {("issuedBy", "第14999号行政令", "白宫")}),
        # a decision that changes a law, without marks
        (
            "全国人大常委会表决通过关于修改港口法的决定。",
            {
                ("issuedBy", "关于修改港口法的决定", "全国人大常委会"),
                ("amends", "关于修改港口法的决定", "港口法"),
            },
        ),
        # who leads and whom it brings along
        (
            "由中国信息通信研究院牵头，联合华为、腾讯等编写的《港口框架》亮相。",
            {
                ("draftedBy", "港口框架", "中国信息通信研究院"),
                ("draftedBy", "港口框架", "华为"),
                ("draftedBy", "港口框架", "腾讯"),
            },
        ),
        # rules made for a law
        (
            "个人信息保护委员会公开了《港口基本法》施行令草案。",
            {
                ("draftedBy", "《港口基本法》施行令", "个人信息保护委员会"),
                ("basedOn", "《港口基本法》施行令", "港口基本法"),
            },
        ),
    ],
)
def test_relations_of_documents(nlp: Language, text: str, expected: set[tuple[str, str, str]]) -> None:
    found = {fact for fact in facts(nlp, text) if fact[0] != "partOf"}
    assert found == expected


@pytest.mark.parametrize(
    ("text", "name", "type_"),
    [
        ("白宫发布了《防止港口垄断》《加快港口许可》三份行政令。", "加快港口许可", "Instrument"),
        ("国家网信办公布《关于港口制度的中期整理》。", "关于港口制度的中期整理", "Instrument"),
        ("欧盟委员会公布酝酿已久的“港口综合法案”，引发讨论。", "港口综合法案", "Instrument"),
        ("国家数据局发布《关于港口乱象的通报》。", "关于港口乱象的通报", "Instrument"),
        ("证监会发布《投资者说》系列节目。", "投资者说", None),
        ("欧盟委员会就《港口增补件》启动为期两个月的征询。", "港口增补件", "Instrument"),
        ("该公司生成《港口大战》《码头奇缘》等作品中的角色。", "码头奇缘", None),
        ("违反条例的，由主管部门处罚。", "条例", None),
        ("国家数据局关于促进港口开放的通知\n各有关单位：", "国家数据局关于促进港口开放的通知", "Instrument"),
        ("国家数据局关于印发《港口办法》的通知\n各有关单位：", "国家数据局关于印发《港口办法》的通知", None),
        ("学者在《港口十年》一书中写道。", "港口十年", None),
        ("据《港口金融报》报道，证监会开会。", "港口金融报", "Company"),
        ("本文刊于《港口金融报》。", "港口金融报", None),
        ("国家数据局发布《港口运行年报》。", "港口运行年报", "Publication"),
        ("大家谈论“一个法案级别”的变化。", "一个法案", None),
    ],
)
def test_titles_that_the_words_beside_them_explain(nlp: Language, text: str, name: str, type_: str | None) -> None:
    found = {type_ for type_, text_ in names(nlp, text) if text_ == name}
    assert found == ({type_} if type_ else set())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("科技部生物中心组织了会议。", ("partOf", "科技部生物中心", "科技部")),
        ("司法部国家安全司发布通知。国家安全司解释了原因。", ("partOf", "司法部国家安全司", "司法部")),
        ("西安市公安局碑林分局通报了案情。", ("partOf", "西安市公安局碑林分局", "西安市公安局")),
        ("美国商务部工业与安全局发布新规。", ("partOf", "美国商务部工业与安全局", "美国商务部")),
    ],
)
def test_a_unit_names_its_ministry(nlp: Language, text: str, expected: tuple[str, str, str]) -> None:
    assert expected in facts(nlp, text)


@pytest.mark.parametrize(
    "text", ["国务院国资委发布通知。", "财政部发布中心工作要点。", "国家发展改革委国家数据局开会。"]
)
def test_no_unit_of_the_one_before(nlp: Language, text: str) -> None:
    assert not {fact for fact in facts(nlp, text) if fact[0] == "partOf"}
