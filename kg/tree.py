"""Chains and paths for a terminal: each step with its status, amount, day and the place that says so.

What isn't done isn't shown as done: a step's status stands before its amount, and what only hearsay tells says that.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from rich.tree import Tree

from kg.printing import clean
from kg.query.chain import Branch, Chain, Direction, heading, named
from kg.query.entity import Deal, Evidence
from kg.query.links import DEALS, Link, relation_word
from kg.query.path import Paths, described
from kg.query.result import words
from kg.show import SAID, deal_line

_BOTH: tuple[Direction, ...] = ("down", "up")
Line = tuple[int, Text]


def trees(chain: Chain, lang: str, quotes: bool = False, limit: int = 1000) -> Iterator[Tree]:
    """The trees of a chain, and the deals that were called off; with ``quotes``, each step's latest words.

    Of more than ``limit`` branches the rest are left out, which the last line of the tree says.
    """
    for direction in _BOTH:
        tree = Tree(_text(heading(direction, chain.root, lang), "bold"), guide_style="dim")
        below: dict[int, Tree] = {}
        for branch in chain.down if direction == "down" else chain.up:
            below[id(branch)] = tree
        count = 0
        for branch in chain.walk(direction):
            if count == limit:
                tree.add(_text("…: -o FILE has all of them" if lang != "zh" else "……：-o FILE 可得全部", "dim"))
                break
            count += 1
            node = below[id(branch)].add(_branch(branch, direction, lang, quotes))
            for after in branch.branches:
                below[id(after)] = node
        if count:
            yield tree
    if chain.apart:
        tree = Tree(_text(heading("apart", chain.root, lang), "bold"), guide_style="dim")
        for link in chain.apart[:limit]:
            label = Text(f"{link.subject.label} → {link.object.label}  ", style="bold")
            label.append_text(_link(link, lang))
            _quoted(label, link, quotes)
            tree.add(_cleaned(label))
        yield tree


def _branch(branch: Branch, direction: Direction, lang: str, quotes: bool) -> Text:
    label = Text(branch.entity.label, style="bold")
    if branch.met == "circle":
        word = "回到上文，形成循环" if lang == "zh" else "a circle: back to it"
        label.append(f"  ↻ {word}", style="bold magenta")
    elif branch.met == "again":
        word = "另见上下文" if lang == "zh" else "stands elsewhere in this tree"
        label.append(f"  ↑ {word}", style="not bold dim")
    for link in branch.links:
        label.append("\n")
        label.append_text(_link(link, lang))
        _quoted(label, link, quotes)
    if branch.depth > 1:
        word = "最弱一环" if lang == "zh" else "weakest link"
        label.append(f"\n{word}: {named(branch, lang)}", style="not bold italic")
    return _cleaned(label)


def _link(link: Link, lang: str) -> Text:
    line = Text(words(relation_word(link.relation), lang), style="not bold")
    if link.relation in DEALS:
        line.append("  ")
        line.append_text(deal_line(link.deal or Deal("", "Deal")))
    if link.hearsay:
        line.append(" — HEARSAY ONLY 仅据传闻", style="bold yellow")
    line.append(_where(link.evidence), style="not bold dim")
    return line


def _where(evidence: tuple[Evidence, ...]) -> str:
    if not evidence:
        return ""
    latest = evidence[0]
    where = [latest.item]
    where += [latest.issued] if latest.issued else []
    where += [f"p. {latest.page}"] if latest.page is not None else []
    return f" · {', '.join(where)}" + (f" (+{len(evidence) - 1})" if len(evidence) > 1 else "")


def _quoted(label: Text, link: Link, quotes: bool) -> None:
    for one in link.evidence[: 1 if quotes else 0]:
        label.append(f"\n“{' '.join(one.quote.split())}”", style="not bold")
        if one.link:
            label.append(f"\n{one.link}", style="not bold dim")


def ways(paths: Paths, lang: str) -> Iterator[Line]:
    """The lines of the ways between two entities, each with its indent."""
    for number, steps in enumerate(paths.ways, 1):
        if number > 1:
            yield 0, Text()
        yield 0, Text(f"{number}. {described(steps)}", style="bold")
        for step in steps:
            for link in step.links:
                line = Text(f"{link.subject.label} → {link.object.label}  ", style="bold")
                line.append_text(_link(link, lang))
                yield 2, line
                for one in link.evidence[:1]:
                    yield 4, Text(f"“{' '.join(one.quote.split())}”")
                    yield from _source(one)


def _source(one: Evidence) -> Iterator[Line]:
    own = one.said == "commentary"  # the law firm's words stand in its report and not in what it comments on
    where = [SAID.get(one.said, one.said)]
    where += [one.publisher] if one.publisher and not own else []
    yield 6, Text(" · ".join(where), style="yellow" if one.said == "hearsay" else "dim")
    if one.link and not own:
        yield 6, Text(one.link, style="dim")


def _text(words_: str, style: str) -> Text:
    return Text(clean(words_), style=style)


def _cleaned(text: Text) -> Text:
    text.plain = clean(text.plain)
    return text
