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

_SHORT = re.compile(r"^(?:中共)?(?P<level>省|自治区|市|区|县|州|盟)(?:党委|委|人民政府|政府)?(?P<rest>.{2,20})$")
_RANK = re.compile(r"(?:管理局|局|厅|委员会|委|办公室|办|部门|支队|总队)$")


@dataclass(frozen=True, slots=True)
class Body:
    place: Place
    function: str  # the long form
    name: str  # the place's name and what stands behind it, as the text has it
    wider: str = ""  # where the place lies, if others bear its name: 朝阳区 of Beijing and of Changchun

    @property
    def key(self) -> str:
        return f"{self.wider}{self.place.name}{self.function}"


def _body(place: Place, function: str, rest: str, reference: Reference) -> Body:
    namesakes = [p for p in reference.find_place(place.name) if p.name == place.name]
    wider = reference.within(place) if len(namesakes) > 1 else ()
    return Body(place, function, place.name + rest, wider[0].name if wider else "")


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
    """Divisions that a text names, with where; of namesakes, the one that lies in a place named before."""
    found: list[tuple[int, Place]] = []
    for match in reference.place_pattern.finditer(text):
        name = match.group()
        for start in range(len(name) - 1):
            places = reference.find_place(name[start:])
            if len(places) > 1 and places[0].level == places[1].level:
                named = {place for _, place in found}
                places = tuple(p for p in places if named & set(reference.within(p)))
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
            if len(places) > 1 and places[0].level == places[1].level:
                return None  # 朝阳区 of Beijing or of Changchun: the name alone doesn't say
            if places:
                best = (at + length, places[0])
                break
        else:
            break
        at = best[0] if best else at
    if best is None:
        return None
    rest = re.sub(r"^(?:省|市|区|县)?(?:党委|委|人民政府|政府)(?=.{2,})", "", name[best[0] :])
    rest = (
        re.sub(r"^(?:省|市|区|县)(?=.{2,})", "", rest)
        if best[1].short and name[: best[0]].endswith(best[1].short)
        else rest
    )
    function = function_of(rest)
    return _body(best[1], function, rest, reference) if function else None


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
        chain = (place, *reference.within(place))
        # of the places that one lies in, the nearest of that rank: 昆山市 and not 苏州市
        nearest = next((p for p in chain if p.name.endswith(match["level"])), None)
        if nearest is not None and nearest not in fits:
            fits.append(nearest)
    return _body(fits[0], function, match["rest"], reference) if len(fits) == 1 else None
