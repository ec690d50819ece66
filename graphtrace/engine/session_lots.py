"""Lots of a session: cards that moved together, and their later events.

A set of cards is a sequence of disjoint lots in order; cards that follow each other are one lot, however they were
listed. The database joins them, so that a list of a million cards in a row is as short as a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from graphtrace.identifiers.intervals import CardInterval
from graphtrace.model import KINDS, USE_KINDS, Kind, Party
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


_LATEST_STATES = """
WITH near AS (SELECT key, kind, day, span, second, state FROM {singles} AND {visible} kind IN ({uses}, {listed})),
used AS (SELECT key, max(day + span) AS last FROM near WHERE kind IN ({uses}) GROUP BY key),
latest AS (
    SELECT key, day, state FROM near WHERE kind = {listed} AND state IS NOT NULL
    QUALIFY rank() OVER (PARTITION BY key ORDER BY day DESC NULLS LAST, span DESC, second DESC) = 1
)
SELECT key, min(state), count(DISTINCT state) FROM latest LEFT JOIN used USING (key)
WHERE day IS NULL OR last IS NULL OR last <= day
GROUP BY key HAVING min(state) IS NOT NULL ORDER BY key
"""


def latest_states(session: CaseSession, lots: Sequence[CardInterval]) -> dict[int, str]:
    """Return the latest state of the cards of some lots by the lists that name them.

    None where several states are stated for the same time, or a card was used after the day of the list; a list
    without a day is the earliest.
    """
    if not lots:
        return {}
    text = _LATEST_STATES.format(
        singles=_singles_in(lots),
        visible=session.visible_clause,
        uses=", ".join(str(KINDS.index(kind)) for kind in USE_KINDS),
        listed=KINDS.index("card_list"),
    )
    ends = ([first for first, _ in lots], [last for _, last in lots])
    return {key: state for key, state, states in session.query(text, *ends) if states == 1}


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
