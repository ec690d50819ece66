"""From a sheet to statements: finds the header, reads every row, keeps account of each.

Invariant: every filled row below the header ends up in exactly one place, a frame or the rejects; the reading checks
that itself. Which path a row took, vectorised or one by one, cannot be seen from the outside.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Final, Literal

import polars as pl

from graphtrace.identifiers import is_damaged_column
from graphtrace.ingest.headers import SheetHeader, column_letters, find_header
from graphtrace.ingest.mapping import ColumnMapping
from graphtrace.ingest.prefetch import prefetch
from graphtrace.ingest.reports import Reject, RowWarning
from graphtrace.ingest.row_parser import RowParser, Statement
from graphtrace.ingest.schema import STATEMENT_SCHEMA, encode
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, Sheet
from graphtrace.ingest.vectorized import VectorizedParser
from graphtrace.model import Kind

_CARD: Final = "^89(?:[0-9]{17,18}|[0-9]{2}[0-9A-Fa-f]{15,16})$"
"""A cell that can hardly be anything but the number of a card."""

_FRAME_ROWS: Final = 100_000
"""Rows read one by one that are gathered in one frame."""

Cells = tuple[str | None, ...]


def open_sheet_parser(
    sheet: Sheet, *, as_kind: Kind | None = None, mapping: ColumnMapping | None = None, bulk: bool = True
) -> SheetParser:
    """Find the header of a sheet and get ready to read its rows.

    Parameters
    ----------
    sheet
        As a reader opened it.
    as_kind
        The kind of all records, where somebody says it; the headings and a kind column are not asked then.
    mapping
        What somebody says about the columns; its kind counts where ``as_kind`` is not given.
    bulk
        Whether clean rows are read column by column. The result is the same, up to the order of rows.

    Raises
    ------
    MappingError
        When the mapping names a column that is not there.
    UnknownHeadings
        When no header is found.
    """
    mapping = mapping or ColumnMapping()
    kind = as_kind or mapping.kind
    return SheetParser(
        sheet, find_header(sheet.head_rows, kind, claims=mapping.claims, numbers=sheet.numbers), kind, bulk=bulk
    )


class SheetParser:
    """The reading of one sheet.

    ``rejects``, ``remarks`` and ``rows`` are complete once :meth:`frames` is exhausted.
    """

    def __init__(self, sheet: Sheet, header: SheetHeader, as_kind: Kind | None, *, bulk: bool) -> None:
        self._sheet = sheet
        self._header = header
        self._bulk = bulk
        self._rows = RowParser(header, as_kind, uses_1904=sheet.uses_1904)
        self._clean = VectorizedParser(self._rows)
        self._columns = [str(column) for column in range(len(header.names))]
        self._held: list[tuple[int, Cells]] = []
        self._unused = self._rows.unused_columns()
        self._unknown = [column for column in self._rows.unread_columns() if column not in self._unused]
        self.rejects: list[Reject] = []
        self.rows = 0

    @property
    def kind(self) -> Kind | Literal["mixed"] | None:
        """The kind of all records; ``mixed`` where each row says its own."""
        return "mixed" if self._rows.kind_column is not None else self._rows.kind

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings as shown, one a column."""
        return self._header.names

    @property
    def header_row(self) -> int:
        """Number of the (last) row of the header; 0 where there is none."""
        return self._header.row

    @property
    def remarks(self) -> list[RowWarning]:
        """Optional fields that were left out, by field and reason; then what is to be said of columns."""
        header = self._header
        return self._rows.remarks + [
            RowWarning(
                field=header.field_of(column),
                reason=reason,
                rows=note.rows,
                first_row=note.first_row,
                value=note.value.removeprefix(INEXACT_MARK),
                heading=header.names[column],
                column=column_letters(self._sheet.number_of(column)),
            )
            for (column, reason), note in sorted(self._sheet.notes.items())
        ]

    def frames(self) -> Generator[pl.DataFrame, None, None]:
        """Yield the statements, packed (:mod:`graphtrace.ingest.schema`), in frames and no set order.

        Rows whose card ends in suspicious zeros wait until the whole column is known. Time and memory are linear in
        the rows of a frame, and in the suspects.

        Raises
        ------
        RuntimeError
            When rows got lost between the reader and here, which is a bug.
        """
        loaded = filled_cards = 0
        card_column = self._rows.card_column
        with closing(prefetch(self._blocks())) as blocks:
            for block, clean, rest in blocks:
                for column in self._unused:
                    self._sheet.note_filled(column, "column_not_used", block)
                for column in self._unknown:
                    cards = block.filter(pl.col(str(column)).str.contains(_CARD))
                    self._sheet.note_filled(column, "cards_not_read", cards)
                if card_column is not None:
                    filled_cards += len(block) - block[str(card_column)].null_count()
                for frame in clean:
                    loaded += frame.height
                    yield frame
                for frame in self._read_each(self._not_held(rest), is_zeroed_column=False):
                    loaded += frame.height
                    yield frame
        is_zeroed = is_damaged_column(len(self._held), filled_cards)
        for frame in self._read_each(self._held, is_zeroed_column=is_zeroed):
            loaded += frame.height
            yield frame
        self.rejects += [
            Reject(row=fault.row, field=None, reason="unreadable_row", value=fault.text, raw=(("", fault.text),))
            for fault in self._sheet.faults
        ]
        self.rejects.sort(key=lambda reject: reject.row)
        self.rows = loaded + len(self.rejects)
        if self.rows != self._sheet.counted:
            raise RuntimeError(f"{self._sheet.counted} rows were read, {self.rows} are accounted for")

    def _blocks(self) -> Iterator[tuple[pl.DataFrame, list[pl.DataFrame], pl.DataFrame]]:
        """Every block of the sheet, its clean rows as statements, and its other rows."""
        for block in prefetch(self._sheet.read(self._header.row)):
            clean, rest = self._clean.read(block) if self._bulk else ([], block)
            yield block, clean, rest

    def _not_held(self, block: pl.DataFrame) -> Iterator[tuple[int, Cells]]:
        """The rows of a block, without those that have to wait."""
        for row, *cells in block.select(ROW, *self._columns).iter_rows():
            if self._rows.is_suspect(cells):
                self._held.append((row, tuple(cells)))
            else:
                yield row, tuple(cells)

    def _read_each(self, rows: Iterable[tuple[int, Cells]], *, is_zeroed_column: bool) -> Iterator[pl.DataFrame]:
        statements: list[Statement] = []
        for row, cells in rows:
            read = self._rows.read(row, cells, is_zeroed_column=is_zeroed_column)
            if isinstance(read, dict):
                statements.append(read)
                if len(statements) == _FRAME_ROWS:
                    yield self._packed(statements)
                    statements = []
            else:
                self.rejects.append(read)
        if statements:
            yield self._packed(statements)

    def _packed(self, statements: list[Statement]) -> pl.DataFrame:
        return encode(pl.DataFrame(statements, schema=STATEMENT_SCHEMA), self._clean.words)
