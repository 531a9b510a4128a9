"""Three months in one store: whoever two of them name is one node."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from kg import run
from kg.graph.store import Store
from kg.ids import normalise

ROOT = Path(__file__).parents[1]
MONTHS = {month: ROOT / "data" / "samples" / f"{month}.txt" for month in ("2024-06", "2024-07")}
REAL = ROOT / ".." / "shared" / "reports" / "2024-08.txt"

# read off the three texts: who and which documents two of them name, each by the names that they use
SHARED = """
国家网信办 中央网信办 国家互联网信息办公室
国家数据局
国家发展改革委 国家发展和改革委员会 国家发改委 NDRC
工业和信息化部 工信部
公安部
交通运输部
中国人民银行
国务院
英国政府
香港金融管理局 香港金管局
美国国家标准与技术研究院 NIST
美国AI安全研究所 美国人工智能安全研究所
中国信息通信研究院 中国信通院
联合国
Andreessen|Horowitz 安德森·霍洛维茨 a16z
AMD
苹果公司 苹果
思科 Cisco
谷歌
Graphcore
光速创投
微软
英伟达
OpenAI
三星
Silo|AI
软银集团 软银
Thrive|Capital Thrive资本 兴盛资本 兴旺资本 繁荣资本
网络安全法
个人信息保护法
人工智能风险管理框架：生成式人工智能配置文件
"""
GROUPS = [[name.replace("|", " ") for name in line.split()] for line in SHARED.strip().splitlines()]

pytestmark = pytest.mark.skipif(
    not REAL.exists(), reason="the report that isn't ours to publish isn't beside the checkout"
)

NODES = """
PREFIX kg: <https://w3id.org/regkg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?node ?name ?report WHERE {
  GRAPH ?item {
    ?item kg:mentions ?node ; <http://purl.org/dc/terms/isPartOf> ?report .
    ?node skos:prefLabel|skos:altLabel ?name .
  }
}
"""


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, set[str]]]:
    """Normalised name → node → the reports that mention it."""
    folder = tmp_path_factory.mktemp("months") / "store"
    run.add([*MONTHS.values(), REAL], folder)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with Store.open(folder) as store:
        for node, name, report in store.query(NODES):
            found[normalise(name.value)][node.value].add(report.value.rsplit("/", 1)[1])
    return found


def test_the_list_is_what_two_texts_name() -> None:
    texts = ["".join(path.read_text(encoding="utf-8").split()) for path in (*MONTHS.values(), REAL)]
    assert len(GROUPS) >= 30
    for group in GROUPS:
        assert sum(any("".join(name.split()) in text for name in group) for text in texts) >= 2, group


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_whoever_two_months_name_is_one_node(nodes: dict[str, dict[str, set[str]]], group: list[str]) -> None:
    those: dict[str, set[str]] = defaultdict(set)
    for name in group:
        for node, reports in nodes.get(normalise(name), {}).items():
            those[node] |= reports
    assert len(those) == 1, dict(those)
    assert len(next(iter(those.values()))) >= 2, dict(those)


def test_no_name_of_two_months_leads_to_two_nodes(nodes: dict[str, dict[str, set[str]]]) -> None:
    several = {name: dict(found) for name, found in nodes.items() if len(found) > 1}
    apart = [name for name, found in several.items() if len(set().union(*found.values())) > 1]
    assert apart == []
