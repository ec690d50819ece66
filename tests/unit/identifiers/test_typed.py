from __future__ import annotations

import pytest

from graphtrace.identifiers.interpretations import is_number, repair_typed

UNICOM = "8986061234567890123"
MOBILE = "898604B81622D0045436"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8986O6l23456789OI23", UNICOM),
        ("８９８６０６１２３４５６７８９０１２３", UNICOM),
        ("8986 06-12", "8986 06-12"),
        ("lO0?*", "100?*"),
        ("lO0X", "lO0X"),  # no number
        ("张三Il", "张三Il"),
        (UNICOM + "O", UNICOM + "O"),  # a letter may be printed behind the number
        (f"8986O6{UNICOM[6:]}O", UNICOM + "O"),
        (f"8986O6{UNICOM[6:]}5", UNICOM + "5"),
        (f"{MOBILE[:-1]}O", f"{MOBILE[:-1]}0"),  # it is a digit of the number there
    ],
)
def test_letters_that_look_like_digits_are_digits(typed: str, meant: str) -> None:
    assert repair_typed(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "89860612",
        "8986*",
        "8986????",
        "12345678",
        "12345678?",
        "1234567X",
        "8.98606E+19",
        "AB123456",
        "89ABCDEF",
        MOBILE,
    ],
)
def test_what_may_be_a_number_or_a_part_of_one(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize("text", ["8986061", "1234567", "ABCD1234", "ABCD1234E", "ABCDE123", "张三12345678", ""])
def test_a_name_and_a_few_digits_are_no_number(text: str) -> None:
    assert not is_number(text)
