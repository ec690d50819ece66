"""Parties that rows of movements and uses name in a column that is not read: whom the cards went on to, who used them.

Nothing is recorded of them; but an answer about the cards must not seem to know that there was nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.nobody import identifies_nobody
from graphtrace.ingest.acts import names_further_party
from graphtrace.ingest.given_back import says_nothing
from graphtrace.ingest.heading_grammar import without_remark
from graphtrace.ingest.sheet import ROW
from graphtrace.ingest.unread import unread_of_rows
from graphtrace.model import CUSTODY_KINDS, KINDS, USE_KINDS

NOT_READ: Final = "party_not_read"
"""Reason of what such a column says not being recorded."""

_STATED: Final = [KINDS.index(kind) for kind in (*CUSTODY_KINDS, *USE_KINDS)]


def columns_of_further_parties(headings: Sequence[str], unread: Iterable[int], unused: Iterable[int]) -> list[int]:
    """Return the columns of further parties.

    Parameters
    ----------
    headings
        The headings as shown.
    unread
        The columns that serve no field.
    unused
        The columns of parties that a record reads from another column.
    """
    return sorted({*(at for at in unread if names_further_party(without_remark(headings[at]))), *unused})


class FurtherParties:
    """The rows that name somebody in some columns who is none of their sides.

    Where ``is_asked`` rows may state a movement besides, of which something is asked; until then they list cards.
    """

    def __init__(self, columns: Iterable[int], sides: Iterable[int], *, is_asked: bool = False) -> None:
        self._columns = list(columns)
        self._stated = [*_STATED, *([KINDS.index("card_list")] if is_asked else [])]
        self._sides = [str(column) for column in sides]
        self._rows: dict[int, list[pl.Series]] = {column: [] for column in self._columns}

    def look(self, block: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
        """Note the rows of a block, and yield each column with the rows and cells in which it names somebody."""
        for column in self._columns:
            cells = block[str(column)]
            if cells.null_count() == len(cells):
                continue
            nobody = [text for text in cells.drop_nulls().unique() if says_nothing(text) or _is_nobody(text)]
            is_side = [(cells == block[side]).fill_null(value=False) for side in self._sides]
            others = ~(cells.is_in(nobody) | cells.is_null())
            for mask in is_side:
                others &= ~mask
            if (found := block.select(ROW, str(column)).filter(others)).height:
                self._rows[column].append(found[ROW])
                yield column, found

    def unread_of(self, statements: pl.DataFrame, headings: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield what is not recorded of the cards of packed statements that these rows made."""
        for column, rows in self._rows.items():
            if not rows:
                continue
            named = statements.filter(pl.col("kind").is_in(self._stated) & pl.col(ROW).is_in(pl.concat(rows).implode()))
            days = [pl.col(name) if name in named.columns else pl.lit(None).alias(name) for name in ("day", "span")]
            dated = named.select(ROW, *days).unique(subset=ROW)
            yield from unread_of_rows([named], dated, kind=None, reason=NOT_READ, field=headings[column])


def _is_nobody(text: str) -> bool:
    return identifies_nobody(normalize_party_name(text))
