"""What a reader does with a map: each thing is clicked or typed in chromium, with no network."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kg.maps import network, page
from kg.settings import asset

from .conftest import HOSTILE_NAME, ID, Opened, Rows

pytestmark = pytest.mark.browser
NAMES = "kgMap.nodes().map((node) => node.iri.split('/').pop())"
EDGES = "kgMap.edges().map((edge) => edge.relation + ' ' + edge.status)"
SVG = "{http://www.w3.org/2000/svg}"
# what somebody who reads by ear or by key would stumble over
BAD = ("serious", "critical")


def drawn(rows: Rows) -> network.Graph:
    """The sample store, with days in three months, one act of two issuers, and what is new since July."""
    graph = network.build(rows)
    graph.nodes[f"{ID}entity/rules"]["jointly"] = True
    graph.nodes[f"{ID}entity/pine"]["new"] = True
    for at, (_, _, edge) in enumerate(graph.edges(data=True)):
        if len(edge["evidence"]) == 1:
            day = f"2024-{6 + at % 3:02d}-1{at % 10}"
            only = edge["evidence"][0]
            edge["evidence"] = (replace(only, item=f"{only.item}-{day}", issued=day, report=f"示例月报 {day[:7]}"),)
        edge["new"] = at % 3 == 2
    return graph


@pytest.fixture(scope="module")
def graph(rows: Rows) -> network.Graph:
    return drawn(rows)


@pytest.fixture(scope="module")
def write(graph: network.Graph, tmp_path_factory: pytest.TempPathFactory) -> Callable[[page.View], Path]:
    folder = tmp_path_factory.mktemp("reader")

    def written(view: page.View) -> Path:
        path = folder / f"map{len(list(folder.iterdir()))}.html"
        path.write_text(page.render(graph, "示例 =图", "zh", view), encoding="utf-8")
        return path

    return written


@pytest.fixture
def reader(opened: Opened, write: Callable[[page.View], Path]) -> Iterator[Opened]:
    yield opened.open(write(page.View(since="2024-07")))
    opened.assert_clean()


def names(opened: Opened) -> set[str]:
    return set(opened.page.evaluate(NAMES))


def edges(opened: Opened) -> list[str]:
    return sorted(opened.page.evaluate(EDGES))


def again(opened: Opened) -> Opened:
    """The address as it is, opened anew, as by somebody who was sent it."""
    opened.page.wait_for_timeout(400)
    address = opened.page.url
    opened.page.goto("about:blank")
    opened.requests.clear()
    opened.page.goto(address)
    opened.page.wait_for_function("() => window.kgMap && kgMap.readyAfter()")
    return opened


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("gjslsjbgs", "国家示例数据办公室"),
        ("guojiashili", "国家示例数据办公室"),
        ("hgzb", "海港资本"),
        ("haigang", "海港资本"),
        ("國家示例數據", "国家示例数据办公室"),
        ("ＤＥＬＴＡ", "三角洲芯片"),
        ("示例数据出境", "示例数据出境管理办法"),
    ],
)
def test_search_as_people_type(reader: Opened, typed: str, found: str) -> None:
    reader.page.fill("#search", typed)
    assert found in reader.page.inner_text("#results li >> nth=0")


def test_pinyin_that_spells_nothing(reader: Opened) -> None:
    for typed in ("gjslsjbgx", "hgzbq"):
        reader.page.fill("#search", typed)
        assert "没有匹配的名称" in reader.page.inner_text("#results")


def test_rumours_and_plans_by_one_switch(reader: Opened) -> None:
    before = edges(reader)
    reader.page.uncheck("label:has-text('包括传闻与拟议') input")
    told = {line.split(" ")[1] for line in edges(reader)}
    assert told == {"", "completed", "announced", "terminated"}
    reader.page.check("label:has-text('包括传闻与拟议') input")
    assert edges(reader) == before


def test_off_at_opening(opened: Opened, write: Callable[[page.View], Path]) -> None:
    off = {"status": frozenset({"rumoured", "in-talks", "proposed"}), "kind": frozenset({"Person"})}
    opened.open(write(page.View(preset="deals", off=off)))
    assert not {"acquires rumoured", "investsIn in-talks", "acquires proposed"} & set(edges(opened))
    assert "chen" not in names(opened)
    opened.page.check("label:has-text('包括传闻与拟议') input")
    assert "acquires rumoured" in edges(opened)
    opened.assert_clean()


def test_amount(reader: Opened) -> None:
    reader.page.fill("[data-key=least]", "40亿")
    reader.page.press("[data-key=least]", "Enter")
    assert edges(reader) == ["acquires rumoured"]
    reader.page.fill("[data-key=most]", "4.8bn")
    reader.page.press("[data-key=most]", "Enter")
    assert edges(reader) == []
    reader.page.fill("[data-key=most]", "many")
    reader.page.press("[data-key=most]", "Enter")
    assert "请输入金额" in reader.page.inner_text("#amount-note")
    reader.page.click("button.reset")
    assert len(edges(reader)) == 19


def test_dates_and_sources(reader: Opened) -> None:
    reader.page.fill("[data-key=from]", "2024-07-01")
    reader.page.fill("[data-key=until]", "2024-07-31")
    reader.page.press("[data-key=until]", "Tab")
    july = edges(reader)
    assert 0 < len(july) < 19
    reader.page.click("button.reset")
    reader.page.select_option("[data-key=report]", "示例月报 2024-07")
    assert edges(reader) == july
    reader.page.click("button.reset")
    reader.page.select_option("[data-key=publisher]", "示例周刊")
    assert edges(reader) == ["acquires rumoured"]


def test_months_by_key(reader: Opened) -> None:
    every = edges(reader)
    reader.page.focus("#month")
    assert reader.page.inner_text("#month-now") == "2024-06 – 2024-09"
    reader.page.keyboard.press("Home")
    june = edges(reader)
    assert "截至 2024-06" in reader.page.inner_text("#month-now")
    assert 0 < len(june) < len(every)
    reader.page.keyboard.press("ArrowRight")
    both = edges(reader)
    assert set(june) <= set(both)
    reader.page.check("#month-only")
    assert len(edges(reader)) == len(both) - len(june)
    reader.page.focus("#month")
    reader.page.keyboard.press("End")
    assert edges(reader) == every


def test_a_status_as_it_stood(opened: Opened, rows: Rows, tmp_path: Path) -> None:
    graph = network.build(rows)
    for _, _, edge in graph.edges(data=True):
        if len(edge["evidence"]) == 2:
            later, first = edge["evidence"]
            edge["evidence"] = (replace(later, status="completed"), replace(first, status="rumoured"))
            edge["deal"] = replace(edge["deal"], status="completed")
    (tmp_path / "then.html").write_text(page.render(graph, "t"), encoding="utf-8")
    opened.open(tmp_path / "then.html")
    assert "acquires rumoured" not in edges(opened)
    opened.page.focus("#month")
    opened.page.keyboard.press("Home")
    assert "acquires rumoured" in edges(opened)
    opened.page.evaluate("(id) => kgMap.show(id)", opened.edge("harbour", "delta", "acquires"))
    assert "最新状态：已完成" in opened.panel
    opened.assert_clean()


def test_hide_and_bring_back(reader: Opened) -> None:
    reader.click_node(reader.node("harbour"))
    reader.page.click("#panel button.hide")
    assert "harbour" not in names(reader)
    assert "chen" not in names(reader)  # whose only relation went with it
    assert reader.panel == ""
    reader.click_node(reader.node("north"))
    assert "恢复隐藏（1）" in reader.page.inner_text("#bring")
    reader.page.click("#panel button.expand")
    assert "harbour" in names(reader)
    reader.click_node(reader.node("harbour"))
    reader.page.click("#panel button.hide")
    reader.page.click("#bring")
    assert {"harbour", "chen"} <= names(reader)
    assert not reader.page.is_visible("#bring")


def test_a_part_that_grows(opened: Opened, write: Callable[[page.View], Path]) -> None:
    opens = frozenset(f"{ID}entity/{name}" for name in ("harbour", "delta"))
    opened.open(write(page.View(opens=opens)))
    assert names(opened) == {"harbour", "delta"}
    opened.click_node(opened.node("harbour"))
    opened.page.click("#panel button.expand")
    assert names(opened) == {"harbour", "delta", "north", "chen"}
    # all of it is found, and comes when it is
    opened.page.fill("#search", "示例数据法")
    opened.page.press("#search", "Enter")
    assert "law" in names(opened)
    assert again(opened).page.inner_text("#panel h2") == "示例数据法"
    assert names(opened) == {"harbour", "delta", "north", "chen", "law"}
    opened.page.check("label:has-text('显示全部内容') input")
    assert len(names(opened)) == 19
    opened.assert_clean()


def test_joint_issuers_are_one_act(reader: Opened) -> None:
    ids = {edge["act"] for edge in reader.page.evaluate("kgMap.edges()") if edge["act"]}
    assert len(ids) == 1
    reader.click_edge(ids.pop())
    for words in ("示例数据出境管理办法", "由 2 个机构联合发布", "国家示例数据办公室", "示例部"):
        assert words in reader.panel
    reader.page.click("#panel .issuers button >> nth=0")
    assert reader.panel.count("联合发布") == 1
    reader.page.click("#panel button.go:has-text('联合发布')")
    assert "由 2 个机构联合发布" in reader.page.inner_text("#panel h2")


def test_one_quote_of_a_joint_act_is_told_once(opened: Opened, rows: Rows, tmp_path: Path) -> None:
    graph = drawn(rows)
    issued = [edge for *_, edge in graph.out_edges(f"{ID}entity/rules", data=True) if edge["relation"] == "issuedBy"]
    for edge in issued:
        edge["evidence"] = (replace(issued[0]["evidence"][0], claim=edge["evidence"][0].claim),)
    (tmp_path / "joint.html").write_text(page.render(graph, "t"), encoding="utf-8")
    opened.open(tmp_path / "joint.html")
    opened.page.evaluate("kgMap.show(kgMap.edges().find((edge) => edge.act).act)")
    assert "出处 (1)" in opened.panel
    opened.assert_clean()


def test_new_is_marked_by_more_than_colour(reader: Opened) -> None:
    picture = reader.page.evaluate("kgMap.svg()")
    assert "2024-07 以来新增" in picture  # in the legend
    assert "松林能源 ✦新" in picture
    new = next(edge for edge in reader.page.evaluate("kgMap.edges()") if edge["isNew"] and not edge["act"])
    reader.page.evaluate("(id) => kgMap.show(id)", new["id"])
    assert "✦ 2024-07 以来新增" in reader.panel
    reader.page.keyboard.press("Escape")
    every = len(edges(reader))
    reader.page.check("label:has-text('只看 2024-07 以来新增') input")
    assert 0 < len(edges(reader)) < every
    assert all(edge["isNew"] for edge in reader.page.evaluate("kgMap.edges()"))
    assert "pine" in names(reader)


def test_what_was_known_is_not_new(opened: Opened, rows: Rows, tmp_path: Path) -> None:
    graph = network.build(rows)
    known: list[Any] = [*graph, *graph.edges(keys=True)]
    path = tmp_path / "known.html"
    path.write_text(page.render(graph, "t", view=page.View(known=frozenset(known[:-1]))), encoding="utf-8")
    opened.open(path)
    assert sum(edge["isNew"] for edge in opened.page.evaluate("kgMap.edges()")) == 1
    assert not any(node["isNew"] for node in opened.page.evaluate("kgMap.nodes()"))


def test_a_view_can_be_sent(reader: Opened) -> None:
    reader.click_node(reader.node("harbour"))
    reader.page.click("#panel button.hide")
    reader.page.uncheck("label:has-text('已终止') input")
    reader.page.focus("#month")
    reader.page.keyboard.press("End")
    reader.page.keyboard.press("ArrowLeft")
    reader.page.select_option("[data-key=publisher]", "示例日报")
    reader.page.click("#theme")
    reader.page.click("#language")
    reader.page.evaluate("(id) => kgMap.show(id)", reader.node("north"))
    reader.page.click("#zoom-in")
    seen = [names(reader), edges(reader), reader.panel, reader.page.evaluate("kgMap.nodePoint('n3')")]
    again(reader)
    there = [names(reader), edges(reader), reader.panel, reader.page.evaluate("kgMap.nodePoint('n3')")]
    assert there[:3] == seen[:3]
    assert all(abs(there[3][axis] - seen[3][axis]) < 3 for axis in "xy")
    assert reader.page.evaluate("document.documentElement.dataset.theme") == "light"
    assert reader.page.input_value("[data-key=publisher]") == "示例日报"
    reader.page.click("#panel .close")
    reader.page.evaluate("location.hash = '#lang=zh&show=n~lark'")
    reader.page.wait_for_timeout(200)
    assert reader.page.inner_text("#panel h2") == "云雀软件"


@pytest.mark.parametrize(
    "address", ["%", "show=%E4%A&hidden=~~x&view=1~2&month=2099-99", "show=e~a&no-kind=%ff&view=a~b~c", "__proto__=1"]
)
def test_a_broken_address_opens_the_map(opened: Opened, write: Callable[[page.View], Path], address: str) -> None:
    path = write(page.View())
    opened.page.goto(path.as_uri() + "#" + address)
    opened.page.wait_for_function("() => window.kgMap && kgMap.readyAfter()")
    assert len(edges(opened)) == 19
    opened.assert_clean()


def test_picture_as_svg(reader: Opened) -> None:
    reader.page.click("#save summary")
    with reader.page.expect_download() as waiting:
        reader.page.click("#save-svg")
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert waiting.value.suggested_filename == "示例 =图.svg"
    root = ElementTree.fromstring(text)
    words = {element.text for element in root.iter(f"{SVG}text")}
    assert {"海港资本", "示例 =图", "传闻", "监管机构"} <= words
    assert len(list(root.iter(f"{SVG}line"))) > 10
    dashes = {element.get("stroke-dasharray") for element in root.iter() if element.get("stroke-dasharray")}
    assert len(dashes) >= 4
    assert not list(root.iter(f"{SVG}image"))
    assert not list(root.iter(f"{SVG}script"))
    assert HOSTILE_NAME[:12] not in text  # there as text, with its brackets escaped


def test_picture_as_png(reader: Opened) -> None:
    reader.page.click("#save summary")
    with reader.page.expect_download() as waiting:
        reader.page.click("#save-png")
    data = Path(waiting.value.path()).read_bytes()
    assert data.startswith(b"\x89PNG\r\n")
    wide, high = (int.from_bytes(data[at : at + 4]) for at in (16, 20))
    assert wide > 2000
    assert high > 1000


def test_the_shown_part_as_csv(reader: Opened) -> None:
    reader.page.uncheck("label:has-text('文件') input >> nth=0")
    reader.page.click("#save summary")
    with reader.page.expect_download() as waiting:
        reader.page.click("#save-csv")
    data = Path(waiting.value.path()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert {row["关系"] for row in found} >= {"收购", "投资"}
    assert "由…发布" not in {row["关系"] for row in found}
    twice = [row for row in found if row["主体"] == "海港资本" and row["关系"] == "收购"]
    assert [row["日期"] for row in twice] == ["2024-09-02", "2024-08-19"]  # a row a source
    assert {(row["状态"], row["金额"], row["币种"]) for row in twice} == {("传闻", "4900000000", "USD")}
    assert twice[1]["链接"] == "https://news.example.org/one?a=1&b=2"
    assert twice[1]["引文"].startswith("第10段")


def test_csv_is_inert(opened: Opened, rows: Rows, tmp_path: Path) -> None:
    graph = network.build(rows)
    formulas = ["=1+1", "+1", "-1", "@x", "\tx", "＝1", '=HYPERLINK("x"),"y']
    for at, (_, _, edge) in enumerate(graph.edges(data=True)):
        edge["evidence"] = (replace(edge["evidence"][0], quote=formulas[at % len(formulas)]),)
    (tmp_path / "inert.html").write_text(page.render(graph, "t"), encoding="utf-8")
    opened.open(tmp_path / "inert.html")
    text = opened.page.evaluate("kgMap.csv()")
    quotes = {row["引文"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))}
    assert quotes == {f"'{formula}" for formula in formulas}


def test_list_by_key(reader: Opened) -> None:
    reader.page.focus("#map")
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "panel"
    assert "海港资本 收购 三角洲芯片" in reader.panel
    reader.page.keyboard.press("Tab")  # close
    reader.page.keyboard.press("Tab")
    first = reader.page.evaluate("document.activeElement.textContent")
    reader.page.keyboard.press("Enter")
    assert reader.page.query_selector("#panel blockquote")
    assert first
    assert reader.page.inner_text("#told")
    reader.page.keyboard.press("Escape")  # back to the list
    assert "列表" in reader.page.inner_text("#panel h2")
    reader.page.keyboard.press("Escape")
    assert reader.panel == ""
    assert reader.page.evaluate("document.activeElement.id") == "listing"


def test_the_keyboard_goes_back_to_where_it_was(reader: Opened) -> None:
    reader.page.focus("#search")
    reader.page.keyboard.type("harbour")
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.press("Escape")
    assert reader.page.evaluate("document.activeElement.id") == "search"


def test_look_is_a_switch(reader: Opened) -> None:
    light = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
    reader.page.click("#theme")
    reader.page.click("#theme")
    assert reader.page.inner_text("#theme") == "外观：深色"
    assert reader.page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_days_run_from_left_to_right(opened: Opened, write: Callable[[page.View], Path]) -> None:
    axis = ((-200.0, "2024-06"), (200.0, "2024-07"))
    opened.open(write(page.View(preset="deals", direction="time", axis=axis)))
    assert {"2024-06", "2024-07"} <= set(re.findall(r">(2024-\d\d)<", opened.page.evaluate("kgMap.svg()")))
    opened.assert_clean()


def test_served_names_link_to_their_pages(opened: Opened, write: Callable[[page.View], Path]) -> None:
    opened.open(write(page.View(pages="/entity?iri=")))
    opened.click_node(opened.node("harbour"))
    assert opened.page.get_attribute("#panel a.page", "href") == (
        "/entity?iri=https%3A%2F%2Fw3id.org%2Fregkg%2Fid%2Fentity%2Fharbour"
    )
    opened.assert_clean()


def test_drag_moves_a_name(reader: Opened) -> None:
    at = reader.page.evaluate("(id) => kgMap.nodePoint(id)", reader.node("lark"))
    reader.page.mouse.move(at["x"], at["y"])
    reader.page.mouse.down()
    reader.page.mouse.move(at["x"] + 30, at["y"] + 10, steps=3)
    reader.page.mouse.move(at["x"] + 60, at["y"] + 20, steps=3)
    reader.page.mouse.up()
    there = reader.page.evaluate("(id) => kgMap.nodePoint(id)", reader.node("lark"))
    assert there["x"] - at["x"] > 20


@pytest.mark.parametrize(
    "opened",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}, "has_touch": True}],
    indirect=True,
)
def test_axe_finds_nothing_serious(opened: Opened, write: Callable[[page.View], Path]) -> None:
    package = pytest.importorskip("axe_playwright_python")
    source = (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    opened.open(write(page.View(since="2024-07")))

    def check(where: str) -> None:
        # by the debugger's door: the page's policy rightly refuses further scripts
        opened.page.evaluate(source)
        found = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        wrong = {one["id"]: one["nodes"][0]["html"] for one in found["violations"] if one["impact"] in BAD}
        assert not wrong, (where, wrong)

    check("opened")
    opened.page.evaluate("document.getElementById('filters').open = true")
    check("filters")
    opened.page.evaluate("kgMap.show(kgMap.edges().find((edge) => edge.isNew).id)")
    check("panel")
    opened.page.keyboard.press("Escape")
    opened.page.click("#listing")
    check("list")
    opened.page.click("#save summary")
    opened.page.focus("#search")
    check("menu and results")


def test_the_library_still_has_what_is_replaced() -> None:
    library = asset("viz", "vendor", "vis-network", "vis-network.min.js").read_text(encoding="utf-8")
    for method in ("_drawNodes(", "_drawEdges(", "_drawArrows(", "isOverlappingWith("):
        assert method in library
