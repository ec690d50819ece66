"""Relations that audit rules ask, and that an audit is opened by.

They are made of the classified cards, and are the same whichever store the records come from. Parties are ids, days are
dates, cards are numbers of the session that are consecutive within a lot, records are ``sheet * 2^32 + row``.
``docs/rule_tables.yml`` describes them for whoever writes a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from graphtrace.engine.audit_queries import ACTIVATION, SEIZURE
from graphtrace.engine.audit_session import AuditSession
from graphtrace.engine.custody_events import effective_kind_name
from graphtrace.identifiers import is_natural_person
from graphtrace.model import KINDS

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

Columns = Mapping[str, "npt.NDArray[Any] | pa.Array"]
"""Columns of a relation by name."""

Listed = Sequence[Sequence[object]]
"""Rows of a relation."""

UNRECORDED: Final = "left_unrecorded"
"""Fate of resold cards that no record has the audited party pass on: no rule takes them for its sales."""

_PLACED_GROUPS = f"""
SELECT group_id, id::buyer_texts AS enterprise, disposition::fate_texts AS fate, outcome::outcome_texts AS outcome,
    holder, own_holder, holder_by_name, CASE WHEN disposition IN ('resold', '{UNRECORDED}') THEN depth END AS depth,
    channel::channel_texts AS channel,
    onward::channel_texts[] AS onward_channels, DATE '1970-01-01' + acquired AS purchased,
    DATE '1970-01-01' + departed AS departed, DATE '1970-01-01' + departed_by AS departed_by, own_departed,
    use::use_texts AS declared_use,
    province::province_texts AS declared_province
FROM judged JOIN paths USING (path) JOIN people ON enterprise = party
"""

_TEXTS = {
    "buyer_texts": "SELECT id FROM who SEMI JOIN judged ON party = enterprise",
    "fate_texts": "SELECT disposition FROM paths",
    "outcome_texts": "SELECT outcome FROM paths",
    "channel_texts": "SELECT channel FROM paths UNION ALL SELECT unnest(onward) FROM paths",
    "use_texts": "SELECT use FROM paths",
    "province_texts": "SELECT province FROM paths",
    "kind_texts": f"SELECT unnest({list(KINDS)})",
}
"""The texts that accounts and movements have in common, which are numbered: there may be millions of them."""

_PLACED = "JOIN placed USING (group_id)"
"""The account of a card, for each audited party that has one."""

_ACCOUNT = "fate, purchased, declared_use, declared_province"

_HOLDER = "LEFT JOIN people AS holders ON holders.party = CASE WHEN own_holder THEN buyer ELSE holder END"

_ACCOUNTS = f"""
SELECT enterprise, first, last, last - first + 1 AS cards, fate, outcome, holders.id AS holder,
    holders.id IS NOT NULL AND CASE WHEN own_holder THEN buyer_by_name ELSE holder_by_name END AS holder_by_name, depth,
    channel,
    onward_channels, purchased, CASE WHEN own_departed THEN DATE '1970-01-01' + day ELSE departed END AS departed,
    CASE WHEN own_departed THEN DATE '1970-01-01' + day ELSE departed_by END AS departed_by,
    declared_use, declared_province
FROM pieces {_PLACED} {_HOLDER}
"""

_MOVED_KIND = effective_kind_name("kind", "sellers", "buyers")


def _day(column: str) -> str:
    return f"DATE '1970-01-01' + {column}"


_ALL_MOVES = f"""(
    FROM (
        SELECT * EXCLUDE key, key AS first, key AS last, NULL::BIGINT AS quantity FROM listed
        UNION ALL BY NAME SELECT *, NULL::BIGINT AS quantity FROM ranged
        UNION ALL BY NAME SELECT *, NULL::BIGINT AS first, NULL::BIGINT AS last FROM unlisted
    ) WHERE kind <> {KINDS.index("registration")}
)"""
"""What passed from hand to hand; that a carrier registered a customer is no dealing."""

_DEALT = f"""
WITH moves AS (
    SELECT record, kind, sender, receiver, first, last, quantity, day, span, channel, repeated
    FROM {_ALL_MOVES} WHERE sender <> receiver
)
SELECT enterprise, moves.* FROM moves JOIN audited ON sender = enterprise
UNION ALL SELECT enterprise, moves.* FROM moves JOIN audited ON receiver = enterprise
"""
"""Movements of which an audited party is a side, once for each."""


def _moved(moves: str, columns: str = "", joins: str = "", *, side: str = "id") -> str:
    return f"""
        SELECT {columns}record, {_MOVED_KIND} AS kind, sellers.{side} AS sender, buyers.{side} AS receiver, first, last,
            quantity, {_day("day")} AS day, {_day("(day + span)")} AS until, channel, repeated
        FROM {moves} {joins}
        JOIN people AS sellers ON sender = sellers.party JOIN people AS buyers ON receiver = buyers.party
    """


_MOVES = f"SELECT * REPLACE (kind::kind_texts AS kind) FROM ({_moved(_ALL_MOVES, side='party')})"

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


_OWNED = """
WITH runs AS (
    SELECT enterprise, cut, min(first) AS first, max(last) AS last, sum(last - first + 1) AS cards
    FROM pieces JOIN judged USING (group_id) GROUP BY enterprise, cut
),
parts AS (
    SELECT enterprise, first, last FROM runs WHERE cards = last - first + 1
    UNION ALL
    SELECT enterprise, pieces.first, pieces.last FROM pieces JOIN judged USING (group_id)
    JOIN (FROM runs WHERE cards < last - first + 1) USING (enterprise, cut)
),
placed_parts AS (
    -- parts that follow on each other have the same difference
    SELECT *, first - sum(last - first + 1) OVER (PARTITION BY enterprise ORDER BY first) + last - first AS piece
    FROM parts
)
SELECT enterprise, min(first) AS first, max(last) AS last FROM placed_parts GROUP BY enterprise, piece
"""
"""The cards of each audited party; those that follow on each other stand in one range."""

HISTORIES: Final[Mapping[str, str]] = {
    "cuts": """
        WITH whole AS (SELECT first, last FROM owned UNION SELECT first, last FROM moves WHERE first < last)
        SELECT row_number() OVER by_first::INTEGER AS segment, first, lead(first) OVER by_first - 1 AS last
        FROM (SELECT first FROM whole UNION SELECT last + 1 FROM whole)
        WINDOW by_first AS (ORDER BY first)
    """,
    "segments": """
        SELECT enterprise, owned.first AS piece, segment, cuts.first, cuts.last
        FROM (
            SELECT enterprise, owned.first, unnest(range(lowest.segment, beyond.segment)) AS segment
            FROM owned JOIN cuts AS lowest USING (first) JOIN cuts AS beyond ON beyond.first = owned.last + 1
        ) AS owned
        JOIN cuts USING (segment)
    """,
    "histories": """
        WITH ranged AS (
            SELECT moves.*, unnest(range(lowest.segment, beyond.segment)) AS segment
            FROM moves JOIN cuts AS lowest USING (first) JOIN cuts AS beyond ON beyond.first = moves.last + 1
            WHERE moves.first < moves.last
        )
        SELECT enterprise, record, kind, sender, receiver, day, until, moves.first, moves.last, repeated,
            segment AS first_segment, segment AS last_segment
        FROM (FROM moves WHERE first = last) AS moves
        ASOF JOIN cuts ON moves.first >= cuts.first JOIN segments USING (segment)
        UNION ALL
        SELECT enterprise, record, kind, sender, receiver, day, until, min(segments.first), max(segments.last),
            repeated, min(segment), max(segment)
        FROM ranged JOIN segments USING (segment)
        GROUP BY enterprise, piece, record, ranged.first, ranged.last, kind, sender, receiver, day, until, repeated
    """,
}
"""Tables over ``owned`` and ``moves`` (movements in numbers), in the order in which they are made.

- ``cuts``: where any range of ``owned`` or of ``moves`` begins or ends, numbered in order; the cards between two of
  them are a segment;
- ``segments``: those of each audited party's cards; ``piece`` is the first of the cards that follow on each other;
- ``histories``: the movements of these cards. A range is some whole segments; a single card lies in one.

So what ranges share is found by equal numbers of segments, and never by comparing each range with each.
"""

_SIDES = """
SELECT enterprise, {side} AS party, {is_received} AS is_received, first_segment AS segment, first, last,
    false AS is_whole, day, until
FROM histories WHERE first = last AND kind = 'transfer' AND NOT repeated AND sender <> receiver
UNION ALL
SELECT enterprise, {side}, {is_received}, segment, segments.first, segments.last, true, day, until
FROM (
    SELECT *, unnest(range(first_segment, last_segment + 1)) AS segment FROM histories WHERE first < last
) AS moved
JOIN segments USING (enterprise, segment)
WHERE kind = 'transfer' AND NOT repeated AND sender <> receiver
"""

SIDES: Final = " UNION ALL ".join(
    _SIDES.format(side=side, is_received=is_received) for side, is_received in (("sender", False), ("receiver", True))
)
"""Senders and receivers of the cards of each audited party, in numbers, one row for each segment of a range."""

_DEALS = f"""
WITH passed AS (
    SELECT sender AS seller, receiver AS buyer, record, first, last, quantity, {_day("day")} AS day,
        {_day("(day + span)")} AS until
    FROM exchanged
    WHERE kind = {KINDS.index("transfer")} AND sender <> receiver
        AND sender NOT IN (SELECT party FROM people WHERE is_carrier)
        AND receiver NOT IN (SELECT party FROM people WHERE is_carrier)
)
SELECT passed.*, segment FROM passed ASOF LEFT JOIN cuts ON passed.first >= cuts.first
"""
"""The transfers of the whole case; ``segment`` is that at or before the first card."""

_HANDOVER = """
SELECT got.enterprise, got.receiver AS party, got.sender, gave.receiver, got.day AS came, got.until AS came_until,
    gave.day AS gone, gave.until AS gone_until, got.record, gave.record AS next_record,
    greatest(got.first, gave.first) AS first, least(got.last, gave.last) AS last
FROM {got} AS got JOIN {gave} AS gave
    ON got.enterprise = gave.enterprise AND got.{same} = gave.{same} AND got.receiver = gave.sender
"""

HANDOVERS: Final = f"""
WITH moved AS (FROM histories WHERE kind = 'transfer' AND NOT repeated),
lots AS (SELECT *, unnest(range(first_segment, last_segment + 1)) AS segment FROM moved WHERE first < last),
singles AS (SELECT *, first_segment AS segment FROM moved WHERE first = last)
{
    " UNION ALL ".join(
        _HANDOVER.format(got=got, gave=gave, same="first" if got == gave == "singles" else "segment")
        for got in ("singles", "lots")
        for gave in ("singles", "lots")
    )
}
"""
"""Each two transfers of the same cards by which a party got and gave them, in numbers, in any order of time."""

_NAMED_SIDES = """
JOIN people AS whose ON enterprise = whose.party
JOIN people AS sellers ON sender = sellers.party JOIN people AS buyers ON receiver = buyers.party
"""

_VIEWS = {
    "movements": _moved(_ALL_MOVES),
    "transfers": f"""
        SELECT whose.id AS enterprise, record, sellers.id AS sender, buyers.id AS receiver, day, until, first, last,
            first_segment, last_segment
        FROM histories {_NAMED_SIDES} WHERE kind = 'transfer' AND NOT repeated
    """,
    "handovers": HANDOVERS,
    # Joined when a rule asks for some of them: with the names of all parties they take twice the memory.
    "dealings": _DEALINGS,
    "trades": """
        SELECT sellers.id AS seller, buyers.id AS buyer, record, first, last, quantity, day, until
        FROM deals JOIN people AS sellers ON seller = sellers.party JOIN people AS buyers ON buyer = buyers.party
    """,
    "activations": f"""
        SELECT record, key AS card, {_day("day")} AS day, {_day("(day + span)")} AS until, id AS "user", imei, province,
            city
        FROM events LEFT JOIN people ON who = party WHERE kind = {ACTIVATION}
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
        WITH takings AS (
            SELECT key, list(DISTINCT who) AS named FROM events WHERE kind = {SEIZURE} AND who IS NOT NULL GROUP BY key
        )
        SELECT DISTINCT enterprise, card, seizures.day, until,
            CASE WHEN named IS NULL OR list_contains(named, holders.party) THEN holders.id END AS holder, {_ACCOUNT}
        FROM seizures JOIN hit ON card = key {_PLACED} {_HOLDER} LEFT JOIN takings ON card = takings.key
    """,
    "declarations": f"""
        SELECT record, id AS party, {_day("day")} AS day, stock, sold FROM stated JOIN people ON who = party
    """,
    "parties": """
        SELECT id AS party, name, is_carrier, is_person, bearers, party AS number FROM people
    """,
    "sheets": "SELECT sheet, file, sha256, name, rows, rejected FROM sources",
    "rejects": "SELECT record, field, reason FROM refused",
}

TRADERS: Final = " UNION ALL ".join(
    f"""
    SELECT enterprise, {side} AS party, {is_received} AS is_received, first, last, day, until
    FROM histories WHERE kind = 'transfer' AND NOT repeated AND sender <> receiver
    """
    for side, is_received in (("sender", False), ("receiver", True))
)
"""The same in whole ranges."""

_SIDES_SINCE_RECEIPT = f"""
SELECT enterprise, coalesce(moved.party, buyer) AS party, is_received, NULL::INTEGER AS segment, first, last,
    false AS is_whole, {_day("coalesce(moved.day, pieces.day)")} AS day,
    {_day("coalesce(moved.until, pieces.day)")} AS until
FROM pieces JOIN judged USING (group_id) JOIN paths USING (path) LEFT JOIN split USING (group_id)
JOIN group_transfers AS moved ON moved.group_id = coalesce(base, pieces.group_id)
WHERE coalesce(moved.until, pieces.day) >= acquired
"""
"""The same for dealers, which have to do with what happened to a card since they received it."""

_TRADERS = """
SELECT whose.id AS enterprise, people.id AS party, is_received, first, last, day, until
FROM ({traders}) JOIN people USING (party) JOIN people AS whose ON enterprise = whose.party
"""

_SEIZURES = f"""
SELECT record, key AS card, {_day("day")} AS day, {_day("(day + span)")} AS until, case_no, place
FROM events WHERE kind = {SEIZURE}
"""

_ENTERPRISES: Final = {
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
    "activated_sold": "BIGINT",
    "sold_undeclared": "BIGINT",
    "quantity_purchased": "BIGINT",
    "quantity_sold": "BIGINT",
    "listed_active": "BIGINT",
    "held_with_unread": "BIGINT",
}

LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "enterprises": _ENTERPRISES,
    "audited": {"enterprise": "INTEGER"},
    "contacts": {
        "party": "VARCHAR",
        "record": "BIGINT",
        "kind": "VARCHAR",
        "day": "DATE",
        "contact": "VARCHAR",
        "value": "VARCHAR",
    },
    "judged_different": {"party": "VARCHAR", "other": "VARCHAR"},
    "several_persons": {"party": "VARCHAR", "names": "VARCHAR[]"},
    "unread": {"first": "BIGINT", "last": "BIGINT"},
}
"""Relations that are lists of rows; ``audited`` are the numbers of the audited parties."""

_PEOPLE = "SELECT *, party IN (SELECT unnest(?::INTEGER[])) AS is_person FROM who"

_MAY_BE_RESIDENT = "^id:[1-9][0-9]{14}([0-9]{2}[0-9X])?$"
"""Pattern of an id that may be a resident id, of 15 or 18 characters."""


CARD_TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "pieces": {
        "group_id": "INTEGER",
        "first": "BIGINT",
        "last": "BIGINT",
        "buyer": "INTEGER",
        "buyer_by_name": "BOOLEAN",
        "day": "INTEGER",
        "cut": "INTEGER",
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
        "departed_by": "INTEGER",
        "own_departed": "BOOLEAN",
        "use": "VARCHAR",
        "province": "VARCHAR",
        "left": "INTEGER",
        "own_left": "BOOLEAN",
        "holder_by_name": "BOOLEAN",
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

- ``pieces``: all cards, each listed one by itself, with its own last movement; ``cut`` is their segment of
  :attr:`graphtrace.analysis.audit.classify.CardClassifier.cuts`;
- ``judged``: the path of a group since its receipt by an audited party;
- ``paths``: those fields of :class:`~graphtrace.analysis.audit.classify.CardPath` that rules ask for, with numbers of
  parties;
- ``used``: the fields of :class:`~graphtrace.analysis.audit.card_events.CardEvents`;
- ``group_transfers``: the fields of :class:`~graphtrace.analysis.audit.classify.GroupTransfer`;
- ``split``: the groups whose transfers are those of another group, ``base``;
- ``hit``: the seized cards with the buyer of their own last movement;
- ``shared``, ``moved``: the pairs of :func:`~graphtrace.analysis.audit.rule_extent.find_shared_devices`.
"""


def offer_card_tables(
    session: AuditSession, columns: Mapping[str, Callable[[], Columns]], rows: Mapping[str, Callable[[], Listed]]
) -> None:
    """Offer :data:`CARD_TABLES` of columns or of rows, those of neither without rows; and ``placed``.

    ``placed`` is ``judged`` joined with ``paths``, with the column names of rules.
    """
    for name, kinds in CARD_TABLES.items():
        if name in columns:
            session.offer(partial(_register, session, name, columns[name]), name)
        else:
            quoted = {f'"{column}"': kind for column, kind in kinds.items()}
            _offer_rows(session, name, quoted, rows.get(name, tuple))
    for name, sql in _TEXTS.items():
        session.offer(partial(session.create_enum, name, sql), name)
    session.offer(partial(session.create_table, "placed", _PLACED_GROUPS), "placed")


def _register(session: AuditSession, name: str, columns: Callable[[], Columns]) -> None:
    session.register_columns(name, columns())


def _offer_rows(session: AuditSession, name: str, columns: Mapping[str, str], rows: Callable[[], Listed]) -> None:
    session.offer(lambda: session.insert_rows(name, columns, rows()), name)


def natural_persons(session: AuditSession) -> list[int]:
    """Return the numbers of the parties whose id can only be a natural person's."""
    candidates = session.rows("SELECT party, id FROM who WHERE regexp_matches(id, ?)", _MAY_BE_RESIDENT)
    return [number for number, name in candidates if is_natural_person(name.removeprefix("id:"))]


def offer_relations(
    session: AuditSession,
    lists: Mapping[str, Callable[[], Listed]],
    persons: Callable[[], Sequence[int]],
    *,
    is_since_receipt: bool,
) -> None:
    """Offer the relations of rules, of the tables of cards and of some lists of rows.

    - ``lists``: the rows of :data:`LISTS`, by name.
    - ``persons``: the numbers of the natural persons.
    - ``is_since_receipt``: whether an audited party has to do only with what happened to a card since it received it.
    """
    for name, columns in LISTS.items():
        _offer_rows(session, name, columns, lists[name])
    session.offer(lambda: session.create_table("people", _PEOPLE, persons()), "people")
    sides, traders = (_SIDES_SINCE_RECEIPT, "FROM sides") if is_since_receipt else (SIDES, TRADERS)
    tables = {"accounts": _ACCOUNTS, "seizures": _SEIZURES, "dealt": _DEALT, "deals": _DEALS, "sides": sides}
    for name, sql in {"owned": _OWNED, **tables}.items():
        session.offer(partial(session.create_table, name, sql), name)
    session.offer(partial(_create_histories, session), *HISTORIES)
    for name, sql in {**_VIEWS, "traders": _TRADERS.format(traders=traders)}.items():
        session.offer(partial(session.query, f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}"), name)


def _create_histories(session: AuditSession) -> None:
    session.create_table("moves", _MOVES)
    for name, sql in HISTORIES.items():
        session.create_table(name, sql)
    session.query("DROP TABLE moves")
