"""A store on a SPARQL server: what only it has, against ``oxigraph serve`` and against servers that fail."""

from __future__ import annotations

import base64
import io
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import rdflib
import servers
from conftest import Ran
from pyoxigraph import NamedNode, Quad

from graph import samples
from kg import identity, ids
from kg.address import address
from kg.errors import StoreError, UsageError
from kg.graph.conflict import Conflict
from kg.graph.facts import DEFAULT, all_facts
from kg.graph.remote import LAYOUT, OWN, SELF
from kg.graph.store import Store
from kg.graph.wire import Server
from kg.graph.write import write
from kg.settings import judgements_of
from kg.vocab import KG, RDF


def update(server: str, text: str) -> None:
    request = urllib.request.Request(
        server.replace("/query", "/update"), text.encode(), {"Content-Type": "application/sparql-update"}
    )
    urllib.request.urlopen(request, timeout=60).close()


# --------------------------------------------------------------------------------------------------- changes


def test_what_another_changed_meanwhile_is_taken_into_account(server: str) -> None:
    with Store.open(server, "write") as one, Store.open(server, "write") as other:
        one.add(*samples.may(), samples.RUN)
        other.add(*samples.june(), samples.RUN)  # has read what stood before the first
        one.add(*samples.july(), samples.RUN)
    with Store.open(server) as store:
        quads = set(store.quads())
        assert len(store.reports()) == 3
        assert {quad for quad in quads if quad.graph_name == DEFAULT} == all_facts(quads)


def test_a_change_that_another_came_before_does_nothing(server: str) -> None:
    with Store.open(server, "write") as one, Store.open(server, "write") as other:
        assert one._remote is not None
        assert other._remote is not None
        quads = [Quad(NamedNode(f"x:{n}"), RDF.type, KG.Company, NamedNode("x:g")) for n in range(2500)]
        other._remote.exchange([], quads[:1])
        with pytest.raises(Conflict):
            one._remote.exchange([], quads)
        assert len(list(other.quads())) == 1


def test_many_writers_at_once_lose_nothing(server: str) -> None:
    faults: list[BaseException] = []

    def add(made: Any) -> None:
        try:
            with Store.open(server, "write") as store:
                store.add(*made, samples.RUN)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=add, args=(made(),)) for made in (samples.may, samples.june, samples.july)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with Store.open(server) as store, Store.memory() as alone:
        for made in (samples.may, samples.june, samples.july):
            alone.add(*made(), samples.RUN)
        assert set(store.quads()) == set(alone.quads())


def test_a_report_of_twenty_thousand_quads_is_one_request(server: str) -> None:
    report, (first, *_) = samples.may()
    entity = first.entities[0]
    many = [
        replace(entity, iri=ids.entity("Company", f"海岛{n}"), label=replace(entity.label, text=f"海岛{n}"))
        for n in range(4000)
    ]
    said = replace(first, entities=[*first.entities, *many])
    with Store.open(server, "write") as store:
        assert store._remote is not None
        sent: list[str] = []
        whole = store._remote.server._update
        store._remote.server._update = lambda text: (sent.append(text), whole(text))[1]  # type: ignore[method-assign]
        store.add(replace(report, items=(first.item,)), [said], samples.RUN)
        assert len(sent) == 1
        assert sent[0].count("INSERT {") > 15  # parsers of other servers recurse over a block
        assert len(store) > 20_000
        assert store.source(report.id) == report.source


def test_what_a_server_holds_beside_the_graph_is_in_no_count_and_no_export(server: str) -> None:
    with Store.open(server, "write") as store:
        store.add(*samples.may(), samples.RUN)
        store.obey(b"\xef\xbb\xbfsome,rows\n")
        assert len(list(store.quads())) == len(store)
        assert not [quad for quad in store.quads() if str(quad.graph_name).startswith(f"<{ids.BASE}so")]
        assert not [graph for graph in store.graphs() if graph == SELF]
        assert store.obeyed() == b"\xef\xbb\xbfsome,rows\n"


def test_a_text_that_was_lost_is_written_again(server: str) -> None:
    with Store.open(server, "write") as store:
        store.add(*samples.may(), samples.RUN)
        (graph,) = {name.removeprefix("sources/") for name in store.kept() if name.startswith("sources/")}
        update(server, f"DROP GRAPH <{ids.BASE}source/{graph}>")
        assert store.source("2031-05") is None
        assert store.add(*samples.may(), samples.RUN).outcome == "unchanged"
        assert store.source("2031-05") == samples.may()[0].source


def test_a_damaged_text_is_told(server: str) -> None:
    with Store.open(server, "write") as store:
        store.add(*samples.may(), samples.RUN)
        content = f"GRAPH ?g {{ ?g {OWN.content} ?c }}"
        update(server, f"DELETE {{ {content} }} INSERT {{ {content.replace('?c', '7')} }} WHERE {{ {content} }}")
        with pytest.raises(StoreError, match="damaged"):
            store.source("2031-05")


def test_a_page_of_names_costs_few_requests(server: str) -> None:
    with Store.open(server, "write") as store:
        for made in (samples.may, samples.june, samples.july):
            store.add(*made(), samples.RUN)
    with Store.open(server) as store:
        assert store._remote is not None
        before = store._remote.server.requests
        identity.proposed(store)
        from kg.query.entity import describe

        describe(store, samples.GULL.iri)
        assert store._remote.server.requests - before < 60


# --------------------------------------------------------------------------------------------------- opening


def test_where_there_is_no_store(server: str) -> None:
    with pytest.raises(StoreError, match=r"no store at http.*kg add makes one"):
        Store.open(server)


def test_data_of_others_is_left_alone(server: str) -> None:
    update(server, "INSERT DATA { <x:s> <x:p> <x:o> }")
    with pytest.raises(StoreError, match="other data"):
        Store.open(server, "write")
    with pytest.raises(StoreError, match="no store"):
        Store.open(server)


def test_a_newer_store_is_refused(server: str) -> None:
    Store.open(server, "write").close()
    update(server, f"INSERT DATA {{ GRAPH {SELF} {{ {SELF} {OWN.layout} {LAYOUT + 1} }} }}")
    update(server, f"DELETE DATA {{ GRAPH {SELF} {{ {SELF} {OWN.layout} {LAYOUT} }} }}")
    with pytest.raises(StoreError, match="newer regkg"):
        Store.open(server)


def test_a_default_graph_that_is_the_union_is_refused(tmp_path: Path) -> None:
    if servers.program() is None:
        pytest.skip(servers.MISSING)
    with servers.serving("--union-default-graph") as address:
        for mode in ("write", "read", "write"):
            with pytest.raises(StoreError, match=r"mixes the named graphs into the default graph"):
                Store.open(address, mode)  # type: ignore[arg-type]


def test_a_server_that_only_reads(tmp_path: Path) -> None:
    if servers.program() is None:
        pytest.skip(servers.MISSING)
    with servers.serving("--location", str(tmp_path / "data")) as address, Store.open(address, "write") as store:
        store.add(*samples.may(), samples.RUN)
    with servers.serving("--location", str(tmp_path / "data"), command="serve-read-only") as address:
        with Store.open(address) as store:
            assert len(store.reports()) == 1
        with Store.open(address, "write") as store, pytest.raises(StoreError, match="takes no changes"):
            store.remove("2031-05")


def test_backup_says_whose_it_is(server: str, tmp_path: Path) -> None:
    with Store.open(server, "write") as store, pytest.raises(UsageError, match="server's to back up"):
        store.backup(tmp_path / "copy")


# ------------------------------------------------------------------------------------------------ other clients


def test_rdflib_reads_what_is_there_and_writes_what_is_read(server: str) -> None:
    with Store.open(server, "write") as store:
        store.add(*samples.may(), samples.RUN)
        wire = Server(address(server))
        graph = rdflib.Graph(wire)
        firms = {str(row[0]) for row in graph.query(f"SELECT ?who {{ ?who a {KG.Company} }}")}
        assert firms == {quad.subject.value for quad in store.quads(None, RDF.type, KG.Company, DEFAULT)}  # type: ignore[union-attr]
        item = rdflib.Graph(wire, identifier=rdflib.URIRef(store.graphs()[0].value))
        assert len(item) == len(list(store.quads(graph=store.graphs()[0])))
        made = wire.query("CONSTRUCT { ?s a ?t } WHERE { ?s a ?t }").graph
        assert made is not None
        assert len(made) == sum(1 for _ in store.quads(None, RDF.type, None, DEFAULT))
        wire.update("INSERT DATA { GRAPH <x:g> { <x:s> <x:p> '价' } }")
        wire.update("DELETE WHERE { GRAPH <x:g> { ?s ?p ?o } }")
    with Store.open(server, "write") as store:
        store.add(*samples.june(), samples.RUN)
        assert NamedNode("x:g") not in store.graphs()


# --------------------------------------------------------------------------------------------------- judgements


def test_people_who_share_a_server_share_their_judgements(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(server, "write") as store:
        for made in (samples.may, samples.june, samples.july):
            store.add(*made(), samples.RUN)

    def at(person: str) -> Store:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / person))
        return Store.open(server, "write")

    with at("anna") as store:
        identity.same(store, samples.GULL.iri, samples.TERN.iri, author="anna", force=True)
    with at("bob") as store:  # who has no file, and judges something else
        identity.different(store, samples.REEF.iri, samples.WAVE.iri, author="bob")
        assert [row.author for row in identity.load(server).rows] == ["anna", "bob"]
    with at("anna") as store:
        assert identity.replay(store, identity.load(server)) == ([], [])
        identity.undo(store, [1])
    with at("bob"):
        assert [row.author for row in identity.load(server).rows] == ["bob"]
        assert judgements_of(server).is_relative_to(tmp_path / "bob")


def test_judgements_outlive_a_server_that_was_emptied(server: str) -> None:
    with Store.open(server, "write") as store:
        store.add(*samples.may(), samples.RUN)
        identity.different(store, samples.GULL.iri, samples.REEF.iri, author="anna")
    servers.emptied(server)
    assert [row.author for row in identity.load(server).rows] == ["anna"]


# ------------------------------------------------------------------------------------------------------ faults


class _Failing(BaseHTTPRequestHandler):
    """A server that answers as a test wants."""

    answer: ClassVar[Callable[[_Failing], None]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).answer(self)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def say(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def failing(answer: Callable[[_Failing], None]) -> Iterator[str]:
    handler = type("Handler", (_Failing,), {"answer": staticmethod(answer)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/query"
        finally:
            server.shutdown()
            thread.join()


def half(handler: _Failing) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/sparql-results+json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"head": {"vars": ["what"]}, "results": {"bindings": [')
    handler.close_connection = True


def cut(handler: _Failing) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/sparql-results+json")
    handler.end_headers()  # no length: only the content tells that its end is missing
    handler.wfile.write(b'{"head": {"vars": ["what","p","o"]}, "results": {"bindings": [')
    handler.close_connection = True


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda h: h.say(401, "text/plain", b"who?"), "wants a user and a password.*KG_STORE_USER"),
        (lambda h: h.say(403, "text/html", b"<html>no</html>"), "may not be read by this user"),
        (lambda h: h.say(404, "text/plain", b""), "no SPARQL query endpoint"),
        (lambda h: h.say(200, "text/html", b"<!DOCTYPE html><p>Welcome"), "a web page and not with SPARQL"),
        (lambda h: h.say(200, "application/json", b"  <html><body>"), "a web page and not with SPARQL"),
        (lambda h: h.say(200, "image/png", b"x"), "an answer that can't be read"),
        (lambda h: h.say(200, "application/sparql-results+json", b"{]"), "an answer that can't be read"),
        (lambda h: h.say(302, "text/plain", b"", Location="https://u:p@sso/login?x"), r"moved to sso/login \(302\)"),
        (lambda h: h.say(503, "text/plain", b"too busy"), "not to be had just now.*too busy"),
        (lambda h: h.say(500, "text/plain", b"boom\n" + b"x" * 9999), r"can't run the query \(500: boom x+\)"),
        (half, "broke off"),
        (cut, "can't be read"),
    ],
)
def test_what_a_server_does_wrong_is_one_sentence(answer: Callable[[_Failing], None], said: str) -> None:
    with failing(answer) as where, pytest.raises(StoreError, match=said) as fault:
        Store.open(where)
    assert "\n" not in str(fault.value)
    assert len(str(fault.value)) < 400


def test_who_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_TIMEOUT", "0.2")
    over = threading.Event()
    with failing(lambda h: over.wait(20) and None) as where:
        try:
            with pytest.raises(StoreError, match=r"silent for 0.2 s.*KG_STORE_TIMEOUT"):
                Store.open(where)
        finally:
            over.set()
    monkeypatch.setenv("KG_STORE_TIMEOUT", "soon")
    with pytest.raises(StoreError, match="number of seconds"):
        Store.open(where)


def test_nobody_is_there() -> None:
    with pytest.raises(StoreError, match="no server answers"):
        Store.open("http://127.0.0.1:9/query")


def test_updates_refused_or_too_large(server: str) -> None:
    def proxy(status: int) -> Callable[[_Failing], None]:
        def answer(handler: _Failing) -> None:
            handler.say(status, "text/plain", b"")

        return answer

    for status, said in ((405, "takes no changes"), (413, "takes no request of 0.1 MB"), (401, "wants a user")):
        with (
            failing(proxy(status)) as other,
            _updates_to(server, other) as store,
            pytest.raises(StoreError, match=said),
        ):
            store.add(*samples.may(), samples.RUN)


@contextmanager
def _updates_to(server: str, other: str) -> Iterator[Store]:
    Store.open(server, "write").close()
    with Store.open(f"{server} {other}", "write") as store:
        yield store


def test_a_password_is_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch, command: Callable[..., Ran]) -> None:
    sent: list[str] = []

    def answer(handler: _Failing) -> None:
        sent.append(handler.headers["Authorization"])
        handler.say(401, "text/plain", b"")

    with failing(answer) as where:
        host = where.removeprefix("http://")
        ran = command("items", "--store", f"http://anna:ge%23h%E5%AF%86@{host}")
        assert ran.code == 4
        assert "refuses this user and password" in ran.err
        assert "ge" not in ran.err.replace("get", "")
        monkeypatch.setenv("KG_STORE_USER", "bob")
        monkeypatch.setenv("KG_STORE_PASSWORD", "x")
        command("query", "ASK {}", "--store", where)
    assert [base64.b64decode(one.removeprefix("Basic ")).decode() for one in sent] == ["anna:ge#h密", "bob:x"]


# ---------------------------------------------------------------------------------------------------- commands


def test_the_commands(server: str, command: Callable[..., Ran], fast: list[str], tmp_path: Path) -> None:
    """Each command of a store in a folder says the same of one on a server."""
    texts = []
    for day, headline in (("2031-05-01", "海鸥科技收购Tern"), ("2031-06-01", "礁石资本收购浪花基金")):
        file = tmp_path / f"{day}.txt"
        file.write_text(f"{headline}\n\n{headline}，双方已签署协议。\n\n来源：海岛日报  {day}\n", encoding="utf-8")
        texts.append(file)
    watched = tmp_path / "watched.txt"
    watched.write_text("礁石资本\n海鸥科技\n", encoding="utf-8")
    said: dict[str, list[str]] = {}
    for where in (str(tmp_path / "folder"), server.replace("/query", "/sparql")):
        for args in (
            ("add", *texts), ("items",), ("show", "海鸥科技"), ("ask", "acquisitions", "status=all"),
            ("chain", "海鸥科技"), ("path", "海鸥科技", "Tern"), ("candidates",), ("check",),
            ("query", "SELECT ?a ?b { ?a kg:acquires ?b } ORDER BY ?a", "--timeout", "60"),
            ("query", "SELECT ?a ?b { ?a kg:acquires ?b }", "-p", "a=@海鸥科技", "--explain"),
            ("diff", "2031-05-01", "2031-06-01"), ("map", "-o", tmp_path / "map.html"),
            ("same", "海鸥科技", "礁石资本", "--force"), ("judgements",), ("undo", "1"),
            ("different", "海鸥科技", "礁石资本"), ("export", "-o", tmp_path / "all.nq"), ("remove", "2031-05-01"),
            ("items",), ("digest", watched), ("check", "--deep"), ("map", "海鸥科技", "-o", tmp_path / "one.html"),
            ("split", "礁石资本"), ("chain", "海鸥科技", "--format", "json"),
        ):  # fmt: skip
            ran = command(*args, "--store", where)
            told = f"{args[0]} {ran.code}\n{ran.out}{ran.err}".replace(str(judgements_of(where)), "FILE")
            said.setdefault(where, []).append(told.replace(where, "STORE"))
        assert "Traceback" not in "".join(said[where])
    folder, remote_ = said.values()
    assert remote_ == folder


def test_a_file_of_judgements_by_name(server: str, command: Callable[..., Ran], tmp_path: Path) -> None:
    with Store.open(server, "write") as store:
        store.add(*samples.may(), samples.RUN)
    mine = tmp_path / "mine.csv"
    ran = command("different", samples.GULL.iri, samples.REEF.iri, "--store", server, "--judgements", mine)
    assert ran.code == 0
    assert mine.exists()
    ran = command("judgements", "--judgements", mine, "--store", tmp_path / "folder")
    assert ran.code == 2


def test_what_a_server_loaded_by_itself_is_a_store(server: str) -> None:
    """An export, as the server's own loader takes it: it has no mark, and no texts."""
    with Store.memory() as alone:
        alone.add(*samples.may(), samples.RUN)
        file = io.BytesIO()
        write(alone, file, "nquads")
        update(server, "DROP ALL")
        where = server.replace("/query", "/store")
        request = urllib.request.Request(where, file.getvalue(), {"Content-Type": "application/n-quads"})
        urllib.request.urlopen(request, timeout=60).close()
        with Store.open(server) as store:
            assert set(store.quads()) == set(alone.quads())
            assert store.source("2031-05") is None
        with Store.open(server, "write") as store:
            alone.add(*samples.june(), samples.RUN)
            store.add(*samples.june(), samples.RUN)
            assert set(store.quads()) == set(alone.quads())
