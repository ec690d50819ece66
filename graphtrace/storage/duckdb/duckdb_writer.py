"""Writer of a case folder: one file is one transaction.

Statements come packed, in frames. Chunk by chunk, heads, mentions and cards get their numbers, repeated statements are
marked, and everything is appended sorted by card. The commit is the one moment at which the case changes; sources and
reject files, written before it, carry names that nothing else uses, and the ledger line, written after it, is also in
the database.

What is written is a copy of the database in the scratch folder of the case. It takes the next number in the folder
when it is complete (:meth:`DuckDBWriter.publish`), and readers, which never wait, open the newest one.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final, Literal, Self

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from graphtrace.errors import CaseDamaged, StoreError, os_reason
from graphtrace.identifiers import operator_from_cell
from graphtrace.ingest.record_schema import PRECISIONS
from graphtrace.locale import Text, phrase
from graphtrace.model import KINDS, RECORD_KINDS
from graphtrace.patterns import late
from graphtrace.platform import system
from graphtrace.private_files import FILE_MODE, fsync_file, make_folder, move_synced
from graphtrace.results.corrections import Correction
from graphtrace.results.reports import ColumnReport, Reject, RowWarning
from graphtrace.scratch import scratch_unwritable
from graphtrace.storage.base import LoadedFile
from graphtrace.storage.case_folder import (
    DEFAULT_WAIT_S,
    INCOMING,
    LEDGER,
    NOTES,
    NOTES_LOCK,
    REJECTS,
    SOURCES,
    Deadline,
    Task,
    case_scratch,
    check_folder,
    close_to_others,
    copy_database,
    find_case,
    find_database,
    next_database,
    remove_old_databases,
    write_lock,
)
from graphtrace.storage.correction_log import CorrectionPlan, MakePlan, PortableCorrection, StoredCorrection
from graphtrace.storage.duckdb.duckdb_backend import open_database
from graphtrace.storage.duckdb.duckdb_corrections import (
    DuckDBCorrectionSource,
    add_correction,
    replay_corrections,
    stored_corrections,
    unload_earlier_reading,
)
from graphtrace.storage.duckdb.duckdb_schema import (
    CARD_COLUMNS,
    IDENTITY_COLUMNS,
    KEYS_PER_PREFIX,
    LEDGER_SQL,
    NARROW_COLUMNS,
    NARROW_DEFAULTS,
    NO_DAY,
    PHYSICAL_TABLES,
    RECORD_COLUMNS,
    SALE,
)
from graphtrace.storage.duckdb.load_state import MAX_AT_ONCE, CaseNumbers, LoadedFiles, PendingRows
from graphtrace.storage.duckdb.visibility import (
    keep_suspended,
    not_unloaded,
    read_judgements,
    unloaded_sheets,
    with_mention_views,
)
from graphtrace.storage.duckdb.workarounds import engine_reason, read_error
from graphtrace.storage.judgement_log import StoredJudgement
from graphtrace.storage.ledger import FolderChains, content_of, ledger_time, next_entry, read_entries, reconcile
from graphtrace.storage.load_settings import BY, SheetCounts
from graphtrace.storage.memory_budget import MemoryBudget, plan_budget
from graphtrace.storage.not_read import NO_RECORD, decode_warnings, encode_warnings, hash_of, reject_from_row
from graphtrace.storage.resolution import RESOLUTION_PENDING, resolve_new_mentions, resolve_parties
from graphtrace.storage.stored_records import COUNTED

_REJECTS_NAME = late(r"[0-9a-f]{12}-[0-9]+(-[0-9]+)?\.csv")
_MENTIONS = ("sender", "receiver")
_REJECTS_AT_ONCE = 20_000
_MAX_PENDING = 20_000
"""Rows of small tables that wait in memory to be inserted together."""

_ORDER = 1 << 32
"""Number above every place in a chunk."""

_NEVER = 1 << 62
"""Sort key after every mention."""

_SIZES = 256
"""Number above the length of every number."""

_NO_NAME = (1 << 32) - 1
"""Number of no name among the numbers of names."""

_PATIENCE: Final = 30
"""A load of many files publishes its files after this multiple of the time that publishing takes."""


@contextmanager
def open_writer(
    folder: Path,
    memory: MemoryBudget | None = None,
    *,
    wait_s: float = DEFAULT_WAIT_S,
    task: Task = "load",
    scratch_of: Path | None = None,
) -> Iterator[DuckDBWriter]:
    """Open the writer of a case folder, which is created if missing; translates errors of DuckDB and the disk.

    First repairs what a killed writer left. Waits for other writers, but not for readers. For a case that is itself
    scratch of a command, ``scratch_of`` is the folder by which the user knows its disk.

    Raises CaseLocked if another process is writing until the waiting ends; CaseDamaged if database and ledger disagree,
    or the folder holds links; StoreError if the disk is full or the folder cannot be written.
    """
    try:
        with DuckDBWriter(folder, memory, wait_s=wait_s, task=task) as case:
            yield case
    except (duckdb.Error, OSError) as error:
        if scratch_of is not None:
            raise scratch_unwritable(scratch_of, error) from error
        raise StoreError("folder_unwritable", folder=folder, why=_reason(error), hint="room_then_load") from error


def _reason(error: Exception) -> Text | str:
    if isinstance(error, OSError):
        why = os_reason(error)
        return why if error.filename is None else phrase("in_file", path=error.filename, what=why)
    return engine_reason(error)


class DuckDBWriter:
    """Writes into a case folder while it holds its lock. Made by :func:`open_writer`.

    ``scratch`` is a folder on the disk of the case for what is being made.
    """

    def __init__(
        self, folder: Path, memory: MemoryBudget | None = None, *, wait_s: float = DEFAULT_WAIT_S, task: Task = "load"
    ) -> None:
        self.folder = folder
        self.chains = FolderChains(folder, DEFAULT_WAIT_S, is_case=False)
        self._memory = memory or plan_budget()
        self._superseded: int | None = None
        self._made = [path for path in (folder, folder / SOURCES, folder / REJECTS) if not path.exists()]
        self._con: duckdb.DuckDBPyConnection | None = None
        self._files: LoadedFiles | None = None
        self._numbers: CaseNumbers | None = None
        self._pending = PendingRows()
        self._is_loading = False
        self._last_cost_s = 0.0
        with ExitStack() as resources:
            resources.enter_context(write_lock(folder, Deadline(wait_s), task))
            check_folder(folder)
            close_to_others(folder)
            for name in (SOURCES, REJECTS):
                make_folder(folder / name)
            self.scratch = resources.enter_context(case_scratch(folder))
            resources.callback(self.release)
            self._published = self._state()
            if self._is_filled:
                self._distrust_pending_resolution()
            self._published_at = time.monotonic()
            reconcile(folder / LEDGER, self.entries() if self._is_filled else [], self.scratch)
            self._sweep()
            self._resources = resources.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, fault: BaseException | None, __: object) -> None:
        with self._resources:
            if fault is not None and self._con is not None:
                self.roll_back()
            try:
                self.publish()
            except (duckdb.Error, OSError):
                # the database is as it was published last; what led to this says more
                if fault is None:
                    raise
            is_none = find_database(self.folder) is None
        if is_none:
            # a case without any file is none, and leaves none
            if self.folder in self._made:
                for name in (NOTES, NOTES_LOCK):
                    system.remove_file(self.folder / name)
            for path in reversed(self._made):
                with suppress(OSError):
                    path.rmdir()

    # -- the database that is written ----------------------------------------------------------------------------

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """Return the connection to the database that is written: a copy of the one that others read.

        The database holds all rows so far, those that waited too.
        """
        self._insert_pending()
        return self._database

    @property
    def _database(self) -> duckdb.DuckDBPyConnection:
        """The same connection, for tables in which no rows wait."""
        if self._con is None:
            began = time.monotonic()
            published = find_database(self.folder)
            if published is not None:
                copy_database(published, self._working_copy)
            elif read_entries(self.folder / LEDGER):
                raise CaseDamaged("database_gone", folder=self.folder, hint="restore_or_load")
            try:
                self._con = open_database(
                    self._working_copy, self.folder, create=published is None, memory_bytes=self._memory.database_bytes
                )
            except duckdb.Error as error:
                if published is None:
                    raise
                raise read_error(error, published) from error
            system.set_mode(self._working_copy, FILE_MODE)
            self._last_cost_s += time.monotonic() - began
        return self._con

    @property
    def _working_copy(self) -> Path:
        return self.scratch / next_database(self.folder).name

    def release(self) -> Path:
        """Close the database that is written, so that it can be replaced; return its path."""
        if self._con is not None:
            self._con.close()
            self._con = None
        return self._working_copy

    def publish(self) -> None:
        """Replace the database that others read by the written one, if anything was committed.

        Readers keep the one that they opened. Killed at any moment, this leaves the one before or the new one.
        """
        if self._con is None or (state := self._state()) == self._published:
            return
        began = time.monotonic()
        entries = self.entries()
        # the ledger holds the lines of the database that was published last
        self.con.execute("UPDATE meta SET value = ? WHERE key = 'recorded'", [str(self._published[0][0])])
        self.con.execute("CHECKPOINT")
        in_use = self._rejects_in_use()
        system.fsync_folder(self.folder / REJECTS)
        self.publish_file(self.release())
        reconcile(self.folder / LEDGER, entries, self.scratch)
        self._remove_rejects_except(in_use)
        self._published, self._published_at = state, time.monotonic()
        self._last_cost_s = self._published_at - began

    def publish_file(self, database: Path) -> None:
        """Publish a closed database of the scratch folder as the one that others read."""
        fsync_file(database)
        move_synced(database, next_database(self.folder))
        remove_old_databases(self.folder)

    def _state(self) -> list[tuple[Any, ...]]:
        """Return values that differ after every change that must be published to readers."""
        return self.con.execute(
            f"SELECT (SELECT count(*) FROM ({LEDGER_SQL})), (SELECT value FROM meta WHERE key = 'resolved_through')"
        ).fetchall()

    @property
    def _is_filled(self) -> bool:
        """Whether the database has any line of the ledger, as it was published last."""
        return bool(self._published[0][0])

    def _distrust_pending_resolution(self) -> None:
        """Have all parties resolved anew where somebody else left that undone: nothing says what he had resolved."""
        if self._one(RESOLUTION_PENDING):
            self.con.execute("UPDATE meta SET value = '0' WHERE key = 'resolved_through'")
            self._published = self._state()

    def _sweep(self) -> None:
        """Remove what killed commands left: databases, unfinished folders, and reject files that no sheet has."""
        remove_old_databases(self.folder)
        for unfinished in (self.folder / SOURCES).glob(f"{INCOMING}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        self._remove_rejects_except(self._rejects_in_use())

    def _rejects_in_use(self) -> set[str | None]:
        """Return the names of the reject files of sheets that are loaded and not unloaded, if there is any file."""
        if not any((self.folder / REJECTS).iterdir()):
            return set()
        of_known = f"SELECT rejects_file FROM sheets WHERE {not_unloaded(unloaded_sheets(self.con))}"
        return {name for (name,) in self.con.execute(of_known).fetchall()}

    def _remove_rejects_except(self, in_use: Collection[str | None]) -> None:
        for path in (self.folder / REJECTS).iterdir():
            if path.name not in in_use and _REJECTS_NAME.fullmatch(path.name):
                path.unlink()

    def entries(self) -> list[str]:
        return [entry for (entry,) in self.con.execute(LEDGER_SQL).fetchall()]

    def _one(self, sql: str, *parameters: Any) -> Any:
        rows = self.con.execute(sql, parameters or None).fetchall()
        return rows[0][0] if rows else None

    @property
    def _loaded(self) -> LoadedFiles:
        if self._files is None:
            self._files = LoadedFiles(self.con)
        return self._files

    @property
    def _numbered(self) -> CaseNumbers:
        if self._numbers is None:
            self._numbers = CaseNumbers(self.con)
        return self._numbers

    def loads_of(self, sha256: str) -> int:
        """Return the number of loads of the file with this content, unloaded ones included."""
        return self._loaded.loads[sha256]

    def file_number(self, sha256: str) -> int | None:
        return self._loaded.numbers.get(sha256)

    # -- one load ----------------------------------------------------------------------------------------------

    def begin(self, extra_entry_fields: Mapping[str, Any] | None = None, *, supersedes: int | None = None) -> None:
        self._database.begin()
        self._is_loading = True
        self._extra_entry_fields = dict(extra_entry_fields or {})
        self._superseded = supersedes
        self.lost_corrections: Sequence[Correction] = ()
        if supersedes is not None:
            unload_earlier_reading(self, supersedes, self._extra_entry_fields.get(BY))
        self._file = self._loaded.last_file + 1
        self._sheets: list[dict[str, Any]] = []
        self._known = self._loaded.visible

    def roll_back(self) -> bool:
        """Roll back the load; return false if it was committed, or if the database cannot tell."""
        try:
            self._database.rollback()
        except duckdb.Error:
            return False
        self._pending.roll_back()
        if self._numbers is not None:
            self._numbers.roll_back()
        if not self._is_loading or self._superseded is not None:
            self._files = None
        self._is_loading = False
        return True

    def open_sheet(self) -> None:
        self._sheet = self._numbered.last_sheet = self._numbered.last_sheet + 1
        self._waiting: list[pl.DataFrame] = []
        self._staged = 0
        self._repeated = 0
        self._mentions = {role: _Mentions(role) for role in _MENTIONS}
        self._devices: list[pl.DataFrame] = []
        self._has_supports = False

    def stage_supports(self, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        self._has_supports = True
        with self._registered(frame):
            self._database.execute(
                f"""
                INSERT INTO supports BY NAME
                SELECT frame.*, {self._sheet} AS sheet, kind <> 'contact' AND (
                    statement IN (SELECT statement FROM supports WHERE {COUNTED} AND {self._known})
                    OR row_number() OVER (PARTITION BY statement ORDER BY row, kind) > 1
                ) AS repeated FROM frame ORDER BY row
                """
            )

    def stage(self, frame: pl.DataFrame) -> None:
        self._waiting.append(frame)
        self._staged += frame.height
        if sum(waiting.height for waiting in self._waiting) >= self._memory.chunk_rows:
            self._append_waiting()

    def close_sheet(
        self,
        *,
        name: str | None,
        kind: str | None,
        encoding: str | None,
        rows: int,
        rejected: int,
        rejects: Sequence[Reject],
        rejects_file: str | None,
        remarks: Sequence[RowWarning],
        unread: pl.DataFrame | None = None,
        reading: Mapping[str, Any] | None = None,
        asked: Sequence[tuple[str, str, int]] = (),
        columns: Sequence[ColumnReport] = (),
    ) -> SheetCounts:
        """End the sheet; return the number of its new rows, of its duplicate rows, and its records."""
        self._append_waiting()
        self._index_devices()
        self._keep_writings()
        repeated = self._repeated
        counts = SheetCounts(self._staged - repeated, repeated, {} if kind is None else {kind: self._staged - repeated})
        stated = self._staged
        if self._has_supports:
            stated += int(self._one(f"SELECT count(*) FROM supports WHERE {COUNTED} AND sheet = {self._sheet}"))
        if kind == "mixed" or self._staged != rows - rejected:
            counts = count_sheet(self._database, self._sheet)
        if counts.loaded + counts.duplicate + rejected != rows:
            raise AssertionError(f"{rows} rows came in, {counts.loaded} + {counts.duplicate} + {rejected} went out")
        self._pending.add_row(
            "sheets",
            (
                *(self._sheet, self._file, name, kind, encoding, rows, counts.loaded, counts.duplicate, rejected),
                *(stated, rejects_file, encode_warnings(remarks)),
            ),
        )
        if rejects:
            self._keep_rejects(self._sheet, rejects)
        if unread is not None and unread.height:
            self._keep_unread(unread)
        no_record = sum(reject.reason in NO_RECORD for reject in rejects)
        self._sheets.append(
            {
                "sheet": name,
                "rows": rows,
                "loaded": counts.loaded,
                "duplicate": counts.duplicate,
                "rejected": rejected,
                "rejects_sha256": None if rejects_file is None else hash_of(self.folder / REJECTS / rejects_file),
                "reading": None if reading is None else dict(reading),
                **({"no_record": no_record} if no_record else {}),
                **({"asked": list(map(list, asked))} if asked else {}),
                **({"columns": [[*astuple(column)] for column in columns]} if columns else {}),
            }
        )
        return counts

    @property
    def readings(self) -> list[dict[str, Any]]:
        """Return what the ledger keeps of the reading of each sheet of the file."""
        return [
            {name: sheet[name] for name in ("reading", "no_record", "asked", "columns") if name in sheet}
            for sheet in self._sheets
        ]

    def copy_file(self, tables: duckdb.DuckDBPyConnection, load: int) -> None:
        from graphtrace.storage.duckdb.copy_rows import copy_file_rows

        self._sheets = copy_file_rows(self.con, tables, load, file=self._file)
        self._numbers = None

    def commit(self, *, name: str, sha256: str, size: int, copied_file: LoadedFile | None = None) -> None:
        last = self._loaded.last_entry
        loaded_at = ledger_time([] if last is None else [last]) if copied_file is None else copied_file.loaded_at
        content = {
            "load": self._file,
            "at": loaded_at,
            "file": name,
            "sha256": sha256,
            "size": size,
            **self.load_content(),
        }
        entry = next_entry(last, content, self.beside) if copied_file is None else copied_file.entry
        self._pending.add_row("files", (self._file, name, sha256, size, loaded_at, entry))
        if self._superseded is not None:
            self.lost_corrections = replay_corrections(self, self._superseded, self._file)
        self._database.commit()
        self._is_loading = False
        self._pending.commit()
        if self._numbers is not None:
            self._numbers.commit()
        if self._superseded is not None:
            self._files = None
        elif self._files is not None:
            self._files.add(sha256, entry, has_sheets=bool(self._sheets))

    def load_content(self) -> dict[str, Any]:
        """Return what the line of the ledger says of the load: its sheets, and by which settings they were read."""
        return {"sheets": self._sheets, **self._extra_entry_fields}

    def record(self) -> None:
        """Publish what was committed, unless that takes too much of the load's time; its end publishes anyway."""
        if time.monotonic() - self._published_at >= _PATIENCE * self._last_cost_s:
            self.publish()

    def keep_correction(self, stored: StoredCorrection) -> None:
        """Add a correction, in the open transaction."""
        self._files = None
        self.con.execute("INSERT INTO corrections VALUES (?, ?, ?, ?, ?, ?, ?, ?)", list(stored))

    def take_correction(self, correction: PortableCorrection) -> None:
        """Copy a correction from another case; the parties must be resolved anew after it."""
        numbers = {
            names: int(self._one("SELECT ident FROM mentions WHERE name_key = ? AND strong = ?", *names))
            for names in correction.mentions.values()
        }
        self.con.begin()
        try:
            self.keep_correction(correction.arriving(numbers))
            self.con.execute("UPDATE meta SET value = '0' WHERE key = 'resolved_through'")
            self.con.commit()
        except BaseException:
            self.roll_back()
            raise
        self.record()

    def keep_judgement(self, stored: StoredJudgement) -> None:
        """Add a line about a judgement, in the open transaction."""
        self._files = None
        self.con.execute("INSERT INTO judgements VALUES (?, ?, ?, ?)", list(stored))

    def take_judgement(self, stored: StoredJudgement) -> None:
        """Copy a line about a judgement from another case; the parties must be resolved anew after it."""
        self.con.begin()
        try:
            self.keep_judgement(stored)
            self.con.execute("UPDATE meta SET value = '0' WHERE key = 'resolved_through'")
            self.con.commit()
        except BaseException:
            self.roll_back()
            raise
        self.record()

    @property
    def beside(self) -> Mapping[str, str | None]:
        """The hashes of the last note and look-up, to which a line of the ledger commits."""
        return {"notes": self.chains.head("notes"), "lookups": self.chains.head("lookups")}

    def finish(self) -> None:
        """Resolve the parties of new files, once after the last; until then each reader does it for itself."""
        if self._one(RESOLUTION_PENDING):
            self.con.begin()
            with with_mention_views(self.con):
                keep_suspended(self.con, resolve_new_mentions(self.con, read_judgements(self.con)))
            self.con.execute("UPDATE meta SET value = (SELECT max(file) FROM files) WHERE key = 'resolved_through'")
            self.con.commit()

    # -- parts of a load ---------------------------------------------------------------------------------------

    def _append_waiting(self) -> None:
        if not self._waiting:
            return
        chunk = pl.concat(self._waiting, how="diagonal")
        self._waiting = []
        self._keep_carrier_names(chunk)
        numbered = self._number_cards(self._number_mentions(chunk))
        remaining = numbered.height
        for table, cards in CARD_COLUMNS.items():
            if remaining:
                remaining -= self._append(table, tuple(cards), numbered)
        self._index(numbered)

    def _number_mentions(self, chunk: pl.DataFrame) -> pl.DataFrame:
        """Add the numbers of the mentions of sender and receiver; new mentions get new numbers."""
        for role, mentions in self._mentions.items():
            if mentions.has_any(chunk):
                chunk = chunk.with_columns(mentions.number(chunk, self._idents_of).alias(role))
        return chunk

    def _idents_of(self, mentioned: pl.DataFrame) -> npt.NDArray[np.int32]:
        """Return the numbers of different mentions (name_key, strong), in their order; new mentions get new numbers."""
        known = self._numbered
        is_remembered = mentioned.height <= MAX_AT_ONCE
        pairs: list[tuple[str, str]] = mentioned.rows() if is_remembered else []
        numbers = np.array(known.mentions.find(pairs) if is_remembered else [0] * mentioned.height, np.int32)
        if (numbers == 0).any() and not known.mentions.is_complete:
            wanted = mentioned.with_row_index("place").filter(pl.Series(numbers == 0))
            self._insert_pending()
            with self._registered(wanted):
                stored = self._frame("SELECT place, ident FROM frame JOIN mentions USING (name_key, strong)")
            numbers[stored["place"].to_numpy()] = stored["ident"].to_numpy()
        is_fresh = numbers == 0
        if is_fresh.any():
            first = known.last_mention + 1
            known.last_mention += int(np.count_nonzero(is_fresh))
            numbers[is_fresh] = np.arange(first, known.last_mention + 1)
            rows = mentioned.select(pl.Series("ident", numbers), "name_key", "strong").filter(pl.Series(is_fresh))
            self._add_pending("mentions", rows)
        if is_remembered:
            known.mentions.add(pairs, numbers.tolist())
        else:
            known.mentions.is_complete = False
        return numbers

    def _keep_writings(self) -> None:
        """Store the earliest writing of each mention of the sheet."""
        for place, mentions in enumerate(self._mentions.values()):
            mention_names = mentions.mention_names()
            if mention_names is not None:
                rows = mention_names.select(
                    "ident",
                    pl.lit(self._sheet, pl.Int32).alias("sheet"),
                    "day",
                    (pl.col("row") * len(_MENTIONS) + place).alias("place"),
                    "name",
                )
                self._add_pending("mention_names", rows)

    def _keep_carrier_names(self, chunk: pl.DataFrame) -> None:
        if "carrier_key" in chunk.columns:
            for name in chunk["carrier_key"].drop_nulls().unique().cast(pl.String).sort():
                self._pending.add_row("carrier_names", (name, operator_from_cell(name), self._sheet))

    def _number_cards(self, chunk: pl.DataFrame) -> pl.DataFrame:
        """Return the chunk with cards and other columns in the types of the tables; absent columns stay absent."""
        columns = set(chunk.columns)
        made: dict[str, pl.Expr] = {}
        if "first" in columns:
            prefixes = chunk.select("head", "size").unique().drop_nulls()
            numbers = self._prefix_numbers(prefixes.with_columns(pl.col("head").cast(pl.String)))
            if numbers.height == 1:
                above = pl.lit(int(numbers["number"][0]) * KEYS_PER_PREFIX)
            else:
                # one integer for both: a join of two columns encodes them row by row
                pair = (pl.col("head").to_physical().cast(pl.Int64) * _SIZES + pl.col("size")).alias("pair")
                numbers = numbers.with_columns(pl.col("head").cast(chunk["head"].dtype)).select(pair, "number")
                chunk = chunk.with_columns(pair).join(numbers, on="pair", how="left", maintain_order="left")
                above = pl.col("number").cast(pl.Int64) * KEYS_PER_PREFIX
            made |= {"first": above + pl.col("first"), "last": above + pl.col("last")}
        made |= {
            "second": pl.col("second") if "second" in columns else pl.lit(-1, pl.Int32),
            "sheet": pl.lit(self._sheet, pl.Int32),
            "repeated": pl.lit(False),
        }
        if "carrier_key" in columns:
            by_carrier = [KINDS.index(kind) for kind in ("purchase", "registration")]
            made["carrier"] = pl.when(~pl.col("kind").is_in(by_carrier)).then(pl.col("carrier_key"))
        return chunk.with_columns(**made)

    def _prefix_numbers(self, prefixes: pl.DataFrame) -> pl.DataFrame:
        """Return the number of each prefix (head, size); new prefixes get new numbers."""
        remembered = self._numbered.prefixes
        pairs: list[tuple[str, int]] = prefixes.rows() if prefixes.height <= MAX_AT_ONCE else []
        known = remembered.find(pairs)
        if pairs and all(known):
            return prefixes.with_columns(pl.Series("number", known, pl.Int32))
        with self._registered(prefixes):
            self._database.execute(
                """
                INSERT INTO key_prefixes
                SELECT
                    (SELECT coalesce(max(head), 0) FROM key_prefixes) +
                    row_number() OVER (ORDER BY head, size), head, size
                FROM frame ANTI JOIN key_prefixes ON key_prefixes.text = frame.head
                AND key_prefixes.size = frame.size
                """
            )
            numbers = self._frame(
                "SELECT head AS number, text AS head, size FROM key_prefixes SEMI JOIN frame "
                "ON key_prefixes.text = frame.head AND key_prefixes.size = frame.size"
            )
        if pairs:
            remembered.add(numbers.select("head", "size").rows(), numbers["number"].to_list())
        return numbers

    def _append(self, table: str, cards: tuple[str, ...], numbered: pl.DataFrame) -> int:
        """Append the statements of one table, sorted by card, with repeated ones marked; return their number."""
        names = {"key": "first"} if table == "card_records" else {}
        precision = {"card_records": "listed", "range_records": "range"}.get(table)
        if precision is None:
            chosen = numbered.filter(pl.col("first").is_null()) if "first" in numbered.columns else numbered
        elif "precision" in numbered.columns:
            is_chosen = (numbered["precision"] == PRECISIONS.index(precision)).fill_null(value=False)
            chosen = numbered if is_chosen.all() else numbered.filter(is_chosen)
        else:
            return 0
        if chosen.is_empty():
            return 0
        wanted = [name for name in (*cards, *RECORD_COLUMNS) if names.get(name, name) in chosen.columns]
        fresh = chosen.select(pl.col(names.get(name, name)).alias(name) for name in wanted)
        order = [card for card in cards if card != "check_char"]
        if order and not fresh[order[0]].is_sorted():
            fresh = fresh.sort(*order, "row")
        fresh = self._mark_repeated(table, order, fresh)
        if table == "card_records":
            lean, full = _split(fresh)
            self._insert("narrow_card_records", lean)
            self._insert("wide_card_records", full)
        else:
            self._insert(table, fresh)
        return chosen.height

    def _insert(self, table: str, rows: pl.DataFrame) -> None:
        if rows.height:
            with self._registered(rows):
                self._database.execute(f"INSERT INTO {table} BY NAME SELECT * FROM frame")

    def _add_pending(self, table: str, rows: pl.DataFrame) -> None:
        """Have rows of the file inserted with those of other files, soon."""
        self._pending.add(table, rows)
        if self._pending.count > _MAX_PENDING:
            self._insert_pending()

    def _insert_pending(self) -> None:
        """Insert the rows that wait: in the transaction of the load, or in one of their own between two loads."""
        if not self._pending.count:
            return
        database = self._database
        if not self._is_loading:
            database.begin()
        try:
            for table, rows in self._pending.take():
                self._insert(table, rows)
            if not self._is_loading:
                database.commit()
                self._pending.commit()
        except BaseException:
            if not self._is_loading:
                self.roll_back()
            raise

    def _mark_repeated(self, table: str, cards: Sequence[str], fresh: pl.DataFrame) -> pl.DataFrame:
        """Mark statements that the case or an earlier row of the chunk already has.

        Two steps: rows that share a card with a neighbour, or card, kind and day with a row of the case, are few in
        clean files and found by integers; only these are compared in every field.
        """
        narrow = [name for name in (*cards, "kind", "day") if name in fresh.columns]
        is_doubtful = np.ones(fresh.height, bool)
        near = f"{self._known} AND kind IN ({', '.join(map(str, np.unique(fresh['kind'].to_numpy())))})"
        if cards:
            numbers = [fresh[card].to_numpy() for card in cards]
            is_same = np.logical_and.reduce([number[1:] == number[:-1] for number in numbers])
            is_doubtful = np.append(is_same, False) | np.append(False, is_same)
            # the least and greatest values of its blocks tell the database that it need not look at most of the case
            near += f" AND {cards[0]} BETWEEN {numbers[0][0]} AND {numbers[0][-1]}"
        # a view of all columns takes longer to plan than these take to read
        neighbours = " UNION ALL ".join(
            f"SELECT {', '.join(narrow) or '1'} FROM {physical} WHERE {near}" for physical in PHYSICAL_TABLES[table]
        )
        has_neighbours = bool(self._database.execute(f"{neighbours} LIMIT 1").fetchall())
        if has_neighbours:
            agree = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in narrow)
            with self._registered(fresh.select(narrow).with_row_index("nth")):
                known = self._frame(f"SELECT nth FROM frame AS a SEMI JOIN ({neighbours}) AS b ON {agree}")
            is_doubtful[known["nth"].to_numpy()] = True
        if not is_doubtful.any():
            return fresh
        # one row may state several events
        fresh = fresh.with_row_index("nth")
        doubtful = fresh.filter(pl.Series(is_doubtful))
        compared = [*cards, *IDENTITY_COLUMNS]
        said = doubtful.sort("row", "nth")
        if table == "cardless_records":
            # a quantity without cards is sold twice when two records with different numbers say so (SPEC 3)
            compared.append("sale")
            if {"quantity", "record_no"} <= set(said.columns):
                said = said.with_columns(sale=pl.when(pl.col("quantity").is_not_null()).then("record_no"))
        first = said.unique([name for name in compared if name in said.columns], keep="first")["nth"]
        repeated = set(said["nth"]).difference(first)
        if has_neighbours:
            repeated |= self._stated_before(table, compared, doubtful, near)
        self._repeated += len(repeated)
        if repeated:
            fresh = fresh.with_columns(repeated=pl.col("nth").is_in(sorted(repeated)))
        return fresh.drop("nth")

    def _stated_before(self, table: str, compared: Sequence[str], rows: pl.DataFrame, near: str) -> set[int]:
        """Return the numbers (``nth``) of the rows that a statement of the case equals in every field."""
        sale = f", {SALE} AS sale" if "sale" in compared else ""
        same = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in compared)
        columns = [name for name in rows.columns if name in {*compared, *RECORD_COLUMNS, "nth"}]
        self._database.execute(
            f"CREATE OR REPLACE TEMP TABLE doubtful AS SELECT 0::UINTEGER AS nth, * FROM {table} LIMIT 0"
        )
        with self._registered(rows.select(columns)):
            self._database.execute("INSERT INTO doubtful BY NAME SELECT * FROM frame")
        found = self._frame(
            f"WITH a AS (SELECT *{sale} FROM doubtful) "
            f"SELECT nth FROM a SEMI JOIN (SELECT *{sale} FROM {table} WHERE {near}) AS b ON {same}"
        )
        self._database.execute("DROP TABLE doubtful")
        return set(found["nth"])

    def _index(self, numbered: pl.DataFrame) -> None:
        """Store which cards were used in which device, and which numbers were linked to which cards."""
        columns = set(numbered.columns)
        if not columns >= {"precision", "first"} or not columns & {"imei", "msisdn", "imsi"}:
            return
        is_listed = (numbered["precision"] == PRECISIONS.index("listed")).fill_null(value=False)
        listed = numbered if is_listed.all() else numbered.filter(is_listed)
        if "imei" in columns:
            device = pl.col("imei")
            for size in (15, 16):
                device = (
                    pl.when(pl.col("imei_size") == size).then(pl.col("imei") // 10 ** (size - 14)).otherwise(device)
                )
            if listed["imei_size"].min() == listed["imei_size"].max() == 15:
                device = pl.col("imei") // 10
            self._devices.append(listed.select(device=device, key="first").drop_nulls("device"))
            if sum(devices.height for devices in self._devices) >= self._memory.index_rows:
                self._index_devices()
        for number in ("msisdn", "imsi"):
            if number in columns:
                links = (
                    listed.filter(pl.col(number).is_not_null())
                    .select(
                        pl.col(number).alias("number"),
                        pl.col("first").alias("key"),
                        *(pl.col(name) for name in ("day", "span", "second") if name in columns),
                        pl.col("sheet"),
                    )
                    .unique()
                    .sort("number", "key")
                )
                self._add_pending("subscriber_links", links)

    def _index_devices(self) -> None:
        """Store the cards that were used in each device, sorted, so that a look-up reads one block."""
        devices = pl.concat(self._devices).sort("device") if self._devices else pl.DataFrame()
        self._devices = []
        if devices.height:
            self._add_pending("device_cards", devices.with_columns(sheet=pl.lit(self._sheet, pl.Int32)))

    @contextmanager
    def _registered(self, frame: pl.DataFrame) -> Iterator[None]:
        """Make a frame readable in SQL as ``frame``, within the context."""
        # DuckDB takes no column that has no type
        lent = _Lent(frame.cast({pl.Null: pl.String}))
        database = self._database
        database.register("frame", lent)
        try:
            yield
        except BaseException:
            # in a transaction that failed or was interrupted this fails too, and would hide why
            with suppress(duckdb.Error):
                database.unregister("frame")
            raise
        finally:
            lent.frame = lent.frame.clear()
        database.unregister("frame")

    def _frame(self, sql: str) -> pl.DataFrame:
        return pl.DataFrame(self._database.sql(sql))

    def _keep_rejects(self, sheet: int, rejects: Sequence[Reject]) -> None:
        schema = dict.fromkeys(("sheet", "row"), pl.Int64) | dict.fromkeys(
            ("field", "reason", "value", "low", "high", "raw"), pl.String
        )
        for start in range(0, len(rejects), _REJECTS_AT_ONCE):
            rows = [
                (
                    *(sheet, reject.row, reject.field, reject.reason, reject.value),
                    *(reject.interval or (None, None)),
                    json.dumps(reject.raw, ensure_ascii=False),
                )
                for reject in rejects[start : start + _REJECTS_AT_ONCE]
            ]
            self._add_pending("rejects", pl.DataFrame(rows, schema=schema, orient="row"))

    def _keep_unread(self, unread: pl.DataFrame) -> None:
        prefixes = unread.select("head", "size").drop_nulls().unique()
        if prefixes.height:
            heads = self._prefix_numbers(prefixes).rename({"number": "number_of_head"})
            unread = unread.join(heads, on=["head", "size"], how="left")
        else:
            unread = unread.with_columns(number_of_head=None)
        above = pl.col("number_of_head").cast(pl.Int64) * KEYS_PER_PREFIX
        rows = unread.select(
            pl.lit(self._sheet, pl.Int32).alias("sheet"),
            "row",
            pl.col("kind").replace_strict({kind: n for n, kind in enumerate(KINDS)}, return_dtype=pl.UInt8),
            *("reason", "field", "day", "span"),
            *((above + pl.col(name)).alias(name) for name in ("first", "last")),
            "number",
            "text",
        )
        self._add_pending("unread_cards", rows.sort("first", "last", "number", "row", nulls_last=True))

    def reading_of(self, file: int) -> Mapping[str, Any]:
        return content_of(self._one("SELECT entry FROM files WHERE file = ?", file))

    # -- what an earlier load said -----------------------------------------------------------------------------

    def sheets_of(self, file: int) -> list[dict[str, Any]]:
        columns = ("sheet", "name", "kind", "encoding", "row_count", "rejected", "rejects_file", "remarks")
        found = self.con.execute(f"SELECT {', '.join(columns)} FROM sheets WHERE file = ? ORDER BY sheet", [file])
        sheets = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        for sheet in sheets:
            rejects = self.con.execute(
                "SELECT row, field, reason, value, low, high, raw FROM rejects WHERE sheet = ? ORDER BY row, rowid",
                [sheet["sheet"]],
            ).fetchall()
            sheet["rejects"] = [reject_from_row(cells) for cells in rejects]
            sheet["remarks"] = decode_warnings(sheet["remarks"])
        return sheets


def count_sheet(con: duckdb.DuckDBPyConnection, sheet: int) -> SheetCounts:
    """Return the counts of a sheet's statements; a row is new if at least one of its statements is new."""
    stated = " UNION ALL ".join(
        f"SELECT row, kind::VARCHAR AS kind, repeated FROM {table} WHERE sheet = {sheet}" for table in CARD_COLUMNS
    )
    stated += f" UNION ALL SELECT row, kind, repeated FROM supports WHERE {COUNTED} AND sheet = {sheet}"
    ((loaded, duplicate),) = con.execute(
        "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new) "
        f"FROM (SELECT bool_or(NOT repeated) AS is_new FROM ({stated}) GROUP BY row)"
    ).fetchall()
    kinds = con.execute(f"SELECT kind, count(*) FROM ({stated}) WHERE NOT repeated GROUP BY kind").fetchall()
    of_kind = {KINDS[int(kind)] if kind.isdigit() else kind: count for kind, count in kinds}
    return SheetCounts(loaded, duplicate, {kind: of_kind[kind] for kind in RECORD_KINDS if kind in of_kind})


def _split(card_records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of listed cards that fit into the narrow table, and those that need the wide one."""
    beside = [name for name in card_records.columns if name not in (*NARROW_COLUMNS, *NARROW_DEFAULTS)]
    fits = [pl.col(name).is_null() for name in beside]
    for name, (_, value) in NARROW_DEFAULTS.items():
        if name in card_records.columns:
            fits.append(pl.col(name).is_null() | (pl.col(name) == value))
    is_lean = card_records.select(pl.all_horizontal(fits) if fits else pl.lit(value=True)).to_series()
    lean = card_records.select(name for name in NARROW_COLUMNS if name in card_records.columns)
    if is_lean.all():
        return lean, card_records.clear()
    if not is_lean.any():
        return lean.clear(), card_records
    return lean.filter(is_lean), card_records.filter(~is_lean)


class _Lent:
    """A frame that the database reads by a name, until it is unregistered.

    DuckDB holds on to what was registered within a transaction until that ends, even to what was unregistered.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


class _Mentions:
    """The senders or receivers of a sheet, each once: their numbers, and the first writing of each.

    A mention has a *place* here. It is the number of its name among the categories, as long as no row of the sheet has
    a strong identifier; from then on the pairs of both have places.
    """

    def __init__(self, role: str) -> None:
        self._name, self._key, self._strong = (f"{role}_{part}" for part in ("name", "key", "id"))
        self._numbers = np.zeros(0, np.int32)
        self._first = np.zeros(0, np.int64)
        self._names = np.zeros(0, np.uint32)
        self._pairs: pl.DataFrame | None = None
        self._anchor: pl.Series

    def has_any(self, chunk: pl.DataFrame) -> bool:
        """Whether a chunk names a party in this role."""
        return self._key in chunk.columns or self._strong in chunk.columns

    def number(self, chunk: pl.DataFrame, idents_of: Callable[[pl.DataFrame], npt.NDArray[np.int32]]) -> pl.Series:
        """Return the number of the mention in each row, null for none; ``idents_of`` numbers new mentions."""
        # polars forgets the numbers of categories with the last series that has them
        self._anchor = chunk[self._key if self._key in chunk.columns else self._strong].clear()
        places = self._places(chunk)
        is_named = places.is_not_null()
        place = places.fill_null(0).to_numpy()
        day = chunk["day"].fill_null(NO_DAY).to_numpy() if "day" in chunk.columns else np.full(len(chunk), NO_DAY)
        order = day.astype(np.int64) * _ORDER + chunk["row"].to_numpy()
        if not is_named.all():
            order[~is_named.to_numpy()] = _NEVER
        np.minimum.at(self._first, place, order)
        is_first = (self._first[place] == order) & (order < _NEVER)
        names = chunk[self._name].to_physical() if self._name in chunk.columns else None
        self._names[place[is_first]] = _NO_NAME if names is None else names.fill_null(_NO_NAME).to_numpy()[is_first]
        fresh = np.flatnonzero((self._first < _NEVER) & (self._numbers == 0))
        if fresh.size:
            self._numbers[fresh] = idents_of(self._mention_names(pl.Series(fresh, dtype=pl.UInt32)))
        numbers = pl.Series(self._numbers[place])
        return numbers if is_named.all() else numbers.set(~is_named, None)

    def mention_names(self) -> pl.DataFrame | None:
        """Return the mentions with the day, row and name of their first writing; ``None`` if no party was named."""
        known = np.flatnonzero(self._first < _NEVER)
        if not known.size:
            return None
        names = pl.Series(self._names[known])
        return pl.DataFrame(
            {
                "ident": self._numbers[known],
                "day": self._first[known] // _ORDER,
                "row": self._first[known] % _ORDER,
                "name": self._text(names.set(names == _NO_NAME, None)),
            }
        )

    def _places(self, chunk: pl.DataFrame) -> pl.Series:
        if self._pairs is None and self._strong not in chunk.columns:
            places = chunk[self._key].to_physical()
            self._grow(_above(places))
            return places
        if self._pairs is None:
            known = pl.Series(range(len(self._first)), dtype=pl.Int64)
            self._pairs = pl.DataFrame({"pair": (known + 1) * _ORDER, "place": known.cast(pl.UInt32)})
        key, strong = (
            chunk[column].to_physical().cast(pl.Int64) + 1
            if column in chunk.columns
            else pl.zeros(len(chunk), dtype=pl.Int64, eager=True)
            for column in (self._key, self._strong)
        )
        pairs = pl.DataFrame({"pair": key.fill_null(0) * _ORDER + strong.fill_null(0)})
        fresh = pairs.unique().filter(pl.col("pair") > 0).join(self._pairs, on="pair", how="anti")
        self._pairs = self._pairs.vstack(
            fresh.with_columns(place=pl.int_range(self._pairs.height, self._pairs.height + pl.len(), dtype=pl.UInt32))
        )
        self._grow(self._pairs.height)
        return pairs.join(self._pairs, on="pair", how="left", maintain_order="left")["place"]

    def _grow(self, size: int) -> None:
        more = size - len(self._first)
        if more > 0:
            self._numbers = np.append(self._numbers, np.zeros(more, np.int32))
            self._first = np.append(self._first, np.full(more, _NEVER))
            self._names = np.append(self._names, np.full(more, _NO_NAME, np.uint32))

    def _mention_names(self, places: pl.Series) -> pl.DataFrame:
        """Return the names and strong identifiers of mentions."""
        if self._pairs is None:
            return pl.DataFrame({"name_key": self._text(places), "strong": pl.repeat("", len(places), eager=True)})
        pairs = self._pairs["pair"].gather(places)
        parts = {"name_key": pairs // _ORDER, "strong": pairs % _ORDER}
        codes = {name: (part - 1).set(part == 0, None).cast(pl.UInt32) for name, part in parts.items()}
        return pl.DataFrame({name: self._text(code) for name, code in codes.items()})

    def _text(self, codes: pl.Series) -> pl.Series:
        return codes.cat.to(self._anchor.dtype).cast(pl.String).fill_null("")


def _above(numbers: pl.Series) -> int:
    """Return one more than the greatest of the numbers, 0 if there is none."""
    most = numbers.max()
    return most + 1 if isinstance(most, int) else 0


# -- corrections of a case that is there ----------------------------------------------------------------------------


def correct_folder(
    folder: Path, make_plan: MakePlan, *, task: Literal["correct", "unload"], wait_s: float = DEFAULT_WAIT_S
) -> CorrectionPlan:
    """Write the correction that is planned for the case in a folder, if it is new; return its plan."""
    find_case(folder)
    with open_writer(folder, wait_s=wait_s, task=task) as case:
        planned = make_plan(DuckDBCorrectionSource(case), stored_corrections(case.con), ledger_time(case.entries()))
        if planned.is_new:
            _keep_correction(case, planned)
    return planned


def _keep_correction(case: DuckDBWriter, planned: CorrectionPlan) -> None:
    """Add a correction in a transaction of its own, which resolves the parties anew."""
    con = case.con
    con.begin()
    try:
        add_correction(case, planned)
        with with_mention_views(con):
            keep_suspended(con, resolve_parties(con, read_judgements(con)))
        con.execute(
            "UPDATE meta SET value = (SELECT coalesce(max(file), 0) FROM files)::VARCHAR WHERE key = 'resolved_through'"
        )
        con.commit()
    except BaseException:
        case.roll_back()
        raise
    case.record()
