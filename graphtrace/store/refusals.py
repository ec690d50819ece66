"""What the embedded case refused to load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.store.protocol import RejectedRow

if TYPE_CHECKING:
    from graphtrace.store.embedded import EmbeddedStore


def rejected_rows(store: EmbeddedStore) -> Sequence[RejectedRow]:
    """Every row that was not loaded, by file, sheet and row; see :meth:`graphtrace.store.protocol.Store.rejected_rows`.

    Cost: one pass over the rejects.
    """
    seen = "" if store.known_on is None else "WHERE sheet IN (SELECT sheet FROM temp.seen)"
    rows = store._ask(
        "SELECT files.name, sheets.name, row, field, reason FROM rejects JOIN sheets USING (sheet) "
        f"JOIN files USING (file) {seen} ORDER BY files.name, sha256, sheet, row"
    )
    return [RejectedRow(*row) for row in rows]
