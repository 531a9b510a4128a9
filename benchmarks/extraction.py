"""What reading a text costs beside the network alone, and if any breaks it: ``python -m benchmarks.extraction``.

The texts are 5,000 of financial news where the corpus lies beside the checkout, else those of the samples, repeated.
LAC, extraction, and extraction with resolution take turns, 100 texts each, on one thread of one process.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.timing import machine, peak_mib, table
from kg import run
from kg.items import Extraction, Item, ItemFacts, Part, Passage, Report, Said, Source, squeeze

if TYPE_CHECKING:
    from spacy.language import Language

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "corpora" / "finance-news.jsonl"
SAMPLES = ROOT / "data" / "samples"
AT_A_TIME = 100
#: What the whole may cost, in times of what the network costs.
MOST = 2.0


def texts(count: int) -> tuple[str, list[str]]:
    """What they are, and the texts."""
    if CORPUS.exists():
        with CORPUS.open(encoding="utf-8") as lines:
            return CORPUS.stem, [json.loads(line)["text"] for line in islice(lines, count)]
    items = [item for path in sorted(SAMPLES.glob("*.pdf")) for item in run.read_report(path).items]
    return "the samples, repeated", [item.passage.text for item in islice(cycle(items), count)]


def report(text: str) -> Report:
    """A text as a report of one item."""
    item = Item("t-1", "", Passage.verbatim(text), (Part(0, len(text), Said.SUMMARY),))
    return Report("t", "", Source("t.txt", "0" * 64, "txt", text), (item,))


def astray(found: Extraction, facts: ItemFacts) -> Iterator[str]:
    """What stands elsewhere than is said, in the text or in the source."""
    text, names = found.item.passage.text, found.mentions
    for name in names:
        if text[name.start : name.end] != name.text:
            yield f"the name {name.text} at {name.start}"
    for one in (*found.relations, *(r for r in found.raises if r.end)):
        if not 0 <= one.start <= one.cue < one.end <= len(text):
            yield f"the evidence of {one.rule}: {one.start}, {one.cue}, {one.end}"
    for relation in found.relations:
        if not 0 <= relation.subject < len(names) or not 0 <= relation.object < len(names):
            yield f"the ends of {relation.rule}"
    for sentence in found.unused:
        if not 0 <= sentence.start <= sentence.cue < sentence.end <= len(text):
            yield f"the open sentence {sentence.start}, {sentence.cue}, {sentence.end}"
    for quoted in (*facts.claims, *facts.open_sentences):
        words = text[quoted.start : quoted.end]
        if not words.strip() or squeeze(words) != squeeze(quoted.quote):
            yield f"the quote {quoted.quote}"


@dataclass(slots=True)
class Measured:
    """Seconds of the processor by step, and what went wrong."""

    seconds: dict[str, float] = field(default_factory=dict)
    crashes: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    names: int = 0
    relations: int = 0

    def add(self, step: str, begun: float) -> None:
        self.seconds[step] = self.seconds.get(step, 0.0) + time.process_time() - begun


STEPS = ("LAC alone", "extract", "extract and resolve")


def measure(batch: list[str], nlp: Language, measured: Measured) -> None:
    from kg.extract import extract, pipeline
    from kg.extract.lac import load
    from kg.resolve.linker import resolve

    lac = load()
    begun = time.process_time()
    for text in batch:
        lac.tag(text)
    measured.add(STEPS[0], begun)
    begun = time.process_time()
    for text in batch:
        try:
            pipeline.run(nlp, text, None)
        except Exception as fault:
            measured.crashes.append(f"{type(fault).__name__}: {fault}: {text[:60]}")
    measured.add(STEPS[1], begun)
    done: list[tuple[Extraction, ItemFacts]] = []
    begun = time.process_time()
    for text in batch:
        made = report(text)
        try:
            found = extract(made.items[0], nlp)
            done.append((found, resolve(made, [found])[0]))
        except Exception as fault:
            measured.crashes.append(f"{type(fault).__name__}: {fault}: {text[:60]}")
    measured.add(STEPS[2], begun)
    for found, facts in done:
        measured.names += len(found.mentions)
        measured.relations += len(found.relations)
        measured.astray += astray(found, facts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=5_000)
    source, all_texts = texts(parser.parse_args().texts)
    length = sum(map(len, all_texts))
    from kg.extract.lac import load

    load().tag("".join(all_texts[:20]))
    alone = peak_mib()
    nlp = run.load()
    measure(all_texts[:20], nlp, Measured())  # what is loaded when it is first needed
    measured = Measured()
    for at in range(0, len(all_texts), AT_A_TIME):
        measure(all_texts[at : at + AT_A_TIME], nlp, measured)
    bare = measured.seconds[STEPS[0]]
    rows = [
        (step, f"{taken:.1f}", f"{length / taken:,.0f}", f"{taken / bare:.2f}")
        for step, taken in measured.seconds.items()
    ]
    table(("step", "seconds", "characters/s", "times LAC"), rows)
    print(
        f"{source}: {len(all_texts):,} texts, {length:,} characters, {measured.names:,} names,"
        f" {measured.relations:,} relations; {len(set(measured.crashes))} crashes, {len(measured.astray)} wrong offsets"
    )
    print(f"peak memory: LAC alone {alone:.0f} MiB, all {peak_mib():.0f} MiB; {machine()}")
    for fault in [*dict.fromkeys(measured.crashes), *measured.astray][:20]:
        print(f"  {fault}")
    if measured.crashes or measured.astray:
        raise SystemExit(1)
    if measured.seconds[STEPS[2]] > MOST * bare:
        print(f"more than {MOST:.1f} times LAC alone")


if __name__ == "__main__":
    main()
