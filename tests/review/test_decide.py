"""Decisions on facts: obeyed at once and on every build, keyed by their words, taken back without a trace."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Ran
from graph import samples
from graph.samples import CORAL, GULL, MINISTRY, REEF, RULES, TERN, WAVE
from pyoxigraph import NamedNode

from kg import identity, ids
from kg.errors import QueryError, ReadError, UsageError
from kg.graph.check import check
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.items import ItemFacts, OpenSentence, Passage, Report, Source
from kg.resolve.judgements import COLUMNS, read
from kg.review import decide
from kg.review.queue import Fact, queue
from kg.settings import judgements_of
from kg.vocab import KG, STATUS

Command = Callable[..., Ran]
REPORTS = (samples.may, samples.june, samples.july)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store", "write") as opened:
        for report in REPORTS:
            opened.add(*report(), samples.RUN)
        yield opened


def dump(store: Store) -> list[str]:
    return sorted(str(quad) for quad in store.quads())


def path_of(store: Store) -> Path:
    assert store.path is not None
    return store.path


def fresh(store: Store, order: tuple[int, ...] = (0, 1, 2)) -> list[str]:
    """What a store holds that is made from the reports by the decisions of this one."""
    judged = identity.load(path_of(store))
    with Store.memory() as made:
        for number in order:
            made.add(*REPORTS[number](), samples.RUN, judged.apply)
        return dump(made)


def the(store: Store, words: str) -> Fact:
    """The one fact whose quote has these words."""
    (found,) = [one for one in queue(store).facts.values() if words in one.quote]
    return found


def has(store: Store, subject: NamedNode, predicate: NamedNode | None = None, obj: NamedNode | None = None) -> bool:
    return next(store.quads(subject, predicate, obj, DEFAULT), None) is not None


def status(store: Store, deal: str) -> str:
    (quad,) = store.quads(NamedNode(deal), KG.status, None, DEFAULT)
    return str(quad.object.value).removeprefix(STATUS.iri)  # type: ignore[union-attr]


ACQUISITION = ids.acquisition(GULL.iri, TERN.iri)
ROUND = ids.funding_round(CORAL.iri, "A轮")


def decisions(store: Store) -> list[Callable[[], identity.Outcome]]:
    return [
        lambda: decide.accept(store, the(store, "联合印发"), author="mei"),
        lambda: decide.reject(store, the(store, "浪花基金据称"), author="mei", note="not named there"),
        lambda: decide.fix(store, the(store, "约49亿美元"), {"status": "rumoured", "amount": "48"}, author="lin"),
        lambda: decide.fix(store, the(store, "礁石资本领投"), {"subject": "浪花基金"}, author="lin"),
        lambda: decide.fix(store, the(store, "成为其子公司"), {"relation": "partOf", "object": "礁石资本"}),
        lambda: decide.add(store, "2031-05-deals-2", "礁石资本", "agreementWith", "礁石资本", "浪花基金", author="lin"),
        lambda: identity.same(store, GULL.iri, WAVE.iri, author="mei"),
    ]  # fmt: skip


def test_a_decided_store_equals_a_fresh_one_in_any_order_and_what_was_comes_back(store: Store) -> None:
    after = [dump(store)]
    for step in decisions(store):
        assert len(step().judgements) == 1
        after.append(dump(store))
        assert after[-1] != after[-2]
        assert check(store) == []
        for order in itertools.permutations(range(3)):
            assert fresh(store, order) == after[-1]
    for number in range(len(after) - 1, 0, -1):
        identity.undo(store, [number])
        assert dump(store) == after[number - 1]


def test_decisions_may_be_taken_back_in_any_order(store: Store) -> None:
    before = dump(store)
    for step in decisions(store):
        step()
    chance = random.Random(7)
    while rows := identity.load(path_of(store)).rows:
        identity.undo(store, [chance.randint(1, len(rows))])
        assert dump(store) == fresh(store)
        assert check(store) == []
    assert dump(store) == before


def test_the_order_of_the_lines_has_no_effect(store: Store) -> None:
    for step in decisions(store):
        step()
    before = dump(store)
    path = judgements_of(path_of(store))
    head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([head, *reversed(lines)]), encoding="utf-8")
    identity.replay(store, identity.load(path_of(store)))
    assert dump(store) == before == fresh(store)


# ----------------------------------------------------------------------------------------------- what each does


def test_an_accepted_fact_says_who_looked(store: Store) -> None:
    fact = the(store, "联合印发")
    outcome = decide.accept(store, fact, author="mei")
    assert outcome.items == ("2031-05-rules-1",)
    now = the(store, "联合印发")
    assert (now.reviewed, now.iri, now.confidence) == ("accepted", fact.iri, fact.confidence)
    assert now.reviewed_by == f"mei, {outcome.judgements[0].time[:10]}"
    assert now not in queue(store).waiting
    assert queue(store).shares["2031-05"].reviewed == 1


def test_a_rejected_fact_leaves_the_graph_and_its_deal_with_it(store: Store) -> None:
    part = ids.participation(ROUND, WAVE.iri)
    assert has(store, NamedNode(part))
    decide.reject(store, the(store, "浪花基金据称"))
    assert not has(store, NamedNode(WAVE.iri), KG.investsIn, NamedNode(CORAL.iri))
    assert not has(store, NamedNode(part))
    assert has(store, NamedNode(ROUND))
    decide.reject(store, the(store, "礁石资本领投"))
    assert not has(store, NamedNode(ROUND))
    assert has(store, NamedNode(ids.item("2031-05-deals-2")), KG.mentions, NamedNode(CORAL.iri))
    assert check(store) == []


def test_what_another_quote_says_stays(store: Store) -> None:
    decide.reject(store, the(store, "约49亿美元"))
    assert has(store, NamedNode(GULL.iri), KG.acquires, NamedNode(TERN.iri))  # June and July say so too
    assert status(store, ACQUISITION) == "terminated"


def test_a_fix_replaces_terms_and_ends(store: Store) -> None:
    decide.fix(store, the(store, "终止收购"), {"status": "in-talks"})
    assert status(store, ACQUISITION) == "in-talks"
    decide.reject(store, the(store, "浪花基金据称"))  # who has a part of his own in a round isn't listed with it
    decide.fix(store, the(store, "礁石资本领投"), {"subject": "浪花基金", "lead": "yes"})
    (lead,) = store.quads(NamedNode(ROUND), KG.leadInvestor, None, DEFAULT)
    assert lead.object == NamedNode(WAVE.iri)
    assert not has(store, NamedNode(REEF.iri), KG.investsIn, NamedNode(CORAL.iri))
    fixed = the(store, "礁石资本领投")
    assert (fixed.reviewed, fixed.rule, fixed.confidence) == ("fixed", "review", 1)
    assert check(store) == []


def test_another_round_is_another_deal(store: Store) -> None:
    decide.fix(store, the(store, "礁石资本领投"), {"round": "B轮"})
    assert not has(store, NamedNode(ROUND))
    (quad,) = store.quads(None, KG.round, None, DEFAULT)
    assert quad.subject == NamedNode(ids.funding_round(CORAL.iri, "b"))
    assert quad.object.value == "B轮"  # type: ignore[union-attr]
    assert check(store) == []


def test_a_document_is_fixed_through_who_issued_it(store: Store) -> None:
    decide.fix(store, the(store, "联合印发"), {"status": "consultation", "effectiveFrom": ""})
    item = NamedNode(ids.item("2031-05-rules-1"))
    assert {q.object for q in store.quads(NamedNode(RULES.iri), KG.status, None, item)} == {STATUS.consultation}
    assert not list(store.quads(NamedNode(RULES.iri), KG.effectiveFrom, None, item))


def test_somebody_new_is_named_with_a_class(store: Store) -> None:
    fact = the(store, "成为其子公司")
    with pytest.raises(UsageError, match="nobody called 信天翁集团: say what it is"):
        decide.fix(store, fact, {"object": "信天翁集团"})
    decide.fix(store, fact, {"object": "信天翁集团", "objectType": "Company"})
    new = ids.entity("Company", "信天翁集团")
    assert has(store, NamedNode(TERN.iri), KG.subsidiaryOf, NamedNode(new))
    assert has(store, NamedNode(ids.item("2031-06-deals-1")), KG.mentions, NamedNode(new))
    assert check(store) == []


def test_a_fact_is_added_by_its_words_alone(store: Store) -> None:
    text, start = decide.text_of(store, "2031-05-deals-1")
    at = start + text.index("宣布以约49亿美元收购")
    decide.add(
        store, "2031-05-deals-1", "宣布以约49亿美元 收购", "agreementWith", "海鸥科技", "Tern Systems", at=(at, at + 12)
    )
    added = next(one for one in queue(store).facts.values() if one.reviewed == "added")
    assert (added.start, added.quote) == (at, "宣布以约49亿美元收购")
    assert check(store) == []
    for words in ("海鸥科技否认", "", " 。", "终止收购"):  # the last stands in another item
        with pytest.raises(UsageError, match="no quote, no fact"):
            decide.add(store, "2031-05-deals-1", words, "agreementWith", "海鸥科技", "Tern Systems")


def test_where_words_stand_twice_the_place_counts(tmp_path: Path) -> None:
    draft = samples.Draft("2031-09", "海岛月报", name="september.txt")
    draft.item("deals-1", "海鸥科技看好Tern Systems")
    draft.claim(GULL, "agreementWith", TERN, "海鸥科技看好Tern Systems，与其签约")
    with Store.open(tmp_path / "store", "write") as opened:
        opened.add(draft.report(), draft.facts, samples.RUN)
        second = draft.text.rindex("看好")
        decide.add(opened, "2031-09-deals-1", "看好", "customerOf", "海鸥科技", "Tern Systems", at=(second, second + 2))
        added = next(one for one in queue(opened).facts.values() if one.reviewed)
        assert added.start == second
        identity.replay(opened, identity.load(tmp_path / "store"))
        assert check(opened) == []


def test_a_sentence_without_a_fact_is_closed(tmp_path: Path) -> None:
    draft = samples.Draft("2031-09", "海岛月报", name="september.txt")
    facts = draft.item("deals-1", "海鸥科技看好收购")
    draft.claim(GULL, "agreementWith", TERN, "海鸥科技与Tern Systems签约")
    facts.open_sentences = [OpenSentence("海鸥科技看好收购", 0, 8, 1), OpenSentence("与Tern", 13, 18, 1)]
    with Store.open(tmp_path / "store", "write") as opened:
        opened.add(draft.report(), draft.facts, samples.RUN)
        first, second = (one for one in queue(opened).waiting if one.open)
        with pytest.raises(UsageError, match="add one by its words, or reject it"):
            decide.accept(opened, first)
        decide.reject(opened, first if first.start == 0 else second)
        decide.add(opened, "2031-09-deals-1", "与Tern Systems", "customerOf", "海鸥科技", "Tern Systems")
        assert [one for one in queue(opened).waiting if one.open] == []
        assert check(opened) == []


# ----------------------------------------------------------------------------------------------------- the key


def moved(report: Report, facts: list[ItemFacts], by: str) -> tuple[Report, list[ItemFacts]]:
    """The same report with words before it: another reader's text, other rules, other confidence."""
    shift = len(by)
    text = by + report.source.text
    new = [
        ItemFacts(
            replace(said.item, passage=Passage(said.item.passage.text, [o + shift for o in said.item.passage.offsets])),
            said.entities,
            said.deals,
            [
                replace(claim, start=claim.start + shift, end=claim.end + shift, rule="later", confidence=0.5,
                        page=None, quote=claim.quote.replace("（", "(").replace("，", ","))
                for claim in said.claims
            ],
        )
        for said in facts
    ]  # fmt: skip
    source = Source(report.source.name, "0" * 64, "txt", text)
    return replace(report, source=source, items=tuple(said.item for said in new)), new


def test_decisions_survive_other_offsets_rules_and_pages(store: Store) -> None:
    for step in decisions(store)[:6]:
        step()
    before = {(one.item, one.subject, one.relation, one.object, one.reviewed) for one in queue(store).facts.values()}
    judged = identity.load(path_of(store))
    for report in REPORTS:
        store.add(*moved(*report(), "封面\n第一页\n"), ids.run("run-2"), judged.apply)
    after = {(one.item, one.subject, one.relation, one.object, one.reviewed) for one in queue(store).facts.values()}
    assert after == before
    assert check(store) == []
    assert {one.state for one in identity.standings(store, judged)} == {"in force"}


def test_a_longer_quote_of_the_same_fact_is_the_same_fact(store: Store) -> None:
    decide.reject(store, the(store, "联合印发"), author="mei")
    report, facts = samples.may()
    said = facts[0]
    said.claims = [
        replace(claim, quote=claim.quote + "\n海岛工信", end=claim.end + 5) if claim.object == MINISTRY.iri else claim
        for claim in said.claims
    ]
    text = report.source.text.replace("海岛工信部联合印发\n", "海岛工信部联合印发\n海岛工信")
    judged = identity.load(path_of(store))
    store.add(replace(report, source=replace(report.source, text=text)), facts, samples.RUN, judged.apply)
    assert not has(store, NamedNode(RULES.iri), KG.issuedBy, NamedNode(MINISTRY.iri))
    (one,) = identity.standings(store, judged)
    assert (one.state, one.words) == ("in force", "the quote is “海岛工信部联合印发 海岛工信” now")


def test_a_decision_whose_words_are_gone_is_told(store: Store) -> None:
    decide.accept(store, the(store, "联合印发"))
    decide.accept(store, the(store, "终止收购"))
    decide.accept(store, the(store, "根据《海岛数据法》"))
    report, facts = samples.may()
    facts[0].claims = [claim for claim in facts[0].claims if claim.relation != "basedOn"]
    text = report.source.text.replace("联合印发", "分别发出")
    facts[0].claims = [claim for claim in facts[0].claims if claim.object != MINISTRY.iri]
    judged = identity.load(path_of(store))
    store.add(replace(report, source=replace(report.source, text=text)), facts, samples.RUN, judged.apply)
    store.remove("2031-07")
    gone, waiting, unread = identity.standings(store, judged)
    assert (gone.state, gone.words) == ("stale", "its words stand there no more")
    assert (waiting.state, waiting.words) == ("waiting", "2031-07-deals-1 is not in the store")
    assert (unread.state, unread.words) == ("stale", "its words stand there, and are read otherwise now")


def test_what_was_added_and_is_read_later_is_one_fact(store: Store) -> None:
    decide.add(store, "2031-07-deals-1", "海鸥科技与Tern Systems", "agreementWith", "海鸥科技", "Tern Systems")
    report, facts = samples.july()
    (claim,) = facts[0].claims
    read_now = replace(claim, relation="agreementWith", quote="海鸥科技与Tern Systems", end=claim.start + 16, deal=None)
    facts[0].claims.append(read_now)
    store.add(report, facts, samples.RUN, identity.load(path_of(store)).apply)
    (fact,) = [one for one in queue(store).facts.values() if one.relation == "agreementWith"]
    assert (fact.reviewed, fact.rule) == ("accepted", "by-hand")


# ----------------------------------------------------------------------------------------------------- two people


def test_the_second_decision_on_a_fact_is_told_of_the_first(store: Store) -> None:
    fact = the(store, "联合印发")
    decide.accept(store, fact, author="mei")
    for second in (
        lambda: decide.reject(store, fact, author="lin"),
        lambda: decide.fix(store, fact, {"relation": "draftedBy"}, author="lin"),
        lambda: decide.accept(store, fact, author="lin"),
    ):
        with pytest.raises(decide.Decided, match=r"decided already: .+ is accepted, by .+ \(mei, .+kg undo 1"):
            second()
    (row,) = read(judgements_of(path_of(store)))
    assert row.author == "mei"
    gone = the(store, "浪花基金据称")
    decide.reject(store, gone, author="lin")
    with pytest.raises(decide.Decided, match="is rejected"):
        decide.accept(store, gone, author="mei")
    fixed = the(store, "礁石资本领投")
    decide.fix(store, fixed, {"subject": "浪花基金"})
    with pytest.raises(decide.Decided, match="decided on it, or read the report again"):
        decide.accept(store, fixed)
    token = decide.token(row)
    assert decide.undo(store, token).judgements == (row,)
    with pytest.raises(decide.Decided, match="taken back already"):
        decide.undo(store, token)


def test_a_file_with_two_decisions_on_one_fact_is_refused(store: Store) -> None:
    decide.accept(store, the(store, "联合印发"), author="mei")
    path = judgements_of(path_of(store))
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text + text.splitlines()[1].replace("accept,", "reject,", 1) + "\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"contradicts itself: .+ take one of them back"):
        identity.load(path_of(store))


# ------------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "nothing was changed"),
        ({"status": "announced"}, "nothing was changed"),
        ({"amount": "4900000000.0"}, "nothing was changed"),
        ({"status": "in-force"}, "no status of a deal"),
        ({"status": ""}, "a deal has a status"),
        ({"amount": "much"}, "is no number such as"),
        ({"amount": "-5"}, "is no number such as"),
        ({"stake": "51"}, "is no share of 1"),
        ({"currency": ""}, "an amount needs its currency"),
        ({"currency": "dollars"}, "is no currency such as"),
        ({"amountText": ""}, "the source's words"),
        ({"completedOn": "2031-02-30"}, "is no day, month or year"),
        ({"completedOn": "2031-04"}, "before it is announced"),
        ({"relation": "eats"}, "is none of issuedBy"),
        ({"relation": "investee"}, "can't be made one of investee"),
        ({"relation": "issuedBy"}, "the subject of issuedBy is one of Instrument"),
        ({"relation": "officerOf"}, "is one of Person"),
        ({"subject": "Tern Systems"}, "relates something to itself"),
        ({"object": "x" * 201}, "a name of 201 characters"),
        ({"object": "甲", "objectType": "Ship"}, "Ship is no class"),
        ({"object": "https://example.org/x"}, "doesn't know https://example.org/x"),
        ({"colour": "blue"}, "colour can't be fixed"),
        ({"kind": "law"}, "only a document has kind"),
        ({"role": "CEO"}, "only officerOf has a role"),
        ({"round": "甲" * 301}, "a round of 301 characters"),
    ],
)
def test_what_no_graph_may_hold_is_refused(store: Store, changes: dict[str, str], words: str) -> None:
    before = dump(store)
    with pytest.raises(UsageError, match=words):
        decide.fix(store, the(store, "约49亿美元"), changes)
    assert dump(store) == before
    assert not judgements_of(path_of(store)).exists()


def test_hostile_words_stay_words(store: Store) -> None:
    note = '=HYPERLINK("http://evil.example")\n@x|y\x00\u202e<script>'
    decide.reject(store, the(store, "联合印发"), author="+梅", note=note)
    decide.fix(store, the(store, "终止收购"), {"round": "", "amount": "5", "currency": "EUR", "amountText": "=1|2"})
    path = judgements_of(path_of(store))
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    first, second = read(path)
    assert first.author == "+梅"
    assert first.note == '=HYPERLINK("http://evil.example") @x/y <script>'
    assert "amountText==1/2" in second.changes
    assert dump(store) == fresh(store)
    with pytest.raises(UsageError, match="2,001 characters"):
        decide.accept(store, the(store, "根据《海岛数据法》"), note="x" * 2001)
    with pytest.raises(UsageError, match="a name of 201"):
        decide.accept(store, the(store, "根据《海岛数据法》"), author="x" * 201)
    with pytest.raises(UsageError, match="select a sentence or two"):
        decide.add(store, "2031-05-deals-1", "x" * 2001, "acquires", "海鸥科技", "Tern Systems")


@pytest.mark.parametrize(
    "line",
    [
        "accept,{gull},{tern},,,,,,mei,,acquires,甲,",  # no item
        "accept,{gull},{tern},,,i-1,,,mei,,acquires,，,",  # no words
        "accept,{gull},{tern},,,i-1,,,mei,,eats,甲,",
        "accept,{gull},https://example.org/x,,,i-1,,,mei,,acquires,甲,",
        "accept,{gull},{gull},,,i-1,,,mei,,acquires,甲,",
        "accept,{gull},{tern},,,i-1,,,mei,,acquires,甲,status=announced",
        "accept,,,,,i-1,,,mei,,,甲,",
        "fix,{gull},{tern},,,i-1,,,mei,,acquires,甲,",
        "fix,{gull},{tern},,,i-1,,,mei,,acquires,甲,status=sold",
        "fix,{gull},{tern},,,i-1,,,mei,,acquires,甲,status=announced|status=completed",
        "fix,{gull},{tern},,,i-1,,,mei,,acquires,甲,subject=x y",
        "add,{gull},{tern},,,i-1,,,mei,,investee,甲,",
        "same,{gull},{tern},,,,,,mei,,acquires,,",
    ],
)
def test_a_damaged_line_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(COLUMNS) + "\n" + line.format(gull=GULL.iri, tern=TERN.iri) + "\n", encoding="utf-8")
    with pytest.raises(ReadError, match="line 2"):
        read(path)


def test_a_file_from_before_there_were_decisions_is_read_and_goes_on(store: Store) -> None:
    path = judgements_of(path_of(store))
    old = f"{','.join(COLUMNS[:10])}\nsame,{GULL.iri},{REEF.iri},海鸥科技,礁石资本,,,,mei,2031-08-01T09:00:00Z\n"
    path.write_text(old, encoding="utf-8")
    decide.accept(store, the(store, "联合印发"), author="lin")
    assert [row.judgement for row in read(path)] == ["same", "accept"]
    assert dump(store) == fresh(store)


def test_facts_are_named_by_the_beginning_of_their_ids(store: Store) -> None:
    fact = the(store, "联合印发")
    digest = fact.id.rpartition("/")[2]
    for given in (fact.iri, fact.id, digest, digest[:8]):
        assert replace(decide.fact(store, given), reasons=fact.reasons, score=fact.score) == fact
    for given in ("", "abc", "ffffffffffff", "2031-05-rules-1/"):
        with pytest.raises(QueryError):
            decide.fact(store, given)


# ------------------------------------------------------------------------------------------------------ the command


def test_the_command_lists_shows_and_decides(tmp_path: Path, command: Command) -> None:
    with Store.open(tmp_path / "store", "write") as store:
        for report in REPORTS:
            store.add(*report(), samples.RUN)
        fact = the(store, "浪花基金据称")
    short = fact.id.rpartition("/")[2][:8]
    listed = command("review", "--report", "2031-05")
    assert (listed.code, listed.err) == (0, "")
    assert listed.out.splitlines()[0].startswith(f"{short}  浪花基金 investsIn 珊瑚智能 (in-talks)")
    assert "2031-05: 0 of 8 facts reviewed (0 %)" in listed.out
    assert "2031-06" not in listed.out
    assert "【浪花基金据称正在洽谈】" in command("review", short).out
    assert command("review", short, "--accept", "--reject").code == 2
    assert command("review", "--accept").code == 2
    assert command("review", short, "--set", "status").code == 2
    done = command("review", short, "--set", "status=announced", "--author", "mei", "--note", "she said so")
    assert done.code == 0
    assert "is fixed: status=announced" in done.out
    assert command("review", short, "--accept").code == 2
    assert "1 of 8 quotes reviewed" in command("items").out
    assert "“she said so”" in command("judgements").out
    added = command(
        "review", "2031-05-deals-2", "--add", "珊瑚智能完成A轮", "--set", "relation=customerOf", "--set",
        "subject=珊瑚智能", "--set", "object=礁石资本",
    )  # fmt: skip
    assert (added.code, added.err) == (0, "")
    assert command("undo", "1", "2").code == 0
    assert "0 of 8 quotes reviewed" in command("items").out
