"""The labelled sentences of data/training: well-formed, no line twice, nothing copied from the texts we measure on."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "data/training").glob("*.txt"))
SHARED = ROOT / "../shared"
TAGS = {"REG", "INS", "PUB", "COM", "ORG", "PER"}
MARK = re.compile(r"\[([^\[\]]+)\]\(([A-Z]+)\)")
PAIRS = ("《》", "〈〉", "（）", "“”", "「」", "『』", "()")
# A run this long can't be shared by chance, except within a document's title
RUN = 24


def labelled(path: Path) -> list[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(n, line) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]


def plain(line: str) -> str:
    return MARK.sub(r"\1", line)


def faults(line: str) -> list[str]:
    """What is wrong with one labelled line."""
    found = []
    rest = MARK.sub("", line)
    if "[" in rest or "]" in rest:
        found.append("a bracket that belongs to no mark")
    for name, tag in MARK.findall(line):
        if tag not in TAGS:
            found.append(f"unknown tag {tag}")
        if name != name.strip() or name[0] in "《》，。；、" or name[-1] in "《，。；、":
            found.append(f"mark with ragged edges: {name}")
        if any(name.count(pair[0]) != name.count(pair[1]) for pair in PAIRS):
            found.append(f"mark that cuts a bracket: {name}")
        if name.startswith("《") and name.endswith("》"):
            found.append(f"《》 inside the mark: {name}")
    text = plain(line)
    if any(text.count(pair[0]) != text.count(pair[1]) for pair in PAIRS):
        found.append("unbalanced brackets or quotes")
    if text != text.strip():
        found.append("white space at an end")
    return found


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("[国家数据局](REG)发布《[办法](INS)》。", None),
        ("没有名称的一行。", None),
        ("[国家数据局](GOV)发布。", "unknown tag GOV"),
        ("[国家数据局]发布。", "a bracket that belongs to no mark"),
        ("[[国家数据局](REG)综合司](REG)发布。", "a bracket that belongs to no mark"),
        ("[《办法》](INS)发布。", "《》 inside the mark: 《办法》"),
        ("[《办法](INS)》发布。", "mark that cuts a bracket: 《办法"),
        ("[办法（试行](INS)）发布。", "mark that cuts a bracket: 办法（试行"),
        ("[国家数据局 ](REG)发布。", "mark with ragged edges: 国家数据局 "),
        ("[国家数据局](REG)发布《[办法](INS)。", "unbalanced brackets or quotes"),
    ],
)
def test_faults(line: str, fault: str | None) -> None:
    assert (fault in faults(line)) if fault else not faults(line)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_is_well_formed(path: Path) -> None:
    assert [(n, f) for n, line in labelled(path) for f in faults(line)] == []


def test_there_are_sentences_without_names() -> None:
    lines = [line for path in FILES if path.name.startswith("policy-") for _, line in labelled(path)]
    assert sum(not MARK.search(line) for line in lines) >= len(lines) // 5


def test_no_line_twice() -> None:
    first: dict[str, str] = {}
    twice = []
    for path in FILES:
        for n, line in labelled(path):
            where = f"{path.name}:{n}"
            if (before := first.setdefault(plain(line), where)) != where:
                twice.append(f"{where} repeats {before}")
    assert twice == []


def squeeze(text: str) -> str:
    """The text without white space; a Latin word counts as three characters, or one firm's name would be a run."""
    return re.sub(r"\s+", "", re.sub(r"([A-Za-z]{3})[A-Za-z]+", r"\1", text))


def test_nothing_is_copied() -> None:
    sources = [path for folder in ("reports", "gold/dev") for path in sorted((SHARED / folder).glob("*.txt"))]
    if not sources:
        pytest.skip("the texts that extraction is measured on aren't beside the checkout")
    theirs = {
        text[i : i + RUN]
        for text in (squeeze(path.read_text(encoding="utf-8")) for path in sources)
        for i in range(len(text) - RUN + 1)
    }
    copied = []
    for path in FILES:
        for n, line in labelled(path):
            text = squeeze(plain(line))
            if run := next(
                (text[i : i + RUN] for i in range(len(text) - RUN + 1) if text[i : i + RUN] in theirs), None
            ):
                copied.append(f"{path.name}:{n} {run}")
    assert copied == []
