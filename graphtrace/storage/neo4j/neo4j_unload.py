"""Unloaded files on a server: their records are marked after the line of the ledger that unloads them is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from graphtrace.storage.neo4j.mentions import WRITINGS
from graphtrace.storage.neo4j.neo4j_corrections import mark_first
from graphtrace.storage.neo4j.neo4j_schema import STATED_IN, UNLOADED, UNLOADED_BASE

if TYPE_CHECKING:
    import neo4j

    from graphtrace.storage.neo4j.client import Neo4jClient

InBatches = Callable[[Sequence[Any], Callable[["neo4j.ManagedTransaction", Sequence[Any]], Any]], None]
"""Writes rows, a batch in each transaction."""


def mark_unloaded(server: Neo4jClient, unloaded: Sequence[int], in_batches: InBatches) -> bool:
    """Update records, duplicate marks and mentions to the state without unloaded sheets; return whether one was new.

    Each step may be done again, so that a writer that was stopped is followed by one that does the rest. Meanwhile
    readers go by the ledger.
    """
    sheets = [
        sheet
        for (sheet,) in server.run_read(
            "MATCH (s:Sheet) WHERE s.sheet IN $gone AND s.unloaded IS NULL RETURN s.sheet", gone=list(unloaded)
        )
    ]
    if not sheets:
        return False

    def update(cypher: str, rows: Sequence[Any], **parameters: Any) -> None:
        in_batches(rows, lambda tx, batch: tx.run(cypher, rows=batch, **parameters).consume())

    found = server.run_read(f"MATCH (r:Record) WHERE {STATED_IN} IN $gone RETURN elementId(r)", gone=sheets)
    records = [record for (record,) in found]
    update(
        "UNWIND $rows AS row MATCH (r:Record) WHERE elementId(r) = row AND r.stated_in IS NULL "
        f"SET r.stated_in = r.sheet, r.sheet = {UNLOADED_BASE} + r.sheet",
        records,
    )
    update(f"UNWIND $rows AS row MATCH (r:Record) WHERE elementId(r) = row SET r:{UNLOADED}", records)
    in_batches(records, mark_first)
    mentioned = server.run_read(
        "MATCH (m:Mention) WHERE any(sheet IN m.sheets WHERE sheet IN $gone) RETURN m.mention", gone=sheets
    )
    chosen = "[place IN range(0, size(m.sheets) - 1) WHERE {} m.sheets[place] IN $gone]"
    moved = [f"m.unloaded_{name} = coalesce(m.unloaded_{name}, []) + out[{n}]" for n, name in enumerate(WRITINGS)]
    moved += [f"m.{name} = left[{n}]" for n, name in enumerate(WRITINGS)]
    lists = {name: ", ".join(f"[place IN {name} | m.{each}[place]]" for each in WRITINGS) for name in ("gone", "kept")}
    update(
        "UNWIND $rows AS row MATCH (m:Mention {mention: row}) "
        f"WITH m, {chosen.format('')} AS gone, {chosen.format('NOT')} AS kept "
        f"WITH m, [{lists['gone']}] AS out, [{lists['kept']}] AS left SET {', '.join(moved)}",
        [mention for (mention,) in mentioned],
        gone=sheets,
    )
    update("UNWIND $rows AS row MATCH (s:Sheet {sheet: row}) SET s.unloaded = true", sheets)
    return True
