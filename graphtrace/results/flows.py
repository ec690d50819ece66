"""Flows between parties: totals over their movements, bounds of these, and the rows that state them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from graphtrace.model import DateSpan, Kind, Party, Precision, SheetName, split_table
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


@wire(name="Quantity", doc="Records that state a number of cards only, and these numbers added up.")
class QuantityTotals(NamedTuple):
    """Records that state a number of cards only, each statement once, and the sum of these numbers."""

    records: int = 0
    cards: int = 0


class FlowTotals(NamedTuple):
    """Totals of a flow between two parties: different cards, records, and quantities of records that name no card.

    ``since`` and ``until`` are ``None`` where no record states a day. ``from_by_name`` and ``to_by_name`` are how many
    of all records know the sender and the receiver by a name alone.
    """

    sender: Party
    receiver: Party
    cards: int
    records: int
    quantity_only: QuantityTotals
    since: DateSpan | None
    until: DateSpan | None
    kinds: tuple[Kind, ...]
    channels: tuple[str, ...]
    precisions: tuple[Precision, ...]
    from_by_name: int = 0
    to_by_name: int = 0


class FlowProvenance(NamedTuple):
    """Number of rows of a sheet that state movements from one party to another, by party id, with the first rows.

    A row that repeats a statement counts: it is one more origin.
    """

    sender: str
    receiver: str
    file: str
    sha256: str
    sheet: str | None
    total: int
    rows: tuple[int, ...]


@wire(
    "file sha256 *sheet_name rows=total first_rows=rows",
    doc="Rows of a sheet that the case counts to a party by a name alone; of many the first by their numbers.",
)
class RowsByName(NamedTuple):
    """Number of rows of a sheet that know a party by a name alone, with the first of them by number."""

    file: str
    sha256: str
    sheet: str | None
    total: int
    rows: tuple[int, ...]

    @property
    def sheet_name(self) -> SheetName:
        """Return the sheet, and the table where it holds several."""
        return split_table(self.sheet)


class PartyTotals(NamedTuple):
    """Number of different cards that a party received and passed on in a period, and the roles that it ever had.

    ``received_by_number`` and ``passed_by_number`` add up what records state without naming cards.
    """

    party: Party
    received: int
    received_by_number: int
    passed: int
    passed_by_number: int
    has_bought: bool
    has_passed: bool


class PartnerGroup(NamedTuple):
    """Flow between a party and a group of its partners; each card counts once in a group.

    ``key`` is the id of the partner, the month, the channel or the size; ``party`` the partner where there is one only.
    ``by_name`` is how many of the records know the partner by a name alone.
    """

    key: str
    party: Party | None
    partners: int
    cards: int
    records: int
    quantity_only: QuantityTotals
    since: DateSpan | None
    until: DateSpan | None
    seized: int
    by_name: int = 0


class PartnerGroups(NamedTuple):
    """Groups of partners, the most cards first, and those after them: their number and the sum of their cards.

    ``has_carrier`` is whether any of all these partners is a carrier.
    """

    groups: Sequence[PartnerGroup]
    left_groups: int
    left_cards: int
    has_carrier: bool
