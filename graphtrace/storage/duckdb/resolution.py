"""Resolution of mentions to parties: one rule, as SQL over all mentions of a case (SPEC 3, Parties).

The rule never decides row by row: a name without an identifier joins the only party that bears it anywhere in the
case, so a further file can change the party of a mention. A carrier is known by its operator's name, whatever number
stands beside it.

The rule depends on a mention, on the other mentions of its name, and on the names of its party. Therefore a new
sheet changes only the mentions that it writes, those of the same names, and the parties that these belonged to and
join: the rule over these mentions gives the same result as the rule over all.

Judgements are applied after the rule (SPEC 8): their result for the members that they name, and for those that share a
name or an identifier with these, replaces the result of the rule (:func:`graphtrace.storage.judgements.join_members`).
This is the only place that applies them; table ``resolved_parties`` holds the result, and every question reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.identifiers.operators import NAMES
from graphtrace.storage.judgements import FoundMember, JoinedMembers, Judgement, in_force, join_members

if TYPE_CHECKING:
    import duckdb

    from graphtrace.model import Origin

RESOLUTION_PENDING: Final = """
SELECT (SELECT value FROM meta WHERE key = 'resolved_through') <> (SELECT coalesce(max(file), 0) FROM files)::VARCHAR
"""
"""Query whether files were loaded since the parties were resolved."""

_OPERATORS: Final = ", ".join(f"('{name}', '{operator}')" for name, operator in sorted(NAMES.items()))

_INITIAL_PARTIES: Final = f"""
WITH known AS (SELECT * FROM mention_names WHERE sheet IN (SELECT sheet FROM {{sheets}})),
mine AS (SELECT * FROM {{mentions}} SEMI JOIN known USING (ident)),
carriers AS (
    SELECT name_key, min(operator) AS operator FROM carrier_names
    WHERE sheet IN (SELECT sheet FROM {{sheets}}) GROUP BY name_key
    UNION ALL
    SELECT * FROM (VALUES {_OPERATORS}) AS exact (name_key, operator)
    WHERE name_key NOT IN (SELECT name_key FROM carrier_names WHERE sheet IN (SELECT sheet FROM {{sheets}}))
),
bearers AS (
    SELECT name_key, count(DISTINCT strong) AS count, min(strong) AS only_one
    FROM mine ANTI JOIN carriers USING (name_key) WHERE strong <> '' AND name_key <> '' GROUP BY name_key
)
SELECT
    ident,
    CASE
        WHEN carriers.name_key IS NOT NULL THEN 'carrier:' || coalesce(operator, mine.name_key)
        WHEN strong <> '' THEN 'id:' || strong
        ELSE 'name:' || mine.name_key
    END AS member,
    CASE
        WHEN carriers.name_key IS NOT NULL THEN member
        WHEN strong <> '' THEN member
        WHEN bearers.count = 1 THEN 'id:' || only_one
        ELSE member
    END AS id,
    carriers.name_key IS NOT NULL AS is_carrier,
    CASE WHEN carriers.name_key IS NULL AND strong = '' AND bearers.count > 1 THEN bearers.count ELSE 0 END AS bearers
FROM mine LEFT JOIN carriers USING (name_key) LEFT JOIN bearers USING (name_key)
"""
"""Query of the rule; columns: ident, member, id, is_carrier, bearers. ``{{sheets}}``: table of known sheets.

``{{mentions}}`` are the mentions to be judged: all of them, or all of some names.
"""

_RANKS: Final = """
SELECT sheet, row_number() OVER (ORDER BY sha256, coalesce(sheets.name, '')) AS rank
FROM sheets JOIN files USING (file) WHERE sheet IN (SELECT sheet FROM {sheets})
"""
_ORDER: Final = "day::HUGEINT * 18446744073709551616 + rank::HUGEINT * 4294967296 + place"
"""Sort key of the names of a mention: by day, then by hash, sheet and row."""

_NAMES_OF_PARTIES: Final = f"""
SELECT
    id,
    min(ident) AS party,
    coalesce(
        arg_min(name, {_ORDER}) FILTER (name <> ''),
        id[4:]
    ) AS name,
    bool_or(is_carrier) AS is_carrier, max(bearers)::INTEGER AS bearers
FROM {{resolved}} AS resolved JOIN mention_names USING (ident) JOIN ({_RANKS}) USING (sheet)
GROUP BY id
"""
"""Query for the parties; columns: id, party, name, is_carrier, bearers.

The name is the writing of the earliest record, then by hash, sheet, row.
"""


_RESOLVED: Final = """
SELECT ident, party, id, name, parties.is_carrier, parties.bearers, member
FROM judged JOIN ({parties}) AS parties USING (id) ORDER BY ident
"""

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

_EARLIEST: Final = f"""
SELECT member, min({_ORDER}) FROM judged JOIN mention_names USING (ident) JOIN ({_RANKS}) USING (sheet)
WHERE ident IN (SELECT unnest($mentions::INTEGER[])) GROUP BY member
"""


def resolve_parties(
    con: duckdb.DuckDBPyConnection,
    judgements: Sequence[Judgement] = (),
    *,
    table: str = "TABLE main.resolved_parties",
    sheets: str = "main.sheets",
) -> frozenset[int]:
    """Resolve all mentions to parties by the rule and the judgements; writes table ``resolved_parties``.

    Columns: ident, party (the least mention of the party, so that it can be joined as a number), id, name, is_carrier,
    bearers, member (what a judgement about the mention stands on). Linear in the mentions of the case.

    Returns
    -------
    frozenset of int
        The numbers of the judgements that are not applied.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {_INITIAL_PARTIES.format(mentions='mentions', sheets=sheets)}")
    suspended = _apply(con, judgements, _near(con, judgements), sheets=sheets)
    parties = _NAMES_OF_PARTIES.format(resolved="judged", sheets=sheets)
    con.execute(f"CREATE OR REPLACE {table} AS {_RESOLVED.format(parties=parties)}")
    con.execute("DROP TABLE judged")
    return suspended


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
    near = _near(con, judgements)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE touched AS {_TOUCHED}",
        {"resolved_through": through, "judged": [ident for ident, *_ in near]},
    )
    initial = _INITIAL_PARTIES.format(mentions="touched", sheets="main.sheets")
    con.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {initial}")
    suspended = _apply(con, judgements, near, sheets="main.sheets")
    # a party keeps its name and its least mention only if none joins it and none leaves it
    con.execute(
        """
        INSERT INTO judged BY NAME SELECT ident, member, id, is_carrier, bearers FROM main.resolved_parties
        WHERE id IN (SELECT id FROM judged UNION SELECT id FROM main.resolved_parties SEMI JOIN touched USING (ident))
        AND ident NOT IN (SELECT ident FROM touched)
        """
    )
    parties = _NAMES_OF_PARTIES.format(resolved="judged", sheets="main.sheets")
    con.execute(f"CREATE OR REPLACE TEMP TABLE resolved_again AS {_RESOLVED.format(parties=parties)}")
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


# -- judgements ------------------------------------------------------------------------------------------------


_Mention = tuple[int, str, str]
"""Number, normalised name and strong identifier of a mention."""


def _near(con: duckdb.DuckDBPyConnection, judgements: Iterable[Judgement]) -> list[_Mention]:
    """Return the mentions that judgements can concern: those named, and those that share a name or id with them."""
    return _sharing(con, {member for judgement in judgements for member in judgement.parties})


def _sharing(con: duckdb.DuckDBPyConnection, members: set[str]) -> list[_Mention]:
    if not members:
        return []
    strong = {member.removeprefix("id:") for member in members if member.startswith("id:")}
    names = {member.removeprefix("name:") for member in members if member.startswith("name:")}
    found: dict[int, _Mention] = {}
    while True:
        rows = con.execute(
            "SELECT ident, name_key, strong FROM mentions WHERE name_key IN (SELECT unnest($1::VARCHAR[])) "
            "OR strong IN (SELECT unnest($2::VARCHAR[]))",
            [sorted(names - {""}), sorted(strong - {""})],
        ).fetchall()
        if len(rows) == len(found):
            break
        found = {row[0]: row for row in rows}
        names |= {name for _, name, _ in rows}
        strong |= {number for *_, number in rows}
    # a carrier is its operator, whatever its mentions are called: they share nothing with others
    carriers = [member for member in members if member.startswith("carrier:")]
    if carriers:
        known = con.execute(
            "SELECT ident, name_key, strong FROM mentions WHERE name_key IN "
            "(SELECT name_key FROM carrier_names UNION SELECT unnest($1::VARCHAR[]))",
            [sorted(NAMES)],
        ).fetchall()
        found |= {row[0]: row for row in known}
    return list(found.values())


def _join_near(
    con: duckdb.DuckDBPyConnection, table: str, judgements: Iterable[Judgement], near: Iterable[_Mention]
) -> JoinedMembers:
    """Return the parties under the judgements, for mentions whose members stand in a table."""
    mentions = list(near)
    members = dict(
        con.execute(
            f"SELECT ident, member FROM {table} WHERE ident IN (SELECT unnest($1::INTEGER[]))",
            [[ident for ident, *_ in mentions]],
        ).fetchall()
    )
    bearers: dict[str, set[str]] = {}
    for ident, name_key, _ in mentions:
        if name_key and members.get(ident, "").startswith("id:"):
            bearers.setdefault(f"name:{name_key}", set()).add(members[ident])
    names = {member for member in members.values() if member.startswith("name:")}
    return join_members(bearers, names, in_force(judgements))


def _apply(
    con: duckdb.DuckDBPyConnection, judgements: Sequence[Judgement], near: Sequence[_Mention], *, sheets: str
) -> frozenset[int]:
    """Replace in ``judged`` the rule's party of some mentions by their party under the judgements."""
    if not in_force(judgements):
        return frozenset()
    joined = _join_near(con, "judged", judgements, near)
    earliest = dict(con.execute(_EARLIEST.format(sheets=sheets), {"mentions": [each[0] for each in near]}).fetchall())
    ids: dict[str, str] = {}
    for group in joined.groups:
        present = sorted(group & earliest.keys(), key=lambda member: (_id_rank(member), earliest[member], member))
        ids.update((member, present[0]) for member in present)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE joined AS SELECT unnest($1::VARCHAR[]) AS member, unnest($2::VARCHAR[]) AS id, "
        "unnest($3::INTEGER[]) AS bearers",
        [[*ids], [*ids.values()], [joined.collisions.get(member, 0) for member in ids]],
    )
    con.execute(
        "UPDATE judged SET id = joined.id, bearers = joined.bearers FROM joined WHERE judged.member = joined.member"
    )
    con.execute("DROP TABLE joined")
    return joined.suspended


def _id_rank(member: str) -> int:
    """Return the rank by which a member gives a party its id: a carrier first, then an identifier, then a name."""
    return ("carrier", "id", "name").index(member.partition(":")[0])


class TableMembers:
    """Members of a case for planning a judgement (``MemberSource``), in tables whose parties are resolved."""

    def __init__(self, con: duckdb.DuckDBPyConnection, origin: Callable[[str], Origin]) -> None:
        self.con = con
        self.origin = origin

    def find(self, *, ids: Sequence[str], name_key: str) -> Sequence[FoundMember]:
        rows = self.con.execute(
            "SELECT DISTINCT member, id FROM resolved_parties JOIN mentions USING (ident) "
            "WHERE member IN (SELECT unnest($1::VARCHAR[])) OR (name_key = $2 AND name_key <> '') ORDER BY ALL",
            [list(ids), name_key],
        ).fetchall()
        return [FoundMember(*row) for row in rows]

    def join(self, judgements: Sequence[Judgement]) -> JoinedMembers:
        return _join_near(self.con, "resolved_parties", judgements, _near(self.con, judgements))


def judged_members(con: duckdb.DuckDBPyConnection, parties: str, members: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return by member the id of its party, and the earliest writing of its own name."""
    rows = con.execute(
        "SELECT member, any_value(id), "
        f"coalesce(arg_min(mention_names.name, {_ORDER}) FILTER (mention_names.name <> ''), '') "
        f"FROM {parties} JOIN mention_names USING (ident) JOIN ({_RANKS.format(sheets='sheets')}) USING (sheet) "
        "WHERE member IN (SELECT unnest($1::VARCHAR[])) GROUP BY member",
        [list(members)],
    ).fetchall()
    return {member: (party, name or member.partition(":")[2]) for member, party, name in rows}
