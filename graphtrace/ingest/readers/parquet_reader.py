"""Parquet: typed columns, so that integers and decimals are exact whatever their size.

The parser runs in a child process (:mod:`graphtrace.ingest.readers.child_process`): a few kilobytes can mean gigabytes,
and bytes that are no text abort the process that looks at them. It hands on checked Arrow batches while it works; what
they mean as text is said here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
from pyarrow import types

from graphtrace.errors import InputError
from graphtrace.ingest.readers.cells import clean_cell, drop_empty, fault_of, filled_rows, float_text, strip
from graphtrace.ingest.readers.child_process import Stream, command
from graphtrace.ingest.readers.child_side import BLOCK, REFUSED
from graphtrace.ingest.sheet import ROW, Sheet
from graphtrace.locale import phrase
from graphtrace.patterns import late

BASE_SECONDS: Final = 60
SECONDS_PER_MB: Final = 3
"""Processor time that parsing may take: base plus this much for each megabyte of the file; ten times what it needs."""

MAX_MEMORY_BYTES: Final = 2 * 2**30
"""Address space of the parser. Its libraries take 0.4 GiB of it, a batch of rows some 0.1 GiB."""


def open_parquet(path: Path) -> list[Sheet]:
    """Return one sheet: the whole file, its column names as row 1.

    Reads the footer only; reading the rows keeps one or two batches of them in memory.

    Raises InputError when there is no column or the footer cannot be read; while reading, when a row group cannot be.
    Raises UnsafeFile when the parser ends in a crash, a time-out or a lack of memory, then or while reading.
    """
    opened = [_open(path)]
    names: list[str] = json.loads(next(opened[0][1])[1])
    if not names:
        opened.pop()[0].close()
        raise InputError("no_column", path=path, hint="right_file")

    def read(below: int) -> Iterator[pl.DataFrame]:
        stream, parts = opened.pop() if opened else _open(path, is_begun=True)
        row = 1
        refused: list[int] = []
        try:
            for kind, content in parts:
                if kind == REFUSED:
                    refused = json.loads(content)
                elif kind == BLOCK:
                    frame = _frame(content, row)
                    row += frame.height
                    if refused:
                        is_refused = pl.col(ROW).is_in([frame[ROW][place] for place in refused])
                        faults = [fault_of(row, cells) for row, *cells in frame.filter(is_refused).iter_rows()]
                        faults = [fault for fault in faults if fault.row > below]
                        frame, refused = frame.filter(~is_refused), []
                        sheet.faults += faults
                        sheet.counted += len(faults)
                    if frame.height and frame[ROW][0] <= below:
                        frame = frame.filter(pl.col(ROW) > below)
                    filled = filled_rows(frame)
                    sheet.counted += filled.height
                    yield filled
        finally:
            stream.close()

    sheet = Sheet(name=None, width=len(names), head_rows=[(1, [clean_cell(name) for name in names])], read=read)
    return [sheet]


def _open(path: Path, *, is_begun: bool = False) -> tuple[Stream, Iterator[tuple[bytes, bytes]]]:
    """Return a parser at work and what it says, with or without the names of the columns."""
    seconds = int(BASE_SECONDS + SECONDS_PER_MB * path.stat().st_size / 1e6)
    stream = Stream(
        path, phrase("parquet"), command("parquet_worker", path, seconds, MAX_MEMORY_BYTES), MAX_MEMORY_BYTES
    )
    parts = stream.parts()
    if is_begun:
        next(parts)
    return stream, parts


def _frame(content: bytes, rows_above: int) -> pl.DataFrame:
    with pa.ipc.open_stream(content) as stream:
        batch = stream.read_next_batch()
    rows = pl.Series(range(rows_above + 1, rows_above + 1 + batch.num_rows), dtype=pl.UInt32)
    cells = {str(number): _texts(column) for number, column in enumerate(batch.columns)}
    written = [str(number) for number, column in enumerate(batch.columns) if _is_written(column.type)]
    return drop_empty(strip(pl.DataFrame({ROW: rows, **cells}), written), written)


def _is_written(kind: pa.DataType) -> bool:
    """Whether the column holds texts that somebody wrote, and not texts made here from numbers."""
    return not (types.is_floating(kind) or types.is_nested(kind))


def _texts(column: pa.Array) -> pl.Series:
    kind = column.type
    if types.is_floating(kind):
        return _strings([None if value is None else float_text(value) for value in column.to_pylist()])
    if types.is_nested(kind):
        values = column.to_pylist()
        return _strings([None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in values])
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return _strings([None if value is None else _binary_text(value) for value in column.to_pylist()])
    if types.is_timestamp(kind):
        return _moments(column)
    if types.is_date(kind):
        return _strings(column.cast(pa.date32()).cast(pa.string()))
    if types.is_time(kind):
        return _strings(column.cast(pa.time64("us")).cast(pa.time32("s"), safe=False).cast(pa.string()))
    texts = _strings(column.cast(pa.string()))
    if types.is_decimal(kind) and kind.scale > 0:
        return texts.str.strip_chars_end("0").str.strip_suffix(".")
    return texts.str.to_uppercase() if types.is_boolean(kind) else texts


def _moments(column: pa.Array) -> pl.Series:
    """Return the texts of moments, by the zones of polars: Arrow asks the system, which may have none."""
    zone = column.type.tz
    seconds = pl.Series(column.cast(pa.timestamp("s", zone), safe=False).cast(pa.int64()), dtype=pl.Int64)
    moments = (seconds * 1000).cast(pl.Datetime("ms"))
    if zone is None:
        return moments.dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    if fixed := _FIXED_OFFSET.fullmatch(zone):
        sign, hours, minutes = fixed.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
        return (moments + offset).dt.to_string(f"%Y-%m-%dT%H:%M:%S{sign}{hours}:{minutes}")
    try:
        local = moments.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    except pl.exceptions.PolarsError:
        # what is stored is a moment in UTC whatever its zone is called
        zone = "UTC"
    return moments.dt.to_string("%Y-%m-%dT%H:%M:%SZ") if zone == "UTC" else local.dt.to_string("%Y-%m-%dT%H:%M:%S%:z")


_FIXED_OFFSET: Final = late(r"([+-])([0-9]{2}):?([0-9]{2})")


def _strings(texts: pa.Array | list[str | None]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


def _binary_text(value: bytes) -> str:
    """Return bytes as text if they are UTF-8, as old writers store texts; else as hexadecimal digits."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
