"""Hidden and struck-out rows, and hidden sheets, are read like others and said once a sheet with their count."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

import graphtrace as gt
from graphtrace.ingest.readers.set_aside import PartRows, SetAside
from graphtrace.render.text_tables import REMARKS

HEADINGS = {
    "sale": ["日期", "转出方", "转入方", "ICCID"],
    "payment": ["交易时间", "付款方", "收款方", "金额"],
}


def rows_of(kind: str, count: int) -> list[list[str]]:
    last = [f"898606230000000000{n}" for n in range(count)] if kind == "sale" else ["100"] * count
    return [[f"2024-03-0{1 + n}", "甲公司", f"乙店{n}", last[n]] for n in range(count)]


def book(path: Path, kind: str = "sale", *, hide: str = "", count: int = 5) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        struck = workbook.add_format({"font_strikeout": True, "bold": True})
        sheet = workbook.add_worksheet("甲 & 乙")
        sheet.write_row(0, 0, HEADINGS[kind])
        for number, cells in enumerate(rows_of(kind, count), 1):
            sheet.write_row(number, 0, cells, struck if number in (2, 4) else None)
        for number in (3, 4, 5):
            sheet.set_row(number, None, None, {"hidden": True})
        sheet.set_row(50, None, None, {"hidden": True})
        sheet.write_blank(60, 0, None, struck)
        if hide:
            workbook.add_worksheet("别的").activate()
            sheet.hide() if hide == "hidden" else sheet.very_hidden()
    return path


def warnings(path: Path) -> list[tuple[str, int, int, str]]:
    report = gt.open_case(path.parent / "x.gtrace").load(path).files[0]
    assert (report.rows, report.rejected) == (5, 0)
    return [(each.reason, each.rows, each.first_row, each.value) for each in report.warnings]


@pytest.mark.parametrize("kind", ["sale", "payment"])
def test_hidden_and_struck_out_rows_are_read_and_said_once(tmp_path: Path, kind: str) -> None:
    assert warnings(book(tmp_path / "a.xlsx", kind)) == [
        ("hidden_rows", 3, 4, "4, 5, 6"),
        ("struck_out_rows", 2, 3, "3, 5"),
    ]


@pytest.mark.parametrize("hide", ["hidden", "very_hidden"])
def test_a_hidden_sheet_is_read_and_said(tmp_path: Path, hide: str) -> None:
    assert ("hidden_sheet", 5, 2, "2, 3, 4, 5, 6") in warnings(book(tmp_path / "a.xlsx", hide=hide))


def test_the_same_is_said_when_a_file_is_loaded_again(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", hide="hidden")
    case = gt.open_case(tmp_path / "x.gtrace")
    first = case.load(path).files
    assert [[*report.warnings] for report in case.load(path).files] == [[*report.warnings] for report in first]
    assert len(first[0].warnings) == 3
    assert case.verify(deep=True) == []


def test_fonts_of_other_formats_and_a_strike_that_is_off_strike_nothing() -> None:
    styles = b"""<x:styleSheet xmlns:x="y"><x:fonts><x:font/><x:font><x:strike val="0"/></x:font>
    <x:font><x:strike val='1'/></x:font></x:fonts><x:cellStyleXfs><x:xf fontId="2"/></x:cellStyleXfs>
    <x:cellXfs><x:xf fontId="1"/><x:xf fontId="2"/></x:cellXfs>
    <x:dxfs><x:dxf><x:font><x:strike/></x:font></x:dxf></x:dxfs></x:styleSheet>"""
    links = b'<Relationships><Relationship Id="r1" Target="/xl/worksheets/Sheet1.xml"/></Relationships>'
    book = b'<workbook xmlns:r="z"><sheets><sheet name="&lt;S&gt;" sheetId="1" r:id="r1"/></sheets></workbook>'
    parts = SetAside(book, links, styles)
    assert parts.part("xl/styles.xml") is None
    rows = parts.part("xl/worksheets/sheet1.xml")
    assert rows is not None
    rows.look(b"<x:row r='1' ht='3' hidden='false'><x:c r='A1' s='0'><x:v>1</x:v></x:c></x:row>")
    rows.look(b"<x:row hidden='true' r='2'><x:c s='1' r='A2'/><x:c r='B2' s='0'><v>1</v></x:c></x:row>")
    rows.look(b"<x:row r='3'><x:c s='1' r='A3'><x:v>1</x:v></x:c></x:row>")
    parts.add("xl/worksheets/Sheet1.xml", rows)
    found = {reason: numbers.to_list() for reason, numbers in parts.rows["<S>"].items()}
    assert found == {"hidden_rows": [2], "struck_out_rows": [3]}


def test_damaged_parts_set_nothing_aside() -> None:
    parts = SetAside(b"<workbook><sheets><sheet", b"\xff", b"<fonts><font><strike/>")
    assert parts.part("xl/worksheets/sheet1.xml") is None
    rows = PartRows(frozenset())
    rows.look(b"<row hidden" * 100_000)
    assert rows.found() == {}


def test_each_remark_has_its_words() -> None:
    assert {"hidden_rows", "struck_out_rows", "hidden_sheet"} <= set(REMARKS)
