"""Cards and numbers that the records of some loads name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from graphtrace.identifiers import unpack_number
from graphtrace.identifiers.intervals import CardInterval, merge_intervals

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


class Touched(NamedTuple):
    """Numbers that records name: listed cards, disjoint ranges, and MSISDNs and IMSIs beside no card."""

    cards: Sequence[int]
    lots: Sequence[CardInterval]
    numbers: Sequence[str]


def touched_by_loads(session: CaseSession, loads: Collection[int]) -> Touched:
    """Return what the new statements of some loads name; what repeats an earlier one is left out.

    Cost: one pass over the records of these loads.
    """
    known = session.query(f"SELECT sheet FROM sheets WHERE {session.visible_clause} file = ANY($1)", sorted(loads))
    if not known:
        return Touched((), (), ())
    new = f"sheet IN ({', '.join(str(sheet) for (sheet,) in known)}) AND NOT repeated"
    cards = session.query(f"SELECT DISTINCT key FROM card_records WHERE {new} ORDER BY key")
    lots = session.query(f"SELECT DISTINCT first, last FROM range_records WHERE {new} ORDER BY first, last")
    numbers = session.query(
        f"SELECT DISTINCT unnest([msisdn, imsi]) AS number FROM cardless_records WHERE {new} ORDER BY number"
    )
    return Touched(
        [card for (card,) in cards],
        merge_intervals((first, last) for first, last in lots),
        [unpack_number(number) for (number,) in numbers if number is not None],
    )


def listed_in(session: CaseSession, lots: Sequence[CardInterval]) -> Sequence[int]:
    """Return the cards of disjoint ranges that some record lists; in order."""
    if not lots:
        return []
    lows, highs = (list(column) for column in zip(*lots, strict=True))
    rows = session.query(
        "SELECT DISTINCT key FROM card_records "
        "ASOF JOIN (SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) ON key >= low "
        f"WHERE {session.visible_clause} key <= high ORDER BY key",
        lows,
        highs,
    )
    return [card for (card,) in rows]
