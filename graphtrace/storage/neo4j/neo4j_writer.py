"""Writer on a server: a file is staged in a case of its own, then sent in batches, and visible at its end.

One transaction per file would not fit the memory of a server, so a load becomes visible by a mark: sheets are numbered
upwards, the node of the case states how many of them are visible, and every query applies that. The last transaction of
a load moves the mark. Each batch records its place in the load in the same transaction, so a batch is written once
however often it is sent, and an interrupted load continues where it stopped.

A writer holds a lease on the case, which every batch renews and checks; a writer that lost it writes nothing more.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import duckdb

from graphtrace._version import __version__
from graphtrace.errors import CaseDamaged, CaseLocked, StoreError
from graphtrace.model import KINDS, Origin
from graphtrace.results.judgements import JudgementResult
from graphtrace.scratch import scratch_unwritable
from graphtrace.storage.case_folder import DEFAULT_WAIT_S, REJECTS, SOURCES, Deadline, scratch_folder
from graphtrace.storage.correction_log import (
    CorrectionEffects,
    CorrectionPlan,
    MakePlan,
    PortableCorrection,
    SheetRef,
    UnloadRequest,
    corrections_as_of,
    find_row,
    plan_unload,
    replay_on_new_reading,
)
from graphtrace.storage.duckdb.duckdb_schema import CARD_COLUMNS, PHYSICAL_TABLES
from graphtrace.storage.duckdb.duckdb_writer import DuckDBWriter, count_sheet
from graphtrace.storage.duckdb.visibility import read_judgements, read_suspended
from graphtrace.storage.judgement_log import JudgementRequest, StoredJudgement
from graphtrace.storage.judgement_plan import TableMembers, plan_judgement
from graphtrace.storage.ledger import content_of, ledger_time, next_entry
from graphtrace.storage.load_settings import BY, Progress, SheetCounts
from graphtrace.storage.memory_budget import MemoryBudget
from graphtrace.storage.neo4j import batches
from graphtrace.storage.neo4j.batches import (
    LinkedMention,
    fetch_mentions,
    fetch_sheets,
    insert_rows,
    open_tables,
    resolve,
)
from graphtrace.storage.neo4j.client import COMMIT_UNKNOWN, Address, Neo4jClient
from graphtrace.storage.neo4j.neo4j_backend import Neo4jBackend
from graphtrace.storage.neo4j.neo4j_corrections import (
    Neo4jCorrectionSource,
    mark_duplicates,
    mark_unloaded,
    read_corrections,
    read_judgement_lines,
    write_correction,
    write_judgement,
)
from graphtrace.storage.neo4j.neo4j_notes import ServerChains
from graphtrace.storage.neo4j.neo4j_queries import known_statements, mark_known
from graphtrace.storage.neo4j.neo4j_schema import (
    ENTRIES,
    FORMAT,
    RETRACTED,
    UNLOADED,
    complete_import,
    create_indexes,
)
from graphtrace.storage.not_read import decode_warnings, hash_of, reject_from_row, rejects_name
from graphtrace.storage.stored_records import COUNTED

if TYPE_CHECKING:
    import neo4j
    import polars as pl

    from graphtrace.results.corrections import Correction
    from graphtrace.storage.base import LoadedFile


LEASE_MS = 30_000
"""Lease time in milliseconds; after it, a writer may take over a lease that was not renewed."""

_LEASE_POLL_S: Final = 1.0
_TRIES = 3


@contextmanager
def open_server_writer(
    address: Address,
    *,
    dry_run: bool,
    memory: MemoryBudget | None = None,
    progress: Progress,
    wait_s: float = DEFAULT_WAIT_S,
) -> Iterator[Neo4jWriter]:
    """Open the writer of the case on a server, which is created if the database is empty.

    Unfinished work of an earlier writer is completed first.

    Raises CaseLocked if another process writes until ``wait_s`` seconds are over, or one was killed less than
    :data:`LEASE_MS` ago; StoreError if the server cannot be reached or written, or the database holds something else.
    """
    with scratch_folder(None) as folder, Neo4jClient(address) as server:
        try:
            deadline = Deadline(wait_s)
            with Neo4jWriter(
                server, folder, dry_run=dry_run, memory=memory, progress=progress, deadline=deadline
            ) as case:
                yield case
        except (duckdb.IOException, OSError) as error:
            raise scratch_unwritable(folder.parent, error) from error


class Neo4jWriter:
    """Writes to a server while it holds the lease. Made by :func:`open_server_writer`."""

    def __init__(
        self,
        server: Neo4jClient,
        folder: Path,
        *,
        dry_run: bool,
        memory: MemoryBudget | None,
        progress: Progress,
        deadline: Deadline,
    ) -> None:
        self.folder = self.scratch = folder
        self._memory = memory
        self.server = server
        self.chains = ServerChains(server, is_trial=dry_run)
        self._dry_run = dry_run
        self._tell = progress
        self._me = uuid.uuid4().hex
        self._resources = ExitStack()
        self._mentions: _Mentions | None = None
        self._tried: dict[str, list[dict[str, Any]]] = {}
        self._tried_readings: dict[str, Mapping[str, Any]] = {}
        self._superseded: CorrectionPlan | None = None
        self._tried_statements: set[str] = set()
        for name in (SOURCES, REJECTS):
            (folder / name).mkdir()
        self._read_state()
        if not dry_run:
            if self.format is None:
                self._make()
            self._take_lease(deadline)
            self._read_state()
            if self.resolved_through != self.loads:
                self.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()
        if not self._dry_run:
            # where the server is gone the lease runs out by itself, and what went wrong is on its way already
            with suppress(StoreError):
                self.server.write_once(
                    "MATCH (c:Case) WHERE c.writer = $me REMOVE c.writer, c.writer_until", me=self._me
                )

    # -- the case as a whole -----------------------------------------------------------------------------------

    def _read_state(self) -> None:
        rows = self.server.run_read(
            "MATCH (c:Case) RETURN c.format, c.loads, c.sheets, c.resolved_through, "
            "c.is_bare, coalesce(c.corrections, 0), "
            "coalesce(c.judgements, 0)"
        )
        found: list[Any] = rows[0] if rows else [None, 0, 0, 0, None, 0, 0]
        self.format, self.loads, self.sheets, self.resolved_through, is_bare, self.corrections, self.judgements = found
        if rows and self.format != FORMAT:
            raise CaseDamaged(
                "other_format",
                folder=self.server.address,
                found=self.format,
                format=FORMAT,
                hint="load_into_new_database",
            )
        corrections = read_corrections(self.server, self.corrections) if self.corrections else []
        self._unloaded = list(corrections_as_of(corrections, None).unloaded)
        if is_bare:
            complete_import(self.server)

    def _make(self) -> None:
        if self.server.run_read("MATCH (n) RETURN 1 LIMIT 1"):
            raise StoreError("server_no_case_but_data", address=self.server.address, hint="empty_database")
        create_indexes(self.server)
        self._run(
            "MERGE (c:Case {id: 'case'}) "
            "ON CREATE SET c.format = $format, c.loads = 0, c.sheets = 0, c.resolved_through = 0, c.classes = []",
            format=FORMAT,
        )

    def _run(self, cypher: str, **parameters: Any) -> list[list[Any]]:
        rows: list[list[Any]] = self.server.write(lambda tx: tx.run(cypher, parameters).values())
        return rows

    def _take_lease(self, deadline: Deadline) -> None:
        """Take the lease, waiting until it is released or expires; a killed writer does not renew it."""
        while True:
            ((writer, until, now),) = self._run(
                """
                MATCH (c:Case) SET c.asked = timestamp()
                WITH c, c.writer IS NULL OR c.writer = $me OR c.writer_until < timestamp() AS is_free
                FOREACH (_ IN CASE WHEN is_free THEN [1] ELSE [] END |
                    SET c.writer = $me, c.writer_until = timestamp() + $lease)
                REMOVE c.asked
                RETURN c.writer, c.writer_until, timestamp()
                """,
                me=self._me,
                lease=LEASE_MS,
            )
            if writer == self._me:
                return
            if not deadline.wait(min(_LEASE_POLL_S, max(0.05, (until - now) / 1000))):
                raise CaseLocked("being_written", folder=self.server.address, hint="wait_for_writer")

    def _renew(self) -> None:
        if not self._dry_run:
            self.server.write(self._check_lease)

    def _check_lease(self, tx: neo4j.ManagedTransaction) -> None:
        found = tx.run(
            "MATCH (c:Case) WHERE c.writer = $me SET c.writer_until = timestamp() + $lease RETURN 1",
            me=self._me,
            lease=LEASE_MS,
        ).values()
        if not found:
            raise CaseLocked("writer_replaced", address=self.server.address, hint="wait_for_load")

    # -- one file ----------------------------------------------------------------------------------------------

    def file_number(self, sha256: str) -> int | None:
        self._sha256 = sha256
        if sha256 in self._tried:
            return 0
        rows = self.server.run_read(
            "MATCH (s:Sheet)-[:OF]->(f:File {sha256: $sha256}) WHERE f.complete AND NOT s.sheet IN $gone "
            "RETURN DISTINCT f.load",
            sha256=sha256,
            gone=self._unloaded,
        )
        return rows[0][0] if rows else None

    def loads_of(self, sha256: str) -> int:  # noqa: ARG002
        """Return 0: reject files are temporary here and need no unique names."""
        return 0

    def begin(self, extra_entry_fields: Mapping[str, Any] | None = None, *, supersedes: int | None = None) -> None:
        self._extra_entry_fields = dict(extra_entry_fields or {})
        self._resources.close()
        # an earlier load of the same file would have rejects of the same names
        for path in (self.folder / REJECTS).iterdir():
            path.unlink()
        self.lost_corrections: Sequence[Correction] = ()
        self._superseded = None
        if supersedes:
            rows = Neo4jCorrectionSource(self)
            ((name, sha256),) = self.server.run_read(
                "MATCH (f:File {load: $load}) RETURN f.name, f.sha256", load=supersedes
            )
            request = UnloadRequest.of_earlier_reading(name, sha256, (extra_entry_fields or {}).get(BY))
            self._superseded = plan_unload(request, rows, rows.kept, ledger_time(self.entries()))
            self._unloaded += self._superseded.effects.unloaded
        self._place = self.folder / "staged"
        self._resources.callback(shutil.rmtree, self._place, ignore_errors=True)
        self._staged = self._resources.enter_context(DuckDBWriter(self._place, self._memory))
        self._staged.begin()
        batches.create_statement_views(self._staged.con)

    def roll_back(self) -> bool:
        """Drop the staged file; its batches on the server stay invisible, and the next load of the file uses them."""
        self._resources.close()
        self._mentions = None
        if self._superseded is not None:
            self._unloaded = [each for each in self._unloaded if each not in self._superseded.effects.unloaded]
            self._superseded = None
        return True

    def open_sheet(self) -> None:
        self._staged.open_sheet()

    def stage(self, frame: pl.DataFrame) -> None:
        self._staged.stage(frame)
        self._renew()

    def stage_supports(self, frame: pl.DataFrame) -> None:
        self._staged.stage_supports(frame)
        self._renew()

    def close_sheet(self, **about: Any) -> SheetCounts:
        """End the sheet; return the number of its new rows, of its duplicate rows, and its records."""
        self._staged.close_sheet(**{**about, "rejects_file": None})
        con = self._staged.con
        ((sheet,),) = con.execute("SELECT max(sheet) FROM sheets").fetchall()
        if self.sheets or self._tried_statements:
            for table in CARD_COLUMNS:
                self._mark_known(con, table, sheet)
            known = known_statements(self.server, con, sheet, self.sheets, self._unloaded)
            mark_known(con, sheet, self._tried_statements | known)
        counts = count_sheet(con, sheet)
        con.execute(
            "UPDATE sheets SET loaded = ?, duplicate = ? WHERE sheet = ?", [counts.loaded, counts.duplicate, sheet]
        )
        return counts

    def _mark_known(self, con: duckdb.DuckDBPyConnection, table: str, sheet: int) -> None:
        """Mark the statements of a sheet that the case on the server has already."""
        kinds = list(range(len(KINDS))) if self._tried_statements else self._kinds_there()
        lot = batches.LOT_COLUMNS[table]
        known: list[tuple[int, ...]] = []
        for piece in batches.pieces(con, table):
            found = con.execute(
                f"SELECT statement, cards, {', '.join(('row', 'kind', *lot))} FROM statements_of_{table} "
                f"WHERE sheet = ? AND {piece} AND NOT repeated AND list_contains(?::UTINYINT[], kind) ORDER BY cards",
                [sheet, kinds],
            )
            while rows := found.fetchmany(batches.BATCH_ROWS):
                stated = self._tried_statements.intersection(statement for statement, *_ in rows)
                if self.sheets:
                    answer = self.server.run_read(
                        batches.KNOWN_STATEMENTS[table],
                        rows=[row[:2] for row in rows],
                        sheets=self.sheets,
                        gone=self._unloaded,
                    )
                    stated.update(statement for (statement,) in answer)
                known += (tuple(place) for statement, _, *place in rows if statement in stated)
        if known:
            # a row may name several cards, and only some of them be known
            listed = {"row": "UINTEGER", "kind": "UTINYINT", **dict.fromkeys(lot, "BIGINT")}
            same = " AND ".join(f"{name} = known_{name}" for name in listed)
            unnested = ", ".join(f"unnest(?::{kind}[]) AS known_{name}" for name, kind in listed.items())
            for part in PHYSICAL_TABLES[table]:
                con.execute(
                    f"UPDATE {part} SET repeated = true FROM (SELECT {unnested}) WHERE sheet = ? AND {same}",
                    [*(list(column) for column in zip(*known, strict=True)), sheet],
                )

    def _kinds_there(self) -> list[int]:
        """Return the kinds of the records on the server; a statement of another kind is new."""
        rows = self.server.run_read(
            "MATCH (f:File) WHERE f.complete UNWIND f.fields AS field RETURN DISTINCT split(field, '.')[0]"
        )
        return [KINDS.index(kind) for (kind,) in rows]

    def _stage_dry_run(self, con: duckdb.DuckDBPyConnection, sha256: str) -> None:
        """Store the statements of a file of a trial run, with which the next files are compared."""
        for table in CARD_COLUMNS:
            rows = con.execute(f"SELECT statement FROM statements_of_{table}").fetchall()
            self._tried_statements.update(statement for (statement,) in rows)
        rows = con.execute(f"SELECT statement FROM supports WHERE {COUNTED}").fetchall()
        self._tried_statements.update(statement for (statement,) in rows)
        self._tried[sha256] = self._staged.sheets_of(1)
        self._tried_readings[sha256] = {**self._extra_entry_fields, "sheets": self._staged.readings}

    def entries(self) -> list[str]:
        return [entry for *_, entry in sorted(self.server.run_read(ENTRIES))]

    def copy_file(self, tables: duckdb.DuckDBPyConnection, load: int) -> None:
        self._staged.copy_file(tables, load)
        self._renew()

    def commit(self, *, name: str, sha256: str, size: int, copied_file: LoadedFile | None = None) -> None:
        con = self._staged.con
        if self._dry_run:
            self._stage_dry_run(con, sha256)
            return
        load = self.loads + 1
        # what a load has sent a copy cannot go on with: it may have numbered its batches otherwise
        version = __version__ if copied_file is None else f"{__version__} copying"
        if self._superseded is not None:
            # the earlier reading may be another one each time
            version = f"{__version__} {uuid.uuid4().hex}"
            self._mentions = None
        is_resumed = self._clear_unfinished(sha256, version)
        mentions = self._known_mentions()
        file = {"name": name, "sha256": sha256, "size": size, "load": load, "version": version}
        linked = mentions.add(con, file, first_sheet=self.sheets + 1)
        batches.create_batch_views(con, linked, loads_before=self.loads, sheets_before=self.sheets)
        if not is_resumed:
            self._run("MERGE (f:File {load: $file.load}) SET f += $file, f.sent = 0, f.complete = false", file=file)
        is_kept = self.server.run_read("MATCH (f:File {sha256: $sha256}) WHERE f.complete RETURN 1", sha256=sha256)
        source = None if is_kept else self.folder / SOURCES / sha256
        steps = batches.load_batches(con, load, source, mentions.resolved, linked)
        total = batches.row_count(con)
        done = 0
        ((sent,),) = self.server.run_read("MATCH (f:File {load: $load}) RETURN f.sent", load=load)
        for number, (cypher, parameters, is_record) in enumerate(steps):
            if number >= sent:
                self._send(load, number, cypher, parameters)
            if is_record:
                done += len(parameters["rows"])
                self._tell(name, done, total)
        self._complete(con, name, sha256, size, copied_file)
        self._resources.close()

    def _send(self, load: int, number: int, cypher: str, parameters: dict[str, Any]) -> None:
        """Send one batch; if the reply to its commit was lost, send it again, and write it only if it is not there."""

        def work(tx: neo4j.ManagedTransaction) -> None:
            self._check_lease(tx)
            fresh = tx.run(
                "MATCH (f:File {load: $load}) WHERE f.sent <= $number SET f.sent = $number + 1 RETURN 1",
                load=load,
                number=number,
            ).values()
            if fresh:
                tx.run(cypher, parameters).consume()

        self._commit_with_retry(work)

    def _commit_with_retry(self, work: Callable[[neo4j.ManagedTransaction], None]) -> None:
        for tries_left in reversed(range(_TRIES)):
            try:
                self.server.write(work)
                return
            except StoreError as error:
                if error.code != COMMIT_UNKNOWN or not tries_left:
                    raise

    def _complete(
        self, con: duckdb.DuckDBPyConnection, name: str, sha256: str, size: int, copied_file: LoadedFile | None
    ) -> None:
        """Make a file that was sent visible, in one transaction with the corrections that the load makes."""
        sheets = con.execute(
            "SELECT name, row_count, loaded, duplicate, rejected FROM sheets ORDER BY sheet"
        ).fetchall()
        entries = self.entries()
        loaded_at = ledger_time(entries) if copied_file is None else copied_file.loaded_at
        last = entries[-1] if entries else None
        rows = Neo4jCorrectionSource(self, arriving=len(sheets))
        before: list[Mapping[str, Any]] = []
        if self._superseded is not None:
            unload = self._superseded.stored(
                self.loads, next_entry(last, self._superseded.correction.content(), self.beside)
            )
            before.append(rows.changes(unload))
            rows.expect(unload)
            last = unload.entry
        if copied_file is None:
            file = {"load": self.loads + 1, "at": loaded_at, "file": name, "sha256": sha256, "size": size}
            entry = next_entry(
                last, {**file, "sheets": self._sheet_contents(sheets, sha256), **self._extra_entry_fields}, self.beside
            )
        else:
            entry = copied_file.entry
        after = [] if self._superseded is None else self._replay_corrections(rows, self._superseded, entry)
        self._publish(con, len(sheets), loaded_at, entry, (before, after))
        self.loads += 1
        self.sheets += len(sheets)
        if before:
            self.corrections += len(before) + len(after)
            self.resolved_through = -1
            self._mentions = self._superseded = None

    def _sheet_contents(self, sheets: Sequence[Sequence[Any]], sha256: str) -> list[dict[str, Any]]:
        """Return the sheets of a file as the line of the ledger has them."""
        rejects = [self.folder / REJECTS / rejects_name(sha256, number) for number in range(1, len(sheets) + 1)]
        return [
            dict(
                zip(("sheet", "rows", "loaded", "duplicate", "rejected"), sheet, strict=True),
                rejects_sha256=hash_of(path) if path.exists() else None,
                **reading,
            )
            for sheet, path, reading in zip(sheets, rejects, self._staged.readings, strict=True)
        ]

    def _publish(
        self,
        con: duckdb.DuckDBPyConnection,
        sheets: int,
        loaded_at: str,
        entry: str,
        corrections: tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]],
    ) -> None:
        """Commit a file with its line of the ledger, the corrections before it and those after it."""
        before, after = corrections
        classes = [
            cls for (cls,) in con.execute("SELECT DISTINCT size_class FROM lots_to_send ORDER BY size_class").fetchall()
        ]
        fields = batches.property_names(con).get(self.loads + 1, [])
        ((supports, unread),) = con.execute(
            "SELECT (SELECT count(*) FROM supports), (SELECT count(*) FROM unread_cards)"
        ).fetchall()

        def work(tx: neo4j.ManagedTransaction) -> None:
            self._check_lease(tx)
            for changes in before:
                write_correction(tx, changes)
            tx.run(
                """
                MATCH (c:Case), (f:File {load: $load})
                SET f.complete = true, f.loaded_at = $loaded_at, f.entry = $entry, f.fields = $fields,
                    c.loads = $load, c.sheets = $sheets, c.has_supports = coalesce(c.has_supports, false) OR $supports,
                    c.has_unread = coalesce(c.has_unread, false) OR $unread,
                    c.classes = c.classes + [size_class IN $classes WHERE NOT size_class IN c.classes]
                REMOVE f.sent
                """,
                loaded_at=loaded_at,
                entry=entry,
                load=self.loads + 1,
                sheets=self.sheets + sheets,
                classes=classes,
                fields=fields,
                supports=bool(supports),
                unread=bool(unread),
            ).consume()
            for changes in after:
                write_correction(tx, changes)
            mark_duplicates(tx)

        self._commit_with_retry(work)

    def _replay_corrections(
        self, rows: Neo4jCorrectionSource, superseded: CorrectionPlan, entry: str
    ) -> list[Mapping[str, Any]]:
        """Return the changes that repeat the corrections of the earlier reading of a file in its new reading."""
        load, changes, last = self.loads + 1, [], entry
        self._run("MATCH (f:File {load: $load}) SET f.entry = $entry", load=load, entry=entry)

        def keep(planned: CorrectionPlan) -> None:
            nonlocal last
            last = next_entry(last, planned.correction.content(), self.beside)
            stored = planned.stored(load, last)
            changes.append(rows.changes(stored))
            rows.expect(stored)

        listed = (
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $sheets "
            "RETURN s.sheet, f.name, f.sha256, s.name ORDER BY s.sheet"
        )
        arrived = [sheet.sheet for sheet in rows.sheet_names() if sheet.sheet > self.sheets]
        old, new = (
            [SheetRef(*row) for row in self.server.run_read(listed, sheets=sheets)]
            for sheets in (list(superseded.effects.unloaded), arrived)
        )
        self.lost_corrections = replay_on_new_reading(rows, rows.kept, (old, new), keep, at=ledger_time([entry]))
        return changes

    def correct(self, changes: Mapping[str, Any]) -> None:
        """Write one correction; the parties must be resolved anew after it."""

        def work(tx: neo4j.ManagedTransaction) -> None:
            self._check_lease(tx)
            write_correction(tx, changes)

        self._commit_with_retry(work)
        self.corrections += 1
        self._unloaded += CorrectionEffects.of_text(changes["effects"]).unloaded
        self.resolved_through = -1
        self._mentions = None

    def take_correction(self, correction: PortableCorrection) -> None:
        """Copy a correction from another case; the parties must be resolved anew after it."""
        rows = Neo4jCorrectionSource(self)
        self.correct(rows.changes(rows.arriving(correction)))

    def take_judgement(self, stored: StoredJudgement) -> None:
        """Write one line about a judgement; the parties must be resolved anew after it."""

        def work(tx: neo4j.ManagedTransaction) -> None:
            self._check_lease(tx)
            write_judgement(tx, stored)

        self._commit_with_retry(work)
        self.judgements += 1
        self.resolved_through = -1
        if self._mentions is not None:
            self._mentions.judge([stored])

    def party_tables(self) -> duckdb.DuckDBPyConnection:
        """Return local tables with all mentions, resolved to parties."""
        return self._known_mentions().con

    def record(self) -> None:
        """Do nothing: the ledger of a server is in its files."""

    # -- what stopped loads left ---------------------------------------------------------------------------------

    def _clear_unfinished(self, sha256: str, version: str) -> bool:
        """Remove what interrupted loads left; return true if this file was being loaded and can be continued."""
        unfinished = self.server.run_read("MATCH (f:File) WHERE NOT f.complete RETURN f.sha256, f.version, f.load")
        if unfinished == [[sha256, version, self.loads + 1]]:
            return True
        if unfinished:
            self._tell("", 0, None)
            sheets = {"sheets": self.sheets}
            self._delete(
                f"MATCH (n:Record) WHERE n.sheet > $sheets AND NOT n:{RETRACTED} AND NOT n:{UNLOADED}", **sheets
            )
            self._delete("MATCH (n:Mention) WHERE n.sheets[0] > $sheets AND n.unloaded_sheets IS NULL", **sheets)
            self._forget_writings()
            self._delete("MATCH (n:Support) WHERE n.sheet > $sheets", **sheets)
            self._delete("MATCH (n:Unread) WHERE n.sheet > $sheets", **sheets)
            self._delete("MATCH (n:Reject)-[:IN]->(s:Sheet) WHERE s.sheet > $sheets", **sheets)
            self._delete("MATCH (n:Sheet) WHERE n.sheet > $sheets", **sheets)
            self._delete("MATCH (n:Chunk)-[:OF]->(f:File) WHERE NOT f.complete")
            for orphan in ("Card", "Lot", "Party"):
                self._delete(f"MATCH (n:{orphan}) WHERE NOT EXISTS {{ (n)--() }}")
            self._delete("MATCH (n:File) WHERE NOT n.complete")
        return False

    def _forget_writings(self) -> None:
        """Remove the sheets of interrupted loads from the mentions that were known before."""

        def work(tx: neo4j.ManagedTransaction) -> None:
            self._check_lease(tx)
            tx.run(
                "MATCH (m:Mention) WHERE m.sheets[-1] > $sheets "
                "WITH m, size([sheet IN m.sheets WHERE sheet <= $sheets]) AS kept "
                "SET m.sheets = m.sheets[..kept], m.days = m.days[..kept], m.places = m.places[..kept], "
                "m.names = m.names[..kept]",
                sheets=self.sheets,
            ).consume()

        self._commit_with_retry(work)

    def _delete(self, match: str, **parameters: Any) -> None:
        """Delete the nodes ``n``, in batches."""

        def work(tx: neo4j.ManagedTransaction) -> int:
            self._check_lease(tx)
            delete = f"{match} WITH n LIMIT {batches.BATCH_ROWS} DETACH DELETE n RETURN count(*)"
            return int(tx.run(delete, **parameters).values()[0][0])

        while self.server.write(work) == batches.BATCH_ROWS:
            pass

    # -- resolved parties --------------------------------------------------------------------------------------

    def _known_mentions(self) -> _Mentions:
        if self._mentions is None:
            lines = read_judgement_lines(self.server, self.judgements) if self.judgements else []
            seen = [sheet for sheet in range(1, self.sheets + 1) if sheet not in self._unloaded]
            self._mentions = _Mentions(self.server, seen, self.sheets, lines)
        return self._mentions

    @property
    def beside(self) -> Mapping[str, str | None]:
        """The hashes of the last note and look-up, to which a line of the ledger commits."""
        return {"notes": self.chains.head("notes"), "lookups": self.chains.head("lookups")}

    def finish(self) -> None:
        """Resolve all parties anew, once after the last file; until then each reader does it for itself."""
        if self._dry_run or self.resolved_through == self.loads:
            return
        if mark_unloaded(self.server, self._unloaded, self._in_batches):
            self._mentions = None
        mentions = self._known_mentions()
        self._write_parties(mentions)
        moved = [
            [mention, (party := mentions.resolved[mention][0]), [other for other in linked if other != party]]
            for mention, (linked, _) in mentions.linked.items()
            if mention in mentions.resolved and linked != [mentions.resolved[mention][0]]
        ]
        renamed = [
            [mention, mentions.resolved[mention][4]]
            for mention, (_, member) in mentions.linked.items()
            if mention in mentions.resolved and member != mentions.resolved[mention][4]
        ]
        self._batches("UNWIND $rows AS row MATCH (m:Mention {mention: row[0]}) SET m.member = row[1]", renamed)
        if moved:
            self._relink_mentions(moved)
        suspended = sorted(read_suspended(mentions.con))
        self._batches(
            "UNWIND $rows AS row MATCH (c:Case) SET c.resolved_through = c.loads, c.suspended = row", [suspended]
        )
        if renamed:
            self._mentions = None
        self.resolved_through = self.loads

    def _batches(self, cypher: str, rows: Sequence[Any], **parameters: Any) -> None:
        self._in_batches(rows, lambda tx, batch: tx.run(cypher, rows=batch, **parameters).consume())

    def _in_batches(self, rows: Sequence[Any], write: Callable[[neo4j.ManagedTransaction, Sequence[Any]], Any]) -> None:
        def work(tx: neo4j.ManagedTransaction) -> None:
            self._check_lease(tx)
            write(tx, batch)

        for start in range(0, len(rows), batches.BATCH_ROWS):
            batch = rows[start : start + batches.BATCH_ROWS]
            self._commit_with_retry(work)

    def _write_parties(self, mentions: _Mentions) -> None:
        """Update the nodes of parties from all their mentions."""
        known = {
            party[0]: tuple(party)
            for party in self.server.run_read("MATCH (p:Party) RETURN p.id, p.name, p.is_carrier, p.bearers")
        }
        parties = sorted({party[:4] for party in mentions.resolved.values()})
        fresh = [list(party) for party in parties if known.get(party[0]) != party]
        self._batches(batches.WRITE_PARTIES, fresh)

    def _relink_mentions(self, moved: Sequence[Sequence[Any]]) -> None:
        """Relink the records of mentions to other parties: new links first, so that no record is ever without one."""
        self._batches(
            "UNWIND $rows AS row MATCH (m:Mention {mention: row[0]}) MATCH (p:Party {id: row[1]}) "
            "MERGE (m)-[:REFERS_TO]->(p)",
            moved,
        )
        hung: dict[tuple[str, str], list[list[Any]]] = {}
        for side, pattern in batches.SIDES.items():
            for link in pattern:
                left = f"(p)-[g:{link}]->(r)" if side == "sender" else f"(r)-[g:{link}]->(p)"
                hung[side, link] = self.server.run_read(
                    f"UNWIND $moved AS row UNWIND row[2] AS old MATCH (p:Party {{id: old}}) MATCH {left} "
                    f"WHERE r.{side} = row[0] RETURN elementId(r), row[1]",
                    moved=moved,
                )
        for add in (True, False):
            for (side, link), rows in hung.items():
                self._batches(batches.relink_cypher(side, link, add=add), rows)
        self._batches(
            "UNWIND $rows AS row MATCH (m:Mention {mention: row[0]})-[n:REFERS_TO]->(p:Party) WHERE p.id <> row[1] "
            "DELETE n",
            moved,
        )
        self._batches(
            "UNWIND $rows AS row UNWIND row[2] AS old "
            "MATCH (p:Party {id: old}) WHERE NOT EXISTS { (p)<-[:REFERS_TO]-() } DETACH DELETE p",
            moved,
        )
        self._mentions = None

    def reading_of(self, file: int) -> Mapping[str, Any]:
        if file == 0:
            return self._tried_readings[self._sha256]
        ((entry,),) = self.server.run_read("MATCH (f:File {load: $load}) RETURN f.entry", load=file)
        return content_of(entry)

    # -- what an earlier load said -----------------------------------------------------------------------------

    def sheets_of(self, file: int) -> list[dict[str, Any]]:
        if file == 0:
            return self._tried[self._sha256]
        columns = ("sheet", "name", "kind", "encoding", "row_count", "rejected", "rejects_file", "remarks")
        found = self.server.run_read(
            "MATCH (s:Sheet)-[:OF]->(f:File {load: $file}) WHERE f.complete "
            "RETURN s.sheet, s.name, s.kind, s.encoding, s.rows, s.rejected, null, s.remarks ORDER BY s.sheet",
            file=file,
        )
        sheets = [dict(zip(columns, row, strict=True)) for row in found]
        for sheet in sheets:
            rejects = self.server.run_read(
                "MATCH (r:Reject)-[:IN]->(:Sheet {sheet: $sheet}) "
                "RETURN r.row, r.field, r.reason, r.value, r.low, r.high, r.raw ORDER BY r.place",
                sheet=sheet["sheet"],
            )
            sheet["rejects"] = [reject_from_row(cells) for cells in rejects]
            sheet["remarks"] = decode_warnings(sheet["remarks"])
        return sheets


class _Mentions:
    """Mentions in memory: those of the case and of the files that join it."""

    def __init__(
        self, server: Neo4jClient, seen: Sequence[int], last: int, judgements: Sequence[StoredJudgement]
    ) -> None:
        self.con = open_tables()
        insert_rows(self.con, "judgements", "line loads corrections entry", judgements)
        fetch_sheets(self.con, server, seen=seen)
        self.linked = fetch_mentions(self.con, server, seen=seen, last=last)
        """Parties that each mention is linked to on the server, and its member there."""
        self.resolved = resolve(self.con)

    def judge(self, judgements: Sequence[StoredJudgement]) -> None:
        """Add further lines about judgements."""
        insert_rows(self.con, "judgements", "line loads corrections entry", judgements)
        self.resolved = resolve(self.con)

    def add(
        self, staged: duckdb.DuckDBPyConnection, file: dict[str, Any], *, first_sheet: int
    ) -> dict[int, batches.MentionLink]:
        """Add the mentions of a staged file.

        Returns
        -------
        dict
            By the number of a mention in the staged file: its number here, the party that its records are to hang on,
            and whether it is new.
        """
        self._add_sheets(staged, file, before=first_sheet - 1)
        numbers, start = self._number_mentions(staged)
        self._add_names(staged, numbers, before=first_sheet - 1)
        self.resolved = resolve(self.con)
        for number in numbers.values():
            self.linked.setdefault(number, LinkedMention([self.resolved[number][0]], self.resolved[number][4]))
        return {
            staged_number: batches.MentionLink(number, self.linked[number].parties[0], is_new=number >= start)
            for staged_number, number in numbers.items()
        }

    def _add_sheets(self, staged: duckdb.DuckDBPyConnection, file: dict[str, Any], *, before: int) -> None:
        """Add the file and its sheets, numbered after ``before`` earlier ones."""
        columns = (file["load"], file["name"], file["sha256"], file["size"], "", "")
        insert_rows(self.con, "files", "file name sha256 size loaded_at entry", [columns])
        sheets = staged.execute(
            "SELECT sheet, name, kind, row_count, rejected, records FROM sheets ORDER BY sheet"
        ).fetchall()
        insert_rows(
            self.con,
            "sheets",
            "sheet file name kind row_count loaded duplicate rejected records remarks",
            [
                (sheet + before, file["load"], name, kind, rows, 0, 0, bad, records, "")
                for sheet, name, kind, rows, bad, records in sheets
            ],
        )

    def _number_mentions(self, staged: duckdb.DuckDBPyConnection) -> tuple[dict[int, int], int]:
        """Number the mentions of a staged file; return them by their staged number, and the first new number."""
        known = {
            (name, strong): number
            for number, name, strong in self.con.execute("SELECT ident, name_key, strong FROM mentions").fetchall()
        }
        mentioned = staged.execute("SELECT ident, name_key, strong FROM mentions ORDER BY name_key, strong").fetchall()
        fresh = [key for _, *key in mentioned if tuple(key) not in known]
        start = max(known.values(), default=0) + 1
        added = [(number, *key) for number, key in enumerate(fresh, start)]
        insert_rows(self.con, "mentions", "ident name_key strong", added)
        known.update({(name, strong): number for number, name, strong in added})
        return {staged_number: known[name, strong] for staged_number, name, strong in mentioned}, start

    def _add_names(self, staged: duckdb.DuckDBPyConnection, numbers: Mapping[int, int], *, before: int) -> None:
        """Add the names of mentions and of carriers by sheet; ``numbers`` are those of staged mentions."""
        insert_rows(
            self.con,
            "mention_names",
            "ident sheet day place name",
            [
                (numbers[staged_number], sheet + before, day, place, name)
                for staged_number, sheet, day, place, name in staged.execute("SELECT * FROM mention_names").fetchall()
            ],
        )
        insert_rows(
            self.con,
            "carrier_names",
            "name_key operator sheet",
            [
                (name, operator, sheet + before)
                for name, operator, sheet in staged.execute("SELECT * FROM carrier_names").fetchall()
            ],
        )


# -- corrections and judgements of a case that is there ------------------------------------------------------------


def correct_server(address: Address, make_plan: MakePlan, *, wait_s: float) -> CorrectionPlan:
    """Write the correction that is planned for the case on a server, if it is new; return its plan."""
    # what is no case must not become one
    Neo4jBackend(address).close()
    with open_server_writer(address, dry_run=False, progress=lambda *_: None, wait_s=wait_s) as case:
        rows = Neo4jCorrectionSource(case)
        planned = make_plan(rows, rows.kept, ledger_time(case.entries()))
        if planned.is_new:
            entries = case.entries()
            entry = next_entry(entries[-1] if entries else None, planned.correction.content(), case.beside)
            case.correct(rows.changes(planned.stored(case.loads, entry)))
            case.finish()
    return planned


def judge_server(address: Address, request: JudgementRequest) -> JudgementResult:
    """Judge two parties of the case on a server, or undo a judgement; see :meth:`graphtrace.Case.resolve`."""
    # what is no case must not become one
    Neo4jBackend(address).close()
    with open_server_writer(address, dry_run=False, progress=lambda *_: None) as case:

        def origin(record: str) -> Origin:
            return find_row(Neo4jCorrectionSource(case), record).origin

        con = case.party_tables()
        members = TableMembers(con, origin)
        at = ledger_time(case.entries())
        planned = plan_judgement(members, read_judgements(con), request, at=at)
        if planned.content is not None:
            entries = case.entries()
            entry = next_entry(entries[-1] if entries else None, planned.content, case.beside)
            case.take_judgement(StoredJudgement(case.judgements + 1, case.loads, case.corrections, entry))
            case.finish()
    return JudgementResult(judgement=planned.judgement, is_new=planned.content is not None)
