"""Extraction is no worse than at the last release; and the tool that says so reads what the scorers print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import quality

ROOT = Path(__file__).parents[1]
SHARED = ROOT / "../shared"

PRINTED = """\
                    P      R     F1   gold
  Regulator        0.959  0.953  0.956    148
entities         0.900  0.880  0.890    402
  issuedBy         0.800  1.000  0.889     66
relations        0.700  0.600  0.646    206
core             0.900  0.800  0.847     96
items found     21 of 22
attributes      0.857 (54 of 63)
quotes          1.000 (180 of 180)
core F1 0.847, entities F1 0.890, relations F1 0.646
"""


def test_reads_what_the_scorer_prints() -> None:
    found = quality.Figures.read(PRINTED)
    assert found.sums == {
        "entities": 0.89,
        "relations": 0.646,
        "core": 0.847,
        "items": 0.955,
        "attributes": 0.857,
        "quotes": 1.0,
    }
    assert found.types["issuedBy"] == (0.8, 1.0, 0.889, 66)


def test_lower_figures_are_told() -> None:
    measured = {"report": quality.Figures.read(PRINTED)}
    assert quality.short_of(measured, {"report": {"core": 0.848, "quotes": 1.0}}) == []  # within the tolerance
    assert quality.short_of(measured, {"report": {"core": 0.85}}) == ["report: core 0.847, and it was 0.850"]
    assert quality.short_of(measured, {"report": {"pages": 0.5}}) == ["report: pages 0.000, and it was 0.500"]


def test_baseline_and_document_name_what_is_measured() -> None:
    release, figures = quality.baseline()
    assert release
    assert list(figures) == ["report", "dev", "passages"]
    assert all(set(one) <= set(quality.SUMS) and "core" in one for one in figures.values())
    text = quality.DOC.read_text(encoding="utf-8")
    assert text.count(quality.BEGIN) == text.count(quality.END) == 1


@pytest.mark.skipif(not SHARED.exists(), reason="the texts that extraction is measured on aren't beside the checkout")
def test_no_worse_than_the_last_release() -> None:
    command = [sys.executable, str(ROOT / "tools" / "quality.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_items_are_measured_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, list[str]]] = []

    def scored(folder: Path, gold: Path, files: list[Path], more: list[str]) -> quality.Figures:
        given.append((gold.stem, [path.read_text(encoding="utf-8").splitlines()[0] for path in files]))
        return quality.Figures({"core": 0.5})

    monkeypatch.setattr(quality, "_scored", scored)
    found = quality.items(["finance-d", "policy-a"])
    assert {name: count for name, (count, _) in found.items()} == {"finance-d": 12, "policy-a": 14}
    assert [name for name, _ in given] == ["finance-d", "policy-a"]
    assert all(len(titles) == found[name][0] and all(titles) for name, titles in given)
    with pytest.raises(quality.Failed, match="has no finance-x: it has deals-a"):
        quality.items(["finance-x"])
