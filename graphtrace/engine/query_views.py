"""A case as readable relations, for queries in SQL; docs/model.md describes every column.

They are views over the packed tables of :mod:`graphtrace.storage.duckdb.duckdb_schema`, made on a connection of their
own when a question is asked: nothing is copied, and no name of the store is hidden by theirs. Cards stay integers in
``first`` and ``last``, by which lots are compared; ``first_card`` and ``last_card`` are the same as text.

Every row of every file is there. One that says what another has said is marked ``repeated``: what counts cards or
statements leaves it out, what lists origins does not.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from graphtrace.engine.custody_events import effective_kind_name
from graphtrace.engine.user_sql import ask_select
from graphtrace.model import KINDS
from graphtrace.patterns import late
from graphtrace.results.library import CardKey
from graphtrace.storage.duckdb.duckdb_schema import (
    CARD_COLUMNS,
    KEYS_PER_PREFIX,
    MOVES,
    NO_DAY,
    RECORD_COLUMNS,
    number_text,
)
from graphtrace.storage.duckdb.workarounds import translated_faults

if TYPE_CHECKING:
    import duckdb

    from graphtrace.storage.duckdb.session import CaseSession

_ACTIVATION, _SEIZURE, _STOCK = (KINDS.index(kind) for kind in ("activation", "seizure", "stock"))


def _day(days: str) -> str:
    return f"DATE '1970-01-01' + {days}"


def _card(packed: str, head: str) -> str:
    """Return the expression for a packed card as text with its head joined; cheaper than ``card_text`` for each row."""
    return (
        f"{head}.text || lpad(({packed} % {KEYS_PER_PREFIX})::VARCHAR, ({head}.size - "
        f"length({head}.text))::INTEGER, '0')"
    )


_MOMENT: Final = f"""
    CASE
        WHEN second >= 0 THEN strftime({_day("day")} + to_seconds(second), '%Y-%m-%dT%H:%M:%S+08:00')
        WHEN span > 0 THEN strftime({_day("day")}, '%Y-%m')
        ELSE strftime({_day("day")}, '%Y-%m-%d')
    END
"""
_WHEN: Final = f"{_day('day')} AS day, {_day('(day + span)')} AS day_until, {_MOMENT} AS moment"

_KIND: Final = effective_kind_name("rows.kind", "senders", "receivers")

_JOINED: Final = """
    _rows AS rows JOIN _sheets AS sheets USING (sheet_no)
    LEFT JOIN resolved_parties AS senders ON sender = senders.ident
    LEFT JOIN resolved_parties AS receivers ON receiver = receivers.ident
    LEFT JOIN main.key_prefixes ON rows.head = key_prefixes.head
"""
_CARDS: Final = (
    f"first, last, {_card('first', 'key_prefixes')} AS first_card, {_card('last', 'key_prefixes')} AS last_card, cards"
)
_CARD: Final = f"first, last, {_card('first', 'key_prefixes')} AS card"
_PARTIES: Final = """
    senders.id AS from_id, senders.name AS from_name, coalesce(senders.is_carrier, false) AS from_is_carrier,
    receivers.id AS to_id, receivers.name AS to_name, coalesce(receivers.is_carrier, false) AS to_is_carrier
"""
_NUMBERS: Final = f"""
    {number_text("msisdn")} AS msisdn, imsi::VARCHAR AS imsi, eid, lpad(imei::VARCHAR, imei_size, '0') AS imei,
    left(lpad(imei::VARCHAR, imei_size, '0'), 14) AS device
"""
_RECORD: Final = "left(sha256, 12) || ':' || coalesce(sheet || ':', '') || row AS record_id"
_ORIGIN: Final = f"record_no, file, sha256, sheet, row, repeated, sheet_no::BIGINT * {1 << 32} + row AS record"

VIEWS: Final = {
    "sources": "SELECT file, sha256, sheet, kind, encoding, rows, loaded, duplicate, rejected, loaded_at FROM _sheets",
    "rejections": """
        SELECT file, sha256, _sheets.sheet, rejects.row, field, reason, value, low, high
        FROM main.rejects JOIN _sheets ON rejects.sheet = sheet_no
    """,
    "parties": "SELECT DISTINCT id AS party_id, name, is_carrier, bearers FROM resolved_parties",
    "names": f"""
        SELECT
            id AS party_id, mention_names.name, name_key, nullif(strong, '') AS number,
            CASE WHEN day < {NO_DAY} THEN {_day("day")} END AS day, file, sha256, sheets.sheet
        FROM main.mention_names JOIN main.mentions USING (ident) JOIN resolved_parties USING (ident)
        JOIN _sheets AS sheets ON mention_names.sheet = sheet_no
    """,
    "links": f"""
        SELECT
            {number_text("number")} AS number,
            CASE WHEN number >= 100000000000000 THEN 'imsi' ELSE 'msisdn' END AS kind,
            key AS first, key AS last, {_card("key", "key_prefixes")} AS card, {_WHEN}, file, sha256, sheets.sheet
        FROM main.subscriber_links JOIN _sheets AS sheets ON subscriber_links.sheet = sheet_no
        JOIN main.key_prefixes ON key_prefixes.head = key // {KEYS_PER_PREFIX}
        UNION ALL
        SELECT DISTINCT eid, 'eid', first, last, {_card("first", "key_prefixes")}, {_WHEN}, file, sha256, sheet
        FROM {_JOINED} WHERE eid IS NOT NULL AND precision = 'listed'
    """,
    "records": f"""
        SELECT
            {_RECORD}, {_KIND} AS kind, precision, {_PARTIES}, {_CARDS}, check_char, {_WHEN},
            stock, sold, {_NUMBERS}, channel, province, city, cell, declared_use, price, waybill, contract_no, case_no,
            place, holder, state, {_ORIGIN}
        FROM {_JOINED}
    """,
    "moves": f"""
        SELECT
            {_RECORD}, {_KIND} AS kind, precision, {_PARTIES}, {_CARDS}, {_WHEN}, channel, declared_use, price,
            waybill, contract_no, {_ORIGIN}
        FROM {_JOINED} WHERE rows.kind IN ({MOVES})
    """,
    "lots": f"""
        SELECT DISTINCT {_CARDS} FROM _rows AS rows JOIN main.key_prefixes USING (head)
        WHERE rows.kind IN ({MOVES})
    """,
    "activations": f"""
        SELECT
            {_RECORD}, {_CARD}, {_WHEN}, receivers.id AS user_id, receivers.name AS user_name, {_NUMBERS}, province,
            city, cell, {_ORIGIN}
        FROM {_JOINED} WHERE rows.kind = {_ACTIVATION}
    """,
    "seizures": f"""
        SELECT {_RECORD}, {_CARD}, {_WHEN}, case_no, place, senders.id AS holder_id, holder,
            {number_text("msisdn")} AS msisdn, imsi::VARCHAR AS imsi, eid, {_ORIGIN}
        FROM {_JOINED} WHERE rows.kind = {_SEIZURE}
    """,
    "declarations": f"""
        SELECT {_RECORD}, senders.id AS party_id, senders.name AS party_name, {_CARDS}, stock, sold, {_WHEN}, {_ORIGIN}
        FROM {_JOINED} WHERE rows.kind = {_STOCK}
    """,
}
"""Views that a question in SQL can read, by name."""

MACROS: Final = {
    "card_text(card)": f"""(
        SELECT text || lpad((card % {KEYS_PER_PREFIX})::VARCHAR, (size - length(text))::INTEGER, '0')
        FROM main.key_prefixes
        WHERE head = card // {KEYS_PER_PREFIX}
    )""",
    "cards_after(first, last, seen)": "greatest(last - greatest(first - 1, coalesce(seen, first - 1)), 0)",
}
"""Macros: a packed card as text; the number of cards of a lot after a card, where null is before all."""


_WORD: Final = late(r"\w+")


def _views_named(text: str) -> set[str]:
    """Return the views whose names stand in a text; no view reads another."""
    return VIEWS.keys() & set(_WORD.findall(text.casefold()))


def _create_views(con: duckdb.DuckDBPyConnection, visible_clause: str, wanted: Container[str] = VIEWS) -> None:
    """Create views on a connection that has ``resolved_parties``; ``visible_clause`` begins the condition on sheets.

    Cost: 20 ms for all, which is half of a question about one card.
    """
    con.execute(
        f"""
        CREATE TEMP VIEW _sheets AS SELECT
            sheet AS sheet_no, files.name AS file, sha256, sheets.name AS sheet, kind, encoding, row_count AS rows,
            loaded, duplicate, rejected, loaded_at
        FROM main.sheets JOIN main.files USING (file) WHERE {visible_clause} true
        """
    )
    body = ", ".join(f"sheet AS {name}_no" if name == "sheet" else name for name in RECORD_COLUMNS)
    named = {
        "card_records": f"'listed' AS precision, key AS first, key AS last, check_char, "
        f"key // {KEYS_PER_PREFIX} AS head, "
        f"1 AS cards",
        "range_records": f"'range' AS precision, first, last, NULL AS check_char, "
        f"first // {KEYS_PER_PREFIX} AS head, last - "
        f"first + 1 AS cards",
        "cardless_records": (
            "CASE WHEN quantity IS NOT NULL THEN 'quantity' END AS precision, NULL AS first, NULL AS last, "
            "NULL AS check_char, NULL AS head, quantity AS cards"
        ),
    }
    union = " UNION ALL ".join(
        f"SELECT {named[table]}, {body} FROM main.{table} WHERE {visible_clause} true" for table in CARD_COLUMNS
    )
    con.execute(f"CREATE TEMP VIEW _rows AS {union}")
    for name, sql in MACROS.items():
        con.execute(f"CREATE TEMP MACRO {name} AS {sql}")
    for name, sql in VIEWS.items():
        if name in wanted:
            con.execute(f"CREATE TEMP VIEW {name} AS {sql}")


TABLES: Final = {
    "records": """
        SELECT record_id, kind, precision, from_id, from_name, to_id, to_name, first_card, last_card, cards, day,
            day_until, moment, stock, sold, msisdn, imsi, eid, imei, channel, province, city, cell, declared_use,
            price, waybill, contract_no, case_no, place, holder, record_no, file, sha256, sheet, row, repeated
        FROM records WHERE coalesce(kind = $kind, true) ORDER BY day, file, sha256, sheet, row, first_card
    """,
    "parties": "SELECT party_id, name, is_carrier, bearers FROM parties ORDER BY party_id",
    "cards": "SELECT first_card, last_card, cards FROM lots ORDER BY first, last",
    "activations": """
        SELECT record_id, card, day, day_until, moment, user_id, user_name, msisdn, imsi, eid, imei, province, city,
            cell, record_no, file, sha256, sheet, row, repeated
        FROM activations ORDER BY day, file, sha256, sheet, row, card
    """,
    "seizures": """
        SELECT record_id, card, day, day_until, moment, case_no, place, holder_id, holder, msisdn, imsi, eid, record_no,
            file, sha256, sheet, row, repeated
        FROM seizures ORDER BY day, file, sha256, sheet, row, card
    """,
}
"""Tables that an analyst exports from a case, as queries over the views."""


def read_views(
    session: CaseSession, text: str, parameters: Mapping[str, object], *, is_bundled: bool
) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
    """Ask one question in SQL over the views; the names of its columns and all rows, with days as dates."""
    with translated_faults(session.folder), closing(session.new_connection()) as con:
        _create_views(con, session.visible_clause, _views_named(text) if is_bundled else VIEWS)
        return ask_select(
            con, text, parameters, place=str(session.folder), memory_bytes=session.memory_bytes, is_bundled=is_bundled
        )


def run_query(
    session: CaseSession, text: str, parameters: Mapping[str, object]
) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
    """Ask one question in SQL over the views; the names of its columns and all rows."""
    with translated_faults(session.folder), closing(session.new_connection()) as con:
        _create_views(con, session.visible_clause, _views_named(text))
        bound = {name: _bound(session, value) for name, value in parameters.items()}
        columns, rows = ask_select(con, text, bound, place=str(session.folder), memory_bytes=session.memory_bytes)
    return columns, _plain(rows)


def _bound(session: CaseSession, value: object) -> object:
    """A card becomes the integer by which the case knows it, ``None`` where no card is like it."""
    if isinstance(value, CardKey):
        return next(iter(session.card_ids([value])), None)
    if isinstance(value, list):
        return [_bound(session, member) for member in value]
    return value


def _plain(rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
    """Return rows with days as text, in lists too; other columns are unchanged."""
    width = len(rows[0]) if rows else 0
    places = {place for place in range(width) if any(isinstance(row[place], date | list) for row in rows)}
    if not places:
        return rows
    return [tuple(_text(cell) if place in places else cell for place, cell in enumerate(row)) for row in rows]


def _text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return [_text(member) for member in value] if isinstance(value, list) else value
