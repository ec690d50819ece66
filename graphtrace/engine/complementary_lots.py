"""Cards that one party received and never passed on, while another passed them on without having received them.

Parties of whom a record says that one passed cards to the other are no pair: it names them as two. Ranges are never
expanded. A range that a party received in part counts as received: where it is not clear whether a
receipt is missing, none is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.identifiers.intervals import CardInterval, merge_intervals
from graphtrace.model import Party
from graphtrace.storage.duckdb.duckdb_schema import NO_DAY
from graphtrace.storage.duckdb.workarounds import translated_faults
from graphtrace.storage.sql_fragments import MOVES

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


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
        WHERE {seen} kind IN ({moves}) AND NOT repeated
        UNION ALL
        SELECT sender, receiver, first, last, day FROM range_records
        WHERE {seen} kind IN ({moves}) AND NOT repeated
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
                con.execute(step.format(seen=session.visible_clause, moves=MOVES, no_day=NO_DAY))
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
