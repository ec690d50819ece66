"""The process in which a Parquet file is parsed: ``python -m … PATH SECONDS BYTES``, Arrow batches on stdout.

It does what a file can turn against its parser: it unpacks, and looks whether what it unpacked is what it should be.
What the parent gets are valid arrays of bounded size.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO, Any, Final

if __name__ == "__main__":
    # arrow does without it, and it would treble the time to start
    sys.modules["numpy"] = None  # type: ignore[assignment]

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types

from graphtrace.ingest.readers.child_side import (
    BLOCK,
    END,
    MAX_PART_BYTES,
    NAMES,
    REFUSED,
    WorkerStatus,
    limit_resources,
    write_part,
)
from graphtrace.ingest.readers.limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_SHOWN_CHARACTERS

BATCH_ROWS: Final = 65_536

BATCH_BYTES: Final = 64 * 2**20
"""Of what a batch may hold by the sizes that the file declares, so that few long texts are read in few rows."""

READ_BYTES: Final = 2**20
"""Read of a column at a time: what is packed in one piece need not be in memory in one piece."""

MAX_ROWS: Final = 2**32 - 2
"""A row's number has 32 bits."""


class Unsafe(Exception):
    """The file holds more than any table does; the id of a phrase says what, with its parameters."""

    def __init__(self, text_id: str, **params: int) -> None:
        super().__init__(text_id, params)


def main(path: Path, seconds: int, memory_bytes: int, output: IO[bytes]) -> int:
    """Write the names of the columns, then the rows; returns 0 or a verdict, with the reason on stderr."""
    limit_resources(seconds, memory_bytes)
    try:
        with pq.ParquetFile(path, buffer_size=READ_BYTES) as file:
            names = file.schema_arrow.names
            check_size(file.metadata, len(names))
            write_part(output, NAMES, json.dumps(names).encode())
            for batch in file.iter_batches(batch_rows(file.metadata), use_threads=False):
                write_batch(batch, output)
    except Unsafe as error:
        sys.stderr.write(json.dumps(error.args))
        return WorkerStatus.UNSAFE
    except (pa.ArrowMemoryError, MemoryError):
        sys.stderr.write(json.dumps(("too_much_memory", {})))
        return WorkerStatus.UNSAFE
    except (pa.ArrowException, OSError, UnicodeError) as error:
        sys.stderr.write(str(error).splitlines()[0] if str(error) else type(error).__name__)
        return WorkerStatus.DAMAGED
    write_part(output, END, b"")
    return 0


def check_size(footer: pq.FileMetaData, columns: int) -> None:
    """Refuse a file whose footer states more than any table has."""
    if footer.num_rows > MAX_ROWS:
        raise Unsafe("too_many_rows", count=footer.num_rows)
    if columns > MAX_COLUMNS:
        raise Unsafe("too_many_columns", count=columns, most=MAX_COLUMNS)


def batch_rows(footer: pq.FileMetaData) -> int:
    """Return the number of rows to read at once: fewer if rows are long, or a single text may be."""
    longest = 1
    for number in range(footer.num_row_groups):
        group = footer.row_group(number)
        longest = max(longest, group.total_byte_size // max(group.num_rows, 1))
    return max(min(BATCH_ROWS, BATCH_BYTES // longest), 1)


def write_batch(batch: pa.RecordBatch, output: IO[bytes]) -> None:
    """Write the columns of a batch, and which of its rows hold no text where one should be, or more than a cell can."""
    refused: set[int] = set()
    columns = [checked(column, refused) for column in batch.columns]
    whole = pa.record_batch(columns, names=[str(number) for number in range(len(columns))])
    if whole.get_total_buffer_size() > MAX_PART_BYTES // 2:
        raise Unsafe("too_long_rows", count=whole.num_rows, size=whole.get_total_buffer_size())
    if refused:
        write_part(output, REFUSED, json.dumps(sorted(refused)).encode())
    block = pa.BufferOutputStream()
    with pa.ipc.new_stream(block, whole.schema) as stream:
        stream.write_batch(whole)
    write_part(output, BLOCK, memoryview(block.getvalue()))


def checked(column: pa.Array, refused: set[int]) -> pa.Array:
    """Return the column without dictionary and with valid text only; adds the rows where that fails to ``refused``."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return checked(column.storage, refused)
    if types.is_dictionary(kind):
        return checked(column.cast(kind.value_type), refused)
    if types.is_string_view(kind) or types.is_binary_view(kind):
        return checked(column.cast(pa.large_string() if types.is_string_view(kind) else pa.large_binary()), refused)
    is_text = types.is_string(kind) or types.is_large_string(kind)
    if not is_text:
        column.validate(full=True)
        if not (types.is_binary(kind) or types.is_large_binary(kind)):
            return column
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    if longest > MAX_CELL_CHARACTERS:
        column = cut(column, refused)
    if is_text:
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            return replaced(column, refused)
    return column


def cut(column: pa.Array, refused: set[int]) -> pa.Array:
    """Return the column with the beginning of what is too long."""
    texts: list[Any] = column.cast(pa.large_binary()).to_pylist()
    most_bytes = 4 * MAX_SHOWN_CHARACTERS
    for place, text in enumerate(texts):
        if text is not None and len(text) > MAX_CELL_CHARACTERS:
            is_text = len(text) <= 4 * MAX_CELL_CHARACTERS and is_short(text)
            if not is_text:
                refused.add(place)
                texts[place] = text[:most_bytes].decode(errors="ignore")[: MAX_SHOWN_CHARACTERS + 1].encode()
    return pa.array(texts, pa.large_binary()).cast(column.type, safe=False)


def is_short(text: bytes) -> bool:
    """Whether a text of many bytes has no more characters than a cell can."""
    return len(text.decode(errors="replace")) <= MAX_CELL_CHARACTERS


def replaced(column: pa.Array, refused: set[int]) -> pa.Array:
    """Return the column with U+FFFD for bytes that are no text."""
    stored = column.cast(pa.large_binary())
    # the bytes may be wrong, but what says where they stand must not be
    stored.validate(full=True)
    texts: list[str | None] = []
    for place, value in enumerate(stored.to_pylist()):
        text = None if value is None else value.decode(errors="replace")
        if text is not None and text.encode() != value:
            refused.add(place)
        texts.append(text)
    return pa.array(texts, pa.large_string())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.stdout.buffer))
