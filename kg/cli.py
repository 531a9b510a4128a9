"""The commands: each parses, calls one function and prints. What it needs is imported when it runs.

Errors go to standard error as one sentence and leave by an exit code of ``kg.errors``; ``--debug`` or KG_DEBUG shows
the traceback. Help is set plainly, since rich would take as long to load as all else together.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from kg import __version__
from kg.errors import KgError, QueryError, UsageError
from kg.printing import clean, console, number, save, say, tell
from kg.settings import judgements_of, store_at

if TYPE_CHECKING:
    from kg.extraction import Runner
    from kg.graph.store import Store
    from kg.identity import Outcome
    from kg.query.catalogue import Question
    from kg.query.entity import Candidate
    from kg.query.run import Answer
    from kg.settings import Place

TABLE_ROWS = 1000

_HELP = """Turn regulatory and deal news into a graph that you can query, map and cite.

\b
  kg add 2024-08.pdf              read a report: PDF, Word, HTML, Markdown or text
  kg items                        what has been read, item by item
  kg show 国家数据局              what it issued, and the sentences that say so
  kg map -o map.html              the whole as a picture that opens in a browser
"""
_EPILOG = """\b
Exit codes: 0 done; 1 done, but something was wrong with some input or a check
failed; 2 wrong use; 3 unreadable input; 4 the store can't be used; 5 a query is
wrong, or a name isn't known; 130 interrupted.

Everything stays on this machine; kg watch alone asks a network. The store is a folder: that of --store, else of
the variable KG_STORE, else your own; or a SPARQL server, by its URL.
KG_DEBUG=1 shows where an error came from.
"""

app = typer.Typer(
    name="kg",
    help=_HELP,
    epilog=_EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

StoreOption = Annotated[
    str | None,  # no Path, which makes one slash of two in a server's address
    typer.Option(
        "--store", metavar="FOLDER|URL", help="The folder of the graph, or a SPARQL server; else KG_STORE, else yours."
    ),
]
JudgementsOption = Annotated[
    Path | None,
    typer.Option("--judgements", metavar="FILE", help="Your file of judgements on a server's store."),
]
WaitOption = Annotated[
    float,
    typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for another that writes to the store."),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Its name decides the form: .csv .xlsx .json .md .docx .html .txt"
    ),
]
FormatOption = Annotated[
    Literal["table", "csv", "xlsx", "json", "markdown", "docx", "html", "text"] | None,
    typer.Option("--format", help="A form, for standard output or a file of another name."),
]
LangOption = Annotated[Literal["zh", "en"], typer.Option("--lang", help="The language of heads and words.")]


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run a command and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # a name that this terminal can't print is no reason to stop; what goes to a file is UTF-8 everywhere
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", **({} if stream.isatty() else {"encoding": "utf-8"}))
    try:
        try:
            app(args=None if args is None else list(args), prog_name="kg")
        finally:
            sys.stdout.flush()  # here, where a full disk is still told of
    except KgError as fault:
        _shown(fault)
        tell(f"kg: {fault}")
        sys.exit(fault.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _drop_output()  # whoever read it has had enough
        sys.exit(0)
    except OSError as fault:
        _shown(fault)
        tell(f"kg: {fault.filename or 'the output'} can't be used: {fault.strerror or fault}")
        _drop_output()
        sys.exit(1)
    except (Exception, _panic()) as fault:
        _shown(fault)
        if "Corruption: " in str(fault):  # of rows that are read one by one, the store can't tell it
            from kg.graph.store import damage

            tell(f"kg: {damage(fault)}")
            sys.exit(4)
        tell(
            f"kg: this should not have happened ({type(fault).__name__}: {fault}): please report it; --debug shows more"
        )
        sys.exit(1)
    sys.exit(0)


def _drop_output() -> None:
    """Python would complain once more while it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _panic() -> type[BaseException]:
    """What a fault inside the store raises: it is no ``Exception``."""
    panics = (kind for kind in BaseException.__subclasses__() if kind.__name__ == "PanicException")
    return next(panics, Exception)


def _shown(fault: BaseException) -> None:
    if os.environ.get("KG_DEBUG"):
        import traceback

        traceback.print_exception(fault)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"regkg {__version__}")
        raise typer.Exit


@app.callback()
def kg(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    if debug:
        os.environ["KG_DEBUG"] = "1"


# ------------------------------------------------------------------------------------------------------ writing


@app.command()
def add(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Files, folders, or - for what is piped in.")],
    store: StoreOption = None,
    judgements: JudgementsOption = None,
    again: Annotated[bool, typer.Option("--again", help="Read anew what the store has unchanged.")] = False,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="An installed spaCy pipeline in place of ours.")
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=256, help="Read with so many processes.")
    ] = 1,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what was found in each item.")] = False,
    wait: WaitOption = 10,
) -> None:
    """Read reports and add what they say.

    \b
      kg add 2024-08.pdf
      kg add reports/             every report in a folder and below
      pbpaste | kg add -          what was copied

    A report that was added before is replaced whole; an unchanged one is left as
    it is. Of a report that is there as PDF and as text, the PDF is read. A feed
    (.jsonl) of many lines becomes several reports. --workers 4 reads with four
    processes, and adds the same to the byte; each takes 300 MB of memory.
    """
    import warnings

    from kg import printing, run

    if not os.environ.get("KG_DEBUG"):
        warnings.simplefilter("ignore")  # of libraries, for their users' users
    try:
        with _progress() as watch:
            summary = run.add(
                files,
                store_at(store, judgements),
                watch,
                model=model,
                again=again,
                wait=wait,
                told=_waiting,
                workers=workers,
            )
    except KeyboardInterrupt:
        tell("kg: stopped; reports that were finished are in the store, the one in hand isn't")
        raise typer.Exit(130) from None
    for failure in summary.failures:
        _shown(failure.error)
    printing.summary(summary, verbose)
    raise typer.Exit(summary.exit_code)


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on standard error where somebody watches, else nothing."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from kg.run import Step

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def watch(step: Step) -> None:
            which = f"{step.file}/{step.files} " if step.files > 1 else ""
            bar.update(task, description=clean(f"{which}{step.name}"), completed=step.item, total=step.items or None)

        yield watch


@app.command(short_help="Watch folders, feeds and pages.")
def watch(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCES", help="A YAML of sources, folders, addresses of feeds or pages."),
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="Look at all sources, also those that aren't due.")] = False,
    every: Annotated[
        str | None, typer.Option("--every", metavar="TIME", help="Go on, and look for due ones every 10min, 6h.")
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="List how the sources stand, and look at none.")] = False,
    acknowledge: Annotated[
        list[str] | None,
        typer.Option("--acknowledge", metavar="NAME", help="A source's change is right: learn it anew from now on."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what was found in each document.")] = False,
    wait: WaitOption = 60,
    store: StoreOption = None,
) -> None:
    """Look at sources once, add what is new, and tell of those that changed their form or went quiet.

    \b
      kg watch sources.yml                        each source that is due, for a timer (cron)
      kg watch inbox/ https://example.org/feed    a folder and a feed
      kg watch sources.yml --every 10min          until it is stopped
      kg watch --status
      kg watch --acknowledge ministry             what changed is right as it is

    Of all commands this one alone asks a network: the addresses that you name, and
    what they list or redirect to. An alarm is told by each run, with exit code 1,
    until the source is as it was or you acknowledge it.
    """
    import time
    import warnings

    from kg import watch as watching
    from kg.watch import report
    from kg.watch.sources import span

    if not os.environ.get("KG_DEBUG"):
        warnings.simplefilter("ignore")
    place = store_at(store)
    if status or acknowledge:
        with watching.opened(place) as (state, _):
            for name in acknowledge or ():
                report.acknowledged(name, watching.acknowledge(state, name, time.time()))
            if status:
                report.status(watching.standings(state))
        return
    watched = watching.watched(sources or ())
    pause = span(every) if every else 0.0
    if every and pause < 1:
        raise UsageError("--every is a second at least")
    try:
        while True:
            outcome = watching.watch(watched, place, at_once=now, told=report.looked, waiting=_waiting, wait=wait)
            report.added(outcome, verbose)
            if not pause:
                break
            sys.stdout.flush()
            time.sleep(pause)
    except KeyboardInterrupt:
        tell("kg: stopped; what was fetched is kept, the same command goes on")
        raise typer.Exit(130) from None
    raise typer.Exit(outcome.exit_code)


InputArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="JSONL or Parquet files, or folders of them.", show_default=False)
]
FolderOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the parts go; a run goes on in it.")
]
NameOption = Annotated[
    str, typer.Option("--name", help="What the collection is called: it heads the ids of documents without one.")
]
GraphOnlyOption = Annotated[
    bool, typer.Option("--graph-only", help="Quads alone, without the texts by which kg check reads quotes again.")
]


@app.command(short_help="Read documents by the million into files of quads.")
def extract(
    files: InputArgument,
    output: FolderOption,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=256, help="Read with so many processes.")
    ] = 1,
    name: NameOption = "documents",
    graph_only: GraphOnlyOption = False,
) -> None:
    """Read documents and write what they say as N-Quads, without a store.

    \b
      kg extract archive/ -o quads --workers 8
      kg load quads --store store

    A document is a line of JSONL or a row of Parquet with title and text, and
    where known id, date, publisher, link. Those that fail are listed in
    failed.jsonl, with the reason; the others go on. A run that was broken off
    goes on when it is given again.
    """
    from kg import extraction

    _extracting(files, output, extraction.processes(workers), name, graph_only)


@app.command(short_help="The same on Spark.")
def spark(
    files: InputArgument,
    output: FolderOption,
    master: Annotated[
        str | None, typer.Option("--master", metavar="URL", help="local[4], spark://host:7077, yarn, k8s://…")
    ] = None,
    name: NameOption = "documents",
    graph_only: GraphOnlyOption = False,
) -> None:
    """Read documents on a Spark cluster: the same files as kg extract writes.

    \b
      pip install 'regkg[spark]'                        and Java 17
      kg spark archive/ -o quads --master 'local[4]'
      kg load quads --store store

    Input and output are folders that all machines see. Without --master it takes
    the session that spark-submit has started.
    """
    from kg import spark as on_spark

    session = on_spark.session(master)
    try:
        _extracting(files, output, on_spark.runner(session), name, graph_only)
    finally:
        session.stop()


def _extracting(files: list[Path], output: Path, runner: Runner, name: str, graph_only: bool) -> None:
    import time
    import warnings

    from kg import extraction

    if not os.environ.get("KG_DEBUG"):
        warnings.simplefilter("ignore")
    begun = time.monotonic()
    try:
        with _counting("parts") as watch:
            done = extraction.run(
                files,
                output,
                runner,
                name=name,
                texts=not graph_only,
                watch=watch and (lambda at, of, counts: watch(at, of)),
            )
    except KeyboardInterrupt:
        tell(f"kg: stopped; the parts that were done are in {output}, the same command goes on")
        raise typer.Exit(130) from None
    taken = time.monotonic() - begun
    for file, reason in done.undone:
        tell(f"kg: {file}: {reason}")
    counts = done.counts
    say(
        f"{output}: {number(counts.documents, 'document')}, {number(counts.quads, 'quad')}"
        f" in {number(done.parts - len(done.undone), 'part')}"
    )
    if done.before:
        say(f"  done before: {number(done.before, 'part')}")
    else:
        say(f"  {counts.characters / taken:,.0f} characters a second")
    if counts.failed:
        say(f"  {number(counts.failed, 'document')} failed: {output / extraction.FAILED} says why")
    raise typer.Exit(1 if done.undone or counts.failed else 0)


@contextmanager
def _counting(what: str) -> Iterator[Any]:
    """A bar on standard error that counts up to a whole, where somebody watches."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda at, of: bar.update(task, completed=at, total=of)


@app.command(short_help="Make a store of files of quads, all at once.")
def load(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Folders of kg extract, or .nq, .nq.gz, .trig.")],
    store: StoreOption = None,
) -> None:
    """Make a new store of what kg extract, kg spark or kg export wrote.

    \b
      kg load quads --store store
      kg load old.nq quads --store new        an export and what came since

    The default graph is worked out from the named ones on the way.
    """
    from kg.graph import load as loading

    where = store_at(store)
    if not isinstance(where, Path):
        raise UsageError("a server loads files by itself: give it these, and what kg settle makes of them")
    with _counting("MB") as watch:
        done = loading.load(files, where, watch and (lambda at, of: watch(at // 1_000_000, of // 1_000_000)))
    facts = ("" if done.exact else "at most ") + number(done.facts, "fact")
    say(f"Loaded {number(done.quads, 'quad')} of {number(done.files, 'file')}; {facts} stand.")
    _twice(done.twice)
    if not done.texts:
        say("There were no texts with them, so kg check can't read the quotes again.")
    say(f"Store: {where}")
    raise typer.Exit(1 if done.twice else 0)


@app.command(short_help="Work out the default graph of files, for another store.")
def settle(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Folders of kg extract, or .nq, .nq.gz, .trig.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="N-Triples: facts.nt, facts.nt.gz.")],
) -> None:
    """Write the default graph that named graphs give, each fact once and settled.

    \b
      kg settle quads -o facts.nt.gz
      oxigraph load --location db --file quads/*.nq.gz facts.nt.gz

    A store that loads the files of kg extract by itself gets the facts from here.
    """
    from kg.graph import load as loading

    with _counting("MB") as watch:
        done = loading.write_facts(files, output, watch and (lambda at, of: watch(at // 1_000_000, of // 1_000_000)))
    again = "" if done.exact else ", some of them more than once"
    say(f"{output}: {number(done.facts, 'fact')} of {number(done.quads, 'quad')}{again}")
    _twice(done.twice)
    raise typer.Exit(1 if done.twice else 0)


def _twice(reports: Sequence[str]) -> None:
    if reports:
        shown = ", ".join(reports[:5]) + (" …" if len(reports) > 5 else "")
        tell(
            f"kg: {number(len(reports), 'document')} came in more than once, and differ: {shown};"
            " load one version of each, and give each an id of its own"
        )


@app.command(short_help="Take a report or one item out.")
def remove(
    name: Annotated[
        str, typer.Argument(metavar="REPORT-OR-ITEM", help="As kg items lists it: 2024-08, 2024-08-deals-1.")
    ],
    store: StoreOption = None,
    wait: WaitOption = 10,
) -> None:
    """Take a report or one item out, with all that it alone said.

    \b
      kg remove 2024-08
      kg remove 2024-08-deals-1
    """
    with _writing(store, wait) as opened:
        count = opened.remove(name)
    say(f"Removed {name}: {number(count, 'item')}.")


# ------------------------------------------------------------------------------------------------------ reading


@contextmanager
def _reading(where: str | None, judgements: Path | None = None) -> Iterator[Store]:
    from kg.graph.store import Store

    with Store.open(store_at(where, judgements)) as opened:
        yield opened


@app.command(short_help="List what was read, and how much was found.")
def items(
    report: Annotated[str | None, typer.Argument(metavar="REPORT", help="One report alone: 2024-08.")] = None,
    store: StoreOption = None,
) -> None:
    """List the reports and items that were added, and how much was found in each.

    \b
      kg items
      kg items 2024-08
    """
    from kg import printing
    from kg.query.items import listing

    with _reading(store) as opened:
        rows = listing(opened)
    if not rows:
        say("The store holds no reports: kg add FILE adds one.")
        return
    if report is not None:
        known = ", ".join(row.id for row in rows)
        rows = [row for row in rows if row.id == report]
        if not rows:
            raise UsageError(f"the store has no report {report}: it has {known}")
    printing.listing(rows)


@app.command(short_help="Show a regulator, instrument or company.")
def show(
    name: Annotated[list[str], typer.Argument(metavar="NAME", help="A name in any form, or an address (https://…).")],
    store: StoreOption = None,
    all_: Annotated[bool, typer.Option("--all", help="Every quote, and not three for each relation.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Why each name that the items use was taken for it.")] = False,
) -> None:
    """Show a regulator, instrument or company: names, what it did, and where it says so.

    \b
      kg show 国家数据局
      kg show gjsjj               by pinyin; 國家數據局, nda and "negative list" do too
      kg show ZT Systems

    A deal that is rumoured, in talks or announced is marked so.
    """
    from kg import printing
    from kg.query.entity import describe
    from kg.show import page

    with _reading(store) as opened:
        meant = _meant(opened, " ".join(name))
        printing.lines(page(opened, describe(opened, meant.iri), all_))
        if why:
            from kg.identity import mentions
            from kg.show import reasons

            printing.lines(reasons(mentions(opened, meant.iri)))


def _meant(store: Store, name: str) -> Candidate:
    """The entity that a name means; where that isn't plain, the choices are listed and QueryError is raised."""
    from kg.query.entity import find, meant

    found = find(store, name)
    if (only := meant(found)) is not None:
        return only
    if not found:
        raise QueryError(f"nothing in the store is called {name}: kg items lists what was read")
    raise _unclear(name, found)


def _unclear(name: str, found: list[Candidate]) -> QueryError:
    """List what a name may mean, and say so."""
    from kg.query.search import SURE
    from kg.show import choices

    for line in choices(found):
        tell(line)
    if found[0].how in SURE:
        return QueryError(f"{name} could be any of these: give the address of the one that you mean")
    return QueryError(f"nothing in the store is called just {name}: the nearest are listed above")


@app.command(short_help="Trace acquisitions and investments step by step.")
def chain(
    name: Annotated[list[str], typer.Argument(metavar="NAME", help="A name in any form, or an address (https://…).")],
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="Only the chains that lead to it.")] = None,
    depth: Annotated[int, typer.Option("--depth", min=1, max=50, help="How many steps away.")] = 5,
    status: Annotated[
        str | None,
        typer.Option(
            "--status", metavar="STATUS,…", help="Only deals that are: rumoured, announced, …; else all but terminated."
        ),
    ] = None,
    relation: Annotated[
        str | None,
        typer.Option("--relation", metavar="RELATION,…", help="Only along these: acquires, investsIn, subsidiaryOf."),
    ] = None,
    quotes: Annotated[bool, typer.Option("--quotes", help="The words that say so under each step.")] = False,
    output: OutputOption = None,
    format_: FormatOption = None,
    lang: LangOption = "zh",
    store: StoreOption = None,
) -> None:
    """Trace whom a firm buys, invests in or owns, and who does so with it.

    \b
      kg chain AMD
      kg chain 礁石资本 --to Tern --depth 8
      kg chain OpenAI --status announced,completed --relation investsIn
      kg chain AMD -o amd.xlsx            with the quotes, for others

    Each step shows how far the deal has come, and each chain its weakest link. What
    was called off is listed apart: it is part of no chain.
    """
    from kg import forms, printing, tree
    from kg.query import chain as chains

    _checked(output, format_)

    with _reading(store) as opened:
        meant = _meant(opened, " ".join(name))
        found = chains.chain(
            opened,
            meant.iri,
            to=_meant(opened, to).iri if to else None,
            depth=depth,
            statuses=_parts(status) if status is not None else None,
            relations=chains.RELATIONS if relation is None else _parts(relation),
            lang=lang,
        )
    if output is not None or format_ is not None:
        forms.deliver(found.result(lang), output, lang=lang, format_=format_, store=str(store_at(store)))
        return
    printing.trees(tree.trees(found, lang, quotes))
    for note in found.notes:
        say(note)


def _checked(output: Path | None, format_: str | None) -> None:
    """Whether a file's name asks for a form that there is, before there is anything to write into it."""
    from kg import forms

    if output is not None and format_ is None and str(output) != "-":
        forms.format_of(output.name)


def _parts(given: str) -> list[str]:
    return [part for part in (word.strip() for word in given.split(",")) if part]


@app.command(short_help="Find the shortest ways between two names.")
def path(
    start: Annotated[str, typer.Argument(metavar="A", help="A name in any form, or an address.")],
    end: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="How many ways.")] = 3,
    hops: Annotated[int, typer.Option("--hops", min=1, max=20, help="How many steps a way may have.")] = 6,
    output: OutputOption = None,
    format_: FormatOption = None,
    lang: LangOption = "zh",
    store: StoreOption = None,
) -> None:
    """Find the shortest ways between two names, over whatever relations there are.

    \b
      kg path AMD 软银
      kg path 国家数据局 "ZT Systems" --hops 8 -o path.md

    Each step shows which way its relation goes, and the words that say so.
    """
    from kg import forms, printing, tree
    from kg.query import path as ways

    _checked(output, format_)

    with _reading(store) as opened:
        ends = [_meant(opened, name).iri for name in (start, end)]
        found = ways.paths(opened, *ends, limit=limit, hops=hops, lang=lang)
    if output is not None or format_ is not None:
        forms.deliver(found.result(lang), output, lang=lang, format_=format_, store=str(store_at(store)))
        return
    printing.lines(tree.ways(found, lang))
    for note in found.notes:
        say(note)


@app.command(short_help="Tell what changed from one report to another.")
def diff(
    since: Annotated[str, typer.Argument(metavar="REPORT-A", help="A report as kg items lists it, or a date.")],
    until: Annotated[str | None, typer.Argument(metavar="REPORT-B", help="A later one.")] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="Compare two stores, or exports: by what did facts change?")
    ] = False,
    output: OutputOption = None,
    format_: FormatOption = None,
    lang: LangOption = "zh",
    store: StoreOption = None,
) -> None:
    """Tell what changed: new instruments and bodies, drafts that were issued, rumours that were
    announced, closed or called off, amendments, new names.

    \b
      kg diff 2024-06 2024-07
      kg diff 2024-06-30 2024-07-15           by the days of the items
      kg diff 2024-06 2024-07 -o memo.docx    a memo with its sources

    New is what no report up to the first says. No status moves without the words
    that move it.

    \b
      kg diff --rules old-store               the store as it was against that of now
      kg diff --rules old.nq new.nq           two exports

    The same reports, read twice: a fact whose words stand in both texts changed by
    regkg's rules, else by the text.
    """
    from kg import forms, memo, printing
    from kg.query import changes

    _checked(output, format_)
    if rules:
        _rules(store_at(since), store_at(until or store), output, format_, lang)
        return
    if until is None:
        raise UsageError("since when, and until when? Name two reports: kg diff 2024-06 2024-07")
    with _reading(store) as opened:
        found = changes.diff(opened, since, until, lang)
    if output is not None or format_ is not None:
        forms.deliver(found.result(lang), output, lang=lang, format_=format_, store=str(store_at(store)))
        return
    printing.lines(memo.page(found, lang, TABLE_ROWS))
    for note in found.notes:
        say(note)
    if len(found.changes) > TABLE_ROWS:
        tell(f"These are the first {TABLE_ROWS:,} changes: -o FILE.docx, .md or .xlsx gives all.")


def _rules(old: Place, new: Place, output: Path | None, format_: str | None, lang: str) -> None:
    from kg import forms, memo, printing
    from kg.query import rereading

    with rereading.opened(old) as before, rereading.opened(new) as after:
        found = rereading.compare(before, after, lang)
    if output is not None or format_ is not None:
        forms.deliver(found.result(lang), output, lang=lang, format_=format_, store=str(new))
        return
    printing.lines(memo.rereading(found, lang, TABLE_ROWS))
    for note in found.notes:
        say(note)
    if len(found.differences) > TABLE_ROWS:
        tell(f"These are the first {TABLE_ROWS:,} differences: -o FILE.xlsx or .csv gives all.")


# ------------------------------------------------------------------------------------------------- who is who

AuthorOption = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Who judges; else KG_AUTHOR, else your user name.")
]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, for those who read it later.")]


@app.command(short_help="Tell what is new about a list of names.")
def digest(
    names: Annotated[
        Path, typer.Argument(metavar="LIST", help="A file with a name a line, or a .csv with a column of names.")
    ],
    since: Annotated[str, typer.Option("--since", metavar="REPORT", help="What came after this report, or date.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="REPORT", help="Up to this report, or date.")] = "",
    remember: Annotated[
        Path | None,
        typer.Option("--remember", metavar="FILE", help="Tell what came since the last digest, which this file keeps."),
    ] = None,
    output: OutputOption = None,
    format_: FormatOption = None,
    lang: LangOption = "zh",
    store: StoreOption = None,
) -> None:
    """Tell what is new about clients, regulators or documents, each line with its sentence.

    \b
      kg digest clients.txt                         the last report against those before
      kg digest clients.txt --since 2024-06
      kg digest clients.csv -o digest.html          for a mail: .txt and .docx too
      kg digest clients.txt --remember seen.json    only what the last one hadn't

    A name is taken only where it is sure whom it means. What is rumoured is said to
    be; who is only mentioned is told with the sentence.
    """
    from kg import forms, watchlist
    from kg.query import digest as digests

    if remember is not None and (since or until):
        raise UsageError("--remember knows since when: leave out --since and --until")
    _checked(output, format_)
    wanted = watchlist.names(names)
    with _reading(store) as opened:
        seen = digests.remembered(opened, remember) if remember is not None else None
        seen = seen or digests.window(opened, since, until)
        found = digests.digest(opened, wanted, seen, lang)
        form = format_ or (None if output is not None else "text")
        where = None if output is None and form == "table" else output
        forms.deliver(found, where, lang=lang, format_=form, store=str(store_at(store)))
        if remember is not None:
            digests.remember(opened, remember)


@app.command("candidates", short_help="List pairs that may be one.")
def candidates_(
    name: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Those of one entity alone.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to list.")] = 20,
    store: StoreOption = None,
    judgements: JudgementsOption = None,
) -> None:
    """List pairs of regulators, firms or documents that may be one, the likeliest first, for you to judge.

    \b
      kg candidates
      kg same Anthropic Antropic
      kg different 海鸥科技 海鸥科学

    A score ranks the pairs; it is no probability. Pairs that were judged are left out.
    """
    from kg import identity
    from kg.show import pairs

    with _reading(store, judgements) as opened:
        wanted = _meant(opened, " ".join(name)).iri if name else None
        found = [pair for pair in identity.proposed(opened) if wanted in (None, pair.left.iri, pair.right.iri)]
    if not found:
        say("No two look like one.")
        return
    for line in pairs(found[:limit]):
        say(line)
    if len(found) > limit:
        tell(f"These are {limit} of {len(found):,}: -n {len(found)} lists all.")


@app.command("same", short_help="Judge that two are one.")
def same_(
    left: Annotated[str, typer.Argument(metavar="NAME", help="A name in quotes, or an address.")],
    right: Annotated[str, typer.Argument(metavar="NAME")],
    force: Annotated[bool, typer.Option("--force", help="Though the reference data has them as two.")] = False,
    note: NoteOption = "",
    author: AuthorOption = None,
    store: StoreOption = None,
    judgements: JudgementsOption = None,
    wait: WaitOption = 10,
) -> None:
    """Judge that two names mean one: from now on they are one node, in what was added and in what will be.

    \b
      kg same Anthropic Antropic
      kg same "ZT Systems" 中天系统 --note "same founder, same address"

    The judgement is a line in a file beside the store; kg undo takes it back.
    """
    from kg import identity

    with _writing(store, wait, judgements) as opened:
        one, other = _meant(opened, left), _meant(opened, right)
        _judged(identity.same(opened, one.iri, other.iri, author=author, note=note, force=force))


@app.command("different", short_help="Judge that two are not one.")
def different_(
    left: Annotated[str, typer.Argument(metavar="NAME", help="A name in quotes, or an address.")],
    right: Annotated[str, typer.Argument(metavar="NAME")],
    note: NoteOption = "",
    author: AuthorOption = None,
    store: StoreOption = None,
    judgements: JudgementsOption = None,
    wait: WaitOption = 10,
) -> None:
    """Judge that two are different: they are no candidates any more, and nothing makes them one.

    \b
      kg different 海鸥科技 海鸥科学
    """
    from kg import identity

    with _writing(store, wait, judgements) as opened:
        one, other = _meant(opened, left), _meant(opened, right)
        _judged(identity.different(opened, one.iri, other.iri, author=author, note=note))


@app.command("split", short_help="Part what is wrongly one.")
def split_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name in quotes, or an address.")],
    item: Annotated[
        list[str] | None, typer.Option("--item", metavar="ITEM", help="The mentions in this item; may be repeated.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--name", metavar="NAME", help="The mentions by this name; may be repeated.")
    ] = None,
    note: NoteOption = "",
    author: AuthorOption = None,
    store: StoreOption = None,
    judgements: JudgementsOption = None,
    wait: WaitOption = 10,
) -> None:
    """Part what is wrongly one: the mentions in some items, or by some names, get a node of their own.

    \b
      kg show 网信办 --why            which names were taken for it, where, and why
      kg split 网信办 --name 中央网信办
      kg split 金管局 --item 2024-08-policy-4
    """
    from kg import identity

    with _writing(store, wait, judgements) as opened:
        meant = _meant(opened, name)
        _judged(identity.split(opened, meant.iri, items=item or (), names=by or (), author=author, note=note))


@app.command("judgements", short_help="List what people judged and decided.")
def judgements_(
    stale: Annotated[bool, typer.Option("--stale", help="Those alone whose ground is gone.")] = False,
    replay: Annotated[bool, typer.Option("--replay", help="Obey the file as it stands, after editing it.")] = False,
    store: StoreOption = None,
    judgements: JudgementsOption = None,
    wait: WaitOption = 10,
) -> None:
    """List what people judged of names and decided on facts, who and when, and whether its ground is still there.

    \b
      kg judgements
      kg judgements --stale
      kg judgements --replay
    """
    from kg import identity
    from kg.show import standing

    path = store_at(store, judgements)
    if replay:
        with _writing(store, wait, judgements) as opened:
            changed, lacking = identity.replay(opened, identity.load(path))
        say(f"Replayed {judgements_of(path)}: {number(len(changed), 'item')} made anew.")
        if lacking:
            tell(f"kg: made by an older regkg, to be added again: {', '.join(lacking)}")
            raise typer.Exit(1)
    with _reading(store, judgements) as opened:
        judged = identity.load(path)
        found = identity.standings(opened, judged)
        before = identity.obeyed(opened)
    shown = [one for one in found if not stale or one.state in ("stale", "doubtful")]
    for one in shown:
        for line in standing(one):
            say(line)
    say(f"{number(len(shown), 'judgement')} in {judgements_of(path)}" + (" without ground" if stale else ""))
    if before is None or before.rows != judged.rows:
        tell("The file has been edited since it was obeyed: kg judgements --replay, or the next kg add, obeys it.")


@app.command("undo", short_help="Take a judgement or a decision back.")
def undo_(
    which: Annotated[list[str], typer.Argument(metavar="JUDGEMENT", help="Its number, or the two names.")],
    store: StoreOption = None,
    judgements: JudgementsOption = None,
    wait: WaitOption = 10,
) -> None:
    """Take a judgement back: what it changed is again as it was.

    \b
      kg undo 3                   as kg judgements numbers them
      kg undo Anthropic Antropic
    """
    from kg import identity

    with _writing(store, wait, judgements) as opened:
        if all(each.isdecimal() for each in which):
            numbers = [int(each) for each in which]
        elif len(which) == 2:
            numbers = identity.between(opened, which[0], which[1])
            if not numbers:
                raise UsageError(f"nothing was judged of {which[0]} and {which[1]}: kg judgements lists what was")
        else:
            raise UsageError("which judgement? Give its number (kg judgements), or the two names")
        _judged(identity.undo(opened, numbers), undone=True)


@app.command("review", short_help="Review facts: accept, reject, fix, add.")
def review_(
    which: Annotated[
        str | None, typer.Argument(metavar="FACT", help="Its id, or its beginning, as kg review lists it.")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="It is as it was read.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Its words don't say so: it leaves the graph.")] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="WHAT=VALUE", help="What is otherwise: status=announced; may be repeated."),
    ] = None,
    add: Annotated[
        str | None, typer.Option("--add", metavar="QUOTE", help="Add a fact to the item FACT by words in its text.")
    ] = None,
    report: Annotated[str | None, typer.Option("--report", metavar="REPORT", help="Those of one report.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to list.")] = 20,
    note: NoteOption = "",
    author: AuthorOption = None,
    store: StoreOption = None,
    judgements: JudgementsOption = None,
    wait: WaitOption = 10,
) -> None:
    """List the facts to review, those in doubt and those on which much hangs first; decide on one.

    \b
      kg review                       what to look at first, with ids
      kg review 7bee8164              one fact with the text around it
      kg review 7bee8164 --accept
      kg review 7bee8164 --reject --note "the text denies it"
      kg review 7bee8164 --set status=announced --set subject=AMD
      kg review 2024-08-deals-1 --add "AMD收购ZT" --set relation=acquires \\
          --set subject=AMD --set object="ZT Systems" --set status=announced

    Decisions stand in the file of judgements, by the words that they are on, and outlive a rebuild; kg judgements
    lists them, kg undo takes them back. kg serve --edit does the same in the browser.
    """
    from kg import printing
    from kg.review import decide, printed
    from kg.review.queue import queue

    given = _changes(set_ or [])
    if sum((accept, reject, bool(given) and add is None, add is not None)) > 1:
        raise UsageError("one decision at a time: --accept, --reject, --set or --add")
    if which is None:
        if accept or reject or given or add is not None:
            raise UsageError("which fact? kg review lists them with their ids")
        with _reading(store) as opened:
            for line in printed.waiting(opened, queue(opened), report, limit):
                say(line)
        return
    if not (accept or reject or given or add is not None):
        with _reading(store) as opened:
            # with its reasons, which only all facts together tell
            printing.lines(printed.fact(opened, queue(opened).facts[decide.fact(opened, which).id]))
        return
    with _writing(store, wait, judgements) as opened:
        if add is not None:
            relation, subject, object_ = (given.pop(name, "") for name in ("relation", "subject", "object"))
            types = given.pop("subjectType", ""), given.pop("objectType", "")
            outcome = decide.add(
                opened, which, add, relation, subject, object_, given, types=types, author=author, note=note
            )
        elif accept:
            outcome = decide.accept(opened, decide.fact(opened, which), author=author, note=note)
        elif reject:
            outcome = decide.reject(opened, decide.fact(opened, which), author=author, note=note)
        else:
            outcome = decide.fix(opened, decide.fact(opened, which), given, author=author, note=note)
        _judged(outcome)


def _changes(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name:
            raise UsageError(f"{each} isn't WHAT=VALUE: status=announced")
        found[name.strip()] = value.strip()
    return found


@contextmanager
def _writing(given: str | None, wait: float = 0, judgements: Path | None = None) -> Iterator[Store]:
    """A store open for writing that was there before."""
    from kg.graph.store import Store

    where = store_at(given, judgements)
    if not isinstance(where, Path) or not Store.made(where):
        Store.open(where).close()  # which says so: writing would make a store where there is none
    with Store.open(where, "write", wait, _waiting) as opened:
        for note in opened.notes:
            tell(f"kg: {note}")
        yield opened


def _waiting(sentence: str) -> None:
    tell(f"kg: {sentence}")


def _judged(outcome: Outcome, undone: bool = False) -> None:
    for one in outcome.judgements:
        say(f"{'Taken back: ' if undone else ''}{one}.")
    again = "" if undone else " kg undo takes it back."
    say(f"{number(len(outcome.items), 'item')} made anew; {outcome.file}.{again}")


@app.command()
def query(
    sparql: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="A query, a file (.rq), or - for what is piped in.")
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            "-p",
            metavar="NAME=VALUE",
            help="Give a variable of the SELECT a value: firm=@AMD (by name), day=2024-08-01, n=5, s=status:announced.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Its name decides: .csv .xlsx .json .md .docx .html .txt .ttl"
        ),
    ] = None,
    store: StoreOption = None,
    format_: Annotated[
        Literal["table", "csv", "xlsx", "json", "markdown", "docx", "html", "text", "turtle"] | None,
        typer.Option("--format", help="A form, for standard output or a file of another name; turtle: CONSTRUCT."),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Show how the query is understood, its SPARQL algebra, and how many statements fit each pattern."
            " In what order the store joins them it doesn't tell.",
        ),
    ] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0, metavar="SECONDS", help="Stop a query that takes longer; 0: never.")
    ] = 0,
    lang: LangOption = "zh",
) -> None:
    """Ask a question in SPARQL.

    \b
      kg query "SELECT ?who ?whom { ?who kg:acquires ?whom }"
      kg query deals.rq -o deals.xlsx
      kg query deals.rq -p buyer=@AMD -p since=2024-08-01
      kg query deals.rq --format csv | head
      kg query < deals.rq

    The prefixes kg: status: kind: qualifier: said: skos: dcterms: and the like
    need not be written. Queries only read. docs/queries.md teaches the graph.
    """
    from kg.query.run import run

    text = _query_text(sparql)
    if not text.strip():
        raise UsageError("the query is empty: write one in quotes, name a file, or pipe one in")
    wanted: str | None = format_
    if output is not None and str(output) != "-" and (wanted is None or wanted == "table"):
        from kg.forms.sparql import format_of

        wanted = format_of(output.name)  # before anything is asked: a wrong name is known at once
    with _reading(store) as opened:
        bindings = _values(opened, parameters or ())
        if explain:
            from kg.query.explain import explain as explained

            for depth, line in explained(opened, text, bindings):
                say("  " * depth + line)
            return
        if timeout:
            from kg.query import timed

            answer = timed.run(opened, text, timeout, bindings)
        else:
            answer = run(opened, text, bindings)
        wanted = wanted or ("turtle" if answer.form == "graph" else "csv" if output is not None else "table")
        if wanted == "table":
            _table(answer)
            return
        from kg.forms.sparql import deliver

        asked = [("SPARQL", text.strip())]
        asked += [(name, value) for name, _, value in (given.partition("=") for given in parameters or ())]
        deliver(answer, output, wanted, lang=lang, asked=asked, store=str(opened.place or ""))


def _values(store: Store, given: Sequence[str]) -> dict[str, Any]:
    if not given:
        return {}
    from kg.query.values import value

    return dict(value(one, lambda name: _meant(store, name).iri) for one in given)


def _query_text(given: str | None) -> str:
    if given is None and sys.stdin.isatty():
        raise UsageError("there is no query: write one in quotes, name a file that holds one, or pipe one in")
    try:
        if given is None or given == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        if given.endswith((".rq", ".sparql")) or (len(given) < 256 and "{" not in given and Path(given).is_file()):
            return Path(given).read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise UsageError(f"{given} can't be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise QueryError("the query isn't UTF-8 text: save it as UTF-8") from fault
    return given


def _table(answer: Answer) -> None:
    from itertools import islice

    from kg import printing
    from kg.query.run import table

    rows, triples = answer.rows, answer.triples
    answer.rows, answer.triples = islice(rows, TABLE_ROWS), islice(triples, TABLE_ROWS)
    printing.table(table(answer))
    if next(rows, None) is not None or next(triples, None) is not None:
        tell(f"These are the first {TABLE_ROWS:,}: -o FILE.csv or FILE.xlsx gives all.")


@app.command(short_help="Ask a ready question, by its name.")
def ask(
    name: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="Its name, as kg ask lists it, or a file (.rq).")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="What it takes: firm=AMD since=2024-06 status=all."),
    ] = None,
    evidence: Annotated[bool, typer.Option("--evidence", "-e", help="Show the sentences that say so.")] = False,
    output: OutputOption = None,
    format_: FormatOption = None,
    lang: LangOption = "zh",
    store: StoreOption = None,
) -> None:
    """Ask a ready question; without a name, list those that there are.

    \b
      kg ask
      kg ask deals firm=AMD
      kg ask instruments regulator=国家数据局 since=2024-06 --lang en
      kg ask rounds "Sahara AI" --evidence
      kg ask acquisitions -o acquisitions.xlsx      with the quotes, for others

    A name can be typed in any of its forms. A value without a key is for what the
    question needs. Deals that are rumoured or terminated come when status=all asks.
    """
    from kg import forms
    from kg.query import catalogue
    from kg.query.ask import Unclear
    from kg.query.ask import ask as answer

    if name is None:
        _questions(lang)
        return
    _checked(output, format_)
    question = catalogue.question(name)
    given = _given(question, values or ())
    cited = evidence or output is not None or format_ not in (None, "table")
    with _reading(store) as opened:
        if not opened.reports():
            say("The store holds no reports: kg add FILE adds one.")
            return
        try:
            result = answer(opened, question, given, lang, with_evidence=cited)
        except Unclear as fault:
            raise _unclear(fault.name, fault.candidates) from None
        where = str(store_at(store))
        forms.deliver(result, output, lang=lang, format_=format_, evidence=evidence, store=where)


def _questions(lang: str) -> None:
    from kg.query import catalogue

    group = None
    for question in catalogue.questions():
        if question.group != group:
            say(("" if group is None else "\n") + " ".join(catalogue.GROUPS[question.group]))
            group = question.group
        say(f"  {question.name}  {question.zh} {question.en}")
        for parameter in sorted(question.parameters, key=lambda p: not p.required):
            need = "" if parameter.required else f" ({'可选' if lang == 'zh' else 'optional'})"
            say(f"      {parameter.name}=…  {parameter.title(lang)}{need}")


def _given(question: Question, values: Sequence[str]) -> dict[str, str]:
    """“firm=AMD” by its key; words without a key are one value, for the first parameter that is needed."""
    given: dict[str, str] = {}
    bare = []
    for value in values:
        key, equals, rest = value.partition("=")
        if equals and not key.startswith(("http:", "https:")):
            given[key.strip()] = rest.strip()
        else:
            bare.append(value)
    if bare:
        words = " ".join(bare)
        first = next((p.name for p in sorted(question.parameters, key=lambda p: not p.required)), None)
        if first is None:
            raise UsageError(f"{question.name} takes no values, and {words} is one")
        if first in given:
            raise UsageError(f"{words}: what is it? Write KEY=VALUE, as in {question.usage()}")
        given[first] = words
    return given


@app.command(short_help="Check every quote against its source.")
def check(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also every file, and whether the items are what was found and judged.")
    ] = False,
    mend: Annotated[
        bool, typer.Option("--mend", help="First put right what can be put right without the reports' files.")
    ] = False,
    wait: WaitOption = 10,
    store: StoreOption = None,
) -> None:
    """Check that every quote still stands in its source, and that the graph agrees with itself.

    \b
      kg check
      kg check --deep        the files too, as disks can damage them; each fault with what mends it
      kg check --mend        items from what was found in them, the default graph from the items
    """
    from collections import Counter

    from kg import identity
    from kg.graph import check as checks
    from kg.graph import deep as depths
    from kg.vocab import KG, RDF

    judged = identity.load(store_at(store)).apply
    if mend:
        with _writing(store, wait) as opened:
            _mended(depths.mend(opened, judged))
    with _reading(store) as opened, _bar() as watch:
        reports = opened.reports()
        item_count = sum(len(opened.items_of(report.id)) for report in reports)
        claims = sum(1 for class_ in (KG.Claim, KG.OpenSentence) for _ in opened.quads(None, RDF.type, class_))
        faults = checks.check(opened, watch)
        if deep:
            faults += depths.deep(opened, judged, watch)
        quads = len(opened)
    for fault in faults:
        say(f"{fault.sort}: {fault}  {fault.zh}" + (f"  → {fault.mend}" if fault.mend else ""))
    say(
        f"Checked {number(len(reports), 'report')}, {number(item_count, 'item')}, {number(quads, 'statement')}:"
        f" {number(claims, 'quote')} read again in {'its source' if claims == 1 else 'their sources'},"
        " shapes, hygiene and the facts of the default graph"
        + (", every file, every item against what was found and judged." if deep else ".")
    )
    if not faults:
        say("No fault found.")
        return
    by_sort = Counter(fault.sort for fault in faults)
    say(f"{number(len(faults), 'fault')}: " + ", ".join(f"{n:,} {sort}" for sort, n in sorted(by_sort.items())))
    raise typer.Exit(1)


def _mended(done: Any) -> None:
    say(
        f"Mended: {number(len(done.items), 'item')} made anew, {number(done.facts, 'statement')} of the default graph"
        f" put right, {number(len(done.files), 'unused file')} removed."
    )
    if done.left:
        tell(f"kg: what was found in them is missing or damaged, add them again: {', '.join(done.left)}")


@contextmanager
def _bar() -> Iterator[Any]:
    """For what tells of its steps as (what, done, of how many): a bar where somebody watches."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, description=clean(what), completed=done, total=total)


def _folder(store: str | None) -> Path:
    """The store as a folder: what a server holds, its own means back up."""
    place = store_at(store)
    if not isinstance(place, Path):
        raise UsageError(f"the store at {place} is its server's to back up: use the server's own means, or kg export")
    return place


@app.command(short_help="Copy the store to a folder or a file.")
def backup(
    target: Annotated[Path, typer.Argument(metavar="FOLDER|FILE", help="A new folder, or a file: .tar, .tar.gz, …")],
    store: StoreOption = None,
) -> None:
    """Copy the store, with its texts, judgements and maps' positions, also while others read and write it.

    \b
      kg backup /mnt/backup/2024-09          a folder, which is a store at once
      kg backup store-2024-09.tar.gz         one file
    """
    from kg.graph import backup as backups

    with _bar() as watch:
        done = backups.backup(_folder(store), target, watch and (lambda n, of: watch("copying", n, of)))
    say(f"{done.path}: {number(done.files, 'file')}, {done.size:,} bytes. kg restore {done.path} makes a store of it.")
    if done.missing:
        tell(
            f"kg: the store lacks {number(len(done.missing), 'file')} that its reports cite: kg check --deep names them"
        )
        raise typer.Exit(1)


@app.command(short_help="Make the store from a backup.")
def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="What kg backup made.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the store that is there; it is kept under another name.")
    ] = False,
    wait: WaitOption = 10,
    store: StoreOption = None,
) -> None:
    """Make the store from a backup, after every file of it was found to be as it was backed up.

    \b
      kg restore store-2024-09.tar.gz
      kg restore /mnt/backup/2024-09 --force
    """
    from kg.graph import backup as backups

    with _bar() as watch:
        told = watch and (lambda n, of: watch("restoring", n, of or None))
        done = backups.restore(source, _folder(store), force, told, wait, _waiting)
    say(f"{done.path}: {number(done.files, 'file')}, {done.size:,} bytes restored from {source}.")
    if done.kept:
        say(f"The store that was there is {done.kept} now.")


@app.command()
def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Its name decides the format: graph.trig.")
    ] = None,
    format_: Annotated[
        Literal["trig", "nquads", "turtle", "ntriples", "jsonld", "graphml", "gexf"] | None,
        typer.Option("--format", help="A format, for standard output or a file of another name."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write the graph to a file.

    \b
      kg export -o graph.trig              all, with the evidence, for people and git
      kg export -o graph.nq                the same, a statement a line
      kg export -o facts.ttl               the facts alone, without the evidence
      kg export -o graph.jsonld
      kg export -o graph.graphml           who does what, for Gephi, yEd, Cytoscape
      kg export -o graph.gexf
      kg export --format nquads | gzip > graph.nq.gz
    """
    from kg.graph.write import write, writer_for

    if output is None and format_ is None:
        raise UsageError("where to? Name a file (kg export -o graph.trig) or a format (kg export --format trig)")
    suffix = "" if output is None else output.suffix.casefold().removeprefix(".")
    drawn = format_ or suffix
    if drawn in _DRAWN:
        if output is None:
            raise UsageError(f"{drawn} goes to a file: name it, -o graph.{drawn}")
        _export_drawn(output, drawn, store)
        return
    if output is not None:
        # before the store is opened: a wrong name is known at once
        writer_for(format_ or output.name, (f".{one}" for one in _DRAWN))
    with _reading(store) as opened:
        if output is None:
            write(opened, sys.stdout.buffer, format_)
            sys.stdout.buffer.flush()
            return
        write(opened, output, format_)
        say(f"{output}: {number(len(opened), 'statement')} in the store, {output.stat().st_size:,} bytes written")


_DRAWN = ("graphml", "gexf")  # what kg.maps.files writes


def _export_drawn(output: Path, format_: str, store: str | None) -> None:
    from kg.maps import files, network

    with _reading(store) as opened:
        graph = network.build(network.rows_of(opened))
    files.write(graph, output, format_)
    nodes, edges = number(graph.number_of_nodes(), "node"), number(graph.number_of_edges(), "edge")
    say(f"{output}: {nodes}, {edges}, {output.stat().st_size:,} bytes written")


@app.command(short_help="The workbench: the store in a browser.")
def serve(
    store: StoreOption = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to listen; 0: any free port.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="Who can reach it; beyond this machine a token is needed, and is printed.")
    ] = "127.0.0.1",
    edit: Annotated[
        bool, typer.Option("--edit", help="Allow judging and reviewing; else nothing can be changed.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = False,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="Another name by which others reach this machine."),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="What one query may take.")
    ] = 30.0,
) -> None:
    """Look at the store in a browser, on this machine, until Ctrl-C.

    \b
      kg serve
      kg serve --open --port 8080
      kg serve --edit                       judge and review as well

    Only this machine can reach it, and nothing is loaded from elsewhere.
    """
    from kg.graph.store import Store
    from kg.serve.run import serve as run
    from kg.serve.site import Limits, Settings

    where = store_at(store)
    Store.open(where).close()  # what is wrong with it is told here and not on a page

    def ready(address: str) -> None:
        say(f"The workbench is at {address}")
        say("Ctrl-C ends it.")
        sys.stdout.flush()
        if open_:
            typer.launch(address)

    run(Settings(where, host, port, edit, names=tuple(name or ()), limits=Limits(query_seconds=timeout)), ready)


@app.command("map", short_help="Draw a map: one HTML page.")
def map_(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Whose surroundings to draw; without a name, all.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")] = Path(
        "map.html"
    ),
    hops: Annotated[int, typer.Option("--hops", min=0, max=20, help="How many relations away from the names.")] = 2,
    preset: Annotated[
        Literal["lawyer", "deals"] | None,
        typer.Option("--preset", help="What lawyers look at, or deal teams: deals lie from left to right in time."),
    ] = None,
    question: Annotated[
        str | None, typer.Option("--ask", metavar="QUESTION", help="The answer to a ready question, with KEY=VALUE…")
    ] = None,
    chain: Annotated[
        str | None, typer.Option("--chain", metavar="NAME", help="Its chains of deals, as kg chain traces them.")
    ] = None,
    path: Annotated[
        str | None, typer.Option("--path", metavar="NAME", help="The shortest ways from it; see --to.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="NAME", help="Where the chain, or the path, is to lead.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="REPORT|DATE", help="Mark what came after it; else after the last drawing."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Lay all out anew, and not as it lay before.")] = False,
    lang: Annotated[Literal["zh", "en"], typer.Option("--lang", help="The language in which the page opens.")] = "zh",
    store: StoreOption = None,
) -> None:
    """Draw a map: one HTML file that opens in any browser, without a network.

    \b
      kg map -o map.html
      kg map -o amd.html AMD --hops 1
      kg map -o law.html --preset lawyer --since 2024-07
      kg map -o deals.html --ask deals firm=AMD
      kg map -o chain.html --chain AMD --to "Silo AI"

    Names lie where they lay when the same map was drawn before, new ones find room,
    and what new reports say is marked. The places are kept beside the store.
    """
    from kg.maps import Request, draw
    from kg.query import catalogue
    from kg.query.ask import Unclear

    if to and not (chain or path):
        raise UsageError("--to goes with --chain NAME or --path NAME")
    with _reading(store) as opened:
        given = _given(catalogue.question(question), names or ()) if question else {}
        meant = [] if question else [_meant(opened, name).iri for name in names or ()]
        request = Request(
            names=tuple(meant),
            hops=hops,
            question=question or "",
            given=given,
            chain=_meant(opened, chain).iri if chain else "",
            path=_meant(opened, path).iri if path else "",
            to=_meant(opened, to).iri if to else "",
            preset=preset or "",
            since=since or "",
        )
        try:
            drawn = draw(opened, request, lang, keep=True, fresh=fresh)
        except Unclear as fault:
            raise _unclear(fault.name, fault.candidates) from None
    save(output, drawn.html)
    nodes = number(drawn.graph.number_of_nodes(), "node")
    edges = number(drawn.graph.number_of_edges(), "edge")
    new = f", {drawn.new:,} new since {drawn.since}" if drawn.since else ""
    say(f"{output.resolve()}: {nodes}, {edges}{new}")
    for note in drawn.notes:
        say(note)
