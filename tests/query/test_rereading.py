from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from graph.samples import GULL, REEF, TERN, Draft, acquisition

from kg import ids
from kg.errors import QueryError, StoreError
from kg.graph.store import Store
from kg.graph.write import write
from kg.items import Deal, Entity, Label, Terms
from kg.query.rereading import Rereading, compare, opened
from kg.review import decide
from kg.review.queue import queue

Build = Callable[[Draft], None]
RUNS = (ids.run("rules-1"), ids.run("rules-2"))
REEF_FUND = Entity(REEF.iri, "Company", Label("礁石资本", "zh"), aliases=(Label("Reef Fund", "en"),))
BUYS, SIGNS = "海鸥科技收购Tern Systems", "海鸥科技与礁石资本签约"


def store(build: Build, run: str, file: str | None = None) -> Store:
    """A store of one report, whose file has a digest of its own where one is given."""
    draft = Draft("2031-05", "五月", date(2031, 5, 1))
    build(draft)
    report = draft.report()
    if file is not None:
        report = replace(report, source=replace(report.source, digest=file))
    made = Store.memory()
    made.add(report, draft.facts, run)
    return made


Files = tuple[str | None, str | None]


def of(old: Build, new: Build, same_rules: bool = False, files: Files = (None, None)) -> Rereading:
    with store(old, RUNS[0], files[0]) as before, store(new, RUNS[0 if same_rules else 1], files[1]) as after:
        return compare(before, after, "en")


def rows(found: Rereading) -> list[tuple[str, str, str, str, str]]:
    return [(one.cause, one.kind, one.what.label, one.was, one.now) for one in found.differences]


def report(status: str = "announced", buys: bool = True, signs: bool = True, more: str = "") -> Build:
    """The text always has both sentences, and what is given; the facts only what the rules found."""

    def build(draft: Draft) -> None:
        draft.item("deals-1", "交易", date(2031, 5, 10)).entities += [GULL, TERN, REEF]
        place = len(draft.text)
        deal = acquisition(GULL, TERN, status)
        if buys:
            draft.facts[-1].deals.append(deal)
            draft.claim(GULL, "acquires", TERN, BUYS, deal.iri)
        else:
            draft.text += BUYS + "\n"
        if signs:
            draft.claim(GULL, "agreementWith", REEF, SIGNS)
        else:
            draft.text += SIGNS + "\n"
        assert draft.text[place:] == f"{BUYS}\n{SIGNS}\n"
        draft.text += more

    return build


def test_nothing_changed() -> None:
    found = of(report(), report(), same_rules=True)
    assert (rows(found), found.notes) == ([], ["Nothing changed", "the same text, read by the same rules: 1 report"])


def test_the_same_text_read_by_other_rules() -> None:
    found = of(report(), report(status="completed", signs=False))
    assert rows(found) == [
        ("rules", "relation", "Gull Tech", "礁石资本", ""),
        ("rules", "property", "Gull Tech → Tern Systems", "announced", "completed"),
    ]
    assert found.differences[0].evidence[0].quote == SIGNS
    assert found.notes == ["the same text, read by other rules: 1 report"]


def test_another_text_read_by_the_same_rules() -> None:
    def more(draft: Draft) -> None:
        report()(draft)
        draft.claim(REEF, "sues", TERN, "礁石资本起诉Tern Systems")

    found = of(report(), more, same_rules=True, files=("a", "b"))
    assert rows(found) == [("text", "relation", "礁石资本", "", "Tern Systems")]


def test_where_text_and_rules_changed_each_fact_is_looked_at_by_itself() -> None:
    def more(draft: Draft) -> None:
        report(buys=False)(draft)
        draft.claim(REEF, "sues", TERN, "礁石资本起诉Tern Systems")

    found = of(report(), more, files=("a", "b"))
    assert rows(found) == [
        # its words stand in both texts: only the rules can have lost it
        ("rules", "relation", "Gull Tech", "Tern Systems (announced)", ""),
        # its words came with the new text
        ("text", "relation", "礁石资本", "", "Tern Systems"),
    ]
    assert found.notes == ["another text, read by other rules: 1 report"]


def test_a_status_that_a_new_sentence_moves_is_the_texts() -> None:
    def more(draft: Draft) -> None:
        report(status="completed")(draft)
        deal = acquisition(GULL, TERN, "completed")
        draft.claim(GULL, "acquires", TERN, "海鸥科技已完成对Tern Systems的收购", deal.iri)

    found = of(report(), more, files=("a", "b"))
    assert rows(found) == [("text", "property", "Gull Tech → Tern Systems", "announced", "completed")]
    assert found.notes[-1] == "1 relation stayed, with other words as evidence"


def test_one_file_read_as_another_text_is_regkgs_doing() -> None:
    found = of(report(), report(signs=False, more="多出的一行"), files=("a", "a"))
    assert [row[0] for row in rows(found)] == ["rules"]
    assert found.notes == ["the same file, of which another text was read: regkg's reader changed: 1 report"]


def test_what_was_removed_by_hand() -> None:
    with store(report(), RUNS[0]) as before, store(report(), RUNS[0]) as after:
        after.remove("2031-05-deals-1")
        found = compare(before, after, "en")
    assert {row[0] for row in rows(found)} == {"neither"}
    assert ("neither", "item", "2031-05-deals-1", "交易", "") in rows(found)


def test_a_round_without_investors_goes_by_its_firm() -> None:
    def round_(draft: Draft) -> None:
        report()(draft)
        iri = ids.funding_round(TERN.iri, "A轮")
        draft.facts[-1].deals.append(
            Deal(iri, "FundingRound", Terms(status="completed", round="A轮"), investee=TERN.iri)
        )
        draft.text += "Tern Systems完成A轮融资\n"
        start = draft.text.index("Tern Systems完成")
        draft.facts[-1].claims.append(
            replace(draft.facts[-1].claims[0], subject=iri, relation="investee", object=TERN.iri, deal=iri, start=start)
        )

    assert rows(of(report(more="Tern Systems完成A轮融资\n"), round_)) == [
        ("rules", "relation", "Tern Systems", "", "Tern Systems (completed)")
    ]


def test_names_and_types() -> None:
    def renamed(draft: Draft) -> None:
        report()(draft)
        draft.facts[0].entities[2] = replace(REEF_FUND, type="Organization")

    found = of(report(), renamed)
    assert rows(found) == [
        ("rules", "entity", "礁石资本", "company", "organisation"),
        ("rules", "name", "礁石资本", "", "Reef Fund"),
    ]


def test_a_name_of_the_reference_data_is_the_rules_though_the_text_changed() -> None:
    def renamed(draft: Draft) -> None:
        report(more="新的一行")(draft)
        draft.facts[0].entities[2] = REEF_FUND

    assert rows(of(report(), renamed, files=("a", "b"))) == [("rules", "name", "礁石资本", "", "Reef Fund")]


def test_an_export_has_no_texts_to_tell_by(tmp_path: Path) -> None:
    path = tmp_path / "old.nq"
    with store(report(), RUNS[0], "a") as before:
        write(before, path)
    with opened(path) as before, store(report(signs=False), RUNS[1], "a") as after:
        assert rows(compare(before, after, "en")) == [("rules", "relation", "Gull Tech", "礁石资本", "")]
    with opened(path) as before, store(report(signs=False, more="新的一行"), RUNS[1], "b") as after:
        assert rows(compare(before, after, "en")) == [("either", "relation", "Gull Tech", "礁石资本", "")]


def test_reports_that_only_one_has(tmp_path: Path) -> None:
    with store(report(), RUNS[0]) as before, store(report(), RUNS[0]) as after:
        for other, id_ in ((before, "2031-04"), (after, "2031-06")):
            draft = Draft(id_, "月", date(2031, int(id_[-2:]), 1))
            draft.item("news-1", "消息")
            other.add(draft.report(), draft.facts, RUNS[0])
        assert compare(before, after, "en").notes[-2:] == ["only in the older: 2031-04", "only in the newer: 2031-06"]
    with pytest.raises(QueryError, match="no report in common"), Store.memory() as empty:
        compare(empty, store(report(), RUNS[0]))


def test_what_is_no_store_and_no_export(tmp_path: Path) -> None:
    (tmp_path / "facts.ttl").write_text("")
    (tmp_path / "broken.nq").write_text("<a> b\n")
    for name, words in (("facts.ttl", "end in .nq or .trig"), ("broken.nq", "damaged"), ("none", "kg add makes one")):
        with pytest.raises(StoreError, match=words):
            opened(tmp_path / name)


def test_an_export_reads_back_as_it_was(tmp_path: Path) -> None:
    with store(report(), RUNS[0]) as made:
        for name in ("a.nq", "a.trig", "a.jsonld"):
            write(made, tmp_path / name)
            with Store.exported(tmp_path / name) as back:
                assert set(back.quads()) == set(made.quads())


def test_what_people_decided_is_told_apart(tmp_path: Path) -> None:
    """The same text and rules, and two stores of which people decided on one: neither the text nor a rule did it."""
    for name in ("old", "new"):
        with Store.open(tmp_path / name, "write") as made:
            draft = Draft("2031-05", "五月", date(2031, 5, 1))
            report()(draft)
            made.add(draft.report(), draft.facts, RUNS[name == "new"])
    with Store.open(tmp_path / "new", "write") as made:
        facts = queue(made).facts.values()
        decide.fix(made, next(one for one in facts if one.relation == "acquires"), {"status": "rumoured"})
        decide.reject(made, next(one for one in facts if one.relation == "agreementWith"))
    with opened(tmp_path / "old") as before, opened(tmp_path / "new") as after:
        found = compare(before, after, "en")
        assert {one.cause for one in found.differences} == {"people"}
        assert {one.kind for one in found.differences} == {"relation", "property"}
        write(before, tmp_path / "old.nq")
    with opened(tmp_path / "old.nq") as before, opened(tmp_path / "new") as after:
        assert {one.cause for one in compare(before, after, "en").differences} == {"rules"}  # an export doesn't say
