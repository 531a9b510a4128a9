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
    graph.nodes[f"{ID}entity/rules"]["jointly"] = {
        "issuedBy": frozenset({f"{ID}entity/office", f"{ID}entity/ministry"})
    }
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


def drag(opened: Opened, at: dict[str, float]) -> None:
    opened.page.mouse.move(at["x"], at["y"])
    opened.page.mouse.down()
    opened.page.mouse.move(at["x"] + 30, at["y"] + 10, steps=3)
    opened.page.mouse.move(at["x"] + 60, at["y"] + 20, steps=3)
    opened.page.mouse.up()


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
        ("国家slsjbgs", "国家示例数据办公室"),
        ("shujubangongshi", "国家示例数据办公室"),
        ("capital harbour", "海港资本"),
        ("Délta", "三角洲芯片"),
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
    assert told == {"", "completed", "announced", "terminated", "consultation"}
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


def test_the_switch_is_on_the_map_where_it_opens_without_them(
    opened: Opened, write: Callable[[page.View], Path]
) -> None:
    off = {"status": frozenset({"rumoured", "in-talks", "proposed"})}
    opened.open(write(page.View(preset="deals", off=off)))
    assert opened.page.inner_text("#talk") == "包括传闻与拟议（3）"
    opened.page.check("#talk input")
    assert {"acquires rumoured", "investsIn in-talks", "acquires proposed"} <= set(edges(opened))
    assert opened.page.is_checked("#filters .talk input")
    # a group of which some are off is neither on nor off
    opened.page.uncheck("#filters label:has-text('传闻') input >> nth=0")
    for box in ("#talk input", "#filters .talk input"):
        assert opened.page.eval_on_selector(box, "(box) => box.indeterminate"), box
    opened.assert_clean()


def test_no_switch_on_the_map_that_opens_with_all(reader: Opened) -> None:
    assert not reader.page.is_visible("#talk")


def test_what_is_planned_looks_so(reader: Opened) -> None:
    pending = {"issuedBy planned", "basedOn planned", "draftedBy consultation", "amends consultation"}
    assert pending | {"issuedBy ", "basedOn "} <= set(edges(reader))
    picture = ElementTree.fromstring(reader.page.evaluate("kgMap.svg()"))
    dashes = {element.get("stroke-dasharray") for element in picture.iter(f"{SVG}g")}
    words = {element.text or "" for element in picture.iter(f"{SVG}text")}
    assert {"拟制定", "征求意见", "空心：尚未发布的文件"} <= words
    assert any("· 拟制定" in word for word in words)
    assert len(dashes - {None}) >= 6
    reader.page.uncheck("#filters label:has-text('拟制定') input >> nth=0")
    assert not [line for line in edges(reader) if line.endswith("planned")]
    reader.click_node(reader.node("rules"))
    for said in ("已发布", "示例〔2024〕7号", "2024-08-19", "2024-10"):
        assert said in reader.panel
    reader.page.evaluate("(id) => kgMap.show(id)", reader.edge("draft", "rules", "amends"))
    assert "征求意见" in reader.panel
    assert "该来源所述状态：草案" in reader.panel


def test_a_deal_has_the_status_of_the_day(opened: Opened, rows: Rows, tmp_path: Path) -> None:
    graph = network.build(rows)
    for _, _, edge in graph.edges(data=True):
        if edge["relation"] == "acquires" and len(edge["evidence"]) == 2:
            new, old = edge["evidence"]
            edge["evidence"] = (replace(new, status="rumoured"), replace(old, status="in-talks", issued="2024-08-19"))
    (tmp_path / "then.html").write_text(page.render(graph, "t"), encoding="utf-8")
    opened.open(tmp_path / "then.html")
    for until, status in (("2024-09-01", "in-talks"), ("2024-09-02", "rumoured")):
        opened.page.fill("[data-key=until]", until)
        opened.page.press("[data-key=until]", "Tab")
        opened.page.wait_for_timeout(400)  # for the address
        # the month that holds the day doesn't reach beyond it
        opened.page.evaluate("location.hash = location.hash.replace(/&?month=[^&]*/, '') + '&month=2024-09'")
        opened.page.wait_for_timeout(300)
        assert f"acquires {status}" in edges(opened), until
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
    # as they stood then: without their status
    july = [line.split(" ")[0] for line in edges(reader)]
    assert 0 < len(july) < 19
    reader.page.click("button.reset")
    reader.page.select_option("[data-key=report]", "示例月报 2024-07")
    assert sorted(line.split(" ")[0] for line in edges(reader)) == sorted(july)
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


def test_who_drafts_together_is_one_act_and_who_issued_it_elsewhere_is_none_of_it(
    opened: Opened, rows: Rows, tmp_path: Path
) -> None:
    graph = drawn(rows)
    rules, court = f"{ID}entity/rules", f"{ID}entity/court"
    (one, *_) = (edge for *_, edge in graph.out_edges(rules, data=True) if edge["relation"] == "issuedBy")
    graph.add_edge(rules, court, key="issuedBy", **one)
    for body in (court, f"{ID}entity/bureau"):
        graph.add_edge(rules, body, key="draftedBy", **one | {"relation": "draftedBy"})
    graph.nodes[rules]["jointly"] |= {"draftedBy": frozenset({court, f"{ID}entity/bureau"})}
    (tmp_path / "acts.html").write_text(page.render(graph, "t"), encoding="utf-8")
    opened.open(tmp_path / "acts.html")
    tied = [edge for edge in opened.page.evaluate("kgMap.edges()") if edge["act"]]
    assert len({edge["act"] for edge in tied}) == 2
    assert sorted(edge["relation"] for edge in tied) == ["draftedBy", "draftedBy", "issuedBy", "issuedBy"]
    opened.click_node(opened.node("rules"))
    for words in ("由 2 个机构联合发布", "由 2 个机构联合起草", "由 示例法院 发布"):
        assert words in opened.panel
    opened.page.click("#panel button.go:has-text('联合起草')")
    assert "由 2 个机构联合起草" in again(opened).page.inner_text("#panel h2")
    opened.assert_clean()


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


def test_a_name_that_was_dragged_lies_there_for_whom_it_is_sent_to(reader: Opened) -> None:
    lark = reader.node("lark")
    home = reader.page.evaluate("(id) => kgMap.nodePoint(id)", lark)
    drag(reader, home)
    seen = reader.page.evaluate("(id) => kgMap.nodePoint(id)", lark)
    again(reader)
    there = reader.page.evaluate("(id) => kgMap.nodePoint(id)", lark)
    assert abs(there["x"] - seen["x"]) < 3
    assert abs(there["y"] - seen["y"]) < 3
    reader.page.click("button.reset")
    back = reader.page.evaluate("(id) => kgMap.nodePoint(id)", lark)
    assert abs(back["x"] - home["x"]) < 3
    assert abs(back["y"] - home["y"]) < 3


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


def test_a_picture_has_the_names_that_the_panel_covers(reader: Opened) -> None:
    reader.page.click("#listing")
    covered = len(reader.page.evaluate("kgMap.labels()"))
    with_panel = reader.page.evaluate("kgMap.svg()")
    reader.page.keyboard.press("Escape")
    reader.page.wait_for_timeout(200)
    assert covered < len(reader.page.evaluate("kgMap.labels()"))
    words = [
        sorted(element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text"))
        for picture in (with_panel, reader.page.evaluate("kgMap.svg()"))
    ]
    assert words[0] == words[1]


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


def test_keys_move_the_map(reader: Opened) -> None:
    reader.page.focus("#map")
    where = "kgMap.nodePoint('n3')"
    at = reader.page.evaluate(where)
    reader.page.keyboard.press("ArrowRight")
    reader.page.keyboard.press("ArrowDown")
    there = reader.page.evaluate(where)
    assert (round(at["x"] - there["x"]), round(at["y"] - there["y"])) == (60, 60)
    span = "Math.abs(kgMap.nodePoint('n3').x - kgMap.nodePoint('n4').x)"
    wide = reader.page.evaluate(span)
    reader.page.keyboard.press("+")
    assert reader.page.evaluate(span) > wide * 1.2
    reader.page.keyboard.press("0")
    again = reader.page.evaluate(where)
    assert abs(again["x"] - at["x"]) < 1
    assert abs(again["y"] - at["y"]) < 1
    # one stop by Tab, which says what it is
    reader.page.keyboard.press("Shift+Tab")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.id") == "map"
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("!document.activeElement.closest('#map')")


def test_a_mouse_that_passes_leaves_the_keyboard_where_it_is(reader: Opened) -> None:
    reader.page.focus("#search")
    reader.page.mouse.move(700, 400)
    reader.page.mouse.move(720, 420)
    reader.page.keyboard.type("lark")
    assert reader.page.input_value("#search") == "lark"


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


def test_the_title_is_in_the_language_of_the_page(opened: Opened, write: Callable[[page.View], Path]) -> None:
    opened.open(write(page.View(titles={"zh": "海港 · 交易", "en": "Harbour · deals"})))
    assert opened.page.inner_text("h1") == opened.page.title() == "海港 · 交易"
    opened.page.click("#language")
    assert opened.page.inner_text("h1") == opened.page.title() == "Harbour · deals"
    assert "Harbour · deals" in opened.page.evaluate("kgMap.svg()")
    # a voice is told what is in the other language
    opened.page.evaluate("(id) => kgMap.show(id)", opened.edge("rules", "law", "basedOn"))
    assert opened.page.get_attribute("#panel blockquote", "lang") == "zh-CN"
    assert opened.page.get_attribute("#panel h2 .name", "lang") is None
    opened.assert_clean()


def test_look_is_a_switch(reader: Opened) -> None:
    light = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
    reader.page.click("#theme")
    reader.page.click("#theme")
    assert reader.page.inner_text("#theme") == "外观：☾ 深色"
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
    drag(reader, at)
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


PHONE = pytest.mark.parametrize(
    "opened", [{"viewport": {"width": 390, "height": 844}, "has_touch": True}], indirect=True
)


@PHONE
def test_a_telephone_has_all_of_it_on_its_screen(opened: Opened, write: Callable[[page.View], Path]) -> None:
    off = {"status": frozenset({"rumoured", "in-talks", "proposed"})}
    opened.open(write(page.View(preset="deals", off=off, since="2024-07")))
    tops = "[...document.querySelectorAll('.tools > *')].map((one) => Math.round(one.getBoundingClientRect().top))"
    for _ in ("zh", "en"):
        assert len(set(opened.page.evaluate(tops))) == 1  # one row of buttons
        opened.page.click("#save summary")
        box = opened.page.eval_on_selector("#save div", "(box) => box.getBoundingClientRect().toJSON()")
        assert box["left"] >= 0
        assert box["right"] <= 390
        opened.page.click("#save summary")
        assert opened.page.evaluate("document.getElementById('month-now').getClientRects().length") == 1
        opened.page.click("#language")
    # the switch is on the map, since the filters are shut
    assert not opened.page.is_visible("#boxes")
    opened.page.check("#talk input")
    assert "acquires rumoured" in edges(opened)
    opened.page.click("#filters summary")
    reset = opened.page.locator("button.reset")
    reset.scroll_into_view_if_needed()
    reset.click()
    assert "acquires rumoured" not in edges(opened)
    opened.assert_clean()


@PHONE
def test_a_big_map_fills_a_telephone_when_it_opens(opened: Opened, rows: Rows, tmp_path: Path) -> None:
    graph = network.build(rows)
    # what hangs together lies above; below it lies much more
    places = {iri: (at % 5 * 400.0, 3000.0 + at // 5 * 400) for at, iri in enumerate(graph)}
    together = [f"{ID}entity/{name}" for name in ("rules", "law", "office", "ministry", "list", "bureau", "draft")]
    places |= {iri: (at * 90.0, at % 2 * 80.0) for at, iri in enumerate(together)}
    (tmp_path / "tall.html").write_text(page.render(graph, "t", view=page.View(positions=places)), encoding="utf-8")
    opened.open(tmp_path / "tall.html")
    at = [opened.page.evaluate("(id) => kgMap.nodePoint(id)", opened.node(name)) for name in ("rules", "draft")]
    top = opened.page.eval_on_selector("#map", "(map) => map.getBoundingClientRect().top")
    assert min(point["y"] for point in at) < top + 200
    opened.assert_clean()


@pytest.mark.parametrize(
    "opened", [{"viewport": {"width": w, "height": h}} for w, h in ((1280, 800), (390, 844))], indirect=True
)
def test_paper_has_the_legend_and_what_was_chosen_in_its_middle(
    opened: Opened, write: Callable[[page.View], Path]
) -> None:
    opened.open(write(page.View(since="2024-07")))
    opened.page.select_option("[data-key=publisher]", "示例日报", force=True)
    id_ = opened.edge("north", "lark", "acquires")
    opened.page.evaluate("(id) => kgMap.show(id)", id_)
    opened.page.wait_for_timeout(200)
    where = "(id) => kgMap.edgePoint(id)"
    seen, was_open = opened.page.evaluate(where, id_), opened.page.is_visible("#boxes")
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened.page.is_visible("#filters label:has-text('已完成')")
    assert opened.page.inner_text("#limits") == "发布者：示例日报"
    assert not opened.page.is_visible("#talk")
    assert not opened.page.is_visible("#hint span")
    opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
    opened.page.emulate_media(media="screen")
    opened.page.wait_for_timeout(200)
    assert opened.page.is_visible("#boxes") == was_open
    back = opened.page.evaluate(where, id_)
    assert abs(back["x"] - seen["x"]) < 2
    assert abs(back["y"] - seen["y"]) < 2
    data = opened.page.pdf(format="A4")
    assert data.startswith(b"%PDF")
    opened.assert_clean()


def test_issuers_all_around_are_tied_by_a_ring(opened: Opened, rows: Rows, tmp_path: Path) -> None:
    graph = drawn(rows)
    places = {iri: (at * 150.0, 900.0) for at, iri in enumerate(graph)}
    for name, x in (("rules", 0.0), ("office", -200.0), ("ministry", 200.0)):
        places[f"{ID}entity/{name}"] = (x, 0.0)
    (tmp_path / "ring.html").write_text(page.render(graph, "t", view=page.View(positions=places)), encoding="utf-8")
    opened.open(tmp_path / "ring.html")
    opened.click_node(opened.node("rules"))
    picture = opened.page.evaluate("kgMap.svg()")
    assert "由 2 个机构联合发布" in picture
    opened.page.keyboard.press("Escape")
    # a click on the ring is a click on the act, and one on the document within it isn't
    (act,) = {edge["act"] for edge in opened.page.evaluate("kgMap.edges()") if edge["act"]}
    ring = opened.page.evaluate("(id) => kgMap.edgePoint(id)", act)
    at = opened.page.evaluate("(id) => kgMap.nodePoint(id)", opened.node("rules"))
    assert at["y"] - ring["y"] > 8
    opened.click_node(opened.node("rules"))
    assert opened.page.inner_text("#panel h2") == "示例数据出境管理办法"
    opened.click_edge(act)
    assert "由 2 个机构联合发布" in opened.page.inner_text("#panel h2")
    opened.assert_clean()


@pytest.mark.parametrize(
    "opened", [{"viewport": {"width": w, "height": h}} for w, h in ((1280, 800), (390, 844))], indirect=True
)
def test_the_panel_covers_nothing_of_what_was_chosen(opened: Opened, write: Callable[[page.View], Path]) -> None:
    opened.open(write(page.View()))
    frame = opened.page.eval_on_selector("#map", "(one) => one.getBoundingClientRect().toJSON()")
    for edge in opened.page.evaluate("kgMap.edges()"):
        opened.page.evaluate("(id) => kgMap.show(id)", edge["act"] or edge["id"])
        box = opened.page.eval_on_selector("#panel", "(one) => one.getBoundingClientRect().toJSON()")
        for end in (edge["from"], edge["to"]):
            at = opened.page.evaluate("(id) => kgMap.nodePoint(id)", end)
            assert at["x"] < box["left"] or at["y"] < box["top"], edge
            assert frame["left"] < at["x"] < frame["right"], edge
            assert frame["top"] < at["y"] < frame["bottom"], edge
        for word in opened.page.evaluate("kgMap.words()"):
            assert word["right"] <= box["left"] or word["bottom"] <= box["top"], word


def test_no_name_lies_under_what_stands_on_the_map_nor_beyond_its_edge(
    opened: Opened, write: Callable[[page.View], Path]
) -> None:
    opened.open(write(page.View(preset="deals", direction="time", axis=((-200.0, "2024-06"),))))
    boxes = opened.page.evaluate("kgMap.words()")
    assert len(boxes) > 15
    frame = opened.page.eval_on_selector("#map", "(one) => one.getBoundingClientRect().toJSON()")
    hint = opened.page.eval_on_selector("#hint", "(one) => one.getBoundingClientRect().toJSON()")
    for box in boxes:
        assert frame["left"] <= box["left"] < box["right"] <= frame["right"], box
        assert box["top"] >= frame["top"] + 20, box  # where the months stand
        assert box["bottom"] <= hint["top"] or box["right"] <= hint["left"], box
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = one["right"] <= other["left"] + 1 or other["right"] <= one["left"] + 1
            assert apart or one["bottom"] <= other["top"] + 1 or other["bottom"] <= one["top"] + 1, (one, other)


def test_the_library_still_has_what_is_replaced() -> None:
    library = asset("viz", "vendor", "vis-network", "vis-network.min.js").read_text(encoding="utf-8")
    for method in ("_drawNodes(", "_drawEdges(", "_drawArrows(", "isOverlappingWith("):
        assert method in library
