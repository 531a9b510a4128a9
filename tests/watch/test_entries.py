"""What feeds and pages list, well made and otherwise."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from kg.watch import articles, entries
from kg.watch.entries import Entry, FormError
from kg.watch.fetch import Response
from watch.conftest import Site, page, rss

BASE = "https://example.org/feed"


def answer(body: str | bytes, kind: str = "") -> Response:
    data = body.encode() if isinstance(body, str) else body
    return Response(BASE, 200, {"content-type": kind} if kind else {}, data)


def test_atom() -> None:
    (one,) = entries.feed(
        answer(
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>甲 &amp; 乙</title><id>urn:1</id>'
            '<link href="/a?id=1&amp;utm_medium=rss#top"/><updated>2025-10-01T00:00:00Z</updated>'
            '<content type="html">&lt;p&gt;一&lt;/p&gt;&lt;p&gt;二&lt;/p&gt;</content></entry></feed>'
        )
    )
    assert (one.url, one.title, one.published) == ("https://example.org/a?id=1", "甲 & 乙", date(2025, 10, 1))
    made = articles.from_entry(one)
    assert made is not None
    assert made.text == "一\n二"


def test_an_entry_that_changed_has_another_digest() -> None:
    first, same, other = (
        entries.feed(answer(rss("https://example.org", ("/a", "甲", ""), text=text)))[0].digest
        for text in ("一", "一", "二")
    )
    assert first == same != other


@pytest.mark.parametrize(
    "broken", ["<rss><channel><item><title>x</title><link>/a</link>", "<rss version='2.0'>&&</rss"]
)
def test_invalid_xml_gives_what_there_is_or_an_alarm(broken: str) -> None:
    if "/a" in broken:
        assert [one.url for one in entries.feed(answer(broken))] == ["https://example.org/a"]
        return
    with pytest.raises(FormError, match="not RSS or Atom"):
        entries.feed(answer(broken))


@pytest.mark.parametrize("body", ["", "nothing", "{}", "<html><body>404</body></html>", b"\x00\xff" * 100, "<a/>"])
def test_what_is_no_feed(body: str | bytes) -> None:
    with pytest.raises(FormError, match="not RSS or Atom"):
        entries.feed(answer(body))


def test_a_feed_without_entries_is_one() -> None:
    assert entries.feed(answer(rss(BASE))) == []


def test_entities_that_grow(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE rss [{laughs}<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<rss version="2.0"><channel><item><title>&l11; &x;</title><link>/a</link></item></channel></rss>'
    )
    for body in (bomb.encode(), bomb.encode("utf-16")):
        try:
            found = entries.feed(answer(body, "text/xml"))
        except FormError:
            continue
        assert all(len(one.title) <= 300 and "hidden" not in one.title for one in found)


def test_a_body_that_looks_like_an_address_or_a_path_is_not_opened(site: Site, tmp_path: Path) -> None:
    site.paths["/secret"] = rss(site.url, ("/a", "x", ""))
    (tmp_path / "feed.xml").write_text(rss(site.url, ("/a", "x", "")))
    for body in (site.at("/secret"), str(tmp_path / "feed.xml")):
        with pytest.raises(FormError):
            entries.feed(answer(body))
    assert site.asked == []


@pytest.mark.parametrize("link", ["file:///etc/passwd", "javascript:alert(1)", "http://[", "http://a:b@x/", ""])
def test_links_of_entries_that_are_not_followed(link: str) -> None:
    body = f'<rss version="2.0"><channel><item><title>x</title><link>{link}</link></item></channel></rss>'
    assert entries.feed(answer(body)) == []


def test_links() -> None:
    html = """<html><head><base href="https://example.org/n/"></head><body>
      <a href="#x">x</a><a href="mailto:a@b">x</a><a href="other.html">x</a>
      <table><tr><td><a href="12.html" title="关于印发办法的通知">关于印发…</a></td><td>2025年10月3日</td></tr></table>
      <a href="12.html#more">更多</a><a href="http://[">x</a><a href="13.html"><img></a><a href="13.html">十三</a>
      </body></html>"""
    found = entries.links(answer(html), html, re.compile(r"/\d+\.html$"))
    assert [(one.url, one.title, one.published) for one in found] == [
        ("https://example.org/n/12.html", "关于印发办法的通知", date(2025, 10, 3)),
        ("https://example.org/n/13.html", "十三", None),
    ]


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a"),
        ("https://example.org/a?id=1&fbclid=2#x", "https://example.org/a?id=1"),
        ("https://example.org/a?b=%E4%B8%80&c", "https://example.org/a?b=%E4%B8%80&c"),
    ],
)
def test_plain_addresses(given: str, known: str) -> None:
    assert entries.plain(given) == known


def test_an_article_without_text() -> None:
    empty = "<html><body><div id='app'></div><script>load()</script></body></html>"
    assert articles.article(Entry(BASE), answer(empty)) is None


def test_a_title_that_is_cut_short_is_the_page_s() -> None:
    text = "燕鸥软件成立于二〇一五年，做港口的调度系统，员工三百余人，总部设在青岛。" * 3
    found = articles.article(Entry(BASE, "海鸥科技收购…"), answer(page("海鸥科技收购燕鸥软件", text)))
    assert found is not None
    assert found.title == "海鸥科技收购燕鸥软件"


def test_a_short_notice_is_taken_without_the_menu(tmp_path: Path) -> None:
    html = page("示例部发布通知", "示例部今日印发通知。").replace("<article>", "<div>您的位置</div><article>")
    found = articles.article(Entry(BASE, "示例部发布通知"), answer(html))
    assert found is not None
    kept = articles.page(found, "", "").decode()
    assert "示例部今日印发通知。" in kept
    assert kept.count("示例部发布通知") == 2  # head and headline
    assert not any(words in kept for words in ("首页", "您的位置", "版权所有"))


def test_pdf_is_kept_as_it_came(tmp_path: Path) -> None:
    found = articles.article(Entry("https://example.org/files/rule.pdf", "x"), answer(b"%PDF-1.7 ...", "text/html"))
    assert found is not None
    path = articles.save(tmp_path, found, "", "")
    assert path.suffix == ".pdf"
    assert path.read_bytes() == b"%PDF-1.7 ..."


def test_a_page_as_it_is_kept_is_read_as_it_was(tmp_path: Path) -> None:
    from kg.run import read_report

    url = 'https://example.org/a?x="><script>'
    made = articles.Article(url, "甲<b>收购</b>乙", "甲收购乙 & 丙。\n<script>第二段</script>\x00", date(2025, 10, 1))
    path = articles.save(tmp_path, made, "示例周报", "zh")
    assert path.parent == tmp_path
    (item,) = read_report(path).items
    assert (item.title, item.link, item.issued, item.publisher) == (made.title, url, made.published, "示例周报")
    assert "甲收购乙 & 丙。" in item.passage.text
    assert "<script>第二段</script>" in item.passage.text


@pytest.mark.parametrize(
    "url", ["https://x/../../etc/passwd", "https://x/%2e%2e%2f%2e%2e%2fa", "https://x/", "https://x/" + "a" * 900]
)
def test_files_stay_in_their_folder(url: str, tmp_path: Path) -> None:
    name = articles.file_name(url, ".html")
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()
    assert len(name.encode()) < 200
