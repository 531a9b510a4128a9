"""Requests against a server that fails in every way that servers do."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from dataclasses import replace

import pytest

from kg.watch import fetch
from kg.watch.fetch import Client, FetchError, origin, public, tidy
from watch.conftest import SHORT, Handler, Site


def get(client: Client, site: Site, path: str, **more: object) -> fetch.Response:
    return client.get(site.at(path), private=frozenset({origin(site.url)}), **more)  # type: ignore[arg-type]


def refused(client: Client, site: Site, path: str) -> FetchError:
    with pytest.raises(FetchError) as told:
        get(client, site, path)
    return told.value


def test_a_page(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give("你好", ETag='"1"')
    answer = get(client, site, "/a")
    assert (answer.status, answer.body.decode(), answer.headers["etag"]) == (200, "你好", '"1"')
    assert answer.kind == "text/html"
    assert site.headers[0]["user-agent"] == "regkg/test"


def test_packed_pages(client: Client, site: Site) -> None:
    bare = zlib.compressobj(wbits=-15)
    for name, body in {
        "gzip": gzip.compress(b"text " * 100),
        "deflate": zlib.compress(b"text " * 100),
        "Deflate": bare.compress(b"text " * 100) + bare.flush(),
    }.items():
        site.paths["/a"] = lambda h, body=body, name=name: h.give(body, Content_Encoding=name)
        assert get(client, site, "/a").body == b"text " * 100


def test_statuses(client: Client, site: Site) -> None:
    for status, passing in {500: True, 502: True, 404: False, 410: False, 403: False}.items():
        site.paths["/a"] = lambda h, status=status: h.give("no", status)
        fault = refused(client, site, "/a")
        assert (fault.code, fault.passing) == (status, passing)
        assert f"answers {status}" in str(fault)


def test_retry_after(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give("", 429, Retry_After="120")
    assert refused(client, site, "/a").wait == 120
    site.paths["/a"] = lambda h: h.give("", 503, Retry_After="Fri, 01 Jan 2100 00:00:00 GMT")
    assert refused(client, site, "/a").wait == 86_400  # a day at most
    site.paths["/a"] = lambda h: h.give("", 429, Retry_After="soon")
    assert refused(client, site, "/a").wait is None
    site.paths["/a"] = lambda h: h.give("", 429, Retry_After="Wed, 99 Foo 20222 99:99:99 GMT")
    assert refused(client, site, "/a").wait is None


def test_silence(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: site.over.wait(5)
    fault = refused(client, site, "/a")
    assert "silent" in str(fault)
    assert fault.passing


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.server.site.over.wait(0.05):
        handler.wfile.write(b"x")


def drip_head(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
    while not handler.server.site.over.wait(0.05):
        handler.wfile.write(b"x")


@pytest.mark.parametrize("slow", [drip, drip_head])
def test_slow_drip(slow: fetch.Callable[[Handler], None], client: Client, site: Site) -> None:
    site.paths["/a"] = slow
    begun = time.monotonic()
    assert "took more than 1.5 s" in str(refused(client, site, "/a"))
    assert time.monotonic() - begun < 30  # it would have dripped for hours


def test_half_a_body(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give("half", Content_Length="1000")
    fault = refused(client, site, "/a")
    assert "broke off halfway" in str(fault)
    assert fault.passing


def test_half_a_packed_body(client: Client, site: Site) -> None:
    half = gzip.compress(b"0123456789" * 1000)[:40]
    site.paths["/a"] = lambda h: h.give(half, Content_Encoding="gzip")
    assert "broke off halfway" in str(refused(client, site, "/a"))
    site.paths["/a"] = lambda h: h.give(b"no gzip at all", Content_Encoding="gzip")
    assert "can't be unpacked" in str(refused(client, site, "/a"))


def test_huge_bodies(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give(b"x" * 300_000)
    assert "more than 200,000 bytes" in str(refused(client, site, "/a"))


def test_gzip_bomb(client: Client, site: Site) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    site.paths["/a"] = lambda h: h.give(bomb, Content_Encoding="gzip")
    fault = refused(client, site, "/a")
    assert "more than 200,000 bytes" in str(fault)
    assert not fault.passing


def test_unknown_packing(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give(b"x", Content_Encoding="br")
    assert "nobody asked for" in str(refused(client, site, "/a"))


def test_moved(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give("", 301, Location="/b")
    site.paths["/b"] = lambda h: h.give("", 308, Location="/c")
    site.paths["/c"] = "here"
    answer = get(client, site, "/a")
    assert (answer.body, answer.url, answer.moved) == (b"here", site.at("/c"), site.at("/c"))


def test_moved_for_now(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give("", 302, Location="/c")
    site.paths["/c"] = "here"
    assert get(client, site, "/a").moved == ""


def test_circles(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give("", 301, Location="/b")
    site.paths["/b"] = lambda h: h.give("", 301, Location="/a")
    assert "in a circle" in str(refused(client, site, "/a"))
    for number in range(9):
        site.paths[f"/{number}"] = lambda h, number=number: h.give("", 302, Location=f"/{number + 1}")
    assert "more than 3 times" in str(refused(client, site, "/0"))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "//user:pw@x/"])
def test_redirects_to_other_schemes(target: str, client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.give("", 302, Location=target)
    assert not refused(client, site, "/a").passing


def test_a_redirect_to_another_private_address(client: Client, site: Site, other: Site) -> None:
    other.paths["/secret"] = "the router's password"
    port = other.url.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "2130706433"):
        site.paths["/a"] = lambda h, host=host: h.give("", 302, Location=f"http://{host}:{port}/secret")
        fault = refused(client, site, "/a")
        assert "private network" in str(fault) or "is no address" in str(fault) or "isn't found" in str(fault)
    assert other.asked == []


def test_private_addresses_are_refused_unless_named(client: Client, site: Site) -> None:
    site.paths["/a"] = "here"
    with pytest.raises(FetchError, match="private network"):
        client.get(site.at("/a"))
    assert site.asked == []


def test_what_a_name_leads_to_decides(client: Client, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(site.url.rpartition(":")[2])
    monkeypatch.setattr(
        fetch.socket, "getaddrinfo", lambda *args: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    )
    with pytest.raises(FetchError, match="private network"):
        client.get(f"http://news.example.org:{port}/a")
    assert site.asked == []


@pytest.mark.parametrize(
    ("address", "open_"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::10.0.0.1", False),
    ],
)
def test_public_addresses(address: str, open_: bool) -> None:
    assert public(address) is open_


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://example.org:443/a#b", "https://example.org/a"),
        ("https://example.org/通知?q=数据", "https://example.org/%E9%80%9A%E7%9F%A5?q=%E6%95%B0%E6%8D%AE"),
        ("http://数据.example/", "http://xn--ruqt00h.example/"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("http://example.org/%E9?a=b%20c", "http://example.org/%E9?a=b%20c"),
    ],
)
def test_tidy(given: str, sent: str) -> None:
    assert tidy(given).split("xn--")[0] == sent.split("xn--")[0]


@pytest.mark.parametrize(
    "given",
    ["file:///etc/passwd", "data:text/html,x", "http://", "http://a:b@example.org/", "http://x:99999/", "http://[", ""],
)
def test_what_is_no_address(given: str) -> None:
    with pytest.raises(FetchError):
        tidy(given)


def test_nobody_there(client: Client) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and doesn't listen
        url = f"http://127.0.0.1:{held.getsockname()[1]}/"
        with pytest.raises(FetchError, match="takes no connection") as told:
            client.get(url, private=frozenset({origin(url)}))
    assert told.value.passing


def test_no_web_server(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n\0\0\0")
    assert "can't be fetched" in str(refused(client, site, "/a"))


def test_a_header_without_end(client: Client, site: Site) -> None:
    site.paths["/a"] = lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n")
    assert "can't be fetched" in str(refused(client, site, "/a"))


def test_limits_are_those_of_the_client(site: Site) -> None:
    site.paths["/a"] = b"x" * 300_000
    large = Client("regkg/test", replace(SHORT, bytes=1_000_000))
    assert len(get(large, site, "/a").body) == 300_000
