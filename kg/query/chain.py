"""Whom an entity buys, invests in or owns, and who does so with it, step after step: what ``kg chain`` shows.

A chain goes from holder to held: along ``kg:acquires`` and ``kg:investsIn``, against ``kg:subsidiaryOf``. It is as
strong as its weakest link, and two entities between which there are several links hold by the strongest. A deal that
was called off holds nothing: it stands apart, unless it is asked for.

An entity is opened once, where it is met first; where it is met again it is named, and a circle is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import networkx as nx

from kg.errors import UsageError
from kg.graph.store import Store
from kg.items import DEAL_STATUS
from kg.query.links import COLUMNS, DEALS, STAGES, Link, Links, cells, relation_word, standing, status_word
from kg.query.result import Column, Concept, Result, Row, Thing, words

RELATIONS = ("acquires", "investsIn", "subsidiaryOf")
DEPTH = 5
Direction = Literal["down", "up"]
_BOTH: tuple[Direction, ...] = ("down", "up")
#: As the subject of which relations an entity holds, and as the object of which.
_HOLDS = (("acquires", "investsIn"), ("subsidiaryOf",))
_GROUPS = {
    "down": ("{}收购、投资或控股", "What {} buys, invests in or owns"),
    "up": ("收购、投资或控股{}者", "Who buys, invests in or owns {}"),
    "apart": ("已终止，不计入任何链条", "Called off: part of no chain"),
}
_DIRECTIONS = {
    "down": Concept("down", "向下", "downward"),
    "up": Concept("up", "向上", "upward"),
}


@dataclass(slots=True)
class Branch:
    """A step of a tree: the entity that it comes to, by which links, and what follows."""

    entity: Thing
    links: tuple[Link, ...]  # from or to the entity before; the strongest first
    depth: int
    way: tuple[Thing, ...]  # from the root to here
    weakest: Link  # of the strongest links on this way
    met: Literal["first", "circle", "again"] = "first"
    branches: list[Branch] = field(default_factory=list)


@dataclass(slots=True)
class Chain:
    """Both trees of an entity, and what was left out of them."""

    root: Thing
    down: list[Branch]
    up: list[Branch]
    apart: list[Link]  # called off
    notes: list[str]
    asked: tuple[tuple[str, str], ...]

    def walk(self, direction: Direction) -> Iterator[Branch]:
        """The branches of a tree, each before those that follow from it."""
        waiting = list(reversed(self.down if direction == "down" else self.up))
        while waiting:
            branch = waiting.pop()
            yield branch
            waiting.extend(reversed(branch.branches))

    def result(self, lang: str = "zh") -> Result:
        columns = (
            Column("direction", "方向", "direction", "concept"),
            Column("step", "层级", "step", "number"),
            *COLUMNS,
            Column("chain", "链条", "chain"),
            Column("weakest", "最弱一环", "weakest link"),
        )
        rows = [
            Row(
                (_DIRECTIONS[direction], branch.depth, *cells(link), arrows(branch, direction), named(branch, lang)),
                link.evidence,
                heading(direction, self.root, lang),
            )
            for direction in _BOTH
            for branch in self.walk(direction)
            for link in branch.links
        ]
        rows += [
            Row((None, None, *cells(link), None, None), link.evidence, heading("apart", self.root, lang))
            for link in self.apart
        ]
        title = self.root.label
        return Result(
            "chain", f"{title}：收购与投资链", f"{title}: chain of deals", columns, rows, self.asked, self.notes
        )


def heading(which: str, root: Thing, lang: str) -> str:
    zh, en = _GROUPS[which]
    return (zh if lang == "zh" else en).format(root.label)


def arrows(branch: Branch, direction: str) -> str:
    """The way in the order of holding: “A → B → C”, the root last where the chain goes up."""
    way = branch.way if direction == "down" else tuple(reversed(branch.way))
    return " → ".join(thing.label for thing in way)


def named(branch: Branch, lang: str) -> str:
    """The weakest link of the way to a branch, in words."""
    link = branch.weakest
    return f"{link.subject.label} → {link.object.label}: {standing(link, lang)}"


def chain(
    store: Store,
    iri: str,
    *,
    to: str | None = None,
    depth: int = DEPTH,
    statuses: Iterable[str] | None = None,
    relations: Iterable[str] = RELATIONS,
    lang: str = "zh",
) -> Chain:
    """The chains of an entity, those alone that come to ``to`` where it is given (both are addresses).

    Deals of all statuses but *terminated* count unless ``statuses`` says which do; one without a status counts only
    then. UsageError for a status or relation that there isn't.
    """
    relations = _checked(relations, RELATIONS, "chains go along")
    wanted = None if statuses is None else set(_checked(statuses, DEAL_STATUS, "a deal is"))
    links = Links(store, lang)
    root = links.thing(iri)
    trees: dict[str, list[Branch]] = {}
    apart: dict[tuple[str, str, str], Link] = {}
    passed_over: Counter[str] = Counter()
    circles: dict[frozenset[str], list[str]] = {}
    notes: list[str] = []
    for direction in _BOTH:
        search = _Search(links, direction == "down", relations, wanted, depth)
        trees[direction] = search.tree(root, to)
        apart |= search.apart
        passed_over += Counter(link.status for link in search.passed_over.values())
        circles = search.circles() | circles
        notes += search.told(lang)
    called_off = sorted(apart.values(), key=lambda link: (link.subject.label, link.object.label, link.subject.iri))
    if to is not None:
        called_off = []
        notes = [*_to(trees, root, links.thing(to), depth, lang), *notes]
    elif not (trees["down"] or trees["up"] or called_off or passed_over):
        notes.append(
            f"未见{root.label}收购、投资或控股任何一方，亦未见他方如此对待它"
            if lang == "zh"
            else f"{root.label} isn't known to buy, invest in or own anything, nor anybody to do so with it"
        )
    notes += _circles(circles, links, lang) + _left_out(passed_over, lang)
    asked = [("主体" if lang == "zh" else "entity", root.label)]
    if to is not None:
        asked.append(("至" if lang == "zh" else "to", links.thing(to).label))
    if set(relations) != set(RELATIONS):
        along = ", ".join(words(relation_word(name), lang) for name in relations)
        asked.append(("关系" if lang == "zh" else "relation", along))
    shown = [words(status_word(name), lang) for name in DEAL_STATUS if wanted is not None and name in wanted]
    asked.append(
        (
            "status" if lang != "zh" else "状态",
            ", ".join(shown) or ("除已终止外" if lang == "zh" else "all but terminated"),
        )
    )
    return Chain(root, trees["down"], trees["up"], called_off, notes, tuple(asked))


def _checked(given: Iterable[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    given = tuple(given)
    for name in given:
        if name not in known:
            raise UsageError(f"{what} {', '.join(known)}: {name} is none of them")
    return given


class _Search:
    """One direction, breadth first: an entity stands where the shortest way leads."""

    def __init__(self, links: Links, down: bool, relations: Sequence[str], wanted: set[str] | None, depth: int) -> None:
        self._links = links
        self._depth = depth
        self._wanted = wanted
        along, against = (tuple(name for name in names if name in relations) for names in _HOLDS)
        self._down = down
        self._ends = (along, against) if down else (against, along)
        self.apart: dict[tuple[str, str, str], Link] = {}
        self.passed_over: dict[tuple[str, str, str], Link] = {}
        self.further: list[Thing] = []  # where the depth ended what goes on
        self._graph: nx.DiGraph[str] = nx.DiGraph()

    def tree(self, root: Thing, to: str | None) -> list[Branch]:
        steps: dict[str, dict[str, list[Link]]] = {}
        self._graph.add_node(root.iri)
        reached = {root.iri}
        level = [root.iri]
        for _ in range(self._depth):
            following: list[str] = []
            self._links.ahead(level, *self._ends)
            for iri in level:
                steps[iri] = self._steps(iri)
                for other in steps[iri]:
                    self._graph.add_edge(iri, other)
                    if other not in reached:
                        reached.add(other)
                        following.append(other)
            level = following
        self._links.ahead(level, *self._ends)
        self.further = [self._links.thing(iri) for iri in level if self._steps(iri, aside=False).keys() - reached]
        if to is not None:
            on_the_way = nx.ancestors(self._graph, to) | {to} if to in self._graph and to != root.iri else set()
            steps = {
                iri: {other: links for other, links in after.items() if other in on_the_way} if iri != to else {}
                for iri, after in steps.items()
                if iri in on_the_way
            }
            self.further = [thing for thing in self.further if thing.iri in on_the_way and thing.iri != to]
        return _grown(root, steps, self._links.thing)

    def _steps(self, iri: str, aside: bool = True) -> dict[str, list[Link]]:
        """The links onward that count, by where they lead; the others are kept aside."""
        found = {}
        for other, links in self._links.of(iri, *self._ends).items():
            counting = [link for link in links if self._counts(link)]
            if counting:
                found[other] = counting
            for link in links if aside else ():
                if link not in counting:
                    kept = self.apart if link.status == "terminated" else self.passed_over
                    kept[link.subject.iri, link.relation, link.deal.iri if link.deal else link.object.iri] = link
        ordered = sorted(found, key=lambda other: (self._links.thing(other).label, other))
        ordered.sort(key=lambda other: found[other][0].strength, reverse=True)
        return {other: found[other] for other in ordered}

    def _counts(self, link: Link) -> bool:
        if link.relation not in DEALS:
            return True
        return link.status != "terminated" if self._wanted is None else link.status in self._wanted

    def circles(self) -> dict[frozenset[str], list[str]]:
        """One way round in each part of the graph where entities hold each other, in the order of holding."""
        found = {}
        for part in nx.strongly_connected_components(self._graph):
            if len(part) > 1:
                edges = nx.find_cycle(self._graph.subgraph(sorted(part)), min(part))
                around = [edges[0][0], *(end for _, end in edges)]
                found[frozenset(part)] = around if self._down else around[::-1]
        return found

    def told(self, lang: str) -> list[str]:
        """Where the depth ended the search."""
        notes = []
        if self.further:
            names = "、".join(thing.label for thing in self.further[:3])
            more = len(self.further) - 3
            if lang == "zh":
                names += f"等{len(self.further)}家" if more > 0 else ""
                notes.append(f"仅查至第{self._depth}层，{names}之后还有")
            else:
                names = names.replace("、", ", ") + (f" and {more} more" if more > 0 else "")
                notes.append(f"Searched {self._depth} steps deep; it goes on after {names}: --depth shows more")
        return notes


def _grown(root: Thing, steps: dict[str, dict[str, list[Link]]], thing: Callable[[str], Thing]) -> list[Branch]:
    top: list[Branch] = []
    met = {root.iri}
    level: list[tuple[Thing, tuple[Thing, ...], Link | None, list[Branch]]] = [(root, (root,), None, top)]
    depth = 0
    while level:
        depth += 1
        following: list[tuple[Thing, tuple[Thing, ...], Link | None, list[Branch]]] = []
        for entity, way, weakest, branches in level:
            for other, links in steps.get(entity.iri, {}).items():
                there = thing(other)
                link = links[0]
                weaker = link if weakest is None or link.strength < weakest.strength else weakest
                branch = Branch(there, tuple(links), depth, (*way, there), weaker)
                branches.append(branch)
                if other in met:
                    branch.met = "circle" if there in way else "again"
                else:
                    met.add(other)
                    following.append((there, branch.way, weaker, branch.branches))
        level = following
    return top


def _to(trees: dict[str, list[Branch]], root: Thing, to: Thing, depth: int, lang: str) -> list[str]:
    notes = []
    for direction, tree in trees.items():
        best = _strongest(tree, root, to)
        if not best:
            continue
        weakest = min(best, key=lambda link: link.strength)
        way = [root.label]
        for link in best:
            way.append(link.object.label if link.subject.label == way[-1] else link.subject.label)
        around = " → ".join(way if direction == "down" else reversed(way))
        at = f"{weakest.subject.label} → {weakest.object.label}"
        if lang == "zh":
            notes.append(f"最强链条：{around}；最弱一环：{at}（{standing(weakest, lang)}）")
        else:
            notes.append(f"The strongest chain: {around}; its weakest link: {at}, {standing(weakest, lang)}")
    if notes:
        return notes
    if lang == "zh":
        return [f"{root.label}与{to.label}之间，{depth}层以内没有链条"]
    return [f"No chain leads from {root.label} to {to.label}, in either direction, within {depth} steps"]


def _strongest(tree: list[Branch], root: Thing, to: Thing) -> list[Link]:
    """The way whose weakest link is the strongest, the shortest of several."""
    edges: dict[tuple[str, str], Link] = {}
    waiting = [(root.iri, branch) for branch in tree]
    for before, branch in waiting:
        edges[before, branch.entity.iri] = branch.links[0]
        waiting.extend((branch.entity.iri, after) for after in branch.branches)
    levels = sorted({link.strength for link in edges.values()})
    low, high, best = 0, len(levels) - 1, []
    while low <= high:
        middle = (low + high) // 2
        graph: nx.DiGraph[str] = nx.DiGraph(edge for edge, link in edges.items() if link.strength >= levels[middle])
        if root.iri in graph and to.iri in graph and nx.has_path(graph, root.iri, to.iri):
            way = nx.shortest_path(graph, root.iri, to.iri)
            best = [edges[a, b] for a, b in pairwise(way)]
            low = middle + 1
        else:
            high = middle - 1
    return best


def _circles(circles: dict[frozenset[str], list[str]], links: Links, lang: str) -> list[str]:
    told = sorted(" → ".join(links.thing(iri).label for iri in around) for around in circles.values())
    return [f"循环持有：{around}" if lang == "zh" else f"A circle: {around}" for around in told]


def _left_out(passed_over: Counter[str], lang: str) -> list[str]:
    if not passed_over:
        return []
    each = []
    for stage in reversed(STAGES):
        if passed_over[stage]:
            each.append(f"{words(status_word(stage), lang)} {passed_over[stage]}")
    said = ", ".join(each)
    return [f"因状态未列入：{said}" if lang == "zh" else f"Left out for their status: {said}"]
