"""Look-ups on a server: supporting records, rows that were not read, and the records about cards.

Supporting records on a server: nodes of their own, linked to their sheet and to nothing else. Whether the case has any
stands in the node of the case, so that a question about a case without them asks nothing more.

Changes of hands of a card that rows state and that were not recorded, on a server: nodes linked to their sheet. Whether
the case has any stands in the node of the case, so that a question about a case without them asks nothing more.

Look-up of cards on a server: the records that list a card, and those of the lots whose number range covers it. A lot
has a size class: the exponent of the least power of two that its size does not exceed. A lot that covers a card
therefore begins less than one such power below it, so that one index look-up for each size class finds all lots over a
card, however many lots the case has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import duckdb

from graphtrace.identifiers import KeyRange, split_key
from graphtrace.identifiers.iccid import ends_in_check_digit
from graphtrace.model import DateSpan, Origin
from graphtrace.storage.neo4j import batches
from graphtrace.storage.neo4j.client import Neo4jClient
from graphtrace.storage.neo4j.neo4j_reader import Neo4jReader
from graphtrace.storage.neo4j.neo4j_schema import NAMED, RECORD_EXPR, VISIBLE, prefix_pattern
from graphtrace.storage.stored_records import (
    COUNTED,
    NO_RECORDS,
    STATED_COLUMNS,
    CardSelection,
    StoredRecord,
    SupportRecord,
    UnreadMovement,
    in_order,
    is_counted_whole,
    support_record,
)


def known_statements(
    server: Neo4jClient, con: duckdb.DuckDBPyConnection, sheet: int, sheets: int, unloaded: Sequence[int]
) -> set[str]:
    """Return the statements of a staged sheet that the first ``sheets`` sheets of the server have, less some."""
    found = con.execute(f"SELECT DISTINCT statement FROM supports WHERE sheet = ? AND {COUNTED}", [sheet])
    known: set[str] = set()
    while rows := found.fetchmany(batches.BATCH_ROWS):
        answer = server.run_read(
            "UNWIND $rows AS row MATCH (s:Support {statement: row}) "
            "WHERE s.sheet <= $sheets AND NOT s.sheet IN $unloaded RETURN DISTINCT row",
            rows=[statement for (statement,) in rows],
            sheets=sheets,
            unloaded=list(unloaded),
        )
        known.update(statement for (statement,) in answer)
    return known


def mark_known(con: duckdb.DuckDBPyConnection, sheet: int, known: Collection[str]) -> None:
    """Mark the records of a staged sheet that are known."""
    if known:
        con.execute(
            f"UPDATE supports SET repeated = true WHERE sheet = ? AND {COUNTED} "
            "AND statement IN (SELECT unnest(?::VARCHAR[]))",
            [sheet, sorted(known)],
        )


def supporting_records(reader: Neo4jReader, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
    """Return the supporting records with one of the keys, without keys all. Cost: one pass over such records."""
    if not reader.has_supporting_records or (keys is not None and not keys):
        return []
    withdrawn = reader.withdrawn
    rows = reader.query(
        "MATCH (s:Support) WHERE s.sheet IN $seen AND ($keys IS NULL OR any(key IN s.keys WHERE key IN $keys)) "
        f"RETURN {', '.join(f's.{name}' for name in STATED_COLUMNS)}, s.statement",
        seen=list(reader.sheet_sources),
        keys=None if keys is None else sorted(keys),
    )
    return in_order(
        support_record(cells, statement, *reader.sheet_sources[cells[6]])
        for *cells, statement in rows
        if (cells[6], cells[7]) not in withdrawn
    )


def count_supports(reader: Neo4jReader) -> dict[str, int]:
    """Count the records of each kind, each statement once."""
    if not reader.has_supporting_records:
        return {}
    withdrawn = reader.withdrawn
    if withdrawn:
        statements = {(record.kind, record.statement) for record in supporting_records(reader)}
        return {
            kind: sum(each == kind for each, _ in statements) for kind in {kind for kind, _ in statements} - {"contact"}
        }
    rows = reader.query(
        f"MATCH (s:Support) WHERE s.{COUNTED} AND s.sheet IN $seen RETURN s.kind, count(DISTINCT s.statement)",
        seen=list(reader.sheet_sources),
    )
    return dict(rows)


def count_by_sheet(reader: Neo4jReader) -> dict[int, tuple[int, int]]:
    """Return by sheet the numbers of stored records, with those of unloaded files, and of those that repeat others."""
    if not reader.has_supporting_records:
        return {}
    rows = reader.query(
        f"MATCH (s:Support) WHERE s.{COUNTED} AND s.sheet IN $seen "
        "RETURN s.sheet, count(*), count(CASE WHEN s.repeated THEN 1 END)",
        seen=list(reader.sheet_loads),
    )
    return {sheet: (stored, repeated) for sheet, stored, repeated in rows}


_FOUND = "WHERE u.sheet IN $seen RETURN asked, " + ", ".join(
    f"u.{name} AS {name}" for name in ("kind", "reason", "field", "text", "day", "span", "sheet", "row")
)
_FIND = f"""
UNWIND $keys AS asked MATCH (u:Unread {{key: asked}}) {_FOUND}
UNION UNWIND $places AS place WITH place, place.key AS asked
MATCH (u:Unread {{head: place.head}}) WHERE u.low <= place.number AND u.high >= place.number WITH u, asked {_FOUND}
UNION UNWIND $numbers AS asked MATCH (u:Unread {{number: asked}}) {_FOUND}
"""


def find_unread(
    reader: Neo4jReader, keys: Iterable[str], numbers: Iterable[str]
) -> Mapping[str, Sequence[UnreadMovement]]:
    """Return the unread changes of hands by card and by MSISDN or IMSI, in order of their rows."""
    asked = list(keys)
    places = []
    for key in asked:
        text, size, number = split_key(key)
        places.append({"key": key, "head": prefix_pattern(text, size), "number": number})
    found: dict[str, list[UnreadMovement]] = defaultdict(list)
    rows = reader.query(_FIND, keys=asked, places=places, numbers=list(numbers), seen=list(reader.sheet_sources))
    withdrawn = reader.withdrawn
    for name, kind, reason, field, text, day, span, sheet, row in rows:
        if (sheet, row) in withdrawn:
            continue
        when = None if day is None else DateSpan(day, day + span)
        found[name].append(
            UnreadMovement(kind, reason, field, text, when, Origin(*reader.sheet_sources[sheet], row, None))
        )
    for movements in found.values():
        movements.sort(key=lambda each: (each.origin.file, each.origin.sort_key, each.kind or ""))
    return found


_BY_CARD = f"UNWIND $keys AS key MATCH (:Card {{key: key}})<-[:{NAMED}]-(r:Record) WHERE {VISIBLE}"

_LOTS_OVER_CARD = (
    "UNWIND $classes AS class MATCH (l:Lot) USING INDEX SEEK l:Lot(head, size_class, low) "
    "WHERE l.head = asked[1] AND l.size_class = class[0] AND l.low > asked[2] - class[1] AND l.low <= asked[2] "
    "AND l.high >= asked[2]"
)
"""Query for the lots over a card: one index look-up for each size class.

``USING INDEX SEEK``, because a plan that was made while there were few lots would scan them all.
"""

_OTHER_VISIBLE = VISIBLE.replace("r.", "other.")
_RECORDS_OF_FEW = (
    "MATCH (c:Case {id: 'case'}) WITH c.resolved_through AS through UNWIND $asked AS asked CALL (asked) { "
    f"MATCH (:Card {{key: asked[0]}})<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} RETURN NULL AS l, r "
    f"UNION ALL {_LOTS_OVER_CARD} MATCH (l)<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} RETURN l, r }} "
    "RETURN through, COLLECT { MATCH (m:Mention)-[:REFERS_TO]->(p:Party) USING INDEX SEEK m:Mention(mention) "
    "WHERE m.mention IN [r.sender, r.receiver] RETURN [m.mention, p.id, p.name, p.is_carrier, p.bearers, "
    "m.name_key, m.strong] }, "
    f"r.device, COLLECT {{ MATCH (other:Record {{device: r.device}})-[:{NAMED}]->(o:Card) "
    f"USING INDEX SEEK other:Record(device) WHERE {_OTHER_VISIBLE} WITH DISTINCT o "
    f"RETURN [o.key, COLLECT {{ MATCH (o)<-[:{NAMED}]-(other:Record) WHERE {_OTHER_VISIBLE} "
    "RETURN DISTINCT coalesce(other.check_char, '') }] }, "
    f"asked[0], l.id, l.first, l.last, r.check_char, {RECORD_EXPR}"
)
"""Query for the records that list a card or a lot over it, with their parties and the other cards in the same device.

One round trip for few cards. For many, whose lots, parties and devices are the same, several are better.
"""

_MAX_FEW = 20
"""Maximum number of cards that one round trip is made for."""

_MAX_CHECK_CHARS = 200_000
"""Maximum number of cards whose check characters are cached."""


class CardLookup:
    """Records, lots and check characters of single cards, as a reader sees them.

    Records of lots and check characters are cached as long as the reader is open.
    """

    def __init__(self, reader: Neo4jReader) -> None:
        self._reader = reader
        self._lot_records: dict[str, list[StoredRecord]] = {}
        self._check_chars: dict[str, list[str]] = {}

    def select(self, keys: Sequence[str]) -> CardSelection:
        """Return the records of cards, for up to 20 of them with the cards in their devices.

        What names a number only is left out.
        """
        if len(keys) <= _MAX_FEW:
            return self._select_few(keys)
        return CardSelection(self._records_of_many(keys), NO_RECORDS, {}, {})

    def _select_few(self, keys: Sequence[str]) -> CardSelection:
        reader = self._reader
        card_records: list[list[Any]] = []
        by_lot: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
        by_device: dict[str, Sequence[str]] = {}
        chars: dict[str, Sequence[str]] = {}
        answer = reader.query(
            _RECORDS_OF_FEW, asked=_split_keys(keys), classes=reader.size_classes, seen=reader.visible_sheets
        )
        reader.keep_parties((through, *party) for through, parties, *_ in answer for party in parties)
        for _, _, device, cards, key, lot, first, last, *row in answer:
            if device is not None:
                by_device[device] = sorted(card for card, _ in cards)
                chars.update((card, sorted(found)) for card, found in cards)
            if lot is None:
                card_records.append([key, *row])
            else:
                by_lot[key, lot].append([first, last, *row[1:]])
        found = self._listed_records(keys, card_records)
        for (key, lot), rows in by_lot.items():
            if lot not in self._lot_records:
                self._lot_records[lot] = [
                    reader.record(body, key_range_between(first, last), None) for first, last, *body in rows
                ]
            found[key] += self._lot_records[lot]
        return CardSelection(found, NO_RECORDS, by_device, {key: chars[key] for key in chars.keys() - found.keys()})

    def _records_of_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[StoredRecord]]:
        reader = self._reader
        card_records = reader.query(
            f"{_BY_CARD} RETURN key, r.check_char, {RECORD_EXPR}", keys=list(keys), seen=reader.visible_sheets
        )
        covering = self.lots_over(keys)
        self._fetch_lots({lot for _, lot in covering})
        reader.learn_parties(card_records)
        found = self._listed_records(keys, card_records)
        for key, lot in covering:
            if records := self._lot_records[lot]:
                found[key] += records
        return found

    def _listed_records(self, keys: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[StoredRecord]]:
        """Return the records that list cards by card key, from rows of a key, a check character and a body."""
        self._cache_check_chars(_check_chars_in(keys, rows))
        found: dict[str, list[StoredRecord]] = defaultdict(list)
        for key, check_char, *body in rows:
            found[key].append(self._reader.record(body, None, check_char or ""))
        return found

    # -- lots ----------------------------------------------------------------------------------------------------

    def lots_over(self, keys: Iterable[str]) -> list[tuple[str, str]]:
        """Return pairs of a card key and a lot that covers it: one index look-up for each key and size class."""
        asked = _split_keys(keys)
        if not asked:
            return []
        rows = self._reader.query(
            f"UNWIND $asked AS asked {_LOTS_OVER_CARD} RETURN asked[0], collect(l.id)",
            asked=asked,
            classes=self._reader.size_classes,
        )
        return [(key, lot) for key, lots in rows for lot in lots]

    def covered(self, keys: Sequence[str]) -> set[str]:
        """Return those of some card keys that lie in the number range of a visible record."""
        covering = self.lots_over(keys)
        self._fetch_lots({lot for _, lot in covering})
        return {key for key, lot in covering if self._lot_records[lot]}

    def _fetch_lots(self, lots: Collection[str]) -> None:
        """Cache the visible records of lots; the cards of a lot share them."""
        unknown = {lot for lot in lots if lot not in self._lot_records}
        if not unknown:
            return
        reader = self._reader
        rows = reader.query(
            f"UNWIND $lots AS lot MATCH (l:Lot {{id: lot}})<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} "
            f"RETURN lot, l.first, l.last, {RECORD_EXPR}",
            lots=list(unknown),
            seen=reader.visible_sheets,
        )
        reader.learn_parties(rows)
        self._lot_records.update({lot: [] for lot in unknown})
        for lot, first, last, *body in rows:
            self._lot_records[lot].append(reader.record(body, key_range_between(first, last), None))

    # -- check characters and devices ----------------------------------------------------------------------------

    def check_chars(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the check characters of the listed ones among some cards, sorted; ``""`` for a record without one."""
        wanted = list(keys)
        known = {key: self._check_chars[key] for key in wanted if key in self._check_chars}
        if unknown := [key for key in wanted if key not in known]:
            reader = self._reader
            rows = reader.query(f"{_BY_CARD} RETURN key, r.check_char", keys=unknown, seen=reader.visible_sheets)
            found = _check_chars_in(unknown, rows)
            self._cache_check_chars(found)
            known |= found
        listed = {key: check_chars for key, check_chars in known.items() if check_chars}
        covering = self.lots_over([key for key in wanted if key not in listed and ends_in_check_digit(key)])
        self._fetch_lots({lot for _, lot in covering})
        return listed | {key: [""] for key, lot in covering if is_counted_whole(key, self._lot_records[lot])}

    def _cache_check_chars(self, found: Mapping[str, list[str]]) -> None:
        """Cache the check characters of cards for the query about them that follows."""
        if len(self._check_chars) + len(found) > _MAX_CHECK_CHARS:
            self._check_chars.clear()
        self._check_chars.update(found)

    def cards_by(self, name: str, numbers: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the cards whose records have a device or chip number, by that number."""
        wanted = sorted(set(numbers))
        if not wanted:
            return {}
        rows = self._reader.query(
            f"UNWIND $numbers AS number MATCH (r:Record {{{name}: number}})-[:{NAMED}]->(c:Card) "
            f"USING INDEX SEEK r:Record({name}) WHERE {VISIBLE} "
            "RETURN number, collect(DISTINCT c.key)",
            numbers=wanted,
            seen=self._reader.visible_sheets,
        )
        return {number: sorted(keys) for number, keys in rows}


def _check_chars_in(keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[str]]:
    """Return the check characters of cards, sorted, from rows that begin with a card key and a check character."""
    found: dict[str, set[str]] = {key: set() for key in keys}
    for key, check_char, *_ in rows:
        found[key].add(check_char or "")
    return {key: sorted(check_chars) for key, check_chars in found.items()}


def _split_keys(keys: Iterable[str]) -> list[list[Any]]:
    """Return card keys with their heads and numbers, in the form that queries about cards take."""
    asked: list[list[Any]] = []
    for key in keys:
        text, size, number = split_key(key)
        asked.append([key, prefix_pattern(text, size), number])
    return asked


@lru_cache(maxsize=65536)
def key_range_between(first: str, last: str) -> KeyRange:
    """Return the number range from one card key to another."""
    head, size, low = split_key(first)
    return KeyRange(head, size, low, split_key(last)[2])
