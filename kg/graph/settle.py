"""The default graph of N-Quads that were made apart from one another, in one pass over their lines.

What ``kg.graph.facts`` says is said here once more, over lines and not over objects: ten million quads as objects
take minutes and gigabytes. Most facts are plain and go out as they are met. Those of the four contested sorts are
held, each once, with the numbers of the graphs that state it; few of them disagree, and these alone are settled by
``facts.settle`` at the end. A test holds the outcome against ``facts.all_facts``.

The lines are N-Quads as regkg and Oxigraph write them, in any order, a quad a line. Memory goes with the number of
names, days and amounts, and not with that of the quads.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

import pyoxigraph
from pyoxigraph import RdfFormat

from kg import ids
from kg.graph.facts import ASPECT, COMPLETED_EDGES, LABELS, PARTIES, Object, Rank, settle
from kg.vocab import DCTERMS, KG, PROV, SKOS, STATUS

#: What begins a line of evidence, which stands in the item graphs alone.
_EVIDENCE = tuple(f"<{ids.BASE}{sort}/".encode() for sort in ("claim", "mention", "sentence"))
_DEFAULT = re.compile(rb'<[^<>"\s]+> <[^<>"\s]+> (?:<[^<>"\s]+>|".*"\S*) \.\n')
_ISSUED, _PART_OF = str(DCTERMS.issued).encode(), str(DCTERMS.isPartOf).encode()
_STATUS, _COMPLETED = str(KG.status).encode(), str(STATUS.completed).encode()
_PREFERRED = str(SKOS.prefLabel).encode()
_ASPECT = {str(predicate).encode(): aspect for predicate, aspect in ASPECT.items()}
_EDGES = {str(edge).encode(): tuple(str(role).encode() for role in PARTIES[edge]) for edge in COMPLETED_EDGES}
_ROLES = frozenset(role for roles in _EDGES.values() for role in roles)
# a report that is in twice, of different texts or by different rules
_ONCE = frozenset(str(p).encode() for p in (KG.digest, PROV.wasGeneratedBy))
_WATCHED = {
    **dict.fromkeys(_ASPECT, "contested"),
    **dict.fromkeys(_EDGES, "edge"),
    **dict.fromkeys(_ROLES, "role"),
    **dict.fromkeys(_ONCE, "once"),
    _ISSUED: "issued",
    _PART_OF: "part",
}
#: Facts that are remembered so as not to be passed on again; a store takes the others twice without harm.
_REMEMBERED = 400_000


class Settling:
    """Takes lines; gives the facts of the default graph, plain ones at once and the others at the end."""

    def __init__(self) -> None:
        self.quads = 0  # of named graphs
        self.facts = 0  # passed on
        self.exact = True  # whether each was passed on once
        self.twice: set[str] = set()  # reports that are in more than once
        self._stated: dict[bytes, int | array[int]] = {}  # "s p o" → the graphs that say so
        self._graphs: dict[bytes, int] = {}
        self._issued: dict[int, bytes] = {}
        self._part_of: dict[int, bytes] = {}
        self._edges: set[bytes] = set()
        self._parties: dict[bytes, dict[bytes, set[bytes]]] = defaultdict(lambda: defaultdict(set))
        self._only: dict[bytes, dict[int, int]] = {predicate: {} for predicate in _ONCE}
        self._seen: set[bytes] = set()

    def take(self, lines: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
        """The lines of named graphs, and the plain facts that they state; lines of a default graph are left out."""
        named: list[bytes] = []
        facts: list[bytes] = []
        seen, watched = self._seen, _WATCHED
        for line in lines:
            if line.startswith(_EVIDENCE):
                named.append(line)
                continue
            subject, _, rest = line.partition(b" ")
            predicate, _, rest = rest.partition(b" ")
            cut = rest.rfind(b" <")
            # of "s p o .", the cut may be within a literal
            if cut < 0 or not rest.endswith(b"> .\n") or b'"' in rest[cut:]:
                if line.strip() and not _DEFAULT.fullmatch(line):
                    named.append(line)  # damaged: whoever parses it says where
                continue
            named.append(line)
            sort = watched.get(predicate)
            stated = line[: cut - len(rest)]
            if sort is not None:
                obj, graph = rest[:cut], rest[cut + 1 : -3]
                if sort == "contested":
                    self._contest(stated, graph)
                    continue
                if sort == "edge":
                    self._edges.add(stated)
                    continue
                self._note(sort, subject, predicate, obj, graph)
            if stated not in seen:
                if len(seen) >= _REMEMBERED:
                    seen.clear()
                    self.exact = False
                seen.add(stated)
                facts.append(stated + b" .\n")
        self.quads += len(named)
        self.facts += len(facts)
        return named, facts

    def _graph(self, name: bytes) -> int:
        return self._graphs.setdefault(name, len(self._graphs))

    def _contest(self, stated: bytes, graph: bytes) -> None:
        number = self._graph(graph)
        there = self._stated.get(stated)
        if there is None:
            self._stated[stated] = number
        elif isinstance(there, int):
            if there != number:
                self._stated[stated] = array("L", (there, number))
        elif there[-1] != number:
            there.append(number)

    def _note(self, sort: str, subject: bytes, predicate: bytes, obj: bytes, graph: bytes) -> None:
        if sort == "role":
            self._parties[subject][predicate].add(obj)
        elif subject == graph:
            if sort == "issued":
                self._issued[self._graph(graph)] = obj
            elif sort == "part":
                self._part_of[self._graph(graph)] = obj
            elif self._only[predicate].setdefault(self._graph(graph), hash(obj)) != hash(obj):
                self.twice.add(subject[1:-1].decode().removeprefix(ids.report("")))

    def end(self) -> Iterator[bytes]:
        """The contested facts that stand. Nothing can be taken after it."""
        self._seen.clear()
        self._only.clear()
        completed: list[bytes] = []
        names = list(self._graphs)
        for subject, keys in groupby(sorted(self._stated), key=lambda key: key[: key.index(b" ")]):
            by_aspect: dict[tuple[object, ...], list[tuple[bytes, bytes, bytes]]] = defaultdict(list)
            for key in keys:
                _, predicate, obj = key.split(b" ", 2)
                by_aspect[_ASPECT[predicate]].append((predicate, obj, key))
            for aspect, stated in by_aspect.items():
                if _agree(aspect, stated):
                    standing = [key for _, _, key in stated]
                else:
                    standing = self._settled(aspect, [key for _, _, key in stated], names)
                for key in standing:
                    self.facts += 1
                    yield key + b" .\n"
                    if key[len(subject) + 1 :] == b" ".join((_STATUS, _COMPLETED)):
                        completed.append(subject)
        yield from self._acquired(completed)

    def _settled(self, aspect: tuple[object, ...], keys: list[bytes], names: list[bytes]) -> list[bytes]:
        stated: dict[Object, list[tuple[Rank, Object]]] = defaultdict(list)
        triples = pyoxigraph.parse(b"".join(key + b" .\n" for key in keys), RdfFormat.N_TRIPLES)
        subject: Object = None
        for key, triple in zip(keys, triples, strict=True):
            graphs = self._stated[key]
            subject = triple.subject
            for number in {graphs} if isinstance(graphs, int) else set(graphs):
                stated[triple.predicate].append((self._rank(number, names), triple.object))
        return [f"{subject} {p} {o}".encode() for p, o in sorted(settle(aspect, stated), key=str)]

    def _rank(self, number: int, names: list[bytes]) -> Rank:
        issued = self._issued.get(number)
        if issued is None and (report := self._part_of.get(number)) is not None:
            issued = self._issued.get(self._graphs.get(report, -1))
        # "2024-08-19"^^<…>
        return ("" if issued is None else issued[1 : issued.index(b'"', 1)].decode(), names[number][1:-1].decode())

    def _acquired(self, completed: list[bytes]) -> Iterator[bytes]:
        """hasAcquired and hasInvestedIn: where they are stated, and a completed deal is between the two."""
        done: set[bytes] = set()
        for deal in completed:
            parties = self._parties.get(deal, {})
            for edge, (by, of) in _EDGES.items():
                done |= {b" ".join((who, edge, whom)) for who in parties.get(by, ()) for whom in parties.get(of, ())}
        for stated in sorted(self._edges & done):
            self.facts += 1
            yield stated + b" .\n"


def _agree(aspect: tuple[object, ...], stated: list[tuple[bytes, bytes, bytes]]) -> bool:
    """Whether all that is stated stands, whoever is the latest."""
    if aspect is LABELS:
        preferred = [obj for predicate, obj, _ in stated if predicate == _PREFERRED]
        others = {obj for predicate, obj, _ in stated if predicate != _PREFERRED}
        languages = {obj[obj.rindex(b'"') :] for obj in preferred}
        return len(languages) == len(preferred) and others.isdisjoint(preferred)
    return len(aspect) == 1 and len(stated) == 1
