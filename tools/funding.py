"""How well funding headlines are read: ``python tools/funding.py [--show] [--half even|odd] [FILE]``.

The file is a table of funding events (headline, investors, investee, day, round, amount), by default the one that
stands beside the checkout (../shared). Each headline goes through the pipeline and the linker as an item of its own
that is nothing but its title; what is compared is the deal that would go into the graph. A row is right where all
four of these are:

* *investee*: the graph has it under the name that the table gives (a stock code in brackets left out), and no other;
* *investors*: those that the headline names, as it names them. Which these are is read off the row: what is left of
  the headline without the row's own investee, round and amount, ``获得``, ``等`` and ``投资``. 未披露机构, 无,
  个人投资者 and nothing at all name nobody. A title before a person (天使投资人) and what stands in brackets behind a
  name are no part of it. Investors that only the table knows aren't asked for. An exchange that lists a firm invests
  nothing;
* *round*: the table's, as kg.resolve.deals.round_key compares them; 未披露, 未知 and 未融资 are none, 并购 is an
  acquisition, IPO上市 a listing;
* *amount*: the table's where the headline has it, number and currency. 数千万人民币 has no number: the words
  then. A number without a currency (3400万) is compared as a number.

Lines are counted as the file has them, from 1 (the heading). Rules and training lines were made with the even lines
in view; the odd ones are the check.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from spacy.language import Language

from kg.extract import extract, pipeline
from kg.extract.numbers import find_money
from kg.ids import normalise
from kg.items import Item, ItemFacts, Part, Passage, Report, Said, Source
from kg.resolve.deals import round_key
from kg.resolve.linker import resolve

TABLE = Path(__file__).resolve().parents[1] / "../shared/corpora/funding-events.csv"
COLUMNS = ("investee", "investors", "round", "amount")
HALVES = {"even": 0, "odd": 1}
_NOBODY = frozenset({"", "无", "未披露", "未披露机构", "个人投资者", "个人天使"})
_NO_ROUND = frozenset({"", "未披露", "未知", "未融资"})
_NOTE = re.compile(r"\s*[（(](?![^（）()]*(?:合伙|公司|集团))[^（）()]*[）)]$")
_CODE = re.compile(r"\s*[（(]\d{6}[）)]$")
_ROLE = re.compile(r"^(?:天使)?投资人")
_NO_MONEY = "未披露"


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    headline: str
    investors: str
    investee: str
    round: str
    amount: str


@dataclass(frozen=True, slots=True)
class Money:
    number: Decimal | None = None
    currency: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the graph would say: each name as the set of its forms, normalised."""

    investees: tuple[frozenset[str], ...]
    investors: tuple[frozenset[str], ...]
    round: str | None
    amount: Money

    def __str__(self) -> str:
        names = " + ".join(min(forms, key=len) for forms in self.investees)
        by = " + ".join(min(forms, key=len) for forms in self.investors)
        return f"{names or '–'} | {by or '–'} | {self.round or '–'} | {self.amount.number or self.amount.words or '–'}"


def rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        for line, row in enumerate(csv.DictReader(lines), 2):
            yield Row(line, row["事件资讯"], row["投资方"], row["融资方"], row["轮次"], row["金额"])


def named(row: Row) -> set[str]:
    """The investors that the headline names, from what the table has in its other columns."""
    if row.round == "IPO上市":
        return set()
    left = row.headline.strip()
    amount = "" if row.amount == _NO_MONEY else row.amount
    if row.round == "并购":
        left = left.removesuffix(row.investee).removesuffix("并购").removesuffix(amount)
    else:
        left = left.removeprefix(row.investee)
        if row.round != "未知":
            left = left.removeprefix(row.round)
        left = left.removeprefix("获得").removesuffix("投资").removesuffix(amount).removesuffix("等")
    left = left.strip()
    if left in _NOBODY or _NOTE.sub("", left) in _NOBODY:
        return set()
    return {normalise(_ROLE.sub("", _NOTE.sub("", left)))}


def told(row: Row) -> Money:
    if row.amount == _NO_MONEY or row.amount not in row.headline:
        return Money()
    found = find_money(row.amount)
    if found:
        one = found[0]
        return Money(one.amount, one.currency if one.amount is not None else None, normalise(row.amount))
    bare = find_money(row.amount + "元")
    return Money(bare[0].amount if bare else None, None, normalise(row.amount))


def read(row: Row, nlp: Language) -> Answer:
    source = Source(f"line-{row.line}", f"{row.line}", "txt", row.headline)
    parts = (Part(0, len(row.headline), Said.HEADLINE),)
    item = Item(f"line-{row.line}", row.headline, Passage.verbatim(row.headline), parts)
    report = Report(item.id, row.headline, source, (item,))
    (facts,) = resolve(report, [extract(item, nlp)])
    return answer(facts)


def answer(facts: ItemFacts) -> Answer:
    forms = {
        e.iri: frozenset(normalise(label.text) for label in (e.label, *e.labels, *e.aliases)) for e in facts.entities
    }
    investees = tuple(dict.fromkeys(d.investee or d.target or "" for d in facts.deals))
    investors = tuple(dict.fromkeys(i for d in facts.deals for i in ((d.buyer,) if d.buyer else d.investors)))
    terms = facts.deals[0].terms if facts.deals else None
    if terms is None:
        return Answer((), (), None, Money())
    round_ = "并购" if facts.deals[0].target else round_key(terms.round)
    amount = Money(terms.amount, terms.currency, normalise(terms.amount_text or ""))
    return Answer(tuple(forms[i] for i in investees if i), tuple(forms[i] for i in investors), round_, amount)


def judge(row: Row, got: Answer) -> dict[str, bool]:
    """Which columns of a row are right."""
    investee, want = normalise(_CODE.sub("", row.investee)), named(row)
    return {
        "investee": len(got.investees) == 1 and bool({investee, normalise(row.investee)} & got.investees[0]),
        "investors": len(got.investors) == len(want) and all(any(w in forms for forms in got.investors) for w in want),
        "round": got.round == (None if row.round in _NO_ROUND else round_key(row.round)),
        "amount": _same(told(row), got.amount),
    }


def _same(want: Money, got: Money) -> bool:
    if want.number is not None:
        return want.number == got.number and want.currency in (None, got.currency)
    return got.number is None and want.words == got.words


def measure(table: list[Row], nlp: Language, show: bool = False) -> dict[str, tuple[float, dict[str, float], int]]:
    """By half: the share of the rows that are right, each column's, and how many rows there are."""
    right: dict[str, Counter[str]] = {half: Counter() for half in HALVES}
    for row in table:
        half = "odd" if row.line % 2 else "even"
        got = read(row, nlp)
        good = judge(row, got)
        right[half].update(name for name, is_ in good.items() if is_)
        right[half]["there"] += 1
        right[half]["rows"] += all(good.values())
        if show and not all(good.values()):
            wrong = ",".join(name for name, is_ in good.items() if not is_)
            print(f"{row.line}\t{wrong}\t{row.headline}\n\t{got}")
    return {
        half: (n["rows"] / n["there"], {c: n[c] / n["there"] for c in COLUMNS}, n["there"])
        for half, n in right.items()
        if n["there"]
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=TABLE)
    parser.add_argument("--show", action="store_true", help="the rows that are wrong, with what was read")
    parser.add_argument("--half", choices=HALVES, help="only the even or the odd lines")
    args = parser.parse_args()
    if not args.file.is_file():
        print(f"{args.file} isn't there: give the table of events as an argument", file=sys.stderr)
        return 2
    table = [r for r in rows(args.file) if args.half is None or r.line % 2 == HALVES[args.half]]
    print("| half | rows | all four | " + " | ".join(COLUMNS) + " |")
    print("| --- | ---: | ---: |" + " ---: |" * len(COLUMNS))
    for half, (share, columns, there) in measure(table, pipeline.load(), args.show).items():
        print(f"| {half} | {there} | {share:.3f} | " + " | ".join(f"{columns[c]:.3f}" for c in COLUMNS) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
