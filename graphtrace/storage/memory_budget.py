"""Memory budget of a load or a question, and its division between the parts of the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from graphtrace.errors import StoreError, UsageError
from graphtrace.frozen import frozen
from graphtrace.patterns import late
from graphtrace.platform import system

DEFAULT_LIMIT: Final = "1GB"
MIN_BYTES: Final = 512 * 10**6
"""Minimum limit of memory, in bytes."""

_MAX_UNASKED: Final = 2 * 10**9
"""Upper bound of the default limit of a question, in bytes."""

_CONTAINER: Final = Path("/sys/fs/cgroup/memory.max")

_SIZE = late(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)(?:I?B)?", re.IGNORECASE)
_UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

_MAX_BYTES: Final = 2**62
"""Upper bound of a limit in bytes, more than any machine has."""

_PROGRAM_BYTES: Final = 350 * 10**6
"""Memory of the program with its engines, and of the blocks that are read, in bytes."""

_ROW_BYTES: Final = 250
"""Memory for one statement while it is numbered, sorted and inserted, in bytes."""

_DEVICE_BYTES: Final = 48
_MAX_ROWS, _MAX_DEVICES = 1_000_000, 32_000_000


@frozen(kw_only=False)
class MemoryBudget:
    """Division of a limit: bytes of the database, and numbers of statements and devices per batch."""

    database_bytes: int
    chunk_rows: int
    index_rows: int


def parse_size(text: str) -> int:
    """Return the bytes of a size such as ``800MB`` or ``2G``; units are decimal.

    Raises UsageError if it is no size, or less than a load can do with.
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise UsageError("memory_size_form", text=text, hint="memory_form")
    size = int(min(float(found[1]) * _UNITS[found[2].upper()], _MAX_BYTES))
    if size < MIN_BYTES:
        raise UsageError("memory_size_small", text=text, least=MIN_BYTES // 10**6, hint="memory_at_least")
    return size


def question_bytes(limit: str | None = None) -> int:
    """Return the bytes that a question may take: ``limit``, or half of the machine's memory within bounds."""
    if limit is not None:
        return parse_size(limit)
    return max(MIN_BYTES, min(_MAX_UNASKED, physical_bytes() // 2))


def physical_bytes() -> int:
    """Return the memory of the machine, or of the container that the program runs in, in bytes."""
    sizes = [system.physical_bytes() or _MAX_UNASKED * 2]
    with suppress(OSError, ValueError):
        sizes.append(int(_CONTAINER.read_text(encoding="ascii")))
    return min(sizes)


def database_share(question: int) -> int:
    """Return the part of a question's bytes for its database; the rest is for Python."""
    return question * 3 // 8


@contextmanager
def bounded(size: int) -> Iterator[Callable[[], bool]]:
    """Limit this process to ``size`` further bytes, where the system supports it (Linux, Windows).

    A refused allocation is an error of the database or a ``MemoryError``; without a bound the system would end the
    process, or another one. The limit of the database alone does not suffice: it excludes the texts and lists that its
    functions make. Code that allocates little by little must stop before the limit: with no memory left, no error can
    be raised either. The yielded function tells whether three quarters are used.
    """
    with system.bounded_memory(size) as is_nearly_taken:
        yield is_nearly_taken


def out_of_memory(place: object) -> StoreError:
    """Return the error of a load or question that exceeds its limit or the memory of the machine."""
    return StoreError("question_needs_memory", place=place, hint="ask_for_less", code="out_of_memory")


def plan_budget(limit: str | None = None) -> MemoryBudget:
    """Return the division of a limit (default: :data:`DEFAULT_LIMIT`).

    The limit is a target and not enforced: the parts are estimates, and the names of parties come on top. A load of
    nine million rows peaked at 930 MB. Data that exceeds the share of the database is spilled to the case folder and
    removed afterwards.
    """
    free = parse_size(limit or DEFAULT_LIMIT) - _PROGRAM_BYTES
    return MemoryBudget(
        database_bytes=free // 2,
        chunk_rows=min(_MAX_ROWS, free // 4 // _ROW_BYTES),
        index_rows=min(_MAX_DEVICES, free // 4 // _DEVICE_BYTES),
    )
