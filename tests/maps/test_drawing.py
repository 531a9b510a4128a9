from __future__ import annotations

import json
import os
import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from graph import samples
from graph.samples import BUREAU, LAW, MINISTRY, RULES, RUN, Draft, entity
from query.deals import Stated, add, firm, store_of

from kg.errors import KgError, QueryError, UsageError
from kg.graph.store import Store
from kg.maps import Request, draw, drawing
from kg.maps.positions import load

DEALS: tuple[Stated, ...] = (
    ("Alder", "acquires", "Birch", "completed"),
    ("Birch", "acquires", "Cedar", "announced"),
    ("Dogwood", "investsIn", "Alder", "?rumoured"),
    ("Elm", "sues", "Alder", ""),
)
LATER: tuple[Stated, ...] = (
    ("Alder", "acquires", "Birch", "completed"),
    ("Cedar", "acquires", "Fir", "announced"),
    ("Ginkgo", "acquires", "Hazel", "announced"),
    ("Alder", "investsIn", "Elm", "announced"),
)


def iri(name: str) -> str:
    return firm(name).iri


def edges(graph: drawing.Graph) -> set[tuple[str, str, str]]:
    return {(u.split("/")[-1], edge["relation"], v.split("/")[-1]) for u, v, edge in graph.edges(data=True)}


@pytest.fixture
def store() -> Store:
    return store_of(*DEALS)


def month(store: Store, number: int, stated: tuple[Stated, ...]) -> None:
    add(store, f"2031-{number:02}", date(2031, number, 1), stated)


def places(folder: Path, key: str = "whole") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{key}.json").read_text())["nodes"]
    return found


# ------------------------------------------------------------------------------------------------ kept positions


@pytest.mark.parametrize("preset", ["", "deals"])
def test_a_second_month_moves_nobody_and_is_marked(store: Store, tmp_path: Path, preset: Any) -> None:
    request = Request(preset=preset)
    first = draw(store, request, keep=True, folder=tmp_path)
    assert (first.since, first.new) == ("", 0)
    old = places(tmp_path, preset or "whole")
    month(store, 6, LATER)
    second = draw(store, request, keep=True, folder=tmp_path)
    now = places(tmp_path, preset or "whole")
    assert {node: now[node] for node in old} == old
    # of the deal preset, who is only sued comes with its first deal
    assert set(now) - set(old) == {iri(n) for n in ("Fir", "Ginkgo", "Hazel", *(["Elm"] if preset else []))}
    assert len({tuple(at) for at in now.values()}) == len(now)
    assert second.since == "2031-05"
    marked = {(u, v) for u, v, edge in second.graph.edges(data=True) if edge["new"]}
    assert marked == {(iri("Cedar"), iri("Fir")), (iri("Ginkgo"), iri("Hazel")), (iri("Alder"), iri("Elm"))}
    # who is known already isn't new, even where his first relation is
    assert {n for n, new in second.graph.nodes(data="new") if new} == {iri(n) for n in ("Fir", "Ginkgo", "Hazel")}
    assert any("found room" in note for note in second.notes)


def test_drawn_again_the_marks_stay_and_so_does_every_byte(store: Store, tmp_path: Path) -> None:
    one = draw(store, keep=True, folder=tmp_path)
    assert draw(store, keep=True, folder=tmp_path).html == one.html
    month(store, 6, LATER)
    two = draw(store, keep=True, folder=tmp_path)
    kept = (tmp_path / "whole.json").read_bytes()
    three = draw(store, keep=True, folder=tmp_path)
    assert (three.html, three.new) == (two.html, two.new)
    assert (tmp_path / "whole.json").read_bytes() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["whole.json"]


def test_a_new_name_lies_near_whom_it_is_related_to(store: Store, tmp_path: Path) -> None:
    draw(store, keep=True, folder=tmp_path)
    month(store, 6, LATER)
    draw(store, keep=True, folder=tmp_path)
    now = places(tmp_path)
    (x, y), (u, v) = now[iri("Fir")], now[iri("Cedar")]
    assert abs(x - u) < 300
    assert abs(y - v) < 200


def test_removed_and_added_again_lies_where_it_lay(store: Store, tmp_path: Path) -> None:
    month(store, 6, LATER)
    draw(store, keep=True, folder=tmp_path)
    before = places(tmp_path)
    store.remove("2031-06")
    draw(store, keep=True, folder=tmp_path)
    month(store, 6, LATER)
    after = draw(store, keep=True, folder=tmp_path)
    assert after.new == 3  # it came after the drawing without it
    assert places(tmp_path) == before


def test_fresh_lays_all_out_anew_and_keeps_the_marks(store: Store, tmp_path: Path) -> None:
    draw(store, keep=True, folder=tmp_path)
    month(store, 6, LATER)
    draw(store, keep=True, folder=tmp_path)
    anew = draw(store, keep=True, fresh=True, folder=tmp_path)
    assert (anew.since, anew.new) == ("2031-05", 3)
    other = tmp_path / "other"
    draw(store, keep=True, folder=other)
    assert places(tmp_path) == places(other)


def test_what_is_kept_is_read_without_keep_and_not_written(store: Store, tmp_path: Path) -> None:
    draw(store, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"version":9}', b'{"version":1,"nodes":{"a":[1]},"axis":[],"reports":[],"before":null}',
     b'{"version":1,"nodes":{"a":[NaN,1]},"axis":[],"reports":[],"before":null}',
     b'{"version":1,"nodes":{"a":["x",1]},"axis":[],"reports":[],"before":null}',
     b'{"version":1,"nodes":{},"axis":[[1]],"reports":[],"before":null}', b"\xff\xfe"],
)  # fmt: skip
def test_a_damaged_file_is_as_good_as_none(store: Store, tmp_path: Path, damage: bytes) -> None:
    good = draw(store, keep=True, folder=tmp_path / "good")
    (tmp_path / "whole.json").write_bytes(damage)
    with pytest.raises(ValueError):  # noqa: PT011  (whatever it says)
        load(tmp_path / "whole.json")
    drawn = draw(store, keep=True, folder=tmp_path)
    assert drawn.html == good.html
    assert "can't be read" in drawn.notes[0]
    assert load(tmp_path / "whole.json")


def test_a_folder_that_cannot_be_written_is_told_of(store: Store, tmp_path: Path) -> None:
    (tmp_path / "maps").write_text("a file where the folder should be")
    drawn = draw(store, keep=True, folder=tmp_path / "maps")
    assert drawn.html.startswith("<!")
    assert any("weren't kept" in note or "can't be read" in note for note in drawn.notes)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(store: Store, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert any("weren't kept" in note for note in draw(store, keep=True, folder=tmp_path / "maps").notes)


# ------------------------------------------------------------------------------------------------- what is new


def test_since_a_report_or_a_day(store: Store) -> None:
    month(store, 6, LATER)
    for since in ("2031-05", "2031", "2031-05-31", "2031-06-09"):
        drawn = draw(store, Request(since=since))
        assert (drawn.since, drawn.new) == (since, 0 if since == "2031" else 3)
    assert draw(store, Request(since="2031-06")).new == 0


@pytest.mark.parametrize("since", ["May", "2031-5", "<script>"])
def test_since_what_isnt_there(store: Store, since: str) -> None:
    with pytest.raises(QueryError, match="it has 2031-05"):
        draw(store, Request(since=since))


# ----------------------------------------------------------------------------------------------- what is shown


def test_surroundings(store: Store) -> None:
    drawn = draw(store, Request(names=(iri("Cedar"),), hops=1), "en")
    assert edges(drawn.graph) == {("birch", "acquires", "cedar")}
    assert drawn.title == "Cedar"
    with pytest.raises(QueryError, match="doesn't know"):
        draw(store, Request(names=("https://example.org/nobody",)))


def test_a_question_shows_its_rows_and_what_they_rest_on(store: Store) -> None:
    drawn = draw(store, Request(question="deals", given={"firm": "Birch"}), "en")
    assert edges(drawn.graph) == {("alder", "acquires", "birch"), ("birch", "acquires", "cedar")}
    assert drawn.title.startswith("Deals: Birch")
    # a rumour comes when it is asked for; who sues whom is no deal
    everything = draw(store, Request(question="deals", given={"firm": "Alder", "status": "all"}))
    assert edges(everything.graph) == {("alder", "acquires", "birch"), ("dogwood", "investsIn", "alder")}


def test_the_title_is_there_in_both_languages() -> None:
    draft = Draft("2031-05", "五月", date(2031, 5, 1), "may.txt")
    draft.item("deals-1", "收购", date(2031, 5, 8))
    draft.claim(samples.GULL, "acquires", samples.TERN, "海鸥科技收购Tern Systems")
    draft.claim(samples.GULL, "agreementWith", BUREAU, "海鸥科技与数据局签约")
    store = Store.memory()
    store.add(draft.report(), draft.facts, RUN)
    gull, tern, bureau = samples.GULL.iri, samples.TERN.iri, BUREAU.iri
    for request, zh, en in (
        (Request(), "五月", "五月"),
        (Request(preset="deals"), "五月 · 交易", "五月 · deals"),
        (Request(names=(gull, bureau)), "海鸥科技 · 海岛数据局", "Gull Tech · Island Data Bureau"),
        (Request(question="deals", given={"firm": "海鸥科技"}), "海鸥科技", "Deals: Gull Tech"),
        (Request(chain=gull, to=tern), "海鸥科技：收购与投资链 → Tern", "Gull Tech: chain of deals → Tern"),
        (Request(path=bureau, to=gull), "海岛数据局与海鸥科技之间的路径", "From Island Data Bureau to Gull Tech"),
    ):  # fmt: skip
        for lang, opens_in in (("zh", zh), ("en", en)):
            drawn = draw(store, request, lang)  # type: ignore[arg-type]
            (text,) = re.findall(r'"titles":(\{.*?\}),', drawn.html)
            titles = json.loads(text)
            assert zh in titles["zh"]
            assert en in titles["en"]
            assert titles[lang] == drawn.title
            assert opens_in in drawn.title


def test_every_question_that_needs_nothing_has_an_answer_to_draw(store: Store) -> None:
    from kg.query import catalogue
    from kg.query.ask import ask

    drew = 0
    for question in catalogue.questions():
        if any(p.required for p in question.parameters):
            continue
        cited = any(row.evidence for row in ask(store, question))
        if cited:
            assert draw(store, Request(question=question.name)).graph.number_of_edges(), question.name
        drew += cited
    assert drew >= 5


def test_a_chain(store: Store) -> None:
    drawn = draw(store, Request(chain=iri("Alder")), "en")
    assert edges(drawn.graph) == {
        ("alder", "acquires", "birch"),
        ("birch", "acquires", "cedar"),
        ("dogwood", "investsIn", "alder"),
    }
    assert [node for node, start in drawn.graph.nodes(data="start") if start] == [iri("Alder")]
    led = draw(store, Request(chain=iri("Alder"), to=iri("Cedar")))
    assert edges(led.graph) == {("alder", "acquires", "birch"), ("birch", "acquires", "cedar")}


def test_a_path(store: Store) -> None:
    drawn = draw(store, Request(path=iri("Elm"), to=iri("Cedar")))
    assert edges(drawn.graph) == {
        ("elm", "sues", "alder"),
        ("alder", "acquires", "birch"),
        ("birch", "acquires", "cedar"),
    }
    with pytest.raises(UsageError, match="two ends"):
        draw(store, Request(path=iri("Elm")))
    with pytest.raises(UsageError, match="one thing"):
        draw(store, Request(path=iri("Elm"), chain=iri("Elm")))


def test_pictures_are_kept_apart() -> None:
    whole = Request()
    asked = [whole, Request(preset="lawyer"), Request(preset="deals"), Request(names=("a",)), Request(names=("b",)),
             Request(names=("a",), hops=1), Request(names=("a",), preset="deals"), Request(question="deals"),
             Request(question="deals", given={"firm": "a"}), Request(chain="a"), Request(path="a", to="b")]  # fmt: skip
    assert len({request.key() for request in asked}) == len(asked)
    assert [request.key() for request in asked[:3]] == ["whole", "lawyer", "deals"]
    assert Request(since="2031").key() == "whole"
    assert Request(names=("a", "b")).key() == Request(names=("b", "a")).key()


def test_nothing_to_draw() -> None:
    with pytest.raises(KgError, match="kg add"):
        draw(Store.memory())
    with pytest.raises(KgError, match="preset lawyer"):
        draw(store_of(("Alder", "acquires", "Birch", "completed")), Request(preset="lawyer"))
    with pytest.raises(UsageError, match="lawyer, deals"):
        draw(store_of(), Request(preset="judge"))  # type: ignore[arg-type]


def test_a_big_store_opens_with_its_latest_news(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    month(store, 6, LATER)
    graph = draw(store).graph
    assert drawing._opens(graph) is None
    monkeypatch.setattr(drawing, "WHOLE", 3)
    monkeypatch.setattr(drawing, "OPENS", 2)
    opens = drawing._opens(graph)
    assert opens is not None
    newest = {
        node for u, v, edge in graph.edges(data=True) if edge["evidence"][0].issued > "2031-06" for node in (u, v)
    }
    assert 2 <= len(opens) <= 3
    assert opens <= newest


# ----------------------------------------------------------------------------------------------------- presets


@pytest.fixture
def documents() -> Store:
    draft = Draft("2031-05", "五月", date(2031, 5, 1), "may.txt")
    draft.item("policy-1", "两部门印发办法", date(2031, 5, 6))
    for body in (BUREAU, MINISTRY):
        draft.claim(RULES, "issuedBy", body, f"{body.label.text}联合印发管理办法")
    draft.claim(RULES, "basedOn", LAW, "根据海岛数据法制定")
    draft.item("policy-2", "白皮书", date(2031, 5, 7))
    draft.claim(samples.PAPER, "issuedBy", samples.CLUB, "协会发布白皮书")
    draft.claim(LAW, "issuedBy", BUREAU, "海岛数据局印发了这部法")
    draft.item("deals-1", "收购", date(2031, 5, 8))
    draft.claim(samples.GULL, "agreementWith", BUREAU, "海鸥科技与数据局签约")
    draft.claim(samples.LIN, "officerOf", BUREAU, "林一帆任局长")
    store = Store.memory()
    store.add(draft.report(), draft.facts, RUN)
    # another body issues it, by another item's account: not in one act as far as anybody says
    later = Draft("2031-06", "六月", date(2031, 6, 1), "june.txt")
    later.item("policy-1", "另有一机构", date(2031, 6, 2))
    later.claim(LAW, "issuedBy", entity("Regulator", "海岛商务局"), "海岛商务局印发海岛数据法")
    store.add(later.report(), later.facts, RUN)
    return store


def test_lawyers_see_documents_bodies_and_what_rests_on_what(documents: Store) -> None:
    graph = draw(documents, Request(preset="lawyer")).graph
    assert {edge["relation"] for _, _, edge in graph.edges(data=True)} == {"issuedBy", "basedOn"}
    assert samples.GULL.iri not in graph
    assert samples.LIN.iri not in graph
    assert {RULES.iri, LAW.iri, BUREAU.iri, MINISTRY.iri, samples.PAPER.iri, samples.CLUB.iri} <= set(graph)


def test_joint_issuers_are_one_act_and_lie_side_by_side(documents: Store, tmp_path: Path) -> None:
    graph = draw(documents, Request(preset="lawyer"), keep=True, folder=tmp_path).graph
    assert {node: jointly for node, jointly in graph.nodes(data="jointly") if jointly} == {
        RULES.iri: {"issuedBy": {BUREAU.iri, MINISTRY.iri}}
    }
    where = places(tmp_path, "lawyer")

    def far(a: str, b: str) -> float:
        return float(sum((p - q) ** 2 for p, q in zip(where[a], where[b], strict=True)) ** 0.5)

    draw(documents, keep=True, folder=tmp_path)
    plain = places(tmp_path)
    apart = float(sum((p - q) ** 2 for p, q in zip(plain[BUREAU.iri], plain[MINISTRY.iri], strict=True)) ** 0.5)
    assert far(BUREAU.iri, MINISTRY.iri) < apart
    assert far(BUREAU.iri, MINISTRY.iri) < 300


def test_deal_teams_see_deals_from_left_to_right(tmp_path: Path) -> None:
    store = store_of(("Alder", "acquires", "Birch", "completed"), ("Elm", "sues", "Alder", ""))
    month(store, 7, (("Birch", "acquires", "Cedar", "announced"), ("Oak", "investsIn", "Birch", "?rumoured")))
    drawn = draw(store, Request(preset="deals"), keep=True, folder=tmp_path)
    assert edges(drawn.graph) == {
        ("alder", "acquires", "birch"),
        ("birch", "acquires", "cedar"),
        ("oak", "investsIn", "birch"),
    }
    x = {node.split("/")[-1]: at[0] for node, at in places(tmp_path, "deals").items()}
    assert x["alder"] < x["birch"] < x["cedar"]
    kept = load(tmp_path / "deals.json")
    assert kept is not None
    assert [month.name for month in kept.axis] == ["2031-05", "2031-07"]
    assert kept.axis[0].x < kept.axis[1].x
    # a month in between, one before and one after come in where they belong, and move nothing
    for number in (6, 4, 9):
        month(store, number, ((f"New{number}", "acquires", f"Firm{number}", "announced"),))
    draw(store, Request(preset="deals"), keep=True, folder=tmp_path)
    now = {node.split("/")[-1]: at[0] for node, at in places(tmp_path, "deals").items()}
    assert {name: now[name] for name in x} == x
    assert now["firm4"] < now["alder"]
    assert now["alder"] < now["firm6"] < now["cedar"] < now["firm9"]


def test_nothing_that_is_only_said_is_on_when_the_deal_map_opens() -> None:
    from kg.maps.presets import PRESETS

    assert PRESETS["deals"].off == {"status": {"rumoured", "in-talks", "proposed"}}


def test_names_do_not_cover_each_other_in_time(tmp_path: Path) -> None:
    stated = [(f"Fund{n % 7}", "investsIn", f"Firm{n % 31}", "announced") for n in range(90)]
    store = store_of(*dict.fromkeys(stated))
    draw(store, Request(preset="deals"), keep=True, folder=tmp_path)
    where = [tuple(at) for at in places(tmp_path, "deals").values()]
    assert len(set(where)) == len(where) == 38
    columns: dict[float, list[float]] = {}
    for x, y in where:
        columns.setdefault(x, []).append(y)
    for column in columns.values():
        column.sort()
        assert all(b - a > 30 for a, b in pairwise(column))
