from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.identifiers import (
    Iccid,
    InvalidRange,
    KeyRange,
    join_key,
    luhn_digit,
    parse_iccid,
    parse_range,
    split_key,
)


def read(text: str) -> Iccid:
    card = parse_iccid(text)
    assert card is not None
    return card


def between(first: str, last: str) -> KeyRange:
    return parse_range(read(first), read(last))


def fault(first: str, last: str) -> str:
    with pytest.raises(InvalidRange) as raised:
        between(first, last)
    return raised.value.reason


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("8986061234567890123", ("89860612", 19, 34567890123)),
        ("89860012345678901234", ("898600123", 20, 45678901234)),
        ("894450010219830482", ("8944500", 18, 10219830482)),
        ("898604B81625D0045436", ("898604B81625D", 20, 45436)),
        ("898602A8221478DE0092", ("898602A8221478DE", 20, 92)),
        ("898607E0102250030751", ("898607E01", 20, 2250030751)),
        ("8986001234567890123F", ("8986001234567890123F", 20, 0)),
    ],
)
def test_a_key_is_head_size_and_number(key: str, parts: tuple[str, int, int]) -> None:
    assert split_key(key) == parts
    assert join_key(*parts) == key


@given(st.text("0123456789ABCDEF", min_size=6, max_size=18))
def test_joining_what_was_split_gives_the_key_back(rest: str) -> None:
    key = "89" + rest
    head, size, number = split_key(key)
    assert join_key(head, size, number) == key
    assert size - len(head) <= 11
    assert key in KeyRange(head, size, number, number)


def test_check_digits_do_not_change_a_range() -> None:
    first, last = "8986061234567890100", "8986061234567890199"
    bare = between(first, last)
    assert bare == KeyRange("89860612", 19, 34567890100, 34567890199)
    assert len(bare) == 100
    assert between(first + luhn_digit(first), last + "W") == bare
    assert between(first, last + luhn_digit(last)) == bare


def test_numbers_abroad_have_check_digits_in_both_ends_or_in_neither() -> None:
    first, last = "894450010219830482", "894450010219830489"
    without = KeyRange("8944500", 18, 10219830482, 10219830489)
    assert between(first, last) == without
    assert between(first + luhn_digit(first), last + luhn_digit(last)) == without
    # one of two numbers of a size ends in what could be its check digit by chance
    other = last + str((int(luhn_digit(last)) + 1) % 10)
    as_written = KeyRange("89445001", 19, int(first[8:] + luhn_digit(first)), int(other[8:]))
    assert between(first + luhn_digit(first), other) == as_written


def test_both_ends_are_inside_and_their_neighbours_are_not() -> None:
    lot = between("898604B81625D0045436", "898604B81625D0045439")
    assert "898604B81625D0045436" in lot
    assert "898604B81625D0045439" in lot
    assert "898604B81625D0045435" not in lot
    assert "898604B81625D0045440" not in lot


def test_a_card_with_a_letter_in_the_running_part_is_not_inside_a_decimal_range() -> None:
    lot = between("89860012345678900000", "89860012345678909999")
    assert "898600123456789000A1" not in lot
    assert "89860012345678900001" in lot


def test_a_range_of_one_card_is_a_range() -> None:
    assert len(between("8986061234567890123", "89860612345678901235")) == 1
    assert len(between("8986001234567890123F", "8986001234567890123F")) == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("8986061234567890123", "8986061334567890123"),  # head
        ("898604B81625D0045436", "898604B81625E0045436"),  # letter
        ("89860012345678900000", "898600123456789000A0"),  # a letter in the running part of one
        ("898600123456789A0000", "898600123456789B0000"),
        ("894450010219830482", "8944500102198304829"),  # size
        ("8986061234567890123", "8986031234567890123"),  # issuer
    ],
)
def test_ends_that_share_no_head_are_no_range(first: str, last: str) -> None:
    assert fault(first, last) == "range_heads_differ"
    assert fault(last, first) == "range_heads_differ"


def test_a_range_that_runs_downwards_is_reversed() -> None:
    assert fault("8986061234567890124", "8986061234567890123") == "range_reversed"


def test_a_range_cannot_be_built_wrong() -> None:
    with pytest.raises(ValueError, match="upwards"):
        KeyRange("89860612", 19, 5, 4)
    with pytest.raises(ValueError, match="digits"):
        KeyRange("89860612", 19, 0, 10**11)
