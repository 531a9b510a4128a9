"""One page of HTML that a mail can hold: no script, nothing loaded, every style where it is used.

Mail programs drop style sheets, so that each element has its own. What comes from documents is escaped; only links of
the web are links.
"""

from __future__ import annotations

from html import escape
from typing import IO

from kg.forms import evidence, memo
from kg.forms.about import About
from kg.forms.markdown import LINK
from kg.printing import clean
from kg.query.result import Result, Row

QUOTES = 3
_BODY = (
    "margin:0 auto;max-width:760px;padding:16px;color:#1c2530;background:#ffffff;"
    "font:15px/1.6 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
)
_H1, _H2 = "font-size:20px;margin:0 0 8px", "font-size:17px;margin:26px 0 6px;border-bottom:1px solid #d9dde2"
_SOFT = "color:#55606c;font-size:13px;margin:2px 0"
_QUOTE = "margin:4px 0 2px;padding:4px 12px;border-left:3px solid #8793a1;background:#f3f1ea"
_RUMOUR = "margin:4px 0 2px;padding:4px 12px;border-left:3px dotted #9a4607;background:#f3f1ea"


def write(result: Result, file: IO[str], lang: str, about: About) -> int:
    """The number of rows."""
    zh = lang == "zh"
    if result.cited:
        result.whole()
    title = _text(result.title(lang))
    file.write(
        f'<!doctype html>\n<html lang="{"zh-CN" if zh else "en"}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{title}</title>\n</head>\n<body style="{_BODY}">\n<h1 style="{_H1}">{title}</h1>\n'
    )
    for name, value in about.lines(result, lang)[1:]:
        file.write(f'<p style="{_SOFT}">{_text(name)}{"：" if zh else ": "}{_text(value)}</p>\n')
    rows = 0
    for part in memo.parts(result):
        if part.group:
            file.write(f'<h2 style="{_H2}">{_text(part.group)}</h2>\n')
        for row in part.rows:
            rows += 1
            head, rest = memo.entry(part, row, result.columns, lang)
            file.write(f'<div style="margin:12px 0"><strong>{_text(head) or "–"}</strong>')
            file.write(f" <span>{_text(rest)}</span>\n" if rest else "\n")
            _quotes(row, file, lang)
            file.write("</div>\n")
    if not rows:
        file.write(f"<p>{'没有结果。' if zh else 'Nothing was found.'}</p>\n")
    for note in result.notes:
        file.write(f'<p style="{_SOFT}">{_text(note)}</p>\n')
    file.write("</body>\n</html>\n")
    return rows


def _quotes(row: Row, file: IO[str], lang: str) -> None:
    for one in row.evidence[:QUOTES]:
        cited, link = evidence.citation(one, lang)
        shown = _text(cited)
        if LINK.fullmatch(link):
            shown += f' · <a href="{escape(link)}" style="color:#17568c">{"来源" if lang == "zh" else "source"}</a>'
        file.write(
            f'<blockquote style="{_RUMOUR if one.said == "hearsay" else _QUOTE}">{_text(one.quote)}</blockquote>\n'
        )
        file.write(f'<p style="{_SOFT}">{shown}</p>\n')
    if len(row.evidence) > QUOTES:
        more = len(row.evidence) - QUOTES
        file.write(f'<p style="{_SOFT}">{f"另有 {more} 处" if lang == "zh" else f"and {more} more"}</p>\n')


def _text(text: str) -> str:
    return escape(" ".join(clean(text).split()))
