"""Queries to begin with: the named questions, as one would write them without parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kg.errors import UsageError
from kg.graph.store import Store
from kg.query import ask, catalogue
from kg.query.catalogue import Question

START = """SELECT ?buyer ?target ?status ?amount {
  ?deal a kg:Acquisition ; kg:buyer ?buyer ; kg:target ?target .
  OPTIONAL { ?deal kg:status ?status }
  OPTIONAL { ?deal kg:amountText ?amount }
}
LIMIT 50"""
_SELECT = re.compile(r"\bSELECT\b[^{]*?(?=\bWHERE\b|\{)|\b(?:GROUP|ORDER) BY\b[^}]*", re.IGNORECASE)


def examples() -> list[Question]:
    """The questions that can be asked without naming anything."""
    return [one for one in catalogue.questions() if not any(p.required for p in one.parameters)]


def text(store: Store, name: str) -> str:
    """A question's query with its defaults in place of its parameters."""
    question = catalogue.question(name)
    if question.name not in {one.name for one in examples()}:
        raise UsageError(f"{name} needs to know whom it is about: ask it under /ask")
    return written(question, ask.bind(store, question, {}))


def written(question: Question, values: Mapping[str, Any]) -> str:
    lines = question.sparql.splitlines()
    while lines and lines[0].startswith("#"):
        lines.pop(0)
    body = "\n".join(lines).strip()
    parameters = "|".join(sorted(values, key=len, reverse=True))
    if not parameters:
        return body
    # a value can't be projected or grouped by: there the variable goes
    body = _SELECT.sub(lambda match: re.sub(rf"\s*[$?](?:{parameters})\b(?!\s*\))", "", match[0]).rstrip() + " ", body)
    return re.sub(rf"[$?]({parameters})\b", lambda match: str(values[match[1]]), body)
