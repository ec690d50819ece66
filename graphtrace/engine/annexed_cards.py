"""Queries for the annex of an audit: every card behind its counts, some at a time, in the order of the numbers.

The cards are asked of the tables of :data:`graphtrace.engine.rule_relations.CARD_TABLES`. They stand in ``annexed``
(place, first, last and what the cards of the piece have in common); ``asked_pieces`` are those that are looked at.
"""

from __future__ import annotations

from graphtrace.engine.audit_session import RECORD_SHIFT, AuditSession, Rows

_ANNEXED = """
SELECT row_number() OVER (ORDER BY key_prefixes.text, key_prefixes.size, first) AS place, first, last, disposition,
    holders.id AS holder, CASE WHEN disposition IN ('resold', 'left_unrecorded') THEN depth END AS depth,
    channel, acquired, CASE WHEN own_left THEN day ELSE "left" END AS "left"
FROM pieces JOIN judged USING (group_id) JOIN paths USING (path)
JOIN key_prefixes ON head = first // 100000000000
JOIN people AS audited ON enterprise = audited.party
LEFT JOIN people AS holders ON holders.party = CASE WHEN own_holder THEN buyer ELSE holder END
WHERE audited.id = $1
"""

_STATEMENTS = """
SELECT key AS first, key AS last, record FROM listed UNION ALL SELECT key, key, record FROM events
"""


def create_annexed(session: AuditSession, party_id: str) -> int:
    """Create ``annexed`` of the cards of an audited party; return the number of pieces."""
    session.create_table("annexed", f"{_ANNEXED} ORDER BY place", party_id)
    ((count,),) = session.rows("SELECT count(*) FROM annexed")
    return int(count)


def annexed_pieces(session: AuditSession, first: int, last: int) -> Rows:
    """Create ``asked_pieces``, those at some places, and return them in order.

    Each is first, last, disposition, holder, depth, channel, day of the receipt, day of the last leaving.
    """
    session.create_table("asked_pieces", "FROM annexed WHERE place BETWEEN $1 AND $2 ORDER BY place", first, last)
    return session.rows("SELECT * EXCLUDE place FROM asked_pieces ORDER BY place")


def records_of_pieces(session: AuditSession) -> tuple[Rows, Rows]:
    """Return the records that name the asked cards: by single cards (key, record), by ranges (first, record).

    A piece is never covered in part; ``first`` is the first card of the piece.
    """
    singles = session.rows(
        f"SELECT DISTINCT key, record FROM (SELECT first AS key, record FROM ({_STATEMENTS})) AS stated "
        "ASOF JOIN asked_pieces ON key >= first WHERE key <= last"
    )
    ranges = session.rows(
        "SELECT DISTINCT asked_pieces.first, record FROM ranged JOIN asked_pieces "
        "ON ranged.first <= asked_pieces.first AND ranged.last >= asked_pieces.last"
    )
    return singles, ranges


def uses_of_pieces(session: AuditSession) -> Rows:
    """Return the used and the seized ones of the asked cards: key, day of the first use, id of the user, seized."""
    return session.rows(
        'SELECT key, activated, users.id, seized FROM used LEFT JOIN people AS users ON "user" = users.party '
        "ASOF JOIN asked_pieces ON key >= first WHERE key <= last"
    )


def sheets_of_annexed(session: AuditSession) -> list[int]:
    """Return the numbers of the sheets that name a card of ``annexed``."""
    rows = session.rows(
        f"SELECT DISTINCT record // {RECORD_SHIFT} FROM ({_STATEMENTS}) AS stated ASOF JOIN annexed "
        "ON stated.first >= annexed.first WHERE stated.last <= annexed.last "
        f"UNION SELECT DISTINCT record // {RECORD_SHIFT} FROM ranged SEMI JOIN annexed "
        "ON ranged.first <= annexed.first AND ranged.last >= annexed.last"
    )
    return sorted(sheet for (sheet,) in rows)
