"""Counts of the statements of one loaded sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class SheetCounts(NamedTuple):
    """Rows that state something new, rows that state only what was known, and the new records of each kind."""

    loaded: int
    duplicate: int
    kinds: Mapping[str, int]
