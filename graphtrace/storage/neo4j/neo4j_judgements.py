"""Judgement about parties on a server: one transaction for the line, then the records move to their parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.storage.judgement_log import StoredJudgement
from graphtrace.storage.neo4j.neo4j_schema import property_map

if TYPE_CHECKING:
    import neo4j

    from graphtrace.storage.neo4j.client import Neo4jClient


def read_judgement_lines(server: Neo4jClient, most: int) -> list[StoredJudgement]:
    """Return the first ``most`` lines about judgements."""
    rows = server.run_read(
        "MATCH (j:Judgement) WHERE j.line <= $most RETURN j.line, j.loads, j.corrections, j.entry ORDER BY j.line",
        most=most,
    )
    return [StoredJudgement(*row) for row in rows]


def write_judgement(tx: neo4j.ManagedTransaction, stored: StoredJudgement) -> None:
    """Write one line about a judgement; idempotent."""
    tx.run(
        "MATCH (c:Case) WHERE coalesce(c.judgements, 0) = $line - 1 SET c.judgements = $line, c.resolved_through = -1 "
        f"CREATE (:Judgement {property_map(StoredJudgement._fields, '${0}')})",
        **stored._asdict(),
    ).consume()
