"""Queries of an audit: what it asks of the relations of :mod:`graphtrace.engine.audit_session`.

An audit creates further relations in its session, for the questions that come after:

=================  =============================================================================================
``lots``           low, high: the cards in question
``events``         columns of ``single_events``: these, and events whose number was that of a card in question
``card_states``    key, day, span, second, state: the same of the states of card lists
``receivers``      audited: the audited parties whose cards are named
``dates``          audited, date, earliest: the last and the first day of the declarations of parties
=================  =============================================================================================

Creates the relations of an audit from the tables of a case. What concerns single cards is cut down to blocks near the
cards in question, so that an audit of one enterprise does not read the cards of all others. Of few cards it is copied,
since an audit asks for it again and again and each time every block would have to be looked for; of many nothing is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from graphtrace.engine.audit_session import KEYS_PER_PREFIX as KEYS_PER_PREFIX
from graphtrace.engine.audit_session import RECEIVER_BY_NAME as RECEIVER_BY_NAME
from graphtrace.engine.audit_session import RECORD_SHIFT as RECORD_SHIFT
from graphtrace.engine.audit_session import SENDER_BY_NAME as SENDER_BY_NAME
from graphtrace.engine.audit_session import SIDES_BY_NAME, AuditSession, Rows
from graphtrace.identifiers import carrier_from_iccid
from graphtrace.identifiers.ranges import CardInterval, merge_intervals
from graphtrace.model import KINDS, AuditRole, DatePart, DateSpan, Party
from graphtrace.storage.duckdb.duckdb_schema import DEVICE, MOVES
from graphtrace.storage.duckdb.duckdb_schema import UNDATED_DAY as UNDATED_DAY
from graphtrace.storage.stored_records import concluded_in

if TYPE_CHECKING:
    import pyarrow as pa

    from graphtrace.arrays import IntArray
    from graphtrace.storage.duckdb.session import CaseSession


_ACTIVATION, _USAGE, _SEIZURE, _STOCK, _CARD_LIST = (
    KINDS.index(kind) for kind in ("activation", "usage", "seizure", "stock", "card_list")
)
_RECORD = f"sheet::BIGINT * {RECORD_SHIFT} + row AS record"
_MAX_SPANS = 8
"""Maximum number of key ranges in one condition: testing them for every row must cost less than it saves."""

_MAX_COPIED = 2_000_000
"""Maximum number of cards whose records are copied."""

_FEW_ROWS = 50_000
"""Maximum number of rows of a case of which all is copied: to plan each question over the records takes longer."""

_ALL = ("exchanged", "listed", "ranged", "unlisted", "single_events", "states", "stated")

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

    Returns the session, the parties that received such a card, and these cards as disjoint lots in order.
    """
    con = session.new_connection()
    tables = AuditSession(con, place=str(session.folder), release=con.close, memory_bytes=session.memory_bytes)
    visible_clause = session.visible_clause
    tables.query(
        "CREATE TEMP VIEW who AS SELECT ident AS party, id, name, is_carrier, bearers FROM resolved_parties "
        "WHERE ident = party"
    )
    sides = f"""
        JOIN resolved_parties AS sellers ON sender = sellers.ident
        JOIN resolved_parties AS buyers ON receiver = buyers.ident
        WHERE {visible_clause} kind IN ({MOVES})
    """
    wanted = _TAKES_PART[role]
    parameters: list[object] = []
    if parties is not None:
        wanted += " AND buyers.id IN (SELECT unnest($1::VARCHAR[]))"
        parameters = [[party.id for party in parties]]
    elif role == "dealer":
        tables.create_table("registrants", " UNION ".join(_bought(table, visible_clause) for table in _TABLES))
        wanted += " AND buyers.party NOT IN (FROM registrants)"
    received = f"""
        SELECT buyers.party, first, last FROM range_records {sides} AND {wanted}
        UNION SELECT buyers.party, key, key FROM card_records {sides} AND {wanted}
    """
    lots = tables.rows(f"{received} ORDER BY ALL", *parameters)
    joined = merge_intervals((first, last) for _, first, last in lots)
    by_name = " + ".join(f"{session.is_lone(side)}::UTINYINT * {bit}" for side, bit in SIDES_BY_NAME.items())
    ((rows,),) = tables.rows("SELECT coalesce(sum(row_count), 0) FROM main.sheets")
    if parties is None or rows <= _FEW_ROWS:
        _create_record_views(tables, visible_clause, "", by_name, _ALL if rows <= _FEW_ROWS else ())
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
        copied = ("listed", "single_events") if cards <= _MAX_COPIED else ()
        _create_record_views(tables, visible_clause, f"AND {_near(tables, near)}", by_name, copied)
    return tables, sorted({party for party, _, _ in lots}), joined


_TABLES = ("card_records", "range_records", "cardless_records")


def _bought(table: str, visible_clause: str) -> str:
    """Return the query for the parties to which carriers sold cards, by one table of statements."""
    return f"""
        SELECT buyers.party FROM {table} JOIN resolved_parties AS sellers ON sender = sellers.ident
        JOIN resolved_parties AS buyers ON receiver = buyers.ident WHERE {visible_clause} kind IN ({MOVES})
        AND sellers.is_carrier
    """


def _party(side: str) -> str:
    """Return the expression for the party of a mention. Most mentions are their own party; only others are joined."""
    return f"coalesce({side}s.party, {side})"


def _create_record_views(
    tables: AuditSession, visible_clause: str, near: str, by_name: str, copied: Collection[str]
) -> None:
    tables.create_table("further", "SELECT ident, party FROM resolved_parties WHERE ident <> party")
    senders, receivers = (f"LEFT JOIN further AS {side}s ON {side} = {side}s.ident" for side in ("sender", "receiver"))
    sides = f"{_party('sender')} AS sender, {_party('receiver')} AS receiver"
    days = f"coalesce(day, {UNDATED_DAY}) AS day, coalesce(span, 0)::UTINYINT AS span"
    movement = (
        f"kind, {sides}, {days}, second, channel, declared_use, province, {_RECORD}, repeated, "
        f"({by_name})::UTINYINT AS by_name"
    )
    moved = f"{senders} {receivers} WHERE {visible_clause} kind IN ({MOVES})"
    events = f"{visible_clause} kind IN ({_ACTIVATION}, {_USAGE}, {_SEIZURE})"
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
            WHERE {visible_clause} kind = {_CARD_LIST} AND state IS NOT NULL {near}
        """,
        "stated": " UNION ALL ".join(
            f"""
            SELECT {_party("sender")} AS who, day, span, stock, sold, quantity, {cards}, {_RECORD}, carrier,
                json_merge_patch(json_object('province', province, 'city', city), coalesce(extra, '{{}}')) AS beside
            FROM main.{table} {senders} WHERE {visible_clause} kind = {_STOCK} AND NOT repeated
            """
            for table, cards in (
                ("cardless_records", "NULL::BIGINT AS first, NULL::BIGINT AS last"),
                ("range_records", "first, last"),
                ("card_records", "key AS first, key AS last"),
            )
        ),
    }
    for name, sql in views.items():
        kind = "TABLE" if name in copied else "VIEW"
        tables.query(f"CREATE TEMP {kind} {name} AS {sql}")
    # Tables of the case with names that questions may give to relations of their own: these are read at once.
    known = f"WHERE {visible_clause} true" if visible_clause else ""
    tables.create_table(
        "sources",
        f"""
        SELECT sheet, files.name AS file, sha256, sheets.name AS name, row_count AS rows, rejected,
            CASE WHEN contains(remarks, '_concluded"') THEN remarks END AS remarks
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


ACTIVATION, SEIZURE = KINDS.index("activation"), KINDS.index("seizure")

_RETURN = KINDS.index("return")

MOVEMENT_TEXTS = ("channel", "declared_use", "province")
"""Columns of :func:`listed_movements` that hold texts, numbered."""

_STATEMENT = "kind, sender, receiver, day, span, second, channel, declared_use, province, by_name"
"""Columns of a movement that audits compare, beside its cards and its origin."""

# -- parties and places ----------------------------------------------------------------------------------------


def source_sheets(session: AuditSession) -> dict[int, tuple[str, str, str | None]]:
    """Return file, hash and name of each sheet, by its number."""
    rows = session.rows("SELECT sheet, file, sha256, name FROM sources")
    return {sheet: (file, sha256, name) for sheet, file, sha256, name in rows}


def concluded_dates(session: AuditSession) -> dict[int, DatePart]:
    """Return what of their dates sheets let conclude, by their numbers."""
    rows = session.rows("SELECT sheet, remarks FROM sources WHERE remarks IS NOT NULL")
    return {sheet: part for sheet, remarks in rows if (part := concluded_in(remarks))}


def key_prefixes(session: AuditSession) -> dict[int, tuple[str, int]]:
    """Return the text before the running digits, and the number of these, by the number of a prefix."""
    rows = session.rows("SELECT head, text, size FROM key_prefixes")
    return {head: (text, size) for head, text, size in rows}


def party_numbers(session: AuditSession, ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the parties with some ids, as far as the session holds them."""
    return dict(session.rows("SELECT id, party FROM who WHERE id IN (SELECT unnest($1::VARCHAR[]))", sorted(ids)))


def parties_by_number(session: AuditSession, numbers: Collection[int]) -> dict[int, Party]:
    rows = session.rows(
        "SELECT party, id, name, is_carrier, bearers FROM who WHERE party IN (SELECT unnest($1::INTEGER[]))",
        sorted(numbers),
    )
    return {number: Party(*fields) for number, *fields in rows}


def parties_by_id(session: AuditSession, numbers: IntArray) -> pa.Table:
    """Return the parties that have some numbers (party, id, name, is_carrier, bearers), in the order of their ids."""
    session.register_columns("asked", {"party": numbers})
    return session.columns("SELECT party, id, name, is_carrier, bearers FROM who JOIN asked USING (party) ORDER BY id")


def order_by_id(session: AuditSession, numbers: Sequence[int]) -> list[int]:
    """Return the numbers of parties in the order of the ids of these parties."""
    rows = session.rows(
        "SELECT party FROM who WHERE party IN (SELECT unnest($1::INTEGER[])) ORDER BY id", list(numbers)
    )
    return [party for (party,) in rows]


def carriers(session: AuditSession) -> set[int]:
    """Return the numbers of the carriers."""
    return {number for (number,) in session.rows("SELECT party FROM who WHERE is_carrier")}


def registrant_ids(session: AuditSession) -> set[str]:
    """Return the ids of the parties to which carriers sold cards; only where all dealers are audited."""
    return {party_id for (party_id,) in session.rows("SELECT id FROM registrants JOIN who USING (party)")}


# -- movements -------------------------------------------------------------------------------------------------


def ranged_movements(session: AuditSession, lots: Sequence[CardInterval]) -> Rows:
    """Create ``lots``, and return the movements of ranges that meet one of them.

    Each row is first, last, record, and what the movement states: kind, sender, receiver, day, span, second, channel,
    declared use, province, and the sides that it knows by a name alone.
    """
    session.insert_rows("lots", {"low": "BIGINT", "high": "BIGINT"}, lots)
    return session.rows(
        f"""
        SELECT first, last, record, {_STATEMENT}
        FROM (SELECT * FROM ranged WHERE NOT repeated) SEMI JOIN lots ON first <= high AND last >= low
        ORDER BY first, last, record
        """
    )


def listed_movements(session: AuditSession) -> pa.Table:
    """Return the movements of single cards: the columns of ``listed``, without those that repeat another."""
    return session.columns(
        f"SELECT key, record, {_STATEMENT} FROM listed WHERE NOT repeated", dict.fromkeys(MOVEMENT_TEXTS, "listed")
    )


MANY = 2**62
"""More than there can be of anything."""

_MOST_COUNTED = 1_000
"""Movements of a case that are counted before its rules are asked."""

_EXTENT = f"""
WITH carriers AS (SELECT party FROM who WHERE is_carrier)
SELECT count(*), coalesce(sum(last - first + 1) FILTER (NOT is_from_carrier AND NOT is_to_carrier), 0)::BIGINT,
    count(*) FILTER (is_to_carrier)
FROM (
    SELECT *, sender IN (FROM carriers) AS is_from_carrier, receiver IN (FROM carriers) AS is_to_carrier
    FROM (FROM exchanged LIMIT {_MOST_COUNTED})
)
"""


def extent_of_dealings(session: AuditSession) -> tuple[int, int]:
    """Return the sum of the cards that records of the case say were passed on, and the number of those to carriers.

    Carriers are no side of what is passed on. Where there are many records, all is as much as can be.
    """
    ((records, passed_on, to_carriers),) = session.rows(_EXTENT)
    return (passed_on, to_carriers) if records < _MOST_COUNTED else (MANY, MANY)


def rejected_rows(session: AuditSession) -> int:
    """Return the number of rows that were not loaded."""
    ((count,),) = session.rows("SELECT count(*) FROM refused")
    return int(count)


_SENT_AND_RECEIVED = """
WITH moves AS (
    SELECT sender, receiver, key AS first, key AS last FROM listed WHERE NOT repeated AND sender <> receiver
    UNION ALL SELECT sender, receiver, first, last FROM ranged WHERE NOT repeated AND sender <> receiver
)
SELECT audited AS party, 1::TINYINT AS is_sent, first, last FROM moves JOIN receivers ON sender = audited
UNION ALL SELECT audited, 0, first, last FROM moves JOIN receivers ON receiver = audited
"""


def sent_and_received(session: AuditSession) -> pa.Table:
    """Return the cards that ``receivers`` passed on (``is_sent`` 1) and received (0): party, is_sent, first, last."""
    return session.columns(_SENT_AND_RECEIVED)


class Declared(NamedTuple):
    """A row that declares stock or sales; ``beside`` are the headings and cells that were not read, and its place."""

    day: int
    span: int
    stock: int | None
    sold: int | None
    quantity: int | None
    first: int | None
    last: int | None
    record: int
    carrier: str | None
    beside: tuple[tuple[str, str], ...]


def stock_declarations(session: AuditSession) -> dict[int, list[Declared]]:
    """Return the declarations of each party."""
    declarations: dict[int, list[Declared]] = {}
    for party, *declaration, beside in session.rows(
        "SELECT who, day, span, stock, sold, quantity, first, last, record, carrier, beside FROM stated "
        "WHERE who IS NOT NULL ORDER BY record"
    ):
        cells = tuple((heading, cell) for heading, cell in json.loads(beside).items() if cell)
        declarations.setdefault(party, []).append(Declared._make((*declaration, cells)))
    return declarations


def carriers_of_cards(session: AuditSession, party: int) -> set[str | None]:
    """Return the operators of the cards that a party received: who issued them, of unnamed ones who sold them."""
    rows = session.rows(
        f"""
        SELECT DISTINCT text FROM key_prefixes SEMI JOIN (
            SELECT key // {KEYS_PER_PREFIX} AS head FROM listed WHERE receiver = $1
            UNION ALL SELECT first // {KEYS_PER_PREFIX} FROM ranged WHERE receiver = $1
        ) AS received USING (head)
        """,
        party,
    )
    sellers = session.rows(
        "SELECT DISTINCT id FROM who JOIN unlisted ON sender = party WHERE receiver = $1 AND is_carrier", party
    )
    return {carrier_from_iccid(text) for (text,) in rows} | {seller.removeprefix("carrier:") for (seller,) in sellers}


# -- events ----------------------------------------------------------------------------------------------------

_EVENT_COLUMNS = {
    "key": "BIGINT",
    "kind": "UTINYINT",
    "day": "INTEGER",
    "span": "UTINYINT",
    "second": "INTEGER",
    "who": "INTEGER",
    "imei": "BIGINT",
    "province": "VARCHAR",
    "city": "VARCHAR",
    "case_no": "VARCHAR",
    "place": "VARCHAR",
    "record": "BIGINT",
}

_STATE_COLUMNS = {**{name: _EVENT_COLUMNS[name] for name in ("key", "day", "span", "second")}, "state": "VARCHAR"}


def create_events(
    session: AuditSession, events: Sequence[Sequence[object]], states: Sequence[Sequence[object]]
) -> None:
    """Create ``events`` and ``card_states`` of the records that name a card, and of those given.

    These are rows of ``single_events``, and of ``states`` without a record.
    """
    session.insert_rows("unlinked_events", _EVENT_COLUMNS, events)
    session.query("CREATE TEMP VIEW events AS FROM single_events UNION ALL BY NAME FROM unlinked_events")
    session.insert_rows("unlinked_states", _STATE_COLUMNS, states)
    names = ", ".join(_STATE_COLUMNS)
    session.query(
        f"CREATE TEMP VIEW card_states AS SELECT {names} FROM states UNION ALL SELECT {names} FROM unlinked_states"
    )


def card_events(session: AuditSession, *, missing: int) -> pa.Table:
    """Return all events: key, kind, day, span, second, and the user and province of activations.

    ``missing`` stands where a number is not stated.
    """
    return session.columns(
        f"""
        SELECT key, kind, coalesce(day, {missing}) AS day, coalesce(span, 0) AS span,
            coalesce(second, {missing}) AS second,
            CASE WHEN kind = {ACTIVATION} AND who IS NOT NULL THEN who ELSE {missing} END AS who,
            CASE WHEN kind = {ACTIVATION} THEN province END AS province
        FROM events
        """,
        {"province": "events"},
    )


def activated_devices(session: AuditSession) -> pa.Table:
    """Return the cards (key) and devices (imei) of all activations that name both."""
    return session.columns(f"SELECT key, imei FROM events WHERE kind = {ACTIVATION} AND imei IS NOT NULL")


def seizures(session: AuditSession) -> Rows:
    """Return the seized cards (key) with the number of the criminal case, each pair once."""
    return session.rows(f"SELECT DISTINCT key, case_no FROM events WHERE kind = {SEIZURE}")


def taken_from(session: AuditSession) -> Rows:
    """Return the seized cards (key) with the numbers of the parties that records say they were taken from."""
    return session.rows(f"SELECT key, list(DISTINCT who) FROM events WHERE kind = {SEIZURE} AND who >= 0 GROUP BY key")


def listed_states(session: AuditSession) -> list[str]:
    """Return the different states that card lists state."""
    return [state for (state,) in session.rows("SELECT DISTINCT state FROM card_states")]


_LATEST_STATES = """
SELECT key FROM (
    SELECT key, state FROM card_states
    QUALIFY rank() OVER (PARTITION BY key ORDER BY day DESC NULLS LAST, span DESC, second DESC) = 1
) GROUP BY key HAVING bool_and(state IN (SELECT unnest($1::VARCHAR[])))
"""


def cards_in_states(session: AuditSession, states: Sequence[str]) -> pa.Table:
    """Return the cards (key) whose latest state in a card list is one of some, in order.

    Where several states are stated for the same time, all of them have to be; a list without a day is the earliest.
    """
    session.create_table("cards_in_states", _LATEST_STATES, list(states))
    return session.columns("SELECT key FROM cards_in_states ORDER BY key")


# -- books -----------------------------------------------------------------------------------------------------

_QUANTITIES = """
WITH mine AS (
    SELECT unlisted.*, sellers.is_carrier AS is_sold_by_carrier, buyers.is_carrier AS is_sold_to_carrier
    FROM unlisted JOIN who AS sellers ON sender = sellers.party JOIN who AS buyers ON receiver = buyers.party
    WHERE NOT repeated AND sender <> receiver
)
SELECT audited, is_purchase, is_return, coalesce(day <= date AND day > {undated}, false) AS is_by_date,
    day + span AS latest, count(*), sum(quantity)::BIGINT
FROM (
    SELECT receiver AS audited, quantity, day, span, true AS is_purchase, false AS is_return FROM mine
    WHERE {acquired} AND NOT is_sold_to_carrier
    UNION ALL
    SELECT sender, quantity, day, span, false, is_sold_to_carrier OR kind = {return_kind} FROM mine
) SEMI JOIN receivers USING (audited) LEFT JOIN dates USING (audited) GROUP BY ALL
"""
"""Query for the quantity-only movements of audited parties by direction and day, before and after the declaration."""

_BOOKS = """
WITH moves AS (
    SELECT 'listed' AS precision, 1 AS cards, sender, receiver, kind, day, record, repeated FROM listed
    UNION ALL SELECT 'range', last - first + 1, sender, receiver, kind, day, record, repeated FROM ranged
    UNION ALL SELECT 'quantity', quantity, sender, receiver, kind, day, record, repeated FROM unlisted
), carriers AS (SELECT party FROM who WHERE is_carrier),
dealings AS MATERIALIZED (
    SELECT *, sender IN (FROM carriers) AS is_sold_by_carrier,
        receiver IN (FROM carriers) OR kind = {return_kind} AS is_return
    FROM moves WHERE NOT repeated AND sender <> receiver
        AND (sender IN (SELECT audited FROM dates) OR receiver IN (SELECT audited FROM dates))
), sides AS (
    SELECT dealings.*, audited
    FROM dealings JOIN dates ON sender = audited AND day <= date AND day > {undated}
    UNION ALL
    SELECT dealings.*, audited FROM dealings JOIN dates ON receiver = audited AND day <= date AND day > {undated}
    WHERE {received}
)
SELECT audited,
    CASE WHEN {is_first} THEN '{first_code}' WHEN NOT is_return THEN 'sale' WHEN receiver = audited THEN 'taken_back'
        WHEN receiver IN (FROM carriers) THEN 'return' ELSE 'sent_back' END AS side,
    precision, min(record), max(record) % {shift}, count(*), sum(cards)::BIGINT
FROM sides GROUP BY audited, side, precision, record // {shift} ORDER BY ALL
"""

_UNSURE = """
WITH carriers AS (SELECT party FROM who WHERE is_carrier),
mine AS (
    SELECT audited, earliest, sender, receiver, kind, day, span, quantity, coalesce(last - first + 1, quantity) AS cards
    FROM exchanged JOIN dates ON sender = audited WHERE day <= date AND sender <> receiver
    UNION ALL
    SELECT audited, earliest, sender, receiver, kind, day, span, quantity, coalesce(last - first + 1, quantity)
    FROM exchanged JOIN dates ON receiver = audited WHERE day <= date AND sender <> receiver
), told AS (
    SELECT *, receiver = audited AS is_receipt, day <= {undated} AS is_undated, day + span >= earliest AS is_near,
        sender IN (FROM carriers) AS is_sold_by_carrier,
        receiver IN (FROM carriers) OR kind = {return_kind} AS is_return
    FROM mine WHERE cards > 0
), dealt AS (SELECT *, is_receipt AND {acquired} AND NOT is_return AS is_acquired FROM told)
SELECT audited,
    coalesce(sum(cards) FILTER (is_receipt AND NOT is_return AND NOT is_acquired), 0)::BIGINT,
    coalesce(sum(cards) FILTER (is_receipt AND is_return), 0)::BIGINT,
    coalesce(sum(cards) FILTER (is_acquired AND is_near), 0)::BIGINT,
    coalesce(sum(cards) FILTER (NOT is_receipt AND is_return AND is_near), 0)::BIGINT,
    coalesce(sum(cards) FILTER (is_acquired AND is_undated AND quantity IS NOT NULL), 0)::BIGINT,
    coalesce(sum(cards) FILTER (NOT is_receipt AND is_return AND is_undated), 0)::BIGINT
FROM dealt GROUP BY audited
"""
"""Query for the dealings of parties that declared, up to the day of that, which may change their balances."""


class _Sides(NamedTuple):
    """SQL conditions that classify records in the books of a role, with the codes of their lines."""

    acquired: str
    received: str
    is_first: str
    first_code: str


_SIDES: Mapping[AuditRole, _Sides] = {
    "enterprise": _Sides("is_sold_by_carrier", "is_sold_by_carrier OR is_return", "is_sold_by_carrier", "purchase"),
    "dealer": _Sides(
        "NOT is_sold_by_carrier", "NOT is_sold_by_carrier", "receiver = audited AND NOT is_return", "receipt"
    ),
}


class QuantitySum(NamedTuple):
    """Sum of quantity-only movements of one direction and day; ``is_by_date``: until the day of the declaration.

    ``latest`` is the last day on which they may have been.
    """

    is_purchase: bool
    is_return: bool
    is_by_date: bool
    latest: int
    records: int
    cards: int


class UnsureDealings(NamedTuple):
    """Cards of the dealings of a party of which no record says how they stand to what it declared.

    ``from_others`` it received otherwise than by what its balance counts as acquired, ``taken_back`` came back;
    ``received_near`` and ``sent_back_near`` moved on the day of the declaration, or within days that hold it;
    ``received_undated`` (by number only) and ``sent_back_undated`` on a day that is not stated.
    """

    from_others: int = 0
    taken_back: int = 0
    received_near: int = 0
    sent_back_near: int = 0
    received_undated: int = 0
    sent_back_undated: int = 0


def create_declarers(session: AuditSession, receivers: Iterable[int], dates: Mapping[int, DateSpan]) -> None:
    """Create ``receivers`` and ``dates``, by the numbers of parties."""
    days = [(number, when.latest, when.earliest) for number, when in dates.items()]
    session.insert_rows("dates", {"audited": "INTEGER", "date": "INTEGER", "earliest": "INTEGER"}, days)
    session.insert_rows("receivers", {"audited": "INTEGER"}, [(number,) for number in receivers])


def quantity_sums(session: AuditSession, role: AuditRole) -> list[tuple[int, QuantitySum]]:
    """Return the quantity-only movements of each of the ``receivers``, summed by direction and day."""
    sql = _QUANTITIES.format(return_kind=_RETURN, undated=UNDATED_DAY, acquired=_SIDES[role].acquired)
    return [(audited, QuantitySum(*fields)) for audited, *fields in session.rows(sql)]


def books(session: AuditSession, role: AuditRole) -> Rows:
    """Return the movements of parties until the day of their declaration, by side, precision and sheet.

    Each row is the party, the code of the side, the precision, the first record, the row of the last one, the number
    of records and that of cards.
    """
    sides: dict[str, Any] = _SIDES[role]._asdict()
    return session.rows(_BOOKS.format(return_kind=_RETURN, undated=UNDATED_DAY, shift=RECORD_SHIFT, **sides))


def unsure_dealings(session: AuditSession, role: AuditRole) -> Iterator[tuple[int, UnsureDealings]]:
    """Yield the dealings of each party that declared which may change its balance."""
    sql = _UNSURE.format(return_kind=_RETURN, undated=UNDATED_DAY, acquired=_SIDES[role].acquired)
    return ((audited, UnsureDealings(*cards)) for audited, *cards in session.rows(sql))
