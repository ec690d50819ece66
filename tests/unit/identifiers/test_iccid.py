from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.identifiers import (
    Iccid,
    carrier_from_iccid,
    checksum_status,
    is_luhn_valid,
    luhn_digit,
    parse_iccid,
    with_check_digit,
)

UNICOM = "8986061234567890123"
TELECOM = "8986031234567890123"
BROADNET = "8986151234567890123"
MOBILE_CARDS = ["898604B81625D0045436", "898602A8221478DE0092", "898607E0102250030751"]


def read(text: str) -> Iccid:
    card = parse_iccid(text)
    assert card is not None
    return card


def said(text: str) -> dict[str, str]:
    assert all(hint.confidence == "medium" for hint in read(text).hints)
    return {hint.attribute: hint.value for hint in read(text).hints}


@pytest.mark.parametrize("number", MOBILE_CARDS)
def test_hexadecimal_china_mobile_numbers_are_complete_cards(number: str) -> None:
    card = read(number.lower())
    assert (card.text, card.key, card.complete, card.check_char) == (number, number, True, None)
    assert (card.carrier, card.checksum) == ("china-mobile", "n/a")


@pytest.mark.parametrize(
    ("prefix", "carrier"),
    [
        *[(prefix, "china-mobile") for prefix in ("898600", "898602", "898604", "898607", "898608")],
        *[(prefix, "china-unicom") for prefix in ("898601", "898606", "898609")],
        *[(prefix, "china-telecom") for prefix in ("898603", "898611")],
        ("898615", "china-broadnet"),
        ("898605", None),
        ("898610", None),
        ("894450", None),
        ("89860", None),
    ],
)
def test_the_issuer_says_the_carrier(prefix: str, carrier: str | None) -> None:
    assert carrier_from_iccid(prefix) == carrier
    assert carrier_from_iccid(prefix + "1234567890123") == (
        carrier if len(prefix) == 6 else carrier_from_iccid(prefix + "1")
    )


@pytest.mark.parametrize("body", [UNICOM, TELECOM, BROADNET])
def test_a_check_digit_absent_present_or_replaced_by_a_letter_names_the_same_card(body: str) -> None:
    right = luhn_digit(body)
    wrong = str((int(right) + 1) % 10)
    cards = [read(body), read(body + right), read(body + wrong), read(body + "W"), read(body + "y"), read(body + "B")]
    assert {card.key for card in cards} == {body}
    assert all(card.complete for card in cards)
    assert [card.check_char for card in cards] == [None, right, wrong, "W", "Y", "B"]
    assert [card.checksum for card in cards] == ["n/a", "ok", "bad", "n/a", "n/a", "n/a"]


def test_padding_is_no_vendor_letter() -> None:
    assert read(UNICOM + "F").check_char is None


@pytest.mark.parametrize(
    "text", ["898606123456789012A3", "898606123456789012A", "8986061234A6789", "8986031234567890123AB"]
)
def test_letters_in_the_body_of_a_unicom_or_telecom_number_make_it_no_card(text: str) -> None:
    assert parse_iccid(text) is None


def test_the_last_character_of_a_china_mobile_number_is_data() -> None:
    assert read("89860012345678901234").key != read("89860012345678901235").key
    assert read("8986001234567890123F").key == "8986001234567890123F"


def test_a_vendor_letter_is_read_only_where_the_issuer_has_a_check_digit() -> None:
    assert parse_iccid("8986001234567890123W") is None
    assert parse_iccid("8944500102198304826W") is None


@pytest.mark.parametrize(
    ("issuer", "least_complete"), [("898600", 20), ("898606", 19), ("898611", 19), ("898615", 19), ("894450", 18)]
)
def test_a_shorter_number_is_incomplete_and_a_much_shorter_or_longer_one_is_none(
    issuer: str, least_complete: int
) -> None:
    for size in range(6, 23):
        card = parse_iccid((issuer + "1234567890123456")[:size])
        if size < 8 or size > 20:
            assert card is None
        else:
            assert card is not None
            assert card.complete is (size >= least_complete)
            assert len(card.key) == (min(size, 19) if least_complete == 19 else size)


def test_an_incomplete_number_has_what_is_there_as_its_key() -> None:
    card = read("8986 0612 34")
    assert (card.key, card.complete, card.carrier, card.checksum) == ("8986061234", False, "china-unicom", "n/a")


@pytest.mark.parametrize(
    "text", ["", "89", "8886061234567890123", "1064812345678", "89G6061234567890123", "8.98606E+19", "八九八六"]
)
def test_anything_else_is_no_card(text: str) -> None:
    assert parse_iccid(text) is None


def test_digits_of_other_scripts_are_no_digits() -> None:
    assert parse_iccid("898606" + "٣" * 13) is None


@pytest.mark.parametrize(
    ("number", "checksum"),
    [
        ("8944500102198304826", "ok"),  # 19 digits of another issuer
        ("8944500102198304827", "bad"),
        ("894450010219830482", "n/a"),  # 18
        ("8944500102198304A26", "n/a"),
        ("89860012345678901234", "n/a"),
        (UNICOM, "n/a"),
        (BROADNET, "n/a"),
        ("8986011234", "n/a"),
    ],
)
def test_the_checksum_is_judged_only_where_there_is_one(number: str, checksum: str) -> None:
    assert checksum_status(number) == checksum


def test_the_layout_of_china_mobile_hints_at_year_province_and_vendor() -> None:
    assert said("898602A8221478DE0092") == {"year": "2014", "province": "四川", "vendor": "握奇"}
    assert said("898607E0102250030751") == {"year": "2022", "province": "江苏", "vendor": "大唐"}
    assert said("898604B81625D0045436") == {"year": "2025", "province": "河南"}


@pytest.mark.parametrize(
    "number", ["89860012003250030751", "8986001232325003", "898600120A2250030751", "898600121099500307"]
)
def test_a_china_mobile_number_that_does_not_fit_the_layout_hints_at_nothing(number: str) -> None:
    assert said(number) == {}


def test_hints_end_with_the_last_province_and_year() -> None:
    def told(province: str, year: str) -> list[str]:
        card = parse_iccid(f"898604B8{province}{year}D0045436")
        assert card is not None
        return [hint.value for hint in card.hints]

    assert [told(province, "22")[1:] for province in ("00", "01", "31", "32")] == [[], ["北京"], ["重庆"], []]
    assert [told("16", year)[:1] for year in ("40", "41")] == [["2040"], []]


def test_the_beginning_of_a_number_hints_at_what_it_holds() -> None:
    assert said("898600121019") == {"year": "2019", "province": "江苏"}
    assert said("89860012101") == {}


def test_unicom_and_telecom_hint_only_at_the_year() -> None:
    assert said("8986061912345678901") == {"year": "2019"}
    assert said("8986111912345678901W") == {"year": "2019"}
    assert said("8986069912345678901") == {}
    assert said("8986151912345678901") == {}
    assert said("8944191234567890123") == {}


def test_the_luhn_digit_of_a_known_number_is_right() -> None:
    assert luhn_digit("7992739871") == "3"
    assert is_luhn_valid("79927398713")
    assert not is_luhn_valid("79927398710")


@given(
    st.sampled_from(["898601", "898606", "898609", "898603", "898611", "898615"]),
    st.text("0123456789", min_size=13, max_size=13),
)
def test_a_completed_key_has_a_right_checksum_and_the_same_key(issuer: str, rest: str) -> None:
    number = with_check_digit(issuer + rest)
    assert len(number) == 20
    assert checksum_status(number) == "ok"
    assert read(number).key == issuer + rest


@given(st.sampled_from(["898600", "898602", "894450"]), st.text("0123456789ABCDEF", min_size=14, max_size=14))
def test_other_keys_are_complete_as_they_are(issuer: str, rest: str) -> None:
    assert with_check_digit(issuer + rest) == issuer + rest


@given(st.text("0123456789", min_size=1, max_size=20))
def test_one_changed_digit_is_always_noticed(body: str) -> None:
    number = body + luhn_digit(body)
    assert is_luhn_valid(number)
    changed = str((int(number[0]) + 1) % 10) + number[1:]
    assert not is_luhn_valid(changed)
