"""One vote isn't enough: which guesses stay, and what speaks for them."""

from __future__ import annotations

import pytest

from kg.extract.recogniser import Guess
from kg.extract.support import listed, unsupported
from kg.items import EntityType, Mention


def left_out(text: str, *names: tuple[str, EntityType, float], parties: tuple[str, ...] = ()) -> set[str]:
    mentions = [Mention(text.index(n), text.index(n) + len(n), n, type_, None, "model") for n, type_, _ in names]
    guesses = [Guess(m.start, m.end, m.type, p) for m, (_, _, p) in zip(mentions, names, strict=True)]
    held = {i for i, m in enumerate(mentions) if m.text in parties}
    return {mentions[i].text for i in unsupported(text, mentions, guesses, held)}


@pytest.mark.parametrize(
    ("text", "name", "type_", "probability", "goes"),
    [
        ("新版的Quillbox支持离线编辑。", "Quillbox", "Company", 0.80, True),
        ("新版的Quillbox支持离线编辑。", "Quillbox", "Company", 0.97, False),
        ("芯片制造商Quillbox表示。", "Quillbox", "Company", 0.80, False),
        ("芯片制造商“Quillbox”表示。", "Quillbox", "Company", 0.80, False),
        ("Quillbox的创始人出席。", "Quillbox", "Company", 0.80, False),
        ("Quillbox（NASDAQ: QBX）上涨。", "Quillbox", "Company", 0.80, False),
        ("Quillbox Holdings上涨。", "Quillbox Holdings", "Company", 0.80, False),
        ("云海资本表示看好。", "云海资本", "Company", 0.50, False),
        ("促进远程诊疗发展。", "远程诊疗", "Company", 0.60, True),
        ("他是弄潮儿。", "潮儿", "Person", 0.80, True),
        ("首席执行官Ada Falk出席。", "Ada Falk", "Person", 0.80, False),
        ("新版Ada Falk出席。", "Ada Falk", "Person", 0.80, True),
        ("周明远出席。", "周明远", "Person", 0.95, False),
    ],
)
def test_what_speaks_for_a_guess(text: str, name: str, type_: EntityType, probability: float, goes: bool) -> None:
    assert left_out(text, (name, type_, probability)) == ({name} if goes else set())


def test_a_party_of_a_relation_stays() -> None:
    assert left_out("Quillbox买下Penfold。", ("Quillbox", "Company", 0.5), parties=("Quillbox",)) == set()


def test_a_list_with_names_that_stay_speaks_for_its_members() -> None:
    names = (("Quillbox", "Company", 0.5), ("Penfold", "Company", 0.99), ("Inkwell", "Company", 0.5))
    assert left_out("客户有Quillbox、Penfold和Inkwell。", *names) == set()
    assert left_out("Penfold卖出一批Inkwell。", *names[1:]) == {"Inkwell"}


def test_a_defined_or_known_name_stays() -> None:
    known = Mention(0, 3, "金管局", "Company", None, "known")
    defined = Mention(4, 6, "本行", "Company", "某银行", "model")
    assert unsupported("金管局与本行", [known, defined], [], set()) == set()


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("Quillbox、前滩开源、Penfold等自购。", True),
        ("前滩开源、Penfold等自购。", False),
        ("Quillbox推动前滩开源、Penfold。", False),
    ],
)
def test_a_doubtful_name_between_two_sure_ones(text: str, stays: bool) -> None:
    mentions = [
        Mention(text.index(n), text.index(n) + len(n), n, "Company", None, reason)
        for n, reason in (("Quillbox", "known"), ("前滩开源", "doubt"), ("Penfold", "model"))
        if n in text
    ]
    assert listed(text, mentions) == ({"前滩开源"} if stays else set())
