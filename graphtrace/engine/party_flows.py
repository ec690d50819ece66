"""Flows between the parties of a session: totals over all movements, and the movements themselves as a stream.

Everything is counted in the database; cards are counted on the number line, by how far each lot reaches beyond those
before it, so that a range counts as fast as a card. A repeated statement counts nowhere, but is handed out as a row: it
is one more origin.

Partners of a party: the flows from or to it, each partner alone or grouped by month, channel or size. Everything is
added up in the database, and only the groups in question leave it, so that a party with a hundred thousand partners is
answered nearly as fast as one with ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from graphtrace.engine.case_parties import mentions_sql
from graphtrace.engine.custody_events import effective_kind_number
from graphtrace.model import KINDS, PRECISIONS, DateSpan, Kind, Party, Precision
from graphtrace.results.flows import (
    FlowProvenance,
    FlowTotals,
    PartnerGroup,
    PartnerGroups,
    PartyTotals,
    QuantityTotals,
)
from graphtrace.results.lone_names import NO_LONE_NAMES, LoneNames
from graphtrace.storage.duckdb.duckdb_schema import MOVES, READ_COLUMNS, reach_before
from graphtrace.storage.duckdb.workarounds import translated_faults
from graphtrace.storage.stored_records import StoredRecord

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


class MovementFilter(NamedTuple):
    """Filter for movements: between any two of some parties (by id; ``None``: all parties), on some days.

    A record counts that may have been on one of the days from ``since`` to ``until``, both included. With ``pairs``
    (ids), only movements between the two parties of a pair count, in either direction.
    """

    parties: frozenset[str] | None = None
    since: int | None = None
    until: int | None = None
    pairs: frozenset[tuple[str, str]] | None = None

    def between(self, pairs: Iterable[tuple[str, str]]) -> MovementFilter:
        """Return this filter, narrowed to the movements between the two parties of each pair."""
        both = frozenset(pairs)
        return self._replace(parties=frozenset(party for pair in both for party in pair), pairs=both)


class MovementCounts(NamedTuple):
    """Number of pairs of parties, of records (each origin) and of different lots that the movements of a scope have."""

    flows: int
    records: int
    lots: int


class Neighbour(NamedTuple):
    """Two parties, by id, between which cards passed, and a day that a record allows."""

    party: str
    other: str
    day: int


class CardRecord(NamedTuple):
    """A row, and the key of the card that it lists, if it lists one."""

    key: str | None
    record: StoredRecord


class LotSummary(NamedTuple):
    """A lot: the keys of its first and last card, their number, and the 20th character of a listed card as written."""

    first: str
    last: str
    cards: int
    check_chars: tuple[str, ...] | None


_SPAN = 256
"""Factor that packs a day and its span into one number; larger than any span."""

PACKED_DAY = f"day * {_SPAN} + span"
"""Expression for a day with its span, by which these are compared (:func:`unpack_day`)."""

_BLOCK = 10_000
"""Number of rows that are fetched at once."""

_CARDS = {
    "card_records": "key AS first, key AS last, 0 AS precision, NULL::BIGINT AS stated",
    "range_records": "first, last, 1 AS precision, NULL::BIGINT AS stated",
    "cardless_records": "NULL::BIGINT AS first, NULL::BIGINT AS last, 2 AS precision, quantity AS stated",
}
"""Columns by which each table names its cards; the precision is an index into :data:`PRECISIONS`."""

_BETWEEN = f"""
    CASE WHEN kind IN ({MOVES}) THEN sender IN (FROM asked) AND receiver IN (FROM asked)
    ELSE coalesce(sender IN (FROM asked), false) OR coalesce(receiver IN (FROM asked), false) END
"""
"""Condition of a scope: a movement needs both its parties in it, any other record one."""

_SIDES = ("sender", "receiver")
_HAS = ("has_bought", "has_passed")
_SUMS = """
    coalesce(sum(greatest(last - greatest(first - 1, before), 0)), 0)::BIGINT AS cards, count(first) AS records,
    count(*) FILTER (first IS NULL) AS quantity_records, coalesce(sum(stated), 0)::BIGINT AS quantity_cards
"""


def estimate_size(session: CaseSession, scope: MovementFilter) -> MovementCounts:
    """Count the flows, records and lots of the movements of a scope."""
    sql, parameters = _moved(session, scope)
    ((*counts,),) = _rows(
        session,
        f"""
        WITH {sql} SELECT count(DISTINCT (sender, receiver)) FILTER (NOT repeated), count(*),
            count(DISTINCT (first, last)) FILTER (first IS NOT NULL)
        FROM moves
        """,
        *parameters,
    )
    return MovementCounts(*counts)


def flow_totals(session: CaseSession, scope: MovementFilter, *, by_channel: bool) -> Iterator[FlowTotals]:
    """Yield the totals of each pair of parties, by their ids; with ``by_channel`` one for each channel."""
    sql, parameters = _moved(session, scope)
    pair = "sender, receiver, channel" if by_channel else "sender, receiver"
    lone = ", ".join(
        f"{f'count(*) FILTER (lone_{side})' if session.has_lone_names else 0} AS lone_{side}s" for side in _SIDES
    )
    blocks = _blocks(
        session,
        f"""
        WITH {sql}, spread AS (SELECT *, coalesce({reach_before(pair)}, -1) AS before FROM moved),
        summed AS (
            SELECT {pair}, {_SUMS}, {lone}, min({PACKED_DAY}) AS since, max({PACKED_DAY}) AS until,
                bit_or(1::INTEGER << kind::INTEGER) AS kinds, bit_or(1::INTEGER << precision::INTEGER) AS precisions,
                CASE WHEN count(channel) > 0 THEN list_sort(list(DISTINCT channel) FILTER (channel IS NOT NULL)) END
                AS channels
            FROM spread GROUP BY {pair}
        )
        SELECT sender, receiver, cards, records, quantity_records, quantity_cards, since, until, kinds, channels,
            precisions, lone_senders, lone_receivers
        FROM summed JOIN parties AS senders ON sender = senders.party
        JOIN parties AS receivers ON receiver = receivers.party
        ORDER BY senders.id, receivers.id, channels
        """,
        *parameters,
    )
    known = session.parties_by_mention
    for block in blocks:
        # A party goes by the number of one of its mentions.
        session.load_parties({party for row in block for party in row[:2]})
        for sender, receiver, cards, records, *by_number, since, until, kinds, channels, kept, one, other in block:
            by_quantity, days = QuantityTotals(*by_number), (unpack_day(since), unpack_day(until))
            how = (_kinds(kinds), tuple(channels or ()), _precisions(kept), one, other)
            yield FlowTotals._make((known[sender], known[receiver], cards, records, by_quantity, *days, *how))


def known_by_name(session: CaseSession, scope: MovementFilter) -> frozenset[str]:
    """Return the ids of the parties that all movements of a scope know by a name alone."""
    if not session.has_lone_names:
        return frozenset()
    sql, parameters = _moved(session, scope)
    sides = " UNION ALL ".join(f"SELECT {side} AS party, lone_{side} AS is_lone FROM moves" for side in _SIDES)
    rows = _rows(
        session,
        f"WITH {sql} SELECT id FROM ({sides}) JOIN parties USING (party) GROUP BY id HAVING bool_and(is_lone)",
        *parameters,
    )
    return frozenset(party_id for (party_id,) in rows)


def flow_provenance(session: CaseSession, scope: MovementFilter, *, most: int) -> Iterator[FlowProvenance]:
    """Yield the origins of the movements of a scope by the parties' ids, file and sheet; the first ``most`` rows."""
    sql, parameters = _moved(session, scope)
    rows = _stream(
        session,
        f"""
        WITH {sql}, said AS (
            SELECT sender, receiver, sheet, count(*) AS rows, min(row, {most}) AS first_rows FROM moves GROUP BY ALL
        )
        SELECT senders.id, receivers.id, files.name, sha256, sheets.name, rows, first_rows FROM said
        JOIN parties AS senders ON sender = senders.party JOIN parties AS receivers ON receiver = receivers.party
        JOIN sheets USING (sheet) JOIN files USING (file)
        ORDER BY senders.id, receivers.id, files.name, sha256, sheets.name NULLS FIRST
        """,
        *parameters,
    )
    for sender, receiver, file, sha256, sheet, total, first_rows in rows:
        yield FlowProvenance(sender, receiver, file, sha256, sheet, total, tuple(first_rows))


@cache
def unpack_day(packed: int | None) -> DateSpan | None:
    """Return the days of :data:`PACKED_DAY`; ``None`` if no day is stated."""
    if packed is None:
        return None
    day, span = divmod(packed, _SPAN)
    return DateSpan(day, day + span)


@cache
def _kinds(bits: int) -> tuple[Kind, ...]:
    return tuple(kind for place, kind in enumerate(KINDS) if bits >> place & 1)


@cache
def _precisions(bits: int) -> tuple[Precision, ...]:
    return tuple(precision for place, precision in enumerate(PRECISIONS) if bits >> place & 1)


def party_totals(session: CaseSession, scope: MovementFilter) -> Iterator[PartyTotals]:
    """Yield the totals of the parties of a scope in its time, from and to anybody, by their ids.

    Without parties in the scope, yields every party that dealt in cards in the period. The roles of a party follow from
    all of its movements.
    """
    scope = scope._replace(pairs=None)
    sql, _ = _moved(session, scope._replace(parties=None))
    asked, wanted = _asked(scope)
    everything, _ = _moved(session, MovementFilter())
    rows = _stream(
        session,
        f"""
        WITH {sql}, asked AS (SELECT * FROM parties {asked}),
        sides AS (
            SELECT receiver AS party, true AS is_received, first, last, stated FROM moved
            UNION ALL SELECT sender, false, first, last, stated FROM moved
        ),
        spread AS (
            SELECT *, coalesce({reach_before("party, is_received")}, -1) AS before
            FROM sides WHERE party IN (SELECT party FROM asked)
        ),
        summed AS (SELECT party, is_received, {_SUMS} FROM spread GROUP BY party, is_received),
        ever AS (
            WITH {everything}, pairs AS (SELECT DISTINCT sender, receiver FROM moved)
            SELECT receiver AS party, is_carrier AS has_bought, false AS has_passed
            FROM pairs JOIN parties ON sender = party
            UNION ALL SELECT DISTINCT sender, false, true FROM pairs
        )
        SELECT asked.* EXCLUDE (party), in_.cards, in_.quantity_cards, out_.cards, out_.quantity_cards,
            {", ".join(f"coalesce({has}, false)" for has in _HAS)}
        FROM asked
        LEFT JOIN (SELECT * FROM summed WHERE is_received) AS in_ USING (party)
        LEFT JOIN (SELECT * FROM summed WHERE NOT is_received) AS out_ USING (party)
        LEFT JOIN (
            SELECT party, {", ".join(f"bool_or({has}) AS {has}" for has in _HAS)} FROM ever GROUP BY party
        ) USING (party)
        {"WHERE in_.cards IS NOT NULL OR out_.cards IS NOT NULL" if scope.parties is None else ""}
        ORDER BY id
        """,
        *wanted,
    )
    for row in rows:
        received, received_by_number, passed, passed_by_number = (number or 0 for number in row[4:8])
        yield PartyTotals(Party(*row[:4]), received, received_by_number, passed, passed_by_number, *row[8:])


def neighbours(
    session: CaseSession, days: Mapping[str, int], *, onward: bool, since: int | None, until: int | None
) -> Sequence[Neighbour]:
    """Return the parties that some parties passed cards on to (``onward``) or received them from; by their ids.

    ``days`` has a day for each party: only what may have been passed on that day or later counts, only what may have
    been received on that day or earlier. The day of a contact is the first on which it may have passed on, the last on
    which it may have received.
    """
    mine, other = ("sender", "receiver") if onward else ("receiver", "sender")
    sql, parameters = _moved(session, MovementFilter(None, since, until))
    within = f"coalesce({'day + span >= bound' if onward else 'day <= bound'}, true)"
    nearest_day = "min(greatest(day, bound))" if onward else "max(least(day + span, bound))"
    return [
        Neighbour(*row)
        for row in _rows(
            session,
            f"""
            WITH {sql}, asked AS (
                SELECT party, bound FROM parties
                JOIN (SELECT unnest($1::VARCHAR[]) AS id, unnest($2::INTEGER[]) AS bound) USING (id)
            )
            SELECT mine.id, other.id, {nearest_day} FROM moved JOIN asked ON {mine} = asked.party
            JOIN parties AS mine ON {mine} = mine.party JOIN parties AS other ON {other} = other.party
            WHERE {within} GROUP BY ALL ORDER BY ALL
            """,
            list(days),
            list(days.values()),
            *parameters,
        )
    ]


def iter_records(session: CaseSession, scope: MovementFilter, kinds: Sequence[Kind]) -> Iterator[CardRecord]:
    """All rows of some kinds in a scope, by hash of the file, sheet and row."""
    numbers = f"({', '.join(str(KINDS.index(kind)) for kind in kinds)})"
    asked, parameters = _asked(scope)
    between = "" if scope.parties is None else f"({_BETWEEN}) AND"
    found = " UNION ALL ".join(
        f"SELECT {key} AS key, {first} AS first, {last} AS last, {check_char} AS check_char, {READ_COLUMNS} "
        f"FROM {table} "
        f"WHERE {session.visible_clause} {between} {_dated(scope)} kind IN {numbers}"
        for table, key, first, last, check_char in (
            ("card_records", "key", "NULL", "NULL", "check_char"),
            ("range_records", "NULL", "first", "last", "NULL"),
            ("cardless_records", "NULL", "NULL", "NULL", "NULL"),
        )
    )
    blocks = _blocks(
        session,
        f"""
        WITH asked AS (SELECT ident FROM resolved_parties {asked}), found AS ({found})
        SELECT found.* FROM found JOIN sheets USING (sheet) JOIN files USING (file)
        {_within_pairs(scope, "found.sender", "found.receiver", "ident")}
        ORDER BY sha256, coalesce(sheets.name, ''), row, found.kind, key, first, last
        """,
        *parameters,
    )
    for block in blocks:
        session.load_parties({ident for row in block for ident in row[5:7]})
        for key, first, last, check_char, *body in block:
            if first is not None:
                yield CardRecord(None, session.range_record(first, last, body))
            elif key is None:
                yield CardRecord(None, session.record(body, None, None))
            else:
                yield CardRecord(session.card_key(key), session.record(body, None, check_char or ""))


def iter_lots(session: CaseSession, scope: MovementFilter) -> Iterator[LotSummary]:
    """The different lots that the movements of a scope name, a listed card as one of a single card; in order."""
    sql, parameters = _moved(session, scope)
    rows = _stream(
        session,
        f"""
        WITH {sql}, lots AS (SELECT DISTINCT first, last, precision FROM moves WHERE first IS NOT NULL),
        written AS (
            SELECT key, list_sort(list(DISTINCT coalesce(check_char, ''))) AS check_chars
            FROM card_records SEMI JOIN (SELECT first FROM lots WHERE precision = 0) ON key = first
            {f"WHERE {session.visible_clause} true" if session.visible_clause else ""} GROUP BY key
        )
        SELECT first, last, precision = 0, check_chars FROM lots LEFT JOIN written ON precision = 0 AND key = first
        ORDER BY first, last, precision
        """,
        *parameters,
    )
    for first, last, is_listed, check_chars in rows:
        yield LotSummary(
            session.card_key(first), session.card_key(last), last - first + 1, tuple(check_chars) if is_listed else None
        )


def _moved(session: CaseSession, scope: MovementFilter) -> tuple[str, tuple[Any, ...]]:
    """The relations ``parties``, ``moves`` (all rows) and ``moved`` (each statement once) of a scope, as a WITH list.

    ``moved`` is sender, receiver, kind, channel, day, span, sheet, row, first, last, precision, stated, and whether the
    record knows either side by a name alone (``lone_sender``, ``lone_receiver``).
    """
    asked, parameters = _asked(scope)
    lone = ", ".join(f"{session.is_lone(side)} AS lone_{side}" for side in _SIDES)
    tables = " UNION ALL ".join(
        f"SELECT sender, receiver, kind, channel, day, span, repeated, sheet, row, {lone}, {cards} FROM main.{table} "
        f"WHERE {session.visible_clause} {_dated(scope)} kind IN ({MOVES}) "
        + ("AND quantity IS NOT NULL" if table == "cardless_records" else "")
        for table, cards in _CARDS.items()
    )
    sql = f"""
        parties AS (SELECT DISTINCT party, id, name, is_carrier, bearers FROM resolved_parties),
        sided AS (SELECT ident, party, is_carrier FROM resolved_parties {asked}),
        moves AS (
            SELECT stated.* REPLACE (
                senders.party AS sender, receivers.party AS receiver,
                {effective_kind_number("kind", "senders", "receivers")} AS kind
            )
            FROM ({tables}) AS stated
            JOIN sided AS senders ON sender = senders.ident JOIN sided AS receivers ON receiver = receivers.ident
            {_within_pairs(scope, "senders.party", "receivers.party", "party")}
            WHERE senders.party <> receivers.party
        ),
        moved AS (SELECT * EXCLUDE (repeated) FROM moves WHERE NOT repeated)
    """
    return sql, parameters


def _asked(scope: MovementFilter) -> tuple[str, tuple[Any, ...]]:
    if scope.parties is None:
        return "", ()
    wanted = "WHERE id IN (SELECT unnest($1::VARCHAR[]))"
    if scope.pairs is None:
        return wanted, (sorted(scope.parties),)
    pairs = sorted({(a, b) for one, other in scope.pairs for a, b in ((one, other), (other, one))})
    return wanted, (sorted(scope.parties), [a for a, _ in pairs], [b for _, b in pairs])


def _within_pairs(scope: MovementFilter, sender: str, receiver: str, side: str) -> str:
    """A join that leaves the movements between the two parties of a pair; ``side`` is what the columns hold."""
    if scope.pairs is None:
        return ""
    return f"""
        SEMI JOIN (
            SELECT DISTINCT ones.{side} AS one, others.{side} AS other
            FROM (SELECT unnest($2::VARCHAR[]) AS one_id, unnest($3::VARCHAR[]) AS other_id)
            JOIN resolved_parties AS ones ON ones.id = one_id JOIN resolved_parties AS others ON others.id = other_id
        ) AS wanted ON {sender} = wanted.one AND {receiver} = wanted.other
    """


def _dated(scope: MovementFilter) -> str:
    """Return the condition on movements that may have happened in the period of the scope."""
    after = "" if scope.since is None else f"day + span >= {scope.since} AND"
    return after if scope.until is None else f"{after} day <= {scope.until} AND"


def _rows(session: CaseSession, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return list(_stream(session, sql, *parameters))


def _stream(session: CaseSession, sql: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
    for block in _blocks(session, sql, *parameters):
        yield from block


def _blocks(session: CaseSession, sql: str, *parameters: Any) -> Iterator[list[tuple[Any, ...]]]:
    """Stream the rows of a query in blocks on a connection of its own."""
    with closing(session.new_connection()) as con, translated_faults(session.folder):
        found = con.execute(sql, parameters or None)
        while block := found.fetchmany(_BLOCK):
            yield block


GroupBy = Literal["party", "month", "channel", "size"]


class PartnerQuery(NamedTuple):
    """Query for the partners of a party, from whom it received cards or to whom it passed them on, and their groups.

    ``month`` (``2024-03``, that of the earliest possible day), ``channel`` (``""``: none is stated) and ``size``
    (number of digits of the cards of a partner, or of a greater number stated without cards) leave the others out.
    ``skip`` groups were given before; ``most`` are given now.
    """

    is_received: bool
    by: GroupBy = "party"
    month: str | None = None
    channel: str | None = None
    size: int | None = None
    skip: int = 0
    most: int = 12


_TABLES: Final = {
    "card_records": "key AS first, key AS last, NULL AS quantity",
    "range_records": "first, last, NULL AS quantity",
    "cardless_records": "NULL AS first, NULL AS last, quantity",
}
_MONTH: Final = "strftime(DATE '1970-01-01' + day, '%Y-%m')"
_CHANNEL: Final = "coalesce(channel, '')"
_KEYS: Final = {
    "party": "other",
    "month": "date_trunc('month', DATE '1970-01-01' + day)",
    "channel": _CHANNEL,
    "size": "size",
}
"""Expression for the group of a movement."""

_CARD_COUNT: Final = "coalesce(sum(greatest(last - greatest(first - 1, before), 0)), 0)::BIGINT"


def _spread(relation: str, group: str) -> str:
    """Return a query that adds to each lot how far the earlier lots of its group reach: each card counts once."""
    return f"""
        SELECT *, coalesce({reach_before(group)}, -1) AS before FROM {relation}
    """


def partner_groups(
    session: CaseSession, party: Party, query: PartnerQuery, seized: Sequence[int], lone: LoneNames
) -> PartnerGroups:
    """Return some groups of the partners of a party, the most cards first.

    ``seized`` are the cards counted as such.
    """
    resolved = f"{session.party_schema}.resolved_parties"
    mine = mentions_sql(session, party)
    side, other = ("receiver", "sender") if query.is_received else ("sender", "receiver")
    stated = " UNION ALL ".join(
        f"SELECT {other} AS mention, day, span, channel, repeated, {session.is_lone(other)} AS is_lone, {cards} "
        f"FROM {table} "
        f"WHERE {session.visible_clause} kind IN ({MOVES}) AND {side} IN {mine} AND {other} NOT IN {mine}"
        for table, cards in _TABLES.items()
    )
    is_sized = query.by == "size" or query.size is not None
    sizes = f"""
        JOIN (
            SELECT other,
                length(greatest({_CARD_COUNT}, coalesce(sum(quantity) FILTER (NOT repeated), 0))::VARCHAR) AS size
            FROM ({_spread("stated", "other")}) GROUP BY other
        ) USING (other) WHERE coalesce(size = $3, true)
    """
    # parties are grouped by number, which is faster, and ordered by id, which is the same on every store
    is_party = query.by == "party"
    named = f"JOIN (SELECT ident AS grp, id AS key FROM {resolved}) USING (grp)" if is_party else ""
    key = {"party": "key", "month": "strftime(grp, '%Y-%m') AS key"}.get(query.by, "grp::VARCHAR AS key")
    order = "cards DESC, quantity_cards DESC, key"
    rows = session.query(
        f"""
        WITH stated AS MATERIALIZED (
            SELECT party AS other, is_carrier, stated.* FROM ({stated}) AS stated JOIN {resolved} ON mention = ident
            WHERE coalesce({_MONTH} = $1, true) AND coalesce({_CHANNEL} = $2, true)
        ),
        moved AS (SELECT *, {_KEYS[query.by]} AS grp FROM stated {sizes if is_sized else "WHERE $3::INTEGER IS NULL"}),
        summed AS (
            SELECT grp, {"1" if is_party else "count(DISTINCT other)"} AS partners, {_CARD_COUNT} AS cards,
                count(first) FILTER (NOT repeated) AS records,
                count(*) FILTER (NOT repeated AND first IS NULL) AS quantity_records,
                coalesce(sum(quantity) FILTER (NOT repeated), 0)::BIGINT AS quantity_cards,
                min({PACKED_DAY}) AS since, max({PACKED_DAY}) AS until,
                count(*) FILTER (is_lone AND NOT repeated) AS by_name, bool_or(is_carrier) AS has_carrier
            FROM ({_spread("moved", "grp")}) GROUP BY grp
        ),
        ordered AS MATERIALIZED (SELECT {key}, summed.* FROM summed {named}),
        -- only the first groups are sorted, of which there may be a hundred thousand
        top AS MATERIALIZED (
            SELECT *, row_number() OVER (ORDER BY {order}) AS place
            FROM (FROM ordered ORDER BY {order} LIMIT $4)
        ),
        shown AS MATERIALIZED (
            SELECT * EXCLUDE (place) REPLACE ((SELECT bool_or(has_carrier) FROM ordered) AS has_carrier),
                (SELECT count(*) FROM ordered) - (SELECT count(*) FROM top) AS left_groups,
                ((SELECT sum(cards) FROM ordered) - (SELECT sum(cards) FROM top))::BIGINT AS left_cards
            FROM top WHERE place > $5
        ),
        seized AS (SELECT unnest($6::BIGINT[]) AS card, generate_subscripts($6::BIGINT[], 1) AS place),
        -- the places of the seized cards within a lot are a lot too
        ended AS (
            SELECT grp, moved.first, moved.last, coalesce(place, 0) AS until
            FROM moved SEMI JOIN shown USING (grp) ASOF LEFT JOIN seized ON moved.last >= card WHERE first IS NOT NULL
        ),
        placed AS (
            SELECT grp, coalesce(place, 0) + 1 AS first, until AS last
            FROM ended ASOF LEFT JOIN seized ON ended.first > card WHERE until > coalesce(place, 0)
        )
        SELECT shown.*, coalesce(taken.cards, 0) FROM shown
        LEFT JOIN (SELECT grp, {_CARD_COUNT} AS cards FROM ({_spread("placed", "grp")}) GROUP BY grp) AS taken
            USING (grp)
        ORDER BY {order.replace("cards DESC", "shown.cards DESC", 1)}
        """,
        *(query.month, query.channel, query.size, query.skip + query.most, query.skip, list(seized)),
    )
    session.load_parties({row[1] for row in rows if is_party})
    return _groups(rows, session.parties_by_mention if is_party else {}, lone)


def _shown(party: Party | None, lone: LoneNames) -> Party | None:
    return None if party is None else lone.shown(party)


def _groups(rows: Sequence[tuple[Any, ...]], known: Mapping[int, Party], lone: LoneNames) -> PartnerGroups:
    groups = [
        PartnerGroup(
            key=key if shown is None else shown.id,
            party=shown,
            partners=partners,
            cards=cards,
            records=records,
            quantity_only=QuantityTotals(*by_number),
            since=unpack_day(since),
            until=unpack_day(until),
            seized=taken,
            by_name=by_name,
        )
        for key, grp, partners, cards, records, *by_number, since, until, by_name, _, _, _, taken in rows
        for shown in [_shown(known.get(grp), lone if by_name == records + by_number[0] else NO_LONE_NAMES)]
    ]
    has_carrier, left_groups, left_cards = rows[-1][-4:-1] if rows else (False, 0, 0)
    return PartnerGroups(groups, left_groups, left_cards, has_carrier)
