"""Compaction of a case folder: sorts its rows again after many small loads.

A load sorts its own rows only, so what many small files added lies in many short runs, and a look-up of a card reads in
each. A new database is written with all rows sorted; it takes the old one's place when it holds the same rows. Sources,
rejects and ledger are not touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from graphtrace.errors import CaseDamaged, StoreError, os_reason
from graphtrace.platform import system
from graphtrace.private_files import FILE_MODE
from graphtrace.results.case_status import CompactResult
from graphtrace.storage.case_folder import DEFAULT_WAIT_S, find_case
from graphtrace.storage.duckdb.duckdb_schema import FOLDER_TABLE_NAMES, FOLDER_TABLES
from graphtrace.storage.duckdb.duckdb_writer import open_writer
from graphtrace.storage.duckdb.object_check import require_plain_objects
from graphtrace.storage.duckdb.workarounds import read_error, safe_settings
from graphtrace.storage.memory_budget import plan_budget

_ORDERS: Final = {
    "narrow_card_records": "key",
    "wide_card_records": "key",
    "range_records": "first, last",
    "unread_cards": "first, last, number",
    "device_cards": "device, key",
    "subscriber_links": "number, key",
    "resolved_parties": "ident",
}
"""Sort order of the tables that are looked up by value; the others stay in order of loading."""


def compact_folder(folder: Path, *, wait_s: float = DEFAULT_WAIT_S) -> CompactResult:
    """Rewrite the database of a case with its rows sorted.

    Cost: one pass and a sort of all rows, on disk where memory does not suffice; as much room as the database takes.

    Raises CaseMissing, CaseDamaged if there is no case, or it cannot be read; CaseLocked if another process writes it;
    StoreError if the disk is full or the folder cannot be written.
    """
    find_case(folder)
    settings: dict[str, str | bool | int | float | list[str]] = {
        **safe_settings(),
        "memory_limit": f"{plan_budget().database_bytes}B",
    }
    with open_writer(folder, wait_s=wait_s, task="compact") as case:
        # what an earlier load still owes is done first
        case.finish()
        case.publish()
        case.release()
        before = find_case(folder).stat().st_size
        fresh = case.scratch / "in-order.duckdb"
        try:
            with duckdb.connect(config=settings | {"temp_directory": str(case.scratch / "sorting")}) as con:
                con.execute(f"ATTACH '{_quoted(find_case(folder))}' AS old (READ_ONLY)")
                con.execute(f"ATTACH '{_quoted(fresh)}' AS new")
                # both files are open: from here on nothing else can be reached, whatever stands in the old one
                con.execute("SET enable_external_access = false")
                con.execute("SET lock_configuration = true")
                require_plain_objects(con, folder, "old")
                rows = _copy_in_order(con)
                con.execute("DETACH new")
            system.set_mode(fresh, FILE_MODE)
            after = fresh.stat().st_size
            case.publish_file(fresh)
        except duckdb.Error as error:
            raise read_error(error, folder) from error
        except OSError as error:
            raise StoreError("compact_failed", folder=folder, why=os_reason(error), hint="case_untouched") from error
    return CompactResult(rows=rows, before=before, after=after)


def _copy_in_order(con: duckdb.DuckDBPyConnection) -> int:
    con.execute("USE new")
    for statement in FOLDER_TABLES:
        con.execute(statement)
    rows = 0
    for table in FOLDER_TABLE_NAMES:
        order = f"ORDER BY {_ORDERS[table]}, rowid" if table in _ORDERS else ""
        con.execute(f'INSERT INTO new.main."{table}" SELECT * FROM old.main."{table}" {order}')
        sums = [con.execute(_SUM.format(table=f'{side}.main."{table}"')).fetchall() for side in ("old", "new")]
        if sums[0] != sums[1]:
            raise CaseDamaged("table_not_copied", table=table, hint="verify_untouched")
        rows += sums[0][0][0]
    con.execute("USE memory")
    return rows


_SUM: Final = "SELECT count(*), coalesce(sum(hash(whole)::HUGEINT), 0) FROM {table} AS whole"
"""Number of rows and a checksum of their values, independent of their order."""


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
