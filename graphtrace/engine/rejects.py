"""Rows of files that were not loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


class RejectedRow(NamedTuple):
    """A rejected row of a file: its origin and the reason; ``field`` is the one that could not be read."""

    file: str
    sheet: str | None
    row: int
    field: str | None
    reason: str


def rejected_rows(session: CaseSession) -> Sequence[RejectedRow]:
    """Return every row that was not loaded, by file, sheet and row."""
    seen = f"WHERE {session.visible_clause} true"
    rows = session.query(
        "SELECT files.name, sheets.name, row, field, reason FROM rejects JOIN sheets USING (sheet) "
        f"JOIN files USING (file) {seen} ORDER BY files.name, sha256, sheet, row"
    )
    return [RejectedRow(*row) for row in rows]
