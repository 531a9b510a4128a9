"""The sample reports are what their source and the tool make of them, and say what the fixture lists."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pypdfium2
import pytest

from kg.items import Said
from kg.read import read, split

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data" / "samples"
FIXTURES = Path(__file__).parent / "fixtures" / "samples"
MONTHS = ("2024-06", "2024-07")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    pytest.importorskip("reportlab", reason="the samples are set with reportlab")
    spec = importlib.util.spec_from_file_location("samples_pdf", ROOT / "tools" / "samples_pdf.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("month", MONTHS)
def test_rebuilt_alike(tool: ModuleType, month: str, tmp_path: Path) -> None:
    tool.build(SAMPLES / "source" / f"{month}.md", tmp_path)
    for name in (f"{month}.txt", f"{month}.pdf"):
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes(), f"{name}: run tools/samples_pdf.py"


def pdf_pages(month: str) -> list[str]:
    document = pypdfium2.PdfDocument(SAMPLES / f"{month}.pdf")
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("month", MONTHS)
def test_titles_stand_on_the_page_that_the_contents_give(month: str) -> None:
    pages = pdf_pages(month)
    items = json.loads((FIXTURES / f"{month}.json").read_text(encoding="utf-8"))
    assert len(items) >= 11
    contents = bare("".join(page for page in pages if "......" in page))
    for item in items:
        title = bare(f"{item['number']}.{item['title']}")
        assert title in bare(pages[item["page"]])  # the cover bears no number
        assert re.search(rf"{re.escape(title)}\.*{item['page']}(?!\d\d)", contents), title


@pytest.mark.parametrize("month", MONTHS)
def test_text_and_pdf_have_the_same_content(month: str) -> None:
    text = bare((SAMPLES / f"{month}.txt").read_text(encoding="utf-8"))
    for page in pdf_pages(month):
        for line in page.splitlines()[2:]:
            assert bare(line) in text or bare(line) in {"行业新闻", "交易资讯"}, line


@pytest.mark.parametrize("month", MONTHS)
def test_both_formats_split_into_the_items_of_the_source(month: str) -> None:
    expected = json.loads((FIXTURES / f"{month}.json").read_text(encoding="utf-8"))
    text, pdf = (split(read(SAMPLES / f"{month}.{suffix}")) for suffix in ("txt", "pdf"))
    for report in (text, pdf):
        assert report.id == month
        assert report.warnings == ()
        found = [
            {
                "section": item.section,
                "title": item.title,
                "issued": str(item.issued),
                "publisher": item.publisher,
                "link": item.link,
                "page": item.page,
                "commentary": any(part.said is Said.COMMENTARY for part in item.parts),
            }
            for item in report.items
        ]
        assert found == [{key: value for key, value in item.items() if key != "number"} for item in expected]
    assert [item.passage.text for item in text.items] == [item.passage.text for item in pdf.items]
