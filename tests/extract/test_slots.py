"""Names that only their place gives away, and the words that stand in such places and name nobody."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from kg.extract import pipeline


@pytest.fixture(scope="module")
def nlp() -> Language:
    return pipeline.load()


def firms(nlp: Language, text: str) -> set[str]:
    return {m.text for m in pipeline.run(nlp, text, date(2024, 8, 19))._.mentions if m.type == "Company"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("外界盛传该集团有意以2亿元收购持牌支付机构禾付通。", "禾付通"),
        ("本月早些时候，该集团收购了Quillon Labs。", "Quillon Labs"),
        ("本轮融资由启岳资本领投，次年又获得追加，由禾岸长青独家投资。", "启岳资本"),
        ("6月底，该公司完成新一轮融资，溪山控股及屿岸资本领投。", "屿岸资本"),
    ],
)
def test_a_name_where_only_a_name_can_stand(nlp: Language, text: str, name: str) -> None:
    assert name in firms(nlp, text)


@pytest.mark.parametrize(
    "text",
    [
        "监管机构对违规公司作出警告。",
        "创业公司如何完成B轮融资",
        "这家企业拟收购同行公司全部股权。",
        "公司把旧设备卖给收藏者，价格约三万元。",
    ],
)
def test_words_in_such_a_place_name_nobody(nlp: Language, text: str) -> None:
    assert not firms(nlp, text)


def test_what_is_put_into_a_firm_is_no_fund_of_its(nlp: Language) -> None:
    found = firms(nlp, "英伟达宣布向英特尔投资50亿美元。")
    assert "英特尔" in found
    assert "英特尔投资" not in found


def test_a_firm_that_is_called_like_a_person(nlp: Language) -> None:
    assert "弗朗茨·霍夫曼" in firms(nlp, "德国老牌零售商弗朗茨·霍夫曼宣布破产，随后由一家基金收购。")
