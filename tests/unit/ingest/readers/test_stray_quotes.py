"""A quote too many must not make records vanish in a cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.results.reports import Reject, RowWarning

from ..sheets import read_all

HEADINGS = "转出方,转入方,日期,卡号,渠道"
ROWS = 3_000


def line(number: int) -> str:
    return f"甲公司,乙{number},2024-03-06,898606190000{number:07d},微信"


def read(folder: Path, text: str | bytes) -> tuple[list[str], list[Reject], list[RowWarning], int]:
    """Receivers of what is loaded, the rejects, the remarks, and the number of rows."""
    path = folder / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reading = open_sheet_parser(open_sheets(path)[0])
    loaded = [row["receiver_name"] for row in read_all(reading)]
    return loaded, reading.rejects, reading.remarks, reading.rows


def table(quoted: Sequence[int] = (), *, mark: str = ',"乙', rows: int = ROWS, end: str = "\n", by: str = ",") -> str:
    """A table some rows of which (counted from 1) have a stray quote."""
    lines = [
        line(number).replace(",乙", mark, 1) if number in quoted else line(number) for number in range(1, rows + 1)
    ]
    return end.join([HEADINGS, *lines, ""]).replace(",", by)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("by", [",", "\t", ";", "|"])
def test_two_quotes_cost_their_own_rows_and_none_between(tmp_path: Path, end: str, by: str) -> None:
    loaded, rejects, remarks, rows = read(tmp_path, table((6, 1_201), end=end, by=by))
    assert (rows, len(loaded)) == (ROWS, ROWS - 2)
    assert [(reject.row, reject.reason) for reject in rejects] == [(7, "unreadable_row"), (1_202, "unreadable_row")]
    assert rejects[0].value == line(6).replace(",乙", ',"乙').replace(",", by)
    assert remarks == []


@pytest.mark.parametrize("last", [7, 8, 9, 60, 500, 1_500])
@pytest.mark.parametrize("mark", [',乙"', ',"乙"'])
def test_a_quote_that_is_closed_further_down_costs_no_row_between(tmp_path: Path, last: int, mark: str) -> None:
    lines = table((6,)).split("\n")
    lines[last] = re.sub(r",(乙\d+),", r',\1",', lines[last])
    loaded, rejects, _, rows = read(tmp_path, "\n".join(lines))
    assert rows == ROWS
    assert {f"乙{number}" for number in range(1, ROWS + 1)} - {*loaded} == {"乙6", f"乙{last}"}
    assert rejects[0].row == 7
    assert len(rejects) + len(loaded) == ROWS


@pytest.mark.parametrize("count", [2, 3, 31, 500])
def test_a_quote_in_each_row_rejects_each(tmp_path: Path, count: int) -> None:
    loaded, rejects, _, rows = read(tmp_path, table(range(1, count + 1), rows=count))
    assert (rows, loaded) == (count, [])
    assert [reject.row for reject in rejects] == [*range(2, count + 2)]


def test_a_quote_at_the_very_end_costs_the_last_row(tmp_path: Path) -> None:
    loaded, rejects, _, rows = read(tmp_path, table((ROWS,)))
    assert (rows, len(loaded), [reject.row for reject in rejects]) == (ROWS, ROWS - 1, [ROWS + 1])


def test_a_quote_and_one_at_the_very_end_cost_two_rows(tmp_path: Path) -> None:
    loaded, rejects, _, rows = read(tmp_path, table((6,), rows=500).rstrip("\n") + '"\n')
    assert (rows, len(loaded), [reject.row for reject in rejects]) == (500, 498, [7, 501])


@pytest.mark.parametrize("stray", [',"转入方', ',转入方"', '"转出方'])
@pytest.mark.parametrize("also", [(), (6,)])
def test_headings_with_a_stray_quote_are_still_the_headings(tmp_path: Path, stray: str, also: tuple[int, ...]) -> None:
    text = table(also).replace(stray.replace('"', ""), stray, 1)
    loaded, rejects, _, rows = read(tmp_path, text)
    assert (rows, len(loaded)) == (ROWS, ROWS - len(also))
    assert [reject.row for reject in rejects] == [number + 1 for number in also]


def test_a_quote_that_takes_a_delimiter_into_its_cell_costs_its_row(tmp_path: Path) -> None:
    broken = '甲公司,"乙0,2024-03-06,"8986061900000000000",微信'
    loaded, rejects, _, _ = read(tmp_path, "\n".join([HEADINGS, line(1), broken, line(2), ""]))
    assert (loaded, [(reject.row, reject.value) for reject in rejects]) == (["乙1", "乙2"], [(3, broken)])


ADDRESSES = [
    "海淀区中关村\n5号",
    "北京市, 海淀区\n中关村\n3层",
    'say "hi"\n\n\nbye',
    "\n".join("a,b" for _ in range(40)),
]


@pytest.mark.parametrize("by", [",", ";"])
def test_a_cell_of_several_lines_is_read_and_told(tmp_path: Path, by: str) -> None:
    out = io.StringIO()
    rows = [["甲", f"乙{number}", "2024-03-05", f"898606190000{number:07d}", a] for number, a in enumerate(ADDRESSES)]
    csv.writer(out, delimiter=by).writerows([HEADINGS.split(","), *rows])
    loaded, rejects, remarks, count = read(tmp_path, out.getvalue())
    assert (loaded, rejects, count) == (["乙0", "乙1", "乙2", "乙3"], [], 4)
    (remark,) = remarks
    assert (remark.reason, remark.rows, remark.first_row) == ("several_lines", 4, 2)
    assert (remark.field, remark.heading, remark.column, remark.value) == ("channel", "渠道", "E", ADDRESSES[0])


def test_a_table_all_of_whose_rows_have_an_address_of_two_lines_is_read(tmp_path: Path) -> None:
    out = io.StringIO()
    rows = [["甲", f"乙{n}", "2024-03-05", f"898606190000{n:07d}", "海淀区\n5号"] for n in range(300)]
    csv.writer(out).writerows([HEADINGS.split(","), *rows])
    loaded, rejects, remarks, _ = read(tmp_path, out.getvalue())
    assert (len(loaded), rejects, [remark.rows for remark in remarks]) == (300, [], [300])


def test_headings_of_two_lines_are_headings(tmp_path: Path) -> None:
    text = table(rows=5).replace("转入方", '"转入方\n(单位)"')
    loaded, rejects, remarks, _ = read(tmp_path, text)
    assert (len(loaded), rejects, remarks) == (5, [], [])


def test_a_stray_quote_before_an_address_of_two_lines_costs_its_own_row(tmp_path: Path) -> None:
    text = table((6,), rows=20) + '甲公司,丙,2024-03-06,8986061900000000099,"海淀区\n5号"\n'
    loaded, rejects, _, _ = read(tmp_path, text)
    assert [reject.row for reject in rejects] == [7]
    assert len(loaded) == 20


words = st.text(alphabet="ab1 北", max_size=3)
marks = st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(['"', '"', '""'])), min_size=1, max_size=6)


@given(
    width=st.integers(2, 6),
    rows=st.lists(st.lists(words, min_size=6, max_size=6), min_size=1, max_size=30),
    quotes=marks,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    by=st.sampled_from(",\t;|"),
)
def test_no_line_of_a_table_with_stray_quotes_is_lost(
    tmp_path_factory: pytest.TempPathFactory,
    width: int,
    rows: list[list[str]],
    quotes: list[tuple[int, str]],
    end: str,
    by: str,
) -> None:
    lines = [by.join([f"n{number}n", *cells[: width - 1]]) for number, cells in enumerate(rows)]
    text = end.join(lines) + end
    for place, mark in quotes:
        at = place % len(text)
        text = text[:at] + mark + text[at:]
    path = tmp_path_factory.getbasetemp() / "stray.csv"
    path.write_bytes(text.encode())
    (sheet,) = open_sheets(path)
    read = [cells for frame in sheet.read(0) for _, *cells in frame.iter_rows()]
    found = [cell for cells in read for cell in cells if cell] + [fault.text for fault in sheet.faults]
    # a quote may stand within the name of a line
    shown = "\n".join(found).replace('"', "")
    assert [number for number in range(len(lines)) if f"n{number}n" not in shown] == []
    told = sum(note.rows for note in sheet.notes.values())
    assert told == sum(bool(re.search("[\r\n]", cell)) for cells in read for cell in cells if cell)
    assert sheet.counted == len(read) + len(sheet.faults)
