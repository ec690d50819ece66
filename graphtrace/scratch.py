"""Scratch folders for the run of a command; those of killed commands are removed by the next one.

Each scratch folder has a lock file beside it, which its owner holds: the system releases the lock when the owner ends,
however it ends, and the next command removes the folders whose lock is free.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Final, NamedTuple

from graphtrace.errors import StoreError, os_reason
from graphtrace.locale import Text, phrase
from graphtrace.patterns import late
from graphtrace.platform import system
from graphtrace.private_files import FOLDER_MODE, is_disk_full, is_own_folder, make_folder, open_lock_file, try_lock
from graphtrace.uninterrupted import run_uninterrupted

PREFIX: Final = ".graphtrace-"


_OWN_NAME: Final = late(rf"({re.escape(PREFIX)}[0-9a-f]{{16}})(?:\.lock)?")
"""Names of scratch folders and of their locks; a power cut may leave a folder whose lock is lost."""


@contextmanager
def own_folder(parent: Path, *, make: Callable[[], object] | None = None) -> Iterator[Path]:
    """Create a folder below ``parent`` for this process alone; it is removed at the end, or by a sweep after a kill.

    First removes what dead processes left below ``parent``. A parent that is made by ``make`` exists for such folders
    only, and is removed with the last of them.
    """
    sweep(parent)
    own = run_uninterrupted(lambda: _make_own_folder(parent, make), undo=_OwnFolder.remove)
    try:
        yield own.path
    finally:
        run_uninterrupted(own.remove)


class _OwnFolder(NamedTuple):
    """A scratch folder and its lock, which is held; ``is_parent_kept``: its parent stays when it is removed."""

    path: Path
    lock: IO[bytes]
    is_parent_kept: bool

    def remove(self) -> None:
        system.remove_tree(self.path)
        system.release_and_remove(_lock_of(self.path), self.lock)
        if not self.is_parent_kept:
            remove_if_empty(self.path.parent)


def _make_own_folder(parent: Path, make: Callable[[], object] | None) -> _OwnFolder:
    while True:
        if make is not None:
            make()
        folder = parent / f"{PREFIX}{secrets.token_hex(8)}"
        try:
            lock = open_lock_file(_lock_of(folder), create=True)
        except FileNotFoundError:
            # somebody else took the empty parent away
            if make is None:
                raise
            continue
        assert lock is not None
        # a sweep in between found a lock that nobody held yet, and took the file away
        if try_lock(lock) and os.fstat(lock.fileno()).st_nlink:
            break
        lock.close()
    own = _OwnFolder(folder, lock, make is None)
    try:
        make_folder(folder)
    except OSError:
        own.remove()
        raise
    return own


@contextmanager
def account_scratch(*, named: Path | None = None) -> Iterator[Path]:
    """Create a scratch folder in the folder of the account, below that for temporary files.

    ``named`` is the folder that an error names in its place.

    Raises StoreError if none can be made.
    """
    with ExitStack() as resources:
        try:
            folder = resources.enter_context(own_folder(_user_folder(), make=_make_user_folder))
        except OSError as error:
            raise scratch_unwritable(named or _user_folder(), error) from error
        yield folder


def sweep_account_scratch() -> None:
    """Remove what dead processes left in the scratch folder of the account."""
    with suppress(OSError):
        if is_own_folder(_user_folder()):
            sweep(_user_folder())
            remove_if_empty(_user_folder())


def scratch_unwritable(disk: Path, error: Exception) -> StoreError:
    """Return the error for scratch that cannot be written; it names the disk by a folder that the user knows."""
    reason: Text | str = str(error).partition("\n")[0].rpartition(": ")[2]
    if is_disk_full(error):
        reason = phrase("disk_full")
    elif isinstance(error, OSError):
        reason = os_reason(error)
    return StoreError("scratch_unwritable", folder=disk, why=reason, hint="room_then_try")


@contextmanager
def subfolder(scratch: Path) -> Iterator[Path]:
    """Create a folder within a scratch folder, for one file of many."""
    folder = scratch / secrets.token_hex(8)
    folder.mkdir(FOLDER_MODE)
    try:
        yield folder
    finally:
        system.remove_tree(folder)


def sweep(parent: Path) -> None:
    """Remove the scratch folders below ``parent`` whose owners are dead."""
    try:
        names = [path.name for path in parent.iterdir()]
    except OSError:
        return
    for name in {found[1] for found in map(_OWN_NAME.fullmatch, names) if found}:
        with suppress(OSError, StoreError):
            _sweep_one(parent / name)


def _sweep_one(folder: Path) -> None:
    try:
        is_own = stat.S_ISREG(os.lstat(_lock_of(folder)).st_mode)
    except FileNotFoundError:
        is_own = stat.S_ISDIR(os.lstat(folder).st_mode)
    if not is_own:
        return
    with open_lock_file(_lock_of(folder), create=True) as lock:  # type: ignore[union-attr]
        if try_lock(lock):
            if folder.is_symlink():
                folder.unlink()
            system.remove_tree(folder)
            system.release_and_remove(_lock_of(folder), lock)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that holds nothing."""
    with suppress(OSError):
        folder.rmdir()


def _user_folder() -> Path:
    # it makes a file to try the folder
    return Path(run_uninterrupted(tempfile.gettempdir)) / system.account_folder_name()


_ATTEMPTS: Final = 100


def _make_user_folder() -> None:
    """Create the folder of this account, unless another account has created something else there."""
    folder = _user_folder()
    for attempt in range(_ATTEMPTS):
        try:
            make_folder(folder)
            is_own = is_own_folder(folder)
        except OSError as error:
            # somebody else takes it away in between while it is empty
            is_gone = isinstance(error, FileNotFoundError | FileExistsError) and folder.parent.is_dir()
            if is_gone and attempt < _ATTEMPTS - 1:
                continue
            raise StoreError("at_path", path=folder, why=os_reason(error), hint="writable_tmpdir") from error
        if not is_own:
            raise StoreError("folder_of_another", folder=folder, hint="own_tmpdir")
        return
