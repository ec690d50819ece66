"""Creates the relations of an audit from the tables of a case.

What concerns single cards is cut down to blocks near the cards in question, so that an audit of one enterprise does not
read the cards of all others. Of few cards it is copied, since an audit asks for it again and again and each time every
block would have to be looked for; of many nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from graphtrace.engine.audit_session import MOVEMENT, RECORD_SHIFT, SIDES_BY_NAME, AuditSession
from graphtrace.identifiers.intervals import CardInterval, merge_intervals
from graphtrace.model import KINDS, AuditRole, Party
from graphtrace.storage.sql_fragments import DEVICE, MOVES, UNDATED_DAY

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession

_ACTIVATION, _USAGE, _SEIZURE, _STOCK, _CARD_LIST = (
    KINDS.index(kind) for kind in ("activation", "usage", "seizure", "stock", "card_list")
)
_RECORD = f"sheet::BIGINT * {RECORD_SHIFT} + row AS record"
_MAX_SPANS = 8
"""Maximum number of key ranges in one condition: testing them for every row must cost less than it saves."""

_MAX_COPIED = 2_000_000
"""Maximum number of cards whose records are copied."""

_BLOCK = 1_000
_MAX_BLOCKS = 1_000_000
"""Cards near lots are found by blocks of ``_BLOCK`` consecutive cards, and by at most this number of blocks."""


_TAKES_PART = {
    "enterprise": "sellers.is_carrier AND NOT buyers.is_carrier",
    "dealer": "NOT sellers.is_carrier AND NOT buyers.is_carrier AND sellers.party <> buyers.party",
}
"""Conditions on sender and receiver for the movements that an audit in each role begins with."""


def open_audit_session(
    session: CaseSession, parties: Sequence[Party] | None, role: AuditRole = "enterprise"
) -> tuple[AuditSession, Sequence[int], Sequence[CardInterval]]:
    """Open an audit session: the initial cards of audits of some parties, or of all in a role, and their movements.

    Returns
    -------
    tuple
        The session, the parties that received such a card, and these cards as disjoint lots in order.
    """
    con = session.new_connection()
    tables = AuditSession(con, place=str(session.folder), release=con.close, memory_bytes=session.memory_bytes)
    seen = session.visible_clause
    tables.query(
        "CREATE TEMP VIEW who AS SELECT ident AS party, id, name, is_carrier, bearers FROM resolved_parties "
        "WHERE ident = party"
    )
    sides = f"""
        JOIN resolved_parties AS sellers ON sender = sellers.ident
        JOIN resolved_parties AS buyers ON receiver = buyers.ident
        WHERE {seen} kind IN ({MOVES})
    """
    wanted = _TAKES_PART[role]
    parameters: list[object] = []
    if parties is not None:
        wanted += " AND buyers.id IN (SELECT unnest($1::VARCHAR[]))"
        parameters = [[party.id for party in parties]]
    elif role == "dealer":
        tables.create_table("registrants", " UNION ".join(_bought(table, seen) for table in _TABLES))
        wanted += " AND buyers.party NOT IN (FROM registrants)"
    received = f"""
        SELECT buyers.party, first, last FROM range_records {sides} AND {wanted}
        UNION SELECT buyers.party, key, key FROM card_records {sides} AND {wanted}
    """
    lots = tables.rows(f"{received} ORDER BY ALL", *parameters)
    joined = merge_intervals((first, last) for _, first, last in lots)
    by_name = " + ".join(f"{session.is_lone(side)}::UTINYINT * {bit}" for side, bit in SIDES_BY_NAME.items())
    if parties is None:
        _create_relations(tables, seen, "", by_name, is_copied=False)
    else:
        # what one of them passed on without having received it is counted too
        passed_on = tables.rows(
            f"""
            SELECT first, last FROM range_records {sides} AND sellers.id IN (SELECT unnest($1::VARCHAR[]))
            UNION SELECT key, key FROM card_records {sides} AND sellers.id IN (SELECT unnest($1::VARCHAR[]))
            """,
            *parameters,
        )
        near = merge_intervals([*joined, *passed_on])
        cards = sum(high - low + 1 for low, high in near)
        _create_relations(tables, seen, f"AND {_near(tables, near)}", by_name, is_copied=cards <= _MAX_COPIED)
    return tables, sorted({party for party, _, _ in lots}), joined


_TABLES = ("card_records", "range_records", "cardless_records")


def _bought(table: str, seen: str) -> str:
    """Return the query for the parties to which carriers sold cards, by one table of statements."""
    return f"""
        SELECT buyers.party FROM {table} JOIN resolved_parties AS sellers ON sender = sellers.ident
        JOIN resolved_parties AS buyers ON receiver = buyers.ident WHERE {seen} kind IN ({MOVES})
        AND sellers.is_carrier
    """


def _party(side: str) -> str:
    """Return the expression for the party of a mention. Most mentions are their own party; only others are joined."""
    return f"coalesce({side}s.party, {side})"


def _create_relations(tables: AuditSession, seen: str, near: str, by_name: str, *, is_copied: bool) -> None:
    tables.create_table("further", "SELECT ident, party FROM resolved_parties WHERE ident <> party")
    senders, receivers = (f"LEFT JOIN further AS {side}s ON {side} = {side}s.ident" for side in ("sender", "receiver"))
    sides = f"{_party('sender')} AS sender, {_party('receiver')} AS receiver"
    days = f"coalesce(day, {UNDATED_DAY}) AS day, coalesce(span, 0)::UTINYINT AS span"
    movement = (
        MOVEMENT.replace("sender, receiver", sides)
        .replace("record", _RECORD)
        .replace("day, span", days)
        .replace("by_name", f"({by_name})::UTINYINT AS by_name")
    )
    moved = f"{senders} {receivers} WHERE {seen} kind IN ({MOVES})"
    events = f"{seen} kind IN ({_ACTIVATION}, {_USAGE}, {_SEIZURE})"
    # an audit asks whether a card was used: a later use says so as well as the first one
    event_kind = f"CASE kind WHEN {_USAGE} THEN {_ACTIVATION}::UTINYINT ELSE kind END AS kind"
    exchanged = " UNION ALL ".join(
        f"SELECT {cards}, {movement} FROM main.{table} {moved} AND NOT repeated"
        for table, cards in (
            ("card_records", "key AS first, key AS last, NULL::BIGINT AS quantity"),
            ("range_records", "first, last, NULL"),
            ("cardless_records", "NULL, NULL, quantity"),
        )
    )
    views = {
        "exchanged": exchanged,
        "listed": f"SELECT key, {movement} FROM main.card_records {moved} {near}",
        "ranged": f"SELECT first, last, {movement} FROM main.range_records {moved}",
        "unlisted": f"SELECT quantity, {movement} FROM main.cardless_records {moved} AND quantity IS NOT NULL",
        "single_events": f"""
            SELECT key, {event_kind}, day, span, second,
                CASE kind WHEN {_SEIZURE} THEN {_party("sender")} ELSE {_party("receiver")} END AS who,
                {DEVICE} AS imei, province, city, case_no, place, {_RECORD}
            FROM main.card_records {senders} {receivers} WHERE {events} {near}
        """,
        "states": f"""
            SELECT key, day, span, second, state, {_RECORD} FROM main.card_records
            WHERE {seen} kind = {_CARD_LIST} AND state IS NOT NULL {near}
        """,
        "stated": " UNION ALL ".join(
            f"""
            SELECT {_party("sender")} AS who, day, span, stock, sold, quantity, {cards}, {_RECORD}
            FROM main.{table} {senders} WHERE {seen} kind = {_STOCK} AND NOT repeated
            """
            for table, cards in (
                ("cardless_records", "NULL::BIGINT AS first, NULL::BIGINT AS last"),
                ("range_records", "first, last"),
                ("card_records", "key AS first, key AS last"),
            )
        ),
    }
    for name, sql in views.items():
        kind = "TABLE" if is_copied and name in ("listed", "single_events") else "VIEW"
        tables.query(f"CREATE TEMP {kind} {name} AS {sql}")
    # Tables of the case with names that questions may give to relations of their own: these are read at once.
    known = f"WHERE {seen} true" if seen else ""
    tables.create_table(
        "sources",
        f"""
        SELECT sheet, files.name AS file, sha256, sheets.name AS name, row_count AS rows, rejected
        FROM main.sheets JOIN main.files USING (file) {known}
        """,
    )
    tables.create_table("refused", f"SELECT {_RECORD}, field, reason FROM main.rejects {known}")


def _near(tables: AuditSession, lots: Sequence[CardInterval]) -> str:
    """Return a condition on ``key`` that all cards of the sorted lots fulfil, and few others.

    Ranges that the planner can read are tested against the least and greatest key of each block of the table, so that
    most of it is not read where the lots lie together. Where they are scattered, a look-up by blocks of cards follows.
    """
    if not lots:
        return "false"
    gaps = sorted(
        ((after[0] - before[1], place) for place, (before, after) in enumerate(pairwise(lots), 1)), reverse=True
    )
    cuts = [0, *sorted(place for _, place in gaps[: _MAX_SPANS - 1]), len(lots)]
    spans = [(lots[first][0], lots[following - 1][1]) for first, following in pairwise(cuts)]
    is_inside = f"({' OR '.join(f'key BETWEEN {low} AND {high}' for low, high in spans)})"
    if len(spans) == len(lots):
        return is_inside
    size = max(_BLOCK, sum(high - low + 1 for low, high in lots) // _MAX_BLOCKS)
    tables.insert_rows("near", {"low": "BIGINT", "high": "BIGINT"}, [(low // size, high // size) for low, high in lots])
    return f"{is_inside} AND key // {size} IN (SELECT unnest(range(low, high + 1)) FROM near)"
