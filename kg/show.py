"""One entity on a page for a terminal: what it is called, what it did, and the words that say so.

What isn't done isn't shown as done: a deal's status stands before its amount, and a rumour is marked as one.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph
from rich.text import Text

from kg import ids
from kg.graph.facts import DEFAULT
from kg.graph.store import Store
from kg.query.entity import Candidate, Deal, Description, Evidence, Relation
from kg.settings import asset
from kg.vocab import KG, KIND, SKOS, STATUS

if TYPE_CHECKING:
    from kg.identity import Mentioned, Standing
    from kg.resolve.candidates import Pair

EVIDENCE = 3  # quotes a relation, unless all are asked for

#: What stands over the relations of one sort, from where the entity stands; in this order.
HEADINGS: dict[tuple[str, str], tuple[str, str]] = {
    ("issuedBy", "out"): ("Issued by", "发布机构"),
    ("issuedBy", "in"): ("Issued", "发布"),
    ("draftedBy", "out"): ("Drafted by", "起草单位"),
    ("draftedBy", "in"): ("Drafted", "起草"),
    ("basedOn", "out"): ("Based on", "依据"),
    ("basedOn", "in"): ("Basis of", "以其为依据的文件"),
    ("amends", "out"): ("Amends or replaces", "修订或替代"),
    ("amends", "in"): ("Amended or replaced by", "被修订或替代"),
    ("acquires", "out"): ("Acquisitions, as buyer", "收购（买方）"),
    ("acquires", "in"): ("Acquisitions, as target", "收购（标的）"),
    ("investsIn", "out"): ("Investments", "对外投资"),
    ("investsIn", "in"): ("Investors", "投资方"),
    ("investee", "in"): ("Rounds of which no investor is named", "未载明投资方的融资"),
    ("target", "in"): ("Purchases of which no buyer is named", "未载明买方的收购"),
    ("subsidiaryOf", "out"): ("Subsidiary of", "母公司"),
    ("subsidiaryOf", "in"): ("Subsidiaries", "子公司"),
    ("partOf", "out"): ("Part of", "隶属于"),
    ("partOf", "in"): ("Parts", "下属机构"),
    ("agreementWith", "out"): ("Agreements with", "签署协议"),
    ("sues", "out"): ("Sues", "起诉"),
    ("sues", "in"): ("Sued by", "被起诉"),
    ("customerOf", "out"): ("Customer of", "供应商"),
    ("customerOf", "in"): ("Customers", "客户"),
    ("officerOf", "out"): ("Roles", "任职于"),
    ("officerOf", "in"): ("Officers", "任职人员"),
}
TYPES = {
    "Regulator": ("Regulator", "监管机构"),
    "Instrument": ("Instrument", "法规与文件"),
    "Publication": ("Publication", "报告与白皮书"),
    "Company": ("Company", "公司"),
    "Organization": ("Organisation", "组织"),
    "Person": ("Person", "个人"),
    "Jurisdiction": ("Place", "法域"),
    "Acquisition": ("Acquisition", "收购"),
    "FundingRound": ("Funding round", "融资轮次"),
    "Deal": ("Deal", "交易"),
}
FACTS = {
    "kind": ("Kind", "种类"),
    "status": ("Status", "状态"),
    "number": ("Number", "文号"),
    "issuedOn": ("Issued on", "发布日期"),
    "effectiveFrom": ("In force from", "施行日期"),
    "appliesIn": ("Applies in", "适用地区"),
    "locatedIn": ("Place", "所在地"),
}
SAID = {
    "headline": "headline 标题",
    "summary": "summary 摘要",
    "commentary": "law firm's commentary 短评",
    "hearsay": "HEARSAY 转述传闻",
}
_UNDIRECTED = frozenset({"agreementWith"})
_DEALS = frozenset({"acquires", "investsIn", "investee", "target"})
# how far each status is from a deal that is done, in words and in colour
_MARKS = {
    "rumoured": (" — NOT CONFIRMED", "bold yellow"),
    "in-talks": (" — NOT AGREED", "bold yellow"),
    "proposed": (" — not agreed", "yellow"),
    "announced": (" — not completed", "cyan"),
    "completed": ("", "green"),
    "terminated": (" — CALLED OFF", "bold red"),
    None: ("", "dim"),
}
Line = tuple[int, Text]


def page(store: Store, about: Description, all_evidence: bool = False) -> Iterator[Line]:
    """The lines of an entity's page, each with its indent."""
    names = [name.text for name in about.names if name.preferred]
    names.sort(key=lambda text: text != about.label)
    yield 0, Text(" · ".join(names) or about.label, style="bold")
    yield 0, Text(" ".join(TYPES.get(about.type, (about.type,))))
    others = [name.text for name in about.names if not name.preferred]
    if others:
        yield 0, Text(f"Also called 又称: {'; '.join(others)}")
    for name, (en, zh) in FACTS.items():
        if name in about.facts:
            value = about.facts[name]
            shown = concept(STATUS[value]) if name == "status" else concept(KIND[value]) if name == "kind" else value
            yield 0, Text(f"{en} {zh}: {shown}")
    yield 0, Text(f"Mentioned in 见于: {', '.join(about.items) or '–'}")
    yield 0, Text(about.iri, style="dim")
    for (relation, direction), (en, zh) in HEADINGS.items():
        found = [
            one
            for one in about.relations
            if one.relation == relation and (one.direction == direction or relation in _UNDIRECTED)
        ]
        if found:
            yield 0, Text()
            yield 0, Text(f"{en} {zh} ({len(found)})", style="bold underline")
            alike: dict[object, list[Relation]] = {}
            for one in found:
                alike.setdefault(_said(one), []).append(one)
            for together in alike.values():
                yield from _relations(store, together, all_evidence)
    if not about.relations:
        yield 0, Text()
        yield 0, Text("No relation of it was found; it is mentioned only.")


def _deals(one: Relation) -> list[Text]:
    lines = [deal_line(deal) for deal in one.deals or [Deal("", "Deal")]] if one.relation in _DEALS else []
    if one.evidence and all(evidence.said == "hearsay" for evidence in one.evidence):
        for line in lines:  # whatever status was read from a rumour, it is a rumour's
            line.append(" — HEARSAY ONLY 仅据传闻", style="not dim bold yellow")
    return lines


def _said(one: Relation) -> object:
    """What stands below a relation: those of which the same is said in the same words share it."""
    return tuple(one.evidence), tuple(line.plain for line in _deals(one))


def _relations(store: Store, together: list[Relation], all_evidence: bool) -> Iterator[Line]:
    for one in together:
        head = Text(one.label, style="bold")
        head.append(f"  {TYPES.get(one.type, (one.type or '?',))[0]}", style="not bold dim")
        if one.type in ("Instrument", "Publication"):
            head.append(_document(store, one.iri), style="not bold")
        if one.lead:
            head.append("  lead investor 领投", style="not bold")
        yield 2, head
    for line in _deals(together[0]):
        yield 4, line
    evidence = together[0].evidence
    shown = evidence if all_evidence else evidence[:EVIDENCE]
    for each in shown:
        yield from _evidence(each, _told(store, together[0], each))
    if len(shown) < len(evidence):
        yield 4, Text(f"and {len(evidence) - len(shown)} more: --all shows them", style="dim")


def deal_line(deal: Deal) -> Text:
    """“announced 已宣布 — not completed · 49亿美元 (USD 4,900,000,000)”."""
    mark, style = _MARKS.get(deal.status, ("", ""))
    status = concept(STATUS[deal.status]) if deal.status else "status not stated 状态未载明"
    line = Text(status + mark, style=style)
    said: list[str] = []
    if deal.round:
        said.append(f"round {deal.round}")
    money = f"{deal.currency or '?'} {deal.amount:,f}" if deal.amount is not None else ""
    if deal.qualifier and deal.qualifier != "exact":
        money = f"{deal.qualifier.replace('-', ' ')} {money}".strip()
    if deal.amount_text:
        said.append(f"{deal.amount_text} ({money})" if money else deal.amount_text)
    elif money:
        said.append(money)
    if deal.stake is not None:
        said.append(f"stake {(deal.stake * 100).normalize():f}%")
    if deal.valuation is not None:
        said.append(f"valuation {deal.currency or ''} {deal.valuation:,f}".replace("  ", " "))
    if deal.announced:
        said.append(f"announced on {deal.announced}")
    if deal.completed:
        said.append(f"completed on {deal.completed}")
    line.append("".join(f" · {part}" for part in said), style="default not bold not dim")
    return line


def _document(store: Store, iri: str) -> str:
    """A draft isn't an instrument in force: what the store says of a document's state, beside its name."""
    node = pyoxigraph.NamedNode(iri)
    said = []
    for predicate in (KG.status, KG.issuedOn):
        for quad in store.quads(node, predicate, None, DEFAULT):
            value = quad.object
            said.append(concept(value) if isinstance(value, pyoxigraph.NamedNode) else str(getattr(value, "value", "")))
    return "".join(f" · {part}" for part in said)


def _told(store: Store, one: Relation, evidence: Evidence) -> list[str]:
    """The status that this item gives the deal, where the deal has another by now."""
    graph = pyoxigraph.NamedNode(ids.item(evidence.item))
    found = set()
    for deal in one.deals:
        for quad in store.quads(pyoxigraph.NamedNode(deal.iri), KG.status, None, graph):
            if isinstance(quad.object, pyoxigraph.NamedNode) and quad.object != STATUS[deal.status or "announced"]:
                found.add(concept(quad.object))
    return [f"at the time {status}" for status in sorted(found)]


def _evidence(evidence: Evidence, told: list[str]) -> Iterator[Line]:
    yield 4, Text(f"“{' '.join(evidence.quote.split())}”")
    # the law firm's own words stand in its report and not in what it comments on
    own = evidence.said == "commentary"
    where = [
        SAID.get(evidence.said, evidence.said),
        *told,
        *([evidence.role] if evidence.role else []),
        *([evidence.publisher] if evidence.publisher and not own else []),
        *([evidence.issued] if evidence.issued else []),
        *([f"p. {evidence.page}"] if evidence.page is not None else []),
        evidence.item,
    ]
    yield 6, Text(" · ".join(where), style="yellow" if evidence.said == "hearsay" else "dim")
    if evidence.link and not own:
        yield 6, Text(evidence.link, style="dim")


def choices(candidates: list[Candidate]) -> Iterator[str]:
    """What a name could mean, a line each."""
    for one in candidates:
        called = "" if one.matched == one.label else f", called {one.matched}"
        mentions = f"in {one.mentions} item" + ("" if one.mentions == 1 else "s")
        yield f"  {one.label}  ({one.type}, {mentions}{called})  {one.iri}"


def reasons(met: Iterable[Mentioned]) -> Iterator[Line]:
    """Why each form was taken for the entity, and in which items."""
    where: dict[tuple[str, str], list[str]] = {}
    for one in met:
        where.setdefault((one.form, one.reason), []).append(one.item)
    yield 0, Text()
    yield 0, Text("Why these names 名称归并的理由", style="bold underline")
    for (form, reason), items in sorted(where.items()):
        yield 2, Text(f"“{form}”: {reason}")
        yield 4, Text(", ".join(items), style="dim")


def pairs(found: Iterable[Pair]) -> Iterator[str]:
    """Pairs that may be one, with what to type."""
    for pair in found:
        one, other = (
            f"{side.label} ({side.type}, in {side.items} item{'' if side.items == 1 else 's'})"
            for side in (pair.left, pair.right)
        )
        yield f"{pair.score:.2f}  {one}  ·  {other}"
        yield f"      {pair.reason}"
        yield f"      kg same {shlex.quote(pair.left.iri)} {shlex.quote(pair.right.iri)}"


def standing(one: Standing) -> Iterator[str]:
    """A judgement with its number, and whether it stands."""
    yield f"{one.number:>3}  {one.judgement}"
    words = f": {one.words}" if one.words else ""
    note = f"  “{one.judgement.note}”" if one.judgement.note else ""
    yield f"     {one.state}{words}{note}"


@cache
def _labels() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in ("schemes.ttl", "kinds.ttl"):
        for quad in pyoxigraph.parse(path=str(asset("ontology", name))):
            if quad.predicate == SKOS.prefLabel and isinstance(quad.object, pyoxigraph.Literal):
                language = quad.object.language or ""
                found.setdefault(getattr(quad.subject, "value", ""), {})[language] = quad.object.value
    return found


def concept(node: pyoxigraph.NamedNode) -> str:
    """A concept of the closed lists in English and Chinese; its local name where it has no label."""
    labels = _labels().get(node.value, {})
    words = " ".join(labels[lang] for lang in ("en", "zh") if lang in labels)
    return words or node.value.rsplit("/", 1)[-1]
