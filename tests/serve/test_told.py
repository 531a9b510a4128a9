"""Sentences of faults in Chinese: the table says what the code says, and no page in Chinese answers in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kg.serve.site import words
from kg.serve.told import told

# where the code puts sentences together
_MADE = re.compile(
    r"\{\w+\}|; |: | at “|“|”|, by | is (?:accepted|rejected|fixed|added)|(?<=status of )a \w+|1 tie| ties| \(|\)"
)
PACKAGE = Path(__file__).parents[2] / "kg"
TABLE = {key: entry for key, entry in words().items() if key.startswith("told.")}


@pytest.fixture(scope="module")
def code() -> str:
    """The package's text, with strings that go on in the next line made one."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))
    return re.sub(r'"\s*\n\s*f?"', "", text)


@pytest.mark.parametrize("key", TABLE)
def test_a_sentence_of_the_table_is_one_of_the_code(key: str, code: str) -> None:
    """Else the code has changed its words, and a page in Chinese says them in English."""
    for part in _MADE.split(TABLE[key]["en"]):
        assert part.strip() in code, part


@pytest.mark.parametrize("key", TABLE)
def test_what_stands_in_a_sentence_stands_in_the_other(key: str) -> None:
    english, chinese = (set(re.findall(r"\{(\w+)\}", TABLE[key][lang])) for lang in ("en", "zh"))
    assert chinese <= english
    filled = TABLE[key]["en"].format(**dict.fromkeys(english, "甲"))
    said = told(filled, "zh")
    assert said != filled
    assert told(filled, "en") == filled


def test_sentences_within_sentences() -> None:
    assert told("line 2, column 6: there is no kg:aquires; did you mean kg:acquires?", "zh") == (
        "第 2 行第 6 列：没有 kg:aquires，是否指 kg:acquires？"
    )
    assert told("“a” and “b” differ in one letter; they share 2 ties (issuedBy)", "zh") == (
        "“a”与“b”仅差一个字母；并有 2 项共同关系（issuedBy）"
    )
    assert told("something else that arose", "zh") == "something else that arose"
    assert told("nothing in the store is called {0} {name}", "zh") == "图谱中没有名为“{0} {name}”的主体或文件"


@pytest.mark.parametrize(
    "path",
    ["/ask/deals?firm=没有这家公司", "/ask/acquisitions?since=soon", "/ask/acquisitions?currency=贝壳",
     "/ask/acquisitions?form=exe", "/ask/nonsense", "/chain?name=没有这家", "/chain?name=OpenAI&depth=many",
     "/path?from=OpenAI&to=OpenAI", "/diff?since=2024-06&until=2024-06", "/diff?since=nowhere&until=2024-06",
     "/map?preset=all", "/map?name=没有这家", "/map?hops=9&name=x", "/sparql?query=ASK {", "/sparql?example=history",
     "/sparql?query=SELECT ?a { ?a kg:aquires ?b }", "/sparql?query=ASK { ?a foo:b ?c }",
     "/sparql?query=ASK { SERVICE <http://a.example/> { ?a ?b ?c } }", "/sparql?query=CLEAR ALL",
     "/sparql/map?query=SELECT (1 AS ?x) {}", "/id/entity/nobody", "/status/none", "/resource", "/nowhere"],
)  # fmt: skip
def test_a_fault_on_a_page_in_chinese_is_in_chinese(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"accept-language": "zh"})
    assert answer.status_code >= 400
    (said,) = re.findall(r'role="alert">([^<]*)<', answer.text)
    assert re.search(r"[\u4e00-\u9fff]", said), said
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}", said), said
