"""Movements of many cards, card by card; cards with the same movements come together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graphtrace.identifiers.intervals import CardInterval, difference, merge_intervals
from graphtrace.model import Party
from graphtrace.storage.duckdb.duckdb_schema import READ_COLUMNS
from graphtrace.storage.sql_fragments import MOVES
from graphtrace.storage.stored_records import StoredRecord

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


History = tuple[int, str, Sequence[StoredRecord]]
"""Number of cards, a key with their head, and their movements."""


def lots_sent_unreceived(session: CaseSession, party: Party) -> list[CardInterval]:
    """Return the cards that a party passed on and that no record names as received by it, as disjoint lots."""
    mentions = session.mentions_of([party])[party]

    def lots(side: str) -> list[CardInterval]:
        mine = f"{session.visible_clause} kind IN ({MOVES}) AND {side} IN (SELECT unnest(?::INTEGER[]))"
        ranges = session.query(f"SELECT DISTINCT first, last FROM range_records WHERE {mine}", mentions)
        keys = session.query(f"SELECT DISTINCT key, key FROM card_records WHERE {mine}", mentions)
        return merge_intervals([*ranges, *keys])

    return difference(lots("sender"), lots("receiver"))


def cards_received_by(session: CaseSession, party: Party) -> Iterator[History]:
    """Yield the histories of all cards that a party ever received."""
    mine = f"{session.visible_clause} kind IN ({MOVES}) AND receiver IN (SELECT unnest(?::INTEGER[]))"
    mentions = session.mentions_of([party])[party]
    lots = session.query(f"SELECT DISTINCT first, last FROM range_records WHERE {mine}", mentions)
    keys = session.query(f"SELECT DISTINCT key, key FROM card_records WHERE {mine}", mentions)
    yield from histories(session, merge_intervals([*lots, *keys]))


def histories(session: CaseSession, lots: Sequence[CardInterval]) -> Iterator[History]:
    """Yield the cards of disjoint sorted lots, those with equal rows together; ranges are cut, never expanded.

    Cost: a pass over the tables of single cards and of ranges.
    """
    if not lots:
        return
    asked = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS spans"
    ends = [list(column) for column in zip(*lots, strict=True)]
    card_records, ranges = session.filter_visible(
        session.query(
            # the lots are disjoint: only the last one that begins before the end of a row can meet it
            f"SELECT key, check_char, {READ_COLUMNS} FROM card_records ASOF JOIN {asked} ON key >= low "
            f"WHERE key <= high AND key BETWEEN {lots[0][0]} AND {lots[-1][1]} AND kind IN ({MOVES})",
            *ends,
        ),
        session.query(
            f"SELECT first, last, {READ_COLUMNS} FROM range_records ASOF JOIN {asked} ON last >= low "
            f"WHERE first <= high AND kind IN ({MOVES})",
            *ends,
        ),
    )
    by_card: dict[int, list[StoredRecord]] = defaultdict(list)
    for key, check_char, *body in card_records:
        by_card[key].append(session.record(body, None, check_char or ""))
    cuts = sorted({cut for first, last, *_ in ranges for cut in (first, last + 1)})
    starting: dict[int, list[tuple[int, StoredRecord]]] = defaultdict(list)
    for first, last, *body in ranges:
        starting[first].append((last, session.range_record(first, last, body)))
    cards = iter(sorted(by_card))
    card = next(cards, None)
    open_ranges: list[tuple[int, StoredRecord]] = []
    place = 0
    for low, high in lots:
        at = low
        while at <= high:
            while place < len(cuts) and cuts[place] <= at:
                open_ranges = [entry for entry in open_ranges if entry[0] >= cuts[place]]
                open_ranges += starting.get(cuts[place], ())
                place += 1
            until = min(high, cuts[place] - 1) if place < len(cuts) else high
            shared = [row for last, row in open_ranges if last >= at]
            listed = 0
            while card is not None and card <= until:
                if card >= at:
                    listed += 1
                    yield 1, session.card_key(card), [*shared, *by_card[card]]
                card = next(cards, None)
            if until - at + 1 > listed:
                yield until - at + 1 - listed, session.card_key(at), shared
            at = until + 1
