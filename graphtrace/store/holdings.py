"""The embedded case asked about parties: who there is, with whom one dealt, what happened to its cards by number.

Ranges are never expanded: a lot is a pair of packed keys. The functions
are methods of :class:`EmbeddedStore`, kept here because they belong together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from graphtrace.model import KINDS, MOVES, Party, When
from graphtrace.store.protocol import Dealing, Lot, NumberLink, QuantitySum, Row
from graphtrace.store.schema import ROW
from graphtrace.store.workbench import join_lots

if TYPE_CHECKING:
    from graphtrace.store.embedded import EmbeddedStore

_MOVES = ", ".join(str(KINDS.index(kind)) for kind in MOVES)
_ACTIVATION, _SEIZURE = KINDS.index("activation"), KINDS.index("seizure")
_LOTS = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS lots"
_SIMILAR = 0.8
"""Jaro-Winkler similarity from which a name is suggested for one that nobody bears."""


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


def _parties(rows: Iterable[tuple[Any, ...]]) -> Sequence[Party]:
    return [Party(*row) for row in rows]


def _mentions(store: EmbeddedStore, party: Party) -> str:
    """The mentions of a party, as the right side of ``IN``."""
    idents = store._ask(f"SELECT ident FROM {store._schema}.told WHERE id = ? ORDER BY ident", party.id)
    return f"({', '.join(str(ident) for (ident,) in idents) or 'NULL'})"


def _columns(lots: Iterable[Lot]) -> list[list[int]]:
    return [list(column) for column in zip(*lots, strict=True)]


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
        lots=join_lots((first, last) for first, last, *_ in rows if first is not None),
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
