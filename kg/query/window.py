"""Between two reports, or two dates: which items were there before, and which came."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from kg import ids
from kg.errors import QueryError
from kg.graph.facts import Node, Rank
from kg.graph.store import Store
from kg.query.entity import words_of
from kg.vocab import DCTERMS

_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class ReportRun:
    """A report, and the run that read it."""

    id: str
    day: str
    run: str
    items: frozenset[Node]


@dataclass(slots=True)
class Window:
    since: str
    until: str
    swapped: bool  # the later of the two was named first
    rank: Mapping[Node, Rank]  # of all items: by day
    before: frozenset[Node]  # the items up to the first
    come: Sequence[Node]  # the items after it, up to the second; the oldest first
    first: frozenset[Node] = frozenset()  # the items of the first report itself; none where dates were named
    reports: Sequence[ReportRun] = ()  # the first, where it is one, and those that came
    after: frozenset[Node] = field(init=False)
    _come: frozenset[Node] = field(init=False)

    def __post_init__(self) -> None:
        self._come = frozenset(self.come)
        self.after = self.before | self._come

    def __contains__(self, item: object) -> bool:
        """Whether an item came."""
        return item in self._come

    @classmethod
    def between(cls, store: Store, since: str, until: str) -> Window:
        """The names are ids of reports, else dates, each as of its last day; QueryError for what is neither.

        A report comes after another by its day, that of its last item where it has none of its own.
        """
        reports, rank = reports_by_day(store)
        if not reports:
            raise QueryError("the store holds no reports: kg add FILE adds one")
        if since == until:
            raise QueryError(f"both are {since}: name two reports, or two dates")
        places = {one.id: place for place, one in enumerate(reports)}
        if since in places and until in places:
            low, high = sorted((places[since], places[until]))
            before = frozenset[Node]().union(*(one.items for one in reports[: low + 1]))
            come = frozenset[Node]().union(*(one.items for one in reports[low + 1 : high + 1]))
            concerned = reports[low : high + 1]
            first, last, own = reports[low].id, reports[high].id, reports[low].items
        else:
            for name in (since, until):
                if name not in places and not _DAY.fullmatch(name):
                    raise QueryError(f"the store has no report {name}, and it is no date: {_known(reports)}")
            for name, other in ((since, until), (until, since)):
                if not _DAY.fullmatch(name):
                    raise QueryError(f"{name} is a report, and {other} is none: {_known(reports)}")
            first, last = sorted((since, until))
            if last.startswith(first):
                raise QueryError(f"{last} lies within {first}: name two dates of which one is over before the other")
            before = frozenset(item for item, (day, _) in rank.items() if is_over(day, first))
            come = frozenset(item for item, (day, _) in rank.items() if is_over(day, last)) - before
            concerned = [one for one in reports if one.items & come]
            own = frozenset()
        ordered = sorted(come, key=lambda item: rank[item])
        return cls(first, last, first != since, rank, before, ordered, own, concerned)


def reports_by_day(store: Store) -> tuple[list[ReportRun], dict[Node, Rank]]:
    """All reports, the oldest first, and the rank of every item."""
    days: dict[Node, str] = {}
    for quad in store.quads(None, DCTERMS.issued):
        if quad.subject == quad.graph_name:
            days[quad.subject] = words_of(quad.object)
    items: dict[Node, list[Node]] = defaultdict(list)
    rank: dict[Node, Rank] = {}
    for quad in store.quads(None, DCTERMS.isPartOf):
        if quad.subject == quad.graph_name:
            item: Node = quad.subject
            items[quad.object].append(item)
            rank[item] = (days.get(item) or days.get(quad.object, ""), item.value)
    reports = []
    for one in store.reports():
        node = NamedNode(ids.report(one.id))
        day = days.get(node) or max((rank[item][0] for item in items[node]), default="")
        reports.append(ReportRun(one.id, day, one.run, frozenset(items[node])))
    return sorted(reports, key=lambda one: (one.day, one.id)), rank


def _known(reports: Sequence[ReportRun]) -> str:
    shown = ", ".join(one.id for one in reports[-12:])
    return f"it has {shown}" if len(reports) <= 12 else f"the latest are {shown}"


def is_day(text: str) -> bool:
    """2024, 2024-07 or 2024-07-31."""
    return _DAY.fullmatch(text) is not None


def is_over(day: str, until: str) -> bool:
    """2024-07-31 is over with 2024-07."""
    return day[: len(until)] <= until
