from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.ingest.dates_and_quantities import DayOrder, StatedYear, day_order, parse_date, parse_quantity
from graphtrace.model import DateSpan


def text_of(date: str, *, uses_1904: bool = False) -> str:
    read = parse_date(date, uses_1904=uses_1904)
    return read.iso if isinstance(read, DateSpan) else read


@pytest.mark.parametrize(
    "text",
    [
        *("2024-03-05", "2024/3/5", "2024.3.5", "2024年3月5日", "2024年03月05", "20240305", "45356", "45356.0"),
        *("２０２４－０３－０５", " 2024-03-05 ", "'2024-03-05", '="2024-03-05"'),
    ],
)
def test_a_day_is_read_in_every_writing(text: str) -> None:
    assert text_of(text) == "2024-03-05"


@pytest.mark.parametrize(
    "text",
    [
        *("2024-03-05 17:19:12", "2024-03-05T17:19:12", "2024/3/5 17:19:12", "2024年3月5日 17:19:12", "20240305171912"),
        *("2024年3月5日17时19分12秒", "2024-03-05 17:19:12.000", "1709630352", "1709630352000", "\x0045356.7216667"),
        *("2024-03-05T09:19:12Z", "2024-03-05T17:19:12+08:00", "2024-03-05 18:49:12+0930", "20240305T091912Z"),
    ],
)
def test_a_time_is_read_in_every_writing_and_turned_into_china_standard_time(text: str) -> None:
    assert text_of(text) == "2024-03-05T17:19:12+08:00"


@pytest.mark.parametrize("text", ["2024-03", "2024/3", "2024年3月", "202403"])
def test_a_month_stays_a_month(text: str) -> None:
    assert text_of(text) == "2024-03"


def test_the_day_of_a_time_with_a_zone_is_that_of_china() -> None:
    assert text_of("2024-03-05T23:00:00Z") == "2024-03-06T07:00:00+08:00"
    assert text_of("2024-12-31T20:00:00-05:00") == "2025-01-01T09:00:00+08:00"


def test_the_length_of_a_month_is_that_of_the_calendar() -> None:
    february = parse_date("2024-02")
    assert isinstance(february, DateSpan)
    assert february.latest - february.earliest + 1 == 29


def test_a_time_without_seconds_is_on_the_minute() -> None:
    assert text_of("2024/3/5 7:05") == "2024-03-05T07:05:00+08:00"


def test_serial_numbers_of_the_1904_system_start_1462_days_later() -> None:
    assert text_of("43894", uses_1904=True) == text_of("45356") == "2024-03-05"


def test_a_serial_number_rounds_to_the_next_second_and_day() -> None:
    assert text_of("45356.9999999") == "2024-03-06T00:00:00+08:00"


@pytest.mark.parametrize(
    ("text", "day"), [("13/3/2024", "2024-03-13"), ("3/13/2024", "2024-03-13"), ("5-5-2024", "2024-05-05")]
)
def test_a_day_month_form_with_one_reading_is_read(text: str, day: str) -> None:
    assert text_of(text) == day


@pytest.mark.parametrize(
    "text",
    [
        *("12-Mar-24", "12/Mar/24", "12 Mar 24", "12 Mar'24", "12.Mar.2024", "12th March 2024", "12 March, 2024"),
        *("March 12, 2024", "Mar 12th 2024", "Mar. 12, 2024", "12th of March 2024", "2024-Mar-12", "12 MARCH 2024"),
    ],
)
def test_beside_the_name_of_a_month_no_number_is_another_month(text: str) -> None:
    assert text_of(text) == "2024-03-12"


@pytest.mark.parametrize(
    ("text", "day"), [("3-Sep-98", "1998-09-03"), ("Sept 3, 2024", "2024-09-03"), ("31-Feb-24", "bad_date"),
                      ("Mar-24", "bad_date"), ("12 Marble 2024", "bad_date"), ("Mar 12 10:15", "bad_date"),
                      ("12-Mar-24 10:15", "2024-03-12T10:15:00+08:00")],
)  # fmt: skip
def test_what_is_no_day_with_the_name_of_a_month_is_none(text: str, day: str) -> None:
    assert text_of(text) == day


@pytest.mark.parametrize("text", ["05/03/2024", "5-3-2024 10:00", "24/3/5", "24年3月5日", "24-03-05 10:00", "05.03.24"])
def test_two_readings_or_a_two_digit_year_are_ambiguous(text: str) -> None:
    assert text_of(text) == "ambiguous_date"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1989-12-31",
            "2101-01-01",
            "1989-12",
            "2024-02-30",
            "2024-13-01",
            "13/13/2024",
            "99/99/99",
            "19999",
            "80001",
        ),
        *("2024-03-05 24:00", "2024-03-05 10:60", "2024.3", "1.70963E+09", "日期", "2024", "0", "２٣", "2024-03/05"),
        *("2024-03-05T10:00+15:00", "1989-12-31T15:59:59Z", "2100-12-31T16:00:00Z", "123456789012"),
    ],
)
def test_anything_else_and_what_lies_outside_1990_to_2100_is_a_bad_date(text: str) -> None:
    assert text_of(text) == "bad_date"


@pytest.mark.parametrize("text", ["1990-01-01", "2100-12-31", "1989-12-31T16:00:00Z", "2100-12-31T15:59:59Z"])
def test_the_first_and_the_last_day_are_read(text: str) -> None:
    assert text_of(text).startswith(("1990-01-01", "2100-12-31"))


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 12, 31)))
def test_every_time_survives_being_written(moment: datetime) -> None:
    text = f"{moment:%Y-%m-%d %H:%M:%S}"
    assert text_of(text) == text.replace(" ", "T") + "+08:00"


@given(st.text(alphabet="0123456789-/.: TZ年月日+'\x00", max_size=20))
def test_no_text_breaks_the_reading_of_dates_and_counts(text: str) -> None:
    assert isinstance(parse_date(text), DateSpan | str)
    assert isinstance(parse_quantity(text), int | str)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("500", 500),
        ("1,000", 1000),
        ("１，０００", 1000),
        ("500张", 500),
        ("500.0", 500),
        ("'12", 12),
        ("007", 7),
    ],
)
def test_a_count_is_read(text: str, count: int) -> None:
    assert parse_quantity(text) == count


@pytest.mark.parametrize("text", ["-1", "1.5", "\x001.5", "1e3", "10,00", "若干", "", "1" * 19, "约500", "5-6"])
def test_what_is_no_whole_number_of_cards_is_a_bad_quantity(text: str) -> None:
    assert parse_quantity(text) == "bad_quantity"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年8月22号", "2023-08-22"),
        ("2023.08.22 下午3:05", "2023-08-22T15:05:00+08:00"),
        ("2023年8月22日下午3点05分", "2023-08-22T15:05:00+08:00"),
        ("2023-08-22 上午12:05", "2023-08-22T00:05:00+08:00"),
        ("2023-08-22 中午12:05", "2023-08-22T12:05:00+08:00"),
        ("2023/08/22 3:05 PM", "2023-08-22T15:05:00+08:00"),
        ("2023/08/22 12:05:09 am", "2023-08-22T00:05:09+08:00"),
        ("15-Apr-2026", "2026-04-15"),
        ("05-SEPT-2026", "2026-09-05"),
        ("2018-03-27 19:19:41.573+0000", "2018-03-28T03:19:41+08:00"),
        ("15-Foo-2026", "bad_date"),
        ("2023-08-22 下午13:05", "2023-08-22T13:05:00+08:00"),
        ("2023-08-22 下午12:05", "2023-08-22T12:05:00+08:00"),
        ("2023-08-22 中午1:05", "2023-08-22T13:05:00+08:00"),
        ("2023-08-22 中午9:05", "bad_date"),
        ("2023-08-22 晚上12:05", "ambiguous_date"),
        ("2023-08-22 晚上11:05", "2023-08-22T23:05:00+08:00"),
        ("2023-08-22 上午15:05", "bad_date"),
        ("2023/08/22 15:05 AM", "bad_date"),
    ],
)
def test_halves_of_the_day_and_names_of_months_are_read(text: str, expected: str) -> None:
    assert text_of(text) == expected


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("05/04/2026", None, "ambiguous_date"),
        ("05/04/2026", "day_first", "2026-04-05"),
        ("05/04/2026", "month_first", "2026-05-04"),
        ("15/04/2026", "month_first", "2026-04-15"),
        ("04-05-2026 10:00:00", "day_first", "2026-05-04T10:00:00+08:00"),
    ],
)
def test_the_order_of_a_column_settles_what_a_date_leaves_open(
    text: str, order: DayOrder | None, expected: str
) -> None:
    read = parse_date(text, order=order)
    assert (read.iso if isinstance(read, DateSpan) else read) == expected


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("15/04/2026", "day_first"),
        ("04/15/2026", "month_first"),
        ("05/04/2026", None),
        ("2026-04-15", None),
        ("15/15/2026", None),
        ("', ", None),
    ],
)
def test_a_number_above_twelve_says_which_is_the_day(text: str, order: DayOrder | None) -> None:
    assert day_order(text) == order


def test_month_and_day_alone_are_a_date_only_where_the_year_is_known() -> None:
    for text in ("8月22日", "8/22", "8.22", "8月22号"):
        assert parse_date(text) == "bad_date"
        read = parse_date(text, year=StatedYear(2023))
        assert isinstance(read, DateSpan)
        assert read.iso == "2023-08-22"
    assert parse_date("13.40", year=StatedYear(2023)) == "bad_date"
