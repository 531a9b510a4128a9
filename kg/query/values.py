"""Values for a query's variables as people type them: ``firm=@AMD``, ``since=2024-08-01``, ``least=1000000``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat

from kg.errors import UsageError
from kg.query.run import Term, known
from kg.vocab import PREFIXES, XSD

_NAME = re.compile(r"[?$]?([^\W\d]\w*)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PREFIXED = re.compile(r"([a-z]+):([\w-]+)")
_HEAD = "".join(f"@prefix {prefix}: <{address}> .\n" for prefix, address in PREFIXES.items())


def value(given: str, entity: Callable[[str], str]) -> tuple[str, Term]:
    """The variable and its value; UsageError where it can't be read.

    ``entity`` gives the address of what a name means. Of what is typed, ``@AMD`` is what is called so in the store,
    ``<…>`` an address, ``status:announced`` a term of ours, ``"AMD"@en`` a literal as SPARQL has it; a number, a day,
    true and false are such; anything else is text.
    """
    name, equals, written = given.partition("=")
    variable = _NAME.fullmatch(name.strip())
    if not equals or not variable:
        raise UsageError(f"{given} gives no variable a value: write it as name=value, such as firm=@AMD")
    return variable[1], _term(written.strip(), given, entity)


def _term(written: str, given: str, entity: Callable[[str], str]) -> Term:
    if written.startswith("@") and len(written) > 1:
        return NamedNode(entity(written[1:]))
    if _DAY.fullmatch(written):
        try:
            date.fromisoformat(written)
        except ValueError:
            raise UsageError(f"{given}: there is no such day") from None
        return Literal(written, datatype=XSD.date)
    if number := _NUMBER.fullmatch(written):
        return Literal(written, datatype=XSD.decimal if number[1] else XSD.integer)
    if written in ("true", "false"):
        return Literal(written, datatype=XSD.boolean)
    prefixed = _PREFIXED.fullmatch(written)
    if prefixed and prefixed[1] in PREFIXES:
        known(PREFIXES[prefixed[1]] + prefixed[2], written, given)
        return NamedNode(PREFIXES[prefixed[1]] + prefixed[2])
    if written.startswith(("<", '"')):
        try:
            (triple,) = pyoxigraph.parse(f"{_HEAD}<x:s> <x:p> {written} .", RdfFormat.TURTLE)
        except (SyntaxError, ValueError):
            raise UsageError(f'{given}: this is no address in <…> and no text in "…", as SPARQL writes them') from None
        return triple.object
    return Literal(written)
