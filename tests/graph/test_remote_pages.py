"""Every page and every map of a store on a server is the page of the same store in a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import servers
from starlette.testclient import TestClient

from graph import samples
from kg import ids
from kg.graph.store import Store
from kg.query import catalogue
from kg.serve.app import create_app
from kg.serve.site import Settings

GULL, BUREAU = (quote(one.iri, safe="") for one in (samples.GULL, samples.BUREAU))
DEAL = ids.acquisition(samples.GULL.iri, samples.TERN.iri)
SPARQL = quote("SELECT ?a ?b { ?a kg:acquires ?b } ORDER BY ?a ?b")


_TOOK = re.compile(r"in \d+\.\d+ s\b")


def ours(iri: str) -> str:
    return f"/id/{iri.removeprefix(ids.BASE)}"


PAGES = (
    "/", "/search?q=海鸥&all=1", "/search?q=nobody", "/suggest?q=海", ours(samples.GULL.iri), ours(samples.BUREAU.iri),
    ours(samples.RULES.iri), ours(samples.LIN.iri), ours(DEAL), ours(ids.report("2031-05")),
    ours(ids.item("2031-05-deals-1")), "/id/entity/none", "/ask",
    *(f"/ask/{one.name}" for one in catalogue.questions()), f"/ask/deals?firm={GULL}",
    f"/ask/deals.csv?firm={GULL}", f"/chain?name={GULL}", f"/chain?name={BUREAU}",
    f"/path?from={GULL}&to={BUREAU}", "/diff?since=2031-05&until=2031-06", "/map", f"/map?name={GULL}", "/maps",
    f"/sparql?query={SPARQL}", "/sparql", "/review", "/review/pairs", "/void", "/ontology", "/reconcile",
)  # fmt: skip


def filled(place: Path | str) -> Path | str:
    with Store.open(place, "write") as store:
        for report in (samples.may, samples.june, samples.july):
            store.add(*report(), samples.RUN)
    return place


@pytest.fixture(scope="module")
def both(running: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TestClient]]:
    """A client of a workbench over a folder, and one over a server with the same reports."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_DATA_HOME", str(folder / "data"))
        places = {"folder": filled(folder / "store"), "server": filled(servers.emptied(running))}
        clients = {
            name: TestClient(create_app(Settings(place)), base_url="http://localhost", raise_server_exceptions=False)
            for name, place in places.items()
        }
        with clients["folder"], clients["server"]:
            yield clients


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("path", PAGES)
def test_pages(path: str, accept: str, both: dict[str, TestClient]) -> None:
    headers = {"accept": accept, "accept-language": "en"}
    answers = [both[name].get(path, headers=headers) for name in ("folder", "server")]
    assert answers[0].status_code < 500
    assert answers[1].status_code == answers[0].status_code
    assert answers[1].headers.get("content-type") == answers[0].headers.get("content-type")
    folder, server = (_TOOK.sub("in no time", answer.text) for answer in answers)
    assert server == folder


def test_most_pages_are_there(both: dict[str, TestClient]) -> None:
    """Else the addresses above are of another site, and all that is compared are refusals."""
    statuses = [both["folder"].get(path, headers={"accept": "text/html"}).status_code for path in PAGES]
    assert statuses.count(200) > len(PAGES) * 2 // 3
