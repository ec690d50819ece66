"""Implementation of :class:`~graphtrace.storage.base.Backend` on a server: Cypher, and snapshots for a session.

A reader is bound to the state of the case when it was opened: records of later loads are invisible to it. Parties are
those of the graph as long as these are up to date, else they are resolved on this side.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from graphtrace.errors import StoreError
from graphtrace.identifiers import KeyRange, Pattern, join_key, split_key
from graphtrace.model import RECORD_KINDS, DateSpan, Party
from graphtrace.query_library import CardKey, Language
from graphtrace.storage.base import (
    NO_RECORDS,
    CardSearch,
    CardSelection,
    CaseContents,
    HardwareRecords,
    IntegrityFacts,
    KnownCardsSearch,
    LoadedFile,
    NearbyEndsSearch,
    NumberRecords,
    PatternSearch,
    Scope,
    SheetTotals,
    StoredRecord,
    complete_selection,
    numbers_of,
)
from graphtrace.storage.corrections import PortableCorrection
from graphtrace.storage.ledger import LedgerFile
from graphtrace.storage.neo4j import supports as support_queries
from graphtrace.storage.neo4j.address import Address
from graphtrace.storage.neo4j.notes import NOTE_LINES
from graphtrace.storage.neo4j.schema import (
    DUPLICATE,
    ENTRIES,
    NAMED,
    QUANTITY_ONLY,
    RECORD_EXPR,
    STATED_IN,
    UNLINKED_EVENT,
    VISIBLE,
    parse_stored_date,
    prefix_pattern,
)
from graphtrace.storage.neo4j.scopes import open_session, packed_lots, spans_of
from graphtrace.storage.neo4j.session import BEFORE_ALL, Neo4jSession

if TYPE_CHECKING:
    import duckdb

    from graphtrace.storage.duckdb.session import CaseSession
    from graphtrace.storage.supports import SupportRecord


_BY_CARD = f"UNWIND $keys AS key MATCH (:Card {{key: key}})<-[:{NAMED}]-(r:Record) WHERE {VISIBLE}"
_OVER = (
    "UNWIND $classes AS class MATCH (l:Lot) USING INDEX SEEK l:Lot(head, size_class, low) "
    "WHERE l.head = asked[1] AND l.size_class = class[0] AND l.low > asked[2] - class[1] AND l.low <= asked[2] "
    "AND l.high >= asked[2]"
)
"""Query for the lots over a card: one index look-up for each size class.

``USING INDEX SEEK``, because a plan that was made while there were few lots would scan them all.
"""

_OTHER = VISIBLE.replace("r.", "other.")
_SELECT = (
    "MATCH (c:Case {id: 'case'}) WITH c.resolved_through AS through UNWIND $asked AS asked CALL (asked) { "
    f"MATCH (:Card {{key: asked[0]}})<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} RETURN NULL AS l, r "
    f"UNION ALL {_OVER} MATCH (l)<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} RETURN l, r }} "
    "RETURN through, COLLECT { MATCH (m:Mention)-[:REFERS_TO]->(p:Party) USING INDEX SEEK m:Mention(mention) "
    "WHERE m.mention IN [r.sender, r.receiver] RETURN [m.mention, p.id, p.name, p.is_carrier, p.bearers] }, "
    f"r.device, COLLECT {{ MATCH (other:Record {{device: r.device}})-[:{NAMED}]->(o:Card) "
    f"USING INDEX SEEK other:Record(device) WHERE {_OTHER} WITH DISTINCT o "
    f"RETURN [o.key, COLLECT {{ MATCH (o)<-[:{NAMED}]-(other:Record) WHERE {_OTHER} "
    "RETURN DISTINCT coalesce(other.check_char, '') }] }, "
    f"asked[0], l.id, l.first, l.last, r.check_char, {RECORD_EXPR}"
)
"""Query for the records that list a card or a lot over it, with their parties and the other cards in the same device.

One round trip for few cards. For many, whose lots, parties and devices are the same, several are better.
"""

_PARTY = "RETURN DISTINCT p.id AS id, p.name AS name, p.is_carrier AS is_carrier, p.bearers AS bearers"

_FEW = 20
"""Maximum number of cards that are asked about in one statement."""

_MOST_CHECK_CHARS = 200_000
"""Maximum number of cards whose 20th characters are cached."""

_IS_NAMED = f"EXISTS {{ (c)<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} }}"


class Neo4jBackend(Neo4jSession):
    """The look-ups and counts of a :class:`~graphtrace.storage.base.Backend`, in Cypher."""

    def __init__(
        self, address: Address, *, as_of: str | None = None, judged: bool = True, memory_bytes: int | None = None
    ) -> None:
        self._lot_rows: dict[str, list[StoredRecord]] = {}
        self._check_chars: dict[str, list[str]] = {}
        super().__init__(address, as_of=as_of, judged=judged, memory_bytes=memory_bytes)

    def select(self, keys: Sequence[str], *, records_only: bool = False) -> CardSelection:
        if not keys:
            return CardSelection({}, NO_RECORDS, {}, {})
        if len(keys) <= _FEW:
            found = self._select_few(keys)
        else:
            found = CardSelection(self._records_of_many(keys), NO_RECORDS, {}, {})
        if records_only:
            return CardSelection(found.rows, NO_RECORDS, {}, {})
        return complete_selection(self, found, partial(self._cards_by, "device"))

    def _select_few(self, keys: Sequence[str]) -> CardSelection:
        """Return the records of some cards with the cards in their devices, without what names a number only."""
        card_records: list[list[Any]] = []
        by_lot: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
        by_device: dict[str, Sequence[str]] = {}
        chars: dict[str, Sequence[str]] = {}
        answer = self.query(_SELECT, asked=_asked(keys), classes=self.size_classes, seen=self.visible_sheets)
        self.keep_parties((through, *party) for through, parties, *_ in answer for party in parties)
        for _, _, device, cards, key, lot, first, last, *row in answer:
            if device is not None:
                by_device[device] = sorted(card for card, _ in cards)
                chars.update((card, sorted(found)) for card, found in cards)
            if lot is None:
                card_records.append([key, *row])
            else:
                by_lot[key, lot].append([first, last, *row[1:]])
        found: dict[str, list[StoredRecord]] = defaultdict(list)
        self._keep_check_chars(keys, card_records)
        for key, check_char, *body in card_records:
            found[key].append(self.record(body, None, check_char or ""))
        for (key, lot), bodies in by_lot.items():
            if lot not in self._lot_rows:
                self._lot_rows[lot] = [
                    self.record(body, _key_range(first, last), None) for first, last, *body in bodies
                ]
            found[key] += self._lot_rows[lot]
        return CardSelection(found, NO_RECORDS, by_device, {key: chars[key] for key in chars.keys() - found.keys()})

    def _records_of_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[StoredRecord]]:
        found: dict[str, list[StoredRecord]] = defaultdict(list)
        card_records = self.query(
            f"{_BY_CARD} RETURN key, r.check_char, {RECORD_EXPR}", keys=list(keys), seen=self.visible_sheets
        )
        covering = self._lots_over(keys)
        self._fetch_lots({lot for _, lot in covering})
        self.learn_parties(card_records)
        self._keep_check_chars(keys, card_records)
        for key, check_char, *body in card_records:
            found[key].append(self.record(body, None, check_char or ""))
        for key, lot in covering:
            if rows := self._lot_rows[lot]:
                found[key] += rows
        return found

    def _lots_over(self, keys: Iterable[str]) -> list[Sequence[str]]:
        """Pairs of a key and a lot that covers it: one look-up in the index for each key and size class."""
        rows = self.query(
            f"UNWIND $asked AS asked {_OVER} RETURN asked[0], collect(l.id)",
            asked=_asked(keys),
            classes=self.size_classes,
        )
        return [(key, lot) for key, lots in rows for lot in lots]

    def _fetch_lots(self, lots: set[str]) -> None:
        """Load the rows of lots, which all cards of a lot share."""
        unknown = {lot for lot in lots if lot not in self._lot_rows}
        if not unknown:
            return
        rows = self.query(
            f"UNWIND $lots AS lot MATCH (l:Lot {{id: lot}})<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} "
            f"RETURN lot, l.first, l.last, {RECORD_EXPR}",
            lots=list(unknown),
            seen=self.visible_sheets,
        )
        self.learn_parties(rows)
        self._lot_rows.update({lot: [] for lot in unknown})
        for lot, first, last, *body in rows:
            self._lot_rows[lot].append(self.record(body, _key_range(first, last), None))

    def quantity_records(self) -> Sequence[StoredRecord]:
        return self.unnumbered_records(f"MATCH (r:{QUANTITY_ONLY}) WHERE {VISIBLE}")

    def find_events(self, numbers: Iterable[str]) -> NumberRecords:
        asked = list(numbers)
        return self._events("AND (r.msisdn IN $numbers OR r.imsi IN $numbers)", numbers=asked) if asked else NO_RECORDS

    def find_hardware(self, kind: Literal["eid", "imei"], number: str) -> HardwareRecords:
        name = "device" if kind == "imei" else kind
        cards = self._cards_by(name, [number]).get(number, ())
        return HardwareRecords(cards, self._events(f"AND r.{name} = $number", number=number))

    def _events(self, condition: str, **parameters: Any) -> NumberRecords:
        """Return the events without a card under a condition, and the links of their numbers."""
        if not self.has_unlinked_events:
            return NO_RECORDS
        events = self.unnumbered_records(f"MATCH (r:{UNLINKED_EVENT}) WHERE {VISIBLE} {condition}", **parameters)
        return NumberRecords(events, self.subscriber_links(numbers_of(events)))

    def _cards_by(self, name: str, numbers: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the cards whose records have a device or chip number, by that number."""
        wanted = sorted(set(numbers))
        if not wanted:
            return {}
        rows = self.query(
            f"UNWIND $numbers AS number MATCH (r:Record {{{name}: number}})-[:{NAMED}]->(c:Card) "
            f"USING INDEX SEEK r:Record({name}) WHERE {VISIBLE} "
            "RETURN number, collect(DISTINCT c.key)",
            numbers=wanted,
            seen=self.visible_sheets,
        )
        return {number: sorted(keys) for number, keys in rows}

    def check_chars(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        wanted = list(keys)
        known = {key: self._check_chars[key] for key in wanted if key in self._check_chars}
        if unknown := [key for key in wanted if key not in known]:
            rows = self.query(f"{_BY_CARD} RETURN key, r.check_char", keys=unknown, seen=self.visible_sheets)
            known |= self._keep_check_chars(unknown, rows)
        return {key: check_chars for key, check_chars in known.items() if check_chars}

    def _keep_check_chars(self, keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[str]]:
        """Return the 20th characters of cards, and cache them for the query about them that follows."""
        if len(self._check_chars) + len(keys) > _MOST_CHECK_CHARS:
            self._check_chars.clear()
        found: dict[str, set[str]] = {key: set() for key in keys}
        for key, check_char, *_ in rows:
            found[key].add(check_char or "")
        kept = {key: sorted(check_chars) for key, check_chars in found.items()}
        self._check_chars.update(kept)
        return kept

    # -- searching ---------------------------------------------------------------------------------------------

    def find_cards(self, search: CardSearch) -> Sequence[str]:
        match search:
            case PatternSearch(pattern, most):
                return self._match_pattern(pattern, most)
            case NearbyEndsSearch(key, within):
                return self._nearby_ends(key, within)
            case KnownCardsSearch(keys):
                return self._known_cards(keys)

    def _match_pattern(self, pattern: Pattern, most: int) -> Sequence[str]:
        found: set[str] = set()
        for rows in self.server.stream(
            f"MATCH (c:Card)<-[:{NAMED}]-(r:Record) WHERE c.key STARTS WITH $prefix AND c.key =~ $regex AND {VISIBLE} "
            "WITH c.key AS key, collect(DISTINCT r.check_char) AS check_chars RETURN key, check_chars ORDER BY key",
            size=most,
            prefix=pattern.prefix,
            regex=pattern.key_regex,
            seen=self.visible_sheets,
        ):
            found.update(key for key, check_chars in rows if pattern.matches(key, check_chars))
            if len(found) > most:
                return sorted(found)
        lots = self.query(
            "MATCH (c:Lot) WHERE left(c.first, size($prefix)) <= $prefix AND left(c.last, size($prefix)) >= $prefix "
            f"AND {_IS_NAMED} RETURN c.first, c.last ORDER BY c.head, c.low, c.high",
            prefix=pattern.prefix,
            seen=self.visible_sheets,
        )
        for first, last in lots:
            for run in pattern.runs_in(_key_range(first, last)):
                for number in range(run.first, run.last + 1):
                    found.add(join_key(run.head, run.size, number))
                    if len(found) > most:
                        return sorted(found)
        return sorted(found)

    def _nearby_ends(self, key: str, within: int) -> Sequence[str]:
        text, size, number = split_key(key)
        low, high = max(number - within, 0), min(number + within, 10 ** (size - len(text)) - 1)
        moved = f"EXISTS {{ (c)<-[:MOVES]-(r:Record) WHERE {VISIBLE} }}"
        rows = self.query(
            f"MATCH (c:Lot) WHERE c.head = $head AND $low <= c.low AND c.low <= $high AND {moved} "
            "RETURN c.first AS key "
            f"UNION MATCH (c:Lot) WHERE c.head = $head AND $low <= c.high AND c.high <= $high AND {moved} "
            "RETURN c.last AS key "
            f"UNION MATCH (c:Card) WHERE $first <= c.key AND c.key <= $last AND c.head = $head AND {moved} "
            "RETURN c.key AS key",
            head=prefix_pattern(text, size),
            low=low,
            high=high,
            first=join_key(text, size, low),
            last=join_key(text, size, high),
            seen=self.visible_sheets,
        )
        return [end for (end,) in rows]

    def _known_cards(self, keys: Iterable[str]) -> Sequence[str]:
        wanted = list(keys)
        if not wanted:
            return []
        listed = self.query(
            f"UNWIND $keys AS key MATCH (c:Card {{key: key}}) WHERE {_IS_NAMED} RETURN key",
            keys=wanted,
            seen=self.visible_sheets,
        )
        covering = self._lots_over(wanted)
        self._fetch_lots({lot for _, lot in covering})
        return list({key for (key,) in listed} | {key for key, lot in covering if self._lot_rows[lot]})

    # -- parties -----------------------------------------------------------------------------------------------

    def find_parties(self, *, ids: Sequence[str], name_key: str) -> Sequence[Party]:
        if self.resolves_locally:
            return self.party_snapshot.find_parties(ids=ids, name_key=name_key)
        rows = self.query(
            f"MATCH (m:Mention)-[:REFERS_TO]->(p:Party) WHERE p.id IN $ids AND m.sheets[0] <= $last {_PARTY} "
            f"UNION MATCH (m:Mention)-[:REFERS_TO]->(p:Party) WHERE m.member IN $ids AND m.sheets[0] <= $last {_PARTY}",
            ids=list(ids),
            last=max(self.sheet_sources, default=0),
        )
        rows = rows or self.query(
            "MATCH (m:Mention)-[:REFERS_TO]->(p:Party) "
            f"WHERE m.name_key = $name_key AND $name_key <> '' AND m.sheets[0] <= $last {_PARTY}",
            name_key=name_key,
            last=max(self.sheet_sources, default=0),
        )
        return sorted(Party(*row) for row in rows)

    def names_of_party(self, party: Party) -> Sequence[tuple[str, str]]:
        if self.resolves_locally:
            return self.party_snapshot.names_of_party(party)
        rows = self.query(
            "MATCH (p:Party {id: $id})<-[:REFERS_TO]-(m:Mention) RETURN m.member, m.sheets, m.names", id=party.id
        )
        known = self.sheet_sources
        return sorted(
            {
                (member, name)
                for member, sheets, names in rows
                for sheet, name in zip(sheets, names, strict=True)
                if sheet in known and name
            }
        )

    def card_ids(self, keys: Iterable[str]) -> Mapping[int, str]:
        return {self.prefixes.packed(key): key for key in keys}

    def card_keys(self, cards: Sequence[int]) -> Sequence[str]:
        return [join_key(*self.prefixes.parts(card)) for card in cards]

    def count_cards(self) -> int:
        named = f"EXISTS {{ (c)<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} }}"
        lots = self.query(f"MATCH (c:Lot) WHERE {named} RETURN c.first, c.last", seen=self.visible_sheets)
        spans = spans_of(self, packed_lots(self, lots))
        ((listed,),) = self.query(f"MATCH (c:Card) WHERE {named} RETURN count(*)", seen=self.visible_sheets)
        ((inside,),) = self.query(
            "UNWIND $spans AS span MATCH (c:Card) "
            "WHERE c.key >= span.first AND c.key <= span.last AND c.head = span.head "
            f"AND {named} RETURN count(*)",
            spans=spans,
            seen=self.visible_sheets,
        )
        return int(listed - inside) + sum(int(span["high"]) - int(span["low"]) + 1 for span in spans)

    def supports(self, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
        return support_queries.supports(self, keys)

    def session(self, scope: Scope) -> CaseSession:
        return open_session(self, scope)

    @property
    def query_language(self) -> Language:
        """Cypher; SQL over the fetched records where this store goes by other parties than the graph shows."""
        return "sql" if self.resolves_locally else "cypher"

    def run_cypher(
        self, text: str, parameters: Mapping[str, object]
    ) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        columns, rows = self.server.run_user_query(text, {name: _bound(value) for name, value in parameters.items()})
        if not self.is_fresh():
            raise StoreError("loaded_meanwhile", address=self.address, hint="ask_again")
        return columns, [tuple(map(_plain, row)) for row in rows]

    # -- the case as a whole -----------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """Return the counts of ``status``."""
        if self._is_unsettled:
            taken = {"corrected": self._today.corrected, "unloaded": self._count_unloads()}
            return {**self.full_snapshot.summary(), **taken}
        seen = self.visible_sheets
        files = self.query(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $seen "
            "RETURN f.name, f.sha256, f.loaded_at, sum(s.rows), sum(s.loaded), sum(s.duplicate), sum(s.rejected) "
            "ORDER BY f.loaded_at, f.name, f.sha256",
            seen=seen,
        )
        columns = ("file", "sha256", "loaded_at", "rows", "loaded", "duplicate", "rejected")
        kinds = self.query(
            f"MATCH (r:Record) WHERE {VISIBLE} AND NOT r:{DUPLICATE} "
            "RETURN r.kind, count(*), min(r.date), max(r.date), max(CASE size(r.date) WHEN 7 THEN r.date END)",
            seen=seen,
        )
        counts = {kind: count for kind, count, *_ in kinds} | support_queries.count_supports(self)
        # a month as text comes before its days and ends after them
        whens = [when for row in kinds for text in row[2:] if (when := parse_stored_date(text)) is not None]
        first = min((when.earliest for when in whens), default=None)
        last = max((when.latest for when in whens), default=None)
        ((cards,),) = self.query(f"MATCH (c:Card) WHERE {_IS_NAMED} RETURN count(*)", seen=seen)
        ((ranges,),) = self.query(
            f"MATCH (:Lot)<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} AND NOT r:{DUPLICATE} RETURN count(*)", seen=seen
        )
        ((quantity,),) = self.query(
            f"MATCH (r:{QUANTITY_ONLY}) WHERE {VISIBLE} AND NOT r:{DUPLICATE} RETURN count(*)", seen=seen
        )
        return {
            "files": [dict(zip(columns, row, strict=True)) for row in files],
            "records": {kind: counts.get(kind, 0) for kind in RECORD_KINDS},
            "parties": self._count_parties(),
            "cards_listed": cards,
            "ranges": ranges,
            "quantity_only": quantity,
            "first_day": None if first is None else DateSpan(first, first).day,
            "last_day": None if last is None else DateSpan(last, last).day,
            "rejected": sum(row[-1] for row in files),
            "corrected": self._today.corrected,
            "unloaded": self._count_unloads(),
            **self.judgements.summary(),
        }

    def _count_unloads(self) -> int:
        return len(
            {file.sha256 for file in self._loaded_files()} - {sha256 for _, sha256, _ in self.sheet_sources.values()}
        )

    def _count_parties(self) -> int:
        if self.resolves_locally:
            return len({party.id for party in self.parties_by_mention.values()})
        ((parties,),) = self.query(
            "MATCH (m:Mention)-[:REFERS_TO]->(p:Party) WHERE m.sheets[0] <= $last RETURN count(DISTINCT p)",
            last=max(self.sheet_sources, default=0),
        )
        return int(parties)

    def contents(self) -> CaseContents:
        return CaseContents(
            read_ledger=self._ledger,
            read_files=self._loaded_files,
            read_corrections=lambda: [
                PortableCorrection.of(kept, self._names_of_mentions) for kept in self.kept_corrections
            ],
            read_judgements=lambda: self.judgement_lines,
            read_notes=lambda: [entry for (entry,) in self.query(NOTE_LINES)],
        )

    def _ledger(self) -> list[str]:
        """Return the ledger lines in order: each file carries its own."""
        lines = sorted(self.query(ENTRIES))
        last = len(self.judgement_lines)
        return [
            entry
            for loads, number, line, entry in lines
            if loads <= self.loads and number <= len(self.kept_corrections) and line <= last
        ]

    def _names_of_mentions(self, mentions: Sequence[int]) -> dict[int, tuple[str, str]]:
        rows = self.query(
            "UNWIND $mentions AS mention MATCH (m:Mention {mention: mention}) RETURN mention, m.name_key, m.strong",
            mentions=list(mentions),
        )
        return {mention: (name, strong) for mention, name, strong in rows}

    def integrity(self) -> IntegrityFacts:
        """Return the ledger and the counts of sheets: a server has no ledger file and no folder."""
        return IntegrityFacts(LedgerFile(self._ledger(), 0), self._sheet_totals(), iter(()))

    def explain(self, error: Exception) -> StoreError | None:  # noqa: ARG002
        """Return ``None``: errors of a server are store errors already."""
        return None

    def _loaded_files(self) -> Sequence[LoadedFile]:
        """All files, in the order in which they were loaded."""
        rows = self.query(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $sheets "
            "RETURN f.name, f.sha256, f.size, f.loaded_at, f.entry, sum(s.rows), f.load ORDER BY f.load",
            sheets=list(self.sheet_loads),
        )
        return [LoadedFile(*row[:-1]) for row in rows]

    def read_source(self, sha256: str) -> Iterator[bytes] | None:
        blocks = self._source_blocks(sha256)
        first = next(blocks, None)
        return None if first is None else chain((first,), blocks)

    def _source_blocks(self, sha256: str) -> Iterator[bytes]:
        for rows in self.server.stream(
            "MATCH (c:Chunk)-[:OF]->(:File {sha256: $sha256}) RETURN c.data ORDER BY c.number", size=1, sha256=sha256
        ):
            for (data,) in rows:
                yield zlib.decompress(data)

    @contextmanager
    def open_tables(self, files: Sequence[int]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a database in memory with these files, fetched for the purpose."""
        from graphtrace.storage.neo4j.snapshot import LocalSnapshot

        wanted = set(files)
        sheets = {sheet for sheet, load in self.sheet_loads.items() if load in wanted}
        seen = [*sorted(sheets), *self._looking_back(BEFORE_ALL, sheets)]
        past = self._as_loaded and self._as_loaded.of_sheets(sheets)
        excerpt = LocalSnapshot(
            self.server,
            self.prefixes,
            seen=seen,
            fields=self.fields_of(sheets),
            past=past,
            judgements=self.judgement_lines,
            memory_bytes=self.memory_bytes,
        )
        excerpt.fetch_all()
        excerpt.keep_corrections([kept for kept in self.kept_corrections if kept.sheet in sheets])
        store = excerpt.store()
        try:
            yield store.new_connection()
        finally:
            store.close()

    def _sheet_totals(self) -> list[SheetTotals]:
        """Return the totals of every sheet."""
        rows = self.query(
            f"""
            MATCH (r:Record) WHERE {STATED_IN} IN $sheets
            WITH {STATED_IN} AS sheet, count(*) AS stored, count(CASE WHEN r:{DUPLICATE} THEN 1 END) AS repeated
            WITH collect([sheet, stored, repeated]) AS counted
            MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $sheets
            WITH s, f, head([c IN counted WHERE c[0] = s.sheet] + [[s.sheet, 0, 0]]) AS counted
            WITH s, f, counted[1] AS stored, counted[2] AS repeated
            RETURN f.name, f.sha256, s.records + s.rejected, stored, repeated, s.rejected, s.sheet ORDER BY s.sheet
            """,
            sheets=list(self.sheet_loads),
        )
        supports = support_queries.count_by_sheet(self)
        return [
            SheetTotals(
                name,
                sha256,
                counted,
                stored + supports.get(sheet, (0, 0))[0],
                repeated + supports.get(sheet, (0, 0))[1],
                bad,
            )
            for name, sha256, counted, stored, repeated, bad, sheet in rows
        ]


def _asked(keys: Iterable[str]) -> list[list[Any]]:
    """Return keys with their heads and numbers, in the form that queries about cards take."""
    asked: list[list[Any]] = []
    for key in keys:
        text, size, number = split_key(key)
        asked.append([key, prefix_pattern(text, size), number])
    return asked


def _bound(value: object) -> object:
    """Return a value as a query parameter; a card becomes the values by which its node and its lots are found."""
    if isinstance(value, CardKey):
        text, size, number = split_key(value)
        return {"key": str(value), "head": prefix_pattern(text, size), "number": number}
    return [_bound(member) for member in value] if isinstance(value, list) else value


def _plain(cell: Any) -> Any:
    """Return a cell with days and times as text, in lists too."""
    if isinstance(cell, list):
        return [_plain(member) for member in cell]
    return cell.iso_format() if hasattr(cell, "iso_format") else cell


@lru_cache(maxsize=65536)
def _key_range(first: str, last: str) -> KeyRange:
    head, size, low = split_key(first)
    return KeyRange(head, size, low, split_key(last)[2])
