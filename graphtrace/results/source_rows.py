"""Row of a source as it stands in the file, with rows around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphtrace.wire import wire

Row = tuple[int, tuple[str | None, ...]]
"""The number of a row and its cells."""


@wire(
    "file sha256 sheet row head=numbered cells",
    name="QuotedRow",
    doc="A row as it stands in its file, and the rows at the top of its sheet; each row is its number and its cells.",
)
@dataclass(frozen=True, slots=True, kw_only=True)
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
