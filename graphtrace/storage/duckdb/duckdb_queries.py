"""Look-ups in the tables of a case folder: parties, supporting records, rows not read, and an index of cards.

Index for repeated look-ups of the rows of single cards. The cost of a query about one card is mostly its plan, which
grows with the columns, and a scan of every block of rows whose least and greatest card enclose the card: many do if a
load contains several heads in turn. A single query pays that. For repeated look-ups it pays to find out, in one pass
over the cards, which cards rows list, the position of the rows of each head and the columns that hold values, and to
keep the ranges in memory, sorted by their ends. The result is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from graphtrace.identifiers import pack_number
from graphtrace.model import KINDS, DateSpan, Origin, Party
from graphtrace.storage.duckdb.duckdb_schema import (
    KEYS_PER_PREFIX,
    NARROW_COLUMNS,
    NARROW_DEFAULTS,
    READ_COLUMNS,
    ROW_GROUP,
    reach_before,
)
from graphtrace.storage.stored_records import (
    COUNTED,
    STATED_COLUMNS,
    SupportRecord,
    UnreadMovement,
    in_order,
    support_record,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from graphtrace.storage.duckdb.session import CaseSession

Rows = list[tuple[Any, ...]]


_FEW_IDS = 16
"""Maximum number of ids that are compared one by one."""

_MAX_SPANS = 64
"""Maximum number of key ranges in one condition: planning it must cost less than it saves."""


def find_parties(session: CaseSession, *, ids: Sequence[str], name_key: str) -> Sequence[Party]:
    """Return the parties with one of the ids or such a member, else those that a record calls so; by id."""
    resolved = f"{session.party_schema}.resolved_parties"
    selected = f"SELECT DISTINCT id, name, is_carrier, bearers FROM {resolved}"
    # the id of a party is a member of it; constants are compared block by block, a list that is unnested row by row
    members = ", ".join("?" * len(ids)) if len(ids) <= _FEW_IDS else "SELECT unnest(?::VARCHAR[])"
    given = ids if len(ids) <= _FEW_IDS else [list(ids)]
    by_id = session.query(f"{selected} WHERE member IN ({members}) ORDER BY id", *given) if ids else []
    rows = by_id or session.query(
        f"{selected} JOIN mentions USING (ident) WHERE name_key = $1 AND name_key <> '' ORDER BY id", name_key
    )
    return [Party(*row) for row in rows]


def names_of_party(session: CaseSession, party: Party) -> Sequence[tuple[str, str]]:
    """Return the names that records give the members of a party: pairs of member and name, each once, in order."""
    return session.query(
        f"SELECT DISTINCT member, mention_names.name FROM {session.party_schema}.resolved_parties "
        "JOIN mention_names USING (ident) "
        "WHERE id = ? AND mention_names.name <> '' ORDER BY ALL",
        party.id,
    )


def merged_intervals_sql(lots: str) -> str:
    """Return a query for the merged lots of a relation (first, last): overlapping and adjacent ones as one, sorted."""
    return f"""
        WITH placed AS (
            SELECT first, last, coalesce(first > 1 + {reach_before()}, true) AS is_apart
            FROM (SELECT DISTINCT first, last FROM ({lots}))
        ),
        numbered AS (
            -- rows that are the same could be counted in another order than they were placed in: each stands here once;
            -- count(*) FILTER would say the same, in a time that grows with the square
            SELECT first, last, sum(is_apart::INTEGER) OVER (ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS lot
            FROM placed
        )
        SELECT min(first) AS first, max(last) AS last FROM numbered GROUP BY lot ORDER BY 1
    """


def count_cards(session: CaseSession) -> int:
    """Count the different cards that the records name, listed or by range."""
    lots = session.query(
        merged_intervals_sql(f"SELECT first, last FROM range_records WHERE {session.visible_clause} true")
    )
    # Most listed cards lie in some range. What lies in the longest is not read at all, block by block.
    longest = sorted(lots, key=lambda lot: lot[0] - lot[1])[:_MAX_SPANS]
    outside = " AND ".join(f"NOT key BETWEEN {first} AND {last}" for first, last in longest) or "true"
    lot = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS lots"
    ((outside_lots,),) = session.query(
        f"SELECT count(DISTINCT key) FROM (SELECT key FROM card_records WHERE {session.visible_clause} {outside}) "
        f"ASOF LEFT JOIN {lot} ON key >= low WHERE low IS NULL OR key > high",
        [first for first, _ in lots],
        [last for _, last in lots],
    )
    count: int = outside_lots + sum(last - first + 1 for first, last in lots)
    return count


_FEW: Final = 50
"""Maximum number of keys that are compared with the keys of each record one by one."""


def has_supporting_records(session: CaseSession) -> bool:
    """Whether the case holds any identity, shipment, payment or contact."""
    return bool(session.query("SELECT 1 FROM supports LIMIT 1"))


def supporting_records(session: CaseSession, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
    """The supporting records with one of the keys, all of them without any. Cost: one pass over such records."""
    asked = [] if keys is None else [sorted(keys)]
    if asked == [[]]:
        return []
    columns = f"{', '.join(STATED_COLUMNS)}, statement"
    if keys is not None and len(keys) > _FEW:
        # each list would be compared with all that is asked
        found = (
            f"SELECT DISTINCT {columns} FROM (SELECT {columns}, unnest(keys) AS key FROM supports) "
            "WHERE key IN (SELECT unnest(?::VARCHAR[]))"
        )
    else:
        found = f"SELECT {columns} FROM supports {'' if keys is None else 'WHERE list_has_any(keys, ?::VARCHAR[])'}"
    rows = session.query(found, *asked)
    return in_order(support_record(cells, statement, *session.sheet_sources[cells[6]]) for *cells, statement in rows)


def count_supports(session: CaseSession) -> dict[str, int]:
    """Count the records of each kind, each statement once."""
    rows = session.query(
        f"SELECT kind, count(DISTINCT statement) FROM supports WHERE {COUNTED} GROUP BY kind ORDER BY kind"
    )
    return dict(rows)


_ANY = "SELECT 1 FROM unread_cards WHERE first IS NOT NULL OR number IS NOT NULL LIMIT 1"
_CARDS = "SELECT DISTINCT first, last FROM unread_cards WHERE first IS NOT NULL ORDER BY first, last"
_NUMBERS = "SELECT DISTINCT number FROM unread_cards WHERE number IS NOT NULL ORDER BY number"
_ROWS = "SELECT kind, reason, field, text, day, span, sheet, row FROM unread_cards WHERE"

_ONE_BY_ONE: Final = 20
"""Number of cards and numbers up to which a store is asked about each by itself."""


class UnreadCards:
    """Cards and numbers that unread rows name.

    Cost: the first look-ups of few cards are a question each; then arrays are read, sixteen bytes for each card and
    range, and a look-up is a binary search, and one look at every range that is not of one card.
    """

    def __init__(self, session: CaseSession) -> None:
        self._session = session
        self._asked = 0

    @cached_property
    def is_empty(self) -> bool:
        """Whether no unread row names a card or a number."""
        return not self._session.query(_ANY)

    def find(self, keys: Iterable[str], numbers: Iterable[str]) -> Mapping[str, Sequence[UnreadMovement]]:
        """Return the unread changes of hands by card and by MSISDN or IMSI, in order of their rows."""
        cards = self._session.card_ids(keys)
        subscribers = {pack_number(number): number for number in numbers}
        self._asked += len(cards) + len(subscribers)
        if self._asked > _ONE_BY_ONE:
            cards = {card: key for card, key in cards.items() if self._named.has_card(card)}
            subscribers = {packed: number for packed, number in subscribers.items() if self._named.has_number(packed)}
        found = {key: self._rows(f"first <= {card} AND last >= {card}") for card, key in cards.items()}
        found |= {number: self._rows(f"number = {packed}") for packed, number in subscribers.items()}
        return {named: rows for named, rows in found.items() if rows}

    @cached_property
    def _named(self) -> _NamedCards:
        return _NamedCards(self._session)

    def _rows(self, condition: str) -> list[UnreadMovement]:
        sources = self._session.sheet_sources
        return sorted(
            (
                UnreadMovement(
                    None if kind is None else KINDS[kind],
                    reason,
                    field,
                    text,
                    None if day is None else DateSpan(day, day + span),
                    Origin(*sources[sheet], row, None),
                )
                for kind, reason, field, text, day, span, sheet, row in self._session.query(f"{_ROWS} {condition}")
            ),
            key=lambda each: (each.origin.file, each.origin.sort_key, each.kind or ""),
        )


class _NamedCards:
    """Sorted arrays of the cards, ranges and numbers that unread rows name."""

    def __init__(self, session: CaseSession) -> None:
        first, last = session.query_arrays(_CARDS)
        is_one = first == last
        self._listed = first[is_one]
        self._first, self._last = first[~is_one], last[~is_one]
        (self._numbers,) = session.query_arrays(_NUMBERS)

    def has_card(self, card: int) -> bool:
        return _holds(self._listed, card) or bool(((self._first <= card) & (self._last >= card)).any())

    def has_number(self, number: int) -> bool:
        return _holds(self._numbers, number)


def _holds(values: npt.NDArray[np.int64], wanted: int) -> bool:
    place = int(values.searchsorted(wanted))
    return place < len(values) and int(values[place]) == wanted


_READ: Final = ("check_char", *READ_COLUMNS.split(", "))


class CardIndex:
    """Rows that list a card and rows of the ranges over it; the body of each is ``schema.READ_COLUMNS``.

    ``session``: the tables of a case folder, which must not be written meanwhile.
    """

    def __init__(self, session: CaseSession) -> None:
        self._singles = [_Singles(session, table) for table in ("narrow_card_records", "wide_card_records")]
        self._ranges = _Ranges(session.query_table(f"SELECT first, last, {READ_COLUMNS} FROM range_records"))
        (devices,) = session.query_arrays("SELECT device FROM device_cards")
        devices.sort()
        self._devices = devices[1:][devices[1:] == devices[:-1]]

    def may_be_shared(self, device: str) -> bool:
        """Whether a device (14 digits) may have been used with several cards."""
        return _holds(self._devices, int(device))

    def card_records(self, number: int) -> Rows:
        """Return key, check_char and body of each row that lists the card."""
        return [row for table in self._singles for row in table.rows(number)]

    def ranges(self, number: int) -> Rows:
        """Return first card, last card and body of each range over the card, in order of storage."""
        return self._ranges.around(number)


class _Singles:
    """Index of the cards of a table, of its row groups, and of the columns that hold values."""

    def __init__(self, session: CaseSession, table: str) -> None:
        import numpy as np

        self._session = session
        self.query_table = table
        (self._keys,) = session.query_arrays(f"SELECT key FROM {table}")
        self._keys.sort()
        places = session.query(
            f"SELECT min(key), max(key), min(rowid), max(rowid) FROM {table} "
            f"GROUP BY rowid // {ROW_GROUP}, key // {KEYS_PER_PREFIX}"
        )
        self._least, self._most, self._start, self._end = np.array(places, dtype=np.int64).reshape(-1, 4).T
        is_lean = table == "narrow_card_records"
        columns = [name for name in _READ if not is_lean or name in NARROW_COLUMNS]
        ((*counts,),) = session.query(f"SELECT {', '.join(f'count({name})' for name in columns)} FROM {table}")
        filled = [name for name, count in zip(columns, counts, strict=True) if count]
        self._columns = ", ".join(filled)
        self.sheet_sources = [_READ.index(name) for name in filled]
        implied = NARROW_DEFAULTS.items() if is_lean else ()
        self._implied = [(_READ.index(name), _READ.index(beside), value) for name, (beside, value) in implied]

    def rows(self, number: int) -> Rows:
        if not _holds(self._keys, number):
            return []
        (near,) = ((self._least <= number) & (number <= self._most)).nonzero()
        # one stretch from the first block to the last: reading blocks between costs less than one more question
        stretch = f"rowid BETWEEN {self._start[near].min()} AND {self._end[near].max()}"
        found = self._session.query(
            f"SELECT {self._columns} FROM {self.query_table} WHERE key = {number} AND {stretch}"
        )
        return [self._whole(number, cells) for cells in found]

    def _whole(self, number: int, cells: tuple[Any, ...]) -> tuple[Any, ...]:
        row: list[Any] = [None] * len(_READ)
        for place, cell in zip(self.sheet_sources, cells, strict=True):
            row[place] = cell
        for place, beside, value in self._implied:
            if row[beside] is not None:
                row[place] = value
        return (number, *row)


class _Ranges:
    """All ranges, sorted by first card, with the running maximum of the last cards."""

    def __init__(self, table: pa.Table) -> None:
        import numpy as np

        from graphtrace.arrow import as_numpy

        self._columns = [column.combine_chunks() for column in table.columns]
        first, last = map(as_numpy, self._columns[:2])
        self._order = first.argsort(kind="stable")
        self._first, self._last = first[self._order], last[self._order]
        self._reach = np.maximum.accumulate(self._last)
        self._rows: dict[int, tuple[Any, ...]] = {}

    def around(self, number: int) -> Rows:
        start, end = self._reach.searchsorted(number), self._first.searchsorted(number, side="right")
        covering = self._order[start:end][self._last[start:end] >= number]
        return [self._rows.get(place) or self._row(place) for place in sorted(covering.tolist())]

    def _row(self, place: int) -> tuple[Any, ...]:
        found = self._rows[place] = tuple(column[place].as_py() for column in self._columns)
        return found
