from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.errors import ReadError
from kg.read import load, load_all

FIXTURE = Path(__file__).parents[1] / "fixtures/read/haiheng-weekly.yml"


def test_ours_load() -> None:
    assert "merits-and-tree" in [layout.name for layout in load_all()]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"item": None}, "item: it is missing."),
        ({"recognise": "海衡"}, "recognise: it must be a list of regular expressions."),
        ({"item": "("}, "item: '(' is no regular expression (missing ), unterminated subpattern at position 0)."),
        ({"item": r"\d+"}, "item: the regular expression needs a group (?P<number>…)."),
        ({"id": "{yaer}"}, "id: the template may use number, year, month of issue, not 'yaer'."),
        ({"sections": []}, "sections: it must be a list of names with a slug each."),
        ({"sections": [{"name": "动态"}]}, "sections[0].slug: it must be a text that isn't empty."),
        (
            {"sections": [{"name": "动态", "slug": "Two Words"}]},
            "sections[0].slug: it must be lower-case letters, its own for each section.",
        ),
        ({"labels": {"publisher": "出处"}}, "labels.published: it is missing."),
        ({"labels": {"published": 3}}, "labels.published: it must be a text that isn't empty."),
        ({"marks": ["短评"]}, "marks: it must be a mapping of keys to values."),
    ],
)
def test_wrong(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    data = yaml.safe_load(FIXTURE.read_text("utf-8")) | change
    path = tmp_path / "bad.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(ReadError) as caught:
        load(path)
    assert str(caught.value) == f"The layout bad.yml is wrong at {sentence}"


def test_unknown_key(tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(FIXTURE.read_text("utf-8") + "\nitems: x\n", "utf-8")
    with pytest.raises(ReadError, match=r"The layout bad\.yml is wrong at items: no such key; known are contents, "):
        load(path)


def test_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text("a: [", "utf-8")
    with pytest.raises(ReadError, match=r"^The layout bad\.yml can't be read: .*line 1.*Correct the file\.$"):
        load(path)
