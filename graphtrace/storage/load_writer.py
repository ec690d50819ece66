"""Protocol of a store that files are loaded into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from graphtrace.results.reports import Reject, RowWarning
from graphtrace.storage.ledger import Chains

if TYPE_CHECKING:
    import polars as pl

    from graphtrace.results.corrections import Correction
    from graphtrace.storage.base import LoadedFile


class SheetCounts(NamedTuple):
    """Rows that state something new, rows that state only what was known, and the new records of each kind."""

    loaded: int
    duplicate: int
    kinds: Mapping[str, int]


class LoadWriter(Protocol):
    """Protocol of a store for loading: one file after the other, each whole or not at all."""

    @property
    def folder(self) -> Path:
        """Folder that holds ``sources`` and ``rejects``."""
        ...

    @property
    def scratch(self) -> Path:
        """Folder on the same disk for unfinished files."""
        ...

    @property
    def lost_corrections(self) -> Sequence[Correction]:
        """Return the corrections that lost their row when the file was read again."""
        ...

    def loads_of(self, sha256: str) -> int:
        """Return a number that makes the names of reject files of this content unique: that of its earlier loads.

        0 where reject files need no unique names.
        """
        ...

    def file_number(self, sha256: str) -> int | None:
        """Return the number of the file with this content, if it is in the case."""
        ...

    def sheets_of(self, file: int) -> list[dict[str, Any]]:
        """Return the sheets of a loaded file as they were reported, with all their rejects and remarks."""
        ...

    def reading_of(self, file: int) -> Mapping[str, Any]:
        """Return the settings with which a loaded file was read, from its line of the ledger."""
        ...

    def begin(self, extra_entry_fields: Mapping[str, Any] | None = None, *, supersedes: int | None = None) -> None:
        """Begin the load of a file; ``extra_entry_fields`` are what its line of the ledger says of its reading.

        ``supersedes`` is the load with the earlier reading of the file, which is unloaded with it.
        """
        ...

    def roll_back(self) -> bool:
        """Roll back the load; return false if it was committed, or if that is unknown."""
        ...

    def open_sheet(self) -> None:
        """Begin the next sheet of the file."""
        ...

    def stage(self, frame: pl.DataFrame) -> None:
        """Add statements (columns :data:`~graphtrace.ingest.record_schema.STATEMENT_SCHEMA`) to the sheet."""
        ...

    def stage_supports(self, frame: pl.DataFrame) -> None:
        """Add supporting records (columns :data:`~graphtrace.ingest.supporting.SUPPORT_SCHEMA`) to the sheet."""
        ...

    def close_sheet(
        self,
        *,
        name: str | None,
        kind: str | None,
        encoding: str | None,
        rows: int,
        rejected: int,
        rejects: Sequence[Reject],
        rejects_file: str | None,
        remarks: Sequence[RowWarning],
        unread: pl.DataFrame | None = None,
        reading: Mapping[str, Any] | None = None,
        asked: Sequence[tuple[str, str, int]] = (),
    ) -> SheetCounts:
        """Ends the sheet; returns how many of its rows were new, how many repeated what was known, and its records.

        ``unread`` are the changes of hands that were not recorded (:mod:`graphtrace.ingest.unread_events`).
        ``reading`` is what the ledger keeps of how the sheet was read, ``None`` where it was not understood; ``asked``
        is then what has to be answered first, each with the kind and the number of rows that it is about.
        """
        ...

    def commit(self, *, name: str, sha256: str, size: int, copied_file: LoadedFile | None = None) -> None:
        """Commit the load; :meth:`record` must follow.

        A file that is repeated, or copied from another case, keeps its time and its line of the ledger.
        """
        ...

    def record(self) -> None:
        """Write the load into the ledger, where that is a separate step."""
        ...

    def entries(self) -> list[str]:
        """Return the lines of the ledger, in order."""
        ...

    @property
    def chains(self) -> Chains:
        """Return the lines beside the records; lines of the ledger that follow commit to those that are added."""
        ...

    def finish(self) -> None:
        """Resolve all parties, once after the last file."""
        ...
