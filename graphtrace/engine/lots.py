"""Lots of a session: cards that moved together, and their later events.

A set of cards is a sequence of disjoint lots in order; cards that follow each other are one lot, however they were
listed. The database joins them, so that a list of a million cards in a row is as short as a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from graphtrace.identifiers.intervals import CardInterval
from graphtrace.model import KINDS, Kind, Party
from graphtrace.storage.duckdb.party_queries import merged_intervals_sql
from graphtrace.storage.sql_fragments import MOVES

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


class TransferKey(NamedTuple):
    """Cards that pass from one party to another on one day, as far as records state it.

    ``days`` are the days that are stated for it, each as the first and the last day that the statement allows.
    """

    sender: Party
    receiver: Party
    days: tuple[tuple[int, int], ...]


_LOTS = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS lots"


def lots_in_transfer(session: CaseSession, transfer: TransferKey) -> Sequence[CardInterval]:
    """The cards that moved in a transfer, listed or by range."""
    is_meant = f"{session.visible_clause} kind IN ({MOVES}) AND {_is_one_of(session, [transfer])}"
    return _lots(
        session,
        f"SELECT first, last FROM range_records WHERE {is_meant} UNION ALL SELECT key, key FROM card_records "
        f"WHERE {is_meant}",
    )


def lots_outside_transfers(
    session: CaseSession, lots: Sequence[CardInterval], transfers: Sequence[TransferKey]
) -> Sequence[CardInterval]:
    """Return the cards near the lots that a record moves between two parties in none of the transfers."""
    if not lots:
        return []
    resolved = f"{session.party_schema}.resolved_parties"
    is_other = f"""
        {session.visible_clause} kind IN ({MOVES}) AND NOT {_is_one_of(session, transfers)}
        AND (SELECT id FROM {resolved} WHERE ident = sender) <> (SELECT id FROM {resolved} WHERE ident = receiver)
    """
    return _lots(
        session,
        f"""
        SELECT first, last FROM (SELECT * FROM range_records SEMI JOIN {_LOTS} ON first <= high AND last >= low)
        WHERE {is_other}
        UNION ALL SELECT key, key FROM (SELECT * FROM {_singles_in(lots)}) WHERE {is_other}
        """,
        lots,
    )


def lots_with_event(session: CaseSession, kind: Kind, lots: Sequence[CardInterval]) -> Sequence[CardInterval]:
    """The cards of the lots that a record of the kind lists."""
    if not lots:
        return []
    found = (
        f"SELECT key AS first, key AS last FROM {_singles_in(lots)} AND {session.visible_clause} kind = "
        f"{KINDS.index(kind)}"
    )
    return _lots(session, found, lots)


def _lots(session: CaseSession, found: str, lots: Sequence[CardInterval] | None = None) -> Sequence[CardInterval]:
    ends = () if lots is None else ([first for first, _ in lots], [last for _, last in lots])
    return [(first, last) for first, last in session.query(merged_intervals_sql(found), *ends)]


def _singles_in(lots: Sequence[CardInterval]) -> str:
    """Return the query for rows that list a card of the sorted lots; blocks before and after these are not read."""
    near = f"key BETWEEN {lots[0][0]} AND {lots[-1][1]}"
    return f"(SELECT * FROM card_records WHERE {near}) ASOF JOIN {_LOTS} ON key >= low WHERE key <= high"


def _is_one_of(session: CaseSession, transfers: Sequence[TransferKey]) -> str:
    """Whether a row may state one of the transfers."""
    parties = {party for transfer in transfers for party in (transfer.sender, transfer.receiver)}
    idents = session.mentions_of(parties)
    mentions = {party: f"({', '.join(map(str, idents[party])) or 'NULL'})" for party in parties}
    stated = (
        f"(sender IN {mentions[transfer.sender]} AND receiver IN {mentions[transfer.receiver]} "
        f"AND ({' OR '.join(f'day <= {last} AND day + span >= {first}' for first, last in transfer.days)}))"
        for transfer in transfers
    )
    return f"({' OR '.join(stated) or 'false'})"
