"""Cells whose meaning stands elsewhere: "the same as above", days written once, and times whose zone the heading names.

All are put into the cells before anything reads them, and a remark says where.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import polars as pl

from graphtrace.ingest.acts import says_never_used
from graphtrace.ingest.card_cells import is_number
from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.ingest.recipes.cleaners import clean_column
from graphtrace.ingest.row_status import says_no_such_number
from graphtrace.ingest.sheet import ROW, Sheet
from graphtrace.ingest.words import words_of
from graphtrace.model import DateSpan
from graphtrace.patterns import late

DITTOS: Final = tuple(word.replace("_", " ") for word in words_of("ditto"))
"""In lower case."""

_LONGEST_DITTO: Final = max(len(ditto.encode()) for ditto in DITTOS)

_FEWEST: Final = 2
"""Days, and rows without one, by which a sheet shows that it writes each day once; a title may say it, too."""

_DAY_BOOK: Final = late("流水[账帐]|日记[账帐]|日[账帐]|day[ -]?book")

_IN_UTC: Final = late(r"[(（\[]\s*(?:UTC|GMT)(?:[+-]?0)?\s*[)）\]]\s*$|[_ ]UTC$", re.IGNORECASE)


_ZONE: Final = r"([0-9]:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?) ?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})$"


def writes_days_once(sheet: Sheet, header: int, day: int, cards: int) -> bool:
    """Whether a sheet writes each day once, above further rows of that day, as a day-book does.

    Days rise with every one that is written, and rows that name cards follow without one.

    ``header``: number of the row of headings.
    ``day``, ``cards``: the columns of days and of cards.
    """
    rows = [cells for row, cells in sheet.head_rows if row > header and max(day, cards) < len(cells) and cells[cards]]
    days = [parse_date(cell) for cells in rows if (cell := cells[day]) and cell.casefold() not in DITTOS]
    spans = [when for when in days if isinstance(when, DateSpan)]
    if not rows or not rows[0][day] or len(spans) < len(days) or len(days) == len(rows):
        return False
    if any(when.second_of_day >= 0 for when in spans):
        # a moment is that of its row alone
        return False
    if not all(before.latest < after.earliest for before, after in pairwise(spans)):
        return False
    above = (cell for row, cells in [*sheet.titles, *sheet.head_rows] if row <= header for cell in cells if cell)
    is_titled = any(_DAY_BOOK.search(text.casefold()) for text in (sheet.name or "", *above))
    return is_titled or (len(spans) >= _FEWEST and len(rows) - len(days) >= _FEWEST)


def columns_of_documents(sheet: Sheet, header: int, document: int, cards: int) -> tuple[int, ...]:
    """Return the columns that a sheet fills in the first row of each document only, as lists of many programs do.

    These are filled in all rows that bear the number of a document, and in none of the others that name cards: what
    stands there is that of the whole document. Empty for any other sheet.
    """
    rows = [cells for row, cells in sheet.head_rows if row > header and max(document, cards) < len(cells)]
    rows = [cells for cells in rows if cells[cards]]
    first = [cells for cells in rows if cells[document]]
    further = [cells for cells in rows if not cells[document]]
    if min(len(first), len(further)) < _FEWEST or not rows[0][document]:
        return ()
    return tuple(
        at
        for at in range(len(rows[0]))
        if all(cells[at] for cells in first) and not any(cells[at] for cells in further)
    )


BLANKS: Final = "blanks"
"""The field that answers what empty cells of days and parties say below rows that fill them."""

AS_ABOVE: Final = "above"
"""The answer that they say what stands above them."""


def leaves_blanks(sheet: Sheet, header: int, columns: Sequence[int], cards: int) -> bool:
    """Whether rows that name cards leave the day and all parties empty below a row that fills them.

    A row that says that its number is none of the author's has no day and no party.

    ``columns``: that of the day first, then those of parties.
    """
    rows = [cells for row, cells in sheet.head_rows if row > header and is_number(cells[cards] or "")]
    rows = [cells for cells in rows if not _says_no_such_number(cells)]
    filled = [[cells[at] is not None for at in columns] for cells in rows]
    return bool(filled) and all(filled[0]) and sum(not any(each) for each in filled) >= _FEWEST


def _says_no_such_number(cells: Sequence[str | None]) -> bool:
    return any(cell and says_no_such_number(cell) for cell in cells)


_NO_DAY: Final = ("-", "--", "---", "–", "—", "——", "−", "/", "//", "n/a", "N/A", "nil", "Nil", "NIL", "无")
"""Cells by which there is no day below the heading of one."""


class CellContext:
    """Completes the blocks of one sheet, which come in their order.

    ``owners`` are the columns of numbers and contacts of a party with the column of its name, once they are known: the
    same as above is a number only for a party that is the same as above. ``days`` are the columns of days that are
    written once, with those of the cards of their rows; ``documents`` those that are filled in the first row of each
    document, that of its number first, and ``cards`` that of their cards; ``blanks`` are the columns of the day and of
    parties whose empty cells are as above, as a person says; ``abroad`` those of times whose day is that
    of the carriers' zone, as no card of the sheet is Chinese.
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
        self.days: Mapping[int, int] = {}
        self.documents: Sequence[int] = ()
        self.cards = 0
        self.blanks: Sequence[int] = ()
        self.abroad: Collection[int] = ()
        self.uses: Collection[int] = ()
        self._document: tuple[str | None, ...] | None = None
        self._days: dict[int, str] = {}

    def complete(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return a block with dittos replaced by the cell above, and times in UTC with their zone."""
        for column in self._utc:
            block = block.with_columns(clean_column(block[str(column)], ("utc",), {}).alias(str(column)))
        for column in self.abroad:
            block = block.with_columns(block[str(column)].str.replace(_ZONE, "$1"))
        if not block.height:
            return block
        for column in self.uses:
            block = self._without_states(block, column)
        owners = {str(column): str(owner) for column, owner in self.owners.items()}
        for name in sorted(block.columns, key=lambda name: name in owners):
            cells = block[name]
            # nearly every column of a case holds longer texts only
            if name == ROW or not (cells.str.len_bytes() <= _LONGEST_DITTO).any():
                continue
            is_ditto = cells.str.to_lowercase().is_in(DITTOS).fill_null(value=False)
            if not is_ditto.any():
                continue
            filled = self._filled(name, cells, self._is_as_above(block, owners.get(name)))
            block = block.with_columns(filled.alias(name))
            self._sheet.note_filled(
                int(name), "as_above", block.filter(is_ditto & ~filled.str.to_lowercase().is_in(DITTOS))
            )
        if self.documents:
            block = self._with_documents(block)
        if self.blanks:
            block = self._with_blanks(block)
        for column, cards in self.days.items():
            block = self._with_days(block, column, cards)
        self._above = block.row(-1, named=True)
        return block

    def _without_states(self, block: pl.DataFrame, column: int) -> pl.DataFrame:
        """Return a block in which the day of use of a card that was never used is empty (未激活, –)."""
        cells = block[str(column)].replace(dict.fromkeys(_NO_DAY))
        block = block.with_columns(cells)
        words = cells.filter(~cells.str.contains("[0-9]")).unique()
        unused = [word for word in words if says_never_used(word)]
        if not unused:
            return block
        is_unused = cells.is_in(unused)
        self._sheet.note_filled(column, "never_used", block.filter(is_unused))
        return block.with_columns(pl.when(~is_unused).then(cells).alias(str(column)))

    def _with_days(self, block: pl.DataFrame, column: int, cards: int) -> pl.DataFrame:
        """Return a block in which the rows that name cards and no day have the day above."""
        cells = block[str(column)]
        if not cells.null_count() and cells.len():
            self._days[column] = cells[-1]
            return block
        days = cells.fill_null(strategy="forward")
        if (above := self._days.get(column)) is not None:
            days = days.fill_null(above)
        if (last := days[-1]) is not None:
            self._days[column] = last
        is_blank = cells.is_null() & block[str(cards)].is_not_null() & days.is_not_null()
        block = block.with_columns(pl.when(is_blank).then(days).otherwise(cells).alias(str(column)))
        self._sheet.note_filled(column, "as_above", block.filter(is_blank))
        return block

    def _with_documents(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return a block in which further rows of a document have what its first row says; a row of parts ends it."""
        names = [str(column) for column in self.documents]
        filled: list[tuple[str | None, ...]] = []
        for *cells, card in block.select(*names, str(self.cards)).iter_rows():
            if any(cell is not None for cell in cells):
                self._document = tuple(cells) if None not in cells else None
            is_further = card is not None and self._document is not None
            filled.append(self._document if is_further and self._document is not None else tuple(cells))
        return self._refilled(block, names, filled)

    def _with_blanks(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return a block in which rows that name cards and no day have that of the row above, and its parties."""
        names = [str(column) for column in self.blanks]
        filled: list[tuple[str | None, ...]] = []
        every = block.drop(ROW).iter_rows()
        for (*cells, card), whole in zip(block.select(*names, str(self.cards)).iter_rows(), every, strict=True):
            if _says_no_such_number([cell for cell in whole if isinstance(cell, str)]):
                filled.append(tuple(cells))
                continue
            is_row = is_number(card or "")
            above = self._document
            if is_row and cells[0] is None and above is not None:
                # whoever is named on the same day as somebody else is not that one
                own = any(cells[1:])
                cells = [above[0], *(cells[1:] if own else above[1:])]
            self._document = tuple(cells) if is_row else None
            filled.append(tuple(cells))
        return self._refilled(block, names, filled)

    def _refilled(
        self, block: pl.DataFrame, names: Sequence[str], filled: Sequence[tuple[str | None, ...]]
    ) -> pl.DataFrame:
        """Return a block with other cells in some columns; rows in which the first of them was empty are noted."""
        changed = pl.DataFrame(filled, schema=dict.fromkeys(names, pl.String), orient="row")
        is_changed = block[names[0]].is_null() & changed[names[0]].is_not_null()
        block = block.with_columns(changed.get_columns())
        self._sheet.note_filled(int(names[0]), "as_above", block.filter(is_changed))
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
            above = above if cell is not None and cell.casefold() in DITTOS and above is not None and is_same else cell
            filled.append(above)
        return pl.Series(filled, dtype=pl.String)
