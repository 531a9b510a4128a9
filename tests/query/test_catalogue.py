"""Every question that is shipped is sound, and a fault in one's own is one sentence with a file and a line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.errors import QueryError
from kg.graph.store import Store
from kg.query import catalogue
from kg.query.run import examine

NAMES = catalogue.names()


def test_how_many_there_are() -> None:
    assert len(NAMES) >= 24
    found = catalogue.questions()
    assert {question.group for question in found} == set(catalogue.GROUPS)
    assert len({question.zh for question in found}) == len({question.en for question in found}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_sound(name: str) -> None:
    question = catalogue.question(name)
    examine(question.sparql)
    with Store.memory() as store:  # Oxigraph reads it, and nobody gets faults of an empty store
        assert not list(store.query(question.sparql))  # type: ignore[arg-type]
    assert question.about_zh.endswith("。")
    assert question.about_en.endswith(".")
    assert question.evidence or question.group == "graph" or name == "kinds"
    # whoever reads the text alone sees what is bound: capitals are parameters, and nothing else is
    assert set(re.findall(r"\$(\w+)", question.sparql)) == {p.variable for p in question.parameters}


@pytest.mark.parametrize("name", NAMES)
def test_a_deal_never_comes_without_its_status(name: str) -> None:
    question = catalogue.question(name)
    shows_deals = re.search(
        r"kg:(?:buyer|investor|target|investee)\b|a kg:(?:Acquisition|FundingRound)", question.sparql
    )
    counts_them = {"top-investors", "coverage"}  # numbers of what the status that is asked for lets through
    if shows_deals and name not in counts_them:
        assert "status" in [column.name for column in question.columns]
    default = next((p.default for p in question.parameters if p.type == "deal-status"), None)
    if default is not None:
        assert not set(re.split(", ", default)) & {"rumoured", "in-talks", "terminated"}
        assert "status=all" in question.notes_zh
        assert "status=all" in question.notes_en


def test_each_stands_in_the_document() -> None:
    text = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
    absent = [q.name for q in catalogue.questions() if f"| `{q.name}` {q.zh} | {q.about_en} |" not in text]
    assert absent == []


def test_the_example_of_the_document_works(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
    path = tmp_path / "my.rq"
    path.write_text(text.partition("```sparql\n")[2].partition("```")[0], encoding="utf-8")
    assert [p.name for p in catalogue.read(path).parameters] == ["firm"]


def test_one_is_found_by_its_name_its_title_or_its_file(tmp_path: Path) -> None:
    deals = catalogue.question("deals")
    assert catalogue.question("交易清单") == deals == catalogue.question("Deals")
    copy = tmp_path / "my-deals.rq"
    copy.write_text(deals.sparql, encoding="utf-8")
    assert catalogue.question(str(copy)).columns == deals.columns
    assert deals.usage().startswith("kg ask deals [firm=…]")
    assert catalogue.question("rounds").usage() == "kg ask rounds firm=…"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("deal", "no question is called deal: near it are deals"),
        ("dael", "deals"),
        ("联合发布", "joint-issuers"),
        ("qqqqqqqqq", "kg ask lists those that there are"),
        ("../checks/both-ways", "no question is called"),
        ("none.rq", "there is no file none.rq"),
    ],
)
def test_an_unknown_name(name: str, says: str) -> None:
    with pytest.raises(QueryError) as fault:
        catalogue.question(name)
    assert says in str(fault.value)


GOOD = """# group: deals
# title: {zh: 收购, en: Acquisitions}
# about: {zh: 收购。, en: Acquisitions.}
# parameters:
#   firm: {type: entity, zh: 公司, en: the firm}
# columns:
#   target: {type: thing, zh: 标的, en: Target}
# evidence: ["$FIRM"]
SELECT ?target $FIRM { $FIRM kg:acquires ?target }
""".replace('# evidence: ["$FIRM"]\n', "")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("group: deals", "group: dealings", "line 1: group is one of documents, parties, deals, graph, not dealings"),
        ("en: Acquisitions}\n# about", "fr: x}\n# about", "line 2: title has to be {zh: …, en: …}"),
        ("# title: {zh: 收购,", "# title: {zh 收购,", "line 2: title has to be"),
        ("# title: {zh: 收购, en", "# title: {zh: 收购 en: ", "line 2: the head can't be read"),
        ("# parameters", "# parameter", "line 4: parameter isn't known; did you mean parameters?"),
        ("type: entity", "type: entitty", "line 5: the type of firm is one of entity, date"),
        ("zh: 公司, en: the firm", "zh: 公司", "line 5: firm has to say what it is, in zh and en"),
        ("entity, zh", "entity, classes: [Firm], zh", "line 5: firm may be of the classes"),
        ("entity, zh", "entity, needed: true, zh", "line 5: needed isn't known; known are"),
        ("entity, zh", "entity, required: perhaps, zh", "line 5: firm is required: true or not"),
        ("#   firm:", "#   Firm:", "line 5: a parameter's name has small letters"),
        ("?target $FIRM {", "?target {", "line 5: the query doesn't project $FIRM, so firm can't be bound to it"),
        ("type: thing", "type: node", "line 7: the type of target is one of thing, text"),
        ("#   target:", "#   seller:", "line 7: the query doesn't give ?seller, which is a column"),
        ("zh: 标的, ", "", "line 7: target has to have a title in zh and en"),
        ("SELECT", "# gather: buyer\nSELECT", "line 8: gather names no column: buyer"),
        ("SELECT", '# evidence: ["?target acquires ?x"]\nSELECT', "line 8: evidence is “?deal” or"),
        ("SELECT", '# evidence: ["?deal"]\nSELECT', "line 8: the query gives nothing of the evidence “?deal”"),
        ("SELECT", '# evidence: "?target"\nSELECT', "line 8: evidence has to be a list of edges"),
        ("SELECT ?target $FIRM", "CONSTRUCT", "line 8: a question is a SELECT"),
        ("#   target: {type: thing, zh: 标的, en: Target}\n", "", "line 1: there are no columns"),
    ],
)
def test_a_fault_in_a_file_has_a_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "mine.rq"
    path.write_text(GOOD, encoding="utf-8")
    catalogue.read(path)
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(QueryError) as fault:
        catalogue.read(path)
    assert str(fault.value).startswith("mine.rq, " + says.partition(":")[0])
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_file_without_a_head(tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    for text in ("SELECT * {}", "# only words\nSELECT * {}", ""):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(QueryError, match=r"mine\.rq, line 1: there is no head"):
            catalogue.read(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(QueryError, match="can't be read"):
        catalogue.read(path)
    (tmp_path / "Bad Name.rq").write_text(GOOD, encoding="utf-8")
    with pytest.raises(QueryError, match="small letters"):
        catalogue.read(tmp_path / "Bad Name.rq")
