"""Events dated after the day of the load: nothing is concluded from a day that cannot be (SPEC 13, Days).

Such a row is recorded as one that names its cards, like a row whose date is empty. What it says of hands and users is
kept with the events that were not read, so that answers about these cards name the row.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import polars as pl

from graphtrace.ingest.sheet import ROW
from graphtrace.ingest.unread_events import unread_of_rows
from graphtrace.model import CUSTODY_KINDS, KINDS, USE_KINDS

LATER: Final = "later_than_load"
"""Reason why such an event was not recorded."""

_REGISTRATION: Final = KINDS.index("registration")
_LISTED: Final = KINDS.index("card_list")
_MOVED: Final = tuple(KINDS.index(kind) for kind in CUSTODY_KINDS if kind != "registration")
_NAMING: Final = (*_MOVED, *(KINDS.index(kind) for kind in USE_KINDS), _LISTED)
_KEPT: Final = (
    *(ROW, "record_no", "kind", "precision", "head", "size", "first", "last", "check_char", "quantity"),
    *("msisdn", "imsi", "eid", "imei", "imei_size"),
)
"""What such a row says apart from its day: its cards and their other numbers."""


class DatedLater(NamedTuple):
    """Statements whose day is not after that of the load, what is kept of the others, and their unread events."""

    frames: list[pl.DataFrame]
    unread: list[pl.DataFrame]


def part_later(frame: pl.DataFrame, later: pl.Series) -> DatedLater:
    """Take the day and the sides from packed statements for which ``later`` holds.

    Seizures and declarations keep theirs: they order no hands. A registration only loses its day.
    """
    registers = later & (frame["kind"] == _REGISTRATION)
    lists = later & frame["kind"].is_in(_NAMING)
    rest = frame.filter(~lists).with_columns(
        pl.when(registers.filter(~lists)).then(None).otherwise(pl.col(name)).cast(frame.schema[name]).alias(name)
        for name in ("day", "span")
        if name in frame.columns
    )
    if "second" in rest.columns:
        rest = rest.with_columns(
            pl.when(pl.col("day").is_null())
            .then(-1)
            .otherwise(pl.col("second"))
            .cast(frame.schema["second"])
            .alias("second")
        )
    named = frame.filter(lists)
    listed = named.select(name for name in _KEPT if name in frame.columns)
    listed = listed.with_columns(pl.lit(_LISTED).cast(frame.schema["kind"]).alias("kind"))
    if "second" in frame.columns:
        # no time of day, as in every row without a day
        listed = listed.with_columns(pl.lit(-1).cast(frame.schema["second"]).alias("second"))
    return DatedLater([each for each in (rest, listed) if each.height], _unread(named))


def _unread(named: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the changes of hands among statements dated later, with their cards."""
    moving = named.filter(pl.col("kind").is_in(_MOVED))
    return [
        unread
        for (kind,), of_kind in moving.group_by("kind", maintain_order=True)
        for unread in unread_of_rows(
            [of_kind],
            of_kind.select(ROW, "day", "span").unique(subset=ROW),
            kind=KINDS[int(str(kind))],
            reason=LATER,
            field="date",
        )
    ]
