"""Movements of many cards as numeric columns: only the values that decide most chains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from graphtrace.model import Party
from graphtrace.storage.duckdb.duckdb_schema import KEYS_PER_PREFIX
from graphtrace.storage.sql_fragments import MOVES, UNDATED_DAY

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from graphtrace.storage.base import CardBatch
    from graphtrace.storage.duckdb.session import CaseSession


class MovementColumns(NamedTuple):
    """One row per movement, listed or by range: the index of its card among those asked for, two parties, and the days.

    Parties are numbers; ``carriers`` are those of carriers, and ``parties`` tells who some of them are. A card that
    was asked for twice has its movements at its first place; ``place`` has that of every card.
    """

    place: npt.NDArray[np.signedinteger[Any]]
    card: npt.NDArray[np.signedinteger[Any]]
    sender: npt.NDArray[np.signedinteger[Any]]
    receiver: npt.NDArray[np.signedinteger[Any]]
    first: npt.NDArray[np.signedinteger[Any]]
    last: npt.NDArray[np.signedinteger[Any]]
    carriers: npt.NDArray[np.signedinteger[Any]]
    parties: Callable[[Iterable[int]], Mapping[int, Party]]


def movement_columns(session: CaseSession, cards: CardBatch) -> MovementColumns:
    """One pass over each table; ranges are found by two searches among the sorted cards."""
    import numpy as np

    heads = {(text, size): head for text, size, head in session.query("SELECT text, size, head FROM key_prefixes")}
    numbers = np.array([heads.get(head, -1) for head in cards.heads], dtype=np.int64)[cards.head]
    packed = np.where(numbers < 0, -1, numbers * KEYS_PER_PREFIX + cards.number)
    asked, place, of_asked = np.unique(packed, return_index=True, return_inverse=True)
    resolved = f"{session.party_schema}.resolved_parties"
    # a registration without a day stands first or makes the chain one that needs a search
    days = f"coalesce(day, {UNDATED_DAY}), coalesce(day + span, {UNDATED_DAY})"
    is_move = f"{session.visible_clause} kind IN ({MOVES})"
    first, last, *ranged = session.query_arrays(
        f"SELECT first, last, sender, receiver, {days} FROM range_records WHERE {is_move}"
    )
    low, high = np.searchsorted(asked, first), np.searchsorted(asked, last, side="right")
    times = high - low
    before = np.repeat(np.cumsum(times) - times, times)
    card = np.repeat(low, times) + np.arange(int(times.sum())) - before
    key, *listed = session.query_arrays(
        f"SELECT key, sender, receiver, {days} FROM card_records "
        f"JOIN (SELECT unnest(?::BIGINT[]) AS wanted) AS asked ON key = wanted WHERE {is_move}",
        asked.tolist(),
    )
    ident, party = session.query_arrays(f"SELECT ident, party FROM {resolved} ORDER BY ident")
    (carriers,) = session.query_arrays(f"SELECT DISTINCT party FROM {resolved} WHERE is_carrier ORDER BY party")
    sender, receiver, since, until = (
        np.concatenate([np.repeat(of_range, times), of_card]) for of_range, of_card in zip(ranged, listed, strict=True)
    )
    return MovementColumns(
        place[of_asked],
        place[np.concatenate([card, np.searchsorted(asked, key)])],
        party[np.searchsorted(ident, sender)],
        party[np.searchsorted(ident, receiver)],
        since,
        until,
        carriers,
        session.parties_of,
    )
