"""The folder of a case: what may stand in it, how its files are opened, and who may read them.

A case may come from somebody else, so no file of it is opened through a link, and nothing but a regular file is read or
written: a link would lead reading and writing elsewhere, a pipe would hold up whoever opens it. A case belongs to one
account: folders are made with mode 0700, files with 0600 and kept sources with 0400, whatever the umask is.

What DuckDB opens it opens by name: the names are checked before, so whoever can change the folder while a command runs
can still exchange the database. On Windows this holds for every file, as no flag refuses a link there.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, Final

from graphtrace.errors import CaseDamaged, StoreError, UsageError, os_reason
from graphtrace.platform import system

DATABASE: Final = "case.duckdb"
LEDGER: Final = "ledger.jsonl"
SOURCES: Final = "sources"
REJECTS: Final = "rejects"
LOCK: Final = "lock"
NOTES: Final = "notes.jsonl"
NOTES_LOCK: Final = "notes.lock"
SCRATCH: Final = ".scratch"
BLOCK: Final = "block.json"
MANIFEST: Final = "partitions.json"

WAL: Final = f"{DATABASE}.wal"
SPILL: Final = f"{DATABASE}.tmp"
"""Where DuckDB puts what does not fit into memory."""

_FILES: Final = (DATABASE, WAL, LEDGER, LOCK, NOTES, NOTES_LOCK)
_FOLDERS: Final = (SOURCES, REJECTS, SCRATCH, SPILL)

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
        for name in _FILES:
            _check_entry(folder / name)
        for name in _FOLDERS:
            _check_entry(folder / name, is_folder=True)
        for name in (SOURCES, REJECTS):
            if os.path.lexists(folder / name):
                with os.scandir(folder / name) as entries:
                    for entry in entries:
                        # what holds no rows of a sheet, as a folder among the sources, verify finds
                        if not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
                            _check_entry(folder / name / entry.name)
    except OSError as error:
        raise unusable(error.filename or folder, error) from error


def check_single_name(folder: Path) -> None:
    """Check that no file of a case that is written in place has another name: it would be changed there too.

    Raises
    ------
    StoreError
        If the database is hard-linked, as by a copy that saves room.
    """
    for path in (folder / DATABASE, folder / WAL):
        if os.path.lexists(path) and os.lstat(path).st_nlink > 1:
            raise StoreError("entry_hard_link", path=path, hint="copy_and_work")


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
    """The error of a part of a case that cannot be read."""
    return StoreError("at_path", path=path, why=os_reason(error), hint="check_rights")


def folder_bytes(folder: Path) -> int:
    """The bytes of all files below a folder; what cannot be seen, or goes meanwhile, counts as none."""
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
    there = {name for name in (DATABASE, LEDGER, SOURCES, BLOCK, MANIFEST) if os.path.lexists(folder / name)}
    return bool(there & {DATABASE, BLOCK, MANIFEST}) or there == {LEDGER, SOURCES}


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
    """The content of a regular file of a case, which has to be smaller than ``MAX_READ_BYTES``; see :func:`open_file`.

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
            content = file.read(MAX_READ_BYTES + 1)
        except OSError as error:
            raise unusable(path, error) from error
    if len(content) > MAX_READ_BYTES:
        raise CaseDamaged("entry_too_large", path=path, hint="restore_case")
    return content


def read_blocks(path: Path) -> Iterator[bytes]:
    """The content of a regular file of a case, block by block; nothing where there is none. See :func:`open_file`."""
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
    """Open a file to be locked: to write who holds it where it may be created, else for reading if it is there.

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
    """Take away the rights that everybody has to a case which an earlier version made; those of a group stay.

    Whatever else lies in the folder keeps its rights, as where a project folder became the folder of a case too.
    """
    if not system.grants_others(os.lstat(folder)):
        return
    for name in _FILES:
        _set_mode(folder / name, FILE_MODE)
    for name in _FOLDERS:
        _set_mode(folder / name, FOLDER_MODE)
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
    """Put the copy of a source where it is kept, never to be written again."""
    system.set_mode(copy, SOURCE_MODE)
    system.replace(copy, kept)
    system.fsync_folder(kept.parent)


def fsync_file(path: Path) -> None:
    """Make the content of a file lasting."""
    with path.open(system.SYNC_MODE) as file:
        system.fsync_handle(file.fileno())


# -- what the system says ------------------------------------------------------------------------------------------


def try_lock(file: IO[bytes], *, shared: bool = False) -> bool:
    """Lock an open file, without waiting; the system lets go of it when the file is closed or the process ends."""
    return system.lock_handle(file.fileno(), shared=shared)


def is_own_folder(path: Path) -> bool:
    """Whether a path is a folder of this account that nobody else may enter; takes others' rights to its own away."""
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
