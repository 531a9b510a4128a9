"""The names in a text: what the model guesses, what the reference data knows and what stands in 《》, put together.

Each mention keeps its reason. The order in which the three are believed: a title in 《》 whose last word is a kind
of document; then the longer of a known name and a guess (微软亚洲研究院 is not 微软); of two as long the known one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from kg.extract import backstop, edges, headlines, words
from kg.extract.gazetteer import Found
from kg.extract.kinds import Kind, kind_of
from kg.extract.plain import simplify
from kg.extract.recogniser import Clues, Guess
from kg.items import EntityType, Mention
from kg.reference import Reference

_TITLE = re.compile(r"《([^《》\n]{2,160})》")
_CONTRACT = words.pattern("contract")
_NUMBERED = words.pattern("numbered-instrument")
_STANDARD = words.pattern("standard-number")
_ASSEMBLY = words.pattern("assembly")
_OFFICE = words.pattern("office-ending")
_DEPARTMENT = words.pattern("department")
_GOES_ON = re.compile("会同|有关|相关|负责|联合|发布|印发|组织|召开|就|对|表示|介绍|提出|[，。、：；（\n]|$")
_MINISTERIAL = frozenset("部委院署检办会")
_NOT_A_LAW = words.pattern("not-a-law")
_FILE_NUMBER = words.pattern("file-number")
_GENERIC = words.pattern("generic")
_FIRM = words.pattern("firm-ending")
_JOINED = words.pattern("joined")
_COMMON = words.table("common-latin")
_LEADING_VERB = words.table("leading-verb")
_NUMBERS = re.compile(r"(?:\.\d+)?(?:[—–-]\d{4})?\s?《")
_INVESTOR = words.pattern("listed-investor")
_GOT = re.compile(".*(?:拿到|获得|引入|引进|迎来|得到|接受)了?(?=.{2})")
_HOW_INVESTED = re.compile("(?:独家|联合|共同|战略|追加)投资$")
_PAPER_BEFORE = re.compile(r"(?:据|接受|告诉|援引|[^，。；\n]{0,6}媒体)[^，。；\n《》]{0,8}$")
_PAPER_SAYS = words.pattern("paper-says")
_AND = re.compile("以及|[及和与]")
# 向英特尔投资50亿美元: what is done to the firm, and no fund of its
_PUT_INTO = re.compile(r"投资(?=(?:了|约|近|超过?|逾|共|最多|至多|至少)?\s?\d)")
_FUND_NUMBER = re.compile(r"(?:[一二三四五六七八九十]{1,2}|\d{1,2})[期号](?:基金)?")
# a known firm's name goes on: what 投资 is where no object of it follows
_OWN_INVESTMENTS = re.compile("投资(?=[、和与及等也亦已均将拟]|[领跟参]投)")
_SEATED = re.compile("[（(][一-鿿]{2,4}[）)](?:[一-鿿]{2,6})?(?:股份有限|有限责任|有限)公司")
_INVESTING = words.pattern("investing-sentence")
_FUNDED_BY = re.compile(r"(?:融资|投资|轮)由[^。；\n]{0,120}$")
_COLLECTIVE_INVESTORS = re.compile(r"[多数几某该其]|股东|投资人|投资者|机构|现有|天使|战略|轮|完成|宣布|获得|亿|万")
_ACTING = words.pattern("acting")
_CLAUSE = ("", "\n", "，", "。", "；", "：", ".", "、")
_ADDRESS = words.pattern("address-name")
_ENGLISH_TITLE = words.pattern("english-title")
_LATIN_ACT = words.pattern("latin-act")
_UNMARKED = words.pattern("unmarked-title")
_LATIN_EDGE = re.compile(r"[0-9A-Za-zÀ-ɏ]")
_ENGLISH_ABOUT = re.compile(
    r"(?:[Tt]he |[Aa]n? )?(?P<name>[A-Z][\w.&'’ -]*?)"
    r"(?:-(?:owned|based|backed|led|run|linked)|['’]s|\s?[(（][A-Z]{2,8}[)）])?"
)
_LATIN_LEGAL = re.compile(
    r"(?:,? (?:Pte\.?|Pty\.?|Pvt\.?|Sdn\.?|Co\.?))?"
    r",? (?:Ltd|Limited|Inc|LLC|L\.L\.C|Corp|PLC|plc|GmbH|Bhd|LLP|L\.P|LP|S\.A|N\.V)\b\.?"
)
_AFTER_LATIN = re.compile(r"(?<=[A-Za-z.])公司$|\s?[（(](?:[A-Z]{2,4}[:：]?)?\d{4,6}(?:\.[A-Z]{2})?[）)]?$")
_FIRM_BEFORE = words.pattern("firm-before-person")
# 费森尤斯（Fresenius SE）: its legal form
_FORM_BEHIND = re.compile(
    r"\s?[（(][A-Z][A-Za-z.&'’ -]* (?:SE|AG|SA|S\.A|NV|N\.V|Inc|Ltd|LLC|Corp|Group|PLC|plc|GmbH|Co|Holdings?)\.?[）)]"
)
_FIRM_BY_DEED = words.pattern("firm-by-deed")
_VENUE = words.pattern("venue")
_ATTRIBUTION = words.pattern("attribution")
_NOUN_BEHIND = words.pattern("document-behind")
_OWN_BEHIND = words.pattern("own-behind")
_NOUN_BEFORE = words.pattern("document-before")
_ISSUING = words.pattern("issuing-title")
_SHORT_FORM = re.compile(r"\s?[（(](?P<short>[A-Z]{3,6})[)）]")
_FILE_NUMBER = re.compile(r"[一-鿿]{0,4}(?:〔|\[)(?:19|20)\d{2}(?:〕|\])\s?(?:第\s?)?\d+\s?号")  # 鲁政|发〔2014〕20号
_PAPER = words.pattern("newspaper")
_CONSULTED = words.pattern("consulted-on")
_NO_DOCUMENT = words.pattern("no-document-behind")
_SHORT_BODY_ACTS = words.pattern("weak-body-acts")
_SHORT_BODY_LISTED = words.pattern("weak-body-listed")
_BEFORE_SHORT = frozenset("，。；：、\n“（(日由经获")
_NO_NAME_BEFORE = frozenset(("p", "c", "w", "t", "d", "v", "r", "TIME"))
_DOCUMENT = Kind("policy", "Instrument")
_MIN_PROBABILITY = 0.35


@dataclass(frozen=True, slots=True)
class Candidate:
    start: int
    end: int
    type: EntityType
    reason: str
    rank: int  # the lower one wins where two overlap and are as long


def _said_kind(text: str, start: int, end: int) -> Kind | None:
    """What the words beside a title say it is: 《甲》《乙》三份行政令, 题为《甲》的报告, 行政令《甲》."""
    behind = _NOUN_BEHIND.match(text, end)
    before = None if behind else _NOUN_BEFORE.search(text[max(0, start - 12) : start])
    noun = behind or before
    return (kind_of(simplify(noun["noun"])) or _DOCUMENT) if noun else None


def _issued(text: str, start: int, end: int, seen: Clues) -> bool:
    """Whether a title stands behind a verb of issuing whose subject is an authority."""
    if _NO_DOCUMENT.match(text, end):
        return False
    clause = re.split("[。；\n]", text[max(0, start - 60) : start])[-1]
    begins = start - len(clause)
    return bool(_ISSUING.search(clause)) and any(
        f.known.type == "Regulator" and begins <= f.start and f.end <= start for f in seen.found
    )


def _titles(text: str, guesses: list[Guess], seen: Clues) -> list[Candidate]:
    found = []
    for match in _TITLE.finditer(text):
        start, end = match.span(1)
        own = _OWN_BEHIND.match(text, match.end())
        if own and (kind := kind_of(simplify(own[0]))) and kind_of(simplify(match[1])):
            # 《甲法》施行令: a document of its own, that rests on what stands in the marks
            found.append(Candidate(match.start(), own.end(), "Instrument", "title-of", 0))
            continue
        if _PAPER.search(match[1]):
            # 据《某报》报道: who is quoted is a firm, and a paper that is no source is nobody
            if _PAPER_BEFORE.search(text[: match.start()]) or _PAPER_SAYS.match(text, match.end()):
                found.append(Candidate(start, end, "Company", "title-model", 0))
            continue
        kind = kind_of(simplify(match[1])) or _said_kind(text, match.start(), match.end())
        guess = next(
            (g for g in guesses if g.start < end and g.end > start and g.end - g.start >= (end - start) // 2), None
        )
        numbered = bool(_STANDARD.search(text[max(0, match.start() - 32) : match.start()]))
        if kind and _CONTRACT.search(match[1]) and (guess is None or guess.type not in ("Instrument", "Publication")):
            continue
        if kind is None and _NO_DOCUMENT.match(text, match.end()):
            continue
        if kind is not None:
            type_: EntityType = kind.type
            if guess and guess.type in ("Instrument", "Publication") and kind.id in ("report", "index"):
                type_ = guess.type
        elif (
            numbered
            or _CONSULTED.match(text, match.end())
            or (
                _issued(text, match.start(), match.end(), seen)
                and (match[1].startswith("关于") or not (guess and guess.type == "Publication"))
            )
        ):
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
    found = _titles(text, guesses, seen)
    titles = [(c.start, c.end) for c in found]
    closed = [m.span() for m in _TITLE.finditer(text)]

    def within(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
        return any(a <= start and end <= b for a, b in spans)

    for guess in edges.tidy(text, guesses, seen):
        if text[guess.start - 1 : guess.start] in ("向", "对") and _PUT_INTO.match(text, guess.end - 2):
            guess = replace(guess, end=guess.end - 2)
        weak = _weak_guess(text, guess, seen)
        if _in_title_case(text, guess) and text.count(text[guess.start : guess.end].strip()) == 1:
            continue  # Justice Department Sues Live Nation and …: where each word has a capital none tells a name
        if weak == "no" or _FILE_NUMBER.match(text, guess.end):
            continue
        if guess.probability < _MIN_PROBABILITY or within(guess.start, guess.end, titles):
            continue
        if within(guess.start, guess.end, closed) and guess.type in ("Regulator", "Organization", "Person"):
            continue  # a name inside a title that isn't a document's
        if two := _two_bodies(text, guess, seen):
            found += two
            continue
        start, end = _trim(text, *_without_verb(text, guess, seen))
        if guess.type == "Regulator":
            # 创新和技术部 of 科学、创新和技术部: what a known name ends with is that name
            start = min(start, *(h.start for h in seen.found if h.end == end and h.known.type == "Regulator"), start)
        if guess.type == "Instrument" and text[start:end].startswith("的"):
            start += 1
        # 私隐 of 私隐专员: a guess that a known name begins with is that name
        end = max(end, *(h.end for h in seen.found if h.start == start and h.known.type == guess.type), end)
        if guess.type == "Regulator":
            end = _department(text, end, seen)
        start += len(m.group()) if (m := _JOINED.match(text, start, end)) and end - start > 5 else 0
        # 财政部 税务总局: a space parts names, in Chinese
        for part in re.finditer(r"\S+(?:\s+(?![一-鿿])\S+|(?<![一-鿿])\s+\S+)*", text[start:end]):
            reason = "doubt" if weak else "model"
            type_, name = guess.type, simplify(text[start + part.start() : start + part.end()])
            if type_ in ("Company", "Organization", "Regulator") and _place(name):
                type_, reason = "Regulator", "place"
            found.append(Candidate(start + part.start(), start + part.end(), type_, reason, 2))
    for hit in seen.found:
        if within(hit.start, hit.end, closed) or (hit.known.weak and not _acts(text, hit, seen)):
            continue
        latin = text[hit.start].isascii() or text[hit.end - 1].isascii()
        supported = any(g.start < hit.end and hit.start < g.end for g in guesses)
        if supported or (latin and hit.end - hit.start > 2) or seen.whole(hit.start, hit.end):
            end = hit.end
            if text[hit.start - 1 : hit.start] in ("向", "对") and _PUT_INTO.match(text, end - 2):
                found.append(Candidate(hit.start, end - 2, "Company", "known", 0))
                continue
            if (
                hit.known.type == "Company"
                and (number := _FUND_NUMBER.match(text, end))
                and text[end - 2 : end] == "基金"
            ):
                end = number.end()  # 软银愿景基金|2期
            if hit.known.type == "Company" and _OWN_INVESTMENTS.match(text, end):
                end += 2  # 中粮、高瓴投资也已…
            if hit.known.type == "Company" and (legal := _SEATED.match(text, end)):
                end = legal.end()  # 芯原微电子（上海）股份有限公司
            if hit.known.type == "Regulator":
                end = _department(text, end, seen)
            if hit.known.type == "Instrument" and _NOT_A_LAW.match(text, end):
                continue
            found.append(Candidate(hit.start, end, hit.known.type, "known", 1))
    for match in _ASSEMBLY.finditer(text):
        if not within(*match.span(), closed):
            found.append(Candidate(*match.span(), "Regulator", "assembly", 1))
    # GB/T 20988—2025《…》: the number of the standard that follows
    found = [
        c
        for c in found
        if c.type != "Instrument" or not (_STANDARD.match(text, c.start) and _NUMBERS.match(text, c.end))
    ]
    for sentence in _INVESTING.finditer(text) if "投" in text else ():
        for match in _INVESTOR.finditer(text, *sentence.span()):
            start, end = match.span("name")
            start = edges.without_lead(text, start, end)
            if under := re.search("旗下的?(?=.{3})", text[start:end]):
                start += under.end()  # 中国移动旗下的|中移基金
            if got := _GOT.match(text, start, end):
                start = got.end()  # 百果园拿到了|天图投资
            if how := _HOW_INVESTED.search(text, start, end):
                end = how.start()
            both = next((m for m in _AND.finditer(text, start + 2, end - 2) if seen.tagged[m.start()][0] == "c"), None)
            if both and not _COLLECTIVE_INVESTORS.search(text, start, both.start()):
                # 宁德时代及溥泉资本
                found.append(Candidate(start, both.start(), "Company", "investor", 3))
                start = both.end()
            name = text[start:end]
            if len(name) > 1 and not _GENERIC.fullmatch(name) and not _COLLECTIVE_INVESTORS.search(name):
                found.append(Candidate(start, end, "Company", "investor", 3))
    for match in _ACTING.finditer(text):
        # 近日，印度发布…: a country at the beginning of a clause that issues something
        for length in range(2, 8):
            start = match.start() - length
            name = simplify(text[max(0, start) : match.start()])
            if start >= 0 and text[start - 1 : start] in _CLAUSE and Reference.load().find_country(name):
                found.append(Candidate(start, match.start(), "Regulator", "place", 3))
    for start, end in edges.described(text):
        if not within(start, end, closed):
            found.append(Candidate(start, end, "Company", "described", 3))
    for type_, reason, spans in (
        ("Company", "legal-form", backstop.legal_names(text, seen)),
        ("Company", "announcer", backstop.announcers(text, seen)),
        ("Company", "announcer", backstop.dealers(text, seen)),
        ("Company", "owned", backstop.owned(text, seen)),
        ("Company", "raiser", backstop.raisers(text, seen)),
        ("Company", "slot", edges.slots(text, seen)),
        ("Person", "office", backstop.persons(text, seen)),
    ):
        for start, end in spans:
            start += text[start] in "丨｜|"  # 格隆汇9月25日丨博汇纸业
            # what closes a round has its describing words before it, unless nobody sees a name there
            seen_already = reason == "raiser" and any(c.start < end and start < c.end for c in found)
            if not within(start, end, closed) and not seen_already:
                found.append(Candidate(start, end, type_, reason, 3))
    for start, end in backstop.listed(text, {c.end for c in found}):
        found.append(Candidate(start, end, "Company", "listed", 3))
    for start, end, form in backstop.organisations(text, seen):
        if not within(start, end, closed):
            found.append(Candidate(start, end, form, "form", 3))
    for match in _ADDRESS.finditer(text):
        found.append(Candidate(*match.span(), "Company", "address", 3))
    for match in _UNMARKED.finditer(text):
        group = match.lastgroup or "title"
        kind = kind_of(simplify(match[group]))
        if kind is not None and not within(*match.span(group), closed):
            found.append(Candidate(*match.span(group), kind.type, "unmarked", 3))
    for match in [*_ENGLISH_TITLE.finditer(text), *_LATIN_ACT.finditer(text)]:
        group = match.lastgroup or "title"
        if not within(*match.span(), closed) and not _GENERIC.fullmatch(match[group].removesuffix("法案")):
            found.append(Candidate(*match.span(group), "Instrument", "form", 3))
    for match in _NUMBERED.finditer(text):
        if not within(*match.span(), closed):
            found.append(Candidate(*match.span(), "Instrument", "number", 1))
    return found


def _in_title_case(text: str, guess: Guess) -> bool:
    """Whether a guess stands in an English headline whose words all begin with capitals."""
    if not text[guess.start].isascii():
        return False
    start = text.rfind("\n", 0, guess.start) + 1
    end = text.find("\n", guess.start)
    line = text[start : end if end >= 0 else len(text)]
    if not line.isascii() or line.endswith("."):
        return False
    words_ = [w for w in re.findall(r"[A-Za-z][A-Za-z'’-]*", line) if len(w) > 3]
    return len(words_) > 4 and sum(w[0].isupper() for w in words_) >= 0.8 * len(words_)


def _acts(text: str, hit: Found, seen: Clues) -> bool:
    """Whether a short name that may be something else does what authorities do: 获众议院通过, 中办、国办印发."""
    if hit.known.type != "Regulator" or hit.end - hit.start < 2 or text[hit.start].isascii():
        return False
    # 产业|联盟 and 电竞|委员会 are other bodies' last words
    before = text[hit.start - 1 : hit.start]
    begins = not before or before in _BEFORE_SHORT
    if not begins and not (seen.whole(hit.start, hit.end) and seen.tagged[hit.start - 1][0] in _NO_NAME_BEFORE):
        return False
    if not (hit.end >= len(text) or seen.tagged[hit.end][1]):
        return False
    if _SHORT_BODY_ACTS.match(text, hit.end):
        return True
    return bool(_SHORT_BODY_LISTED.match(text, hit.end)) and any(
        f.known.type == "Regulator" and 0 <= f.start - hit.end <= 2 and _SHORT_BODY_ACTS.match(text, f.end)
        for f in seen.found
    )


def _department(text: str, end: int, seen: Clues) -> int:
    """The end of a body's name with its department: 财政部|会计司, 司法部|国家安全司; where LAC ends a word, too."""
    if match := _OFFICE.match(text, end):
        return match.end()
    match = _DEPARTMENT.match(text, end) if text[end - 1 : end] in _MINISTERIAL else None
    if match is None:
        return end
    if _GOES_ON.match(text, match.end()):
        return match.end()  # 会计司|会同: LAC may see 司会
    if match.end() < len(text) and not seen.tagged[match.end()][1]:
        return end
    inside = {seen.tagged[i][0] for i in range(end, match.end())}
    return end if inside & {"v", "p", "c", "d", "u", "w", "PER", "r", "TIME"} else match.end()


def _two_bodies(text: str, guess: Guess, seen: Clues) -> list[Candidate]:
    """A guess that runs from one known body to another: 财政部公告和司法部. 工业和信息化部 is a known one itself."""
    if guess.type != "Regulator":
        return []
    inside = [f for f in seen.found if guess.start <= f.start and f.end <= guess.end and f.known.type == "Regulator"]
    first = next((f for f in inside if f.start == guess.start), None)
    last = next((f for f in inside if f.end == guess.end), None)
    if first is None or last is None or not first.end <= last.start <= first.end + 4:
        return []
    if first.end == last.start:  # 中办国办
        both = first.known.weak == last.known.weak and text[last.start - 1] in "办部院局" and last.end - last.start < 5
        return [Candidate(f.start, f.end, "Regulator", "known", 1) for f in (first, last)] if both else []
    if not re.search("[和与及、商]|会同", text[first.end : last.start]):
        return []
    return [Candidate(f.start, f.end, "Regulator", "known", 1) for f in (first, last)]


def unattributed(text: str, found: list[Candidate]) -> list[Candidate]:
    """Without the names that only say whom a text is from: a dateline, a source line, the reporter, an address."""
    spans = [m.span() for m in _ATTRIBUTION.finditer(text)]
    return [c for c in found if not any(a < c.end and c.start < b for a, b in spans)]


def _place(name: str) -> bool:
    reference = Reference.load()
    return reference.find_country(name) is not None or bool(reference.find_place(name))


def _without_verb(text: str, guess: Guess, seen: Clues) -> tuple[int, int]:
    """A guess without the verb, preposition or conjunction that LAC sees at its beginning: 会同市委网信办."""
    start, end = guess.start, guess.end
    legal = _FIRM.search(text[start:end])  # 逐点半导体股份有限公司: what LAC takes for an adverb belongs to it
    while (
        start < end
        and seen.tagged[start][1]
        and seen.tagged[start][0] in (("p", "c") if legal else ("p", "c", "d", "u", "v"))
        and not text[start].isascii()
    ):
        after = start + 1
        while after < end and not seen.tagged[after][1]:
            after += 1
        if after >= end:
            return end, end
        if end - after <= 2 and seen.tagged[start][0] not in ("p", "c") and after - start > 1:
            break  # 诠视|科技, 交银|国际: what LAC takes for a verb is the name's beginning
        if guess.type == "Company" and guess.probability > 0.6 and text[start:after] not in _LEADING_VERB:
            break  # 交|银施罗德, 之|江生物
        start = after
    return start, end


def _weak_guess(text: str, guess: Guess, seen: Clues) -> str:
    """What is wrong with a guess: "no", it can't be a name; "doubt", nothing but the model supports it, as yet."""
    name = text[guess.start : guess.end].strip()
    if _GENERIC.fullmatch(simplify(name)) or _FILE_NUMBER.fullmatch(name) or not re.search(r"[^\W\d_]", name):
        return "no"
    if guess.type == "Instrument" and guess.probability < 0.9 and kind_of(name) is None:
        return "no"
    if guess.type in ("Company", "Organization") and name.isascii() and guess.probability < 0.85:
        line = text[text.rfind("\n", 0, guess.start) + 1 : guess.end + 200]
        if sum(c.isascii() for c in line) > 0.8 * len(line):
            return "doubt"  # in English every sentence begins with a capital
    if guess.type == "Person" and not name.isascii():
        thought = re.match(r"新时代|[^，。]{0,4}思想", text[guess.end :])
        listed = text[guess.start - 1 : guess.start] in ("、", "，", "。", "：", "和", "与", "及", "\n", "")
        return "no" if thought or not (listed or seen.tagged[guess.start][1]) else ""
    if guess.type in ("Company", "Organization") and _VENUE.search(name):
        return "no"
    if guess.type == "Company":
        event = re.match(r"[^，。；、]{0,12}(?:博览会|大会|峰会|论坛|交易会|展览会)", text[guess.end :])
        if event and not any(f.start == guess.start and f.end == guess.end for f in seen.found):
            return "no"
        if not any(c.isascii() for c in name):
            tags = {tag for tag, _ in seen.tagged[guess.start : guess.end]}
            known = any(f.start < guess.end and guess.start < f.end and f.known.type == "Company" for f in seen.found)
            plain_words = tags <= {"LOC", "n", "v", "vn", "a", "an", "d", "f", "m", "q", "s", "t", "r", "vd", "ad"}
            if plain_words and not known and not _FIRM.search(name) and guess.probability < 0.995:
                return "doubt"
    return ""


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A guess without the marks at its edges and with its bracket closed."""
    while start < end and text[start] in " \n\u200b\ufeff，。、；：“”\"'《》（(·—-":
        start += 1
    while start < end and text[end - 1] in " \n，。、；：“”\"'《》（(·—":
        end -= 1
    # 一月三轮！|智谱, 执法周报丨|某中心: marks that no name holds
    if apart := re.search(r".*[！？!?丨｜|](?=[一-鿿]{2})", text[start:end]):
        start += apart.end()
    # The Google-owned, Mandiant's, Special Marine Services LLC (SMS): English words about a name, not of it
    if about := _ENGLISH_ABOUT.fullmatch(text, start, end):
        # 据The Information报道: in Chinese the article is the name's
        start, end = about.span("name") if not "一" <= text[end : end + 1] <= "鿿" else (start, about.end("name"))
    # D＆D Pharmatech: the model sees no name in D＆
    if start > 1 and text[start - 1] in "&＆" and text[start - 2].isascii() and text[start - 2].isalpha():
        start = (re.search(r"[A-Za-z0-9]*$", text[: start - 1]) or re.search("$", text)).start()  # type: ignore[union-attr]
    # Quantum Bloom Group| Ltd
    if text[end - 1 : end].isascii() and (legal := _LATIN_LEGAL.match(text, end)):
        end = legal.end()
    # Tech Data公司, ST中基(000972)
    if after := _AFTER_LATIN.search(text, start, end):
        end = after.start()
    # 该轮融资由甲资本、乙汽车投资。: the sentence's verb
    if text[end - 2 : end] == "投资" and text[end : end + 1] in _CLAUSE and _FUNDED_BY.search(text[:start]):
        end -= 2
    # 5.越南颁布…: the number of a headline
    if start == 0 or text[start - 1] == "\n":
        number = re.match(r"[\d.．、]+(?=[一-鿿])", text[start:end])
        if number and "." in number.group() + text[end : end + 1]:
            start += number.end()
    # 市互联网信息办公室, of which the model may leave out the first letter
    if text[start - 1 : start] in ("市", "省", "区", "县") and text[start - 2 : start - 1] in (
        "，",
        "、",
        "由",
        "和",
        "与",
        "及",
        "。",
        "：",
        "经",
        "向",
        "",
    ):
        start -= 1
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


def _shaped(text: str, found: list[Candidate], lines: list[headlines.Headline]) -> list[Candidate]:
    """The candidates with the names that headlines give away, which leave no room for others in them."""
    unfit = headlines.load().not_a_name
    for line in lines:
        whole = line.names if line.shape == "round" else (line,)
        kept = [
            c
            for c in found
            if not any(c.start < span.end and span.start < c.end for span in whole)
            and (c.end <= line.start or line.end <= c.start or not unfit.match(text[c.start : c.end]))
        ]
        for name in line.names:
            same = next((c for c in found if c.start == name.start and c.end == name.end), None)
            party = same is not None and same.type in ("Regulator", "Organization", "Person")
            type_ = same.type if same and party and name.role in ("investor", "buyer") else name.type
            kept.append(Candidate(name.start, name.end, type_, "headline", 0))
        found = kept
    return found


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
            and (candidate.reason == "known" or (candidate.type == clash[0].type and candidate.rank > 2))
            and clash[0].reason == "model"
            and clash[0].start == candidate.start
            and clash[0].end == candidate.end
        ):
            taken[taken.index(clash[0])] = candidate
    return sorted(taken, key=lambda c: c.start)


def find(doc: Doc, guesses: list[Guess], seen: Clues) -> list[Mention]:
    """Mentions in the order of the text; they don't overlap."""
    text: str = doc._.raw
    shaped = _shaped(text, candidates(text, guesses, seen), headlines.find(doc._.plain, seen))
    chosen = choose(unattributed(text, shaped))
    short = _of_no_name(text, chosen)
    named = [
        c for c in chosen if not _anonymous(text, c) and not (c.type == "Company" and text[c.start : c.end] in short)
    ]
    mentions = longest(text, [Mention(c.start, c.end, text[c.start : c.end], c.type, None, c.reason) for c in named])
    return repeat(text, agreed(_firms_named_as_people(text, mentions)))


def _of_no_name(text: str, chosen: Sequence[Candidate]) -> set[str]:
    """Abbreviations of what is no name here: Foo Connect Secure (FCS), where Foo alone is the firm."""
    ends = {c.end for c in chosen}
    found = set()
    for match in _SHORT_FORM.finditer(text):
        words_ = re.findall(r"[A-Za-z][\w’'&-]*", text[max(0, match.start() - 90) : match.start()])
        initials = "".join(w[0] for w in words_ if w[0].isupper()).upper()
        if initials.endswith(match["short"]) and len(text[: match.start()].rstrip()) not in ends:
            found.add(match["short"])
    return found


def _anonymous(text: str, name: Candidate) -> bool:
    """Whether a court calls somebody so who is to stay unnamed: 某|科技有限公司, 某公司, 张某某."""
    return text[max(0, name.start - 1) : name.start] == "某" or text.startswith("某", name.start)


def _firms_named_as_people(text: str, mentions: list[Mention]) -> list[Mention]:
    """老牌旅行社托马斯·库克: what the text calls a firm is one, though people are called so."""
    firms = {
        m.text
        for m in mentions
        if m.type == "Person"
        and (
            (
                (before := _FIRM_BEFORE.search(text[max(0, m.start - 8) : m.start]))
                and ("·" in m.text or before.group().endswith(("巨头", "财团", "基金", "机构")))
            )
            or _FIRM_BY_DEED.match(text, m.end)
            or _FORM_BEHIND.match(text, m.end)
        )
    }
    return [replace(m, type="Company") if m.type == "Person" and m.text in firms else m for m in mentions]


def longest(text: str, mentions: list[Mention]) -> list[Mention]:
    """威星物|联网 in one sentence and 威星物联网 in the next, 黄明|端: the longer name, wherever it stands."""
    reasons = ("model", "owned", "office", "slot", "listed")
    kinds = ("Company", "Person")
    names = sorted({m.text for m in mentions if m.type in kinds and m.reason in reasons})
    typed = {(m.text, m.type) for m in mentions}
    listed = {m.text for m in mentions if m.reason == "listed"}
    further: dict[str, list[str]] = {}  # names that go on from another stand right behind it in the alphabet
    for at, short in enumerate(names, 1):
        end = at
        while end < len(names) and names[end].startswith(short):
            end += 1
        further[short] = names[at:end]
    found = []
    for i, mention in enumerate(mentions):
        limit = mentions[i + 1].start if i + 1 < len(mentions) else len(text)
        longer = max(
            (
                name
                for name in (further.get(mention.text, ()) if mention.reason in reasons else ())
                if text.startswith(name, mention.start)
                and mention.start + len(name) <= limit
                and ((name, mention.type) in typed or name in listed)
            ),
            key=len,
            default=None,
        )
        if longer and mention.type in kinds:
            type_: EntityType = "Company" if longer in listed else mention.type
            mention = replace(mention, end=mention.start + len(longer), text=longer, type=type_)
        found.append(mention)
    return found


def agreed(mentions: list[Mention]) -> list[Mention]:
    """One name, one type in one text: what the model gives it most often; a known firm's short form is one."""
    votes: dict[str, Counter[EntityType]] = {}
    for mention in mentions:
        votes.setdefault(mention.text, Counter())[mention.type] += 1
    firms = [m.text for m in mentions if m.type == "Company" and m.reason == "known"]

    def of(mention: Mention) -> Mention:
        name = mention.text
        if mention.reason not in ("model", "doubt"):
            return mention
        if (
            mention.type == "Person"
            and len(name) > 2
            and (full := next((f for f in firms if f.startswith(name) and f != name), None))
        ):
            return replace(mention, type="Company", full=full)
        return replace(mention, type=votes[name].most_common(1)[0][0])

    return [of(m) for m in mentions]


def repeat(text: str, mentions: list[Mention]) -> list[Mention]:
    """Names met once, wherever else they stand: the model may know a name in one sentence and not in the next."""
    forms: dict[str, Mention] = {}
    for mention in mentions:
        if mention.reason in ("doubt", "place"):
            continue
        long_enough = len(mention.text) >= (3 if not mention.text.isascii() else 4) or mention.full
        if long_enough and mention.text not in forms:
            forms[mention.text] = mention
        # Sahara AI, and then Sahara alone
        first = re.match(r"([A-Z][A-Za-z0-9]{4,}) [A-Z]", mention.text)
        if first and mention.type == "Company" and first[1].lower() not in _COMMON and first[1] not in forms:
            forms[first[1]] = replace(mention, text=first[1], full=mention.full or mention.text)
    taken = bytearray(len(text))
    for mention in mentions:
        taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    added = []
    for form in sorted(forms, key=len, reverse=True):
        model = forms[form]
        at = text.find(form)
        while at >= 0:
            end = at + len(form)
            bare = (
                model.type in ("Instrument", "Publication")
                and len(form) <= 4
                and model.reason != "defined"
                and text[at - 1 : at] not in ("《", "“")
            )
            if not any(taken[at:end]) and _alone(text, at, end) and not bare:
                whole = form
                if form[-1].isascii() and model.type == "Company" and (legal := _LATIN_LEGAL.match(text, end)):
                    end = legal.end()
                    whole = text[at:end]
                added.append(replace(model, start=at, end=end, text=whole, reason="repeat"))
                taken[at:end] = b"\1" * (end - at)
            at = text.find(form, end)
    return sorted([*mentions, *added], key=lambda m: m.start)
