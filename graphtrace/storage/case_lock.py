"""Lock of a case folder: one writer at a time, and a time limit for the others that wait.

A writer holds ``lock`` from its beginning to its end. Readers need no lock: they open a database that is never written.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Literal

from graphtrace.errors import CaseLocked, CaseMissing
from graphtrace.platform import system
from graphtrace.private_files import make_folder, open_lock_file, try_lock
from graphtrace.storage.case_folder import LOCK, check_folder, find_database

DEFAULT_WAIT_S: Final = 10.0
"""Seconds for which a command waits until others release the case."""

_POLL_S: Final = 0.02
_LONGEST_NOTE: Final = 1000

Task = Literal["load", "unload", "correct", "resolve", "copy", "compact"]
"""Task of a writer, by the name of its command."""


class Deadline:
    """Deadline of a wait in short steps."""

    def __init__(self, wait_s: float) -> None:
        self._end = time.monotonic() + wait_s

    def wait(self, step_s: float = _POLL_S) -> bool:
        """Wait one step, a shorter one before the deadline; return false at once after it."""
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            return False
        time.sleep(min(step_s, remaining))
        return True


@contextmanager
def write_lock(folder: Path, deadline: Deadline, task: Task) -> Iterator[None]:
    """Hold the lock against other writers of a case folder, which is made if it does not exist.

    Raises
    ------
    CaseLocked
        If another process writes until the deadline.
    CaseDamaged
        If something stands in the folder that does not belong there.
    """
    path = folder / LOCK
    while True:
        check_folder(folder)
        make_folder(folder, parents=True)
        lock = open_lock_file(path, create=True)
        assert lock is not None
        try:
            while not (is_held := try_lock(lock)) and deadline.wait():
                pass
            if not is_held:
                raise _being_written(folder)
            # a writer that made a case without any file took the lock away with it
            if os.fstat(lock.fileno()).st_nlink:
                since = datetime.now().astimezone().isoformat(" ", "seconds")
                _write_note(lock, json.dumps({"pid": os.getpid(), "task": task, "since": since}))
                try:
                    yield
                finally:
                    _write_note(lock, "")
                    if find_database(folder) is None:
                        system.release_and_remove(path, lock)  # there is no case to be locked
                return
        finally:
            lock.close()


def find_case(folder: Path, deadline: Deadline | None = None) -> Path:
    """Return the newest database of a case folder; raises if it holds none, so that no other folder becomes a case.

    A first load that is under way is waited for until the deadline.
    """
    found = find_database(folder)
    if found is None and deadline is not None:
        _wait_for_first_load(folder, deadline)
        found = find_database(folder)
    if found is None:
        raise CaseMissing("folder_no_case", folder=folder, case=folder, hint="make_case")
    return found


def _wait_for_first_load(folder: Path, deadline: Deadline) -> None:
    """Wait until a folder holds a case, or no process creates one.

    Raises
    ------
    CaseLocked
        If a process makes one until the deadline.
    """
    while find_database(folder) is None and _is_written(folder):
        if not deadline.wait():
            raise _being_written(folder)


def _is_written(folder: Path) -> bool:
    lock = open_lock_file(folder / LOCK, create=False)
    if lock is None:
        return False
    with lock:
        return not try_lock(lock, shared=True)


def _being_written(folder: Path) -> CaseLocked:
    """Return the error that names the writer of a case folder, where that is known."""
    note = _read_note(folder)
    if note is None:
        return CaseLocked("being_written", folder=folder, hint="wait_for_writer")
    pid, task, since = note
    return CaseLocked("being_written_by", folder=folder, pid=pid, task=task, time=since, hint="wait_for_writer")


def _write_note(lock: IO[bytes], note: str) -> None:
    """Write the holder into the lock file, but not into a file with a second hard link."""
    if os.fstat(lock.fileno()).st_nlink == 1:
        # a full disk is reported by the writes that matter
        with suppress(OSError):
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), note.encode())


def _read_note(folder: Path) -> tuple[int, str, str] | None:
    lock = open_lock_file(folder / LOCK, create=False)
    if lock is None:
        return None
    with lock:
        try:
            note = json.loads(lock.read(_LONGEST_NOTE))
            return int(note["pid"]), str(note["task"]), str(note["since"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
