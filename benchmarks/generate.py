"""A store of any size and of the true shape: ``python -m benchmarks.generate FOLDER --quads 1000000``.

All names are invented. Items are made as the pipeline makes them and go through ``kg.graph.build`` and
``kg.graph.facts``, so that named graphs, claims, deals and the default graph are what ``kg add`` would have stored.
Who is named follows Zipf's law, as in the news: few bodies issue much, most firms are named once. Documents rest on
earlier ones, firms buy in chains of up to ten, deals are reported again as they go on. The same seed gives the same
store.
"""

from __future__ import annotations

import argparse
import bisect
import hashlib
import itertools
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyoxigraph

from kg import __version__, ids
from kg.graph import build, facts, sources
from kg.graph.store import MARKER, VERSION, Store
from kg.items import Claim, Deal, Entity, EntityType, Item, ItemFacts, Label, Passage, Report, Said, Source, Terms

#: Quads that an item brings on average, its share of the default graph included.
QUADS_PER_ITEM = 130
ITEMS_PER_REPORT = 25
_DEPTH = 10
_RUN = ids.run("generated")
_KINDS = ("law", "regulation", "measures", "provisions", "guideline", "notice", "action-plan", "opinions")
_DEALS = ("rumoured", "in-talks", "proposed", "announced", "completed", "completed", "terminated")
_DOCUMENTS = ("planned", "draft", "consultation", "issued", "issued", "issued", "in-force")
_CURRENCIES = ("USD", "CNY", "EUR", "HKD")
_ROUNDS = ("天使轮", "A轮", "B轮", "C轮", "D轮")
_ROLES = ("局长", "首席执行官", "创始人", "副主任")


class Zipf:
    """Members by rank: the first is chosen most often."""

    def __init__(self, random_: random.Random, members: Sequence[Entity], exponent: float = 1.0) -> None:
        self._random, self.members = random_, members
        weights = (1 / (rank + 1) ** exponent for rank in range(len(members)))
        self._sums = list(itertools.accumulate(weights))

    def one(self) -> Entity:
        return self.members[bisect.bisect(self._sums, self._random.random() * self._sums[-1])]

    def some(self, count: int) -> list[Entity]:
        return list({entity.iri: entity for entity in (self.one() for _ in range(count))}.values())


class World:
    """Who and what there is to write about."""

    def __init__(self, items: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.items = items
        self.regulators = Zipf(self.random, self._made("Regulator", "监管局", "Authority", max(20, items // 25)))
        self.companies = Zipf(self.random, self._made("Company", "科技公司", "Systems", max(50, items)), 0.8)
        self.funds = Zipf(self.random, self._made("Company", "资本", "Capital", max(20, items // 6)))
        self.people = Zipf(self.random, self._made("Person", "某", "", max(20, items // 2)), 0.7)
        self.bodies = Zipf(self.random, self._made("Organization", "研究院", "Institute", max(10, items // 20)))
        self.documents: list[Entity] = []
        self.deals: list[Deal] = []
        self.firms = {firm.iri: firm for firm in (*self.companies.members, *self.funds.members)}
        firms = list(self.companies.members)
        self.random.shuffle(firms)
        #: Firms in the order in which each buys the next.
        self.chains = [firms[at : at + _DEPTH + 1] for at in range(0, len(firms) - _DEPTH, _DEPTH + 1)]

    def _made(self, type_: EntityType, zh: str, en: str, count: int) -> list[Entity]:
        made = []
        for number in range(count):
            name = f"{self._syllables(number)}{zh}"
            labels = (Label(f"{en} {number}", "en"),) if en and number % 2 else ()
            aliases = (Label(name[:4] + str(number), "zh"),) if number % 3 == 0 else ()
            made.append(
                Entity(
                    ids.entity(type_, f"{name}{number}"), type_, Label(name + str(number), "zh"),
                    labels=labels, aliases=aliases, place=f"第{number % 97}市" if type_ == "Regulator" else "",
                )
            )  # fmt: skip
        return made

    @staticmethod
    def _syllables(number: int) -> str:
        letters = "海岛北东南西云山河星光明新华中天地金石木林风雨春秋"
        word = ""
        for _ in range(3):
            number, at = divmod(number, len(letters))
            word += letters[at]
        return word


class Writing:
    """One item being written: a claim names its two ends, and quotes a sentence that no other has."""

    def __init__(self, report: str, number: int, day: date, section: str, text: list[str]) -> None:
        self.id = f"{report}-{number}"
        self._text = text
        title = f"第{number}条资讯"
        item = Item(
            self.id, title, Passage.verbatim(title), (), section=section, issued=day, publisher=f"来源{number % 40}", link=f"https://example.org/{self.id}",
        )  # fmt: skip
        self.facts = ItemFacts(item)
        self._named: set[str] = set()

    def name(self, entity: Entity) -> None:
        if entity.iri not in self._named:
            self._named.add(entity.iri)
            self.facts.entities.append(entity)

    def claim(
        self,
        subject: Entity,
        relation: str,
        obj: Entity,
        confidence: float,
        said: Said = Said.SUMMARY,
        deal: str | None = None,
        role: str | None = None,
    ) -> None:
        if subject.iri == obj.iri:
            return
        self.name(subject)
        self.name(obj)
        start = sum(map(len, self._text))
        quote = f"据{self.id}第{start}字，{subject.label.text}与{obj.label.text}之间有此关系。"
        self._text.append(quote)
        self.facts.claims.append(
            Claim(
                subject.iri, relation, obj.iri, quote, start, start + len(quote), said, "generated", confidence,
                deal=deal, role=role,
            )
        )  # fmt: skip


def reports(quads: int, seed: int = 1) -> Iterator[tuple[Report, list[ItemFacts]]]:
    """Reports whose quads come to about so many."""
    items = max(40, quads // QUADS_PER_ITEM)
    world = World(items, seed)
    day = date(2010, 1, 1)
    step = timedelta(days=5000 / items)
    for start in range(0, items, ITEMS_PER_REPORT):
        id_ = f"r{start // ITEMS_PER_REPORT:05d}"
        said = []
        text: list[str] = []
        for number in range(start, min(start + ITEMS_PER_REPORT, items)):
            kind = world.random.random()
            section = "政策速递" if kind < 0.4 else "交易资讯" if kind < 0.8 else "行业新闻"
            writing = Writing(id_, number, day + step * number, section, text)
            (_policy if kind < 0.4 else _dealing if kind < 0.8 else _news)(world, writing)
            said.append(writing.facts)
        issued = day + step * start
        whole = "".join(text)
        source = Source(f"{id_}.txt", hashlib.sha256(whole.encode()).hexdigest(), "txt", whole)
        yield (
            Report(id_, f"月报 {id_}", source, tuple(one.item for one in said), issued=issued, layout="generated"),
            said,
        )


def _sure(world: World) -> float:
    return round(0.5 + 0.5 * world.random.random() ** 0.3, 2)


def _said(world: World) -> Said:
    return world.random.choices(list(Said), (20, 60, 10, 10))[0]


def _policy(world: World, writing: Writing) -> None:
    """A document with its issuers, what it rests on and what it amends; or an old one once more."""
    chance = world.random
    news = writing.facts.item.issued or date(2010, 1, 1)
    number = len(world.documents)
    if number and chance.random() < 0.3:
        document = world.documents[number - 1 - min(number - 1, int(chance.expovariate(0.02)))]
    else:
        status = chance.choice(_DOCUMENTS)
        dated = status in ("issued", "in-force") and chance.random() < 0.6
        document = Entity(
            ids.entity("Instrument", f"第{number}号文件"), "Instrument", Label(f"关于第{number}号事项的文件", "zh"),
            kind=chance.choice(_KINDS), status=status, issued=news.isoformat() if dated else None,
            effective=(news + timedelta(days=60)).isoformat() if dated and chance.random() < 0.4 else None,
            place=f"第{number % 97}市" if chance.random() < 0.3 else "",
        )  # fmt: skip
        world.documents.append(document)
    draft = document.status in ("draft", "consultation", "planned")
    for issuer in world.regulators.some(chance.choice((1, 1, 2, 3, 4, 6))):
        writing.claim(document, "draftedBy" if draft else "issuedBy", issuer, _sure(world), _said(world))
    if number > 5:
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            # few documents are what most others rest on
            basis = world.documents[int(number * chance.random() ** 4)]
            writing.claim(document, "basedOn", basis, _sure(world), _said(world))
        if chance.random() < 0.15:
            older = world.documents[int(number * chance.random())]
            if older.iri < document.iri:
                writing.claim(document, "amends", older, _sure(world), _said(world))
    body = world.regulators.one()
    writing.claim(world.people.one(), "officerOf", body, _sure(world), role=chance.choice(_ROLES))


def _dealing(world: World, writing: Writing) -> None:
    """An acquisition of a chain, a round, or the next step of a deal that was told before."""
    chance = world.random
    if world.deals and chance.random() < 0.3:
        old = world.deals[len(world.deals) - 1 - min(len(world.deals) - 1, int(chance.expovariate(0.02)))]
        terms = Terms(
            status=chance.choice(("announced", "completed", "terminated")), amount=old.terms.amount,
            amount_text=old.terms.amount_text, currency=old.terms.currency, qualifier=old.terms.qualifier,
            round=old.terms.round,
        )  # fmt: skip
        _tell(world, writing, Deal(
            old.iri, old.type, terms, old.buyer, old.target, old.investors, old.leads, old.investee
        ))  # fmt: skip
        return
    day = writing.facts.item.issued
    number = chance.randrange(1, 900)
    status = chance.choice(_DEALS)
    terms = Terms(
        status=status, amount=Decimal(number * 10**7) if chance.random() < 0.8 else None, amount_text=f"{number}千万",
        currency=chance.choice(_CURRENCIES), qualifier=chance.choice(("exact", "about")),
        announced=day.isoformat() if day and chance.random() < 0.5 else None,
        completed=day.isoformat() if day and status == "completed" else None,
    )  # fmt: skip
    if chance.random() < 0.45 and world.chains:
        chain = chance.choice(world.chains)
        at = chance.randrange(len(chain) - 1)
        buyer, target = chain[at], chain[at + 1]
        if chance.random() < 0.3:
            buyer = world.companies.one()
        if buyer.iri == target.iri:
            return
        deal = Deal(ids.acquisition(buyer.iri, target.iri), "Acquisition", terms, buyer.iri, target.iri)
    else:
        firm = world.companies.one()
        name = chance.choice(_ROUNDS)
        investors = tuple(one.iri for one in world.funds.some(chance.randrange(2, 9)))
        terms = Terms(**{field: getattr(terms, field) for field in Terms.__slots__} | {"round": name})
        deal = Deal(
            ids.funding_round(firm.iri, name), "FundingRound", terms, investors=investors, leads=investors[:1],
            investee=firm.iri,
        )  # fmt: skip
    world.deals.append(deal)
    _tell(world, writing, deal)


def _tell(world: World, writing: Writing, deal: Deal) -> None:
    named = world.firms
    writing.facts.deals.append(deal)
    said = Said.HEARSAY if deal.terms.status in ("rumoured", "in-talks") else _said(world)
    if deal.buyer and deal.target:
        writing.claim(named[deal.buyer], "acquires", named[deal.target], _sure(world), said, deal.iri)
    for investor in deal.investors:
        writing.claim(named[investor], "investsIn", named[deal.investee or ""], _sure(world), said, deal.iri)


def _news(world: World, writing: Writing) -> None:
    """Relations of other sorts, and names that are only mentioned."""
    chance = world.random
    firm = world.companies.one()
    for relation in chance.sample(("agreementWith", "sues", "customerOf", "subsidiaryOf"), 2):
        for other in world.companies.some(chance.randrange(1, 4)):
            # who belongs to whom has no circles
            if relation != "subsidiaryOf" or other.iri < firm.iri:
                writing.claim(firm, relation, other, _sure(world), _said(world))
    writing.claim(world.people.one(), "officerOf", firm, _sure(world), role=chance.choice(_ROLES))
    part, whole = sorted((world.regulators.one(), world.regulators.one()), key=lambda one: one.iri)
    writing.claim(part, "partOf", whole, _sure(world))
    paper = Entity(
        ids.entity("Publication", writing.id), "Publication", Label(f"{writing.id}年度报告", "zh"), kind="report",
        status="issued",
    )  # fmt: skip
    writing.claim(paper, "issuedBy", world.bodies.one(), _sure(world), Said.HEADLINE)
    for other in world.companies.some(4):
        writing.name(other)


def quads(count: int, seed: int = 1) -> list[pyoxigraph.Quad]:
    """All quads, the default graph's among them."""
    named = [
        quad
        for report, said in reports(count, seed)
        for quad in build.quads(report, said, _RUN, sources.pack(report.source)[0])
    ]
    return [*named, *facts.all_facts(named)]


def store(folder: Path, count: int, seed: int = 1) -> int:
    """A store on disk, bulk loaded; how many quads it has."""
    made = quads(count, seed)
    folder.mkdir(parents=True)
    (folder / MARKER).write_text(json.dumps({"store": VERSION, "made by": f"regkg {__version__}"}) + "\n")
    base = pyoxigraph.Store(str(folder / "oxigraph"))
    with tempfile.NamedTemporaryFile(suffix=".nq") as file:
        pyoxigraph.serialize(made, file, pyoxigraph.RdfFormat.N_QUADS)
        file.flush()
        base.bulk_load(path=file.name, format=pyoxigraph.RdfFormat.N_QUADS)
    base.optimize()
    size = len(base)
    del base
    for report, _ in reports(count, seed):
        digest, data = sources.pack(report.source)
        sources.FolderSources(folder / "sources").put(digest, data)
    Store.open(folder, "write").close()  # which publishes it
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quads", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.folder.exists():
        parser.error(f"{options.folder} is there already: name a new folder")
    begun = time.perf_counter()
    count = store(options.folder, options.quads, options.seed)
    print(f"{options.folder}: {count:,} quads in {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
