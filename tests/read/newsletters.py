"""A monthly report of our own invention, set as the real one is: as text that was made from a PDF, and as a PDF."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from kg.read.lines import width

HEADER = "数智法讯月报 | 2023年 5月"
FULL = 72  # cells in a full line


@dataclass
class News:
    section: str
    number: int
    title: str
    summary: list[str]
    commentary: list[str] = field(default_factory=list)
    published: str = "2023年 05月 09日"
    publisher: str = "虚构新闻"
    link: str = "https://example.org/a/1"
    page: int = 0  # where it is set, found while it is set


def issue() -> list[News]:
    return [
        News(
            "政策速递",
            1,
            "青屿市发布《公共数据授权运营管理办法》",
            [
                "5月9日，青屿市数据局联合市司法局发布《公共数据授权运营管理办法》（以下简称《办法》），对授权的程序、"
                "收益的分配和安全的责任作出规定，并要求运营单位在每年三月底之前提交上一年度的报告。",
                "《办法》自2023年7月1日起施行。",
            ],
            [
                "《办法》把收益怎样分写得清楚，但没有说明授权期满之后数据如何交还，运营单位在签署协议的时候应当自行约定，"
                "以免到期时发生争议。"
            ],
            link="https://example.org/a/1",
        ),
        News(
            "政策速递",
            2,
            "山岚省通信管理局、山岚省市场监督管理局等五部门关于印发《山岚省算力基础设施建设三年行动方案（2023—2025年）》的通知",
            ["近日，山岚省五部门印发行动方案，提出到2025年全省算力规模超过10EFLOPS。"],
            link="https://example.org/a/2",
            publisher="山岚 IT观察",
        ),
        News(
            "行业新闻",
            1,
            "NorthPier与 Blue Lantern成立安全联盟",
            [
                "人工智能公司NorthPier和Blue Lantern Labs宣布成立安全联盟，计划在2023年底之前公布第一份评测报告，"
                "并邀请三家大学参加。两家公司的发言人都表示，联盟对其他企业开放。"
            ],
            link="https://example.org/b/1",
        ),
        News(
            "交易资讯",
            1,
            "云杉科技拟 12亿美元收购 Perimeter Nine",
            [
                "云杉科技5月20日公告，拟以12亿美元现金收购芯片设计公司Perimeter Nine，交易预计在2024年上半年完成，"
                "但须经监管部门批准。",
                "Perimeter Nine成立于2016年，客户包括多家云服务商。",
            ],
            link="https://example.org/c/1",
        ),
        News(
            "交易资讯",
            2,
            "北辰数据完成 3000万元 B轮融资",
            ["北辰数据宣布完成3000万元B轮融资，由远帆资本领投。"],
            published="2023年 5月 8日",
            link="https://example.org/c/2",
        ),
    ]


def wrap(text: str, full: int = FULL) -> list[str]:
    """Breaks at cells, never within a Latin word or a number."""
    lines, line, word = [], "", ""
    for character in [*text, ""]:
        if character.isascii() and character.isalnum():
            word += character
            continue
        for piece in filter(None, (word, character)):
            if width(line) + width(piece) > full and piece not in "，。、）》":
                lines.append(line.rstrip(" "))
                line = ""
            line += piece
        word = ""
    return [*lines, line] if line else lines


def body(news: News, links_below: bool = False) -> list[str]:
    lines = [
        *wrap(f"{news.number}. {news.title}"),
        f"发布日期： {news.published}",
        f"来源： {news.publisher}",
    ]
    lines += [f"链接：{news.link}", "摘要："] if not links_below else ["链接：", news.link, "摘要："]
    for paragraph in news.summary:
        lines += wrap(paragraph)
    if news.commentary:
        lines.append("植德短评")
        for paragraph in news.commentary:
            lines += wrap(paragraph, FULL - 2)
    return lines


def pages(issue: list[News], per_page: int = 14, headings: bool = False) -> list[tuple[int | None, list[str]]]:
    """Pages as (printed number, lines): a cover, the contents as page 1, then the items from page 2 on."""
    text: list[str] = []
    starts: dict[int, int] = {}
    section = issue[0].section
    for place, news in enumerate(issue):
        if headings and (not place or news.section != section):
            text.append(news.section)
        section = news.section
        starts[place] = len(text)
        text += body(news, links_below=place == 1)
    for place, news in enumerate(issue):
        news.page = 2 + starts[place] // per_page
    contents = ["目录"]
    for place, news in enumerate(issue):
        if not place or news.section != issue[place - 1].section:
            contents.append(f"{news.section} {'.' * 80} {news.page}")
        entry = wrap(f"{news.number}. {news.title}", 60)
        # one entry runs into its page number, as happens where a title fills the line
        entry[-1] += str(news.page) if place == 3 else f" {'.' * 20} {news.page}"
        contents += entry
    cover = ["北京 | 上海", "www.example.org", "2023年 5月"]
    parts = [text[n : n + per_page] for n in range(0, len(text), per_page)]
    return [(None, cover), (1, contents), *enumerate(parts, 2)]


def as_text(pages: list[tuple[int | None, list[str]]]) -> str:
    """Every line followed by a blank one; a page starts at its header or, where that was lost, at one space."""
    out: list[str] = []
    for number, lines in pages:
        if number is None:
            out += lines
        elif number <= 2:
            out += [HEADER, str(number), *lines]
        else:
            out += [f" {lines[0]}", *lines[1:]]
    return "\n\n".join(out) + "\n"


def as_pdf(pages: list[tuple[int | None, list[str]]]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True)
    for number, lines in pages:
        canvas.setFont("STSong-Light", 11)
        if number is not None:
            canvas.drawString(72, 800, HEADER)
        for n, line in enumerate(lines):
            canvas.drawString(72, 770 - 20 * n, line)
        if number is not None:
            canvas.drawString(290, 40, str(number))
        canvas.showPage()
    canvas.save()
    return file.getvalue()
