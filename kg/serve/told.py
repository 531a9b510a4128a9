"""Sentences of faults and reasons in the language of a page.

They arise in English, for the terminal and for programs. A page in Chinese says the same by the table of
viz/site/words/told.yml; a sentence that it hasn't stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from kg.serve.site import words

_PLACE = re.compile(r"\{(\w+)\}")
_AGAIN = ("rest", "why")  # sentences within a sentence
_LONGEST = 2000  # characters: what is longer quotes somebody's whole text


def told(sentence: str, lang: str) -> str:
    if lang != "zh" or len(sentence) > _LONGEST:
        return sentence
    for pattern, chinese in _table():
        if (found := pattern.fullmatch(sentence)) is not None:
            said = found.groupdict()
            return chinese.format(**{name: told(text, lang) if name in _AGAIN else text for name, text in said.items()})
    return sentence


@cache
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    entries = [entry for key, entry in words().items() if key.startswith("told.")]
    return tuple((_pattern(entry["en"]), entry["zh"]) for entry in entries)


def _pattern(english: str) -> re.Pattern[str]:
    parts = _PLACE.split(english)  # text, name, text, name, text
    return re.compile(
        "".join(f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.DOTALL
    )
