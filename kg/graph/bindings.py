"""Values for a query's variables, for servers that know no substitution: VALUES blocks, each where it is in scope.

Oxigraph substitutes a value wherever its variable stands, also within groups to which a server, that evaluates the
innermost first, would bring it too late: ``FILTER($FIRM = …)`` in a branch of a UNION. So every group that writes the
variable gets a block of its own, as does the group of a SELECT that projects it. A subquery that doesn't project it has
a variable of that name for itself, which gets none. One VALUES at a query's end, as rdflib writes it, comes only after
what is counted has been counted.

The query's text is only read, and the values are written by pyoxigraph: nobody's words become syntax.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.errors import QueryError
from kg.sparql import TOKEN


@dataclass(slots=True)
class _Braces:
    """What stands between two braces."""

    start: int
    scope: frozenset[str]  # the variables that mean the same here as outside
    fillable: bool = True  # whether a block can stand in it
    written: set[str] = field(default_factory=set)
    empty: bool = True  # nothing stands in it yet


@dataclass(slots=True)
class _Select:
    """The head of a SELECT that is being read."""

    names: set[str] = field(default_factory=set)

    def scope(self, outer: frozenset[str]) -> frozenset[str]:
        return outer & self.names if self.names else outer  # a head without names is SELECT *


def bound(sparql: str, values: Mapping[str, Any]) -> str:
    """The query with values for variables."""
    if not values:
        return sparql
    blocks: list[tuple[int, frozenset[str]]] = []
    stack = [_Braces(0, frozenset(values), fillable=False)]
    select: _Select | None = None
    data = template = False  # whether the next braces hold a VALUES block's rows, or a CONSTRUCT's template
    depth, as_ = 0, False
    for token in TOKEN.finditer(sparql):
        kind, text, top = token.lastgroup, token[0], stack[-1]
        if kind == "comment":
            continue
        word = text.upper() if kind == "word" else ""
        if word == "CONSTRUCT":
            template = True
        elif word == "WHERE" and template:
            raise QueryError("values can't be given to CONSTRUCT WHERE: write CONSTRUCT { … } WHERE { … }")
        elif word == "VALUES":
            data = True
        elif word == "SELECT":
            select, depth = _Select(), 0
            if top.empty:
                top.fillable = False
        elif kind == "mark" and text in "()":
            depth += 1 if text == "(" else -1
        elif kind == "variable":
            name = text[1:]
            if select is None:
                top.written.add(name)
            elif depth == 0 or as_:
                select.names.add(name)
        elif text == "{":
            if data or template:
                stack.append(_Braces(token.end(), frozenset(), fillable=False))
            elif select is not None and depth == 0:
                scope = select.scope(top.scope)
                # what comes after the braces, GROUP BY and the like, is within the subquery too
                top.scope = scope if len(stack) > 1 else top.scope
                stack.append(_Braces(token.end(), scope, written=set(scope)))
                select = None
            else:
                stack.append(_Braces(token.end(), top.scope, written=set(values) if len(stack) == 1 else set()))
            data = template = False
        elif text == "}" and len(stack) > 1:
            stack.pop()
            if top.fillable and (wanted := top.scope & top.written):
                blocks.append((top.start, wanted))
        top.empty = False
        as_ = word == "AS"
    for start, names in sorted(blocks, key=lambda block: -block[0]):
        sparql = f"{sparql[:start]} {_block(values, names)}{sparql[start:]}"
    return sparql


def _block(values: Mapping[str, Any], names: frozenset[str]) -> str:
    ordered = sorted(names)
    heads, terms = " ".join(f"?{name}" for name in ordered), " ".join(str(values[name]) for name in ordered)
    return f"VALUES ({heads}) {{ ({terms}) }} "
