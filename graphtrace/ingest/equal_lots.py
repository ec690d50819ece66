"""Rows of one sheet that state the same number of cards, day and sides, and differ in cells that are not read.

Two such rows are one statement by what is read of them. What they say besides may make them two.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from graphtrace.ingest.sheet import ROW

_SAID: Final = ("kind", "day", "span", "second", "sender_key", "sender_id", "receiver_key", "receiver_id", "quantity")
_SAID_TOO: Final = ("record_no", "waybill", "contract_no", "price", "channel")
_MOST: Final = 100_000
"""Rows that only count cards, beyond which they are not compared."""


class EqualLots:
    """The rows read so far that only count their cards."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._rows = 0

    def add(self, statements: pl.DataFrame) -> None:
        """Add packed statements, with what their rows say besides in ``extra``."""
        if self._rows > _MOST or not {"quantity", "extra"} <= {*statements.columns}:
            return
        is_counted = pl.col("quantity").is_not_null()
        if "first" in statements.columns:
            is_counted &= pl.col("first").is_null()
        names = [name for name in (*_SAID, *_SAID_TOO) if name in statements.columns]
        lots = statements.filter(is_counted).select(ROW, "extra", *(pl.col(name).cast(pl.String) for name in names))
        self._rows += lots.height
        self._frames.append(lots)

    def told(self) -> pl.DataFrame | None:
        """Return the rows, with what each says besides, that are alike but for that; ``None`` if there are none."""
        if not self._frames or self._rows > _MOST:
            return None
        lots = pl.concat(self._frames, how="diagonal")
        names = [name for name in lots.columns if name not in (ROW, "extra")]
        found = lots.filter(pl.col("extra").n_unique().over(names) > 1).select(ROW, "extra").sort(ROW)
        return found if found.height else None
