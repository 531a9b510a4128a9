"""A spaCy tokenizer for Chinese text with Latin names in it.

A run of Latin letters and digits is one token (``ZT``, ``Run.ai``, ``4.9``), each CJK character and each mark of
punctuation another. spaCy's own Chinese character segmenter splits Latin words into letters (measured), and word
segmenters cut long names, so neither serves for names.
"""

from __future__ import annotations

import re

from spacy.tokens import Doc
from spacy.vocab import Vocab

# A Latin word keeps what stands inside names: a dot or hyphen between letters (Run.ai, Pre-A), an apostrophe, &.
_LATIN = r"[A-Za-zÀ-ɏ]"
_TOKEN = re.compile(
    rf"{_LATIN}(?:[A-Za-zÀ-ɏ0-9]|[.&'’_\-](?=[A-Za-zÀ-ɏ0-9]))*"
    r"|\d+(?:[.,]\d+)*(?:[A-Za-z]+\d*)?"
    r"|\s+"
    r"|."
)


class Tokenizer:
    """Text → Doc; the Doc's text is the text, to the character."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for match in _TOKEN.finditer(text):
            word = match.group()
            if word == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    # spaCy writes a pipeline's tokenizer with it; this one has no state of its own
    def to_bytes(self, **_: object) -> bytes:
        return b""

    def from_bytes(self, _: bytes, **__: object) -> Tokenizer:
        return self

    def to_disk(self, _: object, **__: object) -> None:
        return None

    def from_disk(self, _: object, **__: object) -> Tokenizer:
        return self
