"""How much memory a load may take, and who gets which part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from graphtrace.errors import UsageError

DEFAULT_LIMIT: Final = "1GB"
LEAST_BYTES: Final = 512 * 10**6

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)(?:I?B)?", re.IGNORECASE)
_UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

_PROGRAM_BYTES: Final = 350 * 10**6
"""The program with its engines, and the blocks that are being read."""

_ROW_BYTES: Final = 250
"""What a statement takes while it is numbered, sorted and handed over."""

_DEVICE_BYTES: Final = 48
_MOST_ROWS, _MOST_DEVICES = 1_000_000, 32_000_000


@dataclass(frozen=True, slots=True)
class MemoryShares:
    """A limit shared out: bytes for the database, statements and devices that are worked on together."""

    database_bytes: int
    chunk_rows: int
    index_rows: int


def parse_size(text: str) -> int:
    """Bytes of a size such as ``800MB`` or ``2G``; units are decimal.

    Raises
    ------
    UsageError
        If it is no size, or less than a load can do with.
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise UsageError(f"{text!r} is no amount of memory", hint="give it as 800MB or 2GB")
    size = int(float(found[1]) * _UNITS[found[2].upper()])
    if size < LEAST_BYTES:
        raise UsageError(
            f"a load cannot do with {text}", hint=f"give it at least {LEAST_BYTES // 10**6}MB: --memory-limit 1GB"
        )
    return size


def share_out(limit: str | None = None) -> MemoryShares:
    """Shares of a limit (:data:`DEFAULT_LIMIT` where none is given).

    The limit is aimed at, not enforced: the parts are estimates, and the names of parties are held beside them. A load
    of nine million rows was seen to peak at 930 MB. What the database cannot keep in its share it puts into the case
    folder and takes away again.
    """
    free = parse_size(limit or DEFAULT_LIMIT) - _PROGRAM_BYTES
    return MemoryShares(
        database_bytes=free // 2,
        chunk_rows=min(_MOST_ROWS, free // 4 // _ROW_BYTES),
        index_rows=min(_MOST_DEVICES, free // 4 // _DEVICE_BYTES),
    )
