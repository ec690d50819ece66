"""Transcriptions: what a person confirms that lines of a text say (chat, notes, a letter), as a sheet of its own.

A transcription is part of a mapping, so that the ledger keeps it with the text, which stays the source::

    transcribed:
      by: 张警官
      12: {kind: transfer, date: 2024-03-20, from: 豪哥, to: 老王, iccid: 8986061900000000001}

A row has the number of its line; what the text says elsewhere is not read. A text that copies a row of a file, so
that a person can say what the row states, names it as ``of: SHA-256[:SHEET]:ROW``; nothing else in it is left to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import polars as pl

    from graphtrace.ingest.sheet import Sheet

BY: Final = "by"
"""Who transcribed, among the keys of a transcription."""

OF: Final = "of"
"""The row of a file that the text copies, among the keys of a transcription."""


def row_key(sha256: str, sheet: str | None, row: int) -> str:
    """Return what names a row of a file among all, as ``of`` has it."""
    return ":".join(filter(None, (sha256, sheet, str(row))))


class Transcription(NamedTuple):
    """Fields by the number of the line, who says that the line states them, and the row that the text copies."""

    by: str
    lines: Mapping[int, Mapping[str, str]]
    of: str = ""

    def sheet(self) -> Sheet:
        """Return the rows as a sheet whose headings are the names of the fields."""
        return sheet_of_lines(self.lines)


def sheet_of_lines(lines: Mapping[int, Mapping[str, str]]) -> Sheet:
    """Return what lines state, by their numbers, as a sheet whose headings are the names of the fields."""
    import polars as pl

    from graphtrace.ingest.sheet import ROW, Sheet

    fields = list(dict.fromkeys(field for stated in lines.values() for field in stated))
    rows = [(line, [stated.get(field) for field in fields]) for line, stated in sorted(lines.items())]

    def read(below: int) -> Iterator[pl.DataFrame]:
        schema: dict[str, type[pl.DataType]] = {ROW: pl.UInt32}
        schema |= {str(column): pl.String for column in range(len(fields))}
        wanted = [(line, *cells) for line, cells in rows if line > below]
        yield pl.DataFrame(wanted, schema=schema, orient="row")
        sheet.counted = len(wanted)

    sheet = Sheet(name=None, width=len(fields), head_rows=[(0, list(fields)), *rows], read=read, is_said=True)
    return sheet
