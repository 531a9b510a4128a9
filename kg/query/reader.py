"""A store for Python users: ``with kg.open("store") as graph: …``."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.graph.store import Store
from kg.query import entity, items
from kg.query.result import Result, of_answer
from kg.query.run import Answer, run
from kg.settings import Place, store_at

if TYPE_CHECKING:
    import rdflib


class Reader:
    """What a store holds, read-only. Words and numbers come as Python values, addresses as strings."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def query(self, sparql: str, **bindings: Any) -> Iterator[dict[str, Any]]:
        """The rows of a SELECT as dictionaries; what a row lacks is None.

        Bindings put values into variables that the query projects: a string is a literal, an address is given as
        ``pyoxigraph.NamedNode``.
        """
        answer = self.answer(sparql, **bindings)
        if answer.form != "rows":
            raise QueryError("this needs a SELECT query: use boolean() or construct()")
        for row in answer.rows:
            yield dict(zip(answer.columns, (_python(term) for term in row), strict=True))

    def select(self, sparql: str, **bindings: Any) -> Result:
        """The rows of a SELECT as a Result, for ``to_pandas()``, ``to_networkx()`` and ``kg.forms.write``."""
        answer = self.answer(sparql, **bindings)
        if answer.form != "rows":
            raise QueryError("this needs a SELECT query: use boolean() or construct()")
        return of_answer(answer, [("SPARQL", sparql.strip())])

    def ask(self, question: str, /, *, lang: str = "zh", evidence: bool = True, **parameters: Any) -> Result:
        """The answer to a named question: ``graph.ask("deals", firm="AMD", since="2024-06")``.

        Values are what ``kg ask`` takes, or dates, numbers and lists. The rows come as they are found, while the
        store is open; ``result.whole()`` keeps them. Without ``evidence`` they have no quotes, and come faster.
        """
        from kg.query.ask import ask

        return ask(self.store, question, parameters, lang, with_evidence=evidence)

    def boolean(self, sparql: str, **bindings: Any) -> bool:
        """The answer to an ASK."""
        answer = self.answer(sparql, **bindings)
        if answer.form != "boolean":
            raise QueryError("this needs an ASK query")
        return answer.boolean

    def construct(self, sparql: str, **bindings: Any) -> rdflib.Graph:
        """The graph of a CONSTRUCT or DESCRIBE."""
        import rdflib

        answer = self.answer(sparql, **bindings)
        if answer.form != "graph":
            raise QueryError("this needs a CONSTRUCT or DESCRIBE query")
        graph = rdflib.Graph()
        _bind(graph)
        for triple in answer.triples:
            graph.add((_rdflib(triple.subject), _rdflib(triple.predicate), _rdflib(triple.object)))
        return graph

    def answer(self, sparql: str, **bindings: Any) -> Answer:
        """The answer with terms as pyoxigraph has them."""
        import pyoxigraph

        terms = {
            name: pyoxigraph.Literal(value) if isinstance(value, str | int | float | bool) else value
            for name, value in bindings.items()
        }
        return run(self.store, sparql, terms)

    def dataset(self) -> rdflib.Dataset:
        """All of it in memory, as an ``rdflib.Dataset``: about a kilobyte a quad."""
        import rdflib
        from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

        found = rdflib.Dataset()
        _bind(found)
        for quad in self.store.quads():
            graph: Any = quad.graph_name
            into = found.graph(rdflib.URIRef(graph.value) if hasattr(graph, "value") else DATASET_DEFAULT_GRAPH_ID)
            into.add((_rdflib(quad.subject), _rdflib(quad.predicate), _rdflib(quad.object)))
        return found

    def find(self, name: str, limit: int = 10) -> list[entity.Candidate]:
        """Who or what a name may mean."""
        return entity.find(self.store, name, limit)

    def describe(self, iri: str) -> entity.Description:
        """All that is said of one entity, with the evidence."""
        return entity.describe(self.store, iri)

    def chain(self, name: str, to: str | None = None, lang: str = "zh", **options: Any) -> Result:
        """Whom an entity buys, invests in or owns, and who does so with it; options as of ``kg.query.chain.chain``."""
        from kg.query.chain import chain

        end = entity.one(self.store, to).iri if to else None
        return chain(self.store, entity.one(self.store, name).iri, to=end, lang=lang, **options).result(lang)

    def path(self, a: str, b: str, lang: str = "zh", **options: Any) -> Result:
        """The shortest ways between two entities; options as of ``kg.query.path.paths``."""
        from kg.query.path import paths

        ends = entity.one(self.store, a).iri, entity.one(self.store, b).iri
        return paths(self.store, *ends, lang=lang, **options).result(lang)

    def diff(self, since: str, until: str, lang: str = "zh") -> Result:
        """What changed from one report, or date, to another."""
        from kg.query.changes import diff

        return diff(self.store, since, until, lang).result(lang)

    def reports(self) -> list[items.ReportRow]:
        """The reports with their items."""
        return items.listing(self.store)

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_store(path: Place | str | None = None) -> Reader:
    """The store at a path or on a SPARQL server, for reading; without one, that of KG_STORE, else the user's own."""
    return Reader(Store.open(store_at(path)))


def _python(term: Any) -> Any:
    """A term as a Python value: int, Decimal, bool, date, else str."""
    from datetime import date
    from decimal import Decimal

    from kg.vocab import XSD

    if term is None or not hasattr(term, "datatype"):
        return None if term is None else str(term.value)
    try:
        if term.datatype == XSD.integer:
            return int(term.value)
        if term.datatype == XSD.decimal:
            return Decimal(term.value)
        if term.datatype == XSD.date:
            return date.fromisoformat(term.value)
    except ValueError:  # an impossible day is still the source's: it stays as it was written
        return str(term.value)
    return term.value == "true" if term.datatype == XSD.boolean else str(term.value)


def _rdflib(term: Any) -> Any:
    import rdflib

    from kg.graph.check import rdflib_term

    return rdflib.BNode(term.value) if type(term).__name__ == "BlankNode" else rdflib_term(term)


def _bind(graph: rdflib.Graph) -> None:
    from kg.vocab import PREFIXES

    for prefix, address in PREFIXES.items():
        graph.bind(prefix, address, replace=True)
