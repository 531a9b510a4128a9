"""Names that LAC and the words around them give where the model is silent."""

from __future__ import annotations

import pytest
from spacy.language import Language

from kg.extract import backstop, pipeline
from kg.extract.plain import simplify
from kg.extract.recogniser import Clues, clues


def seen(text: str) -> Clues:
    return clues(simplify(text), pipeline.load_lac(), pipeline.gazetteer())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("全资子公司山河电建集团国际工程有限公司与米林炼化公司签订了合同", ["山河电建集团国际工程有限公司"]),
        ("间接全资附属公司广东云岫产业投资有限公司以总对价", ["广东云岫产业投资有限公司"]),
        ("公司已按约定向华为技术有限公司支付尾款", ["华为技术有限公司"]),
        ("云岫新生活控股股东松岭有限公司增持", ["松岭有限公司"]),
        ("根据有限公司章程", []),
    ],
)
def test_legal_names(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in backstop.legal_names(text, seen(text))] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("法定代表人为陈佑安，注册资本5亿元", ["陈佑安"]),
        ("公司的董事长是林启明，男，48岁", ["林启明"]),
        ("林启明女士已辞任公司秘书", ["林启明"]),
        ("公司的董事长是林启会，男，48岁", ["林启会"]),
        ("受访者分为老年，男，女，都有", []),
        ("林启明出生于一九七〇年", []),
    ],
)
def test_officers(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in backstop.persons(text, seen(text))] == names


@pytest.mark.parametrize(
    ("text", "announces"),
    [
        ("云岫股份在互动平台表示：订单充足。", True),
        ("云岫股份(300999)发布公告。", True),
        ("云岫股份昨日股价上涨。", False),
        ("本公司在互动平台表示：订单充足。", False),
    ],
)
def test_announcers(text: str, announces: bool) -> None:
    found = {text[a:b] for a, b in backstop.announcers(text, seen(text))}
    assert found == ({"云岫股份"} if announces else set())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("昨日，玛岭公司同意以3亿美元收购云岫软件。", ["玛岭公司"]),
        ("该公司同意以3亿美元收购云岫软件。", []),
        ("上市公司宣布回购。", []),
        ("玛岭公司股价上涨。", []),
        ("云岫微公告：拟收购股份。", []),
    ],
)
def test_dealers(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in backstop.dealers(text, seen(text))] == names


def test_an_announcer_without_what_describes_it_and_when() -> None:
    for text in (
        "科创板公司云岫新材公告，股东减持。",
        "云岫新材昨晚公告，股东减持。",
        "云岫新材联交所公告，股东减持。",
    ):
        assert {text[a:b] for a, b in backstop.announcers(text, seen(text))} <= {"云岫新材"}


def test_the_firm_behind_subsidiary(nlp: Language) -> None:
    text = "所属子公司安徽卓群正在开展业务。"
    assert [text[a:b] for a, b in backstop.owned(text, seen(text))] == ["安徽卓群"]
    text = "多家子公司正在开展业务。"
    assert list(backstop.owned(text, seen(text))) == []


def test_datelines_and_sources_name_nobody(nlp: Language) -> None:
    text = "澄江财经讯 8月6日消息，微软发布财报。（澄江日报）\n来源：澄江新闻"
    names = {m.text for m in pipeline.run(nlp, text, None)._.mentions}
    assert names == {"微软"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("8月26日，英岭体育VSN完成B轮融资，金额达1亿美元。", ["英岭体育VSN"]),
        ("该公司完成B轮融资。", []),
        ("数据公司完成B轮融资。", []),
        ("此后完成B轮融资。", []),
    ],
)
def test_who_closes_a_round(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in backstop.raisers(text, seen(text))] == names
