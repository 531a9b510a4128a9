"""A small store written by hand, hostile titles in it, and a browser without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

HOSTILE_TITLE = "<script>alert(1)</script>"
HOSTILE_NAME = '"</script><img src=x onerror=alert(2)>'
HOSTILE_QUOTE = "甲社称</script><svg onload=alert(3)>将收购<!--乙社"

ID = "https://w3id.org/regkg/id/"
_HEAD = f"""@prefix kg: <https://w3id.org/regkg/ontology#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix status: <https://w3id.org/regkg/status/> .
@prefix said: <https://w3id.org/regkg/said/> . @prefix qualifier: <https://w3id.org/regkg/qualifier/> .
@prefix e: <{ID}entity/> . @prefix d: <{ID}deal/> . @prefix i: <{ID}item/> . @prefix r: <{ID}report/> .
@prefix c: <{ID}claim/> .
"""

# name in the IRI: class, Chinese, English
ENTITIES: dict[str, tuple[str, str, str]] = {
    "harbour": ("Company", "海港资本", "Harbour Capital"),
    "delta": ("Company", "三角洲芯片", "Delta Chips"),
    "north": ("Company", "北风机器人", "Northwind Robotics"),
    "lark": ("Company", "云雀软件", "Lark Software"),
    "moss": ("Company", "苔藓生物", "Moss Bio"),
    "pine": ("Company", "松林能源", "Pine Energy"),
    "reed": ("Company", "芦苇数据", "Reed Data"),
    "hostile": ("Company", HOSTILE_NAME, HOSTILE_NAME),
    "office": ("Regulator", "国家示例数据办公室", "Sample Data Office"),
    "bureau": ("Regulator", "示例市商务局", "Sample City Commerce Bureau"),
    "court": ("Regulator", "示例法院", "Sample Court"),
    "ministry": ("Regulator", "示例部", "Sample Ministry"),
    "rules": ("Instrument", "示例数据出境管理办法", "Sample Measures on Data Exports"),
    "list": ("Instrument", "示例市负面清单", "Sample City Negative List"),
    "law": ("Instrument", "示例数据法", "Sample Data Law"),
    "draft": ("Instrument", "示例跨境规定征求意见稿", "Sample Draft"),
    "paper": ("Publication", "示例产业白皮书", "Sample White Paper"),
    "institute": ("Organization", "示例研究院", "Sample Institute"),
    "association": ("Organization", "示例协会", "Sample Association"),
    "chen": ("Person", "陈示例", "Chen Shili"),
    "alone": ("Organization", "无关系的组织", "Organisation without Relations"),
    "alone2": ("Company", "无关系的公司", "Company without Relations"),
}
# subject, relation, object, status of the deal
RELATIONS: list[tuple[str, str, str, str]] = [
    ("rules", "issuedBy", "office", ""),
    ("rules", "issuedBy", "ministry", ""),
    ("rules", "basedOn", "law", ""),
    ("list", "issuedBy", "bureau", ""),
    ("list", "basedOn", "rules", ""),
    ("draft", "draftedBy", "office", ""),
    ("draft", "amends", "rules", ""),
    ("paper", "draftedBy", "institute", ""),
    ("institute", "partOf", "ministry", ""),
    ("association", "agreementWith", "institute", ""),
    ("harbour", "acquires", "delta", "rumoured"),
    ("north", "acquires", "lark", "completed"),
    ("moss", "acquires", "pine", "terminated"),
    ("harbour", "investsIn", "north", "announced"),
    ("reed", "investsIn", "north", "in-talks"),
    ("hostile", "acquires", "reed", "proposed"),
    ("chen", "officerOf", "harbour", ""),
    ("lark", "customerOf", "reed", ""),
    ("delta", "subsidiaryOf", "pine", ""),
]


def _turtle() -> tuple[str, dict[str, str]]:
    facts = ""
    for name, (type_, zh, en) in ENTITIES.items():
        facts += f"e:{name} a kg:{type_} ; skos:prefLabel {_text(zh)}@zh , {_text(en)}@en .\n"
    facts += 'e:harbour skos:altLabel "海港" .\n'
    facts += "e:draft kg:status status:consultation . e:list kg:status status:planned .\n"
    facts += 'e:rules kg:status status:issued ; kg:number "示例〔2024〕7号" ; kg:issuedOn "2024-08-19"^^xsd:date ;'
    facts += ' kg:effectiveFrom "2024-10"^^xsd:gYearMonth .\n'
    claims = ""
    for at, (subject, relation, object_, status) in enumerate(RELATIONS):
        facts += f"e:{subject} kg:{relation} e:{object_} .\n"
        quote = HOSTILE_QUOTE if subject == "hostile" else f"第{at}段说明了{ENTITIES[subject][1]}的情况"
        about = ""
        if status:
            facts += f"d:{at} a kg:Deal ; kg:status status:{status} ; kg:currency 'USD' .\n"
            about = f"; kg:about d:{at}"
            claims += f"d:{at} a kg:Deal ; kg:status status:{status} .\n"
        claims += (
            f"c:{at} a kg:Claim ; rdf:subject e:{subject} ; rdf:predicate kg:{relation} ; rdf:object e:{object_} ;"
            f" kg:quote {_text(quote)} ; kg:start {at * 100} ; kg:end {at * 100 + 20} ; kg:page {at + 1} ;"
            f" kg:said said:summary ; kg:confidence 0.9 {about} .\n"
        )
    facts += 'd:10 kg:amount 4900000000.0 ; kg:amountText "约四十九亿美元" ; kg:qualifier qualifier:about .\n'
    facts += 'd:13 kg:round "B轮" .\n'
    one = (
        f'i:one a kg:Item ; dcterms:title {_text(HOSTILE_TITLE)} ; dcterms:issued "2024-08-19"^^xsd:date ;'
        ' dcterms:source "https://news.example.org/one?a=1&b=2" ; dcterms:publisher "示例日报" ; kg:page 1 ;'
        f" dcterms:isPartOf r:sample . e:draft kg:status status:draft . e:rules kg:status status:issued .\n{claims}"
    )
    # a later item tells one of the deals again, in its own words, and gives a link that no one should follow
    two = (
        'i:two a kg:Item ; dcterms:title "后续报道" ; dcterms:issued "2024-09-02"^^xsd:date ;'
        ' dcterms:source "javascript:alert(4)" ; dcterms:publisher "示例周刊" .\n'
        "d:10 a kg:Deal ; kg:status status:in-talks .\n"
        "c:again a kg:Claim ; rdf:subject e:harbour ; rdf:predicate kg:acquires ; rdf:object e:delta ;"
        ' kg:quote "双方据说正在谈判" ; kg:start 5 ; kg:end 13 ; kg:said said:hearsay ; kg:about d:10 .\n'
    )
    facts += 'r:sample a kg:Report ; dcterms:title "示例月报 2024年8月" .\n'
    return facts, {f"{ID}item/one": one, f"{ID}item/two": two}


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


Rows = Callable[[str], Iterable[dict[str, str | None]]]


def rows_of(store: ox.Store) -> Rows:
    def rows(query: str) -> Iterator[dict[str, str | None]]:
        found = store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        names = [variable.value for variable in found.variables]
        for solution in found:
            values: list[Any] = [solution[name] for name in names]
            yield {name: None if value is None else value.value for name, value in zip(names, values, strict=True)}

    return rows


@pytest.fixture(scope="session")
def store() -> ox.Store:
    store = ox.Store()
    facts, items = _turtle()
    store.load(_HEAD + facts, format=ox.RdfFormat.TURTLE)
    for iri, text in items.items():
        store.load(_HEAD + text, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(iri))
    return store


@pytest.fixture(scope="session")
def rows(store: ox.Store) -> Rows:
    return rows_of(store)


@pytest.fixture(scope="session")
def entity() -> Callable[[str], str]:
    return lambda name: f"{ID}entity/{name}"


class Opened:
    """A map in the browser, with all that a test must not see: dialogs, faults, requests to anywhere."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.faults: list[str] = []
        self.requests: list[str] = []
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", lambda line: self.faults.append(line.text) if line.type in ("error", "warning") else None)
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, path: Path) -> Opened:
        self.page.goto(path.as_uri())
        self.page.wait_for_function("window.kgMap && kgMap.readyAfter() > 0", timeout=60_000)
        self.page.wait_for_timeout(100)
        return self

    def edge(self, subject: str, object_: str, relation: str) -> str:
        script = """([subject, object, relation]) => {
            const iri = new Map(kgMap.nodes().map((node) => [node.id, node.iri]));
            return kgMap.edges().find((edge) => iri.get(edge.from).endsWith("/" + subject)
                && iri.get(edge.to).endsWith("/" + object) && edge.relation === relation).id;
        }"""
        return str(self.page.evaluate(script, [subject, object_, relation]))

    def node(self, name: str) -> str:
        script = "(name) => kgMap.nodes().find((node) => node.iri.endsWith('/entity/' + name)).id"
        return str(self.page.evaluate(script, name))

    def click_edge(self, id_: str) -> None:
        at = self.page.evaluate("(id) => kgMap.edgePoint(id, 0.5)", id_)
        self.page.mouse.click(at["x"], at["y"])
        self.page.wait_for_timeout(400)

    def click_node(self, id_: str) -> None:
        at = self.page.evaluate("(id) => kgMap.nodePoint(id)", id_)
        self.page.mouse.click(at["x"], at["y"])
        self.page.wait_for_timeout(400)

    @property
    def panel(self) -> str:
        return str(self.page.inner_text("#panel")) if self.page.is_visible("#panel") else ""

    def assert_clean(self) -> None:
        assert self.faults == []
        assert [url for url in self.requests if not url.startswith("file://")] == []


@pytest.fixture
def opened(browser: Any, request: pytest.FixtureRequest) -> Iterator[Opened]:
    options = {"viewport": {"width": 1366, "height": 768}, "reduced_motion": "reduce"} | getattr(request, "param", {})
    context = browser.new_context(**options)
    context.set_offline(True)
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    yield Opened(context.new_page())
    context.close()
