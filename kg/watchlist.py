"""A list of names to watch, as people keep it: a text file with one a line, or a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.errors import ReadError, UsageError
from kg.read.text import decode

LONGEST = 5_000  # names: more are no list that somebody watches
_HEADS = ("name", "names", "名称", "名单", "主体", "客户", "机构", "公司", "watch")


def names(path: Path) -> list[str]:
    """The names of a list: one a line, or the column of a CSV that is headed so; # begins a comment."""
    try:
        text = decode(path.name, path.read_bytes())
    except OSError as fault:
        raise ReadError(f"{path} can't be read ({fault.strerror}): check the path") from fault
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = list(_column(lines)) if path.suffix.lower() == ".csv" else [line.strip() for line in lines]
    found = list(dict.fromkeys(name for name in found if name))
    if not found:
        raise UsageError(f"{path.name} names nobody: write one name a line")
    if len(found) > LONGEST:
        raise UsageError(f"{path.name} has {len(found):,} names, and {LONGEST:,} can be watched: part it")
    return found


def _column(lines: Sequence[str]) -> Iterator[str]:
    """The column with a head that says it has names, else the first, which then has no head."""
    rows = list(csv.reader(io.StringIO("\n".join(lines))))
    heads = [cell.strip().casefold() for cell in rows[0]] if rows else []
    at = next((place for place, head in enumerate(heads) if head in _HEADS), None)
    for row in rows[at is not None :]:
        if len(row) > (at or 0):
            yield row[at or 0].strip()
