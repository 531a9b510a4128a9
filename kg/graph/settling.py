"""What a change of named graphs changes in the default graph, found from the touched subjects alone.

A ministry is named by ten thousand items, and adding one more must not read what they all say. Whether the newest
word on something is new is asked as "does anybody later say something?", which the first witness answers; all is
read only where the last word itself is taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

from pyoxigraph import Literal, Quad

from kg.graph.facts import ASPECT, COMPLETED_EDGES, DEFAULT, LABELS, PARTIES, Node, Object, Rank, facts, settle
from kg.vocab import DCTERMS, KG, SKOS, STATUS

#: One thing that a graph states of an aspect: how late it is, with which property, what.
_Said = tuple[Rank, Node, Object]
#: What graphs say of themselves, by graph and property.
_Own = dict[tuple[Node, Node], Object]


class Matching(Protocol):
    """What settling asks of a database."""

    def quads_for_pattern(
        self, subject: Node | None, predicate: Node | None, object: Object | None, graph_name: Node | None
    ) -> Iterable[Quad]: ...


class Settling:
    """``old`` and ``new`` are all quads of the graphs that change, before and after."""

    def __init__(self, base: Matching, old: set[Quad], new: set[Quad]) -> None:
        self._match = partial(base.quads_for_pattern)
        self._replaced = {quad.graph_name for quad in old} | {quad.graph_name for quad in new}
        self._old = facts(old)
        self._new = facts(new)
        self._own_old = _own_words(old)
        self._own_new = _own_words(new)
        self._ranks: dict[Node, Rank] = {}

    def changes(self) -> tuple[list[Quad], list[Quad]]:
        """The default graph's quads to delete and to insert."""
        gone: set[Quad] = set()
        come: set[Quad] = set()
        old, new = _by_aspect(self._old, self._own_old, self._rank), _by_aspect(self._new, self._own_new, self._rank)
        for subject, aspect in {**old, **new}:
            said_old, said_new = old.get((subject, aspect), set()), new.get((subject, aspect), set())
            if said_old != said_new:
                before, after = self._settled(subject, aspect, said_old, said_new)
                gone |= before - after
                come |= after - before
        plain_old = {_fact(q) for q in self._old if q.predicate not in ASPECT}
        plain_new = {_fact(q) for q in self._new if q.predicate not in ASPECT}
        gone |= {q for q in plain_old - plain_new if q.predicate not in COMPLETED_EDGES and not self._elsewhere(q)}
        come |= {q for q in plain_new - plain_old if q.predicate not in COMPLETED_EDGES and not self._stands(q)}
        parts = _Parts(come)
        for quad in self._completed_edges(plain_old | plain_new, gone | come, parts):
            stated = quad in plain_new or self._elsewhere(quad)
            stands = self._stands(quad)
            wanted = stated and self._is_completed(quad, gone, come, parts)
            if stands and not wanted:
                gone.add(quad)
            elif wanted and not stands:
                come.add(quad)
        return list(gone), list(come)

    def _settled(
        self, subject: Node, aspect: tuple[Node, ...], old: set[_Said], new: set[_Said]
    ) -> tuple[set[Quad], set[Quad]]:
        """What the default graph has of one aspect of a subject, and what it is to have."""
        before = {q for p in aspect for q in self._match(subject, p, None, DEFAULT)}
        if aspect is LABELS:
            after = self._names(subject, before, old, new)
        elif len(aspect) == 1:
            (p,) = aspect
            stands = self._last_word_stands(subject, p, {q.object for q in before}, old, new)
            after = before if stands else None
        else:
            after = before if not old and before and _adds_nothing(subject, before, new) else None
        return before, self._anew(subject, aspect, new) if after is None else after

    def _anew(self, subject: Node, aspect: tuple[Node, ...], new: set[_Said]) -> set[Quad]:
        """An aspect settled from all that is stated."""
        stated: dict[Node, list[tuple[Rank, Object]]] = defaultdict(list)
        for rank, p, value in new:
            stated[p].append((rank, value))
        for p in aspect:
            for quad in self._others(subject, p, None):
                stated[p].append((self._rank(quad.graph_name), quad.object))
        return {Quad(subject, p, o, DEFAULT) for p, o in settle(aspect, stated)}

    def _names(self, subject: Node, before: set[Quad], old: set[_Said], new: set[_Said]) -> set[Quad] | None:
        """The names of a subject; None where only reading all that is stated tells which is preferred."""
        spoken = {_language(value) for _, p, value in old ^ new if p == SKOS.prefLabel}
        for language in spoken:
            preferred = {q.object for q in before if q.predicate == SKOS.prefLabel and _language(q.object) == language}
            was, is_ = ({one for one in said if _language(one[2]) == language} for said in (old, new))
            if not self._last_word_stands(subject, SKOS.prefLabel, preferred, was, is_, (language,)):
                return None
        said = {value for _, _, value in new}
        known = {q.object for q in before}
        lost = {name for name in {value for _, _, value in old} - said if not self._called(subject, name)}
        come = {Quad(subject, SKOS.altLabel, name, DEFAULT) for name in said - known}
        return {q for q in before if q.object not in lost} | come

    def _called(self, subject: Node, name: Object) -> bool:
        return any(next(self._others(subject, p, name), None) is not None for p in LABELS)

    def _last_word_stands(
        self,
        subject: Node,
        p: Node,
        stands: set[Object],
        old: set[_Said],
        new: set[_Said],
        language: tuple[str | None, ...] = (),
    ) -> bool:
        """Whether a change leaves the latest value of a property as it is, as far as that is cheap to know."""
        if len(stands) != 1:
            return False
        old, new = ({one for one in said if one[1] == p} for said in (old, new))
        changed = old ^ new
        if not old - new and {value for _, _, value in changed} <= stands:
            return True  # said once more: whichever is the latest, the value is the same
        if not new - old and not {value for _, _, value in changed} & stands:
            return True  # what wasn't the last word is taken back
        latest = max((rank for rank, _, _ in changed), default=None)
        if latest is None or any(rank > latest for rank, _, _ in old & new):
            return True
        return any(
            self._rank(quad.graph_name) > latest
            for quad in self._others(subject, p, None)
            if not language or _language(quad.object) in language
        )

    def _others(self, subject: Node, p: Node, value: Object | None) -> Iterator[Quad]:
        """What graphs that don't change state."""
        for quad in self._match(subject, p, value, None):
            if quad.graph_name != DEFAULT and quad.graph_name not in self._replaced:
                yield quad

    def _rank(self, graph: Node, own: _Own | None = None) -> Rank:
        """How late a graph is: of one that changes, by what it says of itself before or after."""
        if own is None and graph in self._ranks:
            return self._ranks[graph]
        issued = self._says(graph, DCTERMS.issued, own)
        if issued is None:
            report = self._says(graph, DCTERMS.isPartOf, own)
            issued = None if report is None else self._says(report, DCTERMS.issued, own)
        rank = (issued.value if issued is not None else "", graph.value)
        if own is None:
            self._ranks[graph] = rank
        return rank

    def _says(self, graph: Node, predicate: Node, own: _Own | None) -> Object | None:
        if graph in self._replaced:
            return (self._own_new if own is None else own).get((graph, predicate))
        return next((q.object for q in self._match(graph, predicate, None, graph)), None)

    def _stands(self, fact: Quad) -> bool:
        return next(iter(self._match(fact.subject, fact.predicate, fact.object, DEFAULT)), None) is not None

    def _elsewhere(self, fact: Quad) -> bool:
        """Whether a named graph that isn't being replaced states it."""
        return next(self._others(fact.subject, fact.predicate, fact.object), None) is not None

    def _completed_edges(self, touched: set[Quad], changed: set[Quad], parts: _Parts) -> set[Quad]:
        """The edges of completed deals that this change could make or unmake."""
        edges = {q for q in touched if q.predicate in COMPLETED_EDGES}
        roles = {p for pair in PARTIES.values() for p in pair}
        deals = {q.subject for q in changed if q.predicate == KG.status or q.predicate in roles}
        for deal in deals:
            for edge, (by, of) in PARTIES.items():
                for who in self._parties(deal, by, parts):
                    for whom in self._parties(deal, of, parts):
                        edges.add(Quad(who, edge, whom, DEFAULT))
        return edges

    def _parties(self, deal: Node, role: Node, parts: _Parts) -> set[Node]:
        """Who has a role in a deal, before or after."""
        found = {q.object for q in self._match(deal, role, None, DEFAULT)}
        return found | parts.whom[deal, role]

    def _between(self, by: Node, who: Node, of: Node, whom: Node) -> set[Node]:
        """The deals of the one or of the other, whichever has fewer: a fund has thousands, its investee three."""
        sides = [iter(self._match(None, p, party, DEFAULT)) for p, party in ((by, who), (of, whom))]
        found: tuple[set[Node], set[Node]] = (set(), set())
        while True:
            for side, deals in zip(sides, found, strict=True):
                quad = next(side, None)
                if quad is None:
                    return deals
                deals.add(quad.subject)

    def _is_completed(self, edge: Quad, gone: set[Quad], come: set[Quad], parts: _Parts) -> bool:
        by, of = PARTIES[edge.predicate]
        deals = self._between(by, edge.subject, of, edge.object)
        deals |= parts.deals[by, edge.subject]

        def holds(fact: Quad) -> bool:
            return fact in come or (fact not in gone and self._stands(fact))

        return any(
            holds(Quad(deal, by, edge.subject, DEFAULT))
            and holds(Quad(deal, of, edge.object, DEFAULT))
            and holds(Quad(deal, KG.status, STATUS.completed, DEFAULT))
            for deal in deals
        )


class _Parts:
    """Who comes to have a part in which deals: a report may have thousands, none of which looks through all others."""

    def __init__(self, come: Iterable[Quad]) -> None:
        self.whom: dict[tuple[Node, Node], set[Node]] = defaultdict(set)
        self.deals: dict[tuple[Node, Node], set[Node]] = defaultdict(set)
        roles = {p for pair in PARTIES.values() for p in pair}
        for quad in come:
            if quad.predicate in roles:
                self.whom[quad.subject, quad.predicate].add(quad.object)
                self.deals[quad.predicate, quad.object].add(quad.subject)


def _fact(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, DEFAULT)


def _by_aspect(
    stated: Iterable[Quad], own: _Own, rank: Callable[[Node, _Own], Rank]
) -> dict[tuple[Node, tuple[Node, ...]], set[_Said]]:
    found: dict[tuple[Node, tuple[Node, ...]], set[_Said]] = defaultdict(set)
    ranks: dict[Node, Rank] = {}
    for quad in stated:
        aspect = ASPECT.get(quad.predicate)
        if aspect is not None:
            graph: Node = quad.graph_name
            if graph not in ranks:
                ranks[graph] = rank(graph, own)
            found[quad.subject, aspect].add((ranks[graph], quad.predicate, quad.object))
    return found


def _own_words(quads: Iterable[Quad]) -> _Own:
    """What graphs say of themselves that their rank depends on."""
    return {
        (q.graph_name, q.predicate): q.object
        for q in quads
        if q.graph_name == q.subject and q.predicate in (DCTERMS.issued, DCTERMS.isPartOf)
    }


def _language(label: Object) -> str | None:
    return label.language if isinstance(label, Literal) else None


def _adds_nothing(subject: Node, before: set[Quad], new: set[_Said]) -> bool:
    """Whether more items only repeat what stands: then it stands, whichever is the latest.

    Every new item must say all of what stands, since one that gives half of it could become the latest.
    """
    by_graph: dict[Rank, set[Quad]] = defaultdict(set)
    for rank, p, value in new:
        by_graph[rank].add(Quad(subject, p, value, DEFAULT))
    return all(said == before for said in by_graph.values())
