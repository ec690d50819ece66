"""Supporting records of the embedded case; see :mod:`graphtrace.storage.supporting_records`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.storage.supporting_records import COUNTED, STATED_COLUMNS, SupportRecord, in_order, support_record

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession

_FEW: Final = 50
"""Maximum number of keys that are compared with the keys of each record one by one."""


def has_supporting_records(session: CaseSession) -> bool:
    """Whether the case holds any identity, shipment, payment or contact."""
    return bool(session.query("SELECT 1 FROM supports LIMIT 1"))


def supporting_records(session: CaseSession, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
    """The supporting records with one of the keys, all of them without any. Cost: one pass over such records."""
    asked = [] if keys is None else [sorted(keys)]
    if asked == [[]]:
        return []
    columns = f"{', '.join(STATED_COLUMNS)}, statement"
    if keys is not None and len(keys) > _FEW:
        # each list would be compared with all that is asked
        found = (
            f"SELECT DISTINCT {columns} FROM (SELECT {columns}, unnest(keys) AS key FROM supports) "
            "WHERE key IN (SELECT unnest(?::VARCHAR[]))"
        )
    else:
        found = f"SELECT {columns} FROM supports {'' if keys is None else 'WHERE list_has_any(keys, ?::VARCHAR[])'}"
    rows = session.query(found, *asked)
    return in_order(support_record(cells, statement, *session.sheet_sources[cells[6]]) for *cells, statement in rows)


def count_supports(session: CaseSession) -> dict[str, int]:
    """Count the records of each kind, each statement once."""
    rows = session.query(
        f"SELECT kind, count(DISTINCT statement) FROM supports WHERE {COUNTED} GROUP BY kind ORDER BY kind"
    )
    return dict(rows)
