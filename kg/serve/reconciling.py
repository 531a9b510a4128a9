"""Names to entities, many at a time: the job of the reconciliation service (``kg.serve.pool``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.query import entity, search
from kg.query.entity import Candidate
from kg.serve.vocabulary import terms
from kg.vocab import KG

#: What a query may say beside the name, to tell candidates apart.
PROPERTIES = ("kind", "status", "number", "issuedOn", "effectiveFrom", "appliesIn", "locatedIn")
#: Ways that leave no doubt for who isn't looking: a row of a table that says gjsjj may mean something else.
_SURE = frozenset({"exact", "known"})
_WEIGHT = {"exact": 100.0, "known": 95.0, "kind": 60.0, "pinyin": 80.0, "part": 70.0, "near": 75.0}


@dataclass(frozen=True, slots=True)
class Wanted:
    name: str
    types: tuple[str, ...] = ()  # local names of classes; none: any
    limit: int = 5
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    iri: str
    name: str
    type: str
    matched: str
    items: int
    score: float
    match: bool
    agrees: tuple[tuple[str, bool], ...] = ()  # of the properties asked for: whether it has them so


def reconciled(store: Store, wanted: Sequence[Wanted]) -> list[list[Found]]:
    """For each, the candidates by score. A match is told only of the one and only that is called so."""
    return [_candidates(store, one) for one in wanted]


def _candidates(store: Store, wanted: Wanted) -> list[Found]:
    candidates = entity.find(store, wanted.name.strip(), limit=50)
    if wanted.types:
        candidates = [one for one in candidates if one.type in wanted.types]
    form = ids.normalise(wanted.name)
    scored = []
    for one in candidates:
        agrees = tuple((name, _agrees(store, one, name, values)) for name, values in wanted.properties)
        score = _WEIGHT[one.how] * (search.nearness(form, one.matched) if one.how in ("part", "near") else 1.0)
        scored.append((one, round(score - 15 * sum(not said for _, said in agrees), 1), agrees))
    scored.sort(key=lambda each: (-each[1], -each[0].mentions, each[0].iri))
    fitting = [one for one, _, agrees in scored if all(said for _, said in agrees)]
    sure = len(fitting) == 1 and fitting[0].how in _SURE
    return [
        Found(
            one.iri, one.label, one.type, one.matched, one.mentions, max(score, 0.0), sure and one is fitting[0], agrees
        )
        for one, score, agrees in scored[: wanted.limit]
    ]


def _agrees(store: Store, one: Candidate, name: str, values: Sequence[str]) -> bool:
    """Whether it has one of these values, in the store's words, in Chinese or in English."""
    said: set[str] = set()
    for quad in store.quads(NamedNode(one.iri), KG[name], None, DEFAULT):
        value: Any = quad.object
        said.add(value.value)
        if isinstance(value, NamedNode):
            said.add(entity.local_name(value))
            term = terms().get(value.value)
            said |= {term.zh, term.en} if term else {entity.label_of(store, value, lang) for lang in ("zh", "en")}
    return bool({ids.normalise(one) for one in said} & {ids.normalise(value) for value in values})


def previewed(store: Store, iri: str) -> Mapping[str, Any] | None:
    """What a small box shows of an entity; None where the store doesn't know it."""
    node = NamedNode(iri)
    type_ = entity.type_of(store, node)
    if type_ is None:
        return None
    told = entity.describe(store, iri)
    return {
        "iri": iri,
        "label": told.label,
        "type": type_,
        "names": [name.text for name in told.names][:8],
        "facts": list(told.facts.items()),
        "items": len(told.items),
    }
