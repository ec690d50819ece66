"""Answers the questions of :class:`~graphtrace.storage.base.StoreReader` from a server, in Cypher.

A reader is bound to what the case held when it was opened: records of later loads do not show, whatever is written
meanwhile. Parties are those of the graph as long as these are up to date, else they are told apart on this side.
"""

from __future__ import annotations

import hashlib
import zlib
from calendar import monthrange
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from graphtrace.errors import CaseDamaged, StoreError
from graphtrace.identifiers import KeyRange, Pattern, join_key, split_key
from graphtrace.model import KINDS, RECORD_KINDS, DateSpan, Origin, Party, to_epoch_day
from graphtrace.query_library import CardKey, Language
from graphtrace.storage.base import (
    CardInterval,
    ComplementaryLots,
    LoadedFile,
    RejectedRow,
    StoredRecord,
    SubscriberLink,
)
from graphtrace.storage.corrections import (
    Correction,
    PortableCorrection,
    corrections_in_force,
    state_as_of,
)
from graphtrace.storage.judgements import JudgementBook, StoredJudgement, parse_judgements
from graphtrace.storage.ledger import LedgerFile, content_of
from graphtrace.storage.memory_budget import question_bytes
from graphtrace.storage.neo4j import aggregates
from graphtrace.storage.neo4j import supports as support_cypher
from graphtrace.storage.neo4j.address import Address
from graphtrace.storage.neo4j.client import Neo4jClient, case_missing_error
from graphtrace.storage.neo4j.corrections import read_corrections
from graphtrace.storage.neo4j.judgements import read_judgement_lines
from graphtrace.storage.neo4j.schema import (
    ENTRIES,
    FORMAT,
    QUANTITY_ONLY,
    REPEATED,
    RETRACTED_BASE,
    ROW,
    STATED_IN,
    UNLOADED_BASE,
    VISIBLE,
    WAITING,
    prefix_pattern,
    property_expr,
)

if TYPE_CHECKING:
    import duckdb

    from graphtrace.model import Kind
    from graphtrace.storage.duckdb.backend import DuckDBBackend
    from graphtrace.storage.neo4j.snapshot import HistoricalState, LocalSnapshot, PrefixTable

_BODY = ", ".join(map(property_expr, ROW))
_SENDER = -len(ROW) + ROW.index("sender")
_RECEIVER = -len(ROW) + ROW.index("receiver")
_SEEN = VISIBLE
_STATE = "MATCH (c:Case {id: 'case'}) RETURN c.loads, c.told, coalesce(c.corrections, 0), coalesce(c.judgements, 0)"
_NAMED = "MOVES|OF"
_BY_CARD = f"UNWIND $keys AS key MATCH (:Card {{key: key}})<-[:{_NAMED}]-(r:Record) WHERE {_SEEN}"
_OVER = (
    "UNWIND $classes AS class MATCH (l:Lot) USING INDEX SEEK l:Lot(head, cls, lo) "
    "WHERE l.head = asked[1] AND l.cls = class[0] AND l.lo > asked[2] - class[1] AND l.lo <= asked[2] "
    "AND l.hi >= asked[2]"
)
"""The lots over a card: one look-up in the index for each size class.

Told to seek, because where there were few lots when the statement was planned, a scan of all of them looks as cheap.
"""

_BY_NUMBER = (
    "UNWIND $asked AS asked CALL (asked) { "
    f"MATCH (:Card {{key: asked[0]}})<-[:{_NAMED}]-(r:Record) WHERE {_SEEN} RETURN NULL AS lot, r "
    f"UNION ALL {_OVER} RETURN l.id AS lot, NULL AS r }} RETURN asked[0], lot, r.tail, {_BODY}"
)
"""The records that list a card, and the lots over it, in one question: each costs a way to the server and back.

For many cards two are better: what this one says of a lot is as wide as a record.
"""

_PARTY = "RETURN DISTINCT p.id AS id, p.name AS name, p.is_carrier AS is_carrier, p.bearers AS bearers"

_FEW = 20

_MOST_TAILS = 200_000
_BEFORE_ALL = ""
"""The day before every correction."""

_IS_NAMED = f"EXISTS {{ (c)<-[:{_NAMED}]-(r:Record) WHERE {_SEEN} }}"


class Neo4jBackend:
    """Reads a case on a server. ``as_of`` fixes the day whose knowledge is asked for.

    It goes by the judgements about parties, unless it is opened without them (``judged``).
    """

    def __init__(
        self, address: Address, *, as_of: str | None = None, judged: bool = True, memory_bytes: int | None = None
    ) -> None:
        self.address = address
        self.as_of = as_of
        self._is_judged = judged
        self._memory_bytes = memory_bytes or question_bytes()
        self._parties: dict[int, Party] = {}
        self._lot_rows: dict[str, list[StoredRecord]] = {}
        self._tails: dict[str, list[str]] = {}
        self._server = Neo4jClient(address)
        try:
            self._read_state()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        # what was fetched goes with the last store that reads it
        for part in ("_people", "_whole"):
            self.__dict__.pop(part, None)
        self._server.close()

    def _read_state(self) -> None:
        rows = self._query(
            f"{_STATE}, coalesce(c.has_supports, false), c.format, c.sheets, c.classes, c.is_bare, "
            "coalesce(c.suspended, [])"
        )
        if not rows:
            raise case_missing_error(self.address)
        *self._state, self._has_supports, format_, sheets, classes, is_bare, suspended = rows[0]
        self._loads, self._told, corrections, judgements = self._state
        self._suspended = frozenset(suspended)
        if format_ != FORMAT:
            raise CaseDamaged(
                "other_format", folder=self.address, found=format_, format=FORMAT, hint="load_into_new_database"
            )
        if is_bare:
            from graphtrace.storage.neo4j.constraints import complete_import

            complete_import(self._server)
            classes = classes or []
        self._classes = [[cls, 1 << cls] for cls in sorted(classes)]
        self._kept = read_corrections(self._server, corrections) if corrections else []
        places = self._query(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet <= $sheets "
            "RETURN s.sheet, f.load, left(f.loaded_at, 10), f.name, f.sha256, s.name ORDER BY s.sheet",
            sheets=sheets,
        )
        self._sheet_loads = {sheet: load for sheet, load, *_ in places}
        unloaded = state_as_of(self._kept, self.as_of).unloaded
        self._places = {
            sheet: (name, sha256, sheet_name)
            for sheet, _, day, name, sha256, sheet_name in places
            if (self.as_of is None or day <= self.as_of) and sheet not in unloaded
        }
        self._judgement_lines = read_judgement_lines(self._server, judgements) if judgements else []
        self._today = state_as_of(self._kept, None)
        self._visible_clause = [*self._places, *self._looking_back(self.as_of, self._places)]
        is_unjudged = bool(self._judgement_lines) and not self._is_judged
        self._is_told_here = self.as_of is not None or self._told != self._loads or is_unjudged
        if self._is_told_here:
            self._tell_apart()

    def _looking_back(self, as_of: str | None, sheets: Container[int]) -> Iterator[int]:
        """What :data:`VISIBLE` needs beside the sheets: rows that counted then and do not now, and the other way
        round.
        """
        if as_of is None:
            return
        yield from (UNLOADED_BASE + sheet for sheet in self._today.unloaded if sheet in sheets)
        then = state_as_of(self._kept, as_of).withdrawn
        first: dict[tuple[int, int], int] = {}
        for correction in self._kept:
            first.setdefault((correction.sheet, correction.row), correction.number)
        for place, number in first.items():
            if (place in then) != (place in self._today.withdrawn) and place[0] in sheets:
                yield RETRACTED_BASE + number

    def _past_on(self, as_of: str | None) -> HistoricalState | None:
        from graphtrace.storage.neo4j.corrections import duplicates_of_corrected
        from graphtrace.storage.neo4j.snapshot import HistoricalState

        if not self._kept or (as_of is None and not self._is_unsettled):
            return None
        state = state_as_of(self._kept, as_of)
        marks: dict[tuple[int, int, Kind], bool] = {}
        known = self._sheet_loads if as_of == _BEFORE_ALL else self._places
        for twins in duplicates_of_corrected(self._server, self._today.unloaded):
            counting = [place for place in twins if place[0] in known and place[:2] not in state.withdrawn]
            if as_of == _BEFORE_ALL:
                marks.update({place: self._is_said_before(place, counting[:n]) for n, place in enumerate(counting)})
            else:
                marks.update({place: number > 0 for number, place in enumerate(counting)})
        return HistoricalState(
            marks,
            {key: writings for key, writings in state.writings.items() if key[1] in known},
            {key: is_named for key, is_named in state.carriers.items() if key[0] in known},
        )

    @property
    def _is_unsettled(self) -> bool:
        """Whether the graph may still show what was taken away."""
        return bool(self._today.unloaded) and self._told != self._loads

    def _is_said_before(self, place: tuple[int, int, Kind], earlier: Iterable[tuple[int, int, Kind]]) -> bool:
        """Whether one of the earlier rows had not been taken away when a row was loaded."""
        load = self._sheet_loads[place[0]]
        return any(self._today.unloaded.get(sheet, load) >= load for sheet, *_ in earlier)

    @cached_property
    def _as_loaded(self) -> HistoricalState | None:
        """What all corrections have changed in the graph."""
        return self._past_on(_BEFORE_ALL)

    def _tell_apart(self) -> None:
        """Learns who is who from the mentions that were known, where the graph has not caught up or knows more."""
        self._is_told_here = True
        rows = self._party_snapshot._query("SELECT ident, id, name, is_carrier, bearers FROM told")
        self._parties = {mention: Party(*party) for mention, *party in rows}

    def _query(self, cypher: str, **parameters: Any) -> list[list[Any]]:
        return self._server.run_read(cypher, **parameters)

    # -- parts of the case on this side ------------------------------------------------------------------------

    @cached_property
    def _heads(self) -> PrefixTable:
        from graphtrace.storage.neo4j.snapshot import PrefixTable

        return PrefixTable()

    @cached_property
    def _fields(self) -> frozenset[tuple[Kind, str]]:
        """The properties that records of a kind have."""
        rows = self._query(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $seen RETURN DISTINCT f.fields", seen=self._visible_clause
        )
        known = {f"{kind}.": kind for kind in KINDS}
        return frozenset(
            (known[field[: field.index(".") + 1]], field[field.index(".") + 1 :])
            for (fields,) in rows
            for field in fields
        )

    def _new_snapshot(self) -> LocalSnapshot:
        from graphtrace.storage.neo4j.snapshot import LocalSnapshot

        past = self._past_on(self.as_of)
        return LocalSnapshot(
            self._server,
            self._heads,
            seen=self._visible_clause,
            fields=self._fields,
            past=past,
            judgements=self._counting_judgements(),
            memory_bytes=self._memory_bytes,
        )

    def _counting_judgements(self) -> list[StoredJudgement]:
        """The lines about judgements that count on the day in question."""
        if not self._is_judged:
            return []
        day = self.as_of
        return [kept for kept in self._judgement_lines if day is None or content_of(kept.entry)["at"][:10] <= day]

    @cached_property
    def judgements(self) -> JudgementBook:
        """The judgements by which this store goes."""
        lines = self._counting_judgements()
        if not lines:
            return JudgementBook([], (), {})
        if self._is_told_here:
            return self._party_snapshot.judgements
        judgements = parse_judgements([kept.entry for kept in lines])
        rows = self._query(
            "MATCH (m:Mention)-[:NAMES]->(p:Party) WHERE m.member IN $members AND m.sheets[0] <= $last "
            "RETURN m.member, p.id, m.sheets, m.days, m.places, m.names",
            members=sorted({member for judgement in judgements for member in judgement.parties}),
            last=max(self._places, default=0),
        )
        ranks = {sheet: (sha256, name or "") for sheet, (_, sha256, name) in self._places.items()}
        writings: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        parties = {}
        for member, party, *columns in rows:
            parties[member] = party
            writings[member] += [
                (day, ranks[sheet], place, name)
                for sheet, day, place, name in zip(*columns, strict=True)
                if sheet in ranks and name
            ]
        names = {member: min(found)[-1] for member, found in writings.items() if found}
        places = {member: (party, names.get(member, member.partition(":")[2])) for member, party in parties.items()}
        return JudgementBook(judgements, self._suspended, places)

    @cached_property
    def _party_snapshot(self) -> DuckDBBackend:
        """All mentions, told apart on this side, and no records."""
        excerpt = self._new_snapshot()
        excerpt.fetch_people()
        return excerpt.store()

    @cached_property
    def _full_snapshot(self) -> DuckDBBackend:
        """The whole case on this side."""
        excerpt = self._new_snapshot()
        excerpt.fetch_all()
        excerpt.withdraw_supports(state_as_of(self._kept, self.as_of).withdrawn)
        return excerpt.store()

    # -- rows --------------------------------------------------------------------------------------------------

    def _load_parties(self, mentions: Iterable[int | None]) -> None:
        unknown = {mention for mention in mentions if mention is not None and mention not in self._parties}
        if not unknown:
            return
        found = self._query(
            "MATCH (c:Case {id: 'case'}) UNWIND $mentions AS mention "
            "MATCH (m:Mention {mention: mention})-[:NAMES]->(p:Party) "
            "RETURN c.told, mention, p.id, p.name, p.is_carrier, p.bearers",
            mentions=list(unknown),
        )
        if all(told == self._told for told, *_ in found):
            self._parties.update({mention: Party(*party) for _, mention, *party in found})
        else:
            # somebody loaded meanwhile: this reader goes on with what it began with
            self._tell_apart()

    def _learn(self, *tables: list[list[Any]]) -> None:
        """Learns the senders and receivers of rows (body last)."""
        self._load_parties({row[side] for rows in tables for row in rows for side in (_SENDER, _RECEIVER)})

    def _row(self, body: Sequence[Any], lot: KeyRange | None, tail: str | None) -> StoredRecord:
        (kind, sender, receiver, date, quantity, msisdn, imsi, imei) = body[:8]
        *texts, record_no, sheet, row = body[8:]
        name, sha256, sheet_name = self._places[sheet]
        return StoredRecord._make(
            (
                kind,
                lot,
                tail,
                None if sender is None else self._parties[sender],
                None if receiver is None else self._parties[receiver],
                parse_stored_date(date),
                quantity,
                msisdn,
                imsi,
                imei,
                *texts,
                Origin(name, sha256, sheet_name, row, record_no),
            )
        )

    def records(self, keys: Sequence[str]) -> Mapping[str, Sequence[StoredRecord]]:
        found: dict[str, list[StoredRecord]] = defaultdict(list)
        if not keys:
            return found
        singles: list[list[Any]] = []
        covering: list[Sequence[str]] = []
        if len(keys) > _FEW:
            singles = self._query(f"{_BY_CARD} RETURN key, r.tail, {_BODY}", keys=list(keys), seen=self._visible_clause)
            covering = self._lots_over(keys)
        else:
            for key, lot, *row in self._query(
                _BY_NUMBER, asked=_asked(keys), classes=self._classes, seen=self._visible_clause
            ):
                if lot is None:
                    singles.append([key, *row])
                else:
                    covering.append((key, lot))
        self._fetch_lots({lot for _, lot in covering})
        self._learn(singles)
        self._keep_tails(keys, singles)
        for key, tail, *body in singles:
            found[key].append(self._row(body, None, tail or ""))
        for key, lot in covering:
            if rows := self._lot_rows[lot]:
                found[key] += rows
        return found

    def _lots_over(self, keys: Iterable[str]) -> list[Sequence[str]]:
        """Pairs of a key and a lot that covers it: one look-up in the index for each key and size class."""
        rows = self._query(
            f"UNWIND $asked AS asked {_OVER} RETURN asked[0], collect(l.id)", asked=_asked(keys), classes=self._classes
        )
        return [(key, lot) for key, lots in rows for lot in lots]

    def _fetch_lots(self, lots: set[str]) -> None:
        """The rows of lots, which all cards of a lot share."""
        unknown = {lot for lot in lots if lot not in self._lot_rows}
        if not unknown:
            return
        rows = self._query(
            f"UNWIND $lots AS lot MATCH (l:Lot {{id: lot}})<-[:{_NAMED}]-(r:Record) WHERE {_SEEN} "
            f"RETURN lot, l.first, l.last, {_BODY}",
            lots=list(unknown),
            seen=self._visible_clause,
        )
        self._learn(rows)
        self._lot_rows.update({lot: [] for lot in unknown})
        for lot, first, last, *body in rows:
            self._lot_rows[lot].append(self._row(body, _key_range(first, last), None))

    def _unnumbered(self, match: str, **parameters: Any) -> list[StoredRecord]:
        rows = self._query(f"{match} RETURN {_BODY}", seen=self._visible_clause, **parameters)
        self._learn(rows)
        return [self._row(body, None, None) for body in rows]

    def quantity_records(self) -> Sequence[StoredRecord]:
        return self._unnumbered(f"MATCH (r:{QUANTITY_ONLY}) WHERE {_SEEN}")

    @cached_property
    def has_unlinked_events(self) -> bool:
        """Whether any row names no card but an MSISDN or IMSI."""
        return bool(self._query(f"MATCH (r:{WAITING}) WHERE {_SEEN} RETURN 1 LIMIT 1", seen=self._visible_clause))

    def unlinked_events(self, numbers: Iterable[str]) -> Sequence[StoredRecord]:
        return self._unnumbered(
            f"MATCH (r:{WAITING}) WHERE {_SEEN} AND (r.msisdn IN $numbers OR r.imsi IN $numbers)", numbers=list(numbers)
        )

    def unlinked_events_in_device(self, imei: str) -> Sequence[StoredRecord]:
        return self._unnumbered(f"MATCH (r:{WAITING} {{device: $imei}}) WHERE {_SEEN}", imei=imei)

    def subscriber_links(self, numbers: Iterable[str]) -> Sequence[SubscriberLink]:
        rows = self._query(
            " UNION ".join(
                f"UNWIND $numbers AS number MATCH (r:Record {{{column}: number}})-[:{_NAMED}]->(c:Card) WHERE {_SEEN} "
                "RETURN number, c.key AS key, r.date AS date, r.sheet AS sheet"
                for column in ("msisdn", "imsi")
            ),
            numbers=sorted(set(numbers)),
            seen=self._visible_clause,
        )
        return [SubscriberLink(number, key, parse_stored_date(date)) for number, key, date, _ in rows]

    def cards_by_device(self, imeis: Iterable[str]) -> Mapping[str, Sequence[str]]:
        wanted = sorted(set(imeis))
        if not wanted:
            return {}
        rows = self._query(
            f"UNWIND $imeis AS imei MATCH (r:Record {{device: imei}})-[:{_NAMED}]->(c:Card) "
            f"USING INDEX SEEK r:Record(device) WHERE {_SEEN} "
            "RETURN imei, collect(DISTINCT c.key)",
            imeis=wanted,
            seen=self._visible_clause,
        )
        return {imei: sorted(keys) for imei, keys in rows}

    def check_chars(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        wanted = list(keys)
        known = {key: self._tails[key] for key in wanted if key in self._tails}
        if unknown := [key for key in wanted if key not in known]:
            rows = self._query(f"{_BY_CARD} RETURN key, r.tail", keys=unknown, seen=self._visible_clause)
            known |= self._keep_tails(unknown, rows)
        return {key: tails for key, tails in known.items() if tails}

    def _keep_tails(self, keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[str]]:
        """Keeps how cards were written, for the question about them that follows when their rows were read."""
        if len(self._tails) + len(keys) > _MOST_TAILS:
            self._tails.clear()
        found: dict[str, set[str]] = {key: set() for key in keys}
        for key, tail, *_ in rows:
            found[key].add(tail or "")
        kept = {key: sorted(tails) for key, tails in found.items()}
        self._tails.update(kept)
        return kept

    # -- searching ---------------------------------------------------------------------------------------------

    def match_pattern(self, pattern: Pattern, *, most: int) -> Sequence[str]:
        found: set[str] = set()
        for rows in self._server.stream(
            f"MATCH (c:Card)<-[:{_NAMED}]-(r:Record) WHERE c.key STARTS WITH $prefix AND c.key =~ $regex AND {_SEEN} "
            "WITH c.key AS key, collect(DISTINCT r.tail) AS tails RETURN key, tails ORDER BY key",
            size=most,
            prefix=pattern.prefix,
            regex=pattern.key_regex,
            seen=self._visible_clause,
        ):
            found.update(key for key, tails in rows if pattern.matches(key, tails))
            if len(found) > most:
                return sorted(found)
        lots = self._query(
            "MATCH (c:Lot) WHERE left(c.first, size($prefix)) <= $prefix AND left(c.last, size($prefix)) >= $prefix "
            f"AND {_IS_NAMED} RETURN c.first, c.last ORDER BY c.head, c.lo, c.hi",
            prefix=pattern.prefix,
            seen=self._visible_clause,
        )
        for first, last in lots:
            for run in pattern.runs_in(_key_range(first, last)):
                for number in range(run.first, run.last + 1):
                    found.add(join_key(run.head, run.size, number))
                    if len(found) > most:
                        return sorted(found)
        return sorted(found)

    def nearby_lot_ends(self, key: str, *, within: int) -> Sequence[str]:
        text, size, number = split_key(key)
        low, high = max(number - within, 0), min(number + within, 10 ** (size - len(text)) - 1)
        moved = f"EXISTS {{ (c)<-[:MOVES]-(r:Record) WHERE {_SEEN} }}"
        rows = self._query(
            f"MATCH (c:Lot) WHERE c.head = $head AND $low <= c.lo AND c.lo <= $high AND {moved} RETURN c.first AS key "
            f"UNION MATCH (c:Lot) WHERE c.head = $head AND $low <= c.hi AND c.hi <= $high AND {moved} "
            "RETURN c.last AS key "
            f"UNION MATCH (c:Card) WHERE $first <= c.key AND c.key <= $last AND c.head = $head AND {moved} "
            "RETURN c.key AS key",
            head=prefix_pattern(text, size),
            low=low,
            high=high,
            first=join_key(text, size, low),
            last=join_key(text, size, high),
            seen=self._visible_clause,
        )
        return [end for (end,) in rows]

    def existing_keys(self, keys: Iterable[str]) -> Sequence[str]:
        wanted = list(keys)
        if not wanted:
            return []
        listed = self._query(
            f"UNWIND $keys AS key MATCH (c:Card {{key: key}}) WHERE {_IS_NAMED} RETURN key",
            keys=wanted,
            seen=self._visible_clause,
        )
        covering = self._lots_over(wanted)
        self._fetch_lots({lot for _, lot in covering})
        return list({key for (key,) in listed} | {key for key, lot in covering if self._lot_rows[lot]})

    # -- parties -----------------------------------------------------------------------------------------------

    def find_parties(self, *, ids: Sequence[str], name_key: str) -> Sequence[Party]:
        if self._is_told_here:
            return self._party_snapshot.find_parties(ids=ids, name_key=name_key)
        rows = self._query(
            f"MATCH (m:Mention)-[:NAMES]->(p:Party) WHERE p.id IN $ids AND m.sheets[0] <= $last {_PARTY} "
            f"UNION MATCH (m:Mention)-[:NAMES]->(p:Party) WHERE m.member IN $ids AND m.sheets[0] <= $last {_PARTY}",
            ids=list(ids),
            last=max(self._places, default=0),
        )
        rows = rows or self._query(
            "MATCH (m:Mention)-[:NAMES]->(p:Party) "
            f"WHERE m.name_key = $name_key AND $name_key <> '' AND m.sheets[0] <= $last {_PARTY}",
            name_key=name_key,
            last=max(self._places, default=0),
        )
        return sorted(Party(*row) for row in rows)

    def names_of_party(self, party: Party) -> Sequence[tuple[str, str]]:
        if self._is_told_here:
            return self._party_snapshot.names_of_party(party)
        rows = self._query(
            "MATCH (p:Party {id: $id})<-[:NAMES]-(m:Mention) RETURN m.member, m.sheets, m.names", id=party.id
        )
        known = self._places
        return sorted(
            {
                (member, name)
                for member, sheets, names in rows
                for sheet, name in zip(sheets, names, strict=True)
                if sheet in known and name
            }
        )

    def all_names(self) -> Sequence[tuple[Party, str]]:
        return self._party_snapshot.all_names()

    def complementary_lots(self) -> Iterable[ComplementaryLots]:
        return self._full_snapshot.complementary_lots()

    def histories(self, lots: Sequence[CardInterval]) -> Iterable[tuple[int, str, Sequence[StoredRecord]]]:
        return self._full_snapshot.histories(lots)

    def suggest_parties(self, name_key: str, *, most: int) -> Sequence[Party]:
        return self._party_snapshot.suggest_parties(name_key, most=most)

    def _mention_ids(self, parties: Iterable[Party]) -> list[int]:
        """The mentions that mean the parties."""
        ids = {party.id for party in parties}
        if self._is_told_here:
            return [mention for mention, party in self._parties.items() if party.id in ids]
        rows = self._query(
            "MATCH (p:Party)<-[:NAMES]-(m:Mention) WHERE p.id IN $ids AND m.sheets[0] <= $last RETURN m.mention",
            ids=list(ids),
            last=max(self._places, default=0),
        )
        return [mention for (mention,) in rows]

    def _carriers(self) -> list[int]:
        """The mentions that mean a carrier."""
        if self._is_told_here:
            return [mention for mention, party in self._parties.items() if party.is_carrier]
        rows = self._query(
            "MATCH (p:Party)<-[:NAMES]-(m:Mention) WHERE p.is_carrier AND m.sheets[0] <= $last RETURN m.mention",
            last=max(self._places, default=0),
        )
        return [mention for (mention,) in rows]

    def is_user(self, party: Party) -> bool:
        """Whether some record of use names the party."""
        rows = self._query(
            "MATCH (m:Mention)-[:NAMES]->(p:Party) WHERE m.mention IN $mentions WITH DISTINCT p "
            f"MATCH (r:Activation|Usage)-[:USED_BY]->(p) WHERE r.receiver IN $mentions AND {_SEEN} RETURN 1 LIMIT 1",
            mentions=self._mention_ids([party]),
            seen=self._visible_clause,
        )
        return bool(rows)

    def card_id(self, key: str) -> int | None:
        return self._heads.packed(key)

    def seized_cards(self) -> Sequence[int]:
        rows = self._query(
            f"MATCH (r:Seizure)-[:OF]->(c:Card) WHERE {_SEEN} RETURN DISTINCT c.key ORDER BY c.key",
            seen=self._visible_clause,
        )
        return sorted(self._heads.packed(key) for (key,) in rows)

    # -- what adds up many records -----------------------------------------------------------------------------

    unlinked_events_in = aggregates.unlinked_events_in
    audit_session = aggregates.audit_session
    movement_columns = aggregates.movement_columns
    cards_received_by = aggregates.cards_received_by
    counterparties = aggregates.counterparties
    card_counts = aggregates.card_counts
    count_cards = aggregates.count_cards
    lots_in_transfer = aggregates.lots_in_transfer
    lots_outside_transfers = aggregates.lots_outside_transfers
    lots_with_event = aggregates.lots_with_event
    card_keys = aggregates.card_keys
    estimate_size = aggregates.estimate_size
    flow_totals = aggregates.flow_totals
    flow_provenance = aggregates.flow_provenance
    party_totals = aggregates.party_totals
    neighbours = aggregates.neighbours
    iter_records = aggregates.iter_records
    iter_lots = aggregates.iter_lots

    # -- the query library -------------------------------------------------------------------------------------

    @property
    def query_language(self) -> Language:
        """Cypher; SQL over the fetched records where this store goes by other parties than the graph shows."""
        return "sql" if self._is_told_here else "cypher"

    def run_query(self, text: str, parameters: Mapping[str, object]) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        if self._is_told_here:
            return self._full_snapshot.run_query(text, parameters)
        columns, rows = self._server.run_user_query(text, {name: _bound(value) for name, value in parameters.items()})
        if not self.is_fresh():
            raise StoreError("loaded_meanwhile", address=self.address, hint="ask_again")
        return columns, [tuple(map(_plain, row)) for row in rows]

    def read_views(
        self, text: str, parameters: Mapping[str, object], *, is_bundled: bool
    ) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        return self._full_snapshot.read_views(text, parameters, is_bundled=is_bundled)

    # -- the case as a whole -----------------------------------------------------------------------------------

    def is_fresh(self) -> bool:
        """Whether nothing was loaded since the store was opened."""
        return self._query(_STATE) == [self._state]

    def summary(self) -> dict[str, Any]:
        """Counts of what is in the case, for ``status``."""
        if self._is_unsettled:
            taken = {"corrected": self._today.corrected, "unloaded": self._count_unloads()}
            return {**self._full_snapshot.summary(), **taken}
        seen = self._visible_clause
        files = self._query(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $seen "
            "RETURN f.name, f.sha256, f.loaded_at, sum(s.rows), sum(s.loaded), sum(s.duplicate), sum(s.rejected) "
            "ORDER BY f.loaded_at, f.name, f.sha256",
            seen=seen,
        )
        columns = ("file", "sha256", "loaded_at", "rows", "loaded", "duplicate", "rejected")
        kinds = self._query(
            f"MATCH (r:Record) WHERE {_SEEN} AND NOT r:{REPEATED} "
            "RETURN r.kind, count(*), min(r.date), max(r.date), max(CASE size(r.date) WHEN 7 THEN r.date END)",
            seen=seen,
        )
        counts = {kind: count for kind, count, *_ in kinds} | support_cypher.count_supports(self)
        # a month as text comes before its days and ends after them
        whens = [when for row in kinds for text in row[2:] if (when := parse_stored_date(text)) is not None]
        first = min((when.earliest for when in whens), default=None)
        last = max((when.latest for when in whens), default=None)
        ((cards,),) = self._query(f"MATCH (c:Card) WHERE {_IS_NAMED} RETURN count(*)", seen=seen)
        ((ranges,),) = self._query(
            f"MATCH (:Lot)<-[:{_NAMED}]-(r:Record) WHERE {_SEEN} AND NOT r:{REPEATED} RETURN count(*)", seen=seen
        )
        ((quantity,),) = self._query(
            f"MATCH (r:{QUANTITY_ONLY}) WHERE {_SEEN} AND NOT r:{REPEATED} RETURN count(*)", seen=seen
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
        return len({file.sha256 for file in self.loaded_files()} - {sha256 for _, sha256, _ in self._places.values()})

    def _count_parties(self) -> int:
        if self._is_told_here:
            return len({party.id for party in self._parties.values()})
        ((parties,),) = self._query(
            "MATCH (m:Mention)-[:NAMES]->(p:Party) WHERE m.sheets[0] <= $last RETURN count(DISTINCT p)",
            last=max(self._places, default=0),
        )
        return int(parties)

    supports = support_cypher.supports

    @property
    def has_supports(self) -> bool:
        """Whether the case holds any identity, shipment, payment or contact."""
        return bool(self._has_supports)

    def rejects(self) -> Sequence[RejectedRow]:
        rows = self._query(
            "MATCH (r:Reject)-[:IN]->(s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $seen "
            "RETURN f.name, s.name, r.row, r.field, r.reason ORDER BY f.name, f.sha256, s.sheet, r.row, r.place",
            seen=self._visible_clause,
        )
        return [RejectedRow(*row) for row in rows]

    def ledger_entries(self) -> list[str]:
        """The ledger lines, in order: each file carries its own."""
        lines = sorted(self._query(ENTRIES))
        last = len(self._judgement_lines)
        return [
            entry
            for loads, number, line, entry in lines
            if loads <= self._loads and number <= len(self._kept) and line <= last
        ]

    def corrections(self) -> Sequence[Correction]:
        """The corrections of rows whose file is known, in the order in which they were made."""
        return corrections_in_force(self._kept)

    def portable_corrections(self) -> Sequence[PortableCorrection]:
        """The same, as another case can take them over."""

        def names_of(mentions: Sequence[int]) -> dict[int, tuple[str, str]]:
            rows = self._query(
                "UNWIND $mentions AS mention MATCH (m:Mention {mention: mention}) RETURN mention, m.name_key, m.strong",
                mentions=list(mentions),
            )
            return {mention: (name, strong) for mention, name, strong in rows}

        return [PortableCorrection.of(kept, names_of) for kept in self._kept]

    def portable_judgements(self) -> Sequence[StoredJudgement]:
        """The lines about judgements, which are the same in every case."""
        return self._judgement_lines

    def ledger_file(self) -> LedgerFile:
        """The same lines: a server has no ledger beside the database."""
        return LedgerFile(self.ledger_entries(), 0)

    def check_folder(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Nothing: a server has no folder."""
        return iter(())

    def explain(self, error: Exception) -> StoreError | None:  # noqa: ARG002
        """Nothing: what a server raises is an error of the store already."""
        return None

    def source_sha256(self, sha256: str) -> str | None:
        """The SHA-256 of what is kept as the source with this one; ``None`` where nothing is kept."""
        digest = None
        for block in self.read_source(sha256):
            digest = digest or hashlib.sha256()
            digest.update(block)
        return None if digest is None else digest.hexdigest()

    def loaded_files(self) -> Sequence[LoadedFile]:
        """All files, in the order in which they were loaded."""
        rows = self._query(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $sheets "
            "RETURN f.name, f.sha256, f.size, f.loaded_at, f.entry, sum(s.rows), f.load ORDER BY f.load",
            sheets=list(self._sheet_loads),
        )
        return [LoadedFile(*row[:-1]) for row in rows]

    def read_source(self, sha256: str) -> Iterator[bytes]:
        """What is kept as the source with this hash, block by block; nothing where nothing is kept."""
        for rows in self._server.stream(
            "MATCH (c:Chunk)-[:OF]->(:File {sha256: $sha256}) RETURN c.data ORDER BY c.number", size=1, sha256=sha256
        ):
            for (data,) in rows:
                yield zlib.decompress(data)

    @contextmanager
    def open_tables(self, files: Sequence[int]) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database in memory with these files, fetched for this."""
        from graphtrace.storage.neo4j.snapshot import LocalSnapshot

        wanted = set(files)
        sheets = {sheet for sheet, load in self._sheet_loads.items() if load in wanted}
        seen = [*sorted(sheets), *self._looking_back(_BEFORE_ALL, sheets)]
        past = self._as_loaded and self._as_loaded.of_sheets(sheets)
        excerpt = LocalSnapshot(
            self._server,
            self._heads,
            seen=seen,
            fields=self._fields,
            past=past,
            judgements=self._judgement_lines,
            memory_bytes=self._memory_bytes,
        )
        excerpt.fetch_all()
        excerpt.keep_corrections([kept for kept in self._kept if kept.sheet in sheets])
        store = excerpt.store()
        try:
            yield store.new_connection()
        finally:
            store.close()

    def sheet_counts(self) -> list[tuple[str, str, int, int, int, int]]:
        """Per sheet: file, hash, records and rejects counted at load, records stored, repeated ones, rejected rows."""
        rows = self._query(
            f"""
            MATCH (r:Record) WHERE {STATED_IN} IN $sheets
            WITH {STATED_IN} AS sheet, count(*) AS stored, count(CASE WHEN r:{REPEATED} THEN 1 END) AS repeated
            WITH collect([sheet, stored, repeated]) AS counted
            MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $sheets
            WITH s, f, head([c IN counted WHERE c[0] = s.sheet] + [[s.sheet, 0, 0]]) AS counted
            WITH s, f, counted[1] AS stored, counted[2] AS repeated
            RETURN f.name, f.sha256, s.records + s.rejected, stored, repeated, s.rejected, s.sheet ORDER BY s.sheet
            """,
            sheets=list(self._sheet_loads),
        )
        supports = support_cypher.count_by_sheet(self)
        return [
            (
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
    """Keys with their heads and numbers, as questions about cards take them."""
    asked: list[list[Any]] = []
    for key in keys:
        text, size, number = split_key(key)
        asked.append([key, prefix_pattern(text, size), number])
    return asked


def _bound(value: object) -> object:
    """A card becomes what its nodes and the lots around it are found by."""
    if isinstance(value, CardKey):
        text, size, number = split_key(value)
        return {"key": str(value), "head": prefix_pattern(text, size), "number": number}
    return [_bound(member) for member in value] if isinstance(value, list) else value


def _plain(cell: Any) -> Any:
    """Days and times become text, in lists too."""
    if isinstance(cell, list):
        return [_plain(member) for member in cell]
    return cell.iso_format() if hasattr(cell, "iso_format") else cell


@lru_cache(maxsize=65536)
def parse_stored_date(text: str | None) -> DateSpan | None:
    """Parse a date in the form of :attr:`~graphtrace.model.DateSpan.iso`."""
    if text is None:
        return None
    if len(text) == len("YYYY-MM"):
        first = date.fromisoformat(f"{text}-01")
        return DateSpan(to_epoch_day(first), to_epoch_day(first) + monthrange(first.year, first.month)[1] - 1)
    day = to_epoch_day(date.fromisoformat(text[:10]))
    if "T" not in text:
        return DateSpan(day, day)
    hours, minutes, seconds = (int(part) for part in text[11:19].split(":"))
    return DateSpan(day, day, (hours * 60 + minutes) * 60 + seconds)


@lru_cache(maxsize=65536)
def _key_range(first: str, last: str) -> KeyRange:
    head, size, low = split_key(first)
    return KeyRange(head, size, low, split_key(last)[2])
