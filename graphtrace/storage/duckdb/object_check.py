"""Check that a database holds the objects of a case and nothing else; runs whenever one that was there is opened.

A database of unknown origin may hold anything: a view in place of a table returns false rows, a macro shadows a
function of the engine, a default or a trigger changes what is written. Therefore every object in the file must equal
that of :mod:`graphtrace.storage.duckdb.duckdb_schema` by its whole definition, before any row is read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from graphtrace.errors import CaseDamaged
from graphtrace.patterns import late
from graphtrace.storage.duckdb.duckdb_schema import FOLDER_TABLES, FORMAT

_QUOTED: Final = late(r'"(\w+)"')
_LONGEST: Final = 80
"""Maximum number of characters of a name in an error."""

# A macro of the file goes before a function or operator of the same name, the listings of objects not excepted. So the
# statements here name the functions with their place, and use no operator but comparisons, which are none.

_CREATED: Final = """
SELECT 'table', schema_name, table_name, sql FROM system.main.duckdb_tables()
WHERE database_name = $1 AND NOT temporary
UNION ALL
SELECT 'view', schema_name, view_name, sql FROM system.main.duckdb_views()
WHERE database_name = $1 AND NOT temporary AND NOT internal
"""

_ENTRIES: Final = """
SELECT database_oid, oid FROM system.main.duckdb_schemas() WHERE database_name = $1 AND schema_name = 'main'
"""

_ENTRIES_OF_A_CASE: Final = {"2.0.1": 128}
"""Number of object ids that a version of DuckDB assigns to the contents of a case file, by version.

Macros are listed in a tenth of the time that a question about a card takes, as all functions of the engine are listed
with them. Each object of a file has numbers of its own, so that a case in which they are as many as these has no
further object. Elsewhere, and with another version, everything is listed.
"""

_FURTHER: Final = (
    (
        "SELECT 'schema', schema_name, schema_name FROM system.main.duckdb_schemas() "
        "WHERE database_name = $1 AND schema_name NOT IN ('main', 'information_schema', 'pg_catalog')"
    ),
    (
        "SELECT 'macro', schema_name, function_name FROM system.main.duckdb_functions() "
        "WHERE database_name = $1 AND NOT internal"
    ),
    "SELECT 'type', schema_name, type_name FROM system.main.duckdb_types() WHERE database_name = $1 AND NOT internal",
    "SELECT 'sequence', schema_name, sequence_name FROM system.main.duckdb_sequences() WHERE database_name = $1",
    "SELECT 'index', schema_name, index_name FROM system.main.duckdb_indexes() WHERE database_name = $1",
    "SELECT 'trigger', schema_name, trigger_name FROM system.main.duckdb_triggers() WHERE database_name = $1",
)


class _Object(NamedTuple):
    kind: str
    schema: str
    name: str

    def __str__(self) -> str:
        name = self.name if self.schema == "main" or self.kind == "schema" else f"{self.schema}.{self.name}"
        return f"{self.kind} {name}"[:_LONGEST]


def require_plain_objects(con: duckdb.DuckDBPyConnection, folder: Path, database: str | None = None) -> None:
    """Check that a database holds a case of this version: its tables, its view, and nothing else.

    Cost: 3 ms, 20 ms where something is wrong or the version of DuckDB is one that is not known here.

    ``database``: the name of an attached database; the current one if left out.

    Raises CaseDamaged if it holds something else; the first such object is named.
    """
    name = database or con.execute("SELECT system.main.current_database()").fetchall()[0][0]
    found = {_Object(*row[:3]): _plain(row[3]) for row in con.execute(_CREATED, [name]).fetchall()}
    meta = _Object("table", "main", "meta")
    if meta not in found:
        raise CaseDamaged("database_no_case", folder=folder, hint="restore_case")
    wanted = _wanted(FOLDER_TABLES)
    if found != wanted:
        wanted = _as_made_here()
    if found[meta] == wanted[meta]:
        _check_format(con, folder, name)
    for differs in sorted(found.keys() ^ wanted.keys() | {each for each in found if found[each] != wanted.get(each)}):
        if differs not in wanted:
            raise CaseDamaged("database_foreign", folder=folder, object=str(differs), hint="restore_case")
        raise CaseDamaged("database_lacks", folder=folder, object=str(differs), hint="restore_case")
    ((last, first),) = con.execute(_ENTRIES, [name]).fetchall()
    if last - first == _ENTRIES_OF_A_CASE.get(duckdb.__version__):
        return
    for listing in _FURTHER:
        try:
            further = con.execute(listing, [name]).fetchall()
        except duckdb.CatalogException:
            # a version that has no triggers cannot list them
            continue
        for row in further:
            raise CaseDamaged("database_foreign", folder=folder, object=str(_Object(*row)), hint="restore_case")


_NUMBER = late(r"[0-9]{1,9}", re.ASCII).fullmatch
_SUSPENDED = late(r"\[([1-9][0-9]{0,9}(, [1-9][0-9]{0,9})*)?\]", re.ASCII).fullmatch


def _check_format(con: duckdb.DuckDBPyConnection, folder: Path, database: str) -> None:
    rows = con.execute(f"SELECT key, value FROM {quoted(database)}.main.meta LIMIT 5").fetchall()
    meta = dict(rows)
    if meta.get("format") != FORMAT:
        raise CaseDamaged(
            "other_format",
            folder=folder,
            found=str(meta.get("format", "none"))[:_LONGEST],
            format=FORMAT,
            hint="load_into_new_case",
        )
    is_whole = meta.keys() == {"format", "resolved_through", "suspended", "recorded"} and len(rows) == len(meta)
    if not (
        is_whole and _NUMBER(meta["resolved_through"]) and _NUMBER(meta["recorded"]) and _SUSPENDED(meta["suspended"])
    ):
        raise CaseDamaged("database_marks", folder=folder, table="meta", hint="restore_case")


def _wanted(statements: tuple[str, ...]) -> dict[_Object, str]:
    made = {}
    for statement in statements:
        _, kind, name = re.split(r"[ (]", statement, maxsplit=3)[:3]
        made[_Object(kind.lower(), "main", name)] = _plain(statement)
    return made


def _as_made_here() -> dict[_Object, str]:
    """Return the expected definitions as the installed version of DuckDB writes them."""
    with duckdb.connect() as con:
        for statement in FOLDER_TABLES:
            con.execute(statement)
        return {_Object(*row[:3]): _plain(row[3]) for row in con.execute(_CREATED, ["memory"]).fetchall()}


def _plain(sql: str) -> str:
    """Return a definition without the quotes that DuckDB puts around names that look like keywords."""
    return _QUOTED.sub(r"\1", sql).rstrip(";")


def quoted(name: str) -> str:
    """Return a name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'
