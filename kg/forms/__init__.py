"""Answers in the forms that people send on: what ``kg ask``, ``chain``, ``path``, ``diff`` and ``query`` hand to.

    from kg import forms

    forms.show(result)                       # a table in the terminal
    forms.write(result, Path("deals.xlsx"))  # its name decides: .csv .xlsx .json .md .docx .html .txt
    forms.deliver(result, output, lang="en", store=path)  # either, as a command does it

A form is a module with ``write(result, file, lang, about)``, which gives the number of rows; WRITERS says which.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from kg.errors import UsageError
from kg.forms.about import About
from kg.printing import number, say, whole
from kg.query.result import Result


@dataclass(frozen=True, slots=True)
class Writer:
    """A form: the suffix that asks for it, the module that makes it, and whether it is text."""

    suffix: str
    module: str
    text: bool
    bom: bool = False  # Excel takes a CSV without one for the system's old encoding, and shows Chinese as noise


WRITERS: dict[str, Writer] = {
    "csv": Writer(".csv", "kg.forms.csv", True, bom=True),
    "xlsx": Writer(".xlsx", "kg.forms.xlsx", False),
    "json": Writer(".json", "kg.forms.json", True),
    "markdown": Writer(".md", "kg.forms.markdown", True),
    "docx": Writer(".docx", "kg.forms.docx", False),
    "html": Writer(".html", "kg.forms.html", True),
    "text": Writer(".txt", "kg.forms.text", True),
}


def format_of(name: str, among: Iterable[str] = WRITERS) -> str:
    """The form that a file's name asks for; UsageError, naming those there are, where it asks for none."""
    known = {WRITERS[one].suffix: one for one in among if one in WRITERS}
    suffix = Path(name).suffix.casefold()
    if suffix not in known:
        raise UsageError(f"no form belongs to {name}: end the file's name in one of {', '.join(known)}")
    return known[suffix]


def write(
    result: Result,
    target: Path | str,
    lang: str = "zh",
    *,
    format_: str | None = None,
    store: Path | str | None = None,
    made: date | None = None,
) -> int:
    """Write an answer to a file, whole or not at all; the number of its rows.

    ``-`` is standard output, for forms that are text. The same answer made on the same day gives the same bytes.
    """
    about = About.of(store, made)
    if str(target) == "-":
        form = WRITERS[_named(format_ or "csv")]
        if not form.text:
            raise UsageError(f"{format_} is no text that could be printed: name a file, -o answer{form.suffix}")
        return _writer(form)(result, verbatim(), lang, about)
    path = Path(target)
    form = WRITERS[_named(format_) if format_ else format_of(path.name)]
    with whole(path) as part:
        if not form.text:
            with part.open("wb") as data:
                return _writer(form)(result, data, lang, about)
        with part.open("w", encoding=encoding(format_ or format_of(path.name)), newline="") as file:
            return _writer(form)(result, file, lang, about)


def show(result: Result, lang: str = "zh", evidence: bool = False) -> int:
    """Print an answer as a table, with its quotes below it where ``evidence`` is asked for; the number of rows."""
    from kg.forms import table

    return table.show(result, lang, evidence)


def deliver(
    result: Result,
    output: Path | None = None,
    *,
    lang: str = "zh",
    format_: str | None = None,
    evidence: bool = False,
    store: Path | str | None = None,
    made: date | None = None,
) -> int:
    """What a command does with an answer: a file where one is named, else a table; the number of rows.

    ``format_`` alone (“csv”) goes to standard output.
    """
    if output is None and format_ in (None, "table"):
        return show(result, lang, evidence)
    if output is None or str(output) == "-":
        return write(result, "-", lang, format_=format_, store=store, made=made)
    rows = write(result, output, lang, format_=None if format_ == "table" else format_, store=store, made=made)
    say(f"{output}: {number(rows, 'row')}, {output.stat().st_size:,} bytes")
    return rows


def encoding(format_: str) -> str:
    """Of a file of that form."""
    return "utf-8-sig" if format_ in WRITERS and WRITERS[format_].bom else "utf-8"


def verbatim() -> IO[str]:
    """Standard output for data: CSV has line ends of its own, which Windows would double."""
    stream: Any = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(newline="")
    return stream  # type: ignore[no-any-return]


def _named(format_: str) -> str:
    if format_ not in WRITERS:
        raise UsageError(f"no form is called {format_}: there are {', '.join(WRITERS)}")
    return format_


def _writer(form: Writer) -> Callable[[Result, Any, str, About], int]:
    write_: Callable[[Result, Any, str, About], int] = import_module(form.module).write
    return write_
