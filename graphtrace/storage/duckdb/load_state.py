"""Facts about a case that every file of a load asks for: read once, and kept up to date by the load itself.

With a query for each, the cost of a small file would grow with the number of files in the case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from graphtrace.storage.duckdb.duckdb_schema import LAST_ENTRY_SQL
from graphtrace.storage.duckdb.visibility import not_unloaded, unloaded_sheets

if TYPE_CHECKING:
    import duckdb

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
