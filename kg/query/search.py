"""Names as people type them: without the right brackets, in traditional characters, in pinyin, by a known other name.

The ways are tried from the surest to the vaguest, and the first that finds something is the answer: a name that the
store has; one that the reference data knows for what the store has; the name of a kind of document; pinyin, whole or
by its initials; a part of a name; a name nearly so. Width, case, brackets and spaces never make a difference.

All names of a store are read once and kept with it: 100,000 of them take a quarter of a second, and each way of
searching some hundredths.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Literal
from weakref import WeakKeyDictionary

import pyoxigraph
from pyoxigraph import NamedNode

from kg import ids
from kg.graph.facts import DEFAULT, Node
from kg.graph.store import Store
from kg.resolve.names import spelled, spellings
from kg.settings import asset
from kg.vocab import KG, KIND, SKOS

How = Literal["exact", "known", "kind", "pinyin", "part", "near"]
HOW: tuple[How, ...] = ("exact", "known", "kind", "pinyin", "part", "near")
#: The ways that leave no doubt, as long as they find one thing alone.
SURE = frozenset({"exact", "known", "kind", "pinyin"})
#: How alike a name must be to be offered, of 100.
NEAR = 60
#: Of how many names the nearest are looked at more closely: what people type for all of them is no search.
_LOOKED_AT = 200
# what stands between two names in the text of all of them: folding leaves it alone, and nobody types it
_BETWEEN = "\0"

Hit = tuple[str, str]  # whose name it is, and the name


class Names:
    """The names of everything in a store, as the default graph has them; what has no class of ours is among them."""

    def __init__(self, pairs: Iterable[Hit]) -> None:
        self._of: list[str] = []
        self._texts: list[str] = []
        for iri, text in pairs:
            self._of.append(iri)
            self._texts.append(text.replace(_BETWEEN, " "))

    @classmethod
    def of(cls, store: Store) -> Names:
        """A store's names, read when they are first asked for and again when it has changed."""
        known = _kept.get(store)
        if known is None or known[0] != store.changes:
            # SPARQL takes four times as long as the patterns
            pairs = (
                (quad.subject.value, quad.object.value)  # type: ignore[union-attr]
                for predicate in (SKOS.prefLabel, SKOS.altLabel)
                for quad in store.quads(None, predicate, None, DEFAULT)
            )
            known = (store.changes, cls(pairs))
            _kept[store] = known
        return known[1]

    def __len__(self) -> int:
        return len(self._texts)

    @cached_property
    def _folded(self) -> list[str]:
        # folding all of them as one text takes a tenth of the time of folding each
        return ids.normalise(_BETWEEN.join(self._texts)).split(_BETWEEN) if self._texts else []

    @cached_property
    def _simplified(self) -> list[str]:
        from kg.extract.plain import simplify

        return simplify(_BETWEEN.join(self._folded)).split(_BETWEEN) if self._texts else []

    @cached_property
    def _by_first(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, form in enumerate(self._simplified):
            if form and not form.isascii():
                found[form[0]].append(number)
        return found

    def _hits(self, numbers: Iterable[int]) -> Iterator[Hit]:
        return ((self._of[n], self._texts[n]) for n in numbers)

    def exact(self, wanted: str) -> list[Hit]:
        """Those who are called so."""
        form = ids.normalise(wanted)
        found = [n for n, each in enumerate(self._folded) if each == form]
        if not found and not form.isascii():
            form = _simplify(form)
            found = [n for n, each in enumerate(self._simplified) if each == form]
        return list(self._hits(found))

    def part(self, wanted: str) -> list[Hit]:
        """Those whose names hold it, or begin so in pinyin."""
        form = ids.normalise(wanted)
        found = [n for n, each in enumerate(self._folded) if form in each]
        if not form.isascii():
            form = _simplify(form)
            found = found or [n for n, each in enumerate(self._simplified) if form in each]
        elif len(form) >= 3:
            found += [n for n in self._spelled(form, whole=False) if n not in set(found)]
        return list(self._hits(found))

    def pinyin(self, wanted: str) -> list[Hit]:
        """Those whose names are spelled so, each character by its syllable or its initial: gjsjj, guojiashujuju."""
        form = ids.normalise(wanted)
        return list(self._hits(self._spelled(form, whole=True))) if len(form) >= 2 and form.isascii() else []

    def _spelled(self, form: str, whole: bool) -> list[int]:
        if not form.isalnum():
            return []
        first = {c for c in self._by_first if any(form.startswith(s) for s in spellings(c))}
        candidates = sorted(n for c in first for n in self._by_first[c])
        return [n for n in candidates if spelled(form, self._simplified[n], whole)]

    def near(self, wanted: str, limit: int = 20) -> list[Hit]:
        """Those whose names are nearly so, the nearest first."""
        from rapidfuzz import fuzz, process

        form = ids.normalise(wanted)
        forms = self._folded if form.isascii() else self._simplified
        form = form if form.isascii() else _simplify(form)
        found = process.extract(form, forms, scorer=fuzz.ratio, score_cutoff=NEAR, limit=limit, processor=None)
        return list(self._hits(number for _, _, number in found))


_kept: WeakKeyDictionary[Store, tuple[int, Names]] = WeakKeyDictionary()


def search(store: Store, wanted: str) -> tuple[How, list[Hit]] | None:
    """Who may be meant, by the first way that finds anybody of our classes; each is there once, by its best name."""
    form = ids.normalise(wanted)
    if not form:
        return None
    names = Names.of(store)
    for how in HOW:
        if how == "known":
            found = _known(store, wanted)
        elif how == "kind":
            found = _of_kind(store, form)
        else:
            found = {"exact": names.exact, "pinyin": names.pinyin, "part": names.part, "near": names.near}[how](wanted)
        best = _best(store, form, found, inside=how == "part")
        if best:
            return how, best
    return None


def _best(store: Store, form: str, found: list[Hit], inside: bool) -> list[Hit]:
    """Each once, by the name that is nearest to what was typed; of very many, the nearest."""
    nearest: dict[str, tuple[float, str]] = {}
    for iri, text in found:
        # of names that hold it, the shortest says best what it is
        weight = -float(len(text)) if inside else nearness(form, text)
        if iri not in nearest or weight > nearest[iri][0]:
            nearest[iri] = (weight, text)
    top = heapq.nlargest(_LOOKED_AT, nearest, key=lambda iri: (nearest[iri][0], iri))
    return [(iri, nearest[iri][1]) for iri in top if is_ours(store, NamedNode(iri))]


def is_ours(store: Store, node: Node) -> bool:
    """Whether a node is one that can be shown: places have names too."""
    return next(store.quads(None, KG.mentions, node, DEFAULT), None) is not None


def nearness(form: str, text: str) -> float:
    """How near a name is to a normalised one, from 0 to 1."""
    from rapidfuzz import fuzz

    return float(fuzz.ratio(form, ids.normalise(text))) / 100


def _known(store: Store, wanted: str) -> list[Hit]:
    """Those in the store that the reference data knows by this name, weak ones too."""
    from kg.reference import Reference

    rows = Reference.load().find(wanted)
    return [(iri, wanted.strip()) for row in rows if is_ours(store, NamedNode(iri := ids.reference(row.id)))]


def _of_kind(store: Store, form: str) -> list[Hit]:
    """The documents of a kind (negative list, measures), and those whose titles hold its name."""
    kind = _kinds().get(form) or _kinds().get(form.removesuffix("s"))
    if kind is None:
        return []
    found = []
    for quad in store.quads(None, KG.kind, KIND[kind], DEFAULT):
        node: Node = quad.subject
        labels = (q.object.value for q in store.quads(node, SKOS.prefLabel, None, DEFAULT))  # type: ignore[union-attr]
        found.append((node.value, min(labels, default=node.value)))
    for name, of in _kinds().items():
        if of == kind and len(name) >= 3 and not name.isascii():
            found += Names.of(store).part(name)
    return found


@cache
def _kinds() -> Mapping[str, str]:
    """Kinds of documents by the names they go by, in either language; a kind's own name before others'."""
    rank = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
    named: list[tuple[int, str, str]] = []
    for quad in pyoxigraph.parse(path=str(asset("ontology", "kinds.ttl"))):
        if quad.predicate in rank and isinstance(quad.object, pyoxigraph.Literal):
            kind: Node = quad.subject
            named.append((rank.index(quad.predicate), ids.normalise(quad.object.value), kind.value))
    found: dict[str, str] = {}
    for _, name, kind_ in sorted(named):
        if len(name) > 1 and kind_.startswith(KIND.iri):
            found.setdefault(name, kind_.removeprefix(KIND.iri))
    return found


def _simplify(form: str) -> str:
    from kg.extract.plain import simplify

    return simplify(form)
