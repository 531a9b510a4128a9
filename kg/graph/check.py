"""Is what the graph says still true of its sources, of our shapes, and of itself? Every fault is a row to look at.

pySHACL takes milliseconds a claim and a kilobyte a triple, so the shapes run over a few thousand subjects at a time,
each part with the types of what it points to. The SPARQL constraints of shapes.ttl, which it would parse anew for
every subject (80 ms each), are put to the store as they stand there. All else is read straight from the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from pyoxigraph import NamedNode, Quad

from kg import ids
from kg.errors import DamagedError
from kg.graph.facts import COMPLETED_EDGES, DEFAULT, EVIDENCE, PARTIES, Node, Object, all_facts, of_class
from kg.graph.store import Store
from kg.items import RELATIONS, squeeze
from kg.settings import asset
from kg.vocab import DCTERMS, KG, PREFIXES, PROV, RDF, STATUS

if TYPE_CHECKING:
    import rdflib

Sort = Literal["quote", "page", "edge", "default", "shape", "hygiene", "file", "judgement", "source", "orphan"]

_EDGES = frozenset(KG[name] for name in RELATIONS)
# what points to something whose class a shape asks for
_LOOKED_UP = frozenset((DCTERMS.isPartOf, PROV.wasGeneratedBy))
_AT_A_TIME = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a sentence in English and Chinese, and where."""

    sort: Sort
    en: str
    zh: str
    item: str | None = None  # the item's id, where one item is at fault
    about: str | None = None  # the IRI of the claim, deal, entity … that it is about
    detail: str | None = None  # the value, the quote
    mend: str | None = None  # the command that puts it right

    def __str__(self) -> str:
        where = " ".join(part for part in (self.item, self.about and _short(self.about)) if part)
        return f"{where}: {self.en}" + (f" ({self.detail})" if self.detail else "")


#: Told how far it is: what is looked at, how many are done, and of how many.
Watch = Callable[[str, int, int], None]


def check(store: Store, watch: Watch | None = None) -> list[Fault]:
    """Every fault of a store, in a fixed order; an empty list is what you want."""
    found = {
        *_items(store, watch or (lambda what, done, total: None)),
        *_default(store),
        *_hygiene(store),
        *_constraints(store),
        *_shapes(store),
    }
    return sorted(found, key=lambda f: (f.sort, f.item or "", f.about or "", f.en, f.detail or ""))


# ------------------------------------------------------------------------------------- quotes, pages and edges


def _items(store: Store, watch: Watch) -> Iterator[Fault]:
    reports = store.reports()
    store.prefetch((None, DCTERMS.isPartOf, NamedNode(ids.report(report.id)), None) for report in reports)
    for number, report in enumerate(reports, 1):
        watch("quotes, report by report", number, len(reports))
        try:
            source = store.source(report.id)
        except DamagedError:
            source = None
        if source is None:
            yield Fault(
                "quote",
                "The text of the report is missing or damaged, so no quote of it can be checked.",
                "报告文本缺失或已损坏，无法核对引文。",
                about=ids.report(report.id),
            )
        graphs = store.items_of(report.id)
        store.prefetch((None, None, None, graph) for graph in graphs)
        for graph in graphs:
            item = graph.value.removeprefix(ids.item(""))
            quads = list(store.quads(graph=graph))
            stated = _described(quads, KG.Claim)
            if source is not None:
                for node, said in (stated | _described(quads, KG.OpenSentence)).items():
                    yield from _quote(item, node, said, source.text, source.page_at)
            yield from _edges(item, quads, stated)


def _described(quads: list[Quad], class_: Node) -> dict[Node, dict[Node, Object]]:
    """What is said of each thing of a class."""
    found: dict[Node, dict[Node, Object]] = {node: {} for node in of_class(quads, class_)}
    for quad in quads:
        if quad.subject in found:
            found[quad.subject][quad.predicate] = quad.object
    return found


def _quote(item: str, node: Node, said: dict[Node, Object], text: str, page_at: object) -> Iterator[Fault]:
    quote, start, end = (said.get(p) for p in (KG.quote, KG.start, KG.end))
    if quote is None or start is None or end is None:
        return  # a shape says so
    words = text[int(start.value) : int(end.value)]
    if squeeze(words) != squeeze(quote.value) or not squeeze(words):
        yield Fault(
            "quote",
            "The source doesn't say this where the graph says that it does.",
            "来源该处并无此文。",
            item,
            node.value,
            quote.value,
        )
    number = page_at(int(start.value)) if callable(page_at) else None
    stated = said[KG.page].value if KG.page in said else None
    if stated != (None if number is None else str(number)):
        yield Fault(
            "page",
            "The quote stands on another page.",
            "引文不在所载页码。",
            item,
            node.value,
            f"{stated}, not {number}",
        )


def _edges(item: str, quads: list[Quad], stated: dict[Node, dict[Node, Object]]) -> Iterator[Fault]:
    claimed = {(c.get(RDF.subject), c.get(RDF.predicate), c.get(RDF.object)) for c in stated.values()}
    said: set[tuple[Node, Node, Object]] = {(q.subject, q.predicate, q.object) for q in quads}
    edges = {triple for triple in said if triple[1] in _EDGES}
    for triple in edges - claimed:
        yield Fault(
            "edge",
            "No quote, no fact: no claim states this.",
            "无引文则无事实：没有陈述支持该关系。",
            item,
            *_words(triple),
        )
    for triple in claimed - said:
        if None not in triple:
            yield Fault(
                "edge",
                "A claim states this, but the edge is missing.",
                "已有陈述，但缺少相应关系。",
                item,
                *_words(triple),
            )
    completed = {s for s, p, o in said if p == KG.status and o == STATUS.completed}
    pairs = {
        (edge, who, whom)
        for edge, (by, of) in PARTIES.items()
        for deal, role, who in said
        if deal in completed and role == by
        for other, role2, whom in said
        if other == deal and role2 == of
    }
    for who, edge, whom in said:
        if edge in COMPLETED_EDGES and (edge, who, whom) not in pairs:
            yield Fault(
                "edge",
                "A rumour isn't a deal: no completed deal stands behind this.",
                "传闻不等于交易：该关系没有已完成的交易支持。",
                item,
                *_words((who, edge, whom)),
            )


def _words(triple: tuple[Object, ...]) -> tuple[str, str]:
    subject, predicate, obj = triple
    return subject.value, f"{_short(predicate.value)} {_short(obj.value)}"


# ------------------------------------------------------------------------------------------- the default graph


def _default(store: Store) -> Iterator[Fault]:
    quads = list(store.quads())
    has = {quad for quad in quads if quad.graph_name == DEFAULT}
    wanted = all_facts(quads)
    for quad in wanted - has:
        en, zh = "Items state this, but the default graph lacks it.", "条目已有陈述，但默认图中缺失。"
        yield Fault("default", en, zh, None, *_words((quad.subject, quad.predicate, quad.object)))
    for quad in has - wanted:
        en, zh = "The default graph has this, but no item states it.", "默认图中存在，但没有条目陈述。"
        yield Fault("default", en, zh, None, *_words((quad.subject, quad.predicate, quad.object)))


def _hygiene(store: Store) -> Iterator[Fault]:
    """ontology/checks/*.rq: line one is the sentence in English and Chinese; ?subject, ?item where there is one."""
    for path in sorted(asset("ontology", "checks").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        en, _, zh = text.splitlines()[0].lstrip("# ").partition(" | ")
        solutions: Object = store.query(text)
        columns = {variable.value for variable in solutions.variables}
        for row in solutions:
            item = row["item"].value.removeprefix(ids.item("")) if "item" in columns and row["item"] else None
            yield Fault("hygiene", en, zh, item, row["subject"].value if row["subject"] else None, path.stem)


# ------------------------------------------------------------------------------------------------------ shapes


def _shapes(store: Store) -> Iterator[Fault]:
    subjects: dict[Node, list[Quad]] = defaultdict(list)
    for quad in store.quads(graph=DEFAULT):
        subjects[quad.subject].append(quad)
    yield from _validated(store, subjects)
    evidence = (quad.subject for class_ in EVIDENCE for quad in store.quads(None, RDF.type, class_))
    for part in _parts(evidence):
        store.prefetch((node, None, None, None) for node in part)
        yield from _validated(store, {node: list(store.quads(node)) for node in part})


def _constraints(store: Store) -> Iterator[Fault]:
    """The SPARQL constraints of shapes.ttl, over the default graph: every row is a fault of ``$this``."""
    for node in _constraint_nodes():
        words = {str(m.language): str(m) for m in node.messages}
        solutions: Object = store.query(node.select)
        for row in solutions:
            value: Object = row["value"]
            detail = None if value is None else _short(str(value.value))
            yield Fault("shape", words["en"], words["zh"], None, row["this"].value, detail)


def _parts(nodes: Iterable[Node]) -> Iterator[list[Node]]:
    part: list[Node] = []
    for node in nodes:
        part.append(node)
        if len(part) == _AT_A_TIME:
            yield part
            part = []
    if part:
        yield part


def _validated(store: Store, subjects: dict[Node, list[Quad]]) -> Iterator[Fault]:
    """Faults of these subjects, taken a few thousand at a time."""
    import rdflib

    for part in _parts(subjects):
        graph = rdflib.Graph()
        pointed: set[Node] = set()
        for node in part:
            for quad in subjects[node]:
                graph.add(_triple(quad))
                if quad.predicate in _LOOKED_UP:
                    pointed.add(quad.object)
        own = set(part)
        store.prefetch((node, RDF.type, None, DEFAULT) for node in pointed - own)
        for node in pointed - own:
            # a neighbour, known here by its type alone, fails shapes of its own: only `own` are reported
            for quad in store.quads(node, RDF.type, None, DEFAULT):
                graph.add(_triple(quad))
        yield from validate(graph, {node.value for node in own}, {n: _item_of(subjects[n]) for n in own}, core=True)


def _item_of(quads: list[Quad]) -> str | None:
    graph: Node = quads[0].graph_name if quads else DEFAULT
    return None if graph == DEFAULT else str(graph.value).removeprefix(ids.item(""))


def validate(
    graph: rdflib.Graph, own: set[str] | None = None, items: dict[Node, str | None] | None = None, core: bool = False
) -> Iterator[Fault]:
    """Faults by the shapes, of the subjects in ``own`` (all where it isn't given); ``core`` leaves SPARQL out."""
    import pyshacl
    import rdflib
    from rdflib.namespace import SH

    shapes, concepts = _shapes_graph(core)
    for triple in concepts:
        graph.add(triple)
    _, results, _ = pyshacl.validate(graph, shacl_graph=shapes, inplace=True, advanced=False, inference="none")
    if not isinstance(results, rdflib.Graph):
        raise RuntimeError(f"pySHACL failed: {results}")
    by_iri = {node.value: item for node, item in (items or {}).items()}
    for result in results.subjects(rdflib.RDF.type, SH.ValidationResult):
        focus = str(results.value(result, SH.focusNode))
        if own is not None and focus not in own:
            continue
        said = [*results.objects(result, SH.resultMessage)]
        for constraint in results.objects(result, SH.sourceConstraint):
            said += results.objects(constraint, SH.message)  # pySHACL drops the language of a SPARQL constraint's words
        words = {str(m.language): str(m) for m in said if isinstance(m, rdflib.Literal)}
        value = results.value(result, SH.value)
        yield Fault(
            "shape",
            words.get("en", "A shape is violated."),
            words.get("zh", "不符合约束。"),
            by_iri.get(focus),
            focus,
            None if value is None or isinstance(value, rdflib.BNode) else _short(str(value)),
        )


@cache
def _shapes_graph(core: bool) -> tuple[rdflib.Graph, rdflib.Graph]:
    """The shapes, and which concept is in which scheme."""
    import rdflib

    shapes = rdflib.Graph().parse(asset("ontology", "shapes.ttl"))
    if core:
        shapes.remove((None, rdflib.SH.sparql, None))
    concepts = rdflib.Graph()
    everything = rdflib.Graph().parse(asset("ontology", "kinds.ttl"))
    for triple in everything.triples((None, rdflib.SKOS.inScheme, None)):
        concepts.add(triple)
    return shapes, concepts


class _Constraint(NamedTuple):
    select: str
    messages: tuple[rdflib.Literal, ...]


@cache
def _constraint_nodes() -> tuple[_Constraint, ...]:
    import rdflib

    shapes, _ = _shapes_graph(core=False)
    found = []
    for node in shapes.objects(None, rdflib.SH.sparql):
        messages = tuple(m for m in shapes.objects(node, rdflib.SH.message) if isinstance(m, rdflib.Literal))
        found.append(_Constraint(str(shapes.value(node, rdflib.SH.select)), messages))
    return tuple(found)


def _triple(quad: Quad) -> tuple[rdflib.URIRef, rdflib.URIRef, rdflib.URIRef | rdflib.Literal]:
    import rdflib

    subject: Node = quad.subject
    return rdflib.URIRef(subject.value), rdflib.URIRef(quad.predicate.value), rdflib_term(quad.object)


def rdflib_term(term: Object) -> rdflib.URIRef | rdflib.Literal:
    """A term of the store as rdflib's."""
    import rdflib

    if not hasattr(term, "datatype"):
        return rdflib.URIRef(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype.value == PREFIXES["xsd"] + "string":
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def _short(iri: str) -> str:
    for prefix, address in PREFIXES.items():
        if iri.startswith(address):
            return f"{prefix}:{iri.removeprefix(address)}"
    return iri.removeprefix(ids.BASE)
