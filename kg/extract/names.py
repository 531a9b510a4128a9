"""The names in a text: what the model guesses, what the reference data knows and what stands in 《》, put together.

Each mention keeps its reason. The order in which the three are believed: a title in 《》 whose last word is a kind of
document; then the longer of a known name and a guess, since 微软亚洲研究院 isn't 微软; and of two as long the known one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from kg.extract.kinds import kind_of
from kg.extract.plain import simplify
from kg.extract.recogniser import Clues, Guess
from kg.items import EntityType, Mention

_TITLE = re.compile(r"《([^《》\n]{2,160})》")
_CONTRACT = re.compile(r"(?:协议|协议书|合同|备忘录|契约|要约|承诺函|意向书|公司章程|招股书|招股说明书)(?:[（(][^（）()]*[）)])?$")
_NUMBERED = re.compile(
    r"第\s?[\w/〔〕\-—]{1,24}号(?:公告|令|决定|行政令|行政命令|决议|通知|文件|文)"
    r"|(?:第\s?)?\d{4,5}号?(?:总统)?行政(?:命)?令"
    r"|(?:\b[Ee]xecutive [Oo]rder|\bEO|\b[Ee]mergency [Dd]irective|\bBinding Operational Directive) (?:No\. ?)?\d[\d\-]+"
    r"|关于[^，。；：、《》\n]{4,40}的(?:政策文件|指导原则|初始公开草案|公开草案|指导方针|行政命令)"
)
_STANDARD = re.compile(r"\b(?:GB|GB/T|GB/Z|GM/T|YD/T|JR/T|GA/T|GA|T/[A-Z]+|DB\d+/T|ISO(?:/IEC)?|IEC|TC260)[\s-]?\d[\d.]*(?:[—\-–:]\d{4})?")
_LATIN_EDGE = re.compile(r"[0-9A-Za-zÀ-ɏ]")
_MIN_PROBABILITY = 0.35


@dataclass(frozen=True, slots=True)
class Candidate:
    start: int
    end: int
    type: EntityType
    reason: str
    rank: int  # the lower one wins where two overlap and are as long
    id: str | None = None


def _titles(text: str, guesses: list[Guess]) -> list[Candidate]:
    found = []
    for match in _TITLE.finditer(text):
        start, end = match.span(1)
        kind = kind_of(simplify(match[1]))
        guess = next((g for g in guesses if g.start < end and g.end > start and g.end - g.start >= (end - start) // 2), None)
        numbered = bool(_STANDARD.search(text[max(0, match.start() - 32) : match.start()]))
        if kind and _CONTRACT.search(match[1]) and (guess is None or guess.type not in ("Instrument", "Publication")):
            continue
        if kind is not None:
            type_: EntityType = kind.type
            if guess and guess.type in ("Instrument", "Publication") and kind.id in ("report", "index"):
                type_ = guess.type
        elif numbered:
            type_ = "Instrument"
        elif guess is not None and guess.probability >= 0.5:
            type_ = guess.type
        else:
            continue
        found.append(Candidate(start, end, type_, "title" if kind else "title-model", 0))
    return found


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a Latin name is not part of a longer word."""
    before = start and _LATIN_EDGE.match(text[start]) and _LATIN_EDGE.match(text[start - 1])
    after = end < len(text) and _LATIN_EDGE.match(text[end - 1]) and _LATIN_EDGE.match(text[end])
    return not before and not after


def candidates(text: str, guesses: list[Guess], seen: Clues) -> list[Candidate]:
    found = _titles(text, guesses)
    titles = [(c.start, c.end) for c in found]
    closed = [m.span() for m in _TITLE.finditer(text)]

    def within(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
        return any(a <= start and end <= b for a, b in spans)

    for guess in guesses:
        if guess.probability < _MIN_PROBABILITY or within(guess.start, guess.end, titles):
            continue
        if within(guess.start, guess.end, closed) and guess.type in ("Regulator", "Organization", "Person"):
            continue  # a name inside a title that isn't a document's
        start, end = _trim(text, guess.start, guess.end)
        if start < end:
            found.append(Candidate(start, end, guess.type, "model", 2))
    for hit in seen.found:
        if hit.known.weak or within(hit.start, hit.end, closed):
            continue
        latin = text[hit.start].isascii() or text[hit.end - 1].isascii()
        supported = any(g.start < hit.end and hit.start < g.end for g in guesses)
        if supported or (latin and hit.end - hit.start > 2) or seen.whole(hit.start, hit.end):
            found.append(Candidate(hit.start, hit.end, hit.known.type, "known", 1, hit.known.id))
    for match in _NUMBERED.finditer(text):
        if not within(*match.span(), closed):
            found.append(Candidate(*match.span(), "Instrument", "number", 1))
    return found


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A guess without the marks at its edges and with its bracket closed."""
    while start < end and text[start] in " \n，。、；：“”\"'《》（(·—-":
        start += 1
    while start < end and text[end - 1] in " \n，。、；：“”\"'《》（(·—":
        end -= 1
    piece = text[start:end]
    for opening, closing in ("（）", "()"):
        if piece.count(opening) > piece.count(closing):
            if end < len(text) and text[end] == closing:
                end += 1
            else:
                end = start + piece.rindex(opening)
        elif piece.count(closing) > piece.count(opening):
            end = start + piece.index(closing)
    return start, end


def choose(found: list[Candidate]) -> list[Candidate]:
    """Of overlapping candidates one: titles first, then the longer, then the better rank."""
    order = sorted(found, key=lambda c: (c.rank != 0, -(c.end - c.start), c.rank, c.start))
    taken: list[Candidate] = []
    for candidate in order:
        clash = [t for t in taken if t.start < candidate.end and candidate.start < t.end]
        if not clash:
            taken.append(candidate)
        elif (
            len(clash) == 1
            and candidate.reason == "known"
            and clash[0].reason == "model"
            and clash[0].start == candidate.start
            and clash[0].end == candidate.end
        ):
            taken[taken.index(clash[0])] = candidate
    return sorted(taken, key=lambda c: c.start)


def find(doc: Doc, guesses: list[Guess], seen: Clues) -> list[Mention]:
    """Mentions in the order of the text; they don't overlap."""
    text = doc.text
    chosen = choose(candidates(text, guesses, seen))
    mentions = [Mention(c.start, c.end, text[c.start : c.end], c.type, None, c.reason) for c in chosen]
    return repeat(text, mentions)


def repeat(text: str, mentions: list[Mention]) -> list[Mention]:
    """Names met once, wherever else they stand: the model may know a name in one sentence and not in the next."""
    forms: dict[str, Mention] = {}
    for mention in mentions:
        long_enough = len(mention.text) >= (3 if not mention.text.isascii() else 4) or mention.full
        if long_enough and mention.text not in forms:
            forms[mention.text] = mention
    taken = bytearray(len(text))
    for mention in mentions:
        taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    added = []
    for form in sorted(forms, key=len, reverse=True):
        model = forms[form]
        at = text.find(form)
        while at >= 0:
            end = at + len(form)
            if not any(taken[at:end]) and _alone(text, at, end):
                added.append(replace(model, start=at, end=end, reason="repeat"))
                taken[at:end] = b"\1" * len(form)
            at = text.find(form, end)
    return sorted([*mentions, *added], key=lambda m: m.start)
