"""Cells whose meaning stands elsewhere: "the same as above", and times whose zone the heading names.

Both are put into the cells before anything reads them, and a remark says where.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

import polars as pl

from graphtrace.ingest.recipes.cleaners import clean_column
from graphtrace.ingest.sheet import ROW, Sheet

DITTOS: Final = ("同上", "同前", "〃", "″", '"', "”", "ditto")

_LONGEST_DITTO: Final = max(len(ditto.encode()) for ditto in DITTOS)

_IN_UTC: Final = re.compile(r"[(（\[]\s*(?:UTC|GMT)(?:[+-]?0)?\s*[)）\]]\s*$|[_ ]UTC$", re.IGNORECASE)


class CellContext:
    """Completes the blocks of one sheet, which come in their order.

    ``owners`` are the columns of numbers and contacts of a party with the column of its name, once they are known: the
    same as above is a number only for a party that is the same as above.
    """

    def __init__(self, sheet: Sheet, headings: Sequence[Sequence[str | None]]) -> None:
        self._sheet = sheet
        self._utc = [
            column
            for column in range(len(headings[0]) if headings else 0)
            if any(cells[column] is not None and _IN_UTC.search(cells[column] or "") for cells in headings)
        ]
        self._above: dict[str, Any] = {}
        self.owners: Mapping[int, int] = {}

    def complete(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return a block with dittos replaced by the cell above, and times in UTC with their zone."""
        for column in self._utc:
            block = block.with_columns(clean_column(block[str(column)], ("utc",), {}).alias(str(column)))
        if not block.height:
            return block
        owners = {str(column): str(owner) for column, owner in self.owners.items()}
        for name in sorted(block.columns, key=lambda name: name in owners):
            cells = block[name]
            # nearly every column of a case holds longer texts only
            if name == ROW or not (cells.str.len_bytes() <= _LONGEST_DITTO).any():
                continue
            is_ditto = reduce(or_, (cells == ditto for ditto in DITTOS))
            if not is_ditto.any():
                continue
            filled = self._filled(name, cells, self._is_as_above(block, owners.get(name)))
            block = block.with_columns(filled.alias(name))
            self._sheet.note_filled(int(name), "as_above", block.filter(is_ditto & ~filled.is_in(DITTOS)))
        self._above = block.row(-1, named=True)
        return block

    def _is_as_above(self, block: pl.DataFrame, owner: str | None) -> pl.Series:
        """Whether the party of each row is that of the row above."""
        if owner is None:
            return pl.repeat(value=True, n=block.height, eager=True)
        names = block[owner]
        above = names.shift(1, fill_value=self._above.get(owner))
        return names.eq_missing(above)

    def _filled(self, name: str, cells: pl.Series, is_as_above: pl.Series) -> pl.Series:
        above, filled = self._above.get(name), []
        for cell, is_same in zip(cells, is_as_above, strict=True):
            above = above if cell in DITTOS and above is not None and is_same else cell
            filled.append(above)
        return pl.Series(filled, dtype=pl.String)
