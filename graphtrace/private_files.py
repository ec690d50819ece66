"""Files and folders that only their owner may read, opened without a way around them.

No file is opened through a link, and only regular files are read or written: a link would redirect reads and writes, a
pipe would block the reader. Folders are made with mode 0700, files with 0600, whatever the umask is.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, Final

from graphtrace.errors import CaseDamaged, StoreError, os_reason
from graphtrace.platform import system

FOLDER_MODE: Final = 0o700


FILE_MODE: Final = 0o600


_BLOCK_BYTES: Final = 1 << 20


MAX_READ_BYTES: Final = 256 * 2**20
"""Maximum size of a file that is read as a whole, such as the ledger: a load adds some hundred bytes a sheet to it."""


_FULL: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def check_entry(path: Path, *, is_folder: bool = False) -> None:
    """Check that a path is a regular file, or a folder, and no link; an absent one is right.

    Raises CaseDamaged if it is not.
    """
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


def open_file(path: Path) -> BinaryIO | None:
    """Open a regular file of a case for reading, through no link and without waiting; ``None`` where there is none.

    Raises CaseDamaged if it is a link, or no regular file; StoreError if it may not be read.
    """
    check_entry(path)
    try:
        handle = os.open(path, os.O_RDONLY | system.OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        check_entry(path)
        raise unusable(path, error) from error
    return os.fdopen(_checked(handle, path), "rb")


def read_file(path: Path) -> bytes | None:
    """Return the content of a regular file of a case, at most ``MAX_READ_BYTES``; see :func:`open_file`.

    Raises CaseDamaged if it is larger, too.
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

    Raises CaseDamaged if it is a link, or no regular file.
    """
    flags = os.O_RDWR | os.O_CREAT if create else os.O_RDONLY
    check_entry(path)
    try:
        handle = os.open(path, flags | system.OPEN_FLAGS, FILE_MODE)
    except OSError as error:
        check_entry(path)
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
    """Make a folder that only its owner may enter, and any above it as usual; returns whether it is new.

    With ``parents``, the names of all that are made are flushed to disk.
    """
    if parents:
        make_parents(path)
    try:
        path.mkdir(FOLDER_MODE)
    except FileExistsError:
        if path.is_dir():
            return False
        raise
    system.set_mode(path, FOLDER_MODE)
    if parents:
        system.fsync_folder(path.parent)
    return True


def make_parents(path: Path) -> None:
    """Make the folders above a path as usual, and flush their names to disk."""
    missing = [parent for parent in path.parents if not parent.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    for parent in missing:
        system.fsync_folder(parent.parent)


def fsync_file(path: Path) -> None:
    """Flush the content of a file to disk."""
    with path.open(system.SYNC_MODE) as file:
        system.fsync_handle(file.fileno())


def move_synced(source: Path, target: Path) -> None:
    """Move a file or folder to a path, replacing a file there, and flush its new name to disk.

    Its content has to be flushed before, so that a cut of the power leaves what was there or all of the new.
    """
    system.replace(source, target)
    system.fsync_folder(target.parent)


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
