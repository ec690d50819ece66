from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graphtrace.identifiers import KeyRange, Pattern, join_key, luhn_digit, parse_pattern, split_key

MOBILE = "898604B81622D0045436"
UNICOM = "8986061234567890123"
DIGIT = luhn_digit(UNICOM)
OTHER_DIGIT = str((int(DIGIT) + 1) % 10)


def read(text: str) -> Pattern:
    pattern = parse_pattern(text)
    assert pattern is not None
    return pattern


def test_a_question_mark_is_one_character_and_a_star_any_run() -> None:
    assert read("898604??1622D0045436").matches(MOBILE)
    assert read("8986*045436").matches(MOBILE)
    assert read("*1622D0045436").matches(MOBILE)
    assert read("898604B81622*").matches(MOBILE)
    assert read("898604B81622D0045436*").matches(MOBILE)
    assert not read("898604?1622D0045436*").matches(MOBILE)
    assert not read("898604??1623D0045436").matches(MOBILE)
    assert not read("8986*045437").matches(MOBILE)


@pytest.mark.parametrize(
    "text", ["898604？？1622D0045436", "８９８６０４??1622-d004 5436", "'898604??1622\u200bD0045436"]
)
def test_known_characters_are_normalised_and_wildcards_stay(text: str) -> None:
    assert read(text).text == "898604??1622D0045436"
    assert read("8986＊＊045436").text == "8986*045436"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "8986*045",  # seven known
        "898604?",
        "1064*12345678",
        "88*12345678",
        "8986G4*12345678",
        "8986041234567890123W*",
        "898604??1622D00454361",  # 21 characters
        "89860412345678901234?*",
        "8.98606E+19",
        "星海*智联科技有限公司",
        UNICOM,
        MOBILE,
        UNICOM + DIGIT,
        "1064812345678",
    ],
)
def test_complete_numbers_and_what_is_no_part_of_one_are_no_pattern(text: str) -> None:
    assert parse_pattern(text) is None


def test_an_incomplete_number_is_the_beginning_of_one() -> None:
    assert read("8986 0612 34").text == "8986061234*"
    assert read("898604??1622").text == "898604??1622*"
    assert read("89860612345678901??").text == "89860612345678901??"
    assert read("8986001234567890??").text == "8986001234567890??*"
    assert read("8986061234").matches(UNICOM)
    assert not read("8986061235").matches(UNICOM)
    assert parse_pattern("8986061") is None


def test_a_computed_check_digit_in_the_pattern_narrows_the_set() -> None:
    assert read(f"8986061234567890???{DIGIT}").matches(UNICOM)
    assert not read(f"8986061234567890???{OTHER_DIGIT}").matches(UNICOM)


def test_a_check_digit_as_some_record_writes_it_fits_too() -> None:
    pattern = read(f"8986061234567890???{OTHER_DIGIT}")
    assert pattern.matches(UNICOM, OTHER_DIGIT)
    assert pattern.matches(UNICOM, ["W", OTHER_DIGIT])
    assert not pattern.matches(UNICOM, "W")
    assert read("8986061234567890???W").matches(UNICOM, "W")
    assert not read("8986061234567890???W").matches(UNICOM)


def test_a_pattern_of_nineteen_characters_fits_the_key_without_a_check_digit() -> None:
    assert read("898606123456789??23").matches(UNICOM)
    assert read("8986*4567890123").matches(UNICOM)


def test_china_mobile_and_unknown_issuers_have_no_check_digit_to_fit() -> None:
    key = "8986001234567890123"
    assert not read("8986001234567890??3?").matches(key)
    assert not read("8944500102198304???").matches("894450010219830482")


def test_the_prefix_never_hides_a_card_that_fits() -> None:
    assert read("898604??1622D0045436").prefix == "898604"
    assert read("*1622D0045436").prefix == ""
    assert read(UNICOM + "?").prefix == UNICOM
    assert read(UNICOM + DIGIT + "*").prefix == UNICOM
    assert read(MOBILE + "*").prefix == MOBILE


KEYS = st.sampled_from(["898606", "898600", "894450"]).flatmap(
    lambda issuer: st.text("01", min_size=13, max_size=13 if issuer == "898606" else 14).map(lambda rest: issuer + rest)
)


@st.composite
def keys_and_patterns(draw: st.DrawFn) -> tuple[str, str, Pattern]:
    """A card, a 20th character, and a pattern made of a writing of it, parts hidden, at times a character changed."""
    key = draw(KEYS)
    check_char = draw(st.sampled_from("01W"))
    text = draw(st.sampled_from([key, key + luhn_digit(key[:19]), key + check_char]))[:20]
    start = draw(st.integers(0, len(text) - 1))
    stop = draw(st.integers(start, len(text)))
    hidden = draw(st.sampled_from(["*", "?" * (stop - start), "?*"]))
    text = text[:start] + hidden + text[stop:]
    place = draw(st.integers(0, len(text) - 1))
    if text[place] not in "?*":
        text = text[:place] + draw(st.sampled_from("01?" + text[place])) + text[place + 1 :]
    pattern = parse_pattern(text)
    return key, check_char, pattern or read("89*" + key[-8:])


@given(keys_and_patterns())
def test_narrowing_lets_every_card_through_that_fits(case: tuple[str, str, Pattern]) -> None:
    key, check_char, pattern = case
    assume(pattern.matches(key, check_char))
    assert key.startswith(pattern.prefix)
    assert re.search(pattern.key_regex, key)


@given(keys_and_patterns(), st.integers(0, 250), st.integers(0, 250))
def test_the_runs_in_a_range_hold_exactly_the_cards_that_fit(
    case: tuple[str, str, Pattern], before: int, after: int
) -> None:
    key, _, pattern = case
    head, size, number = split_key(key)
    lot = KeyRange(head, size, max(0, number - before), min(number + after, 10 ** (size - len(head)) - 1))
    runs = list(pattern.runs_in(lot))
    found = [number for run in runs for number in range(run.first, run.last + 1)]
    wanted = [n for n in range(lot.first, lot.last + 1) if pattern.matches(join_key(head, size, n))]
    assert found == wanted
    assert all((run.head, run.size) == (head, size) for run in runs)


def test_an_open_end_gives_one_run_however_large_the_range_is() -> None:
    lot = KeyRange("89860612", 19, 5, 99_999_999_995)
    assert list(read("89860612*").runs_in(lot)) == [lot]
    assert list(read("898606123*").runs_in(lot)) == [KeyRange("89860612", 19, 30_000_000_000, 39_999_999_999)]
    assert list(read("89860612????????????").runs_in(lot)) == [lot]


def test_a_check_digit_in_the_pattern_narrows_the_runs() -> None:
    lot = KeyRange("89860612", 19, 34_567_890_120, 34_567_890_129)
    assert list(read(f"898606123456789012?{DIGIT}").runs_in(lot)) == [
        KeyRange("89860612", 19, 34_567_890_123, 34_567_890_123)
    ]


def test_a_range_of_longer_or_shorter_numbers_has_no_runs() -> None:
    pattern = read("8944500102198304??")
    assert list(pattern.runs_in(KeyRange("8944500", 18, 10_219_830_400, 10_219_830_499))) == [
        KeyRange("8944500", 18, 10_219_830_400, 10_219_830_499)
    ]
    assert list(pattern.runs_in(KeyRange("894450010", 20, 0, 99_999_999_999))) == []
    assert list(pattern.runs_in(KeyRange("894450", 17, 0, 99_999_999_999))) == []


def test_a_range_of_another_head_has_no_runs() -> None:
    lot = KeyRange("89860612", 19, 0, 99_999_999_999)
    assert list(read("898606A3*").runs_in(lot)) == []
    assert list(read("898606124567890123??").runs_in(KeyRange("898604B81622D", 20, 0, 9_999_999))) == []
