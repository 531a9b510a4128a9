"""Names in whole sentences, through the whole pipeline: what is a name and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from kg.extract import names, pipeline
from kg.items import Mention

CASES: list[tuple[str, list[tuple[str, str]]]] = [
    (
        "国家市场监督管理总局近日发布《网络平台价格管理办法》。",
        [("国家市场监督管理总局", "Regulator"), ("网络平台价格管理办法", "Instrument")],
    ),
    (
        "工业和信息化部与国家网信办联合印发《数据风险评估细则》。",
        [("工业和信息化部", "Regulator"), ("国家网信办", "Regulator"), ("数据风险评估细则", "Instrument")],
    ),
    (
        "财政部、商务部、税务总局联合印发《关于支持绿色消费的通知》。",
        [
            ("财政部", "Regulator"),
            ("商务部", "Regulator"),
            ("税务总局", "Regulator"),
            ("关于支持绿色消费的通知", "Instrument"),
        ],
    ),
    (
        "美国证券交易委员会、英国金融行为监管局及新加坡金融管理局均已介入。",
        [("美国证券交易委员会", "Regulator"), ("英国金融行为监管局", "Regulator"), ("新加坡金融管理局", "Regulator")],
    ),
    (
        "上海市数据局、上海市经济和信息化委员会印发通知。",
        [("上海市数据局", "Regulator"), ("上海市经济和信息化委员会", "Regulator")],
    ),
    ("北京市第一中级人民法院受理了该案。", [("北京市第一中级人民法院", "Regulator")]),
    (
        "北京市第一中级人民法院受理了某科技有限公司诉某文化传媒有限公司案。",
        [("北京市第一中级人民法院", "Regulator")],
    ),
    ("日本经济产业省拟修订《外汇法》。", [("日本经济产业省", "Regulator"), ("外汇法", "Instrument")]),
    ("根据《网络安全法》《数据安全法》，制定本办法。", [("网络安全法", "Instrument"), ("数据安全法", "Instrument")]),
    (
        "中国信息通信研究院发布《港口发展白皮书》。",
        [("中国信息通信研究院", "Organization"), ("港口发展白皮书", "Publication")],
    ),
    ("华为技术有限公司与中国移动签署战略合作协议。", [("华为技术有限公司", "Company"), ("中国移动", "Company")]),
    (
        "红杉中国、高瓴创投、IDG资本参与本轮融资。",
        [("红杉中国", "Company"), ("高瓴创投", "Company"), ("IDG资本", "Company")],
    ),
    (
        "中芯国际、比亚迪、宁德时代与吉利控股集团入选榜单。",
        [("中芯国际", "Company"), ("比亚迪", "Company"), ("宁德时代", "Company"), ("吉利控股集团", "Company")],
    ),
    (
        "阿里云、百度智能云和华为云参加了测试。",
        [("阿里云", "Company"), ("百度智能云", "Company"), ("华为云", "Company")],
    ),
    ("德国《莱茵汇报》7日报道称，谈判破裂。", [("莱茵汇报", "Company")]),
    ("证监会决定对之江生物采取出具警示函的措施。", [("证监会", "Regulator"), ("之江生物", "Company")]),
    ("软银集团与OpenAI成立合资公司。", [("软银集团", "Company"), ("OpenAI", "Company")]),
    ("微软亚洲研究院发布新模型。", [("微软亚洲研究院", "Organization")]),
    ("清华大学与北京大学联合举办论坛。", [("清华大学", "Organization"), ("北京大学", "Organization")]),
    (
        "上海数据交易所与深圳数据交易所签署合作备忘录。",
        [("上海数据交易所", "Organization"), ("深圳数据交易所", "Organization")],
    ),
    ("特斯拉首席执行官马斯克访问北京。", [("特斯拉", "Company"), ("马斯克", "Person")]),
    ("董事长李明与首席执行官Sam Altman会面。", [("李明", "Person"), ("Sam Altman", "Person")]),
    ("香港金融管理局發布《虛擬資產指引》。", [("香港金融管理局", "Regulator"), ("虛擬資產指引", "Instrument")]),
    ("臺灣積體電路製造股份有限公司公布季度業績。", [("臺灣積體電路製造股份有限公司", "Company")]),
    ("騰訊控股有限公司宣布回購股份。", [("騰訊控股有限公司", "Company")]),
    ("中央網信辦發布《生成內容標識辦法》。", [("中央網信辦", "Regulator"), ("生成內容標識辦法", "Instrument")]),
    ("The SEC fined Coinbase Inc. for failing to register.", [("SEC", "Regulator"), ("Coinbase Inc.", "Company")]),
    (
        "Microsoft agreed to acquire Nuance Communications for $19.7 billion.",
        [("Microsoft", "Company"), ("Nuance Communications", "Company")],
    ),
    (
        "Alphabet Inc. and Meta Platforms face new rules in Brazil.",
        [("Alphabet Inc.", "Company"), ("Meta Platforms", "Company")],
    ),
    ("Nvidia Corp. will invest in Mistral AI.", [("Nvidia Corp.", "Company"), ("Mistral AI", "Company")]),
    (
        "The European Commission adopted the Digital Markets Act.",
        [("European Commission", "Regulator"), ("Digital Markets Act", "Instrument")],
    ),
    ("苹果公司推出iPhone 16手机。", [("苹果公司", "Company")]),
    ("OpenAI发布GPT-5模型。", [("OpenAI", "Company")]),
    ("鸿蒙系统将于明年商用。", []),
    ("ChatGPT与Gemini竞争激烈。", []),
    ("《红楼梦》和《三体》再版。", []),
    ("双十一购物节将至。", []),
    ("进博会吸引了3000家企业。", []),
    ("2024世界人工智能大会在上海开幕。", []),
    ("多家企业和相关部门参加了会议。", []),
    ("有关部门表示将加强监管。", []),
    ("各地区、各部门要抓好落实。", []),
    ("监管部门和主管机关应当加强协作。", []),
    ("大型国有企业和民营企业均可申请。", []),
    ("该机构、上述公司、双方均未回应。", []),
    ("十四个部门联合开展专项行动。", []),
    ("科技公司纷纷裁员。", []),
    ("地方政府债券规模扩大。", []),
    ("AI技术和GPU芯片需求增长。", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_names(nlp: Language, text: str, expected: list[tuple[str, str]]) -> None:
    mentions = pipeline.run(nlp, text, date(2024, 8, 19))._.mentions
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert [(m.text, m.type) for m in mentions] == expected


def test_a_short_form_stands_for_what_it_was_defined_as(nlp: Language) -> None:
    text = "英国竞争与市场管理局（CMA）正在调查谷歌。CMA表示将于秋季公布结果。"
    mentions = pipeline.run(nlp, text, None)._.mentions
    assert [m.full for m in mentions if m.text == "CMA"] == ["英国竞争与市场管理局"] * 2


def test_every_mention_says_what_found_it(nlp: Language) -> None:
    text = "工业和信息化部办公厅印发《港口数据实施方案》，华为与马斯克、甲骨文回应。"
    mentions = pipeline.run(nlp, text, None)._.mentions
    assert mentions
    assert all(m.reason for m in mentions)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("近日，印度发布《数字竞争法案》。", "印度"),
        ("8月5日，巴西颁布《算法透明度法》。", "巴西"),
        ("甲公司在印度发布新款手机。", None),
    ],
)
def test_a_country_that_issues_is_a_body(nlp: Language, text: str, country: str | None) -> None:
    doc = pipeline.run(nlp, text, None)
    bodies = {m.text for m in doc._.mentions if m.type == "Regulator"}
    assert bodies == ({country} if country else set())


@pytest.mark.parametrize(
    ("text", "name", "type_"),
    [
        ("海鸥的茶（02150.HK）发布公告，拟收购乐燕茶43%的股权。", "海鸥的茶", "Company"),
        ("Nordhaven Group Ltd同意收购海鸥科技。", "Nordhaven Group Ltd", "Company"),
    ],
)
def test_what_a_name_stands_beside(nlp: Language, text: str, name: str, type_: str) -> None:
    assert (name, type_) in {(m.text, m.type) for m in pipeline.run(nlp, text, None)._.mentions}


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("费尔尤斯（Ferius SE）宣布", "Company"),
        ("费尔尤斯涨1.35%，成交活跃", "Company"),
        ("费尔尤斯担任买方的财务顾问", "Company"),
        ("费尔尤斯（Joe Ferius）宣布", "Person"),
        ("费尔尤斯担任董事长", "Person"),
        ("费尔尤斯身高1.85米", "Person"),
    ],
)
def test_what_is_said_of_firms_alone(text: str, type_: str) -> None:
    given = [Mention(0, 4, "费尔尤斯", "Person", None, "model")]
    assert [m.type for m in names._firms_named_as_people(text, given)] == [type_]


def test_a_headline_in_capitals_tells_no_name(nlp: Language) -> None:
    text = (
        "Harbour Office Sues Pinewood Markets for Rigging Freight Prices\n"
        "The Harbour Office today filed a lawsuit against Pinewood Markets Inc. over freight prices."
    )
    found = {m.text for m in pipeline.run(nlp, text, None)._.mentions}
    assert not {name for name in found if "Sues" in name or "Rigging" in name}
