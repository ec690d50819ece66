"""Resolution of mentions to parties: who is the same party, by one rule and the judgements (SPEC 3, Parties).

A mention is a name with or without an identifier, as a record states it. Each has a *member*: the operator of a
carrier (``carrier:SLUG``), else a strong identifier (``id:STRONG``), else the normalised name (``name:NORMALISED``).
Mentions of one member are one party. A ``name:`` member joins the only ``id:`` member whose mentions have this name
anywhere in the case; so a further file can change the party of a mention, and no row is decided by itself. A carrier is
known by its operator's name, whatever number stands beside it.

The rule depends on a mention, on the other mentions of its name, and on the names of its party. Therefore a new
sheet changes only the mentions that it writes, those of the same names, and the parties that these belonged to and
join: the rule over these mentions gives the same result as the rule over all.

Judgements are applied after the rule (SPEC 8): their result for the members that they name, and for those that share a
name or an identifier with these, replaces the result of the rule (:func:`join_members`). This is the only place that
applies them; table ``resolved_parties`` holds the result, and every question reads it. A folder and a server use the
same rule, as SQL over the tables of mentions; the mentions of a server are read into memory for it.

Update of the resolved parties of a case folder after a load or a judgement (SPEC 3, Parties). The rule is
applied to the mentions that new files and judgements can concern; all other rows of ``resolved_parties`` stay as they
are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.identifiers import match_operator_name, parse_uscc
from graphtrace.identifiers.operators import BRANCH, MAYBE_OPERATOR, USUAL_NAMES
from graphtrace.identifiers.party_ids import is_valid_resident_id, parse_resident_id
from graphtrace.identifiers.party_names import FULL_NAME
from graphtrace.results.judgements import Judgement
from graphtrace.storage.judgement_log import in_force

if TYPE_CHECKING:
    import duckdb


# -- the rule, over tables of mentions -------------------------------------------------------------------------


_INITIAL_PARTIES: Final = """
WITH known AS (SELECT * FROM mention_names WHERE sheet IN (SELECT sheet FROM {sheets})),
mine AS (SELECT * FROM {mentions} SEMI JOIN known USING (ident)),
operators_by_name AS (SELECT unnest($1::VARCHAR[]) AS name_key, unnest($2::VARCHAR[]) AS operator),
carriers AS (
    SELECT name_key, min(operator) AS operator FROM carrier_names
    WHERE sheet IN (SELECT sheet FROM {sheets}) GROUP BY name_key
    UNION ALL
    SELECT * FROM operators_by_name
    WHERE name_key NOT IN (SELECT name_key FROM carrier_names WHERE sheet IN (SELECT sheet FROM {sheets}))
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
"""Query of the rule; columns: ident, member, id, is_carrier, bearers. ``{sheets}``: table of known sheets.

``{mentions}`` are the mentions to be judged: all of them, or all of some names. Parameters: the names that are an
operator's, and whose.
"""

_RANKS: Final = """
SELECT sheet, row_number() OVER (ORDER BY sha256, coalesce(sheets.name, '')) AS rank
FROM sheets JOIN files USING (file) WHERE sheet IN (SELECT sheet FROM {sheets})
"""
_ORDER: Final = "day::HUGEINT * 18446744073709551616 + rank::HUGEINT * 4294967296 + place"
"""Sort key of the names of a mention: by day, then by hash, sheet and row."""

_SHORTER: Final = (
    r"(1024 - least(length(regexp_replace(name, '\s', '', 'g')), 1024))::HUGEINT * 79228162514264337593543950336"
)
"""Part of a sort key that outweighs day, hash, sheet and row: the longest name first; blanks make none longer."""

_USUAL_NAME: Final = " ".join(
    ("CASE id", *(f"WHEN 'carrier:{slug}' THEN '{name}'" for slug, name in USUAL_NAMES.items()), "END")
)

_NAMES_OF_PARTIES: Final = f"""
SELECT
    id,
    min(ident) AS party,
    coalesce(
        CASE WHEN count(DISTINCT name) FILTER (is_carrier AND regexp_matches(name, '{BRANCH}')) > 1
        THEN {_USUAL_NAME} END,
        CASE WHEN count(DISTINCT member) > 1 THEN
            arg_min(name, {_SHORTER} + {_ORDER}) FILTER (NOT is_carrier AND regexp_matches(lower(name), '{FULL_NAME}'))
        END,
        arg_min(name, {_ORDER}) FILTER (name <> ''),
        id[4:]
    ) AS name,
    bool_or(is_carrier) AS is_carrier, max(bearers)::INTEGER AS bearers
FROM {{resolved}} AS resolved JOIN mention_names USING (ident) JOIN ({_RANKS}) USING (sheet)
GROUP BY id
"""
"""Query for the parties; columns: id, party, name, is_carrier, bearers.

The name is the writing of the earliest record, then by hash, sheet, row. Of a firm that was joined of several members
it is the longest full one, which ends with its legal form, whichever was written first. An operator of which several
branches are named has its usual name: what no branch alone did.
"""


_RESOLVED: Final = """
SELECT ident, party, id, name, parties.is_carrier, parties.bearers, member
FROM judged JOIN ({parties}) AS parties USING (id) ORDER BY ident
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

    ``sheets``: a table of the sheets that are known, or a query for them in brackets.
    Columns: ident, party (the least mention of the party, so that it can be joined as a number), id, name, is_carrier,
    bearers, member (what a judgement about the mention stands on). Linear in the mentions of the case.

    Returns the numbers of the judgements that are not applied.
    """
    near = mentions_near(con, judgements)
    suspended = assign_parties(con, judgements, near, mentions="mentions", sheets=sheets)
    create_party_table(con, table, sheets=sheets)
    con.execute("DROP TABLE judged")
    return suspended


def assign_parties(
    con: duckdb.DuckDBPyConnection,
    judgements: Sequence[Judgement],
    near: Sequence[Mention],
    *,
    mentions: str,
    sheets: str,
) -> frozenset[int]:
    """Create temporary table ``judged``: the party of each mention in a table, by the rule and the judgements.

    ``near`` are the mentions that the judgements concern (:func:`mentions_near`). Returns the numbers of the judgements
    that are not applied.
    """
    operators = operators_among(con, mentions)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE judged AS {_INITIAL_PARTIES.format(mentions=mentions, sheets=sheets)}",
        [[*operators], [*operators.values()]],
    )
    return _apply(con, judgements, near, sheets=sheets)


def operators_among(con: duckdb.DuckDBPyConnection, mentions: str) -> dict[str, str]:
    """Return by key those names of a table of mentions that are an operator's, with its slug."""
    rows = con.execute(
        f"SELECT DISTINCT name_key FROM {mentions} WHERE regexp_matches(name_key, $1) ORDER BY ALL", [MAYBE_OPERATOR]
    ).fetchall()
    return {name: operator for (name,) in rows if (operator := match_operator_name(name)) is not None}


def create_party_table(con: duckdb.DuckDBPyConnection, table: str, *, sheets: str) -> None:
    """Create a table of the mentions in ``judged`` with the names of their parties; ``table`` as in ``CREATE``."""
    parties = _NAMES_OF_PARTIES.format(resolved="judged", sheets=sheets)
    con.execute(f"CREATE OR REPLACE {table} AS {_RESOLVED.format(parties=parties)}")


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


# -- judgements applied to the tables --------------------------------------------------------------------------


Mention = tuple[int, str, str]
"""Number, normalised name and strong identifier of a mention."""


def mentions_near(con: duckdb.DuckDBPyConnection, judgements: Iterable[Judgement]) -> list[Mention]:
    """Return the mentions that judgements can concern: those named, and those that share a name or id with them."""
    return _sharing(con, {member for judgement in judgements for member in judgement.parties})


def _sharing(con: duckdb.DuckDBPyConnection, members: set[str]) -> list[Mention]:
    if not members:
        return []
    strong = {member.removeprefix("id:") for member in members if member.startswith("id:")}
    names = {member.removeprefix("name:") for member in members if member.startswith("name:")}
    found: dict[int, Mention] = {}
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
            [[*operators_among(con, "mentions")]],
        ).fetchall()
        found |= {row[0]: row for row in known}
    return list(found.values())


def join_near(
    con: duckdb.DuckDBPyConnection, table: str, judgements: Iterable[Judgement], near: Iterable[Mention]
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
    con: duckdb.DuckDBPyConnection, judgements: Sequence[Judgement], near: Sequence[Mention], *, sheets: str
) -> frozenset[int]:
    """Replace in ``judged`` the rule's party of some mentions by their party under the judgements."""
    if not in_force(judgements):
        return frozenset()
    joined = join_near(con, "judged", judgements, near)
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


# -- judgements applied to members -----------------------------------------------------------------------------


class JoinedMembers(NamedTuple):
    """Parties that result from members and judgements.

    ``groups``: the members of each party. ``collisions``: for each ``name:`` that several parties bear, how many.
    ``suspended``: the numbers of the judgements that are not applied.
    """

    groups: Sequence[frozenset[str]]
    collisions: Mapping[str, int]
    suspended: frozenset[int]


class MemberPartition:
    """Disjoint sets of members."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, member: str) -> str:
        above = self._above.setdefault(member, member)
        while above != member:
            self._above[member] = self._above[above]
            member, above = above, self._above[above]
        return member

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low

    def groups(self) -> list[frozenset[str]]:
        members: dict[str, set[str]] = {}
        for member in self._above:
            members.setdefault(self.root(member), set()).add(member)
        return [frozenset(members[root]) for root in sorted(members)]


def join_members(
    bearers: Mapping[str, Collection[str]], names: Collection[str], judgements: Iterable[Judgement]
) -> JoinedMembers:
    """Merge members into parties, by the rule of SPEC 3 and the judgements in force.

    - ``bearers``: by ``name:NORMALISED``: the ``id:`` members that bear the name.
    - ``names``: the ``name:`` members that records mention without an identifier.
    - ``judgements``: those in force.
    """
    positive = [judgement for judgement in judgements if judgement.same]
    apart = [judgement.parties for judgement in judgements if judgement.same is False]
    joined = _join(bearers, names, positive, apart)
    forced = [judgement for judgement in positive if judgement.is_forced]
    allowed = _join(bearers, names, forced, apart) if forced else MemberPartition()
    suspended: set[int] = set()
    if _joins_identities(joined, allowed):
        applied = forced
        for judgement in positive:
            if judgement.is_forced:
                continue
            joined = _join(bearers, names, [*applied, judgement], apart)
            if _joins_identities(joined, allowed):
                suspended.add(judgement.number)
            else:
                applied = [*applied, judgement]
        joined = _join(bearers, names, applied, apart)
    collisions = {}
    for name in names:
        roots = {joined.root(bearer) for bearer in bearers.get(name, ())}
        collisions[name] = len(roots) if len(roots) > 1 and joined.root(name) not in roots else 0
    return JoinedMembers(joined.groups(), collisions, frozenset(suspended))


def _join(
    bearers: Mapping[str, Collection[str]],
    names: Collection[str],
    positive: Iterable[Judgement],
    apart: Sequence[tuple[str, str]],
) -> MemberPartition:
    """Merge members: by judgements first; then each name joins its only bearer, in order, until nothing changes.

    A judgement between two parties outweighs the rule: a name stays by itself that would connect two which were judged
    different.
    """
    joined = MemberPartition()
    for name in names:
        joined.root(name)
    for of_name in bearers.values():
        for bearer in of_name:
            joined.root(bearer)
    for judgement in positive:
        joined.join(*judgement.parties)
    waiting = sorted(name for name in names if bearers.get(name))
    is_changed = True
    while is_changed:
        is_changed = False
        for name in waiting:
            roots = {joined.root(bearer) for bearer in bearers[name]}
            mine = joined.root(name)
            if len(roots) != 1 or mine in roots:
                continue
            both = {mine, *roots}
            if not any({joined.root(one), joined.root(other)} == both for one, other in apart):
                joined.join(name, roots.pop())
                is_changed = True
    return joined


def _joins_identities(joined: MemberPartition, allowed: MemberPartition) -> bool:
    """Whether some party has two credit codes or two resident ids that no forced judgement joins."""
    return any(
        len({allowed.root(member) for member in identities}) > 1
        for group in joined.groups()
        for identities in identities_of(group)
    )


def identities_of(group: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the members of a party that are known by a credit code, and by a resident id, sorted.

    A firm has one such code and a person one such id, whose writings of 15 and of 18 digits are one member.
    """
    numbers = {member: member.removeprefix("id:") for member in sorted(group) if member.startswith("id:")}
    codes = [member for member, number in numbers.items() if parse_uscc(number) is not None]
    persons = [
        member for member, number in numbers.items() if parse_resident_id(number) and is_valid_resident_id(number)
    ]
    return codes, persons


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

    Returns the numbers of the judgements that are not applied.
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
