"""Judgement about parties in a case folder: one transaction, which also resolves the parties concerned anew."""

from __future__ import annotations

from pathlib import Path

from graphtrace.errors import GraphtraceError
from graphtrace.model import Origin
from graphtrace.results.judgements import JudgementResult
from graphtrace.storage.case_folder import DEFAULT_WAIT_S, find_case
from graphtrace.storage.correction_log import find_row
from graphtrace.storage.duckdb.duckdb_corrections import DuckDBCorrectionSource
from graphtrace.storage.duckdb.duckdb_writer import DuckDBWriter, open_writer
from graphtrace.storage.duckdb.visibility import keep_suspended, read_judgements, with_mention_views
from graphtrace.storage.judgement_log import JudgementRequest, StoredJudgement, parse_judgements
from graphtrace.storage.judgement_plan import JudgementPlan, TableMembers, plan_judgement
from graphtrace.storage.ledger import content_of, ledger_time, next_entry
from graphtrace.storage.resolution import resolve_new_mentions


def judge_folder(folder: Path, request: JudgementRequest, *, wait_s: float = DEFAULT_WAIT_S) -> JudgementResult:
    """Judge two parties of the case in a folder, or undo a judgement; see :meth:`graphtrace.Case.resolve`."""
    find_case(folder)
    with open_writer(folder, wait_s=wait_s, task="resolve") as case:
        # what an earlier load still owes is done first: a judgement is about parties as they are
        case.finish()
        entries = case.entries()
        planned = _plan(case, request, ledger_time(entries))
        if planned.content is None:
            return JudgementResult(judgement=planned.judgement, is_new=False)
        entry = next_entry(entries[-1] if entries else None, planned.content, case.beside)
        _keep(case, entry)
        case.record()
        return JudgementResult(judgement=planned.judgement, is_new=True)


def judge_again(case: DuckDBWriter, entry: str) -> bool:
    """Repeat the judgement of a line of the ledger; return false if it cannot be made."""
    case.finish()
    content = content_of(entry)
    if "undone" in content:
        request = JudgementRequest(content["by"], content["why"], undo=content["undone"])
    else:
        (judgement,) = parse_judgements([entry])
        evidence = None if judgement.evidence is None else judgement.evidence.ref
        one, other = judgement.parties
        request = JudgementRequest(
            judgement.by, judgement.why, one, other, judgement.same, evidence, judgement.is_forced
        )
    try:
        planned = _plan(case, request, content["at"])
    except GraphtraceError:
        return False
    if planned.content is None or any(content.get(name) != value for name, value in planned.content.items()):
        return False
    _keep(case, entry)
    return True


def _plan(case: DuckDBWriter, request: JudgementRequest, at: str) -> JudgementPlan:
    def origin(record: str) -> Origin:
        return find_row(DuckDBCorrectionSource(case), record).origin

    return plan_judgement(TableMembers(case.con, origin), read_judgements(case.con), request, at=at)


def _keep(case: DuckDBWriter, entry: str) -> None:
    con = case.con
    con.begin()
    try:
        ((line, loads, corrections),) = con.execute(
            "SELECT (SELECT count(*) + 1 FROM judgements), (SELECT coalesce(max(file), 0) FROM files), "
            "(SELECT count(*) FROM corrections)"
        ).fetchall()
        case.keep_judgement(StoredJudgement(line, loads, corrections, entry))
        with with_mention_views(con):
            keep_suspended(con, resolve_new_mentions(con, read_judgements(con)))
        con.commit()
    except BaseException:
        case.roll_back()
        raise
