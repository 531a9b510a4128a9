"""What changed, for a terminal: a heading for each sort of change, and under each change the words that tell it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.text import Text

from kg.query.changes import GROUPS, Change, Changes
from kg.query.history import Step
from kg.query.links import relation_word, status_word
from kg.query.rereading import CAUSES, Rereading
from kg.query.result import words
from kg.show import SAID
from kg.vocab import STATUS

Line = tuple[int, Text]
# what isn't done isn't shown as done
_COLOURS = {
    "rumoured": "bold yellow", "in-talks": "bold yellow", "proposed": "yellow", "announced": "cyan",
    "completed": "green", "terminated": "bold red", "repealed": "bold red",
}  # fmt: skip


def page(found: Changes, lang: str, limit: int = 1000) -> Iterator[Line]:
    """The lines, each with its indent; of more than ``limit`` changes, the first."""
    shown = 0
    for group, members in groupby(found.changes, key=lambda one: one.group):
        changes = list(members)
        if shown:
            yield 0, Text()
        yield 0, Text(f"{GROUPS[group][lang != 'zh']} ({len(changes)})", style="bold underline")
        for change in changes:
            if shown == limit:
                yield 0, Text("…", style="dim")
                return
            shown += 1
            yield from _change(change, lang)


def rereading(found: Rereading, lang: str, limit: int = 1000) -> Iterator[Line]:
    """What two stores say otherwise of the same reports: a line each, and the words where there are any."""
    shown = 0
    for cause, members in groupby(found.differences, key=lambda one: one.cause):
        differences = list(members)
        if shown:
            yield 0, Text()
        yield 0, Text(f"{CAUSES[cause][lang != 'zh']} ({len(differences)})", style="bold underline")
        for one in differences:
            if shown == limit:
                yield 0, Text("…", style="dim")
                return
            shown += 1
            line = Text(f"{one.report}  ", style="dim")
            line.append(one.what.label, style="not dim bold")
            line.append(f"  {words(one.property, lang)}: {one.was or '–'} → {one.now or '–'}", style="not dim")
            yield 2, line
            for evidence in one.evidence:
                yield 4, Text(f"“{' '.join(evidence.quote.split())}”")


def _change(change: Change, lang: str) -> Iterator[Line]:
    head = Text(change.what.label, style="bold")
    if change.relation and change.other is not None:
        head.append(f"  {words(relation_word(change.relation), lang)}  ", style="not bold")
        head.append(change.other.label)
    said = [status_word(status) for status in (change.was, change.now) if status]
    if said:
        colour = _COLOURS.get(change.now or change.was, "")
        head.append(
            "  " + " → ".join(words(one, lang) for one in dict.fromkeys(said)), style=f"not bold {colour}".strip()
        )
    if change.steps[-1].hearsay:
        head.append(" — HEARSAY ONLY 仅据传闻", style="not bold yellow")
    yield 2, head
    if change.detail:
        yield 4, Text(change.detail)
    for step in change.steps:
        yield from _step(step, lang)


def _step(step: Step, lang: str) -> Iterator[Line]:
    for one in step.evidence:
        yield 4, Text(f"“{' '.join(one.quote.split())}”")
        own = one.said == "commentary"  # the law firm's words stand in its report and not in what it comments on
        where = [SAID.get(one.said, one.said)]
        where += [words(status_word(step.status), lang)] if step.status in STATUS else []
        where += [one.publisher] if one.publisher and not own else []
        where += [one.issued] if one.issued else []
        where += [f"p. {one.page}"] if one.page is not None else []
        yield 6, Text(" · ".join((*where, one.item)), style="yellow" if one.said == "hearsay" else "dim")
        if one.link and not own:
            yield 6, Text(one.link, style="dim")
