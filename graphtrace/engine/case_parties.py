"""Parties of a case: names, counterparties, and events of their cards that name only an MSISDN or IMSI.

Ranges are never expanded: a lot is a pair of packed keys.

Card counts of many parties at once. Cards are counted on the number line, by how far each lot reaches beyond those
before it, so that a range counts as fast as a card and is never expanded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from graphtrace.identifiers.nobody import is_certainly_person
from graphtrace.identifiers.party_names import simplify_name
from graphtrace.identifiers.ranges import CardInterval, merge_intervals
from graphtrace.model import CUSTODY_KINDS, KINDS, USE_KINDS, DateSpan, Kind, Party
from graphtrace.results.flows import QuantityTotals, RowsByName
from graphtrace.storage.duckdb.duckdb_schema import MOVES, READ_COLUMNS, kind_list, number_text, reach_before
from graphtrace.storage.stored_records import NO_RECORDS, UNLINKED_KINDS, NumberRecords, StoredRecord, numbers_of

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


class CounterpartyTotals(NamedTuple):
    """Cards that passed between two parties: disjoint lots, the number of records that name them, and quantities.

    ``by_name`` is how many of all these records know the party by a name alone.
    """

    party: Party
    lots: Sequence[CardInterval]
    records: int
    quantity_only: QuantityTotals
    since: DateSpan | None
    until: DateSpan | None
    by_name: int


_SEIZURE = KINDS.index("seizure")
_LOTS = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS lots"
_SIMILAR = 0.8
"""Minimum Jaro-Winkler similarity of a name that is suggested for one that no party bears."""
_NEARNESS = "jaro_winkler_similarity(name_key, $1)"


# -- who there is ----------------------------------------------------------------------------------------------


def all_names(session: CaseSession) -> Sequence[tuple[Party, str]]:
    """Every party with each of its normalised names, by id and name."""
    rows = session.query(
        "SELECT DISTINCT id, name, is_carrier, bearers, name_key "
        f"FROM {session.party_schema}.resolved_parties JOIN mentions USING (ident) WHERE name_key <> '' "
        "ORDER BY id, name_key"
    )
    return [(Party(*row[:4]), row[4]) for row in rows]


def persons_of_one_number(session: CaseSession) -> Mapping[str, Sequence[str]]:
    """Return by id the parties beside whose identifier the records write the names of several persons, with these."""
    rows = session.query(
        f"SELECT id, list(DISTINCT name_key ORDER BY name_key) FROM {session.party_schema}.resolved_parties "
        "JOIN mentions USING (ident) WHERE starts_with(id, 'id:') AND name_key <> '' GROUP BY id "
        "HAVING count(DISTINCT name_key) > 1 ORDER BY id"
    )
    persons = {ident: [name for name in names if is_certainly_person(name)] for ident, names in rows}
    return {ident: names for ident, names in persons.items() if len(set(map(simplify_name, names))) > 1}


def parties_without_identity(session: CaseSession, name_key: str) -> Sequence[Party]:
    """The parties of customers, each of one row, whose name is this one and by itself identifies nobody; by id.

    Once such customers are judged to be somebody, it is that party.
    """
    rows = session.query(
        "SELECT DISTINCT id, name, is_carrier, bearers "
        f"FROM {session.party_schema}.resolved_parties JOIN mentions USING (ident) "
        "WHERE starts_with(name_key, $1 || '#') ORDER BY id",
        name_key,
    )
    return [Party(*row) for row in rows]


def suggest_parties(session: CaseSession, name_key: str, *, most: int) -> Sequence[Party]:
    """The parties with the most similar names, the nearest first: those that hold the name, then by Jaro-Winkler.

    The similarity of all names is computed only if fewer than ``most`` parties hold the name.
    """
    containing = _nearest(session, "contains(name_key, $1)", name_key, most)
    alike = () if len(containing) >= most else _nearest(session, f"{_NEARNESS} >= {_SIMILAR}", name_key, most)
    return list(dict.fromkeys((*containing, *alike)))[:most]


def _nearest(session: CaseSession, condition: str, name_key: str, most: int) -> Sequence[Party]:
    rows = session.query(
        f"""
        SELECT id, any_value(name), any_value(is_carrier), any_value(bearers)
        FROM {session.party_schema}.resolved_parties
        JOIN (SELECT ident, {_NEARNESS} AS nearness FROM mentions WHERE name_key <> '' AND {condition})
        USING (ident)
        GROUP BY id ORDER BY max(nearness) DESC, id LIMIT $2
        """,
        name_key,
        most,
    )
    return [Party(*row) for row in rows]


def mentions_sql(session: CaseSession, party: Party) -> str:
    """Return the mentions of a party, as the right side of ``IN``."""
    return f"({', '.join(map(str, session.mentions_of([party])[party])) or 'NULL'})"


def _columns(lots: Iterable[CardInterval]) -> list[list[int]]:
    return [list(column) for column in zip(*lots, strict=True)]


# -- what became of cards --------------------------------------------------------------------------------------


def cards_with_events(session: CaseSession, party: Party, kinds: Sequence[Kind]) -> Sequence[int]:
    """The cards that some record of the kinds names by their number beside a party; in order."""
    found = session.query(
        f"SELECT DISTINCT key FROM card_records WHERE {_names_party(session, kinds)} ORDER BY key",
        session.mentions_of([party])[party],
    )
    return [key for (key,) in found]


def count_listed(session: CaseSession, party: Party) -> int:
    """The number of cards that lists name one by one for a party."""
    found = session.query(
        f"SELECT count(DISTINCT key) FROM card_records WHERE {_names_party(session, ['card_list'])}",
        session.mentions_of([party])[party],
    )
    return int(next(iter(found))[0])


def events_by_number(session: CaseSession, party: Party, kinds: Sequence[Kind]) -> Sequence[StoredRecord]:
    """The records of the kinds that name a party, and no card but an MSISDN or IMSI."""
    found = session.query(
        f"SELECT {READ_COLUMNS} FROM cardless_records WHERE {_names_party(session, kinds)}",
        session.mentions_of([party])[party],
    )
    return [session.record(body, None, None) for body in session.filter_visible(found)[0]]


def _names_party(session: CaseSession, kinds: Sequence[Kind]) -> str:
    mine = "(SELECT unnest($1::INTEGER[]))"
    return f"{session.visible_clause} kind IN ({kind_list(kinds)}) AND (sender IN {mine} OR receiver IN {mine})"


def seized_from(session: CaseSession) -> Sequence[tuple[int, str]]:
    """Return the cards that some seizure names by their number, with the ids of those that it took them from."""
    return session.query(
        f"SELECT DISTINCT key, id FROM card_records JOIN {session.party_schema}.resolved_parties ON sender = ident "
        f"WHERE {session.visible_clause} kind = {_SEIZURE}"
    )


def unlinked_events(
    session: CaseSession, lots: Sequence[CardInterval], *, kinds: Sequence[Kind] = UNLINKED_KINDS
) -> NumberRecords:
    """Return the rows of some kinds that name only an MSISDN or IMSI which some card of the lots had, and links."""
    if not lots or not session.has_unlinked_events:
        return NO_RECORDS
    lots = merge_intervals(lots)
    numbered = ", ".join(str(KINDS.index(kind)) for kind in kinds)
    waiting = f"FROM cardless_records WHERE {session.visible_clause} kind IN ({numbered})"
    numbers = session.query(
        # the lots are disjoint: only the last one that begins before a card can hold it
        f"SELECT DISTINCT number FROM subscriber_links ASOF JOIN {_LOTS} ON key >= low "
        f"WHERE key <= high AND {session.visible_clause} "
        f"number IN (SELECT msisdn {waiting} UNION SELECT imsi {waiting})",
        *_columns(lots),
    )
    if not numbers:
        return NO_RECORDS
    asked = "(SELECT unnest($1::BIGINT[]))"
    found = session.query(
        f"SELECT {READ_COLUMNS} {waiting} AND (msisdn IN {asked} OR imsi IN {asked})", [number for (number,) in numbers]
    )
    rows = [session.record(body, None, None) for body in session.filter_visible(found)[0]]
    return NumberRecords(rows, session.subscriber_links(numbers_of(rows)))


# -- with whom a party dealt -----------------------------------------------------------------------------------


def counterparties(
    session: CaseSession, party: Party
) -> tuple[Sequence[CounterpartyTotals], Sequence[CounterpartyTotals]]:
    """From whom the party received cards, and to whom it passed cards on; by id."""
    mine = mentions_sql(session, party)
    return _dealings(session, mine, "receiver", "sender"), _dealings(session, mine, "sender", "receiver")


def _dealings(session: CaseSession, mine: str, side: str, other: str) -> Sequence[CounterpartyTotals]:
    moved = f"{session.visible_clause} kind IN ({MOVES}) AND {side} IN {mine} AND {other} NOT IN {mine}"
    said = f"day, span, repeated, {session.is_lone(other)} AS is_lone"
    rows = session.query(
        f"""
        SELECT id, any_value(name), any_value(is_carrier), any_value(bearers), first, last,
            count(*) FILTER (NOT repeated), sum(quantity) FILTER (NOT repeated)::BIGINT,
            min({{day: day, last: day + span}}) FILTER (day IS NOT NULL),
            max({{day: day, last: day + span}}) FILTER (day IS NOT NULL), count(*) FILTER (is_lone AND NOT repeated)
        FROM (
            SELECT {other}, key AS first, key AS last, NULL AS quantity, {said} FROM card_records WHERE {moved}
            UNION ALL SELECT {other}, first, last, NULL, {said} FROM range_records WHERE {moved}
            UNION ALL SELECT {other}, NULL, NULL, quantity, {said} FROM cardless_records WHERE {moved}
        ) JOIN {session.party_schema}.resolved_parties ON {other} = ident
        GROUP BY id, first, last ORDER BY id
        """
    )
    by_party: dict[Party, list[tuple[Any, ...]]] = defaultdict(list)
    for *who, first, last, records, quantity, since, until, by_name in rows:
        by_party[Party(*who)].append((first, last, records, quantity, by_name, since, until))
    return [_dealing(other, found) for other, found in by_party.items()]


def _dealing(other: Party, rows: Sequence[tuple[Any, ...]]) -> CounterpartyTotals:
    unlisted = [(records, quantity) for first, _, records, quantity, *_ in rows if first is None]
    return CounterpartyTotals(
        party=other,
        lots=merge_intervals((first, last) for first, last, *_ in rows if first is not None),
        records=sum(records for first, _, records, *_ in rows if first is not None),
        quantity_only=QuantityTotals(sum(records for records, _ in unlisted), sum(cards or 0 for _, cards in unlisted)),
        since=min((DateSpan(day["day"], day["last"]) for *_, day, _ in rows if day), default=None),
        until=max((DateSpan(day["day"], day["last"]) for *_, day in rows if day), default=None),
        by_name=sum(by_name for *_, by_name, _, _ in rows),
    )


def rows_by_name(session: CaseSession, party: Party, *, most: int) -> Sequence[RowsByName]:
    """Return by sheet the rows about cards of a party that know it by a name alone, the first ``most`` by number."""
    mine = mentions_sql(session, party)
    lone = " OR ".join(f"({side} IN {mine} AND {session.is_lone(side)})" for side in ("sender", "receiver"))
    found = " UNION ".join(
        f"SELECT sheet, row FROM {table} WHERE {session.visible_clause} kind IN ({MOVES}) AND ({lone})"
        for table in ("card_records", "range_records", "cardless_records")
    )
    rows = session.query(
        f"""
        SELECT files.name, sha256, sheets.name, count(*), min(row, {most}) FROM ({found}) JOIN sheets USING (sheet)
        JOIN files USING (file) GROUP BY ALL ORDER BY files.name, sha256, sheets.name NULLS FIRST
        """
    )
    return [RowsByName._make((*place, tuple(first))) for *place, first in rows]


def sheets_about(session: CaseSession, party: Party, sheets: Iterable[int], *, with_cards: bool) -> set[int]:
    """Return those of some sheets in which a record names a party or, ``with_cards``, a card that it dealt with."""
    mine, asked = mentions_sql(session, party), list(sheets)
    sides = f"(sender IN {mine} OR receiver IN {mine})"
    visible = f"{session.visible_clause} true"
    in_asked = f"{visible} AND sheet IN (SELECT unnest(?::INTEGER[]))"
    found = {
        sheet
        for table in ("card_records", "range_records", "cardless_records")
        for (sheet,) in session.query(f"SELECT DISTINCT sheet FROM {table} WHERE {in_asked} AND {sides}", asked)
    }
    if with_cards and (left := [sheet for sheet in asked if sheet not in found]):
        lots = (
            f"SELECT key AS low, key AS high FROM card_records WHERE {visible} AND kind IN ({MOVES}) AND {sides} "
            f"UNION SELECT first, last FROM range_records WHERE {visible} AND kind IN ({MOVES}) AND {sides}"
        )
        for table, first, last in (("card_records", "key", "key"), ("range_records", "first", "last")):
            overlap = f"{table} JOIN ({lots}) ON {first} <= high AND {last} >= low"
            found |= {
                sheet for (sheet,) in session.query(f"SELECT DISTINCT sheet FROM {overlap} WHERE {in_asked}", left)
            }
    return found


def seized_cards(session: CaseSession, *, case_no: str | None = None) -> Sequence[int]:
    """The cards that some seizure names by their number, of one criminal case if that is given; in order."""
    wanted, given = ("", ()) if case_no is None else ("case_no = ? AND", (case_no,))
    return [
        key
        for (key,) in session.query(
            f"SELECT DISTINCT key FROM card_records WHERE {session.visible_clause} {wanted} kind = {_SEIZURE} "
            "ORDER BY key",
            *given,
        )
    ]


def numbers_seized(session: CaseSession, *, case_no: str | None = None) -> Sequence[str]:
    """The MSISDNs, or else IMSIs, of the seizures that name no card, of one criminal case if given; in order."""
    wanted, given = ("", ()) if case_no is None else ("case_no = ? AND", (case_no,))
    found = session.query(
        f"SELECT DISTINCT {number_text('coalesce(msisdn, imsi)')} AS number FROM cardless_records WHERE "
        f"{session.visible_clause} {wanted} kind = {_SEIZURE} AND coalesce(msisdn, imsi) IS NOT NULL ORDER BY number",
        *given,
    )
    return [number for (number,) in found]


_MOVES_AND_USES = kind_list((*CUSTODY_KINDS, *USE_KINDS))


def card_counts(session: CaseSession, cards: Mapping[Party, Sequence[str]]) -> Mapping[Party, int]:
    """Count the different cards that each party received, passed on or used on record, with ``cards`` of it."""
    parties = list(cards)
    packed = {key: card for card, key in session.card_ids({key for keys in cards.values() for key in keys}).items()}
    known = [(number, packed[key]) for number, party in enumerate(parties) for key in cards[party] if key in packed]
    # Most cards that are listed with a party lie in its ranges, which are few: only the others are counted one by one.
    volumes = session.query(
        f"""
        WITH asked AS (SELECT unnest($1::VARCHAR[]) AS id, generate_subscripts($1::VARCHAR[], 1) - 1 AS number),
        mine AS MATERIALIZED (SELECT ident, number FROM {session.party_schema}.resolved_parties JOIN asked USING (id)),
        spread AS (
            SELECT number, first, last FROM range_records JOIN mine ON sender = ident
            WHERE {session.visible_clause} kind IN ({MOVES})
            UNION SELECT number, first, last FROM range_records JOIN mine ON receiver = ident
            WHERE {session.visible_clause} kind IN ({MOVES})
        ),
        placed AS (
            SELECT *, coalesce(first > 1 + {reach_before("number")}, true) AS is_apart
            FROM spread
        ),
        numbered AS (
            SELECT *, sum(is_apart::INTEGER) OVER (
                PARTITION BY number ORDER BY first, last ROWS UNBOUNDED PRECEDING
            ) AS lot
            FROM placed
        ),
        lots AS MATERIALIZED (
            SELECT number, min(first) AS first, max(last) AS last FROM numbered GROUP BY number, lot
        ),
        listed AS (
            SELECT number, key FROM card_records JOIN mine ON sender = ident
            WHERE {session.visible_clause} kind IN ({MOVES})
            UNION ALL SELECT number, key FROM card_records JOIN mine ON receiver = ident
            WHERE {session.visible_clause} kind IN ({_MOVES_AND_USES})
            UNION ALL SELECT unnest($2::BIGINT[]), unnest($3::BIGINT[])
        )
        SELECT number, sum(cards)::BIGINT FROM (
            SELECT number, sum(last - first + 1) AS cards FROM lots GROUP BY number
            UNION ALL SELECT listed.number, count(DISTINCT key)
            FROM listed ASOF LEFT JOIN lots ON listed.number = lots.number AND key >= first
            WHERE last IS NULL OR last < key GROUP BY listed.number
        ) GROUP BY number
        """,
        [party.id for party in parties],
        [number for number, _ in known],
        [card for _, card in known],
    )
    return {**dict.fromkeys(parties, 0), **{parties[number]: volume for number, volume in volumes}}
