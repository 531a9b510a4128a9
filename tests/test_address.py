from __future__ import annotations

from pathlib import Path

import pytest

from kg.address import Address, address
from kg.errors import UsageError
from kg.settings import handed_on, judgements_of, store_at


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KG_STORE", "KG_STORE_USER", "KG_STORE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "query", "updates"),
    [
        ("http://h:7878/query", "http://h:7878/query", ("http://h:7878/query", "http://h:7878/update")),
        ("http://h/ds/sparql/", "http://h/ds/sparql", ("http://h/ds/sparql", "http://h/ds/update")),
        ("https://h/repositories/kg", "https://h/repositories/kg", ("https://h/repositories/kg/statements",)),
        ("http://h/a http://h/b", "http://h/a", ("http://h/b",)),
        ("HTTP://[::1]:1/q", "http://[::1]:1/q", ("http://[::1]:1/q",)),
    ],
)
def test_where_queries_and_updates_go(given: str, query: str, updates: tuple[str, ...]) -> None:
    found = address(given)
    assert (found.query, found.updates) == (query, updates)


def test_a_password_is_in_nothing_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    found = address("http://anna:geh%2Feim%40@h/query")
    assert (found.user, found.password) == ("anna", "geh/eim@")
    shown = f"{found} {found!r} {found.slug} {judgements_of(found)}"
    assert "geh" not in shown
    assert "anna" not in shown
    assert address(handed_on(found)) == found
    monkeypatch.setenv("KG_STORE_USER", "bob")
    monkeypatch.setenv("KG_STORE_PASSWORD", "密码")
    assert address("http://h/query").password == "密码"
    assert address("http://anna:x@h/query").user == "anna"


@pytest.mark.parametrize("given", ["http://", "http:///query", "http://h:port/q", "http://h/q u v", "http://a:p#w@h/q"])
def test_what_is_no_address_is_refused_without_showing_it(given: str) -> None:
    with pytest.raises(UsageError) as fault:
        address(given)
    assert "p#w" not in str(fault.value)


def test_a_folder_stays_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store_at(str(tmp_path / "store")) == tmp_path / "store"
    assert store_at("http") == Path("http")
    monkeypatch.setenv("KG_STORE", "http://h/query")
    assert isinstance(store_at(), Address)
    mine = store_at(judgements=tmp_path / "mine.csv")
    assert judgements_of(mine) == tmp_path / "mine.csv"
    with pytest.raises(UsageError, match="lie beside it"):
        store_at(tmp_path, tmp_path / "mine.csv")
