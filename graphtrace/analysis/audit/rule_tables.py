"""The classified cards of audited parties as the relations that audit rules ask, and that an audit is opened by.

They are created in the session of :class:`graphtrace.analysis.audit.classify.CardClassifier` after its events and
figures, and are the same whichever store the records come from. Parties are ids, days are dates, cards are numbers of
the session that are consecutive within a lot, records are ``sheet * 2^32 + row``. :mod:`graphtrace.rules.schema`
describes them for whoever writes a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from graphtrace.analysis.audit.classify import ACTIVATION, SEIZURE, CardClassifier
from graphtrace.analysis.audit.devices import find_shared_devices
from graphtrace.analysis.corroboration import SupportBook, stated_contacts
from graphtrace.analysis.unlinked_events import create_events_view
from graphtrace.engine.arrays import NONE, IntArray, masked_array
from graphtrace.identifiers import is_natural_person
from graphtrace.model import EPOCH, KINDS
from graphtrace.storage.sql_fragments import reach_before

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from graphtrace.analysis.audit.events import CardEvents
    from graphtrace.results.audit import Audit

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


_PATHS = {
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
}


_TRANSFERS = {
    "group_id": "INTEGER",
    "is_received": "BOOLEAN",
    "party": "INTEGER",
    "day": "INTEGER",
    "until": "INTEGER",
}


def _as_int32(groups: IntArray) -> IntArray:
    """Return group numbers as int32, so that DuckDB joins them without a cast."""
    return groups.astype(np.int32)


def _pieces(classifier: CardClassifier) -> dict[str, npt.NDArray[Any] | pa.Array]:
    """Return the listed cards one by one, and what lies between two cuts before, between and after them."""
    cuts, listed = classifier.cuts, classifier.listed
    key, cut = listed.key, listed.cut
    is_first = np.diff(cut, prepend=NONE) != 0
    is_last = np.diff(cut, append=NONE) != 0
    since = np.where(is_first, cuts.low[cut], np.append(NONE, key[:-1]) + 1)
    before = np.flatnonzero(since < key)
    after = np.flatnonzero(is_last & (key < cuts.high[cut]))
    without = np.flatnonzero(np.bincount(cut, minlength=len(cuts.low)) == 0)
    around = np.concatenate([cut[before], cut[after], without])
    is_listed = np.arange(len(key) + len(around)) < len(key)
    unlisted = np.full(len(around), NONE, dtype=np.int32)
    return {
        "group_id": _as_int32(np.concatenate([classifier.group_of_listed, -1 - cuts.shared[around]])),
        "first": np.concatenate([key, since[before], key[after] + 1, cuts.low[without]]),
        "last": np.concatenate([key, key[before] - 1, cuts.high[cut[after]], cuts.high[without]]),
        "buyer": masked_array(np.concatenate([listed.buyer, unlisted]), is_listed),
        "day": masked_array(np.concatenate([listed.day, unlisted]), is_listed),
    }


def _create_card_tables(classifier: CardClassifier, used: CardEvents) -> None:
    """Create the tables of classified cards, for the relations that are made of them.

    - ``pieces`` (group_id, first, last, buyer, day): all cards, each listed one by itself, with its own last movement;
    - ``judged`` (group_id, enterprise, path): the path of a group since its receipt by an audited party;
    - ``paths``: those fields of :class:`~graphtrace.analysis.audit.classify.CardPath` that rules ask for, parties as
      numbers;
    - ``placed``: ``judged`` joined with ``paths``, with the column names of rules;
    - ``used``: the fields of :class:`~graphtrace.analysis.audit.events.CardEvents`;
    - ``group_transfers``: the fields of :class:`~graphtrace.analysis.audit.classify.GroupTransfer`;
    - ``split`` (group_id, base): the groups whose transfers are those of another group;
    - ``hit`` (key, group_id, buyer): the seized cards with the buyer of their own last movement;
    - ``shared``, ``moved`` (key, imei, group_id): the pairs of
      :func:`~graphtrace.analysis.audit.devices.find_shared_devices`.
    """
    session = classifier.session
    session.register_columns("pieces", _pieces(classifier))
    session.insert_rows("paths", _PATHS, _path_rows(classifier))
    session.insert_rows("group_transfers", _TRANSFERS, classifier.transfers)
    groups, bases = classifier.split_groups
    session.register_columns("split", {"group_id": _as_int32(groups), "base": _as_int32(bases)})
    session.register_columns("judged", _judged(classifier))
    for name, sql in _TEXTS.items():
        session.create_enum(name, sql)
    session.create_table("placed", _PLACED_GROUPS)
    session.register_columns("used", _used(used))
    for name, pairs in zip(("shared", "moved"), find_shared_devices(classifier), strict=True):
        group = used.group[np.searchsorted(used.key, pairs.key)]
        session.register_columns(name, {"key": pairs.key, "imei": pairs.imei, "group_id": group})
    session.register_columns("hit", _seized_cards(classifier, used))


def _path_rows(classifier: CardClassifier) -> list[tuple[object, ...]]:
    numbers = {party: number for number, party in classifier.parties.items()}
    return [
        (
            *(number, path.disposition, str(path.outcome), None if path.holder is None else numbers[path.holder]),
            *(path.own_holder, path.depth, path.channel, list(path.onward), path.acquired, path.departed),
            *(path.own_departed, path.use, path.province),
        )
        for number, path in enumerate(classifier.paths)
    ]


def _judged(classifier: CardClassifier) -> dict[str, IntArray]:
    parts = []
    for part in classifier.judged:
        is_received = part.path >= 0
        groups = _as_int32(part.lowest + np.flatnonzero(is_received))
        parts.append((groups, part.audited[is_received], part.path[is_received]))
    return dict(zip(("group_id", "enterprise", "path"), map(np.concatenate, zip(*parts, strict=True)), strict=True))


def _used(used: CardEvents) -> dict[str, npt.NDArray[Any] | pa.Array]:
    return {
        "key": used.key,
        "group_id": used.group,
        "seized": used.is_seized,
        "activated": masked_array(used.activated, used.is_activated),
        **{name: masked_array(values) for name, values in used.users.items()},
        **{name: masked_array(values, texts=used.provinces) for name, values in used.places.items()},
    }


def _seized_cards(classifier: CardClassifier, used: CardEvents) -> dict[str, npt.NDArray[Any] | pa.Array]:
    seized = np.flatnonzero(used.is_seized)
    listed_at = used.listed[seized]
    is_listed = listed_at >= 0
    buyer = np.full(len(seized), NONE, dtype=np.int32)
    buyer[is_listed] = classifier.listed.buyer[listed_at[is_listed]]
    return {"key": used.key[seized], "group_id": used.group[seized], "buyer": masked_array(buyer)}


def _create_empty_card_tables(classifier: CardClassifier) -> None:
    """Create the tables of :func:`_create_card_tables` and the views of events without rows: no card is known."""
    session = classifier.session
    create_events_view(classifier.store, classifier)
    groups = {"group_id": "INTEGER"}
    used = dict.fromkeys(("activated", "user", "first_user", "last_user"), "INTEGER")
    used |= dict.fromkeys(("province", "first_province", "last_province"), "VARCHAR")
    pairs = {"key": "BIGINT", "imei": "BIGINT", **groups}
    for name, columns in {
        "pieces": {**groups, "first": "BIGINT", "last": "BIGINT", "buyer": "INTEGER", "day": "INTEGER"},
        "paths": _PATHS,
        "group_transfers": _TRANSFERS,
        "split": {**groups, "base": "INTEGER"},
        "judged": {**groups, "enterprise": "INTEGER", "path": "INTEGER"},
        "used": {"key": "BIGINT", **groups, "seized": "BOOLEAN", **used},
        "hit": {"key": "BIGINT", **groups, "buyer": "INTEGER"},
        "shared": pairs,
        "moved": pairs,
    }.items():
        session.insert_rows(name, {f'"{column}"': kind for column, kind in columns.items()}, ())
    for name, sql in _TEXTS.items():
        session.create_enum(name, sql)
    session.create_table("placed", _PLACED_GROUPS)


def create_rule_tables(classifier: CardClassifier, audits: Sequence[Audit], used: CardEvents | None) -> None:
    """Create the relations of rules.

    ``audits`` and ``used`` are the figures and events of the same accounts; these are ``None`` where no card is known.
    """
    session = classifier.session
    if used is None:
        _create_empty_card_tables(classifier)
    else:
        _create_card_tables(classifier, used)
    session.create_table("accounts", _ACCOUNTS)
    session.create_table("seizures", _SEIZURES)
    candidates = session.rows("SELECT party, id FROM who WHERE regexp_matches(id, ?)", _MAY_BE_RESIDENT)
    persons = [number for number, name in candidates if is_natural_person(name.removeprefix("id:"))]
    session.create_table("people", "SELECT *, party IN (SELECT unnest(?::INTEGER[])) AS is_person FROM who", persons)
    session.insert_rows("enterprises", _ENTERPRISES, [_enterprise(audit) for audit in audits])
    audited = classifier.numbers_of([audit.enterprise for audit in audits])
    session.insert_rows("audited", {"enterprise": "INTEGER"}, [(number,) for number in sorted(audited.values())])
    session.create_table("dealt", _DEALT)
    _create_contact_table(classifier)
    traders = f"{_TRADERS} {_SINCE_RECEIPT if classifier.role == 'dealer' else ''}"
    for name, sql in (*_VIEWS.items(), ("traders", traders)):
        session.query(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")


def _create_contact_table(classifier: CardClassifier) -> None:
    """Create ``contacts`` and ``judged_different``: what parties have in common, and who was judged to be another."""
    session, store = classifier.session, classifier.store
    book = SupportBook(store)
    stated = {
        (
            *(party.id, classifier.record_of(record.origin), record.kind),
            *(None if record.when is None else EPOCH + timedelta(days=record.when.earliest), key, value),
        )
        for side, _, key, value, record in stated_contacts(book, store)
        if (party := book.shown(side)) is not None
    }
    session.insert_rows("contacts", _CONTACTS, sorted(stated, key=lambda row: (row[1], row[0], row[4])))
    pairs = sorted(store.judgements.different_pairs())
    session.insert_rows("judged_different", {"party": "VARCHAR", "other": "VARCHAR"}, pairs)


def _enterprise(audit: Audit) -> tuple[object, ...]:
    balance = audit.balance
    bounds = None if balance is None else balance.bounds
    return (
        audit.enterprise.id,
        audit.enterprise.name,
        audit.cards,
        *audit.buckets.values(),
        audit.activated,
        audit.seized,
        *(
            (None,) * 6
            if balance is None
            else (
                EPOCH + timedelta(days=balance.when.latest),
                balance.declared_stock,
                balance.declared_sold,
                balance.unaccounted,
                *((None, None) if bounds is None else bounds),
            )
        ),
        audit.quantity_purchased.cards,
        audit.quantity_sold.cards,
    )
