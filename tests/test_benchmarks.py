"""The generator makes what ``kg add`` would have made; binding a value gives what writing it into the query gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from spacy.language import Language
from spacy.tokens import Doc

from benchmarks import extraction, generate
from kg.graph.check import check
from kg.graph.store import Store
from kg.items import Extraction, Mention, Relation, Said, Unused
from kg.query import catalogue
from kg.query.ask import bind
from kg.resolve.linker import resolve

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


def test_the_texts_are_those_of_the_samples_where_there_is_no_corpus(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(extraction, "CORPUS", tmp_path / "missing.jsonl")
    source, texts = extraction.texts(100)
    assert source == "the samples, repeated"
    assert len(texts) == 100 > len(set(texts)) >= 20
    (tmp_path / "missing.jsonl").write_text('{"text": "甲"}\n{"text": "乙"}\n', encoding="utf-8")
    assert extraction.texts(1)[1] == ["甲"]


def test_a_wrong_offset_is_told() -> None:
    text = "海鸥科技宣布收购燕鸥软件。"
    made = extraction.report(text)
    names = (Mention(0, 4, "海鸥科技", "Company"), Mention(8, 12, "燕鸥软件", "Company"))
    relation = Relation("acquires", 0, 1, 0, len(text), 6, Said.SUMMARY, "r", 0.9)
    sound = Extraction(made.items[0], names, (relation,), unused=(Unused(0, len(text), 6),))
    (facts,) = resolve(made, [sound])
    assert facts.claims
    assert list(extraction.astray(sound, facts)) == []
    for broken, word in (
        (replace(sound, mentions=(replace(names[0], start=1), names[1])), "the name 海鸥科技"),
        (replace(sound, relations=(replace(relation, cue=len(text)),)), "the evidence of r"),
        (replace(sound, relations=(replace(relation, object=2),)), "the ends of r"),
        (replace(sound, unused=(Unused(3, 3, 3),)), "the open sentence"),
    ):
        (told,) = extraction.astray(broken, facts)
        assert told.startswith(word)
    facts.claims[0] = replace(facts.claims[0], start=1)
    assert [told[:9] for told in extraction.astray(sound, facts)] == ["the quote"]


def test_what_breaks_a_text_is_told_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.extract import pipeline

    nlp, run = pipeline.load(), pipeline.run

    def broken(nlp: Language, text: str, told: date | None) -> Doc:
        if text == "坏":
            raise ValueError("broken")
        return run(nlp, text, told)

    monkeypatch.setattr(pipeline, "run", broken)
    measured = extraction.Measured()
    extraction.measure(["海鸥科技宣布收购燕鸥软件。", "坏", ""], nlp, measured)
    assert set(measured.crashes) == {"ValueError: broken: 坏"}
    assert set(measured.seconds) == set(extraction.STEPS)
    assert measured.astray == []
