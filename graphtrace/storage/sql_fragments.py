"""SQL expressions over the tables of records that several modules share; a rule of the records stands here once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from graphtrace.model import CUSTODY_KINDS, KINDS, UNDATED, Kind


def kind_list(kinds: Iterable[Kind]) -> str:
    """Return kinds as a list of their numbers in column ``kind``, for ``IN``."""
    return ", ".join(str(KINDS.index(kind)) for kind in kinds)


MOVES: Final = kind_list(CUSTODY_KINDS)
"""Kinds that move cards, for ``kind IN (…)``."""

UNDATED_DAY: Final = UNDATED.earliest
"""Day number that stands for no day at all; sorts before every other."""

DEVICE: Final = "imei // pow(10, imei_size - 14)::BIGINT"
"""Device of a record: the first 14 digits of its IMEI, without check digit or version."""

SALE: Final = "CASE WHEN quantity IS NULL THEN NULL ELSE record_no END"
"""Part of the statement of a quantity-only record that distinguishes equal sales: its record number."""


def number_text(column: str) -> str:
    """Return a column of MSISDNs or IMSIs as text (:func:`graphtrace.identifiers.pack_number`)."""
    return f"replace({column}::VARCHAR, '-', '+')"


def number_code(column: str) -> str:
    """Return a text of an MSISDN or IMSI as the integer that is stored."""
    return f"replace({column}, '+', '-')::BIGINT"


def reach_before(partition: str = "") -> str:
    """Return the greatest ``last`` of the lots before a lot, in order of ``first`` and ``last``; null for the first.

    ``partition`` are the columns of groups that are counted apart.
    """
    groups = f"PARTITION BY {partition} " if partition else ""
    return f"max(last) OVER ({groups}ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
