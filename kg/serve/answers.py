"""What a page asks of a store, as jobs of ``kg.serve.pool``: plain values in, an answer out that can be sent on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kg.errors import QueryError
from kg.graph.store import Store
from kg.query import catalogue, entity
from kg.query.ask import Unclear
from kg.query.ask import ask as asked_of
from kg.query.chain import RELATIONS, Chain
from kg.query.chain import chain as chain_of
from kg.query.changes import diff as changes_of
from kg.query.entity import Candidate
from kg.query.path import paths
from kg.query.result import Result
from kg.query.search import SURE


@dataclass(slots=True)
class Answer:
    """A result, its rows cut to those that were asked for; or the candidates for a name that could be several."""

    result: Result | None = None
    more: bool = False  # whether there are rows beyond
    chain: Chain | None = None
    unclear: str = ""  # which value is meant: a parameter's name
    candidates: tuple[Candidate, ...] = ()
    sure: bool = False  # the candidates are called so, and don't only come near


class _Several(Exception):
    def __init__(self, parameter: str, found: Sequence[Candidate]) -> None:
        self.answer = Answer(unclear=parameter, candidates=tuple(found[:10]), sure=found[0].how in SURE)


def ask(store: Store, name: str, given: Mapping[str, str], lang: str, rows: int) -> Answer:
    """A named question's answer with its evidence."""
    question = catalogue.question(name)
    try:
        return _cut(asked_of(store, question, given, lang), rows)
    except Unclear as fault:
        meant = next((key for key, value in given.items() if value == fault.name), "")
        return Answer(unclear=meant, candidates=tuple(fault.candidates), sure=fault.sure)


def chain(store: Store, given: Mapping[str, str], lang: str, rows: int) -> Answer:
    try:
        root = _meant(store, "name", given)
        to = _meant(store, "to", given) if given.get("to") else None
        found = chain_of(
            store,
            root.iri,
            to=to.iri if to else None,
            depth=_whole("depth", given.get("depth") or "5", 50),
            statuses=_parts(given["status"]) if given.get("status") else None,
            relations=_parts(given["relation"]) if given.get("relation") else RELATIONS,
            lang=lang,
        )
    except _Several as several:
        return several.answer
    answer = _cut(found.result(lang), rows)
    answer.chain = found
    return answer


def path(store: Store, given: Mapping[str, str], lang: str, rows: int) -> Answer:
    try:
        ends = [_meant(store, name, given).iri for name in ("from", "to")]
    except _Several as several:
        return several.answer
    hops, limit = _whole("hops", given.get("hops") or "6", 20), _whole("limit", given.get("limit") or "3", 50)
    return _cut(paths(store, ends[0], ends[1], limit=limit, hops=hops, lang=lang).result(lang), rows)


def diff(store: Store, given: Mapping[str, str], lang: str, rows: int) -> Answer:
    return _cut(changes_of(store, given.get("since", ""), given.get("until", ""), lang).result(lang), rows)


def _cut(result: Result, rows: int) -> Answer:
    stream = iter(result)
    result.rows = list(islice(stream, rows))
    return Answer(result, more=next(stream, None) is not None)


def _meant(store: Store, parameter: str, given: Mapping[str, str]) -> Candidate:
    name = given.get(parameter, "").strip()
    if not name:
        raise QueryError(f"{parameter} is empty: type a name")
    found = entity.find(store, name)
    if not found:
        raise QueryError(f"nothing in the store is called {name}")
    if (only := entity.meant(found)) is None:
        raise _Several(parameter, found)
    return only


def _parts(given: str) -> list[str]:
    return [part for part in (word.strip() for word in given.split(",")) if part]


def _whole(name: str, given: str, most: int) -> int:
    if not given.isdecimal() or not 1 <= int(given) <= most:
        raise QueryError(f"{name} is a number from 1 to {most}, and not {given[:20]}")
    return int(given)


def named(values: Mapping[str, Any]) -> str:
    """What a download is called after: the values in short, without what file systems refuse."""
    said = "-".join(str(value) for value in values.values() if value)
    return "".join(char if char.isalnum() else "-" for char in said)[:40].strip("-")
