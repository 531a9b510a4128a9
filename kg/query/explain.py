"""How a query is understood: its SPARQL algebra, with how many statements each pattern fits.

Oxigraph has a plan of its own and its Python binding doesn't show it. The algebra is rdflib's reading of the same
standard; the counts come from the store, and tell which pattern is the wide one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph
from rdflib import Literal, URIRef, Variable
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Identifier

from kg.errors import QueryError
from kg.graph.store import Store
from kg.query.run import Term, opened, text
from kg.vocab import PREFIXES

MOST = 1_000_000  # counted no further

Line = tuple[int, str]
_BELOW = ("p", "p1", "p2")
_INSIDE = frozenset({"_vars", "res", "distinct"})  # rdflib's own notes, and what is shown elsewhere
_IRI = re.compile(r"<([^>]*)>")


def explain(store: Store, sparql: str, bindings: Mapping[str, Term] | None = None) -> Iterator[Line]:
    """The lines of the algebra, each with its depth. A query with a fault raises QueryError as ``run`` does."""
    opened(store, sparql, bindings)  # lazy: nothing but faults comes of it
    try:
        algebra = prepareQuery(sparql, initNs=PREFIXES).algebra
    except Exception as fault:  # pyparsing's, and rdflib's own: each its own kind
        raise QueryError("the query runs, but it has something that its reader for --explain doesn't know") from fault
    values = {Variable(name): term for name, term in (bindings or {}).items()}
    for name, term in values.items():
        yield 0, f"?{name} is {text(term)}"
    yield from _lines(algebra, 0, None, values, store)


def _lines(part: Any, depth: int, graph: Any, values: dict[Any, Term], store: Store) -> Iterator[Line]:
    yield depth, " ".join([part.name, *_details(part)])
    if part.name == "Graph":
        graph = part.term
    has = dict(part)  # since its own get() gives the key where there is nothing
    for triple in has.get("triples", ()):
        yield depth + 1, f"{' '.join(_shown(one) for one in triple)}  · {_count(store, triple, graph, values)}"
    for key in _BELOW:
        if isinstance(has.get(key), CompValue):
            yield from _lines(has[key], depth + 1, graph, values, store)


def _details(part: Any) -> Iterator[str]:
    """What a step of the algebra does beside what stands below it."""
    if part.name == "Project":
        yield from sorted(_shown(one) for one in part.PV)
    elif part.name == "Extend":
        yield f"{_shown(part.var)} = {_shown(part.expr)}"
    elif part.name in ("Filter", "LeftJoin", "OrderBy") and getattr(part.expr, "name", "") != "TrueFilter":
        yield _shown(part.expr)
    elif part.name == "Slice":
        yield f"from {part.start}" + (f", {part.length} at most" if part.length is not None else "")
    elif part.name == "Group" and part.expr:
        yield _shown(part.expr)
    elif part.name == "AggregateJoin":
        # those that only carry a variable of the group through are no aggregates that anybody wrote
        yield ", ".join(f"{_shown(one.res)} = {_shown(one)}" for one in part.A if one.name != "Aggregate_Sample")
    elif part.name == "Graph":
        yield _shown(part.term)
    elif part.name == "values":
        yield ", ".join(_shown(row) for row in part.res)


def _count(store: Store, triple: Any, graph: Any, values: dict[Any, Term]) -> str:
    """How many statements fit the pattern alone."""
    names: dict[Any, str] = {}
    written = []
    for one in (*triple, *([] if graph is None else [graph])):
        if one in values:
            written.append(str(values[one]))
        elif isinstance(one, Variable | BNode):
            written.append(names.setdefault(one, f"?v{len(names)}"))
        else:
            written.append(one.n3())
    pattern = " ".join(written[:3])
    if graph is not None:
        pattern = f"GRAPH {written[3]} {{ {pattern} }}"
    found: Any = store.query(f"SELECT (COUNT(*) AS ?n) {{ SELECT * {{ {pattern} }} LIMIT {MOST} }}")
    count = int(next(iter(found))[0].value)
    ways = "pair" if isinstance(triple[1], Path) else "statement"
    more = " or more" if count == MOST else ""
    return f"{count:,} {ways}{'' if count == 1 else 's'}{more}"


def _shown(value: Any) -> str:
    if isinstance(value, Variable):
        return f"?{value}"
    if isinstance(value, URIRef):
        short = text(pyoxigraph.NamedNode(str(value)))
        return short if short != str(value) else f"<{value}>"
    if isinstance(value, BNode):
        return "[]"
    if isinstance(value, Literal):
        return str(value) if value.datatype and isinstance(value.value, int | float | Decimal) else str(value.n3())
    if isinstance(value, Path):
        return _IRI.sub(lambda found: _shown(URIRef(found[1])), str(value.n3()))
    if isinstance(value, CompValue):
        return _expression(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{_shown(k)} = {_shown(v)}" for k, v in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_shown(one) for one in value)
    return str(value)


def _expression(part: CompValue) -> str:
    if part.name == "RelationalExpression":
        other = part.other if isinstance(part.other, Identifier | CompValue) else f"({_shown(part.other)})"
        return f"{_shown(part.expr)} {part.op} {_shown(other)}"
    if part.name in ("ConditionalAndExpression", "ConditionalOrExpression"):
        joint = " && " if "And" in part.name else " || "
        return joint.join(f"({_shown(one)})" for one in (part.expr, *part.other))
    if part.name == "UnaryNot":
        return f"!({_shown(part.expr)})"
    if part.name == "OrderCondition":
        return f"{part.order or 'ASC'}({_shown(part.expr)})"
    name = part.name.removeprefix("Builtin_").removeprefix("Aggregate_").upper()
    if name in ("EXISTS", "NOTEXISTS"):
        return f"{'NOT ' * (name != 'EXISTS')}EXISTS {{…}}"
    said = [value for key, value in part.items() if key not in _INSIDE and value is not None]
    return f"{name}({'DISTINCT ' * bool('distinct' in part and part.distinct)}{', '.join(_shown(one) for one in said)})"
