"""The commands as their users meet them: output, exit codes, and what is loaded."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran
from graph import samples

from kg import cli, printing
from kg.graph.store import Store
from kg.items import Said
from kg.run import Step

Command = Callable[..., Ran]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        for report in (samples.may, samples.june, samples.july):
            store.add(*report(), samples.RUN)
    return path


# -------------------------------------------------------------------------------------------------------- help


def test_help_tells_the_exit_codes(command: Command) -> None:
    ran = command("--help")
    assert ran.code == 0
    for words in (
        "0 done",
        "1 done, but",
        "2 wrong use",
        "3 unreadable",
        "4 the store",
        "5 a query",
        "130 interrupted",
    ):
        assert words in " ".join(ran.out.split())


#: From files to files.
WITHOUT_STORE = {"extract", "settle", "spark"}


@pytest.mark.parametrize("name", [c.name or c.callback.__name__ for c in cli.app.registered_commands if c.callback])
def test_every_command_has_help_an_example_and_a_store(name: str, command: Command) -> None:
    ran = command(name, "--help")
    assert f"  kg {name}" in ran.out
    assert "--store" in ran.out or name in WITHOUT_STORE


def test_the_commands() -> None:
    names = {c.name or c.callback.__name__ for c in cli.app.registered_commands if c.callback}
    assert names == {
        "ask",
        "add",
        "backup",
        "restore",
        "items",
        "show",
        "remove",
        "query",
        "check",
        "export",
        "map",
        "chain",
        "path",
        "diff",
        "digest",
        "candidates",
        "same",
        "serve",
        "different",
        "split",
        "judgements",
        "undo",
        "review",
        "extract",
        "spark",
        "load",
        "settle",
        "watch",
    }


def test_version(command: Command) -> None:
    assert command("--version").out == "regkg 0.1.0\n"


def test_wrong_use(command: Command) -> None:
    assert command("frob").code == 2
    assert "Error: Missing argument" in command("add").err
    assert command("query", "--format", "xml", "ASK {}").code == 2


# --------------------------------------------------------------------------------------------------------- add


def test_add(command: Command, fast: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("海鸥科技收购燕鸥软件\n正文。\n")
    (tmp_path / "b.md").write_text("# 今天没有消息\n\n正文。\n")
    ran = command("add", tmp_path / "a.txt", tmp_path / "b.md")
    assert (ran.code, ran.err) == (0, "")
    assert "added: 1 item; 2 names (2 new), 1 relation (1 new), 0 deals (0 new)\n" in ran.out
    assert "no relation found in 1 item:\n" in ran.out
    assert "今天没有消息  (no name either)\n" in ran.out
    assert "2 reports added\n" in ran.out
    assert f"Store: {tmp_path / 'store'}\n" in ran.out
    again = command("add", tmp_path / "a.txt")
    assert "unchanged: the store has its 1 item from this very file\n" in again.out


def test_add_goes_on_after_a_bad_file(command: Command, fast: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("海鸥科技收购燕鸥软件\n正文。\n")
    ran = command("add", tmp_path / "a.txt", tmp_path / "missing.pdf")
    assert ran.code == 1
    assert ran.err == f"kg: missing.pdf doesn't exist: check the path {tmp_path / 'missing.pdf'}.\n"
    assert "1 report added, 1 file not read\n" in ran.out


def test_add_from_a_pipe(command: Command, fast: list[str]) -> None:
    ran = command("add", "-", stdin="海鸥科技收购燕鸥软件\n正文。\n".encode())
    assert ran.code == 0
    assert ran.out.startswith("stdin-")


def test_verbose_tells_what_was_left_out(command: Command, fast: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("海鸥科技收购燕鸥软件\n正文。\n")
    (folder / "photo.jpg").write_bytes(b"x")
    assert "photo.jpg" not in command("add", folder).out
    told = command("add", folder, "-v", "--again").out
    assert "photo.jpg: no report by its name, left out\n" in told
    assert "海鸥科技收购燕鸥软件  (2 names, 1 relation, 0 deals)\n" in told


def test_open_sentences_are_counted_and_listed(command: Command, fast: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("礁石资本入股珊瑚智能\n正文。\n")
    (tmp_path / "b.txt").write_text("海鸥科技收购燕鸥软件\n正文。\n")
    long = "礁石资本" + "和浪花基金" * 20 + "入股珊瑚智能"
    (tmp_path / "c.md").write_text(f"# {long}\n\n正文。\n")
    told = command("add", tmp_path / "a.txt", tmp_path / "b.txt").out
    assert told.count("  1 sentence with a word such as 收购 gave no relation: -v lists them\n") == 1
    told = command("add", tmp_path / "a.txt", tmp_path / "b.txt", "-v", "--again").out
    assert "      no relation read: “礁石资本入股珊瑚智能”\n" in told
    assert "-v lists" not in told
    assert f"“{long[:79]}…”\n" in command("add", tmp_path / "c.md", "-v").out
    assert command("check").code == 0


def test_progress_shows_where_somebody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    with cli._progress() as watch:
        assert watch is None  # a test is no terminal
    drawn = io.StringIO()
    from rich.console import Console

    monkeypatch.setattr(cli, "console", lambda stderr=False: Console(file=drawn, force_terminal=True, width=80))
    with cli._progress() as watch:
        watch(Step("[red]a.pdf\x1b[2J", 1, 2, 3, 22))
    assert "1/2 [red]a.pdf" in drawn.getvalue()
    assert "\x1b[2Ja" not in drawn.getvalue()


# ------------------------------------------------------------------------------------------------ items, remove


def test_items(command: Command, stored: Path) -> None:
    ran = command("items")
    assert "2031-05  海岛月报 2031年5月  (may.txt)  3 items, 0 of 8 quotes reviewed\n" in ran.out
    row = next(line for line in ran.out.splitlines() if "2031-05-deals-1" in line)
    assert row.split() == ["2031-05-deals-1", "2031-05-19", "2", "2", "1", "1", "海鸥科技拟收购Tern", "Systems"]
    assert ran.out.endswith("3 reports, 6 items; no relation was found in 0\n")
    assert "\x1b" not in ran.out


def test_items_of_one_report(command: Command, stored: Path) -> None:
    assert "2031-06" not in command("items", "2031-07").out
    ran = command("items", "2030-01")
    assert (ran.code, ran.err) == (2, "kg: the store has no report 2030-01: it has 2031-05, 2031-06, 2031-07\n")


def test_remove(command: Command, stored: Path) -> None:
    assert command("remove", "2031-05-deals-1").out == "Removed 2031-05-deals-1: 1 item.\n"
    assert command("remove", "2031-05").out == "Removed 2031-05: 2 items.\n"
    ran = command("remove", "2031-05")
    assert (ran.code, ran.err) == (2, "kg: the store has no report and no item 2031-05: kg items lists them\n")
    command("remove", "2031-06")
    command("remove", "2031-07")
    assert command("items").out == "The store holds no reports: kg add FILE adds one.\n"


# -------------------------------------------------------------------------------------------------------- show


def test_show_a_company(command: Command, stored: Path) -> None:
    ran = command("show", "Gull", "Tech")
    out = ran.out
    assert out.startswith("海鸥科技 · Gull Tech\nCompany 公司\nAlso called 又称: ")
    assert "Acquisitions, as buyer 收购（买方） (1)\n  Tern Systems  Company\n" in out
    assert "    terminated 已终止 — CALLED OFF · 50亿欧元 (EUR 5,000,000,000)" in out
    assert (
        "    “海鸥科技宣布以约49亿美元收购Tern Systems”\n"
        "      summary 摘要 · at the time announced 已宣布 · 2031-05-19 · p. 2" in out
    )
    assert "\x1b" not in out


def test_show_marks_what_is_no_deal(command: Command, stored: Path) -> None:
    out = command("show", "珊瑚智能").out
    rumour = out[out.index("浪花基金") :]
    assert rumour.startswith(
        "浪花基金  Company\n    in talks 洽谈中 — NOT AGREED — HEARSAY ONLY 仅据传闻\n"
        "    “浪花基金据称正在洽谈”\n      HEARSAY 转述传闻"
    )
    lead = (
        out[out.index("礁石资本") : out.index("浪花基金")] if out.index("礁石资本") < out.index("浪花基金") else rumour
    )
    assert (
        "礁石资本  Company  lead investor 领投\n    completed 已完成 · round A轮 · 四千三百万 (CNY 43,000,000.5)" in out
    ), lead


def test_show_says_once_what_is_said_of_several(command: Command, tmp_path: Path) -> None:
    draft = samples.Draft("2031-08", "月报")
    draft.item("x-1", "标题", publisher="海岛报", link="https://example.org/9")
    start = len(draft.text)
    for buyer in (samples.REEF, samples.WAVE, samples.CORAL):
        draft.text = draft.text[:start]
        said = Said.COMMENTARY if buyer is samples.CORAL else Said.SUMMARY
        draft.claim(buyer, "customerOf", samples.GULL, "客户包括礁石资本、浪花基金和珊瑚智能", said=said)
    with Store.open(tmp_path / "store", "write") as store:
        store.add(draft.report(), draft.facts, samples.RUN)
    out = command("show", "海鸥科技").out
    assert out.count("      summary 摘要 · 海岛报 · p. 1 · 2031-08-x-1\n      https://example.org/9\n") == 1
    # what the law firm says itself isn't the publisher's
    assert "      law firm's commentary 短评 · p. 1 · 2031-08-x-1\n" in out


def test_show_a_regulator(command: Command, stored: Path) -> None:
    out = command("show", "数据局").out
    assert "Issued 发布 (1)\n  海岛数据管理办法  Instrument · issued 已发布 · 2031-05-06\n" in out
    assert "      headline 标题 · 海岛报 · 2031-05-07 · p. 1 · 2031-05-rules-1\n      https://example.org/1\n" in out


def test_show_an_instrument(command: Command, stored: Path) -> None:
    out = command("show", "《海岛数据管理办法》").out
    for line in ("Kind 种类: measures 办法", "Number 文号: 岛数〔2031〕7号", "Applies in 适用地区: 海岛市"):
        assert f"{line}\n" in out
    assert "Issued by 发布机构 (2)\n" in out
    assert "Based on 依据 (1)\n" in out


def test_show_offers_what_is_near(command: Command, stored: Path) -> None:
    ran = command("show", "海岛数据")
    assert ran.code == 5
    assert "  海岛数据局  (Regulator, in 2 items)  https://w3id.org/regkg/id/entity/island-data-bureau\n" in ran.err
    assert ran.err.endswith("kg: nothing in the store is called just 海岛数据: the nearest are listed above\n")
    ran = command("show", "百分百没有")
    assert ran.err == "kg: nothing in the store is called 百分百没有: kg items lists what was read\n"


def test_show_of_two_with_one_name(command: Command, tmp_path: Path) -> None:
    draft = samples.Draft("2031-08", "月报")
    draft.item("x-1", "标题")
    draft.claim(
        samples.entity("Company", "灯塔"), "agreementWith", samples.entity("Organization", "灯塔"), "灯塔与灯塔"
    )
    with Store.open(tmp_path / "store", "write") as store:
        store.add(draft.report(), draft.facts, samples.RUN)
    ran = command("show", "灯塔")
    assert ran.code == 5
    assert ran.err.endswith("kg: 灯塔 could be any of these: give the address of the one that you mean\n")
    ran = command("show", "https://w3id.org/regkg/id/entity/company/灯塔")
    assert "Agreements with 签署协议 (1)\n" in ran.out


def test_names_are_no_markup_and_no_orders(command: Command, tmp_path: Path) -> None:
    draft = samples.Draft("2031-08", "[bold]月报[/] \x1b]0;owned\x07")
    draft.item("x-1", "[link=https://example.org]标题[/link] \x1b[31m\u202e")
    bad = samples.entity("Company", "[red]灯塔[/red] :smile: \x1b[2J")
    draft.claim(bad, "agreementWith", samples.GULL, "[blink]“灯塔”\x1b[5m")
    with Store.open(tmp_path / "store", "write") as store:
        store.add(draft.report(), draft.facts, samples.RUN)
    for args in (["items"], ["show", "海鸥科技"], ["query", "SELECT ?name { ?a skos:prefLabel ?name }"]):
        ran = command(*args)
        assert ran.code == 0, ran.err
        assert not set(ran.out) & {"\x1b", "\x07", "\u202e"}
    assert "[red]灯塔[/red] :smile: \N{REPLACEMENT CHARACTER}[2J" in command("show", "海鸥科技").out


def test_colours_and_width_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console
    from rich.text import Text

    drawn = io.StringIO()
    printing.lines(
        [(4, Text("海" * 30, style="bold"))],
        Console(file=drawn, force_terminal=True, width=40, color_system="standard"),
    )
    # 36 cells to a line, the indent repeated
    assert drawn.getvalue() == "    \x1b[1m" + "海" * 18 + "\x1b[0m\n    \x1b[1m" + "海" * 12 + "\x1b[0m\n"


# ------------------------------------------------------------------------------------------------------- query

DEALS = "SELECT ?name ?amount { ?deal kg:buyer/skos:prefLabel ?name ; kg:amount ?amount }"


def test_query_formats(command: Command, stored: Path) -> None:
    assert "│ 海鸥科技" in command("query", DEALS).out
    rows = list(csv.reader(io.StringIO(command("query", DEALS, "--format", "csv").out)))
    assert rows[0] == ["name", "amount"]
    assert ["海鸥科技", "5000000000"] in rows
    found = json.loads(command("query", DEALS, "--format", "json").out)
    assert found["head"]["vars"] == ["name", "amount"]
    construct = "CONSTRUCT { ?a kg:acquires ?b } { ?a kg:acquires ?b }"
    assert " kg:acquires <" in command("query", construct).out
    assert command("query", construct).out == command("query", construct, "--format", "turtle").out
    assert "subject" in command("query", construct, "--format", "table").out
    assert "true" in command("query", "ASK { ?a kg:acquires ?b }").out
    ran = command("query", DEALS, "--format", "turtle")
    sentence = "kg: only CONSTRUCT and DESCRIBE give a graph: write these rows to a .csv, .xlsx or .json\n"
    assert (ran.code, ran.err) == (2, sentence)


def test_query_from_a_file_and_a_pipe(command: Command, stored: Path, tmp_path: Path) -> None:
    path = tmp_path / "deals.rq"
    path.write_text("\ufeff" + DEALS, encoding="utf-8")
    wanted = command("query", DEALS).out
    assert command("query", path).out == wanted
    assert command("query", stdin=DEALS.encode()).out == wanted
    assert command("query", "-", stdin=DEALS.encode()).out == wanted
    ran = command("query")
    assert (ran.code, ran.err) == (2, "kg: the query is empty: write one in quotes, name a file, or pipe one in\n")
    ran = command("query", tmp_path / "none.rq")
    assert (ran.code, ran.err) == (2, f"kg: {tmp_path / 'none.rq'} can't be read: No such file or directory\n")


@pytest.mark.parametrize(
    ("sparql", "sentence"),
    [
        (
            "SELECT ?a {\n  ?a kg:aquires ?b }",
            "line 2, column 6: there is no kg:aquires; did you mean kg:acquires?",
        ),
        ("SELECT ?a {\n ?a kgg:acquires ?b }", "line 2, column 5: the prefix kgg: isn't known; did you mean kg:?"),
        (
            "DELETE WHERE { ?a ?b ?c }",
            "line 1, column 1: DELETE would change the graph, and queries only read: use kg add and kg remove",
        ),
    ],
)
def test_query_mistakes(sparql: str, sentence: str, command: Command, stored: Path) -> None:
    ran = command("query", sparql)
    assert (ran.code, ran.out, ran.err) == (5, "", f"kg: {sentence}\n")


def test_long_tables_say_that_they_are_cut(command: Command, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "TABLE_ROWS", 3)
    ran = command("query", "SELECT ?s ?o { ?s ?p ?o }")
    assert ran.out.count("│\n") == 3
    assert ran.err == "These are the first 3: -o FILE.csv or FILE.xlsx gives all.\n"
    assert command("query", "SELECT ?s { ?s a kg:Acquisition }").err == ""
    assert command("query", "SELECT ?s ?o { ?s ?p ?o }", "--format", "csv").out.count("\n") > 50


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json", "a.md", "a.docx"])
def test_query_to_a_file(name: str, command: Command, stored: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    ran = command("query", DEALS, "-o", path)
    assert (ran.code, ran.out) == (0, f"{path}: 2 rows, {path.stat().st_size:,} bytes\n")
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([name, "store"])


def test_query_to_a_graph(command: Command, stored: Path, tmp_path: Path) -> None:
    construct = "CONSTRUCT { ?a kg:acquires ?b } { ?a kg:acquires ?b }"
    for name in ("a.ttl", "a.csv", "a.xlsx", "a.json"):
        path = tmp_path / name
        what = "row" if name == "a.xlsx" else "triple"
        assert command("query", construct, "-o", path).out == f"{path}: 1 {what}, {path.stat().st_size:,} bytes\n"
    assert (tmp_path / "a.ttl").read_text(encoding="utf-8") == command("query", construct).out
    for name in ("a.docx", "a.md"):
        ran = command("query", construct, "-o", tmp_path / name)
        sentence = "kg: a CONSTRUCT gives a graph, which is no memo: write it to a .ttl, or ask a SELECT\n"
        assert (ran.code, ran.err) == (2, sentence)
        assert not (tmp_path / name).exists()


def test_query_files_in_chinese_open_in_a_spreadsheet(command: Command, stored: Path, tmp_path: Path) -> None:
    command("query", DEALS, "-o", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith("\ufeffname".encode())
    assert command("query", DEALS, "-o", "-").out == command("query", DEALS, "--format", "csv").out


def test_query_with_values(command: Command, stored: Path) -> None:
    deals = "SELECT ?buyer ?name ?status { ?d kg:buyer ?buyer ; kg:status ?status . ?buyer skos:prefLabel ?name }"
    assert "海鸥科技" in command("query", deals, "-p", "buyer=@Gull Tech", "-p", "status=status:terminated").out
    assert "海鸥科技" not in command("query", deals, "-p", "status=status:announced").out
    ran = command("query", deals, "-p", "buyer=@没有的公司")
    assert (ran.code, ran.err) == (
        5,
        "kg: nothing in the store is called 没有的公司: kg items lists what was read\n",
    )
    ran = command("query", deals, "-p", "buyer")
    assert (ran.code, ran.err) == (
        2,
        "kg: buyer gives no variable a value: write it as name=value, such as firm=@AMD\n",
    )
    ran = command("query", deals, "-p", "seller=@Gull Tech")
    sentence = "kg: ?seller is given a value and doesn't stand in the query's SELECT: name it there\n"
    assert (ran.code, ran.err) == (5, sentence)


@pytest.mark.parametrize("name", ["a.pdf", "a"])
def test_query_to_an_unknown_form(name: str, command: Command, tmp_path: Path) -> None:
    ran = command("query", DEALS, "-o", tmp_path / name)  # told before a store is looked for
    known = ".csv, .xlsx, .json, .md, .docx, .html, .txt, .ttl"
    assert (ran.code, ran.err) == (2, f"kg: no form belongs to {name}: end the file's name in one of {known}\n")


def test_query_that_takes_too_long(command: Command, stored: Path, tmp_path: Path) -> None:
    endless = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    ran = command("query", endless, "--timeout", "0.8", "-o", tmp_path / "a.csv")
    sentence = "kg: the query took longer than 0.8 s and was stopped: ask for less, or give it more time\n"
    assert (ran.code, ran.out, ran.err) == (5, "", sentence)
    assert [one.name for one in tmp_path.iterdir()] == ["store"]
    assert command("query", DEALS, "--timeout", "60").out == command("query", DEALS).out


def test_query_explained(command: Command, stored: Path) -> None:
    lines = command("query", DEALS, "--explain").out.splitlines()
    assert lines[0] == "SelectQuery"
    assert "      ?deal kg:amount ?amount  · 2 statements" in lines


# ------------------------------------------------------------------------------------------- check, export, map


def test_check(command: Command, stored: Path) -> None:
    ran = command("check")
    assert ran.code == 0
    assert ran.out.startswith("Checked 3 reports, 6 items, ")
    assert "12 quotes read again in their sources" in ran.out
    assert ran.out.endswith("No fault found.\n")


def test_check_finds_a_quote_that_does_not_stand(command: Command, tmp_path: Path) -> None:
    report, facts = samples.july()
    claim = facts[0].claims[0]
    facts[0].claims[0] = type(claim)(**{**{n: getattr(claim, n) for n in claim.__slots__}, "quote": "从未说过"})
    with Store.open(tmp_path / "store", "write") as store:
        store.add(report, facts, samples.RUN)
    ran = command("check")
    assert ran.code == 1
    assert ran.out.startswith("quote: 2031-07-deals-1 claim/")
    assert "从未说过" in ran.out
    assert ran.out.endswith("1 fault: 1 quote\n")


@pytest.mark.parametrize("name", ["graph.trig", "graph.nq", "graph.ttl", "graph.jsonld"])
def test_export(name: str, command: Command, stored: Path, tmp_path: Path) -> None:
    ran = command("export", "-o", tmp_path / name)
    assert ran.code == 0
    data = (tmp_path / name).read_bytes()
    assert ran.out == f"{tmp_path / name}: 544 statements in the store, {len(data):,} bytes written\n"
    assert "海鸥科技" in data.decode()


@pytest.mark.parametrize("name", ["graph.graphml", "Graph.GEXF"])
def test_export_for_graph_programs(name: str, command: Command, stored: Path, tmp_path: Path) -> None:
    ran = command("export", "-o", tmp_path / name)
    data = (tmp_path / name).read_bytes()
    assert (ran.code, ran.out) == (0, f"{tmp_path / name}: 12 nodes, 9 edges, {len(data):,} bytes written\n")
    assert "海鸥科技" in data.decode()
    command("export", "-o", tmp_path / name)
    assert (tmp_path / name).read_bytes() == data
    ran = command("export", "--format", "gexf")
    assert (ran.code, ran.err) == (2, "kg: gexf goes to a file: name it, -o graph.gexf\n")
    ran = command("export", "-o", tmp_path / "none" / name)
    assert ran.code == 1
    assert ran.err.endswith("can't be written: No such file or directory\n")


def test_export_to_a_pipe(command: Command, stored: Path) -> None:
    out = command("export", "--format", "nquads").out
    assert out.count("\n") == 544


def test_export_needs_a_format(command: Command, stored: Path, tmp_path: Path) -> None:
    assert command("export").code == 2
    ran = command("export", "-o", tmp_path / "graph.xlsx")
    sentence = (
        "kg: no graph format belongs to graph.xlsx: end the file's name in one of .trig, .nq, .ttl, .nt, .jsonld,"
        " .graphml, .gexf\n"
    )
    assert (ran.code, ran.err) == (2, sentence)
    ran = command("export", "-o", tmp_path / "none" / "graph.nq")
    assert (ran.code, ran.err) == (
        1,
        f"kg: {tmp_path / 'none' / 'graph.nq'} can't be written: No such file or directory\n",
    )


def test_map(command: Command, stored: Path, tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    assert command("map", "-o", page).out == f"{page}: 12 nodes, 9 edges\n"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>") or "<html" in page.read_text(encoding="utf-8")
    assert command("map", "-o", page, "海鸥科技", "--hops", 1).out == f"{page}: 2 nodes, 2 edges\n"
    assert 'lang="en"' in (command("map", "-o", page, "--lang", "en"), page.read_text(encoding="utf-8"))[1][:400]
    assert command("map", "-o", page, "没有的公司").code == 5
    ran = command("map", "-o", tmp_path / "none" / "map.html")
    assert (ran.code, ran.err) == (
        1,
        f"kg: {tmp_path / 'none' / 'map.html'} can't be written: No such file or directory\n",
    )
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--preset", "lawyer"], "nodes"),
        (["--preset", "deals"], "nodes"),
        (["--ask", "deals", "firm=海鸥科技"], "2 nodes"),
        (["--chain", "海鸥科技"], "2 nodes"),
        (["--path", "海鸥科技", "--to", "Tern Systems"], "2 nodes"),
    ],
)
def test_map_of_a_part(command: Command, stored: Path, tmp_path: Path, args: list[str], said: str) -> None:
    page = tmp_path / "map.html"
    ran = command("map", "-o", page, *args)
    assert (ran.code, ran.err) == (0, "")
    assert said in ran.out
    assert "<!doctype html>" in page.read_text(encoding="utf-8")
    assert len(list((tmp_path / "store.maps").glob("*.json"))) == 1
    assert command("map", "-o", page, *args).out == ran.out


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--to", "海鸥科技"], 2, "--chain NAME or --path NAME"),
        (["--path", "海鸥科技"], 2, "two ends"),
        (["海鸥科技", "--chain", "海鸥科技"], 2, "one thing"),
        (["--ask", "dealz"], 5, "near it are deals"),
        (["--ask", "deals", "firm=没有的公司"], 5, "nothing in the store"),
        (["--since", "soon"], 5, "no date"),
    ],
)
def test_maps_that_cannot_be_drawn(
    command: Command, stored: Path, tmp_path: Path, args: list[str], code: int, said: str
) -> None:
    ran = command("map", "-o", tmp_path / "map.html", *args)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert not (tmp_path / "map.html").exists()


def test_map_of_an_empty_store(command: Command, tmp_path: Path) -> None:
    Store.open(tmp_path / "store", "write").close()
    ran = command("map", "-o", tmp_path / "map.html")
    assert (ran.code, ran.err) == (1, "kg: there is nothing to draw yet: kg add FILE adds a report\n")


# ------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("args", [["items"], ["show", "x"], ["remove", "x"], ["query", "ASK {}"], ["check"], ["map"]])
def test_no_store(args: list[str], command: Command, tmp_path: Path) -> None:
    ran = command(*args)
    assert (ran.code, ran.out, ran.err) == (4, "", f"kg: no store at {tmp_path / 'store'}: kg add makes one\n")
    assert not (tmp_path / "store").exists()


def test_what_should_not_have_happened(
    command: Command, stored: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(self: Store) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Store, "reports", broken)
    ran = command("items")
    assert ran.code == 1
    assert ran.err == (
        "kg: this should not have happened (ZeroDivisionError: by zero): please report it; --debug shows more\n"
    )
    with pytest.raises(SystemExit):
        cli.main(["--debug", "items"])
    assert "Traceback" in capsys.readouterr().err


def test_interrupted(command: Command, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(self: Store) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "reports", stopped)
    assert command("items").code == 130


# -------------------------------------------------------------------------------------------- what is loaded

HEAVY = ("spacy", "onnxruntime", "rdflib", "pyvis", "networkx", "numpy", "docx", "pypdfium2", "rich")


def _loaded(*args: str) -> set[str]:
    script = (
        "import sys\nfrom kg import cli\ntry: cli.main(sys.argv[1:])\n"
        "except SystemExit as left: assert not left.code, left.code\n"
        "print('LOADED', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, *args], capture_output=True, text=True, check=True)
    return set(done.stderr.split("LOADED", 1)[1].split())


def test_help_loads_little() -> None:
    loaded = _loaded("--help")
    assert "kg.cli" in loaded
    assert not loaded & {*HEAVY, "pyoxigraph", "yaml"}


def test_query_loads_little(stored: Path) -> None:
    sparql = "SELECT ?a { ?a kg:acquires ?b }"
    assert not _loaded("query", sparql, "--format", "csv", "--store", str(stored)) & set(HEAVY)
    loaded = _loaded("query", sparql, "--store", str(stored))
    assert "rich" in loaded  # which draws the table
    assert not loaded & (set(HEAVY) - {"rich"})


def test_output_may_be_cut_off(stored: Path) -> None:
    command = [sys.executable, "-m", "kg", "export", "--format", "nquads", "--store", str(stored)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


# ------------------------------------------------------------------------------------------------ chain and path


def test_chain(command: Command, stored: Path) -> None:
    ran = command("chain", "Tern", "Systems", "--lang", "en")
    assert ran.code == 0
    # in July the deal was called off: it is part of no chain, and said to be
    assert "terminated 已终止 — CALLED OFF" in ran.out.partition("Called off: part of no chain")[2]
    assert "acquires" not in ran.out.partition("Called off")[0]
    asked = command("chain", "Tern Systems", "--status", "terminated", "--relation", "acquires", "--lang", "en").out
    assert "Gull Tech" in asked
    assert "Called off:" not in asked


def test_a_rumour_looks_like_a_rumour(command: Command, stored: Path) -> None:
    ran = command("chain", "珊瑚智能", "--quotes")
    investors = {name: ran.out.partition(name)[2].partition("──")[0] for name in ("浪花基金", "礁石资本")}
    assert "NOT AGREED" in investors["浪花基金"]
    assert "HEARSAY ONLY" in investors["浪花基金"]
    assert "“浪花基金据称正在洽谈”" in investors["浪花基金"]
    assert "HEARSAY" not in investors["礁石资本"]


def test_chain_to(command: Command, stored: Path) -> None:
    ran = command("chain", "礁石资本", "--to", "珊瑚智能", "--lang", "en")
    assert "The strongest chain: 礁石资本 → 珊瑚智能; its weakest link: 礁石资本 → 珊瑚智能, completed" in ran.out
    assert "浪花基金" not in ran.out
    none = command("chain", "礁石资本", "--to", "Tern Systems", "--lang", "en")
    assert none.code == 0
    assert none.out == "No chain leads from 礁石资本 to Tern Systems, in either direction, within 5 steps\n"


def test_path(command: Command, stored: Path) -> None:
    ran = command("path", "林一帆", "海岛数据法")
    assert ran.out.startswith("1. 林一帆 → 海岛数据局 ← 海岛数据管理办法 → 海岛数据法\n")
    assert "“根据《海岛数据法》制定”" in ran.out
    none = command("path", "林一帆", "珊瑚智能", "--lang", "en")
    assert (none.code, none.out.startswith("No way leads from 林一帆 to 珊瑚智能, however long;")) == (0, True)


@pytest.mark.parametrize(
    "args",
    [("chain", "谁也不是"), ("chain", "礁石资本", "--to", "谁也不是"), ("path", "礁石资本", "谁也不是")],
)
def test_chains_of_nobody(args: tuple[str, ...], command: Command, stored: Path) -> None:
    ran = command(*args)
    assert (ran.code, ran.out) == (5, "")
    assert "nothing in the store is called 谁也不是" in ran.err


def test_chains_and_paths_as_files(command: Command, stored: Path, tmp_path: Path) -> None:
    for number, args in enumerate((("chain", "珊瑚智能"), ("path", "林一帆", "海岛数据法"))):
        file = tmp_path / f"{number}.csv"
        ran = command(*args, "-o", file)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"{file}: ")
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        assert len(rows) == (2, 3)[number]
        assert all(row["原文"] for row in rows)
    assert command("chain", "珊瑚智能", "-o", tmp_path / "chain.exe").code == 2


def test_a_wrong_status(command: Command, stored: Path) -> None:
    ran = command("chain", "礁石资本", "--status", "sold")
    assert (ran.code, ran.out) == (2, "")
    assert "sold is none of them" in ran.err


# ---------------------------------------------------------------------------------------------------------- diff


def test_diff(command: Command, stored: Path, tmp_path: Path) -> None:
    ran = command("diff", "2031-05", "2031-06", "--lang", "en")
    assert ran.code == 0
    assert "Deals that were closed (1)\n  Gull Tech → Tern Systems  announced → completed\n" in ran.out
    assert "“海鸥集团以50亿欧元完成对Tern Systems的收购”" in ran.out
    memo = tmp_path / "memo.docx"
    assert command("diff", "2031-05", "2031-06", "-o", memo).code == 0
    assert memo.stat().st_size > 1000


def test_diffs_that_cannot_be(command: Command, stored: Path, tmp_path: Path) -> None:
    for args, sentence in (
        (("2031-05", "2031-05"), "both are 2031-05"),
        (("2031-05", "May"), "the store has no report May"),
    ):
        ran = command("diff", *args)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (5, "", 1)
        assert sentence in ran.err
    assert command("diff", "2031-05", "2031-06", "-o", tmp_path / "memo.exe").code == 2


def test_diff_of_two_readings(command: Command, stored: Path, tmp_path: Path) -> None:
    export = tmp_path / "old.nq"
    assert command("export", "-o", export).code == 0
    assert command("remove", "2031-07").code == 0
    assert command("remove", "2031-06-rules-1").code == 0
    ran = command("diff", "--rules", export, "--lang", "en")
    assert ran.code == 0
    assert "By neither: items were removed" in ran.out
    assert "2031-06  2031-06-rules-1  item: 办法征求意见后印发 → –" in ran.out
    assert "only in the older: 2031-07" in ran.out
    assert "Nothing changed" in command("diff", "--rules", stored, stored, "--lang", "en").out
    assert command("diff", "--rules", tmp_path / "none").code == 4
    assert "when? Name two reports" in command("diff", "2031-05").err


def test_backup_check_and_restore(command: Command, stored: Path, tmp_path: Path) -> None:
    ran = command("check", "--deep")
    assert (ran.code, ran.err) == (0, "")
    assert "every file, every item against what was found and judged." in ran.out
    before = command("export", "--format", "nquads").out
    made = command("backup", tmp_path / "copy.tar.gz")
    assert (made.code, made.err) == (0, "")
    assert made.out.endswith(f"kg restore {tmp_path / 'copy.tar.gz'} makes a store of it.\n")
    assert command("backup", tmp_path / "copy.tar.gz").code == 4
    for text in (tmp_path / "store" / "sources").iterdir():
        text.write_bytes(b"rotten")
    ran = command("check", "--deep")
    assert ran.code == 1
    assert "→ kg add --again " in ran.out
    assert "Traceback" not in ran.err
    assert command("restore", tmp_path / "copy.tar.gz").code == 4
    ran = command("restore", tmp_path / "copy.tar.gz", "--force")
    assert (ran.code, ran.err) == (0, "")
    assert f"The store that was there is {tmp_path / 'store.replaced-1'} now." in ran.out
    assert command("export", "--format", "nquads").out == before
    ran = command("check", "--mend", "--deep")
    assert ran.code == 0
    assert ran.out.startswith("Mended: 0 items made anew, 0 statements of the default graph put right, 0 unused files")
