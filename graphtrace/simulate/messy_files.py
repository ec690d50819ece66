"""The records of a synthetic case as the files that people send.

Every cell is written in one of the ways that mean the same, the tables are GB18030 or UTF-8 text, workbooks with titles
and merged headings, or JSON Lines. Between the rows stand others that have to be rejected: copies of a row of which one
cell is spoilt, ends of ranges exchanged, repeated headings, totals. They say nothing that a right row does not say, so
what is true of the cards stays as it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from graphtrace.ingest.headers import HEADINGS
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.simulate.file_tables import TABLES
from graphtrace.simulate.noise import Cell, CorruptedCell, corrupt, vary_format
from graphtrace.simulate.truth_files import ExpectedReject

if TYPE_CHECKING:
    import xlsxwriter

    from graphtrace.simulate.shards import TableRows

MAX_CARDS: Final = 20_000
"""Maximum number of cards for files such as a person makes by hand."""

_SPOILT_EVERY: Final = 40
"""A spoilt row comes after so many right ones."""

_REPEATED_AFTER: Final = 30
"""The headings are repeated after so many rows, as printing them on every page leaves them."""

_WIDE_AFTER: Final = 80
"""A row with too many cells comes behind the rows from which the width of a table is taken."""

_SOUND: Final = 8
_ZEROED: Final = 4
"""Rows of the list whose column of numbers is spoilt."""


@dataclass(slots=True)
class MessySheet:
    """A sheet as it is going to be written: ``header`` rows of title and headings, then the rows below.

    ``rejects`` has the number of a row (from 1, as a spreadsheet program counts), the field and the reason.
    """

    name: str | None = None
    rows: list[Sequence[Cell]] = field(default_factory=list)
    header: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    rejects: list[tuple[int, str | None, str]] = field(default_factory=list)

    def add(self, cells: Sequence[Cell], refused: tuple[str | None, str] | None = None) -> None:
        """Add a row; ``refused`` gives the field and the reason for which it has to be rejected."""
        self.rows.append(cells)
        if refused is not None:
            self.rejects.append((len(self.rows), *refused))

    @property
    def filled(self) -> int:
        """Rows below the header."""
        return len(self.rows) - self.header


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStyle:
    """Form in which a table is sent: the name of its file, a title above it, and whether a total stands below.

    ``groups`` are headings over several columns: the first and the last heading below them, and their text. The
    headings beside them are merged over both rows.
    """

    file: str
    title: str = ""
    groups: tuple[tuple[str, str, str], ...] = ()
    has_total: bool = False
    encoding: str = "gb18030"
    delimiter: str = ","

    @property
    def form(self) -> str:
        """The ending of the file."""
        return self.file.rsplit(".", 1)[1]


FILE_STYLES: Final = {
    "purchases": FileStyle(
        file="开户清单.xlsx",
        title="云洲市物联网卡开户清单",
        groups=(("企业名称", "统一社会信用代码", "购卡方信息"), ("起始ICCID", "数量", "号段信息")),
        has_total=True,
    ),
    "bought": FileStyle(file="批量开户.csv"),
    "transfers": FileStyle(file="批发台账.csv", title="批发台账", has_total=True),
    "copy": FileStyle(file="批发台账（重导）.tsv", encoding="utf-8-sig", delimiter="\t"),
    "ledger": FileStyle(file="下级进货记录.xlsx"),
    "retail": FileStyle(file="零售明细.xlsx", title="零售明细表", groups=(("卖方", "买方", "双方"),), has_total=True),
    "named": FileStyle(file="实名登记.csv"),
    "sold": FileStyle(file="聊天记录整理.txt", encoding="utf-8", delimiter="|"),
    "returns": FileStyle(file="退货单.csv", has_total=True),
    "activations": FileStyle(file="激活记录.csv", title="平台导出"),
    "platform": FileStyle(file="平台明细.tsv", encoding="utf-8-sig", delimiter="\t"),
    "by_line": FileStyle(file="号码激活.jsonl", encoding="utf-8"),
    "seizures": FileStyle(file="扣押清单.jsonl", encoding="utf-8"),
    "stock": FileStyle(file="存量申报.xlsx", title="物联网卡销量、存量申报表"),
    "stock_cards": FileStyle(file="盘点.csv"),
}
"""Form in which each table is sent."""

_ZEROED_LIST: Final = FileStyle(file="补充清单.csv")


class MessyFiles:
    """Collects the rows of all tables and writes them as they are sent; see ``simulate.files``.

    ``duplicates`` counts the rows that are written a second time.
    """

    def __init__(self, folder: Path, random: np.random.Generator) -> None:
        self._folder = folder
        self._random = random
        self._tables: dict[str, list[TableRows]] = {}
        self.rows: dict[str, int] = {}
        self.rejects: list[ExpectedReject] = []
        self.duplicates = 0

    def write(self, records: Sequence[TableRows]) -> None:
        """Add rows behind those that are there."""
        for written in records:
            self._tables.setdefault(written.table, []).append(written)

    def close(self) -> None:
        """Write the files."""
        for table, parts in self._tables.items():
            self._send(table, FILE_STYLES[table], _sheet(table, parts, self._random))
        if "activations" in self._tables:
            self._send("activations", _ZEROED_LIST, self._zeroed_list())

    def _send(self, table: str, guise: FileStyle, sheet: MessySheet) -> None:
        sheets = [sheet]
        path = self._folder / guise.file
        if guise.form == "xlsx":
            sheet.name = guise.file.removesuffix(".xlsx")
            sheets.append(_notes())
            _write_workbook(path, sheets)
        elif guise.form == "jsonl":
            _write_lines(path, [*TABLES[table]], sheet)
        else:
            _write_text(path, guise, sheet)
        self.rows[guise.file] = sum(one.filled for one in sheets)
        for one in sheets:
            self.rejects += [ExpectedReject(guise.file, one.name, *why) for why in one.rejects]

    def _zeroed_list(self) -> MessySheet:
        """Return activations of which so many card numbers end in zeros that their column must have been spoilt.

        The sound rows stand among the other activations too, so each of them is said twice.
        """
        columns = TABLES["activations"]
        activations = pl.concat([written.frame for written in self._tables["activations"]])
        decimal = activations.filter(activations["ICCID"].str.contains("^[0-9]{19,20}$")).head(_SOUND + _ZEROED)
        sheet = MessySheet(rows=[[*columns]], header=1)
        for place, row in enumerate(decimal.iter_rows(named=True)):
            if place % 3:
                self.duplicates += 1
                sheet.add([*row.values()])
            else:
                row["ICCID"] = row["ICCID"][:15].ljust(len(row["ICCID"]), "0")
                sheet.add([*row.values()], ("iccid", "damaged_number"))
        return sheet


def _sheet(table: str, parts: Sequence[TableRows], random: np.random.Generator) -> MessySheet:
    """Return the rows of a table with those that have to be rejected between them."""
    guise, columns = FILE_STYLES[table], TABLES[table]
    sheet = _headed(guise, [*columns])
    right = 0
    for written in parts:
        for place, row in enumerate(written.frame.iter_rows(named=True)):
            sheet.add(
                [vary_format(shown, row[heading], guise.form, random) for heading, shown in columns.items()],
                written.refused.get(place),
            )
            right += 1
            if right % _SPOILT_EVERY == 1:
                _add_spoilt(sheet, table, row, guise.form, random)
            if right % _REPEATED_AFTER == 0 and guise.form != "jsonl":
                sheet.add([*columns], (None, "not_a_record"))
            if right == _WIDE_AFTER and guise.form in ("csv", "tsv", "txt"):
                sheet.add([*row.values(), "另", "见", "附件"], (None, "unreadable_row"))
    if guise.has_total:
        sheet.add(["合计", *[None] * (len(columns) - 2), right], (None, "not_a_record"))
    return sheet


def _add_spoilt(
    sheet: MessySheet, table: str, row: dict[str, str | int | None], form: str, random: np.random.Generator
) -> None:
    ways = corrupt(table, TABLES[table], row, form)
    if "first" in TABLES[table].values():
        first, last = (heading for heading, shown in TABLES[table].items() if shown in ("first", "last"))
        ways.append(CorruptedCell(first, row[last], HEADINGS[normalize_heading(last)], "range_reversed"))
    if not ways:
        return
    heading, cell, named, reason = ways[random.integers(len(ways))]
    spoilt: dict[str, Cell] = {**row, heading: cell}
    if reason == "range_reversed":
        spoilt[last] = row[first]
    sheet.add([*spoilt.values()], (named, reason))


def _headed(guise: FileStyle, headings: list[str]) -> MessySheet:
    """Return a sheet with its title and its headings; the objects of JSON Lines bring theirs along."""
    sheet = MessySheet()
    if guise.form == "jsonl":
        return sheet
    if guise.title:
        sheet.rows += [[guise.title], []]
        sheet.merged.append((0, 0, 0, len(headings) - 1))
    if guise.groups:
        upper: list[Cell] = [*headings]
        top = len(sheet.rows)
        for first, last, text in guise.groups:
            start, end = headings.index(first), headings.index(last)
            upper[start : end + 1] = [text, *[None] * (end - start)]
            sheet.merged.append((top, start, top, end))
        for column, heading in enumerate(headings):
            if upper[column] == heading:
                sheet.merged.append((top, column, top + 1, column))
        sheet.rows.append(upper)
    sheet.rows.append(headings)
    sheet.header = len(sheet.rows)
    return sheet


def _notes() -> MessySheet:
    """Return a sheet that holds no records: all of it is rejected as one entry, at the row that could be its header."""
    rows: list[Sequence[Cell]] = [["填表说明", "备注"], ["卡号一律按文本填写"]]
    return MessySheet(name="填表说明", rows=rows, header=1, rejects=[(1, None, "unknown_headings")])


def _write_text(path: Path, guise: FileStyle, sheet: MessySheet) -> None:
    text = io.StringIO()
    width = len(sheet.rows[sheet.header - 1])
    table = csv.writer(text, delimiter=guise.delimiter, lineterminator="\r\n")
    for cells in sheet.rows:
        table.writerow([*cells, *[None] * (width - len(cells))])
    path.write_bytes(text.getvalue().encode(guise.encoding))


def _write_lines(path: Path, headings: Sequence[str], sheet: MessySheet) -> None:
    objects = [dict(zip(headings, cells, strict=True)) for cells in sheet.rows]
    path.write_text(
        "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects), encoding="utf-8", newline="\n"
    )


def _write_workbook(path: Path, sheets: Sequence[MessySheet]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        # else the clock would be written into the file
        book.set_properties({"created": datetime(2023, 12, 31)})
        day = book.add_format({"num_format": "yyyy/m/d"})
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, day)


def _fill(page: xlsxwriter.worksheet.Worksheet, sheet: MessySheet, day: xlsxwriter.format.Format) -> None:
    for first_row, first_column, last_row, last_column in sheet.merged:
        page.merge_range(first_row, first_column, last_row, last_column, "")
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(row, column, cell, day)
            elif isinstance(cell, str):
                page.write_string(row, column, cell)
            elif cell is not None:
                page.write_number(row, column, cell)
