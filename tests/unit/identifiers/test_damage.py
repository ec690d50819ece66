from __future__ import annotations

from decimal import ROUND_HALF_UP, Context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.identifiers import (
    damage_interval,
    fails_check_digit,
    has_zeroed_tail,
    is_damaged_column,
    is_damaged_range,
    is_scientific,
    luhn_digit,
)

CARD_NUMBERS = st.integers(8986_0000_0000_0000_000, 8986_9999_9999_9999_999) | st.integers(
    8986_0000_0000_0000_0000, 8986_9999_9999_9999_9999
)


def bounds(text: str) -> tuple[int, int]:
    interval = damage_interval(text)
    assert interval is not None
    return int(interval[0]), int(interval[1])


@pytest.mark.parametrize(
    "text",
    [
        "8.98606E+19",
        "8.98606e19",
        "8.98606e+19",
        " '8.98606E+19 ",
        '="8.98606E+19"',
        "８.９８６０６Ｅ＋１９",
        "9E+19",
        "1.06481E+12",
        "8.98E-5",
        "9E-05",
        "8.98606123456789E+019",
    ],
)
def test_scientific_notation_is_seen(text: str) -> None:
    assert is_scientific(text)


@pytest.mark.parametrize(
    "text",
    [
        "898607E0102250030751",
        "898607e0102250030751",
        "898607E0-1022-5003-0751",
        "898607E-0102250030751",
        "898606E19",
        "89860612345678900000",
        "8.98606",
        "E+19",
        "1.2.3E+4",
        "",
    ],
)
def test_hexadecimal_cards_and_plain_numbers_are_not_scientific(text: str) -> None:
    assert not is_scientific(text)


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("89860612345678900000", True),
        ("8986061234567890000", True),
        ("89860612345678900001", False),
        ("89860612345678910000", False),  # 20 digits need five zeros
        ("8986061234567891000", False),
        ("898606123456789000", False),  # 18 digits
        ("898600A2345678900000", False),
        ("898606123456789000000", False),
    ],
)
def test_a_suspect_ends_in_the_zeros_that_a_spreadsheet_leaves(number: str, answer: bool) -> None:
    assert has_zeroed_tail(number) is answer


def test_a_wrong_check_digit_convicts_a_unicom_or_telecom_suspect_of_twenty_digits() -> None:
    for issuer in ("898606", "898603"):
        bodies = [f"{issuer}{serial:09d}0000" for serial in range(30)]
        for body in bodies:
            assert fails_check_digit(body + "0") is (luhn_digit(body) != "0")
        assert any(luhn_digit(body) == "0" for body in bodies)


@pytest.mark.parametrize(
    "number",
    [
        "8986061234567890000",  # 19 digits: no check digit
        "89860012345678900000",  # China Mobile
        "89861512345678900000",  # Broadnet
        "89445012345678900000",
        "89860612345678901234",  # no suspect
    ],
)
def test_nothing_else_is_damaged_alone(number: str) -> None:
    assert not fails_check_digit(number)


@pytest.mark.parametrize(
    ("suspects", "filled", "answer"),
    [
        (1, 1, False),
        (1, 5, False),
        (2, 2, True),
        (2, 19, True),
        (2, 20, False),
        (3, 29, True),
        (3, 30, False),
        (0, 0, False),
    ],
)
def test_a_column_is_damaged_by_two_suspects_that_are_more_than_a_tenth(
    suspects: int, filled: int, answer: bool
) -> None:
    assert is_damaged_column(suspects, filled) is answer


def test_a_range_is_damaged_when_both_ends_are_suspect() -> None:
    suspect, sound = "89860012345678900000", "89860012345678901234"
    assert is_damaged_range(suspect, suspect)
    assert not is_damaged_range(suspect, sound)
    assert not is_damaged_range(sound, suspect)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("89860612345678900000", ("89860612345678900000", "89860612345678999999")),
        ("8986061234567890000", ("8986061234567890000", "8986061234567899999")),
        ("'8986 0612 3456 7890 0000", ("89860612345678900000", "89860612345678999999")),
        ("8.98606E+19", ("89860550000000000000", "89860649999999999999")),
        ("8.98606e19", ("89860550000000000000", "89860649999999999999")),
        ("8.99E+18", ("8985000000000000000", "8994999999999999999")),
        ("8.98606123456789E+19", ("89860612345678850000", "89860612345678999999")),
        ("1.06481E+12", ("1064805000000", "1064814999999")),
        ("4.60001234567890E+14", ("460001234567890", "460001234567890")),
        ("1E+19", ("10000000000000000000", "14999999999999999999")),
        ("9.9999E+19", ("99998500000000000000", "99999499999999999999")),
        ("9.99E+1", None),
        ("8.98E-19", None),
        ("0E+19", None),
        ("9.9999999999999999E19", ("99999999999999991808", "99999999999999999999")),  # no more digits than are shown
        ("8.98601E5", ("898601", "898601")),  # all digits are shown
        ("1E+308", None),
        ("8986061234567890123.0", ("8986061234567889409", "8986061234567890431")),
        ("123.5", None),
        ("inf", None),
        ("460001234567890", None),
        ("4600012345678901", None),  # 16 digits below 2^53 were stored exactly
        ("9007199254740993", ("9007199254740992", "9007199254740993")),
        ("898607E0102250030751", None),
    ],
)
def test_the_interval_holds_what_could_have_been_written_so(text: str, interval: tuple[str, str] | None) -> None:
    assert damage_interval(text) == interval


@given(CARD_NUMBERS, st.integers(1, 14))
def test_the_interval_of_a_displayed_number_holds_the_number(number: int, digits: int) -> None:
    cut = number // 10 ** (len(str(number)) - 15) * 10 ** (len(str(number)) - 15)
    shown = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(cut)
    least, greatest = bounds(f"{shown:.{digits - 1}E}")
    assert least <= number <= greatest


@given(CARD_NUMBERS)
def test_the_interval_of_a_stored_float_holds_the_number(number: int) -> None:
    for stored in (repr(float(number)), str(int(float(number))), f"{float(number):.0f}.0"):
        if has_zeroed_tail(stored.removesuffix(".0")):
            continue  # digits with so many zeros are a spreadsheet's, which cuts
        least, greatest = bounds(stored)
        assert least <= number <= greatest


@given(CARD_NUMBERS)
def test_the_interval_of_a_zeroed_number_that_was_stored_as_a_float_holds_the_number(number: int) -> None:
    kept = str(number)[:15]
    zeroed = float(kept.ljust(len(str(number)), "0"))
    for stored in (repr(zeroed), str(int(zeroed)), f"{kept[0]}.{kept[1:]}E+{len(str(number)) - 1}"):
        least, greatest = bounds(stored)
        assert least <= number <= greatest


@given(CARD_NUMBERS)
def test_the_interval_of_seventeen_digits_is_that_of_the_double(number: int) -> None:
    least, greatest = bounds(f"{float(number):.16e}")
    assert float(least) == float(number) == float(greatest)
    assert float(least - 1) < float(number) < float(greatest + 1)
