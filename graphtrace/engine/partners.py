"""Partners of a party: the flows from or to it, each partner alone or grouped by month, channel or size.

Everything is added up in the database, and only the groups in question leave it, so that a party with a hundred
thousand partners is answered nearly as fast as one with ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from graphtrace.engine.case_parties import mentions_sql
from graphtrace.engine.party_flows import PACKED_DAY, unpack_day
from graphtrace.model import Party
from graphtrace.results.flows import PartnerGroup, PartnerGroups, QuantityTotals
from graphtrace.results.lone_names import NO_LONE_NAMES, LoneNames
from graphtrace.storage.sql_fragments import MOVES, reach_before

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


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

_CARDS: Final = "coalesce(sum(greatest(last - greatest(first - 1, before), 0)), 0)::BIGINT"


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
            SELECT other, length(greatest({_CARDS}, coalesce(sum(quantity) FILTER (NOT repeated), 0))::VARCHAR) AS size
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
            SELECT grp, {"1" if is_party else "count(DISTINCT other)"} AS partners, {_CARDS} AS cards,
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
        LEFT JOIN (SELECT grp, {_CARDS} AS cards FROM ({_spread("placed", "grp")}) GROUP BY grp) AS taken USING (grp)
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
