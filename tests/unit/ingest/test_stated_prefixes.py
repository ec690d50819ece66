"""Short numbers of cards whose beginning a line of the sheet states."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt

CARDS = [f"89914521000441{number}" for number in range(17041, 17053)]
ROWS = "2024-03-21,17041-17050,10,Pintu\n2024-03-23,17051-52,2,Farukh\n"


def loaded(tmp_path: Path, line: str, rows: str = ROWS, heads: str = "Date,No.,Pcs,Sold to") -> list[str | None]:
    (tmp_path / "a.csv").write_text(f"OM SAI MOBILE - SIM STOCK BOOK,,,\n{line},,,\n{heads}\n{rows}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        return [trace.holder and trace.holder.name for trace in case.trace(CARDS[0], CARDS[9], CARDS[11])]


@pytest.mark.parametrize(
    "line", ["All ICCIDs start with 8991 4521 0004 41", "prefix: 89914521000441", "卡号前缀89914521000441"]
)
def test_short_numbers_and_ranges_are_whole_with_the_beginning_that_a_line_states(tmp_path: Path, line: str) -> None:
    assert loaded(tmp_path, line) == ["Pintu", "Pintu", "Farukh"]


def test_both_ends_of_a_range_stand_in_columns_of_their_own(tmp_path: Path) -> None:
    rows = "2024-03-21,17041,17050,Pintu\n2024-03-23,17051,17052,Farukh\n"
    found = loaded(tmp_path, "ICCID prefix 89914521000441", rows, "Date,No. from,No. to,Sold to")
    assert found == ["Pintu", "Pintu", "Farukh"]


@pytest.mark.parametrize(
    "line", ["no. = last 5 of the ICCID", "prefix 8991452100", "prefix 89914521000441 or 89914521000442"]
)
def test_numbers_stay_short_where_no_one_beginning_makes_cards_of_them(tmp_path: Path, line: str) -> None:
    assert loaded(tmp_path, line) == [None] * 3
