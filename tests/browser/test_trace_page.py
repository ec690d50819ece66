from __future__ import annotations

import io
import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest

from graphtrace.model import Activation, Hint, Lead, Origin, Outcome, Party, Seizure
from graphtrace.render.html.trace_page import FULL, trace_page
from graphtrace.render.provenance import answered_at
from graphtrace.results.case_status import CaseHead, CaseState
from graphtrace.results.trace import Card, Trace

from ..unit.render.answers import (
    AMBIGUOUS,
    BROKEN,
    CARD,
    CONTINUOUS,
    HEADLESS,
    SHA256,
    SHOP,
    UNICOM,
    WHOLE,
    XINGHAI,
    ZHAO,
    chain,
    finding,
    found,
    hop,
    named,
    not_found,
    origin,
    when,
)
from .conftest import Show, Trap, check_fit

if TYPE_CHECKING:
    from playwright.sync_api import Page

MANY = [CONTINUOUS, BROKEN, AMBIGUOUS, not_found()]
QUIRKS = {
    "continuous": [CONTINUOUS],
    "broken": [BROKEN],
    "ambiguous": [AMBIGUOUS],
    "headless": [found(HEADLESS)],
    "not found": [not_found()],
    "only seen": [replace(found(), seizures=CONTINUOUS.seizures, activations=CONTINUOUS.activations, end_user=ZHAO)],
    "many": MANY,
    "none found": [not_found("1"), not_found("2")],
}
PARTIES = [Party(f"name:{n}", f"第{n}通信器材经营部") for n in range(40)]
BIT = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>{{7*7}}{%x%}\u2028\u202eab\x1b[31m"


def text_of(page: Page, selector: str = "main") -> str:
    return page.locator(selector).first.inner_text()


def focused(page: Page) -> Any:
    return page.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.id")


@pytest.mark.slow
@pytest.mark.parametrize("quirk", QUIRKS)
def test_no_page_asks_the_network_or_is_wider_than_the_window(show: Show, quirk: str) -> None:
    check_fit(show, lambda lang: trace_page(QUIRKS[quirk], lang), most_lines=3)


def test_a_step_that_is_clicked_shows_its_precision_and_its_source(show: Show) -> None:
    page = show(trace_page([CONTINUOUS], "en"))
    assert not page.locator("#detail").is_visible()
    page.locator("a.gt-step").first.click()
    detail = text_of(page, "#detail")
    for told in ("Step 1", "2024-03-01", "in a range", "采购.xlsx", "row 12", "sheet 明细", "record No-12", SHA256):
        assert told in detail
    page.locator("a.gt-step").nth(2).click()
    assert "chat.csv" in text_of(page, "#detail")
    page.click("#detail-close")
    assert not page.locator("#detail").is_visible()


def test_a_party_that_is_clicked_shows_who_it_is(show: Show) -> None:
    page = show(trace_page([CONTINUOUS], "zh"))
    page.locator("a.gt-party").nth(1).click()
    detail = text_of(page, "#detail")
    assert "星海智联科技有限公司" in detail
    assert "91310115MA1K35XR7B" in detail
    assert "开户单位" in detail


def test_the_language_changes_without_loading_the_page_again(show: Show) -> None:
    page = show(trace_page([CONTINUOUS], "en"))
    page.evaluate("window.stays = true")
    page.locator("a.gt-step").first.click()
    assert "DOCUMENTED WITHOUT A GAP" in text_of(page)
    page.click("label[for=lang-zh]")
    assert "流转记录连贯" in text_of(page)
    assert "DOCUMENTED WITHOUT A GAP" not in text_of(page)
    assert "第1环节" in text_of(page, "#detail")
    assert "按号段" in text_of(page, ".drawing")
    assert page.evaluate("[document.documentElement.lang, window.stays]") == ["zh", True]
    page.click("label[for=lang-en]")
    assert "DOCUMENTED WITHOUT A GAP" in text_of(page)


def test_colours_follow_the_system_until_they_are_chosen(show: Show) -> None:
    def paper(page: Page) -> Any:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page = show(trace_page([CONTINUOUS], "en"), color_scheme="dark")
    dark = paper(page)
    page.click("label[for=theme-light]")
    light = paper(page)
    assert dark != light == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="light")
    page.click("label[for=theme-dark]")
    assert paper(page) == dark
    page.click("label[for=theme-auto]")
    assert paper(page) == light


def test_a_page_is_read_with_the_keyboard_alone(show: Show) -> None:
    page = show(trace_page([CONTINUOUS], "en"))
    for _ in range(12):
        page.keyboard.press("Tab")
        if "p1" in str(focused(page)):
            break
    steps = [focused(page)]
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        steps.append(focused(page))
    assert len(set(steps)) == 3
    page.keyboard.press("Enter")
    assert focused(page) == "detail"
    first = text_of(page, "#detail")
    page.keyboard.press("ArrowRight")
    assert text_of(page, "#detail") != first
    page.keyboard.press("ArrowLeft")
    assert text_of(page, "#detail") == first
    page.keyboard.press("Escape")
    assert not page.locator("#detail").is_visible()
    assert focused(page) == steps[-1]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('table') !== null")


def test_the_switches_are_reached_and_turned_with_the_keyboard(show: Show) -> None:
    page = show(trace_page([CONTINUOUS], "en"))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert "流转记录连贯" in text_of(page)


def test_each_sheet_of_paper_bears_case_unit_card_day_and_page(show: Show) -> None:
    from pypdf import PdfReader

    head = CaseHead(number="A2024-017", unit="某市公安局网安支队")
    with answered_at(CaseState("0" * 64, case_head=head, day="2024-07-01")):
        page = show(trace_page([CONTINUOUS], "zh"))
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, 1):
        told = normalize("NFKC", re.sub(r"\s", "", sheet.extract_text()))
        for text in ("A2024-017", "某市公安局网安支队", CONTINUOUS.card.iccid, "2024-07-01", f"{number}/{len(sheets)}"):
            assert normalize("NFKC", text) in told, (number, text)


def test_all_that_is_told_is_on_paper(show: Show) -> None:
    from pypdf import PdfReader

    page = show(trace_page([CONTINUOUS], "en"), color_scheme="dark")
    page.locator("a.gt-step").first.click()
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    assert [round(float(size)) for size in sheets[0].mediabox[2:]] == [595, 842]
    told = normalize("NFKC", re.sub(r"\s", "", "".join(sheet.extract_text() for sheet in sheets)))
    parties = [XINGHAI, SHOP, ZHAO, UNICOM]
    for text in (SHA256, "861234567890123", "A2024-0613", "chat.csv", *(party.name[:6] for party in parties)):
        assert normalize("NFKC", text) in told, text
    assert "Step1" not in told
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#detail").is_visible()
    assert not page.locator(".switches").is_visible()


def test_no_word_of_a_name_is_parted_on_paper(show: Show) -> None:
    names = ["Pranaya Fleet Telematics Pvt Ltd", "Sree Murugan Mobiles, Tiruppur", "Dakshin Cellular Limited"]
    parties = [Party(f"name:{name}", name) for name in names]
    place = Origin("KaveriTelelinks_Registers_Apr-Jul25.xlsx Purchase Register row 10.txt", SHA256, None, 1, None)
    hops = [hop(n, *pair, f"2025-0{n}-02", origins=(place,)) for n, pair in enumerate(itertools.pairwise(parties), 1)]
    page = show(trace_page([found(chain(*hops))], "en"))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 950})  # a sheet of A4 without its margins
    parted = page.evaluate(
        """() => [...document.querySelectorAll(".steps tbody td.words")].flatMap(cell => {
          const text = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
          for (let node; node = text.nextNode();) for (const word of node.data.matchAll(/\\S+/g)) {
            const range = document.createRange();
            range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) found.push(word[0]);
          }
          return found;
        })"""
    )
    assert parted == []
    assert page.locator(".steps tbody td.words").count() == 2 * len(hops)


def test_a_long_chain_is_drawn_in_bands_on_paper(show: Show) -> None:
    hands = [UNICOM, *PARTIES[:8]]
    steps = [hop(n, *pair, f"2024-0{n}-01") for n, pair in enumerate(itertools.pairwise(hands), 1)]
    page = show(trace_page([found(chain(*steps))], "en"))
    assert page.locator("svg.gt-figure >> visible=true").count() == 1
    wide = page.locator(".on-screen svg").bounding_box()
    page.emulate_media(media="print")
    assert not page.locator(".on-screen svg").is_visible()
    narrow = page.locator(".on-paper svg").bounding_box()
    assert wide is not None
    assert narrow is not None
    assert narrow["width"] < wide["width"]
    assert narrow["height"] > wide["height"]


def test_a_page_without_script_tells_and_draws_the_same(show: Show) -> None:
    told = text_of(show(trace_page([BROKEN], "en"))).splitlines()
    page = show(trace_page([BROKEN], "en"), java_script_enabled=False)
    assert page.locator("svg.gt-figure").is_visible()
    assert [line for line in told if line not in text_of(page).splitlines()] == [
        "Select a step or a name for its details; arrow keys move on, Esc closes."
    ]
    page.click("label[for=lang-zh]")
    assert "链条中断" in text_of(page)
    page.locator("a.gt-step").first.click()
    assert page.url.endswith("#c1h1-1")


def hostile_trace(mark: str) -> Trace:
    bad = mark + BIT
    party = Party(f"name:{bad}", bad)
    other = Party(f"id:{bad}", bad + "2")
    at = Origin(bad, SHA256, bad, 3, bad)
    steps = chain(
        hop(1, UNICOM, party, "2024-03-01", origins=(at,)),
        hop(2, party, other, "2024-03-02", channel=bad, origins=(at,)),
    )
    event = Activation(
        when=when("2024-04-01"), origins=(at,), imei=bad, msisdn=bad, imsi=bad, user=other, province=bad, city=bad
    )
    return Trace(
        input=bad,
        found=True,
        matched_as="partial",
        card=replace(
            CARD, iccid=bad, msisdn=(bad,), imsi=(bad,), hints=(Hint(attribute=bad, value=bad, confidence="low"),)
        ),
        outcome=Outcome.CONTINUOUS,
        registrant=party,
        holder=other,
        end_user=other,
        chains=(steps,),
        activations=(event,),
        seizures=(Seizure(when=None, case_no=bad, place=bad, holder=bad, origins=(at,)),),
        findings=(finding("ambiguous_party", "warning", name=bad, parties=2), finding(bad, "info", note=bad)),
        leads=(Lead(ask=other, record_type="transfer_record", because="custody_gap", since=bad, until=bad),),
    )


@pytest.mark.parametrize("cards", [1, 2])
def test_hostile_text_stays_text_wherever_it_stands(show: Show, cards: int) -> None:
    page = show(trace_page([hostile_trace(f"n{n}") for n in range(cards)], "en", case=BIT, as_of=BIT))
    scripts = page.locator("script").count()
    for link in page.locator("a[data-open] >> visible=true").all() + page.locator("a.gt-party, a.gt-mark").all():
        link.click()
    for lang in ("zh", "en"):
        page.click(f"label[for=lang-{lang}]")
    if cards > 1:
        page.click("#ring-fit")
    assert page.title() != "owned"
    assert page.locator("script").count() == scripts
    assert page.locator("img:not(#ring-picture)").count() == 0
    told = page.locator("body").inner_text()
    for shown in ("</script><script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "<U+2028>", "<U+202E>", "␛[31m"):
        assert shown in told
    assert "49" not in told
    assert not set("\u2028\u202e\x1b") & set(told)


def test_the_policy_of_a_page_stops_what_might_get_in(show: Show, trap: Trap) -> None:
    page = show(trace_page([CONTINUOUS], "en"))
    answered: list[str] = []
    page.on("response", lambda response: answered.append(response.url))
    page.evaluate(
        """() => {
            const program = document.createElement('script');
            program.textContent = 'window.entered = true';
            const picture = document.createElement('img');
            picture.src = 'https://example.org/a.png';
            document.body.append(program, picture);
            return fetch('https://example.org/').catch(() => null);
        }"""
    )
    assert page.evaluate("window.entered") is None
    assert answered == []
    assert sum("Content Security Policy" in told for told in trap.caught) >= 3
    trap.caught.clear()


def test_several_cards_stand_in_a_list_and_their_common_hands_are_drawn(show: Show) -> None:
    page = show(trace_page(MANY, "en"))
    assert page.locator("#list li >> visible=true").count() == 4
    page.fill("#find", "8986999")
    assert page.locator("#list li >> visible=true").count() == 1
    page.fill("#find", "")
    page.locator("#list a").nth(1).click()
    assert page.url.endswith("#c2")
    page.locator("#list a[aria-current]").wait_for()
    assert page.locator("#list a[aria-current]").count() == 1
    stage = page.locator("#ring")
    stage.scroll_into_view_if_needed()
    place = stage.bounding_box()
    assert place is not None
    # all chains begin at one carrier, which stands alone in the first column
    page.mouse.click(place["x"] + 50, place["y"] + place["height"] / 2)
    assert "中国联通" in text_of(page, "#detail")
    page.keyboard.press("Escape")
    page.locator("a[data-open][href='#m1']").click()
    assert page.locator("#detail").is_visible()
    page.click("label[for=theme-dark]")
    page.pdf()
    assert page.evaluate("document.getElementById('ring-picture').src.startsWith('data:image/png')")


def large_case() -> list[Trace]:
    traces = []
    for n in range(1_000):
        hands = [
            UNICOM,
            XINGHAI,
            PARTIES[n % 7],
            PARTIES[7 + n % 11],
            Party(f"name:a{n}", f"张{n}"),
            Party(f"b{n}", ""),
        ]
        steps = [
            hop(place, *pair, f"2024-0{place}-01", origins=(origin(n + 2, f"{place}.csv"),))
            for place, pair in enumerate(itertools.pairwise(hands), 1)
        ]
        number = f"8986061900{n:09d}"
        card = Card(iccid=number, key=number, checksum="n/a", carrier="china-unicom")
        traces.append(replace(found(chain(*steps)), input=number, card=card))
    return traces


@pytest.mark.slow
def test_a_case_of_five_thousand_edges_stays_usable_and_says_what_it_holds_back(show: Show) -> None:
    traces = large_case()
    page = show(trace_page(traces, "en"))
    assert f"The first {FULL} cards of the list follow in full. 900 cards are listed in short at the end" in text_of(
        page
    )
    assert page.locator("article.one").count() == FULL
    assert page.locator("#list li").count() == 1_000
    assert text_of(page, "#ring-drawn") == "24"
    parties = 2 + 18 + 2_000
    assert f"of {parties:,} parties." in text_of(page)
    page.click("#ring-more")
    assert text_of(page, "#ring-drawn") == "48"
    page.locator("#list a").last.click()
    assert page.locator("#c1000").is_visible()
    assert "张999" not in text_of(page, "#c1")


def test_who_is_named_in_a_finding_is_named_in_the_page(show: Show) -> None:
    page = show(trace_page([BROKEN], "en"))
    assert named(SHOP)["name"] in text_of(page, ".findings")
    assert WHOLE.hops[0].receiver.name in text_of(page, ".key")
