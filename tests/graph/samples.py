"""Reports made by hand, of our own invention, with every sort of fact: what the tests of graph and query share."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kg import ids
from kg.items import (
    Claim,
    Deal,
    Entity,
    EntityType,
    Item,
    ItemFacts,
    Label,
    Page,
    Passage,
    Report,
    Said,
    Source,
    Terms,
)

RUN = ids.run("run-1")


def entity(type_: EntityType, name: str, lang: str | None = "zh", iri: str | None = None, **more: object) -> Entity:
    return Entity(iri or ids.entity(type_, name), type_, Label(name, lang), **more)  # type: ignore[arg-type]


BUREAU = entity(
    "Regulator",
    "海岛数据局",
    iri=ids.reference("island-data-bureau"),
    labels=(Label("Island Data Bureau", "en"),),
    aliases=(Label("数据局", "zh"), Label("IDB", None)),
    place="海岛市",
)
MINISTRY = entity("Regulator", "海岛工信部")
RULES = entity(
    "Instrument",
    "海岛数据管理办法",
    kind="measures",
    status="issued",
    issued="2031-05-06",
    effective="2031-07",
    number="岛数〔2031〕7号",
    place="海岛市",
)
LAW = entity("Instrument", "海岛数据法", kind="law")
PAPER = entity("Publication", "海岛算力白皮书", kind="white-paper", issued="2031")
GULL = entity("Company", "海鸥科技", labels=(Label("Gull Tech", "en"),))
TERN = entity("Company", "Tern Systems", "en")
REEF = entity("Company", "礁石资本")
WAVE = entity("Company", "浪花基金")
CORAL = entity("Company", "珊瑚智能")
CLUB = entity("Organization", "海岛人工智能协会")
LIN = entity("Person", "林一帆")


class Draft:
    """A report being written: sentences go into its text, and claims cite them."""

    def __init__(self, id_: str, title: str, issued: date | None = None, name: str = "report.txt") -> None:
        self.id, self.title, self.issued, self.name = id_, title, issued, name
        self.text = ""
        self.facts: list[ItemFacts] = []
        self._starts: list[int] = []

    def item(self, slug: str, title: str, day: date | None = None, **more: object) -> ItemFacts:
        self._starts.append(len(self.text))
        self.text += title + "\n"
        item = Item(f"{self.id}-{slug}", title, Passage.verbatim(title), (), issued=day, **more)  # type: ignore[arg-type]
        facts = ItemFacts(item)
        self.facts.append(facts)
        return facts

    def claim(
        self,
        subject: Entity,
        relation: str,
        obj: Entity,
        quote: str,
        deal: str | None = None,
        said: Said = Said.SUMMARY,
        **more: object,
    ) -> None:
        facts = self.facts[-1]
        start = len(self.text)
        self.text += quote + "\n"
        facts.claims.append(
            Claim(
                subject.iri, relation, obj.iri, quote, start, start + len(quote), said, "by-hand", 0.95,
                page=self._page(start), deal=deal, **more,  # type: ignore[arg-type]
            )
        )  # fmt: skip
        for each in (subject, obj):
            if each.iri not in {e.iri for e in facts.entities}:
                facts.entities.append(each)

    @staticmethod
    def _page(offset: int) -> int:
        return 1 if offset < 60 else 2

    def report(self) -> Report:
        """The report; its items have all their text only now."""
        ends = [*self._starts, len(self.text)][1:]
        for facts, start, end in zip(self.facts, self._starts, ends, strict=False):
            facts.item = replace(facts.item, passage=Passage.verbatim(self.text[start:end], start))
        text = self.text + "。" * 80
        source = Source(
            self.name, hashlib.sha256(text.encode()).hexdigest(), "txt", text, pages=(Page(0, 1), Page(60, 2))
        )
        return Report(self.id, self.title, source, tuple(f.item for f in self.facts), issued=self.issued, layout="test")


def acquisition(buyer: Entity, target: Entity, status: str, **terms: object) -> Deal:
    iri = ids.acquisition(buyer.iri, target.iri)
    made = Terms(status=status, **terms)  # type: ignore[arg-type]
    return Deal(iri, "Acquisition", made, buyer=buyer.iri, target=target.iri)


def may() -> tuple[Report, list[ItemFacts]]:
    """Rules are issued; an acquisition is announced; a round is completed for one investor and rumoured for another."""
    draft = Draft("2031-05", "海岛月报 2031年5月", date(2031, 5, 1), "may.txt")
    draft.item(
        "rules-1",
        "海岛数据局发布办法",
        date(2031, 5, 7),
        section="法规",
        page=1,
        link="https://example.org/1",
        publisher="海岛报",
    )
    draft.claim(RULES, "issuedBy", BUREAU, "海岛数据局印发《海岛数据管理办法》", said=Said.HEADLINE)
    draft.claim(RULES, "issuedBy", MINISTRY, "海岛工信部联合印发")
    draft.claim(RULES, "basedOn", LAW, "根据《海岛数据法》制定")
    draft.claim(LIN, "officerOf", BUREAU, "副局长林一帆介绍", role="副局长", date="2031-05")
    draft.claim(PAPER, "draftedBy", CLUB, "协会编写《海岛算力白皮书》")
    draft.item("deals-1", "海鸥科技拟收购Tern Systems", date(2031, 5, 19), section="交易", page=2)
    deal = acquisition(
        GULL, TERN, "announced", amount=Decimal("4900000000"), amount_text="约49亿美元", currency="USD",
        qualifier="about", announced="2031-05-19",
    )  # fmt: skip
    draft.facts[-1].deals.append(deal)
    draft.claim(GULL, "acquires", TERN, "海鸥科技宣布以约49亿美元收购Tern Systems", deal.iri)
    draft.item("deals-2", "珊瑚智能完成A轮", date(2031, 5, 20), section="交易")
    round_ = ids.funding_round(CORAL.iri, "A轮")
    part = ids.participation(round_, WAVE.iri)
    draft.facts[-1].deals += [
        Deal(
            round_, "FundingRound", Terms(status="completed", amount=Decimal("43000000.50"), amount_text="四千三百万",
            currency="CNY", qualifier="exact", round="A轮", stake=Decimal("0.10"), completed="2031-05"),
            investors=(REEF.iri, WAVE.iri), leads=(REEF.iri,), investee=CORAL.iri,
        ),
        Deal(part, "Deal", Terms(status="in-talks"), investors=(WAVE.iri,), investee=CORAL.iri, part_of=round_),
    ]  # fmt: skip
    draft.claim(REEF, "investsIn", CORAL, "由礁石资本领投", round_)
    draft.claim(WAVE, "investsIn", CORAL, "浪花基金据称正在洽谈", part, said=Said.HEARSAY)
    return draft.report(), draft.facts


def june() -> tuple[Report, list[ItemFacts]]:
    """The acquisition is completed at another price; one company goes by a new name."""
    draft = Draft("2031-06", "海岛月报 2031年6月", date(2031, 6, 1), "june.txt")
    draft.item("deals-1", "海鸥完成收购", date(2031, 6, 20), section="交易")
    deal = acquisition(
        GULL,
        TERN,
        "completed",
        amount=Decimal(5000000000),
        amount_text="50亿欧元",
        currency="EUR",
        completed="2031-06-18",
    )
    draft.facts[-1].deals.append(deal)
    renamed = Entity(GULL.iri, "Company", Label("海鸥集团", "zh"), aliases=(Label("海鸥", "zh"),))
    draft.claim(renamed, "acquires", TERN, "海鸥集团以50亿欧元完成对Tern Systems的收购", deal.iri)
    draft.claim(TERN, "subsidiaryOf", renamed, "Tern Systems成为其子公司")
    draft.item("rules-1", "办法征求意见后印发", date(2031, 6, 2))
    draft.claim(RULES, "issuedBy", BUREAU, "海岛数据局此前印发《海岛数据管理办法》")
    return draft.report(), draft.facts


def july() -> tuple[Report, list[ItemFacts]]:
    """The acquisition is called off; one item has no day of its own."""
    draft = Draft("2031-07", "海岛月报 2031年7月", date(2031, 7, 1), "july.txt")
    draft.item("deals-1", "海鸥终止收购")
    deal = acquisition(GULL, TERN, "terminated")
    draft.facts[-1].deals.append(deal)
    draft.claim(GULL, "acquires", TERN, "海鸥科技与Tern Systems终止收购", deal.iri)
    return draft.report(), draft.facts


def random_report(id_: str, dice: random.Random) -> tuple[Report, list[ItemFacts]]:
    """A report of a few firms that all such reports share, so that they contradict each other in everything."""
    firms = [ids.entity("Company", f"公司{i}") for i in range(5)]
    said = []
    for k in range(dice.randint(1, 4)):
        day = dice.choice([None, date(2031, 1, dice.randint(1, 5))])
        found = ItemFacts(Item(f"{id_}-{k}", f"题 {dice.randint(0, 2)}", Passage.verbatim("x"), (), issued=day))
        for i in dice.sample(range(5), 3):
            label = Label(dice.choice("甲乙丙") + str(i), dice.choice(["zh", "en", None]))
            aliases = tuple(Label(name, "zh") for name in dice.sample(["甲0", "乙1", "丁"], dice.randint(0, 2)))
            found.entities.append(Entity(firms[i], "Company", label, aliases=aliases))
        for _ in range(dice.randint(0, 3)):
            a, b = dice.sample(range(3), 2)
            terms = Terms(
                status=dice.choice([None, "completed", "announced", "terminated"]),
                amount=dice.choice([None, Decimal(5), Decimal("9.50")]),
                amount_text=dice.choice([None, "5元"]),
                currency=dice.choice([None, "USD", "CNY"]),
                valuation=dice.choice([None, Decimal(9)]),
                completed=dice.choice([None, "2031"]),
            )
            if dice.random() < 0.5:
                deal = Deal(ids.acquisition(firms[a], firms[b]), "Acquisition", terms, buyer=firms[a], target=firms[b])
            else:
                others = tuple(firms[i] for i in dice.sample(range(5), 2) if i != b)
                deal = Deal(
                    ids.funding_round(firms[b], "A"), "FundingRound", terms, investors=others, investee=firms[b]
                )
            if deal.iri not in {other.iri for other in found.deals}:
                found.deals.append(deal)
            found.claims.append(Claim(firms[a], "acquires", firms[b], "q", 0, 1, Said.SUMMARY, "r", 0.9, deal=deal.iri))
        said.append(found)
    source = Source("f", str(dice.random()), "txt", str(dice.randint(0, 3)))
    issued = dice.choice([None, date(2031, 1, 2)])
    return Report(id_, "T", source, tuple(f.item for f in said), issued=issued), said
