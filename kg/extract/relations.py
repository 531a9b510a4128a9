"""Relations between the mentions of a text: the grammar sentence by sentence, with what carries over between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations

import yaml

from kg.extract import grammar, numbers, sentences, signatures, terms, words
from kg.extract.dates import When, find_dates
from kg.extract.grammar import Grammar, Match
from kg.extract.kinds import is_draft, is_draft_behind, without_tail
from kg.extract.outline import MENTIONS, Outline, Thing, letters, outline
from kg.extract.plain import simplify
from kg.ids import normalise
from kg.items import Mention, Raise, Relation, Said, Terms, Unused
from kg.reference import Reference
from kg.settings import asset

_DEALS = ("acquires", "investsIn")
# 该框架落实《X》《Y》，由甲编制: what something rests on isn't what the sentence is about
_RESTS_ON = re.compile(
    f"(?:落实|根据|依据|贯彻|按照|遵照|遵循|基于|依照|执行|对现行的?|对原有?的?)[^，。；]{{0,8}}(?:[{letters('Instrument')}][、和与及以]*)*$"
)
# 两份文件系为落实…, 清单根据…: all those that were told of
_SEVERAL = re.compile(
    "(?:[^，。；]{0,8}，)?(?:上述|这|以上|前述|该)?(?:(?:[两二三四五六七八九十]|\\d+)(?:份|项|部|个|件)(?:文件|标准|清单|办法|规定|指南|征求意见稿|文本|法规|规章|细则|指引|规则|草案|技术文件)|清单)(?=[^，。；]{0,4}?(?:系|是|均|都|由|根据|依据|为|旨在|共同|分别))"
)
# 将研究制定《X》，会同乙局出台《Y》: what is planned of the one is of the other
_AHEAD_TOGETHER = re.compile("(?:将(?!于)|拟|计划|正抓紧)[^。；]*，(?:并|还)?(?:会同|联合)$")
_ITS_OFFICER = re.compile(
    f"的?(?:CEO|CTO|COO|首席执行官|创始人|联合创始人|董事长|总裁|总经理|老板|掌门人|(?:大|控股)?股东){{1,3}}(?P<who>[{letters('Person')}])"
)
_ACTS_HIMSELF = re.compile("[^，。；]{0,6}(?:与|和|同|向|对)|(?:日前|近日)?(?:个人|本人|以个人名义)")
_ROUND_TOLD = re.compile(
    f"(?:完成|获得?)了?[^，。；]{{0,8}}?(?:[{letters('Round')}{letters('Money')}]的?){{1,2}}[^，。；]{{0,6}}?融资"
)
# what may stand before 完成…融资 without naming another firm
_WHEN_RAISED = re.compile(
    f"[{letters('Date')}]|此前|此外|同时|今年|去年|前年|当年|随后|之后|目前|曾|还|又|再次?|已经?|也|均|都|于|在|近日|日前|同日|同期|当天|其中?|"
    "该?公司|该企业|团队|项目|品牌|平台|宣布|表示|透露|正式|顺利|成功|陆续|相继|连续|先后|共|累计|[上下]半年|[年月]|[初底末]|[本此该]轮|，"
)
_CARRIES = re.compile("(?:现将|现发布|现公布|现印发|制定了|编制了|修订了|制定)《?$")
_CARRIED = re.compile(
    "》?(?:[（(][^（）()]{1,40}[）)])?(?:已经?[^。；]{0,40}(?:同意|通过|批准)|，?现(?:印发|予公布|予以公布|公布|发布|转发)|印发给|予以公布)"
)
_LINE = re.compile(r"(?:^|\n)$")
# what only a notice has: its number on a line, or the words by which it hands on
_OFFICIAL = re.compile(
    r"(?:^|\n)\s*[一-鿿]{2,12}(?:〔|\[)(?:19|20)\d{2}(?:〕|\])\s?(?:第\s?)?\d+\s?号\s*(?:\n|$)|现印发给?你们|现转发给?你们|(?:公告|通知|通告)如下"
)
_HEREBY = re.compile(
    "(?:根据|按照|依据|依照|为(?:深入|全面|认真|进一步)*(?:贯彻落实|贯彻|落实|细化))[^。；\n]{0,200}?，(?P<hereby>(?:经[^，。；]{2,30}，)?(?:现就|现将|现对|特制定|制定本|提出(?:如下|以下)|作出如下))"
)
_NOT_DONE = re.compile(
    "(?:(?<!毫)(?<!排除)不(?:会|想|愿|打算|准备|予|拟|计划)?(?:进一步|继续)?|没有(?:计划|打算|考虑)?|并未|尚未|从未|未曾|无意|无计划)(?:再|进行|参与|直接|对)?$"
)
_OWN_TITLE = re.compile(
    "(?:总统|总理|首相|部长|大臣|州长|省长|市长|主席|总裁|董事长|总经理|创始人|局长|署长|主任|院长|会长|教授|院士|CEO|CFO|CTO)$"
)
_HEARSAY = words.pattern("hearsay")
_CONSULT = words.pattern("consultation")
_COLLECTIVE = words.pattern("collective")


# a firm behind these is acted on or quoted, and isn't what the sentence is about
_ASIDE = words.pattern("aside")
_ELSEWHERE = re.compile("(?:在|来自|毕业于|加入|离开|就职于|任职于|供职于|由|被|对|与|向|给|从|和|、|股东|子公司)$")
_JOINED = re.compile("入股|增资|注资|参股")
_MAJORITY = Decimal("0.5")
_CONTROL = Decimal("0.3")  # the share from which control is taken: the threshold of a mandatory offer
_NOT_INVESTED = words.pattern("not-invested")
_DEBT = words.pattern("debt")
_FUND = re.compile("(?:资本|基金|创投|投资|Capital|Ventures|Partners)$")
_LATTER = re.compile("后者[^，。；]{0,12}(?:以|作价|价格|报价|估值)")
_AHEAD = words.pattern("ahead")
_PAPER = re.compile("(?:协议|合同|备忘录|意向书|协议书)$")
_THIS_ROUND = re.compile("(?:本|此|该|这)轮|(?:本次|此次)(?:融资|投资)")
_LEADS = re.compile("[（(](?:联合|共同)?领投(?:方|机构)?[）)]")
_SELLER = re.compile(
    "(?:向|从)(?:其|公司|间接|直接|最终|控股|第[一二三]大|大|原|关联|独立|私募|投资|股东|母公司|第三方|卖方|交易对方|机构|关联方)*$"
)
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")
_SELLERS = re.compile("(?:向|从)(?![^，。；]*(?:收购|购买|受让|买下))[^，。；]{1,40}[、和及与]$")
_FIRM_OF = re.compile(
    "(?:的)?(?:旗下|下属|之?(?:全资|控股)(?:子公司|附属公司)?|(?:全资|控股|间接)*(?:子公司|附属公司))(?:公司|企业|基金|机构)?[）)]"
)
_PRICE_TOLD = re.compile(
    "交易(?:价|金额|额|对价|总价|作价|规模|总额)|对价|代价|总价|收购价|成交价|作价|(?:估计|估算|预计|透露)(?:价格|金额|作价)"
    "|(?:这|该)笔[^，。；]{0,6}[\ue600-\ue6ff]的?(?:交易|收购|并购|买卖|投资)"
)
_RAISED_TOLD = re.compile("融资(?:总)?(?:金?额|规模|金额)(?:合计|共计|达到?|为|约|近|超过?|逾)*$")
_CLOSED = re.compile(
    "(?:交易|收购(?:事项)?|并购|合并)(?:[^，。；]{0,24})(?:已|均已|正式|宣布|顺利)[^，。；]{0,14}(?:完成|交割|完毕)(?!后|之后|时|前|的)"
    "|(?:交易|收购)(?:事项)?(?:交割|过户)(?:完成|完毕)(?!后|之后|时|前|的)"
)
_NOT_YET = re.compile("预计|有望|尚|未|若|如|待|将|拟|计划|一旦|融资|认购")
_WAS_PLANNED = re.compile("原拟|原计划|原定|按原方案|根据原方案")
_CALLED_OFF = re.compile(
    "(?:终止|取消|放弃)了?(?:实施)?(?:本次|此次|该|上述|这[一笔次项]|筹划)?(?:的)?(?:重大资产)?(?:交易|重组|收购|合并)"
)
_UNDER_WAY = words.pattern("under-way")
_MAKES = ("制定", "修订")
_IT = re.compile(r"(?:it|It|[Tt]he company)\b")
_ACTED_ON = re.compile("(?:收购|并购|入股|投资了|领投|起诉|买下|拿下)[^，。；：]{0,24}$")
_COURT = words.pattern("court")
_DENIED = words.pattern("denied")
_ANNOUNCES = words.pattern("announcing")
_CALLED_FIRM = words.pattern("called-firm")
_SELF_ANNOUNCED = re.compile(r"(?:^|[，。；\n])公司[^，。；]{0,10}(?:公告|披露|公布|收到)")
_SHARE = re.compile(r"\s?[（(](?:[A-Z]{2,4}\s?[:：]\s?)?\d{4,6}(?:\.[A-Z]{2})?[,，）)]")
_IN_ONE_LIST = re.compile(f"[{MENTIONS}]+(?:[、和与及]|以及)(?:[{MENTIONS}]+(?:[、和与及]|以及)?)*")
_WITH = re.compile("(?:与|和|同)[^，。；、]{0,10}$")
# rules by which a purchase may be told as an investment, too
_CALLED_INVESTMENT = frozenset(
    (
        "invest",
        "invest-to",
        "invest-nominal",
        "acquire-stake",
        "acquire-stake-topic",
        "invest-handed",
        "invest-handed-to",
        "invest-transfer",
    )
)
# rules whose buyer may be the one that an agreement is signed with: 与甲达成协议，将乙出售给对方
_TO_PARTNER = frozenset(("acquire-sell", "acquire-transfer", "acquire-sold"))
_HOLDER_BETWEEN = re.compile("股东|投资人|投资者|实控人|实际控制人|一致行动人")
# 华润置地旗下的华润万象…: the second is what it is about
_UNDER = re.compile(f"的|母公司|旗下(?!拥有|还|有|包括|设)的?[^，。；{MENTIONS}]{{0,12}}[{letters('Company')}]")
# who is described in its own paragraph: 比亚迪半导体主营…。去年，公司完成A轮融资
_DESCRIBES = re.compile(
    "(?:(?:[^，。；]{0,8}年)?(?:成立|创立|创办|诞生)于|主营|主要从事|专注于?|是一家|总部位于|(?:[^，。；]{0,8}年)成立)"
)
_EXCHANGE = re.compile(
    "(?:[一-鿿]{2,4}(?:证券|联合)?交易所|[上深北港联纽伦]交所|港股|美股|纳斯达克|纳指|NASDAQ|Nasdaq|NYSE|HKEX)"
)
_LISTED_BEHIND = re.compile(r"\s?(?:主板|创业板|科创板|北交所)?(?:挂牌|上市|退市|交易|[:：])")
_LISTED_BEFORE = re.compile("(?:登陆|登录|在|于|从|自|赴|撤离|选择)$")
_GROUP = "(?:财团(?!法人)|买方团|买方集团|投资者团|投资团|联合体)"
_MADE_OF = re.compile(f"由(?P<members>[^。；\n]{{2,90}}?)(?:共同)?组成的[^，。；\n]{{0,10}}?{_GROUP}")
_LED = re.compile(f"(?P<members>[{MENTIONS}]牵头，?联合[^。；\n]{{2,80}}?)(?:共同)?组成[^，。；\n]{{0,8}}?{_GROUP}")
_MADE_UP = re.compile(f"{_GROUP}(?:成员)?(?:由|包括)(?P<members>[^。；\n]{{2,90}}?)(?:共同)?(?:组成|构成|$|(?=[。；]))")
_OFFICE_BEHIND = re.compile(
    f"的?[^，。；、{letters('Company')}]{{0,16}}?(?:董事|主席|总裁|经理|执行官|创始人|CEO|CFO|CTO|掌门人|控制人)[^，。；、]{{0,8}}?[{letters('Person')}]"
)
_FIRMS_OFFICE = words.pattern("firms-office")
_LEGISLATURE = words.pattern("legislature")
_SPEAKS = words.pattern("speaks")
_OFFICE_OF = re.compile(
    rf"[{letters('Regulator')}][^，。；\n]{{1,12}}$|(?:总理|部长|主席|局长|署长|首相|主任|书记|秘书长|负责人|董事长|总裁|首席执行官|CEO|代表|委员)$"
)
_DRAFT_BEHIND = re.compile("[^，。；]{0,4}(?:草案|议案|提案|修订稿|意见稿|送审稿|讨论稿)")
_OPENS = re.compile(r"》?\s?[（(]")
_NEXT_BODY = re.compile("[ 、]?")
_ORDER_NUMBER = re.compile(r"(?:令|公告)\s?(?:[〔\[（(]?(?:19|20)\d{2}[〕\])）]?年?\s?)?第?\s?\d+\s?号")
_JOINED_IN = re.compile("(?:倡议|公约|宣言|声明|承诺|准则|协定|条约|备忘录)(?:书|》|$)")


@dataclass(frozen=True, slots=True)
class Anaphor:
    state: str
    pattern: re.Pattern[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


@cache
def anaphora() -> tuple[Anaphor, ...]:
    rows = yaml.safe_load(asset("data", "patterns", "anaphora.yml").read_text(encoding="utf-8"))
    return tuple(
        Anaphor(
            row["state"],
            re.compile("|".join(sorted(map(re.escape, row["words"]), key=len, reverse=True))),
            re.compile(row["before"]) if "before" in row else None,
            re.compile(row["after"]) if "after" in row else None,
        )
        for row in rows
    )


@dataclass(slots=True)
class State:
    """What the sentences so far have been about: places of mentions."""

    topic: int | None = None
    raiser: int | None = None
    document: int | None = None
    target: int | None = None
    body: int | None = None
    issuers: tuple[int, ...] = ()
    pair: tuple[int, ...] = ()
    plaintiffs: tuple[int, ...] = ()
    invested: int | None = None  # who was invested in last
    documents: tuple[int, ...] = ()  # where the last sentence on any named several
    described: int | None = None  # the firm whose business its paragraph tells: 公司 is that one there
    lately: int | None = None  # the document that the last sentence was about, though it says nothing else of it
    rounds: dict[str, str] = field(default_factory=dict)  # of each firm the round told last

    def get(self, name: str) -> tuple[int, ...]:
        if name == "issuers":
            return self.issuers
        if name == "plaintiffs":
            return self.plaintiffs
        place = {
            "topic": self.topic,
            "raiser": self.raiser,
            "document": self.document,
            "target-state": self.target,
            "body": self.body,
        }.get(name)
        return () if place is None else (place,)


@dataclass(slots=True)
class Found:
    relations: list[Relation] = field(default_factory=list)
    raises: list[Raise] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    noticed: int | None = None  # of a notice with a number or a form of its own: the document that it carries, or is


@dataclass(slots=True)
class _Sentence:
    start: int
    end: int
    headline: bool
    sketch: Outline
    money: list[numbers.Money]
    shares: list[numbers.Share]
    dates: list[When]
    rounds: list[str]


class Reader:
    """One text's relations."""

    def __init__(
        self, text: str, plain: str, mentions: Sequence[Mention], told: date | None, rules: Grammar | None = None
    ) -> None:
        self.text, self.plain, self.mentions, self.told = text, plain, list(mentions), told
        self.rules = rules or grammar.load()
        self.state = State()
        self.found = Found()
        self._seen: set[tuple[str, str, str, int]] = set()
        self._announcer = self._who_announces()
        self._called_off = bool(_CALLED_OFF.search(plain))

    def _who_announces(self) -> int | None:
        """The firm whose announcement a text is about: 公司 is that one, whichever else the sentence names."""
        announcing = [
            place
            for place, mention in enumerate(self.mentions)
            if mention.type == "Company" and _ANNOUNCES.match(self.plain, mention.end)
        ]
        called = [
            place
            for place, mention in enumerate(self.mentions)
            if mention.type == "Company" and _CALLED_FIRM.match(self.plain, mention.end)
        ]
        if called:
            return called[0]
        if not announcing and _SELF_ANNOUNCED.search(self.plain):
            # 恒锋智造（603987）…公司5月16日晚间公告: the one firm whose shares the text has the number of
            announcing = [
                i for i, m in enumerate(self.mentions) if m.type == "Company" and _SHARE.match(self.plain, m.end)
            ]
        return announcing[0] if len({self._name(place) for place in announcing}) == 1 else None

    def _announcer_met(self, at: int) -> bool:
        """Whether the announcer has been named: before, 公司 is the firm that the text is about up to there."""
        name = self._name(self._announcer) if self._announcer is not None else ""
        return any(m.start <= at and self._name(i) == name for i, m in enumerate(self.mentions))

    def read(self) -> Found:
        for start, end in sentences.spans(self.plain):
            headline = sentences.is_headline(self.plain, start, end)
            if headline and start:
                # a new piece of a digest: what it is about begins anew
                self.state = State()
            self._sentence(self._sketch(start, end, headline))
        signed = signatures.find(self.plain, self.mentions, self.told)
        official = _OFFICIAL.search(self.plain)
        document = self._noticed() if signed or official else None
        self.found.noticed = document if official else None
        if signed and document is not None:
            self._signatures(signed, document)
        self._hereby()
        self._collectives()
        self._agreed()
        return self.found

    # -- one sentence

    def _sketch(self, start: int, end: int, headline: bool) -> _Sentence:
        piece = self.plain[start:end]
        money = numbers.find_money(piece) or (numbers.bare_amounts(piece) if headline else [])
        shares = numbers.find_shares(piece)
        dates = find_dates(piece, self.told)
        rounds = terms.rounds(piece, headline)
        # before which court a suit is brought is no party to it
        suit = re.search("诉|控告|告上", piece)
        things = [
            Thing(m.start, m.end, m.type, i)
            for i, m in enumerate(self.mentions)
            if start <= m.start
            and m.end <= end
            and not (m.type == "Instrument" and self._signed(m, start))
            and not (suit and _COURT.search(self.plain[m.start : m.end]))
            and not (m.reason == "place" and self._within(m, start))
            and not (not headline and self._where_listed(m))
        ]
        things += self._anaphors(start, end, things)
        taken = [(t.start, t.end) for t in things]

        def free(a: int, b: int) -> bool:
            return not any(x < b and a < y for x, y in taken)

        for kind, spans in (
            ("Round", [(a, b) for a, b, _ in rounds]),
            ("Money", [(m.start, m.end) for m in money]),
            ("Date", [(d.start, d.end) for d in dates]),
            ("Share", [(s.start, s.end) for s in shares]),
        ):
            for ref, (a, b) in enumerate(spans):
                if free(start + a, start + b):
                    things.append(Thing(start + a, start + b, kind, ref))
                    taken.append((start + a, start + b))
        sketch = outline(self.plain, start, end, things)
        return _Sentence(start, end, headline, sketch, money, shares, dates, [name for _, _, name in rounds])

    def _signed(self, paper: Mention, start: int) -> bool:
        """Whether a document is what two firms sign with one another, so that its name is the grammar's word for it."""
        before = self.plain[max(start, paper.start - 12) : paper.start]
        return bool(
            _PAPER.search(self.plain[paper.start : paper.end])
            and re.search("(?:签署|签订|签下|订立|达成|续签)了?[^，。；]{0,6}$", before)
        )

    def _where_listed(self, m: Mention) -> bool:
        """纳斯达克上市公司X, 登陆纽交所: an exchange as where shares are traded, and no party to anything."""
        if m.type not in ("Organization", "Company") or not _EXCHANGE.fullmatch(self.plain[m.start : m.end]):
            return False
        return bool(
            _LISTED_BEHIND.match(self.plain, m.end) or _LISTED_BEFORE.search(self.plain[max(0, m.start - 4) : m.start])
        )

    def _within(self, place: Mention, start: int) -> bool:
        """Whether a place stands within a clause, where it says where and not who: 收购以色列公司X."""
        return (
            place.start > start
            and self.plain[place.start - 1] not in "，。；：、. \n"
            and not re.match(
                "(?:政府|当局)?(?:日前|近日|正式|已|于|将)?(?:发布|公布|出台|颁布|通过|签署|批准)",
                self.plain[place.end :],
            )
        )

    def _anaphors(self, start: int, end: int, things: list[Thing]) -> list[Thing]:
        found: list[Thing] = []
        piece = self.plain[start:end]
        for anaphor in anaphora():
            for match in anaphor.pattern.finditer(piece):
                a, b = start + match.start(), start + match.end()
                if any(t.start < b and a < t.end for t in [*things, *found]):
                    continue
                if anaphor.before and not anaphor.before.search(piece[: match.start()]):
                    continue
                if anaphor.after and not anaphor.after.search(piece[match.end() :]):
                    continue
                if anaphor.state == "pair":
                    pair = self._pair(a, things)
                    if len(pair) == 2:
                        middle = a + (b - a) // 2
                        for (x, y), ref in zip(((a, middle), (middle, b)), pair, strict=True):
                            found.append(Thing(x, y, self.mentions[ref].type, ref))
                    continue
                # what the sentence itself names first, else what was carried over
                place = self._antecedent(anaphor.state, a, things, match.group())
                if place is not None:
                    found.append(Thing(a, b, self.mentions[place].type, place))
        return found

    def _pair(self, at: int, things: list[Thing]) -> tuple[int, ...]:
        """The two firms that 双方 or 两家公司 are: the only two that the sentence has named, else the last deal's."""
        firms = {
            self._name(t.ref): t.ref
            for t in sorted(things, key=lambda t: t.start)
            if t.end <= at and t.type == "Company"
        }
        return tuple(firms.values()) if len(firms) == 2 else () if firms else self.state.pair

    def _other(self, at: int, things: list[Thing]) -> int | None:
        """Whom 其 in 向其投资 means: not the one who acts in its clause, but what is told of before."""
        firms = sorted((t for t in things if t.end <= at and t.type == "Company"), key=lambda t: t.start)
        firms = [t for t in firms if not _SPEAKS.match(self.plain, t.end) and not _ASIDE.search(self.plain[: t.start])]
        clause = max(self.plain.rfind(mark, 0, at) for mark in "，。；：\n")
        acting = next((self._name(t.ref) for t in [*(t for t in firms if t.start > clause), *firms[:1]]), "")
        heads: dict[int, Thing] = {}
        for thing in firms:
            heads.setdefault(max(self.plain.rfind(mark, 0, thing.start) for mark in "，。；：\n"), thing)
        before = [t for start, t in heads.items() if start != clause]
        for thing in [*before[:1], *reversed(before)]:
            if self._name(thing.ref) != acting:
                return thing.ref
        others = {self._name(t.ref): t.ref for t in firms if self._name(t.ref) != acting}
        if len(others) == 1:
            return next(iter(others.values()))
        topic = self.state.topic
        return topic if not others and topic is not None and self._name(topic) != acting else None

    def _antecedent(self, state: str, at: int, things: list[Thing], word: str) -> int | None:
        if state == "other":
            return self._other(at, things)
        if state in ("latter", "former"):
            firms = [t for t in things if t.end <= at and t.type == "Company"]
            if word == "对方" and (partners := [t for t in firms if _WITH.search(self.plain[: t.start][-16:])]):
                return partners[-1].ref
            # 甲牵头，联合乙、丙组成财团，从丁手中将其买下: what the text is about
            topic = self.state.topic if word == "其" and len(firms) > 2 else None
            if topic is not None and self._name(topic) not in {self._name(t.ref) for t in firms}:
                return topic
            bodies = [t for t in things if t.end <= at and t.type == "Regulator"]
            if not firms and len(bodies) >= 2:
                return bodies[-1].ref if state == "latter" else bodies[-2].ref
            if len(firms) >= 2:
                return firms[-1].ref if state == "latter" else firms[-2].ref
            if word == "其" and firms:
                # NWF是…。去年，安世将其收入囊中: whoever the sentence before is about
                others = (self.state.topic, self.state.target)
                name = self._name(firms[0].ref)
                return next((place for place in others if place is not None and self._name(place) != name), None)
            return self.state.target if state == "latter" and not firms else None
        if (
            state == "announcer"
            and self.state.described is not None
            and self.plain.find("\n", *sorted((self.mentions[self.state.described].end, at))) < 0
        ):
            return self.state.described
        if state == "announcer" and self._announcer is not None and self._announcer_met(at):
            return self._announcer
        if state == "body":
            noun = word.removeprefix("该")
            nouns = (noun, "管理委员会") if noun == "管委会" else noun
            earlier = [i for i, m in enumerate(self.mentions) if m.end <= at and m.type == "Regulator"]
            return next((i for i in reversed(earlier) if self.mentions[i].text.endswith(nouns)), None)
        if state == "fund":
            funds = [i for i, m in enumerate(self.mentions) if m.end <= at and m.type == "Company"]
            return next(
                (i for i in reversed(funds) if "基金" in (self.mentions[i].full or self.mentions[i].text)), None
            )
        if word == "其" and (near := re.search("[及和与、]$", self.plain[:at])):
            # Meta及其旗下的X: whose it is stands right before
            beside = [t for t in things if t.end == near.start() and t.type == "Company"]
            if beside:
                return beside[0].ref
        if state in ("topic", "announcer"):
            named = [t for t in things if t.end <= at and t.type == "Company" and not _SPEAKS.match(self.plain, t.end)]
            return named[0].ref if named else self.state.topic
        before = [t.ref for t in things if t.end <= at and t.type in ("Instrument", "Publication")]
        # 本办法 is a document that is called so; of those, the one that the text is about comes first
        noun = word.lstrip("本该此")
        noun = noun.removesuffix("草案") or noun
        known = [place for place in (self.state.document,) if place is not None]
        if word[0] == "该" and not before and self.state.lately is not None:
            known = [self.state.lately, *known]
        ordered = [*known, *reversed(before)] if word[0] == "本" else [*reversed(before), *known]
        called = [ref for ref in ordered if without_tail(self._name(ref)).endswith(noun)]
        if not called and word[0] == "本":
            # 根据《甲条例》，制定本办法: the one that is called so stands some sentences before
            earlier = [i for i, m in enumerate(self.mentions) if m.end <= at and m.type == "Instrument"]
            called = [i for i in reversed(earlier) if without_tail(self._name(i)).endswith(noun)]
            ordered = [ref for ref in known if ref not in before]
        if word == noun and not called:
            return None
        return called[0] if called else next(iter(ordered), None)

    def _sentence(self, s: _Sentence) -> None:
        matches = list(self.rules.matches(s.sketch, s.headline))
        raisers = [(m.start, m.subjects or m.objects) for m in matches if m.rule.sets == "raiser"]
        raised = [m for m in matches if m.rule.sets in ("raiser", "bought")]
        for _, places in sorted(raisers):
            if places:
                self.state.raiser = places[-1]
        if not raisers and self._somebody_raises(s):
            self.state.raiser = None  # a firm that nobody recognised: what follows is of its round, and not of the last
        self._raises(s, raised)
        before = len(self.found.relations)
        for match in matches:
            if not match.rule.sets:
                self._relate(s, match)
        self._consortium(s)
        self._through(s)
        self._bracketed(s)
        self._numbered(s)
        self._with_brackets(before)
        # an agreement by which one buys the other is told by the purchase
        bought = {frozenset((r.subject, r.object)) for r in self.found.relations[before:] if r.type == "acquires"}
        named = {frozenset((self._name(a), self._name(b))) for a, b in (tuple(p) for p in bought if len(p) == 2)}
        self.found.relations[before:] = [
            r
            for r in self.found.relations[before:]
            if r.type != "agreementWith" or frozenset((self._name(r.subject), self._name(r.object))) not in named
        ]
        if len(self.found.relations) == before:
            self._price(s)
            self._close(s)
        self._carry(s)

    def _raises(self, s: _Sentence, matches: list[Match]) -> None:
        """The terms of a round, which may stand where no investor is named."""
        told = self.told.isoformat() if self.told else None
        for match in matches:
            bought = match.rule.sets == "bought"
            for place in match.subjects[-1:]:
                kind = "acquires" if bought else "investsIn"
                # X的A轮融资 may as well be what another firm puts into X
                own = match.rule.id != "raiser-noun"
                stated = terms.read(kind, s.sketch, match, s.money, s.shares, s.dates, s.rounds, told)
                if stated.round and not bought:
                    self.state.rounds[self._name(place)] = stated.round
                self.found.raises.append(
                    Raise(
                        place,
                        stated,
                        s.headline,
                        match.rule.headline is True or (own and self._tells(s, match, stated)),
                        bought,
                        s.start,
                        s.end,
                        s.sketch.offset(match.cue),
                        Said.HEARSAY if _HEARSAY.search(self.plain[s.start : s.end]) else Said.SUMMARY,
                        match.rule.id,
                        match.rule.confidence,
                    )
                )
        cue = re.search("融资", s.sketch.text)
        if not matches and cue and s.money and s.headline:
            match = Match(self.rules.rules[0], (), (), cue.start(), cue.end(), cue.start())
            stated = terms.read("investsIn", s.sketch, match, s.money, s.shares, s.dates, s.rounds, told)
            self.found.raises.append(Raise(None, stated, True))

    def _somebody_raises(self, s: _Sentence) -> bool:
        """Whether a sentence tells of a round of a firm that it names in words that are no mention."""
        told = _ROUND_TOLD.search(s.sketch.text)
        if told is None:
            return False
        who = _WHEN_RAISED.sub("", re.split("[。；]", s.sketch.text[: told.start()])[-1])
        return len(re.findall("[一-鿿]", re.split("[，、：]", who)[-1])) >= 3 or bool(re.search("[A-Za-z]{3,}", who))

    def _unfounded(self, s: _Sentence, match: Match, a: int, b: int) -> bool:
        """A deal that is denied in the same breath (不会继续增持), of a firm with itself, or of who only reports it."""
        if _NOT_DONE.search(s.sketch.text[match.start : match.cue]):
            return True
        one, other = sorted((self._name(a), self._name(b)), key=len)
        if match.rule.subject in grammar.STATES and other.startswith(one):
            return True  # 想收购青岭的人不少, told of 青岭航空
        return self._reports(s, a) or self._reports(s, b)

    def _reports(self, s: _Sentence, place: int) -> bool:
        """据《甲报》当地时间24日报道: who is quoted does nothing else in the sentence."""
        mention = self.mentions[place]
        before = self.plain[max(s.start, mention.start - 8) : mention.start]
        return bool(re.search("(?:据|引述|援引)[^，。；]{0,5}$", before) and _SPEAKS.match(self.plain, mention.end))

    def _tells(self, s: _Sentence, match: Match, stated: Terms) -> bool:
        """Whether a sentence tells of a round of the firm's own, so that nothing else need be said of it."""
        words_ = s.sketch.text[match.start : match.end + 12]
        clause = s.sketch.text[match.start : match.cue]
        return (
            (
                stated.round is not None
                or (s.headline and "轮融资" in words_)
                or (stated.amount_text is not None and ("融资" in words_ or (s.headline and "投资" in words_)))
            )
            and not _DEBT.search(s.sketch.text)
            and not _DENIED.search(s.sketch.text)
            and not _FUND.search(self.mentions[match.subjects[-1]].text)
            # 申万完成发行短期融资券
            and not re.search("融资券|债券|股份购买|收购", words_)
            # who tells of it (亿邦动力讯，X获投…), what is done to another firm's round, and sums of several rounds
            and not re.search("讯|消息|获悉|报道|对|向|为|参与|参加|认购|旗下|助|帮|的", clause)
            and not re.search("累计|以来|至今|总计|一共|合计|多笔", words_)
            and "家" not in s.sketch.text[match.start : match.end]
            and not re.search("以来|累计", s.sketch.text[: match.start])
        )

    def _numbered(self, s: _Sentence) -> None:
        """《管理办法》（证监会令第82号）: whose order it is issues it."""
        for i, mention in enumerate(self.mentions):
            if mention.type != "Instrument" or not s.start <= mention.start < s.end:
                continue
            opened = _OPENS.match(self.plain, mention.end)
            bodies: list[int] = []
            at = opened.end() if opened else None
            # （甲银行 乙部 丙委令〔2007〕第2号）: all of them
            while at is not None:
                body = next((j for j, m in enumerate(self.mentions) if m.start == at and m.type == "Regulator"), None)
                if body is None:
                    break
                bodies.append(body)
                at = _NEXT_BODY.match(self.plain, self.mentions[body].end).end()  # type: ignore[union-attr]
            order = _ORDER_NUMBER.match(self.plain, self.mentions[bodies[-1]].end) if bodies else None
            if order is None or is_draft(mention.text):
                continue
            for body in bodies:
                key = ("issuedBy", self._name(i), self._name(body), s.start)
                if key not in self._seen:
                    self._seen.add(key)
                    self.found.relations.append(
                        Relation("issuedBy", i, body, s.start, s.end, order.start(), Said.SUMMARY, "issue-number", 0.9)
                    )

    def _with_brackets(self, before: int) -> None:
        """市场监管总局（国家标准委）发布: two bodies under one roof, both of which the text names."""
        for relation in self.found.relations[before:]:
            if relation.type not in ("issuedBy", "draftedBy"):
                continue
            end = self.mentions[relation.object].end
            opened = _OPENS.match(self.plain, end)
            place = next((j for j, m in enumerate(self.mentions) if opened and m.start == opened.end()), None)
            if place is None or self.plain[self.mentions[place].end :][:1] not in ("）", ")"):
                continue
            one, other = self.mentions[relation.object], self.mentions[place]
            if other.type != "Regulator" or one.type != "Regulator" or other.full or one.full:
                continue
            known = Reference.load()
            rows = [known.find(simplify(m.text)) for m in (one, other)]
            key = (relation.type, self._name(relation.subject), self._name(place), relation.start)
            if all(rows) and not {r.id for r in rows[0]} & {r.id for r in rows[1]} and key not in self._seen:
                self._seen.add(key)
                self.found.relations.append(replace(relation, object=place))

    def _through(self, s: _Sentence) -> None:
        """X宣布，全资子公司Y收购Z: both X and Y buy; X旗下的Y收购Z: Y alone does."""
        here = [r for r in self.found.relations if r.start == s.start]
        owners = {self._name(r.subject): r.object for r in here if r.type == "subsidiaryOf"}
        for relation in [r for r in here if r.type in ("acquires", "agreementWith")]:
            parent = owners.get(self._name(relation.subject))
            if parent is None or self._name(parent) == self._name(relation.object):
                continue
            own, child = self.mentions[parent], self.mentions[relation.subject]
            between = self.plain[own.end : child.start]
            if relation.type == "agreementWith" and not re.search("通过|经由", between):
                continue
            told = re.search(r"宣布|公告|公布|披露|拟?通过|签署|签订", between) or re.search(
                r"(?:宣布|公告|公布|披露|签署|签订)[^。；]{0,6}$", self.plain[s.start : own.start]
            )
            key = (relation.type, self._name(parent), self._name(relation.object), s.start)
            if told and own.start < child.start and key not in self._seen:
                self._seen.add(key)
                self.found.relations.append(
                    replace(
                        relation,
                        subject=parent,
                        rule="acquire-through" if relation.type == "acquires" else "agreement-through",
                    )
                )

    def _consortium(self, s: _Sentence) -> None:
        """由甲、乙和丙组成的财团收购丁: each of them buys, also where a later sentence says who they are."""
        told = _MADE_OF.search(s.sketch.text) or _LED.search(s.sketch.text) or _MADE_UP.search(s.sketch.text)
        if told is None:
            return
        start, end = told.span("members")
        members: dict[str, int] = {}
        for i in range(start, end):
            thing = s.sketch.things.get(s.sketch.text[i])
            if thing is None or thing.type not in ("Company", "Organization", "Person"):
                continue
            if thing.type == "Person" or not _OFFICE_BEHIND.match(s.sketch.text, i + 1):
                members[self._name(thing.ref)] = thing.ref
        bought = [r for r in self.found.relations if r.type == "acquires" and r.start == s.start]
        if not bought and self.state.target is not None:
            goal = self._name(self.state.target)
            bought = [r for r in self.found.relations if r.type == "acquires" and self._name(r.object) == goal]
        if not bought:
            return
        deal = bought[-1]
        for name, place in members.items():
            key = ("acquires", name, self._name(deal.object), s.start)
            if key not in self._seen and name != self._name(deal.object):
                self._seen.add(key)
                at = s.sketch.offset(told.start())
                self.found.relations.append(
                    replace(
                        deal, subject=place, start=s.start, end=s.end, cue=at, rule="acquire-consortium", headline=False
                    )
                )

    def _bracketed(self, s: _Sentence) -> None:
        """X（Y旗下）: whose firm it is stands in brackets, which the outline leaves out."""
        at = {m.start: i for i, m in enumerate(self.mentions) if m.type == "Company" and s.start <= m.start < s.end}
        for child in list(at.values()):
            end = self.mentions[child].end
            opening = re.compile("[（(](?:系|为|是)?").match(self.plain, end)
            parent = at.get(opening.end()) if opening else None
            if parent is None or not (said := _FIRM_OF.match(self.plain, self.mentions[parent].end)):
                continue
            key = ("subsidiaryOf", self._name(child), self._name(parent), s.start)
            if key not in self._seen and self._name(child) != self._name(parent):
                self._seen.add(key)
                self.found.relations.append(
                    Relation(
                        "subsidiaryOf", child, parent, s.start, s.end, said.start(), Said.SUMMARY, "bracketed", 0.9
                    )
                )

    def _price(self, s: _Sentence) -> None:
        """A price that stands in the sentence after the deal."""
        money = [m for m in s.money if m.amount is not None]
        here = self.found.relations[-1].start if self.found.relations else -1
        last = next((r for r in reversed(self.found.relations) if r.start == here and r.terms), None)
        if last is None or last.terms is None or last.terms.amount is not None:
            return
        if last.type == "acquires":
            if len(money) != 1 or not _PRICE_TOLD.search(s.sketch.text):
                return
        elif last.type == "investsIn":
            raised = [m for m in money if _RAISED_TOLD.search(self.plain[s.start : s.start + m.start])]
            money = raised or (money if _PRICE_TOLD.search(s.sketch.text) else [])
            if len(money) != 1:
                return
        else:
            return
        if "\n" in self.plain[last.end : s.start]:
            return
        for i, relation in enumerate(self.found.relations):
            if relation.start == last.start and relation.type == last.type and relation.terms:
                one = money[0]
                filled = replace(
                    relation.terms,
                    amount=one.amount,
                    amount_text=one.text,
                    currency=one.currency,
                    qualifier=one.qualifier,
                )
                self.found.relations[i] = replace(relation, terms=filled)

    def _close(self, s: _Sentence) -> None:
        """收购事项已于8月31日完成: how the only purchase that is told so far ended."""
        deals = [i for i, r in enumerate(self.found.relations) if r.type == "acquires" and r.terms]
        if (
            len({(self._name(r.subject), self._name(r.object)) for r in map(self.found.relations.__getitem__, deals)})
            != 1
        ):
            return
        last = self.found.relations[deals[-1]]
        if last.terms and _CLOSED.search(s.sketch.text) and not _NOT_YET.search(s.sketch.text):
            when = next((d.iso for d in s.dates if d.iso), None)
            self.found.relations[deals[-1]] = replace(
                last, terms=replace(last.terms, status="completed", completed=last.terms.completed or when)
            )

    def _carry(self, s: _Sentence) -> None:
        firms = [
            (i, t)
            for i, c in enumerate(s.sketch.text)
            if (t := s.sketch.things.get(c)) is not None and t.type == "Company"
        ]
        for i, thing in firms:
            # a source that is quoted and a firm that is acted on are not what a text is about
            after = s.sketch.text[i + 1 :]
            before = s.sketch.text[:i]
            if (
                _ASIDE.search(before)
                or _ACTED_ON.search(before)
                or _SPEAKS.match(after)
                or _UNDER.match(after)
                or i > 24
            ):
                continue
            self.state.topic = thing.ref
            told = _DESCRIBES.match(after)
            if told and i <= 12 and not s.headline:
                self.state.described = thing.ref
            break
        bodies = [t for c in s.sketch.text if (t := s.sketch.things.get(c)) and t.type == "Regulator"]
        if bodies:
            self.state.body = bodies[0].ref
        documents = [
            t for c in s.sketch.text if (t := s.sketch.things.get(c)) and t.type in ("Instrument", "Publication")
        ]
        stated = [r for r in self.found.relations if r.start == s.start and r.type in ("issuedBy", "draftedBy")]
        # 报告以甲印发的《计划》为指导: what something rests on isn't what is told of next
        bases = {self._name(r.object) for r in self.found.relations if r.start == s.start and r.type == "basedOn"}
        stated = [r for r in stated if self._name(r.subject) not in bases]
        if stated:
            self.state.document = stated[0].subject
            self.state.documents = tuple({self._name(r.subject): r.subject for r in stated}.values())
        elif documents and self.state.document is None:
            self.state.document = documents[0].ref
        first = next((i for i, c in enumerate(s.sketch.text) if (t := s.sketch.things.get(c)) in documents), None)
        about = first is not None and first <= 16 and not _RESTS_ON.search(s.sketch.text[:first])
        self.state.lately = documents[0].ref if about and not stated else None
        put_into = [r.object for r in self.found.relations if r.start == s.start and r.type == "investsIn"]
        if put_into and len({self._name(place) for place in put_into}) == 1:
            self.state.invested = put_into[0]
        suing = [r.subject for r in self.found.relations if r.start == s.start and r.type == "sues"]
        if suing:
            self.state.plaintiffs = tuple({self._name(place): place for place in suing}.values())
        issued = [r for r in stated if r.type == "issuedBy"]
        self.state.issuers = tuple(dict.fromkeys(r.object for r in issued if r.rule != "issue-list"))
        bought = [r for r in self.found.relations if r.start == s.start and r.type == "acquires"]
        if bought:
            self.state.target = bought[-1].object
        dealt = [r for r in self.found.relations if r.start == s.start and r.type in ("acquires", "agreementWith")]
        if dealt:
            self.state.pair = (dealt[-1].subject, dealt[-1].object)

    # -- one match

    def _relate(self, s: _Sentence, match: Match) -> None:
        rule = match.rule
        subjects = match.subjects if rule.subject not in grammar.STATES else self._state(rule.subject, s, match)
        objects = match.objects if rule.object not in grammar.STATES else self._state(rule.object, s, match)
        if rule.id == "amend-repealed":
            # 甲局令第6号公布的《甲》和乙局令第26号公布的《乙》同时废止
            clause = re.split("[，。；]", s.sketch.text[: match.start])[-1]
            beside = [t.ref for t in s.sketch.refs(clause) if t.type == "Instrument"]
            objects = (*beside, *objects)
            subjects = tuple(place for place in subjects if place not in beside) or self.state.get("document")
        pairs: Iterable[tuple[int, int]]
        if rule.cross:
            several = 2 if rule.relation == "acquires" else 4
            pairs = list(combinations(subjects, 2)) if 2 <= len(subjects) <= several else []
            # 甲及乙与丙签署: the two stand on one side
            sides = re.split("[与同]", grammar.without_owners(match.groups.get(rule.subject, "")))
            if pairs and len(sides) == 2 and re.search("[、和及]", sides[0] + sides[1]):
                one, other = ([t.ref for t in s.sketch.refs(side)] for side in sides)
                pairs = [(a, b) for a in one for b in other]
        elif (
            len(subjects) == len(objects) > 1
            and (
                rule.relation == "amends"
                # 《甲规则》《乙规则》分别由丙、丁发布
                or (rule.relation == "issuedBy" and "分别" in s.sketch.text[match.start : match.end])
            )
        ):
            pairs = zip(subjects, objects, strict=True)
        else:
            pairs = [(a, b) for a in subjects for b in objects]
        stated: Terms | None = None
        for a, b in pairs:
            relation = self._adjusted(s, match, a)
            if relation is None or self._name(a) == self._name(b):
                continue
            # a state filled in where the sentence itself names the pair is no second fact
            key = (relation, self._name(a), self._name(b), s.start)
            if relation == "officerOf" and a != subjects[0] and _OWN_TITLE.search(self.plain[: self.mentions[a].start]):
                continue  # 董事长甲与总统乙: each has an office of his own
            if (
                relation == "officerOf"
                and a != subjects[0]
                and _HOLDER_BETWEEN.search(self.plain[self.mentions[subjects[0]].end : self.mentions[a].start])
            ):
                continue  # 创始人甲及股东乙、丙
            if relation == "sues" and (_COURT.search(self._name(a)) or _COURT.search(self._name(b))):
                continue
            if key in self._seen:
                if rule.lead:
                    self._leads(s, a, b)
                continue
            told = s.sketch.text[match.start : match.end + 8]
            if relation == "investsIn" and (_NOT_INVESTED.search(told) or _DEBT.search(told)):
                continue
            if relation in _DEALS and self._name(a).endswith("交易所"):
                continue
            apart = rule.id in _TO_PARTNER or rule.subject == "parties"
            if relation in _DEALS and not apart and self._partner(s, relation, a):
                continue
            if relation in _DEALS and _DENIED.search(s.sketch.text[match.start :]):
                continue
            if relation in _DEALS and self._unfounded(s, match, a, b):
                continue
            if relation in ("sues", "agreementWith") and (self._reports(s, a) or self._reports(s, b)):
                continue
            if (
                rule.subject in grammar.STATES
                and rule.subject != "parties"
                and any(
                    r.type == relation and r.start == s.start and self._name(r.object) == self._name(b)
                    for r in self.found.relations
                    if r.rule != rule.id or len(subjects) == 1  # 被告还包括Y: each of those who sue
                )
            ):
                continue
            if rule.object in ("topic", "own", "body") and any(
                r.type == relation and r.start == s.start and self._name(r.subject) == self._name(a)
                for r in self.found.relations
            ):
                continue
            self._seen.add(key)
            if relation in _DEALS and stated is None:
                stated = terms.read(
                    relation,
                    s.sketch,
                    match,
                    s.money,
                    s.shares,
                    s.dates,
                    s.rounds,
                    self.told.isoformat() if self.told else None,
                )
            own = stated
            if relation == "acquires" and own and _WAS_PLANNED.search(s.sketch.text[: match.cue]) and self._called_off:
                own = replace(own, status="terminated")
            if relation == "investsIn" and own is not None:
                if own.round is None and _THIS_ROUND.search(s.sketch.text[: match.end]):
                    own = replace(own, round=self.state.rounds.get(self._name(b)))
                if _LEADS.match(self.plain, self.mentions[a].end):
                    own = replace(own, lead=True)
            latter = _LATTER.search(self.plain, s.sketch.offset(match.start), s.end)
            if (
                stated is not None
                and latter
                and self.mentions[b].end < self.plain.rfind(self._last(objects), 0, latter.start())
            ):
                # …和Y，后者作价7亿美元: the price is the last one's
                own = replace(own or stated, amount=None, amount_text=None, currency=None, qualifier=None)
            said = Said.HEARSAY if _HEARSAY.search(self.plain[s.start : s.end]) else Said.SUMMARY
            if said is Said.HEARSAY and stated is not None and (own or stated).status is None:
                own = replace(own or stated, status="rumoured")  # what is only reported isn't agreed on
            when = terms.nearest_date(s.sketch, match, s.dates)
            role = self._role(s, match) if relation == "officerOf" else None
            self.found.relations.append(
                Relation(
                    relation,
                    a,
                    b,
                    s.start,
                    s.end,
                    s.sketch.offset(match.cue),
                    said,
                    rule.id,
                    rule.confidence,
                    own if relation in _DEALS else None,
                    role,
                    when,
                    s.headline,
                )
            )

    def _last(self, places: Sequence[int]) -> str:
        last = self.mentions[places[-1]]
        return self.plain[last.start : last.end]

    def _leads(self, s: _Sentence, investor: int, investee: int) -> None:
        """Another rule found the pair; that the investor leads is this one's to add."""
        for i, r in enumerate(self.found.relations):
            same = self._name(r.subject) == self._name(investor) and self._name(r.object) == self._name(investee)
            if r.start == s.start and r.type == "investsIn" and same and r.terms:
                self.found.relations[i] = replace(r, terms=replace(r.terms, lead=True))

    def _state(self, name: str, s: _Sentence, match: Match) -> tuple[int, ...]:
        if name == "invested":
            if self.state.invested is not None:
                return (self.state.invested,)
            name = "issuer"
        if name == "issuer":
            if self._announcer is not None and self._announcer_met(s.sketch.offset(match.start)):
                return (self._announcer,)
            name = "topic"
        if match.rule.id == "officer-en-founded" and self.state.raiser is not None:
            return (self.state.raiser,)  # Acme raised …. X of Foo also invested. The company was founded by …
        if name == "topic" and not _IT.match(s.sketch.text, match.start):
            # what the sentence itself is about comes before what was carried over
            for i, c in enumerate(s.sketch.text[: match.start]):
                thing = s.sketch.things.get(c)
                if thing is None or thing.type != "Company" or _ACTED_ON.search(s.sketch.text[:i]):
                    continue
                if _IN_ONE_LIST.fullmatch(s.sketch.text, i, match.start):
                    continue  # of 甲、乙及丙认购 the rule has found 乙及丙
                if match.rule.object in ("issuer", "invested") and self._invests_here(s, thing.ref):
                    continue  # 甲认购6亿美元，乙认购2亿美元
                if not _ASIDE.search(s.sketch.text[:i]):
                    behind = s.sketch.text[i + 1 :]
                    if _SPEAKS.match(behind) or (behind[:1] != "的" and _UNDER.match(behind)):
                        continue
                    # 特斯拉CEO马斯克与推特达成协议，将收购推特: it is he who does so
                    if (officer := _ITS_OFFICER.match(s.sketch.text, i + 1)) and _ACTS_HIMSELF.match(
                        s.sketch.text, officer.end()
                    ):
                        return (s.sketch.things[officer["who"]].ref,)
                    return (thing.ref,)
        told = s.sketch.text[max(0, match.start - 1) : match.end]
        untold = name == "raiser" and self.state.raiser is None
        if untold and (match.rule.id == "invest-round-by" or re.match("[，；]投资", told)):
            # 投资方包括… where no round is told: the investors of the firm that the sentence is about
            for i, c in enumerate(s.sketch.text[: match.start]):
                thing = s.sketch.things.get(c)
                if thing is not None and thing.type == "Company":
                    acted = _ASIDE.search(s.sketch.text[:i]) or _ACTED_ON.search(s.sketch.text[:i])
                    return () if acted or _SPEAKS.match(s.sketch.text[i + 1 :]) else (thing.ref,)
        if name == "own":
            return self._own(s, match)
        if name == "target-state":
            bought = [r.object for r in self.found.relations if r.start == s.start and r.type == "acquires"]
            if bought:
                return (bought[-1],)
        if name == "parties":
            # who signs in the same sentence
            signed = [r for r in self.found.relations if r.start == s.start and r.type == "agreementWith"]
            places = {self._name(p): p for r in signed for p in (r.subject, r.object)}
            return tuple(places.values()) or self.state.pair
        if name == "body":
            for i, c in enumerate(s.sketch.text[: match.start]):
                thing = s.sketch.things.get(c)
                if thing is not None and thing.type == "Regulator" and not _ASIDE.search(s.sketch.text[:i]):
                    return (thing.ref,)
        if name == "document":
            before = [
                t.ref
                for i, c in enumerate(s.sketch.text[: match.start])
                if (t := s.sketch.things.get(c))
                and t.type in ("Instrument", "Publication")
                and not _RESTS_ON.search(s.sketch.text[:i])
            ]
            # 《规定》依据《法》制定，并对…作了调整: what something rests on doesn't change anything
            # nor does what it changes: 《甲》修改《乙》，并废止《丙》
            held = ("basedOn", "amends")
            bases = {r.object for r in self.found.relations if r.start == s.start and r.type in held}
            before = [place for place in before if place not in bases]
            if before:
                return (before[-1],)
            if len(self.state.documents) > 1 and _SEVERAL.match(s.sketch.text):
                return self.state.documents
        return self.state.get(name)

    def _invests_here(self, s: _Sentence, place: int) -> bool:
        name = self._name(place)
        here = (r for r in self.found.relations if r.start == s.start and r.type == "investsIn")
        return any(self._name(r.subject) == name for r in here)

    def _partner(self, s: _Sentence, relation: str, place: int) -> bool:
        """与美国甲公司签署协议，收购…: whom an agreement is signed with doesn't buy."""
        mention = self.mentions[place]
        before = self.plain[max(s.start, mention.start - 8) : mention.start]
        after = _BRACKETS.sub("", self.plain[mention.end : mention.end + 64])[:24]
        if relation == "acquires" and _SELLER.search(before):
            return True  # 向控股股东X收购Y
        near = self.plain[max(s.start, mention.start - 120) : mention.start]
        if relation == "acquires" and _SELLERS.search(near):
            return True  # 向甲、X等6名交易对方购买Y
        if re.search("(?:与|和|同)[一-鿿]{0,6}$", before) and re.match(
            "[^，。；]{0,3}(?:签署|签订|达成|订立|就)", after
        ):
            return True
        # 与丙、丁签署协议，收购…: nor do those beside him
        listed = re.search("(?:与|和|同)[^。；]{1,80}[、及和]$", near)
        return bool(listed and re.match("[^，。；、]{0,3}(?:签署|签订|达成|订立)", after))

    def _own(self, s: _Sentence, match: Match) -> tuple[int, ...]:
        """Whose officer somebody is whom the text only calls 创始人 or 主席: a firm's, or a body's."""
        firm = bool(_FIRMS_OFFICE.search(match.groups.get("role", "")))
        kinds = ("Company",) if firm else ("Regulator", "Organization")
        if match.rule.id == "officer-own-of":
            kinds = ("Company", *kinds[-2:])  # 其全球事务主管: whoever the sentence is about
        # where somebody was before, and with whom one deals, isn't whose officer the next one is
        before = [
            t.ref
            for i, c in enumerate(s.sketch.text[: match.start])
            if (t := s.sketch.things.get(c))
            and t.type in kinds
            and not (firm and _ELSEWHERE.search(s.sketch.text[:i]))
            and not _SPEAKS.match(s.sketch.text[i + 1 :])
        ]
        if before:
            return (before[0],)
        role = match.groups.get("role", "").removeprefix("副")
        if not firm and len(role) >= 4:
            # 私隐专员, of whom the text has the 私隐专员公署
            called = [i for i, m in enumerate(self.mentions) if m.type == "Regulator" and role in self._name(i)]
            if called:
                return (called[0],)
        carried = self.state.topic if firm else self.state.body
        return () if carried is None else (carried,)

    def _adjusted(self, s: _Sentence, match: Match, subject: int) -> str | None:
        """Publishing a draft for comment is drafting; a body named with no verb isn't one that consults."""
        relation = match.rule.relation
        if match.rule.id in ("acquire-stake", "acquire-stake-topic"):
            # 取得95%股权 is a purchase, 取得8%股权 an investment
            shares = [
                s.shares[t.ref] for t in s.sketch.refs(s.sketch.text[match.start : match.end]) if t.type == "Share"
            ]
            joined = _JOINED.search(s.sketch.text[: match.end])  # 斥资入股X，取得49%的股份
            least = _MAJORITY if joined else _CONTROL
            return relation if shares and shares[-1].value >= least else "investsIn"
        if match.rule.id == "acquire-transfer":
            # the share may stand behind: 转让给X，占总股本的5.20%
            things = s.sketch.refs(s.sketch.text[match.start : match.end + 40])
            part = [s.shares[t.ref].value for t in things if t.type == "Share"]
            sellers = s.sketch.refs(s.sketch.text[max(0, match.start - 1) : match.start])
            if any(self._name(t.ref) == self._name(place) for t in sellers for place in match.objects):
                return None  # 甲将持有公司11%的股份转让给乙: 公司 isn't 甲
            return "investsIn" if part and part[-1] < _CONTROL else relation
        if match.rule.id in ("acquire-sell", "hold-share", "hold-majority"):
            # what is sold may have its share behind it; another holder's share stands behind a comma
            behind = s.sketch.text[match.start : match.end + (6 if match.rule.id == "acquire-sell" else 0)]
            held = [s.shares[t.ref].value for t in s.sketch.refs(behind) if t.type == "Share"]
            if match.rule.id == "acquire-sell":
                return relation if not held or held[-1] >= _CONTROL else "investsIn"
            most = bool(held) and held[-1] > Decimal("0.5")
            return relation if held and most == (relation == "subsidiaryOf") else None
        if relation == "issuedBy":
            verb = match.groups.get("cue", "")
            if match.rule.id == "issue-of" and all(self._name(place) == "欧盟" for place in match.objects):
                return None  # 欧盟《数据法》 says where it applies
            planned = _AHEAD.search(s.sketch.text[match.start : match.cue]) or _AHEAD_TOGETHER.search(
                s.sketch.text[: match.start]
            )
            if planned:
                # 即将印发 is a plan: whose it is drafts it
                return "draftedBy" if match.rule.id == "issue" and self.mentions[subject].type == "Instrument" else None
            title = self.mentions[subject].text
            if verb == "签署" and re.search("备忘录|协议|合同", title):
                return None  # what firms and bodies sign with one another is an agreement
            if match.rule.id == "issue-person" and (
                _JOINED_IN.search(title) or _OFFICE_OF.search(s.sketch.text[: match.start])
            ):
                return None  # who signs a declaration joins in it, and 国务院总理某甲 signs for 国务院
            behind = s.sketch.text[match.end : match.end + 6]
            bracketed = is_draft_behind(self.plain, self.mentions[subject].end)
            draft = (is_draft(title) or bracketed or _DRAFT_BEHIND.match(behind)) and not verb.endswith("通过")
            after = s.sketch.text[match.start : match.end + 60]
            if draft or (
                _CONSULT.search(after)
                and match.rule.id != "issue-passive"
                and not re.search("修订发布|正式|final|wrapp|following", after)
            ):
                return "draftedBy"
        if relation == "draftedBy" and not is_draft(self.mentions[subject].text):
            # a parliament that makes a law issues it
            makers = [self._name(place) for place in match.objects]
            cue = match.groups.get("cue")
            if makers and all(_LEGISLATURE.search(name) for name in makers) and cue in _MAKES:
                return "issuedBy"
            # an authority that makes its own rules issues them, unless it is still at it
            made = cue == "制定" or (cue == "修订" and s.sketch.text[match.cue :].startswith("修订后的"))
            bodies = all(self.mentions[place].type == "Regulator" for place in match.objects)
            if made and match.objects and bodies and not _UNDER_WAY.search(s.sketch.text[match.start : match.end + 30]):
                return "issuedBy"
        return relation

    def _role(self, s: _Sentence, match: Match) -> str | None:
        role = match.groups.get("role")
        if not role:
            return None
        at = s.sketch.text.find(role, match.start)
        start = s.sketch.at[at]
        end = s.sketch.at[at + len(role) - 1] + 1
        return re.sub("^(?:为|是|系|担任|出任|任)(?=.{2})", "", self.text[start:end].strip(" 的"))

    def _name(self, place: int) -> str:
        mention = self.mentions[place]
        return normalise(mention.full or mention.text)

    # -- the whole text

    def _signatures(self, signed: signatures.Signed, document: int) -> None:
        """A notice ends with who issues what it carries, each on a line, and the day."""
        name = self._name(document)
        title = self.mentions[document]
        draft = is_draft(title.text) or is_draft_behind(self.plain, title.end)
        relation = "draftedBy" if draft else "issuedBy"
        told = {
            self._name(r.object) for r in self.found.relations if r.type == relation and self._name(r.subject) == name
        }
        for place in signed.places:
            if self._name(place) in told:
                continue
            told.add(self._name(place))
            self.found.relations.append(
                Relation(
                    relation,
                    document,
                    place,
                    signed.start,
                    signed.end,
                    self.mentions[place].start,
                    Said.SUMMARY,
                    "signature",
                    0.9,
                    date=signed.day,
                )
            )
        # the day below is that of the document, whoever the text says issued it
        self.found.relations = [
            replace(r, date=signed.day)
            if r.type == relation and self._name(r.subject) == name and r.date is None and signed.day
            else r
            for r in self.found.relations
        ]

    def _hereby(self) -> None:
        """根据《X》，现就…提出如下意见: what a notice rests on that names itself in its headline alone."""
        document = self.found.noticed
        if document is None:
            return
        name = self._name(document)
        told = {
            self._name(r.object) for r in self.found.relations if r.type == "basedOn" and self._name(r.subject) == name
        }
        for start, end in sentences.spans(self.plain):
            said = _HEREBY.search(self.plain, start, end)
            if said is None:
                continue
            for place, m in enumerate(self.mentions):
                if m.type != "Instrument" or not said.start() <= m.start < m.end <= said.start("hereby"):
                    continue
                if self._name(place) not in told | {name}:
                    told.add(self._name(place))
                    at = said.start()
                    self.found.relations.append(
                        Relation("basedOn", document, place, start, end, at, Said.SUMMARY, "hereby", 0.85)
                    )

    def _noticed(self) -> int | None:
        """The document that a notice carries (现将《X》印发给你们), or that it is."""
        papers = [i for i, m in enumerate(self.mentions) if m.type == "Instrument"]
        for r in self.found.relations:
            if r.headline and r.type in ("issuedBy", "draftedBy") and r.subject in papers:
                return r.subject
        for i in papers:
            m = self.mentions[i]
            if _CARRIES.search(self.plain[max(0, m.start - 12) : m.start]) or _CARRIED.match(self.plain, m.end):
                return i
        return next(
            (
                i
                for i in papers
                if self.mentions[i].reason == "unmarked" and _LINE.search(self.plain[: self.mentions[i].start])
            ),
            None,
        )

    def _agreed(self) -> None:
        """甲与乙签署协议。甲将向乙增资: what two have signed is more than a plan."""
        signed = {
            frozenset((self._name(r.subject), self._name(r.object)))
            for r in self.found.relations
            if r.type == "agreementWith"
        }
        for i, r in enumerate(self.found.relations):
            planned = r.type == "investsIn" and r.terms and r.terms.status == "proposed" and not r.headline
            if planned and r.terms and frozenset((self._name(r.subject), self._name(r.object))) in signed:
                self.found.relations[i] = replace(r, terms=replace(r.terms, status="announced"))

    def _collectives(self) -> None:
        """十部门印发: who they are stands in another sentence, as a list of that many."""
        for start, end in sentences.spans(self.plain):
            piece = self.plain[start:end]
            for match in _COLLECTIVE.finditer(piece):
                wanted = numbers.chinese_number(match["n"])
                if not wanted or wanted < 2:
                    continue
                after = re.match(r"(?:近日|日前)?(?:联合|共同|关于)?(?:印发|发布|出台|公布)", piece[match.end() :])
                document = next(
                    (
                        i
                        for i, m in enumerate(self.mentions)
                        if start + match.end() <= m.start < end and m.type in ("Instrument", "Publication")
                    ),
                    None,
                )
                if document is None or not after:
                    continue
                name = self._name(document)
                drafted = [r for r in self.found.relations if r.type == "draftedBy" and self._name(r.subject) == name]
                issued = {
                    self._name(r.object)
                    for r in self.found.relations
                    if r.type == "issuedBy" and self._name(r.subject) == name
                }
                if len({self._name(r.object) for r in drafted}) >= wanted > len(issued):
                    places = {id(r) for r in drafted}
                    self.found.relations = [
                        replace(r, type="issuedBy") if id(r) in places else r for r in self.found.relations
                    ]
                    issued = {self._name(r.object) for r in drafted}
                if 0 < len(issued) < wanted:
                    self.found.warnings.append(
                        f"{match.group()} issued 《{self.mentions[document].text}》, but the text names {len(issued)}"
                    )
        # a purchase that is also called an investment is told once; a holding from before is another matter
        bought: dict[tuple[str, str], set[str]] = {}
        for r in self.found.relations:
            if r.type == "acquires":
                bought.setdefault((self._name(r.subject), self._name(r.object)), set()).add((r.date or "")[:4])
        self.found.relations = [
            r
            for r in self.found.relations
            if r.type != "investsIn"
            or r.rule not in _CALLED_INVESTMENT
            or not (years := bought.get((self._name(r.subject), self._name(r.object))))
            or (r.date and "" not in years and r.date[:4] not in years)
        ]
        # who issues a document has it drafted, too: that is said once
        issued_pairs = {
            (self._name(r.subject), self._name(r.object)) for r in self.found.relations if r.type == "issuedBy"
        }
        self.found.relations = [
            r
            for r in self.found.relations
            if not (r.type == "draftedBy" and (self._name(r.subject), self._name(r.object)) in issued_pairs)
        ]


def find(text: str, plain: str, mentions: Sequence[Mention], told: date | None) -> Found:
    return Reader(text, plain, mentions, told).read()
