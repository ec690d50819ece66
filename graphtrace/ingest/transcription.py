"""Transcriptions: what a person confirms that lines of a text say (chat, notes, a letter), as a sheet of its own.

A transcription is part of a mapping, so that the ledger keeps it with the text, which stays the source::

    transcribed:
      by: 张警官
      12: {kind: transfer, date: 2024-03-20, from: 豪哥, to: 老王, iccid: 8986061900000000001}

A row has the number of its line; a line that says more than one thing has a row for each, ``12`` and ``12.2``. What
the text says elsewhere is not read; of a line that says nothing of cards (``kind: none``) that is kept. A text that
copies a row of a file, so that a person can say what the row states, names it as ``of: SHA-256[:SHEET]:ROW``; nothing
else in it is left to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import polars as pl

    from graphtrace.ingest.sheet import Sheet

BY: Final = "by"
"""Who transcribed, among the keys of a transcription."""

OF: Final = "of"
"""The row of a file that the text copies, among the keys of a transcription."""

NOTHING_SAID: Final = "none"
"""The kind of a line of which a person says that nothing happened to a card."""

LineKey = tuple[int, int]
"""Number of a line, and which of the things that it says, from 1."""


def line_key(written: str) -> LineKey | None:
    """Return the line and which of its things a key names; ``None`` if it names none.

    >>> line_key("12"), line_key("12.2"), line_key("12.1")
    ((12, 1), (12, 2), None)
    """
    line, dot, part = written.partition(".")
    if not all(each.isascii() and each.isdigit() and len(each) < _DIGITS for each in (line, part or "2")):
        return None
    key = int(line), int(part) if dot and part else 1
    return key if key[0] and key_text(key) == written else None


def key_text(key: LineKey) -> str:
    """Return the key as it is written."""
    line, part = key
    return str(line) if part == 1 else f"{line}.{part}"


_DIGITS: Final = 10


def row_key(sha256: str, sheet: str | None, row: int) -> str:
    """Return what names a row of a file among all, as ``of`` has it."""
    return ":".join(filter(None, (sha256, sheet, str(row))))


class Transcription(NamedTuple):
    """Fields by line and thing that it says, who says that the line states them, and the row that the text copies."""

    by: str
    lines: Mapping[LineKey, Mapping[str, str]]
    of: str = ""

    def sheet(self) -> Sheet:
        """Return the rows as a sheet whose headings are the names of the fields."""
        stated = sorted(self.lines.items())
        return sheet_of_lines((line, fields) for (line, _), fields in stated if fields.get("kind") != NOTHING_SAID)


def sheet_of_lines(lines: Iterable[tuple[int, Mapping[str, str]]]) -> Sheet:
    """Return what lines state, in the order of their numbers, as a sheet whose headings are the names of the fields."""
    import polars as pl

    from graphtrace.ingest.sheet import ROW, Sheet

    said = [*lines]
    fields = list(dict.fromkeys(field for _, stated in said for field in stated))
    rows = [(line, [stated.get(field) for field in fields]) for line, stated in said]

    def read(below: int) -> Iterator[pl.DataFrame]:
        schema: dict[str, type[pl.DataType]] = {ROW: pl.UInt32}
        schema |= {str(column): pl.String for column in range(len(fields))}
        wanted = [(line, *cells) for line, cells in rows if line > below]
        yield pl.DataFrame(wanted, schema=schema, orient="row")
        sheet.counted = len({line for line, *_ in wanted})
        sheet.repeated = len(wanted) - sheet.counted

    sheet = Sheet(name=None, width=len(fields), head_rows=[(0, list(fields)), *rows], read=read, is_said=True)
    return sheet
