"""Rows of the store → a networkx graph of entities whose edges carry their evidence.

The store is reached by a callable from a SPARQL query to rows, so that this module works with the store on disk,
one in memory and a server alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import networkx as nx

from kg.items import ENTITY_TYPES, RELATIONS

if TYPE_CHECKING:
    from kg.graph.store import Store

Row = Mapping[str, str | None]
Rows = Callable[[str], Iterable[Row]]
Graph: TypeAlias = "nx.MultiDiGraph[str]"

KG = "https://w3id.org/regkg/ontology#"
_PREFIXES = f"""PREFIX kg: <{KG}>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
# what an IRI may not hold in SPARQL; names come from users, and nothing else is pasted into a query
_IRI = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+")
_BATCH = 300
_FEW = 3000  # nodes that are asked about by name; of more, all that the store has is read
_DOCUMENT_TYPES = ("Instrument", "Publication")
#: Relations that several bodies have to one document where they act together.
JOINT = ("issuedBy", "draftedBy")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim: the words, who says them, where they stand. Texts are as the source has them."""

    quote: str
    claim: str
    item: str
    title: str = ""
    publisher: str = ""
    issued: str = ""
    link: str = ""
    report: str = ""
    page: int | None = None
    start: int | None = None
    end: int | None = None
    said: str = ""
    confidence: float | None = None
    role: str = ""
    status: str = ""  # of the deal, or of the document that is the subject, as this item tells it
    amount_text: str = ""  # likewise


@dataclass(frozen=True, slots=True)
class DealFacts:
    """What the store holds of a deal, by the latest item."""

    iri: str
    type: str = "Deal"
    status: str = ""
    amount: str = ""
    amount_text: str = ""
    currency: str = ""
    qualifier: str = ""
    stake: str = ""
    valuation: str = ""
    round: str = ""
    announced: str = ""
    completed: str = ""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the store holds of a document, by the latest item."""

    status: str = ""
    number: str = ""
    issued: str = ""
    effective: str = ""


@dataclass(slots=True)
class _Names:
    types: set[str] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)


def build(rows: Rows, names: Sequence[str] = (), hops: int = 2) -> Graph:
    """The whole store, or what lies within ``hops`` relations of the entities ``names`` (IRIs).

    Nodes are IRIs with ``type`` (one of ENTITY_TYPES), ``labels`` ({language: name}; "" where unknown),
    ``aliases``, ``start`` (it was asked for) and ``document`` (DocumentFacts or None); edges have the relation and the
    deal as their key, and ``relation``, ``deal`` (DealFacts or None) and ``evidence`` (newest first). A relation that
    no claim states isn't there. A document has ``jointly`` ({relation: the bodies}) where one item tells of several
    who issued it, or drafted it.
    Nodes and edges are added in the order of their IRIs, whatever order the store answers in.

    Raises KeyError with the first name that the store doesn't know.
    """
    entities = _entities(rows, _within(rows, names, hops) if names else None)
    for name in names:
        if name not in entities:
            raise KeyError(name)
    chosen = set(entities)
    graph: Graph = nx.MultiDiGraph()
    for iri in sorted(chosen):
        entity = entities[iri]
        graph.add_node(
            iri,
            type=next(type_ for type_ in ENTITY_TYPES if type_ in entity.types),
            labels=dict(sorted(entity.labels.items())),
            aliases=tuple(sorted(entity.aliases - set(entity.labels.values()))),
            start=iri in names,
            document=None,
        )
    _add_documents(graph, rows)
    _add_relations(graph, rows, sorted(chosen) if names else None)
    for document, acts in _joint(graph).items():
        graph.nodes[document]["jointly"] = acts
    return graph


def _joint(graph: Graph) -> dict[str, dict[str, frozenset[str]]]:
    """Of documents who issued, or drafted, them together: whoever else did so by another item's account isn't in it."""
    bodies: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for document, body, edge in graph.edges(data=True):
        if edge["relation"] in JOINT:
            for one in edge["evidence"]:
                bodies[document, edge["relation"], one.item].add(body)
    acts: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for (document, relation, _), who in sorted(bodies.items()):
        if len(who) > 1:
            acts[document][relation] = acts[document].get(relation, frozenset()) | who
    return dict(acts)


def seen(rows: Rows, graph: Graph) -> dict[str, set[str]]:
    """The items that mention each node, by their IRIs; a node that none mentions is left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _ask(rows, _MENTIONS, "entity", list(graph) if len(graph) <= _FEW else None):
        if row.get("entity") in graph:
            found[_text(row, "entity")].add(_text(row, "item"))
    return found


def rows_of(store: Store) -> Rows:
    """A store as this module asks it."""

    def rows(sparql: str) -> Iterator[Row]:
        solutions: Any = store.query(sparql)
        columns = [variable.value for variable in solutions.variables]
        for row in solutions:
            yield {name: None if term is None else term.value for name, term in zip(columns, row, strict=True)}

    return rows


def _documents(graph: Graph) -> list[str]:
    return [node for node, about in graph.nodes(data=True) if about["type"] in _DOCUMENT_TYPES]


def _add_documents(graph: Graph, rows: Rows) -> None:
    documents = _documents(graph)
    for iri, row in _first(_ask(rows, _DOCUMENTS, "document", _few(documents)), "document").items():
        about = DocumentFacts(
            _local(row, "status"), _text(row, "number"), _text(row, "issued"), _text(row, "effective")
        )
        if iri in graph and about != DocumentFacts():
            graph.nodes[iri]["document"] = about


def _few(iris: list[str]) -> list[str] | None:
    return iris if len(iris) <= _FEW else None


def _add_relations(graph: Graph, rows: Rows, subjects: list[str] | None) -> None:
    claims = [row for row in _claims(rows, subjects) if row.get("object") in graph]
    claims = [row for row in claims if row.get("subject") in graph]
    items = _first(_ask(rows, _ITEMS, "item", None if subjects is None else _distinct(claims, "item")), "item")
    reports = _first(rows(_PREFIXES + _REPORTS), "report")
    deals = _deals(rows, None if subjects is None else _distinct(claims, "deal"))
    stages = {
        (_text(row, "item"), _text(row, "document")): _local(row, "status")
        for row in sorted(_ask(rows, _STAGES, "document", _few(_documents(graph))), key=_order)
        if row.get("document") in graph
    }
    evidence: dict[tuple[str, str, str, str], dict[str, Evidence]] = defaultdict(dict)
    for row in claims:
        edge = (_text(row, "subject"), _local(row, "predicate"), _text(row, "object"), _text(row, "deal"))
        item = items.get(_text(row, "item"), {})
        evidence[edge][_text(row, "claim")] = Evidence(
            quote=_text(row, "quote"),
            claim=_text(row, "claim"),
            item=_text(row, "item"),
            title=_text(item, "title"),
            publisher=_text(item, "publisher"),
            issued=_text(item, "issued"),
            link=_text(item, "link"),
            report=_text(reports.get(_text(item, "report"), {}), "title") or _local(item, "report"),
            page=_number(row, "page", int) or _number(item, "page", int),
            start=_number(row, "start", int),
            end=_number(row, "end", int),
            said=_local(row, "said"),
            confidence=_number(row, "confidence", float),
            role=_text(row, "role"),
            status=_local(row, "status") or stages.get((_text(row, "item"), edge[0]), ""),
            amount_text=_text(row, "amountText"),
        )
    for (subject, relation, object_, deal), found in sorted(evidence.items()):
        # newest first, then as they stand in the text: two stable sorts
        ordered = sorted(found.values(), key=lambda one: (one.item, one.start or 0, one.claim))
        ordered.sort(key=lambda one: one.issued, reverse=True)
        graph.add_edge(
            subject,
            object_,
            key=f"{relation} {deal}".rstrip(),
            relation=relation,
            deal=deals.get(deal) or (DealFacts(deal) if deal else None),
            evidence=tuple(ordered),
        )


def _claims(rows: Rows, subjects: list[str] | None) -> Iterator[Row]:
    """The rows of _CLAIMS. Held to some subjects, that query takes Oxigraph a second for each: theirs are put together
    here, from statements that the store looks up by them."""
    if subjects is None:
        yield from _ask(rows, _CLAIMS, "subject", None)
        return
    said: dict[tuple[str, str], dict[str, str | None]] = defaultdict(dict)
    for row in _ask(rows, _STATED, "subject", subjects):
        claim = said[_text(row, "item"), _text(row, "claim")]
        if name := _SAID.get(_local(row, "property")):
            claim[name] = row.get("value")
    claims = {which: about for which, about in said.items() if about.get("predicate") and about.get("quote")}
    told: dict[tuple[str, str], dict[str, str | None]] = defaultdict(dict)
    for row in _ask(rows, _TOLD, "deal", _distinct(claims.values(), "deal")):
        told[_text(row, "item"), _text(row, "deal")][_local(row, "property")] = row.get("value")
    for (item, iri), about in claims.items():
        yield {"item": item, "claim": iri, **about, **told.get((item, _text(about, "deal")), {})}


def _entities(rows: Rows, iris: set[str] | None) -> dict[str, _Names]:
    """Those of ``iris`` that are entities; None asks for all."""
    wanted = None if iris is None or len(iris) > _FEW else sorted(iris)
    entities: dict[str, _Names] = defaultdict(_Names)
    for row in _ask(rows, _TYPES, "entity", wanted):
        entities[_text(row, "entity")].types.add(_local(row, "type"))
    for iri in list(entities):
        entities[iri].types &= set(ENTITY_TYPES)
        if not entities[iri].types or (iris is not None and iri not in iris):
            del entities[iri]
    for row in _ask(rows, _LABELS, "entity", wanted):
        if (entity := entities.get(_text(row, "entity"))) is None:
            continue
        text, lang = _text(row, "text"), _text(row, "lang").lower()
        if _local(row, "form") == "altLabel":
            entity.aliases.add(text)
            continue
        known = entity.labels.setdefault(lang, text)
        if known != text:  # one a language is the rule; if not, the same one on every run
            entity.labels[lang] = min(known, text)
            entity.aliases.add(max(known, text))
    return dict(entities)


def _within(rows: Rows, names: Sequence[str], hops: int) -> set[str]:
    """Whatever the direction of the relations: who bought my client is as near as whom he bought."""
    near = set(names)
    edge = near
    for _ in range(hops):
        if len(edge) > _FEW:
            return _all_within(rows, names, hops)
        found = {
            _text(row, "far")
            for query in (_FROM, _TO)
            for row in _ask(rows, query, "near", sorted(edge))
            if _local(row, "predicate") in RELATIONS
        }
        edge = found - near
        near = near | edge
    return near


def _all_within(rows: Rows, names: Sequence[str], hops: int) -> set[str]:
    """Likewise, by reading every relation of the store once."""
    predicates = " ".join(f"kg:{relation}" for relation in RELATIONS)
    pattern = f"VALUES ?predicate {{ {predicates} }} ?subject ?predicate ?object"
    query = f"{_PREFIXES}SELECT ?subject ?object WHERE {{ {pattern} }}"
    links: nx.Graph[str] = nx.Graph()
    links.add_nodes_from(names)
    links.add_edges_from((_text(row, "subject"), _text(row, "object")) for row in rows(query))
    return {near for name in names for near in nx.single_source_shortest_path_length(links, name, cutoff=hops)}


def _deals(rows: Rows, iris: list[str] | None) -> dict[str, DealFacts]:
    """An investor's own part in a round has of its own only what differs; the rest is the round's."""
    found = _first(_ask(rows, _DEALS, "deal", iris), "deal")
    wholes = _distinct(found.values(), "whole")
    found |= _first(_ask(rows, _DEALS, "deal", [iri for iri in wholes if iri not in found]), "deal")
    deals = {}
    for iri, row in found.items():
        whole = found.get(_text(row, "whole"), {})
        money = row if row.get("amount") or row.get("amountText") else whole
        deals[iri] = DealFacts(
            iri,
            type=_local(row, "type") or "Deal",
            status=_local(row, "status") or _local(whole, "status"),
            amount=_text(money, "amount"),
            amount_text=_text(money, "amountText"),
            currency=_text(money, "currency"),
            qualifier=_local(money, "qualifier"),
            stake=_text(row, "stake"),
            valuation=_text(row, "valuation") or _text(whole, "valuation"),
            round=_text(row, "round") or _text(whole, "round"),
            announced=_text(row, "announced") or _text(whole, "announced"),
            completed=_text(row, "completed") or _text(whole, "completed"),
        )
    return deals


_TYPES = """SELECT ?entity ?type WHERE { %s ?entity a ?type }"""

_LABELS = """SELECT ?entity ?form ?text (LANG(?text) AS ?lang) WHERE { %s
  { ?entity skos:prefLabel ?text BIND(skos:prefLabel AS ?form) } UNION
  { ?entity skos:altLabel ?text BIND(skos:altLabel AS ?form) } }"""

_FROM = """SELECT ?far ?predicate WHERE { %s ?near ?predicate ?far FILTER(isIRI(?far)) }"""

_TO = """SELECT ?far ?predicate WHERE { %s ?far ?predicate ?near }"""

_CLAIMS = """SELECT ?item ?claim ?subject ?predicate ?object ?quote ?start ?end ?page ?said ?confidence ?deal ?role
  ?status ?amountText WHERE { %s
  GRAPH ?item {
    ?claim a kg:Claim ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; kg:quote ?quote .
    OPTIONAL { ?claim kg:start ?start } OPTIONAL { ?claim kg:end ?end } OPTIONAL { ?claim kg:page ?page }
    OPTIONAL { ?claim kg:said ?said } OPTIONAL { ?claim kg:confidence ?confidence }
    OPTIONAL { ?claim kg:role ?role }
    OPTIONAL { ?claim kg:about ?deal
      OPTIONAL { ?deal kg:status ?status } OPTIONAL { ?deal kg:amountText ?amountText } }
  } }"""

_STATED = """SELECT ?item ?claim ?property ?value WHERE { %s
  GRAPH ?item { ?claim rdf:subject ?subject . ?claim ?property ?value } }"""

_TOLD = """SELECT ?item ?deal ?property ?value WHERE { %s VALUES ?property { kg:status kg:amountText }
  GRAPH ?item { ?deal ?property ?value } }"""

#: The variables of _CLAIMS by the ends of the properties that bind them.
_SAID = {
    **{name: name for name in ("subject", "predicate", "object", "quote", "start", "end", "page", "said")},
    **{name: name for name in ("confidence", "role")},
    "about": "deal",
}

_ITEMS = """SELECT ?item ?title ?issued ?link ?publisher ?page ?report WHERE { %s
  GRAPH ?item {
    ?item a kg:Item .
    OPTIONAL { ?item dcterms:title ?title } OPTIONAL { ?item dcterms:issued ?issued }
    OPTIONAL { ?item dcterms:source ?link } OPTIONAL { ?item dcterms:publisher ?publisher }
    OPTIONAL { ?item kg:page ?page } OPTIONAL { ?item dcterms:isPartOf ?report }
  } }"""

_MENTIONS = """SELECT ?item ?entity WHERE { %s GRAPH ?item { ?item kg:mentions ?entity } }"""

_REPORTS = """SELECT ?report ?title WHERE { ?report a kg:Report ; dcterms:title ?title }"""

_DOCUMENTS = """SELECT ?document ?status ?number ?issued ?effective WHERE { %s
  VALUES ?type { kg:Instrument kg:Publication } ?document a ?type .
  OPTIONAL { ?document kg:status ?status } OPTIONAL { ?document kg:number ?number }
  OPTIONAL { ?document kg:issuedOn ?issued } OPTIONAL { ?document kg:effectiveFrom ?effective } }"""

_STAGES = """SELECT ?item ?document ?status WHERE { %s GRAPH ?item { ?document kg:status ?status } }"""

_DEALS = """SELECT ?deal ?type ?status ?amount ?amountText ?currency ?qualifier ?stake ?valuation ?round ?announced
  ?completed ?whole WHERE { %s
  VALUES ?type { kg:Deal kg:Acquisition kg:FundingRound } ?deal a ?type .
  OPTIONAL { ?deal kg:status ?status } OPTIONAL { ?deal kg:amount ?amount }
  OPTIONAL { ?deal kg:amountText ?amountText } OPTIONAL { ?deal kg:currency ?currency }
  OPTIONAL { ?deal kg:qualifier ?qualifier } OPTIONAL { ?deal kg:stake ?stake }
  OPTIONAL { ?deal kg:valuation ?valuation } OPTIONAL { ?deal kg:round ?round }
  OPTIONAL { ?deal kg:announcedOn ?announced } OPTIONAL { ?deal kg:completedOn ?completed }
  OPTIONAL { ?deal dcterms:isPartOf ?whole } }"""


def _ask(rows: Rows, query: str, variable: str, iris: list[str] | None) -> Iterator[Row]:
    """The rows of a query, its variable held to ``iris``; None asks for all."""
    if iris is None:
        yield from rows(_PREFIXES + query % "")
        return
    safe = [f"<{iri}>" for iri in iris if _IRI.fullmatch(iri)]
    for at in range(0, len(safe), _BATCH):
        yield from rows(_PREFIXES + query % f"VALUES ?{variable} {{ {' '.join(safe[at : at + _BATCH])} }}")


def _first(found: Iterable[Row], variable: str) -> dict[str, Row]:
    """One row an IRI: where the store has two values for what should be one, the same one on every run."""
    best: dict[str, Row] = {}
    for row in found:
        iri = _text(row, variable)
        if iri not in best or _order(row) < _order(best[iri]):
            best[iri] = row
    return best


def _order(row: Row) -> tuple[tuple[str, str], ...]:
    # Acquisition and FundingRound come after Deal by name, and say more: hence the last type first
    return tuple(
        sorted((key, "" if key == "type" and value != KG + "Deal" else value) for key, value in row.items() if value)
    )


def _distinct(found: Iterable[Row], variable: str) -> list[str]:
    return sorted({_text(row, variable) for row in found} - {""})


def _text(row: Row, variable: str) -> str:
    return row.get(variable) or ""


def _local(row: Row, variable: str) -> str:
    return re.split(r"[/#]", _text(row, variable))[-1]


def _number(row: Row, variable: str, kind: Callable[[str], Any]) -> Any:
    try:
        return kind(_text(row, variable))
    except ValueError:
        return None
