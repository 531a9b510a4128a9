"""Pairs worth judging, and pairs that only look so."""

from __future__ import annotations

import time

import pytest

from kg import ids
from kg.items import EntityType
from kg.resolve.candidates import Named, Tie, candidates
from kg.resolve.judgements import Judgement, Judgements

NONE = Judgements(())


def named(name: str, type_: EntityType = "Company", *more: str, ties: tuple[Tie, ...] = (), iri: str = "") -> Named:
    names = (name, *more)
    return Named(iri or ids.entity(type_, name), type_, name, names, frozenset(ties), items=1)


def reasons(*entities: Named, judged: Judgements = NONE) -> list[str]:
    return [pair.reason for pair in candidates(entities, judged)]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (named("Anthropic"), named("Antropic"), "differ in one letter"),
        (named("Tern Systems"), named("Tern Systems, Inc."), "but for the legal form"),
        (named("海鸥科技有限公司"), named("海鸥科技"), "but for the legal form"),
        (named("海鸥科技（上海）有限公司"), named("海鸥科技"), "but for （上海）"),
        (named("海鸥科技", "Organization"), named("海鷗科技"), "but for the legal form"),
        (named("Zhipu"), named("智谱"), "is the pinyin of"),
        (named("ZHIPU AI"), named("智谱AI"), "is the pinyin of"),
        (named("海岛智能计算中心", "Organization"), named("海岛智能计祘中心", "Organization"), "in one character"),
        (named("Island Institute of Data Science", "Organization"), named("IIDS", "Organization"), "are the initials"),
        (named("Gull Robotics"), named("Gull"), "is the beginning of"),
        (named("海鸥机器人"), named("海鸥"), "is the beginning of"),
        (named("海岛数据出境评估指南", "Instrument"), named("海岛数据出境评估指引", "Instrument"), "in one character"),
        (named("林一帆", "Person"), named("Lin Yifan", "Person"), "is the pinyin of"),
    ],
)  # fmt: skip
def test_what_may_be_one_is_proposed(one: Named, other: Named, reason: str) -> None:
    (found,) = reasons(one, other)
    assert reason in found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (named("海鸥科技"), named("信天翁科技")),
        (named("AMD"), named("AMC")),  # of three letters, one is much
        (named("模型3.0研究院", "Organization"), named("模型3.5研究院", "Organization")),
        (named("第一批数据清单", "Instrument"), named("第二批数据清单", "Instrument")),
        (named("北京银行"), named("南京银行")),
        (named("海鸥科技（上海）有限公司"), named("海鸥科技（北京）有限公司")),
        (named("北京市商务局", "Regulator"), named("南京市商务局", "Regulator")),
        (named("北京市", "Regulator"), named("北京市教育委员会", "Regulator")),
        (named("海鸥科技"), named("海鸥科技有限公司", "Instrument")),
        (named("英伟达", iri=ids.reference("nvidia")), named("英伟达", iri=ids.reference("amd"))),
        (named("林一帆", "Person"), named("林一帆科技")),
        (named("数据安全法", "Instrument"), named("数据安全法实施细则", "Instrument")),
    ],
)
def test_what_only_looks_like_one_is_not(one: Named, other: Named) -> None:
    assert reasons(one, other) == []


def test_places_keep_bodies_apart() -> None:
    here = Named(
        ids.entity("Regulator", "数据管理局甲"), "Regulator", "数据管理局", ("数据管理局",), places=frozenset("a")
    )
    there = Named(
        ids.entity("Regulator", "数据管理局乙"), "Regulator", "数据管理局", ("数据管理局",), places=frozenset("b")
    )
    assert reasons(here, there) == []


def test_what_was_judged_is_not_proposed_again() -> None:
    one, other, third = named("Anthropic"), named("Antropic"), named("Anthropik")
    assert len(reasons(one, other, third)) == 2  # the two slips are two letters apart
    for kind in ("same", "different"):
        judged = Judgements([Judgement(kind, one.iri, other.iri)])  # type: ignore[arg-type]
        assert len(reasons(one, other, third, judged=judged)) == 1
    # what is the same as one of two that are different is different too
    rows = [Judgement("same", one.iri, other.iri), Judgement("different", other.iri, third.iri)]
    assert reasons(one, other, third, judged=Judgements(rows)) == []


def test_a_tie_in_common_counts() -> None:
    tie = ("acquires", "in", "https://example.org/buyer")
    plain = candidates([named("海鸥机器人"), named("海鸥")], NONE)
    tied = candidates([named("海鸥机器人", ties=(tie,)), named("海鸥", ties=(tie,))], NONE)
    assert tied[0].score > plain[0].score
    assert "share 1 tie (acquires)" in tied[0].reason
    # and brings names together that no block does
    (found,) = candidates([named("Northern Gull", ties=(tie,)), named("Norten Gulls", ties=(tie,))], NONE)
    assert "are alike" in found.reason


def test_two_with_a_relation_to_each_other_are_two() -> None:
    part, whole = "海岛智库学术委员会", "海岛智库"
    tie = ("partOf", "out", ids.entity("Organization", whole))
    assert len(reasons(named(part, "Organization"), named(whole, "Organization"))) == 1
    back = ("partOf", "in", ids.entity("Organization", part))
    assert reasons(named(part, "Organization", ties=(tie,)), named(whole, "Organization", ties=(back,))) == []


def test_the_order_is_the_likeliest_first_and_always_the_same() -> None:
    entities = [named(n) for n in ("Anthropic", "Antropic", "Tern Systems", "Tern Systems Ltd", "海鸥", "海鸥机器人")]
    found = candidates(entities, NONE)
    assert [pair.score for pair in found] == sorted((pair.score for pair in found), reverse=True)
    assert candidates(reversed(entities), NONE) == found


def test_the_work_grows_with_the_names() -> None:
    """Twenty thousand names with one beginning: pairs of all would be two hundred million."""
    letters = "abcdefghij"
    many = [named(f"Data {''.join(letters[int(c)] for c in f'{i * 7919 % 10**6:06}')} Tech") for i in range(20_000)]
    started = time.perf_counter()
    candidates(many, NONE)
    assert time.perf_counter() - started < 60
