"""Atomic writes of files and folders that only their owner may read.

Answers hold personal data and evidence, so files made here have mode 0600, folders 0700, whatever the umask is; a file
that is replaced keeps its mode. What was written is on the disk, under its name, when a block has ended. Unfinished
output lies in a folder beside the target; the next output there removes it if its writer is dead.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from graphtrace.errors import UsageError, os_reason
from graphtrace.locale import Text, phrase
from graphtrace.platform import system
from graphtrace.private_files import (
    FILE_MODE,
    FOLDER_MODE,
    create_file,
    fsync_file,
    is_disk_full,
    make_folder,
    make_parents,
    move_synced,
)
from graphtrace.scratch import own_folder
from graphtrace.storage.case_folder import refuse_inside_case


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a stream into a file beside ``path``, which replaces ``path`` when the block ends without an error.

    Raises
    ------
    UsageError
        If the place cannot be written to or lies within a case, at once; then, and whenever the block fails, nothing
        is left behind.
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

    Raises
    ------
    UsageError
        If ``path`` holds something, lies within a case or cannot be written; then, and whenever the block fails,
        nothing is left behind.
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

    Raises
    ------
    UsageError
        If that cannot be done.
    """
    with atomic_write(path) as stream:
        stream.write(text.encode())


def unwritable(path: Path, why: Text | OSError, hint: str = "writable_file") -> UsageError:
    """Return the error of an output that cannot be written, with a hint unless the disk is full."""
    reason = os_reason(why) if isinstance(why, OSError) else why
    if isinstance(why, OSError) and is_disk_full(why):
        reason, hint = phrase("disk_full"), "room_or_another_disk"
    return UsageError("unwritable", path=path, why=reason, hint=hint, code="unwritable_output")
