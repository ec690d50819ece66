"""Comparison of a case with its copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonItem:
    """One figure of both cases; ``file`` is what it is about, ``None`` for the whole case."""

    what: str
    file: str | None
    first: Any
    second: Any

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return bool(self.first == self.second)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseComparison:
    """Comparison of two cases, figure by figure. ``differing`` names the cards whose traces differ."""

    counts: Sequence[ComparisonItem]
    checksums: Sequence[ComparisonItem]
    traced: int
    differing: Sequence[str]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differing and all(each.agrees for each in (*self.counts, *self.checksums))
