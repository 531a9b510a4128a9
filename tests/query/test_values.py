"""What people type for a variable, and what it becomes."""

from __future__ import annotations

import pytest

from kg.errors import KgError, UsageError
from kg.query.values import value


def entity(name: str) -> str:
    return f"https://example.org/{name}"


@pytest.mark.parametrize(
    ("given", "term"),
    [
        ("firm=@海鸥科技", "<https://example.org/海鸥科技>"),
        ("firm=@Tern.Systems ", "<https://example.org/Tern.Systems>"),
        ("firm=<https://example.org/1>", "<https://example.org/1>"),
        ("s=status:in-talks", "<https://w3id.org/regkg/status/in-talks>"),
        ("p=kg:acquires", "<https://w3id.org/regkg/ontology#acquires>"),
        ("n=5", '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("n=-5.50", '"-5.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("?d=2031-08-01", '"2031-08-01"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("b=true", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ('t="AMD"@en', '"AMD"@en'),
        ('t="5"', '"5"'),
        ('t="2031-08"^^xsd:gYearMonth', '"2031-08"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'),
        # what looks like one of them and isn't is text
        ("t=AMD", '"AMD"'),
        ("t=a=b", '"a=b"'),
        ("t=", '""'),
        ("t=@", '"@"'),
        ("t=第一: 说", '"第一: 说"'),
        ("t=http://example.org/", '"http://example.org/"'),
        ("t=1,000", '"1,000"'),
    ],
)
def test_values(given: str, term: str) -> None:
    name, found = value(given, entity)
    assert name == given.partition("=")[0].strip("?")
    assert str(found) == term


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("AMD", "AMD gives no variable a value: write it as name=value, such as firm=@AMD"),
        ("=5", "=5 gives no variable a value: write it as name=value, such as firm=@AMD"),
        ("a b=5", "a b=5 gives no variable a value: write it as name=value, such as firm=@AMD"),
        ("d=2031-02-30", "d=2031-02-30: there is no such day"),
        ('t="open', 't="open: this is no address in <…> and no text in "…", as SPARQL writes them'),
        ('t="a" . <x:y> <x:z> "b"', 't="a" . <x:y> <x:z> "b": this is no address in <…> and no text in "…",'
         " as SPARQL writes them"),
        ("f=<a b>", 'f=<a b>: this is no address in <…> and no text in "…", as SPARQL writes them'),
        ("s=status:complete", "s=status:complete: there is no status:complete; did you mean status:completed?"),
    ],
)  # fmt: skip
def test_what_is_no_value(given: str, sentence: str) -> None:
    with pytest.raises(KgError) as fault:
        value(given, entity)
    assert str(fault.value) == sentence
    assert isinstance(fault.value, UsageError) or "status" in given
