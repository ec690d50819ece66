"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from graphtrace.errors import UsageError


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A stream into a file beside ``path``, which takes the place of ``path`` when the block ends without an error.

    Raises
    ------
    UsageError
        If the place cannot be written to, at once; then, and whenever the block fails, nothing is left behind.
    """
    place = path.resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    if place.exists() and not (place.is_file() and os.access(place, os.W_OK)):
        raise _unwritable(path, "it exists and cannot be replaced")
    try:
        stream = beside.open("xb")
    except OSError as fault:
        raise _unwritable(path, fault.strerror or str(fault)) from fault
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if place.exists():
            beside.chmod(place.stat().st_mode)
        beside.replace(place)
    except OSError as fault:
        raise _unwritable(path, fault.strerror or str(fault)) from fault
    finally:
        beside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, whole or not at all.

    Raises
    ------
    UsageError
        If that cannot be done.
    """
    with whole_file(path) as stream:
        stream.write(text.encode())


def _unwritable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path}: cannot be written: {why}", hint="name a file in a folder you may write to", code="unwritable_output"
    )
