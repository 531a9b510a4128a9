"""Every rule by its own examples, with the names given: what is tested is the grammar and not the recogniser."""

from __future__ import annotations

import re
from datetime import date

import pytest
import yaml

from kg.errors import KgError
from kg.extract import abbreviations, grammar
from kg.extract.grammar import Grammar, Rule
from kg.extract.plain import simplify
from kg.extract.recogniser import TAGS
from kg.extract.relations import Reader
from kg.extract.train import unmark
from kg.items import Mention
from kg.settings import asset

RULES = grammar.load().rules
FINDS = [(rule, example) for rule in RULES for example in rule.finds]
MISSES = [(rule, example) for rule in RULES for example in rule.misses]
_FACT = re.compile(r"(!?)(\w+)\(\[(.+?)\], \[(.+?)\]\)")

Fact = tuple[str, str, str]


def facts(marked: str) -> set[Fact]:
    """What the grammar finds in a marked sentence."""
    text, spans = unmark(marked.strip())
    mentions = [Mention(a, b, text[a:b], TAGS[tag]) for a, b, tag in spans]
    mentions = abbreviations.settle(text, mentions)
    found = Reader(text, simplify(text), mentions, date(2024, 8, 19)).read()
    related = {(r.type, mentions[r.subject].text, mentions[r.object].text) for r in found.relations}
    # a deal with one party: its firm, and its round where it has one
    raised = {
        ("raises", mentions[r.mention].text, "bought" if r.bought else r.terms.round or "–")
        for r in found.raises
        if r.mention is not None and r.told
    }
    return related | raised


def told(expected: str) -> list[tuple[bool, Fact]]:
    parts = _FACT.findall(expected)
    assert parts, f"no fact in {expected!r}"
    return [(not negated, (relation, a, b)) for negated, relation, a, b in parts]


@pytest.mark.parametrize(("rule", "example"), FINDS, ids=lambda x: x.id if isinstance(x, Rule) else "")
def test_a_rule_finds_its_examples(rule: Rule, example: str) -> None:
    marked, _, expected = example.partition("=>")
    found = facts(marked)
    for there, fact in told(expected):
        assert (fact in found) is there, f"{fact} in {sorted(found)}"
    # and nothing of that relation that the example doesn't list
    listed = {fact for there, fact in told(expected) if there}
    relations = {fact[0] for fact in listed}
    extra = {fact for fact in found if fact[0] in relations} - listed
    whole = {(r, b, a) for r, a, b in listed if r == "agreementWith"}
    assert not extra - whole or rule.relation == "sues", f"also {sorted(extra)}"


@pytest.mark.parametrize(("rule", "example"), MISSES, ids=lambda x: x.id if isinstance(x, Rule) else "")
def test_a_rule_leaves_what_only_looks_alike(rule: Rule, example: str) -> None:
    marked, _, expected = example.partition("=>")
    found = facts(marked)
    if expected:
        for _, fact in told(expected):
            assert fact not in found
    else:
        assert not {fact for fact in found if fact[0] == (rule.relation or "raises")}


def test_the_grammar_is_as_large_as_it_says() -> None:
    assert len(RULES) >= 80
    assert all(rule.finds for rule in RULES), "a rule without an example"
    assert len(MISSES) >= 30
    assert {rule.relation for rule in RULES if not rule.sets} == set(grammar.RELATIONS)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"id": "x", "relation": "marries", "pattern": "a"}, "no relation"),
        ({"id": "x", "relation": "sues", "pattern": "{nonsense}"}, "not defined"),
        ({"id": "x", "relation": "sues", "pattern": "("}, "rule x"),
        ({"id": "x", "relation": "sues"}, "lacks"),
    ],
)
def test_a_mistake_in_the_file_is_named(row: dict[str, str], fault: str) -> None:
    with pytest.raises(KgError, match=fault):
        Grammar({"cues": {}, "rules": [row]})


def test_what_the_latter_costs_is_not_the_price_of_the_former() -> None:
    text, spans = unmark("[甲芯](COM)还拟收购运维公司[乙云](COM)和优化集群软件的[丙算](COM)，后者拟以约7亿美元收购。")
    mentions = [Mention(a, b, text[a:b], TAGS[tag]) for a, b, tag in spans]
    found = Reader(text, text, mentions, None).read().relations
    prices = {mentions[r.object].text: r.terms.amount for r in found if r.terms}
    assert prices == {"乙云": None, "丙算": 700_000_000}


def test_an_amount_of_other_dealings_is_no_price() -> None:
    text, spans = unmark(
        "今年[甲芯](COM)已投资16家公司，其中两笔融资金额不低于10亿美元，[甲芯](COM)还拟收购[乙云](COM)。"
    )
    mentions = [Mention(a, b, text[a:b], TAGS[tag]) for a, b, tag in spans]
    found = Reader(text, text, mentions, None).read().relations
    assert [(r.type, r.terms.amount) for r in found if r.terms] == [("acquires", None)]


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("<who:COM>{cue}<what!:COM|ORG>", [{"Company"}, {"Company", "Organization"}]),
        ("<who:BODY>.{0,4}{money}", [{"Regulator", "Organization", "Company"}, {"Money"}]),
        ("<who:COM>?收购<what:COM>", [{"Company"}]),
        ("(?:<who:COM>)?收购<what:REG>", [{"Regulator"}]),
        ("(?<!@)<who:COM>[^@|]*收购", [{"Company"}]),
        ("<who:COM>收购|<what:REG>发布", []),  # either will do
        ("{money}?收购", []),
        (r"\(<who:COM>", [{"Company"}]),
        ("收购", []),
    ],
)
def test_what_a_pattern_needs(pattern: str, needs: list[set[str]]) -> None:
    assert list(map(set, grammar.needed(pattern))) == needs


def test_rules_are_tried_where_what_they_need_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving rules out gives the matches that trying all of them gives."""
    rules = grammar.load()
    assert sum(bool(rule.needs) for rule in rules.rules) > 0.9 * len(rules.rules)
    monkeypatch.setattr(grammar, "needed", lambda pattern: ())
    every = Grammar(yaml.safe_load(asset("data", "patterns", "relations.yml").read_text(encoding="utf-8")))
    assert not any(rule.needs for rule in every.rules)
    count = 0
    for _, example in (*FINDS, *MISSES):
        text, spans = unmark(example.partition("=>")[0].strip())
        mentions = [Mention(a, b, text[a:b], TAGS[tag]) for a, b, tag in spans]
        sketch = Reader(text, simplify(text), mentions, None)._sketch(0, len(text), False).sketch
        for headline in (True, False):
            some, all_ = (
                [(m.rule.id, m.start, m.end) for m in one.matches(sketch, headline)] for one in (rules, every)
            )
            assert some == all_
            count += len(some)
    assert count > 300
