from __future__ import annotations

import re
from dataclasses import replace

import pytest

from graphtrace.model import Party
from graphtrace.render import Lang
from graphtrace.render.html.overview_page import DRAWN
from graphtrace.render.html.trace_page import CARDS, FULL_PARTIES, PASSAGES, shared_parties_page
from graphtrace.results.shared_parties import SharedParties

from ..answers import CONTINUOUS, SHA256, ZHAO
from ..reports import BIT, FIRST, SECOND, SHARED, hostile_shared, passage, seized, shared_party
from .test_audit_page import Words


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_figure_of_the_answer_stands_on_the_page(lang: Lang) -> None:
    told = Words(shared_parties_page(SHARED, lang), lang).text
    for figure in ("37", "0.07", "27", "9.01", "54.1", "914", "1.83", "50.0%", "1,000", "987", "<0.01"):
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", told), figure
    for text in (
        FIRST.key,
        "A2024-0613",
        "8986999",
        "采购.xlsx",
        "chat.csv",
        SHA256,
        *(one.party.name for one in SHARED.parties),
    ):
        assert text in told, text


def test_the_page_says_what_a_ranking_is_worth() -> None:
    told = Words(shared_parties_page(SHARED, "en"), "en").text
    for said in (
        "Small numbers prove little",
        "a smaller set may exist",
        "1 party handled 2 cards",
        "1 certain",
        "1 card without a case number",
        "Only one case number, or one card without one",
    ):
        assert said in told, said
    by_score = Words(shared_parties_page(replace(SHARED, by="score"), "en"), "en").text
    assert "Ranked by score" in by_score
    assert "Only one case number" not in by_score


def test_parties_come_in_the_order_of_the_answer_and_lead_to_their_evidence() -> None:
    page = shared_parties_page(SHARED, "en")
    for place, one in enumerate(SHARED.parties, 1):
        assert page.count(f'href="#e{place}"') == 1
        assert re.search(rf'<h3 id="e{place}">{place}\. {one.party.name} ', page)
    idents = re.findall(r' id="([^"]+)"', page)
    assert len(idents) == len(set(idents))
    assert set(re.findall(r'<a [^>]*href="#([^"]+)"', page)) - {""} <= set(idents)


def test_a_user_whom_no_chain_leads_to_is_ranked_though_not_drawn() -> None:
    card = seized(replace(CONTINUOUS, chains=()), FIRST.key)
    party = shared_party(ZHAO, 2, passage(card, ZHAO, "end_user"), of=1, cases=1)
    page = shared_parties_page(replace(SHARED, cards=(card,), parties=(party,), carriers=(), cover=()), "en")
    assert 'href="#u1"' in page
    assert "ring-data" not in page


def test_nothing_found_is_a_page_that_says_so() -> None:
    nothing = SharedParties(
        by="lift",
        cards=(),
        not_found=("8986999",),
        case_numbers=(),
        cards_without_case=0,
        case_cards=9,
        parties=(),
        carriers=(),
        cover=(),
        unexplained=(),
    )
    page = shared_parties_page(nothing, "en")
    assert "8986999" in Words(page, "en").text
    assert "ring-data" not in page


def test_the_same_answer_is_the_same_page_to_the_byte() -> None:
    assert shared_parties_page(SHARED, "zh", case="a") == shared_parties_page(SHARED, "zh", case="a")


def test_a_hostile_text_adds_no_element_wherever_it_stands() -> None:
    page = shared_parties_page(hostile_shared(), "en", case=BIT, as_of=BIT)
    plain = Words(shared_parties_page(SHARED, "en"), "en").elements
    assert Words(page, "en").elements.count("script") == plain.count("script")
    assert Words(page, "en").elements.count("img") == plain.count("img") == 1
    assert not set("\u2028\u202e\x1b") & set(page)


def test_evidence_and_cards_beyond_the_limit_are_held_back_and_said() -> None:
    parties = [Party(f"name:{n}", f"第{n}店") for n in range(FULL_PARTIES + DRAWN)]
    traced = [replace(FIRST, key=f"k{n}", iccid=f"k{n}") for n in range(CARDS + 2)]
    chains = [
        replace(FIRST.trace.chains[0], hops=tuple(replace(hop, sender=party) for hop in FIRST.trace.chains[0].hops))
        for party in parties
    ]
    cards = [
        replace(card, trace=replace(card.trace, chains=(chains[n % len(chains)],))) for n, card in enumerate(traced)
    ]
    ranked = (
        shared_party(parties[0], 9, *(passage(card, parties[0], "reseller") for card in cards)),
        *(shared_party(party, 9, passage(SECOND, party, "reseller")) for party in parties[1:]),
    )
    carriers = SHARED.carriers[:0]
    answer = replace(SHARED, cards=(*cards, SECOND), parties=ranked, carriers=carriers)
    page = shared_parties_page(answer, "en")
    told = Words(page, "en").text
    assert f"The first {FULL_PARTIES} parties follow" in told
    assert page.count("<h3 id=") == FULL_PARTIES
    assert f"{CARDS + 2 - PASSAGES} more rows : --json, -o FILE.xlsx" in told
    assert "3 more rows" in told
    assert f"{len(parties) - DRAWN} more rows" in told
