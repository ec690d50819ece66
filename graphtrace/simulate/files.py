"""Files of records on disk, written shard by shard."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, Protocol

import polars as pl

from graphtrace.simulate.truth_files import ExpectedReject

if TYPE_CHECKING:
    import pyarrow.parquet as pq

    from graphtrace.simulate.shards import TableRows

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
        """Add a frame; all have the columns of the first one."""
        import pyarrow.parquet as pq

        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema)
        self._writer.write_table(table)

    def close(self) -> None:
        """Write the footer."""
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
