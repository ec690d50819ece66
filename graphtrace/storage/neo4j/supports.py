"""Supporting records on a server: nodes of their own, linked to their sheet and to nothing else.

Whether the case has any stands in the node of the case, so that a question about a case without them asks nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from graphtrace.storage.corrections import state_as_of
from graphtrace.storage.duckdb.schema import SUPPORT_COLUMNS
from graphtrace.storage.supports import COUNTED, STATED_COLUMNS, SupportRecord, in_order, support_record

if TYPE_CHECKING:
    import duckdb

    from graphtrace.storage.neo4j.backend import Neo4jBackend
    from graphtrace.storage.neo4j.client import Neo4jClient

_BATCH: Final = 10_000

CREATE_SUPPORTS: Final = (
    "UNWIND $rows AS row MATCH (s:Sheet {sheet: row[0]}) CREATE (:Support {"
    + ", ".join(f"{name}: row[{place}]" for place, name in enumerate(["sheet", *SUPPORT_COLUMNS]) if name != "sheet")
    + ", sheet: row[0]})-[:IN]->(s)"
)
"""Creates nodes of rows (sheet on the server, then the columns of ``supports``)."""

SUPPORTS_TO_SEND: Final = (
    f"SELECT on_server(sheet), {', '.join(SUPPORT_COLUMNS)} FROM supports ORDER BY supports.sheet, row, rowid"
)


def known_statements(
    server: Neo4jClient, con: duckdb.DuckDBPyConnection, sheet: int, sheets: int, gone: Sequence[int]
) -> set[str]:
    """What the first ``sheets`` sheets of the server, without those that are ``gone``, state of a staged sheet."""
    found = con.execute(f"SELECT DISTINCT statement FROM supports WHERE sheet = ? AND {COUNTED}", [sheet])
    known: set[str] = set()
    while rows := found.fetchmany(_BATCH):
        answer = server.run_read(
            "UNWIND $rows AS row MATCH (s:Support {statement: row}) "
            "WHERE s.sheet <= $sheets AND NOT s.sheet IN $gone RETURN DISTINCT row",
            rows=[statement for (statement,) in rows],
            sheets=sheets,
            gone=list(gone),
        )
        known.update(statement for (statement,) in answer)
    return known


def mark_known(con: duckdb.DuckDBPyConnection, sheet: int, known: Collection[str]) -> None:
    """Marks the records of a staged sheet that are known."""
    if known:
        con.execute(
            f"UPDATE supports SET repeated = true WHERE sheet = ? AND {COUNTED} "
            "AND statement IN (SELECT unnest(?::VARCHAR[]))",
            [sheet, sorted(known)],
        )


def supports(store: Neo4jBackend, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
    """The supporting records with one of the keys, all of them without any. Cost: one pass over such records."""
    if not store.has_supports or (keys is not None and not keys):
        return []
    withdrawn = state_as_of(store._kept, store.as_of).withdrawn
    rows = store._query(
        "MATCH (s:Support) WHERE s.sheet IN $seen AND ($keys IS NULL OR any(key IN s.keys WHERE key IN $keys)) "
        f"RETURN {', '.join(f's.{name}' for name in STATED_COLUMNS)}, s.statement",
        seen=list(store._places),
        keys=None if keys is None else sorted(keys),
    )
    return in_order(
        support_record(cells, statement, *store._places[cells[6]])
        for *cells, statement in rows
        if (cells[6], cells[7]) not in withdrawn
    )


def count_supports(store: Neo4jBackend) -> dict[str, int]:
    """How many records there are of each kind, each statement once."""
    if not store.has_supports:
        return {}
    withdrawn = state_as_of(store._kept, store.as_of).withdrawn
    if withdrawn:
        told = {(record.kind, record.statement) for record in supports(store)}
        return {kind: sum(each == kind for each, _ in told) for kind in {kind for kind, _ in told} - {"contact"}}
    rows = store._query(
        f"MATCH (s:Support) WHERE s.{COUNTED} AND s.sheet IN $seen RETURN s.kind, count(DISTINCT s.statement)",
        seen=list(store._places),
    )
    return dict(rows)


def count_by_sheet(store: Neo4jBackend) -> dict[int, tuple[int, int]]:
    """By sheet, how many records are stored, with those of unloaded files, and how many repeat others."""
    if not store.has_supports:
        return {}
    rows = store._query(
        f"MATCH (s:Support) WHERE s.{COUNTED} AND s.sheet IN $seen "
        "RETURN s.sheet, count(*), count(CASE WHEN s.repeated THEN 1 END)",
        seen=list(store._sheet_loads),
    )
    return {sheet: (stored, repeated) for sheet, stored, repeated in rows}


def fetch_supports(server: Neo4jClient, seen: Sequence[int]) -> Iterator[list[Any]]:
    """All supporting records of some sheets as rows of ``supports``, whether withdrawn or not."""
    yield from server.run_read(
        f"MATCH (s:Support) WHERE s.sheet IN $seen RETURN {', '.join(f's.{name}' for name in SUPPORT_COLUMNS)} "
        "ORDER BY s.sheet, s.row, s.statement",
        seen=list(seen),
    )
