"""Answers made by hand, of our own invention, with every sort of value and name: what the tests of forms share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kg.query.entity import Evidence
from kg.query.result import Column, Concept, Result, Row, Thing

GULL = Thing("https://w3id.org/regkg/id/entity/company/海鸥科技", "海鸥科技", "Company")
TERN = Thing("https://w3id.org/regkg/id/entity/company/tern-systems", "Tern Systems", "Company")
TRAP = Thing("https://w3id.org/regkg/id/entity/company/trap", '=HYPERLINK("http://example.org","click")', "Company")
ANNOUNCED = Concept("announced", "已宣布", "announced")
RUMOURED = Concept("rumoured", "传闻", "rumoured")
COLUMNS = (
    Column("buyer", "买方", "Buyer", "thing"),
    Column("target", "标的", "Target", "thing"),
    Column("status", "状态", "Status", "concept"),
    Column("amount", "金额", "Amount", "number"),
    Column("currency", "币种", "Currency"),
    Column("announced", "宣布日期", "Announced", "date"),
    Column("lead", "领投", "Lead"),
    Column("site", "网站", "Site", "link"),
)
MADE = date(2031, 9, 1)


def evidence(number: int, said: str = "summary", **more: object) -> Evidence:
    facts: dict[str, object] = {
        "quote": f"海鸥科技宣布\n以约{number}亿美元收购Tern Systems",
        "said": said,
        "confidence": Decimal("0.97"),
        "start": number * 100,
        "end": number * 100 + 20,
        "page": number,
        "item": f"2031-05-deals-{number}",
        "title": "海鸥科技拟收购Tern Systems",
        "issued": "2031-05-19",
        "publisher": "海岛报",
        "link": f"https://example.org/{number}?a=b&c=[d]",
        "report": "2031-05",
    }
    return Evidence(**{**facts, **more})  # type: ignore[arg-type]


def rows() -> list[Row]:
    first = (GULL, TERN, ANNOUNCED, Decimal("4900000000"), "USD", date(2031, 5, 19), True, "https://example.org/tern")
    second = (TRAP, GULL, RUMOURED, Decimal("43000000.5"), "CNY", "2031-05", False, None)
    third = (TERN, TRAP, None, 12, None, None, None, "javascript:alert(1)")
    return [
        Row(first, (evidence(49), evidence(18, "hearsay"))),
        Row(second, (evidence(49), evidence(7, "commentary"))),
        Row(third),
    ]


def acquisitions(**more: object) -> Result:
    made = {"asked": (("买方", "海鸥科技"),), "notes": ["另有2笔传闻未列入。"], **more}
    return Result("acquisitions", "谁收购了谁？", "Who acquires whom?", COLUMNS, rows(), **made)  # type: ignore[arg-type]


def grouped() -> Result:
    columns = (Column("what", "事项", "What"),)
    return Result(
        "diff", "有何变化？", "What changed?", columns,
        [Row(("甲",), group="新增"), Row(("乙",), (evidence(3),), group="新增"), Row(("丙",), group="终止")],
    )  # fmt: skip
