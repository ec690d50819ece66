"""Facts about a case that every file of a load asks for: read once, and kept up to date by the load itself.

With a query for each, the cost of a small file would grow with the number of files in the case.

Rows of a load that wait in memory, so that many small files share one statement for each table. Only tables that no
later file of a load has to see wait here. The rows of a file belong to its transaction: they are dropped if it is
rolled back, and the rows of earlier files that it happened to insert wait again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import polars as pl

from graphtrace.storage.duckdb.duckdb_schema import LAST_ENTRY_SQL
from graphtrace.storage.duckdb.visibility import not_unloaded, unloaded_sheets

if TYPE_CHECKING:
    import duckdb


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


MAX_REMEMBERED: Final = 100_000
"""Maximum number of mentions, and of prefixes, that are remembered, at some hundred bytes each."""

MAX_AT_ONCE: Final = 5_000
"""Maximum number of keys that are looked up here together: the database finds many faster."""

Key = TypeVar("Key", bound=Hashable)


class LoadedFiles:
    """Files of a case: how often each was loaded, which are not unloaded, and the end of the ledger."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        last = con.execute(LAST_ENTRY_SQL).fetchall()
        self.last_entry: str | None = last[0][0] if last else None
        # a case without a line has nothing else
        self.visible = not_unloaded(unloaded_sheets(con) if last else ())
        files = con.execute("SELECT file, sha256 FROM files ORDER BY file").fetchall() if last else []
        self.loads = Counter(sha256 for _, sha256 in files)
        self.last_file: int = files[-1][0] if files else 0
        counting = f"SELECT sha256, max(file) FROM files JOIN sheets USING (file) WHERE {self.visible} GROUP BY sha256"
        self.numbers: dict[str, int] = dict(con.execute(counting).fetchall() if files else ())

    def add(self, sha256: str, entry: str, *, has_sheets: bool) -> None:
        """Add the file that was loaded after the last one."""
        self.last_file += 1
        self.last_entry = entry
        self.loads[sha256] += 1
        if has_sheets:
            self.numbers[sha256] = self.last_file


class Remembered(Generic[Key]):
    """Numbers of keys that a table holds; ``is_complete`` if every key of the table is here.

    What a file added is forgotten if it is rolled back. Numbers that are too many are not remembered.
    """

    def __init__(self, *, is_complete: bool = False) -> None:
        self.is_complete = is_complete
        self._numbers: dict[Key, int] = {}
        self._fresh: list[Key] = []

    def find(self, keys: Sequence[Key]) -> list[int]:
        """Return the number of each key, 0 where it is not known here."""
        return [self._numbers.get(key, 0) for key in keys]

    def add(self, keys: Sequence[Key], numbers: Sequence[int]) -> None:
        """Remember numbers of keys."""
        if len(self._numbers) + len(keys) > MAX_REMEMBERED:
            self._numbers.clear()
            self._fresh.clear()
            self.is_complete = False
            return
        self._numbers.update(zip(keys, numbers, strict=True))
        self._fresh += keys

    def commit(self) -> None:
        """Keep what the file added."""
        self._fresh.clear()

    def roll_back(self) -> None:
        """Forget what the file added."""
        for key in self._fresh:
            self._numbers.pop(key, None)
        self._fresh.clear()


class CaseNumbers:
    """Last numbers of sheets and mentions in a case, and the numbers of mentions and prefixes that are remembered."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        ((self.last_sheet, self.last_mention),) = con.execute(
            "SELECT (SELECT coalesce(max(sheet), 0) FROM sheets), (SELECT coalesce(max(ident), 0) FROM mentions)"
        ).fetchall()
        self.mentions: Remembered[tuple[str, str]] = Remembered(is_complete=self.last_mention == 0)
        self.prefixes: Remembered[tuple[str, int]] = Remembered()
        self._committed = (self.last_sheet, self.last_mention)

    def commit(self) -> None:
        """Keep the numbers that the file took."""
        self._committed = (self.last_sheet, self.last_mention)
        self.mentions.commit()
        self.prefixes.commit()

    def roll_back(self) -> None:
        """Give back the numbers that the file took."""
        self.last_sheet, self.last_mention = self._committed
        self.mentions.roll_back()
        self.prefixes.roll_back()
