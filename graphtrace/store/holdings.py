"""The embedded case asked about one party: what it bought, what became of it, what it declared, with whom it dealt.

Ranges are cut, never expanded: a lot is a pair of packed keys, and what happened to single cards is joined to lots in
the database. The functions are methods of :class:`EmbeddedStore`, kept here because they belong together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from graphtrace.model import KINDS, MOVES, Party, When
from graphtrace.store.protocol import (
    CardEvent,
    Dealing,
    Declaration,
    Holding,
    Lot,
    NumberLink,
    QuantitySum,
    Row,
    Usage,
    UsageQuestion,
)
from graphtrace.store.schema import ROW, RUN

if TYPE_CHECKING:
    from graphtrace.store.embedded import EmbeddedStore

_MOVES = ", ".join(str(KINDS.index(kind)) for kind in MOVES)
_ACTIVATION, _SEIZURE, _STOCK = (KINDS.index(kind) for kind in ("activation", "seizure", "stock"))
_LOTS = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS lots"
_MOST_SPANS = 64
"""Ranges of keys in one condition: planning it must stay cheaper than what it saves."""

_SIMILAR = 0.8
"""Jaro-Winkler similarity from which a name is suggested for one that nobody bears."""

Piece = tuple[Lot, tuple[Row, ...], list[tuple[Any, ...]]]
"""Consecutive cards, the rows of ranges that cover them, and the database's rows that list them."""


# -- who there is ----------------------------------------------------------------------------------------------


def parties_with(store: EmbeddedStore, *, ids: Sequence[str], name_key: str) -> Sequence[Party]:
    """The parties with one of the ids, or that some record calls by the name."""
    told = f"{store._schema}.told"
    return _parties(
        store._ask(
            f"SELECT id, name, is_carrier, bearers FROM {told} WHERE id IN (SELECT unnest($1::VARCHAR[])) "
            f"UNION SELECT id, name, is_carrier, bearers FROM {told} JOIN idents USING (ident) "
            "WHERE name_key = $2 AND name_key <> '' ORDER BY id",
            list(ids),
            name_key,
        )
    )


def parties_like(store: EmbeddedStore, name_key: str, *, most: int) -> Sequence[Party]:
    """The parties with the most similar names, the nearest first: those that hold the name, then by Jaro-Winkler."""
    return _parties(
        store._ask(
            f"""
            SELECT id, any_value(name), any_value(is_carrier), any_value(bearers)
            FROM {store._schema}.told JOIN idents USING (ident) WHERE name_key <> ''
            GROUP BY id
            HAVING bool_or(contains(name_key, $1)) OR max(jaro_winkler_similarity(name_key, $1)) >= {_SIMILAR}
            ORDER BY bool_or(contains(name_key, $1)) DESC, max(jaro_winkler_similarity(name_key, $1)) DESC, id
            LIMIT $2
            """,
            name_key,
            most,
        )
    )


def buyers_from_carriers(store: EmbeddedStore) -> Sequence[Party]:
    """Everyone who is no carrier and to whom a carrier sold cards, listed or by range; by id."""
    told = f"{store._schema}.told"
    pairs = " UNION ".join(
        f"SELECT sender, receiver FROM {table} WHERE {store._seen} kind IN ({_MOVES})"
        for table in ("ranges", "singles")
    )
    return _parties(
        store._ask(
            f"""
            SELECT DISTINCT buyers.id, buyers.name, buyers.is_carrier, buyers.bearers FROM ({pairs})
            JOIN {told} AS sellers ON sender = sellers.ident JOIN {told} AS buyers ON receiver = buyers.ident
            WHERE sellers.is_carrier AND NOT buyers.is_carrier ORDER BY buyers.id
            """
        )
    )


def _parties(rows: Iterable[tuple[Any, ...]]) -> Sequence[Party]:
    return [Party(*row) for row in rows]


def _mentions(store: EmbeddedStore, party: Party) -> str:
    """The mentions of a party, as the right side of ``IN``."""
    idents = store._ask(f"SELECT ident FROM {store._schema}.told WHERE id = ? ORDER BY ident", party.id)
    return f"({', '.join(str(ident) for (ident,) in idents) or 'NULL'})"


# -- cards and the ways they went ------------------------------------------------------------------------------


def bought_by(store: EmbeddedStore, party: Party) -> Sequence[Holding]:
    """Every card that a carrier sold to the party, listed or by range, by the way it went."""
    sold = (
        f"{store._seen} kind IN ({_MOVES}) AND receiver IN {_mentions(store, party)} "
        f"AND sender IN (SELECT ident FROM {store._schema}.told WHERE is_carrier)"
    )
    lots = store._ask(
        f"SELECT first, last FROM ranges WHERE {sold} UNION SELECT key, key FROM singles WHERE {sold}",
    )
    return _holdings(store, _join_lots((first, last) for first, last in lots))


def _holdings(store: EmbeddedStore, lots: Sequence[Lot]) -> list[Holding]:
    """The cards of the lots, those together whose movements differ at most in where they stand."""
    found: dict[tuple[Any, ...], Holding] = {}
    keys: dict[int, str] = {}
    for (first, last), shared, listed in _pieces(store, lots):
        sheets = {(row.origin.sha256, row.origin.sheet) for row in shared}
        way = tuple(
            # Where two statements of one sheet can be compared, their order decides which channel is told.
            (*row[1:-1], row[-1] if len(listed) > 1 or store._places[row[-2]][1:] in sheets else None)
            for row in listed
        )
        head = first // RUN
        if head not in keys:
            keys[head] = store._key(first)
        key = (head, id(shared), way)
        if key in found:
            found[key].lots.append((first, last))
        else:
            own = tuple(_listed_row(store, row) for row in listed)
            found[key] = Holding(keys[head], shared, own, [(first, last)])
    return list(found.values())


def _listed_row(store: EmbeddedStore, listed: tuple[Any, ...]) -> Row:
    _, kind, sender, receiver, day, span, second, channel, sheet, row = listed
    nothing = (None,) * 5
    return store._row(
        (kind, sender, receiver, day, span, second, *nothing, channel, *nothing, None, sheet, row), None, ""
    )


def _pieces(store: EmbeddedStore, lots: Sequence[Lot]) -> Iterator[Piece]:
    """The cards of the lots, disjoint and in order, cut where a range begins or ends or a card is listed."""
    if not lots:
        return
    ends = _columns(lots)
    moves = f"{store._seen} kind IN ({_MOVES}) AND NOT repeated"
    singles = store._ask(
        "SELECT key, kind, sender, receiver, day, span, second, channel, sheet, row "
        f"FROM (SELECT * FROM singles WHERE {moves} AND {_near(lots)}) ASOF JOIN {_LOTS} ON key >= low "
        "WHERE key <= high ORDER BY key, sheet, row",
        *ends,
    )
    ranges = store._ask(
        f"SELECT first, last, {ROW} FROM ranges SEMI JOIN {_LOTS} ON first <= high AND last >= low "
        f"WHERE {moves} ORDER BY first, last, sheet, row",
        *ends,
    )
    store._learn_parties(
        {ident for row in singles for ident in row[2:4]} | {ident for row in ranges for ident in row[3:5]}
    )
    starting: dict[int, list[Row]] = defaultdict(list)
    ending: dict[int, list[Row]] = defaultdict(list)
    for first, last, *body in ranges:
        row = store._range_row(first, last, body)
        starting[first].append(row)
        ending[last + 1].append(row)
    opening, closing = {low for low, _ in lots}, {high + 1 for _, high in lots}
    covering: dict[Row, None] = {}
    is_inside = False
    place = 0
    cuts = sorted({*starting, *ending, *opening, *closing})
    for at, following in pairwise(cuts):
        for row in ending[at]:
            del covering[row]
        covering.update(dict.fromkeys(starting[at]))
        is_inside = at in opening or (is_inside and at not in closing)
        if not is_inside:
            continue
        shared, start = tuple(covering), at
        while place < len(singles) and (key := singles[place][0]) < following:
            if start < key:
                yield (start, key - 1), shared, []
            until = place
            while until < len(singles) and singles[until][0] == key:
                until += 1
            yield (key, key), shared, singles[place:until]
            place, start = until, key + 1
        if start < following:
            yield (start, following - 1), shared, []


def _near(lots: Sequence[Lot]) -> str:
    """A condition on ``key`` that every card of the lots fulfils, which are in order, and few others.

    Ranges that the planner can read are tested against the least and greatest key of each block, so that most of a
    large table is not read; a join alone reads all of it.
    """
    gaps = sorted(
        ((after[0] - before[1], place) for place, (before, after) in enumerate(pairwise(lots), 1)), reverse=True
    )
    cuts = [0, *sorted(place for _, place in gaps[: _MOST_SPANS - 1]), len(lots)]
    spans = [(lots[first][0], lots[following - 1][1]) for first, following in pairwise(cuts)]
    return f"({' OR '.join(f'key BETWEEN {low} AND {high}' for low, high in spans)})"


def _columns(lots: Iterable[Lot]) -> list[list[int]]:
    return [list(column) for column in zip(*lots, strict=True)]


def _join_lots(lots: Iterable[Lot]) -> list[Lot]:
    """Overlapping and touching lots as one, in order."""
    joined: list[Lot] = []
    for low, high in sorted(lots):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


# -- what became of cards --------------------------------------------------------------------------------------


def waiting_events(store: EmbeddedStore, lots: Sequence[Lot]) -> tuple[Sequence[Row], Sequence[NumberLink]]:
    """Rows that name only an MSISDN or IMSI which some card of the lots had, and all links of their numbers."""
    if not lots or not store.has_waiting_rows:
        return [], []
    waiting = f"FROM unnumbered WHERE {store._seen} kind IN ({_ACTIVATION}, {_SEIZURE})"
    numbers = store._ask(
        f"SELECT DISTINCT number FROM numbers JOIN {_LOTS} ON key BETWEEN low AND high "
        f"WHERE {store._seen} number IN (SELECT msisdn {waiting} UNION SELECT imsi {waiting})",
        *_columns(lots),
    )
    if not numbers:
        return [], []
    asked = "(SELECT unnest($1::BIGINT[]))"
    found = store._ask(
        f"SELECT {ROW} {waiting} AND (msisdn IN {asked} OR imsi IN {asked})",
        [number for (number,) in numbers],
    )
    rows = [store._row(body, None, None) for body in store._known(found)[0]]
    return rows, store.links_of({number for row in rows for number in (row.msisdn, row.imsi) if number is not None})


def usage_of(
    store: EmbeddedStore,
    questions: Sequence[UsageQuestion],
    party: Party,
    *,
    until: int,
    events: Sequence[CardEvent],
) -> Sequence[Usage]:
    """What became of the cards of each question, by one pass over the activations and seizures of these cards."""
    lots = sorted((*lot, number) for number, question in enumerate(questions) for lot in question.lots)
    held = [(number, *days) for number, question in enumerate(questions) for days in question.held]
    if not lots:
        return []
    rows = store._ask(
        f"""
        WITH lots AS (SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high, unnest($3::INTEGER[]) AS lot,
            unnest($15::BOOLEAN[]) AS asks_user),
        held AS (SELECT unnest($4::INTEGER[]) AS lot, unnest($5::INTEGER[]) AS since, unnest($6::INTEGER[]) AS until),
        told AS (SELECT ident, id FROM {store._schema}.told),
        events AS (
            SELECT key, kind, day, span, second, receiver, NULL AS who FROM singles
            WHERE {store._seen} kind IN ({_ACTIVATION}, {_SEIZURE}) AND {_near([lot[:2] for lot in lots])}
            UNION ALL
            SELECT
                unnest($7::BIGINT[]), unnest($8::UTINYINT[]), unnest($9::INTEGER[]), unnest($10::UTINYINT[]),
                unnest($11::INTEGER[]), NULL, unnest($12::VARCHAR[])
        ),
        placed AS (SELECT * FROM events ASOF JOIN lots ON key >= low WHERE key <= high),
        cards AS (
            SELECT
                placed.lot, key,
                bool_or(kind = {_ACTIVATION}) AS activated,
                bool_or(kind = {_SEIZURE}) AS seized,
                max({{day: day, last: day + span, second: second, id: coalesce(who, id)}})
                    FILTER (asks_user AND kind = {_ACTIVATION} AND coalesce(who, id) IS NOT NULL) AS latest,
                coalesce(bool_or(since IS NOT NULL) FILTER (kind = {_ACTIVATION}), false) AS while_held
            FROM placed LEFT JOIN told ON CASE WHEN asks_user THEN receiver END = ident
            LEFT JOIN held ON held.lot = placed.lot AND day + span BETWEEN since AND until AND day <= $14
            GROUP BY placed.lot, key
        )
        SELECT
            lot, count(*) FILTER (activated), count(*) FILTER (latest.id <> $13), count(*) FILTER (while_held),
            count(*) FILTER (seized)
        FROM cards GROUP BY lot
        """,
        *_columns_of(lots, 3),
        *_columns_of(held, 3),
        *_columns_of([_packed_event(event) for event in events], 6),
        party.id,
        until,
        [questions[number].asks_user for _, _, number in lots],
    )
    usage = dict.fromkeys(range(len(questions)), Usage())
    usage.update({lot: Usage(*counts) for lot, *counts in rows})
    return list(usage.values())


def _packed_event(event: CardEvent) -> tuple[int | str | None, ...]:
    when = event.when
    moment = (None, None, None) if when is None else (when.first, when.last - when.first, when.second)
    return (event.card, KINDS.index(event.kind), *moment, event.user)


def _columns_of(rows: Sequence[Sequence[Any]], count: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(count)]


# -- what was said without naming cards ------------------------------------------------------------------------


def last_declaration(store: EmbeddedStore, party: Party) -> Declaration | None:
    """What the party declared on the last day on which it declared anything.

    Several statements of one day are about different cards and are added up; a card that two of them list counts once.
    """
    said = f"{store._seen} kind = {_STOCK} AND sender IN {_mentions(store, party)} AND NOT repeated"
    rows = store._ask(
        f"""
        SELECT day, span, stock, sold, quantity, NULL AS first, NULL AS last FROM unnumbered WHERE {said}
        UNION ALL SELECT day, span, stock, sold, quantity, first, last FROM ranges WHERE {said}
        UNION ALL SELECT day, span, stock, sold, quantity, key, key FROM singles WHERE {said}
        """
    )
    if not rows:
        return None
    day, span = max((day, span) for day, span, *_ in rows)
    latest = [row[2:] for row in rows if row[:2] == (day, span)]
    counted = [stock if stock is not None else quantity for stock, _, quantity, first, _ in latest if first is None]
    counted += [stock for stock, _, _, first, _ in latest if first is not None and stock is not None]
    listed = _join_lots((first, last) for stock, _, _, first, last in latest if first is not None and stock is None)
    stocks = [count for count in counted if count is not None] + [last - first + 1 for first, last in listed]
    solds = [sold for _, sold, *_ in latest if sold is not None]
    return Declaration(When(day, day + span), sum(stocks) if stocks else None, sum(solds) if solds else None)


def quantity_sums_of(store: EmbeddedStore, party: Party) -> tuple[QuantitySum, QuantitySum]:
    """What carriers sold to the party, and what it sold on to others, as far as only a number of cards is on record."""
    told = f"{store._schema}.told"
    ((*bought, sales, sold),) = store._ask(
        f"""
        SELECT
            count(*) FILTER (is_bought), coalesce(sum(quantity) FILTER (is_bought), 0)::BIGINT,
            count(*) FILTER (NOT is_bought), coalesce(sum(quantity) FILTER (NOT is_bought), 0)::BIGINT
        FROM (
            SELECT quantity, receivers.id = $1 AS is_bought
            FROM unnumbered JOIN {told} AS senders ON sender = senders.ident
            JOIN {told} AS receivers ON receiver = receivers.ident
            WHERE {store._seen} kind IN ({_MOVES}) AND quantity IS NOT NULL AND NOT repeated
            AND (
                (receivers.id = $1 AND senders.is_carrier) OR
                (senders.id = $1 AND kind <> {KINDS.index("return")} AND NOT receivers.is_carrier)
            ) AND senders.id <> receivers.id
        )
        """,
        party.id,
    )
    return QuantitySum(*bought), QuantitySum(sales, sold)


# -- with whom a party dealt -----------------------------------------------------------------------------------


def dealings_of(store: EmbeddedStore, party: Party) -> tuple[Sequence[Dealing], Sequence[Dealing]]:
    """From whom the party received cards, and to whom it passed cards on; by id."""
    mine = _mentions(store, party)
    return _dealings(store, mine, "receiver", "sender"), _dealings(store, mine, "sender", "receiver")


def _dealings(store: EmbeddedStore, mine: str, side: str, other: str) -> Sequence[Dealing]:
    moved = f"{store._seen} kind IN ({_MOVES}) AND {side} IN {mine} AND {other} NOT IN {mine}"
    rows = store._ask(
        f"""
        SELECT id, any_value(name), any_value(is_carrier), any_value(bearers), first, last,
            count(*) FILTER (NOT repeated), sum(quantity) FILTER (NOT repeated)::BIGINT,
            min({{day: day, last: day + span}}), max({{day: day, last: day + span}})
        FROM (
            SELECT {other}, key AS first, key AS last, NULL AS quantity, day, span, repeated FROM singles WHERE {moved}
            UNION ALL SELECT {other}, first, last, NULL, day, span, repeated FROM ranges WHERE {moved}
            UNION ALL SELECT {other}, NULL, NULL, quantity, day, span, repeated FROM unnumbered WHERE {moved}
        ) JOIN {store._schema}.told ON {other} = ident
        GROUP BY id, first, last ORDER BY id
        """
    )
    by_party: dict[Party, list[tuple[Any, ...]]] = defaultdict(list)
    for *who, first, last, records, quantity, since, until in rows:
        by_party[Party(*who)].append((first, last, records, quantity, since, until))
    return [_dealing(other, found) for other, found in by_party.items()]


def _dealing(other: Party, rows: Sequence[tuple[Any, ...]]) -> Dealing:
    unlisted = [(records, quantity) for first, _, records, quantity, _, _ in rows if first is None]
    return Dealing(
        party=other,
        lots=_join_lots((first, last) for first, last, *_ in rows if first is not None),
        records=sum(records for first, _, records, *_ in rows if first is not None),
        quantity_only=QuantitySum(sum(records for records, _ in unlisted), sum(cards or 0 for _, cards in unlisted)),
        since=min(When(day["day"], day["last"]) for *_, day, _ in rows),
        until=max(When(day["day"], day["last"]) for *_, day in rows),
    )


def seized_cards(store: EmbeddedStore) -> Sequence[int]:
    """The cards that some seizure names by their number, in order."""
    return [
        key
        for (key,) in store._ask(f"SELECT DISTINCT key FROM singles WHERE {store._seen} kind = {_SEIZURE} ORDER BY key")
    ]


def card_number(store: EmbeddedStore, key: str) -> int | None:
    """How the store numbers a card, ``None`` if no card of the case is like it."""
    return next(iter(store._packed([key])), None)


def is_user(store: EmbeddedStore, party: Party) -> bool:
    """Whether some activation names the party."""
    named = f"WHERE {store._seen} kind = {_ACTIVATION} AND receiver IN {_mentions(store, party)}"
    return bool(store._ask(f"SELECT 1 FROM singles {named} UNION ALL SELECT 1 FROM unnumbered {named} LIMIT 1"))
