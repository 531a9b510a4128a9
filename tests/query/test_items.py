from __future__ import annotations

from graph import samples

from kg.graph.store import Store
from kg.query.items import listing


def test_reports_and_items_are_listed_with_counts(store: Store) -> None:
    rows = listing(store)
    assert [(row.id, row.title, row.issued, row.file) for row in rows] == [
        ("2031-05", "海岛月报 2031年5月", "2031-05-01", "may.txt"),
        ("2031-06", "海岛月报 2031年6月", "2031-06-01", "june.txt"),
        ("2031-07", "海岛月报 2031年7月", "2031-07-01", "july.txt"),
    ]
    counts = {item.id: (item.mentions, item.relations, item.deals) for item in rows[0].items}
    assert counts == {"2031-05-rules-1": (7, 5, 0), "2031-05-deals-1": (2, 1, 1), "2031-05-deals-2": (3, 2, 2)}
    rules = next(item for item in rows[0].items if item.id == "2031-05-rules-1")
    assert (rules.section, rules.page, rules.publisher, rules.link) == ("法规", 1, "海岛报", "https://example.org/1")
    assert rules.issued == "2031-05-07"


def test_items_stand_by_page_and_number() -> None:
    draft = samples.Draft("r", "题")
    for slug in ("deals-10", "deals-2", "rules-1"):
        draft.item(slug, "题", page=1 if slug == "rules-1" else 2)
    store = Store.memory()
    store.add(draft.report(), draft.facts, samples.RUN)
    assert [item.id for item in listing(store)[0].items] == ["r-rules-1", "r-deals-2", "r-deals-10"]
