"""Case folder: its permitted contents, safe opening of its files, and their access rights.

A case may come from an untrusted person, so its files are opened by :mod:`graphtrace.private_files`. A case belongs to
one account: folders are made with mode 0700, files with 0600 and stored sources with 0400, whatever the umask is.

DuckDB opens its files by name. The names are checked before, so a process that can change the folder while a command
runs can still exchange the database. On Windows this holds for every file, as no flag refuses a link there.

Lock of a case folder: one writer at a time, and a time limit for the others that wait. A writer holds ``lock`` from its
beginning to its end. Readers need no lock: they open a database that is never written.

Scratch folders of cases. The scratch folder of a case lies within the case, so that evidence stays on its disk. Without
a writable case folder, as for a case on a server, it is that of the account.

Atomic writes of files and folders that only their owner may read. Answers hold personal data and evidence, so files
made here have mode 0600, folders 0700, whatever the umask is; a file that is replaced keeps its mode. What was written
is on the disk, under its name, when a block has ended. Unfinished output lies in a folder beside the target; the next
output there removes it if its writer is dead.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Final, Literal

from graphtrace.errors import CaseLocked, CaseMissing, InputError, NothingFound, UsageError, os_reason
from graphtrace.locale import Text, phrase
from graphtrace.patterns import late
from graphtrace.platform import system
from graphtrace.private_files import (
    FILE_MODE,
    FOLDER_MODE,
    check_entry,
    create_file,
    fsync_file,
    is_disk_full,
    make_folder,
    make_parents,
    move_synced,
    open_file,
    open_lock_file,
    try_lock,
    unusable,
)
from graphtrace.scratch import (
    account_scratch,
    own_folder,
    remove_if_empty,
    scratch_unwritable,
    sweep,
    sweep_account_scratch,
)

LEDGER: Final = "ledger.jsonl"
SOURCES: Final = "sources"
REJECTS: Final = "rejects"
LOCK: Final = "lock"
NOTES: Final = "notes.jsonl"
NOTES_LOCK: Final = "notes.lock"
REDACTION_KEY: Final = "redaction.key"
LOOKUPS: Final = "lookups.jsonl"
LOOKUPS_LOCK: Final = "lookups.lock"
SCRATCH: Final = ".scratch"
BLOCK: Final = "block.json"
MANIFEST: Final = "partitions.json"

_DATABASE: Final = late(r"case(?:\.([0-9]{1,18}))?\.duckdb(\.wal|\.tmp)?")
"""Names of a database of a case, its log, and its folder for data that does not fit into memory.

Databases are numbered in the order in which they were made; ``case.duckdb`` is one of a format that is refused.
"""

INCOMING: Final = ".incoming-"
"""Prefix of the folders in ``sources/`` that interrupted loads of version 0.1.0 left."""

_FILES: Final = (LEDGER, LOCK, NOTES, NOTES_LOCK, LOOKUPS, LOOKUPS_LOCK, REDACTION_KEY)
_FOLDERS: Final = (SOURCES, REJECTS, SCRATCH)

CASES_VARIABLE: Final = "GRAPHTRACE_CASES"
"""Environment variable that names the folder in which cases lie."""

CASE_SUFFIX: Final = ".gtrace"
_NO_NAME: Final = late(
    r'[\x00-\x1f<>:"/\\|?*]|^[.~\s]|[.\s]$|^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)', re.IGNORECASE
)
_LONGEST_NAME: Final = 80
"""Characters of the name of a case: of Chinese ones a folder can have some eighty."""

SOURCE_MODE: Final = 0o400


# -- what may stand in a case folder -------------------------------------------------------------------------------


def check_folder(folder: Path) -> None:
    """Check that every entry of a case folder is of the type that it should be; an absent one is right.

    Raises CaseDamaged if an entry is a symbolic link, a pipe, a device, or a folder in place of a file; StoreError if
    the folder may not be searched.
    """
    try:
        for entry in _scanned(folder):
            database = _DATABASE.fullmatch(entry.name)
            if entry.name in _FOLDERS or (database is not None and database[2] == ".tmp"):
                check_entry(folder / entry.name, is_folder=True)
            elif (database is not None or entry.name in _FILES) and not entry.is_file(follow_symlinks=False):
                check_entry(folder / entry.name)
        for name in (SOURCES, REJECTS):
            for entry in _scanned(folder / name):
                # what holds no rows of a sheet, as a folder among the sources, verify finds
                if not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
                    check_entry(folder / name / entry.name)
    except OSError as error:
        raise unusable(error.filename or folder, error) from error


def _scanned(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _entries(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield every path that a case folder may contain, present or not, and whether it is a folder."""
    yield from ((folder / name, False) for name in _FILES)
    yield from ((folder / name, True) for name in _FOLDERS)
    yield from ((folder / found[0], found[2] == ".tmp") for found in _database_entries(folder))


def _database_entries(folder: Path) -> list[re.Match[str]]:
    return [found for entry in _scanned(folder) if (found := _DATABASE.fullmatch(entry.name))]


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files below a folder; unreadable and vanished files count as none.

    Nor does the log of look-ups, which every question makes longer.
    """
    total = 0
    for place, folders, names in os.walk(folder):
        if SCRATCH in folders:
            folders.remove(SCRATCH)
        for name in names:
            if name == LOOKUPS:
                continue
            try:
                total += os.lstat(Path(place) / name).st_size
            except OSError:
                continue
    return total


def is_case(folder: Path) -> bool:
    """Whether a folder holds a case, a part of one, or what is left of one."""
    # os.path answers False where Path raises for want of rights
    there = {name for name in (LEDGER, SOURCES, BLOCK, MANIFEST) if os.path.lexists(folder / name)}
    if there & {BLOCK, MANIFEST} or there == {LEDGER, SOURCES}:
        return True
    with suppress(OSError):
        # folders above an output may be large; those without a part of a case are not listed
        return bool(there) and find_database(folder) is not None
    return False


def cases_in(folder: Path | None) -> list[Path]:
    """Return the cases in a folder by name; without one, in that of the variable.

    Raises UsageError if neither names one, InputError if it cannot be read, NothingFound if it holds no case.
    """
    if folder is None and not os.environ.get(CASES_VARIABLE):
        raise UsageError("cases_where", variable=CASES_VARIABLE, hint="cases_usage")
    place = cases_folder() if folder is None else folder
    try:
        found = sorted(path for path in place.iterdir() if is_case(path))
    except OSError as fault:
        raise InputError("at_path", path=place, why=os_reason(fault), hint="check_name_or_dash") from fault
    if not found:
        raise NothingFound("no_cases_there", path=place, hint="cases_usage")
    return found


def cases_folder() -> Path:
    """Return the folder for cases that are called by no more than a name: that of the variable, or one in the home.

    Raises RuntimeError if the account has no home.
    """
    given = os.environ.get(CASES_VARIABLE)
    return Path(given).expanduser().absolute() if given else Path.home() / "graphtrace"


def folder_of_name(name: str) -> Path | None:
    """Return the folder of a case that is called by no more than a name; ``None`` for what is a path, or no name."""
    bare = name.removesuffix(CASE_SUFFIX)
    if not bare or len(bare) > _LONGEST_NAME or _NO_NAME.search(bare):
        return None
    return cases_folder() / f"{bare}{CASE_SUFFIX}"


def refuse_inside_case(path: Path, case: Path | None = None) -> None:
    """Refuse to write an output into a case folder: it could take the place of its database, ledger or a source.

    ``case`` is a folder that will be one, if it is none yet.

    Raises UsageError if the path lies in one.
    """
    around = next((folder for folder in path.resolve().parents if is_case(folder)), None)
    if around is None and case is not None and case.resolve() in path.resolve().parents:
        around = case
    if around is not None:
        raise UsageError("output_inside_case", path=path, folder=around, hint="outside_case", code="unwritable_output")


# -- the database of a case ----------------------------------------------------------------------------------------


def find_database(folder: Path) -> Path | None:
    """Return the newest database of a case folder; ``None`` if there is none.

    Every change of a case makes a new database. The one before is removed as soon as no process reads it.
    """
    found = [entry for entry in _database_entries(folder) if entry[2] is None]
    return folder / max(found, key=_number_of)[0] if found else None


def next_database(folder: Path) -> Path:
    """Return the name of the database after the newest one."""
    return folder / f"case.{max(map(_number_of, _database_entries(folder)), default=0) + 1}.duckdb"


def copy_database(database: Path, copy: Path) -> None:
    """Copy a database.

    Raises FileNotFoundError if it is not there, as where a newer one has taken its place.
    """
    file = open_file(database)
    if file is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(database))
    with file, create_file(copy) as out:
        shutil.copyfileobj(file, out, 1 << 20)


def remove_old_databases(folder: Path) -> None:
    """Remove the databases before the newest one, except those that are being read.

    Spill files of killed readers are removed too, unless the database is being read.
    """
    newest = find_database(folder)
    for found in _database_entries(folder):
        database = folder / found[0].removesuffix(found[2] or "")
        if not system.is_open_elsewhere(database):
            with suppress(OSError):
                if found[2] == ".tmp":
                    system.remove_tree(folder / found[0])
                elif database != newest:
                    system.remove_file(folder / found[0])


def _number_of(database: re.Match[str]) -> int:
    return int(database[1] or 0)


# -- files and folders of a case -----------------------------------------------------------------------------------


def close_to_others(folder: Path) -> None:
    """Remove the rights of others to a case that an earlier version made; those of the group stay.

    Whatever else lies in the folder keeps its rights, as where a project folder became the folder of a case too.
    """
    if not system.grants_others(os.lstat(folder)):
        return
    for path, is_folder in _entries(folder):
        _set_mode(path, FOLDER_MODE if is_folder else FILE_MODE)
    for name, mode in ((SOURCES, SOURCE_MODE), (REJECTS, FILE_MODE)):
        if os.path.lexists(folder / name):
            for path in (folder / name).iterdir():
                if not path.is_dir():
                    _set_mode(path, mode)
    _set_mode(folder, FOLDER_MODE)


def _set_mode(path: Path, mode: int) -> None:
    try:
        found = os.lstat(path)
        # the rights of a file that has another name elsewhere are not the case's alone
        if stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1):
            system.set_mode(path, mode)
    except (FileNotFoundError, PermissionError):
        # not there, or of another owner, who has the say
        return


def keep_source(copy: Path, kept: Path) -> None:
    """Move the copy of a source to its place, read-only."""
    system.set_mode(copy, SOURCE_MODE)
    move_synced(copy, kept)


# -- what the system says ------------------------------------------------------------------------------------------


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

    Raises CaseLocked if another process writes until the deadline; CaseDamaged if something stands in the folder that
    does not belong there.
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

    Raises CaseLocked if a process makes one until the deadline.
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


def case_scratch(case: Path) -> AbstractContextManager[Path]:
    """Create a scratch folder within a writable case folder."""
    return own_folder(case / SCRATCH, make=lambda: make_folder(case / SCRATCH))


@contextmanager
def scratch_folder(case: Path | None) -> Iterator[Path]:
    """Create a scratch folder within a case, or in the folder of the account if there is no writable case.

    Raises StoreError if none can be made.
    """
    with ExitStack() as resources:
        if case is not None and find_database(case) is not None and os.access(case, os.W_OK | os.X_OK):
            try:
                folder = resources.enter_context(case_scratch(case))
            except OSError as error:
                raise scratch_unwritable(case, error) from error
        else:
            folder = resources.enter_context(account_scratch(named=case))
        yield folder


def disk_of(scratch: Path, case: Path | None) -> Path:
    """Return the folder by which a user knows the disk of a scratch folder: the case, or that of the account."""
    return case if case is not None and case in scratch.parents else scratch.parent


def sweep_scratch(case: Path | None) -> None:
    """Remove what dead processes left in the scratch folder of a case, and in that of the account.

    Raises CaseDamaged if a part of the case is a link.
    """
    if case is not None and os.path.lexists(case / SCRATCH):
        check_folder(case)
        sweep(case / SCRATCH)
        remove_if_empty(case / SCRATCH)
    sweep_account_scratch()


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a stream into a file beside ``path``, which replaces ``path`` when the block ends without an error.

    Raises UsageError if the place cannot be written to or lies within a case, at once; then, and whenever the block
    fails, nothing is left behind.
    """
    refuse_inside_case(path)
    place = path.resolve()
    if place.exists() and not (place.is_file() and os.access(place, os.W_OK)):
        raise unwritable(path, phrase("not_replaceable"))
    with contextlib.ExitStack() as resources:
        try:
            beside = resources.enter_context(own_folder(place.parent)) / place.name
            stream = create_file(beside)
            resources.callback(_close, stream)
        except OSError as fault:
            raise unwritable(path, fault) from fault
        try:
            yield stream
        except OSError as fault:
            # a stream that cannot be written names no file; whatever does is about another one
            if fault.filename is None:
                raise unwritable(path, fault) from fault
            raise
        try:
            stream.flush()
            system.fsync_handle(stream.fileno())
            stream.close()
            if place.exists():
                system.set_mode(beside, place.stat().st_mode)
            move_synced(beside, place)
        except OSError as fault:
            raise unwritable(path, fault) from fault


def _close(stream: BinaryIO) -> None:
    # what a full disk did not take is tried once more here, and was told before
    with contextlib.suppress(OSError):
        stream.close()


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Create a folder beside ``path``, which becomes ``path`` when the block ends without an error.

    Raises UsageError if ``path`` holds something, lies within a case or cannot be written; then, and whenever the block
    fails, nothing is left behind.
    """
    refuse_inside_case(path)
    place = path.resolve()
    with contextlib.ExitStack() as resources:
        try:
            if place.exists() and any(place.iterdir()):
                raise UsageError("folder_not_empty", folder=path, hint="new_or_empty_folder", code="unwritable_output")
            make_parents(place)
            fresh = resources.enter_context(own_folder(place.parent)) / "files"
            make_folder(fresh)
            yield fresh
            for part in (*fresh.rglob("*"), fresh):
                is_folder = part.is_dir()
                system.set_mode(part, FOLDER_MODE if is_folder else FILE_MODE)
                (system.fsync_folder if is_folder else fsync_file)(part)
            if place.exists():
                place.rmdir()
            move_synced(fresh, place)
        except OSError as fault:
            raise unwritable(path, fault) from fault


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, atomically.

    Raises UsageError if that cannot be done.
    """
    with atomic_write(path) as stream:
        stream.write(text.encode())


def unwritable(path: Path, why: Text | OSError, hint: str = "writable_file") -> UsageError:
    """Return the error of an output that cannot be written, with a hint unless the disk is full."""
    reason = os_reason(why) if isinstance(why, OSError) else why
    if isinstance(why, OSError) and is_disk_full(why):
        reason, hint = phrase("disk_full"), "room_or_another_disk"
    return UsageError("unwritable", path=path, why=reason, hint=hint, code="unwritable_output")
