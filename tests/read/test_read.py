from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from datetime import date
from pathlib import Path

import docx
import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

import kg.read
from kg.errors import ReadError
from kg.items import Page
from kg.read import READERS, read, read_bytes, sniff, split
from read import newsletters

PROSE = "国家数据局发布了《公共数据办法》，对数据的使用作出规定。\n企业应当在一年之内完成整改，逾期的将被处罚。\n"
TRADITIONAL = "金融管理局發布了《個人資料指引》，對資料的使用作出規定。\n企業應當在一年之內完成整改。\n"


def refused(name: str, data: bytes) -> str:
    reader = READERS[Path(name).suffix]
    with pytest.raises(ReadError) as caught:
        kg.read._checked(name, data, reader)
    return str(caught.value)


# plain text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (PROSE, "utf-8"),
        (PROSE, "utf-8-sig"),
        (PROSE, "gb18030"),
        (PROSE, "utf-16"),
        (PROSE, "utf-16-le"),
        (PROSE, "utf-16-be"),
        (PROSE, "utf-32"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "utf-8"),
        (TRADITIONAL, "gb18030"),
        ("Société Générale a annoncé l’accord.\n", "cp1252"),
        ("plain English\n", "ascii"),
        ("某局发布办法", "gb18030"),
    ],
)
def test_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    source = read(path)
    assert source.text == text
    assert (source.name, source.format, source.digest) == (
        "a.txt",
        "txt",
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def test_text_is_kept_as_read() -> None:
    text = "甲 \r\n\r\n\u3000乙\t丙 \u200b\n"
    assert read_bytes("-", text.encode()).text == text


def test_form_feeds_are_pages() -> None:
    assert read_bytes("-", "甲\n\f乙\n\f".encode()).pages == (Page(0, 1), Page(3, 2))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            bytes(range(256)) * 40,
            "a.txt isn't text in any encoding known here: save it as UTF-8 text and read it again.",
        ),
        (b"text with\0a zero", "a.txt isn't text in any encoding known here: save it as UTF-8 text and read it again."),
        (b"%PDF-1.7 ...", "a.txt isn't text but a PDF: rename it to end in .pdf and read it again."),
        (
            b"PK\x03\x04....",
            "a.txt isn't text but a zip, perhaps a Word document: rename it to end in .docx and read it again.",
        ),
        (b"", "a.txt is empty: get it again from where it came."),
        (b" \r\n\n", "a.txt is empty: get it again from where it came."),
        (b"\xef\xbb\xbf\n", "a.txt holds no text: open it and see what is in it."),
    ],
)
def test_bad_text(data: bytes, sentence: str) -> None:
    assert refused("a.txt", data) == sentence


def test_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.read.text.MOST_LINES", 5)
    sentence = "a.txt has more than 5 lines, too many to read at once: part it."
    assert refused("a.txt", b"a\n" * 6) == sentence
    assert refused("a.txt", b"a\r" * 6) == sentence
    assert refused("a.txt", "a\u2028".encode() * 6) == sentence
    assert refused("a.md", b"a\n" * 6) == sentence.replace(".txt", ".md")
    assert read_bytes("a.txt", b"a\r\n" * 5).text


def test_too_many_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.read.html.MOST_TAGS", 5)
    sentence = "a.html has more than 5 tags, too many to read at once: part it."
    assert refused("a.html", b"<html>" + b"<p>a" * 5) == sentence


# files


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.read.LARGEST", 2_000_000)
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * 3_000_000)
    sentence = "a.txt has 3 MB, more than the 2 MB that are read at once: part it."
    with pytest.raises(ReadError) as caught:
        read(path)
    assert str(caught.value) == sentence
    with pytest.raises(ReadError, match=r"^- has 3 MB"):
        read_bytes("-", path.read_bytes())


def test_no_such_file(tmp_path: Path) -> None:
    for name in ("none.txt", "none.xyz"):
        with pytest.raises(ReadError, match=rf"^{name} doesn't exist: check the path .*{name}\.$"):
            read(tmp_path / name)
    with pytest.raises(ReadError, match=r" is a folder: name the files in it\.$"):
        read(tmp_path)
    path = tmp_path / "a.xls"
    path.write_bytes(b"x")
    with pytest.raises(ReadError) as caught:
        read(path)
    kinds = ".txt, .md, .html, .docx, .pdf or .jsonl"
    assert str(caught.value) == f"a.xls is of a kind that isn't read here: save it as {kinds}."


def test_suffix_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "A.TXT"
    path.write_text(PROSE, "utf-8")
    assert read(path).format == "txt"


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"%PDF-1.4", ".pdf"),
        (b"\n%PDF-1.4", ".pdf"),
        (b"PK\x03\x04", ".docx"),
        (b"<!DOCTYPE html><p>x", ".html"),
        (b"\xef\xbb\xbf<HTML>", ".html"),
        (b"<?xml version='1.0'?><html>", ".html"),
        (b'{"title": "a", "text": "b"}', ".jsonl"),
        (b'{ "title": "a"}', ".jsonl"),
        (b"<3 data", ".txt"),
        (b"{not json}", ".txt"),
        (PROSE.encode(), ".txt"),
    ],
)
def test_sniff(data: bytes, suffix: str) -> None:
    assert sniff(data) == suffix


# PDF


def pdf(*pages: str) -> bytes:
    return newsletters.as_pdf([(None, page.split("\n")) for page in pages])


def test_pdf() -> None:
    source = read_bytes("-", pdf("第一页\nA1", "第二页"))
    assert (source.format, source.text) == ("pdf", "第一页\nA1\n第二页")
    assert source.pages == (Page(0, 1), Page(7, 2))
    assert source.text[source.pages[1].start :] == "第二页"


def test_pdf_whose_title_is_half_a_character() -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setTitle("TITLE-ABCDEF")
    canvas.drawString(100, 100, "AMD acquires ZT Systems.")
    canvas.save()
    data = file.getvalue()
    assert read_bytes("a.pdf", data).title == "TITLE-ABCDEF"
    data = data.replace(b"(TITLE-ABCDEF)", b"<FEFFD8000041>")
    source = read_bytes("a.pdf", data)
    assert (source.title, source.text.strip()) == (None, "AMD acquires ZT Systems.")


def test_encrypted_pdf() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(pdf("密")))
    writer.encrypt("secret", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    sentence = "a.pdf is encrypted: save a copy without a password and read that."
    assert refused("a.pdf", file.getvalue()) == sentence


def test_pdf_with_an_empty_user_password_is_read() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(pdf("明文")))
    writer.encrypt("", "owner", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    assert read_bytes("a.pdf", file.getvalue()).text == "明文"


def test_scanned_pdf() -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    for _ in range(3):
        canvas.rect(10, 10, 100, 100)
        canvas.showPage()
    canvas.save()
    sentence = "a.pdf holds no text, only pictures of 3 page(s): run OCR over it first."
    assert refused("a.pdf", file.getvalue()) == sentence


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_truncated_pdf(kept: float) -> None:
    data = pdf(*["页" * 40] * 30)
    sentence = "a.pdf is damaged or cut short and can't be read as PDF: get it again from where it came."
    assert refused("a.pdf", data[: int(len(data) * kept)]) == sentence


def test_not_a_pdf() -> None:
    sentence = "a.pdf isn't a PDF, whatever its name says: rename it by what it is and read it again."
    assert refused("a.pdf", b"<html>") == sentence


# Word


def word(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_docx() -> None:
    document = docx.Document()
    document.core_properties.title = "某局发布办法"
    document.add_heading("某局发布办法", 0)
    document.add_paragraph("正文第一段，收购方为AMD。")
    document.add_paragraph("第一项", style="List Number")
    table = document.add_table(2, 2)
    for n, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"格{n}"
    document.add_paragraph("末段。")
    source = read_bytes("a.docx", word(document))
    assert source.text == "某局发布办法\n正文第一段，收购方为AMD。\n第一项\n格0\t格1\n格2\t格3\n末段。"
    assert (source.format, source.title) == ("docx", "某局发布办法")
    (item,) = split(source).items
    assert item.title == "某局发布办法"
    assert item.passage.text == source.text


def test_newsletter_in_word_is_split() -> None:
    document = docx.Document()
    for row in newsletters.as_text(newsletters.pages(newsletters.issue())).split("\n\n"):
        document.add_paragraph(row.strip())
    report = split(read_bytes("a.docx", word(document)))
    assert len(report.items) == 5


def test_tracked_changes_and_controls() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("留")
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    for xml in (
        f"<w:del {space}><w:r><w:delText>删</w:delText></w:r></w:del>",
        f"<w:ins {space}><w:r><w:t>增</w:t></w:r></w:ins>",
        f"<w:sdt {space}><w:sdtContent><w:r><w:t>控</w:t></w:r></w:sdtContent></w:sdt>",
    ):
        paragraph._p.append(docx.oxml.parse_xml(xml))
    assert read_bytes("a.docx", word(document)).text == "留增控"


def test_tables_in_tables() -> None:
    """What stands in the innermost is told once; each level told it twice as often as the one around it."""
    document = docx.Document()
    cell = document.add_table(1, 2).cell(0, 0)
    for n in range(40):
        cell.text = f"第{n}层"
        cell = cell.add_table(1, 2).cell(0, 0)
    cell.text = "最内"
    text = read_bytes("a.docx", word(document)).text
    assert text.split() == [*(f"第{n}层" for n in range(40)), "最内"]


NO_WORD = "a.docx is damaged or no Word document: open it in Word, save it as .docx and read that."


def test_bad_docx() -> None:
    assert refused("a.docx", b"not a zip") == NO_WORD
    assert refused("a.docx", word(docx.Document())[:3000]) == NO_WORD
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", "x")
    assert refused("a.docx", file.getvalue()) == NO_WORD
    sentence = "a.docx is an old Word document or has a password: save it as .docx without one and read that."
    assert refused("a.docx", b"\xd0\xcf\x11\xe0rest") == sentence


def test_empty_docx() -> None:
    assert refused("a.docx", word(docx.Document())) == "a.docx holds no text: open it and see what is in it."


def test_zip_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO(word(docx.Document()))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/bomb.xml", b"0" * 3_000_000)
    monkeypatch.setattr("kg.read.word.UNPACKED", 2_000_000)
    sentence = refused("a.docx", file.getvalue())
    assert sentence == "a.docx unpacks to 3 MB, more than the 2 MB that are read: save its text alone and read that."
    monkeypatch.setattr("kg.read.word.UNPACKED", 9_000_000)
    monkeypatch.setattr("kg.read.word.UNPACKED_XML", 1_000_000)
    sentence = refused("a.docx", file.getvalue())
    assert sentence == "a.docx unpacks to 3 MB, more than the 1 MB that are read: save its text alone and read that."


# HTML

PAGE = """<!DOCTYPE html><html><head><title>办法发布 - 某局网站</title>
<meta name="PubDate" content="2024-05-17 10:20"><link rel="canonical" href="https://example.org/a">
<style>p {color: red}</style><script>var a = "脚本";</script></head>
<body><nav><a href="/">首页</a></nav><div class="breadcrumb">当前位置：首页</div>
<h1>某局发布<b>办法</b></h1>
<div class="with-sidebar main-menu-open"><p>正文第一段，
收购方为 <a href="#">AMD</a>公司。<br>换行。</p>
<table><tr><th>名称</th><th>金额</th></tr><tr><td>甲</td><td>1亿</td></tr></table>
<ul><li>第一项</li><li>第二项</li></ul><p style="display:none">看不见</p><p hidden>也看不见</p></div>
<!-- 注释 --><footer>版权所有</footer></body></html>"""


def test_html() -> None:
    source = read_bytes("-", PAGE.encode())
    assert source.text == ("某局发布办法\n正文第一段， 收购方为 AMD公司。\n换行。\n名称\t金额\n甲\t1亿\n第一项\n第二项")
    assert (source.format, source.title, source.link) == ("html", "某局发布办法", "https://example.org/a")
    assert source.issued == date(2024, 5, 17)
    (item,) = split(source).items
    assert (item.title, item.link, item.issued) == ("某局发布办法", "https://example.org/a", date(2024, 5, 17))
    assert item.passage.text.startswith("某局发布办法\n正文第一段，收购方为AMD公司。\n换行。")


def test_html_title_only_in_the_head() -> None:
    source = read_bytes("-", "<html><head><title>某局发布办法</title></head><body><p>正文。</p>".encode())
    assert source.text == "某局发布办法\n正文。"


@pytest.mark.parametrize(
    ("declared", "encoding"), [("gb2312", "gb18030"), ("gbk", "gbk"), ("utf-8", "gb18030"), ("", "utf-8")]
)
def test_html_encodings(declared: str, encoding: str) -> None:
    page = f'<html><head><meta charset="{declared}"><title>办法</title></head><body><p>{PROSE}</p></body></html>'
    assert "公共数据办法" in read_bytes("-", page.encode(encoding)).text


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2024-05-17T08:00:00+08:00">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-05-17"}</script>',
    ],
)
def test_html_dates(head: str) -> None:
    assert read_bytes("-", f"<html><head>{head}</head><body>x</body></html>".encode()).issued == date(2024, 5, 17)


def test_html_article_leaves_the_rest_out() -> None:
    page = f"<html><body><div>热点推荐</div><article><p>{PROSE}</p></article><div>相关阅读</div></body></html>"
    assert read_bytes("-", page.encode()).text == PROSE.strip().replace("\n", " ")


def test_a_table_that_holds_a_page() -> None:
    """Each of its paragraphs asked how large the table is."""
    rows = "".join(f"<p>第{n}段。</p>" for n in range(20_000))
    begun = time.process_time()
    source = read_bytes("-", f"<!doctype html><html><body><table><tr><td>{rows}</td></tr></table>".encode())
    assert source.text.count("\n") == 19_999
    assert time.process_time() - begun < 60


def test_deep_html() -> None:
    page = "<html><body>" + "<div>" * 3000 + "深" + "</div>" * 3000 + "</body></html>"
    assert read_bytes("-", page.encode()).text == "深"


def test_html_without_text() -> None:
    assert (
        refused("a.html", b"<html><script>x</script></html>") == "a.html holds no text: open it and see what is in it."
    )


# Markdown


def test_markdown() -> None:
    text = (
        "---\ntitle: 某局发布办法\ndate: 2024-05-17\nlink: https://example.org/a\n---\n\n"
        "# 某局发布**办法**\n\n正文[第一段](https://example.org/b)，\n还有 `AMD`。\n\n1. 第一项\n2. 第二项\n\n- 点\n\n"
        "| 名称 | 金额 |\n| --- | --- |\n| 甲 | 1亿 |\n\nfirst line\nsecond line\n"
    )
    source = READERS[".md"]("a.md", text.encode())
    assert source.text == (
        "某局发布办法\n\n正文第一段，还有 AMD。\n\n1. 第一项\n\n2. 第二项\n\n点\n\n名称\t金额\n\n甲\t1亿\n\n"
        "first line second line"
    )
    assert (source.title, source.issued, source.link) == ("某局发布办法", date(2024, 5, 17), "https://example.org/a")
    assert split(source).items[0].title == "某局发布办法"


@pytest.mark.parametrize(
    "front",
    [
        "date: 2024-13-45",
        f"number: {'9' * 5000}",
        "title: !!int x",
        "title: !!timestamp x",
        "tags: " + "[" * 2000,
        "? {a: b}\n: c",
        "title: [unclosed",
        f"title: {'长' * 30_000}",
    ],
)
def test_what_is_no_front_matter_is_text(front: str) -> None:
    """PyYAML raises more than its own faults, over a day that no calendar has."""
    source = READERS[".md"]("a.md", f"---\n{front}\n---\n\n某局发布办法。\n".encode())
    assert source.text.endswith("某局发布办法。")
    assert (source.title, source.issued, source.link) == (None, None, None)


def test_front_matter_that_grows_without_end() -> None:
    """Nine lines that stand for a thousand million words."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    front = "\n".join([*lines, "title: *a8", "link: *a8", "date: *a8"])
    source = READERS[".md"]("a.md", f"---\n{front}\n---\n\n某局发布办法。\n".encode())
    assert (source.text, source.title, source.issued, source.link) == ("某局发布办法。", None, None, None)


# JSONL


def feed(*records: object) -> bytes:
    return "\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records).encode()


def test_jsonl() -> None:
    first = {
        "id": "x-1",
        "title": "云杉收购 Perimeter",
        "text": "第一段。\n第二段。",
        "commentary": "短评。",
        "date": "2024-05-17",
        "source": "新域网",
        "link": "https://example.org/1",
        "section": "交易",
        "page": 3,
        "score": 1,
    }
    report = split(READERS[".jsonl"]("feed.jsonl", feed(first, "", {"title": "乙", "text": "正文。"})))
    one, two = report.items
    assert one.passage.text == "云杉收购Perimeter\n第一段。\n第二段。\n短评。"
    assert [part.said.value for part in one.parts] == ["headline", "summary", "commentary"]
    assert (one.id, one.issued, one.publisher, one.link, one.section, one.page) == (
        "x-1",
        date(2024, 5, 17),
        "新域网",
        "https://example.org/1",
        "交易",
        3,
    )
    start, end = one.passage.span(0, len(one.title))
    assert report.source.text[start:end] == "云杉收购 Perimeter"
    assert two.id.startswith("feed-")
    assert report.id.startswith("feed-")
    longer = READERS[".jsonl"]("feed.jsonl", feed(first, {"title": "丙", "text": "正文。"}))
    assert split(longer).id == report.id


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "{",
            "a.jsonl, line 2: this is no JSON object (Expecting property name enclosed in double quotes);"
            " put one on each line.",
        ),
        ("[]", "a.jsonl, line 2: this is no JSON object; put one on each line."),
        ({"title": "a"}, "a.jsonl, line 2: text is missing; every line needs title and text."),
        ({"title": " ", "text": "b"}, "a.jsonl, line 2: title is missing; every line needs title and text."),
        ({"title": 1, "text": "b"}, "a.jsonl, line 2: title must be a text in quotes."),
        ({"title": "a", "text": "b", "page": "3"}, "a.jsonl, line 2: page must be a whole number."),
        (
            {"title": "a", "text": "b", "date": "May"},
            "a.jsonl, line 2: the date 'May' is no day; write it as 2024-08-19.",
        ),
        (
            {"title": "甲", "text": "b", "id": "1"},
            "a.jsonl, line 2 and line 1 are both the item 1: give each line an id or a link of its own.",
        ),
        (
            '{"title": "\\ud800", "text": "b"}',
            "a.jsonl, line 2: title holds half a character (surrogates not allowed); write it whole.",
        ),
        (
            '{"title": "a", "text": "b", "page": ' + "9" * 5000 + "}",
            "a.jsonl, line 2: this is no JSON object (it has a number without end); put one on each line.",
        ),
        (
            {"title": "a", "text": "b", "date": "jan" * 200_000},
            "a.jsonl, line 2: the date 'janjanjanjanjanjanjanjanjanjan' is no day; write it as 2024-08-19.",
        ),
    ],
)
def test_bad_jsonl(line: object, sentence: str) -> None:
    assert refused("a.jsonl", feed({"title": "甲", "text": "乙", "id": 1}, line)) == sentence
