"""What the items of a report say, as quads. No input or output, and no order other than the input's.

One named graph an item, named by the item's IRI, with all that the item says: its own particulars, the entities with
their names, the simple edges, the deals, the claims with their quotes, why a name was taken for whom, and the
sentences that seem to tell something of which no relation was read. What is true of the report as a whole (title, day,
file, digests, the run that read it) stands in one more graph, named by the report's IRI: so an item can be removed
without leaving a word about it elsewhere. Which items a report has is told by their ``dcterms:isPartOf``.

The default graph isn't built here: what it holds depends on everything else that is stored (``facts.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from kg import __version__, ids
from kg.items import Claim, Deal, Entity, ItemFacts, Label, OpenSentence, Report
from kg.vocab import DCTERMS, KG, KIND, PROV, QUALIFIER, RDF, SAID, SCHEMA, SKOS, STATUS, XSD

Object = NamedNode | Literal

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_YEAR = re.compile(r"\d{4}")
_CJK = re.compile(r"[\u3400-\u9fff]")


def quads(
    report: Report,
    facts: Iterable[ItemFacts],
    run_iri: str,
    text_digest: str | None = None,
    facts_digest: str | None = None,
) -> Iterator[Quad]:
    """The quads of a report and of what its items say, in a fixed order."""
    yield from report_quads(report, run_iri, text_digest, facts_digest)
    for said in facts:
        yield from item_quads(report.id, said, run_iri)


def report_quads(
    report: Report, run_iri: str, text_digest: str | None = None, facts_digest: str | None = None
) -> Iterator[Quad]:
    node, run = NamedNode(ids.report(report.id)), NamedNode(run_iri)
    software = NamedNode(f"{ids.BASE}software/regkg-{__version__}")
    triples: list[tuple[NamedNode, NamedNode, Object | None]] = [
        (node, RDF.type, KG.Report),
        (node, DCTERMS.title, Literal(report.title)),
        (node, DCTERMS.issued, moment(report.issued.isoformat()) if report.issued else None),
        (node, DCTERMS.source, _text(report.source.link)),
        (node, KG.layout, _text(report.layout)),
        (node, KG.fileName, Literal(report.source.name)),
        (node, KG.fileFormat, Literal(report.source.format)),
        (node, KG.digest, Literal(report.source.digest)),
        (node, KG.textDigest, _text(text_digest)),
        (node, KG.factsDigest, _text(facts_digest)),
        (node, PROV.wasGeneratedBy, run),
        (run, RDF.type, PROV.Activity),
        (run, PROV.wasAssociatedWith, software),
        (software, RDF.type, PROV.SoftwareAgent),
        (software, SCHEMA.softwareVersion, Literal(__version__)),
    ]
    for subject, predicate, obj in triples:
        if obj is not None:
            yield Quad(subject, predicate, obj, node)


def item_quads(report_id: str, facts: ItemFacts, run_iri: str) -> Iterator[Quad]:
    """One item's graph, each quad once."""
    graph = NamedNode(ids.item(facts.item.id))
    seen: set[tuple[NamedNode, NamedNode, Object]] = set()
    for triple in _item(graph, report_id, facts, run_iri):
        if triple not in seen:
            seen.add(triple)
            yield Quad(*triple, graph)


Triples = Iterator[tuple[NamedNode, NamedNode, Object]]


def _item(node: NamedNode, report_id: str, facts: ItemFacts, run_iri: str) -> Triples:
    item = facts.item
    start, end = item.extent or (None, None)
    yield from _present(
        node,
        (RDF.type, KG.Item),
        (DCTERMS.title, Literal(item.title)),
        (DCTERMS.issued, moment(item.issued.isoformat()) if item.issued else None),
        (DCTERMS.source, _text(item.link)),
        (DCTERMS.publisher, _text(item.publisher)),
        (KG.section, _text(item.section)),
        (KG.page, _number(item.page)),
        (KG.start, _number(start)),
        (KG.end, _number(end)),
        (DCTERMS.isPartOf, NamedNode(ids.report(report_id))),
    )
    for entity in facts.entities:
        yield node, KG.mentions, NamedNode(entity.iri)
        yield from _entity(entity)
        yield from _mentions(item.id, entity)
    yield from _deals(facts.deals)
    seen: set[NamedNode] = set()
    # where two rules read the same relation from the same place, the surer one speaks
    for claim in sorted(facts.claims, key=lambda c: (-c.confidence, c.end, c.rule, c.quote)):
        claim_node = NamedNode(ids.claim(item.id, claim.subject, claim.relation, claim.object, claim.start))
        if claim_node not in seen:
            seen.add(claim_node)
            yield from _claim(claim_node, claim, run_iri)
    for sentence in facts.open_sentences:
        yield from _open_sentence(NamedNode(ids.sentence(item.id, sentence.start, sentence.end)), sentence, run_iri)


def _entity(entity: Entity) -> Triples:
    node = NamedNode(entity.iri)
    yield node, RDF.type, KG[entity.type]
    preferred: dict[str | None, str] = {}
    others: list[Label] = []
    for label in (entity.label, *entity.labels):
        if preferred.setdefault(label.lang, label.text) != label.text:
            others.append(label)
    for lang, text in preferred.items():
        yield node, SKOS.prefLabel, Literal(text, language=lang)
    for label in (*others, *entity.aliases):
        if label.text and label.text not in preferred.values():
            yield node, SKOS.altLabel, Literal(label.text, language=label.lang)
    yield from _present(
        node,
        (KG.kind, entity.kind and KIND[entity.kind]),
        (KG.status, entity.status and STATUS[entity.status]),
        (KG.issuedOn, entity.issued and moment(entity.issued)),
        (KG.effectiveFrom, entity.effective and moment(entity.effective)),
        (KG.number, _text(entity.number)),
    )
    if entity.place:
        place = NamedNode(f"{ids.BASE}place/{ids.key(entity.place)}")
        yield node, KG.appliesIn if entity.type in ("Instrument", "Publication") else KG.locatedIn, place
        yield place, RDF.type, KG.Jurisdiction
        yield place, SKOS.prefLabel, Literal(entity.place, language="zh" if _CJK.search(entity.place) else None)


def _mentions(item_id: str, entity: Entity) -> Triples:
    """Why the forms that an item uses were taken for an entity. Its name alone needs no reason."""
    forms: dict[tuple[str, str | None], list[str]] = {}
    for met in entity.met:
        forms.setdefault((met.reason, met.instead_of), []).append(met.form)
    if all(met.form == entity.label.text and not met.instead_of for met in entity.met):
        return
    for (reason, instead_of), named in forms.items():
        node = NamedNode(ids.mention(item_id, entity.iri, reason, instead_of or ""))
        yield node, RDF.type, KG.Mention
        yield node, KG.refersTo, NamedNode(entity.iri)
        for form in named:
            yield node, KG.form, Literal(form)
        yield from _present(node, (KG.reason, _text(reason)), (KG.insteadOf, _node(instead_of)))


def _deals(deals: list[Deal]) -> Triples:
    # an investor whose own part in a round stands otherwise than the round isn't listed as the round's investor:
    # whoever reads "completed" on the round would read it of him
    apart = {(deal.part_of, investor) for deal in deals if deal.part_of for investor in deal.investors}
    for deal in deals:
        yield from _deal(deal, [i for i in dict.fromkeys((*deal.investors, *deal.leads)) if (deal.iri, i) not in apart])


def _deal(deal: Deal, investors: list[str]) -> Triples:
    node, terms = NamedNode(deal.iri), deal.terms
    yield from _present(
        node,
        (RDF.type, KG[deal.type]),
        (KG.buyer, _node(deal.buyer)),
        (KG.target, _node(deal.target)),
        (KG.investee, _node(deal.investee)),
        (DCTERMS.isPartOf, _node(deal.part_of)),
        (KG.status, terms.status and STATUS[terms.status]),
        (KG.amount, _decimal(terms.amount)),
        (KG.amountText, _text(terms.amount_text)),
        (KG.currency, _text(terms.currency)),
        (KG.qualifier, terms.qualifier and QUALIFIER[terms.qualifier]),
        (KG.stake, _decimal(terms.stake)),
        (KG.valuation, _decimal(terms.valuation)),
        (KG.round, _text(terms.round)),
        (KG.announcedOn, terms.announced and moment(terms.announced)),
        (KG.completedOn, terms.completed and moment(terms.completed)),
    )
    for investor in investors:
        yield node, KG.investor, NamedNode(investor)
        if investor in deal.leads:
            yield node, KG.leadInvestor, NamedNode(investor)
    if terms.status == "completed":
        if deal.buyer and deal.target:
            yield NamedNode(deal.buyer), KG.hasAcquired, NamedNode(deal.target)
        if deal.investee:
            for investor in investors:
                yield NamedNode(investor), KG.hasInvestedIn, NamedNode(deal.investee)


def _claim(node: NamedNode, claim: Claim, run_iri: str) -> Triples:
    subject, relation, obj = NamedNode(claim.subject), KG[claim.relation], NamedNode(claim.object)
    yield subject, relation, obj
    yield from _present(
        node,
        (RDF.type, KG.Claim),
        (RDF.subject, subject),
        (RDF.predicate, relation),
        (RDF.object, obj),
        (KG.about, _node(claim.deal)),
        (KG.quote, Literal(claim.quote)),
        (KG.start, _number(claim.start)),
        (KG.end, _number(claim.end)),
        (KG.page, _number(claim.page)),
        (KG.said, SAID[claim.said.value]),
        (KG.confidence, _decimal(Decimal(str(round(claim.confidence, 4))))),
        (KG.rule, Literal(claim.rule)),
        (KG.role, _text(claim.role)),
        (KG.date, claim.date and moment(claim.date)),
        (KG.reviewed, _text(claim.reviewed)),
        (KG.reviewedBy, _text(claim.reviewed_by)),
        (PROV.wasGeneratedBy, NamedNode(run_iri)),
    )


def _open_sentence(node: NamedNode, sentence: OpenSentence, run_iri: str) -> Triples:
    yield from _present(
        node,
        (RDF.type, KG.OpenSentence),
        (KG.quote, Literal(sentence.quote)),
        (KG.start, _number(sentence.start)),
        (KG.end, _number(sentence.end)),
        (KG.page, _number(sentence.page)),
        (PROV.wasGeneratedBy, NamedNode(run_iri)),
    )


def _present(node: NamedNode, *pairs: tuple[NamedNode, Object | str | None]) -> Triples:
    """The triples that have an object. (``x and f(x)`` gives "" or None where there is none.)"""
    for predicate, obj in pairs:
        if obj is not None and not isinstance(obj, str):
            yield node, predicate, obj


def moment(text: str) -> Literal:
    """A day, a month or a year as the literal of its precision; ValueError for anything else."""
    for pattern, datatype in ((_DAY, XSD.date), (_MONTH, XSD.gYearMonth), (_YEAR, XSD.gYear)):
        if pattern.fullmatch(text):
            return Literal(text, datatype=datatype)
    raise ValueError(f"not a day, month or year: {text!r}")


def _text(text: str | None) -> Literal | None:
    return Literal(text) if text else None


def _node(iri: str | None) -> NamedNode | None:
    return NamedNode(iri) if iri else None


def _number(number: int | None) -> Literal | None:
    return None if number is None else Literal(str(number), datatype=XSD.integer)


def _decimal(number: Decimal | None) -> Literal | None:
    """In the store's own form (9.50 → 9.5), so that what is built again equals what is stored."""
    if number is None:
        return None
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Literal("0" if text == "-0" else text, datatype=XSD.decimal)
