"""Identifiers that are found in a text, and texts in which none is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.ingest.free_text import find_in_line, find_in_text, number_of_words


def found(text: str) -> list[tuple[str, str]]:
    return [(find.kind, find.value) for find in find_in_line(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "要3张 联通的 89860626990000000015到0031",
            [("quantity", "3"), ("range", "89860626990000000015-89860626990000000031")],
        ),
        ("105 转了发圆通 YT9900000000031", [("waybill", "YT9900000000031")]),
        ("卡号８９８６０６２６９９００００００００１５，已收", [("iccid", "89860626990000000015")]),
        ("两千张，每张35元", [("quantity", "2000"), ("price", "35")]),
        ("电话13800000001 微信：laok_99", [("msisdn", "13800000001"), ("account", "laok_99")]),
        ("身份证 11010519491231002X", [("resident_id", "11010519491231002X")]),
        ("2026年5月1日 给1064690000001", [("date", "2026-05-01"), ("msisdn", "1064690000001")]),
        ("460069900000001 860999000000010", [("imsi", "460069900000001"), ("imei", "860999000000010")]),
        (
            "898604b9192690000017、898604B9192690000033",
            [("iccid", "898604B9192690000017"), ("iccid", "898604B9192690000033")],
        ),
        ("身份证号361199199503120735", [("resident_id", "361199199503120735")]),
        ("sold on 3 May 2024", [("date", "2024-05-03")]),
        ("5-Feb-24, March 12, 2024", [("date", "2024-02-05"), ("date", "2024-03-12")]),
        (
            "Sr. No. 8991864000077120001 to 8991864000077120399 sold",
            [("range", "8991864000077120001-8991864000077120399")],
        ),
        ("8991864000077120001 to 98201234567", [("iccid", "8991864000077120001")]),
        # what a piece costs is no number of pieces
        ("35一张，要三张", [("price", "35"), ("quantity", "3")]),
        ("30元/张", [("price", "30")]),
        # no number of a card, no date, no quantity
        ("6222021234567890001 银行卡", []),
        ("8986062699000 只有一半", []),
        ("A89860626990000000015B", []),
        ("2026-13-45", []),
        ("这张卡不错", []),
    ],
)
def test_numbers_in_a_sentence_are_found_and_others_left(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_find_says_where_it_stands() -> None:
    (find,) = find_in_text("第一行\n  卡 89860626990000000015 。")
    assert (find.line, find.column, find.text) == (2, 5, "89860626990000000015")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("两千", 2000),
        ("十", 10),
        ("十二", 12),
        ("三百零五", 305),
        ("一万二千", 12000),
        ("一百五", 150),
        ("一万二", 12000),
        ("张", None),
    ],
)
def test_numerals_are_read(text: str, number: int | None) -> None:
    assert number_of_words(text) == number


@given(
    st.text(max_size=30), st.sampled_from(["89860626990000000015", "13800138000", "2024-03-05"]), st.text(max_size=30)
)
def test_any_text_is_searched_and_every_find_stands_in_it(before: str, number: str, after: str) -> None:
    text = f"{before} {number} {after}"
    finds = list(find_in_line(text))
    assert number in [find.text for find in finds]
    assert [find for find in finds if not text[find.column - 1 :].startswith(find.text)] == []


@pytest.mark.parametrize(
    "line",
    [
        "何大伟，男，1993年8月1日出生，住岚江",
        "1993年8月1日生，汉族",
        "出生日期：1993-08-01",
        "Name, DOB 01/08/1993",
        "born on 1993-08-01",
    ],
)
def test_the_day_on_which_somebody_was_born_is_no_day_of_a_card(line: str) -> None:
    assert not [find for find in find_in_line(line) if find.kind == "date"]
    assert [find.kind for find in find_in_line("自2024年3月20日生效")] == ["date"]
