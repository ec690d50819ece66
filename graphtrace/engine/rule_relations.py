"""Relations that audit rules ask, and that an audit is opened by.

They are made of the classified cards, and are the same whichever store the records come from. Parties are ids, days are
dates, cards are numbers of the session that are consecutive within a lot, records are ``sheet * 2^32 + row``.
:mod:`graphtrace.rules.schema` describes them for whoever writes a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from graphtrace.engine.audit_queries import ACTIVATION, SEIZURE
from graphtrace.engine.audit_session import AuditSession
from graphtrace.identifiers import is_natural_person
from graphtrace.model import KINDS
from graphtrace.storage.sql_fragments import reach_before

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

Columns = Mapping[str, "npt.NDArray[Any] | pa.Array"]
"""Columns of a relation by name."""

_PLACED_GROUPS = """
SELECT group_id, id::buyer_texts AS enterprise, disposition::fate_texts AS fate, outcome::outcome_texts AS outcome,
    holder, own_holder, CASE WHEN disposition = 'resold' THEN depth END AS depth, channel::channel_texts AS channel,
    onward::channel_texts[] AS onward_channels, DATE '1970-01-01' + acquired AS purchased,
    DATE '1970-01-01' + departed AS departed, own_departed, use::use_texts AS declared_use,
    province::province_texts AS declared_province
FROM judged JOIN paths USING (path) JOIN who ON enterprise = party
"""

_TEXTS = {
    "buyer_texts": "SELECT id FROM who SEMI JOIN judged ON party = enterprise",
    "fate_texts": "SELECT disposition FROM paths",
    "outcome_texts": "SELECT outcome FROM paths",
    "channel_texts": "SELECT channel FROM paths UNION ALL SELECT unnest(onward) FROM paths",
    "use_texts": "SELECT use FROM paths",
    "province_texts": "SELECT province FROM paths",
}
"""The texts that accounts have in common, which are numbered: there may be millions of accounts."""

_PLACED = "JOIN placed USING (group_id)"
"""The account of a card, for each audited party that has one."""

_ACCOUNT = "fate, purchased, declared_use, declared_province"

_HOLDER = "LEFT JOIN who AS holders ON holders.party = CASE WHEN own_holder THEN buyer ELSE holder END"

_ACCOUNTS = f"""
SELECT enterprise, first, last, last - first + 1 AS cards, fate, outcome, holders.id AS holder, depth, channel,
    onward_channels, purchased, CASE WHEN own_departed THEN DATE '1970-01-01' + day ELSE departed END AS departed,
    declared_use, declared_province
FROM pieces {_PLACED} {_HOLDER}
"""

_KIND = f"CASE kind {' '.join(f'WHEN {number} THEN {kind!r}' for number, kind in enumerate(KINDS))} END"
_MOVED_KIND = (
    f"CASE WHEN kind = {KINDS.index('transfer')} AND buyers.is_carrier THEN 'return' "
    f"WHEN kind = {KINDS.index('transfer')} AND sellers.is_carrier THEN 'purchase' ELSE {_KIND} END"
)


def _day(column: str) -> str:
    return f"DATE '1970-01-01' + {column}"


_ALL_MOVES = """(
    SELECT * EXCLUDE key, key AS first, key AS last, NULL::BIGINT AS quantity FROM listed
    UNION ALL BY NAME SELECT *, NULL::BIGINT AS quantity FROM ranged
    UNION ALL BY NAME SELECT *, NULL::BIGINT AS first, NULL::BIGINT AS last FROM unlisted
)"""

_DEALT = f"""
WITH moves AS (
    SELECT record, kind, sender, receiver, first, last, quantity, day, span, channel, repeated
    FROM {_ALL_MOVES} WHERE sender <> receiver
)
SELECT enterprise, moves.* FROM moves JOIN audited ON sender = enterprise
UNION ALL SELECT enterprise, moves.* FROM moves JOIN audited ON receiver = enterprise
"""
"""Movements of which an audited party is a side, once for each."""


def _moved(moves: str, columns: str = "", joins: str = "") -> str:
    return f"""
        SELECT {columns}record, {_MOVED_KIND} AS kind, sellers.id AS sender, buyers.id AS receiver, first, last,
            quantity, {_day("day")} AS day, {_day("(day + span)")} AS until, channel, repeated
        FROM {moves} {joins}
        JOIN people AS sellers ON sender = sellers.party JOIN people AS buyers ON receiver = buyers.party
    """


_DEALINGS = _moved("dealt", "whose.id AS enterprise, ", "JOIN people AS whose ON enterprise = whose.party")


def _facts(of: str, column: str, value: str, people: str = "") -> str:
    """Return the query for the values of one column in the activations of a card, each different value once.

    Most cards have one value, which ``used`` has already; so nothing has to be grouped by card.
    """
    first, last = f"first_{of}", f"last_{of}"
    return f"""
        SELECT enterprise, key AS card, {value.format(first)}, {_ACCOUNT}
        FROM used {_PLACED} {people.format(first)} WHERE {first} = {last}
        UNION ALL
        SELECT DISTINCT enterprise, key, {value.format(column)}, {_ACCOUNT}
        FROM events JOIN (FROM used WHERE {first} <> {last}) AS used USING (key) {_PLACED} {people.format(column)}
        WHERE kind = {ACTIVATION} AND {column} IS NOT NULL
    """


def _devices(pairs: str) -> str:
    return f"SELECT enterprise, imei, key AS card, {_ACCOUNT} FROM {pairs} {_PLACED}"


TRANSFERS = f"""
    WITH owned_pieces AS (
        SELECT
            enterprise,
            first,
            last,
            first > 1 + {reach_before("enterprise")} AS is_apart
        FROM accounts
    ),
    owned_numbered AS (
        SELECT
            *,
            count(*) FILTER (is_apart) OVER (
                PARTITION BY enterprise ORDER BY first, last RANGE UNBOUNDED PRECEDING
            ) AS piece
        FROM owned_pieces
    ),
    owned AS (
        SELECT
            enterprise,
            min(first) AS first,
            max(last) AS last
        FROM owned_numbered
        GROUP BY enterprise, piece
    )

    SELECT
        enterprise,
        record,
        sender,
        receiver,
        day,
        until,
        greatest(movements.first, owned.first) AS first,
        least(movements.last, owned.last) AS last
    FROM movements
    JOIN owned ON movements.first <= owned.last AND movements.last >= owned.first
    WHERE kind = 'transfer' AND NOT repeated
"""
"""Transfers of the cards of each audited party; cards that follow on each other stand in one range."""

_VIEWS = {
    "movements": _moved(_ALL_MOVES),
    "transfers": TRANSFERS,
    # Joined when a rule asks for some of them: with the names of all parties they take twice the memory.
    "dealings": _DEALINGS,
    "trades": f"""
        SELECT sellers.id AS seller, buyers.id AS buyer, record, first, last, quantity, {_day("day")} AS day,
            {_day("(day + span)")} AS until
        FROM exchanged
        JOIN people AS sellers ON sender = sellers.party JOIN people AS buyers ON receiver = buyers.party
        WHERE kind = {KINDS.index("transfer")} AND NOT sellers.is_carrier AND NOT buyers.is_carrier
            AND sender <> receiver
    """,
    "activations": f"""
        SELECT record, key AS card, {_day("day")} AS day, {_day("(day + span)")} AS until, id AS "user", imei, province,
            city
        FROM events LEFT JOIN who ON who = party WHERE kind = {ACTIVATION}
    """,
    "activated": f"""
        SELECT enterprise, key AS card, {_day("activated")} AS day, {_ACCOUNT}
        FROM used {_PLACED} WHERE activated IS NOT NULL
    """,
    "used_by": _facts("user", "who", 'people.id AS "user", is_person', "JOIN people ON people.party = {}"),
    "shared_devices": _devices("shared"),
    "moved_cards": _devices("moved"),
    "active_in": _facts("province", "events.province", "{} AS province"),
    "taken": f"""
        SELECT DISTINCT enterprise, card, seizures.day, until, holders.id AS holder, {_ACCOUNT}
        FROM seizures JOIN hit ON card = key {_PLACED} {_HOLDER}
    """,
    "declarations": f"""
        SELECT record, id AS party, {_day("day")} AS day, stock, sold FROM stated JOIN who ON who = party
    """,
    "parties": """
        SELECT id AS party, name, is_carrier, is_person, bearers FROM people
    """,
    "sheets": "SELECT sheet, file, sha256, name, rows, rejected FROM sources",
    "rejects": "SELECT record, field, reason FROM refused",
}

_TRADERS = f"""
SELECT enterprise, people.id AS party, is_received, first, last, {_day("coalesce(moved.day, pieces.day)")} AS day,
    {_day("coalesce(moved.until, pieces.day)")} AS until
FROM pieces {_PLACED} LEFT JOIN split USING (group_id)
JOIN group_transfers AS moved ON moved.group_id = coalesce(base, pieces.group_id)
JOIN people ON people.party = coalesce(moved.party, buyer)
"""
_SINCE_RECEIPT = f"WHERE {_day('coalesce(moved.until, pieces.day)')} >= purchased"
"""A dealer has to do with what happened to a card since it received it."""

_SEIZURES = f"""
SELECT record, key AS card, {_day("day")} AS day, {_day("(day + span)")} AS until, case_no, place
FROM events WHERE kind = {SEIZURE}
"""

_ENTERPRISES = {
    "enterprise": "VARCHAR",
    "name": "VARCHAR",
    "purchased": "BIGINT",
    "in_stock": "BIGINT",
    "activated_by_enterprise": "BIGINT",
    "activated_unnamed": "BIGINT",
    "activated_by_other": "BIGINT",
    "resold": "BIGINT",
    "returned": "BIGINT",
    "disputed": "BIGINT",
    "activated": "BIGINT",
    "seized": "BIGINT",
    "declared_on": "DATE",
    "declared_stock": "BIGINT",
    "declared_sold": "BIGINT",
    "unaccounted": "BIGINT",
    "unaccounted_at_least": "BIGINT",
    "unaccounted_at_most": "BIGINT",
    "quantity_purchased": "BIGINT",
    "quantity_sold": "BIGINT",
}

_CONTACTS = {
    "party": "VARCHAR",
    "record": "BIGINT",
    "kind": "VARCHAR",
    "day": "DATE",
    "contact": "VARCHAR",
    "value": "VARCHAR",
}

_MAY_BE_RESIDENT = "^id:[1-9][0-9]{14}([0-9]{2}[0-9X])?$"
"""Pattern of an id that may be a resident id, of 15 or 18 characters."""


CARD_TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "pieces": {
        "group_id": "INTEGER",
        "first": "BIGINT",
        "last": "BIGINT",
        "buyer": "INTEGER",
        "day": "INTEGER",
    },
    "judged": {"group_id": "INTEGER", "enterprise": "INTEGER", "path": "INTEGER"},
    "paths": {
        "path": "INTEGER",
        "disposition": "VARCHAR",
        "outcome": "VARCHAR",
        "holder": "INTEGER",
        "own_holder": "BOOLEAN",
        "depth": "INTEGER",
        "channel": "VARCHAR",
        "onward": "VARCHAR[]",
        "acquired": "INTEGER",
        "departed": "INTEGER",
        "own_departed": "BOOLEAN",
        "use": "VARCHAR",
        "province": "VARCHAR",
    },
    "used": {
        "key": "BIGINT",
        "group_id": "INTEGER",
        "seized": "BOOLEAN",
        **dict.fromkeys(("activated", "user", "first_user", "last_user"), "INTEGER"),
        **dict.fromkeys(("province", "first_province", "last_province"), "VARCHAR"),
    },
    "group_transfers": {
        "group_id": "INTEGER",
        "is_received": "BOOLEAN",
        "party": "INTEGER",
        "day": "INTEGER",
        "until": "INTEGER",
    },
    "split": {"group_id": "INTEGER", "base": "INTEGER"},
    "hit": {"key": "BIGINT", "group_id": "INTEGER", "buyer": "INTEGER"},
    "shared": {"key": "BIGINT", "imei": "BIGINT", "group_id": "INTEGER"},
    "moved": {"key": "BIGINT", "imei": "BIGINT", "group_id": "INTEGER"},
}
"""Tables of classified cards, of which the relations are made.

- ``pieces``: all cards, each listed one by itself, with its own last movement;
- ``judged``: the path of a group since its receipt by an audited party;
- ``paths``: those fields of :class:`~graphtrace.analysis.audit.classify.CardPath` that rules ask for, with numbers of
  parties;
- ``used``: the fields of :class:`~graphtrace.analysis.audit.events.CardEvents`;
- ``group_transfers``: the fields of :class:`~graphtrace.analysis.audit.classify.GroupTransfer`;
- ``split``: the groups whose transfers are those of another group, ``base``;
- ``hit``: the seized cards with the buyer of their own last movement;
- ``shared``, ``moved``: the pairs of :func:`~graphtrace.analysis.audit.devices.find_shared_devices`.
"""


def create_card_tables(
    session: AuditSession,
    columns: Mapping[str, Columns],
    rows: Mapping[str, Sequence[Sequence[object]]] | None = None,
) -> None:
    """Create :data:`CARD_TABLES` of columns or of rows, those of neither without rows; and ``placed``.

    ``placed`` is ``judged`` joined with ``paths``, with the column names of rules.
    """
    for name, kinds in CARD_TABLES.items():
        if name in columns:
            session.register_columns(name, columns[name])
        else:
            quoted = {f'"{column}"': kind for column, kind in kinds.items()}
            session.insert_rows(name, quoted, (rows or {}).get(name, ()))
    for name, sql in _TEXTS.items():
        session.create_enum(name, sql)
    session.create_table("placed", _PLACED_GROUPS)


def create_relations(
    session: AuditSession,
    *,
    enterprises: Sequence[Sequence[object]],
    audited: Sequence[int],
    contacts: Sequence[Sequence[object]],
    judged_different: Sequence[tuple[str, str]],
    is_since_receipt: bool,
) -> None:
    """Create the relations of rules, of the tables of cards and of some lists of rows.

    Parameters
    ----------
    enterprises, contacts, judged_different
        The rows of the relations of these names.
    audited
        The numbers of the audited parties.
    is_since_receipt
        Whether an audited party has to do only with what happened to a card since it received it.
    """
    session.create_table("accounts", _ACCOUNTS)
    session.create_table("seizures", _SEIZURES)
    candidates = session.rows("SELECT party, id FROM who WHERE regexp_matches(id, ?)", _MAY_BE_RESIDENT)
    persons = [number for number, name in candidates if is_natural_person(name.removeprefix("id:"))]
    session.create_table("people", "SELECT *, party IN (SELECT unnest(?::INTEGER[])) AS is_person FROM who", persons)
    session.insert_rows("enterprises", _ENTERPRISES, enterprises)
    session.insert_rows("audited", {"enterprise": "INTEGER"}, [(number,) for number in audited])
    session.create_table("dealt", _DEALT)
    session.insert_rows("contacts", _CONTACTS, contacts)
    session.insert_rows("judged_different", {"party": "VARCHAR", "other": "VARCHAR"}, judged_different)
    traders = f"{_TRADERS} {_SINCE_RECEIPT if is_since_receipt else ''}"
    for name, sql in (*_VIEWS.items(), ("traders", traders)):
        session.query(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")
