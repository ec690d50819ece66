"""Rows and texts as they stand in files: quoted, found in a text, or not read and counted in no answer."""

from __future__ import annotations

from typing import Any, NamedTuple

from graphtrace.frozen import frozen
from graphtrace.locale.text import Text, phrase
from graphtrace.model import Origin
from graphtrace.wire import KeyGroup, wire

Row = tuple[int, tuple[str | None, ...]]
"""The number of a row and its cells."""


@wire(
    "file sha256 sheet row head=numbered cells",
    name="QuotedRow",
    doc="A row as it stands in its file, and the rows at the top of its sheet; each row is its number and its cells.",
)
@frozen()
class SourceExcerpt:
    """Some rows of a sheet: those at its top, and the one that was asked for between its neighbours."""

    file: str
    sha256: str
    sheet: str | None
    row: int
    head: tuple[Row, ...]
    rows: tuple[Row, ...]

    @property
    def numbered(self) -> list[list[Any]]:
        """Return the rows at the top, each as its number and its cells."""
        return [[number, *cells] for number, cells in self.head]

    @property
    def cells(self) -> tuple[str | None, ...]:
        """Return the cells of the row that was asked for."""
        return next(cells for number, cells in self.rows if number == self.row)


@wire("kind value text line column sheet?", name="Find", doc="A number, range, date or quantity in a text.")
@frozen(order=True)
class TextFind:
    """Something found in a text: lines and columns are counted from 1, ``text`` is what stands there.

    ``sheet`` is that of a workbook.
    """

    line: int
    column: int
    kind: str
    value: str
    text: str
    sheet: str | None = None


@wire(
    "origin=origin reason field text",
    doc="A row that holds the name of the party and that was not read, why, and the cell that holds the name.",
    origin=KeyGroup(
        "RowPlace",
        "Place of a row; ``table`` where its sheet holds several.",
        "file sha256 sheet=sheet_name.sheet table?=sheet_name.table row",
    ),
)
@frozen()
class UnreadRow:
    """Row that holds a name and was not read; ``reason`` and ``field`` are those of a reject or a remark.

    ``text`` is the cell that holds the name.
    """

    origin: Origin
    reason: str
    field: str | None
    text: str

    @property
    def said(self) -> Text:
        """Return the row as a part of a sentence: where it is and why it was not read."""
        from graphtrace.locale import load_catalogue

        table = "rejects" if self.reason in load_catalogue("en")["rejects"] else "remarks"
        origin = self.origin
        place = {"file": origin.file, "sheet": origin.sheet, "row": origin.row}
        return phrase("row_not_read", **place, reason=Text(table, self.reason, {}))


class TextPlaces(NamedTuple):
    """Places of a text in the files of a case: files that have it in their name or beside their rows, and rows.

    ``unsearched`` are the files that are too large to be looked through.
    """

    files: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    unsearched: tuple[str, ...] = ()
