"""The frame: who may ask, what every answer bears, what a fault looks like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from kg.serve.safety import is_loopback
from kg.serve.site import Limits, Settings, href, outside


def test_start_page_has_the_reports(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "2024" in answer.text
    assert 'lang="zh-CN"' in answer.text


def test_language_is_chosen_by_address_and_kept(client: TestClient) -> None:
    assert "What is in the store" in client.get("/?lang=en").text
    assert "What is in the store" in client.get("/").text
    assert "图谱概览" in client.get("/?lang=zh").text


def test_every_answer_has_the_headers(client: TestClient) -> None:
    for path in ("/", "/nowhere", "/static/site.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:8000", 200), ("[::1]:80", 200), ("evil.example", 421), ("", 421),
     ("localhost.evil.example", 421)],
)  # fmt: skip
def test_only_who_names_this_machine_is_answered(client: TestClient, host: str, status: int) -> None:
    assert client.get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"origin": "http://evil.example"}, 403), ({"origin": "null"}, 403), ({"sec-fetch-site": "cross-site"}, 403),
     ({"origin": "http://localhost"}, 405), ({}, 405), ({"origin": "null", "sec-fetch-site": "same-origin"}, 405),
     ({"origin": "null", "sec-fetch-site": "cross-site"}, 403)],
)  # fmt: skip
def test_changes_come_from_own_pages_alone(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/", headers=headers).status_code == status


def test_long_requests_are_refused(samples: Path, client_of: Callable[[Settings], Any]) -> None:
    with client_of(Settings(samples, limits=Limits(body_bytes=100))) as client:
        assert client.post("/", content=b"x" * 101).status_code == 413


def test_a_token_is_needed_where_there_is_one(samples: Path, client_of: Callable[[Settings], Any]) -> None:
    with client_of(Settings(samples, host="0.0.0.0", token="s3cret", names=("desk.example",))) as client:
        assert client.get("/").status_code == 401
        assert client.get("/?token=wrong").status_code == 401
        assert client.get("/", headers={"authorization": "Bearer s3cret"}).status_code == 200
        assert client.get("/", headers={"host": "desk.example"}).status_code == 401
        redirect = client.get("/?token=s3cret&lang=en", follow_redirects=False)
        assert (redirect.status_code, redirect.headers["location"]) == (303, "/?lang=en")
        assert client.get("/").status_code == 200  # the cookie


def test_faults_are_a_sentence_for_people_and_json_for_programs(client: TestClient) -> None:
    assert "没有这个页面" in client.get("/nowhere").text
    assert client.get("/nowhere", headers={"accept": "*/*"}).json() == {
        "status": 404,
        "error": "没有这个页面。",
    }


def test_a_store_that_is_gone_is_told(tmp_path: Path, client_of: Callable[[Settings], Any]) -> None:
    with client_of(Settings(tmp_path / "none")) as client:
        answer = client.get("/")
    assert answer.status_code == 503
    assert "处没有图谱：请以 kg add 建立" in answer.text


def test_addresses() -> None:
    assert href("https://w3id.org/regkg/id/entity/company/甲 b") == "/id/entity/company/%E7%94%B2%20b"
    assert href("https://example.org/a?b=c") == "/resource?iri=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc"
    assert outside("javascript:alert(1)") == ""
    assert 'href="https://example.org/&#34;&gt;' in outside('https://example.org/">')
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")


@pytest.mark.browser
def test_a_real_server_answers(site: str) -> None:
    assert httpx2.get(f"{site}/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/sparql?query=ASK{}", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ("GET", "/sparql?query=ASK{}", {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}, 403),
        ("GET", "/", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        ("GET", "/", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        ("GET", "/", {"sec-fetch-site": "same-origin", "sec-fetch-mode": "no-cors"}, 200),
        ("POST", "/sparql?query=ASK{}", {"origin": "https://evil.example"}, 403),
        ("POST", "/reconcile", {"origin": "https://evil.example"}, 403),
        ("POST", "/reconcile", {"origin": "http://127.0.0.1:3333"}, 415),
        ("GET", "/reconcile", {"origin": "http://localhost:3333", "sec-fetch-site": "same-site"}, 200),
    ],
)
def test_other_sites_pages_are_not_answered(
    client: TestClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """No page of theirs could read an answer, but each could see how long it takes."""
    assert client.request(method, path, headers=headers).status_code == status


def test_a_token_leads_nowhere_else(samples: Path, client_of: Callable[[Settings], Any]) -> None:
    with client_of(Settings(samples, token="s3cret")) as client:
        refused = client.get("/")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert "kg serve" in refused.text
        assert "令牌" in refused.text
        answer = client.get("http://localhost///evil.example/?token=s3cret", follow_redirects=False)
        assert answer.headers["location"] == "/evil.example/"


def test_a_length_that_is_no_number_is_refused(client: TestClient) -> None:
    for length in ("\xb2", "-1", "9" * 5000):
        answer = client.get("/", headers=[(b"content-length", length.encode("latin-1"))])
        assert answer.status_code == 413
