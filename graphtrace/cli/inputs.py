"""Identifiers in an input file: one a line, or a column of a table whose heading is that of an identifier."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from graphtrace.errors import InputError, UnknownHeadings, UsageError, os_reason
from graphtrace.identifiers import DamagedNumber, has_too_few_digits, is_number
from graphtrace.identifiers.iccid import MIN_KNOWN
from graphtrace.patterns import late

if TYPE_CHECKING:
    from graphtrace.ingest.sheet import Sheet

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID")]
FromFile = Annotated[Path | None, typer.Option(metavar="F")]
"""File with the numbers to ask about, as every command about cards takes it."""

FromColumn = Annotated[str | None, typer.Option("--column", metavar="C")]

STANDARD_INPUT = Path("-")
_TABLES = frozenset(
    {".csv", ".tsv", ".xlsx", ".xls", ".ods", ".docx", ".html", ".parquet", ".json", ".jsonl", ".ndjson"}
)
_FIELDS = ("iccid", "eid", "msisdn", "imsi", "imei")
"""Fields of identifiers in order of preference, for a table with several such columns."""

_TYPED = late(r"[0-9A-Za-z?*'`=\"\s+-]+")
"""Pattern of a line that holds a single identifier as typed."""

_LETTER = late("[A-Za-z]{1,3}")


class _Header(NamedTuple):
    """Number of the header's row; index, field and normalised heading of the column."""

    row: int
    column: int
    field: str
    name: str


class AskedNumbers(NamedTuple):
    """Identifiers of a question, and the lines of the file that contain none."""

    ids: list[str]
    passed_over: list[str]


def collect_ids(ids: Sequence[str] | None, from_file: Path | None, column: str | None = None) -> AskedNumbers:
    """Return the identifiers in the arguments of a command and in its file.

    Raises UsageError if there is none, or one that is typed has wildcards and too few known characters. One in a file
    is left to be answered as not found, and lines that are no number are passed over: they must not keep a list from
    its answers. Raises InputError if the file cannot be read or holds none.
    """
    for typed in ids or ():
        if has_too_few_digits(typed):
            raise UsageError(
                "too_few_characters", text=typed, least=MIN_KNOWN, hint="more_characters", code="too_few_characters"
            )
    asked, passed_over = list(ids or ()), list[str]()
    for text in () if from_file is None else read_ids(from_file, column):
        (asked if isinstance(text, DamagedNumber) or is_number(text) else passed_over).append(text)
    if not asked and passed_over:
        raise InputError("no_identifier_in_file", path=str(from_file), hint="one_identifier_a_line")
    if not asked:
        raise UsageError("nothing_asked", hint="ask_something")
    return AskedNumbers(asked, passed_over)


def read_ids(path: Path, column: str | None = None) -> list[str]:
    """Return the identifiers in ``path`` in their order, equal ones once.

    The cells of a table are judged as at load: one that has lost digits is a
    :class:`~graphtrace.identifiers.DamagedNumber`. A line of a text is what a person typed and never judged; of a line
    with words around its numbers the numbers count.

    ``path``: a table by its ending (CSV, TSV, XLSX, XLS, Parquet, JSON Lines), else a text with one identifier a line;
    ``-`` is the standard input.
    ``column``: heading or letter of the column of a table; without it the column whose heading is an identifier's, or
    the only one.

    Raises InputError when the file cannot be read or holds no identifier.
    """
    is_table = path.suffix.lower() in _TABLES
    if column is not None and not is_table:
        raise UsageError("not_a_table", path=path, column=column, hint="leave_column_out")
    found = list(dict.fromkeys(_cells_of(path, column) if is_table else _lines_of(path)))
    if not found:
        raise InputError("no_identifier_in_file", path=path, hint="one_identifier_a_line")
    return found


def _lines_of(path: Path) -> Iterator[str]:
    from graphtrace.ingest.small_files import MAX_LIST_BYTES, read_small_file, within

    try:
        if path == STANDARD_INPUT:
            content = within(sys.stdin.buffer.read(MAX_LIST_BYTES + 1), MAX_LIST_BYTES)
        else:
            content = read_small_file(path, MAX_LIST_BYTES)
    except OSError as fault:
        raise InputError("at_path", path=path, why=os_reason(fault), hint="check_name_or_dash") from fault
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    return (number for line in text.splitlines() if line.strip() for number in _numbers_in(line.strip()))


def _numbers_in(line: str) -> list[str]:
    """Return the identifiers of one line: itself, or the numbers among its words; without any, the line unchanged."""
    if _TYPED.fullmatch(line):
        return [line]
    from graphtrace.ingest.free_text import find_in_line

    return [find.value for find in find_in_line(line) if find.kind in _FIELDS] or [line]


def _cells_of(path: Path, column: str | None) -> Iterator[str]:
    from graphtrace.ingest.readers import open_sheets

    sheets = open_sheets(path)
    columns = [(sheet, header) for sheet in sheets if (header := _header_of(sheet, column)) is not None]
    if not columns and column is not None:
        raise InputError("no_such_column", path=path, column=column, hint="heading_or_letter")
    if not columns:
        raise UnknownHeadings("no_identifier_heading", path=path, hint="name_identifier_column")
    for sheet, header in columns:
        yield from _judged(header.field, _column_of(sheet, header))


def _header_of(sheet: Sheet, column: str | None) -> _Header | None:
    """Return the header of the column of identifiers: the named one, one with such a heading, or the only column."""
    from graphtrace.ingest.headers import HEADINGS
    from graphtrace.ingest.heading_grammar import normalize_heading

    if column is not None:
        return _named_column(sheet, column)
    for number, cells in sheet.head_rows:
        fields = [HEADINGS.get(normalize_heading(cell)) if cell else None for cell in cells]
        for field in _FIELDS:
            if field in fields:
                return _Header(number, fields.index(field), field, normalize_heading(cells[fields.index(field)] or ""))
    filled = {place for _, cells in sheet.head_rows for place, cell in enumerate(cells) if cell}
    return _below(sheet, min(filled)) if len(filled) == 1 else None


def _named_column(sheet: Sheet, name: str) -> _Header | None:
    from graphtrace.ingest.headers import HEADINGS
    from graphtrace.ingest.heading_grammar import normalize_heading
    from graphtrace.model import column_index

    wanted = normalize_heading(name)
    for number, cells in sheet.head_rows:
        names = [normalize_heading(cell) if cell else "" for cell in cells]
        if wanted in names:
            field = HEADINGS.get(wanted)
            return _Header(number, names.index(wanted), field if field in _FIELDS else "", wanted)
    if _LETTER.fullmatch(name):
        places = [place for place in range(sheet.width) if sheet.number_of(place) == column_index(name)]
        return _below(sheet, places[0]) if places else None
    return None


def _below(sheet: Sheet, place: int) -> _Header:
    """Return the header of a column given by its place; its first cell is a heading unless it is a number."""
    from graphtrace.identifiers import identify
    from graphtrace.ingest.heading_grammar import normalize_heading

    number, cells = next(((number, cells) for number, cells in sheet.head_rows if cells[place]), (0, []))
    first = cells[place] if cells else None
    if first is None or identify(first).readings or _numbers_in(first) != [first]:
        return _Header(0, place, "", "")
    return _Header(number, place, "", normalize_heading(first))


def _column_of(sheet: Sheet, header: _Header) -> list[str]:
    """Return the filled cells below the heading, without those of totals and of repeated headings."""
    from graphtrace.ingest.heading_grammar import normalize_heading
    from graphtrace.ingest.totals import is_total_row

    rows = (cells for frame in sheet.read(header.row) for _, *cells in frame.iter_rows())
    return [
        cell
        for cells in rows
        if (cell := cells[header.column])
        and normalize_heading(cell) != header.name
        and not is_total_row(next(first for first in cells if first))
    ]


def _judged(field: str, cells: Sequence[str]) -> Iterator[str]:
    """Yield the identifiers of a column, by the same rules about damaged numbers as at load."""
    from graphtrace.identifiers import has_zeroed_tail, is_damaged_column, normalize_number
    from graphtrace.ingest.row_parser import ParseFailure, parse_card, parse_number
    from graphtrace.ingest.sheet import INEXACT_MARK

    if not field:
        # nothing says which identifier it is: each cell is taken like a line
        yield from (number for cell in cells for number in _numbers_in(cell.removeprefix(INEXACT_MARK)))
        return
    is_card = field == "iccid"
    is_zeroed = is_card and is_damaged_column(
        sum(has_zeroed_tail(normalize_number(cell)) for cell in cells), len(cells)
    )
    for cell in cells:
        read = parse_card(cell, is_zeroed_column=is_zeroed) if is_card else parse_number(field, cell)
        shown = cell.removeprefix(INEXACT_MARK)
        interval = read.interval if isinstance(read, ParseFailure) else None
        yield shown if interval is None else DamagedNumber(shown, interval)
