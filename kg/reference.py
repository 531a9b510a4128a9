"""The reference data: who and which instruments are known by which names, and the places of China and the world.

``data/reference/*.csv`` are read as they stand. A name is *strong* where it means the same in every text, and *weak*
where the document has to decide (金管局 of Hong Kong or of Singapore, 司法部 of China or of the United States, 公司法
the law or a piece of 公司法人, MOST the ministry or the word). A name can be strong for one row and weak for others.

Names are compared as ``ids.normalise`` leaves them, which tells ``WHO`` from ``who`` no more: whoever looks for names
in running text has to compare the case of short Latin ones (``Row.names`` keeps it).

>>> reference = Reference.load()
>>> [row.id for row in reference.find("國家數據局")]
['nda']
>>> sorted(row.id for row in reference.find("金管局"))
['amcm', 'hkma', 'mas']
>>> reference.strong.get("金管局") is None
True
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from kg.errors import ReadError
from kg.ids import normalise
from kg.items import EntityType
from kg.settings import asset

if TYPE_CHECKING:
    from opencc_purepy import OpenCC

TABLES = ("regulators", "companies", "organizations", "instruments")
TYPES: Mapping[str, EntityType] = MappingProxyType(
    {"Regulator": "Regulator", "Company": "Company", "Organization": "Organization", "Instrument": "Instrument"}
)
# a run of unified ideographs is what normalise leaves, and most names are one: loading takes half the time
_HAN = re.compile(r"[\u4e00-\u9fff]+")
Level = Literal["province", "prefecture", "county"]
LEVELS: Mapping[str, Level] = MappingProxyType({"province": "province", "prefecture": "prefecture", "county": "county"})


@dataclass(frozen=True, slots=True)
class Former:
    """A name that a body has put off. Days are ISO 8601, whole or as a year or month, or empty."""

    name: str
    start: str
    until: str


@dataclass(frozen=True, slots=True)
class Row:
    """One body or instrument. Empty where nothing is known; days are ISO 8601, whole or as a year or month."""

    id: str
    type: EntityType
    name_zh: str
    name_hant: str
    name_en: str
    aliases: tuple[str, ...]  # strong
    weak: tuple[str, ...]  # may repeat name_zh or name_en, which then is weak
    jurisdiction: str  # ISO 3166-1 alpha-2, EU or INT
    parent: str  # the id of the row that it belongs to
    kind: str  # of an instrument: a local name of kinds.ttl
    valid_from: str
    valid_to: str
    successor: str  # the id of the row that took its place
    check: str  # where the row can be checked
    note: str
    former: tuple[Former, ...] = ()  # earlier names of the same body; a body that was abolished has a row of its own

    @property
    def label(self) -> str:
        return self.name_zh or self.name_en

    @property
    def names(self) -> tuple[str, ...]:
        """Every form, the preferred ones first, each once."""
        preferred = (self.name_zh, self.name_en, self.name_hant)
        former = (one.name for one in self.former)
        return tuple(dict.fromkeys(name for name in (*preferred, *self.aliases, *former, *self.weak) if name))

    @property
    def strong_names(self) -> tuple[str, ...]:
        weak = {normalise(name) for name in self.weak}
        return tuple(name for name in self.names if normalise(name) not in weak)


COLUMNS = tuple(field.name for field in fields(Row) if field.name != "former")
FORMER_COLUMNS = ("id", "name", "from", "until")
PLACE_COLUMNS = ("code", "name", "short", "level", "parent_code")
COUNTRY_COLUMNS = ("alpha2", "zh", "en", "names")
ZONE_COLUMNS = ("name", "place_code", "forms")


@dataclass(frozen=True, slots=True)
class Place:
    """A division of China with its code of GB/T 2260."""

    code: str
    name: str  # 合肥市
    short: str  # 合肥
    level: Level
    parent: str  # a code; empty for a province


@dataclass(frozen=True, slots=True)
class Zone:
    """An area that is no division and has bodies as if it were one: 前海, 雄安新区, 新疆生产建设兵团."""

    name: str  # in full
    place: str  # the code of the division that it lies in
    forms: tuple[str, ...]  # what it is called, its name among them


@dataclass(frozen=True, slots=True)
class Country:
    alpha2: str  # ISO 3166-1, or EU
    zh: str
    en: str
    names: tuple[str, ...]  # zh and en among them; adjectives too (American)


@cache
def _packed() -> Path:
    return asset("data", "reference")


@dataclass(frozen=True, eq=False)
class Reference:
    """All mappings are keyed by normalised names and read-only."""

    by_id: Mapping[str, Row]
    strong: Mapping[str, Row]
    weak: Mapping[str, tuple[Row, ...]]
    places: Mapping[str, Place]  # by code
    countries: Mapping[str, Country]  # by code
    country_names: Mapping[str, Country]
    zones: Mapping[str, Zone]  # by any of their names

    @classmethod
    def load(cls, folder: Path | None = None) -> Reference:
        """Read the tables, those packed with regkg unless a folder is given. The same folder is read once."""
        return _load(folder or _packed())

    @cached_property
    def names(self) -> Mapping[str, tuple[Row, ...]]:
        """Strong and weak names together; the row for which a name is strong comes first."""
        found: dict[str, tuple[Row, ...]] = {name: (row,) for name, row in self.strong.items()}
        for name, rows in self.weak.items():
            found[name] = found.get(name, ()) + rows
        return MappingProxyType(found)

    @cached_property
    def place_names(self) -> Mapping[str, tuple[Place, ...]]:
        """Full and short names of divisions; the wider one comes first.

        延边州 and 延边 are short for 延边朝鲜族自治州: what stands in between says whose autonomy it is.
        """
        found: dict[str, tuple[Place, ...]] = {}
        for level in LEVELS:
            for place in self.places.values():
                if place.level == level:
                    forms = [_key(place.name), _key(place.short)]
                    if "自治" in place.name and place.short != place.name and level != "province":
                        forms.append(_key(place.short) + place.name[-1])
                    for key in dict.fromkeys(forms):
                        found[key] = (*found.get(key, ()), place)
        return MappingProxyType(found)

    @cached_property
    def place_starts(self) -> frozenset[str]:
        """The first two characters of every name of a division: most other names are told by these."""
        return frozenset(name[:2] for name in self.place_names)

    @cached_property
    def country_starts(self) -> frozenset[str]:
        """The first two characters of every country's name, simplified."""
        return frozenset(name[:2] for name in self.country_names)

    @cached_property
    def place_pattern(self) -> re.Pattern[str]:
        """What may be a division in running text: full names by their rank, wider ones by their short names too."""
        short = {p.short for p in self.places.values() if p.level != "county" and len(p.short) > 1}
        names = sorted(short, key=lambda name: (-len(name), name))
        return re.compile("[一-鿿]{2,12}?(?:省|自治区|市|区|县|旗|州|盟)|" + "|".join(map(re.escape, names)))

    @cached_property
    def traditional(self) -> Mapping[str, str]:
        """Traditional forms of names → the normalised name; only forms that differ from it.

        Made on first use (OpenCC takes a third of a second to start), for whoever searches traditional text.
        """
        keys = list(self.names)
        found: dict[str, str] = {}
        # s2hk and s2tw differ from s2t in some letters (台, 裡, 群), and both stand in real texts
        for variant in ("s2t", "s2hk", "s2tw"):
            for key, form in zip(keys, _convert(variant, "\n".join(keys)).split("\n"), strict=True):
                if form != key and form not in self.names:
                    found.setdefault(form, key)
        return MappingProxyType(found)

    def find(self, name: str) -> tuple[Row, ...]:
        """The rows that a name, simplified or traditional, may mean; several where it is ambiguous."""
        key = normalise(name)
        if rows := self.names.get(key):
            return rows
        if key.isascii():
            return ()
        return self.names.get(simplify(key), ())

    def is_strong(self, name: str, row: Row) -> bool:
        """Whether the name means that row in any text."""
        key = normalise(name)
        return row in (self.strong.get(key), self.strong.get(simplify(key)))

    def find_place(self, name: str) -> tuple[Place, ...]:
        """The divisions that bear a name, full or short; several where it is ambiguous (朝阳区, 海南)."""
        key = normalise(name)
        return self.place_names.get(key) or self.place_names.get(simplify(key), ())

    def within(self, place: Place) -> tuple[Place, ...]:
        """The divisions that a place lies in, the nearest first."""
        chain = []
        while parent := self.places.get(place.parent):
            chain.append(parent)
            place = parent
        return tuple(chain)

    def find_country(self, name: str) -> Country | None:
        key = normalise(name)
        return self.country_names.get(key) or self.country_names.get(simplify(key))

    def government(self, alpha2: str) -> Row | None:
        """The row that acts where a text lets a country act (澳大利亚发布…)."""
        id_ = {"CN": "cn-government", "EU": "eu", "GB": "uk-gov"}.get(alpha2, f"{alpha2.lower()}-gov")
        return self.by_id.get(id_)

    def ancestors(self, row: Row) -> tuple[Row, ...]:
        """The bodies that one belongs to, the nearest first."""
        chain = []
        while parent := self.by_id.get(row.parent):
            chain.append(parent)
            row = parent
        return tuple(chain)


@lru_cache(maxsize=8)
def _converter(variant: str) -> OpenCC:
    from opencc_purepy import OpenCC  # importing it takes as long as reading all the tables

    return OpenCC(variant)


def _convert(variant: str, text: str) -> str:
    return str(_converter(variant).convert(text))


@lru_cache(maxsize=1 << 14)
def simplify(text: str) -> str:
    """Traditional Chinese in simplified letters; the length can change only where OpenCC knows a phrase."""
    return text if text.isascii() else _convert("t2s", text)


def _key(name: str) -> str:
    return name if _HAN.fullmatch(name) else normalise(name)


@lru_cache(maxsize=4)
def _load(folder: Path) -> Reference:
    by_id: dict[str, Row] = {}
    strong: dict[str, Row] = {}
    weak: dict[str, tuple[Row, ...]] = {}
    former: dict[str, tuple[Former, ...]] = {}
    for _, (id_, *cells) in _records(folder / "former.csv", FORMER_COLUMNS):
        former[id_] = (*former.get(id_, ()), Former(*cells))
    for table in TABLES:
        for row in _rows(folder / f"{table}.csv", former):
            if row.id in by_id:
                raise ReadError(f"{folder / table}.csv has the id {row.id}, which another row has already.")
            by_id[row.id] = row
            ambiguous = dict.fromkeys(_key(name) for name in row.weak)
            for key in ambiguous:
                weak[key] = (*weak.get(key, ()), row)
            for name in (row.name_zh, row.name_en, row.name_hant, *row.aliases, *(one.name for one in row.former)):
                key = _key(name)
                if not key or key in ambiguous:
                    continue
                if (other := strong.setdefault(key, row)) is not row:
                    raise ReadError(
                        f"{folder / table}.csv gives the name {name} to {row.id}, and {other.id} has it already: "
                        "put it in the column weak of one of them."
                    )
    if unknown := sorted(set(former) - set(by_id)):
        raise ReadError(f"{folder / 'former.csv'} has names of {unknown[0]}, of which no table has a row.")
    places: dict[str, Place] = {}
    for _, (code, name, short, level_, parent) in _records(folder / "places.csv", PLACE_COLUMNS):
        place = Place(code, name, short, LEVELS[level_], parent)
        places[place.code] = place
    countries: dict[str, Country] = {}
    country_names: dict[str, Country] = {}
    for _, (alpha2, zh, en, others) in _records(folder / "countries.csv", COUNTRY_COLUMNS):
        names = (zh, en, *_split(others))
        country = Country(alpha2, zh, en, names)
        countries[country.alpha2] = country
        for name in names:
            country_names.setdefault(_key(name), country)
    zones: dict[str, Zone] = {}
    for line, (name, code, others) in _records(folder / "zones.csv", ZONE_COLUMNS):
        if code not in places:
            raise ReadError(f"{folder / 'zones.csv'}, line {line}: places.csv has no division {code}.")
        zone = Zone(name, code, (name, *_split(others)))
        zones.update(dict.fromkeys(zone.forms, zone))
    return Reference(
        by_id=MappingProxyType(by_id),
        strong=MappingProxyType(strong),
        weak=MappingProxyType(weak),
        places=MappingProxyType(places),
        countries=MappingProxyType(countries),
        country_names=MappingProxyType(country_names),
        zones=MappingProxyType(zones),
    )


def _records(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """The lines of a table with their numbers. csv.DictReader takes twice the time."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            if tuple(next(reader, ())) != columns:
                raise ReadError(f"{path}, a table of the reference data, must have the columns {', '.join(columns)}.")
            for record in reader:
                if len(record) != len(columns):
                    raise ReadError(f"{path}, line {reader.line_num}, must have {len(columns)} columns.")
                yield reader.line_num, record
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReadError(f"{path}, a table of the reference data, can't be read: {error}.") from error


def _rows(path: Path, former: Mapping[str, tuple[Former, ...]]) -> Iterator[Row]:
    for line, record in _records(path, COLUMNS):
        id_, type_, zh, hant, en, aliases, weak, *rest = record
        if type_ not in TYPES:
            raise ReadError(f"{path}, line {line}: the type {type_} is none of {', '.join(TYPES)}.")
        jurisdiction, parent, kind, start, end, successor, check, note = rest
        yield Row(
            id_,
            TYPES[type_],
            zh,
            hant,
            en,
            _split(aliases),
            _split(weak),
            jurisdiction,
            parent,
            kind,
            start,
            end,
            successor,
            check,
            note,
            former.get(id_, ()),
        )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
