"""Copy of a case into another, in the order of its ledger: files with sources and rejects, and corrections.

What people noted beside the records goes with it, at the end.

Each file goes over whole or not at all, as in a load, and keeps its time and its line of the ledger; so does each
correction. So what is in the other place is always the beginning of the case, and a copy that was stopped goes on with
the line of the ledger at which it stopped.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import duckdb

from graphtrace.errors import CaseDamaged, UsageError
from graphtrace.frozen import frozen
from graphtrace.platform import system
from graphtrace.private_files import create_file
from graphtrace.scratch import subfolder
from graphtrace.storage.base import Backend, LoadedFile
from graphtrace.storage.case_folder import REJECTS, SOURCES, keep_source
from graphtrace.storage.correction_log import PortableCorrection
from graphtrace.storage.duckdb.copy_rows import sheets_of_file
from graphtrace.storage.judgement_log import StoredJudgement
from graphtrace.storage.load_files import write_rejects
from graphtrace.storage.load_settings import LoadWriter, Progress
from graphtrace.storage.lookups import lines_to_take
from graphtrace.storage.not_read import reject_from_row, rejects_name

GROUP_ROWS = 2_000_000
"""Number of rows of the files that are fetched from a case at once."""


class CopyTarget(LoadWriter, Protocol):
    """Protocol of a store that files of another case are copied into."""

    def copy_file(self, tables: duckdb.DuckDBPyConnection, load: int) -> None:
        """Copy the sheets of the file from the tables of another case."""

    def take_correction(self, correction: PortableCorrection) -> None:
        """Copy a correction from another case, and commit it."""

    def take_judgement(self, stored: StoredJudgement) -> None:
        """Copy a line about a judgement from another case, and commit it."""


@frozen(kw_only=False)
class CopiedFiles:
    """Number of files that were copied, and of those that the target already had."""

    copied: int
    there_before: int


def copy_files(store: Backend, writer: AbstractContextManager[CopyTarget], progress: Progress) -> CopiedFiles:
    """Copy all files of a case that the other case does not have yet.

    Raises UsageError if the other place holds loads or notes that are not those with which this case begins;
    CaseDamaged if a source is missing or no longer what was loaded; StoreError if one of the places cannot be read or
    written. What was copied until then stays.
    """
    lines = plan_copy(store)
    with writer as target:
        there = target.entries()
        if there != list(lines)[: len(there)]:
            raise UsageError("copy_not_continued", hint="copy_into_new")
        contents = store.contents()
        # of one moment, before the files: the case may go on meanwhile
        lookups, notes, noted = contents.lookups, contents.notes, target.chains.lines("notes")
        if noted != notes[: len(noted)]:
            raise UsageError("copy_has_other_notes", hint="copy_into_new")
        files = [line for line in lines.values() if isinstance(line, LoadedFile)]
        waiting = deque(list(lines.values())[len(there) :])
        remaining = [line for line in waiting if isinstance(line, LoadedFile)]
        before = done = len(files) - len(remaining)
        _take_decisions(target, waiting)
        for group in batch_files(remaining):
            with store.open_tables([file.load for file in group]) as tables:
                for file in group:
                    progress(file.name, done, len(files))
                    _copy_file(store, target, tables, file)
                    waiting.popleft()
                    _take_decisions(target, waiting)
                    done += 1
        target.finish()
        target.chains.take("notes", notes[len(noted) :])
        target.chains.take("lookups", lines_to_take(lookups, target.chains.lines("lookups"), (*lines, *notes)))
        progress("", len(files), len(files))
    return CopiedFiles(len(remaining), before)


LedgerLine = LoadedFile | PortableCorrection | StoredJudgement
"""Content of a line of a ledger."""


def plan_copy(store: Backend) -> Mapping[str, LedgerLine]:
    """Return the content of each line of the ledger of a case, by line and in order.

    Raises UsageError if a line is no load, correction or judgement: a copy would lose its effect.
    """
    contents = store.contents()
    known: dict[str, LedgerLine] = {file.entry: file for file in contents.files}
    known |= {correction.stored.entry: correction for correction in contents.corrections}
    known |= {judgement.entry: judgement for judgement in contents.judgements}
    if sorted(known) != sorted(contents.ledger):
        raise UsageError("copy_more_than_known", hint="copy_folder_itself")
    return {entry: known[entry] for entry in contents.ledger}


def _take_decisions(target: CopyTarget, waiting: deque[LedgerLine]) -> None:
    while waiting and not isinstance(waiting[0], LoadedFile):
        if isinstance(waiting[0], PortableCorrection):
            target.take_correction(waiting[0])
        else:
            target.take_judgement(waiting[0])
        waiting.popleft()


def batch_files(files: Sequence[LoadedFile]) -> Iterator[list[LoadedFile]]:
    """Yield the files in order, in batches of about :data:`GROUP_ROWS` rows, at least one file each."""
    group: list[LoadedFile] = []
    rows = 0
    for file in files:
        if group and rows + file.rows > GROUP_ROWS:
            yield group
            group, rows = [], 0
        group.append(file)
        rows += file.rows
    if group:
        yield group


def _copy_file(store: Backend, target: CopyTarget, tables: duckdb.DuckDBPyConnection, file: LoadedFile) -> None:
    kept = target.folder / SOURCES / file.sha256
    written: list[Path] = []
    with subfolder(target.scratch) as folder:
        copy = folder / "source"
        fetch_source(store, file, copy)
        target.begin()
        try:
            target.copy_file(tables, file.load)
            _write_reject_files(target.folder / REJECTS, tables, file, target.loads_of(file.sha256), written)
            if not kept.exists():
                written.append(kept)
            keep_source(copy, kept)
            target.commit(name=file.name, sha256=file.sha256, size=file.size, copied_file=file)
        except BaseException:
            if target.roll_back():
                for leftover in written:
                    system.remove_file(leftover)
            raise
    target.record()


def fetch_source(store: Backend, file: LoadedFile, copy: Path) -> None:
    """Write the source of a file of a case to ``copy``; raises as :func:`write_source`."""
    write_source(store.read_source, file, copy)


def write_source(read_source: Callable[[str], Iterator[bytes] | None], file: LoadedFile, copy: Path) -> None:
    """Write the source of a file to ``copy``.

    Raises CaseDamaged if it is missing or is not what was loaded.
    """
    digest = hashlib.sha256()
    with create_file(copy) as out:
        for block in read_source(file.sha256) or ():
            digest.update(block)
            out.write(block)
        out.flush()
        system.fsync_handle(out.fileno())
    if digest.hexdigest() != file.sha256:
        raise CaseDamaged("source_differs", file=file.name, hint="verify_and_restore")


def _write_reject_files(
    folder: Path, tables: duckdb.DuckDBPyConnection, file: LoadedFile, earlier: int, written: list[Path]
) -> None:
    for number, sheet in enumerate(sheets_of_file(tables, file.load), 1):
        cells = tables.execute(
            "SELECT row, field, reason, value, low, high, raw FROM main.rejects WHERE sheet = ? ORDER BY row, rowid",
            [sheet],
        ).fetchall()
        if cells:
            ((name,),) = tables.execute("SELECT name FROM main.sheets WHERE sheet = ?", [sheet]).fetchall()
            written.append(folder / rejects_name(file.sha256, number, earlier))
            write_rejects(written[-1], file.name, file.sha256, name, [reject_from_row(row) for row in cells])
