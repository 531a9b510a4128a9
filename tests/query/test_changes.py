from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from graph import samples
from graph.samples import RUN, Draft, acquisition, entity

from kg import ids, run
from kg.errors import QueryError
from kg.graph.store import Store
from kg.items import Deal, Entity, ItemFacts, Label, Report, Terms, squeeze
from kg.query.changes import Changes, diff, draft_key
from query.deals import Stated, add, firm

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "reports" / "2024-08.txt"


def rows(found: Changes) -> list[tuple[str, str, str, str]]:
    return [(one.group, one.what.label, one.was, one.now) for one in found.changes]


def of(reports: Iterable[tuple[str, Iterable[Stated]]], since: str, until: str) -> Changes:
    """What changes between reports of deals, each a month with the 10th as the day of its items."""
    with Store.memory() as store:
        for id_, stated in reports:
            add(store, id_, date(int(id_[:4]), int(id_[5:]), 1), stated)
        return diff(store, since, until, "en")


def bill(name: str, status: str | None = None, iri: str | None = None, **more: object) -> Entity:
    return entity("Instrument", name, iri=iri, status=status, **more)


def issue(draft: Draft, slug: str, day: date, what: Entity, relation: str = "issuedBy", words: str = "") -> ItemFacts:
    facts = draft.item(slug, f"{what.label.text}的消息", day)
    draft.claim(what, relation, samples.BUREAU, words or f"海岛数据局的《{what.label.text}》")
    return facts


def two(before: Draft, after: Draft) -> Store:
    store = Store.memory()
    for draft in (before, after):
        store.add(draft.report(), draft.facts, RUN)
    return store


def may() -> Draft:
    return Draft("2031-05", "五月", date(2031, 5, 1), "may.txt")


def june() -> Draft:
    return Draft("2031-06", "六月", date(2031, 6, 1), "june.txt")


# --------------------------------------------------------------------------------------------------------- deals

LIFE = [
    ("2031-05", [("A", "acquires", "B", "?rumoured")]),
    ("2031-06", [("A", "acquires", "B", "announced")]),
    ("2031-07", [("A", "acquires", "B", "completed")]),
]


def test_a_deal_from_rumour_to_close() -> None:
    assert rows(of(LIFE, "2031-05", "2031-06")) == [("announced", "A → B", "rumoured", "announced")]
    assert rows(of(LIFE, "2031-06", "2031-07")) == [("completed", "A → B", "announced", "completed")]


def test_each_step_has_its_words() -> None:
    (change,) = of(LIFE, "2031-05", "2031-07").changes
    assert (change.was, change.now) == ("rumoured", "completed")
    assert [(step.status, step.day, step.evidence[0].item, step.hearsay) for step in change.steps] == [
        ("rumoured", "2031-05-10", "2031-05-deals-1", True),
        ("announced", "2031-06-10", "2031-06-deals-1", False),
        ("completed", "2031-07-10", "2031-07-deals-1", False),
    ]
    assert "rumoured 2031-05-10 → announced 2031-06-10 → completed 2031-07-10" in change.detail
    assert all(step.evidence[0].quote for step in change.steps)


def test_what_is_new_stands_with_what_it_is() -> None:
    found = of(
        [
            ("2031-05", [("X", "agreementWith", "Y", "")]),
            (
                "2031-06",
                [
                    ("A", "acquires", "B", "rumoured"),
                    ("A", "acquires", "C", "in-talks"),
                    ("A", "acquires", "D", "proposed"),
                    ("A", "acquires", "E", "completed"),
                    ("A", "acquires", "F", "terminated"),
                ],
            ),
        ],
        "2031-05",
        "2031-06",
    )
    assert sorted(rows(found)) == [
        ("deals", "A → D", "", "proposed"),
        ("deals", "A → E", "", "completed"),
        ("rumours", "A → B", "", "rumoured"),
        ("rumours", "A → C", "", "in-talks"),
        ("terminated", "A → F", "", "terminated"),
    ]


def test_hearsay_is_marked_whatever_its_status() -> None:
    found = of([("2031-05", []), ("2031-06", [("A", "acquires", "B", "?announced")])], "2031-05", "2031-06")
    (row,) = found.result("en").rows
    assert row.values[6] == "hearsay only"


@pytest.mark.parametrize(
    ("was", "now", "group"),
    [
        ("announced", "terminated", "terminated"),
        ("rumoured", "terminated", "terminated"),
        ("rumoured", "in-talks", "deal-status"),
        ("announced", "rumoured", "deal-status"),  # a step back is told as it is
    ],
)
def test_moves(was: str, now: str, group: str) -> None:
    found = of(
        [("2031-05", [("A", "acquires", "B", was)]), ("2031-06", [("A", "acquires", "B", now)])], "2031-05", "2031-06"
    )
    assert rows(found) == [(group, "A → B", was, now)]


def test_the_same_again_is_no_change() -> None:
    same = [("A", "acquires", "B", "announced")]
    found = of([("2031-05", same), ("2031-06", same)], "2031-05", "2031-06")
    assert rows(found) == []
    assert found.notes == ["Nothing changed"]


def test_older_news_in_a_later_report_moves_nothing() -> None:
    with Store.memory() as store:
        add(store, "2031-05", date(2031, 5, 1), [("A", "acquires", "B", "completed")])
        late = june()
        facts = late.item("deals-1", "A", date(2031, 5, 2))
        deal = acquisition(firm("A"), firm("B"), "rumoured")
        facts.deals.append(deal)
        late.claim(firm("A"), "acquires", firm("B"), "A据传收购B", deal.iri)
        store.add(late.report(), late.facts, RUN)
        assert rows(diff(store, "2031-05", "2031-06")) == []


def test_nothing_moves_without_words() -> None:
    first, second = may(), june()
    deal = acquisition(firm("A"), firm("B"), "announced")
    first.item("deals-1", "A收购B", date(2031, 5, 10)).deals.append(deal)
    first.claim(firm("A"), "acquires", firm("B"), "A宣布收购B", deal.iri)
    mute = second.item("deals-1", "A与B", date(2031, 6, 10))
    mute.deals.append(acquisition(firm("A"), firm("B"), "completed"))
    mute.entities += [firm("A"), firm("B")]
    with two(first, second) as store:
        found = diff(store, "2031-05", "2031-06", "en")
    assert [one.group for one in found.changes if one.group != "silent"] == []
    assert any(note.startswith("Not counted, since no words tell it:") for note in found.notes)


def test_changed_terms() -> None:
    first, second = may(), june()
    for draft, amount in ((first, "49亿美元"), (second, "50亿美元")):
        deal = acquisition(
            firm("A"),
            firm("B"),
            "announced",
            amount=Decimal(int(amount[:2]) * 10**8),
            amount_text=amount,
            currency="USD",
        )
        draft.item("deals-1", "A收购B", draft.issued).deals.append(deal)
        draft.claim(firm("A"), "acquires", firm("B"), f"A以{amount}收购B", deal.iri)
    with two(first, second) as store:
        (change,) = diff(store, "2031-05", "2031-06", "en").changes
    assert (change.group, change.was, change.now) == ("deal-terms", "announced", "announced")
    assert change.detail == "49亿美元 (USD 4,900,000,000) → 50亿美元 (USD 5,000,000,000)"
    assert change.steps[0].evidence[0].quote == "A以50亿美元收购B"


def test_a_round_and_one_investors_part_in_it() -> None:
    first = may()
    first.item("news-1", "没有交易", date(2031, 5, 10))
    with Store.memory() as store:
        store.add(first.report(), first.facts, RUN)
        report, facts = samples.may()
        later = Report("2031-06", "六月", report.source, report.items, date(2031, 6, 1))
        store.add(later, facts, RUN)
        found = {one.what.label: one.group for one in diff(store, "2031-05", "2031-06", "en").changes}
    assert found["礁石资本 → 珊瑚智能 A轮"] == "deals"
    assert found["浪花基金 → 珊瑚智能"] == "rumours"


def test_a_named_round_beside_an_open_one_without_a_name_is_only_perhaps_the_same() -> None:
    first, second = may(), june()
    for draft, name, status in ((first, None, "rumoured"), (second, "B轮", "completed")):
        iri = ids.funding_round(firm("B").iri, name)
        deal = Deal(
            iri, "FundingRound", Terms(status=status, round=name), investors=(firm("A").iri,), investee=firm("B").iri
        )
        draft.item("deals-1", "融资", draft.issued).deals.append(deal)
        draft.claim(firm("A"), "investsIn", firm("B"), f"A参与B的{name or '新一轮'}融资", iri)
    with two(first, second) as store:
        new, old = diff(store, "2031-05", "2031-06", "en").changes
    assert (new.group, new.what.label, new.now) == ("deals", "A → B B轮", "completed")
    assert "perhaps the round that was rumoured 2031-05-01: no source says so" in new.detail
    assert (old.group, old.was) == ("silent", "rumoured")


def test_what_is_open_and_not_heard_of_since() -> None:
    reports = [
        ("2031-05", [("A", "acquires", "B", "announced"), ("C", "acquires", "D", "completed")]),
        ("2031-06", [("X", "agreementWith", "Y", "")]),
        ("2031-07", [("A", "agreementWith", "X", "")]),
    ]
    assert ("silent", "A → B", "announced", "") in rows(of(reports, "2031-05", "2031-06"))
    # what was open long before the first report isn't told again and again
    assert [row for row in rows(of(reports, "2031-06", "2031-07")) if row[0] == "silent"] == []


# ----------------------------------------------------------------------------------------------------- documents


def test_a_draft_that_was_issued() -> None:
    first, second = may(), june()
    issue(first, "rules-1", date(2031, 5, 3), bill("海岛算法办法", "consultation"), "draftedBy")
    issue(second, "rules-1", date(2031, 6, 3), bill("海岛算法办法", "issued"))
    with two(first, second) as store:
        (change,) = diff(store, "2031-05", "2031-06", "en").changes
    assert (change.group, change.was, change.now) == ("issued", "consultation", "issued")
    assert change.detail == "in consultation 2031-05-03 → issued 2031-06-03; issued by Island Data Bureau"
    assert [step.evidence[0].item for step in change.steps] == ["2031-05-rules-1", "2031-06-rules-1"]


@pytest.mark.parametrize("title", ["海岛算法办法（征求意见稿）", "海岛算法办法草案", "《海岛算法办法》（草案送审稿）"])
def test_a_draft_under_another_address_is_linked_by_its_title_and_that_is_said(title: str) -> None:
    first, second = may(), june()
    issue(
        first, "rules-1", date(2031, 5, 3), bill(title, "consultation", ids.entity("Publication", title)), "draftedBy"
    )
    issue(second, "rules-1", date(2031, 6, 3), bill("海岛算法办法", "issued"))
    with two(first, second) as store:
        found = diff(store, "2031-05", "2031-06", "en")
    (change,) = found.changes  # and the draft isn't told to be silent
    assert (change.group, change.what.label, change.was) == ("issued", "海岛算法办法", "consultation")
    assert "linked by their title alone" in change.detail
    assert len(change.steps) == 2


def test_another_title_is_another_document() -> None:
    first, second = may(), june()
    issue(first, "rules-1", date(2031, 5, 3), bill("海岛算法细则（征求意见稿）", "consultation"), "draftedBy")
    issue(second, "rules-1", date(2031, 6, 3), bill("海岛算法办法", "issued"))
    with two(first, second) as store:
        found = rows(diff(store, "2031-05", "2031-06"))
    assert [(group, was, now) for group, _, was, now in found] == [
        ("documents", "", "issued"),
        ("silent", "consultation", ""),
    ]


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("海岛算法办法（征求意见稿）", "海岛算法办法"),
        ("海岛算法办法(草案二次审议稿征求意见)", "海岛算法办法"),
        ("海岛算法办法草案", "海岛算法办法"),
        ("Draft Island Algorithm Rules", "Island Algorithm Rules"),
        ("Island Algorithm Rules (draft)", "island algorithm rules"),
        ("海岛算法办法（2031年版）", "海岛算法办法（2031年版）"),
    ],
)
def test_draft_keys(title: str, same: str) -> None:
    assert draft_key(title) == draft_key(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海岛算法办法（2031年版）", "海岛算法办法（2030年版）"),
        ("海岛算法草案编制办法", "海岛算法编制办法"),
        ("Drafting Rules", "Rules"),
    ],
)
def test_titles_that_are_not_those_of_a_draft(one: str, other: str) -> None:
    assert draft_key(one) != draft_key(other)


def test_new_documents_by_what_is_told_of_them() -> None:
    first, second = may(), june()
    first.item("news-1", "无", date(2031, 5, 3))
    issue(second, "rules-1", date(2031, 6, 1), bill("已发布办法", "issued"))
    issue(second, "rules-2", date(2031, 6, 2), bill("征求意见办法", "consultation"), "draftedBy")
    second.claim(bill("征求意见办法"), "basedOn", bill("海岛旧法"), "依据《海岛旧法》")
    second.facts[-1].entities.append(bill("只提一次的法"))
    with two(first, second) as store:
        found = diff(store, "2031-05", "2031-06", "en")
    assert [row for row in rows(found) if row[0] != "bodies"] == [
        ("documents", "已发布办法", "", "issued"),
        ("drafts", "征求意见办法", "", "consultation"),
        ("cited", "海岛旧法", "", ""),
    ]
    assert found.notes == ["Named for the first time, without a relation: instrument 1"]
    assert ("bodies", "Island Data Bureau", "", "") in rows(found)


def test_amended_and_repealed() -> None:
    first, second = may(), june()
    issue(first, "rules-1", date(2031, 5, 3), bill("旧办法", "in-force"))
    issue(second, "rules-1", date(2031, 6, 3), bill("新办法", "issued"))
    second.facts[-1].entities.append(bill("旧办法", "repealed"))
    second.claim(bill("新办法"), "amends", bill("旧办法"), "《旧办法》同时废止")
    with two(first, second) as store:
        found = diff(store, "2031-05", "2031-06", "en")
    amended = [one for one in found.changes if one.group == "amended"]
    assert [(one.what.label, one.relation, one.now) for one in amended] == [
        ("新办法", "amends", ""),
        ("旧办法", "", "repealed"),
    ]
    assert all(one.steps[-1].evidence[0].quote == "《旧办法》同时废止" for one in amended)


def test_further_particulars() -> None:
    first, second = may(), june()
    issue(first, "rules-1", date(2031, 5, 3), bill("办法", "issued"))
    issue(second, "rules-1", date(2031, 6, 3), bill("办法", "issued", effective="2031-09-01"))
    with two(first, second) as store:
        (change,) = diff(store, "2031-05", "2031-06", "en").changes
    assert (change.group, change.detail) == ("document-terms", "effective from 2031-09-01")


# ------------------------------------------------------------------------------------------------------ the rest


def test_new_names_are_those_that_the_text_has() -> None:
    first, second = may(), june()
    first.item("news-1", "A", date(2031, 5, 3))
    first.claim(samples.GULL, "agreementWith", samples.TERN, "海鸥科技与Tern Systems签约")
    renamed = Entity(
        samples.GULL.iri,
        "Company",
        Label("海鸥集团", "zh"),
        aliases=(Label("Gull Holdings", "en"), Label("ＧＵＬＬ ＴＥＣＨ", "en")),
    )
    second.item("news-1", "B", date(2031, 6, 3))
    second.claim(renamed, "sues", samples.TERN, "海鸥集团起诉Tern Systems")
    with two(first, second) as store:
        found = diff(store, "2031-05", "2031-06", "en")
    # Gull Holdings is in no text: it came with the reference data; GULL TECH is an old name in other clothes
    assert [(one.group, one.detail) for one in found.changes if one.group == "names"] == [("names", "海鸥集团")]
    assert [(one.relation, one.other and one.other.label) for one in found.changes if one.group == "relations"] == [
        ("sues", "Tern Systems")
    ]


def test_a_name_outside_of_quotes_is_cited_by_its_sentence() -> None:
    first, second = may(), june()
    first.item("news-1", "A", date(2031, 5, 3))
    first.claim(samples.GULL, "agreementWith", samples.TERN, "海鸥科技与Tern Systems签约")
    facts = second.item("news-1", "B", date(2031, 6, 3))
    second.text += "开头一句。海鸥集\n团昨日开会。结尾一句。"
    facts.entities.append(Entity(samples.GULL.iri, "Company", Label("海鸥集团", "zh")))
    with two(first, second) as store:
        (change,) = diff(store, "2031-05", "2031-06", "en").changes
        source = store.source("2031-06")
    (evidence,) = change.steps[0].evidence
    assert source is not None
    assert source.text[evidence.start : evidence.end] == evidence.quote
    assert squeeze(evidence.quote) == "海鸥集团昨日开会。"


def test_reports_that_different_rules_read_are_told() -> None:
    with Store.memory() as store:
        add(store, "2031-05", date(2031, 5, 1), [("A", "acquires", "B", "announced")])
        add(store, "2031-06", date(2031, 6, 1), [("A", "acquires", "B", "announced")], run=ids.run("run-2"))
        notes = diff(store, "2031-05", "2031-06", "en").notes
    assert any("read by different rules" in note for note in notes)


# --------------------------------------------------------------------------------------------------- the window


def test_dates_are_as_good_as_reports() -> None:
    assert rows(of(LIFE, "2031-05-31", "2031-06-30")) == rows(of(LIFE, "2031-05", "2031-06"))
    assert rows(of(LIFE, "2031-06-09", "2031-06-10")) == rows(of(LIFE, "2031-05", "2031-06"))
    assert rows(of(LIFE, "2030", "2031")) == [("deals", "A → B", "", "completed")]
    # 2031-05 is a report and 2031-08 none: both are dates
    assert rows(of(LIFE, "2031-05", "2031-08")) == rows(of(LIFE, "2031-05", "2031-07"))


def test_reports_between_the_two_count() -> None:
    assert rows(of(LIFE, "2031-05", "2031-07")) == [("completed", "A → B", "rumoured", "completed")]


def test_the_later_one_first() -> None:
    found = of(LIFE, "2031-06", "2031-05")
    assert rows(found) == rows(of(LIFE, "2031-05", "2031-06"))
    assert found.notes[0] == "2031-05 is the earlier, so it is the beginning"
    assert (found.since, found.until) == ("2031-05", "2031-06")


def test_a_time_in_which_nothing_came() -> None:
    assert of(LIFE, "2031-08-01", "2031-09-01").notes == ["No item lies between the two"]


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("2031-05", "2031-05", "both are 2031-05: name two reports, or two dates"),
        ("2031-05", "june", "the store has no report june, and it is no date: it has 2031-05, 2031-06, 2031-07"),
        (
            "2031-06",
            "2031-06-10",
            "2031-06-10 lies within 2031-06: name two dates",
        ),
    ],
)
def test_what_cannot_be_compared(since: str, until: str, sentence: str) -> None:
    with pytest.raises(QueryError, match=re.escape(sentence)):
        of(LIFE, since, until)


def test_a_report_and_a_date_cannot_be_mixed() -> None:
    with Store.memory() as store:
        add(store, "2031-05", date(2031, 5, 1), [("A", "acquires", "B", "announced")])
        draft = Draft("notice-1", "通知", date(2031, 6, 1))
        draft.item("1", "通知", date(2031, 6, 2))
        store.add(draft.report(), draft.facts, RUN)
        with pytest.raises(QueryError, match="notice-1 is a report, and 2031-07 is none"):
            diff(store, "notice-1", "2031-07")
        assert rows(diff(store, "2031-05", "notice-1")) == [("silent", "A → B", "announced", "")]


def test_an_empty_store() -> None:
    with Store.memory() as store, pytest.raises(QueryError, match="holds no reports"):
        diff(store, "2031-05", "2031-06")


def test_the_same_whatever_the_order_of_adding() -> None:
    with Store.memory() as one, Store.memory() as other:
        for report in (samples.may, samples.june, samples.july):
            one.add(*report(), RUN)
        for report in (samples.july, samples.may, samples.june):
            other.add(*report(), RUN)
        assert diff(one, "2031-05", "2031-07") == diff(other, "2031-05", "2031-07")
        (deal,) = [c for c in diff(one, "2031-05", "2031-07", "en").changes if c.group == "terminated"]
        assert (deal.was, deal.now) == ("announced", "terminated")
        # July's item has no day of its own: its report's counts
        assert [step.day for step in deal.steps] == ["2031-05-19", "2031-06-20", "2031-07-01"]


# ------------------------------------------------------------------------------------------------- real reports


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("months") / "store"
    files: list[Path | str] = sorted((ROOT / "data" / "samples").glob("*.pdf"))
    run.add([*files, *([REAL] if REAL.exists() else [])], path)
    return path


def test_what_changed_between_the_samples(months: Path) -> None:
    """Rows that a reader of both reports wrote down."""
    with Store.open(months) as store:
        found = diff(store, "2024-06", "2024-07")
        texts = {id_: squeeze(source.text) for id_ in ("2024-06", "2024-07") if (source := store.source(id_))}
    by = {(one.group, one.what.label): one for one in found.changes}
    # the reference data knows it, under a name of its own
    profile = next(one for one in found.changes if one.group == "issued" and one.what.iri.endswith("nist-ai-600-1"))
    assert (profile.was, profile.now) == ("consultation", "issued")
    assert [step.evidence[0].item for step in profile.steps] == ["2024-06-policy-4", "2024-07-policy-2"]
    graphcore = by["completed", "软银 → Graphcore"]
    assert (graphcore.was, graphcore.now) == ("in-talks", "completed")
    assert by["deals", "超威半导体 → Silo AI"].now == "announced"
    assert by["drafts", "国家网络身份认证公共服务管理办法"].now == "consultation"
    assert by["documents", "数据中心绿色低碳发展专项行动计划"].now == "issued"
    assert ("silent", "慧与 → 瞻博网络") in by
    assert "腾讯 → 月之暗面" in {label for group, label in by if group == "rumours"}
    for one in found.changes:
        for step in one.steps:
            for evidence in step.evidence:
                assert squeeze(evidence.quote) in texts[evidence.report]


@pytest.mark.skipif(not REAL.exists(), reason="the real report isn't beside this checkout")
def test_what_changed_with_the_real_report(months: Path) -> None:
    with Store.open(months) as store:
        by = {(one.group, one.what.label): one for one in diff(store, "2024-07", "2024-08").changes}
    silo = by["completed", "超威半导体 → Silo AI"]
    assert [step.status for step in silo.steps] == ["announced", "completed"]
    assert by["deals", "超威半导体 → ZT Systems"].now == "announced"
    assert ("silent", "国家网络身份认证公共服务管理办法") in by
