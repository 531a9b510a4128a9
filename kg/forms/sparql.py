"""The answer to a SPARQL query in every form: W3C's own where there is one, else as any answer of ours.

CSV, JSON and Turtle are SPARQL's results formats, as other programs read them; a workbook and the memos have the same
rows with the query on them. Rows are written as they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import IO

from kg import forms
from kg.errors import UsageError
from kg.printing import number, say, whole
from kg.query.result import of_answer
from kg.query.run import Answer, write_csv, write_json, write_turtle

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
        made_of = of_answer(answer, asked)
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
