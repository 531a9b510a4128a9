"""A layout: how a newsletter marks its issue, contents, sections and items. It is data, data/layouts/<name>.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg import ids, settings
from kg.errors import ReadError
from kg.read import yml

HEAD = 4000  # characters in which a newsletter shows what it is


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Layout:
    name: str
    recognise: tuple[re.Pattern[str], ...]  # all of them stand near the start
    issue: re.Pattern[str]  # groups year and month, perhaps number
    id: str  # 2024-08: a template over the groups of issue
    title: str
    header: re.Pattern[str] | None
    page_number: re.Pattern[str] | None  # group page
    page_start: re.Pattern[str] | None
    contents: re.Pattern[str] | None
    section: re.Pattern[str]  # group name
    sections: tuple[Section, ...]
    item: re.Pattern[str]  # groups number and title
    published: re.Pattern[str]
    publisher: re.Pattern[str] | None
    link: re.Pattern[str] | None
    date: re.Pattern[str]  # groups year, month, day
    summary: re.Pattern[str] | None
    commentary: re.Pattern[str] | None
    end: re.Pattern[str] | None

    def fits(self, text: str) -> bool:
        head = text[:HEAD]
        return all(pattern.search(head) for pattern in self.recognise)

    def slug(self, section: str | None) -> str:
        return next((s.slug for s in self.sections if s.name == section), "item")


# key → (required, groups that its regular expression must have)
_PATTERNS: dict[str, tuple[bool, tuple[str, ...]]] = {
    "issue": (True, ("year", "month")),
    "header": (False, ()),
    "page_number": (False, ("page",)),
    "page_start": (False, ()),
    "contents": (False, ()),
    "section": (False, ("name",)),
    "item": (True, ("number", "title")),
    "date": (False, ("year", "month", "day")),
    "end": (False, ()),
}
_LABELS = {"published": True, "publisher": False, "link": False}  # what stands before a colon
_MARKS = ("summary", "commentary")  # stand alone on a line or before a colon
_KEYS = {"recognise", "id", "title", "sections", "labels", "marks", *_PATTERNS}
_DATE = r"(?P<year>\d{4})\s*[年./．\-－—]\s*(?P<month>\d{1,2})\s*[月./．\-－—]\s*(?P<day>\d{1,2})\s*日?"


def load(path: Path) -> Layout:
    """A layout from its file; ReadError names the file and the key that is wrong."""
    try:
        data = yml.load(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        problem = " ".join(str(error).split())
        raise ReadError(f"The layout {path.name} can't be read: {problem}. Correct the file.") from error
    return _Checker(path.name).layout(path.stem, data)


@cache
def load_all(folder: Path | None = None) -> tuple[Layout, ...]:
    """The layouts of a folder (ours, if none is named), by name: the first that fits is taken."""
    return tuple(load(path) for path in sorted((folder or settings.asset("data", "layouts")).glob("*.yml")))


class _Checker:
    def __init__(self, file: str) -> None:
        self.file = file

    def wrong(self, key: str, problem: str) -> ReadError:
        return ReadError(f"The layout {self.file} is wrong at {key}: {problem}.")

    def layout(self, name: str, data: Any) -> Layout:
        data = self.mapping("its top", data, _KEYS)
        for key in ("recognise", "id", "title", "sections", "labels"):
            if key not in data:
                raise self.wrong(key, "it is missing")
        patterns = {
            key: self.pattern(key, data.get(key), required, groups) for key, (required, groups) in _PATTERNS.items()
        }
        labels = self.mapping("labels", data["labels"], set(_LABELS))
        marks = self.mapping("marks", data.get("marks", {}), set(_MARKS))
        issue, item = patterns["issue"], patterns["item"]
        published = self.label("labels.published", labels.get("published"), _LABELS["published"])
        assert issue is not None  # the checks above raise
        assert item is not None
        assert published is not None
        for key in ("id", "title"):
            self.template(key, data[key], issue)
        return Layout(
            name=name,
            recognise=self.recognise(data["recognise"]),
            issue=issue,
            id=data["id"],
            title=data["title"],
            header=patterns["header"],
            page_number=patterns["page_number"],
            page_start=patterns["page_start"],
            contents=patterns["contents"],
            section=patterns["section"] or re.compile(r"(?P<name>.+)"),
            sections=self.sections(data["sections"]),
            item=item,
            published=published,
            publisher=self.label("labels.publisher", labels.get("publisher")),
            link=self.label("labels.link", labels.get("link")),
            date=patterns["date"] or re.compile(_DATE),
            summary=self.mark("marks.summary", marks.get("summary")),
            commentary=self.mark("marks.commentary", marks.get("commentary")),
            end=patterns["end"],
        )

    def mapping(self, key: str, value: Any, known: set[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(key, "it must be a mapping of keys to values")
        for unknown in value:
            if unknown not in known:
                raise self.wrong(str(unknown), f"no such key; known are {', '.join(sorted(known))}")
        return value

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "it must be a text that isn't empty")
        return value

    def pattern(
        self, key: str, value: Any, required: bool = True, groups: tuple[str, ...] = ()
    ) -> re.Pattern[str] | None:
        if value is None:
            if required:
                raise self.wrong(key, "it is missing")
            return None
        try:
            pattern = re.compile(self.text(key, value))
        except re.error as error:
            raise self.wrong(key, f"{value!r} is no regular expression ({error})") from error
        for group in groups:
            if group not in pattern.groupindex:
                raise self.wrong(key, f"the regular expression needs a group (?P<{group}>…)")
        return pattern

    def recognise(self, value: Any) -> tuple[re.Pattern[str], ...]:
        if not isinstance(value, list) or not value:
            raise self.wrong("recognise", "it must be a list of regular expressions")
        found = [self.pattern(f"recognise[{n}]", one) for n, one in enumerate(value)]
        return tuple(pattern for pattern in found if pattern)

    def label(self, key: str, value: Any, required: bool = False) -> re.Pattern[str] | None:
        pattern = self.pattern(key, value, required)
        return pattern and re.compile(rf"(?:{pattern.pattern})\s*[：:]\s*")

    def mark(self, key: str, value: Any) -> re.Pattern[str] | None:
        pattern = self.pattern(key, value, False)
        return pattern and re.compile(rf"(?:{pattern.pattern})\s*(?:[：:]\s*|$)")

    def sections(self, value: Any) -> tuple[Section, ...]:
        if not isinstance(value, list) or not value:
            raise self.wrong("sections", "it must be a list of names with a slug each")
        found: list[Section] = []
        for n, one in enumerate(value):
            one = self.mapping(f"sections[{n}]", one, {"name", "slug"})
            section = Section(*(self.text(f"sections[{n}].{part}", one.get(part)) for part in ("name", "slug")))
            if section.slug != ids.key(section.slug) or section.slug in {other.slug for other in found}:
                raise self.wrong(f"sections[{n}].slug", "it must be lower-case letters, its own for each section")
            found.append(section)
        return tuple(found)

    def template(self, key: str, value: Any, issue: re.Pattern[str]) -> None:
        try:
            self.text(key, value).format(**dict.fromkeys(issue.groupindex, 1))
        except (KeyError, IndexError, ValueError) as error:
            known = ", ".join(issue.groupindex)
            raise self.wrong(key, f"the template may use {known} of issue, not {error}") from error
