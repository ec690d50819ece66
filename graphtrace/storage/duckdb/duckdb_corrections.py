"""Corrections within a transaction of a case folder: of records, of unloaded files, of files that are read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from graphtrace.errors import CaseDamaged, NothingFound, UsageError
from graphtrace.private_files import create_file, read_blocks
from graphtrace.results.corrections import Correction
from graphtrace.scratch import subfolder
from graphtrace.storage.case_folder import SOURCES
from graphtrace.storage.correction_log import (
    CorrectionPlan,
    CorrectionRequest,
    LoadedRow,
    MentionName,
    SheetRef,
    StoredCorrection,
    UnloadRequest,
    plan_correction,
    plan_unload,
    replay_on_new_reading,
    rows_of_records,
)
from graphtrace.storage.duckdb.duckdb_schema import CARD_COLUMNS, IDENTITY_COLUMNS, NO_DAY, kind_list
from graphtrace.storage.duckdb.visibility import STORED_CORRECTIONS, not_unloaded, unloaded_sheets
from graphtrace.storage.ledger import ledger_time, next_entry
from graphtrace.storage.sheet_plan import source_name
from graphtrace.storage.stored_records import COUNTED

if TYPE_CHECKING:
    import duckdb

_BY_CARRIER = kind_list(("purchase", "registration"))


class CorrectedCase(Protocol):
    """Protocol of a case folder that is being written, for corrections."""

    folder: Path
    scratch: Path

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection to the database that is written."""

    @property
    def beside(self) -> Mapping[str, str | None]:
        """The hashes of the last lines of the notes and of the log of look-ups, which lines of the ledger state."""

    def entries(self) -> list[str]:
        """Return the lines of the ledger that the database carries, in order."""

    def keep_correction(self, stored: StoredCorrection) -> None:
        """Store a correction."""


def unload_earlier_reading(case: CorrectedCase, load: int, who: str | None) -> None:
    """Unload the earlier reading of a file, within the load of the new one by somebody."""
    ((name, sha256),) = case.con.execute("SELECT name, sha256 FROM files WHERE file = ?", [load]).fetchall()
    request = UnloadRequest.of_earlier_reading(name, sha256, who)
    corrections = stored_corrections(case.con)
    add_correction(case, plan_unload(request, DuckDBCorrectionSource(case), corrections, ledger_time(case.entries())))


def replay_corrections(case: CorrectedCase, earlier: int, later: int) -> list[Correction]:
    """Repeat the corrections of the earlier reading of a file in the new one, within the load of the new one.

    Returns the corrections that lost their row.
    """
    corrections = stored_corrections(case.con)
    listed = "SELECT sheet, files.name, sha256, sheets.name FROM sheets JOIN files USING (file) WHERE file = ?"
    old, new = ([SheetRef(*row) for row in case.con.execute(listed, [load]).fetchall()] for load in (earlier, later))

    def keep(planned: CorrectionPlan) -> None:
        corrections.append(add_correction(case, planned))

    at = ledger_time(case.entries())
    return replay_on_new_reading(DuckDBCorrectionSource(case), corrections, (old, new), keep, at=at)


def add_correction(case: CorrectedCase, planned: CorrectionPlan) -> StoredCorrection:
    """Add a correction to the open transaction; the parties must be resolved anew after it."""
    entries = case.entries()
    entry = next_entry(entries[-1] if entries else None, planned.correction.content(), case.beside)
    ((loads,),) = case.con.execute("SELECT coalesce(max(file), 0) FROM files").fetchall()
    stored = planned.stored(loads, entry)
    case.keep_correction(stored)
    case.con.execute("UPDATE meta SET value = '0' WHERE key = 'resolved_through'")
    return stored


def stored_corrections(con: duckdb.DuckDBPyConnection) -> list[StoredCorrection]:
    """Return the corrections of a case, in order."""
    return [StoredCorrection(*row) for row in con.execute(STORED_CORRECTIONS).fetchall()]


def replay_correction(case: CorrectedCase, entry: str) -> bool:
    """Repeat the correction of a line of the ledger; return false if it cannot be made.

    The parties are not resolved; :meth:`graphtrace.storage.duckdb.duckdb_writer.DuckDBWriter.finish` does it.
    """
    correction = Correction.of_entry(entry)
    earlier, rows = stored_corrections(case.con), DuckDBCorrectionSource(case)
    by = None if correction.by is None else correction.by.ref
    try:
        if correction.is_unload:
            unload = UnloadRequest(correction.record.file, correction.why, correction.who, correction.record.sha256)
            planned = plan_unload(unload, rows, earlier, correction.at)
        else:
            request = CorrectionRequest(correction.record.ref, correction.why, correction.who, by, correction.is_lifted)
            planned = plan_correction(request, rows, earlier, correction.at)
    except (NothingFound, UsageError):
        return False
    ((loads,),) = case.con.execute("SELECT coalesce(max(file), 0) FROM files").fetchall()
    case.con.begin()
    case.keep_correction(planned.stored(loads, entry))
    case.con.execute("UPDATE meta SET value = '0' WHERE key = 'resolved_through'")
    case.con.commit()
    return planned.is_new


class DuckDBCorrectionSource:
    """The rows of a case folder that is written, as :class:`graphtrace.storage.correction_log.CorrectionSource`."""

    def __init__(self, case: CorrectedCase) -> None:
        self._folder = case.folder
        self._scratch = case.scratch
        self._con: duckdb.DuckDBPyConnection = case.con

    def sheet_names(self) -> Sequence[SheetRef]:
        rows = self._con.execute(
            "SELECT sheet, files.name, sha256, sheets.name FROM sheets JOIN files USING (file) "
            f"WHERE {not_unloaded(unloaded_sheets(self._con))} ORDER BY sheet"
        ).fetchall()
        return [SheetRef(*row) for row in rows]

    def stored_rows(self, sheets: Sequence[SheetRef], row: int) -> Sequence[LoadedRow]:
        by_number = {sheet.sheet: sheet for sheet in sheets}
        tables = " UNION ALL ".join(
            f"SELECT sheet, record_no, sender, receiver, kind, carrier FROM {table} "
            "WHERE row = $1 AND sheet IN (SELECT unnest($2::INTEGER[]))"
            for table in CARD_COLUMNS
        )
        tables += (
            " UNION ALL SELECT sheet, record_no, NULL, NULL, NULL, NULL FROM supports "
            f"WHERE {COUNTED} AND row = $1 AND sheet IN (SELECT unnest($2::INTEGER[]))"
        )
        found = self._con.execute(
            f"SELECT sheet, record_no, sender, receiver, CASE WHEN kind IN ({_BY_CARRIER}) THEN name_key END, carrier "
            f"FROM ({tables}) LEFT JOIN mentions ON sender = ident ORDER BY sheet",
            [row, list(by_number)],
        ).fetchall()
        return rows_of_records(((by_number[record[0]], *record[1:4], record[4:]) for record in found), row)

    def states_the_same(self, row: int, one: int, other: int) -> bool:
        stated: list[list[tuple[object, ...]]] = []
        for sheet in (one, other):
            stated.append([])
            for table, cards in CARD_COLUMNS.items():
                names = ", ".join(("row", *(card for card in cards if card != "check_char"), *IDENTITY_COLUMNS))
                sql = f"SELECT '{table}', {names} FROM {table} WHERE sheet = $1 AND row = $2 ORDER BY ALL"
                stated[-1] += self._con.execute(sql, [sheet, row]).fetchall()
        return bool(stated[0]) and stated[0] == stated[1]

    def is_rejected(self, sheets: Sequence[SheetRef], row: int) -> bool:
        found = self._con.execute(
            "SELECT 1 FROM rejects WHERE row = $1 AND sheet IN (SELECT unnest($2::INTEGER[])) LIMIT 1",
            [row, [sheet.sheet for sheet in sheets]],
        )
        return bool(found.fetchall())

    def writings_of(self, mention: int, sheet: int) -> Sequence[MentionName]:
        found = self._con.execute(
            "SELECT day, place, name FROM mention_names WHERE ident = $1 AND sheet = $2 ORDER BY ALL", [mention, sheet]
        )
        return [(day, place, name) for day, place, name in found.fetchall()]

    def earliest_mention(self, mention: int, sheet: int, without: Sequence[int]) -> tuple[int, int, int] | None:
        sides = " UNION ALL ".join(
            f"SELECT coalesce(day, {NO_DAY}) AS day, row, {role} AS role FROM {table} "
            f"WHERE sheet = $1 AND {side} = $2 AND NOT list_contains($3::BIGINT[], row)"
            for table in CARD_COLUMNS
            for role, side in enumerate(("sender", "receiver"))
        )
        found = self._con.execute(
            f"SELECT day, row, role FROM ({sides}) ORDER BY ALL LIMIT 1", [sheet, mention, list(without)]
        ).fetchall()
        return found[0] if found else None

    def is_carrier_named(self, name: str, sheet: int, without: Sequence[int]) -> bool:
        named = " UNION ALL ".join(
            f"SELECT 1 FROM {table} WHERE sheet = $1 AND NOT list_contains($3::BIGINT[], row) AND (carrier = $2 "
            f"OR kind IN ({_BY_CARRIER}) AND sender IN (SELECT ident FROM mentions WHERE name_key = $2))"
            for table in CARD_COLUMNS
        )
        return bool(self._con.execute(f"{named} LIMIT 1", [sheet, name, list(without)]).fetchall())

    def name_in_source(self, sheet: SheetRef, row: int, role: int) -> str:
        ((entry,),) = self._con.execute(
            "SELECT entry FROM files JOIN sheets USING (file) WHERE sheet = ?", [sheet.sheet]
        ).fetchall()
        with subfolder(self._scratch) as folder:
            # under the ending with which it was loaded
            source = folder / f"source{Path(sheet.file).suffix}"
            with create_file(source) as out:
                out.writelines(read_blocks(self._folder / SOURCES / sheet.sha256))
            if not source.stat().st_size:
                raise CaseDamaged("source_gone", file=sheet.file, hint="verify_restore_folder")
            return source_name(source, entry, sheet.name, row, role, folder)
