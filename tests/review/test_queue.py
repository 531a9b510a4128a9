"""What is put before a person first, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from graph import samples
from graph.samples import GULL, MINISTRY, RULES, TERN, acquisition

from kg.graph.store import Store
from kg.items import Said
from kg.query.items import listing
from kg.review import decide
from kg.review import queue as queues
from kg.review.queue import REASONS, Fact, Reason, Share, hand_on, queue, things


def one(quote: str, status: str = "completed", said: Said = Said.SUMMARY, confidence: float = 0.95) -> Fact:
    """The fact of a report that has one acquisition."""
    draft = samples.Draft("2031-09", "海岛月报", name="september.txt")
    facts = draft.item("deals-1", "海鸥")
    deal = acquisition(GULL, TERN, status)
    facts.deals.append(deal)
    draft.claim(GULL, "acquires", TERN, quote, deal.iri, said)
    facts.claims = [replace(claim, confidence=confidence) for claim in facts.claims]
    with Store.memory() as store:
        store.add(draft.report(), draft.facts, samples.RUN)
        (found,) = queue(store).waiting
        return found


@pytest.mark.parametrize(
    ("quote", "status", "codes"),
    [
        ("海鸥科技收购Tern Systems", "completed", []),
        ("海鸥科技拟收购Tern Systems", "completed", ["not-done"]),
        ("海鸥科技拟收购Tern Systems", "announced", []),
        ("此前拟收购，海鸥科技已完成对Tern Systems的收购", "completed", []),
        ("海鸥科技将军火商Tern Systems收购", "completed", []),  # 将 of 将军
        ("海鸥科技据称将收购Tern Systems", "announced", ["unsure"]),
        ("海鸥科技据称将收购Tern Systems", "rumoured", []),
        ("Gull is reportedly in talks to buy Tern", "announced", ["unsure"]),
        ("海鸥科技否认收购Tern Systems", "in-talks", ["denied"]),
        ("海鸥科技终止收购Tern Systems", "terminated", []),
    ],
)
def test_a_status_beyond_its_words_is_doubted(quote: str, status: str, codes: list[str]) -> None:
    assert [reason.code for reason in one(quote, status).reasons] == codes


@pytest.mark.parametrize(
    ("said", "confidence", "codes"),
    [
        (Said.SUMMARY, 0.95, []),
        (Said.HEARSAY, 0.95, ["hearsay"]),
        (Said.COMMENTARY, 0.95, ["commentary"]),
        (Said.HEADLINE, 0.95, ["headline"]),
        (Said.SUMMARY, 0.85, ["confidence"]),
        (Said.HEARSAY, 0.55, ["confidence", "hearsay"]),
    ],
)
def test_who_speaks_and_how_sure_the_rule_is(said: Said, confidence: float, codes: list[str]) -> None:
    assert [reason.code for reason in one("收购", "completed", said, confidence).reasons] == codes


def test_less_sure_comes_sooner() -> None:
    scores = [one("收购", confidence=sure).score for sure in (0.95, 0.85, 0.7, 0.5)]
    assert scores == sorted(scores) != scores[::-1]


@pytest.mark.parametrize(("quote", "doubted"), [("三部门印发", True), ("两部门印发", False), ("部门印发", False)])
def test_joint_issuers_are_counted(quote: str, doubted: bool) -> None:
    draft = samples.Draft("2031-09", "海岛月报", name="september.txt")
    draft.item("rules-1", "办法")
    draft.claim(RULES, "issuedBy", MINISTRY, quote)
    draft.claim(RULES, "issuedBy", samples.BUREAU, "并由数据局印发")
    with Store.memory() as store:
        store.add(draft.report(), draft.facts, samples.RUN)
        (found,) = [fact for fact in queue(store).waiting if fact.quote == quote]
    assert [reason.code for reason in found.reasons] == (["joint"] if doubted else [])
    if doubted:
        assert found.reasons[0].words() == "“三部门” in the text, 2 issuers read"


def test_the_queue_is_of_the_store_as_it_is() -> None:
    with Store.memory() as store:
        assert queue(store).waiting == []
        assert queue(store).share.percent == 0
        store.add(*samples.may(), samples.RUN)
        first = queue(store)
        assert first is queue(store)
        assert [fact.item for fact in first.waiting[:1]] == ["2031-05-deals-2"]  # hearsay
        store.add(*samples.june(), samples.RUN)
        assert len(queue(store).waiting) > len(first.waiting)
        assert {fact.report for fact in queue(store).of(report="2031-06")} == {"2031-06"}
        subject, object_ = things(store, first.waiting[0])
        assert (subject.label, object_.label, subject.type) == ("浪花基金", "珊瑚智能", "Company")
        assert sum(row.claims for row in listing(store)) == queue(store).share.total


def test_all_is_all_and_nothing_less() -> None:
    assert [Share(n, 300).percent for n in (0, 1, 299, 300)] == [0, 0, 99, 100]
    assert all(len(words) == 2 for words in REASONS.values())


def test_after_a_decision_only_its_items_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store"
    with Store.open(path, "write") as store:
        for report in (samples.may, samples.june, samples.july):
            store.add(*report(), samples.RUN)
    with Store.open(path) as store:
        first = queue(store)
    for decision in (decide.accept, decide.reject):
        with Store.open(path, "write") as store:
            before = Store.generation(path)
            fact = next(one for one in first.waiting if one.relation == "investsIn")
            hand_on(store, before, decision(store, fact).items)
        with Store.open(path) as store, monkeypatch.context() as patch:
            patch.setattr(queues, "_Reading", None)  # nothing is read as a whole
            first = queue(store)
        monkeypatch.setattr(queues, "_LATEST", {})
        with Store.open(path) as store:
            whole = queue(store)
        assert first.facts.keys() == whole.facts.keys()
        assert first.shares == whole.shares
        assert {one.id for one in first.waiting} == {one.id for one in whole.waiting}
        assert {id_: one.reviewed for id_, one in first.facts.items()} == {
            id_: one.reviewed for id_, one in whole.facts.items()
        }
    # what somebody else changed meanwhile is read as a whole
    with Store.open(path, "write") as store:
        store.remove("2031-07")
    with Store.open(path) as store:
        assert "2031-07" not in queue(store).shares


def test_a_status_stands_in_words() -> None:
    reason = Reason("unsure", (("status", "in-talks"), ("value", "据称")))
    assert reason.words("zh") == "记为洽谈中，而原文有“据称”"
    assert "in talks" in reason.words("en")
