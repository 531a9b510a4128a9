"""What is left of a store after kills, power cuts, full disks, no memory, two writers: ``python -m benchmarks.faults``.

``kg add`` runs in a process of its own over small texts of one sentence each; the sentence's shape stands in for
extraction, so that the time goes into the store. After each fault the store is opened and looked through: every report
whole or not there, every file as it was written, the default graph what the items state. Then the same command runs to
its end, and the export has to be that of a store that nothing happened to, to the byte.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import machine, table
from kg import cli, ids, run
from kg.errors import StoreError
from kg.graph.deep import deep
from kg.graph.facts import DEFAULT, all_facts
from kg.graph.store import Store
from kg.graph.write import write
from kg.items import Claim, Entity, ItemFacts, Label, Report, Said

ROOT = Path(__file__).parents[1]
REPORTS = 12


class Lost(AssertionError):
    """A store that isn't what it should be."""


# ----------------------------------------------------------------------------------------------- what is added


def texts(folder: Path, count: int = REPORTS, start: int = 0) -> Path:
    """Texts of one sentence, all about one firm, each with filling so that writing it takes its time."""
    folder.mkdir()
    for number in range(start, start + count):
        sentence = f"海鸥科技收购礁石{number}号公司"
        (folder / f"{number:03}.txt").write_text(f"{sentence}\n" + f"第{number}件事的经过。" * 3000, encoding="utf-8")
    return folder


def _facts(report: Report, nlp: object = None, on_item: Callable[[int], None] | None = None) -> list[ItemFacts]:
    found = []
    for item in report.items:
        said = ItemFacts(item)
        buyer, _, target = item.title.partition("收购")
        who, whom = (Entity(ids.entity("Company", n), "Company", Label(n, "zh")) for n in (buyer, target or "无名"))
        said.entities += [who, whom]
        for _ in range(20):
            start, end = item.passage.span(0, len(item.title))
            quote, page = report.source.text[start:end], report.source.page_at(start)
            said.claims.append(
                Claim(who.iri, "acquires", whom.iri, quote, start, end, Said.HEADLINE, f"r{_}", 0.9, page)
            )
        found.append(said)
    return found


def child() -> None:
    """``kg`` with the road cut short; what RLIMIT_AS it gets is added to what it takes already."""
    run.load = lambda model=None: None  # type: ignore[assignment,return-value]
    run.facts = _facts  # type: ignore[assignment]
    run.run_digest = lambda model=None: "faults"  # type: ignore[assignment]
    if room := os.environ.get("FAULTS_MEMORY"):
        import kg.graph.store
        import kg.identity  # noqa: F401

        used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (used + int(room), used + int(room)))
    if room := os.environ.get("FAULTS_FILE"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), int(room)))
    print("ready", flush=True)
    cli.main(sys.argv[1:])


def adding(store: Path, folder: Path, *more: str, **limits: int) -> subprocess.Popen[str]:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from benchmarks.faults import child; child()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "add", str(folder), "--store", str(store), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **{f"FAULTS_{name.upper()}": str(value) for name, value in limits.items()}},
    )
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        raise Lost(process.communicate()[1])
    return process


def finished(store: Path, folder: Path, *more: str) -> str:
    process = adding(store, folder, *more)
    out, err = process.communicate()
    if process.returncode:
        raise Lost(f"the same command doesn't go on: {err}")
    return out


# ------------------------------------------------------------------------------------------------- looking through


def whole(store: Path, mode: str = "read") -> int:
    """How many reports a store has, all of them whole; Lost where one isn't, or anything else is wrong."""
    try:
        opened = Store.open(store, mode)  # type: ignore[arg-type]
    except StoreError as fault:
        if "kg add makes one" in str(fault):
            return 0  # killed before there was one
        raise Lost(f"the store doesn't open: {fault}") from fault
    with opened:
        reports = opened.reports()
        for report in reports:
            found, source = opened.resolved(report.id), opened.source(report.id)
            items = opened.items_of(report.id)
            if source is None or found is None or len(items) != len(found) != 0:
                raise Lost(f"{report.id} is half there")
        if faults := deep(opened, lambda found, source: list(found)):
            raise Lost(str(faults[0]))
        quads = set(opened.quads())
        if all_facts(quads) != {quad for quad in quads if quad.graph_name == DEFAULT}:
            raise Lost("the default graph isn't what the items state")
        return len(reports)


def exported(store: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder, Store.open(store) as opened:
        write(opened, Path(folder) / "all.nq")
        return (Path(folder) / "all.nq").read_bytes()


# -------------------------------------------------------------------------------------------------------- faults


def kills(folder: Path, count: int, seed: int = 1) -> Counter[str]:
    """SIGKILL at random moments, again and again on the same store until it is full, then on a new one."""
    dice = random.Random(seed)
    inputs = texts(folder / "in")
    begun = time.monotonic()
    finished(folder / "reference", inputs)
    longest = time.monotonic() - begun
    wanted = exported(folder / "reference")
    seen: Counter[str] = Counter()
    store, held = folder / "store-0", 0
    for number in range(count):
        process = adding(store, inputs)
        time.sleep(dice.uniform(0, longest / 2) if dice.random() < 0.7 else dice.uniform(0, 0.2))
        process.kill()
        process.communicate()
        seen["killed at work" if process.returncode == -signal.SIGKILL else "done before"] += 1
        now = whole(store)
        if now < held:
            raise Lost(f"{held - now} reports that were there are gone")
        held = now
        seen[f"{'no' if not now else 'all' if now == REPORTS else 'some'} reports"] += 1
        if now == REPORTS or number == count - 1:
            finished(store, inputs)
            if whole(store) != REPORTS or exported(store) != wanted:
                raise Lost("the finished store isn't the one that nothing happened to")
            seen["finished as if nothing had happened"] += 1
            shutil.rmtree(store)
            store, held = folder / f"store-{number + 1}", 0
    return seen


def power_cuts(folder: Path, count: int, seed: int = 2) -> Counter[str]:
    """Copies of the folder in the middle of writing, file by file, with the ends of its journals cut off: what a disk
    may have kept that hadn't been told to keep more."""
    dice = random.Random(seed)
    inputs = texts(folder / "in")
    finished(folder / "reference", inputs)
    wanted = exported(folder / "reference")
    seen: Counter[str] = Counter()
    while sum(seen[name] for name in ("opened", "made anew")) < count:
        store = folder / "store"
        process = adding(store, inputs)
        copies = []
        while process.poll() is None and len(copies) < 3:
            time.sleep(dice.uniform(0.02, 0.3))
            copy = folder / f"copy-{len(copies)}"
            if _copied(store, copy, dice):
                copies.append(copy)
        process.kill()
        process.communicate()
        for copy in copies:
            whole(copy)
            with Store.open(copy, "write") as opened:
                seen["made anew" if opened.notes else "opened"] += 1
            whole(copy)
            finished(copy, inputs)
            if whole(copy) != REPORTS or exported(copy) != wanted:
                raise Lost("the finished store isn't the one that nothing happened to")
            shutil.rmtree(copy)
        shutil.rmtree(store, ignore_errors=True)
    return seen


def _copied(store: Path, copy: Path, dice: random.Random) -> bool:
    """What was written last is copied first: what a file speaks of was on the disk before it spoke."""
    if not (store / "generation").exists():
        return False
    copy.mkdir()
    for name in ("generation", "regkg-store.json"):
        shutil.copy2(store / name, copy / name)

    def one(source: str, target: str) -> str:
        try:
            shutil.copy2(source, target)
        except FileNotFoundError:
            return target  # it went meanwhile
        if source.endswith(".log"):
            size = os.path.getsize(target)
            os.truncate(target, dice.randint(0, size))
        return target

    named = (copy / "generation").read_text().strip()
    try:
        shutil.copytree(store / "published" / named, copy / "published" / named)
    except (shutil.Error, FileNotFoundError):
        shutil.rmtree(copy)
        return False  # followed by another while it was copied, which a disk can't do
    for name in ("oxigraph", "resolved", "sources"):
        if (store / name).is_dir():
            shutil.copytree(store / name, copy / name, copy_function=one, ignore=shutil.ignore_patterns("LOCK"))
    (copy / "writer.json").write_text("{}")
    return True


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Callable[[int], None]]:
    """A file system of so many bytes, and what makes it larger; OSError where none may be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise OSError("no file system may be mounted here")
    try:
        yield lambda more: subprocess.run(["mount", "-o", f"remount,size={more}", str(folder)], check=True) and None
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def full_disks(folder: Path, count: int, seed: int = 3) -> Counter[str]:
    """A disk that is full at some moment of an addition, and then isn't any more."""
    dice = random.Random(seed)
    inputs = texts(folder / "in")
    finished(folder / "reference", inputs)
    wanted = exported(folder / "reference")
    needed = sum(path.stat().st_size for path in (folder / "reference").rglob("*") if path.is_file())
    seen: Counter[str] = Counter()
    for number in range(count):
        with small_disk(folder / f"disk-{number}", dice.randint(needed // 20, needed)) as enlarge:
            store = folder / f"disk-{number}" / "store"
            process = adding(store, inputs)
            _, err = process.communicate()
            if process.returncode:
                told = "the disk is full" in err or "No space left" in err
                seen[
                    "one sentence, of the full disk" if told and "Traceback" not in err else f"told: {err[-200:]}"
                ] += 1
            else:
                seen["there was room"] += 1
            enlarge(needed * 40)
            seen["opened, every report whole or not there"] += whole(store) >= 0
            finished(store, inputs)
            if whole(store) != REPORTS or exported(store) != wanted:
                raise Lost("the finished store isn't the one that nothing happened to")
            seen["finished as if nothing had happened"] += 1
    return seen


def no_memory(folder: Path, count: int, seed: int = 4) -> Counter[str]:
    """Processes that get so many bytes more and no more."""
    dice = random.Random(seed)
    inputs = texts(folder / "in")
    finished(folder / "reference", inputs)
    wanted = exported(folder / "reference")
    seen: Counter[str] = Counter()
    for number in range(count):
        store = folder / f"store-{number}"
        process = adding(store, inputs, memory=dice.randint(100 << 20, 1600 << 20))
        process.communicate()
        seen["enough" if process.returncode == 0 else "ended by itself" if process.returncode > 0 else "aborted"] += 1
        whole(store)
        finished(store, inputs)
        if whole(store) != REPORTS or exported(store) != wanted:
            raise Lost("the finished store isn't the one that nothing happened to")
        seen["finished as if nothing had happened"] += 1
    return seen


def two_writers(folder: Path, count: int) -> Counter[str]:
    """Two at once, each with reports of its own: the second waits."""
    first, second = texts(folder / "a", REPORTS // 2), texts(folder / "b", REPORTS // 2, REPORTS // 2)
    finished(folder / "reference", first)
    finished(folder / "reference", second)
    wanted = exported(folder / "reference")
    seen: Counter[str] = Counter()
    for number in range(count):
        store = folder / f"store-{number}"
        both = [adding(store, inputs, "--wait", "120") for inputs in (first, second)]
        said = [process.communicate()[1] for process in both]
        if any(process.returncode for process in both):
            raise Lost(f"one of two writers failed: {said}")
        seen["waited, and said for whom" if any("waiting for the store" in err for err in said) else "took turns"] += 1
        if whole(store) != REPORTS or exported(store) != wanted:
            raise Lost("the store of two writers isn't that of one after the other")
    return seen


FAULTS: dict[str, tuple[Callable[[Path, int], Counter[str]], int]] = {
    "kills": (kills, 200),
    "power cuts": (power_cuts, 30),
    "full disks": (full_disks, 20),
    "no memory": (no_memory, 20),
    "two writers": (two_writers, 5),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=[*FAULTS], help="one sort alone")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of each")
    given = parser.parse_args()
    rows = []
    for name, (fault, count) in FAULTS.items():
        if given.only in (None, name):
            count = max(1, round(count * given.share))
            with tempfile.TemporaryDirectory() as folder:
                try:
                    seen = fault(Path(folder), count)
                except OSError as why:
                    rows.append((name, "0", f"skipped: {why}"))
                    continue
            rows.append((name, str(count), "; ".join(f"{n} {what}" for what, n in sorted(seen.items()))))
    table(("fault", "times", "found after"), rows)
    print(machine())


if __name__ == "__main__":
    main()
