"""Files of records on disk, written shard by shard: plain ones, and files as people send them.

In the latter every cell is written in one of the ways that mean the same, the tables are GB18030 or UTF-8 text,
workbooks with titles and merged headings, or JSON Lines. Between the rows stand others that have to be rejected: copies
of a row of which one cell is spoilt, ends of ranges exchanged, repeated headings, totals. They say nothing that a right
row does not say, so what is true of the cards stays as it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, NamedTuple, Protocol

import numpy as np
import polars as pl

from graphtrace.frozen import frozen
from graphtrace.ingest.headers import HEADINGS
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.model import CHINA
from graphtrace.simulate.file_tables import TABLES
from graphtrace.simulate.shards import ExpectedReject

if TYPE_CHECKING:
    import pyarrow.parquet as pq
    import xlsxwriter

    from graphtrace.simulate.shards import TableRows


Cell = str | int | float | date | datetime | None
"""A date is a date cell where the form has such, a float a number that has lost digits."""

_FULL_WIDTH: Final = {code: code + 0xFEE0 for code in (*range(ord("0"), ord("9") + 1), *range(ord("A"), ord("Z") + 1))}
_NOTHING: Final = (None, "-", "无", "/", "NULL")
_PLAIN: Final = 0.6
"""Share of the cells that are written without any disguise."""

Way = Callable[[str], Cell]


def vary_format(shown: str, value: str | int | None, form: str, random: np.random.Generator) -> Cell:
    """Return a cell that means ``value``; ``shown`` is what the column shows (a value of ``tables.TABLES``)."""
    ways = _WAYS.get(shown, ())
    if value is None:
        return None if form == "jsonl" else _NOTHING[random.integers(len(_NOTHING))]
    text = str(value)
    if not ways or random.random() < _PLAIN:
        return value
    cell = ways[random.integers(len(ways))](text)
    if isinstance(cell, date) and form != "xlsx":
        return text
    return cell


def _full_width(text: str) -> str:
    return text.translate(_FULL_WIDTH)


def _grouped(text: str) -> str:
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def _dump(text: str) -> str:
    """Return a number as the chip holds it: the two characters of every byte exchanged."""
    return "".join(text[place ^ 1] for place in range(20)) if len(text) == 20 else text


def _slashed(text: str) -> str:
    return "/".join(str(int(part)) for part in text.split("-"))


def _dotted(text: str) -> str:
    return text.replace("-", ".") if text.count("-") == 2 else text


def _in_words(text: str) -> str:
    year, month, *day = (int(part) for part in text.split("-"))
    return f"{year}年{month}月" + (f"{day[0]}日" if day else "")


def _day_cell(text: str) -> Cell:
    return date.fromisoformat(text) if len(text) == 10 else text


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


_WAYS: Final[Mapping[str, tuple[Way, ...]]] = {
    **dict.fromkeys(
        ("card", "first", "last"),
        (_full_width, str.lower, _grouped, _dump, lambda text: "'" + text, lambda text: f'="{text}"'),
    ),
    "day": (_slashed, _dotted, _in_words, lambda text: text.replace("-", ""), _day_cell, _full_width),
    "moment": (
        lambda text: text.replace("-", "/"),
        lambda text: text.translate(dict.fromkeys(map(ord, "-: "))),
        lambda text: _moment(text).isoformat(),
        lambda text: _moment(text).astimezone(UTC).isoformat().replace("+00:00", "Z"),
        lambda text: int(_moment(text).timestamp()),
        lambda text: int(_moment(text).timestamp() * 1000),
    ),
    **dict.fromkeys(
        ("sender", "receiver"),
        (lambda text: f"{text[:2]} {text[2:]}", lambda text: text + "\u3000", lambda text: "\u200b" + text),
    ),
    **dict.fromkeys(("sender_id", "receiver_id"), (_full_width, str.lower, _grouped)),
    **dict.fromkeys(
        ("count", "quantity", "stock", "sold"),
        (_full_width, lambda text: f"{int(text):,}", lambda text: text + "张"),
    ),
    "line": (lambda text: "86" + text, lambda text: "+86 " + text, _full_width, int),
    "device": (_full_width,),
    "imei": (lambda text: text[:14], lambda text: text[:14] + "01", _full_width),
}


class CorruptedCell(NamedTuple):
    """A cell that makes its row one to be rejected: its heading, what stands in it, the field and the reason."""

    heading: str
    cell: Cell
    field: str
    reason: str


def corrupt(
    table: str, columns: Mapping[str, str], row: Mapping[str, str | int | None], form: str
) -> list[CorruptedCell]:
    """Return the ways in which one cell of a row can be spoilt so that the row has to be rejected."""
    return [
        CorruptedCell(heading, cell, field or HEADINGS[normalize_heading(heading)], reason)
        for heading, shown in columns.items()
        if (value := row[heading]) is not None
        for cell, field, reason in _spoils(table, shown, str(value), form)
    ]


def _spoils(table: str, shown: str, text: str, form: str) -> Iterator[tuple[Cell, str | None, str]]:
    is_move = table not in ("activations", "platform", "by_line", "seizures", "stock", "stock_cards")
    if shown in ("card", "first"):
        yield text[:-4], None, "bad_identifier"
        if text.isdecimal():
            lost: Cell = f"{text[0]}.{text[1:6]}E+{len(text) - 1}"
            if form == "xlsx":
                lost = float(text)
            elif form == "jsonl":
                lost = int(text)
            yield lost, None, "damaged_number"
    elif shown == "last":
        # the eighth sign is a digit of every number and stands before what runs
        yield text[:7] + str((int(text[7]) + 1) % 10) + text[8:], None, "range_heads_differ"
    elif shown in ("day", "moment") and table != "seizures":
        yield "2022-13-45", None, "bad_date"
        yield "03/04/2022", None, "ambiguous_date"
        # a card or its number beside a name is still a list, with or without a day
        if table not in ("activations", "by_line"):
            yield None, None, "missing_field"
    elif shown == "count":
        yield int(text) + 1, None, "range_count_mismatch"
    elif shown == "quantity":
        yield "若干", None, "bad_quantity"
    elif shown == "sender" and is_move:
        yield None, None, "missing_field"


Format = Literal["csv", "parquet"]

HEADER_ROW: Final = 1
_CSV_ROWS: Final = 8_192


class _File(Protocol):
    def write(self, frame: pl.DataFrame) -> None: ...
    def close(self) -> None: ...


class _Csv:
    """A CSV file. No text of a synthetic case needs a quote."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")
        self._is_new = True

    def write(self, frame: pl.DataFrame) -> None:
        buffer = io.BytesIO()
        frame.write_csv(buffer, include_header=self._is_new, batch_size=_CSV_ROWS, quote_style="never")
        self._file.write(buffer.getbuffer())
        self._is_new = False

    def close(self) -> None:
        self._file.close()


class _Parquet:
    """A Parquet file of which each frame is a row group."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def write(self, frame: pl.DataFrame) -> None:
        import pyarrow.parquet as pq

        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema)
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


class TableFiles:
    """The files of a case, one a table, made when their first row comes.

    ``rows`` counts the rows of each by its name; ``rejects`` are the rows that have to be rejected. No row is
    written twice, so ``duplicates`` stays 0.
    """

    def __init__(self, folder: Path, form: Format) -> None:
        self._folder = folder
        self._form: Format = form
        self._open: dict[str, _File] = {}
        self.rows: dict[str, int] = {}
        self.rejects: list[ExpectedReject] = []
        self.duplicates = 0

    def write(self, records: Sequence[TableRows]) -> None:
        """Add rows behind those that are there."""
        for table, frame, refused in records:
            name = f"{table}.{self._form}"
            first = HEADER_ROW + 1 + self.rows.setdefault(name, 0)
            self.rows[name] += frame.height
            if name not in self._open:
                self._open[name] = (_Csv if self._form == "csv" else _Parquet)(self._folder / name)
            self._open[name].write(frame)
            self.rejects += [ExpectedReject(name, None, first + place, *why) for place, why in refused.items()]

    def close(self) -> None:
        """Write what is still to be written."""
        for file in self._open.values():
            file.close()


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


@frozen()
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
