"""The kind that a title's last word says: an example for each row of the table, and words that only look alike."""

from __future__ import annotations

import pytest
import rdflib

from kg.extract.kinds import is_draft, kind_of, without_tail
from kg.settings import asset

EXAMPLES = [
    ("城市更新准入负面清单（2024年版）", "negative-list"),
    ("关于审理数据纠纷案件的司法解释", "judicial-interpretation"),
    ("绿色仓储实施细则", "implementing-rules"),
    ("Implementing Rules of the Port Law", "implementing-rules"),
    ("公共数据管理条例", "regulation"),
    ("跨境支付管理暂行办法", "measures"),
    ("跨境支付管理办法（试行）", "measures"),
    ("跨境支付管理办法（征求意见稿）", "measures"),
    ("跨境支付管理辦法", "measures"),
    ("关于平台收费的若干规定", "provisions"),
    ("港口保安法", "law"),
    ("港口保安法（修订草案征求意见稿）", "law"),
    ("民法典", "law"),
    ("Port Security Act", "law"),
    ("云服务安全技术要求", "standard"),
    ("数据分类指南", "guideline"),
    ("Guidelines for Cloud Outsourcing", "guideline"),
    ("数字港口三年行动计划（2024—2026年）", "action-plan"),
    ("西部港口发展规划", "planning"),
    ("关于促进港口发展的若干意见", "opinions"),
    ("国家港口战略", "strategy"),
    ("港口风险管理框架", "policy"),
    ("关于开展港口检查的通知", "notice"),
    ("关于注销牌照的公告", "announcement"),
    ("关于设立港口局的决定", "decision"),
    ("港口管制行政命令", "order"),
    ("Executive Order 99999", "order"),
    ("港口事故应急预案", "emergency-plan"),
    ("首批备案港口名单", "list"),
    ("港口行业自律公约", "initiative"),
    ("Code of Conduct for Ports", "initiative"),
    ("港口合作谅解备忘录", "treaty"),
    ("Memorandum of Understanding on Ports", "treaty"),
    ("港口安全联合宣言", "declaration"),
    ("修订草案", "draft"),
    ("Consultation paper on ports", "draft"),
    ("港口作业标准合同范本", "outline"),
    ("港口人工智能白皮书", "white-paper"),
    ("White Paper on Ports", "white-paper"),
    ("全球港口指数", "index"),
    ("港口研究报告", "report"),
]


def rows() -> dict[str, str]:
    lines = asset("data", "patterns", "kinds.tsv").read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0]: line.split("\t")[1] for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize(("title", "kind"), EXAMPLES)
def test_a_title_shows_its_kind(title: str, kind: str) -> None:
    found = kind_of(title)
    assert found is not None
    assert (found.id, found.type) == (kind, rows()[kind])


def test_every_row_has_an_example() -> None:
    assert {kind for _, kind in EXAMPLES} == set(rows())


def test_every_kind_is_in_the_scheme() -> None:
    graph = rdflib.Graph().parse(asset("ontology", "kinds.ttl"))
    known = {str(subject).rsplit("/", 1)[-1] for subject in graph.subjects()}
    assert set(rows()) <= known


@pytest.mark.parametrize(
    "title",
    [
        *("语法", "看法", "方法", "做法", "用法", "算法", "书法", "手法", "想法", "说法", "疗法", "魔法", "句法"),
        *("中国书法", "学习方法", "纽约时报", "红楼梦", "人民日报", "通知书", "登记表", "手机", "三体", "Apple"),
        *("New York Times", "Federal Register", "GB/T 35273", ""),
    ],
)
def test_what_is_no_document(title: str) -> None:
    assert kind_of(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "港口管理办法（征求意见稿）",
        "港口保安法（草案）",
        "港口保安法（修订草案送审稿）",
        "諮詢文件",
        "Draft Rules on Ports",
        "Consultation Paper on Ports",
    ],
)
def test_a_draft(title: str) -> None:
    assert is_draft(title)


@pytest.mark.parametrize("title", ["港口办法", "起草规则", "諮詢委員會章程", "保安法（试行）", "Drafting Manual"])
def test_no_draft(title: str) -> None:
    assert not is_draft(title)


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("管理办法（试行）", "管理办法"),
        ("行动计划（2024—2026年）", "行动计划"),
        ("技术指南 V2.0", "技术指南"),
        ("白皮书第三版", "白皮书"),
        ("管理办法", "管理办法"),
        ("（试行）", "（试行）"),
    ],
)
def test_what_stands_behind_the_last_word(title: str, head: str) -> None:
    assert without_tail(title) == head
