"""What people add to a case beside its records: notes on cards and parties, states of leads, views of the chart.

They stand in ``notes.jsonl`` beside the ledger, one line each, and are only ever added to. Like those of the ledger,
each line has the hash of the line before it, who wrote it and when. No answer rests on them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final, Literal

from graphtrace.errors import CaseLocked, UsageError
from graphtrace.platform import system
from graphtrace.storage.case_folder import (
    FILE_MODE,
    NOTES,
    NOTES_LOCK,
    check_folder,
    open_lock_file,
    read_file,
    try_lock,
    unusable,
)
from graphtrace.storage.case_lock import DEFAULT_WAIT_S, Deadline
from graphtrace.storage.duckdb.backend import find_case
from graphtrace.storage.ledger import content_of, entries_until, next_entry, read_entries

NoteKind = Literal["note", "lead", "view"]

MAX_NOTE_BYTES: Final = 512 * 2**10
"""Maximum size of a line; a view of 1,500 elements has some 200 kB."""

_CHINA: Final = timezone(timedelta(hours=8))


def read_notes(folder: Path, *, as_of: str | None = None) -> list[dict[str, Any]]:
    """The lines, the first first; those that were there at the end of a day.

    Raises
    ------
    CaseDamaged
        If a line cannot be read.
    """
    return [content_of(entry) for entry in entries_until(read_entries(folder / NOTES), as_of)]


def add_note(
    folder: Path, kind: NoteKind, about: str, content: Mapping[str, Any], *, by: str, wait_s: float = DEFAULT_WAIT_S
) -> dict[str, Any]:
    """Add a line about something (``card:KEY``, ``party:ID``, …) and return it.

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
    lock = open_lock_file(folder / NOTES_LOCK, create=True)
    assert lock is not None
    with lock:
        deadline = Deadline(wait_s)
        while not try_lock(lock):
            if not deadline.wait():
                raise CaseLocked("being_written", folder=folder, hint="try_when_ended")
        path = folder / NOTES
        entries = read_entries(path)
        at = datetime.now(_CHINA).isoformat(timespec="seconds")
        said = {"at": at, "by": by, "kind": kind, "about": about, **content}
        entry = next_entry(entries[-1] if entries else None, said)
        if len(entry.encode()) > MAX_NOTE_BYTES:
            raise UsageError("note_too_large", hint="shorten")
        try:
            _append(path, entry)
        except OSError as error:
            raise unusable(path, error) from error
    return content_of(entry)


def _append(path: Path, entry: str) -> None:
    whole = read_file(path) or b""
    # a last line without its end was cut off while it was written
    end = whole.rfind(b"\n") + 1
    flags = os.O_WRONLY | os.O_CREAT | system.OPEN_FLAGS
    with os.fdopen(os.open(path, flags, FILE_MODE), "wb", buffering=0) as file:
        os.ftruncate(file.fileno(), end)
        file.seek(end)
        file.write(f"{entry}\n".encode())
        system.fsync_handle(file.fileno())
