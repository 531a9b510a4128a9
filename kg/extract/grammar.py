"""Rules over outlines, read from data/patterns/relations.yml.

A rule's pattern is a regular expression with a few words of its own:

``<who:COM|ORG>``   one or more coordinated mentions of these types (A、B和某公司C); ``<who!:COM>`` exactly one
``{cue}``           any word of the list of that name in ``cues``
``@`` ``@COM``       within a character class: any mention, any mention of that type
``{money}`` ``{share}`` ``{round}``   an amount, a percentage, a financing round

Each rule has examples: ``finds`` (a sentence in the marks of data/training, ``=>``, what it states) and ``not``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from kg.errors import KgError
from kg.extract.outline import MENTIONS, Outline, letters
from kg.items import RELATIONS
from kg.settings import asset

_TYPES = {
    "REG": ("Regulator",),
    "INS": ("Instrument",),
    "PUB": ("Publication",),
    "COM": ("Company",),
    "ORG": ("Organization",),
    "PER": ("Person",),
    "BODY": ("Regulator", "Organization", "Company"),
    "DOC": ("Instrument", "Publication"),
    "FIRM": ("Company", "Organization"),
    "PARTY": ("Company", "Organization", "Regulator", "Person"),
}
_THINGS = {
    "money": "Money",
    "share": "Share",
    "round": "Round",
}
# what rules may name besides their own groups: filled in from the sentences before
STATES = (
    "topic",
    "raiser",
    "document",
    "target-state",
    "issuers",
    "issuer",
    "own",
    "body",
    "parties",
    "plaintiffs",
    "invested",
)
_TOKEN = re.compile(r"<(?P<name>[a-z]+)(?P<one>!)?:(?P<types>[A-Z|]+)>|\{(?P<word>[a-z-]+)\}|@(?P<within>[A-Z]+)?")

_OPTIONAL = re.compile(r"[?*]|\{[\d,]")

# in 美团旗下汉海信息 the owner is none of the list
_OWNER = re.compile(
    rf"[{letters('Company')}{letters('Person')}{letters('Regulator')}](?=(?:的)?(?:旗下|下属|辖下|全资子公司|子公司))"
)

# to buy Verint, Bloomberg reported: nor in English
_NEXT_CLAUSE = re.compile(
    rf"(?<=[{MENTIONS}])(?:(?:的?(?:股权|股份))?，[{MENTIONS}](?:[、和与及][{MENTIONS}])*|, [{MENTIONS}])$"
)
_TALKS = re.compile("[^，。；]{0,6}?(?:谈判|洽谈|磋商|接触|商谈|讨论|沟通|签署|签订|达成)")
_WITH = re.compile(f"(?<=[{MENTIONS}])[与同][{MENTIONS}]$")
_LIST_ENDS = re.compile(r"[，。；、\n]|$|等|和|与|以及|[的]|在内|[两三四五六七八九]")


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    relation: str
    subject: str  # the name of a group, or a state
    object: str
    pattern: re.Pattern[str]
    confidence: float
    status: str | None = None  # a status that the pattern itself states
    lead: bool = False
    cross: bool = False  # every pair of a list with itself: A、B签署协议
    headline: bool | None = None  # True: headlines only, False: never there
    sets: str | None = None  # the state that a match sets, in place of a relation
    finds: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    needs: tuple[frozenset[str], ...] = ()  # types of things: without one of each there is no match


@dataclass(frozen=True, slots=True)
class Match:
    rule: Rule
    subjects: tuple[int, ...]  # places of mentions; () where a state has to fill it
    objects: tuple[int, ...]
    start: int  # within the outline
    end: int
    cue: int
    groups: dict[str, str] = field(default_factory=dict)


def without_owners(listed: str) -> str:
    """A piece of an outline that is a list, without those that only say whose a member is: 美团旗下|汉海信息."""
    return _OWNER.sub("", listed)


def _class(types: str) -> str:
    names = [name for word in types.split("|") for name in _TYPES[word]]
    return "".join(letters(name) for name in dict.fromkeys(names))


def needed(pattern: str) -> tuple[frozenset[str], ...]:
    """What every match of a pattern has: of each set one of the types. A look at this is cheaper than a search."""
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", lambda m: "_" * len(m[0]), pattern)
    tokens = {m.start(): m for m in _TOKEN.finditer(pattern)}
    within = {at for m in tokens.values() for at in range(m.start() + 1, m.end())}
    found: list[frozenset[str]] = []
    depth = 0
    for at, c in enumerate(bare):
        if at in within:
            continue
        depth += (c == "(") - (c == ")")
        if c == "|" and not depth:
            return ()
        token = tokens.get(at)
        if token is None or depth or _OPTIONAL.match(bare, token.end()):
            continue
        if token["name"]:
            found.append(frozenset(name for word in token["types"].split("|") for name in _TYPES[word]))
        elif token["word"] in _THINGS:
            found.append(frozenset((_THINGS[token["word"]],)))
    return tuple(dict.fromkeys(found))


class Grammar:
    """The rules of a file, compiled."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.cues: dict[str, str] = {
            name: "(?:" + "|".join(words if isinstance(words, list) else [words]) + ")"
            for name, words in data["cues"].items()
        }
        titles = asset("data", "patterns", "titles.tsv").read_text(encoding="utf-8").splitlines()
        words = sorted((t.split("\t")[0] for t in titles if t and not t.startswith("#")), key=lambda t: (-len(t), t))
        self.cues["title"] = "(?:" + "|".join(map(re.escape, words)) + ")"
        self._verbs = self.cues.get("verb", "(?!)")
        self.rules: list[Rule] = []
        self._fitting: dict[tuple[frozenset[str], bool], list[Rule]] = {}
        ids: set[str] = set()
        for row in data["rules"]:
            rule = self._rule(row)
            if rule.id in ids:
                raise KgError(f"relations.yml: two rules are called {rule.id}")
            ids.add(rule.id)
            self.rules.append(rule)

    def _rule(self, row: dict[str, Any]) -> Rule:
        try:
            id_, relation = row["id"], row.get("relation", "")
            if not row.get("sets") and relation not in RELATIONS:
                raise KgError(f"relations.yml: rule {id_}: {relation!r} is no relation")
            pattern = re.compile(self._expand(row["pattern"], id_))
            return Rule(
                id_,
                relation,
                row.get("from", ""),
                row.get("to", ""),
                pattern,
                float(row.get("confidence", 0.9)),
                row.get("status"),
                bool(row.get("lead")),
                bool(row.get("cross")),
                row.get("headline"),
                row.get("sets"),
                tuple(row.get("finds", ())),
                tuple(row.get("not", ())),
                needed(row["pattern"]),
            )
        except KeyError as missing:
            raise KgError(f"relations.yml: a rule lacks {missing}: {row}") from None
        except re.error as error:
            raise KgError(f"relations.yml: rule {row.get('id')}: {error}") from None

    def _expand(self, pattern: str, id_: str) -> str:
        modifier = rf"(?:(?!{self._verbs})[^，。；、：,;\n{MENTIONS}]){{0,18}}?"
        separator = (
            rf"(?:[{letters('Share')}]的?(?:股权|股份)?)?"
            rf"(?:(?:、(?:以及|和|及)?|\s?(?:以及|和|与|及|并|或|跟|and|as well as|暨)\s?){modifier}"
            rf"|，?(?:联合|会同|协同)"
            rf"|(?:的)?(?:旗下|下属|辖下|全资子公司|子公司)的?"
            # behind a comma a list may go on, and so may the sentence: no modifiers there
            rf"|[,，]\s?(?:以及|和|与|及|and|as well as)\s?|[，,/&]\s?|\s|)"
        )

        def token(match: re.Match[str]) -> str:
            if match["name"]:
                cls = _class(match["types"])
                if match["one"]:
                    return f"(?P<{match['name']}>[{cls}])"
                return f"(?P<{match['name']}>[{cls}](?:{separator}[{cls}])*)"
            word = match["word"]
            if not word:
                return _class(match["within"]) if match["within"] else MENTIONS
            if word in _THINGS:
                return f"[{letters(_THINGS[word])}]"
            if word in self.cues:
                return self._cue(word)
            raise KgError(f"relations.yml: rule {id_}: {{{word}}} is not defined")

        return _TOKEN.sub(token, pattern)

    def _cue(self, word: str) -> str:
        # cues may use other cues
        return _TOKEN.sub(
            lambda m: (
                self._cue(m["word"])
                if m["word"] in self.cues
                else f"[{letters(_THINGS[m['word']])}]"
                if m["word"] in _THINGS
                else m[0]
            ),
            self.cues[word],
        )

    def _fit(self, there: frozenset[str], headline: bool) -> list[Rule]:
        """The rules that may match where things of these types are."""
        found = self._fitting.get((there, headline))
        if found is None:
            found = self._fitting[there, headline] = [
                rule
                for rule in self.rules
                if rule.headline in (None, headline) and not any(there.isdisjoint(types) for types in rule.needs)
            ]
        return found

    def matches(self, sentence: Outline, headline: bool) -> Iterator[Match]:
        """Every match of every rule, in the order of the rules; matches may overlap."""
        for rule in self._fit(frozenset(thing.type for thing in sentence.things.values()), headline):
            at = 0
            while found := rule.pattern.search(sentence.text, at):
                groups = {name: text for name, text in found.groupdict().items() if text is not None}

                if rule.object in groups and rule.object != rule.subject:
                    behind = sentence.text[found.end(rule.object) :]
                    if not _LIST_ENDS.match(behind):
                        # 甲收购乙，丙宣布…: behind a comma stands another sentence's subject
                        groups[rule.object] = _NEXT_CLAUSE.sub("", groups[rule.object])
                        if _TALKS.match(behind):
                            # 就收购甲与乙展开谈判: with whom, and not what else
                            groups[rule.object] = _WITH.sub("", groups[rule.object])

                def places(name: str, groups: dict[str, str] = groups) -> tuple[int, ...]:
                    return tuple(thing.ref for thing in sentence.refs(without_owners(groups.get(name, ""))))

                cue = found.start("cue") if "cue" in groups else found.start()
                yield Match(rule, places(rule.subject), places(rule.object), found.start(), found.end(), cue, groups)
                at = found.start() + 1


@cache
def load() -> Grammar:
    text = asset("data", "patterns", "relations.yml").read_text(encoding="utf-8")
    return Grammar(yaml.safe_load(text))
