"""Watched values of a case, and the rows of loads that name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from graphtrace.frozen import frozen
from graphtrace.wire import DATED, wire

MAX_ROWS: Final = 20
"""Maximum number of rows that a hit names; it counts all of them."""

WatchForm = Literal["iccid", "range", "eid", "msisdn", "telephone", "imsi", "imei", "identifier", "name", "text"]
WATCH_FORMS: Final[tuple[WatchForm, ...]] = (
    *("iccid", "range", "eid", "msisdn", "telephone", "imsi", "imei", "identifier", "name", "text"),
)
"""What a watched value is compared as; ``text`` is a number of a parcel, order, contract, case or account."""

WatchState = Literal["watched", "added", "known", "removed"]
"""State of a watched value in a list, and after a request to add or remove it; ``known`` was watched before."""


@wire("value forms why by at state", doc="A watched value, what it is compared as, and what a request made of it.")
@frozen()
class Watch:
    """A value that every load compares; ``value`` as somebody typed it, ``forms`` what it is compared as."""

    value: str
    forms: tuple[WatchForm, ...]
    by: str
    at: str
    why: str | None = None
    state: WatchState = "watched"


@wire(
    DATED,
    "watches",
    name="WatchAnswer",
    doc="The answer of ``watch``: all watched values, or those that were added or removed.",
)
@frozen(kw_only=False)
class WatchList:
    """Watched values in the order in which they were added, or those that a request was about."""

    watches: Sequence[Watch]


@wire("value kind role file sha256 sheet unread rows first_rows column?")
class WatchHit(NamedTuple):
    """Rows of one sheet that name a watched value in one role: how many, and the first of them.

    - ``value``: the value as it is watched.
    - ``kind``: kind of the records; of a row that was not recorded, of what it would have stated, where that is known.
    - ``role``: ``iccid`` (a card that the row lists), ``range`` (within a range of cards, or a card of the row within a
      watched one), another number, a side (``sender``, ``receiver``), a kind of contact, the field that holds it, or
      ``beside`` (a cell in a column that was not read).
    - ``unread``: why the rows were not recorded; ``None`` for records.
    - ``rows``: how many rows they are.
    - ``first_rows``: the first of them, :data:`MAX_ROWS` at most.
    - ``column``: heading of the column that was not read, where the role is ``beside``.
    """

    value: str
    kind: str | None
    role: str
    file: str
    sha256: str
    sheet: str | None
    unread: str | None
    rows: int
    first_rows: tuple[int, ...]
    column: str | None = None
