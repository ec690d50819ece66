"""The embedded case: one folder with a DuckDB file, the sources by hash, the rejects and the ledger.

``NAME.gtrace/`` holds ``case.N.duckdb``, ``sources/<sha256>``, ``rejects/*.csv``, ``ledger.jsonl`` and, during a write,
a lock on ``lock``. A database in the folder is never written: a change makes a new one with the next number
(:meth:`graphtrace.storage.duckdb.duckdb_writer.DuckDBWriter.publish`), and a reader keeps the one that it opened.
Everything that DuckDB raises is translated here and in :mod:`graphtrace.storage.duckdb.duckdb_writer`.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from graphtrace.errors import StoreError
from graphtrace.identifiers import Pattern, join_key, pack_number
from graphtrace.identifiers.iccid import ends_in_check_digit
from graphtrace.model import KINDS, SUPPORT_KINDS, DateSpan, Party
from graphtrace.platform import system
from graphtrace.private_files import read_blocks, read_file
from graphtrace.storage.base import CaseContents, IntegrityFacts, LoadedFile, Scope, SheetTotals, complete_selection
from graphtrace.storage.case_folder import (
    DEFAULT_WAIT_S,
    LEDGER,
    LOOKUPS,
    NOTES,
    SOURCES,
    Deadline,
    check_folder,
    find_case,
    find_database,
)
from graphtrace.storage.correction_log import PortableCorrection
from graphtrace.storage.duckdb import duckdb_queries
from graphtrace.storage.duckdb.duckdb_queries import CardIndex, UnreadCards
from graphtrace.storage.duckdb.duckdb_schema import (
    DEVICE,
    FOLDER_TABLES,
    FORMAT,
    KEYS_PER_PREFIX,
    LEDGER_SQL,
    MOVES,
    NAMED_PARTY,
    NARROW_READ_COLUMNS,
    READ_COLUMNS,
)
from graphtrace.storage.duckdb.object_check import require_plain_objects
from graphtrace.storage.duckdb.session import CaseSession
from graphtrace.storage.duckdb.visibility import (
    VisibleRecords,
    base_schema,
    read_judgements,
    read_suspended,
    stored_judgements,
)
from graphtrace.storage.duckdb.workarounds import read_error, safe_settings, translated_faults
from graphtrace.storage.judgement_log import JudgementBook
from graphtrace.storage.ledger import LedgerFile, Moment, day_of, lines_of, read_entries
from graphtrace.storage.memory_budget import database_share, question_bytes
from graphtrace.storage.resolution import RESOLUTION_PENDING, judged_members, resolve_parties
from graphtrace.storage.stored_records import (
    COUNTED,
    NO_RECORDS,
    CardSelection,
    HardwareRecords,
    NumberRecords,
    StoredRecord,
    UnreadMovement,
    numbers_of,
)

if TYPE_CHECKING:
    from graphtrace.results.library import Language
    from graphtrace.results.replies import ReplyCheck

_MAX_POINT_LOOKUPS = 8
"""Maximum number of cards that are looked up one by one; more are found in one pass over the tables."""

_PRELOAD_PARTIES_AFTER = 3
"""Number of look-ups of single cards after which the parties of all ranges are cached."""

_BUILD_INDEX_AFTER = 50
"""Number of look-ups of single cards after which the index of their rows is built."""

_MAX_ON_DISK = 20
"""Maximum size of the data that the database spills to disk, as a multiple of its share of memory."""

_MAX_RANGES = 1_000_000
"""Maximum number of ranges that are held in memory, at some hundred bytes each."""

_BODY = READ_COLUMNS


def connect(folder: Path, *, memory_bytes: int, deadline: Deadline) -> tuple[duckdb.DuckDBPyConnection, Path]:
    """Open a locked-down connection to the newest database of a case folder, with a memory limit, and return both.

    Raises CaseMissing if there is no case; CaseLocked if its first load is under way until the deadline; CaseDamaged if
    the database cannot be read or has another format, or a part of the folder is a link; StoreError if its file cannot
    be opened.
    """
    check_folder(folder)
    while True:
        database = find_case(folder, deadline)
        try:
            return open_database(database, folder, memory_bytes=memory_bytes, read_only=True), database
        except duckdb.Error as error:
            # a newer one may have taken its place; on Windows others can keep it from being opened
            if find_database(folder) == database and not (system.is_in_use(database) and deadline.wait()):
                raise read_error(error, database) from error


_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "preserve_insertion_order": True,
    "asof_loop_join_threshold": 0,
    "enable_external_access": False,
}
"""Settings under which a connection can reach nothing outside the file, and cannot be changed any more.

An ASOF join is by sorting always: a loop is taken where one side is thought to be short, and guesses about lists that
are given as parameters are wrong by a factor of a million.
"""


def open_database(
    database: Path, folder: Path, *, memory_bytes: int, read_only: bool = False, create: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a locked-down connection to a database of the case in ``folder``, after a check of its objects.

    With ``create``, a file that is not there becomes one, which needs no check.
    """
    is_new = create and not database.exists()
    con = duckdb.connect(str(database), read_only=read_only, config={**_LOCKED_DOWN, **safe_settings()})
    try:
        # what a process has opened already keeps its limits: with others it could not be opened a second time
        with suppress(duckdb.InvalidInputException):
            con.execute(f"SET memory_limit = '{memory_bytes}B'")
            con.execute(f"SET max_temp_directory_size = '{_MAX_ON_DISK * memory_bytes}B'")
            con.execute("SET lock_configuration = true")
        with translated_faults(folder):
            if is_new:
                _make_case(con)
            else:
                require_plain_objects(con, folder)
    except BaseException:
        con.close()
        raise
    return con


def _make_case(con: duckdb.DuckDBPyConnection) -> None:
    con.begin()
    con.execute(";".join(FOLDER_TABLES))
    started = "('resolved_through', '0'), ('suspended', '[]'), ('recorded', '0')"
    con.execute(f"INSERT INTO meta VALUES ('format', ?), {started}", [FORMAT])
    con.commit()


class DuckDBBackend(CaseSession):
    """Reader of a case folder, a partition or a snapshot. ``as_of`` fixes the moment whose knowledge is asked for.

    It applies the judgements about parties, unless it is opened without them (``judged``).
    With ``con`` it reads the tables of that connection instead, and closes it at the end.
    """

    def __init__(
        self,
        folder: Path,
        *,
        as_of: Moment | None = None,
        judged: bool = True,
        con: duckdb.DuckDBPyConnection | None = None,
        wait_s: float = DEFAULT_WAIT_S,
        memory_bytes: int | None = None,
    ) -> None:
        self.as_of = as_of
        memory_bytes = memory_bytes or question_bytes()
        self._database: Path | None = None
        if con is None:
            share = database_share(memory_bytes)
            con, self._database = connect(folder, memory_bytes=share, deadline=Deadline(wait_s))
        super().__init__(con, folder, memory_bytes)
        self._is_folder = self._database is not None
        self._point_lookups = 0
        self._card_rows: CardIndex | None = None
        self._replies_at: tuple[int, int] | None = None
        self._replies: Mapping[str, ReplyCheck] = {}
        try:
            self._overlay = VisibleRecords(self.con, as_of)
            made = read_judgements(self.con, as_of)
            self._judgements = made if judged else []
            if as_of is not None or self.query(RESOLUTION_PENDING) == [(True,)] or made != self._judgements:
                self.party_schema = "temp"
            self.install_views(self.con)
        except BaseException as error:
            explained = self.explain(error) if isinstance(error, Exception) else None
            self.close()
            if explained is not None:
                raise explained from error
            raise

    def close(self) -> None:
        self.con.close()

    @property
    def filters_sheets(self) -> bool:
        return self._overlay.has_seen

    def install_views(self, con: duckdb.DuckDBPyConnection) -> None:
        """Install views that hide invisible records on a connection."""
        self._overlay.install_views(con)
        if self.party_schema == "temp":
            sheets = "temp.seen" if self.filters_sheets else "main.sheets"
            self._suspended = resolve_parties(con, self._judgements, table="TEMP TABLE resolved_parties", sheets=sheets)

    @cached_property
    def judgements(self) -> JudgementBook:
        """Return the judgements that this store applies."""
        if not self._judgements:
            return JudgementBook([], (), {})
        members = sorted({member for judgement in self._judgements for member in judgement.parties})
        suspended = read_suspended(self.con) if self.party_schema == "main" else self._suspended
        with translated_faults(self.folder):
            places = judged_members(self.con, f"{self.party_schema}.resolved_parties", members)
        return JudgementBook(self._judgements, suspended, places)

    # -- rows --------------------------------------------------------------------------------------------------

    def select(self, keys: Sequence[str], *, records_only: bool = False) -> CardSelection:
        found = CardSelection(self._records(keys), NO_RECORDS, {}, {})
        return found if records_only else complete_selection(self, found, self._cards_by_shared_device)

    def _records(self, keys: Sequence[str]) -> Mapping[str, Sequence[StoredRecord]]:
        packed = self.card_ids(keys)
        if len(packed) > _MAX_POINT_LOOKUPS:
            return self._rows_of_many(packed)
        found: dict[str, list[StoredRecord]] = defaultdict(list)
        for number, key in packed.items():
            self._warm_caches()
            if self._card_rows is not None:
                card_records, ranges = self._card_rows.card_records(number), self._card_rows.ranges(number)
            else:
                card_records = [row for part in self._parts for row in self.query(f"{part} WHERE key = {number}")]
                ranges = self.query(
                    f"SELECT first, last, {_BODY} FROM range_records WHERE first <= {number} AND last >= {number}"
                )
            card_records, ranges = self.filter_visible(card_records, ranges)
            rows = [self.record(body, None, check_char or "") for _, check_char, *body in card_records]
            rows += [self.range_record(first, last, body) for first, last, *body in ranges]
            if rows:
                found[key] = rows
        return found

    def _warm_caches(self) -> None:
        """Count a look-up of a single card; after several, load what speeds up the next ones.

        First all parties of ranges, which recur; then, in a case folder without corrections or an earlier day, the
        index of the rows of cards.
        """
        self._point_lookups += 1
        if (
            self._point_lookups not in (_PRELOAD_PARTIES_AFTER, _BUILD_INDEX_AFTER)
            or self.query("SELECT count(*) FROM range_records")[0][0] > _MAX_RANGES
        ):
            return
        if self._point_lookups == _PRELOAD_PARTIES_AFTER:
            rows = self.query(
                f"SELECT ident, {NAMED_PARTY} "
                f"FROM {self.party_schema}.resolved_parties LEFT JOIN mentions USING (ident) "
                "WHERE ident IN (SELECT sender FROM range_records UNION SELECT receiver FROM range_records)"
            )
            self.parties_by_mention.update({ident: Party(*party) for ident, *party in rows})
        elif self._is_as_loaded:
            self._card_rows = CardIndex(self)

    @property
    def _is_as_loaded(self) -> bool:
        """Whether rows are read from the tables of a case folder itself, without views before them."""
        return self._is_folder and self._overlay.is_empty

    @property
    def _parts(self) -> list[str]:
        """Return queries for the rows that list a card, on the tables themselves: the view over them is slower."""
        if not self._is_as_loaded:
            return [f"SELECT key, check_char, {_BODY} FROM card_records"]
        return [
            f"SELECT {NARROW_READ_COLUMNS} FROM narrow_card_records",
            f"SELECT key, check_char, {_BODY} FROM wide_card_records",
        ]

    def _rows_of_many(self, packed: Mapping[int, str]) -> dict[str, Sequence[StoredRecord]]:
        """Return the rows of many cards in one pass over each table; cards under the same ranges share their rows."""
        asked = sorted(packed)
        wanted = "(SELECT unnest(?::BIGINT[]) AS wanted) AS asked"
        (card_records,) = self.filter_visible(
            self.query(f"SELECT key, check_char, {_BODY} FROM card_records JOIN {wanted} ON key = wanted", asked)
        )
        found: dict[str, Sequence[StoredRecord]] = {}
        for low, high, cover in self._covering_ranges(asked):
            found.update((packed[number], cover) for number in asked[low:high])
        listed: dict[int, list[StoredRecord]] = defaultdict(list)
        for number, check_char, *body in card_records:
            listed[number].append(self.record(body, None, check_char or ""))
        for number, rows in listed.items():
            key = packed[number]
            found[key] = [*rows, *found.get(key, ())]
        return found

    def _covering_ranges(self, asked: Sequence[int]) -> Iterator[tuple[int, int, Sequence[StoredRecord]]]:
        """Yield the ranges over sorted cards, as (first place, place after the last, rows)."""
        import numpy as np

        first, last, sheet, row, kind = self.query_arrays("SELECT first, last, sheet, row, kind FROM range_records")
        cards = np.array(asked, dtype=np.int64)
        low, high = np.searchsorted(cards, first), np.searchsorted(cards, last, side="right")
        near = np.flatnonzero(low < high)
        (bodies,) = self.filter_visible(
            self.query(
                f"SELECT first, last, {_BODY} FROM range_records "
                "SEMI JOIN (SELECT unnest(?::INTEGER[]) AS sheet, unnest(?::UINTEGER[]) AS row) USING (sheet, row)",
                sheet[near].tolist(),
                row[near].tolist(),
            )
        )
        rows: dict[tuple[int, ...], StoredRecord] = {
            (first, last, body[-2], body[-1], body[0]): self.range_record(first, last, body)
            for first, last, *body in bodies
        }
        beginning: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        ending: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        columns = (low, high, first, last, sheet, row, kind)
        for begin, end, *place in zip(*(each[near].tolist() for each in columns), strict=True):
            if (covering := tuple(place)) in rows:
                beginning[begin].append(covering)
                ending[end].append(covering)
        open_rows: dict[tuple[int, ...], StoredRecord] = {}
        for begin, end in pairwise(sorted({*beginning, *ending})):
            for covering in ending[begin]:
                del open_rows[covering]
            open_rows.update((covering, rows[covering]) for covering in beginning[begin])
            if open_rows:
                yield begin, end, tuple(open_rows.values())

    def quantity_records(self) -> Sequence[StoredRecord]:
        rows = self.query(f"SELECT {_BODY} FROM cardless_records WHERE kind IN ({MOVES}) AND quantity IS NOT NULL")
        return [self.record(body, None, None) for body in self.filter_visible(rows)[0]]

    def find_events(self, numbers: Iterable[str]) -> NumberRecords:
        asked = list(map(pack_number, numbers))
        if not asked:
            return NO_RECORDS
        return self._events("(list_contains($1::BIGINT[], msisdn) OR list_contains($1::BIGINT[], imsi))", asked)

    def find_hardware(self, kind: Literal["eid", "imei"], number: str) -> HardwareRecords:
        if kind == "imei":
            cards = self._cards_by_device([number]).get(number, ())
            return HardwareRecords(cards, self._events(f"{DEVICE} = $1::BIGINT", number))
        rows = self.query(f"SELECT DISTINCT key FROM card_records WHERE {self.visible_clause} eid = $1", number)
        cards = sorted(self.card_key(key) for (key,) in rows)
        return HardwareRecords(cards, self._events("eid = $1", number))

    @cached_property
    def _unread(self) -> UnreadCards:
        return UnreadCards(self)

    def find_unread(self, keys: Iterable[str], numbers: Iterable[str]) -> Mapping[str, Sequence[UnreadMovement]]:
        return self._unread.find(keys, numbers)

    @property
    def has_unread(self) -> bool:
        return not self._unread.is_empty

    def _events(self, condition: str, value: object) -> NumberRecords:
        """Return the events without a card under a condition, and the links of their numbers."""
        if not self.has_unlinked_events:
            return NO_RECORDS
        rows = self.query(
            f"SELECT {_BODY} FROM cardless_records WHERE kind NOT IN ({MOVES}) "
            f"AND (msisdn IS NOT NULL OR imsi IS NOT NULL) AND {condition}",
            value,
        )
        events = [self.record(body, None, None) for body in self.filter_visible(rows)[0]]
        return NumberRecords(events, self.subscriber_links(numbers_of(events)))

    def _cards_by_shared_device(self, imeis: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the cards of devices, but not of all that only one card was used in."""
        index = self._card_rows
        return self._cards_by_device(imeis if index is None else filter(index.may_be_shared, imeis))

    def _cards_by_device(self, imeis: Iterable[str]) -> Mapping[str, Sequence[str]]:
        rows = self.query_by_ids("SELECT device, key, sheet FROM device_cards WHERE device", map(int, imeis))
        cards: dict[str, set[str]] = defaultdict(set)
        for device, key, sheet in rows:
            if sheet in self.sheet_sources:
                cards[str(device).zfill(14)].add(self.card_key(key))
        return {device: sorted(keys) for device, keys in cards.items()}

    def check_chars(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        packed = self.card_ids(keys)
        rows = self.query_by_ids("SELECT key, coalesce(check_char, ''), sheet FROM card_records WHERE key", packed)
        check_chars: dict[str, set[str]] = defaultdict(set)
        for number, check_char, sheet in rows:
            if sheet in self.sheet_sources:
                check_chars[packed[number]].add(check_char)
        unlisted = {number for number, key in packed.items() if key not in check_chars and ends_in_check_digit(key)}
        for number, sheet in self.query_by_ids(
            "SELECT first, sheet FROM range_records WHERE first = last AND first", unlisted
        ):
            if sheet in self.sheet_sources:
                check_chars[packed[number]].add("")
        return {key: sorted(found) for key, found in check_chars.items()}

    # -- searching ---------------------------------------------------------------------------------------------

    def match_pattern(self, pattern: Pattern, most: int) -> Sequence[str]:
        found: set[str] = set()
        heads = [
            (head, text, size)
            for head, text, size in self.query("SELECT head, text, size FROM key_prefixes ORDER BY text, size")
            if text.startswith(pattern.prefix[: len(text)])
        ]
        for head, text, size in heads:
            digits = size - len(text)
            known = pattern.prefix[len(text) :]
            low = (
                head * KEYS_PER_PREFIX + int(known.ljust(digits, "0") or 0) if known.isdecimal() or not known else None
            )
            if low is None or len(known) > digits:
                continue
            high = head * KEYS_PER_PREFIX + int(known.ljust(digits, "9") or 0)
            rows = self.query(
                "SELECT key, list(DISTINCT coalesce(check_char, '')) FROM card_records "
                f"WHERE {self.visible_clause} key BETWEEN ? AND ? "
                f"AND regexp_matches(? || lpad((key % {KEYS_PER_PREFIX})::VARCHAR, ?, '0'), ?) "
                "GROUP BY key ORDER BY key",
                low,
                high,
                text,
                digits,
                pattern.key_regex,
            )
            for number, check_chars in rows:
                key = self.card_key(number)
                if pattern.matches(key, [check_char for check_char in check_chars if check_char]):
                    found.add(key)
            lots = self.query(
                f"SELECT DISTINCT first, last FROM range_records WHERE {self.visible_clause} first <= ? AND last >= ? "
                f"ORDER BY ALL",
                high,
                low,
            )
            for first, last in lots:
                for run in pattern.runs_in(self.card_range(first, last)):
                    for number in range(run.first, run.last + 1):
                        found.add(join_key(text, size, number))
                        if len(found) > most:
                            return sorted(found)
            if len(found) > most:
                break
        return sorted(found)

    def nearby_ends(self, first: str, last: str, within: int) -> Sequence[str]:
        packed = sorted(self.card_ids([first, last]))
        if not packed:
            return []
        start = packed[0] // KEYS_PER_PREFIX * KEYS_PER_PREFIX
        low, high = max(packed[0] - within, start), min(packed[-1] + within, start + KEYS_PER_PREFIX - 1)
        rows = self.query(
            f"""
            SELECT first FROM range_records WHERE {self.visible_clause} kind IN ({MOVES}) AND first BETWEEN $1 AND $2
            UNION
            SELECT last FROM range_records WHERE {self.visible_clause} kind IN ({MOVES}) AND last BETWEEN $1 AND $2
            UNION SELECT key FROM card_records WHERE {self.visible_clause} kind IN ({MOVES}) AND key BETWEEN $1 AND $2
            """,
            low,
            high,
        )
        return [self.card_key(end) for (end,) in rows]

    def known_cards(self, keys: Iterable[str]) -> Sequence[str]:
        packed = self.card_ids(keys)
        if not packed:
            return []
        rows = self.query(
            f"""
            WITH asked AS (SELECT unnest(?::BIGINT[]) AS wanted)
            SELECT wanted FROM asked SEMI JOIN (SELECT key FROM card_records WHERE {self.visible_clause} true) ON key =
                wanted
            UNION
            SELECT wanted FROM asked JOIN (SELECT first, last FROM range_records WHERE {self.visible_clause} true)
                ON first <= wanted AND last >= wanted
            """,
            list(packed),
        )
        return [packed[number] for (number,) in rows]

    # -- parties and tables ------------------------------------------------------------------------------------

    find_parties = duckdb_queries.find_parties
    names_of_party = duckdb_queries.names_of_party
    count_cards = duckdb_queries.count_cards
    supporting_records = duckdb_queries.supporting_records

    @cached_property
    def has_supporting_records(self) -> bool:
        return duckdb_queries.has_supporting_records(self)

    def card_keys(self, cards: Sequence[int]) -> Sequence[str]:
        return [self.card_key(card) for card in cards]

    def session(self, scope: Scope) -> CaseSession:  # noqa: ARG002
        """Return itself: its tables hold every record."""
        return self

    query_language: Language = "sql"

    def run_cypher(
        self, text: str, parameters: Mapping[str, object]
    ) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        """Refuse: the tables of a folder are asked in SQL."""
        raise AssertionError(f"no Cypher is known here: {text} {parameters}")

    # -- the case as a whole -----------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        files = [
            {
                "file": name,
                "sha256": sha256,
                "loaded_at": loaded_at,
                "rows": int(rows),
                "loaded": int(loaded),
                "duplicate": int(duplicate),
                "rejected": int(rejected),
            }
            for name, sha256, loaded_at, rows, loaded, duplicate, rejected in self.query(
                "SELECT files.name, sha256, loaded_at, sum(row_count), sum(loaded), sum(duplicate), sum(rejected) "
                f"FROM files JOIN sheets USING (file) WHERE {self.visible_clause} true "
                "GROUP BY ALL ORDER BY loaded_at, files.name, sha256"
            )
        ]
        union = " UNION ALL ".join(
            f"SELECT kind, day, day + span AS until FROM {table} WHERE NOT repeated"
            for table in ("card_records", "range_records", "cardless_records")
        )
        kinds = dict(self.query(f"SELECT kind, count(*) FROM ({union}) GROUP BY kind"))
        supporting = duckdb_queries.count_supports(self)
        ((first, last),) = self.query(f"SELECT min(day), max(until) FROM ({union})")
        ((cards,),) = self.query("SELECT count(DISTINCT key) FROM card_records")
        ((ranges,),) = self.query("SELECT count(*) FROM range_records WHERE NOT repeated")
        ((quantity,),) = self.query(f"SELECT count(*) FROM cardless_records WHERE NOT repeated AND kind IN ({MOVES})")
        ((parties,),) = self.query("SELECT count(DISTINCT id) FROM resolved_parties")
        rejected = sum(file["rejected"] for file in files)
        return {
            "files": files,
            "records": {
                **{kind: kinds.get(number, 0) for number, kind in enumerate(KINDS)},
                **{kind: supporting.get(kind, 0) for kind in SUPPORT_KINDS},
            },
            "parties": parties,
            "cards_listed": cards,
            "ranges": ranges,
            "quantity_only": quantity,
            "first_day": None if first is None else DateSpan(first, first).day,
            "last_day": None if last is None else DateSpan(last, last).day,
            "rejected": rejected,
            "corrected": self._overlay.state.corrected,
            "unloaded": len({file.sha256 for file in self._loaded_files()} - {file["sha256"] for file in files}),
            **self.judgements.summary(),
        }

    def contents(self) -> CaseContents:
        return CaseContents(
            read_ledger=self._ledger,
            read_files=self._loaded_files,
            read_corrections=lambda: [
                PortableCorrection.of(stored, self._names_of_mentions) for stored in self._overlay.kept
            ],
            read_judgements=lambda: stored_judgements(self.con),
            read_notes=lambda: read_entries(self.folder / NOTES),
            read_lookups=lambda: read_entries(self.folder / LOOKUPS),
        )

    @property
    def replies(self) -> Mapping[str, ReplyCheck]:
        try:
            now = (self.folder / NOTES).stat(follow_symlinks=False)
        except OSError:
            return {}
        if (state := (now.st_mtime_ns, now.st_size)) != self._replies_at:
            from graphtrace.storage.reply_checks import read_replies

            self._replies_at, self._replies = state, read_replies(read_entries(self.folder / NOTES), day_of(self.as_of))
        return self._replies

    def _ledger(self) -> list[str]:
        return [entry for (entry,) in self.query(LEDGER_SQL)]

    def _names_of_mentions(self, mentions: Sequence[int]) -> dict[int, tuple[str, str]]:
        found = self.query_by_ids("SELECT ident, name_key, strong FROM mentions WHERE ident", mentions)
        return {ident: (name, strong) for ident, name, strong in found}

    def is_fresh(self) -> bool:
        """Whether the database is still the newest one."""
        return self._database is None or self._database == find_database(self.folder)

    def integrity(self) -> IntegrityFacts:
        return IntegrityFacts(self._ledger_file(), self._sheet_totals(), self._check_folder())

    def _ledger_file(self) -> LedgerFile:
        """Return the ledger file; of tables without a folder the ledger in the database."""
        if not self._is_folder:
            return LedgerFile(self._ledger(), 0)
        ((least,),) = self.query("SELECT value::INTEGER FROM meta WHERE key = 'recorded'")
        content = read_file(self.folder / LEDGER) or b""
        return LedgerFile(lines_of(content), least, bool(content) and not content.endswith(b"\n"))

    def explain(self, error: Exception) -> StoreError | None:
        from graphtrace.storage.duckdb.duckdb_consistency import explain

        return explain(self.con, self.folder, error, is_whole=self._is_folder, is_now=self.as_of is None)

    def _check_folder(self) -> Iterator[tuple[str, dict[str, Any]]]:
        from graphtrace.storage.duckdb.duckdb_consistency import find_inconsistencies

        return find_inconsistencies(self, self._loaded_files())

    def _loaded_files(self) -> Sequence[LoadedFile]:
        rows = self.query(
            "SELECT files.name, sha256, size, loaded_at, entry, coalesce(sum(row_count), 0)::BIGINT "
            "FROM files LEFT JOIN sheets USING (file) GROUP BY file, files.name, sha256, size, loaded_at, entry "
            "ORDER BY file"
        )
        return [LoadedFile(*row) for row in rows]

    def read_source(self, sha256: str) -> Iterator[bytes] | None:
        path = self.folder / SOURCES / sha256
        return None if not os.path.lexists(path) or path.is_dir() else read_blocks(path)

    @contextmanager
    def open_tables(self, files: Sequence[int]) -> Iterator[duckdb.DuckDBPyConnection]:  # noqa: ARG002
        """Open its own tables, which hold all files."""
        con = self.new_connection()
        try:
            yield con
        finally:
            con.close()

    def _sheet_totals(self) -> Iterator[SheetTotals]:
        base = base_schema(self.con)
        stored = " UNION ALL ".join(
            f"SELECT sheet, repeated FROM {base}.{table}"
            for table in ("card_records", "range_records", "cardless_records")
        )
        stored += f" UNION ALL SELECT sheet, repeated FROM {base}.supports WHERE {COUNTED}"
        rows = self.query(
            f"""
            SELECT files.name, sha256, records + rejected, coalesce(stored, 0), coalesce(repeated, 0), rejected
            FROM sheets JOIN files USING (file)
            LEFT JOIN (
                SELECT sheet, count(*) AS stored, count(*) FILTER (repeated) AS repeated FROM ({stored}) GROUP BY sheet
            ) USING (sheet) ORDER BY sheet
            """
        )
        for name, sha256, *counts in rows:
            yield SheetTotals(name, sha256, *map(int, counts))
