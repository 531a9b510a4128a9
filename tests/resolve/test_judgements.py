"""Judgements laid over what resolution found: by themselves, without a store."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from graph import samples
from graph.samples import CORAL, GULL, REEF, TERN, WAVE, Draft, acquisition

from kg import ids
from kg.errors import ReadError, UsageError
from kg.items import Claim, Deal, Entity, ItemFacts, Label, Met, OpenSentence, Said, Terms
from kg.resolve.judgements import COLUMNS, Judgement, Judgements, read, written

MORE = samples.entity("Company", "海鸥软件")
OTHER = samples.entity("Company", "信天翁软件")
LABELLED = {one.iri: one.label.text for one in (GULL, TERN, REEF, WAVE, CORAL, MORE, OTHER)}


def judge(kind: str, left: Entity | str, right: Entity | str, **more: str) -> Judgement:
    one, other = (side if isinstance(side, str) else side.iri for side in (left, right))
    names = ((LABELLED[iri],) if iri in LABELLED else () for iri in (one, other))
    return Judgement(kind, one, other, *names, author="mei", time="2031-08-01T09:00:00Z", **more)  # type: ignore[arg-type]


def applied(facts: ItemFacts, *rows: Judgement) -> ItemFacts:
    (made,) = Judgements(rows).apply([facts])
    return made


def iris(facts: ItemFacts) -> set[str]:
    return {entity.iri for entity in facts.entities}


def deal_item() -> ItemFacts:
    """海鸥科技 takes over Tern Systems; 海鸥软件 owns a part of it."""
    draft = Draft("2031-08", "海岛月报")
    facts = draft.item("deals-1", "收购")
    facts.deals.append(acquisition(GULL, TERN, "announced", amount=Decimal(5), currency="EUR"))
    facts.deals.append(acquisition(MORE, TERN, "completed"))
    draft.claim(GULL, "acquires", TERN, "海鸥科技收购Tern Systems", ids.acquisition(GULL.iri, TERN.iri))
    draft.claim(MORE, "acquires", TERN, "海鸥软件完成收购Tern Systems", ids.acquisition(MORE.iri, TERN.iri))
    draft.claim(MORE, "subsidiaryOf", GULL, "海鸥软件是海鸥科技的子公司")
    return facts


def round_item() -> ItemFacts:
    draft = Draft("2031-08", "海岛月报")
    facts = draft.item("deals-2", "融资")
    round_ = ids.funding_round(CORAL.iri, "a")
    part = ids.participation(round_, WAVE.iri)
    facts.deals += [
        Deal(round_, "FundingRound", Terms(status="completed", round="A轮"), investors=(REEF.iri,), leads=(REEF.iri,),
             investee=CORAL.iri),
        Deal(part, "Deal", Terms(status="in-talks"), investors=(WAVE.iri,), investee=CORAL.iri, part_of=round_),
    ]  # fmt: skip
    draft.claim(REEF, "investsIn", CORAL, "由礁石资本领投", round_)
    draft.claim(WAVE, "investsIn", CORAL, "浪花基金据称正在洽谈", part, said=Said.HEARSAY)
    return facts


# ------------------------------------------------------------------------------------------------------- same


def test_open_sentences_stay() -> None:
    facts = deal_item()
    facts.open_sentences = [OpenSentence("据称将收购", 3, 8, 1)]
    assert applied(facts, judge("same", GULL, MORE)).open_sentences == facts.open_sentences


def test_two_that_are_the_same_become_one_with_all_their_names() -> None:
    made = applied(deal_item(), judge("same", GULL, MORE))
    (gull,) = [entity for entity in made.entities if entity.label.text in ("海鸥科技", "海鸥软件")]
    assert gull.iri == GULL.iri
    assert applied(deal_item(), judge("same", MORE, GULL)).entities[0].iri == MORE.iri  # the first named stays
    names = {label.text for label in (gull.label, *gull.labels, *gull.aliases)}
    assert names == {"海鸥科技", "Gull Tech", "海鸥软件"}
    judged = [met for met in gull.met if met.instead_of]
    assert [met.instead_of for met in judged] == [MORE.iri]
    assert "by mei, 2031-08-01" in judged[0].reason


def test_their_deals_become_one_and_what_they_did_to_each_other_goes() -> None:
    made = applied(deal_item(), judge("same", GULL, MORE))
    one = GULL.iri
    (deal,) = made.deals
    assert (deal.iri, deal.buyer) == (ids.acquisition(one, TERN.iri), one)
    assert (deal.terms.status, deal.terms.amount, deal.terms.currency) == ("completed", Decimal(5), "EUR")
    assert {(c.subject, c.relation, c.object, c.deal) for c in made.claims} == {(one, "acquires", TERN.iri, deal.iri)}
    assert len(made.claims) == 2  # the evidence of both stays


def test_a_buyer_that_is_the_target_makes_no_deal() -> None:
    made = applied(deal_item(), judge("same", GULL, TERN))
    assert len(made.deals) == 1
    assert all(deal.buyer != deal.target for deal in made.deals)


def test_a_round_moves_with_its_company_and_its_investors() -> None:
    firm = OTHER.iri
    made = applied(round_item(), judge("same", OTHER, CORAL), judge("same", REEF, MORE))
    whole, part = made.deals
    assert (whole.iri, whole.investee) == (ids.funding_round(firm, "a"), firm)
    assert (whole.investors, whole.leads) == ((REEF.iri,),) * 2
    assert (part.iri, part.part_of) == (ids.participation(whole.iri, WAVE.iri), whole.iri)
    assert {claim.deal for claim in made.claims} == {whole.iri, part.iri}


def alone_item() -> ItemFacts:
    """A round of which nobody says who invests, a purchase of which nobody says who buys."""
    draft = Draft("2031-08", "海岛月报")
    facts = draft.item("deals-3", "融资与被收购")
    round_, purchase = ids.funding_round(CORAL.iri, "b"), ids.purchase(REEF.iri)
    facts.entities += [CORAL, REEF]
    facts.deals.append(Deal(round_, "FundingRound", Terms(status="completed", round="B轮"), investee=CORAL.iri))
    facts.deals.append(Deal(purchase, "Deal", Terms(status="announced"), target=REEF.iri))
    for iri, relation, party in ((round_, "investee", CORAL), (purchase, "target", REEF)):
        facts.claims.append(
            Claim(iri, relation, party.iri, "融资", 0, 2, Said.SUMMARY, "r", 0.9, 1, iri, object_form=party.label.text)
        )
    return facts


@pytest.mark.parametrize(
    "rows",
    [
        (judge("same", OTHER, CORAL), judge("same", MORE, REEF)),
        (judge("split", CORAL, OTHER, item="2031-08-deals-3"), judge("split", REEF, MORE, name="礁石资本")),
    ],
)
def test_a_deal_with_one_known_party_moves_with_it(rows: tuple[Judgement, ...]) -> None:
    made = applied(alone_item(), *rows)
    round_, purchase = made.deals
    assert (round_.iri, round_.investee) == (ids.funding_round(OTHER.iri, "b"), OTHER.iri)
    assert (purchase.iri, purchase.target) == (ids.purchase(MORE.iri), MORE.iri)
    assert [(c.subject, c.relation, c.object, c.deal) for c in made.claims] == [
        (round_.iri, "investee", OTHER.iri, round_.iri),
        (purchase.iri, "target", MORE.iri, purchase.iri),
    ]


def test_two_investors_that_are_one_keep_both_their_parts() -> None:
    made = applied(round_item(), judge("same", REEF, WAVE))
    one = REEF.iri
    whole, part = made.deals
    assert (whole.investors, part.investors, part.terms.status) == ((one,), (one,), "in-talks")


def test_a_row_of_the_reference_data_stands_for_the_rest() -> None:
    nda = ids.reference("nda")
    slip = samples.entity("Organization", "国家数据局局")
    facts = ItemFacts(deal_item().item, [slip])
    (made,) = applied(facts, judge("same", slip, nda)).entities
    assert (made.iri, made.type, made.label) == (nda, "Regulator", Label("国家数据局", "zh"))
    assert Label("National Data Administration", "en") in made.labels
    assert "国家数据局局" in {label.text for label in made.aliases}


def test_what_is_not_concerned_is_handed_on_as_it_is() -> None:
    facts = deal_item()
    assert applied(facts, judge("same", REEF, WAVE)) is facts
    assert applied(facts, judge("different", GULL, MORE)) is facts


def test_applying_changes_nothing_that_it_was_given() -> None:
    facts, again = deal_item(), deal_item()
    applied(facts, judge("same", GULL, MORE), judge("split", TERN, OTHER, item="2031-08-deals-1"))
    assert facts == again


# ------------------------------------------------------------------------------------------------------ split


def twice_named() -> ItemFacts:
    """One firm under two names, by which two sentences tell of two deals."""
    facts = deal_item()
    gull = next(entity for entity in facts.entities if entity.iri == GULL.iri)
    facts.entities[facts.entities.index(gull)] = replace(
        gull, aliases=(Label("海鸥", "zh"),), met=(Met("海鸥科技", "its name"), Met("海鸥", "an abbreviation"))
    )
    facts.claims[0] = replace(facts.claims[0], subject_form="海鸥")
    facts.claims[2] = replace(facts.claims[2], object_form="海鸥科技")
    return facts


def test_an_item_is_split_off_whole() -> None:
    made = applied(twice_named(), judge("split", GULL, OTHER, item="2031-08-deals-1"))
    assert GULL.iri not in iris(made)
    new = next(entity for entity in made.entities if entity.iri == OTHER.iri)
    assert (new.label.text, [a.text for a in new.aliases]) == ("海鸥科技", ["海鸥"])
    assert ids.acquisition(OTHER.iri, TERN.iri) in {deal.iri for deal in made.deals}


def test_another_item_is_left_alone() -> None:
    facts = twice_named()
    made = applied(facts, judge("split", GULL, OTHER, item="2031-08-deals-9"))
    assert (made.entities, made.claims, made.deals) == (facts.entities, facts.claims, facts.deals)


def test_a_name_is_split_off_with_what_its_sentences_say() -> None:
    made = applied(twice_named(), judge("split", GULL, OTHER, name="海鸥"))
    by_iri = {entity.iri: entity for entity in made.entities}
    assert by_iri[OTHER.iri].label.text == "海鸥"
    assert by_iri[OTHER.iri].met[0].instead_of == GULL.iri
    assert "海鸥" not in {label.text for label in by_iri[GULL.iri].aliases}
    assert [(c.relation, c.subject, c.object) for c in made.claims] == [
        ("acquires", OTHER.iri, TERN.iri),
        ("acquires", MORE.iri, TERN.iri),
        ("subsidiaryOf", MORE.iri, GULL.iri),
    ]
    assert {deal.buyer for deal in made.deals} == {OTHER.iri, MORE.iri}


def test_the_name_it_was_called_by_first_is_split_off() -> None:
    made = applied(twice_named(), judge("split", GULL, OTHER, name="海鸥科技"))
    by_iri = {entity.iri: entity for entity in made.entities}
    assert (by_iri[GULL.iri].label.text, by_iri[OTHER.iri].label.text) == ("海鸥", "海鸥科技")


def test_what_was_split_off_can_be_the_same_as_another() -> None:
    made = applied(twice_named(), judge("split", GULL, OTHER, name="海鸥"), judge("same", OTHER, MORE))
    assert iris(made) == {GULL.iri, TERN.iri, OTHER.iri}


# ---------------------------------------------------------------------------------------------------- clusters


def test_a_cluster_is_one_whatever_the_order_of_the_lines() -> None:
    rows = [
        judge("same", GULL, MORE),
        judge("same", OTHER, MORE),
        judge("split", TERN, REEF, item="2031-08-deals-1"),
        judge("split", TERN, WAVE, name="Tern Systems"),
        judge("same", WAVE, CORAL),
    ]
    outcomes = [Judgements(order).apply([deal_item()]) for order in itertools.permutations(rows)]
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert Judgements(rows).cluster(GULL.iri) == {GULL.iri, MORE.iri, OTHER.iri}


def test_what_contradicts_itself_anywhere_in_a_cluster_is_refused_by_name() -> None:
    rows = [judge("same", GULL, MORE), judge("same", MORE, OTHER), judge("same", OTHER, TERN)]
    with pytest.raises(UsageError) as raised:
        Judgements([*rows, judge("different", TERN, GULL)])
    for words in ("Tern Systems and 海鸥科技 are different", "海鸥软件 and 信天翁软件 are the same", "kg undo"):
        assert words in str(raised.value)
    with pytest.raises(UsageError, match="is apart from"):
        Judgements([judge("same", GULL, MORE), judge("split", GULL, MORE, name="海鸥")])


def test_different_holds_for_all_that_are_the_same() -> None:
    judged = Judgements([judge("same", GULL, MORE), judge("different", MORE, TERN), judge("same", TERN, OTHER)])
    assert judged.different(GULL.iri, OTHER.iri) == judged.rows[1]
    assert judged.different(OTHER.iri, GULL.iri) == judged.rows[1]
    assert judged.different(GULL.iri, REEF.iri) is None


def test_only_what_changed_is_touched() -> None:
    rows = [judge("same", GULL, MORE), judge("same", MORE, OTHER), judge("different", REEF, WAVE)]
    assert Judgements(rows).touched(Judgements(rows)) == set()
    assert Judgements(reversed(rows)).touched(Judgements(rows)) == set()
    # who stands for the others may change with any of them
    assert Judgements(rows).touched(Judgements(rows[:1])) >= {GULL.iri, MORE.iri, OTHER.iri}
    assert GULL.iri not in Judgements(rows).touched(Judgements(rows[:2]))


# ---------------------------------------------------------------------------------------------------- the file


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows = (
        judge("same", GULL, MORE, note='they said "one", in print'),
        replace(judge("split", GULL, OTHER, item="2031-08-deals-1", name="=1+1"), left_names=("甲", "'乙", "@丙")),
        replace(judge("different", TERN, GULL), author="-梅", left_names=()),
    )
    path = tmp_path / "a.csv"
    path.write_bytes(written(rows))
    assert read(path) == rows
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert "'=1+1" in text  # a spreadsheet would count it
    assert read(tmp_path / "none.csv") == ()
    (tmp_path / "empty.csv").write_text("")
    assert read(tmp_path / "empty.csv") == ()


HEAD = ",".join(COLUMNS) + "\n"
GOOD = f"same,{GULL.iri},{MORE.iri},海鸥科技,海鸥软件,,,,mei,2031-08-01\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("left,right\n", "line 1, must have the columns judgement,left"),
        (HEAD + GOOD + "same,a\n", "line 3, has 2 cells"),
        (HEAD + GOOD.replace("same", "gleich"), "line 2, has the judgement gleich"),
        (HEAD + GOOD.replace(GULL.iri, ""), "line 2, names nobody"),
        (HEAD + GOOD.replace(GULL.iri, "https://example.org/a"), "line 2, names https://example.org/a"),
        (HEAD + GOOD.replace(GULL.iri, GULL.iri + " x"), "no address has"),
        (HEAD + GOOD.replace(GULL.iri, MORE.iri), "line 2, has the same address twice"),
        (HEAD + GOOD + GOOD, "line 3, says what line 2 says"),
        (HEAD + GOOD.replace("same", "split"), "line 2, splits without saying what"),
        (HEAD + GOOD.replace(",,,,", ",x,,,"), "which only a split has"),
        (HEAD + GOOD + 'same,"a\n', "is no line of a table"),
    ],
)
def test_a_damaged_file_is_refused_by_its_line(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReadError) as raised:
        read(path)
    assert words in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEAD + GOOD).encode("gb18030"))
    with pytest.raises(ReadError, match="line 2, isn't UTF-8"):
        read(path)


def test_blank_lines_and_the_ends_of_a_spreadsheet_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("\ufeff" + HEAD + "\n" + GOOD + ",,,,,,,,,\n").replace("\n", "\r\n").encode())
    (row,) = read(path)
    assert (row.left, row.right_names) == (GULL.iri, ("海鸥软件",))
