"""Questions as forms: the answer with its evidence, downloads, names that could be several, addresses that repeat."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote

import openpyxl
import pytest
from starlette.testclient import TestClient

from kg.query import catalogue


def test_every_question_is_listed(client: TestClient) -> None:
    page = client.get("/ask").text
    for question in catalogue.questions():
        assert f'href="/ask/{question.name}"' in page
        assert question.zh in page
    assert 'href="/chain"' in page


@pytest.mark.parametrize("name", catalogue.names())
def test_every_question_has_a_form(name: str, client: TestClient) -> None:
    answer = client.get(f"/ask/{name}")
    assert answer.status_code == 200
    for parameter in catalogue.question(name).parameters:
        assert f'name="{parameter.name}"' in answer.text


def test_an_answer_cites(client: TestClient) -> None:
    page = client.get("/ask/acquisitions").text
    assert 'id="q1"' in page
    assert re.search(r'<td class="notes"><a href="#q1"', page)
    assert "<blockquote>" in page


def test_values_are_as_people_write_them(client: TestClient) -> None:
    page = client.get("/ask/deals", params={"firm": "openai", "status": ["rumoured", "announced"]}).text
    assert "OpenAI" in page
    assert re.search(r'value="rumoured" checked', page)
    assert not re.search(r'value="completed" checked', page)


def test_a_wrong_value_is_told_in_the_form(client: TestClient) -> None:
    answer = client.get("/ask/acquisitions", params={"since": "soon"})
    assert answer.status_code == 400
    assert "“soon”不是日期" in answer.text
    assert 'value="soon"' in answer.text


def test_a_name_that_could_be_several_is_asked_back(client: TestClient) -> None:
    answer = client.get("/ask/deals", params={"firm": "Open"})
    assert answer.status_code in (200, 300)
    if answer.status_code == 300:
        where = re.findall(r'href="(/ask/deals\?firm=[^"]+)"', answer.text)
        assert where
        assert client.get(where[0].replace("&amp;", "&")).status_code == 200


def test_an_unknown_name_is_told(client: TestClient) -> None:
    answer = client.get("/ask/deals", params={"firm": "没有这家公司甲乙丙丁"})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("form", ["xlsx", "csv", "docx", "markdown", "json"])
def test_answers_are_downloaded(form: str, client: TestClient) -> None:
    answer = client.get("/ask/acquisitions", params={"form": form})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert len(answer.content) > 200


def test_a_downloaded_workbook_has_the_quotes(client: TestClient) -> None:
    answer = client.get("/ask/deals", params={"firm": "OpenAI", "status": "all", "form": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert len(book.sheetnames) >= 2
    assert "deals-" in unquote(answer.headers["content-disposition"])


def test_a_form_that_there_is_not(client: TestClient) -> None:
    assert client.get("/ask/acquisitions", params={"form": "exe"}).status_code == 400


def test_the_page_says_how_to_ask_again(client: TestClient) -> None:
    page = client.get("/ask/deals", params={"firm": "OpenAI", "status": ["announced", "completed"]}).text
    assert 'href="/ask/deals?firm=OpenAI&amp;status=announced&amp;status=completed"' in page
    assert "kg ask deals firm=OpenAI status=announced,completed" in page


def test_an_unknown_question_is_not_there(client: TestClient) -> None:
    answer = client.get("/ask/nonsense")
    assert answer.status_code == 404
    assert "nonsense" in answer.text
    assert client.get("/ask/..%2f..%2fetc%2fpasswd.rq").status_code == 404
    assert client.get("/ask/x.rq").status_code == 404


def test_chains(client: TestClient) -> None:
    page = client.get("/chain", params={"name": "OpenAI"}).text
    assert 'class="tree"' in page
    assert "status-" in page
    assert client.get("/chain", params={"name": "OpenAI", "depth": "many"}).status_code == 400
    assert client.get("/chain", params={"name": "OpenAI", "form": "csv"}).status_code == 200


def test_paths(client: TestClient) -> None:
    assert client.get("/path").status_code == 200
    answer = client.get("/path", params={"from": "OpenAI", "to": "NVIDIA"})
    assert answer.status_code in (200, 300)


def test_changes(client: TestClient) -> None:
    form = client.get("/diff").text
    assert 'value="2024-06"' in form
    page = client.get("/diff", params={"since": "2024-06", "until": "2024-07"}).text
    assert "<blockquote>" in page
    assert client.get("/diff", params={"since": "2024-06", "until": "2024-07", "form": "docx"}).status_code == 200


def test_hostile_values_stay_text(client: TestClient) -> None:
    page = client.get("/ask/deals", params={"firm": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "path",
    ["/ask/deals?firm=OpenAI&status=all", "/ask/acquisitions", "/chain?name=OpenAI", "/path?from=xAI&to=Wiz",
     "/diff?since=2024-06&until=2024-07"],
)  # fmt: skip
def test_an_answer_is_drawn_too(path: str, client: TestClient) -> None:
    (link,) = re.findall(r'class="button" href="(/map\?[^"]+)"', client.get(path).text)
    answer = client.get(link.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert 'id="map"' in answer.text


def test_candidates_are_told_by_their_class_in_words(client: TestClient) -> None:
    answer = client.get("/ask/mentions", params={"name": "数据"})
    assert answer.status_code == 300
    assert re.search(r'<span class="soft">(监管机构|法规与文件|报告与白皮书|公司|组织)', answer.text)
    assert "Instrument" not in re.sub(r"<[^>]*>", "", answer.text)


def test_a_note_leads_to_what_it_says_is_left_out(client: TestClient) -> None:
    """Who looks at a page types no status=all."""
    for path in (
        "/ask/acquisitions",
        "/path?from=xAI&to=Wiz&limit=1",
        "/path?from=xAI&to=Wiz&hops=1",
        "/ask/deals?lang=en",
    ):
        page = client.get(path).text
        notes = re.findall(r'<p class="note">(.*?)</p>', page)
        assert notes, path
        assert not re.search(r"status=all|--\w", re.sub(r"<[^>]*>", "", " ".join(notes))), path
        links = re.findall(r'href="([^"]*)"', " ".join(notes))
        again = client.get(links[0].replace("&amp;", "&"))
        assert again.status_code == 200
        assert again.text.count("<tr") > page.count("<tr"), path
    client.get("/?lang=zh")
