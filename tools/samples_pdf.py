"""Sets the sample reports: data/samples/source/*.md to a PDF and to the text that such a PDF yields.

    python tools/samples_pdf.py [folder]

Both come from one page break, so the contents' page numbers are right in both. The text imitates what comes out of
a real report's PDF: a blank line after each line, a space before Latin letters and digits, and page starts that show
as a running header on some pages and as one leading space on others. The bytes depend on the source alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"
FIRM = "示例律师事务所"
OFFICES = ("上海 | 苏州 | 宁波", "Shanghai | Suzhou | Ningbo", "www.example.org")

INDENT = "　　"  # of the commentary's first line: a distance on the page, no character in the text

FONT = "STSong-Light"
SIZE = 10.5
WIDTH = 38 * SIZE
LEADING = 21.0
LINES = 30  # of a page's body

_NO_START = "，。、；：！？）》”’」』％%…"
_NO_END = "（《“‘「『"
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,%+&'/\-]*(?<![.,])| |.")
_CJK_BEFORE_LATIN = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])")


@dataclass(frozen=True)
class Entry:
    """One item of the source: fields as they stand, paragraphs with the commentary apart."""

    title: str
    fields: tuple[tuple[str, str], ...]
    summary: tuple[str, ...]
    commentary: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    name: str
    month: str
    sections: tuple[tuple[str, tuple[Entry, ...]], ...]


@dataclass
class Sheet:
    number: int | None  # as printed; None on the cover
    lines: list[str] = field(default_factory=list)
    opens: bool = False  # a section starts here


def read(path: Path) -> Edition:
    head, *sections = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)
    name, month = (part.strip() for part in head.strip().removeprefix("# ").split("|"))
    return Edition(name, month, tuple(_section(text) for text in sections))


def _section(text: str) -> tuple[str, tuple[Entry, ...]]:
    name, *entries = re.split(r"^### ", text, flags=re.M)
    return name.strip(), tuple(_entry(entry) for entry in entries)


def _entry(text: str) -> Entry:
    title, _, rest = text.partition("\n")
    body, _, commentary = rest.partition("#### 植德短评")
    fields = tuple((label, value) for label, value in re.findall(r"^- (.+?)：(.+)$", body, flags=re.M))
    summary = re.sub(r"^- .*$", "", body, flags=re.M)
    return Entry(title.strip(), fields, _paragraphs(summary), _paragraphs(commentary))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def spaced(text: str) -> str:
    """The space that a PDF shows before Latin letters and digits: AMD拟 49亿美元."""
    return _CJK_BEFORE_LATIN.sub(" ", text)


def measure(text: str) -> float:
    return float(pdfmetrics.stringWidth(text, FONT, SIZE))


def broken(text: str, width: float = WIDTH) -> Iterator[str]:
    """Lines of at most ``width``; Latin words stay whole, brackets and stops stay with their words."""
    line: list[str] = []
    for token in _TOKEN.findall(spaced(text)):
        if measure("".join(line) + token) > width and token not in _NO_START:
            kept: list[str] = []
            while line and line[-1] in _NO_END:
                kept.insert(0, line.pop())
            yield "".join(line).rstrip()
            line = kept if token == " " else [*kept, token]
        else:
            line.append(token)
    yield "".join(line).rstrip()


def day(iso: str) -> str:
    year, month, day_ = iso.split("-")
    return f"{year}年 {month}月 {day_}日"


def entry_lines(number: int, entry: Entry) -> Iterator[str]:
    yield from broken(f"{number}. {entry.title}")
    for label, value in entry.fields:
        if label == "发布日期":
            yield f"{label}： {day(value)}"
        elif label == "链接" and measure(f"{label}：{value}") > WIDTH:
            yield f"{label}："
            yield value
        else:
            # the real ones vary
            yield f"{label}：{' ' if label == '来源' and number % 2 else ''}{value}"
    yield "摘要："
    for paragraph in entry.summary:
        yield from broken(paragraph)
    if entry.commentary:
        yield "植德短评"
        for paragraph in entry.commentary:
            yield from broken(INDENT + paragraph)


def body(edition: Edition, first: int) -> tuple[list[Sheet], dict[tuple[int, int], int]]:
    """The sheets from page ``first`` on, and the page of each section (item 0) and item."""
    sheets: list[Sheet] = []
    pages: dict[tuple[int, int], int] = {}

    def put(line: str) -> int:
        if len(sheets[-1].lines) == LINES:
            sheets.append(Sheet(first + len(sheets)))
        sheets[-1].lines.append(line)
        return first + len(sheets) - 1

    for s, (name, entries) in enumerate(edition.sections, 1):
        sheets.append(Sheet(first + len(sheets), opens=True))
        pages[s, 0] = put(name)
        for n, entry in enumerate(entries, 1):
            for i, line in enumerate(entry_lines(n, entry)):
                page = put(line)
                if i == 0:
                    pages[s, n] = page
    return sheets, pages


def contents(edition: Edition, pages: dict[tuple[int, int], int]) -> list[str]:
    lines = ["目录"]
    for s, (name, entries) in enumerate(edition.sections, 1):
        lines.extend(led(name, pages[s, 0]))
        for n, entry in enumerate(entries, 1):
            lines.extend(led(f"{n}. {entry.title}", pages[s, n]))
    return lines


def led(title: str, page: int) -> Iterator[str]:
    """A title with its dotted leader; where no room is left the number follows at once."""
    *before, last = broken(title)
    yield from before
    dots = int((WIDTH - measure(f"{last}  {page}")) / measure("."))
    yield f"{last} {'.' * dots} {page}" if dots > 2 else f"{last} {page}"


def sheets_of(edition: Edition) -> list[Sheet]:
    _, pages = body(edition, 1)
    needed = -(-len(contents(edition, pages)) // LINES)
    sheets, pages = body(edition, needed + 1)
    listed = contents(edition, pages)
    front = [Sheet(i + 1, listed[i * LINES : (i + 1) * LINES]) for i in range(needed)]
    return [Sheet(None, [*OFFICES, month(edition), FIRM]), *front, *sheets]


def month(edition: Edition) -> str:
    year, number = edition.month.split("-")
    return f"{year}年 {int(number)}月"


def header(edition: Edition) -> str:
    return f"{edition.name} | {month(edition)}"


def as_text(edition: Edition, sheets: list[Sheet]) -> str:
    """Contents and every other page of the body begin with the running header, the rest with one leading space.

    Where a section starts on the latter its heading is lost with the header, as in the real report.
    """
    parts: list[str] = []
    front = next(i for i, sheet in enumerate(sheets) if sheet.opens) - 1
    for sheet in sheets:
        lines = [line.removeprefix(INDENT) for line in sheet.lines]
        if sheet.number is None:
            start = "\n"
        elif sheet.number <= front + 1 or sheet.number % 2:
            start = f"\n\n\n{header(edition)}\n\n{sheet.number}\n\n"
        else:
            start = " "
            if sheet.opens:
                del lines[0]
        parts.append(start + "\n\n".join(lines) + "\n")
    return "".join(parts)


def write_pdf(edition: Edition, sheets: list[Sheet], path: Path) -> None:
    # no compression: what zlib makes of the same text differs between its versions
    canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=0)
    canvas.setTitle(f"{edition.name} {edition.month}")
    canvas.setAuthor(FIRM)
    canvas.setSubject("Sample report of regkg; not a publication")
    left, top = (A4[0] - WIDTH) / 2, A4[1] - 95
    for sheet in sheets:
        canvas.setFont(FONT, SIZE)
        if sheet.number is not None:
            # header and number first, as word processors write them
            canvas.setFont(FONT, 9)
            canvas.drawString(left, A4[1] - 60, header(edition))
            canvas.drawCentredString(A4[0] / 2, 45, str(sheet.number))
            canvas.setFont(FONT, SIZE)
        for i, line in enumerate(sheet.lines):
            indent = 2 * SIZE if line.startswith(INDENT) else 0
            canvas.drawString(left + indent, top - i * LEADING, line.removeprefix(INDENT))
        canvas.showPage()
    canvas.save()


def build(source: Path, target: Path) -> None:
    edition = read(source)
    sheets = sheets_of(edition)
    (target / f"{edition.month}.txt").write_text(as_text(edition, sheets), encoding="utf-8", newline="\n")
    write_pdf(edition, sheets, target / f"{edition.month}.pdf")


def main(target: Path = SAMPLES) -> None:
    for source in sorted((SAMPLES / "source").glob("*.md")):
        build(source, target)


pdfmetrics.registerFont(UnicodeCIDFont(FONT))

if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
