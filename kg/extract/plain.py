"""Traditional characters as simplified ones, character for character, so that offsets stay.

OpenCC's phrase rules (which pick between 干 and 乾) may change a text's length, so single characters are converted;
names are compared in this form and shown as the text has them.
"""

from __future__ import annotations

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
