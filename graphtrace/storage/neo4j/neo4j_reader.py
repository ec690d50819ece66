"""Reader of a case on a server: visible sheets, resolved parties, and local snapshots of records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graphtrace.errors import CaseDamaged
from graphtrace.identifiers import KeyRange
from graphtrace.model import KINDS, Kind, Origin, Party
from graphtrace.storage.correction_log import corrections_as_of
from graphtrace.storage.duckdb.duckdb_schema import NAMED_PARTY
from graphtrace.storage.judgement_log import JudgementBook, StoredJudgement, parse_judgements
from graphtrace.storage.ledger import Moment, content_of, day_of, had_come
from graphtrace.storage.memory_budget import question_bytes
from graphtrace.storage.neo4j.client import Address, Neo4jClient, case_missing_error
from graphtrace.storage.neo4j.neo4j_corrections import (
    RecordPlace,
    duplicates_of_corrected,
    read_corrections,
    read_judgement_lines,
)
from graphtrace.storage.neo4j.neo4j_notes import NOTE_LINES
from graphtrace.storage.neo4j.neo4j_schema import (
    FORMAT,
    NAMED,
    RECORD_EXPR,
    RETRACTED_BASE,
    ROW,
    UNLINKED_EVENT,
    UNLOADED_BASE,
    VISIBLE,
    parse_stored_date,
)
from graphtrace.storage.stored_records import LoneName, StoredRecord, SubscriberLink, concluded_in

if TYPE_CHECKING:
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
    from graphtrace.storage.neo4j.snapshot import HistoricalState, LocalSnapshot, PrefixTable

_SENDER = -len(ROW) + ROW.index("sender")
_RECEIVER = -len(ROW) + ROW.index("receiver")
_STATE = (
    "MATCH (c:Case {id: 'case'}) "
    "RETURN c.loads, c.resolved_through, coalesce(c.corrections, 0), coalesce(c.judgements, 0), "
    "coalesce(c.replies, 0)"
)
BEFORE_ALL = ""
"""The day before every correction."""


class Neo4jReader:
    """A reader that is bound to what the case held when it was opened.

    ``as_of`` fixes the moment whose knowledge is asked for. It goes by the judgements about parties, unless opened
    without them (``judged``).
    """

    def __init__(
        self, address: Address, *, as_of: Moment | None = None, judged: bool = True, memory_bytes: int | None = None
    ) -> None:
        self.address = address
        self.as_of = as_of
        self._is_judged = judged
        self.memory_bytes = memory_bytes or question_bytes()
        self.parties_by_mention: dict[int, Party] = {}
        self.server = Neo4jClient(address)
        try:
            self._read_state()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        # the memory of the snapshots is freed when no query uses them
        for part in ("party_snapshot", "full_snapshot"):
            self.__dict__.pop(part, None)
        self.server.close()

    def is_fresh(self) -> bool:
        return self.query(_STATE) == [self._state]

    @property
    def has_supporting_records(self) -> bool:
        return bool(self._has_supporting_records)

    @property
    def has_unread(self) -> bool:
        return bool(self._has_unread)

    @cached_property
    def replies(self) -> Mapping[str, ReplyCheck]:
        from graphtrace.storage.reply_checks import read_replies

        return read_replies((entry for (entry,) in self.query(NOTE_LINES)), day_of(self.as_of)) if self._replies else {}

    def _read_state(self) -> None:
        rows = self.query(
            f"{_STATE}, coalesce(c.has_supports, false), coalesce(c.has_unread, false), c.format, c.sheets, c.classes, "
            "c.is_bare, coalesce(c.suspended, [])"
        )
        if not rows:
            raise case_missing_error(self.address)
        *self._state, self._has_supporting_records, self._has_unread, format_, sheets, classes, is_bare, suspended = (
            rows[0]
        )
        self.loads, self._resolved_through, corrections, judgements, self._replies = self._state
        self._suspended = frozenset(suspended)
        if format_ != FORMAT:
            raise CaseDamaged(
                "other_format", folder=self.address, found=format_, format=FORMAT, hint="load_into_new_database"
            )
        if is_bare:
            from graphtrace.storage.neo4j.neo4j_schema import complete_import

            complete_import(self.server)
            classes = classes or []
        self.size_classes = [[cls, 1 << cls] for cls in sorted(classes)]
        self.kept_corrections = read_corrections(self.server, corrections) if corrections else []
        places = self.query(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet <= $sheets "
            "RETURN s.sheet, f.load, left(f.loaded_at, 10), f.name, f.sha256, s.name, s.remarks ORDER BY s.sheet",
            sheets=sheets,
        )
        self.sheet_loads = {sheet: load for sheet, load, *_ in places}
        unloaded = corrections_as_of(self.kept_corrections, self.as_of).unloaded
        self.sheet_sources = {
            sheet: (name, sha256, sheet_name)
            for sheet, load, day, name, sha256, sheet_name, _ in places
            if had_come(self.as_of, day, "loads", load) and sheet not in unloaded
        }
        self._concluded = {sheet: part for sheet, *_, remarks in places if (part := concluded_in(remarks or ""))}
        self.judgement_lines = read_judgement_lines(self.server, judgements) if judgements else []
        self._today = corrections_as_of(self.kept_corrections, None)
        self.visible_sheets = [*self.sheet_sources, *self._historical_visibility(self.as_of, self.sheet_sources)]
        is_unjudged = bool(self.judgement_lines) and not self._is_judged
        self.resolves_locally = self.as_of is not None or self._resolved_through != self.loads or is_unjudged
        if self.resolves_locally:
            self.resolve_locally()

    def _historical_visibility(self, as_of: Moment | None, sheets: Container[int]) -> Iterator[int]:
        """Yield the codes of records whose visibility differs between ``as_of`` and today."""
        if as_of is None:
            return
        yield from (UNLOADED_BASE + sheet for sheet in self._today.unloaded if sheet in sheets)
        then = corrections_as_of(self.kept_corrections, as_of).withdrawn
        first: dict[tuple[int, int], int] = {}
        for correction in self.kept_corrections:
            first.setdefault((correction.sheet, correction.row), correction.number)
        for place, number in first.items():
            if (place in then) != (place in self._today.withdrawn) and place[0] in sheets:
                yield RETRACTED_BASE + number

    def _historical_state(self, as_of: Moment | None) -> HistoricalState | None:
        from graphtrace.storage.neo4j.snapshot import HistoricalState

        if not self.kept_corrections or (as_of is None and not self._has_pending_unload):
            return None
        state = corrections_as_of(self.kept_corrections, as_of)
        marks: dict[RecordPlace, bool] = {}
        known = self.sheet_loads if as_of == BEFORE_ALL else self.sheet_sources
        for twins in duplicates_of_corrected(self.server, self._today.unloaded):
            counting = [place for place in twins if place[0] in known and place[:2] not in state.withdrawn]
            if as_of == BEFORE_ALL:
                marks.update({place: self._is_stated_earlier(place, counting[:n]) for n, place in enumerate(counting)})
            else:
                marks.update({place: number > 0 for number, place in enumerate(counting)})
        return HistoricalState(
            marks,
            {key: mention_names for key, mention_names in state.mention_names.items() if key[1] in known},
            {key: is_named for key, is_named in state.carriers.items() if key[0] in known},
        )

    @property
    def _has_pending_unload(self) -> bool:
        """Whether the graph may still show what was taken away."""
        return bool(self._today.unloaded) and self._resolved_through != self.loads

    def _is_stated_earlier(self, place: RecordPlace, earlier: Iterable[RecordPlace]) -> bool:
        """Whether one of the earlier rows had not been taken away when a row was loaded."""
        load = self.sheet_loads[place[0]]
        return any(self._today.unloaded.get(sheet, load) >= load for sheet, *_ in earlier)

    @cached_property
    def _as_loaded(self) -> HistoricalState | None:
        """The changes of all corrections to the graph."""
        return self._historical_state(BEFORE_ALL)

    def resolve_locally(self) -> None:
        """Resolve all mentions in a local snapshot: parties on the server are outdated, or newer than ``as_of``."""
        self.resolves_locally = True
        rows = self.party_snapshot.query(
            f"SELECT ident, {NAMED_PARTY} FROM resolved_parties LEFT JOIN mentions USING (ident)"
        )
        self.parties_by_mention = {mention: Party(*party) for mention, *party in rows}

    def query(self, cypher: str, **parameters: Any) -> list[list[Any]]:
        return self.server.run_read(cypher, **parameters)

    # -- local snapshots ---------------------------------------------------------------------------------------

    @cached_property
    def prefixes(self) -> PrefixTable:
        from graphtrace.storage.neo4j.snapshot import PrefixTable

        return PrefixTable()

    def fields_of(self, sheets: Iterable[int]) -> frozenset[tuple[Kind, str]]:
        """Return the properties of records in the files of some sheets, as pairs of kind and property."""
        rows = self.query(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $seen RETURN DISTINCT f.fields", seen=list(sheets)
        )
        known = {f"{kind}.": kind for kind in KINDS}
        return frozenset(
            (known[field[: field.index(".") + 1]], field[field.index(".") + 1 :])
            for (fields,) in rows
            for field in fields
        )

    @cached_property
    def _visible_fields(self) -> frozenset[tuple[Kind, str]]:
        return self.fields_of(self.visible_sheets)

    def new_snapshot(self, sheets: Sequence[int] | None = None) -> LocalSnapshot:
        """Return a snapshot to be filled, of some of the visible sheets or of all."""
        from graphtrace.storage.neo4j.snapshot import LocalSnapshot

        past = self._historical_state(self.as_of)
        return LocalSnapshot(
            self.server,
            self.prefixes,
            seen=self.visible_sheets if sheets is None else sheets,
            fields=self._visible_fields,
            past=past,
            judgements=self._counting_judgements(),
            memory_bytes=self.memory_bytes,
        )

    def _counting_judgements(self) -> list[StoredJudgement]:
        if not self._is_judged:
            return []
        return [
            stored
            for place, stored in enumerate(self.judgement_lines, 1)
            if had_come(self.as_of, content_of(stored.entry)["at"], "judgements", place)
        ]

    @cached_property
    def judgements(self) -> JudgementBook:
        """The judgements by which this store goes."""
        lines = self._counting_judgements()
        if not lines:
            return JudgementBook([], (), {})
        if self.resolves_locally:
            return self.party_snapshot.judgements
        judgements = parse_judgements([stored.entry for stored in lines])
        rows = self.query(
            "MATCH (m:Mention)-[:REFERS_TO]->(p:Party) WHERE m.member IN $members AND m.sheets[0] <= $last "
            "RETURN m.member, p.id, m.sheets, m.days, m.places, m.names",
            members=sorted({member for judgement in judgements for member in judgement.parties}),
            last=max(self.sheet_sources, default=0),
        )
        ranks = {sheet: (sha256, name or "") for sheet, (_, sha256, name) in self.sheet_sources.items()}
        mention_names: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        parties = {}
        for member, party, *columns in rows:
            parties[member] = party
            mention_names[member] += [
                (day, ranks[sheet], place, name)
                for sheet, day, place, name in zip(*columns, strict=True)
                if sheet in ranks and name
            ]
        names = {member: min(found)[-1] for member, found in mention_names.items() if found}
        places = {member: (party, names.get(member, member.partition(":")[2])) for member, party in parties.items()}
        return JudgementBook(judgements, self._suspended, places)

    @cached_property
    def party_snapshot(self) -> DuckDBBackend:
        """Local snapshot of all mentions, resolved, without records."""
        excerpt = self.new_snapshot()
        excerpt.fetch_people()
        return excerpt.store()

    @cached_property
    def withdrawn(self) -> Collection[tuple[int, int]]:
        """Sheet and row of the rows that corrections withdraw."""
        return corrections_as_of(self.kept_corrections, self.as_of).withdrawn

    @cached_property
    def full_snapshot(self) -> DuckDBBackend:
        """Local snapshot of the whole case."""
        excerpt = self.new_snapshot()
        excerpt.fetch_all()
        excerpt.withdraw_rows(self.withdrawn)
        return excerpt.store()

    # -- rows --------------------------------------------------------------------------------------------------

    def load_parties(self, mentions: Iterable[int | None]) -> None:
        unknown = {mention for mention in mentions if mention is not None and mention not in self.parties_by_mention}
        if not unknown:
            return
        found = self.query(
            "MATCH (c:Case {id: 'case'}) UNWIND $mentions AS mention "
            "MATCH (m:Mention {mention: mention})-[:REFERS_TO]->(p:Party) "
            "RETURN c.resolved_through, mention, p.id, p.name, p.is_carrier, p.bearers, m.name_key, m.strong",
            mentions=list(unknown),
        )
        self.keep_parties(found)

    def keep_parties(self, found: Iterable[Sequence[Any]]) -> None:
        """Keep parties that the graph shows: through which load it is resolved, a mention, and its party."""
        if self.resolves_locally:
            return
        known = list(found)
        if all(through == self._resolved_through for through, *_ in known):
            self.parties_by_mention.update({mention: Party(*party) for _, mention, *party in known})
        else:
            # the graph changed: parties are resolved as of the opening
            self.resolve_locally()

    def learn_parties(self, *tables: list[list[Any]]) -> None:
        """Load the senders and receivers of rows, whose body comes last."""
        self.load_parties({row[side] for rows in tables for row in rows for side in (_SENDER, _RECEIVER)})

    def record(self, body: Sequence[Any], lot: KeyRange | None, check_char: str | None) -> StoredRecord:
        (kind, sender, receiver, date, quantity, msisdn, imsi, eid, imei) = body[:9]
        *texts, extra, record_no, sheet, row = body[9:]
        name, sha256, sheet_name = self.sheet_sources[sheet]
        return StoredRecord._make(
            (
                kind,
                lot,
                check_char,
                None if sender is None else self.parties_by_mention[sender],
                None if receiver is None else self.parties_by_mention[receiver],
                parse_stored_date(date),
                quantity,
                msisdn,
                imsi,
                eid,
                imei,
                *texts,
                Origin(name, sha256, sheet_name, row, record_no, extra, self._concluded.get(sheet)),
            )
        )

    def unnumbered_records(self, match: str, **parameters: Any) -> list[StoredRecord]:
        rows = self.query(f"{match} RETURN {RECORD_EXPR}", seen=self.visible_sheets, **parameters)
        self.learn_parties(rows)
        return [self.record(body, None, None) for body in rows]

    @cached_property
    def has_unlinked_events(self) -> bool:
        return bool(
            self.query(f"MATCH (r:{UNLINKED_EVENT}) WHERE {VISIBLE} RETURN 1 LIMIT 1", seen=self.visible_sheets)
        )

    def subscriber_links(self, numbers: Iterable[str]) -> Sequence[SubscriberLink]:
        rows = self.query(
            " UNION ".join(
                f"UNWIND $numbers AS number MATCH (r:Record {{{column}: number}})-[:{NAMED}]->(c:Card) WHERE {VISIBLE} "
                "RETURN number, c.key AS key, r.date AS date, r.sheet AS sheet"
                for column in ("msisdn", "imsi")
            ),
            numbers=sorted(set(numbers)),
            seen=self.visible_sheets,
        )
        return [SubscriberLink(number, key, parse_stored_date(date)) for number, key, date, _ in rows]

    @cached_property
    def lone_names(self) -> Sequence[LoneName]:
        """The names alone that join a party with an identifier where no row of the file states both; sorted."""
        if self.resolves_locally:
            return self.party_snapshot.lone_names
        rows = self.query(
            "MATCH (m:Mention {strong: ''})-[:REFERS_TO]->(p:Party) WHERE p.id STARTS WITH 'id:' "
            "OPTIONAL MATCH (stated:Mention {name_key: m.name_key}) WHERE stated.strong = substring(p.id, 3) "
            "RETURN m.mention, p.id, m.name_key, m.sheets, m.names, coalesce(stated.sheets, [])"
        )
        found = []
        for mention, party, name_key, sheets, names, stated in rows:
            files = {self.sheet_sources[sheet][1] for sheet in stated if sheet in self.sheet_sources}
            found += [
                LoneName(mention, sheet, sha256, party, name_key, name)
                for sheet, name in zip(sheets, names, strict=True)
                if sheet in self.sheet_sources and (sha256 := self.sheet_sources[sheet][1]) not in files
            ]
        return sorted(found)

    def mention_ids(self, parties: Iterable[Party]) -> list[int]:
        """The mentions that mean the parties."""
        ids = {party.id for party in parties}
        if self.resolves_locally:
            return [mention for mention, party in self.parties_by_mention.items() if party.id in ids]
        rows = self.query(
            "MATCH (p:Party)<-[:REFERS_TO]-(m:Mention) WHERE p.id IN $ids AND m.sheets[0] <= $last RETURN m.mention",
            ids=list(ids),
            last=max(self.sheet_sources, default=0),
        )
        return [mention for (mention,) in rows]

    def carrier_mentions(self) -> list[int]:
        """The mentions that mean a carrier."""
        if self.resolves_locally:
            return [mention for mention, party in self.parties_by_mention.items() if party.is_carrier]
        rows = self.query(
            "MATCH (p:Party)<-[:REFERS_TO]-(m:Mention) WHERE p.is_carrier AND m.sheets[0] <= $last RETURN m.mention",
            last=max(self.sheet_sources, default=0),
        )
        return [mention for (mention,) in rows]
