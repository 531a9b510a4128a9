"""Traditional characters as simplified ones and narrow marks as wide ones, one for one, so that offsets stay.

OpenCC's phrase rules (which pick between 干 and 乾) may change a text's length, so single characters are converted;
names are compared in this form and shown as the text has them.
"""

from __future__ import annotations

import re
from functools import cache

_table: dict[int, str] = {}
_seen: set[str] = set()


@cache
def _converter() -> object:
    import opencc_purepy

    return opencc_purepy.OpenCC("t2s")


def simplify(text: str) -> str:
    """The same text, of the same length, in simplified characters."""
    new = set(text) - _seen
    if new:
        convert = _converter().convert  # type: ignore[attr-defined]
        for c in new:
            if "㐀" <= c <= "鿿":
                plain = convert(convert(c))  # 薴 becomes 苧, and that 苎
                if plain != c and len(plain) == 1:
                    _table[ord(c)] = plain
        _seen.update(new)
    return text.translate(_table)


_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
_NARROW = re.compile(
    r"(?<=[一-鿿》〉”’」）)])[,;:?!]"  # 4月,中共中央: what Chinese text has narrow marks for
    r"|[,;?!](?=[ ]?[一-鿿《“「])"  # 增长3.5%,同比: and before it
    r"|(?<=[一-鿿》”」）)])\.(?=\s|$)"
)


def widen(text: str) -> str:
    """The same text, of the same length, with Chinese marks where Chinese text has narrow ones.

    Pages are written so, and rules and models know a clause by ，; numbers, English and addresses keep theirs.
    """
    return _NARROW.sub(lambda match: _WIDE[match.group()], text)
