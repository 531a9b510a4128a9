"""What the default graph holds: the facts that the named graphs state, each once, settled where they disagree.

A fact is every triple of a named graph that isn't part of a claim, a mention or an open sentence. Most are plain: they
stand as long as one graph states them. Four sorts can't all stand together, and are settled here:

* what can be only one (a status, a day): the latest item's; the day of a deal's completion only while its status
  is "completed";
* an amount with its words, currency and qualifier: all from one item, the latest that gives an amount, since the
  figure of one and the currency of another make a number that nobody stated. A valuation of another item joins it
  only in the same currency;
* names: one preferred name a language, the latest item's; the others stay as ``skos:altLabel``, so that nobody
  loses the name that he searches by;
* ``kg:hasAcquired`` and ``kg:hasInvestedIn``: only while the default graph has a completed deal between the two.
  An item that once said "completed" doesn't outweigh the later one that says "terminated".

*Latest* is by the item's day (its report's where it has none), then by the item's IRI.
The store applies these rules to what an addition touches; ``all_facts`` applies them to everything and is what
``kg check`` compares the default graph with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import Any, TypeAlias

from pyoxigraph import DefaultGraph, Literal, Quad

from kg.vocab import DCTERMS, FUNCTIONAL, KG, RDF, SKOS, STATUS

# pyoxigraph types what a quad holds as a union with blank nodes and quoted triples, which our graphs never hold
Node: TypeAlias = Any
Object: TypeAlias = Any
Rank = tuple[str, str]
#: what the graphs say with one property of one subject: (who says it, value)
Stated = Iterable[tuple[Rank, Object]]

DEFAULT = DefaultGraph()
AMOUNT = (KG.amount, KG.amountText, KG.currency, KG.qualifier, KG.valuation)
STATE = (KG.status, KG.completedOn)
LABELS = (SKOS.prefLabel, SKOS.altLabel)
EVIDENCE = (KG.Claim, KG.Mention, KG.OpenSentence)
COMPLETED_EDGES = (KG.hasAcquired, KG.hasInvestedIn)
PARTIES = {KG.hasAcquired: (KG.buyer, KG.target), KG.hasInvestedIn: (KG.investor, KG.investee)}

#: The aspect of a subject that is settled as a whole, by property.
ASPECT: Mapping[Node, tuple[Node, ...]] = {
    **{p: (p,) for p in FUNCTIONAL},
    **dict.fromkeys(STATE, STATE),
    **dict.fromkeys(AMOUNT, AMOUNT),
    **dict.fromkeys(LABELS, LABELS),
}


def of_class(quads: Iterable[Quad], class_: Node) -> set[Node]:
    return {q.subject for q in quads if q.predicate == RDF.type and q.object == class_}


def evidence(quads: Iterable[Quad]) -> set[Node]:
    """The claims, mentions and open sentences: what stands in the item graphs alone."""
    return {q.subject for q in quads if q.predicate == RDF.type and q.object in EVIDENCE}


def facts(quads: Iterable[Quad]) -> list[Quad]:
    """The quads of one or more named graphs that aren't part of any of these."""
    quads = list(quads)
    apart = evidence(quads)
    return [q for q in quads if q.subject not in apart]


def settle(aspect: tuple[Node, ...], stated: Mapping[Node, Stated]) -> set[tuple[Node, Object]]:
    """The (property, value) pairs that stand, of all that is stated with the properties of one aspect."""
    if aspect is LABELS:
        return _names(stated)
    if aspect is AMOUNT:
        return _amount(stated)
    settled = {p: _latest(stated[p])[1] for p in aspect if stated.get(p)}
    if aspect is STATE and settled.get(KG.status) != STATUS.completed:
        settled.pop(KG.completedOn, None)
    return set(settled.items())


def _latest(stated: Stated) -> tuple[Rank, Object]:
    # an item that states two values, which the shapes forbid, still gives the same one on every machine
    return max(stated, key=lambda pair: (pair[0], str(pair[1])))


def _amount(stated: Mapping[Node, Stated]) -> set[tuple[Node, Object]]:
    said: dict[Rank, dict[Node, Object]] = defaultdict(dict)
    for p, pairs in stated.items():
        for rank, value in pairs:
            if p not in said[rank] or str(value) > str(said[rank][p]):
                said[rank][p] = value
    if not said:
        return set()
    with_amount = [rank for rank, values in said.items() if KG.amount in values or KG.amountText in values]
    kept = dict(said[max(with_amount or said)])
    if KG.valuation not in kept:
        for rank in sorted(said, reverse=True):
            if KG.valuation in said[rank]:
                if said[rank].get(KG.currency) == kept.get(KG.currency):
                    kept[KG.valuation] = said[rank][KG.valuation]
                break
    return set(kept.items())


def _names(stated: Mapping[Node, Stated]) -> set[tuple[Node, Object]]:
    by_language: dict[str | None, list[tuple[Rank, Object]]] = defaultdict(list)
    names: set[Object] = set()
    for p in LABELS:
        for rank, label in stated.get(p, ()):
            names.add(label)
            if p == SKOS.prefLabel and isinstance(label, Literal):
                by_language[label.language].append((rank, label))
    preferred: set[Object] = {_latest(labels)[1] for labels in by_language.values()}
    return {(SKOS.prefLabel if name in preferred else SKOS.altLabel, name) for name in names}


def ranks(quads: Iterable[Quad]) -> dict[Node, Rank]:
    """The rank of each named graph, from its own quads and those of its report."""
    issued: dict[Node, str] = {}
    part_of: dict[Node, Node] = {}
    graphs: set[Node] = set()
    for q in quads:
        graph: Node = q.graph_name
        value: Object = q.object
        graphs.add(graph)
        if q.subject == graph:
            if q.predicate == DCTERMS.issued:
                issued[graph] = value.value
            elif q.predicate == DCTERMS.isPartOf:
                part_of[graph] = value
    return {g: (issued.get(g) or issued.get(part_of.get(g, g), ""), g.value) for g in graphs}


def all_facts(quads: Iterable[Quad]) -> set[Quad]:
    """The default graph that these named graphs give, from the beginning."""
    named = [q for q in quads if q.graph_name != DEFAULT]
    rank = ranks(named)
    plain: set[Quad] = set()
    contested: dict[tuple[Node, tuple[Node, ...]], dict[Node, list[tuple[Rank, Object]]]] = {}
    for q in facts(named):
        aspect = ASPECT.get(q.predicate)
        if aspect is None:
            plain.add(Quad(q.subject, q.predicate, q.object, DEFAULT))
        else:
            stated = contested.setdefault((q.subject, aspect), {})
            stated.setdefault(q.predicate, []).append((rank[q.graph_name], q.object))
    for (subject, aspect), stated in contested.items():
        plain.update(Quad(subject, p, o, DEFAULT) for p, o in settle(aspect, stated))
    done = completed_pairs(plain)
    return {q for q in plain if q.predicate not in COMPLETED_EDGES or (q.predicate, q.subject, q.object) in done}


def completed_pairs(default: Set[Quad]) -> set[tuple[Node, Node, Object]]:
    """The (edge, who, whom) between which these facts have a completed deal."""
    completed = {q.subject for q in default if q.predicate == KG.status and q.object == STATUS.completed}
    roles: dict[tuple[Node, Node], set[Node]] = defaultdict(set)
    for q in default:
        if q.subject in completed:
            roles[q.subject, q.predicate].add(q.object)
    return {
        (edge, who, whom)
        for deal in completed
        for edge, (by, of) in PARTIES.items()
        for who in roles[deal, by]
        for whom in roles[deal, of]
    }
