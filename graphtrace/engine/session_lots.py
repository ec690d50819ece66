"""Lots of a session: cards that moved together, and their later events.

A set of cards is a sequence of disjoint lots in order; cards that follow each other are one lot, however they were
listed. The database joins them, so that a list of a million cards in a row is as short as a range.

Cards that one party received and never passed on, while another passed them on without having received them. Parties of
whom a record says that one passed cards to the other are no pair: it names them as two. Ranges are never expanded. A
range that a party received in part counts as received: where it is not clear whether a receipt is missing, none is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.identifiers.ranges import CardInterval, merge_intervals
from graphtrace.model import KINDS, USE_KINDS, Kind, Party
from graphtrace.storage.duckdb.duckdb_queries import merged_intervals_sql
from graphtrace.storage.duckdb.duckdb_schema import MOVES, NO_DAY
from graphtrace.storage.duckdb.workarounds import translated_faults

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


class TransferKey(NamedTuple):
    """Cards that pass from one party to another on one day, as far as records state it.

    ``days`` are the days that are stated for it, each as the first and the last day that the statement allows.
    """

    sender: Party
    receiver: Party
    days: tuple[tuple[int, int], ...]


_LOTS = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS lots"


def lots_in_transfer(session: CaseSession, transfer: TransferKey) -> Sequence[CardInterval]:
    """The cards that moved in a transfer, listed or by range."""
    is_meant = f"{session.visible_clause} kind IN ({MOVES}) AND {_is_one_of(session, [transfer])}"
    return _lots(
        session,
        f"SELECT first, last FROM range_records WHERE {is_meant} UNION ALL SELECT key, key FROM card_records "
        f"WHERE {is_meant}",
    )


def lots_outside_transfers(
    session: CaseSession, lots: Sequence[CardInterval], transfers: Sequence[TransferKey]
) -> Sequence[CardInterval]:
    """Return the cards near the lots that a record moves between two parties in none of the transfers."""
    if not lots:
        return []
    resolved = f"{session.party_schema}.resolved_parties"
    is_other = f"""
        {session.visible_clause} kind IN ({MOVES}) AND NOT {_is_one_of(session, transfers)}
        AND (SELECT id FROM {resolved} WHERE ident = sender) <> (SELECT id FROM {resolved} WHERE ident = receiver)
    """
    return _lots(
        session,
        f"""
        SELECT first, last FROM (SELECT * FROM range_records SEMI JOIN {_LOTS} ON first <= high AND last >= low)
        WHERE {is_other}
        UNION ALL SELECT key, key FROM (SELECT * FROM {_singles_in(lots)}) WHERE {is_other}
        """,
        lots,
    )


def lots_with_event(session: CaseSession, kind: Kind, lots: Sequence[CardInterval]) -> Sequence[CardInterval]:
    """The cards of the lots that a record of the kind lists."""
    if not lots:
        return []
    found = (
        f"SELECT key AS first, key AS last FROM {_singles_in(lots)} AND {session.visible_clause} kind = "
        f"{KINDS.index(kind)}"
    )
    return _lots(session, found, lots)


_LATEST_STATES = """
WITH near AS (SELECT key, kind, day, span, second, state FROM {singles} AND {visible} kind IN ({uses}, {listed})),
used AS (SELECT key, max(day + span) AS last FROM near WHERE kind IN ({uses}) GROUP BY key),
latest AS (
    SELECT key, day, state FROM near WHERE kind = {listed} AND state IS NOT NULL
    QUALIFY rank() OVER (PARTITION BY key ORDER BY day DESC NULLS LAST, span DESC, second DESC) = 1
)
SELECT key, min(state), count(DISTINCT state) FROM latest LEFT JOIN used USING (key)
WHERE day IS NULL OR last IS NULL OR last <= day
GROUP BY key HAVING min(state) IS NOT NULL ORDER BY key
"""


def latest_states(session: CaseSession, lots: Sequence[CardInterval]) -> dict[int, str]:
    """Return the latest state of the cards of some lots by the lists that name them.

    None where several states are stated for the same time, or a card was used after the day of the list; a list
    without a day is the earliest.
    """
    if not lots:
        return {}
    text = _LATEST_STATES.format(
        singles=_singles_in(lots),
        visible=session.visible_clause,
        uses=", ".join(str(KINDS.index(kind)) for kind in USE_KINDS),
        listed=KINDS.index("card_list"),
    )
    ends = ([first for first, _ in lots], [last for _, last in lots])
    return {key: state for key, state, states in session.query(text, *ends) if states == 1}


def _lots(session: CaseSession, found: str, lots: Sequence[CardInterval] | None = None) -> Sequence[CardInterval]:
    ends = () if lots is None else ([first for first, _ in lots], [last for _, last in lots])
    return [(first, last) for first, last in session.query(merged_intervals_sql(found), *ends)]


def _singles_in(lots: Sequence[CardInterval]) -> str:
    """Return the query for rows that list a card of the sorted lots; blocks before and after these are not read."""
    near = f"key BETWEEN {lots[0][0]} AND {lots[-1][1]}"
    return f"(SELECT * FROM card_records WHERE {near}) ASOF JOIN {_LOTS} ON key >= low WHERE key <= high"


def _is_one_of(session: CaseSession, transfers: Sequence[TransferKey]) -> str:
    """Whether a row may state one of the transfers."""
    parties = {party for transfer in transfers for party in (transfer.sender, transfer.receiver)}
    idents = session.mentions_of(parties)
    mentions = {party: f"({', '.join(map(str, idents[party])) or 'NULL'})" for party in parties}
    stated = (
        f"(sender IN {mentions[transfer.sender]} AND receiver IN {mentions[transfer.receiver]} "
        f"AND ({' OR '.join(f'day <= {last} AND day + span >= {first}' for first, last in transfer.days)}))"
        for transfer in transfers
    )
    return f"({' OR '.join(stated) or 'false'})"


class ComplementaryLots(NamedTuple):
    """Cards that ``taker`` received and never passed on, and ``giver`` passed on without having received them.

    ``missing`` is how many cards the giver passed on without a receipt, from whomever they may have come.
    """

    giver: Party
    taker: Party
    cards: int
    missing: int
    lots: Sequence[CardInterval]


_STEPS: Final = (
    """
    CREATE TEMP VIEW c_moves AS
    SELECT a.party AS giver, b.party AS taker, a.is_carrier AS from_carrier, b.is_carrier AS to_carrier,
        first, last, first = last AS is_single, coalesce(day, {no_day}) AS day
    FROM (
        SELECT sender, receiver, key AS first, key AS last, day FROM card_records
        WHERE {visible_clause} kind IN ({moves}) AND NOT repeated
        UNION ALL
        SELECT sender, receiver, first, last, day FROM range_records
        WHERE {visible_clause} kind IN ({moves}) AND NOT repeated
    ) JOIN resolved_parties AS a ON sender = a.ident JOIN resolved_parties AS b ON receiver = b.ident
    WHERE a.party <> b.party
    """,
    """
    CREATE TEMP TABLE c_in AS
    SELECT taker AS party, giver AS source, first, last, is_single, day FROM c_moves WHERE NOT to_carrier
    """,
    "CREATE TEMP TABLE c_out AS SELECT giver AS party, first, last, is_single, day FROM c_moves WHERE NOT from_carrier",
    # what a party passed on and never received: first by the same card, then by what overlaps it
    """
    CREATE TEMP TABLE c_bare AS
    SELECT party, first, last, is_single, min(day) AS day FROM c_out
    ANTI JOIN c_in USING (party, first, last) GROUP BY ALL
    """,
    """
    CREATE TEMP TABLE c_reach AS
    SELECT party, first, max(last) OVER (PARTITION BY party ORDER BY first) AS reach
    FROM c_in
    """,
    # a lot meets a receipt where those that begin before its end reach its beginning
    """
    CREATE TEMP TABLE c_missing AS SELECT o.* FROM c_bare AS o
    ASOF LEFT JOIN c_reach AS i ON o.party = i.party AND o.last >= i.first WHERE reach IS NULL OR reach < o.first
    """,
    """
    CREATE TEMP TABLE c_near AS
    SELECT i.party AS taker, o.party AS giver, greatest(i.first, o.first) AS first, least(i.last, o.last) AS last
    FROM c_missing AS o JOIN c_in AS i ON i.first = o.first AND i.last = o.last
    WHERE i.party <> o.party AND i.source <> o.party AND i.day <= o.day
    UNION
    SELECT i.party, o.party, greatest(i.first, o.first), least(i.last, o.last)
    FROM c_missing AS o JOIN (SELECT * FROM c_in WHERE NOT is_single) AS i
        ON i.first <= o.last AND i.last >= o.first
    WHERE i.party <> o.party AND i.source <> o.party AND i.day <= o.day AND (i.first <> o.first OR i.last <> o.last)
    UNION
    SELECT i.party, o.party, i.first, i.last
    FROM (SELECT * FROM c_missing WHERE NOT is_single) AS o JOIN (SELECT * FROM c_in WHERE is_single) AS i
        ON i.first BETWEEN o.first AND o.last
    WHERE i.party <> o.party AND i.source <> o.party AND i.day <= o.day
    """,
    # a row of a list that was not read at all may be what is missing
    """
    CREATE TEMP TABLE c_unread AS SELECT DISTINCT first, last FROM unread_cards
    WHERE {visible_clause} first IS NOT NULL AND reason IN ('unanswered', 'unknown_headings', 'unknown_kind')
    """,
    # and the other never passed them on; who dealt with each other are two
    """
    CREATE TEMP TABLE c_kept AS SELECT * FROM c_near AS n
    ANTI JOIN (SELECT source AS one, party AS other FROM c_in UNION SELECT party, source FROM c_in)
        ON one = n.giver AND other = n.taker
    WHERE NOT EXISTS (SELECT 1 FROM c_out AS o WHERE o.party = n.taker AND o.first = n.first AND o.last = n.last)
    AND NOT EXISTS (
        SELECT 1 FROM (SELECT * FROM c_out WHERE NOT is_single) AS o
        WHERE o.party = n.taker AND o.first <= n.last AND o.last >= n.first
    )
    AND NOT EXISTS (SELECT 1 FROM c_unread AS u WHERE u.first <= n.last AND u.last >= n.first)
    """,
)
_ANSWER: Final = """
WITH parties AS (SELECT DISTINCT party, id, name, is_carrier, bearers FROM resolved_parties),
missing AS (SELECT party, sum(last - first + 1)::BIGINT AS cards FROM c_missing GROUP BY party)
SELECT a.id, a.name, a.is_carrier, a.bearers, b.id, b.name, b.is_carrier, b.bearers,
    sum(last - first + 1)::BIGINT AS cards, any_value(missing.cards), list({first: first, last: last})
FROM c_kept JOIN parties AS a ON giver = a.party JOIN parties AS b ON taker = b.party
JOIN missing ON giver = missing.party
GROUP BY ALL ORDER BY cards DESC, a.id, b.id
"""


_DEALT: Final = """
WITH parties AS (SELECT DISTINCT party, id FROM resolved_parties WHERE list_contains(?, id))
SELECT DISTINCT a.id, b.id FROM c_in JOIN parties AS a ON source = a.party JOIN parties AS b ON c_in.party = b.party
"""


def complementary_lots(session: CaseSession, alike: Mapping[str, Collection[str]]) -> Iterator[ComplementaryLots]:
    """Yield pairs of parties whose lots complement each other, the pair with the most cards first.

    ``alike`` are the parties whose names may be those of a party: where one of these dealt with the other side, or with
    one of a name like it, the pair is most likely a buyer and a seller.
    """
    con = session.new_connection()
    try:
        with translated_faults(session.folder):
            for step in _STEPS:
                con.execute(step.format(visible_clause=session.visible_clause, moves=MOVES, no_day=NO_DAY))
            rows = con.execute(_ANSWER).fetchall()
            sides = [tuple({row[at], *alike.get(row[at], ())} for at in (0, 4)) for row in rows]
            named = sorted(
                {each for pair in sides if any(len(side) > 1 for side in pair) for side in pair for each in side}
            )
            dealt = {frozenset(pair) for pair in con.execute(_DEALT, [named]).fetchall()} if named else set()
    finally:
        con.close()
    for row, (givers, takers) in zip(rows, sides, strict=True):
        if any(frozenset((giver, taker)) in dealt for giver in givers for taker in takers):
            continue
        lots = merge_intervals((lot["first"], lot["last"]) for lot in row[10])
        yield ComplementaryLots(Party(*row[:4]), Party(*row[4:8]), row[8], row[9], lots)
