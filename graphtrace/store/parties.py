"""Which mentions are the same party: one rule, as SQL over all mentions of a case (SPEC 3, Parties).

Never decided row by row: a name without a number joins the only party that bears it anywhere in the case, so one more
file can change who somebody is. A carrier is known by its operator's name whatever number stands beside it.
"""

from __future__ import annotations

from typing import Final

from graphtrace.identifiers.operators import NAMES

_OPERATORS: Final = ", ".join(f"('{name}', '{operator}')" for name, operator in sorted(NAMES.items()))

TELL_APART: Final = f"""
WITH known AS (SELECT * FROM writings WHERE sheet IN (SELECT sheet FROM {{sheets}})),
mentions AS (SELECT * FROM idents SEMI JOIN known USING (ident)),
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
"""Columns: ident, id, is_carrier, bearers. ``{{sheets}}`` is the table of sheets that are known."""

NAMES_OF_PARTIES: Final = """
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
