"""A question is asked as people ask: names in any form, months, lists of statuses; and each wrong value is told of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from graph import samples
from pyoxigraph import NamedNode

from kg.errors import KgError, QueryError, UsageError
from kg.graph.store import Store
from kg.query import catalogue
from kg.query.ask import Unclear, ask
from kg.query.reader import Reader
from kg.query.result import Concept, Thing, words


def rows(store: Store, name: str, lang: str = "zh", **given: Any) -> list[tuple[str, ...]]:
    return [tuple(words(value, lang) for value in row.values) for row in ask(store, name, given, lang)]


@pytest.mark.parametrize("firm", ["海鸥科技", "Gull Tech", "海鸥", samples.GULL.iri, NamedNode(samples.GULL.iri)])
def test_a_name_in_any_form(store: Store, firm: object) -> None:
    (row,) = ask(store, "acquisitions", {"firm": firm, "status": "all"})
    assert row.values[:4] == (
        Thing(samples.GULL.iri, "海鸥科技", "Company"),
        Thing(samples.TERN.iri, "Tern Systems", "Company"),
        Concept("terminated", "已终止", "terminated"),
        Decimal(5000000000),
    )
    assert row.evidence[0].quote == "海鸥科技与Tern Systems终止收购"
    assert [one.item for one in row.evidence] == ["2031-07-deals-1", "2031-06-deals-1", "2031-05-deals-1"]


def test_what_is_not_done_is_not_there_unless_asked_for(store: Store) -> None:
    assert rows(store, "acquisitions") == []
    assert ask(store, "acquisitions").notes == ["未列入传闻、洽谈中和已终止的交易：status=all 全部列出。"]
    assert ask(store, "acquisitions", {"status": "all"}).notes == []
    assert [row[2] for row in rows(store, "acquisitions", status="terminated,rumoured")] == ["已终止"]
    assert [row[2] for row in rows(store, "acquisitions", "en", status=["已终止"])] == ["terminated"]
    rumours = rows(store, "rumours")
    assert [(row[1], row[2], row[3]) for row in rumours] == [("浪花基金", "珊瑚智能", "洽谈中")]


def test_values_have_their_types(store: Store) -> None:
    (row,) = ask(store, "deals", {"firm": "珊瑚智能"})
    by_name = dict(zip((c.name for c in ask(store, "deals").columns), row.values, strict=True))
    assert by_name["amount"] == Decimal("43000000.5")
    assert by_name["on"] == "2031-05"  # a month stays a month
    assert by_name["party"] == "礁石资本"
    (row,) = ask(store, "instruments", {"status": "issued"})
    assert date(2031, 5, 6) in row.values
    assert "海岛数据局、海岛工信部" in row.values
    assert len(row.evidence) == 3


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2031-05", "2031-05", 1),
        ("2031", None, 1),
        ("2031-05-06", "2031-05-06", 1),
        ("2031-05-07", None, 0),
        (None, "2031-05-05", 0),
        (None, "2031", 1),
        ("2032", None, 0),
        (date(2031, 5, 6), date(2031, 5, 7), 1),
        ("2031年5月6日", "2031/5/6", 1),
    ],
)
def test_periods(store: Store, since: object, until: object, found: int) -> None:
    assert len(rows(store, "instruments", regulator="IDB", since=since, until=until)) == found


def test_a_deal_without_a_day_counts_by_the_day_of_the_news(store: Store) -> None:
    assert len(rows(store, "rumours")) == 1
    both = rows(store, "deals", firm="珊瑚智能", status="all", since="2031-05-20", until="2031-05-20")
    assert {row[4] for row in both} == {"洽谈中", "已完成"}
    assert rows(store, "deals", firm="浪花基金", status="all", since="2031-06") == []


def test_kinds_with_what_is_below_them(store: Store) -> None:
    assert [row[0] for row in rows(store, "instruments", kind="measures")] == ["海岛数据管理办法"]
    assert {row[0] for row in rows(store, "instruments", kind="binding")} == {"海岛数据管理办法", "海岛数据法"}
    assert {row[0] for row in rows(store, "instruments", kind="办法、法律")} == {"海岛数据管理办法", "海岛数据法"}


@pytest.mark.parametrize("least", ["40000000", "4e7", "4000万", "0.4亿", 43000000, Decimal("43000000.5")])
def test_amounts(store: Store, least: object) -> None:
    assert len(rows(store, "deals", min=least, currency="cny")) == 1
    assert len(rows(store, "deals", min=least, currency="人民币")) == 1
    assert rows(store, "deals", min=least, currency="USD") == []
    assert rows(store, "deals", min="43000001") == []


def test_what_was_asked_is_told(store: Store) -> None:
    asked = ask(store, "deals", {"firm": "IDB", "status": "announced", "since": "2031-5"}).asked
    assert asked == (("公司", "海岛数据局"), ("起", "2031-05"), ("状态", "已宣布"))
    asked = ask(store, "deals", {"公司": "Gull Tech"}, "en").asked
    assert asked == (("the firm", "Gull Tech"), ("statuses, or all", "proposed, announced, completed"))


@pytest.mark.parametrize(
    ("name", "given", "kind", "says"),
    [
        ("rounds", {}, UsageError, "rounds needs firm=… (公司)"),
        ("rounds", {"firm": ""}, UsageError, "rounds needs firm=…"),
        ("also-held", {}, UsageError, "also-held needs firm=… (公司); it also takes status=… (状态)"),
        ("deals", {"frim": "x"}, UsageError, "deals has no parameter frim: did you mean firm?"),
        ("deals", {"xyz": "x"}, UsageError, "it takes firm, since, until, status, min, currency"),
        ("same-name", {"xyz": "x"}, UsageError, "same-name has no parameter xyz: it takes none"),
        ("deals", {"since": "2031-13"}, UsageError, "since=2031-13 is no day: write 2024, 2024-06 or 2024-06-14"),
        ("deals", {"since": "2031-02-30"}, UsageError, "is no day"),
        ("deals", {"until": "May"}, UsageError, "until=May is no day"),
        ("deals", {"min": "a lot"}, UsageError, "min=a lot is no number"),
        ("deals", {"min": "nan"}, UsageError, "min=nan is no number"),
        ("deals", {"currency": "shells"}, UsageError, "currency=shells is no currency"),
        ("deals", {"status": "rumored"}, UsageError, "status can't be rumored; did you mean rumoured?"),
        ("deals", {"status": "issued"}, UsageError, "status can't be issued; it is one of rumoured, in-talks"),
        ("deals", {"status": "announced,"}, UsageError, "status can't be empty"),
        ("instruments", {"kind": "guidelne"}, UsageError, "did you mean guideline?"),
        ("weakest", {"relation": "issued"}, UsageError, "did you mean issuedBy?"),
        ("rounds", {"firm": "完全无关的名字"}, QueryError, "nothing in the store is called 完全无关的名字"),
        ("rounds", {"firm": "Tern Sistems"}, Unclear, "near it are Tern Systems (Company, https"),
        ("rests-on", {"document": "海岛数据"}, Unclear, "near it are 海岛数据"),
        (
            "rests-on",
            {"document": "海鸥"},
            QueryError,
            "海鸥科技 is of the class Company, and document takes Instrument",
        ),
        ("rests-on", {"document": samples.LIN.iri}, QueryError, "is of the class Person, and document takes"),
        ("rounds", {"firm": "https://example.org/x"}, QueryError, "the store doesn't know https://example.org/x"),
        ("rounds", {"firm": "https://bad <iri>"}, QueryError, "the store doesn't know https://bad <iri>"),
        ("regulators", {"place": "月球"}, QueryError, "nothing in the store is called 月球"),
    ],
)
def test_each_wrong_value_is_told_of(
    store: Store, name: str, given: dict[str, str], kind: type[KgError], says: str
) -> None:
    with pytest.raises(kind) as fault:
        ask(store, name, given)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_values_are_bound_and_never_pasted_in(store: Store) -> None:
    evil = '" ) } UNION { ?s ?p ?o } #'
    with pytest.raises(QueryError, match="nothing in the store"):
        ask(store, "rounds", {"firm": evil})
    with pytest.raises(UsageError):
        ask(store, "deals", {"since": evil})


def test_places(store: Store) -> None:
    assert [row[0] for row in rows(store, "regulators", place="海岛市")] == ["海岛数据局", "海岛工信部"]
    assert len(rows(store, "regulators", place="海岛")) == 2


def test_a_row_of_one_item_shows_that_items_words(store: Store) -> None:
    found = list(ask(store, "history", {"firm": "海鸥科技"}))
    assert [words(row.values[2]) for row in found] == ["已宣布", "已完成", "已终止"]
    for row in found:
        item = next(value for value in row.values if isinstance(value, Thing) and value.label.startswith("2031"))
        assert {one.item for one in row.evidence} == {item.label}


def test_what_a_sum_rests_on_is_found(store: Store) -> None:
    (row,) = ask(store, "joint-issuers")
    assert row.values[2] == 1
    assert {one.quote for one in row.evidence} == {
        "海岛数据局印发《海岛数据管理办法》", "海岛工信部联合印发", "海岛数据局此前印发《海岛数据管理办法》",
    }  # fmt: skip
    assert next(iter(ask(store, "joint-issuers", with_evidence=False))).evidence == ()


@pytest.mark.parametrize("name", catalogue.names())
def test_an_empty_store_has_no_rows_and_no_faults(name: str) -> None:
    with Store.memory() as empty:
        question = catalogue.question(name)
        given = {parameter.name: "某某" for parameter in question.parameters if parameter.required}
        if given:
            with pytest.raises(QueryError, match="nothing in the store is called 某某"):
                ask(empty, question, given)
        else:
            assert list(ask(empty, question)) == []


def test_a_question_of_ones_own(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.rq"
    head = "# group: parties\n# title: {zh: 人, en: People}\n# about: {zh: 人。, en: People.}\n"
    path.write_text(
        head + "# columns:\n#   who: {type: thing, zh: 人, en: Who}\nSELECT ?who { ?who a kg:Person }", encoding="utf-8"
    )
    assert rows(store, str(path)) == [("林一帆",)]
    path.write_text(path.read_text(encoding="utf-8").replace("kg:Person", "kg:Persson"), encoding="utf-8")
    with pytest.raises(QueryError, match=r"people\.rq, line 6, column \d+: there is no kg:Persson"):
        ask(store, str(path))
    path.write_text(path.read_text(encoding="utf-8").replace("kg:Persson }", "kg:Person"), encoding="utf-8")
    with pytest.raises(QueryError, match=r"people\.rq"):
        ask(store, str(path))


def test_from_python(store: Store) -> None:
    graph = Reader(store)
    result = graph.ask("deals", firm="珊瑚智能", since=date(2031, 1, 1), status=["completed"])
    assert [row.values[4] for row in result.whole()] == [Concept("completed", "已完成", "completed")]
    assert next(iter(graph.ask("lawsuits", evidence=False)), None) is None


def test_what_only_looks_alike_is_not_gathered(tmp_path: Path) -> None:
    draft = samples.Draft("2031-08", "月报")
    draft.item("deals-1", "两家都想收购")
    for buyer in (samples.GULL, samples.REEF):
        deal = samples.acquisition(buyer, samples.TERN, "announced")
        draft.facts[-1].deals.append(deal)
        draft.claim(buyer, "acquires", samples.TERN, f"{buyer.label.text}宣布收购Tern Systems", deal.iri)
    with Store.memory() as store:
        store.add(draft.report(), draft.facts, samples.RUN)
        assert sorted(row[2] for row in rows(store, "deals")) == ["海鸥科技", "礁石资本"]


def test_names_are_those_of_now() -> None:
    with Store.memory() as store:
        store.add(*samples.may(), samples.RUN)
        assert {row[0] for row in rows(store, "acquisitions")} == {"海鸥科技"}
        assert {row[0] for row in rows(store, "acquisitions", "en")} == {"Gull Tech"}
        store.add(*samples.june(), samples.RUN)
        assert {row[0] for row in rows(store, "acquisitions")} == {"海鸥集团"}
