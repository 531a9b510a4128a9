"""Confidence means how many are right."""

from __future__ import annotations

import pytest
from spacy.language import Language

from kg.extract import confidence, pipeline
from kg.extract.recogniser import Guess
from kg.items import Mention, Relation, Said


def relation(a: int = 0, b: int = 1, headline: bool = False) -> Relation:
    return Relation("acquires", a, b, 0, 20, 4, Said.SUMMARY, "acquire", 0.9, headline=headline)


TEXT = "甲芯拟收购乙智能，丙云和丁网没有参与。"
NAMES = [Mention(0, 2, "甲芯", "Company", None, "known"), Mention(5, 8, "乙智能", "Company", None, "model")]


def test_what_a_list_or_a_form_supports_is_sure_and_a_guess_as_sure_as_the_model() -> None:
    guesses = [Guess(0, 2, "Company", 0.4), Guess(5, 8, "Company", 0.6)]
    assert confidence.certainty(TEXT, NAMES, guesses) == [1.0, 0.6]
    assert confidence.certainty(TEXT, NAMES, []) == [1.0, 0.75]


def test_features() -> None:
    row = dict(zip(confidence.FEATURES, confidence.features(relation(), 2.0, TEXT, NAMES, [1.0, 0.6]), strict=True))
    assert row["rule"] == 2.0
    assert row["names"] == 0.6
    assert row["distance"] == pytest.approx(3 / 60)
    assert (row["between"], row["headline"], row["latin"], row["carried"]) == (0, 0, 0, 0)


def test_what_was_carried_over_is_told() -> None:
    names = [*NAMES, Mention(25, 27, "戊", "Company", None, "known")]
    row = dict(zip(confidence.FEATURES, confidence.features(relation(0, 2), 2.0, TEXT, names, [1, 1, 1]), strict=True))
    assert row["carried"] == 1.0


def test_a_rule_with_few_cases_is_judged_by_its_own_figure() -> None:
    assert confidence.rule_odds(0, 0, 0.9) == pytest.approx(confidence.logit(0.9))
    assert confidence.rule_odds(90, 100, 0.5) > confidence.rule_odds(1, 1, 0.5)
    assert confidence.rule_odds(0, 20, 0.9) < 0


def test_nothing_is_certain() -> None:
    calibration = confidence.load()
    assert calibration is not None
    assert confidence.of(relation(), [1.0] * 8, [100.0] * 8) == 0.99
    assert confidence.of(relation(), [1.0] * 8, [-100.0] * 8) == 0.05


def test_a_doubtful_name_costs_confidence(nlp: Language) -> None:
    calibration = confidence.load()
    assert calibration is not None
    assert dict(zip(confidence.FEATURES, calibration.weights, strict=True))["names"] > 0
    doc = pipeline.run(nlp, "微软宣布以12亿美元收购Nuance Communications。", None)
    assert all(0.05 <= r.confidence <= 0.99 for r in doc._.found.relations)
