"""Case folder: its permitted contents, safe opening of its files, and their access rights.

A case may come from an untrusted person, so its files are opened by :mod:`graphtrace.private_files`. A case belongs to
one account: folders are made with mode 0700, files with 0600 and stored sources with 0400, whatever the umask is.

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
from typing import Final

from graphtrace.errors import UsageError
from graphtrace.platform import system
from graphtrace.private_files import (
    FILE_MODE,
    FOLDER_MODE,
    check_entry,
    create_file,
    move_synced,
    open_file,
    unusable,
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

_DATABASE: Final = re.compile(r"case(?:\.([0-9]{1,18}))?\.duckdb(\.wal|\.tmp)?")
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
_NO_NAME: Final = re.compile(
    r'[\x00-\x1f<>:"/\\|?*]|^[.~\s]|[.\s]$|^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)', re.IGNORECASE
)
_LONGEST_NAME: Final = 80
"""Characters of the name of a case: of Chinese ones a folder can have some eighty."""

SOURCE_MODE: Final = 0o400


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
            check_entry(path, is_folder=is_folder)
        for name in (SOURCES, REJECTS):
            if os.path.lexists(folder / name):
                with os.scandir(folder / name) as entries:
                    for entry in entries:
                        # what holds no rows of a sheet, as a folder among the sources, verify finds
                        if not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
                            check_entry(folder / name / entry.name)
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


def cases_folder() -> Path:
    """Return the folder for cases that are called by no more than a name: that of the variable, or one in the home.

    Raises
    ------
    RuntimeError
        If the account has no home.
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
