"""The reconciliation service: names of a table to entities, sure ones marked, others offered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg.serve.site import Settings

REFINE = "http://127.0.0.1:3333"


def ask(client: TestClient, queries: dict[str, Any], method: str = "POST") -> Any:
    given = {"queries": json.dumps(queries, ensure_ascii=False)}
    sent = {"data": given} if method == "POST" else {"params": given}
    answer = client.request(method, "/reconcile", headers={"accept": "application/json"}, **sent)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    found = answer.json()
    check_batch(found, queries)
    return {key: each["result"] for key, each in found.items()}


def check_batch(found: Any, queries: dict[str, Any]) -> None:
    """What the specification's schema of a result batch asks."""
    assert set(found) == set(queries)
    for each in found.values():
        assert isinstance(each["result"], list)
        for one in each["result"]:
            assert isinstance(one["id"], str)
            assert isinstance(one["name"], str)
            assert isinstance(one["description"], str)
            assert isinstance(one["score"], int | float)
            assert isinstance(one["match"], bool)
            assert all({"id", "name"} <= set(type_) for type_ in one["type"])
            assert all(isinstance(feature["value"], bool | int | float) for feature in one["features"])
        assert sum(one["match"] for one in each["result"]) <= 1
        scores = [one["score"] for one in each["result"]]
        assert scores == sorted(scores, reverse=True)


def test_the_manifest_says_what_there_is(client: TestClient) -> None:
    said = client.get("/reconcile", headers={"accept": "application/json"}).json()
    assert "0.2" in said["versions"]
    assert all(isinstance(said[key], str) for key in ("name", "identifierSpace", "schemaSpace"))
    assert said["identifierSpace"] == "https://w3id.org/regkg/id/"
    assert all(set(type_) == {"id", "name"} for type_ in said["defaultTypes"])
    assert "{{id}}" in said["view"]["url"]
    assert "{{id}}" in said["preview"]["url"]
    assert isinstance(said["preview"]["width"], int)
    for service in said["suggest"].values():
        assert client.get(service["service_path"], params={"prefix": "a"}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sure_names_match(client: TestClient, method: str) -> None:
    found = ask(
        client, {"q0": {"query": "OpenAI"}, "q1": {"query": "ｏｐｅｎａｉ"}, "q2": {"query": "无此公司甲乙丙"}}, method
    )
    assert found["q0"][0]["id"] == "entity/openai"
    assert found["q0"][0]["match"]
    assert found["q1"][0]["match"]
    assert not any(one["match"] for one in found["q2"])


def test_near_names_are_offered_and_do_not_match(client: TestClient) -> None:
    (best, *_) = ask(client, {"q": {"query": "OpenAl"}})["q"]  # an l for an I
    assert best["name"] == "OpenAI"
    assert not best["match"]
    assert 0 < best["score"] < 100


def test_parts_of_names_do_not_match(client: TestClient) -> None:
    assert not any(one["match"] for one in ask(client, {"q": {"query": "Open"}})["q"])


def test_types_hold_candidates_back(client: TestClient) -> None:
    found = ask(
        client,
        {"a": {"query": "OpenAI", "type": "Company"}, "b": {"query": "OpenAI", "type": "Regulator"},
         "c": {"query": "OpenAI", "type": ["Regulator", "kg:Company"]}},
    )  # fmt: skip
    assert found["a"][0]["match"]
    assert found["b"] == []
    assert found["c"][0]["match"]


def test_properties_tell_candidates_apart(client: TestClient) -> None:
    def query(value: Any) -> dict[str, Any]:
        return {"query": "个人信息保护法", "properties": [{"pid": "kind", "v": value}, {"pid": "price", "v": 1}]}

    found = ask(client, {"zh": query("法律"), "en": query({"id": "law"}), "not": query(["guidelines", "plan"])})
    for key in ("zh", "en"):
        assert found[key][0]["match"]
        assert found[key][0]["features"] == [{"id": "kind", "value": True}]
    assert not found["not"][0]["match"]
    assert found["not"][0]["score"] < found["zh"][0]["score"]


def test_a_limit_is_kept(client: TestClient) -> None:
    assert len(ask(client, {"q": {"query": "AI", "limit": 2}})["q"]) <= 2


@pytest.mark.parametrize(
    "queries",
    ["", "nonsense", "[]", "{}", '{"q": 1}', '{"q": {"query": 1}}', '{"q": {"query": "a", "limit": "x"}}',
     '{"q": {"query": "a", "type": [1]}}', "[" * 5000,
     json.dumps({f"q{n}": {"query": "a"} for n in range(201)})],
)  # fmt: skip
def test_what_can_not_be_read_is_told(client: TestClient, queries: str) -> None:
    answer = client.post("/reconcile", data={"queries": queries}, headers={"accept": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


def test_suggestions(client: TestClient) -> None:
    entities = client.get("/reconcile/suggest/entity", params={"prefix": "open"}).json()["result"]
    assert "OpenAI" in {one["name"] for one in entities}
    types = client.get("/reconcile/suggest/type", params={"prefix": "监管", "lang": "zh"}).json()["result"]
    assert [one["id"] for one in types] == ["Regulator"]
    properties = client.get("/reconcile/suggest/property", params={"prefix": "kind"}).json()["result"]
    assert [one["id"] for one in properties] == ["kind"]
    assert client.get("/reconcile/suggest/entity").json() == {"result": []}
    assert client.get("/reconcile/suggest/nothing").status_code == 404


def test_a_preview_is_a_small_page(client: TestClient) -> None:
    page = client.get("/reconcile/preview", params={"id": "entity/openai", "lang": "zh"})
    assert "OpenAI" in page.text
    assert "http://127.0.0.1:*" in page.headers["content-security-policy"]
    assert client.get("/reconcile/preview", params={"id": "entity/nobody"}).status_code == 404


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [(REFINE, True), ("http://localhost:3333", True), ("https://evil.example", False), ("null", False),
     ("http://localhost.evil.example", False)],
)  # fmt: skip
def test_only_pages_of_this_machine_may_read(client: TestClient, origin: str, allowed: bool) -> None:
    for path in ("/reconcile", "/reconcile/suggest/entity?prefix=open"):
        answer = client.get(path, headers={"origin": origin, "accept": "application/json"})
        assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert "access-control-allow-origin" not in client.get("/sparql?query=ASK{}", headers={"origin": origin}).headers


def test_none_may_where_a_token_guards(samples: Path, client_of: Callable[[Settings], Any]) -> None:
    with client_of(Settings(samples, token="s3cret")) as client:
        headers = {"origin": REFINE, "authorization": "Bearer s3cret", "accept": "application/json"}
        answer = client.get("/reconcile", headers=headers)
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
