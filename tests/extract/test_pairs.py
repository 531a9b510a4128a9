"""The classifier of pairs: the same features each time, the right way round, and how good it is on FinRE."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from spacy.language import Language

from kg.extract import finre, opinion, pairs, pipeline, train_pairs
from kg.extract.lac import Tagged
from kg.extract.relations import Found
from kg.items import Mention, Relation, Said

ROOT = Path(__file__).parents[2]


def spans_of(text: str, *names: str) -> list[tuple[int, int]]:
    return [(text.index(name), text.index(name) + len(name)) for name in names]


def untagged(text: str) -> Tagged:
    """Each character a word."""
    return [("n", True)] * len(text)


def features(text: str, first: str, second: str, *others: str) -> pairs.Features:
    a, b, *rest = spans_of(text, first, second, *others)
    spans = [(*a, "Company"), (*b, "Company"), *((*span, "Company") for span in rest)]
    return pairs.features(text, untagged(text), spans, a, b)


def judged(nlp: Language, text: str, subject: str, other: str) -> pairs.Opinion:
    reading = finre.understand(nlp, text)
    a, b = spans_of(text, subject, other)
    spans = [(*a, "Company"), (*b, "Company")]
    return pairs.load()(reading.plain, reading.tagged, spans, a, b)


def test_features_are_the_same_each_time_and_of_one_length() -> None:
    text = "北岸乳业拟以3.5亿元收购青禾食品60%股权"
    found = features(text, "北岸乳业", "青禾食品")
    assert list(found.items()) == list(features(text, "北岸乳业", "青禾食品").items())
    assert math.isclose(sum(w * w for w in found.values()), 1.0)
    assert {"m:收购", "cm:收购", "cc:拟+收购", "|m拟", "m|收购"} <= set(found)


def test_numbers_and_narrow_punctuation_make_no_difference() -> None:
    wide = features("甲公司，拟以3.5亿元收购乙公司", "甲公司", "乙公司")
    narrow = features("甲公司,拟以1,200亿元收购乙公司", "甲公司", "乙公司")
    assert {name for name in wide if name.startswith("m:")} == {name for name in narrow if name.startswith("m:")}


def test_other_names_are_a_letter() -> None:
    one = features("甲公司通过丙集团收购乙公司", "甲公司", "乙公司", "丙集团")
    assert "m:Ｃ" in one
    assert not any("丙" in name for name in one if name.startswith("m:"))


def test_own_names_are_no_features() -> None:
    # what is learnt of one firm must not speak for it in the next text
    assert features("北岸乳业收购青禾食品", "北岸乳业", "青禾食品") == features(
        "南岭矿山收购白塔制药", "南岭矿山", "白塔制药"
    )


@pytest.mark.parametrize(
    ("text", "buyer", "target"),
    [
        ("北岸乳业宣布以3亿元收购青禾食品全部股权", "北岸乳业", "青禾食品"),
        ("青禾食品被北岸乳业收购", "北岸乳业", "青禾食品"),
        ("北岸乳业已完成对青禾食品的收购", "北岸乳业", "青禾食品"),
        ("北岸乳业拟收购青禾食品", "北岸乳业", "青禾食品"),
    ],
)
def test_who_buys_whom(nlp: Language, text: str, buyer: str, target: str) -> None:
    there, back = judged(nlp, text, buyer, target), judged(nlp, text, target, buyer)
    assert there.acquires > 0.5 > back.acquires
    assert all(0 <= p <= 1 for one in (there, back) for p in (one.acquires, one.invests, one.holds))


def test_who_holds_shares_and_who_puts_money_in(nlp: Language) -> None:
    holds = judged(nlp, "北岸乳业持有青禾食品12%的股份，为第二大股东", "北岸乳业", "青禾食品")
    assert holds.holds > max(holds.acquires, holds.invests)
    invests = judged(nlp, "北岸乳业斥资2亿元入股青禾食品", "北岸乳业", "青禾食品")
    assert invests.invests > max(invests.acquires, invests.holds)


@pytest.mark.parametrize(
    "text",
    [
        "北岸乳业与青禾食品签署战略合作协议",
        "北岸乳业、青禾食品等企业的产品抽检合格",
        "北岸乳业的竞争对手青禾食品去年收入下滑",
        "北岸乳业起诉青禾食品商标侵权",
    ],
)
def test_what_is_no_deal(nlp: Language, text: str) -> None:
    for a, b in (("北岸乳业", "青禾食品"), ("青禾食品", "北岸乳业")):
        said = judged(nlp, text, a, b)
        assert max(said.acquires, said.invests) < opinion.SURE


def test_what_the_rules_found_stays_as_it_is(nlp: Language) -> None:
    text = "甲公司与乙能源签署购电协议，将向后者购买电力，投资者并不意外"
    mentions = [Mention(*span, text[slice(*span)], "Company") for span in spans_of(text, "甲公司", "乙能源")]
    found = Found([Relation("acquires", 0, 1, 0, len(text), 0, Said.SUMMARY, "rule", 0.9)])
    before = list(found.relations)
    reading = finre.understand(nlp, text)
    after = opinion.look(reading.plain, reading.tagged, mentions, found)
    assert after.relations == before
    assert after.unused == []


def test_a_likely_deal_without_a_rule_is_kept_to_be_looked_at_and_is_no_fact(nlp: Language) -> None:
    text = "北岸乳业宣布收购青禾食品全部股权。双方与南岭银行合作。"
    mentions = [Mention(*span, "", "Company") for span in spans_of(text, "北岸乳业", "青禾食品", "南岭银行")]
    mentions = [Mention(m.start, m.end, text[m.start : m.end], "Company") for m in mentions]
    reading = finre.understand(nlp, text)
    found = opinion.look(reading.plain, reading.tagged, mentions, Found())
    assert found.relations == []
    assert [text[one.start : one.end] for one in found.unused] == ["北岸乳业宣布收购青禾食品全部股权。"]
    assert [text[one.cue : one.cue + 2] for one in found.unused] == ["收购"]


def test_it_stands_in_the_pipeline_and_adds_nothing() -> None:
    steps = pipeline.load().pipe_names
    assert steps.index("kg_opinion") == steps.index("kg_relations") + 1


def test_the_model_is_small() -> None:
    assert pairs.model_path().stat().st_size < 5_000_000


# -- FinRE


def corpus(folder: Path, *lines: str) -> Path:
    (folder / "train.txt").write_text("".join(line + "\n\n" for line in lines), encoding="utf-8")
    return folder / "train.txt"


def test_a_pair_is_read_once_with_its_labels_from_the_first(tmp_path: Path) -> None:
    text = "乙公司被甲公司以<N>.<N>亿元,全资收购,甲公司大涨"
    path = corpus(
        tmp_path,
        f"甲公司\t乙公司\t收购\t{text}",
        f"乙公司\t甲公司\t被收购\t{text}",
        f"乙公司\t甲公司\t被买资\t{text}",
    )
    (example,) = finre.read(path)
    assert example.text == "乙公司被甲公司以7.7亿元，全资收购，甲公司大涨"
    assert (example.first, example.second) == ((0, 3), (4, 7))  # where they stand closest
    assert example.labels == {"被收购", "被买资"}
    assert example.states(finre.ACQUIRES, False)
    assert not example.states(finre.ACQUIRES, True)
    assert train_pairs.label(example) == "A<"


def test_one_name_within_the_other_is_no_place_for_it() -> None:
    assert finre.nearest("中矿集团收购北矿，中矿获利", "中矿", "中矿集团") == ((9, 11), (0, 4))
    assert finre.nearest("中矿集团收购北矿", "中矿", "中矿集团") is None


def test_without_finre_the_model_stays(tmp_path: Path) -> None:
    model = tmp_path / "pairs.crfsuite"
    model.write_bytes(b"as it was")
    command = [sys.executable, "-m", "kg.extract.train_pairs", str(tmp_path / "none"), "--output", str(model)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == f"pairs.crfsuite stays as it is: there is no FinRE in {tmp_path / 'none'}.\n"
    assert model.read_bytes() == b"as it was"


def test_training_gives_the_same_file_each_time(tmp_path: Path) -> None:
    texts = [("甲公司收购乙公司", "A>"), ("甲公司被乙公司收购", "A<"), ("甲公司与乙公司竞争", "O")]
    rows = [(features(text, "甲公司", "乙公司"), kind) for text, kind in texts]
    for name in ("one", "two"):
        train_pairs.train(rows, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_threshold_is_not_a_lucky_one() -> None:
    said = np.array([0.05] * 20 + [0.2] * 5 + [0.6] * 10)
    there = np.array([False] * 25 + [True] * 10)
    limit, reached = train_pairs.threshold(said, there)
    assert limit == 0.24  # with three steps to either side all are right
    assert reached == 1.0


def test_measuring_without_finre_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tools" / "finre.py"), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    assert ran.returncode == 2
    assert "name the folder that FinRE lies in" in ran.stderr


@pytest.mark.skipif(not (train_pairs.FOLDER / "valid.txt").is_file(), reason="FinRE isn't beside the checkout")
def test_no_worse_on_finre_than_measured() -> None:
    from tools import finre as measuring

    figures = measuring.measure()
    # of 31 purchases one pair is a point: 中海油旗下子公司…收购了OPTI公司的股权 is labelled as nothing there
    assert figures["acquires"]["together"].f1 >= 0.55
    assert figures["investsIn"]["together"].f1 >= 0.58
    for ways in figures.values():
        assert ways["together"].f1 > ways["rules"].f1
