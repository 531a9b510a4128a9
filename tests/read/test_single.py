from __future__ import annotations

import pytest

from kg.items import Item, Report, Said
from kg.read import read_bytes, split
from read import newsletters
from read.test_clean import faithful


def only(text: str, name: str = "notice.txt") -> tuple[Report, Item]:
    report = split(read_bytes(name, text.encode()))
    (item,) = report.items
    faithful(report.source.text, item.passage)
    return report, item


def test_title_link_and_body() -> None:
    report, item = only("某局发布办法\nhttps://example.org/1\n\n正文第一段。\n正文第二段。\n")
    assert (item.title, item.link, item.issued) == ("某局发布办法", "https://example.org/1", None)
    assert item.passage.text == "某局发布办法\n正文第一段。\n正文第二段。"
    assert [part.said for part in item.parts] == [Said.HEADLINE, Said.SUMMARY]
    assert item.id == f"{report.id}-1"
    assert report.id.startswith("notice-")
    assert len(report.id) == len("notice-") + 8


def test_ids() -> None:
    first = only("甲办法发布\nhttps://example.org/1\n\n正文。")[0].id
    corrected = only("甲办法发布（更正）\nhttps://example.org/1\n\n正文改过。")[0].id
    other = only("乙办法发布\nhttps://example.org/2\n\n正文。")[0].id
    bare = only("乙办法发布\n\n正文。")[0].id
    assert first == corrected
    assert len({first, other, bare}) == 3
    assert only("甲\n\n正文。", "-")[0].id.startswith("stdin-")
    assert only("甲\n\n正文。", "关于 数据的通知.txt")[0].id.startswith("关于-数据的通知-")


@pytest.mark.parametrize(
    ("dateline", "issued", "publisher"),
    [
        ("发布日期：2024-05-17", "2024-05-17", None),
        ("发布时间： 2024年5月17日 10:20", "2024-05-17", None),
        ("2024年5月17日", "2024-05-17", None),
        ("２０２４年５月１７日", "2024-05-17", None),
        ("2024/05/17 10:20:30 来源：新域网", "2024-05-17", "新域网"),
        ("来源：新域网 2024-05-17 10:20", "2024-05-17", "新域网"),
        ("来源：新域网", "None", "新域网"),
        ("May 17, 2024", "2024-05-17", None),
        ("Published: 17 May 2024", "2024-05-17", None),
        # near misses: they say more than a day, or no day
        ("2024年5月17日，某局发布办法。", "None", None),
        ("自2024年5月17日起施行", "None", None),
        ("2024年5月", "None", None),
        ("2024-02-30", "None", None),
        ("来源：据某局的一位不愿具名的人士在会上的发言整理而成，未经本人审定。", "None", None),
    ],
)
def test_dateline(dateline: str, issued: str, publisher: str | None) -> None:
    _, item = only(f"某局发布办法\n{dateline}\n\n" + "正文。\n" * 9)
    assert (str(item.issued), item.publisher) == (issued, publisher)
    assert (dateline in item.passage.text) == (issued == "None" and publisher is None)


def test_day_below_a_notice_counts_and_stays() -> None:
    _, item = only("某局通知\n\n" + "正文。\n" * 9 + "某局\n2024年5月17日\n")
    assert str(item.issued) == "2024-05-17"
    assert item.passage.text.endswith("某局\n2024年5月17日")


def test_day_in_the_middle_does_not_count() -> None:
    assert only("某局通知\n\n" + "正文。\n" * 9 + "2024年5月17日\n" + "正文。\n" * 9)[1].issued is None


def test_wrapped_english() -> None:
    body = (
        "The commission has issued final guidance on the use of large models by\n"
        "supervised firms. Firms have six months to comply, and those that outsource\n"
        "the work remain answerable for it. The guidance replaces the interim note\n"
        "that was issued a year ago.\n"
        "\n"
        "A second consultation on agents will be opened in the autumn, the chair of\n"
        "the commission said.\n"
    )
    _, item = only(f"Commission issues guidance on models\n\n{body}")
    assert item.passage.text.count("\n") == 2
    assert "models by supervised firms" in item.passage.text


def test_text_without_a_headline() -> None:
    text = "某局今日发布办法，" + "对有关事项作出规定，" * 30 + "自下月起施行。另有细则。"
    _, item = only(text)
    assert [part.said for part in item.parts] == [Said.SUMMARY]
    assert len(item.title) <= 160
    assert item.passage.text == text


def test_title_alone() -> None:
    assert only("某局发布办法")[1].passage.text == "某局发布办法"


def test_pdf_without_layout_loses_headers_and_numbers() -> None:
    pages: list[tuple[int | None, list[str]]] = [
        (n, [f"这是第{'一二三四'[n - 1]}页的内容，讲的是数据。", f"第{'一二三四'[n - 1]}页到此为止。"])
        for n in range(1, 5)
    ]
    report = split(read_bytes("a.pdf", newsletters.as_pdf(pages)))
    (item,) = report.items
    assert report.layout is None
    assert newsletters.HEADER not in item.passage.text
    assert "第四页到此为止。" in item.passage.text
    assert not any(line.isdigit() for line in item.passage.text.split("\n"))
    assert [page.number for page in report.source.pages] == [1, 2, 3, 4]


def test_what_stands_above_the_headline_stays_above_it() -> None:
    body = "<p>某部文件</p><h1>某局发布办法</h1><p>正文。</p>"
    html = f"<html><head><title>某局发布办法</title></head><body>{body}</body></html>"
    report = split(read_bytes("notice.html", html.encode()))
    (item,) = report.items
    assert item.title == "某局发布办法"
    assert item.passage.text == "某部文件\n某局发布办法\n正文。"
    assert [part.said for part in item.parts] == [Said.SUMMARY, Said.HEADLINE, Said.SUMMARY]
    faithful(report.source.text, item.passage)
