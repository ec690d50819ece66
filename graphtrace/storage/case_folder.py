"""Case folder: its permitted contents, safe opening of its files, and their access rights.

A case may come from an untrusted person, so no file of it is opened through a link, and only regular files are read or
written: a link would redirect reads and writes, a pipe would block the reader. A case belongs to one account: folders
are made with mode 0700, files with 0600 and stored sources with 0400, whatever the umask is.

DuckDB opens its files by name. The names are checked before, so a process that can change the folder while a command
runs can still exchange the database. On Windows this holds for every file, as no flag refuses a link there.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO, Final

from graphtrace.errors import CaseDamaged, StoreError, UsageError, os_reason
from graphtrace.platform import system

LEDGER: Final = "ledger.jsonl"
SOURCES: Final = "sources"
REJECTS: Final = "rejects"
LOCK: Final = "lock"
NOTES: Final = "notes.jsonl"
NOTES_LOCK: Final = "notes.lock"
SCRATCH: Final = ".scratch"
BLOCK: Final = "block.json"
MANIFEST: Final = "partitions.json"

_DATABASE: Final = re.compile(r"case(?:\.([0-9]{1,18}))?\.duckdb(\.wal|\.tmp)?")
"""Names of a database of a case, its log, and its folder for data that does not fit into memory.

Databases are numbered in the order in which they were made; ``case.duckdb`` is one of a format that is refused.
"""

_FILES: Final = (LEDGER, LOCK, NOTES, NOTES_LOCK)
_FOLDERS: Final = (SOURCES, REJECTS, SCRATCH)

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
SOURCE_MODE: Final = 0o400

_BLOCK_BYTES: Final = 1 << 20
MAX_READ_BYTES: Final = 256 * 2**20
"""Maximum size of a file that is read as a whole, such as the ledger: a load adds some hundred bytes a sheet to it."""
_FULL: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


# -- what may stand in a case folder -------------------------------------------------------------------------------


def check_folder(folder: Path) -> None:
    """Check that every entry of a case folder is of the type that it should be; an absent one is right.

    Raises
    ------
    CaseDamaged
        If an entry is a symbolic link, a pipe, a device, or a folder in place of a file.
    StoreError
        If the folder may not be searched.
    """
    try:
        for path, is_folder in _entries(folder):
            _check_entry(path, is_folder=is_folder)
        for name in (SOURCES, REJECTS):
            if os.path.lexists(folder / name):
                with os.scandir(folder / name) as entries:
                    for entry in entries:
                        # what holds no rows of a sheet, as a folder among the sources, verify finds
                        if not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
                            _check_entry(folder / name / entry.name)
    except OSError as error:
        raise unusable(error.filename or folder, error) from error


def _entries(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield every path that a case folder may contain, present or not, and whether it is a folder."""
    yield from ((folder / name, False) for name in _FILES)
    yield from ((folder / name, True) for name in _FOLDERS)
    yield from ((folder / found[0], found[2] == ".tmp") for found in _database_entries(folder))


def _database_entries(folder: Path) -> list[re.Match[str]]:
    try:
        with os.scandir(folder) as entries:
            return [found for entry in entries if (found := _DATABASE.fullmatch(entry.name))]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _check_entry(path: Path, *, is_folder: bool = False) -> None:
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    _check_type(path, found, is_folder=is_folder)


def _check_type(path: Path, found: os.stat_result, *, is_folder: bool = False) -> None:
    if system.is_link(found):
        raise CaseDamaged("entry_is_link", path=path, hint="file_in_its_place")
    if is_folder and not stat.S_ISDIR(found.st_mode):
        raise CaseDamaged("entry_no_folder", path=path, hint="restore_case")
    if not is_folder and not stat.S_ISREG(found.st_mode):
        raise CaseDamaged("entry_no_file", path=path, hint="restore_case")


def unusable(path: str | Path, error: OSError) -> StoreError:
    """Return the error for a part of a case that cannot be read."""
    return StoreError("at_path", path=path, why=os_reason(error), hint="check_rights")


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files below a folder; unreadable and vanished files count as none."""
    total = 0
    for place, folders, names in os.walk(folder):
        if SCRATCH in folders:
            folders.remove(SCRATCH)
        for name in names:
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


def refuse_inside_case(path: Path, case: Path | None = None) -> None:
    """Refuse to write an output into a case folder: it could take the place of its database, ledger or a source.

    ``case`` is a folder that will be one, if it is none yet.

    Raises
    ------
    UsageError
        If the path lies in one.
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

    Raises
    ------
    FileNotFoundError
        If it is not there, as where a newer one has taken its place.
    """
    file = open_file(database)
    if file is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(database))
    with file, create_file(copy) as out:
        shutil.copyfileobj(file, out, _BLOCK_BYTES)


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


def open_file(path: Path) -> BinaryIO | None:
    """Open a regular file of a case for reading, through no link and without waiting; ``None`` where there is none.

    Raises
    ------
    CaseDamaged
        If it is a link, or no regular file.
    StoreError
        If it may not be read.
    """
    _check_entry(path)
    try:
        handle = os.open(path, os.O_RDONLY | system.OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        _check_entry(path)
        raise unusable(path, error) from error
    return os.fdopen(_checked(handle, path), "rb")


def read_file(path: Path) -> bytes | None:
    """Return the content of a regular file of a case, at most ``MAX_READ_BYTES``; see :func:`open_file`.

    Raises
    ------
    CaseDamaged
        If it is larger, too.
    """
    file = open_file(path)
    if file is None:
        return None
    with file:
        try:
            # no more is asked for than is there: the buffer is made as large as that
            content = file.read(min(os.fstat(file.fileno()).st_size, MAX_READ_BYTES) + 1)
        except OSError as error:
            raise unusable(path, error) from error
    if len(content) > MAX_READ_BYTES:
        raise CaseDamaged("entry_too_large", path=path, hint="restore_case")
    return content


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield the content of a regular file of a case in blocks; nothing if there is none. See :func:`open_file`."""
    file = open_file(path)
    if file is None:
        return
    with file:
        try:
            while block := file.read(_BLOCK_BYTES):
                yield block
        except OSError as error:
            raise unusable(path, error) from error


def create_file(path: Path) -> BinaryIO:
    """Create a file that only its owner may read and open it for writing; it must not exist, not even as a link."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.OPEN_FLAGS, FILE_MODE)
    system.set_mode(handle, FILE_MODE)
    return os.fdopen(handle, "wb")


def open_lock_file(path: Path, *, create: bool) -> IO[bytes] | None:
    """Open a lock file: for writing the holder's name if it may be created, else for reading if it exists.

    Raises
    ------
    CaseDamaged
        If it is a link, or no regular file.
    """
    flags = os.O_RDWR | os.O_CREAT if create else os.O_RDONLY
    _check_entry(path)
    try:
        handle = os.open(path, flags | system.OPEN_FLAGS, FILE_MODE)
    except OSError as error:
        _check_entry(path)
        if create:
            raise
        if isinstance(error, FileNotFoundError | PermissionError):
            return None
        raise unusable(path, error) from error
    return os.fdopen(_checked(handle, path), "r+b" if create else "rb", buffering=0)


def _checked(handle: int, path: Path) -> int:
    try:
        _check_type(path, os.fstat(handle))
    except BaseException:
        os.close(handle)
        raise
    return handle


def make_folder(path: Path, *, parents: bool = False) -> bool:
    """Make a folder that only its owner may enter, and any above it as usual; returns whether it is new."""
    try:
        path.mkdir(FOLDER_MODE, parents=parents)
    except FileExistsError:
        if path.is_dir():
            return False
        raise
    system.set_mode(path, FOLDER_MODE)
    return True


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
    system.replace(copy, kept)
    system.fsync_folder(kept.parent)


def fsync_file(path: Path) -> None:
    """Flush the content of a file to disk."""
    with path.open(system.SYNC_MODE) as file:
        system.fsync_handle(file.fileno())


# -- what the system says ------------------------------------------------------------------------------------------


def try_lock(file: IO[bytes], *, shared: bool = False) -> bool:
    """Lock an open file, without waiting; the system releases it when the file is closed or the process ends."""
    return system.lock_handle(file.fileno(), shared=shared)


def is_own_folder(path: Path) -> bool:
    """Whether a path is a folder of this account that no other may enter; removes others' rights to an own folder."""
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode) or system.is_foreign(found):
        return False
    if found.st_mode & 0o077:
        system.set_mode(path, FOLDER_MODE)
    return True


def is_disk_full(error: BaseException) -> bool:
    """Whether an error of the system, or one of a library that cites it, says that there is no room."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    text = str(error)
    return any(os.strerror(number) in text for number in _FULL)
