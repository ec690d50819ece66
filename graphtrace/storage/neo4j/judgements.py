"""Judging parties of a case on a server: one transaction for the line, then the records move to their parties."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from graphtrace.engine.resolution import TableMembers
from graphtrace.model import Origin
from graphtrace.storage.corrections import find_row
from graphtrace.storage.duckdb.visibility import read_judgements
from graphtrace.storage.judgements import JudgementRequest, JudgementResult, StoredJudgement, plan_judgement
from graphtrace.storage.ledger import next_entry

if TYPE_CHECKING:
    import neo4j

    from graphtrace.storage.neo4j.address import Address
    from graphtrace.storage.neo4j.client import Neo4jClient

_CHINA = timezone(timedelta(hours=8))


def read_judgement_lines(server: Neo4jClient, most: int) -> list[StoredJudgement]:
    """The first so many lines about judgements."""
    rows = server.run_read(
        "MATCH (j:Judgement) WHERE j.line <= $most RETURN j.line, j.loads, j.corrections, j.entry ORDER BY j.line",
        most=most,
    )
    return [StoredJudgement(*row) for row in rows]


def judge_server(address: Address, request: JudgementRequest) -> JudgementResult:
    """Judge two parties of the case on a server, or undo a judgement; see :meth:`graphtrace.Case.resolve`."""
    from graphtrace.storage.neo4j.backend import Neo4jBackend
    from graphtrace.storage.neo4j.corrections import Neo4jCorrectionSource
    from graphtrace.storage.neo4j.writer import open_server_writer

    # what is no case must not become one
    Neo4jBackend(address).close()
    with open_server_writer(address, dry_run=False, progress=lambda *_: None) as case:

        def origin(record: str) -> Origin:
            return find_row(Neo4jCorrectionSource(case), record).origin

        con = case.party_tables()
        members = TableMembers(con, origin)
        at = datetime.now(_CHINA).isoformat(timespec="seconds")
        planned = plan_judgement(members, read_judgements(con), request, at=at)
        if planned.content is not None:
            entries = case.entries()
            entry = next_entry(entries[-1] if entries else None, planned.content)
            case.take_judgement(StoredJudgement(case.judgements + 1, case.loads, case.corrections, entry))
            case.finish()
    return JudgementResult(judgement=planned.judgement, is_new=planned.content is not None)


def write_judgement(tx: neo4j.ManagedTransaction, kept: StoredJudgement) -> None:
    """One line about a judgement; written once, however often it is sent."""
    tx.run(
        "MATCH (c:Case) WHERE coalesce(c.judgements, 0) = $line - 1 SET c.judgements = $line, c.told = -1 "
        "CREATE (:Judgement {line: $line, loads: $loads, corrections: $corrections, entry: $entry})",
        **kept._asdict(),
    ).consume()
