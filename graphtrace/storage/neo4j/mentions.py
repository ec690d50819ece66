"""Files and mentions of a case, fetched into DuckDB in memory, so that one rule resolves parties everywhere.

The rule is :mod:`graphtrace.storage.resolution`; it needs the mentions, where each was written first, the names
in carrier columns, and the sheets with the hashes of their files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import duckdb
import polars as pl

from graphtrace.identifiers import operator_from_cell
from graphtrace.storage.duckdb.duckdb_schema import TABLES
from graphtrace.storage.duckdb.visibility import keep_suspended, read_judgements
from graphtrace.storage.duckdb.workarounds import safe_settings
from graphtrace.storage.resolution import resolve_parties

if TYPE_CHECKING:
    from graphtrace.storage.neo4j.client import Neo4jClient


def open_tables(memory_bytes: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database in memory with the tables of a case folder; nothing goes to disk."""
    settings: dict[str, str | bool | int | float | list[str]] = {"temp_directory": "", **safe_settings()}
    if memory_bytes is not None:
        settings["memory_limit"] = f"{memory_bytes}B"
    con = duckdb.connect(":memory:", config=settings)
    # not among the settings above, which have no order: after it, temp_directory is refused
    con.execute("SET enable_external_access = false")
    for statement in TABLES:
        con.execute(statement)
    return con


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Append rows to a table; ``columns`` names their cells in order."""
    listed = list(rows)
    if listed:
        by_column = dict(zip(columns.split(), zip(*listed, strict=True), strict=True))
        insert_frame(con, table, pl.DataFrame(by_column, strict=False))


def insert_frame(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame, columns: str = "*") -> None:
    """Append a frame to a table; ``columns`` are SQL expressions over its columns."""
    con.register("frame", frame.to_arrow())
    try:
        con.execute(f"INSERT INTO {table} BY NAME SELECT {columns} FROM frame")
    finally:
        con.unregister("frame")


def fetch_sheets(con: duckdb.DuckDBPyConnection, server: Neo4jClient, *, seen: Sequence[int]) -> None:
    """Fill the tables of files, sheets and names in carrier columns, for some sheets."""
    rows = server.run_read(
        "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $seen RETURN f.load, f.name, f.sha256, f.size, "
        "coalesce(f.loaded_at, ''), coalesce(f.entry, ''), s.sheet, s.name, s.kind, s.encoding, s.rows, s.loaded, "
        "s.duplicate, s.rejected, s.records, s.remarks, s.carrier_names ORDER BY s.sheet",
        seen=list(seen),
    )
    insert_rows(con, "files", "file name sha256 size loaded_at entry", {row[0]: row[:6] for row in rows}.values())
    insert_rows(
        con,
        "sheets",
        "sheet file name kind encoding row_count loaded duplicate rejected records remarks",
        ((row[6], row[0], *row[7:16]) for row in rows),
    )
    insert_rows(
        con,
        "carrier_names",
        "name_key operator sheet",
        ((name, operator_from_cell(name), row[6]) for row in rows for name in row[16] or ()),
    )


WRITINGS: Final = ("sheets", "days", "places", "names")
"""Lists of a mention with its names; each has a counterpart for the names in unloaded files."""

_WRITINGS: Final = ", ".join(f"m.{name} + coalesce(m.unloaded_{name}, [])" for name in WRITINGS)


class LinkedMention(NamedTuple):
    """Parties that a mention is linked to on the server, and its member there."""

    parties: list[str]
    member: str | None


def fetch_mentions(
    con: duckdb.DuckDBPyConnection, server: Neo4jClient, *, seen: Sequence[int], last: int | None = None
) -> dict[int, LinkedMention]:
    """Fill the tables of mentions with those of some sheets; return the link of each on the server.

    ``last`` is the last sheet whose mentions have numbers, if it is not among ``seen``.
    """
    found = server.run_read(
        "MATCH (m:Mention)-[:REFERS_TO]->(p:Party) "
        "WHERE m.sheets[0] <= $last OR size(m.sheets) = 0 OR m.unloaded_sheets IS NOT NULL "
        "WITH m, collect(p.id) AS parties "
        f"RETURN m.mention, m.name_key, m.strong, parties, m.member, {_WRITINGS} ORDER BY m.mention",
        last=max(seen, default=0) if last is None else last,
    )
    known = set(seen)
    insert_rows(con, "mentions", "ident name_key strong", (row[:3] for row in found))
    insert_rows(
        con,
        "mention_names",
        "ident sheet day place name",
        ((row[0], *writing) for row in found for writing in zip(*row[5:], strict=True) if writing[0] in known),
    )
    return {row[0]: LinkedMention(row[3], row[4]) for row in found}


ResolvedParties = Mapping[int, tuple[str, str, bool, int, str]]
"""Party of each mention: id, name, is_carrier and bearers, and its member."""


def resolve(con: duckdb.DuckDBPyConnection) -> ResolvedParties:
    """Resolve each mention to a party, by the judgements in the tables; ``resolved_parties`` has the result too."""
    suspended = resolve_parties(con, read_judgements(con))
    con.execute("DELETE FROM meta WHERE key = 'suspended'")
    con.execute("INSERT INTO meta VALUES ('suspended', '[]')")
    keep_suspended(con, suspended)
    rows = con.execute("SELECT ident, id, name, is_carrier, bearers, member FROM resolved_parties").fetchall()
    return {
        ident: (party, name, is_carrier, bearers, member) for ident, party, name, is_carrier, bearers, member in rows
    }
