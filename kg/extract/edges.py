"""Where a guessed name begins and ends: what describes a firm is not part of its name.

由[华强资本] · [淡马锡]旗下[祥峰投资] · AR眼镜品牌[雷鸟创新] · 编排公司[Deci] · [发展改革委]联合[国家数据局]
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import replace

from kg.extract import words
from kg.extract.recogniser import Clues, Guess
from kg.ids import normalise
from kg.reference import Reference

_BEFORE_NAME = words.pattern("before-name")
_AFTER_NAME = words.pattern("after-name")
_DESCRIBED = words.pattern("describes-firm")
_FIRM_TAIL = words.pattern("firm-tail")
_PARTS = re.compile(
    r"旗下(?:的|全资|控股)?(?:子公司)?|(?<=[一-鿿]{2})母公司(?=[一-鿿A-Za-z]{2})|(?<=[委部局署院会办厅])(?:联合|会同|牵头)(?=[一-鿿]{2,14}[委部局署院会办厅行]$)"
)
_FIRM = words.pattern("firm-ending")
_BODY = re.compile("(?:厅|局|发改委|网信办|证监局|人民政府|法院|检察院)$")
_ONLY_END = re.compile(
    "(?:投资|科技|国际|控股|传媒|证券|新材|光电|智能|生物|资本|医药|网络|数据|信息|创投|集团|股份|软件|机器人|半导体)"
)
_NO_NAME_TAGS = frozenset({"v", "p", "c", "d", "u", "w", "r", "m", "q", "vd", "TIME"})
_SMALL_WORDS = "的在和与对向由被给把将据从为以及等因经按受获超近约不其该某各有是新老原前现让到于购投而但也又称说"
_SAID_OF = re.compile("(?:附属公司|子公司|孙公司)(?=[一-鿿（）()]{4,}公司$)")
_BOTH = re.compile("(?P<and>以及|[及和与])(?=[一-鿿A-Za-z]{2,10}(?:资本|创投|基金|投资|集团|科技|银行|证券|公司)$)")
_COUNTED = re.compile(f"等?(?:{words.pattern('collective').pattern})(?:已|共同|联合|近日|日前)*$")
_SEATED_BODY = re.compile("(?:署|局|委员会|交易所|办公室)$")
_AT = re.compile("[在于赴至到抵访离]$|来自$")
_BRANCH = re.compile(
    "(?:人寿|财险|保险|银行|证券|基金|资管|信托|投资|资本|创投|汽车|科技|健康|医疗|医药|能源|地产|置业|物流|传媒|集团|控股|股份|国际)"
)
_FIELD = re.compile("人工智能|云计算|半导体|芯片|游戏|广告|数据中心|汽车|手机|电商|支付")
_UNIT = re.compile("业务|部门|事业部|团队|芯片|产品|平台|系统|解决方案")
_MEMBER = re.compile("(?:资深)?(?:会员|委员|理事|院士)(?:以及|及|和|兼|与|、)")
_DEALER = re.compile("(?:研发|开发|供应|制造|服务|生产|运营|设计|提供|集成|零售|经销|承包|代理)$")
_EXCHANGE = re.compile("(?:联交所|港交所|上交所|深交所|北交所)$")
_SELF = re.compile("[一-鿿]{2}(?:人寿|银行|证券|保险|财险|集团|股份|科技|汽车)$")
_SLOTS = words.each("slot-firm")
_NO_SLOT = words.pattern("not-slot-firm")
_ACTED_ON = re.compile("旗下|的|收购|投资|领投|与|和|对|将|以|获|向")
_INNER_VERB = re.compile("(?:投资|领投|跟投|参投|收购|入股|增持|参股|控股|起诉|并购)")
_LATIN_NAME = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z][A-Za-z0-9]*(?:[.&'’-][A-Za-z0-9]+)*|[a-z]{1,3}[A-Z0-9][A-Za-z0-9]+)"
    r"(?: (?:[A-Z][A-Za-z0-9.&'’-]*|of|and|the|de)){0,4}(?<! of)(?<! and)(?<! the)(?<! de)"
)
_QUOTED = words.pattern("quoted-firm")
_ENGLISH = words.pattern("english-firm")
_IN_A_SENTENCE = words.pattern("in-a-sentence")
_INSTITUTION = re.compile("(?:研究所|研究院|大学|学院|基金会|实验室|研究中心)$")
_LATIN_PERSON = re.compile(r"[A-Z][A-Za-zÀ-ɏ.'’-]*(?: [A-Za-zÀ-ɏ.'’-]+)+(?=\s?[一-鿿])")
_TWO_SCRIPTS = re.compile(r"(?P<han>[一-鿿·]{2,})\s?[（(](?P<latin>[A-Za-z][A-Za-z0-9.&,'’ -]{2,})[）)]")
_LATIN_TWICE = re.compile(
    r"(?P<name>[A-Z][A-Za-z0-9.&,'’ -]{2,}?)\s?[（(](?P<again>[A-Z][A-Za-z0-9.&,'’ -]+)[）)]?(?:股份|股权)?"
)
_HEADED = re.compile(
    r"(?P<firm>[A-Z][A-Za-z0-9.&'’ -]+?) (?:CEO|CFO|CTO|COO) (?P<person>[A-Z][a-z]+(?: [A-Z][A-Za-z.'’-]+)+)"
)
_HAN_HEADED = re.compile(r"(?<=[A-Za-z0-9])\s?(?:CEO|CFO|CTO|COO)(?=[一-鿿]{2})")
_OWNER = re.compile(
    "[一-鿿]{1,6}(?:·[一-鿿]{1,8})+(?:旗下|拥有|创办|创立)?的(?=.{2,})|[一-鿿]{2,4}的(?=[A-Za-z][A-Za-z0-9]+$)"
)
_BOUGHT = re.compile(r"\b(?:[Aa]cquires?|[Aa]cquired|[Bb]uys?|[Bb]ought|(?:acquisition|purchase|takeover|buyout) of) $")
_SENTENCE_END = re.compile(r"(?<=[a-z]{3})\. (?:The|A|An|It|Its|In|This|That) ")
_DATE_STOP = re.compile(r"(?<=, \d{4})\. (?=[A-Z])")
_PERSON_STOP = re.compile(r"(?<=[a-z]{2})\. (?=[A-Z][a-z]+ [A-Z])")
_FULL_STOP = re.compile(r"(?<=[a-z]{4})(?<!Corp)(?<!Bros)\. (?=[A-Z])")
_WHOSE = re.compile(
    r"(?:[Tt]he )?(?P<owner>[A-Z][A-Za-z. ]{1,24}?)['’]s (?=[A-Z])"
    r"|(?P<owned>[A-Z][A-Za-z0-9.& ]{1,30})-(?:backed|owned|based|controlled) (?=[A-Z])"
)
_ARTICLE = re.compile("(?<![A-Za-z])The $")
_LATIN_LETTER = re.compile("[A-Za-z]")
_INSTITUTE_TAIL = re.compile("(?<=研究所|研究院)[一-鿿]{2,5}(?<![心所院部室会处局组站团队系厅])$")
_POLITE = re.compile("(?<=[一-鿿]{2})(?:先生|女士|博士|教授|院士|律师)$")
_LEGAL_NAME = re.compile(r"[一-鿿（）()]{4,24}?(?:股份|有限责任|有限)公司")
_LATIN_BEHIND = re.compile(
    r"\s?[（(](?!\w*(?:[Dd]eutsche|British|American|Japan|Korea|French|Royal|Nation))[A-Z][a-z]+[A-Za-z.&'’ -]*[）)]"
)
_TRADE_BEHIND = re.compile("行业|赛道|板块|领域|产业(?![园基投集链带])")
_OFFICE_FIRST = re.compile("(?:CEO|CFO|CTO|COO|CMO|CISO|CIO|VP|SVP|EVP) ")
_CAPITAL = re.compile("市场|结构|运作|支出|充足|金融|项目|利得|开支|公积")
_FIRM_WITHIN = re.compile("有限(?:责任)?公司(?=[一-鿿]{2,8}部)")
_HAN_BEHIND = re.compile("(?<=[A-Za-z0-9])[一-鿿]+")
_HAN_LETTER = re.compile("[一-鿿]")
_LAW = re.compile("[一-鿿]{2,}(?:法|条例|办法|规定)$")
_NO_NAME = words.pattern("latin-no-name")
_BRACKETED_NUMBER = re.compile(
    r"第?\s?[A-Z]{0,4}\s?\d[\d/〔〕\[\]\-—. ]*号(?:条例|指令|决定|法案|法律|令|公告)?(?=[）)])"
)


def tidy(text: str, guesses: Iterable[Guess], seen: Clues) -> list[Guess]:
    """The guesses, each cut to its name, or in two where it is two names."""
    known = {(f.start, f.end) for f in seen.found}
    found: list[Guess] = []
    for one in guesses:
        for guess in _told_apart(text, one):
            found += _tidied(text, guess, known, seen)
    return _without_describers(text, found, seen)


def _tidied(text: str, guess: Guess, known: set[tuple[int, int]], seen: Clues) -> list[Guess]:
    if guess.type == "Company":
        guess = _whole(text, guess, seen)
    if guess.type in ("Company", "Organization", "Regulator") and (guess.start, guess.end) not in known:
        return _cut(text, _with_place(text, guess, seen), known, seen)
    if guess.type == "Instrument" and (guess.start, guess.end) not in known:
        return _documents(text, guess)
    return [guess]


def _with_place(text: str, guess: Guess, seen: Clues) -> Guess:
    """香港|投资推广署, 天津|排放权交易所: the place right before a body's name belongs to it."""
    start = guess.start
    if guess.type == "Company" or not _SEATED_BODY.search(text[guess.start : guess.end]):
        return guess
    if not start or seen.tagged[start - 1][0] != ("LOC" if seen.tagged[start][1] else "ORG"):
        return guess
    start -= 1
    while start and not seen.tagged[start][1]:
        start -= 1
    place = text[start : guess.start]
    before = text[max(0, start - 2) : start]
    if Reference.load().find_place(place) or Reference.load().find_country(place):
        return guess if _AT.search(before) else replace(guess, start=start)
    return guess


def _told_apart(text: str, guess: Guess) -> list[Guess]:
    """A guess in two scripts, as the name that it is: Michael Intrator|曾明言, 百威英博|(Anheuser-Busch InBev)."""
    name = text[guess.start : guess.end]
    if guess.type == "Company" and (office := _OFFICE_FIRST.match(name)):
        return [replace(guess, start=guess.start + office.end(), type="Person")]
    # European Digital Identity Regulation.| The Commission
    if stop := _SENTENCE_END.search(name):
        return [replace(guess, end=guess.start + stop.start())]
    # byFounders.| Datadog CEO Olivier Pomel
    ends = _DATE_STOP if guess.type == "Instrument" else _PERSON_STOP if guess.type == "Person" else _FULL_STOP
    if stop := ends.search(name):
        ended = replace(guess, end=guess.start + stop.start())
        if guess.type == "Instrument":
            return [ended]
        return [ended, *_told_apart(text, replace(guess, start=guess.start + stop.end()))]
    if guess.type not in ("Company", "Organization", "Regulator", "Person"):
        return [guess]
    if guess.type == "Person":
        if _LATIN_LETTER.match(name) and _BOUGHT.search(text[max(0, guess.start - 24) : guess.start]):
            return [replace(guess, type="Company")]  # will buy Adaptive Shield
        if polite := _POLITE.search(name):
            return [replace(guess, end=guess.start + polite.start())]
        if _INSTITUTION.search(name) and len(name) > 4:
            return [replace(guess, type="Organization")]
        if (latin := _LATIN_PERSON.match(name)) and latin.end() < len(name):
            return [replace(guess, end=guess.start + latin.end())]
        return [guess]
    if guess.type == "Organization" and (member := _MEMBER.search(name)):
        at = guess.start
        return [replace(guess, end=at + member.start()), replace(guess, start=at + member.end())]
    # IBM's| QRadar, the UK's| Information Commissioner: whose it is
    if (whose := _WHOSE.match(name)) and _owns(whose["owner"]):
        return [replace(guess, start=guess.start + whose.end())]
    if both := _TWO_SCRIPTS.fullmatch(name):
        at = guess.start
        return [replace(guess, start=at + both.start(n), end=at + both.end(n)) for n in ("han", "latin")]
    if again := _LATIN_TWICE.fullmatch(name):
        at = guess.start
        return [replace(guess, start=at + again.start(n), end=at + again.end(n)) for n in ("name", "again")]
    if headed := _HEADED.match(name):
        at = guess.start
        return [
            replace(guess, end=at + headed.end("firm")),
            replace(guess, start=at + headed.start("person"), end=at + headed.end("person"), type="Person"),
        ]
    # AMD| CEO苏姿丰汇报: an officer behind the firm
    if officer := _HAN_HEADED.search(name):
        return [replace(guess, end=guess.start + officer.start())]
    # 埃隆·马斯克的|xAI: whose firm it is
    if guess.type == "Company" and (owner := _OWNER.match(name)):
        return [replace(guess, start=guess.start + owner.end())]
    # 据The Information报道: within Chinese the article belongs to the name
    if _ARTICLE.search(text[max(0, guess.start - 5) : guess.start]) and _LATIN_LETTER.match(name):
        return (
            [replace(guess, start=guess.start - 4)] if _HAN_LETTER.match(text[guess.end : guess.end + 1]) else [guess]
        )
    return [guess]


def _owns(owner: str | None) -> bool:
    """Whether a possessive says whose a body or a firm is: a country's, or a known name's; McDonald's is neither."""
    if owner is None:
        return True  # X-backed
    reference = Reference.load()
    return bool(reference.find_country(owner) or reference.find_place(owner) or normalise(owner) in reference.strong)


def _whole(text: str, guess: Guess, seen: Clues) -> Guess:
    """诠视|科技: what is only the end of a firm's name has its beginning before; 安徽人社厅 is no firm."""
    name = text[guess.start : guess.end]
    if _BODY.search(name) and len(name) > 3:
        return replace(guess, type="Regulator")
    if _ONLY_END.fullmatch(name) and guess.start:
        start = guess.start - 1
        while start and not seen.tagged[start][1]:
            start -= 1
        word = text[start : guess.start]
        if seen.tagged[start][0] not in _NO_NAME_TAGS and not _DESCRIBED.search(word + "X") and 1 < len(word) < 5:
            return replace(guess, start=start)
    # 胜|通光科 wherever it stands: a letter that always stands before a name belongs to it
    if 2 <= len(name) <= 4 and text.count(name) > 2 and guess.start:
        before = {text[m.start() - 1 : m.start()] for m in re.finditer(re.escape(name), text)}
        if (
            len(before) == 1
            and "一" <= (c := before.pop()) <= "鿿"
            and c not in _SMALL_WORDS
            and not _FIRM.search(name)
        ):
            return replace(guess, start=guess.start - 1)
    return guess


def _cut(text: str, guess: Guess, known: set[tuple[int, int]], seen: Clues) -> list[Guess]:
    start, end = guess.start, guess.end
    if guess.type == "Company" and (start, end) not in known and _TRADE_BEHIND.match(text, end):
        return []  # 松岭医美|行业
    if guess.type == "Company" and text.endswith("资本", start, end) and _CAPITAL.match(text, end):
        return []  # 深圳资本|市场
    # 甲基金管理有限公司|权益投资部: a firm's department is the firm's
    if guess.type != "Company" and (within := _FIRM_WITHIN.search(text, start, end)) and within.end() < end:
        return [replace(guess, end=within.end(), type="Company")]
    if (
        text[start] == "商"
        and guess.type == "Company"
        and _DEALER.search(text[max(0, start - 2) : start])
        and end - start > 3
    ):
        start += 1  # 研发|商贝丰科技, by LAC
    # 京东|豪掷: LAC sees no end of a word where the guess ends, and a known name ends before
    whole = max((b for a, b in known if a == start and b < end), default=None)
    if whole is not None and end < len(text) and not seen.tagged[end][1] and not _BRANCH.fullmatch(text[whole:end]):
        end = whole
    # AMD人工智能|业务: what a known firm does
    if whole is not None and _FIELD.fullmatch(text[whole:end]) and _UNIT.match(text, end):
        end = whole
    # 向Constellation Energy|购电: a verb, by LAC, behind a Latin name
    if (latin := _HAN_BEHIND.search(text, start, end)) and latin.end() == end and guess.type == "Company":
        tag, begins = seen.tagged[latin.start()]
        if begins and tag in ("v", "vd", "d", "p"):
            end = latin.start()
    if lead := _BEFORE_NAME.match(text, start, end):
        start = lead.end()
    if tail := _AFTER_NAME.search(text, start, end):
        end = tail.start()
    # 中央银行机构|香港金融管理局: a known body behind what it is
    if guess.type == "Regulator":
        behind = [a for a, b in known if b == end and a - 2 > start and text[a - 2 : a] in ("机构", "部门", "当局")]
        start = behind[0] if behind else start
    # 甲院云计算研究所|大数据: where an institute ends and a piece of a department begins
    if guess.type == "Organization" and (tail := _INSTITUTE_TAIL.search(text, start, end)) and tail.start() - start > 3:
        end = tail.start()
    # 国务院国资委|六部门: how many a list has; 第三机构 and 三部门 alone are none
    if guess.type != "Company" and (count := _COUNTED.search(text, start + 3, end)) and text[count.start() - 1] != "第":
        end = count.start()
    for ending, goes_on in (
        ("所", "拥持属控占有"),
        ("持", "有"),
        ("实际", "控持已"),
        ("之", "0123456789全股"),
        ("昨", "晚日"),
        ("今", "日晚天年"),
        ("最新", "完"),
        ("于", "日近昨"),
        ("拟", "以向通收"),
        ("将", "以向于"),
        ("之", "0123456789百全"),
        ("豪", "掷"),
        ("控股", "股"),  # X控股|股东
        ("公告", "：:称，"),  # X公告：拟…
    ):
        if text[start:end].endswith(ending) and text[end : end + 1] and text[end] in goes_on:
            end -= len(ending)
    # 由长安汽车控股的阿维塔: the verb
    if text[start:end].endswith("控股") and text[end : end + 1] == "的" and text[start - 1 : start] in ("由", "被"):
        end -= 2
    # 世茂集团|联交所公告: where a firm announces
    if (exchange := _EXCHANGE.search(text, start, end)) and exchange.end() == end and guess.type != "Regulator":
        firm = text[start : exchange.start()]
        if (start, exchange.start()) in known or _FIRM.search(firm) or _ONLY_END.search(firm[-3:]):
            return [replace(guess, end=exchange.start(), type="Company")]
    for verb in _INNER_VERB.finditer(text, start, end):
        # 软银|投资顾问公司 is one firm
        first = (start, verb.start()) in known or (
            _SELF.search(text[start : verb.start()]) and _FIRM.search(text[verb.end() : end])
        )
        if first and end - verb.end() >= 3 and not _FIRM_TAIL.match(text[verb.end() : end]):
            type_ = "Company" if guess.type == "Regulator" else guess.type
            return [
                replace(guess, start=start, end=verb.start(), type=type_),
                replace(guess, start=verb.end(), end=end, type=type_),
            ]
    if guess.type == "Company":
        # 资附属公司日清食品（中国）投资有限公司: what is said of a firm before its legal name
        if said := _SAID_OF.search(text, start, end):
            start = said.end()
        for both in _BOTH.finditer(text, start, end):
            at = both.start("and")
            if at - start >= 3 and seen.tagged[at][0] == "c":
                left = replace(guess, start=start, end=at)
                return [left, *_cut(text, replace(guess, start=both.end("and"), end=end), known, seen)]
    for part in _PARTS.finditer(text, start, end):
        if part.start() - start >= 2 and end - part.end() >= 2:
            left = replace(guess, start=start, end=part.start())
            return [left, *_cut(text, replace(guess, start=part.end(), end=end), known, seen)]
    if guess.type == "Company":
        start = without_description(text, start, end, known)
        start = _without_country(text, start, end, known)
    return [replace(guess, start=start, end=end)] if end - start >= 2 else []


def _without_country(text: str, start: int, end: int, known: Container[tuple[int, int]]) -> int:
    """芬兰|亚玛芬体育（Amer Sports）: where a firm is from, if its Latin name beside doesn't say so."""
    latin = _LATIN_BEHIND.match(text, end)
    if latin is None or (start, end) in known:
        return start
    for length in range(2, min(6, end - start - 3)):
        country = text[start : start + length]
        if country != "中国" and Reference.load().find_country(country):
            return start + length
    return start


def _documents(text: str, guess: Guess) -> list[Guess]:
    """办法根据|网络安全法, 反不正当竞争法|以及|个人信息保护法: laws without 《》 in a sentence."""
    start = guess.start
    if "《" in text[start : guess.end]:
        return [guess]
    # 《人工智能法》（|第2024/1689号条例）: the number of what stands before
    number = _BRACKETED_NUMBER.match(text, start)
    if number and number.end() == guess.end and re.search(r"》\s?[（(]$", text[max(0, start - 3) : start]):
        return []
    if before := _IN_A_SENTENCE.match(text[start : guess.end]):
        start += before.end()
    parts = re.split("(以及|及|和|与|、)", text[start : guess.end])
    if len(parts) == 3 and all(_LAW.search(p) for p in parts[::2]):
        middle = start + len(parts[0])
        return [replace(guess, start=start, end=middle), replace(guess, start=middle + len(parts[1]))]
    return [replace(guess, start=start)]


def without_lead(text: str, start: int, end: int) -> int:
    """Where a name begins that what stands before it was taken for: 由华强资本."""
    lead = _BEFORE_NAME.match(text, start, end)
    return lead.end() if lead else start


def without_description(text: str, start: int, end: int, known: Container[tuple[int, int]] = ()) -> int:
    """Where the name begins behind the words that describe it: 科创板公司|上纬新材."""
    for word in _DESCRIBED.finditer(text, start, end):
        rest = text[word.end() : end]
        if len(rest) >= 2 and not _FIRM_TAIL.match(rest) and (start, word.end()) not in known:
            start = word.end()
    return start


def described(text: str) -> list[tuple[int, int]]:
    """Names right behind a word for a firm, Latin or in quotation marks, whatever the model says: 编排公司Deci."""
    found = []
    for match in _LATIN_NAME.finditer(text):
        if _OFFICE_FIRST.match(match.group()):
            continue  # X公司CEO Jane Roe
        before = text[max(0, match.start() - 12) : match.start()].rstrip("“‘「 ")
        if any(m.end() == len(before) for m in _DESCRIBED.finditer(before + text[match.start()])):
            name = match.group()
            # Suno5月21日宣布
            end = match.start() + len(
                name.rstrip("0123456789") if text[match.end() : match.end() + 1] == "月" else name
            )
            if not _NO_NAME.fullmatch(name) and end - match.start() > 1:
                found.append((match.start(), end))
    for match in [*_QUOTED.finditer(text), *_ENGLISH.finditer(text)]:
        if not _NO_NAME.fullmatch(match["name"]):
            found.append(match.span("name"))
    return found


def slots(text: str, seen: Clues) -> list[tuple[int, int]]:
    """Names that only their place gives away: 收购晶圆代工厂高塔半导体，… 转让给博报堂。"""
    found = []
    for pattern in _SLOTS:
        for match in pattern.finditer(text):
            start, end = match.span("name")
            name = match["name"]
            if _NO_NAME.fullmatch(name) or (not name.isascii() and _NO_SLOT.search(name)):
                continue
            if name.isascii() or (seen.whole(start, end) and _unusual(text, start, end, seen)):
                found.append((start, end))
    return found


def _unusual(text: str, start: int, end: int, seen: Clues) -> bool:
    """Whether words are no plain phrase: LAC knows a name in them, or a word that isn't one of two letters."""
    starts = [i for i in range(start, end) if seen.tagged[i][1]]
    tags = {seen.tagged[i][0] for i in starts}
    if tags & {"u", "p", "d", "c", "r", "m", "w", "f", "q", "t", "TIME", "xc"}:
        return False
    lengths = {b - a for a, b in zip(starts, [*starts[1:], end], strict=True)}
    return bool(tags & {"PER", "ORG", "nz", "nw"}) or lengths != {2}


def _without_describers(text: str, guesses: list[Guess], seen: Clues) -> list[Guess]:
    """云网络 in 云网络可视化公司Samknows is what the firm does."""
    names = {start for start, _ in described(text)} | {g.start for g in guesses if g.type == "Company"}
    names |= {f.start for f in seen.found if f.known.type == "Company"}
    kept = []
    for guess in guesses:
        if guess.type == "Company" and not any(f.start == guess.start and f.end == guess.end for f in seen.found):
            run = re.compile(r"[一-鿿]{0,8}").match(text, guess.end)
            limit = run.end() if run else guess.end
            says = next(
                (
                    m
                    for m in _DESCRIBED.finditer(text, guess.end, limit + 1)
                    if m.end() in names or _LEGAL_NAME.match(text, m.end())
                ),
                None,
            )
            what = text[guess.end : says.start()] if says else ""
            named = text[guess.start : guess.end]
            # 大润发|母公司高鑫零售: whose parent the second is
            if says and says.group() != "母公司" and not _ACTED_ON.search(what) and not _FIRM.search(named):
                continue
        kept.append(guess)
    return kept
