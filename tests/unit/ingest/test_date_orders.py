"""In which order dates state day and month that can all be read both ways: concluded, asked, or answered."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.ingest.date_orders import Concluded, conclude_order, order_of_text
from graphtrace.ingest.preamble import stated_above
from graphtrace.model import format_day
from graphtrace.results.load_report import LoadReport

CARDS = tuple(f"8991200326005{number:07}" for number in range(12, 24))


def loaded(tmp_path: Path, title: str, dates: list[str], *answers: str) -> tuple[list[str], LoadReport]:
    """The days of the sales of the cards, one a date, and what the load says."""
    body = "".join(f"{date},Balaji Ltd,Maa Sharda,{card}\n" for date, card in zip(dates, CARDS, strict=False))
    (tmp_path / "a.csv").write_text(f"{title},,,\n\nDate,Supplied By,Sold To,ICCID\n{body}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "a.csv", answers=answers)
        hops = [hop for trace in case.traces(CARDS[: len(dates)]) for chain in trace.chains for hop in chain.hops]
    return [format_day(hop.when.earliest) for hop in hops if hop.when], report


@pytest.mark.parametrize(
    "title",
    ["Vi prepaid SIM – sales register Apr-26", "Period: 01-Apr-2026 to 12-Apr-2026", "Sales for April 2026",
     "From 2026-04-01 to 2026-04-30", "1-Apr-26 to 30-Apr-26", "April 1, 2026 to April 30, 2026",
     "Period: 01/04/2026 00:00:00 to 30/04/2026 23:59:59", "Dispatches 01/04/2026 - 30/04/2026", "2026年4月出库"],
)  # fmt: skip
def test_the_period_of_the_sheet_decides(title: str) -> None:
    found = conclude_order([(0, "Sheet1"), (1, title)], ["02/04/2026", "05/04/2026"])
    assert found == Concluded("day_first", 1, title)
    assert conclude_order([(1, title)], ["04/02/2026", "04/05/2026"]) == Concluded("month_first", 1, title)


@pytest.mark.parametrize(
    "title", ["Generated in April 2026", "Sales Apr-26 and May-26", "Sheet1", "12 Apr 2026", "Sales 2026", "Sim 4/2026"]
)
def test_other_titles_decide_nothing(title: str) -> None:
    assert conclude_order([(1, title)], ["02/04/2026", "05/04/2026"]) is None


def test_one_day_in_words_above_the_table_decides_for_dates_of_that_day_alone() -> None:
    title = "Search of 14 Farrow Street, 2 September 2025"
    assert conclude_order([(2, title)], ["02/09/2025", "02/09/2025"]) == Concluded("day_first", 2, title)
    assert conclude_order([(2, title)], ["02/09/2025", "03/09/2025"]) is None
    assert conclude_order([(2, "On 2 September 2025 and 9 February 2025")], ["02/09/2025"]) is None


def test_dates_outside_the_period_either_way_or_inside_both_ways_are_left_open() -> None:
    assert conclude_order([(1, "Apr-26")], ["02/05/2026"]) is None
    assert conclude_order([(1, "Period: 2026-01-01 to 2026-12-31")], ["02/05/2026"]) is None


def test_the_order_of_the_rows_decides_over_ten_days() -> None:
    sorted_days = [f"{day:02}/{month:02}/2026" for month in (3, 4) for day in range(5, 11)]
    assert conclude_order([], sorted_days) == Concluded("day_first", 0, "")
    assert conclude_order([], sorted_days[:9]) is None
    assert conclude_order([], [f"05/{month:02}/2026" for month in range(1, 13)]) is None


def test_a_concluded_order_is_told(tmp_path: Path) -> None:
    days, report = loaded(tmp_path, "Sales register Apr-26", ["02/04/2026", "05/04/2026"])
    assert days == ["2026-04-02", "2026-04-05"]
    (told,) = [each for sheet in report.files for each in sheet.warnings if each.reason == "day_first_concluded"]
    assert (told.first_row, told.value) == (1, "Sales register Apr-26")


def test_where_nothing_decides_it_is_one_question_and_its_answer_is_taken(tmp_path: Path) -> None:
    days, report = loaded(tmp_path, "Sales register", ["02/04/2026", "05/04/2026", "2026-04-09"])
    asked = [(each.field, each.rows) for sheet in report.files for each in sheet.asked]
    assert (days, asked) == (["2026-04-09"], [("date_order", 2)])
    days, report = loaded(tmp_path, "Sales register", ["02/04/2026", "05/04/2026", "2026-04-09"], "date_order=mdy")
    assert days == ["2026-02-04", "2026-05-04", "2026-04-09"]
    assert not [each for sheet in report.files for each in sheet.asked]


def test_where_no_day_can_be_read_it_is_asked_and_the_answer_is_taken(tmp_path: Path) -> None:
    dates = ["2nd week of April", "3rd week of April"]
    days, report = loaded(tmp_path, "Sales register", dates)
    assert (days, [each.field for sheet in report.files for each in sheet.asked]) == ([], ["date"])
    days, report = loaded(tmp_path, "Sales register", dates, "date=2026-04-30")
    assert (days, [each.field for sheet in report.files for each in sheet.asked]) == (["2026-04-30"] * 2, [])


def test_where_one_day_can_be_read_the_others_are_not_asked(tmp_path: Path) -> None:
    days, report = loaded(tmp_path, "Sales register", ["2nd week of April", "2026-04-09"], "date=2026-04-30")
    assert (days, [each.field for sheet in report.files for each in sheet.asked]) == (["2026-04-09"], [])


@pytest.mark.parametrize(
    ("order", "expected"),
    [("dmy", ["2025-04-12", "2025-04-13"]), ("ymd", ["2012-04-25", "2013-04-25"]), ("mdy", ["2025-12-04"])],
)
def test_the_place_of_a_year_of_two_digits_is_asked_and_never_concluded(
    tmp_path: Path, order: str, expected: list[str]
) -> None:
    dates = ["12/04/25", "13/04/25"]
    days, report = loaded(tmp_path, "Sales register Apr-25", dates)
    (asked,) = [each for sheet in report.files for each in sheet.asked]
    assert (days, asked.field, asked.choices) == ([], "date_order", ("dmy", "mdy", "ymd"))
    days, _ = loaded(tmp_path, "Sales register Apr-25", dates, f"date_order={order}")
    assert days == expected


def test_days_without_a_year_follow_their_column_in_english_and_the_month_stands_first_in_chinese(
    tmp_path: Path,
) -> None:
    title = "Balaji sales 2025"
    assert loaded(tmp_path, title, ["12/5", "30/5", "2/7"])[0] == ["2025-05-12", "2025-05-30", "2025-07-02"]


@pytest.mark.parametrize(
    ("title", "answers", "days"),
    [
        ("Balaji sales 2025", [], []),
        ("Balaji sales 2025", ["date_order=dmy"], ["2025-07-02", "2025-08-03"]),
        ("巴拉吉 销售台账 2025年", [], ["2025-02-07", "2025-03-08"]),
    ],
)
def test_a_day_without_a_year_that_can_be_read_both_ways_is_asked(
    tmp_path: Path, title: str, answers: list[str], days: list[str]
) -> None:
    found, report = loaded(tmp_path, title, ["2/7", "3/8"], *answers)
    assert found == days
    asked = [each.field for sheet in report.files for each in sheet.asked]
    assert asked == (["date_order"] if days == [] else [])


def test_a_day_on_a_paper_is_of_the_order_that_its_other_days_prove() -> None:
    assert order_of_text(["Date: 05/07/2025", "Date: 19/07/2025"]) == "day_first"
    assert order_of_text(["Date: 05/07/2025", "Date: 19/07/2025", "07/22/2025"]) is None
    rows = [(0, ["Challan No.: DC/0117    Date: 05/07/2025"])]
    assert [each.value for each in stated_above(rows, {}, order="day_first")] == ["2025-07-05"]
    assert [each.value for each in stated_above(rows, {})] == ["05/07/2025"]


def test_the_dates_of_another_column_decide_where_those_of_one_can_be_read_in_two_ways(tmp_path: Path) -> None:
    card = "89254021400000055016"
    (tmp_path / "a.csv").write_text(
        f"ICCID,Seller,Buyer,Date shipped,Date activated\n{card},Star Ltd,Moon Ltd,08/01/2026,14/02/2026\n", "utf-8"
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv")
        (hop,) = case.trace(card)[0].chains[0].hops
    assert hop.when is not None
    assert hop.when.iso == "2026-01-08"


@pytest.mark.parametrize(
    ("below", "days"),
    [
        ("25.03.25,Beta Ltd,18.03.25", ["2025-03-18", "2025-03-25", "2025-04-02"]),
        # three numbers that prove nothing
        ("03.04.25,Beta Ltd,04.04.25", []),
    ],
)
def test_a_table_of_a_sheet_has_the_order_that_the_dates_of_the_other_one_show(
    tmp_path: Path, below: str, days: list[str]
) -> None:
    first, party, second = below.split(",")
    path = tmp_path / "book.csv"
    path.write_text(
        "SIMs handed over,,\nDate,From,To,ICCID\n"
        f"{second},Acme Ltd,{party},89254021400000055016\n{first},Acme Ltd,{party},89254021400000055024\n"
        f"02.04.25,Acme Ltd,{party},89254021400000055032\n,,,\n"
        "SIMs sold,,,\nDate,Seller,Buyer,ICCID\n02.04.25,Beta Ltd,Gamma Ltd,89254021400000055073\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        found = {
            hop.when.day
            for number in ("016", "024", "032", "073")
            for trace in case.trace(f"89254021400000055{number}")
            for chain in trace.chains
            for hop in chain.hops
        }
    assert sorted(found) == days


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("All dates day/month/year", ["2025-04-03"]),
        ("Dates: MM-DD-YYYY", ["2025-03-04"]),
        ("Sales of the spring", []),
    ],
)
def test_a_line_above_a_table_says_in_which_order_its_dates_are_written(
    tmp_path: Path, line: str, days: list[str]
) -> None:
    assert loaded(tmp_path, line, ["03/04/2025"])[0] == days
