"""Local bodies of China, [place][function][rank]: understood, not listed.

北京市网信办, 北京市互联网信息办公室 and, in a Beijing notice, 市委网信办 are one body. The place is found in the tables
of places and zones, the function in data/patterns/functions.tsv; a short form (市商务局) and a name that several places
bear (朝阳区商务局) take their place from the document.

>>> reference = Reference.load()
>>> body = parse("杭州市余杭区市场监管局", reference)
>>> str(body), body.level, str(body.superior(reference))
('余杭区市场监督管理局', 'county', '杭州市市场监督管理局')
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from kg.reference import Place, Reference
from kg.settings import asset

_SHORT = re.compile(r"^(?:中共)?(?P<level>省|自治[区州县旗]|市|区|县|旗|州|盟|兵团)(?P<rest>.{1,20})$")
# a body's own words for whose it is; what stands behind is its function
_ORGAN = re.compile(r"^(?:党委|委员会|委|人民政府|政府)(?=.{2,})")
_RANK = re.compile(r"(?:管理局|局|厅|委员会|委|办公室|办|部门|支队|总队|中心|馆|部)$")
_LONG = {"办": "办公室", "委": "委员会"}
# ranks that make another body of one function: 疾控局 and 疾控中心, 档案局 and 档案馆
_WHOLE = ("-",)
_APART = ("中心", "馆", "部")
# agencies of the state call their local bodies by both names
_VERTICAL = re.compile(r"^(?:国家税务总局)(?=.{2,8}(?:省|市|区|县|州|盟|旗).*税务局$)")
_ZONE = re.compile(
    r"^(?P<zone>.{0,10}?(?:高新技术产业开发区|高新技术开发区|高新区|经济技术开发区|经济开发区|经开区|综合保税区|综保区"
    r"|自由贸易试验区|自贸试验区|自贸区|自由贸易港|保税港区|保税区|出口加工区|旅游度假区|工业园区|产业园区|合作区|示范区|新区|开发区))"
    r"(?P<rest>.{2,20})$"
)
_ZONE_WORDS = (
    ("高新技术开发区", "高新技术产业开发区"),
    ("高新区", "高新技术产业开发区"),
    ("经开区", "经济技术开发区"),
    ("综保区", "综合保税区"),
    ("自贸试验区", "自由贸易试验区"),
    ("自贸区", "自由贸易试验区"),
)
_ZONE_ORGANS = {
    "管委会": "管理委员会",
    "管理委员会": "管理委员会",
    "管理局": "管理局",
    "党工委": "党工作委员会",
    "党工作委员会": "党工作委员会",
}
_BRACKETS = re.compile(r"^中国?[（(]([^（）()]{2,8})[）)]")
_LONGEST = 16  # 双江拉祜族佤族布朗族傣族自治县


@dataclass(frozen=True, slots=True)
class Body:
    """A local body; ``str()`` gives its name in full, which reads as the same body again."""

    place: Place
    function: str  # the long form
    name: str  # the place's name and what stands behind it, as the text has it
    wider: str = ""  # where the place lies, if others bear its name: 朝阳区 of Beijing and of Changchun
    rank: str = ""  # 局, 厅, 委员会; empty where the function says it
    zone: str = ""  # 临港新片区 of Shanghai

    @property
    def key(self) -> str:
        """What makes the body's IRI: no rank, since 数据局 of one year is 数据管理局 of another."""
        return f"{self.wider}{self._seat}{self.function}"

    @property
    def level(self) -> str:
        return "zone" if self.zone else self.place.level

    @property
    def _seat(self) -> str:
        if not self.zone:
            return self.place.name
        return self.zone if self.zone.startswith((self.place.short, "新疆")) else self.place.name + self.zone

    def __str__(self) -> str:
        return f"{self.wider}{self._seat}{self.function}{self.rank}"

    def superior(self, reference: Reference) -> Body | None:
        """The body of the same function one division up; None for a province's, whose superior is the state's."""
        place = self.place if self.zone else next(iter(reference.within(self.place)), None)
        if place is None:
            return None
        rank = "厅" if place.level == "province" and self.rank == "局" and place.name.endswith("省") else self.rank
        if rank == "厅" and "厅" not in _functions().get(self.function, ("", ()))[1]:
            rank = "局"
        return _body(place, self.function, rank, f"{self.function}{rank}", reference)

    def government(self, reference: Reference) -> Body:
        """The people's government whose organ it is."""
        return _body(self.place, "人民政府", "", "人民政府", reference)


@dataclass(frozen=True, slots=True)
class Open:
    """A local body whose place the text doesn't decide."""

    name: str


def _body(place: Place, function: str, rank: str, rest: str, reference: Reference, zone: str = "") -> Body:
    namesakes = [p for p in reference.find_place(place.name) if p.name == place.name]
    wider = reference.within(place) if len(namesakes) > 1 and not zone else ()
    body = Body(place, function, place.name + rest, wider[0].name if wider else "", rank, zone)
    return replace(body, name=body._seat + rest) if zone else body


@cache
def _functions() -> dict[str, tuple[str, tuple[str, ...]]]:
    rows = asset("data", "patterns", "functions.tsv").read_text(encoding="utf-8").splitlines()
    cells = [r.split("\t") for r in rows if r and not r.startswith("#")]
    return {function: (long, tuple(ranks.split("|"))) for function, long, ranks in cells}


@lru_cache(maxsize=4096)
def understand(rest: str) -> tuple[str, str] | None:
    """What stands behind the place → function and rank: 网信办 → 互联网信息, 办公室; None where it is no function."""
    table = _functions()
    if rest in table and table[rest][1] == _WHOLE:
        # the rank is part of the name: 人民政府, 人大常委会; 网络安全和信息化委员会办公室 is an 互联网信息办公室 too
        long = table[rest][0]
        return long, "" if table[long][1] == _WHOLE else table[long][1][0]
    found = _RANK.search(rest)
    if found is None:
        return None
    # 市场监督管理局 is 市场监督管理 with 局, 数据局 is 数据 with 局 and 数据管理局 the same with 管理局
    plain = re.sub(r"^管理(?=局)", "", found.group())
    rank = _LONG.get(plain, plain)
    short = rest[: len(rest) - len(plain)]
    for stem in (short, rest[: found.start()], re.sub(r"(?:监督管理|管理|行政)$", "", short)):
        if stem in table:
            long, ranks = table[stem]
            if plain in _APART:
                return (f"{long}{plain}", "") if plain in ranks else None
            return long, rank
    return None


def function_of(rest: str) -> str | None:
    """互联网信息办公室 → 互联网信息, 网信办 → 互联网信息; None where it is no function that local bodies have."""
    found = understand(rest)
    return found[0] if found else None


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


def _places_of(name: str, reference: Reference) -> list[tuple[int, tuple[Place, ...]]]:
    """The places at a name's beginning and where each ends, the nearest first; several where the document has to tell.

    A wider one is left to fall back on: 湖北省公安厅 isn't 公安县's.
    """
    found: list[tuple[int, tuple[Place, ...]]] = []
    at = 0
    while at < len(name) and name[at : at + 2] in reference.place_starts:
        for length in range(min(_LONGEST, len(name) - at - 1), 1, -1):
            places = reference.place_names.get(name[at : at + length], ())
            if found:
                places = tuple(p for p in places if found[0][1][0] in reference.within(p))
            if len(places) > 1 and places[0].level == places[1].level:
                # 朝阳区 of Beijing or of Changchun: the name alone doesn't say
                found.insert(0, (at + length, tuple(p for p in places if p.level == places[0].level)))
                return found
            if places:
                found.insert(0, (at + length, places[:1]))
                break
        else:
            break
        at = found[0][0]
    return found


def _rests(rest: str) -> Iterator[str]:
    """What may be the function: as it stands, then without the words for the organ that it is part of."""
    yield rest
    bare = _ORGAN.sub("", rest)
    if bare != rest:
        yield bare


def _after(place: Place, rest: str, reference: Reference, *, whole: bool = True) -> Body | None:
    """The body that is called so in a place; not ``whole``: the place is called by its short name, without 市."""
    forms = [rest]
    if not whole:
        # 浙江省 called 浙江, 恩施州 called 恩施: the word for its rank may follow
        forms += [bare for bare in (re.sub(r"^(?:省|市|区|县|旗|州|盟)(?=.{2,})", "", rest),) if bare != rest]
    for form in forms:
        for one in _rests(form):
            found = understand(one)
            if found is not None:
                return _body(place, *found, one, reference)
    return _in_zone(place, rest, reference)


def _zone_body(place: Place, zone: str, rest: str, reference: Reference) -> Body | None:
    if rest in _ZONE_ORGANS:
        return _body(place, _ZONE_ORGANS[rest], "", rest, reference, zone)
    for one in _rests(rest):
        found = understand(one)
        if found is not None:
            return _body(place, *found, one, reference, zone)
    return None


def _in_zone(place: Place, rest: str, reference: Reference) -> Body | None:
    """A body of a zone that no table has, told by the word for what it is: 合肥高新区管委会."""
    match = _ZONE.match(rest)
    if match is None:
        return None
    zone = match["zone"]
    for word, long in _ZONE_WORDS:
        if zone.endswith(word):
            zone = zone.removesuffix(word) + long
            break
    return _zone_body(place, zone, match["rest"], reference)


def _known_zone(name: str, reference: Reference) -> Body | None:
    """A body of a zone that the table has: 深圳前海管理局, 雄安新区管委会, 兵团网信办."""
    head = _places_of(name, reference)
    for at, within in ((0, None), *((end, places[0]) for end, places in head)):
        for length in range(min(24, len(name) - at - 1), 1, -1):
            zone = reference.zones.get(name[at : at + length])
            if zone is None:
                continue
            place = reference.places[zone.place]
            if within is None or within == place or within in reference.within(place):
                body = _zone_body(place, zone.name, name[at + length :], reference)
                if body is not None:
                    return body
    return None


@lru_cache(maxsize=1 << 14)
def _read(name: str, reference: Reference) -> Body | tuple[int, tuple[Place, ...]] | None:
    """A body, or the places of which the document has to choose one."""
    name = _BRACKETS.sub(r"\1", re.sub(r"^中共", "", _VERTICAL.sub("", name)))
    zoned = _known_zone(name, reference)
    if zoned is not None:
        return zoned
    for end, places in _places_of(name, reference):
        body = _after(places[0], name[end:], reference, whole=not name[:end].endswith(places[0].short))
        if body is not None:
            return body if len(places) == 1 else (end, places)
    return None


def parse(name: str, reference: Reference) -> Body | None:
    """A full name, [place][function][rank]; the nearest place counts: 上海市徐汇区数据局 is 徐汇区's."""
    found = _read(name, reference)
    return found if isinstance(found, Body) else None


def expand(name: str, around: Sequence[Place], reference: Reference) -> Body | None:
    """A short form (市商务局, 省委网信办) with the document's place; None where no place or two would do."""
    match = _SHORT.match(name)
    if not match or match["level"] == "兵团":
        return None
    rest = match["rest"]
    found = next(((one, known) for one in _rests(rest) if (known := understand(one))), None)
    if found is None:
        return None
    fits: list[Place] = []
    for place in around:
        chain = (place, *reference.within(place))
        # of the places that one lies in, the nearest of that rank: 昆山市 and not 苏州市
        nearest = next((p for p in chain if p.name.endswith(match["level"])), None)
        if nearest is not None and nearest not in fits:
            fits.append(nearest)
    return _body(fits[0], *found[1], found[0], reference) if len(fits) == 1 else None


def resolve(name: str, around: Sequence[Place], reference: Reference) -> Body | Open | None:
    """The local body of a name in a document that names these places; None where it is no local body."""
    found = _read(name, reference)
    if isinstance(found, Body):
        return found
    if found is not None:
        end, places = found
        fits = [p for p in places if any(q == p or q in reference.within(p) for q in around)]
        # 徐汇区 in the document says more than 上海市: of namesakes, the one that the document itself names
        fits = [p for p in fits if p in around] or fits
        known = _after(fits[0], name[end:], reference) if len(fits) == 1 else None
        return known or Open(name)
    body = expand(name, around, reference)
    if body is not None:
        return body
    match = _SHORT.match(name)
    if match and any(understand(one) for one in _rests(match["rest"])):
        return Open(name)
    return None
