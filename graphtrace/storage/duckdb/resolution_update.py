"""Update of the resolved parties of a case folder after a load or a judgement (SPEC 3, Parties).

The rule and its judgements are in :mod:`graphtrace.storage.resolution`; this applies it to the mentions that new files
and judgements can concern, and leaves all other rows of ``resolved_parties`` as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.results.judgements import Judgement
from graphtrace.storage.resolution import assign_parties, create_party_table, mentions_near, resolve_parties

if TYPE_CHECKING:
    import duckdb

RESOLUTION_PENDING: Final = """
SELECT (SELECT value FROM meta WHERE key = 'resolved_through') <> (SELECT coalesce(max(file), 0) FROM files)::VARCHAR
"""
"""Query whether files were loaded since the parties were resolved."""

_TOUCHED: Final = """
WITH fresh AS (
    SELECT DISTINCT ident FROM mention_names WHERE sheet IN (SELECT sheet FROM sheets WHERE file > $resolved_through)
    UNION SELECT unnest($judged::INTEGER[])
),
names AS (
    SELECT name_key FROM mentions SEMI JOIN fresh USING (ident) WHERE name_key <> ''
    UNION SELECT name_key FROM carrier_names WHERE sheet IN (SELECT sheet FROM sheets WHERE file > $resolved_through)
)
SELECT ident, name_key, strong FROM mentions WHERE name_key IN (FROM names) OR ident IN (FROM fresh)
"""
"""Query for mentions whose party a later load may change: those that it wrote, and all of the same names.

``$judged`` are further mentions that may be other parties.
"""


def resolve_new_mentions(con: duckdb.DuckDBPyConnection, judgements: Sequence[Judgement] = ()) -> frozenset[int]:
    """Update ``resolved_parties`` to the result of :func:`resolve_parties`, after new files and judgements only.

    ``judgements`` are all that there are, those that were undone too. Linear in the mentions of the names that these
    files write and that judgements concern, beside a look through the columns of numbers.

    Returns
    -------
    frozenset of int
        The numbers of the judgements that are not applied.
    """
    ((through,),) = con.execute("SELECT value::INTEGER FROM meta WHERE key = 'resolved_through'").fetchall()
    if not through:
        return resolve_parties(con, judgements)
    near = mentions_near(con, judgements)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE touched AS {_TOUCHED}",
        {"resolved_through": through, "judged": [ident for ident, *_ in near]},
    )
    suspended = assign_parties(con, judgements, near, mentions="touched", sheets="main.sheets")
    # a party keeps its name and its least mention only if none joins it and none leaves it
    con.execute(
        """
        INSERT INTO judged BY NAME SELECT ident, member, id, is_carrier, bearers FROM main.resolved_parties
        WHERE id IN (SELECT id FROM judged UNION SELECT id FROM main.resolved_parties SEMI JOIN touched USING (ident))
        AND ident NOT IN (SELECT ident FROM touched)
        """
    )
    create_party_table(con, "TEMP TABLE resolved_again", sheets="main.sheets")
    values = ("party", "id", "name", "is_carrier", "bearers", "member")
    con.execute(
        f"""
        UPDATE main.resolved_parties SET {", ".join(f"{name} = resolved_again.{name}" for name in values)}
        FROM resolved_again
        WHERE resolved_parties.ident = resolved_again.ident
        AND ({" OR ".join(f"resolved_parties.{name} IS DISTINCT FROM resolved_again.{name}" for name in values)})
        """
    )
    con.execute(
        "INSERT INTO main.resolved_parties SELECT * FROM resolved_again ANTI JOIN main.resolved_parties USING (ident) "
        "ORDER BY ident"
    )
    for table in ("touched", "judged", "resolved_again"):
        con.execute(f"DROP TABLE {table}")
    return suspended
