"""What resolution found comes back as it was, but for the texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph import samples
from kg.graph import build, resolved
from kg.graph.store import Store
from kg.items import Met, OpenSentence


@pytest.mark.parametrize("report", [samples.may, samples.june, samples.july])
def test_what_is_packed_makes_the_same_graph(report: object) -> None:
    made, facts = report()  # type: ignore[operator]
    facts[0].entities[0] = replace(facts[0].entities[0], met=(Met("甲", "its name", "https://example.org/a"),))
    facts[0].open_sentences.append(OpenSentence("据称将收购", 3, 8, 1))
    digest, data = resolved.pack(facts)
    back = resolved.unpack(data)
    assert list(build.quads(made, back, samples.RUN)) == list(build.quads(made, facts, samples.RUN))
    assert resolved.pack(back) == (digest, data)


def test_nothing_is_kept_of_a_report_without_items() -> None:
    assert resolved.unpack(resolved.pack([])[1]) == []


def test_a_report_that_is_added_again_with_other_findings_replaces_them() -> None:
    with Store.memory() as store:
        report, facts = samples.may()
        store.add(report, facts, samples.RUN)
        first = store.resolved("2031-05")
        facts[0].entities.pop()
        store.add(report, facts, samples.RUN)
        assert store.resolved("2031-05") != first
        assert len(list(store._found)) == 1
        assert store.resolved("2031-12") is None
        assert not store.keeps_facts("2031-12")
