"""Least and greatest possible numbers of cards, where records state only a number."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from graphtrace.wire import null, wire

MAX_RECORDS: Final = 5_000
"""Rows between two parties, in both directions, beyond which their bounds are not worked out."""


MAX_PAIRS: Final = 200_000
"""Pairs of lots that may share cards, beyond which their bounds are not worked out."""


@wire("min=least max=most", name="Bounds", doc="Between which numbers a figure lies.")
class CardBounds(NamedTuple):
    """Least and greatest possible number of cards, where records fix it only within these limits."""

    least: int
    most: int


@null
class NoBounds(NamedTuple):
    """Missing bounds, and what there was too much of: rows, or pairs of lots."""

    too_many: Literal["rows", "pairs"]


Bounds = CardBounds | NoBounds


def bounds_columns(bounds: Bounds) -> tuple[int | None, int | None]:
    """Return bounds as two columns of a table: at least, at most."""
    return bounds if isinstance(bounds, CardBounds) else (None, None)
