"""Correcting a record of the embedded case: one transaction, which also tells the parties apart anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.errors import CaseDamaged, NothingFound, UsageError
from graphtrace.model import KINDS
from graphtrace.store.case_folder import SOURCES, create_file, read_blocks
from graphtrace.store.case_lock import DEFAULT_WAIT_S
from graphtrace.store.corrections import (
    Corrected,
    Correction,
    CorrectionRequest,
    KeptCorrection,
    SheetName,
    StoredRow,
    Writing,
    plan,
    record_name,
)
from graphtrace.store.embedded import check_case_exists
from graphtrace.store.ledger import next_entry
from graphtrace.store.overlay import KEPT_CORRECTIONS, only_people
from graphtrace.store.parties import tell_parties_apart
from graphtrace.store.rereading import name_in_row
from graphtrace.store.schema import CARDS, NO_DAY
from graphtrace.store.scratch import subfolder
from graphtrace.store.writing import CaseWriter, open_writer

if TYPE_CHECKING:
    import duckdb

CHINA = timezone(timedelta(hours=8))
_PURCHASE = KINDS.index("purchase")


def correct_folder(folder: Path, request: CorrectionRequest, *, wait_s: float = DEFAULT_WAIT_S) -> Corrected:
    """Correct a record of the case in a folder; see :meth:`graphtrace.Case.correct`."""
    check_case_exists(folder)
    with open_writer(folder, wait_s=wait_s, task="correct") as case:
        return _correct(case, request)


def _correct(case: CaseWriter, request: CorrectionRequest) -> Corrected:
    con = case.con
    kept = [KeptCorrection(*row) for row in con.execute(KEPT_CORRECTIONS).fetchall()]
    planned = plan(FolderRows(case), kept, request, at=datetime.now(CHINA).isoformat(timespec="seconds"))
    if not planned.is_new:
        return Corrected(correction=planned.correction, is_new=False)
    entries = case.entries()
    entry = next_entry(entries[-1] if entries else None, planned.correction.content())
    con.begin()
    try:
        ((loads,),) = con.execute("SELECT coalesce(max(file), 0) FROM files").fetchall()
        case.keep_correction(planned.kept(loads, entry))
        with only_people(con):
            tell_parties_apart(con)
        con.execute("UPDATE meta SET value = (SELECT coalesce(max(file), 0) FROM files)::VARCHAR WHERE key = 'told'")
        con.commit()
    except BaseException:
        case.roll_back()
        raise
    case.record()
    con.execute("CHECKPOINT")
    return Corrected(correction=planned.correction, is_new=True)


def correct_again(case: CaseWriter, entry: str) -> bool:
    """Makes the correction that a line of the ledger tells of once more; false where it cannot be made so.

    The parties are not told apart; :meth:`CaseWriter.finish` does it.
    """
    said = Correction.of_entry(entry)
    kept = [KeptCorrection(*row) for row in case.con.execute(KEPT_CORRECTIONS).fetchall()]
    by = None if said.by is None else record_name(said.by)
    request = CorrectionRequest(record_name(said.record), said.why, said.who, by, said.is_lifted)
    try:
        planned = plan(FolderRows(case), kept, request, at=said.at)
    except (NothingFound, UsageError):
        return False
    ((loads,),) = case.con.execute("SELECT coalesce(max(file), 0) FROM files").fetchall()
    case.con.begin()
    case.keep_correction(planned.kept(loads, entry))
    case.con.execute("UPDATE meta SET value = '0' WHERE key = 'told'")
    case.con.commit()
    return planned.is_new


class FolderRows:
    """The rows of a case folder that is being written, as :class:`graphtrace.store.corrections.Rows`."""

    def __init__(self, case: CaseWriter) -> None:
        self._folder = case.folder
        self._scratch = case.scratch
        self._con: duckdb.DuckDBPyConnection = case.con

    def sheet_names(self) -> Sequence[SheetName]:
        rows = self._con.execute(
            "SELECT sheet, files.name, sha256, sheets.name FROM sheets JOIN files USING (file) ORDER BY sheet"
        ).fetchall()
        return [SheetName(*row) for row in rows]

    def stored_rows(self, sheets: Sequence[SheetName], row: int) -> Sequence[StoredRow]:
        by_number = {sheet.sheet: sheet for sheet in sheets}
        tables = " UNION ALL ".join(
            f"SELECT sheet, record_no, sender, receiver, kind, carrier FROM {table} "
            "WHERE row = $1 AND sheet IN (SELECT unnest($2::INTEGER[]))"
            for table in CARDS
        )
        found = self._con.execute(
            f"SELECT sheet, record_no, sender, receiver, CASE WHEN kind = {_PURCHASE} THEN name_key END, carrier "
            f"FROM ({tables}) LEFT JOIN idents ON sender = ident ORDER BY sheet",
            [row, list(by_number)],
        ).fetchall()
        return [
            StoredRow(by_number[sheet], row, record_no, sender, receiver, tuple(filter(None, names)))
            for sheet, record_no, sender, receiver, *names in found
        ]

    def is_rejected(self, sheets: Sequence[SheetName], row: int) -> bool:
        found = self._con.execute(
            "SELECT 1 FROM rejects WHERE row = $1 AND sheet IN (SELECT unnest($2::INTEGER[])) LIMIT 1",
            [row, [sheet.sheet for sheet in sheets]],
        )
        return bool(found.fetchall())

    def writings_of(self, mention: int, sheet: int) -> Sequence[Writing]:
        found = self._con.execute(
            "SELECT day, place, name FROM writings WHERE ident = $1 AND sheet = $2 ORDER BY ALL", [mention, sheet]
        )
        return [(day, place, name) for day, place, name in found.fetchall()]

    def earliest_mention(self, mention: int, sheet: int, without: Sequence[int]) -> tuple[int, int, int] | None:
        sides = " UNION ALL ".join(
            f"SELECT coalesce(day, {NO_DAY}) AS day, row, {role} AS role FROM {table} "
            f"WHERE sheet = $1 AND {side} = $2 AND NOT list_contains($3::BIGINT[], row)"
            for table in CARDS
            for role, side in enumerate(("sender", "receiver"))
        )
        found = self._con.execute(
            f"SELECT day, row, role FROM ({sides}) ORDER BY ALL LIMIT 1", [sheet, mention, list(without)]
        ).fetchall()
        return found[0] if found else None

    def is_carrier_named(self, name: str, sheet: int, without: Sequence[int]) -> bool:
        named = " UNION ALL ".join(
            f"SELECT 1 FROM {table} WHERE sheet = $1 AND NOT list_contains($3::BIGINT[], row) AND (carrier = $2 "
            f"OR kind = {_PURCHASE} AND sender IN (SELECT ident FROM idents WHERE name_key = $2))"
            for table in CARDS
        )
        return bool(self._con.execute(f"{named} LIMIT 1", [sheet, name, list(without)]).fetchall())

    def name_in_source(self, sheet: SheetName, row: int, role: int) -> str:
        ((entry,),) = self._con.execute("SELECT entry FROM files WHERE sha256 = ?", [sheet.sha256]).fetchall()
        with subfolder(self._scratch) as folder:
            # under the ending with which it was loaded
            source = folder / f"source{Path(sheet.file).suffix}"
            with create_file(source) as out:
                out.writelines(read_blocks(self._folder / SOURCES / sheet.sha256))
            if not source.stat().st_size:
                raise CaseDamaged(
                    f"the kept copy of {sheet.file} is gone, and with it how it writes its names",
                    hint="run graphtrace verify; restore the case folder from a copy",
                )
            return name_in_row(source, entry, sheet.name, row, role, folder)
