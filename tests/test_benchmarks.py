"""The generator makes what ``kg add`` would have made; binding a value gives what writing it into the query gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pyoxigraph import NamedNode

from benchmarks import generate
from kg.graph.check import check
from kg.graph.store import Store
from kg.query import catalogue
from kg.query.ask import bind

QUADS = 6_000


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("generated") / "store"
    generate.store(path, QUADS)
    with Store.open(path) as opened:
        yield opened


def test_it_is_sound(generated: Store) -> None:
    assert QUADS * 0.6 < len(generated) < QUADS * 1.5
    assert check(generated) == []


def test_the_same_seed_gives_the_same_store() -> None:
    one, two, other = generate.quads(2_000), generate.quads(2_000), generate.quads(2_000, seed=2)
    assert set(one) == set(two) != set(other)


def busiest(store: Store, classes: tuple[str, ...]) -> list[str]:
    """Of each class the one with most statements around it, then one with few."""
    found = []
    for class_ in classes:
        rows = store.query(
            f"SELECT ?x (COUNT(*) AS ?n) {{ ?x a kg:{class_} . ?y ?p ?x }} GROUP BY ?x ORDER BY DESC(?n) ?x LIMIT 20"
        )
        found += [row[0].value for row in rows]  # type: ignore[union-attr, index]
    return found[:1] + found[-1:]


def written(sparql: str, terms: dict[str, object]) -> str:
    """The query with the values written where the parameters stand, as no program should."""
    body = sparql[sparql.index("SELECT") :]
    body = re.sub(r"SELECT[^{]*|GROUP BY[^\n}]*", lambda match: re.sub(r"\$\w+", "", match[0]), body)
    return re.sub(r"\$(\w+)", lambda match: str(terms[match[1]]), body)


CASES = [
    (question.name, parameter.name)
    for question in catalogue.questions()
    for parameter in question.parameters
    if parameter.type == "entity"
]


@pytest.mark.parametrize(("name", "parameter"), CASES, ids="-".join)
def test_binding_gives_what_writing_gives(generated: Store, name: str, parameter: str) -> None:
    question = catalogue.question(name)
    (about,) = (p for p in question.parameters if p.name == parameter)
    for iri in busiest(generated, about.classes or ("Company", "Regulator")):
        terms = bind(generated, question, {parameter: NamedNode(iri)})
        shown = [column.name for column in question.columns]
        bound = [[row[c] for c in shown] for row in generated.query(question.sparql, terms)]  # type: ignore[union-attr]
        plain = [[row[c] for c in shown] for row in generated.query(written(question.sparql, terms))]  # type: ignore[union-attr]
        assert sorted(map(str, bound)) == sorted(map(str, plain))
