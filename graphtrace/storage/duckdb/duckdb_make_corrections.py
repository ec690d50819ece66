"""A correction in a case folder: one transaction, which also resolves the parties."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from graphtrace.storage.case_lock import DEFAULT_WAIT_S, find_case
from graphtrace.storage.correction_log import CorrectionPlan, MakePlan
from graphtrace.storage.duckdb.duckdb_corrections import DuckDBCorrectionSource, add_correction, stored_corrections
from graphtrace.storage.duckdb.duckdb_writer import DuckDBWriter, open_writer
from graphtrace.storage.duckdb.visibility import keep_suspended, read_judgements, with_mention_views
from graphtrace.storage.ledger import ledger_time
from graphtrace.storage.resolution import resolve_parties


def correct_folder(
    folder: Path, make_plan: MakePlan, *, task: Literal["correct", "unload"], wait_s: float = DEFAULT_WAIT_S
) -> CorrectionPlan:
    """Write the correction that is planned for the case in a folder, if it is new; return its plan."""
    find_case(folder)
    with open_writer(folder, wait_s=wait_s, task=task) as case:
        planned = make_plan(DuckDBCorrectionSource(case), stored_corrections(case.con), ledger_time(case.entries()))
        if planned.is_new:
            _keep(case, planned)
    return planned


def _keep(case: DuckDBWriter, planned: CorrectionPlan) -> None:
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
