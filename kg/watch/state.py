"""What was fetched, seen and added, in a file beside the store. Killed at any moment, it holds what was done so far."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.errors import KgError

_VERSION = 1
_TABLES = """
CREATE TABLE documents (
  url TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT NOT NULL DEFAULT '', published TEXT NOT NULL DEFAULT '',
  seen REAL NOT NULL, looked REAL NOT NULL DEFAULT 0, entry TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '',
  etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '', file TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', chars INTEGER NOT NULL DEFAULT 0,
  relations INTEGER, fails INTEGER NOT NULL DEFAULT 0, later REAL NOT NULL DEFAULT 0);
CREATE INDEX documents_source ON documents (source, seen);
CREATE INDEX documents_digest ON documents (source, digest);
CREATE INDEX documents_state ON documents (state);
CREATE TABLE visits (source TEXT NOT NULL, at REAL NOT NULL, visit TEXT NOT NULL);
CREATE INDEX visits_source ON visits (source, at);
CREATE TABLE sources (name TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE hosts (
  host TEXT PRIMARY KEY, until REAL NOT NULL DEFAULT 0, robots TEXT, robots_at REAL NOT NULL DEFAULT 0);
"""
#: Visits that are kept of a source: what is learnt is learnt of them.
KEPT_VISITS = 60


@dataclass(slots=True)
class Document:
    """A page, an entry or a file. ``state``: saved (to be added), added, failed (to add), same (as another), gone."""

    url: str
    source: str
    state: str
    seen: float
    title: str = ""
    published: str = ""
    looked: float = 0.0
    entry: str = ""  # digest of the feed's entry, or of a file's time and size
    digest: str = ""  # of the text
    etag: str = ""
    modified: str = ""
    file: str = ""
    note: str = ""
    chars: int = 0
    relations: int | None = None
    fails: int = 0
    later: float = 0.0  # not to be tried before


@dataclass(slots=True)
class Visit:
    """What one look at a source gave."""

    at: float = 0.0
    fault: str = ""  # why the source itself couldn't be had
    odd: str = ""  # what was had instead of what it should be
    unchanged: bool = False  # 304
    entries: int = 0
    dated: int = 0  # entries with a date
    new: int = 0
    changed: int = 0
    left: int = 0  # for the next visit
    pages: int = 0  # that were fetched
    lengths: list[int] = field(default_factory=list)  # characters of their texts; 0: none
    same: int = 0  # of them with another's text
    failed: list[str] = field(default_factory=list)
    moved: str = ""
    good: bool = True  # nothing odd about it: to be learnt from


@dataclass(slots=True)
class Record:
    """What is known of a source beyond its documents."""

    kind: str = ""
    due: float = 0.0
    fails: int = 0  # visits in a row that gave nothing
    failing: float = 0.0  # since
    since: float = 0.0  # what lies before isn't learnt from: somebody took the change for right
    alarms: list[str] = field(default_factory=list)
    etags: dict[str, list[str]] = field(default_factory=dict)  # address → ETag, Last-Modified


class State:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._base = sqlite3.connect(path, isolation_level=None, timeout=10)
            self._base.row_factory = sqlite3.Row
            self._base.execute("PRAGMA synchronous=FULL")
            version = self._base.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._base.executescript(f"BEGIN;{_TABLES}PRAGMA user_version={_VERSION};COMMIT;")
            elif version != _VERSION:
                raise KgError(f"{path} was written by a newer regkg: update this one")
        except sqlite3.Error as fault:
            raise unusable(path, fault) from fault

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._base.close()

    def document(self, url: str) -> Document | None:
        return self._one("url=?", url)

    def twin(self, source: str, digest: str, url: str) -> Document | None:
        """Another of the source with the same text."""
        return self._one("source=? AND digest=? AND url<>? AND state IN ('saved','added')", source, digest, url)

    def _one(self, where: str, *values: Any) -> Document | None:
        row = self._base.execute(f"SELECT * FROM documents WHERE {where} LIMIT 1", values).fetchone()
        return Document(**row) if row else None

    def documents(self, where: str, *values: Any) -> list[Document]:
        rows = self._base.execute(f"SELECT * FROM documents WHERE {where}", values)
        return [Document(**row) for row in rows]

    def count(self, where: str, *values: Any) -> int:
        return int(self._base.execute(f"SELECT COUNT(*) FROM documents WHERE {where}", values).fetchone()[0])

    def put(self, document: Document) -> None:
        given = asdict(document)
        marks = ",".join("?" * len(given))
        self._base.execute(f"INSERT OR REPLACE INTO documents ({','.join(given)}) VALUES ({marks})", [*given.values()])

    def visits(self, source: str, since: float = 0.0) -> list[Visit]:
        """The last ones, the newest first."""
        rows = self._base.execute(
            "SELECT visit FROM visits WHERE source=? AND at>? ORDER BY rowid DESC LIMIT ?",
            (source, since, KEPT_VISITS),
        )
        return [_made(Visit, row[0]) for row in rows]

    def visited(self, source: str, visit: Visit, record: Record) -> None:
        """Visit and record in one step, so that a killed run makes no half of it."""
        self._base.execute("BEGIN")
        self._base.execute("INSERT INTO visits VALUES (?,?,?)", (source, visit.at, json.dumps(asdict(visit))))
        self._base.execute(
            "DELETE FROM visits WHERE source=? AND rowid NOT IN (SELECT rowid FROM visits WHERE source=?"
            " ORDER BY rowid DESC LIMIT ?)",
            (source, source, KEPT_VISITS),
        )
        self.keep(source, record)
        self._base.execute("COMMIT")

    def revisit(self, source: str, visit: Visit) -> None:
        """Keep what was learnt of the last visit after it was kept."""
        self._base.execute(
            "UPDATE visits SET visit=? WHERE rowid=(SELECT MAX(rowid) FROM visits WHERE source=?)",
            (json.dumps(asdict(visit)), source),
        )

    def names(self) -> list[str]:
        return [row[0] for row in self._base.execute("SELECT name FROM sources ORDER BY name")]

    def record(self, source: str) -> Record:
        row = self._base.execute("SELECT record FROM sources WHERE name=?", (source,)).fetchone()
        return _made(Record, row[0]) if row else Record()

    def keep(self, source: str, record: Record) -> None:
        self._base.execute("INSERT OR REPLACE INTO sources VALUES (?,?)", (source, json.dumps(asdict(record))))

    def paused(self, host: str) -> float:
        row = self._base.execute("SELECT until FROM hosts WHERE host=?", (host,)).fetchone()
        return float(row[0]) if row else 0.0

    def pause(self, host: str, until: float) -> None:
        self._base.execute(
            "INSERT INTO hosts (host, until) VALUES (?,?) ON CONFLICT (host) DO UPDATE SET until=excluded.until",
            (host, until),
        )

    def robots(self, host: str) -> tuple[str, float] | None:
        row = self._base.execute("SELECT robots, robots_at FROM hosts WHERE host=?", (host,)).fetchone()
        return (str(row[0]), float(row[1])) if row and row[0] is not None else None

    def keep_robots(self, host: str, text: str, at: float) -> None:
        self._base.execute(
            "INSERT INTO hosts (host, robots, robots_at) VALUES (?,?,?) ON CONFLICT (host)"
            " DO UPDATE SET robots=excluded.robots, robots_at=excluded.robots_at",
            (host, text, at),
        )


def unusable(path: Path, fault: sqlite3.Error) -> KgError:
    """What to tell of a fault of the file: one of the moment, as where the disk is full, or damage."""
    if isinstance(fault, sqlite3.OperationalError):
        return KgError(f"{path} can't be used ({fault}): mend that, and the same command goes on")
    return KgError(f"{path} is damaged ({fault}): delete it, and all is looked at anew; nothing is added twice")


def _made(kind: Any, text: str) -> Any:
    """From JSON; what another version knows besides is left."""
    names = {one.name for one in fields(kind)}
    return kind(**{key: value for key, value in json.loads(text).items() if key in names})
