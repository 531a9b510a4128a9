"""Stores of deals and documents made by hand: a line a relation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from graph.samples import RUN, Draft, acquisition, entity

from kg import ids
from kg.graph.store import Store
from kg.items import Deal, Entity, Said, Terms

#: who, relation, whom, and the status of the deal ("" for none); a "?" before the status is hearsay's
Stated = tuple[str, str, str, str]


def firm(name: str) -> Entity:
    return entity("Company", name, "en" if name.isascii() else "zh")


def write(draft: Draft, stated: Iterable[Stated], day: date | None = None) -> None:
    """An item for each relation."""
    for number, (who, relation, whom, status) in enumerate(stated, len(draft.facts) + 1):
        draft.item(f"deals-{number}", f"{who} {relation} {whom}", day, section="交易")
        subject, object_ = firm(who), firm(whom)
        said = Said.HEARSAY if status.startswith("?") else Said.SUMMARY
        status = status.removeprefix("?")
        deal = None
        if status and relation == "acquires":
            deal = acquisition(subject, object_, status)
        elif status:
            round_ = ids.funding_round(object_.iri, who)
            deal = Deal(round_, "FundingRound", Terms(status=status), investors=(subject.iri,), investee=object_.iri)
        if deal is not None:
            draft.facts[-1].deals.append(deal)
        draft.claim(
            subject, relation, object_, f"{who} {relation} {whom} ({status})", deal.iri if deal else None, said=said
        )


def store_of(*stated: Stated, id_: str = "2031-05") -> Store:
    store = Store.memory()
    add(store, id_, date(2031, int(id_[-2:]), 1), stated)
    return store


def add(store: Store, id_: str, issued: date | None, stated: Iterable[Stated], run: str = RUN) -> None:
    draft = Draft(id_, f"月报 {id_}", issued, f"{id_}.txt")
    write(draft, stated, replace_day(issued))
    store.add(draft.report(), draft.facts, run)


def replace_day(issued: date | None) -> date | None:
    return issued.replace(day=10) if issued else None
