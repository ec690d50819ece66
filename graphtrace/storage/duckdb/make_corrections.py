"""Correction of a record, or unload of a file, in a case folder: one transaction, which also resolves the parties."""

from __future__ import annotations

from pathlib import Path

from graphtrace.results.corrections import CorrectionResult, UnloadResult
from graphtrace.storage.case_lock import DEFAULT_WAIT_S
from graphtrace.storage.corrections import (
    CorrectionPlan,
    CorrectionRequest,
    UnloadRequest,
    plan_correction,
    plan_unload,
)
from graphtrace.storage.duckdb.backend import find_case
from graphtrace.storage.duckdb.corrections import (
    DuckDBCorrectionSource,
    add_correction,
    stored_corrections,
)
from graphtrace.storage.duckdb.visibility import keep_suspended, read_judgements, with_mention_views
from graphtrace.storage.duckdb.writer import DuckDBWriter, open_writer
from graphtrace.storage.ledger import ledger_time
from graphtrace.storage.resolution import resolve_parties


def correct_folder(folder: Path, request: CorrectionRequest, *, wait_s: float = DEFAULT_WAIT_S) -> CorrectionResult:
    """Correct a record of the case in a folder; see :meth:`graphtrace.Case.correct`."""
    find_case(folder)
    with open_writer(folder, wait_s=wait_s, task="correct") as case:
        return _correct(case, request)


def _correct(case: DuckDBWriter, request: CorrectionRequest) -> CorrectionResult:
    planned = plan_correction(
        DuckDBCorrectionSource(case),
        stored_corrections(case.con),
        request,
        at=ledger_time(),
    )
    if not planned.is_new:
        return CorrectionResult(correction=planned.correction, is_new=False)
    _keep(case, planned)
    return CorrectionResult(correction=planned.correction, is_new=True)


def unload_folder(folder: Path, request: UnloadRequest, *, wait_s: float = DEFAULT_WAIT_S) -> UnloadResult:
    """Unload a file of the case in a folder; see :meth:`graphtrace.Case.unload`."""
    find_case(folder)
    with open_writer(folder, wait_s=wait_s, task="unload") as case:
        at = ledger_time()
        planned, gone = plan_unload(DuckDBCorrectionSource(case), stored_corrections(case.con), request, at=at)
        _keep(case, planned)
    return UnloadResult(unload=planned.correction, corrections=gone)


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
