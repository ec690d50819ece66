"""Rows of a case by what they name, and rows of files that were not loaded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.identifiers import unpack_number
from graphtrace.identifiers.ranges import CardInterval, merge_intervals
from graphtrace.model import DENIED, KINDS, USE_KINDS, Origin, Party
from graphtrace.results.watch import MAX_ROWS
from graphtrace.storage.base import TEXT_FIELDS_LOOKED_UP, WatchedScope
from graphtrace.storage.duckdb.duckdb_schema import DEVICE, kind_list

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


class RejectedRow(NamedTuple):
    """A rejected row of a file: its origin and the reason; ``field`` is the one that could not be read.

    ``cells`` are those of the row with their headings, as JSON.
    """

    file: str
    sheet: str | None
    row: int
    field: str | None
    reason: str
    sha256: str
    cells: str


def rejected_rows(session: CaseSession) -> Sequence[RejectedRow]:
    """Return every row that was not loaded, by file, sheet and row."""
    visible = f"WHERE {session.visible_clause} true"
    rows = session.query(
        "SELECT files.name, sheets.name, row, field, reason, sha256, raw FROM rejects JOIN sheets USING (sheet) "
        f"JOIN files USING (file) {visible} ORDER BY files.name, sha256, sheet, row"
    )
    return [RejectedRow(*row) for row in rows]


class NamedInReject(NamedTuple):
    """A rejected row, or what another row says that was not understood, that may hold a name; ``cells`` of the row."""

    origin: Origin
    field: str | None
    reason: str
    cells: Sequence[str]


class SheetNotRead(NamedTuple):
    """A sheet of which rows are kept in its source alone: these ``rows``; ``None``: all of them."""

    origin: Origin
    reason: str
    field: str | None
    rows: frozenset[int] | None


_FULL_WIDTH: Final = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F))
_HALF_WIDTH: Final = "".join(map(chr, range(0x21, 0x7F)))


def rejects_with_texts(session: CaseSession, texts: Collection[str]) -> Iterator[NamedInReject]:
    """Yield the rows that were not read and that may hold one of the texts, which are in lower case without blanks.

    Cost: one pass over the rejected rows.
    """

    def holds(column: str) -> str:
        folded = f"lower(translate(regexp_replace({column}, '\\s|　', '', 'g'), $2, $3))"
        return f"len(list_filter($1::VARCHAR[], lambda text: contains({folded}, text))) > 0"

    given = (sorted(texts), _FULL_WIDTH, _HALF_WIDTH)
    rows = session.query(
        f"SELECT sheet, row, field, reason, raw FROM rejects WHERE {session.visible_clause} {holds('raw')}", *given
    )
    for sheet, row, field, reason, raw in rows:
        cells = [cell for heading, cell in json.loads(raw) if cell and cell != heading]
        yield NamedInReject(Origin(*session.sheet_sources[sheet], row, None), field, reason, cells)
    rows = session.query(
        "SELECT DISTINCT sheet, row, field, reason, text FROM unread_cards "
        f"WHERE {session.visible_clause} text IS NOT NULL AND {holds('text')}",
        *given,
    )
    for sheet, row, field, reason, text in rows:
        yield NamedInReject(Origin(*session.sheet_sources[sheet], row, None), field, reason, [text])


def sheets_not_read(session: CaseSession) -> Iterator[SheetNotRead]:
    """Yield the sheets of which one reject stands for many rows, or whose rows wait for an answer."""
    sources = session.sheet_sources
    visible_clause = session.visible_clause
    waiting: dict[int, set[int]] = defaultdict(set)
    fields: dict[int, str | None] = {}
    for sheet, field, row in session.query(
        f"SELECT sheet, field, row FROM unread_cards WHERE {visible_clause} reason = 'unanswered' AND text IS NULL"
    ):
        waiting[sheet].add(row)
        fields[sheet] = field
    whole = session.query(
        f"""
        SELECT sheet, first(rejects.field ORDER BY row), first(reason ORDER BY row), first(row ORDER BY row)
        FROM rejects JOIN sheets USING (sheet) WHERE {visible_clause} loaded + duplicate = 0
        GROUP BY sheet, rejected, kind HAVING rejected > count(*) OR kind IS NULL ORDER BY sheet
        """
    )
    for sheet, field, reason, row in whole:
        waiting.pop(sheet, None)
        yield SheetNotRead(Origin(*sources[sheet], row, None), reason, field, None)
    for sheet, rows in waiting.items():
        yield SheetNotRead(Origin(*sources[sheet], min(rows), None), "unanswered", fields[sheet], frozenset(rows))


def unread_cards(session: CaseSession) -> Sequence[tuple[Any, ...]]:
    """Return the cards and ranges (first, last)."""
    return session.query(
        "SELECT DISTINCT first, last FROM unread_cards "
        f"WHERE first IS NOT NULL AND reason <> '{DENIED}' ORDER BY first, last"
    )


def unread_numbers(session: CaseSession) -> Sequence[tuple[Any, ...]]:
    """Return the same of rows that name no card: MSISDN or IMSI, as stored, with the days that the row allows."""
    return session.query(
        "SELECT DISTINCT number, day, day + span AS until FROM unread_cards "
        f"WHERE number IS NOT NULL AND reason <> '{DENIED}' ORDER BY ALL"
    )


_ENDS: Final = {
    "card_records": ("key", "key"),
    "range_records": ("first", "last"),
    "cardless_records": ("NULL::BIGINT", "NULL::BIGINT"),
}


MAX_BESIDE: Final = 1_000
"""Maximum number of rows of each table that are found by what stands in a column that was not read."""


class HeldText(NamedTuple):
    """A text in a row.

    The field, or the heading of a column that was not read, the sides of the row, its first and last card as integers
    of the store.
    """

    text: str
    field: str
    parties: tuple[Party, ...]
    first: int | None
    last: int | None
    origin: Origin


def rows_with_text(session: CaseSession, texts: Collection[str]) -> list[HeldText]:
    """Return the rows that hold one of the texts, exactly as written. Cost: one pass over each of the columns."""
    if not texts:
        return []
    parts = (
        f"SELECT {field} AS text, '{field}' AS field, sender, receiver, {first} AS first, {last} AS last, sheet, row, "
        f"record_no FROM {table} WHERE {session.visible_clause} {field} IN (SELECT unnest($1::VARCHAR[]))"
        for table, (first, last) in _ENDS.items()
        for field in TEXT_FIELDS_LOOKED_UP
    )
    return _held(session, session.query(" UNION ALL ".join(parts), sorted(texts)))


def rows_of_users(session: CaseSession, parties: Sequence[Party]) -> list[HeldText]:
    """Return activations and uses by parties, at most :data:`MAX_BESIDE`; the field is ``user``, the text empty."""
    mine = sorted({ident for found in session.mentions_of(parties).values() for ident in found})
    parts = (
        f"SELECT '', 'user', sender, receiver, {first}, {last}, sheet, row, record_no FROM {table} "
        f"WHERE {session.visible_clause} kind IN ({kind_list(USE_KINDS)}) "
        "AND receiver IN (SELECT unnest($1::INTEGER[]))"
        for table, (first, last) in _ENDS.items()
    )
    found = session.query(f"{' UNION ALL '.join(parts)} ORDER BY sheet, row LIMIT {MAX_BESIDE}", mine)
    return _held(session, found)


def rows_with_text_beside(session: CaseSession, text: str) -> list[HeldText]:
    """Return the first rows by file, sheet and row that hold a text in a column that was not read.

    At most :data:`MAX_BESIDE` of each table. Cost: one pass over what stands beside records.
    """
    places = session.sheet_sources
    in_order = sorted(places, key=lambda sheet: (places[sheet][1], places[sheet][2] or ""))
    found = [
        row
        for table, (first, last) in _ENDS.items()
        for row in session.query(
            f"SELECT extra, '', sender, receiver, {first}, {last}, sheet, row, record_no FROM {table} "
            f"WHERE {session.visible_clause} contains(extra, $1) "
            f"ORDER BY list_position($2::INTEGER[], sheet), row, extra, record_no LIMIT {MAX_BESIDE}",
            text_in_json(text),
            in_order,
        )
    ]
    cells = ((heading, cell, row) for row in found for heading, cell in json.loads(row[0]).items())
    return _held(session, [(text, heading, *row[2:]) for heading, cell, row in cells if text in str(cell)])


def text_in_json(text: str) -> str:
    """Return a text as it stands within the cells of a row that were not read."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _held(session: CaseSession, rows: Sequence[tuple[Any, ...]]) -> list[HeldText]:
    session.load_parties({ident for row in rows for ident in row[2:4]})
    known = session.parties_by_mention
    return [
        HeldText(
            text,
            field,
            tuple(known[side] for side in (sender, receiver) if side is not None),
            first,
            last,
            Origin(*session.sheet_sources[sheet], row, record_no),
        )
        for text, field, sender, receiver, first, last, sheet, row, record_no in rows
    ]


class Touched(NamedTuple):
    """Numbers that records name: listed cards, disjoint ranges, and MSISDNs and IMSIs beside no card."""

    cards: Sequence[int]
    lots: Sequence[CardInterval]
    numbers: Sequence[str]


def touched_by_loads(session: CaseSession, loads: Collection[int]) -> Touched:
    """Return what the new statements of some loads name; what repeats an earlier one is left out.

    Cost: one pass over the records of these loads.
    """
    known = session.query(f"SELECT sheet FROM sheets WHERE {session.visible_clause} file = ANY($1)", sorted(loads))
    if not known:
        return Touched((), (), ())
    new = f"sheet IN ({', '.join(str(sheet) for (sheet,) in known)}) AND NOT repeated"
    cards = session.query(f"SELECT DISTINCT key FROM card_records WHERE {new} ORDER BY key")
    lots = session.query(f"SELECT DISTINCT first, last FROM range_records WHERE {new} ORDER BY first, last")
    numbers = session.query(
        f"SELECT DISTINCT unnest([msisdn, imsi]) AS number FROM cardless_records WHERE {new} ORDER BY number"
    )
    return Touched(
        [card for (card,) in cards],
        merge_intervals((first, last) for first, last in lots),
        [unpack_number(number) for (number,) in numbers if number is not None],
    )


def listed_in(session: CaseSession, lots: Sequence[CardInterval]) -> Sequence[int]:
    """Return the cards of disjoint ranges that some record lists; in order."""
    if not lots:
        return []
    lows, highs = (list(column) for column in zip(*lots, strict=True))
    rows = session.query(
        "SELECT DISTINCT key FROM card_records "
        "ASOF JOIN (SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) ON key >= low "
        f"WHERE {session.visible_clause} key <= high ORDER BY key",
        lows,
        highs,
    )
    return [card for (card,) in rows]


BESIDE: Final = "beside:"
"""Beginning of the role of a cell in a column that was not read; its heading follows."""

_WIDE_DIGITS: Final = "０１２３４５６７８９"
_DIGITS: Final = "0123456789"
_LEFT_OUT: Final = " \t\r\n\u00a0\u3000\u200b\u200e\u200f\ufeff-‐‑‒–—―－()（）+'\"="
_BETWEEN: Final = "[,，;；、/|\n]"
"""Marks between several values of a cell."""

_PLAIN: Final = str.maketrans(_WIDE_DIGITS, _DIGITS, _LEFT_OUT)


def plain_cell(text: str) -> str:
    """Return a text without the blanks, dashes and brackets by which writings of one value differ, in capitals."""
    return text.translate(_PLAIN).upper()


_TABLES = ("card_records", "range_records", "cardless_records")


def rows_with_watched(session: CaseSession, scope: WatchedScope) -> Sequence[tuple[Any, ...]]:
    """Return value number, kind, role, sheet, reason why not recorded, number of rows and the first rows.

    The role of a cell in a column that was not read is :data:`BESIDE` and the heading.

    Cost: one pass over the columns of the records of these loads that can hold one of the values; every value more
    costs next to nothing.
    """
    rows = session.query(f"SELECT sheet FROM sheets WHERE {session.visible_clause} file = ANY($1)", list(scope.loads))
    sheets = ", ".join(str(sheet) for (sheet,) in rows)
    if not sheets:
        return []
    found = _Found(f"sheet IN ({sheets})")
    found.add_cards(session, scope)
    found.add_numbers(scope)
    found.add_texts(scope)
    found.add_parties(scope)
    found.add_cells(scope)
    if not found.parts:
        return []
    return session.query(
        f"""
        WITH {", ".join(found.values)},
        found AS ({" UNION ALL ".join(found.parts)})
        SELECT n, kind, role, sheet, unread, count(DISTINCT row), min(DISTINCT row, {MAX_ROWS})
        FROM found GROUP BY ALL ORDER BY ALL
        """,
        *found.parameters,
    )


class _Found:
    """The parts of the query, the tables of values that they join, and the values."""

    def __init__(self, of_loads: str) -> None:
        self.of_loads = of_loads
        self.parts: list[str] = []
        self.values: list[str] = []
        self.parameters: list[list[Any]] = []

    def add_cards(self, session: CaseSession, scope: WatchedScope) -> None:
        """Add the cards and ranges of cards, on either side."""
        ends = {key: card for card, key in session.card_ids({key for _, *lot in scope.lots for key in lot}).items()}
        lots = [(n, ends[first], ends[last]) for n, first, last in scope.lots if first in ends and last in ends]
        if not lots:
            return
        self._add_values("lots", ("n", "low", "high"), ("INTEGER", "BIGINT", "BIGINT"), lots)
        # whole numbers are joined by a hash, which costs a fraction of comparing with ranges
        if singles := [(n, low) for n, low, high in lots if low == high]:
            self._add_values("cards", ("n", "card"), ("INTEGER", "BIGINT"), singles)
            self._add("card_records", "cards", "key = card", "'iccid'")
        if len(singles) < len(lots):
            self._add("card_records", "lots", "low < high AND key BETWEEN low AND high", "'range'")
        self._add("range_records", "lots", "first <= high AND last >= low", "'range'")
        is_one = "CASE WHEN first = last AND low = high THEN 'iccid' ELSE 'range' END"
        self._add_unread("lots", "first <= high AND last >= low", is_one)

    def add_numbers(self, scope: WatchedScope) -> None:
        """Add MSISDNs, IMSIs, devices and chips."""
        if scope.numbers:
            self._add_values("numbers", ("n", "low", "high"), ("INTEGER", "BIGINT", "BIGINT"), scope.numbers)
            singles = [(n, low) for n, low, high in scope.numbers if low == high]
            if singles:
                self._add_values("whole", ("n", "whole"), ("INTEGER", "BIGINT"), singles)
            for table in _TABLES:
                for column in ("msisdn", "imsi"):
                    if singles:
                        self._add(table, "whole", f"{column} = whole", f"'{column}'")
                    if len(singles) < len(scope.numbers):
                        on = f"low < high AND {column} BETWEEN low AND high"
                        self._add(table, "numbers", on, f"'{column}'")
            is_imsi = "CASE WHEN number BETWEEN 100000000000000 AND 999999999999999 THEN 'imsi' ELSE 'msisdn' END"
            self._add_unread("numbers", "number BETWEEN low AND high", is_imsi)
        if scope.devices:
            self._add_values("devices", ("n", "device"), ("INTEGER", "BIGINT"), scope.devices)
            for table in _TABLES:
                self._add(table, "devices", f"{DEVICE} = device", "'imei'")
        if scope.chips:
            self._add_values("chips", ("n", "chip"), ("INTEGER", "VARCHAR"), scope.chips)
            for table in _TABLES:
                self._add(table, "chips", "eid = chip", "'eid'")

    def add_texts(self, scope: WatchedScope) -> None:
        """Add numbers of parcels, orders, contracts and criminal cases, as they are written."""
        if scope.texts:
            self._add_values("texts", ("n", "said"), ("INTEGER", "VARCHAR"), scope.texts)
            for table in _TABLES:
                for field in TEXT_FIELDS_LOOKED_UP:
                    self._add(table, "texts", f"{field} = said", f"'{field}'")

    def add_parties(self, scope: WatchedScope) -> None:
        """Add both sides of the records, by the mentions that bear a name or identifier."""
        named = (("names", "name_key", scope.names), ("identifiers", "strong", scope.identifiers))
        known = [(name, column, values) for name, column, values in named if values]
        for name, _, values in known:
            self._add_values(name, ("n", "said"), ("INTEGER", "VARCHAR"), values)
        if known:
            bearers = " UNION ".join(
                f"SELECT n, ident FROM mentions JOIN {name} ON {column} = said" for name, column, _ in known
            )
            self.values.append(f"bearers AS MATERIALIZED ({bearers})")
            for table in _TABLES:
                for side in ("sender", "receiver"):
                    self._add(table, "bearers", f"{side} = ident", f"'{side}'")

    def add_cells(self, scope: WatchedScope) -> None:
        """Add whole cells of columns that were not read, and what marks between values part in them."""
        if not scope.cells:
            return
        self._add_values("written", ("n", "said"), ("INTEGER", "VARCHAR"), scope.cells)
        digits, narrow, left_out = (text.replace("'", "''") for text in (_WIDE_DIGITS, _DIGITS, _LEFT_OUT))
        for table in _TABLES:
            beside = f"beside_{table}"
            self.values.append(
                f"{beside} AS (SELECT kind, sheet, row, unnest(json_keys(extra)) AS heading, "
                f"unnest(json_extract_string(extra, '$.*')) AS cell FROM {table} WHERE {self.of_loads} AND extra <> '')"
            )
            self.parts.append(
                f"SELECT n, {list(KINDS)}[kind + 1], '{BESIDE}' || heading, sheet, row, NULL::VARCHAR FROM (SELECT *, "
                f"unnest(list_distinct(list_append(regexp_split_to_array(cell, '{_BETWEEN}'), cell))) AS value "
                f"FROM {beside}) "
                f"JOIN written ON said = upper(translate(value, '{digits}{left_out}', '{narrow}'))"
            )

    def _add_values(
        self, name: str, columns: Sequence[str], types: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        start = len(self.parameters) + 1
        self.parameters += [list(column) for column in zip(*rows, strict=True)]
        lists = ", ".join(
            f"unnest(${start + at}::{kind}[]) AS {column}"
            for at, (column, kind) in enumerate(zip(columns, types, strict=True))
        )
        self.values.append(f"{name} AS MATERIALIZED (SELECT {lists})")

    def _add(self, table: str, values: str, on: str, role: str) -> None:
        kinds = f"{list(KINDS)}[kind + 1]"
        self.parts.append(
            f"SELECT n, {kinds} AS kind, {role} AS role, sheet, row, NULL::VARCHAR AS unread "
            f"FROM (FROM {table} WHERE {self.of_loads}) JOIN {values} ON {on}"
        )

    def _add_unread(self, values: str, on: str, role: str) -> None:
        kinds = f"{list(KINDS)}[kind + 1]"
        self.parts.append(
            f"SELECT n, {kinds}, {role}, sheet, row, reason "
            f"FROM (FROM unread_cards WHERE {self.of_loads}) JOIN {values} ON {on}"
        )
