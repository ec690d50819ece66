"""Card counts of many parties at once.

Cards are counted on the number line, by how far each lot reaches beyond those before it, so that a range counts as
fast as a card and is never expanded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.model import CUSTODY_KINDS, USE_KINDS, Party
from graphtrace.storage.sql_fragments import MOVES, kind_list, reach_before

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession

_MOVES_AND_USES = kind_list((*CUSTODY_KINDS, *USE_KINDS))


def card_counts(session: CaseSession, cards: Mapping[Party, Sequence[str]]) -> Mapping[Party, int]:
    """Count the different cards that each party received, passed on or used on record, with ``cards`` of it."""
    parties = list(cards)
    packed = {key: card for card, key in session.card_ids({key for keys in cards.values() for key in keys}).items()}
    known = [(number, packed[key]) for number, party in enumerate(parties) for key in cards[party] if key in packed]
    # Most cards that are listed with a party lie in its ranges, which are few: only the others are counted one by one.
    volumes = session.query(
        f"""
        WITH asked AS (SELECT unnest($1::VARCHAR[]) AS id, generate_subscripts($1::VARCHAR[], 1) - 1 AS number),
        mine AS MATERIALIZED (SELECT ident, number FROM {session.party_schema}.resolved_parties JOIN asked USING (id)),
        spread AS (
            SELECT number, first, last FROM range_records JOIN mine ON sender = ident
            WHERE {session.visible_clause} kind IN ({MOVES})
            UNION SELECT number, first, last FROM range_records JOIN mine ON receiver = ident
            WHERE {session.visible_clause} kind IN ({MOVES})
        ),
        placed AS (
            SELECT *, coalesce(first > 1 + {reach_before("number")}, true) AS is_apart
            FROM spread
        ),
        numbered AS (
            SELECT *, sum(is_apart::INTEGER) OVER (
                PARTITION BY number ORDER BY first, last ROWS UNBOUNDED PRECEDING
            ) AS lot
            FROM placed
        ),
        lots AS MATERIALIZED (
            SELECT number, min(first) AS first, max(last) AS last FROM numbered GROUP BY number, lot
        ),
        listed AS (
            SELECT number, key FROM card_records JOIN mine ON sender = ident
            WHERE {session.visible_clause} kind IN ({MOVES})
            UNION ALL SELECT number, key FROM card_records JOIN mine ON receiver = ident
            WHERE {session.visible_clause} kind IN ({_MOVES_AND_USES})
            UNION ALL SELECT unnest($2::BIGINT[]), unnest($3::BIGINT[])
        )
        SELECT number, sum(cards)::BIGINT FROM (
            SELECT number, sum(last - first + 1) AS cards FROM lots GROUP BY number
            UNION ALL SELECT listed.number, count(DISTINCT key)
            FROM listed ASOF LEFT JOIN lots ON listed.number = lots.number AND key >= first
            WHERE last IS NULL OR last < key GROUP BY listed.number
        ) GROUP BY number
        """,
        [party.id for party in parties],
        [number for number, _ in known],
        [card for _, card in known],
    )
    return {**dict.fromkeys(parties, 0), **{parties[number]: volume for number, volume in volumes}}
