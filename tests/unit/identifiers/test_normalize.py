from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.identifiers import normalize_number, normalize_party_id, parse_iccid, parse_msisdn, strip_noise


def swapped(number: str) -> str:
    """The bytes of EF_ICCID that hold ``number``, as a reader of raw memory prints them."""
    padded = number.ljust(20, "F")
    return "".join(padded[place ^ 1] for place in range(20))


@pytest.mark.parametrize(
    "written",
    [
        "898604b81625d0045436",
        " 8986 04B8 1625 D004 5436\t",
        "898604-B81625-D004-5436",
        "898604—B81625–D004‐5436",
        "'898604B81625D0045436",
        "`898604B81625D0045436",
        "’898604B81625D0045436",
        "＇898604B81625D0045436",
        '="898604B81625D0045436"',
        "＝＂898604B81625D0045436＂",
        '\'="898604B81625D0045436"',
        '="\'898604B81625D0045436"',
        "８９８６０４Ｂ８１６２５Ｄ００４５４３６",
        "８９８６０４ｂ８１６２５ｄ００４５４３６",
        "\ufeff898604B8\u200b1625D0045436\u200f",
        "898604B81625\u3000D004\u00a05436\n",
    ],
)
def test_every_way_of_writing_a_number_becomes_one(written: str) -> None:
    assert normalize_number(written) == "898604B81625D0045436"


def test_a_raw_dump_of_twenty_characters_is_swapped_back() -> None:
    assert swapped("898604B81625D0045436") == "9868408B61520D404563"
    assert normalize_number(swapped("898604B81625D0045436")) == "898604B81625D0045436"


def test_a_raw_dump_of_a_nineteen_digit_number_loses_its_padding() -> None:
    dump = swapped("8986061234567890123")
    assert dump == "986860214365870921F3"
    assert normalize_number(dump) == "8986061234567890123"


def test_a_raw_dump_in_small_letters_with_blanks_between_bytes_is_read() -> None:
    assert normalize_number("98 68 60 21 43 65 87 09 21 f3") == "8986061234567890123"


def test_a_number_that_begins_with_98_but_is_no_dump_stays() -> None:
    assert normalize_number("9868602143658709213") == "9868602143658709213"
    assert normalize_number("98686021436587092G13") == "98686021436587092G13"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("8986061234567890123F", "8986061234567890123"),
        ("8986031234567890123f", "8986031234567890123"),
        ("8944500102198304826F", "8944500102198304826"),
        ("8986151234567890123F", "8986151234567890123"),
        ("8986001234567890123F", "8986001234567890123F"),  # China Mobile: data
        ("8986081234567890123F", "8986081234567890123F"),
        ("89860A123456789012AF", "89860A123456789012AF"),  # the other 19 are not decimal
        ("898606123456789012F", "898606123456789012F"),  # 19 characters
        ("1234567890123456789F", "1234567890123456789F"),  # no card
    ],
)
def test_a_final_f_is_dropped_only_where_it_is_padding(written: str, read: str) -> None:
    assert normalize_number(written) == read


def test_a_dump_of_a_china_mobile_number_that_ends_in_f_keeps_it() -> None:
    assert normalize_number(swapped("8986001234567890123")) == "8986001234567890123F"


def test_an_inexact_mark_is_not_stripped() -> None:
    assert parse_iccid("\x008986061234567890123") is None


def test_a_party_number_is_cleaned_but_never_unswapped() -> None:
    assert normalize_party_id(" '91330106-ma2cfldg4x ") == "91330106MA2CFLDG4X"
    assert normalize_party_id("98686021436587092143") == "98686021436587092143"
    assert normalize_party_id("（内部）编号 7") == "(内部)编号7"
    assert normalize_party_id("—") == ""


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalize_number(normalize_number(text)) == normalize_number(text)
    assert strip_noise(strip_noise(text)) == strip_noise(text)


@given(st.text("89FfａＦ'`=\"- \u200b?*０９", max_size=24))
def test_normalising_text_marks_twice_changes_nothing(text: str) -> None:
    assert normalize_number(normalize_number(text)) == normalize_number(text)


@given(st.text("0123456789ABCDEF", min_size=18, max_size=18))
def test_a_dump_and_the_number_it_holds_are_read_alike(rest: str) -> None:
    assert normalize_number(swapped("89" + rest)) == normalize_number("89" + rest)


@pytest.mark.parametrize(
    "label",
    ["ICCID ", "ICCID:", "ICCID号码：", "卡号", "SIM卡号：", "（卡号）", "物联网卡 ICCID：", "号码", "Card No. "],
)
def test_what_a_number_is_may_stand_before_it(label: str) -> None:
    assert normalize_number(label + "898604B81625D0045436") == "898604B81625D0045436"
    assert parse_msisdn(label + "1440123400256") == "1440123400256"


@pytest.mark.parametrize("label", ["旧卡号", "原ICCID", "银行卡号", "补", "订单号", "号段"])
def test_what_makes_it_another_number_is_no_such_word(label: str) -> None:
    assert parse_iccid(label + "898604B81625D0045436") is None
