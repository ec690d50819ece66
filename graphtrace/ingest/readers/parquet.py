"""Parquet: typed columns, so that integers and decimals are exact whatever their size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from graphtrace.errors import InputError
from graphtrace.ingest.readers.cells import drop_empty, filled_rows, float_text, strip, tidy_text
from graphtrace.ingest.sheet import ROW, Sheet

BATCH_ROWS = 65_536


def open_parquet(path: Path) -> list[Sheet]:
    """One sheet: the whole file, its column names as row 1.

    Reads the footer only; reading the rows keeps one batch of :data:`BATCH_ROWS` of them in memory.

    Raises
    ------
    InputError
        when there is no column or the footer cannot be read; while reading, when a row group cannot be.
    """
    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from error
    if not names:
        raise InputError(f"{path}: there is no column", hint="Check that this is the right file.")

    def read(below: int) -> Iterator[pl.DataFrame]:
        row = 1
        for batch in _batches(path):
            above = min(max(below - row, 0), batch.num_rows)
            filled = filled_rows(_frame(batch, row)[above:])
            sheet.counted += filled.height
            row += batch.num_rows
            yield filled

    sheet = Sheet(name=None, width=len(names), top=[(1, [tidy_text(name) for name in names])], read=read)
    return [sheet]


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(BATCH_ROWS)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InputError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return InputError(
        f"{path}: the Parquet file cannot be read: {reason}", hint="Ask for the file again; it is damaged."
    )


def _frame(batch: pa.RecordBatch, rows_above: int) -> pl.DataFrame:
    rows = pl.Series(range(rows_above + 1, rows_above + 1 + batch.num_rows), dtype=pl.UInt32)
    cells = {str(number): _texts(column) for number, column in enumerate(batch.columns)}
    written = [str(number) for number, column in enumerate(batch.columns) if _is_written(column.type)]
    return drop_empty(strip(pl.DataFrame({ROW: rows, **cells}), written), written)


def _is_written(kind: pa.DataType) -> bool:
    """Whether the column holds texts that somebody wrote, and not texts made here from numbers."""
    if types.is_dictionary(kind):
        return _is_written(kind.value_type)
    return not (types.is_floating(kind) or types.is_nested(kind))


def _texts(column: pa.Array) -> pl.Series:
    """Texts of a column, as precise as its type."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _texts(column.storage)
    if types.is_dictionary(kind):
        return _texts(column.cast(kind.value_type))
    if types.is_floating(kind):
        return _strings([None if value is None else float_text(value) for value in column.to_pylist()])
    if types.is_nested(kind):
        values = column.to_pylist()
        return _strings([None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in values])
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return _strings([None if value is None else _binary_text(value) for value in column.to_pylist()])
    if types.is_timestamp(kind):
        seconds = _strings(column.cast(pa.timestamp("s", kind.tz), safe=False).cast(pa.string()))
        if kind.tz is None:
            return seconds.str.strip_suffix(" 00:00:00")
        return seconds.str.replace(" ", "T", literal=True).str.replace(r"([+-]\d\d)(\d\d)$", "$1:$2")
    if types.is_date(kind):
        return _strings(column.cast(pa.date32()).cast(pa.string()))
    if types.is_time(kind):
        return _strings(column.cast(pa.time64("us")).cast(pa.time32("s"), safe=False).cast(pa.string()))
    texts = _strings(column.cast(pa.string()))
    if types.is_decimal(kind) and kind.scale > 0:
        return texts.str.strip_chars_end("0").str.strip_suffix(".")
    return texts.str.to_uppercase() if types.is_boolean(kind) else texts


def _strings(texts: pa.Array | list[str | None]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


def _binary_text(value: bytes) -> str:
    """Old writers store texts as bytes."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
