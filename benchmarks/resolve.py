"""What deciding names costs: ``python -m benchmarks.resolve [MENTIONS] [--stored N…]``.

Names of the reference data, local bodies, firms with and without their legal form and names that nobody knows, in the
shares of a monthly report; each item has a text of its own around its names. Then one sample report is resolved and
added to stores that hold more and more entities already: a name's node is made from the name, so nothing is looked up
there, and only what is written counts. Seconds are the processor's, so that what else the machine does counts less.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import machine, peak_mib, table
from kg import ids, run
from kg.graph.store import Store
from kg.items import Entity, EntityType, Extraction, Item, ItemFacts, Label, Mention, Passage, Report, Source
from kg.reference import Reference
from kg.resolve.linker import Linker, identify

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "2024-07.pdf"
AN_ITEM = 20  # names
FUNCTIONS = ("商务局", "数据局", "市场监管局", "网信办", "人社局", "工业和信息化局", "发展和改革委员会", "市委宣传部")
SYLLABLES = "安博创德恩丰格海嘉凯隆明诺普启瑞盛泰维新逸中卓"


def names(count: int, reference: Reference) -> Iterator[tuple[str, EntityType]]:
    """The same names on every run."""
    chance = random.Random(2024)
    rows = [(name, row.type) for row in reference.by_id.values() for name in row.names]
    places = [place.name for place in reference.places.values()]
    for _ in range(count):
        kind = chance.random()
        core = "".join(chance.choices(SYLLABLES, k=3))
        if kind < 0.6:
            yield chance.choice(rows)
        elif kind < 0.75:
            yield chance.choice(places) + chance.choice(FUNCTIONS), "Regulator"
        elif kind < 0.8:
            yield "市" + chance.choice(FUNCTIONS), "Regulator"
        elif kind < 0.9:
            yield core + "科技" + chance.choice(("", "有限公司", "股份有限公司")), "Company"
        else:
            yield core + "研究院", "Organization"


def items(count: int, reference: Reference) -> Iterator[Extraction]:
    batch: list[tuple[str, EntityType]] = []
    for number, one in enumerate(names(count, reference), 1):
        batch.append(one)
        if len(batch) == AN_ITEM or number == count:
            text, mentions = "", []
            for name, type_ in batch:
                mentions.append(Mention(len(text), len(text) + len(name), name, type_))
                text += name + "与有关单位商议后发布通知。"
            yield Extraction(Item(f"b-{number}", "", Passage.verbatim(text), ()), tuple(mentions), ())
            batch = []


def decide(count: int, reference: Reference) -> tuple[str, ...]:
    linker = Linker(reference)
    spent = 0.0
    found: set[str] = set()
    for extraction in items(count, reference):
        begun = time.process_time()
        known = identify(extraction, linker)
        spent += time.process_time() - begun
        found.update(one.iri for one in known)
    return (f"{count:,}", f"{spent:.1f}", f"{count / spent:,.0f}", f"{len(found):,}", f"{peak_mib():.0f}")


def fill(store: Store, count: int) -> None:
    facts = []
    for start in range(0, count, 100):
        item = Item(f"s-{count}-{start}", "甲", Passage.verbatim("甲"), ())
        entities = [
            Entity(ids.entity("Company", f"甲{n}科技"), "Company", Label(f"甲{n}科技", "zh"), reason="its name")
            for n in range(start, min(start + 100, count))
        ]
        facts.append(ItemFacts(item, entities))
    report = Report(f"s-{count}", "s", Source("s.txt", "0" * 64, "txt", "甲"), tuple(one.item for one in facts))
    store.add(report, facts, ids.run("0" * 64))


def add(sizes: list[int]) -> list[tuple[str, ...]]:
    report, nlp = run.read_report(SAMPLE), run.load()
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "store", "write") as store:
            fill(store, size)
            run.facts(report, nlp)
            begun = time.process_time()
            facts = run.facts(report, nlp)
            read = time.process_time() - begun
            begun = time.process_time()
            store.add(report, facts, ids.run("1" * 64))
            rows.append((f"{size:,}", f"{read:.2f}", f"{time.process_time() - begun:.2f}"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mentions", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--stored", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    args = parser.parse_args()
    reference = Reference.load()
    counts = sorted({max(args.mentions // share, 1) for share in (100, 10, 1)})
    decide(1_000, reference)  # fills the caches
    table(("mentions", "CPU seconds", "mentions/s", "entities", "peak MiB"), [decide(n, reference) for n in counts])
    print()
    table(("entities stored", "read and resolve a report, CPU s", "add it, CPU s"), add(args.stored))
    print(machine())


if __name__ == "__main__":
    main()
