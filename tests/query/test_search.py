"""Names are found as people type them, by the surest way first."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pyoxigraph
import pytest
from graph import samples

from kg import ids
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.items import Label
from kg.query import search
from kg.query.entity import find, meant
from kg.vocab import KG, RDF, SKOS

NDA = samples.entity("Regulator", "国家数据局", iri=ids.reference("nda"))
BANK = samples.entity(
    "Regulator", "中国人民银行", iri=ids.reference("pbc"), aliases=(Label("中國人民銀行", "zh-Hant"),)
)
HK = samples.entity("Regulator", "香港金融管理局", iri=ids.reference("hkma"))
SG = samples.entity("Regulator", "新加坡金融管理局", iri=ids.reference("mas"))
SLIP = samples.entity("Company", "Anthropic", "en")
LIST = samples.entity("Instrument", "海岛数据出境负面清单", kind="negative-list")
LISTING = samples.entity("Instrument", "海岛负面清单管理规则", kind="measures")
LABS = samples.entity("Company", "AI重塑工场")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    draft = samples.Draft("2031-08", "海岛月报 2031年8月", name="august.txt")
    draft.item("news-1", "所见者众")
    draft.facts[-1].entities = [NDA, BANK, HK, SG, SLIP, LIST, LISTING, LABS]
    with Store.memory() as opened:
        opened.add(draft.report(), draft.facts, samples.RUN)
        yield opened


@pytest.mark.parametrize(
    ("typed", "found", "how"),
    [
        ("国家数据局", NDA, "exact"),
        ("國家數據局", NDA, "exact"),
        ("中國人民銀行", BANK, "exact"),
        ("ＡＮＴＨＲＯＰＩＣ", SLIP, "exact"),
        ("nda", NDA, "known"),  # by the reference data, though no text here calls it so
        ("央行", BANK, "known"),
        ("gjsjj", NDA, "pinyin"),
        ("guojiashujuju", NDA, "pinyin"),
        ("Guojia Shujuju", NDA, "pinyin"),
        ("guojia sjj", NDA, "pinyin"),
        ("zgrmyh", BANK, "pinyin"),  # 行 is hang here and xing elsewhere
        ("zhgrmyh", BANK, "pinyin"),
        ("aichongsugongchang", LABS, "pinyin"),
        ("aizhongsugongchang", LABS, "pinyin"),
        ("家数据局", NDA, "part"),
        ("家數據局", NDA, "part"),
        ("gjsj", NDA, "part"),
        ("antropic", SLIP, "near"),
    ],
)
def test_names_are_found_as_people_type_them(store: Store, typed: str, found: object, how: str) -> None:
    first = find(store, typed)[0]
    assert (first.iri, first.how) == (found.iri, how)  # type: ignore[attr-defined]


@pytest.mark.parametrize("typed", ["", "《》", "\0", "gjxxj", "g", "鱥龘", "unheard of", "n.d.a.x", "1", "%"])
def test_what_is_not_there_is_not_found(store: Store, typed: str) -> None:
    assert find(store, typed) == []


def test_a_name_of_several_is_no_choice_of_ours(store: Store) -> None:
    found = find(store, "金管局")
    assert {c.iri for c in found} == {HK.iri, SG.iri}
    assert {c.how for c in found} == {"known"}
    assert meant(found) is None


@pytest.mark.parametrize("typed", ["negative list", "Negative Lists", "负面清单"])
def test_documents_are_found_by_their_kind(store: Store, typed: str) -> None:
    assert {c.iri for c in find(store, typed)} == {LIST.iri, LISTING.iri}


def test_what_is_meant_is_plain_or_left_open(store: Store) -> None:
    assert meant(find(store, "家数据局")) is not None
    assert meant(find(store, "Antropic")) is None  # a slip is offered and not taken
    assert meant([]) is None


def test_names_are_read_again_when_the_store_has_changed() -> None:
    with Store.memory() as opened:
        opened.add(*samples.may(), samples.RUN)
        assert find(opened, "海鸥集团") == []
        opened.add(*samples.june(), samples.RUN)
        assert find(opened, "海鸥集团")[0].how == "exact"
        opened.remove("2031-06")
        assert find(opened, "海鸥集团") == []


def test_a_hundred_thousand_names_are_searched_at_once() -> None:
    quads = []
    for i in range(50_000):
        node = pyoxigraph.NamedNode(ids.entity("Company", f"岛屿{i}"))
        chinese = "".join("海岛数据科技网络安全智能投资管理"[int(d, 16)] for d in f"{i * 2654435761 % 16**8:08x}")
        names = [(SKOS.prefLabel, chinese), (SKOS.altLabel, f"Island {i * 7919:x} Ltd")]
        quads += [pyoxigraph.Quad(node, p, pyoxigraph.Literal(text), DEFAULT) for p, text in names]
        quads.append(pyoxigraph.Quad(node, RDF.type, KG.Company, DEFAULT))
        quads.append(pyoxigraph.Quad(pyoxigraph.NamedNode(ids.item("a")), KG.mentions, node, DEFAULT))
    base = pyoxigraph.Store()
    base.bulk_extend(quads)
    with Store.memory() as opened:
        opened._base = base
        assert len(search.Names.of(opened)) == 100_000
        for typed in ("island 1eef", "hdsj", "海岛", "Iland 3dde Ltd", "nobody at all"):
            started = time.perf_counter()
            find(opened, typed)
            # some hundredths of a second on an idle machine
            assert time.perf_counter() - started < 5
