"""Index for repeated look-ups of the rows of single cards.

The cost of a query about one card is mostly its plan, which grows with the columns, and a scan of every block of rows
whose least and greatest card enclose the card: many do if a load contains several heads in turn. A single query pays
that. For repeated look-ups it pays to find out, in one pass over the cards, the position of the rows of each head and
the columns that hold values, and to keep the ranges in memory, sorted by their ends. The result is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphtrace.arrow import as_numpy
from graphtrace.storage.duckdb.duckdb_schema import (
    KEYS_PER_PREFIX,
    NARROW_COLUMNS,
    NARROW_DEFAULTS,
    READ_COLUMNS,
    ROW_GROUP,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    Rows = list[tuple[Any, ...]]

_READ: Final = ("check_char", *READ_COLUMNS.split(", "))


class CardIndex:
    """Rows that list a card and rows of the ranges over it; the body of each is ``schema.READ_COLUMNS``.

    Parameters
    ----------
    ask, ask_in_columns
        Functions that run queries on the tables of a case folder, which must not be written meanwhile.
    """

    def __init__(self, ask: Callable[[str], Rows], ask_in_columns: Callable[[str], pa.Table]) -> None:
        self._ask = ask
        self._singles = [_Singles(ask, table) for table in ("narrow_card_records", "wide_card_records")]
        self._ranges = _Ranges(ask_in_columns(f"SELECT first, last, {READ_COLUMNS} FROM range_records"))

    def card_records(self, number: int) -> Rows:
        """Return key, check_char and body of each row that lists the card."""
        return [row for table in self._singles for row in table.rows(self._ask, number)]

    def ranges(self, number: int) -> Rows:
        """Return first card, last card and body of each range over the card, in order of storage."""
        return self._ranges.around(number)


class _Singles:
    """Index of the row groups of a table of cards, and of the columns that hold values."""

    def __init__(self, ask: Callable[[str], Rows], table: str) -> None:
        self.query_table = table
        places = ask(
            f"SELECT min(key), max(key), min(rowid), max(rowid) FROM {table} "
            f"GROUP BY rowid // {ROW_GROUP}, key // {KEYS_PER_PREFIX}"
        )
        self._least, self._most, self._start, self._end = np.array(places, dtype=np.int64).reshape(-1, 4).T
        is_lean = table == "narrow_card_records"
        columns = [name for name in _READ if not is_lean or name in NARROW_COLUMNS]
        ((*counts,),) = ask(f"SELECT {', '.join(f'count({name})' for name in columns)} FROM {table}")
        filled = [name for name, count in zip(columns, counts, strict=True) if count]
        self._columns = ", ".join(filled)
        self.sheet_sources = [_READ.index(name) for name in filled]
        implied = NARROW_DEFAULTS.items() if is_lean else ()
        self._implied = [(_READ.index(name), _READ.index(beside), value) for name, (beside, value) in implied]

    def rows(self, ask: Callable[[str], Rows], number: int) -> Rows:
        near = np.flatnonzero((self._least <= number) & (number <= self._most))
        if not len(near):
            return []
        # one stretch from the first block to the last: reading blocks between costs less than one more question
        stretch = f"rowid BETWEEN {self._start[near].min()} AND {self._end[near].max()}"
        found = ask(f"SELECT {self._columns} FROM {self.query_table} WHERE key = {number} AND {stretch}")
        return [self._whole(number, cells) for cells in found]

    def _whole(self, number: int, cells: tuple[Any, ...]) -> tuple[Any, ...]:
        row: list[Any] = [None] * len(_READ)
        for place, cell in zip(self.sheet_sources, cells, strict=True):
            row[place] = cell
        for place, beside, value in self._implied:
            if row[beside] is not None:
                row[place] = value
        return (number, *row)


class _Ranges:
    """All ranges, sorted by first card, with the running maximum of the last cards."""

    def __init__(self, table: pa.Table) -> None:
        self._columns = [column.combine_chunks() for column in table.columns]
        first, last = map(as_numpy, self._columns[:2])
        self._order = np.argsort(first, kind="stable")
        self._first, self._last = first[self._order], last[self._order]
        self._reach = np.maximum.accumulate(self._last)

    def around(self, number: int) -> Rows:
        start, end = np.searchsorted(self._reach, number), np.searchsorted(self._first, number, side="right")
        covering = np.sort(self._order[start:end][self._last[start:end] >= number])
        return [tuple(column[place].as_py() for column in self._columns) for place in covering.tolist()]
