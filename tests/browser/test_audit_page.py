from __future__ import annotations

import io
import re
from dataclasses import replace
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from graphtrace.render.views.audit_view import audit_view
from graphtrace.render.writers.html_writer import render_html
from graphtrace.results.audit import Audit

from ..unit.render.answers import SHA256
from ..unit.render.reports import AUDIT, BIT, FIGURES, hostile_audit
from .conftest import Show, check_fit


@pytest.mark.slow
@pytest.mark.parametrize("audits", [[AUDIT], [AUDIT, hostile_audit("n" * 80)]], ids=["one", "two"])
def test_no_page_asks_the_network_or_is_wider_than_the_window(show: Show, audits: list[Audit]) -> None:
    check_fit(show, lambda lang: render_html(audit_view(audits), lang))


@pytest.mark.parametrize("has_script", [True, False])
def test_the_language_changes_with_and_without_script(show: Show, has_script: bool) -> None:
    page = show(render_html(audit_view([AUDIT]), "en"), java_script_enabled=has_script)
    assert "What became of the cards" in page.locator("main").inner_text()
    page.click("label[for=lang-zh]")
    told = page.locator("main").inner_text()
    assert "卡的去向" in told
    assert "What became of the cards" not in told
    assert "10,846" in told


def test_every_figure_is_on_paper(show: Show) -> None:
    page = show(render_html(audit_view([AUDIT]), "en"), color_scheme="dark")
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    assert [round(float(size)) for size in sheets[0].mediabox[2:]] == [595, 842]
    told = " ".join(sheet.extract_text() for sheet in sheets)
    assert set(FIGURES) - set(re.findall(r"\d[\d,]*", told)) == set()
    packed = normalize("NFKC", re.sub(r"\s", "", told))
    for text in ("91310115MA1K35XR7B", "A2024-0613", "stock.csv", SHA256):
        assert text in packed, text
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_bar_is_as_long_as_its_share(show: Show) -> None:
    page = show(render_html(audit_view([AUDIT]), "en"))
    bars = page.locator("table.bars").first.locator("rect:not(.whole)")
    lengths = [bars.nth(place).evaluate("bar => bar.width.baseVal.value") for place in range(bars.count())]
    shares = [cards / AUDIT.purchased for cards in AUDIT.buckets.values()]
    assert lengths == [pytest.approx(share * 100, abs=0.01) for share in shares]


def test_hostile_text_stays_text_wherever_it_stands(show: Show) -> None:
    page = show(render_html(replace(audit_view([hostile_audit("n"), hostile_audit("m")]), case=BIT, as_of=BIT), "en"))
    for lang in ("zh", "en"):
        page.click(f"label[for=lang-{lang}]")
    assert page.title() != "owned"
    assert page.locator("img").count() == 0
    told = page.locator("body").inner_text()
    for shown in ("</script><script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "<U+2028>", "<U+202E>", "␛[31m"):
        assert shown in told
    assert not set("\u2028\u202e\x1b") & set(told)
