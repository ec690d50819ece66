"""Lists and ranges in one cell: what is written is read, nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.identifiers import luhn_digit, parse_iccid
from graphtrace.ingest.card_cells import (
    CardPart,
    cards_among_words,
    cards_in,
    complete_last,
    has_parts,
    last_of,
    split_cards,
)
from graphtrace.ingest.unread_events import cards_in_text

A, B, C = (body + luhn_digit(body) for body in (f"898606269900000{n:04}" for n in (1, 2, 3)))
MOBILE = "898604B9192690000017"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (f"{A}、{B}", [CardPart(A), CardPart(B)]),
        (f"{A},{B}；{MOBILE}", [CardPart(A), CardPart(B), CardPart(MOBILE)]),
        (f"{A}\n{B}\n", [CardPart(A), CardPart(B)]),
        (f"{A}-{C}", [CardPart(A, C)]),
        (f"{A} ~ {C}", [CardPart(A, C)]),
        (f"{A}至{C}", [CardPart(A, C)]),
        (f"{A}-{C[-4:]}", [CardPart(A, C)]),
        (f"{MOBILE}-33", [CardPart(MOBILE, "898604B9192690000033")]),
        (f"{A}-{B}、{MOBILE}", [CardPart(A, B), CardPart(MOBILE)]),
        (A, [CardPart(A)]),
        # dashes within one number are no range
        ("8986-0626-9900-0000-0015", [CardPart("8986-0626-9900-0000-0015")]),
        # what is no number stays what it is
        (f"{A}-黄", [CardPart(f"{A}-黄")]),
        (f"{A}、见附件", [CardPart(A), CardPart("见附件")]),
    ],
)
def test_a_cell_is_taken_apart_as_it_is_written(text: str, parts: list[CardPart]) -> None:
    assert split_cards(text) == parts


@pytest.mark.parametrize("text", [A, MOBILE, "8986-0626-9900-0000-0015", "", "8986"])
def test_a_plain_number_has_no_parts(text: str) -> None:
    assert not has_parts(text)


@pytest.mark.parametrize("ending", ["", "黄", A, "123456789012345678901"])
def test_an_ending_that_is_no_ending_completes_nothing(ending: str) -> None:
    assert complete_last(A, ending) is None


def test_an_ending_that_makes_no_card_completes_nothing() -> None:
    assert complete_last("89860626990000000015", "XYZ") is None


def test_first_and_quantity_give_the_last() -> None:
    first = parse_iccid(A)
    assert first is not None
    assert last_of(first, 3) == C[:19]
    assert last_of(first, 1) == A[:19]
    assert last_of(first, 0) is None
    assert last_of(first, 10**11) is None


def test_cards_are_counted_on_their_keys() -> None:
    assert cards_in(split_cards(f"{A}-{C}、{MOBILE}")) == 4
    assert cards_in(split_cards(f"{C}-{A}")) is None
    assert cards_in(split_cards(f"{A}、见附件")) is None


@given(st.lists(st.integers(1, 999), min_size=1, max_size=5), st.sampled_from("、,;，；\n"))
def test_every_card_of_a_list_is_in_it_once(numbers: list[int], divider: str) -> None:
    cards = [body + luhn_digit(body) for body in (f"8986062699000{n:06}" for n in numbers)]
    assert [part.first for part in split_cards(divider.join(cards))] == cards


def test_the_device_in_which_a_card_was_sent_says_nothing_else_of_it() -> None:
    sent = ("M5 89860624001200702335", "随身WiFi 89860624001200702335 IMEI 868557043302041")
    assert {cards_among_words(text) for text in sent} == {"89860624001200702335"}
    for text in ("M5 89860624001200702335 换回", "R2退 89860624001200702335", "M5 89860624001200702335 6.27退货已入库"):
        assert cards_among_words(text) == text


def test_where_a_seized_card_was_found_says_nothing_else_of_it() -> None:
    said = {
        text: cards_among_words(text)
        for text in ("插于GOIP第1槽，卡面ICCID：89860624001200702335", "卡面ICCID：89860624001200702335")
    }
    assert set(said.values()) == {"89860624001200702335"}
    assert (
        cards_among_words("插于GOIP卡槽，卡面ICCID：\n89860624001200702335\n89860624001200702343")
        == "89860624001200702335、89860624001200702343"
    )
    assert cards_among_words("已退，卡面ICCID：89860624001200702335") == "已退，卡面ICCID：89860624001200702335"


@pytest.mark.parametrize("said", ["卡面印有", "卡面标有：", "印刷卡号", "卡面喷码"])
def test_what_is_printed_on_a_card_is_its_number(said: str) -> None:
    assert cards_among_words(f"{said} 89860624001200702335") == "89860624001200702335"


@pytest.mark.parametrize("cut", ["…", "……", "...", "… "])
def test_a_last_number_whose_beginning_is_left_out_by_dots_ends_a_range(cut: str) -> None:
    first, last = "89860419248000124017", "89860419248000124207"
    text = f"连号，{first}至{cut}{last[-6:]}"
    assert cards_among_words(text) == f"{first}-{last}"
    assert [lot.end_keys for lot in cards_in_text(text)] == [(first, last)]
    assert split_cards(f"{first}-{cut}{last[-6:]}") == [CardPart(first, last)]
