"""Local bodies of China, [place][function][rank]: understood, not listed.

北京市网信办, 北京市互联网信息办公室 and, in a Beijing notice, 市委网信办 are one body. The place is found in the tables
of places, the function in data/patterns/functions.tsv; a short form (市商务局) takes its place from the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.reference import Place, Reference
from kg.settings import asset

_SHORT = re.compile(r"^(?:中共)?(?P<level>省|自治区|市|区|县|州|盟)(?:委|人民政府|政府)?(?P<rest>.{2,20})$")
_LEVELS = {
    "省": ("province",),
    "自治区": ("province",),
    "市": ("prefecture", "province"),
    "州": ("prefecture",),
    "盟": ("prefecture",),
    "区": ("county",),
    "县": ("county",),
}
_RANK = re.compile(r"(?:管理局|局|厅|委员会|委|办公室|办|部门|支队|总队)$")


@dataclass(frozen=True, slots=True)
class Body:
    place: Place
    function: str  # the long form
    name: str  # the place's name and what stands behind it, as the text has it

    @property
    def key(self) -> str:
        return f"{self.place.name}{self.function}"


@cache
def _functions() -> dict[str, str]:
    rows = asset("data", "patterns", "functions.tsv").read_text(encoding="utf-8").splitlines()
    return {r.split("\t")[0]: r.split("\t")[1] for r in rows if r and not r.startswith("#")}


def function_of(rest: str) -> str | None:
    """互联网信息办公室 → 互联网信息, 网信办 → 互联网信息; None where it is no function that local bodies have."""
    table = _functions()
    if not _RANK.search(rest):
        return None
    # 市场监督管理局 is 市场监督管理 with 局, 数据局 is 数据 with 局 and 数据管理局 the same with 管理局
    short = re.sub(r"(?:局|厅|委员会|委|办公室|办|部门|支队|总队)$", "", rest)
    for stem in (short, _RANK.sub("", rest), re.sub(r"(?:监督管理|管理|行政)$", "", short)):
        if stem in table:
            return table[stem]
    return None


def places_in(text: str, reference: Reference) -> list[tuple[int, Place]]:
    """Divisions that a text names, with where."""
    found = []
    for match in reference.place_pattern.finditer(text):
        name = match.group()
        for start in range(len(name) - 1):
            places = reference.find_place(name[start:])
            if places:
                found.append((match.start() + start, places[0]))
                break
    return found


def parse(name: str, reference: Reference) -> Body | None:
    """A full name, [place][function][rank]; the nearest place counts: 上海市徐汇区数据局 is 徐汇区's."""
    name = re.sub(r"^中共", "", name)
    best: tuple[int, Place] | None = None
    at = 0
    while at < len(name):
        for length in range(min(11, len(name) - at - 2), 1, -1):
            places = reference.find_place(name[at : at + length])
            if best is not None:
                inside = [p for p in places if best[1] in reference.within(p)]
                places = tuple(inside)
            if places:
                best = (at + length, places[0])
                break
        else:
            break
        at = best[0] if best else at
    if best is None:
        return None
    rest = re.sub(r"^(?:省|市|区|县)?(?:委|人民政府|政府)(?=.{2,})", "", name[best[0] :])
    rest = (
        re.sub(r"^(?:省|市|区|县)(?=.{2,})", "", rest)
        if best[1].short and name[: best[0]].endswith(best[1].short)
        else rest
    )
    function = function_of(rest)
    return Body(best[1], function, best[1].name + rest) if function else None


def expand(name: str, around: list[Place], reference: Reference) -> Body | None:
    """A short form (市商务局, 省委网信办) with the document's place; None where no place or two would do."""
    match = _SHORT.match(name)
    if not match:
        return None
    function = function_of(match["rest"])
    if function is None:
        return None
    fits: list[Place] = []
    for place in around:
        for candidate in (place, *reference.within(place)):
            municipality = (
                candidate.level == "province" and not candidate.name.endswith("市") and match["level"] == "市"
            )
            if candidate.level in _LEVELS[match["level"]] and not municipality and candidate not in fits:
                fits.append(candidate)
    exact = [p for p in fits if p.name.endswith(match["level"])]
    chosen = exact or fits
    return Body(chosen[0], function, chosen[0].name + match["rest"]) if len(chosen) == 1 else None
