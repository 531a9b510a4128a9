"""A name that bodies of several countries bear, by what stands around it."""

from __future__ import annotations

import pytest

from kg.items import Extraction, Item, Mention, Passage
from kg.reference import Reference
from kg.resolve import nations
from kg.resolve.linker import Linker, identify

REFERENCE = Reference.load()
LINKER = Linker(REFERENCE)


def bodies(text: str, *names: str) -> list[str]:
    """The ids of the names, in the order in which they stand in the text; open ones as a question mark."""
    mentions, at = [], 0
    for name in names:
        at = text.index(name, at)
        mentions.append(Mention(at, at + len(name), name, "Regulator", None, "model"))
        at += len(name)
    item = Item("n-1", "", Passage.verbatim(text), ())
    found = identify(Extraction(item, tuple(mentions), ()), LINKER)
    return ["?" if one.open else one.iri.rsplit("/", 1)[1] for one in found]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("司法部发布规定。", ("司法部",), ["moj"]),
        ("美国司法部起诉，司法部称证据充分。", ("美国司法部", "司法部"), ["us-doj", "us-doj"]),
        ("司法部发布规定。美国司法部起诉。", ("司法部", "美国司法部"), ["moj", "us-doj"]),
        # a headline is told by what stands below it, unless China is
        ("与司法部和解后交易获批\n美国司法部曾起诉。", ("司法部", "美国司法部"), ["us-doj", "us-doj"]),
        ("与司法部和解后交易获批\n美国司法部曾起诉。中国商务部回应。", ("司法部", "美国司法部"), ["moj", "us-doj"]),
        ("美国司法部起诉。我国司法部发布规定。", ("美国司法部", "司法部"), ["us-doj", "moj"]),
        ("美国财政部发布规则。财政部说规则下月生效。", ("美国财政部", "财政部"), ["us-treasury", "us-treasury"]),
        (
            "美国财政部发布规则。财政部、海关总署发布公告。",
            ("财政部", "财政部", "海关总署"),
            ["us-treasury", "mof", "gacc"],
        ),
        ("美国商务部列名企业。对此，商务部表示坚决反对。", ("美国商务部", "商务部"), ["us-commerce", "mofcom"]),
        ("美国商务部列名企业。中国商务部回应。", ("美国商务部", "中国商务部"), ["us-commerce", "mofcom"]),
        ("商务部对原产于美国的产品立案调查。", ("商务部",), ["mofcom"]),
        ("美国提高关税，商务部发言人作出回应。", ("商务部",), ["mofcom"]),
        ("英国财政部公布预算。财政部大臣发言。", ("英国财政部", "财政部"), ["uk-treasury", "uk-treasury"]),
        ("日本央行加息。央行行长讲话。", ("日本央行", "央行"), ["boj", "boj"]),
        ("央行下调利率。", ("央行",), ["pbc"]),
        ("美国众议院表决。众议院议长签字。", ("美国众议院", "众议院"), ["us-house", "us-house"]),
        ("众议院表决。", ("众议院",), ["?"]),
        ("澳大利亚议会开会，众议院表决。", ("众议院",), ["au-house"]),
        ("新西兰政府表态，众议院表决。", ("众议院",), ["?"]),
        ("金管局公布指引。", ("金管局",), ["?"]),
        ("新加坡发布计划，金管局公布指引。", ("金管局",), ["mas"]),
        ("香港与新加坡合作，金管局提供资金。", ("金管局",), ["?"]),
        (
            "香港金融管理局与新加坡金融管理局合作，金管局提供资金。",
            ("香港金融管理局", "新加坡金融管理局", "金管局"),
            ["hkma", "mas", "?"],
        ),
    ],
)
def test_whose_body_it_is(text: str, names: tuple[str, ...], expected: list[str]) -> None:
    assert bodies(text, *names) == expected


def test_signals_stand_in_order_and_know_their_bodies() -> None:
    text = "美方加税，商务部回应；德国观望。"
    mention = Mention(5, 8, "商务部", "Regulator", None, "model")
    found = nations.signals(text, [mention], REFERENCE)
    assert [(s.country, s.row.id if s.row else None) for s in found] == [("US", None), ("CN", "mofcom"), ("DE", None)]


@pytest.mark.parametrize("text", ["", "没有国家的句子"])
def test_no_signals(text: str) -> None:
    assert nations.signals(text, [], REFERENCE) == []
