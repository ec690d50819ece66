"""Notes of people on a case, beside its records: notes on cards and parties, states of leads, views of the chart,
mappings of columns that somebody made.

Each is one line, and lines are only ever added. Like those of the ledger, each has the hash of the line before it, who
wrote it and when. No answer rests on them. In a folder they stand in ``notes.jsonl`` beside the ledger, on a server as
nodes of their own (:mod:`graphtrace.storage.neo4j.notes`); the lines are the same, and copies take them along.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from graphtrace.errors import CaseLocked, UsageError
from graphtrace.platform import system
from graphtrace.private_files import FILE_MODE, open_lock_file, read_file, try_lock, unusable
from graphtrace.storage.case_folder import NOTES, NOTES_LOCK, check_folder
from graphtrace.storage.case_lock import Deadline
from graphtrace.storage.duckdb.backend import find_case
from graphtrace.storage.ledger import ledger_time, next_entry, read_entries

NoteKind = Literal["note", "lead", "view", "mapping"]

MAX_NOTE_BYTES: Final = 512 * 2**10
"""Maximum size of a line; a view of 1,500 elements has some 200 kB."""


class NoteRequest(NamedTuple):
    """Request to add a note about something (``card:KEY``, ``party:ID``, …)."""

    kind: NoteKind
    about: str
    content: Mapping[str, Any]
    by: str


def plan_note(last: str | None, request: NoteRequest) -> str:
    """Return the line that follows ``last``.

    Raises
    ------
    UsageError
        If it is too large.
    """
    at = ledger_time([] if last is None else [last])
    content = {"at": at, "by": request.by, "kind": request.kind, "about": request.about, **request.content}
    entry = next_entry(last, content)
    if len(entry.encode()) > MAX_NOTE_BYTES:
        raise UsageError("note_too_large", hint="shorten")
    return entry


def add_note_to_folder(folder: Path, request: NoteRequest, *, wait_s: float) -> str:
    """Add a line and return it.

    Raises
    ------
    CaseMissing
        If there is no case.
    CaseLocked
        If others write notes until the time to wait is over.
    UsageError
        If it is too large.
    """
    check_folder(folder)
    find_case(folder)
    with _writing(folder, wait_s) as entries:
        entry = plan_note(entries[-1] if entries else None, request)
        _append(folder / NOTES, [entry])
    return entry


def take_notes_into_folder(folder: Path, lines: Sequence[str], *, wait_s: float) -> None:
    """Add lines of another case, which follow those that are there."""
    with _writing(folder, wait_s):
        _append(folder / NOTES, lines)


@contextmanager
def _writing(folder: Path, wait_s: float) -> Iterator[list[str]]:
    """Yield the lines of the notes, under the lock of their file."""
    lock = open_lock_file(folder / NOTES_LOCK, create=True)
    assert lock is not None
    with lock:
        deadline = Deadline(wait_s)
        while not try_lock(lock):
            if not deadline.wait():
                raise CaseLocked("being_written", folder=folder, hint="try_when_ended")
        yield read_entries(folder / NOTES)


def _append(path: Path, lines: Sequence[str]) -> None:
    try:
        whole = read_file(path) or b""
        # a last line without its end was cut off while it was written
        end = whole.rfind(b"\n") + 1
        flags = os.O_WRONLY | os.O_CREAT | system.OPEN_FLAGS
        with os.fdopen(os.open(path, flags, FILE_MODE), "wb", buffering=0) as file:
            os.ftruncate(file.fileno(), end)
            file.seek(end)
            file.write("".join(f"{line}\n" for line in lines).encode())
            system.fsync_handle(file.fileno())
    except OSError as error:
        raise unusable(path, error) from error
