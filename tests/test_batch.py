"""A document gives the same quads wherever, with whomever and in whatever form it comes."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from kg.batch import Extracted, Failed, canonical, extract

NEWS = {
    "id": "n-1",
    "title": "海鸥科技收购燕鸥软件",
    "text": "海鸥科技宣布，以3亿元收购燕鸥软件。交易已经完成。",
    "date": "2024-08-19",
    "publisher": "海岛报",
    "link": "https://example.org/1",
}
OTHER = {"id": "n-2", "title": "网信办发布办法", "text": "国家互联网信息办公室8月1日发布《数据办法》。"}


def one(document: Any) -> Extracted | Failed:
    (found,) = extract([("here", document)], "news")
    return found


def test_a_document_is_a_report_of_one_item() -> None:
    found = one(json.dumps(NEWS))
    assert isinstance(found, Extracted)
    assert found.id == "n-1"
    quads = found.quads.decode()
    assert found.count == len(quads.splitlines()) == len(set(quads.splitlines()))
    graphs = {line.rsplit(" ", 2)[1] for line in quads.splitlines()}
    assert graphs == {"<https://w3id.org/regkg/id/report/n-1>", "<https://w3id.org/regkg/id/item/n-1>"}
    assert "ontology#acquires>" in quads
    assert '"海岛报"' in quads


def test_it_is_the_same_in_any_company_and_form() -> None:
    alone = one(json.dumps(NEWS))
    assert one({**NEWS, "date": date(2024, 8, 19), "score": 3}) == alone
    assert one({**NEWS, "date": datetime(2024, 8, 19, 7)}) == alone
    assert one(json.dumps({**NEWS, "date": "2024-08-19T07:00:00Z"}, ensure_ascii=False, indent=1)) == alone
    assert list(extract([("a", OTHER), ("b", NEWS), ("c", OTHER)], "news"))[1] == alone


def test_a_source_is_an_address_or_a_publisher() -> None:
    bare = {key: value for key, value in NEWS.items() if key not in ("publisher", "link")}
    assert one({**bare, "source": "https://example.org/1", "publisher": "海岛报"}) == one(NEWS)
    assert one({**bare, "source": "海岛报", "link": "https://example.org/1"}) == one(NEWS)


def test_an_id_is_made_where_there_is_none() -> None:
    bare = {key: value for key, value in NEWS.items() if key != "id"}
    first, again, moved = (canonical("here", document, "My news") for document in (bare, bare, {**bare, "link": "x"}))
    assert first["id"] == again["id"] != moved["id"]
    assert first["id"].startswith("my-news-")
    assert len(first["id"]) == len("my-news-") + 16  # a hundred million don't meet


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "here: this is no JSON object (Expecting property name"),
        ("[]", "here: this is no JSON object; put one on each line."),
        ({"id": "a", "title": "b"}, "here: text is missing; every line needs title and text."),
        ({**NEWS, "date": "May"}, "here: the date 'May' is no day; write it as 2024-08-19."),
        ({**NEWS, "text": "字" * 1_000_001}, "here: it has 1,000,012 characters, and a piece"),
        ('{"title": "\udce4", "text": "b"}', "here: this isn't UTF-8; save the file as UTF-8."),
        ('{"title": "\\ud800", "text": "b"}', "here: it holds half a character (surrogates"),
        ({"id": "a", "title": "b", "text": ["c"]}, "here: text must be a text in quotes."),
        ({"id": "a", "title": "b", "text": "c", "link": {1, 2}}, "TypeError: Object of type set is not JSON"),
    ],
)  # fmt: skip
def test_a_bad_document_costs_itself(document: Any, reason: str) -> None:
    bad, good = extract([("here", document), ("there", NEWS)], "news")
    assert isinstance(bad, Failed)
    assert bad.reason.startswith(reason)
    assert good == one(NEWS)
