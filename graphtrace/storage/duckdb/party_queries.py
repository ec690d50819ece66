"""Parties of a case by id or name, and the number of its cards: questions that every backend answers by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.model import Party
from graphtrace.storage.sql_fragments import reach_before

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession

_FEW_IDS = 16
"""Maximum number of ids that are compared one by one."""

_MAX_SPANS = 64
"""Maximum number of key ranges in one condition: planning it must cost less than it saves."""


def find_parties(session: CaseSession, *, ids: Sequence[str], name_key: str) -> Sequence[Party]:
    """Return the parties with one of the ids or such a member, else those that a record calls so; by id."""
    resolved = f"{session.party_schema}.resolved_parties"
    selected = f"SELECT DISTINCT id, name, is_carrier, bearers FROM {resolved}"
    # the id of a party is a member of it; constants are compared block by block, a list that is unnested row by row
    members = ", ".join("?" * len(ids)) if len(ids) <= _FEW_IDS else "SELECT unnest(?::VARCHAR[])"
    given = ids if len(ids) <= _FEW_IDS else [list(ids)]
    by_id = session.query(f"{selected} WHERE member IN ({members}) ORDER BY id", *given) if ids else []
    rows = by_id or session.query(
        f"{selected} JOIN mentions USING (ident) WHERE name_key = $1 AND name_key <> '' ORDER BY id", name_key
    )
    return [Party(*row) for row in rows]


def names_of_party(session: CaseSession, party: Party) -> Sequence[tuple[str, str]]:
    """Return the names that records give the members of a party: pairs of member and name, each once, in order."""
    return session.query(
        f"SELECT DISTINCT member, mention_names.name FROM {session.party_schema}.resolved_parties "
        "JOIN mention_names USING (ident) "
        "WHERE id = ? AND mention_names.name <> '' ORDER BY ALL",
        party.id,
    )


def merged_intervals_sql(lots: str) -> str:
    """Return a query for the merged lots of a relation (first, last): overlapping and adjacent ones as one, sorted."""
    return f"""
        WITH placed AS (
            SELECT first, last, coalesce(first > 1 + {reach_before()}, true) AS is_apart
            FROM (SELECT DISTINCT first, last FROM ({lots}))
        ),
        numbered AS (
            -- rows that are the same could be counted in another order than they were placed in: each stands here once;
            -- count(*) FILTER would say the same, in a time that grows with the square
            SELECT first, last, sum(is_apart::INTEGER) OVER (ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS lot
            FROM placed
        )
        SELECT min(first) AS first, max(last) AS last FROM numbered GROUP BY lot ORDER BY 1
    """


def count_cards(session: CaseSession) -> int:
    """Count the different cards that the records name, listed or by range."""
    lots = session.query(
        merged_intervals_sql(f"SELECT first, last FROM range_records WHERE {session.visible_clause} true")
    )
    # Most listed cards lie in some range. What lies in the longest is not read at all, block by block.
    longest = sorted(lots, key=lambda lot: lot[0] - lot[1])[:_MAX_SPANS]
    outside = " AND ".join(f"NOT key BETWEEN {first} AND {last}" for first, last in longest) or "true"
    lot = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS lots"
    ((outside_lots,),) = session.query(
        f"SELECT count(DISTINCT key) FROM (SELECT key FROM card_records WHERE {session.visible_clause} {outside}) "
        f"ASOF LEFT JOIN {lot} ON key >= low WHERE low IS NULL OR key > high",
        [first for first, _ in lots],
        [last for _, last in lots],
    )
    count: int = outside_lots + sum(last - first + 1 for first, last in lots)
    return count
