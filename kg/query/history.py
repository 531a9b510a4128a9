"""What items say of a node, one after the other: statuses, terms and names, each with the words of its item.

An item's graph keeps what that item says; what stands after several is settled as in the default graph
(``kg.graph.facts``), of some items alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import LABELS, Node, Object, Rank, settle
from kg.graph.store import Store
from kg.items import Source
from kg.query.entity import Evidence, evidence_of, local_name, words_of
from kg.query.window import Window
from kg.vocab import DCTERMS, KG, RDF

# whose words tell how far a document has come, before those that only name it
_TELLING = ("issuedBy", "draftedBy", "amends", "basedOn")
_ASIDE = {"summary": 0, "headline": 1, "commentary": 2, "hearsay": 3}
_ENDS = ("。", "！", "？", "\n\n")


@dataclass(frozen=True, slots=True)
class Step:
    """What one item says: the status that it gives, its day, and its words."""

    status: str
    day: str
    evidence: tuple[Evidence, ...]

    @property
    def hearsay(self) -> bool:
        return all(one.said == "hearsay" for one in self.evidence)


@dataclass(frozen=True, slots=True)
class Move:
    """A status before and after ("" where there was none), and the steps from the one to the other."""

    was: str
    now: str
    steps: tuple[Step, ...]


class History:
    def __init__(self, store: Store, window: Window) -> None:
        self._store = store
        self._window = window
        self._sources: dict[str, Source | None] = {}
        self.unquoted: list[tuple[Node, str, Node]] = []  # (node, status, item) of the window without words

    # ----------------------------------------------------------------------------------------- what is stated

    def stated(
        self, node: Node, properties: Iterable[Node], items: frozenset[Node]
    ) -> dict[Node, list[tuple[Rank, Object]]]:
        found: dict[Node, list[tuple[Rank, Object]]] = defaultdict(list)
        for predicate in properties:
            for quad in self._store.quads(node, predicate):
                if quad.graph_name in items:
                    found[predicate].append((self._window.rank[quad.graph_name], quad.object))
        return found

    def settled(self, node: Node, aspect: tuple[Node, ...], items: frozenset[Node]) -> dict[Node, str]:
        """What stands of one aspect when these items are all there is."""
        return {p: words_of(value) for p, value in settle(aspect, self.stated(node, aspect, items))}

    def labels(self, node: Node, items: frozenset[Node]) -> set[str]:
        return {value.value for pairs in self.stated(node, LABELS, items).values() for _, value in pairs}

    def known(self, node: Node) -> bool:
        """Whether an item from before names it."""
        return any(quad.graph_name in self._window.before for quad in self._store.quads(node, RDF.type))

    # ----------------------------------------------------------------------------------------- how it went

    def move(self, node: Node) -> Move:
        """Only what has words counts. An item that came, but is older than what was known, moves nothing."""
        stated = self.stated(node, (KG.status,), self._window.after).get(KG.status, [])
        said = sorted(((rank, words_of(value)) for rank, value in stated), reverse=True)
        steps: list[Step] = []  # the latest first, back to what was known before
        was = ""
        for rank, status in said:
            item = NamedNode(rank[1])
            evidence = self.evidence(node, item)
            if evidence:
                steps.append(Step(status, rank[0], evidence))
                if item not in self._window:
                    was = status
                    break
            elif item in self._window:
                self.unquoted.append((node, status, item))
        steps.reverse()
        moved = steps[:1]
        for step in steps[1:]:
            if step.status != moved[-1].status:
                moved.append(step)
        return Move(was, steps[-1].status if steps else "", tuple(moved))

    # ----------------------------------------------------------------------------------------- the words

    def evidence(self, node: Node, item: Node) -> tuple[Evidence, ...]:
        """The words of an item about a deal or an entity: the most telling."""
        for claims in self._claims(node, item):
            found = []
            for claim in claims:
                said = self._said(claim, item)
                relation = local_name(said[RDF.predicate])
                one = evidence_of(self._store, item, said)
                telling = _TELLING.index(relation) if relation in _TELLING else len(_TELLING)
                # the text's own words before hearsay, a comment and a headline, which shortens
                aside = _ASIDE.get(one.said, len(_ASIDE))
                found.append((telling, aside, -one.confidence, one.start, one.quote, one))
            if found:
                return (min(found, key=lambda each: each[:-1])[-1],)
        return ()

    def of_claim(self, claim: Node, item: Node) -> Evidence:
        return evidence_of(self._store, item, self._said(claim, item))

    def _said(self, claim: Node, item: Node) -> dict[Node, Object]:
        return {quad.predicate: quad.object for quad in self._store.quads(claim, None, None, item)}

    def _claims(self, node: Node, item: Node) -> Iterator[list[Node]]:
        """About it; about an investor's part in it; of which it is the subject; of which it is the object."""
        yield [quad.subject for quad in self._store.quads(None, KG.about, node, item)]
        parts = [quad.subject for quad in self._store.quads(None, DCTERMS.isPartOf, node, item)]
        yield [quad.subject for part in parts for quad in self._store.quads(None, KG.about, part, item)]
        for end in (RDF.subject, RDF.object):
            yield [quad.subject for quad in self._store.quads(None, end, node, item)]

    def calling(self, name: str, item: Node) -> Step | None:
        """Where an item's report uses a name: in a quote, else in the sentence nearest to what the item says.

        None where the text hasn't got it: then the name comes of the reference data, and is no news.
        """
        source = self._source(item)
        if source is None:
            return None
        day = self._window.rank[item][0]
        pattern = re.compile(r"\s*".join(re.escape(character) for character in name if not character.isspace()))
        for quad in sorted(self._store.quads(None, KG.quote, None, item), key=str):
            if pattern.search(words_of(quad.object)):
                return Step("", day, (self.of_claim(quad.subject, item),))
        said = [quad for quad in self._store.quads(None, KG.start, None, item) if quad.subject != item]
        starts = [int(words_of(quad.object)) for quad in said]
        places = [match.span() for match in pattern.finditer(source.text)]
        if not places:
            return None
        begin, end = min(places, key=lambda span: (min((abs(span[0] - at) for at in starts), default=0), span))
        first = max((at + len(mark) for mark in _ENDS if (at := source.text.rfind(mark, 0, begin)) >= 0), default=0)
        last = min((at + 1 for mark in _ENDS if (at := source.text.find(mark, end)) >= 0), default=len(source.text))
        first += len(source.text[first:last]) - len(source.text[first:last].lstrip())
        quote = source.text[first:last].rstrip()
        evidence = replace(
            evidence_of(self._store, item, {}),
            quote=quote,
            start=first,
            end=first + len(quote),
            page=source.page_at(first),
            confidence=Decimal(1),
        )
        return Step("", day, (evidence,))

    def _source(self, item: Node) -> Source | None:
        for quad in self._store.quads(item, DCTERMS.isPartOf, None, item):
            report = words_of(quad.object).removeprefix(ids.report(""))
            if report not in self._sources:
                self._sources[report] = self._store.source(report)
            return self._sources[report]
        return None
