from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from graphtrace.model import Party
from graphtrace.render import Lang
from graphtrace.render.text_layout import render_plain
from graphtrace.render.views.party_view import party_view
from graphtrace.render.writers.html_writer import render_html
from graphtrace.render.writers.plain_report import render_markdown
from graphtrace.render.writers.sheet_writer import render_xlsx
from graphtrace.render.writers.terminal_writer import DocumentView
from graphtrace.results.flows import CardBounds, QuantityTotals
from graphtrace.results.party import CounterpartyFlow, PartySummary

from .answers import when
from .html.test_audit_page import Words
from .reports import BIT, SIGNS
from .test_markdown import HARMLESS, kinds_of


def flow(name: str, cards: int, *, by_number: int = 0) -> CounterpartyFlow:
    return CounterpartyFlow(
        party=Party(f"id:{name}", name),
        cards=cards,
        records=3,
        quantity_only=QuantityTotals(1 if by_number else 0, by_number),
        since=when("2024-03-01"),
        until=when("2024-04-02"),
        seized=7,
        bounds=CardBounds(cards, cards + by_number),
    )


def dealings(name: str) -> PartySummary:
    return PartySummary(
        party=Party(f"id:{name}", name),
        kind="dealer",
        received=(flow(f"{name}1", 1_201), flow(f"{name}2", 402, by_number=913)),
        passed_on=(),
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_figure_of_a_party_stands_in_every_format(lang: Lang) -> None:
    document = replace(party_view(dealings("老K")), case="a.gtrace", as_of="2024-12-31")
    sheets = openpyxl.load_workbook(io.BytesIO(render_xlsx(document, lang)))
    texts = {
        "terminal": render_plain(DocumentView(document, lang), 80),
        "page": Words(render_html(document, lang), lang).text,
        "markdown": render_markdown(document, lang),
        "sheets": " ".join(f"{cell.value:,}" if isinstance(cell.value, int) else str(cell.value)
                           for sheet in sheets for row in sheet for cell in row),
    }  # fmt: skip
    for name, text in texts.items():
        for figure in ("老K1", "1,201", "老K2", "402", "913", "2024-03-01"):
            assert figure in text or (name == "sheets" and figure.startswith("2024")), (name, figure)
    assert "2024-12-31" in texts["page"]
    assert "2024-12-31" in texts["markdown"]


def test_hostile_names_of_parties_stay_text() -> None:
    document = replace(party_view(dealings(BIT + SIGNS)), case=BIT, as_of=BIT)
    page = Words(render_html(document, "en"), "en")
    clean = Words(render_html(party_view(dealings("a")), "en"), "en")
    assert page.elements.count("script") == clean.elements.count("script")
    assert "img" not in page.elements
    assert kinds_of(render_markdown(document, "en")) <= HARMLESS
    for text in (render_html(document, "en"), render_plain(DocumentView(document, "en"), 80)):
        assert not set("\u2028\u202e\x1b") & set(text)


def test_rows_beyond_the_limit_are_counted_where_they_are_held_back() -> None:
    many = PartySummary(
        party=Party("name:a", "a"), kind=None, received=[flow(f"b{n}", 1) for n in range(23)], passed_on=[]
    )
    document = party_view(many)
    assert "3 more parties" in render_plain(DocumentView(document, "en"), 80)
    assert "more part" not in render_plain(DocumentView(document, "en", verbose=True), 80)
    assert render_markdown(document, "en").count("| b2") == 4
