from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from graphtrace.render.views.party_view import party_view
from graphtrace.render.writers.html_writer import render_html

from ..unit.render.reports import BIT
from ..unit.render.test_party import dealings
from .conftest import Show, check_fit


@pytest.mark.slow
@pytest.mark.parametrize("name", ["老K", "n" * 80, BIT])
def test_no_page_asks_the_network_or_is_wider_than_the_window(show: Show, name: str) -> None:
    titles = [page.title() for page in check_fit(show, lambda lang: render_html(party_view(dealings(name)), lang))]
    assert len(titles) > 1
    assert "owned" not in titles


def test_the_drawing_and_every_figure_are_on_paper_in_both_languages(show: Show) -> None:
    page = show(render_html(party_view(dealings("老K")), "en"))
    assert page.locator("figure svg").count() == 1
    for lang, heading in (("en", "Received from"), ("zh", "来自")):
        page.click(f"label[for=lang-{lang}]")
        sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
        told = " ".join(sheet.extract_text() for sheet in sheets)
        assert {"1,201", "402", "913"} <= set(re.findall(r"\d[\d,]*", told))
        assert heading in page.locator("main").inner_text()
