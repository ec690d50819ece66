"""Queries for the cards behind a figure or a finding, and the records that name them.

The questions are asked of the relations of :mod:`graphtrace.engine.rule_relations`. The cards stand in ``opened``
(figure, first, last, holder); figures and findings are numbered, and all are opened together. What lies in a range is
found by places in order, and never by comparing each range with each.

Queries for the annex of an audit: every card behind its counts, some at a time, in the order of the numbers. The cards
are asked of the tables of :data:`graphtrace.engine.rule_relations.CARD_TABLES`. They stand in ``annexed`` (place,
first, last and what the cards of the piece have in common); ``asked_pieces`` are those that are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from graphtrace.engine.audit_session import RECORD_SHIFT, SIDES_BY_NAME, AuditSession, Rows
from graphtrace.engine.rule_relations import UNRECORDED
from graphtrace.identifiers.ranges import CardInterval, merge_intervals

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
    """Create ``opened``: the cards of one figure of the audit of a party, which has the number 0."""
    match bucket:
        case "purchased" | "received":
            cards, parameters = _PIECES, [party_id]
        case "seized":
            cards, parameters = _cards_of(_SEIZED_CARDS, _PIECES), [party_id]
        case "activated":
            cards, parameters = _cards_of("SELECT key FROM used WHERE activated IS NOT NULL", _PIECES), [party_id]
        case "activated_by_enterprise" | "activated_unnamed" | "activated_by_other":
            keys = f"SELECT key FROM ({_ACTIVATED_CARDS}) WHERE bucket = '{bucket}'"
            cards, parameters = _cards_of(keys, _HELD), [party_id]
        case "in_stock":
            cards, parameters = _IN_STOCK, [party_id]
        case "resold":
            cards, parameters = f"{_PIECES} AND fate IN ('resold', '{UNRECORDED}')", [party_id]
        case _:
            cards, parameters = f"{_PIECES} AND fate = $2", [party_id, bucket]
    session.create_table("opened", _OPENED.format(cards=f"SELECT 0 AS figure, * FROM ({cards})"), *parameters)


_OPENED = """
SELECT figure, first, last, who.party AS holder FROM ({cards}) LEFT JOIN who ON holder = id WHERE first <= last
"""


def _cards_of(keys: str, pieces: str) -> str:
    return (
        f"SELECT key AS first, key AS last, holder FROM ({keys}) ASOF JOIN ({pieces}) ON key >= first WHERE key <= last"
    )


def open_lots(session: AuditSession, figures: Sequence[tuple[str, Iterable[CardInterval]]]) -> None:
    """Create ``opened``: for each party and its lots, numbered from 0, the parts of its accounts in the lots."""
    session.insert_rows(
        "wanted",
        {"figure": "INTEGER", "enterprise": "VARCHAR", "low": "BIGINT", "high": "BIGINT"},
        [(figure, party_id, *lot) for figure, (party_id, lots) in enumerate(figures) for lot in merge_intervals(lots)],
    )
    session.create_table("opened", _OPENED.format(cards=_ACCOUNTS_WANTED))


_ACCOUNTS_WANTED = """
WITH parts AS (
    SELECT enterprise::VARCHAR AS enterprise, first, last, holder,
        row_number() OVER (PARTITION BY enterprise ORDER BY first) AS place
    FROM accounts WHERE enterprise IN (SELECT enterprise FROM wanted)
),
reached AS (
    SELECT wanted.*, unnest(range(coalesce(lowest.place, 1), highest.place + 1)) AS place
    FROM wanted
    ASOF JOIN parts AS highest ON wanted.enterprise = highest.enterprise AND wanted.high >= highest.first
    ASOF LEFT JOIN parts AS lowest ON wanted.enterprise = lowest.enterprise AND wanted.low >= lowest.first
)
SELECT figure, greatest(first, low) AS first, least(last, high) AS last, holder
FROM reached JOIN parts USING (enterprise, place)
"""


def opened_lots(session: AuditSession) -> Rows:
    """Return the opened cards in order: figure, first, last, and the number of their holder."""
    return session.rows("SELECT figure, first, last, holder FROM opened ORDER BY figure, first, last")


def holders_stated(session: AuditSession) -> set[tuple[int, int]]:
    """Return the holders, each with the first card of a lot, that a movement of it states not by a name alone."""
    sides = ((side, bit, table) for side, bit in SIDES_BY_NAME.items() for table in _MOVES)
    stated = " UNION ALL ".join(
        f"SELECT {side} AS holder, {_MOVES[table]} FROM {table} "
        f"WHERE by_name & {bit} = 0 AND {side} IN (SELECT holder FROM opened)"
        for side, bit, table in sides
    )
    points = "SELECT DISTINCT holder, first AS card FROM opened WHERE holder IS NOT NULL"
    rows = session.rows(f"SELECT DISTINCT holder, card FROM ({_within(points, stated, 'holder')})")
    return {(holder, card) for holder, card in rows}


_MOVES = {"listed": "key AS first, key AS last", "ranged": "first, last"}


def _within(points: str, ranges: str, by: str) -> str:
    """Return the query for the ranges (first, last), each with the points (card) of the same ``by`` in it.

    The points between two places in order are those of a range.
    """
    return f"""
        WITH points AS MATERIALIZED (
            SELECT *, dense_rank() OVER (PARTITION BY {by} ORDER BY card) AS place FROM ({points})
        ),
        ranges AS (FROM ({ranges})),
        reached AS (
            SELECT ranges.*, unnest(range(coalesce(below.place, 0) + 1, reaching.place + 1)) AS place
            FROM ranges
            ASOF JOIN points AS reaching ON ranges.{by} = reaching.{by} AND ranges.last >= reaching.card
            ASOF LEFT JOIN points AS below ON ranges.{by} = below.{by} AND ranges.first > below.card
        )
        SELECT * FROM reached JOIN points USING ({by}, place)
    """


def movements_of_lots(session: AuditSession, kinds: Collection[str]) -> Rows:
    """Return the movements of some kinds that name opened cards: the first card of the lot, kind, day and record.

    A lot is never covered in part.
    """
    wanted = ", ".join(f"'{kind}'" for kind in kinds)
    points = "SELECT DISTINCT true AS is_all, first AS card FROM opened"
    ranges = f"""
        SELECT true AS is_all, kind, day, record, first, last FROM movements
        WHERE first IS NOT NULL AND kind IN ({wanted})
    """
    return session.rows(
        f"SELECT DISTINCT card, kind, day, record FROM ({_within(points, ranges, 'is_all')}) "
        "ORDER BY day NULLS LAST, kind, record"
    )


EVENT_KINDS: Final = {"activation": "activations", "seizure": "seizures"}


def events_of_lots(session: AuditSession, kind: str, figures: Iterable[int]) -> Rows:
    """Return the activations or seizures of the cards of some figures: first and last of the lot, kind, day, record."""
    chosen = ", ".join(map(str, figures))
    points = f"SELECT true AS is_all, card, day, record FROM {EVENT_KINDS[kind]} WHERE card IS NOT NULL"
    ranges = f"SELECT DISTINCT true AS is_all, first, last FROM opened WHERE figure IN ({chosen})"
    return session.rows(
        f"SELECT DISTINCT first, last, '{kind}' AS kind, day, record FROM ({_within(points, ranges, 'is_all')})"
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
        f"SELECT record, {kind} AS kind, day FROM {table} SEMI JOIN rested_on USING (record)"
        for table, kind in _KIND_BY_TABLE.items()
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
