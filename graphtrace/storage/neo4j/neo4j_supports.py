"""Supporting records on a server: nodes of their own, linked to their sheet and to nothing else.

Whether the case has any stands in the node of the case, so that a question about a case without them asks nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from graphtrace.storage.correction_log import state_as_of
from graphtrace.storage.neo4j import batches
from graphtrace.storage.supporting_records import COUNTED, STATED_COLUMNS, SupportRecord, in_order, support_record

if TYPE_CHECKING:
    import duckdb

    from graphtrace.storage.neo4j.client import Neo4jClient
    from graphtrace.storage.neo4j.neo4j_reader import Neo4jReader


def known_statements(
    server: Neo4jClient, con: duckdb.DuckDBPyConnection, sheet: int, sheets: int, unloaded: Sequence[int]
) -> set[str]:
    """Return the statements of a staged sheet that the first ``sheets`` sheets of the server have, less some."""
    found = con.execute(f"SELECT DISTINCT statement FROM supports WHERE sheet = ? AND {COUNTED}", [sheet])
    known: set[str] = set()
    while rows := found.fetchmany(batches.BATCH_ROWS):
        answer = server.run_read(
            "UNWIND $rows AS row MATCH (s:Support {statement: row}) "
            "WHERE s.sheet <= $sheets AND NOT s.sheet IN $unloaded RETURN DISTINCT row",
            rows=[statement for (statement,) in rows],
            sheets=sheets,
            unloaded=list(unloaded),
        )
        known.update(statement for (statement,) in answer)
    return known


def mark_known(con: duckdb.DuckDBPyConnection, sheet: int, known: Collection[str]) -> None:
    """Mark the records of a staged sheet that are known."""
    if known:
        con.execute(
            f"UPDATE supports SET repeated = true WHERE sheet = ? AND {COUNTED} "
            "AND statement IN (SELECT unnest(?::VARCHAR[]))",
            [sheet, sorted(known)],
        )


def supporting_records(reader: Neo4jReader, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
    """Return the supporting records with one of the keys, without keys all. Cost: one pass over such records."""
    if not reader.has_supporting_records or (keys is not None and not keys):
        return []
    withdrawn = state_as_of(reader.kept_corrections, reader.as_of).withdrawn
    rows = reader.query(
        "MATCH (s:Support) WHERE s.sheet IN $seen AND ($keys IS NULL OR any(key IN s.keys WHERE key IN $keys)) "
        f"RETURN {', '.join(f's.{name}' for name in STATED_COLUMNS)}, s.statement",
        seen=list(reader.sheet_sources),
        keys=None if keys is None else sorted(keys),
    )
    return in_order(
        support_record(cells, statement, *reader.sheet_sources[cells[6]])
        for *cells, statement in rows
        if (cells[6], cells[7]) not in withdrawn
    )


def count_supports(reader: Neo4jReader) -> dict[str, int]:
    """Count the records of each kind, each statement once."""
    if not reader.has_supporting_records:
        return {}
    withdrawn = state_as_of(reader.kept_corrections, reader.as_of).withdrawn
    if withdrawn:
        statements = {(record.kind, record.statement) for record in supporting_records(reader)}
        return {
            kind: sum(each == kind for each, _ in statements) for kind in {kind for kind, _ in statements} - {"contact"}
        }
    rows = reader.query(
        f"MATCH (s:Support) WHERE s.{COUNTED} AND s.sheet IN $seen RETURN s.kind, count(DISTINCT s.statement)",
        seen=list(reader.sheet_sources),
    )
    return dict(rows)


def count_by_sheet(reader: Neo4jReader) -> dict[int, tuple[int, int]]:
    """Return by sheet the numbers of stored records, with those of unloaded files, and of those that repeat others."""
    if not reader.has_supporting_records:
        return {}
    rows = reader.query(
        f"MATCH (s:Support) WHERE s.{COUNTED} AND s.sheet IN $seen "
        "RETURN s.sheet, count(*), count(CASE WHEN s.repeated THEN 1 END)",
        seen=list(reader.sheet_loads),
    )
    return {sheet: (stored, repeated) for sheet, stored, repeated in rows}
