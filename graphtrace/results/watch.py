"""Watched values of a case, and the rows of loads that name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

MAX_ROWS: Final = 20
"""Maximum number of rows that a hit names; it counts all of them."""

WatchForm = Literal["iccid", "range", "eid", "msisdn", "imsi", "imei", "identifier", "name", "text"]
WATCH_FORMS: Final[tuple[WatchForm, ...]] = (
    *("iccid", "range", "eid", "msisdn", "imsi", "imei", "identifier", "name", "text"),
)
"""What a watched value is compared as; ``text`` is a number of a parcel, order, contract, case or account."""

WatchState = Literal["watched", "added", "known", "removed"]
"""State of a watched value in a list, and after a request to add or remove it; ``known`` was watched before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A value that every load compares; ``value`` as somebody typed it, ``forms`` what it is compared as."""

    value: str
    forms: tuple[WatchForm, ...]
    by: str
    at: str
    why: str | None = None
    state: WatchState = "watched"

    def to_dict(self) -> dict[str, Any]:
        """Return the value as documents show it."""
        return {
            "value": self.value,
            "forms": list(self.forms),
            "why": self.why,
            "by": self.by,
            "at": self.at,
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class WatchList:
    """Watched values in the order in which they were added, or those that a request was about."""

    watches: Sequence[Watch]


class WatchHit(NamedTuple):
    """Rows of one sheet that name a watched value in one role.

    Attributes
    ----------
    value
        The value as it is watched.
    kind
        Kind of the records; of a row that was not recorded, of what it would have stated, where that is known.
    role
        ``iccid`` (a card that the row lists), ``range`` (within a range of cards, or a card of the row within a watched
        one), another number, a side (``sender``, ``receiver``), a kind of contact, or the field that holds it.
    unread
        Why the rows were not recorded; ``None`` for records.
    rows
        How many rows they are.
    first_rows
        The first of them, :data:`MAX_ROWS` at most.
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

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as documents show it."""
        return {**self._asdict(), "first_rows": list(self.first_rows)}
