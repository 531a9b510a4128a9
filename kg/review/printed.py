"""Facts to review, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from kg.graph.store import Store
from kg.printing import number
from kg.review.decide import text_of
from kg.review.queue import Fact, Queue, Share, things
from kg.show import SAID

_SHORT = 76  # characters of a quote in the list
_AROUND = 160  # characters of the text before and after a quote


def waiting(store: Store, found: Queue, report: str | None, limit: int) -> Iterator[str]:
    """The facts to look at first, and how much is done."""
    wanted = found.of(report)
    for one in wanted[:limit]:
        yield f"{_short(one)}  {_said(store, one)}"
        yield f"          {'; '.join(reason.words() for reason in one.reasons) or 'nothing speaks against it'}"
        words = " ".join(one.quote.split())
        yield f"          “{words if len(words) <= _SHORT else words[: _SHORT - 1] + '…'}”  {one.item}" + (
            "" if one.page is None else f", p. {one.page}"
        )
    if len(wanted) > limit:
        yield f"These are {limit:,} of {len(wanted):,}: -n {len(wanted)} lists all, --report those of one report."
    for id_, share in found.shares.items():
        if report in (None, id_):
            yield f"{id_}: {done(share)}"


def done(share: Share) -> str:
    """“12 of 66 facts reviewed (18 %)”."""
    if not share.total:
        return "no fact to review"
    return f"{share.reviewed:,} of {number(share.total, 'fact')} reviewed ({share.percent} %)"


def _short(one: Fact) -> str:
    return one.id.rpartition("/")[2][:8] if not one.open else one.id


def _said(store: Store, one: Fact) -> str:
    if one.open:
        return "no fact read"
    subject, object_ = things(store, one)
    status = dict(one.terms).get("status")
    return f"{subject.label} {one.relation} {object_.label}" + (f" ({status})" if status and one.deal else "")


def fact(store: Store, one: Fact) -> Iterator[tuple[int, Text]]:
    """One fact with what is said of it, why it is in doubt, and the text around its words."""
    yield 0, Text(_said(store, one), style="bold")
    yield 0, Text(f"{one.id}  {one.item}" + ("" if one.page is None else f", p. {one.page}"), style="dim")
    for name, value in one.terms:
        yield 2, Text(f"{name}: {value}")
    for name, value in (("role", one.role), ("date", one.date)):
        if value:
            yield 2, Text(f"{name}: {value}")
    if not one.open:
        yield 2, Text(f"{SAID.get(one.said, one.said)}; rule {one.rule}, confidence {one.confidence}")
    for reason in one.reasons:
        yield 2, Text(f"{reason.words()} {reason.words('zh')}", style="yellow")
    if one.reviewed:
        yield 2, Text(f"{one.reviewed} by {one.reviewed_by}", style="green")
    text, begin = text_of(store, one.item)
    start, end = one.start - begin, one.end - begin
    if 0 <= start < end <= len(text):
        line = Text("…" if start > _AROUND else "")
        line.append(" ".join(text[max(0, start - _AROUND) : start].split()))
        line.append(f"【{' '.join(text[start:end].split())}】", style="bold")
        line.append(" ".join(text[end : end + _AROUND].split()) + ("…" if end + _AROUND < len(text) else ""))
        yield 0, Text()
        yield 2, line
