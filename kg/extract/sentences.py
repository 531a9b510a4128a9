"""Sentence boundaries: marks of punctuation outside titles and brackets, and line ends."""

from __future__ import annotations

import re

# what ends a sentence in Chinese; a closing quotation mark or bracket behind it belongs to it
_ENDS = re.compile(r"[。！？!?；;]+[”’」』）)]*|\n+|(?<=[a-z0-9)”\"’%])\.[”\"’)]*(?=\s+[A-Z“\"'‘])")
_CLOSED = re.compile(r"《[^《》\n]{1,160}》|（[^（）\n]{1,120}）|\([^()\n]{1,120}\)")
# full stops that end no sentence
_SHORT = re.compile(
    r"(?<![A-Za-z0-9])(?:Inc|Ltd|Co|Corp|Pte|Pty|Pvt|Bhd|Sdn|L\.L\.C|Mr|Ms|Mrs|Dr|Prof|St|No|Nos|vs|v|U\.S|U\.K|e\.g|i\.e|Art|Sec|Jr|Sr|approx)$"
)


def spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence stands, without the white space around it."""
    closed = [m.span() for m in _CLOSED.finditer(text)]
    found: list[tuple[int, int]] = []
    start, c = 0, 0
    for match in _ENDS.finditer(text):
        while c < len(closed) and closed[c][1] <= match.start():
            c += 1
        if c < len(closed) and closed[c][0] < match.start() < closed[c][1]:
            continue
        if match.group().startswith(".") and _SHORT.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        _add(text, start, match.end(), found)
        start = match.end()
    _add(text, start, len(text), found)
    return found


def is_headline(text: str, start: int, end: int) -> bool:
    """A line of its own without a full stop: a headline within a digest, or the item's."""
    alone = text[:start].rstrip(" ")[-1:] in ("", "\n") and (end == len(text) or text[end : end + 1] == "\n")
    return alone and end - start <= 90 and text[end - 1] not in "。！；;.”"


def _add(text: str, start: int, end: int, found: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append((start, end))
