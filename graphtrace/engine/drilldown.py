"""Queries for the cards behind a figure or a finding, and the records that name them.

The questions are asked of the relations of :mod:`graphtrace.engine.rule_relations`. The cards stand in ``opened``
(first, last, holder), for one figure or finding at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graphtrace.engine.audit_session import SIDES_BY_NAME, AuditSession, Rows
from graphtrace.identifiers.intervals import CardInterval, merge_intervals

_PIECES = "SELECT first, last, holder FROM accounts WHERE enterprise = $1"
_HELD = f"{_PIECES} AND fate = 'held'"

_SEIZED_CARDS = "SELECT key FROM used WHERE seized AND $1 IS NOT NULL"

_ACTIVATED_CARDS = """
SELECT key, CASE WHEN users.id IS NULL THEN 'activated_unnamed' WHEN users.id = $1 THEN 'activated_by_enterprise'
    ELSE 'activated_by_other' END AS bucket
FROM used LEFT JOIN who AS users ON "user" = users.party WHERE activated IS NOT NULL
"""

_IN_STOCK = f"""
WITH pieces AS ({_HELD}),
marks AS (
    SELECT first, last, key FROM (SELECT key FROM used WHERE activated IS NOT NULL)
    ASOF JOIN pieces ON key >= first WHERE key <= last
)
SELECT first, last, NULL AS holder FROM pieces ANTI JOIN marks USING (first)
UNION ALL SELECT coalesce(lag(key) OVER before + 1, first), key - 1, NULL FROM marks
WINDOW before AS (PARTITION BY first ORDER BY key)
UNION ALL SELECT max(key) + 1, last, NULL FROM marks GROUP BY first, last
"""


def open_bucket(session: AuditSession, party_id: str, bucket: str) -> None:
    """Create ``opened``: the cards of one figure of the audit of a party."""
    match bucket:
        case "purchased" | "received":
            session.create_table("opened", _PIECES, party_id)
        case "seized":
            session.create_table("opened", _cards_of(_SEIZED_CARDS, _PIECES), party_id)
        case "activated_by_enterprise" | "activated_unnamed" | "activated_by_other":
            cards = f"SELECT key FROM ({_ACTIVATED_CARDS}) WHERE bucket = '{bucket}'"
            session.create_table("opened", _cards_of(cards, _HELD), party_id)
        case "in_stock":
            session.create_table("opened", _IN_STOCK, party_id)
        case _:
            session.create_table("opened", f"{_PIECES} AND fate = $2", party_id, bucket)


def _cards_of(keys: str, pieces: str) -> str:
    return (
        f"SELECT key AS first, key AS last, holder FROM ({keys}) ASOF JOIN ({pieces}) ON key >= first WHERE key <= last"
    )


def open_lots(session: AuditSession, party_id: str, lots: Iterable[CardInterval]) -> None:
    """Create ``opened``: the parts of the accounts of a party that lie in the lots."""
    session.insert_rows("wanted", {"low": "BIGINT", "high": "BIGINT"}, merge_intervals(lots))
    session.create_table(
        "opened",
        "SELECT greatest(first, low) AS first, least(last, high) AS last, holder FROM accounts "
        "JOIN wanted ON first <= high AND last >= low WHERE enterprise = $1",
        party_id,
    )


def opened_lots(session: AuditSession) -> Rows:
    """Return the opened cards in order: first, last, and the number of their holder."""
    return session.rows(
        "SELECT first, last, who.party FROM opened LEFT JOIN who ON holder = id "
        "WHERE first <= last ORDER BY first, last"
    )


def lots_stated(session: AuditSession) -> set[CardInterval]:
    """Return the opened lots of which a movement states who their holder is, not by a name alone."""
    sides = ((side, bit, table) for side, bit in SIDES_BY_NAME.items() for table in _MOVES)
    stated = " UNION ALL ".join(
        f"SELECT {_MOVES[table]}, {side} AS party FROM {table} WHERE by_name & {bit} = 0" for side, bit, table in sides
    )
    rows = session.rows(
        f"""
        SELECT DISTINCT opened.first, opened.last FROM opened JOIN who ON holder = id
        JOIN ({stated}) AS stated ON who.party = stated.party
        AND stated.first <= opened.last AND stated.last >= opened.first
        """
    )
    return {(first, last) for first, last in rows}


_MOVES = {"listed": "key AS first, key AS last", "ranged": "first, last"}


def opened_records(session: AuditSession, kinds: Sequence[str]) -> Rows:
    """Return the records of some kinds that name opened cards: first, last, kind, day and record.

    First and last are those of the lot; a lot is never covered in part.
    """
    queries = [
        """
        SELECT opened.first, opened.last, kind, day, record FROM opened
        JOIN movements ON movements.first <= opened.last AND movements.last >= opened.first
        """,
        *(
            f"SELECT first, last, '{kind}', day, record FROM {table} ASOF JOIN opened ON card >= first "
            "WHERE card <= last"
            for kind, table in (("activation", "activations"), ("seizure", "seizures"))
            if kind in kinds
        ),
    ]
    wanted = ", ".join(f"'{kind}'" for kind in kinds)
    return session.rows(
        f"SELECT DISTINCT * FROM ({' UNION ALL '.join(queries)}) AS found (first, last, kind, day, record) "
        f"WHERE kind IN ({wanted}) ORDER BY first, last, day NULLS LAST, kind, record"
    )


_KIND_BY_TABLE = {
    "activations": "'activation'",
    "seizures": "'seizure'",
    "declarations": "'stock'",
    "movements": "kind",
    "trades": "'transfer'",
}


def stated_by(session: AuditSession, records: Iterable[int]) -> Rows:
    """Return what some records state: kind, day and record."""
    session.insert_rows("rested_on", {"record": "BIGINT"}, [(record,) for record in records])
    of_cards = " UNION ".join(
        f"SELECT record, {kind} AS kind, day FROM {table}" for table, kind in _KIND_BY_TABLE.items()
    )
    # what else names a contact: a row of its own, or a record about other cards than those of the audit
    return session.rows(
        f"""
        WITH of_cards AS MATERIALIZED ({of_cards}),
        known AS (FROM of_cards UNION SELECT record, kind, day FROM contacts ANTI JOIN of_cards USING (record))
        SELECT coalesce(kind, 'reject'), day, record FROM rested_on LEFT JOIN known USING (record)
        ORDER BY day NULLS LAST, kind, record
        """
    )
