from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from graphtrace.errors import InputError, MappingError
from graphtrace.ingest.headers import ColumnOverrides
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.readers import child_process, excel_reader, open_sheets
from graphtrace.ingest.sheet import INEXACT_MARK, Sheet
from graphtrace.ingest.sheet_opening import open_sheet_parser

Fill = Callable[[xlsxwriter.Workbook], None]
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(fill: Fill, **options: object) -> Path:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path, options) as book:
            fill(book)
        return path

    return make


def rows_of(sheet: Sheet, below: int = 0) -> list[tuple[object, ...]]:
    return [row for frame in sheet.read(below) for row in frame.iter_rows()]


def cells_of(path: Path) -> list[object]:
    (sheet,) = open_sheets(path)
    return list(rows_of(sheet)[0][1:])


def test_a_sheet_is_read_with_the_row_numbers_of_the_spreadsheet(make: Make) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("采购")
        sheet.write_row(3, 2, ["卡号", "数量"])
        sheet.write_row(5, 2, ["89860", "1"])

    (sheet,) = open_sheets(make(fill))
    assert (sheet.name, sheet.width, sheet.encoding) == ("采购", 4, None)
    assert sheet.head_rows == [(4, [None, None, "卡号", "数量"]), (6, [None, None, "89860", "1"])]
    assert rows_of(sheet, below=4) == [(6, None, None, "89860", "1")]
    assert sheet.counted == 1


def test_number_cells_are_exact_or_marked(make: Make) -> None:
    numbers = [123, -5, 2**53, 0, 12.5, 8.98606012345679e19, 1e-7, 2**53 + 2]

    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_row(0, 0, numbers)

    exact = ["123", "-5", "9007199254740992", "0"]
    inexact = ["12.5", "8.98606012345679E+19", "1E-07", "9007199254740994.0"]
    assert cells_of(make(fill)) == [*exact, *(INEXACT_MARK + text for text in inexact)]


def test_a_text_of_digits_stays_as_it_is(make: Make) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_row(0, 0, ["89860012345678901234", " 007\u3000", "无", "\u200b"])

    assert cells_of(make(fill)) == ["89860012345678901234", "007", None, None]


@pytest.mark.parametrize("date_1904", [False, True])
def test_date_cells_are_dates_in_both_date_systems(make: Make, date_1904: bool) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        stamp = book.add_format({"num_format": "yyyy/m/d h:mm:ss"})
        sheet.write_datetime(0, 0, date(2024, 3, 5), day)
        sheet.write_datetime(0, 1, datetime(2024, 3, 5, 17, 19, 12), stamp)
        sheet.write_datetime(0, 2, datetime(2024, 3, 5), stamp)
        sheet.write_datetime(0, 3, time(17, 19, 12), book.add_format({"num_format": "h:mm:ss"}))
        sheet.write_datetime(0, 4, timedelta(hours=30), book.add_format({"num_format": "[h]:mm:ss"}))

    path = make(fill, date_1904=date_1904)
    (sheet,) = open_sheets(path)
    assert sheet.uses_1904 is date_1904
    assert rows_of(sheet) == [(1, "2024-03-05", "2024-03-05 17:19:12", "2024-03-05", "17:19:12", "1 day, 6:00:00")]


def test_every_second_of_a_day_survives_as_a_fraction_of_it(make: Make) -> None:
    moments = [datetime(2024, 3, 5) + timedelta(seconds=61 * number) for number in range(1, 1416)]

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, moments, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))

    (sheet,) = open_sheets(make(fill))
    assert [text for _, text in rows_of(sheet)] == [str(moment) for moment in moments]


def test_a_serial_number_without_a_date_format_stays_a_number(make: Make) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_row(0, 0, [45356, 45356.5])

    assert cells_of(make(fill)) == ["45356", f"{INEXACT_MARK}45356.5"]


def test_booleans_and_results_of_formulas_are_read_and_errors_are_empty(make: Make) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_boolean(0, 0, True)
        sheet.write_boolean(0, 1, False)
        sheet.write_formula(0, 2, '="x"&"y"', None, "xy")
        sheet.write_formula(0, 3, "=1+1", None, 2)
        sheet.write_formula(0, 4, "=NA()", None, "#N/A")
        sheet.write_formula(0, 5, "=1/0", None, "#DIV/0!")
        sheet.write(0, 6, "end")

    assert cells_of(make(fill)) == ["TRUE", "FALSE", "xy", "2", None, None, "end"]


def test_merged_cells_are_filled_from_the_merge_map_only(make: Make) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["单位", "卡号", "备注"])
        sheet.merge_range(1, 0, 3, 0, "星海")
        sheet.write_column(1, 1, ["1", "2", "3", "4"])
        sheet.merge_range(5, 0, 5, 2, 7)

    (sheet,) = open_sheets(make(fill))
    assert rows_of(sheet, below=1) == [
        (2, "星海", "1", None),
        (3, "星海", "2", None),
        (4, "星海", "3", None),
        (5, None, "4", None),
        (6, "7", "7", "7"),
    ]


def test_hidden_sheets_are_read_and_empty_ones_are_there(make: Make) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("空").write(0, 0, "-")
        book.add_worksheet("没有")
        hidden = book.add_worksheet("藏")
        hidden.hide()
        hidden.write(0, 0, "x")
        very_hidden = book.add_worksheet("深藏")
        very_hidden.very_hidden()
        very_hidden.write(0, 0, "y")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=藏!$A$1"})
        book.add_chartsheet("图").set_chart(chart)

    sheets = open_sheets(make(fill))
    assert [(sheet.name, sheet.width, sheet.head_rows) for sheet in sheets] == [
        ("空", 1, []),
        ("没有", 0, []),
        ("藏", 1, [(1, ["x"])]),
        ("深藏", 1, [(1, ["y"])]),
    ]
    assert [rows_of(sheet) for sheet in sheets] == [[], [], [(1, "x")], [(1, "y")]]


def test_a_workbook_without_a_filled_cell_is_an_error(make: Make) -> None:
    with pytest.raises(InputError, match="no cell of the workbook is filled"):
        open_sheets(make(lambda book: book.add_worksheet().write(0, 0, " ")))


def test_sheets_may_be_read_in_any_order_and_long_ones_come_in_blocks(make: Make) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("a", "b"):
            book.add_worksheet(name).write_column(0, 0, [f"{name}{number}" for number in range(25_000)])

    first, second = open_sheets(make(fill))
    assert len(first.head_rows) == 64
    frames = list(second.read(20_001))
    assert [row for frame in frames for row in frame.iter_rows()][:1] == [(20_002, "b20001")]
    assert second.counted == 4_999
    assert len(list(first.read(1))) > 1
    assert first.counted == 24_999


def test_a_format_far_away_without_a_value_is_no_cell(make: Make) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    (sheet,) = open_sheets(make(fill))
    assert sheet.width == 1


def test_a_stray_cell_far_to_the_right_is_one_column_with_its_letters(make: Make) -> None:
    headings = ["转出方", "转入方", "转让日期", "卡号"]

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings)
        for row in range(1, 101):
            sheet.write_row(row, 0, ["甲", "乙", "2024-03-01", str(8986061900000000000 + row)])
        sheet.write(100, 16_383, "x")

    path = make(fill)
    (sheet,) = open_sheets(path)
    reading = open_sheet_parser(sheet)
    loaded = sum(frame.height for frame in reading.frames())
    assert (loaded, reading.rejects, reading.rows) == (100, [], 100)

    (sheet,) = open_sheets(path)
    channel = open_sheet_parser(sheet, mapping=ColumnMapping(claims=ColumnOverrides(places={"channel": 16_383})))
    assert channel.headings[-2:] == ("IV", "XFD")
    frames = [frame for frame in channel.frames() if "channel" in frame.columns]
    assert [value for frame in frames for value in frame["channel"].cast(pl.String).drop_nulls()] == ["x"]

    (sheet,) = open_sheets(path)
    with pytest.raises(MappingError, match="no column number 16383"):
        open_sheet_parser(sheet, mapping=ColumnMapping(claims=ColumnOverrides(places={"channel": 16_382})))


def test_openpyxl_workbooks_with_inline_texts_and_iso_dates_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook(iso_dates=True)
    book.active.append(["x", 1, datetime(2024, 3, 5, 17, 19, 12), date(2024, 3, 5)])
    book.save(tmp_path / "book.xlsx")
    assert cells_of(tmp_path / "book.xlsx") == ["x", "1", "2024-03-05 17:19:12", "2024-03-05"]


def test_the_mark_of_an_inexact_number_cannot_be_typed_into_a_cell(tmp_path: Path, make: Make) -> None:
    path = make(lambda book: book.add_worksheet().write(0, 0, "@8.98E+19"))
    forged = tmp_path / "forged.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(forged, "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry).replace(b"@8.98", b"_x0000_8.98"))
    assert not str(cells_of(forged)[0]).startswith(INEXACT_MARK)


def test_content_decides_before_the_ending(tmp_path: Path, make: Make) -> None:
    path = make(lambda book: book.add_worksheet().write(0, 0, "x"))
    renamed = path.rename(tmp_path / "book.csv")
    assert open_sheets(renamed)[0].head_rows == [(1, ["x"])]


def test_no_module_of_the_current_folder_gets_into_the_parser(tmp_path: Path, make: Make) -> None:
    path = make(lambda book: book.add_worksheet().write(0, 0, "x"))
    (tmp_path / "python_calamine.py").write_text("raise SystemExit('hijacked')")
    root = Path(__file__).parents[4]
    code = f"from graphtrace.ingest.readers import open_sheets; print(open_sheets({str(path)!r})[0].head_rows)"
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-P", "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "[(1, ['x'])]\n"


@pytest.mark.posix
def test_no_file_is_left_behind(tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(lambda book: book.add_worksheet().write(0, 0, "x"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (sheet,) = open_sheets(path)
    assert list(scratch.iterdir()) == []
    assert rows_of(sheet) == [(1, "x")]


def test_a_small_workbook_is_parsed_once_by_a_process_and_again_when_it_has_changed(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    run = child_process.run
    monkeypatch.setattr(
        child_process, "run", lambda command, *rest, **more: runs.append(1) or run(command, *rest, **more)
    )
    first = make(lambda book: book.add_worksheet().write(0, 0, "x"))
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(first.read_bytes())
    assert [cells_of(path) for path in (first, copy, first)] == [["x"]] * 3
    assert len(runs) == 1
    assert cells_of(make(lambda book: book.add_worksheet().write(0, 0, "y"))) == ["y"]
    assert (len(runs), len(excel_reader._parsed)) == (2, 2)
    monkeypatch.setattr(excel_reader, "_MOST_KEPT", 1)
    assert cells_of(copy) == ["x"]
    assert (len(runs), len(excel_reader._parsed)) == (2, 1)
    monkeypatch.setattr(excel_reader, "_SMALL_BYTES", 0)
    assert cells_of(copy) == ["x"]
    assert len(runs) == 3
