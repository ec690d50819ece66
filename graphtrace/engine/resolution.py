"""Which mentions are the same party: one rule, as SQL over all mentions of a case (SPEC 3, Parties).

Never decided row by row: a name without a number joins the only party that bears it anywhere in the case, so one more
file can change who somebody is. A carrier is known by its operator's name whatever number stands beside it.

The rule looks at a mention, at the others of its name, and at the writings of its party. So what more sheets change is
among the mentions that they write, those of the same names, and the parties that these were and become: the same rule
over these alone says what the rule over all would say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphtrace.identifiers.operators import NAMES

if TYPE_CHECKING:
    import duckdb

RESOLUTION_PENDING: Final = """
SELECT (SELECT value FROM meta WHERE key = 'told') <> (SELECT coalesce(max(file), 0) FROM files)::VARCHAR
"""
"""Whether files were loaded since the parties were told apart."""

_OPERATORS: Final = ", ".join(f"('{name}', '{operator}')" for name, operator in sorted(NAMES.items()))

_TELL_APART: Final = f"""
WITH known AS (SELECT * FROM writings WHERE sheet IN (SELECT sheet FROM {{sheets}})),
mentions AS (SELECT * FROM {{idents}} SEMI JOIN known USING (ident)),
carriers AS (
    SELECT name_key, min(operator) AS operator FROM carrier_names
    WHERE sheet IN (SELECT sheet FROM {{sheets}}) GROUP BY name_key
    UNION ALL
    SELECT * FROM (VALUES {_OPERATORS}) AS exact (name_key, operator)
    WHERE name_key NOT IN (SELECT name_key FROM carrier_names WHERE sheet IN (SELECT sheet FROM {{sheets}}))
),
bearers AS (
    SELECT name_key, count(DISTINCT strong) AS count, min(strong) AS only_one
    FROM mentions ANTI JOIN carriers USING (name_key) WHERE strong <> '' AND name_key <> '' GROUP BY name_key
)
SELECT
    ident,
    CASE
        WHEN carriers.name_key IS NOT NULL THEN 'carrier:' || coalesce(operator, mentions.name_key)
        WHEN strong <> '' THEN 'id:' || strong
        WHEN bearers.count = 1 THEN 'id:' || only_one
        ELSE 'name:' || mentions.name_key
    END AS id,
    carriers.name_key IS NOT NULL AS is_carrier,
    CASE WHEN carriers.name_key IS NULL AND strong = '' AND bearers.count > 1 THEN bearers.count ELSE 0 END AS bearers
FROM mentions LEFT JOIN carriers USING (name_key) LEFT JOIN bearers USING (name_key)
"""
"""Columns: ident, id, is_carrier, bearers. ``{{sheets}}`` is the table of sheets that are known.

``{{idents}}`` are the mentions to be judged: all of them, or all of some names.
"""

_NAMES_OF_PARTIES: Final = """
SELECT
    id,
    min(ident) AS party,
    coalesce(
        arg_min(name, day::HUGEINT * 18446744073709551616 + rank::HUGEINT * 4294967296 + place) FILTER (name <> ''),
        id[4:]
    ) AS name,
    bool_or(is_carrier) AS is_carrier, max(bearers)::INTEGER AS bearers
FROM {told} AS told JOIN writings USING (ident)
JOIN (
    SELECT sheet, row_number() OVER (ORDER BY sha256, coalesce(sheets.name, '')) AS rank
    FROM sheets JOIN files USING (file) WHERE sheet IN (SELECT sheet FROM {sheets})
) USING (sheet)
GROUP BY id
"""
"""Columns: id, party, name, is_carrier, bearers.

The name is the writing of the earliest record, then by hash, sheet, row.
"""


_TOLD: Final = """
SELECT ident, party, id, name, parties.is_carrier, parties.bearers
FROM judged JOIN ({parties}) AS parties USING (id) ORDER BY ident
"""

_TOUCHED: Final = """
WITH fresh AS (
    SELECT DISTINCT ident FROM writings WHERE sheet IN (SELECT sheet FROM sheets WHERE file > {told})
),
names AS (
    SELECT name_key FROM idents SEMI JOIN fresh USING (ident) WHERE name_key <> ''
    UNION SELECT name_key FROM carrier_names WHERE sheet IN (SELECT sheet FROM sheets WHERE file > {told})
)
SELECT ident, name_key, strong FROM idents WHERE name_key IN (FROM names) OR ident IN (FROM fresh)
"""
"""The mentions that a load since may have made another party: those that it wrote, and all of the same names."""


def resolve_parties(
    con: duckdb.DuckDBPyConnection, *, table: str = "TABLE main.told", sheets: str = "main.sheets"
) -> None:
    """Derives from all mentions which are the same party: table ``told``.

    Columns: ident, party (the least mention of the party, so that it can be joined as a number), id, name, is_carrier,
    bearers. Linear in the mentions of the case.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {_TELL_APART.format(idents='idents', sheets=sheets)}")
    parties = _NAMES_OF_PARTIES.format(told="judged", sheets=sheets)
    con.execute(f"CREATE OR REPLACE {table} AS {_TOLD.format(parties=parties)}")
    con.execute("DROP TABLE judged")


def resolve_new_mentions(con: duckdb.DuckDBPyConnection) -> None:
    """Brings ``told`` to what :func:`resolve_parties` makes of the case, where only files were loaded since.

    Linear in the mentions of the names that these files write, beside a look through the columns of numbers.
    """
    ((told,),) = con.execute("SELECT value::INTEGER FROM meta WHERE key = 'told'").fetchall()
    if not told:
        resolve_parties(con)
        return
    con.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {_TOUCHED.format(told=told)}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {_TELL_APART.format(idents='touched', sheets='main.sheets')}")
    # a party keeps its name and its least mention only if none joins it and none leaves it
    con.execute(
        """
        INSERT INTO judged SELECT ident, id, is_carrier, bearers FROM main.told
        WHERE id IN (SELECT id FROM judged UNION SELECT id FROM main.told SEMI JOIN touched USING (ident))
        AND ident NOT IN (SELECT ident FROM touched)
        """
    )
    parties = _NAMES_OF_PARTIES.format(told="judged", sheets="main.sheets")
    con.execute(f"CREATE OR REPLACE TEMP TABLE retold AS {_TOLD.format(parties=parties)}")
    values = ("party", "id", "name", "is_carrier", "bearers")
    con.execute(
        f"""
        UPDATE main.told SET {", ".join(f"{name} = retold.{name}" for name in values)} FROM retold
        WHERE told.ident = retold.ident
        AND ({" OR ".join(f"told.{name} IS DISTINCT FROM retold.{name}" for name in values)})
        """
    )
    con.execute("INSERT INTO main.told SELECT * FROM retold ANTI JOIN main.told USING (ident) ORDER BY ident")
    for table in ("touched", "judged", "retold"):
        con.execute(f"DROP TABLE {table}")
