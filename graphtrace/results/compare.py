"""Comparison of a case with its copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphtrace.wire import wire


@wire("what file? from=first to=second agrees", name="Compared")
@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonItem:
    """A figure of both cases side by side."""

    what: str
    file: str | None
    first: Any
    second: Any

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return bool(self.first == self.second)


@wire(
    "compared=traced differing",
    name="ComparedTraces",
    doc="The cards that were traced in both cases, and those that are traced differently.",
)
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
