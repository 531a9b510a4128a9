"""A store and what is asked of it → the page of a map: what ``kg map`` and the workbench call.

The same store and the same kept positions give the same page, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import networkx as nx
from pyoxigraph import NamedNode

from kg import ids
from kg.errors import KgError, QueryError, UsageError
from kg.graph.facts import DEFAULT, Node
from kg.graph.store import Store
from kg.maps import layout, network, page, positions, presets, timeline
from kg.maps.network import Graph
from kg.query.links import Link
from kg.query.window import ReportRun, is_day, is_over, reports_by_day
from kg.settings import maps_of
from kg.vocab import KG

Lang = Literal["zh", "en"]
Titles = dict[Lang, str]
Edges = set[tuple[str, str, str]]  # subject, object and the edge's key in the graph
_LANGS: tuple[Lang, ...] = ("zh", "en")
WHOLE = 1500  # of more nodes, a picture of all opens with a part
OPENS = 400


@dataclass(frozen=True, slots=True)
class Request:
    """What a map shows: all, or the surroundings of names, or the answer to a question, or a chain, or ways.

    Names are addresses (IRIs). A preset shows its part of any of these.
    """

    names: tuple[str, ...] = ()
    hops: int = 2
    question: str = ""  # of the catalogue, or a file (.rq)
    given: Mapping[str, str] = field(default_factory=dict)
    chain: str = ""
    to: str = ""  # where the chain or the ways are to lead
    path: str = ""  # from here to ``to``
    depth: int = 5  # steps of a chain
    preset: presets.Name = ""
    since: str = ""  # what came after this report, or day, is marked; else what came since the last drawing

    def key(self) -> str:
        """A file's name: whole, lawyer, deals; of other pictures a digest of what they show."""
        what = (sorted(self.names), self.hops, self.question, sorted(self.given.items()))
        asked = json.dumps([*what, self.chain, self.to, self.path, self.depth], ensure_ascii=False)
        if not (self.names or self.question or self.chain or self.path):
            return self.preset or "whole"
        return f"{self.preset or 'part'}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Drawn:
    html: str
    title: str
    graph: Graph
    new: int  # edges that are marked
    since: str
    notes: tuple[str, ...]  # sentences for people


def draw(
    store: Store, request: Request | None = None, lang: Lang = "zh", *, keep: bool = False, fresh: bool = False,
    pages: str = "", folder: Path | None = None,
) -> Drawn:  # fmt: skip
    """The page of what is asked for, as ``Drawn.html``.

    Nodes lie where the last drawing that was kept had them; ``keep`` keeps this one's places too (beside the store, or
    in ``folder``), ``fresh`` lays all out anew. ``pages`` is the prefix of entity pages that names link to, where
    there are such pages. KgError where there is nothing to draw, QueryError and UsageError for what isn't known.
    """
    request = request or Request()
    preset = presets.preset(request.preset) if request.preset else None
    graph, titles = _graph(store, request, lang)
    if preset is not None:
        graph = preset.part(graph)
        titles = {"zh": f"{titles['zh']} · {preset.zh}", "en": f"{titles['en']} · {preset.en}"}
    if not graph:
        raise KgError(_nothing(store, request))
    where = folder or (maps_of(store.path) if store.path is not None else None)
    file = where / f"{request.key()}.json" if where else None
    kept, notes = _kept(file)
    reports, rank = reports_by_day(store)
    now = [one.id for one in reports]
    since, known = _known(request.since, kept.told(now), reports, {item.value: day for item, (day, _) in rank.items()})
    marked = _mark(graph, store, known) if known is not None else 0
    base = positions.Kept(reports=kept.reports, before=kept.before) if fresh else kept
    axis: tuple[timeline.Month, ...] = ()
    if preset is not None and preset.direction == "time":
        places, axis = timeline.positions(graph, base.nodes, base.axis)
    else:
        ties = presets.partners(graph) if request.preset == "lawyer" else ()
        places = layout.positions(graph, base.nodes, ties)
    if base.nodes and (come := len(graph.nodes - base.nodes.keys())):
        notes.append(f"{come:,} found room in the picture as it was; --fresh lays all out anew")
    if keep and file is not None:
        told = kept.told(now)
        try:
            positions.save(file, positions.Kept(base.nodes, (), told.reports, told.before).drawn(places, axis, now))
        except OSError as fault:
            notes.append(f"the positions weren't kept, the next map may look otherwise: {fault.strerror or fault}")
    view = page.View(
        preset=request.preset,
        since=since,
        direction=preset.direction if preset else "",
        axis=tuple((month.x, month.name) for month in axis),
        off=preset.off if preset else {},
        opens=_opens(graph),
        positions=places,
        pages=pages,
        titles=titles,
    )
    title = titles[lang]
    return Drawn(page.render(graph, title, lang, view=view), title, graph, marked, since, tuple(notes))


# ------------------------------------------------------------------------------------------------- what is shown


def _graph(store: Store, request: Request, lang: Lang) -> tuple[Graph, Titles]:
    kinds = [bool(request.names), bool(request.question), bool(request.chain), bool(request.path)]
    if sum(kinds) > 1:
        raise UsageError("a map shows one thing: names, a question, a chain or a path")
    if request.question:
        return _answer(store, request, lang)
    if request.chain:
        return _chain(store, request, lang)
    if request.path:
        return _path(store, request, lang)
    rows = network.rows_of(store)
    try:
        graph = network.build(rows, request.names, request.hops)
    except KeyError as fault:
        raise QueryError(f"the store doesn't know {fault.args[0]}") from None
    titles: Titles = dict.fromkeys(_LANGS, _title(store))
    if request.names:
        for each in _LANGS:
            named = [_label(graph.nodes[name]["labels"], each) or name for name in request.names]
            titles[each] = " · ".join(named)
    return graph, titles


def _answer(store: Store, request: Request, lang: Lang) -> tuple[Graph, Titles]:
    from kg.query.ask import stated

    asked, who, rests = stated(store, request.question, request.given, lang)
    deals = {one.value for one, predicate, _ in rests if predicate is None}
    deals |= {node.value for node in who}
    edges = {(s.value, o.value, p.value.removeprefix(KG.iri)) for s, p, o in rests if p is not None and o is not None}
    nodes = {node.value for node in who} | {end for u, v, _ in edges for end in (u, v)} | _parties(store, deals)
    whole = network.build(network.rows_of(store), _entities(store, nodes), 0)
    wanted = {
        (u, v, key)
        for u, v, key, edge in whole.edges(keys=True, data=True)
        if (u, v, edge["relation"]) in edges or (edge["deal"] is not None and edge["deal"].iri in deals)
    }
    words = [words for _, words in asked.asked]
    said: Titles = {"zh": "；".join(words), "en": "; ".join(words)}
    if words:
        titles: Titles = {"zh": f"{asked.zh}：{said['zh']}", "en": f"{asked.en}: {said['en']}"}
    else:
        titles = {"zh": asked.zh, "en": asked.en}
    return _only(whole, wanted, ()), _renamed(titles, words, whole, lang)


def _parties(store: Store, deals: Iterable[str]) -> set[str]:
    roles = (KG.buyer, KG.target, KG.investor, KG.investee)
    nodes = [NamedNode(iri) for iri in sorted(deals) if iri.startswith((ids.BASE + "deal/", ids.BASE + "round/"))]
    found: list[Node] = [
        quad.object for node in nodes for role in roles for quad in store.quads(node, role, None, DEFAULT)
    ]
    return {party.value for party in found}


def _chain(store: Store, request: Request, lang: Lang) -> tuple[Graph, Titles]:
    from kg.query import chain as chains

    found = chains.chain(store, request.chain, to=request.to or None, depth=request.depth, lang=lang)
    links = [link for branch in (*found.walk("down"), *found.walk("up")) for link in branch.links]
    ends = tuple(end for end in (request.chain, request.to) if end)
    graph = _linked(store, {_key(link) for link in links}, ends)
    asked, to = found.result(lang), found.asked[1][1] if request.to else ""
    led = f" → {to}" if to else ""
    return graph, _renamed({"zh": asked.zh + led, "en": asked.en + led}, (found.root.label, to), graph, lang)


def _path(store: Store, request: Request, lang: Lang) -> tuple[Graph, Titles]:
    from kg.query import path as ways

    if not request.to:
        raise UsageError("a path has two ends: say where it is to lead")
    found = ways.paths(store, request.path, request.to, lang=lang)
    links = [link for way in found.ways for step in way for link in step.links]
    graph, asked = _linked(store, {_key(link) for link in links}, (request.path, request.to)), found.result(lang)
    return graph, _renamed({"zh": asked.zh, "en": asked.en}, (found.start.label, found.end.label), graph, lang)


def _renamed(titles: Titles, words: Iterable[str], graph: Graph, lang: Lang) -> Titles:
    """The title that isn't in ``lang``, with the names of its own language in place of ``words``, which are in that."""
    other: Lang = "en" if lang == "zh" else "zh"
    called = {_label(labels, lang): _label(labels, other) for _, labels in graph.nodes(data="labels")}
    known = [word for word in words if word in called]
    if not known:
        return titles
    # at once: what one name became is no other's
    each = re.compile("|".join(re.escape(word) for word in sorted(known, key=len, reverse=True)))
    return titles | {other: each.sub(lambda found: called[found[0]], titles[other])}


def _key(link: Link) -> tuple[str, str, str]:
    deal = link.deal.iri if link.deal else ""
    return link.subject.iri, link.object.iri, f"{link.relation} {deal}".rstrip()


def _linked(store: Store, edges: Edges, start: tuple[str, ...]) -> Graph:
    nodes = {*start, *(end for u, v, _ in edges for end in (u, v))}
    return _only(network.build(network.rows_of(store), _entities(store, nodes), 0), edges, start)


def _entities(store: Store, nodes: Iterable[str]) -> list[str]:
    from kg.query.entity import type_of

    return [iri for iri in sorted(nodes) if type_of(store, NamedNode(iri))]


def _only(graph: Graph, edges: Edges, start: tuple[str, ...]) -> Graph:
    """A graph with these of its edges alone; its nodes stay."""
    made: Graph = nx.MultiDiGraph()
    made.add_nodes_from((node, about | {"start": node in start}) for node, about in graph.nodes(data=True))
    for u, v, key, edge in graph.edges(keys=True, data=True):
        if (u, v, key) in edges:
            made.add_edge(u, v, key, **edge)
    return made


def _nothing(store: Store, request: Request) -> str:
    if not store.reports():
        return "there is nothing to draw yet: kg add FILE adds a report"
    if request.preset:
        return f"there is nothing to draw: the store has nothing that the preset {request.preset} shows of this"
    return "there is nothing to draw: the answer names nobody"


def _title(store: Store) -> str:
    reports = store.reports()
    if len(reports) == 1:
        return reports[0].title
    return f"{reports[0].id} – {reports[-1].id}" if reports else ""


def _label(labels: Mapping[str, str], lang: Lang) -> str:
    return labels.get(lang) or labels.get("zh") or next(iter(labels.values()), "")


def _opens(graph: Graph) -> frozenset[str] | None:
    """Of a graph that is too big to be looked at whole, those of whom the latest news tells."""
    if len(graph) <= WHOLE:
        return None
    newest = sorted(
        ((edge["evidence"][0].issued, edge["evidence"][0].item, u, v) for u, v, edge in graph.edges(data=True)),
        reverse=True,
    )
    first = {node for node, start in graph.nodes(data="start") if start}
    for _, _, subject, object_ in newest:
        if len(first) >= OPENS:
            break
        first |= {subject, object_}
    return frozenset(first)


# ----------------------------------------------------------------------------------------------------- what is new


def _kept(file: Path | None) -> tuple[positions.Kept, list[str]]:
    try:
        found = positions.load(file) if file else None
    except ValueError:
        return positions.Kept(), [f"{file} can't be read: all is laid out anew"]
    return found or positions.Kept(), []


def _known(
    since: str, kept: positions.Kept, runs: list[ReportRun], days: Mapping[str, str]
) -> tuple[str, frozenset[str] | None]:
    """What to call the point after which all is new, and the items up to there; None where nothing is to be marked."""
    places = {one.id: at for at, one in enumerate(runs)}
    if since in places:
        old = runs[: places[since] + 1]
    elif since:
        if not is_day(since):
            latest = ", ".join(one.id for one in runs[-12:])
            raise QueryError(f"the store has no report {since}, and it is no date: it has {latest or 'no reports'}")
        return since, frozenset(item for item, day in days.items() if is_over(day, since))
    elif kept.before is None:
        return "", None
    else:
        old = [one for one in runs if one.id in kept.before]
    return (old[-1].id if old else ""), frozenset(item.value for one in old for item in one.items)


def _mark(graph: Graph, store: Store, known: frozenset[str]) -> int:
    """An edge is new where all that states it is, a node where nothing known mentions it; how many edges are."""
    seen = network.seen(network.rows_of(store), graph)
    count = 0
    for subject, object_, edge in graph.edges(data=True):
        edge["new"] = known.isdisjoint(one.item for one in edge["evidence"])
        count += edge["new"]
        for node in (subject, object_):
            seen.setdefault(node, set()).update(one.item for one in edge["evidence"])
    for node, about in graph.nodes(data=True):
        about["new"] = bool(seen.get(node)) and known.isdisjoint(seen[node])
    return count
