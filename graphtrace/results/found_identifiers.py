"""Identifiers found in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TextFind:
    """Something found in a text: lines and columns are counted from 1, ``text`` is what stands there."""

    line: int
    column: int
    kind: str
    value: str
    text: str
