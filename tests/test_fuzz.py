"""Mutated files into every reader, in short: ``python -m benchmarks.fuzz`` is the long form."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import fuzz


def test_no_input_breaks_a_reader() -> None:
    fates = fuzz.run_all(300, seed=2)
    assert [fate for fate in fates if fate.bad] == []
    outcomes = Counter(fate.outcome for fate in fates)
    assert outcomes["read"] > 50  # else the mutations are too rough to reach what lies behind the readers
    assert outcomes["refused"] > 20
    assert {fate.kind for fate in fates} == set(fuzz.seeds())


def test_no_input_takes_for_ever(tmp_path: Path) -> None:
    readers = fuzz.Readers(tmp_path.resolve())
    try:
        fates = {(kind, name): readers.read(kind, 0, data) for kind, name, data in fuzz.hostile(100_000)}
    finally:
        readers.close()
    assert {what: fate for what, fate in fates.items() if fate.bad} == {}
    assert len(fates) > 50


def test_the_seeds_are_sound(tmp_path: Path) -> None:
    readers = fuzz.Readers(tmp_path.resolve())
    try:
        for number, (kind, data) in enumerate(fuzz.seeds().items()):
            assert readers.read(kind, number, data).outcome == "read"
    finally:
        readers.close()


def test_the_same_seed_makes_the_same_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a minute later: a zip has the time in it, if nothing else is said."""
    first = list(fuzz.inputs(40, 3))
    assert list(fuzz.inputs(40, 4)) != first
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 60)
    # told by number: the files themselves, printed, would hide everything else that a run has to say
    assert [
        number for (*_, number, one), (*_, other) in zip(first, fuzz.inputs(40, 3), strict=True) if one != other
    ] == []


def test_what_leads_astray_is_noticed() -> None:
    assert fuzz.astray("甲乙丙", "甲丙", [0, 2]) == ""
    assert fuzz.astray("甲\n丙", "甲 丙", [0, 1, 2]) == ""
    assert fuzz.astray("甲乙丙", "甲丙", [0, 1])
    assert fuzz.astray("甲乙丙", "甲乙", [1, 0])
    assert fuzz.astray("甲乙丙", "甲", [3])
