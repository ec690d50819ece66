"""Corrections and judgements of a case on a server, each by a writer of its own."""

from __future__ import annotations

from graphtrace.model import Origin
from graphtrace.results.judgements import JudgementResult
from graphtrace.storage.correction_log import CorrectionPlan, MakePlan, find_row
from graphtrace.storage.duckdb.visibility import read_judgements
from graphtrace.storage.judgement_log import JudgementRequest, StoredJudgement
from graphtrace.storage.judgement_plan import TableMembers, plan_judgement
from graphtrace.storage.ledger import ledger_time, next_entry
from graphtrace.storage.neo4j.address import Address
from graphtrace.storage.neo4j.neo4j_backend import Neo4jBackend
from graphtrace.storage.neo4j.neo4j_corrections import Neo4jCorrectionSource
from graphtrace.storage.neo4j.neo4j_writer import open_server_writer


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
