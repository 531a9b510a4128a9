from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.items import DEAL_STATUS, DOCUMENT_STATUS, ENTITY_TYPES, RELATIONS
from kg.maps import network, page
from kg.settings import asset

from .conftest import HOSTILE_NAME, HOSTILE_QUOTE, HOSTILE_TITLE, Opened, Rows
from .test_layout import made


@pytest.fixture(scope="session")
def rendered(rows: Rows) -> str:
    return page.render(network.build(rows), HOSTILE_TITLE, "zh")


@pytest.fixture(scope="session")
def path(rendered: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "地图 map.html"
    path.write_text(rendered, encoding="utf-8")
    return path


def embedded(rendered: str, id_: str = "data") -> dict[str, Any]:
    (text,) = re.findall(rf'<script type="application/json" id="{id_}">(.*?)</script>', rendered, re.S)
    data: dict[str, Any] = json.loads(text)
    return data


def scripts() -> str:
    return "\n".join(asset("viz", "map", f"{name}.js").read_text(encoding="utf-8") for name in page.SCRIPTS)


# ---- the page as text ----


def test_hostile_texts_stay_data(rendered: str) -> None:
    data = embedded(rendered)
    assert HOSTILE_NAME in data["nodes"]["zh"]
    assert HOSTILE_QUOTE in {one[1] for edge in embedded(rendered, "quotes")["quotes"] for one in edge}
    assert set(data["titles"].values()) == {HOSTILE_TITLE}
    for text in (HOSTILE_NAME, HOSTILE_TITLE, "<svg onload", "<img src=x", "<!--乙"):
        assert text not in rendered
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</title>" in rendered
    # two scripts, the data and the quotes: nothing in it opened another or closed one early
    assert rendered.count("</script>") == 4


def test_title_that_looks_like_a_template() -> None:
    rendered = page.render(nx.MultiDiGraph(), "$library ${data} {{ title }} $", "en")
    assert "<title>$library ${data} {{ title }} $</title>" in rendered
    assert rendered.count("</script>") == 4


def test_nothing_in_it_points_outside(rendered: str) -> None:
    markup = re.sub(r"<script.*?</script>|<style.*?</style>", "", rendered, flags=re.S)
    assert not re.search(r"\b(src|href)=", markup)
    assert "sourceMappingURL" not in rendered
    assert "default-src 'none'" in markup
    assert "unsafe-eval" not in markup
    assert not re.search(r"script-src[^;]*unsafe-inline", markup)


def test_licence_notice_of_the_library_travels_along(rendered: str) -> None:
    assert "@copyright (c) 2011-2017 Almende B.V" in rendered
    assert "vis.js may be distributed under either license." in rendered


def test_same_graph_same_page(rows: Rows, rendered: str) -> None:
    assert page.render(network.build(rows), HOSTILE_TITLE, "zh") == rendered


def test_script_never_writes_markup() -> None:
    script = scripts()
    assert {path.stem for path in asset("viz", "map").glob("*.js")} == set(page.SCRIPTS)
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc"):
        assert way not in script


def test_every_term_has_its_words_in_both_languages() -> None:
    words = json.loads(asset("viz", "map.json").read_text(encoding="utf-8"))
    assert set(words["kinds"]) == set(ENTITY_TYPES)
    assert set(words["relations"]) == set(RELATIONS)
    assert set(words["statuses"]) == {*DEAL_STATUS, "unstated", *page.PENDING}
    assert words["pending"] == list(page.PENDING)
    assert {*words["pending"], *words["stages"]} == set(DOCUMENT_STATUS)
    assert {relation for group in words["groups"] for relation in group["relations"]} == set(RELATIONS)
    for table in ("kinds", "relations", "statuses", "stages", "qualifiers", "said", "page"):
        for entry in words[table].values():
            assert entry["zh"]
            assert entry["en"]


def test_kinds_and_statuses_are_told_apart_without_colour() -> None:
    words = json.loads(asset("viz", "map.json").read_text(encoding="utf-8"))
    shapes = [kind["shape"] for kind in words["kinds"].values()]
    assert len(set(shapes)) == len(shapes)
    lines = {name: tuple(status["line"]) for name, status in words["statuses"].items()}
    assert [name for name, line in lines.items() if not line] == ["completed"]
    # talks and proposals share a line, as their names share a rank; all others differ
    assert len(set(lines.values())) == len(lines) - 1


def test_several_relations_of_a_pair_are_drawn_apart() -> None:
    graph: network.Graph = nx.MultiDiGraph()
    for node in "ab":
        graph.add_node(node, type="Company", labels={"en": node}, aliases=(), start=False)
    graph.add_edge("a", "b", key="1", relation="acquires", deal=None, evidence=())
    graph.add_edge("b", "a", key="2", relation="sues", deal=None, evidence=())
    graph.add_edge("a", "b", key="3", relation="investsIn", deal=None, evidence=())
    data = embedded(page.render(graph, "t"))
    bends = dict(data["edges"]["bend"])
    # the one in the middle is straight, the others lie on either side of it
    sides = [bend * (1 if data["edges"]["from"][int(at)] == 0 else -1) for at, bend in bends.items()]
    assert len(bends) == 2
    assert sum(sides) == 0
    assert data["statuses"][data["edges"]["status"][0]] == "unstated"


# ---- the page in a browser ----


@pytest.mark.browser
def test_click_on_a_line_shows_its_words(opened: Opened, path: Path) -> None:
    opened.open(path)
    opened.click_edge(opened.edge("harbour", "delta", "acquires"))
    for words in (
        "海港资本",
        "三角洲芯片",
        "收购",
        "传闻",
        "约四十九亿美元",
        "约 4,900,000,000 USD",
        "双方据说正在谈判",
        "第10段说明了海港资本的情况",
        "示例日报",
        "2024-08-19",
        "示例月报 2024年8月 第11页",
        HOSTILE_TITLE,
        "转述传闻",
        "该来源所述状态：洽谈中",
    ):
        assert words in opened.panel
    links = opened.page.eval_on_selector_all("#panel a", "all => all.map((a) => [a.href, a.rel])")
    assert links == [["https://news.example.org/one?a=1&b=2", "noopener noreferrer"]]
    assert "javascript:alert(4)" in opened.panel
    opened.assert_clean()


@pytest.mark.browser
def test_hostile_texts_are_shown_and_do_nothing(opened: Opened, path: Path) -> None:
    opened.open(path)
    assert opened.page.title() == HOSTILE_TITLE
    assert opened.page.inner_text("h1") == HOSTILE_TITLE
    opened.click_edge(opened.edge("hostile", "reed", "acquires"))
    assert HOSTILE_NAME in opened.panel
    assert HOSTILE_QUOTE in opened.panel
    opened.click_node(opened.node("hostile"))
    assert HOSTILE_NAME in opened.panel
    opened.page.fill("#search", "onerror")
    assert HOSTILE_NAME in opened.page.inner_text("#results")
    assert opened.page.query_selector_all("img") == []
    assert len(opened.page.query_selector_all("script")) == 4
    opened.assert_clean()


@pytest.mark.browser
def test_click_on_a_name_shows_its_relations(opened: Opened, path: Path) -> None:
    opened.open(path)
    opened.click_node(opened.node("harbour"))
    for words in ("海港资本", "公司", "Harbour Capital", "海港", "海港资本 收购 三角洲芯片", "陈示例 任职于 海港资本"):
        assert words in opened.panel
    opened.page.click("#panel button.go:has-text('任职于')")
    assert "第16段说明了陈示例的情况" in opened.panel
    opened.page.click("#panel .close")
    assert opened.panel == ""
    opened.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("typed", "name"), [("海港", "海港资本"), ("harbour c", "海港资本"), ("《示例数据法", "示例数据法")]
)
def test_search_by_keyboard(opened: Opened, path: Path, typed: str, name: str) -> None:
    opened.open(path)
    opened.page.keyboard.press("/")
    opened.page.keyboard.type(typed)
    assert name in opened.page.inner_text("#results")
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_timeout(100)
    assert opened.page.inner_text("#panel h2") == name
    assert opened.page.evaluate("document.activeElement.id") == "panel"
    opened.page.keyboard.press("Tab")  # close
    opened.page.keyboard.press("Tab")  # hide
    opened.page.keyboard.press("Tab")  # its first relation
    opened.page.keyboard.press("Enter")
    assert opened.page.query_selector("#panel blockquote")
    opened.page.keyboard.press("Escape")
    assert opened.panel == ""
    opened.page.fill("#search", "没有这个名称")
    assert "没有匹配的名称" in opened.page.inner_text("#results")
    opened.assert_clean()


@pytest.mark.browser
def test_filters(opened: Opened, path: Path) -> None:
    opened.open(path)

    def names() -> set[str]:
        return {iri.rpartition("/")[2] for iri in opened.page.evaluate("kgMap.nodes().map((node) => node.iri)")}

    assert "alone" not in names()
    opened.page.check("label:has-text('显示无关系的节点') input")
    assert {"alone", "alone2"} <= names()
    opened.page.uncheck("label:has-text('显示无关系的节点') input")
    opened.page.uncheck("label:has-text('传闻') input")
    opened.page.uncheck("label:has-text('已终止') input")
    statuses = set(opened.page.evaluate("kgMap.edges().map((edge) => edge.status)"))
    assert "rumoured" not in statuses
    assert "completed" in statuses
    assert "moss" not in names()  # whose only relation is now off
    opened.page.uncheck("label:has-text('文件') input >> nth=0")
    opened.page.uncheck("label:has-text('法规与文件') input")
    assert "rules" not in names()
    relations = set(opened.page.evaluate("kgMap.edges().map((edge) => edge.relation)"))
    assert "issuedBy" not in relations
    opened.assert_clean()


@pytest.mark.browser
def test_english(opened: Opened, path: Path) -> None:
    opened.open(path)
    opened.page.click("#language")
    opened.click_edge(opened.edge("harbour", "delta", "acquires"))
    for words in (
        "Harbour Capital",
        "acquires",
        "Delta Chips",
        "rumoured",
        "Amount",
        "about 4,900,000,000 USD",
        "p. 11",
    ):
        assert words in opened.panel
    assert opened.page.evaluate("document.documentElement.lang") == "en"
    assert "Regulator" in opened.page.inner_text("#filters")
    opened.assert_clean()


@pytest.mark.browser
def test_copy_as_citation(opened: Opened, path: Path) -> None:
    opened.open(path)
    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.click_edge(opened.edge("rules", "law", "basedOn"))
    opened.page.click("#panel button.copy")
    opened.page.wait_for_selector("button.copy:has-text('已复制')")
    expected = (
        "“第2段说明了示例数据出境管理办法的情况”（示例日报：《<script>alert(1)</script>》，2024-08-19，"
        "示例月报 2024年8月 第3页，https://news.example.org/one?a=1&b=2）"
    )
    assert opened.page.evaluate("navigator.clipboard.readText()") == expected
    opened.assert_clean()


@pytest.mark.browser
def test_status_stands_in_the_label(opened: Opened, path: Path) -> None:
    opened.open(path)
    edge = opened.edge("harbour", "delta", "acquires")
    opened.page.evaluate("(id) => kgMap.show(id)", edge)
    opened.page.wait_for_timeout(100)
    assert edge in opened.page.evaluate("kgMap.labels()")


@pytest.mark.browser
@pytest.mark.parametrize(
    "opened",
    [
        {"color_scheme": "dark"},
        {"viewport": {"width": 1366, "height": 768}},
        {"viewport": {"width": 360, "height": 740}, "has_touch": True},
        {"color_scheme": "dark", "viewport": {"width": 2560, "height": 1440}, "device_scale_factor": 2},
    ],
    indirect=True,
)
def test_screens(opened: Opened, path: Path) -> None:
    opened.open(path)
    for id_ in (opened.edge("rules", "law", "basedOn"), opened.node("harbour")):
        opened.page.evaluate("(id) => kgMap.show(id)", id_)
        opened.page.wait_for_timeout(100)
        assert opened.panel
        # nothing sticks out, and what was chosen isn't under the panel
        assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert opened.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        where = opened.page.evaluate(
            "(id) => { const at = id[0] === 'e' ? kgMap.edgePoint(id) : kgMap.nodePoint(id);"
            " return document.elementFromPoint(at.x, at.y).tagName; }",
            id_,
        )
        assert where == "CANVAS"
    opened.assert_clean()


@pytest.mark.browser
def test_print(opened: Opened, path: Path) -> None:
    opened.open(path)
    opened.click_edge(opened.edge("harbour", "delta", "acquires"))
    opened.page.emulate_media(media="print")
    assert not opened.page.is_visible("#search")
    assert opened.page.is_visible("#panel blockquote >> nth=0")
    assert opened.page.is_visible("#filters label:has-text('传闻')")
    opened.assert_clean()


@pytest.mark.browser
def test_empty_map(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_text(page.render(nx.MultiDiGraph(), "空", "zh"), encoding="utf-8")
    opened.open(tmp_path / "empty.html")
    assert "图中没有任何内容" in opened.page.inner_text("main")
    opened.assert_clean()


@pytest.mark.browser
def test_a_thousand_names(opened: Opened, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    graph = made(1000, 1100)
    for _, node in graph.nodes(data=True):
        node.update(aliases=(), start=False)
    for at, (_, _, edge) in enumerate(graph.edges(data=True)):
        deal = network.DealFacts(f"d{at}", status=DEAL_STATUS[at % len(DEAL_STATUS)])
        quoted = network.Evidence(quote=f"第{at}句", claim=f"c{at}", item="i")
        edge.update(relation="acquires", deal=deal, evidence=(quoted,))
    (tmp_path / "big.html").write_text(page.render(graph, "大图", "zh"), encoding="utf-8")
    opened.open(tmp_path / "big.html")
    record_property("ready_ms", opened.page.evaluate("kgMap.readyAfter()"))
    assert opened.page.evaluate("kgMap.labels().length") > 5
    opened.assert_clean()
