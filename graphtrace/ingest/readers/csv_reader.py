"""CSV, TSV and delimited text.

:mod:`~graphtrace.ingest.readers.record_reader` says what a record is, and its records are the rows. Blocks that
certainly mean the same to a plain splitter (no quoting, every line of one width) are read by polars instead, some ten
times faster; a property test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from graphtrace.errors import InputError
from graphtrace.ingest.readers.cells import (
    BLANKS,
    clean_cell,
    drop_empty,
    filled_rows,
    frame_from_rows,
    note_lines,
    shown_fault,
    strip,
)
from graphtrace.ingest.readers.encodings import DAMAGED, Encoding, find_encoding, text_blocks
from graphtrace.ingest.readers.limits import MAX_CELL_LINES
from graphtrace.ingest.readers.record_reader import SAMPLE_RECORDS, block_records, records_of, usual_width
from graphtrace.ingest.sheet import ROW, TOP_ROWS, Sheet

DELIMITERS = ",\t;|"
SAMPLE_BYTES = 2**16
BATCH_RECORDS = 50_000
CHECK_BYTES = 2**18
"""Bytes whose separators are looked at together: what stays in the cache is checked twice as fast."""

LINE_FEED, RETURN, SPACE = b"\n\r "

_MANY_BLANK_LINES = b"\n" * 100_000
_MOST_RECORDS_AT_TOP = 200_000
"""Records among which the filled ones of the top are looked for."""

Bytes = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]

_IS_BLANK = np.isin(np.arange(256), [ord(blank) for blank in BLANKS if blank < "\x80"])
_LEADS_BLANK = np.isin(np.arange(256), [blank.encode()[0] for blank in BLANKS if blank >= "\x80"])
"""By byte: a blank of one byte; the first byte of a longer one."""
*_, _LAST_LEAD, _MARK_LEAD = _BLANK_LEADS = np.flatnonzero(_LEADS_BLANK).astype(np.uint8)
_FIRST_LEAD = _BLANK_LEADS[0]
"""Longer blanks begin with one of a few bytes, which are not those that Chinese characters in common use begin with."""
_IS_OTHER_BLANK = _IS_BLANK.copy()
_IS_OTHER_BLANK[: SPACE + 1] = False
assert not _IS_OTHER_BLANK.any(), "a blank of one byte above the space"

_DAMAGED_BYTES = DAMAGED.encode()


def open_delimited(path: Path) -> list[Sheet]:
    """Return one sheet: the whole file.

    Costs one pass for the encoding; reading it costs another, with two or three blocks in memory.

    Raises InputError when no cell is filled, or the text is in no known encoding.
    """
    encoding = find_encoding(path)
    delimiter = find_delimiter(path, encoding)
    usual = usual_width(text_blocks(path, encoding, SAMPLE_BYTES), delimiter)
    top = list(islice(_filled_records(path, encoding, delimiter, usual), TOP_ROWS))
    if not top:
        raise InputError("no_cell_filled", path=path, hint="right_file")
    width = max(len(fields) for _, fields in top)
    table = _Table(path, encoding, delimiter, width, usual)
    sheet = Sheet(
        name=None,
        width=width,
        head_rows=[
            (row, [clean_cell(text) for text in fields] + [None] * (width - len(fields))) for row, fields in top
        ],
        read=lambda below: table.read(sheet, below),
        encoding=encoding.name,
    )
    return [sheet]


def find_delimiter(path: Path, encoding: Encoding) -> str:
    """Return the one of :data:`DELIMITERS` that cuts the first records most evenly, then into most columns.

    A title above the table has one column whatever the delimiter, so it weighs on all of them alike. A text that no
    delimiter cuts is one column, and said to be cut by commas.
    """

    def evenness(delimiter: str) -> tuple[float, int]:
        records = records_of(text_blocks(path, encoding, SAMPLE_BYTES), delimiter)
        widths = [len(record) for record in islice(records, SAMPLE_RECORDS) if isinstance(record, list) and record]
        columns, count = max(
            ((columns, count) for columns, count in Counter(widths).items() if columns > 1),
            key=lambda width: (width[1], width[0]),
            default=(1, 0),
        )
        return count / max(len(widths), 1), columns

    return max(DELIMITERS, key=evenness)


class _Table:
    """A delimited text whose layout is known."""

    def __init__(self, path: Path, encoding: Encoding, delimiter: str, width: int, usual: int) -> None:
        self.usual = usual
        self.path = path
        self.encoding = encoding
        self.delimiter = delimiter
        self.names = [str(column) for column in range(width)]

    def read(self, sheet: Sheet, below: int) -> Iterator[pl.DataFrame]:
        blocks = text_blocks(self.path, self.encoding)
        row = 0
        for whole in blocks:
            block, blank_lines = _without_blank_end(whole)
            if blank_lines:
                row = yield from self._read_records(sheet, below, row, block, iter(()))
                row += blank_lines
                continue
            plain = strip_simple_quotes(block, self.delimiter)
            layout = None if plain is None else scan_layout(plain, self.delimiter)
            frame = None
            if plain and layout and layout.columns <= len(self.names) and _DAMAGED_BYTES not in plain:
                frame = self._split(plain, layout, row)
            if frame is not None and layout:
                above = min(max(below - row, 0), layout.lines)
                frame = frame.slice(above)
                filled = filled_rows(drop_empty(frame, self.names))
                sheet.counted += layout.lines - above - (frame.height - filled.height)
                row += layout.lines
                yield filled
            else:
                row = yield from self._read_records(sheet, below, row, block, blocks)

    def _split(self, block: bytes, layout: LineLayout, row: int) -> pl.DataFrame | None:
        """Return the cells of a block; None where a line has a cell too many."""
        names = self.names[: layout.columns]
        try:
            frame = pl.read_csv(
                block,
                has_header=False,
                schema=dict.fromkeys(names, pl.String),
                separator=self.delimiter,
                quote_char=None,
                row_index_name=ROW,
                row_index_offset=row + 1,
            )
        except pl.exceptions.ComputeError:
            if layout.is_even:
                raise
            return None
        if not layout.is_even and frame.height != layout.lines:
            return None
        stripped = frame if layout.is_stripped else strip(frame, names)
        return stripped.with_columns(pl.lit(None, pl.String).alias(name) for name in self.names[layout.columns :])

    def _read_records(
        self, sheet: Sheet, below: int, row: int, block: bytes, blocks: Iterator[bytes]
    ) -> Generator[pl.DataFrame, None, int]:
        """Yield the frames of the records of a block, which follow ``row``; return the number of the last one."""
        records = block_records(block, blocks, self.delimiter, self.usual)
        while batch := list(islice(records, BATCH_RECORDS)):
            rows: list[int] = []
            cells: list[Sequence[str | None]] = []
            for number, record in enumerate(batch, start=row + 1):
                if number <= below or not record:
                    continue
                fitting = record if isinstance(record, str) else self._fit(record)
                if isinstance(fitting, str):
                    sheet.faults.append(shown_fault(number, fitting))
                    sheet.counted += 1
                else:
                    rows.append(number)
                    cells.append(fitting)
            row += len(batch)
            if rows:
                stripped = strip(frame_from_rows(rows, zip(*cells, strict=True)), self.names)
                filled = filled_rows(drop_empty(stripped, self.names))
                sheet.counted += filled.height
                note_lines(sheet, filled, self.names)
                yield filled
        return row

    def _fit(self, record: list[str]) -> Sequence[str | None]:
        """Return a record in the table's width, or its text when it has a filled cell too many."""
        missing = len(self.names) - len(record)
        if missing == 0:
            return record
        if missing > 0:
            return [*record, *[None] * missing]
        if any(clean_cell(text) for text in record[missing:]):
            return self.delimiter.join(record)
        return record[:missing]


def _without_blank_end(block: bytes) -> tuple[bytes, int]:
    """Return a block without most of the blank lines at its end, if they are many, and their number.

    So many are left that no quoted cell runs on behind them.
    """
    if not block.endswith(_MANY_BLANK_LINES):
        return block, 0
    blank_lines = len(block) - len(block.rstrip(b"\n")) - 2 * MAX_CELL_LINES
    return block[:-blank_lines], blank_lines


def strip_simple_quotes(block: bytes, delimiter: str) -> bytes | None:
    """Return the block as it is where no quote opens a cell; without quotes where they only enclose; else None.

    ``="8986"`` opens none, ``"a","b"`` only encloses, and ``"a,b"`` or ``"a""b"`` needs a parser.
    """
    if b'"' not in block:
        return block
    mark = delimiter.encode()
    if not (block.startswith(b'"') or any(end + b'"' in block for end in (mark, b"\n", b"\r"))):
        return block
    data = np.frombuffer(block, dtype=np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    if quotes.size % 2:
        return None
    opening, closing = quotes[0::2], quotes[1::2]
    is_edge = (data == ord(mark)) | (data == ord("\n")) | (data == ord("\r"))
    edges = np.flatnonzero(is_edge)
    encloses = (
        is_edge[opening[opening > 0] - 1].all()
        and is_edge[closing[closing < data.size - 1] + 1].all()
        and (np.searchsorted(edges, opening) == np.searchsorted(edges, closing)).all()
    )
    return block.replace(b'"', b"") if encloses else None


class LineLayout(NamedTuple):
    """Common layout of the lines of a block.

    Where ``is_even`` is false, some lines may have fewer columns and others more; the splitter refuses the latter, and
    there can only be the former if there are the latter.
    """

    lines: int
    columns: int
    is_stripped: bool
    is_even: bool = True


def scan_layout(block: bytes, delimiter: str) -> LineLayout | None:
    """Return the layout of an unquoted block; None if the lines differ in width or a carriage return stands alone."""
    return _measure_at_once(block, delimiter) or _measure_each_line(block, delimiter)


def _columns_of_first_line(block: bytes, delimiter: str) -> int:
    return block.count(delimiter.encode(), 0, block.find(b"\n") + 1 or len(block)) + 1


def _measure_at_once(block: bytes, delimiter: str) -> LineLayout | None:
    """Return the layout of a block by the number of its separators; None if that does not decide.

    Certain to be stripped is a block whose only blanks are spaces with something else on both sides.
    """
    mark, columns = ord(delimiter), _columns_of_first_line(block, delimiter)
    if columns == 1 or mark < SPACE or not block.endswith(b"\n"):
        return None
    data = np.frombuffer(block, np.uint8)
    lines = marks = 0
    for start in range(0, data.size, CHECK_BYTES):
        part = data[start : start + CHECK_BYTES]
        ends = int(np.count_nonzero(part == LINE_FEED))
        if np.count_nonzero(part < SPACE) != ends or (part - _FIRST_LEAD <= _LAST_LEAD - _FIRST_LEAD).any():
            return None
        if (part == _MARK_LEAD).any():
            return None
        lines += ends
        marks += int(np.count_nonzero(part == mark))
        # a space at the edge of a part is looked at with what is beside it in the block
        spaces = np.flatnonzero(part == SPACE) + start
        if spaces.size:
            beside = np.append(data[spaces - 1], data[spaces + 1])
            if spaces[0] == 0 or ((beside == mark) | (beside == LINE_FEED) | (beside == SPACE)).any():
                return None
    if marks != (columns - 1) * lines:
        return None
    return LineLayout(lines, columns, is_stripped=True, is_even=False)


def _measure_each_line(block: bytes, delimiter: str) -> LineLayout | None:
    mark = ord(delimiter)
    columns = _columns_of_first_line(block, delimiter)
    has_returns = b"\r" in block
    lines, is_stripped = 0, True
    start = 0
    while start < len(block):
        end = block.rfind(b"\n", start, start + CHECK_BYTES) + 1 or block.find(b"\n", start) + 1 or len(block)
        data = np.frombuffer(block[start:end] if block[end - 1] == LINE_FEED else block[start:end] + b"\n", np.uint8)
        cuts = np.flatnonzero((data == mark) | (data == LINE_FEED))
        is_end = data[cuts] == LINE_FEED
        if is_end.size % columns or is_end.sum() * columns != is_end.size or not is_end[columns - 1 :: columns].all():
            return None
        ends = cuts
        if has_returns:
            is_return = is_end & (data[cuts - 1] == RETURN)
            if (data == RETURN).sum() != is_return.sum():
                return None
            ends = cuts - is_return
        is_stripped = is_stripped and not _may_have_blanks(data, np.append(0, cuts[:-1] + 1), ends, mark)
        lines += is_end.size // columns
        start = end
    return LineLayout(lines, columns, is_stripped)


def _may_have_blanks(data: Bytes, starts: Indices, ends: Indices, mark: int) -> bool:
    """Whether a cell may begin or end with a blank: at the edges of most files' cells, none can."""
    is_edge = _IS_BLANK.copy()
    is_edge[[mark, LINE_FEED, RETURN]] = False
    last = data[ends - 1]
    # the bytes two and three before the end of a short file's first cell are not there, and any other may stand in
    before, lead = data.take(ends - 2, mode="wrap"), data.take(ends - 3, mode="wrap")
    ends_blank = is_edge[last] | _LEADS_BLANK[lead] | (_LEADS_BLANK[before] & (last > 127))
    return bool(ends_blank.any()) or bool((is_edge | _LEADS_BLANK)[data[starts]].any())


def _filled_records(path: Path, encoding: Encoding, delimiter: str, width: int) -> Iterator[tuple[int, list[str]]]:
    records = records_of(text_blocks(path, encoding, SAMPLE_BYTES), delimiter, width)
    for row, record in enumerate(islice(records, _MOST_RECORDS_AT_TOP), start=1):
        if isinstance(record, list):
            cells = record
        else:
            # headings with a stray quote are still the headings
            cells = [cell.strip('"') for cell in record.split(delimiter)]
            if len(cells) != width and width > 1:
                continue
        if any(clean_cell(text) for text in cells):
            yield row, cells
