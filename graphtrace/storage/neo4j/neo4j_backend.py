"""Implementation of :class:`~graphtrace.storage.base.Backend` on a server: Cypher, and snapshots for a session.

A reader is bound to the state of the case when it was opened: records of later loads are invisible to it. Parties are
those of the graph as long as these are up to date, else they are resolved in a local snapshot.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from graphtrace.errors import StoreError
from graphtrace.identifiers import Pattern, join_key, split_key
from graphtrace.model import RECORD_KINDS, DateSpan, Party
from graphtrace.results.library import CardKey, Language
from graphtrace.storage.base import CaseContents, IntegrityFacts, LoadedFile, Scope, SheetTotals, complete_selection
from graphtrace.storage.correction_log import PortableCorrection
from graphtrace.storage.ledger import LedgerFile, Moment
from graphtrace.storage.neo4j import neo4j_queries
from graphtrace.storage.neo4j.client import Address
from graphtrace.storage.neo4j.neo4j_notes import LOOKUP_LINES, NOTE_LINES
from graphtrace.storage.neo4j.neo4j_queries import CardLookup, find_unread, key_range_between
from graphtrace.storage.neo4j.neo4j_reader import BEFORE_ALL, Neo4jReader
from graphtrace.storage.neo4j.neo4j_schema import (
    DUPLICATE,
    ENTRIES,
    NAMED,
    QUANTITY_ONLY,
    STATED_IN,
    UNLINKED_EVENT,
    VISIBLE,
    parse_stored_date,
    prefix_pattern,
)
from graphtrace.storage.neo4j.scopes import open_session, packed_lots, spans_of
from graphtrace.storage.stored_records import (
    NO_RECORDS,
    CardSelection,
    HardwareRecords,
    NumberRecords,
    StoredRecord,
    SupportRecord,
    UnreadMovement,
    numbers_of,
)

if TYPE_CHECKING:
    import duckdb

    from graphtrace.storage.duckdb.session import CaseSession


_PARTY = "RETURN DISTINCT p.id AS id, p.name AS name, p.is_carrier AS is_carrier, p.bearers AS bearers"

_IS_NAMED = f"EXISTS {{ (c)<-[:{NAMED}]-(r:Record) WHERE {VISIBLE} }}"


class Neo4jBackend(Neo4jReader):
    """The look-ups and counts of a :class:`~graphtrace.storage.base.Backend`, in Cypher."""

    def __init__(
        self, address: Address, *, as_of: Moment | None = None, judged: bool = True, memory_bytes: int | None = None
    ) -> None:
        self._card_lookup = CardLookup(self)
        super().__init__(address, as_of=as_of, judged=judged, memory_bytes=memory_bytes)

    def select(self, keys: Sequence[str], *, records_only: bool = False) -> CardSelection:
        if not keys:
            return CardSelection({}, NO_RECORDS, {}, {})
        found = self._card_lookup.select(keys)
        if records_only:
            return CardSelection(found.records, NO_RECORDS, {}, {})
        return complete_selection(self, found, partial(self._card_lookup.cards_by, "device"))

    def check_chars(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        return self._card_lookup.check_chars(keys)

    def quantity_records(self) -> Sequence[StoredRecord]:
        return self.unnumbered_records(f"MATCH (r:{QUANTITY_ONLY}) WHERE {VISIBLE}")

    def find_events(self, numbers: Iterable[str]) -> NumberRecords:
        asked = list(numbers)
        return self._events("AND (r.msisdn IN $numbers OR r.imsi IN $numbers)", numbers=asked) if asked else NO_RECORDS

    def find_unread(self, keys: Iterable[str], numbers: Iterable[str]) -> Mapping[str, Sequence[UnreadMovement]]:
        return find_unread(self, keys, numbers)

    def find_hardware(self, kind: Literal["eid", "imei"], number: str) -> HardwareRecords:
        name = "device" if kind == "imei" else kind
        cards = self._card_lookup.cards_by(name, [number]).get(number, ())
        return HardwareRecords(cards, self._events(f"AND r.{name} = $number", number=number))

    def _events(self, condition: str, **parameters: Any) -> NumberRecords:
        """Return the events without a card under a condition, and the links of their numbers."""
        if not self.has_unlinked_events:
            return NO_RECORDS
        events = self.unnumbered_records(f"MATCH (r:{UNLINKED_EVENT}) WHERE {VISIBLE} {condition}", **parameters)
        return NumberRecords(events, self.subscriber_links(numbers_of(events)))

    # -- searching ---------------------------------------------------------------------------------------------

    def match_pattern(self, pattern: Pattern, most: int) -> Sequence[str]:
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
            for run in pattern.runs_in(key_range_between(first, last)):
                for number in range(run.first, run.last + 1):
                    found.add(join_key(run.head, run.size, number))
                    if len(found) > most:
                        return sorted(found)
        return sorted(found)

    def nearby_ends(self, first: str, last: str, within: int) -> Sequence[str]:
        text, size, number = split_key(first)
        low, high = max(number - within, 0), min(split_key(last)[2] + within, 10 ** (size - len(text)) - 1)
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

    def known_cards(self, keys: Iterable[str]) -> Sequence[str]:
        wanted = list(keys)
        if not wanted:
            return []
        listed = self.query(
            f"UNWIND $keys AS key MATCH (c:Card {{key: key}}) WHERE {_IS_NAMED} RETURN key",
            keys=wanted,
            seen=self.visible_sheets,
        )
        return list({key for (key,) in listed} | self._card_lookup.covered(wanted))

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

    def supporting_records(self, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
        return neo4j_queries.supporting_records(self, keys)

    def interrupt(self) -> None:
        for name in ("full_snapshot", "party_snapshot"):
            if (held := self.__dict__.get(name)) is not None:
                held.interrupt()

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
        if self._has_pending_unload:
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
        counts = {kind: count for kind, count, *_ in kinds} | neo4j_queries.count_supports(self)
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
                PortableCorrection.of(stored, self._names_of_mentions) for stored in self.kept_corrections
            ],
            read_judgements=lambda: self.judgement_lines,
            read_notes=lambda: [entry for (entry,) in self.query(NOTE_LINES)],
            read_lookups=lambda: [entry for (entry,) in self.query(LOOKUP_LINES)],
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
        return IntegrityFacts(LedgerFile(self._ledger(), 0), self._sheet_totals(), self._graph_problems())

    def _graph_problems(self) -> Iterator[tuple[str, dict[str, Any]]]:
        from graphtrace.storage.neo4j.neo4j_consistency import find_graph_problems

        yield from find_graph_problems(
            self.server,
            self._ledger(),
            self.sheet_loads,
            self.kept_corrections,
            self.judgement_lines,
            is_resolved=self._resolved_through == self.loads,
        )

    def explain(self, error: Exception) -> StoreError | None:  # noqa: ARG002
        """Return ``None``: errors of a server are store errors already."""
        return None

    def _loaded_files(self) -> Sequence[LoadedFile]:
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
        seen = [*sorted(sheets), *self._historical_visibility(BEFORE_ALL, sheets)]
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
        excerpt.keep_corrections([stored for stored in self.kept_corrections if stored.sheet in sheets])
        store = excerpt.store()
        try:
            yield store.new_connection()
        finally:
            store.close()

    def _sheet_totals(self) -> Iterator[SheetTotals]:
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
        supports = neo4j_queries.count_by_sheet(self)
        for name, sha256, counted, stored, repeated, bad, sheet in rows:
            more = supports.get(sheet, (0, 0))
            yield SheetTotals(name, sha256, counted, stored + more[0], repeated + more[1], bad)


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
