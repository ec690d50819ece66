"""Files of hash-chained lines that stand in a case folder beside its database: notes, and the log of look-ups.

Only the end of such a file is read to add a line, however long it is. A last line without its end was cut off while it
was written: it does not count, and the next line takes its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from graphtrace.errors import CaseLocked
from graphtrace.platform import system
from graphtrace.private_files import FILE_MODE, open_file, open_lock_file, try_lock, unusable
from graphtrace.storage.case_lock import Deadline
from graphtrace.storage.ledger import note_head

_STEP: Final = 1 << 12


@contextmanager
def chain_lock(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock file of a chain.

    Raises
    ------
    CaseLocked
        If another process holds it until the time to wait is over.
    StoreError
        If it cannot be made.
    """
    try:
        lock = open_lock_file(path, create=True)
    except OSError as error:
        raise unusable(path, error) from error
    assert lock is not None
    with lock:
        deadline = Deadline(wait_s)
        while not try_lock(lock):
            if not deadline.wait():
                raise CaseLocked("being_written", folder=path.parent, hint="try_when_ended")
        yield


def last_line(path: Path) -> str | None:
    """Return the last whole line of a chain; ``None`` if there is none."""
    file = open_file(path)
    if file is None:
        return None
    with file:
        end = _whole_end(file)
        if not end:
            return None
        start = _last_break(file, end - 1)
        file.seek(start)
        return file.read(end - 1 - start).decode("utf-8", errors="replace")


def head_in_file(path: Path) -> str | None:
    """Return the hash of the last line of a chain; ``None`` if there is none, or none that can be read."""
    line = last_line(path)
    return None if line is None else note_head([line])


def append_lines(path: Path, lines: Sequence[str]) -> None:
    """Add whole lines to a chain and flush them to disk.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | system.OPEN_FLAGS, FILE_MODE)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            end = _whole_end(file)
            if end != file.seek(0, os.SEEK_END):
                file.truncate(end)
                file.seek(end)
            # a write may take less than it is given
            rest = memoryview("".join(f"{line}\n" for line in lines).encode())
            while rest:
                rest = rest[file.write(rest) :]
            system.fsync_handle(file.fileno())
        if not end:
            system.fsync_folder(path.parent)
    except OSError as error:
        raise unusable(path, error) from error


def _whole_end(file: IO[bytes]) -> int:
    """Return where the last whole line of a file ends."""
    return _last_break(file, file.seek(0, os.SEEK_END))


def _last_break(file: IO[bytes], end: int) -> int:
    """Return the place after the last line break before ``end``; 0 if there is none."""
    while end > 0:
        start = max(end - _STEP, 0)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
