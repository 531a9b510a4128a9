from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg.read
from kg.errors import ReadError
from kg.items import Report, Said, squeeze
from kg.read import Layout, load, read, read_bytes, split
from read import newsletters
from read.test_clean import faithful

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "../shared"
FIXTURES = ROOT / "tests/fixtures/read"
SAMPLES = ROOT / "data/samples"
needs_report = pytest.mark.skipif(not (SHARED / "reports/2024-08.txt").exists(), reason="the real report isn't here")


def gold(name: str) -> dict[str, Any]:
    path = SHARED / "gold" / name
    if not path.exists():
        pytest.skip(f"{name} isn't here")
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def sound(report: Report) -> None:
    """What holds of every report."""
    assert len({item.id for item in report.items}) == len(report.items)
    for item in report.items:
        faithful(report.source.text, item.passage)
        headline = next(part for part in item.parts if part.said is Said.HEADLINE)
        assert item.passage.text[headline.start : headline.end] == item.title
        for part in item.parts:
            stretch = item.passage.text[part.start : part.end]
            assert stretch == stretch.strip() != ""
        assert [part.start for part in item.parts[1:]] == [part.end + 1 for part in item.parts[:-1]]
        assert item.parts[-1].end == len(item.passage.text)
        for cut in item.passage.breaks:
            assert 0 < cut < len(item.passage.text)


def essence(report: Report) -> list[object]:
    return [
        (i.id, i.title, i.section, i.issued, i.publisher, i.link, i.page, i.passage.text, i.parts) for i in report.items
    ]


# any text

PIECES = st.sampled_from(
    [
        newsletters.HEADER, "目录", "政策速递", "行业新闻", "交易资讯", "1. 甲收购乙", "2. 甲发布《办法》……3",
        "发布日期： 2023年5月9日", "来源： 虚构新闻", "链接：https://example.org/a", "链接：", "b" * 70, "摘要：",
        "https://example.org/" + "a" * 60, "摘 要", "植德短评", "- 7 -", "第 3 页 共 9 页", "特此声明：",
        "Nine，须经批准。", "", "云杉科技 5月20日公告，拟以12亿 美元收购Perimeter",
        " ", "\f", "well-", "known", "。", "\u3000\u3000", "(see",
        "AB)",
    ]
)  # fmt: skip
LINES = st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), max_size=60)


@given(LINES, st.sampled_from(["\n", "\r\n", "\n\n", "\u2028"]), st.sampled_from([".txt", ".md", ".html", ".jsonl"]))
@settings(deadline=None)
def test_offsets_survive_every_repair(lines: list[str], end: str, kind: str) -> None:
    """Whatever reader, layout and repair a text goes through, each character of a passage stands in the source."""
    text = end.join([newsletters.HEADER, "目录", *lines] if len(lines) % 2 else lines)
    data = text.encode()
    if kind == ".html":
        data = f"<!doctype html><title>题</title><p>{'</p><p>'.join(lines)}</p>".encode()
    elif kind == ".jsonl":
        records = [{"title": one, "text": text, "commentary": one, "id": n} for n, one in enumerate(lines)]
        data = "\n".join(json.dumps(one) for one in records).encode()
    try:
        source = kg.read._checked(f"a{kind}", data, kg.read.READERS[kind])
    except ReadError:
        return
    report = split(source)
    assert len({item.id for item in report.items}) == len(report.items)
    for item in report.items:
        faithful(report.source.text, item.passage)
        for part in item.parts:
            assert 0 <= part.start < part.end <= len(item.passage.text)


# the real report


@needs_report
def test_real_report() -> None:
    expected = gold("2024-08.json")["items"]
    report = split(read(SHARED / "reports/2024-08.txt"))
    sound(report)
    assert (report.id, report.layout, str(report.issued), report.warnings) == (
        "2024-08",
        "merits-and-tree",
        "2024-08-01",
        (),
    )
    assert [item.id for item in report.items] == [f"2024-08-{item['id']}" for item in expected]
    for item, wanted in zip(report.items, expected, strict=True):
        assert squeeze(item.title) == squeeze(wanted["title"])
        assert (str(item.issued), item.link, item.section) == (wanted["published"], wanted["link"], wanted["section"])
        assert squeeze(item.publisher or "") == squeeze(wanted["source"])
    pages = [3, 4, 4, 5, 6, 7, 7, 8, 10, 10, 11, 12, 12, 13, 14, 14, 15, 16, 18, 18, 19, 20]
    assert [item.page for item in report.items] == pages
    assert [page.number for page in report.source.pages][:3] == [1, 2, 3]


@needs_report
def test_real_report_reads_on() -> None:
    """No furniture in a passage, no evidence across a cut, and evidence of the gold standard in one piece."""
    report = split(read(SHARED / "reports/2024-08.txt"))
    for item, wanted in zip(report.items, gold("2024-08.json")["items"], strict=True):
        for word in ("https://", "元宇宙与数字经济月报", "发布日期", "来源：", "摘要：", "植德短评"):
            assert word not in item.passage.text
        assert not re.search(r"[\u4e00-\u9fff] [A-Za-z0-9]|[A-Za-z0-9] [\u4e00-\u9fff]", item.passage.text)
        whole = squeeze(item.passage.text)
        for relation in wanted["relations"]:
            assert squeeze(relation["evidence"]) in whole
        for paragraph in item.passage.text.split("\n")[1:]:
            assert re.search(r"[。：]$", paragraph), paragraph[-20:]


def dev() -> list[str]:
    return sorted(path.stem for path in (SHARED / "gold/dev").glob("*.txt")) or ["none"]


@pytest.mark.parametrize("name", dev())
def test_real_texts(name: str) -> None:
    wanted = next((item for item in gold("dev.json")["items"] if item["id"] == name), {})
    report = split(read(SHARED / f"gold/dev/{name}.txt"))
    sound(report)
    (item,) = report.items
    assert (item.title, item.link, report.warnings) == (clean_title(wanted["title"]), wanted["link"], ())
    assert squeeze(item.passage.text) == squeeze(wanted["title"] + wanted["text"])
    assert item.passage.text.count("\n") == wanted["text"].count("\n") + 1


def clean_title(title: str) -> str:
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[A-Za-z0-9(])|(?<=[A-Za-z0-9)]) (?=[\u4e00-\u9fff《])", "", title)


# reports of our own


def test_text_and_pdf_of_one_issue_are_the_same_items() -> None:
    issue = newsletters.issue()
    pages = newsletters.pages(issue)
    text = split(read_bytes("2023-05.txt", newsletters.as_text(pages).encode()))
    pdf = split(read_bytes("2023-05.pdf", newsletters.as_pdf(pages)))
    for report in (text, pdf):
        sound(report)
        assert (report.id, report.title, report.warnings) == ("2023-05", "数智法讯月报 2023年5月", ())
    assert essence(text) == essence(pdf)
    assert [item.id for item in text.items] == [
        f"2023-05-{name}" for name in ("policy-1", "policy-2", "news-1", "deals-1", "deals-2")
    ]
    for item, news in zip(text.items, issue, strict=True):
        assert squeeze(item.title) == squeeze(news.title)
        assert (item.section, item.link, item.page) == (news.section, news.link, news.page)
        # a paragraph ends in a full line now and then; but for that, they are the author's
        assert squeeze(item.passage.text) == squeeze("".join([news.title, *news.summary, *news.commentary]))
    assert text.items[0].said_at(len(text.items[0].passage.text) - 1) is Said.COMMENTARY
    assert text.items[1].publisher == "山岚IT观察"
    assert str(text.items[4].issued) == "2023-05-08"


def test_pdf_pages_are_the_printed_ones() -> None:
    pages = newsletters.pages(newsletters.issue())
    source = split(read_bytes("a.pdf", newsletters.as_pdf(pages))).source
    assert [page.number for page in source.pages] == list(range(1, len(pages)))
    assert source.page_at(0) is None  # the cover


def test_section_headings_may_stand_or_be_lost() -> None:
    for headings in (True, False):
        text = newsletters.as_text(newsletters.pages(newsletters.issue(), headings=headings))
        assert [item.section for item in split(read_bytes("a", text.encode())).items] == (
            ["政策速递"] * 2 + ["行业新闻"] + ["交易资讯"] * 2
        )


def changed(old: str, new: str) -> Report:
    text = newsletters.as_text(newsletters.pages(newsletters.issue()))
    assert old in text
    report = split(read_bytes("a.txt", text.replace(old, new, 1).encode()))
    sound(report)
    return report


def test_contents_name_an_item_that_the_text_lacks() -> None:
    text = newsletters.as_text(newsletters.pages(newsletters.issue()))
    start = text.rindex("2. 北辰数据")
    report = split(read_bytes("a.txt", text[:start].encode()))
    assert report.warnings == (
        "a.txt: the contents name 交易资讯 2 “北辰数据完成 3000万元 B轮融资” (page 4), which the text lacks.",
    )


def test_text_has_an_item_that_the_contents_lack() -> None:
    report = changed(f"2. 北辰数据完成 3000万元 B轮融资 {'.' * 20} 4\n\n", "")
    assert report.warnings == ("a.txt: the contents lack 交易资讯 2 “北辰数据完成3000万元B轮融资”.",)
    assert report.items[-1].section == "交易资讯"


def test_title_differs_from_the_contents() -> None:
    report = changed("1. NorthPier与 Blue Lantern成立安全联盟", "1. NorthPier成立联盟")
    assert report.warnings == (
        "a.txt heads 行业新闻 1 “NorthPier与Blue Lantern成立安全联盟”, its contents “NorthPier成立联盟”.",
    )


def test_page_differs_from_the_contents() -> None:
    report = changed(f"融资 {'.' * 20} 4", f"融资 {'.' * 20} 9")
    assert report.warnings == ("a.txt: “北辰数据完成3000万元B轮融资” stands on page 4, its contents say 9.",)


def test_an_impossible_date_is_a_warning() -> None:
    report = changed("2023年 5月 8日", "2023年 2月 30日")
    assert report.items[-1].issued is None
    assert report.warnings == (
        "a.txt: the date “2023年2月30日” of “北辰数据完成3000万元B轮融资” is no day of the calendar.",
    )


@pytest.mark.parametrize(
    "written", ["2024.08.17", "2024-8-17", "２０２４年８月１７日", "2024/08/17", "2024 年 8 月 17 日"]
)
def test_dates(written: str) -> None:
    assert str(changed("2023年 5月 8日", written).items[-1].issued) == "2024-08-17"


def test_missing_labels() -> None:
    report = changed("发布日期： 2023年 5月 8日\n\n", "")
    assert (report.items[-1].issued, report.items[-1].publisher) == (None, "虚构新闻")
    report = changed("链接：https://example.org/c/2\n\n", "")
    assert report.items[-1].link is None
    assert [len(r.items) for r in (report, changed("来源： 虚构新闻\n\n", ""))] == [5, 5]


@pytest.mark.parametrize(
    "late", ["链接：https://example.org/c/2", "https://example.org/c/2", "链接：\n\nhttps://example.org/c/2"]
)
def test_link_after_its_paragraph(late: str) -> None:
    text = newsletters.as_text(newsletters.pages(newsletters.issue()))
    text = text.replace("链接：https://example.org/c/2\n\n", "", 1) + f"\n{late}\n"
    item = split(read_bytes("a", text.encode())).items[-1]
    assert item.link == "https://example.org/c/2"
    assert "http" not in item.passage.text


def test_a_footer_link_of_another_item_is_cut_and_noted() -> None:
    report = changed("人工智能公司", "人工智能\n\nhttps://example.org/a/2\n\n公司")
    item = report.items[2]
    assert item.passage.text.index("公司NorthPier") in item.passage.breaks
    assert item.link == "https://example.org/b/1"


def test_numbered_paragraphs_and_labels_in_a_body_are_no_items() -> None:
    report = changed(
        "《办法》自2023年7月1日起施行。",
        "办法分三步：\n\n1. 登记\n\n2. 授权\n\n3.5倍的罚款\n\n来源：他人所说。\n\n《办法》自2023年7月1日起施行。",
    )
    assert [item.id[8:] for item in report.items] == ["policy-1", "policy-2", "news-1", "deals-1", "deals-2"]
    assert "2. 授权" in report.items[0].passage.text


def test_what_follows_the_last_item_is_no_news() -> None:
    text = newsletters.as_text(newsletters.pages(newsletters.issue())) + "\n特 此 声 明\n\n本刊不代表正式意见。\n"
    assert "本刊" not in split(read_bytes("a", text.encode())).items[-1].passage.text


def test_layout_that_is_recognised_but_holds_no_items() -> None:
    text = f"{newsletters.HEADER}\n目录\n政策速递 3\n今天没有新闻。\n"
    report = split(read_bytes("a.txt", text.encode()))
    assert len(report.items) == 1
    assert report.warnings == ("a.txt looks like merits-and-tree, but no items are marked so: it is read as one item.",)


@pytest.fixture(scope="module")
def haiheng() -> Layout:
    return load(FIXTURES / "haiheng-weekly.yml")


def test_another_newsletter_needs_no_code(haiheng: Layout) -> None:
    source = read(FIXTURES / "haiheng-weekly.txt")
    report = split(source, [haiheng])
    sound(report)
    assert (report.id, report.title, report.layout) == ("haiheng-2024-12", "数据合规周刊 第12期", "haiheng-weekly")
    assert report.warnings == ()
    assert [(i.id, str(i.issued), i.publisher, i.link, i.section) for i in report.items] == [
        ("haiheng-2024-12-rules-1", "2024-08-17", "青屿市数据局", "https://example.org/qingyu/17", "监管动态"),
        ("haiheng-2024-12-rules-2", "2024-08-15", "山岚日报", None, "监管动态"),
        ("haiheng-2024-12-market-1", "2024-08-16", None, "https://example.org/deal/1", "市场动向"),
    ]
    assert report.items[0].passage.text == (
        "青屿市数据局就《公共数据登记办法》征求意见\n"
        "青屿市数据局8月17日就《公共数据登记办法（草案）》公开征求意见。\n"
        "意见可在一个月内提出。"
    )
    assert [part.said for part in report.items[0].parts] == [Said.HEADLINE, Said.SUMMARY]


def test_another_newsletter_without_its_layout_is_one_item() -> None:
    assert len(split(read(FIXTURES / "haiheng-weekly.txt")).items) == 1


# the samples of the demo


@pytest.mark.parametrize(("month", "count"), [("2024-06", 14), ("2024-07", 15)])
def test_samples(month: str, count: int) -> None:
    text, pdf = (split(read(SAMPLES / f"{month}.{suffix}")) for suffix in ("txt", "pdf"))
    for report in (text, pdf):
        sound(report)
        assert (report.id, len(report.items), report.warnings) == (month, count, ())
    assert essence(text) == essence(pdf)
    written = (SAMPLES / f"source/{month}.md").read_text("utf-8")
    for item, part in zip(text.items, re.split(r"^### ", written, flags=re.M)[1:], strict=True):
        kept = [row for row in part.split("\n## ")[0].split("\n") if not re.match("- |#", row)]
        assert squeeze(item.passage.text) == squeeze("".join(kept))


def test_a_link_that_does_not_end() -> None:
    """A picture written out as letters stands below a link: line by line, it was measured anew from its beginning."""
    text = newsletters.as_text(newsletters.pages(newsletters.issue()))
    link = "链接：https://example.org/a/1"
    assert link in text
    begun = time.process_time()
    report = split(read_bytes("-", text.replace(link, "\n".join([link + "/" * 60, *["A" * 76] * 40_000])).encode()))
    assert time.process_time() - begun < 30
    assert len(report.items) == 5
    assert max(len(item.link or "") for item in report.items) < 2200
