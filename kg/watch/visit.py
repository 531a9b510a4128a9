"""One look at one source: what it lists, the pages that are new or may have changed, each kept before the next."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kg.errors import KgError, ReadError, UsageError
from kg.watch import articles, entries
from kg.watch.articles import Article
from kg.watch.entries import Entry, FormError
from kg.watch.fetch import FetchError, Response, origin
from kg.watch.polite import PATIENCE, Polite
from kg.watch.sources import Source
from kg.watch.state import Document, Record, State, Visit

#: Failures in a row after which a host isn't asked further on this visit.
_ENOUGH = 3
#: Tries of a page, each a longer time after the one before.
_TRIES = 6
_AGAIN = 3600.0
#: What is put off for longer was so by a clock that has been set back since.
_LATEST = _AGAIN * 2**_TRIES
#: A file that changed within so many seconds may still be being written.
_SETTLED = 1.0


@dataclass(slots=True)
class Visitor:
    source: Source
    state: State
    polite: Polite
    inbox: Path
    now: float
    sleep: Callable[[float], None] = time.sleep
    visit: Visit = field(default_factory=Visit)
    record: Record = field(default_factory=Record)
    _held: dict[str, Response] = field(default_factory=dict)

    def run(self) -> Visit:
        """The visit. Documents and files are kept as it goes; the visit itself is for the caller to keep."""
        self.record = self.state.record(self.source.name)
        self.visit.at = self.now
        if self.source.kind == "folder":
            self._folder()
            return self.visit
        try:
            listed = self._listed()
        except FormError as fault:
            self.visit.odd = str(fault)
            return self.visit
        except FetchError as fault:
            self.visit.fault = str(fault)
            return self.visit
        if not self.visit.unchanged:
            self.visit.entries = len(listed)
            self.visit.dated = sum(entry.published is not None for entry in listed)
            self._take(listed)
        return self.visit

    # ------------------------------------------------------------------------------------------------- listing

    def _listed(self) -> list[Entry]:
        source = self.source
        kind = source.kind if source.kind != "address" else self.record.kind or self._kind()
        if kind == "pages":
            return [Entry(entries.plain(url)) for url in source.urls]
        found: dict[str, Entry] = {}
        unchanged = 0
        for url in source.urls:
            answer = self._held.get(url) or self._get(url, *self._marks(url))
            if answer.status == 304:
                unchanged += 1
                continue
            if answer.moved:
                self.visit.moved = answer.moved
            if kind == "feed":
                listed = entries.feed(answer)
            else:
                listed = entries.links(answer, articles.page_text(answer), source.include)
            for entry in listed:
                if kind == "list" or source.include is None or source.include.search(f"{entry.url}\n{entry.title}"):
                    found.setdefault(entry.url, entry)
            self.record.etags[url] = [
                answer.headers.get("etag", ""),
                answer.headers.get("last-modified", ""),
                str(self.now),
            ]
        self.visit.unchanged = unchanged == len(source.urls)
        return list(found.values())

    def _marks(self, url: str) -> tuple[str, str]:
        """ETag and date, where it is enough to hear that nothing changed."""
        name = self.source.name
        etag, modified, looked = (self.record.etags.get(url) or ["", "", "0"])[:3]
        last = next(iter(self.state.visits(name)), Visit())
        open_ = self.state.count(
            "source=? AND state IN ('gone','none') AND fails<? AND later<=?", name, _TRIES, self.now
        )
        if (
            last.left
            or last.odd
            or open_
            or len(self.source.urls) > 1
            or float(looked) + self.source.recheck < self.now
        ):
            return "", ""
        return etag, modified

    def _kind(self) -> str:
        """What an address is that somebody gave as it is."""
        (url,) = self.source.urls
        answer = self._held[url] = self._get(url)
        if entries.is_feed(answer):
            self.record.kind = "feed"
        else:
            feed = entries.advertised(articles.page_text(answer), answer.url) if entries.is_html(answer) else ""
            if feed:
                raise FormError(f"{url} is a page whose feed is {feed}: watch that, or name the page in a YAML")
            self.record.kind = "pages"
        return self.record.kind

    def _get(self, url: str, etag: str = "", modified: str = "") -> Response:
        return self.polite.get(url, self.source.private, etag, modified, self.source.language)

    # ------------------------------------------------------------------------------------------------- articles

    def _take(self, listed: list[Entry]) -> None:
        fetched = in_a_row = 0
        for entry in listed:
            document = self.state.document(entry.url)
            if not self._due(entry, document):
                continue
            if fetched >= self.source.most or in_a_row >= _ENOUGH:
                self.visit.left += 1
                continue
            fetched += 1
            try:
                self._one(entry, document)
                in_a_row = 0
            except (FetchError, ReadError) as fault:
                self._failed(entry, document, fault)
                in_a_row += isinstance(fault, FetchError) and (
                    fault.passing or bool(fault.wait) or self._paused(entry.url)
                )

    def _paused(self, url: str) -> bool:
        return self.polite.paused(origin(url)) > self.now + PATIENCE

    def _due(self, entry: Entry, document: Document | None) -> bool:
        if document is None:
            return True
        if document.source != self.source.name:
            return False  # another source has it
        if document.fails:
            return document.fails < _TRIES and not self.now < document.later <= self.now + _LATEST
        if entry.digest and entry.digest != document.entry:
            return True
        if self._pages:
            return True
        return not self.now - self.source.recheck < document.looked <= self.now + _LATEST

    @property
    def _pages(self) -> bool:
        return self.source.kind == "pages" or self.record.kind == "pages"

    def _one(self, entry: Entry, document: Document | None) -> None:
        visit = self.visit
        if self.source.kind != "list" and not self._pages and self.source.text == "entry":
            found, answer = articles.from_entry(entry), None
        else:
            # a page whose file is gone is fetched whole
            known = document if document is not None and document.file and Path(document.file).exists() else None
            answer = self._held.get(entry.url) or self._get(
                entry.url, known.etag if known else "", known.modified if known else ""
            )
            if answer.status == 304 and document is not None:
                document.looked, document.entry, document.fails = self.now, entry.digest, 0
                self.state.put(document)
                return
            found = articles.article(entry, answer)
        visit.pages += 1
        if found is None:
            visit.lengths.append(0)
            raise ReadError(f"{entry.url} holds no text")
        visit.lengths.append(len(found.text) or len(found.data))
        self._keep(entry, document, found, answer)

    def _keep(self, entry: Entry, document: Document | None, found: Article, answer: Response | None) -> None:
        before = document.digest if document is not None else ""
        made = document or Document(entry.url, self.source.name, "", self.now)
        made.title, made.looked, made.entry = found.title[:300], self.now, entry.digest
        made.published = found.published.isoformat() if found.published else ""
        made.etag = answer.headers.get("etag", "") if answer else ""
        made.modified = answer.headers.get("last-modified", "") if answer else ""
        made.fails, made.later, made.note = 0, 0.0, ""
        there = bool(made.file) and Path(made.file).exists()
        if made.digest == found.digest and (there or made.state == "same"):
            made.state = made.state if made.state in ("saved", "added", "failed", "same") else "saved"
            self.state.put(made)
            return
        made.digest, made.chars = found.digest, len(found.text)
        if (twin := self.state.twin(self.source.name, found.digest, entry.url)) is not None:
            self.visit.same += 1
            # what stood here before stays as it was read
            made.state, made.note = ("same" if not there else "added"), f"the same text as {twin.url}"
            self.state.put(made)
            return
        path = articles.save(self.inbox / self.source.name, found, self.source.publisher, self.source.language)
        made.file, made.state = str(path), "saved"
        self.state.put(made)
        if before:
            self.visit.changed += 1
        else:
            self.visit.new += 1

    def _failed(self, entry: Entry, document: Document | None, fault: KgError) -> None:
        made = document or Document(entry.url, self.source.name, "gone", self.now, title=entry.title)
        if made.state not in ("saved", "added", "same"):  # what was read before stays
            made.state = "gone" if isinstance(fault, FetchError) else "none"
        made.fails += 1
        wait = fault.wait if isinstance(fault, FetchError) and fault.wait else 0.0
        made.later = self.now + max(wait, _AGAIN * 2 ** (made.fails - 1))
        made.note = str(fault)
        self.state.put(made)
        self.visit.failed.append(str(fault))

    # --------------------------------------------------------------------------------------------------- folder

    def _folder(self) -> None:
        from kg.run import collect

        folder = self.source.folder
        if folder is None or not folder.is_dir():
            self.visit.fault = f"{folder} isn't there"
            return
        try:
            files = [Path(file) for file in collect([folder])]
        except UsageError:
            files = []  # nothing in it yet
        files = [file for file in files if self.source.include is None or self.source.include.search(file.name)]
        self.visit.entries = len(files)
        for file in files:
            try:
                self._file(file)
            except OSError as fault:
                self.visit.failed.append(f"{file} can't be read: {fault.strerror or fault}")

    def _file(self, file: Path) -> None:
        url = file.absolute().as_uri()
        document = self.state.document(url)
        stat = file.stat()
        mark = f"{stat.st_size} {stat.st_mtime_ns}"
        if document is not None and document.entry == mark:
            return
        if abs(time.time() - stat.st_mtime) < _SETTLED:
            self.sleep(_SETTLED)
            again = file.stat()
            if f"{again.st_size} {again.st_mtime_ns}" != mark:
                self.visit.left += 1
                return
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        made = document or Document(url, self.source.name, "", self.now, title=file.name)
        known = made.digest == digest
        made.entry, made.looked, made.file = mark, self.now, str(file)
        if not known:
            self.visit.new += not made.digest
            self.visit.changed += bool(made.digest)
            made.digest, made.state = digest, "saved"
        self.state.put(made)


def appeared(document: Document) -> float:
    """When it was published, else first seen, in seconds."""
    with suppress(ValueError):
        return datetime.fromisoformat(document.published).replace(tzinfo=UTC).timestamp()
    return document.seen
