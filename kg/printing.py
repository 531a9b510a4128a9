"""What commands print: plain words that a terminal can't mistake for orders, colours only where somebody looks."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import KgError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    from kg.graph.store import Count
    from kg.items import OpenSentence
    from kg.query.items import ReportRow
    from kg.run import Done, Summary

# a document's title can hold escape sequences, which would paint, rename or type into the reader's terminal;
# the bidirectional ones would put its words in another order
_ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MOST_WARNINGS = 20  # of a feed
_UNWRAPPED = 100_000  # cells: in a pipe, a row is a line


def clean(text: str) -> str:
    """Text without control characters, for a terminal; line ends and tabs stay."""
    return _ORDERS.sub("\N{REPLACEMENT CHARACTER}", text)


def say(text: str = "") -> None:
    print(clean(text))


def tell(text: str) -> None:
    """To those who watch and not to those who read the output: standard error."""
    print(clean(text), file=sys.stderr)


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal; in a pipe nothing is wrapped or coloured."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal:
        made = Console(
            stderr=stderr,
            highlight=False,
            markup=False,
            emoji=False,
            no_color=True,
            color_system=None,
            width=_UNWRAPPED,
        )
    return made


def lines(texts: Iterable[tuple[int, Text]], to: Console | None = None) -> None:
    """Lines, each indented by so many cells and wrapped under its own indent."""
    from rich.text import Text

    to = to or console()
    for indent, line in texts:
        line.plain = clean(line.plain)
        for part in line.wrap(to, max(20, to.width - indent)):
            part.rstrip()
            to.print(Text(" " * indent) + part, soft_wrap=True)


def table(drawn: Any) -> None:
    """A rich table of anybody's words. Its cells hold no styles, so all control characters can go."""
    from rich.console import Console

    width = console().width
    buffer = io.StringIO()
    Console(file=buffer, width=width, color_system=None, highlight=False, markup=False, emoji=False).print(drawn)
    for line in buffer.getvalue().rstrip().splitlines():
        say(line.rstrip())


def trees(drawn: Iterable[Tree]) -> None:
    """Rich trees, whose labels are clean already."""
    to = console()
    for number, tree in enumerate(drawn):
        if number:
            to.print()
        to.print(tree)


def save(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="")


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what becomes the file when all of it is there: a file beside it."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        os.replace(part, path)
    except OSError as fault:
        raise KgError(f"{path} can't be written: {fault.strerror or fault}") from fault
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def number(count: int, one: str, many: str | None = None) -> str:
    """“1 item”, “1,200 items”."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


# -------------------------------------------------------------------------------------------------------- kg add


def _count(one: str, count: Count) -> str:
    return f"{number(count.total, one)} ({count.new:,} new)"


def _feed(name: str, parts: list[Done]) -> None:
    """A feed that became many reports, in a few lines."""
    say(f"{name}  ({number(len(parts), 'part')}, each a report; kg items lists them)")
    there = sum(part.items for part in parts if part.added is None)
    if there:
        say(f"  unchanged: {number(there, 'item')} that the store has by these rules")
    added = [part.added for part in parts if part.added is not None]
    if added:
        say(f"  added: {number(sum(one.items for one in added), 'item')}")
        # what several parts name is counted in each, and new in the first alone
        new = (sum(getattr(one, what).new for one in added) for what in ("entities", "relations", "deals"))
        words = zip(new, ("name", "relation", "deal"), strict=True)
        say(f"  new: {', '.join(number(count, word) for count, word in words)}")
        say(f"  no relation found in {number(sum(part.quiet for part in parts), 'item')}")
        if count := sum(part.open_sentences for part in parts):
            say(f"  {number(count, 'sentence')} with a word such as 收购 gave no relation")
    warnings = list(dict.fromkeys(warning for part in parts for warning in part.warnings))
    for warning in warnings[:_MOST_WARNINGS]:
        say(f"  please look at: {warning}")
    if len(warnings) > _MOST_WARNINGS:
        say(f"  and at {len(warnings) - _MOST_WARNINGS:,} more such")


def summary(found: Summary, verbose: bool = False) -> None:
    """What ``kg add`` did: reports and what is odd about them on standard output, failures on standard error."""
    for feed in dict.fromkeys(done.name for done in found.done if done.part):
        _feed(feed, [done for done in found.done if done.part and done.name == feed])
    for done in found.done:
        if done.part:
            continue
        title = "" if done.title == done.report else f"  {done.title}"
        say(f"{done.report}{title}  ({done.name})")
        if done.added is None:
            say(f"  unchanged: the store has its {number(done.items, 'item')} from this very file")
        else:
            added = done.added
            known = (
                f"{_count('name', added.entities)}, {_count('relation', added.relations)},"
                f" {_count('deal', added.deals)}"
            )
            verb = {"added": "added", "replaced": "read again", "unchanged": "read again, nothing changed"}
            say(f"  {verb[added.outcome]}: {number(added.items, 'item')}; {known}")
            quiet = [one for one in done.found if not one.relations]
            if verbose:
                for one in done.found:
                    counts = f"{number(one.names, 'name')}, {number(one.relations, 'relation')}"
                    say(f"    {one.id}  {one.title}  ({counts}, {number(one.deals, 'deal')})")
                    for sentence in one.open_sentences:
                        say(f"      no relation read: {_line(sentence)}")
            if quiet:
                say(f"  no relation found in {number(len(quiet), 'item')}:")
                for one in quiet:
                    none = number(one.names, "name") if one.names else "no name either"
                    say(f"    {one.id}  {one.title}  ({none})")
            count = done.open_sentences
            if count and not verbose:
                say(f"  {number(count, 'sentence')} with a word such as 收购 gave no relation: -v lists them")
        if done.warnings:
            say("  please look at:")
            for warning in done.warnings:
                say(f"    {warning}")
    for left in found.left_out:
        say(f"{left.name} is the same report as {left.taken} ({left.report}), left out")
    if verbose:
        for skipped in found.skipped:
            say(f"{skipped}: no report by its name, left out")
    for note in found.notes:
        say(f"note: {note}")
    for failure in found.failures:
        tell(f"kg: {failure.sentence}")
    if found.stopped:
        tell(f"kg: {found.stopped}")
    if len(found.done) + len(found.failures) > 1:
        totals = [
            number(sum(done.added is not None for done in found.done), "report") + " added",
            f"{sum(done.added is None for done in found.done):,} unchanged",
            f"{number(len(found.failures), 'file')} not read",
        ]
        say(", ".join(count for count in totals if not count.startswith("0 ")))
    if found.done:
        say(f"Store: {found.store}")


#: Characters of a sentence that is listed: a line of a wide terminal, as Chinese takes two columns each.
LONGEST_LINE = 80


def _line(sentence: OpenSentence) -> str:
    """A sentence in one line, with its page."""
    words = " ".join(sentence.quote.split())
    short = words if len(words) <= LONGEST_LINE else f"{words[: LONGEST_LINE - 1]}…"
    return f"“{short}”" + ("" if sentence.page is None else f" (p. {sentence.page})")


# ------------------------------------------------------------------------------------------------------ kg items


def listing(reports: Sequence[ReportRow]) -> None:
    """The reports with their items, a table each."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    for at, report in enumerate(reports):
        if at:
            say()
        title = "" if report.title == report.id else f"  {report.title}"
        share = f", {report.reviewed:,} of {number(report.claims, 'quote')} reviewed" if report.claims else ""
        say(f"{report.id}{title}  ({report.file})  {number(len(report.items), 'item')}{share}")
        drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        longest = max((len(item.id) for item in report.items), default=4)
        drawn.add_column("item", overflow="fold", min_width=min(longest, 32))  # whole, since it is copied
        drawn.add_column("date", no_wrap=True)
        for head in ("page", "names", "relations", "deals"):
            drawn.add_column(head, justify="right", no_wrap=True)
        drawn.add_column("title", overflow="fold")  # last, since the terminal decides how wide it is
        for item in report.items:
            page = "" if item.page is None else str(item.page)
            counts = (str(n) if n else "–" for n in (item.mentions, item.relations, item.deals))
            cells = (item.id, item.issued or "", page, *counts, item.title)
            drawn.add_row(*(Text(clean(cell)) for cell in cells))
        table(drawn)
    items = sum(len(report.items) for report in reports)
    empty = sum(not item.relations and not item.deals for report in reports for item in report.items)
    say()
    say(f"{number(len(reports), 'report')}, {number(items, 'item')}; no relation was found in {empty}")
