"""SPARQL for people: our prefixes known, faults in one sentence with a place, answers as a table, CSV or JSON.

Queries only read. ``SERVICE`` is refused, since nothing that stands in a store may leave the machine by a query.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import IO, Any, Literal, TypeAlias

import pyoxigraph

from kg.errors import QueryError
from kg.graph.store import Dataset, Store
from kg.graph.write import serialise
from kg.settings import asset
from kg.sparql import TOKEN
from kg.vocab import KG, KIND, PREFIXES, QUALIFIER, SAID, STATUS, XSD, Namespace

Term: TypeAlias = Any  # a NamedNode or a Literal; pyoxigraph's own union has terms that our graph never holds
Row: TypeAlias = tuple[Term | None, ...]


@dataclass(slots=True)
class Answer:
    """What a query gives. Rows and triples come as they are found, and can be gone through once."""

    form: Literal["rows", "boolean", "graph"]
    columns: tuple[str, ...] = ()
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    boolean: bool = False
    triples: Iterator[pyoxigraph.Triple] = field(default_factory=lambda: iter(()))


def run(
    store: Store, sparql: str, bindings: Mapping[str, Term] | None = None, dataset: Dataset | None = None
) -> Answer:
    """The answer to a SELECT, ASK, CONSTRUCT or DESCRIBE; QueryError in one sentence where it can't be had."""
    result = opened(store, sparql, bindings, dataset)
    if isinstance(result, pyoxigraph.QueryBoolean):
        return Answer("boolean", boolean=bool(result))
    if isinstance(result, pyoxigraph.QueryTriples):
        return Answer("graph", triples=_guarded(result))
    columns = tuple(variable.value for variable in result.variables)
    return Answer("rows", columns, rows=(tuple(row) for row in _guarded(result)))


def opened(
    store: Store, sparql: str, bindings: Mapping[str, Term] | None = None, dataset: Dataset | None = None
) -> Any:
    """Oxigraph's own answer, of which nothing is computed yet; QueryError where there can be none."""
    examine(sparql)
    try:
        return store.query(sparql, dict(bindings or {}), dataset)
    except SyntaxError as fault:
        raise QueryError(_sentence(str(fault), sparql)) from None
    except ValueError as fault:
        raise QueryError(f"the query can't be run: {fault}") from None
    except RuntimeError as fault:
        # the one that Oxigraph has for a value of a variable that isn't there
        unknown = re.search(r"variable \?(\w+) in its SELECT", str(fault))
        if not unknown:
            raise
        sentence = f"?{unknown[1]} is given a value and doesn't stand in the query's SELECT: name it there"
        raise QueryError(sentence) from None


def select(store: Store, sparql: str, bindings: Mapping[str, Term] | None = None) -> Answer:
    """The rows of a SELECT; QueryError for any other form."""
    answer = run(store, sparql, bindings)
    if answer.form != "rows":
        raise QueryError("this needs a SELECT query")
    return answer


def _guarded(results: Iterable[Any]) -> Iterator[Any]:
    try:
        yield from results
    except OSError as fault:
        raise QueryError(f"the query stopped: {fault}; where a report is just being added, run it again") from fault


# ------------------------------------------------------------------------------------ faults, before and after

_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"})
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
# a second net, since a query that reaches the network is worse than one refused for a word in its comments
_SERVICE = re.compile(
    r"(?<![\w?$:@\-])SERVICE(?:\s|#[^\n]*\n)*(?:SILENT(?:\s|#[^\n]*\n)*)?(?:<|[?$]\w|[\w.\-]*:)", re.I
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_CLOSED: tuple[tuple[str, Namespace], ...] = (("kg", KG), ("status", STATUS), ("qualifier", QUALIFIER), ("said", SAID))


def examine(sparql: str) -> None:
    """Raise QueryError for what Oxigraph would take and answer with nothing, or should not be asked at all."""
    # SPARQL lets any character be written so, those of SERVICE too
    sparql = _ESCAPE.sub(_character, sparql)
    prefixes = dict(PREFIXES)
    tokens = list(TOKEN.finditer(sparql))
    declared = [i for i, token in enumerate(tokens) if token["word"] and token["word"].upper() == "PREFIX"]
    headers = set()
    for i in declared:
        if i + 2 < len(tokens) and tokens[i + 1]["name"] and tokens[i + 2]["iri"]:
            prefixes[tokens[i + 1]["prefix"] or ""] = tokens[i + 2]["iri"][1:-1]
            headers |= {i + 1, i + 2}
    form = ""
    for i, token in enumerate(tokens):
        place = _place(sparql, token.start())
        word = (token["word"] or "").upper()
        if not form and word in _UPDATES:
            raise QueryError(f"{place}: {word} would change the graph, and queries only read: use kg add and kg remove")
        if word in _FORMS:
            form = form or word
        if word == "SERVICE":
            raise QueryError(f"{place}: SERVICE would ask another server, and queries stay on this machine")
        if i in headers:
            continue
        if token["name"]:
            prefix = token["prefix"] or ""
            if prefix not in prefixes:
                near = difflib.get_close_matches(prefix, prefixes, 1)
                hint = f"did you mean {near[0]}:?" if near else f"known are {', '.join(PREFIXES)}"
                raise QueryError(f"{place}: the prefix {prefix}: isn't known; {hint}")
            known(prefixes[prefix] + re.sub(r"\\(.)", r"\1", token["local"]), token["name"], place)
        elif token["iri"]:
            known(token["iri"][1:-1], token["iri"], place)
    if hidden := _SERVICE.search(sparql):
        raise QueryError(f"{_place(sparql, hidden.start())}: SERVICE can't be used, and here it could be meant")


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    return chr(number) if number <= 0x10FFFF else escape[0]


def known(iri: str, written: str, place: str) -> None:
    """Raise QueryError for a name of ours that there isn't, with the nearest one."""
    for prefix, namespace in _CLOSED:
        if iri.startswith(namespace.iri) and len(iri) > len(namespace.iri):
            _nearest(iri.removeprefix(namespace.iri), list(namespace), prefix, written, place)
    if iri.startswith(KIND.iri) and len(iri) > len(KIND.iri):
        _nearest(iri.removeprefix(KIND.iri), _kinds(), "kind", written, place)


def _nearest(name: str, names: list[str], prefix: str, written: str, place: str) -> None:
    if name in names:
        return
    near = difflib.get_close_matches(name, names, 1, 0.5)
    by_case = {other.casefold(): other for other in names}
    best = by_case.get(name.casefold()) or (near[0] if near else None)
    hint = f"did you mean {prefix}:{best}?" if best else "see ontology/ for those that there are"
    raise QueryError(f"{place}: there is no {written}; {hint}")


@cache
def _kinds() -> list[str]:
    found = set()
    for triple in pyoxigraph.parse(path=str(asset("ontology", "kinds.ttl"))):
        subject: Term = triple.subject
        if subject.value.startswith(KIND.iri):
            found.add(subject.value.removeprefix(KIND.iri))
    return sorted(found)


def _place(text: str, offset: int) -> str:
    before = text[:offset]
    return f"line {before.count(chr(10)) + 1}, column {offset - (before.rfind(chr(10)) + 1) + 1}"


def _sentence(fault: str, sparql: str) -> str:
    """Oxigraph's words without its grammar's insides."""
    at = re.match(r"error at (\d+):(\d+): (.*)", fault, re.DOTALL)
    if not at:
        return f"the query can't be read: {fault}"
    line, column, words = int(at[1]), int(at[2]), at[3]
    lines = sparql.split("\n")
    rest = lines[line - 1][column - 1 :].strip() if line <= len(lines) else ""
    near = f" at “{rest[:30]}”" if rest else ""
    otherwise = "it can't go on so" if rest else "something is missing before"
    readable = words if len(words) < 120 and "['" not in words and "[_]" not in words else otherwise
    return f"line {line}, column {column}: the query can't be read{near}: {readable}"


# ---------------------------------------------------------------------------------------------------- renderers

NUMBERS = frozenset(
    (XSD.integer, XSD.decimal, *(pyoxigraph.NamedNode(XSD.iri + name) for name in ("double", "float", "int", "long")))
)
_PREFIX_OF = {address: prefix for prefix, address in PREFIXES.items()}
# what a spreadsheet takes for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def text(term: Term | None) -> str:
    """A value for people: names of ours with their prefix, other addresses in full, nothing as ""."""
    if term is None:
        return ""
    if isinstance(term, pyoxigraph.NamedNode):
        address, slash, name = term.value.rpartition("#" if "#" in term.value else "/")
        prefix = _PREFIX_OF.get(address + slash) if "/" not in name else None
        return term.value if prefix is None else f"{prefix}:{name}"
    return str(term.value)


def cell(term: Term | None) -> str:
    """A value as a cell of a spreadsheet.

    Words come from strangers' documents: what would start a formula gets an apostrophe before it, as spreadsheets
    write text themselves. Numbers stay numbers.
    """
    value = text(term)
    number = isinstance(term, pyoxigraph.Literal) and term.datatype in NUMBERS
    return value if number else inert(value)


def inert(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def write_csv(answer: Answer, file: IO[str], inert: bool = True) -> int:
    """CSV for people, formulas made inert; ``inert=False`` gives W3C SPARQL CSV for machines. The number of rows."""
    writer = csv.writer(file, lineterminator="\r\n")
    if answer.form == "boolean":
        writer.writerow([str(answer.boolean).lower()])
        return 1
    columns, rows = _as_rows(answer)
    writer.writerow(columns)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        if inert:
            writer.writerow([cell(term) for term in row])
        else:
            writer.writerow(["" if term is None else _plain(term) for term in row])
    return count


def write_json(answer: Answer, file: IO[str]) -> int:
    """SPARQL 1.1 Query Results JSON; a graph as its triples, in columns of that name. The number of rows."""
    if answer.form == "boolean":
        json.dump({"head": {}, "boolean": answer.boolean}, file)
        return 1
    columns, rows = _as_rows(answer)
    file.write(f'{{"head": {json.dumps({"vars": list(columns)}, ensure_ascii=False)}, "results": {{"bindings": [')
    count = 0
    for count, row in enumerate(rows, 1):
        binding = {name: _binding(term) for name, term in zip(columns, row, strict=True) if term is not None}
        file.write((",\n" if count > 1 else "\n") + json.dumps(binding, ensure_ascii=False))
    file.write("\n]}}\n")
    return count


def write_turtle(answer: Answer, file: IO[str]) -> int:
    """The graph of a CONSTRUCT or DESCRIBE, sorted. The number of its triples."""
    if answer.form != "graph":
        raise QueryError("only CONSTRUCT and DESCRIBE give a graph")
    data = io.BytesIO()
    triples = sorted(set(answer.triples), key=str)
    serialise(triples, data, pyoxigraph.RdfFormat.TURTLE)
    file.write(data.getvalue().decode())
    return len(triples)


def table(answer: Answer) -> Any:
    """A ``rich.table.Table`` for a terminal."""
    from rich.table import Table
    from rich.text import Text

    columns, rows = (("answer",), iter(())) if answer.form == "boolean" else _as_rows(answer)
    drawn = Table(show_lines=False)
    for column in columns:
        drawn.add_column(Text(column))
    if answer.form == "boolean":
        drawn.add_row("true" if answer.boolean else "false")
    for row in rows:
        # as Text, since a title with [brackets] is no markup
        drawn.add_row(*(Text(text(term)) for term in row))
    return drawn


#: By the name of a format; each writes an answer to an open text file.
RENDERERS = {"csv": write_csv, "json": write_json, "turtle": write_turtle}


def rendered(answer: Answer, format_: str) -> str:
    if format_ not in RENDERERS:
        raise QueryError(f"no format is called {format_}: there are {', '.join(RENDERERS)}")
    file = io.StringIO(newline="")
    RENDERERS[format_](answer, file)
    return file.getvalue()


def _as_rows(answer: Answer) -> tuple[tuple[str, ...], Iterator[Row]]:
    if answer.form == "graph":
        return ("subject", "predicate", "object"), ((t.subject, t.predicate, t.object) for t in answer.triples)
    return answer.columns, answer.rows


def _plain(term: Term) -> str:
    return str(term) if isinstance(term, pyoxigraph.BlankNode) else str(term.value)


def _binding(term: Term) -> dict[str, str]:
    if isinstance(term, pyoxigraph.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, pyoxigraph.BlankNode):
        return {"type": "bnode", "value": term.value}
    found = {"type": "literal", "value": str(term.value)}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype != XSD.string:
        found["datatype"] = term.datatype.value
    return found
