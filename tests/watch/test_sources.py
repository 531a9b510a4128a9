"""Lists of sources, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import KgError, UsageError
from kg.watch.sources import span, watched
from kg.watch.state import State

GOOD = """contact: a@example.org
delay: 2s
sources:
  - name: Ministry
    kind: list
    url: https://example.org/notices
    include: '/\\d+'
    every: 6h
    publisher: 示例部
    expect: {entries: 10, quiet: 2w}
  - {name: desk, folder: in}
"""


def test_a_list(tmp_path: Path) -> None:
    path = tmp_path / "s.yml"
    path.write_text(GOOD, encoding="utf-8")
    found = watched([str(path)])
    assert (found.contact, found.delay) == ("a@example.org", 2)
    ministry, desk = found.sources
    assert (ministry.name, ministry.every, ministry.publisher) == ("ministry", 21_600, "示例部")
    assert (ministry.expect.entries, ministry.expect.quiet) == (10, 14)
    assert (desk.kind, desk.folder) == ("folder", tmp_path / "in")


def test_private_hosts_are_those_written_as_such(tmp_path: Path) -> None:
    path = tmp_path / "s.yml"
    path.write_text(
        "- {name: a, url: 'http://10.0.0.5:8080/feed'}\n- {name: b, url: 'http://wiki/feed'}\n"
        "- {name: c, url: 'http://wiki/feed', intranet: yes}\n- {name: d, url: 'http://localhost/'}\n"
    )
    private = [source.private for source in watched([str(path)]).sources]
    assert private == [{"10.0.0.5:8080"}, set(), {"wiki:80"}, {"localhost:80"}]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no sources"),
        ("sources: 3", "holds no sources"),
        ("- 3", "is no mapping"),
        ("- {kind: feed}", "has no name"),
        ("- {name: a, kind: fed, url: 'https://x/'}", "kind is one of"),
        ("- {name: a, kind: feed}", "needs url"),
        ("- {name: a, kind: folder, url: 'https://x/'}", "needs folder"),
        ("- {name: a, kind: list, url: 'https://x/'}", "needs include"),
        ("- {name: a, url: 'file:///etc/passwd'}", "http:// or https://"),
        ("- {name: a, url: 'https://u:p@x/'}", "password"),
        ("- {name: a, url: 'https://x/', include: '('}", "no regular expression"),
        ("- {name: a, url: 'https://x/', every: often}", "span of time"),
        ("- {name: a, url: 'https://x/', evry: 1h}", "evry is no key"),
        ("- {name: a, url: 'https://x/', most: 0}", "most is"),
        ("- {name: a, url: 'https://x/', expect: {facts: 2}}", "facts is a share"),
        ("- {name: a, url: 'https://x/', expect: [1]}", "expect holds"),
        ("- {name: a, url: 'https://x/'}\n- {name: A, url: 'https://y/'}", "two sources are called a"),
        ("a: [", "can't be read"),
        ("a: !!python/object/apply:os.system ['true']", "can't be read"),
    ],
)
def test_wrong_lists(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "s.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=told.replace("(", r"\(")):
        watched([str(path)])


def test_nothing_to_watch(tmp_path: Path) -> None:
    for given in ([], [str(tmp_path / "no.yml")], ["ftp://example.org/"]):
        with pytest.raises(UsageError):
            watched(given)


def test_spans() -> None:
    assert [span(one) for one in ("10", "10min", "2h", "1.5d", "30s")] == [600, 600, 7200, 129_600, 30]


def test_a_damaged_state_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(KgError, match="delete it"):
        State(path)


def test_a_newer_state_is_left_alone(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    state._base.execute("PRAGMA user_version=99")
    state.close()
    with pytest.raises(KgError, match="newer regkg"):
        State(tmp_path / "state.db")
