from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from graphtrace.render import Lang, workbook
from graphtrace.render.provenance import answered_at
from graphtrace.render.workbook import Cell, XlsxColumn, XlsxSheet, workbook_bytes
from graphtrace.results.case_status import CaseState

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+2",
    "@x",
    "\t=1",
    "http://example.org/",
    "1e5",
    "0012",
    "_x0041_",
    "{=1}",
    "<r><t>x</t></r>",
    '<r></r></is></c><c r="Z9"><f>1+1</f></c><c><is><r></r>',
)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def one_sheet(
    columns: Sequence[XlsxColumn], rows: Sequence[Sequence[Cell]], lang: Lang = "en", **rest: Any
) -> Worksheet:
    (sheet,) = opened(workbook_bytes([XlsxSheet("cards", columns, rows, **rest)], lang)).worksheets
    return sheet


def test_a_number_of_twenty_digits_is_text_and_stays_it_when_edited() -> None:
    sheet = one_sheet([XlsxColumn("iccid")], [["89860619001234567858"]])
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].number_format) == ("89860619001234567858", "s", "@")
    assert sheet.column_dimensions["A"].number_format == "@"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_cell_acts(text: str) -> None:
    content = workbook_bytes(
        [XlsxSheet("cards", [XlsxColumn("iccid"), XlsxColumn("findings")], [[text, [text, text]]])], "en"
    )
    (sheet,) = opened(content).worksheets
    shown = text.replace("\t", "␉")
    # this reader leaves the escapes of the format in the texts of cells
    assert [unescape(cell.value) for cell in sheet[2]] == [shown, f"{shown}\n{shown}"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s"]
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert sheet.max_column == 2
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        written = archive.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search(r"<f\b|<hyperlink", written)


def test_what_cannot_be_seen_is_written_out_and_lines_of_a_list_are_lines() -> None:
    sheet = one_sheet([XlsxColumn("a"), XlsxColumn("b")], [["a\nb\x00\u202e", ["one\ntwo", "three"]]])
    assert [cell.value for cell in sheet[2]] == ["a␊b␀<U+202E>", "one␊two\nthree"]


def test_numbers_and_days_are_what_their_columns_say() -> None:
    columns = [
        XlsxColumn("cards", "number"),
        XlsxColumn("row", "ordinal"),
        XlsxColumn("date", "day"),
        XlsxColumn("iccid"),
    ]
    sheet = one_sheet(columns, [[1234567, 12345, "2024-03-01", 5], [0.5, 2, "2024-02-30", None]])
    assert [cell.value for cell in sheet[2]] == [1234567, 12345, datetime(2024, 3, 1), "5"]
    assert [cell.data_type for cell in sheet[2]] == ["n", "n", "d", "s"]
    assert [cell.value for cell in sheet[3]] == [0.5, 2, "2024-02-30", None]


@pytest.mark.parametrize(
    ("holds", "value"),
    [
        ("number", 10**15),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", True),
        ("number", "7"),
        ("ordinal", 898606190012345678),
        ("day", "2024-03"),
        ("day", "0001-01-01"),
        ("day", 45000),
        ("text", 7),
    ],
)
def test_what_a_number_or_day_cell_cannot_hold_is_text(holds: workbook.CellType, value: Cell) -> None:
    cell = one_sheet([XlsxColumn("a", holds)], [[value]])["A2"]
    assert (cell.value, cell.data_type) == (str(value), "s")


def test_a_text_too_long_for_a_cell_goes_on_elsewhere_and_the_cell_says_so() -> None:
    long = "甲" * 20_000 + "𠮷" * 20_000
    cards, texts = opened(
        workbook_bytes([XlsxSheet("cards", [XlsxColumn("a"), XlsxColumn("b")], [["x", long]])], "en")
    ).worksheets
    kept, note = cards["B2"].value.split("\n")
    assert len(kept.encode("utf-16-le")) // 2 < workbook.MAX_CHARACTERS
    assert long.startswith(kept)
    assert note == "… whole in the sheet “Long texts”, no. 1"
    rows = list(texts.iter_rows(min_row=2, values_only=True))
    assert {row[:3] for row in rows} == {(1, "Cards", "B2")}
    assert "".join(row[4] for row in rows) == long


def test_the_longest_text_that_fits_is_whole() -> None:
    longest = "a" * workbook.MAX_CHARACTERS
    assert one_sheet([XlsxColumn("a")], [[longest]])["A2"].value == longest


def test_a_list_higher_than_a_row_goes_on_elsewhere() -> None:
    lines = [f"finding {number}" for number in range(200)]
    cards, texts = opened(workbook_bytes([XlsxSheet("cards", [XlsxColumn("findings")], [[lines]])], "zh")).worksheets
    *kept, note = cards["A2"].value.split("\n")
    assert kept == lines[: len(kept)]
    assert 10 < len(kept) < 30
    assert note == "……全文见工作表“长文本”第1号"
    assert cards.row_dimensions[2].height <= 409
    assert [row[4] for row in texts.iter_rows(min_row=2, values_only=True)] == lines


def test_rows_beyond_the_last_go_on_in_a_second_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 5)
    first, second, third = opened(
        workbook_bytes([XlsxSheet("cards", [XlsxColumn("iccid")], [[str(number)] for number in range(7)])], "en")
    ).worksheets
    assert [sheet.title for sheet in (first, second, third)] == ["Cards", "Cards (2)", "Cards (3)"]
    assert [cell.value for cell in first["A"]] == ["Card", "0", "1", "2", "The rows go on in the sheet “Cards (2)”."]
    assert [cell.value for cell in third["A"]] == ["Card", "6"]
    assert first.auto_filter.ref == "A1:A4"


@pytest.mark.parametrize(
    ("titles", "made"),
    [
        (["a/b:c?d*e[f]g\\h"], ["a_b_c_d_e_f_g_h"]),
        (["'x'", ""], ["_x_", "_"]),
        (["甲" * 40, "甲" * 40], ["甲" * 31, "甲" * 27 + " (2)"]),
        (["Cards", "cards", "CARDS"], ["Cards", "Cards (2)", "CARDS (3)"]),
        (["History", "Long texts"], ["History (2)", "Long texts (2)"]),
        (["𠮷" * 20], ["𠮷" * 15]),
    ],
)
def test_titles_are_valid_and_unique(titles: list[str], made: list[str]) -> None:
    content = workbook_bytes([XlsxSheet(title, [XlsxColumn("a")], []) for title in titles], "en")
    assert opened(content).sheetnames == made


@pytest.mark.parametrize(("lang", "heading", "title"), [("en", "Card", "Cards"), ("zh", "卡号", "卡")])
def test_headings_and_titles_are_in_the_language_asked_for(lang: Lang, heading: str, title: str) -> None:
    sheet = one_sheet([XlsxColumn("iccid"), XlsxColumn("anything else")], [], lang)
    assert (sheet.title, sheet["A1"].value, sheet["B1"].value) == (title, heading, "anything else")


def test_a_sheet_can_be_read_filtered_and_printed() -> None:
    sheet = one_sheet(
        [XlsxColumn("iccid"), XlsxColumn("findings"), XlsxColumn("key")],
        [["1", "2", "3"]],
        frozen_columns=1,
        print_columns=2,
    )
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:C2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_area == "'Cards'!$A$1:$B$2"
    assert sheet["A2"].alignment.wrap_text


def test_columns_are_as_wide_as_their_cells_up_to_a_limit_and_a_chinese_character_counts_twice() -> None:
    columns = [XlsxColumn("a"), XlsxColumn("b"), XlsxColumn("c", widest=20), XlsxColumn("d")]
    sheet = one_sheet(columns, [["x" * 30, "甲" * 14, "y" * 90, ["first line", "second"]]])
    latin, chinese, limited, listed = (sheet.column_dimensions[name].width for name in "ABCD")
    assert 30 < latin < 34
    assert 28 < chinese < 32
    assert 20 <= limited < 21
    assert 10 < listed < 14


def test_a_wrapped_row_is_high_enough_for_its_lines() -> None:
    sheet = one_sheet([XlsxColumn("a", widest=20)], [["short"], ["甲" * 45], [["one", "two", "three"]]])
    one, chinese, three = (sheet.row_dimensions[row].height for row in (2, 3, 4))
    assert one == sheet.sheet_format.defaultRowHeight
    assert chinese > 4 * one
    assert three > 2 * one


def test_each_group_begins_a_page() -> None:
    rows = [[ask, *["x" * 40] * 4] for ask in "aabcc"]
    sheet = one_sheet([XlsxColumn(str(number)) for number in range(5)], rows, page_by=0)
    assert [page_break.id for page_break in sheet.row_breaks.brk] == [3, 4]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert 40 < sheet.page_setup.scale < 90


def test_the_head_of_a_page_names_what_it_belongs_to_and_is_no_command() -> None:
    content = workbook_bytes([XlsxSheet("cards", [XlsxColumn("a")], [])], "en", about="a&D\n" + "x" * 400)
    (sheet,) = opened(content).worksheets
    assert sheet.oddHeader.left.text.startswith("a&&D␊xxx")
    assert len(sheet.oddHeader.left.text) <= 255


def test_the_same_tables_make_the_same_bytes(tmp_path: Path) -> None:
    program = (
        "import sys; from graphtrace.render.workbook import *;"
        "rows = [[str(number), ['甲', '<r>x</r>'], number] for number in range(2000)];"
        "columns = [XlsxColumn('iccid'), XlsxColumn('findings'), XlsxColumn('cards', 'number')];"
        "sys.stdout.buffer.write(workbook_bytes([XlsxSheet('cards', columns, rows)], 'zh', about='a case'))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"), ("3", "America/New_York"))
    }
    assert len(made) == 1
    (content,) = made
    assert opened(content)["卡"]["A2001"].value == "1999"


def test_rows_are_taken_one_after_the_other_and_a_wrong_row_is_an_error() -> None:
    assert one_sheet([XlsxColumn("a")], (row for row in [["1"], ["2"]]))["A3"].value == "2"  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="zip"):
        one_sheet([XlsxColumn("a")], [["1", "2"]])


def test_the_foot_of_a_workbook_bears_the_head_of_the_ledger_that_it_comes_from() -> None:
    sheet = XlsxSheet("cards", [XlsxColumn("iccid")], [["1"]])
    feet = []
    for head in ("a" * 64, "b" * 64):
        with answered_at(CaseState(head)):
            content = workbook_bytes([sheet], "en")
        feet.append(opened(content).worksheets[0].oddFooter.left.text)
    assert "a" * 64 in feet[0]
    assert "b" * 64 in feet[1]
