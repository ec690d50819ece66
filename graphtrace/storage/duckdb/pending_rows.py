"""Rows of a load that wait in memory, so that many small files share one statement for each table.

Only tables that no later file of a load has to see wait here. The rows of a file belong to its transaction: they are
dropped if it is rolled back, and the rows of earlier files that it happened to insert wait again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

_COLUMNS: Final = {
    "files": ("file", "name", "sha256", "size", "loaded_at", "entry"),
    "sheets": (
        *("sheet", "file", "name", "kind", "encoding", "row_count", "loaded", "duplicate", "rejected"),
        *("records", "rejects_file", "remarks"),
    ),
    "carrier_names": ("name_key", "operator", "sheet"),
}
"""Columns of the tables whose rows come one by one."""

_Waiting = dict[str, list[Any]]


class PendingRows:
    """Rows by table: frames, or single rows of the tables in :data:`_COLUMNS`, in the order in which they came."""

    def __init__(self) -> None:
        self._committed: _Waiting = {}
        self._fresh: _Waiting = defaultdict(list)
        self._inserted: _Waiting = {}
        self.count = 0

    def add(self, table: str, rows: pl.DataFrame) -> None:
        """Add rows of the file that is being loaded."""
        if rows.height:
            self._fresh[table].append(rows)
            self.count += rows.height

    def add_row(self, table: str, row: Sequence[object]) -> None:
        """Add one row of the file that is being loaded, with the columns in the order of the table."""
        self._fresh[table].append(row)
        self.count += 1

    def commit(self) -> None:
        """Keep the rows of the file, whose transaction was committed."""
        self._committed = _joined(self._committed, self._fresh)
        self._fresh.clear()
        self._inserted = {}

    def roll_back(self) -> None:
        """Drop the rows of the file, whose transaction was rolled back."""
        self._committed = _joined(self._inserted, self._committed)
        self._fresh.clear()
        self._inserted = {}
        self.count = sum(_height(rows) for waiting in self._committed.values() for rows in waiting)

    def take(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield what waits, table by table, to be inserted now within the open transaction."""
        import polars as pl

        self._inserted = _joined(self._inserted, self._committed)
        waiting = _joined(self._committed, self._fresh)
        self._committed = {}
        self._fresh.clear()
        self.count = 0
        for table, rows in waiting.items():
            if table in _COLUMNS:
                yield table, pl.DataFrame(rows, schema=_COLUMNS[table], orient="row", infer_schema_length=None)
            else:
                yield table, pl.concat(rows, how="diagonal_relaxed")


def _joined(earlier: _Waiting, later: _Waiting) -> _Waiting:
    """Return the rows of both; takes ``earlier`` over."""
    for table, rows in later.items():
        earlier.setdefault(table, []).extend(rows)
    return earlier


def _height(rows: Any) -> int:
    return getattr(rows, "height", 1)
