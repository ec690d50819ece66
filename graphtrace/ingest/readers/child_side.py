"""Parts of this package for the process of a parser: limits on itself, and the format of its results.

Nothing that is imported here may need a data-frame library: the process would take longer to start than most files
take to be read.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import IO, Final

from graphtrace.platform import system

MAX_OUTPUT_BYTES: Final = 8 * 2**30

MAX_PART_BYTES: Final = 2**30

PART: Final = Struct("<cQ")
"""Kind and size of a part of the output of a parser that is read while it works."""

NAMES, REFUSED, BLOCK, END = b"n", b"r", b"b", b"e"
"""Kinds of parts: column names; places of rows in the next block that cannot be believed; rows; all is said."""


class WorkerStatus(IntEnum):
    """Exit status of a parser's process that could read nothing, by reason."""

    ENCRYPTED = 10
    DAMAGED = 11
    UNSAFE = 12


def limit_resources(seconds: int, memory_bytes: int) -> None:
    """Limit CPU time, memory and output of this process, so that it ends before it exhausts the machine."""
    system.limit_process(seconds, memory_bytes, MAX_OUTPUT_BYTES)


def write_part(output: IO[bytes], kind: bytes, content: bytes | memoryview) -> None:
    """Write a part of the output of a parser that is read while it works."""
    output.write(PART.pack(kind, len(content)))
    output.write(content)
    output.flush()
