"""Columns of which only all their cells tell whether their words decide the rows.

A sparse column says nothing in the first rows; a row in which it says that nothing happened waits until the whole
column is known. Each different text is asked once a block.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Final

import polars as pl

from graphtrace.identifiers.normalize import has_traditional
from graphtrace.ingest.acts import LONGEST_CELL
from graphtrace.ingest.row_status import ColumnWords, are_words

_LONGEST: Final = 4 * LONGEST_CELL
"""Bytes of the longest cell that may hold a word."""


class UndecidedColumns:
    """Counts of the words of some columns, block by block.

    - ``columns``: the columns of a sheet whose first rows do not decide.
    - ``words``: what their words say.
    - ``speaks_against``: whether what a cell of a column says speaks against its row.
    """

    def __init__(self, columns: Iterable[int], words: ColumnWords, speaks_against: Callable[[int, str], bool]) -> None:
        self._words = words
        self._speaks_against = speaks_against
        self._filled = dict.fromkeys(columns, 0)
        self._known = dict.fromkeys(self._filled, 0)
        self._against: dict[int, set[str]] = {column: set() for column in self._filled}
        self._roots = list(words.roots)

    def waiting(self, block: pl.DataFrame) -> pl.Series | None:
        """Count the words of a block, and return a mask of the rows that have to wait; ``None`` if there are none."""
        masks = []
        for column in self._filled:
            cells = block[str(column)]
            self._filled[column] += len(cells) - cells.null_count()
            against = self._count(column, self._candidates(column, cells))
            if against:
                masks.append(cells.is_in(against).fill_null(value=False))
        return reduce(operator.or_, masks) if masks else None

    def is_waiting(self, column: int, cell: str | None) -> bool:
        """Whether a cell is one whose row has to wait."""
        return cell is not None and cell in self._against[column]

    @property
    def columns(self) -> list[int]:
        """The columns that are counted."""
        return [*self._filled]

    def decided(self) -> list[int]:
        """Return the columns whose words decide, once all blocks were counted."""
        return [
            column
            for column, filled in self._filled.items()
            if self._against[column] and are_words(filled, self._known[column])
        ]

    def _candidates(self, column: int, cells: pl.Series) -> pl.Series:
        """Return the cells that may be words; most columns have none."""
        if cells.null_count() == len(cells):
            return cells.head(0)
        if self._words.has_codes(column):
            return cells.drop_nulls()
        short = cells.filter(cells.str.len_bytes() <= _LONGEST)
        may_be = short.str.contains_any(self._roots, ascii_case_insensitive=True)
        return short.filter(may_be | short.str.contains(has_traditional()))

    def _count(self, column: int, cells: pl.Series) -> list[str]:
        """Count the words among some cells and return those that speak against their row."""
        against = []
        for text, rows in cells.value_counts().iter_rows() if len(cells) else ():
            if self._words.act(column, text) is None:
                continue
            self._known[column] += rows
            if self._speaks_against(column, text):
                against.append(text)
        self._against[column].update(against)
        return against
