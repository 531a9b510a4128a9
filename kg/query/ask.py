"""Ask a named question: values are read as people write them, bound, never pasted in; rows become a Result."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache, partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from kg import ids
from kg.errors import QueryError, UsageError
from kg.graph.facts import DEFAULT, Node, Object
from kg.graph.store import Store
from kg.items import ENTITY_TYPES, RELATIONS
from kg.query import catalogue, entity, evidence
from kg.query.catalogue import Edge, Parameter, Question
from kg.query.concepts import collection, concept, members, narrower
from kg.query.entity import Candidate, Evidence
from kg.query.result import Column, Result, Row, Thing, Value, words
from kg.query.run import examine
from kg.query.search import SURE
from kg.settings import asset
from kg.vocab import KG, KIND, PREFIXES, RDF, SKOS, STATUS, XSD

#: What an entity parameter that isn't given is bound to: everything is one.
ANYTHING = NamedNode("http://www.w3.org/2000/01/rdf-schema#Resource")
_OPEN = Literal("")
_ALL = frozenset({"all", "any", "全部", "所有"})
_DAY = re.compile(r"(\d{4})(?:[-/年.](\d{1,2})(?:[-/月.](\d{1,2})日?|月)?|年)?")
_AMOUNT = re.compile(r"(\d[\d,，]*(?:\.\d+)?)\s*(万亿|亿|万|千万|百万|[kKmM]|bn|b|B)?")
_TIMES = {"万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_TIMES |= {"k": 10**3, "m": 10**6, "b": 10**9, "bn": 10**9}
_DEALS = (ids.BASE + "deal/", ids.BASE + "round/")
_PARTIES = (KG.buyer, KG.target, KG.investee)
_KEPT = 200_000  # names, of a store that stays open
_EVIDENCE_EDGES = 50  # of a row that sums up many: enough to see what it rests on


class Unclear(QueryError):
    """A name that could be several, or only comes near some; ``candidates`` has them."""

    def __init__(self, name: str, candidates: list[Candidate]) -> None:
        self.name, self.candidates = name, candidates
        self.sure = candidates[0].how in SURE
        listed = ", ".join(f"{c.label} ({c.type}, {c.iri})" for c in candidates[:5])
        if self.sure:
            super().__init__(f"{name} could be any of these, name one by its address: {listed}")
        else:
            super().__init__(f"nothing in the store is called {name}; near it are {listed}")


#: An edge, or a deal by itself.
Stated = tuple[Node, Node | None, Object | None]
Read = tuple[Any, str]  # the term to bind, and what it says for people


def ask(
    store: Store,
    name: str | Question,
    given: Mapping[str, Any] | None = None,
    lang: str = "zh",
    with_evidence: bool = True,
    folder: Path | None = None,
) -> Result:
    """The answer to a question of the catalogue.

    Values are as people write them: a name in any form, 2024-06, “announced, completed”, 亿. QueryError and
    UsageError say what is wrong with one. The rows come as they are found.
    """
    question = name if isinstance(name, Question) else catalogue.question(name, folder)
    terms, asked, defaulted = _values(store, question, given or {}, lang)
    _check(question)
    try:
        solutions: Any = store.query(question.sparql, terms)
    except (SyntaxError, ValueError) as fault:
        raise QueryError(f"{question.path.name} can't be run: {fault}") from None
    result = Result(question.name, question.zh, question.en, _columns(question), iter(()), tuple(asked))
    notes = question.notes_zh if lang == "zh" else question.notes_en
    if notes and defaulted:
        result.notes.append(notes)
    result.rows = _rows(store, question, solutions, lang, with_evidence)
    return result


def bind(store: Store, question: Question, given: Mapping[str, Any]) -> dict[str, Any]:
    """The terms by variable, for who runs the question's text by himself."""
    return _values(store, question, given, "zh")[0]


def stated(
    store: Store, name: str | Question, given: Mapping[str, Any] | None = None, lang: str = "zh"
) -> tuple[Result, set[Node], set[Stated]]:
    """What a picture of an answer shows: what was asked, who stands in the rows, and what these rest on.

    What was asked is a Result without rows. Who stands there may be of any class; deals and items among them.
    """
    question = name if isinstance(name, Question) else catalogue.question(name)
    terms, asked, _ = _values(store, question, given or {}, lang)
    _check(question)
    try:
        solutions: Any = store.query(question.sparql, terms)
    except (SyntaxError, ValueError) as fault:
        raise QueryError(f"{question.path.name} can't be run: {fault}") from None
    variables = [variable.value for variable in solutions.variables]
    cite = _Citing(store, question, variables)
    shown = [column.name for column in question.columns if column.type == "thing"]
    who: set[Node] = set()
    rests: set[Stated] = set()
    for solution in solutions:
        who.update(solution[name] for name in shown if isinstance(solution[name], NamedNode))
        rests.update(cite.stated(solution))
    return Result(question.name, question.zh, question.en, _columns(question), [], tuple(asked)), who, rests


def _columns(question: Question) -> tuple[Column, ...]:
    """As declared; what is gathered is text."""
    return tuple(Column(c.name, c.zh, c.en) if c.name == question.gather else c for c in question.columns)


@lru_cache(256)
def _check(question: Question) -> None:
    try:
        examine(question.sparql)
    except QueryError as fault:
        raise QueryError(f"{question.path.name}, {fault}") from None


# ------------------------------------------------------------------------------------------------- parameters


def _values(
    store: Store, question: Question, given: Mapping[str, Any], lang: str
) -> tuple[dict[str, Any], list[tuple[str, str]], bool]:
    """Terms by variable, what was asked in words, and whether a default of the question's stood in."""
    known = {parameter.name: parameter for parameter in question.parameters}
    titles = {title: p.name for p in question.parameters for title in (p.zh, p.en)}
    wanted: dict[str, Any] = {}
    for key, value in given.items():
        name = key if key in known else titles.get(key)
        if name is None:
            raise UsageError(f"{question.name} has no parameter {key}: {_known(question, key)}")
        if value is not None and str(value) != "":
            wanted[name] = value
    missing = [p for p in question.parameters if p.required and p.name not in wanted]
    if missing:
        needs = " and ".join(f"{p.name}=… ({p.title(lang)})" for p in missing)
        can = ", ".join(f"{p.name}=… ({p.title(lang)})" for p in question.parameters if not p.required)
        raise UsageError(f"{question.name} needs {needs}" + (f"; it also takes {can}" if can else ""))
    terms: dict[str, Any] = {}
    asked = []
    defaulted = False
    for parameter in question.parameters:
        value = wanted.get(parameter.name, parameter.default)
        if value is None:
            terms[parameter.variable] = ANYTHING if parameter.type == "entity" else _OPEN
            continue
        defaulted |= parameter.name not in wanted
        terms[parameter.variable], said = _READERS[parameter.type](store, parameter, value, lang)
        asked.append((parameter.title(lang), said))
    return terms, asked, defaulted


def _known(question: Question, key: str) -> str:
    names = [parameter.name for parameter in question.parameters]
    near = difflib.get_close_matches(key, names, 1)
    if near:
        return f"did you mean {near[0]}?"
    return f"it takes {', '.join(names)}" if names else "it takes none"


def _entity(store: Store, parameter: Parameter, value: Any, lang: str) -> Read:
    name = getattr(value, "iri", None) or (value.value if isinstance(value, NamedNode) else str(value))
    classes = parameter.classes or ENTITY_TYPES
    if name.startswith(("http://", "https://")):
        known = re.fullmatch(r"[^\s<>\"{}|\\^`]+", name) and entity.type_of(store, NamedNode(name))
        if not known:
            raise QueryError(f"the store doesn't know {name}: {parameter.name} takes a name too")
        if known not in classes:
            raise QueryError(_unfit(parameter, entity.label_of(store, NamedNode(name), lang), known))
        return NamedNode(name), entity.label_of(store, NamedNode(name), lang)
    found = _places(store, name) if classes == ("Jurisdiction",) else entity.find(store, name, 50)
    fit = [candidate for candidate in found if candidate.type in classes]
    if (only := entity.meant(fit)) is not None:
        node = NamedNode(only.iri)
        return node, entity.label_of(store, node, lang)
    if fit:
        raise Unclear(name, fit[:10])
    if found and found[0].how in SURE:
        raise QueryError(_unfit(parameter, found[0].label, found[0].type))
    raise QueryError(f"nothing in the store is called {name}: kg items lists what was read")


def _places(store: Store, name: str) -> list[Candidate]:
    """Places have names too, and few enough to go through; no item mentions them."""
    wanted = ids.normalise(name)
    named = []
    for quad in store.quads(None, RDF.type, KG.Jurisdiction, DEFAULT):
        place: Node = quad.subject
        called = [label.object.value for label in store.quads(place, SKOS.prefLabel, None, DEFAULT)]  # type: ignore[union-attr]
        named += [(place.value, text, ids.normalise(text)) for text in called]
    for how in ("exact", "part"):
        hits = [(iri, text) for iri, text, form in named if (form == wanted if how == "exact" else wanted in form)]
        if hits:
            return [Candidate(iri, "Jurisdiction", text, text, how, 0) for iri, text in sorted(hits)]
    return []


def _unfit(parameter: Parameter, label: str, type_: str) -> str:
    return f"{label} is of the class {type_}, and {parameter.name} takes {' or '.join(parameter.classes)}"


def _date(_: Store, parameter: Parameter, value: Any, __: str) -> Read:
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    match = _DAY.fullmatch(text)
    if match:
        parts = [part for part in match.groups() if part]
        day = "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])
        try:
            date.fromisoformat((day + "-01-01")[:10])
            return Literal(day), day
        except ValueError:
            pass
    raise UsageError(f"{parameter.name}={text} is no day: write 2024, 2024-06 or 2024-06-14")


def _number(_: Store, parameter: Parameter, value: Any, __: str) -> Read:
    text = str(value).strip()
    match = _AMOUNT.fullmatch(text)
    try:
        if match:
            unit = match[2] or ""
            number = Decimal(re.sub("[,，]", "", match[1])) * _TIMES.get(unit if unit in _TIMES else unit.lower(), 1)
        else:
            number = Decimal(text)
            if not number.is_finite():
                raise InvalidOperation
    except InvalidOperation:
        raise UsageError(f"{parameter.name}={text} is no number: write 1000000000, 1e9 or 10亿") from None
    return Literal(format(number, "f"), datatype=XSD.decimal), words(number)


@cache
def _currencies() -> dict[str, str]:
    """ISO codes by themselves and by the words for them."""
    found: dict[str, str] = {}
    for line in asset("data", "patterns", "currencies.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, code = line.split("\t")[:2]
            found.setdefault(word.strip().casefold(), code.strip())
            found[code.strip().casefold()] = code.strip()
    return found


def _currency(_: Store, parameter: Parameter, value: Any, __: str) -> Read:
    code = _currencies().get(str(value).strip().casefold())
    if code is None:
        raise UsageError(f"{parameter.name}={value} is no currency: write its ISO code, such as USD, or its name")
    return Literal(code), code


def _text(_: Store, __: Parameter, value: Any, ___: str) -> Read:
    return Literal(str(value)), str(value)


def _concepts(_: Store, parameter: Parameter, value: Any, lang: str) -> Read:
    """One or more terms of a closed list, bound as one text, “ IRI IRI ”: a variable holds one value."""
    iris = choices(parameter.type)
    named: dict[str, str] = {}
    for iri in iris:
        one = concept(iri)
        for form in (one.name, one.zh, one.en):
            named.setdefault(ids.normalise(form), iri)
    given = value if isinstance(value, list | tuple | set | frozenset) else re.split(r"[,，、;；]", str(value))
    wanted = [str(getattr(each, "name", each)).strip() for each in given]
    if any(each.casefold() in _ALL for each in wanted):
        return _OPEN, "全部" if lang == "zh" else "all"
    chosen: list[str] = []
    for each in wanted:
        found = named.get(ids.normalise(each))
        if found is None:
            near = difflib.get_close_matches(ids.normalise(each), named, 1, 0.5)
            forms = [concept(iri).name for iri in iris]
            hint = f"did you mean {concept(named[near[0]]).name}?" if near else f"it is one of {', '.join(forms)}"
            raise UsageError(f"{parameter.name} can't be {each or 'empty'}; {hint}")
        chosen.append(found)
    every = [below for iri in chosen for below in (narrower(iri) if parameter.type == "kind" else [iri])]
    said = ("、" if lang == "zh" else ", ").join(words(concept(iri), lang) for iri in dict.fromkeys(chosen))
    return Literal(f" {' '.join(dict.fromkeys(every))} "), said


@cache
def choices(type_: str) -> list[str]:
    """The concepts that a parameter of a closed type (a status, a kind, a relation) takes, by address."""
    if type_ == "kind":
        return list(members(KIND.iri))
    if type_ == "relation":
        return [KG[name].value for name in RELATIONS]
    return collection(STATUS.iri + {"deal-status": "of-deals", "document-status": "of-documents"}[type_])


_READERS: Mapping[str, Callable[[Store, Parameter, Any, str], Read]] = {
    "entity": _entity,
    "date": _date,
    "number": _number,
    "currency": _currency,
    "text": _text,
    "kind": _concepts,
    "deal-status": _concepts,
    "document-status": _concepts,
    "relation": _concepts,
}


# ------------------------------------------------------------------------------------------------------- rows


def _rows(store: Store, question: Question, solutions: Any, lang: str, with_evidence: bool) -> Iterator[Row]:
    things = _Things(store, lang)
    variables = [variable.value for variable in solutions.variables]
    at = [variables.index(column.name) for column in question.columns]
    makers = [_maker(column, things) for column in question.columns]
    cite = _Citing(store, question, variables) if with_evidence and question.evidence else None

    pairs = list(zip(at, makers, strict=True))

    def stream() -> Iterator[tuple[Any, Row]]:
        for solution in _ahead(store, solutions, at, cite) if store.served else solutions:
            values = tuple([None if (term := solution[i]) is None else make(term) for i, make in pairs])
            yield solution[0], Row(values, cite(solution) if cite else ())

    try:
        yield from _gathered(store, question, stream(), lang) if question.gather else (row for _, row in stream())
    except OSError as fault:
        raise QueryError(f"the query stopped: {fault}; where a report is just being added, ask again") from fault


def _ahead(store: Store, solutions: Any, at: list[int], cite: _Citing | None) -> Iterator[Any]:
    """The rows, after what makes them readable was brought from the server for some hundreds at once."""
    rows = iter(solutions)
    size = 25  # the first come soon
    while part := list(islice(rows, size)):
        nodes = {row[i] for row in part for i in at if isinstance(row[i], NamedNode)}
        store.prefetch((node, None, None, DEFAULT) for node in nodes)
        deals = [node for node in nodes if node.value.startswith(_DEALS)]
        store.prefetch(
            (quad.object, None, None, DEFAULT)
            for deal in deals
            for quad in store.quads(deal, None, None, DEFAULT)
            if quad.predicate in _PARTIES
        )
        if cite is not None:
            cite.ahead(part)
        yield from part
        size = 400 if cite is None else 100


def _gathered(store: Store, question: Question, rows: Iterable[tuple[Any, Row]], lang: str) -> Iterator[Row]:
    """Neighbouring rows of one thing that differ in one column alone, as one row that lists what stands there."""
    at = [column.name for column in question.columns].index(question.gather or "")
    for _, group in groupby(rows, lambda pair: (pair[0], pair[1].values[:at], pair[1].values[at + 1 :])):
        together = [row for _, row in group]
        listed = dict.fromkeys(words(row.values[at], lang) for row in together if row.values[at] is not None)
        first = together[0]
        value = ("、" if lang == "zh" else ", ").join(listed) or None
        cited = first.evidence
        if len(together) > 1 and cited:
            cited = evidence.sort(store, [each for row in together for each in row.evidence])
        yield Row((*first.values[:at], value, *first.values[at + 1 :]), cited)


class _Things:
    """Nodes as cells. Each is looked up once, as long as the store is open and doesn't change: on disk it takes as
    long as finding the row."""

    _kept: ClassVar[WeakKeyDictionary[Store, tuple[int, dict[str, dict[Any, Thing]]]]] = WeakKeyDictionary()

    def __init__(self, store: Store, lang: str) -> None:
        self._store, self._lang = store, lang
        changes, known = self._kept.get(store, (-1, {}))
        if changes != store.changes:
            known = {}
            self._kept[store] = (store.changes, known)
        self._known = known.setdefault(lang, {})
        if len(self._known) > _KEPT:
            self._known.clear()

    def __call__(self, node: Any) -> Thing:
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = Thing(node.value, self._label(node), self._class(node))
        return found

    def _label(self, node: Node) -> str:
        if not node.value.startswith(_DEALS):
            return entity.label_of(self._store, node, self._lang)
        says: dict[Node, Any] = {quad.predicate: quad.object for quad in self._store.quads(node, None, None, DEFAULT)}
        if KG.buyer in says and KG.target in says:
            return f"{self(says[KG.buyer]).label} → {self(says[KG.target]).label}"
        if KG.investee in says:
            return f"{self(says[KG.investee]).label} {says[KG.round].value if KG.round in says else ''}".strip()
        return entity.item_id(node)

    def _class(self, node: Node) -> str:
        types = [quad.object for quad in self._store.quads(node, RDF.type, None, DEFAULT)]
        if len(types) > 1:
            return entity.type_of(self._store, node) or entity.local_name(types[0])
        return entity.local_name(types[0]) if types else ""


def _maker(column: Column, things: _Things) -> Callable[[Any], Value]:
    if column.type == "thing":
        return things
    if column.type == "concept":
        return _concept
    if column.type in ("date", "number"):
        return _literal
    return _words


def _concept(term: Any) -> Value:
    return concept(term.value) if isinstance(term, NamedNode) else str(term.value)


def _literal(term: Any) -> Value:
    """A number or a day as such; a month, a year or an impossible day as it is written."""
    if not isinstance(term, Literal):
        return str(term.value)
    try:
        if term.datatype == XSD.integer:
            return int(term.value)
        if term.datatype == XSD.decimal:
            return Decimal(term.value)
        if term.datatype == XSD.date:
            return date.fromisoformat(term.value)
    except (ValueError, InvalidOperation):
        pass
    return str(term.value)


def _words(term: Any) -> Value:
    if isinstance(term, Literal):
        return term.value == "true" if term.datatype == XSD.boolean else str(term.value)
    return entity.item_id(term) if isinstance(term, NamedNode) else str(term.value)


class _Citing:
    """The evidence of a row, by the question's own account of what its rows rest on."""

    def __init__(self, store: Store, question: Question, variables: list[str]) -> None:
        self._store = store
        self._of_edge = lru_cache(4096)(partial(evidence.of_edge, store))
        self._patterns = [(edges, self._search(edges, variables)) for edges in question.evidence]
        self._variables = variables
        self._brought: dict[Any, list[dict[str, Any]]] = {}

    @staticmethod
    def _search(edges: tuple[Edge, ...], variables: list[str]) -> str | None:
        """The query that finds what a row doesn't say itself of its evidence; None where it says all."""
        names: list[str] = []
        parts, filters = [], []
        for edge in edges:
            if edge.predicate is None:
                continue
            parts.append(f"?{edge.subject} {edge.predicate} ?{edge.object}")
            open_predicate = edge.predicate.startswith("?")
            names += [edge.subject, edge.object or "", *([edge.predicate[1:]] if open_predicate else [])]
            if open_predicate and edge.predicate[1:] not in variables:
                filters.append(f"FILTER({edge.predicate} IN ({', '.join(f'kg:{name}' for name in RELATIONS)}))")
        if all(name in variables for name in names):
            return None
        projected = " ".join(f"?{name}" for name in dict.fromkeys(names))
        return f"SELECT {projected} {{ {' . '.join(parts)} {' '.join(filters)} }} LIMIT {_EVIDENCE_EDGES}"

    def ahead(self, solutions: Iterable[Any]) -> None:
        """Bring the evidence of rows: what they rest on, and where that is said."""
        self._brought.clear()
        stated = [one for solution in solutions for one in self.stated(solution)]
        edges = [(subject, predicate, object_) for subject, predicate, object_ in stated if predicate and object_]
        evidence.ahead(self._store, edges, (subject for subject, predicate, _ in stated if predicate is None))

    def _more(self, search: str, row: dict[str, Any]) -> list[dict[str, Any]]:
        """What a row doesn't say itself, each way that there is."""
        known = {name: term for name, term in row.items() if f"?{name} " in search}
        which = (search, *sorted(known.items()))
        found = self._brought.get(which)
        if found is None:
            answer: Any = self._store.query(search, known)
            names = [variable.value for variable in answer.variables]
            found = [{name: more[name] for name in names} for more in answer]
            if self._store.served:
                self._brought[which] = found
        return [row | more for more in found]

    def __call__(self, solution: Any) -> tuple[Evidence, ...]:
        row = self._row(solution)
        found: list[Evidence] = []
        for subject, predicate, object_ in self.stated(solution):
            if predicate is None or object_ is None:
                found += evidence.of_deal(self._store, subject)
            else:
                found += self._of_edge(subject, predicate, object_)
        if "item" in row:  # a row that speaks of one item is shown what that item says
            found = [one for one in found if one.item == entity.item_id(row["item"])]
        return evidence.sort(self._store, found) if len(found) > 1 else tuple(found)

    def _row(self, solution: Any) -> dict[str, Node]:
        return {name: solution[name] for name in self._variables if isinstance(solution[name], NamedNode)}

    def stated(self, solution: Any) -> Iterator[Stated]:
        """What a row rests on."""
        row = self._row(solution)
        for edges, search in self._patterns:
            if search is None:
                yield from self._of(edges, row)
            else:
                for more in self._more(search, row):
                    yield from self._of(edges, more)

    @staticmethod
    def _of(edges: tuple[Edge, ...], row: Mapping[str, Any]) -> Iterator[Stated]:
        for edge in edges:
            subject = row.get(edge.subject)
            if subject is None:
                continue
            if edge.predicate is None:
                yield subject, None, None
                continue
            open_ = edge.predicate.startswith("?")
            predicate = row.get(edge.predicate[1:]) if open_ else _term(edge.predicate)
            object_ = row.get(edge.object or "")
            if predicate is not None and object_ is not None:
                yield subject, predicate, object_


@cache
def _term(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return pyoxigraph.NamedNode(PREFIXES[prefix] + local)
