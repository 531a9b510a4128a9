"""The whole road: files in, a store that holds what they say. ``kg add`` and the end-to-end tests call ``add``.

Each report is added in a transaction of its own: one that fails leaves the others standing, and an interruption
leaves the store as the last finished report left it. spaCy and the model are loaded when the first report needs them,
and not at all where the store has everything already.

With workers, other processes read and extract (``kg.workers``), and this one alone adds what they hand back, in the
order of the files: the store is the same to the byte. A feed of many lines is parted among them (``kg.read.jsonl``).
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from kg import __version__, ids
from kg.errors import KgError, ReadError, StoreError, UsageError
from kg.items import ItemFacts, OpenSentence, Report, Source
from kg.settings import Place, asset, judgements_of, store_at

if TYPE_CHECKING:
    from spacy.language import Language

    from kg.graph.lock import Told
    from kg.graph.store import Added, Store
    from kg.resolve.judgements import Judgements
    from kg.workers import Workers

STDIN = "-"
#: Characters of one item. The longest article of a newsletter has 20,000, an act of the EU with its annexes 600,000.
#: A thousand take a tenth of a second and 2 MB of memory; what is longer is a dump, and no piece of news.
LONGEST_ITEM = 1_000_000
# where two files are one report, the one is taken that tells most: pages first, then headings, then text
_ORDER = (".pdf", ".docx", ".html", ".htm", ".md", ".markdown", ".txt", ".text", ".jsonl")
# what lies in folders beside reports
_NO_REPORTS = frozenset({"readme", "license", "licence", "notice", "changelog"})


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run has come: for a progress bar."""

    name: str
    file: int  # counted from 1
    files: int
    item: int = 0
    items: int = 0


T = TypeVar("T")
Watch = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Found:
    """How much was found in an item."""

    id: str
    title: str
    names: int
    relations: int
    deals: int
    open_sentences: tuple[OpenSentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A report that the store now holds."""

    name: str  # of the file
    report: str
    title: str
    items: int
    added: Added | None  # None: it was there already, from the same file by the same rules
    found: tuple[Found, ...] = ()
    warnings: tuple[str, ...] = ()
    part: int = 0  # of a feed that was read in parts: its first line; then ``found`` is empty, and these are counts
    quiet: int = 0  # items of which no relation was read
    open_sentences: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not added, and why."""

    name: str
    sentence: str
    error: Exception


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is the same report as another of this run."""

    name: str
    report: str
    taken: str


@dataclass(slots=True)
class Summary:
    """What a run did, file by file."""

    store: Place
    done: list[Done] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)  # files in folders that are none to read
    notes: list[str] = field(default_factory=list)  # on judgements, one sentence each
    stopped: KgError | None = None  # why the files after it were not tried: the store or the model failed

    @property
    def exit_code(self) -> int:
        """That of ``kg.errors``: what stops a run outweighs what stops a file."""
        if self.stopped:
            return self.stopped.exit_code
        if self.failures:
            return 1 if self.done else max(getattr(failure.error, "exit_code", 1) for failure in self.failures)
        return 0


@dataclass(frozen=True, slots=True)
class Job:
    """What becomes one report: a file, or some lines of a feed."""

    name: str
    file: int  # counted from 1
    path: Path | None = None
    data: bytes | None = None
    line: int = 0  # of a part: the first line

    def content(self) -> bytes:
        return self.path.read_bytes() if self.path is not None else self.data or b""


Read = tuple[Report, list[ItemFacts]]


def add(
    paths: Iterable[Path | str],
    store_path: Place | str,
    on_progress: Watch | None = None,
    *,
    model: str | None = None,
    again: bool = False,
    wait: float = 0,
    told: Told | None = None,
    workers: int = 1,
) -> Summary:
    """Read files and folders (``-`` is standard input) and add what they say to the store at a path.

    A file that fails is told of in the summary and the others go on. Raises UsageError where there is nothing to
    read, and StoreError where the store can't be opened.

    ``again`` reads anew what the store has unchanged. Where another process writes to the store, this one waits so
    many seconds and ``told`` gets a sentence meanwhile. With more than one of ``workers``, so many processes read; they
    are spawned, so a script that asks for them needs ``if __name__ == "__main__":``.
    """
    from kg import identity

    summary = Summary(store_at(store_path))
    files = collect(paths, summary.skipped)
    judged = identity.load(store_path)  # before anything is read: a damaged file would have to stop it halfway
    opening = partial(_open, summary, wait, told)
    adding = _Adding(summary, judged, opening, model, again, on_progress or (lambda step: None), len(files))
    try:
        with ExitStack() as stack:
            stack.callback(adding.close)
            if workers > 1:
                adding.use(stack.enter_context(_workers(workers, model)))
            for job in _jobs(files, summary):
                adding.take(job)
            adding.finish()
    except _Stop as stop:
        if not isinstance(stop.fault, KgError) or not (summary.done or summary.failures):
            raise stop.fault from stop.fault.__cause__
        summary.stopped = stop.fault
    return summary


def _jobs(files: list[Path | str], summary: Summary) -> Iterator[Job]:
    """The files, a large feed in parts; one that can't be parted goes into the summary."""
    from kg.read import sniff

    for number, path in enumerate(files, 1):
        if path == STDIN:
            data = sys.stdin.buffer.read()
            if sniff(data) == ".jsonl":
                yield from _parted(Job(STDIN, number, data=data), io.BytesIO(data), summary)
            else:
                yield Job(STDIN, number, data=data)
            continue
        path = Path(path)
        job = Job(_storable(path.name), number, path)
        if path.suffix.lower() != ".jsonl" or not path.is_file():
            yield job
            continue
        try:
            file = path.open("rb")
        except OSError:
            yield job  # whoever reads it says why not
            continue
        with file:
            yield from _parted(job, file, summary)


def _parted(whole: Job, file: IO[bytes], summary: Summary) -> Iterator[Job]:
    from kg.read import jsonl

    waiting: jsonl.FeedPart | None = None
    with _telling(summary, whole.name):
        for part in jsonl.parts(whole.name, file):
            if waiting is not None:
                yield replace(whole, path=None, data=waiting.data, line=waiting.line)
            waiting = part
        if waiting is None or waiting.line == 1:
            yield whole  # as one, or as the empty file that it is
        else:
            yield replace(whole, path=None, data=waiting.data, line=waiting.line)


def _workers(count: int, model: str | None) -> Workers[Job, Read]:
    from kg.workers import Workers

    return Workers(count, partial(_work, model), partial(_pipeline, model))


@cache
def _pipeline(model: str | None) -> Language:
    return load(model)


def _work(model: str | None, job: Job) -> Read:
    """What a worker does: read, extract, and hand back what the store takes, without the items' texts."""
    from kg.graph.resolved import bare as bare_item

    report = read_job(job)
    said = facts(report, _pipeline(model))
    items = {item.id: bare_item(item) for item in report.items}
    source = report.source
    bare = Source(
        source.name, source.digest, source.format, source.text, source.pages, source.title, source.issued, source.link
    )
    for one in said:
        one.item = items[one.item.id]
    return replace(report, source=bare, items=tuple(items.values())), said


class _Adding:
    """A run: jobs in, reports into the store, one after the other."""

    def __init__(
        self,
        summary: Summary,
        judged: Judgements,
        opening: Callable[[], tuple[Store, Judgements]],
        model: str | None,
        again: bool,
        watch: Watch,
        files: int,
    ) -> None:
        self._summary, self._judged, self._opening, self._watch, self._files = summary, judged, opening, watch, files
        self._model, self._again = model, again
        self._run: str | None = None
        self._taken: dict[str, str] = {}
        self._nlp: Language | None = None
        self._store: Store | None = None
        self._workers: Workers[Job, Read] | None = None
        self._waiting: deque[tuple[Job, Future[Read] | None]] = deque()
        self._items = 0

    def use(self, workers: Workers[Job, Read]) -> None:
        self._workers = workers

    def take(self, job: Job) -> None:
        """Begin on a job, and end those before it."""
        if self._workers is None:
            self._add(job)
            return
        from kg.workers import AHEAD

        with _telling(self._summary, job.name):
            there = not self._again and self._may_be_there(job)
            self._waiting.append((job, None if there else self._workers.submit(job)))
        while len(self._waiting) >= AHEAD * self._workers.count:
            self._end(*self._waiting.popleft())

    def finish(self) -> None:
        while self._waiting:
            self._end(*self._waiting.popleft())
        if self._store is not None:
            _weigh(self._store, self._judged, self._summary)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

    def _end(self, job: Job, future: Future[Read] | None) -> None:
        if future is None:
            self._add(job)
            return
        self._watch(Step(job.name, job.file, self._files, self._items))
        with _telling(self._summary, job.name, job.line):
            report, said = _result(future, job)
            if self._free(report, job):
                self._put(report, said, job)
        self._items += 0 if future.exception() else len(report.items)

    def _add(self, job: Job) -> None:
        step = Step(job.name, job.file, self._files)
        self._watch(step)
        with _telling(self._summary, job.name, job.line):
            report = read_job(job)
            if not self._free(report, job):
                return
            if not self._again and _unchanged(self._opened(), report, self._run_iri()):
                self._summary.done.append(
                    Done(job.name, report.id, report.title, len(report.items), None, part=job.line)
                )
                return
            if self._workers is not None:
                self._put(*_result(self._workers.submit(job), job), job)
                return
            if self._nlp is None:
                self._nlp = _once(lambda: load(self._model))
            step = replace(step, items=len(report.items))
            self._put(report, facts(report, self._nlp, partial(_on_item, self._watch, step)), job)

    def _free(self, report: Report, job: Job) -> bool:
        """Whether no file before it was the same report."""
        if report.id in self._taken:
            self._summary.left_out.append(LeftOut(job.name, report.id, self._taken[report.id]))
            return False
        self._taken[report.id] = job.name
        self._opened()
        return True

    def _put(self, report: Report, said: list[ItemFacts], job: Job) -> None:
        self._summary.done.append(_put(self._opened(), report, said, self._run_iri(), self._judged, job))

    def _opened(self) -> Store:
        """The store. Not sooner, so that a run over nothing but bad files makes none."""
        if self._store is None:
            self._store, self._judged = _once(self._opening)
            _obey(self._store, self._judged, self._summary)
        return self._store

    def _run_iri(self) -> str:
        self._run = self._run or ids.run(run_digest(self._model))
        return self._run

    def _may_be_there(self, job: Job) -> bool:
        """Whether the store holds a report from this very file by these rules: then it is looked at here."""
        where = self._summary.store
        if isinstance(where, Path) and not where.exists():
            return False
        try:
            content = job.content()
        except OSError:
            return False
        return self._opened().holds(hashlib.sha256(content).hexdigest(), self._run_iri())


def _open(summary: Summary, wait: float, told: Told | None) -> tuple[Store, Judgements]:
    """The store, and the judgements once more: what another judged while we waited counts."""
    from kg import identity
    from kg.graph.store import Store

    store = Store.open(summary.store, "write", wait, told)
    summary.notes += store.notes
    try:
        return store, identity.load(summary.store)
    except BaseException:
        store.close()
        raise


def _result(future: Future[Read], job: Job) -> Read:
    from kg.workers import NotReady, WorkerDied

    try:
        return future.result()
    except NotReady as fault:
        raise _Stop(fault.__cause__ if isinstance(fault.__cause__, Exception) else fault) from fault
    except WorkerDied as fault:
        raise WorkerDied(f"{job.name} could not be read through, {fault}: add it alone, or part it") from fault


class _Stop(Exception):
    """A fault that every other file would meet too."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault


@contextmanager
def _telling(summary: Summary, name: str, line: int = 0) -> Iterator[None]:
    """Put what goes wrong with one file into the summary, so that the others go on."""
    try:
        yield
    except _Stop:
        raise
    except StoreError as fault:
        # what the system refused the store it will refuse again; a StoreError of a report alone (its items belong
        # to another) has no cause
        if fault.__cause__ is not None:
            raise _Stop(fault) from fault
        summary.failures.append(Failure(name, _placed(name, line, str(fault)), fault))
    except KgError as fault:
        summary.failures.append(Failure(name, _placed(name, line, str(fault)), fault))
    except MemoryError as fault:
        sentence = f"{name} needs more memory than there is: end other programs, or part it; then add it again."
        summary.failures.append(Failure(name, _placed(name, line, sentence), fault))
    except Exception as fault:  # a fault of ours in one file is no reason to lose the others
        kind = type(fault).__name__
        where = f"{name}, from line {line}," if line else name
        sentence = f"{where} could not be read through ({kind}: {fault}): please report this, with the file."
        summary.failures.append(Failure(name, sentence, fault))


def _placed(name: str, line: int, sentence: str) -> str:
    """The sentence with the part of the feed that it is about, where it doesn't say so itself."""
    return f"{name}, from line {line}: {sentence}" if line and not sentence.startswith(name) else sentence


def _once(make: Callable[[], T]) -> T:
    """What all files need: where it can't be had, the run is over."""
    try:
        return make()
    except Exception as fault:
        raise _Stop(fault) from fault


def _on_item(watch: Watch, step: Step, item: int) -> None:
    watch(replace(step, item=item))


def _obey(store: Store, judged: Judgements, summary: Summary) -> None:
    """Replay the judgements where the file has been edited since."""
    from kg import identity
    from kg.printing import number

    changed, lacking = identity.replay(store, judged)
    if changed:
        count = number(len(changed), "item")
        summary.notes.append(f"the judgements have changed, {count} made anew: {judgements_of(summary.store)}")
    if lacking:
        summary.notes.append(f"made by an older regkg, to be added again for judgements: {', '.join(lacking)}")


def _weigh(store: Store, judged: Judgements, summary: Summary) -> None:
    """Tell of judgements whose ground is gone: nobody would look for them."""
    from kg import identity
    from kg.printing import number

    lost = [one for one in identity.standings(store, judged) if one.state in ("stale", "doubtful")]
    if lost:
        summary.notes.append(f"{number(len(lost), 'judgement')} without ground: kg judgements --stale lists them")


def _put(store: Store, report: Report, said: list[ItemFacts], run: str, judged: Judgements, job: Job) -> Done:
    added = store.add(report, said, run, judged.apply)
    found = tuple(
        Found(
            one.item.id,
            one.item.title,
            len(one.entities),
            len(one.claims),
            len(one.deals),
            tuple(one.open_sentences),
        )
        for one in said
    )
    told = (f"{one.item.id}: {warning}" for one in said for warning in one.warnings)
    warnings = dict.fromkeys((*report.warnings, *told))
    return Done(
        report.source.name,
        report.id,
        report.title,
        len(report.items),
        added,
        () if job.line else found,
        tuple(warnings),
        job.line,
        sum(not one.relations for one in found),
        sum(len(one.open_sentences) for one in found),
    )


def read_report(path: Path | str) -> Report:
    """A file (``-``: standard input) as the report that it is; ReadError where it is none."""
    if path == STDIN:
        return read_job(Job(STDIN, 1, data=sys.stdin.buffer.read()))
    return read_job(Job(str(path), 1, Path(path)))


def read_job(job: Job) -> Report:
    """What a job names as the report that it is; ReadError where it is none."""
    from kg.read import jsonl, layout, read, read_bytes, split
    from kg.read.jsonl import Feed

    source: Source
    if job.path is not None:
        source = read(job.path)
    elif job.line:
        source = jsonl.read(job.name, job.data or b"", job.line)
    else:
        source = read_bytes(job.name, job.data or b"")
    source = replace(source, name=_storable(source.name))
    newsletter = isinstance(source, Feed) or any(known.fits(source.text) for known in layout.load_all())
    if not newsletter:  # looked at before it is split, since splitting takes ten times its size in memory
        _bounded(source.name, len(source.text), "it")
    report = split(source)
    for item in report.items:
        _bounded(source.name, len(item.passage.text), f"its item “{item.title[:40]}”")
    return report


def _storable(name: str) -> str:
    """A file's name as text: a zip from a Chinese Windows leaves names in GB18030, which Linux takes as they are."""
    data = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("ascii", "replace").replace("\N{REPLACEMENT CHARACTER}", "_")


def _bounded(name: str, length: int, what: str) -> None:
    if length > LONGEST_ITEM:
        raise ReadError(
            f"{name} is no single report: {what} has {length:,} characters, and a piece of news has"
            f" {LONGEST_ITEM:,} at most; part it into a file for each report."
        )


def load(model: str | None = None) -> Language:
    """The spaCy pipeline: ours, or an installed one by its name."""
    from kg.extract import pipeline

    return pipeline.load(model)


def facts(report: Report, nlp: Language | None = None, on_item: Callable[[int], None] | None = None) -> list[ItemFacts]:
    """What the items of a report say: extracted item by item, resolved together."""
    from kg.extract import extract
    from kg.resolve.linker import resolve

    nlp = nlp or load()
    extractions = []
    for number, item in enumerate(report.items, 1):
        extractions.append(extract(item, nlp))
        if on_item:
            on_item(number)
    return resolve(report, extractions)


@cache
def run_digest(model: str | None = None) -> str:
    """What the outcome of a run depends on beside the file: our version, rules, model and data, as a digest.

    Reports that stand in the store by another digest are read again.
    """
    from kg.extract import version

    found = hashlib.sha256(f"{__version__}\n{version.version(model)}\n".encode())
    package = Path(__file__).parent
    for folder in (package / "read", package / "resolve", asset("data", "layouts"), asset("data", "reference")):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".yml", ".csv"):
                found.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in ("ids.py", "reference.py", "graph/build.py"):
        found.update((package / name).read_bytes())
    return found.hexdigest()[:16]


def _unchanged(store: Store, report: Report, run: str) -> bool:
    there = store.report(report.id)
    if there is None or there.digest != report.source.digest or there.run != run:
        return False
    # an item that was removed by hand comes back when its report is added again
    return len(store.items_of(report.id)) == len(report.items)


# ------------------------------------------------------------------------------------------------------ files


def collect(paths: Iterable[Path | str], skipped: list[str] | None = None) -> list[Path | str]:
    """The files to read, each once: those that are named, and those of known suffixes in named folders.

    PDFs come first, so that of two files of one report the one with pages is taken; else the order is that in which
    they are named, in folders that of their names. Of a folder, hidden files and a README are left out.
    """
    from kg.read import READERS

    paths = list(paths)
    found: dict[object, Path | str] = {}
    for given in paths:
        if str(given) == STDIN:
            found[STDIN] = STDIN
            continue
        path = Path(given)
        for file in _walk(path, skipped, frozenset(READERS)) if path.is_dir() else [path]:
            found.setdefault(os.path.realpath(file), file)
    if not found:
        where = ", ".join(str(path) for path in paths)
        if not where:
            raise UsageError("there is nothing to add: name a file, a folder, or - for what is piped in.")
        raise UsageError(f"there is no report in {where}: name a folder with PDF, Word, HTML, Markdown or text files.")
    return sorted(found.values(), key=_rank)


def _walk(folder: Path, skipped: list[str] | None, suffixes: frozenset[str]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith((".", "~$")):  # ~$: Word's own, of a document that is open
                continue
            if path.suffix.lower() in suffixes and path.stem.casefold() not in _NO_REPORTS:
                yield path
            elif skipped is not None:
                skipped.append(str(path))


def _rank(path: Path | str) -> int:
    suffix = path.suffix.lower() if isinstance(path, Path) else ""
    return _ORDER.index(suffix) if suffix in _ORDER else len(_ORDER)
