from __future__ import annotations

import subprocess
import sys

import pytest
import rdflib
from rdflib import OWL, RDF, SKOS

from kg import items
from kg.settings import asset
from kg.vocab import FUNCTIONAL, KG, KIND, QUALIFIER, RELATIONS, SAID, STATUS


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(asset("ontology", "kg.ttl"))


def test_a_mistyped_term_raises_and_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean acquires"):
        _ = KG.aquires
    with pytest.raises(KeyError, match="did you mean rumoured"):
        _ = STATUS["rumored"]
    assert KG.acquires.value == "https://w3id.org/regkg/ontology#acquires"
    assert "acquires" in KG
    assert KG.acquires in KG
    assert "aquires" not in KG


def test_terms_are_those_of_the_ontology(ontology: rdflib.Graph) -> None:
    declared = {str(s).removeprefix(KG.iri) for s in set(ontology.subjects()) if str(s).startswith(KG.iri)}
    assert declared == set(KG)


def test_functional_properties_are_those_of_the_ontology(ontology: rdflib.Graph) -> None:
    declared = {str(s) for s in ontology.subjects(RDF.type, OWL.FunctionalProperty)}
    assert declared == {term.value for term in FUNCTIONAL}


@pytest.mark.parametrize("namespace", [STATUS, QUALIFIER, SAID])
def test_closed_lists_are_those_of_the_schemes(namespace: object) -> None:
    graph = rdflib.Graph().parse(asset("ontology", "schemes.ttl"))
    iri = namespace.iri  # type: ignore[attr-defined]
    declared = {str(s).removeprefix(iri) for s in graph.subjects(RDF.type, SKOS.Concept) if str(s).startswith(iri)}
    assert declared == set(namespace)  # type: ignore[call-overload]


def test_closed_lists_are_those_of_the_records() -> None:
    assert set(STATUS) == {*items.DOCUMENT_STATUS, *items.DEAL_STATUS}
    assert set(QUALIFIER) == set(items.QUALIFIERS)
    assert set(SAID) == {said.value for said in items.Said}
    assert tuple(RELATIONS.split()) == items.RELATIONS


def test_kinds_that_titles_show_are_in_the_scheme() -> None:
    table = asset("data", "patterns", "kinds.tsv")
    if not table.exists():
        pytest.skip("no table of kinds")
    graph = rdflib.Graph().parse(asset("ontology", "kinds.ttl"))
    rows = [
        line for line in table.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")
    ]
    missing = {row.split("\t")[0] for row in rows} - {str(s).removeprefix(KIND.iri) for s in graph.subjects()}
    assert not missing


def test_queries_start_without_rdflib_and_spacy() -> None:
    code = "import kg.query.run, kg.query.entity, kg.query.items, kg.query.reader, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"rdflib", "pyshacl", "spacy", "numpy", "rich"} & set(loaded)
