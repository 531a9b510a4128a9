"""What was asked, of which store, when, by which regkg: what stands on every file that is sent on."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from kg import __version__
from kg.query.result import Result


def today() -> date:
    """The day on which a file is made; that of SOURCE_DATE_EPOCH where somebody needs the same bytes tomorrow."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch.isdecimal() else date.today()


@dataclass(frozen=True, slots=True)
class About:
    store: str = ""
    made: date = field(default_factory=today)

    @classmethod
    def of(cls, store: Path | str | None, made: date | None = None) -> About:
        """The store as its user knows it: who gets the file need not learn the user's name from the path."""
        text = str(store or "")
        home = os.path.expanduser("~")
        if len(home) > 1 and text.startswith(home + os.sep):
            text = "~" + text.removeprefix(home)
        return cls(text, made or today())

    def lines(self, result: Result, lang: str) -> list[tuple[str, str]]:
        """Pairs for people: what, and its value."""
        zh = lang == "zh"
        found = [("问题" if zh else "Question", result.title(lang)), *result.asked]
        if self.store:
            found.append(("数据库" if zh else "Store", self.store))
        found.append(("生成日期" if zh else "Made on", self.made.isoformat()))
        found.append(("生成工具" if zh else "Made by", f"regkg {__version__}"))
        return found
