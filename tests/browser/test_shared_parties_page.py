from __future__ import annotations

import io
import re
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from graphtrace.render.html.trace_page import shared_parties_page
from graphtrace.results.shared_parties import SharedParties

from ..unit.render.answers import SHA256
from ..unit.render.reports import BIT, FIRST, SHARED, hostile_shared
from .conftest import Show, check_fit


@pytest.mark.slow
@pytest.mark.parametrize("answer", [SHARED, hostile_shared()], ids=["plain", "hostile"])
def test_no_page_asks_the_network_or_is_wider_than_the_window(show: Show, answer: SharedParties) -> None:
    check_fit(show, lambda lang: shared_parties_page(answer, lang), most_lines=3 if answer is SHARED else None)


def test_a_party_that_is_clicked_in_the_drawing_shows_its_figures(show: Show) -> None:
    page = show(shared_parties_page(SHARED, "en"))
    stage = page.locator("#ring")
    stage.scroll_into_view_if_needed()
    place = stage.bounding_box()
    assert place is not None
    # both chains begin at one carrier, alone in the first of five columns
    page.mouse.click(place["x"] + place["width"] / 2 - 2 * 224, place["y"] + place["height"] / 2)
    detail = page.locator("#detail").inner_text()
    assert "中国联通" in detail
    assert "987" in detail
    page.keyboard.press("Escape")
    page.locator("table.ranking a[data-open]").first.click()
    detail = page.locator("#detail").inner_text()
    for told in (SHARED.parties[0].party.name, "9.01 to 54.1", "1 certain"):
        assert told in detail


def test_evidence_is_reached_from_the_ranking_and_leads_to_the_card(show: Show) -> None:
    page = show(shared_parties_page(SHARED, "en"), java_script_enabled=False)
    page.locator("a[href='#e1']").click()
    assert page.url.endswith("#e1")
    page.locator(".evidence a", has_text=FIRST.key).first.click()
    assert FIRST.trace.card is not None
    assert FIRST.trace.card.iccid in page.locator(f"#{page.url.partition('#')[2]}").inner_text()


def test_a_page_without_script_tells_the_same_but_for_the_drawing(show: Show) -> None:
    page = show(shared_parties_page(SHARED, "en"), java_script_enabled=False)
    assert not page.locator("#ring").is_visible()
    assert "27" in page.locator("table.ranking").first.inner_text()
    page.click("label[for=lang-zh]")
    assert "主体排名" in page.locator("main").inner_text()
    assert "Parties in their order" not in page.locator("main").inner_text()


def test_ranking_cover_and_evidence_are_on_paper(show: Show) -> None:
    page = show(shared_parties_page(SHARED, "en"), color_scheme="dark")
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    assert [round(float(size)) for size in sheets[0].mediabox[2:]] == [595, 842]
    told = normalize("NFKC", re.sub(r"\s", "", "".join(sheet.extract_text() for sheet in sheets)))
    for text in ("9.01to54.1", "914", "asmallersetmayexist", FIRST.key, "A2024-0613", "chat.csv", SHA256, "8986999"):
        assert text in told, text
    assert page.evaluate("document.getElementById('ring-picture').src.startsWith('data:image/png')")


def test_hostile_text_stays_text_wherever_it_stands(show: Show) -> None:
    page = show(shared_parties_page(hostile_shared(), "en", case=BIT, as_of=BIT))
    for link in page.locator("a[data-open] >> visible=true").all():
        link.click()
    for lang in ("zh", "en"):
        page.click(f"label[for=lang-{lang}]")
    assert page.title() != "owned"
    assert page.locator("img:not(#ring-picture)").count() == 0
    told = page.locator("body").inner_text()
    for shown in ("</script><script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "<U+2028>", "<U+202E>", "␛[31m"):
        assert shown in told
    assert not set("\u2028\u202e\x1b") & set(told)
