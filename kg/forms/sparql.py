"""The answer to a SPARQL query in every form: W3C's own where there is one, else as any answer of ours.

CSV, JSON and Turtle are SPARQL's results formats, as other programs read them; a workbook and the memos have the same
rows with the query on them. Rows are written as they are found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from kg import forms
from kg.errors import UsageError
from kg.printing import number, say, whole
from kg.query.result import Column, Result, Row, Value
from kg.query.run import Answer, Term, text, write_csv, write_json, write_turtle
from kg.vocab import XSD

_RAW: dict[str, tuple[str, Callable[[Answer, IO[str]], int]]] = {
    "csv": (".csv", write_csv),
    "json": (".json", write_json),
    "turtle": (".ttl", write_turtle),
}
#: By the name of the form: the suffix that asks for it.
SUFFIXES = {name: writer.suffix for name, writer in forms.WRITERS.items()} | {"turtle": ".ttl"}
_MEMOS = ("markdown", "docx")


def format_of(name: str) -> str:
    """The form that a file's name asks for; UsageError, naming those there are, where it asks for none."""
    suffix = Path(name).suffix.casefold()
    for form, wanted in SUFFIXES.items():
        if suffix == wanted:
            return form
    raise UsageError(f"no form belongs to {name}: end the file's name in one of {', '.join(SUFFIXES.values())}")


def deliver(
    answer: Answer,
    output: Path | None,
    form: str,
    *,
    lang: str = "zh",
    asked: Sequence[tuple[str, str]] = (),
    store: Path | str | None = None,
    made: date | None = None,
) -> None:
    """Write to a file, whole or not at all, and say so; without one, or to ``-``, to standard output."""
    if form in _MEMOS and answer.form == "graph":
        raise UsageError("a CONSTRUCT gives a graph, which is no memo: write it to a .ttl, or ask a SELECT")
    if form == "turtle" and answer.form != "graph":
        raise UsageError("only CONSTRUCT and DESCRIBE give a graph: write these rows to a .csv, .xlsx or .json")
    to_file = output is not None and str(output) != "-"
    if form not in _RAW:
        made_of = result(answer, asked)
        if to_file:
            forms.deliver(made_of, output, lang=lang, format_=form, store=store, made=made)
        else:
            forms.write(made_of, "-", lang, format_=form, store=store, made=made)
        return
    write = _RAW[form][1]
    if output is None or not to_file:
        write(answer, forms.verbatim())
        return
    with whole(output) as part, part.open("w", encoding=forms.encoding(form), newline="") as file:
        rows = write(answer, file)
    what = "triple" if answer.form == "graph" else "row"
    say(f"{output}: {number(rows, what)}, {output.stat().st_size:,} bytes")


def result(answer: Answer, asked: Sequence[tuple[str, str]] = ()) -> Result:
    """An answer as a Result: a stream of rows without evidence, columns named as in the query."""
    names: Sequence[str] = answer.columns
    rows: Iterator[Sequence[Term | None]] = answer.rows
    if answer.form == "graph":
        names = ("subject", "predicate", "object")
        rows = ((triple.subject, triple.predicate, triple.object) for triple in answer.triples)
    if answer.form == "boolean":
        return Result("query", "SPARQL 查询", "SPARQL query", (Column("answer", "答案", "Answer"),),
                      [Row((answer.boolean,))], tuple(asked), cited=False)  # fmt: skip
    columns = tuple(Column(name, name, name) for name in names)
    made = (Row(tuple(value(term) for term in row)) for row in rows)
    return Result("query", "SPARQL 查询", "SPARQL query", columns, made, tuple(asked), cited=False)


_WHOLE = frozenset(XSD.iri + name for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger"))
_BROKEN = frozenset(XSD.iri + name for name in ("decimal", "double", "float"))


def value(term: Any) -> Value:
    """A term as a cell: numbers, days and truths as such, addresses of ours with their prefix, else text."""
    datatype = getattr(term, "datatype", None)
    if datatype is None:
        return None if term is None else text(term)
    written = str(term.value)
    try:
        if datatype.value in _WHOLE:
            return int(written)
        if datatype.value in _BROKEN and math.isfinite(float(written)):
            return Decimal(written)
        if datatype == XSD.date:
            return date.fromisoformat(written)
    except (ValueError, InvalidOperation):  # an impossible day is still the source's: it stays as it was written
        return written
    return written in ("true", "1") if datatype == XSD.boolean else written
